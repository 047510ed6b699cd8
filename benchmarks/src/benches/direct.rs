//! `direct`: 4 KiB random reads past the page cache, with aligned buffers.
//!
//! Here the device is the limit, and what a library can lose is processor time and depth.

use std::fs::File;
use std::io;
use std::time::Duration;

use rustix::fs::Advice;

use super::reads::{Job, Reading, Shape};
use crate::harness::{Amount, Context, Group, Metric, Outcome};
use crate::ours::PortReader;
use crate::peers::pread::Pread;
use crate::peers::ring_read::RingReader;
use crate::workspace::{self, BLOCK, Workspace};

const SHALLOW: &str = "ours, depth 1";
const DEEP: &str = "ours, depth 32";
const PREAD: &str = "pread";
const RING: &str = "bare ring, depth 1";
const RING_DEEP: &str = "bare ring, depth 32";
/// Our processor time may be 1.4 times theirs.
const CPU_BAR: f64 = 1.0 / 1.4;

/// Runs the group.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    let bytes: u64 = context.pick(1 << 30, 64 << 20);
    let job = Job { path: workspace.path("random"), blocks: bytes / BLOCK as u64, unbuffered: true };
    workspace::create(&job.path, bytes, 0)?;
    let file = File::open(&job.path)?;
    // Pages that are still in the cache would be looked for at each read.
    file.sync_all()?;
    rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;

    let metric = Metric { unit: "k reads/s", operation: "read", higher_is_better: true, scale: 1e-3 };
    let amount = Amount::Filling(context.pick(Duration::from_secs(1), Duration::from_millis(50)));
    let mut group = Group::new("4 KiB random reads, unbuffered", metric, amount);

    for (name, depth) in [(SHALLOW, 1), (DEEP, 32)] {
        let reader = PortReader::open(&job, Shape { depth, workers: 1 });
        group.enter_or_note(name, reader.map(|reader| Reading::new(reader, &job)));
    }
    group.enter(PREAD, Reading::new(Pread::open(&job, 1)?, &job));
    for (name, depth) in [(RING, 1), (RING_DEEP, 32)] {
        group.enter_or_note(name, RingReader::open(&job, depth).map(|ring| Reading::new(ring, &job)));
    }

    group.compare("depth 1", SHALLOW, RING).bar(0.85);
    group.compare("depth 1", SHALLOW, PREAD);
    group.compare("depth 1, processor time", SHALLOW, RING).on_cpu().bar(CPU_BAR);
    group.compare("depth 32", DEEP, RING_DEEP).bar(0.95);
    group.compare("depth 32, processor time", DEEP, RING_DEEP).on_cpu().bar(CPU_BAR);
    Ok(vec![group.race(context)?])
}
