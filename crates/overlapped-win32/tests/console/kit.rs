//! What the tests of consoles share: a console without a terminal is asked by the functions of the C face.

use overlapped_abi::{ConsoleScreenBufferInfo, Coord, InputEvent, InputRecord};
use overlapped_abi::{KeyEventRecord, SmallRect};
use overlapped_win32::consoleapi::cells::*;
use overlapped_win32::consoleapi::input::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::ovl_ReadFile;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

pub const BOTH: u32 = 0xC000_0000;

pub fn open(name: &CStr, access: u32) -> usize {
    // SAFETY: the name ends with a zero.
    let handle = unsafe { ovl_CreateFileA(name.as_ptr().cast(), access, 3, null(), 3, 0, 0) };
    assert_ne!(handle, usize::MAX, "{name:?}: error {}", ovl_GetLastError());
    handle
}

pub fn output() -> usize {
    open(c"CONOUT$", BOTH)
}

pub fn input() -> usize {
    open(c"CONIN$", BOTH)
}

/// The last error of a call that fails.
pub fn refused(call: impl FnOnce() -> i32) -> u32 {
    ovl_SetLastError(0);
    assert_eq!(call(), 0, "the call succeeded");
    ovl_GetLastError()
}

pub fn info(handle: usize) -> ConsoleScreenBufferInfo {
    let mut info = ConsoleScreenBufferInfo::default();
    // SAFETY: the structure is ours.
    assert_eq!(unsafe { ovl_GetConsoleScreenBufferInfo(handle, &mut info) }, 1, "error {}", ovl_GetLastError());
    info
}

pub fn at(x: i16, y: i16) -> Coord {
    Coord { x, y }
}

pub fn rect(left: i16, top: i16, right: i16, bottom: i16) -> SmallRect {
    SmallRect { left, top, right, bottom }
}

pub fn print(handle: usize, text: &str) {
    let (units, mut done): (Vec<u16>, u32) = (text.encode_utf16().collect(), 0);
    // SAFETY: text and count are ours.
    let ok = unsafe { ovl_WriteConsoleW(handle, units.as_ptr().cast(), units.len() as u32, &mut done, null_mut()) };
    assert_eq!((ok, done as usize), (1, units.len()), "error {}", ovl_GetLastError());
}

/// `count` cells as text.
pub fn shown(handle: usize, from: Coord, count: u32) -> String {
    let (mut units, mut done) = (vec![0u16; count as usize], 0);
    // SAFETY: there is room for so many.
    let ok = unsafe { ovl_ReadConsoleOutputCharacterW(handle, units.as_mut_ptr(), count, from, &mut done) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    String::from_utf16_lossy(&units[..done as usize])
}

pub fn attributes(handle: usize, from: Coord, count: u32) -> Vec<u16> {
    let (mut found, mut done) = (vec![0u16; count as usize], 0);
    // SAFETY: there is room for so many.
    let ok = unsafe { ovl_ReadConsoleOutputAttribute(handle, found.as_mut_ptr(), count, from, &mut done) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    found.truncate(done as usize);
    found
}

pub fn make(access: u32, flags: u32) -> usize {
    // SAFETY: no pointers but NULL.
    unsafe { ovl_CreateConsoleScreenBuffer(access, 3, null(), flags, null_mut()) }
}

pub fn key(unit: u16, code: u16, state: u32) -> InputRecord {
    InputRecord::new(InputEvent::Key(KeyEventRecord {
        key_down: 1,
        repeat_count: 1,
        virtual_key_code: code,
        virtual_scan_code: 0,
        char: unit,
        control_key_state: state,
    }))
}

pub fn up(record: InputRecord) -> InputRecord {
    match record.event() {
        Some(InputEvent::Key(key)) => InputRecord::new(InputEvent::Key(KeyEventRecord { key_down: 0, ..key })),
        _ => record,
    }
}

/// Types a text: each key goes down and up.
pub fn type_text(handle: usize, text: &str) {
    let code = |unit: u16| if unit == 13 { 13 } else { 0 };
    let records: Vec<InputRecord> =
        text.encode_utf16().map(|unit| key(unit, code(unit), 0)).flat_map(|record| [record, up(record)]).collect();
    write_records(handle, &records);
}

pub fn write_records(handle: usize, records: &[InputRecord]) {
    let mut done = 0;
    // SAFETY: the records and the count are ours.
    let ok = unsafe { ovl_WriteConsoleInputW(handle, records.as_ptr(), records.len() as u32, &mut done) };
    assert_eq!((ok, done as usize), (1, records.len()), "error {}", ovl_GetLastError());
}

pub fn count(handle: usize) -> u32 {
    let mut count = 0;
    // SAFETY: the number is ours.
    assert_eq!(unsafe { ovl_GetNumberOfConsoleInputEvents(handle, &mut count) }, 1);
    count
}

pub fn read(handle: usize, room: u32) -> String {
    let (mut text, mut count) = ([0u16; 64], 0);
    // SAFETY: there is more room than is said, and the count is ours.
    let ok = unsafe { ovl_ReadConsoleW(handle, text.as_mut_ptr().cast(), room, &mut count, null_mut()) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    String::from_utf16_lossy(&text[..count as usize])
}

pub fn read_file(handle: usize) -> Vec<u8> {
    read_bytes(handle, 64)
}

pub fn read_bytes(handle: usize, room: u32) -> Vec<u8> {
    let (mut bytes, mut count) = ([0u8; 64], 0);
    // SAFETY: there is so much room, and the count is ours.
    assert_eq!(unsafe { ovl_ReadFile(handle, bytes.as_mut_ptr().cast(), room, &mut count, null_mut()) }, 1);
    bytes[..count as usize].to_vec()
}
