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
    copying: u32,
    /// Copies are left to the library, as long as none fails.
    inside: bool,
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
    /// Copies from file to file on their way.
    pub copies: u32,
    /// Bytes a read or write.
    pub chunk: usize,
    /// Buffers to leave for workers that may start another file.
    pub reserve: usize,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Let the library copy this piece.
    Copy(Piece),
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
        let inside = files.copies_inside() && extents.size() > limits.chunk as u64;
        if inside && !extents.has_holes() {
            files.reserve(extents.size());
        }
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
            copying: 0,
            inside,
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

    /// The library has copied `len` bytes of a piece: all, unless the source ends there.
    pub fn was_copied(&mut self, piece: Piece, len: usize) {
        self.copying -= 1;
        self.extents.came(piece, len);
        self.written += len as u64;
        self.end = self.end.max(piece.offset + len as u64);
    }

    /// It could not copy a piece, and did not say which file was at fault: reading and writing will, if they fail too.
    pub fn copy_failed(&mut self, piece: Piece) {
        self.copying -= 1;
        self.inside = false;
        self.extents.again(piece, self.limits.chunk);
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
        if self.inside {
            return self.next_copy(pool);
        }
        if self.writing < self.limits.writers
            && let Some(lowest) = (0..self.ready.len()).min_by_key(|i| self.ready[*i].0)
        {
            self.writing += 1;
            let (offset, buffer) = self.ready.swap_remove(lowest);
            return Step::Write(offset, buffer);
        }
        let waits = self.extents.one_by_one() && (self.reading + self.writing > 0);
        if !waits && let Some(mut buffer) = self.buffer(pool) {
            match self.extents.next(&*self.files.source) {
                Some(piece) => {
                    self.reading += 1;
                    buffer.set_capacity(self.wanted(piece));
                    return Step::Read(piece, buffer);
                }
                None => self.idle.push(buffer),
            }
            return self.end_if_quiet(pool);
        }
        Step::Rest
    }

    fn next_copy(&mut self, pool: &Buffers) -> Step {
        if self.copying >= self.limits.copies {
            return Step::Rest;
        }
        match self.extents.next(&*self.files.source) {
            Some(piece) => {
                self.copying += 1;
                Step::Copy(piece)
            }
            None => self.end_if_quiet(pool),
        }
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
                let wanted = self.wanted(piece);
                let (Some(mut a), Some(mut b)) = (self.idle.pop(), self.idle.pop()) else { return Step::Rest };
                a.set_capacity(wanted);
                b.set_capacity(wanted);
                Step::Compare(piece, [a, b])
            }
            None => self.end_if_quiet(pool),
        }
    }

    /// What a read of a piece asks for: no more than that, so that it is not taken for one that meets the end of the file.
    fn wanted(&self, piece: Piece) -> usize {
        if self.files.unbuffered() { piece.len.next_multiple_of(SECTOR) } else { piece.len }
    }

    /// A free buffer: one of its own, or one that nobody needs.
    fn buffer(&mut self, pool: &Buffers) -> Option<AlignedBuf> {
        self.idle.pop().or_else(|| pool.take_extra(self.limits.reserve))
    }

    /// There is nothing left to begin: others may have the buffers. It keeps those that a comparison needs.
    fn end_if_quiet(&mut self, pool: &Buffers) -> Step {
        let quiet = self.reading + self.writing + self.copying == 0 && self.ready.is_empty();
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
