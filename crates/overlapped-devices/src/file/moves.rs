//! MoveFileEx and FileRenameInfo: a file gets another name (contract 02 §4).
//!
//! A directory takes the place of a file by changing names with it, after which the old file's new name goes: Linux replaces
//! like by like only, and whoever opens the name meanwhile finds one or the other. A move to another file system is a copy and a
//! deletion; a source that stays when it has been copied is no failure.

use super::copy::{CopyProgress, CopyVerdict};
use super::names::{facts_to_unname, target_path};
use super::registry::{Registry, Unnamed};
use super::stat::{Facts, Kind};
use super::{FileDriver, errors, name};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::System;
use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::path::Path;

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
        /// MOVEFILE_FAIL_IF_NOT_TRACKABLE: about services that follow links; nothing here does.
        const FAIL_IF_NOT_TRACKABLE = 0x20;
    }
}

impl FileDriver {
    /// MoveFileEx: 2 or 3 if `from` is missing, 183 if `to` exists and is not to be replaced, 5 if it is a directory,
    /// READONLY or open, 32 for a directory that is to move into itself, 17 if `to` is on another file system and a copy is not
    /// allowed, 5 if it is allowed but `from` is a directory.
    pub fn move_file(&self, system: &System, from: &OsStr, to: &OsStr, flags: MoveFlags) -> Result<(), Win32Error> {
        self.move_file_with(system, from, to, flags, &mut |_| CopyVerdict::Quiet)
    }

    /// MoveFileWithProgress: [`move_file`](Self::move_file), which asks `progress` where the move is a copy; 1235 if that ends it.
    pub fn move_file_with(
        &self,
        system: &System,
        from: &OsStr,
        to: &OsStr,
        flags: MoveFlags,
        progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict,
    ) -> Result<(), Win32Error> {
        if flags.contains(MoveFlags::DELAY_UNTIL_REBOOT) {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let (old_name, new_name) = (from, to);
        let (from, facts) = facts_to_unname(&self.registry, system, from)?;
        let to = target_path(system, to, &from)?;
        let source = Unnamed { key: facts.key, except: None, goes: false, bequeathed: false };
        let replace = flags.contains(MoveFlags::REPLACE_EXISTING);
        let moved = (Rename { from: &from, facts, source, to: &to, replace }).carry_out(&self.registry);
        let through = flags.contains(MoveFlags::WRITE_THROUGH);
        match moved {
            Err(Win32Error::NOT_SAME_DEVICE) if flags.contains(MoveFlags::COPY_ALLOWED) => {
                match facts.kind {
                    Kind::Regular => {
                        self.copy_file(system, old_name, new_name, replace, progress)?;
                        if through {
                            sync(&to)?;
                        }
                    }
                    Kind::Link => copy_link(&from, &to, replace)?,
                    _ => return Err(Win32Error::ACCESS_DENIED),
                }
                let _ = self.registry.unname(&[source], || name::unlink(&from, false).map_err(errors::other));
            }
            moved => moved?,
        }
        if through { to.parent().map_or(Ok(()), sync) } else { Ok(()) }
    }
}

/// Makes a link to the same target.
fn copy_link(from: &Path, to: &Path, replace: bool) -> Result<(), Win32Error> {
    let target = rustix::fs::readlinkat(CWD, from, Vec::new()).map_err(|errno| errors::by_name(errno, from))?;
    if replace {
        // `Rename` has looked at what is there.
        let _ = name::unlink(to, false);
    }
    rustix::fs::symlinkat(target, CWD, to).map_err(|errno| errors::by_name(errno, to))
}

/// Returns when a file or directory is on its device.
fn sync(path: &Path) -> Result<(), Win32Error> {
    let file = std::fs::File::open(path).map_err(|error| Win32Error::from_io_error(&error, Context::Open))?;
    overlapped_kernel::port::blocking(|| rustix::fs::fsync(&file)).map_err(errors::write)
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
        if registry.is_parent_deleted(self.to) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        // Mostly nothing has the new name. Whatever else stands in the way is found out below.
        if !self.replace && registry.unname(&[self.source], || self.to_free_name()).is_ok() {
            return Ok(());
        }
        self.carry_out_by_look(registry)
    }

    fn carry_out_by_look(&self, registry: &Registry) -> Result<(), Win32Error> {
        let old = match Facts::of_name(self.to) {
            Ok(old) => old,
            Err(Errno::NOENT) => return registry.unname(&[self.source], || self.to_missing_name()),
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
            return registry.unname(&[self.source], || self.unlink_source());
        }
        if old.kind == Kind::Directory || old.read_only() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let target = Unnamed { key: old.key, except: None, goes: true, bequeathed: false };
        registry.unname(&[self.source], || Ok(()))?;
        let whole = self.facts.kind == Kind::Directory;
        let replace = || if whole { self.directory_for_file() } else { self.rename(RenameFlags::empty()) };
        match registry.unname(&[self.source, target], replace) {
            // The source was looked at just now, so it is the target that is in use.
            Err(Win32Error::SHARING_VIOLATION) => Err(Win32Error::ACCESS_DENIED),
            result => result,
        }
    }

    fn to_free_name(&self) -> Result<(), Win32Error> {
        self.rename(RenameFlags::NOREPLACE)
    }

    fn to_missing_name(&self) -> Result<(), Win32Error> {
        match rustix::fs::renameat_with(CWD, self.from, CWD, self.to, RenameFlags::NOREPLACE) {
            // A directory into itself, or a file system that cannot promise it; the target was missing a moment ago.
            Err(Errno::INVAL | Errno::NOSYS) => self.rename(RenameFlags::empty()),
            renamed => renamed.map_err(|errno| self.error(errno)),
        }
    }

    fn directory_for_file(&self) -> Result<(), Win32Error> {
        match rustix::fs::renameat_with(CWD, self.from, CWD, self.to, RenameFlags::EXCHANGE) {
            Ok(()) => self.unlink_source(),
            Err(Errno::INVAL | Errno::NOSYS) => {
                name::unlink(self.to, false).map_err(|errno| errors::by_name(errno, self.to))?;
                self.rename(RenameFlags::empty())
            }
            Err(errno) => Err(self.error(errno)),
        }
    }

    fn unlink_source(&self) -> Result<(), Win32Error> {
        name::unlink(self.from, false).map_err(|errno| errors::by_name(errno, self.from))
    }

    fn rename(&self, flags: RenameFlags) -> Result<(), Win32Error> {
        rustix::fs::renameat_with(CWD, self.from, CWD, self.to, flags).map_err(|errno| self.error(errno))
    }

    fn error(&self, errno: Errno) -> Win32Error {
        match errno {
            // Into itself, which it uses.
            Errno::INVAL if self.facts.kind == Kind::Directory => Win32Error::SHARING_VIOLATION,
            Errno::NOTDIR if self.facts.kind == Kind::Directory => Win32Error::ACCESS_DENIED,
            errno => errors::by_name(errno, self.to),
        }
    }
}
