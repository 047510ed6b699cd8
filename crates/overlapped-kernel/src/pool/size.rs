//! How large a pool is, and how busy the processors are.

use crate::clock::Tick;
use crate::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long a surplus thread waits by default before it leaves.
const LINGER: Duration = Duration::from_secs(10);

/// How large a pool is (contract 06 section 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// Threads that stay.
    pub min: usize,
    /// Threads at the most.
    pub max: usize,
    /// Threads that run at once; 0 is the number of processors.
    pub concurrency: u32,
    /// How long a thread above the minimum waits in vain before it leaves.
    pub linger: Duration,
}

impl PoolSize {
    /// As many threads as this, from the start to the end. Twice the number of processors is a good first guess.
    #[must_use]
    pub fn fixed(threads: usize) -> Self {
        Self::adaptive(threads, threads)
    }

    /// From `min` to `max` threads, as the work needs them.
    #[must_use]
    pub fn adaptive(min: usize, max: usize) -> Self {
        Self { min, max, concurrency: 0, linger: LINGER }
    }

    /// The same, with so many threads that run at once.
    #[must_use]
    pub fn concurrency(self, concurrency: u32) -> Self {
        Self { concurrency, ..self }
    }

    /// The same, with another time after which a surplus thread leaves.
    #[must_use]
    pub fn linger(self, linger: Duration) -> Self {
        Self { linger, ..self }
    }

    pub(super) fn is_valid(&self) -> bool {
        self.max > 0 && self.min <= self.max
    }
}

impl Default for PoolSize {
    /// As the default pool of Windows: up to 500 threads, as many running as there are processors.
    fn default() -> Self {
        Self::adaptive(0, 500)
    }
}

/// The limits of a pool, as its threads look at them.
pub(super) struct Limits {
    size: Mutex<PoolSize>,
    min: AtomicUsize,
    max: AtomicUsize,
    linger: Duration,
}

impl Limits {
    pub(super) fn new(size: PoolSize) -> Self {
        let (min, max) = (AtomicUsize::new(size.min), AtomicUsize::new(size.max));
        Self { size: Mutex::new(size), min, max, linger: size.linger }
    }

    pub(super) fn get(&self) -> PoolSize {
        *self.size.lock()
    }

    pub(super) fn min(&self) -> usize {
        self.min.load(Ordering::Relaxed)
    }

    pub(super) fn max(&self) -> usize {
        self.max.load(Ordering::Relaxed)
    }

    pub(super) fn linger(&self) -> Duration {
        self.linger
    }

    /// A minimum above it follows.
    pub(super) fn set_max(&self, max: usize) {
        self.change(|size| *size = PoolSize { max, min: size.min.min(max), ..*size });
    }

    /// A maximum below it follows.
    pub(super) fn set_min(&self, min: usize) {
        self.change(|size| *size = PoolSize { min, max: size.max.max(min), ..*size });
    }

    fn change(&self, change: impl FnOnce(&mut PoolSize)) {
        let mut size = self.size.lock();
        change(&mut size);
        self.min.store(size.min, Ordering::Relaxed);
        self.max.store(size.max, Ordering::Relaxed);
    }
}

/// The load of the processors by this process, looked at now and then.
///
/// The process's share and not the machine's: what others use says nothing about whether our threads block, and a neighbour
/// that computes must not keep a pool from growing whose threads all sleep.
#[derive(Default)]
pub(super) struct Meter(Mutex<Sample>);

#[derive(Clone, Copy, Default)]
struct Sample {
    at: Tick,
    used: Duration,
    percent: u32,
}

impl Meter {
    /// Between two looks. Shorter ones would measure the scheduler's slices.
    const PERIOD: Duration = Duration::from_millis(20);

    /// In percent of all processors, over the time since the last look; 0 at the first.
    pub(super) fn percent(&self) -> u32 {
        let now = Tick::monotonic();
        let mut last = self.0.lock();
        let passed = now.since(last.at);
        if passed < Self::PERIOD {
            return last.percent;
        }
        let used = processor_time();
        let first = last.at == Tick::default();
        let percent = if first { 0 } else { share(used.saturating_sub(last.used), passed, processors()) };
        *last = Sample { at: now, used, percent };
        percent
    }
}

/// Percent of `processors` that `used` is in `passed`.
fn share(used: Duration, passed: Duration, processors: u32) -> u32 {
    let whole = passed.as_nanos() * u128::from(processors);
    (used.as_nanos() * 100).checked_div(whole).map_or(0, |percent| percent.min(100) as u32)
}

fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec as u64, used.tv_nsec as u32)
}

fn processors() -> u32 {
    static PROCESSORS: std::sync::LazyLock<u32> =
        std::sync::LazyLock::new(|| std::thread::available_parallelism().map_or(1, |n| n.get() as u32));
    *PROCESSORS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    #[test]
    fn the_share_is_of_all_processors() {
        let second = Duration::from_secs(1);
        assert_eq!(share(second, second, 1), 100);
        assert_eq!(share(second, second, 4), 25);
        assert_eq!(share(Duration::from_millis(750), second, 2), 37);
        assert_eq!(share(second * 9, second, 2), 100, "clocks that are read one after the other may disagree");
        assert_eq!(share(second, Duration::ZERO, 2), 0);
    }

    #[test]
    fn a_process_that_computes_is_noticed() {
        let meter = Meter::default();
        assert_eq!(meter.percent(), 0);
        let (noticed, end) = (AtomicBool::new(false), Instant::now() + Duration::from_secs(60));
        std::thread::scope(|scope| {
            // So many that they are one percent of a large machine, too.
            for _ in 0..processors().div_ceil(32) {
                scope.spawn(|| {
                    while !noticed.load(Ordering::Relaxed) && Instant::now() < end {
                        std::hint::spin_loop();
                    }
                });
            }
            // The machine may be busy with others: some time these threads get their share.
            while meter.percent() == 0 {
                if Instant::now() > end {
                    break;
                }
                std::hint::spin_loop();
            }
            noticed.store(true, Ordering::Relaxed);
        });
        assert!(Instant::now() < end, "threads that compute were never noticed");
    }
}
