//! The C library, and what other libraries of Windows have for text: answers, errors, and what stays as it was.

mod files;
mod numbers;
mod strings;
mod texts;

use overlapped_win32::crt::{errno, set_errno};
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use std::ffi::c_int;

/// The answer, errno and the last error, which were 0 before.
fn told<T>(call: impl FnOnce() -> T) -> (T, c_int, u32) {
    set_errno(0);
    ovl_SetLastError(0);
    let answer = call();
    (answer, errno(), ovl_GetLastError())
}

/// A text of 16 bits, with its end.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// What is before the zero.
fn shown<U: Copy + Default + PartialEq + Into<u32>>(text: &[U]) -> String {
    text.iter().take_while(|unit| **unit != U::default()).filter_map(|unit| char::from_u32((*unit).into())).collect()
}
