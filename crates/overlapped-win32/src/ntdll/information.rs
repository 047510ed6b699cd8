//! NtQueryInformationFile and NtSetInformationFile: the classes of GetFileInformationByHandleEx by their native numbers, and those that
//! only exist here.

use super::{Outcome, StatusBlock, at_once, inquire, status_of};
use crate::arguments::{checked_input, grant};
use crate::support::{RawHandle, system};
use overlapped_abi::constants::file as class;
use overlapped_abi::{Status, Win32Error};
use overlapped_devices::file::{self, SetInformation};
use overlapped_devices::pipe;
use overlapped_kernel::system::Grant;
use std::ffi::{OsString, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

const BASIC: u32 = 4;
const STANDARD: u32 = 5;
const INTERNAL: u32 = 6;
const EA: u32 = 7;
const ACCESS: u32 = 8;
const NAME: u32 = 9;
const RENAME: u32 = 10;
const DISPOSITION: u32 = 13;
const POSITION: u32 = 14;
const MODE: u32 = 16;
const ALIGNMENT: u32 = 17;
const ALL: u32 = 18;
const ALLOCATION: u32 = 19;
const END_OF_FILE: u32 = 20;
const PIPE: u32 = 23;
const PIPE_LOCAL: u32 = 24;
const NETWORK_OPEN: u32 = 34;
const ATTRIBUTE_TAG: u32 = 35;
const DISPOSITION_EX: u32 = 64;
const RENAME_EX: u32 = 65;

/// Where the name begins in FILE_ALL_INFORMATION, behind its length.
const ALL_NAME: usize = 100;
/// FILE_SYNCHRONOUS_IO_NONALERT.
const SYNCHRONOUS: u32 = 0x20;
const ATTRIBUTE_NORMAL: u32 = 0x80;

/// A structure in the making.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_ne_bytes());
        self
    }

    fn i64(mut self, value: i64) -> Self {
        self.0.extend(value.to_ne_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

/// What GetFileInformationByHandleEx tells of the class; what is no file has no times, no size, and one name.
fn told(grant: &Grant, class: i32) -> Result<Vec<u8>, Win32Error> {
    match file::information(system()?, grant, class, 256) {
        Ok(answer) => Ok(answer.bytes),
        Err(Win32Error::INVALID_FUNCTION) => Ok(match class {
            class::FileBasicInfo => Fields::default().bytes(&[0; 32]).u32(ATTRIBUTE_NORMAL).u32(0).0,
            class::FileStandardInfo => Fields::default().bytes(&[0; 16]).u32(1).u32(0).0,
            _ => return Err(Win32Error::INVALID_PARAMETER),
        }),
        Err(error) => Err(error),
    }
}

/// The name with its length before it: of a file below its drive, of a pipe with a backslash before it.
fn name(grant: &Grant) -> Result<Vec<u8>, Win32Error> {
    let path = |name: &std::ffi::OsStr| {
        let units = crate::support::os_to_wide(name);
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        Fields::default().u32(bytes.len() as u32).bytes(&bytes).0
    };
    if pipe::is_pipe(grant) {
        let mut name = OsString::from("\\");
        name.push(pipe::name(grant)?.unwrap_or_default());
        return Ok(path(&name));
    }
    match file::information(system()?, grant, class::FileNameInfo, usize::from(u16::MAX)) {
        Ok(answer) => Ok(answer.bytes),
        Err(Win32Error::INVALID_FUNCTION) => Ok(path(std::ffi::OsStr::new(""))),
        Err(error) => Err(error),
    }
}

fn number(grant: &Grant) -> u64 {
    file::id_info(grant).map_or(0, |info| u64::from_ne_bytes(std::array::from_fn(|i| info.file_id[i])))
}

fn mode(grant: &Grant) -> u32 {
    if grant.instance.is_overlapped() { 0 } else { SYNCHRONOUS }
}

fn position(grant: &Grant) -> i64 {
    i64::try_from(*grant.instance.pointer()).unwrap_or(i64::MAX)
}

fn all(grant: &Grant) -> Result<Vec<u8>, Win32Error> {
    let alignment = file::alignment_info(grant).map_or(0, |info| info.alignment_requirement);
    let fields = Fields::default().bytes(&told(grant, class::FileBasicInfo)?);
    let fields = fields.bytes(&told(grant, class::FileStandardInfo)?).i64(number(grant) as i64);
    let fields = fields.u32(0).u32(grant.access.bits()).i64(position(grant)).u32(mode(grant)).u32(alignment);
    Ok(fields.bytes(&name(grant)?).0)
}

fn network_open(grant: &Grant) -> Result<Vec<u8>, Win32Error> {
    let (basic, standard) = (told(grant, class::FileBasicInfo)?, told(grant, class::FileStandardInfo)?);
    Ok(Fields::default().bytes(&basic[..32]).bytes(&standard[..16]).bytes(&basic[32..36]).u32(0).0)
}

/// FILE_PIPE_INFORMATION: how this end reads, and whether it waits.
fn pipe_mode(grant: &Grant) -> Result<Vec<u8>, Win32Error> {
    let mode = pipe::query(grant)?.mode;
    Ok(Fields::default().u32(u32::from(mode & 2 != 0)).u32(mode & 1).0)
}

/// FILE_PIPE_LOCAL_INFORMATION.
fn pipe_local(grant: &Grant) -> Result<Vec<u8>, Win32Error> {
    let info = pipe::query(grant)?;
    let standing = pipe::standing(grant)?;
    let of_messages = u32::from(info.of_messages);
    let most = if info.max_instances == 255 { u32::MAX } else { info.max_instances };
    let (inbound, outbound) = (info.in_bytes, info.out_bytes);
    let towards_other = if info.is_server { outbound } else { inbound };
    let left = towards_other.saturating_sub(standing.unread_by_other.try_into().unwrap_or(u32::MAX));
    let fields = Fields::default().u32(of_messages).u32(standing.directions).u32(most).u32(info.instances);
    let (own, other) = if info.is_server { (inbound, outbound) } else { (outbound, inbound) };
    let fields = fields.u32(own).u32(standing.unread.try_into().unwrap_or(u32::MAX)).u32(other).u32(left);
    Ok(fields.u32(standing.phase).u32(u32::from(info.is_server)).0)
}

/// The answer, and the room without which there is none. Names may be cut.
fn query(grant: &Grant, class: u32) -> Result<(Vec<u8>, usize), Status> {
    let whole = |bytes: Result<Vec<u8>, Win32Error>| {
        let bytes = bytes.map_err(status_of)?;
        let least = bytes.len();
        Ok((bytes, least))
    };
    match class {
        BASIC => whole(told(grant, class::FileBasicInfo)),
        STANDARD => whole(told(grant, class::FileStandardInfo)),
        INTERNAL => whole(Ok(Fields::default().i64(number(grant) as i64).0)),
        EA => whole(Ok(Fields::default().u32(0).0)),
        ACCESS => whole(Ok(Fields::default().u32(grant.access.bits()).0)),
        NAME => Ok((name(grant).map_err(status_of)?, 8)),
        POSITION => whole(Ok(Fields::default().i64(position(grant)).0)),
        MODE => whole(Ok(Fields::default().u32(mode(grant)).0)),
        ALIGNMENT => whole(told(grant, class::FileAlignmentInfo).or_else(|_| Ok(vec![0; 4]))),
        ALL => Ok((all(grant).map_err(status_of)?, ALL_NAME + 4)),
        PIPE => whole(pipe_mode(grant)),
        PIPE_LOCAL => whole(pipe_local(grant)),
        NETWORK_OPEN => whole(network_open(grant)),
        ATTRIBUTE_TAG => whole(told(grant, class::FileAttributeTagInfo)),
        _ => Err(Status::INVALID_INFO_CLASS),
    }
}

/// NtQueryInformationFile: INFO_LENGTH_MISMATCH if there is too little room, BUFFER_OVERFLOW if a name does not fit.
///
/// # Safety
/// `block` is NULL or writable, `to` NULL or writable for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtQueryInformationFile(
    file: RawHandle,
    block: *mut StatusBlock,
    to: *mut c_void,
    bytes: u32,
    class: u32,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { inquire(file, block, to, bytes, |grant| query(grant, class)) }
}

/// A name of this level as one of the other: `\??\` stands where `\\?\` does.
pub(super) fn win32_name(name: OsString) -> OsString {
    match name.as_bytes().strip_prefix(br"\??\") {
        Some(rest) => OsString::from_vec([br"\\?\", rest].concat()),
        None => name,
    }
}

fn set(grant: &Grant, class: u32, from: &[u8]) -> Outcome {
    let class = match class {
        BASIC => class::FileBasicInfo,
        RENAME => class::FileRenameInfo,
        RENAME_EX => class::FileRenameInfoEx,
        DISPOSITION => class::FileDispositionInfo,
        DISPOSITION_EX => class::FileDispositionInfoEx,
        ALLOCATION => class::FileAllocationInfo,
        END_OF_FILE => class::FileEndOfFileInfo,
        POSITION => {
            let at = from.first_chunk().map(|bytes| i64::from_ne_bytes(*bytes)).ok_or(Status::INFO_LENGTH_MISMATCH)?;
            let at = u64::try_from(at).map_err(|_| Status::INVALID_PARAMETER)?;
            *grant.instance.pointer() = at;
            return Ok((Status::SUCCESS, 0));
        }
        PIPE => {
            let word = |at: usize| from.get(at..at + 4).map(|bytes| bytes[0]).ok_or(Status::INFO_LENGTH_MISMATCH);
            let mode = u32::from(word(0)? & 1) << 1 | u32::from(word(4)? & 1);
            return pipe::set_mode(grant, mode).map(|()| (Status::SUCCESS, 0)).map_err(status_of);
        }
        _ => return Err(Status::INVALID_INFO_CLASS),
    };
    let mut information = SetInformation::parse(class, from).map_err(status_of)?;
    let mut root = None;
    if let SetInformation::Rename { target, root: directory, .. } = &mut information {
        *target = win32_name(std::mem::take(target));
        if *directory != 0 {
            root = Some(crate::arguments::grant(*directory).map_err(status_of)?);
        }
    }
    let system = system().map_err(status_of)?;
    file::set_information(system, grant, &information, root.as_ref()).map_err(status_of)?;
    Ok((Status::SUCCESS, 0))
}

/// NtSetInformationFile: the classes of SetFileInformationByHandle, the file pointer, and how an end of a pipe reads.
///
/// # Safety
/// `block` is NULL or writable, `from` NULL or readable for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtSetInformationFile(
    file: RawHandle,
    block: *mut StatusBlock,
    from: *const c_void,
    bytes: u32,
    class: u32,
) -> u32 {
    let body = || {
        let grant = grant(file).map_err(status_of)?;
        // SAFETY: the caller's promise.
        let from = unsafe { checked_input(from, bytes) }.map_err(status_of)?;
        set(&grant, class, from)
    };
    // SAFETY: the caller's promise.
    unsafe { at_once(block, body) }
}
