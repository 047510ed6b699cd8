//! Addresses with their port as text: WSAAddressToString and WSAStringToAddress.

use super::layout::{ProtocolInfo, SockaddrIn, SockaddrIn6};
use super::{Outcome, presentation, quietly, startup};
use crate::arguments::pair;
use crate::text::{self, Unit};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{AF_INET, AF_INET6, SOCKET_ERROR};
use std::ffi::{CString, c_void};

/// # Safety
/// `address` is NULL or readable for `len` bytes.
unsafe fn print(address: *const c_void, len: u32) -> Outcome<String> {
    if address.is_null() || (len as usize) < size_of::<u16>() {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: not NULL, and the caller vouches for the length.
    let family = i32::from(unsafe { address.cast::<u16>().read_unaligned() });
    let needed = match family {
        AF_INET => size_of::<SockaddrIn>(),
        AF_INET6 => size_of::<SockaddrIn6>(),
        _ => return Err(WsaError::EINVAL),
    };
    if (len as usize) < needed {
        return Err(WsaError::EFAULT);
    }
    if family == AF_INET {
        // SAFETY: as above, and it is long enough.
        let address = unsafe { address.cast::<SockaddrIn>().read_unaligned() };
        // SAFETY: four bytes.
        let host = unsafe { presentation::print(AF_INET, (&raw const address.address).cast()) }?;
        let port = u16::from_be(address.port);
        return Ok(if port == 0 { host } else { format!("{host}:{port}") });
    }
    // SAFETY: as above, and it is long enough.
    let address = unsafe { address.cast::<SockaddrIn6>().read_unaligned() };
    // SAFETY: sixteen bytes.
    let mut host = unsafe { presentation::print(AF_INET6, address.address.as_ptr().cast()) }?;
    if address.scope != 0 {
        host = format!("{host}%{}", address.scope);
    }
    let port = u16::from_be(address.port);
    Ok(if port == 0 { host } else { format!("[{host}]:{port}") })
}

/// # Safety
/// As for the functions below.
unsafe fn give<C: Unit>(address: *const c_void, len: u32, to: *mut C, room: *mut u32) -> Outcome<i32> {
    startup::started()?;
    if to.is_null() || room.is_null() {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: the caller's promise.
    let text = text::of::<C>(&unsafe { print(address, len) }?);
    // SAFETY: not NULL, and the caller vouches for it.
    let had = unsafe { room.read() } as usize;
    // SAFETY: as above. The length counts the zero.
    unsafe { room.write(text.len() as u32 + 1) };
    if text.len() >= had {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: it fits, by the comparison above.
    unsafe { text::put(to, &text) };
    Ok(0)
}

/// WSAAddressToStringA: 10014 if the room is too small, which then says what is needed; 10022 for other families.
///
/// # Safety
/// `address` is NULL or readable for `len` bytes, `room` NULL or a length, `to` NULL or writable for as much.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAAddressToStringA(
    address: *const c_void,
    len: u32,
    _info: *const ProtocolInfo<u8>,
    to: *mut u8,
    room: *mut u32,
) -> i32 {
    // SAFETY: the caller's promise.
    quietly(SOCKET_ERROR, || unsafe { give(address, len, to, room) })
}

/// WSAAddressToStringW.
///
/// # Safety
/// As for [`ovl_WSAAddressToStringA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAAddressToStringW(
    address: *const c_void,
    len: u32,
    _info: *const ProtocolInfo<u16>,
    to: *mut u16,
    room: *mut u32,
) -> i32 {
    // SAFETY: the caller's promise.
    quietly(SOCKET_ERROR, || unsafe { give(address, len, to, room) })
}

/// A port: decimal, octal or hexadecimal, but not 0.
fn port(text: &str) -> Outcome<u16> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let sign = digits.starts_with('+');
    match u16::from_str_radix(digits, radix) {
        Ok(port) if port != 0 && !sign => Ok(port),
        _ => Err(WsaError::EINVAL),
    }
}

/// `host`, `host:port`.
fn parse_ipv4(text: &str) -> Outcome<SockaddrIn> {
    let (host, port) = match text.split_once(':') {
        Some((host, digits)) => (host, port(digits)?),
        None => (text, 0),
    };
    // A blank ends what inet_addr reads; here it is too much.
    if host.contains(|letter: char| letter.is_ascii_whitespace()) {
        return Err(WsaError::EINVAL);
    }
    let host = CString::new(host).map_err(|_| WsaError::EINVAL)?;
    let address = presentation::parse_loose(&host).ok_or(WsaError::EINVAL)?;
    Ok(SockaddrIn { family: AF_INET as u16, port: port.to_be(), address, ..Default::default() })
}

/// `host`, `[host]`, `[host]:port`, each with `%scope` behind the host or without.
fn parse_ipv6(text: &str) -> Outcome<SockaddrIn6> {
    let (host, port) = match text.strip_prefix('[').map(|inner| inner.split_once(']')) {
        None => (text, 0),
        Some(Some((host, ""))) => (host, 0),
        Some(Some((host, rest))) => (host, port(rest.strip_prefix(':').ok_or(WsaError::EINVAL)?)?),
        Some(None) => return Err(WsaError::EINVAL),
    };
    let (host, scope) = match host.split_once('%') {
        Some((host, scope)) => (host, scope.parse().map_err(|_| WsaError::EINVAL)?),
        None => (host, 0),
    };
    let host = CString::new(host).map_err(|_| WsaError::EINVAL)?;
    let bytes = presentation::parse(AF_INET6, &host)?.ok_or(WsaError::EINVAL)?;
    let address = bytes.try_into().map_err(|_| WsaError::EINVAL)?;
    Ok(SockaddrIn6 { family: AF_INET6 as u16, port: port.to_be(), flow: 0, address, scope })
}

/// # Safety
/// `room` is a length, and `to` writable for as many bytes.
unsafe fn put<T>(address: T, to: *mut c_void, room: *mut i32) -> Outcome<i32> {
    // SAFETY: the caller's promise.
    let had = unsafe { room.read() };
    // SAFETY: as above.
    unsafe { room.write(size_of::<T>() as i32) };
    if had < size_of::<T>() as i32 {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: there is room, by the comparison above.
    unsafe { to.cast::<T>().write_unaligned(address) };
    Ok(0)
}

/// # Safety
/// As for the functions below.
unsafe fn take<C: Unit>(text: *const C, family: i32, to: *mut c_void, room: *mut i32) -> Outcome<i32> {
    startup::started()?;
    if to.is_null() || room.is_null() {
        return Err(WsaError::EFAULT);
    }
    if text.is_null() {
        return Err(WsaError::EINVAL);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let text = C::to_os(unsafe { text::units(text) });
    let text = text.to_str().ok_or(WsaError::EINVAL)?;
    match family {
        // SAFETY: the caller's promise.
        AF_INET => unsafe { put(parse_ipv4(text)?, to, room) },
        // SAFETY: the caller's promise.
        AF_INET6 => unsafe { put(parse_ipv6(text)?, to, room) },
        _ => Err(WsaError::EINVAL),
    }
}

pair! {
    /// WSAStringToAddress: 10022 for what is no address of the family, 10014 if the room is too small, which then says what
    /// is needed.
    fn ovl_WSAStringToAddressA ovl_WSAStringToAddressW(
        text: *const C,
        family: i32,
        _info: *const c_void,
        to: *mut c_void,
        room: *mut i32,
    ) -> i32 {
        // SAFETY: the caller's promise.
        quietly(SOCKET_ERROR, || unsafe { take(text, family, to, room) })
    }
}
