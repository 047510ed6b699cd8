//! Contract 09 sections 2 and 6: what ends reads, control events, and a console that is given up.

use crate::alone::parts;
use crate::kit::*;
use overlapped_win32::consoleapi::control::*;
use overlapped_win32::consoleapi::screen::*;
use overlapped_win32::consoleapi::session::*;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::processthreadsapi::ovl_ExitThread;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;
use std::ptr::null;
use std::time::{Duration, Instant};

parts! {
    ctrl_z_ends_the_input_of_a_file_and_ctrl_c_a_read => ends;
    a_handler_may_end_its_thread => leaves_early;
    events_come_to_children_too => reaches;
    a_console_is_freed_and_made_again => frees;
}

static TAKEN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

unsafe extern "C" fn takes(event: u32) -> i32 {
    TAKEN.fetch_add(event + 1, std::sync::atomic::Ordering::SeqCst);
    1
}

static LEFT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

unsafe extern "C-unwind" fn leaves(event: u32) -> i32 {
    LEFT.fetch_add(event + 1, std::sync::atomic::Ordering::SeqCst);
    ovl_ExitThread(0)
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
