//! Membership in groups by WSAJoinLeaf (contract 08 section 10).

use crate::common::*;
use overlapped_abi::constants::socket::{AF_INET, SOCK_DGRAM, SOCK_STREAM};
use overlapped_win32::winsock::layout::SockaddrIn;
use overlapped_win32::winsock::leaf::ovl_WSAJoinLeaf;
use overlapped_win32::winsock::socket::{ovl_bind, ovl_getsockname};
use std::ptr::{null, null_mut};

const SENDER: u32 = 1;
const RECEIVER: u32 = 2;
const BOTH: u32 = 4;

fn name(address: [u8; 4]) -> SockaddrIn {
    SockaddrIn { family: AF_INET as u16, port: 0, address: u32::from_ne_bytes(address), zero: [0; 8] }
}

fn join(socket: &Socket, group: [u8; 4], flags: u32) -> (usize, i32) {
    let group = name(group);
    // SAFETY: a name of its length.
    let joined = unsafe {
        ovl_WSAJoinLeaf(socket.0, (&raw const group).cast(), NAME, null(), null_mut(), null(), null(), flags)
    };
    (joined, if joined == NONE { code() } else { 0 })
}

/// How many sockets of Linux are members of the group on an interface.
fn members(group: [u8; 4]) -> u32 {
    let name = format!("{:08X}", u32::from_ne_bytes(group));
    let table = std::fs::read_to_string("/proc/net/igmp").unwrap();
    let mut lines = table.lines().map(str::split_whitespace).filter_map(|mut words| {
        (words.next() == Some(&name)).then(|| words.next().and_then(|users| users.parse::<u32>().ok()).unwrap())
    });
    lines.next().unwrap_or(0)
}

/// A group that no other test uses.
fn group(last: u8) -> [u8; 4] {
    let process = std::process::id().to_ne_bytes();
    [239, process[0], process[1], last]
}

#[test]
fn a_leaf_is_a_member_until_it_is_closed_08_10() {
    let group = group(1);
    let socket = Socket::of(SOCK_DGRAM);
    let own = name([127, 0, 0, 1]);
    // SAFETY: a name of its length.
    assert_eq!(said(unsafe { ovl_bind(socket.0, (&raw const own).cast(), NAME) }).0, 0);
    assert_eq!(members(group), 0);
    assert_eq!(join(&socket, group, BOTH), (socket.0, 0));
    assert_eq!(members(group), 1, "on the interface of the address that it has");
    assert_eq!(join(&socket, group, RECEIVER).0, NONE, "it is one already");
    drop(socket);
    assert_eq!(members(group), 0);
}

#[test]
fn a_sender_joins_nothing_and_gets_a_name_08_10() {
    let group = group(2);
    let socket = Socket::of(SOCK_DGRAM);
    assert_eq!(join(&socket, group, SENDER), (socket.0, 0));
    assert_eq!(members(group), 0);
    let (mut own, mut len) = (name([9; 4]), NAME);
    // SAFETY: room for a name, and its length.
    assert_eq!(said(unsafe { ovl_getsockname(socket.0, (&raw mut own).cast(), &mut len) }).0, 0);
    assert!(own.port != 0 && own.address == 0);
}

#[test]
fn what_cannot_be_a_leaf_is_refused_08_10() {
    let (datagrams, stream) = (Socket::of(SOCK_DGRAM), Socket::of(SOCK_STREAM));
    assert_eq!(join(&datagrams, [127, 0, 0, 1], BOTH), (NONE, 10049));
    assert_eq!(join(&datagrams, group(3), 0), (NONE, 10022));
    assert_eq!(join(&datagrams, group(3), RECEIVER | SENDER), (NONE, 10022));
    assert_eq!(join(&stream, group(3), BOTH), (NONE, 10022));
    assert_eq!(join(&Socket(0x7F7F_7F70), group(3), BOTH), (NONE, 10038));
    // SAFETY: no name.
    let nowhere = unsafe { ovl_WSAJoinLeaf(datagrams.0, null(), NAME, null(), null_mut(), null(), null(), BOTH) };
    assert_eq!((nowhere, code()), (NONE, 10014));
}
