//! DeviceIoControl on files: the control codes and their buffers (contract 01 §6).

use super::answer::{Answer, Fields};
use super::query::IO_REPARSE_TAG_SYMLINK;
use super::stat::Kind;
use super::{device_of, errors, reparse, sparse};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::ioctl::*;
use overlapped_kernel::System;
use overlapped_kernel::namespace::to_utf16;
use overlapped_kernel::system::Grant;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Target of the link is relative to its directory.
const SYMLINK_FLAG_RELATIVE: u32 = 1;

/// Does what the code says with the caller's input; `room` is that of the output. 1 for a code that files do not know, 87 for an
/// input that is too small, 122 for an output that is.
pub fn control(system: &System, grant: &Grant, code: u32, input: &[u8], room: usize) -> Result<Answer, Win32Error> {
    match code {
        FSCTL_SET_SPARSE => sparse::set_sparse(grant, input.first().is_none_or(|set| *set != 0))?,
        FSCTL_SET_ZERO_DATA => {
            let [from, beyond] = pair(input)?;
            sparse::set_zero_data(grant, from, beyond)?;
        }
        FSCTL_QUERY_ALLOCATED_RANGES => return ranges(grant, pair(input)?, room),
        FSCTL_GET_COMPRESSION => {
            let format = sparse::compression(grant)?;
            return fitting(Fields::default().u16(format), room);
        }
        FSCTL_SET_COMPRESSION => {
            let format = input.first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
            sparse::set_compression(grant, u16::from_ne_bytes(*format))?;
        }
        FSCTL_SET_REPARSE_POINT => reparse::set(system, grant, input)?,
        FSCTL_DELETE_REPARSE_POINT => reparse::delete(grant, input)?,
        FSCTL_GET_REPARSE_POINT => return fitting(reparse_point(grant)?, room),
        _ => return Err(Win32Error::INVALID_FUNCTION),
    }
    Ok(Answer::default())
}

fn pair(input: &[u8]) -> Result<[i64; 2], Win32Error> {
    let (first, rest) = input.split_first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
    let second = rest.first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
    Ok([i64::from_ne_bytes(*first), i64::from_ne_bytes(*second)])
}

fn fitting(fields: Fields, room: usize) -> Result<Answer, Win32Error> {
    let bytes = fields.done();
    if bytes.len() > room { Err(Win32Error::INSUFFICIENT_BUFFER) } else { Ok(Answer::whole(bytes)) }
}

/// Whole ranges only: 122 if there is no room for even one of them.
fn ranges(grant: &Grant, [offset, length]: [i64; 2], room: usize) -> Result<Answer, Win32Error> {
    const RANGE: usize = 16;
    let ranges = sparse::allocated_ranges(grant, offset, length)?;
    if room < RANGE && !ranges.is_empty() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let fields = ranges.iter().fold(Fields::default(), |fields, (offset, length)| fields.size(*offset).size(*length));
    Ok(Answer::cut(fields.done(), room - room % RANGE))
}

/// REPARSE_DATA_BUFFER of a link: its target in the Linux spelling, which every name function takes. 4390 for what is no link.
fn reparse_point(grant: &Grant) -> Result<Fields, Win32Error> {
    let device = device_of(grant)?;
    if device.kind() != Kind::Link {
        return Err(Win32Error::NOT_A_REPARSE_POINT);
    }
    let target = rustix::fs::readlinkat(device.fd(), "", Vec::new()).map_err(errors::other)?;
    let flags = if target.as_bytes().starts_with(b"/") { 0 } else { SYMLINK_FLAG_RELATIVE };
    let target = to_utf16(OsStr::from_bytes(target.as_bytes()));
    let bytes = u16::try_from(target.len() * 2).map_err(|_| Win32Error::INVALID_FUNCTION)?;
    // Tag, length of what follows, then where in the text the two forms of the name are: both are all of it.
    let header = Fields::default().u32(IO_REPARSE_TAG_SYMLINK).u16(12 + bytes).u16(0);
    Ok(header.u16(0).u16(bytes).u16(0).u16(bytes).u32(flags).units(&target))
}
