//! Heaps of HeapCreate: they know their blocks, so that HeapDestroy can free them all, and may have a maximum.

use super::block::{Kind, Record};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::ffi::c_void;
use std::ptr::NonNull;

/// What HeapCreate returns a pointer to.
pub struct PrivateHeap {
    /// [`PrivateHeap::MARK`] while it lives.
    mark: usize,
    /// Bytes that its blocks may have together; 0 for no limit.
    maximum: usize,
    list: Mutex<List>,
    /// Somebody has unlocked the heap.
    unlocked: Condvar,
}

struct List {
    first: *mut Link,
    bytes: usize,
    /// The thread that has locked the heap, and how often; 0 for nobody.
    owner: u32,
    depth: u32,
}

// SAFETY: the list is reached under its lock only.
unsafe impl Send for List {}

impl List {
    const EMPTY: Self = Self { first: std::ptr::null_mut(), bytes: 0, owner: 0, depth: 0 };
}

/// Before a block of such a heap, with the common record last.
#[repr(C)]
struct Link {
    before: *mut Link,
    next: *mut Link,
    heap: *const PrivateHeap,
    record: Record,
}

const LINK: usize = size_of::<Link>();

/// Nothing larger is tried in a heap with a maximum (HeapCreate).
const LARGEST: usize = 0x7_FFF8;

impl PrivateHeap {
    const MARK: usize = 0x6F76_6C5F_6865_6170;

    /// A heap without blocks.
    #[must_use]
    pub fn new(maximum: usize) -> Box<Self> {
        Box::new(Self { mark: Self::MARK, maximum, list: Mutex::new(List::EMPTY), unlocked: Condvar::new() })
    }

    /// The list, when nobody else has locked the heap.
    fn open(&self) -> MutexGuard<'_, List> {
        let mut list = self.list.lock();
        while list.owner != 0 && list.owner != me() {
            self.unlocked.wait(&mut list);
        }
        list
    }

    /// HeapLock.
    pub fn lock(&self) {
        let mut list = self.open();
        list.owner = me();
        list.depth += 1;
    }

    /// HeapUnlock; false if the thread has not locked it.
    pub fn unlock(&self) -> bool {
        let mut list = self.list.lock();
        if list.owner == 0 || list.owner != me() {
            return false;
        }
        list.depth -= 1;
        if list.depth == 0 {
            list.owner = 0;
            self.unlocked.notify_all();
        }
        true
    }

    /// What the blocks take together, with what belongs to each, and how many they are.
    pub fn used(&self) -> (usize, usize) {
        let list = self.open();
        let (mut count, mut link) = (0, list.first);
        while !link.is_null() {
            count += 1;
            // SAFETY: every link of the list is alive, and the lock is ours.
            link = unsafe { (*link).next };
        }
        (list.bytes + count * LINK, count)
    }

    /// The most that it may have; 0 for any.
    pub fn maximum(&self) -> usize {
        self.maximum
    }

    /// The block behind this one in the heap's order, or the first one, with its size.
    ///
    /// # Safety
    /// `block` is null, or a block of this heap.
    pub unsafe fn next(&self, block: *mut c_void) -> Option<(NonNull<c_void>, usize)> {
        let list = self.open();
        // SAFETY: the caller vouches for the block; every link of the list is alive, and the lock is ours.
        unsafe {
            let link = if block.is_null() { list.first } else { (*block.cast::<Link>().sub(1)).next };
            let link = NonNull::new(link)?;
            Some((link.add(1).cast(), link.as_ref().record.size))
        }
    }

    /// The heap behind a handle.
    ///
    /// # Safety
    /// `handle` is NULL or points to readable memory.
    pub unsafe fn from_handle<'a>(handle: *mut c_void) -> Option<&'a Self> {
        let heap = handle.cast::<Self>();
        if heap.is_null() || !heap.is_aligned() {
            return None;
        }
        // SAFETY: the caller vouches for the memory; the mark is looked at before anything else is.
        unsafe { (std::ptr::addr_of!((*heap).mark).read() == Self::MARK).then(|| &*heap) }
    }

    /// A new block.
    pub fn allocate(&self, size: usize, zeroed: bool) -> Option<NonNull<c_void>> {
        let whole = size.checked_add(LINK)?;
        let mut list = self.open();
        if self.maximum != 0 && (size > LARGEST || list.bytes + size > self.maximum) {
            return None;
        }
        // SAFETY: both take any size.
        let memory = unsafe { if zeroed { libc::calloc(1, whole) } else { libc::malloc(whole) } };
        let link = NonNull::new(memory.cast::<Link>())?;
        let record = Record { size, kind: Kind::PRIVATE, flags: 0, locks: 0 };
        // SAFETY: the memory has room for the link and the block; the first link is alive, and the lock is ours.
        unsafe {
            link.write(Link { before: std::ptr::null_mut(), next: list.first, heap: self, record });
            if !list.first.is_null() {
                (*list.first).before = link.as_ptr();
            }
            list.first = link.as_ptr();
            list.bytes += size;
            Some(link.add(1).cast())
        }
    }

    /// The record of a block of this heap.
    ///
    /// # Safety
    /// As for [`super::block::record`].
    pub unsafe fn record<'a>(&self, block: *mut c_void) -> Option<&'a mut Record> {
        // SAFETY: the caller vouches for it; a record of this kind has its link around it.
        unsafe {
            let record = super::block::record(block, Kind::PRIVATE)?;
            std::ptr::eq((*block.cast::<Link>().sub(1)).heap, self).then_some(record)
        }
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// `block` is a block of this heap (see [`record`](Self::record)) that nobody uses.
    pub unsafe fn free(&self, block: *mut c_void) {
        let mut list = self.open();
        // SAFETY: the caller vouches for the block; its neighbours are alive, and the lock is ours.
        unsafe {
            let link = block.cast::<Link>().sub(1);
            let Link { before, next, .. } = *link;
            if before.is_null() {
                list.first = next
            } else {
                (*before).next = next
            }
            if !next.is_null() {
                (*next).before = before;
            }
            list.bytes -= (*link).record.size;
            (*link).record.kind = Kind::NONE;
            libc::free(link.cast());
        }
    }

    /// Another size, in a block of its own if it grows.
    ///
    /// # Safety
    /// As for [`free`](Self::free).
    pub unsafe fn resize(
        &self,
        block: *mut c_void,
        size: usize,
        zeroed: bool,
        in_place: bool,
    ) -> Option<NonNull<c_void>> {
        // SAFETY: the caller vouches for the block.
        let record = unsafe { self.record(block)? };
        if size <= record.size {
            self.open().bytes -= record.size - size;
            record.size = size;
            return NonNull::new(block);
        }
        if in_place {
            return None;
        }
        let new = self.allocate(size, zeroed)?;
        // SAFETY: both blocks have the old size at least, and are apart.
        unsafe {
            std::ptr::copy_nonoverlapping(block.cast::<u8>(), new.as_ptr().cast(), record.size);
            self.free(block);
        }
        Some(new)
    }
}

/// Bytes that a block takes beside its own.
pub const OVERHEAD: usize = LINK;

/// The calling thread.
fn me() -> u32 {
    overlapped_kernel::thread::current().id()
}

impl Drop for PrivateHeap {
    fn drop(&mut self) {
        self.mark = 0;
        let mut link = self.list.get_mut().first;
        while !link.is_null() {
            // SAFETY: every link of the list is alive until it is freed here.
            unsafe {
                let next = (*link).next;
                libc::free(link.cast());
                link = next;
            }
        }
    }
}
