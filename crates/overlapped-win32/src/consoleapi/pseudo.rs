//! Pseudo consoles (`consoleapi.h`, contract 09). Answers are HRESULTs; the terminal itself is in `overlapped_devices::console`.

use crate::arguments::store;
use crate::support::{RawHandle, guard, system};
use overlapped_abi::{Coord, Win32Error};
use overlapped_devices::console::PseudoConsole;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::{Arc, LazyLock};

/// PSEUDOCONSOLE_INHERIT_CURSOR: whoever shows it is asked where its cursor is by the program itself.
const INHERIT_CURSOR: u32 = 1;
/// Failures that are errors of Win32.
const OF_WIN32: u32 = 0x8007_0000;

#[derive(Default)]
struct Consoles {
    open: HashMap<usize, Arc<PseudoConsole>>,
    last: usize,
}

static CONSOLES: LazyLock<Mutex<Consoles>> = LazyLock::new(Mutex::default);

fn console(handle: usize) -> Result<Arc<PseudoConsole>, Win32Error> {
    CONSOLES.lock().open.get(&handle).map(Arc::clone).ok_or(Win32Error::INVALID_HANDLE)
}

/// The terminal for a child that is started with this pseudo console.
pub(crate) fn terminal(handle: usize) -> Result<OwnedFd, Win32Error> {
    console(handle)?.terminal()
}

fn answer(body: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    guard(OF_WIN32 | Win32Error::GEN_FAILURE.0, || match body() {
        Ok(()) => 0,
        Err(error) => OF_WIN32 | error.0,
    })
}

/// CreatePseudoConsole: what is read from `input` is typed on it, what is shown on it is written to `output`.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreatePseudoConsole(
    size: Coord,
    input: RawHandle,
    output: RawHandle,
    flags: u32,
    to: *mut usize,
) -> u32 {
    answer(|| {
        if to.is_null() || flags & !INHERIT_CURSOR != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let console = PseudoConsole::new(system()?, (size.x, size.y), input, output)?;
        let mut consoles = CONSOLES.lock();
        consoles.last += 8;
        let handle = consoles.last;
        consoles.open.insert(handle, Arc::new(console));
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { store(to, handle) }
    })
}

/// ResizePseudoConsole.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ResizePseudoConsole(handle: usize, size: Coord) -> u32 {
    answer(|| console(handle)?.resize((size.x, size.y)))
}

/// ReleasePseudoConsole: its output ends when the last program on it has ended.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ReleasePseudoConsole(handle: usize) -> u32 {
    answer(|| {
        console(handle)?.release();
        Ok(())
    })
}

/// ClosePseudoConsole: programs on it get CTRL_CLOSE_EVENT, and its output ends when they have.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ClosePseudoConsole(handle: usize) {
    guard((), || {
        let closed = CONSOLES.lock().open.remove(&handle);
        if let Some(console) = closed {
            console.close();
        }
    });
}
