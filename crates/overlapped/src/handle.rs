//! Owned handles.

use crate::error::{Error, Result};
use overlapped_abi::AccessMask;
use overlapped_kernel::System;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::system::{Grant, Owner};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// A handle to an open device; closed when dropped. Requests on their way are cancelled by the last handle's end, and keep
/// their buffers until they are complete.
///
/// Nobody else can close it: a `CloseHandle` of its number, in whichever face, fails with 6 as for a protected handle. So a descriptor
/// that is borrowed from it is open for as long as the borrow. [`OwnedHandle::into_raw`] gives that up.
pub struct OwnedHandle {
    owner: Owner,
    grant: Grant,
}

impl OwnedHandle {
    /// Of a handle that nobody else knows.
    pub(crate) fn new(system: &System, handle: Handle, grant: Grant) -> Result<Self> {
        let owner = system.own(handle, &grant.instance);
        let owner = owner.map_err(|code| Error::new(code, "ownership of a handle"))?;
        Ok(Self { owner, grant })
    }

    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The system whose table the handle is in.
    #[must_use]
    pub fn system(&self) -> &System {
        self.owner.system()
    }

    /// The number that the C face uses.
    #[must_use]
    pub fn raw(&self) -> usize {
        self.owner.handle().into_raw()
    }

    /// Leaves the handle open, for C code of this process: whoever has the number closes it, by CloseHandle or closesocket.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("file");
    /// use overlapped::OpenOptions;
    /// use overlapped::abi::Win32Error;
    ///
    /// let file = OpenOptions::new().write(true).create(true).open(&path)?;
    /// let system = overlapped::default_system()?;
    /// # use overlapped::Handle;
    /// let number = |raw| Handle::from_raw(raw).expect("a handle");
    /// assert_eq!(system.close(number(file.handle().raw())), Err(Win32Error::INVALID_HANDLE));
    /// let raw = file.into_handle().into_raw();
    /// assert_eq!(system.close(number(raw)), Ok(()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "somebody has to close it"]
    pub fn into_raw(self) -> usize {
        self.owner.release().into_raw()
    }

    /// The rights that the handle gives.
    #[must_use]
    pub fn access(&self) -> AccessMask {
        self.grant.access
    }

    /// Another handle to the same open instance, with the same rights (DuplicateHandle, contract 01 section 1.3).
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn duplicate(&self) -> Result<Self> {
        let system = self.system();
        let made = system.duplicate(self.owner.handle(), None, HandleFlags::empty(), false);
        let handle = made.map_err(|code| Error::new(code, "duplicate"))?;
        Self::new(system, handle, self.grant.clone())
    }

    /// The Linux descriptor of the device.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        let number = self.grant.instance.device().descriptor()?.as_raw_fd();
        // SAFETY: a device closes its descriptor with its last handle at the earliest, and puts nothing but another of the same kind under the
        // number before. This handle is open as long as its owner, who is borrowed here.
        Some(unsafe { BorrowedFd::borrow_raw(number) })
    }
}

impl AsFd for OwnedHandle {
    /// # Panics
    /// If the device is not a descriptor; files always are.
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self.descriptor() {
            Some(descriptor) => descriptor,
            None => panic!("the device has no descriptor"),
        }
    }
}

impl std::fmt::Debug for OwnedHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnedHandle").field("raw", &self.raw()).field("access", &self.grant.access).finish()
    }
}
