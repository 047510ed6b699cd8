//! What one run costs: wall time, processor time and context switches.
//!
//! Processor time and switches are those of the whole process plus the child processes it has waited
//! for, so that a contestant that is a program (`cp`) and one that hands its work to kernel or pool
//! threads are charged like one that works on the calling thread. A program that goes on running is charged
//! what its threads have used, if the contestant [says so](Timer::charge). The kernel's own flusher threads are
//! charged to nobody.

use std::time::{Duration, Instant};

/// Processor time and context switches up to some moment.
#[derive(Clone, Copy, Default)]
struct Usage {
    cpu: Duration,
    switches: u64,
}

impl Usage {
    fn now() -> Self {
        let own = Self::of(libc::RUSAGE_SELF);
        let children = Self::of(libc::RUSAGE_CHILDREN);
        Self { cpu: own.cpu + children.cpu, switches: own.switches + children.switches }
    }

    /// Of everything that a run is charged.
    fn with(other: Option<u32>) -> Self {
        let (own, other) = (Self::now(), other.map(Self::of_process).unwrap_or_default());
        Self { cpu: own.cpu + other.cpu, switches: own.switches + other.switches }
    }

    /// Of the threads that a process has now; of one that has gone, nothing.
    fn of_process(id: u32) -> Self {
        let mut all = Self::default();
        for task in std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
            let read = |name: &str| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let ran = read("schedstat").split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
            all.cpu += Duration::from_nanos(ran);
            let switches =
                |line: &str| line.split_once("ctxt_switches:").and_then(|(_, n)| n.trim().parse::<u64>().ok());
            all.switches += read("status").lines().filter_map(switches).sum::<u64>();
        }
        all
    }

    fn of(who: libc::c_int) -> Self {
        // SAFETY: rusage is a plain C structure of integers; all zeroes is a valid one.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: `usage` is a valid place for the kernel to write one rusage to.
        let status = unsafe { libc::getrusage(who, &raw mut usage) };
        assert_eq!(status, 0, "getrusage refuses only an unknown `who`");
        Self {
            cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
            switches: (usage.ru_nvcsw + usage.ru_nivcsw).unsigned_abs(),
        }
    }
}

/// Processor time of the calling thread so far.
pub fn used_by_thread() -> Duration {
    Usage::of(libc::RUSAGE_THREAD).cpu
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec.unsigned_abs()) + Duration::from_micros(time.tv_usec.unsigned_abs())
}

/// The cost of one run.
#[derive(Clone, Copy, Default)]
pub struct Lap {
    /// Wall time.
    pub elapsed: Duration,
    /// User and system time of all threads and waited-for children.
    pub cpu: Duration,
    /// What of it threads have used that are the same for all contestants, where that is known.
    pub common: Option<Duration>,
    /// Voluntary and involuntary context switches of the same.
    pub switches: u64,
    /// How long operations took, where that is what is measured.
    pub latency: Option<Latency>,
    /// The same where the rate is what is measured.
    pub tail: Option<Latency>,
}

/// How long the operations of one run took.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
}

impl Latency {
    /// Of all these times.
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at =
            |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().checked_sub(1)?)).copied();
        Some(Self { p50: at(0.5)?, p99: at(0.99)? })
    }
}

/// The stopwatch that is handed to a contestant.
///
/// It runs already when the contestant gets it. One that must set something up first (threads, a ring)
/// calls [`start`](Self::start) when it is ready; one that must tear down calls [`stop`](Self::stop)
/// before that.
pub struct Timer {
    begun: Instant,
    before: Usage,
    lap: Option<Lap>,
    latency: Option<Latency>,
    tail: Option<Latency>,
    common: Option<Duration>,
    /// A process that works for the contestant.
    other: Option<u32>,
}

impl Timer {
    /// A running stopwatch.
    pub fn started() -> Self {
        Self::charging(None)
    }

    fn charging(other: Option<u32>) -> Self {
        let before = Usage::with(other);
        Self { begun: Instant::now(), before, lap: None, latency: None, tail: None, common: None, other }
    }

    /// Starts afresh: what came before is not counted.
    pub fn start(&mut self) {
        *self = Self::charging(self.other);
    }

    /// Charges also what the threads of this process use, and starts afresh.
    pub fn charge(&mut self, process: Option<u32>) {
        self.other = process;
        self.start();
    }

    /// Stops; what comes later is not counted. Only the first stop since the last start counts.
    pub fn stop(&mut self) {
        if self.lap.is_none() {
            let elapsed = self.begun.elapsed();
            let after = Usage::with(self.other);
            self.lap = Some(Lap {
                elapsed,
                cpu: after.cpu.saturating_sub(self.before.cpu),
                common: None,
                switches: after.switches.saturating_sub(self.before.switches),
                latency: None,
                tail: None,
            });
        }
    }

    /// What is measured is how long the operations took, not how many there are in a time.
    pub fn latency(&mut self, latency: Option<Latency>) {
        self.latency = latency;
    }

    /// How long the operations took, besides how many there are in a time.
    pub fn tail(&mut self, tail: Option<Latency>) {
        self.tail = tail;
    }

    /// So much processor time went to threads that are the same for all contestants.
    pub fn common(&mut self, time: Duration) {
        self.common = Some(time);
    }

    /// The lap, which ends now unless [`stop`](Self::stop) ended it.
    pub fn finish(mut self) -> Lap {
        self.stop();
        Lap { latency: self.latency, tail: self.tail, common: self.common, ..self.lap.unwrap_or_default() }
    }
}
