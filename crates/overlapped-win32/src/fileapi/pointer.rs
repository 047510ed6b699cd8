//! The file pointer (contract 02 section 2).

use crate::arguments::{grant, store_if_wanted};
use crate::support::{Bool, RawHandle, guard_bool, guard_or, set_last_error};
use overlapped_abi::constants::file::INVALID_SET_FILE_POINTER;
use overlapped_abi::{LargeInteger, Win32Error, split_u64};
use overlapped_devices::file;

/// SetFilePointerEx. LARGE_INTEGER is passed as the 64-bit number that it is.
///
/// # Safety
/// `new` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetFilePointerEx(file: RawHandle, distance: i64, new: *mut i64, method: u32) -> Bool {
    guard_bool(|| {
        let at = file::set_pointer(&grant(file)?, distance, method)?;
        // SAFETY: the caller's promise. The device keeps pointers below 2^63.
        unsafe { store_if_wanted(new, at as i64) };
        Ok(())
    })
}

/// SetFilePointer: without `high`, the distance has 32 bits and so must the result (87).
///
/// # Safety
/// `high` is NULL, or readable and writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetFilePointer(file: RawHandle, distance: i32, high: *mut i32, method: u32) -> u32 {
    guard_or(INVALID_SET_FILE_POINTER, || {
        let grant = grant(file)?;
        let low = if high.is_null() {
            file::set_pointer_low(&grant, distance, method)?
        } else {
            // SAFETY: not NULL, and the caller vouches for it.
            let top = unsafe { high.read() };
            let distance = LargeInteger::from_parts(distance as u32, top).0;
            let (low, top) = split_u64(file::set_pointer(&grant, distance, method)?);
            // SAFETY: as above.
            unsafe { high.write(top as i32) };
            low
        };
        if low == INVALID_SET_FILE_POINTER {
            set_last_error(Win32Error::SUCCESS.0);
        }
        Ok(low)
    })
}
