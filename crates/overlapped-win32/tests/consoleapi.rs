//! Contract 09 sections 1 and 6. What the process does as a whole is tried in children: this program again, told what to play.

#![allow(missing_docs)]

use overlapped_win32::consoleapi::control::*;
use overlapped_win32::consoleapi::{ovl_GetStdHandle, ovl_SetStdHandle};
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const INPUT: u32 = -10i32 as u32;
const OUTPUT: u32 = -11i32 as u32;
const ERROR: u32 = -12i32 as u32;
const PLAY: &str = "OVERLAPPED_TEST_PLAY";

/// This program again, playing a part.
fn child(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "plays_its_part", "--nocapture", "--test-threads=1", "-q"]).env(PLAY, part);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Whoever started the tests may ignore signals: a shell does that for what it runs in the background.
    let heed = || {
        for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP] {
            // SAFETY: the usual disposition, in a process of one thread that is about to become another program.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: it makes system calls only.
    unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, heed) };
    command
}

fn write(handle: usize, text: &[u8]) {
    let mut count = 0;
    // SAFETY: buffer and count live as long as the call.
    let done = unsafe { ovl_WriteFile(handle, text.as_ptr().cast(), text.len() as u32, &mut count, null_mut()) };
    assert_eq!((done, count as usize), (1, text.len()), "error {}", ovl_GetLastError());
}

static ORDER: AtomicU32 = AtomicU32::new(0);

/// Digits in the order in which the handlers were asked.
fn note(digit: u32) {
    let _ = ORDER.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |order| Some(order * 10 + digit));
}

unsafe extern "C" fn passes_on(event: u32) -> i32 {
    note(event + 1);
    0
}

unsafe extern "C" fn takes(event: u32) -> i32 {
    note(event + 5);
    1
}

fn wait_for(order: u32) {
    let end = Instant::now() + Duration::from_secs(60);
    while ORDER.load(Ordering::SeqCst) != order {
        assert!(Instant::now() < end, "the handlers were asked in the order {}", ORDER.load(Ordering::SeqCst));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn add(routine: unsafe extern "C" fn(u32) -> i32, add: i32) -> i32 {
    // SAFETY: the routines of this file can be called at any time.
    unsafe { ovl_SetConsoleCtrlHandler(Some(routine), add) }
}

/// What such a program opens must not become the descriptor that its output goes to.
#[test]
fn a_process_without_standard_descriptors_has_no_such_handles_and_nothing_takes_their_place() {
    let mut command = child("without");
    let close = || {
        // SAFETY: descriptors of a process that is about to become another program.
        (0..3).for_each(|fd| _ = unsafe { libc::close(fd) });
        Ok(())
    };
    // SAFETY: it makes system calls only.
    unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, close) };
    assert_eq!(command.status().expect("it ran").code(), Some(0));
}

/// Not a test of its own: what children do.
#[test]
fn plays_its_part() {
    let Ok(part) = std::env::var(PLAY) else { return };
    match part.as_str() {
        "echo" => {
            let (mut data, mut count) = ([0u8; 64], 0);
            // SAFETY: buffer and count live as long as the call.
            let done =
                unsafe { ovl_ReadFile(ovl_GetStdHandle(INPUT), data.as_mut_ptr().cast(), 64, &mut count, null_mut()) };
            assert_eq!(done, 1);
            println!("<printed>");
            std::io::stdout().flush().expect("flushed");
            write(ovl_GetStdHandle(OUTPUT), &data[..count as usize]);
            println!("<types {} {}>", ovl_GetFileType(ovl_GetStdHandle(OUTPUT)), ovl_GetFileType(OUTPUT as usize));
            write(ovl_GetStdHandle(ERROR), b"complaint");
        }
        "without" => {
            assert_eq!([INPUT, OUTPUT, ERROR].map(|which| ovl_GetStdHandle(which)), [0; 3]);
            let file = std::fs::File::open("/dev/null").expect("a file");
            assert!(file.as_raw_fd() > 2, "a file of the program's became descriptor {}", file.as_raw_fd());
            // SAFETY: a byte that is there, to a number behind which nothing can be written.
            assert_eq!(unsafe { libc::write(1, [0u8].as_ptr().cast(), 1) }, -1);
        }
        "takes" => {
            assert_eq!((add(takes, 1), add(passes_on, 1)), (1, 1));
            assert_eq!(ovl_GenerateConsoleCtrlEvent(0, 0), 1);
            wait_for(15);
            assert_eq!(ovl_GenerateConsoleCtrlEvent(1, 0), 1);
            wait_for(1526);
            assert_eq!(ovl_GenerateConsoleCtrlEvent(0, 1), 1, "Ctrl+C reaches no other group");
        }
        "dies" => {
            add(passes_on, 1);
            ovl_GenerateConsoleCtrlEvent(0, 0);
            std::thread::sleep(Duration::from_secs(60));
        }
        "closes" => {
            add(takes, 1);
            // SAFETY: sends a signal to this process.
            unsafe { libc::kill(libc::getpid(), libc::SIGHUP) };
            std::thread::sleep(Duration::from_secs(60));
        }
        "ignores" => {
            // SAFETY: NULL ignores Ctrl+C.
            assert_eq!(unsafe { ovl_SetConsoleCtrlHandler(None, 1) }, 1);
            ovl_GenerateConsoleCtrlEvent(0, 0);
            std::thread::sleep(Duration::from_millis(50));
            // SAFETY: NULL again.
            assert_eq!(unsafe { ovl_SetConsoleCtrlHandler(None, 0) }, 1);
            println!("alive");
            std::io::stdout().flush().expect("flushed");
            ovl_GenerateConsoleCtrlEvent(0, 0);
            std::thread::sleep(Duration::from_secs(60));
        }
        other => panic!("no part {other}"),
    }
}

#[test]
fn standard_handles_are_the_descriptors() {
    let mut child = child("echo").stdin(Stdio::piped()).spawn().expect("a child");
    child.stdin.take().expect("its input").write_all(b"hello\n").expect("written");
    let output = child.wait_with_output().expect("its output");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("<printed>\nhello\n<types 3 3>"), "{text}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("complaint"));
}

#[test]
fn output_to_a_file_and_printf_do_not_overwrite_each_other() {
    let file = tempfile::tempfile().expect("a file");
    let mut copy = file.try_clone().expect("a duplicate");
    let input = std::io::pipe().expect("a pipe");
    (&input.1).write_all(b"hello\n").expect("written");
    let status = child("echo").stdin(input.0).stdout(file).status().expect("a child");
    assert!(status.success());
    let mut text = String::new();
    std::io::Seek::rewind(&mut copy).expect("rewound");
    std::io::Read::read_to_string(&mut copy, &mut text).expect("read");
    assert!(text.contains("<printed>\nhello\n<types 1 1>"), "{text}");
}

#[test]
fn any_value_can_be_stored() {
    ovl_SetLastError(7);
    let before = ovl_GetStdHandle(ERROR);
    assert_eq!(ovl_GetStdHandle(ERROR), before, "the same each time");
    assert_eq!(ovl_GetLastError(), 7);
    assert_eq!((ovl_SetStdHandle(ERROR, 0x1234), ovl_GetStdHandle(ERROR)), (1, 0x1234));
    assert_eq!(ovl_SetStdHandle(ERROR, before), 1);
    assert_eq!((ovl_GetStdHandle(3), ovl_GetLastError()), (usize::MAX, 6));
    assert_eq!((ovl_SetStdHandle(3, 0), ovl_GetLastError()), (0, 6));
    assert_eq!(ovl_CloseHandle(0x1234), 0);
}

#[test]
fn handlers_are_asked_last_first_until_one_takes_the_event() {
    let output = child("takes").output().expect("a child");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn an_event_that_nobody_takes_ends_the_process() {
    assert_eq!(child("dies").status().expect("a child").signal(), Some(libc::SIGINT));
    assert_eq!(child("closes").status().expect("a child").signal(), Some(libc::SIGHUP));
}

#[test]
fn ctrl_c_can_be_ignored_and_heeded_again() {
    let output = child("ignores").output().expect("a child");
    assert_eq!(output.status.signal(), Some(libc::SIGINT));
    assert!(String::from_utf8_lossy(&output.stdout).contains("alive"));
}

#[test]
fn removing_a_handler_that_is_not_there_is_an_error() {
    assert_eq!((add(passes_on, 0), ovl_GetLastError()), (0, 87));
    assert_eq!((ovl_GenerateConsoleCtrlEvent(2, 0), ovl_GetLastError()), (0, 87));
}
