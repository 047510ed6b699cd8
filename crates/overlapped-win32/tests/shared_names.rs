//! Named objects between processes (contract 04 section 2): one name is one object for all processes of a user, it goes with its last handle,
//! and a mutex outlives its owner as abandoned.
//!
//! Each test runs a *lead* in a process of its own, with a run-time directory of its own; leads start *followers* in more. A
//! process that does not end in time is killed, and its test fails.

use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::memoryapi::views::{
    ovl_CreateFileMappingA, ovl_MapViewOfFile, ovl_OpenFileMappingA, ovl_UnmapViewOfFile,
};
use overlapped_win32::support::RawHandle;
use overlapped_win32::synchapi::*;
use std::ffi::CString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

mod shared_files;

const ROLE: &str = "OVERLAPPED_TEST_ROLE";
const LIMIT: Duration = Duration::from_secs(120);
/// For waits that must succeed, in milliseconds.
const LONG: u32 = 60_000;
const SIGNALLED: u32 = 0;
const ABANDONED: u32 = 0x80;
const TIMEOUT: u32 = 258;
const ALL_ACCESS: u32 = 0x1F_0003;

/// This program again, in another role.
fn process(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "role", "--ignored", "--nocapture", "--test-threads=1"]).env(ROLE, role);
    command
}

fn finish(child: &mut Child, what: &str) {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return assert!(status.success(), "{what}: {status}");
        }
        if Instant::now() > end {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{what} did not end within {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn lead(role: &str) {
    let run = tempfile::tempdir().unwrap();
    let mut child = process(role).env("XDG_RUNTIME_DIR", run.path()).spawn().unwrap();
    finish(&mut child, role);
    let left: Vec<_> =
        std::fs::read_dir(run.path().join("overlapped/objects")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_str().unwrap().starts_with("door-")), "{role} left {left:?}");
}

/// A follower, which says "ready" and waits for a line.
struct Follower(Child, ChildStdin, &'static str);

impl Follower {
    fn start(role: &'static str) -> Self {
        let mut child = process(role).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("ready") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "{role} ended before it was ready");
        }
        std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        let input = child.stdin.take().unwrap();
        Self(child, input, role)
    }

    /// One that has ended does not hear it.
    fn go(&mut self) {
        let _ = self.1.write_all(b"go\n");
    }

    fn finish(mut self) {
        self.go();
        finish(&mut self.0, self.2);
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// In a follower: ready, until the lead says so.
fn ready() {
    println!("\nready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn name(text: &str) -> CString {
    CString::new(text).unwrap()
}

fn event(text: &str, manual: bool) -> (RawHandle, u32) {
    // SAFETY: a name that ends with a zero.
    let handle = unsafe { ovl_CreateEventA(null(), manual.into(), 0, name(text).as_ptr()) };
    (handle, ovl_GetLastError())
}

fn mutex(text: &str, owned: bool) -> (RawHandle, u32) {
    // SAFETY: as above.
    let handle = unsafe { ovl_CreateMutexA(null(), owned.into(), name(text).as_ptr()) };
    (handle, ovl_GetLastError())
}

fn semaphore(text: &str, initial: i32, max: i32) -> (RawHandle, u32) {
    // SAFETY: as above.
    let handle = unsafe { ovl_CreateSemaphoreA(null(), initial, max, name(text).as_ptr()) };
    (handle, ovl_GetLastError())
}

fn open_event(text: &str) -> (RawHandle, u32) {
    // SAFETY: as above.
    let handle = unsafe { ovl_OpenEventA(ALL_ACCESS, 0, name(text).as_ptr()) };
    (handle, ovl_GetLastError())
}

fn release(semaphore: RawHandle) -> Result<i32, u32> {
    let mut before = -1;
    // SAFETY: the place is writable.
    let done = unsafe { ovl_ReleaseSemaphore(semaphore, 1, &mut before) };
    if done != 0 { Ok(before) } else { Err(ovl_GetLastError()) }
}

fn wait_all(handles: &[RawHandle], milliseconds: u32) -> u32 {
    // SAFETY: so many handles.
    unsafe { ovl_WaitForMultipleObjects(handles.len() as u32, handles.as_ptr(), 1, milliseconds) }
}

#[test]
#[ignore = "a part of the others, run in processes of their own"]
fn role() {
    match std::env::var(ROLE).as_deref() {
        Ok("lead-events") => lead_events(),
        Ok("follow-events") => follow_events(),
        Ok("lead-auto") => lead_auto(),
        Ok("follow-auto") => follow_auto(),
        Ok("lead-semaphore") => lead_semaphore(),
        Ok("follow-semaphore") => follow_semaphore(),
        Ok("lead-mutex") => lead_mutex(),
        Ok("follow-mutex") => follow_mutex(),
        Ok("lead-closed") => lead_closed(),
        Ok("follow-closed") => follow_closed(),
        Ok("lead-life") => lead_life(),
        Ok("follow-life") => follow_life(),
        Ok("lead-all") => lead_all(),
        Ok("follow-all") => follow_all(),
        Ok("lead-timer") => lead_timer(),
        Ok("follow-timer") => follow_timer(),
        Ok("lead-heirs") => lead_heirs(),
        Ok("follow-heirs") => follow_heirs(),
        Ok("lead-section") => lead_section(),
        Ok("follow-section") => follow_section(),
        Ok("lead-exclusion") => lead_exclusion(),
        Ok("follow-exclusion") => count(),
        Ok("lead-ping") => lead_ping(),
        Ok("follow-ping") => follow_ping(),
        Ok("lead-ranges") => shared_files::lead_ranges(),
        Ok("follow-ranges") => shared_files::follow_ranges(),
        Ok("lead-shares") => shared_files::lead_shares(),
        Ok("follow-shares") => shared_files::follow_shares(),
        Ok("lead-doomed") => shared_files::lead_doomed(),
        Ok("follow-doomed") => shared_files::follow_doomed(),
        Ok("lead-alone") => shared_files::lead_alone(),
        Ok("follow-alone") => shared_files::count_alone(),
        Ok("lead-killed") => shared_files::killed::lead_killed(),
        Ok("follow-killed") => shared_files::killed::follow_killed(),
        Ok(role) => panic!("{role}"),
        // Somebody runs all ignored tests.
        Err(_) => {}
    }
}

#[test]
fn an_event_set_in_one_process_wakes_waits_in_another_04_2() {
    lead("lead-events");
}

fn lead_events() {
    let (auto, error) = event("auto", false);
    assert_eq!(error, 0);
    let (manual, _) = event(r"Global\manual", true);
    let mut follower = Follower::start("follow-events");
    assert_eq!(ovl_WaitForSingleObject(auto, 0), TIMEOUT);
    follower.go();
    assert_eq!(ovl_WaitForSingleObject(auto, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(auto, 0), TIMEOUT, "one wait has taken it");
    assert_eq!(ovl_WaitForSingleObject(manual, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(manual, 0), SIGNALLED, "it stays");
    ovl_ResetEvent(manual);
    follower.finish();
    ovl_CloseHandle(auto);
    ovl_CloseHandle(manual);
}

fn follow_events() {
    let (auto, error) = open_event(r"Local\auto");
    assert!(auto != 0, "{error}");
    let (manual, error) = event("manual", false);
    assert_eq!(error, 183, "it exists, and stays a manual-reset event");
    ready();
    ovl_SetEvent(auto);
    ovl_SetEvent(manual);
    ready();
    assert_eq!(ovl_WaitForSingleObject(manual, 0), TIMEOUT, "the other process has reset it");
    ovl_CloseHandle(auto);
    ovl_CloseHandle(manual);
}

#[test]
fn an_auto_event_releases_one_wait_of_all_processes_04_3() {
    lead("lead-auto");
}

fn lead_auto() {
    let (gate, _) = event("gate", false);
    let (passed, _) = semaphore("passed", 0, 10);
    let followers = [Follower::start("follow-auto"), Follower::start("follow-auto"), Follower::start("follow-auto")];
    for _ in &followers {
        assert_eq!(ovl_WaitForSingleObject(passed, 50), TIMEOUT, "nobody passes without a signal");
        ovl_SetEvent(gate);
        assert_eq!(ovl_WaitForSingleObject(passed, LONG), SIGNALLED);
    }
    followers.into_iter().for_each(Follower::finish);
    assert_eq!(ovl_WaitForSingleObject(gate, 0), TIMEOUT);
    ovl_CloseHandle(gate);
    ovl_CloseHandle(passed);
}

fn follow_auto() {
    let (gate, _) = open_event("gate");
    let (passed, error) = semaphore("passed", 5, 7);
    assert_eq!(error, 183);
    println!("\nready");
    assert_eq!(ovl_WaitForSingleObject(gate, LONG), SIGNALLED);
    release(passed).unwrap();
    ovl_CloseHandle(gate);
    ovl_CloseHandle(passed);
}

#[test]
fn a_semaphore_has_one_count_for_all_processes_04_5() {
    lead("lead-semaphore");
}

fn lead_semaphore() {
    let (count, _) = semaphore("count", 0, 3);
    let followers = [Follower::start("follow-semaphore"), Follower::start("follow-semaphore")];
    followers.into_iter().for_each(Follower::finish);
    assert_eq!(release(count), Ok(2));
    assert_eq!(release(count), Err(298), "the ceiling is the first maker's");
    for _ in 0..3 {
        assert_eq!(ovl_WaitForSingleObject(count, 0), SIGNALLED);
    }
    assert_eq!(ovl_WaitForSingleObject(count, 10), TIMEOUT);
    ovl_CloseHandle(count);
}

fn follow_semaphore() {
    let (count, error) = semaphore("count", 9, 99);
    assert_eq!(error, 183);
    ready();
    release(count).unwrap();
    ovl_CloseHandle(count);
}

#[test]
fn a_mutex_is_owned_by_one_process_and_abandoned_by_its_death_04_4() {
    lead("lead-mutex");
}

fn lead_mutex() {
    let (lock, error) = mutex("lock", true);
    assert_eq!(error, 0);
    let mut follower = Follower::start("follow-mutex");
    assert_eq!(ovl_ReleaseMutex(lock), 1);
    follower.go();
    let (taken, _) = event("taken", true);
    assert_eq!(ovl_WaitForSingleObject(taken, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(lock, 20), TIMEOUT);
    assert_eq!((ovl_ReleaseMutex(lock), ovl_GetLastError()), (0, 288));
    let waiter = std::thread::spawn(move || {
        let outcome = ovl_WaitForSingleObject(lock, LONG);
        assert_eq!(ovl_ReleaseMutex(lock), 1);
        outcome
    });
    std::thread::sleep(Duration::from_millis(30));
    follower.kill();
    assert_eq!(waiter.join().unwrap(), ABANDONED, "its owner was killed");
    assert_eq!(ovl_WaitForSingleObject(lock, 0), SIGNALLED, "and that is told once");
    assert_eq!(ovl_ReleaseMutex(lock), 1);
    ovl_CloseHandle(lock);
    ovl_CloseHandle(taken);
}

fn follow_mutex() {
    let (lock, error) = mutex("lock", true);
    assert_eq!(error, 183, "an existing mutex keeps its owner");
    let (taken, _) = event("taken", true);
    assert_eq!(ovl_WaitForSingleObject(lock, 20), TIMEOUT);
    assert_eq!((ovl_ReleaseMutex(lock), ovl_GetLastError()), (0, 288));
    ready();
    assert_eq!(ovl_WaitForSingleObject(lock, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(lock, 0), SIGNALLED, "its owner may take it again");
    ovl_SetEvent(taken);
    std::thread::sleep(LIMIT);
}

#[test]
fn a_mutex_whose_owner_has_closed_its_handle_is_not_lost_to_others_04_4() {
    lead("lead-closed");
}

fn lead_closed() {
    let (lock, error) = mutex("closed", true);
    assert_eq!(error, 0);
    let mut follower = Follower::start("follow-closed");
    follower.go();
    std::thread::sleep(Duration::from_millis(30));
    // This thread goes on: only the handle is gone, with which it could have released the mutex.
    assert_eq!(ovl_CloseHandle(lock), 1);
    follower.finish();
    let (lock, error) = mutex("closed", true);
    assert_eq!(error, 0, "nobody has it any more");
    assert_eq!(ovl_ReleaseMutex(lock), 1, "and this one is a new one, with its first owner");
    ovl_CloseHandle(lock);
}

fn follow_closed() {
    let (lock, error) = mutex("closed", false);
    assert_eq!(error, 183);
    ready();
    assert_eq!(ovl_WaitForSingleObject(lock, LONG), ABANDONED);
    assert_eq!(ovl_ReleaseMutex(lock), 1);
    ovl_CloseHandle(lock);
}

#[test]
fn a_name_belongs_to_one_kind_and_goes_with_its_last_handle_04_2() {
    lead("lead-life");
}

fn lead_life() {
    assert_eq!(open_event("there"), (0, 2));
    let follower = Follower::start("follow-life");
    let (there, error) = open_event("there");
    assert!(there != 0, "{error}");
    assert_eq!(mutex("there", false), (0, 6));
    ovl_CloseHandle(there);
    follower.finish();
    assert_eq!(open_event("there"), (0, 2), "its last handle is closed");
    Follower::start("follow-life").kill();
    assert_eq!(open_event("there"), (0, 2), "its last process is dead");
    let (again, error) = event("there", false);
    assert_eq!((ovl_WaitForSingleObject(again, 0), error), (TIMEOUT, 0), "a new object");
    ovl_CloseHandle(again);
}

fn follow_life() {
    let (there, error) = event("there", true);
    assert_eq!(error, 0);
    ovl_SetEvent(there);
    ready();
    ovl_CloseHandle(there);
}

#[test]
fn a_wait_for_all_takes_shared_and_own_objects_together_04_8() {
    lead("lead-all");
}

fn lead_all() {
    let (shared, _) = event("shared", false);
    let (lock, _) = mutex("lock", false);
    // SAFETY: no name.
    let own = unsafe { ovl_CreateEventA(null(), 0, 1, null()) };
    let mut follower = Follower::start("follow-all");
    assert_eq!(wait_all(&[shared, lock, own], 20), TIMEOUT);
    assert_eq!(ovl_WaitForSingleObject(own, 0), SIGNALLED, "nothing was taken");
    ovl_SetEvent(own);
    let waiter = std::thread::spawn(move || (wait_all(&[shared, lock, own], LONG), ovl_ReleaseMutex(lock)));
    std::thread::sleep(Duration::from_millis(20));
    follower.go();
    assert_eq!(waiter.join().unwrap(), (SIGNALLED, 1));
    assert_eq!((ovl_WaitForSingleObject(own, 0), ovl_WaitForSingleObject(shared, 0)), (TIMEOUT, TIMEOUT));
    follower.finish();
    for handle in [shared, lock, own] {
        ovl_CloseHandle(handle);
    }
}

fn follow_all() {
    let (shared, _) = open_event("shared");
    let (lock, _) = mutex("lock", false);
    assert_eq!(ovl_WaitForSingleObject(lock, LONG), SIGNALLED);
    ready();
    ovl_SetEvent(shared);
    std::thread::sleep(Duration::from_millis(20));
    ovl_ReleaseMutex(lock);
    ready();
    ovl_CloseHandle(shared);
    ovl_CloseHandle(lock);
}

#[test]
fn a_timer_set_in_one_process_signals_waits_in_another_04_6() {
    lead("lead-timer");
}

fn lead_timer() {
    // SAFETY: a name that ends with a zero.
    let timer = unsafe { ovl_CreateWaitableTimerA(null(), 0, name("timer").as_ptr()) };
    let follower = Follower::start("follow-timer");
    assert_eq!(ovl_WaitForSingleObject(timer, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(timer, 0), TIMEOUT);
    // Set again here, it is this process's, and the other's setting does not count any more.
    let due = -3_600 * 10_000_000_i64;
    // SAFETY: the due time is there for the call.
    assert_eq!(unsafe { ovl_SetWaitableTimer(timer, &due, 0, None, null_mut(), 0) }, 1);
    assert_eq!(ovl_WaitForSingleObject(timer, 300), TIMEOUT);
    follower.finish();
    ovl_CloseHandle(timer);
}

fn follow_timer() {
    // SAFETY: a name that ends with a zero, and a due time that is there for the call.
    let timer = unsafe {
        let timer = ovl_OpenWaitableTimerA(ALL_ACCESS, 0, name("timer").as_ptr());
        let due = -500_000_i64;
        assert_eq!(ovl_SetWaitableTimer(timer, &due, 100, None, null_mut(), 0), 1);
        timer
    };
    ready();
    ovl_CloseHandle(timer);
}

#[test]
fn a_timer_outlives_the_process_that_set_it_04_6() {
    lead("lead-heirs");
}

fn timer(text: &str) -> RawHandle {
    // SAFETY: a name that ends with a zero.
    unsafe { ovl_CreateWaitableTimerA(null(), 0, name(text).as_ptr()) }
}

fn set(timer: RawHandle, milliseconds: i64, period: i32) {
    let due = -10_000 * milliseconds;
    // SAFETY: the due time is there for the call.
    assert_eq!(unsafe { ovl_SetWaitableTimer(timer, &due, period, None, null_mut(), 0) }, 1);
}

fn lead_heirs() {
    let (once, every, closed) = (timer("once"), timer("every"), timer("closed"));
    let follower = Follower::start("follow-heirs");
    assert_eq!(ovl_WaitForSingleObject(closed, LONG), SIGNALLED, "its setter lives, and has closed it");
    follower.kill();
    assert_eq!(ovl_WaitForSingleObject(once, LONG), SIGNALLED);
    assert_eq!(ovl_WaitForSingleObject(once, 100), TIMEOUT, "once and no more");
    for _ in 0..3 {
        assert_eq!(ovl_WaitForSingleObject(every, LONG), SIGNALLED);
    }
    assert_eq!(ovl_CancelWaitableTimer(every), 1);
    ovl_WaitForSingleObject(every, 0);
    assert_eq!(ovl_WaitForSingleObject(every, 300), TIMEOUT, "cancelled by the heir");
    for timer in [once, every, closed] {
        ovl_CloseHandle(timer);
    }
}

fn follow_heirs() {
    let (once, every, closed) = (timer("once"), timer("every"), timer("closed"));
    set(closed, 300, 0);
    ovl_CloseHandle(closed);
    set(once, 1_500, 0);
    set(every, 1_000, 100);
    ready();
    unreachable!("killed before");
}

const PAGE_READWRITE: u32 = 4;
const FILE_MAP_WRITE: u32 = 2;

fn section(file: RawHandle, bytes: u32, text: &str) -> (RawHandle, u32) {
    // SAFETY: a name that ends with a zero.
    let handle = unsafe { ovl_CreateFileMappingA(file, null(), PAGE_READWRITE, 0, bytes, name(text).as_ptr().cast()) };
    (handle, ovl_GetLastError())
}

fn view(section: RawHandle) -> *mut u8 {
    let view = ovl_MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    assert!(!view.is_null(), "{}", ovl_GetLastError());
    view.cast()
}

/// The bytes in a view, which others write: one at a time, and only when they say so.
fn at(view: *mut u8, index: usize) -> u8 {
    // SAFETY: inside the view.
    unsafe { view.add(index).read_volatile() }
}

fn put(view: *mut u8, index: usize, byte: u8) {
    // SAFETY: inside the view.
    unsafe { view.add(index).write_volatile(byte) };
}

fn file(name_of_file: &str) -> RawHandle {
    let (path, all) = (name(name_of_file), 0xC000_0000);
    // SAFETY: a name that ends with a zero; OPEN_ALWAYS, shared by all.
    unsafe { ovl_CreateFileA(path.as_ptr().cast(), all, 3, null(), 4, 0, 0) }
}

#[test]
fn a_section_with_a_name_is_one_memory_in_all_processes_04_2() {
    lead("lead-section");
}

fn lead_section() {
    let backing = format!("{}/backing", std::env::var("XDG_RUNTIME_DIR").unwrap());
    let (memory, error) = section(usize::MAX, 100_000, r"Local\memory");
    assert_eq!(error, 0);
    let handle = file(&backing);
    let (of_file, error) = section(handle, 8192, "of a file");
    assert_eq!(error, 0);
    let (ours, files) = (view(memory), view(of_file));
    put(ours, 0, 1);
    put(files, 8191, 7);
    let mut follower = Follower::start("follow-section");
    assert_eq!((at(ours, 99_999), at(files, 0)), (2, 8));
    assert_eq!(event("memory", true), (0, 6), "another kind of object");
    // It is there without us, and goes with the last handle of all.
    ovl_CloseHandle(memory);
    // SAFETY: nobody uses the view any more.
    unsafe { ovl_UnmapViewOfFile(ours.cast()) };
    let (memory, error) = section(usize::MAX, 5, "memory");
    assert_eq!(error, 183);
    assert_eq!(at(view(memory), 99_999), 2, "as large as it was made");
    ovl_CloseHandle(memory);
    follower.go();
    follower.finish();
    assert_eq!(std::fs::read(&backing).unwrap()[0], 8);
    ovl_CloseHandle(of_file);
    ovl_CloseHandle(handle);
}

fn follow_section() {
    assert_eq!(open_event("memory"), (0, 6));
    // SAFETY: names that end with a zero.
    let open = |text| unsafe { ovl_OpenFileMappingA(FILE_MAP_WRITE | 4, 0, name(text).as_ptr().cast()) };
    let (memory, of_file) = (open("memory"), open("of a file"));
    let (ours, files) = (view(memory), view(of_file));
    assert_eq!((at(ours, 0), at(files, 8191)), (1, 7));
    put(ours, 99_999, 2);
    put(files, 0, 8);
    ready();
    ready();
    for handle in [memory, of_file] {
        ovl_CloseHandle(handle);
    }
    for view in [ours, files] {
        // SAFETY: nobody uses the view any more.
        unsafe { ovl_UnmapViewOfFile(view.cast()) };
    }
    assert_eq!((open("memory"), ovl_GetLastError()), (0, 2));
}

#[test]
fn a_mutex_excludes_the_threads_of_all_processes_04_4() {
    lead("lead-exclusion");
}

const ROUNDS: usize = 300;

fn lead_exclusion() {
    let path = std::path::Path::new(&std::env::var_os("XDG_RUNTIME_DIR").unwrap()).join("count");
    std::fs::write(&path, "0").unwrap();
    let (keep, _) = mutex("count", false);
    let followers = [Follower::start("follow-exclusion"), Follower::start("follow-exclusion")];
    followers.into_iter().for_each(Follower::finish);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), (2 * 2 * ROUNDS).to_string());
    ovl_CloseHandle(keep);
}

/// Counts in a file, by two threads.
fn count() {
    let path = std::path::Path::new(&std::env::var_os("XDG_RUNTIME_DIR").unwrap()).join("count");
    let (lock, _) = mutex("count", false);
    ready();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    assert_eq!(ovl_WaitForSingleObject(lock, LONG), SIGNALLED);
                    let now: usize = std::fs::read_to_string(&path).unwrap().parse().unwrap();
                    std::fs::write(&path, (now + 1).to_string()).unwrap();
                    assert_eq!(ovl_ReleaseMutex(lock), 1);
                }
            });
        }
    });
    ovl_CloseHandle(lock);
}

#[test]
fn no_signal_between_processes_is_lost_04_3() {
    lead("lead-ping");
}

fn lead_ping() {
    let (ping, _) = event("ping", false);
    let (pong, _) = event("pong", false);
    let mut follower = Follower::start("follow-ping");
    follower.go();
    for round in 0..2 * ROUNDS {
        ovl_SetEvent(ping);
        assert_eq!(ovl_WaitForSingleObject(pong, LONG), SIGNALLED, "round {round}");
    }
    follower.finish();
    ovl_CloseHandle(ping);
    ovl_CloseHandle(pong);
}

fn follow_ping() {
    let (ping, _) = open_event("ping");
    let (pong, _) = open_event("pong");
    ready();
    for round in 0..2 * ROUNDS {
        assert_eq!(ovl_WaitForSingleObject(ping, LONG), SIGNALLED, "round {round}");
        ovl_SetEvent(pong);
    }
    ovl_CloseHandle(ping);
    ovl_CloseHandle(pong);
}
