//! Who waits in a pipe: a request of this process, or a call of a client in another one.

use super::queue::Sink;
use super::tally::Tally;
use overlapped_abi::Status;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use std::sync::Arc;

/// See the module page.
pub(super) enum Party {
    Local(RequestRef),
    Remote(Box<dyn Caller>),
}

/// A call of a client in another process that waits here.
pub(super) trait Caller: Sink + Send {
    /// Which client's, and which of its calls.
    fn number(&self) -> (u64, u64);
    /// Tells the client, without waiting: the pipe's lock is held.
    fn complete(self: Box<Self>, completion: Completion);
}

impl Party {
    pub fn is(&self, request: &RequestRef) -> bool {
        matches!(self, Self::Local(mine) if Arc::ptr_eq(mine, request))
    }

    /// Is it this call of that client, or any of its calls?
    pub fn is_call(&self, client: u64, call: Option<u64>) -> bool {
        matches!(self, Self::Remote(caller) if {
            let (whose, which) = caller.number();
            whose == client && call.is_none_or(|call| call == which)
        })
    }
}

impl Sink for Party {
    fn room(&self) -> usize {
        match self {
            Self::Local(request) => room(request),
            Self::Remote(call) => call.room(),
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        match self {
            Self::Local(request) => put(request, bytes),
            Self::Remote(call) => call.put(bytes),
        }
    }

    fn covers(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Local(request) => {
                let (own, theirs) = (request.buffer(), bytes.as_ptr_range());
                own.start.cast_const() < theirs.end && theirs.start < own.start.wrapping_add(own.len).cast_const()
            }
            Self::Remote(_) => false,
        }
    }

    fn tell_at_once(self, completion: Completion) -> Option<Self> {
        match self {
            Self::Local(_) => Some(self),
            Self::Remote(call) => {
                call.complete(completion);
                None
            }
        }
    }
}

/// The memory of a request that reads, for whoever carries it out.
pub(super) struct Memory<'a>(pub &'a Request);

impl Sink for Memory<'_> {
    fn room(&self) -> usize {
        room(self.0)
    }

    fn put(&mut self, bytes: &[u8]) {
        put(self.0, bytes);
    }
}

fn room(request: &Request) -> usize {
    request.buffer().len - request.progress()
}

fn put(request: &Request, bytes: &[u8]) {
    let at = request.progress();
    assert!(bytes.len() <= room(request), "a sink is given no more than it has room for");
    if !bytes.is_empty() {
        // SAFETY: the memory of a read is writable until it is complete, and only who carries it out reaches it: the issuing thread
        // before the request is queued, and then whoever holds the lock of its queue. A C program may write from where it reads to.
        unsafe { request.buffer().start.add(at).copy_from(bytes.as_ptr(), bytes.len()) };
        request.advance(bytes.len());
    }
}

/// What a request writes.
pub(super) fn data(request: &Request) -> &[u8] {
    let buffer = request.buffer();
    if buffer.len == 0 || request.function() != Function::Write {
        return &[];
    }
    // SAFETY: the memory of a write stays as it is until the request is complete, and the caller has one that is not.
    unsafe { std::slice::from_raw_parts(buffer.start, buffer.len) }
}

/// The status of a request that is ended early: those of an end that closes find the pipe broken (contract 03 section 9).
pub(super) fn ended_early(request: &Request) -> Completion {
    let transfer = matches!(request.function(), Function::Read | Function::Write);
    let broken = transfer && request.instance().is_closed();
    Completion::failure(if broken { Status::PIPE_BROKEN } else { Status::CANCELLED })
}

impl Tally<Party> {
    /// Tells everybody. No lock of a pipe is held.
    pub fn tell(mut self) {
        for (who, completion) in self.drain() {
            if let Party::Local(request) = who {
                request.complete(completion);
            }
        }
    }
}
