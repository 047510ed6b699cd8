//! Owned buffers: what a request may keep until it is complete.

use overlapped_kernel::request::Buffer;
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// A buffer to write from.
///
/// # Safety
/// While the value is neither dropped nor accessed, moving it does not move or invalidate the memory: `start` gives the same
/// address with at least `len` initialised bytes. (So the bytes are not inside the value itself.)
pub unsafe trait IoBuf: Send + 'static {
    /// First byte.
    fn start(&self) -> *const u8;

    /// Initialised bytes.
    fn len(&self) -> usize;

    /// Has it no initialised bytes?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A buffer to read into.
///
/// # Safety
/// As for [`IoBuf`], and `capacity` bytes from `start_mut` on may be written.
pub unsafe trait IoBufMut: IoBuf {
    /// First byte.
    fn start_mut(&mut self) -> *mut u8;

    /// Bytes that a read may fill, from the start.
    fn capacity(&self) -> usize;

    /// The first `len` bytes are now what was read; what was there before is gone.
    ///
    /// # Safety
    /// `len` bytes are initialised, and `len` is not above the capacity.
    unsafe fn set_filled(&mut self, len: usize);
}

/// The memory that a read may fill.
#[inline(always)]
pub(crate) fn room<B: IoBufMut>(buffer: &mut B) -> Buffer {
    Buffer { start: buffer.start_mut(), len: buffer.capacity() }
}

/// The memory that a write is of; nobody writes to it.
#[inline(always)]
pub(crate) fn bytes<B: IoBuf>(buffer: &B) -> Buffer {
    Buffer { start: buffer.start().cast_mut(), len: buffer.len() }
}

// SAFETY: the bytes of a vector are on the heap and stay there while nobody touches the vector.
unsafe impl IoBuf for Vec<u8> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }
}

// SAFETY: as above; a vector's whole capacity may be written.
unsafe impl IoBufMut for Vec<u8> {
    fn start_mut(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }

    unsafe fn set_filled(&mut self, len: usize) {
        // SAFETY: the caller vouches for the initialised bytes.
        unsafe { self.set_len(len) };
    }
}

// SAFETY: a boxed slice is on the heap.
unsafe impl IoBuf for Box<[u8]> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
}

// SAFETY: as above. Its length cannot change: what was read is told by the result alone.
unsafe impl IoBufMut for Box<[u8]> {
    fn start_mut(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }

    fn capacity(&self) -> usize {
        <[u8]>::len(self)
    }

    unsafe fn set_filled(&mut self, _len: usize) {}
}

// SAFETY: static memory does not move.
unsafe impl IoBuf for &'static [u8] {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
}

/// Literals of bytes.
// SAFETY: static memory does not move.
unsafe impl<const N: usize> IoBuf for &'static [u8; N] {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        N
    }
}

// SAFETY: a boxed array is on the heap.
unsafe impl<const N: usize> IoBuf for Box<[u8; N]> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        N
    }
}

// SAFETY: as above. Its length cannot change: what was read is told by the result alone.
unsafe impl<const N: usize> IoBufMut for Box<[u8; N]> {
    fn start_mut(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }

    fn capacity(&self) -> usize {
        N
    }

    unsafe fn set_filled(&mut self, _len: usize) {}
}

// SAFETY: static memory does not move.
unsafe impl IoBuf for &'static str {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        str::len(self)
    }
}

// SAFETY: the bytes of a string are on the heap.
unsafe impl IoBuf for String {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        String::len(self)
    }
}

// SAFETY: shared bytes are on the heap, and nobody changes them.
unsafe impl IoBuf for std::sync::Arc<[u8]> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
}

// SAFETY: as above.
unsafe impl IoBuf for std::sync::Arc<str> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        str::len(self)
    }
}

// SAFETY: the vector is behind the pointer, its bytes are on the heap, and nobody changes what is shared: whoever wants to finds
// the request's reference beside his own.
unsafe impl IoBuf for std::sync::Arc<Vec<u8>> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }
}

// SAFETY: either static memory or the bytes of a vector.
unsafe impl IoBuf for std::borrow::Cow<'static, [u8]> {
    fn start(&self) -> *const u8 {
        self.as_ptr()
    }

    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
}

/// Page-aligned bytes, as instances without buffering need them (contract 02 section 6). Zeroed when made.
#[derive(Debug)]
pub struct AlignedBuf {
    /// What was allocated: more than the room by what it takes to begin at a page.
    base: NonNull<u8>,
    layout: Layout,
    start: NonNull<u8>,
    /// What there is room for.
    room: usize,
    /// What of it reads may fill.
    capacity: usize,
    len: usize,
}

// SAFETY: the memory belongs to the value alone.
unsafe impl Send for AlignedBuf {}
// SAFETY: shared access only reads.
unsafe impl Sync for AlignedBuf {}

impl AlignedBuf {
    /// The alignment, in bytes; a page satisfies every device.
    pub const ALIGNMENT: usize = 4096;

    /// Room for `capacity` bytes, rounded up to a multiple of the alignment (at least one). No bytes count as filled.
    ///
    /// # Panics
    /// If `capacity` is above what an allocation may have.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let size = capacity.max(1).checked_next_multiple_of(Self::ALIGNMENT);
        let whole = size.and_then(|size| size.checked_add(Self::ALIGNMENT));
        // An allocator that is asked for zeros at a large alignment writes them; without one it asks Linux for pages that are zeros
        // once somebody looks at them, so that large buffers cost nothing until they are used.
        let layout = whole.and_then(|whole| Layout::from_size_align(whole, 1).ok());
        let (Some(capacity), Some(layout)) = (size, layout) else { panic!("{capacity} bytes are too many") };
        // SAFETY: the layout's size is not zero.
        let base = unsafe { alloc_zeroed(layout) };
        let Some(base) = NonNull::new(base) else { handle_alloc_error(layout) };
        let skip = base.as_ptr().align_offset(Self::ALIGNMENT);
        // SAFETY: less than the alignment, which the allocation has besides the room.
        let start = unsafe { base.add(skip) };
        Self { base, layout, start, room: capacity, capacity, len: 0 }
    }

    /// Bytes that it can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Lets reads fill no more than `capacity` bytes, or all that it was made for if that is less; can be changed at any time. A
    /// read of what is known to be there and no more saves the library the question whether the file ends.
    pub fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity.min(self.room);
        self.len = self.len.min(self.capacity);
    }

    /// Makes the first `len` bytes the filled ones; they are zeros unless something was put there.
    ///
    /// # Panics
    /// If `len` is above the capacity.
    pub fn resize(&mut self, len: usize) {
        assert!(len <= self.capacity(), "{len} bytes do not fit in {}", self.capacity());
        self.len = len;
    }
}

impl std::ops::Deref for AlignedBuf {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: allocated, zeroed, and len is not above the capacity.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl std::ops::DerefMut for AlignedBuf {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and the value is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

/// As long, with room for as much.
impl Clone for AlignedBuf {
    fn clone(&self) -> Self {
        let mut copy = Self::with_capacity(self.room);
        copy.set_capacity(self.capacity);
        copy.resize(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

/// A copy of the bytes, with room up to the next multiple of the alignment.
impl From<&[u8]> for AlignedBuf {
    fn from(bytes: &[u8]) -> Self {
        let mut copy = Self::with_capacity(bytes.len());
        copy.resize(bytes.len());
        copy.copy_from_slice(bytes);
        copy
    }
}

impl AsRef<[u8]> for AlignedBuf {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for AlignedBuf {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, once.
        unsafe { dealloc(self.base.as_ptr(), self.layout) };
    }
}

// SAFETY: the bytes are on the heap.
unsafe impl IoBuf for AlignedBuf {
    fn start(&self) -> *const u8 {
        self.start.as_ptr()
    }

    fn len(&self) -> usize {
        self.len
    }
}

// SAFETY: the whole allocation may be written.
unsafe impl IoBufMut for AlignedBuf {
    fn start_mut(&mut self) -> *mut u8 {
        self.start.as_ptr()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    unsafe fn set_filled(&mut self, len: usize) {
        self.len = len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_bytes_begin_at_a_page_and_are_zeros() {
        for capacity in [0, 1, 4096, 4097, 1 << 20] {
            let mut buffer = AlignedBuf::with_capacity(capacity);
            assert!((IoBuf::start(&buffer) as usize).is_multiple_of(AlignedBuf::ALIGNMENT));
            assert_eq!(buffer.capacity(), capacity.max(1).next_multiple_of(AlignedBuf::ALIGNMENT));
            buffer.resize(buffer.capacity());
            assert!(buffer.iter().all(|byte| *byte == 0));
            buffer.fill(1);
        }
    }

    #[test]
    fn large_buffers_cost_nothing_until_they_are_used() {
        let resident = || -> usize {
            let statm = std::fs::read_to_string("/proc/self/statm").expect("statm");
            statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).expect("a number of pages")
        };
        let before = resident();
        let buffer = AlignedBuf::with_capacity(1 << 28);
        let grown = resident().saturating_sub(before) * 4096;
        assert!(grown < buffer.capacity() / 2, "{grown} bytes are there already");
    }

    #[test]
    fn what_reads_may_fill_can_be_less_than_there_is_room_for() {
        let mut buffer = AlignedBuf::with_capacity(8192);
        buffer.resize(8192);
        buffer.set_capacity(100);
        assert_eq!((buffer.capacity(), buffer.len()), (100, 100));
        buffer.set_capacity(1 << 20);
        assert_eq!((buffer.capacity(), buffer.len()), (8192, 100));
    }
}
