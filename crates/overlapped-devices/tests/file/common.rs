//! A system in a directory of its own, and handles that close themselves.

use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Overlapped, ShareMode, Win32Error};
use overlapped_devices::{FileDriver, HostLookup};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::engine::{Engine, Kind, Mode, Operation, RawResult, Reaped};
use overlapped_kernel::handle::Handle;
use overlapped_kernel::namespace::Namespace;
use overlapped_kernel::request::{Buffer, Completion, Function, RequestRef, Route};
use overlapped_kernel::road::{Place, Refused, Reply, Report, Transfer};
use overlapped_kernel::system::{Grant, Parts};
use rustix::io::{Errno, ReadWriteFlags};
use std::ffi::OsString;
use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

pub const READ: AccessMask = AccessMask::GENERIC_READ;
pub const WRITE: AccessMask = AccessMask::GENERIC_WRITE;
pub const BOTH: AccessMask = READ.union(WRITE);
pub const SHARE_ALL: ShareMode = ShareMode::READ.union(ShareMode::WRITE).union(ShareMode::DELETE);
pub const SHARE_RW: ShareMode = ShareMode::READ.union(ShareMode::WRITE);
pub const NO_FLAGS: FileFlags = FileFlags::empty();

/// Nothing waits longer than this.
pub const LIMIT: Duration = Duration::from_secs(30);

static WATCHDOG: Once = Once::new();

/// A test that waits for what never comes must not hold up the others for ever.
fn end_of_patience() {
    std::thread::sleep(10 * LIMIT);
    eprintln!("the tests take longer than {:?}", 10 * LIMIT);
    std::process::abort();
}

pub struct World {
    pub system: System,
    pub files: FileDriver,
    directory: Arc<tempfile::TempDir>,
}

fn directory_below(parent: &std::path::Path) -> Arc<tempfile::TempDir> {
    let directory = tempfile::Builder::new().prefix("overlapped-file-").tempdir_in(parent);
    Arc::new(directory.expect("a directory"))
}

impl World {
    pub fn new() -> Self {
        Self::on(overlapped_engine::default_engine().expect("an engine"))
    }

    pub fn on(engine: Arc<dyn Engine>) -> Self {
        Self::below(engine, &std::env::temp_dir())
    }

    /// In a directory below this one.
    pub fn below(engine: Arc<dyn Engine>, parent: &std::path::Path) -> Self {
        Self::of(engine, FileDriver::new(), directory_below(parent))
    }

    /// So many that are processes to each other, in one directory.
    pub fn neighbours<const N: usize>() -> [Self; N] {
        let directory = directory_below(&std::env::temp_dir());
        std::array::from_fn(|_| {
            let files = FileDriver::among(directory.path().join("run"));
            Self::of(overlapped_engine::default_engine().expect("an engine"), files, Arc::clone(&directory))
        })
    }

    fn of(engine: Arc<dyn Engine>, files: FileDriver, directory: Arc<tempfile::TempDir>) -> Self {
        WATCHDOG.call_once(|| drop(std::thread::spawn(end_of_patience)));
        let system = System::new(Parts {
            engine,
            drivers: vec![Box::new(files.clone())],
            namespace: Namespace::new(),
            lookup: Box::new(HostLookup),
            limits: overlapped_kernel::limits::Limits::NONE,
        });
        Self { system: system.expect("a system"), files, directory }
    }

    /// The engines that transfers are tested on.
    pub fn each(test: impl Fn(&Self)) {
        test(&Self::new());
        test(&Self::on(Arc::new(Piecemeal { pieces: 7, calls: AtomicU32::new(0) })));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn name(&self, name: &str) -> OsString {
        self.path(name).into_os_string()
    }

    /// A file with this in it.
    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), content).expect("a file");
        self.path(name)
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("the file")
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    pub fn open(
        &self,
        name: &str,
        access: AccessMask,
        share: ShareMode,
        disposition: u32,
        flags: FileFlags,
    ) -> Result<File, Win32Error> {
        self.open_path(&self.name(name), access, share, disposition, flags)
    }

    pub fn open_path(
        &self,
        name: &std::ffi::OsStr,
        access: AccessMask,
        share: ShareMode,
        disposition: u32,
        flags: FileFlags,
    ) -> Result<File, Win32Error> {
        let params = OpenParams { access, share, disposition, flags, permissions: 0o666 };
        let open = self.system.open(name, &params)?;
        Ok(File { system: self.system.clone(), handle: open.handle, grant: open.grant, existed: open.existed })
    }

    /// Opens what is there, sharing everything.
    pub fn existing(&self, name: &str, access: AccessMask) -> File {
        self.open(name, access, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).expect("the file opens")
    }

    /// The code of an open that must fail.
    pub fn refused(
        &self,
        name: &str,
        access: AccessMask,
        share: ShareMode,
        disposition: u32,
        flags: FileFlags,
    ) -> Win32Error {
        match self.open(name, access, share, disposition, flags) {
            Ok(_) => panic!("{name} opened"),
            Err(error) => error,
        }
    }

    /// An open that shares everything and must fail.
    pub fn denied(&self, name: &str, access: AccessMask) -> Win32Error {
        self.refused(name, access, SHARE_ALL, OPEN_EXISTING, NO_FLAGS)
    }
}

/// A handle, closed when dropped.
#[derive(Debug)]
pub struct File {
    system: System,
    pub handle: Handle,
    pub grant: Grant,
    pub existed: bool,
}

impl Drop for File {
    fn drop(&mut self) {
        self.system.close(self.handle).expect("the handle is open");
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl File {
    /// Another handle to the same instance.
    pub fn duplicate(&self, access: Option<AccessMask>) -> Result<Self, Win32Error> {
        let handle =
            self.system.duplicate(self.handle, access, overlapped_kernel::handle::HandleFlags::empty(), false)?;
        let grant = self.system.grant(handle)?;
        Ok(Self { system: self.system.clone(), handle, grant, existed: false })
    }

    /// ReadFile without an OVERLAPPED.
    pub fn read(&self, len: usize) -> Result<Vec<u8>, Win32Error> {
        let mut buffer = vec![0xAA; len];
        let bytes = self.call(Function::Read, buffer.as_mut_ptr(), len, Place::Pointer, false)?.bytes;
        buffer.truncate(bytes);
        Ok(buffer)
    }

    /// WriteFile without an OVERLAPPED.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Win32Error> {
        self.call(Function::Write, bytes.as_ptr().cast_mut(), bytes.len(), Place::Pointer, false).map(|c| c.bytes)
    }

    /// ReadFile with an OVERLAPPED, waited for: the bytes, or the code and how many there were.
    pub fn read_at(&self, offset: u64, len: usize) -> Result<Vec<u8>, (Win32Error, usize)> {
        let mut buffer = vec![0xAA; len];
        let done = self.call(Function::Read, buffer.as_mut_ptr(), len, Place::Offset(offset), true);
        let done = finished(done)?;
        buffer.truncate(done);
        Ok(buffer)
    }

    /// WriteFile with an OVERLAPPED, waited for.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<usize, (Win32Error, usize)> {
        let start = bytes.as_ptr().cast_mut();
        finished(self.call(Function::Write, start, bytes.len(), Place::Offset(offset), true))
    }

    /// A transfer into memory of the caller's choice; `with`: with an OVERLAPPED.
    pub fn call(
        &self,
        function: Function,
        start: *mut u8,
        len: usize,
        place: Place,
        with: bool,
    ) -> Result<Completion, Win32Error> {
        let mut overlapped = Box::new(Overlapped::default());
        let transfer = Transfer {
            function,
            buffer: Buffer { start, len },
            place,
            route: Route::default(),
            overlapped: with.then(|| NonNull::from(&mut *overlapped)),
            payload: None,
            report: Report::AsPending,
            probe: None,
        };
        // SAFETY: the callers' buffers live until this returns, which is after completion; so does the OVERLAPPED. What
        // tests of bad buffers pass is not touched by anybody but Linux, which checks it.
        match unsafe { self.grant.instance.transfer(self.grant.access, transfer) } {
            Ok(Reply::Done(_, completion)) => Ok(completion),
            Ok(Reply::Pending(request)) => Ok(self.wait(&request)),
            Err(Refused { error, .. }) => Err(error),
        }
    }

    fn wait(&self, request: &RequestRef) -> Completion {
        let instance: WaitRef = Arc::clone(&self.grant.instance) as WaitRef;
        let limit = Timeout::from_millis(LIMIT.as_millis() as u32);
        self.system.wait_any(&[instance], limit, false).expect("the wait");
        request.completion().unwrap_or_else(|| {
            // Unwinding would free the memory that the request still has.
            eprintln!("a request did not complete in {LIMIT:?}");
            std::process::abort()
        })
    }
}

fn finished(done: Result<Completion, Win32Error>) -> Result<usize, (Win32Error, usize)> {
    match done {
        Ok(Completion { status, bytes }) if status.is_success() => Ok(bytes),
        Ok(Completion { status, bytes }) => Err((status.to_win32(), bytes)),
        Err(error) => Err((error, 0)),
    }
}

/// Memory on a page boundary.
pub struct Pages {
    memory: Vec<u8>,
    start: usize,
    len: usize,
}

impl Pages {
    pub fn new(len: usize, fill: u8) -> Self {
        let memory = vec![fill; len + 4096];
        let start = memory.as_ptr().align_offset(4096);
        Self { memory, start, len }
    }

    pub fn pointer(&mut self) -> *mut u8 {
        self.memory[self.start..].as_mut_ptr()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.memory[self.start..][..self.len]
    }
}

/// An engine that nothing is at once for: every operation happens on another thread, a few bytes at a time, and every
/// third is interrupted first. It heeds the mode of descriptors, as some file systems of programs do.
struct Piecemeal {
    pieces: usize,
    calls: AtomicU32,
}

impl Piecemeal {
    fn result(&self, operation: &Operation) -> RawResult {
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            return Err(Errno::INTR);
        }
        // SAFETY: whoever calls the engine vouches for the descriptor.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(operation.fd) };
        let positioned = matches!(operation.kind, Kind::Read | Kind::Write) && !operation.mode.contains(Mode::STREAM);
        if positioned && rustix::fs::fcntl_getfl(fd)?.contains(rustix::fs::OFlags::NONBLOCK) {
            return Err(Errno::AGAIN);
        }
        let aligned = operation.mode.contains(Mode::UNCACHED);
        let len = if aligned { operation.len } else { operation.len.min(self.pieces) };
        // SAFETY: whoever calls the engine vouches for descriptor and buffer.
        unsafe { raw(operation, len) }
    }
}

unsafe fn raw(operation: &Operation, len: usize) -> RawResult {
    let stream = operation.mode.contains(Mode::STREAM);
    let offset = if stream { u64::MAX } else { operation.offset };
    let mut flags = ReadWriteFlags::empty();
    flags.set(ReadWriteFlags::APPEND, operation.mode.contains(Mode::APPEND));
    flags.set(ReadWriteFlags::DSYNC, operation.mode.contains(Mode::DURABLE));
    // SAFETY: the promise of the engine's caller, for all of it.
    unsafe {
        let fd = std::os::fd::BorrowedFd::borrow_raw(operation.fd);
        match operation.kind {
            Kind::Read => {
                let buffer = std::slice::from_raw_parts_mut(operation.buffer, len);
                rustix::io::preadv2(fd, &mut [std::io::IoSliceMut::new(buffer)], offset, flags)
            }
            Kind::Write => {
                let buffer = std::slice::from_raw_parts(operation.buffer, len);
                rustix::io::pwritev2(fd, &[std::io::IoSlice::new(buffer)], offset, flags)
            }
            Kind::Sync => rustix::fs::fsync(fd).map(|()| 0),
            // What is in the cache or not makes no difference here.
            Kind::Fetch => Ok(len),
            Kind::Copy { from, at } => {
                let from = std::os::fd::BorrowedFd::borrow_raw(from);
                let (mut source, mut target) = (at, offset);
                rustix::fs::copy_file_range(from, Some(&mut source), fd, Some(&mut target), len)
            }
        }
    }
}

// SAFETY: results are those of the system calls, each for a part of the operation.
unsafe impl Engine for Piecemeal {
    fn name(&self) -> &'static str {
        "piecemeal"
    }

    unsafe fn attempt(&self, _operation: &Operation) -> Option<RawResult> {
        None
    }

    unsafe fn perform(&self, operation: &Operation) -> RawResult {
        self.result(operation)
    }

    unsafe fn submit(&self, request: RequestRef, operation: Operation) {
        let result = if request.is_cancelling() { Err(Errno::CANCELED) } else { self.result(&operation) };
        std::thread::spawn(move || Reaped::new(request, result).deliver());
    }

    fn cancel(&self, _request: &RequestRef) {}
}

/// What a failed transfer with an OVERLAPPED gives.
pub fn failed(error: Win32Error) -> (Win32Error, usize) {
    (error, 0)
}
