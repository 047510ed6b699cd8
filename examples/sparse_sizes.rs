//! A file's two sizes: how long it is, and how much it occupies. And its pointer, which makes them differ.
//!
//!     cargo run -p overlapped --example sparse_sizes
//!
//! What to look at:
//!
//! - The file pointer may be moved past the end. That alone changes nothing: the file grows when something is written
//!   there, or when the pointer's place is made the end.
//! - The bytes in between are a hole: they read as zeros and occupy nothing. `size` counts them, `physical_size` does not.
//! - There is no call that asks for the pointer: a move by 0 tells where it is.
//! - Two handles of one open file share the pointer; a second *open* has its own.

use overlapped::{File, OpenOptions, Result};
use std::io::SeekFrom;

const MIB: u64 = 1 << 20;

fn show(file: &File, what: &str) -> Result<(u64, u64)> {
    let (size, physical, at) = (file.size()?, file.physical_size()?, file.set_pointer(SeekFrom::Current(0))?);
    println!("{what:<34} size {size:>10}   occupies {physical:>8}   pointer {at:>10}");
    Ok((size, physical))
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("sparse");
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    show(&file, "new")?;

    file.set_pointer(SeekFrom::Start(64 * MIB))?;
    assert_eq!(show(&file, "pointer moved past the end")?.0, 0);

    file.write_bytes(&[1; 4096])?;
    let (size, physical) = show(&file, "4096 bytes written there")?;
    assert_eq!(size, 64 * MIB + 4096);
    assert!(physical < MIB, "the hole occupies nothing");

    file.set_pointer(SeekFrom::Start(96 * MIB))?;
    file.set_end_of_file()?;
    assert_eq!(show(&file, "end set further out")?.0, 96 * MIB);

    let twin = file.try_clone()?;
    twin.set_pointer(SeekFrom::Start(64 * MIB + 4095))?;
    show(&file, "pointer moved by the twin")?;
    let mut bytes = [9; 2];
    assert_eq!(file.read_bytes(&mut bytes)?, 2);
    assert_eq!(bytes, [1, 0], "the last byte written, then the hole");

    file.set_pointer(SeekFrom::Start(10))?;
    file.set_end_of_file()?;
    assert_eq!(show(&file, "cut to 10 bytes")?.0, 10);
    assert_eq!(file.read_bytes(&mut bytes)?, 0, "a synchronous read at the end gives 0 bytes");
    Ok(())
}
