//! The tasks of an executor that have not ended, so that its end can be theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// A task, whatever it gives.
pub(super) trait Cancel: Send + Sync {
    /// As [`JoinHandle::cancel`](super::JoinHandle::cancel).
    fn cancel(self: Arc<Self>);
}

#[derive(Default)]
pub(super) struct Registry(Mutex<Tasks>);

#[derive(Default)]
struct Tasks {
    last: u64,
    by_number: HashMap<u64, Weak<dyn Cancel>>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tasks", self.len())
    }
}

impl Registry {
    /// The lock is held for a few instructions that do not panic.
    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a task and gives its number.
    pub(super) fn add(&self, task: Weak<dyn Cancel>) -> u64 {
        let mut tasks = self.lock();
        tasks.last += 1;
        let number = tasks.last;
        tasks.by_number.insert(number, task);
        number
    }

    pub(super) fn remove(&self, number: u64) {
        self.lock().by_number.remove(&number);
    }

    pub(super) fn len(&self) -> usize {
        self.lock().by_number.len()
    }

    pub(super) fn cancel_all(&self) {
        // A task that ends takes itself off, so the lock is not held meanwhile.
        let tasks: Vec<_> = self.lock().by_number.values().filter_map(Weak::upgrade).collect();
        tasks.into_iter().for_each(Cancel::cancel);
    }
}
