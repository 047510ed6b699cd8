//! Pipes as streams of bytes, and the pipe without a name.

use super::driver;
use super::end::{AsPipe, End};
use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use overlapped_devices::pipe as devices;
use overlapped_kernel::System;
use overlapped_kernel::system::Open;
use std::io;

/// Reads as a stream: a part of a message is data like any other, and the end of the pipe is the end of the stream.
macro_rules! read {
    ($end:ty) => {
        impl io::Read for &$end {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let end = $crate::pipe::end::AsPipe::end(*self);
                match end.read_now(buffer) {
                    Ok(done) => Ok(done.bytes),
                    Err(error) if error.code() == overlapped_abi::Win32Error::BROKEN_PIPE => Ok(0),
                    Err(error) => Err(error.into()),
                }
            }
        }

        impl io::Read for $end {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                io::Read::read(&mut &*self, buffer)
            }
        }
    };
}

/// Writes as a stream.
macro_rules! write {
    ($end:ty) => {
        impl io::Write for &$end {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let end = $crate::pipe::end::AsPipe::end(*self);
                Ok(end.write_now(bytes)?)
            }

            /// Nothing is buffered on this side.
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        impl io::Write for $end {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                io::Write::write(&mut &*self, bytes)
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
    };
}

pub(super) use {read, write};

/// The end of an [`anonymous`] pipe that reads.
#[derive(Debug)]
pub struct PipeReader(End);

/// The end of an [`anonymous`] pipe that writes.
#[derive(Debug)]
pub struct PipeWriter(End);

impl AsPipe for PipeReader {
    fn end(&self) -> &End {
        &self.0
    }
}

impl AsPipe for PipeWriter {
    fn end(&self) -> &End {
        &self.0
    }
}

read!(PipeReader);
write!(PipeWriter);

/// A pipe of bytes without a name, with a quota of so many bytes; 4096 for 0 (CreatePipe, contract 07 §3). Calls on its ends wait. The
/// reader comes to the end when every copy of the writer is closed.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use std::io::{Read, Write};
///
/// let (mut reader, mut writer) = overlapped::pipe::anonymous(0)?;
/// writer.write_all(b"through the pipe")?;
/// drop(writer);
/// let mut all = String::new();
/// reader.read_to_string(&mut all)?;
/// assert_eq!(all, "through the pipe");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// 4 when there are too many handles.
pub fn anonymous(bytes: u32) -> Result<(PipeReader, PipeWriter)> {
    anonymous_in(crate::system::default()?, bytes)
}

/// [`anonymous`] in another system than the default one.
///
/// # Errors
/// As for [`anonymous`].
pub fn anonymous_in(system: &System, bytes: u32) -> Result<(PipeReader, PipeWriter)> {
    let made = driver(system)?.anonymous(system, bytes);
    let (read, write) = made.map_err(|code| Error::new(code, "creation of a pipe"))?;
    let end = |open: Open| OwnedHandle::new(system, open.handle, open.grant).map(End::new);
    Ok((PipeReader(end(read)?), PipeWriter(end(write)?)))
}

impl PipeReader {
    /// The handle.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        self.0.handle()
    }

    /// Waits for data and reads what there is.
    ///
    /// # Errors
    /// 109 when the writer is closed and everything is read.
    pub fn read_bytes(&self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read_now(buffer).map(|done| done.bytes)
    }

    /// Bytes that can be read without waiting (PeekNamedPipe).
    ///
    /// # Errors
    /// 109 when the writer is closed and everything is read.
    pub fn available(&self) -> Result<usize> {
        self.0.told("peek", devices::peek(self.0.handle().grant(), 0)).map(|seen| seen.available)
    }
}

impl PipeWriter {
    /// The handle.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        self.0.handle()
    }

    /// Another handle to the same end; the reader comes to the end when both are closed.
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn try_clone(&self) -> Result<Self> {
        self.0.handle().duplicate().map(|handle| Self(End::new(handle)))
    }

    /// Writes all bytes, and waits until they are read or fit.
    ///
    /// # Errors
    /// 232 when the reader is closed, 109 if it is closed meanwhile.
    pub fn write_bytes(&self, bytes: &[u8]) -> Result<usize> {
        self.0.write_now(bytes)
    }
}
