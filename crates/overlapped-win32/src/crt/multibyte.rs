//! Between bytes (UTF-8) and 16-bit units, as `stdlib.h` and `wchar.h` have it.
//!
//! A character that needs two units comes from mbrtowc in two calls: the second takes no bytes, as its result 0xFFFF…FD says. The
//! second half is kept in the `mbstate_t`, of which libc uses the same eight bytes.

use super::{invalid, set_errno};
use crate::text::{Unit, len_up_to, units};
use libc::{EILSEQ, EINVAL, ERANGE};
use std::ffi::{c_char, c_int};

/// A sequence that is no character.
const INVALID: usize = usize::MAX;
/// A sequence that is not complete.
const INCOMPLETE: usize = usize::MAX - 1;
/// The second unit of a character whose bytes were taken before.
const SECOND: usize = usize::MAX - 2;
const TRUNCATE: usize = usize::MAX;

/// The first character: itself and its bytes.
fn first(bytes: &[u8]) -> Result<(char, usize), usize> {
    let head = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            // SAFETY: valid up to there, as it says.
            unsafe { std::str::from_utf8_unchecked(&head[..error.valid_up_to()]) }
        }
        Err(error) => return Err(if error.error_len().is_none() { INCOMPLETE } else { INVALID }),
    };
    let c = valid.chars().next().ok_or(INCOMPLETE)?;
    Ok((c, c.len_utf8()))
}

/// mbrtowc.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbrtowc(to: *mut u16, from: *const c_char, bytes: usize, state: *mut u16) -> usize {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let give = |unit| {
            if !to.is_null() {
                to.write(unit);
            }
        };
        if from.is_null() {
            return 0;
        }
        if !state.is_null() && *state != 0 {
            give(state.replace(0));
            return SECOND;
        }
        let source = std::slice::from_raw_parts(from.cast::<u8>(), bytes.min(4));
        // Nothing behind a zero is looked at.
        let end = source.iter().position(|&byte| byte == 0).map_or(source.len(), |zero| zero + 1);
        match first(&source[..end]) {
            Ok((c, len)) => {
                let mut pair = [0; 2];
                let encoded = c.encode_utf16(&mut pair);
                give(encoded[0]);
                if encoded.len() == 2 && !state.is_null() {
                    state.write(pair[1]);
                }
                if c == '\0' { 0 } else { len }
            }
            Err(INVALID) => {
                set_errno(EILSEQ);
                INVALID
            }
            Err(other) => other,
        }
    }
}

/// wcrtomb. The first half of a pair gives no bytes; the second gives all four.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcrtomb(to: *mut c_char, unit: u16, state: *mut u16) -> usize {
    if to.is_null() {
        return 1;
    }
    // SAFETY: the caller vouches for both.
    unsafe {
        let kept = if state.is_null() { 0 } else { state.replace(0) };
        if (0xD800..0xDC00).contains(&unit) && kept == 0 && !state.is_null() {
            state.write(unit);
            return 0;
        }
        let pair = [kept, unit];
        let sequence = if kept == 0 { &pair[1..] } else { &pair[..] };
        match char::decode_utf16(sequence.iter().copied()).next() {
            Some(Ok(c)) => {
                let mut bytes = [0; 4];
                let text = c.encode_utf8(&mut bytes);
                std::ptr::copy_nonoverlapping(text.as_ptr(), to.cast(), text.len());
                text.len()
            }
            _ => {
                set_errno(EILSEQ);
                INVALID
            }
        }
    }
}

/// mblen: 0 for NULL, because no state is needed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mblen(text: *const c_char, bytes: usize) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_mbtowc(std::ptr::null_mut(), text, bytes) }
}

/// mbtowc: −1 also for a character that needs two units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbtowc(to: *mut u16, from: *const c_char, bytes: usize) -> c_int {
    let mut state = 0;
    // SAFETY: the caller vouches for both.
    let len = unsafe { ovl_mbrtowc(to, from, bytes, &mut state) };
    if state != 0 { -1 } else { c_int::try_from(len).unwrap_or(-1) }
}

/// wctomb: 0 for NULL, because no state is needed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wctomb(to: *mut c_char, unit: u16) -> c_int {
    if to.is_null() {
        return 0;
    }
    // SAFETY: the caller vouches for it.
    c_int::try_from(unsafe { ovl_wcrtomb(to, unit, std::ptr::null_mut()) }).unwrap_or(-1)
}

/// The units of a text, or nothing if it is no UTF-8.
fn decoded(bytes: &[u8]) -> Option<Vec<u16>> {
    std::str::from_utf8(bytes).map(|text| text.encode_utf16().collect()).ok()
}

/// The bytes of a text, or nothing if it is no UTF-16.
fn encoded(units: &[u16]) -> Option<Vec<u8>> {
    String::from_utf16(units).map(String::into_bytes).ok()
}

/// Copies what fits, with a zero if that fits as well; the length without it. Of a character all units fit or none.
unsafe fn fill<U: Unit>(text: Option<Vec<U>>, to: *mut U, room: usize, starts: fn(U) -> bool) -> usize {
    let Some(text) = text else {
        set_errno(EILSEQ);
        return INVALID;
    };
    if to.is_null() {
        return text.len();
    }
    let mut fits = text.len().min(room);
    while fits < text.len() && fits > 0 && !starts(text[fits]) {
        fits -= 1;
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), to, fits);
        if fits == text.len() && fits < room {
            to.add(fits).write(U::default());
        }
    }
    fits
}

fn starts_units(unit: u16) -> bool {
    !(0xDC00..0xE000).contains(&unit)
}

fn starts_bytes(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// mbstowcs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbstowcs(to: *mut u16, from: *const c_char, room: usize) -> usize {
    if from.is_null() {
        invalid(libc::EINVAL);
        return INVALID;
    }
    // SAFETY: the caller vouches for both.
    unsafe { fill(decoded(units(from.cast::<u8>())), to, room, starts_units) }
}

/// wcstombs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstombs(to: *mut c_char, from: *const u16, room: usize) -> usize {
    if from.is_null() {
        invalid(libc::EINVAL);
        return INVALID;
    }
    // SAFETY: the caller vouches for both.
    unsafe { fill(encoded(units(from)), to.cast::<u8>(), room, starts_bytes) }
}

/// mbsrtowcs: `from` becomes NULL when all of it was converted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbsrtowcs(to: *mut u16, from: *mut *const c_char, room: usize, _state: *mut u16) -> usize {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let source = units((*from).cast::<u8>());
        let len = ovl_mbstowcs(to, *from, room);
        if !to.is_null() && len != INVALID {
            let done = String::from_utf16_lossy(std::slice::from_raw_parts(to, len)).len();
            let ended = done == source.len() && len < room;
            from.write(if ended { std::ptr::null() } else { (*from).add(done) });
        }
        len
    }
}

/// wcsrtombs: `from` becomes NULL when all of it was converted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsrtombs(to: *mut c_char, from: *mut *const u16, room: usize, _state: *mut u16) -> usize {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let source = units(*from);
        let len = ovl_wcstombs(to, *from, room);
        if !to.is_null() && len != INVALID {
            let bytes = std::slice::from_raw_parts(to.cast::<u8>(), len);
            let done = String::from_utf8_lossy(bytes).encode_utf16().count();
            let ended = done == source.len() && len < room;
            from.write(if ended { std::ptr::null() } else { (*from).add(done) });
        }
        len
    }
}

/// What mbstowcs_s and wcstombs_s do: at most `most` units and a zero; `done` counts the zero.
unsafe fn checked<U: Unit>(
    text: Option<Vec<U>>,
    done: *mut usize,
    to: *mut U,
    room: usize,
    most: usize,
    starts: fn(U) -> bool,
) -> c_int {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let say = |count| {
            if !done.is_null() {
                done.write(count);
            }
        };
        say(0);
        if to.is_null() != (room == 0) {
            return invalid(EINVAL);
        }
        let Some(text) = text else {
            if room != 0 {
                to.write(U::default());
            }
            set_errno(EILSEQ);
            return EILSEQ;
        };
        if room == 0 {
            say(text.len() + 1);
            return 0;
        }
        let mut fits = text.len().min(most);
        let cut = fits >= room;
        if cut && most != TRUNCATE {
            to.write(U::default());
            return invalid(ERANGE);
        }
        fits = fits.min(room - 1);
        while fits < text.len() && fits > 0 && !starts(text[fits]) {
            fits -= 1;
        }
        crate::text::put(to, &text[..fits]);
        say(fits + 1);
        if cut { 80 } else { 0 }
    }
}

/// mbstowcs_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbstowcs_s(
    done: *mut usize,
    to: *mut u16,
    room: usize,
    from: *const c_char,
    most: usize,
) -> c_int {
    if from.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for all of it.
    unsafe { checked(decoded(units(from.cast::<u8>())), done, to, room, most, starts_units) }
}

/// wcstombs_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstombs_s(
    done: *mut usize,
    to: *mut c_char,
    room: usize,
    from: *const u16,
    most: usize,
) -> c_int {
    if from.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for all of it.
    unsafe { checked(encoded(units(from)), done, to.cast::<u8>(), room, most, starts_bytes) }
}

/// btowc: the unit of a byte that is a character by itself.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_btowc(byte: c_int) -> u16 {
    u8::try_from(byte).ok().filter(u8::is_ascii).map_or(super::ctype::WEOF, u16::from)
}

/// wctob: the byte of a unit that is one by itself; −1 for others.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_wctob(unit: u16) -> c_int {
    if unit < 0x80 { c_int::from(unit) } else { -1 }
}

/// mbrlen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_mbrlen(text: *const c_char, bytes: usize, state: *mut u16) -> usize {
    // SAFETY: the caller vouches for both.
    unsafe { ovl_mbrtowc(std::ptr::null_mut(), text, bytes, state) }
}

/// _mbstrlen: the characters of a text; −1 as a count if it is no UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__mbstrlen(text: *const c_char) -> usize {
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len_up_to(text.cast::<u8>(), usize::MAX)) };
    std::str::from_utf8(bytes).map_or(INVALID, |text| text.chars().count())
}

/// _mbstrnlen: of so many bytes at most; −1 as a count if they hold something that is no UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__mbstrnlen(text: *const c_char, bytes: usize) -> usize {
    // SAFETY: the caller vouches for so many bytes, or up to the zero.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len_up_to(text.cast::<u8>(), bytes)) };
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        // The limit may cut a character in two.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()]).chars().count()
        }
        Err(_) => {
            set_errno(EILSEQ);
            INVALID
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn one_at_a_time() {
        let (mut unit, mut state) = (0u16, 0u16);
        let mut next = |bytes: &[u8]| {
            // SAFETY: the length is that of the bytes.
            let len = unsafe { ovl_mbrtowc(&mut unit, bytes.as_ptr().cast(), bytes.len(), &mut state) };
            (len, unit)
        };
        assert_eq!((next(b"a"), next("€x".as_bytes())), ((1, 97), (3, 0x20AC)));
        assert_eq!((next("😀".as_bytes()), next(b"b")), ((4, 0xD83D), (SECOND, 0xDE00)));
        assert_eq!((next(b"\xE2\x82").0, next(b"\xFF").0, next(b"\0")), (INCOMPLETE, INVALID, (0, 0)));
        let mut bytes = [0u8; 4];
        // SAFETY: there is room for four bytes.
        unsafe {
            let to = bytes.as_mut_ptr().cast();
            assert_eq!((ovl_wcrtomb(to, 0xD83D, &mut state), ovl_wcrtomb(to, 0xDE00, &mut state)), (0, 4));
            assert_eq!((&bytes[..], ovl_wctomb(to, 0xDC00)), ("😀".as_bytes(), -1));
        }
        // SAFETY: strings.
        unsafe {
            assert_eq!((ovl__mbstrlen(c"aé€".as_ptr()), ovl__mbstrnlen(c"aé€".as_ptr(), 4)), (3, 2));
            assert_eq!((ovl__mbstrnlen(c"a\xFFb".as_ptr(), 9), ovl__mbstrnlen(c"ab".as_ptr(), 9)), (INVALID, 2));
        }
        assert_eq!((ovl_btowc(65), ovl_btowc(200), ovl_wctob(65), ovl_wctob(0xE9)), (65, 0xFFFF, 65, -1));
    }

    #[test]
    fn whole_texts() {
        let (mut wide, mut narrow, mut done) = ([7u16; 8], [7u8; 8], 0);
        let text = of::<u16>("é€\0");
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            assert_eq!((ovl_mbstowcs(wide.as_mut_ptr(), c"aé".as_ptr(), 8), &wide[..4]), (2, &[97, 0xE9, 0, 7][..]));
            assert_eq!(ovl_mbstowcs(std::ptr::null_mut(), c"aé".as_ptr(), 0), 2);
            assert_eq!(
                (ovl_mbstowcs(wide.as_mut_ptr(), c"a\xFF".as_ptr(), 8), super::super::errno()),
                (INVALID, EILSEQ)
            );
            assert_eq!(
                (ovl_wcstombs(narrow.as_mut_ptr().cast(), text.as_ptr(), 4), &narrow[..3]),
                (2, &[0xC3, 0xA9, 7][..])
            );
            assert_eq!((ovl_wcstombs_s(&mut done, narrow.as_mut_ptr().cast(), 8, text.as_ptr(), 7), done), (0, 6));
            assert_eq!(
                (ovl_wcstombs_s(&mut done, narrow.as_mut_ptr().cast(), 4, text.as_ptr(), 9), narrow[0]),
                (ERANGE, 0)
            );
            assert_eq!(
                (ovl_wcstombs_s(&mut done, narrow.as_mut_ptr().cast(), 4, text.as_ptr(), TRUNCATE), done),
                (80, 3)
            );
            assert_eq!((ovl_mbstowcs_s(&mut done, std::ptr::null_mut(), 0, c"aé".as_ptr(), 0), done), (0, 3));
            let mut from = text.as_ptr();
            assert_eq!(
                (ovl_wcsrtombs(narrow.as_mut_ptr().cast(), &mut from, 4, std::ptr::null_mut()), from),
                (2, text[1..].as_ptr())
            );
            assert_eq!(ovl_wcsrtombs(narrow.as_mut_ptr().cast(), &mut from, 8, std::ptr::null_mut()), 3);
            assert!(from.is_null());
        }
    }
}
