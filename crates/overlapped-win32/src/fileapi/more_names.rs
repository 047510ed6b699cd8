//! The names of a file: hard links, streams, and the way back from its number (contract 02 section 4).

use super::enumerations::{self, Kind};
use crate::arguments::{grant, name, store_if_wanted};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, files, guard_bool, guard_or, system};
use crate::synchapi::inherits;
use crate::text;
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, SecurityAttributes, ShareMode, Win32Error};
use overlapped_devices::file;
use overlapped_kernel::device::OpenParams;
use std::collections::VecDeque;
use std::ffi::{OsStr, c_void};
use std::os::unix::ffi::OsStrExt;

/// Puts a name; 234 and the room it takes, with its zero, if there is too little.
unsafe fn put_name(told: &[u8], size: *mut u32, to: *mut u16) -> Result<(), Win32Error> {
    let units = crate::support::os_to_wide(OsStr::from_bytes(told));
    if size.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller vouches for it and for the room that it says.
    let given = unsafe { text::give(&units, to, *size) } as usize;
    // SAFETY: as above.
    unsafe { store_if_wanted(size, units.len() as u32 + 1) };
    if given == units.len() { Ok(()) } else { Err(Win32Error::MORE_DATA) }
}

/// FindFirstFileNameW: the names of a file, each from the root of its volume; 234 and the room for one that does not fit.
///
/// # Safety
/// `file_name` is NULL or ends with a zero; `size` is NULL or says how many units `to` has room for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FindFirstFileNameW(
    file_name: *const u16,
    flags: u32,
    size: *mut u32,
    to: *mut u16,
) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        if flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let system = system()?;
        // SAFETY: the caller's promise.
        let links = files().hard_links(system, &unsafe { name(file_name) }?)?;
        let mut left: VecDeque<_> = links.iter().map(|path| file::on_its_volume(system, path)).collect();
        let first = left.pop_front().ok_or(Win32Error::FILE_NOT_FOUND)?;
        // SAFETY: the caller's promise.
        unsafe { put_name(&first, size, to) }?;
        Ok(enumerations::begin(Kind::Names, left))
    })
}

/// FindNextFileNameW: 38 at the end. FindClose ends the search.
///
/// # Safety
/// As for [`ovl_FindFirstFileNameW`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FindNextFileNameW(search: RawHandle, size: *mut u32, to: *mut u16) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let give = |told: &[u8]| unsafe { put_name(told, size, to) };
        enumerations::next(search, Kind::Names, Win32Error::HANDLE_EOF, give)
    })
}

/// WIN32_FIND_STREAM_DATA.
#[repr(C)]
pub struct FindStreamData {
    size: i64,
    name: [u16; 296],
}

const _: () = assert!(size_of::<FindStreamData>() == 600);

/// FindFirstStreamW: the one stream of a file; 38 for a directory, which has none.
///
/// # Safety
/// `file_name` is NULL or ends with a zero, `data` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FindFirstStreamW(
    file_name: *const u16,
    level: i32,
    data: *mut FindStreamData,
    flags: u32,
) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        if level != 0 || flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let found = files().query(system()?, &unsafe { name(file_name) }?)?;
        if found.attributes & overlapped_abi::constants::attributes::FILE_ATTRIBUTE_DIRECTORY != 0 {
            return Err(Win32Error::HANDLE_EOF);
        }
        if data.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it; the name is shorter than its place.
        unsafe {
            (&raw mut (*data).size).write(found.size as i64);
            text::put((&raw mut (*data).name).cast(), &text::of::<u16>("::$DATA"));
        }
        Ok(enumerations::begin(Kind::Streams, VecDeque::new()))
    })
}

/// FindNextStreamW: 38, as there is no other.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindNextStreamW(search: RawHandle, _data: *mut c_void) -> Bool {
    guard_bool(|| enumerations::next(search, Kind::Streams, Win32Error::HANDLE_EOF, |_| Ok(())))
}

const FILE_ID_TYPE: u32 = 0;
const EXTENDED_FILE_ID_TYPE: u32 = 2;

/// FILE_ID_DESCRIPTOR: its size, the kind of number, and the number itself in 64 or 128 bits.
#[repr(C)]
pub struct FileIdDescriptor {
    size: u32,
    kind: u32,
    id: [u64; 2],
}

const _: () = assert!(size_of::<FileIdDescriptor>() == 24);

/// OpenFileById: the file of this number on the volume that `hint` is on; 87 if there is none, and for object identifiers.
///
/// # Safety
/// `descriptor` is NULL or valid, `attributes` too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OpenFileById(
    hint: RawHandle,
    descriptor: *const FileIdDescriptor,
    access: u32,
    share: u32,
    attributes: *const SecurityAttributes,
    flags: u32,
) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        // SAFETY: the caller's promise.
        let wanted = unsafe { descriptor.as_ref() }.ok_or(Win32Error::INVALID_PARAMETER)?;
        let number = match (wanted.kind, wanted.id) {
            (FILE_ID_TYPE, [number, _]) | (EXTENDED_FILE_ID_TYPE, [number, 0]) if wanted.size >= 16 => number,
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        let path = file::path_of_number(&grant(hint)?, number)?;
        let params = OpenParams {
            access: AccessMask::from_bits_retain(access),
            share: ShareMode::from_bits_retain(share),
            disposition: OPEN_EXISTING,
            flags: FileFlags::from_bits_retain(flags),
            permissions: 0,
        };
        let system = system()?;
        let handle = system.open(path.as_os_str(), &params)?.handle;
        // SAFETY: the caller's promise.
        let inherit = unsafe { inherits(attributes) };
        system.set_handle_flags(handle, inherit, inherit)?;
        Ok(handle.into_raw())
    })
}
