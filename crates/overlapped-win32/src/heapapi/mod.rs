//! `heapapi.h`: the heap of the process and private ones, over `malloc`.
//!
//! A pointer that is not a block of the heap is refused with 87 where that can be seen; Windows would stop the program.
//! Failing to allocate is NULL/8, also with HEAP_GENERATE_EXCEPTIONS, because there are no exceptions to raise.

pub mod block;
mod private;
pub mod walk;

use crate::support::{Bool, FALSE, TRUE, fail, guard};
use block::{Kind, Record};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use private::PrivateHeap;
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

const HEAP_ZERO_MEMORY: u32 = 8;
const HEAP_REALLOC_IN_PLACE_ONLY: u32 = 0x10;

/// GetProcessHeap gives its address.
static PROCESS_HEAP: u64 = 0;
/// Handles of the private heaps, for GetProcessHeaps.
static PRIVATE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

enum Heap {
    Process,
    Private(&'static PrivateHeap),
}

impl Heap {
    /// # Safety
    /// `handle` is NULL or points to readable memory.
    unsafe fn of(handle: *mut c_void) -> Option<Self> {
        if handle == ovl_GetProcessHeap() {
            return Some(Self::Process);
        }
        // SAFETY: the caller vouches for it.
        unsafe { PrivateHeap::from_handle(handle).map(Self::Private) }
    }

    /// # Safety
    /// As for [`block::record`].
    unsafe fn record(&self, block: *mut c_void) -> Option<&'static mut Record> {
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Self::Process => block::record(block, Kind::PROCESS),
                Self::Private(heap) => heap.record(block),
            }
        }
    }
}

fn or_no_memory(block: Option<NonNull<c_void>>) -> *mut c_void {
    block.map_or_else(|| fail(Win32Error::NOT_ENOUGH_MEMORY, null_mut()), NonNull::as_ptr)
}

/// GetProcessHeap.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetProcessHeap() -> *mut c_void {
    std::ptr::from_ref(&PROCESS_HEAP).cast_mut().cast()
}

/// HeapCreate. Of the options none matters; `maximum` other than 0 limits what the blocks have together.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_HeapCreate(_options: u32, initial: usize, maximum: usize) -> *mut c_void {
    if maximum != 0 && initial > maximum {
        return fail(Win32Error::INVALID_PARAMETER, null_mut());
    }
    guard(null_mut(), || {
        let heap = Box::into_raw(PrivateHeap::new(maximum)).cast::<c_void>();
        PRIVATE.lock().push(heap as usize);
        heap
    })
}

/// HeapDestroy: frees all of its blocks. FALSE/6 for the heap of the process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_HeapDestroy(heap: *mut c_void) -> Bool {
    let mut known = PRIVATE.lock();
    let Some(at) = known.iter().position(|&other| other == heap as usize) else {
        return fail(Win32Error::INVALID_HANDLE, FALSE);
    };
    known.swap_remove(at);
    // SAFETY: it was made by HeapCreate from a box, and has just been taken off the list.
    drop(unsafe { Box::from_raw(heap.cast::<PrivateHeap>()) });
    TRUE
}

/// HeapAlloc: zeroed with flag 8. NULL/8 if memory is short.
///
/// # Safety
/// `heap` is a handle of a heap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapAlloc(heap: *mut c_void, flags: u32, size: usize) -> *mut c_void {
    let zeroed = flags & HEAP_ZERO_MEMORY != 0;
    // SAFETY: the caller vouches for the handle.
    match unsafe { Heap::of(heap) } {
        Some(Heap::Process) => or_no_memory(block::allocate(size, zeroed)),
        Some(Heap::Private(heap)) => or_no_memory(heap.allocate(size, zeroed)),
        None => fail(Win32Error::INVALID_HANDLE, null_mut()),
    }
}

/// HeapReAlloc. With flag 0x10 the block does not move.
///
/// # Safety
/// `heap` is a handle of a heap and `memory` a block of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapReAlloc(
    heap: *mut c_void,
    flags: u32,
    memory: *mut c_void,
    size: usize,
) -> *mut c_void {
    let (zeroed, in_place) = (flags & HEAP_ZERO_MEMORY != 0, flags & HEAP_REALLOC_IN_PLACE_ONLY != 0);
    // SAFETY: the caller vouches for both.
    unsafe {
        let Some(heap) = Heap::of(heap) else { return fail(Win32Error::INVALID_HANDLE, null_mut()) };
        let Some(record) = heap.record(memory) else { return fail(Win32Error::INVALID_PARAMETER, null_mut()) };
        or_no_memory(match heap {
            Heap::Process => block::resize(record, size, zeroed, in_place),
            Heap::Private(heap) => heap.resize(memory, size, zeroed, in_place),
        })
    }
}

/// HeapFree; NULL is fine.
///
/// # Safety
/// `heap` is a handle of a heap and `memory` NULL or a block of it that nobody uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapFree(heap: *mut c_void, _flags: u32, memory: *mut c_void) -> Bool {
    if memory.is_null() {
        return TRUE;
    }
    // SAFETY: the caller vouches for both.
    unsafe {
        let Some(heap) = Heap::of(heap) else { return fail(Win32Error::INVALID_HANDLE, FALSE) };
        let Some(record) = heap.record(memory) else { return fail(Win32Error::INVALID_PARAMETER, FALSE) };
        match heap {
            Heap::Process => block::free(record),
            Heap::Private(heap) => heap.free(memory),
        }
    }
    TRUE
}

/// HeapSize: the size asked for; (SIZE_T)-1 for what is no block. Windows sets no last error for it, and neither do we.
///
/// # Safety
/// As for [`ovl_HeapFree`], apart from the use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapSize(heap: *mut c_void, _flags: u32, memory: *const c_void) -> usize {
    // SAFETY: the caller vouches for both.
    unsafe { Heap::of(heap).and_then(|heap| heap.record(memory.cast_mut())).map_or(usize::MAX, |record| record.size) }
}

/// HeapValidate: whether the heap, or the block in it, is one. A whole heap is not searched for damage.
///
/// # Safety
/// As for [`ovl_HeapSize`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapValidate(heap: *mut c_void, _flags: u32, memory: *const c_void) -> Bool {
    // SAFETY: the caller vouches for both.
    unsafe {
        let Some(heap) = Heap::of(heap) else { return FALSE };
        Bool::from(memory.is_null() || heap.record(memory.cast_mut()).is_some())
    }
}

/// HeapCompact: the largest free block, of which `malloc` knows nothing; something large.
///
/// # Safety
/// `heap` is a handle of a heap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapCompact(heap: *mut c_void, _flags: u32) -> usize {
    // SAFETY: the caller vouches for the handle.
    if unsafe { Heap::of(heap) }.is_some() { 1 << 20 } else { fail(Win32Error::INVALID_HANDLE, 0) }
}

/// HeapSetInformation: TRUE for every request that Windows knows; nothing changes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_HeapSetInformation(_heap: *mut c_void, class: u32, _data: *mut c_void, _len: usize) -> Bool {
    if matches!(class, 0 | 1 | 3) { TRUE } else { fail(Win32Error::INVALID_PARAMETER, FALSE) }
}

/// GetProcessHeaps: how many there are; their handles if they fit.
///
/// # Safety
/// `heaps` has room for `room` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessHeaps(room: u32, heaps: *mut *mut c_void) -> u32 {
    let known = PRIVATE.lock();
    let all: Vec<*mut c_void> =
        std::iter::once(ovl_GetProcessHeap()).chain(known.iter().map(|&heap| heap as *mut c_void)).collect();
    if all.len() <= room as usize && !heaps.is_null() {
        // SAFETY: the caller vouches for the room.
        unsafe { std::ptr::copy_nonoverlapping(all.as_ptr(), heaps, all.len()) };
    }
    all.len() as u32
}

#[cfg(test)]
mod tests;
