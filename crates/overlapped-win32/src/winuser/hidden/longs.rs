//! GetWindowLongPtr and SetWindowLongPtr: what a window is, and what programs keep in it.

use super::{INVALID_WINDOW_HANDLE, State, Window};
use crate::arguments::pair;
use crate::support::guard_or;
use overlapped_abi::Win32Error;

const INVALID_INDEX: Win32Error = Win32Error(1413);
const WNDPROC: i32 = -4;
const INSTANCE: i32 = -6;
const PARENT: i32 = -8;
const ID: i32 = -12;
const STYLE: i32 = -16;
const EX_STYLE: i32 = -20;
const USER_DATA: i32 = -21;

impl State {
    /// Bytes that the class has asked for; 1413 beyond them.
    fn extra(&mut self, at: i32, size: usize) -> Result<&mut [u8], Win32Error> {
        let at = usize::try_from(at).map_err(|_| INVALID_INDEX)?;
        self.extra.get_mut(at..at + size).ok_or(INVALID_INDEX)
    }

    fn long(&mut self, which: i32, size: usize) -> Result<isize, Win32Error> {
        Ok(match which {
            WNDPROC => self.procedure,
            INSTANCE => self.instance as isize,
            PARENT => self.parent as isize,
            ID => self.id,
            STYLE => self.style as i32 as isize,
            EX_STYLE => self.ex_style as i32 as isize,
            USER_DATA => self.user_data,
            at => {
                let mut bytes = [0; 8];
                bytes[..size].copy_from_slice(self.extra(at, size)?);
                isize::from_ne_bytes(bytes)
            }
        })
    }

    fn set_long(&mut self, which: i32, value: isize, size: usize, wide: bool) -> Result<(), Win32Error> {
        match which {
            WNDPROC => (self.procedure, self.wide) = (value, wide),
            INSTANCE => self.instance = value as usize,
            PARENT => self.parent = value as usize,
            ID => self.id = value,
            STYLE => self.style = value as u32,
            EX_STYLE => self.ex_style = value as u32,
            USER_DATA => self.user_data = value,
            at => self.extra(at, size)?.copy_from_slice(&value.to_ne_bytes()[..size]),
        }
        Ok(())
    }
}

fn get(window: usize, which: i32, size: usize) -> Result<isize, Win32Error> {
    Window::of(window)?.state.lock().long(which, size)
}

/// The value before. 0 may be one: the last error is left alone then.
fn set(window: usize, which: i32, value: isize, size: usize, wide: bool) -> Result<isize, Win32Error> {
    if value == super::HWND_MESSAGE as isize && which == PARENT {
        return Err(INVALID_WINDOW_HANDLE);
    }
    let window = Window::of(window)?;
    let mut state = window.state.lock();
    let former = state.long(which, size)?;
    state.set_long(which, value, size, wide)?;
    Ok(former)
}

pair! {
    /// GetWindowLongPtr: 1413 for what a window does not have.
    fn ovl_GetWindowLongPtrA ovl_GetWindowLongPtrW(window: usize, which: i32) -> isize {
        guard_or(0, || get(window, which, 8))
    }
}

pair! {
    /// SetWindowLongPtr: the value before. A procedure takes the text that the function is for.
    fn ovl_SetWindowLongPtrA ovl_SetWindowLongPtrW(window: usize, which: i32, value: isize) -> isize {
        guard_or(0, || set(window, which, value, 8, size_of::<C>() == 2))
    }
}

pair! {
    /// GetWindowLong: the low 32 bits; 1413 for what is a pointer.
    fn ovl_GetWindowLongA ovl_GetWindowLongW(window: usize, which: i32) -> i32 {
        guard_or(0, || if matches!(which, WNDPROC | INSTANCE | PARENT) {
            Window::of(window).and(Err(INVALID_INDEX))
        } else {
            get(window, which, 4).map(|value| value as i32)
        })
    }
}

pair! {
    /// SetWindowLong: 32 bits; 1413 for what is a pointer.
    fn ovl_SetWindowLongA ovl_SetWindowLongW(window: usize, which: i32, value: i32) -> i32 {
        guard_or(0, || if matches!(which, WNDPROC | INSTANCE | PARENT) {
            Window::of(window).and(Err(INVALID_INDEX))
        } else {
            set(window, which, value as isize, 4, size_of::<C>() == 2).map(|value| value as i32)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::set_last_error;

    #[test]
    fn without_a_window_there_is_nothing_to_be_had() {
        set_last_error(0);
        // SAFETY: takes numbers only.
        assert_eq!(unsafe { ovl_GetWindowLongPtrW(7, USER_DATA) }, 0);
        assert_eq!(crate::support::last_error(), 1400);
    }
}
