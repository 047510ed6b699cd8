//! The `lstr` functions of `winbase.h`. They take NULL for an empty string where Windows does.

use crate::text::{Unit, compare, len, len_up_to, units_or_empty, upper};
use std::cmp::Ordering;

unsafe fn copy<U: Unit>(to: *mut U, from: *const U) -> *mut U {
    if to.is_null() || from.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: the caller of the exported function vouches for the room; the texts may overlap.
    unsafe { std::ptr::copy(from, to, len(from) + 1) };
    to
}

unsafe fn copy_up_to<U: Unit>(to: *mut U, from: *const U, room: i32) -> *mut U {
    if to.is_null() || from.is_null() {
        return std::ptr::null_mut();
    }
    let Some(most) = usize::try_from(room).ok().and_then(|room| room.checked_sub(1)) else { return to };
    // SAFETY: the caller of the exported function vouches for the room.
    unsafe {
        let len = len_up_to(from, most);
        std::ptr::copy(from, to, len);
        to.add(len).write(U::default());
    }
    to
}

unsafe fn append<U: Unit>(to: *mut U, from: *const U) -> *mut U {
    if to.is_null() || from.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: the caller of the exported function vouches for the room.
    unsafe { copy(to.add(len(to)), from) };
    to
}

/// The order of words: letters before their case, and lower case before upper case where that is all that differs.
pub(crate) fn collate<U: Unit>(first: &[U], second: &[U], caseless: bool) -> i32 {
    match compare(first, second, true) {
        0 if caseless => 0,
        0 => {
            let is_upper = |unit: &U| upper(*unit) == *unit;
            let differing = first.iter().zip(second).find(|(a, b)| a != b);
            differing.map_or(Ordering::Equal, |(a, b)| is_upper(a).cmp(&is_upper(b))) as i32
        }
        order => order,
    }
}

/// NULL is before any string, and equal to NULL.
unsafe fn order<U: Unit>(first: *const U, second: *const U, caseless: bool) -> i32 {
    match (first.is_null(), second.is_null()) {
        // SAFETY: the caller of the exported function vouches for the strings.
        (false, false) => unsafe { collate(units_or_empty(first), units_or_empty(second), caseless) },
        (first, second) => i32::from(second) - i32::from(first),
    }
}

/// lstrlenA: 0 for NULL.
///
/// # Safety
/// `text` is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrlenA(text: *const u8) -> i32 {
    // SAFETY: the caller vouches for it.
    unsafe { units_or_empty(text) }.len() as i32
}

/// lstrlenW: 0 for NULL.
///
/// # Safety
/// `text` is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrlenW(text: *const u16) -> i32 {
    // SAFETY: the caller vouches for it.
    unsafe { units_or_empty(text) }.len() as i32
}

/// lstrcpyA.
///
/// # Safety
/// `from` is NULL or a string, for which `to` has room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcpyA(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller vouches for it.
    unsafe { copy(to, from) }
}

/// lstrcpyW.
///
/// # Safety
/// As for [`ovl_lstrcpyA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcpyW(to: *mut u16, from: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe { copy(to, from) }
}

/// lstrcpynA: as much as there is room for, and a zero.
///
/// # Safety
/// `from` is NULL or a string, `to` has room for so many units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcpynA(to: *mut u8, from: *const u8, room: i32) -> *mut u8 {
    // SAFETY: the caller vouches for it.
    unsafe { copy_up_to(to, from, room) }
}

/// lstrcpynW, as [`ovl_lstrcpynA`].
///
/// # Safety
/// As for [`ovl_lstrcpynA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcpynW(to: *mut u16, from: *const u16, room: i32) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe { copy_up_to(to, from, room) }
}

/// lstrcatA.
///
/// # Safety
/// Both are NULL or strings, and `to` has room for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcatA(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller vouches for it.
    unsafe { append(to, from) }
}

/// lstrcatW.
///
/// # Safety
/// As for [`ovl_lstrcatA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcatW(to: *mut u16, from: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe { append(to, from) }
}

/// lstrcmpA: −1, 0 or 1, in the order of words.
///
/// # Safety
/// Both are NULL or strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcmpA(first: *const u8, second: *const u8) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, false) }
}

/// lstrcmpW, as [`ovl_lstrcmpA`].
///
/// # Safety
/// As for [`ovl_lstrcmpA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcmpW(first: *const u16, second: *const u16) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, false) }
}

/// lstrcmpiA: without regard to case.
///
/// # Safety
/// As for [`ovl_lstrcmpA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcmpiA(first: *const u8, second: *const u8) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, true) }
}

/// lstrcmpiW: without regard to case.
///
/// # Safety
/// As for [`ovl_lstrcmpA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_lstrcmpiW(first: *const u16, second: *const u16) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_and_lengths() {
        let mut room = [b'x'; 10];
        let at = room.as_mut_ptr();
        // SAFETY: there is room for all of it.
        unsafe {
            assert_eq!((ovl_lstrlenA(c"abc".as_ptr().cast()), ovl_lstrlenW(std::ptr::null())), (3, 0));
            assert_eq!(ovl_lstrcpyA(at, c"abc".as_ptr().cast()), at);
            ovl_lstrcatA(at, c"de".as_ptr().cast());
            assert_eq!(crate::text::units(at), b"abcde");
            ovl_lstrcpynA(at, c"uvwxyz".as_ptr().cast(), 4);
            assert_eq!(crate::text::units(at), b"uvw");
            assert!(ovl_lstrcpyA(at, std::ptr::null()).is_null());
        }
    }

    #[test]
    fn words_in_order() {
        let order = |a: &std::ffi::CStr, b: &std::ffi::CStr| {
            // SAFETY: both are strings.
            unsafe {
                (
                    ovl_lstrcmpA(a.as_ptr().cast(), b.as_ptr().cast()),
                    ovl_lstrcmpiA(a.as_ptr().cast(), b.as_ptr().cast()),
                )
            }
        };
        assert_eq!(order(c"abc", c"abc"), (0, 0));
        assert_eq!(order(c"abc", c"ABC"), (-1, 0));
        assert_eq!(order(c"abc", c"B"), (-1, -1));
        assert_eq!(order(c"b", c"A"), (1, 1));
        // SAFETY: NULL is fine.
        assert_eq!(unsafe { ovl_lstrcmpW(std::ptr::null(), [0].as_ptr()) }, -1);
    }
}
