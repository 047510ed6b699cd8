//! A thread pool that has as many threads as its work needs: it grows when work blocks, and shrinks when there is none.
//!
//!     cargo run -p overlapped --example adaptive_pool
//!
//! What to look at:
//!
//! - Eight pieces of work that block in the library need eight threads although only one may run at a time: a thread that blocks does
//!   not count, so the port lets another one run, and the pool makes it if there is none.
//! - Work that does not block needs one thread, however much of it there is (and one spare, if the processors have time).
//! - `snapshot` is a picture of the port underneath: who waits, who runs, who is paused, and in what.
//! - Surplus threads leave after `linger`. The minimum stays.
//! - Events and timers call back on the pool without a thread of their own.
//! - `shutdown` runs what is queued, or gives it back.

use overlapped::pool::{Fired, PoolSize, Shutdown, ThreadPool};
use overlapped::{Event, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(30);

/// Waits for what other threads bring about.
fn until(what: &str, condition: impl Fn() -> bool) {
    let late = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < late, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("{what}");
}

fn main() -> Result<()> {
    let pool = ThreadPool::new(PoolSize::adaptive(1, 16).concurrency(1).linger(Duration::from_millis(100)))?;
    println!("at first: {} thread", pool.threads());

    let gate = Event::manual_reset(false);
    for _ in 0..8 {
        let gate = gate.clone();
        pool.submit(move || assert!(gate.wait(LONG))).expect("the pool is not shut down");
    }
    until("eight threads are paused, each in a wait", || pool.snapshot().paused.len() == 8);
    let picture = pool.snapshot();
    println!("  {} threads; {:?}", pool.threads(), picture.paused.first().map(|paused| paused.why));
    gate.set();
    until("the surplus threads have left", || pool.threads() == 1);

    let (sum, numbers) = (Arc::new(AtomicUsize::new(0)), 1..=10_000);
    for number in numbers.clone() {
        let sum = Arc::clone(&sum);
        pool.submit(move || _ = sum.fetch_add(number, Ordering::Relaxed)).expect("the pool is not shut down");
    }
    until("ten thousand pieces of work have run", || sum.load(Ordering::Relaxed) == numbers.clone().sum());
    println!("  on {} or fewer threads", pool.threads());

    let (tell, told) = channel();
    let bell = Event::auto_reset(false);
    let (rung, ticked) = (tell.clone(), tell);
    let callback = pool.on_signal(&bell, LONG, move |fired| {
        assert_eq!(fired, Fired::Signalled);
        let _ = rung.send("the event");
    })?;
    let timer = pool.timer(move || _ = ticked.send("the timer"));
    bell.set();
    println!("called back by {}", told.recv_timeout(LONG).expect("the event was set"));
    timer.set(Duration::from_millis(1), None);
    println!("called back by {}", told.recv_timeout(LONG).expect("the timer was set"));
    callback.end();

    let (left, gone) = pool.shutdown(Shutdown::Run, LONG);
    println!("shut down: {} pieces given back, all threads gone: {gone}", left.len());
    assert!(left.is_empty() && gone);
    Ok(())
}
