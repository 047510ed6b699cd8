//! Pseudo consoles (contract 09): a program has one as its terminal, and its keyboard and screen are pipes of this one.

use overlapped_abi::Coord;
use overlapped_win32::consoleapi::pseudo::*;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::namedpipeapi::ovl_CreatePipe;
use overlapped_win32::startprocess::*;
use overlapped_win32::synchapi::ovl_WaitForSingleObject;
use std::ffi::CString;
use std::ptr::{null, null_mut};

const PSEUDOCONSOLE: usize = 0x2_0016;
const EXTENDED: u32 = 0x8_0000;

/// STARTUPINFOEXA.
#[repr(C)]
struct Extended(StartupInfo<u8>, *mut List);

fn pipe() -> (usize, usize) {
    let (mut read, mut write) = (0, 0);
    // SAFETY: places of ours.
    assert_eq!(unsafe { ovl_CreatePipe(&mut read, &mut write, null(), 0) }, 1);
    (read, write)
}

struct Session {
    console: usize,
    keyboard: usize,
    screen: usize,
    process: usize,
    shown: String,
}

impl Session {
    /// Starts a shell with this script on a pseudo console of 80 by 25.
    fn start(script: &str) -> Self {
        let (input, keyboard) = pipe();
        let (screen, output) = pipe();
        let mut console = 0;
        // SAFETY: a place of ours.
        assert_eq!(unsafe { ovl_CreatePseudoConsole(Coord { x: 80, y: 25 }, input, output, 0, &mut console) }, 0);
        // It has duplicates.
        assert_eq!((ovl_CloseHandle(input), ovl_CloseHandle(output)), (1, 1));
        let process = Self::run(console, script);
        Self { console, keyboard, screen, process, shown: String::new() }
    }

    fn run(console: usize, script: &str) -> usize {
        let mut room = [0usize; 16];
        let list = room.as_mut_ptr().cast::<List>();
        let mut bytes = size_of_val(&room);
        let mut line = CString::new(format!("sh -c \"{script}\"")).unwrap().into_bytes_with_nul();
        // SAFETY: the list has that room, the structures are as Windows has them, and the line ends with a zero.
        unsafe {
            assert_eq!(ovl_InitializeProcThreadAttributeList(list, 1, 0, &mut bytes), 1);
            let value = console as *const _;
            assert_eq!(ovl_UpdateProcThreadAttribute(list, 0, PSEUDOCONSOLE, value, 8, null_mut(), null_mut()), 1);
            let mut info = Extended(std::mem::zeroed(), list);
            info.0.size = size_of::<Extended>() as u32;
            let mut made: ProcessInformation = std::mem::zeroed();
            let (name, nothing) = (c"/bin/sh".as_ptr().cast(), null());
            let started = ovl_CreateProcessA(
                name,
                line.as_mut_ptr(),
                nothing,
                nothing,
                0,
                EXTENDED,
                null(),
                null(),
                (&raw const info).cast(),
                &mut made,
            );
            assert_eq!(started, 1, "error {}", ovl_GetLastError());
            ovl_DeleteProcThreadAttributeList(list);
            ovl_CloseHandle(made.thread);
            made.process
        }
    }

    fn type_in(&self, text: &str) {
        let mut done = 0;
        // SAFETY: the text and a place of ours.
        let ok =
            unsafe { ovl_WriteFile(self.keyboard, text.as_ptr().cast(), text.len() as u32, &mut done, null_mut()) };
        assert_eq!((ok, done as usize), (1, text.len()));
    }

    /// Reads the screen until it shows this; false at its end.
    fn shows(&mut self, text: &str) -> bool {
        let mut room = [0u8; 512];
        while !self.shown.contains(text) {
            let mut done = 0;
            // SAFETY: the buffer has that room.
            if unsafe { ovl_ReadFile(self.screen, room.as_mut_ptr().cast(), 512, &mut done, null_mut()) } == 0 {
                assert_eq!(ovl_GetLastError(), 109, "it ends as pipes do");
                return false;
            }
            self.shown.push_str(&String::from_utf8_lossy(&room[..done as usize]));
        }
        true
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for handle in [self.keyboard, self.screen, self.process].into_iter().filter(|handle| *handle != 0) {
            ovl_CloseHandle(handle);
        }
    }
}

#[test]
fn a_program_has_a_terminal_whose_keys_and_screen_are_pipes() {
    let mut session =
        Session::start("stty size; read a; stty size; echo got:$a; echo from </dev/tty >/dev/tty; read b");
    assert!(session.shows("25 80"), "{}", session.shown);
    assert_eq!(ovl_ResizePseudoConsole(session.console, Coord { x: 100, y: 30 }), 0);
    session.type_in("hello\r");
    assert!(session.shows("30 100") && session.shows("got:hello") && session.shows("from"), "{}", session.shown);
    session.type_in("\r");
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    assert_eq!(ovl_ResizePseudoConsole(session.console, Coord { x: 0, y: 30 }), 0x8007_0057);
    ovl_ClosePseudoConsole(session.console);
    assert!(!session.shows("never"), "its output ends");
    assert_eq!(ovl_ResizePseudoConsole(session.console, Coord { x: 10, y: 10 }), 0x8007_0006);
}

#[test]
fn closing_it_ends_the_program_on_it() {
    let mut session = Session::start("trap 'echo bye; exit 3' HUP; echo ready; while :; do sleep 0.05; done");
    assert!(session.shows("ready"), "{}", session.shown);
    ovl_ClosePseudoConsole(session.console);
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    assert!(session.shows("bye"), "what it said at last comes too: {}", session.shown);
    assert!(!session.shows("never"));
}

#[test]
fn ctrl_c_is_typed() {
    let mut session = Session::start("trap 'echo interrupted; exit 0' INT; echo ready; while :; do sleep 0.05; done");
    assert!(session.shows("ready"), "{}", session.shown);
    session.type_in("\x03");
    assert!(session.shows("interrupted"), "{}", session.shown);
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    assert_eq!(ovl_ReleasePseudoConsole(session.console), 0);
    assert!(!session.shows("never"), "it ends with its last program");
    ovl_ClosePseudoConsole(session.console);
}

#[test]
fn a_program_that_never_ceases_to_write_does_not_keep_it_open() {
    let mut session = Session::start("trap '' HUP; echo ready; while echo more; do :; done");
    assert!(session.shows("ready"), "{}", session.shown);
    let console = session.console;
    let closing = std::thread::spawn(move || ovl_ClosePseudoConsole(console));
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !session.shows("never") && !closing.is_finished() {
        assert!(std::time::Instant::now() < limit, "it goes on");
    }
    closing.join().unwrap();
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0, "it has lost its terminal");
}

#[test]
fn one_program_after_the_other_has_it() {
    let mut session = Session::start("echo first");
    assert!(session.shows("first"), "{}", session.shown);
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    ovl_CloseHandle(session.process);
    session.process =
        Session::run(session.console, "trap 'echo interrupted >/dev/tty; exit 0' INT; echo second; read a");
    assert!(session.shows("second"), "{}", session.shown);
    session.type_in("\x03");
    assert!(session.shows("interrupted"), "{}", session.shown);
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    ovl_ClosePseudoConsole(session.console);
}

/// It also ends there: nothing asks for more again and again.
#[test]
fn a_file_is_typed_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("typed");
    std::fs::write(&path, "hello\n").unwrap();
    let name = CString::new(path.to_str().unwrap()).unwrap();
    // Who waits for a program or a thread does so for five seconds each time; a busy machine is not that slow three times.
    let took: Vec<_> = (0..3).map(|_| time_to_close_after(&name)).collect();
    assert!(took.iter().any(|took| *took < std::time::Duration::from_secs(4)), "something is waited for: {took:?}");
}

/// How long it takes to close a console whose program has read the file.
fn time_to_close_after(name: &std::ffi::CStr) -> std::time::Duration {
    let (screen, output) = pipe();
    let mut console = 0;
    // SAFETY: the name ends with a zero, and the place is ours.
    unsafe {
        let open = |disposition| {
            overlapped_win32::fileapi::ovl_CreateFileA(name.as_ptr().cast(), 0x8000_0000, 7, null(), disposition, 0, 0)
        };
        let input = open(3);
        assert_eq!(ovl_CreatePseudoConsole(Coord { x: 80, y: 25 }, input, output, 0, &mut console), 0);
        assert_eq!((ovl_CloseHandle(input), ovl_CloseHandle(output)), (1, 1));
    }
    let process = Session::run(console, "read a; echo got:$a");
    let mut session = Session { console, keyboard: 0, screen, process, shown: String::new() };
    assert!(session.shows("got:hello"), "{}", session.shown);
    assert_eq!(ovl_WaitForSingleObject(session.process, 60_000), 0);
    let begin = std::time::Instant::now();
    ovl_ClosePseudoConsole(console);
    begin.elapsed()
}

#[test]
fn closing_it_ends_no_request_of_the_program_on_the_same_pipe() {
    use overlapped_abi::Overlapped;
    let name = CString::new(format!(r"\\.\pipe\pseudo-shared-{}", std::process::id())).unwrap();
    // SAFETY: names end with zeros; buffers and structures live until their requests are complete.
    unsafe {
        let input = overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA(
            name.as_ptr().cast(),
            3 | 0x4000_0000,
            0,
            1,
            4096,
            4096,
            0,
            null(),
        );
        let client =
            overlapped_win32::fileapi::ovl_CreateFileA(name.as_ptr().cast(), 0xC000_0000, 0, null(), 3, 0x4000_0000, 0);
        let (mut room, mut block, mut done) = ([0u8; 4], Overlapped::default(), 0);
        assert_eq!(ovl_ReadFile(input, room.as_mut_ptr().cast(), 4, null_mut(), &mut block), 0);
        assert_eq!(ovl_GetLastError(), 997);
        let (screen, output) = pipe();
        let mut console = 0;
        assert_eq!(ovl_CreatePseudoConsole(Coord { x: 80, y: 25 }, input, output, 0, &mut console), 0);
        ovl_ClosePseudoConsole(console);
        let ended = |block: &mut Overlapped, done: &mut u32, wait| {
            let ok = overlapped_win32::ioapiset::ovl_GetOverlappedResult(input, block, done, wait);
            if ok == 1 { 0 } else { ovl_GetLastError() }
        };
        assert_eq!(ended(&mut block, &mut done, 0), 996, "still on its way");
        let mut sent = Overlapped::default();
        ovl_WriteFile(client, b"data".as_ptr().cast(), 4, null_mut(), &mut sent);
        assert_eq!((ended(&mut block, &mut done, 1), done, &room), (0, 4, b"data"));
        for handle in [client, input, screen, output] {
            assert_eq!(ovl_CloseHandle(handle), 1);
        }
    }
}

#[test]
fn what_makes_no_console_is_refused() {
    let (input, output) = pipe();
    let mut console = 0;
    let size = |x, y| Coord { x, y };
    // SAFETY: a place of ours.
    unsafe {
        assert_eq!(ovl_CreatePseudoConsole(size(0, 1), input, output, 0, &mut console), 0x8007_0057);
        assert_eq!(ovl_CreatePseudoConsole(size(1, 1), 0x7F7F_7F70, output, 0, &mut console), 0x8007_0006);
        assert_eq!(ovl_CreatePseudoConsole(size(1, 1), input, 0x7F7F_7F70, 0, &mut console), 0x8007_0006);
        assert_eq!(ovl_CreatePseudoConsole(size(1, 1), input, output, 2, &mut console), 0x8007_0057);
    }
    ovl_ClosePseudoConsole(4711);
    assert_eq!(ovl_CloseHandle(input), 1);
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut done = 0;
    // A program that a test beside this starts has one for a moment. What is written meanwhile has room in the pipe.
    // SAFETY: a byte and a place of ours.
    while unsafe { ovl_WriteFile(output, b"x".as_ptr().cast(), 1, &mut done, null_mut()) } != 0 {
        assert!(std::time::Instant::now() < limit, "a duplicate of the other end is left");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(ovl_GetLastError(), 232);
    assert_eq!(ovl_CloseHandle(output), 1);
}
