//! The questions that name resolution asks of the file system, answered by this machine's own (contract 01 §3).
//!
//! The drawback of asking at each call: the answer may be stale by the time the file is opened. Nothing relies on it; a
//! name that changed meanwhile fails or opens as if it had been asked for a moment earlier.

mod kept;

use kept::Directories;
use overlapped_kernel::namespace::Lookup;
use rustix::fs::{AtFlags, CWD};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

/// One for the process, as the file system is.
static KEPT: Directories = Directories::new();

/// See the module page.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostLookup;

impl Lookup for HostLookup {
    fn exists(&self, path: &Path) -> bool {
        // A link that leads nowhere is there all the same.
        rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT).is_ok()
    }

    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn in_other_case(&self, directory: &Path, name: &OsStr) -> io::Result<Option<OsString>> {
        KEPT.in_other_case(directory, name)
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }
}
