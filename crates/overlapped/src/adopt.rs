//! Files of the standard library, and other descriptors, as files of this crate.
//!
//! An adopted file has the rights that it was opened with, and shares everything. The position of its descriptor is that of a
//! synchronous one; requests of an overlapped one leave it alone. A pipe or a terminal can be adopted too.

use crate::error::{Error, Result};
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::overlapped_file::OverlappedFile;
use overlapped_devices::FileDriver;
use overlapped_kernel::System;
use overlapped_kernel::device::Opened;
use overlapped_kernel::handle::Object;
use overlapped_kernel::system::Grant;
use std::os::fd::OwnedFd;

fn adopt(system: &System, fd: OwnedFd, overlapped: bool) -> Result<OwnedHandle> {
    let failed = |code| Error::new(code, "the adoption of a descriptor");
    let files = system.driver::<FileDriver>().unwrap_or_else(|| crate::system::default_files());
    let Opened { device, access, overlapped, .. } = files.adopt(fd, overlapped).map_err(failed)?;
    let instance = system.instance(device, overlapped);
    let handle = system.insert(Object::Instance(instance.clone()), access).map_err(failed)?;
    OwnedHandle::new(system, handle, Grant { instance, access })
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
        )+
    };
}

adopted!(File: false, OverlappedFile: true);
