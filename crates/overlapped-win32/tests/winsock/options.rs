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
