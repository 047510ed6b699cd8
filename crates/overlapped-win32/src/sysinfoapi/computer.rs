//! The names of the computer and its user, and the directories of a system that is not there.

use crate::support::{Bool, FALSE, TRUE, fail};
use crate::text::{Unit, give, of, put};
use overlapped_abi::Win32Error;
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// ERROR_BUFFER_OVERFLOW.
const BUFFER_OVERFLOW: Win32Error = Win32Error(111);

fn host_name() -> OsString {
    let mut name = [0u8; 256];
    // SAFETY: the length is that of the buffer, less the zero that is there already.
    unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(0);
    OsString::from_vec(name[..end].to_vec())
}

/// The NetBIOS name: the first part of the host name in upper case, 15 bytes of it at most.
pub(crate) fn computer_name() -> OsString {
    let host = host_name();
    let first = host.as_bytes().split(|&byte| byte == b'.').next().unwrap_or_default();
    OsString::from_vec(first.iter().take(15).map(u8::to_ascii_uppercase).collect())
}

/// Is it a name of this computer?
pub(crate) fn is_own(name: &str) -> bool {
    [host_name(), computer_name()].iter().any(|own| own.eq_ignore_ascii_case(name))
}

pub(crate) fn user_name() -> OsString {
    let mut room = vec![0; 4096];
    let mut found = std::ptr::null_mut();
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: all targets are ours, and the size is that of the room.
    let failed = unsafe { libc::getpwuid_r(libc::geteuid(), &mut entry, room.as_mut_ptr(), room.len(), &mut found) };
    if failed == 0 && !found.is_null() {
        // SAFETY: found, so the name is a string in the room.
        let name = unsafe { CStr::from_ptr(entry.pw_name) };
        return OsStr::from_bytes(name.to_bytes()).to_owned();
    }
    std::env::var_os("USER").unwrap_or_else(|| "user".into())
}

/// # Safety
/// `size` is readable and writable; `buffer` is NULL or has room for as many units as it says.
unsafe fn answer<U: Unit>(name: &OsStr, buffer: *mut U, size: *mut u32, short: Win32Error, counts_zero: bool) -> Bool {
    if size.is_null() {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    let text = U::from_os(name);
    // SAFETY: the caller vouches for both.
    unsafe {
        if buffer.is_null() || *size as usize <= text.len() {
            *size = text.len() as u32 + 1;
            return fail(short, FALSE);
        }
        put(buffer, &text);
        *size = text.len() as u32 + u32::from(counts_zero);
    }
    TRUE
}

/// GetComputerNameA: FALSE/111 with the room needed if the buffer is too small.
///
/// # Safety
/// `size` is readable and writable; `buffer` is NULL or has room for as many units as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetComputerNameA(buffer: *mut u8, size: *mut u32) -> Bool {
    // SAFETY: the caller vouches for both.
    unsafe { answer(&computer_name(), buffer, size, BUFFER_OVERFLOW, false) }
}

/// GetComputerNameW, as [`ovl_GetComputerNameA`].
///
/// # Safety
/// As for [`ovl_GetComputerNameA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetComputerNameW(buffer: *mut u16, size: *mut u32) -> Bool {
    // SAFETY: the caller vouches for both.
    unsafe { answer(&computer_name(), buffer, size, BUFFER_OVERFLOW, false) }
}

/// The names of COMPUTER_NAME_FORMAT; the physical ones (4 to 7) are the same.
fn computer_name_of(format: u32) -> Option<OsString> {
    let host = host_name();
    let (first, rest) = match host.as_bytes().iter().position(|&byte| byte == b'.') {
        Some(dot) => (&host.as_bytes()[..dot], &host.as_bytes()[dot + 1..]),
        None => (host.as_bytes(), &[][..]),
    };
    Some(match format {
        0 | 4 => computer_name(),
        1 | 5 => OsStr::from_bytes(first).to_owned(),
        2 | 6 => OsStr::from_bytes(rest).to_owned(),
        3 | 7 => host,
        _ => return None,
    })
}

/// GetComputerNameExA: FALSE/234 with the room needed if the buffer is too small.
///
/// # Safety
/// As for [`ovl_GetComputerNameA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetComputerNameExA(format: u32, buffer: *mut u8, size: *mut u32) -> Bool {
    let Some(name) = computer_name_of(format) else { return fail(Win32Error::INVALID_PARAMETER, FALSE) };
    // SAFETY: the caller vouches for both.
    unsafe { answer(&name, buffer, size, Win32Error::MORE_DATA, false) }
}

/// GetComputerNameExW, as [`ovl_GetComputerNameExA`].
///
/// # Safety
/// As for [`ovl_GetComputerNameA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetComputerNameExW(format: u32, buffer: *mut u16, size: *mut u32) -> Bool {
    let Some(name) = computer_name_of(format) else { return fail(Win32Error::INVALID_PARAMETER, FALSE) };
    // SAFETY: the caller vouches for both.
    unsafe { answer(&name, buffer, size, Win32Error::MORE_DATA, false) }
}

/// GetUserNameA: FALSE/122 with the room needed if the buffer is too small. The size includes the zero in either case.
///
/// # Safety
/// As for [`ovl_GetComputerNameA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetUserNameA(buffer: *mut u8, size: *mut u32) -> Bool {
    // SAFETY: the caller vouches for both.
    unsafe { answer(&user_name(), buffer, size, Win32Error::INSUFFICIENT_BUFFER, true) }
}

/// GetUserNameW, as [`ovl_GetUserNameA`].
///
/// # Safety
/// As for [`ovl_GetComputerNameA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetUserNameW(buffer: *mut u16, size: *mut u32) -> Bool {
    // SAFETY: the caller vouches for both.
    unsafe { answer(&user_name(), buffer, size, Win32Error::INSUFFICIENT_BUFFER, true) }
}

pub(crate) const WINDOWS: &str = r"C:\Windows";
const SYSTEM: &str = r"C:\Windows\system32";

/// GetWindowsDirectoryA: the name that it has on Windows; there need not be such a directory.
///
/// # Safety
/// `buffer` is NULL or has room for `size` units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetWindowsDirectoryA(buffer: *mut u8, size: u32) -> u32 {
    // SAFETY: the caller vouches for the room.
    unsafe { give(WINDOWS.as_bytes(), buffer, size) }
}

/// GetWindowsDirectoryW, as [`ovl_GetWindowsDirectoryA`].
///
/// # Safety
/// As for [`ovl_GetWindowsDirectoryA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetWindowsDirectoryW(buffer: *mut u16, size: u32) -> u32 {
    // SAFETY: the caller vouches for the room.
    unsafe { give(&of::<u16>(WINDOWS), buffer, size) }
}

/// GetSystemDirectoryA, as [`ovl_GetWindowsDirectoryA`].
///
/// # Safety
/// As for [`ovl_GetWindowsDirectoryA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemDirectoryA(buffer: *mut u8, size: u32) -> u32 {
    // SAFETY: the caller vouches for the room.
    unsafe { give(SYSTEM.as_bytes(), buffer, size) }
}

/// GetSystemDirectoryW, as [`ovl_GetWindowsDirectoryA`].
///
/// # Safety
/// As for [`ovl_GetWindowsDirectoryA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemDirectoryW(buffer: *mut u16, size: u32) -> u32 {
    // SAFETY: the caller vouches for the room.
    unsafe { give(&of::<u16>(SYSTEM), buffer, size) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn names_ask_for_room() {
        let mut size = 0;
        let mut room = [0u16; 300];
        // SAFETY: the sizes are those of the buffers.
        unsafe {
            assert_eq!((ovl_GetComputerNameW(std::ptr::null_mut(), &mut size), last_error()), (FALSE, 111));
            let needed = size;
            size = 300;
            assert_eq!((ovl_GetComputerNameW(room.as_mut_ptr(), &mut size), size), (TRUE, needed - 1));
            size = 1;
            assert_eq!((ovl_GetUserNameW(room.as_mut_ptr(), &mut size), last_error()), (FALSE, 122));
            assert_eq!(
                (ovl_GetUserNameW(room.as_mut_ptr(), &mut size), crate::text::len(room.as_ptr()) as u32),
                (TRUE, size - 1)
            );
            size = 0;
            assert_eq!((ovl_GetComputerNameExA(3, std::ptr::null_mut(), &mut size), last_error()), (FALSE, 234));
            assert_eq!((ovl_GetComputerNameExA(9, std::ptr::null_mut(), &mut size), last_error()), (FALSE, 87));
            assert_eq!(ovl_GetSystemDirectoryW(room.as_mut_ptr(), 300), 19);
            assert_eq!(ovl_GetWindowsDirectoryA(std::ptr::null_mut(), 0), 11);
        }
    }
}
