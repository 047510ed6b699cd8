//! Threads that others stop, end, and weigh: SuspendThread, TerminateThread, priorities, processors.
//!
//! # Stopping is cooperative
//!
//! A thread that is to stop, or to end, does so when its next call into the library returns; a wait or a synchronous request that
//! it is blocked in ends early if it is to end. There it holds none of the library's locks, so others can go on. One that computes in the
//! program's own code stops there, by a signal (module `halt`). Stopping it just anywhere would now and then leave the heap or a handle
//! table locked for ever. The drawback: a thread that stays in code of somebody else goes on. TerminateThread then still returns TRUE, and
//! the handle is signalled when the thread has come by.
//!
//! A terminated thread runs nothing any more, not even destructors: its requests are cancelled, its mutexes abandoned, its port left,
//! and Linux is told to end it. Its stack stays allocated, as it did in older versions of Windows, and so does what it had locked.

mod halt;
pub(crate) mod registers;

pub use registers::{ovl_GetThreadContext, ovl_SetThreadContext};

use crate::processthreadsapi::{Made, forget, made_with, main_thread_of, thread, with_made};
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use overlapped_kernel::process::Process;
use overlapped_kernel::thread::{Thread, current};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

const THREAD_TERMINATE: u32 = 0x1;
const THREAD_SUSPEND_RESUME: u32 = 0x2;
/// Most suspensions of one thread.
const MAXIMUM_SUSPEND_COUNT: u32 = 127;
/// ERROR_SIGNAL_REFUSED: the count is at its limit.
const SIGNAL_REFUSED: Win32Error = Win32Error(156);

/// How many threads are to stop or end: as long as it is 0, a call costs nothing more.
static STOPPING: AtomicU32 = AtomicU32::new(0);

/// Stops or ends the calling thread if somebody has asked for that. For the end of calls, with no lock held.
#[inline(always)]
pub(crate) fn stop_if_asked() {
    if STOPPING.load(Relaxed) != 0 {
        stop_if_marked();
    }
}

#[cold]
#[inline(never)]
fn stop_if_marked() {
    crate::processthreadsapi::with_made(stop);
}

#[cold]
fn stop(made: &Arc<Made>) {
    if made.is_marked() {
        registers::wait(made);
        if made.doom().is_some() {
            end(made);
        }
    }
}

/// One more thread is to stop.
pub(crate) fn mark() {
    STOPPING.fetch_add(1, Relaxed);
}

/// One less.
pub(crate) fn unmark() {
    STOPPING.fetch_sub(1, Relaxed);
}

/// The end of a terminated thread.
pub(crate) fn end(made: &Arc<Made>) -> ! {
    leave(made.doom().unwrap_or(0))
}

/// The end of a thread whose frames cannot be unwound.
pub(crate) fn leave(code: u32) -> ! {
    current().set_exit_code(code);
    with_made(forget);
    crate::lastthread::ended(code);
    Thread::end_here();
    // SAFETY: ends this thread and nothing else. Its stack is not given back, so nothing that others have references to goes away.
    unsafe { libc::syscall(libc::SYS_exit, 0) };
    unreachable!("the thread has ended")
}

/// SuspendThread: the count before; the thread stops in its own code or at the end of its next call. u32::MAX with 5 without the
/// right, or for a thread that CreateThread has not made.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SuspendThread(object: RawHandle) -> u32 {
    guard_or(u32::MAX, || {
        if let Some(process) = main_thread_of(object, THREAD_SUSPEND_RESUME)? {
            return process.suspend();
        }
        let made = made_with(object, THREAD_SUSPEND_RESUME)?;
        let before = made.suspend(MAXIMUM_SUSPEND_COUNT).ok_or(SIGNAL_REFUSED)?;
        if !made.is_current() {
            halt::halt(&made);
        }
        Ok(before)
    })
}

/// TerminateThread: 5 without THREAD_TERMINATE, or for a thread that has ended or that CreateThread has not made. See the module page
/// for when the thread ends.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TerminateThread(object: RawHandle, code: u32) -> Bool {
    guard_bool(|| {
        if let Some(process) = main_thread_of(object, THREAD_TERMINATE)? {
            // Of a process that has only this thread, as far as anybody else can know.
            return process.terminate(code);
        }
        let made = made_with(object, THREAD_TERMINATE)?;
        made.condemn(code);
        if made.is_current() {
            end(&made);
        }
        // It may be just about to wait: ask again until it has gone, here for a moment and then in the background.
        for _ in 0..20 {
            if made.has_ended() {
                return Ok(());
            }
            made.record().interrupt();
            halt::nudge(&made);
            std::thread::sleep(Duration::from_millis(1));
        }
        let weak = Arc::downgrade(&made);
        let _ = std::thread::Builder::new().name("ovl-undertaker".into()).spawn(move || bury(&weak));
        Ok(())
    })
}

/// Asks a thread to return from the library until it has ended.
fn bury(made: &Weak<Made>) {
    let mut pause = Duration::from_millis(2);
    while let Some(made) = made.upgrade().filter(|made| !made.has_ended()) {
        made.record().interrupt();
        halt::nudge(&made);
        drop(made);
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// Priorities that were set, by the thread's serial number; all others are normal.
static PRIORITIES: LazyLock<Mutex<HashMap<u64, Priority>>> = LazyLock::new(Mutex::default);
type Priority = (Weak<Thread>, i32);
/// THREAD_PRIORITY_ERROR_RETURN.
const PRIORITY_ERROR: i32 = 0x7FFF_FFFF;

/// What Linux calls a priority of Windows; `None` for what is none.
fn niceness(priority: i32) -> Option<i32> {
    Some(match priority {
        -15 => 19,
        -2 => 10,
        -1 => 5,
        0 => 0,
        1 => -5,
        2 => -10,
        15 => -15,
        _ => return None,
    })
}

/// SetThreadPriority: 87 for what is none. Linux lets only privileged users raise one above normal: for others the number is kept, and
/// the thread runs as a normal one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadPriority(object: RawHandle, priority: i32) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let nice = niceness(priority).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: a thread's number; whether Linux agrees does not matter.
        unsafe { libc::setpriority(libc::PRIO_PROCESS, thread.id(), nice) };
        let mut priorities = PRIORITIES.lock();
        priorities.retain(|_, (thread, _)| thread.strong_count() != 0);
        priorities.insert(thread.serial(), (Arc::downgrade(&thread), priority));
        Ok(())
    })
}

/// GetThreadPriority: what was set, or 0.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetThreadPriority(object: RawHandle) -> i32 {
    guard_or(PRIORITY_ERROR, || {
        let (thread, _) = thread(object)?;
        Ok(PRIORITIES.lock().get(&thread.serial()).map_or(0, |(_, priority)| *priority))
    })
}

/// Threads whose boost the program has turned off, by their serial number.
static UNBOOSTED: LazyLock<Mutex<HashMap<u64, Weak<Thread>>>> = LazyLock::new(Mutex::default);

/// SetThreadPriorityBoost: kept, and means nothing: Linux has its own ways to favour threads that have waited.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadPriorityBoost(object: RawHandle, disable: Bool) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let mut unboosted = UNBOOSTED.lock();
        unboosted.retain(|_, thread| thread.strong_count() != 0);
        if disable == 0 {
            unboosted.remove(&thread.serial());
        } else {
            unboosted.insert(thread.serial(), Arc::downgrade(&thread));
        }
        Ok(())
    })
}

/// GetThreadPriorityBoost: whether it was turned off.
///
/// # Safety
/// `disabled` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadPriorityBoost(object: RawHandle, disabled: *mut Bool) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        if disabled.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { disabled.write(UNBOOSTED.lock().contains_key(&thread.serial()).into()) };
        Ok(())
    })
}

/// The processors that a thread may run on.
pub(crate) fn allowed(thread: u32) -> Result<Vec<usize>, Win32Error> {
    // SAFETY: a set of bits, for which zero is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: as large as said.
    if unsafe { libc::sched_getaffinity(thread.cast_signed(), size_of_val(&set), &mut set) } != 0 {
        return Err(Win32Error::INVALID_HANDLE);
    }
    // SAFETY: the index is inside the set.
    Ok((0..libc::CPU_SETSIZE as usize).filter(|n| unsafe { libc::CPU_ISSET(*n, &set) }).collect())
}

/// The processors of the calling process: those of its first thread before anybody changed what threads may do, or those that the
/// process was given since.
static OWN: Mutex<Option<Vec<usize>>> = Mutex::new(None);

/// The processors that a process may run on. Linux knows that of threads only.
pub(crate) fn of_process(process: u32) -> Result<Vec<usize>, Win32Error> {
    if process != std::process::id() {
        return allowed(process);
    }
    let mut own = OWN.lock();
    if own.is_none() {
        *own = Some(allowed(process)?);
    }
    Ok(own.clone().unwrap_or_default())
}

/// Gives a process these processors, and all threads that it has.
pub(crate) fn give(process: u32, processors: &[usize]) -> Result<(), Win32Error> {
    crate::processes::threads(process).into_iter().try_for_each(|thread| allow(thread, processors))?;
    if process == std::process::id() {
        *OWN.lock() = Some(processors.to_vec());
    }
    Ok(())
}

/// Has a thread run on these only; 87 if none of them is there, 5 for a thread of somebody else.
pub(crate) fn allow(thread: u32, processors: &[usize]) -> Result<(), Win32Error> {
    of_process(std::process::id())?;
    // SAFETY: our own set, and indices inside it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        processors.iter().filter(|&&n| n < libc::CPU_SETSIZE as usize).for_each(|&n| libc::CPU_SET(n, &mut set));
        if libc::sched_setaffinity(thread.cast_signed(), size_of_val(&set), &set) == 0 {
            return Ok(());
        }
    }
    let refused = std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM);
    Err(if refused { Win32Error::ACCESS_DENIED } else { Win32Error::INVALID_PARAMETER })
}

/// The first 64 of these, as bits.
pub(crate) fn bits(processors: &[usize]) -> usize {
    processors.iter().filter(|n| **n < 64).fold(0, |bits, n| bits | 1 << n)
}

/// The processors that bits stand for.
pub(crate) fn of_bits(mask: usize) -> Vec<usize> {
    (0..64).filter(|n| mask >> n & 1 != 0).collect()
}

/// SetThreadAffinityMask: the mask before; 0 with 87 for no processor, or one that is not the process's.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadAffinityMask(object: RawHandle, mask: usize) -> usize {
    guard_or(0, || {
        let (thread, _) = thread(object)?;
        let all = bits(&of_process(std::process::id())?);
        let before = bits(&allowed(thread.id())?);
        if mask == 0 || mask & !(all | before) != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        allow(thread.id(), &of_bits(mask))?;
        Ok(before)
    })
}

/// SetThreadIdealProcessor: 0, and no more than a check: Linux finds the processor. u32::MAX with 87 for numbers above 64.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadIdealProcessor(object: RawHandle, processor: u32) -> u32 {
    guard_or(u32::MAX, || {
        thread(object)?;
        if processor <= 64 { Ok(0) } else { Err(Win32Error::INVALID_PARAMETER) }
    })
}

/// SetThreadDescription: what tools of Linux show too, as far as 15 bytes go. An HRESULT: 0, or 0x80070000 and the error.
///
/// # Safety
/// `text` ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadDescription(object: RawHandle, text: *const u16) -> u32 {
    let set = || {
        let (thread, _) = thread(object)?;
        // SAFETY: the caller vouches for it.
        let name = unsafe { crate::support::wide(text) }.ok_or(Win32Error::INVALID_PARAMETER)?;
        describe(&thread, crate::support::os_to_wide(&name));
        let name = name.to_string_lossy();
        let mut end = name.len().min(15);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        std::fs::write(format!("/proc/self/task/{}/comm", thread.id()), &name[..end])
            .map_err(|_| Win32Error::INVALID_HANDLE)
    };
    let failed = |error: Win32Error| 0x8007_0000 | error.0;
    crate::support::guard(failed(Win32Error::GEN_FAILURE), || set().map_or_else(failed, |()| 0))
}

/// The whole descriptions, of which Linux keeps 15 bytes.
static DESCRIPTIONS: Mutex<Vec<(Weak<Thread>, Vec<u16>)>> = Mutex::new(Vec::new());

fn describe(thread: &Arc<Thread>, text: Vec<u16>) {
    let mut all = DESCRIPTIONS.lock();
    all.retain(|(known, _)| known.strong_count() > 0 && known.as_ptr() != Arc::as_ptr(thread));
    all.push((Arc::downgrade(thread), text));
}

/// GetThreadDescription: what SetThreadDescription has set, and nothing before; freed by LocalFree. An HRESULT.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadDescription(object: RawHandle, to: *mut *mut u16) -> u32 {
    let get = || {
        let (thread, _) = thread(object)?;
        if to.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let known = |all: &[(Weak<Thread>, Vec<u16>)]| {
            all.iter().find(|(known, _)| known.as_ptr() == Arc::as_ptr(&thread)).map(|(_, text)| text.clone())
        };
        let text = known(&DESCRIPTIONS.lock()).unwrap_or_default();
        let room: *mut u16 = crate::localglobal::ovl_LocalAlloc(0, (text.len() + 1) * 2).cast();
        if room.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: made with that room; `to` is not NULL, and the caller vouches for it.
        unsafe {
            crate::text::put(room, &text);
            to.write(room);
        }
        Ok(())
    };
    let failed = |error: Win32Error| 0x8007_0000 | error.0;
    crate::support::guard(failed(Win32Error::GEN_FAILURE), || get().map_or_else(failed, |()| 0))
}

/// GetProcessIdOfThread: all threads with handles are of this process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetProcessIdOfThread(object: RawHandle) -> u32 {
    guard_or(0, || match main_thread_of(object, 0)? {
        Some(process) => Ok(process.id()),
        None => thread(object).map(|_| Process::current().id()),
    })
}
