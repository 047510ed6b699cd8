//! Sections: memory that processes share, and files as memory (CreateFileMapping, MapViewOfFile).

use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use overlapped_abi::Win32Error;
use overlapped_devices::file::{section_of_file, section_of_memory};
use overlapped_kernel::section::{self, Hold};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const PAGE_READONLY: u32 = 0x02;
const PAGE_READWRITE: u32 = 0x04;

/// What can be mapped: zeros that belong to no file, or a file. Clones are the same section.
///
/// With a [name](crate::named), or [inherited](crate::process::Command::inherit), it is memory that processes share:
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{Section, named};
/// # let name = format!("overlapped-doc-section-{}", std::process::id());
///
/// let (section, _) = named::create(&name, Section::of_memory(4096)?)?;
/// section.map()?.write(100, b"hello");
/// // Somebody else, perhaps in another process:
/// let view = named::open::<Section>(&name)?.map()?;
/// let mut text = [0; 5];
/// view.read(100, &mut text);
/// assert_eq!(&text, b"hello");
/// # Ok(())
/// # }
/// ```
///
/// The memory says nothing of itself: a [named](crate::named) event or mutex tells when something is there.
#[derive(Clone, Debug)]
pub struct Section(Arc<section::Section>);

fn failed(code: Win32Error) -> Error {
    Error::new(code, "creation of a section")
}

impl Section {
    /// Zeros, so many bytes.
    ///
    /// # Errors
    /// 87 for none, 8 for too many, 4 without descriptors.
    pub fn of_memory(bytes: u64) -> Result<Self> {
        section_of_memory(PAGE_READWRITE, bytes).map(|made| Self(Arc::new(made))).map_err(failed)
    }

    /// The first bytes of a file ([`File::handle`](crate::File::handle)), which cannot be cut below them meanwhile (1224; other programs are not
    /// bound by that). 0: all of it; more than all: a writable file becomes longer. What is written to the views is in the file.
    ///
    /// # Errors
    /// 6 for what is no file, 5 without the right to read, or to write if that is wanted, 1006 for an empty file, 8 if it is too short and is not
    /// to be written.
    pub fn of_file(file: &OwnedHandle, bytes: u64, writable: bool) -> Result<Self> {
        let protection = if writable { PAGE_READWRITE } else { PAGE_READONLY };
        section_of_file(file.grant(), protection, bytes).map(|made| Self(Arc::new(made))).map_err(failed)
    }

    /// How many bytes can be mapped.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.size()
    }

    /// Can its views be written to?
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.0.protection() == PAGE_READWRITE
    }

    /// All of it as memory.
    ///
    /// # Errors
    /// 8 without room for it.
    pub fn map(&self) -> Result<View> {
        let failed = |_| Error::new(Win32Error::NOT_ENOUGH_MEMORY, "map of a section");
        let len = usize::try_from(self.size()).map_err(|_| failed(rustix::io::Errno::NOMEM))?;
        let (mut protection, writable) = (ProtFlags::READ, self.is_writable());
        protection.set(ProtFlags::WRITE, writable);
        // SAFETY: a new mapping at an address that Linux chooses.
        let start = unsafe { mmap(std::ptr::null_mut(), len, protection, MapFlags::SHARED, &*self.0, 0) };
        let Some(start) = NonNull::new(start.map_err(failed)?.cast()) else { unreachable!("nothing is mapped at 0") };
        Ok(View { start, len, writable, _hold: self.0.hold() })
    }

    pub(crate) fn from_kernel(section: Arc<section::Section>) -> Self {
        Self(section)
    }

    pub(crate) fn into_kernel(self) -> Arc<section::Section> {
        self.0
    }
}

/// A section as memory, which others may change at any time: so it is copied from and to, byte by byte, and there is no slice of it. It outlives
/// the section.
///
/// Reading what another program has cut off a file ends the process by a signal, as in any mapping.
#[derive(Debug)]
pub struct View {
    start: NonNull<u8>,
    len: usize,
    writable: bool,
    _hold: Option<Hold>,
}

// SAFETY: the memory is anybody's, and is reached by single bytes as atomics.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl View {
    /// Its bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// A section has at least one byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Can it be written to?
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// The first byte, at the beginning of a page. What is done by this pointer has to get along with others who read and write meanwhile, here and
    /// in other processes, as [`View::read`] and [`View::write`] do: by relaxed atomic bytes.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// The atomic bytes from `at` on.
    ///
    /// # Panics
    /// If there are fewer than `len`.
    fn bytes(&self, at: usize, len: usize) -> impl Iterator<Item = &AtomicU8> {
        let fits = at.checked_add(len).is_some_and(|end| end <= self.len);
        assert!(fits, "{len} bytes at {at} of a view of {}", self.len);
        // SAFETY: inside the mapping, which stays as long as the view does, and which Rust reaches only in this way.
        (at..at + len).map(|at| unsafe { AtomicU8::from_ptr(self.start.as_ptr().add(at)) })
    }

    /// Copies the bytes from `at` on. Bytes that are written meanwhile are old or new, each by itself.
    ///
    /// # Panics
    /// If the view ends before.
    pub fn read(&self, at: usize, into: &mut [u8]) {
        let len = into.len();
        into.iter_mut().zip(self.bytes(at, len)).for_each(|(byte, there)| *byte = there.load(Ordering::Relaxed));
    }

    /// Puts these bytes at `at`.
    ///
    /// # Panics
    /// If the view ends before, or cannot be written to.
    pub fn write(&self, at: usize, from: &[u8]) {
        assert!(self.writable, "the view is of a section that is only read");
        from.iter().zip(self.bytes(at, from.len())).for_each(|(byte, there)| there.store(*byte, Ordering::Relaxed));
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: mapped by `map`, and borrowed by nobody any more.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
    }
}
