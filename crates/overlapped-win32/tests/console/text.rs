//! Contract 09 sections 2 to 5, as far as lines and colours go, on a terminal of the test's own.

use crate::kit::{info, refused};
use overlapped_abi::{ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, SmallRect};
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::session::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::io::ovl__get_osfhandle;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard};

/// The console is the process', so one test at a time.
static ONE: Mutex<()> = Mutex::new(());

/// The keyboard and screen of a terminal of 100 by 30.
pub struct Screen {
    pub user: File,
    pub program: OwnedFd,
    _one: MutexGuard<'static, ()>,
}

impl Screen {
    pub fn new() -> Self {
        let one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (mut user, mut program) = (0, 0);
        let size = libc::winsize { ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: both numbers are ours, no name is asked for, and the size is there.
        let made = unsafe { libc::openpty(&mut user, &mut program, null_mut(), std::ptr::null(), &size) };
        assert_eq!(made, 0, "a terminal can be made");
        // SAFETY: two descriptors that were just made, and are nobody else's.
        unsafe { Self { user: File::from_raw_fd(user), program: OwnedFd::from_raw_fd(program), _one: one } }
    }

    /// The program's handle, for output, or for input if it can only read.
    pub fn handle(&self, output: bool) -> usize {
        let name = format!("/proc/self/fd/{}", self.program.as_raw_fd());
        let side = File::options().read(!output).write(output).open(name).expect("the terminal");
        let handle = ovl__get_osfhandle(side.as_raw_fd()) as usize;
        assert_ne!(handle, usize::MAX);
        handle
    }

    /// What came to the screen; all of it has been written when the calls return.
    pub fn shown(&mut self, text: &str) {
        let mut bytes = vec![0; text.len()];
        self.user.read_exact(&mut bytes).expect("the screen");
        assert_eq!(String::from_utf8_lossy(&bytes), text);
    }
}

pub fn mode(handle: usize) -> u32 {
    let mut mode = 0;
    // SAFETY: the number is ours.
    assert_eq!(unsafe { ovl_GetConsoleMode(handle, &mut mode) }, 1, "error {}", ovl_GetLastError());
    mode
}

#[test]
fn colours_and_the_cursor_are_sequences_of_the_terminal() {
    let mut screen = Screen::new();
    let output = screen.handle(true);
    let found = info(output);
    let all = SmallRect { left: 0, top: 0, right: 99, bottom: 29 };
    assert_eq!((found.size, found.window, found.attributes), (Coord { x: 100, y: 30 }, all, 7));
    assert_eq!(ovl_SetConsoleTextAttribute(output, 0x0C), 1);
    assert_eq!(info(output).attributes, 0x0C);
    assert_eq!(ovl_SetConsoleTextAttribute(output, 7), 1);
    screen.shown("\x1b[0;91m\x1b[0m");
    assert_eq!(ovl_SetConsoleCursorPosition(output, Coord { x: 4, y: 2 }), 1);
    assert_eq!(info(output).cursor_position, Coord { x: 4, y: 2 });
    assert_eq!(refused(|| ovl_SetConsoleCursorPosition(output, Coord { x: 100, y: 2 })), 87);
    let (hidden, wrong) = (ConsoleCursorInfo { size: 10, visible: 0 }, ConsoleCursorInfo { size: 0, visible: 1 });
    let mut cursor = ConsoleCursorInfo::default();
    // SAFETY: the structures are ours.
    unsafe {
        assert_eq!(ovl_SetConsoleCursorInfo(output, &hidden), 1);
        assert_eq!(ovl_GetConsoleCursorInfo(output, &mut cursor), 1);
        assert_eq!(refused(|| ovl_SetConsoleCursorInfo(output, &wrong)), 87);
    }
    assert_eq!((cursor.size, cursor.visible), (10, 0));
    screen.shown("\x1b[3;5H\x1b[?25l");
    assert_eq!(ovl_CloseHandle(output), 1);
}

#[test]
fn text_is_written_in_units_and_shown_in_utf_8() {
    let mut screen = Screen::new();
    let output = screen.handle(true);
    let (text, mut written): (Vec<u16>, u32) = ("gr\u{fc}\u{df} \u{1F600}\n".encode_utf16().collect(), 0);
    // SAFETY: text and count are ours.
    unsafe {
        assert_eq!(ovl_WriteConsoleW(output, text.as_ptr().cast(), text.len() as u32, &mut written, null_mut()), 1);
        assert_eq!(written as usize, text.len());
        assert_eq!(ovl_WriteConsoleA(output, c"plain".as_ptr().cast(), 5, null_mut(), null_mut()), 1);
        assert_eq!(refused(|| ovl_WriteConsoleW(output, text.as_ptr().cast(), u32::MAX, &mut written, null_mut())), 8);
    }
    screen.shown("gr\u{fc}\u{df} \u{1F600}\r\nplain");
    assert_eq!(ovl_CloseHandle(output), 1);
}

#[test]
fn modes_are_those_of_the_terminal_and_contradictions_are_refused() {
    let screen = Screen::new();
    let (output, input) = (screen.handle(true), screen.handle(false));
    assert_eq!((mode(output), mode(input) & 7), (3, 7));
    assert_eq!(refused(|| ovl_SetConsoleMode(input, 4)), 87, "echo without lines");
    assert_eq!(refused(|| ovl_SetConsoleMode(input, 0x1000)), 87);
    assert_eq!(refused(|| ovl_SetConsoleMode(output, 0x20)), 87);
    assert_eq!((ovl_SetConsoleMode(output, 7), mode(output)), (1, 7));
    let before = mode(input);
    assert_eq!((ovl_SetConsoleMode(input, 1), mode(input)), (1, 1));
    assert_eq!((ovl_SetConsoleMode(input, before), mode(input)), (1, before));
    assert_eq!(ovl_SetConsoleMode(output, 3), 1);
    assert_eq!((ovl_CloseHandle(output), ovl_CloseHandle(input)), (1, 1));
}

#[test]
fn lines_are_read_with_cr_lf_and_in_parts() {
    let mut screen = Screen::new();
    let input = screen.handle(false);
    screen.user.write_all("h\u{e9}llo\nx\n".as_bytes()).expect("typed");
    let read = |room: u32| {
        let (mut text, mut count) = ([0u16; 64], 0);
        // SAFETY: there is more room than is said, and the count is ours.
        assert_eq!(unsafe { ovl_ReadConsoleW(input, text.as_mut_ptr().cast(), room, &mut count, null_mut()) }, 1);
        String::from_utf16_lossy(&text[..count as usize])
    };
    assert_eq!((read(2), read(64)), ("h\u{e9}".into(), "llo\r\n".into()));
    let (mut text, mut count) = ([0u8; 64], 0);
    // SAFETY: as above.
    assert_eq!(unsafe { ovl_ReadConsoleA(input, text.as_mut_ptr().cast(), 64, &mut count, null_mut()) }, 1);
    assert_eq!(&text[..count as usize], b"x\r\n");
    let output = screen.handle(true);
    // SAFETY: as above.
    let other = refused(|| unsafe { ovl_ReadConsoleW(output, text.as_mut_ptr().cast(), 8, &mut count, null_mut()) });
    assert_eq!((other, refused(|| ovl_SetConsoleTextAttribute(input, 7))), (6, 6), "the other direction");
    assert_eq!((ovl_CloseHandle(output), ovl_CloseHandle(input)), (1, 1));
}

#[test]
fn what_is_redirected_is_no_console() {
    let (_reader, writer) = std::io::pipe().expect("a pipe");
    let handle = ovl__get_osfhandle(writer.as_raw_fd()) as usize;
    let (mut number, mut info) = (0, ConsoleScreenBufferInfo::default());
    // SAFETY: what is pointed to is ours.
    unsafe {
        for handle in [handle, 0, usize::MAX] {
            assert_eq!(refused(|| ovl_GetConsoleMode(handle, &mut number)), 6);
            assert_eq!(refused(|| ovl_GetConsoleScreenBufferInfo(handle, &mut info)), 6);
            assert_eq!(refused(|| ovl_WriteConsoleA(handle, c"x".as_ptr().cast(), 1, &mut number, null_mut())), 6);
            assert_eq!(refused(|| ovl_SetConsoleTextAttribute(handle, 7)), 6);
        }
    }
    assert_eq!(ovl_CloseHandle(handle), 1);
}

#[test]
fn code_pages_title_and_the_console_itself() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    assert_eq!((ovl_GetConsoleCP(), ovl_GetConsoleOutputCP()), (65001, 65001));
    assert_eq!((ovl_SetConsoleOutputCP(1252), ovl_GetConsoleOutputCP()), (1, 1252));
    assert_eq!((refused(|| ovl_SetConsoleCP(77)), ovl_SetConsoleOutputCP(65001)), (87, 1));
    let mut text = [0u8; 8];
    // SAFETY: the text ends with a zero, and the room is what is said.
    unsafe {
        assert_eq!(ovl_SetConsoleTitleA(c"a long title".as_ptr().cast()), 1);
        assert_eq!(ovl_GetConsoleTitleA(text.as_mut_ptr(), 8), 12);
    }
    assert_eq!(&text, b"a long \0");
    assert_eq!(refused(|| ovl_AllocConsole()), 5);
    assert_eq!((ovl_FreeConsole(), refused(|| ovl_FreeConsole())), (1, 87));
    assert_eq!((ovl_GetConsoleCP(), ovl_AllocConsole(), ovl_GetConsoleCP()), (0, 1, 65001));
}
