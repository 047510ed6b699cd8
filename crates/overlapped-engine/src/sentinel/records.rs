//! Records of a thread's context switches, which Linux writes into memory of ours: a dummy event of perf with `context_switch`.
//!
//! Nobody reads them: the memory is a ring that Linux overwrites, and a glance looks at the newest record only. That costs
//! the thread some tenths of a microsecond a switch, and us nothing until we look. The event excludes the kernel, which is what makes it available
//! without privileges. Threads get records when a port that they work for is crowded for the first time, so others pay nothing.

use super::proc::Status;
use overlapped_kernel::sentinel::{Glance, Place, View};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

/// `struct perf_event_attr` up to its fifth version.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup: u32,
    breakpoint: u32,
    config1: u64,
    config2: u64,
    branch_sample_type: u64,
    sample_regs_user: u64,
    sample_stack_user: u32,
    clock: i32,
    sample_regs_intr: u64,
    aux_watermark: u32,
    sample_max_stack: u16,
    reserved: u16,
}

const PERF_TYPE_SOFTWARE: u32 = 1;
const PERF_COUNT_SW_DUMMY: u64 = 9;
const PERF_FLAG_FD_CLOEXEC: libc::c_ulong = 8;
const EXCLUDE_KERNEL: u64 = 1 << 5;
const EXCLUDE_HV: u64 = 1 << 6;
const WATERMARK: u64 = 1 << 14;
const CONTEXT_SWITCH: u64 = 1 << 26;

/// Where `data_head` lies in `struct perf_event_mmap_page`, in bytes.
const DATA_HEAD: usize = 1024;
const PERF_RECORD_SWITCH: u32 = 14;
const MISC_SWITCH_OUT: u64 = 1 << 13;
const MISC_SWITCH_OUT_PREEMPT: u64 = 1 << 14;
/// Bytes of one record: nothing but its header.
const RECORD: u64 = 8;

/// The records of one thread.
pub struct Records {
    /// The first of two pages: the head of the ring. The second one is the ring.
    base: *const u8,
    page: usize,
}

// SAFETY: the memory is shared with Linux and only ever read, by atomic loads; it stays mapped as long as the value lives.
unsafe impl Send for Records {}
// SAFETY: as above.
unsafe impl Sync for Records {}

impl Records {
    /// Starts the records of a thread of this process.
    ///
    /// # Errors
    /// What Linux says: EACCES or EPERM where perf is forbidden, ESRCH if the thread is gone; ENOMEM when no more memory may be
    /// locked for records.
    pub fn of(thread: u32) -> io::Result<Self> {
        let event = open(thread)?;
        let page = rustix::param::page_size();
        // Without PROT_WRITE, the ring is one that Linux overwrites.
        // SAFETY: a new mapping at a place that Linux chooses.
        let base = unsafe { mmap(std::ptr::null_mut(), 2 * page, ProtFlags::READ, MapFlags::SHARED, &event, 0) };
        // EPERM is about how much memory may be locked.
        let base = base.map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
        // The mapping keeps the event; the descriptor is not needed.
        Ok(Self { base: base.cast::<u8>().cast_const(), page })
    }

    /// Reads a word that Linux writes.
    fn word(&self, offset: usize) -> u64 {
        debug_assert!(offset.is_multiple_of(8) && offset < 2 * self.page);
        // SAFETY: inside the mapping and aligned, as was just said; atomic, because Linux writes at the same time.
        unsafe { &*self.base.add(offset).cast::<AtomicU64>() }.load(Ordering::Acquire)
    }

    fn newest(&self) -> Glance {
        let head = self.word(DATA_HEAD);
        if head < RECORD {
            return Glance::Unknown;
        }
        let at = (head - RECORD) as usize & (self.page - 1);
        let header = self.word(self.page + at);
        // In memory: type (32 bits), misc (16), size (16).
        let parts = header.to_ne_bytes();
        let kind = u32::from_ne_bytes([parts[0], parts[1], parts[2], parts[3]]);
        let misc = u64::from(u16::from_ne_bytes([parts[4], parts[5]]));
        if kind != PERF_RECORD_SWITCH {
            return Glance::Unknown;
        }
        let by_itself = misc & (MISC_SWITCH_OUT | MISC_SWITCH_OUT_PREEMPT) == MISC_SWITCH_OUT;
        if by_itself { Glance::Asleep(head) } else { Glance::Awake }
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        // SAFETY: the mapping that `of` made; nobody has a reference into it beyond a call.
        let _ = unsafe { munmap(self.base.cast_mut().cast(), 2 * self.page) };
    }
}

fn open(thread: u32) -> io::Result<OwnedFd> {
    let attributes = Attributes {
        kind: PERF_TYPE_SOFTWARE,
        size: size_of::<Attributes>() as u32,
        config: PERF_COUNT_SW_DUMMY,
        flags: EXCLUDE_KERNEL | EXCLUDE_HV | WATERMARK | CONTEXT_SWITCH,
        // Nobody polls, so nobody is to be woken.
        wakeup: u32::MAX,
        ..Attributes::default()
    };
    let (thread, any_cpu, no_group) = (thread as libc::pid_t, -1, -1);
    let (call, flags) = (libc::SYS_perf_event_open, PERF_FLAG_FD_CLOEXEC);
    // SAFETY: `attributes` is a structure of the size that it names.
    let fd = unsafe { libc::syscall(call, &raw const attributes, thread, any_cpu, no_group, flags) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: Linux has just made this descriptor, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as libc::c_int) })
}

/// Is it that no thread can have records?
#[must_use]
pub fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EACCES | libc::EPERM | libc::ENOSYS | libc::EINVAL | libc::ENOENT | libc::EOPNOTSUPP)
    )
}

/// Do records work for the calling thread, whose number is `me`?
///
/// # Errors
/// Why not.
pub fn probe(me: u32) -> io::Result<()> {
    let records = Records::of(me)?;
    std::thread::sleep(std::time::Duration::from_micros(1));
    match records.newest() {
        Glance::Awake => Ok(()),
        _ => Err(io::Error::other("Linux accepts the event and writes no records")),
    }
}

/// A thread with records.
pub struct Recorded {
    records: Records,
    status: Option<Status>,
}

impl Recorded {
    /// Of these two.
    #[must_use]
    pub fn new(records: Records, status: Option<Status>) -> Self {
        Self { records, status }
    }
}

impl View for Recorded {
    fn glance(&self) -> Glance {
        self.records.newest()
    }

    fn look(&self) -> Option<Place> {
        match &self.status {
            Some(status) => status.look(),
            // Without /proc, the record is all there is.
            None => matches!(self.records.newest(), Glance::Asleep(_)).then_some(Place::Somewhere),
        }
    }
}
