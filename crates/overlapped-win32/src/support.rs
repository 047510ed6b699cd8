//! What every module of the face needs: the last error, the boundary, strings, the system.

use overlapped_abi::{AccessMask, Win32Error};
use overlapped_devices::FileDriver;
use overlapped_kernel::System;
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::handle::{Entry, Handle, Object};
use overlapped_kernel::namespace::{from_utf16, to_utf16};
use std::cell::Cell;
use std::ffi::{CStr, OsStr, OsString, c_char};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

/// BOOL.
pub type Bool = i32;
/// TRUE: functions return exactly this.
pub const TRUE: Bool = 1;
/// FALSE.
pub const FALSE: Bool = 0;
/// HANDLE and SOCKET.
pub type RawHandle = usize;
/// INVALID_HANDLE_VALUE.
pub const INVALID_HANDLE_VALUE: RawHandle = usize::MAX;

overlapped_kernel::static_tls! { fn last: Cell<u32> = "last_error" }

/// GetLastError. Apart from errno, which belongs to libc.
#[inline]
#[must_use]
pub fn last_error() -> u32 {
    last(Cell::get)
}

/// SetLastError.
#[inline]
pub fn set_last_error(code: u32) {
    last(|last| last.set(code));
}

/// Sets the last error and gives the value by which the function says that it failed.
pub fn fail<T>(error: Win32Error, value: T) -> T {
    set_last_error(error.0);
    value
}

/// Runs the body of an exported function; a panic in it fails the call with 31 instead of crossing into C.
pub fn guard<T>(failed: T, body: impl FnOnce() -> T) -> T {
    let value = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            crate::callbacks::depart_if_asked(&*payload);
            fail(Win32Error::GEN_FAILURE, failed)
        }
    };
    crate::threadcontrol::stop_if_asked();
    value
}

/// For functions that return BOOL: TRUE, or FALSE with the last error set.
pub fn guard_bool(body: impl FnOnce() -> Result<(), Win32Error>) -> Bool {
    guard(FALSE, || match body() {
        Ok(()) => TRUE,
        Err(error) => fail(error, FALSE),
    })
}

/// For functions that return a value or, with the last error set, `failed`.
pub fn guard_or<T: Copy>(failed: T, body: impl FnOnce() -> Result<T, Win32Error>) -> T {
    guard(failed, || body().unwrap_or_else(|error| fail(error, failed)))
}

/// The system of the process.
pub fn system() -> Result<&'static System, Win32Error> {
    overlapped::default_system().map_err(|error| told(&error).code())
}

/// Without a system almost every call fails, and the code alone tells nobody why: so it is said once.
#[cold]
fn told(error: &overlapped::Error) -> &overlapped::Error {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Nobody to tell if this fails.
        let _ = writeln!(std::io::stderr(), "overlapped: no device can be used: {error}; `ovl doctor` says more");
    });
    error
}

/// What knows files by name.
#[must_use]
pub fn files() -> &'static FileDriver {
    overlapped::default_files()
}

/// A handle of the table; 6 for what cannot be one.
pub fn handle(raw: RawHandle) -> Result<Handle, Win32Error> {
    Handle::from_raw(raw).ok_or(Win32Error::INVALID_HANDLE)
}

/// EVENT_MODIFY_STATE.
const EVENT_MODIFY_STATE: AccessMask = AccessMask::from_bits_retain(2);

/// The event that hEvent names, to be reset and set: none for 0, 6 for what is not an event, 5 for a handle that may only be waited
/// for. The low bit means "no packet" and is not part of it.
pub fn event_of(raw: RawHandle) -> Result<Option<Arc<Event>>, Win32Error> {
    event_with(raw, EVENT_MODIFY_STATE)
}

/// The same to be waited for: 5 without SYNCHRONIZE.
pub fn awaited_event_of(raw: RawHandle) -> Result<Option<Arc<Event>>, Win32Error> {
    event_with(raw, AccessMask::SYNCHRONIZE)
}

fn event_with(raw: RawHandle, right: AccessMask) -> Result<Option<Arc<Event>>, Win32Error> {
    match raw & !1 {
        0 => Ok(None),
        raw => match system()?.entry_raw(raw)? {
            Entry { object: Object::Event(event), access, .. } if access.contains(right) => Ok(Some(event)),
            Entry { object: Object::Event(_), .. } => Err(Win32Error::ACCESS_DENIED),
            _ => Err(Win32Error::INVALID_HANDLE),
        },
    }
}

/// A name in the A functions: bytes, which are UTF-8 as everywhere here (decision D9). `None` for NULL.
///
/// # Safety
/// `text` is NULL or a string that ends with a zero and stays as it is for the call.
#[must_use]
pub unsafe fn narrow(text: *const c_char) -> Option<OsString> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller vouches for the string.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    Some(OsStr::from_bytes(bytes).to_owned())
}

/// A name in the W functions: UTF-16, of which lone surrogates are kept. `None` for NULL.
///
/// # Safety
/// As for [`narrow`].
#[must_use]
pub unsafe fn wide(text: *const u16) -> Option<OsString> {
    if text.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: the caller vouches for every unit up to the zero.
    while unsafe { *text.add(len) } != 0 {
        len += 1;
    }
    // SAFETY: as above.
    Some(wide_to_os(unsafe { std::slice::from_raw_parts(text, len) }))
}

/// UTF-16 to a Linux name.
#[must_use]
pub fn wide_to_os(units: &[u16]) -> OsString {
    from_utf16(units)
}

/// A Linux name as UTF-16, which leads back to it; bytes that are not UTF-8 become lone surrogates.
#[must_use]
pub fn os_to_wide(name: &OsStr) -> Vec<u16> {
    to_utf16(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_fails_the_call_and_goes_no_further() {
        let calls = [
            || guard(-7, || panic!("on purpose")),
            || guard_or(-7, || panic!("on purpose")),
            || guard_bool(|| panic!("on purpose")) - 7,
        ];
        for call in calls {
            set_last_error(0);
            assert_eq!((call(), last_error()), (-7, Win32Error::GEN_FAILURE.0));
        }
        // The thread goes on as before.
        set_last_error(4711);
        assert_eq!((guard_bool(|| Ok(())), last_error()), (TRUE, 4711));
    }

    #[test]
    fn a_failure_sets_the_last_error_and_a_success_does_not() {
        set_last_error(4711);
        assert_eq!((guard_or(0, || Ok(5)), last_error()), (5, 4711));
        assert_eq!((guard_or(0, || Err(Win32Error::INVALID_HANDLE)), last_error()), (0, 6));
        assert_eq!((guard_bool(|| Err(Win32Error::NOACCESS)), last_error()), (FALSE, 998));
    }
}
