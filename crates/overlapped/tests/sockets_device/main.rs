//! The socket device itself, as the C face uses it: modes, states, ConnectEx and DisconnectEx, TransmitFile, network events, select,
//! duplicates (contract 08 sections 2, 3, 6, 7 and 10), on both engines.

#[path = "../common/mod.rs"]
mod common;
mod events;
mod extensions;
mod messages;
mod states;
mod unbuffered;
mod urgent;

use common::{Lab, MOMENT, eventually, on_real_engines, pattern};
use overlapped::abi::{Status, WsaError};
use overlapped::devices::socket::{
    self, AcceptInto, Accepted, Address, Arrival, Element, Interest, Issued, NetworkEvents, NewSocket, Overlap,
    PollEntry, Receive, Send, Shutdown, Socket, Transmit, wait_ready,
};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, Waitable};
use overlapped_kernel::handle::Handle;
use overlapped_kernel::request::{Buffer, Completion, Route};
use overlapped_kernel::road::Report;
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const STREAM: i32 = 1;
const DATAGRAM: i32 = 2;
const INET: i32 = 2;
const LONG: Duration = Duration::from_secs(20);

/// An open socket, closed at the end.
struct Open<'a> {
    lab: &'a Lab,
    handle: Handle,
    socket: Socket,
}

impl std::ops::Deref for Open<'_> {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let _ = self.lab.system.close(self.handle);
    }
}

impl<'a> Open<'a> {
    fn of(lab: &'a Lab, (handle, socket): (Handle, Socket)) -> Self {
        Self { lab, handle, socket }
    }

    fn new(lab: &'a Lab, kind: i32) -> Self {
        let new = NewSocket { family: INET, kind, protocol: 0, overlapped: true };
        Self::of(lab, socket::create(&lab.system, new).expect("a socket"))
    }

    fn bound(lab: &'a Lab, kind: i32) -> Self {
        let made = Self::new(lab, kind);
        made.bind(&any_port()).expect("bound");
        made
    }

    fn listener(lab: &'a Lab) -> Self {
        let made = Self::bound(lab, STREAM);
        made.listen(100).expect("listening");
        made
    }

    fn accepted(&self) -> Self {
        let Accepted { handle, socket, .. } = self.accept(&self.lab.system).expect("accepted");
        Self { lab: self.lab, handle, socket }
    }
}

fn any_port() -> Address {
    Address::from_std(SocketAddr::from(([127, 0, 0, 1], 0)))
}

fn connection(lab: &Lab) -> (Open<'_>, Open<'_>) {
    let listener = Open::listener(lab);
    let client = Open::new(lab, STREAM);
    client.connect(&listener.local_address().unwrap()).expect("connected");
    let server = listener.accepted();
    (client, server)
}

fn send(socket: &Socket, bytes: &[u8]) -> Result<usize, WsaError> {
    let memory = [Buffer { start: bytes.as_ptr().cast_mut(), len: bytes.len() }];
    // SAFETY: the bytes outlive the call.
    unsafe { socket.send(Send::from(&memory)) }
}

fn receive_with(socket: &Socket, len: usize, flags: i32) -> Result<Vec<u8>, WsaError> {
    let mut bytes = vec![0; len];
    let memory = [Buffer { start: bytes.as_mut_ptr(), len }];
    // SAFETY: the bytes outlive the call.
    let n = unsafe { socket.receive(Receive { flags, ..Receive::into(&memory) }) }?;
    bytes.truncate(n);
    Ok(bytes)
}

fn receive(socket: &Socket, len: usize) -> Result<Vec<u8>, WsaError> {
    receive_with(socket, len, 0)
}

fn receive_all(socket: &Socket, len: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < len {
        let part = receive(socket, len - all.len()).expect("received");
        assert!(!part.is_empty(), "it ended early");
        all.extend(part);
    }
    all
}

fn quietly(payload: Option<Box<dyn Any + std::marker::Send>>) -> Overlap {
    Overlap { route: Route::default(), overlapped: None, payload, report: Report::AtOnce }
}

/// Waits for the end of a request.
#[track_caller]
fn end(lab: &Lab, issued: Issued) -> Completion {
    match issued {
        Issued::Done(_, completion) => completion,
        Issued::Pending(request) => {
            let waited = lab.system.wait_any(&[request.done()], Timeout::After(LONG), false);
            assert_eq!(waited, Ok(overlapped_kernel::wait::Outcome::Object(0)), "it never ended");
            request.completion().expect("complete")
        }
    }
}
