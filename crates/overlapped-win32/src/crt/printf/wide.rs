//! The functions that format 16-bit units. To streams they write UTF-8.

use super::format;
use super::narrow::{checked, emit, into_room, microsoft, standard_output};
use crate::crt::invalid;
use crate::crt::va::{VaArguments, VaList};
use crate::support::guard;
use crate::text::{to_utf8, units};
use libc::{EINVAL, FILE};
use std::ffi::c_int;

/// vfwprintf: the number of 16-bit units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfwprintf(stream: *mut FILE, pattern: *const u16, list: VaList) -> c_int {
    if stream.is_null() || pattern.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        let mut text = Vec::new();
        // SAFETY: the caller vouches for the arguments and the stream.
        unsafe {
            match format(&mut text, units(pattern), &mut VaArguments::new(list)) {
                Some(len) if emit(stream, to_utf8(&text).as_bytes()) => len as c_int,
                _ => -1,
            }
        }
    })
}

/// vwprintf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vwprintf(pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the arguments.
    unsafe { ovl_vfwprintf(standard_output(), pattern, list) }
}

/// vswprintf: −1 if it does not fit with its zero; what fits is there, with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vswprintf(buffer: *mut u16, size: usize, pattern: *const u16, list: VaList) -> c_int {
    if size == 0 || buffer.is_null() {
        return -1;
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        let len = into_room(buffer, size - 1, pattern, list);
        let whole = usize::try_from(len).unwrap_or(0);
        buffer.add(whole.min(size - 1)).write(0);
        if whole < size { len } else { -1 }
    }
}

/// _vsnwprintf: no zero where there is no room for it, −1 if the text is longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnwprintf(buffer: *mut u16, size: usize, pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { microsoft(buffer, size, pattern, list) }
}

/// vswprintf_s: −1, an empty text and ERANGE if it does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vswprintf_s(buffer: *mut u16, size: usize, pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { checked(buffer, size, None, pattern, list) }
}

/// _vsnwprintf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnwprintf_s(
    buffer: *mut u16,
    size: usize,
    count: usize,
    pattern: *const u16,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { checked(buffer, size, Some(count), pattern, list) }
}

/// _vscwprintf: the length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vscwprintf(pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the arguments.
    unsafe { into_room(std::ptr::null_mut::<u16>(), 0, pattern, list) }
}
