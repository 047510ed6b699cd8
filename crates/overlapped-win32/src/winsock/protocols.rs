//! The protocols that sockets can be made for: WSAEnumProtocols, and the WSAPROTOCOL_INFO of one socket.

use super::layout::{ProtocolChain, ProtocolInfo};
use super::{Outcome, SOCKET_ERROR, call, numbers};
use crate::arguments::pair;
use crate::text::{self, Unit};
use overlapped_abi::constants::socket::{
    AF_INET, AF_INET6, AF_UNIX, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_STREAM,
};
use overlapped_abi::{Guid, WsaError};
use overlapped_devices::socket::Socket;

// XP1_*: what a protocol does.
const CONNECTIONLESS: u32 = 0x1;
const GUARANTEED_DELIVERY: u32 = 0x2;
const GUARANTEED_ORDER: u32 = 0x4;
const MESSAGE_ORIENTED: u32 = 0x8;
const GRACEFUL_CLOSE: u32 = 0x20;
const EXPEDITED_DATA: u32 = 0x40;
const SUPPORT_BROADCAST: u32 = 0x200;
const SUPPORT_MULTIPOINT: u32 = 0x400;
const IFS_HANDLES: u32 = 0x2_0000;

/// PFL_MATCHES_PROTOCOL_ZERO: protocol 0 means this one.
const MATCHES_PROTOCOL_ZERO: u32 = 0x8;
/// BASE_PROTOCOL: a chain of one.
const BASE_PROTOCOL: i32 = 1;
/// The identifiers of Windows' own providers, which programs have in their sources.
const V4_PROVIDER: Guid =
    Guid { data1: 0xE70F_1AA0, data2: 0xAB8B, data3: 0x11CF, data4: [0x8C, 0xA3, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92] };
const V6_PROVIDER: Guid =
    Guid { data1: 0xF9EA_B0C0, data2: 0x26D4, data3: 0x11D0, data4: [0xBB, 0xBF, 0x00, 0xAA, 0x00, 0x6C, 0x34, 0xE4] };
const LOCAL_PROVIDER: Guid =
    Guid { data1: 0xA009_43D9, data2: 0x9C2E, data3: 0x4633, data4: [0x9B, 0x59, 0x00, 0x57, 0xA3, 0x16, 0x09, 0x94] };
const FIRST_CATALOG_ENTRY: u32 = 1001;
/// The longest datagram of UDP.
const LARGEST_DATAGRAM: u32 = 65467;

struct Protocol {
    family: i32,
    socktype: i32,
    protocol: i32,
    address: i32,
    name: &'static str,
}

const PROTOCOLS: [Protocol; 5] = [
    Protocol { family: AF_INET, socktype: SOCK_STREAM, protocol: IPPROTO_TCP, address: 16, name: "TCP/IP" },
    Protocol { family: AF_INET, socktype: SOCK_DGRAM, protocol: IPPROTO_UDP, address: 16, name: "UDP/IP" },
    Protocol { family: AF_INET6, socktype: SOCK_STREAM, protocol: IPPROTO_TCP, address: 28, name: "TCP/IPv6" },
    Protocol { family: AF_INET6, socktype: SOCK_DGRAM, protocol: IPPROTO_UDP, address: 28, name: "UDP/IPv6" },
    Protocol { family: AF_UNIX, socktype: SOCK_STREAM, protocol: 0, address: 110, name: "AF_UNIX" },
];

impl Protocol {
    fn service_flags(&self) -> u32 {
        let stream = GUARANTEED_DELIVERY | GUARANTEED_ORDER | GRACEFUL_CLOSE | IFS_HANDLES;
        match (self.socktype, self.protocol) {
            (SOCK_DGRAM, _) => CONNECTIONLESS | MESSAGE_ORIENTED | SUPPORT_BROADCAST | SUPPORT_MULTIPOINT | IFS_HANDLES,
            (_, IPPROTO_TCP) => stream | EXPEDITED_DATA,
            _ => stream,
        }
    }

    fn info<C: Unit>(&self, index: usize) -> ProtocolInfo<C> {
        let mut name = [C::default(); 256];
        let text = text::of::<C>(self.name);
        name[..text.len()].copy_from_slice(&text);
        let (entry, mut chain) = (FIRST_CATALOG_ENTRY + index as u32, ProtocolChain::default());
        chain.len = BASE_PROTOCOL;
        // By these programs know that sockets can be polled by IOCTL_AFD_POLL.
        let provider_id = match self.family {
            AF_INET6 => V6_PROVIDER,
            AF_UNIX => LOCAL_PROVIDER,
            _ => V4_PROVIDER,
        };
        ProtocolInfo {
            service_flags1: self.service_flags(),
            service_flags2: 0,
            service_flags3: 0,
            service_flags4: 0,
            provider_flags: MATCHES_PROTOCOL_ZERO,
            provider_id,
            catalog_entry_id: entry,
            chain,
            version: 2,
            family: self.family,
            max_address: self.address,
            min_address: if self.family == AF_UNIX { 2 } else { self.address },
            socktype: self.socktype,
            protocol: self.protocol,
            protocol_max_offset: 0,
            // BIGENDIAN.
            byte_order: 0,
            security_scheme: 0,
            message_size: if self.socktype == SOCK_DGRAM { LARGEST_DATAGRAM } else { 0 },
            reserved: 0,
            name,
        }
    }
}

/// What is known of a socket of this kind; its protocol may be 0.
pub(crate) fn info<C: Unit>(family: i32, socktype: i32, protocol: i32) -> Option<ProtocolInfo<C>> {
    let known = |one: &&Protocol| {
        one.family == family && one.socktype == socktype && (protocol == 0 || one.protocol == protocol)
    };
    let (index, _) = PROTOCOLS.iter().enumerate().find(|(_, one)| known(one))?;
    Some(PROTOCOLS[index].info(index))
}

/// The protocol that a socket has, which its maker need not have named.
pub(crate) fn of(target: &Socket) -> i32 {
    let family = numbers::windows_family(target.family());
    info::<u8>(family, target.kind(), target.protocol()).map_or(target.protocol(), |known| known.protocol)
}

/// # Safety
/// `wanted` is NULL or a list of numbers that ends with 0; `len` NULL or a length, `to` NULL or writable for as many bytes.
unsafe fn list<C: Unit>(wanted: *const i32, to: *mut ProtocolInfo<C>, len: *mut u32) -> Outcome<i32> {
    if len.is_null() {
        return Err(WsaError::EFAULT);
    }
    let mut numbers = Vec::new();
    if !wanted.is_null() {
        // SAFETY: not NULL, and the caller vouches for every number up to the 0.
        while let number = unsafe { *wanted.add(numbers.len()) }
            && number != 0
        {
            numbers.push(number);
        }
    }
    let wanted = |one: &Protocol| wanted.is_null() || numbers.contains(&one.protocol);
    let all: Vec<ProtocolInfo<C>> =
        PROTOCOLS.iter().enumerate().filter(|(_, one)| wanted(one)).map(|(index, one)| one.info(index)).collect();
    let needed = size_of_val(all.as_slice()) as u32;
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { len.replace(needed) };
    if to.is_null() || room < needed {
        return Err(WsaError::ENOBUFS);
    }
    // SAFETY: there is room, by the comparison above.
    unsafe { std::ptr::copy_nonoverlapping(all.as_ptr(), to, all.len()) };
    Ok(all.len() as i32)
}

pair! {
    /// WSAEnumProtocols: how many there are; 10055 if the room is too small, with the length that is needed.
    fn ovl_WSAEnumProtocolsA ovl_WSAEnumProtocolsW(wanted: *const i32, to: *mut ProtocolInfo<C>, len: *mut u32) -> i32 {
        // SAFETY: the caller's promise.
        call(SOCKET_ERROR, || unsafe { list(wanted, to, len) })
    }
}
