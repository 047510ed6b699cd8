//! An event that other processes get while threads of this one set, reset and wait for it: no signal is lost, and none is doubled.

use super::check;
use crate::clock::{Tick, Timeout};
use crate::dispatcher::shared::{Attached, Exchange, Grip, Held, Refusal, Shared, Spec};
use crate::dispatcher::{Event, WaitRef, Waitable};
use crate::idle::Idle;
use crate::section::Section;
use crate::sync::Mutex;
use crate::wait::{Outcome, wait_any};
use loom::thread;
use overlapped_abi::Win32Error;
use std::ffi::OsStr;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The memory that processes share, in the model.
struct Memory {
    auto: bool,
    set: Mutex<bool>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

impl Shared for Memory {
    fn spec(&self) -> Spec {
        Spec::Event { auto: self.auto, signalled: false }
    }

    fn ready(&self, _thread: u32) -> Result<(), Refusal> {
        if *self.set.lock() { Ok(()) } else { Err(Refusal::NotSignalled) }
    }

    fn take(&self, _thread: u32) -> Result<Grip, Refusal> {
        let mut set = self.set.lock();
        if !*set {
            return Err(Refusal::NotSignalled);
        }
        *set = !self.auto;
        Ok(Grip { first: false, abandoned: false })
    }

    fn untake(&self, _thread: u32, _abandoned: bool) -> bool {
        self.set();
        false
    }

    fn set(&self) {
        *self.set.lock() = true;
    }

    fn reset(&self) {
        *self.set.lock() = false;
    }

    fn pulse(&self) {}

    fn release(&self, _n: i32) -> Result<i32, Win32Error> {
        Err(Win32Error::INVALID_HANDLE)
    }

    fn release_mutex(&self, _thread: u32) -> Result<bool, Win32Error> {
        Err(Win32Error::INVALID_HANDLE)
    }

    fn abandon(&self, _thread: u32) -> bool {
        false
    }

    fn restamp(&self, _heir: Option<(Tick, Option<Duration>)>) -> u64 {
        0
    }

    fn advance(&self, _next: Option<Tick>) {}

    fn stamp(&self) -> u64 {
        0
    }

    fn watch(&self) {}

    fn unwatch(&self) {}

    fn bind(&self, _object: Weak<dyn Waitable>) {}
}

struct Processes;

impl Exchange for Processes {
    fn attach(&self, _name: &OsStr, _create: Option<Spec>) -> Result<Option<Attached>, Win32Error> {
        Ok(None)
    }

    fn attach_section(&self, _name: &OsStr, new: Section) -> Result<(Section, bool), Win32Error> {
        Ok((new, false))
    }

    fn publish(&self, spec: Spec, _held: Held) -> Result<Arc<dyn Shared>, Win32Error> {
        let Spec::Event { auto, .. } = spec else { return Err(Win32Error::INVALID_PARAMETER) };
        Ok(Arc::new(Memory { auto, set: Mutex::new(false) }))
    }
}

fn take(event: &Arc<Event>, timeout: Timeout) -> bool {
    wait_any(&Idle, &[Arc::clone(event) as WaitRef], timeout, false) == Ok(Outcome::Object(0))
}

#[test]
fn a_signal_at_the_moment_of_sharing_reaches_its_waiter() {
    check(3, || {
        let event = Arc::new(Event::auto_reset(false));
        let (setter, waiter) = (Arc::clone(&event), Arc::clone(&event));
        let setter = thread::spawn(move || setter.set());
        let waiter = thread::spawn(move || take(&waiter, Timeout::Infinite));
        assert!(event.share(&Processes).is_ok());
        setter.join().unwrap();
        assert!(waiter.join().unwrap());
        assert!(!take(&event, Timeout::Poll), "one signal, one wait");
    });
}

#[test]
fn a_set_event_is_taken_once_whoever_shares_it_meanwhile() {
    check(3, || {
        let event = Arc::new(Event::auto_reset(true));
        let (sharer, other) = (Arc::clone(&event), Arc::clone(&event));
        let sharer = thread::spawn(move || assert!(sharer.share(&Processes).is_ok()));
        let other = thread::spawn(move || take(&other, Timeout::Poll));
        let own = take(&event, Timeout::Poll);
        sharer.join().unwrap();
        assert!(own ^ other.join().unwrap());
        assert!(!take(&event, Timeout::Poll));
    });
}

#[test]
fn a_reset_at_the_moment_of_sharing_counts() {
    check(3, || {
        let event = Arc::new(Event::manual_reset(true));
        let resetter = Arc::clone(&event);
        let resetter = thread::spawn(move || resetter.reset());
        assert!(event.share(&Processes).is_ok());
        resetter.join().unwrap();
        assert!(!take(&event, Timeout::Poll));
        event.set();
        assert!(take(&event, Timeout::Poll));
    });
}
