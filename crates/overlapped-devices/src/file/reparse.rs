//! Links made and unmade through a handle: FSCTL_SET_REPARSE_POINT and FSCTL_DELETE_REPARSE_POINT (contract 01 §6).
//!
//! On Windows an empty file or directory becomes a link and stays the same file. On Linux a link is made beside it and changes names with
//! it, after which the other goes; so the handle by which it was done refers to what is gone, and the name has to be opened anew.

use super::query::IO_REPARSE_TAG_SYMLINK;
use super::registry::Unnamed;
use super::stat::{Facts, Kind};
use super::{device_of, errors, name};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::system::Grant;
use rustix::fs::{CWD, Mode, RenameFlags};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

const IO_REPARSE_TAG_MOUNT_POINT: u32 = 0xA000_0003;
/// The target is relative to the link's directory.
const SYMLINK_FLAG_RELATIVE: u32 = 1;
const HEADER: usize = 8;
/// ERROR_INVALID_REPARSE_DATA.
const INVALID_DATA: Win32Error = Win32Error(4392);
/// ERROR_REPARSE_TAG_INVALID.
const INVALID_TAG: Win32Error = Win32Error(4393);
/// ERROR_REPARSE_TAG_MISMATCH.
const OTHER_TAG: Win32Error = Win32Error(4394);
/// ERROR_DIR_NOT_EMPTY.
const NOT_EMPTY: Win32Error = Win32Error(145);

/// REPARSE_DATA_BUFFER, as far as it is the same for all tags.
struct Data<'a> {
    tag: u32,
    content: &'a [u8],
}

impl<'a> Data<'a> {
    fn read(input: &'a [u8]) -> Result<Self, Win32Error> {
        let (tag, rest) = input.split_first_chunk().ok_or(INVALID_DATA)?;
        let (length, _) = rest.split_first_chunk().ok_or(INVALID_DATA)?;
        let length = usize::from(u16::from_ne_bytes(*length));
        let content = input.get(HEADER..HEADER + length).filter(|_| input.len() == HEADER + length);
        Ok(Self { tag: u32::from_ne_bytes(*tag), content: content.ok_or(INVALID_DATA)? })
    }

    fn half(&self, at: usize) -> Result<usize, Win32Error> {
        let bytes = self.content.get(at..at + 2).ok_or(INVALID_DATA)?;
        Ok(usize::from(u16::from_ne_bytes([bytes[0], bytes[1]])))
    }

    /// The name that the link leads to, in the Windows spelling, and whether it is relative.
    fn target(&self) -> Result<(OsString, bool), Win32Error> {
        let (relative, names) = match self.tag {
            IO_REPARSE_TAG_SYMLINK => (self.half(8)? as u32 & SYMLINK_FLAG_RELATIVE != 0, 12),
            IO_REPARSE_TAG_MOUNT_POINT => (false, 8),
            _ => return Err(INVALID_TAG),
        };
        let (start, length) = (names + self.half(0)?, self.half(2)?);
        let units = self.content.get(start..start + length).filter(|units| !units.is_empty() && units.len() % 2 == 0);
        let units = units.ok_or(INVALID_DATA)?.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
        let text = String::from_utf16(&units.collect::<Vec<_>>()).map_err(|_| INVALID_DATA)?;
        // The kernel of Windows has a prefix of its own for what is not relative.
        let text = text.strip_prefix(r"\??\").unwrap_or(&text);
        Ok((text.into(), relative))
    }
}

/// Makes the empty file or directory of the handle a link: 5 without the right to write, 145 for a directory with files in it, 50 for a file
/// that is not empty, as Linux has no place for both, 32 while another instance does not share deletion, 4393 for what is neither a symbolic
/// link nor a junction, 4392 for data that make no sense.
pub(super) fn set(system: &System, grant: &Grant, input: &[u8]) -> Result<(), Win32Error> {
    let (target, relative) = Data::read(input)?.target()?;
    writable(grant)?;
    let target = if relative {
        let slashed = target.as_bytes().iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte });
        OsString::from_vec(slashed.collect())
    } else {
        super::names::file_path(system, &target)?.into_os_string()
    };
    let path = super::path(grant)?;
    let facts = Facts::of_name(&path).map_err(errors::other)?;
    if facts.kind == Kind::Regular && facts.size != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let beside = beside(&path);
    rustix::fs::symlinkat(&target, CWD, &beside).map_err(errors::other)?;
    take_place(grant, &path, &beside)
}

/// Makes the link of the handle an empty directory again if it leads to one or to nothing, else an empty file: 4390 for what is no link,
/// 4394 if it is one of another kind than the caller thinks.
pub(super) fn delete(grant: &Grant, input: &[u8]) -> Result<(), Win32Error> {
    let data = Data::read(input)?;
    if !data.content.is_empty() {
        return Err(INVALID_DATA);
    }
    if device_of(grant)?.kind() != Kind::Link {
        return Err(Win32Error::NOT_A_REPARSE_POINT);
    }
    if !matches!(data.tag, IO_REPARSE_TAG_SYMLINK | IO_REPARSE_TAG_MOUNT_POINT) {
        return Err(OTHER_TAG);
    }
    writable(grant)?;
    let path = super::path(grant)?;
    let beside = beside(&path);
    let is_file = std::fs::metadata(&path).is_ok_and(|found| !found.is_dir());
    if is_file {
        std::fs::File::create_new(&beside)
            .map_err(|error| Win32Error::from_io_error(&error, overlapped_abi::Context::Open))?;
    } else {
        rustix::fs::mkdirat(CWD, &beside, Mode::from_raw_mode(0o777)).map_err(errors::other)?;
    }
    take_place(grant, &path, &beside)
}

fn writable(grant: &Grant) -> Result<(), Win32Error> {
    let write = AccessMask::WRITE_DATA | AccessMask::WRITE_ATTRIBUTES;
    device_of(grant)?;
    if grant.access.intersects(write) { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// A name in the same directory that nobody has.
fn beside(path: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static LAST: AtomicU32 = AtomicU32::new(0);
    let number = LAST.fetch_add(1, Relaxed);
    path.with_file_name(OsStr::new(&format!(".overlapped-link-{}-{number}", std::process::id())))
}

/// `new` gets the name of the handle's file, `old`, which goes; if that cannot go, everything is as it was before.
fn take_place(grant: &Grant, old: &Path, new: &Path) -> Result<(), Win32Error> {
    let unlink = |path: &Path| {
        let whole = Facts::of_name(path).is_ok_and(|facts| facts.kind == Kind::Directory);
        name::unlink(path, whole)
    };
    let swap = || rustix::fs::renameat_with(CWD, old, CWD, new, RenameFlags::EXCHANGE);
    let replace = || {
        swap().map_err(errors::other)?;
        unlink(new).map_err(|errno| {
            let _ = swap();
            if errno == rustix::io::Errno::NOTEMPTY { NOT_EMPTY } else { errors::other(errno) }
        })
    };
    // Whoever opens the name meanwhile must find out that its file has none any more.
    let replaced = match device_of(grant)?.seat() {
        Some(seat) => seat.registry().unname(&[Unnamed { goes: true, ..seat.unnamed() }], replace),
        None => replace(),
    };
    replaced.inspect_err(|_| _ = unlink(new))
}
