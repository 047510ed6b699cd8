//! What is still to begin: the walk, and files for which the disk was full while others were being copied.
//!
//! A file that does not fit fills the disk for a moment, and files beside it fail with it although there is room for them. So
//! whoever fails for that reason and was not alone is tried again, alone, when all others are done and what did not
//! fit is gone; unless it would not fit then either.

use super::ledger::Ledger;
use super::walk::{Job, Walk};
use crate::problem::Problem;
use std::path::Path;

/// See the module page.
#[derive(Debug)]
pub struct Intake {
    walk: Walk,
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

/// A file to begin.
#[derive(Debug)]
pub struct Start {
    /// What to copy.
    pub job: Job,
    /// Where to keep it meanwhile.
    pub slot: usize,
    /// It will not be tried again.
    pub last_try: bool,
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
    /// Everything that the walk finds, `slots` at once.
    pub fn new(walk: Walk, slots: usize) -> Self {
        Self {
            walk,
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
        !self.exhausted || (self.active == 0 && !self.postponed.is_empty())
    }

    /// The next file.
    pub fn next(&mut self, ledger: &Ledger) -> Option<Start> {
        let slot = *self.free_slots.last()?;
        if !self.exhausted {
            if let Some(job) = self.walk.next(ledger) {
                return Some(self.start(job, slot, false));
            }
            self.exhausted = true;
        }
        while self.active == 0
            && let Some(Postponed { job, problem, size }) = self.postponed.pop()
        {
            if room(&job.target).is_none_or(|room| size <= room) {
                return Some(self.start(job, slot, true));
            }
            ledger.problem(problem);
        }
        None
    }

    fn start(&mut self, job: Job, slot: usize, last_try: bool) -> Start {
        self.free_slots.pop();
        self.active += 1;
        if self.active > 1 {
            self.accompanied.fill(true);
        } else {
            self.accompanied[slot] = false;
        }
        Start { job, slot, last_try }
    }

    /// A file is done with its slot.
    pub fn leave(&mut self, slot: usize) {
        self.active -= 1;
        self.free_slots.push(slot);
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

    /// Gives the directories their modes and times.
    pub fn finish_directories(&mut self, ledger: &Ledger) {
        self.walk.finish_directories(ledger);
    }
}

/// The bytes that are free where `path` is to be.
fn room(path: &Path) -> Option<u64> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = rustix::fs::statvfs(parent).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::super::meta::Rules;
    use super::super::walk::Root;
    use super::*;

    fn intake(dir: &Path, files: usize) -> Intake {
        let job = |n| Job { source: dir.join(format!("{n}")), target: dir.join(format!("copy{n}")) };
        Intake::new(Walk::new((0..files).map(|n| Root::File(job(n))).collect(), Rules::of_process()), 4)
    }

    fn postponed(start: &Start, size: u64) -> Postponed {
        let problem = Problem::new(&start.job.source, "full".into());
        Postponed { job: start.job.clone(), problem, size }
    }

    #[test]
    fn who_was_not_alone_is_tried_again_alone() {
        let (dir, ledger) = (tempfile::tempdir().unwrap(), Ledger::new(None));
        let mut intake = intake(dir.path(), 2);
        let (a, b) = (intake.next(&ledger).unwrap(), intake.next(&ledger).unwrap());
        intake.leave(b.slot);
        assert!(intake.postpone(a.slot, postponed(&a, 1)).is_none());
        assert!(intake.next(&ledger).is_none() && !intake.ends(), "it is still on its way");
        intake.leave(a.slot);
        assert!(intake.may_begin());
        let again = intake.next(&ledger).unwrap();
        assert!(again.last_try && again.job == a.job);
        intake.leave(again.slot);
        assert!(intake.ends() && intake.is_over() && !intake.ends());
    }

    #[test]
    fn who_was_alone_or_does_not_fit_is_not_tried_again() {
        let (dir, ledger) = (tempfile::tempdir().unwrap(), Ledger::new(None));
        let mut intake = intake(dir.path(), 3);
        let alone = intake.next(&ledger).unwrap();
        assert!(intake.postpone(alone.slot, postponed(&alone, 1)).is_some());
        let other = intake.next(&ledger).unwrap();
        assert!(intake.postpone(other.slot, postponed(&other, u64::MAX)).is_none());
        intake.leave(alone.slot);
        let third = intake.next(&ledger).unwrap();
        intake.leave(other.slot);
        intake.leave(third.slot);
        assert!(intake.next(&ledger).is_none());
        assert!(intake.ends());
    }
}
