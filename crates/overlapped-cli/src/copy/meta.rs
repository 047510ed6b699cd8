//! Mode and times: what a copy keeps of its source besides the data.
//!
//! While a file or directory is being copied it bears permissions of its own: a file the source's, and always writable for its
//! owner; a directory only its owner's. The final ones are set when it is complete. A system call is saved for the usual file,
//! whose mode the umask leaves as it is.

use overlapped::FileStat;
use rustix::fd::BorrowedFd;
use rustix::fs::{AtFlags, CWD, FileType, Mode, Stat, Timespec, Timestamps};
use rustix::io::Result;
use std::path::Path;

/// What is kept.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Permission bits, setuid, setgid and sticky included where they may be kept.
    mode: u32,
    times: Timestamps,
}

/// What is to be known of a file to decide what is kept of it.
#[derive(Clone, Debug)]
pub struct Looked {
    mode: u32,
    owner: (u32, u32),
    times: Timestamps,
}

/// What decides over modes in this process.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    umask: u32,
    uid: u32,
    gid: u32,
}

const PERMISSIONS: u32 = 0o777;
const STICKY: u32 = 0o1000;
const SETGID: u32 = 0o2000;
const SETUID: u32 = 0o4000;

impl Rules {
    /// Asks the kernel. To be called while the process has one thread: the umask can only be read by setting it.
    pub fn of_process() -> Self {
        let umask = rustix::process::umask(Mode::RWXG | Mode::RWXO);
        rustix::process::umask(umask);
        Self {
            umask: umask.as_raw_mode(),
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        }
    }

    /// What is to be kept of a file. The copy belongs to whoever copies, so it runs under another name (setuid, setgid) only if
    /// the source did so under the same one.
    pub fn keep(&self, found: impl Into<Looked>) -> Meta {
        let Looked { mode: all, owner: (uid, gid), times } = found.into();
        let mut mode = all & (PERMISSIONS | STICKY);
        if uid == self.uid {
            mode |= all & SETUID;
        }
        if uid == self.uid && gid == self.gid || FileType::from_raw_mode(all).is_dir() {
            mode |= all & SETGID;
        }
        Meta { mode, times }
    }

    /// The permissions to create a copy with: the owner may write it until it is complete.
    pub fn initial(&self, meta: &Meta) -> u32 {
        meta.mode & PERMISSIONS | 0o600
    }

    fn needs_chmod(&self, meta: &Meta) -> bool {
        self.initial(meta) & !self.umask != meta.mode
    }
}

impl Meta {
    /// Finishes a file that was created with [`Rules::initial`] (`fresh`) or that existed.
    pub fn finish_file(&self, fd: BorrowedFd<'_>, rules: &Rules, fresh: bool) -> Result<()> {
        if !fresh || rules.needs_chmod(self) {
            rustix::fs::fchmod(fd, Mode::from_raw_mode(self.mode))?;
        }
        rustix::fs::futimens(fd, &self.times)
    }

    /// Finishes a directory.
    pub fn finish_directory(&self, path: &Path) -> Result<()> {
        rustix::fs::chmod(path, Mode::from_raw_mode(self.mode))?;
        rustix::fs::utimensat(CWD, path, &self.times, AtFlags::empty())
    }

    /// Finishes a symbolic link, which has no mode.
    pub fn finish_link(&self, path: &Path) -> Result<()> {
        rustix::fs::utimensat(CWD, path, &self.times, AtFlags::SYMLINK_NOFOLLOW)
    }
}

fn times(accessed: (i64, u32), modified: (i64, u32)) -> Timestamps {
    let time = |(seconds, nanos): (i64, u32)| Timespec { tv_sec: seconds, tv_nsec: nanos.into() };
    Timestamps { last_access: time(accessed), last_modification: time(modified) }
}

impl From<&FileStat> for Looked {
    fn from(stat: &FileStat) -> Self {
        Self { mode: stat.mode, owner: (stat.uid, stat.gid), times: times(stat.accessed, stat.modified) }
    }
}

impl From<&Stat> for Looked {
    #[allow(clippy::unnecessary_cast)] // the fields' types differ between architectures
    fn from(stat: &Stat) -> Self {
        let accessed = (stat.st_atime as i64, stat.st_atime_nsec as u32);
        let modified = (stat.st_mtime as i64, stat.st_mtime_nsec as u32);
        Self { mode: stat.st_mode, owner: (stat.st_uid, stat.st_gid), times: times(accessed, modified) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(mode: u32) -> Meta {
        let time = Timespec { tv_sec: 0, tv_nsec: 0 };
        Meta { mode, times: Timestamps { last_access: time, last_modification: time } }
    }

    #[test]
    fn the_usual_modes_need_no_chmod() {
        let rules = Rules { umask: 0o022, uid: 1, gid: 1 };
        for (mode, needs) in
            [(0o644, false), (0o755, false), (0o664, true), (0o444, true), (0o4755, true), (0o600, false)]
        {
            assert_eq!(rules.needs_chmod(&meta(mode)), needs, "{mode:o}");
        }
    }

    #[test]
    fn setuid_is_kept_only_on_files_of_ones_own() {
        let mut stat = rustix::fs::stat("/").unwrap();
        stat.st_mode = FileType::RegularFile.as_raw_mode() | 0o6755;
        (stat.st_uid, stat.st_gid) = (7, 8);
        let keep = |uid, gid| Rules { umask: 0, uid, gid }.keep(&stat).mode;
        assert_eq!((keep(7, 8), keep(7, 9), keep(1, 8)), (0o6755, 0o4755, 0o755));
    }
}
