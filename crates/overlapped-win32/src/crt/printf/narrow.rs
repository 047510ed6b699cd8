//! The functions that format bytes.

use super::{Room, format};
use crate::crt::va::{VaArguments, VaList};
use crate::crt::{invalid, set_errno};
use crate::support::guard;
use crate::text::{Unit, units};
use libc::{EINVAL, ERANGE, FILE};
use std::ffi::{c_char, c_int};

/// `_TRUNCATE`.
const TRUNCATE: usize = usize::MAX;

unsafe extern "C" {
    static stdout: *mut FILE;
}

/// The standard output of libc.
pub(super) fn standard_output() -> *mut FILE {
    // SAFETY: set when the program starts, and read only.
    unsafe { stdout }
}

/// Formats into a buffer as far as there is room, without a zero; the whole length, or −1.
///
/// # Safety
/// As for the C functions (see the [page](crate::crt)).
pub(super) unsafe fn into_room<U: Unit>(buffer: *mut U, size: usize, pattern: *const U, list: VaList) -> c_int {
    if pattern.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        // SAFETY: the caller vouches for the arguments and the room.
        let len = unsafe { format(&mut Room::new(buffer, size), units(pattern), &mut VaArguments::new(list)) };
        len.map_or_else(
            || {
                set_errno(libc::EOVERFLOW);
                -1
            },
            |len| len as c_int,
        )
    })
}

/// C99: what fits and a zero; the whole length.
///
/// # Safety
/// As above.
unsafe fn c99<U: Unit>(buffer: *mut U, size: usize, pattern: *const U, list: VaList) -> c_int {
    let room = size.saturating_sub(1);
    // SAFETY: the caller vouches for it.
    unsafe {
        let len = into_room(buffer, room, pattern, list);
        if size != 0 && !buffer.is_null() {
            let end = usize::try_from(len).unwrap_or(0).min(room);
            buffer.add(end).write(U::default());
        }
        len
    }
}

/// Microsoft's `_vsnprintf`: a zero only if there is room for it, −1 if the text is longer than the room. Without a buffer,
/// the length.
///
/// # Safety
/// As above.
pub(super) unsafe fn microsoft<U: Unit>(buffer: *mut U, size: usize, pattern: *const U, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe {
        let len = into_room(buffer, size, pattern, list);
        match usize::try_from(len) {
            Ok(length) if !buffer.is_null() && length < size => buffer.add(length).write(U::default()),
            Ok(length) if length > size && !(buffer.is_null() && size == 0) => return -1,
            _ => {}
        }
        len
    }
}

/// `_vsnprintf_s` and, with a count that cannot be exceeded, `vsprintf_s`: always a zero; −1 if it was cut short by the
/// count. If even the room is too small the text is empty, unless the count is `_TRUNCATE`.
///
/// # Safety
/// As above.
pub(super) unsafe fn checked<U: Unit>(
    buffer: *mut U,
    size: usize,
    count: Option<usize>,
    pattern: *const U,
    list: VaList,
) -> c_int {
    if count == Some(0) && buffer.is_null() && size == 0 {
        return 0;
    }
    if buffer.is_null() || size == 0 || pattern.is_null() {
        invalid(EINVAL);
        return -1;
    }
    let room = (size - 1).min(count.unwrap_or(TRUNCATE));
    // SAFETY: the caller vouches for it.
    unsafe {
        let len = into_room(buffer, room, pattern, list);
        let whole = usize::try_from(len).unwrap_or(usize::MAX);
        buffer.add(whole.min(room)).write(U::default());
        if whole <= room {
            return len;
        }
        let cut_as_asked = count.is_some_and(|count| count == TRUNCATE || count < size);
        if len < 0 || !cut_as_asked {
            buffer.write(U::default());
        }
        if len >= 0 && !cut_as_asked {
            invalid(ERANGE);
        }
    }
    -1
}

/// Writes to a stream of libc.
///
/// # Safety
/// `stream` is open.
pub(super) unsafe fn emit(stream: *mut FILE, bytes: &[u8]) -> bool {
    // SAFETY: the caller vouches for the stream.
    unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), stream) == bytes.len() }
}

/// vfprintf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vfprintf(stream: *mut FILE, pattern: *const c_char, list: VaList) -> c_int {
    if stream.is_null() || pattern.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        let mut text = Vec::new();
        // SAFETY: the caller vouches for the arguments and the stream.
        unsafe {
            match format(&mut text, units(pattern.cast::<u8>()), &mut VaArguments::new(list)) {
                Some(len) if emit(stream, &text) => len as c_int,
                _ => -1,
            }
        }
    })
}

/// vprintf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vprintf(pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the arguments.
    unsafe { ovl_vfprintf(standard_output(), pattern, list) }
}

/// vsprintf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vsprintf(buffer: *mut c_char, pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { c99(buffer.cast::<u8>(), isize::MAX as usize, pattern.cast(), list) }
}

/// vsnprintf, as C99 has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vsnprintf(
    buffer: *mut c_char,
    size: usize,
    pattern: *const c_char,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { c99(buffer.cast::<u8>(), size, pattern.cast(), list) }
}

/// _vsnprintf: no zero where there is no room for it, −1 if the text is longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnprintf(
    buffer: *mut c_char,
    size: usize,
    pattern: *const c_char,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { microsoft(buffer.cast::<u8>(), size, pattern.cast(), list) }
}

/// vsprintf_s: −1, an empty text and ERANGE if it does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_vsprintf_s(
    buffer: *mut c_char,
    size: usize,
    pattern: *const c_char,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { checked(buffer.cast::<u8>(), size, None, pattern.cast(), list) }
}

/// _vsnprintf_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsnprintf_s(
    buffer: *mut c_char,
    size: usize,
    count: usize,
    pattern: *const c_char,
    list: VaList,
) -> c_int {
    // SAFETY: the caller vouches for the room.
    unsafe { checked(buffer.cast::<u8>(), size, Some(count), pattern.cast(), list) }
}

/// _vscprintf: the length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vscprintf(pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for the arguments.
    unsafe { into_room(std::ptr::null_mut::<u8>(), 0, pattern.cast(), list) }
}
