//! CopyFile: the data, the attributes, the permissions and the time of the last write.
//!
//! Source and target are opened as instances like any others, so that share modes hold: the source must let others read, and
//! nobody else has the target meanwhile. What is copied is left to requests of the target ([`pipeline`](super::pipeline)), as if the
//! caller had made them; holes stay holes. The calling thread counts as blocked. CancelSynchronousIo does not end a copy
//! (contract 03 section 8): who wants that has a cancel flag and a progress routine, which are asked between two pieces.
//!
//! A new target has the source's permissions, as far as the umask lets it: what only its owner may read stays so, and programs stay
//! programs. One that is replaced keeps its own.

use super::pipeline::Pipeline;
use super::{Disposition, FileDriver, change, device_of, query, times};
use overlapped_abi::constants::open::{CREATE_ALWAYS, CREATE_NEW, OPEN_EXISTING};
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::system::{Grant, Open};
use std::ffi::OsStr;

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// Bytes of the source.
    pub size: u64,
    /// Bytes copied; holes count.
    pub copied: u64,
    /// The source, open for reading.
    pub source: Handle,
    /// The target, open for writing.
    pub target: Handle,
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
        // A progress routine may have closed it, which it should not.
        let _ = self.system.close(self.handle);
    }
}

/// Who may do what with a file that is opened for a copy.
struct Terms {
    access: AccessMask,
    share: ShareMode,
    disposition: u32,
    permissions: u32,
}

fn open<'a>(system: &'a System, name: &OsStr, terms: Terms) -> Result<Owned<'a>, Win32Error> {
    let Terms { access, share, disposition, permissions } = terms;
    let params = OpenParams { access, share, disposition, flags: FileFlags::OVERLAPPED, permissions };
    let Open { handle, grant, .. } = system.open(name, &params)?;
    Ok(Owned { system, handle, grant })
}

fn open_source<'a>(system: &'a System, name: &OsStr, share: ShareMode) -> Result<Owned<'a>, Win32Error> {
    let access = AccessMask::GENERIC_READ;
    open(system, name, Terms { access, share, disposition: OPEN_EXISTING, permissions: 0 })
}

impl FileDriver {
    /// CopyFileEx: 2 or 3 if the source is missing, 80 if the target exists and is not to be replaced, 5 if it is READONLY or a
    /// directory, 32 if either is in use, 1 if either is no file, 1235 if `progress` ends it. A target that is not complete is taken
    /// away, unless `progress` says [`CopyVerdict::Stop`].
    pub fn copy_file(
        &self,
        system: &System,
        from: &OsStr,
        to: &OsStr,
        replace: bool,
        progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict,
    ) -> Result<(), Win32Error> {
        let share = ShareMode::READ | ShareMode::DELETE;
        let source = match open_source(system, from, share) {
            // Somebody writes to it, and lets others read.
            Err(Win32Error::SHARING_VIOLATION) => open_source(system, from, share | ShareMode::WRITE)?,
            source => source?,
        };
        let mode = device_of(&source.grant)?.found().mode;
        // What has none is refused before the target changes.
        query::size(&source.grant)?;
        let target = Terms {
            access: AccessMask::GENERIC_WRITE | AccessMask::DELETE,
            share: ShareMode::empty(),
            disposition: if replace { CREATE_ALWAYS } else { CREATE_NEW },
            // Until it is complete its owner can write to it; READONLY comes with the attributes.
            permissions: mode & 0o777 | 0o200,
        };
        let target = open(system, to, target)?;
        let result = copy(&source, &target, progress);
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

fn copy(from: &Owned<'_>, to: &Owned<'_>, progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict) -> Result<(), End> {
    let attributes = query::file_attributes(&from.grant)?;
    let size = query::size(&from.grant)?;
    let mut report = |copied| {
        let stopped = |keep| End { error: Win32Error::REQUEST_ABORTED, keep };
        match progress(CopyProgress { size, copied, source: from.handle, target: to.handle }) {
            CopyVerdict::Continue => Ok(true),
            CopyVerdict::Quiet => Ok(false),
            CopyVerdict::Cancel => Err(stopped(false)),
            CopyVerdict::Stop => Err(stopped(true)),
        }
    };
    let mut listens = report(0)?;
    let mut pipeline = Pipeline::new(from.system, &from.grant, &to.grant, listens)?;
    while let Some(copied) = pipeline.advance()? {
        listens = listens && report(copied)?;
    }
    pipeline.finish()?;
    let written = times::times(&from.grant)?.write;
    times::set_times(&to.grant, None, None, Some(written))?;
    Ok(change::set_attributes(&to.grant, attributes)?)
}
