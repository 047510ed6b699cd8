//! Async functions on the threads of a port: many tasks, few threads, and a task that calls code which blocks.
//!
//!     cargo run -p overlapped --example async_on_port
//!
//! Sixteen tasks each read parts of a file and add them up. One of them also calls a function that sleeps, as a badly chosen
//! library would. The concurrency value is 1: one task is polled at a time.
//!
//! What to look at:
//!
//! - A task that awaits a request costs no thread. Sixteen tasks, with a request each on its way, need one thread and a spare
//!   one.
//! - While one task sleeps in foreign code, the others go on: the port sees that its thread is blocked, and wakes another one.
//!   On an executor whose threads are a fixed number, one such call would stop everything here.
//! - `block_on` needs no thread of its own. The main thread serves the port while it waits.
//! - A handle gives a task's value, its panic, or the word that it was cancelled.

use overlapped::{Executor, JoinError, OpenOptions, OverlappedFile, PoolSize, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const TASKS: u64 = 16;
const PARTS: u64 = 50;
const PART: usize = 4096;

/// What the example tells about afterwards.
#[derive(Default)]
struct Seen {
    asleep: AtomicBool,
    /// Parts that others added up while one task slept.
    meanwhile: AtomicUsize,
}

/// Adds up one stripe of the file, part by part.
async fn add_up(file: Arc<OverlappedFile>, task: u64, seen: Arc<Seen>) -> Result<u64> {
    if task == 0 {
        sleep_without_telling_anybody(&seen);
    }
    let mut sum = 0;
    let mut buffer = Vec::with_capacity(PART);
    for part in 0..PARTS {
        let offset = (part * TASKS + task) * PART as u64;
        let (result, filled) = file.read_at(buffer, offset).await;
        result?;
        sum += filled.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        if seen.asleep.load(Ordering::Relaxed) {
            seen.meanwhile.fetch_add(1, Ordering::Relaxed);
        }
        buffer = filled;
    }
    Ok(sum)
}

/// Code that knows nothing of ports.
fn sleep_without_telling_anybody(seen: &Seen) {
    seen.asleep.store(true, Ordering::Relaxed);
    // Longer only if nobody got anything done meanwhile: the machine may be busy.
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(200));
        if seen.meanwhile.load(Ordering::Relaxed) > 0 {
            break;
        }
    }
    seen.asleep.store(false, Ordering::Relaxed);
}

async fn add_up_all(executor: &Executor, file: Arc<OverlappedFile>, seen: &Arc<Seen>) -> Result<u64> {
    let tasks: Vec<_> =
        (0..TASKS).map(|task| executor.spawn(add_up(Arc::clone(&file), task, Arc::clone(seen)))).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("no task panics")?;
    }
    Ok(sum)
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("file");
    let bytes: Vec<u8> = (0..TASKS as usize * PARTS as usize * PART).map(|n| (n % 251) as u8).collect();
    std::fs::write(&path, &bytes)?;
    let file = Arc::new(OpenOptions::new().read(true).open_overlapped(&path)?);

    let executor = Executor::new(PoolSize::adaptive(1, 8).concurrency(1))?;
    let seen = Arc::new(Seen::default());
    let sum = executor.block_on(add_up_all(&executor, file, &seen))?;
    assert_eq!(sum, bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>());
    let meanwhile = seen.meanwhile.load(Ordering::Relaxed);
    println!("{TASKS} tasks, {} threads of the pool and this one", executor.pool().threads());
    println!("while one task slept, the others added up {meanwhile} parts");
    assert!(meanwhile > 0, "one blocked task stopped all others");

    let careless = executor.spawn(async {
        if PARTS > 0 {
            panic!("a mistake");
        }
    });
    match careless.wait() {
        Err(error @ JoinError::Panicked(_)) => println!("the handle says: {error}"),
        other => panic!("a panic was expected: {other:?}"),
    }

    let endless = executor.spawn(std::future::pending::<()>());
    executor.shutdown(Duration::from_secs(10))?;
    assert!(endless.wait().is_err_and(|error| error.is_cancelled()));
    println!("the executor has ended, and its last task with it");
    Ok(())
}
