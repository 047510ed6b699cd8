//! Contract 09 sections 2 to 6 without a terminal: each test runs in a process of its own, without a controlling terminal, so that its
//! console is private and nobody else's.

use overlapped_abi::{CharInfo, ConsoleReadConsoleControl, ConsoleScreenBufferInfo, Coord, InputEvent, InputRecord};
use overlapped_abi::{KeyEventRecord, SmallRect};
use overlapped_win32::consoleapi::cells::*;
use overlapped_win32::consoleapi::control::*;
use overlapped_win32::consoleapi::input::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::session::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::crt::conio::*;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::size::ovl_FlushFileBuffers;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_CreateIoCompletionPort;
use overlapped_win32::processthreadsapi::ovl_ExitThread;
use overlapped_win32::synchapi::{ovl_WaitForMultipleObjects, ovl_WaitForSingleObject};
use std::ffi::CStr;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

const PLAY: &str = "OVERLAPPED_TEST_PLAY";
const BOTH: u32 = 0xC000_0000;
const TIMEOUT: u32 = 258;

/// Runs the part of that name in a process of its own, in a session without a terminal.
fn alone(part: &str) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "cells::plays_its_part", "--nocapture", "--test-threads=1", "-q"]).env(PLAY, part);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: a system call, in a process of one thread that is about to become another program.
    unsafe {
        command.pre_exec(|| {
            // Who runs in the background is started with both ignored.
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::signal(libc::SIGQUIT, libc::SIG_DFL);
            libc::setsid();
            Ok(())
        })
    };
    let output = command.output().expect("a child");
    assert!(
        output.status.success(),
        "{part}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Not a test of its own: what children do.
#[test]
fn plays_its_part() {
    let Ok(part) = std::env::var(PLAY) else { return };
    let (_, play) = PARTS.iter().find(|(name, _)| *name == part).expect("a part of that name");
    play();
}

macro_rules! parts {
    ($($name:ident => $play:ident;)+) => {
        const PARTS: &[(&str, fn())] = &[$((stringify!($name), $play)),+];
        $(
            #[test]
            fn $name() {
                alone(stringify!($name));
            }
        )+
    };
}

parts! {
    consoles_open_by_name_with_any_disposition => opens;
    text_goes_into_cells => writes;
    cells_are_filled_written_read_and_scrolled => cells;
    buffers_are_made_shown_and_closed => buffers;
    sizes_and_windows_fit_or_are_refused => sizes;
    records_are_written_peeked_and_read => records;
    lines_are_made_of_records => lines;
    characters_come_at_once_without_line_mode => characters;
    the_control_structure_wakes_the_reader => wakes;
    bytes_are_those_of_the_code_pages => pages;
    ctrl_z_ends_the_input_of_a_file_and_ctrl_c_a_read => ends;
    a_handler_may_end_its_thread => leaves_early;
    events_come_to_children_too => reaches;
    handles_are_signalled_while_records_wait => waits;
    a_read_that_waits_gets_what_another_thread_writes => blocks;
    escape_sequences_act_when_asked_for => sequences;
    a_console_is_freed_and_made_again => frees;
    keys_of_conio_are_records => keys;
}

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
fn refused(call: impl FnOnce() -> i32) -> u32 {
    ovl_SetLastError(0);
    assert_eq!(call(), 0, "the call succeeded");
    ovl_GetLastError()
}

fn info(handle: usize) -> ConsoleScreenBufferInfo {
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
fn shown(handle: usize, from: Coord, count: u32) -> String {
    let (mut units, mut done) = (vec![0u16; count as usize], 0);
    // SAFETY: there is room for so many.
    let ok = unsafe { ovl_ReadConsoleOutputCharacterW(handle, units.as_mut_ptr(), count, from, &mut done) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    String::from_utf16_lossy(&units[..done as usize])
}

fn attributes(handle: usize, from: Coord, count: u32) -> Vec<u16> {
    let (mut found, mut done) = (vec![0u16; count as usize], 0);
    // SAFETY: there is room for so many.
    let ok = unsafe { ovl_ReadConsoleOutputAttribute(handle, found.as_mut_ptr(), count, from, &mut done) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    found.truncate(done as usize);
    found
}

fn key(unit: u16, code: u16, state: u32) -> InputRecord {
    InputRecord::new(InputEvent::Key(KeyEventRecord {
        key_down: 1,
        repeat_count: 1,
        virtual_key_code: code,
        virtual_scan_code: 0,
        char: unit,
        control_key_state: state,
    }))
}

fn up(record: InputRecord) -> InputRecord {
    match record.event() {
        Some(InputEvent::Key(key)) => InputRecord::new(InputEvent::Key(KeyEventRecord { key_down: 0, ..key })),
        _ => record,
    }
}

/// Types a text: each key goes down and up.
fn type_text(handle: usize, text: &str) {
    let code = |unit: u16| if unit == 13 { 13 } else { 0 };
    let records: Vec<InputRecord> =
        text.encode_utf16().map(|unit| key(unit, code(unit), 0)).flat_map(|record| [record, up(record)]).collect();
    write_records(handle, &records);
}

fn write_records(handle: usize, records: &[InputRecord]) {
    let mut done = 0;
    // SAFETY: the records and the count are ours.
    let ok = unsafe { ovl_WriteConsoleInputW(handle, records.as_ptr(), records.len() as u32, &mut done) };
    assert_eq!((ok, done as usize), (1, records.len()), "error {}", ovl_GetLastError());
}

fn count(handle: usize) -> u32 {
    let mut count = 0;
    // SAFETY: the number is ours.
    assert_eq!(unsafe { ovl_GetNumberOfConsoleInputEvents(handle, &mut count) }, 1);
    count
}

fn read(handle: usize, room: u32) -> String {
    let (mut text, mut count) = ([0u16; 64], 0);
    // SAFETY: there is more room than is said, and the count is ours.
    let ok = unsafe { ovl_ReadConsoleW(handle, text.as_mut_ptr().cast(), room, &mut count, null_mut()) };
    assert_eq!(ok, 1, "error {}", ovl_GetLastError());
    String::from_utf16_lossy(&text[..count as usize])
}

fn read_file(handle: usize) -> Vec<u8> {
    read_bytes(handle, 64)
}

fn read_bytes(handle: usize, room: u32) -> Vec<u8> {
    let (mut bytes, mut count) = ([0u8; 64], 0);
    // SAFETY: there is so much room, and the count is ours.
    assert_eq!(unsafe { ovl_ReadFile(handle, bytes.as_mut_ptr().cast(), room, &mut count, null_mut()) }, 1);
    bytes[..count as usize].to_vec()
}

fn opens() {
    for name in [c"CONIN$", c"CONOUT$"] {
        for disposition in 0..8 {
            // SAFETY: the name ends with a zero.
            let made = unsafe { ovl_CreateFileA(name.as_ptr().cast(), BOTH, 0, null(), disposition, 0, 0) };
            if disposition > 5 {
                assert_eq!((made, ovl_GetLastError()), (usize::MAX, 87), "{name:?} {disposition}");
            } else {
                assert_eq!((ovl_GetFileType(made), ovl_CloseHandle(made)), (2, 1), "{name:?} {disposition}");
            }
        }
    }
    // SAFETY: the name ends with a zero.
    let both = unsafe { ovl_CreateFileA(c"CON".as_ptr().cast(), BOTH, 3, null(), 3, 0, 0) };
    assert_eq!((both, ovl_GetLastError()), (usize::MAX, 87));
    let (reads, writes) = (open(c"CON", 0x8000_0000), open(c"CON", 0x4000_0000));
    let mut mode = 0;
    // SAFETY: the number is ours.
    assert_eq!((unsafe { ovl_GetConsoleMode(reads, &mut mode) }, mode), (1, 0x1F7));
    print(writes, "x");
    let mut number = 77;
    // SAFETY: what is pointed to is ours.
    unsafe {
        assert_eq!(refused(|| ovl_GetNumberOfConsoleInputEvents(writes, &mut number)), 6);
        assert_eq!(refused(|| ovl_ReadConsoleW(writes, (&raw mut number).cast(), 1, null_mut(), null_mut())), 6);
        assert_eq!(refused(|| ovl_WriteConsoleA(reads, c"x".as_ptr().cast(), 1, null_mut(), null_mut())), 6);
        assert_eq!(refused(|| ovl_WriteFile(reads, c"x".as_ptr().cast(), 1, &mut mode, null_mut())), 5);
    }
    assert_eq!((number, ovl_GetLastError()), (77, 5));
    assert_eq!((ovl_CreateIoCompletionPort(reads, 0, 1, 0), ovl_GetLastError()), (0, 87));
    assert_eq!((ovl_CloseHandle(reads), ovl_CloseHandle(writes)), (1, 1));
}

fn writes() {
    let screen = output();
    let found = info(screen);
    assert_eq!((found.size, found.window, found.attributes), (at(80, 25), rect(0, 0, 79, 24), 7));
    print(screen, "ab\r\ncd\te");
    assert_eq!((shown(screen, at(0, 0), 3), shown(screen, at(0, 1), 9)), ("ab ".into(), "cd      e".into()));
    assert_eq!(info(screen).cursor_position, at(9, 1));
    let mut done = 0;
    // SAFETY: text and count are ours.
    unsafe {
        assert_eq!(ovl_WriteFile(screen, "gr\u{fc}n\n".as_ptr().cast(), 6, &mut done, null_mut()), 1);
        assert_eq!((done, shown(screen, at(9, 1), 4)), (6, "gr\u{fc}n".into()));
        assert_eq!(ovl_SetConsoleTextAttribute(screen, 0x1E), 1);
        assert_eq!(ovl_WriteConsoleA(screen, c"colour".as_ptr().cast(), 6, &mut done, null_mut()), 1);
    }
    assert_eq!(attributes(screen, at(4, 2), 3), [0x1E, 0x1E, 7]);
    for _ in 0..40 {
        print(screen, "line\n");
    }
    assert_eq!((info(screen).cursor_position, shown(screen, at(0, 23), 4)), (at(0, 24), "line".into()));
    assert_eq!((ovl_SetConsoleMode(screen, 0), ovl_SetConsoleCursorPosition(screen, at(78, 0))), (1, 1));
    print(screen, "a\nb");
    assert_eq!(shown(screen, at(78, 0), 2), "ab", "without wrap the last cell is overwritten");
    assert_eq!(refused(|| ovl_SetConsoleCursorPosition(screen, at(80, 0))), 87);
    assert_eq!(refused(|| ovl_SetConsoleCursorPosition(screen, at(0, -1))), 87);
    assert_eq!(ovl_CloseHandle(screen), 1);
}

fn cells() {
    let screen = output();
    let mut done = 77;
    // SAFETY: what is pointed to is ours.
    unsafe {
        assert_eq!(ovl_FillConsoleOutputCharacterW(screen, u16::from(b'x'), 5, at(78, 0), &mut done), 1);
        assert_eq!((done, shown(screen, at(77, 0), 7)), (5, " xxxxx ".into()), "on to the next row");
        assert_eq!(ovl_FillConsoleOutputCharacterA(screen, b'y', u32::MAX >> 1, at(79, 24), &mut done), 1);
        assert_eq!(done, 1, "clipped to the buffer");
        assert_eq!((ovl_FillConsoleOutputAttribute(screen, 0x4F, 2, at(1, 1), &mut done), done), (1, 2));
        assert_eq!(attributes(screen, at(0, 1), 4), [7, 0x4F, 0x4F, 7]);
        let outside = ovl_WriteConsoleOutputCharacterA(screen, c"abc".as_ptr().cast(), 3, at(90, 0), &mut done);
        assert_eq!((outside, done), (1, 0));
        assert_eq!(ovl_WriteConsoleOutputCharacterA(screen, c"abc".as_ptr().cast(), 3, at(10, 3), &mut done), 1);
        assert_eq!(ovl_WriteConsoleOutputAttribute(screen, [1u16, 2, 3].as_ptr(), 3, at(10, 3), &mut done), 1);
        assert_eq!((shown(screen, at(10, 3), 3), attributes(screen, at(10, 3), 3)), ("abc".into(), vec![1, 2, 3]));
        assert_eq!(info(screen).cursor_position, at(0, 0), "the cursor stays");
        let cells: Vec<CharInfo> = (0..6).map(|n| CharInfo { char: 0x41 + n, attributes: n }).collect();
        let mut area = rect(78, 5, 80, 9);
        assert_eq!(ovl_WriteConsoleOutputW(screen, cells.as_ptr(), at(3, 2), at(0, 0), &mut area), 1);
        assert_eq!(
            (area, shown(screen, at(78, 5), 2), shown(screen, at(78, 6), 2)),
            (rect(78, 5, 79, 6), "AB".into(), "DE".into())
        );
        let mut back = [CharInfo::default(); 4];
        let mut area = rect(78, 5, 79, 6);
        assert_eq!(ovl_ReadConsoleOutputW(screen, back.as_mut_ptr(), at(2, 2), at(1, 0), &mut area), 1);
        assert_eq!((area, back.map(|cell| cell.char)), (rect(78, 5, 78, 6), [0, 0x41, 0, 0x44]));
        let fill = CharInfo { char: u16::from(b'.'), attributes: 8 };
        let from = rect(10, 3, 12, 3);
        assert_eq!(ovl_ScrollConsoleScreenBufferW(screen, &from, null(), at(11, 4), &fill), 1);
        assert_eq!((shown(screen, at(10, 3), 4), shown(screen, at(10, 4), 5)), ("... ".into(), " abc ".into()));
        assert_eq!(attributes(screen, at(10, 4), 5), [7, 1, 2, 3, 7]);
    }
    assert_eq!(ovl_CloseHandle(screen), 1);
}

pub fn make(access: u32, flags: u32) -> usize {
    // SAFETY: no pointers but NULL.
    unsafe { ovl_CreateConsoleScreenBuffer(access, 3, null(), flags, null_mut()) }
}

fn buffers() {
    let first = output();
    assert_eq!(ovl_SetConsoleTextAttribute(first, 0x0B), 1);
    print(first, "first");
    assert_eq!((make(BOTH, 0), ovl_GetLastError()), (usize::MAX, 87));
    let second = make(BOTH, 1);
    assert_ne!(second, usize::MAX);
    assert_eq!(
        (info(second).size, info(second).attributes, info(second).cursor_position),
        (at(80, 25), 0x0B, at(0, 0))
    );
    print(second, "second");
    assert_eq!((shown(first, at(0, 0), 6), shown(second, at(0, 0), 6)), ("first ".into(), "second".into()));
    let (seen, before) = (output(), shown(first, at(0, 0), 5));
    assert_eq!((shown(seen, at(0, 0), 5), ovl_CloseHandle(seen)), (before, 1));
    assert_eq!(ovl_SetConsoleActiveScreenBuffer(second), 1);
    let seen = output();
    assert_eq!(shown(seen, at(0, 0), 6), "second", "CONOUT$ is the active one");
    assert_eq!((ovl_CloseHandle(second), shown(seen, at(0, 0), 6)), (1, "second".into()), "it lives with its handles");
    assert_eq!(ovl_CloseHandle(seen), 1);
    let seen = output();
    assert_eq!(shown(seen, at(0, 0), 5), "first", "and then another one is shown");
    let keyboard = input();
    assert_eq!(refused(|| ovl_SetConsoleActiveScreenBuffer(keyboard)), 6);
    for handle in [keyboard, seen, first] {
        assert_eq!(ovl_CloseHandle(handle), 1);
    }
}

fn sizes() {
    let screen = output();
    assert_eq!(refused(|| ovl_SetConsoleScreenBufferSize(screen, at(79, 25))), 87);
    assert_eq!((ovl_SetConsoleScreenBufferSize(screen, at(100, 300)), info(screen).size), (1, at(100, 300)));
    assert_eq!(info(screen).window, rect(0, 0, 79, 24));
    let window = |absolute: i32, area: SmallRect| {
        // SAFETY: the rectangle is ours.
        unsafe { ovl_SetConsoleWindowInfo(screen, absolute, &area) }
    };
    assert_eq!((window(1, rect(0, 10, 39, 19)), info(screen).window), (1, rect(0, 10, 39, 19)));
    assert_eq!((window(0, rect(1, -1, 1, -1)), info(screen).window), (1, rect(1, 9, 40, 18)));
    for wrong in [rect(0, 0, 100, 9), rect(5, 5, 4, 9), rect(-1, 0, 9, 9), rect(0, 0, 9, 300)] {
        assert_eq!(refused(|| window(1, wrong)), 87, "{wrong:?}");
    }
    assert_eq!((ovl_SetConsoleCursorPosition(screen, at(99, 100)), info(screen).window), (1, rect(60, 91, 99, 100)));
    let largest = ovl_GetLargestConsoleWindowSize(screen);
    assert!(largest.x >= 80 && largest.y >= 25, "{largest:?}");
    let mut more = ConsoleScreenBufferInfoEx::default();
    // SAFETY: the structure is ours.
    unsafe {
        assert_eq!(refused(|| ovl_GetConsoleScreenBufferInfoEx(screen, &mut more)), 87);
        more.bytes = 96;
        assert_eq!(ovl_GetConsoleScreenBufferInfoEx(screen, &mut more), 1);
        assert_eq!((more.info, more.colours[9]), (info(screen), 0xFF_0000));
        (more.info.attributes, more.colours[9]) = (0x2A, 0x123456);
        assert_eq!(ovl_SetConsoleScreenBufferInfoEx(screen, &mut more), 1);
        more.colours[9] = 0;
        assert_eq!(ovl_GetConsoleScreenBufferInfoEx(screen, &mut more), 1);
    }
    assert_eq!((more.info.attributes, more.colours[9]), (0x2A, 0x123456));
    let (font, none) = (ovl_GetConsoleFontSize(screen, 0), ovl_GetConsoleFontSize(screen, 1));
    assert_eq!((font, none, ovl_GetLastError()), (at(8, 16), at(0, 0), 87));
    let mut ids = [0; 4];
    // SAFETY: there is room for four.
    assert_eq!((unsafe { ovl_GetConsoleProcessList(ids.as_mut_ptr(), 4) }, ids[0]), (1, std::process::id()));
    assert_eq!(ovl_CloseHandle(screen), 1);
}

fn records() {
    let keyboard = input();
    let mouse = InputRecord::new(InputEvent::Mouse(overlapped_abi::MouseEventRecord {
        mouse_position: at(3, 4),
        button_state: 1,
        control_key_state: 0,
        event_flags: 0,
    }));
    let written =
        [key(0x61, 0x41, 0), up(key(0x61, 0x41, 0)), mouse, InputRecord::new(InputEvent::Focus(true)), key(0xE9, 0, 0)];
    write_records(keyboard, &written);
    assert_eq!(count(keyboard), 5);
    let (mut found, mut done) = ([InputRecord::default(); 8], 0);
    // SAFETY: there is room for so many.
    unsafe {
        assert_eq!((ovl_PeekConsoleInputW(keyboard, found.as_mut_ptr(), 8, &mut done), done), (1, 5));
        assert_eq!((&found[..5], count(keyboard)), (&written[..], 5));
        assert_eq!((ovl_ReadConsoleInputW(keyboard, found.as_mut_ptr(), 3, &mut done), done), (1, 3));
        assert_eq!((found[2], count(keyboard)), (mouse, 2));
        assert_eq!((ovl_ReadConsoleInputA(keyboard, found.as_mut_ptr(), 8, &mut done), done), (1, 2));
        assert_eq!(found[1], key(u16::from(b'?'), 0, 0));
        assert_eq!((ovl_PeekConsoleInputA(keyboard, found.as_mut_ptr(), 8, &mut done), done), (1, 0));
        write_records(keyboard, &written);
        assert_eq!((ovl_FlushConsoleInputBuffer(keyboard), count(keyboard)), (1, 0));
        assert_eq!(refused(|| ovl_WriteConsoleInputW(keyboard, null(), 1, &mut done)), 998);
        let reads = open(c"CONIN$", 0x8000_0000);
        assert_eq!(refused(|| ovl_WriteConsoleInputW(reads, written.as_ptr(), 1, &mut done)), 5);
        assert_eq!(ovl_CloseHandle(reads), 1);
    }
    assert_eq!(ovl_CloseHandle(keyboard), 1);
}

fn lines() {
    let (keyboard, screen) = (input(), output());
    type_text(keyboard, "hello\rnext\r");
    assert_eq!((read(keyboard, 3), read(keyboard, 64)), ("hel".into(), "lo\r\n".into()));
    assert_eq!(count(keyboard), 11, "the next line waits");
    assert_eq!(shown(screen, at(0, 0), 6), "hello ");
    assert_eq!(read_file(keyboard), b"next\r\n");
    assert_eq!(info(screen).cursor_position, at(0, 2), "what was typed is shown");
    // x, left, y, backspace twice, and z at the end.
    let left = key(0, 0x25, 0x100);
    let end = key(0, 0x23, 0x100);
    let back = key(8, 8, 0);
    let (x, y, z) = (key(0x78, 0x58, 0), key(0x79, 0x59, 0), key(0x7A, 0x5A, 0));
    write_records(keyboard, &[x, x, left, y, back, back, end, z, key(13, 13, 0)]);
    assert_eq!((read(keyboard, 64), shown(screen, at(0, 2), 4)), ("xz\r\n".into(), "xz  ".into()));
    assert_eq!(ovl_SetConsoleMode(keyboard, 3), 1);
    type_text(keyboard, "secret\r");
    assert_eq!((read(keyboard, 64), shown(screen, at(0, 3), 3)), ("secret\r\n".into(), "   ".into()), "no echo");
    assert_eq!((ovl_CloseHandle(keyboard), ovl_CloseHandle(screen)), (1, 1));
}

fn characters() {
    let (keyboard, screen) = (input(), output());
    assert_eq!(refused(|| ovl_SetConsoleMode(keyboard, 4)), 87);
    assert_eq!(ovl_SetConsoleMode(keyboard, 0), 1);
    write_records(keyboard, &[InputRecord::new(InputEvent::Focus(true)), key(0, 0x25, 0x100)]);
    type_text(keyboard, "a\u{e9}\r");
    write_records(keyboard, &[key(3, 0x43, 8)]);
    assert_eq!((read(keyboard, 2), read(keyboard, 64)), ("a\u{e9}".into(), "\r\u{3}".into()), "Ctrl+C is a character");
    assert_eq!((info(screen).cursor_position, count(keyboard)), (at(0, 0), 0));
    type_text(keyboard, "\u{1F600}");
    assert_eq!(read_file(keyboard), "\u{1F600}".as_bytes());
    // A part, and then all that is left, also of what comes after it; bytes of a character one by one.
    type_text(keyboard, "abc");
    assert_eq!(read(keyboard, 1), "a");
    type_text(keyboard, "d");
    assert_eq!((read(keyboard, 64), count(keyboard)), ("bcd".into(), 0));
    type_text(keyboard, "\u{e9}x");
    assert_eq!([read_bytes(keyboard, 1), read_bytes(keyboard, 64)].concat(), "\u{e9}x".as_bytes());
    type_text(keyboard, "gone");
    assert_eq!((ovl_FlushFileBuffers(keyboard), count(keyboard)), (1, 0), "section 2");
    assert_eq!((ovl_CloseHandle(keyboard), ovl_CloseHandle(screen)), (1, 1));
}

/// Sections 4 and 5: bytes are those of the code pages.
fn pages() {
    let (keyboard, screen) = (input(), output());
    let mut done = 0;
    for (page, bytes, text) in [
        (437, &b"\x82\xC9"[..], "\u{e9}\u{2554}"),
        (1252, b"\x80\xE9", "\u{20ac}\u{e9}"),
        (65001, "\u{20ac}".as_bytes(), "\u{20ac}"),
    ] {
        assert_eq!([ovl_SetConsoleOutputCP(page), ovl_SetConsoleCP(page)], [1; 2], "{page}");
        assert_eq!((ovl_GetConsoleOutputCP(), ovl_GetConsoleCP()), (page, page));
        assert_eq!(ovl_SetConsoleCursorPosition(screen, at(0, 0)), 1);
        let count = text.chars().count() as u32;
        // SAFETY: bytes and counts are ours; the first byte comes alone.
        unsafe {
            assert_eq!(ovl_WriteFile(screen, bytes.as_ptr().cast(), 1, &mut done, null_mut()), 1);
            let rest = &bytes[1..];
            assert_eq!(ovl_WriteConsoleA(screen, rest.as_ptr().cast(), rest.len() as u32, &mut done, null_mut()), 1);
        }
        assert_eq!(shown(screen, at(0, 0), count), text, "{page}");
        type_text(keyboard, &format!("{text}\r"));
        assert_eq!(read_file(keyboard), [bytes, b"\r\n"].concat(), "{page}");
        if page == 65001 {
            continue;
        }
        let mut cells = [0u8; 2];
        // SAFETY: bytes and counts are ours.
        unsafe {
            assert_eq!(ovl_WriteConsoleOutputCharacterA(screen, bytes.as_ptr().cast(), 2, at(0, 5), &mut done), 1);
            assert_eq!(ovl_ReadConsoleOutputCharacterA(screen, cells.as_mut_ptr().cast(), 2, at(0, 5), &mut done), 1);
        }
        assert_eq!((shown(screen, at(0, 5), 2), &cells[..]), (text.into(), bytes), "{page}");
    }
    assert_eq!(refused(|| ovl_SetConsoleCP(12345)), 87);
    assert_eq!((ovl_CloseHandle(keyboard), ovl_CloseHandle(screen)), (1, 1));
}

fn wakes() {
    let keyboard = input();
    let mut text: Vec<u16> = "beg\0\0\0\0\0".encode_utf16().collect();
    let mut control =
        ConsoleReadConsoleControl { length: 16, initial_chars: 3, ctrl_wakeup_mask: 1 << 9, control_key_state: 0 };
    type_text(keyboard, "in");
    write_records(keyboard, &[key(9, 9, 0x10)]);
    let mut count = 0;
    // SAFETY: there is room for eight, and the rest is ours.
    unsafe {
        assert_eq!(ovl_ReadConsoleW(keyboard, text.as_mut_ptr().cast(), 8, &mut count, &mut control), 1);
        assert_eq!(
            (String::from_utf16_lossy(&text[..count as usize]), control.control_key_state),
            ("begin\t".into(), 0x10)
        );
        control.length = 12;
        let wrong = || ovl_ReadConsoleW(keyboard, text.as_mut_ptr().cast(), 8, &mut count, &mut control);
        assert_eq!(refused(wrong), 87);
    }
    assert_eq!(ovl_CloseHandle(keyboard), 1);
}

static TAKEN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

unsafe extern "C" fn takes(event: u32) -> i32 {
    TAKEN.fetch_add(event + 1, std::sync::atomic::Ordering::SeqCst);
    1
}

unsafe extern "C-unwind" fn leaves(event: u32) -> i32 {
    LEFT.fetch_add(event + 1, std::sync::atomic::Ordering::SeqCst);
    ovl_ExitThread(0)
}

static LEFT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// The thread of a handler may end in it: then no other handler is asked, and the process goes on.
fn leaves_early() {
    type Leaves = unsafe extern "C-unwind" fn(u32) -> i32;
    // SAFETY: the routine can be called at any time, and its calling convention is the same.
    let added = unsafe {
        let routine = std::mem::transmute::<Leaves, unsafe extern "C" fn(u32) -> i32>(leaves);
        ovl_SetConsoleCtrlHandler(Some(routine), 1)
    };
    assert_eq!(added, 1);
    let end = Instant::now() + Duration::from_secs(60);
    for times in 1..3 {
        assert_eq!(ovl_GenerateConsoleCtrlEvent(1, 0), 1);
        while LEFT.load(std::sync::atomic::Ordering::SeqCst) != 2 * times {
            assert!(Instant::now() < end, "the handler was not called");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    std::thread::sleep(Duration::from_millis(20));
}

/// Section 6, group 0: also what the program has started; Ctrl+C only in its own process group.
fn reaches() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is ours, and the routine can be called at any time.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        assert_eq!(ovl_SetConsoleCtrlHandler(Some(takes), 1), 1);
    }
    let sleep = |group: Option<i32>| {
        let mut command = Command::new("sleep");
        group.map(|group| command.process_group(group));
        command.arg("60").spawn().expect("a child")
    };
    let (mut near, mut apart) = (sleep(None), sleep(Some(0)));
    let ended_by = |child: &mut std::process::Child| child.wait().expect("it ends").signal();
    assert_eq!((ovl_GenerateConsoleCtrlEvent(0, 0), ended_by(&mut near)), (1, Some(libc::SIGINT)));
    assert_eq!(apart.try_wait().expect("a child"), None);
    assert_eq!((ovl_GenerateConsoleCtrlEvent(1, 0), ended_by(&mut apart)), (1, Some(libc::SIGQUIT)));
}

fn ends() {
    let keyboard = input();
    let ctrl_z = key(26, 0x5A, 8);
    write_records(keyboard, &[ctrl_z, key(13, 13, 0), ctrl_z, key(13, 13, 0)]);
    assert_eq!((read_file(keyboard), read(keyboard, 64)), (vec![], "\u{1a}\r\n".into()));
    // SAFETY: the routine can be called at any time.
    assert_eq!(unsafe { ovl_SetConsoleCtrlHandler(Some(takes), 1) }, 1);
    type_text(keyboard, "half");
    write_records(keyboard, &[key(3, 0x43, 8)]);
    ovl_SetLastError(0);
    assert_eq!((read(keyboard, 64), ovl_GetLastError()), (String::new(), 995), "a record of Ctrl+C");
    let end = Instant::now() + Duration::from_secs(60);
    while TAKEN.load(std::sync::atomic::Ordering::SeqCst) != 1 {
        assert!(Instant::now() < end, "the handler was not called");
        std::thread::sleep(Duration::from_millis(5));
    }
    // A read that waits, and the event from elsewhere.
    let reader = std::thread::spawn(move || {
        ovl_SetLastError(0);
        let file = read_file(keyboard);
        (file, ovl_GetLastError())
    });
    while !reader.is_finished() {
        assert!(Instant::now() < end, "the read went on");
        assert_eq!(ovl_GenerateConsoleCtrlEvent(0, 0), 1);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(reader.join().expect("no panic"), (vec![], 995));
    type_text(keyboard, "whole\r");
    assert_eq!(read(keyboard, 64), "whole\r\n", "what was typed before Ctrl+C is gone");
    assert_eq!(ovl_CloseHandle(keyboard), 1);
}

fn waits() {
    let (keyboard, screen) = (input(), output());
    assert_eq!([ovl_WaitForSingleObject(keyboard, 0), ovl_WaitForSingleObject(screen, 0)], [TIMEOUT; 2]);
    let waiter = std::thread::spawn(move || ovl_WaitForSingleObject(keyboard, 60_000));
    std::thread::sleep(Duration::from_millis(20));
    type_text(keyboard, "a");
    assert_eq!(waiter.join().expect("no panic"), 0);
    assert_eq!(
        [ovl_WaitForSingleObject(keyboard, 0), ovl_WaitForSingleObject(screen, 0)],
        [0; 2],
        "as long as they wait"
    );
    let (mut found, mut done) = ([InputRecord::default(); 2], 0);
    // SAFETY: there is room for so many.
    assert_eq!(unsafe { ovl_ReadConsoleInputW(keyboard, found.as_mut_ptr(), 2, &mut done) }, 1);
    assert_eq!(ovl_WaitForSingleObject(keyboard, 0), TIMEOUT);
    let both = |all| {
        // SAFETY: two handles.
        unsafe { ovl_WaitForMultipleObjects(2, [keyboard, screen].as_ptr(), all, 0) }
    };
    assert_eq!(both(1), TIMEOUT, "input and output are two objects");
    type_text(keyboard, "b");
    assert_eq!([both(1), both(0)], [0; 2]);
    assert_eq!((ovl_CloseHandle(keyboard), ovl_CloseHandle(screen)), (1, 1));
}

fn blocks() {
    let keyboard = input();
    let reader = std::thread::spawn(move || (read(keyboard, 64), read_file(keyboard)));
    for part in ["fi", "rst\r", "second", "\r"] {
        std::thread::sleep(Duration::from_millis(5));
        type_text(keyboard, part);
    }
    assert_eq!(reader.join().expect("no panic"), ("first\r\n".into(), b"second\r\n".to_vec()));
    let records = std::thread::spawn(move || {
        let (mut found, mut done) = ([InputRecord::default(); 2], 0);
        // SAFETY: there is room for so many.
        let ok = unsafe { ovl_ReadConsoleInputW(keyboard, found.as_mut_ptr(), 2, &mut done) };
        (ok, done)
    });
    // Down and up of the last Enter may still be there, or not.
    std::thread::sleep(Duration::from_millis(5));
    write_records(keyboard, &[key(0x61, 0x41, 0)]);
    assert_eq!(records.join().expect("no panic").0, 1);
    assert_eq!(ovl_CloseHandle(keyboard), 1);
}

fn sequences() {
    let (screen, keyboard) = (output(), input());
    print(screen, "\x1b[31m");
    assert_eq!((shown(screen, at(0, 0), 5), info(screen).attributes), ("\u{2190}[31m".into(), 7), "not asked for");
    assert_eq!(ovl_SetConsoleMode(screen, 7), 1);
    print(screen, "\x1b[2J\x1b[3;5H\x1b[1;32mgreen\x1b[0m\x1b]0;a title\x07\x1b[6n");
    assert_eq!((shown(screen, at(4, 2), 5), attributes(screen, at(4, 2), 1)), ("green".into(), vec![0x0A]));
    assert_eq!(info(screen).cursor_position, at(9, 2));
    let mut title = [0u8; 16];
    // SAFETY: there is so much room.
    assert_eq!((unsafe { ovl_GetConsoleTitleA(title.as_mut_ptr(), 16) }, &title[..8]), (7, &b"a title\0"[..]));
    assert_eq!(ovl_SetConsoleMode(keyboard, 0x200), 1);
    assert_eq!(read(keyboard, 64), "\x1b[3;10R", "the answer to where the cursor is");
    assert_eq!((ovl_CloseHandle(screen), ovl_CloseHandle(keyboard)), (1, 1));
}

fn frees() {
    let screen = output();
    print(screen, "before");
    assert_eq!(refused(|| ovl_AllocConsole()), 5);
    assert_eq!(refused(|| ovl_AttachConsole(std::process::id())), 5);
    assert_eq!((ovl_FreeConsole(), refused(|| ovl_FreeConsole())), (1, 87));
    assert_eq!((refused(|| ovl_SetConsoleTextAttribute(screen, 7)), ovl_GetConsoleCP()), (6, 0));
    // SAFETY: the name ends with a zero.
    let none = unsafe { ovl_CreateFileA(c"CONOUT$".as_ptr().cast(), BOTH, 3, null(), 3, 0, 0) };
    assert_eq!((none, ovl_GetLastError(), make(BOTH, 1), ovl_GetLastError()), (usize::MAX, 6, usize::MAX, 6));
    assert_eq!(refused(|| ovl_AttachConsole(u32::MAX)), 6, "the parent has no terminal in common");
    assert_eq!((ovl_AllocConsole(), ovl_GetConsoleCP()), (1, 65001));
    let again = output();
    assert_eq!((shown(again, at(0, 0), 6), refused(|| ovl_SetConsoleTextAttribute(screen, 7))), ("      ".into(), 6));
    assert_eq!((ovl_CloseHandle(screen), ovl_CloseHandle(again)), (1, 1));
}

fn keys() {
    let keyboard = input();
    write_records(keyboard, &[key(0, 0x10, 0x10), key(0x61, 0x41, 0), up(key(0x61, 0x41, 0))]);
    let up_arrow = KeyEventRecord {
        key_down: 1,
        virtual_key_code: 0x26,
        virtual_scan_code: 72,
        control_key_state: 0x100,
        ..Default::default()
    };
    write_records(keyboard, &[InputRecord::new(InputEvent::Key(up_arrow))]);
    assert_eq!((ovl__kbhit(), ovl__getch()), (1, 0x61));
    assert_eq!((ovl__kbhit(), ovl__getch(), ovl__getch()), (1, 0xE0, 72));
    assert_eq!(count(keyboard), 0);
    assert_eq!(ovl_CloseHandle(keyboard), 1);
}
