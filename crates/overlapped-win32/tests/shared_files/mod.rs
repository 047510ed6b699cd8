//! Files between processes: share modes (contract 01 §2.2) and byte-range locks (02 §9) bind all of them, and end with those who die.

pub mod killed;

use super::{Follower, LONG, SIGNALLED, TIMEOUT, event, lead, name, ready};
use overlapped_abi::Overlapped;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::locks::{ovl_LockFile, ovl_LockFileEx, ovl_UnlockFile};
use overlapped_win32::fileapi::names::ovl_DeleteFileA;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
use overlapped_win32::support::RawHandle;
use overlapped_win32::synchapi::*;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};

const INVALID: RawHandle = usize::MAX as RawHandle;
const READ: u32 = 0x8000_0000;
const BOTH: u32 = 0xC000_0000;
const ALL: u32 = 7;
const OVERLAPPED: u32 = 0x4000_0000;
const FAIL_IMMEDIATELY: u32 = 1;
const EXCLUSIVE: u32 = 2;
const ROUNDS: usize = 60;

fn path(file: &str) -> PathBuf {
    Path::new(&std::env::var_os("XDG_RUNTIME_DIR").unwrap()).join(file)
}

/// OPEN_ALWAYS.
fn open(file: &str, access: u32, share: u32, flags: u32) -> Result<RawHandle, u32> {
    let path = name(path(file).to_str().unwrap());
    // SAFETY: a name that ends with a zero.
    let handle = unsafe { ovl_CreateFileA(path.as_ptr().cast(), access, share, null(), 4, flags, 0) };
    if handle == INVALID { Err(ovl_GetLastError()) } else { Ok(handle) }
}

fn answer(done: i32) -> Result<(), u32> {
    if done == 0 { Err(ovl_GetLastError()) } else { Ok(()) }
}

fn at(offset: u32, event: RawHandle) -> Overlapped {
    Overlapped { offset, h_event: event, ..Overlapped::default() }
}

fn lock(file: RawHandle, flags: u32, offset: u32, bytes: u32) -> Result<(), u32> {
    // SAFETY: the structure lives as long as the call on a synchronous handle.
    answer(unsafe { ovl_LockFileEx(file, flags, 0, bytes, 0, &mut at(offset, 0)) })
}

fn unlock(file: RawHandle, offset: u32, bytes: u32) -> Result<(), u32> {
    answer(ovl_UnlockFile(file, offset, 0, bytes, 0))
}

fn read(file: RawHandle, offset: u32, bytes: u32) -> Result<(), u32> {
    let (mut to, mut count) = ([0_u8; 64], 0);
    // SAFETY: the buffer has room for so many, and the handle is synchronous.
    answer(unsafe { ovl_ReadFile(file, to.as_mut_ptr().cast(), bytes, &mut count, &mut at(offset, 0)) })
}

fn write(file: RawHandle, offset: u32, bytes: u32) -> Result<(), u32> {
    let mut count = 0;
    // SAFETY: the buffer has so many, and the handle is synchronous.
    answer(unsafe { ovl_WriteFile(file, [7_u8; 64].as_ptr().cast(), bytes, &mut count, &mut at(offset, 0)) })
}

/// Waits for a lock on an overlapped handle, with a limit.
fn await_lock(file: RawHandle, offset: u32, bytes: u32, meanwhile: impl FnOnce()) {
    // SAFETY: no name and no attributes.
    let done = unsafe { ovl_CreateEventA(null(), 1, 0, null_mut()) };
    let mut overlapped = at(offset, done);
    // SAFETY: the structure lives until the wait for the request has ended.
    let started = unsafe { ovl_LockFileEx(file, EXCLUSIVE, 0, bytes, 0, &mut overlapped) };
    assert_eq!(answer(started), Err(997));
    assert_eq!(ovl_WaitForSingleObject(done, 20), TIMEOUT, "another process has the range");
    meanwhile();
    assert_eq!(ovl_WaitForSingleObject(done, LONG), SIGNALLED);
    let mut bytes = 1;
    // SAFETY: both are ours.
    assert_eq!(answer(unsafe { ovl_GetOverlappedResult(file, &mut overlapped, &mut bytes, 0) }), Ok(()));
    ovl_CloseHandle(done);
}

#[test]
fn a_range_locked_by_one_process_refuses_locks_and_transfers_of_another_02_9() {
    lead("lead-ranges");
}

pub fn lead_ranges() {
    let (meeting, _) = event("meeting", false);
    let file = open("ranges", BOTH, ALL, 0).unwrap();
    write(file, 0, 32).unwrap();
    lock(file, EXCLUSIVE, 0, 4).unwrap();
    lock(file, 0, 8, 4).unwrap();
    lock(file, 0, 10, 10).unwrap();
    ovl_LockFile(file, 0xFFFF_FFFF, 0xFFFF_FFFF, 1, 0);
    let mut follower = Follower::start("follow-ranges");
    // It has seen them, and waits for the first.
    unlock(file, 0, 4).unwrap();
    unlock(file, 8, 4).unwrap();
    follower.go();
    assert_eq!(ovl_WaitForSingleObject(meeting, LONG), SIGNALLED);
    assert_eq!(lock(file, EXCLUSIVE | FAIL_IMMEDIATELY, 3, 1), Err(33), "the follower has it");
    let late = open("ranges", BOTH, ALL, OVERLAPPED).unwrap();
    // It dies with its lock.
    await_lock(late, 3, 1, || follower.kill());
    assert_eq!(lock(file, EXCLUSIVE | FAIL_IMMEDIATELY, 0, 3), Ok(()));
    ovl_CloseHandle(late);
    ovl_CloseHandle(file);
    ovl_CloseHandle(meeting);
}

pub fn follow_ranges() {
    let (meeting, _) = event("meeting", false);
    let file = open("ranges", BOTH, ALL, 0).unwrap();
    let now = EXCLUSIVE | FAIL_IMMEDIATELY;
    assert_eq!((read(file, 0, 4), read(file, 3, 2), read(file, 4, 4)), (Err(33), Err(33), Ok(())));
    assert_eq!((write(file, 2, 1), write(file, 4, 4)), (Err(33), Ok(())));
    assert_eq!((read(file, 8, 12), write(file, 11, 1), write(file, 20, 1)), (Ok(()), Err(33), Ok(())));
    assert_eq!(
        (lock(file, now, 2, 1), lock(file, FAIL_IMMEDIATELY, 2, 1), lock(file, now, 4, 4)),
        (Err(33), Err(33), Ok(()))
    );
    assert_eq!((lock(file, now, 12, 1), lock(file, FAIL_IMMEDIATELY, 12, 1)), (Err(33), Ok(())));
    assert_eq!((unlock(file, 12, 1), unlock(file, 8, 4)), (Ok(()), Err(158)));
    assert_eq!(answer(ovl_LockFile(file, 0xFFFF_FFFF, 0xFFFF_FFFF, 1, 0)), Err(33), "also the last byte there is");
    let waiting = open("ranges", BOTH, ALL, OVERLAPPED).unwrap();
    await_lock(waiting, 0, 4, ready);
    assert_eq!(lock(file, now, 8, 2), Ok(()), "one of two shared locks is gone");
    assert_eq!(lock(file, now, 10, 2), Err(33), "the other one stays");
    ovl_SetEvent(meeting);
    std::thread::sleep(super::LIMIT);
}

#[test]
fn share_modes_of_one_process_bind_another_01_2_2() {
    lead("lead-shares");
}

pub fn lead_shares() {
    let (meeting, _) = event("meeting", false);
    let held = open("held", BOTH, 0, 0).unwrap();
    let mut follower = Follower::start("follow-shares");
    ovl_CloseHandle(held);
    follower.go();
    assert_eq!(ovl_WaitForSingleObject(meeting, LONG), SIGNALLED);
    assert_eq!(open("held", READ, 1, 0), Err(32), "it is being written");
    ovl_CloseHandle(open("held", READ, 3, 0).unwrap());
    assert_eq!(open("held", BOTH, 3, 0), Err(32), "which the writer does not share");
    let watched = open("held", READ, ALL, 0).unwrap();
    follower.kill();
    ovl_CloseHandle(open("held", BOTH, ALL, 0).unwrap());
    ovl_CloseHandle(watched);
    ovl_CloseHandle(open("held", BOTH, 0, 0).unwrap());
    ovl_CloseHandle(meeting);
}

pub fn follow_shares() {
    let (meeting, _) = event("meeting", false);
    assert_eq!([open("held", READ, ALL, 0), open("held", BOTH, 0, 0)], [Err(32), Err(32)]);
    ovl_CloseHandle(open("held", 0, 0, 0).expect("who reads and writes nothing is not in the way"));
    let held = name(path("held").to_str().unwrap());
    // SAFETY: a name that ends with a zero.
    assert_eq!(answer(unsafe { ovl_DeleteFileA(held.as_ptr().cast()) }), Err(32));
    ready();
    // Closed with the end of this process.
    open("held", BOTH, 1, 0).unwrap();
    ovl_SetEvent(meeting);
    std::thread::sleep(super::LIMIT);
}

#[test]
fn a_file_that_waits_to_be_deleted_is_refused_elsewhere_and_goes_with_the_last_process_01_2_5_02_8() {
    lead("lead-doomed");
}

fn dispose(file: RawHandle, delete: u8) -> Result<(), u32> {
    use overlapped_win32::fileapi::information::ovl_SetFileInformationByHandle;
    // SAFETY: a byte, which is what class 4 takes.
    answer(unsafe { ovl_SetFileInformationByHandle(file, 4, std::ptr::from_ref(&delete).cast(), 1) })
}

pub fn lead_doomed() {
    const DELETE: u32 = 0x1_0000;
    let (meeting, _) = event("meeting", false);
    let (file, kept) = (open("doomed", BOTH | DELETE, ALL, 0).unwrap(), open("kept", BOTH | DELETE, ALL, 0).unwrap());
    assert_eq!((dispose(file, 1), dispose(kept, 1), dispose(kept, 0)), (Ok(()), Ok(()), Ok(())));
    let mut follower = Follower::start("follow-doomed");
    dispose(file, 0).unwrap();
    follower.go();
    assert_eq!(ovl_WaitForSingleObject(meeting, LONG), SIGNALLED);
    dispose(file, 1).unwrap();
    ovl_CloseHandle(file);
    ovl_CloseHandle(kept);
    assert_eq!((path("doomed").exists(), path("kept").exists()), (true, true), "the follower has it open");
    assert_eq!(open("doomed", READ, ALL, 0), Err(5));
    follower.finish();
    assert!(!path("doomed").exists());
    ovl_CloseHandle(open("doomed", READ, ALL, 0).expect("the name is free"));
    ovl_CloseHandle(meeting);
}

pub fn follow_doomed() {
    let (meeting, _) = event("meeting", false);
    assert_eq!([open("doomed", READ, ALL, 0), open("doomed", 0, ALL, 0)], [Err(5), Err(5)]);
    ovl_CloseHandle(open("kept", READ, ALL, 0).unwrap());
    ready();
    let file = open("doomed", READ, ALL, 0).expect("it was taken back");
    ovl_SetEvent(meeting);
    std::io::stdin().read_line(&mut String::new()).unwrap();
    assert_eq!(open("doomed", READ, ALL, 0), Err(5));
    ovl_CloseHandle(file);
}

#[test]
fn of_all_processes_one_has_a_file_alone_and_one_a_range_01_2_2_02_9() {
    lead("lead-alone");
}

pub fn lead_alone() {
    let (keep, _) = event("keep", false);
    std::fs::write(path("shared"), "0").unwrap();
    std::fs::write(path("ranged"), "0").unwrap();
    let followers = [Follower::start("follow-alone"), Follower::start("follow-alone"), Follower::start("follow-alone")];
    followers.into_iter().for_each(Follower::finish);
    for count in ["shared", "ranged"] {
        assert_eq!(std::fs::read_to_string(path(count)).unwrap(), (3 * ROUNDS).to_string(), "{count}");
    }
    ovl_CloseHandle(keep);
}

/// Counts in two files: in one while nobody else can open it, in the other while nobody else can lock it.
pub fn count_alone() {
    let more = |file: &str| {
        let now: usize = std::fs::read_to_string(path(file)).unwrap().parse().unwrap();
        std::fs::write(path(file), (now + 1).to_string()).unwrap();
    };
    ready();
    for _ in 0..ROUNDS {
        let alone = loop {
            match open("shared.lock", BOTH, 0, 0) {
                Ok(alone) => break alone,
                Err(error) => assert_eq!(error, 32),
            }
            std::thread::yield_now();
        };
        more("shared");
        ovl_CloseHandle(alone);
    }
    let file = open("ranged.lock", BOTH, ALL, 0).unwrap();
    for _ in 0..ROUNDS {
        lock(file, EXCLUSIVE, 100, 1).unwrap();
        more("ranged");
        unlock(file, 100, 1).unwrap();
    }
    ovl_CloseHandle(file);
}
