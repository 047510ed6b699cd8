//! Connections that come: accept and AcceptEx (contract 08 §3, §6.1).
//!
//! AcceptEx has its own socket for the connection, which is put under that socket's descriptor. Its request belongs to the
//! listener; when it also wants the first data, it waits for that among the receives of the new connection. The drawback of having
//! the socket ready beforehand: one call more for each connection.

use super::address::Address;
use super::core::{Core, Flags, Traits, Use};
use super::events::NetworkEvents;
use super::job::{Details, Step};
use super::lane::Side;
use super::{Issued, NotIssued, Overlap, Socket, sys};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::engine::SocketWork;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::request::{Buffer, Completion, Function, Request};
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd};
use rustix::io::Errno;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// A connection that [`Socket::accept`] took.
#[derive(Debug)]
pub struct Accepted {
    /// Its handle.
    pub handle: Handle,
    /// Its socket.
    pub socket: Socket,
    /// The other side.
    pub address: Address,
}

/// What the caller of [`Socket::accept_if`] makes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// CF_ACCEPT.
    Accept,
    /// CF_REJECT: the connection is reset.
    Reject,
    /// CF_DEFER: it stays the first one to be accepted.
    Defer,
}

/// Is told both addresses, local and remote, before the request is complete; see [`Deliver`](super::Deliver).
pub type DeliverAddresses = Box<dyn FnOnce(&Address, &Address) + Send + Sync>;

/// What AcceptEx is asked.
pub struct AcceptInto<'a> {
    /// sAccept: fresh, and of the listener's kind.
    pub socket: &'a Socket,
    /// Room for the first data; its length is dwReceiveDataLength.
    pub buffer: Buffer,
    /// dwLocalAddressLength; 0: not wanted.
    pub local_len: usize,
    /// dwRemoteAddressLength.
    pub remote_len: usize,
    /// Writes the addresses.
    pub deliver: Option<DeliverAddresses>,
}

/// AcceptEx keeps 16 bytes of its own with each address.
const EXTRA: usize = 16;

/// The same, kept by a request.
pub(super) struct AcceptJob {
    target: Arc<Core>,
    wants_data: bool,
    /// What the connection lacks at first.
    extra: Flags,
    /// An address does not fit.
    short: bool,
    deliver: Mutex<Option<DeliverAddresses>>,
    /// There is a connection, whose first data is awaited.
    accepted: AtomicBool,
}

impl AcceptJob {
    pub fn moved_to(&self) -> Option<&Arc<Core>> {
        self.accepted.load(Ordering::Acquire).then_some(&self.target)
    }

    pub fn check(&self, core: &Core) -> Result<(), Status> {
        if !core.has(Flags::LISTENING) { Err(Status::INVALID_PARAMETER) } else { Ok(()) }
    }

    pub fn step(&self, core: &Arc<Core>, fd: &Use<'_>, request: &Request) -> Step {
        if self.accepted.load(Ordering::Acquire) {
            return self.receive(core, fd, request);
        }
        if self.short {
            // The connection stays for an accept that has room.
            return match sys::ready_now(fd.raw(), libc::POLLIN) {
                0 if !core.has_deferred() => Step::Wait,
                _ => self.end(Completion::failure(Status::BUFFER_TOO_SMALL)),
            };
        }
        let new = match take(core, fd) {
            Ok(new) => new,
            Err(Errno::AGAIN) => return Step::Wait,
            Err(error) => return self.end(Completion::failure(core.status(error))),
        };
        let alone = if core.has(Flags::EXCLUSIVE) { Flags::ACCEPTED_ALONE } else { Flags::empty() };
        if let Err(error) = self.target.install(new, Flags::CONNECTED | Flags::BOUND | alone | self.extra) {
            // sAccept was closed meanwhile: 995.
            let closed = error == Errno::BADF;
            return self.end(Completion::failure(if closed { Status::CANCELLED } else { core.status(error) }));
        }
        if self.wants_data {
            self.accepted.store(true, Ordering::Release);
            return Step::Elsewhere;
        }
        self.finish(0)
    }

    /// The first data of the connection; `core` is the accepted socket's.
    fn receive(&self, core: &Arc<Core>, fd: &Use<'_>, request: &Request) -> Step {
        match super::receive::first_data(core, fd, request.buffer()) {
            Ok(bytes) => self.finish(bytes),
            Err(Errno::AGAIN) => Step::Wait,
            Err(error) => self.end(Completion::failure(core.failure(error, false))),
        }
    }

    fn finish(&self, bytes: usize) -> Step {
        if let Some(deliver) = self.deliver.lock().take()
            && let Ok(fd) = self.target.fd()
        {
            let nowhere = Address::written([0; super::address::ROOM], 0);
            let local = sys::local_address(fd.raw()).unwrap_or(nowhere);
            let remote = sys::peer_address(fd.raw()).unwrap_or(nowhere);
            deliver(&local, &remote);
        }
        self.end(Completion::success(bytes))
    }

    fn end(&self, completion: Completion) -> Step {
        self.target.await_request(Weak::new());
        self.target.remove(Flags::AWAITED);
        Step::Done(completion)
    }

    /// The request ended early: the socket is fresh again, and a connection without data goes.
    pub fn over(&self) {
        self.target.await_request(Weak::new());
        self.target.remove(Flags::AWAITED);
        if self.accepted.load(Ordering::Acquire) {
            let _ = self.target.renew();
        }
    }
}

/// Takes a connection, if one is there that still lives.
fn take(core: &Core, fd: &Use<'_>) -> Result<OwnedFd, Errno> {
    if let Some(deferred) = core.rare().as_mut().and_then(|rare| rare.deferred.pop()) {
        return Ok(deferred);
    }
    loop {
        // SAFETY: an accept uses no memory.
        match unsafe { core.call(fd, SocketWork::Accept) } {
            Ok(new) => {
                // SAFETY: Linux has just given the descriptor, and nobody else knows it.
                let new = unsafe { OwnedFd::from_raw_fd(new as i32) };
                if core.has(Flags::TOLD_OF_ACKS) {
                    // Linux hands that on; here it comes with the listener's other options.
                    let _ = sys::tell_acknowledgements(new.as_raw_fd(), false);
                }
                return Ok(new);
            }
            // The other side gave up before it was accepted; or the network did, of which accept(2) warns.
            Err(
                Errno::CONNABORTED
                | Errno::PROTO
                | Errno::NETDOWN
                | Errno::NETUNREACH
                | Errno::HOSTDOWN
                | Errno::HOSTUNREACH
                | Errno::NONET
                | Errno::NOPROTOOPT
                | Errno::OPNOTSUPP,
            ) if core.has(Flags::LISTENING) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The longest address of the family, as Windows has it.
fn longest(family: i32) -> usize {
    match family {
        libc::AF_INET => 16,
        libc::AF_INET6 => 28,
        _ => 110,
    }
}

impl Socket {
    /// accept: waits in blocking mode, else 10035 if nobody comes. 10022 unless it listens. The new socket takes over the
    /// listener's overlapped attribute, mode and event selection.
    pub fn accept(&self, system: &System) -> Result<Accepted, WsaError> {
        let core = self.core();
        if !core.is_stream() {
            return Err(WsaError::EOPNOTSUPP);
        }
        if !core.has(Flags::LISTENING) {
            return Err(WsaError::EINVAL);
        }
        let taken = {
            let mut lane = core.input.lock();
            let fd = core.fd().map_err(|error| core.code(error))?;
            match if lane.is_empty() { take(core, &fd) } else { Err(Errno::AGAIN) } {
                Err(Errno::AGAIN) => {
                    lane.close();
                    None
                }
                result => Some(result.map_err(accept_code)?),
            }
        };
        if core.has(Flags::SELECTED) {
            core.rearm(NetworkEvents::ACCEPT, true);
        }
        let (handle, socket) = match taken {
            Some(fd) => self.adopted(system, fd)?,
            None if core.has(Flags::NONBLOCKING) => return Err(WsaError::EWOULDBLOCK),
            None => self.wait_for_connection(system)?,
        };
        let address = socket.core().fd().and_then(|fd| sys::peer_address(fd.raw()));
        // A peer that has gone already has no address any more.
        let address = address.unwrap_or(Address::written([0; super::address::ROOM], 0));
        Ok(Accepted { handle, socket, address })
    }

    /// WSAAccept with a condition, which is told both addresses, the other side's first: [`Socket::accept`], but 10061 for a
    /// connection that is rejected and 11002 for one that is put off.
    pub fn accept_if(
        &self,
        system: &System,
        condition: impl FnOnce(&Address, &Address) -> Verdict,
    ) -> Result<Accepted, WsaError> {
        let accepted = self.accept(system)?;
        let decided = accepted.socket.local_address().map(|local| condition(&accepted.address, &local));
        let refused = match decided {
            Ok(Verdict::Accept) => return Ok(accepted),
            Ok(Verdict::Reject) => accepted.socket.set_linger(Some(0)).err().unwrap_or(WsaError::ECONNREFUSED),
            Ok(Verdict::Defer) => self.put_off(&accepted.socket).err().unwrap_or(WsaError::TRY_AGAIN),
            Err(error) => error,
        };
        let _ = system.close(accepted.handle);
        Err(refused)
    }

    /// The connection stays the first one to be accepted.
    fn put_off(&self, connection: &Self) -> Result<(), WsaError> {
        let kept = connection.descriptor()?;
        let core = self.core();
        core.with_rare(|rare| rare.deferred.push(kept));
        // It is there for everybody who waits for one.
        core.input.lock().open = true;
        core.pump(Side::In);
        if core.has(Flags::SELECTED) {
            core.rearm(NetworkEvents::ACCEPT, true);
        }
        Ok(())
    }

    /// A socket for a connection of this listener.
    fn adopted(&self, system: &System, fd: OwnedFd) -> Result<(Handle, Self), WsaError> {
        let core = self.core();
        let mode = core.flags() & Flags::NONBLOCKING;
        let new = Core::new(fd, core.traits, Flags::CONNECTED | Flags::BOUND | mode, Arc::clone(core.engine()));
        let made = Self::insert(system, new, self.is_overlapped())?;
        made.1.core().inherit(core);
        made.1.core().inherit_selection(core);
        Ok(made)
    }

    /// Waits in the queue of those who want a connection, as AcceptEx does.
    fn wait_for_connection(&self, system: &System) -> Result<(Handle, Self), WsaError> {
        let core = self.core();
        let Traits { family, kind, protocol } = core.traits;
        let fresh = sys::socket(family, kind, protocol).map_err(|error| core.code(error))?;
        let mode = core.flags() & Flags::NONBLOCKING;
        let target = Core::new(fresh, core.traits, mode, Arc::clone(core.engine()));
        let made = Self::insert(system, target, self.is_overlapped())?;
        let job = AcceptJob {
            target: Arc::clone(made.1.core()),
            wants_data: false,
            extra: Flags::empty(),
            short: false,
            deliver: Mutex::new(None),
            accepted: AtomicBool::new(false),
        };
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        // SAFETY: there is no memory in it.
        let waited = unsafe { self.wait(Function::Read, nothing, Details::Accept(job), &[nothing], Timeout::Infinite) };
        match waited {
            Ok(_) => {
                made.1.core().inherit(core);
                made.1.core().inherit_selection(core);
                Ok(made)
            }
            Err(error) => {
                let _ = system.close(made.0);
                // The listener was closed, or the call cancelled.
                Err(if error == WsaError::OPERATION_ABORTED { WsaError::EINTR } else { error })
            }
        }
    }

    /// AcceptEx. At once: 10022 unless this listens and the other is fresh, 10014 for a missing buffer. An address length that
    /// is too small fails the request when a connection is there, which stays (STATUS_BUFFER_TOO_SMALL).
    ///
    /// # Safety
    /// As for [`Socket::receive_overlapped`].
    pub unsafe fn accept_overlapped(&self, what: AcceptInto<'_>, how: Overlap) -> Result<Issued, NotIssued> {
        // SAFETY: the caller's promise.
        unsafe { self.accept_into(what, how, Flags::BARE_ACCEPT) }
    }

    /// The same for callers without SO_UPDATE_ACCEPT_CONTEXT: the connection lacks nothing.
    ///
    /// # Safety
    /// As for [`Socket::receive_overlapped`].
    pub unsafe fn accept_whole_overlapped(&self, what: AcceptInto<'_>, how: Overlap) -> Result<Issued, NotIssued> {
        // SAFETY: the caller's promise.
        unsafe { self.accept_into(what, how, Flags::empty()) }
    }

    unsafe fn accept_into(&self, what: AcceptInto<'_>, how: Overlap, extra: Flags) -> Result<Issued, NotIssued> {
        let (core, target) = (self.core(), what.socket.core());
        let used = Flags::BOUND | Flags::CONNECTED | Flags::CONNECTING | Flags::LISTENING;
        if what.remote_len == 0 || what.buffer.start.is_null() && what.buffer.len > 0 {
            return Err(how.refused(WsaError::EFAULT));
        }
        let fits = target.is_stream() && target.traits.family == core.traits.family;
        if !core.has(Flags::LISTENING) || !fits || target.has(used) || Arc::ptr_eq(core, target) {
            return Err(how.refused(WsaError::EINVAL));
        }
        {
            // One AcceptEx at a time for a socket.
            let _lane = target.input.lock();
            if target.has(Flags::AWAITED) {
                return Err(how.refused(WsaError::EINVAL));
            }
            target.add(Flags::AWAITED);
        }
        let least = longest(core.traits.family) + EXTRA;
        let short = what.local_len != 0 && what.local_len < least || what.remote_len < least;
        let job = AcceptJob {
            target: Arc::clone(target),
            wants_data: what.buffer.len > 0,
            extra,
            short,
            deliver: Mutex::new(what.deliver),
            accepted: AtomicBool::new(false),
        };
        // SAFETY: the caller's promise.
        let issued = unsafe { self.issue(Function::Read, what.buffer, Details::Accept(job).parameters(), how) };
        match &issued {
            Ok(Issued::Pending(request)) => {
                target.await_request(Arc::downgrade(request));
                if what.socket.instance().is_closed() {
                    request.cancel();
                }
                if request.is_complete() {
                    // Whoever completed it may have looked before.
                    target.await_request(Weak::new());
                }
            }
            Ok(Issued::Done(..)) => {}
            Err(_) => target.remove(Flags::AWAITED),
        }
        if core.has(Flags::SELECTED) {
            core.rearm(NetworkEvents::ACCEPT, true);
        }
        issued
    }

    /// SO_UPDATE_ACCEPT_CONTEXT: the socket knows its listener from now on. 10057 unless an AcceptEx of it put a connection here.
    pub fn update_accept_context(&self, listener: &Self) -> Result<(), WsaError> {
        let core = self.core();
        if !core.has(Flags::CONNECTED) {
            return Err(WsaError::ENOTCONN);
        }
        if !listener.core().has(Flags::LISTENING) {
            return Err(WsaError::EINVAL);
        }
        core.remove(Flags::BARE_ACCEPT);
        core.inherit(listener.core());
        Ok(())
    }
}

fn accept_code(error: Errno) -> WsaError {
    WsaError::from_errno(error.raw_os_error())
}
