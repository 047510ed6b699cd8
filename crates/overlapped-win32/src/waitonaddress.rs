//! WaitOnAddress and WakeByAddress (`synchapi.h`).

use crate::parking::{deadline, park, wake_all, wake_one};
use crate::support::{Bool, FALSE, TRUE, fail};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::SeqCst};

/// The number at an address, read in one piece.
///
/// # Safety
/// `at` is aligned to `size` (1, 2, 4 or 8) and readable.
unsafe fn load(at: *const c_void, size: usize) -> u64 {
    let at = at.cast_mut();
    // SAFETY: the caller vouches for alignment and memory; other threads use atomic operations on it, as the function asks.
    unsafe {
        match size {
            1 => u64::from(AtomicU8::from_ptr(at.cast()).load(SeqCst)),
            2 => u64::from(AtomicU16::from_ptr(at.cast()).load(SeqCst)),
            4 => u64::from(AtomicU32::from_ptr(at.cast()).load(SeqCst)),
            _ => AtomicU64::from_ptr(at.cast()).load(SeqCst),
        }
    }
}

/// The number at an address that nobody else writes and that need not be aligned.
///
/// # Safety
/// `size` bytes at `at` are readable.
unsafe fn read(at: *const c_void, size: usize) -> u64 {
    let mut bytes = [0; 8];
    // SAFETY: the caller vouches for the memory; `size` is 8 at most.
    unsafe { std::ptr::copy_nonoverlapping(at.cast(), bytes.as_mut_ptr(), size) };
    u64::from_ne_bytes(bytes)
}

/// WaitOnAddress: TRUE when woken or when the value differs already, perhaps for no reason; FALSE/1460 when the time ran out,
/// FALSE/87 for a size that is not 1, 2, 4 or 8.
///
/// # Safety
/// Both addresses hold values of that size, the first one aligned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitOnAddress(
    address: *const c_void,
    compare: *const c_void,
    size: usize,
    ms: u32,
) -> Bool {
    if address.is_null() || compare.is_null() || !matches!(size, 1 | 2 | 4 | 8) {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    // SAFETY: the caller vouches for both values.
    let same = || unsafe { load(address, size) == read(compare, size) };
    if !same() || park(address as usize, deadline(ms), same, || {}) {
        return TRUE;
    }
    fail(Win32Error::TIMEOUT, FALSE)
}

/// WakeByAddressSingle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WakeByAddressSingle(address: *const c_void) {
    wake_one(address as usize, |_| {});
}

/// WakeByAddressAll.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WakeByAddressAll(address: *const c_void) {
    wake_all(address as usize);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    fn wait<T>(at: *const T, old: T, ms: u32) -> Bool {
        // SAFETY: both are values of that type.
        unsafe { ovl_WaitOnAddress(at.cast(), std::ptr::from_ref(&old).cast(), size_of::<T>(), ms) }
    }

    #[test]
    fn differs_already_or_times_out() {
        assert_eq!(wait(&5u8, 4u8, u32::MAX), TRUE);
        assert_eq!(wait(&5u64, 4u64, u32::MAX), TRUE);
        assert_eq!((wait(&5u16, 5u16, 10), last_error()), (FALSE, 1460));
        assert_eq!((wait(&[0u8; 3], [0u8; 3], 10), last_error()), (FALSE, 87));
    }

    #[test]
    fn a_change_with_a_wake_up_ends_the_wait() {
        for all in [false, true] {
            let value = AtomicU32::new(0);
            std::thread::scope(|s| {
                s.spawn(|| {
                    while value.load(SeqCst) == 0 {
                        wait(value.as_ptr(), 0, u32::MAX);
                    }
                });
                std::thread::sleep(std::time::Duration::from_millis(10));
                value.store(1, SeqCst);
                let at = value.as_ptr().cast();
                if all { ovl_WakeByAddressAll(at) } else { ovl_WakeByAddressSingle(at) }
            });
        }
    }
}
