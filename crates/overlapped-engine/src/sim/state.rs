//! The simulation's world: its clock, what is to happen when, and the dice.

use super::builder::Settings;
use super::random::Random;
use super::trace::{TraceEntry, TraceEvent, Transfer};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Kind, Mode, Operation, RawResult};
use overlapped_kernel::request::RequestRef;
use rustix::io::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// Unbuffered transfers stay whole pages.
const PAGE: usize = 4096;

/// A submitted operation.
pub(super) struct Flight {
    pub(super) number: u64,
    pub(super) request: RequestRef,
    pub(super) operation: Operation,
    /// What it will come to.
    pub(super) fate: Fate,
    /// When, unless never.
    due: Option<u64>,
}

/// What an operation will come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A transfer of up to so many bytes.
    Transfer(usize),
    /// An error.
    Failure(Errno),
}

/// See the module page.
pub(super) struct State {
    pub(super) settings: Settings,
    pub(super) now: u64,
    random: Random,
    /// Submissions so far.
    last: u64,
    flights: BTreeMap<u64, Flight>,
    /// Operations by the time of their completion, then by number.
    schedule: BTreeSet<(u64, u64)>,
    pub(super) interrupted: bool,
    /// When a thread of the program last called.
    pub(super) called: Instant,
    trace: Vec<TraceEntry>,
    pub(super) untraced: usize,
}

impl State {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            random: Random::new(settings.seed),
            settings,
            now: 0,
            last: 0,
            flights: BTreeMap::new(),
            schedule: BTreeSet::new(),
            interrupted: false,
            called: Instant::now(),
            trace: Vec::new(),
            untraced: 0,
        }
    }

    pub(super) fn record(&mut self, operation: u64, event: TraceEvent) {
        if self.trace.len() < self.settings.trace_limit {
            self.trace.push(TraceEntry { at: Tick(self.now), operation, event });
        } else {
            self.untraced += 1;
        }
    }

    pub(super) fn trace(&self) -> Vec<TraceEntry> {
        self.trace.clone()
    }

    /// Is this attempt to succeed?
    pub(super) fn at_once(&mut self) -> bool {
        self.random.chance(self.settings.at_once)
    }

    /// Decides what becomes of an operation.
    pub(super) fn fate(&mut self, operation: &Operation) -> Fate {
        if self.random.chance(self.settings.failure)
            && let Some(error) = self.pick_error(operation.kind)
        {
            return Fate::Failure(error);
        }
        let unit = if operation.mode.contains(Mode::UNCACHED) { PAGE } else { 1 };
        let units = operation.len / unit;
        if units > 1 && operation.parts.is_none() && self.random.chance(self.settings.short) {
            let fewer = self.random.within(1..=units as u64 - 1) as usize;
            return Fate::Transfer(fewer * unit);
        }
        Fate::Transfer(operation.len)
    }

    /// How many bytes of a stream go out at a time.
    pub(super) fn cut(&mut self, len: usize) -> usize {
        if len > 1 && self.random.chance(self.settings.short) {
            return self.random.within(1..=len as u64 - 1) as usize;
        }
        len
    }

    fn pick_error(&mut self, kind: Kind) -> Option<Errno> {
        let fits = |of: &Option<Kind>| of.is_none_or(|of| of == kind);
        let count = self.settings.errors.iter().filter(|(of, _)| fits(of)).count();
        if count == 0 {
            return None;
        }
        let choice = self.random.within(0..=count as u64 - 1) as usize;
        self.settings.errors.iter().filter(|(of, _)| fits(of)).nth(choice).map(|(_, error)| *error)
    }

    /// Takes an operation in and decides when it completes.
    pub(super) fn admit(&mut self, request: RequestRef, operation: Operation) {
        self.last += 1;
        let number = self.last;
        request.set_engine_tag(number);
        let fate = self.fate(&operation);
        let due = (!self.random.chance(self.settings.never)).then(|| self.later());
        self.record(number, TraceEvent::Submitted(Transfer::from(&operation), due.map(Tick)));
        let flight = Flight { number, request, operation, fate, due: None };
        self.flights.insert(number, flight);
        if let Some(due) = due {
            self.reschedule(number, due);
        }
    }

    fn later(&mut self) -> u64 {
        let delay = self.random.within(self.settings.delay.clone());
        self.now.saturating_add(delay)
    }

    fn reschedule(&mut self, number: u64, due: u64) {
        if let Some(flight) = self.flights.get_mut(&number) {
            if let Some(old) = flight.due.replace(due) {
                self.schedule.remove(&(old, number));
            }
            self.schedule.insert((due, number));
        }
    }

    /// Puts back an operation whose descriptor was not ready.
    pub(super) fn put_back(&mut self, flight: Flight) {
        let number = flight.number;
        self.flights.insert(number, Flight { due: None, ..flight });
        let due = self.later();
        self.reschedule(number, due);
    }

    /// Somebody wants the end of this request.
    pub(super) fn cancel(&mut self, request: &RequestRef) {
        let number = request.engine_tag();
        let Some(flight) = self.flights.get(&number).filter(|f| Arc::ptr_eq(&f.request, request)) else {
            return;
        };
        let (endless, stream) = (flight.due.is_none(), flight.operation.mode.contains(Mode::STREAM));
        let in_time = endless || stream || !self.random.chance(self.settings.late_cancel);
        self.record(number, TraceEvent::Cancelled { in_time });
        if !in_time {
            return;
        }
        let soon = self.later();
        if let Some(flight) = self.flights.get_mut(&number) {
            flight.fate = Fate::Failure(Errno::CANCELED);
            let due = flight.due.map_or(soon, |due| due.min(soon));
            self.reschedule(number, due);
        }
    }

    /// When the next operation completes.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.schedule.first().map(|(due, _)| *due)
    }

    /// Goes to the time of the next completion and takes that operation.
    pub(super) fn advance(&mut self) -> Option<Flight> {
        let (due, number) = self.schedule.pop_first()?;
        self.now = self.now.max(due);
        let number = self.turn(number).unwrap_or(number);
        self.flights.remove(&number)
    }

    /// Streams give their data in the order of the requests (contract 03 section 3): if an older transfer of the same direction
    /// waits for the descriptor, it has this turn, and the other one takes the older one's time.
    fn turn(&mut self, number: u64) -> Option<u64> {
        let transfers = |f: &Flight| f.operation.mode.contains(Mode::STREAM) && matches!(f.fate, Fate::Transfer(_));
        let flight = self.flights.get(&number).filter(|f| transfers(f))?;
        let (fd, kind) = (flight.operation.fd, flight.operation.kind);
        let same = |f: &&Flight| transfers(f) && f.operation.fd == fd && f.operation.kind == kind && f.due.is_some();
        let older = self.flights.values().find(same).filter(|older| older.number < number)?;
        let (older, later) = (older.number, older.due?);
        self.schedule.remove(&(later, older));
        self.flights.get_mut(&number)?.due = None;
        self.reschedule(number, later);
        Some(older)
    }

    /// Nothing happens before `deadline`: goes there.
    pub(super) fn elapse(&mut self, deadline: Tick) {
        self.now = self.now.max(deadline.0);
        self.record(0, TraceEvent::Elapsed);
    }

    pub(super) fn in_flight(&self) -> usize {
        self.flights.len()
    }
}

/// The transfer that a fate allows.
pub(super) fn shortened(operation: &Operation, len: usize) -> Operation {
    if operation.parts.is_none() { Operation { len: operation.len.min(len), ..*operation } } else { *operation }
}

/// The outcome of an operation whose fate is settled without its descriptor.
pub(super) fn settled(fate: Fate) -> Option<RawResult> {
    match fate {
        Fate::Failure(error) => Some(Err(error)),
        Fate::Transfer(_) => None,
    }
}
