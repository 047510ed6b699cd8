//! The road: the way of every request, whoever makes it and whatever device it is for (design.md section 1).
//!
//! Checks in the order of contract 02 section 13; then the device looks at the request; what Linux must do is first attempted on
//! this thread without blocking and else submitted. What is done at once takes the same notifications as what is done later.

use crate::clock::Timeout;
use crate::device::{FileType, Next, Start};
use crate::engine::{Mode, Operation, RawResult};
use crate::instance::{Instance, NotificationModes};
use crate::port::Reason;
use crate::request::{
    Buffer, Completion, Draft, Function, NewRequest, Parameters, Position, Request, RequestRef, Route,
};
use crate::results::Patience;
use crate::sync::MutexGuard;
use crate::wait::Outcome;
use overlapped_abi::{AccessMask, Overlapped, Status, Win32Error};
use std::any::Any;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

/// Where the caller wants the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the file pointer, which moves: a synchronous call without an OVERLAPPED.
    Pointer,
    /// At the 64 bits of an OVERLAPPED's Offset and OffsetHigh, with the meanings of -1 and -2 (contract 02 section 12).
    Offset(u64),
}

/// When the caller wants to hear of what is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// From the call.
    AtOnce,
    /// As if it had been pending: what overlapped disk requests do in the C face (decision D4).
    AsPending,
}

/// The arguments of a transfer.
pub struct Transfer {
    /// Read or write.
    pub function: Function,
    /// The caller's memory.
    pub buffer: Buffer,
    /// Where in the file.
    pub place: Place,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns until it is complete.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When to report.
    pub report: Report,
    /// Asks whether the buffer is memory at all, in its turn among the checks; `None` where a type vouches for it.
    pub probe: Option<Probe>,
}

/// Can the buffer be used for this function?
pub type Probe = fn(Function, &Buffer) -> bool;

/// A request that has passed the checks of its kind.
pub struct Call {
    /// What is asked.
    pub function: Function,
    /// Where.
    pub position: Position,
    /// The caller's memory; for functions without, what they say it means.
    pub buffer: Buffer,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns until it is complete.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When to report.
    pub report: Report,
}

/// What a transfer call answers.
#[derive(Debug)]
pub enum Reply {
    /// Done: successes, warnings, and errors that everybody was told of.
    Done(RequestRef, Completion),
    /// Accepted; the completion comes on the request's route.
    Pending(RequestRef),
}

/// A call that was not accepted: nobody else is told.
pub struct Refused {
    /// Why.
    pub error: Win32Error,
    /// The caller's own things.
    pub payload: Option<Box<dyn Any + Send>>,
}

/// The same with the status, for faces that have errors of their own.
pub struct Failure {
    /// Why.
    pub status: Status,
    /// The caller's own things.
    pub payload: Option<Box<dyn Any + Send>>,
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Failure").field(&self.status).finish()
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { error: failure.status.to_win32(), payload: failure.payload }
    }
}

impl std::fmt::Debug for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Refused").field(&self.error).finish()
    }
}

const OFFSET_END: u64 = u64::MAX;
const OFFSET_POINTER: u64 = u64::MAX - 1;

impl Instance {
    /// Reads or writes (contract 03 section 1). On a synchronous instance the reply is always `Done`.
    ///
    /// # Safety
    /// The buffer (writable for a read) and the OVERLAPPED stay valid and untouched by others until the request is complete;
    /// on a refusal, until this call returns.
    pub unsafe fn transfer(self: &Arc<Self>, access: AccessMask, mut transfer: Transfer) -> Result<Reply, Refused> {
        if let Err(error) = self.admit(access, &mut transfer) {
            return Err(Refused { error, payload: transfer.payload });
        }
        if !(self.is_overlapped() && transfer.overlapped_call()) {
            // SAFETY: the caller's promise.
            return unsafe { self.synchronous_transfer(transfer) };
        }
        match self.overlapped_position(&transfer) {
            // SAFETY: the caller's promise.
            Ok(position) => unsafe { self.call(transfer.into_call(position)) },
            Err(error) => Err(Refused { error, payload: transfer.payload }),
        }
    }

    /// [`Instance::transfer`] for callers that have no use for the request: the outcome if the call reports it, else it comes on the
    /// request's route. What is done inside the call costs no allocation here. The packet brings the payload without the request
    /// ([`Cargo::Read`](crate::port::Cargo::Read)); without a packet, the payload is dropped.
    ///
    /// # Safety
    /// As for [`Instance::transfer`].
    pub unsafe fn transfer_detached(
        self: &Arc<Self>,
        access: AccessMask,
        mut transfer: Transfer,
    ) -> Result<Option<Completion>, Refused> {
        if let Err(error) = self.admit(access, &mut transfer) {
            return Err(Refused { error, payload: transfer.payload });
        }
        if !(self.is_overlapped() && transfer.overlapped_call()) {
            // SAFETY: the caller's promise.
            return match unsafe { self.synchronous_transfer(transfer) }? {
                Reply::Done(_, completion) => Ok(Some(completion)),
                Reply::Pending(_) => Ok(None),
            };
        }
        let position = match self.overlapped_position(&transfer) {
            Ok(position) => position,
            Err(error) => return Err(Refused { error, payload: transfer.payload }),
        };
        let report = transfer.report;
        // SAFETY: the caller's promise.
        let mut draft = ManuallyDrop::new(unsafe { transfer.into_call(position).draft(self) });
        // SAFETY: it is not used after this.
        unsafe { self.launch(&mut draft, report) }.map_err(Refused::from)
    }

    /// Sends a draft that nobody keeps on its way. It is looked at where it stands, since to move it costs as much as a lock or two.
    ///
    /// # Safety
    /// The draft is given up: it is neither used nor dropped after this.
    #[inline(always)]
    unsafe fn launch(
        &self,
        draft: &mut ManuallyDrop<Draft<'_>>,
        report: Report,
    ) -> Result<Option<Completion>, Failure> {
        draft.detach();
        let mut stage = self.begin(draft);
        self.attempt(draft, &mut stage);
        // SAFETY: once, and the last use of it.
        let keep = |draft: &mut ManuallyDrop<Draft<'_>>| unsafe { Draft::keep_from(draft) };
        match stage {
            // The count of a packet has 32 bits: whoever gets the payload looks at the request for a longer one.
            Start::Done(completion) if completion.bytes > u32::MAX as usize => {
                keep(draft).complete_at_once(completion, self.is_quiet(report));
                Ok((report == Report::AtOnce).then_some(completion))
            }
            Start::Done(completion) => {
                draft.complete(completion, self.is_quiet(report));
                if !draft.is_bare() {
                    // SAFETY: the last use of it.
                    unsafe { ManuallyDrop::drop(draft) };
                }
                Ok((report == Report::AtOnce).then_some(completion))
            }
            Start::Failed(status) => {
                let payload = draft.refuse(status);
                // SAFETY: the last use of it.
                unsafe { ManuallyDrop::drop(draft) };
                Err(Failure { status, payload })
            }
            Start::Queue => self.leave(keep(draft)).map(|()| None),
            rest => self.send(keep(draft), rest).map(|_| None),
        }
    }

    /// The checks of a transfer, and what the handle's right says about its place.
    #[inline(always)]
    fn admit(&self, access: AccessMask, transfer: &mut Transfer) -> Result<(), Win32Error> {
        self.check(access, transfer)?;
        if transfer.function == Function::Write && access.is_append_only() {
            // Whatever the pointer or the offset says (contract 02 section 12); the handle's right, not the instance's.
            transfer.place = Place::Offset(OFFSET_END);
        }
        Ok(())
    }

    #[inline(always)]
    fn check(&self, access: AccessMask, transfer: &Transfer) -> Result<(), Win32Error> {
        permit(transfer.function, access)?;
        if self.is_overlapped() && !transfer.overlapped_call() && self.device().requires_overlapped() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if transfer.route.routine.is_some() && (!self.is_overlapped() || self.is_associated()) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        transfer.check_memory()
    }

    /// The meaning of an offset, or 87 (contract 02 section 12). `pointer`: where the file pointer stands, if the call may use it.
    #[inline]
    fn position(&self, function: Function, place: Place, pointer: Option<u64>) -> Result<Position, Win32Error> {
        let at = match place {
            _ if !self.device().seekable() => return Ok(Position::At(0)),
            Place::Pointer => {
                return pointer.map(Position::At).ok_or(Win32Error::INVALID_PARAMETER);
            }
            Place::Offset(at) => at,
        };
        match (at, function, pointer) {
            (OFFSET_END, Function::Write, _) => Ok(Position::End),
            (OFFSET_POINTER, _, Some(pointer)) => Ok(Position::At(pointer)),
            (at, _, _) if i64::try_from(at).is_err() => Err(Win32Error::INVALID_PARAMETER),
            (at, _, _) => Ok(Position::At(at)),
        }
    }

    #[inline(always)]
    fn overlapped_position(&self, transfer: &Transfer) -> Result<Position, Win32Error> {
        match self.position(transfer.function, transfer.place, None) {
            // A request of no bytes succeeds before anybody looks at its offset.
            Err(_) if transfer.buffer.len == 0 => Ok(Position::At(0)),
            position => position,
        }
    }

    /// Issues an overlapped request of any kind, after the checks.
    ///
    /// # Safety
    /// As for [`Instance::transfer`].
    pub unsafe fn call(self: &Arc<Self>, call: Call) -> Result<Reply, Refused> {
        // SAFETY: the caller's promise.
        unsafe { self.issue(call, Parameters::default()) }.map_err(Refused::from)
    }

    /// [`Instance::call`] with parameters, and with the status of a refusal.
    ///
    /// # Safety
    /// As for [`Instance::transfer`], with the memory of the parts for the buffer.
    #[inline]
    pub unsafe fn issue(self: &Arc<Self>, call: Call, parameters: Parameters) -> Result<Reply, Failure> {
        let report = call.report;
        // SAFETY: the caller's promise.
        let request = unsafe { call.draft(self) }.with(parameters).keep();
        self.set_off(request, report)
    }

    /// [`Instance::issue`], where packets carry `number` and not the address of the status block: the native calls have both. Of the
    /// OVERLAPPED only the first two words are used, which are a status block.
    ///
    /// # Safety
    /// As for [`Instance::issue`].
    pub unsafe fn issue_as(
        self: &Arc<Self>,
        call: Call,
        parameters: Parameters,
        number: usize,
    ) -> Result<Reply, Failure> {
        let report = call.report;
        // SAFETY: the caller's promise.
        let request = unsafe { call.draft(self) }.with(parameters).known_as(number).keep();
        self.set_off(request, report)
    }

    #[inline(always)]
    fn set_off(&self, request: RequestRef, report: Report) -> Result<Reply, Failure> {
        let mut stage = self.begin(&request);
        self.attempt(&request, &mut stage);
        match stage {
            Start::Failed(status) => Err(refuse(&request, status)),
            Start::Done(completion) => Ok(self.done(request, completion, report)),
            rest => self.send(request, rest),
        }
    }

    /// The same for callers that have no use for the request, as [`Instance::transfer_detached`].
    ///
    /// # Safety
    /// As for [`Instance::issue`].
    #[inline]
    pub unsafe fn issue_detached(
        self: &Arc<Self>,
        call: Call,
        parameters: Parameters,
    ) -> Result<Option<Completion>, Failure> {
        let report = call.report;
        // SAFETY: the caller's promise.
        let mut draft = ManuallyDrop::new(unsafe { call.draft(self) });
        draft.set(parameters);
        // SAFETY: it is not used after this.
        unsafe { self.launch(&mut draft, report) }
    }

    #[inline(always)]
    fn begin(&self, request: &Request) -> Start {
        request.begin();
        self.device().start(request)
    }

    /// Takes a request as far as it goes inside the call: a transfer that is left might block. The operation stays where the device
    /// has put it, since moving it would cost more than looking at it.
    #[inline(always)]
    fn attempt(&self, request: &Request, stage: &mut Start) {
        while let Start::Transfer(operation) = stage {
            // SAFETY: the request holds descriptor and buffer.
            let Some(result) = (unsafe { self.engine().attempt(operation) }) else { return };
            *stage = match self.device().resume(request, result) {
                Next::Complete(completion) => Start::Done(completion),
                Next::Continue(rest) => Start::Transfer(rest),
                Next::Queue => Start::Queue,
            };
        }
    }

    /// Gives engine or device what is left of a request.
    #[inline(never)]
    fn send(&self, request: RequestRef, rest: Start) -> Result<Reply, Failure> {
        let sent = match rest {
            Start::Transfer(operation) => self.submit(&request, operation),
            _ => self.take_on(&request),
        };
        match sent {
            Ok(()) => Ok(Reply::Pending(request)),
            Err(status) => Err(refuse(&request, status)),
        }
    }

    /// Issues a request whose work is done inside the call by `work`: event, status block, instance and port learn of it as of
    /// any other.
    ///
    /// # Safety
    /// As for [`Instance::transfer`].
    pub unsafe fn call_at_once(
        self: &Arc<Self>,
        call: Call,
        work: impl FnOnce() -> Result<Completion, Status>,
    ) -> Result<Reply, Refused> {
        let number = call.overlapped.map_or(0, |overlapped| overlapped.as_ptr() as usize);
        // SAFETY: the caller's promise.
        unsafe { self.call_at_once_as(call, number, work) }.map_err(Refused::from)
    }

    /// [`Instance::call_at_once`], where packets carry `number`, as with [`Instance::issue_as`].
    ///
    /// # Safety
    /// As for [`Instance::transfer`].
    pub unsafe fn call_at_once_as(
        self: &Arc<Self>,
        call: Call,
        number: usize,
        work: impl FnOnce() -> Result<Completion, Status>,
    ) -> Result<Reply, Failure> {
        let report = call.report;
        // SAFETY: the caller's promise.
        let request = unsafe { call.draft(self) }.known_as(number).keep();
        request.begin();
        match work() {
            Ok(completion) => Ok(self.done(request, completion, report)),
            Err(status) => Err(refuse(&request, status)),
        }
    }

    /// Gives the device a request that it completes by itself.
    fn take_on(&self, request: &RequestRef) -> Result<(), Status> {
        request.pend()?;
        self.clear_signal();
        self.device().enqueue(Arc::clone(request));
        if self.is_closed() {
            request.cancel();
        }
        self.idle().submitted();
        Ok(())
    }

    /// Gives the device a request that it completes by itself, and that nobody else keeps.
    #[inline]
    fn leave(&self, request: RequestRef) -> Result<(), Failure> {
        if let Err(status) = request.pend() {
            return Err(refuse(&request, status));
        }
        self.clear_signal();
        self.device().enqueue(request);
        if self.is_closed() {
            // Whoever closed it may have looked before the request was there.
            self.cancel(|_| true);
        }
        self.idle().submitted();
        Ok(())
    }

    /// Does the notification mode keep the packet away from what the call reports?
    #[inline(always)]
    fn is_quiet(&self, report: Report) -> bool {
        report == Report::AtOnce && self.modes().contains(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS)
    }

    /// The request was done inside the call.
    #[inline]
    fn done(&self, request: RequestRef, completion: Completion, report: Report) -> Reply {
        request.complete_at_once(completion, self.is_quiet(report));
        match report {
            Report::AtOnce => Reply::Done(request, completion),
            Report::AsPending => Reply::Pending(request),
        }
    }

    /// Gives the engine an operation of a request that is on its way from now on.
    #[inline]
    fn submit(&self, request: &RequestRef, operation: Operation) -> Result<(), Status> {
        request.pend()?;
        self.clear_signal();
        // SAFETY: the request holds descriptor and buffer, and the engine holds the request.
        unsafe { self.engine().submit(Arc::clone(request), operation) };
        if self.is_closed() {
            // The last handle went away during this call, perhaps before the request could be found.
            request.cancel();
        }
        self.idle().submitted();
        Ok(())
    }

    /// While the guard lives, synchronous requests of other threads on this instance wait, where the device wants it so (contract 00
    /// section 0.4, 03 section 3). `None` otherwise, and on an overlapped instance, whose calls may wait at the same time.
    pub fn turn(&self) -> Option<MutexGuard<'_, u64>> {
        (!self.is_overlapped() && self.device().serializes()).then(|| self.pointer())
    }

    #[inline(never)]
    unsafe fn synchronous_transfer(self: &Arc<Self>, transfer: Transfer) -> Result<Reply, Refused> {
        let mut pointer = self.turn();
        let at = pointer.as_deref().copied();
        let (function, place, empty) = (transfer.function, transfer.place, transfer.buffer.len == 0);
        let plain = transfer.overlapped.is_none();
        let position = match self.position(function, place, at) {
            Ok(position) => position,
            Err(_) if empty => Position::At(at.unwrap_or(0)),
            Err(error) => {
                return Err(Refused { error, payload: transfer.payload });
            }
        };
        if let (Place::Offset(offset), Position::At(place)) = (place, position)
            && offset == place
        {
            self.device().goes_to(place);
        }
        // SAFETY: the caller's promise.
        let request = unsafe { transfer.into_call(position).draft(self) }.keep();
        request.begin();
        let mut ended = self.see_through(&request, Patience::ENDLESS);
        if plain && function == Function::Read && ended.completion.status == Status::END_OF_FILE {
            // At the file pointer, the end of the file is a short read of 0 bytes (contract 02 section 5).
            ended.completion = Completion::success(0);
        }
        let failed = ended.completion.status.is_error();
        // A full disk, or a file at its limit: what fitted is told with the error (contract 02 section 12).
        let partial = failed && function == Function::Write && ended.completion.bytes > 0;
        if let Some(pointer) = &mut pointer
            && (!failed || partial)
            && !(empty && position == Position::End)
        {
            self.move_pointer(pointer, position, ended.completion.bytes);
        }
        drop(pointer);
        if partial {
            return Ok(told_as_done(request, ended));
        }
        Ok(conclude(request, ended)?)
    }

    /// Issues a request of any kind, after the checks, and waits for its end; the reply is always `Done`. CancelSynchronousIo
    /// ends it meanwhile.
    ///
    /// # Safety
    /// As for [`Instance::transfer`], until this call returns.
    pub unsafe fn call_and_wait(self: &Arc<Self>, call: Call) -> Result<Reply, Refused> {
        // SAFETY: the caller's promise.
        let reply = unsafe { self.issue_and_wait(call, Parameters::default(), Timeout::Infinite) };
        reply.map_err(Refused::from)
    }

    /// [`Instance::call_and_wait`] with parameters, the status of a failure, and a limit: what has not ended by then is
    /// cancelled, and fails with IO_TIMEOUT if that was in time.
    ///
    /// # Safety
    /// As for [`Instance::issue`], until this call returns.
    pub unsafe fn issue_and_wait(
        self: &Arc<Self>,
        call: Call,
        parameters: Parameters,
        limit: Timeout,
    ) -> Result<Reply, Failure> {
        // SAFETY: the caller's promise.
        unsafe { self.issue_and_await(call, parameters, Patience { timeout: limit, alertable: false }) }
    }

    /// The same, where the thread may run its APCs meanwhile and goes on waiting, as in the blocking calls of sockets (contract 05
    /// section 4).
    ///
    /// # Safety
    /// As for [`Instance::issue`], until this call returns.
    pub unsafe fn issue_and_await(
        self: &Arc<Self>,
        call: Call,
        parameters: Parameters,
        patience: Patience,
    ) -> Result<Reply, Failure> {
        // SAFETY: the caller's promise.
        let request = unsafe { call.draft(self) }.with(parameters).keep();
        request.begin();
        let ended = self.see_through(&request, patience);
        conclude(request, ended)
    }

    /// Carries a new request out, however long that takes; one that the device has queued, until the limit.
    fn see_through(self: &Arc<Self>, request: &RequestRef, patience: Patience) -> Ended {
        match self.device().start(request) {
            Start::Failed(status) => Ended::untold(Completion::failure(status)),
            Start::Done(completion) => Ended::untold(completion),
            Start::Transfer(operation) => self.perform(request, operation),
            Start::Queue => self.queue_and_wait(request, patience),
        }
    }

    fn queue_and_wait(&self, request: &RequestRef, patience: Patience) -> Ended {
        match self.take_on(request) {
            Ok(()) => self.wait_for(request, patience),
            Err(status) => Ended::untold(Completion::failure(status)),
        }
    }

    /// Waits for a request of this thread that is on its way.
    fn wait_for(&self, request: &RequestRef, patience: Patience) -> Ended {
        let late = crate::thread::with_current(|thread| {
            let _blocked = thread.blocked_in(request);
            let wait = |limit| self.wait_on(request, Patience { timeout: limit, ..patience });
            if wait(patience.timeout) != Ok(Outcome::TimedOut) {
                return false;
            }
            let late = request.cancel();
            let ended = wait(Timeout::Infinite);
            debug_assert!(ended.is_ok(), "one object, no limit");
            late
        });
        let mut completion = request.completion().unwrap_or(Completion::failure(Status::UNSUCCESSFUL));
        if late && completion.status == Status::CANCELLED {
            completion.status = Status::IO_TIMEOUT;
        }
        Ended { completion, told: true }
    }

    /// Waits for the end of a request; APCs that run meanwhile do not end the wait.
    fn wait_on(&self, request: &RequestRef, patience: Patience) -> Result<Outcome, Win32Error> {
        let start = self.idle().now();
        let mut limit = patience.timeout;
        loop {
            let outcome = crate::wait::wait_any(self.idle(), &[request.done()], limit, patience.alertable)?;
            if outcome != Outcome::Alerted {
                return Ok(outcome);
            }
            if let Timeout::After(whole) = patience.timeout {
                let left = start.plus(whole).since(self.idle().now());
                limit = if left.is_zero() { Timeout::Poll } else { Timeout::After(left) };
            }
        }
    }

    fn move_pointer(&self, pointer: &mut MutexGuard<'_, u64>, position: Position, bytes: usize) {
        **pointer = match position {
            Position::At(at) => at.saturating_add(bytes as u64),
            Position::End => self.device().length().unwrap_or(**pointer),
        };
    }

    /// Carries the request out on this thread, which counts as blocked while Linux works. What may wait for ever goes through
    /// the engine instead, which can end it.
    fn perform(&self, request: &RequestRef, mut operation: Operation) -> Ended {
        loop {
            // Files that keep their position in the descriptor are streams as well, but never wait for ever.
            let endless = operation.mode.contains(Mode::STREAM)
                && (self.device().file_type() != FileType::Disk || request.function() == Function::Control);
            if endless && !self.is_overlapped() {
                operation.mode |= Mode::ALONE;
            }
            // SAFETY: the request holds descriptor and buffer.
            let attempted = unsafe { self.engine().attempt(&operation) };
            let (result, unwanted) = match attempted {
                Some(result) => (result, false),
                None if endless => return self.submit_and_wait(request, operation),
                None => crate::thread::with_current(|thread| {
                    let _paused = thread.pause(Reason::SynchronousIo);
                    let blocked = thread.blocked_in_call();
                    // SAFETY: as above.
                    let result = unsafe { self.engine().perform(&operation) };
                    (result, blocked.is_unwanted())
                }),
            };
            match self.device().resume(request, result) {
                Next::Complete(completion) => return Ended::untold(completion),
                Next::Queue => return self.queue_and_wait(request, Patience::ENDLESS),
                Next::Continue(_) if unwanted => {
                    let bytes = request.progress();
                    return Ended::untold(Completion { status: Status::CANCELLED, bytes });
                }
                Next::Continue(rest) => operation = rest,
            }
        }
    }

    fn submit_and_wait(&self, request: &RequestRef, operation: Operation) -> Ended {
        match self.submit(request, operation) {
            Ok(()) => self.wait_for(request, Patience::ENDLESS),
            Err(status) => Ended::untold(Completion::failure(status)),
        }
    }
}

/// 5 unless these rights are enough to read or to write.
#[inline]
pub fn permit(function: Function, access: AccessMask) -> Result<(), Win32Error> {
    let needed = match function {
        Function::Read => AccessMask::READ_DATA,
        Function::Write => AccessMask::WRITE_DATA | AccessMask::APPEND_DATA,
        Function::Flush | Function::Control | Function::Lock { .. } | Function::Copy => return Ok(()),
    };
    if access.intersects(needed) { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// How a synchronous request ended.
struct Ended {
    completion: Completion,
    /// Status block, event and instance know: the request was pending.
    told: bool,
}

impl Ended {
    fn untold(completion: Completion) -> Self {
        Self { completion, told: false }
    }
}

/// The end of a synchronous call. Its packet is wanted by nobody.
fn conclude(request: RequestRef, ended: Ended) -> Result<Reply, Failure> {
    let completion = ended.completion;
    if completion.status.is_error() && completion.status != Status::END_OF_FILE {
        if !ended.told {
            request.refuse(completion.status);
        }
        return Err(Failure { status: completion.status, payload: request.take_payload() });
    }
    Ok(told_as_done(request, ended))
}

/// The end of a synchronous call, with whatever it has come to.
fn told_as_done(request: RequestRef, Ended { completion, told }: Ended) -> Reply {
    if !told {
        request.complete_at_once(completion, true);
    }
    Reply::Done(request, completion)
}

impl Transfer {
    /// Step 6 of contract 02 section 13: the whole buffer is there, or nothing is transferred.
    #[inline]
    fn check_memory(&self) -> Result<(), Win32Error> {
        match (self.probe, self.function) {
            (Some(usable), function) if self.buffer.len > 0 && !usable(function, &self.buffer) => Err(match function {
                Function::Read => Win32Error::NOACCESS,
                _ => Win32Error::INVALID_USER_BUFFER,
            }),
            _ => Ok(()),
        }
    }

    /// Has the caller asked for an overlapped call? In the Rust face, a payload or a routine says so too.
    fn overlapped_call(&self) -> bool {
        self.overlapped.is_some() || self.payload.is_some() || self.route.routine.is_some()
    }

    #[inline]
    fn into_call(self, position: Position) -> Call {
        let Self { function, buffer, route, overlapped, payload, report, .. } = self;
        Call { function, position, buffer, route, overlapped, payload, report }
    }
}

impl Call {
    #[inline(always)]
    unsafe fn draft(self, instance: &Arc<Instance>) -> Draft<'_> {
        let Self { function, position, buffer, route, overlapped, payload, .. } = self;
        let new = NewRequest { function, position, buffer, route, overlapped, payload };
        // SAFETY: the promise of `Instance::transfer`.
        unsafe { Request::draft(instance, new) }
    }
}

fn refuse(request: &RequestRef, status: Status) -> Failure {
    request.refuse(status);
    Failure { status, payload: request.take_payload() }
}

/// An engine gave its last word on an operation.
pub(crate) fn resume(request: Arc<Request>, result: RawResult) {
    let instance = Arc::clone(request.instance());
    match instance.device().resume(&request, result) {
        Next::Complete(completion) => request.complete(completion),
        Next::Queue => instance.device().enqueue(request),
        // SAFETY: the request holds descriptor and buffer, and the engine holds the request.
        Next::Continue(rest) => unsafe { instance.engine().submit(request, rest) },
    }
}
