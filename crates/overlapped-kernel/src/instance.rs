//! The open instance (file object): what one CreateFile makes and all duplicates of its handle share.
//!
//! File pointer, signalled state, port association and key, notification modes, and the list of outstanding requests
//! (contract 00 section 0.4). A request holds its instance, so the device and its descriptor outlive everything that Linux still
//! does with them; the last handle's end only cancels.

use crate::device::Device;
use crate::dispatcher::{Dispatcher, Waitable};
use crate::engine::Engine;
use crate::idle::Idle;
use crate::limits::Accounts;
use crate::outstanding::{Entry, Outstanding};
use crate::port::{Port, Reason};
use crate::request::{Request, RequestRef};
use crate::sync::{BriefLock, Mutex, MutexGuard};
use crate::system::WeakSystem;
use crate::thread::Thread;
use overlapped_abi::{Status, Win32Error};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

bitflags::bitflags! {
    /// SetFileCompletionNotificationModes (contract 03 section 6).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct NotificationModes: u8 {
        /// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: no packet for what the call itself reports as a success.
        const SKIP_COMPLETION_PORT_ON_SUCCESS = 1;
        /// FILE_SKIP_SET_EVENT_ON_HANDLE: completions do not signal the instance.
        const SKIP_SET_EVENT_ON_HANDLE = 2;
    }
}

/// See the module page.
pub struct Instance {
    device: Arc<dyn Device>,
    overlapped: bool,
    engine: Arc<dyn Engine>,
    idle: Arc<Idle>,
    system: WeakSystem,
    accounts: Arc<Accounts>,
    signal: Dispatcher,
    modes: AtomicU8,
    association: OnceLock<(Arc<Port>, usize)>,
    /// Of thousands of connections each has one request that waits: it has its place here.
    outstanding: BriefLock<Outstanding<RequestRef>>,
    handles: AtomicU32,
    pointer: Mutex<u64>,
    /// Where the pointer is to go, or [`NOWHERE`].
    moved: AtomicU64,
}

/// No position.
const NOWHERE: u64 = u64::MAX;

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance")
            .field("file_type", &self.device.file_type())
            .field("overlapped", &self.overlapped)
            .field("outstanding", &self.outstanding.lock().len())
            .finish_non_exhaustive()
    }
}

impl Instance {
    pub(crate) fn new(
        device: Arc<dyn Device>,
        overlapped: bool,
        engine: Arc<dyn Engine>,
        idle: Arc<Idle>,
        system: WeakSystem,
        accounts: Arc<Accounts>,
    ) -> Arc<Self> {
        // An instance starts signalled (contract 03 section 5).
        let once = device.gives_signal_once();
        let signal = if once { Dispatcher::synchronization(true) } else { Dispatcher::notification(true) };
        Arc::new(Self {
            device,
            overlapped,
            engine,
            idle,
            system,
            accounts,
            signal,
            modes: AtomicU8::new(0),
            association: OnceLock::new(),
            outstanding: BriefLock::new(Outstanding::new()),
            handles: AtomicU32::new(0),
            pointer: Mutex::new(0),
            moved: AtomicU64::new(NOWHERE),
        })
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> &Arc<dyn Device> {
        &self.device
    }

    /// Was it opened with FILE_FLAG_OVERLAPPED?
    #[must_use]
    pub fn is_overlapped(&self) -> bool {
        self.overlapped
    }

    pub(crate) fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// Where threads wait.
    #[must_use]
    pub fn idle(&self) -> &Arc<Idle> {
        &self.idle
    }

    /// The file pointer; while the guard lives, synchronous requests of other threads wait.
    pub fn pointer(&self) -> MutexGuard<'_, u64> {
        if let Some(mut guard) = self.pointer.try_lock() {
            self.catch_up(&mut guard);
            return guard;
        }
        let thread = crate::thread::current();
        let _paused = thread.pause(Reason::Lock);
        let mut guard = self.pointer.lock();
        self.catch_up(&mut guard);
        guard
    }

    /// Moves the file pointer as soon as nobody uses it, without waiting for that: who uses it may be the calling thread, which
    /// delivers completions while it waits for its own synchronous request.
    pub fn move_pointer_when_free(&self, to: u64) {
        self.moved.store(to, Ordering::Release);
        if let Some(mut guard) = self.pointer.try_lock() {
            self.catch_up(&mut guard);
        }
    }

    fn catch_up(&self, pointer: &mut u64) {
        if self.moved.load(Ordering::Relaxed) != NOWHERE {
            let to = self.moved.swap(NOWHERE, Ordering::Acquire);
            // Another thread may have caught up.
            *pointer = if to == NOWHERE { *pointer } else { to };
        }
    }

    /// The notification modes.
    #[must_use]
    pub fn modes(&self) -> NotificationModes {
        NotificationModes::from_bits_truncate(self.modes.load(Ordering::Acquire))
    }

    /// Adds notification modes; they cannot be removed. 87 for the port mode on a synchronous instance.
    pub fn add_modes(&self, modes: NotificationModes) -> Result<(), Win32Error> {
        if modes.contains(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS) && !self.overlapped {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.modes.fetch_or(modes.bits(), Ordering::AcqRel);
        if modes.contains(NotificationModes::SKIP_SET_EVENT_ON_HANDLE) {
            self.signal.reset();
        }
        Ok(())
    }

    /// The port and key that its completions report to.
    pub(crate) fn association(&self) -> Option<&(Arc<Port>, usize)> {
        self.association.get()
    }

    /// Does it report to a port?
    #[must_use]
    pub fn is_associated(&self) -> bool {
        self.association.get().is_some()
    }

    pub(crate) fn associate(&self, port: &Arc<Port>, key: usize) -> Result<(), Win32Error> {
        if !self.overlapped {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.association.set((Arc::clone(port), key)).map_err(|_| Win32Error::INVALID_PARAMETER)
    }

    /// A request goes on its way.
    pub(crate) fn clear_signal(&self) {
        self.signal.reset();
    }

    /// A request is complete.
    pub(crate) fn completed(&self) {
        if !self.modes().contains(NotificationModes::SKIP_SET_EVENT_ON_HANDLE) {
            // Only the next request clears it, and with several on their way it says nothing of any one (contract 03 section 5).
            self.signal.set_loosely();
        }
    }

    /// Takes a request on, unless it would exceed a limit.
    pub(crate) fn enlist(&self, request: &RequestRef) -> Result<(), Status> {
        {
            let mut outstanding = self.outstanding.lock();
            self.accounts.enter(request.memory(), outstanding.len())?;
            outstanding.push(Arc::clone(request));
            request.listed();
        }
        crate::thread::with_current(|thread| thread.uses(&self.system));
        Ok(())
    }

    pub(crate) fn delist(&self, request: &Request) {
        let gone = {
            let mut outstanding = self.outstanding.lock();
            let gone = outstanding.remove(request.place.load(Ordering::Relaxed));
            debug_assert!(std::ptr::eq(&raw const *gone, request));
            gone
        };
        self.accounts.leave(gone.memory());
        drop(gone);
    }

    /// Need a request that its device shows not stand on the list? The end of its thread is none of a port's business, and no limit asks how
    /// many there are.
    #[inline]
    pub(crate) fn needs_no_list(&self) -> bool {
        self.is_associated() && !self.accounts.has_limits()
    }

    /// The outstanding request with this OVERLAPPED.
    #[must_use]
    pub(crate) fn request(&self, token: usize) -> Option<RequestRef> {
        self.pick_token(token).pop()
    }

    /// Requests that are not complete.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.outstanding.lock().len() + self.unlisted()
    }

    /// Those of them that only the device shows.
    pub(crate) fn unlisted(&self) -> usize {
        let mut count = 0;
        self.each_unlisted(&mut |_| count += 1);
        count
    }

    fn each_unlisted(&self, look: &mut dyn FnMut(&RequestRef)) {
        self.device.each_waiting(&mut |request| {
            // Of others' requests, some wait at this device.
            if request.is_unlisted() && std::ptr::eq(Arc::as_ptr(request.instance()), self) {
                look(request);
            }
        });
    }

    /// The outstanding requests that `which` picks.
    fn pick(&self, which: impl Fn(&Request) -> bool) -> Vec<RequestRef> {
        let picked: Vec<RequestRef> = self.outstanding.lock().iter().filter(|r| which(r)).cloned().collect();
        self.pick_unlisted(picked, which)
    }

    /// Those with this OVERLAPPED.
    fn pick_token(&self, token: usize) -> Vec<RequestRef> {
        let picked = self.outstanding.lock().with_token(token);
        self.pick_unlisted(picked, |request| request.token() == token)
    }

    fn pick_unlisted(&self, mut picked: Vec<RequestRef>, which: impl Fn(&Request) -> bool) -> Vec<RequestRef> {
        self.each_unlisted(&mut |request| {
            if which(request) {
                picked.push(Arc::clone(request));
            }
        });
        picked
    }

    /// Asks for the end of all outstanding requests; how many were marked by this call.
    pub fn cancel_all(&self) -> usize {
        self.cancel(|_| true)
    }

    /// The same for those whose outcome is written to the block at this address.
    pub fn cancel_block(&self, address: usize) -> usize {
        self.cancel(|request| request.writes_to(address))
    }

    /// The same for those that `which` picks.
    pub(crate) fn cancel(&self, which: impl Fn(&Request) -> bool) -> usize {
        self.pick(which).iter().filter(|request| request.cancel()).count()
    }

    /// Has its last handle been closed?
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.handles.load(Ordering::Acquire) == 0
    }

    /// CancelIo: asks for the end of what the calling thread has issued (decision D3).
    pub fn cancel_own(&self) -> usize {
        let me = crate::thread::current().serial();
        self.cancel(|request| request.issuer() == me)
    }

    /// CancelIoEx: asks for the end of the requests with this OVERLAPPED, or of all. 1168 if none was found.
    pub fn cancel_token(&self, token: Option<usize>) -> Result<(), Win32Error> {
        let marked = match token {
            Some(token) => self.pick_token(token).iter().filter(|request| request.cancel()).count(),
            None => self.cancel_all(),
        };
        if marked == 0 { Err(Win32Error::NOT_FOUND) } else { Ok(()) }
    }

    /// One more handle refers to it.
    pub(crate) fn handle_opened(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    /// One handle less; the last one ends the instance (contract 03 section 9).
    pub(crate) fn handle_closed(&self) {
        if self.handles.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        self.cancel(|_| true);
        self.device.close(self);
        if let Some((port, _)) = self.association.get() {
            port.dissociate(self);
        }
    }

    /// Has the thread requests here that its end would cancel?
    #[cfg(not(loom))]
    pub(crate) fn has_requests_of(&self, thread: &Thread) -> bool {
        !self.is_associated() && self.outstanding.lock().iter().any(|request| request.issuer() == thread.serial())
    }

    /// A thread that issued requests here ended: they are cancelled, unless their completions go to a port.
    pub(crate) fn thread_ended(&self, thread: &Thread) {
        if !self.is_associated() {
            self.cancel(|request| request.issuer() == thread.serial());
        }
    }
}

impl Waitable for Instance {
    fn dispatcher(&self) -> &Dispatcher {
        &self.signal
    }
}

impl Entry for RequestRef {
    fn token(&self) -> usize {
        Request::token(self)
    }

    fn place(&self) -> &AtomicUsize {
        &self.place
    }
}
