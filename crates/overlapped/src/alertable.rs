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

use crate::buffer::{IoBuf, IoBufMut};
use crate::error::{Error, Result};
use crate::operation::{self, Fill};
use crate::overlapped_file::{Call, OverlappedFile};
use crate::port::Rejected;
use crate::wait::{self, Wait, WaitResult};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{Buffer, Completion, Function, RequestRef, Route};
use overlapped_kernel::thread::{Apc, Thread};
use std::sync::{Arc, Mutex, PoisonError};

/// A thread, as a target for functions.
#[derive(Clone, Debug)]
pub struct ThreadRef(Arc<Thread>);

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
}

/// Sleeps for the time, or until functions have run: then true (SleepEx).
pub fn sleep(timeout: impl Into<Timeout>) -> bool {
    wait::sleep_alertable(timeout.into())
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
        let mut parcel = Box::new(Parcel { buffer, then });
        let memory = Buffer { start: parcel.buffer.start_mut(), len: parcel.buffer.capacity() };
        self.issue_then(Function::Read, memory, offset, parcel, operation::fill::<B>)
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
        let parcel = Box::new(Parcel { buffer, then });
        let memory = Buffer { start: parcel.buffer.start().cast_mut(), len: parcel.buffer.len() };
        self.issue_then(Function::Write, memory, offset, parcel, operation::keep::<B>)
    }

    fn issue_then<B, F>(
        &self,
        function: Function,
        buffer: Buffer,
        offset: u64,
        parcel: Box<Parcel<B, F>>,
        fill: Fill<B>,
    ) -> std::result::Result<(), Rejected<F, B>>
    where
        B: Send + 'static,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        // The routine finds its request here: it runs later, on this thread, so the place is filled by then.
        let place = Arc::new(Mutex::new(None::<RequestRef>));
        let found = Arc::clone(&place);
        let routine = move |status: Status, bytes: usize| {
            let request = found.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(payload) = request.and_then(|request| request.take_payload()) else { return };
            let Parcel { mut buffer, then } = operation::unbox::<Parcel<B, F>>(payload);
            fill(&mut buffer, bytes);
            then(operation::outcome(function, Completion { status, bytes }), buffer);
        };
        let route = Route { routine: Some(Box::new(routine)), ..Route::default() };
        match self.issue(Call { function, buffer, offset, route, payload: parcel }) {
            Ok(request) => {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
                Ok(())
            }
            Err((error, payload)) => {
                let Parcel { buffer, then } = operation::unbox::<Parcel<B, F>>(payload);
                Err(Rejected { error, buffer, context: then })
            }
        }
    }
}

/// What a request with a routine owns.
struct Parcel<B, F> {
    buffer: B,
    then: F,
}
