//! Sections: files, or memory without one, that can be mapped (CreateFileMapping). One of the kernel's objects, with a name like
//! the others; it cannot be waited for. Who maps it does so by the descriptor.

use std::any::Any;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// See the module page.
pub struct Section {
    fd: OwnedFd,
    size: u64,
    protection: u32,
    /// What keeps the file as long as it must be. None for memory.
    file: Option<Hold>,
    /// What keeps the name.
    _name: Option<Hold>,
}

/// Something that is to live as long as somebody needs it.
pub type Hold = Arc<dyn Any + Send + Sync>;

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section")
            .field("size", &self.size)
            .field("protection", &self.protection)
            .finish_non_exhaustive()
    }
}

impl Section {
    /// A section of `size` bytes of the file that the descriptor leads to. `protection`: PAGE_READONLY and its relatives. `hold` is
    /// dropped with the section and its views.
    #[must_use]
    pub fn of_file(fd: OwnedFd, size: u64, protection: u32, hold: Hold) -> Self {
        Self { fd, size, protection, file: Some(hold), _name: None }
    }

    /// A section of `size` bytes of memory that the descriptor leads to.
    #[must_use]
    pub fn of_memory(fd: OwnedFd, size: u64, protection: u32) -> Self {
        Self { fd, size, protection, file: None, _name: None }
    }

    /// The same with a name, which goes with the last handle: views do not keep it.
    #[must_use]
    pub fn named(self, name: Hold) -> Self {
        Self { _name: Some(name), ..self }
    }

    /// Is it memory, and no file's?
    #[must_use]
    pub fn is_memory(&self) -> bool {
        self.file.is_none()
    }

    /// What a view has to keep.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        self.file.clone()
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
