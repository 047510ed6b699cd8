//! File attributes on Linux (contract 01 §2.4), and the creation time, which Linux lets nobody set (contract 02 §1).
//!
//! READONLY is the absence of every write permission bit, also for root, who could write all the same. DIRECTORY and
//! REPARSE_POINT follow from the kind of file. The others have no Linux form: they are kept in the extended attribute
//! [`NAME`], as hexadecimal text, where the file system takes such; elsewhere they are forgotten. So is READONLY of a
//! directory, whose permissions mean something else, and a creation time that somebody has set. A file without the extended
//! attribute counts as ARCHIVE: nothing has backed it up yet. The drawback: a program that clears ARCHIVE will not see writes
//! set it again, since a write would then cost a second system call.

use super::errors;
use super::stat::{Facts, Kind, WRITE_BITS, proc_path};
use overlapped_abi::constants::attributes::*;
use overlapped_abi::{FileTime, Win32Error};
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::fs::{Mode, XattrFlags};
use rustix::io::Errno;
use rustix::path::Arg;
use std::ffi::{CStr, OsStr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The extended attribute.
const NAME: &CStr = c"user.overlapped.attributes";

/// The attributes that it holds.
const STORED: u32 = FILE_ATTRIBUTE_HIDDEN
    | FILE_ATTRIBUTE_SYSTEM
    | FILE_ATTRIBUTE_ARCHIVE
    | FILE_ATTRIBUTE_TEMPORARY
    | FILE_ATTRIBUTE_OFFLINE
    | FILE_ATTRIBUTE_SPARSE_FILE
    | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;

/// Those that a new file can be given, apart from READONLY.
const SET_AT_CREATION: u32 = FILE_ATTRIBUTE_HIDDEN
    | FILE_ATTRIBUTE_SYSTEM
    | FILE_ATTRIBUTE_ARCHIVE
    | FILE_ATTRIBUTE_TEMPORARY
    | FILE_ATTRIBUTE_OFFLINE;

/// What the extended attribute holds: attributes, and the creation time if one was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    bits: u32,
    created: Option<u64>,
}

impl Record {
    /// What holds where nothing is stored.
    fn usual(facts: &Facts) -> Self {
        let bits = if facts.kind == Kind::Regular { FILE_ATTRIBUTE_ARCHIVE } else { 0 };
        Self { bits, created: None }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ');
        let bits = u32::from_str_radix(numbers.next()?.strip_prefix("0x")?, 16).ok()?;
        let created = numbers.next().and_then(|ticks| u64::from_str_radix(ticks.strip_prefix("0x")?, 16).ok());
        Some(Self { bits, created })
    }

    fn text(self) -> String {
        let Self { bits, created } = self;
        created.map_or_else(|| format!("{bits:#x}"), |ticks| format!("{bits:#x} {ticks:#x}"))
    }
}

/// The attributes that are stored for this kind of file.
fn stored_for(kind: Kind) -> u32 {
    if kind == Kind::Directory { STORED | FILE_ATTRIBUTE_READONLY } else { STORED }
}

/// A file that is reached by descriptor or by name.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// An open descriptor that can be used for more than naming.
    Open(BorrowedFd<'a>),
    /// A path to something that is not a link, or a link of /proc to it.
    Named(&'a Path),
    /// The same, by its name in a directory that is open; only to be looked at.
    Listed { directory: BorrowedFd<'a>, name: &'a OsStr, within: &'a Path },
}

impl Place<'_> {
    fn stored(&self) -> Option<Record> {
        let mut text = [0u8; 40];
        let read = match self {
            Self::Open(fd) => rustix::fs::fgetxattr(fd, NAME, &mut text[..]),
            Self::Named(path) => rustix::fs::getxattr(*path, NAME, &mut text[..]),
            Self::Listed { directory, name, within } => match getxattrat(*directory, name, &mut text) {
                Err(Errno::NOSYS | Errno::PERM) => rustix::fs::getxattr(within.join(name), NAME, &mut text[..]),
                read => read,
            },
        };
        let text = text.get(..read.ok()?)?;
        Record::parse(std::str::from_utf8(text).ok()?)
    }

    fn record(&self, facts: &Facts) -> Record {
        let record = self.stored().unwrap_or_else(|| Record::usual(facts));
        Record { bits: record.bits & stored_for(facts.kind), ..record }
    }

    fn store(&self, record: Record) -> Result<(), Errno> {
        let text = record.text();
        let (text, flags) = (text.as_bytes(), XattrFlags::empty());
        let stored = match self {
            Self::Open(fd) => rustix::fs::fsetxattr(fd, NAME, text, flags),
            Self::Named(path) => rustix::fs::setxattr(*path, NAME, text, flags),
            Self::Listed { within, name, .. } => rustix::fs::setxattr(within.join(name), NAME, text, flags),
        };
        match stored {
            // No room for attributes on this kind of file or file system.
            Err(Errno::NOTSUP | Errno::PERM | Errno::NOSPC) => Ok(()),
            result => result,
        }
    }

    /// Is the link at this path one to a directory? Then it counts as one, as on Windows, where such links are made so.
    fn leads_to_directory(&self) -> bool {
        match self {
            Self::Open(_) => false,
            Self::Named(path) => path.is_dir(),
            Self::Listed { within, name, .. } => within.join(name).is_dir(),
        }
    }

    fn chmod(&self, mode: u32) -> Result<(), Errno> {
        let mode = Mode::from_raw_mode(mode);
        match self {
            Self::Open(fd) => rustix::fs::fchmod(fd, mode),
            Self::Named(path) => rustix::fs::chmod(*path, mode),
            Self::Listed { within, name, .. } => rustix::fs::chmod(within.join(name), mode),
        }
    }
}

/// Reads [`NAME`] of a name in a directory. Linux has had this call since 6.13; ENOSYS or EPERM where it has not.
fn getxattrat(directory: BorrowedFd<'_>, name: &OsStr, text: &mut [u8]) -> Result<usize, Errno> {
    /// `struct xattr_args`.
    #[repr(C, align(8))]
    struct Arguments {
        value: u64,
        size: u32,
        flags: u32,
    }
    /// The same number on all architectures.
    const CALL: libc::c_long = 464;
    static MISSING: AtomicBool = AtomicBool::new(false);
    if MISSING.load(Ordering::Relaxed) {
        return Err(Errno::NOSYS);
    }
    name.into_with_c_str(|name| {
        let arguments = Arguments { value: text.as_mut_ptr() as u64, size: text.len() as u32, flags: 0 };
        // SAFETY: an open descriptor, two strings that end with zeros, and a buffer of that size, all of which live as long as the call.
        let read = unsafe {
            libc::syscall(
                CALL,
                directory.as_raw_fd(),
                name.as_ptr(),
                0,
                NAME.as_ptr(),
                &raw const arguments,
                size_of::<Arguments>(),
            )
        };
        usize::try_from(read).map_err(|_| {
            let errno = Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::NOSYS);
            MISSING.fetch_or(matches!(errno, Errno::NOSYS | Errno::PERM), Ordering::Relaxed);
            errno
        })
    })
}

/// The attributes of a file; never 0, NORMAL if there are no others.
pub(crate) fn get(place: Place<'_>, facts: &Facts) -> u32 {
    get_created(place, facts).0
}

/// The same, and the creation time if one was set.
pub(crate) fn get_created(place: Place<'_>, facts: &Facts) -> (u32, Option<FileTime>) {
    let record = match facts.kind {
        Kind::Regular | Kind::Directory => place.record(facts),
        _ => Record { bits: 0, created: None },
    };
    let mut attributes = record.bits;
    match facts.kind {
        Kind::Directory => attributes |= FILE_ATTRIBUTE_DIRECTORY,
        Kind::Link if place.leads_to_directory() => {
            attributes |= FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY
        }
        Kind::Link => attributes |= FILE_ATTRIBUTE_REPARSE_POINT,
        Kind::Regular => {}
        Kind::Block | Kind::Terminal | Kind::Char | Kind::Pipe => attributes |= FILE_ATTRIBUTE_DEVICE,
    }
    if facts.read_only() {
        attributes |= FILE_ATTRIBUTE_READONLY;
    }
    (if attributes == 0 { FILE_ATTRIBUTE_NORMAL } else { attributes }, record.created.map(FileTime::from_ticks))
}

/// Sets the creation time, where it can be kept.
pub(crate) fn set_created_time(place: Place<'_>, facts: &Facts, created: FileTime) -> Result<(), Win32Error> {
    if !matches!(facts.kind, Kind::Regular | Kind::Directory) {
        return Ok(());
    }
    let record = Record { created: Some(created.ticks()), ..place.record(facts) };
    store_writable(place, facts, record)
}

/// 87 for a wish that makes a directory of what is none.
pub(crate) fn check_wish(place: Place<'_>, facts: &Facts, wanted: u32) -> Result<(), Win32Error> {
    let directory = facts.kind == Kind::Directory || facts.kind == Kind::Link && place.leads_to_directory();
    if wanted & FILE_ATTRIBUTE_DIRECTORY != 0 && !directory { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
}

/// SetFileAttributes: READONLY and the stored ones become those of `attributes`; what cannot be set is ignored.
pub(crate) fn set(place: Place<'_>, facts: &Facts, attributes: u32) -> Result<(), Win32Error> {
    if !matches!(facts.kind, Kind::Regular | Kind::Directory) {
        return Ok(());
    }
    let old = place.record(facts);
    // SPARSE_FILE is left to its control code.
    let changed = stored_for(facts.kind) & !FILE_ATTRIBUTE_SPARSE_FILE;
    let new = Record { bits: (old.bits & !changed) | (attributes & changed), ..old };
    let read_only = attributes & FILE_ATTRIBUTE_READONLY != 0;
    if new != old {
        store_writable(place, facts, new)?;
    }
    if read_only == facts.read_only() { Ok(()) } else { set_read_only(place, facts, read_only) }
}

/// Stores attributes also where the file is READONLY: extended attributes of the user can only be written while the file
/// can.
fn store_writable(place: Place<'_>, facts: &Facts, record: Record) -> Result<(), Win32Error> {
    if !facts.read_only() {
        return place.store(record).map_err(errors::other);
    }
    set_read_only(place, facts, false)?;
    let stored = place.store(record).map_err(errors::other);
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
    let old = place.record(facts);
    let new = Record { bits: if on { old.bits | bit } else { old.bits & !bit }, ..old };
    if new == old { Ok(()) } else { store_writable(place, facts, new) }
}

/// The attributes of a file that CREATE_ALWAYS or another disposition has just made or cut: what was asked for, and
/// ARCHIVE. A file that was only cut keeps its creation time.
pub(crate) fn set_created(fd: BorrowedFd<'_>, facts: &Facts, wanted: u32, existed: bool) -> Result<(), Win32Error> {
    let place = Place::Open(fd);
    let old = if existed { place.record(facts) } else { Record::usual(facts) };
    let new = Record { bits: wanted & SET_AT_CREATION | FILE_ATTRIBUTE_ARCHIVE, ..old };
    if new != old {
        place.store(new).map_err(errors::other)?;
    }
    if wanted & FILE_ATTRIBUTE_READONLY != 0 { set_read_only(place, facts, true) } else { Ok(()) }
}

/// May CREATE_ALWAYS cut this file? Not if it is HIDDEN or SYSTEM and the caller does not say so again.
pub(crate) fn may_replace(fd: BorrowedFd<'_>, wanted: u32) -> bool {
    let precious = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    Place::Open(fd).stored().is_none_or(|old| old.bits & precious & !wanted == 0)
}

/// The attributes that a file passes on to a new one that it is the template of.
pub(crate) fn passed_on(attributes: u32) -> u32 {
    attributes & (SET_AT_CREATION | FILE_ATTRIBUTE_READONLY)
}

/// For a descriptor that may only name its file: the calls above through a path.
pub(crate) fn with_place<R>(fd: BorrowedFd<'_>, names_only: bool, act: impl FnOnce(Place<'_>) -> R) -> R {
    if names_only { act(Place::Named(Path::new(&proc_path(fd)))) } else { act(Place::Open(fd)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        for record in [Record { bits: 0x22, created: None }, Record { bits: 0, created: Some(0x01D0_0000_0000_0001) }] {
            assert_eq!(Record::parse(&record.text()), Some(record));
        }
        for text in ["", "22", "0x", "0xZZ", "x 0x1"] {
            assert_eq!(Record::parse(text), None, "{text}");
        }
        // What comes behind is somebody else's.
        assert_eq!(Record::parse("0x2 mess"), Some(Record { bits: 2, created: None }));
    }
}
