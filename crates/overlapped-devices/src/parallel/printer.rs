//! A printer as the line below a port: `/dev/lp*`, `/dev/usb/lp*`, a FIFO, a tty, or a file that what is printed is added to.

use crate::serial::line::{Line, Look, Received, Verdict};
use overlapped_abi::{Dcb, Status, Win32Error};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Descriptor;
use overlapped_kernel::engine::Watcher;
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, OwnedFd, RawFd};
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Between two tries on a printer that cannot be waited for; `/dev/lp*` cannot.
const TRY: Duration = Duration::from_millis(20);
/// Bytes of one read.
const CHUNK: usize = 1024;

/// See the module page.
pub(super) struct Printer {
    /// Who has a copy keeps it open a little longer than the port does.
    fd: Mutex<Option<Arc<OwnedFd>>>,
    /// It does not tell when it has room.
    is_silent: bool,
    reads: bool,
}

impl Printer {
    /// Opens it for one user: 2 if it is not there, 5 if somebody has it, 21 if it cannot be reached.
    pub fn open(path: &Path, reads: bool) -> Result<Self, Win32Error> {
        let kind = Self::find(path)?;
        let mode = match kind {
            // So that it can be opened although nobody reads yet.
            FileType::Fifo => OFlags::RDWR,
            _ if reads => OFlags::RDWR,
            _ => OFlags::WRONLY,
        };
        let flags = mode | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::APPEND;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(refusal)?;
        rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive).map_err(|_| Win32Error::ACCESS_DENIED)?;
        let is_tty = make_raw(fd.as_raw_fd());
        let is_silent = kind == FileType::CharacterDevice && !is_tty;
        Ok(Self { fd: Mutex::new(Some(Arc::new(fd))), is_silent, reads: reads && kind != FileType::Fifo })
    }

    /// What kind of file it is: 2 if it is not there or a directory.
    pub fn find(path: &Path) -> Result<FileType, Win32Error> {
        let kind = rustix::fs::stat(path).map_err(refusal).map(|stat| FileType::from_raw_mode(stat.st_mode))?;
        if kind == FileType::Directory { Err(Win32Error::FILE_NOT_FOUND) } else { Ok(kind) }
    }

    fn with<T>(&self, call: impl FnOnce(&OwnedFd) -> Result<T, Errno>) -> Result<T, Errno> {
        self.fd.lock().as_ref().map_or(Err(Errno::BADF), |fd| call(fd))
    }
}

fn refusal(error: Errno) -> Win32Error {
    match error {
        Errno::ACCESS | Errno::PERM | Errno::BUSY | Errno::ROFS => Win32Error::ACCESS_DENIED,
        Errno::MFILE | Errno::NFILE => Win32Error::TOO_MANY_OPEN_FILES,
        Errno::IO => Win32Error::NOT_READY,
        _ => Win32Error::FILE_NOT_FOUND,
    }
}

/// A tty passes bytes as they are from now on. Is it one?
fn make_raw(fd: RawFd) -> bool {
    // SAFETY: all zeros is a valid value, which the calls fill, change and read.
    unsafe {
        let mut termios: libc::termios = std::mem::zeroed();
        if libc::tcgetattr(fd, &raw mut termios) != 0 {
            return false;
        }
        libc::cfmakeraw(&raw mut termios);
        libc::tcsetattr(fd, libc::TCSANOW, &raw const termios) == 0
    }
}

impl Line for Printer {
    fn open(&self, _watcher: Weak<dyn Watcher>, _dcb: &Dcb) {}

    fn close(&self) {
        let closed = self.fd.lock().take();
        drop(closed);
    }

    fn configure(&self, _dcb: &Dcb) -> Result<(), Win32Error> {
        Err(Win32Error::INVALID_FUNCTION)
    }

    fn receive(&self, into: &mut Vec<Received>, room: usize) -> Result<(), Errno> {
        if !self.reads {
            return Err(Errno::AGAIN);
        }
        let mut bytes = [0; CHUNK];
        match self.with(|fd| rustix::io::retry_on_intr(|| rustix::io::read(fd, &mut bytes[..room.min(CHUNK)]))) {
            // Most printers say nothing, and a file ends.
            Ok(0) | Err(Errno::INVAL) => Err(Errno::AGAIN),
            Ok(read) => {
                into.extend(bytes[..read].iter().map(|byte| Received::Byte(*byte)));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn send(&self, bytes: &[u8], _now: Tick) -> Result<usize, Errno> {
        match self.with(|fd| rustix::io::retry_on_intr(|| rustix::io::write(fd, bytes))) {
            Ok(0) => Err(Errno::AGAIN),
            sent => sent,
        }
    }

    fn unsent(&self, _now: Tick) -> usize {
        0
    }

    fn next(&self, now: Tick) -> Option<Tick> {
        self.is_silent.then(|| now.plus(TRY))
    }

    fn look(&self) -> Look {
        Look::default()
    }

    fn look_every(&self) -> Option<Duration> {
        None
    }

    fn overruns(&self) -> bool {
        false
    }

    fn set_dtr(&self, _on: bool) {}
    fn set_rts(&self, _on: bool) {}
    fn set_break(&self, _on: bool) {}
    fn discard_input(&self) {}
    fn discard_output(&self) {}
    fn tell(&self) {}

    fn verdict(&self, error: Errno) -> Verdict {
        match error {
            Errno::BADF | Errno::NODEV => Verdict::Gone(Status::DEVICE_NOT_CONNECTED),
            // Off line, or without paper.
            Errno::IO | Errno::NXIO | Errno::BUSY => Verdict::Fails(Status::DEVICE_NOT_READY),
            Errno::NOSPC if self.is_silent => Verdict::Fails(Status::DEVICE_NOT_READY),
            error => Verdict::Fails(Status::from_errno(error.raw_os_error(), overlapped_abi::Context::Write)),
        }
    }

    fn late(&self) -> Status {
        Status::IO_TIMEOUT
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        self.fd.lock().clone().map(Descriptor::kept)
    }
}
