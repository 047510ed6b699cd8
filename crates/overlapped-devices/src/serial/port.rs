//! An open port: its state, its line, and who calls whom.
//!
//! A call changes the state under the lock, lets it [advance](State::advance), and afterwards, without the lock, completes
//! what is done and tells the other end of a simulated line. Readiness and alarms come in by [`Port::run`], which one thread
//! at a time does: who finds it busy leaves word, and goes; so two ports that tell each other never wait for each other, and
//! never go deep.

use super::line::Line;
use super::settings::Settings;
use super::state::{State, Turn};
use overlapped_abi::{Context, Status};
use overlapped_kernel::System;
use overlapped_kernel::alarm::{Alarm, Alarmed};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Start;
use overlapped_kernel::engine::{Engine, Readiness, WatchId, Watcher};
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use parking_lot::Mutex;
use rustix::fd::AsFd;
use rustix::io::Errno;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// See the module page.
pub(crate) struct Port {
    state: Mutex<State>,
    engine: Arc<dyn Engine>,
    alarm: Arc<Alarm>,
    /// How the engine knows the line's descriptor, 0 before it does.
    watch: AtomicU64,
    /// Calls of [`Port::run`] that were not answered yet.
    calls: AtomicU32,
    me: Weak<Port>,
    line: Arc<dyn Line>,
}

impl Port {
    /// A port on this line, which has these settings already.
    pub fn open(system: &System, line: Arc<dyn Line>, settings: Settings) -> Arc<Self> {
        let port = Arc::new_cyclic(|me: &Weak<Self>| Self {
            state: Mutex::new(State::new(settings)),
            engine: Arc::clone(system.engine()),
            alarm: system.new_alarm(Weak::clone(me) as Weak<dyn Alarmed>),
            watch: AtomicU64::new(0),
            calls: AtomicU32::new(0),
            me: Weak::clone(me),
            line,
        });
        port.line.open(Arc::downgrade(&port) as Weak<dyn Watcher>, &settings.dcb);
        port.act(|state, line, _, _| state.apply_lines(line));
        port
    }

    pub fn line(&self) -> &dyn Line {
        &*self.line
    }

    /// Lets the state advance, changes it, and lets it advance again; then does what follows. What has come before is thus
    /// there for `change` to see, and what it starts is on its way when this returns.
    pub fn act<T>(&self, change: impl FnOnce(&mut State, &dyn Line, Tick, &mut Turn) -> T) -> T {
        let mut turn = Turn::default();
        let value = {
            let (mut state, now) = (self.state.lock(), self.engine.now());
            state.advance(&*self.line, now, &mut turn);
            let value = change(&mut state, &*self.line, now, &mut turn);
            state.advance(&*self.line, now, &mut turn);
            value
        };
        self.follow(turn);
        value
    }

    /// Looks at something that no call changes.
    pub fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state.lock())
    }

    /// What follows a turn, with no lock held.
    fn follow(&self, turn: Turn) {
        let Turn { done, next } = turn;
        if self.watch.load(Ordering::Acquire) != 0 && !done.is_empty() {
            self.engine.expect(-(done.len() as isize));
        }
        for (request, completion) in done {
            request.complete(completion);
        }
        self.line.tell();
        if let Some(next) = next {
            self.alarm.set(next);
        }
    }

    /// Advances because something has happened.
    fn run(&self) {
        if self.calls.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        loop {
            let seen = self.calls.load(Ordering::Acquire);
            let mut turn = Turn::default();
            self.state.lock().advance(&*self.line, self.engine.now(), &mut turn);
            self.follow(turn);
            if self.calls.compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                return;
            }
        }
    }

    /// A new request: what it comes to at once, or that it waits here.
    pub fn start(&self, request: &Request) -> Start {
        match request.function() {
            // At once, whatever the line is like (contract 01 §5.1).
            Function::Read | Function::Write if request.buffer().len == 0 => Start::Done(Completion::success(0)),
            Function::Read => self.act(|state, _, _, _| {
                if state.aborted {
                    return Start::Failed(Status::CANCELLED);
                }
                match (state.read_at_once(request), state.gone) {
                    // What came before the line went is still there.
                    (Some(completion), Some(status)) if completion.bytes == 0 => Start::Failed(status),
                    (Some(completion), _) => Start::Done(completion),
                    (None, Some(status)) => Start::Failed(status),
                    (None, None) => Start::Queue,
                }
            }),
            Function::Write => match self.look(|state| state.refusal()) {
                Some(status) => Start::Failed(status),
                None => Start::Queue,
            },
            Function::Flush => Start::Queue,
            Function::Control => self.act(|state, _, _, _| match (state.gone, state.wait_at_once(request)) {
                (_, Some(Ok(completion))) => Start::Done(completion),
                (Some(status), _) | (None, Some(Err(status))) => Start::Failed(status),
                (None, None) => Start::Queue,
            }),
            Function::Lock { .. } | Function::Copy => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    /// Takes a pending request on.
    pub fn enqueue(&self, request: RequestRef) {
        if let Err(error) = self.ensure_watched() {
            let status = Status::from_errno(error.raw_os_error(), Context::Read);
            return request.complete(Completion::failure(status));
        }
        if self.watch.load(Ordering::Acquire) != 0 {
            self.engine.expect(1);
        }
        self.act(|state, _, _, turn| state.take_on(request, turn));
    }

    /// Ends a request that waits here; false if it does not.
    pub fn cancel(&self, request: &RequestRef) -> bool {
        self.act(|state, _, _, turn| state.take_out(request, turn))
    }

    fn ensure_watched(&self) -> Result<(), Errno> {
        if self.watch.load(Ordering::Acquire) != 0 {
            return Ok(());
        }
        let Some(fd) = self.line.descriptor() else { return Ok(()) };
        // Under the lock, so that it happens once.
        let _state = self.state.lock();
        if self.watch.load(Ordering::Acquire) == 0 {
            match self.engine.watch(fd.as_fd(), Weak::clone(&self.me) as Weak<dyn Watcher>) {
                Ok(id) => self.watch.store(id.0, Ordering::Release),
                // It cannot be waited for, so the line says itself when it is to be asked.
                Err(Errno::PERM) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The last handle went; what was pending was cancelled. The line is free for its next user, who finds these settings.
    pub fn close(&self) -> Settings {
        let id = self.watch.load(Ordering::Acquire);
        if id != 0 {
            let fd = self.line.descriptor();
            self.engine.unwatch(WatchId(id), fd.as_ref().map(AsFd::as_fd));
        }
        let mut turn = Turn::default();
        let settings = {
            let mut state = self.state.lock();
            state.vanish(Status::CANCELLED, &mut turn);
            self.line.close();
            state.settings
        };
        self.follow(turn);
        settings
    }
}

impl Watcher for Port {
    fn ready(self: Arc<Self>, _readiness: Readiness) {
        self.run();
    }
}

impl Alarmed for Port {
    fn alarm(self: Arc<Self>) {
        self.run();
    }
}
