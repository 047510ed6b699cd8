//! Options and controls (contract 08 sections 2, 8 and 10).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Overlapped, TcpKeepalive};
use overlapped_win32::winsock::ioctl::*;
use overlapped_win32::winsock::options::*;
use overlapped_win32::winsock::socket::ovl_socket;
use std::ptr::{null, null_mut};

fn get(socket: &Socket, level: i32, name: i32) -> Result<u32, i32> {
    let (mut value, mut len) = (0, 4);
    // SAFETY: a number.
    match unsafe { ovl_getsockopt(socket.0, level, name, (&raw mut value).cast(), &mut len) } {
        0 => Ok(value),
        _ => Err(code()),
    }
}

fn set(socket: &Socket, level: i32, name: i32, value: u32) -> (i32, i32) {
    // SAFETY: a number.
    said(unsafe { ovl_setsockopt(socket.0, level, name, (&raw const value).cast(), 4) })
}

/// Section 10: what is set is there.
#[test]
fn options_keep_their_values() {
    let (stream, (datagrams, _)) = (Socket::tcp(), Socket::udp());
    let cases = [
        (&stream, SOL_SOCKET, SO_KEEPALIVE, 1),
        (&stream, IPPROTO_TCP, TCP_NODELAY, 1),
        (&stream, SOL_SOCKET, SO_REUSEADDR, 1),
        (&stream, SOL_SOCKET, SO_OOBINLINE, 1),
        (&stream, SOL_SOCKET, SO_DEBUG, 1),
        (&stream, SOL_SOCKET, SO_SNDBUF, 12_345),
        (&stream, SOL_SOCKET, SO_RCVBUF, 23_456),
        (&stream, SOL_SOCKET, SO_SNDTIMEO, 1234),
        (&stream, SOL_SOCKET, SO_RCVTIMEO, 2345),
        (&datagrams, SOL_SOCKET, SO_BROADCAST, 1),
        (&stream, SOL_SOCKET, SO_DONTROUTE, 1),
        (&stream, IPPROTO_IP, 4, 33),
        (&datagrams, IPPROTO_IP, 10, 7),
        (&datagrams, IPPROTO_IP, 11, 0),
        (&datagrams, IPPROTO_IP, 19, 1),
        (&datagrams, IPPROTO_IP, 14, 1),
        (&stream, IPPROTO_TCP, 3, 100),
        (&stream, IPPROTO_TCP, 16, 5),
        (&stream, IPPROTO_TCP, 17, 6),
        (&stream, IPPROTO_TCP, 5, 30),
        (&datagrams, IPPROTO_IP, 71, 1),
    ];
    for (socket, level, name, value) in cases {
        assert_eq!(set(socket, level, name, value), (0, 0), "{level} {name}");
        assert_eq!(get(socket, level, name), Ok(value), "{level} {name}");
    }
    // Windows' buffers are 64 KiB until somebody says otherwise, whatever Linux begins with.
    for name in [SO_SNDBUF, SO_RCVBUF] {
        assert_eq!([get(&Socket::tcp(), SOL_SOCKET, name), get(&datagrams, SOL_SOCKET, name)], [Ok(65_536); 2]);
    }
    let exclusive = Socket::tcp();
    assert_eq!(set(&exclusive, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), (0, 0));
    assert_eq!(get(&exclusive, SOL_SOCKET, SO_EXCLUSIVEADDRUSE), Ok(1));
}

/// Section 10: unknown options, lengths, pointers.
#[test]
fn bad_options_are_refused() {
    let socket = Socket::tcp();
    assert_eq!(set(&socket, SOL_SOCKET, 0x7777, 1), (ERROR, 10042));
    assert_eq!(get(&socket, SOL_SOCKET, SO_RCVLOWAT), Err(10042));
    assert_eq!(set(&socket, SOL_SOCKET, SO_TYPE, 1), (ERROR, 10042));
    assert_eq!(set(&socket, 0x1234, 1, 1), (ERROR, 10022));
    let (mut value, mut len) = (0u32, 3);
    // SAFETY: NULL and short lengths are looked at.
    unsafe {
        let to = (&raw mut value).cast();
        assert_eq!(said(ovl_getsockopt(socket.0, SOL_SOCKET, SO_TYPE, to, &mut len)), (ERROR, 10014));
        assert_eq!(said(ovl_getsockopt(socket.0, SOL_SOCKET, SO_TYPE, null_mut(), &mut len)), (ERROR, 10014));
        assert_eq!(said(ovl_getsockopt(socket.0, SOL_SOCKET, SO_TYPE, to, null_mut())), (ERROR, 10014));
        assert_eq!(said(ovl_setsockopt(socket.0, SOL_SOCKET, SO_RCVBUF, to, 3)), (ERROR, 10014));
        assert_eq!(said(ovl_setsockopt(socket.0, SOL_SOCKET, SO_KEEPALIVE, null(), 4)), (ERROR, 10014));
        assert_eq!(said(ovl_setsockopt(socket.0, SOL_SOCKET, SO_KEEPALIVE, to, 1)), (0, 0));
    }
}

/// Section 10: what can only be asked.
#[test]
fn a_socket_describes_itself() {
    let ((listener, _), (datagrams, _)) = (Socket::listening(), Socket::udp());
    assert_eq!(get(&listener, SOL_SOCKET, SO_ACCEPTCONN), Ok(1));
    assert_eq!((get(&listener, SOL_SOCKET, SO_TYPE), get(&datagrams, SOL_SOCKET, SO_TYPE)), (Ok(1), Ok(2)));
    assert_eq!(get(&listener, SOL_SOCKET, SO_ERROR), Ok(0));
    assert_eq!(get(&Socket::tcp(), SOL_SOCKET, SO_CONNECT_TIME), Ok(u32::MAX));
    assert_eq!(get(&Socket::pair().0, SOL_SOCKET, SO_CONNECT_TIME), Ok(0));
    let (mut info, mut len) = ([0u8; 372], 372);
    // SAFETY: room for it.
    assert_eq!(unsafe { ovl_getsockopt(datagrams.0, SOL_SOCKET, 0x2004, info.as_mut_ptr(), &mut len) }, 0);
    assert!(len == 372 && info[116..].starts_with(b"UDP/IP\0"));
}

/// Windows' sockets of IPv6 keep to it.
#[test]
fn ipv6_only_is_the_default() {
    started();
    let socket = Socket(ovl_socket(AF_INET6, SOCK_STREAM, 0));
    assert_eq!(get(&socket, IPPROTO_IPV6, 27), Ok(1));
    assert_eq!(set(&socket, IPPROTO_IPV6, 27, 0), (0, 0));
    assert_eq!(get(&socket, IPPROTO_IPV6, 27), Ok(0));
}

/// Sections 2 and 8.
#[test]
fn controls_answer_and_check() {
    let socket = Socket::tcp();
    let mut value = 7;
    // SAFETY: a number, or NULL which is looked at.
    unsafe {
        assert_eq!(said(ovl_ioctlsocket(socket.0, FIONBIO as i32, null_mut())), (ERROR, 10014));
        assert_eq!(said(ovl_ioctlsocket(socket.0, 12_345, &mut value)), (ERROR, 10045));
        assert_eq!(said(ovl_ioctlsocket(socket.0, SIOCATMARK as i32, &mut value)), (0, 0));
    }
    let keep = TcpKeepalive { on_off: 1, time: 60_000, interval: 1000 };
    let (mut base, mut bytes) = (0usize, 0);
    // SAFETY: the input and the places are ours.
    unsafe {
        let input = (&raw const keep).cast();
        let ioctl = ovl_WSAIoctl(socket.0, SIO_KEEPALIVE_VALS, input, 12, null_mut(), 0, &mut bytes, null_mut(), None);
        assert_eq!(said(ioctl), (0, 0));
        let to = (&raw mut base).cast();
        let ioctl = ovl_WSAIoctl(socket.0, SIO_BASE_HANDLE, null(), 0, to, 8, &mut bytes, null_mut(), None);
        assert_eq!((said(ioctl), base, bytes), ((0, 0), socket.0, 8));
        let ioctl = ovl_WSAIoctl(socket.0, SIO_BASE_HANDLE, null(), 0, to, 8, null_mut(), null_mut(), None);
        assert_eq!(said(ioctl), (ERROR, 10014));
        let ioctl = ovl_WSAIoctl(socket.0, SIO_BASE_HANDLE, null(), 0, to, 4, &mut bytes, null_mut(), None);
        assert_eq!(said(ioctl), (ERROR, 10014));
    }
    assert_eq!((get(&socket, SOL_SOCKET, SO_KEEPALIVE), get(&socket, IPPROTO_TCP, 3)), (Ok(1), Ok(60)));
}

/// Section 8: an overlapped control is done at once and told of.
#[test]
fn an_overlapped_control_sends_a_packet() {
    let (client, _server) = Socket::pair();
    let port = client.on_port(8);
    let (mut overlapped, mut waiting, mut bytes) = (Box::<Overlapped>::default(), 7u32, 0);
    let to = (&raw mut waiting).cast();
    // SAFETY: everything lives until completion.
    let ioctl = unsafe { ovl_WSAIoctl(client.0, FIONREAD, null(), 0, to, 4, &mut bytes, &mut *overlapped, None) };
    assert_eq!((said(ioctl), waiting, bytes), ((0, 0), 0, 4));
    port.expect(8, &overlapped, 4);
}

/// Which of our addresses leads there.
#[test]
fn the_route_to_the_loopback_is_the_loopback() {
    let socket = Socket::tcp();
    let (name, mut found, mut bytes) = (loopback(), loopback(), 0);
    found.address = 0;
    const SIO_ROUTING_INTERFACE_QUERY: u32 = 0xC800_0014;
    let (input, to) = ((&raw const name).cast(), (&raw mut found).cast());
    let code = SIO_ROUTING_INTERFACE_QUERY;
    // SAFETY: an address and room for one.
    let ioctl = unsafe { ovl_WSAIoctl(socket.0, code, input, 16, to, 16, &mut bytes, null_mut(), None) };
    assert_eq!((said(ioctl), found, bytes), ((0, 0), loopback(), 16));
}

/// An ioctl without input; its answer's bytes.
fn ask(socket: &Socket, code: u32, to: &mut [u64]) -> ((i32, i32), u32) {
    let (mut bytes, room) = (7, size_of_val(to) as u32);
    // SAFETY: room for the answer.
    let ioctl =
        unsafe { ovl_WSAIoctl(socket.0, code, null(), 0, to.as_mut_ptr().cast(), room, &mut bytes, null_mut(), None) };
    (said(ioctl), bytes)
}

/// Section 8: SIO_ADDRESS_LIST_QUERY for both families, and how much room it takes.
#[test]
fn own_addresses_are_listed() {
    const SIO_ADDRESS_LIST_QUERY: u32 = 0x4800_0016;
    for (family, len) in [(AF_INET, 16), (AF_INET6, 28)] {
        started();
        let socket = Socket(ovl_socket(family, SOCK_DGRAM, 0));
        let mut list = [0u64; 4096];
        let (said, bytes) = ask(&socket, SIO_ADDRESS_LIST_QUERY, &mut list);
        assert_eq!(said, (0, 0));
        let count = list[0] as u32 as usize;
        for entry in list[1..].chunks(2).take(count) {
            assert_eq!(entry[1] as u32, len);
            let address = entry[0] as usize - list.as_ptr() as usize;
            assert!(address >= 8 + 16 * count && address + len as usize <= bytes as usize);
            assert_eq!((list[address / 8] >> (address % 8 * 8)) as u16, family as u16);
        }
        if family == AF_INET {
            assert_ne!(count, 0);
            assert_eq!(ask(&socket, SIO_ADDRESS_LIST_QUERY, &mut [0]), ((ERROR, 10014), bytes), "what it takes");
        }
    }
}

/// Section 8: SIO_GET_INTERFACE_LIST, where the loopback is too.
#[test]
fn interfaces_are_listed() {
    const SIO_GET_INTERFACE_LIST: u32 = 0x4004_747F;
    const SIZE: usize = 76;
    let (socket, mut list) = (Socket::tcp(), [0u64; 4096]);
    let (said, bytes) = ask(&socket, SIO_GET_INTERFACE_LIST, &mut list);
    assert_eq!((said, bytes as usize % SIZE), ((0, 0), 0));
    let bytes: Vec<u8> = list.iter().flat_map(|word| word.to_ne_bytes()).take(bytes as usize).collect();
    let loopback = bytes.chunks(SIZE).find(|one| one[8..12] == [127, 0, 0, 1]).unwrap();
    assert_eq!(loopback[0] & 0b101, 0b101, "up, and the loopback");
    assert_eq!((&loopback[4..6], &loopback[52..60]), (&[2, 0][..], &[2, 0, 0, 0, 255, 0, 0, 0][..]));
    assert_eq!(ask(&socket, SIO_GET_INTERFACE_LIST, &mut [0]).0, (ERROR, 10014));
}

/// Section 2: without urgent data every place is at the mark; a listener has nothing to be read.
#[test]
fn counts_and_marks_without_urgent_data() {
    let ((client, server), (listener, _)) = (Socket::pair(), Socket::listening());
    let number = |socket: &Socket, code: u32| {
        let mut value = 7;
        // SAFETY: a number.
        let answer = said(unsafe { ovl_ioctlsocket(socket.0, code as i32, &mut value) });
        (answer, value)
    };
    assert_eq!(number(&server, SIOCATMARK), ((0, 0), 1));
    assert_eq!(client.send(b"abc"), (3, 0));
    assert_eq!(server.recv_flags(&mut [0; 3], MSG_PEEK), (3, 0));
    assert_eq!((number(&server, SIOCATMARK), number(&server, FIONREAD)), (((0, 0), 1), ((0, 0), 3)));
    assert_eq!((number(&listener, SIOCATMARK), number(&listener, FIONREAD)), (((0, 0), 1), ((0, 0), 0)));
    assert_eq!(set(&server, SOL_SOCKET, SO_OOBINLINE, 1), (0, 0));
    assert_eq!(client.send_flags(b"!", MSG_OOB), (1, 0));
    while number(&server, FIONREAD) != ((0, 0), 4) {
        std::thread::yield_now();
    }
    assert_eq!(number(&server, SIOCATMARK), ((0, 0), 0), "data is before it");
    assert_eq!(server.recv(&mut [0; 3]), (3, 0));
    assert_eq!(number(&server, SIOCATMARK), ((0, 0), 1));
    assert_eq!(server.recv(&mut [0; 3]), (1, 0));
    assert_eq!(number(&server, SIOCATMARK), ((0, 0), 1));
}

/// Sections 4 and 8: a routine on a socket of a port.
#[test]
fn an_ioctl_of_a_port_has_no_routine() {
    unsafe extern "C" fn never(_: u32, _: u32, _: *mut Overlapped, _: u32) {
        unreachable!("the call was refused");
    }
    let (client, _server) = Socket::pair();
    let port = client.on_port(8);
    let (mut overlapped, mut waiting, mut bytes) = (Overlapped::default(), 7u32, 0);
    let to = (&raw mut waiting).cast();
    // SAFETY: everything lives until the call is over.
    let ioctl =
        unsafe { ovl_WSAIoctl(client.0, FIONREAD, null(), 0, to, 4, &mut bytes, &raw mut overlapped, Some(never)) };
    assert_eq!((said(ioctl), waiting), ((ERROR, 10022), 7));
    assert!(port.is_empty());
}

/// Options that Linux has in other measures, or not at all.
#[test]
fn options_that_are_only_windows_are_kept() {
    let (stream, datagrams, v6) = (Socket::tcp(), Socket::of(SOCK_DGRAM), Socket(ovl_socket(AF_INET6, SOCK_DGRAM, 0)));
    for (name, value) in [(16, 255), (5, u32::MAX), (18, 1), (10, 1)] {
        assert_eq!(set(&stream, IPPROTO_TCP, name, value), (0, 0), "{name}");
        assert_eq!(get(&stream, IPPROTO_TCP, name), Ok(value), "{name}");
        assert_eq!(set(&datagrams, IPPROTO_TCP, name, 1), (ERROR, 10042), "{name}");
    }
    assert_eq!(set(&stream, IPPROTO_TCP, 16, 256), (ERROR, 10022));
    // An interface by its number.
    assert_eq!(set(&datagrams, IPPROTO_IP, 9, u32::from_ne_bytes([0, 0, 0, 1])), (0, 0));
    assert_eq!(get(&datagrams, IPPROTO_IP, 9), Ok(u32::from_ne_bytes([0, 0, 0, 1])));
    for level in [10, 20, 30] {
        assert_eq!((set(&v6, IPPROTO_IPV6, 23, level), get(&v6, IPPROTO_IPV6, 23)), ((0, 0), Ok(level)));
    }
    assert_eq!(set(&v6, IPPROTO_IPV6, 23, 11), (ERROR, 10022));
    for name in [0x3005, 0x3006, 0x3007] {
        assert_eq!((set(&stream, SOL_SOCKET, name, 1), get(&stream, SOL_SOCKET, name)), ((0, 0), Ok(1)));
    }
    assert_eq!(stream.bind(&loopback()), (0, 0));
    assert_eq!(set(&stream, SOL_SOCKET, 0x3005, 0), (ERROR, 10022), "it has its port");
}

/// Section 10: options of another type of socket are not known.
#[test]
fn datagrams_do_not_linger_and_streams_have_no_messages() {
    let (stream, datagrams) = (Socket::tcp(), Socket::of(SOCK_DGRAM));
    assert_eq!(
        (set(&datagrams, SOL_SOCKET, SO_LINGER, 1), get(&datagrams, SOL_SOCKET, SO_LINGER)),
        ((ERROR, 10042), Err(10042))
    );
    assert_eq!(set(&datagrams, SOL_SOCKET, SO_DONTLINGER, 1), (ERROR, 10042));
    assert_eq!((get(&datagrams, SOL_SOCKET, 0x2003), get(&stream, SOL_SOCKET, 0x2003)), (Ok(65507), Err(10042)));
}

/// SO_BSP_STATE: both addresses behind the structure that points to them.
#[test]
fn a_socket_says_all_about_itself_at_once() {
    let (client, server) = Socket::pair();
    let (mut place, mut len) = ([0u64; 9], 72);
    // SAFETY: room for it.
    let mut ask =
        |len: &mut i32| said(unsafe { ovl_getsockopt(client.0, SOL_SOCKET, 0x1009, place.as_mut_ptr().cast(), len) });
    assert_eq!((ask(&mut 71), ask(&mut len), len), ((ERROR, 10014), (0, 0), 72));
    let start = place.as_ptr() as u64;
    assert_eq!(place[..4], [start + 40, 16, start + 56, 16]);
    assert_eq!(place[4], 1 | 6 << 32, "type and protocol");
    // SAFETY: the structure points to two addresses.
    let names = unsafe { [place[0], place[2]].map(|at| *(at as *const overlapped_win32::winsock::layout::SockaddrIn)) };
    assert_eq!(names, [client.name(), server.name()]);
}
