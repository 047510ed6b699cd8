//! Text to the console and from it (contract 09 §4, §5). The A functions have UTF-8.

use super::handles::{CONSOLE, input, output};
use crate::arguments::{self, store};
use crate::support::{Bool, RawHandle, guard_bool};
use crate::text::to_utf8;
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::slice::from_raw_parts;

/// More text than this at once is refused (8).
const MOST: u32 = 1 << 30;

/// # Safety
/// `text` is NULL or has `count` units; `written` is NULL or writable.
unsafe fn write<U>(
    console: RawHandle,
    text: *const c_void,
    count: u32,
    written: *mut u32,
    bytes: impl FnOnce(&[U]) -> Result<(), Win32Error>,
) -> Result<(), Win32Error> {
    output(console)?;
    match (count, text.is_null()) {
        (0, _) => {}
        (MOST.., _) => return Err(Win32Error::NOT_ENOUGH_MEMORY),
        (_, true) => return Err(Win32Error::NOACCESS),
        // SAFETY: not NULL, and the caller vouches for so many.
        (_, false) => bytes(unsafe { from_raw_parts(text.cast(), count as usize) })?,
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
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { write(console, text, count, written, |bytes: &[u8]| output(console)?.write(bytes)) })
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
    let whole = |units: &[u16]| output(console)?.write(to_utf8(units).as_bytes());
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { write(console, text, count, written, whole) })
}

/// Gives the caller what was read, and how many units of so many bytes that is.
///
/// # Safety
/// `to` has room for the bytes, `count` is NULL or writable.
unsafe fn hand_over(bytes: &[u8], to: *mut c_void, count: *mut u32, unit: usize) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    unsafe {
        arguments::output(bytes, to)?;
        store(count, (bytes.len() / unit) as u32)
    }
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
    guard_bool(|| {
        let found = input(console)?;
        let bytes = CONSOLE.read_bytes(found.fd()?, room as usize, &mut || found.read())?;
        // SAFETY: no more than there is room; the caller's promise.
        unsafe { hand_over(&bytes, to, count, 1) }
    })
}

/// ReadConsoleW. The control structure is for an editor of lines, which here is the terminal's.
///
/// # Safety
/// As for [`ovl_ReadConsoleA`], in units of 16 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadConsoleW(
    console: RawHandle,
    to: *mut c_void,
    room: u32,
    count: *mut u32,
    _control: *mut c_void,
) -> Bool {
    guard_bool(|| {
        let found = input(console)?;
        let units = CONSOLE.read(found.fd()?, room as usize, &mut || found.read())?;
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        // SAFETY: as there.
        unsafe { hand_over(&bytes, to, count, size_of::<u16>()) }
    })
}

/// FlushConsoleInputBuffer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushConsoleInputBuffer(console: RawHandle) -> Bool {
    guard_bool(|| {
        let found = input(console)?;
        CONSOLE.forget_input(found.fd()?)
    })
}
