//! Files of the standard library, and other descriptors, as files of this crate.
//!
//! An adopted file has the rights that it was opened with, and shares everything. The position of its descriptor is that of a
//! synchronous one; requests of an overlapped one leave it alone. A pipe or a terminal can be adopted too.

use crate::error::{Error, Result};
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::overlapped_file::OverlappedFile;
use overlapped_abi::{Context, Win32Error};
use overlapped_devices::FileDriver;
use overlapped_kernel::System;
use overlapped_kernel::device::Opened;
use overlapped_kernel::handle::Object;
use overlapped_kernel::system::Grant;
use rustix::fs::{OFlags, SeekFrom};
use std::os::fd::OwnedFd;

fn adopt(system: &System, fd: OwnedFd, overlapped: bool) -> Result<OwnedHandle> {
    let failed = |code| Error::new(code, "the adoption of a descriptor");
    let files = system.driver::<FileDriver>().unwrap_or_else(|| crate::system::default_files());
    let Opened { device, access, overlapped, .. } = files.adopt(fd, overlapped).map_err(failed)?;
    let instance = system.instance(device, overlapped);
    let handle = system.insert(Object::Instance(instance.clone()), access).map_err(failed)?;
    OwnedHandle::new(system, handle, Grant { instance, access })
}

/// A descriptor of the file, which is no longer used here, at the place of the file pointer if it has one.
fn release(handle: OwnedHandle, pointer: Option<u64>) -> Result<OwnedFd> {
    let failed = |error: rustix::io::Errno| {
        Error::new(Win32Error::from_errno(error.raw_os_error(), Context::Open), "the release of a descriptor")
    };
    let fd = match handle.descriptor() {
        Some(fd) => rustix::io::fcntl_dupfd_cloexec(fd, 3).map_err(failed)?,
        None => return Err(Error::new(Win32Error::INVALID_FUNCTION, "the release of a descriptor")),
    };
    drop(handle);
    let flags = rustix::fs::fcntl_getfl(&fd).map_err(failed)?;
    if flags.contains(OFlags::NONBLOCK) {
        rustix::fs::fcntl_setfl(&fd, flags - OFlags::NONBLOCK).map_err(failed)?;
    }
    if let Some(pointer) = pointer {
        rustix::fs::seek(&fd, SeekFrom::Start(pointer)).map_err(failed)?;
    }
    Ok(fd)
}

impl File {
    /// The same file for the standard library, at the file pointer. The handle is closed: sharing and locks end unless there are others.
    ///
    /// # Errors
    /// 4 without descriptors, 1 for a device that has none.
    pub fn into_std(self) -> Result<std::fs::File> {
        // What has no positions has no pointer either.
        let pointer = self.set_pointer(std::io::SeekFrom::Current(0)).ok();
        release(self.into_handle(), pointer).map(Into::into)
    }
}

impl OverlappedFile {
    /// The same file for the standard library, from its beginning. The handle is closed: requests on their way are cancelled, sharing and
    /// locks end, unless there are others.
    ///
    /// # Errors
    /// As for [`File::into_std`].
    pub fn into_std(self) -> Result<std::fs::File> {
        release(self.into_handle(), None).map(Into::into)
    }
}

macro_rules! adopted {
    ($($file:ty: $overlapped:literal),+) => {
        $(
            impl $file {
                /// A file of this system, made of a descriptor; the standard library's files are such.
                ///
                /// # Errors
                /// 4 when there are too many handles.
                pub fn from_fd_in(system: &System, fd: impl Into<OwnedFd>) -> Result<Self> {
                    adopt(system, fd.into(), $overlapped).map(Self::new)
                }
            }

            impl TryFrom<OwnedFd> for $file {
                type Error = Error;

                fn try_from(fd: OwnedFd) -> Result<Self> {
                    Self::from_fd_in(crate::system::default()?, fd)
                }
            }

            impl TryFrom<std::fs::File> for $file {
                type Error = Error;

                fn try_from(file: std::fs::File) -> Result<Self> {
                    Self::try_from(OwnedFd::from(file))
                }
            }

            impl TryFrom<$file> for std::fs::File {
                type Error = Error;

                fn try_from(file: $file) -> Result<Self> {
                    file.into_std()
                }
            }

            impl TryFrom<$file> for OwnedFd {
                type Error = Error;

                fn try_from(file: $file) -> Result<Self> {
                    file.into_std().map(Self::from)
                }
            }
        )+
    };
}

adopted!(File: false, OverlappedFile: true);
