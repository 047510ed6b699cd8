//! What `/proc` tells of a thread: in which system call it sleeps, or at least that it sleeps.
//!
//! `syscall` says "running" for every thread that runs or could run, and otherwise the number of the call, or -1 for a thread
//! that waits for a page. Kernels without it have `stat`, whose third field is the state. The file stays open: reading it again
//! costs a third of opening it.

use super::calls;
use overlapped_kernel::sentinel::{Glance, Place, View};
use rustix::fs::{Mode, OFlags};
use std::io;
use std::os::fd::OwnedFd;

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `/proc/self/task/TID/syscall`.
    Syscall,
    /// `/proc/self/task/TID/stat`.
    Stat,
}

/// The status file of one thread.
pub struct Status {
    fd: OwnedFd,
    file: File,
}

impl Status {
    /// The better of the files that there is; none if the thread is gone, or `/proc` is.
    #[must_use]
    pub fn of(thread: u32) -> Option<Self> {
        Self::open(thread, File::Syscall).or_else(|_| Self::open(thread, File::Stat)).ok()
    }

    /// This file, if it can be read.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn open(thread: u32, file: File) -> io::Result<Self> {
        let name = match file {
            File::Syscall => "syscall",
            File::Stat => "stat",
        };
        let path = format!("/proc/self/task/{thread}/{name}");
        let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let status = Self { fd, file };
        // Linux checks on reading whether this process may.
        status.read(&mut [0; TEXT])?;
        Ok(status)
    }

    fn read(&self, text: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::pread(&self.fd, text, 0)?)
    }
}

/// More than the part of either file that is read.
const TEXT: usize = 256;

impl View for Status {
    fn glance(&self) -> Glance {
        Glance::Unknown
    }

    fn look(&self) -> Option<Place> {
        let mut text = [0; TEXT];
        let length = self.read(&mut text).ok()?;
        let text = &text[..length];
        match self.file {
            File::Syscall => syscall(text),
            File::Stat => stat(text),
        }
    }
}

/// `running`, or a number and more.
fn syscall(text: &[u8]) -> Option<Place> {
    let number = text.split(|byte| *byte == b' ' || *byte == b'\n').next()?;
    let number: i64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some(match u32::try_from(number) {
        Ok(number) => Place::Call(number, calls::name(number)),
        Err(_) => Place::Fault,
    })
}

/// `TID (name) STATE ...`; the name may contain anything.
fn stat(text: &[u8]) -> Option<Place> {
    let after = text.iter().rposition(|byte| *byte == b')')?;
    match text.get(after + 2)? {
        b'S' | b'D' | b'T' | b't' => Some(Place::Somewhere),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_files_are_understood() {
        assert_eq!(syscall(b"running\n"), None);
        assert_eq!(
            syscall(b"0 0x3 0x7f 0x2 0x1 0x0 0x0 0x7ffc 0x7faa\n").map(|p| matches!(p, Place::Call(0, _))),
            Some(true)
        );
        assert_eq!(syscall(b"-1 0x7ffc 0x7faa\n"), Some(Place::Fault));
        assert_eq!(syscall(b""), None);
        assert_eq!(stat(b"17 (a name) S) R 1 2 3"), None);
        assert_eq!(stat(b"17 (a name) R) S 1 2 3"), Some(Place::Somewhere));
        assert_eq!(stat(b"17 (x) D 1"), Some(Place::Somewhere));
        assert_eq!(stat(b"17 (x"), None);
    }
}
