//! `read`: 4 KiB random reads of a file in the page cache, warmed again before each round.
//!
//! Nothing waits for a device here, so what is measured is the road of a request itself.

use std::io;
use std::time::Duration;

use super::reads::{Job, Reading, Shape};
use crate::harness::{Amount, Context, Group, Measure, Metric, Outcome};
use crate::ours::PortReader;
use crate::peers::pread::Pread;
use crate::peers::ring_read::RingReader;
use crate::workspace::{self, BLOCK, Workspace};

const SHALLOW: &str = "ours, depth 1, one worker";
const IDLE: &str = "ours, depth 1, a second worker idle";
const DEEP: &str = "ours, depth 32, one worker";
const TWO: &str = "ours, depth 32, two workers";
const PREAD: &str = "pread";
const PREAD_TWO: &str = "pread, two threads";
const RING: &str = "bare ring, depth 1";
const RING_DEEP: &str = "bare ring, depth 32";

/// Runs the group.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    let bytes: u64 = context.pick(1 << 30, 64 << 20);
    let job = Job { path: workspace.path("random"), blocks: bytes / BLOCK as u64, unbuffered: false };
    workspace::create(&job.path, bytes, 0)?;

    let metric = Metric { unit: "k reads/s", operation: "read", higher_is_better: true, scale: 1e-3 };
    let amount = Amount::Filling(context.pick(Duration::from_millis(500), Duration::from_millis(20)));
    let mut group = Group::new("4 KiB random reads, cached", metric, amount);
    group.before_round(|| workspace::warm(&job.path));

    let ours =
        |depth, workers| PortReader::open(&job, Shape { depth, workers }).map(|reader| Reading::new(reader, &job));
    group.enter_or_note(SHALLOW, ours(1, 1));
    group.enter_or_note(IDLE, ours(1, 2));
    group.enter_or_note(DEEP, ours(32, 1));
    group.enter_or_note(TWO, ours(32, 2));
    group.enter(PREAD, Reading::new(Pread::open(&job, 1)?, &job));
    group.enter(PREAD_TWO, Reading::new(Pread::open(&job, 2)?, &job));
    for (name, depth) in [(RING, 1), (RING_DEEP, 32)] {
        group.enter_or_note(name, RingReader::open(&job, depth).map(|ring| Reading::new(ring, &job)));
    }

    group.compare("depth 1", SHALLOW, RING).bar(1.0);
    group.compare("depth 1", SHALLOW, PREAD).bar(0.8);
    group.compare("depth 32", DEEP, RING_DEEP).bar(0.75);
    group.compare("depth 32", DEEP, PREAD);
    group.compare("depth 32, two workers", TWO, DEEP).bar(1.5);
    group.compare("depth 32, two workers", TWO, PREAD_TWO);
    group.compare("depth 1, a second worker idle", IDLE, SHALLOW).bar(0.8);
    group.limit("depth 1", SHALLOW, Measure::Switches, 0.1);
    group.limit("depth 32", DEEP, Measure::Switches, 0.1);
    Ok(vec![group.race(context)?])
}
