//! Our own contestants: the one module that knows the library.
//!
//! Each is opened by a function that may answer with a reason why it is not here; its rows then stay
//! empty. The benchmarks do not care: to them ours is one more contestant.

use std::io;
use std::path::{Path, PathBuf};

use crate::benches::port::{Packet, Queue};
use crate::benches::reads::{Job, Reader, Shape};
use crate::meter::Timer;

/// Why one of ours is missing.
pub type Absent = String;

fn absent() -> Absent {
    "this build has no crate `overlapped` to measure".to_owned()
}

/// A completion port as a queue of packets.
pub enum Port {}

impl Port {
    /// A port that lets `running` threads run at the same time.
    pub fn open(_running: u32) -> Result<Self, Absent> {
        Err(absent())
    }
}

impl Queue for Port {
    fn post(&self, _packet: Packet) {
        match *self {}
    }

    fn get(&self) -> Packet {
        match *self {}
    }
}

/// Random reads through a handle and a port.
pub enum PortReader {}

impl PortReader {
    /// Opens the file of `job` for overlapped reads (unbuffered if the job says so) and ties it to a
    /// port.
    pub fn open(_job: &Job, _shape: Shape) -> Result<Self, Absent> {
        Err(absent())
    }
}

impl Reader for PortReader {
    fn read(&mut self, _operations: u64, _timer: &mut Timer) -> io::Result<u64> {
        match *self {}
    }
}

/// Copies one file by calls of the library, in this process.
pub enum Copying {}

impl Copying {
    /// Whatever is to be made once for many copies.
    pub fn open() -> Result<Self, Absent> {
        Err(absent())
    }

    /// Copies `from` over or to `to`.
    pub fn copy(&mut self, _from: &Path, _to: &Path) -> io::Result<()> {
        match *self {}
    }
}

/// The program `ovl` that was built together with this one.
pub fn program() -> Result<PathBuf, Absent> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.with_file_name("ovl");
    if program.is_file() {
        return Ok(program);
    }
    Err("no program `ovl` beside this one; `cargo build --release --workspace` makes both".to_owned())
}
