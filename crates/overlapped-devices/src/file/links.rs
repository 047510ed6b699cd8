//! More names for a file: hard links, and symbolic ones.
//!
//! Linux and Windows mean the same by a hard link. A symbolic link holds its target in the Linux spelling, so that programs of
//! Linux follow it too; it does not say whether it leads to a file or to a directory, which whatever is there then decides.

use super::moves::Rename;
use super::names::{existing_path, file_path, new_file_path};
use super::registry::Unnamed;
use super::stat::Kind;
use super::{FileDriver, errors, name};
use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

impl FileDriver {
    /// CreateHardLink: 183 if the new name is there, 5 for a directory, 17 across file systems, 2 or 3 for what is missing, 123 for a
    /// new name that ends in a separator. Of a link to a file it makes another name for the file.
    pub fn create_hard_link(&self, system: &System, link: &OsStr, existing: &OsStr) -> Result<(), Win32Error> {
        let (link, existing) = (new_file_path(system, link)?, existing_path(system, existing)?);
        if self.facts(&existing)?.kind == Kind::Directory {
            return Err(Win32Error::ACCESS_DENIED);
        }
        self.check_parent(&link)?;
        rustix::fs::linkat(CWD, &existing, CWD, &link, AtFlags::SYMLINK_FOLLOW)
            .map_err(|errno| errors::by_name(errno, &link))
    }

    /// CreateSymbolicLink: 183 if the name is there, 3 if its directory is missing. What it leads to need not exist.
    pub fn create_symbolic_link(&self, system: &System, link: &OsStr, target: &OsStr) -> Result<(), Win32Error> {
        let link = file_path(system, link)?;
        let target = match target.as_bytes() {
            [] => return Err(Win32Error::INVALID_PARAMETER),
            [b'\\' | b'/', ..] | [_, b':', ..] => file_path(system, target)?.into_os_string(),
            relative => slashed(relative),
        };
        self.check_parent(&link)?;
        rustix::fs::symlinkat(&target, CWD, &link).map_err(|errno| errors::by_name(errno, &link))
    }
}

impl FileDriver {
    /// COPY_FILE_COPY_SYMLINK: where `from` is a symbolic link, `to` becomes one to the same target, in the place of a file that is
    /// there if `replace` says so (else 80). False for what is no link, which is to be copied as usual.
    pub fn copy_symbolic_link(
        &self,
        system: &System,
        from: &OsStr,
        to: &OsStr,
        replace: bool,
    ) -> Result<bool, Win32Error> {
        let from = existing_path(system, from)?;
        if self.facts(&from)?.kind != Kind::Link {
            return Ok(false);
        }
        let to = new_file_path(system, to)?;
        self.check_parent(&to)?;
        let target = rustix::fs::readlinkat(CWD, &from, Vec::new()).map_err(|errno| errors::by_name(errno, &from))?;
        match rustix::fs::symlinkat(&target, CWD, &to) {
            Err(Errno::EXIST) if replace => self.replace_by_link(&target, &to)?,
            Err(Errno::EXIST) => return Err(Win32Error::FILE_EXISTS),
            made => made.map_err(|errno| errors::by_name(errno, &to))?,
        }
        Ok(true)
    }

    /// By a link of another name that is moved there, so that the name always leads to the one or the other.
    fn replace_by_link(&self, target: &CStr, to: &Path) -> Result<(), Win32Error> {
        let link = (0u32..)
            .map(|n| to.with_file_name(format!(".link{n}-{}", std::process::id())))
            .find_map(|link| match rustix::fs::symlinkat(target, CWD, &link) {
                Err(Errno::EXIST) => None,
                made => Some(made.map(|()| link)),
            })
            .ok_or(Win32Error::FILE_EXISTS)?
            .map_err(|errno| errors::by_name(errno, to))?;
        let facts = self.facts(&link)?;
        let source = Unnamed { key: facts.key, except: None, goes: false, bequeathed: false };
        let moved = Rename { from: &link, facts, source, to, replace: true }.carry_out(&self.registry);
        if moved.is_err() {
            // The copy has failed already.
            let _ = name::unlink(&link, false);
        }
        moved
    }
}

fn slashed(name: &[u8]) -> OsString {
    OsString::from_vec(name.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect())
}
