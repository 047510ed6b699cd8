//! `strsafe.h`: copying that always ends with a zero and says when it had to cut.
//!
//! The StringCch functions count units, the StringCb ones bytes. The variadic ones are in the header and call those with a
//! `va_list`. Results are HRESULTs: S_OK, STRSAFE_E_INSUFFICIENT_BUFFER when the text was cut, STRSAFE_E_INVALID_PARAMETER for a
//! room of 0 or of more than 2³¹ − 1.

use crate::arguments::pair;
use crate::crt::printf::{Room, format};
use crate::crt::va::{VaArguments, VaList};
use crate::support::guard;
use crate::text::{Unit, len_up_to, units_or_empty};

/// HRESULT.
type Hresult = i32;

const S_OK: Hresult = 0;
const INSUFFICIENT_BUFFER: Hresult = 0x8007_007Au32.cast_signed();
const INVALID_PARAMETER: Hresult = 0x8007_0057u32.cast_signed();
/// STRSAFE_MAX_CCH.
const MOST: usize = 0x7FFF_FFFF;

/// What the -Ex functions say besides: where the text ends and what room is left.
struct Rest<U> {
    end: *mut *mut U,
    left: *mut usize,
    /// What `left` counts: 1, or the size of a unit.
    scale: usize,
}

impl<U> Rest<U> {
    const NONE: Self = Self { end: std::ptr::null_mut(), left: std::ptr::null_mut(), scale: 1 };

    /// # Safety
    /// Both are NULL or writable.
    unsafe fn say(&self, end: *mut U, left: usize) {
        // SAFETY: not NULL, and the caller vouches for them.
        unsafe {
            if !self.end.is_null() {
                self.end.write(end);
            }
            if !self.left.is_null() {
                self.left.write(left * self.scale);
            }
        }
    }
}

/// Puts text at an offset, as far as there is room.
///
/// # Safety
/// `to` has room for `room` units, of which `at` are text.
unsafe fn put<U: Unit>(to: *mut U, room: usize, at: usize, text: &[U], rest: &Rest<U>) -> Hresult {
    let fits = text.len().min(room - at - 1);
    // SAFETY: it fits, with a zero, as just computed.
    unsafe {
        std::ptr::copy(text.as_ptr(), to.add(at), fits);
        to.add(at + fits).write(U::default());
        rest.say(to.add(at + fits), room - at - fits);
    }
    if fits == text.len() { S_OK } else { INSUFFICIENT_BUFFER }
}

fn valid<U>(to: *mut U, room: usize) -> bool {
    !to.is_null() && (1..=MOST).contains(&room)
}

/// # Safety
/// `to` has room for `room` units; `from` is NULL or readable up to a zero or `most`.
unsafe fn copy<U: Unit>(to: *mut U, room: usize, from: *const U, most: usize, rest: &Rest<U>) -> Hresult {
    if !valid(to, room) {
        return INVALID_PARAMETER;
    }
    // SAFETY: the caller vouches for both; one unit more than fits tells that it does not.
    unsafe { put(to, room, 0, first(from, most.min(room)), rest) }
}

/// # Safety
/// `from` is NULL or readable up to a zero or `most`.
unsafe fn first<'a, U: Unit>(from: *const U, most: usize) -> &'a [U] {
    if from.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { std::slice::from_raw_parts(from, len_up_to(from, most)) }
}

/// # Safety
/// As for [`copy`].
unsafe fn append<U: Unit>(to: *mut U, room: usize, from: *const U, most: usize, rest: &Rest<U>) -> Hresult {
    if !valid(to, room) {
        return INVALID_PARAMETER;
    }
    // SAFETY: the caller vouches for both.
    unsafe {
        let at = len_up_to(to, room);
        if at == room { INVALID_PARAMETER } else { put(to, room, at, first(from, most.min(room)), rest) }
    }
}

/// # Safety
/// `text` is NULL or readable up to a zero or `most`; `len` is NULL or writable.
unsafe fn length<U: Unit>(text: *const U, most: usize, len: *mut usize, scale: usize) -> Hresult {
    // SAFETY: the caller vouches for both.
    unsafe {
        let found = if text.is_null() || most > MOST { most } else { len_up_to(text, most) };
        let ended = found < most;
        if !len.is_null() {
            len.write(if ended { found * scale } else { 0 });
        }
        if ended { S_OK } else { INVALID_PARAMETER }
    }
}

/// # Safety
/// `to` has room for `room` units; the arguments are those that the format asks for.
unsafe fn print<U: Unit>(to: *mut U, room: usize, pattern: *const U, list: VaList, rest: &Rest<U>) -> Hresult {
    if !valid(to, room) {
        return INVALID_PARAMETER;
    }
    guard(INVALID_PARAMETER, || {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            let mut sink = Room::new(to, room - 1);
            let len = format(&mut sink, units_or_empty(pattern), &mut VaArguments::new(list));
            let fits = len.unwrap_or(usize::MAX).min(room - 1);
            to.add(fits).write(U::default());
            rest.say(to.add(fits), room - fits);
            if len.is_some_and(|len| len < room) { S_OK } else { INSUFFICIENT_BUFFER }
        }
    })
}

pair! {
    /// StringCchCopy.
    fn ovl_StringCchCopyA ovl_StringCchCopyW(to: *mut C, room: usize, from: *const C) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { copy(to, room, from, MOST, &Rest::NONE) }
    }
}

pair! {
    /// StringCbCopy.
    fn ovl_StringCbCopyA ovl_StringCbCopyW(to: *mut C, bytes: usize, from: *const C) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { copy(to, bytes / size_of::<C>(), from, MOST, &Rest::NONE) }
    }
}

pair! {
    /// StringCchCopyEx; of the flags none is needed.
    fn ovl_StringCchCopyExA ovl_StringCchCopyExW(
        to: *mut C, room: usize, from: *const C, end: *mut *mut C, left: *mut usize, _flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { copy(to, room, from, MOST, &Rest { end, left, scale: 1 }) }
    }
}

pair! {
    /// StringCchCopyN.
    fn ovl_StringCchCopyNA ovl_StringCchCopyNW(to: *mut C, room: usize, from: *const C, most: usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        if most > MOST { INVALID_PARAMETER } else { unsafe { copy(to, room, from, most, &Rest::NONE) } }
    }
}

pair! {
    /// StringCbCopyN.
    fn ovl_StringCbCopyNA ovl_StringCbCopyNW(to: *mut C, bytes: usize, from: *const C, most: usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { copy(to, bytes / size_of::<C>(), from, most / size_of::<C>(), &Rest::NONE) }
    }
}

pair! {
    /// StringCchCat.
    fn ovl_StringCchCatA ovl_StringCchCatW(to: *mut C, room: usize, from: *const C) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { append(to, room, from, MOST, &Rest::NONE) }
    }
}

pair! {
    /// StringCbCat.
    fn ovl_StringCbCatA ovl_StringCbCatW(to: *mut C, bytes: usize, from: *const C) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { append(to, bytes / size_of::<C>(), from, MOST, &Rest::NONE) }
    }
}

pair! {
    /// StringCchCatEx; of the flags none is needed.
    fn ovl_StringCchCatExA ovl_StringCchCatExW(
        to: *mut C, room: usize, from: *const C, end: *mut *mut C, left: *mut usize, _flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { append(to, room, from, MOST, &Rest { end, left, scale: 1 }) }
    }
}

pair! {
    /// StringCchCatN.
    fn ovl_StringCchCatNA ovl_StringCchCatNW(to: *mut C, room: usize, from: *const C, most: usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { append(to, room, from, most, &Rest::NONE) }
    }
}

pair! {
    /// StringCbCatN.
    fn ovl_StringCbCatNA ovl_StringCbCatNW(to: *mut C, bytes: usize, from: *const C, most: usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { append(to, bytes / size_of::<C>(), from, most / size_of::<C>(), &Rest::NONE) }
    }
}

pair! {
    /// StringCchLength: fails if there is no zero within `most` units.
    fn ovl_StringCchLengthA ovl_StringCchLengthW(text: *const C, most: usize, len: *mut usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { length(text, most, len, 1) }
    }
}

pair! {
    /// StringCbLength: fails if there is no zero within `most` bytes.
    fn ovl_StringCbLengthA ovl_StringCbLengthW(text: *const C, most: usize, len: *mut usize) -> Hresult {
        // SAFETY: the caller vouches for both.
        unsafe { length(text, most / size_of::<C>(), len, size_of::<C>()) }
    }
}

pair! {
    /// StringCchVPrintf.
    fn ovl_StringCchVPrintfA ovl_StringCchVPrintfW(to: *mut C, room: usize, pattern: *const C, list: VaList) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, room, pattern, list, &Rest::NONE) }
    }
}

pair! {
    /// StringCbVPrintf.
    fn ovl_StringCbVPrintfA ovl_StringCbVPrintfW(to: *mut C, bytes: usize, pattern: *const C, list: VaList) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, bytes / size_of::<C>(), pattern, list, &Rest::NONE) }
    }
}

pair! {
    /// StringCchVPrintfEx; of the flags none is needed.
    fn ovl_StringCchVPrintfExA ovl_StringCchVPrintfExW(
        to: *mut C, room: usize, end: *mut *mut C, left: *mut usize, _flags: u32, pattern: *const C, list: VaList
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, room, pattern, list, &Rest { end, left, scale: 1 }) }
    }
}

pair! {
    /// StringCbVPrintfEx; of the flags none is needed.
    fn ovl_StringCbVPrintfExA ovl_StringCbVPrintfExW(
        to: *mut C, bytes: usize, end: *mut *mut C, left: *mut usize, _flags: u32, pattern: *const C, list: VaList
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, bytes / size_of::<C>(), pattern, list, &Rest { end, left, scale: size_of::<C>() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{of, units};

    #[test]
    fn what_fits_is_there_with_its_zero() {
        let mut room = [b'x'; 8];
        let at = room.as_mut_ptr();
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            assert_eq!((ovl_StringCchCopyA(at, 8, c"abc".as_ptr().cast()), units(at)), (S_OK, &b"abc"[..]));
            assert_eq!((ovl_StringCchCatA(at, 8, c"defg".as_ptr().cast()), units(at)), (S_OK, &b"abcdefg"[..]));
            assert_eq!(
                (ovl_StringCchCatA(at, 8, c"h".as_ptr().cast()), units(at)),
                (INSUFFICIENT_BUFFER, &b"abcdefg"[..])
            );
            assert_eq!(
                (ovl_StringCchCopyA(at, 3, c"xyz".as_ptr().cast()), units(at)),
                (INSUFFICIENT_BUFFER, &b"xy"[..])
            );
            assert_eq!(ovl_StringCchCopyNA(at, 8, c"abcdef".as_ptr().cast(), 2), S_OK);
            assert_eq!(ovl_StringCchCatNA(at, 8, c"cdef".as_ptr().cast(), 1), S_OK);
            assert_eq!(units(at), b"abc");
            assert_eq!(ovl_StringCchCopyA(at, 0, c"a".as_ptr().cast()), INVALID_PARAMETER);
            assert_eq!(ovl_StringCchCatA(at, 2, c"a".as_ptr().cast()), INVALID_PARAMETER);
        }
    }

    #[test]
    fn bytes_are_counted_for_the_others() {
        let mut room = [0u16; 8];
        let (at, text) = (room.as_mut_ptr(), of::<u16>("abcdefgh\0"));
        let (mut end, mut left, mut len) = (std::ptr::null_mut(), 0, 9);
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            assert_eq!(
                (ovl_StringCbCopyW(at, 8, text.as_ptr()), units(at)),
                (INSUFFICIENT_BUFFER, &of::<u16>("abc")[..])
            );
            assert_eq!((ovl_StringCbLengthW(at, 16, &mut len), len), (S_OK, 6));
            assert_eq!((ovl_StringCchLengthW(at, 3, &mut len), len), (INVALID_PARAMETER, 0));
            assert_eq!(ovl_StringCchCopyExW(at, 8, text[4..].as_ptr(), &mut end, &mut left, 0), S_OK);
            assert_eq!((end, left), (at.add(4), 4));
        }
    }
}
