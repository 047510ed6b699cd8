//! Services and protocols by name and number: getservbyname and its relatives. The tables are libc's.

use super::layout::{Protoent, Servent};
use super::record::{Parts, Record, answer, with_room};
use super::{Outcome, away, call};
use overlapped_abi::WsaError;
use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;

unsafe extern "C" {
    fn getservbyname_r(
        name: *const c_char,
        protocol: *const c_char,
        entry: *mut libc::servent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::servent,
    ) -> c_int;
    fn getservbyport_r(
        port: c_int,
        protocol: *const c_char,
        entry: *mut libc::servent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::servent,
    ) -> c_int;
    fn getprotobyname_r(
        name: *const c_char,
        entry: *mut libc::protoent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::protoent,
    ) -> c_int;
    fn getprotobynumber_r(
        number: c_int,
        entry: *mut libc::protoent,
        room: *mut c_char,
        len: usize,
        found: *mut *mut libc::protoent,
    ) -> c_int;
}

/// The arguments that libc's functions have in common: the entry, the room and its length, where to say what was found.
type Room<'a, T> = (*mut T, &'a mut [c_char], *mut *mut T);

/// Looks an entry up and copies it into a record.
fn find<T, R>(mut look: impl FnMut(Room<'_, T>) -> c_int, copy: impl Fn(&T) -> Record<R>) -> Outcome<Record<R>> {
    let found = away(|| {
        with_room(|room| {
            let (mut entry, mut found) = (MaybeUninit::uninit(), std::ptr::null_mut());
            let error = look((entry.as_mut_ptr(), room, &raw mut found));
            // SAFETY: libc points to the entry that it has filled in, or to nothing.
            (error, unsafe { found.as_ref() }.map(&copy))
        })
    })?;
    found.ok_or(WsaError::NO_DATA)
}

fn service(entry: &libc::servent) -> Record<Servent> {
    let mut parts = Parts::default();
    // SAFETY: libc's entry has texts that end with a zero, and a list of them.
    let copy = unsafe {
        Servent {
            name: parts.text(CStr::from_ptr(entry.s_name)),
            aliases: parts.texts(entry.s_aliases),
            protocol: parts.text(CStr::from_ptr(entry.s_proto)),
            port: entry.s_port as i16,
        }
    };
    parts.with(copy)
}

fn protocol(entry: &libc::protoent) -> Record<Protoent> {
    let mut parts = Parts::default();
    // SAFETY: as for `service`.
    let copy = unsafe {
        Protoent {
            name: parts.text(CStr::from_ptr(entry.p_name)),
            aliases: parts.texts(entry.p_aliases),
            number: entry.p_proto as i16,
        }
    };
    parts.with(copy)
}

/// A name in lower case, as the tables have it: Windows does not tell the cases apart.
///
/// # Safety
/// `name` is NULL (11004) or ends with a zero.
unsafe fn lower(name: *const c_char) -> Outcome<Vec<u8>> {
    if name.is_null() {
        return Err(WsaError::NO_DATA);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    Ok(unsafe { CStr::from_ptr(name) }.to_bytes_with_nul().to_ascii_lowercase())
}

/// The same of a protocol, which may be left out.
///
/// # Safety
/// `name` is NULL or ends with a zero.
unsafe fn lower_if_given(name: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    unsafe { lower(name) }.ok()
}

fn pointer(text: Option<&Vec<u8>>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr().cast())
}

/// getservbyname: 11004 if there is no such service.
///
/// # Safety
/// The names are NULL or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getservbyname(name: *const c_char, protocol: *const c_char) -> *mut Servent {
    call(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let (name, protocol) = unsafe { (lower(name)?, lower_if_given(protocol)) };
        let protocol = pointer(protocol.as_ref());
        let look = |(entry, room, found): Room<'_, libc::servent>| {
            // SAFETY: texts that end with a zero or NULL, an entry, room and a place for the answer.
            unsafe { getservbyname_r(name.as_ptr().cast(), protocol, entry, room.as_mut_ptr(), room.len(), found) }
        };
        let record = find(look, service)?;
        Ok(answer(|kept| &kept.service, |kept| kept.insert(record).pointer()))
    })
}

/// getservbyport: the port is in network order.
///
/// # Safety
/// `protocol` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getservbyport(port: i32, protocol: *const c_char) -> *mut Servent {
    call(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let protocol = unsafe { lower_if_given(protocol) };
        let protocol = pointer(protocol.as_ref());
        let look = |(entry, room, found): Room<'_, libc::servent>| {
            // SAFETY: as for `ovl_getservbyname`.
            unsafe { getservbyport_r(port, protocol, entry, room.as_mut_ptr(), room.len(), found) }
        };
        let record = find(look, service)?;
        Ok(answer(|kept| &kept.service, |kept| kept.insert(record).pointer()))
    })
}

/// getprotobyname: 11004 if there is no such protocol.
///
/// # Safety
/// `name` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getprotobyname(name: *const c_char) -> *mut Protoent {
    call(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { lower(name) }?;
        let look = |(entry, room, found): Room<'_, libc::protoent>| {
            // SAFETY: as for `ovl_getservbyname`.
            unsafe { getprotobyname_r(name.as_ptr().cast(), entry, room.as_mut_ptr(), room.len(), found) }
        };
        let record = find(look, protocol)?;
        Ok(answer(|kept| &kept.protocol, |kept| kept.insert(record).pointer()))
    })
}

/// getprotobynumber.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_getprotobynumber(number: i32) -> *mut Protoent {
    call(std::ptr::null_mut(), || {
        let look = |(entry, room, found): Room<'_, libc::protoent>| {
            // SAFETY: as for `ovl_getservbyname`.
            unsafe { getprotobynumber_r(number, entry, room.as_mut_ptr(), room.len(), found) }
        };
        let record = find(look, protocol)?;
        Ok(answer(|kept| &kept.protocol, |kept| kept.insert(record).pointer()))
    })
}
