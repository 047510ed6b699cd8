//! Drives and volumes (contract 01 section 6).

use super::full_path::full_path;
use crate::arguments::{grant, optional_name, pair, store_if_wanted};
use crate::support::{Bool, RawHandle, files, guard, guard_bool, guard_or, system};
use crate::text::{self, Unit};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::file::DRIVE_UNKNOWN;
use overlapped_devices::file::{self, Space, Volume};
use overlapped_kernel::namespace::DriveLetter;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// The root or directory that a call is about: of the current drive for NULL.
unsafe fn place<C: Unit>(root: *const C) -> OsString {
    // SAFETY: the caller's promise.
    unsafe { optional_name(root) }.unwrap_or_else(|| r"\".into())
}

/// GetLogicalDrives: bit 0 is A.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetLogicalDrives() -> u32 {
    guard_or(0, || {
        let namespace = system()?.namespace().read();
        Ok(namespace.drive_letters().fold(0, |mask, letter| mask | letter.mask()))
    })
}

pair! {
    /// GetLogicalDriveStrings: the roots, each with a zero, and one more zero.
    fn ovl_GetLogicalDriveStringsA ovl_GetLogicalDriveStringsW(size: u32, buffer: *mut C) -> u32 {
        guard_or(0, || {
            let namespace = system()?.namespace().read();
            let roots = namespace.drive_letters().flat_map(|letter| text::of::<C>(&format!("{letter}\\\0")));
            // SAFETY: the caller's promise.
            Ok(unsafe { text::give(&roots.collect::<Vec<C>>(), buffer, size) })
        })
    }
}

pair! {
    /// GetDriveType.
    fn ovl_GetDriveTypeA ovl_GetDriveTypeW(root: *const C) -> u32 {
        guard(DRIVE_UNKNOWN, || match system() {
            // SAFETY: the caller's promise.
            Ok(system) => files().drive_type(system, &unsafe { place(root) }),
            Err(_) => DRIVE_UNKNOWN,
        })
    }
}

pair! {
    /// GetDiskFreeSpace: clusters that do not fit 32 bits count as the most that do.
    fn ovl_GetDiskFreeSpaceA ovl_GetDiskFreeSpaceW(
        root: *const C,
        sectors_per_cluster: *mut u32,
        bytes_per_sector: *mut u32,
        free_clusters: *mut u32,
        total_clusters: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let Space { available, total, cluster, sector, .. } = files().space(system()?, &unsafe { place(root) })?;
            let clusters = |bytes: u64| u32::try_from(bytes / u64::from(cluster)).unwrap_or(u32::MAX);
            // SAFETY: the caller's promise.
            unsafe {
                store_if_wanted(sectors_per_cluster, cluster / sector);
                store_if_wanted(bytes_per_sector, sector);
                store_if_wanted(free_clusters, clusters(available));
                store_if_wanted(total_clusters, clusters(total));
            }
            Ok(())
        })
    }
}

pair! {
    /// GetDiskFreeSpaceEx, of any directory.
    fn ovl_GetDiskFreeSpaceExA ovl_GetDiskFreeSpaceExW(
        directory: *const C,
        available: *mut u64,
        total: *mut u64,
        free: *mut u64,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let space = files().space(system()?, &unsafe { place(directory) })?;
            // SAFETY: the caller's promise.
            unsafe {
                store_if_wanted(available, space.available);
                store_if_wanted(total, space.total);
                store_if_wanted(free, space.free);
            }
            Ok(())
        })
    }
}

pair! {
    /// GetVolumePathName: the root of what the name is on, a drive, a volume by its own name or a share. 206 if there is no room for it, 87 for no
    /// name and no room at all, 2 for a drive that there is not, 123 for a device.
    fn ovl_GetVolumePathNameA ovl_GetVolumePathNameW(file_name: *const C, buffer: *mut C, size: u32) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let found = unsafe { optional_name(file_name) }.filter(|name| !name.is_empty());
            let found = found.filter(|_| !buffer.is_null() && size != 0).ok_or(Win32Error::INVALID_PARAMETER)?;
            let root: Vec<C> = C::from_os(&root_of(full_path(&found)?.as_bytes())?);
            // SAFETY: the caller's promise.
            let fits = unsafe { text::give(&root, buffer, size) } as usize == root.len();
            if fits { Ok(()) } else { Err(Win32Error::FILENAME_EXCED_RANGE) }
        })
    }
}

/// The root that a full name begins with, with its backslash.
fn root_of(name: &[u8]) -> Result<OsString, Win32Error> {
    let until = |from: usize| {
        let end = name[from..].iter().position(|byte| *byte == b'\\').map_or(name.len(), |at| from + at);
        (&name[from..end], end)
    };
    let end = match name {
        [b'\\', b'\\', b'?', b'\\', b'U' | b'u', b'N' | b'n', b'C' | b'c', b'\\', ..] => {
            let (_, server) = until(8);
            until((server + 1).min(name.len())).1
        }
        [b'\\', b'\\', b'?' | b'.', b'\\', ..] => match until(4) {
            ([letter, b':'], end) => drive_end(*letter, end)?,
            (volume, end) if volume_drive(volume)? => end,
            _ => return Err(Win32Error::INVALID_NAME),
        },
        [b'\\', b'\\', ..] => match until(2) {
            (_, server) if server < name.len() => until(server + 1).1,
            _ => return Err(Win32Error::INVALID_NAME),
        },
        [letter, b':', ..] => drive_end(*letter, 2)?,
        _ => return Err(Win32Error::INVALID_NAME),
    };
    Ok(OsString::from_vec([&name[..end], br"\"].concat()))
}

/// The end of a drive, if there is one of this letter.
fn drive_end(letter: u8, end: usize) -> Result<usize, Win32Error> {
    let letter = DriveLetter::new(char::from(letter)).ok_or(Win32Error::INVALID_NAME)?;
    let is_there = system()?.namespace().read().drive(letter).is_some();
    if is_there { Ok(end) } else { Err(Win32Error::FILE_NOT_FOUND) }
}

fn volume_drive(name: &[u8]) -> Result<bool, Win32Error> {
    Ok(system()?.namespace().read().drive_of_volume(name).is_some())
}

/// Where the caller wants what is told of a volume.
struct Wanted<C> {
    label: *mut C,
    label_size: u32,
    serial: *mut u32,
    longest_name: *mut u32,
    flags: *mut u32,
    file_system: *mut C,
    file_system_size: u32,
}

impl<C: Unit> Wanted<C> {
    /// Volumes have no labels here. 24 for a buffer that is too small.
    unsafe fn store(self, volume: &Volume) -> Result<(), Win32Error> {
        // SAFETY: the caller's promise.
        unsafe {
            store_if_wanted(self.serial, volume.serial);
            store_if_wanted(self.longest_name, volume.longest_name);
            store_if_wanted(self.flags, volume.flags);
            put("", self.label, self.label_size)?;
            put(volume.file_system, self.file_system, self.file_system_size)
        }
    }
}

unsafe fn put<C: Unit>(name: &str, buffer: *mut C, size: u32) -> Result<(), Win32Error> {
    let units = text::of::<C>(name);
    // SAFETY: the caller's promise.
    let fits = buffer.is_null() || unsafe { text::give(&units, buffer, size) } as usize == units.len();
    if fits { Ok(()) } else { Err(Win32Error::BAD_LENGTH) }
}

pair! {
    /// GetVolumeInformation; the root ends in a backslash.
    fn ovl_GetVolumeInformationA ovl_GetVolumeInformationW(
        root: *const C,
        label: *mut C,
        label_size: u32,
        serial: *mut u32,
        longest_name: *mut u32,
        flags: *mut u32,
        file_system: *mut C,
        file_system_size: u32,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let volume = files().volume(system()?, &unsafe { place(root) })?;
            let wanted = Wanted { label, label_size, serial, longest_name, flags, file_system, file_system_size };
            // SAFETY: the caller's promise.
            unsafe { wanted.store(&volume) }
        })
    }
}

/// GetVolumeInformationByHandleW.
///
/// # Safety
/// The pointers are NULL or writable, for the sizes given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetVolumeInformationByHandleW(
    file: RawHandle,
    label: *mut u16,
    label_size: u32,
    serial: *mut u32,
    longest_name: *mut u32,
    flags: *mut u32,
    file_system: *mut u16,
    file_system_size: u32,
) -> Bool {
    guard_bool(|| {
        let volume = file::volume_of(&grant(file)?)?;
        let wanted = Wanted { label, label_size, serial, longest_name, flags, file_system, file_system_size };
        // SAFETY: the caller's promise.
        unsafe { wanted.store(&volume) }
    })
}
