//! `conio.h` in wide text: keys are taken from and shown by the narrow functions, whose bytes are UTF-8.

use super::conio::{next_of_key, ovl__cputs, ovl__getch};
use crate::support::guard;
use crate::text::units;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::ffi::{CString, c_int};

/// The end of the input.
const WEOF: u16 = 0xFFFF;

/// Units that were given back, or are the rest of a character.
static WAITING: Mutex<VecDeque<u16>> = Mutex::new(VecDeque::new());

/// The first half of a character that is shown by two calls.
static HALF: Mutex<Option<u16>> = Mutex::new(None);

fn take() -> u16 {
    if let Some(unit) = WAITING.lock().pop_front() {
        return unit;
    }
    let Ok(first) = u8::try_from(ovl__getch()) else { return WEOF };
    let more = match first {
        // A key that is no character; its number comes next.
        0xE0 if next_of_key() => 0,
        0xC2..=0xDF => 1,
        0xE0..=0xEF => 2,
        0xF0..=0xF4 => 3,
        _ => 0,
    };
    if more == 0 {
        return first.into();
    }
    let rest = (0..more).map_while(|_| u8::try_from(ovl__getch()).ok());
    let bytes: Vec<u8> = std::iter::once(first).chain(rest).collect();
    let text = String::from_utf8_lossy(&bytes);
    let mut units = text.encode_utf16();
    let first = units.next().unwrap_or(WEOF);
    WAITING.lock().extend(units);
    first
}

fn show(text: &[u16]) -> bool {
    let text: Vec<u8> = String::from_utf16_lossy(text).into_bytes();
    let Ok(text) = CString::new(text) else { return false };
    // SAFETY: a string with its zero.
    unsafe { ovl__cputs(text.as_ptr()) == 0 }
}

/// _getwch: a key, without showing it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__getwch() -> u16 {
    guard(WEOF, take)
}

/// _getwche: a key, and shows it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__getwche() -> u16 {
    guard(WEOF, || {
        let unit = take();
        if unit >= 0x20 && unit != 0x7F && unit != WEOF {
            ovl__putwch(unit);
        }
        unit
    })
}

/// _ungetwch: gives a key back for the next _getwch.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__ungetwch(unit: u16) -> u16 {
    if unit != WEOF {
        WAITING.lock().push_front(unit);
    }
    unit
}

/// _putwch.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__putwch(unit: u16) -> u16 {
    guard(WEOF, || {
        let half = HALF.lock().take();
        if (0xD800..0xDC00).contains(&unit) {
            *HALF.lock() = Some(unit);
            return unit;
        }
        let text: Vec<u16> = half.into_iter().chain([unit]).collect();
        if show(&text) { unit } else { WEOF }
    })
}

/// _cputws.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__cputws(text: *const u16) -> c_int {
    // SAFETY: the caller vouches for it.
    guard(-1, || if show(unsafe { units(text) }) { 0 } else { -1 })
}
