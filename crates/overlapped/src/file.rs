//! Files opened for synchronous requests.

use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use crate::operation;
use crate::wait::Wait;
use overlapped_abi::constants::file::{FILE_BEGIN, FILE_CURRENT, FILE_END};
use overlapped_devices::file as devices;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::request::{Buffer, Completion, Function, Route};
use overlapped_kernel::road::{Place, Refused, Reply, Report, Transfer};
use overlapped_kernel::system::Grant;
use std::io;
use std::sync::Arc;

/// A file opened without FILE_FLAG_OVERLAPPED: every call waits for its own request, one at a time, at the file pointer
/// (contract 03). A thread of a port counts as paused while a call waits.
#[derive(Debug)]
pub struct File {
    handle: OwnedHandle,
}

impl File {
    /// Another handle to the same open file: they share the file pointer (contract 02 section 2).
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn try_clone(&self) -> Result<Self> {
        self.handle.duplicate().map(Self::new)
    }

    /// Reads at the file pointer and moves it; 0 bytes at the end of the file.
    ///
    /// # Errors
    /// Those of ReadFile (contract 03 section 1.2).
    pub fn read_bytes(&self, buffer: &mut [u8]) -> Result<usize> {
        // SAFETY: the instance is synchronous, so that the request is complete when the call returns; the buffer is borrowed for it.
        unsafe { transfer_now(self.handle.grant(), Function::Read, buffer.as_mut_ptr(), buffer.len()) }
    }

    /// Writes the bytes at the file pointer and moves it: all, or as many as fitted when the disk is full or the file at its limit.
    ///
    /// # Errors
    /// Those of WriteFile (contract 03 section 1.2).
    pub fn write_bytes(&self, bytes: &[u8]) -> Result<usize> {
        // SAFETY: as for a read; nobody writes to the bytes.
        unsafe { transfer_now(self.handle.grant(), Function::Write, bytes.as_ptr().cast_mut(), bytes.len()) }
    }

    /// Moves the file pointer and gives its new place (SetFilePointerEx). Past the end is allowed.
    ///
    /// # Errors
    /// 131 before the start; 87 between sectors on an unbuffered file; 1 on what has no positions.
    pub fn set_pointer(&self, to: io::SeekFrom) -> Result<u64> {
        let (distance, method) = match to {
            io::SeekFrom::Start(at) => (at.cast_signed(), FILE_BEGIN),
            io::SeekFrom::Current(by) => (by, FILE_CURRENT),
            io::SeekFrom::End(by) => (by, FILE_END),
        };
        self.handle.ask("move of the file pointer", |grant| devices::set_pointer(grant, distance, method))
    }

    /// Makes the file pointer the end of the file (SetEndOfFile).
    ///
    /// # Errors
    /// 5 without write access.
    pub fn set_end_of_file(&self) -> Result<()> {
        self.handle.ask("change of a file's end", devices::set_end_of_file)
    }
}

/// Reads or writes inside this call.
///
/// # Safety
/// As for [`complete_now`].
pub(crate) unsafe fn transfer_now(grant: &Grant, function: Function, start: *mut u8, len: usize) -> Result<usize> {
    // SAFETY: the caller's promise.
    match unsafe { complete_now(grant, function, start, len) }? {
        // The disk is full, and this is what fitted; the next write tells of it.
        completion if function == Function::Write && completion.bytes > 0 => Ok(completion.bytes),
        completion => operation::outcome(function, completion),
    }
}

/// The same with the outcome as it is: a warning is one.
///
/// # Safety
/// The buffer is valid (writable for a read), and the device waits inside a call without an OVERLAPPED.
pub(crate) unsafe fn complete_now(grant: &Grant, function: Function, start: *mut u8, len: usize) -> Result<Completion> {
    let transfer = Transfer {
        function,
        buffer: Buffer { start, len },
        place: Place::Pointer,
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
        probe: None,
    };
    // SAFETY: the caller's promise.
    match unsafe { grant.instance.transfer(grant.access, transfer) } {
        Ok(Reply::Done(_, completion)) => Ok(completion),
        Ok(Reply::Pending(_)) => unreachable!("a synchronous request is done when the call returns"),
        Err(Refused { error, .. }) => Err(Error::new(error, operation::name(function))),
    }
}

impl io::Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.read_bytes(buffer)?)
    }
}

impl io::Read for &File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.read_bytes(buffer)?)
    }
}

impl io::Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.write_bytes(bytes)?)
    }

    /// Nothing is buffered here; see [`File::flush_buffers`] for the way to the device.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Write for &File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.write_bytes(bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for File {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        Ok(self.set_pointer(to)?)
    }
}

impl Wait for File {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(&self.handle.grant().instance) as WaitRef)
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        Some(Arc::clone(self.handle.grant().instance.idle()))
    }
}

crate::metadata::file_methods!(File);
