//! The name of an open file: found, checked and removed.
//!
//! Linux keeps no name in a descriptor, but `/proc/self/fd` shows the one by which the file was reached, and follows
//! renames. It is believed only if it still leads to the same file. Where `/proc` is missing, the path of the open call
//! stands in. The drawback: between the check and the unlink another process can put another file there.

use super::stat::{Facts, Kind, proc_path};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The path by which the open file can be reached now; `opened` is the one by which it was opened. `None` if it has been
/// deleted or moved out of sight.
pub(crate) fn find(fd: BorrowedFd<'_>, opened: &Path) -> Option<PathBuf> {
    let key = Facts::of(fd).ok()?.key;
    let leads_there = |path: &Path| Facts::of_name(path).is_ok_and(|facts| facts.key == key);
    let current = rustix::fs::readlink(proc_path(fd), Vec::new()).ok();
    let current = current.map(|path| PathBuf::from(OsStr::from_bytes(path.to_bytes())));
    current.into_iter().chain([opened.to_path_buf()]).find(|path| leads_there(path))
}

/// Removes the name of an open file. A name that is gone, or a directory that is not empty, stays as it is: the close
/// that does this cannot fail.
pub(crate) fn remove(fd: impl AsFd, opened: &Path) {
    let fd = fd.as_fd();
    let Some(path) = find(fd, opened) else { return };
    let directory = Facts::of(fd).is_ok_and(|facts| facts.kind == Kind::Directory);
    if let Err(error) = unlink(&path, directory) {
        tracing::warn!(path = %path.display(), %error, "a file to be deleted stays");
    }
}

/// Removes a name.
pub(crate) fn unlink(path: &Path, directory: bool) -> Result<(), Errno> {
    let flags = if directory { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    rustix::fs::unlinkat(CWD, path, flags)
}
