//! What is asked of an end of a pipe, or told it, besides reading and writing (contract 07 §1.5, §1.8 to §1.10).

use super::device::{EndDevice, Job};
use super::far::{FarDevice, Question};
use super::foreign;
use super::state::{Mode, Peeked, Side};
use super::wire::{self, Welcome};
use crate::channel::{Malformed, Writer};
use crate::file::{Answer, Fields};
use crate::socket::Overlap;
use overlapped_abi::constants::ioctl::{FSCTL_PIPE_DISCONNECT, FSCTL_PIPE_PEEK};
use overlapped_abi::constants::pipe::{
    PIPE_CLIENT_END, PIPE_SERVER_END, PIPE_TYPE_BYTE, PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
};
use overlapped_abi::{AccessMask, FilePipePeekBuffer, Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Position, Route};
use overlapped_kernel::road::{Call, Failure, Reply, Report};
use overlapped_kernel::system::Grant;
use parking_lot::Mutex;
use rustix::fd::{AsFd, OwnedFd};
use std::ffi::OsString;

/// An end of a pipe.
#[derive(Clone, Copy)]
enum AnEnd<'a> {
    /// Of one that this process owns.
    Here(&'a EndDevice),
    /// A client's, of one that another process owns.
    Far(&'a FarDevice),
}

/// The end that a handle refers to; 1 if it is something else.
fn end_of(grant: &Grant) -> Result<AnEnd<'_>, Win32Error> {
    let device = grant.instance.device().as_any();
    let here = device.downcast_ref().map(AnEnd::Here);
    here.or_else(|| device.downcast_ref().map(AnEnd::Far)).ok_or(Win32Error::INVALID_FUNCTION)
}

/// The server's end that a handle refers to; 1 if it is something else.
fn server_of(grant: &Grant) -> Result<&EndDevice, Win32Error> {
    match end_of(grant)? {
        AnEnd::Here(device) if device.end.side == Side::Server => Ok(device),
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}

/// Asks the owner in another process, and waits for its answer.
fn ask(grant: &Grant, operation: u16, body: Vec<u8>) -> Result<Vec<u8>, Win32Error> {
    let job = Job::Ask(Question { operation, body, answer: Mutex::default() });
    // SAFETY: there is neither memory nor an OVERLAPPED.
    let reply = unsafe { issue(grant, Function::Control, NO_MEMORY, Some(job), None, Timeout::Infinite) };
    match reply {
        Ok(Reply::Done(request, _)) => match Job::of(&request) {
            Some(Job::Ask(question)) => Ok(std::mem::take(&mut question.answer.lock())),
            _ => unreachable!("the request is a question"),
        },
        Ok(Reply::Pending(_)) => unreachable!("it was waited for"),
        Err(failure) => Err(failure.status.to_win32()),
    }
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
    // Questions and waits for a name are no requests of the pipe.
    let takes_turn = !matches!(job, Some(Job::Ask(_) | Job::Wait(..)));
    let parameters = Parameters { details: job.map(|job| Box::new(job) as _), ..Parameters::default() };
    if waits {
        let _turn = takes_turn.then(|| grant.instance.turn());
        // SAFETY: the caller's promise.
        unsafe { grant.instance.issue_and_wait(call, parameters, limit) }
    } else {
        // SAFETY: the caller's promise.
        unsafe { grant.instance.issue(call, parameters) }
    }
}

pub(super) const NO_MEMORY: Buffer = Buffer { start: std::ptr::null_mut(), len: 0 };

/// Makes a descriptor of Linux of an end, which goes with that from now on: bytes are carried between them. Messages have no boundaries there.
///
/// # Errors
/// 6 for what is no end of a pipe of this process, or was made a descriptor already; 4 if there are no more of them.
pub fn into_descriptor(grant: &Grant) -> Result<OwnedFd, Win32Error> {
    let Ok(AnEnd::Here(device)) = end_of(grant) else { return Err(Win32Error::INVALID_HANDLE) };
    let made = device.make_descriptor().ok_or(Win32Error::INVALID_HANDLE)?;
    made.map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)
}

/// ConnectNamedPipe: waits for a client. Without `how`, and on an instance that is not overlapped, until one comes.
///
/// # Errors
/// 535 if a client is there already, which is as good; 232 if one was and has closed; 536 on an end that does not wait; 1 on a client's end.
///
/// # Safety
/// The OVERLAPPED stays valid until the request is complete.
pub unsafe fn connect(grant: &Grant, how: Option<Overlap>) -> Result<Reply, Failure> {
    if let Err(error) = server_of(grant) {
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
    server_of(grant)?.node.disconnect().map_err(Status::to_win32)
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
    let (end, foreign) = (end_of(grant), foreign::descriptor(grant));
    if foreign.is_none() {
        end?;
    }
    if !grant.access.contains(AccessMask::READ_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    if let Some(fd) = foreign {
        return foreign::peek(fd.as_fd(), room);
    }
    match end? {
        AnEnd::Here(device) => {
            device.catch_up();
            device.node.state().peek(device.end, room).map_err(Status::to_win32)
        }
        AnEnd::Far(_) => {
            let answer = ask(grant, wire::PEEK, Writer::new().u64(room as u64).finish())?;
            let seen = wire::read_peeked(&answer).map_err(|Malformed| Win32Error::GEN_FAILURE)?;
            if seen.data.len() <= room { Ok(seen) } else { Err(Win32Error::GEN_FAILURE) }
        }
    }
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
pub unsafe fn transact(grant: &Grant, message: &[u8], answer: Buffer, how: Option<Overlap>) -> Result<Reply, Failure> {
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
    if foreign::descriptor(grant).is_some() {
        return foreign::set_mode(grant, mode);
    }
    // Other devices do not know this kind of information.
    let end = end_of(grant).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    if !grant.access.contains(AccessMask::WRITE_ATTRIBUTES) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let mode = Mode::from_bits(mode).ok_or(Win32Error::INVALID_PARAMETER)?;
    match end {
        AnEnd::Here(device) => device.node.state().set_mode(device.end, mode).map_err(Status::to_win32),
        AnEnd::Far(device) => {
            ask(grant, wire::MODE, Writer::new().u32(mode.bits()).finish())?;
            device.mode_is(mode);
            Ok(())
        }
    }
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

impl Info {
    /// PIPE_SERVER_END and PIPE_TYPE_MESSAGE.
    #[must_use]
    pub fn flags(&self) -> u32 {
        let end = if self.is_server { PIPE_SERVER_END } else { PIPE_CLIENT_END };
        end | if self.of_messages { PIPE_TYPE_MESSAGE } else { PIPE_TYPE_BYTE }
    }
}

/// GetNamedPipeInfo and the first part of GetNamedPipeHandleState.
///
/// # Errors
/// 1 if it is not a pipe.
pub fn info(grant: &Grant) -> Result<Info, Win32Error> {
    if let Some(fd) = foreign::descriptor(grant) {
        return Ok(foreign::info(grant, fd.as_fd()));
    }
    let (is_server, mode, family, quotas, instances) = match end_of(grant)? {
        AnEnd::Here(EndDevice { node, end, .. }) => {
            let mode = *node.state().mode(end.side);
            (end.side == Side::Server, mode, node.family, node.quotas, node.instances())
        }
        AnEnd::Far(device) => {
            let Welcome { family, quotas, .. } = *device.welcome();
            (false, device.mode(), family, quotas, device.instances())
        }
    };
    let [out_bytes, in_bytes] = quotas;
    Ok(Info {
        is_server,
        of_messages: family.of_messages,
        mode: mode.bits(),
        out_bytes,
        in_bytes,
        max_instances: family.limit.min(PIPE_UNLIMITED_INSTANCES),
        instances,
    })
}

/// [`info`] for who has to have the right to it: the server's handle of an outbound pipe has not (contract 01 §2.1, 07 §1.2).
///
/// # Errors
/// 5 without FILE_READ_ATTRIBUTES; as [`info`].
pub fn query(grant: &Grant) -> Result<Info, Win32Error> {
    let info = info(grant)?;
    // A descriptor of Linux has no rights but those to read and to write.
    let may = grant.access.contains(AccessMask::READ_ATTRIBUTES) || foreign::descriptor(grant).is_some();
    if may { Ok(info) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// The name of a pipe, without what stands before it; `None` if it has none.
///
/// # Errors
/// 1 if it is not a pipe.
pub fn name(grant: &Grant) -> Result<Option<OsString>, Win32Error> {
    let name = match end_of(grant)? {
        AnEnd::Here(device) => device.node.name().cloned(),
        AnEnd::Far(device) => Some(device.name().clone()),
    };
    Ok(name.map(|name| name.spelled().to_owned()))
}

/// How it stands with an end, as FILE_PIPE_LOCAL_INFORMATION tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// FILE_PIPE_INBOUND 0, FILE_PIPE_OUTBOUND 1, FILE_PIPE_FULL_DUPLEX 2: from the client's to the server's end, or back, or both.
    pub directions: u32,
    /// FILE_PIPE_DISCONNECTED_STATE 1, LISTENING 2, CONNECTED 3, CLOSING 4.
    pub phase: u32,
    /// Bytes that this end has not read.
    pub unread: usize,
    /// Bytes that the other end has not read; `usize::MAX` where only the other process knows.
    pub unread_by_other: usize,
}

/// See [`Standing`].
///
/// # Errors
/// 1 if it is not a pipe.
pub fn standing(grant: &Grant) -> Result<Standing, Win32Error> {
    const DUPLEX: u32 = 2;
    const CONNECTED: u32 = 3;
    if let Some(fd) = foreign::descriptor(grant) {
        let unread = foreign::peek(fd.as_fd(), 0).map_or(0, |seen| seen.available);
        let reads = grant.access.contains(AccessMask::READ_DATA);
        // Either end of a pipe of Linux tells how much is in it.
        let unread_by_other = if reads { usize::MAX } else { unread };
        return Ok(Standing { directions: DUPLEX, phase: CONNECTED, unread, unread_by_other });
    }
    let end = end_of(grant)?;
    let family = match end {
        AnEnd::Here(device) => device.node.family,
        AnEnd::Far(device) => device.welcome().family,
    };
    let directions = family.direction.wrapping_sub(1).min(DUPLEX);
    Ok(match end {
        AnEnd::Here(device) => {
            device.catch_up();
            let mut state = device.node.state();
            let phase = state.standing(device.end) as u32;
            let (own, other) = match device.end.side {
                Side::Server => (Side::Server, Side::Client),
                Side::Client => (Side::Client, Side::Server),
            };
            let (unread, unread_by_other) = (state.incoming(own).len(), state.incoming(other).len());
            Standing { directions, phase, unread, unread_by_other }
        }
        AnEnd::Far(_) => {
            let seen = peek(grant, 0);
            let unread = seen.as_ref().map_or(0, |seen| seen.available);
            let phase = seen.map_or(CONNECTED, |seen| seen.standing);
            Standing { directions, phase, unread, unread_by_other: usize::MAX }
        }
    })
}

/// GetNamedPipeServerProcessId.
///
/// # Errors
/// 1 if it is not a pipe.
pub fn server_process(grant: &Grant) -> Result<u32, Win32Error> {
    if let Some(fd) = foreign::descriptor(grant) {
        return foreign::maker(fd.as_fd());
    }
    Ok(match end_of(grant)? {
        AnEnd::Here(device) => device.node.server,
        AnEnd::Far(device) => device.welcome().server,
    })
}

/// GetNamedPipeClientProcessId.
///
/// # Errors
/// 1 if it is not a pipe, 233 before a client has come.
pub fn client_process(grant: &Grant) -> Result<u32, Win32Error> {
    if let Some(fd) = foreign::descriptor(grant) {
        return foreign::maker(fd.as_fd());
    }
    let AnEnd::Here(device) = end_of(grant)? else { return Ok(std::process::id()) };
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
    server_of(grant)?.node.state().impersonate()
}

/// The number of the client's user, for GetNamedPipeHandleState.
///
/// # Errors
/// 1368 unless the server acts as its client; 87 on a client's end.
pub fn client_user(grant: &Grant) -> Result<u32, Win32Error> {
    end_of(grant)?;
    let state = server_of(grant).map_err(|_| Win32Error::INVALID_PARAMETER)?.node.state();
    if state.impersonated { Ok(state.peer.user) } else { Err(Win32Error::CANNOT_IMPERSONATE) }
}

/// The control codes that are done at once: FSCTL_PIPE_PEEK and FSCTL_PIPE_DISCONNECT (contract 01 §6).
///
/// # Errors
/// As for [`peek`] and [`disconnect`]; 87 if there is no room for the fixed part; 1 for other codes.
pub fn control(grant: &Grant, code: u32, room: usize) -> Result<Answer, Win32Error> {
    match code {
        FSCTL_PIPE_DISCONNECT => disconnect(grant).map(|()| Answer::default()),
        FSCTL_PIPE_PEEK => {
            let room = room.checked_sub(size_of::<FilePipePeekBuffer>()).ok_or(Win32Error::INVALID_PARAMETER)?;
            let seen = peek(grant, room)?;
            let more = seen.message.unwrap_or(seen.available) > seen.data.len();
            let numbers = [seen.available, seen.messages, seen.message.unwrap_or(0)];
            let fields = numbers.iter().fold(Fields::default().u32(seen.standing), |f, n| f.u32(*n as u32));
            Ok(Answer { bytes: fields.bytes(&seen.data).done(), more })
        }
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}
