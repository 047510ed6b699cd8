//! Files opened for overlapped requests.

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::handle::OwnedHandle;
use crate::operation::{self, Fill, Operation};
use crate::port::{Parcel, Put, Refusal, report, to_port};
use crate::wait::{Wait, WaitResult, wait_any};
use overlapped_devices::file::{self, CopyRange};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Function, RequestRef, Route};
use overlapped_kernel::road::{Done, Place, Refused, Reply, Report, Transfer};
use std::any::Any;
use std::sync::Arc;

/// A file opened with FILE_FLAG_OVERLAPPED: many requests at once, each with its own offset, completed in any order
/// (contract 03). Offset `u64::MAX` in a write means the end of the file.
#[derive(Debug)]
pub struct OverlappedFile {
    handle: OwnedHandle,
}

/// What an overlapped call passes to the road: a buffer of the payload's (`IoBuf`), writable for a read.
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) buffer: Buffer,
    pub(crate) offset: u64,
    pub(crate) route: Route,
    pub(crate) payload: Box<dyn Any + Send>,
}

impl Call {
    #[inline(always)]
    fn into_transfer(self, report: Report) -> Transfer {
        let Self { function, buffer, offset, route, payload } = self;
        let (place, payload) = (Place::Offset(offset), Some(payload));
        Transfer { function, buffer, place, route, overlapped: None, payload, report, probe: None }
    }
}

/// What a refused call was given, and why.
#[cold]
fn returned(function: Function, refused: Refused) -> Refusal {
    match refused.payload {
        Some(payload) => (Error::new(refused.error, operation::name(function)), payload),
        None => unreachable!("a refusal gives the payload back"),
    }
}

impl OverlappedFile {
    pub(crate) fn instance(&self) -> &Arc<Instance> {
        &self.handle.grant().instance
    }

    /// Hands the call to the road. Everything that a refusal leaves is in the payload.
    ///
    /// # Safety
    /// The buffer belongs to the payload, and is writable for a read.
    pub(crate) unsafe fn issue(&self, call: Call) -> std::result::Result<RequestRef, Refusal> {
        let (function, grant) = (call.function, self.handle.grant());
        // SAFETY: the buffer belongs to the payload, the caller says, which the request owns until it is complete.
        match unsafe { grant.instance.transfer(grant.access, call.into_transfer(Report::AtOnce)) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
            Err(refused) => Err(returned(function, refused)),
        }
    }

    /// The same where nobody asks for the request: a packet brings the payload back, or the call does if it reports so.
    ///
    /// # Safety
    /// As for [`OverlappedFile::issue`].
    #[inline]
    pub(crate) unsafe fn issue_detached(
        &self,
        call: Call,
        report: Report,
    ) -> std::result::Result<Option<Done>, Refusal> {
        let (function, grant) = (call.function, self.handle.grant());
        let transfer = call.into_transfer(report);
        // SAFETY: as for `issue`; of what is done inside the call, packet or caller own it.
        unsafe { grant.instance.transfer_detached(grant.access, transfer) }
            .map_err(|refused| returned(function, refused))
    }

    /// The same for a parcel.
    ///
    /// # Safety
    /// The buffer belongs to the parcel, and is writable for a read.
    #[inline]
    pub(crate) unsafe fn put<K, C, B>(
        &self,
        function: Function,
        buffer: Buffer,
        offset: u64,
        parcel: Box<Parcel<K, C, B>>,
    ) -> Put<C, B>
    where
        K: Send + 'static,
        C: Send + 'static,
        B: Send + 'static,
    {
        let call = Call { function, buffer, offset, route: to_port(), payload: parcel };
        // SAFETY: the caller's promise.
        Parcel::<K, C, B>::put(unsafe { self.issue_detached(call, Report::AsPending) })
    }

    /// The same for a copy.
    pub(crate) fn issue_copy(
        &self,
        source: &Self,
        range: CopyRange,
        route: Route,
        payload: Box<dyn Any + Send>,
    ) -> std::result::Result<RequestRef, Refusal> {
        let report = report(&route);
        match file::copy_range(source.handle.grant(), self.handle.grant(), range, route, payload, report) {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
            Err(refused) => Err(returned(Function::Copy, refused)),
        }
    }

    /// Copies a part of another file into this one, without the bytes passing through the program: both file systems may
    /// share them, a server may copy them, or the library does it in a thread of its own. It completes with the bytes copied;
    /// fewer than asked for mean that the source ends. Two such copies at a time, into different parts of the target, are faster
    /// than one.
    ///
    /// The request is one of this file: its end is asked for here, and the outcome is signalled here. What was copied before
    /// a cancel or a failure stays.
    ///
    /// The operation fails with 38 if the source has nothing at `source_offset`, and with what a read of the one or a write to the
    /// other would fail with. 1: one of them is not a file; 50: one of them is unbuffered; 87: the ranges overlap in one file.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    /// # std::fs::write(&from, b"hello, world").unwrap();
    /// use overlapped::{CopyRange, OpenOptions};
    ///
    /// let source = OpenOptions::new().read(true).open_overlapped(&from)?;
    /// let target = OpenOptions::new().write(true).create_new(true).open_overlapped(&to)?;
    /// let copy = target.copy_range_from(&source, CopyRange { source_offset: 7, target_offset: 0, len: 1 << 20 });
    /// assert_eq!(copy.wait(), (Ok(5), ()));
    /// assert_eq!(std::fs::read(&to).unwrap(), b"world");
    /// # Ok(())
    /// # }
    /// ```
    pub fn copy_range_from(&self, source: &Self, range: CopyRange) -> Operation<()> {
        self.copy_with(source, range, None)
    }

    /// [`OverlappedFile::copy_range_from`], and `event` is reset now and set on completion.
    pub fn copy_range_from_with_event(&self, source: &Self, range: CopyRange, event: &Event) -> Operation<()> {
        self.copy_with(source, range, Some(event))
    }

    fn copy_with(&self, source: &Self, range: CopyRange, event: Option<&Event>) -> Operation<()> {
        let route = Route { event: event.map(Event::kernel), ..Route::default() };
        let fill: Fill<()> = |(), _| {};
        match self.issue_copy(source, range, route, Box::new(())) {
            Ok(request) => Operation::issued(request, fill),
            Err((error, _)) => Operation::refused(error, (), fill),
        }
    }

    /// # Safety
    /// The buffer belongs to the owner, and is writable for a read.
    unsafe fn operate<B: Send + 'static>(
        &self,
        function: Function,
        buffer: Buffer,
        owner: Box<B>,
        offset: u64,
        event: Option<&Event>,
        fill: Fill<B>,
    ) -> Operation<B> {
        let route = Route { event: event.map(Event::kernel), ..Route::default() };
        // SAFETY: the caller's promise.
        match unsafe { self.issue(Call { function, buffer, offset, route, payload: owner }) } {
            Ok(request) => Operation::issued(request, fill),
            Err((error, payload)) => Operation::refused(error, operation::unbox(payload), fill),
        }
    }

    /// Another handle to the same open file: requests of either are requests of both.
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn try_clone(&self) -> Result<Self> {
        self.handle.duplicate().map(Self::new)
    }

    /// Reads up to the buffer's capacity at `offset`, in bytes. At or past the end of the file the operation fails with 38
    /// (contract 02 section 5).
    pub fn read_at<B: IoBufMut>(&self, buffer: B, offset: u64) -> Operation<B> {
        self.read_with(buffer, offset, None)
    }

    /// Writes the whole buffer at `offset`, in bytes.
    pub fn write_at<B: IoBuf>(&self, buffer: B, offset: u64) -> Operation<B> {
        self.write_with(buffer, offset, None)
    }

    /// [`OverlappedFile::read_at`], and `event` is reset now and set on completion: the second technique of contract 00
    /// section 0.5.
    pub fn read_at_with_event<B: IoBufMut>(&self, buffer: B, offset: u64, event: &Event) -> Operation<B> {
        self.read_with(buffer, offset, Some(event))
    }

    /// [`OverlappedFile::write_at`], and `event` is reset now and set on completion.
    pub fn write_at_with_event<B: IoBuf>(&self, buffer: B, offset: u64, event: &Event) -> Operation<B> {
        self.write_with(buffer, offset, Some(event))
    }

    fn read_with<B: IoBufMut>(&self, buffer: B, offset: u64, event: Option<&Event>) -> Operation<B> {
        let mut owner = Box::new(buffer);
        let memory = room(&mut *owner);
        // SAFETY: the memory is the owner's (`IoBufMut`), which moves without it.
        unsafe { self.operate(Function::Read, memory, owner, offset, event, operation::fill::<B>) }
    }

    fn write_with<B: IoBuf>(&self, buffer: B, offset: u64, event: Option<&Event>) -> Operation<B> {
        let owner = Box::new(buffer);
        let memory = bytes(&*owner);
        // SAFETY: as for a read (`IoBuf`).
        unsafe { self.operate(Function::Write, memory, owner, offset, event, operation::keep::<B>) }
    }

    /// Asks for the end of all outstanding requests of this file, whichever thread issued them (CancelIoEx). False if there
    /// was none.
    pub fn cancel_all(&self) -> bool {
        self.instance().cancel_all() > 0
    }

    /// Asks for the end of the calling thread's outstanding requests of this file (CancelIo, decision D3). False if there was
    /// none.
    pub fn cancel_own(&self) -> bool {
        self.instance().cancel_own() > 0
    }

    /// Waits until the device itself is signalled, by the end of some request or because none is on its way: the first technique
    /// of contract 00 section 0.5, good for one request at a time. False if the time was over first.
    pub fn wait(&self, timeout: impl Into<Timeout>) -> bool {
        matches!(wait_any(&[self], timeout), Ok(WaitResult::Object(_)))
    }

    /// Requests that are not complete.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.instance().outstanding()
    }
}

/// The device object: non-signalled while a request is on its way and signalled when one is complete, which says which only if
/// there is one at a time (contract 03 section 5).
impl Wait for OverlappedFile {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(self.instance()) as WaitRef)
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        Some(Arc::clone(self.instance().idle()))
    }
}

crate::metadata::file_methods!(OverlappedFile);
