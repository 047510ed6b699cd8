//! What a port knows, under one lock; and one step of its work.
//!
//! [`State::advance`] brings everything as far as it goes without blocking: what has come is taken in, reads are served, the
//! other end is stopped or let go on, output is sent, clocks are looked at, and a wait for events is answered. What is to be
//! done without the lock, completions above all, is gathered in a [`Turn`]. The parts are in `input`, `output` and `events`.

use super::line::Line;
use super::settings::{QUEUE, Settings};
use super::timing::Running;
use overlapped_abi::Status;
use overlapped_abi::constants::serial as c;
use overlapped_kernel::clock::Tick;
use overlapped_kernel::request::{Completion, Function, RequestRef};
use std::collections::VecDeque;
use std::sync::Arc;

/// What is left to do when the lock is free again.
#[derive(Default)]
pub(crate) struct Turn {
    /// Requests that were pending and are complete.
    pub done: Vec<(RequestRef, Completion)>,
    /// When to come again.
    pub next: Option<Tick>,
}

impl Turn {
    pub fn end(&mut self, request: RequestRef, status: Status) {
        let bytes = request.progress();
        self.done.push((request, Completion { status, bytes }));
    }

    pub fn come_at(&mut self, when: Option<Tick>) {
        self.next = self.next.into_iter().chain(when).min();
    }
}

/// A transfer that waits.
pub(crate) struct Transfer {
    pub request: RequestRef,
    /// Once it is the oldest.
    pub clock: Option<Running>,
}

impl Transfer {
    pub fn new(request: RequestRef) -> Self {
        Self { request, clock: None }
    }

    pub fn left(&self) -> usize {
        self.request.buffer().len - self.request.progress()
    }
}

/// See the module page.
pub(crate) struct State {
    pub settings: Settings,
    pub in_size: usize,
    pub out_size: usize,
    /// Received and not read.
    pub queue: VecDeque<u8>,
    pub reads: VecDeque<Transfer>,
    pub writes: VecDeque<Transfer>,
    pub flushes: Vec<RequestRef>,
    /// XON and XOFF on their way out: ahead of everything.
    pub urgent: VecDeque<u8>,
    /// TransmitCommChar: ahead of what is written.
    pub immediate: Option<u8>,
    /// Something was sent, and the end of that was not noticed yet.
    pub sending: bool,
    pub dtr: bool,
    pub rts: bool,
    pub breaking: bool,
    /// XOFF was received, or somebody said so.
    pub xoff_held: bool,
    pub xoff_sent: bool,
    /// MS_*_ON at the last look.
    pub modem: u32,
    pub mask: u32,
    /// EV_* that have happened and were not told.
    pub history: u32,
    pub waiter: Option<RequestRef>,
    /// CE_*.
    pub errors: u32,
    /// fAbortOnError has struck: nothing goes until ClearCommError.
    pub aborted: bool,
    /// The line is no more: what requests end with.
    pub gone: Option<Status>,
    /// What is received tells of the lines, too.
    pub inserts: Option<Inserts>,
}

/// How that stands among what is received (IOCTL_SERIAL_LSRMST_INSERT).
#[derive(Clone, Copy)]
pub(crate) struct Inserts {
    /// What goes before it.
    pub escape: u8,
}

impl State {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            in_size: QUEUE,
            out_size: QUEUE,
            queue: VecDeque::new(),
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            flushes: Vec::new(),
            urgent: VecDeque::new(),
            immediate: None,
            sending: false,
            dtr: false,
            rts: false,
            breaking: false,
            xoff_held: false,
            xoff_sent: false,
            modem: 0,
            mask: 0,
            history: 0,
            waiter: None,
            errors: 0,
            aborted: false,
            gone: None,
            inserts: None,
        }
    }

    /// See the module page.
    pub fn advance(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) {
        self.look(line, now);
        self.receive(line, now, turn);
        self.throttle(line);
        self.send(line, now, turn);
        self.answer(turn);
        self.abort(turn);
        self.plan(line, now, turn);
    }

    /// How the line stands, and what it has noticed.
    fn look(&mut self, line: &dyn Line, now: Tick) {
        let look = line.look();
        self.modem = look.status;
        self.insert_modem_status(look.changes, now);
        self.insert_line_status(look.errors, false, now);
        self.note(look.changes);
        self.fail(look.errors);
    }

    /// The line is no more: everything ends.
    pub fn vanish(&mut self, status: Status, turn: &mut Turn) {
        self.gone = Some(status);
        self.end_transfers(status, turn);
        self.flushes.drain(..).chain(self.waiter.take()).for_each(|request| turn.end(request, status));
    }

    /// All reads and writes end.
    pub fn end_transfers(&mut self, status: Status, turn: &mut Turn) {
        self.end_reads(status, turn);
        self.end_writes(status, turn);
    }

    pub fn end_reads(&mut self, status: Status, turn: &mut Turn) {
        self.reads.drain(..).for_each(|read| turn.end(read.request, status));
    }

    pub fn end_writes(&mut self, status: Status, turn: &mut Turn) {
        self.writes.drain(..).for_each(|write| turn.end(write.request, status));
    }

    /// What a new request meets before anything else.
    pub fn refusal(&self) -> Option<Status> {
        self.gone.or(self.aborted.then_some(Status::CANCELLED))
    }

    /// Takes a pending request on.
    pub fn take_on(&mut self, request: RequestRef, turn: &mut Turn) {
        let refusal = if request.is_cancelling() { Some(Status::CANCELLED) } else { self.gone };
        let aborted = self.aborted && matches!(request.function(), Function::Read | Function::Write);
        if let Some(status) = refusal.or(aborted.then_some(Status::CANCELLED)) {
            return turn.end(request, status);
        }
        match request.function() {
            Function::Read => self.reads.push_back(Transfer::new(request)),
            Function::Write => self.writes.push_back(Transfer::new(request)),
            Function::Flush => self.flushes.push(request),
            // Another thread's wait was quicker.
            _ if self.waiter.is_some() => turn.end(request, Status::INVALID_PARAMETER),
            _ => self.waiter = Some(request),
        }
    }

    /// Ends one request with 995; false if it is not here.
    pub fn take_out(&mut self, request: &RequestRef, turn: &mut Turn) -> bool {
        let is_it = |other: &RequestRef| Arc::ptr_eq(other, request);
        let reads = self.reads.iter().position(|read| is_it(&read.request));
        let writes = self.writes.iter().position(|write| is_it(&write.request));
        let flushes = self.flushes.iter().position(is_it);
        let found = if let Some(place) = reads {
            self.reads.remove(place).map(|read| read.request)
        } else if let Some(place) = writes {
            self.writes.remove(place).map(|write| write.request)
        } else if let Some(place) = flushes {
            Some(self.flushes.remove(place))
        } else {
            self.waiter.take_if(|waiter| is_it(waiter))
        };
        let Some(request) = found else { return false };
        turn.end(request, Status::CANCELLED);
        true
    }

    /// When to come again.
    fn plan(&self, line: &dyn Line, now: Tick, turn: &mut Turn) {
        let clocks = [self.reads.front(), self.writes.front()].into_iter().flatten().filter_map(|t| t.clock);
        turn.next = clocks.filter_map(|clock| clock.deadline()).min();
        if self.has_output() || self.sending {
            turn.come_at(line.next(now));
        }
        if self.sending && !self.has_output() && self.wants_drain() {
            turn.come_at(self.drain_time(line, now));
        }
        const LINES: u32 = c::EV_CTS | c::EV_DSR | c::EV_RLSD | c::EV_RING | c::EV_BREAK | c::EV_ERR;
        let waits = self.waiter.is_some() && self.mask & LINES != 0;
        if waits || self.has_output() && self.held_by_lines() {
            turn.come_at(line.look_every().map(|interval| now.plus(interval)));
        }
    }
}
