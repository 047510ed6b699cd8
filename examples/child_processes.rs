//! A supervisor: starts workers, waits for whichever ends first together with a timer, and starts a worker anew that has failed.
//!
//! A worker is this program in another role. It inherits an event without a name, by which all are told to stop, and says by its exit code how
//! it went: all 32 bits of it. Run with `cargo run --example child_processes`.

use overlapped::process::{Child, Command, inherited};
use overlapped::{Event, Result, Timer, Wait, WaitResult, wait_any};
use std::time::Duration;

/// What a worker ends with that wants to be started again.
const AGAIN: u32 = 0xE000_0001;
const WORKERS: usize = 3;

fn main() -> Result<()> {
    match std::env::args().nth(1) {
        Some(number) => worker(number.parse().unwrap_or(0)),
        None => supervise(),
    }
}

/// Fails once, and then works until it is told to stop.
fn worker(stop: usize) -> Result<()> {
    let stop: Event = inherited(stop)?;
    if std::env::var_os("FIRST").is_some() {
        std::process::exit(AGAIN.cast_signed());
    }
    if !stop.wait(Duration::from_secs(60)) {
        std::process::exit(1);
    }
    Ok(())
}

fn start(stop: &Event, first: bool) -> Result<Child> {
    let mut command = Command::new("/proc/self/exe");
    let number = command.inherit(stop)?;
    command.arg(number.to_string());
    if first {
        command.env("FIRST", "yes");
    }
    command.spawn()
}

fn supervise() -> Result<()> {
    let stop = Event::manual_reset(false);
    let mut workers = (0..WORKERS).map(|_| start(&stop, true)).collect::<Result<Vec<_>>>()?;
    let late = Timer::auto_reset()?;
    late.set(Duration::from_secs(120), None);
    let (mut failures, mut ended) = (0, 0);
    while ended < WORKERS {
        let objects: Vec<&dyn Wait> = [&late as &dyn Wait].into_iter().chain(workers.iter().map(|w| w as _)).collect();
        let which = match wait_any(&objects, Duration::from_secs(120))? {
            WaitResult::Object(at) if at > 0 => at - 1,
            other => panic!("no worker ended in two minutes: {other:?}"),
        };
        let worker = workers.remove(which);
        match worker.exit_code() {
            Some(AGAIN) => {
                failures += 1;
                println!("worker {} wants to be started again", worker.id());
                workers.push(start(&stop, false)?);
            }
            Some(0) => ended += 1,
            other => panic!("worker {} ended with {other:x?}", worker.id()),
        }
        if failures == WORKERS && !stop.wait(Duration::ZERO) {
            println!("all workers work: enough");
            stop.set();
        }
    }
    assert_eq!((failures, ended), (WORKERS, WORKERS));
    println!("{ended} workers ended as they should");
    Ok(())
}
