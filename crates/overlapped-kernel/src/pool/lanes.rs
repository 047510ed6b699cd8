//! What is submitted to a pool, in the order in which it is to run.
//!
//! A packet of the pool's port only says that something is here; which piece of work its receiver gets is decided when it takes
//! one: the oldest of the highest priority. So priorities need no second port, and what is queued can be given back.
//! Drawback: a second lock, of a few nanoseconds, for each piece.

use crate::sync::{BriefLock, Line};
use std::collections::VecDeque;
use std::sync::Arc;

/// One piece of work.
pub type Work = Box<dyn FnOnce() + Send>;

/// Work that was not accepted, because the pool was shut down.
pub struct Rejected(pub Work);

impl std::fmt::Debug for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rejected")
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the thread pool was shut down")
    }
}

impl std::error::Error for Rejected {}

// SAFETY: whoever shares it can do nothing with the work: it is called by value, and debugging shows none of it.
unsafe impl Sync for Rejected {}

/// What is to run more than once, and has a place of its own in memory: a future's task.
pub trait Run: Send + Sync {
    /// Runs it now. At most one thread is in here for one value if it was scheduled once.
    fn run(self: Arc<Self>);

    /// It will not run: what was queued was given back when the pool ended, and dropped.
    fn abandon(self: Arc<Self>);
}

/// In which order queued work runs (TP_CALLBACK_PRIORITY): all of a higher one first, each in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// Before everything else.
    High,
    /// The ordinary one.
    #[default]
    Normal,
    /// When nothing else is queued.
    Low,
}

pub(super) enum Job {
    Once(Work),
    Task(Turn),
}

impl Job {
    pub(super) fn run(self) {
        match self {
            Self::Once(work) => work(),
            Self::Task(turn) => turn.run(),
        }
    }
}

/// A task that is queued. Dropped without having run, it tells the task.
pub(super) struct Turn(Option<Arc<dyn Run>>);

impl Turn {
    pub(super) fn of(task: Arc<dyn Run>) -> Self {
        Self(Some(task))
    }

    pub(super) fn run(mut self) {
        if let Some(task) = self.0.take() {
            task.run();
        }
    }

    /// It was not queued after all.
    pub(super) fn into_task(mut self) -> Option<Arc<dyn Run>> {
        self.0.take()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abandon();
        }
    }
}

/// An empty lane keeps room for so many; what a flood needed beyond that is given back.
const KEPT: usize = 4096;

#[derive(Default)]
struct Queues {
    lanes: [VecDeque<Job>; 3],
    closed: bool,
}

pub(super) struct Lanes(Line<BriefLock<Queues>>);

impl Lanes {
    pub(super) fn new() -> Self {
        Self(Line(BriefLock::new(Queues::default())))
    }

    /// Queues a job; gives it back if nothing is taken any more.
    pub(super) fn push(&self, job: Job, priority: Priority) -> Result<(), Job> {
        let mut queues = self.0.lock();
        if queues.closed {
            return Err(job);
        }
        queues.lanes[priority as usize].push_back(job);
        Ok(())
    }

    /// The next job.
    pub(super) fn pop(&self) -> Option<Job> {
        let mut queues = self.0.lock();
        let lane = queues.lanes.iter_mut().find(|lane| !lane.is_empty())?;
        let job = lane.pop_front();
        if lane.is_empty() && lane.capacity() > KEPT {
            lane.shrink_to(KEPT);
        }
        job
    }

    /// Takes nothing in any more. What is queued stays.
    pub(super) fn close(&self) {
        self.0.lock().closed = true;
    }

    /// Everything that is queued, the highest priority first.
    pub(super) fn drain(&self) -> Vec<Job> {
        let mut queues = self.0.lock();
        queues.lanes.iter_mut().flat_map(std::mem::take).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.lock().lanes.iter().map(VecDeque::len).sum()
    }
}
