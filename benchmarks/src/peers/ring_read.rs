//! Random reads through a bare ring: one thread, a fixed number of reads in flight, one enter for a
//! whole batch.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use io_uring::{opcode, squeue, types};

use super::ring::{self, Ring};
use crate::benches::reads::{Job, Reader};
use crate::meter::Timer;
use crate::workspace::{BLOCK, Block, stamp};

/// Keeps up to `blocks.len()` reads in flight.
pub struct RingReader {
    // First, so that it is dropped, and with it drained, before the buffers and the file.
    ring: Ring,
    blocks: Vec<Block>,
    file: File,
    job: Job,
}

impl RingReader {
    /// Opens the file and makes the ring; both are for the calling thread.
    pub fn open(job: &Job, depth: usize) -> io::Result<Self> {
        Ok(Self { ring: Ring::new(depth as u32)?, blocks: Block::many(depth), file: job.open()?, job: job.clone() })
    }

    fn keep_reading(&mut self, operations: u64) -> io::Result<u64> {
        let Self { ring, blocks, file, job } = self;
        let descriptor = types::Fd(file.as_raw_fd());
        let entry = |block: *mut u8, slot: u64, operation: u64| -> squeue::Entry {
            opcode::Read::new(descriptor, block, BLOCK as u32).offset(job.offset(operation)).build().user_data(slot)
        };
        let mut issued = 0;
        for block in blocks.iter_mut().take(operations as usize) {
            // SAFETY: the block and the file are dropped after the ring, and a block is looked at only
            // after its read has completed and before its next one is prepared.
            unsafe { ring.push(&entry(block.0.as_mut_ptr(), issued, issued)) }?;
            issued += 1;
        }
        let mut sum = 0_u64;
        while ring.in_flight() > 0 {
            let next = |slot: u64, result: i32| {
                if ring::bytes(result)? != BLOCK {
                    return Err(io::Error::other(format!("a read of {BLOCK} bytes brought {result}")));
                }
                let block = &mut blocks[slot as usize];
                sum = sum.wrapping_add(stamp(&block.0));
                let operation = issued;
                issued += 1;
                Ok((operation < operations).then(|| entry(block.0.as_mut_ptr(), slot, operation)))
            };
            // SAFETY: as above.
            unsafe { ring.turn(next) }?;
        }
        Ok(sum)
    }
}

impl Reader for RingReader {
    fn read(&mut self, operations: u64, _timer: &mut Timer) -> io::Result<u64> {
        let sum = self.keep_reading(operations);
        self.ring.drain();
        sum
    }
}
