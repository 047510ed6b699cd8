//! DisconnectEx: the end of sending, and a socket that can be used again (contract 08 §6.3).

use super::core::{Core, Flags};
use super::job::{Details, Step};
use super::{Issued, NotIssued, Overlap, Socket, sys};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::request::{Buffer, Completion, Function};
use overlapped_kernel::road::Report;

/// A disconnection that waits for the sends before it.
pub(super) struct DisconnectJob {
    pub reuse: bool,
}

/// Is there something to disconnect?
pub(super) fn check(core: &Core) -> Result<(), Status> {
    core.settle();
    if core.has(Flags::CONNECTED) && core.is_stream() { Ok(()) } else { Err(Status::INVALID_CONNECTION) }
}

impl DisconnectJob {
    pub fn step(&self, core: &Core) -> Step {
        finish(core, self.reuse, Completion::success(0))
    }
}

/// Ends sending, and with `reuse` the connection.
pub(super) fn finish(core: &Core, reuse: bool, completion: Completion) -> Step {
    core.add(Flags::SHUT_OUT);
    core.free_address();
    if let Ok(fd) = core.fd() {
        // The other side may have gone already.
        let _ = sys::shutdown(fd.raw(), libc::SHUT_WR);
    }
    if reuse && core.awaits_acknowledgement() {
        return Step::Wait;
    }
    if reuse { Step::Renew(completion) } else { Step::Done(completion) }
}

impl Socket {
    /// DisconnectEx with an OVERLAPPED: always reported as pending first. 10057 unless connected.
    ///
    /// # Safety
    /// The OVERLAPPED stays valid until the request is complete.
    pub unsafe fn disconnect_overlapped(&self, reuse: bool, how: Overlap) -> Result<Issued, NotIssued> {
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        let details = Details::Disconnect(DisconnectJob { reuse });
        let how = Overlap { report: Report::AsPending, ..how };
        // SAFETY: the caller's promise.
        unsafe { self.issue(Function::Write, nothing, details.parameters(), how) }
    }

    /// DisconnectEx without: waits for the sends that are on their way.
    pub fn disconnect(&self, reuse: bool) -> Result<(), WsaError> {
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        let details = Details::Disconnect(DisconnectJob { reuse });
        let limit = overlapped_kernel::clock::Timeout::Infinite;
        check(self.core()).map_err(Status::to_wsa)?;
        // SAFETY: there is no memory in it.
        unsafe { self.wait(Function::Write, nothing, details, &[nothing], limit) }.map(drop)
    }
}
