//! Who copies into a file now: several threads beside each other, or one at a time where processors are scarce.
//!
//! Two threads beside each other are faster than one if a processor is free for each, and slower if not: they use more of it for the same
//! bytes, and each may lose its processor while the other waits for it. So every thread looks from time to time, after
//! [`PERIOD`] steps, for how long it had to wait for a processor, as Linux tells it in `schedstat`; what it found counts for all, until the
//! next look. Drawback: the first steps of a copy go by what was found in the one before. Without `schedstat` processors are never scarce.

use parking_lot::{Condvar, Mutex};
use std::cell::RefCell;
use std::fs::File;
use std::os::fd::RawFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Steps between two looks of a thread: some milliseconds of work.
const PERIOD: u32 = 8;

/// The turns of this process. Descriptors are the process's, and so are the processors that it gets.
static TURNS: Turns = Turns { scarce: AtomicBool::new(false), targets: Mutex::new(Vec::new()), freed: Condvar::new() };

struct Turns {
    /// Threads wait for processors.
    scarce: AtomicBool,
    /// The targets of the steps that are being made.
    targets: Mutex<Vec<RawFd>>,
    freed: Condvar,
}

/// A step into a file that is being made.
#[derive(Debug)]
pub(super) struct Turn {
    target: RawFd,
    alone: bool,
}

/// Begins a step; where processors are scarce, after those of other threads into the same file.
pub(super) fn begin(target: RawFd) -> Turn {
    let mut targets = TURNS.targets.lock();
    while targets.contains(&target) && TURNS.scarce.load(Relaxed) {
        TURNS.freed.wait(&mut targets);
    }
    let alone = !targets.contains(&target);
    targets.push(target);
    Turn { target, alone }
}

impl Turn {
    /// Did no other thread copy into the file when this one began?
    pub fn is_alone(&self) -> bool {
        self.alone
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut targets = TURNS.targets.lock();
        if let Some(at) = targets.iter().position(|target| *target == self.target) {
            targets.swap_remove(at);
        }
        drop(targets);
        TURNS.freed.notify_all();
        LOOKOUT.with_borrow_mut(|lookout| {
            if let Some(scarce) = lookout.step() {
                TURNS.scarce.store(scarce, Relaxed);
            }
        });
    }
}

thread_local! {
    static LOOKOUT: RefCell<Lookout> = const { RefCell::new(Lookout { steps: 0, file: None, before: None }) };
}

/// What a thread knows of the time that it gets.
struct Lookout {
    steps: u32,
    file: Option<File>,
    before: Option<Times>,
}

/// Nanoseconds that a thread has had a processor, and has waited for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    ran: u64,
    waited: u64,
}

impl Lookout {
    /// One step more is made. At the end of a period: are processors scarce?
    fn step(&mut self) -> Option<bool> {
        self.steps += 1;
        if self.steps < PERIOD && self.before.is_some() {
            return None;
        }
        self.steps = 0;
        let now = self.look()?;
        let before = self.before.replace(now)?;
        Some(are_scarce(before, now))
    }

    fn look(&mut self) -> Option<Times> {
        if self.file.is_none() {
            // Of this thread, also when another one reads it; nobody else does.
            self.file = File::open("/proc/thread-self/schedstat").ok();
        }
        let mut text = [0; 96];
        let len = self.file.as_ref()?.read_at(&mut text, 0).ok()?;
        Times::parse(std::str::from_utf8(text.get(..len)?).ok()?)
    }
}

impl Times {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split_ascii_whitespace();
        let mut next = || numbers.next()?.parse().ok();
        Some(Self { ran: next()?, waited: next()? })
    }
}

/// Did the thread wait for more than a quarter of the time in which it wanted to run?
fn are_scarce(before: Times, now: Times) -> bool {
    let (ran, waited) = (now.ran.saturating_sub(before.ran), now.waited.saturating_sub(before.waited));
    waited > ran / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_linux_writes_them() {
        assert_eq!(Times::parse("5000 300 7\n"), Some(Times { ran: 5000, waited: 300 }));
        assert_eq!(Times::parse(""), None);
    }

    #[test]
    fn processors_are_scarce_for_who_waits_for_them() {
        let before = Times { ran: 1000, waited: 1000 };
        let after = |ran: u64, waited: u64| Times { ran: 1000 + ran, waited: 1000 + waited };
        assert!(!are_scarce(before, after(900, 100)));
        assert!(are_scarce(before, after(600, 400)));
        assert!(!are_scarce(before, before));
    }

    #[test]
    fn a_thread_looks_at_the_end_of_each_period() {
        let mut lookout = Lookout { steps: 0, file: None, before: None };
        if lookout.look().is_none() {
            eprintln!("no schedstat here");
            return;
        }
        assert_eq!(lookout.step(), None, "there is nothing to compare with yet");
        let found: Vec<_> = (0..2 * PERIOD).filter_map(|_| lookout.step()).collect();
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn who_comes_second_is_not_alone() {
        // No descriptor of this process: the tests beside this one use those.
        let first = begin(-7);
        let other = begin(-8);
        assert!(first.is_alone() && other.is_alone());
        if !TURNS.scarce.load(Relaxed) {
            assert!(!begin(-7).is_alone());
        }
        drop(first);
        assert!(begin(-7).is_alone());
    }
}
