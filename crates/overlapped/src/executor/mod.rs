//! An executor whose threads are those of a completion port.
//!
//! Futures are polled by the threads of a [`ThreadPool`], and a waker queues a packet to its port. So everything that the
//! model says of such threads holds for async code too: as many run at once as the concurrency value says, the most recently used
//! first; a future that blocks in the library, or in [`blocking`](crate::blocking), lets another thread run meanwhile; and what
//! blocks without saying so is noticed. That is what this executor is for: async code that calls blocking code. Nothing else
//! in this crate needs it; an [`Operation`](crate::Operation) can be awaited under any executor.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! # let dir = tempfile::tempdir().unwrap();
//! # let path = dir.path().join("file");
//! # std::fs::write(&path, vec![7; 100_000]).unwrap();
//! use overlapped::{Executor, OpenOptions, PoolSize};
//! use std::sync::Arc;
//!
//! let executor = Executor::new(PoolSize::default())?;
//! let file = Arc::new(OpenOptions::new().read(true).open_overlapped(&path)?);
//! let sums: Vec<_> = (0..10)
//!     .map(|part| {
//!         let file = Arc::clone(&file);
//!         executor.spawn(async move {
//!             let (result, bytes) = file.read_at(Vec::with_capacity(10_000), part * 10_000).await;
//!             result.map(|_| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>())
//!         })
//!     })
//!     .collect();
//! let total = executor.block_on(async {
//!     let mut total = 0;
//!     for sum in sums {
//!         total += sum.await.expect("no task panics")?;
//!     }
//!     overlapped::Result::Ok(total)
//! })?;
//! assert_eq!(total, 700_000);
//! # Ok(())
//! # }
//! ```
//!
//! [`sleep`] and [`timeout`] are for futures under any executor; what can be waited for, [`ThreadPool::signalled`] makes a future of.
//!
//! | What if | Then |
//! |---|---|
//! | a [`JoinHandle`] is dropped | its task goes on |
//! | a task is cancelled | its future is dropped at its next turn, not in the middle of a poll; the handle gives [`JoinError::Cancelled`] |
//! | a task panics | the handle gives [`JoinError::Panicked`] with the payload; the thread goes on |
//! | a task calls [`Executor::block_on`] or [`JoinHandle::wait`] | its thread is paused, and the pool may have one thread more meanwhile |
//! | the last [`Executor`] is dropped | tasks that have not ended are cancelled; [`Executor::shutdown`] also waits for that |

mod join;
mod registry;
mod task;
mod wait;

pub use join::{JoinError, JoinHandle};
pub use wait::{Elapsed, Signalled, Sleep, sleep, sleep_in, timeout, timeout_in};

use crate::error::{Error, Result};
use crate::pool::{PoolSize, Shutdown, ThreadPool};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::port::Snapshot;
use registry::Registry;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use task::Task;

/// See the [module page](self). Clones are the same executor.
#[derive(Clone, Debug)]
pub struct Executor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: ThreadPool,
    tasks: Arc<Registry>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.cancel_all();
    }
}

impl Executor {
    /// An executor with a pool of its own. With [`PoolSize::adaptive`] and a minimum of 0, it has no thread until one is needed.
    ///
    /// # Errors
    /// As for [`ThreadPool::new`].
    pub fn new(size: PoolSize) -> Result<Self> {
        Ok(Self::on(&ThreadPool::new(size)?))
    }

    /// The same on a system of one's own.
    ///
    /// # Errors
    /// As for [`ThreadPool::new`].
    pub fn new_in(system: &System, size: PoolSize) -> Result<Self> {
        Ok(Self::on(&ThreadPool::new_in(system, size)?))
    }

    /// An executor that shares a pool with other work.
    #[must_use]
    pub fn on(pool: &ThreadPool) -> Self {
        Self(Arc::new(Inner { pool: pool.clone(), tasks: Arc::default() }))
    }

    /// Runs a future on the pool. It starts without being awaited.
    ///
    /// On an executor that was shut down, the handle gives [`JoinError::Cancelled`].
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = Task::new(Box::pin(future), self.0.pool.kernel().scheduler(), &self.0.tasks);
        Arc::clone(&task).queue();
        JoinHandle::new(task)
    }

    /// Runs a future on the calling thread, which serves the pool meanwhile: it runs other tasks while this one waits, and counts
    /// among the threads of the port. The future need not be `Send` nor `'static`.
    ///
    /// Inside a task or other work of a pool, the thread does not run others but waits, paused.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        self.0.pool.kernel().serve_until(|waker| match future.as_mut().poll(&mut Context::from_waker(waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    }

    /// Tasks that have not ended.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.0.tasks.len()
    }

    /// The pool underneath.
    #[must_use]
    pub fn pool(&self) -> &ThreadPool {
        &self.0.pool
    }

    /// The five structures of the port.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.0.pool.snapshot()
    }

    /// Cancels all tasks, shuts the pool down, and waits until its threads are gone.
    ///
    /// # Errors
    /// 258 if they are not in time: a task that is being polled blocks or computes.
    pub fn shutdown(&self, timeout: impl Into<Timeout>) -> Result<()> {
        self.0.tasks.cancel_all();
        let (_, gone) = self.0.pool.shutdown(Shutdown::Run, timeout);
        if gone { Ok(()) } else { Err(Error::new(overlapped_abi::Win32Error::WAIT_TIMEOUT, "shutdown of an executor")) }
    }
}

/// Lets other tasks that are ready have the thread first.
pub async fn yield_now() {
    struct Yield(bool);

    impl Future for Yield {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            if std::mem::replace(&mut self.0, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }

    Yield(false).await;
}
