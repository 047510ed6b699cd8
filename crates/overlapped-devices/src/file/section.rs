//! What CreateFileMapping makes a section of: an open file, or memory that belongs to none.
//!
//! While a section of a file exists, the file cannot be cut below what is mapped (contract 02 §3: 1224); the
//! [registry](super::registry) counts them. Other processes are not bound by that.

use super::errors;
use super::stat::Kind;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::section::Section;
use overlapped_kernel::system::Grant;
use rustix::fs::MemfdFlags;
use std::sync::Arc;

const PAGE_READONLY: u32 = 0x02;
const PAGE_READWRITE: u32 = 0x04;
const PAGE_WRITECOPY: u32 = 0x08;
const PAGE_EXECUTE_READ: u32 = 0x20;
const PAGE_EXECUTE_READWRITE: u32 = 0x40;
const PAGE_EXECUTE_WRITECOPY: u32 = 0x80;
/// SEC_RESERVE, SEC_COMMIT, SEC_NOCACHE, SEC_WRITECOMBINE, SEC_LARGE_PAGES: memory comes when it is touched, whatever they say.
const HINTS: u32 = 0xDC00_0000;
/// ERROR_FILE_INVALID: nothing of an empty file can be mapped.
const FILE_INVALID: Win32Error = Win32Error(1006);

/// Are its views changed in the file, and not in copies?
fn is_writable(protection: u32) -> bool {
    matches!(protection, PAGE_READWRITE | PAGE_EXECUTE_READWRITE)
}

/// The protection without hints; 87 for what is none, or asks for the image of a program.
fn plain(protection: u32) -> Result<u32, Win32Error> {
    match protection & !HINTS {
        plain @ (PAGE_READONLY
        | PAGE_READWRITE
        | PAGE_WRITECOPY
        | PAGE_EXECUTE_READ
        | PAGE_EXECUTE_READWRITE
        | PAGE_EXECUTE_WRITECOPY) => Ok(plain),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// CreateFileMapping of a file: `size` 0 means all of it, more than all makes the file longer. 5 without the rights that the
/// protection needs, 6 for what is no file, 1006 for an empty one, 8 if it is too short and may not be changed, 112.
pub fn section_of_file(grant: &Grant, protection: u32, size: u64) -> Result<Section, Win32Error> {
    let protection = plain(protection)?;
    let device = super::device_of(grant).map_err(|_| Win32Error::INVALID_HANDLE)?;
    let (Kind::Regular, Some(seat)) = (device.kind(), device.seat()) else { return Err(Win32Error::INVALID_HANDLE) };
    let mut needed = AccessMask::READ_DATA;
    needed.set(AccessMask::WRITE_DATA, is_writable(protection));
    if !grant.access.contains(needed) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let length = device.facts().map_err(errors::other)?.size;
    let size = if size == 0 { length } else { size };
    if size == 0 {
        return Err(FILE_INVALID);
    }
    if size > length {
        if !is_writable(protection) {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        rustix::fs::ftruncate(device.fd(), size).map_err(errors::write)?;
    }
    let fd = rustix::io::fcntl_dupfd_cloexec(device.fd(), 0).map_err(errors::other)?;
    let hold = Arc::new(seat.map(is_writable(protection)));
    Ok(Section::of_file(fd, size, protection, hold))
}

/// CreateFileMapping without a file: zeros. 87 without a size.
pub fn section_of_memory(protection: u32, size: u64) -> Result<Section, Win32Error> {
    let protection = plain(protection)?;
    if size == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let fd = rustix::fs::memfd_create("overlapped-section", MemfdFlags::CLOEXEC).map_err(errors::other)?;
    rustix::fs::ftruncate(&fd, size).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    Ok(Section::of_memory(fd, size, protection))
}
