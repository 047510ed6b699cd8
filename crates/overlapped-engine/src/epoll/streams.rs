//! Transfers on descriptors without positions: pipes, ttys and whatever else may keep a reader waiting for ever.
//!
//! One thread sleeps in poll(2) on all descriptors that have a transfer waiting, and on an eventfd that wakes it when the
//! list has changed. A ready descriptor's oldest transfer is done without blocking and delivered. So any number may wait, each can
//! be cancelled, and those of one descriptor and direction stay in order. Drawback: the whole list is looked at for each
//! wake-up, which is right for a handful; pipes and sockets by the thousand need the persistent epoll set of a
//! later poller, which takes this module's place. Descriptors that know no `RWF_NOWAIT` (ttys) are read and written by
//! a plain call once they are ready: a write larger than what the device takes then delays the others.

use crate::direct;
use crate::task;
use overlapped_kernel::engine::{Kind, Operation, Reaped};
use overlapped_kernel::request::RequestRef;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::thread::JoinHandle;

/// See the module page.
#[derive(Default)]
pub(crate) struct Streams {
    thread: Mutex<Option<Running>>,
}

struct Running {
    shared: Arc<Shared>,
    handle: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    kick: OwnedFd,
}

#[derive(Default)]
struct State {
    /// In the order of their submission.
    waiting: Vec<Waiting>,
    stop: bool,
}

struct Waiting {
    request: RequestRef,
    operation: Operation,
}

impl Waiting {
    fn is_on(&self, fd: RawFd, kind: Kind) -> bool {
        self.operation.fd == fd && self.operation.kind == kind
    }
}

impl Streams {
    /// Waits for the descriptor and then transfers.
    pub(crate) fn submit(&self, request: RequestRef, operation: Operation) {
        let refused = match self.shared() {
            Ok(shared) => shared.enqueue(Waiting { request, operation }),
            Err(_) => Some(Reaped::new(request, Err(Errno::NOMEM))),
        };
        if let Some(reaped) = refused {
            reaped.deliver();
        }
    }

    /// The thread's list; starts the thread.
    fn shared(&self) -> std::io::Result<Arc<Shared>> {
        let mut thread = self.thread.lock();
        if let Some(running) = &*thread {
            return Ok(Arc::clone(&running.shared));
        }
        let kick = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let shared = Arc::new(Shared { state: Mutex::new(State::default()), kick });
        let body = Arc::clone(&shared);
        let handle = task::spawn("ovl-streams", move || body.run())?;
        *thread = Some(Running { shared: Arc::clone(&shared), handle });
        Ok(shared)
    }

    /// Takes the request's transfer out, if it waits here, and delivers its end.
    pub(crate) fn cancel(&self, request: &RequestRef) -> bool {
        let Some(shared) = self.thread.lock().as_ref().map(|running| Arc::clone(&running.shared)) else {
            return false;
        };
        let found = {
            let mut state = shared.state.lock();
            let place = state.waiting.iter().position(|w| Arc::ptr_eq(&w.request, request));
            place.map(|place| state.waiting.remove(place))
        };
        let Some(Waiting { request, .. }) = found else {
            return false;
        };
        shared.kick();
        Reaped::new(request, Err(Errno::CANCELED)).deliver();
        true
    }
}

impl Shared {
    /// Lists a transfer; gives its end back if that was asked for already.
    fn enqueue(&self, waiting: Waiting) -> Option<Reaped> {
        {
            let mut state = self.state.lock();
            // Whoever cancels marks the request before it takes this lock; see `Pool::enqueue`.
            if waiting.request.is_cancelling() {
                return Some(Reaped::new(waiting.request, Err(Errno::CANCELED)));
            }
            state.waiting.push(waiting);
        }
        self.kick();
        None
    }

    fn kick(&self) {
        // The counter cannot be full: the thread empties it.
        let _ = rustix::io::write(&self.kick, &1_u64.to_ne_bytes());
    }

    fn run(&self) {
        let mut wanted: Vec<(RawFd, Kind)> = Vec::new();
        loop {
            {
                let state = self.state.lock();
                if state.stop && state.waiting.is_empty() {
                    return;
                }
                wanted.clear();
                for waiting in &state.waiting {
                    let key = (waiting.operation.fd, waiting.operation.kind);
                    if !wanted.contains(&key) {
                        wanted.push(key);
                    }
                }
            }
            for (fd, kind) in self.wait(&wanted) {
                self.serve(fd, kind);
            }
        }
    }

    /// Sleeps until the list changes or one of these is ready, and says which.
    fn wait(&self, wanted: &[(RawFd, Kind)]) -> Vec<(RawFd, Kind)> {
        let mut fds = vec![PollFd::new(&self.kick, PollFlags::IN)];
        fds.extend(wanted.iter().map(|&(fd, kind)| {
            // SAFETY: the number is only compared with what is open under it while poll runs: a transfer that ended since
            // the list was read may have closed it, and `serve` asks again.
            let fd = unsafe { BorrowedFd::borrow_raw(fd) };
            PollFd::from_borrowed_fd(fd, if kind == Kind::Write { PollFlags::OUT } else { PollFlags::IN })
        }));
        if poll(&mut fds, None).is_err() {
            return Vec::new();
        }
        if !fds[0].revents().is_empty() {
            let _ = rustix::io::read(self.kick.as_fd(), &mut [0_u8; 8]);
        }
        wanted.iter().zip(&fds[1..]).filter(|(_, fd)| !fd.revents().is_empty()).map(|(key, _)| *key).collect()
    }

    /// Makes the oldest transfer of a ready descriptor. For the next one, poll is asked again.
    fn serve(&self, fd: RawFd, kind: Kind) {
        let Some(waiting) = ({
            let mut state = self.state.lock();
            let place = state.waiting.iter().position(|w| w.is_on(fd, kind));
            place.map(|place| state.waiting.remove(place))
        }) else {
            return;
        };
        // Asked again: the answer may be of a descriptor that had the number before, and a plain read of this one would block.
        // SAFETY: buffer and descriptor are valid until the request is complete (`Engine::submit`).
        let mut result = unsafe { direct::transfer_if_ready(&waiting.operation) };
        if result == Err(Errno::AGAIN) {
            let mut state = self.state.lock();
            if !waiting.request.is_cancelling() {
                let place = state.waiting.iter().position(|w| w.is_on(fd, kind)).unwrap_or(state.waiting.len());
                state.waiting.insert(place, waiting);
                return;
            }
            result = Err(Errno::CANCELED);
        }
        Reaped::new(waiting.request, result).deliver();
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        let Some(Running { shared, handle }) = self.thread.lock().take() else {
            return;
        };
        let waiting = {
            let mut state = shared.state.lock();
            state.stop = true;
            std::mem::take(&mut state.waiting)
        };
        shared.kick();
        for Waiting { request, .. } in waiting {
            Reaped::new(request, Err(Errno::CANCELED)).deliver();
        }
        task::join(handle);
    }
}
