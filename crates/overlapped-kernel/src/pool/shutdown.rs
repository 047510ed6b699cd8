//! The end of a pool.
//!
//! A pool that ends takes nothing in any more. Its threads finish what is queued; whoever finds nothing left closes the port, which
//! sends all others home.

use super::lanes::{Job, Work};
use super::{Owner, Pool, ThreadPool};
use crate::clock::Timeout;
use crate::dispatcher::WaitRef;
use crate::wait::{Outcome, wait_any};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What becomes of work that is queued when a pool is shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It runs.
    Run,
    /// It is given back.
    GiveBack,
}

impl ThreadPool {
    /// Ends the pool, whoever else has clones of it: waits and timers of it end, nothing is accepted any more, and what is
    /// queued runs or is given back, the most urgent first. Work that is given back is to be run or dropped: until then, who waits for
    /// it goes on waiting. Then waits until the threads are gone, for `timeout` at the most; false
    /// if they are not by then. A thread of the pool does not wait for itself.
    ///
    /// Devices that are bound to the pool should be closed before: a completion that comes later goes nowhere.
    pub fn shutdown(&self, queued: Shutdown, timeout: Timeout) -> (Vec<Work>, bool) {
        let pool = self.pool();
        pool.begin_end();
        let mut given_back = Vec::new();
        if queued == Shutdown::GiveBack {
            given_back.extend(pool.lanes.drain().into_iter().map(|job| match job {
                Job::Once(work) => work,
                Job::Task(turn) => Box::new(move || turn.run()),
            }));
        }
        pool.run_what_nobody_comes_for();
        pool.close_if_done();
        (given_back, pool.wait_for_end(timeout))
    }
}

impl Drop for Owner {
    /// Nobody can submit any more: the threads finish what is queued and leave.
    fn drop(&mut self) {
        self.0.begin_end();
        self.0.run_what_nobody_comes_for();
        self.0.close_if_done();
    }
}

impl Pool {
    fn begin_end(self: &Arc<Self>) {
        self.waits.end();
        self.timers.end();
        self.lanes.close();
        self.closing.store(true, Ordering::SeqCst);
        // Work that no thread could be made for when it came.
        if self.port.is_starved() {
            self.help();
        }
    }

    /// In an ending pool without a thread, and for which none can be made, this one does what is queued.
    fn run_what_nobody_comes_for(&self) {
        while self.threads.load(Ordering::SeqCst) == 0
            && let Some(job) = self.lanes.pop()
        {
            self.survive(|| job.run());
        }
    }

    /// Closes the port of an ending pool when nothing is queued in it. Threads that run something find it closed later.
    pub(super) fn close_if_done(&self) {
        let alone = self.threads.load(Ordering::SeqCst) == 0;
        if alone || (self.lanes.len() == 0 && self.port.queued() == 0) {
            self.port.close();
        }
        if alone {
            self.gone.set();
        }
    }

    fn wait_for_end(self: &Arc<Self>, timeout: Timeout) -> bool {
        let inside = super::worker::pool_of_running_work().is_some_and(|pool| Arc::ptr_eq(&pool, self));
        if inside {
            return false;
        }
        let gone = Arc::clone(&self.gone) as WaitRef;
        wait_any(&self.idle, &[gone], timeout, false) == Ok(Outcome::Object(0))
    }
}
