//! Operations are futures: any executor can await them. Here the executor is 30 lines in this file.
//!
//!     cargo run -p overlapped --example await_operations
//!
//! What to look at:
//!
//! - The request starts when the operation is made, not when it is first polled. So two reads are under way before either
//!   is awaited, with no `join`.
//! - Awaiting gives the result *and* the buffer, which the request owned meanwhile.
//! - Dropping an operation cancels its request. The buffer stays with the library until Linux is done with it; nothing
//!   blocks, and nothing is freed too early. That is why the buffer is passed by value.
//! - The waker is called by whichever thread sees the completion. If all threads sleep outside the library, as this
//!   executor's does, the library's service thread sees it.

use overlapped::{OpenOptions, OverlappedFile, Result};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Wakes by unparking the thread that runs the future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The whole executor: one future, on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Swaps the first and the last `len` bytes of a file.
async fn swap_ends(file: &OverlappedFile, len: usize) -> Result<()> {
    let size = file.size()?;
    let tail_at = size - len as u64;
    let head = file.read_at(Vec::with_capacity(len), 0);
    let tail = file.read_at(Vec::with_capacity(len), tail_at);
    let (result, head) = head.await;
    result?;
    let (result, tail) = tail.await;
    result?;

    let first = file.write_at(tail, 0);
    let last = file.write_at(head, tail_at);
    first.await.0?;
    last.await.0?;
    Ok(())
}

/// Reads past the end: errors carry the Win32 code.
async fn read_past_the_end(file: &OverlappedFile) {
    let (result, buffer) = file.read_at(Vec::with_capacity(16), 1 << 40).await;
    match result {
        Err(error) if error.is_end_of_file() => println!("past the end: {error}"),
        other => panic!("an end of file was expected: {other:?}"),
    }
    println!("the buffer is back, empty, with room for {} bytes", buffer.capacity());
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("file");
    std::fs::write(&path, b"first ... last.")?;
    // Writes must reach the device, so they are not done at once, and their futures really wait.
    let file = OpenOptions::new().read(true).write(true).write_through(true).open_overlapped(&path)?;

    block_on(swap_ends(&file, 5))?;
    println!("swapped: {}", String::from_utf8_lossy(&std::fs::read(&path)?));
    assert_eq!(std::fs::read(&path)?, b"last. ... first");

    block_on(read_past_the_end(&file));

    // Dropped before it is awaited: cancelled, and of no further consequence.
    drop(file.read_at(vec![0; 16], 0));
    Ok(())
}
