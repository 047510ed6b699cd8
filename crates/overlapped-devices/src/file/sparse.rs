//! Sparse and compressed files: the file's control codes of DeviceIoControl (contract 01 §6).
//!
//! Every Linux file can have holes, so SPARSE_FILE is only a mark here; it decides whether zeroing a range gives its room
//! back. Compression is what the file system says of itself (btrfs and its like); elsewhere the calls answer 1.

use super::attributes;
use super::device::FileDevice;
use super::query::attributes_of;
use super::stat::Kind;
use super::{device_of, device_with, errors};
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_SPARSE_FILE;
use overlapped_abi::constants::ioctl::{COMPRESSION_FORMAT_DEFAULT, COMPRESSION_FORMAT_LZNT1, COMPRESSION_FORMAT_NONE};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::system::Grant;
use rustix::fs::{FallocateFlags, IFlags, SeekFrom};
use rustix::io::Errno;

/// In which Linux tells data from holes, at the least.
const BLOCK: u64 = 4096;

fn regular(device: &FileDevice) -> Result<&FileDevice, Win32Error> {
    if device.kind() == Kind::Regular { Ok(device) } else { Err(Win32Error::INVALID_FUNCTION) }
}

/// FSCTL_SET_SPARSE: marks the file; 5 without a right to write.
pub fn set_sparse(grant: &Grant, sparse: bool) -> Result<(), Win32Error> {
    let device = regular(device_with(grant, AccessMask::WRITE_DATA | AccessMask::WRITE_ATTRIBUTES)?)?;
    let facts = device.facts().map_err(errors::other)?;
    attributes::with_place(device.fd(), device.names_only(), |place| {
        attributes::set_stored(place, &facts, FILE_ATTRIBUTE_SPARSE_FILE, sparse)
    })
}

/// FSCTL_SET_ZERO_DATA: zeroes the bytes from `from` to before `beyond`, as far as the file goes. 87 if they are in the
/// wrong order or negative, 5 without FILE_WRITE_DATA.
pub fn set_zero_data(grant: &Grant, from: i64, beyond: i64) -> Result<(), Win32Error> {
    let device = regular(device_with(grant, AccessMask::WRITE_DATA)?)?;
    let (Ok(from), Ok(beyond)) = (u64::try_from(from), u64::try_from(beyond)) else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    if from > beyond {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let facts = device.facts().map_err(errors::other)?;
    let beyond = beyond.min(facts.size);
    if from >= beyond {
        return Ok(());
    }
    let punch = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    let zero = FallocateFlags::ZERO_RANGE | FallocateFlags::KEEP_SIZE;
    let sparse = attributes_of(device, &facts) & FILE_ATTRIBUTE_SPARSE_FILE != 0;
    // Either way the bytes read as zero; not every file system knows both.
    let ways = if sparse { [punch, zero] } else { [zero, punch] };
    let zeroed = ways.iter().map(|way| rustix::fs::fallocate(device.fd(), *way, from, beyond - from));
    let zeroed = zeroed.into_iter().find(|result| !matches!(result, Err(Errno::NOTSUP | Errno::INVAL)));
    zeroed.unwrap_or(Err(Errno::NOTSUP)).map_err(errors::write)
}

/// FSCTL_QUERY_ALLOCATED_RANGES: the parts of the range that hold data, as (offset, length). 87 for a range that is none,
/// 5 without FILE_READ_DATA.
pub fn allocated_ranges(grant: &Grant, offset: i64, length: i64) -> Result<Vec<(u64, u64)>, Win32Error> {
    let device = regular(device_with(grant, AccessMask::READ_DATA)?)?;
    let end = offset.checked_add(length).filter(|_| offset >= 0 && length >= 0);
    let end = end.ok_or(Win32Error::INVALID_PARAMETER)? as u64;
    // Looking moves the descriptor's own position.
    let stood = device.cursor();
    let ranges = data_between(device, offset as u64, end);
    if let Some(at) = stood {
        device.set_cursor(at).map_err(errors::other)?;
    }
    ranges
}

fn data_between(device: &FileDevice, mut at: u64, end: u64) -> Result<Vec<(u64, u64)>, Win32Error> {
    let mut ranges = Vec::new();
    while at < end {
        let start = match rustix::fs::seek(device.fd(), SeekFrom::Data(at)) {
            Ok(start) if start < end => start,
            Ok(_) | Err(Errno::NXIO) => break,
            Err(errno) => return Err(errors::other(errno)),
        };
        let stop = rustix::fs::seek(device.fd(), SeekFrom::Hole(start)).map_err(errors::other)?.min(end);
        if stop <= start {
            break;
        }
        ranges.push((start, stop - start));
        at = stop;
    }
    Ok(ranges)
}

/// Where the file's data ends, if there is any at or after `from`; else `from`. To the block: what was written into the block
/// that `from` is in is not seen.
pub(crate) fn end_of_data(device: &FileDevice, from: u64) -> Result<u64, Win32Error> {
    let stood = device.cursor();
    let after = from.next_multiple_of(BLOCK);
    let ranges = data_between(device, after, i64::MAX as u64);
    if let Some(at) = stood {
        device.set_cursor(at).map_err(errors::other)?;
    }
    Ok(ranges?.last().map_or(from, |(start, len)| start + len))
}

/// FSCTL_GET_COMPRESSION; 1 where the file system does not say.
pub fn compression(grant: &Grant) -> Result<u16, Win32Error> {
    let device = device_of(grant)?;
    let flags = rustix::fs::ioctl_getflags(device.fd()).map_err(|_| Win32Error::INVALID_FUNCTION)?;
    Ok(if flags.contains(IFlags::COMPRESSED) { COMPRESSION_FORMAT_DEFAULT } else { COMPRESSION_FORMAT_NONE })
}

/// FSCTL_SET_COMPRESSION: 87 for an unknown format, 1 where the file system does not compress.
pub fn set_compression(grant: &Grant, format: u16) -> Result<(), Win32Error> {
    let device = regular(device_with(grant, AccessMask::WRITE_DATA)?)?;
    let on = match format {
        COMPRESSION_FORMAT_NONE => false,
        COMPRESSION_FORMAT_DEFAULT | COMPRESSION_FORMAT_LZNT1 => true,
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    let mut flags = rustix::fs::ioctl_getflags(device.fd()).map_err(|_| Win32Error::INVALID_FUNCTION)?;
    if flags.contains(IFlags::COMPRESSED) == on {
        return Ok(());
    }
    flags.set(IFlags::COMPRESSED, on);
    rustix::fs::ioctl_setflags(device.fd(), flags).map_err(|errno| match errno {
        Errno::NOTSUP | Errno::INVAL | Errno::NOTTY => Win32Error::INVALID_FUNCTION,
        errno => errors::other(errno),
    })
}
