//! `sysinfoapi.h`: the time, the machine, the version of Windows that programs are told.

pub(crate) mod computer;
pub mod firmware;
mod machine;
pub mod settings;
pub mod topology;
mod version;

pub use computer::*;
pub use machine::*;
pub use topology::*;
pub use version::*;

use crate::timezoneapi::calendar::SystemTime;
use crate::timezoneapi::{now, to_local};
use overlapped_abi::FileTime;
use rustix::time::{ClockId, Timespec, clock_gettime};

/// The clock that the waits run by (contract 04 section 8), so that measured and requested times agree.
fn milliseconds(time: Timespec) -> u64 {
    time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000
}

/// GetTickCount64: milliseconds since the machine started.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetTickCount64() -> u64 {
    milliseconds(clock_gettime(ClockId::Monotonic))
}

/// GetTickCount: as [`ovl_GetTickCount64`], from 0 again every 49.7 days.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetTickCount() -> u32 {
    ovl_GetTickCount64() as u32
}

/// QueryUnbiasedInterruptTime: 100-ns units since the start.
///
/// # Safety
/// `time` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryUnbiasedInterruptTime(time: *mut u64) -> i32 {
    let now = clock_gettime(ClockId::Monotonic);
    if time.is_null() {
        return 0;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { time.write(now.tv_sec as u64 * 10_000_000 + now.tv_nsec as u64 / 100) };
    1
}

/// GetSystemTimeAsFileTime.
///
/// # Safety
/// `time` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemTimeAsFileTime(time: *mut FileTime) {
    // SAFETY: the caller vouches for it.
    unsafe { time.write(now()) };
}

/// GetSystemTimePreciseAsFileTime.
///
/// # Safety
/// `time` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemTimePreciseAsFileTime(time: *mut FileTime) {
    // SAFETY: the caller vouches for it.
    unsafe { time.write(now()) };
}

/// GetSystemTime: UTC.
///
/// # Safety
/// `time` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemTime(time: *mut SystemTime) {
    // SAFETY: the caller vouches for it.
    unsafe { time.write(SystemTime::from_ticks(now().ticks()).unwrap_or_default()) };
}

/// GetLocalTime.
///
/// # Safety
/// `time` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetLocalTime(time: *mut SystemTime) {
    // SAFETY: the caller vouches for it.
    unsafe { time.write(to_local(now())) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_go_on() {
        let before = ovl_GetTickCount64();
        std::thread::sleep(std::time::Duration::from_millis(15));
        assert!((14..1500).contains(&(ovl_GetTickCount64() - before)));
        assert!(ovl_GetTickCount().wrapping_sub(before as u32) >= 14);
    }

    #[test]
    fn the_times_agree() {
        let (mut file, mut system, mut local) = (FileTime::default(), SystemTime::default(), SystemTime::default());
        // SAFETY: all are ours.
        unsafe {
            ovl_GetSystemTimeAsFileTime(&mut file);
            ovl_GetSystemTime(&mut system);
            ovl_GetLocalTime(&mut local);
        }
        let apart = system.to_ticks().unwrap().abs_diff(file.ticks());
        assert!(apart < 20_000_000, "{apart}");
        assert!(local.to_ticks().unwrap().abs_diff(file.ticks()) <= 15 * 36_000_000_000);
    }
}
