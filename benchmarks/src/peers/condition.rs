//! The event that programs make for themselves: a mutex, a flag and a condition variable.

use std::sync::{Condvar, Mutex};

use crate::benches::port::{Packet, Queue};
use crate::benches::wait::Signal;

/// See the module page.
pub struct Condition {
    state: Mutex<State>,
    changed: Condvar,
    /// A wait takes the signal.
    auto: bool,
}

struct State {
    signalled: bool,
    context: u64,
}

impl Condition {
    /// One that a wait resets.
    pub fn auto_reset() -> Self {
        Self::new(false, true)
    }

    /// One that is signalled and stays so.
    pub fn signalled() -> Self {
        Self::new(true, false)
    }

    fn new(signalled: bool, auto: bool) -> Self {
        Self { state: Mutex::new(State { signalled, context: 0 }), changed: Condvar::new(), auto }
    }

    fn signal(&self, context: u64) {
        let mut state = self.state.lock().expect("nobody panics under it");
        state.signalled = true;
        state.context = context;
        drop(state);
        self.changed.notify_one();
    }

    fn take(&self) -> u64 {
        let state = self.state.lock().expect("nobody panics under it");
        let mut state = self.changed.wait_while(state, |state| !state.signalled).expect("nobody panics under it");
        state.signalled = !self.auto;
        state.context
    }
}

impl Signal for Condition {
    fn set(&self) {
        self.signal(0);
    }

    fn wait(&self) -> bool {
        self.take();
        true
    }
}

impl Queue for Condition {
    fn post(&self, packet: Packet) {
        self.signal(packet.context);
    }

    fn get(&self) -> Packet {
        Packet::new(self.take())
    }
}
