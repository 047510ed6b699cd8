//! The functions with `_s` on strings and memory, in both units. What is wrong is told by an errno value: EINVAL for a missing
//! buffer or text, ERANGE if the text does not fit; the target is then empty. With `_TRUNCATE` as the count, what fits is copied
//! and the result is STRUNCATE (80) if that was not all.

use super::invalid;
use super::strings::{reverse, tokens};
use crate::arguments::pair;
use crate::text::{self, Unit, len_up_to, lower, upper};
use libc::{EINVAL, ERANGE};
use std::ffi::{c_int, c_void};
use std::sync::LazyLock;

/// `_TRUNCATE`.
const TRUNCATE: usize = usize::MAX;
/// STRUNCATE: the text was cut, as asked for.
const CUT: c_int = 80;

/// Makes the target empty and says why.
unsafe fn refuse<U: Unit>(to: *mut U, why: c_int) -> c_int {
    // SAFETY: the caller has room for one unit.
    unsafe { to.write(U::default()) };
    invalid(why)
}

/// Copies at most `most` units of `from` to the offset `at`.
unsafe fn copy<U: Unit>(to: *mut U, room: usize, at: usize, from: *const U, most: usize) -> c_int {
    // SAFETY: the caller vouches for both; no more is read than could be copied and one unit.
    unsafe {
        if from.is_null() {
            return refuse(to, EINVAL);
        }
        let left = room - at;
        let len = len_up_to(from, most.min(left));
        let cut = len >= left;
        if cut && most != TRUNCATE {
            return refuse(to, ERANGE);
        }
        let len = len.min(left - 1);
        std::ptr::copy(from, to.add(at), len);
        to.add(at + len).write(U::default());
        if cut { CUT } else { 0 }
    }
}

/// Copies behind the text that is there.
unsafe fn append<U: Unit>(to: *mut U, room: usize, from: *const U, most: usize) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe {
        let at = len_up_to(to, room);
        if at == room { refuse(to, EINVAL) } else { copy(to, room, at, from, most) }
    }
}

fn missing<U>(to: *mut U, room: usize) -> bool {
    to.is_null() || room == 0
}

pair! {
    /// strcpy_s, wcscpy_s.
    fn ovl_strcpy_s ovl_wcscpy_s(to: *mut C, room: usize, from: *const C) -> c_int {
        // SAFETY: the caller vouches for both.
        if missing(to, room) { invalid(EINVAL) } else { unsafe { copy(to, room, 0, from, room) } }
    }
}

pair! {
    /// strncpy_s, wcsncpy_s: at most so many units, or as many as fit with `_TRUNCATE`.
    fn ovl_strncpy_s ovl_wcsncpy_s(to: *mut C, room: usize, from: *const C, most: usize) -> c_int {
        if most == 0 && to.is_null() && room == 0 {
            return 0;
        }
        if missing(to, room) {
            return invalid(EINVAL);
        }
        // SAFETY: the caller vouches for both.
        unsafe {
            if most == 0 {
                to.write(C::default());
                return 0;
            }
            copy(to, room, 0, from, most)
        }
    }
}

pair! {
    /// strcat_s, wcscat_s.
    fn ovl_strcat_s ovl_wcscat_s(to: *mut C, room: usize, from: *const C) -> c_int {
        // SAFETY: the caller vouches for both.
        if missing(to, room) { invalid(EINVAL) } else { unsafe { append(to, room, from, room) } }
    }
}

pair! {
    /// strncat_s, wcsncat_s: at most so many units, or as many as fit with `_TRUNCATE`.
    fn ovl_strncat_s ovl_wcsncat_s(to: *mut C, room: usize, from: *const C, most: usize) -> c_int {
        if most == 0 && to.is_null() && room == 0 {
            return 0;
        }
        // SAFETY: the caller vouches for both.
        if missing(to, room) { invalid(EINVAL) } else { unsafe { append(to, room, from, most) } }
    }
}

/// # Safety
/// `to` has room for `room` units, `from` has `count`.
unsafe fn copy_memory<U: Unit>(to: *mut U, room: usize, from: *const U, count: usize) -> c_int {
    if count == 0 {
        return 0;
    }
    if to.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for both.
    unsafe {
        if from.is_null() || count > room {
            std::ptr::write_bytes(to, 0, room);
            return invalid(if from.is_null() { EINVAL } else { ERANGE });
        }
        std::ptr::copy(from, to, count);
    }
    0
}

/// memcpy_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_memcpy_s(to: *mut c_void, room: usize, from: *const c_void, count: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { copy_memory::<u8>(to.cast(), room, from.cast(), count) }
}

/// Unlike [`copy_memory`] it leaves the target alone if it fails.
///
/// # Safety
/// As for [`copy_memory`].
unsafe fn move_memory<U: Unit>(to: *mut U, room: usize, from: *const U, count: usize) -> c_int {
    if count != 0 && (to.is_null() || from.is_null()) {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for both.
    if count > room { invalid(ERANGE) } else { unsafe { copy_memory(to, room, from, count) } }
}

/// memmove_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_memmove_s(to: *mut c_void, room: usize, from: *const c_void, count: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { move_memory::<u8>(to.cast(), room, from.cast(), count) }
}

/// wmemcpy_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemcpy_s(to: *mut u16, room: usize, from: *const u16, count: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { copy_memory(to, room, from, count) }
}

/// wmemmove_s: as memmove_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemmove_s(to: *mut u16, room: usize, from: *const u16, count: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { move_memory(to, room, from, count) }
}

pair! {
    /// strnlen_s, wcsnlen_s: 0 for NULL.
    fn ovl_strnlen_s ovl_wcsnlen_s(text: *const C, most: usize) -> usize {
        // SAFETY: the caller vouches for it.
        if text.is_null() { 0 } else { unsafe { len_up_to(text, most) } }
    }
}

pair! {
    /// strtok_s, wcstok_s.
    fn ovl_strtok_s ovl_wcstok_s(text: *mut C, delimiters: *const C, rest: *mut *mut C) -> *mut C {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            if delimiters.is_null() || rest.is_null() || text.is_null() && (*rest).is_null() {
                invalid(EINVAL);
                return std::ptr::null_mut();
            }
            tokens(text, delimiters, &mut *rest)
        }
    }
}

/// Changes a text whose room is known.
unsafe fn change<U: Unit>(text: *mut U, room: usize, by: fn(U) -> U) -> c_int {
    if missing(text, room) {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        let len = len_up_to(text, room);
        if len == room {
            return refuse(text, EINVAL);
        }
        for unit in std::slice::from_raw_parts_mut(text, len) {
            *unit = by(*unit);
        }
    }
    0
}

pair! {
    /// _strlwr_s, _wcslwr_s.
    fn ovl__strlwr_s ovl__wcslwr_s(text: *mut C, room: usize) -> c_int {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, room, lower) }
    }
}

pair! {
    /// _strupr_s, _wcsupr_s.
    fn ovl__strupr_s ovl__wcsupr_s(text: *mut C, room: usize) -> c_int {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, room, upper) }
    }
}

pair! {
    /// _strlwr, _wcslwr.
    fn ovl__strlwr ovl__wcslwr(text: *mut C) -> *mut C {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, usize::MAX, lower) };
        text
    }
}

pair! {
    /// _strupr, _wcsupr.
    fn ovl__strupr ovl__wcsupr(text: *mut C) -> *mut C {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, usize::MAX, upper) };
        text
    }
}

pair! {
    /// _strrev, _wcsrev.
    fn ovl__strrev ovl__wcsrev(text: *mut C) -> *mut C {
        // SAFETY: the caller vouches for it.
        unsafe { reverse(text) };
        text
    }
}

/// What libc says of each errno value.
static SENTENCES: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let sentence = |code| {
        // SAFETY: libc gives a string, which is copied at once.
        unsafe { std::ffi::CStr::from_ptr(libc::strerror(code)) }.to_owned().into_raw() as usize
    };
    (0..=libc::EHWPOISON).map(sentence).collect()
});
static NUMBER: c_int = libc::EHWPOISON + 1;

/// _sys_errlist: the sentences of strerror, by number.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___sys_errlist() -> *const usize {
    SENTENCES.as_ptr()
}

/// _sys_nerr: how many of them there are. Numbers are those of Linux.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___sys_nerr() -> *const c_int {
    &raw const NUMBER
}

pair! {
    /// strerror_s, _wcserror_s: what libc says of an errno value, cut if need be.
    fn ovl_strerror_s ovl__wcserror_s(to: *mut C, room: usize, code: c_int) -> c_int {
        if missing(to, room) {
            return invalid(EINVAL);
        }
        // SAFETY: libc gives a string that ends with a zero; the caller vouches for the room.
        unsafe {
            let sentence = std::ffi::CStr::from_ptr(libc::strerror(code)).to_string_lossy().into_owned();
            let units = text::of::<C>(&sentence);
            text::put(to, &units[..units.len().min(room - 1)]);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::units;
    use std::ptr::{null, null_mut};

    /// A buffer of 8 that holds a text, and what a function made of it.
    fn with(start: &[u8], act: impl FnOnce(*mut u8) -> c_int) -> (c_int, String) {
        let mut room = [b'x'; 8];
        room[..start.len()].copy_from_slice(start);
        room[start.len()] = 0;
        let code = act(room.as_mut_ptr());
        let end = room.iter().position(|&byte| byte == 0).unwrap_or(8);
        (code, String::from_utf8_lossy(&room[..end]).into_owned())
    }

    fn is(code: c_int, text: &str) -> (c_int, String) {
        (code, text.to_owned())
    }

    #[test]
    fn copies_that_fit_and_that_do_not() {
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            let abc = c"abc".as_ptr().cast();
            let long = c"abcdefgh".as_ptr().cast();
            assert_eq!(with(b"", |to| ovl_strcpy_s(to, 8, abc)), is(0, "abc"));
            assert_eq!(with(b"q", |to| ovl_strcpy_s(to, 8, long)), is(ERANGE, ""));
            assert_eq!(with(b"q", |to| ovl_strcpy_s(to, 8, null())), is(EINVAL, ""));
            assert_eq!(ovl_strcpy_s(null_mut(), 8, abc), EINVAL);
            assert_eq!(with(b"q", |to| ovl_strcpy_s(to, 0, abc)), is(EINVAL, "q"));
            assert_eq!(with(b"", |to| ovl_strncpy_s(to, 8, long, 3)), is(0, "abc"));
            assert_eq!(with(b"", |to| ovl_strncpy_s(to, 8, long, 8)), is(ERANGE, ""));
            assert_eq!(with(b"", |to| ovl_strncpy_s(to, 8, long, TRUNCATE)), is(CUT, "abcdefg"));
            assert_eq!(with(b"", |to| ovl_strncpy_s(to, 8, abc, TRUNCATE)), is(0, "abc"));
            assert_eq!(with(b"abc", |to| ovl_strcat_s(to, 8, c"defg".as_ptr().cast())), is(0, "abcdefg"));
            assert_eq!(with(b"abcd", |to| ovl_strcat_s(to, 8, c"defg".as_ptr().cast())), is(ERANGE, ""));
            assert_eq!(with(b"abcd", |to| ovl_strncat_s(to, 8, long, 2)), is(0, "abcdab"));
            assert_eq!(with(b"abcd", |to| ovl_strncat_s(to, 8, long, TRUNCATE)), is(CUT, "abcdabc"));
            assert_eq!(with(b"abcd", |to| ovl_strcat_s(to, 3, abc)), is(EINVAL, ""));
        }
    }

    #[test]
    fn memory() {
        let mut to = [1u8; 4];
        let at = to.as_mut_ptr().cast();
        // SAFETY: rooms are what they are said to be.
        unsafe {
            assert_eq!((ovl_memcpy_s(at, 4, [2u8; 4].as_ptr().cast(), 4), to), (0, [2; 4]));
            assert_eq!((ovl_memmove_s(at, 4, [3u8; 5].as_ptr().cast(), 5), to), (ERANGE, [2; 4]));
            assert_eq!((ovl_memcpy_s(at, 4, [3u8; 5].as_ptr().cast(), 5), to), (ERANGE, [0; 4]));
            assert_eq!(ovl_memcpy_s(null_mut(), 0, null(), 0), 0);
            assert_eq!((ovl_strnlen_s(null(), 5), ovl_strnlen_s(c"abc".as_ptr().cast(), 2)), (0, 2));
        }
    }

    #[test]
    fn case_order_and_errors() {
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            assert_eq!(with(b"aBc", |to| ovl__strupr_s(to, 8)), is(0, "ABC"));
            assert_eq!(with(b"aBc", |to| ovl__strlwr_s(to, 2)), is(EINVAL, ""));
            assert_eq!(with(b"abc", |to| i32::from(ovl__strrev(to) != to)), is(0, "cba"));
            assert_eq!(with(b"", |to| ovl_strerror_s(to, 8, 2)), is(0, "No such"));
            let last = *ovl___sys_nerr() as usize - 1;
            for code in [1, last] {
                let listed = std::ffi::CStr::from_ptr(*ovl___sys_errlist().add(code) as *const _);
                assert_eq!(listed, std::ffi::CStr::from_ptr(libc::strerror(code as c_int)));
            }
            let mut wide = [0x41u16, 0xD6, 0];
            assert_eq!(units(ovl__wcslwr(wide.as_mut_ptr())), [0x61, 0xF6]);
        }
    }

    #[test]
    fn tokens_one_after_the_other() {
        let mut text = *b",a,,b;c\0";
        let (mut rest, mut found) = (null_mut(), Vec::new());
        let mut from = text.as_mut_ptr();
        // SAFETY: strings and places are what they are said to be.
        unsafe {
            loop {
                let token = ovl_strtok_s(from, c",;".as_ptr().cast(), &mut rest);
                if token.is_null() {
                    break;
                }
                found.push(String::from_utf8_lossy(units(token)).into_owned());
                from = null_mut();
            }
            assert_eq!(found, ["a", "b", "c"]);
            assert!(ovl_strtok_s(null_mut(), null(), &mut rest).is_null());
        }
    }
}
