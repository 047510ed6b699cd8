//! How many files are on their way, when everything is done, and files for which the disk was full (or there was no descriptor left)
//! while others were being copied.
//!
//! A file that does not fit fills the disk for a moment, and files beside it fail with it although there is room for them. So
//! whoever fails for that reason and was not alone is tried again, alone, when all others are done and what did not
//! fit is gone; unless it would not fit then either.

use super::ledger::Ledger;
use super::walk::Job;
use crate::problem::Problem;
use std::path::Path;

/// See the module page.
#[derive(Debug)]
pub struct Intake {
    /// The walk has come to its end.
    exhausted: bool,
    interrupted: bool,
    active: usize,
    free_slots: Vec<usize>,
    /// For each slot: has its file ever been one of several?
    accompanied: Vec<bool>,
    postponed: Vec<Postponed>,
    /// Everybody has been told that the work is done.
    over: bool,
}

/// A file to try again.
#[derive(Debug)]
pub struct Postponed {
    /// What to copy.
    pub job: Job,
    /// What to tell if it cannot be tried.
    pub problem: Problem,
    /// The room that it needs.
    pub size: u64,
}

impl Intake {
    /// `slots` files at once.
    pub fn new(slots: usize) -> Self {
        Self {
            exhausted: false,
            interrupted: false,
            active: 0,
            free_slots: (0..slots).collect(),
            accompanied: vec![false; slots],
            postponed: Vec::new(),
            over: false,
        }
    }

    /// Is there any use in asking for another file now?
    pub fn may_begin(&self) -> bool {
        if self.exhausted { self.active == 0 && !self.postponed.is_empty() } else { !self.free_slots.is_empty() }
    }

    /// Takes a slot for a file that the walk may have. [`Intake::leave`] gives it back.
    pub fn reserve(&mut self) -> Option<usize> {
        if self.exhausted { None } else { self.take_slot() }
    }

    /// A file to be tried once more, and a slot for it.
    pub fn retry(&mut self, ledger: &Ledger) -> Option<(Job, usize)> {
        while self.exhausted
            && self.active == 0
            && let Some(Postponed { job, problem, size }) = self.postponed.pop()
        {
            if room(&job.target).is_none_or(|room| size <= room) {
                return self.take_slot().map(|slot| (job, slot));
            }
            ledger.problem(problem);
        }
        None
    }

    fn take_slot(&mut self) -> Option<usize> {
        let slot = self.free_slots.pop()?;
        self.active += 1;
        if self.active > 1 {
            self.accompanied.fill(true);
        } else {
            self.accompanied[slot] = false;
        }
        Some(slot)
    }

    /// A file is done with its slot, or there was none for it.
    pub fn leave(&mut self, slot: usize) {
        self.active -= 1;
        self.free_slots.push(slot);
    }

    /// The walk has no more files.
    pub fn exhaust(&mut self) {
        self.exhausted = true;
    }

    /// Puts off a file that is about to leave its slot, if it was not alone. Gives the problem back if it was.
    pub fn postpone(&mut self, slot: usize, file: Postponed) -> Option<Problem> {
        if !self.accompanied[slot] || self.interrupted {
            return Some(file.problem);
        }
        self.postponed.push(file);
        None
    }

    /// Begins nothing more.
    pub fn interrupt(&mut self, ledger: &Ledger) {
        (self.exhausted, self.interrupted) = (true, true);
        self.postponed.drain(..).for_each(|file| ledger.problem(file.problem));
    }

    /// Is everything done?
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Has everything just become done? True once.
    pub fn ends(&mut self) -> bool {
        let done = self.exhausted && self.active == 0 && self.postponed.is_empty();
        done && !std::mem::replace(&mut self.over, true)
    }
}

/// The bytes that are free where `path` is to be, those included that not everybody may have.
fn room(path: &Path) -> Option<u64> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = rustix::fs::statvfs(parent).ok()?;
    Some(found.f_bfree.saturating_mul(found.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postponed(dir: &Path, size: u64) -> Postponed {
        let job = Job { source: dir.join("source"), target: dir.join("target") };
        Postponed { problem: Problem::new(&job.source, "full".into()), job, size }
    }

    #[test]
    fn who_was_not_alone_is_tried_again_alone() {
        let (dir, ledger) = (tempfile::tempdir().unwrap(), Ledger::new(None));
        let mut intake = Intake::new(4);
        let (a, b) = (intake.reserve().unwrap(), intake.reserve().unwrap());
        intake.leave(b);
        assert!(intake.postpone(a, postponed(dir.path(), 1)).is_none());
        intake.exhaust();
        assert!(intake.retry(&ledger).is_none() && !intake.ends(), "it is still on its way");
        intake.leave(a);
        assert!(intake.may_begin());
        let (_, again) = intake.retry(&ledger).unwrap();
        intake.leave(again);
        assert!(intake.ends() && intake.is_over() && !intake.ends());
    }

    #[test]
    fn who_was_alone_or_does_not_fit_is_not_tried_again() {
        let (dir, ledger) = (tempfile::tempdir().unwrap(), Ledger::new(None));
        let mut intake = Intake::new(4);
        let alone = intake.reserve().unwrap();
        assert!(intake.postpone(alone, postponed(dir.path(), 1)).is_some());
        let other = intake.reserve().unwrap();
        assert!(intake.postpone(other, postponed(dir.path(), u64::MAX)).is_none());
        intake.exhaust();
        intake.leave(alone);
        intake.leave(other);
        assert!(intake.retry(&ledger).is_none());
        assert!(intake.ends());
    }
}
