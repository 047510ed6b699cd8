//! Owned handles.

use crate::error::{Error, Result};
use overlapped_abi::AccessMask;
use overlapped_kernel::System;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::system::Grant;
use std::os::fd::{AsFd, BorrowedFd};

/// A handle to an open device; closed when dropped. Requests on their way are cancelled by the last handle's end, and keep
/// their buffers until they are complete.
pub struct OwnedHandle {
    system: System,
    handle: Handle,
    grant: Grant,
}

impl OwnedHandle {
    pub(crate) fn new(system: System, handle: Handle, grant: Grant) -> Self {
        Self { system, handle, grant }
    }

    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The system whose table the handle is in.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// The number that the C face would use.
    #[must_use]
    pub fn raw(&self) -> usize {
        self.handle.into_raw()
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
        let made = self.system.duplicate(self.handle, None, HandleFlags::empty(), false);
        let handle = made.map_err(|code| Error::new(code, "duplicate"))?;
        Ok(Self { system: self.system.clone(), handle, grant: self.grant.clone() })
    }

    /// The Linux descriptor of the device.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.grant.instance.device().descriptor()
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

impl Drop for OwnedHandle {
    fn drop(&mut self) {
        // A protected handle stays open: that is what the protection is for.
        let _ = self.system.close(self.handle);
    }
}

impl std::fmt::Debug for OwnedHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnedHandle").field("raw", &self.raw()).field("access", &self.grant.access).finish()
    }
}
