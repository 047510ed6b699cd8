//! Points in time and time limits.
//!
//! The engine owns the clock, so that the simulated engine can run on virtual time. A [`Tick`] counts nanoseconds of that
//! clock; real engines use the monotonic clock of Linux, which like the waits of the model (contract 04 section 8) does not
//! count time in which the machine was suspended.

use std::time::Duration;

/// A point in time of an engine's clock, in nanoseconds since an origin of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(pub u64);

impl Tick {
    /// The monotonic clock of Linux, now.
    #[must_use]
    pub fn monotonic() -> Self {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        Self(now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64)
    }

    /// The point `after` later; saturates at the end of time.
    #[must_use]
    pub fn plus(self, after: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// How long it is from `now` to this point; zero if it has passed.
    #[must_use]
    pub fn since(self, now: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(now.0))
    }
}

/// How long a wait may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// Look, and do not wait (0 in the C face).
    Poll,
    /// Wait for this long.
    After(Duration),
    /// Wait without limit (INFINITE in the C face).
    Infinite,
}

impl Timeout {
    /// The milliseconds of the Win32 calls: 0 looks, 0xFFFFFFFF never ends.
    #[must_use]
    #[inline]
    pub fn from_millis(ms: u32) -> Self {
        match ms {
            0 => Self::Poll,
            u32::MAX => Self::Infinite,
            _ => Self::After(Duration::from_millis(u64::from(ms))),
        }
    }
}

impl From<Option<Duration>> for Timeout {
    fn from(limit: Option<Duration>) -> Self {
        match limit {
            None => Self::Infinite,
            Some(Duration::ZERO) => Self::Poll,
            Some(limit) => Self::After(limit),
        }
    }
}

impl From<Duration> for Timeout {
    fn from(limit: Duration) -> Self {
        Some(limit).into()
    }
}
