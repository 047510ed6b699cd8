//! Plain sends and receives (contract 08 section 3).

use crate::common::*;
use overlapped_abi::WsaBuf;
use overlapped_abi::constants::socket::*;
use overlapped_win32::winsock::ioctl::ovl_ioctlsocket;
use overlapped_win32::winsock::layout::SockaddrIn;
use overlapped_win32::winsock::options::{ovl_getsockopt, ovl_setsockopt};
use overlapped_win32::winsock::results::ovl_WSAGetOverlappedResult;
use overlapped_win32::winsock::socket::{ovl_bind, ovl_closesocket, ovl_getsockname};
use overlapped_win32::winsock::transfer::*;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

/// Section 3, arguments.
#[test]
fn arguments_are_looked_at_before_anything_is_sent() {
    let (client, server) = Socket::pair();
    let mut byte = [0];
    // SAFETY: NULL and bad lengths are looked at.
    unsafe {
        assert_eq!(said(ovl_recv(server.0, null_mut(), 1, 0)), (ERROR, 10014));
        assert_eq!(said(ovl_recv(server.0, byte.as_mut_ptr(), -1, 0)), (ERROR, 10014));
        assert_eq!(said(ovl_send(client.0, null_mut(), 1, 0)), (ERROR, 10014));
        assert_eq!(said(ovl_send(client.0, byte.as_ptr(), 1, 0x4000)), (ERROR, 10045));
    }
    let mut one = buffer(&mut byte);
    let (mut bytes, mut flags) = (7, 0);
    let list: *mut WsaBuf = &mut one;
    let wsa_recv = |list, count, bytes: *mut u32, flags: *mut u32| {
        // SAFETY: the buffer is ours, NULL is looked at.
        said(unsafe { ovl_WSARecv(server.0, list, count, bytes, flags, null_mut(), None) })
    };
    assert_eq!(wsa_recv(list, 0, &mut bytes, &mut flags), (ERROR, 10022));
    assert_eq!(wsa_recv(null_mut(), 1, &mut bytes, &mut flags), (ERROR, 10022));
    assert_eq!(wsa_recv(list, 1, null_mut(), &mut flags), (ERROR, 10014));
    assert_eq!(wsa_recv(list, 1, &mut bytes, null_mut()), (ERROR, 10014));
    // SAFETY: as above.
    let sent = unsafe { ovl_WSASend(client.0, list, 1, null_mut(), 0, null_mut(), None) };
    assert_eq!((said(sent), bytes), ((ERROR, 10014), 7));
    assert_eq!(Socket::tcp().recv(&mut byte), (ERROR, 10057));
    assert_eq!(Socket::tcp().send(&byte), (ERROR, 10057));
}

/// Section 3: all bytes of a blocking send.
#[test]
fn a_blocking_send_sends_all() {
    let (client, server) = Socket::pair();
    let sent: Vec<u8> = (0..3_000_000u32).map(|i| (i % 251) as u8).collect();
    std::thread::scope(|s| {
        s.spawn(|| {
            assert_eq!(client.send(&sent), (3_000_000, 0));
            ovl_closesocket(client.0);
        });
        let (mut got, mut room) = (Vec::new(), [0; 65_536]);
        while let (bytes @ 1.., _) = server.recv(&mut room) {
            got.extend_from_slice(&room[..bytes as usize]);
        }
        assert!(got == sent);
    });
}

/// Section 3: non-blocking mode.
#[test]
fn without_blocking_a_part_is_sent_and_10035_said() {
    let (client, server) = Socket::pair();
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_ioctlsocket(client.0, FIONBIO as i32, &mut yes) }, 0);
    assert_eq!(client.recv(&mut [0; 8]), (ERROR, 10035));
    let block = vec![7; 1_000_000];
    let mut sent = 0u64;
    loop {
        match client.send(&block) {
            (ERROR, 10035) => break,
            (part @ 1.., 0) => sent += part as u64,
            other => panic!("{other:?}"),
        }
        assert!(sent < 1 << 30, "room without an end");
    }
    assert!(sent > 0);
    drop(server);
}

/// Section 3: SO_RCVTIMEO in milliseconds.
#[test]
fn a_receive_gives_up_after_its_timeout() {
    let (client, _server) = Socket::pair();
    let limit = 30u32.to_ne_bytes();
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_setsockopt(client.0, SOL_SOCKET, SO_RCVTIMEO, limit.as_ptr(), 4) }, 0);
    let start = Instant::now();
    assert_eq!(client.recv(&mut [0; 8]), (ERROR, 10060));
    assert!(start.elapsed() >= Duration::from_millis(30));
}

/// Section 4: flags have Windows' numbers.
#[test]
fn peeking_leaves_the_data_and_wait_all_fills_the_buffer() {
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"abcdef"), (6, 0));
    let mut room = [0; 6];
    assert_eq!(server.recv_flags(&mut room, MSG_PEEK), (6, 0));
    assert_eq!((server.recv(&mut room[..2]), &room[..2]), ((2, 0), &b"ab"[..]));
    std::thread::scope(|s| {
        s.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!(client.send(b"gh"), (2, 0));
        });
        assert_eq!(server.recv_flags(&mut room, MSG_WAITALL), (6, 0));
    });
    assert_eq!(&room, b"cdefgh");
}

/// Section 3: urgent data.
#[test]
fn urgent_data_goes_its_own_way() {
    let (client, server) = Socket::pair();
    // SAFETY: one byte.
    assert_eq!(said(unsafe { ovl_send(client.0, b"!".as_ptr(), 1, MSG_OOB as i32) }), (1, 0));
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut byte = [0];
    while server.recv_flags(&mut byte, MSG_OOB) != (1, 0) {
        assert!(Instant::now() < deadline, "{}", code());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(byte, *b"!");
}

fn recv_from(socket: &Socket, room: &mut [u8], name: &mut SockaddrIn, len: &mut i32) -> (i32, i32) {
    let to = std::ptr::from_mut(name).cast();
    // SAFETY: the room, and a place for an address or less as the length says.
    said(unsafe { ovl_recvfrom(socket.0, room.as_mut_ptr(), room.len() as i32, 0, to, len) })
}

/// Section 3: datagrams longer than the buffer, and no room for the address.
#[test]
fn a_datagram_that_is_too_long_is_cut() {
    let ((receiver, to), (sender, from)) = (Socket::udp(), Socket::udp());
    let send = |bytes: &[u8]| {
        let name = std::ptr::from_ref(&to).cast();
        // SAFETY: bytes and a whole address.
        said(unsafe { ovl_sendto(sender.0, bytes.as_ptr(), bytes.len() as i32, 0, name, NAME) })
    };
    assert_eq!((send(b"a long one"), send(b"next")), ((10, 0), (4, 0)));
    let (mut room, mut name, mut len) = ([0; 4], SockaddrIn::default(), 8);
    assert_eq!(recv_from(&receiver, &mut room, &mut name, &mut len), (ERROR, 10014));
    len = NAME;
    assert_eq!(recv_from(&receiver, &mut room, &mut name, &mut len), (ERROR, 10040));
    assert_eq!((&room, name, len), (b"a lo", from, NAME));
    assert_eq!(recv_from(&receiver, &mut room, &mut name, &mut len), (4, 0));
    assert_eq!(&room, b"next");
}

/// Section 3, several buffers of a plain call.
#[test]
fn buffers_are_gathered_and_scattered() {
    let (client, server) = Socket::pair();
    let (mut one, mut two, mut three) = (*b"one", *b"", *b"three");
    let mut out = [buffer(&mut one), buffer(&mut two), buffer(&mut three), buffer(&mut []), buffer(&mut [])];
    let mut bytes = 0;
    // SAFETY: the buffers are ours.
    let sent = unsafe { ovl_WSASend(client.0, out.as_mut_ptr(), 5, &mut bytes, 0, null_mut(), None) };
    assert_eq!((said(sent), bytes), ((0, 0), 8));
    let (mut first, mut second, mut flags) = ([0; 2], [0; 10], MSG_WAITALL);
    let mut into = [buffer(&mut first), buffer(&mut second[..6])];
    // SAFETY: as above.
    let got = unsafe { ovl_WSARecv(server.0, into.as_mut_ptr(), 2, &mut bytes, &mut flags, null_mut(), None) };
    assert_eq!((said(got), bytes, flags), ((0, 0), 8, 0));
    assert_eq!((&first, &second[..6]), (b"on", &b"ethree"[..]));
}

/// Section 2: FIONREAD.
#[test]
fn what_can_be_read_is_counted() {
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"12345"), (5, 0));
    let (mut waiting, deadline) = (0, Instant::now() + Duration::from_secs(60));
    while waiting != 5 {
        // SAFETY: a number.
        assert_eq!(unsafe { ovl_ioctlsocket(server.0, FIONREAD as i32, &mut waiting) }, 0);
        assert!(Instant::now() < deadline, "{waiting}");
    }
    let (mut kind, mut len) = (0u32, 4);
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_getsockopt(server.0, SOL_SOCKET, SO_TYPE, (&raw mut kind).cast(), &mut len) }, 0);
    assert_eq!(kind, SOCK_STREAM as u32);
}

/// Sections 2, 3 and 10: memory that is not there is 10014, before anything happens.
#[test]
fn memory_that_is_not_there_is_10014() {
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"data"), (4, 0));
    // SAFETY: nothing is mapped without access by anybody else.
    let nowhere =
        unsafe { libc::mmap(null_mut(), 8192, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
    assert_ne!(nowhere, libc::MAP_FAILED);
    let (mut bytes, mut flags, mut len) = (0, 0, NAME);
    let there = WsaBuf { len: 4, buf: nowhere as usize };
    // SAFETY: each call looks at the memory first.
    unsafe {
        assert_eq!(said(ovl_recv(server.0, nowhere.cast(), 4, 0)), (ERROR, 10014));
        assert_eq!(said(ovl_send(server.0, nowhere.cast(), 4, 0)), (ERROR, 10014));
        let answer = ovl_WSARecv(server.0, &there, 1, &mut bytes, &mut flags, null_mut(), None);
        assert_eq!(said(answer), (ERROR, 10014));
        let answer = ovl_WSARecv(server.0, nowhere.cast(), 1, &mut bytes, &mut flags, null_mut(), None);
        assert_eq!(said(answer), (ERROR, 10014));
        let answer = ovl_WSARecv(server.0, &there, 1, &mut bytes, nowhere.cast(), null_mut(), None);
        assert_eq!(said(answer), (ERROR, 10014));
        assert_eq!(said(ovl_WSASend(server.0, &there, 1, &mut bytes, 0, null_mut(), None)), (ERROR, 10014));
        assert_eq!(said(ovl_ioctlsocket(server.0, FIONREAD as i32, nowhere.cast())), (ERROR, 10014));
        assert_eq!(said(ovl_setsockopt(server.0, SOL_SOCKET, SO_RCVBUF, nowhere.cast(), 4)), (ERROR, 10014));
        assert_eq!(said(ovl_getsockopt(server.0, SOL_SOCKET, SO_TYPE, nowhere.cast(), &mut len)), (ERROR, 10014));
        assert_eq!(said(ovl_bind(server.0, nowhere, NAME)), (ERROR, 10014));
        assert_eq!(said(ovl_getsockname(server.0, nowhere, &mut len)), (ERROR, 10014));
        libc::munmap(nowhere, 8192);
    }
    assert_eq!(server.recv(&mut [0; 8]), (4, 0), "the data waits");
}

/// Section 4: MSG_WAITALL goes with no other wish, with no datagrams, and with no call that must not wait.
#[test]
fn waiting_for_all_is_refused_where_it_makes_no_sense() {
    let ((client, server), (datagrams, _)) = (Socket::pair(), Socket::udp());
    assert_eq!(client.send(b"abcd"), (4, 0));
    let mut room = [0; 8];
    for flags in [MSG_PEEK, MSG_OOB, MSG_PARTIAL] {
        assert_eq!(server.recv_flags(&mut room, MSG_WAITALL | flags), (ERROR, 10045), "{flags}");
    }
    assert_eq!(datagrams.recv_flags(&mut room, MSG_WAITALL), (ERROR, 10045));
    let (event, mut flags) = (Event::new(), MSG_WAITALL | MSG_PEEK);
    assert_eq!(server.receive(&mut buffer(&mut room), &mut flags, &mut event.overlapped()), (ERROR, 10045));
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_ioctlsocket(server.0, FIONBIO as i32, &mut yes) }, 0);
    assert_eq!(server.recv_flags(&mut room, MSG_WAITALL), (ERROR, 10045));
    // The mode means nothing to an overlapped call.
    let (mut overlapped, mut flags) = (event.overlapped(), MSG_WAITALL);
    assert_eq!(server.receive(&mut buffer(&mut room[..6]), &mut flags, &mut overlapped), (ERROR, 997));
    assert_eq!(client.send(b"ef"), (2, 0));
    assert!(event.signalled(PATIENCE));
    assert_eq!(&room[..6], b"abcdef");
}

/// Section 4: a list of buffers is one message, however long it is; Linux takes 1024 of them.
#[test]
fn a_datagram_of_many_buffers_stays_one() {
    let ((receiver, to), (sender, _)) = (Socket::udp(), Socket::udp());
    assert_eq!(sender.connect(&to), (0, 0));
    let mut data: Vec<u8> = (0..3000u32).map(|i| (i % 251) as u8).collect();
    let (sent, mut got) = (data.clone(), vec![0; 3000]);
    let from: Vec<_> = data.chunks_mut(2).map(buffer).collect();
    let mut into: Vec<_> = got.chunks_mut(2).map(buffer).collect();
    into.push(buffer(&mut []));
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: the buffers are ours.
    let said_sent = unsafe { ovl_WSASend(sender.0, from.as_ptr(), 1500, &mut bytes, 0, null_mut(), None) };
    assert_eq!((said(said_sent), bytes), ((0, 0), 3000));
    // SAFETY: as above.
    let said_got = unsafe { ovl_WSARecv(receiver.0, into.as_ptr(), 1501, &mut bytes, &mut flags, null_mut(), None) };
    assert_eq!((said(said_got), bytes, flags), ((0, 0), 3000, 0));
    assert_eq!(got, sent);
    assert_eq!(sender.send(&[7; 3000]), (3000, 0));
    let event = Event::new();
    let (mut overlapped, short) = (event.overlapped(), &into[..1400]);
    // SAFETY: everything lives until completion.
    let cut = unsafe { ovl_WSARecv(receiver.0, short.as_ptr(), 1400, null_mut(), &mut flags, &mut *overlapped, None) };
    assert!([(ERROR, 997), (ERROR, 10040)].contains(&said(cut)), "{}", code());
    assert!(event.signalled(PATIENCE));
    assert_eq!((overlapped.internal as u32, overlapped.internal_high), (0x8000_0005, 2800));
}

/// Section 3: a receive of a stream looks at no place for the sender's address, and writes none.
#[test]
fn of_a_stream_nobody_gets_an_address() {
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"ab"), (2, 0));
    let (mut name, mut len) = (SockaddrIn { family: 77, ..Default::default() }, 3);
    assert_eq!(recv_from(&server, &mut [0; 1], &mut name, &mut len), (1, 0));
    assert_eq!((name.family, len), (77, 3));
    let to = std::ptr::from_mut(&mut name).cast();
    // SAFETY: one byte; NULL is not looked at.
    assert_eq!(said(unsafe { ovl_recvfrom(server.0, [0].as_mut_ptr(), 1, 0, to, null_mut()) }), (1, 0));
}

/// Section 3: a plain WSARecv counts what it has of a datagram that was cut.
#[test]
fn a_cut_datagram_is_counted() {
    let ((receiver, to), (sender, _)) = (Socket::udp(), Socket::udp());
    assert_eq!(sender.connect(&to), (0, 0));
    assert_eq!(sender.send(b"too long"), (8, 0));
    let (mut room, mut bytes, mut flags) = ([0; 3], 77, 0);
    let into = buffer(&mut room);
    // SAFETY: the buffer is ours.
    let cut = unsafe { ovl_WSARecv(receiver.0, &into, 1, &mut bytes, &mut flags, null_mut(), None) };
    assert_eq!((said(cut), bytes, flags, &room), ((ERROR, 10040), 3, MSG_PARTIAL, b"too"));
}

/// Section 3: any datagram is longer than no room at all, and lost; one without a byte fits.
#[test]
fn no_room_takes_a_datagram() {
    let ((receiver, to), (sender, _), event) = (Socket::udp(), Socket::udp(), Event::new());
    assert_eq!(sender.connect(&to), (0, 0));
    assert_eq!((sender.send(b"one"), sender.send(b""), sender.send(b"two")), ((3, 0), (0, 0), (3, 0)));
    assert_eq!((receiver.recv(&mut []), receiver.recv(&mut [])), ((ERROR, 10040), (0, 0)));
    assert_eq!(receiver.recv_flags(&mut [], MSG_PEEK), (ERROR, 10040));
    let mut room = [0; 8];
    assert_eq!((receiver.recv(&mut room), &room[..3]), ((3, 0), &b"two"[..]));
    let (mut none, mut flags, mut overlapped) = (buffer(&mut []), 0, event.overlapped());
    assert_eq!(receiver.receive(&mut none, &mut flags, &mut overlapped), (ERROR, 997));
    assert_eq!(sender.send(b"three"), (5, 0));
    assert!(event.signalled(PATIENCE));
    let (mut bytes, mut flags) = (7, 0);
    // SAFETY: places for the answers.
    let got = unsafe { ovl_WSAGetOverlappedResult(receiver.0, &mut *overlapped, &mut bytes, 0, &mut flags) };
    assert_eq!((said(got), bytes, flags), ((0, 10040), 0, MSG_PARTIAL));
    let mut left = 7;
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_ioctlsocket(receiver.0, FIONREAD as i32, &mut left) }, 0);
    assert_eq!(left, 0);
}

/// Section 3: without a connection that is the answer, whatever else is wrong with the wish.
#[test]
fn urgent_data_needs_a_connection() {
    let socket = Socket::tcp();
    assert_eq!(socket.recv_flags(&mut [], MSG_OOB), (ERROR, 10057));
    assert_eq!(socket.recv_flags(&mut [0; 4], MSG_OOB), (ERROR, 10057));
}
