//! CopyFile: the data, the attributes and the time of the last write.
//!
//! Source and target are opened as instances like any others, so that share modes hold: the source must let others read, and
//! nobody else has the target meanwhile. Linux copies from file to file by itself where both file systems can; else the bytes go
//! through a buffer. The calling thread counts as blocked.

use super::device::FileDevice;
use super::{Disposition, FileDriver, change, device_of, errors, query, times};
use overlapped_abi::constants::open::{CREATE_ALWAYS, CREATE_NEW, OPEN_EXISTING};
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::system::{Grant, Open};
use overlapped_kernel::{System, port};
use rustix::io::Errno;
use std::ffi::OsStr;

/// How much is copied between two looks at the caller.
const STEP: usize = 8 << 20;
/// The buffer, where one is needed.
const BUFFER: usize = 256 << 10;

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// Bytes of the source.
    pub size: u64,
    /// Bytes copied.
    pub copied: u64,
}

/// What the caller says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyVerdict {
    /// Go on, and say more.
    Continue,
    /// End, and take the target away: 1235.
    Cancel,
    /// End, and leave what is there: 1235.
    Stop,
    /// Go on, and say no more.
    Quiet,
}

/// An instance that is closed in the end.
struct Owned<'a> {
    system: &'a System,
    handle: Handle,
    grant: Grant,
}

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        // Only this value knows the handle.
        let _ = self.system.close(self.handle);
    }
}

fn open<'a>(
    system: &'a System,
    name: &OsStr,
    access: AccessMask,
    share: ShareMode,
    disposition: u32,
) -> Result<Owned<'a>, Win32Error> {
    let params = OpenParams { access, share, disposition, flags: FileFlags::empty(), permissions: 0o666 };
    let Open { handle, grant, .. } = system.open(name, &params)?;
    Ok(Owned { system, handle, grant })
}

impl FileDriver {
    /// CopyFileEx: 2 or 3 if the source is missing, 80 if the target exists and is not to be replaced, 5 if it is READONLY or a
    /// directory, 32 if either is in use, 1235 if `progress` ends it.
    pub fn copy_file(
        &self,
        system: &System,
        from: &OsStr,
        to: &OsStr,
        replace: bool,
        progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict,
    ) -> Result<(), Win32Error> {
        let share = ShareMode::READ | ShareMode::DELETE;
        let source = match open(system, from, AccessMask::GENERIC_READ, share, OPEN_EXISTING) {
            // Somebody writes to it, and lets others read.
            Err(Win32Error::SHARING_VIOLATION) => {
                open(system, from, AccessMask::GENERIC_READ, share | ShareMode::WRITE, OPEN_EXISTING)?
            }
            source => source?,
        };
        let disposition = if replace { CREATE_ALWAYS } else { CREATE_NEW };
        let access = AccessMask::GENERIC_WRITE | AccessMask::DELETE;
        let target = open(system, to, access, ShareMode::empty(), disposition)?;
        let result = copy(&source.grant, &target.grant, progress);
        if let Err(End { keep: false, .. }) = result {
            // The copy has failed already; what cannot be taken away stays.
            let _ = change::set_disposition(&target.grant, Disposition::DELETE);
        }
        result.map_err(|end| end.error)
    }
}

/// A copy that did not come to its end.
struct End {
    error: Win32Error,
    keep: bool,
}

impl From<Win32Error> for End {
    fn from(error: Win32Error) -> Self {
        Self { error, keep: false }
    }
}

fn copy(from: &Grant, to: &Grant, progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict) -> Result<(), End> {
    let size = query::size(from)?;
    let attributes = query::file_attributes(from)?;
    let mut cargo = Cargo { from: device_of(from)?, to: device_of(to)?, at: 0, buffer: Vec::new() };
    let mut quiet = false;
    loop {
        if !quiet {
            match progress(CopyProgress { size, copied: cargo.at }) {
                CopyVerdict::Continue => {}
                CopyVerdict::Quiet => quiet = true,
                verdict => return Err(End { error: Win32Error::REQUEST_ABORTED, keep: verdict == CopyVerdict::Stop }),
            }
        }
        if port::blocking(|| cargo.step()).map_err(errors::write)? == 0 {
            break;
        }
    }
    let written = times::times(from)?.write;
    times::set_times(to, None, None, Some(written))?;
    Ok(change::set_attributes(to, attributes)?)
}

struct Cargo<'a> {
    from: &'a FileDevice,
    to: &'a FileDevice,
    at: u64,
    /// Empty while Linux copies by itself.
    buffer: Vec<u8>,
}

impl Cargo<'_> {
    /// Copies some more; 0 at the end.
    fn step(&mut self) -> Result<usize, Errno> {
        if self.buffer.is_empty() {
            let (mut source, mut target) = (self.at, self.at);
            match rustix::fs::copy_file_range(self.from.fd(), Some(&mut source), self.to.fd(), Some(&mut target), STEP)
            {
                // Files of /proc and their like say that they are empty.
                Ok(0) if self.at == 0 => {}
                Ok(copied) => {
                    self.at += copied as u64;
                    return Ok(copied);
                }
                Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM | Errno::IO) => {}
                Err(errno) => return Err(errno),
            }
            self.buffer = vec![0; BUFFER];
        }
        let read = rustix::io::pread(self.from.fd(), &mut self.buffer[..], self.at)?;
        let mut written = 0;
        while written < read {
            written += rustix::io::pwrite(self.to.fd(), &self.buffer[written..read], self.at + written as u64)?;
        }
        self.at += read as u64;
        Ok(read)
    }
}
