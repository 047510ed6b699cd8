//! WSAEventSelect, WSAEnumNetworkEvents and the events of Winsock (contract 08 sections 7.3 and 7.4).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{WsaNetworkEvents, WsaPollFd};
use overlapped_win32::winsock::events::*;
use overlapped_win32::winsock::ioctl::ovl_ioctlsocket;
use overlapped_win32::winsock::options::ovl_setsockopt;
use overlapped_win32::winsock::select::ovl_WSAPoll;
use overlapped_win32::winsock::socket::{ovl_listen, ovl_shutdown};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn select(socket: &Socket, event: &Event, mask: u32) {
    assert_eq!(said(ovl_WSAEventSelect(socket.0, event.0, mask as i32)), (0, 0));
}

/// What is recorded when the event is signalled, with the code of one of them.
fn recorded(socket: &Socket, event: &Event, bit: u32) -> (u32, i32) {
    assert!(event.signalled(PATIENCE), "the event was not signalled");
    let mut found = WsaNetworkEvents::default();
    // SAFETY: a place for them.
    assert_eq!(said(unsafe { ovl_WSAEnumNetworkEvents(socket.0, event.0, &mut found) }), (0, 0));
    (found.network_events as u32, found.error_code[bit as usize])
}

/// Section 7.3: what is true already is recorded at once, and only once.
#[test]
fn writing_is_recorded_at_once_and_reading_when_data_comes() {
    let ((client, server), event) = (Socket::pair(), Event::new());
    select(&server, &event, FD_READ | FD_WRITE | FD_CLOSE);
    assert_eq!(recorded(&server, &event, FD_WRITE_BIT), (FD_WRITE, 0));
    assert!(!event.signalled(MOMENT));
    assert_eq!(client.send(b"data"), (4, 0));
    assert_eq!(recorded(&server, &event, FD_READ_BIT), (FD_READ, 0));
    assert_eq!(client.send(b"more"), (4, 0));
    assert!(!event.signalled(MOMENT), "not again until somebody receives");
    assert_eq!(server.recv(&mut [0; 2]), (2, 0));
    assert_eq!(recorded(&server, &event, FD_READ_BIT), (FD_READ, 0));
    let mut left = 6;
    while left > 0 {
        left -= server.recv(&mut [0; 6]).0.max(0);
    }
    // What came between two receives is news.
    // SAFETY: a place for the events.
    unsafe { ovl_WSAEnumNetworkEvents(server.0, event.0, &mut WsaNetworkEvents::default()) };
    assert!(!event.signalled(MOMENT));
}

/// Section 7.3: whoever looks meets the reset; what came before it is received all the same, and then the reset is told, again and again.
#[test]
fn what_came_before_a_reset_is_received_although_the_reset_was_recorded() {
    let ((client, server), event) = (Socket::pair(), Event::new());
    assert_eq!(client.send(b"answer"), (6, 0));
    // It has arrived once it can be seen.
    assert_eq!(server.recv_flags(&mut [0; 8], MSG_PEEK), (6, 0));
    // Unread data at close is a reset.
    assert_eq!(server.send(b"never read"), (10, 0));
    assert_eq!(client.recv_flags(&mut [0; 16], MSG_PEEK), (10, 0));
    drop(client);
    select(&server, &event, FD_READ | FD_CLOSE);
    let (mut found, mut code) = (0, 0);
    while found & FD_CLOSE == 0 {
        let (more, error) = recorded(&server, &event, FD_CLOSE_BIT);
        (found, code) = (found | more, error);
    }
    assert_eq!((found, code), (FD_READ | FD_CLOSE, 10054));
    let mut room = [0; 4];
    assert_eq!((server.recv(&mut room), &room), ((4, 0), b"answ"));
    assert_eq!((server.recv(&mut room), &room[..2]), ((2, 0), &b"er"[..]));
    for _ in 0..2 {
        assert_eq!(server.recv(&mut room), (ERROR, 10054));
    }
}

/// Section 7.3: the mode, and the end of the selection.
#[test]
fn selection_makes_the_socket_non_blocking_until_it_ends() {
    let ((_client, server), event) = (Socket::pair(), Event::new());
    select(&server, &event, FD_READ);
    assert_eq!(server.recv(&mut [0; 2]), (ERROR, 10035));
    let mut no = 0;
    // SAFETY: a number.
    let mut block = || said(unsafe { ovl_ioctlsocket(server.0, FIONBIO as i32, &mut no) });
    assert_eq!(block(), (ERROR, 10022));
    assert_eq!(said(ovl_WSAEventSelect(server.0, 0, 0)), (0, 0));
    assert_eq!(block(), (0, 0));
}

/// Section 7.3: the peer's end, and its reset.
#[test]
fn the_end_of_a_connection_is_recorded_with_its_code() {
    let ((client, server), event) = (Socket::pair(), Event::new());
    select(&server, &event, FD_CLOSE);
    assert_eq!(said(ovl_shutdown(client.0, SD_SEND)), (0, 0));
    assert_eq!(recorded(&server, &event, FD_CLOSE_BIT), (FD_CLOSE, 0));
}

/// Section 7.3: connections, and what an accepted socket inherits.
#[test]
fn a_listener_records_connections_and_hands_its_selection_on() {
    let ((listener, name), event) = (Socket::listening(), Event::new());
    select(&listener, &event, FD_ACCEPT | FD_READ);
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    assert_eq!(recorded(&listener, &event, FD_ACCEPT_BIT), (FD_ACCEPT, 0));
    let server = listener.accept();
    assert_eq!(client.send(b"data"), (4, 0));
    assert_eq!(recorded(&server, &event, FD_READ_BIT), (FD_READ, 0));
}

/// Sections 3 and 7.3: connecting in non-blocking mode says 10035, and the outcome is recorded.
#[test]
fn connecting_is_recorded_with_its_outcome() {
    let ((_listener, name), event) = (Socket::listening(), Event::new());
    let client = Socket::tcp();
    select(&client, &event, FD_CONNECT);
    assert_eq!(client.connect(&name), (ERROR, 10035));
    assert_eq!(recorded(&client, &event, FD_CONNECT_BIT), (FD_CONNECT, 0));
    let ((_nobody, name), event) = (Socket::bound(SOCK_STREAM), Event::new());
    let client = Socket::tcp();
    select(&client, &event, FD_CONNECT);
    assert_eq!(client.connect(&name), (ERROR, 10035));
    assert_eq!(recorded(&client, &event, FD_CONNECT_BIT), (FD_CONNECT, 10061));
}

/// Section 7.3: arguments.
#[test]
fn selection_needs_an_event() {
    let (client, _server) = Socket::pair();
    assert_eq!(said(ovl_WSAEventSelect(client.0, 0, FD_READ as i32)), (ERROR, 10022));
    assert_eq!(said(ovl_WSAEventSelect(client.0, 0x7FFC, FD_READ as i32)), (ERROR, 10022));
    // SAFETY: NULL is looked at.
    assert_eq!(said(unsafe { ovl_WSAEnumNetworkEvents(client.0, 0, null_mut()) }), (ERROR, 10014));
}

/// Section 7.4.
#[test]
fn events_of_winsock_are_events() {
    started();
    let event = ovl_WSACreateEvent();
    assert_ne!(event, 0);
    let wait = |events: &[usize], ms| {
        // SAFETY: the slice.
        let waited = unsafe { ovl_WSAWaitForMultipleEvents(events.len() as u32, events.as_ptr(), 0, ms, 0) };
        (waited, code())
    };
    assert_eq!(wait(&[event], 0), (WSA_WAIT_TIMEOUT, 0));
    assert_eq!((ovl_WSASetEvent(event), wait(&[event], 0)), (1, (WSA_WAIT_EVENT_0, 0)));
    assert_eq!((ovl_WSAResetEvent(event), wait(&[event], 0)), (1, (WSA_WAIT_TIMEOUT, 0)));
    assert_eq!(wait(&[event; 65], 0), (WSA_WAIT_FAILED, 10022));
    assert_eq!(ovl_WSACloseEvent(event), 1);
    assert_eq!((ovl_WSACloseEvent(event), code()), (0, 6));
    assert_eq!(wait(&[event], 0), (WSA_WAIT_FAILED, 6));
    // SAFETY: no events.
    assert_eq!(unsafe { ovl_WSAWaitForMultipleEvents(0, null(), 0, 0, 0) }, WSA_WAIT_FAILED);
    assert_eq!(code(), 10022);
}

/// Sections 7.3 and 10: with SO_OOBINLINE there is no FD_OOB.
#[test]
fn urgent_data_in_line_is_only_data() {
    let ((client, server), event) = (Socket::pair(), Event::new());
    let yes = 1u32;
    // SAFETY: a number.
    let set = unsafe { ovl_setsockopt(server.0, SOL_SOCKET, SO_OOBINLINE, (&raw const yes).cast(), 4) };
    assert_eq!(said(set), (0, 0));
    select(&server, &event, FD_READ | FD_OOB);
    assert_eq!(client.send_flags(b"!", MSG_OOB), (1, 0));
    assert_eq!(recorded(&server, &event, FD_READ_BIT), (FD_READ, 0));
    assert_eq!(server.recv(&mut [0; 5]), (1, 0));
    assert!(!event.signalled(MOMENT));
}

/// Section 7.3: that a connection was made is an event also if another thread, which polls the socket, has seen it first.
#[test]
fn a_connection_is_an_event_whoever_sees_it_first() {
    let (listener, name) = Socket::bound(SOCK_STREAM);
    assert_eq!(said(ovl_listen(listener.0, 1)), (0, 0));
    let (current, over) = (AtomicUsize::new(NONE), AtomicBool::new(false));
    let look = || {
        while !over.load(Ordering::Relaxed) {
            let mut one = WsaPollFd { fd: current.load(Ordering::Relaxed), events: POLLOUT, revents: 0 };
            // SAFETY: one entry.
            unsafe { ovl_WSAPoll(&mut one, 1, 0) };
        }
    };
    let attempts = || {
        for round in 0..4 {
            // The listener's queue is filled until a connection has to wait.
            let (mut made, event) = (Vec::new(), Event::new());
            let late = loop {
                let client = Socket::tcp();
                select(&client, &event, FD_CONNECT);
                assert_eq!(client.connect(&name), (ERROR, 10035));
                if !event.signalled(200) {
                    break client;
                }
                assert_eq!(recorded(&client, &event, FD_CONNECT_BIT), (FD_CONNECT, 0));
                made.push(client);
                assert!(made.len() < 64, "the queue is never full");
            };
            current.store(late.0, Ordering::Relaxed);
            let accepted: Vec<_> = made.iter().map(|_| listener.accept()).collect();
            assert!(event.signalled(10_000), "round {round}: nobody was told");
            assert_eq!(recorded(&late, &event, FD_CONNECT_BIT), (FD_CONNECT, 0));
            current.store(NONE, Ordering::Relaxed);
            drop((listener.accept(), accepted));
        }
    };
    std::thread::scope(|scope| {
        let looker = scope.spawn(look);
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempts));
        over.store(true, Ordering::Relaxed);
        looker.join().unwrap();
        ended.unwrap();
    });
}
