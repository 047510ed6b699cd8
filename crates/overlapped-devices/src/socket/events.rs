//! Network events: WSAEventSelect and WSAEnumNetworkEvents (contract 08 §7.3).
//!
//! An event is recorded once, and again only after the call that re-enables it. What is true of the socket is asked of Linux each
//! time (readiness may be old when it is told), so nothing is recorded that a pending receive has taken already. Drawback: a call
//! or two for each change while a selection lasts.

use super::Socket;
use super::core::{Core, Flags};
use super::sys;
use overlapped_abi::WsaError;
use overlapped_kernel::dispatcher::Event;
use std::sync::Arc;

bitflags::bitflags! {
    /// FD_*.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct NetworkEvents: u32 {
        /// Data is there.
        const READ = 0x1;
        /// There is room to send.
        const WRITE = 0x2;
        /// Urgent data is there.
        const OOB = 0x4;
        /// A connection can be accepted.
        const ACCEPT = 0x8;
        /// An attempt to connect is decided.
        const CONNECT = 0x10;
        /// The other side has closed or reset the connection.
        const CLOSE = 0x20;
    }
}

/// What WSAEnumNetworkEvents gives.
#[derive(Clone, Copy, Debug)]
pub struct Recorded {
    /// The events.
    pub events: NetworkEvents,
    /// A code for each event, by the place of its bit.
    pub errors: [WsaError; 10],
}

/// Who is told of each event as it happens, instead of an event that is set (WSAAsyncSelect). Called under the socket's lock, so it calls
/// nothing of sockets.
pub trait Notice: Send + Sync {
    /// An event has happened.
    fn tell(&self, what: NetworkEvents, error: WsaError);

    /// The same for a socket that was accepted, by the handle that it has.
    fn of_accepted(&self, handle: usize) -> Arc<dyn Notice>;
}

#[derive(Clone)]
enum Told {
    Event(Arc<Event>),
    Notice(Arc<dyn Notice>),
}

/// A socket's selection.
pub(super) struct Selection {
    told: Told,
    mask: NetworkEvents,
    recorded: NetworkEvents,
    errors: [WsaError; 10],
    /// What may be recorded when it is true.
    armed: NetworkEvents,
}

impl Selection {
    fn new(told: Told, mask: NetworkEvents) -> Self {
        let (recorded, errors) = (NetworkEvents::empty(), [WsaError::SUCCESS; 10]);
        // Connecting is an event only after an attempt.
        let armed = NetworkEvents::all() - NetworkEvents::CONNECT;
        Self { told, mask, recorded, errors, armed }
    }

    /// An attempt that was decided before the selection is news, too.
    fn record_decided(&mut self, decided: Option<WsaError>) {
        if let Some(code) = decided {
            self.armed |= NetworkEvents::CONNECT;
            self.record(NetworkEvents::CONNECT, code);
        }
    }

    fn record(&mut self, what: NetworkEvents, error: WsaError) {
        if !self.armed.intersects(what) {
            return;
        }
        self.armed -= what;
        self.recorded |= what;
        self.errors[what.bits().trailing_zeros() as usize] = error;
        if !self.mask.intersects(what) {
            return;
        }
        match &self.told {
            Told::Event(event) => event.set(),
            Told::Notice(notice) => {
                // What was told is not kept.
                self.recorded -= what;
                notice.tell(what, error);
            }
        }
    }
}

impl Core {
    /// Records what is true now.
    pub fn record_events(&self) {
        let before = self.flags();
        self.settle();
        let flags = self.flags();
        let Ok(fd) = self.fd() else { return };
        let found = sys::ready_now(fd.raw(), libc::POLLIN | libc::POLLOUT | libc::POLLPRI | libc::POLLRDHUP);
        let data = || !self.is_stream() || self.unread(&fd).is_ok_and(|count| count > 0);
        let apart = found & libc::POLLPRI != 0 && self.urgent_comes_apart(&fd);
        let unclaimed = self.input.lock().is_empty();
        let deferred = self.has_deferred();
        // The error of an attempt to connect that began meanwhile is not for here.
        let met = found & libc::POLLERR != 0 && self.is_stream() && flags.contains(Flags::CONNECTED);
        let error = if met { self.meet_error() } else { None };
        // A reset that a transfer has met before.
        let error = error.or_else(|| self.has(Flags::RESET).then_some(WsaError::ECONNRESET));
        let kept = self.kept_error();
        let mut rare = self.rare();
        let Some(selection) = rare.as_mut().and_then(|rare| rare.selection.as_mut()) else { return };
        let fine = WsaError::SUCCESS;
        if flags.contains(Flags::LISTENING) {
            if (found & libc::POLLIN != 0 || deferred) && unclaimed {
                selection.record(NetworkEvents::ACCEPT, fine);
            }
            return;
        }
        // Somebody else may have found out first how the attempt has ended, who looks for a select.
        let armed = selection.armed.contains(NetworkEvents::CONNECT);
        let known = armed && (flags.contains(Flags::CONNECTED) || kept.is_some());
        if !flags.contains(Flags::CONNECTING) && (before.contains(Flags::CONNECTING) || known) {
            let code = if flags.contains(Flags::CONNECTED) { None } else { kept };
            selection.record(NetworkEvents::CONNECT, code.map_or(fine, |error| self.code(error)));
        }
        if self.is_stream() && !flags.contains(Flags::CONNECTED) {
            return;
        }
        let unread = found & libc::POLLIN != 0 && data();
        if unread && unclaimed {
            selection.record(NetworkEvents::READ, fine);
        }
        if found & libc::POLLOUT != 0 {
            selection.record(NetworkEvents::WRITE, fine);
        }
        if apart {
            selection.record(NetworkEvents::OOB, fine);
        }
        let ending = libc::POLLRDHUP | libc::POLLHUP;
        // A graceful end is one when everything was read.
        if self.is_stream() && found & ending != 0 && (error.is_some() || !unread) {
            selection.record(NetworkEvents::CLOSE, error.unwrap_or(fine));
        }
    }

    /// A reset that was found by looking: later transfers report it.
    fn meet_error(&self) -> Option<WsaError> {
        let fd = self.fd().ok()?;
        let error = sys::take_error(fd.raw())?;
        Some(self.failure(error, false).to_wsa())
    }

    /// The user has made the call that re-enables these events. What was recorded of them is old then; `look`: what is true all the
    /// same is recorded anew.
    pub fn rearm(&self, events: NetworkEvents, look: bool) {
        if let Some(selection) = self.rare().as_mut().and_then(|rare| rare.selection.as_mut()) {
            selection.armed |= events;
            selection.recorded -= events;
        }
        if look {
            self.record_events();
        }
    }

    /// The user has begun to connect.
    pub fn rearm_connect(&self) {
        let failed = if self.has(Flags::CONNECTING) { None } else { self.kept_error() };
        if let Some(selection) = self.rare().as_mut().and_then(|rare| rare.selection.as_mut()) {
            selection.armed = NetworkEvents::all();
            if self.has(Flags::CONNECTED) {
                selection.record(NetworkEvents::CONNECT, WsaError::SUCCESS);
            } else if let Some(error) = failed {
                selection.record(NetworkEvents::CONNECT, self.code(error));
            }
        }
        self.record_events();
    }

    /// An accepted socket has the listener's selection (contract 08 §3).
    pub fn inherit_selection(&self, listener: &Self) {
        let selected = |s: &Selection| match &s.told {
            Told::Event(event) => Some((Told::Event(Arc::clone(event)), s.mask)),
            // It tells the handle, which this one does not have yet.
            Told::Notice(_) => None,
        };
        let Some((told, mask)) = listener.rare().as_ref().and_then(|rare| rare.selection.as_ref()).and_then(selected)
        else {
            return;
        };
        // A socket that cannot be watched tells nothing; its transfers say why.
        let _ = self.select(told, mask);
    }

    fn select(&self, told: Told, mask: NetworkEvents) -> Result<(), rustix::io::Errno> {
        self.ensure_watched()?;
        let decided = self.decided_before();
        self.with_rare(|rare| match (rare.selection.as_mut(), told) {
            (Some(old @ Selection { told: Told::Event(_), .. }), Told::Event(event)) => {
                old.mask = mask;
                if old.recorded.intersects(mask) {
                    event.set();
                }
                old.told = Told::Event(event);
            }
            // To a notice everything is news.
            (old, told) => {
                if old.is_none() {
                    self.engine().expect(1);
                }
                rare.selection.insert(Selection::new(told, mask)).record_decided(decided);
            }
        });
        self.add(Flags::SELECTED | Flags::NONBLOCKING);
        self.record_events();
        Ok(())
    }

    /// How an attempt to connect has ended, if there was one and it is over.
    fn decided_before(&self) -> Option<WsaError> {
        self.settle();
        let flags = self.flags();
        if !self.is_stream() || flags.contains(Flags::CONNECTING) {
            None
        } else if flags.contains(Flags::CONNECTED) {
            flags.contains(Flags::CALLED).then_some(WsaError::SUCCESS)
        } else {
            self.kept_error().map(|error| self.code(error))
        }
    }

    /// Ends a selection, if there is one.
    pub fn unselect(&self) {
        self.remove(Flags::SELECTED);
        let old = self.rare().as_mut().and_then(|rare| rare.selection.take());
        if old.is_some() {
            self.engine().expect(-1);
        }
    }
}

impl Socket {
    /// WSAEventSelect: `event`, one with manual reset, is set when one of the events is recorded. Makes the socket
    /// non-blocking. An empty mask ends it and leaves the mode.
    pub fn select_events(&self, event: Option<Arc<Event>>, mask: NetworkEvents) -> Result<(), WsaError> {
        let core = self.core();
        match event {
            Some(event) => {
                core.select(Told::Event(event), mask).map_err(|error| core.code(error))?;
                self.instance().idle().submitted();
            }
            None if !mask.is_empty() => return Err(WsaError::EINVAL),
            _ => {
                core.unselect();
                core.add(Flags::NONBLOCKING);
            }
        }
        Ok(())
    }

    /// WSAAsyncSelect: `notice` is told of each of these events. Makes the socket non-blocking.
    pub fn select_notices(&self, notice: Arc<dyn Notice>, mask: NetworkEvents) -> Result<(), WsaError> {
        let core = self.core();
        core.select(Told::Notice(notice), mask).map_err(|error| core.code(error))?;
        self.instance().idle().submitted();
        Ok(())
    }

    /// Who is told of this socket's events, and of which.
    #[must_use]
    pub fn selected_notice(&self) -> Option<(Arc<dyn Notice>, NetworkEvents)> {
        let rare = self.core().rare();
        let selection = rare.as_ref().and_then(|rare| rare.selection.as_ref())?;
        match &selection.told {
            Told::Notice(notice) => Some((Arc::clone(notice), selection.mask)),
            Told::Event(_) => None,
        }
    }

    /// WSAEnumNetworkEvents: takes what is recorded of the selected events; nothing without a selection. The caller resets its
    /// event before.
    pub fn take_events(&self) -> Result<Recorded, WsaError> {
        let mut rare = self.core().rare();
        let Some(selection) = rare.as_mut().and_then(|rare| rare.selection.as_mut()) else {
            return Ok(Recorded { events: NetworkEvents::empty(), errors: [WsaError::SUCCESS; 10] });
        };
        let events = selection.recorded & selection.mask;
        selection.recorded -= events;
        let mut errors = [WsaError::SUCCESS; 10];
        for (place, error) in errors.iter_mut().enumerate() {
            if events.bits() & 1 << place != 0 {
                *error = std::mem::replace(&mut selection.errors[place], WsaError::SUCCESS);
            }
        }
        Ok(Recorded { events, errors })
    }
}
