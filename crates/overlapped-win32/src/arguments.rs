//! What the functions on files make of their arguments.

use crate::probe;
use crate::support::{RawHandle, handle, system};
use crate::text::{self, Unit};
use overlapped_abi::Win32Error;
use overlapped_kernel::system::Grant;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString, c_void};

/// The A and the W form of a function, written once: in it, `C` is the unit of its text, a byte of UTF-8 or 16 bits of UTF-16.
macro_rules! pair {
    ($(#[$doc:meta])* fn $a:ident $w:ident($($arg:ident: $type:ty),* $(,)?) -> $ret:ty $body:block) => {
        $crate::arguments::pair!(@one u8 $(#[$doc])* $a($($arg: $type),*) -> $ret $body);
        $crate::arguments::pair!(@one u16 $(#[$doc])* $w($($arg: $type),*) -> $ret $body);
    };
    (@one $unit:ident $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $ret:ty $body:block) => {
        pub use $name::$name;
        mod $name {
            use super::*;
            #[allow(dead_code, reason = "some functions have no text among their arguments but in them")]
            type C = $unit;
            $(#[$doc])*
            ///
            /// # Safety
            /// Pointers are NULL or valid for what the function reads and writes through them; names end with a zero.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $type),*) -> $ret $body
        }
    };
}
pub(crate) use pair;

/// A name that may be NULL.
///
/// # Safety
/// `name` is NULL or ends with a zero and stays as it is for the call.
pub(crate) unsafe fn optional_name<C: Unit>(name: *const C) -> Option<OsString> {
    // SAFETY: not NULL, and the caller vouches for it.
    (!name.is_null()).then(|| C::to_os(unsafe { text::units(name) }))
}

/// A name for the time of the call, copied only where it must be; 3 for NULL.
///
/// # Safety
/// As for [`optional_name`].
pub(crate) unsafe fn given_name<'a, C: Unit>(name: *const C) -> Result<Cow<'a, OsStr>, Win32Error> {
    if name.is_null() {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    Ok(C::as_os(unsafe { text::units(name) }))
}

/// A name; 3 for NULL.
///
/// # Safety
/// As for [`optional_name`].
pub(crate) unsafe fn name<C: Unit>(name: *const C) -> Result<OsString, Win32Error> {
    // SAFETY: the caller's promise.
    unsafe { optional_name(name) }.ok_or(Win32Error::PATH_NOT_FOUND)
}

/// The instance of a handle and its rights; 6 for anything else.
pub(crate) fn grant(file: RawHandle) -> Result<Grant, Win32Error> {
    system()?.grant(handle(file)?)
}

/// Stores a result that the caller must want; 998 for NULL.
///
/// # Safety
/// `to` is NULL or writable.
pub(crate) unsafe fn store<T>(to: *mut T, value: T) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(value) };
    Ok(())
}

/// Stores a result that the caller may do without.
///
/// # Safety
/// As for [`store`].
pub(crate) unsafe fn store_if_wanted<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(value) };
    }
}

/// The caller's input; empty for NULL.
///
/// # Safety
/// `start` is NULL or readable for `len` bytes, for as long as the slice is used.
pub(crate) unsafe fn input<'a>(start: *const c_void, len: u32) -> &'a [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { std::slice::from_raw_parts(start.cast(), len as usize) }
}

/// [`input`]; 998 for what is not memory.
///
/// # Safety
/// Nobody writes there as long as the slice is used.
pub(crate) unsafe fn checked_input<'a>(start: *const c_void, len: u32) -> Result<&'a [u8], Win32Error> {
    if !start.is_null() && !probe::readable(start as usize, len as usize) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: NULL or readable, as was just seen.
    Ok(unsafe { input(start, len) })
}

/// Puts bytes into the caller's buffer, which has room for them; 998 for NULL and for what is not memory.
///
/// # Safety
/// Nobody else uses the bytes at `to` at this moment.
pub(crate) unsafe fn output(bytes: &[u8], to: *mut c_void) -> Result<(), Win32Error> {
    if bytes.is_empty() {
        return Ok(());
    }
    if !probe::writable(to as usize, bytes.len()) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: writable, as was just seen; our own bytes do not overlap it.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len()) };
    Ok(())
}
