//! The operations that a ring has in flight.
//!
//! Each is found again by its tag: the generation in the high half and the slot below it, so that a late
//! word on an earlier operation (the answer to a cancel) never meets a newer one. The request is owned here until Linux has
//! given its last word, and with it the memory that Linux may still write to.

use overlapped_kernel::engine::Operation;
use overlapped_kernel::request::RequestRef;
use slab::Slab;
use std::sync::Arc;

/// What makes a completion something other than the end of an operation; tags have the top bits clear.
pub(super) const CANCEL: u64 = 1 << 63;
/// The wake-up of whoever waits for completions.
pub(super) const WAKE: u64 = 1 << 62;
const GENERATIONS: u32 = 1 << 30;

/// One operation in flight.
pub(super) struct Flight {
    pub(super) request: RequestRef,
    pub(super) operation: Operation,
    /// How often Linux has not found it when asked to end it, or has ended it unasked.
    pub(super) misses: u8,
    generation: u32,
}

/// See the module page.
#[derive(Default)]
pub(super) struct Flights {
    slab: Slab<Flight>,
    generation: u32,
}

impl Flights {
    /// Takes the operation in and gives it its tag, never 0.
    pub(super) fn insert(&mut self, request: RequestRef, operation: Operation, misses: u8) -> u64 {
        self.generation = if self.generation + 1 < GENERATIONS { self.generation + 1 } else { 1 };
        let entry = self.slab.vacant_entry();
        let tag = u64::from(self.generation) << 32 | entry.key() as u64;
        request.set_engine_tag(tag);
        entry.insert(Flight { request, operation, misses, generation: self.generation });
        tag
    }

    /// The operation with this tag, if it is still in flight.
    pub(super) fn get(&mut self, tag: u64) -> Option<&mut Flight> {
        self.slab.get_mut(tag as u32 as usize).filter(|flight| u64::from(flight.generation) == tag >> 32)
    }

    /// Linux has given its last word.
    pub(super) fn take(&mut self, tag: u64) -> Option<Flight> {
        self.get(tag)?;
        Some(self.slab.remove(tag as u32 as usize))
    }

    /// The tag of the request's operation, if it is here.
    pub(super) fn find(&mut self, request: &RequestRef) -> Option<u64> {
        let tag = request.engine_tag();
        self.get(tag).filter(|flight| Arc::ptr_eq(&flight.request, request)).map(|_| tag)
    }

    pub(super) fn tags(&self) -> Vec<u64> {
        self.slab.iter().map(|(key, flight)| u64::from(flight.generation) << 32 | key as u64).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }
}
