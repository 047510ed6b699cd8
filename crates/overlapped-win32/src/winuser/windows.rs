//! What console programs do with windows, mostly with that of the console: nobody sees any (GetConsoleWindow gives NULL), so each function
//! of how they look says so by 1400, as on Windows for a window that has gone. Those that only get messages are in [`super::hidden`]. MessageBox writes its text where errors go.

use crate::arguments::pair;
use crate::support::{Bool, FALSE, fail, guard};
use crate::text::{Unit, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

const INVALID_WINDOW_HANDLE: Win32Error = Win32Error(1400);

/// Functions that fail with 1400, whatever window is meant.
macro_rules! without_windows {
    ($($name:ident($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {$(
        #[doc = concat!(stringify!($name), ", without its prefix: 1400, there are no windows.")]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> $ret {
            $(let _ = $arg;)*
            fail(INVALID_WINDOW_HANDLE, 0)
        }
    )*};
}

without_windows! {
    ovl_ShowWindow(window: usize, how: i32) -> Bool;
    ovl_ShowWindowAsync(window: usize, how: i32) -> Bool;
    ovl_CloseWindow(window: usize) -> Bool;
    ovl_BringWindowToTop(window: usize) -> Bool;
    ovl_SetForegroundWindow(window: usize) -> Bool;
    ovl_UpdateWindow(window: usize) -> Bool;
    ovl_EnableWindow(window: usize, enable: Bool) -> Bool;
    ovl_FlashWindow(window: usize, invert: Bool) -> Bool;
    ovl_MoveWindow(window: usize, x: i32, y: i32, width: i32, height: i32, repaint: Bool) -> Bool;
    ovl_SetWindowPos(window: usize, after: usize, x: i32, y: i32, width: i32, height: i32, flags: u32) -> Bool;
    ovl_GetWindowRect(window: usize, to: *mut c_void) -> Bool;
    ovl_GetClientRect(window: usize, to: *mut c_void) -> Bool;
    ovl_ScreenToClient(window: usize, point: *mut c_void) -> Bool;
    ovl_ClientToScreen(window: usize, point: *mut c_void) -> Bool;
    ovl_GetSystemMenu(window: usize, revert: Bool) -> usize;
}

/// ERROR_INVALID_MENU_HANDLE.
const INVALID_MENU_HANDLE: Win32Error = Win32Error(1401);

/// DeleteMenu: 1401, there are no menus.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeleteMenu(_menu: usize, _item: u32, _flags: u32) -> Bool {
    fail(INVALID_MENU_HANDLE, FALSE)
}

/// RemoveMenu: 1401, there are no menus.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RemoveMenu(_menu: usize, _item: u32, _flags: u32) -> Bool {
    fail(INVALID_MENU_HANDLE, FALSE)
}

/// EnableMenuItem: -1, there is no such item.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EnableMenuItem(_menu: usize, _item: u32, _how: u32) -> Bool {
    -1
}

/// IsWindowVisible: no.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsWindowVisible(_window: usize) -> Bool {
    FALSE
}

/// IsIconic: no.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsIconic(_window: usize) -> Bool {
    FALSE
}

/// GetForegroundWindow: NULL, as when no window is in front.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetForegroundWindow() -> usize {
    0
}

/// GetDesktopWindow: NULL, there is no desktop.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetDesktopWindow() -> usize {
    0
}

/// ERROR_CLIPBOARD_NOT_OPEN.
const CLIPBOARD_NOT_OPEN: Win32Error = Win32Error(1418);

/// OpenClipboard: 5, there is none that one could have.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_OpenClipboard(_window: usize) -> Bool {
    fail(Win32Error::ACCESS_DENIED, FALSE)
}

/// CloseClipboard: 1418, nobody has opened it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseClipboard() -> Bool {
    fail(CLIPBOARD_NOT_OPEN, FALSE)
}

/// EmptyClipboard: 1418, nobody has opened it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EmptyClipboard() -> Bool {
    fail(CLIPBOARD_NOT_OPEN, FALSE)
}

/// GetClipboardData: 1418, nobody has opened it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetClipboardData(_format: u32) -> usize {
    fail(CLIPBOARD_NOT_OPEN, 0)
}

/// SetClipboardData: 1418, nobody has opened it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetClipboardData(_format: u32, _data: usize) -> usize {
    fail(CLIPBOARD_NOT_OPEN, 0)
}

/// IsClipboardFormatAvailable: no.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsClipboardFormatAvailable(_format: u32) -> Bool {
    FALSE
}

/// GetDoubleClickTime: half a second, as it is at first on Windows.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetDoubleClickTime() -> u32 {
    500
}

/// SystemParametersInfo: how many lines a wheel turns (3, as at first on Windows); anything else is 87.
///
/// # Safety
/// `to` is what the action takes.
unsafe fn parameters(action: u32, to: *mut c_void) -> Bool {
    const GET_WHEEL_LINES: u32 = 0x68;
    crate::support::guard_bool(|| match action {
        // SAFETY: the caller's promise.
        GET_WHEEL_LINES => unsafe { crate::arguments::store(to.cast::<u32>(), 3) },
        _ => Err(Win32Error::INVALID_PARAMETER),
    })
}

/// SystemParametersInfoA: how many lines a wheel turns (3, as at first on Windows); anything else is 87.
///
/// # Safety
/// `to` is what the action takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemParametersInfoA(action: u32, _size: u32, to: *mut c_void, _update: u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { parameters(action, to) }
}

/// SystemParametersInfoW, as [`ovl_SystemParametersInfoA`].
///
/// # Safety
/// `to` is what the action takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemParametersInfoW(action: u32, _size: u32, to: *mut c_void, _update: u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { parameters(action, to) }
}

/// The answer that nobody gives: the default button, unless that would have the program try again for ever; then the one that gives up.
fn answer(style: u32) -> i32 {
    const OK: i32 = 1;
    const CANCEL: i32 = 2;
    const ABORT: i32 = 3;
    const RETRY: i32 = 4;
    const IGNORE: i32 = 5;
    const YES: i32 = 6;
    const NO: i32 = 7;
    const AGAIN: i32 = 10;
    const GO_ON: i32 = 11;
    let (buttons, gives_up): (&[i32], i32) = match style & 0xF {
        1 => (&[OK, CANCEL], CANCEL),
        2 => (&[ABORT, RETRY, IGNORE], ABORT),
        3 => (&[YES, NO, CANCEL], CANCEL),
        4 => (&[YES, NO], NO),
        5 => (&[RETRY, CANCEL], CANCEL),
        6 => (&[CANCEL, AGAIN, GO_ON], CANCEL),
        _ => (&[OK], OK),
    };
    let chosen = buttons.get((style >> 8 & 0xF) as usize).copied().unwrap_or(buttons[0]);
    if matches!(chosen, RETRY | AGAIN) { gives_up } else { chosen }
}

pair! {
    /// MessageBox: the text goes to stderr, after the title ("Error" if that is NULL). Nobody can press a button: the answer is the default
    /// one, or, where that would be to try again, the one that gives up.
    fn ovl_MessageBoxA ovl_MessageBoxW(_window: usize, text: *const C, title: *const C, style: u32) -> i32 {
        guard(0, || {
            // SAFETY: the caller's promise.
            let lossy = |text| C::to_os(unsafe { units_or_empty(text) }).to_string_lossy().into_owned();
            let title = if title.is_null() { "Error".to_owned() } else { lossy(title) };
            eprintln!("{title}: {}", lossy(text).trim_end());
            answer(style)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_answered_by_its_default_button_but_never_tried_again() {
        let styles = [0, 1, 0x101, 2, 0x202, 0x102, 3, 0x103, 4, 5, 6, 0x30];
        assert_eq!(styles.map(answer), [1, 1, 2, 3, 5, 3, 6, 7, 6, 2, 2, 1]);
    }

    #[test]
    fn functions_on_windows_say_that_there_are_none() {
        crate::support::set_last_error(0);
        assert_eq!((ovl_ShowWindow(0, 3), crate::support::last_error()), (0, 1400));
        // SAFETY: the message carries nothing.
        assert_eq!(unsafe { crate::winuser::hidden::send::ovl_SendMessageW(7, 0x10, 0, 0) }, 0);
        assert_eq!(ovl_DeleteMenu(0, 0, 0), 0);
        assert_eq!(crate::support::last_error(), 1401);
    }
}
