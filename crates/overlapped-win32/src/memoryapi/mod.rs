//! `memoryapi.h`: VirtualAlloc and its family, over `mmap`.
//!
//! Reserved pages are mapped without access and without a promise of memory. Linux gives out pages when they are touched, so
//! committing cannot fail for want of memory unless the machine forbids to overcommit. A guard page is one without access.

pub mod other;
pub mod pages;
pub mod physical;
pub mod placeholders;
mod region;
pub mod views;
pub mod watch;

use crate::support::{Bool, RawHandle, TRUE, fail, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use pages::{GRANULARITY, linux_protection, page_size, round_down, round_up};
use parking_lot::Mutex;
use region::Region;
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::null_mut;

const MEM_COMMIT: u32 = 0x1000;
const MEM_RESERVE: u32 = 0x2000;
const MEM_DECOMMIT: u32 = 0x4000;
const MEM_RELEASE: u32 = 0x8000;
const MEM_FREE: u32 = 0x1_0000;
const MEM_PRIVATE: u32 = 0x2_0000;
const MEM_RESET: u32 = 0x8_0000;
const MEM_WRITE_WATCH: u32 = 0x20_0000;
const MEM_LARGE_PAGES: u32 = 0x2000_0000;
/// Flags that are hints: top down, large pages, undo of a reset.
const HINTS: u32 = 0x0010_0000 | 0x0100_0000 | MEM_LARGE_PAGES;
/// PAGE_WRITECOPY and PAGE_EXECUTE_WRITECOPY: for views of sections only.
const COPY_ON_WRITE: u32 = 0x8 | 0x80;
/// ERROR_INVALID_ADDRESS.
const INVALID_ADDRESS: Win32Error = Win32Error(487);
const LARGE_PAGE: usize = 2 << 20;

/// Regions by their address.
static REGIONS: Mutex<BTreeMap<usize, Region>> = Mutex::new(BTreeMap::new());

/// The region that an address is in, with its base.
fn find(regions: &mut BTreeMap<usize, Region>, address: usize) -> Option<(usize, &mut Region)> {
    let (&base, region) = regions.range_mut(..=address).next_back()?;
    (address < base + region.size).then_some((base, region))
}

fn no_memory(_: rustix::io::Errno) -> Win32Error {
    Win32Error::NOT_ENOUGH_MEMORY
}

/// Address space aligned as Windows aligns it, at `wanted` unless that is 0.
fn reserve(wanted: usize, size: usize, align: usize) -> Result<usize, Win32Error> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    if wanted != 0 {
        let flags = flags | MapFlags::FIXED_NOREPLACE;
        // SAFETY: the kernel refuses to replace what is there.
        let got = unsafe { rustix::mm::mmap_anonymous(wanted as *mut c_void, size, ProtFlags::empty(), flags) }
            .map_err(|_| INVALID_ADDRESS)?;
        return if got as usize == wanted { Ok(wanted) } else { release(got as usize, size).and(Err(INVALID_ADDRESS)) };
    }
    let larger = size.checked_add(align).ok_or(Win32Error::NOT_ENOUGH_MEMORY)?;
    // SAFETY: the kernel chooses the place.
    let got =
        unsafe { rustix::mm::mmap_anonymous(null_mut(), larger, ProtFlags::empty(), flags) }.map_err(no_memory)?;
    let base = (got as usize).next_multiple_of(align);
    release(got as usize, base - got as usize)?;
    release(base + size, got as usize + larger - base - size)?;
    Ok(base)
}

fn release(at: usize, size: usize) -> Result<(), Win32Error> {
    if size != 0 {
        let _changed = Changed;
        // SAFETY: the range is of a mapping that was made here and that nobody uses any more.
        unsafe { rustix::mm::munmap(at as *mut c_void, size) }.map_err(no_memory)?;
    }
    Ok(())
}

/// Memory changes while it lives: what was known of it is forgotten when it goes, whatever the call says.
struct Changed;

impl Drop for Changed {
    fn drop(&mut self) {
        crate::probe::known::forget();
    }
}

fn protect(at: usize, size: usize, protection: MprotectFlags) -> Result<(), Win32Error> {
    let _changed = Changed;
    // SAFETY: the caller of the exported function vouches for the pages being its own.
    unsafe { rustix::mm::mprotect(at as *mut c_void, size, protection) }.map_err(|errno| match errno {
        rustix::io::Errno::NOMEM => INVALID_ADDRESS,
        _ => Win32Error::ACCESS_DENIED,
    })
}

fn allocate(address: usize, size: usize, kind: u32, protection: u32) -> Result<usize, Win32Error> {
    let access = linux_protection(protection).ok_or(Win32Error::INVALID_PARAMETER)?;
    crate::processinfo::may_have(protection)?;
    let known = kind & !(MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_WRITE_WATCH | HINTS) == 0;
    if size == 0 || !known || protection & COPY_ON_WRITE != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let watched = kind & MEM_WRITE_WATCH != 0;
    if watched && kind & MEM_RESERVE == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut regions = REGIONS.lock();
    if kind & MEM_RESET != 0 {
        // Whoever has lost interest in pages gets them back as they are.
        return if kind & (MEM_COMMIT | MEM_RESERVE) == 0 {
            Ok(round_down(address, page_size()))
        } else {
            Err(Win32Error::INVALID_PARAMETER)
        };
    }
    if kind & MEM_RESERVE == 0 && address != 0 {
        return commit(&mut regions, address, size, protection, access);
    }
    if kind & (MEM_RESERVE | MEM_COMMIT) == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let large = kind & MEM_LARGE_PAGES != 0;
    let base = round_down(address, GRANULARITY);
    let end = address.checked_add(size).ok_or(Win32Error::INVALID_PARAMETER)?;
    let size = round_up(end, page_size()) - base;
    let base = reserve(base, size, if large { LARGE_PAGE } else { GRANULARITY })?;
    if kind & MEM_COMMIT != 0 {
        if let Err(error) = protect(base, size, access) {
            release(base, size)?;
            return Err(error);
        }
        if large {
            // SAFETY: advice about pages just made; whether it is taken does not matter.
            let _ = unsafe { rustix::mm::madvise(base as *mut c_void, size, Advice::LinuxHugepage) };
        }
    }
    if watched && let Err(error) = watch::begin(base, size) {
        release(base, size)?;
        return Err(error);
    }
    let state = if kind & MEM_COMMIT != 0 { protection } else { 0 };
    regions.insert(base, Region::new(size, protection, state).watched(watched));
    Ok(base)
}

fn commit(
    regions: &mut BTreeMap<usize, Region>,
    address: usize,
    size: usize,
    protection: u32,
    access: MprotectFlags,
) -> Result<usize, Win32Error> {
    let (base, region) = find(regions, address).ok_or(INVALID_ADDRESS)?;
    let from = round_down(address, page_size());
    let to = round_up(address.checked_add(size).ok_or(Win32Error::INVALID_PARAMETER)?, page_size());
    if to > base + region.size {
        return Err(INVALID_ADDRESS);
    }
    protect(from, to - from, access)?;
    region.set(from - base, to - base, protection);
    Ok(from)
}

fn free(address: usize, size: usize, kind: u32) -> Result<(), Win32Error> {
    let mut regions = REGIONS.lock();
    match kind {
        MEM_RELEASE if size != 0 => Err(Win32Error::INVALID_PARAMETER),
        MEM_RELEASE => {
            let region = regions.remove(&address).ok_or(INVALID_ADDRESS)?;
            release(address, region.size)
        }
        MEM_DECOMMIT => {
            let (base, region) = find(&mut regions, address).ok_or(INVALID_ADDRESS)?;
            let whole = size == 0 && address == base;
            let from = if whole { base } else { round_down(address, page_size()) };
            let to = if whole { base + region.size } else { round_up(address.saturating_add(size), page_size()) };
            if size == 0 && !whole || to > base + region.size {
                return Err(INVALID_ADDRESS);
            }
            let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
            let _changed = Changed;
            // SAFETY: the pages are of a region made here, and the caller gives them up.
            unsafe { rustix::mm::mmap_anonymous(from as *mut c_void, to - from, ProtFlags::empty(), flags) }
                .map_err(no_memory)?;
            region.set(from - base, to - base, 0);
            // The pages are new ones.
            if region.watched { watch::begin(from, to - from) } else { Ok(()) }
        }
        placeholders::PRESERVE => placeholders::preserve(&mut regions, address, size),
        placeholders::COALESCE => placeholders::coalesce(&mut regions, address, size),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// Is this fault the first touch of a guard page? Then it is an ordinary one from now on. For the handler of faults: the interrupted code is the
/// program's, which does not hold the lock, unless it has a place for an answer in such a page (which is no first touch then).
pub(crate) fn take_guard(address: usize) -> bool {
    let Some(mut regions) = REGIONS.try_lock_for(std::time::Duration::from_secs(1)) else { return false };
    let Some((base, region)) = find(&mut regions, address) else { return false };
    let page = round_down(address, page_size());
    let (.., state) = region.run(page - base);
    if state & pages::PAGE_GUARD == 0 {
        return false;
    }
    let plain = state & !pages::PAGE_GUARD;
    let done = linux_protection(plain).is_some_and(|access| protect(page, page_size(), access).is_ok());
    if done {
        region.set(page - base, page - base + page_size(), plain);
    }
    done
}

/// VirtualAlloc: MEM_RESERVE, MEM_COMMIT or both; MEM_RESET and the hints change nothing. Bases are multiples of 64 KiB.
/// NULL/487 if the address is not to be had or not reserved, NULL/87 for arguments that contradict each other, NULL/8.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualAlloc(address: *mut c_void, size: usize, kind: u32, protection: u32) -> *mut c_void {
    guard_or(null_mut(), || allocate(address as usize, size, kind, protection).map(|base| base as *mut c_void))
}

/// VirtualFree: MEM_DECOMMIT, or MEM_RELEASE with the base and size 0.
///
/// # Safety
/// Nobody uses the pages any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualFree(address: *mut c_void, size: usize, kind: u32) -> Bool {
    guard_bool(|| free(address as usize, size, kind))
}

/// VirtualProtect: any pages of the process, those of VirtualAlloc only where they are committed (FALSE/487).
///
/// # Safety
/// Nobody relies on the former protection; `old` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualProtect(address: *mut c_void, size: usize, protection: u32, old: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { protect_pages(address as usize, size, protection, old) })
}

/// # Safety
/// As for [`ovl_VirtualProtect`].
unsafe fn protect_pages(address: usize, size: usize, protection: u32, old: *mut u32) -> Result<(), Win32Error> {
    if old.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    let access = linux_protection(protection).ok_or(Win32Error::INVALID_PARAMETER)?;
    crate::processinfo::may_have(protection)?;
    let end = address.checked_add(size.max(1)).ok_or(Win32Error::INVALID_PARAMETER)?;
    let (from, to) = (round_down(address, page_size()), round_up(end, page_size()));
    let mut regions = REGIONS.lock();
    let former = match find(&mut regions, from) {
        Some((base, region)) => {
            if to > base + region.size || region.runs(from - base, to - base).iter().any(|run| run.2 == 0) {
                return Err(INVALID_ADDRESS);
            }
            if protection & COPY_ON_WRITE != 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            protect(from, to - from, access)?;
            let (.., former) = region.run(from - base);
            region.set(from - base, to - base, protection);
            former
        }
        None => {
            let former = pages::mapping(from).ok_or(INVALID_ADDRESS)?.protect;
            protect(from, to - from, access)?;
            former
        }
    };
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { old.write(former) };
    Ok(())
}

/// What VirtualQuery says of an address of this process.
fn query(address: usize) -> Option<pages::MemoryBasicInformation> {
    match find(&mut REGIONS.lock(), address) {
        Some((base, region)) => Some(pages::of_region(address, base, region)),
        None => pages::outside_of(std::process::id(), address),
    }
}

/// VirtualQuery: the bytes of the answer, 48; 0/24 if it has no room, 0/87 for an address that no process has.
///
/// # Safety
/// `answer` has room for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualQuery(
    address: *const c_void,
    answer: *mut pages::MemoryBasicInformation,
    room: usize,
) -> usize {
    if room < size_of::<pages::MemoryBasicInformation>() || answer.is_null() {
        return fail(Win32Error::BAD_LENGTH, 0);
    }
    let Some(found) = query(address as usize) else { return fail(Win32Error::INVALID_PARAMETER, 0) };
    // SAFETY: the caller vouches for the room.
    unsafe { answer.write(found) };
    size_of::<pages::MemoryBasicInformation>()
}

/// VirtualLock: keeps pages in memory; FALSE/1453 where the limit (ulimit -l) is reached.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualLock(address: usize, size: usize) -> Bool {
    // SAFETY: keeping pages in memory changes nothing in them; the kernel checks the range.
    let locked = unsafe { rustix::mm::mlock(address as *mut c_void, size) };
    guard_bool(|| {
        locked.map_err(|errno| match errno {
            rustix::io::Errno::NOMEM | rustix::io::Errno::PERM | rustix::io::Errno::AGAIN => {
                Win32Error::WORKING_SET_QUOTA
            }
            _ => Win32Error::NOACCESS,
        })
    })
}

/// VirtualUnlock. FALSE/158 for what is not mapped; pages that were never locked say TRUE.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VirtualUnlock(address: usize, size: usize) -> Bool {
    // SAFETY: as above.
    guard_bool(|| unsafe { rustix::mm::munlock(address as *mut c_void, size) }.map_err(|_| Win32Error::NOT_LOCKED))
}

/// GetLargePageMinimum: 2 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetLargePageMinimum() -> usize {
    LARGE_PAGE
}

/// FlushInstructionCache: TRUE; the compilers of Linux have what a program that makes code needs.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushInstructionCache(_process: RawHandle, _base: *const c_void, _size: usize) -> Bool {
    TRUE
}

#[cfg(test)]
mod tests;
