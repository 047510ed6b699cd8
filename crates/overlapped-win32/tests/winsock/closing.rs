//! Ends of connections and of sockets (contract 08 section 9, and the codes of section 5).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Linger, Overlapped, Status};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::winsock::options::{ovl_getsockopt, ovl_setsockopt};
use overlapped_win32::winsock::results::ovl_WSAGetOverlappedResult;
use overlapped_win32::winsock::socket::ovl_closesocket;

fn abort(socket: Socket) {
    let linger = Linger { on_off: 1, seconds: 0 };
    // SAFETY: a LINGER.
    let set = unsafe { ovl_setsockopt(socket.0, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) };
    assert_eq!(said(set), (0, 0));
    drop(socket);
}

fn status(overlapped: &Overlapped) -> Status {
    Status(overlapped.internal as u32)
}

/// Section 9: reset under a receive: 64 through the port, 10054 through Winsock, and again at once.
#[test]
fn a_reset_is_64_to_the_port_and_10054_to_winsock() {
    let (client, server) = Socket::pair();
    let port = server.on_port(1);
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    abort(client);
    port.expect_failure(&overlapped, 64);
    assert_eq!(status(&overlapped), Status::CONNECTION_RESET);
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: all are ours.
    assert_eq!(unsafe { ovl_WSAGetOverlappedResult(server.0, &mut *overlapped, &mut bytes, 0, &mut flags) }, 0);
    assert_eq!(code(), 10054);
    let (mut pending, mut len) = (7u32, 4);
    // SAFETY: a number.
    let asked = unsafe { ovl_getsockopt(server.0, SOL_SOCKET, SO_ERROR, (&raw mut pending).cast(), &mut len) };
    assert_eq!((asked, pending), (0, 0));
    assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 10054));
    assert!(port.is_empty());
}

/// Section 3: reset under plain calls.
#[test]
fn a_reset_ends_plain_calls_with_10054() {
    let (client, server) = Socket::pair();
    abort(client);
    assert_eq!(server.recv(&mut [0; 8]), (ERROR, 10054));
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"unread"), (6, 0));
    assert_eq!(server.recv_flags(&mut [0; 8], MSG_PEEK), (6, 0));
    drop(server);
    assert_eq!(client.recv(&mut [0; 8]), (ERROR, 10054), "unread data at close is a reset");
}

/// Section 9: pending requests of a closed socket.
#[test]
fn closing_ends_a_pending_receive_with_1236() {
    for close in [|raw| ovl_closesocket(raw) == 0, |raw| ovl_CloseHandle(raw) == 1] {
        let (_client, server) = Socket::pair();
        let port = server.on_port(1);
        let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
        assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
        let close: fn(usize) -> bool = close;
        assert!(close(server.0));
        std::mem::forget(server);
        port.expect_failure(&overlapped, 1236);
        assert_eq!(status(&overlapped), Status::CONNECTION_ABORTED);
        assert!(port.is_empty());
    }
}

/// Section 9: the other side sees the end; what was sent before arrives.
#[test]
fn a_graceful_close_delivers_what_was_sent() {
    let (client, server) = Socket::pair();
    assert_eq!(client.send(b"last words"), (10, 0));
    drop(client);
    let mut room = [0; 16];
    assert_eq!(server.recv_flags(&mut room, MSG_WAITALL), (10, 0));
    assert_eq!(server.recv(&mut room), (0, 0));
}

/// Section 2: a socket that does not block and is to linger stays open.
#[test]
fn a_lingering_close_that_must_not_block_says_10035() {
    let (client, server) = Socket::pair();
    let linger = Linger { on_off: 1, seconds: 20 };
    // SAFETY: a LINGER.
    let set = unsafe { ovl_setsockopt(client.0, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) };
    assert_eq!(said(set), (0, 0));
    let mut yes = 1;
    // SAFETY: a number.
    unsafe { overlapped_win32::winsock::ioctl::ovl_ioctlsocket(client.0, FIONBIO as i32, &mut yes) };
    let block = vec![0; 1 << 20];
    while client.send(&block).0 > 0 {}
    assert_eq!(code(), 10035);
    assert_eq!(said(ovl_closesocket(client.0)), (ERROR, 10035));
    assert_eq!(client.recv(&mut [0; 8]), (ERROR, 10035), "it is open still");
    abort(client);
    drop(server);
}
