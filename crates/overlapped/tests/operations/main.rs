//! Single requests: waited for, polled, cancelled, dropped; their results and their buffers (contract 02 sections 5, 6 and 12,
//! 03 sections 1, 3, 8 and 9). Awaiting them is tested in `futures.rs`.

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod many;
mod results;

use common::{Ledger, MOMENT, Random, eventually, never, on_every_engine, on_real_engines, on_sim, pattern, seed};
use overlapped::abi::AccessMask;
use overlapped::engine::SimEngine;
use overlapped::{AlignedBuf, Operation, Timeout, wait_first};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

/// The code of a failure.
#[track_caller]
fn code<B>((result, _): (overlapped::Result<usize>, B)) -> u32 {
    result.expect_err("a failure").code().0
}
