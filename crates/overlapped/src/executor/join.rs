//! What a spawner keeps of a task.

use super::registry::Cancel;
use super::task::Task;
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// A task's outcome, to be awaited. Dropping it does not end the task.
#[must_use = "without its handle, a task's outcome and its panic go unseen; drop it to say that this is meant"]
pub struct JoinHandle<T>(Arc<Task<T>>);

impl<T: Send + 'static> JoinHandle<T> {
    pub(super) fn new(task: Arc<Task<T>>) -> Self {
        Self(task)
    }

    /// Asks for the task's end: its future is dropped when it is not being polled. A task that has ended, or ends in the poll that
    /// is under way, keeps its outcome; so look at it.
    pub fn cancel(&self) {
        Arc::clone(&self.0).cancel();
    }

    /// Has it ended, in whatever way?
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits for the outcome on a thread that is not async. A thread of a port counts as paused meanwhile.
    ///
    /// # Errors
    /// If the task was cancelled, or panicked.
    pub fn wait(self) -> Result<T, JoinError> {
        self.0.scheduler().wait_until(|waker| match self.0.poll_end(waker) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        })
    }
}

impl<T: Send + 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_end(context.waker())
    }
}

impl<T: Send + 'static> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish()
    }
}

/// Why a task gave no value.
pub enum JoinError {
    /// It was cancelled, or its executor ended.
    Cancelled,
    /// It panicked.
    Panicked(Panic),
}

/// What a task panicked with. The lock makes it `Sync`, which payloads are not.
pub struct Panic(Mutex<Box<dyn Any + Send>>);

impl Panic {
    /// The payload, for [`std::panic::resume_unwind`].
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn text(&self) -> String {
        let payload = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
    }
}

impl JoinError {
    pub(super) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self::Panicked(Panic(Mutex::new(payload)))
    }

    /// Was the task cancelled?
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }

    /// Did it panic?
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self, Self::Panicked(_))
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text(), f)
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("Cancelled"),
            Self::Panicked(panic) => f.debug_tuple("Panicked").field(panic).finish(),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the task was cancelled"),
            Self::Panicked(panic) => write!(f, "the task panicked: {}", panic.text()),
        }
    }
}

impl std::error::Error for JoinError {}
