//! The memory of one object, which all its processes map.

use super::identity::Identity;
use overlapped_kernel::dispatcher::shared::Spec;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering::*};

/// Processes that can watch an object and be rung. Those beyond look from time to time.
pub const WATCHERS: usize = 64;
/// Bytes of the longest name: 260 characters.
const NAME: usize = 260 * 4;
const MAGIC: u64 = u64::from_le_bytes(*b"ovlname2");

/// The layout. It is zeros in a fresh file.
#[repr(C)]
#[derive(Debug)]
pub struct Layout {
    magic: AtomicU64,
    kind: AtomicU32,
    /// A semaphore's ceiling, or a section's protection.
    pub max: AtomicI32,
    /// The signal: 0 or 1, a count, or the owner of a mutex with [`super::signal::ABANDONED`]. The bytes of a section.
    pub state: AtomicU64,
    /// The setting of a timer that counts.
    pub stamp: AtomicU64,
    /// When a timer is due, in nanoseconds of the monotonic clock; 0 if nobody but the process that set it is to signal it.
    pub due: AtomicU64,
    /// Nanoseconds between its further times; 0 for none.
    pub period: AtomicU64,
    /// The process that signals it; 0 if that has closed it.
    pub setter: AtomicU64,
    name_len: AtomicU32,
    /// Processes that are to be rung when the signal comes.
    pub watchers: [AtomicU64; WATCHERS],
    name: [u8; NAME],
}

const SIZE: usize = size_of::<Layout>();

/// A mapped page.
#[derive(Debug)]
pub struct Page(NonNull<Layout>);

// SAFETY: the memory is there until the page is dropped; what changes in it is atomic.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// Makes a file a page for a new object. Nobody else uses it.
    pub fn format(file: &OwnedFd, name: &OsStr, spec: Spec) -> Result<(), Errno> {
        let bytes = name.as_bytes();
        if bytes.len() > NAME {
            return Err(Errno::NAMETOOLONG);
        }
        rustix::fs::ftruncate(file, 0)?;
        rustix::fs::ftruncate(file, SIZE as u64)?;
        let written = rustix::io::pwrite(file, bytes, std::mem::offset_of!(Layout, name) as u64)?;
        if written != bytes.len() {
            return Err(Errno::NOSPC);
        }
        let page = Self::map_any(file)?;
        let (kind, state, max) = match spec {
            Spec::Event { auto, signalled } => (1 + u32::from(auto), u64::from(signalled), 0),
            Spec::Semaphore { now, max } => (3, now as u64, max),
            Spec::Mutant => (4, 0, 0),
            Spec::Timer { auto } => (5 + u32::from(auto), 0, 0),
            Spec::Section { size, protection } => (7, size, protection.cast_signed()),
        };
        page.kind.store(kind, Relaxed);
        page.state.store(state, Relaxed);
        page.max.store(max, Relaxed);
        page.name_len.store(bytes.len() as u32, Relaxed);
        page.magic.store(MAGIC, Release);
        Ok(())
    }

    /// Maps a page that somebody has formatted; `EINVAL` for anything else.
    pub fn map(file: &OwnedFd) -> Result<Self, Errno> {
        if rustix::fs::fstat(file)?.st_size != SIZE as i64 {
            return Err(Errno::INVAL);
        }
        let page = Self::map_any(file)?;
        if page.magic.load(Acquire) == MAGIC { Ok(page) } else { Err(Errno::INVAL) }
    }

    fn map_any(file: &OwnedFd) -> Result<Self, Errno> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a fresh mapping, of a file that is as long as the layout and is not made shorter while anybody has it.
        let memory = unsafe { rustix::mm::mmap(std::ptr::null_mut(), SIZE, access, MapFlags::SHARED, file, 0) }?;
        NonNull::new(memory.cast()).map(Self).ok_or(Errno::NOMEM)
    }

    /// The name that the page is of.
    pub fn name(&self) -> &[u8] {
        &self.name[..(self.name_len.load(Relaxed) as usize).min(NAME)]
    }

    /// What the object is; a semaphore with its count of now. `None` if the page makes no sense.
    pub fn spec(&self) -> Option<Spec> {
        let state = self.state.load(Relaxed);
        match self.kind.load(Relaxed) {
            kind @ (1 | 2) => Some(Spec::Event { auto: kind == 2, signalled: state != 0 }),
            3 => Some(Spec::Semaphore { now: i32::try_from(state).ok()?, max: self.max.load(Relaxed) }),
            4 => Some(Spec::Mutant),
            kind @ (5 | 6) => Some(Spec::Timer { auto: kind == 6 }),
            7 => Some(Spec::Section { size: state, protection: self.max.load(Relaxed).cast_unsigned() }),
            _ => None,
        }
    }

    /// Takes a place among the watchers, if one is free.
    pub fn enter(&self, identity: Identity) -> Option<usize> {
        self.watchers.iter().position(|w| w.compare_exchange(0, identity, SeqCst, Relaxed).is_ok())
    }

    /// Gives it up.
    pub fn leave(&self, place: usize) {
        self.watchers[place].store(0, Release);
    }
}

impl std::ops::Deref for Page {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        // SAFETY: the mapping is as long as the layout, aligned as pages are, and lives as long as `self`. The fields are atomic
        // but for the name, which nobody writes after the page was formatted.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: what `map_any` mapped; no reference outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.0.as_ptr().cast(), SIZE) };
        debug_assert!(unmapped.is_ok());
    }
}
