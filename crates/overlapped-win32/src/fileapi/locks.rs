//! Byte-range locks (contract 02 section 9).

use crate::arguments::grant;
use crate::support::{Bool, RawHandle, event_of, guard_bool};
use overlapped_abi::{Overlapped, Win32Error, join_u64};
use overlapped_devices::file::{self, LockFlags, Range};
use overlapped_kernel::request::Route;
use overlapped_kernel::road::Reply;
use std::ptr::NonNull;

fn range(start: [u32; 2], len: [u32; 2]) -> Range {
    Range { start: join_u64(start[0], start[1]), len: join_u64(len[0], len[1]) }
}

/// LockFile: exclusive, and 33 at once if the range is not to be had.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_LockFile(file: RawHandle, low: u32, high: u32, len_low: u32, len_high: u32) -> Bool {
    let flags = LockFlags::EXCLUSIVE | LockFlags::FAIL_IMMEDIATELY;
    guard_bool(|| file::lock(&grant(file)?, range([low, high], [len_low, len_high]), flags))
}

/// UnlockFile.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_UnlockFile(file: RawHandle, low: u32, high: u32, len_low: u32, len_high: u32) -> Bool {
    guard_bool(|| file::unlock(&grant(file)?, range([low, high], [len_low, len_high])))
}

/// LockFileEx: the OVERLAPPED says where the range starts, and is told of the outcome.
///
/// # Safety
/// `overlapped` is NULL (87), or valid until the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LockFileEx(
    file: RawHandle,
    flags: u32,
    reserved: u32,
    len_low: u32,
    len_high: u32,
    overlapped: *mut Overlapped,
) -> Bool {
    guard_bool(|| {
        let grant = grant(file)?;
        let flags = LockFlags::from_bits(flags).filter(|_| reserved == 0 && !overlapped.is_null());
        let flags = flags.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: not NULL, and the caller vouches for it.
        let (start, raw_event) = unsafe { ((*overlapped).start(), (*overlapped).h_event) };
        let route = Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None };
        let range = Range { start, len: join_u64(len_low, len_high) };
        // SAFETY: the caller vouches for the OVERLAPPED until the request is complete.
        match unsafe { file::lock_overlapped(&grant, range, flags, route, NonNull::new(overlapped)) }? {
            Reply::Done(..) => Ok(()),
            Reply::Pending(_) => Err(Win32Error::IO_PENDING),
        }
    })
}

/// UnlockFileEx: completes at once.
///
/// # Safety
/// As for [`ovl_LockFileEx`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnlockFileEx(
    file: RawHandle,
    reserved: u32,
    len_low: u32,
    len_high: u32,
    overlapped: *mut Overlapped,
) -> Bool {
    guard_bool(|| {
        let grant = grant(file)?;
        if reserved != 0 || overlapped.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let start = unsafe { (*overlapped).start() };
        file::unlock(&grant, Range { start, len: join_u64(len_low, len_high) })
    })
}
