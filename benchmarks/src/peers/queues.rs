//! Channels: the queues that a Rust program would use if it had no port.

use crate::benches::port::{Packet, Queue};

/// An unbounded channel of the crate `crossbeam-channel`.
pub struct Crossbeam {
    sender: crossbeam_channel::Sender<Packet>,
    receiver: crossbeam_channel::Receiver<Packet>,
}

impl Crossbeam {
    /// An empty one.
    pub fn new() -> Self {
        let (sender, receiver) = crossbeam_channel::unbounded();
        Self { sender, receiver }
    }
}

impl Queue for Crossbeam {
    fn post(&self, packet: Packet) {
        self.sender.send(packet).expect("the receiver lives as long as the sender");
    }

    fn get(&self) -> Packet {
        self.receiver.recv().expect("the sender lives as long as the receiver")
    }
}

/// An unbounded channel of the crate `kanal`.
pub struct Kanal {
    sender: kanal::Sender<Packet>,
    receiver: kanal::Receiver<Packet>,
}

impl Kanal {
    /// An empty one.
    pub fn new() -> Self {
        let (sender, receiver) = kanal::unbounded();
        Self { sender, receiver }
    }
}

impl Queue for Kanal {
    fn post(&self, packet: Packet) {
        self.sender.send(packet).expect("the receiver lives as long as the sender");
    }

    fn get(&self) -> Packet {
        self.receiver.recv().expect("the sender lives as long as the receiver")
    }
}
