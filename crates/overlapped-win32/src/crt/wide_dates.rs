//! `time.h` and `wchar.h`: dates as wide text, made of the narrow ones, which are ASCII.

use super::calendar::{ovl_asctime_s, ovl_ctime_s};
use super::clock::{ovl__strdate_s, ovl__strtime_s};
use super::dates::place;
use super::invalid;
use libc::{EINVAL, c_char, c_int, time_t, tm};
use std::ptr::null_mut;

/// The longest of the texts, with its zero.
const TEXT: usize = 26;

/// Has a narrow function write its text, and copies it.
unsafe fn widen(to: *mut u16, room: usize, narrow: impl FnOnce(*mut c_char, usize) -> c_int) -> c_int {
    if to.is_null() || room == 0 {
        return invalid(EINVAL);
    }
    let mut text: [c_char; TEXT] = [0; TEXT];
    let code = narrow(text.as_mut_ptr(), room.min(TEXT));
    for (at, byte) in text.iter().enumerate() {
        // SAFETY: the text ends, by a zero, within the room that the function was told of.
        unsafe { to.add(at).write(u16::from(*byte as u8)) };
        if *byte == 0 {
            break;
        }
    }
    code
}

/// What _wctime and _wasctime return: it stays until the thread's next call.
fn last(make: impl FnOnce(*mut u16) -> c_int) -> *mut u16 {
    place(true, |places| &places.wide, |to| if make(to.cast()) == 0 { to.cast() } else { null_mut() })
}

/// _wasctime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wasctime_s(to: *mut u16, room: usize, from: *const tm) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { widen(to, room, |text, room| ovl_asctime_s(text, room, from)) }
}

/// _wctime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wctime_s(to: *mut u16, room: usize, from: *const time_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { widen(to, room, |text, room| ovl_ctime_s(text, room, from)) }
}

/// _wasctime: NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wasctime(from: *const tm) -> *mut u16 {
    // SAFETY: the caller's promise, and a place that is large enough.
    last(|place| unsafe { ovl__wasctime_s(place, TEXT, from) })
}

/// _wctime: NULL for NULL, and before 1970.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wctime(from: *const time_t) -> *mut u16 {
    // SAFETY: as above.
    last(|place| unsafe { ovl__wctime_s(place, TEXT, from) })
}

/// _wstrdate_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wstrdate_s(to: *mut u16, room: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { widen(to, room, |text, room| ovl__strdate_s(text, room)) }
}

/// _wstrtime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wstrtime_s(to: *mut u16, room: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { widen(to, room, |text, room| ovl__strtime_s(text, room)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::units;

    #[test]
    fn dates_are_the_narrow_ones_in_wide_text() {
        let (mut text, mut little) = ([0x7F_u16; 30], [0x7F_u16; 5]);
        // SAFETY: zeros are a value; our own places otherwise.
        unsafe {
            let date: tm = std::mem::zeroed();
            let date = tm { tm_year: 71, tm_mday: 1, tm_wday: 5, ..date };
            assert_eq!(ovl__wasctime_s(text.as_mut_ptr(), 26, &date), 0);
            let wanted: Vec<u16> = "Fri Jan  1 00:00:00 1971\n".encode_utf16().collect();
            assert_eq!((units(text.as_ptr()), units(ovl__wasctime(&date))), (&wanted[..], &wanted[..]));
            assert_eq!((ovl__wasctime_s(little.as_mut_ptr(), 5, &date), little[0]), (EINVAL, 0));
            assert_eq!((ovl__wasctime(std::ptr::null()), ovl__wctime(std::ptr::null())), (null_mut(), null_mut()));
            assert_eq!((units(ovl__wctime(&0)).len(), ovl__wstrdate_s(text.as_mut_ptr(), 9)), (25, 0));
            assert_eq!((text[2], text[8]), (u16::from(b'/'), 0));
            assert_eq!((ovl__wstrtime_s(text.as_mut_ptr(), 9), text[5]), (0, u16::from(b':')));
        }
    }
}
