//! What a program puts into the ring, and what it takes out.

use overlapped_abi::Status;
use overlapped_kernel::request::{Buffer, Function};

/// The file of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A handle.
    Handle(usize),
    /// One of the registered handles.
    Registered(u32),
}

/// The memory of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// At this address.
    At(usize),
    /// In one of the registered buffers.
    Registered {
        /// Which one.
        index: u32,
        /// From which byte on.
        offset: u32,
    },
}

/// What an entry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A read or a write of bytes.
    Transfer {
        /// Which of the two.
        function: Function,
        /// The file.
        file: File,
        /// The memory.
        memory: Memory,
        /// Bytes.
        len: u32,
        /// Where in the file.
        offset: u64,
        /// A write is on the device before it is complete.
        through: bool,
    },
    /// A read or a write of pages that need not lie together.
    Pages {
        /// Which of the two.
        function: Function,
        /// The file.
        file: File,
        /// The addresses of the pages.
        pages: Vec<usize>,
        /// Bytes in all.
        len: u32,
        /// Where in the file.
        offset: u64,
        /// A write is on the device before it is complete.
        through: bool,
    },
    /// What was written is on the device.
    Flush {
        /// The file.
        file: File,
        /// Without the device: what has been written need only be in the file system's hands.
        in_memory: bool,
    },
    /// The end of what was issued on a file under this number, or, for 0, of all.
    Cancel {
        /// The file.
        file: File,
        /// What the entry to be ended has for its caller.
        target: usize,
    },
    /// Handles that entries may name by their places.
    RegisterFiles(Vec<usize>),
    /// Memory that entries may name by its place.
    RegisterBuffers(Vec<Region>),
}

/// A registered buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its address.
    pub start: usize,
    /// Its length.
    pub len: u32,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The caller's own number.
    pub user: usize,
    /// Not before everything submitted earlier is complete.
    pub drain: bool,
    /// What is asked for.
    pub what: What,
}

/// What has become of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The caller's own number.
    pub user: usize,
    /// Success or the error.
    pub status: Status,
    /// Bytes transferred.
    pub bytes: usize,
}

impl Memory {
    /// The bytes that are meant; `None` if that is not all in a registered buffer.
    pub(super) fn resolve(self, regions: &[Region], len: u32) -> Option<Buffer> {
        let start = match self {
            Self::At(start) => start,
            Self::Registered { index, offset } => {
                let region = regions.get(index as usize)?;
                let inside = offset.checked_add(len)? <= region.len;
                inside.then(|| region.start.checked_add(offset as usize)).flatten()?
            }
        };
        Some(Buffer { start: start as *mut u8, len: len as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_memory_ends_where_it_was_said_to() {
        let regions = [Region { start: 4096, len: 100 }];
        let at = |index, offset, len| {
            Memory::Registered { index, offset }
                .resolve(&regions, len)
                .map(|buffer| (buffer.start as usize, buffer.len))
        };
        assert_eq!((at(0, 60, 40), at(0, 61, 40), at(1, 0, 1)), (Some((4156, 40)), None, None));
        assert_eq!(at(0, u32::MAX, 1), None);
        let wrapping = [Region { start: usize::MAX - 1, len: 100 }];
        assert_eq!(Memory::Registered { index: 0, offset: 2 }.resolve(&wrapping, 4).map(|found| found.len), None);
    }
}
