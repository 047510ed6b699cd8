//! Requests of one direction that wait for the socket, oldest first, and the turn of each.
//!
//! A lane is *open* while an attempt may succeed. It closes when Linux says EAGAIN, or when a short receive shows that nothing is
//! left, and opens when the engine tells of readiness. Both happen under the lane's lock, which is held across the attempt: so a
//! readiness that the attempt did not see opens the lane afterwards. A new request is attempted by its caller only if the lane is
//! empty, so it never overtakes, and open.
//!
//! A lane is *expected* to become ready from its first waiting request until it does so although none waits, and as long as any is, the
//! engine is polled. So a server that always has the next request waiting changes no counter that all threads share, and its closed
//! lanes are closed for sure. One that is not expected is believed to be closed for a moment only. Drawback: after its last request
//! a socket is polled until something comes that nobody wants.
//!
//! Nothing is completed under the lock. Drawback: two threads that send on one socket wait for each other's calls, which never
//! block.

use super::core::{Core, Flags};
use super::job::{Job, Step};
use super::queue::Queue;
use super::sys;
use overlapped_abi::Status;
use overlapped_kernel::engine::Operation;
use overlapped_kernel::request::{Completion, RequestRef};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// The direction of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Receives and accepts.
    In,
    /// Sends and connects.
    Out,
    /// Receives of urgent data, which neither wait for others nor keep them waiting.
    Urgent,
}

/// See the module page.
pub(super) struct Lane {
    pub queue: Queue,
    pub open: bool,
    /// Its readiness is expected of the engine.
    pub expected: bool,
    /// When it closed (`sys::moment`), if it was not expected then.
    closed_at: u32,
    /// The oldest request is elsewhere for a moment, and comes back.
    pub held: bool,
}

impl Lane {
    pub fn new() -> Self {
        Self { queue: Queue::default(), open: true, expected: false, closed_at: 0, held: false }
    }

    /// An attempt would have to wait now.
    #[inline]
    pub fn close(&mut self) {
        self.open = false;
        if !self.expected {
            self.closed_at = sys::moment();
        }
    }

    /// May a new request be attempted at once? When nobody need have polled for a while, what closed the lane may be true no more.
    #[inline]
    pub fn is_free(&mut self) -> bool {
        if !self.open && !self.expected && self.is_empty() && sys::moment() != self.closed_at {
            self.open = true;
        }
        self.open && self.is_empty()
    }

    /// Is there a request whose attempt may succeed?
    pub fn can_go_on(&self) -> bool {
        self.open && !self.held && !self.queue.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && !self.held
    }

    /// Does a request wait here for a connection to be made?
    pub fn is_connecting(&self) -> bool {
        self.queue.iter().any(|request| matches!(Job::of(request), Job::Connect(_)))
    }
}

/// What [`Core::turn`] came to.
enum Turn {
    Nothing,
    Complete(RequestRef, Completion),
    Move(RequestRef),
    Fetch(RequestRef, Operation),
    Renew(RequestRef, Completion),
    Again,
}

impl Core {
    /// Takes on a pending request; one that was fetched for comes back to its place.
    pub fn enqueue(self: &Arc<Self>, request: RequestRef) {
        let job = Job::of(&request);
        let (side, first) = (job.side(), job.comes_back());
        match side {
            Side::In => {}
            Side::Out => {
                let _ = self.output_waits();
            }
            Side::Urgent => self.add(Flags::URGENT_WANTED),
        }
        let goes_on = {
            let mut lane = self.lane(side).lock();
            if first {
                lane.held = false;
            }
            // Whoever cancels marks the request before it takes this lock: either the mark is seen here, or the request there.
            let refused = if request.is_cancelling() {
                Err(Status::CANCELLED)
            } else {
                // One that was accepted just before the close ends as the others do.
                let status = |error| if self.is_closed() { Status::CANCELLED } else { self.status(error) };
                self.ensure_watched().map_err(status)
            };
            if let Err(status) = refused {
                drop(lane);
                return self.refuse(&request, side, status);
            }
            self.expect(&mut lane);
            if first {
                lane.queue.push_front(request);
            } else {
                lane.queue.push_back(request);
            }
            lane.can_go_on()
        };
        if goes_on {
            self.pump(side);
        }
    }

    /// Room to send matters from now on. False if it did not before: then it may have come meanwhile, unseen, and another attempt is to
    /// be made before anybody waits for it.
    pub fn output_waits(&self) -> bool {
        if self.has(Flags::OUTPUT_WAITED) {
            return true;
        }
        self.add(Flags::OUTPUT_WAITED);
        false
    }

    /// A request that was pending already does not wait here after all.
    #[cold]
    fn refuse(self: &Arc<Self>, request: &RequestRef, side: Side, status: Status) {
        let bytes = request.progress();
        self.over(request);
        request.complete(Completion { status: self.ending(request, status), bytes });
        self.pump(side);
    }

    /// The socket is ready for this direction.
    pub fn open(self: &Arc<Self>, side: Side) {
        let mut lane = self.lane(side).lock();
        lane.open = true;
        if side == Side::In {
            self.is_quiet_now(false);
        }
        if lane.is_empty() {
            return self.expect_no_more(&mut lane);
        }
        self.go_on(lane, side);
    }

    /// The lane's readiness matters to somebody.
    #[inline]
    fn expect(&self, lane: &mut Lane) {
        if !lane.expected {
            lane.expected = true;
            self.engine().expect(1);
        }
    }

    /// It matters to nobody.
    pub fn expect_no_more(&self, lane: &mut Lane) {
        if lane.expected {
            lane.expected = false;
            self.engine().expect(-1);
        }
    }

    /// Makes attempts for the waiting requests while they succeed.
    pub fn pump(self: &Arc<Self>, side: Side) {
        self.go_on(self.lane(side).lock(), side);
    }

    fn go_on<'a>(self: &'a Arc<Self>, mut lane: MutexGuard<'a, Lane>, side: Side) {
        while lane.can_go_on() {
            let (turn, more) = self.turn(lane);
            match turn {
                Turn::Nothing => return,
                // It may have been acknowledged meanwhile.
                Turn::Again => self.acknowledge(),
                Turn::Complete(request, completion) => request.end(completion),
                Turn::Move(request) => {
                    let target = Job::of(&request).target().map(Arc::clone);
                    let Some(target) = target else { unreachable!("only an accept goes on elsewhere") };
                    target.enqueue(request);
                }
                Turn::Renew(request, completion) => {
                    // Nothing of the old connection stays.
                    self.end_all(Side::In, Status::CONNECTION_ABORTED);
                    if self.spare_if_any().is_some() {
                        self.end_all(Side::Urgent, Status::CONNECTION_ABORTED);
                    }
                    let renewed = self.renew().map_err(|error| Completion::failure(self.status(error)));
                    request.complete(renewed.err().unwrap_or(completion));
                }
                // SAFETY: the request holds the file and with it the descriptor; a fetch uses no memory of the caller.
                Turn::Fetch(request, operation) => unsafe { self.engine().submit(request, operation) },
            }
            if !more {
                return;
            }
            lane = self.lane(side).lock();
        }
    }

    /// Makes an attempt for the oldest request; and whether there may be another one to make.
    fn turn(self: &Arc<Self>, mut lane: MutexGuard<'_, Lane>) -> (Turn, bool) {
        let Some(request) = lane.queue.pop_front() else { return (Turn::Nothing, false) };
        let Ok(fd) = self.fd_under(&lane) else {
            lane.queue.push_front(request);
            return (Turn::Nothing, false);
        };
        let turn = match Job::of(&request).step(self, &fd, &request) {
            Step::Wait => {
                lane.close();
                lane.queue.push_front(request);
                Turn::Nothing
            }
            Step::Done(completion) => Turn::Complete(request, completion),
            Step::Drained(completion) => {
                lane.close();
                self.is_quiet_now(lane.expected);
                Turn::Complete(request, completion)
            }
            Step::Elsewhere => Turn::Move(request),
            Step::HandedOver(completion) => {
                self.await_acknowledgement(&fd, request, completion);
                Turn::Again
            }
            // The lane is another socket's then.
            Step::Renew(completion) => return (Turn::Renew(request, completion), true),
            Step::Fetch(operation) => {
                lane.held = true;
                Turn::Fetch(request, operation)
            }
        };
        (turn, lane.can_go_on())
    }

    /// Takes a request out of its queue, and ends it; false if it is not here.
    pub fn cancel(self: &Arc<Self>, request: &RequestRef) -> bool {
        // From the lane of sends they go on to those that wait for their acknowledgement.
        let found = self.take_out(Side::In, request).or_else(|| self.take_out(Side::Out, request)).or_else(|| {
            self.spare_if_any()?;
            self.take_out(Side::Urgent, request).or_else(|| self.forget_unacknowledged(request))
        });
        let Some(request) = found else { return false };
        self.over(&request);
        let (status, bytes) = (self.ending(&request, Status::CANCELLED), request.progress());
        request.complete(Completion { status, bytes });
        true
    }

    /// Shows what waits in the lanes, and what was handed over.
    pub fn each_waiting(&self, look: &mut dyn FnMut(&RequestRef)) {
        let mut each = |lane: &Mutex<Lane>| lane.lock().queue.iter().for_each(&mut *look);
        each(&self.input);
        each(&self.output);
        if let Some(spare) = self.spare_if_any() {
            each(&spare.urgent);
            self.each_unacknowledged(look);
        }
    }

    fn take_out(&self, side: Side, request: &RequestRef) -> Option<RequestRef> {
        let mut lane = self.lane(side).lock();
        let place = lane.queue.iter().position(|waiting| Arc::ptr_eq(waiting, request))?;
        lane.queue.remove(place)
    }

    /// The oldest request of the lane, which was elsewhere, does not come back.
    pub fn release(self: &Arc<Self>, side: Side) {
        self.lane(side).lock().held = false;
        self.pump(side);
    }

    /// Ends everything that waits here.
    pub fn end_all(self: &Arc<Self>, side: Side, status: Status) {
        loop {
            let Some(request) = self.lane(side).lock().queue.pop_front() else { return };
            let bytes = request.progress();
            request.complete(Completion { status, bytes });
        }
    }

    /// What a request that is ended early leaves behind.
    fn over(self: &Arc<Self>, request: &RequestRef) {
        match Job::of(request) {
            Job::Accept(job) => job.over(),
            Job::Connect(_) if self.has(Flags::CONNECTING) => {
                let _deciding = self.deciding();
                if let Ok(fd) = self.fd() {
                    // Linux goes on connecting otherwise.
                    self.not_connected(&fd);
                }
            }
            _ => {}
        }
    }

    /// The status of a request that is ended early: transfers of a socket that closes are aborted (contract 08 section 9).
    fn ending(&self, request: &RequestRef, status: Status) -> Status {
        let transfer = matches!(Job::of(request), Job::Receive(_) | Job::Send(_));
        if status == Status::CANCELLED && transfer && request.instance().is_closed() {
            return Status::CONNECTION_ABORTED;
        }
        status
    }
}
