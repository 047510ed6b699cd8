//! The three errors that say "too much at once", and what to do about them: wait until something is complete, and try again.
//!
//!     cargo run -p overlapped --example resource_limits
//!
//! What to look at:
//!
//! - A refused request costs nothing: buffer and context come back in the error, nobody is told, and what is outstanding goes
//!   on.
//! - Which error it is says what there is too much of: requests on this file (8), requests in the system (1784), bytes in
//!   buffers (1816). What to do is the same.
//! - There are no limits unless they are set. A server sets them so that overload shows as an error at the door, and not as memory
//!   that grows.

use overlapped::{CompletionPort, Limits, OpenOptions, Result, SystemBuilder};
use std::path::Path;

const CHUNK: usize = 4096;
const CHUNKS: u64 = 64;

/// Reads the whole file with as many requests as the limits allow. Says how often it was refused, and with what.
fn read_all(path: &Path, limits: Limits) -> Result<(u32, u32)> {
    // A simulated engine on which nothing is done at once: so requests do pile up.
    let engine = overlapped::engine::SimEngine::builder().seed(1).at_once(0.0).build();
    let system = SystemBuilder::new().custom_engine(std::sync::Arc::new(engine)).limits(limits).build()?;
    let port = CompletionPort::<(), u64>::new_in(&system, 1);
    let file = OpenOptions::new().read(true).system(&system).open_overlapped(path)?;
    let file = port.associate(file, ())?;
    let (mut refusals, mut code, mut complete) = (0, 0, 0);
    for chunk in 0..CHUNKS {
        let mut buffer = vec![0; CHUNK];
        while let Err(rejected) = file.read_at(buffer, chunk * CHUNK as u64, chunk) {
            refusals += 1;
            code = rejected.error.code().0;
            // The remedy: wait for a completion, then the same call with the same buffer.
            port.get()?.result?;
            complete += 1;
            buffer = rejected.buffer;
        }
    }
    while complete < CHUNKS {
        assert_eq!(port.get()?.result?, CHUNK);
        complete += 1;
    }
    Ok((refusals, code))
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("data");
    std::fs::write(&path, vec![7; CHUNK * CHUNKS as usize])?;

    let cases = [
        ("no limits", Limits::NONE, 0),
        ("10 requests in the system", Limits { requests: 10, ..Limits::NONE }, 1784),
        ("10 requests on the file", Limits { requests_per_instance: 10, ..Limits::NONE }, 8),
        ("10 buffers' worth of bytes", Limits { bytes: 10 * CHUNK, ..Limits::NONE }, 1816),
    ];
    for (name, limits, expected) in cases {
        let (refusals, code) = read_all(&path, limits)?;
        println!(
            "{name:<27} {refusals:>3} calls refused{}",
            if code > 0 { format!(" with {code}") } else { String::new() }
        );
        assert_eq!(code, expected);
        assert_eq!(refusals > 0, expected > 0);
    }
    Ok(())
}
