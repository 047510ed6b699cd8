//! Handles: what a caller holds instead of an object.
//!
//! A handle is a number that fits in 31 bits and is a multiple of 4, so that it survives the casts that programs do to it, and
//! so that the two low bits stay free: look-ups ignore them (contract 00 section 0.2). Inside, it is a slot of the process's
//! table and the generation of that slot's use, so that a handle that was closed is an error and not another object.

mod table;

pub use table::{ASIDE, HandleTable, Watch};

use crate::dispatcher::{Event, Mutant, Semaphore, Timer, Twin, WaitRef};
use crate::instance::Instance;
use crate::port::Port;
use crate::process::Process;
#[cfg(not(loom))]
use crate::process::job::Job;
use crate::section::Section;
use crate::thread::Thread;
use overlapped_abi::AccessMask;
use std::sync::Arc;

/// A handle value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u32);

const SLOT_BITS: u32 = 20;
const GENERATION_BITS: u32 = 9;

impl Handle {
    fn new(slot: u32, generation: u16) -> Self {
        debug_assert!(slot > 0 && slot < 1 << SLOT_BITS && generation < 1 << GENERATION_BITS);
        Self((u32::from(generation) << SLOT_BITS | slot) << 2)
    }

    fn slot(self) -> u32 {
        self.0 >> 2 & ((1 << SLOT_BITS) - 1)
    }

    fn generation(self) -> u16 {
        (self.0 >> (2 + SLOT_BITS)) as u16
    }

    /// The value as the C face passes it. What cannot be a handle (0, -1, pseudo-handles) gives `None`.
    #[must_use]
    pub fn from_raw(raw: usize) -> Option<Self> {
        let value = u32::try_from(raw).ok().filter(|v| *v < 1 << 31)? & !3;
        (value != 0).then_some(Self(value))
    }

    /// A value of a slot that is [set aside](HandleTable::set_aside): each slot in turn, and each turn with another generation.
    #[must_use]
    pub fn set_aside(number: u32) -> Self {
        let slots = ASIDE.end - ASIDE.start;
        // Not 0: what was inherited begins with that.
        let generation = number / slots % ((1 << GENERATION_BITS) - 1) + 1;
        Self::new(ASIDE.start + number % slots, generation as u16)
    }

    /// The value for the C face.
    #[must_use]
    pub fn into_raw(self) -> usize {
        self.0 as usize
    }
}

/// GetCurrentProcess(): the calling process, wherever it is used.
pub const CURRENT_PROCESS: usize = usize::MAX;
/// GetCurrentThread(): the calling thread.
pub const CURRENT_THREAD: usize = usize::MAX - 1;

/// An object that handles refer to.
#[derive(Clone)]
pub enum Object {
    /// An open device.
    Instance(Arc<Instance>),
    /// A completion port.
    Port(Arc<Port>),
    /// An event.
    Event(Arc<Event>),
    /// A mutex.
    Mutant(Arc<Mutant>),
    /// A semaphore.
    Semaphore(Arc<Semaphore>),
    /// A waitable timer.
    Timer(Arc<Timer>),
    /// A thread.
    Thread(Arc<Thread>),
    /// A process.
    Process(Arc<Process>),
    /// The first thread of another process. It ends with the process.
    MainThread(Arc<Process>),
    /// What CreateFileMapping makes.
    Section(Arc<Section>),
    /// Processes taken together.
    #[cfg(not(loom))]
    Job(Arc<Job>),
}

impl Object {
    /// The part of it that can be waited on; a port and a section have none.
    #[must_use]
    pub fn waitable(&self) -> Option<WaitRef> {
        match self {
            Self::Instance(o) => Some(match o.device().waitable() {
                Some(of) => twin(of, Arc::as_ptr(o).addr()),
                None => Arc::clone(o) as WaitRef,
            }),
            Self::Event(o) => Some(Arc::clone(o) as WaitRef),
            Self::Mutant(o) => Some(Arc::clone(o) as WaitRef),
            Self::Semaphore(o) => Some(Arc::clone(o) as WaitRef),
            Self::Timer(o) => Some(Arc::clone(o) as WaitRef),
            Self::Thread(o) => Some(Arc::clone(o) as WaitRef),
            Self::Process(o) => Some(Arc::clone(o) as WaitRef),
            Self::MainThread(o) => Some(twin(Arc::clone(o) as WaitRef, Arc::as_ptr(o).addr())),
            #[cfg(not(loom))]
            Self::Job(o) => Some(Arc::clone(o) as WaitRef),
            Self::Port(_) | Self::Section(_) => None,
        }
    }

    /// Do both reach the same object?
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Instance(a), Self::Instance(b)) => Arc::ptr_eq(a, b),
            (Self::Port(a), Self::Port(b)) => Arc::ptr_eq(a, b),
            (Self::Event(a), Self::Event(b)) => Arc::ptr_eq(a, b),
            (Self::Mutant(a), Self::Mutant(b)) => Arc::ptr_eq(a, b),
            (Self::Semaphore(a), Self::Semaphore(b)) => Arc::ptr_eq(a, b),
            (Self::Timer(a), Self::Timer(b)) => Arc::ptr_eq(a, b),
            (Self::Thread(a), Self::Thread(b)) => Arc::ptr_eq(a, b),
            (Self::Process(a), Self::Process(b)) | (Self::MainThread(a), Self::MainThread(b)) => Arc::ptr_eq(a, b),
            (Self::Section(a), Self::Section(b)) => Arc::ptr_eq(a, b),
            #[cfg(not(loom))]
            (Self::Job(a), Self::Job(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// What is signalled with `of` and yet another object, which stands at `address`. Dispatchers stand at even ones.
fn twin(of: WaitRef, address: usize) -> WaitRef {
    Arc::new(Twin { of, identity: address | 1 })
}

bitflags::bitflags! {
    /// What SetHandleInformation changes (contract 01 section 1.4).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct HandleFlags: u32 {
        /// HANDLE_FLAG_INHERIT: a child process gets the handle.
        const INHERIT = 1;
        /// HANDLE_FLAG_PROTECT_FROM_CLOSE: CloseHandle fails.
        const PROTECT_FROM_CLOSE = 2;
        /// A value of Rust owns the handle, and is the only one to close it ([`System::own`](crate::System::own)). Nobody sets or sees this
        /// from outside.
        const OWNED = 1 << 31;
    }
}

impl HandleFlags {
    /// Those that others may set and see.
    pub(crate) fn told(self) -> Self {
        self - Self::OWNED
    }
}

/// What stands in a slot of the table.
#[derive(Clone)]
pub struct Entry {
    /// The object.
    pub object: Object,
    /// The rights that this handle gives.
    pub access: AccessMask,
    /// Inherit and protect.
    pub flags: HandleFlags,
}
