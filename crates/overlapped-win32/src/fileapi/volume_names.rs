//! Volumes by name: FindFirstVolume, GetVolumeNameForVolumeMountPoint and what goes with them (contract 01 section 6).
//!
//! A volume is a drive of the table, and its root the only place where it is mounted.

use super::enumerations::{self, Kind};
use super::full_path::full_path;
use crate::arguments::{name, pair, store_if_wanted};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, files, guard_bool, guard_or, system};
use crate::text::{self, Unit};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::file::DRIVE_NO_ROOT_DIR;
use overlapped_kernel::namespace::DriveLetter;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The drive that a volume's name, with its backslash, leads to: 123 for a name of another form, 2 if there is none.
fn drive_of(volume: &OsStr) -> Result<DriveLetter, Win32Error> {
    let bare = volume.as_bytes().strip_prefix(br"\\?\").and_then(|rest| rest.strip_suffix(br"\"));
    let bare = bare.filter(|bare| bare.len() == 44).ok_or(Win32Error::INVALID_NAME)?;
    system()?.namespace().read().drive_of_volume(bare).ok_or(Win32Error::FILE_NOT_FOUND)
}

fn volume_of(letter: DriveLetter) -> Result<String, Win32Error> {
    let name = system()?.namespace().read().volume_name(letter).ok_or(Win32Error::FILE_NOT_FOUND)?;
    Ok(format!(r"\\?\{name}\"))
}

/// `\\?\Volume{...}` of a drive that is given as `C:`.
pub(super) fn name_of_drive(drive: &[u8]) -> Result<OsString, Win32Error> {
    let letter = drive.first().and_then(|letter| DriveLetter::new(char::from(*letter)));
    let name = volume_of(letter.ok_or(Win32Error::PATH_NOT_FOUND)?)?;
    Ok(name.trim_end_matches('\\').into())
}

/// Puts a text that fits, and says 206 if it does not.
unsafe fn put<C: Unit>(told: &[u8], buffer: *mut C, size: u32) -> Result<(), Win32Error> {
    let units = C::from_os(OsStr::from_bytes(told));
    // SAFETY: the caller's promise.
    let fits = !buffer.is_null() && unsafe { text::give(&units, buffer, size) } as usize == units.len();
    if fits { Ok(()) } else { Err(Win32Error::FILENAME_EXCED_RANGE) }
}

pair! {
    /// FindFirstVolume: a search that begins with the first volume's name; -1 with 206 if that does not fit.
    fn ovl_FindFirstVolumeA ovl_FindFirstVolumeW(buffer: *mut C, size: u32) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            let letters: Vec<_> = system()?.namespace().read().drive_letters().collect();
            let names = letters.into_iter().filter_map(|letter| Some(volume_of(letter).ok()?.into_bytes()));
            let mut left: std::collections::VecDeque<_> = names.collect();
            let first = left.pop_front().ok_or(Win32Error::NO_MORE_FILES)?;
            // SAFETY: the caller's promise.
            unsafe { put(&first, buffer, size) }?;
            Ok(enumerations::begin(Kind::Volumes, left))
        })
    }
}

pair! {
    /// FindNextVolume: 18 at the end.
    fn ovl_FindNextVolumeA ovl_FindNextVolumeW(search: RawHandle, buffer: *mut C, size: u32) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let give = |volume: &[u8]| unsafe { put(volume, buffer, size) };
            enumerations::next(search, Kind::Volumes, Win32Error::NO_MORE_FILES, give)
        })
    }
}

fn close(search: RawHandle, kind: Kind) -> Bool {
    guard_bool(|| if enumerations::end(search, &[kind]) { Ok(()) } else { Err(Win32Error::INVALID_HANDLE) })
}

/// FindVolumeClose.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindVolumeClose(search: RawHandle) -> Bool {
    close(search, Kind::Volumes)
}

pair! {
    /// FindFirstVolumeMountPoint: -1 with 18, as no volume is mounted in a directory of another.
    fn ovl_FindFirstVolumeMountPointA ovl_FindFirstVolumeMountPointW(
        volume: *const C,
        _buffer: *mut C,
        _size: u32,
    ) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            // SAFETY: the caller's promise.
            drive_of(&unsafe { name(volume) }?)?;
            Err(Win32Error::NO_MORE_FILES)
        })
    }
}

pair! {
    /// FindNextVolumeMountPoint: 6, as no search of the kind can begin.
    fn ovl_FindNextVolumeMountPointA ovl_FindNextVolumeMountPointW(search: RawHandle, buffer: *mut C, size: u32) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let give = |point: &[u8]| unsafe { put(point, buffer, size) };
            enumerations::next(search, Kind::MountPoints, Win32Error::NO_MORE_FILES, give)
        })
    }
}

/// FindVolumeMountPointClose.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindVolumeMountPointClose(search: RawHandle) -> Bool {
    close(search, Kind::MountPoints)
}

/// The drive whose root this is, by letter or by the volume's name: 123 without a backslash at its end, 4390 for another directory, 3 for
/// what there is not.
fn root_drive(point: &OsStr) -> Result<DriveLetter, Win32Error> {
    if !point.as_bytes().ends_with(br"\") && !point.as_bytes().ends_with(b"/") {
        return Err(Win32Error::INVALID_NAME);
    }
    if let Ok(letter) = drive_of(point) {
        return Ok(letter);
    }
    let system = system()?;
    let exists = files().drive_type(system, point) != DRIVE_NO_ROOT_DIR;
    match full_path(point)?.as_bytes() {
        _ if !exists => Err(Win32Error::PATH_NOT_FOUND),
        [letter, b':', b'\\'] => DriveLetter::new(char::from(*letter)).ok_or(Win32Error::INVALID_NAME),
        _ => Err(Win32Error::NOT_A_REPARSE_POINT),
    }
}

pair! {
    /// GetVolumeNameForVolumeMountPoint: `\\?\Volume{...}\` of a drive's root; 206 if there is no room for it.
    fn ovl_GetVolumeNameForVolumeMountPointA ovl_GetVolumeNameForVolumeMountPointW(
        point: *const C,
        buffer: *mut C,
        size: u32,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let letter = root_drive(&unsafe { name(point) }?)?;
            // SAFETY: the caller's promise.
            unsafe { put(volume_of(letter)?.as_bytes(), buffer, size) }
        })
    }
}

pair! {
    /// GetVolumePathNamesForVolumeName: the drive's root, with two zeros; 234 if there is no room, and how much it takes.
    fn ovl_GetVolumePathNamesForVolumeNameA ovl_GetVolumePathNamesForVolumeNameW(
        volume: *const C,
        buffer: *mut C,
        size: u32,
        needed: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let letter = drive_of(&unsafe { name(volume) }?)?;
            let list: Vec<C> = text::of(&format!("{letter}\\\0"));
            // SAFETY: the caller's promise.
            unsafe { store_if_wanted(needed, list.len() as u32 + 1) };
            // SAFETY: the caller's promise.
            let fits = !buffer.is_null() && unsafe { text::give(&list, buffer, size) } as usize == list.len();
            if fits { Ok(()) } else { Err(Win32Error::MORE_DATA) }
        })
    }
}

pair! {
    /// SetVolumeMountPoint: a free drive letter for a volume; 145 for one that is taken.
    fn ovl_SetVolumeMountPointA ovl_SetVolumeMountPointW(point: *const C, volume: *const C) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let (point, volume) = unsafe { (name(point)?, name(volume)?) };
            let [letter, b':', b'\\'] = point.as_bytes() else { return Err(Win32Error::INVALID_PARAMETER) };
            let letter = DriveLetter::new(char::from(*letter)).ok_or(Win32Error::INVALID_PARAMETER)?;
            let from = drive_of(&volume)?;
            let mut table = system()?.namespace().write();
            if table.drive(letter).is_some() {
                return Err(Win32Error(145));
            }
            let to = table.drive(from).cloned().ok_or(Win32Error::FILE_NOT_FOUND)?;
            table.define_drive(letter, to).map_err(|_| Win32Error::INVALID_PARAMETER)
        })
    }
}

pair! {
    /// DeleteVolumeMountPoint: of a letter that SetVolumeMountPoint or DefineDosDevice gave; 5 for those of the table.
    fn ovl_DeleteVolumeMountPointA ovl_DeleteVolumeMountPointW(point: *const C) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let letter = root_drive(&unsafe { name(point) }?)?;
            let gone = system()?.namespace().write().undefine_drive(letter);
            if gone { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
        })
    }
}

pair! {
    /// SetVolumeLabel: 50, as volumes have no labels here; 3 for a volume that there is not.
    fn ovl_SetVolumeLabelA ovl_SetVolumeLabelW(root: *const C, _label: *const C) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let root = unsafe { crate::arguments::optional_name(root) }.unwrap_or_else(|| OsString::from(r"\"));
            files().volume(system()?, &root)?;
            Err(Win32Error::NOT_SUPPORTED)
        })
    }
}
