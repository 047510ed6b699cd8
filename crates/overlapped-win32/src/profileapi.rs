//! `profileapi.h`: a counter of 100-ns units on the monotonic clock, as today's Windows has it.

use crate::support::{Bool, FALSE, TRUE, fail};
use overlapped_abi::Win32Error;
use rustix::time::{ClockId, clock_gettime};

const FREQUENCY: i64 = 10_000_000;

/// # Safety
/// `target` is NULL or writable.
unsafe fn give(target: *mut i64, value: i64) -> Bool {
    if target.is_null() {
        return fail(Win32Error::NOACCESS, FALSE);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { target.write(value) };
    TRUE
}

/// QueryPerformanceCounter.
///
/// # Safety
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryPerformanceCounter(count: *mut i64) -> Bool {
    let now = clock_gettime(ClockId::Monotonic);
    // SAFETY: the caller vouches for it.
    unsafe { give(count, now.tv_sec * FREQUENCY + now.tv_nsec / (1_000_000_000 / FREQUENCY)) }
}

/// QueryPerformanceFrequency: 10 MHz.
///
/// # Safety
/// `frequency` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryPerformanceFrequency(frequency: *mut i64) -> Bool {
    // SAFETY: the caller vouches for it.
    unsafe { give(frequency, FREQUENCY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_measures_time() {
        let (mut before, mut after, mut frequency) = (0, 0, 0);
        // SAFETY: all are ours.
        unsafe {
            assert_eq!(ovl_QueryPerformanceFrequency(&mut frequency), TRUE);
            ovl_QueryPerformanceCounter(&mut before);
            std::thread::sleep(std::time::Duration::from_millis(20));
            ovl_QueryPerformanceCounter(&mut after);
            assert_eq!(ovl_QueryPerformanceCounter(std::ptr::null_mut()), FALSE);
        }
        // In milliseconds; the thread may be kept from going on for a while.
        assert!((20..60_000).contains(&((after - before) * 1000 / frequency)));
    }
}
