//! AcceptEx, ConnectEx, DisconnectEx and where their pointers come from (contract 08 sections 6.1 to 6.3).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Guid, Overlapped, Status};
use overlapped_win32::ioapiset::ovl_CancelIo;
use overlapped_win32::winsock::extensions::*;
use overlapped_win32::winsock::ioctl::ovl_WSAIoctl;
use overlapped_win32::winsock::layout::SockaddrIn;
use overlapped_win32::winsock::options::{ovl_getsockopt, ovl_setsockopt};
use overlapped_win32::winsock::socket::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

const BLOCK: u32 = NAME as u32 + 16;

/// Section 6: every pointer, and an unknown one.
#[test]
fn extension_functions_are_found_by_their_guid() {
    let socket = Socket::tcp();
    let find = |id: &Guid| {
        let (mut function, mut bytes) = (0usize, 0);
        let (id, to) = (std::ptr::from_ref(id).cast(), (&raw mut function).cast());
        let code = SIO_GET_EXTENSION_FUNCTION_POINTER;
        // SAFETY: a GUID and a place for a pointer.
        let said = said(unsafe { ovl_WSAIoctl(socket.0, code, id, 16, to, 8, &mut bytes, null_mut(), None) });
        (said, function)
    };
    let known = [
        WSAID_ACCEPTEX,
        WSAID_CONNECTEX,
        WSAID_DISCONNECTEX,
        WSAID_GETACCEPTEXSOCKADDRS,
        WSAID_TRANSMITFILE,
        WSAID_TRANSMITPACKETS,
        WSAID_WSARECVMSG,
        WSAID_WSASENDMSG,
    ];
    let mut functions = known.map(|id| find(&id)).to_vec();
    assert!(functions.iter().all(|(said, function)| *said == (0, 0) && *function != 0));
    functions.dedup();
    assert_eq!(functions.len(), 8);
    assert_eq!(find(&WSAID_ACCEPTEX).1, ovl_AcceptEx as *const c_void as usize);
    assert_eq!(find(&Guid::default()), ((ERROR, 10022), 0));
}

/// An AcceptEx with everything that it needs.
struct Accept {
    socket: Socket,
    buffer: Box<[u8; 128]>,
    overlapped: Box<Overlapped>,
}

impl Accept {
    fn new() -> Self {
        Self { socket: Socket::tcp(), buffer: Box::new([0; 128]), overlapped: Box::default() }
    }

    fn post(&mut self, listener: &Socket, data: u32, local: u32) -> (i32, i32) {
        let (buffer, mut bytes) = (self.buffer.as_mut_ptr().cast(), 77);
        *self.overlapped = Overlapped::default();
        // SAFETY: the buffer is long enough; all of it lives until completion.
        said(unsafe {
            ovl_AcceptEx(listener.0, self.socket.0, buffer, data, local, BLOCK, &mut bytes, &mut *self.overlapped)
        })
    }

    fn addresses(&mut self, data: u32) -> (SockaddrIn, SockaddrIn) {
        let (mut local, mut remote) = (null_mut::<c_void>(), null_mut::<c_void>());
        let (mut local_len, mut remote_len) = (0, 0);
        // SAFETY: the buffer of a finished AcceptEx.
        unsafe {
            ovl_GetAcceptExSockaddrs(
                self.buffer.as_mut_ptr().cast(),
                data,
                BLOCK,
                BLOCK,
                &mut local,
                &mut local_len,
                &mut remote,
                &mut remote_len,
            );
            assert_eq!((local_len, remote_len), (NAME, NAME));
            (local.cast::<SockaddrIn>().read_unaligned(), remote.cast::<SockaddrIn>().read_unaligned())
        }
    }

    fn seconds(&self) -> i32 {
        let (mut seconds, mut len) = (-5, 4);
        let to = (&raw mut seconds).cast();
        // SAFETY: a number.
        assert_eq!(unsafe { ovl_getsockopt(self.socket.0, SOL_SOCKET, SO_CONNECT_TIME, to, &mut len) }, 0);
        seconds
    }
}

/// Section 6.1: without data; the packet is the listener's; then the context.
#[test]
fn accept_ex_completes_on_connection() {
    let (listener, name) = Socket::listening();
    let port = listener.on_port(9);
    let mut accept = Accept::new();
    assert_eq!(accept.post(&listener, 0, BLOCK), (0, 997));
    assert_eq!(accept.seconds(), -1);
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    port.expect(9, &accept.overlapped, 0);
    assert_eq!(accept.addresses(0), (name, client.name()));
    assert!(accept.seconds() >= 0);
    assert_eq!(client.send(b"x"), (1, 0));
    assert_eq!(accept.socket.recv(&mut [0; 8]), (1, 0));
    let value = (&raw const listener.0).cast();
    // SAFETY: a SOCKET.
    let set = unsafe { ovl_setsockopt(accept.socket.0, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, value, 8) };
    assert_eq!(said(set), (0, 0));
    let (mut peer, mut len) = (SockaddrIn::default(), NAME);
    // SAFETY: room for an address.
    assert_eq!(unsafe { ovl_getpeername(accept.socket.0, (&raw mut peer).cast(), &mut len) }, 0);
    assert_eq!(peer, client.name());
    assert_eq!(said(ovl_shutdown(accept.socket.0, SD_SEND)), (0, 0));
}

/// Section 6.1: with data.
#[test]
fn accept_ex_with_data_waits_for_it() {
    let (listener, name) = Socket::listening();
    let port = listener.on_port(9);
    let mut accept = Accept::new();
    assert_eq!(accept.post(&listener, 60, BLOCK), (0, 997));
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    assert!(port.is_empty());
    assert_eq!(client.send(b"first"), (5, 0));
    port.expect(9, &accept.overlapped, 5);
    assert_eq!(&accept.buffer[..5], b"first");
    assert_eq!(accept.addresses(60), (name, client.name()));
    let mut silent = Accept::new();
    assert_eq!(silent.post(&listener, 60, BLOCK), (0, 997));
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    drop(client);
    port.expect(9, &silent.overlapped, 0);
}

/// Section 6.1: errors at once.
#[test]
fn accept_ex_refuses_what_cannot_be() {
    let (listener, _) = Socket::listening();
    let mut accept = Accept::new();
    let (datagrams, _) = Socket::udp();
    assert_eq!(accept.post(&Socket(0x7FFC), 0, BLOCK), (0, 10038));
    assert_eq!(accept.post(&Socket::tcp(), 0, BLOCK), (0, 10022));
    assert_eq!(accept.post(&datagrams, 0, BLOCK), (0, 10022));
    let (buffer, overlapped) = (accept.buffer.as_mut_ptr().cast(), &mut *accept.overlapped);
    // SAFETY: NULL is looked at.
    unsafe {
        let raw = accept.socket.0;
        assert_eq!(ovl_AcceptEx(listener.0, raw, buffer, 0, BLOCK, BLOCK, null_mut(), null_mut()), 0);
        assert_eq!(code(), 87);
        assert_eq!(ovl_AcceptEx(listener.0, raw, buffer, 0, BLOCK, 0, null_mut(), overlapped), 0);
        assert_eq!(code(), 10014);
        assert_eq!(ovl_AcceptEx(listener.0, raw, null_mut(), 0, BLOCK, BLOCK, null_mut(), overlapped), 0);
        assert_eq!(code(), 10014);
        assert_eq!(ovl_AcceptEx(listener.0, 0x7FFC, buffer, 0, BLOCK, BLOCK, null_mut(), overlapped), 0);
        assert_eq!(code(), 10038);
    }
    let (connected, _server) = Socket::pair();
    let mut accept = Accept { socket: connected, ..Accept::new() };
    assert_eq!(accept.post(&listener, 0, BLOCK), (0, 10022));
}

/// Section 6.1: while it is pending, and when one of the two sockets is closed.
#[test]
fn a_pending_accept_ends_with_its_sockets() {
    let (listener, name) = Socket::listening();
    let port = listener.on_port(9);
    let mut accept = Accept::new();
    assert_eq!(accept.post(&listener, 0, BLOCK), (0, 997));
    assert_eq!(accept.socket.connect(&name), (ERROR, 10022));
    assert_eq!(ovl_CancelIo(accept.socket.0), 1);
    assert!(port.is_empty(), "the request belongs to the listener");
    assert_eq!(said(ovl_closesocket(accept.socket.0)), (0, 0));
    port.expect_failure(&accept.overlapped, 995);
    let mut accept = Accept::new();
    assert_eq!(accept.post(&listener, 0, BLOCK), (0, 997));
    drop(listener);
    port.expect_failure(&accept.overlapped, 995);
}

/// Section 6.1: too little room for the local address.
#[test]
fn too_little_room_for_the_local_address_completes_with_122() {
    let (listener, name) = Socket::listening();
    let port = listener.on_port(9);
    let mut accept = Accept::new();
    assert_eq!(accept.post(&listener, 0, 8), (0, 997));
    let client = Socket::tcp();
    assert_eq!(client.connect(&name), (0, 0));
    port.expect_failure(&accept.overlapped, 122);
    assert_eq!(accept.overlapped.internal as u32, Status::BUFFER_TOO_SMALL.0);
}

fn connect_ex(socket: &Socket, name: &SockaddrIn, data: &[u8], overlapped: *mut Overlapped) -> (i32, i32) {
    let (name, from) = (std::ptr::from_ref(name).cast(), data.as_ptr().cast());
    // SAFETY: an address and data; the callers keep data and OVERLAPPED until completion.
    said(unsafe { ovl_ConnectEx(socket.0, name, NAME, from, data.len() as u32, null_mut(), overlapped) })
}

/// Section 6.2.
#[test]
fn connect_ex_connects_and_sends() {
    let (listener, name) = Socket::listening();
    let mut overlapped = Box::<Overlapped>::default();
    assert_eq!(connect_ex(&Socket::tcp(), &name, b"", &mut *overlapped), (0, 10022));
    let (client, _) = Socket::bound(SOCK_STREAM);
    let port = client.on_port(4);
    assert_eq!(connect_ex(&client, &name, b"", null_mut()), (0, 87));
    let (answer, code) = connect_ex(&client, &name, b"hello", &mut *overlapped);
    assert!(answer == 1 || code == 997, "{code}");
    port.expect(4, &overlapped, 5);
    // SAFETY: no value.
    let set = unsafe { ovl_setsockopt(client.0, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, null(), 0) };
    assert_eq!(said(set), (0, 0));
    assert_eq!(said(ovl_shutdown(client.0, SD_SEND)), (0, 0));
    let server = listener.accept();
    assert_eq!(server.recv_flags(&mut [0; 5], MSG_WAITALL), (5, 0));
    *overlapped = Overlapped::default();
    assert_eq!(connect_ex(&client, &name, b"", &mut *overlapped), (0, 10056));
    assert!(port.is_empty());
}

/// Sections 5 and 6.2: a refusal is a completion.
#[test]
fn connect_ex_is_refused_through_the_port() {
    let (_nobody, name) = Socket::bound(SOCK_STREAM);
    let (client, _) = Socket::bound(SOCK_STREAM);
    let port = client.on_port(4);
    let mut overlapped = Box::<Overlapped>::default();
    assert_eq!(connect_ex(&client, &name, b"", &mut *overlapped), (0, 997));
    port.expect_failure(&overlapped, 1225);
    assert_eq!(overlapped.internal as u32, Status::CONNECTION_REFUSED.0);
}

/// Section 6.3.
#[test]
fn disconnect_ex_ends_sending_and_leaves_receiving() {
    assert_eq!(disconnect(&Socket::tcp(), null_mut(), 0), (0, 10057));
    assert_eq!(disconnect(&Socket(0x7FFC), null_mut(), 0), (0, 10038));
    let (client, server) = Socket::pair();
    assert_eq!(disconnect(&client, null_mut(), 4), (0, 10022));
    assert_eq!(disconnect(&client, null_mut(), 0), (1, 0));
    assert_eq!(server.recv(&mut [0; 8]), (0, 0));
    assert_eq!(client.send(b"x"), (ERROR, 10058));
    assert_eq!(server.send(b"still"), (5, 0));
    assert_eq!(client.recv(&mut [0; 8]), (5, 0));
}

fn disconnect(socket: &Socket, overlapped: *mut Overlapped, flags: u32) -> (i32, i32) {
    // SAFETY: the callers keep the OVERLAPPED until completion.
    said(unsafe { ovl_DisconnectEx(socket.0, overlapped, flags, 0) })
}

/// Section 6.3: TF_REUSE_SOCKET.
#[test]
fn a_disconnected_socket_can_be_used_again() {
    let (listener, name) = Socket::listening();
    let port = listener.on_port(9);
    let mut accept = Accept::new();
    for round in 0..3 {
        assert_eq!(accept.post(&listener, 0, BLOCK), (0, 997), "round {round}");
        let client = Socket::tcp();
        assert_eq!(client.connect(&name), (0, 0));
        port.expect(9, &accept.overlapped, 0);
        let event = Event::new();
        let mut overlapped = event.overlapped();
        let (answer, code) = disconnect(&accept.socket, &mut *overlapped, TF_REUSE_SOCKET);
        assert!(answer == 1 || code == 997, "{code}");
        assert_eq!(client.recv(&mut [0; 8]), (0, 0));
        drop(client);
        assert!(event.signalled(PATIENCE));
        assert_eq!(overlapped.internal, 0);
    }
}

/// Section 6: memory that is not there is refused at once, and nothing was started.
#[test]
fn extension_functions_look_at_the_memory() {
    let ((listener, name), socket) = (Socket::listening(), Socket::tcp());
    let (mut buffer, mut overlapped) = ([0u8; 128], Overlapped::default());
    let (nowhere, to) = (std::ptr::without_provenance_mut::<c_void>(8), buffer.as_mut_ptr().cast());
    let (bad_count, own) = (nowhere.cast::<u32>(), &raw mut overlapped);
    // SAFETY: bad pointers are looked at before they are used.
    let accept = |to, bytes, overlapped| unsafe {
        said(ovl_AcceptEx(listener.0, socket.0, to, 0, BLOCK, BLOCK, bytes, overlapped))
    };
    assert_eq!(accept(nowhere, null_mut(), own), (0, 10014));
    assert_eq!(accept(to, bad_count, own), (0, 10014));
    assert_eq!(accept(to, null_mut(), nowhere.cast()), (0, 10014));
    assert_eq!(socket.bind(&loopback()), (0, 0), "no AcceptEx waits for it");
    let to_name = std::ptr::from_ref(&name).cast::<c_void>();
    // SAFETY: as above.
    let connect = |from: *mut c_void, bytes, overlapped| unsafe {
        said(ovl_ConnectEx(socket.0, to_name, NAME, from, 5, bytes, overlapped))
    };
    assert_eq!(connect(nowhere, null_mut(), own), (0, 10014));
    assert_eq!(connect(to, bad_count, own), (0, 10014));
    assert_eq!(connect(to, null_mut(), nowhere.cast()), (0, 10014));
    // SAFETY: as above.
    assert_eq!(said(unsafe { ovl_DisconnectEx(socket.0, nowhere.cast(), 0, 0) }), (0, 10014));
    let port = socket.on_port(4);
    assert_eq!(connect(to, null_mut(), own), (0, 997), "and now in earnest");
    port.expect(4, &overlapped, 5);
}

/// Sections 3 and 6.2: an address that is nowhere.
#[test]
fn nobody_connects_to_nowhere() {
    for (address, port) in [(0, 9u16.to_be()), (loopback().address, 0)] {
        let name = SockaddrIn { address, port, ..loopback() };
        let socket = Socket::tcp();
        assert_eq!(socket.connect(&name), (ERROR, 10049));
        assert_eq!(socket.bind(&loopback()), (0, 0));
        let (mut overlapped, to) = (Overlapped::default(), std::ptr::from_ref(&name).cast());
        // SAFETY: an address and an OVERLAPPED.
        let connected = unsafe { ovl_ConnectEx(socket.0, to, NAME, null(), 0, null_mut(), &raw mut overlapped) };
        assert_eq!(said(connected), (0, 10049));
    }
    let ((datagrams, _), (_peer, peer)) = (Socket::udp(), Socket::udp());
    assert_eq!(datagrams.connect(&peer), (0, 0));
    assert_eq!(datagrams.send(b"x"), (1, 0));
    let zero = SockaddrIn { address: 0, port: 0, ..loopback() };
    assert_eq!(datagrams.connect(&zero), (0, 0), "takes the peer away");
    assert_eq!(datagrams.send(b"x"), (ERROR, 10057));
}
