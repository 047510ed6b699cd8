//! Overlapped requests: issued, attempted on the spot, and what is left of them sent on its way.

use super::{Call, Done, Failure, Refused, Reply, Report};
use crate::device::{Next, Start};
use crate::engine::Operation;
use crate::instance::{Instance, NotificationModes};
use crate::request::{Completion, Draft, Parameters, Request, RequestRef};
use overlapped_abi::Status;
use std::mem::ManuallyDrop;
use std::sync::Arc;

impl Instance {
    /// Sends a draft that nobody keeps on its way. It is looked at where it stands, since to move it costs as much as a lock or two.
    ///
    /// # Safety
    /// The draft is given up: it is neither used nor dropped after this.
    #[inline(always)]
    pub(super) unsafe fn launch(
        &self,
        draft: &mut ManuallyDrop<Draft<'_>>,
        report: Report,
    ) -> Result<Option<Done>, Failure> {
        draft.detach();
        let mut stage = self.begin(draft);
        self.attempt(draft, &mut stage);
        // SAFETY: once, and the last use of it.
        let keep = |draft: &mut ManuallyDrop<Draft<'_>>| unsafe { Draft::keep_from(draft) };
        match stage {
            // The count of a packet has 32 bits: whoever gets the payload looks at the request for a longer one.
            Start::Done(completion) if completion.bytes > u32::MAX as usize => {
                let request = keep(draft);
                request.complete_at_once(completion, self.is_quiet(report));
                let payload = if report == Report::InPlace { request.take_payload() } else { None };
                Ok((report != Report::AsPending).then_some(Done { completion, payload }))
            }
            Start::Done(completion) => {
                let payload = draft.complete(completion, self.is_quiet(report));
                if !draft.is_bare() {
                    // SAFETY: the last use of it.
                    unsafe { ManuallyDrop::drop(draft) };
                }
                Ok((report != Report::AsPending).then_some(Done { completion, payload }))
            }
            Start::Failed(status) => {
                let payload = draft.refuse(status);
                // SAFETY: the last use of it.
                unsafe { ManuallyDrop::drop(draft) };
                Err(Failure { status, payload })
            }
            Start::Queue => self.leave(keep(draft)).map(|()| None),
            Start::Wait => {
                if self.needs_no_list() {
                    draft.stays_off_the_list();
                }
                self.leave(keep(draft)).map(|()| None)
            }
            rest => self.send(keep(draft), rest).map(|_| None),
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
    ) -> Result<Option<Done>, Failure> {
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
    pub(super) fn take_on(&self, request: &RequestRef) -> Result<(), Status> {
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

    /// Is the packet kept away from what the call reports?
    #[inline(always)]
    fn is_quiet(&self, report: Report) -> bool {
        match report {
            Report::AtOnce => self.modes().contains(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS),
            Report::AsPending => false,
            Report::InPlace => true,
        }
    }

    /// The request was done inside the call.
    #[inline]
    fn done(&self, request: RequestRef, completion: Completion, report: Report) -> Reply {
        request.complete_at_once(completion, self.is_quiet(report));
        match report {
            Report::AtOnce | Report::InPlace => Reply::Done(request, completion),
            Report::AsPending => Reply::Pending(request),
        }
    }

    /// Gives the engine an operation of a request that is on its way from now on.
    #[inline]
    pub(super) fn submit(&self, request: &RequestRef, operation: Operation) -> Result<(), Status> {
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
}

fn refuse(request: &RequestRef, status: Status) -> Failure {
    request.refuse(status);
    Failure { status, payload: request.take_payload() }
}
