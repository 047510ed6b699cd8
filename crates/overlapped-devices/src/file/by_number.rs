//! From the number of a file to its names: FindFirstFileNameW and OpenFileById (contract 02 §4).
//!
//! Linux leads from a name to a number, and not back. File systems whose handles are numbers (ext4 and its like) open one by its number for
//! who may (CAP_DAC_READ_SEARCH). For all others the directories are looked through, outwards from a place near by: its directory and all
//! below it, then what is around that, up to the root of the file system. The drawback: a number that there is not costs a look at every
//! directory of its file system.

use super::names::existing_path;
use super::stat::{Facts, Kind};
use super::{FileDriver, errors, path};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::system::Grant;
use std::ffi::OsStr;
use std::fs::DirEntry;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirEntryExt;
use std::path::{Path, PathBuf};

impl FileDriver {
    /// All names of a file, each as Linux has it; those of a directory are one. 2 or 3 for what is missing.
    pub fn hard_links(&self, system: &System, name: &OsStr) -> Result<Vec<PathBuf>, Win32Error> {
        let file = existing_path(system, name)?;
        let facts = self.facts(&file)?;
        if facts.kind == Kind::Directory || facts.links <= 1 {
            return Ok(vec![file]);
        }
        // The way there may lead through links, which the search does not follow: it would find the file once more, by another path.
        let from = std::fs::canonicalize(file.parent().unwrap_or(Path::new("/")));
        let from = from.map_err(|error| Win32Error::from_io_error(&error, Context::Open))?;
        let file = file.file_name().map_or_else(|| from.clone(), |last| from.join(last));
        let mut found = vec![file.clone()];
        Outwards { facts, ended: false }.search(&from, &mut |path| {
            if path != file {
                found.push(path.to_path_buf());
            }
            found.len() as u64 == facts.links
        });
        Ok(found)
    }
}

/// Where the file of this number is, on the file system that an open file is on. 87 if there is none, as NTFS says it.
pub fn path_of_number(hint: &Grant, number: u64) -> Result<PathBuf, Win32Error> {
    let near = path(hint)?;
    let facts = Facts::of_name(&near).map_err(|errno| errors::by_name(errno, &near))?;
    if facts.key.ino == number {
        return Ok(near);
    }
    let directory =
        if facts.kind == Kind::Directory { near.as_path() } else { near.parent().unwrap_or(Path::new("/")) };
    if let Some(found) = by_handle(directory, facts.key.dev, number) {
        return Ok(found);
    }
    let mut found = None;
    let wanted = Facts { key: super::stat::Key { dev: facts.key.dev, ino: number }, ..facts };
    Outwards { facts: wanted, ended: false }.search(directory, &mut |path| {
        found = Some(path.to_path_buf());
        true
    });
    found.ok_or(Win32Error::INVALID_PARAMETER)
}

/// What name_to_handle_at fills in and open_by_handle_at takes: the size and the kind, then a number and a generation.
#[repr(C)]
struct FileHandle {
    bytes: u32,
    kind: i32,
    number: u32,
    generation: u32,
    rest: [u32; 30],
}

/// The kind of handle that is a number of 32 bits and a generation, where 0 is any.
const NUMBER_AND_GENERATION: i32 = 1;

fn by_handle(directory: &Path, dev: u64, number: u64) -> Option<PathBuf> {
    let opened = std::fs::File::open(directory).ok()?;
    let mut handle = FileHandle { bytes: 120, kind: 0, number: 0, generation: 0, rest: [0; 30] };
    let mut mount = 0i32;
    // SAFETY: a descriptor of ours, an empty name, and a structure with the room that it says.
    let named = unsafe {
        let (descriptor, handle) = (opened.as_raw_fd(), std::ptr::from_mut(&mut handle));
        libc::syscall(libc::SYS_name_to_handle_at, descriptor, c"".as_ptr(), handle, &mut mount, libc::AT_EMPTY_PATH)
    };
    if named != 0 || handle.kind != NUMBER_AND_GENERATION || handle.bytes != 8 {
        return None;
    }
    (handle.number, handle.generation) = (u32::try_from(number).ok()?, 0);
    let flags = libc::O_PATH | libc::O_CLOEXEC;
    // SAFETY: as above.
    let fd = unsafe {
        libc::syscall(libc::SYS_open_by_handle_at, opened.as_raw_fd(), std::ptr::from_mut(&mut handle), flags)
    };
    let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0)?;
    // SAFETY: the kernel has just made it for us.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let facts = Facts::of(fd.as_fd()).ok()?;
    // Also finds a directory's own name only; of a file that was reached so Linux may know none.
    let path = super::name::find(fd.as_fd(), Path::new(""))?;
    (facts.key.dev == dev && facts.key.ino == number && path.is_absolute()).then_some(path)
}

/// A search of one file system for a file; the callback says when it has enough.
struct Outwards {
    facts: Facts,
    ended: bool,
}

impl Outwards {
    fn search(&mut self, from: &Path, found: &mut dyn FnMut(&Path) -> bool) {
        let mut done: Option<&Path> = None;
        for directory in from.ancestors() {
            if !self.holds(directory) {
                return;
            }
            if Facts::of_name(directory).is_ok_and(|facts| facts.key == self.facts.key) {
                self.ended = found(directory);
            }
            self.below(directory, done, found);
            if self.ended {
                return;
            }
            done = Some(directory);
        }
    }

    fn holds(&self, directory: &Path) -> bool {
        Facts::of_name(directory).is_ok_and(|facts| facts.key.dev == self.facts.key.dev)
    }

    fn below(&mut self, directory: &Path, except: Option<&Path>, found: &mut dyn FnMut(&Path) -> bool) {
        let Ok(entries) = std::fs::read_dir(directory) else { return };
        let mut directories = Vec::new();
        for entry in entries.flatten() {
            if entry.ino() == self.facts.key.ino && self.is_it(&entry) && found(&entry.path()) {
                self.ended = true;
                return;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(entry.path());
            }
        }
        for path in directories {
            if Some(path.as_path()) != except && self.holds(&path) {
                self.below(&path, None, found);
            }
            if self.ended {
                return;
            }
        }
    }

    fn is_it(&self, entry: &DirEntry) -> bool {
        Facts::of_name(&entry.path()).is_ok_and(|facts| facts.key == self.facts.key)
    }
}

/// A path as it is from the root of its drive, with backslashes.
#[must_use]
pub fn on_its_volume(system: &System, path: &Path) -> Vec<u8> {
    let below = super::inquiry::below_drive(system, path);
    below.as_os_str().as_bytes().iter().map(|byte| if *byte == b'/' { b'\\' } else { *byte }).collect()
}
