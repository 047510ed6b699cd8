//! Processes that open and close the same files in all ways, and are killed at any moment: share modes (contract 01 §2.2) hold between those that live, and
//! those that died leave nothing.
//!
//! The witness is a section: in it each process says what it does with which file, from after its open to before its close. Who
//! has opened a file looks at what the others say.

use super::super::{Follower, lead, name, ready};
use super::{ALL, INVALID, READ, open};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::memoryapi::views::{ovl_CreateFileMappingA, ovl_MapViewOfFile, ovl_UnmapViewOfFile};
use overlapped_win32::support::RawHandle;
use std::ptr::null;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

const FILES: usize = 3;
/// So many live at a time.
const LIVE: usize = 4;
const KILLS: usize = 20;
const ROWS: usize = LIVE + KILLS;
const WRITE: u32 = 0x4000_0000;
const DELETE: u32 = 0x1_0000;

/// A process in the witness.
#[repr(C)]
struct Row {
    process: AtomicU32,
    /// It is about to be killed: what stands here may be over.
    doomed: AtomicU32,
    /// What it does with each file, in three bits, and what it denies the others, in three more.
    files: [AtomicU32; FILES],
}

#[repr(C)]
struct Witness {
    rows: [Row; ROWS],
    next: AtomicU32,
    opened: AtomicU32,
    refused: AtomicU32,
    violated: AtomicU32,
}

/// The witness, and the handle that keeps its name.
fn witness() -> (&'static Witness, RawHandle) {
    let size = size_of::<Witness>() as u32;
    // SAFETY: no attributes, and a name that ends with a zero.
    let section = unsafe { ovl_CreateFileMappingA(INVALID, null(), 4, 0, size, name("witness").as_ptr().cast()) };
    let view = ovl_MapViewOfFile(section, 2, 0, 0, 0).cast::<Witness>();
    // SAFETY: a view that is as long, begins with zeros, is given back by nobody before the end, and holds numbers that are all atomic.
    (unsafe { view.as_ref() }.expect("there is memory for a witness"), section)
}

#[test]
fn share_modes_hold_between_processes_that_are_killed_at_any_moment_01_2_2() {
    lead("lead-killed");
}

fn random(seed: &mut u64) -> u32 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as u32
}

fn file(at: usize) -> String {
    format!("fought-{at}")
}

pub fn lead_killed() {
    let (witness, section) = witness();
    let mut seed = u64::from(std::process::id());
    let doom = |mut follower: Follower| {
        assert_eq!(follower.0.try_wait().unwrap(), None, "it has ended by itself");
        let process = follower.0.id();
        let row = witness.rows.iter().find(|row| row.process.load(SeqCst) == process);
        row.expect("it was ready").doomed.store(1, SeqCst);
        follower.kill();
    };
    let start = || {
        let mut follower = Follower::start("follow-killed");
        follower.go();
        follower
    };
    let mut live: Vec<Follower> = (0..LIVE).map(|_| start()).collect();
    for _ in 0..KILLS {
        std::thread::sleep(Duration::from_micros(u64::from(random(&mut seed) % 20_000)));
        doom(live.swap_remove(random(&mut seed) as usize % LIVE));
        live.push(start());
        assert_eq!(witness.violated.load(SeqCst), 0, "two had a file that cannot both have it");
    }
    live.into_iter().for_each(doom);
    assert_eq!(witness.violated.load(SeqCst), 0, "two had a file that cannot both have it");
    for at in 0..FILES {
        ovl_CloseHandle(open(&file(at), READ | WRITE, 0, 0).expect("who had it is dead"));
    }
    let counts = [&witness.opened, &witness.refused].map(|count| count.load(SeqCst));
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    // SAFETY: it is not looked at again.
    assert_ne!(unsafe { ovl_UnmapViewOfFile(std::ptr::from_ref(witness).cast()) }, 0);
    ovl_CloseHandle(section);
}

/// What one handle does and denies.
struct Held {
    handle: RawHandle,
    file: usize,
    marks: u32,
}

/// Until it is killed.
pub fn follow_killed() {
    let (witness, _) = witness();
    let own = witness.next.fetch_add(1, SeqCst) as usize;
    let row = &witness.rows[own];
    row.process.store(std::process::id(), SeqCst);
    ready();
    let mut seed = u64::from(std::process::id()) << 20 | own as u64;
    let mut held: Vec<Held> = Vec::new();
    let say = |held: &[Held], file: usize| {
        let marks = held.iter().filter(|held| held.file == file).fold(0, |marks, held| marks | held.marks);
        row.files[file].store(marks, SeqCst);
    };
    loop {
        if held.len() == 3 || random(&mut seed).is_multiple_of(2) && !held.is_empty() {
            let closed = held.swap_remove(random(&mut seed) as usize % held.len());
            say(&held, closed.file);
            ovl_CloseHandle(closed.handle);
            continue;
        }
        let (at, used, share) =
            (random(&mut seed) as usize % FILES, 1 + random(&mut seed) % 7, random(&mut seed) & ALL);
        let access = [READ, WRITE, DELETE].iter().enumerate().map(|(bit, right)| (used >> bit & 1) * right).sum();
        match open(&file(at), access, share, 0) {
            Ok(handle) => {
                let new = Held { handle, file: at, marks: used | (!share & ALL) << 3 };
                held.push(new);
                say(&held, at);
                witness.opened.fetch_add(1, SeqCst);
                if witness.rows.iter().enumerate().any(|(other, row)| other != own && row.forbids(at, held.last())) {
                    witness.violated.fetch_add(1, SeqCst);
                }
            }
            Err(error) => {
                assert_eq!(error, 32);
                witness.refused.fetch_add(1, SeqCst);
            }
        }
    }
}

impl Row {
    fn forbids(&self, file: usize, new: Option<&Held>) -> bool {
        let (theirs, ours) = (self.files[file].load(SeqCst), new.map_or(0, |new| new.marks));
        // Looked at last: whoever is killed is doomed before.
        (theirs & (ours >> 3) & ALL != 0 || ours & (theirs >> 3) & ALL != 0) && self.doomed.load(SeqCst) == 0
    }
}
