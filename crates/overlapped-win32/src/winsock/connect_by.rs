//! WSAConnectByName and WSAConnectByList: connections to the first of several addresses that answers (contract 08 section 3).

use super::extensions::bool_call;
use super::layout::{SockaddrIn, SocketAddress, SocketAddressList};
use super::resolve::Question;
use super::{Outcome, address, check_readable, options, resolve_ex, select, socket};
use crate::arguments::pair;
use crate::support::{Bool, RawHandle};
use overlapped_abi::constants::socket::{AF_INET, AF_INET6};
use overlapped_abi::{Overlapped, TimeVal, WsaError};
use overlapped_devices::socket::{Address, Socket};
use overlapped_kernel::clock::{Tick, Timeout};
use std::ffi::c_void;
use std::ptr::null;

/// Where the two ends of the connection are to be told.
struct Ends {
    local: *mut c_void,
    local_len: *mut i32,
    remote: *mut c_void,
    remote_len: *mut i32,
}

impl Ends {
    /// # Safety
    /// The lengths are NULL or readable.
    unsafe fn check(&self, socket: &Socket) -> Outcome<()> {
        // SAFETY: the caller's promise.
        unsafe {
            socket::check_room(socket, self.local, self.local_len)?;
            socket::check_room(socket, self.remote, self.remote_len)
        }
    }

    /// # Safety
    /// As for [`Ends::check`], which was called.
    unsafe fn tell(&self, socket: &Socket) -> Outcome<()> {
        for (to, len, local) in [(self.local, self.local_len, true), (self.remote, self.remote_len, false)] {
            if !to.is_null() {
                let name = if local { socket.local_address() } else { socket.peer_address() }?;
                // SAFETY: the caller's promise.
                unsafe { address::write(name.as_bytes(), to, len) }?;
            }
        }
        Ok(())
    }
}

/// The same address for the socket's family: one of IPv4 as one of IPv6, if the socket speaks both. `None` if it cannot go there.
fn fitting(socket: &Socket, name: &[u8]) -> Option<Vec<u8>> {
    let family = i32::from(u16::from_ne_bytes(*name.first_chunk()?));
    match (socket.family(), family) {
        (libc::AF_INET, AF_INET) | (libc::AF_INET6, AF_INET6) => Some(name.to_vec()),
        (libc::AF_INET6, AF_INET) if !speaks_ipv6_only(socket) => {
            let (port, ip) = (name.get(2..4)?, name.get(4..8)?);
            Some([&(AF_INET6 as u16).to_ne_bytes()[..], port, &[0; 4], &[0; 10], &[255; 2], ip, &[0; 4]].concat())
        }
        _ => None,
    }
}

fn speaks_ipv6_only(socket: &Socket) -> bool {
    options::linux_number(socket, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY).is_ok_and(|only| only != 0)
}

/// Errors after which another address may be better.
fn may_go_on(error: WsaError) -> bool {
    [
        WsaError::ECONNREFUSED,
        WsaError::ETIMEDOUT,
        WsaError::ENETUNREACH,
        WsaError::EHOSTUNREACH,
        WsaError::ENETDOWN,
        WsaError::EHOSTDOWN,
        WsaError::EADDRNOTAVAIL,
        WsaError::ECONNRESET,
        WsaError::EACCES,
    ]
    .contains(&error)
}

/// Tries the addresses in their order, until the deadline.
fn connect(socket: &Socket, names: impl Iterator<Item = Vec<u8>>, deadline: Option<Tick>) -> Outcome<()> {
    let mut failed = WsaError::EADDRNOTAVAIL;
    for name in names.filter_map(|name| fitting(socket, &name)) {
        let limit = match deadline.map(|deadline| deadline.since(Tick::monotonic())) {
            None => Timeout::Infinite,
            Some(left) if left.is_zero() => return Err(WsaError::ETIMEDOUT),
            Some(left) => Timeout::After(left),
        };
        // SAFETY: the bytes and their length.
        let linux = unsafe { address::read(name.as_ptr().cast(), name.len() as i32) }?;
        let address = Address::new(linux.bytes()).ok_or(WsaError::EFAULT)?;
        match socket.connect_within(&address, limit) {
            Ok(()) => return Ok(()),
            Err(error) if may_go_on(error) => failed = error,
            Err(error) => return Err(error),
        }
    }
    Err(failed)
}

fn deadline(limit: Timeout) -> Option<Tick> {
    match limit {
        Timeout::Infinite => None,
        Timeout::Poll => Some(Tick::monotonic()),
        Timeout::After(limit) => Some(Tick::monotonic().plus(limit)),
    }
}

pair! {
    /// WSAConnectByName: looks the name up, and connects to the first of its addresses that answers. 10022 without a name or a
    /// service, and for an OVERLAPPED; else the code of the last attempt, or 10060 when the time is over.
    fn ovl_WSAConnectByNameA ovl_WSAConnectByNameW(
        raw: RawHandle,
        node: *const C,
        service: *const C,
        local_len: *mut i32,
        local: *mut c_void,
        remote_len: *mut i32,
        remote: *mut c_void,
        timeout: *const TimeVal,
        reserved: *mut Overlapped,
    ) -> Bool {
        bool_call(|| {
            let socket = socket::of(raw)?;
            if node.is_null() || service.is_null() || !reserved.is_null() {
                return Err(WsaError::EINVAL);
            }
            let ends = Ends { local, local_len, remote, remote_len };
            // SAFETY: the caller's promise.
            let limit = unsafe {
                ends.check(&socket)?;
                select::time_limit(timeout)
            }?;
            let deadline = deadline(limit);
            // SAFETY: texts that end with a zero.
            let question = unsafe { Question::new::<C>(node, service, null()) }?;
            let found = resolve_ex::answer_within(question, limit)?;
            connect(&socket, found.into_iter().map(|entry| entry.address), deadline)?;
            // SAFETY: the caller's promise.
            unsafe { ends.tell(&socket) }
        })
    }
}

/// # Safety
/// `list` is NULL or a list with as many entries as it says.
unsafe fn listed(list: *const SocketAddressList) -> Outcome<Vec<Vec<u8>>> {
    if list.is_null() {
        return Err(WsaError::EINVAL);
    }
    check_readable(list, size_of::<SocketAddressList>())?;
    // SAFETY: readable, as was just seen.
    let count = usize::try_from(unsafe { list.read() }.count).unwrap_or(0);
    if count == 0 {
        return Err(WsaError::EINVAL);
    }
    let first = list.wrapping_add(1).cast::<SocketAddress>();
    check_readable(first, count * size_of::<SocketAddress>())?;
    // SAFETY: as above.
    let entries = unsafe { std::slice::from_raw_parts(first, count) };
    let name = |entry: &SocketAddress| {
        let len = usize::try_from(entry.len).unwrap_or(0);
        if len < size_of::<SockaddrIn>() {
            return Err(WsaError::EINVAL);
        }
        check_readable(entry.address, len)?;
        // SAFETY: as above.
        Ok(unsafe { std::slice::from_raw_parts(entry.address.cast::<u8>(), len) }.to_vec())
    };
    entries.iter().map(name).collect()
}

/// WSAConnectByList: connects to the first of the addresses that answers. 10022 for an empty list and for an OVERLAPPED.
///
/// # Safety
/// The pointers are NULL or valid; the list has as many entries as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAConnectByList(
    raw: RawHandle,
    list: *const SocketAddressList,
    local_len: *mut i32,
    local: *mut c_void,
    remote_len: *mut i32,
    remote: *mut c_void,
    timeout: *const TimeVal,
    reserved: *mut Overlapped,
) -> Bool {
    bool_call(|| {
        let socket = socket::of(raw)?;
        if !reserved.is_null() {
            return Err(WsaError::EINVAL);
        }
        let ends = Ends { local, local_len, remote, remote_len };
        // SAFETY: the caller's promise.
        unsafe {
            let names = listed(list)?;
            ends.check(&socket)?;
            connect(&socket, names.into_iter(), deadline(select::time_limit(timeout)?))?;
            ends.tell(&socket)
        }
    })
}
