//! Waits on dispatcher objects: any of them or all of them, with a time limit, alertable or not (contract 04 section 8).
//!
//! A wait first looks without queuing itself: objects that are signalled on entry satisfy it in one atomic operation each,
//! lowest index first, and queued APCs come next. Otherwise the thread takes a ticket, queues itself at every object, and
//! sleeps until one party ends the wait. A wait for all takes nothing until it can take everything: it locks all its
//! objects in the order of their addresses, looks, and only then takes.

use crate::clock::{Tick, Timeout};
use crate::dispatcher::{Refusal, Taken, WaitRef, Waiter};
use crate::idle::Idle;
use crate::port::Reason;
use crate::thread::{Ending, Thread, Ticket};
use overlapped_abi::Win32Error;
use std::sync::Arc;

/// Most objects of one wait.
pub const MAXIMUM_WAIT_OBJECTS: usize = 64;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The object with this index satisfied it; 0 for a wait for all.
    Object(usize),
    /// The same, and a mutex among the satisfied objects was abandoned.
    Abandoned(usize),
    /// APCs ran; no object was taken.
    Alerted,
    /// The time was over.
    TimedOut,
}

/// A wait for all: one for the queues of all its objects.
#[derive(Debug)]
pub(crate) struct All {
    thread: Arc<Thread>,
    ticket: Ticket,
    /// Sorted by address, so that two waits lock in the same order.
    objects: Objects,
}

/// The objects of a wait for all, in locking order.
pub(crate) struct Objects(Vec<(u8, WaitRef)>);

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} objects", self.0.len())
    }
}

impl Objects {
    /// 87 if an object is there twice.
    fn new(objects: &[WaitRef]) -> Result<Self, Win32Error> {
        check_distinct(objects)?;
        let mut sorted: Vec<(u8, WaitRef)> = (0..).zip(objects.iter().cloned()).collect();
        sorted.sort_by_key(|(_, object)| object.dispatcher().order());
        // Twins have one signal, which no wait consumes.
        sorted.dedup_by_key(|(_, object)| object.dispatcher().order());
        Ok(Self(sorted))
    }

    /// Takes all objects if all are available and `commit` agrees; the ending names the first one that was abandoned.
    fn take_all(&self, thread: &Arc<Thread>, commit: impl FnOnce(Ending) -> bool) -> Result<Option<Ending>, Refusal> {
        let mut held: Vec<_> =
            self.0.iter().map(|(index, o)| (*index, o.dispatcher(), o.dispatcher().lock())).collect();
        held.iter().for_each(|(_, dispatcher, _)| dispatcher.hold());
        let mut ready = held.iter().try_for_each(|(_, dispatcher, inner)| dispatcher.ready(inner, thread));
        let mut ending = Ending::object(0);
        let mut committed = false;
        if ready.is_ok() {
            let mut taken: Vec<Taken> = Vec::with_capacity(held.len());
            for (index, dispatcher, inner) in &mut held {
                match dispatcher.take_locked(inner, thread) {
                    Ok(one) if one.abandoned => {
                        let index = match ending {
                            Ending::Satisfied { index: first, abandoned: true } => first.min(*index),
                            _ => *index,
                        };
                        ending = Ending::Satisfied { index, abandoned: true };
                        taken.push(one);
                    }
                    Ok(one) => taken.push(one),
                    // A held object that was ready stays ready, unless another process has it too and was faster.
                    Err(refusal) => {
                        ready = Err(refusal);
                        break;
                    }
                }
            }
            committed = ready.is_ok() && commit(ending);
            if !committed {
                for ((_, dispatcher, inner), one) in held.iter_mut().zip(taken) {
                    dispatcher.untake_locked(inner, thread, one);
                }
            }
        }
        held.iter().for_each(|(_, dispatcher, _)| dispatcher.unhold());
        ready.map(|()| committed.then_some(ending))
    }
}

impl All {
    pub(crate) fn is(&self, thread: &Arc<Thread>, ticket: Ticket) -> bool {
        self.ticket == ticket && Arc::ptr_eq(&self.thread, thread)
    }

    /// Who waits.
    pub(crate) fn thread(&self) -> &Arc<Thread> {
        &self.thread
    }

    /// One of its objects became available: ends the wait if all are.
    pub(crate) fn try_satisfy(&self) {
        let taken = self.objects.take_all(&self.thread, |ending| self.thread.end_wait(self.ticket, ending));
        if matches!(taken, Ok(Some(_))) {
            self.thread.wake();
        }
    }
}

/// Waits until one of the objects can be taken, and takes that one.
///
/// 87: no object, or more than [`MAXIMUM_WAIT_OBJECTS`]. 587: a mutex taken too often.
pub fn wait_any(idle: &Idle, objects: &[WaitRef], timeout: Timeout, alertable: bool) -> Result<Outcome, Win32Error> {
    check_count(objects)?;
    crate::thread::with_current(|thread| {
        if let Some(outcome) = take_first(thread, objects)? {
            return Ok(outcome);
        }
        if alertable && thread.run_apcs() {
            return Ok(Outcome::Alerted);
        }
        let Some(deadline) = deadline(idle, timeout) else {
            return Ok(Outcome::TimedOut);
        };
        let ticket = thread.begin_wait(alertable);
        let mut queued = 0;
        for (index, object) in (0..).zip(objects) {
            queued += 1;
            if !queue_for_any(thread, ticket, index, object) {
                break;
            }
        }
        let ending = finish(idle, thread, ticket, deadline);
        for object in &objects[..queued] {
            object.dispatcher().dequeue(thread, ticket);
        }
        Ok(outcome(thread, ending))
    })
}

/// Waits until all the objects can be taken together, and takes them.
///
/// 87: no object, more than [`MAXIMUM_WAIT_OBJECTS`], or one of them twice.
pub fn wait_all(idle: &Idle, objects: &[WaitRef], timeout: Timeout, alertable: bool) -> Result<Outcome, Win32Error> {
    check_count(objects)?;
    let sorted = Objects::new(objects)?;
    crate::thread::with_current(|thread| {
        match sorted.take_all(thread, |_| true) {
            Ok(Some(ending)) => return Ok(outcome(thread, ending)),
            Ok(None) | Err(Refusal::NotSignalled) => {}
            Err(Refusal::Recursion) => return Err(Win32Error::MUTANT_LIMIT_EXCEEDED),
        }
        if alertable && thread.run_apcs() {
            return Ok(Outcome::Alerted);
        }
        let Some(deadline) = deadline(idle, timeout) else {
            return Ok(Outcome::TimedOut);
        };
        let ticket = thread.begin_wait(alertable);
        let all = Arc::new(All { thread: Arc::clone(thread), ticket, objects: sorted });
        for (_, object) in &all.objects.0 {
            let dispatcher = object.dispatcher();
            dispatcher.enqueue(&mut dispatcher.lock(), Waiter::All(Arc::clone(&all)));
        }
        // Whatever was signalled while this thread queued itself found it in some queues only.
        all.try_satisfy();
        let ending = finish(idle, thread, ticket, deadline);
        for (_, object) in &all.objects.0 {
            object.dispatcher().dequeue(thread, ticket);
        }
        Ok(outcome(thread, ending))
    })
}

/// Signals one object and waits for another in one call (contract 04 section 8): `signal` runs first, and if it fails no wait
/// happens.
pub fn signal_and_wait(
    idle: &Idle,
    signal: impl FnOnce() -> Result<(), Win32Error>,
    object: WaitRef,
    timeout: Timeout,
    alertable: bool,
) -> Result<Outcome, Win32Error> {
    signal()?;
    wait_any(idle, &[object], timeout, alertable)
}

/// Sleeps for the time; with `alertable`, until an APC has run.
pub fn sleep(idle: &Idle, timeout: Timeout, alertable: bool) -> Outcome {
    crate::thread::with_current(|thread| {
        if alertable && thread.run_apcs() {
            return Outcome::Alerted;
        }
        let Some(deadline) = deadline(idle, timeout) else {
            std::thread::yield_now();
            return Outcome::TimedOut;
        };
        let ticket = thread.begin_wait(alertable);
        let ending = finish_for(Reason::Sleep, idle, thread, ticket, deadline);
        outcome(thread, ending)
    })
}

/// 87 if an object is there twice, which a wait for all refuses.
pub fn check_distinct(objects: &[WaitRef]) -> Result<(), Win32Error> {
    let mut known: Vec<usize> = objects.iter().map(|object| object.identity()).collect();
    known.sort_unstable();
    let twice = known.windows(2).any(|pair| pair[0] == pair[1]);
    if twice { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
}

fn check_count(objects: &[WaitRef]) -> Result<(), Win32Error> {
    if objects.is_empty() || objects.len() > MAXIMUM_WAIT_OBJECTS {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(())
}

/// The lowest object that is available on entry.
fn take_first(thread: &Arc<Thread>, objects: &[WaitRef]) -> Result<Option<Outcome>, Win32Error> {
    for (index, object) in objects.iter().enumerate() {
        match object.dispatcher().try_take(thread) {
            Ok(Taken { abandoned: false }) => return Ok(Some(Outcome::Object(index))),
            Ok(Taken { abandoned: true }) => return Ok(Some(Outcome::Abandoned(index))),
            Err(Refusal::NotSignalled) => {}
            Err(Refusal::Recursion) => return Err(Win32Error::MUTANT_LIMIT_EXCEEDED),
        }
    }
    Ok(None)
}

/// When the wait must end: `Some(None)` never, `None` it already has.
pub(crate) fn deadline(idle: &Idle, timeout: Timeout) -> Option<Option<Tick>> {
    match timeout {
        Timeout::Poll => None,
        Timeout::After(limit) => Some(Some(idle.now().plus(limit))),
        Timeout::Infinite => Some(None),
    }
}

/// Queues the thread at one object, unless the object satisfies the wait there and then; false if the wait has ended.
fn queue_for_any(thread: &Arc<Thread>, ticket: Ticket, index: u8, object: &WaitRef) -> bool {
    let dispatcher = object.dispatcher();
    let taken = {
        let mut inner = dispatcher.lock();
        dispatcher.enqueue(&mut inner, Waiter::Any { thread: Arc::clone(thread), ticket, index });
        match dispatcher.take_locked(&mut inner, thread) {
            Ok(taken) => taken,
            Err(_) => return true,
        }
    };
    if !thread.end_wait(ticket, Ending::Satisfied { index, abandoned: taken.abandoned }) {
        // Another object was faster: the signal is for somebody else.
        dispatcher.dequeue(thread, ticket);
        dispatcher.give_back(thread, taken);
    }
    false
}

/// Sleeps until the wait has ended, as a blocked thread of the port that it works for.
fn finish(idle: &Idle, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>) -> Ending {
    finish_for(Reason::Wait, idle, thread, ticket, deadline)
}

fn finish_for(reason: Reason, idle: &Idle, thread: &Arc<Thread>, ticket: Ticket, deadline: Option<Tick>) -> Ending {
    let _paused = thread.pause(reason);
    idle.sleep(thread, ticket, deadline)
}

fn outcome(thread: &Arc<Thread>, ending: Ending) -> Outcome {
    match ending {
        Ending::Satisfied { index, abandoned: false } => Outcome::Object(usize::from(index)),
        Ending::Satisfied { index, abandoned: true } => Outcome::Abandoned(usize::from(index)),
        Ending::TimedOut => Outcome::TimedOut,
        Ending::Alerted => {
            thread.run_apcs();
            Outcome::Alerted
        }
        Ending::Closed => unreachable!("only a port closes under a waiter"),
    }
}
