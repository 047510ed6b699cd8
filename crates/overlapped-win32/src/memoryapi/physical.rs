//! Memory that stays where it is, and how much there is: pages that the program maps itself (AWE), working sets, the system's cache, and the
//! objects that tell that memory is short.

use super::page_size;
use crate::arguments::{store, store_if_wanted};
use crate::processes::{visible, with_right};
use crate::support::{Bool, RawHandle, guard_bool, guard_or, system};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::handle::{Entry, Object};
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// AllocateUserPhysicalPages: 1314. The privilege, SeLockMemoryPrivilege, is nobody's here, as it is on Windows until an administrator gives it.
///
/// # Safety
/// `count` is NULL or writable, `frames` has room for as many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AllocateUserPhysicalPages(
    process: RawHandle,
    count: *mut usize,
    frames: *mut usize,
) -> Bool {
    guard_bool(|| {
        super::other::own_pages(process)?;
        if count.is_null() || frames.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        Err(Win32Error::PRIVILEGE_NOT_HELD)
    })
}

/// AllocateUserPhysicalPagesNuma: 1314.
///
/// # Safety
/// As for [`ovl_AllocateUserPhysicalPages`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AllocateUserPhysicalPagesNuma(
    process: RawHandle,
    count: *mut usize,
    frames: *mut usize,
    node: u32,
) -> Bool {
    match crate::numa::check(node) {
        // SAFETY: the caller's promise.
        Ok(()) => unsafe { ovl_AllocateUserPhysicalPages(process, count, frames) },
        Err(error) => crate::support::fail(error, 0),
    }
}

/// FreeUserPhysicalPages: 87, since nobody has any.
///
/// # Safety
/// `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeUserPhysicalPages(process: RawHandle, count: *mut usize, _frames: *mut usize) -> Bool {
    guard_bool(|| {
        super::other::own_pages(process)?;
        // SAFETY: the caller's promise.
        unsafe { store(count, 0)? };
        Err(Win32Error::INVALID_PARAMETER)
    })
}

/// MapUserPhysicalPages: 87, since nobody has any.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapUserPhysicalPages(_address: *mut c_void, _count: usize, _frames: *mut usize) -> Bool {
    crate::support::fail(Win32Error::INVALID_PARAMETER, 0)
}

/// What SetProcessWorkingSetSize has set: Linux has no working sets, and the numbers are kept.
static WORKING_SET: Mutex<Option<(usize, usize, u32)>> = Mutex::new(None);
/// QUOTA_LIMITS_HARDWS_MIN_ENABLE and its relatives; each pair of two excludes itself.
const HARD_MIN: u32 = 1;
const SOFT_MIN: u32 = 2;
const HARD_MAX: u32 = 4;
const SOFT_MAX: u32 = 8;

/// The numbers of Windows for a new process.
fn first() -> (usize, usize, u32) {
    (50 * page_size(), 345 * page_size(), SOFT_MIN | SOFT_MAX)
}

fn set_working_set(process: RawHandle, least: usize, most: usize, flags: u32) -> Result<(), Win32Error> {
    let process = with_right(process, 0x100)?;
    let both = |one, other| flags & one != 0 && flags & other != 0;
    if flags & !0xF != 0 || both(HARD_MIN, SOFT_MIN) || both(HARD_MAX, SOFT_MAX) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if (least, most) == (usize::MAX, usize::MAX) {
        return empty(&process);
    }
    if least == 0 || most == 0 || least > most {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if process.id() == std::process::id() {
        let mut set = WORKING_SET.lock();
        let (.., old) = set.unwrap_or_else(first);
        let pick = |pair: u32| if flags & pair != 0 { flags & pair } else { old & pair };
        *set = Some((least, most, pick(HARD_MIN | SOFT_MIN) | pick(HARD_MAX | SOFT_MAX)));
    }
    Ok(())
}

/// Has Linux write out what a process does not use: its pages are the first to go when memory is short.
pub(crate) fn empty(process: &overlapped_kernel::process::Process) -> Result<(), Win32Error> {
    if process.id() != std::process::id() {
        return Ok(());
    }
    for mapping in super::pages::mappings(process.id()) {
        // SAFETY: advice about pages, which keep what they hold.
        unsafe { libc::madvise(mapping.start as *mut c_void, mapping.end - mapping.start, libc::MADV_COLD) };
    }
    Ok(())
}

fn working_set(process: RawHandle) -> Result<(usize, usize, u32), Win32Error> {
    let own = visible(process)?.id() == std::process::id();
    Ok(if own { WORKING_SET.lock().unwrap_or_else(first) } else { first() })
}

/// GetProcessWorkingSetSize: what was set, or the numbers of Windows for a new process.
///
/// # Safety
/// Both targets are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessWorkingSetSize(process: RawHandle, least: *mut usize, most: *mut usize) -> Bool {
    let mut flags = 0;
    // SAFETY: the caller's promise.
    unsafe { ovl_GetProcessWorkingSetSizeEx(process, least, most, &raw mut flags) }
}

/// GetProcessWorkingSetSizeEx.
///
/// # Safety
/// All targets are NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessWorkingSetSizeEx(
    process: RawHandle,
    least: *mut usize,
    most: *mut usize,
    flags: *mut u32,
) -> Bool {
    guard_bool(|| {
        let set = working_set(process)?;
        // SAFETY: the caller's promise.
        unsafe {
            store(least, set.0)?;
            store(most, set.1)?;
            store(flags, set.2)
        }
    })
}

/// SetProcessWorkingSetSize: kept, and Linux decides by itself; −1 twice gives the pages to Linux as cold ones. 87 for sizes that cannot be.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessWorkingSetSize(process: RawHandle, least: usize, most: usize) -> Bool {
    guard_bool(|| set_working_set(process, least, most, 0))
}

/// SetProcessWorkingSetSizeEx.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessWorkingSetSizeEx(process: RawHandle, least: usize, most: usize, flags: u32) -> Bool {
    guard_bool(|| set_working_set(process, least, most, flags))
}

/// EmptyWorkingSet, as K32EmptyWorkingSet.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_K32EmptyWorkingSet(process: RawHandle) -> Bool {
    guard_bool(|| empty(&*with_right(process, 0x100)?))
}

/// A line of /proc/meminfo in bytes.
pub(crate) fn meminfo(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// GetSystemFileCacheSize: from nothing to all of memory, with no limit in force.
///
/// # Safety
/// All targets are NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemFileCacheSize(least: *mut usize, most: *mut usize, flags: *mut u32) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe {
            store(least, 0)?;
            store(most, meminfo("MemTotal") as usize)?;
            store(flags, 0)
        }
    })
}

/// SetSystemFileCacheSize: 1314; Linux' cache has no such limits.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetSystemFileCacheSize(_least: usize, _most: usize, _flags: u32) -> Bool {
    crate::support::fail(Win32Error::PRIVILEGE_NOT_HELD, 0)
}

/// LowMemoryResourceNotification and HighMemoryResourceNotification.
const LOW: u32 = 0;
const HIGH: u32 = 1;
/// Between two looks.
const PERIOD: Duration = Duration::from_millis(500);

/// Is memory short, or plenty? Short is below 1/64 of it (64 MiB of 4 GiB), plenty above three times that.
fn stands(kind: u32) -> bool {
    let (available, total) = (meminfo("MemAvailable"), meminfo("MemTotal"));
    if kind == LOW { available < total / 64 } else { available > total / 64 * 3 }
}

/// The events that are to follow, and whether a thread looks after them.
struct Followed {
    events: Vec<(u32, Weak<Event>)>,
    has_thread: bool,
}

static FOLLOWED: Mutex<Followed> = Mutex::new(Followed { events: Vec::new(), has_thread: false });

fn follow() {
    loop {
        {
            let mut followed = FOLLOWED.lock();
            followed.events.retain(|(_, event)| event.strong_count() != 0);
            if followed.events.is_empty() {
                followed.has_thread = false;
                return;
            }
            for (kind, event) in &followed.events {
                if let Some(event) = event.upgrade() {
                    if stands(*kind) {
                        event.set()
                    } else {
                        event.reset()
                    };
                }
            }
        }
        std::thread::sleep(PERIOD);
    }
}

/// CreateMemoryResourceNotification: an object that is signalled while memory is short (0) or plenty (1), looked at twice a second; 87 for
/// another kind.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateMemoryResourceNotification(kind: u32) -> RawHandle {
    guard_or(0, || {
        if !matches!(kind, LOW | HIGH) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let event = Arc::new(Event::manual_reset(stands(kind)));
        let weak = Arc::downgrade(&event);
        // SYNCHRONIZE and QUERY: nobody else sets it.
        let handle = system()?.insert(Object::Event(event), AccessMask::from_bits_retain(0x0010_0001))?;
        let mut followed = FOLLOWED.lock();
        followed.events.push((kind, weak));
        if !followed.has_thread {
            let spawned = std::thread::Builder::new().name("ovl-memory".into()).spawn(follow);
            followed.has_thread = spawned.is_ok();
        }
        Ok(handle.into_raw())
    })
}

/// QueryMemoryResourceNotification: 6 for a handle of something else.
///
/// # Safety
/// `is` is NULL (87) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryMemoryResourceNotification(object: RawHandle, is: *mut Bool) -> Bool {
    guard_bool(|| {
        if is.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let Entry { object: Object::Event(event), .. } = system()?.entry_raw(object)? else {
            return Err(Win32Error::INVALID_HANDLE);
        };
        let followed = FOLLOWED.lock();
        let kind = followed.events.iter().find(|(_, known)| std::ptr::eq(known.as_ptr(), Arc::as_ptr(&event)));
        let kind = kind.map(|(kind, _)| *kind).ok_or(Win32Error::INVALID_HANDLE)?;
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { store_if_wanted(is, stands(kind).into()) };
        Ok(())
    })
}
