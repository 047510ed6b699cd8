//! Files by name with the bare calls of Linux that each job needs.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, StatxFlags};
use rustix::io::Errno;

/// The extended attribute that keeps what Linux has no attribute for.
const STORED: &str = "user.overlapped.attributes";

fn stored(read: Result<usize, Errno>) -> io::Result<()> {
    match read {
        Ok(_) | Err(Errno::NODATA | Errno::NOTSUP) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// openat, fstat and close; the size.
pub fn open(path: &PathBuf) -> io::Result<u64> {
    let file = rustix::fs::openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(rustix::fs::fstat(&file)?.st_size.unsigned_abs())
}

/// statx and getxattr; the size.
pub fn ask(path: &PathBuf) -> io::Result<u64> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let found = rustix::fs::statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted)?;
    stored(rustix::fs::getxattr(path, STORED, &mut [0_u8; 40][..])).map(|()| found.stx_size)
}

/// getdents, and for each entry statx and getxattr; what the sizes of the files add up to.
pub fn list(directory: &Path) -> io::Result<u64> {
    let file = rustix::fs::openat(CWD, directory, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let mut path = directory.join("-");
    let mut sum = 0;
    for entry in Dir::read_from(&file)? {
        let entry = entry?;
        let name = entry.file_name();
        let found = rustix::fs::statx(&file, name, AtFlags::SYMLINK_NOFOLLOW, wanted)?;
        if entry.file_type() == rustix::fs::FileType::RegularFile {
            path.set_file_name(std::str::from_utf8(name.to_bytes()).map_err(io::Error::other)?);
            stored(rustix::fs::getxattr(&path, STORED, &mut [0_u8; 40][..]))?;
            sum += found.stx_size;
        }
    }
    Ok(sum)
}

/// openat, close, renameat2 (which spares what is there) and unlinkat.
pub fn cycle(from: &Path, to: &Path) -> io::Result<u64> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    drop(rustix::fs::openat(CWD, from, flags, Mode::from_raw_mode(0o666))?);
    rustix::fs::renameat_with(CWD, from, CWD, to, rustix::fs::RenameFlags::NOREPLACE)?;
    rustix::fs::unlinkat(CWD, to, AtFlags::empty())?;
    Ok(1)
}
