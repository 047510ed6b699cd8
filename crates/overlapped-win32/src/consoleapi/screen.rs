//! Modes, colours and the cursor (contract 09 §3, §5). All of them fail with 6 for what is not a terminal.

use super::handles::{CONSOLE, output, terminal};
use crate::arguments::store;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, Win32Error};

/// GetConsoleMode.
///
/// # Safety
/// `mode` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleMode(console: RawHandle, mode: *mut u32) -> Bool {
    guard_bool(|| {
        let found = terminal(console)?;
        let value = if found.input { CONSOLE.input_mode(found.fd()?) } else { CONSOLE.output_mode(found.fd()?) };
        // SAFETY: the caller's promise.
        unsafe { store(mode, value?) }
    })
}

/// Line editing and echo are a terminal's, and outlive the process: they become what they were when it ends.
extern "C" fn restore() {
    CONSOLE.restore();
}

/// SetConsoleMode.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleMode(console: RawHandle, mode: u32) -> Bool {
    guard_bool(|| {
        let found = terminal(console)?;
        if !found.input {
            return CONSOLE.set_output_mode(found.fd()?, mode);
        }
        static AT_EXIT: std::sync::Once = std::sync::Once::new();
        // SAFETY: a function that takes nothing, and may be called at the end.
        AT_EXIT.call_once(|| _ = unsafe { libc::atexit(restore) });
        CONSOLE.set_input_mode(found.fd()?, mode)
    })
}

/// GetConsoleScreenBufferInfo.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleScreenBufferInfo(console: RawHandle, to: *mut ConsoleScreenBufferInfo) -> Bool {
    guard_bool(|| {
        let found = output(console)?;
        let screen = CONSOLE.screen(found.fd()?)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, screen) }
    })
}

/// SetConsoleTextAttribute.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleTextAttribute(console: RawHandle, attributes: u16) -> Bool {
    guard_bool(|| {
        let found = output(console)?;
        found.write(CONSOLE.set_attributes(attributes).as_bytes())
    })
}

/// SetConsoleCursorPosition. A COORD is passed as the 32 bits that it is.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleCursorPosition(console: RawHandle, to: Coord) -> Bool {
    guard_bool(|| {
        let found = output(console)?;
        let text = CONSOLE.move_to(found.fd()?, to)?;
        found.write(text.as_bytes())
    })
}

/// GetConsoleCursorInfo.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleCursorInfo(console: RawHandle, to: *mut ConsoleCursorInfo) -> Bool {
    guard_bool(|| {
        output(console)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, CONSOLE.cursor()) }
    })
}

/// SetConsoleCursorInfo.
///
/// # Safety
/// `from` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleCursorInfo(console: RawHandle, from: *const ConsoleCursorInfo) -> Bool {
    guard_bool(|| {
        let found = output(console)?;
        // SAFETY: the caller's promise.
        let wanted = unsafe { from.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        found.write(CONSOLE.set_cursor(*wanted)?.as_bytes())
    })
}
