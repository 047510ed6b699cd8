//! Random reads of 4 KiB: what `read` and `direct` share.
//!
//! All contestants read the same blocks in the same order, add up the first and the last word of each,
//! and must come to the sum that follows from the file's content.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::harness::Contestant;
use crate::meter::Timer;
use crate::workspace::{BLOCK, expected_stamp, word};

/// What to read.
#[derive(Clone)]
pub struct Job {
    /// The file.
    pub path: PathBuf,
    /// Its length in blocks.
    pub blocks: u64,
    /// Whether to go past the page cache.
    pub unbuffered: bool,
}

/// How one of ours goes about it.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Reads in flight.
    pub depth: usize,
    /// Threads that take completions from the port and start the next reads.
    pub workers: usize,
}

impl Job {
    /// Where read number `operation` goes: anywhere, but the same for everybody.
    #[inline]
    pub fn offset(&self, operation: u64) -> u64 {
        self.block(operation) * BLOCK as u64
    }

    #[inline]
    fn block(&self, operation: u64) -> u64 {
        // The high half of the product: as even as a remainder and much cheaper.
        ((u128::from(word(!operation)) * u128::from(self.blocks)) >> 64) as u64
    }

    /// The sum that `operations` reads must come to.
    fn expected(&self, operations: u64) -> u64 {
        (0..operations).map(|operation| expected_stamp(self.block(operation))).fold(0, u64::wrapping_add)
    }

    /// Opens the file with plain means.
    pub fn open(&self) -> io::Result<File> {
        let flags = if self.unbuffered { libc::O_DIRECT } else { 0 };
        let file = File::options().read(true).custom_flags(flags).open(&self.path);
        match file {
            Err(error) if self.unbuffered && error.raw_os_error() == Some(libc::EINVAL) => {
                Err(error_about_direct(&self.path))
            }
            other => other,
        }
    }
}

fn error_about_direct(path: &Path) -> io::Error {
    let directory = path.parent().unwrap_or(path).display();
    io::Error::other(format!("the file system of {directory} has no unbuffered reads; choose another --dir"))
}

/// Somebody who does a [`Job`].
pub trait Reader {
    /// Does the reads 0 to `operations` - 1 and answers with the sum of the blocks'
    /// [stamps](crate::workspace::stamp).
    fn read(&mut self, operations: u64, timer: &mut Timer) -> io::Result<u64>;
}

/// A reader as a contestant.
pub struct Reading<R> {
    reader: R,
    job: Job,
    sum: u64,
}

impl<R: Reader> Reading<R> {
    /// The reader must have been opened for this job.
    pub fn new(reader: R, job: &Job) -> Self {
        Self { reader, job: job.clone(), sum: 0 }
    }
}

impl<R: Reader> Contestant for Reading<R> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        self.sum = self.reader.read(operations, timer)?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        if self.sum == self.job.expected(operations) {
            return Ok(());
        }
        Err(io::Error::other("the blocks read are not those of the file"))
    }
}
