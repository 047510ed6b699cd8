//! HeapLock, HeapWalk, HeapSummary, HeapQueryInformation: what a heap has.
//!
//! A heap of HeapCreate knows its blocks. That of the process is `malloc`'s, which tells sums and no blocks, so a walk through it shows
//! one region, and its
//! lock keeps out only those who lock it, too.

use super::Heap;
use super::private::OVERHEAD;
use crate::support::{Bool, guard_bool};
use overlapped_abi::Win32Error;
use parking_lot::{Condvar, Mutex};
use std::ffi::c_void;
use std::ptr::null_mut;

/// ERROR_NOT_OWNER.
const NOT_OWNER: Win32Error = Win32Error(288);
const REGION: u16 = 1;
const BUSY: u16 = 4;

/// Who has locked the heap of the process, and how often.
static OWNER: Mutex<(u32, u32)> = Mutex::new((0, 0));
static UNLOCKED: Condvar = Condvar::new();

/// # Safety
/// As for [`Heap::of`].
unsafe fn heap(handle: *mut c_void) -> Result<Heap, Win32Error> {
    // SAFETY: the caller's promise.
    unsafe { Heap::of(handle) }.ok_or(Win32Error::INVALID_HANDLE)
}

/// HeapLock: other threads wait with their blocks of this heap until it is unlocked as often.
///
/// # Safety
/// `handle` is a heap's, or what can be seen to be none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapLock(handle: *mut c_void) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        match unsafe { heap(handle)? } {
            Heap::Private(heap) => heap.lock(),
            Heap::Process => {
                let (mut owner, me) = (OWNER.lock(), overlapped_kernel::thread::current().id());
                while owner.0 != 0 && owner.0 != me {
                    UNLOCKED.wait(&mut owner);
                }
                *owner = (me, owner.1 + 1);
            }
        }
        Ok(())
    })
}

/// HeapUnlock: 288 if the thread has not locked it.
///
/// # Safety
/// As for [`ovl_HeapLock`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapUnlock(handle: *mut c_void) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let unlocked = match unsafe { heap(handle)? } {
            Heap::Private(heap) => heap.unlock(),
            Heap::Process => {
                let mut owner = OWNER.lock();
                let mine = owner.0 != 0 && owner.0 == overlapped_kernel::thread::current().id();
                if mine {
                    owner.1 -= 1;
                    if owner.1 == 0 {
                        owner.0 = 0;
                        UNLOCKED.notify_all();
                    }
                }
                mine
            }
        };
        if unlocked { Ok(()) } else { Err(NOT_OWNER) }
    })
}

/// PROCESS_HEAP_ENTRY, 40 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HeapEntry {
    /// `lpData`.
    pub data: *mut c_void,
    /// `cbData`.
    pub size: u32,
    /// `cbOverhead`.
    pub overhead: u8,
    /// `iRegionIndex`.
    pub region: u8,
    /// `wFlags`.
    pub flags: u16,
    /// Of a region `dwCommittedSize`, `dwUnCommittedSize`.
    pub sizes: [u32; 2],
    /// Of a region `lpFirstBlock`, `lpLastBlock`.
    pub blocks: [*mut c_void; 2],
}

const _: () = assert!(size_of::<HeapEntry>() == 40);

fn cut(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Bytes that are in use, and those that Linux has given.
fn used(heap: &Heap) -> (usize, usize) {
    match heap {
        Heap::Private(heap) => {
            let (used, _) = heap.used();
            (used, used)
        }
        Heap::Process => {
            // SAFETY: asks for numbers.
            let info = unsafe { libc::mallinfo2() };
            (info.uordblks + info.hblkhd, info.arena + info.hblkhd)
        }
    }
}

/// HeapWalk: first the region, then the blocks, the newest first; 259 behind the last one. 87 for an entry that is none of the heap's.
///
/// # Safety
/// `entry` is as the call before has left it, or has `lpData` NULL; nobody frees its block meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapWalk(handle: *mut c_void, entry: *mut HeapEntry) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let (heap, entry) = unsafe { (heap(handle)?, entry.as_mut().ok_or(Win32Error::INVALID_PARAMETER)?) };
        let blank = HeapEntry {
            data: handle,
            size: 0,
            overhead: 0,
            region: 0,
            flags: REGION,
            sizes: [0; 2],
            blocks: [null_mut(); 2],
        };
        if entry.data.is_null() {
            let (_, committed) = used(&heap);
            *entry = HeapEntry { sizes: [cut(committed), 0], ..blank };
            return Ok(());
        }
        let Heap::Private(private) = &heap else { return Err(Win32Error::NO_MORE_ITEMS) };
        let from = if entry.data == handle { null_mut() } else { entry.data };
        // SAFETY: the caller's promise; a block is looked at by its record first.
        let next = unsafe {
            if !from.is_null() && heap.record(from).is_none() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            private.next(from)
        };
        let (block, size) = next.ok_or(Win32Error::NO_MORE_ITEMS)?;
        *entry = HeapEntry { data: block.as_ptr(), size: cut(size), overhead: OVERHEAD as u8, flags: BUSY, ..blank };
        Ok(())
    })
}

/// HEAP_SUMMARY, 40 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HeapSummary {
    /// `cb`.
    pub size: u32,
    /// `cbAllocated`.
    pub allocated: usize,
    /// `cbCommitted`.
    pub committed: usize,
    /// `cbReserved`.
    pub reserved: usize,
    /// `cbMaxReserve`.
    pub most: usize,
}

const _: () = assert!(size_of::<HeapSummary>() == 40);

/// HeapSummary: 87 for flags, or a structure whose size is not set.
///
/// # Safety
/// `to` is NULL or writable, with its size set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapSummary(handle: *mut c_void, flags: u32, to: *mut HeapSummary) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let (heap, to) = unsafe { (heap(handle)?, to.as_mut().ok_or(Win32Error::INVALID_PARAMETER)?) };
        if flags != 0 || to.size as usize != size_of::<HeapSummary>() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (allocated, committed) = used(&heap);
        let most = match heap {
            Heap::Private(heap) if heap.maximum() != 0 => heap.maximum(),
            _ => crate::memoryapi::physical::meminfo("MemTotal") as usize,
        };
        *to = HeapSummary { size: to.size, allocated, committed, reserved: committed, most: most.max(committed) };
        Ok(())
    })
}

/// HeapCompatibilityInformation, and its answer: small blocks are quick to be had (a low-fragmentation heap).
const COMPATIBILITY: u32 = 0;
const LOW_FRAGMENTATION: u32 = 2;

/// HeapQueryInformation: HeapCompatibilityInformation is 2; 87 for anything else, 122 without room for it.
///
/// # Safety
/// `to` has `len` bytes; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_HeapQueryInformation(
    handle: *mut c_void,
    class: u32,
    to: *mut c_void,
    len: usize,
    needed: *mut usize,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise; no handle is that of the process.
        unsafe {
            if !handle.is_null() {
                heap(handle)?;
            }
            if class != COMPATIBILITY {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            crate::arguments::store_if_wanted(needed, 4);
            if len < 4 {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            crate::arguments::output(&LOW_FRAGMENTATION.to_le_bytes(), to)
        }
    })
}
