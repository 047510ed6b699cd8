//! What a thread is asked and told beside its priority: classes of information, the stack that is kept for an overflow, threads in other processes.

use crate::arguments::store;
use crate::processes::with_right;
use crate::processinfo::{MEMORY_PRIORITIES, Throttling, read, write};
use crate::processthreadsapi::{StartRoutine, ovl_CreateThread, thread};
use crate::startprocess::{ProcessInformation, StartupInfo, ovl_CreateProcessA};
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{SecurityAttributes, Win32Error};
use overlapped_kernel::thread::Thread;
use parking_lot::Mutex;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null;
use std::sync::{Arc, Weak};

const MEMORY_PRIORITY: i32 = 0;
const ABSOLUTE_PRIORITY: i32 = 1;
const DYNAMIC_CODE: i32 = 2;
const POWER_THROTTLING: i32 = 3;

#[derive(Clone, Copy)]
struct Kept {
    memory_priority: u32,
    throttling: Throttling,
    /// May it make code although the process may not?
    dynamic_code: u32,
}

const NEW: Kept = Kept { memory_priority: 5, throttling: Throttling::NONE, dynamic_code: 0 };

/// What was set, of threads that are still known.
static KEPT: Mutex<Vec<(Weak<Thread>, Kept)>> = Mutex::new(Vec::new());

fn kept(thread: &Arc<Thread>) -> Kept {
    let all = KEPT.lock();
    all.iter().find(|(known, _)| known.as_ptr() == Arc::as_ptr(thread)).map_or(NEW, |(_, kept)| *kept)
}

fn keep(thread: &Arc<Thread>, change: impl FnOnce(&mut Kept)) {
    let mut all = KEPT.lock();
    all.retain(|(known, _)| known.strong_count() != 0);
    let at = all.iter().position(|(known, _)| known.as_ptr() == Arc::as_ptr(thread)).unwrap_or_else(|| {
        all.push((Arc::downgrade(thread), NEW));
        all.len() - 1
    });
    change(&mut all[at].1);
}

/// What Windows weighs a thread by, 1 to 31: from its priority.
fn absolute(object: RawHandle) -> i32 {
    match crate::threadcontrol::ovl_GetThreadPriority(object) {
        -15 => 1,
        15 => 15,
        relative @ -2..=2 => 8 + relative,
        _ => 8,
    }
}

/// GetThreadInformation: memory priority, absolute priority, dynamic code policy, power throttling; 87 for other classes, 24 for another length.
///
/// # Safety
/// `to` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadInformation(object: RawHandle, what: i32, to: *mut c_void, len: u32) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let kept = kept(&thread);
        // SAFETY: the caller's promise.
        unsafe {
            match what {
                MEMORY_PRIORITY => write(kept.memory_priority, to, len),
                ABSOLUTE_PRIORITY => write(absolute(object), to, len),
                DYNAMIC_CODE => write(kept.dynamic_code, to, len),
                POWER_THROTTLING => write(kept.throttling, to, len),
                _ => Err(Win32Error::INVALID_PARAMETER),
            }
        }
    })
}

/// SetThreadInformation: memory priority, dynamic code policy, power throttling: kept, since Linux has no such things. 87 for other
/// classes or values.
///
/// # Safety
/// `from` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadInformation(object: RawHandle, what: i32, from: *const c_void, len: u32) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        // SAFETY: the caller's promise.
        unsafe {
            match what {
                MEMORY_PRIORITY => {
                    let priority: u32 = read(from, len)?;
                    if !MEMORY_PRIORITIES.contains(&priority) {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    keep(&thread, |kept| kept.memory_priority = priority);
                }
                DYNAMIC_CODE => {
                    let allow: u32 = read(from, len)?;
                    if allow > 1 {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    keep(&thread, |kept| kept.dynamic_code = allow);
                }
                POWER_THROTTLING => {
                    let state: Throttling = read(from, len)?;
                    if !state.is_valid(1) {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    keep(&thread, |kept| kept.throttling = state);
                }
                _ => return Err(Win32Error::INVALID_PARAMETER),
            }
        }
        Ok(())
    })
}

/// GetThreadIOPendingFlag: does the thread sit in a call that has not ended? Requests that are overlapped belong to their devices here.
///
/// # Safety
/// `is` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadIOPendingFlag(object: RawHandle, is: *mut Bool) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        // SAFETY: the caller's promise.
        unsafe { store(is, thread.is_in_synchronous_call().into()) }
    })
}

thread_local! {
    static GUARANTEE: Cell<u32> = const { Cell::new(0) };
}

/// SetThreadStackGuarantee: the bytes before are told, and kept if they are more. An overflow is handled on a stack of its own here. 998 for NULL,
/// 87 for more than the stack.
///
/// # Safety
/// `bytes` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadStackGuarantee(bytes: *mut u32) -> Bool {
    guard_bool(|| {
        if bytes.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let wanted = unsafe { bytes.read() };
        let (mut low, mut high) = (0, 0);
        // SAFETY: two places of ours.
        unsafe { crate::stacks::ovl_GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
        if wanted as usize > high - low {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let before = GUARANTEE.get();
        GUARANTEE.set(before.max(wanted.next_multiple_of(crate::memoryapi::pages::page_size() as u32)));
        // SAFETY: as above.
        unsafe { bytes.write(before) };
        Ok(())
    })
}

/// PROCESS_CREATE_THREAD and what goes with it: VM_OPERATION, VM_WRITE, QUERY_INFORMATION.
const CREATE_THREAD: u32 = 0x2;

/// CreateRemoteThread: in the calling process as CreateThread; 50 in another one, where Linux lets nobody start a thread.
///
/// # Safety
/// As for [`ovl_CreateThread`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateRemoteThread(
    process: RawHandle,
    attributes: *const SecurityAttributes,
    stack: usize,
    start: StartRoutine,
    argument: *mut c_void,
    flags: u32,
    id: *mut u32,
) -> RawHandle {
    let own = crate::support::guard_or(false, || {
        let process = with_right(process, CREATE_THREAD)?;
        if process.id() == std::process::id() { Ok(true) } else { Err(Win32Error::NOT_SUPPORTED) }
    });
    // SAFETY: the caller's promise.
    if own { unsafe { ovl_CreateThread(attributes, stack, start, argument, flags, id) } } else { 0 }
}

/// CreateRemoteThreadEx: as CreateRemoteThread; what the attributes say of processors is left to Linux.
///
/// # Safety
/// As for [`ovl_CreateThread`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateRemoteThreadEx(
    process: RawHandle,
    attributes: *const SecurityAttributes,
    stack: usize,
    start: StartRoutine,
    argument: *mut c_void,
    flags: u32,
    _list: *const c_void,
    id: *mut u32,
) -> RawHandle {
    // SAFETY: the caller's promise.
    unsafe { ovl_CreateRemoteThread(process, attributes, stack, start, argument, flags, id) }
}

/// WinExec: as CreateProcess with this command line; above 31 if it has started, else 2, 3, 5 or 11, or 0 for everything else.
///
/// # Safety
/// `line` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WinExec(line: *const u8, show: u32) -> u32 {
    crate::support::guard(0, || {
        // SAFETY: NULL or a string, by the caller's promise. The line is copied since CreateProcess may write to it.
        let mut line = unsafe { crate::text::units_or_empty(line) }.to_vec();
        line.push(0);
        let mut info = StartupInfo::<u8> {
            size: size_of::<StartupInfo<u8>>() as u32,
            reserved: null(),
            desktop: null(),
            title: null(),
            numbers: [0; 8],
            show: show as u16,
            bytes: 0,
            more: null(),
            standard: [0; 3],
        };
        // STARTF_USESHOWWINDOW.
        info.numbers[7] = 1;
        let mut made = ProcessInformation { process: 0, thread: 0, process_id: 0, thread_id: 0 };
        // SAFETY: a line that may be written to, and structures of ours.
        let started = unsafe {
            let (line, directory) = (line.as_mut_ptr(), null());
            ovl_CreateProcessA(null(), line, null(), null(), 0, 0, null(), directory, &raw const info, &raw mut made)
        };
        if started == 0 {
            return match crate::support::last_error() {
                code @ (2 | 3 | 5) => code,
                193 => 11,
                _ => 0,
            };
        }
        crate::handleapi::ovl_CloseHandle(made.thread);
        crate::handleapi::ovl_CloseHandle(made.process);
        33
    })
}

/// May the thread make code although the process may not? If the process lets its threads choose.
pub(crate) fn makes_code() -> bool {
    kept(&overlapped_kernel::thread::current()).dynamic_code != 0
}
