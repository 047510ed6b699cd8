//! The functions themselves.

use super::{Stream, Text, scan};
use crate::crt::invalid;
use crate::crt::va::{VaArguments, VaList};
use crate::support::guard;
use crate::text::{Unit, len_up_to, units};
use libc::{EINVAL, FILE};
use overlapped_kernel::port::blocking;
use std::ffi::{c_char, c_int};

unsafe extern "C" {
    static stdin: *mut FILE;
}

fn standard_input() -> *mut FILE {
    // SAFETY: set when the program starts, and read only.
    unsafe { stdin }
}

unsafe fn from_text<U: Unit>(text: *const U, format: *const U, list: VaList, rooms: bool) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_part(text, usize::MAX, format, list, rooms) }
}

/// From at most so many units, and not behind a zero.
unsafe fn from_part<U: Unit>(text: *const U, most: usize, format: *const U, list: VaList, rooms: bool) -> c_int {
    if text.is_null() || format.is_null() {
        invalid(EINVAL);
        return -1;
    }
    // SAFETY: the caller vouches for the strings and the arguments.
    guard(-1, || unsafe {
        let text = std::slice::from_raw_parts(text, len_up_to(text, most));
        scan(&mut Text::new(text), units(format), &mut VaArguments::new(list), rooms)
    })
}

unsafe fn from_stream<U: Unit>(stream: *mut FILE, format: *const U, list: VaList, rooms: bool) -> c_int {
    if stream.is_null() || format.is_null() {
        invalid(EINVAL);
        return -1;
    }
    // Reading may wait for somebody to type.
    guard(-1, || {
        // SAFETY: the caller vouches for the stream and the arguments.
        blocking(|| unsafe {
            let mut input = Stream::new(stream, size_of::<U>() == 2);
            scan(&mut input, units(format), &mut VaArguments::new(list), rooms)
        })
    })
}

/// vsscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vsscanf(text: *const c_char, format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_text::<u8>(text.cast(), format.cast(), list, false) }
}

/// vsscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vsscanf_s(text: *const c_char, format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_text::<u8>(text.cast(), format.cast(), list, true) }
}

/// vscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vscanf(format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream::<u8>(standard_input(), format.cast(), list, false) }
}

/// vscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vscanf_s(format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream::<u8>(standard_input(), format.cast(), list, true) }
}

/// vfscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfscanf(stream: *mut FILE, format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream::<u8>(stream, format.cast(), list, false) }
}

/// vfscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfscanf_s(stream: *mut FILE, format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream::<u8>(stream, format.cast(), list, true) }
}

/// vswscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vswscanf(text: *const u16, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_text(text, format, list, false) }
}

/// vswscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vswscanf_s(text: *const u16, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_text(text, format, list, true) }
}

/// vwscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vwscanf(format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream(standard_input(), format, list, false) }
}

/// vwscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vwscanf_s(format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream(standard_input(), format, list, true) }
}

/// vfwscanf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfwscanf(stream: *mut FILE, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream(stream, format, list, false) }
}

/// vfwscanf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfwscanf_s(stream: *mut FILE, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_stream(stream, format, list, true) }
}

/// What `_snscanf` calls: a text that need not end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnscanf(text: *const c_char, most: usize, format: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_part::<u8>(text.cast(), most, format.cast(), list, false) }
}

/// What `_snscanf_s` calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnscanf_s(
    text: *const c_char,
    most: usize,
    format: *const c_char,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_part::<u8>(text.cast(), most, format.cast(), list, true) }
}

/// What `_snwscanf` calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnwscanf(text: *const u16, most: usize, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_part(text, most, format, list, false) }
}

/// What `_snwscanf_s` calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnwscanf_s(text: *const u16, most: usize, format: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { from_part(text, most, format, list, true) }
}
