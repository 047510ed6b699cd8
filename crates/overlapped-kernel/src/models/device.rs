//! A device for models: it keeps requests until somebody feeds them or wants their end.

use crate::clock::Tick;
use crate::device::{Device, FileType, Next, Start};
use crate::dispatcher::Event;
use crate::engine::{Engine, Operation, RawResult};
use crate::idle::Idle;
use crate::instance::Instance;
use crate::limits::{Accounts, Limits};
use crate::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use crate::road::{Call, Reply, Report};
use crate::sync::Mutex;
use crate::system::WeakSystem;
use overlapped_abi::Status;
use std::collections::VecDeque;
use std::sync::Arc;

/// See the module page. Each piece of data is for one request.
#[derive(Default)]
pub(super) struct Queue {
    held: Mutex<Held>,
    /// It shows what waits here, so that no list need have it.
    shows: bool,
}

#[derive(Default)]
struct Held {
    requests: VecDeque<RequestRef>,
    data: usize,
}

impl Queue {
    /// One that shows its requests.
    #[cfg(not(shuttle))]
    pub(super) fn shown() -> Self {
        Self { shows: true, ..Self::default() }
    }

    /// Data for the oldest request, or for the next one.
    pub(super) fn feed(&self) {
        let request = {
            let mut held = self.held.lock();
            let request = held.requests.pop_front();
            held.data += usize::from(request.is_none());
            request
        };
        request.into_iter().for_each(|request| request.complete(Completion::success(4)));
    }

    /// Data that no request has taken.
    pub(super) fn left(&self) -> usize {
        self.held.lock().data
    }
}

// SAFETY: its requests have no memory; each is taken off the list by the one party that completes it.
unsafe impl Device for Queue {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn start(&self, _: &Request) -> Start {
        if self.shows { Start::Wait } else { Start::Queue }
    }

    fn each_waiting(&self, look: &mut dyn FnMut(&RequestRef)) {
        self.held.lock().requests.iter().for_each(look);
    }

    fn enqueue(&self, request: RequestRef) {
        let completion = {
            let mut held = self.held.lock();
            if request.is_cancelling() {
                Completion::failure(Status::CANCELLED)
            } else if held.data > 0 {
                held.data -= 1;
                Completion::success(4)
            } else {
                return held.requests.push_back(request);
            }
        };
        request.complete(completion);
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        let waits = {
            let mut held = self.held.lock();
            let place = held.requests.iter().position(|waits| Arc::ptr_eq(waits, request));
            place.and_then(|place| held.requests.remove(place))
        };
        let found = waits.is_some();
        waits.into_iter().for_each(|request| request.complete(Completion::failure(Status::CANCELLED)));
        found
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        unreachable!("no operation of an engine")
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// An engine that has nothing to do.
struct NoEngine;

// SAFETY: it takes no operation over.
unsafe impl Engine for NoEngine {
    fn name(&self) -> &'static str {
        "none"
    }

    unsafe fn attempt(&self, _: &Operation) -> Option<RawResult> {
        unreachable!("the device does everything")
    }

    unsafe fn perform(&self, _: &Operation) -> RawResult {
        unreachable!("the device does everything")
    }

    unsafe fn submit(&self, _: RequestRef, _: Operation) {
        unreachable!("the device does everything")
    }

    fn cancel(&self, _: &RequestRef) {}

    fn now(&self) -> Tick {
        Tick(0)
    }
}

/// An instance with one handle.
pub(super) fn open(queue: &Arc<Queue>, overlapped: bool) -> Arc<Instance> {
    let (engine, accounts) = (Arc::new(NoEngine), Arc::new(Accounts::new(Limits::NONE)));
    let instance =
        Instance::new(Arc::clone(queue) as _, overlapped, engine, Arc::new(Idle), WeakSystem::none(), accounts);
    instance.handle_opened();
    instance
}

/// A read.
pub(super) fn call(event: Option<Arc<Event>>) -> Call {
    Call {
        function: Function::Read,
        position: Position::At(0),
        buffer: Buffer { start: std::ptr::null_mut(), len: 0 },
        route: Route { event, packet: true, routine: None },
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
    }
}

/// Issues a read, which is pending or done already.
pub(super) fn issue(instance: &Arc<Instance>, event: Option<&Arc<Event>>) -> RequestRef {
    // SAFETY: neither memory nor an OVERLAPPED.
    match unsafe { instance.call(call(event.cloned())) } {
        Ok(Reply::Pending(request) | Reply::Done(request, _)) => request,
        Err(refused) => panic!("{refused:?}"),
    }
}
