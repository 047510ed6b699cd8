//! Procedures of windows: how they are called, with text as they take it, and DefWindowProc.

use super::create::{CreateStruct, ovl_DestroyWindow};
use super::{Procedure, Window};
use crate::arguments::pair;
use crate::callbacks::inside;
use crate::support::{guard, guard_or};
use crate::text::{Unit, units_or_empty};
use std::ffi::OsString;

pub(crate) const WM_CREATE: u32 = 0x1;
pub(crate) const WM_DESTROY: u32 = 0x2;
const WM_SETTEXT: u32 = 0xC;
const WM_GETTEXT: u32 = 0xD;
const WM_GETTEXTLENGTH: u32 = 0xE;
const WM_CLOSE: u32 = 0x10;
const WM_QUERYENDSESSION: u32 = 0x11;
pub(crate) const WM_NCCREATE: u32 = 0x81;
pub(crate) const WM_NCDESTROY: u32 = 0x82;
pub(crate) const WM_NCCALCSIZE: u32 = 0x83;

/// A message to a window.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) message: u32,
    pub(crate) wparam: usize,
    pub(crate) lparam: isize,
    /// Its text is UTF-16.
    pub(crate) wide: bool,
}

/// Calls a procedure at an address; 0 if there is none.
pub(crate) fn at(procedure: isize, window: usize, message: u32, wparam: usize, lparam: isize) -> isize {
    if procedure == 0 {
        return 0;
    }
    // SAFETY: the program gave it as a WNDPROC.
    let procedure = unsafe { std::mem::transmute::<isize, Procedure>(procedure) };
    // SAFETY: as above; what the parameters mean is between the sender and the procedure.
    inside(|| unsafe { procedure(window, message, wparam, lparam) })
}

/// Calls a window's procedure on its thread, with text as it takes it.
///
/// # Safety
/// Text that the message points to is readable, or has the room that the message says.
pub(crate) unsafe fn call(window: &Window, call: Call) -> isize {
    let (procedure, wide) = {
        let state = window.state.lock();
        (state.procedure, state.wide)
    };
    let Call { message, wparam, lparam, .. } = call;
    match (call.wide, wide) {
        // SAFETY: the caller's promise.
        (false, true) => unsafe { translated::<u8, u16>(procedure, window.handle, call) },
        // SAFETY: the caller's promise.
        (true, false) => unsafe { translated::<u16, u8>(procedure, window.handle, call) },
        _ => at(procedure, window.handle, message, wparam, lparam),
    }
}

/// # Safety
/// As for [`call`]; text is in units of `F`.
unsafe fn translated<F: Unit, T: Unit>(procedure: isize, window: usize, call: Call) -> isize {
    let Call { message, wparam, lparam, .. } = call;
    match message {
        WM_SETTEXT => {
            // SAFETY: the caller's promise.
            let mut text = T::from_os(&F::to_os(unsafe { units_or_empty(lparam as *const F) }));
            text.push(T::default());
            at(procedure, window, message, wparam, text.as_ptr() as isize)
        }
        WM_GETTEXT | WM_GETTEXTLENGTH => {
            // As long as the text can be: three bytes a unit.
            let room = at(procedure, window, WM_GETTEXTLENGTH, 0, 0).max(0) as usize + 1;
            let mut text = vec![T::default(); room];
            at(procedure, window, WM_GETTEXT, room, text.as_mut_ptr() as isize);
            // SAFETY: the vector ends with a zero, since a procedure writes one.
            let told = T::to_os(unsafe { units_or_empty(text.as_ptr()) });
            if message == WM_GETTEXTLENGTH {
                return F::from_os(&told).len() as isize;
            }
            // SAFETY: the caller's promise.
            unsafe { put::<F>(&told, lparam as *mut F, wparam) }
        }
        _ => at(procedure, window, message, wparam, lparam),
    }
}

/// Puts as much of the text as there is room for, with a zero, and says how much that was.
///
/// # Safety
/// There is room for `room` units, or `to` is NULL.
pub(crate) unsafe fn put<C: Unit>(text: &OsString, to: *mut C, room: usize) -> isize {
    if to.is_null() || room == 0 {
        return 0;
    }
    let units = C::from_os(text);
    let count = units.len().min(room - 1);
    // SAFETY: the caller's promise.
    unsafe {
        std::ptr::copy_nonoverlapping(units.as_ptr(), to, count);
        to.add(count).write(C::default());
    }
    count as isize
}

pair! {
    /// DefWindowProc: keeps the title, and destroys the window that is to close. To anything else 0: there is nothing to draw.
    fn ovl_DefWindowProcA ovl_DefWindowProcW(window: usize, message: u32, wparam: usize, lparam: isize) -> isize {
        guard_or(0, || {
            let own = Window::of(window)?;
            // SAFETY: such messages carry text or the structure, by the caller's promise.
            let title = |from: *const C| own.state.lock().title = C::to_os(unsafe { units_or_empty(from) });
            Ok(match message {
                WM_NCCREATE => {
                    // SAFETY: as above.
                    if let Some(told) = unsafe { (lparam as *const CreateStruct).as_ref() } {
                        title(told.name as *const C);
                    }
                    1
                }
                WM_SETTEXT => {
                    title(lparam as *const C);
                    1
                }
                WM_GETTEXT => {
                    let title = own.state.lock().title.clone();
                    // SAFETY: the caller's promise.
                    unsafe { put::<C>(&title, lparam as *mut C, wparam) }
                }
                WM_GETTEXTLENGTH => C::from_os(&own.state.lock().title).len() as isize,
                WM_CLOSE => {
                    ovl_DestroyWindow(window);
                    0
                }
                WM_QUERYENDSESSION => 1,
                _ => 0,
            })
        })
    }
}

pair! {
    /// CallWindowProc: what GWLP_WNDPROC said before.
    fn ovl_CallWindowProcA ovl_CallWindowProcW(former: isize, window: usize, message: u32, wparam: usize, lparam: isize) -> isize {
        guard(0, || at(former, window, message, wparam, lparam))
    }
}
