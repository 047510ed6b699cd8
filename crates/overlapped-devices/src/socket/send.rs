//! Sends: send, sendto, WSASend, WSASendTo, WSASendMsg and WriteFile (contract 08 §3, §4, §6.5).
//!
//! A send is done when the network stack has taken everything; what it does not take at once waits in the lane, and later sends
//! behind it. Only a plain call of a non-blocking stream sends a part and says so.

use super::acknowledge::handed_over;
use super::address::Address;
use super::core::{Core, Flags, Use};
use super::events::NetworkEvents;
use super::job::{Details, Step, with_rest};
use super::receive::pieces;
use super::{Issued, NotIssued, Overlap, Socket};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::engine::{Message, Parts, SocketWork};
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Request};
use overlapped_kernel::road::Done;
use rustix::io::Errno;

/// A send.
pub struct Send<'a> {
    /// The caller's memory, one piece or more. The list is copied.
    pub buffers: &'a [Buffer],
    /// MSG_OOB and MSG_DONTROUTE of Linux.
    pub flags: i32,
    /// Where to, for sockets that are not connected.
    pub to: Option<&'a Address>,
    /// Control messages, in the layout of Linux.
    pub control: &'a [u8],
}

impl<'a> Send<'a> {
    /// A send to the other side of a connection.
    #[must_use]
    pub fn from(buffers: &'a [Buffer]) -> Self {
        Self { buffers, flags: 0, to: None, control: &[] }
    }

    fn job(&self) -> SendJob {
        SendJob {
            flags: self.flags,
            to: self.to.copied(),
            control: (!self.control.is_empty()).then(|| self.control.into()),
        }
    }

    fn is_plain(&self) -> bool {
        self.flags == 0 && self.to.is_none() && self.control.is_empty()
    }
}

/// The same, kept by a request.
pub(super) struct SendJob {
    flags: i32,
    to: Option<Address>,
    control: Option<Box<[u8]>>,
}

/// A send to the other side of a connection.
pub(super) static PLAIN_SEND: SendJob = SendJob { flags: 0, to: None, control: None };

/// May the socket send?
#[inline]
pub(super) fn check(core: &Core) -> Result<(), Status> {
    if core.flags().intersects(Flags::SHUT_OUT | Flags::RESET | Flags::CONNECTING) {
        return core.check_transfer(Flags::SHUT_OUT);
    }
    Ok(())
}

/// Can it be sent like this? 10049 for a destination that is nowhere, 10045 for urgent data of what has none.
#[inline]
fn check_send(core: &Core, what: &Send<'_>) -> Result<(), WsaError> {
    if what.flags & libc::MSG_OOB != 0 && core.traits.family == libc::AF_UNIX {
        return Err(WsaError::EOPNOTSUPP);
    }
    what.to.map_or(Ok(()), super::connect::check_destination)
}

impl SendJob {
    /// Nothing but data of a stream, in one piece of which nothing was sent yet: what nearly all sends are.
    #[inline]
    pub fn is_simple(&self, core: &Core, request: &Request) -> bool {
        std::ptr::eq(self, &raw const PLAIN_SEND)
            && core.is_stream()
            && !core.has(Flags::UNBUFFERED)
            && request.parts().is_none()
            && request.progress() == 0
    }

    /// One call of Linux, of datagrams without what it reports of earlier ones.
    #[inline]
    fn call(&self, core: &Core, fd: &Use<'_>, buffers: &[Buffer]) -> Result<usize, Errno> {
        if core.is_stream() {
            return self.transfer(core, fd, buffers);
        }
        core.without_news(fd, false, || self.transfer(core, fd, buffers))
    }

    #[inline]
    fn transfer(&self, core: &Core, fd: &Use<'_>, buffers: &[Buffer]) -> Result<usize, Errno> {
        if let [buffer] = buffers
            && self.to.is_none()
            && self.control.is_none()
        {
            // SAFETY: the caller's memory, valid until the request is complete.
            return unsafe { core.call(fd, SocketWork::Send { buffer: *buffer, flags: self.flags }) };
        }
        let (name, name_len) = match &self.to {
            Some(to) => (to.as_ptr().cast_mut(), to.len()),
            None => (std::ptr::null_mut(), 0),
        };
        let (control, control_len) =
            self.control.as_deref().map_or((std::ptr::null(), 0), |control| (control.as_ptr(), control.len()));
        let message = Message {
            name,
            name_len,
            parts: buffers.as_ptr(),
            count: buffers.len(),
            control: control.cast_mut(),
            control_len,
            flags: 0,
        };
        // SAFETY: everything in the message is this job's or the caller's memory, which Linux only reads.
        unsafe { core.call(fd, SocketWork::SendMessage { message: &raw const message, flags: self.flags }) }
    }

    /// Makes an attempt for a request.
    #[inline]
    pub fn step(&self, core: &Core, fd: &Use<'_>, request: &Request) -> Step {
        self.send(core, fd, request, request.buffer(), request.parts())
    }

    /// Sends what is left of this memory, as the request's progress has it.
    pub fn send(&self, core: &Core, fd: &Use<'_>, request: &Request, whole: Buffer, parts: Parts) -> Step {
        if core.has(Flags::UNBUFFERED) && whole.len > 0 && request.progress() >= whole.len {
            // It was handed over by its caller.
            return handed_over(core, fd, Completion::success(whole.len));
        }
        loop {
            let sent = with_rest(request, whole, parts, |buffers| self.call(core, fd, buffers));
            match sent {
                Ok(sent) => {
                    let total = request.advance(sent);
                    // A datagram goes whole, and nothing is sent in one call.
                    if total >= whole.len || !core.is_stream() {
                        self.sent(core);
                        return handed_over(core, fd, Completion::success(total));
                    }
                }
                Err(error) => return Step::failed(core, request, error, true),
            }
        }
    }

    /// Linux gives a datagram socket that sends an address.
    fn sent(&self, core: &Core) {
        if !core.is_stream() && !core.has(Flags::BOUND) {
            core.add(Flags::BOUND);
        }
    }
}

/// [`SendJob::step`] of a send that is simple, by a shorter way.
#[inline]
pub(super) fn send_simply(core: &Core, fd: &Use<'_>, request: &Request) -> Step {
    let buffer = request.buffer();
    // SAFETY: the caller's memory, valid until the request is complete.
    match unsafe { core.call(fd, SocketWork::Send { buffer, flags: 0 }) } {
        Ok(sent) if sent >= buffer.len => Step::Done(Completion::success(sent)),
        Ok(sent) => {
            request.advance(sent);
            PLAIN_SEND.step(core, fd, request)
        }
        Err(error) => Step::failed(core, request, error, true),
    }
}

impl Socket {
    /// send, sendto, and WSASend without an OVERLAPPED: how much was taken. In blocking mode that is everything, or an error, which
    /// is 10060 when the send time-out is over. Else a stream may take a part, and 10035 says that nothing was taken.
    ///
    /// # Safety
    /// The buffers are valid until the call returns.
    pub unsafe fn send(&self, what: Send<'_>) -> Result<usize, WsaError> {
        let core = self.core();
        check(core).map_err(Status::to_wsa)?;
        check_send(core, &what)?;
        let job = what.job();
        let total: usize = what.buffers.iter().map(|buffer| buffer.len).sum();
        let mut done = 0;
        // Without a buffer, who waits at all waits for the acknowledgement.
        if !core.has(Flags::UNBUFFERED) || core.has(Flags::NONBLOCKING) {
            let mut lane = core.output.lock();
            if lane.is_empty() {
                let fd = core.fd().map_err(|error| core.code(error))?;
                match job.call(core, &fd, what.buffers) {
                    Ok(sent) => {
                        job.sent(core);
                        if sent >= total || core.has(Flags::NONBLOCKING) {
                            return Ok(sent);
                        }
                        done = sent;
                    }
                    Err(Errno::AGAIN) if core.output_waits() => lane.close(),
                    Err(Errno::AGAIN) => {}
                    Err(error) => return Err(core.failure(error, true).to_wsa()),
                }
            }
        }
        if core.has(Flags::NONBLOCKING) {
            if core.has(Flags::SELECTED) {
                core.rearm(NetworkEvents::WRITE, true);
            }
            return Err(WsaError::EWOULDBLOCK);
        }
        let rest = rest_of(what.buffers, done);
        let limit = self.send_timeout();
        // SAFETY: the caller's promise.
        let waited = unsafe { self.wait(Function::Write, self.memory(&rest), Details::Send(job), &rest, limit) };
        waited.map(|completion| done + completion.bytes)
    }

    /// WSASend, WSASendTo and WSASendMsg with an OVERLAPPED or a routine.
    ///
    /// # Safety
    /// The buffers stay valid and unchanged until the request is complete, and so does the OVERLAPPED.
    pub unsafe fn send_overlapped(&self, what: Send<'_>, how: Overlap) -> Result<Issued, NotIssued> {
        let (memory, parameters, how) = self.prepare_send(&what, how)?;
        // SAFETY: the caller's promise.
        unsafe { self.issue(Function::Write, memory, parameters, how) }
    }

    /// The same for callers that have no use for the request: the outcome, or `None` if it comes on the route, whose packet brings the
    /// payload without the request.
    ///
    /// # Safety
    /// As for [`Socket::send_overlapped`].
    pub unsafe fn send_detached(&self, what: Send<'_>, how: Overlap) -> Result<Option<Done>, NotIssued> {
        let (memory, parameters, how) = self.prepare_send(&what, how)?;
        // SAFETY: the caller's promise.
        unsafe { self.issue_detached(Function::Write, memory, parameters, how) }
    }

    #[inline(always)]
    fn prepare_send(&self, what: &Send<'_>, how: Overlap) -> Result<(Buffer, Parameters, Overlap), NotIssued> {
        let plain = what.is_plain();
        if !plain && let Err(error) = check_send(self.core(), what) {
            return Err(how.refused(error));
        }
        let details = (!plain).then(|| Box::new(Details::Send(what.job())) as _);
        Ok((self.memory(what.buffers), Parameters { parts: pieces(what.buffers), details }, how))
    }
}

/// What is left of a list when its first `done` bytes are gone.
fn rest_of(buffers: &[Buffer], mut done: usize) -> Vec<Buffer> {
    let mut rest = Vec::with_capacity(buffers.len());
    for buffer in buffers {
        let gone = done.min(buffer.len);
        done -= gone;
        if gone < buffer.len || buffers.len() == 1 {
            rest.push(Buffer { start: buffer.start.wrapping_add(gone), len: buffer.len - gone });
        }
    }
    rest
}
