//! Blocks of the heaps: memory of `malloc` with a record before it that knows the size asked for, which Windows reports
//! exactly and `malloc` does not.

use std::ffi::c_void;
use std::ptr::NonNull;

/// Before every block. 16 bytes, so that blocks are aligned as Windows aligns them.
#[repr(C, align(16))]
pub struct Record {
    /// Bytes asked for.
    pub size: usize,
    /// What the block belongs to; see [`Kind`].
    pub kind: Kind,
    /// Bits of the functions above: which of them made it, and how.
    pub flags: u16,
    /// GlobalLock's count.
    pub locks: u16,
}

/// Which heap a block is of. A number that is unlikely to be there by chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Kind(u32);

impl Kind {
    /// The heap of the process, and the Local and Global functions.
    pub const PROCESS: Self = Self(0x6C76_6F50);
    /// A heap of HeapCreate.
    pub const PRIVATE: Self = Self(0x6C76_6F48);
    /// Freed.
    pub const NONE: Self = Self(0);
}

/// The bytes in front of a block.
pub const RECORD: usize = size_of::<Record>();

/// The record of a block; `None` if it is none of that kind.
///
/// # Safety
/// `block` is NULL, or memory with something readable in front of it.
pub unsafe fn record<'a>(block: *mut c_void, kind: Kind) -> Option<&'a mut Record> {
    let record = block.cast::<Record>();
    if record.is_null() || !record.is_aligned() {
        return None;
    }
    // SAFETY: the caller vouches for the memory; every bit pattern of it is a record.
    let record = unsafe { &mut *record.sub(1) };
    (record.kind == kind).then_some(record)
}

/// A block of the process's heap.
#[must_use]
pub fn allocate(size: usize, zeroed: bool) -> Option<NonNull<c_void>> {
    let whole = size.checked_add(RECORD)?;
    // SAFETY: both take any size.
    let memory = unsafe { if zeroed { libc::calloc(1, whole) } else { libc::malloc(whole) } };
    let record = NonNull::new(memory.cast::<Record>())?;
    // SAFETY: the memory has room for the record and, behind it, for the block.
    unsafe {
        record.write(Record { size, kind: Kind::PROCESS, flags: 0, locks: 0 });
        Some(record.add(1).cast())
    }
}

/// Another size; the block may move unless `in_place`. What is new is zero if asked for. `None`, and nothing has happened, if
/// memory is short.
///
/// # Safety
/// `record` is of a block of the process's heap that nobody else uses.
pub unsafe fn resize(record: &mut Record, size: usize, zeroed: bool, in_place: bool) -> Option<NonNull<c_void>> {
    let old = record.size;
    let whole = size.checked_add(RECORD)?;
    let memory = std::ptr::from_mut(record).cast::<c_void>();
    // SAFETY: the memory came from `malloc` in `allocate`.
    let moved = unsafe {
        if !in_place {
            libc::realloc(memory, whole)
        } else if whole <= libc::malloc_usable_size(memory) {
            memory
        } else {
            return None;
        }
    };
    let record = NonNull::new(moved.cast::<Record>())?;
    // SAFETY: the record moved along; the block behind it has `size` bytes.
    unsafe {
        (*record.as_ptr()).size = size;
        let block = record.add(1).cast::<c_void>();
        if zeroed && size > old {
            block.cast::<u8>().add(old).write_bytes(0, size - old);
        }
        Some(block)
    }
}

/// Gives a block of the process's heap back.
///
/// # Safety
/// As for [`resize`].
pub unsafe fn free(record: &mut Record) {
    record.kind = Kind::NONE;
    // SAFETY: the memory came from `malloc` in `allocate`.
    unsafe { libc::free(std::ptr::from_mut(record).cast()) };
}
