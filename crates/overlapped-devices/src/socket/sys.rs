//! Linux's calls that set sockets up and ask about them. None of them transfers data or blocks.

use super::address::{Address, ROOM};
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

fn last() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

fn check(number: libc::c_int) -> Result<libc::c_int, Errno> {
    if number < 0 { Err(last()) } else { Ok(number) }
}

/// A new descriptor of ours.
fn owned(number: libc::c_int) -> Result<OwnedFd, Errno> {
    // SAFETY: Linux has just given it, and nobody else knows it.
    check(number).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

pub(super) fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: numbers only.
    owned(unsafe { libc::socket(family, kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, protocol) })
}

pub(super) fn pair(kind: i32) -> Result<[OwnedFd; 2], Errno> {
    let mut fds = [-1; 2];
    let kind = kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: room for two descriptors.
    check(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, fds.as_mut_ptr()) })?;
    Ok([owned(fds[0])?, owned(fds[1])?])
}

pub(super) fn bind(fd: RawFd, address: &Address) -> Result<(), Errno> {
    // SAFETY: an address and its length.
    check(unsafe { libc::bind(fd, address.as_ptr().cast(), address.len()) }).map(drop)
}

pub(super) fn listen(fd: RawFd, backlog: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::listen(fd, backlog) }).map(drop)
}

pub(super) fn shutdown(fd: RawFd, how: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::shutdown(fd, how) }).map(drop)
}

/// Ends an attempt to connect, or a datagram socket's peer.
pub(super) fn disconnect(fd: RawFd) -> Result<(), Errno> {
    let nowhere = [0_u8; size_of::<libc::sockaddr>()];
    // SAFETY: an address of the family AF_UNSPEC, which is 0, and its length.
    check(unsafe { libc::connect(fd, nowhere.as_ptr().cast(), nowhere.len() as u32) }).map(drop)
}

pub(super) fn local_address(fd: RawFd) -> Result<Address, Errno> {
    let (mut bytes, mut len) = ([0; ROOM], ROOM as u32);
    // SAFETY: room for an address of any family.
    check(unsafe { libc::getsockname(fd, bytes.as_mut_ptr().cast(), &raw mut len) })?;
    Ok(Address::written(bytes, len))
}

pub(super) fn peer_address(fd: RawFd) -> Result<Address, Errno> {
    let (mut bytes, mut len) = ([0; ROOM], ROOM as u32);
    // SAFETY: room for an address of any family.
    check(unsafe { libc::getpeername(fd, bytes.as_mut_ptr().cast(), &raw mut len) })?;
    Ok(Address::written(bytes, len))
}

pub(super) fn set_option(fd: RawFd, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    // SAFETY: a value and its length.
    check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as u32) }).map(drop)
}

pub(super) fn set_number(fd: RawFd, level: i32, name: i32, value: i32) -> Result<(), Errno> {
    set_option(fd, level, name, &value.to_ne_bytes())
}

pub(super) fn option(fd: RawFd, level: i32, name: i32, value: &mut [u8]) -> Result<usize, Errno> {
    let mut len = value.len() as u32;
    // SAFETY: room for `len` bytes.
    check(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    Ok(len as usize)
}

pub(super) fn number(fd: RawFd, level: i32, name: i32) -> Result<i32, Errno> {
    let mut value = [0; 4];
    option(fd, level, name, &mut value)?;
    Ok(i32::from_ne_bytes(value))
}

/// The error that waits to be fetched, and no longer waits then.
pub(super) fn take_error(fd: RawFd) -> Option<Errno> {
    match number(fd, libc::SOL_SOCKET, libc::SO_ERROR) {
        Ok(0) => None,
        Ok(error) => Some(Errno::from_raw_os_error(error)),
        Err(error) => Some(error),
    }
}

/// Throws away what waits in the queue of errors (IP_RECVERR).
pub(super) fn drop_errors(fd: RawFd) {
    let mut byte = 0_u8;
    let mut part = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    loop {
        // SAFETY: all bytes zero are a message without anything.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        (message.msg_iov, message.msg_iovlen) = (&raw mut part, 1);
        // SAFETY: one byte of room, and no other.
        let taken = unsafe { libc::recvmsg(fd, &raw mut message, libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT) };
        if taken < 0 {
            return;
        }
    }
}

/// Has Linux tell of each acknowledgement by the queue of errors, without what was sent.
pub(super) fn tell_acknowledgements(fd: RawFd, yes: bool) -> Result<(), Errno> {
    let wish = libc::SOF_TIMESTAMPING_TX_ACK | libc::SOF_TIMESTAMPING_OPT_TSONLY | libc::SOF_TIMESTAMPING_SOFTWARE;
    set_number(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPING, if yes { wish as i32 } else { 0 })
}

/// How far the other side has come.
pub(super) struct Acknowledged {
    pub bytes: u64,
    /// Nothing comes or goes any more.
    pub closed: bool,
}

/// What the other side of a TCP connection has acknowledged since it was made.
pub(super) fn acknowledged(fd: RawFd) -> Option<Acknowledged> {
    /// Places of tcpi_state and tcpi_bytes_acked in Linux' `struct tcp_info`, of which libc knows the beginning only.
    const STATE: usize = 0;
    const BYTES: usize = 120;
    const CLOSE: u8 = 7;
    let mut info = [0; BYTES + 8];
    let len = option(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info).ok()?;
    if len < info.len() {
        return None;
    }
    let bytes = u64::from_ne_bytes(*info[BYTES..].first_chunk()?);
    Some(Acknowledged { bytes, closed: info[STATE] == CLOSE })
}

/// A question that is answered with a number: FIONREAD, SIOCATMARK, SIOCOUTQ.
pub(super) fn ask(fd: RawFd, question: libc::c_ulong) -> Result<i32, Errno> {
    let mut answer = 0_i32;
    // SAFETY: the questions asked here are answered with one int.
    check(unsafe { libc::ioctl(fd, question as _, &raw mut answer) })?;
    Ok(answer)
}

/// Is an urgent byte of a stream what comes next, read or not?
pub(super) fn is_at_mark(fd: RawFd) -> bool {
    const SIOCATMARK: libc::c_ulong = 0x8905;
    ask(fd, SIOCATMARK).is_ok_and(|at| at != 0)
}

pub(super) fn set_nonblocking(fd: RawFd, yes: bool) -> Result<(), Errno> {
    let number = i32::from(yes);
    // SAFETY: reads one int.
    check(unsafe { libc::ioctl(fd, libc::FIONBIO as _, &raw const number) }).map(drop)
}

/// Puts `new` under the number `old`; what was open there is closed.
pub(super) fn replace(old: RawFd, new: OwnedFd) -> Result<(), Errno> {
    loop {
        // SAFETY: the number is ours, the caller says.
        match check(unsafe { libc::dup3(new.as_raw_fd(), old, libc::O_CLOEXEC) }) {
            Err(Errno::INTR | Errno::BUSY) => {}
            done => return done.map(drop),
        }
    }
}

/// Options that a program may set before AcceptEx or ConnectEx, and that stay when another socket is put under the number.
const KEPT: [(i32, i32); 11] = [
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
    (libc::SOL_SOCKET, libc::SO_OOBINLINE),
    (libc::SOL_SOCKET, libc::SO_DONTROUTE),
    (libc::SOL_SOCKET, libc::SO_LINGER),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY),
    (libc::IPPROTO_TCP, libc::TCP_KEEPIDLE),
    (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL),
    (libc::IPPROTO_TCP, libc::TCP_KEEPCNT),
    (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
    (libc::IPPROTO_IP, libc::IP_TOS),
    (libc::IPPROTO_IP, libc::IP_TTL),
];

/// Gives one socket the options of another, as far as it has them.
pub(super) fn copy_options(from: RawFd, to: RawFd) {
    for (level, name) in KEPT {
        let mut value = [0; size_of::<libc::linger>()];
        if let Ok(len) = option(from, level, name, &mut value) {
            // A socket of another family has no options of IP.
            let _ = set_option(to, level, name, &value[..len]);
        }
    }
}

/// Closes a number. What was unsent goes on in the background, or is waited for if the socket lingers.
pub(super) fn close(fd: RawFd) {
    // SAFETY: the number is ours and is given up here, the caller says.
    unsafe { libc::close(fd) };
}

/// Waits for readiness, in milliseconds, -1 for ever; how many are ready.
pub(super) fn poll(fds: &mut [libc::pollfd], limit: Option<std::time::Duration>) -> Result<usize, Errno> {
    let limit = limit.map(|limit| libc::timespec {
        tv_sec: limit.as_secs() as libc::time_t,
        tv_nsec: limit.subsec_nanos() as libc::c_long,
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: so many entries, a time limit that outlives the call, no signal mask.
    let ready = unsafe { libc::ppoll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, limit, std::ptr::null()) };
    check(ready).map(|ready| ready as usize)
}

/// Which moment this is, of a few milliseconds each; to be compared with others only. Costs next to nothing.
#[inline]
pub(super) fn moment() -> u32 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the time.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &raw mut now) };
    (now.tv_sec as u32).wrapping_mul(1000).wrapping_add((now.tv_nsec / 1_000_000) as u32)
}

/// What of `events` is true now of one descriptor.
pub(super) fn ready_now(fd: RawFd, events: i16) -> i16 {
    let mut entry = [libc::pollfd { fd, events, revents: 0 }];
    match poll(&mut entry, Some(std::time::Duration::ZERO)) {
        Ok(_) => entry[0].revents,
        Err(_) => 0,
    }
}
