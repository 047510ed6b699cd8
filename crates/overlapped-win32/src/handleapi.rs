//! `handleapi.h` (contract 01 section 1).

use crate::support::{Bool, RawHandle, guard_bool, handle, system};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_devices::process::give;
use overlapped_kernel::handle::{CURRENT_PROCESS, CURRENT_THREAD, Entry, HandleFlags, Object};
use overlapped_kernel::process::Process;
use std::sync::Arc;

const DUPLICATE_CLOSE_SOURCE: u32 = 1;
const DUPLICATE_SAME_ACCESS: u32 = 2;

/// CloseHandle. The pseudo-handles need no closing and say TRUE.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseHandle(object: RawHandle) -> Bool {
    guard_bool(|| match object {
        CURRENT_PROCESS | CURRENT_THREAD => Ok(()),
        _ => system()?.close(handle(object)?),
    })
}

/// PROCESS_DUP_HANDLE.
const PROCESS_DUP_HANDLE: u32 = 0x40;

/// The process of a handle, with the right to give it handles or to take some: 6 for what is none, 5 without the right.
fn party(process: RawHandle) -> Result<Arc<Process>, Win32Error> {
    match system()?.entry_raw(process)? {
        Entry { object: Object::Process(process), .. } if process.id() == std::process::id() => Ok(process),
        Entry { object: Object::Process(process), access, .. } => {
            let may = access.contains(AccessMask::from_bits_retain(PROCESS_DUP_HANDLE));
            if may { Ok(process) } else { Err(Win32Error::ACCESS_DENIED) }
        }
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// DuplicateHandle, within the process, or into one that this process has started (`overlapped_devices::process::give`). 50 for handles of
/// another process, and into one that somebody else has started.
///
/// # Safety
/// `target` is NULL (with DUPLICATE_CLOSE_SOURCE, to close only) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DuplicateHandle(
    source_process: RawHandle,
    source: RawHandle,
    target_process: RawHandle,
    target: *mut RawHandle,
    access: u32,
    inherit: Bool,
    options: u32,
) -> Bool {
    guard_bool(|| {
        let own = std::process::id();
        if party(source_process)?.id() != own {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let close = options & DUPLICATE_CLOSE_SOURCE != 0;
        let system = system()?;
        let to = match party(target_process) {
            _ if target.is_null() => None,
            Ok(to) => Some(to).filter(|to| to.id() != own),
            Err(error) => {
                // The source is closed whatever the outcome, and there may be none to close: the answer is about the target.
                if close && !matches!(source, CURRENT_PROCESS | CURRENT_THREAD) {
                    let _ = handle(source).and_then(|source| system.close(source));
                }
                return Err(error);
            }
        };
        let same = options & DUPLICATE_SAME_ACCESS != 0;
        let access = (!same).then(|| AccessMask::from_bits_retain(access));
        let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
        let made = system.duplicate_raw(source, access, flags, close)?;
        if target.is_null() {
            return system.close(made);
        }
        let value = match to {
            None => made.into_raw(),
            Some(to) => {
                let given = system.entry(made).and_then(|entry| give(system, &to, &entry));
                system.close(made)?;
                given? as usize
            }
        };
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { target.write(value) };
        Ok(())
    })
}

/// GetHandleInformation.
///
/// # Safety
/// `flags` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetHandleInformation(object: RawHandle, flags: *mut u32) -> Bool {
    guard_bool(|| {
        let found = system()?.handle_flags(handle(object)?)?;
        if flags.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { flags.write(found.bits()) };
        Ok(())
    })
}

/// SetHandleInformation.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetHandleInformation(object: RawHandle, mask: u32, flags: u32) -> Bool {
    guard_bool(|| {
        let (mask, flags) = (HandleFlags::from_bits_truncate(mask), HandleFlags::from_bits_truncate(flags));
        system()?.set_handle_flags(handle(object)?, mask, flags)
    })
}

/// CompareObjectHandles: 1656 if they reach different objects.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CompareObjectHandles(first: RawHandle, second: RawHandle) -> Bool {
    guard_bool(|| {
        let system = system()?;
        let (first, second) = (system.entry_raw(first)?, system.entry_raw(second)?);
        if first.object.same(&second.object) { Ok(()) } else { Err(Win32Error::NOT_SAME_OBJECT) }
    })
}
