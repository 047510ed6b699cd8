//! Sections: files, or memory without one, that can be mapped (CreateFileMapping). One of the kernel's objects, with a name like
//! the others; it cannot be waited for. Who maps it does so by the descriptor.

use std::any::Any;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// See the module page.
pub struct Section {
    fd: OwnedFd,
    size: u64,
    protection: u32,
    /// What keeps the file as long as it must be.
    _hold: Option<Box<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section")
            .field("size", &self.size)
            .field("protection", &self.protection)
            .finish_non_exhaustive()
    }
}

impl Section {
    /// A section of `size` bytes of what the descriptor leads to. `protection`: PAGE_READONLY and its relatives. `hold` is dropped
    /// with the section.
    #[must_use]
    pub fn new(fd: OwnedFd, size: u64, protection: u32, hold: Option<Box<dyn Any + Send + Sync>>) -> Self {
        Self { fd, size, protection, _hold: hold }
    }

    /// Bytes that can be mapped.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The PAGE_ constant that it was made with.
    #[must_use]
    pub fn protection(&self) -> u32 {
        self.protection
    }
}

impl AsFd for Section {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
