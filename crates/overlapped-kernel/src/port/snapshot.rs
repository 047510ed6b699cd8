//! A consistent picture of a port's five structures (contract 00 section 0.6).
//!
//! Everything is copied under the port's two locks, so it is what was true at one moment; nothing is formatted, looked up or allocated
//! there beyond the lists themselves. Of a long completion queue the oldest packets are copied and the others counted,
//! so that a look at a port in trouble does not hold it up.

use super::member::Standing;
use super::{Cargo, Port, Reason};
use crate::device::FileType;
use crate::sentinel::Place;
use overlapped_abi::Status;
use std::fmt::{self, Display, Formatter};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

/// Packets that a picture shows at the most.
pub const SHOWN: usize = 1024;

/// A device of the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// The completion key that it was associated with; 0 in the Rust face, whose keys are values of the program's.
    pub key: usize,
    /// What kind of device it is.
    pub kind: FileType,
    /// Its descriptor of Linux, if it has one.
    pub descriptor: Option<RawFd>,
}

/// A packet in the completion queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketLine {
    /// Its completion key; 0 in the Rust face.
    pub key: usize,
    /// The device that it is of, as its place in the device list; none for what was posted, for what was
    /// done inside the call that asked for it, and in the C face, where the key tells.
    pub device: Option<usize>,
    /// Bytes transferred, or what was posted.
    pub bytes: u32,
    /// How the request ended.
    pub status: Status,
    /// How long it has been queued, at least. What was posted to an empty queue is known to a
    /// tick of the coarse clock (1 to 10 ms); others to the distance of 32 packets, and a
    /// lone packet that a thread left for itself to the distance of two pictures.
    pub age: Duration,
}

/// Why a thread is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has said so.
    Announced(Reason),
    /// The sentinel has found it there.
    Found(Place),
}

/// A paused thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The thread's number, as Linux gives it.
    pub thread: u32,
    /// In what it blocks.
    pub why: Why,
}

/// The five structures at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The associated devices, in the order of association.
    pub devices: Vec<DeviceLine>,
    /// Queued packets, oldest first; the first 1024 of them.
    pub packets: Vec<PacketLine>,
    /// All queued packets.
    pub queued: usize,
    /// Waiting threads, newest (the next to be woken) first.
    pub waiting: Vec<u32>,
    /// Released threads.
    pub released: Vec<u32>,
    /// Paused threads.
    pub paused: Vec<Pause>,
    /// The concurrency value.
    pub concurrency: u32,
    /// Released threads as the port counts them.
    pub active: u32,
    /// The port is closed: nothing comes in any more.
    pub closed: bool,
}

impl Snapshot {
    /// Is the thread with this number paused?
    #[must_use]
    pub fn is_paused(&self, thread: u32) -> bool {
        self.paused.iter().any(|pause| pause.thread == thread)
    }
}

impl Port {
    /// Takes a picture. Costs one copy of what is there, under the locks: some microseconds for dozens of threads.
    #[must_use]
    pub fn snapshot(self: &Arc<Self>) -> Snapshot {
        // The lists get their room without the lock; if there is more meanwhile, they grow.
        let (members, queued) = {
            let queue = self.queue.lock();
            (queue.members.len(), queue.packets.len())
        };
        let mut picture = Snapshot {
            devices: Vec::new(),
            packets: Vec::with_capacity(queued.min(SHOWN)),
            queued: 0,
            waiting: Vec::with_capacity(members),
            released: Vec::with_capacity(members),
            paused: Vec::with_capacity(members),
            concurrency: 0,
            active: 0,
            closed: false,
        };
        let mut owners = Vec::with_capacity(queued.min(SHOWN));
        let devices: Vec<_> = {
            let devices = self.devices.lock();
            self.copy_queue(&mut picture, &mut owners);
            devices.iter().map(|(device, key)| (device.clone(), *key)).collect()
        };
        for (packet, owner) in picture.packets.iter_mut().zip(owners) {
            packet.device = devices.iter().position(|(device, _)| std::ptr::eq(device.as_ptr(), owner));
        }
        picture.devices.extend(devices.iter().map(|(device, key)| {
            let device = device.upgrade();
            let descriptor = device.as_ref().and_then(|d| d.device().descriptor().map(|fd| fd.as_raw_fd()));
            DeviceLine { key: *key, kind: device.map_or(FileType::Unknown, |d| d.device().file_type()), descriptor }
        }));
        picture
    }

    fn copy_queue(self: &Arc<Self>, picture: &mut Snapshot, owners: &mut Vec<*const crate::instance::Instance>) {
        let mut queue = self.queue.lock();
        if queue.found != 0 {
            queue.refresh(None);
        }
        picture.queued = queue.packets.len();
        if picture.queued > 0 {
            // Whatever is here now is known to have been.
            queue.ages.mark(picture.queued);
        }
        let ages = queue.ages.of(picture.queued);
        for (packet, age) in queue.packets.iter().zip(ages).take(SHOWN) {
            let (key, status) = (packet.numbers().0, packet.status);
            picture.packets.push(PacketLine { key, device: None, bytes: packet.bytes, status, age });
            owners.push(match &packet.cargo {
                Cargo::Request(request) => Arc::as_ptr(request.instance()),
                _ => std::ptr::null(),
            });
        }
        picture.waiting.extend(queue.waiting.iter().rev().map(|w| w.thread.id()));
        for one in &queue.members {
            let thread = one.thread.id();
            match one.thread.member.standing() {
                Standing::Released | Standing::Called => picture.released.push(thread),
                Standing::Paused => {
                    let why = Why::Announced(one.thread.member.reason());
                    picture.paused.push(Pause { thread, why });
                }
                Standing::Asleep => {
                    let why = Why::Found(one.place.unwrap_or(Place::Somewhere));
                    picture.paused.push(Pause { thread, why });
                }
                Standing::Waiting | Standing::None => {}
            }
        }
        picture.concurrency = queue.limit;
        picture.active = queue.active;
        picture.closed = queue.closed;
    }
}

impl Display for Why {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Announced(Reason::Wait) => f.write_str("a wait"),
            Self::Announced(Reason::Sleep) => f.write_str("Sleep"),
            Self::Announced(Reason::SynchronousIo) => f.write_str("synchronous I/O"),
            Self::Announced(Reason::Lock) => f.write_str("a lock"),
            Self::Announced(Reason::Section) => f.write_str("a blocking section"),
            Self::Found(place) => write!(f, "{place}, unannounced"),
        }
    }
}

impl Display for Pause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.thread, self.why)
    }
}

impl Display for DeviceLine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FileType::Disk => "file",
            FileType::Char => "character device",
            FileType::Pipe => "pipe or socket",
            FileType::Unknown => "device",
        };
        write!(f, "{kind}")?;
        if let Some(descriptor) = self.descriptor {
            write!(f, " (descriptor {descriptor})")?;
        }
        write!(f, ", key {:#x}", self.key)
    }
}

impl Display for PacketLine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.device {
            Some(device) => write!(f, "of device {device}")?,
            None => write!(f, "key {:#x}", self.key)?,
        }
        write!(f, ", {} bytes, status {:#x}, {:.1?} old", self.bytes, self.status.0, self.age)
    }
}

/// One line for each structure that has anything in it, and one for each of its entries.
impl Display for Snapshot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let closed = if self.closed { ", closed" } else { "" };
        writeln!(f, "port: {} of {} threads run{closed}", self.active, self.concurrency)?;
        list(f, "devices", self.devices.len(), &self.devices)?;
        list(f, "queued packets", self.queued, &self.packets)?;
        threads(f, "waiting, the next to be woken first", &self.waiting)?;
        threads(f, "released", &self.released)?;
        list(f, "paused", self.paused.len(), &self.paused)
    }
}

/// Entries of a list that are written out.
const WRITTEN: usize = 16;

fn list<T: Display>(f: &mut Formatter<'_>, title: &str, count: usize, entries: &[T]) -> fmt::Result {
    writeln!(f, "  {title}: {count}")?;
    for (index, entry) in entries.iter().take(WRITTEN).enumerate() {
        writeln!(f, "    {index}: {entry}")?;
    }
    if count > WRITTEN {
        writeln!(f, "    and {} more", count - WRITTEN)?;
    }
    Ok(())
}

fn threads(f: &mut Formatter<'_>, title: &str, threads: &[u32]) -> fmt::Result {
    write!(f, "  {title}: {}", threads.len())?;
    for (index, thread) in threads.iter().enumerate() {
        write!(f, "{}{thread}", if index == 0 { " (threads " } else { ", " })?;
    }
    writeln!(f, "{}", if threads.is_empty() { "" } else { ")" })
}
