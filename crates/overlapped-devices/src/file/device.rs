//! The open file: what it makes of reads and writes (contract 02 §5, §6, §12, §13; 03 §1).
//!
//! A request becomes one operation after another until it has all its bytes, meets the end of the file, or fails. Every
//! operation is computed from the request and its progress alone, so nothing has to be remembered between them. The
//! drawback of not asking for the size beforehand: a transfer that comes back short costs one look at the file.

use super::direct::Sectors;
use super::listing::Listing;
use super::plain_pipe::PlainPipe;
use super::range::Source;
use super::registry::Seat;
use super::stat::{Facts, Kind};
use super::times::Held;
use super::watch::Notifications;
use overlapped_abi::{AccessMask, Context, Status, Win32Error};
use overlapped_kernel::device::{Bequest, Descriptor, Device, FileType, Next, Start, bequest};
use overlapped_kernel::engine::{Kind as What, Mode, Operation, Parts, RawResult};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Function, Position, Request, RequestRef};
use parking_lot::{Mutex, MutexGuard};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Advice, OFlags, SeekFrom};
use rustix::io::Errno;
use std::any::Any;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Linux and Windows count offsets in 63 bits.
const LAST_OFFSET: u64 = i64::MAX as u64;

/// See the module page.
pub(crate) struct FileDevice {
    made: Made,
    /// How far GetFileInformationByHandleEx has listed the directory.
    listing: Mutex<Option<Listing>>,
    /// What ReadDirectoryChangesW began on the directory.
    notifications: OnceLock<Box<Notifications>>,
    /// Times that transfers are not to change.
    held: Held,
    /// Transfers happen at the descriptor's own position, which others may share: adopted, or inherited by a child.
    cursor: AtomicBool,
    /// The descriptor is still one that does not block, which makes no difference for transfers of such a file.
    nonblocking: Mutex<bool>,
    /// What a pipe of Linux is as one of Windows.
    pipe: PlainPipe,
}

/// What an open makes a device of.
pub(crate) struct Made {
    pub fd: OwnedFd,
    pub kind: Kind,
    /// What the open granted; a handle may have less.
    pub access: AccessMask,
    /// The descriptor only names the file (O_PATH).
    pub names_only: bool,
    /// It has been opened so as not to block, and not been set to block yet.
    pub nonblocking: bool,
    /// FILE_FLAG_WRITE_THROUGH on a file that can be written.
    pub durable: bool,
    /// FILE_FLAG_NO_BUFFERING.
    pub sectors: Option<Sectors>,
    /// Its place among the instances of the file; streams have none.
    pub seat: Option<Seat>,
    /// By which path it was opened.
    pub path: PathBuf,
    /// What the file was when it was opened.
    pub found: Facts,
    /// Transfers happen at the descriptor's own position, which others may share ([`adopt`](super::adopt)).
    pub cursor: bool,
    /// It is a change notification ([`watch`](super::watch)).
    pub notification: bool,
}

impl Made {
    /// Whatever has no peculiarity: transfers go through the page cache, and happen where they say.
    pub fn plain(fd: OwnedFd, found: Facts, access: AccessMask, path: PathBuf, seat: Option<Seat>) -> Self {
        Self {
            fd,
            kind: found.kind,
            access,
            names_only: false,
            nonblocking: false,
            durable: false,
            sectors: None,
            seat,
            path,
            found,
            cursor: false,
            notification: false,
        }
    }
}

impl FileDevice {
    pub fn new(made: Made) -> Self {
        let (cursor, nonblocking) = (AtomicBool::new(made.cursor), Mutex::new(made.nonblocking));
        Self {
            made,
            listing: Mutex::default(),
            notifications: OnceLock::new(),
            held: Held::default(),
            cursor,
            nonblocking,
            pipe: PlainPipe::default(),
        }
    }

    pub fn fd(&self) -> BorrowedFd<'_> {
        self.made.fd.as_fd()
    }

    pub fn kind(&self) -> Kind {
        self.made.kind
    }

    pub fn access(&self) -> AccessMask {
        self.made.access
    }

    /// What the file was when it was opened.
    pub fn found(&self) -> &Facts {
        &self.made.found
    }

    pub fn names_only(&self) -> bool {
        self.made.names_only
    }

    pub fn sectors(&self) -> Option<&Sectors> {
        self.made.sectors.as_ref()
    }

    pub fn seat(&self) -> Option<&Seat> {
        self.made.seat.as_ref()
    }

    /// What a pipe of Linux is as one of Windows.
    pub fn pipe(&self) -> &PlainPipe {
        &self.pipe
    }

    /// Times that transfers are not to change.
    pub fn held(&self) -> &Held {
        &self.held
    }

    /// The path it was opened by; [`name::find`](super::name::find) says where the file is now.
    pub fn opened_path(&self) -> &Path {
        &self.made.path
    }

    /// How far the directory has been listed; `None` before the first entry.
    pub fn listing(&self) -> MutexGuard<'_, Option<Listing>> {
        self.listing.lock()
    }

    /// The notification buffer of the directory, which the first call makes.
    pub fn notifications(
        &self,
        make: impl FnOnce() -> Result<Notifications, Win32Error>,
    ) -> Result<&Notifications, Win32Error> {
        if let Some(made) = self.notifications.get() {
            return Ok(made);
        }
        let made = Box::new(make()?);
        Ok(self.notifications.get_or_init(|| made))
    }

    /// Is it what FindFirstChangeNotification makes?
    pub fn is_change_notification(&self) -> bool {
        self.made.notification
    }

    /// What FindFirstChangeNotification makes of the directory.
    pub fn into_change_notification(mut self) -> Self {
        self.made.notification = true;
        self
    }

    /// Are transfers made where the request says, or wherever the descriptor stands?
    fn has_places(&self) -> bool {
        self.made.kind.has_positions() && !self.is_cursor()
    }

    /// Where the descriptor stands, if that is where it transfers.
    pub fn cursor(&self) -> Option<u64> {
        if self.is_cursor() { rustix::fs::seek(self.fd(), SeekFrom::Current(0)).ok() } else { None }
    }

    /// Does it transfer where the descriptor stands?
    pub fn is_cursor(&self) -> bool {
        self.cursor.load(Ordering::Acquire)
    }

    /// The descriptor for other hands, which find one that blocks, and for those who change its mode: no other flag is set before.
    pub fn blocking(&self) -> BorrowedFd<'_> {
        self.end_nonblocking();
        self.fd()
    }

    /// Whether this has changed anything.
    fn end_nonblocking(&self) -> bool {
        let mut nonblocking = self.nonblocking.lock();
        let ended = *nonblocking && rustix::fs::fcntl_setfl(self.fd(), OFlags::empty()).is_ok();
        *nonblocking &= !ended;
        ended
    }

    /// What a child inherits of it. A file with a pointer shares that from now on: it is the descriptor's own position.
    fn leave(&self, instance: &Instance) -> Option<Bequest> {
        if self.made.notification {
            return None;
        }
        if self.made.kind == Kind::Regular && !self.made.names_only && !instance.is_overlapped() && !self.is_cursor() {
            // Synchronous requests hold this lock.
            let pointer = instance.pointer();
            if !self.is_cursor() {
                if !self.made.access.contains(AccessMask::WRITE_DATA)
                    && self.made.access.contains(AccessMask::APPEND_DATA)
                {
                    let flags = rustix::fs::fcntl_getfl(self.blocking()).ok()?;
                    rustix::fs::fcntl_setfl(self.fd(), flags | OFlags::APPEND).ok()?;
                }
                rustix::fs::seek(self.fd(), SeekFrom::Start(*pointer)).ok()?;
                self.cursor.store(true, Ordering::Release);
            }
        }
        let descriptor = rustix::io::fcntl_dupfd_cloexec(self.blocking(), 3).ok()?;
        let keep = self.seat().and_then(Seat::bequeath);
        let deletes = keep.is_some() && self.seat().is_some_and(Seat::deletes_on_close);
        let bytes = vec![u8::from(self.made.durable), u8::from(deletes)];
        let overlapped = instance.is_overlapped();
        Some(Bequest { kind: bequest::FILE, overlapped, descriptor: Some(descriptor), keep, bytes })
    }

    /// Moves the descriptor's position, if it transfers there.
    pub fn set_cursor(&self, at: u64) -> Result<(), Errno> {
        if self.is_cursor() { rustix::fs::seek(self.fd(), SeekFrom::Start(at)).map(drop) } else { Ok(()) }
    }

    pub fn facts(&self) -> Result<Facts, Errno> {
        Facts::of(self.fd())
    }

    /// Where a request transfers; `None` at the end of the file, or where there are no positions.
    fn place(&self, request: &Request) -> Option<u64> {
        if !self.has_places() {
            return None;
        }
        match request.position() {
            Position::At(at) => Some(at),
            Position::End => None,
        }
    }

    /// The rest of a request, of which `done` bytes are transferred.
    fn operation(&self, request: &Request, done: usize) -> Operation {
        let buffer = request.buffer();
        let write = request.function() == Function::Write;
        let mut mode = Mode::empty();
        if !self.has_places() {
            mode |= Mode::STREAM;
        } else if write && self.place(request).is_none() {
            mode |= Mode::APPEND;
        }
        if self.made.durable && write {
            mode |= Mode::DURABLE;
        }
        if self.made.sectors.is_some_and(|sectors| sectors.direct) {
            mode |= Mode::UNCACHED;
        }
        if write && !self.made.access.contains(AccessMask::READ_DATA) {
            mode |= Mode::WRITE_ONLY;
        }
        let offset = self.place(request).map_or(0, |at| at + done as u64);
        // Linux takes no transfer that goes beyond the last offset there is.
        let most = usize::try_from(LAST_OFFSET.saturating_sub(offset)).unwrap_or(usize::MAX);
        Operation {
            kind: if write { What::Write } else { What::Read },
            mode,
            fd: self.made.fd.as_raw_fd(),
            // Stays inside the buffer: `done` never exceeds its length.
            buffer: buffer.start.wrapping_add(done),
            len: (buffer.len - done).min(most),
            parts: request.parts().skip(done),
            offset,
        }
    }

    /// LockFileEx: at once if the range is free.
    fn start_lock(&self, request: &Request, wait: bool) -> Start {
        match self.seat() {
            None => Start::Failed(Status::INVALID_DEVICE_REQUEST),
            Some(seat) => match seat.locks().reach(self.fd()) {
                Err(error) => Start::Failed(error.to_status()),
                Ok(()) if seat.locks().take(seat, request) => Start::Done(Completion::success(0)),
                Ok(()) if wait => Start::Queue,
                Ok(()) => Start::Failed(Status::LOCK_NOT_GRANTED),
            },
        }
    }

    /// Steps 7 and 8 of contract 02 §13.
    fn check(&self, request: &Request) -> Result<(), Status> {
        let (place, buffer) = (self.place(request), request.buffer());
        let end = place.map_or(Some(0), |at| at.checked_add(buffer.len as u64));
        // Where no file has a byte, there is nothing to read (contract 02 §5).
        let reads = request.function() == Function::Read && request.parts().is_none();
        if !reads && end.is_none_or(|end| i64::try_from(end).is_err()) {
            return Err(Status::INVALID_PARAMETER);
        }
        let aligned = |sectors: &Sectors| sectors.allows(place, buffer.len, buffer.start as usize);
        if !self.made.sectors.as_ref().is_none_or(aligned) {
            return Err(Status::INVALID_PARAMETER);
        }
        if self.seat().is_none_or(|seat| !seat.locks().any()) {
            return Ok(());
        }
        let start = place.or_else(|| self.cursor()).or_else(|| self.length()).unwrap_or(0);
        self.is_free(start, buffer.len, request.function() == Function::Write)
    }

    /// A read gave `bytes` more, which makes `total`.
    fn read_more(&self, request: &Request, bytes: usize, total: usize) -> Next {
        let whole = total == request.buffer().len;
        if bytes == 0 {
            return Next::Complete(self.end_of_data(total));
        }
        if whole || !self.has_places() || self.ended(request, bytes, total) {
            self.drop_cache(request, total);
            return Next::Complete(Completion::success(total));
        }
        Next::Continue(self.operation(request, total))
    }

    /// Is a short read the file's last, so that asking again is needless?
    fn ended(&self, request: &Request, bytes: usize, total: usize) -> bool {
        // Past the cache, what is not whole sectors is the tail, and going on from there would be refused.
        if self.made.sectors.is_some_and(|sectors| sectors.direct && !sectors.fits(bytes as u64)) {
            return true;
        }
        // Files of /proc say that they are empty and give what they have page by page: only a read of nothing ends them.
        let end = self.place(request).unwrap_or(0) + total as u64;
        self.length().is_some_and(|length| length != 0 && end >= length)
    }

    fn end_of_data(&self, total: usize) -> Completion {
        let status = match self.made.kind {
            _ if total > 0 => Status::SUCCESS,
            Kind::Pipe => Context::PipeRead.end_of_data(),
            Kind::Terminal => Context::SerialRead.end_of_data(),
            _ => Context::Read.end_of_data(),
        };
        Completion { status, bytes: total }
    }

    fn write_more(&self, request: &Request, bytes: usize, total: usize) -> Next {
        if total == request.buffer().len {
            self.drop_cache(request, total);
            self.held.restore(self);
            return Next::Complete(Completion::success(total));
        }
        if bytes == 0 {
            // Linux says so of no file; going on might never end.
            return Next::Complete(Completion { status: Status::IO_DEVICE_ERROR, bytes: total });
        }
        Next::Continue(self.operation(request, total))
    }

    /// NO_BUFFERING on a file system that knows no such thing.
    fn drop_cache(&self, request: &Request, total: usize) {
        if self.made.sectors.is_none_or(|sectors| sectors.direct) {
            return;
        }
        let at = self.place(request).unwrap_or(0);
        // From the start of the file for an append, whose place is not known. A hint: failures mean nothing.
        let len = if self.place(request).is_some() { NonZeroU64::new(total as u64) } else { None };
        let _ = rustix::fs::fadvise(self.fd(), at, len, Advice::DontNeed);
    }

    fn failed(&self, request: &Request, errno: Errno) -> Next {
        // Some file systems of programs heed the mode of the open.
        let again = errno == Errno::AGAIN && self.end_nonblocking();
        if again || errno == Errno::INTR && !request.is_cancelling() {
            return Next::Continue(self.next(request));
        }
        let context = match (request.function(), self.made.kind) {
            (Function::Read, Kind::Pipe) => Context::PipeRead,
            (Function::Write, Kind::Pipe) => Context::PipeWrite,
            (Function::Read, Kind::Terminal) => Context::SerialRead,
            (Function::Write, Kind::Terminal) => Context::SerialWrite,
            (Function::Read, Kind::Block) => Context::DiskRead,
            (Function::Write, Kind::Block) => Context::DiskWrite,
            (Function::Read, _) => Context::Read,
            (Function::Write | Function::Copy, _) => Context::Write,
            (Function::Flush | Function::Control | Function::Lock { .. }, _) => Context::Other,
        };
        let status = Status::from_errno(errno.raw_os_error(), context);
        // A buffer that is not all there is refused as a whole (contract 02 §13, step 6).
        let bytes = if errno == Errno::FAULT { 0 } else { request.progress() };
        Next::Complete(Completion { status, bytes })
    }

    /// The operation that the request needs now.
    fn next(&self, request: &Request) -> Operation {
        match request.function() {
            Function::Flush | Function::Control | Function::Lock { .. } => self.sync(),
            Function::Copy => self.copying(request, request.progress()),
            Function::Read | Function::Write => self.operation(request, request.progress()),
        }
    }

    /// The rest of a copy, of which `done` bytes are made.
    fn copying(&self, request: &Request, done: usize) -> Operation {
        let Some((source, at)) = Source::of(request) else { return self.sync() };
        let kind = What::Copy { from: source.made.fd.as_raw_fd(), at: at + done as u64 };
        let mode = if self.made.durable { Mode::DURABLE } else { Mode::empty() };
        let (len, offset) = (request.buffer().len - done, self.place(request).unwrap_or(0) + done as u64);
        Operation { kind, mode, len, offset, ..self.sync() }
    }

    fn start_copy(&self, request: &Request) -> Start {
        let len = request.buffer().len;
        let Some((source, at)) = Source::of(request) else { return Start::Failed(Status::INVALID_DEVICE_REQUEST) };
        if len == 0 {
            return Start::Done(Completion::success(0));
        }
        let free =
            source.is_free(at, len, false).and_then(|()| self.is_free(self.place(request).unwrap_or(0), len, true));
        match free {
            Ok(()) => Start::Transfer(self.copying(request, 0)),
            Err(status) => Start::Failed(status),
        }
    }

    /// A copy made `bytes` more.
    fn copy_more(&self, request: &Request, bytes: usize, total: usize) -> Next {
        match () {
            () if total == request.buffer().len => Next::Complete(Completion::success(total)),
            () if bytes == 0 => Next::Complete(self.end_of_data(total)),
            () => Next::Continue(self.copying(request, total)),
        }
    }

    fn sync(&self) -> Operation {
        let (fd, buffer) = (self.made.fd.as_raw_fd(), std::ptr::null_mut());
        Operation { kind: What::Sync, mode: Mode::empty(), fd, buffer, len: 0, parts: Parts::NONE, offset: 0 }
    }
}

// SAFETY: operations are about the request's memory from what is done of it on, by the device's own descriptor; results are counted as the engine
// gives them, and never beyond the memory.
unsafe impl Device for FileDevice {
    fn file_type(&self) -> FileType {
        match self.made.kind {
            Kind::Terminal | Kind::Char => FileType::Char,
            Kind::Pipe => FileType::Pipe,
            _ => FileType::Disk,
        }
    }

    fn seekable(&self) -> bool {
        self.made.kind.has_positions()
    }

    fn goes_to(&self, at: u64) {
        // Where that fails, the transfer says why.
        let _ = self.set_cursor(at);
    }

    fn requires_overlapped(&self) -> bool {
        self.made.kind != Kind::Pipe
    }

    fn length(&self) -> Option<u64> {
        match self.made.kind {
            Kind::Regular => self.facts().ok().map(|facts| facts.size),
            // The descriptor's own position is not used for anything else.
            Kind::Block => rustix::fs::seek(self.fd(), SeekFrom::End(0)).ok(),
            _ => None,
        }
    }

    fn gives_signal_once(&self) -> bool {
        self.made.notification
    }

    fn start(&self, request: &Request) -> Start {
        match request.function() {
            Function::Flush if self.made.kind.is_stream() || self.made.names_only => {
                return Start::Done(Completion::success(0));
            }
            Function::Flush => return Start::Transfer(self.sync()),
            Function::Lock { wait, .. } => return self.start_lock(request, wait),
            Function::Copy => return self.start_copy(request),
            Function::Control => {
                let failed = Start::Failed(Status::INVALID_DEVICE_REQUEST);
                return self.notifications.get().map_or(failed, |notifications| notifications.start(request));
            }
            Function::Read | Function::Write => {}
        }
        if matches!(self.made.kind, Kind::Directory | Kind::Link) {
            return Start::Failed(Status::INVALID_DEVICE_REQUEST);
        }
        if request.buffer().len == 0 {
            return Start::Done(Completion::success(0));
        }
        if let Some(answer) = self.pipe.answer_at_once(self.fd(), request) {
            return answer;
        }
        match self.check(request) {
            Ok(()) => Start::Transfer(self.operation(request, 0)),
            Err(status) => Start::Failed(status),
        }
    }

    fn resume(&self, request: &Request, result: RawResult) -> Next {
        if let (Function::Control, Some(notifications)) = (request.function(), self.notifications.get()) {
            return notifications.resume(request, result);
        }
        let bytes = match result {
            Ok(bytes) => bytes,
            Err(errno) => return self.failed(request, errno),
        };
        if request.function() == Function::Flush {
            return Next::Complete(Completion::success(0));
        }
        let total = request.advance(bytes);
        match request.function() {
            Function::Write => self.write_more(request, bytes, total),
            Function::Copy => self.copy_more(request, bytes, total),
            _ => self.read_more(request, bytes, total),
        }
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        Some(self.blocking().into())
    }

    fn enqueue(&self, request: RequestRef) {
        match self.seat() {
            Some(seat) => seat.locks().enqueue(seat, request),
            None => request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST)),
        }
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        matches!(request.function(), Function::Lock { .. })
            && self.seat().is_some_and(|seat| seat.locks().cancel(request))
    }

    fn close(&self, _instance: &Instance) {
        if let Some(seat) = self.seat() {
            seat.leave(self.fd(), self.opened_path());
        }
    }

    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        self.leave(instance)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for FileDevice {
    /// A device that never had a handle leaves here; otherwise its close has done this.
    fn drop(&mut self) {
        if let Some(seat) = self.seat() {
            seat.leave(self.fd(), self.opened_path());
        }
    }
}
