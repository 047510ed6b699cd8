//! Making, naming and connecting sockets (contract 08 sections 1 to 3).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::winsock::accept::{ovl_WSAAccept, ovl_accept};
use overlapped_win32::winsock::ioctl::{ovl_WSAIoctl, ovl_ioctlsocket};
use overlapped_win32::winsock::layout::{SockaddrIn, SockaddrIn6, SockaddrUn};
use overlapped_win32::winsock::socket::*;
use overlapped_win32::winsock::transfer::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

/// Section 2.
#[test]
fn what_cannot_be_made_says_why() {
    started();
    let made = |family, kind, protocol| {
        let raw = ovl_socket(family, kind, protocol);
        if raw == NONE { code() } else { ovl_closesocket(raw) }
    };
    assert_eq!([made(AF_INET, SOCK_STREAM, 0), made(AF_INET6, SOCK_DGRAM, 0), made(AF_UNIX, SOCK_STREAM, 0)], [0; 3]);
    assert_eq!(made(99, SOCK_STREAM, 0), 10047);
    assert_eq!(made(AF_INET, 99, 0), 10044);
    assert_eq!(made(AF_INET, SOCK_STREAM, IPPROTO_UDP), 10041);
    assert_eq!(made(AF_INET, SOCK_STREAM, 250), 10043);
    assert_eq!(
        [made(AF_INET, SOCK_STREAM, -1), made(AF_INET, SOCK_STREAM, 256), made(AF_INET, SOCK_DGRAM, 1)],
        [10043; 3]
    );
    assert_eq!([made(AF_UNIX, SOCK_DGRAM, 0), made(AF_UNIX, SOCK_RAW, 0)], [10044; 2], "local sockets are streams");
    assert_eq!([made(AF_UNIX, SOCK_STREAM, 1), made(AF_UNIX, SOCK_STREAM, 6)], [10043; 2]);
}

/// Section 1.
#[test]
fn success_sets_the_code_to_zero_and_what_is_no_socket_is_10038() {
    let socket = Socket::tcp();
    assert_eq!(code(), 0);
    assert_eq!(said(ovl_listen(NONE, 5)), (ERROR, 10038));
    assert_eq!(said(ovl_closesocket(0)), (ERROR, 10038));
    let event = Event::new();
    assert_eq!(said(ovl_shutdown(event.0, SD_SEND)), (ERROR, 10038));
    assert_eq!(said(ovl_closesocket(event.0)), (ERROR, 10038));
    let raw = socket.0;
    assert_eq!(said(ovl_closesocket(raw)), (0, 0));
    assert_eq!(said(ovl_closesocket(raw)), (ERROR, 10038));
    assert_eq!(ovl_CloseHandle(raw), 0);
}

/// Section 3, bind and listen.
#[test]
fn binding_checks_address_and_state() {
    let (_listener, taken) = Socket::listening();
    let socket = Socket::tcp();
    assert_eq!(said(ovl_listen(socket.0, 5)), (ERROR, 10022));
    let foreign = SockaddrIn { address: u32::from_ne_bytes([8, 8, 8, 8]), ..loopback() };
    assert_eq!(socket.bind(&foreign), (ERROR, 10049));
    assert_eq!(socket.bind(&taken), (ERROR, 10048));
    let short = |len| {
        let name = loopback();
        // SAFETY: no more than the address.
        said(unsafe { ovl_bind(socket.0, std::ptr::from_ref(&name).cast(), len) })
    };
    assert_eq!((short(15), short(-1)), ((ERROR, 10014), (ERROR, 10014)));
    // SAFETY: NULL is looked at.
    assert_eq!(said(unsafe { ovl_bind(socket.0, null(), NAME) }), (ERROR, 10014));
    assert_eq!(socket.bind(&SockaddrIn { family: 99, ..loopback() }), (ERROR, 10047));
    assert_eq!(socket.bind(&loopback()), (0, 0));
    assert_eq!(socket.bind(&loopback()), (ERROR, 10022));
}

/// Section 3, connect, and section 2, names.
#[test]
fn connecting_is_for_sockets_that_are_free() {
    let (listener, name) = Socket::listening();
    let client = Socket::tcp();
    let (mut peer, mut len) = (SockaddrIn::default(), NAME);
    // SAFETY: room for an address.
    let mut ask = |raw, len: &mut i32| said(unsafe { ovl_getpeername(raw, (&raw mut peer).cast(), len) });
    assert_eq!(ask(client.0, &mut len), (ERROR, 10057));
    let mut mine = SockaddrIn::default();
    // SAFETY: as above.
    let unbound = unsafe { ovl_getsockname(client.0, (&raw mut mine).cast(), &mut len) };
    assert_eq!(said(unbound), (ERROR, 10022));
    assert_eq!(client.connect(&name), (0, 0));
    assert_eq!(client.connect(&name), (ERROR, 10056));
    assert_eq!(said(ovl_listen(client.0, 5)), (ERROR, 10056));
    assert_eq!(listener.connect(&name), (ERROR, 10022));
    len = 15;
    assert_eq!((ask(client.0, &mut len), len), ((ERROR, 10014), 15));
    len = 100;
    assert_eq!((ask(client.0, &mut len), len), ((0, 0), NAME));
    assert_eq!(peer, name);
}

/// Section 3: refused; and in non-blocking mode 10035 first, whatever Linux knows already.
#[test]
fn a_connection_that_nobody_takes_is_refused() {
    let (_nobody, name) = Socket::bound(SOCK_STREAM);
    assert_eq!(Socket::tcp().connect(&name), (ERROR, 10061));
}

/// Section 3, accept.
#[test]
fn accepting_says_who_comes() {
    let (listener, name) = Socket::listening();
    let (mut peer, mut len) = (SockaddrIn::default(), 4);
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    // SAFETY: room for an address, or less as `len` says.
    let mut accept = |len: &mut i32| unsafe { ovl_accept(listener.0, (&raw mut peer).cast(), len) };
    assert_eq!((accept(&mut len), code()), (NONE, 10014));
    len = NAME;
    let server = Socket(accept(&mut len));
    assert_ne!(server.0, NONE, "the connection waits until there is room: {}", code());
    assert_eq!((peer, len), (client.name(), NAME));
    assert_eq!(said(accept_none(client.0)), (ERROR, 10022));
    let (datagrams, _) = Socket::udp();
    assert_eq!(said(accept_none(datagrams.0)), (ERROR, 10045));
    nonblocking(&listener);
    assert_eq!(said(accept_none(listener.0)), (ERROR, 10035));
}

fn accept_none(raw: usize) -> i32 {
    // SAFETY: no address.
    unsafe { ovl_accept(raw, null_mut(), null_mut()) as i32 }
}

fn nonblocking(socket: &Socket) {
    let mut yes = 1;
    // SAFETY: a number.
    assert_eq!(said(unsafe { ovl_ioctlsocket(socket.0, FIONBIO as i32, &mut yes) }), (0, 0));
}

/// Section 3: the mode of the listener.
#[test]
fn an_accepted_socket_inherits_the_mode() {
    let (listener, name) = Socket::listening();
    nonblocking(&listener);
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let server = loop {
        // SAFETY: no address.
        match unsafe { ovl_accept(listener.0, null_mut(), null_mut()) } {
            NONE => assert!(code() == 10035 && std::time::Instant::now() < deadline, "{}", code()),
            raw => break Socket(raw),
        }
    };
    assert_eq!(server.recv(&mut [0; 8]), (ERROR, 10035));
    assert_eq!(client.send(b"x"), (1, 0));
}

unsafe extern "C" fn verdict(
    caller: *mut overlapped_abi::WsaBuf,
    _: *mut overlapped_abi::WsaBuf,
    _: *mut c_void,
    _: *mut c_void,
    callee: *mut overlapped_abi::WsaBuf,
    _: *mut overlapped_abi::WsaBuf,
    _: *mut u32,
    context: usize,
) -> i32 {
    // SAFETY: WSAAccept gives both addresses.
    let lens = unsafe { ((*caller).len, (*callee).len) };
    assert_eq!(lens, (NAME as u32, NAME as u32));
    context as i32
}

/// Issue 6: WSAAccept with its condition function.
#[test]
fn a_condition_function_accepts_or_rejects() {
    let (listener, name) = Socket::listening();
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    // SAFETY: no address; the function looks at what it gets.
    let accept = |answer| unsafe { ovl_WSAAccept(listener.0, null_mut(), null_mut(), Some(verdict), answer) };
    const CF_DEFER: usize = 2;
    assert_eq!((accept(CF_DEFER), code()), (NONE, 11002));
    let server = Socket(accept(0));
    assert_ne!(server.0, NONE, "a deferred connection comes again: {}", code());
    assert_eq!(client.send(b"x"), (1, 0));
    assert_eq!(server.recv(&mut [0; 8]), (1, 0));
    let rejected = Socket::tcp();
    assert_eq!(rejected.connect(&name), (0, 0));
    assert_eq!((accept(1), code()), (NONE, 10061));
    assert_eq!(rejected.recv(&mut [0; 8]), (ERROR, 10054));
}

/// Section 1: IPv6 has another number.
#[test]
fn ipv6_works_with_the_number_of_windows() {
    started();
    let raw = ovl_socket(AF_INET6, SOCK_STREAM, 0);
    let socket = Socket(raw);
    let mut name = SockaddrIn6 { family: AF_INET6 as u16, ..Default::default() };
    name.address[15] = 1;
    // SAFETY: a whole address.
    let bound = said(unsafe { ovl_bind(raw, std::ptr::from_ref(&name).cast(), 28) });
    if bound == (ERROR, 10049) {
        return eprintln!("this machine has no loopback of IPv6: not checked");
    }
    assert_eq!(bound, (0, 0));
    let mut len = 28;
    // SAFETY: room for an address.
    assert_eq!(unsafe { ovl_getsockname(socket.0, (&raw mut name).cast(), &mut len) }, 0);
    assert_eq!((name.family, name.address[15], len), (23, 1, 28));
    assert_ne!(name.port, 0);
}

/// Issue 6: local sockets.
#[test]
fn a_local_socket_is_a_file() {
    started();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let mut name = SockaddrUn { family: AF_UNIX as u16, path: [0; 108] };
    let bytes = path.as_os_str().as_encoded_bytes();
    name.path[..bytes.len()].copy_from_slice(bytes);
    let (listener, client) = (Socket(ovl_socket(AF_UNIX, SOCK_STREAM, 0)), Socket(ovl_socket(AF_UNIX, SOCK_STREAM, 0)));
    let (start, len): (*const c_void, i32) = (std::ptr::from_ref(&name).cast(), size_of::<SockaddrUn>() as i32);
    // SAFETY: a whole address.
    assert_eq!(said(unsafe { ovl_bind(listener.0, start, len) }), (0, 0));
    assert_eq!(said(ovl_listen(listener.0, 5)), (0, 0));
    assert!(path.exists());
    // SAFETY: as above.
    assert_eq!(said(unsafe { ovl_connect(client.0, start, len) }), (0, 0));
    let server = listener.accept();
    assert_eq!(client.send(b"local"), (5, 0));
    assert_eq!(server.recv(&mut [0; 8]), (5, 0));
    // SIO_AF_UNIX_GETPEERPID.
    let other_process = |socket: &Socket| {
        let (mut pid, mut bytes) = (0u32, 0u32);
        let to = (&raw mut pid).cast();
        // SAFETY: room for a number and the count.
        let done = unsafe { ovl_WSAIoctl(socket.0, 0x5800_0100, null(), 0, to, 4, &mut bytes, null_mut(), None) };
        (said(done), pid)
    };
    assert_eq!([other_process(&client), other_process(&server)], [((0, 0), std::process::id()); 2]);
    assert_eq!(other_process(&listener).0, (ERROR, 10057));
    assert_eq!(other_process(&Socket::tcp()).0, (ERROR, 10045));
    let (mut found, mut found_len) = (SockaddrUn { family: 0, path: [1; 108] }, len);
    // SAFETY: room for an address.
    let named = unsafe { ovl_getsockname(listener.0, (&raw mut found).cast(), &mut found_len) };
    assert_eq!((said(named), found.family), ((0, 0), AF_UNIX as u16));
    assert!(found.path.starts_with(bytes) && found.path[bytes.len()] == 0);
}

/// Section 2, shutdown.
#[test]
fn shutting_down_ends_one_direction_or_both() {
    assert_eq!(said(ovl_shutdown(Socket::tcp().0, SD_SEND)), (ERROR, 10057));
    let (client, server) = Socket::pair();
    assert_eq!(said(ovl_shutdown(client.0, 7)), (ERROR, 10022));
    assert_eq!(said(ovl_shutdown(client.0, SD_SEND)), (0, 0));
    assert_eq!(said(ovl_shutdown(client.0, SD_SEND)), (0, 0));
    assert_eq!(client.send(b"x"), (ERROR, 10058));
    assert_eq!(server.recv(&mut [0; 8]), (0, 0));
    assert_eq!(said(ovl_shutdown(server.0, SD_RECEIVE)), (0, 0));
    assert_eq!(server.recv(&mut [0; 8]), (ERROR, 10058));
    assert_eq!(server.send(b"back"), (4, 0));
    assert_eq!(client.recv(&mut [0; 8]), (4, 0));
}

/// WSAConnect is connect; WSARecvEx is recv with flags that it changes.
#[test]
fn older_and_newer_names_do_the_same() {
    let (listener, name) = Socket::listening();
    let client = Socket::tcp();
    let mut callee = overlapped_abi::WsaBuf { len: 5, buf: 0 };
    let start = std::ptr::from_ref(&name).cast();
    // SAFETY: a whole address and a buffer.
    let connected = unsafe { ovl_WSAConnect(client.0, start, NAME, null(), &mut callee, null(), null()) };
    assert_eq!((said(connected), callee.len), ((0, 0), 0));
    let server = listener.accept();
    assert_eq!(server.send(b"hello"), (5, 0));
    let (mut room, mut flags) = ([0; 8], 0);
    // SAFETY: the room.
    assert_eq!(said(unsafe { ovl_WSARecvEx(client.0, room.as_mut_ptr(), 8, &mut flags) }), (5, 0));
    let (receiver, to) = Socket::udp();
    let (sender, _) = Socket::udp();
    assert_eq!(sender.connect(&to), (0, 0));
    assert_eq!(sender.send(b"0123456789"), (10, 0));
    // SAFETY: as above.
    let got = said(unsafe { ovl_WSARecvEx(receiver.0, room.as_mut_ptr(), 4, &mut flags) });
    assert_eq!((got, flags as u32), ((4, 0), MSG_PARTIAL));
}

/// Section 2: shutdown under its other names, and the order of bytes of a socket's network.
#[test]
fn the_older_names_of_shutdown_and_of_byte_order_work() {
    let (client, server) = Socket::pair();
    assert_eq!(said(ovl_WSASendDisconnect(client.0, null())), (0, 0));
    assert_eq!((client.send(b"x"), server.recv(&mut [0; 4])), ((ERROR, 10058), (0, 0)));
    // SAFETY: no buffer.
    assert_eq!(said(unsafe { ovl_WSARecvDisconnect(server.0, null_mut()) }), (0, 0));
    assert_eq!(server.recv(&mut [0; 4]), (ERROR, 10058));
    let (mut long, mut short) = (0, 0);
    // SAFETY: places for the numbers, or NULL, which is looked at.
    unsafe {
        assert_eq!(said(ovl_WSAHtonl(client.0, 0x0102_0304, &raw mut long)), (0, 0));
        assert_eq!(said(ovl_WSAHtons(client.0, 0x0102, &raw mut short)), (0, 0));
        assert_eq!((long.to_ne_bytes(), short.to_ne_bytes()), ([1, 2, 3, 4], [1, 2]));
        assert_eq!((ovl_WSANtohl(client.0, long, &raw mut long), long), (0, 0x0102_0304));
        assert_eq!((ovl_WSANtohs(client.0, short, &raw mut short), short), (0, 0x0102));
        assert_eq!(said(ovl_WSAHtonl(client.0, 1, null_mut())), (ERROR, 10014));
        assert_eq!(said(ovl_WSAHtonl(NONE, 1, &raw mut long)), (ERROR, 10038));
    }
}

fn at(address: [u8; 4], port: u16) -> SockaddrIn {
    SockaddrIn { address: u32::from_ne_bytes(address), port: port.to_be(), ..loopback() }
}

/// Section 3: 10049 for addresses that nobody has.
#[test]
fn addresses_that_nobody_has_are_10049() {
    let (_listener, name) = Socket::listening();
    let (stream, datagrams) = (Socket::tcp(), Socket::of(SOCK_DGRAM));
    for group in [at([224, 0, 0, 5], 0), at([255; 4], 0)] {
        assert_eq!((stream.bind(&group), datagrams.bind(&group)), ((ERROR, 10049), (ERROR, 10049)));
    }
    let port = u16::from_be(name.port);
    for nowhere in [at([0; 4], port), at([127, 0, 0, 1], 0)] {
        assert_eq!(stream.connect(&nowhere), (ERROR, 10049));
        let to = std::ptr::from_ref(&nowhere).cast();
        // SAFETY: a byte and an address.
        assert_eq!(said(unsafe { ovl_sendto(datagrams.0, b"x".as_ptr(), 1, 0, to, NAME) }), (ERROR, 10049));
    }
    assert_eq!(stream.connect(&name), (0, 0), "nothing has happened to it");
    let mapped = SockaddrIn6 {
        family: AF_INET6 as u16,
        address: *b"\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\x01",
        ..Default::default()
    };
    let v6 = Socket(ovl_socket(AF_INET6, SOCK_STREAM, 0));
    // SAFETY: a whole address.
    let bound = unsafe { ovl_bind(v6.0, std::ptr::from_ref(&mapped).cast(), 28) };
    if v6.0 != NONE {
        assert_eq!(said(bound), (ERROR, 10049));
    }
    assert_eq!(said(ovl_listen(Socket::bound(SOCK_STREAM).0.0, -5)), (0, 0), "SOMAXCONN_HINT");
}

/// Section 3: an address of zeros takes the peer away, and nothing else.
#[test]
fn who_gives_up_the_peer_keeps_the_port() {
    let ((other, name), datagrams) = (Socket::udp(), Socket::of(SOCK_DGRAM));
    assert_eq!(datagrams.connect(&name), (0, 0));
    let mine = datagrams.name();
    assert_eq!(datagrams.connect(&at([0; 4], 0)), (0, 0));
    assert_eq!(datagrams.send(b"x"), (ERROR, 10057));
    assert_eq!(datagrams.name().port, mine.port);
    assert_eq!(other.connect(&mine), (0, 0));
    assert_eq!(other.send(b"still here"), (10, 0));
    assert_eq!(datagrams.recv(&mut [0; 16]), (10, 0));
}
