//! Sends without a buffer: SO_SNDBUF 0 (contract 08 section 10).
//!
//! Linux keeps a copy of what is sent in any case. So a send is handed over whole, leaves its lane for those behind it, and waits
//! here until the other side has acknowledged its last byte. What wakes it is the time stamp that Linux puts into the queue of
//! errors for each acknowledgement; what decides is the count of acknowledged bytes, so a lost stamp does no harm. The drawback: a
//! socket without a buffer costs a few calls more for each send that is not acknowledged at once. Only TCP has acknowledgements.

use super::core::{Core, Flags, Use};
use super::job::Step;
use super::sys;
use overlapped_abi::Status;
use overlapped_kernel::request::{Completion, RequestRef};
use rustix::fd::RawFd;
use std::sync::Arc;

/// A request that was handed over.
pub(super) struct Unacknowledged {
    request: RequestRef,
    /// It is done when so many bytes are acknowledged.
    target: u64,
    completion: Completion,
}

/// How a request ends of which Linux has taken the last byte.
#[inline]
pub(super) fn handed_over(core: &Core, fd: &Use<'_>, completion: Completion) -> Step {
    if core.has(Flags::UNBUFFERED) { if_acknowledged(fd, completion) } else { Step::Done(completion) }
}

#[cold]
fn if_acknowledged(fd: &Use<'_>, completion: Completion) -> Step {
    match sys::ask(fd.raw(), libc::TIOCOUTQ as _) {
        Ok(unacknowledged) if unacknowledged > 0 && completion.bytes > 0 => Step::HandedOver(completion),
        _ => Step::Done(completion),
    }
}

/// A count of acknowledged bytes by which everything that was sent so far has been acknowledged. It may be too large by what was
/// acknowledged during the look, and so never be reached: who compares with it asks for what is outstanding, too.
fn target(fd: RawFd) -> Option<u64> {
    let waiting = u64::from(sys::ask(fd, libc::TIOCOUTQ as _).ok()?.unsigned_abs());
    Some(sys::acknowledged(fd)?.bytes + waiting)
}

impl Core {
    /// Has Linux tell of acknowledgements.
    pub fn send_without_buffer(&self, fd: RawFd) {
        let inet = [libc::AF_INET, libc::AF_INET6].contains(&self.traits.family);
        if inet && self.is_stream() && sys::tell_acknowledgements(fd, true).is_ok() {
            self.add(Flags::UNBUFFERED | Flags::TOLD_OF_ACKS);
        }
    }

    /// Takes on a request that was handed over. The caller asks for acknowledgements afterwards ([`Core::acknowledge`]).
    pub fn await_acknowledgement(&self, fd: &Use<'_>, request: RequestRef, completion: Completion) {
        // A socket that cannot be asked has everything acknowledged.
        let target = target(fd.raw()).unwrap_or(0);
        self.engine().expect(1);
        self.spare().unacknowledged.lock().push_back(Unacknowledged { request, target, completion });
    }

    /// Shows the sends that were handed over.
    #[cold]
    pub fn each_unacknowledged(&self, look: &mut dyn FnMut(&RequestRef)) {
        if let Some(spare) = self.spare_if_any() {
            spare.unacknowledged.lock().iter().for_each(|send| look(&send.request));
        }
    }

    /// Does a send wait for its acknowledgement?
    pub fn awaits_acknowledgement(&self) -> bool {
        self.spare_if_any().is_some_and(|spare| !spare.unacknowledged.lock().is_empty())
    }

    /// Completes the sends that were acknowledged, and those that never will be.
    #[cold]
    pub fn acknowledge(&self) {
        let Ok(fd) = self.fd() else { return };
        // Before the look: what comes after it is told anew.
        sys::drop_errors(fd.raw());
        while let Some((request, completion)) = self.next_acknowledged(&fd) {
            self.engine().expect(-1);
            request.complete(completion);
        }
    }

    fn next_acknowledged(&self, fd: &Use<'_>) -> Option<(RequestRef, Completion)> {
        let mut queue = self.spare_if_any()?.unacknowledged.lock();
        let first = queue.front()?;
        let progress = sys::acknowledged(fd.raw());
        let reached = progress.as_ref().is_none_or(|progress| progress.bytes >= first.target);
        let done = reached || sys::ask(fd.raw(), libc::TIOCOUTQ as _) == Ok(0);
        let over = progress.is_some_and(|progress| progress.closed);
        if !done && !over {
            return None;
        }
        let Unacknowledged { request, completion, .. } = queue.pop_front()?;
        drop(queue);
        let completion = if done { completion } else { Completion { status: self.lost(fd), ..completion } };
        Some((request, completion))
    }

    /// Why the connection is over.
    fn lost(&self, fd: &Use<'_>) -> Status {
        match sys::take_error(fd.raw()) {
            Some(error) => {
                self.add(Flags::RESET | Flags::UNSURE);
                self.failure(error, true)
            }
            None => Status::CONNECTION_RESET,
        }
    }

    /// Takes a request out that waits here.
    pub fn forget_unacknowledged(&self, request: &RequestRef) -> Option<RequestRef> {
        let mut queue = self.spare_if_any()?.unacknowledged.lock();
        let place = queue.iter().position(|waiting| Arc::ptr_eq(&waiting.request, request))?;
        let forgotten = queue.remove(place).map(|waiting| waiting.request);
        self.engine().expect(-1);
        forgotten
    }
}
