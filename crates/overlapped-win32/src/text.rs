//! Text in the caller's memory: bytes (UTF-8, decision D9) and 16-bit units, behind one trait.
//!
//! Most text functions of Windows come in pairs that differ in the unit only. The bodies here and in the modules of such
//! pairs are written once, over [`Unit`].

use crate::support::{os_to_wide, wide_to_os};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A unit of text: a byte of UTF-8, or a 16-bit unit of UTF-16.
pub trait Unit: Copy + Eq + Ord + Default + From<u8> + Into<u32> + 'static {
    /// The unit with this number, cut to its width.
    fn cut(value: u32) -> Self;

    /// Units to the encoding of Linux.
    fn to_os(text: &[Self]) -> OsString;

    /// The same without a copy where the units are already in it.
    fn as_os(text: &[Self]) -> Cow<'_, OsStr>;

    /// How many units there are before the zero.
    ///
    /// # Safety
    /// `text` points to units of which one is zero, all of them readable.
    unsafe fn count(text: *const Self) -> usize;

    /// From the encoding of Linux.
    fn from_os(text: &std::ffi::OsStr) -> Vec<Self>;

    /// Whether the unit is this ASCII character.
    fn is(self, ascii: u8) -> bool {
        self == Self::from(ascii)
    }

    /// The ASCII character it is, or 0xFF.
    fn ascii(self) -> u8 {
        let value: u32 = self.into();
        if value < 0x80 { value as u8 } else { 0xFF }
    }
}

impl Unit for u8 {
    fn cut(value: u32) -> Self {
        value as u8
    }

    fn to_os(text: &[Self]) -> OsString {
        OsString::from_vec(text.to_vec())
    }

    fn as_os(text: &[Self]) -> Cow<'_, OsStr> {
        Cow::Borrowed(OsStr::from_bytes(text))
    }

    unsafe fn count(text: *const Self) -> usize {
        // SAFETY: the caller vouches for every byte up to the zero.
        unsafe { libc::strlen(text.cast()) }
    }

    fn from_os(text: &std::ffi::OsStr) -> Vec<Self> {
        text.as_bytes().to_vec()
    }
}

impl Unit for u16 {
    fn cut(value: u32) -> Self {
        value as u16
    }

    fn to_os(text: &[Self]) -> OsString {
        wide_to_os(text)
    }

    fn as_os(text: &[Self]) -> Cow<'_, OsStr> {
        Cow::Owned(wide_to_os(text))
    }

    unsafe fn count(text: *const Self) -> usize {
        let mut count = 0;
        // SAFETY: the caller vouches for every unit up to the zero.
        while unsafe { *text.add(count) } != 0 {
            count += 1;
        }
        count
    }

    fn from_os(text: &std::ffi::OsStr) -> Vec<Self> {
        os_to_wide(text)
    }
}

/// The units before the zero.
///
/// # Safety
/// `text` points to units of which one is zero, all of them readable.
#[must_use]
pub unsafe fn len<U: Unit>(text: *const U) -> usize {
    // SAFETY: the caller's promise.
    unsafe { U::count(text) }
}

/// The units before the zero, but no more than `most`, of which only those are read.
///
/// # Safety
/// `text` points to units that are readable up to a zero or to `most`, whichever comes first.
#[must_use]
pub unsafe fn len_up_to<U: Unit>(text: *const U, most: usize) -> usize {
    let mut len = 0;
    // SAFETY: the caller vouches for every unit up to the zero or the limit.
    while len < most && unsafe { *text.add(len) } != U::default() {
        len += 1;
    }
    len
}

/// The text before the zero.
///
/// # Safety
/// As for [`len`], and the text stays as it is for as long as it is used.
#[must_use]
pub unsafe fn units<'a, U: Unit>(text: *const U) -> &'a [U] {
    // SAFETY: the caller vouches for the units.
    unsafe { std::slice::from_raw_parts(text, len(text)) }
}

/// As [`units`]; empty for NULL.
///
/// # Safety
/// As for [`units`], unless `text` is NULL.
#[must_use]
pub unsafe fn units_or_empty<'a, U: Unit>(text: *const U) -> &'a [U] {
    // SAFETY: not NULL, and the caller vouches for it.
    if text.is_null() { &[] } else { unsafe { units(text) } }
}

/// Text of the given length, or up to the zero if that is negative.
///
/// # Safety
/// `text` points to that many readable units, or is as for [`units`].
#[must_use]
pub unsafe fn counted<'a, U: Unit>(text: *const U, count: i32) -> &'a [U] {
    match usize::try_from(count) {
        // SAFETY: the caller vouches for that many.
        Ok(count) => unsafe { std::slice::from_raw_parts(text, count) },
        // SAFETY: the caller vouches for a zero.
        Err(_) => unsafe { units(text) },
    }
}

/// Copies the text and a zero.
///
/// # Safety
/// `target` has room for all of it, and does not overlap `text`.
pub unsafe fn put<U: Unit>(target: *mut U, text: &[U]) {
    // SAFETY: the caller vouches for the room.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), target, text.len());
        target.add(text.len()).write(U::default());
    }
}

/// The way in which most functions give text: its length without the zero if it fits; else, and with nothing written, the
/// room that it needs with the zero.
///
/// # Safety
/// `buffer` is NULL or has room for `size` units.
pub unsafe fn give<U: Unit>(text: &[U], buffer: *mut U, size: u32) -> u32 {
    if buffer.is_null() || text.len() >= size as usize {
        return text.len() as u32 + 1;
    }
    // SAFETY: it fits, by the comparison above.
    unsafe { put(buffer, text) };
    text.len() as u32
}

/// Lower case of a unit, by the simple mappings of Unicode; ASCII only for bytes above 0x7F, which are parts of characters.
#[must_use]
pub fn lower<U: Unit>(unit: U) -> U {
    fold(unit, |c| c.to_lowercase().next())
}

/// Upper case of a unit, as [`lower`].
#[must_use]
pub fn upper<U: Unit>(unit: U) -> U {
    fold(unit, |c| {
        let mut mapped = c.to_uppercase();
        // A character that becomes several (ß) has no simple mapping.
        mapped.next().filter(|_| mapped.next().is_none())
    })
}

fn fold<U: Unit>(unit: U, map: impl Fn(char) -> Option<char>) -> U {
    let value: u32 = unit.into();
    if value >= 0x80 && size_of::<U>() == 1 {
        return unit;
    }
    match char::from_u32(value).and_then(map) {
        Some(mapped) if (mapped as u32) < 0x1_0000 => U::cut(mapped as u32),
        _ => unit,
    }
}

/// Compares unit by unit, upper and lower case alike if `caseless`, as the C functions do: the sign of the first difference.
#[must_use]
pub fn compare<U: Unit>(first: &[U], second: &[U], caseless: bool) -> i32 {
    let key = |unit: &U| if caseless { lower(*unit) } else { *unit };
    first.iter().map(key).cmp(second.iter().map(key)) as i32
}

/// UTF-8 of the units; what is not UTF-16 becomes U+FFFD.
#[must_use]
pub fn to_utf8(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

/// UTF-16 of the bytes; what is not UTF-8 becomes U+FFFD.
#[must_use]
pub fn to_utf16(bytes: &[u8]) -> Vec<u16> {
    String::from_utf8_lossy(bytes).encode_utf16().collect()
}

/// A literal as units.
#[must_use]
pub fn of<U: Unit>(text: &str) -> Vec<U> {
    U::from_os(text.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stop_at_the_zero_or_the_limit() {
        let text = [97u16, 98, 0, 99];
        // SAFETY: the text has a zero.
        let (whole, cut, all) =
            unsafe { (len(text.as_ptr()), len_up_to(text.as_ptr(), 1), len_up_to(text.as_ptr(), 9)) };
        assert_eq!((whole, cut, all), (2, 1, 2));
    }

    #[test]
    fn give_says_what_it_needs() {
        let mut room = [7u8; 4];
        // SAFETY: the sizes are those of the buffer.
        let said = unsafe {
            [
                give(b"abc", room.as_mut_ptr(), 4),
                give(b"abcd", room.as_mut_ptr(), 4),
                give(b"x", std::ptr::null_mut(), 0),
            ]
        };
        assert_eq!((said, &room), ([3, 5, 2], b"abc\0"));
    }

    #[test]
    fn case_folds_single_units_only() {
        assert_eq!((upper('ä' as u16), lower('Ж' as u16), upper('ß' as u16)), ('Ä' as u16, 'ж' as u16, 'ß' as u16));
        assert_eq!((upper(b'a'), upper(0xE4u8)), (b'A', 0xE4));
        assert_eq!(compare(b"Hello", b"hELLO", true), 0);
        assert_eq!((compare(b"a", b"b", false), compare(b"ab", b"a", false)), (-1, 1));
    }
}
