//! What handles tell their file: sizes, attributes, names, deletion (contract 02 §3, §4, §7, §8).

use super::attributes::{self, Place};
use super::device::FileDevice;
use super::last;
use super::moves::Rename;
use super::names;
use super::null::NullDevice;
use super::registry::Seat;
use super::stat::{Facts, Kind};
use super::{device_of, device_with, errors, name, sparse};
use crate::console::{Side, console_of};
use crate::pipe;
use overlapped_abi::{AccessMask, FileBasicInfo, FileTime, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::port;
use overlapped_kernel::system::Grant;
use rustix::fs::FallocateFlags;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

bitflags::bitflags! {
    /// Flags of FileDispositionInfoEx; FileDispositionInfo knows only the first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Disposition: u32 {
        /// Delete the file with its last instance; without it, do not after all.
        const DELETE = 0x1;
        /// The name goes when this instance closes.
        const POSIX_SEMANTICS = 0x2;
        /// Refuse while it is mapped; nothing here maps files.
        const FORCE_IMAGE_SECTION_CHECK = 0x4;
        /// Change delete-on-close of this instance instead.
        const ON_CLOSE = 0x8;
        /// Delete read-only files too.
        const IGNORE_READONLY = 0x10;
    }
}

/// FlushFileBuffers: 5 without a right to write, 1 on what is no file. Always synchronous; the thread counts as blocked.
pub fn flush(grant: &Grant) -> Result<(), Win32Error> {
    if crate::serial::port_of(grant).is_ok() {
        return crate::serial::flush(grant);
    }
    if pipe::is_pipe(grant) {
        return pipe::flush(grant);
    }
    if let Some((console, Side::Input)) = console_of(&grant.instance) {
        // Contract 09 section 2: as FlushConsoleInputBuffer.
        return console.forget_input();
    }
    if crate::disk::is_disk(grant) {
        return crate::disk::flush(grant);
    }
    let null = grant.instance.device().as_any().is::<NullDevice>();
    let device = if null { None } else { Some(device_of(grant)?) };
    if !grant.access.can_write() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    match device {
        Some(device) if !device.kind().is_stream() => {
            port::blocking(|| rustix::fs::fsync(device.fd())).map_err(errors::write)
        }
        _ => Ok(()),
    }
}

/// SetEndOfFile: the size becomes the file pointer, which stays. 5 without FILE_WRITE_DATA, 112 on a full disk.
pub fn set_end_of_file(grant: &Grant) -> Result<(), Win32Error> {
    let device = writable_file(grant)?;
    let pointer = grant.instance.pointer();
    truncate(device, device.cursor().unwrap_or(*pointer))
}

/// FileEndOfFileInfo (class 6): 87 for a negative size.
pub fn set_size(grant: &Grant, size: i64) -> Result<(), Win32Error> {
    let device = writable_file(grant)?;
    truncate(device, u64::try_from(size).map_err(|_| Win32Error::INVALID_PARAMETER)?)
}

/// SetFileValidData: only the checks, since what was never written reads as zero on Linux. 87 unless the length is between what is
/// valid already and the size.
pub fn set_valid_data(grant: &Grant, length: i64) -> Result<(), Win32Error> {
    let device = writable_file(grant)?;
    let size = device.facts().map_err(errors::other)?.size;
    let length = u64::try_from(length).ok().filter(|length| (1..=size).contains(length));
    let length = length.ok_or(Win32Error::INVALID_PARAMETER)?;
    // Where nobody has seen the size being set, the last hole tells that nothing was written there.
    let from = device.seat().and_then(Seat::valid).unwrap_or(0);
    let valid = sparse::end_of_data(device, from)?.min(size);
    if length < valid {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if let Some(seat) = device.seat() {
        seat.set_valid(length);
    }
    Ok(())
}

/// FileAllocationInfo (class 5): reserves room without changing the size, or cuts a file that is larger.
pub fn set_allocation(grant: &Grant, allocation: i64) -> Result<(), Win32Error> {
    let device = writable_file(grant)?;
    let allocation = u64::try_from(allocation).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    if allocation < device.facts().map_err(errors::other)?.size {
        return truncate(device, allocation);
    }
    if allocation == 0 {
        return Ok(());
    }
    match rustix::fs::fallocate(device.fd(), FallocateFlags::KEEP_SIZE, 0, allocation) {
        // A reservation that cannot be made is a hint that is not taken.
        Err(Errno::NOTSUP | Errno::NOSYS) => Ok(()),
        result => result.map_err(errors::write),
    }
}

fn writable_file(grant: &Grant) -> Result<&FileDevice, Win32Error> {
    let device = device_with(grant, AccessMask::WRITE_DATA)?;
    if device.kind() == Kind::Regular { Ok(device) } else { Err(Win32Error::INVALID_PARAMETER) }
}

fn truncate(device: &FileDevice, size: u64) -> Result<(), Win32Error> {
    let old = device.facts().map_err(errors::other)?.size;
    if device.seat().is_some_and(Seat::is_mapped) && size < old {
        return Err(Win32Error::USER_MAPPED_FILE);
    }
    rustix::fs::ftruncate(device.fd(), size).map_err(errors::write)?;
    device.held().restore(device);
    if let Some(seat) = device.seat() {
        seat.resized(old, size);
    }
    Ok(())
}

/// Sets what SetFileAttributes can set: 5 without FILE_WRITE_ATTRIBUTES, 87 for a file that is to become a directory.
pub fn set_attributes(grant: &Grant, wanted: u32) -> Result<(), Win32Error> {
    let device = device_with(grant, AccessMask::WRITE_ATTRIBUTES)?;
    let facts = device.facts().map_err(errors::other)?;
    attributes::check_wish(Place::Named(device.opened_path()), &facts, wanted)?;
    attributes::with_place(device.fd(), device.names_only(), |place| attributes::set(place, &facts, wanted))
}

/// FileBasicInfo (class 0): times and attributes of 0 stay as they are; for −1 and −2 see [`set_times`](super::set_times).
pub fn set_basic_info(grant: &Grant, info: &FileBasicInfo) -> Result<(), Win32Error> {
    device_with(grant, AccessMask::WRITE_ATTRIBUTES)?;
    let time = |ticks: i64| match ticks {
        0 => Ok(None),
        -2 | -1 | 1.. => Ok(Some(FileTime::from_ticks(ticks as u64))),
        _ => Err(Win32Error::INVALID_PARAMETER),
    };
    let (creation, access, write) =
        (time(info.creation_time)?, time(info.last_access_time)?, time(info.last_write_time)?);
    time(info.change_time)?;
    if info.file_attributes != 0 {
        set_attributes(grant, info.file_attributes)?;
    }
    super::times::set_times(grant, creation, access, write)
}

/// FileDispositionInfo and its Ex form (classes 4 and 21): 5 without DELETE, or for a READONLY or mapped file, 32 while another
/// instance does not share deletion, 145 for a directory with entries.
pub fn set_disposition(grant: &Grant, flags: Disposition) -> Result<(), Win32Error> {
    let device = device_with(grant, AccessMask::DELETE)?;
    let seat = device.seat().ok_or(Win32Error::INVALID_FUNCTION)?;
    let delete = flags.contains(Disposition::DELETE);
    if delete {
        let facts = device.facts().map_err(errors::other)?;
        if facts.read_only() && !flags.contains(Disposition::IGNORE_READONLY) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        if facts.kind == Kind::Directory && !is_empty(device) {
            return Err(Win32Error::DIR_NOT_EMPTY);
        }
        last::remember(grant.instance.device());
    }
    if flags.contains(Disposition::ON_CLOSE) {
        seat.set_delete_on_close(delete);
        return Ok(());
    }
    let first = flags.contains(Disposition::POSIX_SEMANTICS);
    seat.set_pending(delete, first, device.fd(), device.opened_path())
}

/// A directory that cannot be listed counts as empty: its removal will tell.
fn is_empty(directory: &FileDevice) -> bool {
    let path = name::find(directory.fd(), directory.opened_path());
    let entries = path.and_then(|path| std::fs::read_dir(path).ok());
    entries.is_none_or(|mut entries| entries.next().is_none())
}

/// FileRenameInfo (class 3): gives the file another name. `root`: the directory that the name is relative to. 5 without
/// DELETE, 183 if the target exists and is not to be replaced, 17 if it is on another file system.
pub fn rename(
    system: &System,
    grant: &Grant,
    target: &OsStr,
    root: Option<&Grant>,
    replace: bool,
) -> Result<(), Win32Error> {
    let device = device_with(grant, AccessMask::DELETE)?;
    let seat = device.seat().ok_or(Win32Error::INVALID_FUNCTION)?;
    let from = name::find(device.fd(), device.opened_path()).ok_or(Win32Error::FILE_NOT_FOUND)?;
    let to = match root {
        Some(root) => below(&super::path(root)?, target)?,
        None => names::target_path(system, target, &from)?,
    };
    let facts = Facts::of_name(&from).map_err(errors::other)?;
    Rename { from: &from, facts, source: seat.unnamed(), to: &to, replace }.carry_out(seat.registry())
}

/// A name relative to an open directory: it stays below it.
fn below(root: &Path, name: &OsStr) -> Result<PathBuf, Win32Error> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let slashed = name.as_bytes().iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
    let name = PathBuf::from(std::ffi::OsString::from_vec(slashed));
    let plain = name.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if plain && !name.as_os_str().is_empty() { Ok(root.join(name)) } else { Err(Win32Error::INVALID_NAME) }
}
