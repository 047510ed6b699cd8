//! The open drive or volume: what it makes of reads and writes (contract 01 §4.3, §4.4; 02 §6).

use super::claim::{Claims, Held, Key, mounts_of};
use crate::file::{Seat, Sectors};
use overlapped_abi::{AccessMask, Context, Status, Win32Error};
use overlapped_kernel::device::{Descriptor, Device, FileType, Next, Start};
use overlapped_kernel::engine::{Kind, Mode, Operation, Parts, RawResult};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::DiskName;
use overlapped_kernel::request::{Completion, Function, Position, Request};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, SeekFrom};
use rustix::io::Errno;
use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which drive it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Whole(DiskName),
    Volume,
}

/// What an open makes a device of.
pub(super) struct Made {
    pub fd: OwnedFd,
    pub what: What,
    pub key: Key,
    pub access: AccessMask,
    /// The descriptor only names it (O_PATH).
    pub names_only: bool,
    /// FILE_FLAG_WRITE_THROUGH.
    pub durable: bool,
    pub sectors: Sectors,
    /// Its place among the instances.
    pub seat: Seat,
    pub path: PathBuf,
    /// The table allows everything.
    pub writable: bool,
    pub claims: Arc<Claims>,
}

/// See the module page.
pub(crate) struct DiskDevice {
    made: Made,
    held: Held,
}

impl DiskDevice {
    pub(super) fn new(made: Made) -> Self {
        Self { made, held: Held::default() }
    }

    pub(super) fn made(&self) -> &Made {
        &self.made
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.made.fd.as_fd()
    }

    pub(super) fn path(&self) -> &Path {
        &self.made.path
    }

    pub(crate) fn sectors(&self) -> &Sectors {
        &self.made.sectors
    }

    /// Fills the buffer from a place, past all requests: for tables.
    pub(super) fn read(&self, at: u64, buffer: &mut [u8]) -> bool {
        // The alignment that O_DIRECT wants of memory; a few sectors, seldom.
        let step = self.made.sectors.memory as usize;
        let mut room = vec![0_u8; buffer.len() + step];
        let skip = room.as_ptr().align_offset(step);
        let place = &mut room[skip..skip + buffer.len()];
        let whole = rustix::io::pread(self.fd(), &mut *place, at) == Ok(buffer.len());
        buffer.copy_from_slice(place);
        whole
    }

    pub(super) fn lock(&self) -> Result<(), Win32Error> {
        self.made.claims.lock(&self.made, &self.held)
    }

    pub(super) fn unlock(&self) -> Result<(), Win32Error> {
        self.made.claims.unlock(&self.made, &self.held)
    }

    pub(super) fn flush(&self) -> Result<(), Errno> {
        let directory = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        for mount in mounts_of(&self.made) {
            // One that has gone meanwhile has been written out.
            if let Ok(point) = rustix::fs::open(&mount.point, directory, rustix::fs::Mode::empty()) {
                rustix::fs::syncfs(point)?;
            }
        }
        rustix::fs::fsync(self.fd())
    }

    pub(super) fn dismount(&self) -> Result<(), Win32Error> {
        self.made.claims.dismount(&self.made, &self.held)
    }

    fn place(request: &Request) -> Result<u64, Status> {
        match request.position() {
            Position::At(at) => Ok(at),
            // There is no end to write at.
            Position::End => Err(Status::INVALID_PARAMETER),
        }
    }

    /// How much of the request is inside: a read that crosses the end gets what is there, a write nothing.
    fn room(&self, request: &Request) -> Result<usize, Status> {
        let (at, len) = (Self::place(request)?, request.buffer().len);
        let length = self.length().ok_or(Status::DEVICE_NOT_READY)?;
        let left = length.saturating_sub(at).min(len as u64) as usize;
        let enough = if request.function() == Function::Write { left == len } else { left > 0 };
        if enough { Ok(left) } else { Err(Status::NONEXISTENT_SECTOR) }
    }

    /// Everything about a transfer that is known before it.
    fn check(&self, request: &Request) -> Result<Operation, Status> {
        let buffer = request.buffer();
        let at = Self::place(request)?;
        let beyond = at.checked_add(buffer.len as u64).is_none_or(|end| i64::try_from(end).is_err());
        if beyond || !self.made.sectors.allows(Some(at), buffer.len, buffer.start as usize) {
            return Err(Status::INVALID_PARAMETER);
        }
        let room = self.room(request)?;
        if request.function() == Function::Write {
            self.made.claims.may_write(&self.made, &self.held)?;
        }
        Ok(self.operation(request, room, 0, at))
    }

    /// What is left of a request of `room` bytes, of which `done` are transferred.
    fn operation(&self, request: &Request, room: usize, done: usize, at: u64) -> Operation {
        let write = request.function() == Function::Write;
        let mut mode = if self.made.sectors.direct { Mode::UNCACHED } else { Mode::empty() };
        if write && self.made.durable {
            mode |= Mode::DURABLE;
        }
        if write && !self.made.access.contains(AccessMask::READ_DATA) {
            mode |= Mode::WRITE_ONLY;
        }
        Operation {
            kind: if write { Kind::Write } else { Kind::Read },
            mode,
            fd: self.made.fd.as_raw_fd(),
            // Stays inside the buffer: `done` never exceeds its length.
            buffer: request.buffer().start.wrapping_add(done),
            len: room - done,
            parts: request.parts().skip(done),
            offset: at + done as u64,
        }
    }

    fn sync(&self) -> Operation {
        let (fd, buffer) = (self.made.fd.as_raw_fd(), std::ptr::null_mut());
        Operation { kind: Kind::Sync, mode: Mode::empty(), fd, buffer, len: 0, parts: Parts::NONE, offset: 0 }
    }

    fn moved(&self, request: &Request, bytes: usize) -> Next {
        let total = request.advance(bytes);
        let (Ok(room), Ok(at)) = (self.room(request), Self::place(request)) else {
            return Next::Complete(Completion { status: Status::NONEXISTENT_SECTOR, bytes: total });
        };
        match () {
            () if total >= room => Next::Complete(Completion::success(total)),
            // Linux knows less of it than it said: the end of a disk that has shrunk.
            () if bytes == 0 || !self.made.sectors.fits(bytes as u64) => {
                let status = if total == 0 { Status::NONEXISTENT_SECTOR } else { Status::SUCCESS };
                Next::Complete(Completion { status, bytes: total })
            }
            () => Next::Continue(self.operation(request, room, total, at)),
        }
    }

    fn failed(&self, request: &Request, errno: Errno) -> Next {
        if errno == Errno::INTR && !request.is_cancelling() {
            return match (request.function(), self.room(request), Self::place(request)) {
                (Function::Read | Function::Write, Ok(room), Ok(at)) => {
                    Next::Continue(self.operation(request, room, request.progress(), at))
                }
                _ => Next::Continue(self.sync()),
            };
        }
        let context = match request.function() {
            Function::Read => Context::DiskRead,
            Function::Write => Context::DiskWrite,
            _ => Context::Other,
        };
        let bytes = if errno == Errno::FAULT { 0 } else { request.progress() };
        Next::Complete(Completion { status: Status::from_errno(errno.raw_os_error(), context), bytes })
    }
}

// SAFETY: operations are about the request's memory from what is done of it on, by the device's own descriptor, and counts are those of
// the engine.
unsafe impl Device for DiskDevice {
    fn file_type(&self) -> FileType {
        FileType::Disk
    }

    fn seekable(&self) -> bool {
        true
    }

    /// In bytes, whole sectors.
    fn length(&self) -> Option<u64> {
        let length = match self.made.key {
            Key::Block(number) if self.made.names_only => number.length()?,
            // The descriptor's own position is not used for anything else.
            Key::Block(_) => rustix::fs::seek(self.fd(), SeekFrom::End(0)).ok()?,
            Key::Image(_) => u64::try_from(rustix::fs::fstat(self.fd()).ok()?.st_size).ok()?,
        };
        Some(length - length % u64::from(self.made.sectors.sector))
    }

    fn start(&self, request: &Request) -> Start {
        match request.function() {
            Function::Flush if self.made.names_only => return Start::Done(Completion::success(0)),
            Function::Flush => return Start::Transfer(self.sync()),
            Function::Read | Function::Write => {}
            Function::Lock { .. } | Function::Copy | Function::Control => {
                return Start::Failed(Status::INVALID_DEVICE_REQUEST);
            }
        }
        if request.buffer().len == 0 {
            return Start::Done(Completion::success(0));
        }
        self.check(request).map_or_else(Start::Failed, Start::Transfer)
    }

    fn resume(&self, request: &Request, result: RawResult) -> Next {
        match (result, request.function()) {
            (Err(errno), _) => self.failed(request, errno),
            (Ok(bytes), Function::Read | Function::Write) => self.moved(request, bytes),
            (Ok(_), _) => Next::Complete(Completion::success(0)),
        }
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        Some(self.fd().into())
    }

    fn close(&self, _instance: &Instance) {
        self.made.claims.release(&self.made, &self.held);
        self.made.seat.leave(self.fd(), self.path());
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for DiskDevice {
    /// A device that never had a handle leaves here; otherwise its close has done this.
    fn drop(&mut self) {
        self.made.claims.release(&self.made, &self.held);
    }
}
