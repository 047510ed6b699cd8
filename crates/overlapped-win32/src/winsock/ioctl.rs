//! ioctlsocket and WSAIoctl (contract 08 sections 2, 6 and 8).

use super::interfaces::{self, Interface};
use super::layout::{SockaddrIn, SockaddrIn6};
use super::overlap::{Routine, answer, given, overlap};
use super::{
    Outcome, address, check_optional, check_readable, check_writable, extensions, message, rio, socket, status,
    transmit,
};
use crate::support::RawHandle;
use overlapped_abi::constants::socket::{
    AF_INET, FIONBIO, FIONREAD, SIO_BASE_HANDLE, SIO_GET_EXTENSION_FUNCTION_POINTER, SIO_KEEPALIVE_VALS, SIOCATMARK,
    WSAID_ACCEPTEX, WSAID_CONNECTEX, WSAID_DISCONNECTEX, WSAID_GETACCEPTEXSOCKADDRS, WSAID_TRANSMITFILE,
    WSAID_TRANSMITPACKETS, WSAID_WSARECVMSG, WSAID_WSASENDMSG,
};
use overlapped_abi::{Guid, Overlapped, WsaError};
use overlapped_devices::socket::{self as device, Address, NewSocket, Overlap, Socket};
use overlapped_kernel::request::{Buffer, Completion, Function, Position};
use overlapped_kernel::road::{Call, Reply};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

const SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER: u32 = 0xC800_0024;
/// The GUID of registered I/O, as it stands in memory.
const WSAID_MULTIPLE_RIO: [u8; 16] =
    [0x81, 0xE0, 0x09, 0x85, 0xDD, 0x96, 0x05, 0x40, 0xB1, 0x65, 0x9E, 0x2E, 0xE8, 0xC7, 0x9E, 0x3F];
const SIO_BSP_HANDLE: u32 = 0x4800_001B;
const SIO_BSP_HANDLE_SELECT: u32 = 0x4800_001C;
const SIO_BSP_HANDLE_POLL: u32 = 0x4800_001D;
const SIO_FLUSH: u32 = 0x2800_0004;
const SIO_ROUTING_INTERFACE_QUERY: u32 = 0xC800_0014;
const SIO_ADDRESS_LIST_QUERY: u32 = 0x4800_0016;
const SIO_UDP_CONNRESET: u32 = 0x9800_000C;
const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;
const SIO_ENABLE_CIRCULAR_QUEUEING: u32 = 0x2800_0002;
const SIO_GET_BROADCAST_ADDRESS: u32 = 0x4800_0005;
const SIO_MULTIPOINT_LOOPBACK: u32 = 0x8800_0009;
const SIO_MULTICAST_SCOPE: u32 = 0x8800_000A;
const SIO_UDP_NETRESET: u32 = 0x9800_000F;
const SIO_SET_COMPATIBILITY_MODE: u32 = 0x9800_012C;
const SIO_AF_UNIX_GETPEERPID: u32 = 0x5800_0100;
const SIO_GET_INTERFACE_LIST: u32 = 0x4004_747F;
const SIO_IDEAL_SEND_BACKLOG_QUERY: u32 = 0x4004_747B;

/// ioctlsocket: 10014 for NULL, 10045 for a command that is not known.
///
/// # Safety
/// `value` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ioctlsocket(raw: RawHandle, command: i32, value: *mut u32) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        check_writable(value, size_of::<u32>())?;
        // SAFETY: writable, as was just seen.
        let value = unsafe { value.as_mut() }.ok_or(WsaError::EFAULT)?;
        match command as u32 {
            FIONBIO => socket.set_nonblocking(*value != 0)?,
            FIONREAD => *value = socket.readable_bytes()?,
            SIOCATMARK => *value = u32::from(socket.at_mark()?),
            _ => return Err(WsaError::EOPNOTSUPP),
        }
        Ok(())
    })
}

/// What goes in and where the answer goes.
struct Memory<'a> {
    input: &'a [u8],
    output: &'a mut [u8],
    /// What the answer takes, if there was no room for it.
    lacking: usize,
}

impl Memory<'_> {
    /// A DWORD of the input; 10014 if it is shorter.
    fn number(&self, offset: usize) -> Outcome<u32> {
        let bytes = self.input.get(offset..).and_then(|rest| rest.first_chunk()).ok_or(WsaError::EFAULT)?;
        Ok(u32::from_ne_bytes(*bytes))
    }

    /// Room for an answer of this length; 10014 if there is less, and the caller is told how much it takes.
    fn room(&mut self, len: usize) -> Outcome<&mut [u8]> {
        self.lacking = len;
        self.output.get_mut(..len).ok_or(WsaError::EFAULT)
    }

    /// Puts the answer there; 10014 if there is no room. How long it is.
    fn put(&mut self, bytes: &[u8]) -> Outcome<usize> {
        self.output.get_mut(..bytes.len()).ok_or(WsaError::EFAULT)?.copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

/// The extension functions; 10022 for one that is not known.
fn extension(memory: &Memory<'_>) -> Outcome<usize> {
    let bytes = memory.input.get(..size_of::<Guid>()).ok_or(WsaError::EFAULT)?;
    let mut data4 = [0; 8];
    data4.copy_from_slice(&bytes[8..]);
    let wanted = Guid {
        data1: memory.number(0)?,
        data2: u16::from_ne_bytes([bytes[4], bytes[5]]),
        data3: u16::from_ne_bytes([bytes[6], bytes[7]]),
        data4,
    };
    let known = [
        (WSAID_ACCEPTEX, extensions::ovl_AcceptEx as *const c_void),
        (WSAID_CONNECTEX, extensions::ovl_ConnectEx as *const c_void),
        (WSAID_DISCONNECTEX, extensions::ovl_DisconnectEx as *const c_void),
        (WSAID_GETACCEPTEXSOCKADDRS, extensions::ovl_GetAcceptExSockaddrs as *const c_void),
        (WSAID_TRANSMITFILE, transmit::ovl_TransmitFile as *const c_void),
        (WSAID_TRANSMITPACKETS, transmit::ovl_TransmitPackets as *const c_void),
        (WSAID_WSARECVMSG, message::ovl_WSARecvMsg as *const c_void),
        (WSAID_WSASENDMSG, message::ovl_WSASendMsg as *const c_void),
    ];
    known.iter().find(|(id, _)| *id == wanted).map(|(_, function)| *function as usize).ok_or(WsaError::EINVAL)
}

/// Which of our addresses a datagram to that one would come from.
fn route(memory: &mut Memory<'_>) -> Outcome<usize> {
    // SAFETY: the input is readable for its length.
    let to = unsafe { socket::given(memory.input.as_ptr().cast(), memory.input.len() as i32) }?;
    let system = socket::system_of_sockets()?;
    let new = NewSocket { family: to.family(), kind: libc::SOCK_DGRAM, protocol: 0, overlapped: true };
    let (handle, probe) = device::create(system, new)?;
    // To the discard port: nothing is sent.
    let found =
        with_port(&to).map_or(Err(WsaError::EFAULT), |to| probe.connect(&to)).and_then(|()| probe.local_address());
    device::close(system, handle)?;
    let mut bytes = address::windows_bytes(found?.as_bytes());
    bytes[2..4].fill(0);
    memory.put(&bytes)
}

/// The address with a port, which connect wants.
fn with_port(address: &Address) -> Option<Address> {
    let mut bytes = address.as_bytes().to_vec();
    bytes.get_mut(2..4)?.copy_from_slice(&9u16.to_be_bytes());
    Address::new(&bytes)
}

/// SOCKET_ADDRESS_LIST: a count, pointers with lengths, and behind them what they point to. That of the loopback only if there is no
/// other.
fn addresses(target: &Socket, memory: &mut Memory<'_>) -> Outcome<usize> {
    let family = target.family();
    let all =
        if family == libc::AF_INET || family == libc::AF_INET6 { interfaces::of_family(family) } else { Vec::new() };
    let lonely = family == libc::AF_INET && all.iter().all(Interface::is_loopback);
    let all: Vec<_> = all.iter().filter(|one| lonely || !one.is_loopback()).map(|one| &one.address).collect();
    let (entry, first) = (2 * size_of::<usize>(), size_of::<usize>());
    let mut next = first + entry * all.len();
    let room = memory.room(next + all.len() * size_of::<SockaddrIn6>())?;
    let base = room.as_ptr() as usize;
    room[..4].copy_from_slice(&(all.len() as u32).to_ne_bytes());
    for (index, address) in all.iter().enumerate() {
        let at = first + index * entry;
        room[at..at + 8].copy_from_slice(&(base + next).to_ne_bytes());
        room[at + 8..at + 12].copy_from_slice(&(address.len() as u32).to_ne_bytes());
        room[next..next + address.len()].copy_from_slice(address);
        next += size_of::<SockaddrIn6>();
    }
    Ok(room.len())
}

/// `sockaddr_gen`, which INTERFACE_INFO is made of.
const GENERAL: usize = 24;

/// INTERFACE_INFO of each address of IPv4: flags, address, broadcast address, mask.
fn interface_list(memory: &mut Memory<'_>) -> Outcome<usize> {
    let all = interfaces::of_family(libc::AF_INET);
    let size = size_of::<u32>() + 3 * GENERAL;
    let room = memory.room(size * all.len())?;
    room.fill(0);
    for (place, one) in room.chunks_mut(size).zip(&all) {
        let (flags, addresses) = place.split_at_mut(size_of::<u32>());
        flags.copy_from_slice(&one.flags.to_ne_bytes());
        for (to, from) in addresses.chunks_mut(GENERAL).zip([&one.address, &everybody(), &one.netmask]) {
            to[..from.len()].copy_from_slice(from);
        }
    }
    Ok(room.len())
}

/// Whom a broadcast goes to: 255.255.255.255.
fn everybody() -> Vec<u8> {
    let mut address = vec![0; size_of::<SockaddrIn>()];
    address[..2].copy_from_slice(&(AF_INET as u16).to_ne_bytes());
    address[4..8].fill(255);
    address
}

/// A number that is an option of multicasts too: those of IPv4 and IPv6.
fn multicast(target: &Socket, memory: &Memory<'_>, v4: i32, v6: i32) -> Outcome<usize> {
    let value = memory.number(0)?.to_ne_bytes();
    let (level, name) = match target.family() {
        libc::AF_INET => (libc::IPPROTO_IP, v4),
        libc::AF_INET6 => (libc::IPPROTO_IPV6, v6),
        _ => return Err(WsaError::EOPNOTSUPP),
    };
    target.set_option(level, name, &value).map(|()| 0)
}

/// The process at the other end of a local connection.
fn peer_process(target: &Socket, memory: &mut Memory<'_>) -> Outcome<usize> {
    target.peer_address()?;
    // The process' number is the first of three.
    let mut credentials = [0; size_of::<libc::ucred>()];
    target.option(libc::SOL_SOCKET, libc::SO_PEERCRED, &mut credentials)?;
    memory.put(&credentials[..size_of::<u32>()])
}

/// What the control does; bytes of its answer.
fn control(raw: RawHandle, target: &Socket, code: u32, memory: &mut Memory<'_>) -> Outcome<usize> {
    match code {
        FIONBIO => target.set_nonblocking(memory.number(0)? != 0).map(|()| 0),
        FIONREAD => memory.put(&target.readable_bytes()?.to_ne_bytes()),
        SIOCATMARK => memory.put(&u32::from(target.at_mark()?).to_ne_bytes()),
        SIO_GET_EXTENSION_FUNCTION_POINTER => {
            let function = extension(memory)?;
            memory.put(&function.to_ne_bytes())
        }
        SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER => {
            if memory.input.get(..size_of::<Guid>()) != Some(&WSAID_MULTIPLE_RIO[..]) {
                return Err(WsaError::EINVAL);
            }
            let table: Vec<u8> = rio::table().iter().flat_map(|word| word.to_ne_bytes()).collect();
            memory.put(&table)
        }
        SIO_KEEPALIVE_VALS => {
            let (on, time, interval) = (memory.number(0)? != 0, memory.number(4)?, memory.number(8)?);
            target.set_keepalive(on, time, interval).map(|()| 0)
        }
        SIO_BASE_HANDLE | SIO_BSP_HANDLE | SIO_BSP_HANDLE_SELECT | SIO_BSP_HANDLE_POLL => {
            memory.put(&raw.to_ne_bytes())
        }
        SIO_UDP_CONNRESET => target.set_told_of_unreachable(memory.number(0)? != 0).map(|()| 0),
        SIO_ROUTING_INTERFACE_QUERY => route(memory),
        SIO_ADDRESS_LIST_QUERY => addresses(target, memory),
        SIO_GET_INTERFACE_LIST => interface_list(memory),
        SIO_GET_BROADCAST_ADDRESS if target.family() == libc::AF_INET => memory.put(&everybody()),
        SIO_MULTIPOINT_LOOPBACK => multicast(target, memory, libc::IP_MULTICAST_LOOP, libc::IPV6_MULTICAST_LOOP),
        SIO_MULTICAST_SCOPE => multicast(target, memory, libc::IP_MULTICAST_TTL, libc::IPV6_MULTICAST_HOPS),
        SIO_IDEAL_SEND_BACKLOG_QUERY if target.is_stream() => {
            target.peer_address()?;
            memory.put(&target.send_buffer()?.to_ne_bytes())
        }
        // Datagrams whose time to live was over are never told of.
        SIO_UDP_NETRESET | SIO_ENABLE_CIRCULAR_QUEUEING if !target.is_stream() => Ok(0),
        SIO_AF_UNIX_GETPEERPID if target.family() == libc::AF_UNIX => peer_process(target, memory),
        SIO_SET_COMPATIBILITY_MODE => memory.number(4).map(|_| 0),
        // There is nothing between us and Linux that keeps data, and the loopback has no slow path.
        SIO_FLUSH | SIO_LOOPBACK_FAST_PATH => Ok(0),
        _ => Err(WsaError::EOPNOTSUPP),
    }
}

/// WSAIoctl: 10014 without a place for the count, unless there is a routine. An overlapped control is done at once, and everybody
/// is told.
///
/// # Safety
/// The pointers are NULL or valid for their lengths; the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAIoctl(
    raw: RawHandle,
    code: u32,
    input: *const c_void,
    input_len: u32,
    output: *mut c_void,
    output_len: u32,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    status(|| {
        let target = socket::of(raw)?;
        if bytes.is_null() && routine.is_none() {
            return Err(WsaError::EFAULT);
        }
        check_optional(bytes)?;
        if !input.is_null() {
            check_readable(input, input_len as usize)?;
        }
        if !output.is_null() {
            check_writable(output, output_len as usize)?;
        }
        let output: &mut [u8] = match output.is_null() {
            true => &mut [],
            // SAFETY: not NULL, and the caller vouches for it.
            false => unsafe { std::slice::from_raw_parts_mut(output.cast(), output_len as usize) },
        };
        // SAFETY: the caller's promise.
        let mut memory = Memory { input: unsafe { crate::arguments::input(input, input_len) }, output, lacking: 0 };
        let answered = |memory: &mut Memory<'_>| {
            control(raw, &target, code, memory).inspect_err(|_| {
                // SAFETY: NULL or writable, as was just seen.
                if let Some(count) = unsafe { bytes.as_mut() }.filter(|_| memory.lacking > 0) {
                    *count = memory.lacking as u32;
                }
            })
        };
        let done = match given(overlapped)? {
            None => answered(&mut memory)?,
            // Routines and ports exclude each other (contract 08 section 4).
            Some(_) if routine.is_some() && target.instance().is_associated() => return Err(WsaError::EINVAL),
            Some(overlapped) => {
                // SAFETY: the caller's promise.
                let how = unsafe { overlap(overlapped, routine) }?;
                let done = answered(&mut memory)?;
                // SAFETY: the caller's promise.
                unsafe { tell(&target, how, done) }?
            }
        };
        // SAFETY: the caller's promise.
        if let Some(count) = unsafe { bytes.as_mut() } {
            *count = done as u32;
        }
        Ok(())
    })
}

/// Tells everybody of a control that is done.
///
/// # Safety
/// The OVERLAPPED is valid until completion.
unsafe fn tell(target: &Socket, how: Overlap, done: usize) -> Outcome<usize> {
    let Overlap { route, overlapped, payload, report } = how;
    let call = Call {
        function: Function::Control,
        position: Position::At(0),
        buffer: Buffer { start: null_mut(), len: 0 },
        route,
        overlapped,
        payload,
        report,
    };
    // SAFETY: the caller's promise; there is no buffer.
    let reply = unsafe { Arc::clone(target.instance()).call_at_once(call, || Ok(Completion::success(done))) };
    let issued = match reply {
        Ok(Reply::Done(request, completion)) => Ok(device::Issued::Done(request, completion)),
        Ok(Reply::Pending(request)) => Ok(device::Issued::Pending(request)),
        Err(refused) => return Err(WsaError(refused.error.0)),
    };
    answer(issued).map(|(_, bytes)| bytes)
}
