//! NtQueryVolumeInformationFile: what a file is on.

use super::{StatusBlock, inquire, status_of};
use crate::support::RawHandle;
use overlapped_abi::{Status, Win32Error};
use overlapped_devices::console::ConsoleDevice;
use overlapped_devices::file;
use overlapped_devices::pipe;
use overlapped_kernel::device::FileType;
use overlapped_kernel::system::Grant;
use std::ffi::c_void;

const VOLUME: u32 = 1;
const SIZE: u32 = 3;
const DEVICE: u32 = 4;
const ATTRIBUTE: u32 = 5;
const FULL_SIZE: u32 = 7;

/// FILE_DEVICE_*.
const DISK: u32 = 0x7;
const NAMED_PIPE: u32 = 0x11;
const NULL: u32 = 0x15;
const UNKNOWN: u32 = 0x22;
const CONSOLE: u32 = 0x50;

fn device_type(grant: &Grant) -> u32 {
    let device = grant.instance.device();
    match device.file_type() {
        FileType::Disk => DISK,
        FileType::Pipe => NAMED_PIPE,
        _ if pipe::is_pipe(grant) => NAMED_PIPE,
        _ if file::is_null(grant) => NULL,
        _ if device.as_any().is::<ConsoleDevice>() => CONSOLE,
        _ => UNKNOWN,
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_ne_bytes).collect()
}

/// Clusters: in all, free for the caller, free; and sectors and bytes of one.
fn clusters(grant: &Grant) -> Result<([u64; 3], [u32; 2]), Win32Error> {
    let space = file::space_of(grant)?;
    let of = |bytes: u64| bytes / u64::from(space.cluster.max(1));
    Ok(([of(space.total), of(space.available), of(space.free)], [space.cluster / space.sector.max(1), space.sector]))
}

/// The answer, and the room without which there is none.
fn query(grant: &Grant, class: u32) -> Result<(Vec<u8>, usize), Status> {
    let longs = |longs: &[u64]| longs.iter().flat_map(|long| long.to_ne_bytes()).collect::<Vec<u8>>();
    Ok(match class {
        DEVICE => (words(&[device_type(grant), 0]), 8),
        VOLUME => {
            let volume = file::volume_of(grant).map_err(status_of)?;
            // No time of creation, no label; 24 bytes with the place of its first letter.
            ([vec![0; 8], words(&[volume.serial, 0]), vec![0; 8]].concat(), 24)
        }
        SIZE => {
            let ([total, available, _], sectors) = clusters(grant).map_err(status_of)?;
            ([longs(&[total, available]), words(&sectors)].concat(), 24)
        }
        FULL_SIZE => {
            let (counts, sectors) = clusters(grant).map_err(status_of)?;
            ([longs(&counts), words(&sectors)].concat(), 32)
        }
        ATTRIBUTE => {
            let volume = file::volume_of(grant).map_err(status_of)?;
            let name = units(volume.file_system);
            ([words(&[volume.flags, volume.longest_name, name.len() as u32]), name].concat(), 12)
        }
        _ => return Err(Status::INVALID_INFO_CLASS),
    })
}

/// NtQueryVolumeInformationFile: INFO_LENGTH_MISMATCH if there is too little room, BUFFER_OVERFLOW if a name does not fit.
///
/// # Safety
/// `block` is NULL or writable, `to` NULL or writable for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtQueryVolumeInformationFile(
    file: RawHandle,
    block: *mut StatusBlock,
    to: *mut c_void,
    bytes: u32,
    class: u32,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { inquire(file, block, to, bytes, |grant| query(grant, class)) }
}
