//! Alertable I/O: completions as functions that the issuing thread runs, and only when it says so.
//!
//!     cargo run -p overlapped --example alertable_io
//!
//! What to look at:
//!
//! - A routine does not run when its request completes. It is queued to the thread that *issued* the request, and runs when
//!   that thread waits alertably. A plain wait does not run it, however long it takes.
//! - A routine runs once. To go on reading, it issues the next request itself, with itself as the routine: `read_on` below.
//! - An alertable wait does not sleep while something is queued, and ends when something ran.
//! - `ThreadRef::queue` queues a function by hand, to any thread: here it tells another one to stop.
//!
//! The drawback shows too: the state of the loop travels through routines instead of standing in a loop.

use overlapped::{Event, OpenOptions, OverlappedFile, Result, Timeout, alertable};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const CHUNK: usize = 4;

/// What the routines share.
struct Reader {
    file: OverlappedFile,
    seen: Mutex<Vec<u8>>,
    ended: AtomicBool,
}

/// Reads the chunk at `offset`; its routine issues the next one.
fn read_on(reader: &Arc<Reader>, offset: u64) {
    let me = Arc::clone(reader);
    let issued = reader.file.read_at_then(Vec::with_capacity(CHUNK), offset, move |result, bytes| match result {
        Ok(read) => {
            me.seen.lock().unwrap().extend_from_slice(&bytes);
            read_on(&me, offset + read as u64);
        }
        Err(error) => {
            assert!(error.is_end_of_file(), "{error}");
            me.ended.store(true, Ordering::Relaxed);
        }
    });
    if let Err(rejected) = issued {
        assert!(rejected.error.is_end_of_file(), "{}", rejected.error);
        reader.ended.store(true, Ordering::Relaxed);
    }
}

/// A thread that only waits, until another one queues it the function that ends it.
fn stopped_from_outside() -> Result<()> {
    let (tell, told) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let stop = Arc::new(AtomicBool::new(false));
        let (me, flag) = (alertable::current(), Arc::clone(&stop));
        tell.send((me, flag)).unwrap();
        while !stop.load(Ordering::Relaxed) {
            alertable::sleep(Timeout::Infinite);
        }
    });
    let (thread, flag) = told.recv().unwrap();
    thread.queue(move || flag.store(true, Ordering::Relaxed))?;
    worker.join().unwrap();
    let refused = thread.queue(|| unreachable!("the thread has ended")).unwrap_err();
    println!("a thread was stopped by a function; afterwards: {refused}");
    assert_eq!(refused.code().0, 31);
    Ok(())
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("words");
    std::fs::write(&path, b"one two three four")?;

    let file = OpenOptions::new().read(true).open_overlapped(&path)?;
    let reader = Arc::new(Reader { file, seen: Mutex::new(Vec::new()), ended: AtomicBool::new(false) });
    read_on(&reader, 0);
    // A plain wait, long enough for the read: nothing runs in it.
    Event::manual_reset(false).wait(Duration::from_millis(20));
    assert!(reader.seen.lock().unwrap().is_empty());
    println!("complete, but nothing has run yet");

    let mut waits = 0;
    while !reader.ended.load(Ordering::Relaxed) {
        assert!(alertable::sleep(Duration::from_secs(10)), "the sleep ends because a routine ran");
        waits += 1;
    }
    let seen = reader.seen.lock().unwrap();
    println!("{:?}, read in {waits} alertable sleeps", String::from_utf8_lossy(&seen));
    assert_eq!(*seen, b"one two three four");

    // A wait for an object, interrupted by a function: it takes nothing and says so.
    let event = Event::auto_reset(false);
    alertable::current().queue(|| println!("a function runs inside the wait"))?;
    assert_eq!(alertable::wait_any(&[&event], Timeout::Infinite)?, None);

    stopped_from_outside()?;
    Ok(())
}
