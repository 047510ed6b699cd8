//! A future on its way through the pool.

use super::JoinError;
use super::registry::{Cancel, Registry};
use overlapped_kernel::pool::{Run, Scheduler};
use overlapped_kernel::task::{TaskWord, Turn};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Outcome<T> = Result<T, JoinError>;

/// What a pool runs, a waker wakes, and a handle waits for.
pub(super) struct Task<T> {
    word: TaskWord,
    /// None once it has ended. Only whoever has the turn looks here, so the lock is never waited for.
    future: Mutex<Option<BoxFuture<T>>>,
    end: Mutex<End<T>>,
    scheduler: Scheduler,
    registry: Arc<Registry>,
    number: u64,
}

/// What became of it.
enum End<T> {
    /// Nothing yet; who is to be told.
    Open(Option<Waker>),
    Ended(Outcome<T>),
    Taken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Send + 'static> Task<T> {
    pub(super) fn new(future: BoxFuture<T>, scheduler: Scheduler, registry: &Arc<Registry>) -> Arc<Self> {
        Arc::new_cyclic(|own: &Weak<Self>| Self {
            word: TaskWord::new(),
            future: Mutex::new(Some(future)),
            end: Mutex::new(End::Open(None)),
            scheduler,
            registry: Arc::clone(registry),
            number: registry.add(own.clone() as Weak<dyn Cancel>),
        })
    }

    pub(super) fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// Queues its packet; the word has said that there is none.
    pub(super) fn queue(self: Arc<Self>) {
        let task = Arc::clone(&self);
        if self.scheduler.schedule(task).is_err() {
            // The pool takes nothing any more, so nobody will poll it again. The turn is ours.
            let _ = self.word.begin();
            self.finish(Err(JoinError::Cancelled));
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        !matches!(&*lock(&self.end), End::Open(_))
    }

    /// The outcome, if it has ended; else `waker` is called when it does.
    pub(super) fn poll_end(&self, waker: &Waker) -> Poll<Outcome<T>> {
        // Cloned and dropped without the lock: both are code of whoever made it.
        let mut waker = Some(waker.clone());
        let mut end = lock(&self.end);
        if let End::Open(slot) = &mut *end {
            std::mem::swap(slot, &mut waker);
            drop(end);
            return Poll::Pending;
        }
        let outcome = std::mem::replace(&mut *end, End::Taken);
        drop(end);
        match outcome {
            End::Ended(outcome) => Poll::Ready(outcome),
            _ => panic!("the task's outcome was taken already"),
        }
    }

    /// Ends it, by whoever has the turn. The future is dropped first, so that nothing of it is left when its end is known.
    fn finish(&self, outcome: Outcome<T>) {
        let future = lock(&self.future).take();
        self.scheduler.survive(|| drop(future));
        self.word.done();
        self.registry.remove(self.number);
        let before = std::mem::replace(&mut *lock(&self.end), End::Ended(outcome));
        if let End::Open(Some(waker)) = before {
            waker.wake();
        }
    }

    fn poll(self: &Arc<Self>) {
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        let polled = {
            let mut future = lock(&self.future);
            let Some(future) = &mut *future else {
                unreachable!("only the end takes it, and nobody is queued after that")
            };
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)))
        };
        match polled {
            Ok(Poll::Ready(value)) => self.finish(Ok(value)),
            Ok(Poll::Pending) => {
                if self.word.pending() {
                    Arc::clone(self).queue();
                }
            }
            Err(payload) => self.finish(Err(JoinError::panicked(payload))),
        }
    }
}

impl<T: Send + 'static> Run for Task<T> {
    fn run(self: Arc<Self>) {
        match self.word.begin() {
            Turn::Poll => self.poll(),
            Turn::Drop => self.finish(Err(JoinError::Cancelled)),
        }
    }

    fn abandon(self: Arc<Self>) {
        // Its turn all the same, and the last one.
        let _ = self.word.begin();
        self.finish(Err(JoinError::Cancelled));
    }
}

impl<T: Send + 'static> Wake for Task<T> {
    fn wake(self: Arc<Self>) {
        if self.word.wake() {
            self.queue();
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.word.wake() {
            Arc::clone(self).queue();
        }
    }
}

impl<T: Send + 'static> Cancel for Task<T> {
    fn cancel(self: Arc<Self>) {
        if self.word.cancel() {
            self.queue();
        }
    }
}
