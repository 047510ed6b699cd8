//! Listings of directories: FindFirstFile and the listing classes of GetFileInformationByHandleEx (contract 02 §4).
//!
//! The names are read at once and given in the order of NTFS, upper and lower case alike, after `.` and `..`; what each is, is
//! looked up when its turn comes. A name that is gone by then is left out. The drawback is the room for the names of a large
//! directory; in return a listing does not go wrong while files come and go, as it does with programs that delete what they find.

mod sorted;

use super::attributes::Place;
use super::names::{NamedFile, Seen, file_path, is_device};
use super::query::IO_REPARSE_TAG_SYMLINK;
use super::stat::{Facts, Kind};
use super::wildcard::{Pattern, is_pattern};
use super::{FileDriver, errors};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::System;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use sorted::Sorted;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a listing says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the directory.
    pub name: OsString,
    /// What GetFileAttributesEx tells.
    pub file: NamedFile,
    /// What kind of link it is, or 0.
    pub reparse_tag: u32,
    /// Its number on the volume.
    pub id: u64,
    /// The room it takes on the volume, in bytes.
    pub allocation: u64,
}

/// See the module page.
pub struct Listing {
    directory: PathBuf,
    /// The same, open, so that names need not be looked up from the root.
    open: Option<OwnedFd>,
    names: Sorted,
    pattern: Option<Pattern>,
    put_back: Option<Entry>,
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Listing {
    /// Everything in a directory. The root of the file system has no `.` and `..`.
    pub(crate) fn of(directory: &Path, pattern: Option<Pattern>) -> Result<Self, Win32Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = rustix::fs::open(directory, flags, Mode::empty());
        let open = open.map_err(|errno| errors::code(errno, Context::Open))?;
        let names = Sorted::of(open.as_fd(), directory.parent().is_some());
        Ok(Self { directory: directory.to_path_buf(), open: Some(open), names, pattern, put_back: None })
    }

    fn single(path: &Path) -> Self {
        let directory = path.parent().unwrap_or(path).to_path_buf();
        let names = path.file_name().map(Sorted::single).unwrap_or_default();
        Self { directory, open: None, names, pattern: None, put_back: None }
    }

    /// A device that is named as if it were a file.
    fn device(name: &OsStr) -> Self {
        let end = name.as_bytes().iter().position(|byte| b".: ".contains(byte)).unwrap_or(name.len());
        let name = OsStr::from_bytes(&name.as_bytes()[..end]).to_owned();
        let entry = Entry { name, file: NamedFile::DEVICE, reparse_tag: 0, id: 0, allocation: 0 };
        let (directory, names) = (PathBuf::new(), Sorted::default());
        Self { directory, open: None, names, pattern: None, put_back: Some(entry) }
    }

    fn look(&self, name: &OsStr) -> Result<Entry, Errno> {
        let (file, facts) = match &self.open {
            Some(open) => {
                let seen = Seen::of_name(open, name)?;
                (seen.with(Place::Listed { directory: open.as_fd(), name, within: &self.directory }), seen.facts)
            }
            None => {
                let path = self.directory.join(name);
                let seen = Seen::of_name(CWD, &*path)?;
                (seen.with(Place::Named(&path)), seen.facts)
            }
        };
        let reparse_tag = if facts.kind == Kind::Link { IO_REPARSE_TAG_SYMLINK } else { 0 };
        let (id, allocation) = (facts.key.ino, facts.blocks.saturating_mul(512));
        Ok(Entry { name: name.to_owned(), file, reparse_tag, id, allocation })
    }

    /// Gives the entry again next time.
    pub(crate) fn put_back(&mut self, entry: Entry) {
        self.put_back = Some(entry);
    }
}

impl Iterator for Listing {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if let Some(entry) = self.put_back.take() {
            return Some(entry);
        }
        loop {
            let at = self.names.advance()?;
            let name = self.names.spelled(at);
            if self.pattern.as_ref().is_none_or(|pattern| pattern.matches(name))
                && let Ok(entry) = self.look(name)
            {
                return Some(entry);
            }
        }
    }
}

impl FileDriver {
    /// FindFirstFile: what fits the name, whose last component may have wildcards. 3 if the directory is missing, 267 if it
    /// is none, 123 for wildcards elsewhere, 2 for a name that ends in a separator. That nothing fits, the listing tells.
    pub fn search(&self, system: &System, name: &OsStr) -> Result<Listing, Win32Error> {
        let (directory, last) = split(name);
        if name.is_empty() {
            return Err(Win32Error::PATH_NOT_FOUND);
        }
        if last.is_empty() {
            return Err(Win32Error::FILE_NOT_FOUND);
        }
        if !is_pattern(last) {
            if is_device(system, name) {
                return Ok(Listing::device(last));
            }
            let path = file_path(system, name)?;
            Facts::of_name(&path).map_err(|errno| errors::by_name(errno, &path))?;
            return Ok(Listing::single(&path));
        }
        let directory = if directory.is_empty() { OsStr::new(".") } else { directory };
        let directory = file_path(system, directory)?;
        Listing::of(&directory, Some(Pattern::new(trimmed(name, last)))).map_err(|error| {
            match std::fs::metadata(&directory) {
                Ok(found) if found.is_dir() => error,
                Ok(_) => Win32Error::DIRECTORY,
                Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => Win32Error::PATH_NOT_FOUND,
                Err(error) => Win32Error::from_io_error(&error, Context::OpenParent),
            }
        })
    }
}

/// A pattern without the dots and spaces at its end, which no name has; `*.` has a meaning of its own. POSIX names stay as they are.
fn trimmed<'a>(name: &OsStr, pattern: &'a OsStr) -> &'a OsStr {
    let bytes = pattern.as_bytes();
    if name.as_bytes().starts_with(b"/") || bytes.ends_with(b"*.") {
        return pattern;
    }
    let end = bytes.iter().rposition(|byte| !b". ".contains(byte)).map_or(0, |at| at + 1);
    OsStr::from_bytes(&bytes[..end])
}

/// The directory with its separator or colon, and the last component. A backslash separates in POSIX names too here: programs
/// append `\*` to whatever they are given.
fn split(name: &OsStr) -> (&OsStr, &OsStr) {
    let bytes = name.as_bytes();
    let at = bytes.iter().rposition(|byte| matches!(byte, b'\\' | b'/'));
    let at = at.or_else(|| if bytes.get(1) == Some(&b':') { Some(1) } else { None });
    let (directory, last) = bytes.split_at(at.map_or(0, |at| at + 1));
    // A POSIX directory keeps no backslash at its end, where it would be a letter.
    let posix = directory.starts_with(b"/") && directory.ends_with(b"\\");
    let directory = if posix { &directory[..directory.len() - 1] } else { directory };
    (OsStr::from_bytes(directory), OsStr::from_bytes(last))
}
