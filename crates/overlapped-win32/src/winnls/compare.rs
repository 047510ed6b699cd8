//! Comparing and mapping text: CompareString, LCMapString, and the character functions of `winuser.h`.

use crate::arguments::pair;
use crate::lstr::collate;
use crate::support::{Bool, fail, guard_or};
use crate::text::{self, Unit, counted, lower, units_or_empty, upper};
use overlapped_abi::Win32Error;

/// NORM_IGNORECASE, LINGUISTIC_IGNORECASE.
const IGNORE_CASE: u32 = 1 | 0x10;
/// NORM_*, LINGUISTIC_* and SORT_* of CompareString, and LOCALE_USE_CP_ACP; what they ask for beyond the case is so or changes nothing here.
const COMPARE_FLAGS: u32 =
    IGNORE_CASE | 0x2 | 0x4 | 0x8 | 0x20 | 0x1000 | 0x1_0000 | 0x2_0000 | 0x0800_0000 | 0x4000_0000;
const LCMAP_LOWERCASE: u32 = 0x100;
const LCMAP_UPPERCASE: u32 = 0x200;
const LCMAP_TITLECASE: u32 = 0x300;
/// Letters of other languages are changed with or without it.
const LCMAP_LINGUISTIC_CASING: u32 = 0x0100_0000;
/// ERROR_INVALID_FLAGS.
const INVALID_FLAGS: Win32Error = Win32Error(1004);

/// CSTR_LESS_THAN 1, CSTR_EQUAL 2, CSTR_GREATER_THAN 3; 0/87 without both texts. `order` gives the sign.
///
/// # Safety
/// Both are NULL, or have so many units, or a zero if that is −1.
unsafe fn compare<U: Unit>(
    (first, first_len): (*const U, i32),
    (second, second_len): (*const U, i32),
    order: impl Fn(&[U], &[U]) -> i32,
) -> i32 {
    if first.is_null() || second.is_null() || first_len < -1 || second_len < -1 {
        return fail(Win32Error::INVALID_PARAMETER, 0);
    }
    // SAFETY: the caller vouches for both.
    let (first, second) = unsafe { (counted(first, first_len), counted(second, second_len)) };
    order(first, second) + 2
}

/// As [`compare`], in the order of words; a text of negative length ends with a zero, and 1004 for flags that there are not.
///
/// # Safety
/// As for [`compare`].
unsafe fn compare_words<U: Unit>(flags: u32, first: (*const U, i32), second: (*const U, i32)) -> i32 {
    if flags & !COMPARE_FLAGS != 0 {
        return fail(INVALID_FLAGS, 0);
    }
    let (first, second) = ((first.0, first.1.max(-1)), (second.0, second.1.max(-1)));
    // SAFETY: the caller's promise.
    unsafe { compare(first, second, |a, b| collate(a, b, flags & IGNORE_CASE != 0)) }
}

pair! {
    /// CompareString: 1, 2 or 3 for less, equal or greater, in the order of words as lstrcmp has it.
    fn ovl_CompareStringA ovl_CompareStringW(
        _locale: u32, flags: u32, first: *const C, first_len: i32, second: *const C, second_len: i32
    ) -> i32 {
        // SAFETY: the caller vouches for both texts.
        unsafe { compare_words(flags, (first, first_len), (second, second_len)) }
    }
}

/// CompareStringEx: as CompareStringW, whatever the locale.
///
/// # Safety
/// Both texts have so many units, or a zero if that is −1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CompareStringEx(
    _locale: *const u16,
    flags: u32,
    first: *const u16,
    first_len: i32,
    second: *const u16,
    second_len: i32,
    _version: *const u8,
    _reserved: *const u8,
    _parameter: isize,
) -> i32 {
    // SAFETY: the caller vouches for both texts.
    unsafe { compare_words(flags, (first, first_len), (second, second_len)) }
}

/// CompareStringOrdinal.
///
/// # Safety
/// Both texts have so many units, or a zero if that is −1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CompareStringOrdinal(
    first: *const u16,
    first_len: i32,
    second: *const u16,
    second_len: i32,
    ignore_case: Bool,
) -> i32 {
    // SAFETY: the caller vouches for both texts.
    unsafe { compare((first, first_len), (second, second_len), |a, b| text::compare(a, b, ignore_case != 0)) }
}

/// Upper or lower case, or a plain copy; the units written or, for a room of 0, needed.
///
/// # Safety
/// `from` has `count` units, or a zero if that is −1; `to` has room for `room` units and may be `from`.
unsafe fn map<U: Unit>(flags: u32, from: *const U, count: i32, to: *mut U, room: i32) -> i32 {
    guard_or(0, || {
        if from.is_null() || count == 0 || count < -1 || room < 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if flags & !(LCMAP_TITLECASE | LCMAP_LINGUISTIC_CASING) != 0 {
            return Err(INVALID_FLAGS);
        }
        // SAFETY: the caller vouches for the text.
        let source = unsafe { counted(from, count) };
        let mut inside = false;
        let change = |&unit: &U| match flags & LCMAP_TITLECASE {
            LCMAP_LOWERCASE => lower(unit),
            LCMAP_UPPERCASE => upper(unit),
            LCMAP_TITLECASE => {
                // A word begins behind what has no case.
                let first = !std::mem::replace(&mut inside, lower(unit) != upper(unit) || unit.is(b'\''));
                if first { upper(unit) } else { lower(unit) }
            }
            _ => unit,
        };
        let mut text: Vec<U> = source.iter().map(change).collect();
        if count == -1 {
            text.push(U::default());
        }
        if room == 0 {
            return Ok(text.len() as i32);
        }
        if to.is_null() || text.len() > room as usize {
            return Err(if to.is_null() { Win32Error::INVALID_PARAMETER } else { Win32Error::INSUFFICIENT_BUFFER });
        }
        // SAFETY: there is room, by the comparison.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len()) };
        Ok(text.len() as i32)
    })
}

pair! {
    /// LCMapString, of which upper, lower and title case are here; 1004 for the rest.
    fn ovl_LCMapStringA ovl_LCMapStringW(
        _locale: u32, flags: u32, from: *const C, count: i32, to: *mut C, room: i32
    ) -> i32 {
        // SAFETY: the caller vouches for the text and the room.
        unsafe { map(flags, from, count, to, room) }
    }
}

/// LCMapStringEx: as LCMapStringW, whatever the locale.
///
/// # Safety
/// As for LCMapStringW.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LCMapStringEx(
    _locale: *const u16,
    flags: u32,
    from: *const u16,
    count: i32,
    to: *mut u16,
    room: i32,
    _version: *const u8,
    _reserved: *const u8,
    _sort: isize,
) -> i32 {
    // SAFETY: the caller vouches for the text and the room.
    unsafe { map(flags, from, count, to, room) }
}

/// Changes a text in place; the argument. Below 65536 it is a single character.
///
/// # Safety
/// The argument is a number below 65536 or a string.
unsafe fn change<U: Unit>(text: *mut U, by: fn(U) -> U) -> *mut U {
    if (text as usize) < 0x1_0000 {
        let changed: u32 = by(U::cut(text as u32)).into();
        return changed as usize as *mut U;
    }
    // SAFETY: the caller vouches for the string.
    unsafe {
        for index in 0..text::len(text) {
            let unit = text.add(index);
            unit.write(by(unit.read()));
        }
    }
    text
}

pair! {
    /// CharUpper: of a string, or of a character given instead of one.
    fn ovl_CharUpperA ovl_CharUpperW(text: *mut C) -> *mut C {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, upper) }
    }
}

pair! {
    /// CharLower: of a string, or of a character given instead of one.
    fn ovl_CharLowerA ovl_CharLowerW(text: *mut C) -> *mut C {
        // SAFETY: the caller vouches for it.
        unsafe { change(text, lower) }
    }
}

pair! {
    /// CharUpperBuff: the number of units changed.
    fn ovl_CharUpperBuffA ovl_CharUpperBuffW(text: *mut C, count: u32) -> u32 {
        let count = if text.is_null() { 0 } else { count };
        for index in 0..count as usize {
            // SAFETY: the caller vouches for so many units.
            unsafe { text.add(index).write(upper(text.add(index).read())) };
        }
        count
    }
}

pair! {
    /// CharLowerBuff: the number of units changed.
    fn ovl_CharLowerBuffA ovl_CharLowerBuffW(text: *mut C, count: u32) -> u32 {
        let count = if text.is_null() { 0 } else { count };
        for index in 0..count as usize {
            // SAFETY: the caller vouches for so many units.
            unsafe { text.add(index).write(lower(text.add(index).read())) };
        }
        count
    }
}

pair! {
    /// CharNext: the next unit, or the end.
    fn ovl_CharNextA ovl_CharNextW(text: *const C) -> *const C {
        // SAFETY: the caller vouches for it.
        text.wrapping_add(unsafe { units_or_empty(text) }.len().min(1))
    }
}

/// CharPrevA: the unit before, or the start.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CharPrevA(start: *const u8, text: *const u8) -> *const u8 {
    if text > start { text.wrapping_sub(1) } else { start }
}

/// CharPrevW, as [`ovl_CharPrevA`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CharPrevW(start: *const u16, text: *const u16) -> *const u16 {
    if text > start { text.wrapping_sub(1) } else { start }
}

fn as_char(unit: u32) -> char {
    char::from_u32(unit).unwrap_or('\0')
}

/// IsCharAlphaW.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsCharAlphaW(unit: u16) -> Bool {
    Bool::from(as_char(unit.into()).is_alphabetic())
}

/// IsCharAlphaA.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsCharAlphaA(byte: u8) -> Bool {
    Bool::from(byte.is_ascii_alphabetic())
}

/// IsCharAlphaNumericW.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsCharAlphaNumericW(unit: u16) -> Bool {
    Bool::from(as_char(unit.into()).is_alphanumeric())
}

/// IsCharAlphaNumericA.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsCharAlphaNumericA(byte: u8) -> Bool {
    Bool::from(byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn texts_are_ordered() {
        let compared = |a: &str, b: &str, flags| {
            let (a, b) = (of::<u16>(a), of::<u16>(b));
            // SAFETY: the lengths are those of the texts.
            unsafe { ovl_CompareStringW(0x409, flags, a.as_ptr(), a.len() as i32, b.as_ptr(), b.len() as i32) }
        };
        assert_eq!([compared("a", "b", 0), compared("a", "a", 0), compared("b", "a", 0)], [1, 2, 3]);
        assert_eq!([compared("ÄB", "äb", 1), compared("ÄB", "äb", 0), compared("a", "ab", 0)], [2, 3, 1]);
        assert_eq!([compared("a", "B", 0), compared("B", "a", 0), compared("abc", "ABC", 0)], [1, 3, 1]);
        let ordinal = |a: &str, b: &str| {
            let (a, b) = (of::<u16>(a), of::<u16>(b));
            // SAFETY: the lengths are those of the texts.
            unsafe { ovl_CompareStringOrdinal(a.as_ptr(), a.len() as i32, b.as_ptr(), b.len() as i32, 0) }
        };
        assert_eq!([ordinal("a", "B"), ordinal("B", "a"), ordinal("a", "a")], [3, 1, 2]);
        // SAFETY: NULL is refused.
        assert_eq!(unsafe { ovl_CompareStringOrdinal(std::ptr::null(), 0, std::ptr::null(), 0, 0) }, 0);
    }

    #[test]
    fn case_is_mapped() {
        let mut text = of::<u16>("aßÖ1\0");
        let mut room = [0u16; 8];
        // SAFETY: strings and rooms are what they are said to be.
        unsafe {
            assert_eq!(ovl_LCMapStringW(0, LCMAP_UPPERCASE, text.as_ptr(), -1, room.as_mut_ptr(), 8), 5);
            assert_eq!(room[..5], of::<u16>("AßÖ1\0"));
            assert_eq!(ovl_LCMapStringW(0, LCMAP_UPPERCASE, text.as_ptr(), 2, room.as_mut_ptr(), 0), 2);
            assert_eq!(ovl_LCMapStringW(0, LCMAP_UPPERCASE, text.as_ptr(), 2, room.as_mut_ptr(), 1), 0);
            assert_eq!(ovl_LCMapStringW(0, 0x400, text.as_ptr(), 2, room.as_mut_ptr(), 8), 0, "no sort keys");
            let mut title = *b"...............";
            let source = b"two WORDS isn't";
            assert_eq!(ovl_LCMapStringA(0, LCMAP_TITLECASE, source.as_ptr(), 15, title.as_mut_ptr(), 15), 15);
            assert_eq!(&title, b"Two Words Isn't");
            assert_eq!(ovl_CharLowerW(text.as_mut_ptr()), text.as_mut_ptr());
            assert_eq!(ovl_CharUpperA(b'q' as usize as *mut u8) as usize, b'Q' as usize);
        }
        assert_eq!(text, of::<u16>("aßö1\0"));
    }
}
