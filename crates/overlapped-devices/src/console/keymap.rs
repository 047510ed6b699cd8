//! Which key of a keyboard (as in the United States) gives a character: virtual key code, scan code, modifiers (contract 09 §4).

use overlapped_abi::KeyEventRecord;
use overlapped_abi::constants::console::{ENHANCED_KEY, LEFT_ALT_PRESSED, LEFT_CTRL_PRESSED, SHIFT_PRESSED};

pub(super) const BACK: u16 = 0x08;
pub(super) const TAB: u16 = 0x09;
pub(super) const RETURN: u16 = 0x0D;
pub(super) const ESCAPE: u16 = 0x1B;
pub(super) const END: u16 = 0x23;
pub(super) const HOME: u16 = 0x24;
pub(super) const LEFT: u16 = 0x25;
pub(super) const RIGHT: u16 = 0x27;
pub(super) const INSERT: u16 = 0x2D;
pub(super) const DELETE: u16 = 0x2E;

/// Modifiers of a key, as xterm counts them: 1 shift, 2 alt, 4 control, from a parameter that is one more.
pub(super) fn modifiers(parameter: u16) -> u32 {
    let bits = parameter.saturating_sub(1);
    let pairs = [(1, SHIFT_PRESSED), (2, LEFT_ALT_PRESSED), (4, LEFT_CTRL_PRESSED)];
    pairs.iter().filter(|(bit, _)| bits & bit != 0).fold(0, |all, (_, state)| all | state)
}

/// A key, down or up as `key_down` will say.
fn key(code: u16, scan: u16, char: u16, state: u32) -> KeyEventRecord {
    KeyEventRecord {
        key_down: 1,
        repeat_count: 1,
        virtual_key_code: code,
        virtual_scan_code: scan,
        char,
        control_key_state: state,
    }
}

/// Scan codes of the letters from A on.
const LETTERS: [u16; 26] = [
    0x1E, 0x30, 0x2E, 0x20, 0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26, 0x32, 0x31, 0x18, 0x19, 0x10, 0x13, 0x1F,
    0x14, 0x16, 0x2F, 0x11, 0x2D, 0x15, 0x2C,
];

/// The other keys with a character: without shift, with it, virtual key code, scan code.
const OTHERS: [(u8, u8, u16, u16); 21] = [
    (b'1', b'!', 0x31, 0x02),
    (b'2', b'@', 0x32, 0x03),
    (b'3', b'#', 0x33, 0x04),
    (b'4', b'$', 0x34, 0x05),
    (b'5', b'%', 0x35, 0x06),
    (b'6', b'^', 0x36, 0x07),
    (b'7', b'&', 0x37, 0x08),
    (b'8', b'*', 0x38, 0x09),
    (b'9', b'(', 0x39, 0x0A),
    (b'0', b')', 0x30, 0x0B),
    (b'-', b'_', 0xBD, 0x0C),
    (b'=', b'+', 0xBB, 0x0D),
    (b'[', b'{', 0xDB, 0x1A),
    (b']', b'}', 0xDD, 0x1B),
    (b'\\', b'|', 0xDC, 0x2B),
    (b';', b':', 0xBA, 0x27),
    (b'\'', b'"', 0xDE, 0x28),
    (b'`', b'~', 0xC0, 0x29),
    (b',', b'<', 0xBC, 0x33),
    (b'.', b'>', 0xBE, 0x34),
    (b'/', b'?', 0xBF, 0x35),
];

/// The key that types this unit, with these modifiers besides those that the unit itself needs. What no key types has no code.
pub(super) fn of_unit(unit: u16, state: u32) -> KeyEventRecord {
    let Ok(byte) = u8::try_from(unit) else { return key(0, 0, unit, state) };
    match byte {
        // Of Ctrl+J and Enter a terminal sends one or the other, as it is set.
        b'\r' | b'\n' => key(RETURN, 0x1C, 13, state),
        b'\t' => key(TAB, 0x0F, 9, state),
        0x7F => key(BACK, 0x0E, 8, state),
        0x1B => key(ESCAPE, 0x01, 0x1B, state),
        b' ' => key(0x20, 0x39, 0x20, state),
        0 => key(0x32, 0x03, 0, state | LEFT_CTRL_PRESSED),
        1..=26 => key(u16::from(byte) + 64, LETTERS[usize::from(byte) - 1], unit, state | LEFT_CTRL_PRESSED),
        0x1C..=0x1F => {
            let (code, scan) = [(0xDC, 0x2B), (0xDD, 0x1B), (0x36, 0x07), (0xBD, 0x0C)][usize::from(byte) - 0x1C];
            key(code, scan, unit, state | LEFT_CTRL_PRESSED)
        }
        b'a'..=b'z' => key(unit - 32, LETTERS[usize::from(byte - b'a')], unit, state),
        b'A'..=b'Z' => key(unit, LETTERS[usize::from(byte - b'A')], unit, state | SHIFT_PRESSED),
        _ => match OTHERS.iter().find(|(plain, shifted, ..)| byte == *plain || byte == *shifted) {
            Some((plain, _, code, scan)) if byte == *plain => key(*code, *scan, unit, state),
            Some((_, _, code, scan)) => key(*code, *scan, unit, state | SHIFT_PRESSED),
            None => key(0, 0, unit, state),
        },
    }
}

/// F1 to F12 and those beyond: their number counts from 1.
pub(super) fn function(number: u16, state: u32) -> KeyEventRecord {
    let scan = match number {
        1..=10 => 0x3A + number,
        11 | 12 => 0x57 + number - 11,
        _ => 0x64 + number.saturating_sub(13),
    };
    key(0x6F + number, scan, 0, state)
}

/// One of the additional keys: arrows and the six above them.
pub(super) fn enhanced(code: u16, state: u32) -> KeyEventRecord {
    let scan = match code {
        HOME => 0x47,
        0x26 => 0x48,
        0x21 => 0x49,
        LEFT => 0x4B,
        RIGHT => 0x4D,
        END => 0x4F,
        0x28 => 0x50,
        0x22 => 0x51,
        INSERT => 0x52,
        DELETE => 0x53,
        _ => 0,
    };
    key(code, scan, 0, state | ENHANCED_KEY)
}

/// Keys that type nothing by themselves, or nothing here: virtual key code, scan code.
const SILENT: [(u16, u16); 9] = [
    (0x10, 0x2A),
    (0x11, 0x1D),
    (0x12, 0x38),
    (0x14, 0x3A),
    (0x90, 0x45),
    (0x91, 0x46),
    (0x6A, 0x37),
    (0x6D, 0x4A),
    (0x6B, 0x4E),
];

/// The scan code of a virtual key; 0 for what no key has.
#[must_use]
pub fn scan_code_of_key(code: u16) -> u16 {
    let typed = match code {
        BACK => Some(0x0E),
        TAB => Some(0x0F),
        RETURN => Some(0x1C),
        ESCAPE => Some(0x01),
        0x20 => Some(0x39),
        0x41..=0x5A => Some(LETTERS[usize::from(code) - 0x41]),
        0x70..=0x87 => Some(function(code - 0x6F, 0).virtual_scan_code),
        _ => OTHERS.iter().find(|(.., key, _)| *key == code).map(|(.., scan)| *scan),
    };
    let silent = || SILENT.iter().find(|(key, _)| *key == code).map(|(_, scan)| *scan);
    typed.or_else(silent).unwrap_or_else(|| enhanced(code, 0).virtual_scan_code)
}

/// The character that a key types, with or without Shift and Ctrl; `None` for a key without one.
#[must_use]
pub fn unit_of_key(code: u16, shift: bool, control: bool) -> Option<u16> {
    let plain = match code {
        BACK => 8,
        TAB => 9,
        RETURN => 13,
        ESCAPE => 0x1B,
        0x20 => 0x20,
        0x41..=0x5A if control => code - 0x40,
        0x41..=0x5A if shift => code,
        0x41..=0x5A => code + 0x20,
        _ if control => return None,
        _ => {
            let (plain, shifted, ..) = OTHERS.iter().find(|(.., key, _)| *key == code)?;
            u16::from(if shift { *shifted } else { *plain })
        }
    };
    Some(plain)
}

/// The virtual key with this scan code; 0 if there is none.
#[must_use]
pub fn key_of_scan_code(scan: u16) -> u16 {
    // Of two keys with one code, that beside the letters.
    (1..0x100).find(|key| scan != 0 && scan_code_of_key(*key) == scan).unwrap_or(0)
}

/// Is it a key without a character that `_getch` gives by two bytes?
pub(super) fn is_for_conio(key: &KeyEventRecord) -> bool {
    key.char == 0 && (key.control_key_state & ENHANCED_KEY != 0 || (0x70..0x88).contains(&key.virtual_key_code))
}

/// The 5 of the number pad without Num Lock.
pub(super) fn clear(state: u32) -> KeyEventRecord {
    key(0x0C, 0x4C, 0, state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_keys() {
        let said = |unit: u8| {
            let key = of_unit(unit.into(), 0);
            (key.virtual_key_code, key.virtual_scan_code, key.char, key.control_key_state)
        };
        assert_eq!(said(b'a'), (0x41, 0x1E, 0x61, 0));
        assert_eq!(said(b'Z'), (0x5A, 0x2C, 0x5A, SHIFT_PRESSED));
        assert_eq!(said(b'?'), (0xBF, 0x35, 0x3F, SHIFT_PRESSED));
        assert_eq!(said(3), (0x43, 0x2E, 3, LEFT_CTRL_PRESSED));
        assert_eq!((said(b'\n'), said(0x7F)), ((13, 0x1C, 13, 0), (8, 0x0E, 8, 0)));
        assert_eq!(modifiers(6), SHIFT_PRESSED | LEFT_CTRL_PRESSED);
    }

    #[test]
    fn every_byte_is_some_key() {
        for unit in 0..0x80 {
            let key = of_unit(unit, 0);
            assert!(key.virtual_key_code != 0, "{unit:#x}");
        }
    }
}
