//! Testing one's own overlapped code against faults that Linux will not show on demand.
//!
//!     cargo run -p overlapped --example simulated_faults
//!
//! The code under test sums the bytes of a file, with four requests in flight, and tries each chunk up to three times. It
//! runs on simulated systems: completions come late and out of order, one operation in ten fails, and each run is decided by
//! its seed alone.
//!
//! What to look at:
//!
//! - `sum` knows nothing of the simulation: it takes a `&System`, as any testable code should.
//! - Time is virtual. The delays add up to minutes, and the program takes a moment.
//! - A seed for which the outcome is wrong is a complete bug report: the same seed fails in the same way again. (On one thread
//!   also the trace is the same; the program checks that.)
//! - Cancelling is tested too: with `never`, operations end only when somebody cancels them. A program that forgets to hangs
//!   here, and not once a year at a customer's.

use overlapped::engine::SimEngine;
use overlapped::{CompletionPort, Error, OpenOptions, Result, System, SystemBuilder};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CHUNK: usize = 4096;
const DEPTH: usize = 4;
const TRIES: u32 = 3;

/// A request's context: which chunk, and which try.
struct Try {
    offset: u64,
    number: u32,
}

/// The code under test. Any order of completions must give the same sum, and an error must be passed on only after the last
/// try.
fn sum(system: &System, path: &Path) -> Result<u64> {
    let port = CompletionPort::<(), Try>::new_in(system, 1);
    let file = OpenOptions::new().read(true).system(system).open_overlapped(path)?;
    let mut offsets = (0..file.size()?).step_by(CHUNK);
    let file = port.associate(file, ())?;
    let mut total = 0;
    let mut in_flight = 0;
    for offset in offsets.by_ref().take(DEPTH) {
        file.read_at(vec![0; CHUNK], offset, Try { offset, number: 1 })?;
        in_flight += 1;
    }
    while in_flight > 0 {
        let done = port.get()?;
        let Try { offset, number } = done.context;
        let Some(buffer) = done.buffer else { unreachable!("nobody posts to this port") };
        match done.result {
            Err(_) if number < TRIES => file.read_at(buffer, offset, Try { offset, number: number + 1 })?,
            Err(error) => return Err(error),
            Ok(_) => {
                total += buffer.iter().map(|&byte| u64::from(byte)).sum::<u64>();
                match offsets.next() {
                    Some(offset) => file.read_at(buffer, offset, Try { offset, number: 1 })?,
                    None => in_flight -= 1,
                }
            }
        }
    }
    Ok(total)
}

/// One simulated run.
fn run(seed: u64, path: &Path) -> Result<(Result<u64>, Arc<SimEngine>)> {
    let engine = SimEngine::builder()
        .seed(seed)
        .at_once(0.2)
        .delay(Duration::from_millis(1)..=Duration::from_secs(10))
        .failures(0.1)
        .build();
    let engine = Arc::new(engine);
    let system = SystemBuilder::new().custom_engine(Arc::clone(&engine) as _).build()?;
    Ok((sum(&system, path), engine))
}

/// Operations that never end of themselves: only a cancel helps, and it is reported as 995.
fn cancelled(path: &Path) -> Result<Error> {
    let engine = SimEngine::builder().seed(1).at_once(0.0).never(1.0).build();
    let system = SystemBuilder::new().custom_engine(Arc::new(engine)).build()?;
    let file = OpenOptions::new().read(true).system(&system).open_overlapped(path)?;
    let hour = Duration::from_secs(3600);
    let Err(read) = file.read_at(vec![0; CHUNK], 0).wait_timeout(hour) else {
        unreachable!("it never ends of itself, however long one waits")
    };
    assert!(read.cancel());
    let (result, _buffer) = read.wait();
    Ok(result.expect_err("it was cancelled"))
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    use overlapped::engine::sim::TraceEvent;

    let dir = tempfile::tempdir()?;
    let path = dir.path().join("data");
    let data: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
    std::fs::write(&path, &data)?;
    let expected: u64 = data.iter().map(|&byte| u64::from(byte)).sum();

    let (mut sums, mut failures, mut faults) = (0, 0, 0);
    for seed in 0..200 {
        let (outcome, engine) = run(seed, &path)?;
        faults += engine.trace().iter().filter(|step| is_fault(&step.event)).count();
        match outcome {
            Ok(total) => {
                assert_eq!(total, expected, "seed {seed}");
                sums += 1;
            }
            Err(_) => failures += 1,
        }
    }
    println!(
        "200 runs, {faults} injected faults: {sums} right sums, {failures} given up after {TRIES} tries, 0 wrong sums"
    );

    let (_, first) = run(7, &path)?;
    let (_, again) = run(7, &path)?;
    assert_eq!(first.trace(), again.trace());
    println!("seed 7, twice: the same {} steps", first.trace().len());

    println!("an hour of virtual time later: {}", cancelled(&path)?);
    return Ok(());

    fn is_fault(event: &TraceEvent) -> bool {
        matches!(event, TraceEvent::Completed(Err(_)) | TraceEvent::Attempted(_, Some(Err(_))))
    }
}
