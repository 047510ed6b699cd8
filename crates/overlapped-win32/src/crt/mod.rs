//! The part of Microsoft's C library that programs use and libc lacks, or has with another meaning.
//!
//! Wide functions work on 16-bit WCHAR. In formats, `l` before an integer means 32 bits, as LONG has; a `long` of a program that
//! was compiled here has 64, so `%ld` prints its low half. Functions with `_s` check their arguments: a violation calls the
//! program's handler, if it has set one, and then fails with an errno value; without a handler Windows would end the program.
//!
//! # Safety
//! All pointers are as for the C functions: strings end with a zero unless a length is given, buffers have the room that is
//! said, and formats agree with their arguments. The modules do not repeat it at each function.

#![allow(clippy::missing_safety_doc, reason = "said once, on the page of the module")]

pub mod args;
pub mod calendar;
pub mod clock;
pub mod conio;
pub mod ctype;
pub mod dates;
pub mod descriptors;
pub mod environment;
pub mod files;
pub mod floating;
pub mod free_names;
pub mod locales;
pub mod memory;
pub mod multibyte;
pub mod numbers;
pub mod paths;
pub mod printf;
pub mod program;
pub mod rand;
pub mod scanf;
pub mod search;
pub mod secure;
pub mod shell;
pub mod signals;
pub mod spawn;
pub mod stat;
pub mod strings;
pub mod threads;
pub mod va;
pub mod wide;
pub mod wide_conio;
pub mod wide_dates;
pub mod wide_streams;

use crate::support::set_last_error;
use overlapped_abi::{Context, Win32Error};
use std::cell::Cell;
use std::ffi::{CStr, OsStr, c_int, c_uint};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null;
use std::sync::atomic::{AtomicUsize, Ordering::*};

/// A function of the program that is told of invalid arguments: expression, function, file, line, reserved.
pub type InvalidParameterHandler = unsafe extern "C" fn(*const u16, *const u16, *const u16, c_uint, usize);

static HANDLER: AtomicUsize = AtomicUsize::new(0);

// That of the thread, which comes first.
overlapped_kernel::static_tls! { fn own_handler: Cell<*const u8> = "invalid" }

/// Sets errno.
pub fn set_errno(code: c_int) {
    // SAFETY: the place of this thread's errno.
    unsafe { *libc::__errno_location() = code };
}

/// errno.
#[must_use]
pub fn errno() -> c_int {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() }
}

/// The errno value that Windows' C library has for an error of the system.
#[must_use]
pub fn errno_of(error: Win32Error) -> c_int {
    match error.0 {
        2 | 3 | 15 | 18 | 53 | 67 | 161 | 206 => libc::ENOENT,
        4 => libc::EMFILE,
        5 | 16 | 19..=36 | 65 | 82 | 83 | 108 | 132 | 158 | 167 => libc::EACCES,
        6 => libc::EBADF,
        17 => libc::EXDEV,
        80 | 183 => libc::EEXIST,
        87 | 123 | 131 | 267 => libc::EINVAL,
        112 => libc::ENOSPC,
        145 => libc::ENOTEMPTY,
        _ => error.to_errno(),
    }
}

/// The system has refused: errno, `_doserrno` and the last error tell why, as they do after the functions that it is asked by there.
pub fn refused(error: Win32Error) {
    set_errno(errno_of(error));
    set_last_error(error.0);
    system_error(|place| place.set(error.0));
}

/// A function of libc has failed on the file of this path: what errno says becomes what it would be there, which knows fewer
/// of them, and the last error with it. A directory that is missing on the way is another error than a missing file.
pub fn settle_errno(path: &CStr) {
    let parent = || {
        Path::new(OsStr::from_bytes(path.to_bytes()))
            .parent()
            .map(|parent| parent.as_os_str().is_empty() || parent.is_dir())
    };
    refused(match errno() {
        libc::EISDIR | libc::EPERM | libc::EROFS | libc::ETXTBSY | libc::EBUSY => Win32Error::ACCESS_DENIED,
        libc::ENOTDIR => Win32Error::PATH_NOT_FOUND,
        libc::ENOENT if parent() == Some(false) => Win32Error::PATH_NOT_FOUND,
        libc::ENAMETOOLONG => Win32Error::FILENAME_EXCED_RANGE,
        libc::ELOOP | libc::ENXIO => Win32Error::FILE_NOT_FOUND,
        libc::EEXIST => Win32Error::FILE_EXISTS,
        other => Win32Error::from_errno(other, Context::Open),
    });
}

/// An argument is invalid: errno is set, the program's handler called, and the code returned.
pub fn invalid(code: c_int) -> c_int {
    set_errno(code);
    let handler = match own_handler(Cell::get).addr() {
        0 => HANDLER.load(Acquire),
        own => own,
    };
    if handler != 0 {
        // SAFETY: the number was a function of this type when it was stored.
        unsafe {
            let handler = std::mem::transmute::<usize, InvalidParameterHandler>(handler);
            handler(null(), null(), null(), 0, 0);
        }
    }
    code
}

/// _set_invalid_parameter_handler: the former one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__set_invalid_parameter_handler(
    handler: Option<InvalidParameterHandler>,
) -> Option<InvalidParameterHandler> {
    let former = HANDLER.swap(handler.map_or(0, |handler| handler as usize), AcqRel);
    // SAFETY: the number is 0 or was a function of this type when it was stored.
    unsafe { std::mem::transmute::<usize, Option<InvalidParameterHandler>>(former) }
}

/// _get_invalid_parameter_handler.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__get_invalid_parameter_handler() -> Option<InvalidParameterHandler> {
    // SAFETY: as above.
    unsafe { std::mem::transmute::<usize, Option<InvalidParameterHandler>>(HANDLER.load(Acquire)) }
}

/// _set_thread_local_invalid_parameter_handler: the thread's former one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__set_thread_local_invalid_parameter_handler(
    handler: Option<InvalidParameterHandler>,
) -> Option<InvalidParameterHandler> {
    let new = handler.map_or(null(), |handler| handler as *const u8);
    let former = own_handler(|own| own.replace(new));
    // SAFETY: NULL, or what was a function of this type when it was stored.
    unsafe { std::mem::transmute::<*const u8, Option<InvalidParameterHandler>>(former) }
}

/// _get_thread_local_invalid_parameter_handler.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__get_thread_local_invalid_parameter_handler() -> Option<InvalidParameterHandler> {
    // SAFETY: as above.
    unsafe { std::mem::transmute::<*const u8, Option<InvalidParameterHandler>>(own_handler(Cell::get)) }
}

/// _invalid_parameter_noinfo: what functions of the program itself call.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__invalid_parameter_noinfo() {
    invalid(libc::EINVAL);
}

overlapped_kernel::static_tls! { fn system_error: Cell<u32> = "doserrno" }

/// __doserrno: the place of the error code of the system that belongs to this thread's errno.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___doserrno() -> *mut u32 {
    let last = system_error(Cell::get);
    let code = match errno() {
        0 => 0,
        errno if errno_of(Win32Error(last)) == errno => last,
        errno => Win32Error::from_errno(errno, Context::Open).0,
    };
    system_error(|place| {
        place.set(code);
        place.as_ptr()
    })
}

/// _errno: the place of this thread's errno, which is libc's.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__errno() -> *mut c_int {
    // SAFETY: it asks for a place.
    unsafe { libc::__errno_location() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    static CALLS: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C" fn count(_: *const u16, _: *const u16, _: *const u16, _: c_uint, _: usize) {
        CALLS.fetch_add(1, SeqCst);
    }

    #[test]
    fn a_thread_has_a_handler_of_its_own() {
        assert!(ovl__set_thread_local_invalid_parameter_handler(Some(count)).is_none());
        assert_eq!((invalid(libc::ERANGE), errno(), CALLS.load(SeqCst)), (libc::ERANGE, libc::ERANGE, 1));
        std::thread::spawn(|| {
            assert!(ovl__get_thread_local_invalid_parameter_handler().is_none());
            ovl__invalid_parameter_noinfo();
        })
        .join()
        .unwrap();
        assert_eq!(CALLS.load(SeqCst), 1);
        ovl__invalid_parameter_noinfo();
        assert!(ovl__set_thread_local_invalid_parameter_handler(None).is_some() && CALLS.load(SeqCst) == 2);
        assert!(ovl__get_thread_local_invalid_parameter_handler().is_none());
    }
}
