//! The part of a socket that outlives handles: descriptor, state, and the two lanes of waiting requests.
//!
//! The state is one word of flags, so that a transfer looks at it without a lock. A descriptor's number stays the same for
//! the socket's life: an accepted connection and a renewed socket are put under it. When the last handle goes, the descriptor is
//! closed at once, although completed requests that nobody has fetched may keep the rest alive for long.

use super::acknowledge::Unacknowledged;
use super::address::Address;
use super::events::Selection;
use super::lane::{Lane, Side};
use super::sys;
use overlapped_abi::{Context, Status, WsaError};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Engine, Readiness, SocketCall, SocketWork, WatchId, Watcher};
use overlapped_kernel::request::{Request, RequestRef};
use parking_lot::{Mutex, MutexGuard};
use rustix::fd::{AsFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

bitflags::bitflags! {
    /// What is known of a socket.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) struct Flags: u32 {
        /// It has an address.
        const BOUND = 1;
        const LISTENING = 2;
        /// A connection is on its way.
        const CONNECTING = 4;
        const CONNECTED = 8;
        /// This side receives no more.
        const SHUT_IN = 16;
        /// This side sends no more.
        const SHUT_OUT = 32;
        /// The other side has reset the connection, and somebody was told.
        const RESET = 64;
        /// Accepted by AcceptEx, and not told of its listener yet.
        const BARE_ACCEPT = 128;
        /// Connected by ConnectEx, and not brought up to date yet.
        const BARE_CONNECT = 256;
        /// Plain calls do not wait.
        const NONBLOCKING = 512;
        /// More may be there than a short receive says: a peer that closed, an error, urgent data.
        const UNSURE = 1024;
        /// A pending AcceptEx is to put a connection here.
        const AWAITED = 2048;
        /// Other descriptors of the same socket exist, perhaps in other processes.
        const SHARED = 4096;
        /// Network events are selected.
        const SELECTED = 8192;
        /// SO_REUSEADDR of Windows.
        const REUSE = 1 << 14;
        /// SO_EXCLUSIVEADDRUSE.
        const EXCLUSIVE = 1 << 15;
        /// Options were set while it was fresh, and stay when a connection is put here.
        const TUNED = 1 << 16;
        /// A datagram was sent to a port where nobody is, and the next receive is to say so.
        const UNREACHED = 1 << 17;
        /// Nobody wants to hear of that (SIO_UDP_CONNRESET).
        const UNTOLD = 1 << 18;
        /// SO_SNDBUF is 0: sends end when they are acknowledged.
        const UNBUFFERED = 1 << 19;
        /// Linux tells of acknowledgements by the queue of errors.
        const TOLD_OF_ACKS = 1 << 20;
        /// A receive of urgent data has waited here, and may do so now.
        const URGENT_WANTED = 1 << 21;
        /// Polls wait for it.
        const POLLED = 1 << 22;
        /// Accepted where the listener had the address alone.
        const ACCEPTED_ALONE = 1 << 23;
        /// A send or a connect has had to wait, and may do so again.
        const OUTPUT_WAITED = 1 << 24;
        /// The connection was made from this side.
        const CALLED = 1 << 25;
        /// The last handle goes: calls that are on their way still find a bad one.
        const CLOSING = 1 << 26;
    }
}

/// The three numbers that a socket is made of, as Linux has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
}

/// What is seldom needed.
#[derive(Default)]
pub(super) struct Rare {
    /// How a connection attempt that nobody waited for has failed; it stays exceptional until the next one.
    pub error: Option<Errno>,
    /// SO_ERROR has told that.
    pub error_told: bool,
    /// SO_RCVTIMEO and SO_SNDTIMEO in milliseconds, 0 for ever.
    pub receive_limit: u32,
    pub send_limit: u32,
    pub user_options: Vec<(i32, u32)>,
    /// SO_RCVBUF and SO_SNDBUF, if they were set.
    pub buffers: [Option<u32>; 2],
    /// Where it was bound by its owner.
    pub bound_to: Option<Address>,
    pub selection: Option<Selection>,
    /// Requests that wait for it to become ready.
    pub polls: Vec<RequestRef>,
    /// Connections that WSAAccept's condition has put off, the oldest last.
    pub deferred: Vec<OwnedFd>,
}

/// What few sockets ever have.
pub(super) struct Spare {
    /// Other handles that are the socket, by WSADuplicateSocket.
    pub twins: Mutex<Vec<u32>>,
    /// Receives of urgent data.
    pub urgent: Mutex<Lane>,
    /// Sends without a buffer, in their order.
    pub unacknowledged: Mutex<VecDeque<Unacknowledged>>,
}

/// See the module page.
pub(super) struct Core {
    descriptor: Descriptor,
    engine: Arc<dyn Engine>,
    pub traits: Traits,
    flags: AtomicU32,
    pub input: Mutex<Lane>,
    pub output: Mutex<Lane>,
    /// A receive has found the last of what was there, and readiness is expected.
    quiet: AtomicBool,
    /// How the engine knows it, 0 before it does.
    watch: AtomicU64,
    /// Held while it becomes known or unknown.
    watching: Mutex<()>,
    /// Held while an attempt to connect begins, and while somebody finds out how it ended.
    deciding: Mutex<()>,
    me: Weak<Core>,
    /// When it was connected, in nanoseconds of the monotonic clock; 0 before.
    connected_at: AtomicU64,
    /// The request whose connection is to be put here.
    awaited: Mutex<Weak<Request>>,
    rare: Mutex<Option<Box<Rare>>>,
    spare: OnceLock<Box<Spare>>,
}

impl Core {
    pub fn new(fd: OwnedFd, traits: Traits, flags: Flags, engine: Arc<dyn Engine>) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            descriptor: Descriptor::new(fd),
            engine,
            traits,
            flags: AtomicU32::new(flags.bits()),
            input: Mutex::new(Lane::new()),
            output: Mutex::new(Lane::new()),
            quiet: AtomicBool::new(false),
            watch: AtomicU64::new(0),
            watching: Mutex::new(()),
            deciding: Mutex::new(()),
            me: Weak::clone(me),
            connected_at: AtomicU64::new(if flags.contains(Flags::CONNECTED) { Tick::monotonic().0 } else { 0 }),
            awaited: Mutex::new(Weak::new()),
            rare: Mutex::new(None),
            spare: OnceLock::new(),
        })
    }

    pub fn is_stream(&self) -> bool {
        self.traits.kind == libc::SOCK_STREAM
    }

    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    #[inline]
    pub fn flags(&self) -> Flags {
        Flags::from_bits_retain(self.flags.load(Ordering::Acquire))
    }

    pub fn has(&self, any: Flags) -> bool {
        self.flags().intersects(any)
    }

    pub fn add(&self, flags: Flags) {
        self.flags.fetch_or(flags.bits(), Ordering::AcqRel);
    }

    pub fn remove(&self, flags: Flags) {
        self.flags.fetch_and(!flags.bits(), Ordering::AcqRel);
    }

    /// Sets or clears them.
    pub fn put(&self, flags: Flags, yes: bool) {
        if yes { self.add(flags) } else { self.remove(flags) }
    }

    pub fn lane(&self, side: Side) -> &Mutex<Lane> {
        match side {
            Side::In => &self.input,
            Side::Out => &self.output,
            Side::Urgent => &self.spare().urgent,
        }
    }

    /// Would a receive wait, most likely? Asked without the lane's lock: who is put in the queue for it is attempted there if it is wrong.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::Relaxed)
    }

    /// Remembers whether nothing is there, under the lock of the lane of receives.
    #[inline]
    pub fn is_quiet_now(&self, quiet: bool) {
        self.quiet.store(quiet, Ordering::Relaxed);
    }

    /// Linux forgets an urgent byte when data behind it is received. So who waits for it comes first.
    #[cold]
    pub fn offer_urgent_data(&self) {
        if let Some(me) = self.me.upgrade() {
            me.open(Side::Urgent);
        }
    }

    /// Is urgent data kept apart from the rest? With SO_OOBINLINE it is data like any other (contract 08 section 10).
    pub fn urgent_comes_apart(&self, fd: &Use<'_>) -> bool {
        sys::number(fd.raw(), libc::SOL_SOCKET, libc::SO_OOBINLINE) == Ok(0)
    }

    /// Places that are seldom needed.
    #[cold]
    pub fn spare(&self) -> &Spare {
        let make = || Spare {
            twins: Mutex::new(Vec::new()),
            urgent: Mutex::new(Lane::new()),
            unacknowledged: Mutex::new(VecDeque::new()),
        };
        self.spare.get_or_init(|| Box::new(make()))
    }

    /// The same, if somebody has needed them.
    pub fn spare_if_any(&self) -> Option<&Spare> {
        self.spare.get().map(Box::as_ref)
    }

    /// What is seldom needed, if somebody has needed it.
    pub fn rare(&self) -> MutexGuard<'_, Option<Box<Rare>>> {
        self.rare.lock()
    }

    /// Changes what is seldom needed.
    pub fn with_rare<T>(&self, change: impl FnOnce(&mut Rare) -> T) -> T {
        change(self.rare.lock().get_or_insert_default())
    }

    /// The descriptor, which stays open while the guard lives; `EBADF` after the last handle's end.
    #[inline]
    pub fn fd(&self) -> Result<Use<'_>, Errno> {
        self.descriptor.take().ok_or(Errno::BADF)
    }

    /// The same for calls under the lock of a lane, and no longer: `close` waits for that lock, so that nothing need be counted.
    #[inline]
    pub fn fd_under<'a>(&'a self, _lane: &MutexGuard<'_, Lane>) -> Result<Use<'a>, Errno> {
        if self.is_closed() { Err(Errno::BADF) } else { Ok(Use { descriptor: &self.descriptor, counted: false }) }
    }

    /// Has its last handle gone?
    pub fn is_closed(&self) -> bool {
        self.descriptor.users.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Makes a call that does not block.
    ///
    /// # Safety
    /// What `work` points to is valid (writable for a receive).
    #[inline]
    pub unsafe fn call(&self, fd: &Use<'_>, work: SocketWork) -> Result<usize, Errno> {
        // SAFETY: the guard keeps the descriptor open, and sockets here never block; the rest is the caller's promise.
        unsafe { self.engine.socket_call(&SocketCall { fd: fd.raw(), work }) }
    }

    /// The status of a failed transfer. Remembers a reset, which Linux tells only once.
    pub fn failure(&self, error: Errno, sending: bool) -> Status {
        let flags = self.flags();
        match error {
            Errno::PIPE if flags.contains(Flags::CLOSING) => Status::INVALID_HANDLE,
            Errno::PIPE if flags.contains(Flags::SHUT_OUT) => Status::PIPE_DISCONNECTED,
            Errno::PIPE | Errno::NOTCONN if self.is_stream() && !flags.contains(Flags::CONNECTED) => {
                Status::INVALID_CONNECTION
            }
            // Windows asks for a connection where Linux asks for a destination.
            Errno::DESTADDRREQ if sending => Status::INVALID_CONNECTION,
            Errno::CONNRESET | Errno::PIPE if self.is_stream() => {
                self.add(Flags::RESET | Flags::UNSURE);
                Status::CONNECTION_RESET
            }
            error => self.status(error),
        }
    }

    /// May the socket transfer in the direction that `shut` ends?
    #[cold]
    pub fn check_transfer(&self, shut: Flags) -> Result<(), Status> {
        self.settle();
        let flags = self.flags();
        if flags.contains(Flags::CLOSING) {
            Err(Status::INVALID_HANDLE)
        } else if flags.intersects(shut) {
            Err(Status::PIPE_DISCONNECTED)
        } else if flags.contains(Flags::RESET) && !(shut == Flags::SHUT_IN && self.has_unread()) {
            Err(Status::CONNECTION_RESET)
        } else if flags.contains(Flags::CONNECTING) {
            Err(Status::INVALID_CONNECTION)
        } else {
            Ok(())
        }
    }

    /// Is there data that came before a reset? Who looked has met the reset, and receivers are still owed what came.
    fn has_unread(&self) -> bool {
        self.is_stream() && self.fd().is_ok_and(|fd| self.unread(&fd).is_ok_and(|count| count > 0))
    }

    /// The status of any other failed call.
    pub fn status(&self, error: Errno) -> Status {
        let context = if self.is_stream() { Context::Socket } else { Context::Datagram };
        Status::from_errno(error.raw_os_error(), context)
    }

    /// Is registered with the engine from now on.
    #[inline]
    pub fn ensure_watched(&self) -> Result<(), Errno> {
        if self.watch.load(Ordering::Acquire) == 0 { self.begin_watch() } else { Ok(()) }
    }

    #[cold]
    fn begin_watch(&self) -> Result<(), Errno> {
        let _watching = self.watching.lock();
        if self.watch.load(Ordering::Acquire) == 0 {
            let fd = self.fd()?;
            let id = self.engine.watch(fd.borrow(), Weak::clone(&self.me) as Weak<dyn Watcher>)?;
            self.watch.store(id.0, Ordering::Release);
        }
        Ok(())
    }

    /// Is registered no more. `really`: although the socket itself stays open.
    pub fn unwatch(&self, really: bool) {
        let id = {
            let _watching = self.watching.lock();
            self.watch.swap(0, Ordering::AcqRel)
        };
        if id != 0 {
            let fd = if really || self.has(Flags::SHARED) { self.fd().ok() } else { None };
            self.engine.unwatch(WatchId(id), fd.as_ref().map(Use::borrow));
        }
    }

    pub fn connected_at(&self) -> Option<Tick> {
        Some(self.connected_at.load(Ordering::Acquire)).filter(|at| *at != 0).map(Tick)
    }

    /// It is connected from now on.
    pub fn connected(&self, extra: Flags) {
        self.connected_at.store(Tick::monotonic().0, Ordering::Release);
        self.add(Flags::CONNECTED | Flags::BOUND | Flags::CALLED | extra);
        self.remove(Flags::CONNECTING);
    }

    /// An attempt to connect has failed. Linux' socket would stay as one whose connection has ended; this one is fresh again.
    pub fn not_connected(&self, fd: &Use<'_>) {
        self.remove(Flags::CONNECTING);
        if self.is_stream() {
            let _ = sys::disconnect(fd.raw());
            // Linux gives a port up that it had chosen itself; where it did not, this is refused.
            if let Some(address) = self.rare().as_ref().and_then(|rare| rare.bound_to) {
                let _ = sys::bind(fd.raw(), &address);
            }
        }
    }

    /// Puts another socket under the descriptor's number: everything that was known of the old one is forgotten.
    pub fn install(&self, new: OwnedFd, flags: Flags) -> Result<(), Errno> {
        let (mut input, mut output) = (self.input.lock(), self.output.lock());
        self.unwatch(true);
        {
            let fd = self.fd()?;
            if self.has(Flags::TUNED) {
                sys::copy_options(fd.raw(), rustix::fd::AsRawFd::as_raw_fd(&new));
                self.apply_buffers(rustix::fd::AsRawFd::as_raw_fd(&new));
            }
            sys::replace(fd.raw(), new)?;
        }
        for lane in [&mut *input, &mut *output] {
            lane.open = true;
            if lane.is_empty() {
                self.expect_no_more(lane);
            }
        }
        self.is_quiet_now(false);
        if let Some(spare) = self.spare_if_any() {
            spare.urgent.lock().open = true;
        }
        let mode = Flags::NONBLOCKING | Flags::SELECTED | Flags::POLLED | Flags::REUSE | Flags::EXCLUSIVE;
        let kept = mode | Flags::TUNED | Flags::UNBUFFERED | Flags::TOLD_OF_ACKS | Flags::OUTPUT_WAITED;
        self.flags.store(((self.flags() & kept) | flags).bits(), Ordering::Release);
        let now = if flags.contains(Flags::CONNECTED) { Tick::monotonic().0 } else { 0 };
        self.connected_at.store(now, Ordering::Release);
        drop((input, output));
        self.forget_error();
        if self.has(Flags::SELECTED | Flags::POLLED) {
            self.ensure_watched()?;
            self.tell_polls();
        }
        Ok(())
    }

    /// A fresh socket of the same traits under the number: what TF_REUSE_SOCKET leaves. One that its owner had bound stays
    /// bound, as far as Linux allows.
    pub fn renew(&self) -> Result<(), Errno> {
        let Traits { family, kind, protocol } = self.traits;
        let new = sys::socket(family, kind, protocol)?;
        let bound_to = self.rare().as_ref().and_then(|rare| rare.bound_to);
        let mut flags = Flags::empty();
        if let Some(address) = bound_to {
            // The old connection still holds the address for a while.
            let _ = super::setup::bind_past_the_dead(rustix::fd::AsRawFd::as_raw_fd(&new), &address);
            flags |= Flags::BOUND;
        }
        self.install(new, flags)
    }

    /// A connection attempt that nobody waits for may be over by now.
    pub fn settle(&self) {
        if !self.has(Flags::CONNECTING) || self.output.lock().is_connecting() {
            return;
        }
        if let Ok(fd) = self.fd() {
            let _ = self.decided(&fd);
        }
    }

    /// An attempt to connect is made, which sets CONNECTING and takes it back if it fails at once: nobody looks meanwhile how it ends.
    pub fn deciding(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock()
    }

    /// How the attempt to connect has ended, if it has. Linux tells a failure once, and several threads may ask: the first keeps it for the
    /// others, who would else find no error and take that for a connection.
    pub fn decided(&self, fd: &Use<'_>) -> Option<Result<(), Errno>> {
        let _deciding = self.deciding();
        if !self.has(Flags::CONNECTING) {
            let connected = self.has(Flags::CONNECTED);
            return Some(if connected { Ok(()) } else { Err(self.kept_error().unwrap_or(Errno::CONNREFUSED)) });
        }
        if sys::ready_now(fd.raw(), libc::POLLOUT) == 0 {
            return None;
        }
        Some(match sys::take_error(fd.raw()) {
            None => {
                self.connected(Flags::empty());
                Ok(())
            }
            Some(error) => {
                self.keep_error(error);
                self.not_connected(fd);
                Err(error)
            }
        })
    }

    /// The last handle went: the socket is closed, and its requests were cancelled.
    pub fn close(&self) {
        if let Some(request) = self.await_request(Weak::new()).upgrade() {
            request.cancel();
        }
        self.unselect();
        self.unwatch(false);
        self.free_address();
        // Whoever sleeps in a poll holds the descriptor, and wakes if the socket is shut down.
        self.descriptor.close(!self.has(Flags::SHARED), || {
            // Calls under the locks of the lanes are not counted. Later ones find it closed, and wait for nothing any more.
            let urgent = self.spare_if_any().map(|spare| &spare.urgent);
            [&self.input, &self.output]
                .into_iter()
                .chain(urgent)
                .for_each(|lane| self.expect_no_more(&mut lane.lock()));
        });
        self.tell_polls();
    }

    /// Linux remembers a connection for a while after its end. An address that its owner has bound, or somebody has alone
    /// (SO_EXCLUSIVEADDRUSE, contract 08 section 10), is to be free by then, so this must be said before.
    pub fn free_address(&self) {
        let chosen = || self.rare().as_ref().is_some_and(|rare| rare.bound_to.is_some());
        if (self.has(Flags::EXCLUSIVE | Flags::ACCEPTED_ALONE) || chosen())
            && !self.has(Flags::LISTENING | Flags::SHARED)
            && self.is_stream()
            && let Ok(fd) = self.fd()
        {
            super::setup::reuse(fd.raw(), true);
        }
    }

    /// This request is to put a connection here, or none; gives the one before.
    pub fn await_request(&self, request: Weak<Request>) -> Weak<Request> {
        std::mem::replace(&mut *self.awaited.lock(), request)
    }

    /// Sets the sizes of buffers that the user has chosen. Without a buffer at all Linux would crawl, so 0 leaves
    /// Linux's own; then sends wait for acknowledgements instead.
    pub fn apply_buffers(&self, fd: RawFd) {
        let chosen = self.rare().as_ref().map_or([None, None], |rare| rare.buffers);
        for (name, size) in [libc::SO_RCVBUF, libc::SO_SNDBUF].into_iter().zip(chosen) {
            if let Some(size) = size.filter(|size| *size > 0) {
                // Linux takes what is too much for the most.
                let _ = sys::set_number(fd, libc::SOL_SOCKET, name, i32::try_from(size).unwrap_or(i32::MAX));
            }
        }
        if chosen[Side::Out as usize] == Some(0) {
            self.send_without_buffer(fd);
        } else {
            self.remove(Flags::UNBUFFERED);
        }
    }

    /// An attempt to connect has failed, and nobody was told yet.
    pub fn keep_error(&self, error: Errno) {
        self.with_rare(|rare| (rare.error, rare.error_told) = (Some(error), false));
    }

    /// The failure of an earlier attempt to connect counts no more.
    pub fn forget_error(&self) {
        if let Some(rare) = self.rare().as_mut() {
            rare.error = None;
        }
    }

    /// Has WSAAccept's condition put a connection off?
    pub fn has_deferred(&self) -> bool {
        self.has(Flags::LISTENING) && self.rare().as_ref().is_some_and(|rare| !rare.deferred.is_empty())
    }

    /// What a connection takes over from its listener, besides what Linux hands on (contract 08 section 3).
    pub fn inherit(&self, listener: &Self) {
        self.add(listener.flags() & (Flags::REUSE | Flags::EXCLUSIVE));
        let Some((limits, options, buffers)) = listener
            .rare()
            .as_ref()
            .map(|rare| ((rare.receive_limit, rare.send_limit), rare.user_options.clone(), rare.buffers))
        else {
            return;
        };
        if limits == (0, 0) && options.is_empty() && buffers == [None, None] {
            return;
        }
        self.with_rare(|rare| {
            // What the socket has of its own stays.
            let or = |own: u32, other: u32| if own == 0 { other } else { own };
            rare.receive_limit = or(rare.receive_limit, limits.0);
            rare.send_limit = or(rare.send_limit, limits.1);
            rare.buffers = [0, 1].map(|side| rare.buffers[side].or(buffers[side]));
            for (key, value) in options {
                if rare.user_options.iter().all(|(own, _)| *own != key) {
                    rare.user_options.push((key, value));
                }
            }
        });
        if let Ok(fd) = self.fd()
            && listener.has(Flags::UNBUFFERED)
        {
            self.apply_buffers(fd.raw());
        }
    }

    /// The WSA code of Linux's error.
    pub fn code(&self, error: Errno) -> WsaError {
        self.status(error).to_wsa()
    }
}

impl Watcher for Core {
    fn ready(self: Arc<Self>, readiness: Readiness) {
        let closed = Readiness::CLOSED | Readiness::ERROR;
        let ending = closed | Readiness::READ_CLOSED;
        if readiness.intersects(ending | Readiness::URGENT) {
            self.add(Flags::UNSURE);
        }
        if readiness.intersects(ending | Readiness::URGENT) && self.has(Flags::URGENT_WANTED) {
            self.offer_urgent_data();
        }
        // Not for urgent data alone: a plain receive would pass over it, and nobody would hear of it.
        if readiness.intersects(ending | Readiness::READ) {
            self.open(Side::In);
        }
        if self.has(Flags::TOLD_OF_ACKS) {
            // Who drains the queue of errors first, hides the error from others: so this is looked at in any case.
            self.acknowledge();
        }
        // Each arrival of data comes with room to send, which seldom matters to anybody.
        if readiness.intersects(closed | Readiness::WRITE) && self.has(Flags::OUTPUT_WAITED) {
            self.open(Side::Out);
        }
        if self.has(Flags::SELECTED) {
            self.record_events();
        }
        self.tell_polls();
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let urgent = self.spare_if_any().map(|spare| &spare.urgent);
        [&self.input, &self.output].into_iter().chain(urgent).for_each(|lane| self.expect_no_more(&mut lane.lock()));
        self.unwatch(false);
    }
}

const CLOSED: u32 = 1 << 31;

/// A descriptor that is closed at an agreed moment, or when the last call on it returns.
struct Descriptor {
    raw: RawFd,
    /// Counted calls on their way, and whether it is closed for new ones.
    users: AtomicU32,
}

impl Descriptor {
    fn new(fd: OwnedFd) -> Self {
        Self { raw: fd.into_raw_fd(), users: AtomicU32::new(0) }
    }

    #[inline]
    fn take(&self) -> Option<Use<'_>> {
        let one_more = |users: u32| (users & CLOSED == 0).then_some(users + 1);
        self.users
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, one_more)
            .ok()
            .map(|_| Use { descriptor: self, counted: true })
    }

    /// Closes it when `others` has waited for the calls that are not counted; or leaves that to the last of the calls that are on
    /// their way, which `wake` may hurry.
    fn close(&self, wake: bool, others: impl FnOnce()) {
        // While this lives, the number is ours.
        let Some(_own) = self.take() else { return };
        if self.users.fetch_or(CLOSED, Ordering::AcqRel) > 1 && wake {
            let _ = sys::shutdown(self.raw, libc::SHUT_RDWR);
        }
        others();
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if *self.users.get_mut() & CLOSED == 0 {
            // SAFETY: nobody has closed it, and it is given up here.
            drop(unsafe { OwnedFd::from_raw_fd(self.raw) });
        }
    }
}

/// While it lives (and its lane's lock is held, if it came by [`Core::fd_under`]), the descriptor is open.
pub(super) struct Use<'a> {
    descriptor: &'a Descriptor,
    /// By the descriptor itself; else the lock of a lane says that it is in use.
    counted: bool,
}

impl Use<'_> {
    #[inline]
    pub fn raw(&self) -> RawFd {
        self.descriptor.raw
    }

    pub fn borrow(&self) -> BorrowedFd<'_> {
        // SAFETY: open while the guard lives.
        unsafe { BorrowedFd::borrow_raw(self.raw()) }
    }
}

impl AsFd for Use<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.borrow()
    }
}

impl Drop for Use<'_> {
    #[inline]
    fn drop(&mut self) {
        // No new call begins after the close, so exactly one of those before it brings the count down to nothing.
        if self.counted && self.descriptor.users.fetch_sub(1, Ordering::AcqRel) == CLOSED | 1 {
            sys::close(self.raw());
        }
    }
}
