//! How long threads, the process and the machine have worked: GetThreadTimes, GetProcessTimes, GetSystemTimes.
//!
//! Times are those of Linux's accounts, in units of 100 ns. Of a thread that has ended, what it had used is kept as long as its
//! record is, if CreateThread made it.

use crate::processthreadsapi::thread;
use crate::support::{Bool, RawHandle, guard_bool};
use crate::timezoneapi::now;
use overlapped_abi::{FileTime, Win32Error};
use overlapped_kernel::process::Process;
use overlapped_kernel::thread::{STILL_ACTIVE, Thread};
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Times of one thread or process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Times {
    created: FileTime,
    ended: FileTime,
    kernel: Duration,
    user: Duration,
}

/// What ended threads have used.
static ENDED: Mutex<Vec<(Weak<Thread>, Times)>> = Mutex::new(Vec::new());

fn ticks(time: Duration) -> FileTime {
    let ticks = (time.as_nanos() / 100) as u64;
    FileTime { low: ticks as u32, high: (ticks >> 32) as u32 }
}

/// So long before now.
fn ago(time: Duration) -> FileTime {
    let FileTime { low, high } = now();
    let at = (u64::from(high) << 32 | u64::from(low)).saturating_sub((time.as_nanos() / 100) as u64);
    FileTime { low: at as u32, high: (at >> 32) as u32 }
}

/// What the calling thread (RUSAGE_THREAD) or the process (RUSAGE_SELF) has used: in the kernel, and by itself.
fn usage(who: libc::c_int) -> (Duration, Duration) {
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: our own structure.
    unsafe { libc::getrusage(who, &mut usage) };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    (time(usage.ru_stime), time(usage.ru_utime))
}

fn tick() -> u64 {
    // SAFETY: asks for a number.
    unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64
}

/// In the kernel, by itself, and how long ago it began: from a `stat` below /proc.
fn of_stat(path: &str) -> Option<(Duration, Duration, Duration)> {
    of_text(&std::fs::read_to_string(path).ok()?)
}

fn of_text(text: &str) -> Option<(Duration, Duration, Duration)> {
    // The second field, the name, may have blanks in it, and ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let at = |n: usize| fields.get(n)?.parse::<u64>().ok();
    let time = |ticks: u64| Duration::from_nanos(ticks.saturating_mul(1_000_000_000 / tick()));
    let uptime: f64 = std::fs::read_to_string("/proc/uptime").ok()?.split_whitespace().next()?.parse().ok()?;
    Some((time(at(12)?), time(at(11)?), Duration::from_secs_f64(uptime.max(0.0)).saturating_sub(time(at(19)?))))
}

/// What a running thread has used. Linux keeps the sum exactly and the parts in ticks: the sum is shared out by them.
fn of_running(thread: u32) -> Option<Times> {
    let directory = format!("/proc/self/task/{thread}");
    let (kernel, user, age) = of_stat(&format!("{directory}/stat"))?;
    let exact = std::fs::read_to_string(format!("{directory}/schedstat")).ok();
    let exact = exact.and_then(|text| text.split_whitespace().next()?.parse().ok()).map(Duration::from_nanos);
    let (kernel, user) = match (exact, (kernel + user).as_nanos()) {
        (None, _) => (kernel, user),
        (Some(all), 0) => (Duration::ZERO, all),
        (Some(all), sum) => {
            let kernel = all.mul_f64(kernel.as_nanos() as f64 / sum as f64).min(all);
            (kernel, all - kernel)
        }
    };
    Some(Times { created: ago(age), ended: FileTime::default(), kernel, user })
}

/// The calling thread, which began at `created`, ends.
pub(crate) fn keep(thread: &Arc<Thread>, created: FileTime) {
    let (kernel, user) = usage(libc::RUSAGE_THREAD);
    let mut ended = ENDED.lock();
    ended.retain(|(thread, _)| thread.strong_count() != 0);
    ended.push((Arc::downgrade(thread), Times { created, ended: now(), kernel, user }));
}

/// Stores times where they are wanted: NULL is 998.
///
/// # Safety
/// The targets are NULL or writable.
unsafe fn store(times: Times, to: [*mut FileTime; 4]) -> Result<(), Win32Error> {
    let values = [times.created, times.ended, ticks(times.kernel), ticks(times.user)];
    if to.iter().any(|to| to.is_null()) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for them.
    to.into_iter().zip(values).for_each(|(to, value)| unsafe { to.write_unaligned(value) });
    Ok(())
}

/// GetThreadTimes: creation, end (0 while it runs), and time in the kernel and in the program.
///
/// # Safety
/// The targets are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadTimes(
    object: RawHandle,
    created: *mut FileTime,
    ended: *mut FileTime,
    kernel: *mut FileTime,
    user: *mut FileTime,
) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let kept = ENDED.lock().iter().find(|(kept, _)| std::ptr::eq(kept.as_ptr(), Arc::as_ptr(&thread))).map(|k| k.1);
        let running = || (thread.exit_code() == STILL_ACTIVE).then(|| of_running(thread.id())).flatten();
        let times = kept.or_else(running).unwrap_or_default();
        // SAFETY: the caller's promise.
        unsafe { store(times, [created, ended, kernel, user]) }
    })
}

/// What a process has used. Of one that has ended, what it had used when that was seen.
fn of_process(process: &Process) -> Times {
    let last = process.last();
    let stat = match &last {
        Some(last) => of_text(&last.stat),
        None => of_stat(&format!("/proc/{}/stat", process.id())),
    };
    let (mut kernel, mut user, age) = stat.unwrap_or_default();
    if process.id() == std::process::id() {
        (kernel, user) = usage(libc::RUSAGE_SELF);
    }
    let Some(last) = last else { return Times { created: ago(age), ended: FileTime::default(), kernel, user } };
    let since_end = last.at.elapsed().unwrap_or_default();
    // Linux tells the beginning in ticks, and might have it after the end.
    Times { created: ago(age.max(since_end)), ended: ago(since_end), kernel, user }
}

/// GetProcessTimes: creation, end (0 while it runs), and time in the kernel and in the program.
///
/// # Safety
/// The targets are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessTimes(
    object: RawHandle,
    created: *mut FileTime,
    ended: *mut FileTime,
    kernel: *mut FileTime,
    user: *mut FileTime,
) -> Bool {
    guard_bool(|| {
        let times = of_process(&*crate::processes::visible(object)?);
        // SAFETY: the caller's promise.
        unsafe { store(times, [created, ended, kernel, user]) }
    })
}

/// Idle, kernel and user time of all processors together. On Windows the kernel's time includes the idle time.
fn of_machine() -> Option<[Duration; 3]> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    let counts: Vec<u64> = text.lines().next()?.split_whitespace().skip(1).map_while(|n| n.parse().ok()).collect();
    let at = |n: usize| counts.get(n).copied().unwrap_or(0);
    let time = |ticks: u64| Duration::from_nanos(ticks.saturating_mul(1_000_000_000 / tick()));
    let idle = at(3) + at(4);
    Some([time(idle), time(at(2) + at(5) + at(6) + idle), time(at(0) + at(1))])
}

/// GetSystemTimes: each target may be NULL.
///
/// # Safety
/// The targets are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemTimes(idle: *mut FileTime, kernel: *mut FileTime, user: *mut FileTime) -> Bool {
    guard_bool(|| {
        let times = of_machine().ok_or(Win32Error::GEN_FAILURE)?;
        for (to, time) in [idle, kernel, user].into_iter().zip(times).filter(|(to, _)| !to.is_null()) {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { to.write_unaligned(ticks(time)) };
        }
        Ok(())
    })
}
