//! The socket on the road: how its requests begin, wait and end.

use super::core::{Core, Flags};
use super::job::{Job, Step};
use super::lane::Side;
use super::poll::PollJob;
use overlapped_abi::Status;
use overlapped_kernel::device::{Bequest, Descriptor, Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Request, RequestRef};
use rustix::io::Errno;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// One open socket.
pub(super) struct SocketDevice {
    pub core: Arc<Core>,
    /// The SOCKET, as a number; 0 before there is one.
    handle: AtomicU32,
}

impl SocketDevice {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core, handle: AtomicU32::new(0) }
    }

    /// This handle is the socket from now on.
    pub fn is_from_now(&self, handle: Handle) {
        self.handle.store(handle.into_raw() as u32, Ordering::Release);
    }

    /// This handle is the socket, too. Numbers do not come again soon, so those that were closed do no harm.
    pub fn is_also(&self, handle: Handle) {
        self.core.spare().twins.lock().push(handle.into_raw() as u32);
    }

    #[inline]
    pub fn is_socket(&self, handle: Handle) -> bool {
        let raw = handle.into_raw() as u32;
        self.handle.load(Ordering::Acquire) == raw || self.is_other(raw)
    }

    #[cold]
    fn is_other(&self, raw: u32) -> bool {
        self.core.spare_if_any().is_some_and(|spare| spare.twins.lock().contains(&raw))
    }

    #[inline]
    fn begin(&self, job: &Job<'_>, request: &Request) -> Start {
        let side = job.side();
        if side == Side::In && self.core.is_quiet() {
            return waits(job);
        }
        let mut lane = self.core.lane(side).lock();
        if job.is_late() || !lane.is_free() {
            return waits(job);
        }
        let Ok(fd) = self.core.fd_under(&lane) else { return Start::Failed(Status::INVALID_HANDLE) };
        match job.step(&self.core, &fd, request) {
            // That a datagram is too long is found on its way, after the call.
            Step::Done(completion) if completion.status == Status::INVALID_BUFFER_SIZE => waits(job),
            Step::Done(completion) if completion.status.is_error() => Start::Failed(completion.status),
            Step::Done(completion) => Start::Done(completion),
            Step::Drained(completion) => {
                lane.close();
                self.core.is_quiet_now(lane.expected);
                Start::Done(completion)
            }
            Step::Wait => {
                if side != Side::Out || self.core.output_waits() {
                    lane.close();
                }
                waits(job)
            }
            // It joins those that wait when it is on its way.
            Step::HandedOver(_) => waits(job),
            Step::Elsewhere | Step::Fetch(_) | Step::Renew(_) => unreachable!("late jobs are not attempted here"),
        }
    }
}

/// It waits in a lane. What is nowhere else at times need not be on the instance's list as well.
#[inline]
fn waits(job: &Job<'_>) -> Start {
    if matches!(job, Job::Receive(_) | Job::Send(_)) { Start::Wait } else { Start::Queue }
}

// SAFETY: counts are those of Linux for calls that were given the request's memory; a request is completed by whoever takes it out of its lane,
// under the lane's lock.
unsafe impl Device for SocketDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    #[inline]
    fn start(&self, request: &Request) -> Start {
        let job = Job::of(request);
        if let Job::Poll(poll) = &job {
            return poll.start();
        }
        if let Err(status) = job.check(&self.core) {
            return Start::Failed(status);
        }
        let started = self.begin(&job, request);
        if self.core.has(Flags::SELECTED)
            && let Job::Receive(receive) = &job
        {
            // What a request that waits will take is no news.
            let look = !matches!(started, Start::Queue | Start::Wait);
            self.core.rearm(receive.re_enables(), look);
        }
        started
    }

    fn enqueue(&self, request: RequestRef) {
        if !PollJob::enqueue(&request) {
            self.core.enqueue(request);
        }
    }

    fn each_waiting(&self, look: &mut dyn FnMut(&RequestRef)) {
        self.core.each_waiting(look);
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        if let Job::Poll(poll) = Job::of(request) {
            return poll.cancel(request);
        }
        if self.core.cancel(request) {
            return true;
        }
        Job::of(request).target().is_some_and(|target| target.cancel(request))
    }

    /// A part of a file was fetched for a request.
    fn resume(&self, request: &Request, result: RawResult) -> Next {
        let side = Job::of(request).side();
        match result {
            Ok(_) if !request.is_cancelling() => return Next::Queue,
            _ => {}
        }
        self.core.release(side);
        let status = match result {
            Err(error) if error != Errno::CANCELED => self.core.status(error),
            _ => Status::CANCELLED,
        };
        Next::Complete(Completion { status, bytes: request.progress() })
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        self.core.fd().ok().map(Descriptor::kept)
    }

    fn close(&self, _instance: &Instance) {
        self.core.add(Flags::CLOSING | Flags::SHUT_IN | Flags::SHUT_OUT);
        self.core.close();
    }

    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        super::share::bequeath(&self.core, instance)
    }

    fn inherited_as(&self, handle: Handle) {
        // Of several handles the first is the socket.
        let raw = handle.into_raw() as u32;
        let _ = self.handle.compare_exchange(0, raw, Ordering::AcqRel, Ordering::Relaxed);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
