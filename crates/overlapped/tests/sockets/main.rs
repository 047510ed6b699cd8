//! Sockets through the Rust face: connections, transfers, ends (contract 08 sections 2 to 5 and 9), on every engine.

#[path = "../common/mod.rs"]
mod common;
mod connections;
mod ends;
mod families;
mod notifications;
#[path = "../common/streams.rs"]
mod streams;
mod transfers;

use common::{Lab, MOMENT, bounded, eventually, on_every_engine, on_real_engines, pattern};
use overlapped::net::Addressed;
use overlapped::{
    CompletionPort, Event, Operation, TcpListener, TcpStream, Timeout, UdpSocket, UnixListener, UnixStream, alertable,
    wait_any,
};
use rustix::net::{AddressFamily, SocketType};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use streams::receive_exactly;

const LOCALHOST: &str = "127.0.0.1:0";
/// More than the buffers of a connection hold.
const FLOOD: usize = 16 << 20;

fn listen(lab: &Lab) -> TcpListener {
    TcpListener::bind_in(&lab.system, LOCALHOST).expect("a listener")
}

/// An address where nobody listens, as long as the descriptor is kept: another test cannot get it, and a socket that connects to it
/// cannot get it for its own side.
fn nobody(kind: SocketType) -> (OwnedFd, SocketAddr) {
    let bound = rustix::net::socket(AddressFamily::INET, kind, None).expect("a socket");
    rustix::net::bind(&bound, &SocketAddr::from(([127, 0, 0, 1], 0))).expect("bound");
    let address = rustix::net::getsockname(&bound).expect("an address");
    (bound, SocketAddr::try_from(address).expect("of IPv4"))
}

/// A connection: the side that connected, and the side that accepted.
fn connection(lab: &Lab) -> (TcpStream, TcpStream) {
    let listener = listen(lab);
    let accept = listener.accept();
    let client = TcpStream::connect_in(&lab.system, listener.local_address().unwrap()).expect("connected");
    let (server, from) = accept.wait().expect("accepted");
    assert_eq!(from.to_std(), Some(client.local_address().unwrap()));
    (client, server)
}

/// The code of a failure.
#[track_caller]
fn code<B>((result, _): (overlapped::Result<usize>, B)) -> u32 {
    result.expect_err("a failure").code().0
}

#[track_caller]
fn failure<T>(result: overlapped::Result<T>) -> u32 {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error.code().0,
    }
}
