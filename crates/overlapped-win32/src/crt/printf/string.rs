//! Text in formats, in either unit, with the conversion that the target's unit needs.

use super::spec::{Size, Spec};
use crate::text::{Unit, len_up_to};

/// Which unit a text argument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Bytes.
    Narrow,
    /// 16-bit units.
    Wide,
}

/// The unit of the argument of `s`, `S`, `c`, `C` or `Z`. The lower-case letters mean the unit of the format, the upper-case
/// ones the other.
pub fn width_of<U: Unit>(spec: &Spec) -> Width {
    let format_is_wide = size_of::<U>() == 2;
    match (spec.size, spec.conversion) {
        (Size::Short | Size::Byte, _) => Width::Narrow,
        (Size::Long | Size::Wide | Size::Long64, _) => Width::Wide,
        // Counted strings are ANSI_STRING unless `w` says otherwise.
        (_, b'Z') => Width::Narrow,
        (_, b'S' | b'C') => {
            if format_is_wide {
                Width::Narrow
            } else {
                Width::Wide
            }
        }
        _ => {
            if format_is_wide {
                Width::Wide
            } else {
                Width::Narrow
            }
        }
    }
}

/// ANSI_STRING and UNICODE_STRING.
#[repr(C)]
struct Counted {
    bytes: u16,
    room: u16,
    text: *const u8,
}

/// The text of a directive, in the unit of the target.
///
/// # Safety
/// `at` is NULL or a string of that unit, ended by a zero or as long as the precision; for `Z` a counted string.
pub unsafe fn text<U: Unit>(spec: &Spec, at: *const u8) -> Vec<U> {
    let most = spec.precision.unwrap_or(usize::MAX);
    if at.is_null() {
        return b"(null)".iter().take(most).map(|&byte| U::from(byte)).collect();
    }
    let width = width_of::<U>(spec);
    let (start, len) = if spec.conversion == b'Z' {
        // SAFETY: the caller vouches for it.
        let counted = unsafe { &*at.cast::<Counted>() };
        let unit = if width == Width::Wide { 2 } else { 1 };
        (counted.text, if counted.text.is_null() { 0 } else { usize::from(counted.bytes) / unit })
    } else {
        (at, usize::MAX)
    };
    // SAFETY: the caller vouches for the string; what is read ends at its end, its length, or the precision.
    unsafe {
        match (size_of::<U>(), width) {
            (1, Width::Narrow) | (2, Width::Wide) => same(start.cast::<U>(), len.min(most)),
            (1, Width::Wide) => to_bytes(start.cast(), len, most).into_iter().map(U::from).collect(),
            _ => to_units(start, len, most).into_iter().map(|unit| U::cut(unit.into())).collect(),
        }
    }
}

/// # Safety
/// `at` is readable up to a zero or the limit.
unsafe fn same<U: Unit>(at: *const U, most: usize) -> Vec<U> {
    // SAFETY: the caller vouches for it.
    unsafe {
        let len = len_up_to(at, most);
        std::slice::from_raw_parts(at, len).to_vec()
    }
}

/// UTF-8 of at most `room` bytes; a character that would not fit whole is left out, with all behind it.
///
/// # Safety
/// As for [`same`], `len` being the limit, and as far as the room goes.
unsafe fn to_bytes(at: *const u16, len: usize, room: usize) -> Vec<u8> {
    let mut at = at;
    let mut left = len;
    let next = std::iter::from_fn(|| {
        // SAFETY: the caller vouches for units up to the zero or the limit.
        let unit = if left == 0 { 0 } else { unsafe { at.read() } };
        if unit == 0 {
            return None;
        }
        at = at.wrapping_add(1);
        left -= 1;
        Some(unit)
    });
    let mut bytes = Vec::new();
    let mut chars = char::decode_utf16(next);
    while bytes.len() < room {
        let Some(c) = chars.next() else { break };
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        if bytes.len() + c.len_utf8() > room {
            break;
        }
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    bytes
}

/// UTF-16 of at most `room` units.
///
/// # Safety
/// As for [`to_bytes`].
unsafe fn to_units(at: *const u8, len: usize, room: usize) -> Vec<u16> {
    let mut units = Vec::new();
    let mut read = 0;
    // SAFETY: the caller vouches for bytes up to the zero or the limit.
    let byte = |index: usize| if index < len { unsafe { at.add(index).read() } } else { 0 };
    while units.len() < room && byte(read) != 0 {
        let wanted = match byte(read) {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        let mut character = [byte(read), 0, 0, 0];
        let mut have = 1;
        while have < wanted && byte(read + have) & 0xC0 == 0x80 {
            character[have] = byte(read + have);
            have += 1;
        }
        read += have;
        let c = std::str::from_utf8(&character[..have]).ok().and_then(|s| s.chars().next());
        let mut pair = [0; 2];
        let encoded = c.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf16(&mut pair);
        if units.len() + encoded.len() > room {
            break;
        }
        units.extend_from_slice(encoded);
    }
    units
}

/// The one character of `c` and `C`.
pub fn character<U: Unit>(spec: &Spec, word: u64) -> Vec<U> {
    match (size_of::<U>(), width_of::<U>(spec)) {
        (1, Width::Wide) => {
            let c = char::from_u32(u32::from(word as u16)).unwrap_or(char::REPLACEMENT_CHARACTER);
            c.encode_utf8(&mut [0; 4]).bytes().map(U::from).collect()
        }
        (2, Width::Narrow) => {
            let byte = word as u8;
            vec![if byte < 0x80 { U::from(byte) } else { U::cut(0xFFFD) }]
        }
        _ => vec![U::cut(word as u32)],
    }
}
