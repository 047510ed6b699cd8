//! File attributes on Linux (contract 01 §2.4).
//!
//! READONLY is the absence of every write permission bit, also for root, who could write all the same. DIRECTORY and
//! REPARSE_POINT follow from the kind of file. HIDDEN, SYSTEM, ARCHIVE, SPARSE_FILE and NOT_CONTENT_INDEXED have no Linux
//! form: they are kept in the extended attribute [`NAME`], as hexadecimal text, where the file system takes such; elsewhere
//! they are forgotten. A file without the extended attribute counts as ARCHIVE: nothing has backed it up yet. The drawback:
//! a program that clears ARCHIVE will not see writes set it again, since a write would then cost a second system call.

use super::errors;
use super::stat::{Facts, Kind, WRITE_BITS, proc_path};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::attributes::*;
use rustix::fd::BorrowedFd;
use rustix::fs::{Mode, XattrFlags};
use rustix::io::Errno;
use std::path::Path;

/// The extended attribute.
const NAME: &str = "user.overlapped.attributes";

/// The attributes that it holds.
const STORED: u32 = FILE_ATTRIBUTE_HIDDEN
    | FILE_ATTRIBUTE_SYSTEM
    | FILE_ATTRIBUTE_ARCHIVE
    | FILE_ATTRIBUTE_SPARSE_FILE
    | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;

/// Those that SetFileAttributes and FileBasicInfo change; the others follow from the file or from control codes.
const CHANGED_BY_NAME: u32 = STORED & !FILE_ATTRIBUTE_SPARSE_FILE;

/// A file that is reached by descriptor or by name.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// An open descriptor that can be used for more than naming.
    Open(BorrowedFd<'a>),
    /// A path to something that is not a link, or a link of /proc to it.
    Named(&'a Path),
}

impl Place<'_> {
    fn stored(&self) -> Option<u32> {
        let mut text = [0u8; 16];
        let read = match self {
            Self::Open(fd) => rustix::fs::fgetxattr(fd, NAME, &mut text[..]),
            Self::Named(path) => rustix::fs::getxattr(*path, NAME, &mut text[..]),
        };
        let text = text.get(..read.ok()?)?;
        let text = std::str::from_utf8(text).ok()?.strip_prefix("0x")?;
        u32::from_str_radix(text, 16).ok().map(|bits| bits & STORED)
    }

    fn store(&self, bits: u32) -> Result<(), Errno> {
        let text = format!("{bits:#x}");
        let (text, flags) = (text.as_bytes(), XattrFlags::empty());
        let stored = match self {
            Self::Open(fd) => rustix::fs::fsetxattr(fd, NAME, text, flags),
            Self::Named(path) => rustix::fs::setxattr(*path, NAME, text, flags),
        };
        match stored {
            // No room for attributes on this kind of file or file system.
            Err(Errno::NOTSUP | Errno::PERM | Errno::NOSPC) => Ok(()),
            result => result,
        }
    }

    fn chmod(&self, mode: u32) -> Result<(), Errno> {
        let mode = Mode::from_raw_mode(mode);
        match self {
            Self::Open(fd) => rustix::fs::fchmod(fd, mode),
            Self::Named(path) => rustix::fs::chmod(*path, mode),
        }
    }
}

fn bits_without_name(facts: &Facts) -> u32 {
    if facts.kind == Kind::Regular { FILE_ATTRIBUTE_ARCHIVE } else { 0 }
}

/// The attributes of a file; never 0, NORMAL if there are no others.
pub(crate) fn get(place: Place<'_>, facts: &Facts) -> u32 {
    let mut attributes = match facts.kind {
        Kind::Regular | Kind::Directory => place.stored().unwrap_or_else(|| bits_without_name(facts)),
        _ => 0,
    };
    match facts.kind {
        Kind::Directory => attributes |= FILE_ATTRIBUTE_DIRECTORY,
        Kind::Link => attributes |= FILE_ATTRIBUTE_REPARSE_POINT,
        Kind::Regular => {}
        Kind::Block | Kind::Terminal | Kind::Char | Kind::Pipe => attributes |= FILE_ATTRIBUTE_DEVICE,
    }
    if facts.read_only() {
        attributes |= FILE_ATTRIBUTE_READONLY;
    }
    if attributes == 0 { FILE_ATTRIBUTE_NORMAL } else { attributes }
}

/// SetFileAttributes: READONLY and the stored ones become those of `attributes`; what cannot be set is ignored.
pub(crate) fn set(place: Place<'_>, facts: &Facts, attributes: u32) -> Result<(), Win32Error> {
    if !matches!(facts.kind, Kind::Regular | Kind::Directory) {
        return Ok(());
    }
    let old = place.stored().unwrap_or_else(|| bits_without_name(facts));
    let new = (old & !CHANGED_BY_NAME) | (attributes & CHANGED_BY_NAME);
    let read_only = attributes & FILE_ATTRIBUTE_READONLY != 0;
    if new != old {
        store_writable(place, facts, new)?;
    }
    if read_only == facts.read_only() { Ok(()) } else { set_read_only(place, facts, read_only) }
}

/// Stores attributes also where the file is READONLY: extended attributes of the user can only be written while the file
/// can.
fn store_writable(place: Place<'_>, facts: &Facts, bits: u32) -> Result<(), Win32Error> {
    if !facts.read_only() {
        return place.store(bits).map_err(errors::other);
    }
    set_read_only(place, facts, false)?;
    let stored = place.store(bits).map_err(errors::other);
    set_read_only(place, facts, true).and(stored)
}

fn set_read_only(place: Place<'_>, facts: &Facts, on: bool) -> Result<(), Win32Error> {
    if facts.kind != Kind::Regular {
        return Ok(());
    }
    // Which write bits there were is forgotten; the owner's is the one that is surely meant.
    let mode = if on { facts.mode & !WRITE_BITS } else { facts.mode | 0o200 };
    place.chmod(mode & 0o7777).map_err(errors::other)
}

/// Sets or clears one stored attribute, SPARSE_FILE for one.
pub(crate) fn set_stored(place: Place<'_>, facts: &Facts, bit: u32, on: bool) -> Result<(), Win32Error> {
    let old = place.stored().unwrap_or_else(|| bits_without_name(facts));
    let new = if on { old | bit } else { old & !bit };
    if new == old { Ok(()) } else { store_writable(place, facts, new) }
}

/// The attributes of a file that CREATE_ALWAYS or another disposition has just made or cut: what was asked for, and
/// ARCHIVE.
pub(crate) fn set_created(fd: BorrowedFd<'_>, facts: &Facts, wanted: u32, existed: bool) -> Result<(), Win32Error> {
    let place = Place::Open(fd);
    let new = wanted & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM) | FILE_ATTRIBUTE_ARCHIVE;
    let old = if existed { place.stored() } else { None };
    if new != old.unwrap_or(FILE_ATTRIBUTE_ARCHIVE) {
        place.store(new).map_err(errors::other)?;
    }
    if wanted & FILE_ATTRIBUTE_READONLY != 0 { set_read_only(place, facts, true) } else { Ok(()) }
}

/// May CREATE_ALWAYS cut this file? Not if it is HIDDEN or SYSTEM and the caller does not say so again.
pub(crate) fn may_replace(fd: BorrowedFd<'_>, wanted: u32) -> bool {
    let precious = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    Place::Open(fd).stored().is_none_or(|old| old & precious & !wanted == 0)
}

/// For a descriptor that may only name its file: the calls above through a path.
pub(crate) fn with_place<R>(fd: BorrowedFd<'_>, names_only: bool, act: impl FnOnce(Place<'_>) -> R) -> R {
    if names_only { act(Place::Named(Path::new(&proc_path(fd)))) } else { act(Place::Open(fd)) }
}
