//! `icmpapi.h`: echo requests, waited for or answered later by an event or an APC.
//!
//! Each request has a socket (`echo`), so answers cannot be mixed up; one that is answered later has a thread that waits for it. A handle
//! that closes ends its requests: from then on nobody writes to their buffers.

mod echo;

use crate::callbacks::{inside, unwinding};
use crate::support::{
    Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, fail, guard, guard_bool, guard_or, set_last_error,
};
use echo::{Answer, Echo, Failure, Socket};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::thread::Apc;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, eventfd};
use std::collections::HashMap;
use std::ffi::c_void;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// IP_STATUS of the answers.
const BUF_TOO_SMALL: u32 = 11001;
const DEST_NET_UNREACHABLE: u32 = 11002;
const DEST_HOST_UNREACHABLE: u32 = 11003;
const DEST_PROT_UNREACHABLE: u32 = 11004;
const DEST_PORT_UNREACHABLE: u32 = 11005;
const PACKET_TOO_BIG: u32 = 11009;
const REQ_TIMED_OUT: u32 = 11010;
const TTL_EXPIRED_TRANSIT: u32 = 11013;
const TTL_EXPIRED_REASSEM: u32 = 11014;
const GENERAL_FAILURE: u32 = 11050;
const FLAG_DONT_FRAGMENT: u8 = 2;
/// ERROR_INVALID_NETNAME: no address of a computer.
const NO_TARGET: Win32Error = Win32Error(1214);
const FAMILY_V6: u16 = 23;

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
    /// How many answers there are, for IcmpParseReplies.
    reserved: u16,
    data: usize,
    options: IpOptions,
}

/// IPV6_ADDRESS_EX.
#[repr(C, packed)]
#[derive(Clone, Copy, Debug)]
pub struct AddressEx {
    port: u16,
    flow: u32,
    address: [u8; 16],
    scope: u32,
}

/// ICMPV6_ECHO_REPLY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct EchoReply6 {
    address: AddressEx,
    status: u32,
    round_trip: u32,
}

/// SOCKADDR_IN6 of Windows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SocketAddress6 {
    family: u16,
    port: u16,
    flow: u32,
    address: [u8; 16],
    scope: u32,
}

const _: () = assert!(size_of::<IpOptions>() == 16 && size_of::<EchoReply>() == 40);
const _: () = assert!(size_of::<AddressEx>() == 26 && size_of::<EchoReply6>() == 36);
const _: () = assert!(size_of::<SocketAddress6>() == 28);

/// What IcmpCreateFile makes.
struct File {
    is_v6: bool,
    /// No buffer is written to once this is true.
    closed: Mutex<bool>,
    /// Can be read then.
    bell: OwnedFd,
}

#[derive(Default)]
struct Files {
    open: HashMap<RawHandle, Arc<File>>,
    last: usize,
}

static FILES: LazyLock<Mutex<Files>> = LazyLock::new(Mutex::default);

/// Above the handles of everything else, as nothing but these functions knows them.
const FIRST: RawHandle = 1 << 33;

fn create(is_v6: bool) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        drop(Socket::open(is_v6)?);
        let bell = eventfd(0, EventfdFlags::CLOEXEC).map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        let mut files = FILES.lock();
        files.last += 4;
        let handle = FIRST + files.last;
        files.open.insert(handle, Arc::new(File { is_v6, closed: Mutex::new(false), bell }));
        Ok(handle)
    })
}

/// IcmpCreateFile: -1 with 5 if the user may not send echoes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IcmpCreateFile() -> RawHandle {
    create(false)
}

/// Icmp6CreateFile: the same for IPv6.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Icmp6CreateFile() -> RawHandle {
    create(true)
}

/// IcmpCloseHandle: requests that are not answered yet end with STATUS_CANCELLED, and their buffers are the caller's again.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IcmpCloseHandle(handle: RawHandle) -> Bool {
    guard_bool(|| {
        let file = FILES.lock().open.remove(&handle).ok_or(Win32Error::INVALID_HANDLE)?;
        *file.closed.lock() = true;
        // The counter has room for it.
        let _ = rustix::io::write(&file.bell, &1u64.to_ne_bytes());
        Ok(())
    })
}

/// Where the answers go: the caller's buffer.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    len: usize,
    is_v6: bool,
}

/// What was written: how many answers, in how many bytes, and the last error if that is none.
struct Written {
    answers: u32,
    bytes: usize,
    error: u32,
    status: Status,
}

impl Place {
    fn head(self) -> usize {
        if self.is_v6 { size_of::<EchoReply6>() } else { size_of::<EchoReply>() }
    }

    /// Puts the answer there, with its data behind it, or why there is none.
    ///
    /// # Safety
    /// The buffer is writable for its length, which is enough for an answer without data.
    unsafe fn put(self, file: &File, echo: &Echo, outcome: Result<Answer, Failure>) -> Written {
        let closed = file.closed.lock();
        let outcome = match outcome {
            _ if *closed => Err(Failure::Cancelled),
            Ok(answer) if answer.data.len() > self.len - self.head() => Err(Failure::Status(BUF_TOO_SMALL)),
            outcome => outcome,
        };
        match outcome {
            Ok(answer) => {
                let count = 1;
                // SAFETY: the caller's promise, and there is room for both.
                unsafe {
                    self.write(&answer, echo.tos, count);
                    let data = (self.start + self.head()) as *mut u8;
                    std::ptr::copy_nonoverlapping(answer.data.as_ptr(), data, answer.data.len());
                }
                let bytes = self.head() + answer.data.len();
                Written { answers: count.into(), bytes, error: 0, status: Status::SUCCESS }
            }
            Err(Failure::Status(status)) => {
                let nobody = SocketAddr::new(if self.is_v6 { [0; 16].into() } else { echo.target.ip() }, 0);
                let answer = Answer { from: nobody, status, ms: 0, ttl: 0, data: Vec::new() };
                // SAFETY: the caller's promise.
                unsafe { self.write(&answer, 0, 0) };
                Written { answers: 0, bytes: self.head(), error: status, status: of_ip_status(status) }
            }
            Err(Failure::Cancelled) => {
                let error = Win32Error::OPERATION_ABORTED.0;
                Written { answers: 0, bytes: 0, error, status: Status::CANCELLED }
            }
        }
    }

    /// # Safety
    /// That of [`Place::put`].
    unsafe fn write(self, answer: &Answer, tos: u8, count: u16) {
        let data = self.start + self.head();
        let options = IpOptions { ttl: answer.ttl, tos, flags: 0, size: 0, data: std::ptr::null() };
        match answer.from {
            SocketAddr::V6(from) => {
                let (flow, scope) = (0, from.scope_id());
                let address = AddressEx { port: 0, flow, address: from.ip().octets(), scope };
                let reply = EchoReply6 { address, status: answer.status, round_trip: answer.ms };
                // SAFETY: the caller's promise.
                unsafe { (self.start as *mut EchoReply6).write_unaligned(reply) };
            }
            SocketAddr::V4(from) => {
                let reply = EchoReply {
                    address: u32::from_ne_bytes(from.ip().octets()),
                    status: answer.status,
                    round_trip: answer.ms,
                    data_size: answer.data.len() as u16,
                    reserved: count,
                    data: if count == 0 { 0 } else { data },
                    options,
                };
                // SAFETY: as above.
                unsafe { (self.start as *mut EchoReply).write_unaligned(reply) };
            }
        }
    }
}

/// What the status block of a request that nobody has answered says.
fn of_ip_status(status: u32) -> Status {
    match status {
        REQ_TIMED_OUT => Status::IO_TIMEOUT,
        BUF_TOO_SMALL => Status::BUFFER_TOO_SMALL,
        DEST_NET_UNREACHABLE => Status::NETWORK_UNREACHABLE,
        DEST_HOST_UNREACHABLE => Status::HOST_UNREACHABLE,
        DEST_PROT_UNREACHABLE => Status::PROTOCOL_UNREACHABLE,
        DEST_PORT_UNREACHABLE => Status::PORT_UNREACHABLE,
        PACKET_TOO_BIG => Status::INVALID_BUFFER_SIZE,
        _ => Status::UNSUCCESSFUL,
    }
}

/// PIO_APC_ROUTINE: the context, a status block, and nothing.
pub type ApcRoutine = Option<unsafe extern "C" fn(*mut c_void, *mut c_void, u32)>;

/// What the functions have in common.
struct Request {
    file: RawHandle,
    event: RawHandle,
    routine: ApcRoutine,
    context: *mut c_void,
    source: Option<SocketAddr>,
    target: SocketAddr,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
}

impl Request {
    unsafe fn echo(&self) -> Result<(Arc<File>, Echo, Place), Win32Error> {
        let file = FILES.lock().open.get(&self.file).map(Arc::clone).ok_or(Win32Error::INVALID_HANDLE)?;
        if file.is_v6 != self.target.is_ipv6() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        if self.reply.is_null() || self.room == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let place = Place { start: self.reply as usize, len: self.room as usize, is_v6: file.is_v6 };
        if place.len < place.head() + usize::from(self.size) {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        if !crate::probe::writable(place.start, place.len) {
            return Err(Win32Error::NOACCESS);
        }
        if self.target.ip().is_unspecified() {
            return Err(NO_TARGET);
        }
        // SAFETY: the caller's promise.
        let (data, options) = unsafe {
            (crate::arguments::checked_input(self.data, self.size.into())?.to_vec(), self.options.as_ref().copied())
        };
        let (ttl, tos, flags) = options.map_or((0, 0, 0), |options| (options.ttl, options.tos, options.flags));
        let timeout = Duration::from_millis(self.timeout.into());
        let keep_whole = flags & FLAG_DONT_FRAGMENT != 0;
        let (target, source) = (self.target, self.source.filter(|source| !source.ip().is_unspecified()));
        Ok((file, Echo { target, source, data, ttl, tos, keep_whole, timeout }, place))
    }

    /// # Safety
    /// That of [`ovl_IcmpSendEcho2`].
    unsafe fn send(&self) -> u32 {
        // SAFETY: the caller's promise.
        let (file, echo, place) = match unsafe { self.echo() } {
            Ok(all) => all,
            Err(error) => return fail(error, 0),
        };
        if self.event == 0 && self.routine.is_none() {
            let outcome = overlapped_kernel::port::blocking(|| echo.run(file.bell.as_fd()));
            // SAFETY: the caller's promise, and the room was looked at.
            let written = unsafe { place.put(&file, &echo, outcome) };
            if written.answers == 0 {
                set_last_error(written.error);
            }
            return written.answers;
        }
        // SAFETY: the caller's promise.
        match unsafe { self.send_later(file, echo, place) } {
            Ok(()) => fail(Win32Error::IO_PENDING, 0),
            Err(error) => fail(error, 0),
        }
    }

    unsafe fn send_later(&self, file: Arc<File>, echo: Echo, place: Place) -> Result<(), Win32Error> {
        let event = event_of(self.event)?;
        let issuer = overlapped_kernel::thread::current();
        let context = self.context as usize;
        // SAFETY: the same function.
        let routine = self.routine.map(|routine| unsafe { unwinding!(routine, fn(*mut c_void, *mut c_void, u32)) });
        if let Some(event) = &event {
            event.reset();
        }
        let run = move || {
            let outcome = echo.run(file.bell.as_fd());
            // SAFETY: the caller leaves the buffer alone until it is told or has closed the handle, and the room was looked at.
            let Written { bytes, status, .. } = unsafe { place.put(&file, &echo, outcome) };
            if let Some(routine) = routine {
                // The block of the request's outcome lives as long as the call.
                issuer.queue_apc(Apc::new(move || {
                    let mut block = [status.0 as usize, bytes];
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

/// An address of IPv4 as it stands in memory.
fn v4(address: u32) -> SocketAddr {
    SocketAddr::new(IpAddr::from(address.to_ne_bytes()), 0)
}

/// # Safety
/// `address` is NULL or valid.
unsafe fn v6(address: *const SocketAddress6) -> Option<SocketAddr> {
    // SAFETY: the caller's promise.
    let address = unsafe { address.as_ref() }.filter(|address| address.family == FAMILY_V6)?;
    Some(SocketAddr::V6(SocketAddrV6::new(address.address.into(), 0, 0, address.scope)))
}

/// IcmpSendEcho: how many answers there are; 0 with their status, 11010 if there was none in time. 6 for another handle, 122 for a buffer that
/// is too small for an answer with the data, 1214 for the address 0.0.0.0, 87 for no buffer.
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
    // SAFETY: the caller's promise.
    unsafe { ovl_IcmpSendEcho2(file, 0, None, std::ptr::null_mut(), target, data, size, options, reply, room, timeout) }
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
    // SAFETY: the caller's promise.
    unsafe { ovl_IcmpSendEcho2Ex(file, event, routine, context, 0, target, data, size, options, reply, room, timeout) }
}

/// IcmpSendEcho2Ex: IcmpSendEcho2 from an address of this computer; 0.0.0.0 leaves it to the system.
///
/// # Safety
/// As for [`ovl_IcmpSendEcho2`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IcmpSendEcho2Ex(
    file: RawHandle,
    event: RawHandle,
    routine: ApcRoutine,
    context: *mut c_void,
    source: u32,
    target: u32,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
) -> u32 {
    let (source, target) = (Some(v4(source)), v4(target));
    let request = Request { file, event, routine, context, source, target, data, size, options, reply, room, timeout };
    // SAFETY: the caller's promise.
    guard(0, || unsafe { request.send() })
}

/// Icmp6SendEcho2: IcmpSendEcho2Ex of IPv6; the answer is an ICMPV6_ECHO_REPLY with the data behind it. 87 for what is no address of IPv6.
///
/// # Safety
/// As for [`ovl_IcmpSendEcho2`]; `source` is NULL or valid, and so is `target`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Icmp6SendEcho2(
    file: RawHandle,
    event: RawHandle,
    routine: ApcRoutine,
    context: *mut c_void,
    source: *const SocketAddress6,
    target: *const SocketAddress6,
    data: *const c_void,
    size: u16,
    options: *const IpOptions,
    reply: *mut c_void,
    room: u32,
    timeout: u32,
) -> u32 {
    guard(0, || {
        // SAFETY: the caller's promise.
        let (source, target) = unsafe { (v6(source), v6(target)) };
        let Some(target) = target else { return fail(Win32Error::INVALID_PARAMETER, 0) };
        let request =
            Request { file, event, routine, context, source, target, data, size, options, reply, room, timeout };
        // SAFETY: the caller's promise.
        unsafe { request.send() }
    })
}

/// IcmpParseReplies: how many answers the buffer of an echo that was answered later has; 0 with the status of none, 31 for no buffer.
///
/// # Safety
/// `reply` was filled in by an echo.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IcmpParseReplies(reply: *mut c_void, room: u32) -> u32 {
    guard(0, || {
        if reply.is_null() || (room as usize) < size_of::<EchoReply>() {
            return fail(Win32Error::GEN_FAILURE, 0);
        }
        // SAFETY: the caller's promise.
        let first = unsafe { reply.cast::<EchoReply>().read_unaligned() };
        if first.reserved == 0 {
            set_last_error(first.status);
        }
        first.reserved.into()
    })
}

/// Icmp6ParseReplies: the same for IPv6, where an answer is one that somebody has given.
///
/// # Safety
/// As for [`ovl_IcmpParseReplies`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Icmp6ParseReplies(reply: *mut c_void, room: u32) -> u32 {
    guard(0, || {
        if reply.is_null() || (room as usize) < size_of::<EchoReply6>() {
            return fail(Win32Error::GEN_FAILURE, 0);
        }
        // SAFETY: the caller's promise.
        let first = unsafe { reply.cast::<EchoReply6>().read_unaligned() };
        let answers = u32::from({ first.address.address } != [0; 16]);
        if answers == 0 {
            set_last_error(first.status);
        }
        answers
    })
}
