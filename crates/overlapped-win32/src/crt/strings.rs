//! Microsoft's spellings of narrow string functions, and what the narrow and the wide ones share.

use super::invalid;
use crate::text::{Unit, len, len_up_to};
use libc::EINVAL;
use std::ffi::{c_char, c_int, c_void};

/// The next token of a text, which a zero ends; `rest` is where the search goes on.
pub(super) unsafe fn tokens<U: Unit>(text: *mut U, delimiters: *const U, rest: &mut *mut U) -> *mut U {
    // SAFETY: the caller vouches for the strings.
    unsafe {
        let set = crate::text::units(delimiters);
        let mut at = if text.is_null() { *rest } else { text };
        while *at != U::default() && set.contains(&*at) {
            at = at.add(1);
        }
        if *at == U::default() {
            *rest = at;
            return std::ptr::null_mut();
        }
        let token = at;
        while *at != U::default() && !set.contains(&*at) {
            at = at.add(1);
        }
        if *at == U::default() {
            *rest = at;
        } else {
            at.write(U::default());
            *rest = at.add(1);
        }
        token
    }
}

/// Turns a text around.
pub(super) unsafe fn reverse<U: Unit>(text: *mut U) {
    // SAFETY: the caller vouches for the string.
    unsafe { std::slice::from_raw_parts_mut(text, len(text)) }.reverse();
}

/// A copy from `malloc`; NULL for NULL.
pub(super) unsafe fn duplicate<U: Unit>(text: *const U) -> *mut U {
    if text.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: the caller vouches for the string; the copy has room for it and its zero.
    unsafe {
        let bytes = (len(text) + 1) * size_of::<U>();
        let copy = libc::malloc(bytes).cast::<U>();
        if !copy.is_null() {
            std::ptr::copy_nonoverlapping(text.cast::<u8>(), copy.cast(), bytes);
        }
        copy
    }
}

/// What comparisons without case answer where there is nothing to compare: `_NLSCMPERROR`.
const NOT_COMPARED: c_int = c_int::MAX;

/// Compares up to the zeros or the limit; the difference of the first units that differ, in lower case if `caseless`. Of those
/// without case NULL is an invalid argument, unless nothing is to be compared.
pub(super) unsafe fn order<U: Unit>(first: *const U, second: *const U, most: usize, caseless: bool) -> c_int {
    if caseless && most > 0 && (first.is_null() || second.is_null()) {
        invalid(EINVAL);
        return NOT_COMPARED;
    }
    for index in 0..most {
        // SAFETY: the caller vouches for both up to their zeros or the limit.
        let (a, b) = unsafe { (*first.add(index), *second.add(index)) };
        let (x, y) = if caseless { (crate::text::lower(a), crate::text::lower(b)) } else { (a, b) };
        if x != y {
            let (x, y): (u32, u32) = (x.into(), y.into());
            return x.cast_signed() - y.cast_signed();
        }
        if a == U::default() {
            break;
        }
    }
    0
}

/// _stricmp, which older programs call stricmp, strcmpi or _strcmpi.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__stricmp(first: *const c_char, second: *const c_char) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order::<u8>(first.cast(), second.cast(), usize::MAX, true) }
}

/// _strnicmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strnicmp(first: *const c_char, second: *const c_char, most: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order::<u8>(first.cast(), second.cast(), most, true) }
}

/// _memicmp: the difference of the first bytes that differ, in lower case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__memicmp(first: *const c_void, second: *const c_void, bytes: usize) -> c_int {
    if bytes == 0 {
        return 0;
    }
    if first.is_null() || second.is_null() {
        invalid(EINVAL);
        return NOT_COMPARED;
    }
    // SAFETY: the caller vouches for both.
    let (first, second) = unsafe {
        (std::slice::from_raw_parts(first.cast::<u8>(), bytes), std::slice::from_raw_parts(second.cast(), bytes))
    };
    let lower = |byte: &u8| c_int::from(crate::text::lower(*byte));
    first.iter().zip(second).map(|(a, b)| lower(a) - lower(b)).find(|&apart| apart != 0).unwrap_or(0)
}

/// _strdup.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strdup(text: *const c_char) -> *mut c_char {
    // SAFETY: the caller vouches for it.
    unsafe { duplicate::<u8>(text.cast()) }.cast()
}

/// _strset: every character becomes this one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strset(text: *mut c_char, byte: c_int) -> *mut c_char {
    // SAFETY: the caller vouches for the string.
    unsafe { std::ptr::write_bytes(text.cast::<u8>(), byte as u8, len(text.cast::<u8>())) };
    text
}

/// _strnset: as _strset, at most so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strnset(text: *mut c_char, byte: c_int, most: usize) -> *mut c_char {
    // SAFETY: the caller vouches for the string.
    unsafe { std::ptr::write_bytes(text.cast::<u8>(), byte as u8, len_up_to(text.cast::<u8>(), most)) };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        // SAFETY: strings.
        unsafe {
            assert_eq!(ovl__stricmp(c"Hello".as_ptr(), c"hELLO".as_ptr()), 0);
            assert!(ovl__stricmp(c"a".as_ptr(), c"B".as_ptr()) < 0);
            assert!(ovl__stricmp(c"ab".as_ptr(), c"a".as_ptr()) > 0);
            assert_eq!(ovl__strnicmp(c"HELlo".as_ptr(), c"help".as_ptr(), 3), 0);
            assert!(ovl__strnicmp(c"HELlo".as_ptr(), c"help".as_ptr(), 4) < 0);
            assert_eq!(ovl__memicmp(c"AB".as_ptr().cast(), c"ab".as_ptr().cast(), 3), 0);
        }
    }

    #[test]
    fn copies_and_fillings() {
        // SAFETY: strings.
        unsafe {
            let copy = ovl__strdup(c"abcd".as_ptr());
            ovl__strnset(copy, i32::from(b'x'), 2);
            assert_eq!(std::ffi::CStr::from_ptr(copy), c"xxcd");
            ovl__strset(copy, i32::from(b'y'));
            assert_eq!(std::ffi::CStr::from_ptr(copy), c"yyyy");
            libc::free(copy.cast());
            assert!(ovl__strdup(std::ptr::null()).is_null());
        }
    }
}
