//! Models for loom: every interleaving of the kernel's protocols, in small.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test --release -p overlapped-kernel --lib models`; `scripts/loom` does it.

mod events;
mod handles;
mod ports;
mod requests;

use crate::thread::Thread;
use std::sync::Arc;

/// Runs every interleaving with at most `preemptions` forced switches, a bound that finds what real schedulers find.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// The record of this thread of the model.
fn me() -> Arc<Thread> {
    crate::thread::current()
}
