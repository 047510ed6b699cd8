//! What an observer is told.

use overlapped_kernel::System;
use overlapped_kernel::port::{DeviceLine, PacketLine, Snapshot};
use serde::{Deserialize, Serialize};

/// The version of the format: another one is not understood.
pub const VERSION: u32 = 1;

/// A program at one moment.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Observation {
    /// [`VERSION`].
    pub version: u32,
    /// The process's number.
    pub process: u32,
    /// The program's file.
    pub program: String,
    /// The engine that carries its requests out.
    pub engine: String,
    /// Open handles.
    pub handles: usize,
    /// Requests that are not complete.
    pub requests: usize,
    /// The ports that are not closed, oldest first.
    pub ports: Vec<Port>,
}

/// A port's five structures. The picture is consistent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Port {
    /// Its number within the process; no other port gets it.
    pub number: u64,
    /// How many threads it lets run.
    pub concurrency: u32,
    /// How many run, as it counts them.
    pub active: u32,
    /// All queued packets.
    pub queued: usize,
    /// The device list, in the order of association.
    pub devices: Vec<Device>,
    /// The completion queue, oldest first; the first 1024 packets of it.
    pub packets: Vec<Packet>,
    /// Waiting threads, the next to be woken first.
    pub waiting: Vec<Thread>,
    /// Released threads.
    pub released: Vec<Thread>,
    /// Paused threads.
    pub paused: Vec<Paused>,
}

/// A device of a port.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Device {
    /// Its completion key; 0 in the Rust face, whose keys are values of the program's.
    pub key: usize,
    /// What it is, its descriptor included.
    pub description: String,
}

/// A packet that waits for a thread.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Packet {
    /// Its completion key; 0 in the Rust face.
    pub key: usize,
    /// Its device as a place in [`Port::devices`]; none for what was posted and in the C face, where the key tells.
    pub device: Option<usize>,
    /// Bytes transferred, or what was posted.
    pub bytes: u32,
    /// How the request ended, as an NTSTATUS.
    pub status: u32,
    /// Nanoseconds that it has been queued, at least.
    pub age: u64,
}

/// A thread.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// Its number, as Linux gives it.
    pub number: u32,
    /// Its name, if it still exists.
    pub name: String,
}

/// A thread that blocks, and in what.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Paused {
    /// The thread.
    pub thread: Thread,
    /// In what it blocks.
    pub why: String,
}

impl Observation {
    /// Of this process's `system`, now.
    #[must_use]
    pub fn of(system: &System) -> Self {
        let program = std::env::current_exe().map(|path| path.to_string_lossy().into_owned());
        let pictures = system.snapshots().into_iter();
        Self {
            version: VERSION,
            process: std::process::id(),
            program: program.unwrap_or_default(),
            engine: system.engine().name().to_owned(),
            handles: system.open_handles(),
            requests: system.outstanding(),
            ports: pictures.filter(|(_, picture)| !picture.closed).map(|(n, picture)| Port::of(n, &picture)).collect(),
        }
    }
}

impl Port {
    fn of(number: u64, picture: &Snapshot) -> Self {
        let threads = |numbers: &[u32]| numbers.iter().map(|&number| Thread::of(number)).collect();
        let paused = |pause: &overlapped_kernel::port::Pause| Paused {
            thread: Thread::of(pause.thread),
            why: pause.why.to_string(),
        };
        Self {
            number,
            concurrency: picture.concurrency,
            active: picture.active,
            queued: picture.queued,
            devices: picture.devices.iter().map(Device::of).collect(),
            packets: picture.packets.iter().map(Packet::of).collect(),
            waiting: threads(&picture.waiting),
            released: threads(&picture.released),
            paused: picture.paused.iter().map(paused).collect(),
        }
    }
}

impl Device {
    fn of(line: &DeviceLine) -> Self {
        Self { key: line.key, description: line.to_string() }
    }
}

impl Packet {
    fn of(line: &PacketLine) -> Self {
        let age = u64::try_from(line.age.as_nanos()).unwrap_or(u64::MAX);
        Self { key: line.key, device: line.device, bytes: line.bytes, status: line.status.0, age }
    }
}

impl Thread {
    fn of(number: u32) -> Self {
        let name = std::fs::read_to_string(format!("/proc/self/task/{number}/comm")).unwrap_or_default();
        Self { number, name: name.trim_end().to_owned() }
    }
}
