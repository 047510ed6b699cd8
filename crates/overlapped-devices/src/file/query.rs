//! What handles are asked about their file (contract 02 §1, §4). None of it needs a particular right.

use super::attributes;
use super::device::FileDevice;
use super::stat::{Facts, FileStat, Kind};
use super::{device_of, errors, times};
use overlapped_abi::constants::ioctl::{COMPRESSION_FORMAT_DEFAULT, COMPRESSION_FORMAT_NONE};
use overlapped_abi::{
    ByHandleFileInformation, FileAlignmentInfo, FileAttributeTagInfo, FileBasicInfo, FileCompressionInfo, FileIdInfo,
    FileStandardInfo, FileStorageInfo, Win32Error, split_u64,
};
use overlapped_kernel::device::Device;
use overlapped_kernel::system::Grant;

/// What a symbolic link is called among reparse points.
pub(crate) const IO_REPARSE_TAG_SYMLINK: u32 = 0xA000_000C;
const USUAL_SECTOR: u32 = 512;

/// A file that has a size and other facts; 1 for streams.
fn facts(grant: &Grant) -> Result<(&FileDevice, Facts), Win32Error> {
    let device = device_of(grant)?;
    if device.kind().is_stream() {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    let mut facts = device.facts().map_err(errors::other)?;
    match facts.kind {
        // What Linux calls the size of a directory is how much room its list of names takes.
        Kind::Directory => facts.size = 0,
        Kind::Block => facts.size = device.length().unwrap_or(0),
        _ => {}
    }
    Ok((device, facts))
}

/// What the file was when it was opened, without asking Linux again; 1 for what is no file here.
pub fn stat_at_open(grant: &Grant) -> Result<FileStat, Win32Error> {
    Ok((*device_of(grant)?.found()).into())
}

/// GetFileSizeEx: the logical size, of which NUL has none.
pub fn size(grant: &Grant) -> Result<u64, Win32Error> {
    if super::null::is_null(grant) {
        return Ok(0);
    }
    Ok(facts(grant)?.1.size)
}

/// The bytes that the file really occupies, if fewer than its size.
pub fn physical_size(grant: &Grant) -> Result<u64, Win32Error> {
    Ok(facts(grant)?.1.physical_size())
}

/// The file's attributes.
pub fn file_attributes(grant: &Grant) -> Result<u32, Win32Error> {
    let device = device_of(grant)?;
    let facts = device.facts().map_err(errors::other)?;
    Ok(attributes_of(device, &facts))
}

/// The attributes that a new file gets if this one is its template (contract 01 §2).
pub fn template_attributes(grant: &Grant) -> Result<u32, Win32Error> {
    file_attributes(grant).map(attributes::passed_on)
}

pub(crate) fn attributes_of(device: &FileDevice, facts: &Facts) -> u32 {
    if facts.kind == Kind::Link {
        // A link's descriptor leads nowhere, its path does.
        return attributes::get(attributes::Place::Named(device.opened_path()), facts);
    }
    attributes::with_place(device.fd(), device.names_only(), |place| attributes::get(place, facts))
}

/// GetFileInformationByHandle.
pub fn by_handle_information(grant: &Grant) -> Result<ByHandleFileInformation, Win32Error> {
    let (device, facts) = facts(grant)?;
    let times = times::times(grant)?;
    let (file_size_low, file_size_high) = split_u64(facts.size);
    let (file_index_low, file_index_high) = split_u64(facts.key.ino);
    Ok(ByHandleFileInformation {
        file_attributes: attributes_of(device, &facts),
        creation_time: times.creation,
        last_access_time: times.access,
        last_write_time: times.write,
        volume_serial_number: facts.key.volume(),
        file_size_high,
        file_size_low,
        number_of_links: links(&facts),
        file_index_high,
        file_index_low,
    })
}

fn links(facts: &Facts) -> u32 {
    // A directory has a link from each of its subdirectories, which Windows does not count.
    if facts.kind == Kind::Directory { 1 } else { u32::try_from(facts.links).unwrap_or(u32::MAX) }
}

/// FileBasicInfo (class 0).
pub fn basic_info(grant: &Grant) -> Result<FileBasicInfo, Win32Error> {
    let times = times::times(grant)?;
    let ticks = |time: overlapped_abi::FileTime| i64::try_from(time.ticks()).unwrap_or(i64::MAX);
    Ok(FileBasicInfo {
        creation_time: ticks(times.creation),
        last_access_time: ticks(times.access),
        last_write_time: ticks(times.write),
        change_time: ticks(times.change),
        file_attributes: file_attributes(grant)?,
    })
}

/// FileStandardInfo (class 1).
pub fn standard_info(grant: &Grant) -> Result<FileStandardInfo, Win32Error> {
    let (device, facts) = facts(grant)?;
    Ok(FileStandardInfo {
        allocation_size: signed(facts.blocks.saturating_mul(512)),
        end_of_file: signed(facts.size),
        number_of_links: links(&facts),
        // Who watches a directory learns so that it was removed, by whomever.
        delete_pending: (device.seat().is_some_and(|seat| seat.delete_pending())
            || facts.kind == Kind::Directory && facts.links == 0)
            .into(),
        directory: (facts.kind == Kind::Directory).into(),
    })
}

/// FileCompressionInfo (class 8).
pub fn compression_info(grant: &Grant) -> Result<FileCompressionInfo, Win32Error> {
    let (_, facts) = facts(grant)?;
    // A file system that does not compress has no compressed files.
    let compressed = super::sparse::compression(grant).unwrap_or(COMPRESSION_FORMAT_NONE) != COMPRESSION_FORMAT_NONE;
    Ok(FileCompressionInfo {
        compressed_file_size: signed(facts.physical_size()),
        compression_format: if compressed { COMPRESSION_FORMAT_DEFAULT } else { COMPRESSION_FORMAT_NONE },
        ..FileCompressionInfo::default()
    })
}

/// FileAttributeTagInfo (class 9).
pub fn attribute_tag_info(grant: &Grant) -> Result<FileAttributeTagInfo, Win32Error> {
    let link = device_of(grant)?.kind() == Kind::Link;
    let reparse_tag = if link { IO_REPARSE_TAG_SYMLINK } else { 0 };
    Ok(FileAttributeTagInfo { file_attributes: file_attributes(grant)?, reparse_tag })
}

/// FileStorageInfo (class 16): sector sizes, as transfers past the cache must keep to.
pub fn storage_info(grant: &Grant) -> Result<FileStorageInfo, Win32Error> {
    let (device, _) = facts(grant)?;
    let sector = device.sectors().map_or(USUAL_SECTOR, |sectors| sectors.sector);
    let stat = rustix::fs::fstat(device.fd()).map_err(errors::other)?;
    let block = u32::try_from(stat.st_blksize).unwrap_or(sector).max(sector);
    Ok(FileStorageInfo {
        logical_bytes_per_sector: sector,
        physical_bytes_per_sector_for_atomicity: sector,
        physical_bytes_per_sector_for_performance: block,
        effective_physical_bytes_per_sector: sector,
        ..FileStorageInfo::default()
    })
}

/// FileAlignmentInfo (class 17): the mask of buffer addresses.
pub fn alignment_info(grant: &Grant) -> Result<FileAlignmentInfo, Win32Error> {
    let memory = device_of(grant)?.sectors().map_or(1, |sectors| sectors.memory);
    Ok(FileAlignmentInfo { alignment_requirement: memory.saturating_sub(1) })
}

/// FileIdInfo (class 18).
pub fn id_info(grant: &Grant) -> Result<FileIdInfo, Win32Error> {
    let (_, facts) = facts(grant)?;
    let mut file_id = [0; 16];
    file_id[..8].copy_from_slice(&facts.key.ino.to_le_bytes());
    Ok(FileIdInfo { volume_serial_number: facts.key.dev, file_id })
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
