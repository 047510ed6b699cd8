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

/// Bytes behind the text, after success, are the lowest byte of the flags.
const FILL_BEHIND_NULL: u32 = 0x200;
/// All bytes are, after failure, but for the zero at the end.
const FILL_ON_FAILURE: u32 = 0x400;
/// No text remains after failure.
const NULL_ON_FAILURE: u32 = 0x800;
/// Nor what fitted of it; what was there before something was to be appended remains.
const NO_TRUNCATION: u32 = 0x1000;

/// What the -Ex functions say and do besides: where the text ends, what room is left, what becomes of the rest of the room.
struct Rest<U> {
    end: *mut *mut U,
    left: *mut usize,
    /// What `left` counts: 1, or the size of a unit.
    scale: usize,
    /// STRSAFE_*, of the -Ex functions. STRSAFE_IGNORE_NULLS is so without it.
    flags: Option<u32>,
}

impl<U> Rest<U> {
    const NONE: Self = Self { end: std::ptr::null_mut(), left: std::ptr::null_mut(), scale: 1, flags: None };

    /// In units.
    const fn new(end: *mut *mut U, left: *mut usize, flags: u32) -> Self {
        Self { end, left, scale: 1, flags: Some(flags) }
    }

    /// In bytes.
    const fn of_bytes(end: *mut *mut U, left: *mut usize, flags: u32) -> Self {
        Self { end, left, scale: size_of::<U>(), flags: Some(flags) }
    }

    fn asks(&self, flags: u32) -> bool {
        self.flags.is_some_and(|own| own & flags != 0)
    }

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

/// Does what the flags ask for now that `used` units are text, and says what is left.
///
/// # Safety
/// `to` has room for `room` units, more than `used`, and those of `rest` are NULL or writable.
unsafe fn settle<U: Unit>(to: *mut U, room: usize, used: usize, rest: &Rest<U>, result: Hresult) -> Hresult {
    let filler = rest.flags.unwrap_or(0) as u8;
    let mut used = used;
    // SAFETY: the range lies in the room.
    let fill = |from: usize| unsafe { to.add(from).cast::<u8>().write_bytes(filler, (room - from) * size_of::<U>()) };
    if result == S_OK {
        if rest.asks(FILL_BEHIND_NULL) {
            fill(used + 1);
        }
    } else {
        if rest.asks(FILL_ON_FAILURE) {
            fill(0);
            used = if filler == 0 { 0 } else { room - 1 };
        }
        if rest.asks(NULL_ON_FAILURE | NO_TRUNCATION) {
            used = 0;
        }
    }
    // SAFETY: inside the room, and the caller vouches for the rest.
    unsafe {
        to.add(used).write(U::default());
        rest.say(to.add(used), room - used);
    }
    result
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
        settle(to, room, at + fits, rest, if fits == text.len() { S_OK } else { INSUFFICIENT_BUFFER })
    }
}

fn valid<U>(to: *mut U, room: usize) -> bool {
    !to.is_null() && (1..=MOST).contains(&room)
}

/// What is said without any room: the -Ex functions fail only if there was something to put there.
///
/// # Safety
/// `from` is NULL or a string; those of `rest` are NULL or writable.
unsafe fn no_room<U: Unit>(to: *mut U, room: usize, from: *const U, rest: &Rest<U>) -> Hresult {
    if room != 0 || rest.flags.is_none() {
        return INVALID_PARAMETER;
    }
    // SAFETY: the caller's promise.
    let result = match unsafe { first(from, 1) } {
        [] => S_OK,
        _ if to.is_null() => INVALID_PARAMETER,
        _ => INSUFFICIENT_BUFFER,
    };
    if result != INVALID_PARAMETER {
        // SAFETY: the caller's promise.
        unsafe { rest.say(to, 0) };
    }
    result
}

/// # Safety
/// `to` has room for `room` units; `from` is NULL or readable up to a zero or `most`.
unsafe fn copy<U: Unit>(to: *mut U, room: usize, from: *const U, most: usize, rest: &Rest<U>) -> Hresult {
    if !valid(to, room) {
        // SAFETY: the caller vouches for it; nothing of no units is read.
        return unsafe { no_room(to, room, if most == 0 { std::ptr::null() } else { from }, rest) };
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
        let text = first(from, most.min(room));
        match room - at {
            // No zero to append at: only what is asked of a failure is done.
            0 if rest.asks(FILL_ON_FAILURE | NULL_ON_FAILURE) => settle(to, room, room - 1, rest, INVALID_PARAMETER),
            0 => INVALID_PARAMETER,
            free if free <= text.len() && rest.asks(NO_TRUNCATION) && !rest.asks(FILL_ON_FAILURE | NULL_ON_FAILURE) => {
                rest.say(to.add(at), free);
                INSUFFICIENT_BUFFER
            }
            _ => put(to, room, at, text, rest),
        }
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
        // SAFETY: the caller vouches for all of it.
        return unsafe { no_room(to, room, pattern, rest) };
    }
    guard(INVALID_PARAMETER, || {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            let mut sink = Room::new(to, room - 1);
            let len = format(&mut sink, units_or_empty(pattern), &mut VaArguments::new(list));
            let fits = len.unwrap_or(usize::MAX).min(room - 1);
            settle(to, room, fits, rest, if len.is_some_and(|len| len < room) { S_OK } else { INSUFFICIENT_BUFFER })
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
    /// StringCchCopyEx, with flags.
    fn ovl_StringCchCopyExA ovl_StringCchCopyExW(
        to: *mut C, room: usize, from: *const C, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { copy(to, room, from, MOST, &Rest::new(end, left, flags)) }
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
    /// StringCchCatEx, with flags.
    fn ovl_StringCchCatExA ovl_StringCchCatExW(
        to: *mut C, room: usize, from: *const C, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { append(to, room, from, MOST, &Rest::new(end, left, flags)) }
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
    /// StringCchCopyNEx, with flags.
    fn ovl_StringCchCopyNExA ovl_StringCchCopyNExW(
        to: *mut C, room: usize, from: *const C, most: usize, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        if most > MOST { INVALID_PARAMETER } else { unsafe { copy(to, room, from, most, &Rest::new(end, left, flags)) } }
    }
}

pair! {
    /// StringCchCatNEx, with flags.
    fn ovl_StringCchCatNExA ovl_StringCchCatNExW(
        to: *mut C, room: usize, from: *const C, most: usize, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { append(to, room, from, most, &Rest::new(end, left, flags)) }
    }
}

pair! {
    /// StringCbCopyEx, with flags.
    fn ovl_StringCbCopyExA ovl_StringCbCopyExW(
        to: *mut C, bytes: usize, from: *const C, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { copy(to, bytes / size_of::<C>(), from, MOST, &Rest::of_bytes(end, left, flags)) }
    }
}

pair! {
    /// StringCbCopyNEx, with flags.
    fn ovl_StringCbCopyNExA ovl_StringCbCopyNExW(
        to: *mut C, bytes: usize, from: *const C, most: usize, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { copy(to, bytes / size_of::<C>(), from, most / size_of::<C>(), &Rest::of_bytes(end, left, flags)) }
    }
}

pair! {
    /// StringCbCatEx, with flags.
    fn ovl_StringCbCatExA ovl_StringCbCatExW(
        to: *mut C, bytes: usize, from: *const C, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { append(to, bytes / size_of::<C>(), from, MOST, &Rest::of_bytes(end, left, flags)) }
    }
}

pair! {
    /// StringCbCatNEx, with flags.
    fn ovl_StringCbCatNExA ovl_StringCbCatNExW(
        to: *mut C, bytes: usize, from: *const C, most: usize, end: *mut *mut C, left: *mut usize, flags: u32
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { append(to, bytes / size_of::<C>(), from, most / size_of::<C>(), &Rest::of_bytes(end, left, flags)) }
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
    /// StringCchVPrintfEx, with flags.
    fn ovl_StringCchVPrintfExA ovl_StringCchVPrintfExW(
        to: *mut C, room: usize, end: *mut *mut C, left: *mut usize, flags: u32, pattern: *const C, list: VaList
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, room, pattern, list, &Rest::new(end, left, flags)) }
    }
}

pair! {
    /// StringCbVPrintfEx, with flags.
    fn ovl_StringCbVPrintfExA ovl_StringCbVPrintfExW(
        to: *mut C, bytes: usize, end: *mut *mut C, left: *mut usize, flags: u32, pattern: *const C, list: VaList
    ) -> Hresult {
        // SAFETY: the caller vouches for all of it.
        unsafe { print(to, bytes / size_of::<C>(), pattern, list, &Rest::of_bytes(end, left, flags)) }
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

    #[test]
    fn flags_say_what_becomes_of_the_room() {
        let (mut end, mut left) = (std::ptr::null_mut(), 0);
        let mut copied = |room: usize, text: &std::ffi::CStr, flags: u32| {
            let mut to = *b"ab\0xxxxx";
            // SAFETY: rooms and strings are what they are said to be.
            let result = unsafe {
                ovl_StringCchCopyExA(to.as_mut_ptr(), room, text.as_ptr().cast(), &mut end, &mut left, flags)
            };
            (result, to, left)
        };
        assert_eq!(copied(6, c"cde", FILL_BEHIND_NULL | 0x23), (S_OK, *b"cde\0##xx", 3));
        assert_eq!(copied(4, c"cde", FILL_BEHIND_NULL | 0x23), (S_OK, *b"cde\0xxxx", 1));
        assert_eq!(copied(3, c"cde", 0), (INSUFFICIENT_BUFFER, *b"cd\0xxxxx", 1));
        assert_eq!(copied(3, c"cde", NO_TRUNCATION), (INSUFFICIENT_BUFFER, *b"\0d\0xxxxx", 3));
        assert_eq!(copied(3, c"cde", NULL_ON_FAILURE), (INSUFFICIENT_BUFFER, *b"\0d\0xxxxx", 3));
        assert_eq!(copied(3, c"cde", FILL_ON_FAILURE | 0x23), (INSUFFICIENT_BUFFER, *b"##\0xxxxx", 1));
        assert_eq!(copied(3, c"cde", FILL_ON_FAILURE), (INSUFFICIENT_BUFFER, *b"\0\0\0xxxxx", 3));
        assert_eq!(copied(0, c"cde", 0).0, INSUFFICIENT_BUFFER);
        assert_eq!(copied(0, c"", 0).0, S_OK);
        assert_eq!(copied(MOST + 1, c"", 0).0, INVALID_PARAMETER);

        let mut appended = |room: usize, flags: u32| {
            let mut to = *b"ab\0xxxxx";
            let text = c"cde".as_ptr().cast();
            // SAFETY: as above.
            let result = unsafe { ovl_StringCbCatExA(to.as_mut_ptr(), room, text, &mut end, &mut left, flags) };
            (result, to, left)
        };
        assert_eq!(appended(7, FILL_BEHIND_NULL | 0x23), (S_OK, *b"abcde\0#x", 2));
        assert_eq!(appended(4, 0), (INSUFFICIENT_BUFFER, *b"abc\0xxxx", 1));
        assert_eq!(appended(4, NO_TRUNCATION), (INSUFFICIENT_BUFFER, *b"ab\0xxxxx", 2));
        assert_eq!(appended(4, NULL_ON_FAILURE), (INSUFFICIENT_BUFFER, *b"\0bcxxxxx", 4));
        assert_eq!(appended(2, 0).0, INVALID_PARAMETER);
        assert_eq!(appended(2, NULL_ON_FAILURE), (INVALID_PARAMETER, *b"\0b\0xxxxx", 2));

        let (mut to, text, mut end) = ([b'x'.into(); 8], of::<u16>("abcdef\0"), std::ptr::null_mut());
        // SAFETY: as above.
        unsafe {
            let at = to.as_mut_ptr();
            assert_eq!(ovl_StringCbCopyNExW(at, 16, text.as_ptr(), 6, &mut end, &mut left, 0), S_OK);
            assert_eq!((units(at), end, left), (&of::<u16>("abc")[..], at.add(3), 10));
            assert_eq!(ovl_StringCchCatNExW(at, 6, text.as_ptr(), 4, &mut end, &mut left, 0), INSUFFICIENT_BUFFER);
            assert_eq!((units(at), end, left), (&of::<u16>("abcab")[..], at.add(5), 1));
        }
    }
}
