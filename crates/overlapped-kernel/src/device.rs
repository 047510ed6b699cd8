//! What a device is: the part that performs the requests of one kind of thing, and what opens it.
//!
//! A device decides what a request means and never who carries it out: it describes transfers as
//! [`Operation`]s and reads their results. It never names an engine.

use crate::engine::{Operation, RawResult};
use crate::instance::Instance;
use crate::namespace::Target;
use crate::request::{Completion, Request, RequestRef};
use crate::system::System;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Status, Win32Error};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::Arc;

/// What a device makes of a new request.
#[derive(Debug)]
pub enum Start {
    /// It is done, with a success or a warning: everybody is told as usual.
    Done(Completion),
    /// It failed at once: the call reports the status and nobody else is told (contract 00 section 0.4).
    Failed(Status),
    /// Linux must do this.
    Transfer(Operation),
    /// The device will do it by itself, some time: it is to be given the request by [`Device::enqueue`] when that is pending.
    Queue,
    /// The same for a request that waits where [`Device::each_waiting`] finds it: it need not stand on the instance's list as well.
    Wait,
}

/// What a device makes of a finished operation.
#[derive(Debug)]
pub enum Next {
    /// The request is complete.
    Complete(Completion),
    /// There is more to do: the rest of a short transfer.
    Continue(Operation),
    /// There is more to do, which the device does by itself: it is to be given the request by [`Device::enqueue`].
    Queue,
}

/// What GetFileType answers (contract 01 section 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum FileType {
    /// Not known; mailslots are such.
    Unknown = 0,
    /// A disk file, a directory, a volume or a drive.
    Disk = 1,
    /// A character device: console, printer, serial port, NUL.
    Char = 2,
    /// A pipe or a socket.
    Pipe = 3,
}

/// See the module page. One value an open instance.
///
/// # Safety
/// Buffers go back to the user by what the device says of their requests, so that is true:
/// - A [`Completion`] of a request, whether the device returns it or [completes](Request::complete) the request with it, counts no more
///   bytes than the request's memory has; and if it is of a read, so many at its beginning are initialised. This holds for errors too.
/// - An [`Operation`] is about the request's own memory and no more of it than there is, or about memory that the request keeps; and its
///   descriptor stays open until the request is complete.
/// - A request that was [enqueued](Device::enqueue) is completed once, by the device; the memory of one that is complete is not touched
///   any more; and no reference to one that is not complete goes to code that is not trusted with this.
pub unsafe trait Device: Send + Sync + std::any::Any {
    /// For GetFileType.
    fn file_type(&self) -> FileType;

    /// Has it positions? Requests on a device without ignore their offset.
    fn seekable(&self) -> bool {
        false
    }

    /// Is an overlapped call without an OVERLAPPED refused (87), or done synchronously (contract 03 section 1)?
    fn requires_overlapped(&self) -> bool {
        true
    }

    /// Do the requests of several threads on a synchronous instance wait for each other (contract 03 section 3)? Those of sockets do not.
    fn serializes(&self) -> bool {
        true
    }

    /// Do overlapped requests answer "pending" in the C face even if they are done (decision D4)? Disk files do.
    fn pends_always(&self) -> bool {
        self.file_type() == FileType::Disk
    }

    /// Does a wait take the instance's signal, as it takes that of an auto-reset event? Change notifications want that.
    fn gives_signal_once(&self) -> bool {
        false
    }

    /// What a wait on a handle waits for, if that is not the end of a request: a console's unread input (contract 09 section 2). Asked
    /// when a wait begins.
    fn waitable(&self) -> Option<crate::dispatcher::WaitRef> {
        None
    }

    /// Its length in bytes, where it has one.
    fn length(&self) -> Option<u64> {
        None
    }

    /// A synchronous transfer is about to begin at this offset, which its OVERLAPPED says. A device whose descriptor holds the position, and
    /// which transfers there, goes there first.
    fn goes_to(&self, at: u64) {
        let _ = at;
    }

    /// Looks at a new request and says what is to be done.
    fn start(&self, request: &Request) -> Start;

    /// Takes on a pending request that it asked for by [`Start::Queue`] or [`Start::Wait`], and completes it some time; perhaps inside this
    /// call.
    fn enqueue(&self, request: RequestRef) {
        request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST));
    }

    /// Shows the requests that it was given since [`Start::Wait`] and has not begun to complete, and perhaps others. A request that is
    /// attempted meanwhile is either shown or complete soon.
    fn each_waiting(&self, look: &mut dyn FnMut(&RequestRef)) {
        let _ = look;
    }

    /// Somebody has asked for the end of a request: if the device has it in a queue, it completes it (995) and says true.
    fn cancel(&self, request: &RequestRef) -> bool {
        let _ = request;
        false
    }

    /// Looks at the result of an operation of the request and says what is to be done next.
    fn resume(&self, request: &Request, result: RawResult) -> Next;

    /// The descriptor under it, if it is one; `None` also when the device has closed it with its last handle.
    fn descriptor(&self) -> Option<Descriptor<'_>> {
        None
    }

    /// The last handle of the instance was closed. Requests may still be on their way; their completions come later.
    fn close(&self, instance: &Instance) {
        let _ = instance;
    }

    /// What a child process needs to have the same open instance, or `None` if it cannot have it: asked when a process is started
    /// (contract 01 section 2, 09 section 1).
    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        let _ = instance;
        None
    }

    /// The same for a handle that is no standard stream: only a program of this library knows what to do with it.
    fn bequeath_handle(&self, instance: &Instance) -> Option<Bequest> {
        self.bequeath(instance)
    }

    /// A handle with this value refers to it, as in the process that left it.
    fn inherited_as(&self, handle: crate::handle::Handle) {
        let _ = handle;
    }

    /// For what only this kind of device can be asked.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// A device's descriptor, open as long as this lives. A socket or a port whose last handle goes meanwhile closes it then: until
/// that, its number is nobody else's.
pub struct Descriptor<'a>(Held<'a>);

enum Held<'a> {
    ByDevice(BorrowedFd<'a>),
    Here(Box<dyn AsFd + 'a>),
}

impl<'a> Descriptor<'a> {
    /// One that this guard keeps open.
    pub fn kept(guard: impl AsFd + 'a) -> Self {
        Self(Held::Here(Box::new(guard)))
    }
}

impl<'a> From<BorrowedFd<'a>> for Descriptor<'a> {
    /// One that the device keeps open to its own end.
    fn from(fd: BorrowedFd<'a>) -> Self {
        Self(Held::ByDevice(fd))
    }
}

impl AsFd for Descriptor<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.0 {
            Held::ByDevice(fd) => fd.as_fd(),
            Held::Here(guard) => guard.as_fd(),
        }
    }
}

impl AsRawFd for Descriptor<'_> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl std::fmt::Debug for Descriptor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Descriptor").field(&self.as_raw_fd()).finish()
    }
}

/// What a child process gets of an open instance.
#[derive(Debug)]
pub struct Bequest {
    /// Which kind of device: one of [`bequest`].
    pub kind: u32,
    /// Can its requests be overlapped? Set by who collects it.
    pub overlapped: bool,
    /// A copy of the descriptor, for the child alone.
    pub descriptor: Option<OwnedFd>,
    /// One more, which only says for how long the instance is open somewhere.
    pub keep: Option<OwnedFd>,
    /// What else there is to know; only the device's own kind reads it.
    pub bytes: Vec<u8>,
}

/// The kinds of [`Bequest`].
pub mod bequest {
    /// A file, a directory, a terminal: whatever has been opened by a path.
    pub const FILE: u32 = 1;
    /// NUL.
    pub const NULL: u32 = 2;
    /// A socket.
    pub const SOCKET: u32 = 3;
    /// An end of a pipe.
    pub const PIPE: u32 = 4;
    /// The input or the output of a console.
    pub const CONSOLE: u32 = 5;
    /// An end of a mailslot.
    pub const MAILSLOT: u32 = 6;
}

/// How something is to be opened: the arguments of CreateFile (contract 01 section 2).
#[derive(Clone, Copy, Debug)]
pub struct OpenParams {
    /// Desired access; generic bits are not mapped yet.
    pub access: AccessMask,
    /// What other openers may do meanwhile.
    pub share: ShareMode,
    /// CREATE_NEW 1 to TRUNCATE_EXISTING 5; not checked yet.
    pub disposition: u32,
    /// Flags and attributes.
    pub flags: FileFlags,
    /// Permission bits for a file that is created, before the umask; the C face leaves the default.
    pub permissions: u32,
}

/// A device that was opened.
pub struct Opened {
    /// The device.
    pub device: Arc<dyn Device>,
    /// The rights that were granted.
    pub access: AccessMask,
    /// Can its requests be overlapped?
    pub overlapped: bool,
    /// Did it exist before (CREATE_ALWAYS and OPEN_ALWAYS then leave last error 183)?
    pub existed: bool,
}

/// Opens the devices of one kind.
pub trait Driver: Send + Sync + std::any::Any {
    /// Opens what `target` names, or `None` if that is not of this kind.
    fn open(&self, system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>>;

    /// Makes a device of what the parent process has left, or `None` if that is not of this kind.
    fn inherit(&self, system: &System, bequest: &mut Bequest) -> Option<Result<Opened, Win32Error>> {
        let _ = (system, bequest);
        None
    }
}
