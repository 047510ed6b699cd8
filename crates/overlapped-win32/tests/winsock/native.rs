//! What event loops ask of sockets at the native level: IOCTL_AFD_POLL and the receives of NtDeviceIoControlFile. Requests go the way of all
//! others (contract 03 section 5, 06 section 4), with a packet that carries the context.

use crate::common::*;
use overlapped_abi::constants::socket::{AF_INET, SOCK_DGRAM};
use overlapped_abi::{Overlapped, WsaBuf};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::{ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus};
use overlapped_win32::ntdll::control::{ovl_NtCancelIoFileEx, ovl_NtDeviceIoControlFile};
use overlapped_win32::ntdll::open::{ObjectAttributes, ovl_NtCreateFile};
use overlapped_win32::ntdll::{StatusBlock, UnicodeString, ovl_RtlInitUnicodeString};
use overlapped_win32::winsock::layout::{ProtocolInfo, SockaddrIn};
use overlapped_win32::winsock::options::ovl_getsockopt;
use overlapped_win32::winsock::socket::ovl_closesocket;
use std::mem::MaybeUninit;
use std::ptr::{from_mut, null, null_mut};

const IOCTL_AFD_RECEIVE_DATAGRAM: u32 = 0x1_201B;
const IOCTL_AFD_POLL: u32 = 0x1_2024;
const PENDING: u32 = 0x103;
const TIMEOUT: usize = 0x102;
const CANCELLED: usize = 0xC000_0120;
const NOT_FOUND: u32 = 0xC000_0225;

const RECEIVE: u32 = 0x1;
const SEND: u32 = 0x4;
const DISCONNECT: u32 = 0x8;
const LOCAL_CLOSE: u32 = 0x20;
const ACCEPT: u32 = 0x80;
const CONNECT_FAIL: u32 = 0x100;

/// AFD_POLL_HANDLE_INFO.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Entry {
    handle: usize,
    events: u32,
    status: u32,
}

/// AFD_POLL_INFO for up to two sockets, and the status block of its request.
#[repr(C)]
struct Poll {
    timeout: i64,
    count: u32,
    exclusive: u32,
    entries: [Entry; 2],
    block: StatusBlock,
}

impl Poll {
    fn new(sockets: &[(&Socket, u32)]) -> Box<Self> {
        let mut poll = Self {
            timeout: i64::MAX,
            count: sockets.len() as u32,
            exclusive: 0,
            entries: [Entry::default(); 2],
            block: StatusBlock::default(),
        };
        for (entry, (socket, events)) in poll.entries.iter_mut().zip(sockets) {
            (entry.handle, entry.events) = (socket.0, *events);
        }
        Box::new(poll)
    }

    /// Issues it on a handle with this context.
    fn issue(&mut self, on: usize, context: usize) -> u32 {
        let info = from_mut(self).cast();
        let len = 16 + 16 * self.count;
        // SAFETY: the structure stays in its box until the request is complete.
        unsafe {
            let block = &raw mut self.block;
            ovl_NtDeviceIoControlFile(on, 0, None, context as *mut _, block, IOCTL_AFD_POLL, info, len, info, len)
        }
    }

    fn found(&self) -> Vec<(usize, u32)> {
        self.entries[..self.count as usize].iter().map(|entry| (entry.handle, entry.events)).collect()
    }
}

/// `\Device\Afd` on a port of its own.
struct Loop {
    device: usize,
    port: usize,
}

impl Drop for Loop {
    fn drop(&mut self) {
        ovl_CloseHandle(self.device);
        ovl_CloseHandle(self.port);
    }
}

const KEY: usize = 77;

impl Loop {
    fn new() -> Self {
        started();
        let mut name: Vec<u16> = r"\Device\Afd\Test".encode_utf16().chain([0]).collect();
        let mut string = UnicodeString { length: 0, room: 0, text: null_mut() };
        let (mut device, mut block) = (0, StatusBlock::default());
        // SAFETY: our own structures; the name ends with a zero.
        unsafe {
            ovl_RtlInitUnicodeString(&mut string, name.as_mut_ptr());
            let what = ObjectAttributes {
                length: size_of::<ObjectAttributes>() as u32,
                root: 0,
                name: &string,
                attributes: 0,
                security: null(),
                quality: null(),
            };
            let made = ovl_NtCreateFile(&mut device, 0x10_0000, &what, &mut block, null(), 0, 3, 1, 0, null(), 0);
            assert_eq!((made, block.information), (0, 1), "FILE_OPENED");
        }
        let port = ovl_CreateIoCompletionPort(device, 0, KEY, 0);
        assert_ne!(port, 0);
        Self { device, port }
    }

    /// The next packet: its context; with a limit that nothing needs.
    fn next(&self) -> usize {
        self.packet(PATIENCE).expect("a packet")
    }

    fn packet(&self, milliseconds: u32) -> Option<usize> {
        let (mut bytes, mut key, mut context) = (0, 0, 0);
        // SAFETY: three places. A failed request has a packet, too.
        unsafe {
            ovl_GetQueuedCompletionStatus(self.port, &mut bytes, &mut key, &mut context, milliseconds);
        }
        assert!(context == 0 || key == KEY);
        (context != 0).then_some(context)
    }
}

#[test]
fn a_poll_is_done_at_once_where_something_is_ready() {
    let (events, (client, server)) = (Loop::new(), Socket::pair());
    let mut poll = Poll::new(&[(&client, RECEIVE), (&server, RECEIVE | SEND)]);
    assert_eq!(poll.issue(events.device, 5), 0);
    assert_eq!((events.next(), poll.found()), (5, vec![(server.0, SEND)]));
    assert_eq!(poll.block, StatusBlock { status: 0, information: 32 });
}

#[test]
fn a_poll_waits_for_data_and_tells_once_by_its_context() {
    let (events, (client, server)) = (Loop::new(), Socket::pair());
    let mut poll = Poll::new(&[(&server, RECEIVE | DISCONNECT)]);
    assert_eq!(poll.issue(events.device, 0xABC), PENDING);
    assert_eq!(events.packet(MOMENT), None);
    assert_eq!(client.send(b"x"), (1, 0));
    assert_eq!((events.next(), poll.found()), (0xABC, vec![(server.0, RECEIVE)]));
    assert_eq!(client.send(b"y"), (1, 0));
    assert_eq!(events.packet(MOMENT), None, "it was told once");
    let mut again = Poll::new(&[(&server, RECEIVE)]);
    assert_eq!((again.issue(events.device, 1), events.next()), (0, 1), "what is there is still there");
    let mut room = [0; 4];
    assert_eq!(server.recv(&mut room), (2, 0));
    let mut end = Poll::new(&[(&server, RECEIVE | DISCONNECT)]);
    assert_eq!(end.issue(events.device, 2), PENDING);
    drop(client);
    assert_eq!((events.next(), end.found()), (2, vec![(server.0, DISCONNECT)]));
}

#[test]
fn a_poll_tells_of_connections_made_and_refused() {
    let events = Loop::new();
    let (listener, name) = Socket::listening();
    let mut poll = Poll::new(&[(&listener, ACCEPT)]);
    assert_eq!(poll.issue(events.device, 1), PENDING);
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    assert_eq!((events.next(), poll.found()), (1, vec![(listener.0, ACCEPT)]));
    let (_nobody, nowhere) = Socket::bound(overlapped_abi::constants::socket::SOCK_STREAM);
    let refused = Socket::tcp();
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(
        // SAFETY: a number that outlives the call.
        unsafe { overlapped_win32::winsock::ioctl::ovl_ioctlsocket(refused.0, 0x8004_667E_u32 as i32, &mut yes) },
        0
    );
    assert_eq!(refused.connect(&nowhere), (ERROR, 10035));
    let mut poll = Poll::new(&[(&refused, SEND | CONNECT_FAIL)]);
    let issued = poll.issue(events.device, 2);
    assert!([0, PENDING].contains(&issued), "{issued:#x}");
    assert_eq!((events.next(), poll.found()), (2, vec![(refused.0, CONNECT_FAIL)]));
    assert_eq!(poll.entries[0].status, 0xC000_0236, "CONNECTION_REFUSED");
}

#[test]
fn a_poll_can_be_issued_on_any_socket_and_hears_of_a_close() {
    let events = Loop::new();
    let ((watched, name), (peer, _)) = (Socket::udp(), Socket::udp());
    let port = ovl_CreateIoCompletionPort(peer.0, events.port, KEY, 0);
    assert_eq!(port, events.port);
    let mut poll = Poll::new(&[(&watched, RECEIVE)]);
    assert_eq!(poll.issue(peer.0, 9), PENDING);
    let (sender, _) = Socket::udp();
    // SAFETY: a whole address.
    let to: (*const SockaddrIn, i32) = (&name, NAME);
    // SAFETY: as above.
    let sent =
        unsafe { overlapped_win32::winsock::transfer::ovl_sendto(sender.0, b"d".as_ptr(), 1, 0, to.0.cast(), to.1) };
    assert_eq!(sent, 1);
    assert_eq!((events.next(), poll.found()), (9, vec![(watched.0, RECEIVE)]));
    let (other, _) = Socket::udp();
    let mut close = Poll::new(&[(&other, RECEIVE)]);
    assert_eq!(close.issue(peer.0, 10), PENDING);
    let raw = other.0;
    assert_eq!(ovl_closesocket(raw), 0);
    assert_eq!((events.next(), close.found()), (10, vec![(raw, LOCAL_CLOSE)]));
    std::mem::forget(other);
}

#[test]
fn a_poll_ends_in_time_or_by_cancelling_or_for_an_exclusive_one() {
    let (events, (_client, server)) = (Loop::new(), Socket::pair());
    let mut poll = Poll::new(&[(&server, RECEIVE)]);
    poll.timeout = 0;
    assert_eq!((poll.issue(events.device, 1), events.next()), (TIMEOUT as u32, 1));
    assert_eq!((poll.found(), poll.block.information), (vec![], 16));
    let mut poll = Poll::new(&[(&server, RECEIVE)]);
    poll.timeout = -200_000;
    assert_eq!((poll.issue(events.device, 2), events.next()), (PENDING, 2));
    assert_eq!((poll.block.status, poll.found()), (TIMEOUT, vec![]));
    let mut poll = Poll::new(&[(&server, RECEIVE)]);
    assert_eq!(poll.issue(events.device, 3), PENDING);
    let mut done = StatusBlock::default();
    // SAFETY: two status blocks.
    let cancel =
        |block: &StatusBlock, done: &mut StatusBlock| unsafe { ovl_NtCancelIoFileEx(events.device, block, done) };
    assert_eq!((cancel(&poll.block, &mut done), events.next(), poll.block.status), (0, 3, CANCELLED));
    assert_eq!(cancel(&poll.block, &mut done), NOT_FOUND);
    let (mut first, mut second) = (Poll::new(&[(&server, RECEIVE)]), Poll::new(&[(&server, RECEIVE)]));
    (first.exclusive, second.exclusive) = (1, 1);
    assert_eq!(first.issue(events.device, 4), PENDING);
    assert_eq!(second.issue(events.device, 5), PENDING);
    assert_eq!((events.next(), first.block.status), (4, CANCELLED));
    assert_eq!((cancel(&second.block, &mut done), events.next()), (0, 5));
}

#[test]
fn a_poll_is_refused_with_other_handles_and_too_little_room() {
    let events = Loop::new();
    let (socket, _) = Socket::udp();
    let mut poll = Poll::new(&[(&socket, RECEIVE)]);
    poll.entries[0].handle = events.port;
    assert_eq!(poll.issue(events.device, 1), 0xC000_0008);
    let mut poll = Poll::new(&[(&socket, RECEIVE)]);
    assert_eq!(poll.issue(events.port, 1), 0xC000_0008, "a port is no file");
    let (info, block) = (from_mut(&mut *poll).cast(), &raw mut poll.block);
    // SAFETY: less than there is.
    let short = |input, output| unsafe {
        ovl_NtDeviceIoControlFile(events.device, 0, None, null_mut(), block, IOCTL_AFD_POLL, info, input, info, output)
    };
    assert_eq!((short(31, 32), short(32, 31)), (0xC000_000D, 0xC000_0023));
    // SAFETY: as above.
    let other = unsafe {
        ovl_NtDeviceIoControlFile(events.device, 0, None, null_mut(), block, 0x1_2FFF, null(), 0, null_mut(), 0)
    };
    assert_eq!(other, 0xC000_0010);
    assert_eq!(events.packet(MOMENT), None, "who is refused at once is told by the call");
}

#[test]
fn a_datagram_is_received_with_its_sender_at_the_native_level() {
    /// AFD_RECV_DATAGRAM_INFO.
    #[repr(C)]
    struct Info {
        buffers: *const WsaBuf,
        count: u32,
        flags: u32,
        kind: u32,
        name: *mut SockaddrIn,
        len: *mut i32,
    }
    let ((receiver, name), (sender, from)) = (Socket::udp(), Socket::udp());
    let port = ovl_CreateIoCompletionPort(receiver.0, 0, KEY, 0);
    let (mut room, mut peer, mut len) = ([0u8; 8], SockaddrIn::default(), NAME);
    let buffer = WsaBuf { len: 8, buf: room.as_mut_ptr() as usize };
    let info = Info { buffers: &buffer, count: 1, flags: 2, kind: 0x20, name: &mut peer, len: &mut len };
    let mut overlapped = Overlapped::default();
    let block: *mut StatusBlock = (&raw mut overlapped).cast();
    let size = size_of::<Info>() as u32;
    // SAFETY: all of it stays until the packet has come.
    let issued = unsafe {
        let input = (&raw const info).cast();
        ovl_NtDeviceIoControlFile(
            receiver.0,
            0,
            None,
            block.cast(),
            block,
            IOCTL_AFD_RECEIVE_DATAGRAM,
            input,
            size,
            null_mut(),
            0,
        )
    };
    assert_eq!(issued, PENDING);
    // SAFETY: a whole address.
    let sent = unsafe {
        let to = (&raw const name).cast();
        overlapped_win32::winsock::transfer::ovl_sendto(sender.0, b"hello".as_ptr(), 5, 0, to, NAME)
    };
    assert_eq!(sent, 5);
    let (mut bytes, mut key, mut context) = (0, 0, 0);
    // SAFETY: three places.
    let got = unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut context, PATIENCE) };
    assert_eq!((got, bytes, context), (1, 5, block as usize));
    assert_eq!((&room[..5], peer.port, len), (&b"hello"[..], from.port, NAME));
    ovl_CloseHandle(port);
}

/// By this identifier programs know that a socket can be polled so.
#[test]
fn sockets_are_those_of_the_systems_own_provider() {
    const SO_PROTOCOL_INFOW: i32 = 0x2005;
    let (socket, _) = Socket::udp();
    let mut info = MaybeUninit::<ProtocolInfo<u16>>::zeroed();
    let mut len = size_of_val(&info) as i32;
    // SAFETY: as much room as is said; zeros are a value.
    let info = unsafe {
        assert_eq!(ovl_getsockopt(socket.0, 0xFFFF, SO_PROTOCOL_INFOW, info.as_mut_ptr().cast(), &mut len), 0);
        info.assume_init()
    };
    assert_eq!((info.family, info.socktype), (AF_INET, SOCK_DGRAM));
    assert_eq!((info.provider_id.data1, info.provider_id.data2), (0xE70F_1AA0, 0xAB8B));
}
