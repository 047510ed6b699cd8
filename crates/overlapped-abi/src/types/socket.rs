//! Structures of Winsock (contract 08).

use super::{Address, RawSocket};

structs! {
    /// `WSABUF` (contract 08 §4).
    pub struct WsaBuf: 16 {
        /// `len`.
        pub len: u32,
        /// `buf`.
        pub buf: Address,
    }

    /// `WSAMSG` (contract 08 §6.5).
    pub struct WsaMsg: 56 {
        /// `name`: a socket address.
        pub name: Address,
        /// `namelen`.
        pub name_len: i32,
        /// `lpBuffers`: an array of [`WsaBuf`].
        pub buffers: Address,
        /// `dwBufferCount`.
        pub buffer_count: u32,
        /// `Control`.
        pub control: WsaBuf,
        /// `dwFlags`: `MSG_*`.
        pub flags: u32,
    }

    /// `WSAPOLLFD` (contract 08 §7.2).
    pub struct WsaPollFd: 16 {
        /// `fd`.
        pub fd: RawSocket,
        /// `events`: `POLL*` asked for.
        pub events: i16,
        /// `revents`: `POLL*` found.
        pub revents: i16,
    }

    /// `WSANETWORKEVENTS` (contract 08 §7.3).
    pub struct WsaNetworkEvents: 44 {
        /// `lNetworkEvents`: `FD_*`.
        pub network_events: i32,
        /// `iErrorCode`, indexed by `FD_*_BIT`.
        pub error_code: [i32; 10],
    }

    /// `WSADATA` (contract 08 §1), in the field order of 64-bit Windows.
    pub struct WsaData: 408 no default {
        /// `wVersion`: the version to be used.
        pub version: u16,
        /// `wHighVersion`: the highest version available.
        pub high_version: u16,
        /// `iMaxSockets`: meaningless since version 2.
        pub max_sockets: u16,
        /// `iMaxUdpDg`: meaningless since version 2.
        pub max_udp_dg: u16,
        /// `lpVendorInfo`: meaningless since version 2.
        pub vendor_info: Address,
        /// `szDescription`.
        pub description: [u8; 257],
        /// `szSystemStatus`.
        pub system_status: [u8; 129],
    }

    /// `TRANSMIT_FILE_BUFFERS` (contract 08 §6.4).
    pub struct TransmitFileBuffers: 32 {
        /// `Head`.
        pub head: Address,
        /// `HeadLength`.
        pub head_length: u32,
        /// `Tail`.
        pub tail: Address,
        /// `TailLength`.
        pub tail_length: u32,
    }

    /// `TRANSMIT_PACKETS_ELEMENT` (contract 08 §6), its union taken as memory or as a part of a file.
    pub struct TransmitPacketsElement: 24 {
        /// `dwElFlags`: `TP_ELEMENT_*`.
        pub flags: u32,
        /// `cLength`.
        pub length: u32,
        /// `nFileOffset`, or `pBuffer`.
        pub file_offset_or_buffer: i64,
        /// `hFile`.
        pub file: usize,
    }

    /// `fd_set` (contract 08 §7.1): a list, not a bit mask.
    pub struct FdSet: 520 no default {
        /// `fd_count`.
        pub count: u32,
        /// `fd_array`.
        pub sockets: [RawSocket; 64],
    }

    /// `timeval` with the 32-bit fields that Windows gives it (contract 08 §7.1).
    pub struct TimeVal: 8 {
        /// `tv_sec`.
        pub seconds: i32,
        /// `tv_usec`.
        pub microseconds: i32,
    }

    /// `linger` (contract 08 §9).
    pub struct Linger: 4 {
        /// `l_onoff`.
        pub on_off: u16,
        /// `l_linger` in seconds.
        pub seconds: u16,
    }

    /// `tcp_keepalive` (contract 08 §8).
    pub struct TcpKeepalive: 12 {
        /// `onoff`.
        pub on_off: u32,
        /// `keepalivetime` in milliseconds.
        pub time: u32,
        /// `keepaliveinterval` in milliseconds.
        pub interval: u32,
    }
}

impl Default for FdSet {
    /// The empty set, as `FD_ZERO` makes it.
    fn default() -> Self {
        FdSet { count: 0, sockets: [0; 64] }
    }
}
