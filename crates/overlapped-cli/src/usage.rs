//! What a run cost: time, CPU and context switches of the whole process, the library's own threads included.

use nix::sys::resource::{UsageWho, getrusage};
use serde::Serialize;
use std::time::{Duration, Instant};

/// A running measurement.
#[derive(Debug)]
pub struct Meter {
    started: Instant,
    before: Counters,
}

/// The kernel's counters of this process.
#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    user: Duration,
    system: Duration,
    voluntary: u64,
    involuntary: u64,
}

/// A finished measurement.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// Wall-clock time.
    pub seconds: f64,
    /// CPU time.
    pub cpu_seconds: Cpu,
    /// Times that a thread gave up its processor, or lost it.
    pub context_switches: Switches,
}

/// CPU time, in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cpu {
    /// In the program.
    pub user: f64,
    /// In the kernel.
    pub system: f64,
}

/// Context switches.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Switches {
    /// The thread waited for something.
    pub voluntary: u64,
    /// The kernel preferred another thread.
    pub involuntary: u64,
}

impl Counters {
    /// As they are now; zeros if the kernel does not say.
    fn now() -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Self::default() };
        let time = |seconds: i64, micros: i64| {
            let micros = seconds.saturating_mul(1_000_000).saturating_add(micros);
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        };
        Self {
            user: time(usage.user_time().tv_sec(), usage.user_time().tv_usec()),
            system: time(usage.system_time().tv_sec(), usage.system_time().tv_usec()),
            voluntary: u64::try_from(usage.voluntary_context_switches()).unwrap_or(0),
            involuntary: u64::try_from(usage.involuntary_context_switches()).unwrap_or(0),
        }
    }
}

impl Meter {
    /// Starts now.
    pub fn start() -> Self {
        Self { started: Instant::now(), before: Counters::now() }
    }

    /// What it cost until now.
    pub fn read(&self) -> Cost {
        let (now, before) = (Counters::now(), self.before);
        let spent = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64();
        Cost {
            seconds: self.started.elapsed().as_secs_f64(),
            cpu_seconds: Cpu { user: spent(now.user, before.user), system: spent(now.system, before.system) },
            context_switches: Switches {
                voluntary: now.voluntary.saturating_sub(before.voluntary),
                involuntary: now.involuntary.saturating_sub(before.involuntary),
            },
        }
    }
}
