//! The simulated engine: for testing code that uses overlapped I/O, ours and yours.
//!
//! Operations are carried out on their real descriptors, but when, in which order, how much of them, and whether at all is
//! decided by chance from one seed, on a virtual clock that starts at 0. The clock stands still while threads of the program
//! run. When one waits in the library, it goes to the next completion, or to the waiting thread's deadline if that comes
//! first (after a millisecond of real time, in which other threads may still submit something). So a test with hour-long time-outs
//! takes milliseconds, and a failure is replayed by its seed: the same seed and the same calls on one thread give the same
//! [trace](SimEngine::trace). With more threads everything still works, but the order of their calls is Linux's affair.
//!
//! A program that never waits sees its completions too: after [`SimBuilder::patience`] of real time without a call, the
//! system's service thread moves the clock from completion to completion. Drawbacks: data moves at the moment of completion and in
//! one piece, so two overlapping transfers never mix their bytes; and of several waiting threads the clock knows only the deadline of
//! the one that polls.
//!
//! ```
//! use overlapped_engine::SimEngine;
//! use overlapped_kernel::engine::Engine;
//!
//! let engine = SimEngine::builder().seed(42).short_transfers(0.5).failures(0.01).build();
//! assert_eq!(engine.now().0, 0);
//! ```

mod builder;
mod random;
mod sockets;
mod state;
mod trace;

pub use builder::SimBuilder;
pub use trace::{TraceEntry, TraceEvent, Transfer};

use crate::direct;
use builder::Settings;
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{
    Engine, Harvest, Kind, Mode, Operation, RawResult, Reaped, SocketCall, SocketWork, WatchId, Watcher,
};
use overlapped_kernel::request::RequestRef;
use parking_lot::{Condvar, Mutex, MutexGuard};
use rustix::io::Errno;
use state::{Fate, Flight, State, settled, shortened};
use std::os::fd::BorrowedFd;
use std::sync::Weak;
use std::time::{Duration, Instant};

/// The real time that other threads have for a submission before the clock goes to a deadline.
const GRACE: Duration = Duration::from_millis(1);
/// The name of the thread that polls when nobody waits.
const SERVICE: &str = "ovl-service";

/// See the module page.
pub struct SimEngine {
    state: Mutex<State>,
    changed: Condvar,
    sockets: sockets::Sockets,
}

impl std::fmt::Debug for SimEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state.lock();
        f.debug_struct("SimEngine")
            .field("seed", &state.settings.seed)
            .field("now", &state.now)
            .field("in_flight", &state.in_flight())
            .finish_non_exhaustive()
    }
}

impl SimEngine {
    /// A simulation with the usual chances and this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::builder().seed(seed).build()
    }

    /// Sets what may happen.
    pub fn builder() -> SimBuilder {
        SimBuilder::default()
    }

    fn with(settings: Settings) -> Self {
        tracing::debug!(seed = settings.seed, "simulated engine");
        Self { state: Mutex::new(State::new(settings)), changed: Condvar::new(), sockets: sockets::Sockets::default() }
    }

    /// What to replay this run by.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.state.lock().settings.seed
    }

    /// What has happened so far.
    #[must_use]
    pub fn trace(&self) -> Vec<TraceEntry> {
        self.state.lock().trace()
    }

    /// Steps that the trace had no room for.
    #[must_use]
    pub fn untraced(&self) -> usize {
        self.state.lock().untraced
    }

    /// The state, for a call of the program.
    fn called(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock();
        state.called = Instant::now();
        state
    }

    /// Carries out what was decided, for a call that waits for it.
    unsafe fn at_once(&self, state: &mut State, operation: &Operation) -> RawResult {
        match state.fate(operation) {
            Fate::Failure(error) => Err(error),
            // SAFETY: the caller's promise; fewer bytes of the same buffer.
            Fate::Transfer(len) => unsafe { direct::perform(&shortened(operation, len)) },
        }
    }

    /// Completes the operation whose time has come.
    fn complete(&self, flight: Flight, harvest: &mut Harvest) {
        let result = settled(flight.fate).or_else(|| carry_out(&flight));
        let mut state = self.state.lock();
        let result = match result {
            Some(result) => result,
            None if flight.request.is_cancelling() => Err(Errno::CANCELED),
            None => {
                // Its descriptor is not ready, which is not a matter of virtual time.
                state.put_back(flight);
                self.changed.wait_for(&mut state, GRACE);
                return;
            }
        };
        state.record(flight.number, TraceEvent::Completed(result));
        harvest.reaped.push(Reaped::new(flight.request, result));
    }

    /// Polls for a thread that waits; the next completion, if its time comes before the deadline.
    fn next_for(&self, deadline: Option<Tick>, harvest: &mut Harvest) -> Option<Flight> {
        let mut state = self.called();
        let (mut waited, mut looked) = (false, false);
        loop {
            if std::mem::take(&mut state.interrupted) || !harvest.is_empty() {
                return None;
            }
            match (state.next_due(), deadline) {
                (Some(due), deadline) if deadline.is_none_or(|deadline| due <= deadline.0) => return state.advance(),
                (_, None) => self.changed.wait(&mut state),
                (_, Some(deadline)) if waited || state.now >= deadline.0 => {
                    if looked {
                        state.elapse(deadline);
                        return None;
                    }
                    looked = true;
                    MutexGuard::unlocked(&mut state, || self.sockets.look(harvest));
                }
                (_, Some(_)) => waited = self.changed.wait_for(&mut state, GRACE).timed_out(),
            }
        }
    }

    /// Polls for nobody: gives the program time to come by itself.
    fn next_for_nobody(&self, hurried: bool) -> Option<Flight> {
        let mut state = self.state.lock();
        loop {
            if std::mem::take(&mut state.interrupted) {
                return None;
            }
            let left = state.settings.patience.saturating_sub(state.called.elapsed());
            if left.is_zero() && state.next_due().is_some() {
                return state.advance();
            }
            let wait = if hurried { GRACE } else { left.max(GRACE) };
            if state.next_due().is_none() && !hurried {
                self.changed.wait(&mut state);
            } else {
                self.changed.wait_for(&mut state, wait);
            }
            if hurried {
                return None;
            }
        }
    }
}

/// Makes the transfer of an operation; `None` if its descriptor is not ready for it.
fn carry_out(flight: &Flight) -> Option<RawResult> {
    let Fate::Transfer(len) = flight.fate else { return None };
    let operation = shortened(&flight.operation, len);
    if operation.mode.contains(Mode::STREAM) && operation.kind != Kind::Sync {
        // SAFETY: buffer and descriptor are valid until the request is complete (`Engine::submit`).
        let result = unsafe { direct::transfer_if_ready(&operation) };
        return Some(result).filter(|result| *result != Err(Errno::AGAIN));
    }
    // SAFETY: as above.
    Some(unsafe { direct::perform(&operation) })
}

// SAFETY: operations are carried out by the real system calls, shortened at most, and before they are reaped.
unsafe impl Engine for SimEngine {
    fn name(&self) -> &'static str {
        "sim"
    }

    unsafe fn attempt(&self, operation: &Operation) -> Option<RawResult> {
        let possible = matches!(operation.kind, Kind::Read | Kind::Write)
            && !operation.mode.intersects(Mode::UNCACHED | Mode::DURABLE | Mode::STREAM);
        if !possible {
            return None;
        }
        let mut state = self.called();
        // SAFETY: the caller's promise.
        let result = state.at_once().then(|| unsafe { self.at_once(&mut state, operation) });
        state.record(0, TraceEvent::Attempted(operation.into(), result));
        result
    }

    unsafe fn perform(&self, operation: &Operation) -> RawResult {
        if operation.mode.contains(Mode::STREAM) {
            // It may wait for ever, for what another thread does here.
            // SAFETY: the caller's promise.
            return unsafe { direct::perform(operation) };
        }
        let mut state = self.called();
        // SAFETY: the caller's promise.
        let result = unsafe { self.at_once(&mut state, operation) };
        state.record(0, TraceEvent::Performed(operation.into(), result));
        result
    }

    unsafe fn submit(&self, request: RequestRef, operation: Operation) {
        let mut state = self.called();
        // Whoever cancels marks the request before it takes this lock: either the mark is seen here, or the operation is
        // seen there.
        if request.is_cancelling() {
            drop(state);
            return Reaped::new(request, Err(Errno::CANCELED)).deliver();
        }
        state.admit(request, operation);
        drop(state);
        self.changed.notify_all();
    }

    unsafe fn socket_call(&self, call: &SocketCall) -> RawResult {
        let mut call = *call;
        if let SocketWork::Send { buffer, .. } = &mut call.work {
            // SAFETY: the descriptor is open, the caller says.
            let fd = unsafe { BorrowedFd::borrow_raw(call.fd) };
            let stream = rustix::net::sockopt::socket_type(fd) == Ok(rustix::net::SocketType::STREAM);
            if stream {
                buffer.len = self.called().cut(buffer.len);
            }
        }
        // SAFETY: the caller's promise; fewer bytes of the same buffer.
        unsafe { crate::sockets::call(&call) }
    }

    fn watch(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        self.sockets.watch(fd, watcher)
    }

    fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        self.sockets.unwatch(id, fd);
    }

    fn cancel(&self, request: &RequestRef) {
        self.called().cancel(request);
        self.changed.notify_all();
    }

    fn now(&self) -> Tick {
        Tick(self.state.lock().now)
    }

    fn virtual_time(&self) -> bool {
        true
    }

    /// Always: without a poll the clock does not move, and a waiting thread's deadline never comes.
    fn wants_poll(&self) -> bool {
        true
    }

    fn needs_poll(&self) -> bool {
        self.state.lock().in_flight() > 0
    }

    fn poll(&self, deadline: Option<Tick>, harvest: &mut Harvest) {
        let nobody_waits = std::thread::current().name() == Some(SERVICE);
        let next =
            if nobody_waits { self.next_for_nobody(deadline.is_some()) } else { self.next_for(deadline, harvest) };
        if let Some(flight) = next {
            self.complete(flight, harvest);
        }
    }

    fn interrupt(&self) {
        self.state.lock().interrupted = true;
        self.changed.notify_all();
    }
}
