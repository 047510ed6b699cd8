//! Computers by name and address: gethostbyname, gethostbyaddr, gethostname (contract 08 section 3).
//!
//! The computer's own name stands for the addresses of its interfaces, as in Windows, and not for what a table of names happens
//! to say of it (on many systems, an address of the loopback).

use super::layout::Hostent;
use super::record::{Parts, Record, answer, items, with_room};
use super::{Outcome, SOCKET_ERROR, away, call, interfaces, status};
use crate::text;
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{AF_INET, AF_INET6};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::net::Ipv4Addr;
use std::ptr::null_mut;

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        entry: *mut libc::hostent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        why: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const c_void,
        address_len: u32,
        family: c_int,
        entry: *mut libc::hostent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        why: *mut c_int,
    ) -> c_int;
}

/// libc's `h_errno`.
fn reason(why: c_int) -> WsaError {
    match why {
        1 => WsaError::HOST_NOT_FOUND,
        2 => WsaError::TRY_AGAIN,
        4 => WsaError::NO_DATA,
        _ => WsaError::NO_RECOVERY,
    }
}

/// Calls one of libc's two functions and copies what it finds. The arguments: entry, room, where to point to it, why not.
fn find(
    mut look: impl FnMut(*mut libc::hostent, &mut [c_char], *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> Outcome<Record<Hostent>> {
    let mut why = 0;
    let found = away(|| {
        with_room(|room| {
            let (mut entry, mut found) = (MaybeUninit::uninit(), null_mut());
            let error = look(entry.as_mut_ptr(), room, &raw mut found, &raw mut why);
            // SAFETY: libc points to the entry that it has filled in, or to nothing.
            (error, unsafe { found.as_ref() }.map(copied))
        })
    })?;
    found.ok_or_else(|| reason(why))
}

fn copied(entry: &libc::hostent) -> Record<Hostent> {
    let mut parts = Parts::default();
    let length = entry.h_length as usize;
    // SAFETY: libc's entry has texts that end with a zero, lists that end with NULL, and addresses of that length.
    let copy = unsafe {
        let addresses = items(entry.h_addr_list).into_iter();
        let addresses = addresses.map(|address| parts.bytes(std::slice::from_raw_parts(address.cast(), length)));
        let addresses = addresses.collect();
        Hostent {
            name: parts.text(CStr::from_ptr(entry.h_name)),
            aliases: parts.texts(entry.h_aliases),
            family: (if entry.h_addrtype == libc::AF_INET6 { AF_INET6 } else { AF_INET }) as i16,
            length: length as i16,
            addresses: parts.list(addresses),
        }
    };
    parts.with(copy)
}

/// This computer by its name.
fn own(name: &CStr) -> Record<Hostent> {
    let mut parts = Parts::default();
    let addresses = own_addresses().iter().map(|address| parts.bytes(&address.octets())).collect();
    let entry = Hostent {
        name: parts.text(name),
        aliases: parts.list(Vec::new()),
        family: AF_INET as i16,
        length: 4,
        addresses: parts.list(addresses),
    };
    parts.with(entry)
}

/// The addresses of the interfaces that are up; that of the loopback if there is no other.
pub(crate) fn own_addresses() -> Vec<Ipv4Addr> {
    let mut addresses: Vec<_> = interfaces::of_family(libc::AF_INET)
        .iter()
        .filter(|interface| !interface.is_loopback())
        .filter_map(|interface| interface.address.get(4..)?.first_chunk::<4>().copied().map(Ipv4Addr::from))
        .filter(|address| !address.is_loopback())
        .collect();
    if addresses.is_empty() {
        addresses.push(Ipv4Addr::LOCALHOST);
    }
    addresses
}

/// The computer's name.
pub(crate) fn own_name() -> Outcome<CString> {
    let mut room = vec![0u8; 257];
    // SAFETY: the room and its length; the last byte stays a zero.
    if unsafe { libc::gethostname(room.as_mut_ptr().cast(), room.len() - 1) } != 0 {
        return Err(WsaError::ENETDOWN);
    }
    CStr::from_bytes_until_nul(&room).map(CStr::to_owned).map_err(|_| WsaError::ENETDOWN)
}

/// gethostbyname: IPv4 only. NULL and the empty name are this computer.
///
/// # Safety
/// `name` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gethostbyname(name: *const c_char) -> *mut Hostent {
    call(null_mut(), || {
        let own_name = own_name()?;
        // SAFETY: not NULL, and the caller vouches for it.
        let name = if name.is_null() { c"" } else { unsafe { CStr::from_ptr(name) } };
        let record = if name.is_empty() || name.to_bytes().eq_ignore_ascii_case(own_name.as_bytes()) {
            own(&own_name)
        } else {
            find(|entry, room, found, why| {
                // SAFETY: a text that ends with a zero, an entry, room and places for the answers.
                unsafe { gethostbyname_r(name.as_ptr(), entry, room.as_mut_ptr(), room.len(), found, why) }
            })?
        };
        Ok(answer(|kept| &kept.host, |kept| kept.insert(record).pointer()))
    })
}

/// gethostbyaddr: 10047 for other families than IPv4 and IPv6 and for a length that is not theirs, 10014 for NULL.
///
/// # Safety
/// `address` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gethostbyaddr(address: *const c_char, len: i32, family: i32) -> *mut Hostent {
    call(null_mut(), || {
        let family = match (family, len) {
            (AF_INET, 4) => libc::AF_INET,
            (AF_INET6, 16) => libc::AF_INET6,
            _ => return Err(WsaError::EAFNOSUPPORT),
        };
        if address.is_null() {
            return Err(WsaError::EFAULT);
        }
        let record = find(|entry, room, found, why| {
            let (to, size) = (room.as_mut_ptr(), room.len());
            // SAFETY: the caller vouches for the address; the rest is as for `ovl_gethostbyname`.
            unsafe { gethostbyaddr_r(address.cast(), len as u32, family, entry, to, size, found, why) }
        })?;
        Ok(answer(|kept| &kept.host, |kept| kept.insert(record).pointer()))
    })
}

/// gethostname: 10014 for NULL and for room that is too small.
///
/// # Safety
/// `to` is NULL or writable for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gethostname(to: *mut u8, room: i32) -> i32 {
    status(|| {
        let name = own_name()?;
        // SAFETY: the caller's promise.
        unsafe { give(name.as_bytes(), to, room) }
    })
}

/// GetHostNameW.
///
/// # Safety
/// `to` is NULL or writable for `room` units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetHostNameW(to: *mut u16, room: i32) -> i32 {
    call(SOCKET_ERROR, || {
        let name = text::to_utf16(own_name()?.as_bytes());
        // SAFETY: the caller's promise.
        unsafe { give(&name, to, room) }.map(|()| 0)
    })
}

/// # Safety
/// `to` is NULL or writable for `room` units.
unsafe fn give<C: text::Unit>(name: &[C], to: *mut C, room: i32) -> Outcome<()> {
    if to.is_null() || usize::try_from(room).is_ok_and(|room| room <= name.len()) || room < 0 {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: it fits, by the comparison above.
    unsafe { text::put(to, name) };
    Ok(())
}
