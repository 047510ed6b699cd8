//! Readiness for those who ask: select and WSAPoll (contract 08 §7.1, §7.2).
//!
//! Linux is asked by ppoll, and its answer brought into Windows' form: a socket that is neither connected nor connecting is ready
//! for nothing, and an attempt to connect that failed is exceptional and nothing else.

use super::core::{Core, Flags, Use};
use super::{Socket, sys};
use overlapped_abi::WsaError;
use overlapped_kernel::clock::{Tick, Timeout};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use std::collections::HashMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

bitflags::bitflags! {
    /// What a socket is to be, or is, ready for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct Interest: u32 {
        /// Data, the end of it, or a connection.
        const READ = 1;
        /// Room to send, or a connection made.
        const WRITE = 2;
        /// Urgent data.
        const URGENT = 4;
        /// An attempt to connect has failed.
        const FAILED = 8;
        /// The connection is over.
        const HANGUP = 16;
        /// An error waits.
        const ERROR = 32;
        /// Its handle was closed meanwhile, which always ends the wait.
        const GONE = 64;
        /// A stream is over and everything was read: what can be read is its end only.
        const EMPTY = 128;
    }
}

/// A socket to be watched.
#[derive(Debug)]
pub struct PollEntry<'a> {
    /// Which.
    pub socket: &'a Socket,
    /// What ends the wait.
    pub wanted: Interest,
    /// What is true of it afterwards, wanted or not.
    pub found: Interest,
}

/// Waits until one of the sockets is what is wanted of it, and says how many are; 0 when the time is over.
pub fn wait_ready(entries: &mut [PollEntry<'_>], timeout: Timeout) -> Result<usize, WsaError> {
    let deadline = match timeout {
        Timeout::Poll => Some(Tick(0)),
        Timeout::After(limit) => Some(Tick::monotonic().plus(limit)),
        Timeout::Infinite => None,
    };
    let cores: Vec<_> = entries.iter().map(|entry| entry.socket.core().clone()).collect();
    let uses: Vec<Option<Use<'_>>> = cores.iter().map(|core| core.fd().ok()).collect();
    let (mut fds, mut places) = questions(entries, &cores, &uses);
    let mut aside = Aside::default();
    // A connection that was put off shows nowhere else.
    let deferred =
        entries.iter().zip(&cores).any(|(entry, core)| entry.wanted.contains(Interest::READ) && core.has_deferred());
    loop {
        let limit = deadline.map(|deadline| deadline.since(Tick::monotonic()));
        if limit != Some(Duration::ZERO) {
            aside.take(
                (0..uses.len()).filter(|index| fds[places.of(*index)].fd < 0).filter_map(|index| uses[index].as_ref()),
            );
        }
        fds.push(aside.question());
        let asked = ask(&mut fds, if deferred { Some(Duration::ZERO) } else { limit });
        let changed = fds.pop().is_some_and(|watch| watch.revents != 0);
        match asked {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(WsaError::from_errno(error.raw_os_error())),
        }
        if changed {
            aside.drain();
            (fds, places) = questions(entries, &cores, &uses);
            match sys::poll(&mut fds, Some(Duration::ZERO)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(WsaError::from_errno(error.raw_os_error())),
            }
        }
        for (fd, core) in fds.iter_mut().zip(places.firsts(&cores)) {
            refine(fd, core);
        }
        let mut ready = 0;
        for (index, (entry, core)) in entries.iter_mut().zip(&cores).enumerate() {
            let revents = fds[places.of(index)].revents;
            entry.found =
                if uses[index].is_none() || core.is_closed() { Interest::GONE } else { answer(core, revents) };
            ready += usize::from(entry.found.intersects(entry.wanted | Interest::GONE));
        }
        if ready > 0 || deadline.is_some_and(|deadline| Tick::monotonic() >= deadline) {
            return Ok(ready);
        }
        for (fd, core) in fds.iter_mut().zip(places.firsts(&cores)) {
            quieten(fd, core);
        }
    }
}

/// The sockets that Linux is not asked about: those that are neither connected nor connecting, and streams that are over, would say so
/// at once and for ever. What becomes of them meanwhile (they are closed, or another thread connects them) an epoll descriptor tells by
/// an edge, and then all are asked anew. Its first edge is about how they are now.
#[derive(Default)]
struct Aside(Option<OwnedFd>);

impl Aside {
    fn take<'a>(&mut self, sockets: impl Iterator<Item = &'a Use<'a>>) {
        for socket in sockets {
            if self.0.is_none() {
                self.0 = epoll::create(CreateFlags::CLOEXEC).ok();
            }
            let Some(watch) = &self.0 else { return };
            let changes = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::PRI | EventFlags::ET;
            // One that is there already stays so.
            let _ = epoll::add(watch, socket.borrow(), EventData::new_u64(0), changes);
        }
    }

    fn question(&self) -> libc::pollfd {
        libc::pollfd { fd: self.0.as_ref().map_or(-1, AsRawFd::as_raw_fd), events: libc::POLLIN, revents: 0 }
    }

    fn drain(&self) {
        let Some(watch) = &self.0 else { return };
        let mut events = Vec::with_capacity(FEW);
        while epoll::wait(watch, rustix::buffer::spare_capacity(&mut events), Some(&Timespec::default()))
            .is_ok_and(|n| n > 0)
        {
            events.clear();
        }
    }
}

/// An acknowledgement looks like an error.
fn refine(fd: &mut libc::pollfd, core: &Core) {
    if fd.revents & libc::POLLERR != 0 && core.has(Flags::TOLD_OF_ACKS) {
        core.acknowledge();
        fd.revents = sys::ready_now(fd.fd, fd.events);
    }
}

/// What is true of a socket and was not asked for would end each poll at once.
fn quieten(fd: &mut libc::pollfd, core: &Core) {
    if fd.revents == 0 {
        return;
    }
    if let Ok(number) = core.fd() {
        core.forget_news(&number);
    }
    fd.events &= !fd.revents;
    if fd.revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0 && core.is_stream() {
        // These cannot be passed over otherwise.
        fd.fd = -1;
    }
    fd.revents = 0;
}

/// More entries than this may be more than Linux takes at once, which is the limit of open descriptors; then each socket is
/// asked about once.
const FEW: usize = 256;

/// Where the answer for an entry is.
enum Places {
    /// In the entry's own place.
    Own,
    /// In these; and the entries that came first.
    Shared(Vec<usize>, Vec<usize>),
}

impl Places {
    fn of(&self, index: usize) -> usize {
        match self {
            Self::Own => index,
            Self::Shared(places, _) => places[index],
        }
    }

    /// The socket of each question.
    fn firsts<'a>(&'a self, cores: &'a [Arc<Core>]) -> Box<dyn Iterator<Item = &'a Arc<Core>> + 'a> {
        match self {
            Self::Own => Box::new(cores.iter()),
            Self::Shared(_, firsts) => Box::new(firsts.iter().map(|first| &cores[*first])),
        }
    }
}

/// What Linux is asked.
fn questions(entries: &[PollEntry<'_>], cores: &[Arc<Core>], uses: &[Option<Use<'_>>]) -> (Vec<libc::pollfd>, Places) {
    let one = |index: usize| question(&cores[index], uses[index].as_ref(), entries[index].wanted);
    if entries.len() <= FEW {
        return ((0..entries.len()).map(one).collect(), Places::Own);
    }
    let (mut fds, mut places, mut firsts): (Vec<libc::pollfd>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    let mut known = HashMap::new();
    for (index, core) in cores.iter().enumerate() {
        let place = *known.entry(Arc::as_ptr(core)).or_insert(fds.len());
        let asked = one(index);
        match fds.get_mut(place) {
            Some(fd) => fd.events |= asked.events,
            None => {
                fds.push(asked);
                firsts.push(index);
            }
        }
        places.push(place);
    }
    (fds, Places::Shared(places, firsts))
}

/// Asks Linux, as a blocked thread if that takes time.
fn ask(fds: &mut [libc::pollfd], limit: Option<Duration>) -> Result<usize, Errno> {
    match sys::poll(fds, Some(Duration::ZERO)) {
        Ok(0) if limit != Some(Duration::ZERO) => overlapped_kernel::port::blocking(|| sys::poll(fds, limit)),
        found => found,
    }
}

/// What is true of a socket now, and is there data to be read? (A stream's end can be read as well.)
pub(super) fn look(core: &Core) -> (Interest, bool) {
    let Ok(fd) = core.fd() else { return (Interest::GONE, false) };
    let wanted = Interest::READ | Interest::WRITE | Interest::URGENT;
    let mut asked = question(core, Some(&fd), wanted);
    if asked.fd < 0 {
        return (answer(core, 0), false);
    }
    asked.revents = sys::ready_now(asked.fd, asked.events);
    refine(&mut asked, core);
    let unread =
        asked.revents & libc::POLLIN != 0 && (!core.is_stream() || core.unread(&fd).is_ok_and(|count| count > 0));
    (answer(core, asked.revents), unread)
}

fn question(core: &Core, fd: Option<&Use<'_>>, wanted: Interest) -> libc::pollfd {
    let idle = core.is_stream() && !core.has(Flags::CONNECTED | Flags::CONNECTING | Flags::LISTENING);
    let failed = idle && core.kept_error().is_some();
    let mut events = libc::POLLRDHUP;
    for (interest, bit) in
        [(Interest::READ, libc::POLLIN), (Interest::WRITE, libc::POLLOUT), (Interest::URGENT, libc::POLLPRI)]
    {
        if wanted.intersects(interest) {
            events |= bit;
        }
    }
    if core.has(Flags::CONNECTING) {
        // A failure shows as room to send.
        events |= libc::POLLOUT;
    }
    // A negative number is passed over.
    let fd = fd.filter(|_| !idle || failed).map_or(-1, Use::raw);
    libc::pollfd { fd, events, revents: 0 }
}

fn answer(core: &Core, found: i16) -> Interest {
    if found & (libc::POLLOUT | libc::POLLERR | libc::POLLHUP) != 0 {
        core.settle();
    }
    let connected = core.has(Flags::CONNECTED | Flags::LISTENING) || !core.is_stream();
    if !connected {
        let failed = core.kept_error().is_some();
        let all = Interest::FAILED | Interest::ERROR | Interest::HANGUP;
        return if failed { all } else { Interest::empty() };
    }
    if found & libc::POLLERR != 0
        && let Ok(fd) = core.fd()
    {
        core.forget_news(&fd);
    }
    let untold = core.has(Flags::UNTOLD);
    let found = if untold { found & !libc::POLLERR } else { found };
    let over = found & (libc::POLLHUP | libc::POLLERR) != 0;
    let mut answer = Interest::empty();
    answer.set(Interest::READ, found & (libc::POLLIN | libc::POLLRDHUP) != 0 || over || core.has_deferred());
    answer.set(Interest::WRITE, found & libc::POLLOUT != 0 || over);
    let urgent = found & libc::POLLPRI != 0 && core.fd().is_ok_and(|fd| core.urgent_comes_apart(&fd));
    answer.set(Interest::URGENT, urgent);
    answer.set(Interest::HANGUP, found & (libc::POLLHUP | libc::POLLRDHUP) != 0);
    answer.set(Interest::ERROR, found & libc::POLLERR != 0);
    let ended = core.is_stream() && (over || found & libc::POLLRDHUP != 0);
    answer.set(Interest::EMPTY, ended && core.fd().is_ok_and(|fd| core.unread(&fd) == Ok(0)));
    answer
}
