//! Names of Linux, which are bytes, as the 16-bit units of the W functions, and back.
//!
//! UTF-8 is UTF-16. A lone surrogate, which a name of Windows may have, is the three bytes that WTF-8 gives it. A byte that is part of neither
//! is the lone surrogate U+DC00 plus its value, so every name of Linux has a name of Windows that leads back to it; no other name does.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What stands for the bytes 0x80 to 0xFF.
const BYTES: std::ops::RangeInclusive<u16> = 0xDC80..=0xDCFF;

/// A name of Linux in units; [`from_utf16`] gives the same name again.
#[must_use]
pub fn to_utf16(name: &OsStr) -> Vec<u16> {
    let mut units = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    loop {
        let valid = match str::from_utf8(rest) {
            Ok(text) => {
                units.extend(text.encode_utf16());
                return units;
            }
            Err(error) => error.valid_up_to(),
        };
        let (text, after) = rest.split_at(valid);
        units.extend(String::from_utf8_lossy(text).encode_utf16());
        rest = match surrogate(after) {
            Some(unit) => {
                units.push(unit);
                &after[3..]
            }
            None => {
                units.push(0xDC00 | u16::from(after[0]));
                &after[1..]
            }
        };
    }
}

/// The lone surrogate that the bytes begin with: not one that stands for a byte, nor the first half of what would be read as a pair.
fn surrogate(bytes: &[u8]) -> Option<u16> {
    let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, after @ ..] = bytes else { return None };
    let unit = 0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
    let is_alone = || match str::from_utf8(&after[..after.len().min(4)]) {
        Ok(_) => true,
        Err(error) => error.valid_up_to() > 0,
    };
    (!BYTES.contains(&unit) && (unit >= 0xDC00 || is_alone())).then_some(unit)
}

/// Units to a name of Linux.
#[must_use]
pub fn from_utf16(units: &[u16]) -> OsString {
    let mut bytes = Vec::with_capacity(units.len());
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit.map_err(|lone| lone.unpaired_surrogate()) {
            Ok(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(byte) if BYTES.contains(&byte) => bytes.push(byte as u8),
            Err(unit) => {
                bytes.extend([0xE0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3F) as u8, 0x80 | (unit & 0x3F) as u8]);
            }
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_each_side_have_a_form_on_the_other() {
        let cases: [(&[u8], &[u16]); 6] = [
            ("aß😀".as_bytes(), &[0x61, 0xDF, 0xD83D, 0xDE00]),
            (b"a\xFFb", &[0x61, 0xDCFF, 0x62]),
            (b"\xED\xA0\x80", &[0xD800]),
            (b"\xED\xBF\xBFx", &[0xDFFF, 0x78]),
            // Not the pair that it would be read as, nor what stands for a byte.
            (b"\xED\xA0\xBD\xED\xB8\x80", &[0xDCED, 0xDCA0, 0xDCBD, 0xDE00]),
            (b"\xED\xB2\x80", &[0xDCED, 0xDCB2, 0xDC80]),
        ];
        for (bytes, units) in cases {
            assert_eq!(to_utf16(OsStr::from_bytes(bytes)), units);
            assert_eq!(from_utf16(units).as_bytes(), bytes);
        }
    }

    proptest! {
        #[test]
        fn every_name_of_linux_leads_back_to_itself(
            parts in prop::collection::vec(prop_oneof![
                any::<char>().prop_map(|c| c.to_string().into_bytes()),
                any::<u8>().prop_map(|byte| vec![byte]),
                (0xD800u16..=0xDFFF).prop_map(|unit| {
                    vec![0xED, 0x80 | (unit >> 6 & 0x3F) as u8, 0x80 | (unit & 0x3F) as u8]
                }),
            ], 0..12)
        ) {
            let name = OsString::from_vec(parts.concat());
            prop_assert_eq!(from_utf16(&to_utf16(&name)), name);
        }
    }
}
