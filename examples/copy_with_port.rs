//! Copies a file with eight requests in flight, through one completion port.
//!
//!     cargo run --release -p overlapped --example copy_with_port -- SRC DST
//!
//! Without arguments it makes a file of its own in the temporary directory, copies it and compares the two.
//!
//! What to look at:
//!
//! - Both files report to the same port. The *key* says which file a packet is about: that is all a key is for.
//! - The *context* travels with one request and comes back with it: here the offset, so that what was read at an offset is
//!   written at the same one. Packets come in any order, and nothing here depends on it.
//! - The buffer travels too. Eight buffers serve the whole file; nobody allocates in the loop.
//! - A read gives fewer bytes only at the end of the file. The write then writes as many: the buffer's filled length.
//! - More threads could call `port.get()` on clones of the port, with no other change than where the count of outstanding
//!   chunks is kept. For one file one thread suffices: it never waits while a packet is queued.

use overlapped::{CompletionPort, OpenOptions, Result};
use std::path::Path;
use std::time::Instant;

const CHUNK: u64 = 256 * 1024;
const DEPTH: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Source,
    Target,
}

fn copy(source: &Path, target: &Path) -> Result<u64> {
    let port = CompletionPort::<Side, u64>::new(0)?;
    let input = OpenOptions::new().read(true).sequential(true).open_overlapped(source)?;
    let output = OpenOptions::new().write(true).create(true).truncate(true).open_overlapped(target)?;
    let size = input.size()?;
    let input = port.associate(input, Side::Source)?;
    let output = port.associate(output, Side::Target)?;

    let mut offsets = (0..size.div_ceil(CHUNK)).map(|chunk| chunk * CHUNK);
    let mut in_flight = 0;
    for offset in offsets.by_ref().take(DEPTH) {
        input.read_at(Vec::with_capacity(CHUNK as usize), offset, offset)?;
        in_flight += 1;
    }
    let mut copied = 0;
    while in_flight > 0 {
        let done = port.get()?;
        let bytes = done.result?;
        let Some(buffer) = done.buffer else { unreachable!("nobody posts to this port") };
        match done.key {
            Side::Source => output.write_at(buffer, done.context, done.context)?,
            Side::Target => {
                copied += bytes as u64;
                match offsets.next() {
                    Some(offset) => input.read_at(buffer, offset, offset)?,
                    None => in_flight -= 1,
                }
            }
        }
    }
    Ok(copied)
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [source, target] => report(Path::new(source), Path::new(target))?,
        [] => {
            let dir = tempfile::tempdir()?;
            let (source, target) = (dir.path().join("source"), dir.path().join("target"));
            let data: Vec<u8> = (0..20_000_003_u32).map(|i| (i ^ (i >> 9)) as u8).collect();
            std::fs::write(&source, &data)?;
            report(&source, &target)?;
            assert!(std::fs::read(&target)? == data, "the copy differs");
            println!("the copy is the same, byte for byte");
        }
        _ => return Err("usage: copy_with_port [SRC DST]".into()),
    }
    Ok(())
}

fn report(source: &Path, target: &Path) -> Result<()> {
    let start = Instant::now();
    let bytes = copy(source, target)?;
    println!("{bytes} bytes in {:.1?}, at most {DEPTH} requests of {CHUNK} bytes at once", start.elapsed());
    Ok(())
}
