//! What the name of a section leads to: a second file beside its page. For memory, that file has it; for a section of a file, it is a
//! link to that. It is found, made and removed under the lock of the directory, and lives as long as the page.
//!
//! Drawbacks: memory with a name lives in the file system of the run-time directory, which should be one that is kept in memory; and a
//! file that is moved away is not found by those who open its section later.

use super::Failure;
use overlapped_abi::Win32Error;
use overlapped_kernel::section::Section;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

const SUFFIX: &str = "data";

/// The file beside a page.
pub(super) fn data_of(page: &Path) -> PathBuf {
    page.with_extension(SUFFIX)
}

/// Is it such a file?
pub(super) fn is_data(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == SUFFIX)
}

/// Gives a section to a page that has none yet. Memory is made anew in its place: nobody has mapped the old.
pub(super) fn publish(page: &Path, new: Section) -> Result<Section, Failure> {
    let data = data_of(page);
    if !new.is_memory() {
        let file = std::fs::read_link(format!("/proc/self/fd/{}", new.as_fd().as_raw_fd()))
            .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::NOENT))?;
        rustix::fs::symlink(file, data)?;
        return Ok(new);
    }
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = rustix::fs::open(data, flags, Mode::RUSR | Mode::WUSR)?;
    rustix::fs::ftruncate(&file, new.size()).map_err(|_| Failure::Win32(Win32Error::NOT_ENOUGH_MEMORY))?;
    Ok(Section::of_memory(file, new.size(), new.protection()))
}

/// The section of a page. A file that may only be read is opened for that; nobody can map it to write then.
pub(super) fn open(page: &Path, size: u64, protection: u32) -> Result<Section, Failure> {
    let data = data_of(page);
    let open = |access| rustix::fs::open(&data, access | OFlags::CLOEXEC, Mode::empty());
    let file = match open(OFlags::RDWR) {
        Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => open(OFlags::RDONLY)?,
        file => file?,
    };
    if rustix::fs::fstat(&file)?.st_size.cast_unsigned() < size {
        // Somebody has put another file in its place: touching pages behind its end would end the program.
        return Err(Failure::Win32(Win32Error::FILE_NOT_FOUND));
    }
    Ok(Section::of_memory(file, size, protection))
}
