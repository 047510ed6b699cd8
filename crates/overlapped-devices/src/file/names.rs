//! What is done by name: delete, attributes, sizes, directories.
//!
//! A name that is a link means the link itself where it is deleted or moved, and what it leads to otherwise. Deleting by
//! name removes the name at once (decision D6), while instances that share deletion keep the data.

use super::attributes::{self, Place};
use super::registry::{Registry, Unnamed};
use super::stat::{Facts, Kind};
use super::times::Times;
use super::{FileDriver, errors, name};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::attributes::{
    FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_READONLY,
};
use overlapped_kernel::System;
use overlapped_kernel::namespace::{CaseRule, Target};
use rustix::fd::AsFd;
use rustix::fs::{AtFlags, CWD, Mode, StatxFlags};
use rustix::io::Errno;
use rustix::path::Arg;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What GetFileAttributesEx tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// dwFileAttributes.
    pub attributes: u32,
    /// The times.
    pub times: Times,
    /// The logical size; 0 for a directory.
    pub size: u64,
}

impl NamedFile {
    /// What is told of a device that is named as if it were a file.
    pub(super) const DEVICE: Self = Self { attributes: FILE_ATTRIBUTE_ARCHIVE, times: Times::NONE, size: 0 };
}

impl FileDriver {
    /// DeleteFile: 2 or 3 if it is missing, 5 for a directory, a READONLY file or one that is mapped, 32 while an instance does not
    /// share deletion.
    pub fn delete_file(&self, system: &System, name: &OsStr) -> Result<(), Win32Error> {
        let (path, facts) = facts_to_unname(&self.registry, system, name)?;
        if facts.kind == Kind::Directory || facts.read_only() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let file = Unnamed { key: facts.key, except: None, goes: true, bequeathed: false };
        self.registry.unname(&[file], || name::unlink(&path, false).map_err(|errno| errors::by_name(errno, &path)))
    }

    /// RemoveDirectory, also of a link to one: 267 for what is none, 5 if it is READONLY, 145 with entries in it, 32 while it is open without sharing deletion.
    pub fn remove_directory(&self, system: &System, name: &OsStr) -> Result<(), Win32Error> {
        let path = file_path(system, name)?;
        let facts = self.facts(&path)?;
        let attributes = attributes::get(Place::Named(&path), &facts);
        if attributes & FILE_ATTRIBUTE_DIRECTORY == 0 {
            return Err(Win32Error::DIRECTORY);
        }
        if attributes & FILE_ATTRIBUTE_READONLY != 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let file = Unnamed { key: facts.key, except: None, goes: true, bequeathed: false };
        let whole = facts.kind == Kind::Directory;
        self.registry.unname(&[file], || name::unlink(&path, whole).map_err(|errno| errors::by_name(errno, &path)))
    }

    /// CreateDirectory: 183 if something of this name is there, 5 if that or its parent waits to be deleted, 3 if its parent is missing.
    pub fn create_directory(&self, system: &System, name: &OsStr) -> Result<(), Win32Error> {
        self.create_directory_for(system, name, 0o777)
    }

    /// [`create_directory`](Self::create_directory) with these permissions, before the umask.
    pub fn create_directory_for(&self, system: &System, name: &OsStr, permissions: u32) -> Result<(), Win32Error> {
        let path = file_path(system, name)?;
        self.check_parent(&path)?;
        rustix::fs::mkdirat(CWD, &path, Mode::from_raw_mode(permissions & 0o777)).map_err(|errno| match errno {
            Errno::NOENT => Win32Error::PATH_NOT_FOUND,
            Errno::EXIST if facts(&path).is_ok_and(|facts| self.check_pending(&facts).is_err()) => {
                Win32Error::ACCESS_DENIED
            }
            errno => errors::by_name(errno, &path),
        })
    }

    /// GetFileAttributes; the reserved name of a device has the attribute ARCHIVE.
    pub fn attributes(&self, system: &System, name: &OsStr) -> Result<u32, Win32Error> {
        let Some((path, facts)) = existing(system, name, facts)? else { return Ok(NamedFile::DEVICE.attributes) };
        self.check_pending(&facts)?;
        Ok(attributes::get(Place::Named(&path), &facts))
    }

    /// GetFileAttributesEx.
    pub fn query(&self, system: &System, name: &OsStr) -> Result<NamedFile, Win32Error> {
        let of_name = |path: &Path| Seen::of_name(CWD, path).map_err(|errno| errors::by_name(errno, path));
        let Some((path, seen)) = existing(system, name, of_name)? else { return Ok(NamedFile::DEVICE) };
        self.check_pending(&seen.facts)?;
        Ok(seen.with(Place::Named(&path)))
    }

    /// SetFileAttributes: 87 for a file that is to become a directory.
    pub fn set_attributes(&self, system: &System, name: &OsStr, wanted: u32) -> Result<(), Win32Error> {
        let path = existing_path(system, name)?;
        let facts = self.facts(&path)?;
        attributes::check_wish(Place::Named(&path), &facts, wanted)?;
        attributes::set(Place::Named(&path), &facts, wanted)
    }

    /// GetCompressedFileSize: the bytes that a sparse or compressed file really occupies, else its size.
    pub fn compressed_size(&self, system: &System, name: &OsStr) -> Result<u64, Win32Error> {
        let path = existing_path(system, name)?;
        let stat = rustix::fs::statat(CWD, &path, AtFlags::empty());
        let facts = Facts::from_stat(&stat.map_err(|errno| errors::by_name(errno, &path))?);
        self.check_pending(&facts)?;
        Ok(if facts.kind == Kind::Directory { 0 } else { facts.physical_size() })
    }

    /// 5 for a file that waits to be deleted (contract 01 §2.5), as for an open of it.
    fn check_pending(&self, facts: &Facts) -> Result<(), Win32Error> {
        if self.registry.is_deleted(facts.key) { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) }
    }

    /// 5 for a name in a directory that waits to be deleted.
    pub(super) fn check_parent(&self, path: &Path) -> Result<(), Win32Error> {
        if self.registry.is_parent_deleted(path) { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) }
    }

    /// The facts of a name that the caller may look at.
    pub(super) fn facts(&self, path: &Path) -> Result<Facts, Win32Error> {
        let facts = facts(path)?;
        self.check_pending(&facts).map(|()| facts)
    }
}

/// What Linux tells of a name in one call.
pub(super) struct Seen {
    pub facts: Facts,
    times: Times,
}

impl Seen {
    /// Of a path below a directory, where a link means itself.
    pub fn of_name(directory: impl AsFd, path: impl Arg) -> Result<Self, Errno> {
        let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
        let stat = rustix::fs::statx(directory, path, AtFlags::SYMLINK_NOFOLLOW, wanted)?;
        Ok(Self { facts: Facts::from_statx(&stat), times: Times::from_statx(&stat) })
    }

    /// With what is kept beside the file.
    pub fn with(&self, place: Place<'_>) -> NamedFile {
        let Self { facts, times } = self;
        let (attributes, created) = attributes::get_created(place, facts);
        let size = if facts.kind == Kind::Directory { 0 } else { facts.size };
        NamedFile { attributes, times: times.created_at(created), size }
    }
}

/// What is told of the file at a path.
pub(crate) fn named(path: &Path) -> Result<NamedFile, Win32Error> {
    let seen = Seen::of_name(CWD, path).map_err(|errno| errors::by_name(errno, path))?;
    Ok(seen.with(Place::Named(path)))
}

fn facts(path: &Path) -> Result<Facts, Win32Error> {
    Facts::of_name(path).map_err(|errno| errors::by_name(errno, path))
}

/// Path and facts of a name that is to go: its creator, if it is that new, counts as having it open.
pub(super) fn facts_to_unname(
    registry: &Registry,
    system: &System,
    name: &OsStr,
) -> Result<(PathBuf, Facts), Win32Error> {
    let (path, facts) = existing(system, name, facts)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    if facts.may_be_new() {
        registry.await_creators();
    }
    Ok((path, facts))
}

/// The [path](existing_path) of a name, and what `ask` says of it; `None` for a [device](is_device). Most names are spelled as the
/// files are, so what is spelled so is asked for first, and only if it is not there the directories are looked through.
fn existing<T>(
    system: &System,
    name: &OsStr,
    ask: impl Fn(&Path) -> Result<T, Win32Error>,
) -> Result<Option<(PathBuf, T)>, Win32Error> {
    let (mut case, mut tried) = (CaseRule::default(), None);
    // What ends in a dot or a blank may mean a directory, too.
    if !matches!(name.as_encoded_bytes(), [.., b'/' | b'\\' | b'.' | b' '])
        && let Ok(Target::File(file)) = system.resolve(name, CaseRule::Exact)
    {
        match ask(&file.path) {
            Ok(told) => return Ok(Some((file.path, told))),
            Err(error) => {
                let missing = matches!(error, Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND);
                case = if missing { CaseRule::Folded } else { case };
                tried = Some((file.path, error));
            }
        }
    }
    let target = system.resolve(name, case);
    if target.as_ref().is_ok_and(|target| is_line(target, name)) {
        return Ok(None);
    }
    let path = path_of(target?)?;
    check_end(name, &path)?;
    // Not asked twice for the same.
    if let Some((_, error)) = tried.filter(|(tried, _)| *tried == path) {
        return Err(error);
    }
    let told = ask(&path)?;
    Ok(Some((path, told)))
}

/// Does a name that leads to this path end in a separator, be it before dots and blanks, which are dropped there?
fn ends_as_directory(name: &OsStr, path: &Path) -> bool {
    let last = name.as_encoded_bytes().rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    let dropped = !matches!(last, b"." | b"..") && last.iter().all(|byte| matches!(byte, b'.' | b' '));
    // A name of POSIX may have such a component, and so may one behind `\\?\`.
    dropped && path.file_name().is_none_or(|kept| kept.as_encoded_bytes() != last)
}

/// The path that a new file is to have: 123 for the name of a directory.
pub(super) fn new_file_path(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    let path = file_path(system, name)?;
    if ends_as_directory(name, &path) { Err(Win32Error::INVALID_NAME) } else { Ok(path) }
}

/// The path that a name leads to; devices have none (2).
pub(crate) fn file_path(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    path_of(system.resolve(name, CaseRule::default())?)
}

fn path_of(target: Target) -> Result<PathBuf, Win32Error> {
    match target {
        // Without a separator at its end, which would follow a link.
        Target::File(file) => Ok(file.path.components().collect()),
        _ => Err(Win32Error::FILE_NOT_FOUND),
    }
}

/// The same of a file that is there: 123 if the name ends in a separator, as those of directories do, and it is none.
pub(super) fn existing_path(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    let path = file_path(system, name)?;
    check_end(name, &path)?;
    Ok(path)
}

fn check_end(name: &OsStr, path: &Path) -> Result<(), Win32Error> {
    let misspelt = ends_as_directory(name, path) && path.symlink_metadata().is_ok() && !path.is_dir();
    if misspelt { Err(Win32Error::INVALID_NAME) } else { Ok(()) }
}

/// Is it the name of a device that could be that of a file: `NUL`, `CON`, `COM1`?
pub(super) fn is_device(system: &System, name: &OsStr) -> bool {
    // A device has no case to be looked for.
    system.resolve(name, CaseRule::Exact).is_ok_and(|target| is_line(&target, name))
}

fn is_line(target: &Target, name: &OsStr) -> bool {
    let local = matches!(name.as_encoded_bytes(), [b'\\', b'\\', b'.' | b'?', b'\\', ..]);
    let line = matches!(target, Target::Null | Target::Parallel { .. })
        || matches!(target, Target::Serial { .. } | Target::NullModem { .. });
    !local && (line || matches!(target, Target::Console | Target::ConsoleInput | Target::ConsoleOutput))
}

/// The path that a file is to have, with its last component as it is spelled if that differs from `from` in case only.
pub(crate) fn target_path(system: &System, name: &OsStr, from: &Path) -> Result<PathBuf, Win32Error> {
    let path = file_path(system, name)?;
    if path != from {
        return Ok(path);
    }
    match system.resolve(name, CaseRule::Exact)? {
        Target::File(exact) => Ok(exact.path.file_name().map_or(path.clone(), |spelled| path.with_file_name(spelled))),
        _ => Ok(path),
    }
}
