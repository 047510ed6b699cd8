//! Modes, colours, the cursor, the window and the screen buffers themselves (contract 09 §2, §3, §5). All of them fail with 6 for what is no
//! console.

use super::handles::{asked, changed, held, print_first};
use crate::arguments::store;
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or, system};
use crate::synchapi::inherits;
use overlapped_abi::{
    AccessMask, ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, SecurityAttributes, SmallRect, Win32Error,
};
use overlapped_devices::console::{Side, own};
use overlapped_kernel::handle::Object;
use std::ffi::c_void;

/// GetConsoleMode.
///
/// # Safety
/// `mode` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleMode(console: RawHandle, mode: *mut u32) -> Bool {
    guard_bool(|| {
        let found = held(console)?.readable()?;
        let value = match found.side {
            Side::Input => found.console.input_mode(),
            Side::Screen(id) => found.console.output_mode(id),
        };
        // SAFETY: the caller's promise.
        unsafe { store(mode, value?) }
    })
}

/// SetConsoleMode.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleMode(console: RawHandle, mode: u32) -> Bool {
    guard_bool(|| {
        let found = held(console)?;
        match found.side {
            Side::Input => found.console.set_input_mode(mode),
            Side::Screen(id) => found.console.set_output_mode(id, mode),
        }
    })
}

/// CreateConsoleScreenBuffer: 87 for other flags than CONSOLE_TEXTMODE_BUFFER, and if there is data.
///
/// # Safety
/// `attributes` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateConsoleScreenBuffer(
    access: u32,
    _share: u32,
    attributes: *const SecurityAttributes,
    flags: u32,
    data: *mut c_void,
) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        if !data.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let opened = own::new_screen(AccessMask::from_bits_retain(access), flags)?;
        let system = system()?;
        let instance = system.instance(opened.device, false);
        let handle = system.insert(Object::Instance(instance), opened.access)?;
        // SAFETY: the caller's promise.
        let inherit = unsafe { inherits(attributes) };
        system.set_handle_flags(handle, inherit, inherit)?;
        Ok(handle.into_raw())
    })
}

/// SetConsoleActiveScreenBuffer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleActiveScreenBuffer(output: RawHandle) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        print_first();
        console.activate(id)
    })
}

/// GetConsoleScreenBufferInfo.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleScreenBufferInfo(output: RawHandle, to: *mut ConsoleScreenBufferInfo) -> Bool {
    guard_bool(|| {
        let (console, id) = asked(output)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, console.info(id)?) }
    })
}

/// CONSOLE_SCREEN_BUFFER_INFOEX, 96 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsoleScreenBufferInfoEx {
    /// `cbSize`: 96.
    pub bytes: u32,
    /// `dwSize` to `dwMaximumWindowSize`.
    pub info: ConsoleScreenBufferInfo,
    /// `wPopupAttributes`.
    pub popup_attributes: u16,
    /// `bFullscreenSupported`.
    pub fullscreen_supported: Bool,
    /// `ColorTable`, each 0x00BBGGRR.
    pub colours: [u32; 16],
}

const _: () = assert!(size_of::<ConsoleScreenBufferInfoEx>() == 96);

/// GetConsoleScreenBufferInfoEx: 87 unless `cbSize` is right.
///
/// # Safety
/// `to` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleScreenBufferInfoEx(
    output: RawHandle,
    to: *mut ConsoleScreenBufferInfoEx,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let to = unsafe { sized(to) }?;
        let (console, id) = asked(output)?;
        let (popup_attributes, colours) = console.palette(id)?;
        to.info = console.info(id)?;
        (to.popup_attributes, to.fullscreen_supported, to.colours) = (popup_attributes, 0, colours);
        Ok(())
    })
}

/// # Safety
/// `to` is NULL or valid, and nobody else uses it as long as the reference lives.
unsafe fn sized<'a>(to: *mut ConsoleScreenBufferInfoEx) -> Result<&'a mut ConsoleScreenBufferInfoEx, Win32Error> {
    // SAFETY: the caller's promise.
    let to = unsafe { to.as_mut() }.ok_or(Win32Error::INVALID_PARAMETER)?;
    if to.bytes as usize == size_of::<ConsoleScreenBufferInfoEx>() {
        Ok(to)
    } else {
        Err(Win32Error::INVALID_PARAMETER)
    }
}

/// SetConsoleScreenBufferInfoEx: size, cursor, colours and window; 87 for what does not fit together.
///
/// # Safety
/// `from` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleScreenBufferInfoEx(
    output: RawHandle,
    from: *mut ConsoleScreenBufferInfoEx,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let from = unsafe { sized(from) }?;
        let (console, id) = changed(output)?;
        let now = console.info(id)?;
        if from.info.size != now.size {
            console.set_size(id, from.info.size)?;
        }
        if from.info.window != now.window {
            console.set_window(id, true, from.info.window)?;
        }
        if from.info.attributes != now.attributes {
            console.set_attributes(id, from.info.attributes)?;
        }
        if from.info.cursor_position != now.cursor_position {
            console.move_to(id, from.info.cursor_position)?;
        }
        console.set_palette(id, from.popup_attributes, from.colours)
    })
}

/// SetConsoleTextAttribute.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleTextAttribute(output: RawHandle, attributes: u16) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        print_first();
        console.set_attributes(id, attributes)
    })
}

/// SetConsoleCursorPosition. A COORD is passed as the 32 bits that it is.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleCursorPosition(output: RawHandle, to: Coord) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        print_first();
        console.move_to(id, to)
    })
}

/// GetConsoleCursorInfo.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleCursorInfo(output: RawHandle, to: *mut ConsoleCursorInfo) -> Bool {
    guard_bool(|| {
        let (console, id) = asked(output)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, console.cursor(id)?) }
    })
}

/// SetConsoleCursorInfo.
///
/// # Safety
/// `from` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleCursorInfo(output: RawHandle, from: *const ConsoleCursorInfo) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        // SAFETY: the caller's promise.
        let wanted = unsafe { from.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        print_first();
        console.set_cursor(id, *wanted)
    })
}

/// SetConsoleScreenBufferSize.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleScreenBufferSize(output: RawHandle, size: Coord) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        console.set_size(id, size)
    })
}

/// SetConsoleWindowInfo: a place, or how far the edges move.
///
/// # Safety
/// `window` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleWindowInfo(output: RawHandle, absolute: Bool, window: *const SmallRect) -> Bool {
    guard_bool(|| {
        let (console, id) = changed(output)?;
        // SAFETY: the caller's promise.
        let window = unsafe { window.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        print_first();
        console.set_window(id, absolute != 0, *window)
    })
}

/// GetLargestConsoleWindowSize: 0 by 0 if it fails.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetLargestConsoleWindowSize(output: RawHandle) -> Coord {
    guard_or(Coord { x: 0, y: 0 }, || {
        let found = held(output)?;
        if found.side == Side::Input {
            return Err(Win32Error::INVALID_HANDLE);
        }
        found.console.largest()
    })
}
