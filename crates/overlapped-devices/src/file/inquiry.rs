//! GetFileInformationByHandleEx: its classes, each laid out as its structure (contract 02 §4).

// The classes keep their Windows names.
#![allow(non_upper_case_globals)]

use super::answer::{Answer, Fields};
use super::listing::{Entry, Listing};
use super::stat::Kind;
use super::wildcard::Pattern;
use super::{device_of, query};
use overlapped_abi::constants::file::*;
use overlapped_abi::{FileFullDirInfo, FileIdBothDirInfo, FileNameInfo, FileTime, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::system::Grant;
use std::ffi::OsStr;
use std::path::Path;

/// The one stream that files have here.
const DATA_STREAM: &str = "::$DATA";

/// What the class tells, for a buffer with this much room: 24 if that is less than the structure, 87 for a class that is not
/// to be asked, 18 at the end of a listing. A name or listing that does not fit is cut or continued.
pub fn information(system: &System, grant: &Grant, class: i32, room: usize) -> Result<Answer, Win32Error> {
    let least = least(class).ok_or(Win32Error::INVALID_PARAMETER)?;
    if room < least {
        return Err(Win32Error::BAD_LENGTH);
    }
    let fields = Fields::default();
    let fields = match class {
        FileBasicInfo => {
            let info = query::basic_info(grant)?;
            let times = [info.creation_time, info.last_access_time, info.last_write_time, info.change_time];
            times.into_iter().fold(fields, Fields::i64).u32(info.file_attributes)
        }
        FileStandardInfo => {
            let info = query::standard_info(grant)?;
            let fields = fields.i64(info.allocation_size).i64(info.end_of_file).u32(info.number_of_links);
            fields.u8(info.delete_pending).u8(info.directory)
        }
        FileNameInfo => return name(system, grant, room),
        FileStreamInfo => return streams(grant, room),
        FileCompressionInfo => {
            let info = query::compression_info(grant)?;
            let fields = fields.i64(info.compressed_file_size).u16(info.compression_format);
            fields.u8(info.compression_unit_shift).u8(info.chunk_shift).u8(info.cluster_shift)
        }
        FileAttributeTagInfo => {
            let info = query::attribute_tag_info(grant)?;
            fields.u32(info.file_attributes).u32(info.reparse_tag)
        }
        FileStorageInfo => {
            let info = query::storage_info(grant)?;
            let sectors = [
                info.logical_bytes_per_sector,
                info.physical_bytes_per_sector_for_atomicity,
                info.physical_bytes_per_sector_for_performance,
                info.effective_physical_bytes_per_sector,
                info.flags,
                info.byte_offset_for_sector_alignment,
                info.byte_offset_for_partition_alignment,
            ];
            sectors.into_iter().fold(fields, Fields::u32)
        }
        FileAlignmentInfo => fields.u32(query::alignment_info(grant)?.alignment_requirement),
        FileIdInfo => {
            let info = query::id_info(grant)?;
            fields.bytes(&info.volume_serial_number.to_ne_bytes()).bytes(&info.file_id)
        }
        FileIdBothDirectoryRestartInfo | FileFullDirectoryRestartInfo | FileIdExtdDirectoryRestartInfo => {
            *device_of(grant)?.listing() = None;
            return list(grant, class, room);
        }
        _ => return list(grant, class, room),
    };
    Ok(Answer::whole(fields.padded(least).done()))
}

/// The least room for the class; `None` for classes that cannot be asked.
fn least(class: i32) -> Option<usize> {
    Some(match class {
        FileBasicInfo => size_of::<overlapped_abi::FileBasicInfo>(),
        FileStandardInfo => size_of::<overlapped_abi::FileStandardInfo>(),
        FileNameInfo => size_of::<overlapped_abi::FileNameInfo>(),
        FileStreamInfo => size_of::<overlapped_abi::FileStreamInfo>(),
        FileCompressionInfo => size_of::<overlapped_abi::FileCompressionInfo>(),
        FileAttributeTagInfo => size_of::<overlapped_abi::FileAttributeTagInfo>(),
        FileIdBothDirectoryInfo | FileIdBothDirectoryRestartInfo => size_of::<FileIdBothDirInfo>(),
        FileFullDirectoryInfo | FileFullDirectoryRestartInfo => size_of::<FileFullDirInfo>(),
        FileIdExtdDirectoryInfo | FileIdExtdDirectoryRestartInfo => ListingForm::IdExtd.name_offset(),
        FileStorageInfo => size_of::<overlapped_abi::FileStorageInfo>(),
        FileAlignmentInfo => size_of::<overlapped_abi::FileAlignmentInfo>(),
        FileIdInfo => size_of::<overlapped_abi::FileIdInfo>(),
        _ => return None,
    })
}

fn utf16(name: &OsStr) -> Vec<u16> {
    overlapped_kernel::namespace::to_utf16(name)
}

/// The path on its volume, with backslashes and without the drive.
fn name(system: &System, grant: &Grant, room: usize) -> Result<Answer, Win32Error> {
    let path = super::path(grant)?;
    let name: Vec<u16> = utf16(below_drive(system, &path).as_os_str());
    let separator = |unit: u16| if unit == u16::from(b'/') { u16::from(b'\\') } else { unit };
    let name: Vec<u16> = name.into_iter().map(separator).collect();
    let fields = Fields::default().u32(name.len() as u32 * 2).units(&name);
    Ok(Answer::cut(fields.done(), room.max(FileNameInfo::NAME_OFFSET)))
}

/// The path from the root of the drive on that it is on.
pub(super) fn below_drive(system: &System, path: &Path) -> std::path::PathBuf {
    let namespace = system.namespace().read();
    let directories = namespace.drive_letters().filter_map(|letter| namespace.drive(letter)?.directory.as_deref());
    let holding = directories.filter_map(|directory| path.strip_prefix(directory).ok());
    let shortest = holding.min_by_key(|rest| rest.components().count());
    shortest.map_or_else(|| path.to_path_buf(), |rest| Path::new("/").join(rest))
}

/// One unnamed stream; directories have none (38).
fn streams(grant: &Grant, room: usize) -> Result<Answer, Win32Error> {
    let info = query::standard_info(grant)?;
    if info.directory != 0 {
        return Err(Win32Error::HANDLE_EOF);
    }
    let name = utf16(OsStr::new(DATA_STREAM));
    let fields = Fields::default().u32(0).u32(name.len() as u32 * 2).i64(info.end_of_file).i64(info.allocation_size);
    let bytes = fields.units(&name).done();
    if bytes.len() > room { Err(Win32Error::MORE_DATA) } else { Ok(Answer::whole(bytes)) }
}

/// The listing classes of GetFileInformationByHandleEx.
fn list(grant: &Grant, class: i32, room: usize) -> Result<Answer, Win32Error> {
    let form = match class {
        FileFullDirectoryInfo | FileFullDirectoryRestartInfo => ListingForm::Full,
        FileIdExtdDirectoryInfo | FileIdExtdDirectoryRestartInfo => ListingForm::IdExtd,
        _ => ListingForm::IdBoth,
    };
    fill(grant, form, room, false, None)
}

/// Which of the records a listing is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingForm {
    /// FILE_DIRECTORY_INFORMATION.
    Directory,
    /// FILE_FULL_DIR_INFORMATION.
    Full,
    /// FILE_BOTH_DIR_INFORMATION.
    Both,
    /// FILE_NAMES_INFORMATION.
    Names,
    /// FILE_ID_BOTH_DIR_INFORMATION.
    IdBoth,
    /// FILE_ID_FULL_DIR_INFORMATION.
    IdFull,
    /// FILE_ID_EXTD_DIR_INFORMATION.
    IdExtd,
}

impl ListingForm {
    /// Where the name begins, in bytes.
    fn name_offset(self) -> usize {
        match self {
            Self::Directory => 64,
            Self::Full => FileFullDirInfo::NAME_OFFSET,
            Self::Both => 94,
            Self::Names => 12,
            Self::IdBoth => FileIdBothDirInfo::NAME_OFFSET,
            Self::IdFull => 80,
            Self::IdExtd => 88,
        }
    }
}

/// What NtQueryDirectoryFile asks for.
#[derive(Clone, Copy, Debug)]
pub struct NextEntries<'a> {
    /// The records.
    pub form: ListingForm,
    /// The room for them, in bytes.
    pub room: usize,
    /// No more than one.
    pub single: bool,
    /// Those that fit this pattern; looked at when a listing begins.
    pub mask: Option<&'a OsStr>,
    /// From the beginning.
    pub restart: bool,
}

/// The next entries of a directory. 2 if nothing fits the mask at all, 18 at the end, 87 for what is no directory, 24 if there is no room for
/// a record; one whose name does not fit is cut.
pub fn next_entries(grant: &Grant, next: &NextEntries<'_>) -> Result<Answer, Win32Error> {
    let device = device_of(grant).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    if next.room < next.form.name_offset() {
        return Err(Win32Error::BAD_LENGTH);
    }
    let first = {
        let mut listing = device.listing();
        if next.restart {
            *listing = None;
        }
        listing.is_none()
    };
    let mask = next.mask.filter(|mask| !mask.is_empty());
    match fill(grant, next.form, next.room, next.single, mask) {
        Err(Win32Error::NO_MORE_FILES) if first => Err(Win32Error::FILE_NOT_FOUND),
        // Not even one fits.
        Err(Win32Error::MORE_DATA) => {
            let entry = device.listing().as_mut().and_then(Iterator::next).ok_or(Win32Error::NO_MORE_FILES)?;
            Ok(Answer::cut(record(&entry, next.form), next.room))
        }
        answer => answer,
    }
}

/// The next entries of the directory, as many as fit. 87 on what is no directory, 18 at the end, 234 if not even one fits.
fn fill(
    grant: &Grant,
    form: ListingForm,
    room: usize,
    single: bool,
    mask: Option<&OsStr>,
) -> Result<Answer, Win32Error> {
    let device = device_of(grant)?;
    if device.kind() != Kind::Directory {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if !grant.access.contains(overlapped_abi::AccessMask::READ_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let mut listing = device.listing();
    if listing.is_none() {
        *listing = Some(Listing::of(&super::path(grant)?, mask.map(Pattern::new))?);
    }
    let Some(listing) = listing.as_mut() else { return Err(Win32Error::NO_MORE_FILES) };
    let mut bytes = Vec::new();
    let mut last = None;
    while let Some(entry) = listing.next() {
        let start = usize::next_multiple_of(bytes.len(), 8);
        let record = record(&entry, form);
        if start + record.len() > room || single && last.is_some() {
            listing.put_back(entry);
            break;
        }
        bytes.resize(start, 0);
        if let Some(last) = last.replace(start) {
            bytes[last..last + 4].copy_from_slice(&((start - last) as u32).to_ne_bytes());
        }
        bytes.extend(record);
    }
    match last {
        Some(_) => Ok(Answer::whole(bytes)),
        None if listing.next().map(|entry| listing.put_back(entry)).is_some() => Err(Win32Error::MORE_DATA),
        None => Err(Win32Error::NO_MORE_FILES),
    }
}

/// A record; the offset to the next one comes later.
fn record(entry: &Entry, form: ListingForm) -> Vec<u8> {
    let name = utf16(&entry.name);
    let head = Fields::default().u32(0).u32(0);
    if form == ListingForm::Names {
        return head.u32(name.len() as u32 * 2).units(&name).done();
    }
    let ticks = |time: FileTime| time.ticks();
    let times = &entry.file.times;
    let times = [times.creation, times.access, times.write, times.change].map(ticks);
    let fields = times.into_iter().fold(head, Fields::size);
    let fields = fields.size(entry.file.size).size(entry.allocation).u32(entry.file.attributes);
    let mut fields = fields.u32(name.len() as u32 * 2);
    if form != ListingForm::Directory {
        // For a link, its tag stands where the size of extended attributes would.
        fields = fields.u32(entry.reparse_tag);
    }
    if form == ListingForm::IdExtd {
        // The tag has a place of its own behind that size, and the number is one of 128 bits.
        return fields.u32(entry.reparse_tag).size(entry.id).bytes(&[0; 8]).units(&name).done();
    }
    let id_offset = match form {
        ListingForm::IdBoth => Some(std::mem::offset_of!(FileIdBothDirInfo, file_id)),
        ListingForm::IdFull => Some(72),
        _ => None,
    };
    if let Some(offset) = id_offset {
        fields = fields.padded(offset).bytes(&entry.id.to_ne_bytes());
    }
    fields.padded(form.name_offset()).units(&name).done()
}
