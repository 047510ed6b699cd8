//! Plain `pread`: one system call a read, as many at a time as there are threads.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::benches::reads::{Job, Reader};
use crate::meter::Timer;
use crate::team::{self, Member, Placement};
use crate::workspace::{Block, stamp};

/// Reads with `pread` on `threads` threads.
pub struct Pread {
    job: Job,
    file: File,
    threads: usize,
}

impl Pread {
    /// Opens the file.
    pub fn open(job: &Job, threads: usize) -> io::Result<Self> {
        Ok(Self { job: job.clone(), file: job.open()?, threads })
    }

    fn one(&self, block: &mut Block, operation: u64) -> io::Result<u64> {
        self.file.read_exact_at(&mut block.0, self.job.offset(operation))?;
        Ok(stamp(&block.0))
    }
}

impl Reader for Pread {
    fn read(&mut self, operations: u64, timer: &mut Timer) -> io::Result<u64> {
        if self.threads == 1 {
            let block = &mut Block::many(1)[0];
            let mut sum = 0_u64;
            timer.start();
            for operation in 0..operations {
                sum = sum.wrapping_add(self.one(block, operation)?);
            }
            return Ok(sum);
        }
        let next = AtomicU64::new(0);
        let (this, next) = (&*self, &next);
        let member = || -> Member<'_> {
            Box::new(move || {
                let block = &mut Block::many(1)[0];
                let mut sum = 0_u64;
                loop {
                    let operation = next.fetch_add(1, Ordering::Relaxed);
                    if operation >= operations {
                        return Ok(sum);
                    }
                    sum = sum.wrapping_add(this.one(block, operation)?);
                }
            })
        };
        team::run(timer, Placement::Free, (0..this.threads).map(|_| member()).collect())
    }
}
