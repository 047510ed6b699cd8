//! Operations: single requests with an owned buffer.

use crate::buffer::{IoBuf, IoBufMut};
use crate::error::{Error, Result};
use crate::wait::{Wait, WaitResult};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::idle::Idle;
use overlapped_kernel::request::{Completion, Function, RequestRef};
use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The outcome of an operation, and its buffer back.
pub type BufResult<B> = (Result<usize>, B);

/// How a finished request gives its buffer back: sets the filled length of what was read.
pub(crate) type Fill<B> = fn(&mut B, usize);

pub(crate) fn fill<B: IoBufMut>(buffer: &mut B, bytes: usize) {
    // SAFETY: a completed read has initialised that many bytes, which is at most what it was asked for: the capacity.
    unsafe { buffer.set_filled(bytes) };
}

pub(crate) fn keep<B: IoBuf>(_buffer: &mut B, _bytes: usize) {}

/// One overlapped request (contract 00 section 0.3), with the buffer that it owns until it is complete.
///
/// Wait for it, poll it, await it, or take part in a [`wait_any`](crate::wait_any). Dropping it cancels the request and leaves
/// the buffer to the library until Linux is done with it; nothing blocks.
///
/// A request that is not accepted is an operation, too, and complete from the beginning: waits count it as such, and its outcome is the
/// error with the buffer.
///
/// The request belongs to the thread that issued it: when that thread ends, what is still on its way ends with 995 (contract 03
/// section 9), wherever the operation is by then. Requests on a [`CompletionPort`](crate::CompletionPort) outlive their thread.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// # let dir = tempfile::tempdir().unwrap();
/// # let path = dir.path().join("greeting");
/// # std::fs::write(&path, b"hello, world").unwrap();
/// use overlapped::OpenOptions;
///
/// let file = OpenOptions::new().read(true).open_overlapped(&path)?;
/// let hello = file.read_at(vec![0; 5], 0);
/// let world = file.read_at(vec![0; 5], 7);
/// assert_eq!(hello.wait(), (Ok(5), b"hello".to_vec()));
/// assert_eq!(world.wait(), (Ok(5), b"world".to_vec()));
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping an operation cancels it"]
pub struct Operation<B: Send + 'static> {
    state: State<B>,
    fill: Fill<B>,
}

enum State<B> {
    Issued(RequestRef),
    Refused(Error, B),
    Taken,
}

impl<B: Send + 'static> Operation<B> {
    pub(crate) fn issued(request: RequestRef, fill: Fill<B>) -> Self {
        Self { state: State::Issued(request), fill }
    }

    pub(crate) fn refused(error: Error, buffer: B, fill: Fill<B>) -> Self {
        Self { state: State::Refused(error, buffer), fill }
    }

    /// Waits until the request is complete.
    pub fn wait(mut self) -> BufResult<B> {
        while self.is_pending() {
            // Only an interrupted process can make this fail; the request is still on its way then.
            let _ = crate::wait::wait_any(&[&self], Timeout::Infinite);
        }
        self.take()
    }

    /// Waits for a limited time; the operation comes back as the error if it is not complete by then.
    pub fn wait_timeout(mut self, timeout: impl Into<Timeout>) -> std::result::Result<BufResult<B>, Self> {
        if self.is_pending() {
            let _ = crate::wait::wait_any(&[&self], timeout);
        }
        if self.is_pending() { Err(self) } else { Ok(self.take()) }
    }

    /// Is it still on its way?
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(&self.state, State::Issued(request) if !request.is_complete())
    }

    /// Asks for its end. It then completes with 995, or normally if it was too late: wait for it all the same. False if it
    /// was complete or cancelled already.
    pub fn cancel(&self) -> bool {
        match &self.state {
            State::Issued(request) => request.cancel(),
            _ => false,
        }
    }

    /// The outcome of a complete operation.
    fn take(&mut self) -> BufResult<B> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Issued(request) => collect(&request, self.fill),
            State::Refused(error, buffer) => (Err(error), buffer),
            State::Taken => panic!("the operation's outcome was taken already"),
        }
    }
}

/// Buffer and result of a complete request.
fn collect<B: Send + 'static>(request: &RequestRef, fill: Fill<B>) -> BufResult<B> {
    let (Some(completion), Some(payload)) = (request.completion(), request.take_payload()) else {
        unreachable!("a complete request has an outcome, and its payload until that is taken");
    };
    let mut buffer = unbox::<B>(payload);
    let result = outcome(request.function(), completion);
    fill(&mut buffer, completion.bytes);
    (result, buffer)
}

pub(crate) fn unbox<T: 'static>(payload: Box<dyn Any + Send>) -> T {
    match payload.downcast::<T>() {
        Ok(payload) => crate::recycle::unboxed(payload),
        Err(_) => unreachable!("a request's payload is what its issuer put there"),
    }
}

pub(crate) fn outcome(function: Function, completion: Completion) -> Result<usize> {
    if completion.status.is_success() {
        return Ok(completion.bytes);
    }
    Err(Error::new(completion.status.to_win32(), name(function)))
}

pub(crate) fn name(function: Function) -> &'static str {
    match function {
        Function::Read => "read",
        Function::Write => "write",
        Function::Flush => "flush",
        Function::Lock { .. } => "lock",
        Function::Control => "control",
        Function::Copy => "copy",
    }
}

/// What a request that was not accepted is waited for by. One for each wait: a wait for all takes no object twice.
pub(crate) fn ended() -> WaitRef {
    Arc::new(Event::manual_reset(true))
}

impl<B: Send + 'static> Wait for Operation<B> {
    fn wait_ref(&self) -> Result<WaitRef> {
        match &self.state {
            State::Issued(request) => Ok(request.done()),
            // Complete, as `is_pending` and `wait` have it: a wait among others says which one it was, and its outcome why.
            State::Refused(..) => Ok(ended()),
            State::Taken => Err(Error::new(Win32Error::INVALID_PARAMETER, "a wait for an operation")),
        }
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        match &self.state {
            State::Issued(request) => Some(Arc::clone(request.instance().idle())),
            _ => None,
        }
    }
}

impl<B: Send + Unpin + 'static> Future for Operation<B> {
    type Output = BufResult<B>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Issued(request) = &self.state
            && !request.is_complete()
            && request.set_waker(context.waker())
        {
            return Poll::Pending;
        }
        Poll::Ready(self.take())
    }
}

impl<B: Send + 'static> Drop for Operation<B> {
    fn drop(&mut self) {
        if let State::Issued(request) = &self.state {
            request.cancel();
        }
    }
}

impl<B: Send + 'static> std::fmt::Debug for Operation<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::Issued(request) if request.is_complete() => "complete",
            State::Issued(_) => "pending",
            State::Refused(..) => "refused",
            State::Taken => "taken",
        };
        f.debug_struct("Operation").field("state", &state).finish_non_exhaustive()
    }
}

/// Waits until one of the operations is complete and gives its index, or `None` when the time is over.
///
/// # Errors
/// 87 with none or more than 64, and with one whose outcome was taken already.
pub fn wait_first<B: Send + 'static>(
    operations: &[Operation<B>],
    timeout: impl Into<Timeout>,
) -> Result<Option<usize>> {
    let objects: Vec<&dyn Wait> = operations.iter().map(|o| o as &dyn Wait).collect();
    Ok(match crate::wait::wait_any(&objects, timeout)? {
        WaitResult::Object(index) | WaitResult::Abandoned(index) => Some(index),
        WaitResult::TimedOut => None,
    })
}
