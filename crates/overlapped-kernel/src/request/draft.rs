//! A request that only its issuer has seen: it stands on the stack.
//!
//! Most requests are done inside the call that issues them. Such a one is never shared, so it needs neither an allocation nor counted
//! references: it borrows its instance from the caller, and its packet carries its payload away. What stays pending is
//! [kept](Draft::keep): moved to the heap, with a reference to the instance of its own. Drawback: it is moved once.

use super::{Completion, Parameters, Request, RequestRef, spare};
use crate::instance::Instance;
use overlapped_abi::Status;
use std::any::Any;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::sync::Arc;

/// See the module page.
pub(crate) struct Draft<'a> {
    pub(super) request: Request,
    /// What `request` borrows.
    pub(super) instance: PhantomData<&'a Arc<Instance>>,
}

impl Draft<'_> {
    /// The same with parameters, whose parts are promised as the buffer is.
    #[inline(always)]
    pub(crate) fn with(mut self, parameters: Parameters) -> Self {
        self.set(parameters);
        self
    }

    /// The same where it stands.
    #[inline(always)]
    pub(crate) fn set(&mut self, parameters: Parameters) {
        // It has had none, so that there is nothing to drop.
        std::mem::forget(std::mem::replace(&mut self.request.parameters, parameters));
    }

    /// Its packet carries this number and not the address of its status block: at the native level they are two things.
    #[inline]
    pub(crate) fn known_as(mut self, number: usize) -> Self {
        self.request.token = number;
        self
    }

    /// Nobody keeps the request: its packet brings the payload alone.
    #[inline(always)]
    pub(crate) fn detach(&mut self) {
        self.request.detached = true;
    }

    /// Its device shows it to whoever looks for it ([`Start::Wait`](crate::device::Start::Wait)).
    #[inline(always)]
    pub(crate) fn stays_off_the_list(&mut self) {
        self.request.unlisted = true;
    }

    /// The request as others may have it.
    #[inline(always)]
    pub(crate) fn keep(self) -> RequestRef {
        // SAFETY: it is given up.
        unsafe { Self::keep_from(&mut ManuallyDrop::new(self)) }
    }

    /// The same from where it stands.
    ///
    /// # Safety
    /// The draft is neither used nor dropped after this.
    #[inline(always)]
    pub(crate) unsafe fn keep_from(draft: &mut ManuallyDrop<Self>) -> RequestRef {
        draft.request.instance.count();
        let kept = spare::place();
        // SAFETY: it is moved, by the caller's promise, to memory for it, which nobody else has. By the language's own means it would be
        // moved through the stack first, and `Arc::get_mut` is a locked operation: each costs as much again.
        unsafe {
            std::ptr::copy_nonoverlapping(&raw const draft.request, Arc::as_ptr(&kept).cast_mut().cast::<Request>(), 1);
            kept.assume_init()
        }
    }

    /// The call reports a failure and nobody else is told; the payload comes back.
    pub(crate) fn refuse(&mut self, status: Status) -> Option<Box<dyn Any + Send>> {
        self.request.block.finish_quietly(status);
        self.request.payload.get_mut().take()
    }

    /// The read or write was done inside the call: writes the outcome and tells everybody, as [`Request::complete_at_once`] does. Gives the
    /// payload back if no packet takes it.
    #[inline(always)]
    pub(crate) fn complete(&mut self, completion: Completion, quiet: bool) -> Option<Box<dyn Any + Send>> {
        let mut payload = self.request.payload.get_mut().take();
        let request = &self.request;
        let port = request.port(quiet);
        request.block.finish(completion.status, completion.bytes);
        request.tell(completion, port, |key| match payload.take() {
            Some(payload) => request.carrying(payload),
            None => request.numbers(key),
        });
        payload
    }

    /// Is there nothing in it to drop, once its payload was taken? Most have nothing, and to drop them field by field takes longer.
    #[inline(always)]
    pub(crate) fn is_bare(&self) -> bool {
        let Request { event, parameters, alerts, .. } = &self.request;
        // Nobody has waited for a draft, so that its watch has nothing but a routine.
        event.is_none() && parameters.parts.is_empty() && parameters.details.is_none() && !alerts
    }
}

impl Deref for Draft<'_> {
    type Target = Request;

    #[inline(always)]
    fn deref(&self) -> &Request {
        &self.request
    }
}

/// A request's reference to its instance: its own, or its issuer's while it is a draft.
pub(super) struct Held {
    instance: ManuallyDrop<Arc<Instance>>,
    owner: Owner,
}

/// As wide as what it stands beside, so that the request is written in whole words, which the processor can read back at once.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Owner {
    Issuer,
    Request,
}

impl Held {
    /// To be used no longer than `instance` is there, unless it is counted by then; [`Draft`] sees to that.
    #[inline(always)]
    pub(super) fn borrowed(instance: &Arc<Instance>) -> Self {
        // SAFETY: the copy is as good as the original while that is there, and drops nothing until it is counted.
        Self { instance: ManuallyDrop::new(unsafe { std::ptr::read(instance) }), owner: Owner::Issuer }
    }

    #[inline(always)]
    fn count(&mut self) {
        if self.owner == Owner::Issuer {
            std::mem::forget(Arc::clone(&self.instance));
            self.owner = Owner::Request;
        }
    }
}

impl Deref for Held {
    type Target = Arc<Instance>;

    #[inline(always)]
    fn deref(&self) -> &Arc<Instance> {
        &self.instance
    }
}

impl Drop for Held {
    #[inline(always)]
    fn drop(&mut self) {
        if self.owner == Owner::Request {
            // SAFETY: it has a reference of its own, which nobody uses after this.
            unsafe { ManuallyDrop::drop(&mut self.instance) };
        }
    }
}
