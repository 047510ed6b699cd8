//! Text for the console in the OEM code page, and back. That code page is UTF-8, as the ANSI one is (decision D9), so the A functions
//! copy, and the W functions convert.

use crate::support::{Bool, FALSE, TRUE, os_to_wide, wide_to_os};
use crate::text::{put, units};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::ptr::copy;

/// # Safety
/// Both are NULL, or have `bytes` bytes; they may be the same.
unsafe fn same(from: *const u8, to: *mut u8, bytes: usize) -> Bool {
    if from.is_null() || to.is_null() {
        return FALSE;
    }
    // SAFETY: the caller's promise.
    unsafe { copy(from, to, bytes) };
    TRUE
}

/// # Safety
/// `from` is NULL or a string.
unsafe fn with_zero(from: *const u8) -> usize {
    // SAFETY: not NULL, and the caller vouches for it.
    if from.is_null() { 0 } else { unsafe { units(from) }.len() + 1 }
}

/// CharToOemBuffA.
///
/// # Safety
/// As for [`ovl_OemToCharBuffA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CharToOemBuffA(from: *const u8, to: *mut u8, bytes: u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { same(from, to, bytes as usize) }
}

/// OemToCharBuffA.
///
/// # Safety
/// `from` and `to` are NULL or have `bytes` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OemToCharBuffA(from: *const u8, to: *mut u8, bytes: u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { same(from, to, bytes as usize) }
}

/// CharToOemA.
///
/// # Safety
/// As for [`ovl_OemToCharA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CharToOemA(from: *const u8, to: *mut u8) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { same(from, to, with_zero(from)) }
}

/// OemToCharA.
///
/// # Safety
/// `from` is NULL or a string, `to` NULL or with room for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OemToCharA(from: *const u8, to: *mut u8) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { same(from, to, with_zero(from)) }
}

/// CharToOemW: to UTF-8.
///
/// # Safety
/// `from` is NULL or a string, `to` NULL or with room for its UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CharToOemW(from: *const u16, to: *mut u8) -> Bool {
    if from.is_null() || to.is_null() {
        return FALSE;
    }
    // SAFETY: neither is NULL, and the caller vouches for them.
    unsafe { put(to, wide_to_os(units(from)).as_bytes()) };
    TRUE
}

/// OemToCharW: from UTF-8.
///
/// # Safety
/// `from` is NULL or a string, `to` NULL or with room for its UTF-16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OemToCharW(from: *const u8, to: *mut u16) -> Bool {
    if from.is_null() || to.is_null() {
        return FALSE;
    }
    // SAFETY: neither is NULL, and the caller vouches for them.
    unsafe { put(to, &os_to_wide(&OsString::from_vec(units(from).to_vec()))) };
    TRUE
}

/// CharToOemBuffW: `units` units to UTF-8.
///
/// # Safety
/// `from` is NULL or has `units` units, `to` is NULL or has room for their UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CharToOemBuffW(from: *const u16, to: *mut u8, units: u32) -> Bool {
    if from.is_null() || to.is_null() {
        return FALSE;
    }
    // SAFETY: not NULL, and the caller vouches for the units.
    let text = wide_to_os(unsafe { std::slice::from_raw_parts(from, units as usize) });
    // SAFETY: the caller vouches for the room.
    unsafe { same(text.as_bytes().as_ptr(), to, text.len()) }
}

/// OemToCharBuffW: `bytes` bytes of UTF-8 to UTF-16.
///
/// # Safety
/// `from` is NULL or has `bytes` bytes, `to` is NULL or has room for their UTF-16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OemToCharBuffW(from: *const u8, to: *mut u16, bytes: u32) -> Bool {
    if from.is_null() || to.is_null() {
        return FALSE;
    }
    // SAFETY: not NULL, and the caller vouches for the bytes.
    let text = os_to_wide(&OsString::from_vec(unsafe { std::slice::from_raw_parts(from, bytes as usize) }.to_vec()));
    // SAFETY: the caller vouches for the room.
    unsafe { same(text.as_ptr().cast(), to.cast(), 2 * text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    #[test]
    fn text_comes_back_as_it_went() {
        let text: Vec<u16> = "Größe €".encode_utf16().chain([0]).collect();
        let (mut oem, mut back) = ([0xFF_u8; 16], [0xFFFF_u16; 16]);
        // SAFETY: strings with their zeros, and room.
        unsafe {
            assert_eq!(ovl_CharToOemW(text.as_ptr(), oem.as_mut_ptr()), 1);
            assert_eq!(units(oem.as_ptr()), "Größe €".as_bytes());
            assert_eq!(ovl_OemToCharW(oem.as_ptr(), back.as_mut_ptr()), 1);
            assert_eq!(&back[..text.len()], &text);
            let place = oem.as_mut_ptr();
            assert_eq!((ovl_CharToOemA(place, place), ovl_OemToCharBuffA(place, place, 3)), (1, 1));
            assert_eq!(units(place), "Größe €".as_bytes());
            assert_eq!(ovl_CharToOemA(place, null_mut()), 0);
        }
    }
}
