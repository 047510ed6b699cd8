//! ReplaceFile: a file takes the place of another, which may live on under a third name.
//!
//! Who opens the replaced name meanwhile finds the old file or the new one, never none: the backup is another link to the old
//! file, and the new one is then renamed over it. Only where a file system has no links is there a moment without.

use super::attributes::{self, Place};
use super::names::{existing_path, file_path, named};
use super::registry::Unnamed;
use super::stat::{Facts, Kind};
use super::{FileDriver, errors, name};
use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use rustix::fs::{AtFlags, CWD, Mode};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::path::Path;

/// ERROR_UNABLE_TO_REMOVE_REPLACED: both files keep their names.
const UNABLE_TO_REMOVE_REPLACED: Win32Error = Win32Error(1175);
/// ERROR_UNABLE_TO_MOVE_REPLACEMENT: the same, and the backup may be there.
const UNABLE_TO_MOVE_REPLACEMENT: Win32Error = Win32Error(1176);

impl FileDriver {
    /// ReplaceFile: `replacement` gets the name, the creation time, the attributes and the permissions of `replaced`. 2 or 3 if
    /// either is missing, 5 if `replaced` is READONLY or either is no file, 32 if one is in use by somebody who does not share
    /// deletion, 1175 if the old file cannot be put aside (which `lenient` forgives for attributes), 1176 if the new one cannot be
    /// moved.
    pub fn replace_file(
        &self,
        system: &System,
        replaced: &OsStr,
        replacement: &OsStr,
        backup: Option<&OsStr>,
        lenient: bool,
    ) -> Result<(), Win32Error> {
        let (target, source) = (existing_path(system, replaced)?, existing_path(system, replacement)?);
        let (old, new) = (self.facts(&target)?, self.facts(&source)?);
        if old.kind != Kind::Regular || new.kind != Kind::Regular || old.read_only() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        if old.key == new.key {
            return Err(Win32Error::SHARING_VIOLATION);
        }
        let backup = backup.map(|backup| file_path(system, backup)).transpose()?;
        let unnamed = |facts: &Facts| Unnamed { key: facts.key, except: None, goes: false, bequeathed: false };
        let mut files = vec![unnamed(&old), unnamed(&new)];
        if let Some(backup) = &backup {
            // The backup of a backup goes.
            files.extend(Facts::of_name(backup).ok().as_ref().map(unnamed));
        }
        self.registry.unname(&files, || {
            let merged = merge((&target, &old), (&source, &new));
            if merged.is_err() && !lenient {
                return Err(UNABLE_TO_REMOVE_REPLACED);
            }
            if let Some(backup) = &backup {
                put_aside(&target, backup).map_err(|_| UNABLE_TO_REMOVE_REPLACED)?;
            }
            rustix::fs::renameat(CWD, &source, CWD, &target).map_err(|errno| match errno {
                Errno::XDEV => errors::by_name(errno, &target),
                _ => UNABLE_TO_MOVE_REPLACEMENT,
            })
        })
    }
}

/// Gives the new file what it is to have of the old one.
fn merge((old_path, old): (&Path, &Facts), (new_path, new): (&Path, &Facts)) -> Result<(), Win32Error> {
    let was = named(old_path)?;
    attributes::set(Place::Named(new_path), new, was.attributes)?;
    rustix::fs::chmod(new_path, Mode::from_raw_mode(old.mode & 0o7777)).map_err(errors::other)?;
    let now = Facts::of_name(new_path).map_err(errors::other)?;
    attributes::set_created_time(Place::Named(new_path), &now, was.times.creation)
}

/// Gives the file the other name as well, or at least.
fn put_aside(path: &Path, backup: &Path) -> Result<(), Errno> {
    match name::unlink(backup, false) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    match rustix::fs::linkat(CWD, path, CWD, backup, AtFlags::empty()) {
        Err(Errno::PERM | Errno::NOTSUP | Errno::MLINK) => rustix::fs::renameat(CWD, path, CWD, backup),
        linked => linked,
    }
}
