//! Alertable I/O (contract 05): completions as functions that the issuing thread runs, inside an alertable wait.
//!
//! A thread issues requests with a routine each, and then waits in one of the functions here; the routines of what has completed
//! run inside that wait, one after another, with their buffers. Drawbacks, which are the model's: the logic is split between
//! functions, and the thread that issued must also handle, however idle others are.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! # let dir = tempfile::tempdir().unwrap();
//! # let path = dir.path().join("words");
//! # std::fs::write(&path, b"one two").unwrap();
//! use overlapped::{OpenOptions, Timeout, alertable};
//! use std::sync::mpsc;
//!
//! let file = OpenOptions::new().read(true).open_overlapped(&path)?;
//! let (tell, told) = mpsc::channel();
//! file.read_at_then(vec![0; 3], 0, move |read, word| tell.send((read, word)).unwrap())?;
//! assert!(told.try_recv().is_err(), "nothing runs outside an alertable wait");
//! assert!(alertable::sleep(Timeout::Infinite), "the sleep ends when routines have run");
//! assert_eq!(told.recv().unwrap(), (Ok(3), b"one".to_vec()));
//! # Ok(())
//! # }
//! ```

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::{Error, Result};
use crate::operation::{self, Fill};
use crate::overlapped_file::{Call, OverlappedFile};
use crate::port::{Refusal, Rejected};
use crate::wait::{self, Signal, Wait, WaitResult};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{Buffer, Completion, Function, RequestRef, Route};
use overlapped_kernel::thread::{Apc, Thread};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// A thread, as a target for functions and for [`ThreadRef::cancel_synchronous`].
#[derive(Clone, Debug)]
pub struct ThreadRef(Arc<Thread>);

/// References to the same thread are equal.
impl PartialEq for ThreadRef {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl Eq for ThreadRef {}

impl std::hash::Hash for ThreadRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// The calling thread.
#[must_use]
pub fn current() -> ThreadRef {
    ThreadRef(overlapped_kernel::thread::current())
}

impl ThreadRef {
    /// Queues a function to the thread (QueueUserAPC): it runs in the thread's next alertable wait, and ends the one that it is
    /// in.
    ///
    /// # Errors
    /// 31 if the thread has ended.
    pub fn queue(&self, run: impl FnOnce() + Send + 'static) -> Result<()> {
        let queued = self.0.queue_apc(Apc::new(run));
        if queued { Ok(()) } else { Err(Error::new(Win32Error::GEN_FAILURE, "a function for a thread")) }
    }

    /// Do both refer to the same thread?
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Asks for the end of the synchronous request that the thread is blocked in (CancelSynchronousIo): that call then fails
    /// with 995, or ends as usual if it was too late. False if the thread is in none, or only waits.
    ///
    /// It meets whatever request the thread is in by then, so the two threads should agree on when this may happen.
    pub fn cancel_synchronous(&self) -> bool {
        self.0.cancel_synchronous().is_ok()
    }
}

/// Sleeps for the time, or until functions have run: then true (SleepEx).
pub fn sleep(timeout: impl Into<Timeout>) -> bool {
    wait::sleep_alertable(timeout.into())
}

/// [`sleep`] by the clock of this system's engine, whose completions this thread then looks after itself.
pub fn sleep_in(system: &System, timeout: impl Into<Timeout>) -> bool {
    wait::sleep_alertable_in(system.idle(), timeout.into())
}

/// As [`wait_any`](crate::wait_any), but functions that are queued to this thread run meanwhile: then `None`, and no object is
/// consumed. An object that is signalled on entry comes first.
///
/// # Errors
/// As for [`wait_any`](crate::wait_any).
pub fn wait_any(objects: &[&dyn Wait], timeout: impl Into<Timeout>) -> Result<Option<WaitResult>> {
    wait::wait_any_alertable(objects, timeout.into())
}

/// As [`wait_all`](crate::wait_all), and alertable like [`wait_any`].
///
/// # Errors
/// As for [`wait_all`](crate::wait_all).
pub fn wait_all(objects: &[&dyn Wait], timeout: impl Into<Timeout>) -> Result<Option<WaitResult>> {
    wait::wait_all_alertable(objects, timeout.into())
}

/// As [`signal_and_wait`](crate::signal_and_wait), and alertable like [`wait_any`]. The object is signalled before routines run.
///
/// # Errors
/// As for [`signal_and_wait`](crate::signal_and_wait).
pub fn signal_and_wait(
    signal: &dyn Signal,
    object: &dyn Wait,
    timeout: impl Into<Timeout>,
) -> Result<Option<WaitResult>> {
    wait::signal_and_wait_alertable(signal, object, timeout.into())
}

impl OverlappedFile {
    /// Reads up to the buffer's capacity at `offset`, in bytes; `then` runs once with the outcome and the buffer, in an alertable
    /// wait of this thread, and never before (ReadFileEx).
    ///
    /// # Errors
    /// 87 if the file is associated with a port; what [`OverlappedFile::read_at`] fails with at once. `then` does not run.
    pub fn read_at_then<B, F>(&self, buffer: B, offset: u64, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBufMut,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        let mut parcel = Then::new(buffer, then);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBufMut`).
        unsafe { self.issue_then(Function::Read, memory, offset, parcel, operation::fill::<B>) }
    }

    /// Writes the whole buffer at `offset`, in bytes (WriteFileEx); `then` as in [`OverlappedFile::read_at_then`].
    ///
    /// # Errors
    /// As for [`OverlappedFile::read_at_then`].
    pub fn write_at_then<B, F>(&self, buffer: B, offset: u64, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBuf,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        let parcel = Then::new(buffer, then);
        let memory = bytes(&parcel.buffer);
        // SAFETY: as for a read (`IoBuf`).
        unsafe { self.issue_then(Function::Write, memory, offset, parcel, operation::keep::<B>) }
    }

    /// # Safety
    /// The buffer belongs to the parcel, and is writable for a read.
    unsafe fn issue_then<B, F>(
        &self,
        function: Function,
        buffer: Buffer,
        offset: u64,
        parcel: Box<Then<B, F>>,
        fill: Fill<B>,
    ) -> std::result::Result<(), Rejected<F, B>>
    where
        B: Send + 'static,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        // SAFETY: the caller's promise.
        let issue = |route, payload| unsafe { self.issue(Call { function, buffer, offset, route, payload }) };
        Then::run(parcel, fill, issue)
    }
}

/// What a request with a routine owns.
pub(crate) struct Then<B, F> {
    buffer: B,
    then: F,
}

impl<B, F> Then<B, F>
where
    B: Send + 'static,
    F: FnOnce(Result<usize>, B) + Send + 'static,
{
    pub(crate) fn new(buffer: B, then: F) -> Box<Self> {
        Box::new(Self { buffer, then })
    }

    pub(crate) fn buffer_mut(&mut self) -> &mut B {
        &mut self.buffer
    }

    /// Issues a request with the routine.
    pub(crate) fn run(
        self: Box<Self>,
        fill: Fill<B>,
        issue: impl FnOnce(Route, Box<dyn Any + Send>) -> std::result::Result<RequestRef, Refusal>,
    ) -> std::result::Result<(), Rejected<F, B>> {
        // The routine finds its request here: it runs later, on this thread, so the place is filled by then.
        let place = Arc::new(Mutex::new(None::<RequestRef>));
        let found = Arc::clone(&place);
        let routine = move |status: Status, bytes: usize| {
            let Some(request) = found.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
            let Some(payload) = request.take_payload() else { return };
            let Self { mut buffer, then } = operation::unbox::<Self>(payload);
            fill(&mut buffer, bytes);
            then(operation::outcome(request.function(), Completion { status, bytes }), buffer);
        };
        let route = Route { routine: Some(Box::new(routine)), ..Route::default() };
        match issue(route, self) {
            Ok(request) => {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
                Ok(())
            }
            Err((error, payload)) => {
                let Self { buffer, then } = operation::unbox::<Self>(payload);
                Err(Rejected { error, buffer, context: then })
            }
        }
    }
}
