//! GetLocaleInfo: how numbers, dates and names are written. There is one locale, English of the United States, whatever LANG says, as for
//! the messages; its code page is UTF-8.

use crate::arguments::pair;
use crate::support::guard_or;
use crate::text::{Unit, of};
use overlapped_abi::Win32Error;

/// LOCALE_NOUSEROVERRIDE and LOCALE_USE_CP_ACP: there are no other settings than these, and narrow text is UTF-8.
const IGNORED: u32 = 0xC000_0000;
const RETURN_NUMBER: u32 = 0x2000_0000;
/// ERROR_INVALID_FLAGS.
const INVALID_FLAGS: Win32Error = Win32Error(1004);

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The text of one kind of information; None for a kind that there is not.
fn text(kind: u32) -> Option<&'static str> {
    Some(match kind {
        0x01 => "0409",
        0x02 => "English (United States)",
        0x03 => "ENU",
        0x04 | 0x1001 => "English",
        0x05 | 0x0A => "1",
        0x06 | 0x08 | 0x1002 => "United States",
        0x07 => "USA",
        0x09 => "0409",
        0x0B | 0x1004 => "65001",
        0x0C | 0x0F | 0x17 => ",",
        0x0D => "1",
        0x0E | 0x16 => ".",
        0x10 | 0x18 => "3;0",
        0x11 | 0x19 => "2",
        0x12 => "1",
        0x14 => "$",
        0x15 => "USD",
        0x1D => "/",
        0x1E => ":",
        0x1F => "M/d/yyyy",
        0x20 => "dddd, MMMM d, yyyy",
        0x21 | 0x23 | 0x25 | 0x26 | 0x27 | 0x1B | 0x1C => "0",
        0x22 => "1",
        0x24 => "1",
        0x28 => "AM",
        0x29 => "PM",
        0x2A..=0x30 => DAYS[kind as usize - 0x2A],
        0x31..=0x37 => &DAYS[kind as usize - 0x31][..3],
        0x38..=0x43 => MONTHS[kind as usize - 0x38],
        0x44..=0x4F => &MONTHS[kind as usize - 0x44][..3],
        0x50 => "",
        0x51 => "-",
        0x59 => "en",
        0x5A => "US",
        0x5C => "en-US",
        0x1003 => "h:mm:ss tt",
        0x1009 => "1",
        0x100C => "6",
        _ => return None,
    })
}

/// Is the number decimal text? Those of languages (1 and 9) are hexadecimal.
fn number(kind: u32, text: &str) -> Option<u32> {
    u32::from_str_radix(text, if matches!(kind, 1 | 9) { 16 } else { 10 }).ok()
}

pair! {
    /// GetLocaleInfo: the units with the zero; 0 with 87 for another locale, 1004 for what there is not, 122 for too little room.
    fn ovl_GetLocaleInfoA ovl_GetLocaleInfoW(locale: u32, what: u32, to: *mut C, room: i32) -> i32 {
        guard_or(0, || {
            let kind = what & !IGNORED & !RETURN_NUMBER;
            if !matches!(locale, 0 | 0x7F | 0x400 | 0x409 | 0x800) || room < 0 || room > 0 && to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let found = text(kind).ok_or(INVALID_FLAGS)?;
            let units: Vec<C> = if what & RETURN_NUMBER == 0 {
                let mut units = of::<C>(found);
                units.push(C::default());
                units
            } else {
                let bytes = number(kind, found).ok_or(INVALID_FLAGS)?.to_ne_bytes();
                let half = |at: usize| u32::from(u16::from_ne_bytes([bytes[at], bytes[at + 1]]));
                match size_of::<C>() {
                    1 => bytes.iter().map(|&byte| C::from(byte)).collect(),
                    _ => [half(0), half(2)].map(C::cut).to_vec(),
                }
            };
            if room == 0 {
                return Ok(units.len() as i32);
            }
            if (room as usize) < units.len() {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: there is room for all of them, as was just seen.
            unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), to, units.len()) };
            Ok(units.len() as i32)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn texts_and_numbers_of_the_one_locale() {
        let mut to = [7_u16; 8];
        // SAFETY: the room is that of the buffer.
        unsafe {
            assert_eq!(ovl_GetLocaleInfoW(0x400, 0x1004, std::ptr::null_mut(), 0), 6);
            assert_eq!(ovl_GetLocaleInfoW(0x400, 0x1004, to.as_mut_ptr(), 8), 6);
            assert_eq!(String::from_utf16_lossy(&to[..6]), "65001\0");
            assert_eq!((ovl_GetLocaleInfoW(0x400, 0x1004, to.as_mut_ptr(), 5), last_error()), (0, 122));
            assert_eq!((ovl_GetLocaleInfoW(0x407, 0x1004, to.as_mut_ptr(), 8), last_error()), (0, 87));
            assert_eq!((ovl_GetLocaleInfoW(0x409, 0xFFF, to.as_mut_ptr(), 8), last_error()), (0, 1004));
            assert_eq!((ovl_GetLocaleInfoW(0x409, RETURN_NUMBER | 1, to.as_mut_ptr(), 2), to[0], to[1]), (2, 0x409, 0));
            let mut bytes = [0_u8; 10];
            assert_eq!((ovl_GetLocaleInfoA(0, 0x2A, bytes.as_mut_ptr(), 10), &bytes[..7]), (7, &b"Monday\0"[..]));
        }
    }
}
