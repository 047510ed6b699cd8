//! Titles of windows and names of their classes.

use super::Window;
use super::procedure::put;
use super::send::{ovl_SendMessageA, ovl_SendMessageW};
use crate::arguments::pair;
use crate::support::{Bool, guard_or};
use crate::text::Unit;

const WM_SETTEXT: u32 = 0xC;
const WM_GETTEXT: u32 = 0xD;
const WM_GETTEXTLENGTH: u32 = 0xE;

/// SendMessage for units of that size.
///
/// # Safety
/// As for SendMessage.
unsafe fn sent<C: Unit>(window: usize, message: u32, wparam: usize, lparam: isize) -> isize {
    let wide = size_of::<C>() == 2;
    // SAFETY: the caller's promise.
    unsafe {
        if wide {
            ovl_SendMessageW(window, message, wparam, lparam)
        } else {
            ovl_SendMessageA(window, message, wparam, lparam)
        }
    }
}

pair! {
    /// SetWindowText: WM_SETTEXT.
    fn ovl_SetWindowTextA ovl_SetWindowTextW(window: usize, text: *const C) -> Bool {
        // SAFETY: the caller's promise.
        unsafe { sent::<C>(window, WM_SETTEXT, 0, text as isize) as Bool }
    }
}

pair! {
    /// GetWindowText: WM_GETTEXT.
    fn ovl_GetWindowTextA ovl_GetWindowTextW(window: usize, to: *mut C, room: i32) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { sent::<C>(window, WM_GETTEXT, room.max(0) as usize, to as isize) as i32 }
    }
}

pair! {
    /// GetWindowTextLength: WM_GETTEXTLENGTH.
    fn ovl_GetWindowTextLengthA ovl_GetWindowTextLengthW(window: usize) -> i32 {
        // SAFETY: the message carries nothing.
        unsafe { sent::<C>(window, WM_GETTEXTLENGTH, 0, 0) as i32 }
    }
}

pair! {
    /// GetClassName: as it was registered, as much as there is room for.
    fn ovl_GetClassNameA ovl_GetClassNameW(window: usize, to: *mut C, room: i32) -> i32 {
        // SAFETY: the caller's promise.
        guard_or(0, || Ok(unsafe { put::<C>(&Window::of(window)?.class.name, to, room.max(0) as usize) } as i32))
    }
}
