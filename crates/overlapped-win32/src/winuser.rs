//! Of `winuser.h` what programs with a console ask: which key has which code and is down, what the computer has, messages between
//! threads and windows that nobody sees.

pub mod hidden;
pub mod keyboard;
pub mod messages;
pub(crate) mod queue;
pub mod stations;
pub mod windows;

use crate::arguments::pair;
use overlapped_devices::console::{key_of_scan_code, scan_code_of_key, unit_of_key};

const VK_TO_VSC: u32 = 0;
const VSC_TO_VK: u32 = 1;
const VK_TO_CHAR: u32 = 2;
const VSC_TO_VK_EX: u32 = 3;
const VK_TO_VSC_EX: u32 = 4;

pair! {
    /// MapVirtualKey, for a keyboard as in the United States: 0 for what has no such code.
    fn ovl_MapVirtualKeyA ovl_MapVirtualKeyW(code: u32, kind: u32) -> u32 {
        let Ok(number) = u16::try_from(code) else { return 0 };
        match kind {
            VK_TO_VSC | VK_TO_VSC_EX => scan_code_of_key(number).into(),
            VSC_TO_VK | VSC_TO_VK_EX => key_of_scan_code(number).into(),
            VK_TO_CHAR if is_ascii_key(number) => code,
            _ => 0,
        }
    }
}

/// ToUnicode, for the same keyboard: how many units the key types with those that the state says are down (1 or 0).
///
/// # Safety
/// `state` is NULL or has 256 bytes, `to` is NULL or has room for `room` units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ToUnicode(
    key: u32,
    _scan: u32,
    state: *const u8,
    to: *mut u16,
    room: i32,
    _flags: u32,
) -> i32 {
    const SHIFT: usize = 0x10;
    const CONTROL: usize = 0x11;
    // SAFETY: the caller's promise, and the places are below 256.
    let down = |place: usize| !state.is_null() && unsafe { *state.add(place) } & 0x80 != 0;
    let typed = u16::try_from(key).ok().and_then(|key| unit_of_key(key, down(SHIFT), down(CONTROL)));
    match typed {
        Some(unit) if room > 0 && !to.is_null() => {
            // SAFETY: there is room for one.
            unsafe { to.write(unit) };
            1
        }
        _ => 0,
    }
}

/// Keys whose code is their character: letters, digits and what every keyboard has.
fn is_ascii_key(code: u16) -> bool {
    matches!(code, 0x08 | 0x09 | 0x0D | 0x1B | 0x20 | 0x30..=0x39 | 0x41..=0x5A)
}

/// GetSystemMetrics: 0, which of the start-up mode says that it is the usual one, and of anything on a screen that there is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSystemMetrics(_index: i32) -> i32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_scan_codes_lead_to_each_other() {
        let map = |code, kind| {
            // SAFETY: takes numbers only.
            unsafe { ovl_MapVirtualKeyW(code, kind) }
        };
        for (key, scan) in [(0x0D, 0x1C), (0x20, 0x39), (0x41, 0x1E), (0x31, 0x02), (0x25, 0x4B), (0x70, 0x3B)] {
            assert_eq!((map(key, VK_TO_VSC), map(scan, VSC_TO_VK)), (scan, key));
        }
        assert_eq!((map(0xFF, VK_TO_VSC), map(0x41, VK_TO_CHAR), map(0x10000, VK_TO_VSC)), (0, 0x41, 0));
    }
}
