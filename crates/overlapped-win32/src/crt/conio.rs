//! `conio.h`: single keys.
//!
//! While the console gives records, keys are made of those. Else, on a terminal each call switches line editing and echo off for its time,
//! so the terminal is never left in another state. Keys that send
//! a sequence arrive as Windows has them: 0xE0 (cursor keys) or 0 (function keys), and then their scan code. If the standard input is no
//! terminal, bytes are read from the stream, and its end is −1.

use crate::support::guard;
use libc::{EOF, FILE, termios};
use overlapped_abi::KeyEventRecord;
use overlapped_abi::constants::console::ENHANCED_KEY;
use overlapped_devices::console::{Console, own};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::port::blocking;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::ffi::{c_char, c_int};
use std::io::Write;
use std::sync::Arc;

unsafe extern "C" {
    static stdin: *mut FILE;
}

/// How long the rest of a sequence may take, in milliseconds; a lone Escape key is known by nothing following it.
const REST_OF_SEQUENCE: c_int = 30;

/// Bytes that were given back, or that belong to a key of which the first byte was taken.
static WAITING: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());

fn terminal() -> bool {
    // SAFETY: asks about a descriptor.
    unsafe { libc::isatty(0) == 1 }
}

/// The terminal without line editing and echo, until this is dropped.
struct Raw(termios);

impl Raw {
    fn new() -> Option<Self> {
        // SAFETY: a structure of numbers, for which zero is a value.
        let mut before: termios = unsafe { std::mem::zeroed() };
        // SAFETY: both structures are ours.
        unsafe {
            if libc::tcgetattr(0, &mut before) != 0 {
                return None;
            }
            let mut raw = before;
            raw.c_lflag &= !(libc::ICANON | libc::ECHO);
            raw.c_iflag &= !libc::ICRNL;
            raw.c_cc[libc::VMIN] = 1;
            raw.c_cc[libc::VTIME] = 0;
            libc::tcsetattr(0, libc::TCSANOW, &raw);
        }
        Some(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: what the terminal was before.
        unsafe { libc::tcsetattr(0, libc::TCSANOW, &self.0) };
    }
}

/// Whether a byte comes within so many milliseconds.
fn comes(ms: c_int) -> bool {
    let mut wanted = libc::pollfd { fd: 0, events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure, as said.
    unsafe { libc::poll(&mut wanted, 1, ms) == 1 }
}

fn byte() -> Option<u8> {
    let mut byte = 0u8;
    loop {
        // SAFETY: room for one byte.
        match unsafe { libc::read(0, std::ptr::from_mut(&mut byte).cast(), 1) } {
            1 => return Some(byte),
            -1 if crate::crt::errno() == libc::EINTR => {}
            _ => return None,
        }
    }
}

/// What Windows gives for a sequence behind Escape; `None` for one that it has no key for.
fn key(sequence: &[u8]) -> Option<[u8; 2]> {
    Some(match sequence {
        b"[A" | b"OA" => [0xE0, 72],
        b"[B" | b"OB" => [0xE0, 80],
        b"[C" | b"OC" => [0xE0, 77],
        b"[D" | b"OD" => [0xE0, 75],
        b"[H" | b"OH" | b"[1~" => [0xE0, 71],
        b"[F" | b"OF" | b"[4~" => [0xE0, 79],
        b"[2~" => [0xE0, 82],
        b"[3~" => [0xE0, 83],
        b"[5~" => [0xE0, 73],
        b"[6~" => [0xE0, 81],
        b"OP" => [0, 59],
        b"OQ" => [0, 60],
        b"OR" => [0, 61],
        b"OS" => [0, 62],
        b"[15~" => [0, 63],
        b"[17~" => [0, 64],
        b"[18~" => [0, 65],
        b"[19~" => [0, 66],
        b"[20~" => [0, 67],
        b"[21~" => [0, 68],
        b"[23~" => [0xE0, 133],
        b"[24~" => [0xE0, 134],
        _ => return None,
    })
}

/// A key of the terminal; more bytes of it wait for the next calls.
fn of_terminal() -> Option<u8> {
    let _raw = Raw::new();
    let first = byte()?;
    if first == 0x7F {
        return Some(8);
    }
    if first != 0x1B || !comes(REST_OF_SEQUENCE) {
        return Some(first);
    }
    let mut sequence = Vec::new();
    while sequence.len() < 6 && comes(REST_OF_SEQUENCE) {
        sequence.push(byte()?);
        let last = sequence[sequence.len() - 1];
        if sequence.len() > 1 && (last.is_ascii_alphabetic() || last == b'~') {
            break;
        }
    }
    let mut waiting = WAITING.lock();
    match key(&sequence) {
        Some([first, second]) => {
            waiting.push_back(second);
            Some(first)
        }
        None => {
            waiting.extend(sequence);
            Some(first)
        }
    }
}

/// What Windows gives for a key.
fn of_key(key: &KeyEventRecord) -> Vec<u8> {
    let scan = key.virtual_scan_code;
    match (key.char, scan) {
        (0, 0x57 | 0x58) => vec![0xE0, (133 + scan - 0x57) as u8],
        (0, _) if key.control_key_state & ENHANCED_KEY != 0 => vec![0xE0, scan as u8],
        (0, _) => vec![0, scan as u8],
        (unit, _) => char::from_u32(unit.into()).unwrap_or('?').to_string().into_bytes(),
    }
}

/// The console whose records are keys: not while its terminal edits lines, nor a private one to which nobody has written any.
fn console() -> Option<(Arc<Console>, Option<KeyEventRecord>)> {
    let console = own::existing()?;
    let key = console.typed_key(false).ok()??;
    (key.is_some() || !console.is_private()).then_some((console, key))
}

/// A key of the console, if it comes by records.
fn of_console() -> Option<u8> {
    loop {
        let (console, _) = console()?;
        if let Some(key) = console.typed_key(true).ok()?? {
            let bytes = of_key(&key);
            WAITING.lock().extend(&bytes[1..]);
            return Some(bytes[0]);
        }
        let event = console.wait_for_records();
        crate::support::system().ok()?.wait_any(&[event], Timeout::Infinite, false).ok()?;
    }
}

fn take() -> c_int {
    if let Some(byte) = WAITING.lock().pop_front() {
        return byte.into();
    }
    if let Some(byte) = of_console() {
        return byte.into();
    }
    blocking(|| {
        if terminal() {
            return of_terminal().map_or(EOF, c_int::from);
        }
        // SAFETY: the stream is set when the program starts.
        unsafe { libc::fgetc(stdin) }
    })
}

/// Whether the number of a key comes next, and no byte of a character.
pub(super) fn next_of_key() -> bool {
    WAITING.lock().front().is_some_and(|byte| *byte < 0xA0)
}

/// _getch: a key, without showing it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__getch() -> c_int {
    guard(EOF, take)
}

/// _getche: a key, and shows it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__getche() -> c_int {
    guard(EOF, || {
        let key = take();
        if terminal() && (0x20..0x7F).contains(&key) {
            ovl__putch(key);
        }
        key
    })
}

/// _kbhit: whether a key waits.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__kbhit() -> c_int {
    guard(0, || {
        if !WAITING.lock().is_empty() {
            return 1;
        }
        if let Some((_, key)) = console() {
            return key.is_some().into();
        }
        let _raw = if terminal() { Raw::new() } else { None };
        c_int::from(comes(0))
    })
}

/// _ungetch: gives a key back for the next _getch.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__ungetch(key: c_int) -> c_int {
    let Ok(byte) = u8::try_from(key) else { return EOF };
    WAITING.lock().push_front(byte);
    key
}

/// Writes to the terminal, or to the standard output if there is none; what the program has printed comes first.
fn show(bytes: &[u8]) -> bool {
    crate::crt::files::ovl__flushall();
    match own::existing().filter(|console| !console.is_private()) {
        Some(console) => console.write_bytes(console.active(), bytes).is_ok(),
        None => std::io::stdout().write_all(bytes).is_ok() && std::io::stdout().flush().is_ok(),
    }
}

/// _putch.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__putch(key: c_int) -> c_int {
    guard(EOF, || if show(&[key as u8]) { key } else { EOF })
}

/// _cputs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__cputs(text: *const c_char) -> c_int {
    // SAFETY: the caller vouches for it.
    guard(-1, || if show(unsafe { crate::text::units(text.cast::<u8>()) }) { 0 } else { -1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_keys() {
        assert_eq!((key(b"[A"), key(b"OP"), key(b"[99~")), (Some([0xE0, 72]), Some([0, 59]), None));
        assert_eq!((ovl__ungetch(66), ovl__ungetch(65)), (66, 65));
        assert_eq!((ovl__kbhit(), ovl__getch(), ovl__getch(), ovl__ungetch(-1)), (1, 65, 66, EOF));
    }
}
