//! Byte-range locks (contract 02 section 9).

use crate::arguments::grant;
use crate::at_once::AtOnce;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{Overlapped, Win32Error, join_u64};
use overlapped_devices::file::{self, LockFlags, Range};

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
/// `overlapped` is NULL (87) or valid.
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
        let start = unsafe { (*overlapped).start() };
        // SAFETY: as above.
        let outcome = unsafe { AtOnce::begin(overlapped) }?;
        file::lock(&grant, Range { start, len: join_u64(len_low, len_high) }, flags)?;
        outcome.succeed(0);
        Ok(())
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
