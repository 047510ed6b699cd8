//! What is done by name: attributes, deletion, directories (contract 01 sections 2 and 3).

use super::full_path::full_path;
use crate::acl::permissions;
use crate::arguments::{given_name, name, pair, store};
use crate::support::{Bool, files, guard_bool, guard_or, system};
use crate::text::{self, Unit};
use overlapped_abi::constants::attributes::INVALID_FILE_ATTRIBUTES;
use overlapped_abi::{FileTime, SecurityAttributes, Win32Error, split_u64};
use overlapped_devices::file::NamedFile;
use overlapped_kernel::namespace::fold;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::atomic::{AtomicBool, Ordering};

/// GetFileExInfoStandard, the only class of GetFileAttributesEx.
const INFO_STANDARD: i32 = 0;

/// WIN32_FILE_ATTRIBUTE_DATA.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct FileAttributeData {
    /// dwFileAttributes.
    pub attributes: u32,
    /// ftCreationTime.
    pub creation_time: FileTime,
    /// ftLastAccessTime.
    pub last_access_time: FileTime,
    /// ftLastWriteTime.
    pub last_write_time: FileTime,
    /// nFileSizeHigh.
    pub size_high: u32,
    /// nFileSizeLow.
    pub size_low: u32,
}

const _: () = assert!(size_of::<FileAttributeData>() == 36);

impl From<NamedFile> for FileAttributeData {
    fn from(file: NamedFile) -> Self {
        let (size_low, size_high) = split_u64(file.size);
        Self {
            attributes: file.attributes,
            creation_time: file.times.creation,
            last_access_time: file.times.access,
            last_write_time: file.times.write,
            size_high,
            size_low,
        }
    }
}

pair! {
    /// GetFileAttributes.
    fn ovl_GetFileAttributesA ovl_GetFileAttributesW(file_name: *const C) -> u32 {
        // SAFETY: the caller's promise.
        guard_or(INVALID_FILE_ATTRIBUTES, || files().attributes(system()?, &unsafe { given_name(file_name) }?))
    }
}

pair! {
    /// GetFileAttributesEx.
    fn ovl_GetFileAttributesExA ovl_GetFileAttributesExW(file_name: *const C, class: i32, data: *mut c_void) -> Bool {
        guard_bool(|| {
            if class != INFO_STANDARD {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            let found = files().query(system()?, &unsafe { given_name(file_name) }?)?;
            // SAFETY: the caller's promise.
            unsafe { store(data.cast::<FileAttributeData>(), found.into()) }
        })
    }
}

pair! {
    /// SetFileAttributes.
    fn ovl_SetFileAttributesA ovl_SetFileAttributesW(file_name: *const C, attributes: u32) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| files().set_attributes(system()?, &unsafe { name(file_name) }?, attributes))
    }
}

pair! {
    /// DeleteFile.
    fn ovl_DeleteFileA ovl_DeleteFileW(file_name: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| files().delete_file(system()?, &unsafe { given_name(file_name) }?))
    }
}

pair! {
    /// CreateDirectory: with permissions by the list of access rights, if there is one.
    fn ovl_CreateDirectoryA ovl_CreateDirectoryW(path: *const C, attributes: *const SecurityAttributes) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let (path, permissions) = unsafe { (name(path)?, permissions::of_attributes(attributes)?.unwrap_or(0o777)) };
            files().create_directory_for(system()?, &path, permissions)
        })
    }
}

pair! {
    /// RemoveDirectory.
    fn ovl_RemoveDirectoryA ovl_RemoveDirectoryW(path: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| files().remove_directory(system()?, &unsafe { name(path) }?))
    }
}

pair! {
    /// GetFullPathName; `part` is set to the last component in the buffer, or to NULL if the name ends in a separator or is that of a device.
    fn ovl_GetFullPathNameA ovl_GetFullPathNameW(
        file_name: *const C,
        size: u32,
        buffer: *mut C,
        part: *mut *mut C,
    ) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let given_name = unsafe { name(file_name) }?;
            let name = full_path(&given_name)?;
            let units = C::from_os(&name);
            let begins = |name: &OsStr| name.as_bytes().starts_with(br"\\") || name.as_bytes().starts_with(b"//");
            let is_device = begins(&name) && !begins(&given_name);
            // SAFETY: the caller's promise.
            let given = unsafe { text::give(&units, buffer, size) };
            if !part.is_null() && given as usize == units.len() {
                let start = units.iter().rposition(|unit| unit.is(b'\\')).map_or(0, |at| at + 1);
                let has_none = is_device || start == units.len();
                let component = if has_none { std::ptr::null_mut() } else { buffer.wrapping_add(start) };
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { part.write(component) };
            }
            Ok(given)
        })
    }
}

pair! {
    /// GetLongPathName: the name with its components spelled as they are in their directories; 2 or 3 for what is missing.
    fn ovl_GetLongPathNameA ovl_GetLongPathNameW(short: *const C, long: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let found = unsafe { name(short) }?;
            files().attributes(system()?, &found)?;
            // SAFETY: the caller's promise; what the name was read into may be the buffer itself.
            Ok(unsafe { text::give(&C::from_os(&as_spelled(&found)?), long, size) })
        })
    }
}

/// A name that exists, as its directories have it. In POSIX paths that is how they are.
fn as_spelled(name: &OsStr) -> Result<OsString, Win32Error> {
    let mut whole = name.as_bytes().to_vec();
    if whole.first() == Some(&b'/') {
        return Ok(OsString::from_vec(whole));
    }
    let mut start = 0;
    while start < whole.len() {
        let end =
            whole[start..].iter().position(|byte| matches!(byte, b'\\' | b'/')).map_or(whole.len(), |at| start + at);
        let component = OsStr::from_bytes(&whole[start..end]);
        if !matches!(component.as_bytes(), b"" | b"." | b".." | [_, b':']) {
            let entry =
                files().search(system()?, OsStr::from_bytes(&whole[..end])).ok().and_then(|mut list| list.next());
            // What differs in more than case is a link's, or no component of a directory.
            let spelled = entry.map(|entry| entry.name).filter(|spelled| fold(spelled) == fold(component));
            if let Some(spelled) = spelled.filter(|spelled| spelled.len() == component.len()) {
                whole[start..end].copy_from_slice(spelled.as_bytes());
            }
        }
        start = end + 1;
    }
    Ok(OsString::from_vec(whole))
}

pair! {
    /// GetShortPathName: the name itself, which only must exist, as there are no short ones.
    fn ovl_GetShortPathNameA ovl_GetShortPathNameW(long: *const C, short: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let found = unsafe { name(long) }?;
            files().attributes(system()?, &found)?;
            // SAFETY: the caller's promise; what the name was read into may be the buffer itself.
            Ok(unsafe { text::give(&C::from_os(&found), short, size) })
        })
    }
}

/// Is the OEM code page asked for in the A functions? The two are one here.
static OEM_NAMES: AtomicBool = AtomicBool::new(false);

/// AreFileApisANSI: until SetFileApisToOEM says otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AreFileApisANSI() -> Bool {
    Bool::from(!OEM_NAMES.load(Ordering::Relaxed))
}

/// SetFileApisToANSI; names stay UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetFileApisToANSI() {
    OEM_NAMES.store(false, Ordering::Relaxed);
}

/// SetFileApisToOEM; names stay UTF-8, which is the OEM code page too.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetFileApisToOEM() {
    OEM_NAMES.store(true, Ordering::Relaxed);
}
