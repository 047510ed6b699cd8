//! Making, naming, connecting and closing sockets (contract 08 sections 2 and 3).

use super::layout::ProtocolInfo;
use super::{INVALID_SOCKET, Outcome, address, call, check_writable, duplicate, numbers, options, status};
use crate::support::{RawHandle, handle, system};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{
    SD_BOTH, SD_RECEIVE, SD_SEND, WSA_FLAG_NO_HANDLE_INHERIT, WSA_FLAG_OVERLAPPED,
};
use overlapped_devices::socket::{self, Address, NewSocket, Shutdown, Socket};
use overlapped_kernel::System;
use std::ffi::c_void;

/// Its requests are those of `super::rio`.
const WSA_FLAG_REGISTERED_IO: u32 = 0x100;

/// The system; 10091 if there is none.
pub(crate) fn system_of_sockets() -> Outcome<&'static System> {
    system().map_err(|_| WsaError::SYSNOTREADY)
}

/// The socket that a SOCKET is; 10038 for anything else.
#[inline]
pub(crate) fn of(raw: RawHandle) -> Outcome<Socket> {
    Socket::of(system_of_sockets()?, handle(raw).map_err(|_| WsaError::ENOTSOCK)?)
}

/// An address of the caller's, as the devices want it.
///
/// # Safety
/// As for [`address::read`].
pub(crate) unsafe fn given(name: *const c_void, len: i32) -> Outcome<Address> {
    // SAFETY: the caller's promise.
    let linux = unsafe { address::read(name, len) }?;
    Address::new(linux.bytes()).ok_or(WsaError::EFAULT)
}

/// Bytes that an address of the socket's family takes.
pub(crate) fn address_len(socket: &Socket) -> i32 {
    match socket.family() {
        libc::AF_INET => size_of::<libc::sockaddr_in>() as i32,
        libc::AF_INET6 => size_of::<libc::sockaddr_in6>() as i32,
        _ => size_of::<u16>() as i32,
    }
}

/// 10014 if the caller wants an address and has no room for one, before anything is taken.
///
/// # Safety
/// `len` is NULL or readable.
pub(crate) unsafe fn check_room(socket: &Socket, to: *const c_void, len: *const i32) -> Outcome<()> {
    if to.is_null() {
        return Ok(());
    }
    check_writable(len, size_of::<i32>())?;
    check_writable(to, address_len(socket) as usize)?;
    // SAFETY: readable, as was just seen.
    match unsafe { len.as_ref() } {
        Some(&room) if room >= address_len(socket) => Ok(()),
        _ => Err(WsaError::EFAULT),
    }
}

fn create(family: i32, socktype: i32, protocol: i32, overlapped: bool) -> Outcome<RawHandle> {
    let (family, kind, protocol) = numbers::complete(family, socktype, protocol)?;
    let (handle, socket) = socket::create(system_of_sockets()?, NewSocket { family, kind, protocol, overlapped })?;
    options::defaults(&socket)?;
    Ok(handle.into_raw())
}

/// socket: overlapped, unless the thread has chosen otherwise by SO_OPENTYPE.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_socket(family: i32, socktype: i32, protocol: i32) -> RawHandle {
    call(INVALID_SOCKET, || {
        let raw = create(family, socktype, protocol, options::open_type() == 0)?;
        options::set_inherit(raw, true).map(|()| raw)
    })
}

/// # Safety
/// `info` is NULL or readable.
unsafe fn make<C: Copy + Into<u32>>(
    (family, socktype, protocol): (i32, i32, i32),
    info: *const ProtocolInfo<C>,
    flags: u32,
) -> Outcome<RawHandle> {
    let overlapped = flags & (WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO) != 0;
    let inherit = flags & WSA_FLAG_NO_HANDLE_INHERIT == 0;
    // SAFETY: the caller's promise.
    let raw = match unsafe { info.as_ref() } {
        None => create(family, socktype, protocol, overlapped),
        Some(info) => match duplicate::ticket(info) {
            Some(ticket) => duplicate::redeem(&ticket, overlapped),
            None => {
                let or = |asked: i32, described: i32| if asked == duplicate::FROM_INFO { described } else { asked };
                let kind = (or(socktype, info.socktype), or(protocol, info.protocol));
                create(or(family, info.family), kind.0, kind.1, overlapped)
            }
        },
    }?;
    options::set_inherit(raw, inherit)?;
    Ok(raw)
}

/// WSASocketA: also a socket that WSADuplicateSocket has described.
///
/// # Safety
/// `info` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSASocketA(
    family: i32,
    socktype: i32,
    protocol: i32,
    info: *const ProtocolInfo<u8>,
    _group: u32,
    flags: u32,
) -> RawHandle {
    // SAFETY: the caller's promise.
    call(INVALID_SOCKET, || unsafe { make((family, socktype, protocol), info, flags) })
}

/// WSASocketW.
///
/// # Safety
/// As for [`ovl_WSASocketA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSASocketW(
    family: i32,
    socktype: i32,
    protocol: i32,
    info: *const ProtocolInfo<u16>,
    _group: u32,
    flags: u32,
) -> RawHandle {
    // SAFETY: the caller's promise.
    call(INVALID_SOCKET, || unsafe { make((family, socktype, protocol), info, flags) })
}

/// closesocket (contract 08 section 9).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_closesocket(raw: RawHandle) -> i32 {
    status(|| {
        of(raw)?;
        socket::close(system_of_sockets()?, handle(raw).map_err(|_| WsaError::ENOTSOCK)?)
    })
}

/// shutdown: 10022 for another direction.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_shutdown(raw: RawHandle, how: i32) -> i32 {
    status(|| {
        let socket = of(raw)?;
        socket.shutdown(match how {
            SD_RECEIVE => Shutdown::Receive,
            SD_SEND => Shutdown::Send,
            SD_BOTH => Shutdown::Both,
            _ => return Err(WsaError::EINVAL),
        })
    })
}

/// WSASendDisconnect: shutdown of sending. Data that goes with it is for protocols that we do not have.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSASendDisconnect(raw: RawHandle, _data: *const overlapped_abi::WsaBuf) -> i32 {
    status(|| of(raw)?.shutdown(Shutdown::Send))
}

/// WSARecvDisconnect: shutdown of receiving; no data comes with it.
///
/// # Safety
/// `data` is NULL or a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSARecvDisconnect(raw: RawHandle, data: *mut overlapped_abi::WsaBuf) -> i32 {
    status(|| {
        of(raw)?.shutdown(Shutdown::Receive)?;
        // SAFETY: the caller's promise.
        if let Some(data) = unsafe { data.as_mut() } {
            data.len = 0;
        }
        Ok(())
    })
}

/// The order of bytes of a socket's network, which for every family here is the big end first.
fn turned<T>(raw: RawHandle, value: T, to: *mut T) -> i32 {
    status(|| {
        of(raw)?;
        check_writable(to, size_of::<T>())?;
        // SAFETY: writable, as was just seen.
        unsafe { to.write(value) };
        Ok(())
    })
}

/// WSAHtonl: 10014 without a place for the answer.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAHtonl(raw: RawHandle, value: u32, to: *mut u32) -> i32 {
    turned(raw, value.to_be(), to)
}

/// WSAHtons.
///
/// # Safety
/// As for [`ovl_WSAHtonl`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAHtons(raw: RawHandle, value: u16, to: *mut u16) -> i32 {
    turned(raw, value.to_be(), to)
}

/// WSANtohl.
///
/// # Safety
/// As for [`ovl_WSAHtonl`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSANtohl(raw: RawHandle, value: u32, to: *mut u32) -> i32 {
    turned(raw, u32::from_be(value), to)
}

/// WSANtohs.
///
/// # Safety
/// As for [`ovl_WSAHtonl`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSANtohs(raw: RawHandle, value: u16, to: *mut u16) -> i32 {
    turned(raw, u16::from_be(value), to)
}

/// bind.
///
/// # Safety
/// `name` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_bind(raw: RawHandle, name: *const c_void, len: i32) -> i32 {
    status(|| {
        let socket = of(raw)?;
        // SAFETY: the caller's promise.
        let address = unsafe { given(name, len) }?;
        if address.family() != socket.family() {
            // A known family, but another one than the socket's, counts as a bad address.
            return Err(if address.family() == libc::AF_UNSPEC { WsaError::EAFNOSUPPORT } else { WsaError::EFAULT });
        }
        socket.bind(&address)
    })
}

/// listen.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_listen(raw: RawHandle, backlog: i32) -> i32 {
    status(|| of(raw)?.listen(backlog))
}

/// connect.
///
/// # Safety
/// `name` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_connect(raw: RawHandle, name: *const c_void, len: i32) -> i32 {
    status(|| {
        let socket = of(raw)?;
        // SAFETY: the caller's promise.
        let address = unsafe { given(name, len) }?;
        if address.family() != socket.family() && address.family() != libc::AF_UNSPEC {
            return Err(WsaError::EAFNOSUPPORT);
        }
        socket.connect(&address)
    })
}

/// WSAConnect: connect. Data that goes with it is for protocols that we do not have; the caller is told that none came back.
///
/// # Safety
/// As for [`ovl_connect`]; `callee` is NULL or a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAConnect(
    raw: RawHandle,
    name: *const c_void,
    len: i32,
    _caller: *const overlapped_abi::WsaBuf,
    callee: *mut overlapped_abi::WsaBuf,
    _qos: *const c_void,
    _group_qos: *const c_void,
) -> i32 {
    // SAFETY: the caller's promise.
    if let Some(callee) = unsafe { callee.as_mut() } {
        callee.len = 0;
    }
    // SAFETY: the caller's promise.
    unsafe { ovl_connect(raw, name, len) }
}

/// getsockname: 10022 unbound, 10014 if the room is too small.
///
/// # Safety
/// `len` is NULL or a length, and `to` NULL or writable for as much.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getsockname(raw: RawHandle, to: *mut c_void, len: *mut i32) -> i32 {
    // SAFETY: the caller's promise.
    status(|| unsafe { address::write(of(raw)?.local_address()?.as_bytes(), to, len) })
}

/// getpeername: 10057 if it is not connected.
///
/// # Safety
/// As for [`ovl_getsockname`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getpeername(raw: RawHandle, to: *mut c_void, len: *mut i32) -> i32 {
    // SAFETY: the caller's promise.
    status(|| unsafe { address::write(of(raw)?.peer_address()?.as_bytes(), to, len) })
}
