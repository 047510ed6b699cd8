//! `winver.h`: versions of files. Programs of Linux carry none (1813); the libraries of Windows that this one plays have that of Windows, by
//! which programs learn it where they mistrust GetVersionEx.

use crate::arguments::{output, pair, store_if_wanted};
use crate::libloaderapi::modules::{Kind, find, kind};
use crate::names::to_linux;
use crate::support::{Bool, FALSE, guard, guard_bool, guard_or};
use crate::sysinfoapi::BUILD;
use crate::text::{Unit, units};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, c_void};

/// ERROR_RESOURCE_TYPE_NOT_FOUND.
const NO_VERSION: Win32Error = Win32Error(1813);
/// VS_FIXEDFILEINFO.
const WORDS: usize = 13;
const BYTES: u32 = WORDS as u32 * 4;
const SIGNATURE: u32 = 0xFEEF_04BD;

/// What stands in the file.
fn version(file: &OsStr) -> Result<[u32; WORDS], Win32Error> {
    let played = find(file).and_then(kind);
    if !matches!(played, Ok(Kind::Played(_))) {
        let there = to_linux(file).is_ok_and(|path| path.exists());
        return Err(if there { NO_VERSION } else { Win32Error::FILE_NOT_FOUND });
    }
    let (high, low) = (10 << 16, BUILD << 16 | 1);
    Ok([SIGNATURE, 0x1_0000, high, low, high, low, 0x3F, 0, 0x4_0004, 2, 0, 0, 0])
}

pair! {
    /// GetFileVersionInfoSize: 0/1813 for a file without a version, 0/2 for none.
    fn ovl_GetFileVersionInfoSizeA ovl_GetFileVersionInfoSizeW(file: *const C, zero: *mut u32) -> u32 {
        guard_or(0, || {
            if file.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: a string, and NULL or a place that the caller vouches for.
            unsafe {
                store_if_wanted(zero, 0);
                version(&C::to_os(units(file))).map(|_| BYTES)
            }
        })
    }
}

pair! {
    /// GetFileVersionInfo: as much as there is room for.
    fn ovl_GetFileVersionInfoA ovl_GetFileVersionInfoW(file: *const C, _zero: u32, room: u32, to: *mut c_void) -> Bool {
        guard_bool(|| {
            if file.is_null() || to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: a string.
            let version = version(&C::to_os(unsafe { units(file) }))?;
            let bytes: Vec<u8> = version.iter().flat_map(|word| word.to_ne_bytes()).collect();
            // SAFETY: so much room, by the caller's promise.
            unsafe { output(&bytes[..bytes.len().min(room as usize)], to) }
        })
    }
}

pair! {
    /// VerQueryValue: the fixed part (`\`); there is no other.
    fn ovl_VerQueryValueA ovl_VerQueryValueW(block: *const c_void, name: *const C, to: *mut *const c_void, len: *mut u32) -> Bool {
        guard(FALSE, || {
            if block.is_null() || name.is_null() || to.is_null() {
                return FALSE;
            }
            // SAFETY: a block of GetFileVersionInfo, a string, and places that the caller vouches for.
            unsafe {
                let fixed = matches!(units(name), [] | [_]) && block.cast::<u32>().read_unaligned() == SIGNATURE;
                to.write(if fixed { block } else { std::ptr::null() });
                store_if_wanted(len, if fixed { BYTES } else { 0 });
                fixed.into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn libraries_of_windows_have_its_version_and_other_files_none() {
        let (mut block, mut found, mut len) = ([0u32; WORDS], std::ptr::null(), 0);
        // SAFETY: strings, and a block of that size.
        unsafe {
            let kernel = c"C:\\Windows\\System32\\kernel32.dll".as_ptr().cast();
            assert_eq!(ovl_GetFileVersionInfoSizeA(kernel, std::ptr::null_mut()), 52);
            assert_eq!(ovl_GetFileVersionInfoA(kernel, 0, 52, block.as_mut_ptr().cast()), 1);
            let root = c"\\".as_ptr().cast();
            assert_eq!(ovl_VerQueryValueA(block.as_ptr().cast(), root, &mut found, &mut len), 1);
            assert_eq!((found.cast::<u32>().add(2).read(), len), (10 << 16, 52));
            let other = c"\\StringFileInfo\\040904b0\\FileVersion".as_ptr().cast();
            assert_eq!(ovl_VerQueryValueA(block.as_ptr().cast(), other, &mut found, &mut len), 0);
            let size = |file: &std::ffi::CStr| ovl_GetFileVersionInfoSizeA(file.as_ptr().cast(), std::ptr::null_mut());
            assert_eq!((size(c"/etc/passwd"), last_error()), (0, 1813));
            assert_eq!((size(c"/no/such/file"), last_error()), (0, 2));
        }
    }
}
