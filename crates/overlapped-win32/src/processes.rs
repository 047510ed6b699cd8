//! Processes by their handles: OpenProcess, how they end, what they are called, how they are weighed.
//!
//! What Linux knows of a process stands below /proc. Rights are those with which the handle was opened. Priority classes are the nice values
//! of the threads, as far as Linux lets the user change them; for the calling process the class is kept apart from that, so that it
//! reads back what was set.

use crate::arguments::{pair, store};
use crate::support::{Bool, RawHandle, guard_bool, guard_or, system};
use crate::text::Unit;
use crate::threadcontrol::{bits, give, of_bits, of_process};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::handle::{Entry, HandleFlags, Object};
use overlapped_kernel::process::Process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::*};

/// PROCESS_TERMINATE.
const TERMINATE: u32 = 0x0001;
/// PROCESS_SET_INFORMATION.
pub(crate) const SET_INFORMATION: u32 = 0x0200;
/// PROCESS_QUERY_INFORMATION and PROCESS_QUERY_LIMITED_INFORMATION: either lets one look.
const QUERY: u32 = 0x0400 | 0x1000;
/// PROCESS_QUERY_LIMITED_INFORMATION and SYNCHRONIZE: what may be had of processes of others.
const HARMLESS: u32 = 0x1000 | 0x0010_0000;

/// The process of a handle, and the handle's rights; 6 for anything else.
fn entry(raw: RawHandle) -> Result<(Arc<Process>, AccessMask), Win32Error> {
    match system()?.entry_raw(raw)? {
        Entry { object: Object::Process(process), access, .. } => Ok((process, access)),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// The process of a handle that lets one look at it; 5 without that right.
pub(crate) fn visible(raw: RawHandle) -> Result<Arc<Process>, Win32Error> {
    let (process, access) = entry(raw)?;
    let may = access.intersects(AccessMask::from_bits_retain(QUERY));
    if may { Ok(process) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// The process of a handle with this right; 5 without.
pub(crate) fn with_right(raw: RawHandle, right: u32) -> Result<Arc<Process>, Win32Error> {
    let (process, access) = entry(raw)?;
    let may = access.contains(AccessMask::from_bits_retain(right));
    if may { Ok(process) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// OpenProcess: 87 for a number that is no process's, 5 for more than a look at one of somebody else.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_OpenProcess(access: u32, inherit: Bool, id: u32) -> RawHandle {
    guard_or(0, || {
        let process = Process::open(id, access & !HARMLESS != 0)?;
        let system = system()?;
        let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
        let handle = system.insert(Object::Process(process), AccessMask::from_bits_retain(access))?;
        system.set_handle_flags(handle, flags, flags)?;
        Ok(handle.into_raw())
    })
}

/// GetProcessId.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetProcessId(object: RawHandle) -> u32 {
    guard_or(0, || visible(object).map(|process| process.id()))
}

/// GetExitCodeProcess: 259 while it runs. A process that a signal has ended has the code of that exception, or 1. All 32 bits are those of
/// programs of ours that were started by such ones; of others, Linux keeps the low byte.
///
/// # Safety
/// `code` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetExitCodeProcess(object: RawHandle, code: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(code, visible(object)?.exit_code()) })
}

/// TerminateProcess: nothing else runs in it. 5 without PROCESS_TERMINATE, and for a process that has ended.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TerminateProcess(object: RawHandle, code: u32) -> Bool {
    guard_bool(|| {
        let process = with_right(object, TERMINATE)?;
        if process.id() == std::process::id() {
            overlapped_devices::process::end_now(code);
        }
        process.terminate(code)
    })
}

/// The file of a process's program.
pub(crate) fn image(process: &Process) -> Result<std::ffi::OsString, Win32Error> {
    let link = std::fs::read_link(format!("/proc/{}/exe", process.id()));
    let path = link.map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => Win32Error::ACCESS_DENIED,
        _ => Win32Error::GEN_FAILURE,
    })?;
    Ok(crate::names::to_windows(&path))
}

const PROCESS_NAME_NATIVE: u32 = 1;

pair! {
    /// QueryFullProcessImageName, with PROCESS_NAME_NATIVE as GetProcessImageFileName: 122 if it does not fit; `size` is the room, and then the length without the zero.
    fn ovl_QueryFullProcessImageNameA ovl_QueryFullProcessImageNameW(object: RawHandle, flags: u32, to: *mut C, size: *mut u32) -> Bool {
        guard_bool(|| {
            if size.is_null() || to.is_null() || flags > 1 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let mut name = image(&*visible(object)?)?;
            if flags & PROCESS_NAME_NATIVE != 0 {
                name = crate::fileapi::dos_devices::native_name(&name)?;
            }
            let text = C::from_os(&name);
            // SAFETY: not NULL, and the caller vouches for both.
            unsafe {
                if text.len() >= *size as usize {
                    return Err(Win32Error::INSUFFICIENT_BUFFER);
                }
                crate::text::put(to, &text);
                size.write(text.len() as u32);
            }
            Ok(())
        })
    }
}

/// What Linux calls a priority class; `None` for what is none.
pub(crate) fn niceness(class: u32) -> Option<i32> {
    Some(match class {
        0x40 => 19,
        0x4000 => 10,
        0x20 => 0,
        0x8000 => -5,
        0x80 => -10,
        0x100 => -20,
        _ => return None,
    })
}

/// The class that comes nearest to a nice value.
fn class_of(nice: i32) -> u32 {
    match nice {
        ..-15 => 0x100,
        -15..-7 => 0x80,
        -7..0 => 0x8000,
        0..5 => 0x20,
        5..15 => 0x4000,
        _ => 0x40,
    }
}

/// The class of the calling process; 0 if it was not set.
static CLASS: AtomicU32 = AtomicU32::new(0);

/// GetPriorityClass.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetPriorityClass(object: RawHandle) -> u32 {
    guard_or(0, || {
        let process = visible(object)?;
        let own = CLASS.load(Acquire);
        if process.id() == std::process::id() && own != 0 {
            return Ok(own);
        }
        // SAFETY: asks for a number. -1 is one that may be meant.
        Ok(class_of(unsafe { libc::getpriority(libc::PRIO_PROCESS, process.id()) }))
    })
}

/// SetPriorityClass: 87 for what is none. Linux lets only privileged users raise one: the calling process then has the class by name
/// only; for another it is 5.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetPriorityClass(object: RawHandle, class: u32) -> Bool {
    guard_bool(|| {
        let process = with_right(object, SET_INFORMATION)?;
        let nice = niceness(class).ok_or(Win32Error::INVALID_PARAMETER)?;
        let own = process.id() == std::process::id();
        for thread in threads(process.id()) {
            // SAFETY: changes a number.
            let done = unsafe { libc::setpriority(libc::PRIO_PROCESS, thread, nice) } == 0;
            if !done && !own {
                return Err(Win32Error::ACCESS_DENIED);
            }
        }
        if own {
            CLASS.store(class, Release);
        }
        Ok(())
    })
}

/// The numbers of a process's threads; none if it has ended.
pub(crate) fn threads(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    tasks.filter_map(|task| task.file_name().to_str()?.parse().ok()).collect()
}

/// GetProcessAffinityMask: the first 64 processors that it may use, and those that there are.
///
/// # Safety
/// Both targets are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessAffinityMask(object: RawHandle, own: *mut usize, all: *mut usize) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        let mask = bits(&of_process(process.id())?);
        // SAFETY: the caller's promise.
        unsafe {
            store(own, mask)?;
            store(all, crate::sysinfoapi::topology::online_mask())
        }
    })
}

/// SetProcessAffinityMask, of all threads that it has: 87 for no processor, or one that is not there.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessAffinityMask(object: RawHandle, mask: usize) -> Bool {
    guard_bool(|| {
        let process = with_right(object, SET_INFORMATION)?;
        if mask == 0 || mask & !crate::sysinfoapi::topology::online_mask() != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        give(process.id(), &of_bits(mask))
    })
}

/// IsWow64Process: no process of Linux is.
///
/// # Safety
/// `is` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsWow64Process(object: RawHandle, is: *mut Bool) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| visible(object).and_then(|_| unsafe { store(is, 0) }))
}

/// ProcessIdToSessionId: the session of Linux that the process belongs to is not one of Windows; all are in session 1, the first for users.
///
/// # Safety
/// `session` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ProcessIdToSessionId(id: u32, session: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| Process::open(id, false).and_then(|_| unsafe { store(session, crate::wtsapi::SESSION) }))
}
