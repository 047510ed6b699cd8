//! `shlobj.h` and `combaseapi.h`: where a user's files go, and the memory in which such answers come.

use crate::arguments::pair;
use crate::names::to_windows;
use crate::security::home;
use crate::support::{Bool, FALSE, RawHandle, TRUE, guard};
use crate::text::{Unit, put};
use std::ffi::c_void;
use std::path::PathBuf;

const S_OK: i32 = 0;
/// E_INVALIDARG.
const INVALID: i32 = 0x8007_0057_u32 as i32;
/// HRESULT of ERROR_FILE_NOT_FOUND.
const NOT_FOUND: i32 = 0x8007_0002_u32 as i32;
const OUT_OF_MEMORY: i32 = 0x8007_000E_u32 as i32;
/// KF_FLAG_CREATE and KF_FLAG_DONT_VERIFY.
const CREATE: u32 = 0x8000;
const DONT_VERIFY: u32 = 0x4000;

/// GUID.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Guid(u32, u16, u16, [u8; 8]);

const PROFILE: Guid = Guid(0x5E6C_858F, 0x0E22, 0x4760, [0x9A, 0xFE, 0xEA, 0x33, 0x17, 0xB6, 0x71, 0x73]);
const LOCAL_DATA: Guid = Guid(0xF1B3_2785, 0x6FBA, 0x4FCF, [0x9D, 0x55, 0x7B, 0x8E, 0x7F, 0x15, 0x70, 0x91]);
const ROAMING_DATA: Guid = Guid(0x3EB6_85DB, 0x65F9, 0x4CF6, [0xA0, 0x3A, 0xE3, 0xEF, 0x65, 0x72, 0x9F, 0x3D]);
const PROGRAM_DATA: Guid = Guid(0x62AB_5D82, 0xFDC1, 0x4DC3, [0xA9, 0xDD, 0x07, 0x0D, 0x1D, 0x49, 0x5D, 0x97]);

/// The directory that Linux' programs use for it.
fn directory(which: Guid) -> Option<PathBuf> {
    let set = |name: &str, otherwise: &str| {
        let given = std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        given.unwrap_or_else(|| home().join(otherwise))
    };
    Some(match which {
        PROFILE => home(),
        LOCAL_DATA => set("XDG_DATA_HOME", ".local/share"),
        ROAMING_DATA => set("XDG_CONFIG_HOME", ".config"),
        PROGRAM_DATA => "/var/lib".into(),
        _ => return None,
    })
}

/// The user's own data of programs: what goes with the user to other computers, and what stays.
pub(crate) fn program_data(goes_along: bool) -> Option<PathBuf> {
    directory(if goes_along { ROAMING_DATA } else { LOCAL_DATA })
}

/// SHGetKnownFolderPath: the profile, local and roaming data of programs, and their data for all users; E_INVALIDARG for others, 0x80070002
/// if the directory is missing and need be there. The text is freed by CoTaskMemFree.
///
/// # Safety
/// `which` is NULL or readable, `to` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SHGetKnownFolderPath(
    which: *const Guid,
    flags: u32,
    _token: RawHandle,
    to: *mut *mut u16,
) -> i32 {
    guard(INVALID, || {
        if to.is_null() || which.is_null() {
            return INVALID;
        }
        // SAFETY: not NULL, and the caller vouches for both.
        let found = unsafe {
            to.write(std::ptr::null_mut());
            directory(*which)
        };
        let Some(path) = found else { return INVALID };
        if flags & CREATE != 0 {
            // Whether that was possible is seen below.
            let _ = std::fs::create_dir_all(&path);
        }
        if flags & DONT_VERIFY == 0 && !path.is_dir() {
            return NOT_FOUND;
        }
        let name = u16::from_os(&to_windows(&path));
        let text: *mut u16 = ovl_CoTaskMemAlloc((name.len() + 1) * 2).cast();
        if text.is_null() {
            return OUT_OF_MEMORY;
        }
        // SAFETY: there is room for it with its zero; `to` is not NULL, and the caller vouches for it.
        unsafe {
            put(text, &name);
            to.write(text);
        }
        S_OK
    })
}

/// MAX_PATH: the room that callers of the older function have.
const MAX_PATH: usize = 260;

pair! {
    /// SHGetSpecialFolderPath: those of [`ovl_SHGetKnownFolderPath`] and the directories of a system that is not there; FALSE for others,
    /// and for one that is missing and should have been made.
    fn ovl_SHGetSpecialFolderPathA ovl_SHGetSpecialFolderPathW(_window: usize, to: *mut C, which: i32, create: Bool) -> Bool {
        guard(FALSE, || {
            let known = match which {
                0x05 | 0x28 => directory(PROFILE),
                0x1A => directory(ROAMING_DATA),
                0x1C => directory(LOCAL_DATA),
                0x23 => directory(PROGRAM_DATA),
                _ => None,
            };
            let name = match (&known, which) {
                (Some(path), _) => to_windows(path),
                (None, 0x24) => r"C:\Windows".into(),
                (None, 0x25) => r"C:\Windows\system32".into(),
                _ => return FALSE,
            };
            if let Some(path) = known.filter(|_| create != FALSE)
                && std::fs::create_dir_all(path).is_err()
            {
                return FALSE;
            }
            let name = C::from_os(&name);
            if to.is_null() || name.len() >= MAX_PATH {
                return FALSE;
            }
            // SAFETY: the caller has room for MAX_PATH units.
            unsafe { put(to, &name) };
            TRUE
        })
    }
}

/// CoTaskMemAlloc: NULL if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CoTaskMemAlloc(bytes: usize) -> *mut c_void {
    // SAFETY: any size is allowed.
    unsafe { libc::malloc(bytes.max(1)) }
}

/// CoTaskMemRealloc.
///
/// # Safety
/// `memory` is NULL or comes from here, and is not used any more unless this fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CoTaskMemRealloc(memory: *mut c_void, bytes: usize) -> *mut c_void {
    if bytes == 0 {
        // SAFETY: the caller's promise.
        unsafe { ovl_CoTaskMemFree(memory) };
        return std::ptr::null_mut();
    }
    // SAFETY: the caller's promise.
    unsafe { libc::realloc(memory, bytes) }
}

/// CoTaskMemFree.
///
/// # Safety
/// `memory` is NULL or comes from here, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CoTaskMemFree(memory: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(memory) };
}
