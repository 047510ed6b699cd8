//! WSAGetOverlappedResult (contract 08 section 5).

use super::extensions::bool_call;
use super::{check_writable, numbers, socket};
use crate::support::{Bool, RawHandle, awaited_event_of};
use overlapped_abi::{Overlapped, WsaError};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::results::{self, Patience};
use std::sync::Arc;

/// WSAGetOverlappedResult: bytes also with a failure. 996 if it is pending and nobody wants to wait, 87 if somebody wants to and
/// has no event.
///
/// # Safety
/// The pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAGetOverlappedResult(
    raw: RawHandle,
    overlapped: *mut Overlapped,
    bytes: *mut u32,
    wait: Bool,
    flags: *mut u32,
) -> Bool {
    bool_call(|| {
        let socket = socket::of(raw)?;
        check_writable(overlapped, size_of::<Overlapped>())?;
        check_writable(bytes, size_of::<u32>())?;
        check_writable(flags, size_of::<u32>())?;
        // SAFETY: not NULL, and the caller vouches for it.
        let finished = match unsafe { results::peek(overlapped) } {
            Some(finished) => finished,
            None if wait == 0 => return Err(WsaError::IO_INCOMPLETE),
            None => {
                // SAFETY: as above.
                let event = awaited_event_of(unsafe { (&raw const (*overlapped).h_event).read() });
                let event = event.ok().flatten().ok_or(WsaError::INVALID_PARAMETER)?;
                let patience = Patience { timeout: Timeout::Infinite, alertable: false };
                let instance = || Ok(Arc::clone(socket.instance()));
                let idle = socket.instance().idle();
                // SAFETY: as above.
                unsafe { results::overlapped_result(overlapped, instance, || Ok(Some(event)), idle, patience) }
                    .map_err(|error| WsaError(error.0))?
            }
        };
        // SAFETY: as above.
        unsafe {
            bytes.write(finished.bytes as u32);
            flags.write(numbers::status_flags(finished.status));
        }
        if finished.status.is_success() { Ok(()) } else { Err(finished.status.to_wsa()) }
    })
}
