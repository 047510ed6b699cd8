//! What the processes of a run-time directory do with files, in memory that all of them map, so that most opens and closes need no
//! system call for it.
//!
//! The memory is a table of [buckets](Bucket), found by a file's hash, which is a cache line each. A word of a bucket says which file (the rest
//! of the hash), which process and what it does: seven bits of [`Marks`]. Only its process writes a word, and takes it away; but whoever closes a
//! file that is to be deleted sets the bit that says so in the words of those who still have it open.
//!
//! **Who lives** is said by locks on the table's file. A process is a *slot*, a byte that it holds locked exclusively. Linux lets go of
//! that with the process, however it ends, and a word whose slot nobody holds counts for nothing. Who meets such a word takes it away, with the slot
//! locked shared, so that nobody can become its owner meanwhile and write the same word again. Whoever gets a slot first takes away what the one
//! before has left.
//!
//! **Two at once**: who opens a file writes first and reads then, both sequentially consistent, so that of two at least one sees the other.
//!
//! A bucket has room for seven words. Beyond that, and for a process that finds no slot, marks are [spilled](super::spill), which takes system
//! calls; the bucket counts them, so that only its files are looked for there. A process that is killed leaves that count too high, until all
//! processes have ended: it costs time only.
//!
//! Nothing that is read here is trusted further than that: any word is a valid one, and no number of them leads out of the memory. Drawback: who
//! cuts the file short ends the processes that have it mapped. Only their user can.

use super::Marks;
use crate::file::record_lock::{self, Hold, Span};
use parking_lot::Mutex;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FallocateFlags, FlockOperation};
use rustix::io::{Errno, retry_on_intr};
use rustix::mm::{MapFlags, ProtFlags};
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

/// Counts of processes with byte-range locks.
const COUNTS: usize = 1024;
const BUCKETS: usize = 4096;
/// Words of a bucket, besides its count.
const PLACES: usize = 7;
/// Processes. Nobody is number 0.
const SLOTS: u64 = 1 << 14;
/// How many slots are tried before a process goes without.
const TRIES: u64 = 256;
/// The byte from which on those are that are locked by who tries again.
const TURN: u64 = 1 << 20;
/// How often, and how long between, somebody asks for its turn before it goes on without.
const TURNS: (u32, Duration) = (200, Duration::from_micros(100));
/// How often the memory is prepared again that somebody else was to prepare, and was killed.
const BEGINNINGS: u32 = 100;
const SIZE: usize = size_of::<Memory>();

#[repr(C)]
struct Memory {
    /// How many processes have byte-range locks, by hash.
    counts: [AtomicU32; COUNTS],
    /// How many words and spilled marks say that a file waits to be deleted, or more, if a process was killed.
    deletions: AtomicU32,
    buckets: [Bucket; BUCKETS],
}

#[repr(C, align(64))]
struct Bucket {
    /// How many marks of its files have been spilled.
    spilled: AtomicU64,
    words: [AtomicU64; PLACES],
}

/// The bits of a word that say which file, besides the bucket. Those of its marks are the lowest.
const FILE: u64 = !0 << 21;
const MARKS: u32 = 7;

fn word(hash: u64, slot: u64, marks: Marks) -> u64 {
    if marks == Marks::default() { 0 } else { hash & FILE | slot << MARKS | u64::from(marks.0) }
}

fn slot_of(word: u64) -> u64 {
    word >> MARKS & (SLOTS - 1)
}

fn marks_of(word: u64) -> Marks {
    Marks((word & ((1 << MARKS) - 1)) as u8)
}

/// Whose word for this file it is.
fn is_of(word: u64, hash: u64) -> Option<u64> {
    (word != 0 && (word ^ hash) & FILE == 0).then(|| slot_of(word))
}

/// See the module page.
pub(super) struct Table {
    memory: NonNull<Memory>,
    /// Locked for as long as this process lives: shared as a whole, and its slot.
    file: OwnedFd,
    /// Which process this is; `None` if all slots are taken.
    slot: Option<u64>,
    /// Held by who locks the slot of somebody dead, since locks of one process do not exclude each other.
    clearing: Mutex<()>,
    /// The part of this process in `counts`.
    counts: [AtomicU32; COUNTS],
}

// SAFETY: the memory is there until this is dropped, and all of it is atomic.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("slot", &self.slot).finish_non_exhaustive()
    }
}

impl Table {
    /// Joins those who have this file mapped. The first of them finds what it says to be old.
    pub fn join(file: OwnedFd) -> Result<Self, Errno> {
        for _ in 0..BEGINNINGS {
            let alone = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
            if alone {
                prepare(&file)?;
            }
            // Waits for who prepares it. The exclusive lock is gone first: others may prepare it once more, as nobody has entered it.
            retry_on_intr(|| rustix::fs::flock(&file, FlockOperation::LockShared))?;
            if rustix::fs::fstat(&file)?.st_size == SIZE as i64 {
                let (memory, slot, clearing) = (map(&file)?, None, Mutex::default());
                let mut table = Self { memory, file, slot, clearing, counts: [const { AtomicU32::new(0) }; COUNTS] };
                table.slot = table.take_slot();
                return Ok(table);
            }
        }
        Err(Errno::INVAL)
    }

    fn memory(&self) -> &Memory {
        // SAFETY: the mapping is as long and lives as long as `self`, and any content of it is valid.
        unsafe { self.memory.as_ref() }
    }

    fn bucket(&self, hash: u64) -> &Bucket {
        &self.memory().buckets[hash as usize % BUCKETS]
    }

    fn lock(&self, span: Span, hold: Hold) -> Result<bool, Errno> {
        record_lock::set(self.file.as_fd(), span, hold)
    }

    fn take_slot(&self) -> Option<u64> {
        let first = u64::from(std::process::id());
        let tried = (0..TRIES).map(|more| 1 + (first + more) % (SLOTS - 1));
        let slot = tried.into_iter().find(|slot| matches!(self.lock((*slot, slot + 1), Hold::Exclusive), Ok(true)))?;
        self.memory().buckets.iter().for_each(|bucket| bucket.clear(slot));
        Some(slot)
    }

    /// Says what this process does with a file, and no longer what it did before. Not for two threads at a time with one file. `None`: there is no
    /// room for it. True: somebody has left it the deletion of the file meanwhile.
    pub fn put(&self, hash: u64, before: Marks, now: Marks) -> Option<bool> {
        let slot = self.slot?;
        let (bucket, new) = (self.bucket(hash), word(hash, slot, now));
        if let Some(own) = bucket.words.iter().find(|word| is_of(word.load(Relaxed), hash) == Some(slot)) {
            let left = |word: u64| marks_of(word).meets(Marks::DELETED) && !before.meets(Marks::DELETED);
            // What others have left stays for as long as there is a word.
            let next = |word: u64| if new != 0 && left(word) { new | u64::from(Marks::DELETED.0) } else { new };
            let old = own.fetch_update(SeqCst, Relaxed, |word| Some(next(word))).unwrap_or_else(|word| word);
            return Some(left(old));
        }
        let entered = new == 0 || bucket.enter(new) || self.make_room(bucket) && bucket.enter(new);
        entered.then_some(false)
    }

    /// Leaves the deletion of a file to all others that have a word for it; false if there are none.
    pub fn leave_deletion(&self, hash: u64) -> bool {
        let bucket = self.bucket(hash);
        let leave = |place: &AtomicU64| loop {
            let word = place.load(SeqCst);
            match is_of(word, hash) {
                Some(slot) if Some(slot) != self.slot && self.is_alive(slot, bucket) => {}
                _ => return false,
            }
            if marks_of(word).meets(Marks::DELETED) {
                return true;
            }
            self.count_deletion(true);
            if place.compare_exchange(word, word | u64::from(Marks::DELETED.0), SeqCst, Relaxed).is_ok() {
                return true;
            }
            // It has gone, or does something else now.
            self.count_deletion(false);
        };
        // All of them, and not just the first.
        bucket.words.iter().filter(|place| leave(place)).count() != 0
    }

    /// A word or a spilled mark says from now on that a file waits to be deleted, or does so no longer.
    pub fn count_deletion(&self, more: bool) {
        let count = &self.memory().deletions;
        let _ = if more { count.fetch_add(1, SeqCst) } else { count.fetch_sub(1, SeqCst) };
    }

    /// May any file wait to be deleted?
    pub fn may_have_deletions(&self) -> bool {
        self.memory().deletions.load(SeqCst) != 0
    }

    /// Has somebody left this process the deletion of the file?
    pub fn has_left_deletion(&self, hash: u64) -> bool {
        let own = |word: u64| is_of(word, hash).is_some_and(|slot| Some(slot) == self.slot);
        let words = self.bucket(hash).words.iter().map(|word| word.load(SeqCst));
        words.into_iter().any(|word| own(word) && marks_of(word).meets(Marks::DELETED))
    }

    /// Takes away what the dead have left in a full bucket, unless it was too full before: to ask for all of them takes time.
    fn make_room(&self, bucket: &Bucket) -> bool {
        let slots = bucket.words.iter().map(|word| slot_of(word.load(Relaxed)));
        let mut others = slots.filter(|slot| Some(*slot) != self.slot);
        bucket.spilled.load(Relaxed) == 0 && others.any(|slot| !self.is_alive(slot, bucket))
    }

    /// Does another process one of these with the file?
    pub fn any(&self, hash: u64, marks: Marks) -> bool {
        self.others(hash, marks).next().is_some()
    }

    /// The same, where the dead do not count.
    pub fn any_alive(&self, hash: u64, marks: Marks) -> bool {
        self.others(hash, marks).any(|slot| self.is_alive(slot, self.bucket(hash)))
    }

    /// The slots of who does one of these with the file.
    fn others(&self, hash: u64, marks: Marks) -> impl Iterator<Item = u64> {
        let words = self.bucket(hash).words.iter().map(|word| word.load(SeqCst));
        let of_file = words.filter(move |word| marks_of(*word).meets(marks));
        of_file.filter_map(move |word| is_of(word, hash)).filter(|slot| Some(*slot) != self.slot)
    }

    /// Takes what a process has left in this bucket, if it is dead.
    fn is_alive(&self, slot: u64, bucket: &Bucket) -> bool {
        let _one_at_a_time = self.clearing.lock();
        let byte = (slot, slot + 1);
        match self.lock(byte, Hold::Shared) {
            Ok(true) => {
                bucket.clear(slot);
                let _ = self.lock(byte, Hold::None);
                false
            }
            Ok(false) => true,
            Err(errno) => {
                tracing::debug!(%errno, "a process does not count, though it may live");
                false
            }
        }
    }

    /// While no other process does it for this file; or all the same, if that takes too long.
    pub fn in_turn<R>(&self, hash: u64, act: impl FnOnce() -> R) -> R {
        let at = TURN + hash % (1 << 61);
        let (most, pause) = TURNS;
        for _ in 0..most {
            if !matches!(self.lock((at, at + 1), Hold::Exclusive), Ok(false)) {
                break;
            }
            std::thread::sleep(pause);
        }
        let result = act();
        let _ = self.lock((at, at + 1), Hold::None);
        result
    }

    /// May marks of this file, or of another one in its bucket, have been spilled?
    pub fn may_have_spilled(&self, hash: u64) -> bool {
        self.bucket(hash).spilled.load(SeqCst) != 0
    }

    /// To be called before this process spills marks of a file, and after it has taken them back.
    pub fn count_spilled(&self, hash: u64, more: bool) {
        let spilled = &self.bucket(hash).spilled;
        let _ = if more { spilled.fetch_add(1, SeqCst) } else { spilled.fetch_sub(1, SeqCst) };
    }

    /// This process has its first byte-range lock in the file, or has given back its last.
    pub fn count_locked(&self, hash: u64, more: bool) {
        let change = |count: &AtomicU32| {
            let _ = if more { count.fetch_add(1, SeqCst) } else { count.fetch_sub(1, SeqCst) };
        };
        // Others may only seem to have locks between the two, never to have none.
        let [own, shared] = self.count(hash);
        let order = if more { [shared, own] } else { [own, shared] };
        order.into_iter().for_each(change);
    }

    /// May another process have byte-range locks in the file?
    pub fn may_have_locks(&self, hash: u64) -> bool {
        let [own, shared] = self.count(hash);
        // A count that a killed process has left may even be too high by wrapping; unequal is what counts.
        shared.load(SeqCst) != own.load(SeqCst)
    }

    fn count(&self, hash: u64) -> [&AtomicU32; 2] {
        [&self.counts, &self.memory().counts].map(|counts| &counts[hash as usize % COUNTS])
    }
}

impl Bucket {
    fn enter(&self, new: u64) -> bool {
        let free = |word: &AtomicU64| word.load(Relaxed) == 0 && word.compare_exchange(0, new, SeqCst, Relaxed).is_ok();
        self.words.iter().any(free)
    }

    /// Takes away what a slot has left. Who calls has the slot locked; others may clear it, too, and somebody else enter its place then.
    fn clear(&self, slot: u64) {
        for place in &self.words {
            let word = place.load(Relaxed);
            if word != 0 && slot_of(word) == slot {
                let _ = place.compare_exchange(word, 0, SeqCst, Relaxed);
            }
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        unmap(self.memory);
    }
}

fn map(file: &OwnedFd) -> Result<NonNull<Memory>, Errno> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a fresh mapping, of a file that is as long, and that nobody cuts while somebody has it locked.
    let memory = unsafe { rustix::mm::mmap(std::ptr::null_mut(), SIZE, access, MapFlags::SHARED, file, 0) }?;
    NonNull::new(memory.cast()).ok_or(Errno::NOMEM)
}

fn unmap(memory: NonNull<Memory>) {
    // SAFETY: what `map` mapped; no reference outlives the call.
    let unmapped = unsafe { rustix::mm::munmap(memory.as_ptr().cast(), SIZE) };
    debug_assert!(unmapped.is_ok());
}

/// Makes the file a table without entries, with room for all of it: a write to memory that the file system has none for ends the process.
/// Nobody has it mapped.
fn prepare(file: &OwnedFd) -> Result<(), Errno> {
    let found = rustix::fs::fstat(file)?;
    if found.st_size != SIZE as i64 || found.st_blocks.cast_unsigned() * 512 < SIZE as u64 {
        rustix::fs::ftruncate(file, 0)?;
        return match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, SIZE as u64) {
            Err(Errno::OPNOTSUPP) => fill(file),
            done => done,
        };
    }
    let memory = map(file)?;
    {
        // SAFETY: the mapping is as long and lives beyond this block, and any content of it is valid.
        let Memory { counts, deletions, buckets } = unsafe { memory.as_ref() };
        // Pages in which nothing is need not be written.
        let reset = |word: &AtomicU64| {
            if word.load(Relaxed) != 0 {
                word.store(0, Relaxed)
            }
        };
        let counts = counts.iter().chain([deletions]);
        counts.filter(|count| count.load(Relaxed) != 0).for_each(|count| count.store(0, Relaxed));
        buckets.iter().flat_map(|bucket| bucket.words.iter().chain([&bucket.spilled])).for_each(reset);
    }
    unmap(memory);
    Ok(())
}

/// The same for a file system that reserves no room.
fn fill(file: &OwnedFd) -> Result<(), Errno> {
    let zeros = [0; 4096];
    let mut at = 0;
    while at < SIZE as u64 {
        let most = zeros.len().min((SIZE as u64 - at) as usize);
        match rustix::io::pwrite(file, &zeros[..most], at)? {
            0 => return Err(Errno::NOSPC),
            written => at += written as u64,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
