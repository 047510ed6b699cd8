//! Structures of `winsock2.h`, `ws2def.h` and `ws2tcpip.h` that only the C face knows, in the layout of 64-bit Windows.
//!
//! What the devices speak of too is in `overlapped_abi`. The sizes are checked here, every field against `windows-sys` in the
//! tests.

use overlapped_abi::Guid;
use std::ffi::{c_char, c_void};

macro_rules! sizes {
    ($($name:ty: $size:literal)+) => { $(const _: () = assert!(size_of::<$name>() == $size);)+ };
}

/// `SOCKADDR_IN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SockaddrIn {
    /// `sin_family`: 2.
    pub family: u16,
    /// `sin_port`, in network order.
    pub port: u16,
    /// `sin_addr`, in network order.
    pub address: u32,
    /// `sin_zero`.
    pub zero: [u8; 8],
}

/// `SOCKADDR_IN6`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SockaddrIn6 {
    /// `sin6_family`: 23.
    pub family: u16,
    /// `sin6_port`, in network order.
    pub port: u16,
    /// `sin6_flowinfo`.
    pub flow: u32,
    /// `sin6_addr`.
    pub address: [u8; 16],
    /// `sin6_scope_id`: the number of an interface.
    pub scope: u32,
}

/// `SOCKADDR_UN` of `afunix.h`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SockaddrUn {
    /// `sun_family`: 1.
    pub family: u16,
    /// `sun_path`.
    pub path: [u8; 108],
}

/// `ADDRINFOA` and `ADDRINFOW`: Linux has the address before the name.
#[derive(Debug)]
#[repr(C)]
pub struct AddrInfo<C> {
    /// `ai_flags`: `AI_*`.
    pub flags: i32,
    /// `ai_family`.
    pub family: i32,
    /// `ai_socktype`.
    pub socktype: i32,
    /// `ai_protocol`.
    pub protocol: i32,
    /// `ai_addrlen`.
    pub address_len: usize,
    /// `ai_canonname`.
    pub canonical: *mut C,
    /// `ai_addr`.
    pub address: *mut c_void,
    /// `ai_next`.
    pub next: *mut AddrInfo<C>,
}

/// `ADDRINFOEXA` and `ADDRINFOEXW`.
#[derive(Debug)]
#[repr(C)]
pub struct AddrInfoEx<C> {
    /// `ai_flags`: `AI_*`.
    pub flags: i32,
    /// `ai_family`.
    pub family: i32,
    /// `ai_socktype`.
    pub socktype: i32,
    /// `ai_protocol`.
    pub protocol: i32,
    /// `ai_addrlen`.
    pub address_len: usize,
    /// `ai_canonname`.
    pub canonical: *mut C,
    /// `ai_addr`.
    pub address: *mut c_void,
    /// `ai_blob`: what the provider adds; nothing here.
    pub blob: *mut c_void,
    /// `ai_bloblen`.
    pub blob_len: usize,
    /// `ai_provider`.
    pub provider: *mut c_void,
    /// `ai_next`.
    pub next: *mut AddrInfoEx<C>,
}

/// `SOCKET_ADDRESS`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SocketAddress {
    /// `lpSockaddr`.
    pub address: *mut c_void,
    /// `iSockaddrLength`.
    pub len: i32,
}

/// `SOCKET_ADDRESS_LIST`, before its entries.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub struct SocketAddressList {
    /// `iAddressCount`; the entries follow.
    pub count: i32,
}

/// `HOSTENT`.
#[derive(Debug)]
#[repr(C)]
pub struct Hostent {
    /// `h_name`.
    pub name: *mut c_char,
    /// `h_aliases`.
    pub aliases: *mut *mut c_char,
    /// `h_addrtype`.
    pub family: i16,
    /// `h_length`.
    pub length: i16,
    /// `h_addr_list`.
    pub addresses: *mut *mut c_char,
}

/// `SERVENT`, with the protocol before the port.
#[derive(Debug)]
#[repr(C)]
pub struct Servent {
    /// `s_name`.
    pub name: *mut c_char,
    /// `s_aliases`.
    pub aliases: *mut *mut c_char,
    /// `s_proto`.
    pub protocol: *mut c_char,
    /// `s_port`, in network order.
    pub port: i16,
}

/// `PROTOENT`.
#[derive(Debug)]
#[repr(C)]
pub struct Protoent {
    /// `p_name`.
    pub name: *mut c_char,
    /// `p_aliases`.
    pub aliases: *mut *mut c_char,
    /// `p_proto`.
    pub number: i16,
}

/// `WSAPROTOCOLCHAIN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ProtocolChain {
    /// `ChainLen`.
    pub len: i32,
    /// `ChainEntries`.
    pub entries: [u32; 7],
}

/// `WSAPROTOCOL_INFOA` and `WSAPROTOCOL_INFOW`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ProtocolInfo<C> {
    /// `dwServiceFlags1`: `XP1_*`.
    pub service_flags1: u32,
    /// `dwServiceFlags2`: reserved.
    pub service_flags2: u32,
    /// `dwServiceFlags3`: reserved.
    pub service_flags3: u32,
    /// `dwServiceFlags4`: reserved.
    pub service_flags4: u32,
    /// `dwProviderFlags`: `PFL_*`.
    pub provider_flags: u32,
    /// `ProviderId`.
    pub provider_id: Guid,
    /// `dwCatalogEntryId`.
    pub catalog_entry_id: u32,
    /// `ProtocolChain`.
    pub chain: ProtocolChain,
    /// `iVersion`.
    pub version: i32,
    /// `iAddressFamily`.
    pub family: i32,
    /// `iMaxSockAddr`.
    pub max_address: i32,
    /// `iMinSockAddr`.
    pub min_address: i32,
    /// `iSocketType`.
    pub socktype: i32,
    /// `iProtocol`.
    pub protocol: i32,
    /// `iProtocolMaxOffset`.
    pub protocol_max_offset: i32,
    /// `iNetworkByteOrder`.
    pub byte_order: i32,
    /// `iSecurityScheme`.
    pub security_scheme: i32,
    /// `dwMessageSize`.
    pub message_size: u32,
    /// `dwProviderReserved`: what `WSADuplicateSocket` hands over.
    pub reserved: u32,
    /// `szProtocol`.
    pub name: [C; 256],
}

sizes! {
    SockaddrIn: 16
    SockaddrIn6: 28
    SockaddrUn: 110
    AddrInfo<u8>: 48
    AddrInfoEx<u8>: 72
    SocketAddress: 16
    SocketAddressList: 8
    Hostent: 32
    Servent: 32
    Protoent: 24
    ProtocolChain: 32
    ProtocolInfo<u8>: 372
    ProtocolInfo<u16>: 628
}
