//! The formats of printf and scanf and of FormatMessage, narrow and wide, and the text that scanf reads: whatever they say, nothing is
//! written beyond the room that there is, and the lengths are right.
//!
//! Arguments are taken from a list that we make ourselves. All of them are one address, which is good for every directive: at it there are
//! a string, wide or narrow, a counted string, and room. Its lower half is 16: as a width or a room, that is small.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_fuzz::Choices;
use overlapped_win32::crt::printf::{ovl__vscprintf, ovl__vscwprintf, ovl_vsnprintf, ovl_vswprintf};
use overlapped_win32::crt::scanf::{ovl_vsscanf, ovl_vsscanf_s, ovl_vswscanf};
use overlapped_win32::crt::va::VaList;
use overlapped_win32::formatmessage::ovl_FormatMessageA;
use std::sync::Once;

const AT: usize = 0x2000_0000_0010;
const PAGES: usize = 16;
const PAGE: usize = 4096;
/// What is in the buffers where nothing may be written.
const FENCE: u8 = 0xAA;

/// A `va_list` of x86-64 whose registers are used up.
#[repr(C)]
struct List {
    general: u32,
    vector: u32,
    stack: *mut u64,
    saved: *mut u64,
}

/// Arguments without end, for any format that is as short as these are.
struct Arguments {
    words: Vec<u64>,
    list: List,
}

impl Arguments {
    fn new() -> Box<Self> {
        let null = std::ptr::null_mut();
        let list = List { general: 48, vector: 176, stack: null, saved: null };
        let mut made = Box::new(Self { words: vec![AT as u64; 2048], list });
        made.list.stack = made.words.as_mut_ptr();
        made
    }

    fn list(&mut self) -> VaList {
        (&raw mut self.list).cast()
    }
}

/// What the arguments point to: a counted string of 4 bytes, whose text follows; read as a string of either kind, a short one.
fn prepare_memory() {
    static MAPPED: Once = Once::new();
    MAPPED.call_once(|| {
        let (start, access) = ((AT & !(PAGE - 1)) as *mut _, libc::PROT_READ | libc::PROT_WRITE);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        // SAFETY: nothing is at that place, or the call fails.
        assert_eq!(unsafe { libc::mmap(start, PAGES * PAGE, access, flags, -1, 0) }, start);
    });
    let counted = [4 | 8 << 16, AT as u64 + 16, u64::from(u32::from_le_bytes(*b"text")), 0];
    // SAFETY: inside what was mapped.
    unsafe { std::ptr::copy_nonoverlapping(counted.as_ptr(), AT as *mut u64, counted.len()) };
}

fn narrow(choices: &mut Choices<'_>, format: &[u8]) {
    let format = [format, &[0]].concat();
    let (room, mut buffer) = (choices.below(256), [FENCE; 300]);
    // SAFETY: a string, the room, and arguments for every directive.
    let (length, count) = unsafe {
        let length = ovl_vsnprintf(buffer.as_mut_ptr().cast(), room, format.as_ptr().cast(), Arguments::new().list());
        prepare_memory();
        (length, ovl__vscprintf(format.as_ptr().cast(), Arguments::new().list()))
    };
    assert_eq!(length, count, "counted and written");
    assert!(buffer[room..].iter().all(|byte| *byte == FENCE), "beyond the room");
    if length >= 0 && room > 0 {
        assert_eq!(buffer[room.min(length as usize + 1) - 1], 0, "no end");
    }
}

fn wide(choices: &mut Choices<'_>, format: &[u8]) {
    let format: Vec<u16> = format.iter().map(|byte| u16::from(*byte)).chain([0]).collect();
    let (room, mut buffer) = (choices.below(256), [u16::MAX - 1; 300]);
    // SAFETY: as above.
    unsafe {
        let length = ovl_vswprintf(buffer.as_mut_ptr(), room, format.as_ptr(), Arguments::new().list());
        prepare_memory();
        let count = ovl__vscwprintf(format.as_ptr(), Arguments::new().list());
        assert!(length < 0 || length == count && (length as usize) < room, "{length} of {count} in {room}");
    }
    assert!(buffer[room..].iter().all(|unit| *unit == u16::MAX - 1), "beyond the room");
}

fn scan(choices: &mut Choices<'_>, format: &[u8]) {
    let (format, text) = format.split_at(format.len() / 2);
    let (format, text) = ([format, &[0]].concat(), [text, &[0]].concat());
    let units = |bytes: &[u8]| bytes.iter().map(|byte| u16::from(*byte)).collect::<Vec<_>>();
    let mut arguments = Arguments::new();
    // SAFETY: two strings, and room for whatever a text of this length can give.
    let count = unsafe {
        match choices.below(3) {
            0 => ovl_vsscanf(text.as_ptr().cast(), format.as_ptr().cast(), arguments.list()),
            1 => ovl_vsscanf_s(text.as_ptr().cast(), format.as_ptr().cast(), arguments.list()),
            _ => ovl_vswscanf(units(&text).as_ptr(), units(&format).as_ptr(), arguments.list()),
        }
    };
    assert!(count >= -1 && count <= format.len() as i32, "{count} fields");
}

fn message(choices: &mut Choices<'_>, format: &[u8]) {
    const FROM_STRING: u32 = 0x400;
    const ARRAY: u32 = 0x2000;
    let format = [format, &[0]].concat();
    let (room, mut buffer) = (choices.below(256), [FENCE; 300]);
    let flags = FROM_STRING | ARRAY | u32::from(choices.byte());
    let words = [AT as u64; 128];
    let (source, to) = (format.as_ptr().cast(), buffer.as_mut_ptr().cast());
    // SAFETY: a string, the room, and an argument for each of the 99 inserts that there can be. Flag 0x100 is not among the flags.
    let length = unsafe { ovl_FormatMessageA(flags, source, 0, 0, to, room as u32, words.as_ptr().cast_mut().cast()) };
    assert!(length == 0 || (length as usize) < room, "{length} in {room}");
    assert!(buffer[room..].iter().all(|byte| *byte == FENCE), "beyond the room");
}

fuzz_target!(|bytes: &[u8]| {
    let (head, format) = bytes.split_at(bytes.len().min(3));
    // Elsewhere a list is made of other parts.
    if cfg!(not(target_arch = "x86_64")) || format.len() > 500 || format.contains(&0) {
        return;
    }
    let mut choices = Choices::new(head);
    prepare_memory();
    match choices.below(4) {
        0 => narrow(&mut choices, format),
        1 => wide(&mut choices, format),
        2 => scan(&mut choices, format),
        _ => message(&mut choices, format),
    }
});
