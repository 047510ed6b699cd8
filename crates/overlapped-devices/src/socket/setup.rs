//! Sockets made, bound, shut down and closed (contract 08 §2, §3, §9).
//!
//! Windows lets a socket be bound where only finished connections still linger, and Linux asks for SO_REUSEADDR for that. So a bind
//! that is refused is made again with it; and a listener, whose connections will linger, gets it, others that were bound before
//! their end. Two live sockets at one address stay refused. The drawback: a program that reads SO_REUSEADDR from Linux finds it set.

use super::address::Address;
use super::core::{Core, Flags, Traits};
use super::device::SocketDevice;
use super::{Socket, sys, unreachable};
use overlapped_abi::{AccessMask, WsaError};
use overlapped_kernel::System;
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Device;
use overlapped_kernel::handle::{Handle, Object};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::io::Errno;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

/// What to create, in numbers of Linux.
#[derive(Clone, Copy, Debug)]
pub struct NewSocket {
    /// AF_INET, AF_INET6 or AF_UNIX.
    pub family: i32,
    /// SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
    pub kind: i32,
    /// IPPROTO_*, 0 for the usual one.
    pub protocol: i32,
    /// For overlapped requests (WSA_FLAG_OVERLAPPED).
    pub overlapped: bool,
}

/// Which directions [`Socket::shutdown`] ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// SD_RECEIVE.
    Receive,
    /// SD_SEND.
    Send,
    /// SD_BOTH.
    Both,
}

/// socket and WSASocket: 10047, 10044, 10043 or 10041 for what there is not, 10024 when there are too many, 10013 without the right.
pub fn create(system: &System, new: NewSocket) -> Result<(Handle, Socket), WsaError> {
    let NewSocket { family, kind, protocol, overlapped } = new;
    let known = [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX].contains(&family);
    if !known {
        return Err(WsaError::EAFNOSUPPORT);
    }
    if ![libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_RAW].contains(&kind) {
        return Err(WsaError::ESOCKTNOSUPPORT);
    }
    // Windows has local sockets of this kind only.
    if family == libc::AF_UNIX && kind != libc::SOCK_STREAM {
        return Err(WsaError::ESOCKTNOSUPPORT);
    }
    let mismatch =
        matches!((kind, protocol), (libc::SOCK_STREAM, libc::IPPROTO_UDP) | (libc::SOCK_DGRAM, libc::IPPROTO_TCP));
    if mismatch && family != libc::AF_UNIX {
        return Err(WsaError::EPROTOTYPE);
    }
    // Linux has sockets for pings that are no raw ones; Windows knows none.
    let ping = kind == libc::SOCK_DGRAM && [libc::IPPROTO_ICMP, libc::IPPROTO_ICMPV6].contains(&protocol);
    let local = family == libc::AF_UNIX && protocol != 0;
    if !(0..=LAST_PROTOCOL).contains(&protocol) || ping || local {
        return Err(WsaError::EPROTONOSUPPORT);
    }
    let fd = sys::socket(family, kind, protocol).map_err(code)?;
    let traits = Traits { family, kind, protocol };
    unreachable::listen(fd.as_raw_fd(), traits, true);
    Socket::insert(system, Core::new(fd, traits, Flags::empty(), Arc::clone(system.engine())), overlapped)
}

/// Protocols of IP have a byte.
const LAST_PROTOCOL: i32 = 255;

/// Two connected local sockets.
pub fn pair(system: &System, kind: i32, overlapped: bool) -> Result<[(Handle, Socket); 2], WsaError> {
    let traits = Traits { family: libc::AF_UNIX, kind, protocol: 0 };
    let [near, far] = sys::pair(kind).map_err(code)?;
    let flags = Flags::BOUND | Flags::CONNECTED;
    let insert = |fd| Socket::insert(system, Core::new(fd, traits, flags, Arc::clone(system.engine())), overlapped);
    let near = insert(near)?;
    match insert(far) {
        Ok(far) => Ok([near, far]),
        Err(error) => {
            let _ = system.close(near.0);
            Err(error)
        }
    }
}

/// A socket of a descriptor that others have opened, in the state that it is in. It does not block any more. 10038 if it is no socket.
pub fn adopt(system: &System, fd: OwnedFd, overlapped: bool) -> Result<(Handle, Socket), WsaError> {
    let raw = fd.as_raw_fd();
    let ask = |name| sys::number(raw, libc::SOL_SOCKET, name).map_err(code);
    let family = ask(libc::SO_DOMAIN)?;
    let traits = Traits { family, kind: ask(libc::SO_TYPE)?, protocol: ask(libc::SO_PROTOCOL)? };
    let mut flags = Flags::SHARED;
    flags.set(Flags::BOUND, sys::local_address(raw).is_ok_and(|address| !address.is_unbound()));
    if ask(libc::SO_ACCEPTCONN)? != 0 {
        flags |= Flags::LISTENING | Flags::BOUND;
    }
    if sys::peer_address(raw).is_ok() {
        flags |= Flags::CONNECTED | Flags::BOUND;
    }
    let modes = rustix::fs::fcntl_getfl(&fd).map_err(code)?;
    flags.set(Flags::NONBLOCKING, modes.contains(rustix::fs::OFlags::NONBLOCK));
    sys::set_nonblocking(raw, true).map_err(code)?;
    Socket::insert(system, Core::new(fd, traits, flags, Arc::clone(system.engine())), overlapped)
}

/// closesocket: 10038 for what is no socket; 10035 for one that does not block and is to linger over what is unsent, which stays
/// open. Requests on their way end: transfers with CONNECTION_ABORTED, others with CANCELLED.
pub fn close(system: &System, handle: Handle) -> Result<(), WsaError> {
    let socket = Socket::of(system, handle)?;
    let patience = socket.linger().filter(|seconds| *seconds > 0).map(|seconds| Duration::from_secs(seconds.into()));
    if let Some(patience) = patience
        && socket.unsent() > 0
    {
        if socket.is_nonblocking() {
            return Err(WsaError::EWOULDBLOCK);
        }
        overlapped_kernel::port::blocking(|| socket.linger_for(patience));
    }
    drop(socket);
    let close = || system.close(handle).map_err(|_| WsaError::ENOTSOCK);
    if patience.is_some() { overlapped_kernel::port::blocking(close) } else { close() }
}

/// Closes every socket of the system, as the last WSACleanup does.
pub fn close_all(system: &System) {
    system.close_instances(|instance| instance.device().as_any().is::<SocketDevice>());
}

impl Socket {
    /// A handle to a new instance.
    pub(super) fn insert(system: &System, core: Arc<Core>, overlapped: bool) -> Result<(Handle, Self), WsaError> {
        let device = Arc::new(SocketDevice::new(core));
        let instance = system.instance(Arc::clone(&device) as Arc<dyn Device>, overlapped);
        let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE | AccessMask::SYNCHRONIZE;
        let handle = system.insert(Object::Instance(Arc::clone(&instance)), access).map_err(|_| WsaError::EMFILE)?;
        device.is_from_now(handle);
        Ok((handle, Self { instance }))
    }

    /// bind: 10048 if the address is in use, 10049 if it is not of this machine, 10022 if the socket is bound already.
    pub fn bind(&self, address: &Address) -> Result<(), WsaError> {
        let core = self.core();
        let busy = Flags::BOUND | Flags::CONNECTED | Flags::CONNECTING | Flags::LISTENING | Flags::AWAITED;
        if core.has(busy) {
            return Err(WsaError::EINVAL);
        }
        if address.family() != core.traits.family {
            return Err(if address.family() == 0 { WsaError::EADDRNOTAVAIL } else { WsaError::EAFNOSUPPORT });
        }
        if address.to_std().is_some_and(|address| is_of_many(address.ip())) {
            return Err(WsaError::EADDRNOTAVAIL);
        }
        let fd = core.fd().map_err(code)?;
        let bound = if core.is_stream() { bind_past_the_dead(fd.raw(), address) } else { sys::bind(fd.raw(), address) };
        bound.map_err(|error| match error {
            // Who asks to share the address is refused only where somebody wants it alone.
            Errno::ADDRINUSE if core.has(Flags::REUSE) => WsaError::EACCES,
            // A local name that cannot be; or an address that this socket cannot have, of IPv4 in IPv6 or of one link.
            Errno::NOENT | Errno::NOTDIR | Errno::INVAL => WsaError::EADDRNOTAVAIL,
            error => code(error),
        })?;
        core.with_rare(|rare| rare.bound_to = sys::local_address(fd.raw()).ok());
        core.add(Flags::BOUND);
        self.let_share(fd.raw());
        Ok(())
    }

    /// From now on sockets with SO_REUSEADDR may take the address too (contract 08 section 10): for Linux both have to agree, and
    /// what counts is what this one says when the other is bound.
    fn let_share(&self, fd: i32) {
        let core = self.core();
        if core.has(Flags::EXCLUSIVE | Flags::REUSE) || core.traits.family == libc::AF_UNIX {
            return;
        }
        let option = if core.is_stream() { libc::SO_REUSEPORT } else { libc::SO_REUSEADDR };
        let _ = sys::set_number(fd, libc::SOL_SOCKET, option, 1);
    }

    /// listen: 10022 unless the socket is bound, 10056 if it is connected, 10045 for datagrams. A negative backlog is a hint
    /// (SOMAXCONN_HINT).
    pub fn listen(&self, backlog: i32) -> Result<(), WsaError> {
        let core = self.core();
        if !core.is_stream() {
            return Err(WsaError::EOPNOTSUPP);
        }
        if core.has(Flags::CONNECTED) {
            return Err(WsaError::EISCONN);
        }
        if !core.has(Flags::BOUND) || core.has(Flags::CONNECTING) {
            return Err(WsaError::EINVAL);
        }
        let fd = core.fd().map_err(code)?;
        // Linux looks for others with the address here once more. Connections that are accepted later inherit what is said then.
        reuse(fd.raw(), true);
        let listening = sys::listen(fd.raw(), backlog.saturating_abs());
        if core.has(Flags::EXCLUSIVE) {
            reuse(fd.raw(), false);
        }
        listening.map_err(code)?;
        core.add(Flags::LISTENING);
        // What was said of it while nobody could connect is not true any more.
        core.input.lock().open = true;
        Ok(())
    }

    /// getsockname: 10022 unless the socket has an address.
    pub fn local_address(&self) -> Result<Address, WsaError> {
        let core = self.core();
        if !core.has(Flags::BOUND | Flags::CONNECTING) || core.has(Flags::BARE_ACCEPT) {
            return Err(WsaError::EINVAL);
        }
        let fd = core.fd().map_err(code)?;
        sys::local_address(fd.raw()).map_err(code)
    }

    /// getpeername: 10057 unless the socket is connected, and knows it (SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT).
    pub fn peer_address(&self) -> Result<Address, WsaError> {
        let core = self.core();
        core.settle();
        if !core.has(Flags::CONNECTED) || core.has(Flags::BARE_ACCEPT | Flags::BARE_CONNECT) {
            return Err(WsaError::ENOTCONN);
        }
        let fd = core.fd().map_err(code)?;
        sys::peer_address(fd.raw()).map_err(code)
    }

    /// shutdown: 10057 unless the socket is connected; again is no error. Requests on their way that it ends, end with what they have.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), WsaError> {
        let core = self.core();
        core.settle();
        let connected = core.has(Flags::CONNECTED) && !core.has(Flags::BARE_ACCEPT | Flags::BARE_CONNECT);
        if !connected && core.is_stream() {
            return Err(WsaError::ENOTCONN);
        }
        let (flags, number) = match how {
            Shutdown::Receive => (Flags::SHUT_IN, libc::SHUT_RD),
            Shutdown::Send => (Flags::SHUT_OUT, libc::SHUT_WR),
            Shutdown::Both => (Flags::SHUT_IN | Flags::SHUT_OUT, libc::SHUT_RDWR),
        };
        let fd = core.fd().map_err(code)?;
        core.add(flags);
        if flags.contains(Flags::SHUT_OUT) {
            core.free_address();
        }
        match sys::shutdown(fd.raw(), number) {
            // Datagrams, or a peer that has gone: our side does not send or receive all the same.
            Ok(()) | Err(Errno::NOTCONN) => Ok(()),
            Err(error) => Err(code(error)),
        }
    }

    /// FIONBIO: may plain calls wait? 10022 for a wish to block while network events are selected.
    pub fn set_nonblocking(&self, yes: bool) -> Result<(), WsaError> {
        let core = self.core();
        if !yes && core.has(Flags::SELECTED) {
            return Err(WsaError::EINVAL);
        }
        core.put(Flags::NONBLOCKING, yes);
        Ok(())
    }

    /// Do plain calls not wait?
    #[must_use]
    pub fn is_nonblocking(&self) -> bool {
        self.core().has(Flags::NONBLOCKING)
    }

    /// FIONREAD: bytes that a receive would find, of a datagram socket those of the first one.
    pub fn readable_bytes(&self) -> Result<u32, WsaError> {
        if self.core().has(Flags::LISTENING) {
            return Ok(0);
        }
        let fd = self.core().fd().map_err(code)?;
        self.core().unread(&fd).map_err(code)
    }

    /// SIOCATMARK: is no urgent data before what the next receive takes?
    pub fn at_mark(&self) -> Result<bool, WsaError> {
        let fd = self.core().fd().map_err(code)?;
        if !self.core().is_stream() {
            return Ok(true);
        }
        if self.core().has(Flags::LISTENING) || sys::ready_now(fd.raw(), libc::POLLPRI) & libc::POLLPRI == 0 {
            // Linux says so only where there is some.
            return Ok(true);
        }
        Ok(sys::is_at_mark(fd.raw()))
    }

    /// Bytes that the other side has not acknowledged.
    pub(super) fn unsent(&self) -> u32 {
        let Ok(fd) = self.core().fd() else { return 0 };
        sys::ask(fd.raw(), libc::TIOCOUTQ as _).map_or(0, |count| count.unsigned_abs())
    }

    /// Waits until the other side has acknowledged everything. When the time is over, the close is going to be abortive; unless
    /// others have the socket too, for whom it stays open.
    fn linger_for(&self, patience: Duration) {
        const LOOKS: [u64; 5] = [1, 2, 4, 8, 16];
        let deadline = Tick::monotonic().plus(patience);
        for pause in LOOKS.into_iter().chain(std::iter::repeat(20)) {
            // Linux tells of room to send, but not of the last acknowledgement.
            if self.unsent() == 0 {
                return;
            }
            if Tick::monotonic() >= deadline {
                break;
            }
            std::thread::sleep(Duration::from_millis(pause));
        }
        if !self.core().has(Flags::SHARED) {
            let _ = self.set_linger(Some(0));
        }
    }

    /// A descriptor of the same socket, which blocks unless plain calls of this one do not.
    pub fn descriptor(&self) -> Result<OwnedFd, WsaError> {
        let core = self.core();
        let fd = core.fd().map_err(code)?;
        core.add(Flags::SHARED);
        rustix::io::fcntl_dupfd_cloexec(fd.borrow(), 3).map_err(code)
    }
}

/// Is it the address of a group, or of everybody? No socket has that.
fn is_of_many(address: IpAddr) -> bool {
    address.is_multicast() || address == Ipv4Addr::BROADCAST
}

/// Binds a stream, also where only connections that are over keep the address: for Linux both sides have to agree that those do not
/// count. The first attempt is made without this, and the wish is taken back, since others would meet it that are bound the same way.
pub(super) fn bind_past_the_dead(fd: i32, address: &Address) -> Result<(), Errno> {
    let bound = sys::bind(fd, address);
    if bound != Err(Errno::ADDRINUSE) {
        return bound;
    }
    reuse(fd, true);
    let bound = sys::bind(fd, address);
    reuse(fd, false);
    bound
}

/// Does a connection that is over keep nobody from its address, from now on?
pub(super) fn reuse(fd: i32, yes: bool) {
    // A hint: the bind says whether it was enough.
    let _ = sys::set_number(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, i32::from(yes));
}

/// The WSA code of Linux's error.
pub(super) fn code(error: Errno) -> WsaError {
    WsaError::from_errno(error.raw_os_error())
}
