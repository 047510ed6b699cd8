//! Contract 09 sections 2, 4, 6 and 7 on terminals: keys as records, waits, sizes, other buffers, and what is left of it all afterwards.

use crate::kit::{at, info, input, make, output, print, rect};
use crate::text::{Screen, mode};
use overlapped_abi::{CharInfo, InputEvent, InputRecord};
use overlapped_win32::consoleapi::cells::*;
use overlapped_win32::consoleapi::control::*;
use overlapped_win32::consoleapi::input::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::text::*;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::ovl_WaitForSingleObject;
use overlapped_win32::winuser::keyboard::{ovl_GetAsyncKeyState, ovl_GetKeyState};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

const PLAY: &str = "OVERLAPPED_TEST_TERMINAL";
const LIMIT: Duration = Duration::from_secs(60);

/// Records until there are so many: key code and character of those that go down, else the type.
fn records(handle: usize, many: usize) -> Vec<(u16, u16)> {
    let mut found = Vec::new();
    while found.len() < many {
        assert_eq!(ovl_WaitForSingleObject(handle, 60_000), 0, "{found:?} so far");
        let (mut records, mut done) = ([InputRecord::default(); 8], 0);
        // SAFETY: there is room for eight.
        assert_eq!(unsafe { ovl_ReadConsoleInputW(handle, records.as_mut_ptr(), 8, &mut done) }, 1);
        for record in &records[..done as usize] {
            match record.event() {
                Some(InputEvent::Key(key)) if key.key_down != 0 => found.push((key.virtual_key_code, key.char)),
                Some(InputEvent::Key(_)) => {}
                _ => found.push((record.event_type, 0)),
            }
        }
    }
    found
}

fn read(handle: usize) -> String {
    let (mut text, mut count) = ([0u16; 64], 0);
    // SAFETY: there is so much room, and the count is ours.
    assert_eq!(unsafe { ovl_ReadConsoleW(handle, text.as_mut_ptr().cast(), 64, &mut count, null_mut()) }, 1);
    String::from_utf16_lossy(&text[..count as usize])
}

#[test]
fn keys_are_records_from_the_first_question_on() {
    let mut screen = Screen::new();
    let input = screen.handle(false);
    screen.user.write_all(b"ab").expect("typed");
    assert_eq!(records(input, 2), [(0x41, 0x61), (0x42, 0x62)], "typed before anybody asked");
    let waiter = std::thread::spawn(move || records(input, 4));
    for part in ["\x1b[1;5", "C\x1bOP", "\u{e9}\r"] {
        std::thread::sleep(Duration::from_millis(5));
        screen.user.write_all(part.as_bytes()).expect("typed");
    }
    assert_eq!(waiter.join().expect("no panic"), [(0x27, 0), (0x70, 0), (0, 0xE9), (13, 13)]);
    assert_eq!(ovl_WaitForSingleObject(input, 0), 258);
    screen.user.write_all(b"\x1b").expect("typed");
    assert_eq!(records(input, 1), [(0x1B, 0x1B)], "Escape alone, once nothing follows");
    assert_eq!(ovl_CloseHandle(input), 1);
}

#[test]
fn lines_are_made_here_and_shown_once_keys_are_records() {
    let mut screen = Screen::new();
    let input = screen.handle(false);
    let mut count = 7;
    // SAFETY: the number is ours.
    assert_eq!((unsafe { ovl_GetNumberOfConsoleInputEvents(input, &mut count) }, count), (1, 0));
    screen.user.write_all(b"hx\x7fi\r").expect("typed");
    assert_eq!(read(input), "hi\r\n");
    screen.shown("hx");
    assert_eq!(mode(input) & 7, 7, "the mode is as it was");
    assert_eq!(ovl_CloseHandle(input), 1);
}

fn resize(screen: &Screen, columns: u16, rows: u16) {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the descriptor is open, and the structure the one that this request reads.
    assert_eq!(unsafe { libc::ioctl(screen.user.as_raw_fd(), libc::TIOCSWINSZ, &size) }, 0);
}

#[test]
fn another_size_is_seen_and_is_a_record_if_asked_for() {
    let screen = Screen::new();
    let (input, output) = (screen.handle(false), screen.handle(true));
    assert_eq!(info(output).size, at(100, 30));
    resize(&screen, 90, 20);
    assert_eq!((info(output).size, info(output).window), (at(90, 20), rect(0, 0, 89, 19)));
    let before = mode(input);
    assert_eq!(ovl_SetConsoleMode(input, before | 8), 1);
    resize(&screen, 70, 20);
    // SAFETY: a signal to this process, which is what a terminal's own processes get.
    unsafe { libc::raise(libc::SIGWINCH) };
    assert_eq!((info(output).size, records(input, 1)), (at(70, 20), vec![(4, 0)]));
    assert_eq!((ovl_CloseHandle(input), ovl_CloseHandle(output)), (1, 1));
}

#[test]
fn cells_of_a_terminal_are_painted_and_read_back() {
    let mut screen = Screen::new();
    let output = screen.handle(true);
    print(output, "abc");
    let cell = CharInfo { char: u16::from(b'X'), attributes: 0x0C };
    let mut area = rect(1, 0, 1, 0);
    // SAFETY: cell and rectangle are ours.
    assert_eq!(unsafe { ovl_WriteConsoleOutputW(output, &cell, at(1, 1), at(0, 0), &mut area) }, 1);
    screen.shown("abc\x1b[2G\x1b[0;91mX\x1b[0m\x1b[4G");
    let (mut units, mut done) = ([0u16; 3], 0);
    // SAFETY: there is room for three.
    assert_eq!(unsafe { ovl_ReadConsoleOutputCharacterW(output, units.as_mut_ptr(), 3, at(0, 0), &mut done) }, 1);
    assert_eq!((done, String::from_utf16_lossy(&units)), (3, "aXc".into()));
    assert_eq!(ovl_CloseHandle(output), 1);
}

/// A program on a terminal of its own.
struct Program {
    child: Child,
    user: File,
    side: OwnedFd,
    seen: String,
}

/// This program, playing a part on a terminal of 80 by 25 that it controls.
fn program(part: &str) -> Program {
    let (mut user, mut side) = (0, 0);
    let size = libc::winsize { ws_row: 25, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: both numbers are ours, no name is asked for, and the size is there.
    assert_eq!(unsafe { libc::openpty(&mut user, &mut side, null_mut(), null(), &size) }, 0, "a terminal can be made");
    // SAFETY: two descriptors that were just made, and are nobody else's.
    let (user, side) = unsafe { (File::from_raw_fd(user), OwnedFd::from_raw_fd(side)) };
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "terminal::plays_its_part", "--nocapture", "--test-threads=1", "-q"]).env(PLAY, part);
    let descriptor = side.as_raw_fd();
    // SAFETY: system calls only, in a process of one thread that is about to become another program.
    unsafe {
        command.pre_exec(move || {
            libc::setsid();
            libc::ioctl(descriptor, libc::TIOCSCTTY, 0);
            for signal in [libc::SIGINT, libc::SIGTSTP, libc::SIGHUP] {
                libc::signal(signal, libc::SIG_DFL);
            }
            (0..3).for_each(|number| _ = libc::dup2(descriptor, number));
            Ok(())
        })
    };
    Program { child: command.spawn().expect("a child"), user, side, seen: String::new() }
}

impl Program {
    /// Reads what it shows until this is there; what came before.
    fn until(&mut self, text: &str) -> String {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(found) = self.seen.find(text) {
                let before = self.seen[..found].to_owned();
                self.seen.drain(..found + text.len());
                return before;
            }
            assert!(Instant::now() < end, "{text:?} is not in {:?}", self.seen);
            let mut wanted = libc::pollfd { fd: self.user.as_raw_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: one structure, as said.
            if unsafe { libc::poll(&mut wanted, 1, 1000) } == 1 {
                let mut bytes = [0; 4096];
                let count = self.user.read(&mut bytes).expect("the screen");
                self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        }
    }

    /// Does the terminal edit lines?
    fn edits_lines(&self) -> bool {
        // SAFETY: a structure of numbers, for which zero is a value, to be filled in; the descriptor is open.
        let settings = unsafe {
            let mut settings: libc::termios = std::mem::zeroed();
            assert_eq!(libc::tcgetattr(self.side.as_raw_fd(), &mut settings), 0);
            settings
        };
        settings.c_lflag & libc::ICANON != 0
    }

    fn wait_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let end = Instant::now() + LIMIT;
        while !is(self) {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, signal: i32) {
        // SAFETY: sends a signal to a child that has not been waited for.
        assert_eq!(unsafe { libc::kill(self.child.id().cast_signed(), signal) }, 0);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

unsafe extern "C" fn takes(_event: u32) -> i32 {
    1
}

/// Not a test of its own: what children do.
#[test]
fn plays_its_part() {
    let Ok(part) = std::env::var(PLAY) else { return };
    let screen = output();
    match part.as_str() {
        "prints" => print(screen, "<begin>one\ntwo\n<end>"),
        "changes" => {
            print(screen, "<begin>before");
            let other = make(0xC000_0000, 1);
            assert_eq!(ovl_SetConsoleActiveScreenBuffer(other), 1);
            print(other, "other");
            assert_eq!((ovl_SetConsoleActiveScreenBuffer(screen), ovl_CloseHandle(other)), (1, 1));
            print(screen, "after<end>");
        }
        "leaves" => {
            assert_eq!(ovl_SetConsoleMode(input(), 0), 1);
            let other = make(0xC000_0000, 1);
            assert_eq!(ovl_SetConsoleActiveScreenBuffer(other), 1);
            print(other, "<raw>");
            assert_eq!(read(input()), "x");
        }
        "stops" => {
            assert_eq!(ovl_SetConsoleMode(input(), 0), 1);
            print(screen, "<raw>");
            assert_eq!(read(input()), "x");
            print(screen, "<end>");
        }
        "interrupted" => {
            // SAFETY: the routine can be called at any time.
            assert_eq!(unsafe { ovl_SetConsoleCtrlHandler(Some(takes), 1) }, 1);
            print(screen, "<ready>");
            ovl_SetLastError(0);
            let line = read(input());
            print(screen, &format!("<{line:?} {}>", ovl_GetLastError()));
            assert_eq!(read(input()), "next\r\n");
            print(screen, "<end>");
        }
        "plays" => {
            // As games do: nobody waits, the keys are asked for again and again.
            print(screen, "<ready>");
            let pressed = |key| {
                let end = Instant::now() + LIMIT;
                while ovl_GetAsyncKeyState(key) & i16::MIN == 0 {
                    assert!(Instant::now() < end, "key {key} was not pressed");
                    std::thread::sleep(Duration::from_millis(5));
                }
            };
            pressed(0x25);
            assert_eq!(ovl_GetAsyncKeyState(0x25) & 1, 0, "pressed since the last call");
            assert_eq!((ovl_GetAsyncKeyState(0x27), ovl_GetKeyState(0x25) & 1, ovl_GetAsyncKeyState(-1)), (0, 1, 0));
            print(screen, "<left>");
            let end = Instant::now() + LIMIT;
            while ovl_GetAsyncKeyState(0x25) != 0 {
                assert!(Instant::now() < end, "a key that is not sent again is let go");
                std::thread::sleep(Duration::from_millis(5));
            }
            print(screen, "<up>");
            pressed(0x1B);
            print(screen, "<end>");
        }
        "aborts" => {
            assert_eq!(ovl_SetConsoleMode(input(), 0), 1);
            print(screen, "<raw>");
            std::process::abort();
        }
        other => panic!("no part {other}"),
    }
}

#[test]
fn a_program_that_prints_leaves_plain_text() {
    let mut program = program("prints");
    program.until("<begin>");
    assert_eq!(program.until("<end>"), "one\r\ntwo\r\n");
    assert!(program.child.wait().expect("its end").success());
}

#[test]
fn other_buffers_are_on_the_alternate_screen() {
    let mut program = program("changes");
    program.until("<begin>");
    let wanted = "before\x1b[?1049h\x1b[0m\x1b[H\x1b[2J\x1b[1;1Hother\x1b[?1049l\x1b[0mafter";
    assert_eq!(program.until("<end>"), wanted);
    assert!(program.child.wait().expect("its end").success());
}

#[test]
fn the_terminal_is_as_it_was_when_the_program_ends() {
    let mut program = program("leaves");
    program.until("<raw>");
    assert!(!program.edits_lines());
    program.user.write_all(b"x").expect("typed");
    assert!(program.child.wait().expect("its end").success());
    assert!(program.edits_lines());
    program.until("\x1b[?1049l");
}

#[test]
fn the_terminal_is_as_it_was_when_the_program_is_killed_by_a_signal_or_aborts() {
    let mut asked = program("leaves");
    asked.until("<raw>");
    asked.signal(libc::SIGTERM);
    assert_eq!(asked.child.wait().expect("its end").signal(), Some(libc::SIGTERM));
    assert!(asked.edits_lines());
    let mut aborted = program("aborts");
    aborted.until("<raw>");
    assert!(aborted.child.wait().expect("its end").signal().is_some());
    assert!(aborted.edits_lines());
}

#[test]
fn the_terminal_is_as_it_was_while_the_program_is_stopped() {
    let mut program = program("stops");
    program.until("<raw>");
    program.signal(libc::SIGTSTP);
    program.wait_until("it has not stopped", Program::edits_lines);
    program.signal(libc::SIGCONT);
    program.wait_until("it has not gone on", |program| {
        // Stopped only after it was told to go on: once more.
        program.signal(libc::SIGCONT);
        !program.edits_lines()
    });
    program.user.write_all(b"x").expect("typed");
    program.until("<end>");
    assert!(program.child.wait().expect("its end").success());
}

#[test]
fn keys_are_down_when_they_are_pressed_for_a_program_that_only_asks() {
    let mut program = program("plays");
    program.until("<ready>");
    program.user.write_all(b"\x1b[D").expect("typed");
    program.until("<left>");
    program.until("<up>");
    // Escape alone: nothing follows, and nobody waits for what might.
    program.user.write_all(b"\x1b").expect("typed");
    program.until("<end>");
    assert!(program.child.wait().expect("its end").success());
}

#[test]
fn ctrl_c_ends_a_read_with_995() {
    let mut program = program("interrupted");
    program.until("<ready>");
    // The read may not have begun: then nobody is interrupted, and the key is typed again.
    let end = Instant::now() + LIMIT;
    while !program.seen.contains("<\"\" 995>") {
        assert!(Instant::now() < end, "{:?}", program.seen);
        program.user.write_all(b"half\x03").expect("typed");
        std::thread::sleep(Duration::from_millis(20));
        let mut wanted = libc::pollfd { fd: program.user.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one structure, as said.
        if unsafe { libc::poll(&mut wanted, 1, 0) } == 1 {
            let mut bytes = [0; 4096];
            let count = program.user.read(&mut bytes).expect("the screen");
            program.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
    program.until("<\"\" 995>");
    program.user.write_all(b"\x15next\n").expect("typed");
    program.until("<end>");
    assert!(program.child.wait().expect("its end").success());
}
