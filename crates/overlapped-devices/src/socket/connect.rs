//! Connections that are made: connect and ConnectEx (contract 08 §3, §6.2).
//!
//! Linux connects by itself once it was asked, and tells by readiness for writing when that is decided. A plain call of a
//! non-blocking socket leaves it at that, and whoever looks at the socket next finds out how it ended. Drawback: Linux queues
//! no connection to a local socket whose listener has no room, so there a full listener refuses.

use super::address::Address;
use super::core::{Core, Flags, Use};
use super::job::{Details, Job, Step};
use super::send::PLAIN_SEND;
use super::{Issued, NotIssued, Overlap, Socket, sys};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::engine::{Parts, SocketWork};
use overlapped_kernel::request::{Buffer, Completion, Function, Request};
use rustix::io::Errno;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU8, Ordering};

const FRESH: u8 = 0;
const ASKED: u8 = 1;
const CONNECTED: u8 = 2;

/// A connection to be made by a request, and what is sent first.
pub(super) struct ConnectJob {
    address: Address,
    /// ConnectEx: needs a bound socket, and leaves one that is to be brought up to date.
    extended: bool,
    stage: AtomicU8,
}

impl ConnectJob {
    pub fn check(&self, core: &Core) -> Result<(), Status> {
        if self.stage.load(Ordering::Relaxed) == FRESH { check(core, self.extended) } else { Ok(()) }
    }

    /// ConnectEx reports what the network says as a completion, also if that is known at once (contract 08 §6.2).
    pub fn is_late(&self) -> bool {
        self.extended && self.stage.load(Ordering::Relaxed) == FRESH
    }

    pub fn step(&self, core: &Core, fd: &Use<'_>, request: &Request) -> Step {
        let extra = if self.extended { Flags::BARE_CONNECT } else { Flags::empty() };
        if self.stage.load(Ordering::Relaxed) == FRESH {
            match ask(core, fd, &self.address) {
                Ok(()) => self.stage.store(ASKED, Ordering::Relaxed),
                Err(error) => return Step::Done(Completion::failure(refusal(core, error))),
            }
        }
        if self.stage.load(Ordering::Relaxed) == ASKED {
            match core.decided(fd) {
                None => return Step::Wait,
                Some(Err(error)) => {
                    core.forget_error();
                    return Step::Done(Completion::failure(refusal(core, error)));
                }
                Some(Ok(())) => {
                    core.add(extra);
                    self.stage.store(CONNECTED, Ordering::Relaxed);
                }
            }
        }
        if request.buffer().len == 0 {
            return Step::Done(Completion::success(0));
        }
        PLAIN_SEND.send(core, fd, request, request.buffer(), Parts::NONE)
    }
}

/// May the socket begin to connect?
fn check(core: &Core, extended: bool) -> Result<(), Status> {
    core.settle();
    let flags = core.flags();
    if flags.contains(Flags::CONNECTED) && core.is_stream() {
        return Err(Status::CONNECTION_ACTIVE);
    }
    if flags.intersects(Flags::LISTENING | Flags::AWAITED) {
        return Err(Status::INVALID_PARAMETER);
    }
    if flags.contains(Flags::CONNECTING) {
        // ConnectEx refuses company, and nobody else joins it.
        let invalid = extended || core.output.lock().queue.iter().any(|request| is_extended(&Job::of(request)));
        return Err(if invalid { Status::INVALID_PARAMETER } else { WsaError::EALREADY.to_status() });
    }
    if extended && (!flags.contains(Flags::BOUND) || !core.is_stream()) {
        return Err(Status::INVALID_PARAMETER);
    }
    Ok(())
}

/// 10049 for an address that is nowhere; Linux would take it for this computer.
pub(super) fn check_destination(address: &Address) -> Result<(), WsaError> {
    if address.is_nowhere() { Err(WsaError::EADDRNOTAVAIL) } else { Ok(()) }
}

fn is_extended(job: &Job<'_>) -> bool {
    matches!(job, Job::Connect(job) if job.extended)
}

/// Asks Linux to connect. What is decided at once is found by the next look.
fn ask(core: &Core, fd: &Use<'_>, address: &Address) -> Result<(), Errno> {
    let _deciding = core.deciding();
    core.add(Flags::CONNECTING);
    core.remove(Flags::RESET | Flags::UNSURE);
    core.forget_error();
    let work = SocketWork::Connect { address: address.as_ptr(), len: address.len() };
    // SAFETY: the address outlives the call.
    let attempt = || unsafe { core.call(fd, work) };
    // Linux may say first that the attempt before this one has failed, which the caller knows.
    match attempt().or_else(|error| if error == Errno::CONNABORTED { attempt() } else { Err(error) }) {
        Ok(_) | Err(Errno::INPROGRESS) => Ok(()),
        Err(error) => {
            core.not_connected(fd);
            Err(if error == Errno::AGAIN { Errno::CONNREFUSED } else { error })
        }
    }
}

/// Linux gives up a port that it had chosen itself when the peer goes; Windows keeps it.
fn stay_bound(fd: &Use<'_>, own: &Address) {
    let lost = sys::local_address(fd.raw()).is_ok_and(|address| address.is_unbound());
    if let (true, Some(mut own)) = (lost, own.to_std()) {
        own.set_ip(if own.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() });
        // Somebody else may have taken it; then there is none, as before the first send.
        let _ = sys::bind(fd.raw(), &Address::from_std(own));
    }
}

fn refusal(core: &Core, error: Errno) -> Status {
    match error {
        // A local socket without a listener, or none at all.
        Errno::NOENT => Status::CONNECTION_REFUSED,
        error => core.status(error),
    }
}

impl Socket {
    /// connect: in blocking mode waits until that is decided. Else 10035, and 10037 until it is. Gives a datagram socket its peer,
    /// or takes it away with an address of no family.
    pub fn connect(&self, address: &Address) -> Result<(), WsaError> {
        let patience = (!self.is_nonblocking()).then_some(Timeout::Infinite);
        self.connect_for(address, patience)
    }

    /// As [`Socket::connect`], but in either mode waits until it is decided, or for that long: 10060 then.
    pub fn connect_within(&self, address: &Address, limit: Timeout) -> Result<(), WsaError> {
        self.connect_for(address, Some(limit))
    }

    fn connect_for(&self, address: &Address, patience: Option<Timeout>) -> Result<(), WsaError> {
        let core = self.core();
        if !core.is_stream() {
            return self.set_peer(address);
        }
        if address.family() != core.traits.family {
            return Err(WsaError::EAFNOSUPPORT);
        }
        check(core, false).map_err(Status::to_wsa)?;
        check_destination(address)?;
        let patient = patience.is_some();
        let decided = {
            let _lane = core.output.lock();
            let fd = core.fd().map_err(|error| core.code(error))?;
            match ask(core, &fd, address) {
                Ok(()) if patient => core.decided(&fd),
                Ok(()) => None,
                // Over the loopback the answer is there at once, but the caller is told later, as of any other.
                Err(error @ (Errno::CONNREFUSED | Errno::CONNRESET))
                    if !patient && address.family() != libc::AF_UNIX =>
                {
                    core.keep_error(error);
                    None
                }
                Err(error) => return Err(refusal(core, error).to_wsa()),
            }
        };
        match decided {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                core.forget_error();
                return Err(refusal(core, error).to_wsa());
            }
            None if !patient => {
                if core.has(Flags::SELECTED) {
                    core.rearm_connect();
                }
                return Err(WsaError::EWOULDBLOCK);
            }
            None => {
                let job = ConnectJob { address: *address, extended: false, stage: AtomicU8::new(ASKED) };
                let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
                // SAFETY: there is no memory in it.
                unsafe {
                    self.wait(
                        Function::Write,
                        nothing,
                        Details::Connect(job),
                        &[nothing],
                        patience.unwrap_or(Timeout::Infinite),
                    )
                }
                .map_err(|error| if error == WsaError::OPERATION_ABORTED { WsaError::EINTR } else { error })?;
            }
        }
        if core.has(Flags::SELECTED) {
            core.rearm_connect();
        }
        Ok(())
    }

    fn set_peer(&self, address: &Address) -> Result<(), WsaError> {
        let core = self.core();
        let fd = core.fd().map_err(|error| core.code(error))?;
        // All zeros end the association; an address that is nowhere, with a port, is refused.
        let zero = address.to_std().is_some_and(|address| address.ip().is_unspecified() && address.port() == 0);
        if address.family() == libc::AF_UNSPEC || zero {
            let own = sys::local_address(fd.raw()).ok().filter(|_| core.has(Flags::BOUND));
            core.remove(Flags::CONNECTED);
            sys::disconnect(fd.raw()).map_err(|error| core.code(error))?;
            if let Some(own) = own {
                stay_bound(&fd, &own);
            }
            return Ok(());
        }
        check_destination(address)?;
        let work = SocketWork::Connect { address: address.as_ptr(), len: address.len() };
        // SAFETY: the address outlives the call.
        unsafe { core.call(&fd, work) }.map_err(|error| core.code(error))?;
        core.connected(Flags::empty());
        Ok(())
    }

    /// ConnectEx: the request ends with the bytes of `data` sent. 10022 unless the socket is bound and does nothing else, 10056 if it
    /// is connected.
    ///
    /// # Safety
    /// As for [`Socket::send_overlapped`].
    pub unsafe fn connect_overlapped(
        &self,
        address: &Address,
        data: Option<Buffer>,
        how: Overlap,
    ) -> Result<Issued, NotIssued> {
        if let Err(error) = check(self.core(), true).map_err(Status::to_wsa).and_then(|()| check_destination(address)) {
            return Err(how.refused(error));
        }
        let job = ConnectJob { address: *address, extended: true, stage: AtomicU8::new(FRESH) };
        let data = data.unwrap_or(Buffer { start: std::ptr::null_mut(), len: 0 });
        // SAFETY: the caller's promise.
        let issued = unsafe { self.issue(Function::Write, data, Details::Connect(job).parameters(), how) };
        if self.core().has(Flags::SELECTED) {
            self.core().rearm_connect();
        }
        issued
    }

    /// connect as an overlapped request: like [`Socket::connect_overlapped`], but the socket need not be bound, and lacks nothing
    /// afterwards.
    ///
    /// # Safety
    /// The OVERLAPPED stays valid until the request is complete.
    pub unsafe fn connect_whole_overlapped(&self, address: &Address, how: Overlap) -> Result<Issued, NotIssued> {
        if let Err(error) = check_destination(address) {
            return Err(how.refused(error));
        }
        let job = ConnectJob { address: *address, extended: false, stage: AtomicU8::new(FRESH) };
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        // SAFETY: the caller's promise; there is no memory in it.
        unsafe { self.issue(Function::Write, nothing, Details::Connect(job).parameters(), how) }
    }

    /// SO_UPDATE_CONNECT_CONTEXT: 10057 unless the socket is connected.
    pub fn update_connect_context(&self) -> Result<(), WsaError> {
        let core = self.core();
        if !core.has(Flags::CONNECTED) {
            return Err(WsaError::ENOTCONN);
        }
        core.remove(Flags::BARE_CONNECT);
        Ok(())
    }
}
