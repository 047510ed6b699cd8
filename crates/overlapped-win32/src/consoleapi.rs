//! `consoleapi.h` and the standard handles of `processenv.h` (contract 09).

pub mod control;
mod handles;
pub mod screen;
pub mod session;
pub mod text;

use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::handle::{STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE};
use parking_lot::Mutex;
use std::os::fd::RawFd;

/// What SetStdHandle has stored, for descriptors 0, 1 and 2; until then they stand for themselves.
static STORED: Mutex<[Option<RawHandle>; 3]> = Mutex::new([None; 3]);

fn descriptor(which: u32) -> Option<RawFd> {
    match which {
        STD_INPUT_HANDLE => Some(0),
        STD_OUTPUT_HANDLE => Some(1),
        STD_ERROR_HANDLE => Some(2),
        _ => None,
    }
}

fn standard(fd: RawFd) -> RawHandle {
    let stored = STORED.lock()[fd as usize];
    // A process without this descriptor has no such handle.
    stored.unwrap_or_else(|| crate::io::handle_of(fd).unwrap_or(0))
}

/// The handle that is meant: -10, -11 and -12 are the standard handles.
pub(crate) fn meant(file: RawHandle) -> RawHandle {
    let extended = |which: u32| [which as usize, which as i32 as usize].contains(&file);
    let which = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE].into_iter().find(|which| extended(*which));
    which.and_then(descriptor).map_or(file, standard)
}

/// GetStdHandle: what is stored, unchecked; at first the descriptors 0, 1 and 2, and NULL for those that are closed.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetStdHandle(which: u32) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || descriptor(which).map(standard).ok_or(Win32Error::INVALID_HANDLE))
}

/// SetStdHandle: any value.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetStdHandle(which: u32, value: RawHandle) -> Bool {
    guard_bool(|| {
        let fd = descriptor(which).ok_or(Win32Error::INVALID_HANDLE)?;
        STORED.lock()[fd as usize] = Some(value);
        Ok(())
    })
}
