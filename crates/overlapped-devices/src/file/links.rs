//! More names for a file: hard links, and symbolic ones.
//!
//! Linux and Windows mean the same by a hard link. A symbolic link holds its target in the Linux spelling, so that programs of
//! Linux follow it too; it does not say whether it leads to a file or to a directory, which whatever is there then decides.

use super::names::{existing_path, file_path};
use super::stat::Kind;
use super::{FileDriver, errors};
use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use rustix::fs::{AtFlags, CWD};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

impl FileDriver {
    /// CreateHardLink: 183 if the new name is there, 5 for a directory, 17 across file systems, 2 or 3 for what is missing. Of a link
    /// to a file it makes another name for the file.
    pub fn create_hard_link(&self, system: &System, link: &OsStr, existing: &OsStr) -> Result<(), Win32Error> {
        let (link, existing) = (file_path(system, link)?, existing_path(system, existing)?);
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

fn slashed(name: &[u8]) -> OsString {
    OsString::from_vec(name.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect())
}
