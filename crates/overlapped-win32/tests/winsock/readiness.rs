//! select and WSAPoll (contract 08 sections 7.1 and 7.2).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{FdSet, TimeVal, WsaPollFd};
use overlapped_win32::winsock::events::ovl_WSAEventSelect;
use overlapped_win32::winsock::ioctl::ovl_ioctlsocket;
use overlapped_win32::winsock::options::{ovl_getsockopt, ovl_setsockopt};
use overlapped_win32::winsock::select::*;
use overlapped_win32::winsock::socket::ovl_listen;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const LONG: TimeVal = TimeVal { seconds: 60, microseconds: 0 };
const SHORT: TimeVal = TimeVal { seconds: 0, microseconds: 30_000 };

fn set(sockets: &[usize]) -> FdSet {
    let mut set = FdSet { count: sockets.len() as u32, ..Default::default() };
    set.sockets[..sockets.len()].copy_from_slice(sockets);
    set
}

/// select: what it answers and what it leaves in the sets.
fn select(sets: [&[usize]; 3], time: TimeVal) -> ((i32, i32), [Vec<usize>; 3]) {
    let mut sets = sets.map(set);
    let [reads, writes, excepts] = sets.each_mut().map(|set| std::ptr::from_mut(set).cast());
    // SAFETY: three sets and a time.
    let answer = said(unsafe { ovl_select(0, reads, writes, excepts, &time) });
    (answer, sets.map(|set| set.sockets[..set.count as usize].to_vec()))
}

/// Section 7.1.
#[test]
fn select_keeps_what_is_ready() {
    let (listener, name) = Socket::listening();
    let empty: [Vec<usize>; 3] = Default::default();
    assert_eq!(select([&[listener.0], &[], &[]], SHORT), ((0, 0), empty));
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    let both = select([&[client.0, listener.0], &[client.0], &[client.0]], LONG);
    assert_eq!(both, ((2, 0), [vec![listener.0], vec![client.0], vec![]]));
    let server = listener.accept();
    assert_eq!(client.send(b"x"), (1, 0));
    assert_eq!(select([&[listener.0, server.0], &[], &[]], LONG).1[0], [server.0]);
}

/// Section 7.1: nothing to wait for, and what is no socket.
#[test]
fn select_refuses_empty_sets_and_other_handles() {
    let socket = Socket::tcp();
    assert_eq!(select([&[], &[], &[]], SHORT).0, (ERROR, 10022));
    // SAFETY: NULL is looked at.
    assert_eq!(said(unsafe { ovl_select(0, null_mut(), null_mut(), null_mut(), &SHORT) }), (ERROR, 10022));
    assert_eq!(select([&[NONE], &[socket.0], &[]], SHORT).0, (ERROR, 10038));
    assert_eq!(select([&[socket.0], &[], &[]], TimeVal { seconds: -1, microseconds: 0 }).0, (ERROR, 10022));
    // What comes of -1 milliseconds, taken apart into seconds and microseconds, is over at once.
    assert_eq!(select([&[socket.0], &[], &[]], TimeVal { seconds: 0, microseconds: -1000 }).0, (0, 0));
    let mut members = set(&[5, 9]);
    let start = std::ptr::from_mut(&mut members).cast();
    // SAFETY: a set.
    assert_eq!(unsafe { (ovl___WSAFDIsSet(9, start), ovl___WSAFDIsSet(8, start)) }, (1, 0));
}

/// Sections 3 and 7.1: a failed connection is exceptional.
#[test]
fn a_failed_connection_is_exceptional() {
    let ((_nobody, name), client) = (Socket::bound(SOCK_STREAM), Socket::tcp());
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_ioctlsocket(client.0, FIONBIO as i32, &mut yes) }, 0);
    assert_eq!(client.connect(&name), (ERROR, 10035));
    assert_eq!(select([&[], &[client.0], &[client.0]], LONG), ((1, 0), [vec![], vec![], vec![client.0]]));
}

fn poll(sockets: &[(usize, i16)], ms: i32) -> ((i32, i32), Vec<i16>) {
    let mut list: Vec<_> = sockets.iter().map(|&(fd, events)| WsaPollFd { fd, events, revents: 0x7FFF }).collect();
    // SAFETY: the list.
    let answer = said(unsafe { ovl_WSAPoll(list.as_mut_ptr(), list.len() as u32, ms) });
    (answer, list.iter().map(|one| one.revents).collect())
}

/// Section 7.2.
#[test]
fn poll_says_what_each_socket_is_ready_for() {
    let (client, server) = Socket::pair();
    assert_eq!(poll(&[(server.0, POLLRDNORM)], 30), ((0, 0), vec![0]));
    assert_eq!(poll(&[(server.0, POLLIN | POLLOUT)], 60_000), ((1, 0), vec![POLLWRNORM]));
    assert_eq!(client.send(b"x"), (1, 0));
    let both = poll(&[(client.0, POLLRDNORM), (server.0, POLLRDNORM)], 60_000);
    assert_eq!(both, ((1, 0), vec![0, POLLRDNORM]));
    drop(client);
    // The data that is left is data; the end is none.
    let mut found = poll(&[(server.0, POLLRDNORM)], 60_000);
    while found.1 == [POLLRDNORM] {
        found = poll(&[(server.0, POLLRDNORM)], 60_000);
    }
    assert_eq!(found, ((1, 0), vec![POLLRDNORM | POLLHUP]));
    assert_eq!(server.recv(&mut [0; 8]), (1, 0));
    assert_eq!(poll(&[(server.0, POLLRDNORM)], 60_000), ((1, 0), vec![POLLHUP]));
    assert_eq!(poll(&[(server.0, POLLWRNORM)], 60_000), ((1, 0), vec![POLLHUP | POLLWRNORM]));
}

/// Section 7.2: a server that waits for ever is ended by closing a socket of its list, and sees which one.
#[test]
fn a_socket_that_is_closed_ends_a_poll_and_is_counted() {
    let ((server, _), (control, _)) = (Socket::bound(SOCK_STREAM), Socket::bound(SOCK_DGRAM));
    assert_eq!(ovl_listen(server.0, 5), 0);
    let gone = control.0;
    let closer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        drop(control);
    });
    let polled = poll(&[(server.0, POLLRDNORM), (gone, POLLRDNORM)], 10_000);
    closer.join().unwrap();
    assert_eq!(polled.1, [0, POLLNVAL]);
    // On a machine that is slow enough it was closed before: then it is no socket, and not counted.
    assert!(matches!(polled.0, (0 | 1, 0)), "{polled:?}");
}

/// Sections 7.1 and 7.2: so is who waits for one that was never connected, of which Linux has nothing to say.
#[test]
fn a_socket_without_a_connection_that_is_closed_ends_a_wait() {
    let (server, _) = Socket::listening();
    for by_poll in [false, true] {
        let fresh = Socket::tcp();
        let gone = fresh.0;
        let closer = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(50));
            drop(fresh);
        });
        let started = std::time::Instant::now();
        if by_poll {
            assert_eq!(poll(&[(server.0, POLLRDNORM), (gone, POLLRDNORM)], 60_000).1, [0, POLLNVAL]);
        } else {
            assert_eq!(select([&[server.0, gone], &[], &[]], LONG).0, (ERROR, 10038));
        }
        assert!(started.elapsed().as_secs() < 50, "nothing but the time ended the wait");
        closer.join().unwrap();
    }
}

/// Section 7.1: a socket that another thread connects, or makes a listener of, becomes ready for who waits already.
#[test]
fn a_socket_that_is_connected_meanwhile_becomes_ready() {
    let (_server, name) = Socket::listening();
    let fresh = Socket::tcp();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| select([&[], &[fresh.0], &[]], LONG));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert_eq!(fresh.connect(&name), (0, 0));
        assert_eq!(waits.join().unwrap(), ((1, 0), [vec![], vec![fresh.0], vec![]]));
    });
    let listener = Socket::bound(SOCK_STREAM).0;
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| select([&[listener.0], &[], &[]], LONG));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert_eq!(ovl_listen(listener.0, 5), 0);
        assert_eq!(Socket::tcp().connect(&listener.name()), (0, 0));
        assert_eq!(waits.join().unwrap(), ((1, 0), [vec![listener.0], vec![], vec![]]));
    });
}

/// Section 7.2: bad lists.
#[test]
fn poll_looks_at_its_list() {
    let (_client, server) = Socket::pair();
    // SAFETY: NULL is looked at.
    unsafe {
        assert_eq!(said(ovl_WSAPoll(null_mut(), 0, 0)), (ERROR, 10022));
        assert_eq!(said(ovl_WSAPoll(null_mut(), 1, 0)), (ERROR, 10014));
    }
    for asked in [POLLERR, POLLHUP, POLLNVAL, POLLPRI, POLLWRBAND, 0x4000] {
        assert_eq!(poll(&[(server.0, asked)], 0).0, (ERROR, 10022), "{asked:X}");
    }
    let mixed = poll(&[(NONE, POLLRDNORM), (server.0, POLLWRNORM)], 60_000);
    assert_eq!(mixed, ((1, 0), vec![POLLNVAL, POLLWRNORM]));
}

/// Sections 7.1 and 7.2: who asked for the error has still no connection, and whoever waits to send learns it.
#[test]
fn a_failed_connection_stays_exceptional() {
    let ((nobody, name), client) = (Socket::bound(SOCK_STREAM), Socket::tcp());
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(unsafe { ovl_ioctlsocket(client.0, FIONBIO as i32, &mut yes) }, 0);
    assert_eq!(client.connect(&name), (ERROR, 10035));
    let failed = POLLERR | POLLHUP;
    assert_eq!(poll(&[(client.0, POLLOUT)], 60_000), ((1, 0), vec![failed | POLLOUT]));
    assert_eq!(poll(&[(client.0, POLLIN)], 60_000), ((1, 0), vec![failed]));
    let error = || {
        let (mut error, mut len) = (7u32, 4);
        // SAFETY: a number.
        let got = unsafe { ovl_getsockopt(client.0, SOL_SOCKET, SO_ERROR, (&raw mut error).cast(), &mut len) };
        assert_eq!(said(got), (0, 0));
        error
    };
    assert_eq!((error(), error()), (10061, 0), "the error is told once");
    assert_eq!(select([&[], &[client.0], &[client.0]], LONG), ((1, 0), [vec![], vec![], vec![client.0]]));
    assert_eq!(poll(&[(client.0, POLLIN)], 60_000), ((1, 0), vec![failed]));
    assert_eq!(said(ovl_listen(nobody.0, 5)), (0, 0));
    assert_eq!(client.connect(&name), (ERROR, 10035));
    let connected = select([&[], &[client.0], &[client.0]], LONG);
    assert_eq!(connected, ((1, 0), [vec![], vec![client.0], vec![]]), "until the next attempt");
}

/// Sections 7.1, 7.2 and 10: with SO_OOBINLINE urgent data is data like any other.
#[test]
fn urgent_data_in_line_is_not_exceptional() {
    let (client, server) = Socket::pair();
    let yes = 1u32;
    // SAFETY: a number.
    let set = unsafe { ovl_setsockopt(server.0, SOL_SOCKET, SO_OOBINLINE, (&raw const yes).cast(), 4) };
    assert_eq!(said(set), (0, 0));
    assert_eq!(client.send_flags(b"!", MSG_OOB), (1, 0));
    assert_eq!(select([&[server.0], &[], &[server.0]], LONG), ((1, 0), [vec![server.0], vec![], vec![]]));
    assert_eq!(poll(&[(server.0, POLLIN)], 60_000), ((1, 0), vec![POLLRDNORM]));
    assert_eq!(server.recv(&mut [0; 5]), (1, 0));
}

/// Section 7.1: a bad pointer is no time.
#[test]
fn select_looks_at_its_time() {
    let (_client, server) = Socket::pair();
    let mut reads = set(&[server.0]);
    let nowhere = std::ptr::without_provenance(8);
    // SAFETY: the pointer is looked at.
    let answer = unsafe { ovl_select(0, (&raw mut reads).cast(), null_mut(), null_mut(), nowhere) };
    assert_eq!((said(answer), reads.count), ((ERROR, 10014), 1));
}

/// Section 7.1: Linux tells a refusal once. Of several threads that look, none takes a refused socket for a connected one because
/// another has heard it.
#[test]
fn a_refusal_is_one_for_everybody_who_looks() {
    let ((_nobody, name), event) = (Socket::bound(SOCK_STREAM), Event::new());
    let (current, over) = (AtomicUsize::new(NONE), AtomicBool::new(false));
    let look = || {
        while !over.load(Ordering::Relaxed) {
            poll(&[(current.load(Ordering::Relaxed), POLLOUT)], 0);
        }
    };
    let attempts = || {
        for round in 0..3000 {
            let client = Socket::tcp();
            if round % 2 == 0 {
                assert_eq!(said(ovl_WSAEventSelect(client.0, event.0, (FD_CONNECT | FD_WRITE) as i32)), (0, 0));
            } else {
                let mut yes = 1;
                // SAFETY: a number.
                assert_eq!(unsafe { ovl_ioctlsocket(client.0, FIONBIO as i32, &mut yes) }, 0);
            }
            current.store(client.0, Ordering::Relaxed);
            assert_eq!(client.connect(&name), (ERROR, 10035));
            let found = select([&[], &[client.0], &[client.0]], LONG);
            assert_eq!(found, ((1, 0), [vec![], vec![], vec![client.0]]), "round {round}");
            current.store(NONE, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        let lookers = [scope.spawn(look), scope.spawn(look)];
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempts));
        over.store(true, Ordering::Relaxed);
        for looker in lookers {
            looker.join().unwrap();
        }
        ended.unwrap();
    });
}
