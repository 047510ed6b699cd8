//! The ways to learn that a request is complete, side by side: two reads of one file, done once with each.
//!
//!     cargo run -p overlapped --example four_notifications
//!
//! What to look at:
//!
//! 1. **Device object.** The file itself is waited for. It says that *something* on it is complete, not what: with two
//!    reads outstanding the wait would be useless, so they go one after the other, and nothing overlaps.
//! 2. **Event object.** Each request has an event. Both are outstanding at once, and the index that `wait_any` gives says
//!    which is complete. At most 64 of them in one wait.
//! 3. **Alertable I/O.** A routine is queued to the thread that issued the request and runs in its next alertable wait. No
//!    other thread can take the result. `alertable_io.rs` has more of it.
//! 4. **Completion port.** Any thread takes the next packet; it brings the request's context and buffer with it. No limit
//!    on the number of requests, no object for each of them.
//!
//! An `Operation` can also be waited for or awaited by itself; `await_operations.rs` shows that.

use overlapped::{
    CompletionPort, Event, OpenOptions, OverlappedFile, Result, Timeout, WaitResult, alertable, wait_any,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const HEAD: u64 = 0;
const TAIL: u64 = 8;

fn device_object(file: &OverlappedFile) -> Result<()> {
    for offset in [HEAD, TAIL] {
        // Starting the request makes the file non-signalled; its completion signals it.
        let read = file.read_at(vec![0; 4], offset);
        wait_any(&[file], Timeout::Infinite)?;
        // There was no other request, so it can only be this one.
        assert!(!read.is_pending());
        show("device object", offset, read.wait());
    }
    Ok(())
}

fn event_object(file: &OverlappedFile) -> Result<()> {
    let events = [Event::manual_reset(false), Event::manual_reset(false)];
    let mut reads = [
        Some(file.read_at_with_event(vec![0; 4], HEAD, &events[0])),
        Some(file.read_at_with_event(vec![0; 4], TAIL, &events[1])),
    ];
    for _ in 0..2 {
        match wait_any(&[&events[0], &events[1]], Timeout::Infinite)? {
            WaitResult::Object(index) => {
                // A manual-reset event stays signalled: the next wait would find it again.
                events[index].reset();
                let Some(read) = reads[index].take() else { unreachable!("each event is set once") };
                show("event object", [HEAD, TAIL][index], read.wait());
            }
            other => unreachable!("events are not abandoned, and the wait has no limit: {other:?}"),
        }
    }
    Ok(())
}

fn alertable_io(file: &OverlappedFile) -> Result<()> {
    let shown = Arc::new(AtomicU32::new(0));
    for offset in [HEAD, TAIL] {
        let shown = Arc::clone(&shown);
        file.read_at_then(vec![0; 4], offset, move |result, buffer| {
            show("alertable I/O", offset, (result, buffer));
            shown.fetch_add(1, Ordering::Relaxed);
        })?;
    }
    // One alertable wait runs all that is queued; what completes later needs another.
    while shown.load(Ordering::Relaxed) < 2 {
        alertable::sleep(Timeout::Infinite);
    }
    Ok(())
}

fn completion_port(path: &Path) -> Result<()> {
    let port = CompletionPort::<&str, u64>::new(1)?;
    // From now on every request of this open instance reports to the port, so it is opened anew.
    let file = port.associate(open(path)?, "the file")?;
    file.read_at(vec![0; 4], HEAD, HEAD)?;
    file.read_at(vec![0; 4], TAIL, TAIL)?;
    for _ in 0..2 {
        let packet = port.get()?;
        assert_eq!(packet.key, "the file");
        let Some(buffer) = packet.buffer else { unreachable!("nobody posts to this port") };
        show("completion port", packet.context, (packet.result, buffer));
    }
    Ok(())
}

fn open(path: &Path) -> Result<OverlappedFile> {
    OpenOptions::new().read(true).open_overlapped(path)
}

fn show(technique: &str, offset: u64, (result, buffer): (Result<usize>, Vec<u8>)) {
    assert_eq!(result, Ok(4));
    assert_eq!(buffer, if offset == HEAD { b"head" } else { b"tail" });
    println!("{technique:>16}: offset {offset}: {:?}", String::from_utf8_lossy(&buffer));
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("file");
    std::fs::write(&path, b"head....tail")?;

    let file = open(&path)?;
    device_object(&file)?;
    event_object(&file)?;
    alertable_io(&file)?;
    completion_port(&path)?;
    Ok(())
}
