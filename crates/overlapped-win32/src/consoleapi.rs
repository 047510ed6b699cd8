//! `consoleapi.h` and the standard handles of `processenv.h` (contract 09).

pub mod aliases;
pub mod cells;
pub mod control;
mod handles;
pub mod input;
pub mod pseudo;
pub mod screen;
pub mod session;
pub mod text;

use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or, handle, system};
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

/// What was stored, or what the parent has given by its value.
pub(crate) fn stored(fd: RawFd) -> Option<RawHandle> {
    let stored = STORED.lock()[fd as usize];
    stored.or_else(|| {
        let given = overlapped_devices::process::standard_handle(fd as usize)?;
        let inherited = |raw| system().is_ok_and(|system| handle(raw).is_ok_and(|handle| system.entry(handle).is_ok()));
        // One that was not inherited by its value came as a descriptor.
        (given == 0 || inherited(given)).then_some(given)
    })
}

// Before all others of this library, which may open something.
#[used]
#[unsafe(link_section = ".init_array.00100")]
static HOLD: extern "C" fn() = hold_standard_descriptors;

/// Takes the numbers of standard descriptors that the process was started without: else one of the next to be opened, a file of the program's or the
/// engine's own, would be what printf writes to. What takes them can neither be read nor written, so all else is as without them.
extern "C" fn hold_standard_descriptors() {
    for fd in 0..=2 {
        // SAFETY: it asks about a number, and opens with a string that ends.
        unsafe {
            if libc::fcntl(fd, libc::F_GETFD) < 0 {
                let held = libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_CLOEXEC);
                if held > fd {
                    libc::close(held);
                }
            }
        }
    }
}

/// The number of a standard descriptor is only held: there is none.
pub(crate) fn only_held(fd: RawFd) -> bool {
    // SAFETY: it asks about a number.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    (0..=2).contains(&fd) && flags >= 0 && flags & libc::O_PATH != 0
}

fn standard(fd: RawFd) -> RawHandle {
    // A process without this descriptor has no such handle.
    stored(fd).unwrap_or_else(|| crate::io::handle_of(fd).unwrap_or(0))
}

/// The handle that is meant: -10, -11 and -12 are the standard handles.
pub(crate) fn meant(file: RawHandle) -> RawHandle {
    let extended = |which: u32| [which as usize, which as i32 as usize].contains(&file);
    let which = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE].into_iter().find(|which| extended(*which));
    which.and_then(descriptor).map_or(file, standard)
}

/// The console is another one: the handles of standard descriptors are made again when they are next asked for.
fn renew_standard_handles() {
    *STORED.lock() = [None; 3];
    (0..3).for_each(crate::io::forget_terminal);
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
