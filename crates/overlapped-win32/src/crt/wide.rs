//! The wide string functions on 16-bit units.
//!
//! The C++ library of a program that is compiled with a 16-bit `wchar_t` rests on several of these (`std::wstring`).

use super::strings::{duplicate, order, tokens};
use crate::text::{len, len_up_to, units};
use std::ffi::c_int;
use std::ptr::null_mut;

/// wcslen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcslen(text: *const u16) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { len(text) }
}

/// wcsnlen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsnlen(text: *const u16, most: usize) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { len_up_to(text, most) }
}

/// wcscpy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcscpy(to: *mut u16, from: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe { std::ptr::copy(from, to, len(from) + 1) };
    to
}

/// wcsncpy: filled up with zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsncpy(to: *mut u16, from: *const u16, most: usize) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe {
        let len = len_up_to(from, most);
        std::ptr::copy(from, to, len);
        to.add(len).write_bytes(0, most - len);
    }
    to
}

/// wcscat.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcscat(to: *mut u16, from: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe { ovl_wcscpy(to.add(len(to)), from) };
    to
}

/// wcsncat: always with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsncat(to: *mut u16, from: *const u16, most: usize) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe {
        let (end, count) = (to.add(len(to)), len_up_to(from, most));
        std::ptr::copy(from, end, count);
        end.add(count).write(0);
    }
    to
}

/// wcscmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcscmp(first: *const u16, second: *const u16) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, usize::MAX, false) }.signum()
}

/// wcsncmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsncmp(first: *const u16, second: *const u16, most: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, most, false) }.signum()
}

/// wcscoll: as wcscmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcscoll(first: *const u16, second: *const u16) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { ovl_wcscmp(first, second) }
}

/// wcsxfrm: a copy, since wcscoll compares units; the whole length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsxfrm(to: *mut u16, from: *const u16, room: usize) -> usize {
    // SAFETY: the caller vouches for both.
    unsafe {
        let len = len(from);
        if room != 0 {
            let fits = len.min(room - 1);
            std::ptr::copy(from, to, fits);
            to.add(fits).write(0);
        }
        len
    }
}

/// _wcsicmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wcsicmp(first: *const u16, second: *const u16) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, usize::MAX, true) }
}

/// _wcsnicmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wcsnicmp(first: *const u16, second: *const u16, most: usize) -> c_int {
    // SAFETY: the caller vouches for both.
    unsafe { order(first, second, most, true) }
}

/// _wcsdup.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wcsdup(text: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe { duplicate(text) }
}

/// The unit at an offset of a text.
unsafe fn found(text: *const u16, at: Option<usize>) -> *mut u16 {
    // SAFETY: the offset is within the text or that of its zero.
    at.map_or(null_mut(), |at| unsafe { text.add(at) }.cast_mut())
}

/// wcschr; the zero is found as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcschr(text: *const u16, unit: u16) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe {
        let all = units(text);
        let end = (unit == 0).then_some(all.len());
        found(text, end.or_else(|| all.iter().position(|&other| other == unit)))
    }
}

/// wcsrchr; the zero is found as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsrchr(text: *const u16, unit: u16) -> *mut u16 {
    // SAFETY: the caller vouches for it.
    unsafe {
        let all = units(text);
        let end = (unit == 0).then_some(all.len());
        found(text, end.or_else(|| all.iter().rposition(|&other| other == unit)))
    }
}

/// wcsstr.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsstr(text: *const u16, part: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe {
        let (all, part) = (units(text), units(part));
        match part {
            [] => text.cast_mut(),
            part => found(text, all.windows(part.len()).position(|window| window == part)),
        }
    }
}

/// wcspbrk.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcspbrk(text: *const u16, set: *const u16) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe {
        let set = units(set);
        found(text, units(text).iter().position(|unit| set.contains(unit)))
    }
}

/// wcsspn.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsspn(text: *const u16, set: *const u16) -> usize {
    // SAFETY: the caller vouches for both.
    let (text, set) = unsafe { (units(text), units(set)) };
    text.iter().take_while(|unit| set.contains(unit)).count()
}

/// wcscspn.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcscspn(text: *const u16, set: *const u16) -> usize {
    // SAFETY: the caller vouches for both.
    let (text, set) = unsafe { (units(text), units(set)) };
    text.iter().take_while(|unit| !set.contains(unit)).count()
}

/// wcstok.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstok(text: *mut u16, delimiters: *const u16, rest: *mut *mut u16) -> *mut u16 {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        if text.is_null() && (*rest).is_null() {
            return null_mut();
        }
        tokens(text, delimiters, &mut *rest)
    }
}

/// wmemcpy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemcpy(to: *mut u16, from: *const u16, count: usize) -> *mut u16 {
    // SAFETY: the caller vouches for both; programs that overlap them get what wmemmove does.
    unsafe { std::ptr::copy(from, to, count) };
    to
}

/// wmemmove.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemmove(to: *mut u16, from: *const u16, count: usize) -> *mut u16 {
    // SAFETY: the caller vouches for both.
    unsafe { std::ptr::copy(from, to, count) };
    to
}

/// wmemset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemset(to: *mut u16, unit: u16, count: usize) -> *mut u16 {
    for index in 0..count {
        // SAFETY: the caller vouches for so many units.
        unsafe { to.add(index).write(unit) };
    }
    to
}

/// wmemcmp.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemcmp(first: *const u16, second: *const u16, count: usize) -> c_int {
    if count == 0 {
        return 0;
    }
    // SAFETY: the caller vouches for both.
    let (first, second) =
        unsafe { (std::slice::from_raw_parts(first, count), std::slice::from_raw_parts(second, count)) };
    first.cmp(second) as c_int
}

/// wmemchr.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wmemchr(text: *const u16, unit: u16, count: usize) -> *mut u16 {
    if count == 0 {
        return null_mut();
    }
    // SAFETY: the caller vouches for so many units.
    unsafe { found(text, std::slice::from_raw_parts(text, count).iter().position(|&other| other == unit)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn copies() {
        let (mut room, ab) = ([7u16; 8], of::<u16>("ab\0"));
        let at = room.as_mut_ptr();
        // SAFETY: there is room for all of it.
        unsafe {
            ovl_wcscpy(at, ab.as_ptr());
            ovl_wcscat(at, ab.as_ptr());
            ovl_wcsncat(at, ab.as_ptr(), 1);
            assert_eq!((units(at), ovl_wcslen(at), ovl_wcsnlen(at, 2)), (&of::<u16>("ababa")[..], 5, 2));
            ovl_wcsncpy(at, ab.as_ptr(), 5);
            assert_eq!(room, [97, 98, 0, 0, 0, 0, 7, 7]);
            ovl_wmemset(room.as_mut_ptr(), 5, 3);
            ovl_wmemmove(room.as_mut_ptr().add(1), ab.as_ptr(), 2);
            assert_eq!(room[..4], [5, 97, 98, 0]);
            let copy = ovl__wcsdup(ab.as_ptr());
            assert_eq!((ovl_wcscmp(copy, ab.as_ptr()), ovl_wmemcmp(copy, ab.as_ptr(), 3)), (0, 0));
            libc::free(copy.cast());
        }
    }

    #[test]
    fn searches() {
        let (text, empty) = (of::<u16>("hello world\0"), [0u16]);
        let part = |part: &str| of::<u16>(&format!("{part}\0"));
        let at = text.as_ptr();
        let offset = |found: *mut u16| (!found.is_null()).then(|| (found as usize - at as usize) / 2);
        // SAFETY: strings.
        unsafe {
            assert_eq!(
                (offset(ovl_wcschr(at, 108)), offset(ovl_wcsrchr(at, 108)), offset(ovl_wcschr(at, 122))),
                (Some(2), Some(9), None)
            );
            assert_eq!((offset(ovl_wcschr(at, 0)), offset(ovl_wcsrchr(at, 0))), (Some(11), Some(11)));
            assert_eq!(
                (offset(ovl_wcsstr(at, part("wor").as_ptr())), offset(ovl_wcsstr(at, empty.as_ptr()))),
                (Some(6), Some(0))
            );
            assert_eq!(
                (offset(ovl_wcsstr(at, part("worlds").as_ptr())), offset(ovl_wcspbrk(at, part("ow").as_ptr()))),
                (None, Some(4))
            );
            assert_eq!((ovl_wcsspn(at, part("hel").as_ptr()), ovl_wcscspn(at, part(" ").as_ptr())), (4, 5));
            assert_eq!((offset(ovl_wmemchr(at, 119, 6)), offset(ovl_wmemchr(at, 119, 7))), (None, Some(6)));
            assert_eq!(ovl__wcsicmp(part("STRASSE").as_ptr(), part("strasse").as_ptr()), 0);
            assert!(ovl__wcsnicmp(part("abX").as_ptr(), part("ABy").as_ptr(), 3) < 0);
            assert_eq!(ovl_wcsncmp(part("abX").as_ptr(), part("aby").as_ptr(), 2), 0);
        }
    }
}
