//! How Linux is asked which threads sleep: the sentinel's eyes ([`overlapped_kernel::sentinel`]).
//!
//! | Way | A glance | A look | Needs |
//! |---|---|---|---|
//! | records ([`records`]) | the newest record of the thread's context switches, in memory that Linux writes: 1 ns | as below | `perf_event_paranoid` 2 or less, or CAP_PERFMON |
//! | proc ([`proc`]) | tells nothing | `/proc/self/task/TID/syscall`, else `stat`: 1 to 3 us | `/proc` |
//!
//! A record says whether a thread gave its processor up or had it taken away; only the former is a sleep. Whether it has been woken since
//! and merely waits for a processor, the look says, and no thread is taken for asleep without one. Each thread that cannot have
//! records (there is a limit to the memory) is looked at through `/proc`.

pub mod proc;
pub mod records;

mod calls;

use overlapped_kernel::sentinel::{Sight, View};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The environment variable that forces a way.
pub const VARIABLE: &str = "OVERLAPPED_SENTINEL";

/// The sentinel's turn on a processor: short, so that Linux lets it have one soon.
const SLICE: Duration = Duration::from_micros(100);

/// Which way to see threads sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Records where Linux allows them, else `/proc`.
    #[default]
    Auto,
    /// `/proc` alone.
    Proc,
    /// None: only announced blocking lets other threads run.
    Off,
}

impl Choice {
    /// What the environment asks for: `auto`, `proc` or `off`. Anything else is `auto`.
    #[must_use]
    pub fn from_env() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Ok("proc") => Self::Proc,
            Ok("off") => Self::Off,
            _ => Self::Auto,
        }
    }
}

/// The sight that this choice gives.
#[must_use]
pub fn sight(choice: Choice) -> Option<Arc<dyn Sight>> {
    let records = match choice {
        Choice::Auto => true,
        Choice::Proc => false,
        Choice::Off => return None,
    };
    Some(Arc::new(Eyes { records: AtomicBool::new(records) }))
}

/// What this process may use, found out by trying; for `ovl doctor`.
#[derive(Debug)]
pub struct Probe {
    /// Records of context switches, or why not.
    pub records: std::io::Result<()>,
    /// `/proc/self/task/TID/syscall`, or why not.
    pub syscall: std::io::Result<()>,
    /// `/proc/self/task/TID/stat`, or why not.
    pub stat: std::io::Result<()>,
}

/// Tries every way on the calling thread.
#[must_use]
pub fn probe() -> Probe {
    let me = rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs();
    Probe {
        records: records::probe(me),
        syscall: proc::Status::open(me, proc::File::Syscall).map(drop),
        stat: proc::Status::open(me, proc::File::Stat).map(drop),
    }
}

/// See the module page.
struct Eyes {
    /// Records are worth a try.
    records: AtomicBool,
}

impl Sight for Eyes {
    fn name(&self) -> &'static str {
        if self.records.load(Ordering::Relaxed) { "records" } else { "proc" }
    }

    fn attach(&self, thread: u32) -> Option<Arc<dyn View>> {
        let status = proc::Status::of(thread);
        if self.records.load(Ordering::Relaxed) {
            match records::Records::of(thread) {
                Ok(records) => return Some(Arc::new(records::Recorded::new(records, status))),
                Err(error) if records::is_refusal(&error) => {
                    self.records.store(false, Ordering::Relaxed);
                    tracing::info!(%error, "no records of context switches; /proc tells which threads block");
                }
                // This thread cannot have them, others may.
                Err(_) => {}
            }
        }
        Some(Arc::new(status?))
    }

    fn prepare(&self) {
        punctual();
    }
}

/// Has the calling thread wake up when it wants to: no slack in its timers, and a short turn, which Linux 6.12 and later take
/// as a reason to let it run early. Both are wishes.
fn punctual() {
    // SAFETY: PR_SET_TIMERSLACK takes a number and touches no memory.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_u64, 0, 0, 0) };
    /// `struct sched_attr`, in its first version.
    #[repr(C)]
    #[derive(Default)]
    struct Attributes {
        size: u32,
        policy: u32,
        flags: u64,
        nice: i32,
        priority: u32,
        runtime: u64,
        deadline: u64,
        period: u64,
    }
    let mut attributes = Attributes { size: size_of::<Attributes>() as u32, ..Attributes::default() };
    let size = attributes.size;
    // SAFETY: `attributes` is a writable structure of the size that is given, and 0 is the calling thread.
    let got = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, size, 0) };
    // Only the ordinary policy has turns; anything else was chosen by somebody.
    if got == 0 && attributes.policy == libc::SCHED_OTHER as u32 {
        attributes.size = size;
        attributes.runtime = SLICE.as_nanos() as u64;
        // SAFETY: as above; Linux reads it.
        unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
    }
}

#[cfg(test)]
mod tests;
