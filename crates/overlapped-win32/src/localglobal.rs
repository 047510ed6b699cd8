//! The Local and Global functions of `winbase.h`: blocks of the process's heap (see [`crate::heapapi`]), so HeapFree takes
//! them as well.
//!
//! A movable block is a handle that is its address: nothing here moves. Locks are counted all the same, because programs look
//! at what GlobalUnlock says.

use crate::heapapi::block::{self, Kind, Record, allocate};
use crate::support::{fail, set_last_error};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

const MOVEABLE: u32 = 2;
const ZEROINIT: u32 = 0x40;
const MODIFY: u32 = 0x80;
/// What GlobalFlags says of something that is no block.
const INVALID_HANDLE: u32 = 0x8000;
/// What LocalFlags says of a block that is discarded.
const DISCARDED: u32 = 0x4000;

fn make(flags: u32, size: usize) -> *mut c_void {
    let Some(made) = allocate(size, flags & ZEROINIT != 0) else {
        return fail(Win32Error::NOT_ENOUGH_MEMORY, null_mut());
    };
    // SAFETY: just made.
    if let Some(record) = unsafe { of(made.as_ptr()) } {
        record.flags = (flags & MOVEABLE) as u16;
    }
    made.as_ptr()
}

/// # Safety
/// As for [`block::record`].
unsafe fn of<'a>(memory: *mut c_void) -> Option<&'a mut Record> {
    // SAFETY: the caller vouches for it.
    unsafe { block::record(memory, Kind::PROCESS) }
}

/// A movable block without a byte: its handle is good, its memory is not there.
fn is_discarded(record: &Record) -> bool {
    u32::from(record.flags) & MOVEABLE != 0 && record.size == 0
}

/// LocalAlloc: LMEM_FIXED 0, LMEM_MOVEABLE 2, LMEM_ZEROINIT 0x40. NULL/8 if memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_LocalAlloc(flags: u32, size: usize) -> *mut c_void {
    make(flags, size)
}

/// GlobalAlloc, as [`ovl_LocalAlloc`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GlobalAlloc(flags: u32, size: usize) -> *mut c_void {
    make(flags, size)
}

/// LocalFree: NULL, or the argument with last error 6 if it is no block.
///
/// # Safety
/// `memory` is NULL or a block that nobody uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalFree(memory: *mut c_void) -> *mut c_void {
    if memory.is_null() {
        return memory;
    }
    // SAFETY: the caller vouches for it.
    unsafe {
        match of(memory) {
            Some(record) => block::free(record),
            None => return fail(Win32Error::INVALID_HANDLE, memory),
        }
    }
    null_mut()
}

/// GlobalFree, as [`ovl_LocalFree`].
///
/// # Safety
/// As for [`ovl_LocalFree`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalFree(memory: *mut c_void) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalFree(memory) }
}

/// LocalReAlloc. A fixed block may move only with LMEM_MOVEABLE; with LMEM_MODIFY only the flags change. A movable one of no bytes is
/// discarded, until it is given bytes again.
///
/// # Safety
/// `memory` is a block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalReAlloc(memory: *mut c_void, size: usize, flags: u32) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    let Some(record) = (unsafe { of(memory) }) else { return fail(Win32Error::INVALID_HANDLE, null_mut()) };
    if flags & MODIFY != 0 {
        record.flags = (flags & MOVEABLE) as u16;
        return memory;
    }
    let may_move = (flags | u32::from(record.flags)) & MOVEABLE != 0 && record.locks == 0;
    // SAFETY: the caller vouches for it.
    let moved = unsafe { block::resize(record, size, flags & ZEROINIT != 0, !may_move) };
    moved.map_or_else(|| fail(Win32Error::NOT_ENOUGH_MEMORY, null_mut()), NonNull::as_ptr)
}

/// GlobalReAlloc, as [`ovl_LocalReAlloc`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalReAlloc(memory: *mut c_void, size: usize, flags: u32) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalReAlloc(memory, size, flags) }
}

/// LocalSize: the size asked for; 0/6 for what is no block.
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalSize(memory: *mut c_void) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { of(memory) }.map_or_else(|| fail(Win32Error::INVALID_HANDLE, 0), |record| record.size)
}

/// GlobalSize, as [`ovl_LocalSize`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalSize(memory: *mut c_void) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalSize(memory) }
}

/// LocalLock: the address of the block; NULL/6 for what is none, NULL/157 for one that is discarded.
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalLock(memory: *mut c_void) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    match unsafe { of(memory) } {
        Some(record) if is_discarded(record) => fail(Win32Error(157), null_mut()),
        Some(record) => {
            if u32::from(record.flags) & MOVEABLE != 0 {
                record.locks = record.locks.saturating_add(1);
            }
            memory
        }
        None => fail(Win32Error::INVALID_HANDLE, null_mut()),
    }
}

/// GlobalLock, as [`ovl_LocalLock`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalLock(memory: *mut c_void) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalLock(memory) }
}

/// LocalUnlock: TRUE while locks are left. FALSE with last error 0 when the last one has gone, FALSE/158 if there was none. A
/// fixed block says TRUE.
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalUnlock(memory: *mut c_void) -> i32 {
    // SAFETY: the caller vouches for it.
    let Some(record) = (unsafe { of(memory) }) else { return fail(Win32Error::INVALID_HANDLE, 0) };
    if u32::from(record.flags) & MOVEABLE == 0 {
        return 1;
    }
    if record.locks == 0 {
        return fail(Win32Error::NOT_LOCKED, 0);
    }
    record.locks -= 1;
    if record.locks == 0 {
        set_last_error(0);
    }
    i32::from(record.locks != 0)
}

/// GlobalUnlock, as [`ovl_LocalUnlock`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalUnlock(memory: *mut c_void) -> i32 {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalUnlock(memory) }
}

/// LocalFlags: the number of locks, 0x4000 if it is discarded; 0x8000 with last error 6 for what is no block.
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalFlags(memory: *mut c_void) -> u32 {
    // SAFETY: the caller vouches for it.
    match unsafe { of(memory) } {
        Some(record) => u32::from(record.locks.min(0xFF)) | if is_discarded(record) { DISCARDED } else { 0 },
        None => fail(Win32Error::INVALID_HANDLE, INVALID_HANDLE),
    }
}

/// GlobalFlags, as [`ovl_LocalFlags`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalFlags(memory: *mut c_void) -> u32 {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalFlags(memory) }
}

/// LocalHandle: the handle of a block's address, which is the same.
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalHandle(memory: *const c_void) -> *mut c_void {
    let memory = memory.cast_mut();
    // SAFETY: the caller vouches for it.
    if unsafe { of(memory) }.is_some() { memory } else { fail(Win32Error::INVALID_HANDLE, null_mut()) }
}

/// GlobalHandle, as [`ovl_LocalHandle`].
///
/// # Safety
/// As for [`ovl_LocalReAlloc`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalHandle(memory: *const c_void) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_LocalHandle(memory) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heapapi::{ovl_GetProcessHeap, ovl_HeapFree};
    use crate::support::last_error;

    #[test]
    fn a_fixed_block() {
        let block = ovl_LocalAlloc(ZEROINIT, 10);
        // SAFETY: the block is used as long as it lives.
        unsafe {
            assert_eq!((ovl_LocalSize(block), *block.cast::<u64>()), (10, 0));
            assert_eq!((ovl_LocalLock(block), ovl_LocalUnlock(block)), (block, 1));
            let block = ovl_LocalReAlloc(block, 100_000, MOVEABLE | ZEROINIT);
            assert_eq!((ovl_LocalSize(block), *block.cast::<u8>().add(99_999)), (100_000, 0));
            assert!(ovl_LocalFree(block).is_null() && ovl_LocalFree(null_mut()).is_null());
            assert_eq!(ovl_HeapFree(ovl_GetProcessHeap(), 0, ovl_GlobalAlloc(0, 5)), 1);
        }
    }

    #[test]
    fn locks_of_a_movable_block_are_counted() {
        let block = ovl_GlobalAlloc(MOVEABLE, 10);
        // SAFETY: the block is used as long as it lives.
        unsafe {
            assert_eq!((ovl_GlobalLock(block), ovl_GlobalLock(block), ovl_GlobalFlags(block)), (block, block, 2));
            assert_eq!(ovl_GlobalUnlock(block), 1);
            assert_eq!((ovl_GlobalUnlock(block), last_error()), (0, 0));
            assert_eq!((ovl_GlobalUnlock(block), last_error()), (0, 158));
            assert_eq!(ovl_GlobalHandle(block), block);
            assert!(ovl_GlobalFree(block).is_null());
            let mut stray = [0u128; 2];
            let stray = std::ptr::from_mut(&mut stray[1]).cast();
            assert_eq!((ovl_GlobalFree(stray), last_error(), ovl_GlobalSize(stray)), (stray, 6, 0));
        }
    }
}
