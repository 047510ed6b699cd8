//! A consistent picture of a port's five structures (contract 00 section 0.6).

use super::member::Standing;
use super::{Packet, Port};
use overlapped_abi::Status;

/// What a thread of the port is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadState {
    /// In the waiting stack.
    Waiting,
    /// Running, and counted against the concurrency value.
    Released,
    /// Blocked elsewhere.
    Paused,
}

/// The five structures at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Completion keys of the associated devices, in the order of association.
    pub devices: Vec<usize>,
    /// Queued packets, oldest first: key (0 in the Rust face), bytes, status.
    pub packets: Vec<(usize, u32, Status)>,
    /// Waiting threads, newest (the next to be woken) first.
    pub waiting: Vec<u32>,
    /// Released threads.
    pub released: Vec<u32>,
    /// Paused threads.
    pub paused: Vec<u32>,
    /// The concurrency value.
    pub concurrency: u32,
    /// Released threads as the port counts them.
    pub active: u32,
}

impl Port {
    /// Takes a picture. Costs one copy of what is there, under the lock.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let queue = self.queue.lock();
        let with =
            |standing| queue.members.iter().filter(move |m| m.member.standing() == standing).map(|m| m.id()).collect();
        let line = |p: &Packet| (p.numbers().0, p.bytes, p.status);
        Snapshot {
            devices: self.devices.lock().iter().map(|(_, key)| *key).collect(),
            packets: queue.packets.iter().map(line).collect(),
            waiting: queue.waiting.iter().rev().map(|w| w.thread.id()).collect(),
            released: with(Standing::Released),
            paused: with(Standing::Paused),
            concurrency: queue.limit,
            active: queue.active,
        }
    }
}
