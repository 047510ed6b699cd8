//! Making rings: with as much as the kernel gives, found out by asking and never by its version.

use crate::epoll::pool;
use io_uring::{IoUring, Probe, opcode};
use std::io;

/// Below this many entries a ring is not worth having.
const FEWEST: u32 = 16;
/// Completions that a ring holds for each submission entry.
const COMPLETIONS: u32 = 4;
/// The most kernel threads for what may wait without end (reads of ttys that know no readiness).
const UNBOUNDED_WORKERS: u32 = 64;

/// Why there is no ring.
#[derive(Debug, thiserror::Error)]
pub enum UringError {
    /// The kernel, a container's filter or a limit refuses rings.
    #[error(
        "io_uring_setup: {0}; look at /proc/sys/kernel/io_uring_disabled, the seccomp filter of the container, \
         and `ulimit -l`, or use OVERLAPPED_ENGINE=epoll"
    )]
    Refused(#[source] io::Error),
    /// The kernel's rings lack something.
    #[error("this kernel's io_uring lacks {0}; use OVERLAPPED_ENGINE=epoll")]
    Lacks(&'static str),
}

/// A ring for one thread that submits and reaps. To be made on that thread.
pub(super) fn own(entries: u32) -> io::Result<IoUring> {
    let ladder: [fn(&mut io_uring::Builder); 3] = [
        |b| {
            b.setup_single_issuer().setup_defer_taskrun();
        },
        |b| {
            b.setup_coop_taskrun();
        },
        |_| {},
    ];
    let mut refused = io::Error::from_raw_os_error(libc::EINVAL);
    for flags in ladder {
        match build(entries, flags) {
            Ok(ring) => return Ok(ring),
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => refused = error,
            Err(error) => return Err(error),
        }
    }
    Err(refused)
}

/// A ring that many threads submit to. Without COOP_TASKRUN, which would leave completions lying until the submitter makes
/// a system call or its tick comes.
pub(super) fn shared(entries: u32) -> io::Result<IoUring> {
    build(entries, |_| {})
}

/// Builds a ring of at most `entries`, less if that is more memory than the process may lock.
fn build(entries: u32, flags: impl Fn(&mut io_uring::Builder)) -> io::Result<IoUring> {
    let mut entries = entries.next_power_of_two();
    loop {
        let mut builder = IoUring::builder();
        builder.dontfork().setup_clamp().setup_cqsize(entries * COMPLETIONS);
        flags(&mut builder);
        match builder.build(entries) {
            Ok(ring) => {
                limit_workers(&ring);
                return Ok(ring);
            }
            Err(error) if error.raw_os_error() == Some(libc::ENOMEM) && entries / 2 >= FEWEST => entries /= 2,
            Err(error) => return Err(error),
        }
    }
}

fn limit_workers(ring: &IoUring) {
    let bounded = u32::try_from(pool::default_limit()).unwrap_or(FEWEST);
    // Kernels that do not know this keep limits of their own.
    let _ = ring.submitter().register_iowq_max_workers(&mut [bounded, UNBOUNDED_WORKERS]);
}

/// How many operations may be in flight, so that their completions, those of as many cancels, and wake-ups fit.
pub(super) fn in_flight(ring: &IoUring) -> usize {
    (ring.params().cq_entries() / 2 - 1) as usize
}

/// Does this ring know everything that the engine asks of it?
pub(super) fn check(ring: &IoUring) -> Result<(), UringError> {
    let mut probe = Probe::new();
    ring.submitter().register_probe(&mut probe).map_err(|_| UringError::Lacks("IORING_REGISTER_PROBE"))?;
    let needed = [
        (opcode::Read::CODE, "IORING_OP_READ"),
        (opcode::Write::CODE, "IORING_OP_WRITE"),
        (opcode::Fsync::CODE, "IORING_OP_FSYNC"),
        (opcode::AsyncCancel::CODE, "IORING_OP_ASYNC_CANCEL"),
        (opcode::Nop::CODE, "IORING_OP_NOP"),
    ];
    if let Some((_, name)) = needed.into_iter().find(|(code, _)| !probe.is_supported(*code)) {
        return Err(UringError::Lacks(name));
    }
    if !ring.params().is_feature_nodrop() {
        return Err(UringError::Lacks("IORING_FEAT_NODROP"));
    }
    Ok(())
}

/// Can a wait for completions be given a time limit? Without, the shared ring is not used.
pub(super) fn can_wait_until(ring: &IoUring) -> bool {
    ring.params().is_feature_ext_arg()
}
