//! What a handle is and what its file is called (contract 01 section 1.5, 02 sections 1 and 4).

use crate::arguments::{checked_input, grant, pair, store};
use crate::consoleapi;
use crate::names::to_windows;
use crate::support::{Bool, FALSE, RawHandle, guard_bool, guard_or, set_last_error, system};
use crate::text::{self, Unit};
use overlapped_abi::constants::handle::FILE_TYPE_UNKNOWN;
use overlapped_abi::{ByHandleFileInformation, Win32Error};
use overlapped_devices::file::{self, SetInformation};
use overlapped_kernel::handle::Object;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::ffi::OsStrExt;

const VOLUME_NAME_DOS: u32 = 0;
const VOLUME_NAME_GUID: u32 = 1;
const VOLUME_NAME_NT: u32 = 2;
const VOLUME_NAME_NONE: u32 = 4;
/// FILE_NAME_OPENED: the name as it was opened; Linux tells one name only.
const FILE_NAME_OPENED: u32 = 8;

/// GetFileType; -10, -11 and -12 mean the standard handles. The last error becomes 0 on success.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetFileType(file: RawHandle) -> u32 {
    guard_or(FILE_TYPE_UNKNOWN, || match system()?.entry_raw(consoleapi::meant(file))?.object {
        Object::Instance(instance) => {
            set_last_error(Win32Error::SUCCESS.0);
            Ok(instance.device().file_type() as u32)
        }
        _ => Err(Win32Error::INVALID_HANDLE),
    })
}

/// GetFileInformationByHandle.
///
/// # Safety
/// `information` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFileInformationByHandle(
    file: RawHandle,
    information: *mut ByHandleFileInformation,
) -> Bool {
    guard_bool(|| {
        let found = file::by_handle_information(&grant(file)?)?;
        // SAFETY: the caller's promise.
        unsafe { store(information, found) }
    })
}

/// SetFileInformationByHandle.
///
/// # Safety
/// `information` is NULL or readable for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetFileInformationByHandle(
    file: RawHandle,
    class: i32,
    information: *const c_void,
    size: u32,
) -> Bool {
    guard_bool(|| {
        let system = system()?;
        // Class and size come before the handle, as at the native level.
        // SAFETY: the caller's promise.
        let information = SetInformation::parse(class, unsafe { checked_input(information, size) }?)?;
        let file = grant(file)?;
        let root = match &information {
            SetInformation::Rename { root, .. } if *root != 0 => Some(grant(*root)?),
            _ => None,
        };
        file::set_information(system, &file, &information, root.as_ref())
    })
}

pair! {
    /// GetFinalPathNameByHandle: `\\?\C:\…`, or without the drive. The volume by its own name, or by that
    /// of its device, where the flags say so.
    fn ovl_GetFinalPathNameByHandleA ovl_GetFinalPathNameByHandleW(
        file: RawHandle,
        buffer: *mut C,
        size: u32,
        flags: u32,
    ) -> u32 {
        guard_or(FALSE as u32, || {
            let name = final_name(&to_windows(&file::path(&grant(file)?)?), flags)?;
            // SAFETY: the caller's promise.
            Ok(unsafe { text::give(&C::from_os(&name), buffer, size) })
        })
    }
}

fn final_name(name: &OsStr, flags: u32) -> Result<OsString, Win32Error> {
    match flags & !FILE_NAME_OPENED {
        VOLUME_NAME_DOS => {
            let mut whole = OsString::from(r"\\?\");
            whole.push(name);
            Ok(whole)
        }
        // Behind the drive letter and its colon.
        VOLUME_NAME_NONE => Ok(OsStr::from_bytes(name.as_bytes().get(2..).unwrap_or_default()).to_owned()),
        VOLUME_NAME_GUID | VOLUME_NAME_NT => {
            let (drive, rest) = name.as_bytes().split_at_checked(2).ok_or(Win32Error::PATH_NOT_FOUND)?;
            let mut whole = match flags & VOLUME_NAME_NT {
                0 => super::volume_names::name_of_drive(drive)?,
                _ => super::dos_devices::target_of_drive(drive)?,
            };
            whole.push(OsStr::from_bytes(rest));
            Ok(whole)
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}
