//! What the file system says of an open descriptor, in the few terms that the file device needs.

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::fs::{FileType as Linux, RawMode, Stat, Statx};
use rustix::io::Errno;
use std::io::IsTerminal;

/// Which file it is, whatever its names: device and inode number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub dev: u64,
    pub ino: u64,
}

impl Key {
    /// The volume's serial number: its device number, folded into 32 bits.
    pub fn volume(self) -> u32 {
        (self.dev ^ self.dev >> 32) as u32
    }
}

/// What kind of thing a path led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    Regular,
    /// A block device, read and written as one long file.
    Block,
    /// A directory: nothing can be read or written (contract 01 §4.2).
    Directory,
    /// A symbolic link itself, opened with FILE_FLAG_OPEN_REPARSE_POINT.
    Link,
    /// A terminal.
    Terminal,
    /// Any other character device: /dev/null and its like.
    Char,
    /// A fifo, or a socket that has a name.
    Pipe,
}

impl Kind {
    fn of_mode(mode: RawMode) -> Self {
        match Linux::from_raw_mode(mode) {
            Linux::RegularFile => Self::Regular,
            Linux::BlockDevice => Self::Block,
            Linux::Directory => Self::Directory,
            Linux::Symlink => Self::Link,
            Linux::Fifo | Linux::Socket => Self::Pipe,
            _ => Self::Char,
        }
    }

    /// Are its bytes numbered?
    pub fn has_positions(self) -> bool {
        matches!(self, Self::Regular | Self::Block)
    }

    /// Does it hand out bytes in the order they come, with no position?
    pub fn is_stream(self) -> bool {
        matches!(self, Self::Terminal | Self::Char | Self::Pipe)
    }
}

/// See the module page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub key: Key,
    pub kind: Kind,
    pub mode: RawMode,
    pub links: u64,
    pub size: u64,
    pub blocks: u64,
    pub owner: (u32, u32),
    /// Seconds and nanoseconds since 1970.
    pub accessed: (i64, u32),
    pub modified: (i64, u32),
}

/// What a file was when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// Its kind and permissions, as Linux writes them.
    pub mode: u32,
    /// The numbers of its owner.
    pub uid: u32,
    /// And of its group.
    pub gid: u32,
    /// The file system that it is in.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Its names.
    pub links: u64,
    /// Its size, in bytes.
    pub size: u64,
    /// The room that it takes, in bytes.
    pub allocated: u64,
    /// When it was last read: seconds and nanoseconds since 1970.
    pub accessed: (i64, u32),
    /// When it was last written.
    pub modified: (i64, u32),
}

impl From<Facts> for FileStat {
    fn from(facts: Facts) -> Self {
        let Facts { key, mode, links, size, blocks, owner: (uid, gid), accessed, modified, .. } = facts;
        let allocated = blocks.saturating_mul(512);
        Self { mode, uid, gid, device: key.dev, inode: key.ino, links, size, allocated, accessed, modified }
    }
}

/// No write permission for anybody: what READONLY is on Linux.
pub(crate) const WRITE_BITS: RawMode = 0o222;

impl Facts {
    /// Of an open descriptor, also one that only names its file.
    pub fn of(fd: BorrowedFd<'_>) -> Result<Self, Errno> {
        let mut facts = Self::from_stat(&rustix::fs::fstat(fd)?);
        if facts.kind == Kind::Char && fd.is_terminal() {
            facts.kind = Kind::Terminal;
        }
        Ok(facts)
    }

    /// Of a path, where a link means itself.
    pub fn of_name(path: &std::path::Path) -> Result<Self, Errno> {
        let stat = rustix::fs::statat(rustix::fs::CWD, path, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Self::from_stat(&stat))
    }

    #[allow(clippy::unnecessary_cast, clippy::cast_lossless)] // the fields' widths differ between architectures
    pub fn from_stat(stat: &Stat) -> Self {
        Self {
            key: Key { dev: stat.st_dev as u64, ino: stat.st_ino as u64 },
            kind: Kind::of_mode(stat.st_mode),
            mode: stat.st_mode,
            links: stat.st_nlink as u64,
            size: stat.st_size.max(0) as u64,
            blocks: stat.st_blocks.max(0) as u64,
            owner: (stat.st_uid, stat.st_gid),
            accessed: (stat.st_atime as i64, stat.st_atime_nsec as u32),
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as u32),
        }
    }

    /// The same of what else statx tells of, too.
    pub fn from_statx(stat: &Statx) -> Self {
        let mode = RawMode::from(stat.stx_mode);
        Self {
            key: Key { dev: rustix::fs::makedev(stat.stx_dev_major, stat.stx_dev_minor), ino: stat.stx_ino },
            kind: Kind::of_mode(mode),
            mode,
            links: stat.stx_nlink.into(),
            size: stat.stx_size,
            blocks: stat.stx_blocks,
            owner: (stat.stx_uid, stat.stx_gid),
            accessed: (stat.stx_atime.tv_sec, stat.stx_atime.tv_nsec),
            modified: (stat.stx_mtime.tv_sec, stat.stx_mtime.tv_nsec),
        }
    }

    /// FILE_ATTRIBUTE_READONLY. Only files have it; the permissions of directories and devices mean something else.
    pub fn read_only(&self) -> bool {
        self.kind == Kind::Regular && self.mode & WRITE_BITS == 0
    }

    /// Can it be a file that its creator has not been admitted to yet? Such a file is empty.
    pub fn may_be_new(&self) -> bool {
        self.kind == Kind::Regular && self.size == 0
    }

    /// Is it all the same whether its descriptor blocks? Files that tell of what happens, as some below /proc and /sys do, say that they
    /// are empty.
    pub fn never_blocks(&self) -> bool {
        self.kind == Kind::Directory || self.kind == Kind::Regular && self.size != 0
    }

    /// The bytes that the file really occupies, where that is less than its size (contract 02 §1).
    pub fn physical_size(&self) -> u64 {
        self.size.min(self.blocks.saturating_mul(512))
    }
}

/// A path that leads to what the descriptor refers to, for calls that refuse descriptors which only name a file.
pub(crate) fn proc_path(fd: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{AtFlags, CWD, StatxFlags};

    #[test]
    fn both_ways_to_ask_tell_the_same() {
        for path in ["/", "/dev/null", "/proc/self", "/proc/self/exe"] {
            let told = Facts::of_name(path.as_ref()).unwrap();
            let stat = rustix::fs::statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS).unwrap();
            let (facts, of) =
                (Facts::from_statx(&stat), |facts: Facts| (facts.key, facts.kind, facts.mode, facts.owner));
            assert_eq!(of(facts), of(told), "{path}");
        }
    }
}
