//! What Linux's error numbers mean where files are opened and changed (contract 01 §2.5, 10 §4).

use overlapped_abi::{Context, Win32Error};
use rustix::fs::{AtFlags, CWD, FileType};
use rustix::io::Errno;
use std::path::Path;

/// The code for an error number in some context.
pub(crate) fn code(errno: Errno, context: Context) -> Win32Error {
    Win32Error::from_errno(errno.raw_os_error(), context)
}

/// Of a call on an open file that has no context of its own.
pub(crate) fn other(errno: Errno) -> Win32Error {
    code(errno, Context::Other)
}

/// Of a call that writes or changes a size.
pub(crate) fn write(errno: Errno) -> Win32Error {
    code(errno, Context::Write)
}

/// Of a call that takes this path: tells whether the name itself is at fault or a directory on the way (2 or 3).
pub(crate) fn by_name(errno: Errno, path: &Path) -> Win32Error {
    match errno {
        Errno::NOENT if !parent_exists(path) => Win32Error::PATH_NOT_FOUND,
        Errno::NOTDIR | Errno::LOOP => code(errno, Context::OpenParent),
        // A lease of another process: the nearest that Linux has to an oplock.
        Errno::AGAIN => Win32Error::SHARING_VIOLATION,
        _ => code(errno, Context::Open),
    }
}

/// Is there a directory that could hold this name?
pub(crate) fn parent_exists(path: &Path) -> bool {
    let Some(parent) = path.parent() else { return true };
    let stat = rustix::fs::statat(CWD, parent, AtFlags::empty());
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
}
