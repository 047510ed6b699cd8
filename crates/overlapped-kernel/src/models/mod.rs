//! Models of the kernel's protocols for two checkers.
//!
//! loom runs every interleaving of small ones, weak memory included: `RUSTFLAGS="--cfg loom" cargo test --release -p overlapped-kernel
//! --lib models`, which is `scripts/loom`. shuttle runs many random interleavings of larger ones, which are too many to run all of
//! them: `scripts/shuttle`, with `--cfg shuttle` beside `--cfg loom`.

mod device;
#[cfg(not(shuttle))]
mod events;
#[cfg(not(shuttle))]
mod handles;
#[cfg(shuttle)]
mod large;
#[cfg(not(shuttle))]
mod objects;
#[cfg(not(shuttle))]
mod ports;
#[cfg(not(shuttle))]
mod requests;
#[cfg(not(shuttle))]
mod roads;
#[cfg(not(shuttle))]
mod shared;
#[cfg(not(shuttle))]
mod tasks;

use crate::thread::Thread;
use std::sync::Arc;

/// Runs every interleaving with at most `preemptions` forced switches, a bound that finds what real schedulers find.
#[cfg(not(shuttle))]
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// The record of this thread of the model.
fn me() -> Arc<Thread> {
    crate::thread::current()
}
