//! SetFileInformationByHandle: which classes there are, how large their structures must be, and what each does
//! (contract 02 §4).

// The classes keep their Windows names.
#![allow(non_upper_case_globals)]

use super::change::{self, Disposition};
use overlapped_abi::constants::file::*;
use overlapped_abi::{FileBasicInfo, FileRenameInfo, RawHandle, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::system::Grant;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// What is to be set, taken out of the caller's structure.
#[derive(Clone, Debug, PartialEq)]
pub enum SetInformation {
    /// FileBasicInfo.
    Basic(FileBasicInfo),
    /// FileRenameInfo and FileRenameInfoEx.
    Rename {
        /// The new name, UTF-16 turned into UTF-8; lone surrogates as WTF-8.
        target: OsString,
        /// The directory that it is relative to, or 0.
        root: RawHandle,
        /// Replace an existing target.
        replace: bool,
    },
    /// FileDispositionInfo and FileDispositionInfoEx.
    Disposition(Disposition),
    /// FileAllocationInfo.
    Allocation(i64),
    /// FileEndOfFileInfo.
    EndOfFile(i64),
    /// FileIoPriorityHintInfo: nothing here has priorities.
    PriorityHint(i32),
}

impl SetInformation {
    /// Reads the caller's structure: 87 for a class that cannot be set, 24 for a structure that is too small.
    pub fn parse(class: i32, structure: &[u8]) -> Result<Self, Win32Error> {
        let fields = Fields(structure);
        fields.need(Self::size(class).ok_or(Win32Error::INVALID_PARAMETER)?)?;
        Ok(match class {
            FileBasicInfo => Self::Basic(overlapped_abi::FileBasicInfo {
                creation_time: fields.i64(0),
                last_access_time: fields.i64(8),
                last_write_time: fields.i64(16),
                change_time: fields.i64(24),
                file_attributes: fields.u32(32),
            }),
            FileRenameInfo => fields.rename(fields.u32(0) & 0xFF != 0)?,
            FileRenameInfoEx => fields.rename(fields.u32(0) & FILE_RENAME_FLAG_REPLACE_IF_EXISTS != 0)?,
            FileDispositionInfo if structure[0] != 0 => Self::Disposition(Disposition::DELETE),
            FileDispositionInfo => Self::Disposition(Disposition::empty()),
            FileDispositionInfoEx => {
                Self::Disposition(Disposition::from_bits(fields.u32(0)).ok_or(Win32Error::INVALID_PARAMETER)?)
            }
            FileAllocationInfo => Self::Allocation(fields.i64(0)),
            FileEndOfFileInfo => Self::EndOfFile(fields.i64(0)),
            _ => Self::PriorityHint(fields.u32(0) as i32),
        })
    }

    /// The least size of the class's structure; `None` for classes that cannot be set.
    fn size(class: i32) -> Option<usize> {
        Some(match class {
            FileBasicInfo => size_of::<overlapped_abi::FileBasicInfo>(),
            FileRenameInfo | FileRenameInfoEx => size_of::<overlapped_abi::FileRenameInfo>(),
            FileDispositionInfo => 1,
            FileDispositionInfoEx | FileIoPriorityHintInfo => 4,
            FileAllocationInfo | FileEndOfFileInfo => 8,
            _ => return None,
        })
    }
}

/// SetFileInformationByHandle with the structure taken apart; `root` is what the handle in it refers to.
pub fn set_information(
    system: &System,
    grant: &Grant,
    information: &SetInformation,
    root: Option<&Grant>,
) -> Result<(), Win32Error> {
    match information {
        SetInformation::Basic(info) => change::set_basic_info(grant, info),
        SetInformation::Rename { target, replace, .. } => change::rename(system, grant, target, root, *replace),
        SetInformation::Disposition(flags) => change::set_disposition(grant, *flags),
        SetInformation::Allocation(size) => change::set_allocation(grant, *size),
        SetInformation::EndOfFile(size) => change::set_size(grant, *size),
        SetInformation::PriorityHint(IoPriorityHintVeryLow..=IoPriorityHintNormal) => Ok(()),
        SetInformation::PriorityHint(_) => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// A structure as bytes, long enough for the fields that are asked for.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn need(&self, size: usize) -> Result<(), Win32Error> {
        if self.0.len() >= size { Ok(()) } else { Err(Win32Error::BAD_LENGTH) }
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.0[at..at + N]);
        bytes
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.array(at))
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_ne_bytes(self.array(at))
    }

    fn rename(&self, replace: bool) -> Result<SetInformation, Win32Error> {
        let root = RawHandle::from_ne_bytes(self.array(std::mem::offset_of!(FileRenameInfo, root_directory)));
        let length = self.u32(std::mem::offset_of!(FileRenameInfo, file_name_length)) as usize;
        let name = self.0[overlapped_abi::FileRenameInfo::NAME_OFFSET..].get(..length);
        let name = name.ok_or(Win32Error::BAD_LENGTH)?;
        if name.is_empty() || name.len() % 2 != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let units = name.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
        Ok(SetInformation::Rename { target: from_utf16(units), root, replace })
    }
}

/// UTF-16 as a Linux name; what is no character is kept in three bytes, as the namespace takes it.
fn from_utf16(units: impl Iterator<Item = u16>) -> OsString {
    let mut name = Vec::new();
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(letter) => name.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let lone = lone.unpaired_surrogate();
                name.extend([0xE0 | (lone >> 12) as u8, 0x80 | (lone >> 6 & 0x3F) as u8, 0x80 | (lone & 0x3F) as u8]);
            }
        }
    }
    OsString::from_vec(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_cannot_be_set_answer_87_whatever_the_size() {
        for class in [1, 2, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 23, -1, 1000] {
            assert_eq!(SetInformation::parse(class, &[0; 64]), Err(Win32Error::INVALID_PARAMETER), "class {class}");
        }
    }

    #[test]
    fn a_structure_one_byte_short_answers_24() {
        let sizes = [(0, 40), (3, 24), (4, 1), (5, 8), (6, 8), (12, 4), (21, 4), (22, 24)];
        for (class, size) in sizes {
            assert_eq!(SetInformation::parse(class, &vec![0; size - 1]), Err(Win32Error::BAD_LENGTH), "class {class}");
        }
    }

    #[test]
    fn a_rename_structure_holds_its_name_after_the_header() {
        let mut bytes = vec![0u8; 20];
        bytes[0] = 1;
        let name: Vec<u8> = "été\u{1F600}".encode_utf16().flat_map(u16::to_ne_bytes).collect();
        bytes[16..20].copy_from_slice(&(name.len() as u32).to_ne_bytes());
        bytes.extend(&name);
        let parsed = SetInformation::parse(3, &bytes);
        assert_eq!(parsed, Ok(SetInformation::Rename { target: "été\u{1F600}".into(), root: 0, replace: true }));
        assert_eq!(SetInformation::parse(3, &bytes[..bytes.len() - 1]), Err(Win32Error::BAD_LENGTH));
    }
}
