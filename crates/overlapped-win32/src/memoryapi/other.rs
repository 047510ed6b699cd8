//! Memory by a process's handle: the functions whose names end in Ex, and ReadProcessMemory.
//!
//! Linux lets a process read and write the memory of another one that it may trace (its children, or any of its user), but nobody can map or
//! protect pages there: that is refused with 50 for a process that is not the calling one.

use super::pages::{self, MemoryBasicInformation, PAGE_GUARD};
use super::{REGIONS, allocate, find, free, protect_pages};
use crate::arguments::{store, store_if_wanted};
use crate::processes::with_right;
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::os::unix::fs::FileExt;
use std::ptr::null_mut;

/// PROCESS_VM_OPERATION, PROCESS_VM_READ, PROCESS_VM_WRITE, PROCESS_QUERY_INFORMATION.
const VM_OPERATION: u32 = 0x8;
const VM_READ: u32 = 0x10;
const VM_WRITE: u32 = 0x20;
/// ERROR_PARTIAL_COPY.
const PARTIAL_COPY: Win32Error = Win32Error(299);

/// Is the handle, which must give the right, of the calling process? 50 for any other.
pub(super) fn own(process: RawHandle, right: u32) -> Result<(), Win32Error> {
    let process = with_right(process, right)?;
    if process.id() == std::process::id() { Ok(()) } else { Err(Win32Error::NOT_SUPPORTED) }
}

/// [`own`], for what changes pages.
pub(super) fn own_pages(process: RawHandle) -> Result<(), Win32Error> {
    own(process, VM_OPERATION)
}

fn piece(at: usize, len: usize) -> libc::iovec {
    libc::iovec { iov_base: at as *mut c_void, iov_len: len }
}

type Copy = unsafe extern "C" fn(
    libc::pid_t,
    *const libc::iovec,
    libc::c_ulong,
    *const libc::iovec,
    libc::c_ulong,
    libc::c_ulong,
) -> isize;

/// Copies page by page of the other side, so that what is there comes over before the first page that is not: how much that was.
fn copy(with: Copy, process: u32, far: usize, near: usize, len: usize) -> Result<usize, Win32Error> {
    let mut done = 0;
    while done < len {
        // Many pieces in one call: Linux stops before the first that is not there.
        let mut pieces = Vec::new();
        let mut at = done;
        while at < len && pieces.len() < 512 {
            let page_end = pages::round_down(far.wrapping_add(at), pages::page_size()).wrapping_add(pages::page_size());
            let step = page_end.wrapping_sub(far.wrapping_add(at)).min(len - at);
            pieces.push(piece(far.wrapping_add(at), step));
            at += step;
        }
        let local = piece(near + done, at - done);
        let id = libc::pid_t::try_from(process).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        // SAFETY: Linux looks at every address of both sides itself.
        let moved = unsafe { with(id, &raw const local, 1, pieces.as_ptr(), pieces.len() as libc::c_ulong, 0) };
        let Ok(moved) = usize::try_from(moved) else {
            let refused = std::io::Error::last_os_error().raw_os_error();
            return match refused {
                Some(libc::EPERM | libc::ESRCH) => Err(Win32Error::ACCESS_DENIED),
                _ => Ok(done),
            };
        };
        done += moved;
        if done < at {
            break;
        }
    }
    Ok(done)
}

/// ReadProcessMemory: 299 if only a part, or nothing, is there to be read, with what came over in `done`; 998 for a buffer that is not memory.
///
/// # Safety
/// `to` has room for `len` bytes; `done` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadProcessMemory(
    process: RawHandle,
    from: *const c_void,
    to: *mut c_void,
    len: usize,
    done: *mut usize,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(done, 0) };
        let process = with_right(process, VM_READ)?;
        if !crate::probe::writable(to as usize, len) {
            return Err(Win32Error::NOACCESS);
        }
        let read = copy(libc::process_vm_readv, process.id(), from as usize, to as usize, len)?;
        // SAFETY: as above.
        unsafe { store_if_wanted(done, read) };
        if read == len { Ok(()) } else { Err(PARTIAL_COPY) }
    })
}

/// Toolhelp32ReadProcessMemory: ReadProcessMemory by the process's number; 0 is the calling one.
///
/// # Safety
/// As for [`ovl_ReadProcessMemory`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Toolhelp32ReadProcessMemory(
    id: u32,
    from: *const c_void,
    to: *mut c_void,
    len: usize,
    done: *mut usize,
) -> Bool {
    if id == 0 {
        // SAFETY: the caller's promise.
        return unsafe { ovl_ReadProcessMemory(usize::MAX, from, to, len, done) };
    }
    let process = crate::processes::ovl_OpenProcess(VM_READ, 0, id);
    if process == 0 {
        return 0;
    }
    // SAFETY: as above.
    let read = unsafe { ovl_ReadProcessMemory(process, from, to, len, done) };
    let error = crate::support::last_error();
    crate::handleapi::ovl_CloseHandle(process);
    crate::support::set_last_error(error);
    read
}

/// Are these pages code that a debugger may change, although the process itself may not?
fn is_code(process: u32, at: usize) -> bool {
    pages::mapping_of(process, at).is_some_and(|found| matches!(found.protect, 0x10 | 0x20))
}

/// WriteProcessMemory: also code that the process itself may not write. 998 if the pages cannot be written; 5 without PROCESS_VM_WRITE and
/// PROCESS_VM_OPERATION.
///
/// # Safety
/// `from` has `len` bytes; nobody in the process relies on what is there; `done` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteProcessMemory(
    process: RawHandle,
    to: *mut c_void,
    from: *const c_void,
    len: usize,
    done: *mut usize,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(done, 0) };
        let process = with_right(process, VM_WRITE | VM_OPERATION)?;
        if !crate::probe::readable(from as usize, len) {
            return Err(Win32Error::NOACCESS);
        }
        let mut written = 0;
        while written < len {
            let (far, near) = (to as usize + written, from as usize + written);
            let step = copy(libc::process_vm_writev, process.id(), far, near, len - written)?;
            written += step;
            if written == len || !is_code(process.id(), to as usize + written) {
                break;
            }
            // Linux writes to what is protected when it is asked as a debugger would: its page at a time.
            let far = to as usize + written;
            let page_end = pages::round_down(far, pages::page_size()) + pages::page_size();
            let step = (page_end - far).min(len - written);
            // SAFETY: readable, as was seen.
            let bytes = unsafe { std::slice::from_raw_parts((from as usize + written) as *const u8, step) };
            let memory = std::fs::OpenOptions::new().write(true).open(format!("/proc/{}/mem", process.id()));
            if memory.and_then(|memory| memory.write_all_at(bytes, far as u64)).is_err() {
                break;
            }
            written += step;
        }
        // SAFETY: as above.
        unsafe { store_if_wanted(done, written) };
        if written == len { Ok(()) } else { Err(Win32Error::NOACCESS) }
    })
}

/// VirtualQueryEx: of another process what `/proc` tells, where all that is mapped is committed.
///
/// # Safety
/// `answer` has room for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualQueryEx(
    process: RawHandle,
    address: *const c_void,
    answer: *mut MemoryBasicInformation,
    room: usize,
) -> usize {
    guard_or(0, || {
        let process = crate::processes::visible(process)?;
        if room < size_of::<MemoryBasicInformation>() || answer.is_null() {
            return Err(Win32Error::BAD_LENGTH);
        }
        let found = if process.id() == std::process::id() {
            super::query(address as usize)
        } else {
            pages::outside_of(process.id(), address as usize)
        };
        // SAFETY: not NULL, and the caller vouches for the room.
        unsafe { store(answer, found.ok_or(Win32Error::INVALID_PARAMETER)?)? };
        Ok(size_of::<MemoryBasicInformation>())
    })
}

/// VirtualProtectEx, in this process.
///
/// # Safety
/// As for [`super::ovl_VirtualProtect`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualProtectEx(
    process: RawHandle,
    address: *mut c_void,
    size: usize,
    protection: u32,
    old: *mut u32,
) -> Bool {
    guard_bool(|| {
        own_pages(process)?;
        // SAFETY: the caller's promise.
        unsafe { protect_pages(address as usize, size, protection, old) }
    })
}

/// VirtualAllocEx, in this process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualAllocEx(
    process: RawHandle,
    address: *mut c_void,
    size: usize,
    kind: u32,
    protection: u32,
) -> *mut c_void {
    guard_or(null_mut(), || {
        own_pages(process)?;
        allocate(address as usize, size, kind, protection).map(|base| base as *mut c_void)
    })
}

/// VirtualAllocExNuma, in this process: the node is checked (87 if there is none), and Linux chooses the memory when it is touched.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualAllocExNuma(
    process: RawHandle,
    address: *mut c_void,
    size: usize,
    kind: u32,
    protection: u32,
    node: u32,
) -> *mut c_void {
    guard_or(null_mut(), || {
        own_pages(process)?;
        crate::numa::check(node)?;
        allocate(address as usize, size, kind, protection).map(|base| base as *mut c_void)
    })
}

/// VirtualFreeEx, in this process.
///
/// # Safety
/// As for [`super::ovl_VirtualFree`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualFreeEx(process: RawHandle, address: *mut c_void, size: usize, kind: u32) -> Bool {
    guard_bool(|| own_pages(process).and_then(|()| free(address as usize, size, kind)))
}

/// VirtualUnlockEx, in this process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualUnlockEx(process: RawHandle, address: usize, size: usize) -> Bool {
    let allowed = guard_bool(|| own_pages(process));
    if allowed == 0 { 0 } else { super::ovl_VirtualUnlock(address, size) }
}

/// WIN32_MEMORY_RANGE_ENTRY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MemoryRange {
    /// `VirtualAddress`.
    pub start: usize,
    /// `NumberOfBytes`.
    pub len: usize,
}

/// PrefetchVirtualMemory: asks Linux to read these in, and does not wait for it. 87 for no ranges, or flags; 998 if the list is not memory.
/// Ranges that are not mapped are passed over, since it is advice.
///
/// # Safety
/// `ranges` has `count` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_PrefetchVirtualMemory(
    process: RawHandle,
    count: usize,
    ranges: *const MemoryRange,
    flags: u32,
) -> Bool {
    guard_bool(|| {
        own(process, 0)?;
        if count == 0 || flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let bytes = count.checked_mul(size_of::<MemoryRange>()).ok_or(Win32Error::INVALID_PARAMETER)?;
        if ranges.is_null() || !crate::probe::readable(ranges as usize, bytes) {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: readable, as was just seen.
        for range in unsafe { std::slice::from_raw_parts(ranges, count) } {
            let start = pages::round_down(range.start, pages::page_size());
            let len = range.start.saturating_add(range.len) - start;
            // SAFETY: advice, which changes nothing in the pages.
            unsafe { libc::madvise(start as *mut c_void, len, libc::MADV_WILLNEED) };
        }
        Ok(())
    })
}

/// Whole committed pages of VirtualAlloc that are readable and writable; 87 for anything else.
fn committed(address: usize, size: usize) -> Result<(), Win32Error> {
    let page = pages::page_size();
    let end = address.checked_add(size).ok_or(Win32Error::INVALID_PARAMETER)?;
    let mut regions = REGIONS.lock();
    let (base, region) = find(&mut regions, address).ok_or(Win32Error::INVALID_PARAMETER)?;
    let whole = size != 0 && address.is_multiple_of(page) && size.is_multiple_of(page) && end <= base + region.size;
    let plain = |run: &(usize, usize, u32)| matches!(run.2 & 0xFF, 0x04 | 0x40) && run.2 & PAGE_GUARD == 0;
    if whole && region.runs(address - base, end - base).iter().all(plain) {
        Ok(())
    } else {
        Err(Win32Error::INVALID_PARAMETER)
    }
}

fn code(body: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    crate::support::guard(Win32Error::GEN_FAILURE.0, || body().map_or_else(|error| error.0, |()| 0))
}

/// OfferVirtualMemory: the pages are the first to go when memory is short (to the swap file: what was in them is not lost). An error code;
/// 87 for what is not whole committed pages of VirtualAlloc, or a priority that is none.
///
/// # Safety
/// Nobody relies on the pages being quick to be had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OfferVirtualMemory(address: *mut c_void, size: usize, priority: u32) -> u32 {
    code(|| {
        if !(1..=4).contains(&priority) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        committed(address as usize, size)?;
        // SAFETY: advice about pages of the program, which keep what they hold.
        unsafe { libc::madvise(address, size, libc::MADV_COLD) };
        Ok(())
    })
}

/// ReclaimVirtualMemory: 0, since nothing that was offered is thrown away here; 87 as above.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ReclaimVirtualMemory(address: *const c_void, size: usize) -> u32 {
    code(|| committed(address as usize, size))
}

/// DiscardVirtualMemory: what is in the pages is not needed any more; they stay committed. 87 as above.
///
/// # Safety
/// Nobody needs what is in the pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DiscardVirtualMemory(address: *mut c_void, size: usize) -> u32 {
    code(|| {
        committed(address as usize, size)?;
        // SAFETY: pages that the program gives up the contents of.
        unsafe { libc::madvise(address, size, libc::MADV_DONTNEED) };
        Ok(())
    })
}
