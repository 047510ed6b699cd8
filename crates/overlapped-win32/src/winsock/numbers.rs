//! Numbers of Windows and of Linux: families, message flags, protocols.
//!
//! Types of sockets and protocols of IP are the same in both.

use super::Outcome;
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket as abi;
use overlapped_abi::status::Status;

/// Types of sockets that exist.
const LAST_TYPE: i32 = 5;

/// The family of Linux; 10047 for those that we do not have.
pub(crate) fn linux_family(family: i32) -> Outcome<i32> {
    match family {
        abi::AF_UNIX => Ok(libc::AF_UNIX),
        abi::AF_INET => Ok(libc::AF_INET),
        abi::AF_INET6 => Ok(libc::AF_INET6),
        _ => Err(WsaError::EAFNOSUPPORT),
    }
}

/// The family of Windows.
pub(crate) fn windows_family(family: i32) -> i32 {
    match family {
        libc::AF_INET6 => abi::AF_INET6,
        same => same,
    }
}

/// What a program that names only a part of (family, type, protocol) means by it, as the list of protocols answers it: 10022
/// for nothing at all, 10047 and 10044 for what does not exist.
pub(crate) fn complete(family: i32, socktype: i32, protocol: i32) -> Outcome<(i32, i32, i32)> {
    if family == abi::AF_UNSPEC && protocol == 0 {
        return Err(WsaError::EINVAL);
    }
    let family = if family == abi::AF_UNSPEC { libc::AF_INET } else { linux_family(family)? };
    let socktype = match (socktype, protocol) {
        (0, abi::IPPROTO_UDP) => abi::SOCK_DGRAM,
        (0, 0 | abi::IPPROTO_TCP) => abi::SOCK_STREAM,
        (0, _) => abi::SOCK_RAW,
        (1..=LAST_TYPE, _) => socktype,
        _ => return Err(WsaError::ESOCKTNOSUPPORT),
    };
    Ok((family, socktype, protocol))
}

/// MSG_PUSH_IMMEDIATE and MSG_INTERRUPT: hints that change nothing here.
const HINTS: u32 = 0x20 | 0x10;

const RECEIVE: [(u32, i32); 3] =
    [(abi::MSG_OOB, libc::MSG_OOB), (abi::MSG_PEEK, libc::MSG_PEEK), (abi::MSG_WAITALL, libc::MSG_WAITALL)];
const SEND: [(u32, i32); 2] = [(abi::MSG_OOB, libc::MSG_OOB), (abi::MSG_DONTROUTE, libc::MSG_DONTROUTE)];
const ARRIVED: [(u32, i32); 3] =
    [(abi::MSG_TRUNC, libc::MSG_TRUNC), (abi::MSG_CTRUNC, libc::MSG_CTRUNC), (abi::MSG_OOB, libc::MSG_OOB)];

fn translate(flags: u32, table: &[(u32, i32)], ignored: u32) -> Outcome<i32> {
    let mut linux = 0;
    let mut left = flags & !ignored;
    for (ours, theirs) in table {
        if left & ours != 0 {
            linux |= theirs;
            left &= !ours;
        }
    }
    if left == 0 { Ok(linux) } else { Err(WsaError::EOPNOTSUPP) }
}

/// Flags of a receive; 10045 for others. A message that is received in part says so without being asked.
#[inline]
pub(crate) fn receive_flags(flags: u32) -> Outcome<i32> {
    match flags {
        0 => Ok(0),
        // All of it or a part: not both.
        _ if flags & (abi::MSG_WAITALL | abi::MSG_PARTIAL) == abi::MSG_WAITALL | abi::MSG_PARTIAL => {
            Err(WsaError::EOPNOTSUPP)
        }
        _ => translate(flags, &RECEIVE, HINTS | abi::MSG_PARTIAL),
    }
}

/// Flags of a send; 10045 for others.
#[inline]
pub(crate) fn send_flags(flags: u32) -> Outcome<i32> {
    if flags == 0 { Ok(0) } else { translate(flags, &SEND, HINTS) }
}

/// Flags of what has arrived.
pub(crate) fn arrived_flags(linux: i32) -> u32 {
    ARRIVED.iter().filter(|(_, theirs)| linux & theirs != 0).fold(0, |all, (ours, _)| all | ours)
}

/// Flags that a status stands for: a message that was longer than the buffer came in part.
#[inline]
pub(crate) fn status_flags(status: Status) -> u32 {
    if status == Status::BUFFER_OVERFLOW { abi::MSG_PARTIAL } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract 08 sections 1 and 4: the numbers differ from those of Linux.
    #[test]
    fn flags_are_translated_and_unknown_ones_refused() {
        assert_eq!(receive_flags(abi::MSG_WAITALL | abi::MSG_PEEK), Ok(libc::MSG_WAITALL | libc::MSG_PEEK));
        assert_eq!(receive_flags(abi::MSG_PARTIAL), Ok(0));
        assert_eq!(receive_flags(0x4000), Err(WsaError::EOPNOTSUPP));
        assert_eq!(send_flags(abi::MSG_OOB), Ok(libc::MSG_OOB));
        assert_eq!(send_flags(abi::MSG_PEEK), Err(WsaError::EOPNOTSUPP));
        assert_eq!(arrived_flags(libc::MSG_TRUNC | libc::MSG_CTRUNC), abi::MSG_TRUNC | abi::MSG_CTRUNC);
    }

    /// Contract 08 section 2.
    #[test]
    fn what_is_left_out_of_a_socket_is_filled_in() {
        assert_eq!(complete(0, 0, 0), Err(WsaError::EINVAL));
        assert_eq!(complete(0, 1, 6), Ok((libc::AF_INET, 1, 6)));
        assert_eq!(complete(23, 0, 17), Ok((libc::AF_INET6, 2, 17)));
        assert_eq!(complete(2, 0, 0), Ok((libc::AF_INET, 1, 0)));
        assert_eq!(complete(99, 1, 0), Err(WsaError::EAFNOSUPPORT));
        assert_eq!(complete(2, 99, 0), Err(WsaError::ESOCKTNOSUPPORT));
    }
}
