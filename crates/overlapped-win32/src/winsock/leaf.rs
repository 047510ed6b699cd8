//! WSAJoinLeaf: membership in a group by Winsock's own word for it (contract 08 section 10). To IP a leaf is no connection: the socket
//! that joins is the one that the caller gets back.

use super::{INVALID_SOCKET, Outcome, call, option_values, socket};
use crate::support::RawHandle;
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{IPPROTO_IP, IPPROTO_IPV6};
use overlapped_devices::socket::{Address, Socket};
use std::ffi::c_void;

/// JL_SENDER_ONLY.
const SENDER_ONLY: u32 = 1;
/// JL_RECEIVER_ONLY and JL_BOTH.
const RECEIVER: [u32; 2] = [2, 4];
/// IP_ADD_MEMBERSHIP, and IPV6_ADD_MEMBERSHIP.
const ADD_MEMBERSHIP: i32 = 12;
/// The port is behind the family; an address of IPv4 follows, and one of IPv6 has 4 bytes before and its interface behind it.
const V4: std::ops::Range<usize> = 4..8;
const V6: std::ops::Range<usize> = 8..24;
const SCOPE: std::ops::Range<usize> = 24..28;

/// The option's level and value that make the socket a member; 10049 for an address that is no group's.
fn membership(group: &Address, own: Option<&Address>) -> Outcome<(i32, Vec<u8>)> {
    let bytes = group.as_bytes();
    match group.family() {
        libc::AF_INET if bytes[V4][0] & 0xF0 == 0xE0 => {
            // The interface is that of the address that the socket has.
            let interface = own.map_or(&[0; 4][..], |own| &own.as_bytes()[V4]);
            Ok((IPPROTO_IP, [&bytes[V4], interface].concat()))
        }
        libc::AF_INET6 if bytes[V6][0] == 0xFF => Ok((IPPROTO_IPV6, [&bytes[V6], &bytes[SCOPE]].concat())),
        _ => Err(WsaError::EADDRNOTAVAIL),
    }
}

fn join(target: &Socket, group: &Address, flags: u32) -> Outcome<()> {
    if target.is_stream() || flags != SENDER_ONLY && !RECEIVER.contains(&flags) {
        return Err(WsaError::EINVAL);
    }
    if group.family() != target.family() {
        return Err(WsaError::EAFNOSUPPORT);
    }
    let own = target.local_address().ok();
    let (level, value) = membership(group, own.as_ref())?;
    if own.is_none() {
        // Who has no name gets one, as for the first datagram.
        let mut wildcard = vec![0; group.as_bytes().len()];
        wildcard[..2].copy_from_slice(&group.as_bytes()[..2]);
        target.bind(&Address::new(&wildcard).ok_or(WsaError::EFAULT)?)?;
    }
    if flags == SENDER_ONLY { Ok(()) } else { option_values::set(target, level, ADD_MEMBERSHIP, &value) }
}

/// WSAJoinLeaf: the socket itself. JL_SENDER_ONLY joins nothing, since everybody may send to a group. Data for the other side and qualities
/// mean nothing to IP.
///
/// # Safety
/// `name` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAJoinLeaf(
    raw: RawHandle,
    name: *const c_void,
    len: i32,
    _from: *const c_void,
    _to: *mut c_void,
    _qos: *const c_void,
    _group_qos: *const c_void,
    flags: u32,
) -> RawHandle {
    call(INVALID_SOCKET, || {
        let target = socket::of(raw)?;
        // SAFETY: the caller's promise.
        let group = unsafe { socket::given(name, len) }?;
        join(&target, &group, flags).map(|()| raw)
    })
}
