//! `icmpapi.h`: echo requests, waited for or answered later by an event or an APC.
//!
//! Linux sends echoes for every user by sockets of their own (`net.ipv4.ping_group_range`), and for root by raw ones. Each request has a
//! socket, so answers cannot be mixed up; one that is answered later has a thread that waits for it.

use crate::callbacks::{inside, unwinding};
use crate::support::{
    Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, fail, guard, guard_bool, guard_or, set_last_error,
};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::thread::Apc;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::ffi::c_void;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// IP_STATUS of the answers.
const DEST_NET_UNREACHABLE: u32 = 11002;
const DEST_HOST_UNREACHABLE: u32 = 11003;
const DEST_PROT_UNREACHABLE: u32 = 11004;
const DEST_PORT_UNREACHABLE: u32 = 11005;
const PACKET_TOO_BIG: u32 = 11009;
const REQ_TIMED_OUT: u32 = 11010;
const TTL_EXPIRED_TRANSIT: u32 = 11013;
const GENERAL_FAILURE: u32 = 11050;
const FLAG_DONT_FRAGMENT: u8 = 2;

/// IP_OPTION_INFORMATION.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct IpOptions {
    ttl: u8,
    tos: u8,
    flags: u8,
    size: u8,
    data: *const u8,
}

/// ICMP_ECHO_REPLY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct EchoReply {
    address: u32,
    status: u32,
    round_trip: u32,
    data_size: u16,
    reserved: u16,
    data: usize,
    options: IpOptions,
}

const _: () = assert!(size_of::<IpOptions>() == 16 && size_of::<EchoReply>() == 40);

#[derive(Default)]
struct Files {
    open: HashSet<RawHandle>,
    last: usize,
}

static FILES: LazyLock<Mutex<Files>> = LazyLock::new(Mutex::default);

/// Above the handles of everything else, as nothing but these functions knows them.
const FIRST: RawHandle = 1 << 33;

/// IcmpCreateFile: -1 with 5 if the user may not send echoes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IcmpCreateFile() -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        drop(Socket::open()?);
        let mut files = FILES.lock();
        files.last += 4;
        let handle = FIRST + files.last;
        files.open.insert(handle);
        Ok(handle)
    })
}

/// IcmpCloseHandle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IcmpCloseHandle(handle: RawHandle) -> Bool {
    guard_bool(|| if FILES.lock().open.remove(&handle) { Ok(()) } else { Err(Win32Error::INVALID_HANDLE) })
}

/// A socket for one echo.
struct Socket {
    fd: OwnedFd,
    /// It shows the headers of IP, and all echoes of the machine.
    raw: bool,
}

impl Socket {
    fn open() -> Result<Self, Win32Error> {
        for (kind, raw) in [(libc::SOCK_DGRAM, false), (libc::SOCK_RAW, true)] {
            // SAFETY: asks for a new descriptor.
            let fd = unsafe { libc::socket(libc::AF_INET, kind | libc::SOCK_CLOEXEC, libc::IPPROTO_ICMP) };
            if fd >= 0 {
                // SAFETY: it was just made.
                return Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(fd) }, raw });
            }
        }
        Err(Win32Error::ACCESS_DENIED)
    }

    fn set(&self, option: libc::c_int, value: libc::c_int) {
        let len = size_of_val(&value) as libc::socklen_t;
        // SAFETY: a descriptor of ours, and a number of that size.
        unsafe { libc::setsockopt(self.fd.as_raw_fd(), libc::IPPROTO_IP, option, (&raw const value).cast(), len) };
    }
}

/// One echo.
struct Echo {
    target: u32,
    data: Vec<u8>,
    ttl: u8,
    tos: u8,
    keep_whole: bool,
    timeout: Duration,
}

/// What came of it: who answered, with what status, after how many milliseconds, and with which data.
struct Answer {
    address: u32,
    status: u32,
    ms: u32,
    ttl: u8,
    data: Vec<u8>,
}

const HEADER: usize = 8;

fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)])));
    let sum: u32 = words.sum();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    !((folded & 0xFFFF) + (folded >> 16)) as u16
}

impl Echo {
    fn packet(&self, id: u16, sequence: u16) -> Vec<u8> {
        let mut packet = vec![8, 0, 0, 0];
        packet.extend(id.to_be_bytes());
        packet.extend(sequence.to_be_bytes());
        packet.extend(&self.data);
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
        packet
    }

    /// Sends it and waits; `Err` is an IP_STATUS.
    fn run(&self) -> Result<Answer, u32> {
        use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
        static SEQUENCE: AtomicU16 = AtomicU16::new(0);
        let socket = Socket::open().map_err(|_| GENERAL_FAILURE)?;
        socket.set(libc::IP_RECVERR, 1);
        socket.set(libc::IP_RECVTTL, 1);
        if self.ttl != 0 {
            socket.set(libc::IP_TTL, self.ttl.into());
        }
        socket.set(libc::IP_TOS, self.tos.into());
        socket.set(libc::IP_MTU_DISCOVER, if self.keep_whole { libc::IP_PMTUDISC_DO } else { libc::IP_PMTUDISC_DONT });
        let (id, sequence) = (std::process::id() as u16, SEQUENCE.fetch_add(1, Relaxed));
        let packet = self.packet(id, sequence);
        let begin = Instant::now();
        let to = of_address(self.target);
        // SAFETY: a descriptor of ours, with bytes and an address of these sizes.
        let sent = unsafe {
            let len = size_of_val(&to) as libc::socklen_t;
            libc::sendto(socket.fd.as_raw_fd(), packet.as_ptr().cast(), packet.len(), 0, (&raw const to).cast(), len)
        };
        if sent < 0 {
            return Err(of_errno(last_errno()));
        }
        loop {
            let left = self.timeout.checked_sub(begin.elapsed()).ok_or(REQ_TIMED_OUT)?;
            let mut ready = [libc::pollfd { fd: socket.fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
            let ms = i32::try_from(left.as_millis()).unwrap_or(i32::MAX).saturating_add(1);
            // SAFETY: one structure of ours.
            let found = unsafe { libc::poll(ready.as_mut_ptr(), 1, ms) };
            if found <= 0 {
                continue;
            }
            let queued = ready[0].revents & libc::POLLERR != 0;
            let flags = if queued { libc::MSG_ERRQUEUE } else { 0 };
            let Some(received) = receive(&socket, flags) else { continue };
            let ms = begin.elapsed().as_millis().try_into().unwrap_or(u32::MAX);
            if let Some(error) = received.error {
                let Received { ttl, .. } = received;
                return Ok(Answer { address: error.0, status: error.1, ms, ttl, data: Vec::new() });
            }
            let is_answer = |packet: &[u8]| {
                packet.len() >= HEADER
                    && packet[0] == 0
                    && packet[6..8] == sequence.to_be_bytes()
                    // Linux has ids of its own for sockets that are for echoes only.
                    && (!socket.raw || packet[4..6] == id.to_be_bytes())
            };
            if is_answer(&received.bytes) {
                let Received { from, ttl, bytes, .. } = received;
                return Ok(Answer { address: from, status: 0, ms, ttl, data: bytes[HEADER..].to_vec() });
            }
        }
    }
}

fn of_address(address: u32) -> libc::sockaddr_in {
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut to: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    to.sin_family = libc::AF_INET as libc::sa_family_t;
    to.sin_addr.s_addr = address;
    to
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

/// What came in: who sent it, or whose message it was that something is not reached.
struct Received {
    from: u32,
    ttl: u8,
    bytes: Vec<u8>,
    error: Option<(u32, u32)>,
}

fn receive(socket: &Socket, flags: libc::c_int) -> Option<Received> {
    let mut bytes = vec![0u8; 0x1_0000];
    let mut control = [0u64; 64];
    let mut from = of_address(0);
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = (&raw mut from).cast();
    message.msg_namelen = size_of_val(&from) as libc::socklen_t;
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control) as _;
    // SAFETY: all that the message points to is ours and has the sizes that it says.
    let len = unsafe { libc::recvmsg(socket.fd.as_raw_fd(), &raw mut message, flags | libc::MSG_DONTWAIT) };
    let len = usize::try_from(len).ok()?;
    bytes.truncate(len);
    let (mut ttl, mut error) = (0, None);
    // SAFETY: the kernel has filled the control messages in, which these macros walk.
    unsafe {
        let mut header = libc::CMSG_FIRSTHDR(&message);
        while !header.is_null() {
            let data = libc::CMSG_DATA(header);
            match ((*header).cmsg_level, (*header).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_TTL) => ttl = data.cast::<i32>().read_unaligned() as u8,
                (libc::IPPROTO_IP, libc::IP_RECVERR) => {
                    let told = data.cast::<libc::sock_extended_err>().read_unaligned();
                    let by =
                        data.add(size_of::<libc::sock_extended_err>()).cast::<libc::sockaddr_in>().read_unaligned();
                    error = Some((by.sin_addr.s_addr, of_message(&told)));
                }
                _ => {}
            }
            header = libc::CMSG_NXTHDR(&message, header);
        }
    }
    if socket.raw && flags == 0 {
        let words = usize::from(bytes.first()? & 0xF);
        ttl = *bytes.get(8)?;
        bytes.drain(..(words * 4).min(len));
    }
    Some(Received { from: from.sin_addr.s_addr, ttl, bytes, error })
}

/// What a message of ICMP says: type 3 is "not reached", 11 "on its way for too long".
fn of_message(told: &libc::sock_extended_err) -> u32 {
    match (told.ee_origin, told.ee_type, told.ee_code) {
        (libc::SO_EE_ORIGIN_ICMP, 3, 0) => DEST_NET_UNREACHABLE,
        (libc::SO_EE_ORIGIN_ICMP, 3, 2) => DEST_PROT_UNREACHABLE,
        (libc::SO_EE_ORIGIN_ICMP, 3, 3) => DEST_PORT_UNREACHABLE,
        (libc::SO_EE_ORIGIN_ICMP, 3, 4) => PACKET_TOO_BIG,
        (libc::SO_EE_ORIGIN_ICMP, 3, _) => DEST_HOST_UNREACHABLE,
        (libc::SO_EE_ORIGIN_ICMP, 11, _) => TTL_EXPIRED_TRANSIT,
        _ => of_errno(told.ee_errno as i32),
    }
}

/// Where the answers go: the caller's buffer.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    len: usize,
}

impl Place {
    /// Puts the answer there, with its data behind it; 122 if there is no room.
    ///
    /// # Safety
    /// The buffer is writable for its length.
    unsafe fn put(self, echo: &Echo, outcome: Result<Answer, u32>) -> Result<u32, u32> {
        let answer = outcome?;
        let room = self.len.saturating_sub(size_of::<EchoReply>());
        if answer.data.len() > room {
            return Err(Win32Error::INSUFFICIENT_BUFFER.0);
        }
        let data = self.start + size_of::<EchoReply>();
        let reply = EchoReply {
            address: answer.address,
            status: answer.status,
            round_trip: answer.ms,
            data_size: answer.data.len() as u16,
            // How many answers there are, for IcmpParseReplies.
            reserved: 1,
            data,
            options: IpOptions { ttl: answer.ttl, tos: echo.tos, flags: 0, size: 0, data: std::ptr::null() },
        };
        // SAFETY: the caller's promise, and there is room for both.
        unsafe {
            (self.start as *mut EchoReply).write_unaligned(reply);
            std::ptr::copy_nonoverlapping(answer.data.as_ptr(), data as *mut u8, answer.data.len());
        }
        Ok(1)
    }

    /// Says that nobody has answered.
    ///
    /// # Safety
    /// As for [`Place::put`].
    unsafe fn fail(self, target: u32, status: u32) {
        let options = IpOptions { ttl: 0, tos: 0, flags: 0, size: 0, data: std::ptr::null() };
        let reply = EchoReply { address: target, status, round_trip: 0, data_size: 0, reserved: 0, data: 0, options };
        // SAFETY: the caller's promise; the length was looked at.
        unsafe { (self.start as *mut EchoReply).write_unaligned(reply) };
    }
}

/// PIO_APC_ROUTINE: the context, a status block, and nothing.
pub type ApcRoutine = Option<unsafe extern "C" fn(*mut c_void, *mut c_void, u32)>;

/// What the three functions have in common.
struct Request {
    file: RawHandle,
    event: RawHandle,
    routine: ApcRoutine,
    context: *mut c_void,
    target: u32,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
}

impl Request {
    unsafe fn echo(&self) -> Result<(Echo, Place), Win32Error> {
        if !FILES.lock().open.contains(&self.file) {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let place = Place { start: self.reply as usize, len: self.room as usize };
        if self.reply.is_null() || place.len < size_of::<EchoReply>() + HEADER {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        if self.target == 0 || self.timeout == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let (data, options) = unsafe {
            (crate::arguments::checked_input(self.data, self.size.into())?.to_vec(), self.options.as_ref().copied())
        };
        let (ttl, tos, flags) = options.map_or((0, 0, 0), |options| (options.ttl, options.tos, options.flags));
        let timeout = Duration::from_millis(self.timeout.into());
        let keep_whole = flags & FLAG_DONT_FRAGMENT != 0;
        Ok((Echo { target: self.target, data, ttl, tos, keep_whole, timeout }, place))
    }

    /// # Safety
    /// That of [`ovl_IcmpSendEcho2`].
    unsafe fn send(&self) -> u32 {
        // SAFETY: the caller's promise.
        let (echo, place) = match unsafe { self.echo() } {
            Ok(both) => both,
            Err(error) => return fail(error, 0),
        };
        if self.event == 0 && self.routine.is_none() {
            let outcome = overlapped_kernel::port::blocking(|| echo.run());
            // SAFETY: the caller's promise.
            return unsafe { place.put(&echo, outcome) }.unwrap_or_else(|status| {
                // SAFETY: the caller's promise.
                unsafe { place.fail(echo.target, status) };
                set_last_error(status);
                0
            });
        }
        // SAFETY: the caller's promise.
        match unsafe { self.send_later(echo, place) } {
            Ok(()) => fail(Win32Error::IO_PENDING, 0),
            Err(error) => fail(error, 0),
        }
    }

    unsafe fn send_later(&self, echo: Echo, place: Place) -> Result<(), Win32Error> {
        let event = event_of(self.event)?;
        let issuer = overlapped_kernel::thread::current();
        let context = self.context as usize;
        // SAFETY: the same function.
        let routine = self.routine.map(|routine| unsafe { unwinding!(routine, fn(*mut c_void, *mut c_void, u32)) });
        if let Some(event) = &event {
            event.reset();
        }
        let run = move || {
            let outcome = echo.run();
            // SAFETY: the caller leaves the buffer alone until it is told.
            let status = match unsafe { place.put(&echo, outcome) } {
                Ok(_) => Status::SUCCESS,
                Err(status) => {
                    // SAFETY: as above.
                    unsafe { place.fail(echo.target, status) };
                    Status::SUCCESS
                }
            };
            if let Some(routine) = routine {
                // The block of the request's outcome lives as long as the call.
                issuer.queue_apc(Apc::new(move || {
                    let mut block = [status.0 as usize, size_of::<EchoReply>()];
                    let at = block.as_mut_ptr().cast();
                    // SAFETY: the caller vouches for routine and context.
                    inside(|| unsafe { routine(context as *mut c_void, at, 0) });
                }));
            }
            if let Some(event) = event {
                event.set();
            }
        };
        let thread = std::thread::Builder::new().name("ovl-echo".into()).stack_size(256 * 1024);
        thread.spawn(run).map(drop).map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)
    }
}

/// IcmpSendEcho: how many answers there are; 0 with their status, 11010 if there was none in time.
///
/// # Safety
/// `data` is readable for `size` bytes, `options` NULL or valid, `reply` writable for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IcmpSendEcho(
    file: RawHandle,
    target: u32,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
) -> u32 {
    let context = std::ptr::null_mut();
    let request = Request { file, event: 0, routine: None, context, target, data, size, options, reply, room, timeout };
    // SAFETY: the caller's promise.
    guard(0, || unsafe { request.send() })
}

/// IcmpSendEcho2: with an event or a routine 0/997, and the answer comes by that.
///
/// # Safety
/// As for [`ovl_IcmpSendEcho`]; the reply's memory stays until the answer has come, and the routine may be called with the context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IcmpSendEcho2(
    file: RawHandle,
    event: RawHandle,
    routine: ApcRoutine,
    context: *mut c_void,
    target: u32,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
) -> u32 {
    let request = Request { file, event, routine, context, target, data, size, options, reply, room, timeout };
    // SAFETY: the caller's promise.
    guard(0, || unsafe { request.send() })
}

/// IcmpParseReplies: how many answers the buffer of an echo that was answered later has; 0 with the status of none.
///
/// # Safety
/// `reply` was filled in by an echo.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IcmpParseReplies(reply: *mut c_void, room: u32) -> u32 {
    guard(0, || {
        if reply.is_null() || (room as usize) < size_of::<EchoReply>() {
            return fail(Win32Error::INVALID_PARAMETER, 0);
        }
        // SAFETY: the caller's promise.
        let first = unsafe { reply.cast::<EchoReply>().read_unaligned() };
        if first.reserved == 0 {
            set_last_error(first.status);
        }
        first.reserved.into()
    })
}
