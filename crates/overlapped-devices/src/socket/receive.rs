//! Receives: recv, recvfrom, WSARecv, WSARecvFrom, WSARecvMsg and ReadFile (contract 08 §3, §4, §6.5).
//!
//! Of a stream, a receive takes what is there; of datagrams, one, whose rest is lost if it is longer. A receive into no bytes
//! waits until something is there and leaves it there, so a connection that idles costs no buffer. The drawback of looking
//! first: it costs such a receive one call more.

use super::address::{Address, ROOM};
use super::core::{Core, Flags, Use};
use super::events::NetworkEvents;
use super::job::{Details, Step, with_rest};
use super::lane::Side;
use super::{Issued, NotIssued, Overlap, Socket, sys};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::engine::{Message, SocketWork};
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Request};
use overlapped_kernel::road::{Done, Reply};
use parking_lot::Mutex;
use rustix::io::Errno;
use std::sync::Arc;

/// What came besides the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Bytes in the caller's memory.
    pub bytes: usize,
    /// Who sent them, if that was asked for and is known.
    pub address: Option<&'a Address>,
    /// MSG_* of Linux: MSG_TRUNC, MSG_CTRUNC, MSG_OOB.
    pub flags: i32,
    /// Control messages, in the layout of Linux.
    pub control: &'a [u8],
    /// How the receive ends: success, or BUFFER_OVERFLOW for a datagram that was cut.
    pub status: Status,
}

/// Is told what came before the request is complete, by whichever thread completes it. It writes the caller's memory, and calls
/// nothing of the library.
pub type Deliver = Box<dyn FnOnce(&Arrival<'_>) + Send + Sync>;

/// A receive.
pub struct Receive<'a> {
    /// The caller's memory, one piece or more. The list is copied.
    pub buffers: &'a [Buffer],
    /// MSG_PEEK, MSG_OOB and MSG_WAITALL of Linux; the last one with no other.
    pub flags: i32,
    /// Does the caller want the sender's address?
    pub wants_address: bool,
    /// Room for control messages, in bytes; 0 for none.
    pub control: usize,
    /// Called once, unless the receive fails.
    pub deliver: Option<Deliver>,
}

impl<'a> Receive<'a> {
    /// A receive of what comes, and nothing else.
    #[must_use]
    pub fn into(buffers: &'a [Buffer]) -> Self {
        Self { buffers, flags: 0, wants_address: false, control: 0, deliver: None }
    }

    fn is_plain(&self) -> bool {
        self.flags == 0 && !self.wants_address && self.control == 0 && self.deliver.is_none()
    }
}

/// The same, kept by a request.
pub(super) struct ReceiveJob {
    flags: i32,
    wants_address: bool,
    control: usize,
    deliver: Mutex<Option<Deliver>>,
}

/// A receive of what comes.
pub(super) static PLAIN_RECEIVE: ReceiveJob =
    ReceiveJob { flags: 0, wants_address: false, control: 0, deliver: Mutex::new(None) };

/// What one call has brought.
struct Got {
    bytes: usize,
    /// Boxed, since it is large, and most receives have none.
    address: Option<Box<Address>>,
    flags: i32,
    control: Box<[u8]>,
}

impl Got {
    fn bytes(bytes: usize) -> Self {
        Self { bytes, address: None, flags: 0, control: Box::default() }
    }
}

/// May the socket receive?
#[inline]
pub(super) fn check(core: &Core) -> Result<(), Status> {
    let flags = core.flags();
    let further = Flags::SHUT_IN | Flags::RESET | Flags::CONNECTING | Flags::URGENT_WANTED;
    if core.is_stream() && !flags.intersects(further) {
        return Ok(());
    }
    check_further(core)
}

#[cold]
fn check_further(core: &Core) -> Result<(), Status> {
    core.check_transfer(Flags::SHUT_IN)?;
    if core.has(Flags::URGENT_WANTED) {
        core.offer_urgent_data();
    }
    // Datagrams come to an address.
    if core.is_stream() || core.has(Flags::BOUND) { Ok(()) } else { Err(Status::INVALID_PARAMETER) }
}

/// Do the flags go together? 10045 for urgent data of datagrams; and for MSG_WAITALL with datagrams, with data that is urgent or that
/// stays, and in a call that must not wait.
fn check_flags(core: &Core, flags: i32, patient: bool) -> Result<(), WsaError> {
    let all = flags & libc::MSG_WAITALL != 0;
    let alone = flags & (libc::MSG_PEEK | libc::MSG_OOB) == 0;
    let stream = core.is_stream() || flags & (libc::MSG_OOB | libc::MSG_WAITALL) == 0;
    if stream && (!all || alone && patient) { Ok(()) } else { Err(WsaError::EOPNOTSUPP) }
}

impl ReceiveJob {
    /// Nothing but data of a stream, into one piece: what nearly all receives are.
    #[inline]
    pub fn is_simple(&self, core: &Core, request: &Request) -> bool {
        std::ptr::eq(self, &raw const PLAIN_RECEIVE)
            && core.is_stream()
            && request.parts().is_none()
            && request.buffer().len > 0
    }

    /// Receives of urgent data do not wait for those of the rest.
    pub fn side(&self) -> Side {
        if self.is_urgent() { Side::Urgent } else { Side::In }
    }

    fn is_urgent(&self) -> bool {
        self.flags & libc::MSG_OOB != 0
    }

    /// What a receive re-enables of the network events.
    pub fn re_enables(&self) -> NetworkEvents {
        if self.is_urgent() { NetworkEvents::OOB } else { NetworkEvents::READ }
    }

    /// One call of Linux, into these pieces; of datagrams without what it reports of earlier sends.
    #[inline]
    fn call(&self, core: &Core, fd: &Use<'_>, buffers: &[Buffer]) -> Result<Got, Errno> {
        if core.is_stream() {
            return self.transfer(core, fd, buffers);
        }
        core.without_news(fd, true, || self.transfer(core, fd, buffers))
    }

    #[inline]
    fn transfer(&self, core: &Core, fd: &Use<'_>, buffers: &[Buffer]) -> Result<Got, Errno> {
        let len: usize = buffers.iter().map(|buffer| buffer.len).sum();
        if len == 0 && self.is_urgent() {
            return Err(Errno::INVAL);
        }
        // Of datagrams it takes one, and cuts it.
        if len == 0 && core.is_stream() && !self.wants_address && self.control == 0 {
            return look(core, fd);
        }
        if let [buffer] = buffers
            && !self.wants_address
            && self.control == 0
        {
            // With MSG_TRUNC Linux says how long a datagram was; of a stream it would throw the bytes away.
            let cut = if core.is_stream() { 0 } else { libc::MSG_TRUNC };
            // SAFETY: the caller's memory, valid and writable until the request is complete.
            let n = unsafe { core.call(fd, SocketWork::Receive { buffer: *buffer, flags: self.flags | cut }) }?;
            let flags = if n > len { libc::MSG_TRUNC } else { 0 };
            return Ok(Got { flags, ..Got::bytes(n.min(len)) });
        }
        self.call_with_message(core, fd, buffers)
    }

    fn call_with_message(&self, core: &Core, fd: &Use<'_>, buffers: &[Buffer]) -> Result<Got, Errno> {
        let mut name = [0; ROOM];
        let mut control = vec![0_u64; self.control.div_ceil(8)];
        let mut message = Message {
            name: if self.wants_address { name.as_mut_ptr() } else { std::ptr::null_mut() },
            name_len: if self.wants_address { ROOM as u32 } else { 0 },
            parts: buffers.as_ptr(),
            count: buffers.len(),
            control: if self.control == 0 { std::ptr::null_mut() } else { control.as_mut_ptr().cast() },
            control_len: self.control,
            flags: 0,
        };
        // SAFETY: name and control live here, the pieces are the caller's memory.
        let bytes =
            unsafe { core.call(fd, SocketWork::ReceiveMessage { message: &raw mut message, flags: self.flags }) }?;
        let address = (message.name_len > 0).then(|| Box::new(Address::written(name, message.name_len)));
        let control = control.iter().flat_map(|word| word.to_ne_bytes()).take(message.control_len).collect();
        Ok(Got { bytes, address, flags: message.flags, control })
    }

    /// Makes an attempt for a request.
    #[inline]
    pub fn step(&self, core: &Core, fd: &Use<'_>, request: &Request) -> Step {
        loop {
            let done = request.progress();
            let whole = request.buffer();
            let got = with_rest(request, whole, request.parts(), |buffers| self.call(core, fd, buffers));
            let got = match got {
                Ok(got) => got,
                // What a receive of everything has is its outcome when no more comes.
                Err(error) if error != Errno::AGAIN && done > 0 && self.waits_for_all() => {
                    core.failure(error, false);
                    return Step::Done(Completion::success(done));
                }
                Err(Errno::INVAL) if self.is_urgent() => {
                    return no_urgent_data(core, fd, whole.len).map_or(Step::Wait, Step::Done);
                }
                Err(error) => return Step::failed(core, request, error, false),
            };
            if got.bytes == 0 && whole.len > 0 && core.is_stream() && core.has(Flags::RESET) {
                // Somebody else was told of the reset just now, and Linux tells it once.
                return Step::Done(Completion { status: Status::CONNECTION_RESET, bytes: done });
            }
            let total = if self.waits_for_all() { request.advance(got.bytes) } else { got.bytes };
            if self.waits_for_all() && core.is_stream() && got.bytes > 0 && total < whole.len {
                continue;
            }
            let drained = self.has_drained(core, &got, whole.len);
            let completion = self.finish(&Got { bytes: total, ..got });
            return if drained { Step::Drained(completion) } else { Step::Done(completion) };
        }
    }

    fn waits_for_all(&self) -> bool {
        self.flags & libc::MSG_WAITALL != 0
    }

    /// Does this receive show that nothing is left?
    #[inline]
    fn has_drained(&self, core: &Core, got: &Got, len: usize) -> bool {
        core.is_stream() && self.flags == 0 && got.bytes > 0 && got.bytes < len && !core.has(Flags::UNSURE)
    }

    /// Tells what came, and the outcome.
    #[inline]
    fn finish(&self, got: &Got) -> Completion {
        let status = if got.flags & libc::MSG_TRUNC == 0 { Status::SUCCESS } else { Status::BUFFER_OVERFLOW };
        if !std::ptr::eq(self, &raw const PLAIN_RECEIVE)
            && let Some(deliver) = self.deliver.lock().take()
        {
            let Got { bytes, address, flags, control } = got;
            deliver(&Arrival { bytes: *bytes, address: address.as_deref(), flags: *flags, control, status });
        }
        Completion { status, bytes: got.bytes }
    }
}

/// [`ReceiveJob::step`] of a receive that is simple, by a shorter way.
#[inline]
pub(super) fn receive_simply(core: &Core, fd: &Use<'_>, request: &Request) -> Step {
    let buffer = request.buffer();
    // SAFETY: the caller's memory, valid and writable until the request is complete.
    match unsafe { core.call(fd, SocketWork::Receive { buffer, flags: 0 }) } {
        Ok(0) if core.has(Flags::RESET) => Step::Done(Completion::failure(Status::CONNECTION_RESET)),
        Ok(bytes) if bytes > 0 && bytes < buffer.len && !core.has(Flags::UNSURE) => {
            Step::Drained(Completion::success(bytes))
        }
        Ok(bytes) => Step::Done(Completion::success(bytes)),
        Err(error) => Step::failed(core, request, error, false),
    }
}

/// What a receive of urgent data comes to that Linux refuses: `None` if some may come yet. It cannot where it would come with the rest
/// (SO_OOBINLINE), and does not when the connection has ended.
fn no_urgent_data(core: &Core, fd: &Use<'_>, len: usize) -> Option<Completion> {
    if core.is_stream() && !core.has(Flags::CONNECTED) {
        return Some(Completion::failure(Status::INVALID_CONNECTION));
    }
    if len == 0 || !core.is_stream() || !core.urgent_comes_apart(fd) {
        return Some(Completion::failure(Status::INVALID_PARAMETER));
    }
    let found = sys::ready_now(fd.raw(), libc::POLLRDHUP);
    if found & libc::POLLERR != 0
        && let Some(error) = sys::take_error(fd.raw())
    {
        return Some(Completion::failure(core.failure(error, false)));
    }
    if core.has(Flags::RESET) {
        return Some(Completion::failure(Status::CONNECTION_RESET));
    }
    (found & (libc::POLLRDHUP | libc::POLLHUP) != 0).then(|| Completion::success(0))
}

/// Readable, or with an error that waits.
const IN_OR_ERROR: i16 = libc::POLLIN | libc::POLLERR;

impl Core {
    /// Bytes that a receive would find, of datagrams those of the first one. What stands behind an urgent byte that is next Linux leaves
    /// out of FIONREAD, although a receive passes over that byte.
    pub(super) fn unread(&self, fd: &Use<'_>) -> Result<u32, Errno> {
        let counted = sys::ask(fd.raw(), libc::FIONREAD as _)?.unsigned_abs();
        // An error that waits must not be taken by a look.
        if counted > 0 || !self.is_stream() || sys::ready_now(fd.raw(), libc::POLLIN) & IN_OR_ERROR != libc::POLLIN {
            return Ok(counted);
        }
        if !sys::is_at_mark(fd.raw()) {
            return Ok(0);
        }
        let nothing = Buffer { start: std::ptr::null_mut(), len: i32::MAX as usize };
        let work = SocketWork::Receive { buffer: nothing, flags: libc::MSG_PEEK | libc::MSG_TRUNC };
        // SAFETY: of a stream, MSG_TRUNC counts the bytes and copies none.
        Ok(unsafe { self.call(fd, work) }.map_or(0, |count| count as u32))
    }
}

/// Is anything there, or the end?
fn look(core: &Core, fd: &Use<'_>) -> Result<Got, Errno> {
    let mut byte = 0_u8;
    let buffer = Buffer { start: &raw mut byte, len: 1 };
    // SAFETY: one byte of this function's.
    unsafe { core.call(fd, SocketWork::Receive { buffer, flags: libc::MSG_PEEK }) }.map(|_| Got::bytes(0))
}

impl Socket {
    /// recv, recvfrom, and WSARecv without an OVERLAPPED: what came, 0 if the other side has closed in good order. In blocking
    /// mode waits for as long as the receive time-out says (10060). Else 10035 if nothing is there. 10040 for a datagram that was
    /// cut; `deliver` was told all the same.
    ///
    /// # Safety
    /// The buffers are valid and writable until the call returns.
    pub unsafe fn receive(&self, what: Receive<'_>) -> Result<usize, WsaError> {
        let core = self.core();
        check(core).map_err(Status::to_wsa)?;
        let Receive { buffers, flags, wants_address, control, deliver } = what;
        let job = ReceiveJob { flags, wants_address, control, deliver: Mutex::new(deliver) };
        if flags != 0 {
            check_flags(core, flags, !core.has(Flags::NONBLOCKING))?;
        }
        // A call that waits for everything may have to be taken up again, which only requests are.
        if !job.waits_for_all() {
            let mut lane = core.lane(job.side()).lock();
            if lane.is_empty() {
                let fd = core.fd().map_err(|error| core.code(error))?;
                match job.call(core, &fd, buffers) {
                    Ok(got) => {
                        let len = buffers.iter().map(|buffer| buffer.len).sum();
                        if !job.has_drained(core, &got, len) {
                            lane.open = true;
                        } else if lane.expected {
                            lane.close();
                        }
                        drop(lane);
                        self.received(&job);
                        return outcome(job.finish(&got));
                    }
                    // Only who is going to wait: later requests of callers that do not wait are to find what has come meanwhile.
                    Err(Errno::AGAIN) if core.has(Flags::NONBLOCKING) => {}
                    Err(Errno::AGAIN) => lane.close(),
                    Err(Errno::INVAL) if job.is_urgent() => {
                        let len = buffers.iter().map(|buffer| buffer.len).sum();
                        if let Some(completion) = no_urgent_data(core, &fd, len) {
                            return outcome(completion);
                        }
                        lane.close();
                    }
                    Err(error) => return Err(core.failure(error, false).to_wsa()),
                }
            }
        }
        if core.has(Flags::NONBLOCKING) {
            self.received(&job);
            return Err(WsaError::EWOULDBLOCK);
        }
        let limit = self.receive_timeout();
        // SAFETY: the caller's promise.
        let waited = unsafe { self.wait(Function::Read, self.memory(buffers), Details::Receive(job), buffers, limit) };
        outcome(waited?)
    }

    /// WSARecv, WSARecvFrom and WSARecvMsg with an OVERLAPPED or a routine.
    ///
    /// # Safety
    /// The buffers stay valid and writable until the request is complete, and so does what `deliver` writes to and the OVERLAPPED.
    pub unsafe fn receive_overlapped(&self, what: Receive<'_>, how: Overlap) -> Result<Issued, NotIssued> {
        let (memory, parameters, how) = self.prepare(what, how)?;
        // SAFETY: the caller's promise.
        unsafe { self.issue(Function::Read, memory, parameters, how) }
    }

    /// The same at the native level, where packets carry `number` ([`Instance::issue_as`](overlapped_kernel::instance::Instance::issue_as));
    /// the socket must be one for overlapped requests.
    ///
    /// # Safety
    /// As for [`Socket::receive_overlapped`].
    pub unsafe fn receive_as(&self, what: Receive<'_>, how: Overlap, number: usize) -> Result<Issued, NotIssued> {
        if !self.is_overlapped() {
            return Err(how.refused(WsaError::EINVAL));
        }
        let (memory, parameters, how) = self.prepare(what, how)?;
        // SAFETY: the caller's promise.
        match unsafe { self.instance().issue_as(how.call(Function::Read, memory), parameters, number) }? {
            Reply::Done(request, completion) => Ok(Issued::Done(request, completion)),
            Reply::Pending(request) => Ok(Issued::Pending(request)),
        }
    }

    /// The same for callers that have no use for the request: the outcome, or `None` if it comes on the route, whose packet brings the
    /// payload without the request.
    ///
    /// # Safety
    /// As for [`Socket::receive_overlapped`].
    pub unsafe fn receive_detached(&self, what: Receive<'_>, how: Overlap) -> Result<Option<Done>, NotIssued> {
        let (memory, parameters, how) = self.prepare(what, how)?;
        // SAFETY: the caller's promise.
        unsafe { self.issue_detached(Function::Read, memory, parameters, how) }
    }

    #[inline(always)]
    fn prepare(&self, what: Receive<'_>, how: Overlap) -> Result<(Buffer, Parameters, Overlap), NotIssued> {
        let plain = what.is_plain();
        if what.flags != 0
            && let Err(error) = check_flags(self.core(), what.flags, true)
        {
            return Err(how.refused(error));
        }
        let Receive { buffers, flags, wants_address, control, deliver } = what;
        let details = || {
            let job = ReceiveJob { flags, wants_address, control, deliver: Mutex::new(deliver) };
            Box::new(Details::Receive(job)) as Box<dyn std::any::Any + Send + Sync>
        };
        let parameters = Parameters { parts: pieces(buffers), details: (!plain).then(details) };
        Ok((self.memory(buffers), parameters, how))
    }

    /// The user has received by a plain call: the next arrival is news.
    #[inline]
    fn received(&self, job: &ReceiveJob) {
        if self.core().has(Flags::SELECTED) {
            self.core().rearm(job.re_enables(), true);
        }
    }
}

/// The list that a request needs.
pub(super) fn pieces(buffers: &[Buffer]) -> Box<[Buffer]> {
    if buffers.len() == 1 { Box::default() } else { buffers.into() }
}

/// A plain call reports a cut datagram as a failure.
fn outcome(completion: Completion) -> Result<usize, WsaError> {
    if completion.status.is_success() { Ok(completion.bytes) } else { Err(completion.status.to_wsa()) }
}

/// For a receive by somebody else: the first data of an accepted connection.
pub(super) fn first_data(core: &Arc<Core>, fd: &Use<'_>, buffer: Buffer) -> Result<usize, Errno> {
    PLAIN_RECEIVE.call(core, fd, &[buffer]).map(|got| got.bytes)
}
