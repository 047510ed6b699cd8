//! The least that wakes a thread: one word, one futex.
//!
//! Room for one packet, which is all that a hand-over needs. A post costs a system call only if somebody
//! sleeps, and a sleeper does not spin before it sleeps.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::io::Errno;
use rustix::thread::futex;

use crate::benches::port::{Packet, Queue};

const EMPTY: u32 = 0;
const FULL: u32 = 1;
/// Empty, and the consumer sleeps or is about to.
const AWAITED: u32 = 2;

/// A place for one packet, with one producer and one consumer that take turns.
#[derive(Default)]
pub struct Futex {
    state: AtomicU32,
    context: AtomicU64,
}

impl Queue for Futex {
    fn post(&self, packet: Packet) {
        self.context.store(packet.context, Ordering::Relaxed);
        match self.state.swap(FULL, Ordering::AcqRel) {
            EMPTY => {}
            AWAITED => {
                futex::wake(&self.state, futex::Flags::PRIVATE, 1).expect("FUTEX_WAKE takes any word");
            }
            _ => panic!("a second packet before the first was taken"),
        }
    }

    fn get(&self) -> Packet {
        loop {
            let taken = self.state.compare_exchange(FULL, EMPTY, Ordering::Acquire, Ordering::Relaxed);
            if taken.is_ok() {
                return Packet::new(self.context.load(Ordering::Relaxed));
            }
            let sleeps = self.state.compare_exchange(EMPTY, AWAITED, Ordering::Relaxed, Ordering::Relaxed);
            if sleeps == Err(FULL) {
                continue;
            }
            match futex::wait(&self.state, futex::Flags::PRIVATE, AWAITED, None) {
                Ok(()) | Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => panic!("FUTEX_WAIT: {error}"),
            }
        }
    }
}
