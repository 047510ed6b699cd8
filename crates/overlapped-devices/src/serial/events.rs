//! What has happened: events for those who wait for them, and errors (contract 01 §5.5, §5.6).

use super::state::{State, Turn};
use overlapped_abi::constants::serial as c;
use overlapped_abi::{DcbFlags, Status};
use overlapped_kernel::request::{Completion, Request};

/// Bytes of an event mask, which is what a wait transfers.
pub(super) const MASK_SIZE: usize = size_of::<u32>();

/// Writes the outcome of a WaitCommEvent to where the caller wants it.
fn tell(request: &Request, events: u32) {
    let bytes = events.to_ne_bytes();
    let buffer = request.buffer();
    if buffer.start.is_null() || buffer.len < MASK_SIZE {
        return;
    }
    // SAFETY: the caller's memory for the mask, which belongs to the request until that is complete; it need not be aligned.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.start, MASK_SIZE) };
}

impl State {
    /// These have happened; those that nobody has asked for are forgotten.
    pub fn note(&mut self, events: u32) {
        self.history |= events & self.mask;
    }

    /// The line has made these errors (CE_*).
    pub fn fail(&mut self, errors: u32) {
        if errors == 0 {
            return;
        }
        self.errors |= errors;
        if errors & (c::CE_FRAME | c::CE_OVERRUN | c::CE_RXPARITY) != 0 {
            self.note(c::EV_ERR);
        }
        if errors & c::CE_BREAK != 0 {
            self.note(c::EV_BREAK);
        }
        self.aborted |= self.settings.dcb.flags.contains(DcbFlags::ABORT_ON_ERROR);
    }

    /// After an error with fAbortOnError, all transfers end. A wait for events does not: it is what tells of the error.
    pub fn abort(&mut self, turn: &mut Turn) {
        if self.aborted {
            self.end_transfers(Status::CANCELLED, turn);
        }
    }

    /// Answers the wait, if there is something to tell.
    pub fn answer(&mut self, turn: &mut Turn) {
        if self.history != 0
            && let Some(request) = self.waiter.take()
        {
            tell(&request, std::mem::take(&mut self.history));
            turn.done.push((request, Completion::success(MASK_SIZE)));
        }
    }

    /// A new WaitCommEvent: what it comes to at once, if anything.
    pub fn wait_at_once(&mut self, request: &Request) -> Option<Result<Completion, Status>> {
        if self.mask == 0 || self.waiter.is_some() {
            return Some(Err(Status::INVALID_PARAMETER));
        }
        if self.history == 0 {
            return None;
        }
        tell(request, std::mem::take(&mut self.history));
        Some(Ok(Completion::success(MASK_SIZE)))
    }

    /// SetCommMask: what has happened so far is forgotten, and a wait ends without any event.
    pub fn set_mask(&mut self, mask: u32, turn: &mut Turn) {
        (self.mask, self.history) = (mask, 0);
        if let Some(request) = self.waiter.take() {
            tell(&request, 0);
            turn.done.push((request, Completion::success(MASK_SIZE)));
        }
    }
}
