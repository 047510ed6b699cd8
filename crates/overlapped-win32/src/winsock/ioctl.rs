//! ioctlsocket and WSAIoctl (contract 08 sections 2, 6 and 8).

use super::layout::{SockaddrIn, SockaddrIn6};
use super::overlap::{Routine, answer, overlap};
use super::{
    Outcome, address, check_optional, check_readable, check_writable, extensions, host, message, socket, status,
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
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;

const SIO_BSP_HANDLE: u32 = 0x4800_001B;
const SIO_BSP_HANDLE_SELECT: u32 = 0x4800_001C;
const SIO_BSP_HANDLE_POLL: u32 = 0x4800_001D;
const SIO_FLUSH: u32 = 0x2800_0004;
const SIO_ROUTING_INTERFACE_QUERY: u32 = 0xC800_0014;
const SIO_ADDRESS_LIST_QUERY: u32 = 0x4800_0016;
const SIO_UDP_CONNRESET: u32 = 0x9800_000C;
const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;

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
}

impl Memory<'_> {
    /// A DWORD of the input; 10014 if it is shorter.
    fn number(&self, offset: usize) -> Outcome<u32> {
        let bytes = self.input.get(offset..).and_then(|rest| rest.first_chunk()).ok_or(WsaError::EFAULT)?;
        Ok(u32::from_ne_bytes(*bytes))
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

/// SOCKET_ADDRESS_LIST: a count, pointers with lengths, and behind them what they point to.
fn addresses(target: &Socket, memory: &mut Memory<'_>) -> Outcome<usize> {
    let all: Vec<Vec<u8>> = if target.family() == libc::AF_INET {
        let of = |address: &std::net::Ipv4Addr| {
            let address = u32::from_ne_bytes(address.octets());
            let address = SockaddrIn { family: AF_INET as u16, address, ..Default::default() };
            // SAFETY: plain data without padding.
            unsafe { std::slice::from_raw_parts((&raw const address).cast::<u8>(), size_of_val(&address)) }.to_vec()
        };
        host::own_addresses().iter().map(of).collect()
    } else {
        Vec::new()
    };
    let (entry, first) = (2 * size_of::<usize>(), size_of::<usize>());
    let mut next = first + entry * all.len();
    let needed = next + all.len() * size_of::<SockaddrIn6>();
    if memory.output.len() < needed {
        return Err(WsaError::EFAULT);
    }
    let base = memory.output.as_ptr() as usize;
    memory.output[..4].copy_from_slice(&(all.len() as u32).to_ne_bytes());
    for (index, address) in all.iter().enumerate() {
        let at = first + index * entry;
        memory.output[at..at + 8].copy_from_slice(&(base + next).to_ne_bytes());
        memory.output[at + 8..at + 12].copy_from_slice(&(address.len() as u32).to_ne_bytes());
        memory.output[next..next + address.len()].copy_from_slice(address);
        next += size_of::<SockaddrIn6>();
    }
    Ok(needed)
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
        let mut memory = Memory { input: unsafe { crate::arguments::input(input, input_len) }, output };
        let done = match NonNull::new(overlapped) {
            None => control(raw, &target, code, &mut memory)?,
            Some(overlapped) => {
                // SAFETY: the caller's promise.
                let how = unsafe { overlap(overlapped, routine) }?;
                let done = control(raw, &target, code, &mut memory)?;
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
