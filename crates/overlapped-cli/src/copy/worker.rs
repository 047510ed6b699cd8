//! The workers: threads that serve one completion port, and everything they share.
//!
//! Each worker takes the oldest packet and carries on with the file that it belongs to; when there is none, it begins another
//! file, and when there are no more files or buffers, it waits. A request that completes at once (a cached read, a small
//! write) queues its packet like any other, so a worker on a tree of small files never sleeps, and on a large file one worker
//! reads while another writes.
//!
//! The context of a request says which slot its file has and which piece it is about; the buffer travels with it. Nothing is
//! allocated for a chunk on this side, and the lock of a slot is never held during a call that may copy data.

use super::WRITERS;
use super::buffers::Buffers;
use super::compare::{Comparison, difference};
use super::extents::Piece;
use super::intake::{Intake, Postponed};
use super::ledger::Ledger;
use super::open::{Files, Opener, Removal};
use super::transfer::{Failure, Limits, Step, Transfer};
use super::walk::{Job, Walk};
use crate::problem::{Problem, Shown};
use overlapped::{
    AlignedBuf, Associated, Completion, CompletionPort, CopyRange, OverlappedFile, Rejected, RejectedContext,
};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};

/// The port that everything reports to.
pub type Port = CompletionPort<(), Part, AlignedBuf>;
/// A file on that port.
pub type Device = Associated<OverlappedFile, (), Part, AlignedBuf>;

/// The context of a request: whose it is and what it is about.
#[derive(Debug)]
pub struct Part {
    slot: usize,
    what: What,
    piece: Piece,
}

#[derive(Debug)]
enum What {
    /// A piece, from file to file.
    Copy,
    /// A piece of the source, to be written.
    Read,
    /// It is written.
    Write,
    /// A piece of the source, to be compared; with a buffer for the target's.
    First(AlignedBuf),
    /// The same piece of the target; with the source's.
    Second(AlignedBuf),
    /// A post: the work is done.
    Exit,
}

/// A request that was not accepted.
struct Refused {
    error: overlapped::Error,
    buffer: Option<AlignedBuf>,
    context: Part,
}

impl From<Rejected<Part, AlignedBuf>> for Refused {
    fn from(Rejected { error, buffer, context }: Rejected<Part, AlignedBuf>) -> Self {
        Self { error, buffer: Some(buffer), context }
    }
}

impl From<RejectedContext<Part>> for Refused {
    fn from(RejectedContext { error, context }: RejectedContext<Part>) -> Self {
        Self { error, buffer: None, context }
    }
}

/// What the workers share.
#[derive(Debug)]
pub struct Crew {
    /// Everything reports here.
    pub port: Port,
    /// How files are opened.
    pub opener: Opener,
    /// The books.
    pub ledger: Ledger,
    /// How many they are.
    pub threads: usize,
    buffers: Buffers,
    slots: Box<[Mutex<Option<Transfer>>]>,
    walk: Walk,
    intake: Mutex<Intake>,
    limits: Limits,
    interrupted: AtomicBool,
}

/// What a crew is made of.
#[derive(Debug)]
pub struct Parts {
    /// Everything reports here.
    pub port: Port,
    /// How files are opened.
    pub opener: Opener,
    /// The books.
    pub ledger: Ledger,
    /// What there is to copy.
    pub walk: Walk,
}

/// How much a crew does at once.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Threads.
    pub threads: usize,
    /// Requests on their way, and buffers.
    pub depth: usize,
    /// Files.
    pub files: usize,
    /// Writes to one file.
    pub writers: usize,
}

impl Crew {
    /// A crew with `depth` buffers, that copies at most `files` files at once, with at most `writers` writes to each on their way.
    pub fn new(parts: Parts, Size { threads, depth, files, writers }: Size) -> Self {
        let Parts { port, opener, ledger, walk } = parts;
        let depth = if opener.verify { depth.max(2) } else { depth };
        let limits = Limits {
            writers: u32::try_from(writers).unwrap_or(u32::MAX),
            copies: u32::try_from(depth.min(WRITERS)).unwrap_or(1),
            chunk: opener.chunk,
            reserve: (threads - 1).min(depth / 2),
        };
        Self {
            port,
            buffers: Buffers::new(depth, opener.chunk),
            opener,
            ledger,
            threads,
            slots: (0..files).map(|_| Mutex::new(None)).collect(),
            walk,
            intake: Mutex::new(Intake::new(files)),
            limits,
            interrupted: AtomicBool::new(false),
        }
    }

    /// The work of one thread, until everything is done. Each has a number below [`Crew::threads`].
    pub fn work(&self, worker: usize) {
        loop {
            let packet = match self.port.try_get() {
                Ok(Some(packet)) => Ok(packet),
                Ok(None) if self.begin(worker) => continue,
                Ok(None) if self.intake.lock().is_over() => return,
                Ok(None) => self.port.get(),
                Err(error) => Err(error),
            };
            match packet {
                Ok(Completion { context: Part { what: What::Exit, .. }, .. }) => return,
                Ok(packet) => self.handle(packet),
                // Only a closed port does this, and nobody closes it while there is work.
                Err(_) => return,
            }
        }
    }

    /// Begins no more files, and cancels those on their way.
    pub fn interrupt(&self) {
        self.interrupted.store(true, SeqCst);
        self.change_intake(|intake| intake.interrupt(&self.ledger));
        for slot in &self.slots {
            let files = slot.lock().as_mut().map(|transfer| {
                transfer.fail(Failure::Interrupted);
                Arc::clone(&transfer.files)
            });
            if let Some(files) = files {
                files.cancel();
            }
        }
    }

    /// Has [`Crew::interrupt`] been called?
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(SeqCst)
    }

    /// Gives the directories their modes and times; when all workers are gone.
    pub fn finish_directories(&self) {
        self.walk.finish_directories(&self.ledger);
    }

    /// Begins another file, if there is one and a buffer for it.
    fn begin(&self, worker: usize) -> bool {
        let needed = if self.opener.verify { 2 } else { 1 };
        if !self.intake.lock().may_begin() {
            return false;
        }
        let Some(buffers) = self.buffers.take(needed) else { return false };
        let Some((job, slot, last_try)) = self.next_job(worker) else {
            self.buffers.give(buffers);
            // Who asked for a buffer meanwhile and got none may sleep by now.
            return self.intake.lock().may_begin();
        };
        match self.opener.open(&job, &self.port) {
            Ok((files, extents)) => {
                let mut transfer = Transfer::new(job, Arc::new(files), extents, buffers, self.limits);
                transfer.last_try = last_try;
                self.put(slot, transfer);
                self.pump(slot);
            }
            Err(problem) => {
                self.not_copied(slot, &job, problem, 0, last_try);
                self.buffers.give(buffers);
                self.change_intake(|intake| intake.leave(slot));
            }
        }
        true
    }

    /// A file, a slot for it, and whether this is its last chance. The walk is not under the intake's lock, so that workers
    /// list and make directories beside each other.
    fn next_job(&self, worker: usize) -> Option<(Job, usize, bool)> {
        let slot = self.intake.lock().reserve();
        if let Some(slot) = slot {
            if let Some(job) = self.walk.next(worker, &self.ledger) {
                return Some((job, slot, false));
            }
            self.change_intake(|intake| {
                intake.exhaust();
                intake.leave(slot);
            });
        }
        self.change_intake(|intake| intake.retry(&self.ledger)).map(|(job, slot)| (job, slot, true))
    }

    /// Puts a transfer into its slot. An interrupt that came while it was in none is made up for.
    fn put(&self, slot: usize, transfer: Transfer) {
        *self.slots[slot].lock() = Some(transfer);
        if self.is_interrupted() {
            self.with(slot, |transfer| transfer.fail(Failure::Interrupted));
        }
    }

    /// When nothing is left after a change, sends everybody home. A packet too many does no harm.
    fn change_intake<R>(&self, change: impl FnOnce(&mut Intake) -> R) -> R {
        let mut intake = self.intake.lock();
        let result = change(&mut intake);
        if intake.ends() {
            for _ in 0..self.threads {
                self.post(0, What::Exit);
            }
        }
        result
    }

    fn post(&self, slot: usize, what: What) {
        // It fails only on a closed port, where nobody waits for it.
        let _ = self.port.post((), Part { slot, what, piece: Piece { offset: 0, len: 0 } });
    }

    /// Does something to the transfer in a slot, if there is one.
    fn with<R>(&self, slot: usize, act: impl FnOnce(&mut Transfer) -> R) -> Option<R> {
        self.slots[slot].lock().as_mut().map(act)
    }

    /// Brings a completion to its file, and carries on with it.
    fn handle(&self, packet: Completion<(), Part, AlignedBuf>) {
        let Completion { context: Part { slot, what, piece }, buffer, result, .. } = packet;
        let end = |error: &overlapped::Error| error.is_end_of_file();
        match (what, buffer) {
            (What::Copy, _) => match result {
                Ok(len) => {
                    self.ledger.moved.fetch_add(len as u64, Relaxed);
                    self.with(slot, |t| t.was_copied(piece, len))
                }
                Err(error) if end(&error) => self.with(slot, |t| t.was_copied(piece, 0)),
                Err(_) => self.with(slot, |t| t.copy_failed(piece)),
            },
            (What::Read, Some(buffer)) => match result {
                Ok(len) => self.with(slot, |t| t.was_read(piece, buffer, len)),
                Err(error) if end(&error) => self.with(slot, |t| t.was_read(piece, buffer, 0)),
                Err(error) => self.with(slot, |t| {
                    t.read_ended([buffer]);
                    t.fail(self.reading(&t.job, error));
                }),
            },
            (What::Write, Some(buffer)) => match result {
                Ok(len) => {
                    self.ledger.moved.fetch_add(len as u64, Relaxed);
                    self.with(slot, |t| t.was_written(piece.offset, buffer))
                }
                Err(error) => self.with(slot, |t| {
                    t.write_failed(buffer);
                    t.fail(self.writing(&t.job, error));
                }),
            },
            (What::First(spare), Some(buffer)) => match result {
                Ok(_) => return self.read_second(slot, piece, spare, buffer),
                Err(error) => self.with(slot, |t| {
                    t.read_ended([spare, buffer]);
                    t.fail(if end(&error) { changed(&t.job, piece.offset) } else { self.reading(&t.job, error) });
                }),
            },
            (What::Second(source), Some(buffer)) => self.with(slot, |t| {
                match result {
                    Ok(_) => {
                        if let Some(offset) = difference(piece, &source, &buffer) {
                            t.fail(changed(&t.job, offset));
                        }
                    }
                    Err(error) if end(&error) => t.fail(changed(&t.job, piece.offset)),
                    Err(error) => t.fail(self.writing(&t.job, error)),
                }
                t.read_ended([source, buffer]);
            }),
            _ => None,
        };
        self.pump(slot);
    }

    /// Carries on with a file as far as it goes without waiting.
    fn pump(&self, slot: usize) {
        loop {
            let mut slot_guard = self.slots[slot].lock();
            let Some(transfer) = slot_guard.as_mut() else { return };
            let files = Arc::clone(&transfer.files);
            match transfer.next(&self.buffers) {
                Step::Copy(piece) => {
                    drop(slot_guard);
                    files.touch();
                    let part = Part { slot, what: What::Copy, piece };
                    let range = CopyRange {
                        source_offset: piece.offset,
                        target_offset: piece.offset,
                        len: u32::try_from(piece.len).unwrap_or(u32::MAX),
                    };
                    let issued = files.target.copy_range_from(&files.source, range, part);
                    self.issued(&files, issued);
                }
                Step::Read(piece, buffer) => {
                    drop(slot_guard);
                    let part = Part { slot, what: What::Read, piece };
                    self.issued(&files, files.source.read_at(buffer, piece.offset, part));
                }
                Step::Write(offset, buffer) => {
                    drop(slot_guard);
                    files.touch();
                    let part = Part { slot, what: What::Write, piece: Piece { offset, len: buffer.len() } };
                    self.issued(&files, files.target.write_at(buffer, offset, part));
                }
                Step::Compare(piece, [first, second]) => {
                    drop(slot_guard);
                    let part = Part { slot, what: What::First(second), piece };
                    self.issued(&files, files.source.read_at(first, piece.offset, part));
                }
                Step::Rest => return,
                Step::Over => {
                    let Some(transfer) = slot_guard.take() else { return };
                    drop((slot_guard, files));
                    match self.conclude(slot, transfer) {
                        Some(transfer) => self.put(slot, transfer),
                        None => return self.change_intake(|intake| intake.leave(slot)),
                    }
                }
            }
        }
    }

    fn read_second(&self, slot: usize, piece: Piece, spare: AlignedBuf, source: AlignedBuf) {
        let Some(files) = self.with(slot, |t| Arc::clone(&t.files)) else { return };
        let part = Part { slot, what: What::Second(source), piece };
        self.issued(&files, files.target.read_at(spare, piece.offset, part));
    }

    /// Counts a request. One that was refused is handled as if it had failed; one that was issued while an interrupt cancelled
    /// the others is cancelled here.
    fn issued(&self, files: &Files, result: Result<(), impl Into<Refused>>) {
        self.ledger.operations.fetch_add(1, Relaxed);
        if self.is_interrupted() {
            files.cancel();
        }
        if let Err(refused) = result {
            let Refused { error, buffer, context } = refused.into();
            self.handle(Completion { key: (), context, buffer, result: Err(error) });
        }
    }

    /// All pieces of a file are done, or it is given up. Gives it back if it is now to be compared.
    fn conclude(&self, slot: usize, mut transfer: Transfer) -> Option<Transfer> {
        let compared = transfer.comparison.is_some();
        if transfer.failure.is_none() && !compared {
            if let Err(problem) = self.complete(&mut transfer) {
                transfer.fail(Failure::Problem(problem));
            } else if transfer.comparison.is_some() {
                return Some(transfer);
            }
        }
        match transfer.failure.take() {
            None => {
                if let Err(error) = transfer.files.finish(&self.opener.rules) {
                    self.ledger.problem(Problem::keeping(&transfer.job.target, error));
                }
                self.ledger.file(transfer.written);
            }
            Some(failure) => self.take_back(slot, &transfer, failure),
        }
        self.buffers.give(transfer.into_buffers());
        None
    }

    /// Everything is written: the size is set, and a comparison begun.
    fn complete(&self, transfer: &mut Transfer) -> Result<(), Problem> {
        let Transfer { job, files, extents, end, .. } = &*transfer;
        let writing = |error| Problem::writing(&job.source, &job.target, error);
        files.set_size(extents.size(), *end).map_err(writing)?;
        if files.is_compared() {
            let comparison = Comparison::of(files, extents.size(), self.opener.chunk).map_err(writing)?;
            transfer.compare(comparison);
        }
        Ok(())
    }

    /// A file of `size` bytes could not be copied: that is told, or it is tried again if others filled the disk.
    fn not_copied(&self, slot: usize, job: &Job, problem: Problem, size: u64, last_try: bool) {
        let passes = problem.is_full_disk() || problem.is_lack_of_descriptors();
        let problem = if passes && !last_try {
            self.intake.lock().postpone(slot, Postponed { job: job.clone(), problem, size })
        } else {
            Some(problem)
        };
        if let Some(problem) = problem {
            self.ledger.problem(problem);
        }
    }

    fn reading(&self, job: &Job, error: overlapped::Error) -> Failure {
        self.unless_interrupted(error, |error| Problem::reading(&job.source, error))
    }

    fn writing(&self, job: &Job, error: overlapped::Error) -> Failure {
        self.unless_interrupted(error, |error| Problem::writing(&job.source, &job.target, error))
    }

    /// A request that was cancelled because of an interrupt may come back before the interrupt has reached its file.
    fn unless_interrupted(
        &self,
        error: overlapped::Error,
        problem: impl FnOnce(overlapped::Error) -> Problem,
    ) -> Failure {
        let cancelled = error.code() == Win32Error::OPERATION_ABORTED && self.is_interrupted();
        if cancelled { Failure::Interrupted } else { Failure::Problem(problem(error)) }
    }

    fn take_back(&self, slot: usize, transfer: &Transfer, failure: Failure) {
        let target = &transfer.job.target;
        let removal = transfer.files.take_back(target);
        let note = removal.note(target);
        match (failure, note) {
            (Failure::Problem(problem), note) => {
                let problem = note.iter().fold(problem, |problem, note| problem.and(note));
                self.not_copied(slot, &transfer.job, problem, transfer.extents.size(), transfer.last_try);
            }
            (Failure::Interrupted, note) => {
                if removal != Removal::None && removal != Removal::Failed {
                    self.ledger.removed();
                }
                if let Some(note) = note {
                    self.ledger.say(&note);
                }
            }
        }
    }
}

/// The copy is not what the source is.
fn changed(job: &Job, offset: u64) -> Failure {
    let (source, target) = (Shown(&job.source), Shown(&job.target));
    let message =
        format!("{target} differs from {source} from byte {offset} on, and was removed; look for a disk error");
    let message = format!("{message} in dmesg, or for a program that writes to {source}, and copy it again");
    Failure::Problem(Problem::new(&job.target, message))
}
