//! How to end a request that does not end by itself.
//!
//!     cargo run -p overlapped --example cancel
//!
//! The reads here are of a FIFO that nobody writes to, so each of them would wait for ever. What to look at:
//!
//! - A cancelled request still completes, once, on the route that it was issued for: with 995, or with what it had achieved if the
//!   cancel came too late. `cancel` only asks; the buffer comes back with the completion.
//! - `Operation::cancel` ends one request, `cancel_own` those of the calling thread on a file, `cancel_all` those of every thread.
//! - Dropping an operation cancels its request, and closing the file all that are left. Nobody waits, and the library keeps the buffers
//!   until Linux is done with them.
//! - A thread that is blocked in a synchronous read is freed by `cancel_synchronous` from another thread.

use overlapped::{CompletionPort, OpenOptions, OverlappedFile, Result, alertable};
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

const CANCELLED: u32 = 995;

fn open(path: &Path) -> Result<OverlappedFile> {
    OpenOptions::new().read(true).write(true).open_overlapped(path)
}

/// One request, and then all of a thread's own.
fn one_and_all(fifo: &OverlappedFile) {
    let (first, second, third) =
        (fifo.read_at(vec![0; 16], 0), fifo.read_at(vec![0; 16], 0), fifo.read_at(vec![0; 16], 0));
    assert!(second.cancel());
    let (result, buffer) = second.wait();
    println!(
        "the second of three reads was cancelled: {}; its room for {} bytes is back",
        code(result),
        buffer.capacity()
    );
    println!("the other two go on: {}", first.is_pending() && third.is_pending());
    fifo.cancel_own();
    println!("the thread's own were cancelled: {}, {}", code(first.wait().0), code(third.wait().0));
}

/// Requests that report to a port do so when they are cancelled, too.
fn on_a_port(path: &Path) -> Result<()> {
    let port = CompletionPort::<&str, u32>::new(1)?;
    let fifo = port.associate(open(path)?, "the fifo")?;
    for context in 1..=3 {
        fifo.read_at(vec![0; 16], 0, context)?;
    }
    fifo.cancel_all();
    for _ in 0..3 {
        let packet = port.get()?;
        println!("{}, request {}: {}", packet.key, packet.context, code(packet.result));
    }
    Ok(())
}

/// A thread that waits inside a plain read.
fn synchronous(path: &Path) -> Result<()> {
    let fifo = OpenOptions::new().read(true).write(true).open(path)?;
    let (tell, told) = channel();
    let reader = thread::spawn(move || {
        tell.send(alertable::current()).expect("main waits for this");
        fifo.read_bytes(&mut [0; 16])
    });
    let reading = told.recv().expect("the thread has started");
    let late = Instant::now() + Duration::from_secs(30);
    // False as long as the thread has not come to its read.
    while !reading.cancel_synchronous() {
        assert!(Instant::now() < late, "the thread never came to its read");
        thread::sleep(Duration::from_millis(1));
    }
    println!("the blocked thread is free again: {}", code(reader.join().expect("it does not panic")));
    Ok(())
}

/// The code of a request that was cancelled.
fn code(result: Result<usize>) -> u32 {
    let code = result.expect_err("nobody writes to the fifo").code().0;
    assert_eq!(code, CANCELLED);
    code
}

fn main() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("fifo");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).map_err(std::io::Error::from)?;

    let fifo = open(&path)?;
    one_and_all(&fifo);
    let (dropped, left) = (fifo.read_at(vec![0; 16], 0), fifo.read_at(vec![0; 16], 0));
    drop(dropped);
    drop(fifo);
    println!("the file was closed under its last read: {}", code(left.wait().0));
    on_a_port(&path)?;
    synchronous(&path)
}
