//! The set of watched descriptors: one epoll descriptor, made when it is first needed.
//!
//! Who is told is found by a number (a slot and the generation of its use), so that a word on a descriptor that was
//! unwatched a moment ago reaches nobody. An eventfd in the set, edge-triggered and never read, ends a poll from outside.

use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Harvest, Readiness, Ready, WatchId, Watcher};
use overlapped_kernel::patience::{LONGEST, Patience};
use parking_lot::Mutex;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd};
use rustix::io::Errno;
use slab::Slab;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::sync::{OnceLock, Weak};
use std::time::Duration;

/// Descriptors that one poll brings home.
const BATCH: usize = 128;
/// What a sleep and a wake-up cost, both sides together, where processors are those of a virtual machine. Measured: docs/design-notes.md.
const WAKE_UP: Duration = Duration::from_micros(50);
/// Marks events that belong to no watched descriptor.
const OWN: u64 = 1 << 63;
const KICK: u64 = OWN | 1;
const GUEST: u64 = OWN | 2;
/// Something to be received, or the other side's end.
const INPUT: EventFlags = EventFlags::IN.union(EventFlags::RDHUP);

/// See the module page.
#[derive(Default)]
pub(crate) struct WatchSet {
    open: OnceLock<Open>,
    making: Mutex<()>,
    /// Requests that wait for one of the descriptors.
    expected: AtomicIsize,
    /// A kick is on its way to the poller.
    kicked: AtomicBool,
}

struct Open {
    epoll: OwnedFd,
    kick: OwnedFd,
    watched: Mutex<Watched>,
    patience: Patience,
}

#[derive(Default)]
struct Watched {
    slots: Slab<(u32, Weak<dyn Watcher>)>,
    generation: u32,
}

impl Watched {
    /// Asks for the memory of all that are about to be told, so that the processor need not wait for one after the other: of a thousand
    /// connections, few are in its caches.
    fn fetch(&self, found: &[libc::epoll_event]) {
        for event in found {
            if event.u64 & OWN == 0
                && let Some((_, watcher)) = self.slots.get(event.u64 as u32 as usize)
            {
                let start = watcher.as_ptr().cast::<u8>().wrapping_sub(COUNTS);
                (0..LINES).for_each(|line| prefetch(start.wrapping_add(line * LINE)));
            }
        }
    }
}

/// Bytes in a line of the processor's caches; the counts of references before what they count; and what of a watcher is looked at first.
const LINE: usize = 64;
const COUNTS: usize = 2 * size_of::<usize>();
const LINES: usize = 4;

fn prefetch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which no address can make fail.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// What ended a poll besides watched descriptors.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ended {
    /// The guest descriptor is readable.
    pub(crate) guest: bool,
}

impl WatchSet {
    /// Is there a set? Without, nothing was ever watched.
    pub(crate) fn is_open(&self) -> bool {
        self.open.get().is_some()
    }

    /// Do requests wait for watched descriptors?
    pub(crate) fn is_wanted(&self) -> bool {
        self.expected.load(Ordering::SeqCst) > 0
    }

    /// So many more wait.
    pub(crate) fn expect(&self, more: isize) {
        self.expected.fetch_add(more, Ordering::SeqCst);
    }

    /// The set, made now if there is none. `guest`: a descriptor whose readiness is to end polls, if there is one; and true if it
    /// was made by this call.
    fn opened(&self, guest: Option<BorrowedFd<'_>>) -> Result<(&Open, bool), Errno> {
        if let Some(open) = self.open.get() {
            return Ok((open, false));
        }
        let _making = self.making.lock();
        if let Some(open) = self.open.get() {
            return Ok((open, false));
        }
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let kick = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &kick, EventData::new_u64(KICK), EventFlags::IN | EventFlags::ET)?;
        if let Some(guest) = guest {
            epoll::add(&epoll, guest, EventData::new_u64(GUEST), EventFlags::IN)?;
        }
        let open = Open { epoll, kick, watched: Mutex::default(), patience: Patience::default() };
        Ok((self.open.get_or_init(|| open), true))
    }

    /// Watches a descriptor. True if the set was made for it: a thread that polls something else must be told.
    pub(crate) fn watch(
        &self,
        fd: BorrowedFd<'_>,
        watcher: Weak<dyn Watcher>,
        guest: Option<BorrowedFd<'_>>,
    ) -> Result<(WatchId, bool), Errno> {
        self.watch_for(INPUT | EventFlags::OUT | EventFlags::PRI, fd, watcher, guest)
    }

    /// The same for what comes in, and its end.
    pub(crate) fn watch_input(
        &self,
        fd: BorrowedFd<'_>,
        watcher: Weak<dyn Watcher>,
        guest: Option<BorrowedFd<'_>>,
    ) -> Result<(WatchId, bool), Errno> {
        self.watch_for(INPUT, fd, watcher, guest)
    }

    fn watch_for(
        &self,
        events: EventFlags,
        fd: BorrowedFd<'_>,
        watcher: Weak<dyn Watcher>,
        guest: Option<BorrowedFd<'_>>,
    ) -> Result<(WatchId, bool), Errno> {
        let (open, new) = self.opened(guest)?;
        let id = {
            let mut watched = open.watched.lock();
            watched.generation = (watched.generation + 1) & (u32::MAX >> 1);
            let generation = watched.generation;
            u64::from(generation) << 32 | watched.slots.insert((generation, watcher)) as u64
        };
        match epoll::add(&open.epoll, fd, EventData::new_u64(id), events | EventFlags::ET) {
            Ok(()) => Ok((WatchId(id), new)),
            Err(error) => {
                self.forget(WatchId(id));
                Err(error)
            }
        }
    }

    /// Tells the watcher nothing any more.
    pub(crate) fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        self.forget(id);
        if let (Some(open), Some(fd)) = (self.open.get(), fd) {
            // It may have left the set by itself.
            let _ = epoll::delete(&open.epoll, fd);
        }
    }

    fn forget(&self, id: WatchId) {
        let Some(open) = self.open.get() else { return };
        let mut watched = open.watched.lock();
        let slot = id.0 as u32 as usize;
        if watched.slots.get(slot).is_some_and(|(generation, _)| u64::from(*generation) == id.0 >> 32) {
            watched.slots.remove(slot);
        }
    }

    /// Makes the thread that polls, or the next one, return.
    pub(crate) fn interrupt(&self) {
        // A kick that was not seen yet will do. Who sees it takes it off by a swap, and so sees what preceded this.
        if let Some(open) = self.open.get()
            && !self.kicked.swap(true, Ordering::AcqRel)
        {
            // The counter cannot be full: that would take centuries.
            let _ = rustix::io::write(&open.kick, &1_u64.to_ne_bytes());
        }
    }

    /// Waits until a descriptor becomes ready, an interrupt, or the deadline.
    pub(crate) fn poll(&self, deadline: Option<Tick>, harvest: &mut Harvest) -> Ended {
        let mut ended = Ended::default();
        let Some(open) = self.open.get() else { return ended };
        let mut events = [const { MaybeUninit::uninit() }; BATCH];
        let mut found = glance(open, &mut events, deadline);
        if found == 0 {
            found = wait(open.epoll.as_fd(), &mut events, deadline);
        }
        // SAFETY: Linux has written the first `found` of them.
        let found = unsafe { std::slice::from_raw_parts(events.as_ptr().cast::<libc::epoll_event>(), found) };
        if !found.is_empty() {
            ended = self.gather(open, found, harvest);
        }
        ended
    }

    /// Waits until a poll would find something, and leaves it there.
    pub(crate) fn stand_by(&self) {
        let Some(open) = self.open.get() else { return };
        // A signal ends it early, which costs the caller a look for nothing.
        let _ = rustix::event::poll(&mut [PollFd::new(&open.epoll, PollFlags::IN)], None);
    }

    fn gather(&self, open: &Open, found: &[libc::epoll_event], harvest: &mut Harvest) -> Ended {
        let mut ended = Ended::default();
        let watched = open.watched.lock();
        if found.len() > 1 {
            watched.fetch(found);
        }
        for event in found {
            let (data, events) = (event.u64, event.events);
            match data {
                KICK => {
                    self.kicked.swap(false, Ordering::AcqRel);
                }
                GUEST => ended.guest = true,
                id => {
                    if let Some((generation, watcher)) = watched.slots.get(id as u32 as usize)
                        && u64::from(*generation) == id >> 32
                        && let Some(watcher) = watcher.upgrade()
                    {
                        harvest.ready.push_back(Ready { watcher, readiness: readiness(events) });
                    }
                }
            }
        }
        ended
    }
}

fn readiness(events: u32) -> Readiness {
    let table = [
        (libc::EPOLLIN, Readiness::READ),
        (libc::EPOLLOUT, Readiness::WRITE),
        (libc::EPOLLPRI, Readiness::URGENT),
        (libc::EPOLLRDHUP, Readiness::READ_CLOSED),
        (libc::EPOLLHUP, Readiness::CLOSED),
        (libc::EPOLLERR, Readiness::ERROR),
    ];
    table.into_iter().filter(|(bit, _)| events & *bit as u32 != 0).map(|(_, readiness)| readiness).collect()
}

/// Looks again and again for as long as a sleep and a wake-up would take, if that has paid off lately ([`Patience`]); how many events
/// Linux has written.
fn glance(open: &Open, events: &mut [MaybeUninit<libc::epoll_event>], deadline: Option<Tick>) -> usize {
    let mut found = 0;
    // A short wait is a look already.
    let now = if deadline.is_some() { Tick::monotonic() } else { Tick(0) };
    if deadline.is_none_or(|deadline| deadline.since(now) > WAKE_UP) {
        open.patience.watch(|parts| {
            let until = Tick::monotonic().plus(WAKE_UP * parts / LONGEST);
            while found == 0 {
                // The clock costs a fraction of a look.
                found = wait(open.epoll.as_fd(), events, Some(Tick(0)));
                if Tick::monotonic() >= until {
                    break;
                }
            }
            found > 0
        });
    }
    found
}

/// Waits for events until the deadline; how many Linux has written. Signals end the wait, too.
fn wait(epoll: BorrowedFd<'_>, events: &mut [MaybeUninit<libc::epoll_event>], deadline: Option<Tick>) -> usize {
    static COARSE: AtomicBool = AtomicBool::new(false);
    let left =
        deadline.map(|deadline| if deadline.0 == 0 { Duration::ZERO } else { deadline.since(Tick::monotonic()) });
    let (place, room) = (events.as_mut_ptr().cast::<libc::epoll_event>(), events.len() as libc::c_int);
    if !COARSE.load(Ordering::Relaxed) {
        let limit = left.map(|left| libc::timespec {
            tv_sec: left.as_secs() as libc::time_t,
            tv_nsec: left.subsec_nanos() as libc::c_long,
        });
        let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: room for so many events, and a time limit that outlives the call; no signal mask.
        let n = unsafe {
            libc::syscall(libc::SYS_epoll_pwait2, epoll.as_raw_fd(), place, room, limit, std::ptr::null::<u8>(), 0)
        };
        if n >= 0 {
            return n as usize;
        }
        if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) {
            return 0;
        }
        // An old kernel, or a container's filter that does not know the call: some say EPERM for that, and not ENOSYS.
        COARSE.store(true, Ordering::Relaxed);
    }
    // Rounded up: a wait that ends early would only come again.
    let limit = left.map_or(-1, |left| left.as_micros().div_ceil(1000).min(i32::MAX as u128) as libc::c_int);
    // SAFETY: room for so many events.
    let n = unsafe { libc::epoll_wait(epoll.as_raw_fd(), place, room, limit) };
    usize::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::time::Duration;

    #[derive(Default)]
    struct Told(Mutex<Vec<Readiness>>);

    impl Watcher for Told {
        fn ready(self: Arc<Self>, readiness: Readiness) {
            self.0.lock().push(readiness);
        }
    }

    fn soon() -> Option<Tick> {
        Some(Tick::monotonic().plus(Duration::from_millis(20)))
    }

    #[test]
    fn a_watcher_is_told_once_for_each_change() {
        let (set, told) = (WatchSet::default(), Arc::new(Told::default()));
        let (near, far) = UnixStream::pair().expect("a pair");
        let weak: Weak<Told> = Arc::downgrade(&told);
        let (id, new) = set.watch(near.as_fd(), weak, None).expect("watched");
        assert!(new);
        let look = |expected: &[Readiness]| {
            let mut harvest = Harvest::default();
            set.poll(soon(), &mut harvest);
            harvest.deliver();
            assert_eq!(std::mem::take(&mut *told.0.lock()), expected);
        };
        look(&[Readiness::WRITE]);
        look(&[]);
        std::io::Write::write_all(&mut &far, b"x").expect("written");
        look(&[Readiness::READ | Readiness::WRITE]);
        look(&[]);
        set.unwatch(id, Some(near.as_fd()));
        std::io::Write::write_all(&mut &far, b"x").expect("written");
        look(&[]);
    }

    #[test]
    fn an_interrupt_before_the_poll_is_not_lost() {
        let set = WatchSet::default();
        let told: Arc<Told> = Arc::default();
        let (near, _far) = UnixStream::pair().expect("a pair");
        let weak: Weak<Told> = Arc::downgrade(&told);
        set.watch(near.as_fd(), weak, None).expect("watched");
        set.poll(soon(), &mut Harvest::default());
        for _ in 0..3 {
            set.interrupt();
            set.interrupt();
            // Would not end otherwise.
            set.poll(None, &mut Harvest::default());
        }
    }
}
