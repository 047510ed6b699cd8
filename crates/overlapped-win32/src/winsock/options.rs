//! setsockopt and getsockopt (contract 08 section 10): Windows' levels, names and values for the options of the devices.
//!
//! Most options are a number or a truth value that Linux knows under another name (`TABLE`); the others are spelt out.

use super::{
    Outcome, address, call, check_readable, check_writable, numbers, option_values, protocols, socket, status,
};
use crate::support::{RawHandle, handle};
use overlapped_abi::constants::socket as abi;
use overlapped_abi::{Linger, WsaError};
use overlapped_devices::socket::{Address, Socket};
use overlapped_kernel::handle::HandleFlags;
use std::cell::Cell;

const SO_USELOOPBACK: i32 = 0x40;
const SO_BSP_STATE: i32 = 0x1009;
const SO_GROUP_ID: i32 = 0x2001;
const SO_MAX_MSG_SIZE: i32 = 0x2003;
const SO_PROTOCOL_INFOA: i32 = 0x2004;
const SO_PROTOCOL_INFOW: i32 = 0x2005;
const SO_CONDITIONAL_ACCEPT: i32 = 0x3002;
const SO_RANDOMIZE_PORT: i32 = 0x3005;
const SO_PORT_SCALABILITY: i32 = 0x3006;
const SO_REUSE_UNICASTPORT: i32 = 0x3007;
const SO_REUSE_MULTICASTPORT: i32 = 0x3008;
const SO_OPENTYPE: i32 = 0x7008;
const TCP_TIMESTAMPS: i32 = 10;
const TCP_DELAY_FIN_ACK: i32 = 13;
const TCP_FAIL_CONNECT_ON_ICMP_ERROR: i32 = 18;
/// The longest datagram of UDP over IPv4 and IPv6.
const LARGEST_DATAGRAMS: [u32; 2] = [65507, 65527];
const SOCKET: i32 = abi::SOL_SOCKET;
const IP: i32 = abi::IPPROTO_IP;
const IPV6: i32 = abi::IPPROTO_IPV6;
const TCP: i32 = abi::IPPROTO_TCP;

/// How an option's value looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// BOOL; one byte is enough.
    Flag,
    /// DWORD.
    Number,
    /// DWORD or one byte.
    Small,
}
use Form::{Flag, Number, Small};

/// Windows' level and name, Linux' level and name.
const TABLE: [(i32, i32, i32, i32, Form); 35] = [
    (SOCKET, abi::SO_KEEPALIVE, libc::SOL_SOCKET, libc::SO_KEEPALIVE, Flag),
    (SOCKET, abi::SO_DONTROUTE, libc::SOL_SOCKET, libc::SO_DONTROUTE, Flag),
    (SOCKET, abi::SO_BROADCAST, libc::SOL_SOCKET, libc::SO_BROADCAST, Flag),
    (SOCKET, abi::SO_OOBINLINE, libc::SOL_SOCKET, libc::SO_OOBINLINE, Flag),
    (TCP, abi::TCP_NODELAY, libc::IPPROTO_TCP, libc::TCP_NODELAY, Flag),
    // TCP_KEEPALIVE, in seconds.
    (TCP, 3, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, Number),
    // TCP_MAXSEG.
    (TCP, 4, libc::IPPROTO_TCP, libc::TCP_MAXSEG, Number),
    // TCP_FASTOPEN.
    (TCP, 15, libc::IPPROTO_TCP, libc::TCP_FASTOPEN, Number),
    // TCP_KEEPINTVL.
    (TCP, 17, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, Number),
    // IP_HDRINCL.
    (IP, 2, libc::IPPROTO_IP, libc::IP_HDRINCL, Flag),
    // IP_TOS.
    (IP, 3, libc::IPPROTO_IP, libc::IP_TOS, Small),
    // IP_TTL.
    (IP, 4, libc::IPPROTO_IP, libc::IP_TTL, Small),
    // IP_MULTICAST_TTL.
    (IP, 10, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, Small),
    // IP_MULTICAST_LOOP.
    (IP, 11, libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP, Flag),
    // IP_PKTINFO.
    (IP, 19, libc::IPPROTO_IP, libc::IP_PKTINFO, Flag),
    // IP_RECVTTL.
    (IP, 21, libc::IPPROTO_IP, libc::IP_RECVTTL, Flag),
    // IP_UNICAST_IF.
    (IP, 31, libc::IPPROTO_IP, 50, Number),
    // IP_RECVTOS.
    (IP, 40, libc::IPPROTO_IP, libc::IP_RECVTOS, Flag),
    // IP_MTU.
    (IP, 73, libc::IPPROTO_IP, libc::IP_MTU, Number),
    // IPV6_HDRINCL.
    (IPV6, 2, libc::IPPROTO_IPV6, libc::IPV6_HDRINCL, Flag),
    // IPV6_UNICAST_HOPS.
    (IPV6, 4, libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, Small),
    // IPV6_MULTICAST_IF.
    (IPV6, 9, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, Number),
    // IPV6_MULTICAST_HOPS.
    (IPV6, 10, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, Small),
    // IPV6_MULTICAST_LOOP.
    (IPV6, 11, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP, Flag),
    // IPV6_DONTFRAG.
    (IPV6, 14, libc::IPPROTO_IPV6, libc::IPV6_DONTFRAG, Flag),
    // IPV6_PKTINFO.
    (IPV6, 19, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, Flag),
    // IPV6_HOPLIMIT.
    (IPV6, 21, libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT, Flag),
    // IPV6_V6ONLY.
    (IPV6, 27, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, Flag),
    // IPV6_UNICAST_IF.
    (IPV6, 31, libc::IPPROTO_IPV6, 76, Number),
    // IPV6_RECVTCLASS.
    (IPV6, 40, libc::IPPROTO_IPV6, libc::IPV6_RECVTCLASS, Flag),
    // IPV6_MTU.
    (IPV6, 72, libc::IPPROTO_IPV6, libc::IPV6_MTU, Number),
    // UDP_NOCHECKSUM.
    (abi::IPPROTO_UDP, 1, libc::SOL_SOCKET, libc::SO_NO_CHECK, Flag),
    // UDP_SEND_MSG_SIZE.
    (abi::IPPROTO_UDP, 2, libc::IPPROTO_UDP, libc::UDP_SEGMENT, Number),
    // IP_RECVERR, which Windows calls so too.
    (IP, 75, libc::IPPROTO_IP, libc::IP_RECVERR, Flag),
    (IPV6, 75, libc::IPPROTO_IPV6, libc::IPV6_RECVERR, Flag),
];

/// Options that are only remembered: debugging, the loopback of a family that is gone, who decides on connections (here always the
/// condition function itself), and hints for the choice of ports, which Linux makes at random.
const REMEMBERED: [i32; 7] = [
    abi::SO_DEBUG,
    SO_USELOOPBACK,
    SO_CONDITIONAL_ACCEPT,
    SO_RANDOMIZE_PORT,
    SO_PORT_SCALABILITY,
    SO_REUSE_UNICASTPORT,
    SO_REUSE_MULTICASTPORT,
];
/// The same of TCP: hints for what Linux decides for all connections.
const REMEMBERED_OF_TCP: [i32; 3] = [TCP_TIMESTAMPS, TCP_DELAY_FIN_ACK, TCP_FAIL_CONNECT_ON_ICMP_ERROR];

/// Under which number a socket keeps an option of this level.
pub(crate) fn key(level: i32, name: i32) -> i32 {
    if level == SOCKET { name } else { level << 16 | name }
}

fn is_remembered(target: &Socket, level: i32, name: i32) -> bool {
    match level {
        SOCKET => REMEMBERED.contains(&name),
        TCP => target.is_stream() && target.family() != libc::AF_UNIX && REMEMBERED_OF_TCP.contains(&name),
        _ => false,
    }
}

/// 10022 for a choice that comes too late.
fn remember(target: &Socket, level: i32, name: i32, value: &[u8]) -> Outcome<()> {
    let value = u32::from(flag(value)?);
    let early = [SO_RANDOMIZE_PORT, SO_PORT_SCALABILITY, SO_REUSE_UNICASTPORT].contains(&name);
    if level == SOCKET && early && target.local_address().is_ok() {
        return Err(WsaError::EINVAL);
    }
    target.set_user_option(key(level, name), value);
    Ok(())
}

thread_local! {
    /// SO_OPENTYPE.
    static OPEN_TYPE: Cell<u32> = const { Cell::new(0) };
}

/// What the thread's new sockets are: 0 overlapped.
pub(crate) fn open_type() -> u32 {
    OPEN_TYPE.get()
}

/// What a new socket has in Windows and not in Linux: those of IPv6 keep to it.
pub(crate) fn defaults(socket: &Socket) -> Outcome<()> {
    if socket.family() == libc::AF_INET6 {
        // Not every type has it.
        let _ = socket.set_option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, &1i32.to_ne_bytes());
    }
    Ok(())
}

/// Whether child processes get it.
pub(crate) fn set_inherit(raw: RawHandle, inherit: bool) -> Outcome<()> {
    let flags = if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
    let handle = handle(raw).map_err(|_| WsaError::ENOTSOCK)?;
    let set = socket::system_of_sockets()?.set_handle_flags(handle, HandleFlags::INHERIT, flags);
    set.map_err(|_| WsaError::ENOTSOCK)
}

/// The value of an option, as it goes into the caller's memory.
pub(crate) enum Value {
    /// Room for one byte is enough.
    Flag(bool),
    /// Needs four bytes.
    Number(u32),
    /// Four bytes, or one if there is no more room.
    Small(u32),
    /// Needs as many as there are.
    Bytes(Vec<u8>),
}

/// A BOOL or a byte; 10014 for nothing.
fn flag(value: &[u8]) -> Outcome<bool> {
    let value = &value[..value.len().min(size_of::<u32>())];
    if value.is_empty() { Err(WsaError::EFAULT) } else { Ok(value.iter().any(|&byte| byte != 0)) }
}

/// A DWORD; 10014 for less.
pub(crate) fn number(value: &[u8]) -> Outcome<u32> {
    value.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes)).ok_or(WsaError::EFAULT)
}

fn set(target: &Socket, level: i32, name: i32, value: &[u8]) -> Outcome<()> {
    if level == SOCKET {
        return set_socket(target, name, value);
    }
    match row(level, name)? {
        Some(row) => set_row(target, row, value),
        None if is_remembered(target, level, name) => remember(target, level, name, value),
        None => option_values::set(target, level, name, value),
    }
}

type Row = (i32, i32, i32, i32, Form);

/// 10022 for a level that is not known.
fn row(level: i32, name: i32) -> Outcome<Option<&'static Row>> {
    if ![SOCKET, IP, IPV6, TCP, abi::IPPROTO_UDP].contains(&level) {
        return Err(WsaError::EINVAL);
    }
    Ok(TABLE.iter().find(|row| (row.0, row.1) == (level, name)))
}

fn set_row(target: &Socket, &(_, _, level, name, form): &Row, value: &[u8]) -> Outcome<()> {
    let number = match form {
        Flag => u32::from(flag(value)?),
        Number => number(value)?,
        Small => number(value).or_else(|error| value.first().map(|&byte| u32::from(byte)).ok_or(error))?,
    };
    target.set_option(level, name, &number.to_ne_bytes())
}

fn set_socket(target: &Socket, name: i32, value: &[u8]) -> Outcome<()> {
    if let Some(row) = row(SOCKET, name)? {
        return set_row(target, row, value);
    }
    match name {
        abi::SO_REUSEADDR => target.set_reuse(flag(value)?),
        abi::SO_EXCLUSIVEADDRUSE => target.set_exclusive(flag(value)?),
        abi::SO_LINGER => {
            let seconds = number(value)?.to_ne_bytes();
            let (on, seconds) = seconds.split_at(2);
            let on = on.iter().any(|&byte| byte != 0);
            target.set_linger(on.then(|| u16::from_ne_bytes([seconds[0], seconds[1]])))
        }
        abi::SO_DONTLINGER => match flag(value)? {
            true => target.set_linger(None),
            false => target.set_linger(Some(target.linger().unwrap_or(0))),
        },
        abi::SO_SNDBUF => target.set_send_buffer(number(value)?),
        abi::SO_RCVBUF => target.set_receive_buffer(number(value)?),
        abi::SO_SNDTIMEO => number(value).map(|milliseconds| target.set_send_limit(milliseconds)),
        abi::SO_RCVTIMEO => number(value).map(|milliseconds| target.set_receive_limit(milliseconds)),
        abi::SO_UPDATE_ACCEPT_CONTEXT => {
            let listener = value.first_chunk().map(|bytes| usize::from_ne_bytes(*bytes)).ok_or(WsaError::EFAULT)?;
            target.update_accept_context(&socket::of(listener)?)
        }
        abi::SO_UPDATE_CONNECT_CONTEXT => target.update_connect_context(),
        // Setting the pending error changes nothing.
        abi::SO_ERROR => Ok(()),
        _ if is_remembered(target, SOCKET, name) => remember(target, SOCKET, name, value),
        _ => Err(WsaError::ENOPROTOOPT),
    }
}

fn get(target: &Socket, level: i32, name: i32) -> Outcome<Value> {
    if level == SOCKET {
        return get_socket(target, name);
    }
    match row(level, name)? {
        Some(row) => get_row(target, row),
        None if is_remembered(target, level, name) => {
            Ok(Value::Flag(target.user_option(key(level, name)).unwrap_or(0) != 0))
        }
        None => option_values::get(target, level, name),
    }
}

/// An option of Linux that is a number.
pub(crate) fn linux_number(target: &Socket, level: i32, name: i32) -> Outcome<u32> {
    let mut value = [0; size_of::<u32>()];
    target.option(level, name, &mut value)?;
    Ok(u32::from_ne_bytes(value))
}

fn get_row(target: &Socket, &(_, _, level, name, form): &Row) -> Outcome<Value> {
    let value = linux_number(target, level, name)?;
    Ok(match form {
        Flag => Value::Flag(value != 0),
        Number => Value::Number(value),
        Small => Value::Small(value),
    })
}

fn get_socket(target: &Socket, name: i32) -> Outcome<Value> {
    if let Some(row) = row(SOCKET, name)? {
        return get_row(target, row);
    }
    Ok(match name {
        abi::SO_ACCEPTCONN => Value::Number(u32::from(target.is_listening())),
        abi::SO_REUSEADDR => Value::Flag(target.is_reuse()),
        abi::SO_EXCLUSIVEADDRUSE => Value::Flag(target.is_exclusive()),
        abi::SO_LINGER | abi::SO_DONTLINGER if !target.is_stream() => return Err(WsaError::ENOPROTOOPT),
        abi::SO_LINGER => {
            let linger = target.linger();
            let value = Linger { on_off: u16::from(linger.is_some()), seconds: linger.unwrap_or(0) };
            let [a, b] = value.on_off.to_ne_bytes();
            let [c, d] = value.seconds.to_ne_bytes();
            Value::Bytes(vec![a, b, c, d])
        }
        abi::SO_DONTLINGER => Value::Flag(target.linger().is_none()),
        abi::SO_SNDBUF => Value::Number(target.send_buffer()?),
        abi::SO_RCVBUF => Value::Number(target.receive_buffer()?),
        abi::SO_SNDTIMEO => Value::Number(target.send_limit()),
        abi::SO_RCVTIMEO => Value::Number(target.receive_limit()),
        abi::SO_ERROR => Value::Number(target.take_error().value()),
        abi::SO_TYPE => Value::Number(target.kind() as u32),
        abi::SO_CONNECT_TIME => Value::Number(target.connect_time().unwrap_or(u32::MAX)),
        SO_MAX_MSG_SIZE if target.is_stream() => return Err(WsaError::ENOPROTOOPT),
        SO_MAX_MSG_SIZE => Value::Number(LARGEST_DATAGRAMS[usize::from(target.family() == libc::AF_INET6)]),
        SO_GROUP_ID => Value::Number(0),
        SO_PROTOCOL_INFOA => described::<u8>(target)?,
        SO_PROTOCOL_INFOW => described::<u16>(target)?,
        _ if REMEMBERED.contains(&name) => Value::Flag(target.user_option(name).unwrap_or(0) != 0),
        _ => return Err(WsaError::ENOPROTOOPT),
    })
}

/// CSADDR_INFO: two addresses as pointers with lengths, type and protocol, and behind them the addresses; the structure is to lie at
/// `place`. Without an address it is zeros of the family.
fn bsp_state(target: &Socket, place: usize) -> Value {
    const HEAD: usize = 40;
    let none = || {
        let mut bytes = vec![0; socket::address_len(target) as usize];
        bytes[..2].copy_from_slice(&(target.family() as u16).to_ne_bytes());
        bytes
    };
    let bytes = |address: Outcome<Address>| {
        let address = address.map_or_else(|_| none(), |address| address.as_bytes().to_vec());
        address::windows_bytes(&address)
    };
    let (local, remote) = (bytes(target.local_address()), bytes(target.peer_address()));
    let mut all = Vec::with_capacity(HEAD + local.len() + remote.len());
    for (at, address) in [(place + HEAD, &local), (place + HEAD + local.len(), &remote)] {
        all.extend(at.to_ne_bytes());
        all.extend((address.len() as u64).to_ne_bytes());
    }
    all.extend(target.kind().to_ne_bytes());
    all.extend(protocols::of(target).to_ne_bytes());
    all.extend([local, remote].concat());
    Value::Bytes(all)
}

fn described<C: crate::text::Unit>(target: &Socket) -> Outcome<Value> {
    let family = numbers::windows_family(target.family());
    let info = protocols::info::<C>(family, target.kind(), target.protocol()).ok_or(WsaError::EINVAL)?;
    // SAFETY: the structure has no padding: it is made of fields of four bytes, a GUID and text.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const info).cast::<u8>(), size_of_val(&info)) };
    Ok(Value::Bytes(bytes.to_vec()))
}

impl Value {
    /// # Safety
    /// `to` is writable for the length, which is valid.
    unsafe fn write(&self, to: *mut u8, len: &mut i32) -> Outcome<()> {
        let room = usize::try_from(*len).unwrap_or(0);
        let number;
        let (bytes, least): (&[u8], usize) = match self {
            Self::Flag(value) => {
                number = u32::from(*value).to_ne_bytes();
                (&number, 1)
            }
            Self::Small(value) => {
                number = value.to_ne_bytes();
                (&number, 1)
            }
            Self::Number(value) => {
                number = value.to_ne_bytes();
                (&number, number.len())
            }
            Self::Bytes(bytes) => (bytes, bytes.len()),
        };
        if room < least {
            return Err(WsaError::EFAULT);
        }
        let taken = if room < bytes.len() { least } else { bytes.len() };
        // SAFETY: the caller's promise, and no more than the room.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, taken) };
        *len = taken as i32;
        Ok(())
    }
}

/// setsockopt: 10042 for an option that is not known, 10014 for a value that is too short.
///
/// # Safety
/// `value` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_setsockopt(raw: RawHandle, level: i32, name: i32, value: *const u8, len: i32) -> i32 {
    status(|| {
        let len = usize::try_from(len).map_err(|_| WsaError::EFAULT)?;
        if len > 0 {
            check_readable(value, len)?;
        }
        // SAFETY: not NULL, and readable, as was just seen.
        let value = if value.is_null() { &[] } else { unsafe { std::slice::from_raw_parts(value, len) } };
        if (level, name) == (SOCKET, SO_OPENTYPE) {
            OPEN_TYPE.set(number(value)?);
            return Ok(());
        }
        set(&socket::of(raw)?, level, name, value)
    })
}

/// getsockopt.
///
/// # Safety
/// `len` is NULL or a length, and `to` NULL or writable for as much.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getsockopt(raw: RawHandle, level: i32, name: i32, to: *mut u8, len: *mut i32) -> i32 {
    call(super::SOCKET_ERROR, || {
        let open_type = (level, name) == (SOCKET, SO_OPENTYPE);
        let target = if open_type { None } else { Some(socket::of(raw)?) };
        check_writable(len, size_of::<i32>())?;
        // SAFETY: writable, as was just seen.
        let len = unsafe { len.as_mut() }.filter(|len| **len > 0 && !to.is_null()).ok_or(WsaError::EFAULT)?;
        check_writable(to, *len as usize)?;
        let value = match &target {
            None => Value::Number(OPEN_TYPE.get()),
            Some(target) if (level, name) == (SOCKET, SO_BSP_STATE) => bsp_state(target, to as usize),
            Some(target) => get(target, level, name)?,
        };
        // SAFETY: the caller's promise.
        unsafe { value.write(to, len) }.map(|()| 0)
    })
}
