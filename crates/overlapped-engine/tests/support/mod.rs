//! What the tests share: a device that knows nothing but transfers, on a system of any engine, and a watchdog.

#![allow(dead_code, reason = "each test binary uses its part")]

use overlapped_abi::{AccessMask, Context, Status};
use overlapped_engine::{EpollEngine, SimEngine, UringEngine};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::engine::{Engine, Kind, Mode, Operation, RawResult};
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::{Lookup, Namespace};
use overlapped_kernel::port::{Cargo, Packet, Port};
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Place, Reply, Report, Transfer};
use overlapped_kernel::system::Parts;
use overlapped_kernel::{System, wait};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// Aborts the process if a test hangs.
pub struct Watchdog(Option<mpsc::Sender<()>>);

pub fn watchdog(test: &str) -> Watchdog {
    let (sender, receiver) = mpsc::channel();
    let test = test.to_owned();
    std::thread::spawn(move || {
        if receiver.recv_timeout(Duration::from_secs(300)) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("{test} hangs");
            std::process::abort();
        }
    });
    Watchdog(Some(sender))
}

struct NoNames;

impl Lookup for NoNames {
    fn exists(&self, _: &Path) -> bool {
        false
    }

    fn read_dir_names(&self, _: &Path) -> std::io::Result<Vec<std::ffi::OsString>> {
        Ok(Vec::new())
    }

    fn current_dir(&self) -> std::io::Result<std::path::PathBuf> {
        Ok("/".into())
    }
}

/// A system on one engine.
pub struct Rig {
    pub system: System,
    pub engine: Arc<dyn Engine>,
}

impl Rig {
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        let parts = Parts {
            engine: Arc::clone(&engine),
            drivers: Vec::new(),
            namespace: Namespace::empty(),
            lookup: Box::new(NoNames),
            limits: overlapped_kernel::limits::Limits::NONE,
        };
        Self { system: System::new(parts).expect("a system"), engine }
    }

    /// `None` where the kernel refuses rings: then there is nothing to test.
    pub fn uring() -> Option<Self> {
        UringEngine::new().ok().map(|engine| Self::new(Arc::new(engine)))
    }

    pub fn small_uring() -> Option<Self> {
        UringEngine::with_entries(16).ok().map(|engine| Self::new(Arc::new(engine)))
    }

    pub fn epoll() -> Option<Self> {
        Some(Self::new(Arc::new(EpollEngine::new())))
    }

    pub fn single_epoll() -> Option<Self> {
        Some(Self::new(Arc::new(EpollEngine::with_threads(1))))
    }

    pub fn sim() -> Option<Self> {
        Some(Self::new(Arc::new(SimEngine::new(0x0ddba11))))
    }

    /// An open instance without a port.
    pub fn open(&self, fd: impl Into<OwnedFd>, mode: Mode) -> File {
        let device = Arc::new(Descriptor { fd: fd.into(), mode });
        let instance = self.system.instance(device, true);
        let access = AccessMask::READ_DATA | AccessMask::WRITE_DATA;
        let handle = self.system.insert(Object::Instance(Arc::clone(&instance)), access).expect("a handle");
        File { system: self.system.clone(), instance, handle }
    }

    /// The same, reporting to a port.
    pub fn open_on(&self, port: &Arc<Port>, fd: impl Into<OwnedFd>, mode: Mode) -> File {
        let file = self.open(fd, mode);
        port.associate(&file.instance, 1).expect("an association");
        file
    }

    /// The next completion of a port.
    pub fn next(&self, port: &Arc<Port>) -> RequestRef {
        request_of(port.remove(self.system.idle(), Timeout::Infinite, false).expect("a packet"))
    }

    /// Makes the calling thread work for the port.
    pub fn join(&self, port: &Arc<Port>) {
        assert!(port.remove(self.system.idle(), Timeout::Poll, false).is_err(), "the port is empty");
    }

    pub fn wait(&self, event: &Arc<Event>) {
        let outcome = self.system.wait_any(&[Arc::clone(event) as WaitRef], Timeout::Infinite, false);
        assert_eq!(outcome, Ok(wait::Outcome::Object(0)));
    }
}

pub fn request_of(packet: Packet) -> RequestRef {
    match packet.cargo {
        Cargo::Request(request) => request,
        other => panic!("not a request: {other:?}"),
    }
}

/// A handle to a [`Descriptor`]; closes it when dropped.
pub struct File {
    system: System,
    pub instance: Arc<Instance>,
    handle: Handle,
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = self.system.close(self.handle);
    }
}

impl File {
    /// Starts a transfer; the request owns the buffer.
    pub fn issue(&self, function: Function, at: u64, mut buffer: Box<[u8]>, event: Option<&Arc<Event>>) -> RequestRef {
        let memory = Buffer { start: buffer.as_mut_ptr(), len: buffer.len() };
        self.issue_with(function, at, memory, Box::new(buffer), event)
    }

    /// Reads a page past the cache.
    pub fn read_page(&self, at: u64) -> RequestRef {
        let mut page = Box::new(Page([0; 4096]));
        let memory = Buffer { start: page.0.as_mut_ptr(), len: 4096 };
        self.issue_with(Function::Read, at, memory, page, None)
    }

    fn issue_with(
        &self,
        function: Function,
        at: u64,
        buffer: Buffer,
        payload: Box<dyn std::any::Any + Send>,
        event: Option<&Arc<Event>>,
    ) -> RequestRef {
        let transfer = Transfer {
            function,
            buffer,
            place: Place::Offset(at),
            route: Route { event: event.cloned(), packet: self.instance.is_associated(), routine: None },
            overlapped: None,
            payload: Some(payload),
            report: Report::AsPending,
            probe: None,
        };
        let access = AccessMask::READ_DATA | AccessMask::WRITE_DATA;
        // SAFETY: the request owns the buffer, and there is no OVERLAPPED.
        match unsafe { self.instance.transfer(access, transfer) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => request,
            Err(refused) => panic!("{refused:?}"),
        }
    }

    pub fn read(&self, at: u64, len: usize, event: Option<&Arc<Event>>) -> RequestRef {
        self.issue(Function::Read, at, vec![0; len].into(), event)
    }

    pub fn write(&self, at: u64, data: &[u8], event: Option<&Arc<Event>>) -> RequestRef {
        self.issue(Function::Write, at, data.into(), event)
    }

    /// Reads and waits.
    pub fn read_now(&self, rig: &Rig, at: u64, len: usize) -> (Completion, Box<[u8]>) {
        let event = Arc::new(Event::manual_reset(false));
        let request = self.read(at, len, Some(&event));
        rig.wait(&event);
        (outcome(&request), buffer_of(&request))
    }

    pub fn write_now(&self, rig: &Rig, at: u64, data: &[u8]) -> Completion {
        let event = Arc::new(Event::manual_reset(false));
        let request = self.write(at, data, Some(&event));
        rig.wait(&event);
        outcome(&request)
    }

    pub fn cancel(&self, request: &RequestRef) -> bool {
        request.cancel()
    }
}

pub fn outcome(request: &RequestRef) -> Completion {
    request.completion().expect("complete")
}

pub fn buffer_of(request: &RequestRef) -> Box<[u8]> {
    let payload = request.take_payload().expect("a payload");
    *payload.downcast::<Box<[u8]>>().expect("the buffer")
}

/// A device that makes transfers on a descriptor and nothing else.
pub struct Descriptor {
    pub fd: OwnedFd,
    pub mode: Mode,
}

impl Descriptor {
    /// The part of the request that is still to be done.
    fn rest(&self, request: &Request) -> Operation {
        let (kind, mut mode) = match request.function() {
            Function::Read => (Kind::Read, self.mode),
            Function::Write => (Kind::Write, self.mode),
            Function::Flush => (Kind::Sync, self.mode),
            other => unreachable!("not a transfer: {other:?}"),
        };
        let offset = match request.position() {
            Position::At(at) => at,
            Position::End => {
                mode |= Mode::APPEND;
                0
            }
        };
        let (buffer, done) = (request.buffer(), request.progress());
        Operation {
            kind,
            mode,
            fd: self.fd.as_raw_fd(),
            buffer: buffer.start.wrapping_add(done),
            len: buffer.len - done,
            parts: request.parts().skip(done),
            offset: offset + done as u64,
        }
    }
}

// SAFETY: its operations are about what is left of the request's buffer, on a descriptor that it keeps, and it counts what they moved.
unsafe impl Device for Descriptor {
    fn file_type(&self) -> FileType {
        FileType::Disk
    }

    fn seekable(&self) -> bool {
        !self.mode.contains(Mode::STREAM)
    }

    fn start(&self, request: &Request) -> Start {
        Start::Transfer(self.rest(request))
    }

    fn resume(&self, request: &Request, result: RawResult) -> Next {
        let bytes = match result {
            Ok(n) => n,
            Err(Errno::CANCELED) => return Next::Complete(Completion::failure(Status::CANCELLED)),
            Err(error) => {
                return Next::Complete(Completion::failure(Status::from_errno(error.raw_os_error(), Context::Read)));
            }
        };
        let total = request.advance(bytes);
        let over = bytes == 0 || total == request.buffer().len || self.mode.contains(Mode::STREAM);
        if request.function() == Function::Flush || (over && (total > 0 || request.buffer().len == 0)) {
            Next::Complete(Completion::success(total))
        } else if over {
            Next::Complete(Completion::failure(Status::END_OF_FILE))
        } else {
            Next::Continue(self.rest(request))
        }
    }

    fn descriptor(&self) -> Option<overlapped_kernel::device::Descriptor<'_>> {
        Some(self.fd.as_fd().into())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// What stands at a place of the test files.
pub fn byte_at(at: u64) -> u8 {
    (at ^ (at >> 8) ^ (at >> 16)) as u8 | 1
}

pub fn pattern(at: u64, len: usize) -> Vec<u8> {
    (at..at + len as u64).map(byte_at).collect()
}

/// A file with the pattern in it.
pub fn patterned(len: usize) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pattern(0, len)).expect("written");
    file
}

/// Another opening of the file.
pub fn reopen(file: &tempfile::NamedTempFile) -> std::fs::File {
    std::fs::File::options().read(true).write(true).open(file.path()).expect("opened")
}

/// An opening that bypasses the page cache, where the file system has that.
pub fn reopen_unbuffered(file: &tempfile::NamedTempFile) -> Option<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::File::options().read(true).write(true).custom_flags(libc::O_DIRECT).open(file.path()).ok()
}

/// A page that an unbuffered transfer takes.
#[derive(Clone)]
#[repr(align(4096))]
pub struct Page(pub [u8; 4096]);
