//! WSAStartup and WSACleanup, and the last error (contract 08 section 1).

use super::{Outcome, SOCKET_ERROR};
use crate::support::{guard, last_error, set_last_error};
use overlapped_abi::{WsaData, WsaError};
use std::sync::atomic::{AtomicU32, Ordering};

/// The version that we have, and the highest: 2.2, with the major number in the low byte.
const NEWEST: u16 = 0x0202;
/// What WSADATA says of sockets and datagrams to programs that ask for version 1; meaningless to others.
const MAX_SOCKETS: u16 = 0x7FFF;
const MAX_DATAGRAM: u16 = 65467;

/// Calls of WSAStartup without their WSACleanup.
static STARTS: AtomicU32 = AtomicU32::new(0);

/// 10093 before WSAStartup and after the last WSACleanup.
#[inline]
pub(crate) fn started() -> Outcome<()> {
    if STARTS.load(Ordering::Acquire) == 0 { Err(WsaError::NOTINITIALISED) } else { Ok(()) }
}

/// WSAStartup: 0, 10092 for a version that there never was, 10014 without a place for the data. Returns the code itself.
///
/// # Safety
/// `data` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAStartup(version: u16, data: *mut WsaData) -> i32 {
    let failed = WsaError::SYSNOTREADY.value() as i32;
    guard(failed, || {
        if data.is_null() {
            return WsaError::EFAULT.value() as i32;
        }
        let granted = granted(version);
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { data.write(description(granted.unwrap_or(NEWEST))) };
        if granted.is_none() {
            return WsaError::VERNOTSUPPORTED.value() as i32;
        }
        // The system is made here, so that its failure is reported here.
        if crate::support::system().is_err() {
            return failed;
        }
        STARTS.fetch_add(1, Ordering::AcqRel);
        0
    })
}

/// The version that a program gets: the one that it asks for, or the nearest below.
fn granted(asked: u16) -> Option<u16> {
    let (major, minor) = (asked & 0xFF, asked >> 8);
    match major {
        0 => None,
        1 => Some(minor.min(1) << 8 | 1),
        2 => Some(minor.min(2) << 8 | 2),
        _ => Some(NEWEST),
    }
}

fn description(version: u16) -> WsaData {
    let old = version & 0xFF == 1;
    let mut data = WsaData {
        version,
        high_version: NEWEST,
        max_sockets: if old { MAX_SOCKETS } else { 0 },
        max_udp_dg: if old { MAX_DATAGRAM } else { 0 },
        vendor_info: 0,
        description: [0; 257],
        system_status: [0; 129],
    };
    for (text, place) in [("WinSock 2.0", &mut data.description[..]), ("Running", &mut data.system_status[..])] {
        place[..text.len()].copy_from_slice(text.as_bytes());
    }
    data
}

/// WSACleanup: the last of them closes every socket.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSACleanup() -> i32 {
    guard(SOCKET_ERROR, || {
        let taken = STARTS.fetch_update(Ordering::AcqRel, Ordering::Acquire, |starts| starts.checked_sub(1));
        match taken {
            Ok(1) => {
                if let Ok(system) = crate::support::system() {
                    overlapped_devices::socket::close_all(system);
                }
                0
            }
            Ok(_) => 0,
            Err(_) => {
                set_last_error(WsaError::NOTINITIALISED.value());
                SOCKET_ERROR
            }
        }
    })
}

/// WSAGetLastError: the same as GetLastError.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSAGetLastError() -> i32 {
    last_error() as i32
}

/// WSASetLastError.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSASetLastError(code: i32) {
    set_last_error(code as u32);
}

#[cfg(test)]
mod tests {
    use super::granted;

    #[test]
    fn a_version_is_the_one_asked_for_or_the_nearest_below() {
        let asked = [0x0001, 0x0101, 0x0201, 0x0002, 0x0102, 0x0202, 0x0302, 0x0003, 0x0100, 0];
        let got =
            [Some(1), Some(0x0101), Some(0x0101), Some(2), Some(0x0102), Some(0x0202), Some(0x0202), Some(0x0202)];
        assert_eq!(asked.map(granted)[..8], got);
        assert_eq!(asked.map(granted)[8..], [None, None]);
    }
}
