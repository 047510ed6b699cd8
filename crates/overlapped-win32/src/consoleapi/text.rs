//! Text to the console and from it (contract 09 §4, §5). The A functions have bytes of the code pages.

use super::handles::{changed, input, print_first};
use super::input::read;
use crate::arguments::store;
use crate::probe;
use crate::support::{Bool, RawHandle, guard_bool, set_last_error};
use overlapped_abi::{ConsoleReadConsoleControl, Status, Win32Error};
use overlapped_devices::console::TextRead;
use overlapped_kernel::request::Buffer;
use std::ffi::c_void;
use std::slice::from_raw_parts;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// More text than this at once is refused (8).
const MOST: u32 = 1 << 30;

/// # Safety
/// `text` is NULL or has `count` units; `written` is NULL or writable.
unsafe fn write<U>(
    console: RawHandle,
    text: *const c_void,
    count: u32,
    written: *mut u32,
    show: impl FnOnce(&[U]) -> Result<(), Win32Error>,
) -> Result<(), Win32Error> {
    changed(console)?;
    match (count, text.is_null()) {
        (0, _) => {}
        (MOST.., _) => return Err(Win32Error::NOT_ENOUGH_MEMORY),
        (_, true) => return Err(Win32Error::NOACCESS),
        (_, false) => {
            print_first();
            // SAFETY: not NULL, and the caller vouches for so many.
            show(unsafe { from_raw_parts(text.cast(), count as usize) })?;
        }
    }
    // SAFETY: the caller vouches for it.
    if let Some(written) = unsafe { written.as_mut() } {
        *written = count;
    }
    Ok(())
}

/// WriteConsoleA: the count may be asked for or not.
///
/// # Safety
/// `text` has `count` bytes, `written` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteConsoleA(
    console: RawHandle,
    text: *const c_void,
    count: u32,
    written: *mut u32,
    _reserved: *mut c_void,
) -> Bool {
    let show = |bytes: &[u8]| changed(console).and_then(|(console, id)| console.write_bytes(id, bytes));
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { write(console, text, count, written, show) })
}

/// WriteConsoleW.
///
/// # Safety
/// As for [`ovl_WriteConsoleA`], in units of 16 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteConsoleW(
    console: RawHandle,
    text: *const c_void,
    count: u32,
    written: *mut u32,
    _reserved: *mut c_void,
) -> Bool {
    let show = |units: &[u16]| changed(console).and_then(|(console, id)| console.write(id, units));
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { write(console, text, count, written, show) })
}

/// Reads text of units of so many bytes; the read is as `wanted` says.
///
/// # Safety
/// `to` has room for `room` units, `count` is NULL or writable.
unsafe fn read_text(
    console: RawHandle,
    to: *mut c_void,
    room: u32,
    count: *mut u32,
    wanted: TextRead,
) -> Result<(), Win32Error> {
    let found = input(console)?.readable()?;
    let unit = if wanted.wide { 2 } else { 1 };
    let (len, shown) = (room as usize * unit, wanted.initial.len());
    if room >= MOST {
        return Err(Win32Error::NOT_ENOUGH_MEMORY);
    }
    if room > 0 && !probe::writable(to as usize, len) {
        return Err(Win32Error::NOACCESS);
    }
    print_first();
    // SAFETY: writable, as was just seen; the caller's promise.
    let done = unsafe { read(&found.instance, Buffer { start: to.cast(), len }, Box::new(wanted)) }?;
    debug_assert!(shown <= room as usize);
    if done.status == Status::ALERTED {
        set_last_error(Win32Error::OPERATION_ABORTED.0);
    }
    // SAFETY: the caller's promise.
    unsafe { store(count, (done.bytes / unit) as u32) }
}

/// ReadConsoleA: whole characters only.
///
/// # Safety
/// `to` has room for `room` bytes, `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadConsoleA(
    console: RawHandle,
    to: *mut c_void,
    room: u32,
    count: *mut u32,
    _control: *mut c_void,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { read_text(console, to, room, count, TextRead::default()) })
}

/// ReadConsoleW. The control structure says what the line begins with and which control characters end the read: 87 unless it has its
/// length, and no more begins the line than there is room for.
///
/// # Safety
/// As for [`ovl_ReadConsoleA`], in units of 16 bits; `control` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadConsoleW(
    console: RawHandle,
    to: *mut c_void,
    room: u32,
    count: *mut u32,
    control: *mut ConsoleReadConsoleControl,
) -> Bool {
    guard_bool(|| {
        let state = Arc::new(AtomicU32::new(0));
        let mut wanted = TextRead { wide: true, state: Arc::clone(&state), ..TextRead::default() };
        // SAFETY: the caller's promise.
        let control = unsafe { control.as_mut() };
        if let Some(control) = &control {
            if control.length as usize != size_of::<ConsoleReadConsoleControl>() || control.initial_chars > room {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let bytes = control.initial_chars as usize * 2;
            if bytes > 0 && !probe::readable(to as usize, bytes) {
                return Err(Win32Error::NOACCESS);
            }
            if bytes > 0 {
                // SAFETY: readable, as was just seen.
                wanted.initial = unsafe { from_raw_parts(to.cast::<u16>(), control.initial_chars as usize) }.to_vec();
            }
            wanted.wakes = control.ctrl_wakeup_mask;
        }
        // SAFETY: the caller's promise.
        unsafe { read_text(console, to, room, count, wanted) }?;
        if let Some(control) = control {
            control.control_key_state = state.load(Ordering::Acquire);
        }
        Ok(())
    })
}
