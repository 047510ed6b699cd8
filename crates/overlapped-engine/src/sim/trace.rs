//! What a simulation did, in order.

use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Kind, Operation, RawResult};

/// One step of a simulation. Two runs with the same seed and the same calls on one thread have equal traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// When, on the virtual clock.
    pub at: Tick,
    /// The number of the submitted operation, from 1; 0 for what was done without a submission.
    pub operation: u64,
    /// What happened.
    pub event: TraceEvent,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceEvent {
    /// The calling thread tried the transfer; without a result, it is to be submitted.
    Attempted(Transfer, Option<RawResult>),
    /// A synchronous call made the transfer.
    Performed(Transfer, RawResult),
    /// An operation was taken over, to be completed then, or never of itself.
    Submitted(Transfer, Option<Tick>),
    /// Its end was asked for: in time, or too late to change anything.
    Cancelled {
        /// It will end with `ECANCELED`.
        in_time: bool,
    },
    /// The last word on it.
    Completed(RawResult),
    /// Nothing was to happen before a waiting thread's deadline, so the clock went there.
    Elapsed,
}

/// A transfer, without what differs from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What is done.
    pub kind: Kind,
    /// Position in the file.
    pub offset: u64,
    /// Bytes asked for.
    pub len: usize,
}

impl From<&Operation> for Transfer {
    fn from(operation: &Operation) -> Self {
        Self { kind: operation.kind, offset: operation.offset, len: operation.len }
    }
}
