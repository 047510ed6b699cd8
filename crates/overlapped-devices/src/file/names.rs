//! What is done by name: delete, move, attributes, sizes, directories.
//!
//! A name that is a link means the link itself where it is deleted or moved, and what it leads to otherwise. Deleting by
//! name removes the name at once (decision D6), while instances that share deletion keep the data.

use super::attributes::{self, Place};
use super::copy::CopyVerdict;
use super::registry::{Registry, Unnamed};
use super::stat::{Facts, Kind};
use super::times::Times;
use super::{FileDriver, errors, name};
use overlapped_abi::constants::attributes::{FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_READONLY};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::namespace::{CaseRule, Target};
use rustix::fs::{AtFlags, CWD, Mode, RenameFlags, StatxFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

bitflags::bitflags! {
    /// dwFlags of MoveFileEx.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MoveFlags: u32 {
        /// MOVEFILE_REPLACE_EXISTING.
        const REPLACE_EXISTING = 1;
        /// MOVEFILE_COPY_ALLOWED: a move of a file to another file system is a copy and a deletion.
        const COPY_ALLOWED = 2;
        /// MOVEFILE_DELAY_UNTIL_REBOOT; refused (50).
        const DELAY_UNTIL_REBOOT = 4;
        /// MOVEFILE_WRITE_THROUGH: return when the move is on the device.
        const WRITE_THROUGH = 8;
    }
}

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

impl FileDriver {
    /// DeleteFile: 2 or 3 if it is missing, 5 for a directory or a READONLY file, 32 while an instance does not share
    /// deletion.
    pub fn delete_file(&self, system: &System, name: &OsStr) -> Result<(), Win32Error> {
        let path = file_path(system, name)?;
        let facts = facts_to_unname(&self.registry, &path)?;
        if facts.kind == Kind::Directory || facts.read_only() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let file = Unnamed { key: facts.key, except: None };
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
        let file = Unnamed { key: facts.key, except: None };
        let whole = facts.kind == Kind::Directory;
        self.registry.unname(&[file], || name::unlink(&path, whole).map_err(|errno| errors::by_name(errno, &path)))
    }

    /// CreateDirectory: 183 if something of this name is there, 3 if its parent is missing.
    pub fn create_directory(&self, system: &System, name: &OsStr) -> Result<(), Win32Error> {
        let path = file_path(system, name)?;
        rustix::fs::mkdirat(CWD, &path, Mode::from_raw_mode(0o777)).map_err(|errno| match errno {
            Errno::NOENT => Win32Error::PATH_NOT_FOUND,
            errno => errors::by_name(errno, &path),
        })
    }

    /// MoveFileEx: 2 or 3 if `from` is missing, 183 if `to` exists and is not to be replaced, 5 if it is a directory,
    /// READONLY or open, 17 if it is on another file system and a copy is not allowed or not possible.
    pub fn move_file(&self, system: &System, from: &OsStr, to: &OsStr, flags: MoveFlags) -> Result<(), Win32Error> {
        if flags.contains(MoveFlags::DELAY_UNTIL_REBOOT) {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let (old_name, new_name) = (from, to);
        let from = file_path(system, from)?;
        let facts = facts_to_unname(&self.registry, &from)?;
        let to = target_path(system, to, &from)?;
        let source = Unnamed { key: facts.key, except: None };
        let replace = flags.contains(MoveFlags::REPLACE_EXISTING);
        let copies = flags.contains(MoveFlags::COPY_ALLOWED) && facts.kind == Kind::Regular;
        match (Rename { from: &from, facts, source, to: &to, replace }).carry_out(&self.registry) {
            Err(Win32Error::NOT_SAME_DEVICE) if copies => {
                self.copy_file(system, old_name, new_name, replace, &mut |_| CopyVerdict::Quiet)?;
                self.delete_file(system, old_name)?;
            }
            moved => moved?,
        }
        if flags.contains(MoveFlags::WRITE_THROUGH) { sync_parent(&to) } else { Ok(()) }
    }

    /// GetFileAttributes.
    pub fn attributes(&self, system: &System, name: &OsStr) -> Result<u32, Win32Error> {
        let path = file_path(system, name)?;
        Ok(attributes::get(Place::Named(&path), &self.facts(&path)?))
    }

    /// GetFileAttributesEx.
    pub fn query(&self, system: &System, name: &OsStr) -> Result<NamedFile, Win32Error> {
        let path = file_path(system, name)?;
        named(&path, &self.facts(&path)?)
    }

    /// SetFileAttributes: 87 for a file that is to become a directory.
    pub fn set_attributes(&self, system: &System, name: &OsStr, wanted: u32) -> Result<(), Win32Error> {
        let path = file_path(system, name)?;
        let facts = self.facts(&path)?;
        attributes::check_wish(Place::Named(&path), &facts, wanted)?;
        attributes::set(Place::Named(&path), &facts, wanted)
    }

    /// GetCompressedFileSize: the bytes that a sparse or compressed file really occupies, else its size.
    pub fn compressed_size(&self, system: &System, name: &OsStr) -> Result<u64, Win32Error> {
        let path = file_path(system, name)?;
        let stat = rustix::fs::statat(CWD, &path, AtFlags::empty());
        let facts = Facts::from_stat(&stat.map_err(|errno| errors::by_name(errno, &path))?);
        self.check_pending(&facts)?;
        Ok(if facts.kind == Kind::Directory { 0 } else { facts.physical_size() })
    }

    /// 5 for a file that waits to be deleted (contract 01 §2.5), as for an open of it.
    fn check_pending(&self, facts: &Facts) -> Result<(), Win32Error> {
        if self.registry.is_deleted(facts.key) { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) }
    }

    /// The facts of a name that the caller may look at.
    pub(super) fn facts(&self, path: &Path) -> Result<Facts, Win32Error> {
        let facts = facts(path)?;
        self.check_pending(&facts).map(|()| facts)
    }
}

/// What is told of the file at a path, of which the facts are known.
pub(crate) fn named(path: &Path, facts: &Facts) -> Result<NamedFile, Win32Error> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let stat = rustix::fs::statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted);
    let stat = stat.map_err(|errno| errors::by_name(errno, path))?;
    let (attributes, created) = attributes::get_created(Place::Named(path), facts);
    Ok(NamedFile {
        attributes,
        times: Times::from_statx(&stat).created_at(created),
        size: if facts.kind == Kind::Directory { 0 } else { facts.size },
    })
}

fn facts(path: &Path) -> Result<Facts, Win32Error> {
    Facts::of_name(path).map_err(|errno| errors::by_name(errno, path))
}

/// The same for a name that is to go: its creator, if it is that new, counts as having it open.
fn facts_to_unname(registry: &Registry, path: &Path) -> Result<Facts, Win32Error> {
    let facts = facts(path)?;
    if facts.may_be_new() {
        registry.await_creators();
    }
    Ok(facts)
}

/// The path that a name leads to; devices have none (2).
pub(crate) fn file_path(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    match system.resolve(name, CaseRule::default())? {
        // Without a separator at its end, which would follow a link.
        Target::File(file) => Ok(file.path.components().collect()),
        _ => Err(Win32Error::FILE_NOT_FOUND),
    }
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

fn sync_parent(path: &Path) -> Result<(), Win32Error> {
    let Some(parent) = path.parent() else { return Ok(()) };
    let directory = std::fs::File::open(parent).map_err(|error| Win32Error::from_io_error(&error, Context::Open))?;
    overlapped_kernel::port::blocking(|| rustix::fs::fsync(&directory)).map_err(errors::write)
}

/// A file about to have another name.
pub(crate) struct Rename<'a> {
    pub from: &'a Path,
    pub facts: Facts,
    /// The same file for the registry.
    pub source: Unnamed,
    pub to: &'a Path,
    pub replace: bool,
}

impl Rename<'_> {
    pub fn carry_out(&self, registry: &Registry) -> Result<(), Win32Error> {
        let old = match Facts::of_name(self.to) {
            Ok(old) => old,
            Err(Errno::NOENT) => return registry.unname(&[self.source], || self.rename(RenameFlags::NOREPLACE)),
            Err(errno) => return Err(errors::by_name(errno, self.to)),
        };
        if self.from == self.to {
            return Ok(());
        }
        if old.may_be_new() {
            registry.await_creators();
        }
        if !self.replace {
            return Err(Win32Error::ALREADY_EXISTS);
        }
        if old.key == self.facts.key {
            // Another link to the same file: Linux would leave both.
            return registry.unname(&[self.source], || {
                name::unlink(self.from, false).map_err(|errno| errors::by_name(errno, self.from))
            });
        }
        if old.kind == Kind::Directory || old.read_only() || self.facts.kind == Kind::Directory {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let target = Unnamed { key: old.key, except: None };
        registry.unname(&[self.source], || Ok(()))?;
        match registry.unname(&[self.source, target], || self.rename(RenameFlags::empty())) {
            // The source was looked at just now, so it is the target that is in use.
            Err(Win32Error::SHARING_VIOLATION) => Err(Win32Error::ACCESS_DENIED),
            result => result,
        }
    }

    fn rename(&self, flags: RenameFlags) -> Result<(), Win32Error> {
        let renamed = rustix::fs::renameat_with(CWD, self.from, CWD, self.to, flags);
        let renamed = match renamed {
            // A file system that cannot promise it; the target was missing a moment ago.
            Err(Errno::INVAL | Errno::NOSYS) if flags == RenameFlags::NOREPLACE => {
                rustix::fs::renameat(CWD, self.from, CWD, self.to)
            }
            renamed => renamed,
        };
        renamed.map_err(|errno| match errno {
            // A directory into itself, or onto something that is none.
            Errno::INVAL | Errno::NOTDIR if self.facts.kind == Kind::Directory => Win32Error::ACCESS_DENIED,
            errno => errors::by_name(errno, self.to),
        })
    }
}
