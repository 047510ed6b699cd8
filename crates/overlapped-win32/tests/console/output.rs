//! Contract 09 sections 2 to 5: screen buffers and what is written to them.

use crate::alone::parts;
use crate::kit::*;
use overlapped_abi::CharInfo;
use overlapped_abi::SmallRect;
use overlapped_win32::consoleapi::cells::*;
use overlapped_win32::consoleapi::input::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::session::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::ovl_WriteFile;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_CreateIoCompletionPort;
use std::ptr::{null, null_mut};

parts! {
    consoles_open_by_name_with_any_disposition => opens;
    text_goes_into_cells => writes;
    cells_are_filled_written_read_and_scrolled => cells;
    buffers_are_made_shown_and_closed => buffers;
    sizes_and_windows_fit_or_are_refused => sizes;
    bytes_are_those_of_the_code_pages => pages;
    escape_sequences_act_when_asked_for => sequences;
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
