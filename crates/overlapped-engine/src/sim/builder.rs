//! What a simulation may do to the operations that it carries out.

use super::SimEngine;
use super::random::fresh_seed;
use overlapped_kernel::engine::Kind;
use rustix::io::Errno;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Chances are probabilities from 0 to 1.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) seed: u64,
    pub(super) delay: RangeInclusive<u64>,
    pub(super) at_once: f64,
    pub(super) short: f64,
    pub(super) failure: f64,
    pub(super) errors: Vec<(Option<Kind>, Errno)>,
    pub(super) never: f64,
    pub(super) late_cancel: f64,
    pub(super) patience: Duration,
    pub(super) trace_limit: usize,
}

/// Makes a [`SimEngine`]. Without further calls operations are late, out of order and sometimes short, half of what can be
/// attempted is done at once, one cancel in four comes too late, and nothing fails or hangs.
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until `build`"]
pub struct SimBuilder {
    settings: Settings,
}

impl Default for SimBuilder {
    fn default() -> Self {
        let errors = vec![(None, Errno::IO), (Some(Kind::Write), Errno::NOSPC), (Some(Kind::Write), Errno::DQUOT)];
        Self {
            settings: Settings {
                seed: fresh_seed(),
                delay: nanos(Duration::from_micros(1))..=nanos(Duration::from_millis(5)),
                at_once: 0.5,
                short: 0.1,
                failure: 0.0,
                errors,
                never: 0.0,
                late_cancel: 0.25,
                patience: Duration::from_millis(50),
                trace_limit: 1 << 20,
            },
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl SimBuilder {
    /// The seed that all chance comes from. Without, a fresh one is taken; `Debug` of the engine shows it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How long operations take, in virtual time.
    pub fn delay(mut self, range: RangeInclusive<Duration>) -> Self {
        self.settings.delay = nanos(*range.start())..=nanos(*range.end());
        self
    }

    /// The chance that what can be attempted is done at once.
    pub fn at_once(mut self, chance: f64) -> Self {
        self.settings.at_once = chance;
        self
    }

    /// The chance that a transfer of more than one byte (one page, unbuffered) moves fewer bytes than it could.
    pub fn short_transfers(mut self, chance: f64) -> Self {
        self.settings.short = chance;
        self
    }

    /// The chance that an operation fails, with one of the [errors](SimBuilder::errors) for its kind.
    pub fn failures(mut self, chance: f64) -> Self {
        self.settings.failure = chance;
        self
    }

    /// The errors to choose from, each for one kind of operation or for all; by default `EIO`, and for writes `ENOSPC` and
    /// `EDQUOT` too.
    pub fn errors(mut self, errors: impl IntoIterator<Item = (Option<Kind>, Errno)>) -> Self {
        self.settings.errors = errors.into_iter().collect();
        self
    }

    /// The chance that a submitted operation ends only when it is cancelled.
    pub fn never(mut self, chance: f64) -> Self {
        self.settings.never = chance;
        self
    }

    /// The chance that a cancel comes too late. Operations that never end of themselves are always cancelled in time.
    pub fn late_cancels(mut self, chance: f64) -> Self {
        self.settings.late_cancel = chance;
        self
    }

    /// Completions that no thread waits for happen after this much real time without a call. Longer is more
    /// replayable on a busy machine.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// How many steps the trace keeps; later ones are only counted.
    pub fn trace_limit(mut self, steps: usize) -> Self {
        self.settings.trace_limit = steps;
        self
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> SimEngine {
        SimEngine::with(self.settings)
    }
}
