//! One file on its way: what has been read, what waits to be written, and what comes next.
//!
//! A transfer is a state machine without I/O of its own. Workers bring it what completed ([`Transfer::was_read`],
//! [`Transfer::was_written`]) and carry out what it says comes next ([`Transfer::next`]). Reads run ahead as far as there are
//! buffers; of what waits to be written, the lowest offset goes first. How many writes are on their way at once is the caller's
//! choice: Linux lets only one thread at a time write into a file, so more of them would wait for each other.

use super::buffers::Buffers;
use super::compare::Comparison;
use super::extents::{Extents, Piece};
use super::open::Files;
use super::walk::Job;
use crate::problem::Problem;
use overlapped::AlignedBuf;
use std::os::fd::AsFd;
use std::sync::Arc;

/// Rounds what is written up to this, where the cache is bypassed.
pub const SECTOR: usize = 4096;

/// See the module page.
#[derive(Debug)]
pub struct Transfer {
    /// What is copied where.
    pub job: Job,
    /// Both files.
    pub files: Arc<Files>,
    /// What is left to be read.
    pub extents: Extents,
    /// Why it is given up.
    pub failure: Option<Failure>,
    /// The bytes of data written.
    pub written: u64,
    /// Where the last write ended: the size that the target has by now, if it was empty.
    pub end: u64,
    /// Not to be tried again if the disk is full.
    pub last_try: bool,
    /// The second part: source and copy are compared.
    pub comparison: Option<Comparison>,
    idle: Vec<AlignedBuf>,
    ready: Vec<(u64, AlignedBuf)>,
    reading: u32,
    writing: u32,
    limits: Limits,
}

/// Why a transfer ends early.
#[derive(Debug)]
pub enum Failure {
    /// Something went wrong.
    Problem(Problem),
    /// A signal came.
    Interrupted,
}

/// How much at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Writes on their way.
    pub writers: u32,
    /// Buffers to leave for workers that may start another file.
    pub reserve: usize,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Read this piece of the source.
    Read(Piece, AlignedBuf),
    /// Write this at this offset of the target.
    Write(u64, AlignedBuf),
    /// Read this piece of both files: the source first, then the target.
    Compare(Piece, [AlignedBuf; 2]),
    /// Nothing, until something completes.
    Rest,
    /// Everything is done, or given up, and nothing is on its way.
    Over,
}

impl Transfer {
    /// A transfer that owns some buffers from the start.
    pub fn new(job: Job, files: Arc<Files>, extents: Extents, buffers: Vec<AlignedBuf>, limits: Limits) -> Self {
        Self {
            job,
            files,
            extents,
            failure: None,
            written: 0,
            end: 0,
            last_try: false,
            comparison: None,
            idle: buffers,
            ready: Vec::new(),
            reading: 0,
            writing: 0,
            limits,
        }
    }

    /// Gives it up. The first reason counts.
    pub fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// A read of the source is complete: `len` bytes came.
    pub fn was_read(&mut self, piece: Piece, mut buffer: AlignedBuf, len: usize) {
        self.reading -= 1;
        // What a growing file has beyond the piece belongs to the next one, or came too late.
        let len = len.min(piece.len);
        self.extents.came(piece, len);
        if len == 0 {
            self.idle.push(buffer);
            return;
        }
        buffer.resize(len);
        if self.files.unbuffered() && !len.is_multiple_of(SECTOR) {
            buffer.resize(len.next_multiple_of(SECTOR));
            buffer[len..].fill(0);
        }
        self.written += len as u64;
        self.ready.push((piece.offset, buffer));
    }

    /// A write is complete.
    pub fn was_written(&mut self, offset: u64, buffer: AlignedBuf) {
        self.writing -= 1;
        self.end = self.end.max(offset + buffer.len() as u64);
        self.idle.push(buffer);
    }

    /// A read failed, or the comparison of a piece is done.
    pub fn read_ended(&mut self, buffers: impl IntoIterator<Item = AlignedBuf>) {
        self.reading -= 1;
        self.idle.extend(buffers);
    }

    /// A write failed.
    pub fn write_failed(&mut self, buffer: AlignedBuf) {
        self.writing -= 1;
        self.idle.push(buffer);
    }

    /// What comes next; what is returned counts as on its way.
    pub fn next(&mut self, pool: &Buffers) -> Step {
        if self.failure.is_some() {
            self.idle.extend(self.ready.drain(..).map(|(_, buffer)| buffer));
            return self.end_if_quiet(pool);
        }
        if self.comparison.is_some() {
            return self.next_comparison(pool);
        }
        if self.writing < self.limits.writers
            && let Some(lowest) = (0..self.ready.len()).min_by_key(|i| self.ready[*i].0)
        {
            self.writing += 1;
            let (offset, buffer) = self.ready.swap_remove(lowest);
            return Step::Write(offset, buffer);
        }
        let waits = self.extents.one_by_one() && (self.reading + self.writing > 0);
        if !waits && let Some(buffer) = self.buffer(pool) {
            match self.extents.next(self.files.source.as_fd()) {
                Some(piece) => {
                    self.reading += 1;
                    return Step::Read(piece, buffer);
                }
                None => self.idle.push(buffer),
            }
            return self.end_if_quiet(pool);
        }
        Step::Rest
    }

    fn next_comparison(&mut self, pool: &Buffers) -> Step {
        let Some(comparison) = &mut self.comparison else { return Step::Rest };
        while self.idle.len() < 2 {
            match pool.take_extra(self.limits.reserve) {
                Some(buffer) => self.idle.push(buffer),
                None => return Step::Rest,
            }
        }
        match comparison.next(self.files.source.as_fd(), self.files.target.as_fd()) {
            Some(piece) => {
                self.reading += 1;
                let (Some(a), Some(b)) = (self.idle.pop(), self.idle.pop()) else { return Step::Rest };
                Step::Compare(piece, [a, b])
            }
            None => self.end_if_quiet(pool),
        }
    }

    /// A free buffer: one of its own, or one that nobody needs.
    fn buffer(&mut self, pool: &Buffers) -> Option<AlignedBuf> {
        self.idle.pop().or_else(|| pool.take_extra(self.limits.reserve))
    }

    /// There is nothing left to begin: others may have the buffers. It keeps those that a comparison needs.
    fn end_if_quiet(&mut self, pool: &Buffers) -> Step {
        let quiet = self.reading + self.writing == 0 && self.ready.is_empty();
        if quiet {
            return Step::Over;
        }
        let keep = if self.files.is_compared() { 2 } else { 0 };
        if self.idle.len() > keep {
            pool.give(self.idle.drain(keep..));
        }
        Step::Rest
    }

    /// Begins to compare, with everything written.
    pub fn compare(&mut self, comparison: Comparison) {
        self.comparison = Some(comparison);
    }

    /// The buffers, when it is over.
    pub fn into_buffers(self) -> Vec<AlignedBuf> {
        self.idle
    }
}
