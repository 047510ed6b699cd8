//! Sockets that close themselves, and answers as Winsock gives them.

use overlapped_abi::constants::socket::{AF_INET, SOCK_DGRAM, SOCK_STREAM, WSA_FLAG_OVERLAPPED};
use overlapped_abi::{Overlapped, WsaBuf, WsaData};
use overlapped_win32::errhandlingapi::ovl_SetLastError;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::{ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus};
use overlapped_win32::synchapi::{ovl_CreateEventW, ovl_WaitForSingleObject};
use overlapped_win32::winsock::accept::ovl_accept;
use overlapped_win32::winsock::layout::SockaddrIn;
use overlapped_win32::winsock::socket::*;
use overlapped_win32::winsock::startup::{ovl_WSAGetLastError, ovl_WSAStartup};
use overlapped_win32::winsock::transfer::*;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::Once;

pub const NAME: i32 = size_of::<SockaddrIn>() as i32;
pub const ERROR: i32 = -1;
pub const NONE: usize = usize::MAX;
/// A limit for waits that must be over long before.
pub const PATIENCE: u32 = 60_000;
/// How long nothing must happen.
pub const MOMENT: u32 = 50;

/// WSAStartup, once for the process; the last error says that nobody has touched it.
pub fn started() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let mut data = MaybeUninit::<WsaData>::uninit();
        // SAFETY: a place for the data.
        assert_eq!(unsafe { ovl_WSAStartup(0x0202, data.as_mut_ptr()) }, 0);
    });
    ovl_SetLastError(1234);
}

pub fn code() -> i32 {
    ovl_WSAGetLastError()
}

/// The answer of a call with its code: (0, 0) for a success.
pub fn said(result: i32) -> (i32, i32) {
    (result, code())
}

/// A socket of the test's own.
#[derive(Debug)]
pub struct Socket(pub usize);

impl Drop for Socket {
    fn drop(&mut self) {
        ovl_closesocket(self.0);
    }
}

impl Socket {
    pub fn of(kind: i32) -> Self {
        started();
        // SAFETY: no description.
        let raw = unsafe { ovl_WSASocketW(AF_INET, kind, 0, null(), 0, WSA_FLAG_OVERLAPPED) };
        assert_ne!(raw, NONE, "{}", code());
        Self(raw)
    }

    pub fn tcp() -> Self {
        Self::of(SOCK_STREAM)
    }

    pub fn bind(&self, name: &SockaddrIn) -> (i32, i32) {
        // SAFETY: a whole address.
        said(unsafe { ovl_bind(self.0, std::ptr::from_ref(name).cast(), NAME) })
    }

    pub fn connect(&self, name: &SockaddrIn) -> (i32, i32) {
        // SAFETY: as above.
        said(unsafe { ovl_connect(self.0, std::ptr::from_ref(name).cast(), NAME) })
    }

    pub fn name(&self) -> SockaddrIn {
        let (mut name, mut len) = (SockaddrIn::default(), NAME);
        // SAFETY: room for an address.
        assert_eq!(unsafe { ovl_getsockname(self.0, (&raw mut name).cast(), &mut len) }, 0, "{}", code());
        assert_eq!(len, NAME);
        name
    }

    pub fn bound(kind: i32) -> (Self, SockaddrIn) {
        let socket = Self::of(kind);
        assert_eq!(socket.bind(&loopback()), (0, 0));
        let name = socket.name();
        (socket, name)
    }

    pub fn udp() -> (Self, SockaddrIn) {
        Self::bound(SOCK_DGRAM)
    }

    pub fn listening() -> (Self, SockaddrIn) {
        let (socket, name) = Self::bound(SOCK_STREAM);
        assert_eq!(said(ovl_listen(socket.0, 0x7FFF_FFFF)), (0, 0));
        (socket, name)
    }

    pub fn accept(&self) -> Self {
        // SAFETY: no address.
        let raw = unsafe { ovl_accept(self.0, null_mut(), null_mut()) };
        assert_ne!(raw, NONE, "{}", code());
        Self(raw)
    }

    /// Two ends of a connection.
    pub fn pair() -> (Self, Self) {
        let (listener, name) = Self::listening();
        let client = Self::tcp();
        assert_eq!(client.connect(&name), (0, 0));
        let server = listener.accept();
        (client, server)
    }

    pub fn send(&self, bytes: &[u8]) -> (i32, i32) {
        // SAFETY: the slice.
        said(unsafe { ovl_send(self.0, bytes.as_ptr(), bytes.len() as i32, 0) })
    }

    pub fn send_flags(&self, bytes: &[u8], flags: u32) -> (i32, i32) {
        // SAFETY: the slice.
        said(unsafe { ovl_send(self.0, bytes.as_ptr(), bytes.len() as i32, flags as i32) })
    }

    pub fn recv(&self, room: &mut [u8]) -> (i32, i32) {
        self.recv_flags(room, 0)
    }

    pub fn recv_flags(&self, room: &mut [u8], flags: u32) -> (i32, i32) {
        // SAFETY: the slice.
        said(unsafe { ovl_recv(self.0, room.as_mut_ptr(), room.len() as i32, flags as i32) })
    }

    /// WSARecv with one buffer and this OVERLAPPED: answer and code.
    pub fn receive(&self, buffer: &mut WsaBuf, flags: &mut u32, overlapped: &mut Overlapped) -> (i32, i32) {
        // SAFETY: the callers keep all of it until completion.
        said(unsafe { ovl_WSARecv(self.0, buffer, 1, null_mut(), flags, overlapped, None) })
    }

    pub fn on_port(&self, key: usize) -> Port {
        let port = ovl_CreateIoCompletionPort(self.0, 0, key, 0);
        assert_ne!(port, 0);
        Port(port)
    }
}

pub fn loopback() -> SockaddrIn {
    SockaddrIn { family: AF_INET as u16, address: u32::from_ne_bytes([127, 0, 0, 1]), ..Default::default() }
}

pub fn buffer(bytes: &mut [u8]) -> WsaBuf {
    WsaBuf { len: bytes.len() as u32, buf: bytes.as_mut_ptr() as usize }
}

/// A manual-reset event.
pub struct Event(pub usize);

impl Event {
    pub fn new() -> Self {
        // SAFETY: neither attributes nor name.
        Self(unsafe { ovl_CreateEventW(null(), 1, 0, null()) })
    }

    pub fn signalled(&self, within: u32) -> bool {
        ovl_WaitForSingleObject(self.0, within) == 0
    }

    pub fn overlapped(&self) -> Box<Overlapped> {
        Box::new(Overlapped { h_event: self.0, ..Default::default() })
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        ovl_CloseHandle(self.0);
    }
}

/// A completion port.
pub struct Port(pub usize);

impl Drop for Port {
    fn drop(&mut self) {
        ovl_CloseHandle(self.0);
    }
}

/// What GetQueuedCompletionStatus answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Packet {
    pub ok: bool,
    pub code: i32,
    pub bytes: u32,
    pub key: usize,
    pub overlapped: usize,
}

impl Port {
    pub fn next(&self, within: u32) -> Option<Packet> {
        let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
        ovl_SetLastError(0);
        // SAFETY: all are ours.
        let ok = unsafe { ovl_GetQueuedCompletionStatus(self.0, &mut bytes, &mut key, &mut overlapped, within) } != 0;
        (ok || overlapped != 0).then(|| Packet { ok, code: code(), bytes, key, overlapped })
    }

    /// The next packet is a success with this many bytes, of this OVERLAPPED.
    pub fn expect(&self, key: usize, overlapped: &Overlapped, bytes: u32) {
        let packet = self.next(PATIENCE).expect("no packet came");
        let overlapped = std::ptr::from_ref(overlapped) as usize;
        assert_eq!(packet, Packet { ok: true, code: 0, bytes, key, overlapped });
    }

    /// The next packet is this failure, of this OVERLAPPED.
    pub fn expect_failure(&self, overlapped: &Overlapped, code: i32) {
        let packet = self.next(PATIENCE).expect("no packet came");
        assert_eq!((packet.ok, packet.code), (false, code));
        assert_eq!(packet.overlapped, std::ptr::from_ref(overlapped) as usize);
    }

    pub fn is_empty(&self) -> bool {
        self.next(MOMENT).is_none()
    }
}
