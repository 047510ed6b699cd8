//! Time and objects for those who await.

use crate::error::{Error, Result};
use crate::pool::{Fired, ThreadPool};
use crate::wait::Wait;
use overlapped_kernel::System;
use overlapped_kernel::alarm::{Alarm, Alarmed};
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::pool::{Environment, RegisteredWait, Registration};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Who sleeps, as the service thread knows it: nothing whose end that thread should see to.
#[derive(Default)]
struct Sleeper(Mutex<Option<Waker>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Alarmed for Sleeper {
    fn alarm(self: Arc<Self>) {
        // Not under the lock: a waker is code of whoever made it. It wakes once; who has nothing but an early call sets the alarm again.
        let waker = lock(&self.0).take();
        if let Some(waker) = waker
            && let Err(panic) = catch_unwind(AssertUnwindSafe(|| waker.wake()))
        {
            // The thread serves others, too; the payload's destructor may panic again.
            tracing::error!("a waker panicked");
            std::mem::forget(panic);
        }
    }
}

/// Done after a time; see [`sleep`]. Nothing happens when it is dropped.
#[must_use = "it sleeps when it is awaited"]
pub struct Sleep {
    system: System,
    due: Tick,
    sleeper: Arc<Sleeper>,
    alarm: Arc<Alarm>,
}

/// Sleeps for so long, from now on, in any executor.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{Executor, PoolSize, executor};
/// use std::time::Duration;
///
/// let executor = Executor::new(PoolSize::fixed(1))?;
/// executor.block_on(async { executor::sleep(Duration::from_millis(5)).await });
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// If the default system cannot be made; [`sleep_in`] needs none.
pub fn sleep(time: Duration) -> Sleep {
    match crate::system::default() {
        Ok(system) => sleep_in(system, time),
        Err(error) => panic!("{error}"),
    }
}

/// The same by the clock of this system's engine: on a simulated one, virtual time.
pub fn sleep_in(system: &System, time: Duration) -> Sleep {
    let due = system.engine().now().plus(time);
    let sleeper = Arc::<Sleeper>::default();
    let whom: Weak<Sleeper> = Arc::downgrade(&sleeper);
    Sleep { alarm: system.new_alarm(whom), sleeper, due, system: system.clone() }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let is_over = || self.system.engine().now() >= self.due;
        if is_over() {
            return Poll::Ready(());
        }
        let mut own = Some(context.waker().clone());
        std::mem::swap(&mut *lock(&self.sleeper.0), &mut own);
        // Not under the lock.
        drop(own);
        self.alarm.set(self.due);
        // It may have rung before there was somebody to wake.
        if is_over() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl std::fmt::Debug for Sleep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sleep").field("due", &self.due).finish_non_exhaustive()
    }
}

/// The time was over first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl std::fmt::Display for Elapsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the time was over first")
    }
}

impl std::error::Error for Elapsed {}

/// Gives a future so long, and drops it then: an operation is cancelled by that. Awaited to its end, an operation says itself how far it
/// came: to keep its buffer, race it with [`sleep`], [cancel](crate::Operation::cancel) it and await it again.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{Executor, PoolSize, UnixStream, executor};
/// use std::time::Duration;
///
/// let (near, far) = UnixStream::pair()?;
/// let executor = Executor::new(PoolSize::fixed(1))?;
/// executor.block_on(async {
///     let nothing = executor::timeout(Duration::from_millis(5), near.receive(vec![0; 8])).await;
///     assert_eq!(nothing, Err(executor::Elapsed));
///     far.send("late").await.0?;
///     assert_eq!(near.receive(vec![0; 8]).await.0?, 4); // nobody else has taken it
///     overlapped::Result::Ok(())
/// })
/// # }
/// ```
///
/// # Errors
/// [`Elapsed`].
///
/// # Panics
/// As [`sleep`].
pub async fn timeout<F: Future>(time: Duration, future: F) -> std::result::Result<F::Output, Elapsed> {
    until(sleep(time), future).await
}

/// The same by the clock of this system's engine.
///
/// # Errors
/// [`Elapsed`].
pub async fn timeout_in<F: Future>(
    system: &System,
    time: Duration,
    future: F,
) -> std::result::Result<F::Output, Elapsed> {
    until(sleep_in(system, time), future).await
}

async fn until<F: Future>(mut sleep: Sleep, future: F) -> std::result::Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => Pin::new(&mut sleep).poll(context).map(|()| Err(Elapsed)),
    })
    .await
}

/// What has become of a wait, and who is to be told.
enum Stand {
    Open(Option<Waker>),
    Fired(Fired),
}

/// A wait for an object, to be awaited; see [`ThreadPool::signalled`]. Ends when it is dropped.
#[must_use = "dropping it ends the wait"]
pub struct Signalled {
    stand: Arc<Mutex<Stand>>,
    wait: RegisteredWait,
}

impl ThreadPool {
    /// Waits for an object without a thread for it: an event, a semaphore, a timer, a child. The object is consumed as by any wait; who drops
    /// the result after that has consumed it for nothing. A mutex would belong to a thread of the pool, so it is not for this.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::process::Command;
    /// use overlapped::{Executor, PoolSize, Timeout, pool::Fired};
    ///
    /// let executor = Executor::new(PoolSize::fixed(1))?;
    /// let child = Command::new("sh").args(["-c", "exit 7"]).spawn()?;
    /// let ended = executor.pool().signalled(&child, Timeout::Infinite)?;
    /// assert_eq!(executor.block_on(ended), Fired::Signalled);
    /// assert_eq!(child.exit_code(), Some(7));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// 735 if the pool was shut down; 8 without a thread to wait; those of the object. A pool that is shut down later never answers.
    pub fn signalled(&self, object: &dyn Wait, timeout: impl Into<Timeout>) -> Result<Signalled> {
        let stand = Arc::new(Mutex::new(Stand::Open(None)));
        let told = Arc::clone(&stand);
        let registration = Registration {
            object: object.wait_ref()?,
            timeout: timeout.into(),
            once: true,
            in_wait_thread: false,
            environment: Environment::of(self.kernel()),
            callback: Arc::new(move |fired| {
                let before = std::mem::replace(&mut *lock(&told), Stand::Fired(fired));
                if let Stand::Open(Some(waker)) = before {
                    waker.wake();
                }
            }),
        };
        let wait = self.kernel().register_wait(registration);
        let wait = wait.map_err(|code| Error::new(code, "registration of a wait"))?;
        Ok(Signalled { stand, wait })
    }
}

impl Future for Signalled {
    type Output = Fired;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fired> {
        let mut own = Some(context.waker().clone());
        let polled = match &mut *lock(&self.stand) {
            Stand::Fired(fired) => Poll::Ready(*fired),
            Stand::Open(waker) => {
                std::mem::swap(waker, &mut own);
                Poll::Pending
            }
        };
        // Not under the lock.
        drop(own);
        polled
    }
}

impl Drop for Signalled {
    fn drop(&mut self) {
        self.wait.unregister();
    }
}

impl std::fmt::Debug for Signalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fired = matches!(&*lock(&self.stand), Stand::Fired(_));
        f.debug_struct("Signalled").field("fired", &fired).finish_non_exhaustive()
    }
}
