//! An echo on its way: the socket, the packet, and what comes back.
//!
//! Linux sends echoes for every user by sockets of their own (`net.ipv4.ping_group_range`), and for root by raw ones, which see the echoes
//! of the whole machine: there an answer counts if it has the number and the sequence of the request, and so does a message that it did not
//! get through.

use super::{
    DEST_HOST_UNREACHABLE, DEST_NET_UNREACHABLE, DEST_PORT_UNREACHABLE, DEST_PROT_UNREACHABLE, GENERAL_FAILURE,
    PACKET_TOO_BIG, REQ_TIMED_OUT, TTL_EXPIRED_REASSEM, TTL_EXPIRED_TRANSIT,
};
use overlapped_abi::Win32Error;
use overlapped_devices::socket::Address;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

/// A socket for one echo.
pub(super) struct Socket {
    fd: OwnedFd,
    is_v6: bool,
    /// It shows all echoes of the machine, and of IPv4 the headers of IP.
    raw: bool,
}

impl Socket {
    pub fn open(is_v6: bool) -> Result<Self, Win32Error> {
        let (family, protocol) = match is_v6 {
            true => (libc::AF_INET6, libc::IPPROTO_ICMPV6),
            false => (libc::AF_INET, libc::IPPROTO_ICMP),
        };
        for (kind, raw) in [(libc::SOCK_DGRAM, false), (libc::SOCK_RAW, true)] {
            // SAFETY: asks for a new descriptor.
            let fd = unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) };
            if fd >= 0 {
                // SAFETY: it was just made.
                return Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(fd) }, is_v6, raw });
            }
        }
        Err(Win32Error::ACCESS_DENIED)
    }

    fn raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// What cannot be set stays as it is.
    fn set(&self, (level, option): (libc::c_int, libc::c_int), value: libc::c_int) {
        let len = size_of_val(&value) as libc::socklen_t;
        // SAFETY: a descriptor of ours, and a number of that size.
        unsafe { libc::setsockopt(self.raw_fd(), level, option, (&raw const value).cast(), len) };
    }

    /// What the options say, and that errors and hop counts are to be told.
    fn prepare(&self, echo: &Echo) {
        let (v4, v6) = (libc::IPPROTO_IP, libc::IPPROTO_IPV6);
        let of = |four, six| if self.is_v6 { (v6, six) } else { (v4, four) };
        self.set(of(libc::IP_RECVERR, libc::IPV6_RECVERR), 1);
        self.set(of(libc::IP_RECVTTL, libc::IPV6_RECVHOPLIMIT), 1);
        // Windows lets everybody ask a whole network.
        self.set((libc::SOL_SOCKET, libc::SO_BROADCAST), 1);
        if echo.ttl != 0 {
            self.set(of(libc::IP_TTL, libc::IPV6_UNICAST_HOPS), echo.ttl.into());
            self.set(of(libc::IP_MULTICAST_TTL, libc::IPV6_MULTICAST_HOPS), echo.ttl.into());
        }
        self.set(of(libc::IP_TOS, libc::IPV6_TCLASS), echo.tos.into());
        let whole = if echo.keep_whole { libc::IP_PMTUDISC_DO } else { libc::IP_PMTUDISC_DONT };
        self.set(of(libc::IP_MTU_DISCOVER, libc::IPV6_MTU_DISCOVER), whole);
    }

    /// Is this the header of the echo itself, as messages about it bring it back?
    fn is_own(&self, packet: &[u8], (id, sequence): (u16, u16)) -> bool {
        self.has(packet, self.kinds().0, (id, sequence))
    }

    fn is_answer(&self, packet: &[u8], (id, sequence): (u16, u16)) -> bool {
        self.has(packet, self.kinds().1, (id, sequence))
    }

    /// The types of requests and of answers.
    fn kinds(&self) -> (u8, u8) {
        if self.is_v6 { (128, 129) } else { (8, 0) }
    }

    fn has(&self, packet: &[u8], kind: u8, (id, sequence): (u16, u16)) -> bool {
        packet.len() >= HEADER
            && packet[0] == kind
            && packet[6..8] == sequence.to_be_bytes()
            // Linux has ids of its own for sockets that are for echoes only, and hands on nothing else.
            && (!self.raw || packet[4..6] == id.to_be_bytes())
    }
}

/// One echo.
pub(super) struct Echo {
    pub target: SocketAddr,
    pub source: Option<SocketAddr>,
    pub data: Vec<u8>,
    pub ttl: u8,
    pub tos: u8,
    pub keep_whole: bool,
    pub timeout: Duration,
}

/// What came of it: who answered, with what status, after how many milliseconds, and with which data.
pub(super) struct Answer {
    pub from: SocketAddr,
    pub status: u32,
    pub ms: u32,
    pub ttl: u8,
    pub data: Vec<u8>,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An IP_STATUS.
    Status(u32),
    /// The handle was closed.
    Cancelled,
}

const HEADER: usize = 8;

fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)])));
    let sum: u32 = words.sum();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    !((folded & 0xFFFF) + (folded >> 16)) as u16
}

/// An address as the kernel takes it.
pub(super) fn linux(address: SocketAddr) -> Address {
    Address::from_std(address)
}

impl Echo {
    fn packet(&self, id: u16, sequence: u16) -> Vec<u8> {
        let is_v6 = self.target.is_ipv6();
        let mut packet = vec![if is_v6 { 128 } else { 8 }, 0, 0, 0];
        packet.extend(id.to_be_bytes());
        packet.extend(sequence.to_be_bytes());
        packet.extend(&self.data);
        // That of ICMPv6 covers the addresses too: Linux sets it.
        let sum = if is_v6 { 0 } else { checksum(&packet) };
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
        packet
    }

    /// Sends it and waits for an answer, until time is up or `closed` can be read.
    pub fn run(&self, closed: BorrowedFd<'_>) -> Result<Answer, Failure> {
        use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
        static SEQUENCE: AtomicU16 = AtomicU16::new(0);
        let socket = Socket::open(self.target.is_ipv6()).map_err(|_| Failure::Status(GENERAL_FAILURE))?;
        socket.prepare(self);
        self.bind(&socket)?;
        let ids = (std::process::id() as u16, SEQUENCE.fetch_add(1, Relaxed));
        let packet = self.packet(ids.0, ids.1);
        let to = linux(self.target);
        let begin = Instant::now();
        // SAFETY: a descriptor of ours, with bytes and an address of these sizes.
        let sent = unsafe {
            let (to, len) = (to.as_bytes().as_ptr(), to.as_bytes().len() as libc::socklen_t);
            libc::sendto(socket.raw_fd(), packet.as_ptr().cast(), packet.len(), 0, to.cast(), len)
        };
        if sent < 0 {
            return Err(Failure::Status(of_errno(last_errno())));
        }
        loop {
            let left = self.timeout.saturating_sub(begin.elapsed());
            let wanted = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            let mut ready = [wanted(socket.raw_fd()), wanted(closed.as_raw_fd())];
            let ms = i32::try_from(left.as_millis()).unwrap_or(i32::MAX).saturating_add(1);
            // SAFETY: two structures of ours.
            match unsafe { libc::poll(ready.as_mut_ptr(), 2, ms) } {
                0 if left.is_zero() => return Err(Failure::Status(REQ_TIMED_OUT)),
                0 | -1 => continue,
                _ => {}
            }
            if ready[1].revents != 0 {
                return Err(Failure::Cancelled);
            }
            let flags = if ready[0].revents & libc::POLLERR != 0 { libc::MSG_ERRQUEUE } else { 0 };
            // An error without a message has to be taken too, or it is told for ever.
            let Some(received) = receive(&socket, flags).or_else(|| receive(&socket, 0)) else { continue };
            let ms = begin.elapsed().as_millis().try_into().unwrap_or(u32::MAX);
            let Received { from, ttl, bytes, error } = received;
            match error {
                Some((from, status)) if socket.is_own(&bytes, ids) => {
                    return Ok(Answer { from, status, ms, ttl, data: Vec::new() });
                }
                None if socket.is_answer(&bytes, ids) => {
                    return Ok(Answer { from, status: 0, ms, ttl, data: bytes[HEADER..].to_vec() });
                }
                _ => {}
            }
        }
    }

    fn bind(&self, socket: &Socket) -> Result<(), Failure> {
        let Some(source) = self.source else { return Ok(()) };
        let source = linux(source);
        // SAFETY: a descriptor of ours, and an address of that size.
        let bound = unsafe {
            let len = source.as_bytes().len() as libc::socklen_t;
            libc::bind(socket.raw_fd(), source.as_bytes().as_ptr().cast(), len)
        };
        if bound == 0 { Ok(()) } else { Err(Failure::Status(GENERAL_FAILURE)) }
    }
}

fn last_errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn of_errno(errno: i32) -> u32 {
    match errno {
        libc::ENETUNREACH => DEST_NET_UNREACHABLE,
        libc::EHOSTUNREACH => DEST_HOST_UNREACHABLE,
        libc::ECONNREFUSED => DEST_PORT_UNREACHABLE,
        libc::ENOPROTOOPT => DEST_PROT_UNREACHABLE,
        libc::EMSGSIZE => PACKET_TOO_BIG,
        _ => GENERAL_FAILURE,
    }
}

/// What came in: who sent it, or whose message it was that something is not reached, with the status that makes.
struct Received {
    from: SocketAddr,
    ttl: u8,
    bytes: Vec<u8>,
    error: Option<(SocketAddr, u32)>,
}

/// An address that the kernel has told; that of nobody if it is none.
fn told(bytes: &[u8], is_v6: bool) -> SocketAddr {
    let mut at = [0u8; 16];
    if is_v6 {
        let scope = bytes.get(24..28).map_or(0, |word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
        at.copy_from_slice(bytes.get(8..24).unwrap_or(&[0; 16]));
        SocketAddr::V6(SocketAddrV6::new(at.into(), 0, 0, scope))
    } else {
        let four = bytes.get(4..8).map_or([0; 4], |word| [word[0], word[1], word[2], word[3]]);
        SocketAddr::new(IpAddr::from(four), 0)
    }
}

fn receive(socket: &Socket, flags: libc::c_int) -> Option<Received> {
    let mut bytes = vec![0u8; 0x1_0000];
    let mut control = [0u64; 64];
    let mut from = [0u8; size_of::<libc::sockaddr_in6>()];
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = from.as_mut_ptr().cast();
    message.msg_namelen = from.len() as libc::socklen_t;
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control) as _;
    // SAFETY: all that the message points to is ours and has the sizes that it says.
    let len = unsafe { libc::recvmsg(socket.raw_fd(), &raw mut message, flags | libc::MSG_DONTWAIT) };
    let len = usize::try_from(len).ok()?;
    bytes.truncate(len);
    let (mut ttl, mut error) = (0, None);
    // SAFETY: the kernel has filled the control messages in, which these macros walk; what stands in each is what its kind says, and
    // behind an error the address of who told of it.
    unsafe {
        let mut header = libc::CMSG_FIRSTHDR(&message);
        while !header.is_null() {
            let data = libc::CMSG_DATA(header);
            match ((*header).cmsg_level, (*header).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_TTL) | (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT) => {
                    ttl = data.cast::<i32>().read_unaligned() as u8;
                }
                (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => {
                    let head = size_of::<libc::sock_extended_err>();
                    let what = data.cast::<libc::sock_extended_err>().read_unaligned();
                    let all = (*header).cmsg_len as usize - (data as usize - header as usize);
                    let by = std::slice::from_raw_parts(data.add(head), all.saturating_sub(head));
                    error = Some((told(by, socket.is_v6), of_message(&what)));
                }
                _ => {}
            }
            header = libc::CMSG_NXTHDR(&message, header);
        }
    }
    if socket.raw && !socket.is_v6 && flags == 0 {
        let words = usize::from(bytes.first()? & 0xF);
        ttl = *bytes.get(8)?;
        bytes.drain(..(words * 4).min(len));
    }
    Some(Received { from: told(&from, socket.is_v6), ttl, bytes, error })
}

/// What a message of ICMP says: in IPv4, type 3 is "not reached", 11 "on its way for too long"; in IPv6, 1 and 3.
fn of_message(told: &libc::sock_extended_err) -> u32 {
    const V4: u8 = libc::SO_EE_ORIGIN_ICMP;
    const V6: u8 = libc::SO_EE_ORIGIN_ICMP6;
    match (told.ee_origin, told.ee_type, told.ee_code) {
        (V4, 3, 0) | (V6, 1, 0) => DEST_NET_UNREACHABLE,
        // In IPv6 the number means that it is forbidden.
        (V4, 3, 2) | (V6, 1, 1) => DEST_PROT_UNREACHABLE,
        (V4, 3, 3) | (V6, 1, 4) => DEST_PORT_UNREACHABLE,
        (V4, 3, 4) | (V6, 2, _) => PACKET_TOO_BIG,
        (V4, 3, _) | (V6, 1, _) => DEST_HOST_UNREACHABLE,
        (V4, 11, 1) | (V6, 3, 1) => TTL_EXPIRED_REASSEM,
        (V4, 11, _) | (V6, 3, _) => TTL_EXPIRED_TRANSIT,
        _ => of_errno(told.ee_errno as i32),
    }
}
