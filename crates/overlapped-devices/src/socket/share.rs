//! The same socket for another handle or another process (WSADuplicateSocket, contract 08 §2).
//!
//! Descriptors travel between processes over local sockets. Whoever gives a socket away listens at a name that nobody can
//! guess, for one visitor of the same user, and a short thread hands the descriptor over. Within the process the visitor finds that
//! it has the socket already, and gets another handle to the same open instance: state, port and requests are one. The drawback: a
//! ticket that nobody uses keeps the socket open for [`PATIENCE`], and in another process only what Linux keeps is shared.

use super::core::{Core, Flags, Traits};
use super::lane::Side;
use super::setup::code;
use super::{Socket, SocketDevice, sys};
use overlapped_abi::{AccessMask, Win32Error, WsaError};
use overlapped_kernel::System;
use overlapped_kernel::device::{Bequest, Opened, bequest};
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::instance::Instance;
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketAddrUnix, SocketFlags, SocketType, recvmsg, sendmsg, sockopt,
};
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

/// How long a ticket is good for.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How long either side waits for the other once they speak.
const HASTE: Duration = Duration::from_secs(10);
const PREFIX: &str = "overlapped-";
/// Flags that mean the same to the other side.
const PASSED: Flags = Flags::BOUND
    .union(Flags::LISTENING)
    .union(Flags::CONNECTED)
    .union(Flags::SHUT_IN)
    .union(Flags::SHUT_OUT)
    .union(Flags::NONBLOCKING)
    .union(Flags::REUSE)
    .union(Flags::EXCLUSIVE)
    .union(Flags::ACCEPTED_ALONE)
    .union(Flags::UNBUFFERED)
    .union(Flags::TOLD_OF_ACKS)
    .union(Flags::BARE_ACCEPT)
    .union(Flags::BARE_CONNECT);

/// What goes with the descriptor: family, type, protocol, flags, whether it is overlapped; and the process and its handle.
type Words = [u32; 7];

/// What another process needs to get the socket, once: printable bytes, fewer than 64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(String);

impl AsRef<[u8]> for Ticket {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Offers the socket to whoever has the ticket and runs as the same user. The socket stays open for it, whatever happens to this
/// handle. 10038 for what is no socket.
pub fn export(system: &System, handle: Handle) -> Result<Ticket, WsaError> {
    let socket = Socket::of(system, handle)?;
    let core = socket.core();
    let copy = socket.descriptor()?;
    let (ticket, listener) = listen().map_err(code)?;
    let Traits { family, kind, protocol } = core.traits;
    let passed = (core.flags() & PASSED).bits();
    let (overlapped, raw) = (u32::from(socket.is_overlapped()), handle.into_raw() as u32);
    let words = [family as u32, kind as u32, protocol as u32, passed, overlapped, std::process::id(), raw];
    let body = move || {
        if let Err(error) = hand_over(&listener, &copy, words) {
            tracing::debug!(%error, "a socket was offered in vain");
        }
    };
    std::thread::Builder::new().name("ovl-share".into()).spawn(body).map_err(|_| WsaError::ENOBUFS)?;
    Ok(ticket)
}

/// The socket of a ticket: 10022 if there is none, or no more. `overlapped`: `None` as the socket that was offered; of one that this
/// process has already, it stays as it is.
pub fn import(system: &System, ticket: &[u8], overlapped: Option<bool>) -> Result<(Handle, Socket), WsaError> {
    let (words, fd) = take_over(ticket).map_err(|error| match error {
        Errno::MFILE | Errno::NFILE => code(error),
        _ => WsaError::EINVAL,
    })?;
    let [family, kind, protocol, passed, was_overlapped, process, raw] = words;
    if process == std::process::id()
        && let Some(own) = own(system, raw, &fd)
    {
        return another(system, own);
    }
    let traits = Traits { family: family as i32, kind: kind as i32, protocol: protocol as i32 };
    let flags = Flags::from_bits_retain(passed) & PASSED | Flags::SHARED;
    let core = Core::new(fd, traits, flags, Arc::clone(system.engine()));
    if flags.contains(Flags::UNBUFFERED) {
        core.with_rare(|rare| rare.buffers[Side::Out as usize] = Some(0));
    }
    Socket::insert(system, core, overlapped.unwrap_or(was_overlapped != 0))
}

/// The socket of this number, if it is the one that the descriptor leads to.
fn own(system: &System, raw: u32, fd: &OwnedFd) -> Option<Socket> {
    let socket = Socket::of(system, Handle::from_raw(raw as usize)?).ok()?;
    let number = |fd| rustix::fs::fstat(fd).map(|about| (about.st_dev, about.st_ino)).ok();
    let same = number(socket.core().fd().ok()?.borrow())? == number(fd.as_fd())?;
    same.then_some(socket)
}

/// One more handle of a socket, which is a socket like the others.
fn another(system: &System, socket: Socket) -> Result<(Handle, Socket), WsaError> {
    let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE | AccessMask::SYNCHRONIZE;
    let instance = Arc::clone(socket.instance());
    let handle = system.insert(Object::Instance(instance), access).map_err(|_| WsaError::EMFILE)?;
    socket.device().is_also(handle);
    Ok((handle, socket))
}

/// What a child process inherits of a socket.
pub(super) fn bequeath(core: &Core, instance: &Instance) -> Option<Bequest> {
    let fd = core.fd().ok()?;
    core.add(Flags::SHARED);
    let descriptor = rustix::io::fcntl_dupfd_cloexec(fd.borrow(), 3).ok()?;
    let Traits { family, kind, protocol } = core.traits;
    let words = [family as u32, kind as u32, protocol as u32, (core.flags() & PASSED).bits()];
    let bytes = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let overlapped = instance.is_overlapped();
    Some(Bequest { kind: bequest::SOCKET, overlapped, descriptor: Some(descriptor), keep: None, bytes })
}

/// The socket that a parent process has left.
pub(crate) fn inherit(system: &System, left: &mut Bequest) -> Result<Opened, Win32Error> {
    let fd = left.descriptor.take().ok_or(Win32Error::INVALID_HANDLE)?;
    let mut words = [0; 4];
    if left.bytes.len() != 4 * words.len() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    for (word, bytes) in words.iter_mut().zip(left.bytes.chunks_exact(4)) {
        *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let [family, kind, protocol, passed] = words;
    let traits = Traits { family: family as i32, kind: kind as i32, protocol: protocol as i32 };
    let flags = Flags::from_bits_retain(passed) & PASSED | Flags::SHARED;
    let core = Core::new(fd, traits, flags, Arc::clone(system.engine()));
    if flags.contains(Flags::UNBUFFERED) {
        core.with_rare(|rare| rare.buffers[Side::Out as usize] = Some(0));
    }
    let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE | AccessMask::SYNCHRONIZE;
    Ok(Opened { device: Arc::new(SocketDevice::new(core)), access, overlapped: left.overlapped, existed: true })
}

fn listen() -> Result<(Ticket, OwnedFd), Errno> {
    let mut secret = [0_u8; 16];
    rustix::rand::getrandom(&mut secret, rustix::rand::GetRandomFlags::empty())?;
    let name = PREFIX.to_owned() + &secret.map(|byte| format!("{byte:02x}")).concat();
    let listener = local_socket()?;
    rustix::net::bind(&listener, &SocketAddrUnix::new_abstract_name(name.as_bytes())?)?;
    rustix::net::listen(&listener, 1)?;
    Ok((Ticket(name), listener))
}

fn local_socket() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

/// Waits until the descriptor is ready.
fn await_ready(fd: &OwnedFd, events: i16, limit: Duration) -> Result<(), Errno> {
    let mut entry = [libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }];
    loop {
        match sys::poll(&mut entry, Some(limit)) {
            Err(Errno::INTR) => {}
            Ok(0) => return Err(Errno::TIMEDOUT),
            other => return other.map(drop),
        }
    }
}

fn hand_over(listener: &OwnedFd, socket: &OwnedFd, words: Words) -> Result<(), Errno> {
    loop {
        await_ready(listener, libc::POLLIN, PATIENCE)?;
        let visitor = match rustix::net::accept_with(listener, SocketFlags::CLOEXEC) {
            Err(Errno::AGAIN | Errno::CONNABORTED | Errno::INTR) => continue,
            visitor => visitor?,
        };
        if sockopt::socket_peercred(&visitor)?.uid != rustix::process::geteuid() {
            continue;
        }
        let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let fds = [socket.as_fd()];
        ancillary.push(SendAncillaryMessage::ScmRights(&fds));
        sendmsg(&visitor, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL)?;
        return Ok(());
    }
}

fn take_over(ticket: &[u8]) -> Result<(Words, OwnedFd), Errno> {
    if !ticket.starts_with(PREFIX.as_bytes()) {
        return Err(Errno::INVAL);
    }
    let visitor = local_socket()?;
    rustix::net::connect(&visitor, &SocketAddrUnix::new_abstract_name(ticket)?)?;
    // Anybody may listen at a name that is free; but only the user itself offers its sockets.
    if sockopt::socket_peercred(&visitor)?.uid != rustix::process::geteuid() {
        return Err(Errno::PERM);
    }
    overlapped_kernel::port::blocking(|| await_ready(&visitor, libc::POLLIN, HASTE))?;
    let mut bytes = [0; size_of::<Words>()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received =
        recvmsg(&visitor, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let fd = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    let fd = fd.filter(|_| received == bytes.len()).ok_or(Errno::INVAL)?;
    let mut words = Words::default();
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Ok((words, fd))
}
