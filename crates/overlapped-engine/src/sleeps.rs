//! Has this thread slept, or has it only been without a processor?
//!
//! A call that took long may have waited for a device, or another thread may have had the processor meanwhile. Linux counts the
//! first as a voluntary switch. Asking for the count costs a system call, so the last count is remembered for a moment: on a thread
//! that sleeps elsewhere within that moment, a loss of the processor passes for a sleep.

use overlapped_kernel::clock::Tick;
use std::cell::Cell;
use std::time::Duration;

/// How long a count is remembered.
const MOMENT: Duration = Duration::from_millis(1);

thread_local! {
    static SEEN: Cell<(Tick, libc::c_long)> = const { Cell::new((Tick(0), -1)) };
}

/// To be called before what may sleep.
pub(crate) fn look(now: Tick) {
    if now.since(SEEN.get().0) > MOMENT {
        SEEN.set((now, switches()));
    }
}

/// Has this thread slept since the last look?
pub(crate) fn slept() -> bool {
    switches() != SEEN.get().1
}

/// How often this thread has given its processor up.
fn switches() -> libc::c_long {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the call writes one structure of this type, of which zeros are a value too.
    unsafe {
        libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr());
        usage.assume_init().ru_nvcsw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computing_is_not_sleeping() {
        std::thread::sleep(Duration::from_millis(2));
        look(Tick::monotonic());
        let start = Tick::monotonic();
        while Tick::monotonic().since(start) < Duration::from_millis(20) {}
        assert!(!slept());
        std::thread::sleep(Duration::from_millis(1));
        assert!(slept());
    }
}
