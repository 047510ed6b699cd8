//! Handles of a console (contract 09 §2): the input, or a screen buffer. Requests on them are synchronous, and no port wants them.
//!
//! Writing is done inside the call. A read is queued in the console, where whoever brings enough input answers it; so it can be cancelled,
//! and the thread counts as blocked meanwhile.

use super::{Console, ScreenId, own};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::device::{Bequest, Descriptor, Device, FileType, Next, Opened, Start, bequest};
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::OFlags;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which part of a console a handle is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Its input.
    Input,
    /// One of its screen buffers.
    Screen(ScreenId),
}

/// See the module page.
pub struct ConsoleDevice {
    console: Arc<Console>,
    side: Side,
    /// The terminal's descriptor that the handle was made of.
    fd: Option<OwnedFd>,
    closed: AtomicBool,
}

/// The console that an instance is of, and its part.
#[must_use]
pub fn console_of(instance: &Instance) -> Option<(&Arc<Console>, Side)> {
    let device = instance.device().as_any().downcast_ref::<ConsoleDevice>()?;
    Some((&device.console, device.side))
}

impl ConsoleDevice {
    pub(super) fn new(console: Arc<Console>, side: Side, fd: Option<OwnedFd>) -> Self {
        if let Side::Screen(id) = side {
            console.opened(id);
        }
        Self { console, side, fd, closed: AtomicBool::new(false) }
    }

    /// A device of a terminal's descriptor: its input if `input` says so, or if the descriptor can only be read.
    pub fn adopt(fd: OwnedFd, input: bool) -> Result<Opened, Win32Error> {
        let flags = rustix::fs::fcntl_getfl(&fd).map_err(|_| Win32Error::INVALID_HANDLE)?;
        let console = own::of_descriptor(fd.as_fd())?;
        let input = match flags & OFlags::RWMODE {
            OFlags::RDWR => input,
            direction => direction != OFlags::WRONLY,
        };
        let data = match flags & OFlags::RWMODE {
            OFlags::RDWR => AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE,
            // What can be written can be asked, as the standard output can.
            OFlags::WRONLY => AccessMask::FILE_GENERIC_WRITE | AccessMask::READ_DATA,
            _ => AccessMask::FILE_GENERIC_READ | AccessMask::WRITE_DATA,
        };
        let side = if input { Side::Input } else { Side::Screen(ScreenId(0)) };
        let access = data | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
        let device = Arc::new(Self::new(console, side, Some(fd)));
        Ok(Opened { device, access, overlapped: false, existed: true })
    }

    fn leave(&self) {
        if let Side::Screen(id) = self.side
            && !self.closed.swap(true, Ordering::AcqRel)
        {
            self.console.closed(id);
        }
    }

    fn write(&self, request: &Request, id: ScreenId) -> Start {
        let buffer = request.buffer();
        // SAFETY: the request's own memory, readable for its length until it is complete.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.start, buffer.len) };
        match self.console.write_bytes(id, bytes) {
            Ok(()) => Start::Done(Completion::success(buffer.len)),
            Err(error) => Start::Failed(status_of(error)),
        }
    }
}

fn status_of(error: Win32Error) -> Status {
    if error == Win32Error::INVALID_HANDLE { Status::INVALID_HANDLE } else { Status::IO_DEVICE_ERROR }
}

// SAFETY: a read counts what was copied into its memory; one that waits is completed by whoever takes it out of the console's list.
unsafe impl Device for ConsoleDevice {
    fn file_type(&self) -> FileType {
        FileType::Char
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn waitable(&self) -> Option<WaitRef> {
        Some(self.console.wait_for_records())
    }

    fn start(&self, request: &Request) -> Start {
        match (request.function(), self.side) {
            (Function::Read | Function::Write, _) if request.buffer().len == 0 => Start::Done(Completion::success(0)),
            (Function::Read, Side::Input) => Start::Queue,
            (Function::Write, Side::Screen(id)) => self.write(request, id),
            (Function::Flush, Side::Input) => match self.console.forget_input() {
                Ok(()) => Start::Done(Completion::success(0)),
                Err(error) => Start::Failed(status_of(error)),
            },
            // The output has no buffer to be flushed (contract 09 §2).
            (Function::Read | Function::Write | Function::Flush, _) => Start::Failed(Status::INVALID_HANDLE),
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        self.console.ask(request);
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        let had = self.console.withdraw(request);
        if had {
            request.complete(Completion::failure(Status::CANCELLED));
        }
        had
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        self.fd.as_ref().map(|fd| fd.as_fd().into())
    }

    fn close(&self, _instance: &Instance) {
        self.leave();
    }

    /// The terminal, which is the child's console, too. Screen buffers that the program has made are its own.
    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        let descriptor = rustix::io::fcntl_dupfd_cloexec(self.fd.as_ref()?, 3).ok()?;
        let bytes = vec![u8::from(self.side == Side::Input)];
        let overlapped = instance.is_overlapped();
        Some(Bequest { kind: bequest::CONSOLE, overlapped, descriptor: Some(descriptor), keep: None, bytes })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for ConsoleDevice {
    /// A device that never had a handle leaves here.
    fn drop(&mut self) {
        self.leave();
    }
}
