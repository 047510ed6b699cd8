//! Mailslots on the C face (contract 07 section 4): what the programs in `conformance/` cannot show, since it takes a second process, and
//! the W functions. Run on both engines by the suite.

use overlapped_abi::Overlapped;
use overlapped_abi::constants::pipe::{MAILSLOT_NO_MESSAGE, MAILSLOT_WAIT_FOREVER};
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::fileapi::{ovl_CreateFileA, ovl_CreateFileW};
use overlapped_win32::handleapi::{ovl_CloseHandle, ovl_SetHandleInformation};
use overlapped_win32::ioapiset::{
    ovl_CancelIoEx, ovl_CreateIoCompletionPort, ovl_GetOverlappedResult, ovl_GetQueuedCompletionStatus,
};
use overlapped_win32::mailslots::{ovl_CreateMailslotA, ovl_CreateMailslotW, ovl_GetMailslotInfo, ovl_SetMailslotInfo};
use overlapped_win32::namedpipeapi::ovl_WaitNamedPipeA;
use overlapped_win32::processes::ovl_GetExitCodeProcess;
use overlapped_win32::startprocess::{ProcessInformation, StartupInfo, ovl_CreateProcessA};
use overlapped_win32::support::RawHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_WaitForSingleObject};
use overlapped_win32::sysinfoapi::ovl_GetComputerNameA;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

const ROLE: &str = "OVERLAPPED_TEST_ROLE";
const LIMIT: Duration = Duration::from_secs(120);
/// For waits that must succeed, in milliseconds.
const LONG: u32 = 60_000;
const FAILED: RawHandle = usize::MAX;
const GENERIC_WRITE: u32 = 0x4000_0000;
const FILE_FLAG_OVERLAPPED: u32 = 0x4000_0000;
const OPEN_EXISTING: u32 = 3;
const IO_PENDING: u32 = 997;

fn unique(what: &str) -> String {
    format!(r"\\.\mailslot\win32-{what}-{}", std::process::id())
}

fn text(name: &str) -> CString {
    CString::new(name).unwrap()
}

fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

fn create(name: &str, timeout: u32) -> RawHandle {
    // SAFETY: a string, and no attributes.
    let slot = unsafe { ovl_CreateMailslotA(text(name).as_ptr().cast(), 0, timeout, null()) };
    assert_ne!(slot, FAILED, "{}", ovl_GetLastError());
    slot
}

fn open(name: &str, flags: u32) -> RawHandle {
    // SAFETY: a string, and no attributes.
    let file =
        unsafe { ovl_CreateFileA(text(name).as_ptr().cast(), GENERIC_WRITE, 1, null(), OPEN_EXISTING, flags, 0) };
    assert_ne!(file, FAILED, "{}", ovl_GetLastError());
    file
}

fn write(file: RawHandle, bytes: &[u8]) -> bool {
    let mut count = 77;
    // SAFETY: the buffer has this length, and the call waits.
    let done = unsafe { ovl_WriteFile(file, bytes.as_ptr().cast(), bytes.len() as u32, &raw mut count, null_mut()) };
    done != 0 && count as usize == bytes.len()
}

/// The next message; the error code if there is none.
fn read(slot: RawHandle) -> Result<Vec<u8>, u32> {
    let (mut buffer, mut count) = (vec![0_u8; 2048], 77);
    // SAFETY: the buffer has this length, and the call waits.
    let done = unsafe { ovl_ReadFile(slot, buffer.as_mut_ptr().cast(), 2048, &raw mut count, null_mut()) };
    buffer.truncate(count as usize);
    if done == 0 { Err(ovl_GetLastError()) } else { Ok(buffer) }
}

fn info(slot: RawHandle) -> [u32; 4] {
    let mut said = [77; 4];
    let [longest, next, count, timeout] = said.each_mut();
    // SAFETY: four numbers.
    let done = unsafe { ovl_GetMailslotInfo(slot, longest, next, count, timeout) };
    assert_ne!(done, 0, "{}", ovl_GetLastError());
    said
}

/// This program again, in another role, until it ends well.
struct Other(Child);

impl Other {
    fn start(role: &str, name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "role", "--ignored", "--nocapture", "--test-threads=1"]);
        Self(command.env(ROLE, format!("{role} {name}")).spawn().unwrap())
    }

    fn finish(mut self) {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return assert!(status.success(), "{status}");
            }
            assert!(Instant::now() < end, "the other process did not end within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "what other processes do"]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let (role, name) = role.split_once(' ').unwrap();
    match role {
        "client" => client(name),
        "taken" => {
            // SAFETY: a string, and no attributes.
            let slot = unsafe { ovl_CreateMailslotA(text(name).as_ptr().cast(), 0, 0, null()) };
            assert_eq!((slot, ovl_GetLastError()), (FAILED, 183));
        }
        "heir" => heir(name),
        _ => panic!("{role}"),
    }
}

/// Reads by a server's handle and writes by a client's, both of the parent.
fn heir(handles: &str) {
    let (slot, answers) = handles.split_once(' ').unwrap();
    let (slot, answers): (RawHandle, RawHandle) = (slot.parse().unwrap(), answers.parse().unwrap());
    assert_eq!(info(slot), [0, 3, 1, LONG]);
    assert_eq!(read(slot), Ok(b"one".to_vec()));
    assert!(write(answers, b"got one"));
    assert_eq!(read(slot), Ok(b"two".to_vec()), "after the parent has closed its handle");
    let (mut overlapped, mut buffer) = (Overlapped::default(), [0_u8; 10]);
    // SAFETY: buffer and OVERLAPPED stay until the request is complete.
    unsafe {
        let pending = ovl_ReadFile(slot, buffer.as_mut_ptr().cast(), 10, null_mut(), &raw mut overlapped);
        assert_eq!((pending, ovl_GetLastError()), (0, IO_PENDING));
        assert_eq!(ovl_CancelIoEx(slot, &raw mut overlapped as usize), 1);
        let mut count = 0;
        assert_eq!(ovl_GetOverlappedResult(slot, &raw mut overlapped, &raw mut count, 1), 0);
        assert_eq!(ovl_GetLastError(), 995);
    }
    assert_eq!(ovl_SetMailslotInfo(slot, 10), 1);
    assert_eq!((info(slot), read(slot)), ([0, MAILSLOT_NO_MESSAGE, 0, 10], Err(121)));
    assert!(write(answers, b"got two"));
}

/// Starts this program in a role by CreateProcess, with all handles that can be inherited; the handle of the process.
fn start_with_handles(role: &str) -> RawHandle {
    let program = std::env::current_exe().unwrap();
    let line = format!("\"{}\" --exact role --ignored --nocapture --test-threads=1", program.display());
    let mut line = text(&line).into_bytes_with_nul();
    let mut environment: Vec<u8> = Vec::new();
    for (name, value) in std::env::vars_os().chain([(ROLE.into(), role.into())]) {
        environment.extend([name.as_bytes(), b"=", value.as_bytes(), b"\0"].concat());
    }
    environment.push(0);
    // SAFETY: structures of numbers and pointers, for which zero is a value.
    let (mut start, mut made): (StartupInfo<u8>, ProcessInformation) = unsafe { std::mem::zeroed() };
    start.size = size_of::<StartupInfo<u8>>() as u32;
    // SAFETY: strings that end, and structures of this function.
    let done = unsafe {
        let block = environment.as_ptr().cast();
        let line = line.as_mut_ptr().cast();
        ovl_CreateProcessA(null(), line, null(), null(), 1, 0, block, null(), &raw const start, &raw mut made)
    };
    assert_eq!(done, 1, "{}", ovl_GetLastError());
    ovl_CloseHandle(made.thread);
    made.process
}

/// Writes to a slot of another process, with and without an OVERLAPPED.
fn client(name: &str) {
    let file = open(&name.to_uppercase(), 0);
    assert!(write(file, b"first") && write(file, b""));
    ovl_CloseHandle(file);
    let file = open(name, FILE_FLAG_OVERLAPPED);
    // SAFETY: no attributes and no name.
    let event = unsafe { ovl_CreateEventA(null(), 1, 0, null()) };
    let mut overlapped = Overlapped { h_event: event, ..Overlapped::default() };
    let message = vec![7_u8; 1500];
    // SAFETY: buffer and OVERLAPPED stay until the request is complete.
    unsafe {
        let done = ovl_WriteFile(file, message.as_ptr().cast(), 1500, null_mut(), &raw mut overlapped);
        assert!(done != 0 || ovl_GetLastError() == IO_PENDING);
        assert_eq!(ovl_WaitForSingleObject(event, LONG), 0);
        let mut count = 0;
        assert_eq!((ovl_GetOverlappedResult(file, &raw mut overlapped, &raw mut count, 0), count), (1, 1500));
    }
    let (port, mut overlapped) = (ovl_CreateIoCompletionPort(file, 0, 9, 0), Overlapped::default());
    // SAFETY: as above.
    unsafe {
        let done = ovl_WriteFile(file, message.as_ptr().cast(), 3, null_mut(), &raw mut overlapped);
        assert!(done != 0 || ovl_GetLastError() == IO_PENDING);
        let (mut count, mut key, mut found) = (0, 0, 0);
        let got = ovl_GetQueuedCompletionStatus(port, &raw mut count, &raw mut key, &raw mut found, LONG);
        assert_eq!((got, count, key, found), (1, 3, 9, &raw mut overlapped as usize));
    }
}

#[test]
fn clients_of_other_processes_write_with_and_without_an_overlapped_07_4_2() {
    let name = unique("clients");
    let slot = create(&name, LONG);
    // SAFETY: no attributes and no name.
    let event = unsafe { ovl_CreateEventA(null(), 1, 0, null()) };
    let (mut overlapped, mut buffer) = (Overlapped { h_event: event, ..Overlapped::default() }, [0_u8; 10]);
    // SAFETY: buffer and OVERLAPPED stay until the request is complete.
    let pending = unsafe { ovl_ReadFile(slot, buffer.as_mut_ptr().cast(), 10, null_mut(), &raw mut overlapped) };
    assert_eq!((pending, ovl_GetLastError()), (0, IO_PENDING));
    let other = Other::start("client", &name);
    // SAFETY: as above.
    unsafe {
        assert_eq!(ovl_WaitForSingleObject(event, LONG), 0);
        let mut count = 0;
        assert_eq!((ovl_GetOverlappedResult(slot, &raw mut overlapped, &raw mut count, 0), count), (1, 5));
    }
    assert_eq!(&buffer[..5], b"first");
    assert_eq!((read(slot), read(slot), read(slot)), (Ok(vec![]), Ok(vec![7; 1500]), Ok(vec![7; 3])));
    other.finish();
    ovl_CloseHandle(slot);
}

#[test]
fn a_child_reads_and_writes_by_the_handles_it_inherits_07_4_1() {
    let (name, back) = (unique("heir"), unique("back"));
    let (slot, answers) = (create(&name, LONG), create(&back, LONG));
    let (to_child, by_child) = (open(&name, 0), open(&back, 0));
    for handle in [slot, by_child] {
        assert_eq!(ovl_SetHandleInformation(handle, 1, 1), 1);
    }
    assert!(write(to_child, b"one"));
    let process = start_with_handles(&format!("heir {slot} {by_child}"));
    ovl_CloseHandle(slot);
    ovl_CloseHandle(by_child);
    assert_eq!(read(answers), Ok(b"got one".to_vec()));
    assert!(write(to_child, b"two"), "the slot lives as long as the child has it");
    assert_eq!(read(answers), Ok(b"got two".to_vec()));
    assert_eq!(ovl_WaitForSingleObject(process, LONG), 0);
    let mut code = 77;
    // SAFETY: a number.
    assert_eq!((unsafe { ovl_GetExitCodeProcess(process, &raw mut code) }, code), (1, 0));
    let end = Instant::now() + LIMIT;
    while write(to_child, b"three") {
        assert!(Instant::now() < end, "the slot went with the child");
    }
    assert_eq!(ovl_GetLastError(), 2);
    for handle in [answers, to_child, process] {
        ovl_CloseHandle(handle);
    }
}

#[test]
fn an_overlapped_client_may_leave_the_overlapped_out_03_1() {
    let name = unique("client");
    let slot = create(&name, 0);
    let client = open(&name, FILE_FLAG_OVERLAPPED);
    assert!(write(client, b"plain"), "{}", ovl_GetLastError());
    assert_eq!(read(slot), Ok(b"plain".to_vec()));
    ovl_CloseHandle(client);
    ovl_CloseHandle(slot);
}

#[test]
fn a_write_has_completed_the_read_that_waited_when_it_returns_07_4_2() {
    let name = unique("together");
    let (slot, client) = (create(&name, 0), open(&name, 0));
    // SAFETY: no attributes and no name.
    let event = unsafe { ovl_CreateEventA(null(), 1, 0, null()) };
    let start = |request: &mut Overlapped, room: &mut [u8; 8]| {
        *request = Overlapped { h_event: event, ..Overlapped::default() };
        // SAFETY: both stay where they are until the request is complete.
        let done = unsafe { ovl_ReadFile(slot, room.as_mut_ptr().cast(), 8, null_mut(), &raw mut *request) };
        assert_eq!((done, ovl_GetLastError()), (0, IO_PENDING));
    };
    let (mut request, mut room, mut count) = (Overlapped::default(), [0; 8], 0);
    for _ in 0..100 {
        // A read that has just timed out keeps the thread of the alarms busy.
        assert_eq!(ovl_SetMailslotInfo(slot, 1), 1);
        start(&mut request, &mut room);
        assert_eq!(ovl_WaitForSingleObject(event, LONG), 0);
        assert_eq!(ovl_SetMailslotInfo(slot, MAILSLOT_WAIT_FOREVER), 1);
        start(&mut request, &mut room);
        assert!(write(client, b"message"));
        // SAFETY: as above.
        assert_eq!(unsafe { ovl_GetOverlappedResult(slot, &raw mut request, &raw mut count, 0) }, 1);
        assert_eq!((&room[..7], count), (&b"message"[..], 7));
    }
    for handle in [event, client, slot] {
        ovl_CloseHandle(handle);
    }
}

#[test]
fn this_computer_is_known_by_its_name_07_4_2() {
    let (mut computer, mut len) = ([0; 256], 256);
    // SAFETY: the buffer has this size.
    assert_ne!(unsafe { ovl_GetComputerNameA(computer.as_mut_ptr(), &raw mut len) }, 0);
    let computer = String::from_utf8(computer[..len as usize].to_vec()).unwrap();
    let name = unique("computer");
    let slot = create(&name, LONG);
    let client = open(&name.replacen('.', &computer, 1), 0);
    assert!(write(client, b"to myself"), "{}", ovl_GetLastError());
    assert_eq!(read(slot), Ok(b"to myself".to_vec()));
    ovl_CloseHandle(client);
    ovl_CloseHandle(slot);
    let pipe = text(&format!(r"\\{computer}\pipe\ovl-nobody-{}", std::process::id()));
    // SAFETY: a string.
    assert_eq!((unsafe { ovl_WaitNamedPipeA(pipe.as_ptr().cast(), 1) }, ovl_GetLastError()), (0, 2), "and not 53");
}

#[test]
fn a_name_is_one_for_all_processes_07_4_1() {
    let name = unique("taken");
    let slot = create(&name, 0);
    Other::start("taken", &name.to_uppercase()).finish();
    ovl_CloseHandle(slot);
    ovl_CloseHandle(create(&name, 0));
}

#[test]
fn names_may_be_wide_and_information_is_what_was_given_07_4_1() {
    let name = unique("größe");
    // SAFETY: strings that end, and no attributes.
    unsafe {
        let slot = ovl_CreateMailslotW(wide(&name).as_ptr(), u32::MAX, MAILSLOT_WAIT_FOREVER, null());
        assert_eq!(info(slot), [u32::MAX, MAILSLOT_NO_MESSAGE, 0, MAILSLOT_WAIT_FOREVER]);
        let upper = wide(&name.to_uppercase().replace("GRÖSSE", "GRÖßE"));
        let file = ovl_CreateFileW(upper.as_ptr(), GENERIC_WRITE, 1, null(), OPEN_EXISTING, 0, 0);
        assert_ne!(file, FAILED, "{}", ovl_GetLastError());
        assert!(write(file, b"x") && write(file, b"yz"));
        assert_eq!(ovl_SetMailslotInfo(slot, 0), 1);
        assert_eq!(info(slot), [u32::MAX, 1, 2, 0]);
        assert_eq!((read(slot), read(slot), read(slot)), (Ok(b"x".to_vec()), Ok(b"yz".to_vec()), Err(121)));
        for handle in [slot, file] {
            assert_eq!(ovl_CloseHandle(handle), 1);
        }
        assert_eq!((ovl_CreateMailslotW(null(), 0, 0, null()), ovl_GetLastError()), (FAILED, 3));
        assert_eq!((ovl_SetMailslotInfo(slot, 0), ovl_GetLastError()), (0, 6));
    }
}
