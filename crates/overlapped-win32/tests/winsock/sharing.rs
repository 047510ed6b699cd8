//! WSADuplicateSocket (contract 08 section 1), within the process and to another.

use crate::common::*;
use overlapped_abi::Overlapped;
use overlapped_abi::constants::socket::{SD_SEND, SO_RCVTIMEO, SOL_SOCKET, WSA_FLAG_OVERLAPPED};
use overlapped_win32::winsock::duplicate::*;
use overlapped_win32::winsock::layout::ProtocolInfo;
use overlapped_win32::winsock::options::{ovl_getsockopt, ovl_setsockopt};
use overlapped_win32::winsock::socket::*;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};

fn describe(socket: &Socket) -> Box<ProtocolInfo<u8>> {
    let mut info = Box::new(MaybeUninit::uninit());
    // SAFETY: a place for it.
    assert_eq!(said(unsafe { ovl_WSADuplicateSocketA(socket.0, std::process::id(), info.as_mut_ptr()) }), (0, 0));
    // SAFETY: the call has filled it in.
    unsafe { info.assume_init() }
}

fn open(info: &ProtocolInfo<u8>) -> usize {
    // SAFETY: a description.
    unsafe { ovl_WSASocketA(-1, -1, -1, info, 0, WSA_FLAG_OVERLAPPED) }
}

#[test]
fn a_duplicate_keeps_the_connection_open() {
    let (client, server) = Socket::pair();
    let info = describe(&server);
    assert_eq!((info.family, info.socktype, info.name[0]), (2, 1, b'T'));
    let copy = Socket(open(&info));
    assert_ne!(copy.0, NONE, "{}", code());
    assert_eq!((open(&info), code()), (NONE, 10022), "once");
    drop(server);
    assert_eq!(copy.send(b"alive"), (5, 0));
    assert_eq!(client.recv(&mut [0; 8]), (5, 0));
    drop(copy);
    assert_eq!(client.recv(&mut [0; 8]), (0, 0));
}

/// Says that this process is the other one.
const OTHER: &str = "OVERLAPPED_WINSOCK_TESTS_OTHER";

#[test]
fn another_process_gets_the_same_connection() {
    if std::env::var_os(OTHER).is_some() {
        return serve();
    }
    let (client, server) = Socket::pair();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "sharing::another_process_gets_the_same_connection", "--nocapture"]).env(OTHER, "1");
    let mut other = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let info = describe(&server);
    // SAFETY: the structure has no padding.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const *info).cast::<u8>(), 372) };
    other.stdin.take().unwrap().write_all(bytes).unwrap();
    let mut room = [0; 16];
    assert_eq!(client.recv(&mut room), (10, 0));
    assert_eq!(&room[..10], b"from there");
    assert!(other.wait().unwrap().success());
    drop(server);
    assert_eq!(client.recv(&mut room), (0, 0));
}

fn serve() {
    started();
    let mut bytes = [0; 372];
    std::io::stdin().read_exact(&mut bytes).unwrap();
    // SAFETY: the bytes of a structure, any of which are valid.
    let info = unsafe { bytes.as_ptr().cast::<ProtocolInfo<u8>>().read_unaligned() };
    let socket = Socket(open(&info));
    assert_ne!(socket.0, NONE, "{}", code());
    assert_eq!(socket.send(b"from there"), (10, 0));
}

/// Section 2: within a process the duplicate is the same socket: options, state, port and requests are one.
#[test]
fn a_duplicate_is_the_same_socket() {
    let (client, server) = Socket::pair();
    let port = server.on_port(7);
    let copy = Socket(open(&describe(&server)));
    assert_ne!((copy.0, copy.0), (NONE, server.0));
    let (limit, mut found, mut len) = (1234u32, 0u32, 4);
    // SAFETY: numbers.
    unsafe {
        assert_eq!(said(ovl_setsockopt(server.0, SOL_SOCKET, SO_RCVTIMEO, (&raw const limit).cast(), 4)), (0, 0));
        assert_eq!(said(ovl_getsockopt(copy.0, SOL_SOCKET, SO_RCVTIMEO, (&raw mut found).cast(), &mut len)), (0, 0));
    }
    assert_eq!(found, limit);
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(copy.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    assert_eq!(client.send(b"data"), (4, 0));
    port.expect(7, &overlapped, 4);
    *overlapped = Overlapped::default();
    assert_eq!(copy.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    drop(server);
    assert!(port.is_empty(), "the socket is open");
    assert_eq!(said(ovl_shutdown(copy.0, SD_SEND)), (0, 0));
    assert_eq!(client.recv(&mut [0; 8]), (0, 0));
    let another = Socket(open(&describe(&copy)));
    assert_eq!(another.send(b"x"), (ERROR, 10058), "shut down by the other handle");
    drop(copy);
    assert!(port.is_empty(), "the socket is open still");
    drop(another);
    port.expect_failure(&overlapped, 1236);
}

/// Section 2: who gets it has to be there.
#[test]
fn a_duplicate_is_for_a_process_that_is_there() {
    let socket = Socket::tcp();
    let mut info = Box::new(MaybeUninit::<ProtocolInfo<u8>>::uninit());
    for nobody in [0, u32::MAX - 15] {
        // SAFETY: a place for it.
        let described = unsafe { ovl_WSADuplicateSocketA(socket.0, nobody, info.as_mut_ptr()) };
        assert_eq!(said(described), (ERROR, 10022));
    }
    // SAFETY: NULL is looked at.
    let described = unsafe { ovl_WSADuplicateSocketA(socket.0, std::process::id(), std::ptr::null_mut()) };
    assert_eq!(said(described), (ERROR, 10014));
}
