//! The time limits of transfers: the table of contract 01 §5.4, as what one request makes of it.
//!
//! The clocks run from the moment at which a request is the oldest of its direction: those behind it wait for their turn.

use overlapped_abi::CommTimeouts;
use overlapped_abi::constants::serial::MAXDWORD;
use overlapped_kernel::clock::Tick;
use std::time::Duration;

/// How long a read waits, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// It takes what is there, and waits for nothing.
    pub at_once: bool,
    /// The first byte ends it, with what has come by then.
    pub first_ends: bool,
    /// From its beginning.
    pub total: Option<Duration>,
    /// Between two bytes.
    pub gap: Option<Duration>,
}

fn millis(multiplier: u32, len: usize, constant: u32) -> Duration {
    // No overflow: 32 bits times 32 bits and another 32 fit.
    Duration::from_millis(u64::from(multiplier) * (len as u64 & 0xFFFF_FFFF) + u64::from(constant))
}

/// What the timeouts mean for a read of `len` bytes.
pub(super) fn of_read(timeouts: &CommTimeouts, len: usize) -> Patience {
    let CommTimeouts { read_interval_timeout: gap, read_total_timeout_multiplier: each, .. } = *timeouts;
    let constant = timeouts.read_total_timeout_constant;
    let none = Patience { at_once: false, first_ends: false, total: None, gap: None };
    match (gap, each, constant) {
        (MAXDWORD, 0, 0) => Patience { at_once: true, ..none },
        (MAXDWORD, MAXDWORD, constant) => Patience { first_ends: true, total: Some(millis(0, 0, constant)), ..none },
        (gap, each, constant) => Patience {
            total: (each != 0 || constant != 0).then(|| millis(each, len, constant)),
            gap: (gap != 0 && gap != MAXDWORD).then(|| millis(0, 0, gap)),
            ..none
        },
    }
}

/// How long a write of `len` bytes may take; `None` for ever.
pub(super) fn of_write(timeouts: &CommTimeouts, len: usize) -> Option<Duration> {
    let (each, constant) = (timeouts.write_total_timeout_multiplier, timeouts.write_total_timeout_constant);
    (each != 0 || constant != 0).then(|| millis(each, len, constant))
}

/// A read whose clocks run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    pub patience: Patience,
    began: Tick,
    /// When its last byte came.
    pub last: Option<Tick>,
}

impl Running {
    pub fn new(patience: Patience, now: Tick) -> Self {
        Self { patience, began: now, last: None }
    }

    /// When it ends if no byte comes.
    pub fn deadline(&self) -> Option<Tick> {
        let total = self.patience.total.map(|total| self.began.plus(total));
        let gap = self.last.zip(self.patience.gap).map(|(last, gap)| last.plus(gap));
        total.into_iter().chain(gap).min()
    }

    pub fn is_over(&self, now: Tick) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(gap: u32, each: u32, constant: u32) -> Patience {
        let timeouts = CommTimeouts {
            read_interval_timeout: gap,
            read_total_timeout_multiplier: each,
            read_total_timeout_constant: constant,
            ..CommTimeouts::default()
        };
        of_read(&timeouts, 10)
    }

    fn ms(ms: u64) -> Option<Duration> {
        Some(Duration::from_millis(ms))
    }

    #[test]
    fn each_row_of_the_table_01_5_4() {
        let waits = Patience { at_once: false, first_ends: false, total: None, gap: None };
        assert_eq!(read(0, 0, 0), waits);
        assert_eq!(read(0, 3, 50), Patience { total: ms(80), ..waits });
        assert_eq!(read(0, 0, 50), Patience { total: ms(50), ..waits });
        assert_eq!(read(0, 3, 0), Patience { total: ms(30), ..waits });
        assert_eq!(read(20, 0, 0), Patience { gap: ms(20), ..waits });
        assert_eq!(read(20, 3, 50), Patience { gap: ms(20), total: ms(80), ..waits });
        assert_eq!(read(MAXDWORD, 0, 0), Patience { at_once: true, ..waits });
        assert_eq!(read(MAXDWORD, MAXDWORD, 70), Patience { first_ends: true, total: ms(70), ..waits });
        assert_eq!(read(MAXDWORD, 0, 70), Patience { total: ms(70), ..waits });
        assert_eq!(read(0, MAXDWORD, MAXDWORD).total, ms(11 * u64::from(u32::MAX)));
    }

    #[test]
    fn the_gap_runs_from_the_first_byte_and_the_total_from_the_beginning_01_5_4() {
        let mut running = Running::new(read(20, 0, 100), Tick(0));
        assert_eq!(running.deadline(), Some(Tick(100_000_000)));
        running.last = Some(Tick(50_000_000));
        assert_eq!(running.deadline(), Some(Tick(70_000_000)));
        running.last = Some(Tick(90_000_000));
        assert_eq!(running.deadline(), Some(Tick(100_000_000)));
        assert!(!running.is_over(Tick(99_999_999)) && running.is_over(Tick(100_000_000)));
    }

    #[test]
    fn writes_have_totals_only_01_5_4() {
        let mut timeouts = CommTimeouts::default();
        assert_eq!(of_write(&timeouts, 10), None);
        (timeouts.write_total_timeout_multiplier, timeouts.write_total_timeout_constant) = (2, 5);
        assert_eq!(of_write(&timeouts, 10), ms(25));
    }
}
