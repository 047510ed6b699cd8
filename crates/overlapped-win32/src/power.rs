//! `winbase.h`, `winmm`, `realtimeapiset.h`: the machine's power and clocks.
//!
//! What Linux knows of power stands below /sys. A wish that the machine does not sleep is remembered and told, and means nothing: a Linux
//! without a desktop does not sleep by itself.

use crate::arguments::store;
use crate::processthreadsapi::thread;
use crate::support::{Bool, RawHandle, guard, guard_bool};
use overlapped_abi::Win32Error;
use std::cell::Cell;
use std::path::Path;

/// SYSTEM_POWER_STATUS.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerStatus {
    line: u8,
    battery: u8,
    percent: u8,
    saver: u8,
    seconds_left: u32,
    seconds_full: u32,
}

const UNKNOWN: u8 = 255;
const UNKNOWN_TIME: u32 = u32::MAX;
const NO_BATTERY: u8 = 128;
const CHARGING: u8 = 8;
const CRITICAL: u8 = 4;
const LOW: u8 = 2;
const HIGH: u8 = 1;

/// What is below a directory of power supplies.
fn power(directory: &Path) -> PowerStatus {
    let mut status = PowerStatus {
        line: UNKNOWN,
        battery: NO_BATTERY,
        percent: UNKNOWN,
        saver: 0,
        seconds_left: UNKNOWN_TIME,
        seconds_full: UNKNOWN_TIME,
    };
    for supply in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let text = |name: &str| std::fs::read_to_string(supply.path().join(name)).unwrap_or_default().trim().to_owned();
        match text("type").as_str() {
            // One that gives power is enough. What charges by USB says so only while it does.
            "Mains" | "USB" if text("online") == "1" => status.line = 1,
            "Mains" if status.line == UNKNOWN => status.line = 0,
            "Battery" if text("scope") != "Device" => {
                let percent = text("capacity").parse::<u8>().ok().filter(|percent| *percent <= 100);
                let level = match percent {
                    Some(0..=4) => CRITICAL,
                    Some(5..=32) => LOW,
                    Some(67..) => HIGH,
                    _ => 0,
                };
                let charging = text("status") == "Charging";
                status.battery = level | if charging { CHARGING } else { 0 };
                status.percent = percent.unwrap_or(UNKNOWN);
                // A driver tells of work and power, or of charge and current; some of the latter are negative.
                let number = |name| text(name).trim_start_matches('-').parse::<u64>().ok();
                let left = number("energy_now").zip(number("power_now"));
                let left = left.or_else(|| number("charge_now").zip(number("current_now")));
                if let Some((now, rate)) = left.filter(|(_, rate)| !charging && *rate != 0) {
                    status.seconds_left = u32::try_from(now.saturating_mul(3600) / rate).unwrap_or(UNKNOWN_TIME);
                }
            }
            _ => {}
        }
    }
    if status.battery == NO_BATTERY && status.line == UNKNOWN {
        // A machine without a battery is on the line.
        status.line = 1;
    }
    status
}

/// GetSystemPowerStatus.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemPowerStatus(to: *mut PowerStatus) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, power(Path::new("/sys/class/power_supply"))) })
}

const ES_CONTINUOUS: u32 = 0x8000_0000;
const ES_AWAYMODE_REQUIRED: u32 = 0x40;
const ES_KNOWN: u32 = 0x1 | 0x2 | ES_AWAYMODE_REQUIRED | ES_CONTINUOUS;

// What the thread has asked for, but for ES_CONTINUOUS, with which each begins.
overlapped_kernel::static_tls! { fn wanted: Cell<u32> = "execution" }

/// SetThreadExecutionState: what the thread asked for before; 0/87 for flags that there are not, and for ES_AWAYMODE_REQUIRED alone.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadExecutionState(state: u32) -> u32 {
    let away = state & (ES_AWAYMODE_REQUIRED | ES_CONTINUOUS) == ES_AWAYMODE_REQUIRED;
    if state & !ES_KNOWN != 0 || away {
        return crate::support::fail(Win32Error::INVALID_PARAMETER, 0);
    }
    let before = wanted(|kept| match state & ES_CONTINUOUS {
        0 => kept.get(),
        _ => kept.replace(state & !ES_CONTINUOUS),
    });
    before | ES_CONTINUOUS
}

/// WTSGetActiveConsoleSessionId: the one session that there is.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSGetActiveConsoleSessionId() -> u32 {
    crate::wtsapi::SESSION
}

/// What one second of work is in cycles: Linux counts time, not cycles, so they are those of the machine's clock.
pub(crate) fn cycles(nanoseconds: u64) -> u64 {
    static PER_SECOND: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    let rate = PER_SECOND.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let line =
            text.lines().find_map(|line| line.strip_prefix("cpu MHz")?.split(':').nth(1)?.trim().parse::<f64>().ok());
        line.map_or(1_000_000_000, |mhz| (mhz * 1e6) as u64)
    });
    (u128::from(nanoseconds) * u128::from(*rate) / 1_000_000_000) as u64
}

/// What a thread has used, in nanoseconds, by /proc/.../schedstat.
fn worked(path: &str) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok()
}

/// QueryThreadCycleTime: 6 for a thread that has ended.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryThreadCycleTime(object: RawHandle, to: *mut u64) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let used = worked(&format!("/proc/self/task/{}/schedstat", thread.id())).ok_or(Win32Error::INVALID_HANDLE)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, cycles(used)) }
    })
}

/// QueryProcessCycleTime: of all its threads that still run.
///
/// # Safety
/// As for [`ovl_QueryThreadCycleTime`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryProcessCycleTime(object: RawHandle, to: *mut u64) -> Bool {
    guard_bool(|| {
        let process = crate::processes::visible(object)?;
        let tasks =
            std::fs::read_dir(format!("/proc/{}/task", process.id())).map_err(|_| Win32Error::INVALID_HANDLE)?;
        let used = tasks.flatten().filter_map(|task| worked(task.path().join("schedstat").to_str()?));
        // SAFETY: the caller's promise.
        unsafe { store(to, cycles(used.sum())) }
    })
}

fn clock(which: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place of ours.
    unsafe { libc::clock_gettime(which, &raw mut now) };
    now.tv_sec as u64 * 10_000_000 + now.tv_nsec as u64 / 100
}

unsafe fn tell(to: *mut u64, which: libc::clockid_t) {
    guard((), || {
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::store_if_wanted(to, clock(which)) };
    });
}

/// QueryInterruptTime: since the machine started, with the time that it slept, in 100 ns.
///
/// # Safety
/// `to` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryInterruptTime(to: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe { tell(to, libc::CLOCK_BOOTTIME) }
}

/// QueryInterruptTimePrecise.
///
/// # Safety
/// As for [`ovl_QueryInterruptTime`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryInterruptTimePrecise(to: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe { tell(to, libc::CLOCK_BOOTTIME) }
}

/// QueryUnbiasedInterruptTimePrecise: without the time that it slept.
///
/// # Safety
/// As for [`ovl_QueryInterruptTime`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryUnbiasedInterruptTimePrecise(to: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe { tell(to, libc::CLOCK_MONOTONIC) }
}

/// TIMECAPS.
#[repr(C)]
pub struct TimeCaps {
    least: u32,
    most: u32,
}

/// timeGetDevCaps: from one millisecond on; 97 for a structure of another size.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_timeGetDevCaps(to: *mut TimeCaps, size: u32) -> u32 {
    if to.is_null() || (size as usize) < size_of::<TimeCaps>() {
        return 97;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(TimeCaps { least: 1, most: 1_000_000 }) };
    0
}

/// A pointer that is not to be read in memory as it is.
fn key() -> usize {
    static KEY: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *KEY.get_or_init(|| {
        use std::hash::{BuildHasher, Hasher};
        std::collections::hash_map::RandomState::new().build_hasher().finish() as usize
    })
}

/// EncodePointer: with a number of the process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EncodePointer(pointer: usize) -> usize {
    (pointer ^ key()).rotate_right(17)
}

/// DecodePointer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DecodePointer(pointer: usize) -> usize {
    pointer.rotate_left(17) ^ key()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supplies_are_read_as_linux_tells_of_them() {
        let directory = tempfile::tempdir().unwrap();
        let desk = power(directory.path());
        assert_eq!((desk.line, desk.battery, desk.percent), (1, NO_BATTERY, UNKNOWN));
        for (file, text) in [
            ("AC/type", "Mains\n"),
            ("AC/online", "0\n"),
            ("BAT0/type", "Battery\n"),
            ("BAT0/capacity", "20\n"),
            ("BAT0/status", "Discharging\n"),
            ("BAT0/energy_now", "10000000\n"),
            ("BAT0/power_now", "5000000\n"),
        ] {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let seconds_full = UNKNOWN_TIME;
        for (file, text) in [("USB0/type", "USB\n"), ("USB0/online", "0\n")] {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let expected = PowerStatus { line: 0, battery: LOW, percent: 20, saver: 0, seconds_left: 7200, seconds_full };
        assert_eq!(power(directory.path()), expected);
        // A driver that knows charge and current instead, and a charger at the other plug.
        for (file, text) in [("energy_now", ""), ("charge_now", "3000000\n"), ("current_now", "-1000000\n")] {
            std::fs::write(directory.path().join("BAT0").join(file), text).unwrap();
        }
        std::fs::write(directory.path().join("USB0/online"), "1\n").unwrap();
        assert_eq!(power(directory.path()), PowerStatus { line: 1, seconds_left: 10_800, ..expected });
    }

    #[test]
    fn a_thread_that_works_uses_cycles() {
        let me = crate::processthreadsapi::ovl_GetCurrentThread();
        let (mut first, mut now, mut all) = (0, 0, 0);
        // SAFETY: places of ours.
        unsafe {
            assert_eq!(ovl_QueryThreadCycleTime(me, &raw mut first), 1);
            while now <= first {
                assert_eq!(ovl_QueryThreadCycleTime(me, &raw mut now), 1);
            }
            assert_eq!(ovl_QueryProcessCycleTime(crate::processthreadsapi::ovl_GetCurrentProcess(), &raw mut all), 1);
            let (mut biased, mut unbiased) = (0, 0);
            ovl_QueryUnbiasedInterruptTimePrecise(&raw mut unbiased);
            ovl_QueryInterruptTime(&raw mut biased);
            assert!(all >= now && biased >= unbiased && unbiased > 0);
        }
    }

    #[test]
    fn states_and_pointers_read_back() {
        assert_eq!(ovl_SetThreadExecutionState(ES_CONTINUOUS | 1), ES_CONTINUOUS);
        assert_eq!((ovl_SetThreadExecutionState(2), ovl_SetThreadExecutionState(0x100)), (ES_CONTINUOUS | 1, 0));
        // Each thread has a state of its own.
        let other = std::thread::spawn(|| ovl_SetThreadExecutionState(ES_CONTINUOUS | 2)).join().unwrap();
        assert_eq!((other, ovl_SetThreadExecutionState(ES_AWAYMODE_REQUIRED)), (ES_CONTINUOUS, 0));
        assert_eq!(ovl_SetThreadExecutionState(ES_CONTINUOUS), ES_CONTINUOUS | 1);
        assert_eq!(ovl_DecodePointer(ovl_EncodePointer(4711)), 4711);
        assert_ne!(ovl_EncodePointer(4711), 4711);
    }
}
