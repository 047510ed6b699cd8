//! Threads that start at the same moment, on the processors we say.

use std::io;
use std::sync::Barrier;
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::meter::Timer;
use crate::workspace;

/// Where the members of a team run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Where the scheduler likes.
    Free,
    /// All on one processor.
    Same,
    /// Each on another processor.
    Different,
}

impl Placement {
    /// As said in titles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "not pinned",
            Self::Same => "same processor",
            Self::Different => "different processors",
        }
    }

    /// Whether the processors we may use are enough for two threads placed like that.
    pub fn possible(self) -> bool {
        self != Self::Different || processors().is_ok_and(|list| list.len() > 1)
    }

    /// Pins the calling thread, the member `index` of its team.
    fn take(self, index: usize) -> io::Result<()> {
        let list = processors()?;
        let processor = match self {
            Self::Free => return Ok(()),
            Self::Same => list[0],
            Self::Different => list[index % list.len()],
        };
        let mut set = CpuSet::new();
        set.set(processor);
        Ok(sched_setaffinity(None, &set)?)
    }
}

/// The processors that the calling thread may use.
fn processors() -> io::Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    let list: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&cpu| set.is_set(cpu)).collect();
    if list.is_empty() { Err(io::Error::other("no processor to run on")) } else { Ok(list) }
}

/// Puts the calling thread on the first processor that we may use. A hint.
pub fn pin_first() {
    let _ = Placement::Same.take(0);
}

/// Puts the calling thread on the last processor that we may use. A hint.
pub fn pin_last() {
    let last = processors().map_or(0, |list| list.len() - 1);
    let _ = Placement::Different.take(last);
}

/// What a member does; the number is added up over the team.
pub type Member<'a> = Box<dyn FnOnce() -> io::Result<u64> + Send + 'a>;

/// Runs the members, each on a thread of its own, from one starting shot on; measures from that shot
/// until the last is done, and returns the sum of what they answered.
///
/// A member that panics leaves partners waiting for ever, so it ends the program, and the data files
/// with it.
pub fn run(timer: &mut Timer, placement: Placement, members: Vec<Member<'_>>) -> io::Result<u64> {
    let ready = Barrier::new(members.len() + 1);
    let go = Barrier::new(members.len() + 1);
    thread::scope(|scope| {
        let (ready, go) = (&ready, &go);
        let threads: Vec<_> = members
            .into_iter()
            .enumerate()
            .map(|(index, member)| {
                scope.spawn(move || {
                    let _guard = workspace::AbandonOnPanic;
                    let placed = placement.take(index);
                    ready.wait();
                    go.wait();
                    let answer = member();
                    placed.and(answer)
                })
            })
            .collect();
        ready.wait();
        timer.start();
        go.wait();
        let answers: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        timer.stop();
        let mut sum = 0_u64;
        for answer in answers {
            let answer = answer.map_err(|_| io::Error::other("a thread of the team panicked"))?;
            sum = sum.wrapping_add(answer?);
        }
        Ok(sum)
    })
}
