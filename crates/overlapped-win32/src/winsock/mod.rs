//! `winsock2.h`, `ws2tcpip.h`, `mswsock.h` and their relatives (contract 08).
//!
//! What a socket does is the business of `overlapped_devices::socket`. Here Windows' numbers and structures become Linux' and
//! back, and errors become codes: a failed call answers SOCKET_ERROR or INVALID_SOCKET with the code in the thread's last
//! error, a call that succeeds sets that to 0. Before WSAStartup every call of the socket library fails with 10093, except
//! for those that only rearrange bytes.

pub mod accept;
pub mod adapters;
pub(crate) mod address;
pub mod async_select;
pub mod changes;
pub mod connect_by;
mod control;
pub mod database;
pub mod duplicate;
pub mod events;
pub mod extensions;
pub mod host;
pub mod icmp;
mod interfaces;
pub mod ioctl;
pub mod layout;
pub mod leaf;
pub mod message;
pub mod names;
pub mod notices;
pub(crate) mod numbers;
pub mod older;
mod option_values;
pub mod options;
pub mod overlap;
pub mod presentation;
pub mod protocols;
mod record;
pub mod resolve;
pub mod resolve_ex;
pub mod results;
mod rio;
pub mod routes;
pub mod select;
pub mod socket;
pub mod startup;
pub mod tables;
pub mod transfer;
pub mod transmit;

use crate::probe;
use crate::support::{guard, set_last_error};
use overlapped_abi::WsaError;

/// What a function of this module comes to.
pub type Outcome<T> = Result<T, WsaError>;

/// SOCKET_ERROR.
pub const SOCKET_ERROR: i32 = -1;
/// INVALID_SOCKET.
pub const INVALID_SOCKET: usize = usize::MAX;

/// Runs a call of the socket library: its value with last error 0, or `failed` with the code.
pub(crate) fn call<T: Copy>(failed: T, body: impl FnOnce() -> Outcome<T>) -> T {
    guard(failed, || match startup::started().and_then(|()| body()) {
        Ok(value) => {
            set_last_error(0);
            value
        }
        Err(error) => {
            set_last_error(error.value());
            failed
        }
    })
}

/// As [`call`], for functions that answer 0 or SOCKET_ERROR.
pub(crate) fn status(body: impl FnOnce() -> Outcome<()>) -> i32 {
    call(SOCKET_ERROR, || body().map(|()| 0))
}

/// As [`call`], but the last error stays as it is when there is nothing to report: functions that only rearrange bytes.
pub(crate) fn quietly<T: Copy>(failed: T, body: impl FnOnce() -> Outcome<T>) -> T {
    guard(failed, || {
        body().unwrap_or_else(|error| {
            set_last_error(error.value());
            failed
        })
    })
}

/// 10014 unless so many bytes can be read there.
pub(crate) fn check_readable<T>(from: *const T, len: usize) -> Outcome<()> {
    if probe::readable(from as usize, len) { Ok(()) } else { Err(WsaError::EFAULT) }
}

/// 10014 unless so many bytes can be written there.
pub(crate) fn check_writable<T>(to: *const T, len: usize) -> Outcome<()> {
    if probe::writable(to as usize, len) { Ok(()) } else { Err(WsaError::EFAULT) }
}

/// As [`check_writable`], for a value that the caller may do without.
pub(crate) fn check_optional<T>(to: *const T) -> Outcome<()> {
    if to.is_null() { Ok(()) } else { check_writable(to, size_of::<T>()) }
}

/// The work of somebody else, which may take its time: a port of the calling thread counts it as blocked meanwhile.
pub(crate) fn away<T>(work: impl FnOnce() -> T) -> T {
    overlapped_kernel::port::blocking(work)
}
