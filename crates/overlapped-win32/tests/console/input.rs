//! Contract 09 sections 2 to 5: input records, and the lines and characters that are made of them.

use crate::alone::parts;
use crate::kit::*;
use overlapped_abi::KeyEventRecord;
use overlapped_abi::{ConsoleReadConsoleControl, InputEvent, InputRecord};
use overlapped_win32::consoleapi::input::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::crt::conio::*;
use overlapped_win32::fileapi::size::ovl_FlushFileBuffers;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_WaitForMultipleObjects, ovl_WaitForSingleObject};
use std::ptr::null;
use std::time::Duration;

const TIMEOUT: u32 = 258;

parts! {
    records_are_written_peeked_and_read => records;
    lines_are_made_of_records => lines;
    characters_come_at_once_without_line_mode => characters;
    the_control_structure_wakes_the_reader => wakes;
    keys_of_conio_are_records => keys;
    handles_are_signalled_while_records_wait => waits;
    a_read_that_waits_gets_what_another_thread_writes => blocks;
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
