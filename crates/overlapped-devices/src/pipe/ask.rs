//! What is asked of an end of a pipe, or told it, besides reading and writing (contract 07 §1.5, §1.8 to §1.10).

use super::device::{EndDevice, Job};
use super::queue::Reading;
use super::state::{Mode, Peeked, Side};
use crate::socket::Overlap;
use overlapped_abi::constants::pipe::{PIPE_NOWAIT, PIPE_READMODE_MESSAGE, PIPE_UNLIMITED_INSTANCES};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Position, Route};
use overlapped_kernel::road::{Call, Failure, Reply, Report};
use overlapped_kernel::system::Grant;

/// The end that a handle refers to; 1 if it is something else.
pub(super) fn end_of(grant: &Grant) -> Result<&EndDevice, Win32Error> {
    grant.instance.device().as_any().downcast_ref().ok_or(Win32Error::INVALID_FUNCTION)
}

/// Is it an end of a pipe?
#[must_use]
pub fn is_pipe(grant: &Grant) -> bool {
    end_of(grant).is_ok()
}

/// Puts a control request on the road: overlapped if it is wanted and the instance is, and else to its end.
///
/// # Safety
/// The memory of `buffer` stays writable, and the OVERLAPPED valid, until the request is complete.
pub(super) unsafe fn issue(
    grant: &Grant,
    function: Function,
    buffer: Buffer,
    job: Option<Job>,
    how: Option<Overlap>,
    limit: Timeout,
) -> Result<Reply, Failure> {
    let plain = || Overlap { route: Route::default(), overlapped: None, payload: None, report: Report::AtOnce };
    let waits = how.is_none() || !grant.instance.is_overlapped();
    let Overlap { route, overlapped, payload, report } = how.unwrap_or_else(plain);
    let call = Call { function, position: Position::At(0), buffer, route, overlapped, payload, report };
    let parameters = Parameters { details: job.map(|job| Box::new(job) as _), ..Parameters::default() };
    if waits {
        // SAFETY: the caller's promise.
        unsafe { grant.instance.issue_and_wait(call, parameters, limit) }
    } else {
        // SAFETY: the caller's promise.
        unsafe { grant.instance.issue(call, parameters) }
    }
}

pub(super) const NO_MEMORY: Buffer = Buffer { start: std::ptr::null_mut(), len: 0 };

/// ConnectNamedPipe: waits for a client. Without `how`, and on an instance that is not overlapped, until one comes.
///
/// # Errors
/// 535 if a client is there already, which is as good; 232 if one was and has closed; 536 on an end that does not wait; 1 on a client's end.
///
/// # Safety
/// The OVERLAPPED stays valid until the request is complete.
pub unsafe fn connect(grant: &Grant, how: Option<Overlap>) -> Result<Reply, Failure> {
    if let Err(error) = end_of(grant) {
        return Err(Failure { status: error.to_status(), payload: how.and_then(|how| how.payload) });
    }
    // SAFETY: there is no memory; the rest is the caller's promise.
    unsafe { issue(grant, Function::Control, NO_MEMORY, Some(Job::Connect), how, Timeout::Infinite) }
}

/// DisconnectNamedPipe: ends the connection at once, and with it every request of both ends. What was not read is lost.
///
/// # Errors
/// 233 if it is not connected, 536 if it listens, 1 on a client's end.
pub fn disconnect(grant: &Grant) -> Result<(), Win32Error> {
    let device = end_of(grant)?;
    if device.end.side == Side::Client {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    device.names().disconnect(&device.node).map_err(Status::to_win32)
}

/// FlushFileBuffers: waits until the other end has read everything.
///
/// # Errors
/// 109 if that was closed first, 233 if the server disconnects or has disconnected.
pub fn flush(grant: &Grant) -> Result<(), Win32Error> {
    end_of(grant)?;
    // SAFETY: there is neither memory nor an OVERLAPPED.
    let reply = unsafe { issue(grant, Function::Flush, NO_MEMORY, None, None, Timeout::Infinite) };
    reply.map(drop).map_err(|failure| failure.status.to_win32())
}

/// PeekNamedPipe: what there is to read, with a copy of at most `room` bytes of it.
///
/// # Errors
/// 5 without the right to read; 230, 233 or 109 by the state of the connection.
pub fn peek(grant: &Grant, room: usize) -> Result<Peeked, Win32Error> {
    let device = end_of(grant)?;
    if !grant.access.contains(AccessMask::READ_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    device.node.state().peek(device.end, room).map_err(Status::to_win32)
}

/// TransactNamedPipe: sends a message and reads one into `answer`. A message that is longer answers 234, and its rest comes with
/// the next reads.
///
/// # Errors
/// 230 unless the end can read and write, the pipe is one of messages, read as such and connected; 231 while something is there to
/// be read; 233 on a client's end that is disconnected.
///
/// # Safety
/// `answer` stays writable, and the OVERLAPPED valid, until the request is complete.
pub unsafe fn transact(
    grant: &Grant,
    message: &[u8],
    answer: Buffer,
    how: Option<Overlap>,
) -> Result<Reply, Failure> {
    let duplex = AccessMask::READ_DATA | AccessMask::WRITE_DATA;
    let checked = match end_of(grant) {
        Err(error) => Err(error.to_status()),
        Ok(_) if !grant.access.contains(duplex) => Err(Status::INVALID_PIPE_STATE),
        Ok(_) => Ok(()),
    };
    if let Err(status) = checked {
        return Err(Failure { status, payload: how.and_then(|how| how.payload) });
    }
    let job = Job::Transact(message.into());
    // SAFETY: the caller's promise.
    unsafe { issue(grant, Function::Control, answer, Some(job), how, Timeout::Infinite) }
}

/// The outcome of a call that was waited for.
pub(super) fn outcome(reply: Reply) -> Completion {
    match reply {
        Reply::Done(_, completion) => completion,
        Reply::Pending(_) => unreachable!("it was waited for"),
    }
}

/// SetNamedPipeHandleState: how this end reads and whether it waits.
///
/// # Errors
/// 5 without FILE_WRITE_ATTRIBUTES, 87 for other bits and for message reading in a pipe of bytes.
pub fn set_mode(grant: &Grant, mode: u32) -> Result<(), Win32Error> {
    let device = end_of(grant)?;
    if !grant.access.contains(AccessMask::WRITE_ATTRIBUTES) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    if mode & !(PIPE_NOWAIT | PIPE_READMODE_MESSAGE) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let reading = if mode & PIPE_READMODE_MESSAGE == 0 { Reading::Bytes } else { Reading::Messages };
    let mode = Mode { reading, nowait: mode & PIPE_NOWAIT != 0 };
    device.node.state().set_mode(device.end, mode).map_err(Status::to_win32)
}

/// What GetNamedPipeHandleState and GetNamedPipeInfo tell of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The server's end, and not the client's.
    pub is_server: bool,
    /// PIPE_TYPE_MESSAGE.
    pub of_messages: bool,
    /// PIPE_NOWAIT and PIPE_READMODE_MESSAGE of this end.
    pub mode: u32,
    /// The quota towards the client, in bytes, as it was asked for.
    pub out_bytes: u32,
    /// The quota towards the server.
    pub in_bytes: u32,
    /// The most instances there may be; 255 for any number.
    pub max_instances: u32,
    /// Instances there are.
    pub instances: u32,
}

/// GetNamedPipeInfo and the first part of GetNamedPipeHandleState.
///
/// # Errors
/// 1 if it is not a pipe.
pub fn info(grant: &Grant) -> Result<Info, Win32Error> {
    let EndDevice { node, end } = end_of(grant)?;
    let Mode { reading, nowait } = *node.state().mode(end.side);
    let messages = if reading == Reading::Messages { PIPE_READMODE_MESSAGE } else { 0 };
    let [out_bytes, in_bytes] = node.quotas;
    Ok(Info {
        is_server: end.side == Side::Server,
        of_messages: node.family.of_messages,
        mode: messages | if nowait { PIPE_NOWAIT } else { 0 },
        out_bytes,
        in_bytes,
        max_instances: node.family.limit.min(PIPE_UNLIMITED_INSTANCES),
        instances: node.instances(),
    })
}

/// GetNamedPipeServerProcessId.
///
/// # Errors
/// 1 if it is not a pipe.
pub fn server_process(grant: &Grant) -> Result<u32, Win32Error> {
    end_of(grant).map(|device| device.node.server)
}

/// GetNamedPipeClientProcessId.
///
/// # Errors
/// 1 if it is not a pipe, 233 before a client has come.
pub fn client_process(grant: &Grant) -> Result<u32, Win32Error> {
    let device = end_of(grant)?;
    match device.node.state().peer.process {
        0 => Err(Win32Error::PIPE_NOT_CONNECTED),
        process => Ok(process),
    }
}

/// ImpersonateNamedPipeClient: may the server act as its client? Nothing changes for Linux, where both are the same user.
///
/// # Errors
/// 1368 before the server has read from this client; 1 on a client's end.
pub fn impersonate(grant: &Grant) -> Result<(), Win32Error> {
    let device = end_of(grant)?;
    if device.end.side == Side::Client {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    device.node.state().impersonate()
}

/// The number of the client's user, for GetNamedPipeHandleState.
///
/// # Errors
/// 1368 unless the server acts as its client; 87 on a client's end.
pub fn client_user(grant: &Grant) -> Result<u32, Win32Error> {
    let device = end_of(grant)?;
    if device.end.side == Side::Client {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let state = device.node.state();
    if state.impersonated { Ok(state.peer.user) } else { Err(Win32Error::CANNOT_IMPERSONATE) }
}
