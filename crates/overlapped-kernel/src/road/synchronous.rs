//! Synchronous requests: the call returns when its request is over.
//!
//! The caller's memory is borrowed for the call and no longer. So nothing ends the call before the request, not even a panic: of an APC
//! in an alertable call, or of the program's code that some completion runs which this thread delivers meanwhile.

use super::{Call, Failure, Place, Refused, Reply, Transfer};
use crate::clock::Timeout;
use crate::device::{FileType, Next, Start};
use crate::engine::{Mode, Operation};
use crate::instance::Instance;
use crate::port::Reason;
use crate::request::{Completion, Function, Parameters, Position, RequestRef};
use crate::results::Patience;
use crate::sync::MutexGuard;
use crate::wait::Outcome;
use overlapped_abi::{Status, Win32Error};
use std::sync::Arc;

impl Instance {
    /// While the guard lives, synchronous requests of other threads on this instance wait, where the device wants it so (contract 00
    /// section 0.4, 03 section 3). `None` otherwise, and on an overlapped instance, whose calls may wait at the same time.
    pub fn turn(&self) -> Option<MutexGuard<'_, u64>> {
        (!self.is_overlapped() && self.device().serializes()).then(|| self.pointer())
    }

    #[inline(never)]
    pub(super) unsafe fn synchronous_transfer(self: &Arc<Self>, transfer: Transfer) -> Result<Reply, Refused> {
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
        let _whole = UntilItsEnd { instance: self, request };
        match self.device().start(request) {
            Start::Failed(status) => Ended::untold(Completion::failure(status)),
            Start::Done(completion) => Ended::untold(completion),
            Start::Transfer(operation) => self.perform(request, operation),
            Start::Queue | Start::Wait => self.queue_and_wait(request, patience),
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

/// While it lives, the request's memory is lent; when it is dropped, nobody uses that any more.
struct UntilItsEnd<'a> {
    instance: &'a Instance,
    request: &'a RequestRef,
}

impl Drop for UntilItsEnd<'_> {
    fn drop(&mut self) {
        if self.request.is_under_way() {
            self.bring_about();
        }
    }
}

impl UntilItsEnd<'_> {
    /// The call is being unwound. A second panic meanwhile ends the process.
    #[cold]
    fn bring_about(&self) {
        self.request.cancel();
        while self.request.is_under_way() {
            let _ = self.instance.wait_on(self.request, Patience::ENDLESS);
        }
    }
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
