//! The socket device itself, as the C face uses it: modes, states, ConnectEx and DisconnectEx, TransmitFile, network events, select,
//! duplicates (contract 08 sections 2, 3, 6, 7 and 10), on both engines.

mod common;

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

#[test]
fn what_there_is_not_cannot_be_created() {
    on_real_engines(|lab| {
        let create = |family, kind, protocol| {
            let new = NewSocket { family, kind, protocol, overlapped: true };
            socket::create(&lab.system, new).map(|made| drop(Open::of(lab, made))).map_err(WsaError::value)
        };
        assert_eq!(create(77, STREAM, 0), Err(10047));
        assert_eq!(create(INET, 9, 0), Err(10044));
        assert_eq!(create(INET, STREAM, 77), Err(10043));
        assert_eq!(create(INET, STREAM, 17), Err(10041));
        assert_eq!(create(INET, STREAM, 6), Ok(()));
    });
}

#[test]
fn calls_need_the_right_state() {
    // The tables of contract 08 sections 2 and 3.
    on_real_engines(|lab| {
        let socket = Open::new(lab, STREAM);
        assert_eq!(socket.local_address().unwrap_err().value(), 10022, "unbound");
        assert_eq!(socket.peer_address().unwrap_err().value(), 10057);
        assert_eq!(socket.listen(5).unwrap_err().value(), 10022, "unbound");
        assert_eq!(socket.accept(&lab.system).unwrap_err().value(), 10022, "not listening");
        assert_eq!(socket.shutdown(Shutdown::Send).unwrap_err().value(), 10057);
        assert_eq!(send(&socket, b"x").unwrap_err().value(), 10057);
        assert_eq!(receive(&socket, 1).unwrap_err().value(), 10057);
        socket.bind(&any_port()).unwrap();
        assert_eq!(socket.bind(&any_port()).unwrap_err().value(), 10022, "bound already");
        let second = Open::new(lab, STREAM);
        assert_eq!(second.bind(&socket.local_address().unwrap()).unwrap_err().value(), 10048);
        socket.listen(5).unwrap();
        socket.listen(9).unwrap();
        assert_eq!(second.bind(&socket.local_address().unwrap()).unwrap_err().value(), 10048);
        assert_eq!(socket.connect(&any_port()).unwrap_err().value(), 10022, "listening");
        let (client, _server) = connection(lab);
        assert_eq!(client.listen(5).unwrap_err().value(), 10056);
        assert_eq!(client.connect(&any_port()).unwrap_err().value(), 10056);
        let datagram = Open::new(lab, DATAGRAM);
        assert_eq!(receive(&datagram, 1).unwrap_err().value(), 10022, "unbound");
        assert_eq!(send(&datagram, b"x").unwrap_err().value(), 10057, "no destination");
        assert_eq!(datagram.listen(1).unwrap_err().value(), 10045);
    });
}

#[test]
fn plain_calls_of_a_non_blocking_socket_do_not_wait() {
    // Contract 08 section 3.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept(&lab.system).unwrap_err().value(), 10035);
        let client = Open::new(lab, STREAM);
        client.set_nonblocking(true).unwrap();
        match client.connect(&listener.local_address().unwrap()) {
            // On the loop the connection is made before Linux answers, or not.
            Ok(()) => {}
            Err(error) => assert_eq!(error.value(), 10035),
        }
        let mut entry = [PollEntry { socket: &client, wanted: Interest::WRITE, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        eventually("a connection comes", || match listener.accept(&lab.system) {
            Ok(Accepted { handle, socket, .. }) => {
                assert!(socket.is_nonblocking(), "inherited");
                assert_eq!(receive(&socket, 1).unwrap_err().value(), 10035);
                let mut sent = 0;
                let refused = loop {
                    match send(&socket, &[0; 100_000]) {
                        Ok(part) => sent += part,
                        Err(error) => break error.value(),
                    }
                };
                assert_eq!(refused, 10035);
                assert!(sent > 0);
                // Overlapped calls do not care.
                let mut byte = 0;
                let memory = [Buffer { start: &raw mut byte, len: 1 }];
                // SAFETY: the byte outlives the request.
                let issued = unsafe { socket.receive_overlapped(Receive::into(&memory), quietly(None)) };
                assert!(matches!(&issued, Ok(Issued::Pending(_))));
                client.set_nonblocking(false).unwrap();
                send(&client, b"!").unwrap();
                assert_eq!(end(lab, issued.unwrap()), Completion::success(1));
                drop(Open::of(lab, (handle, socket)));
                true
            }
            Err(_) => false,
        });
    });
}

#[test]
fn a_failed_connection_attempt_is_exceptional_and_leaves_its_error() {
    // Contract 08 sections 3 and 7.1.
    on_real_engines(|lab| {
        let nobody = Open::bound(lab, STREAM).local_address().unwrap();
        let client = Open::new(lab, STREAM);
        client.set_nonblocking(true).unwrap();
        match client.connect(&nobody) {
            Err(error) if error == WsaError::EWOULDBLOCK => {
                let wanted = Interest::FAILED | Interest::WRITE;
                let mut entry = [PollEntry { socket: &client, wanted, found: Interest::empty() }];
                assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
                assert!(entry[0].found.contains(Interest::FAILED) && !entry[0].found.contains(Interest::WRITE));
                assert_eq!(client.take_error().value(), 10061);
                assert_eq!(client.take_error().value(), 0);
            }
            other => assert_eq!(other.unwrap_err().value(), 10061),
        }
    });
}

#[test]
fn peeking_leaves_the_data_and_waiting_for_all_waits() {
    // Contract 08 section 4, flags.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        send(&client, b"peek").unwrap();
        assert_eq!(receive_with(&server, 10, libc::MSG_PEEK).unwrap(), b"peek");
        assert_eq!(receive_with(&server, 2, libc::MSG_PEEK).unwrap(), b"pe");
        assert_eq!(receive(&server, 10).unwrap(), b"peek");
        std::thread::scope(|scope| {
            let all = scope.spawn(|| receive_with(&server, 6, libc::MSG_WAITALL));
            for part in [b"one", b"two"] {
                std::thread::sleep(MOMENT);
                send(&client, part).unwrap();
            }
            assert_eq!(all.join().unwrap().unwrap(), b"onetwo");
        });
        let mut bytes = [0; 6];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 6 }];
        let what = Receive { flags: libc::MSG_WAITALL, ..Receive::into(&memory) };
        // SAFETY: the bytes outlive the request.
        let issued = unsafe { server.receive_overlapped(what, quietly(None)) }.unwrap();
        send(&client, b"abc").unwrap();
        std::thread::sleep(MOMENT);
        assert!(matches!(&issued, Issued::Pending(request) if !request.is_complete()));
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(end(lab, issued), Completion::success(3), "no more comes");
    });
}

#[test]
fn urgent_data_is_apart_from_the_rest() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        send(&client, b"plain").unwrap();
        let byte = [b'!'];
        let memory = [Buffer { start: byte.as_ptr().cast_mut(), len: 1 }];
        // SAFETY: the byte outlives the call.
        unsafe { client.send(Send { flags: libc::MSG_OOB, ..Send::from(&memory) }) }.unwrap();
        let mut entry = [PollEntry { socket: &server, wanted: Interest::URGENT, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        assert_eq!(receive_with(&server, 8, libc::MSG_OOB).unwrap(), b"!");
        assert!(!server.at_mark().unwrap());
        assert_eq!(receive(&server, 8).unwrap(), b"plain");
        assert!(server.at_mark().unwrap());
    });
}

#[test]
fn connect_ex_needs_a_bound_socket_sends_its_data_and_leaves_a_bare_connection() {
    // Contract 08 section 6.2.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let to = listener.local_address().unwrap();
        let unbound = Open::new(lab, STREAM);
        // SAFETY: there is no memory in it.
        let refused = unsafe { unbound.connect_overlapped(&to, None, quietly(None)) };
        assert_eq!(refused.unwrap_err().error.value(), 10022);
        let client = Open::bound(lab, STREAM);
        let data = Buffer { start: b"first".as_ptr().cast_mut(), len: 5 };
        // SAFETY: static memory.
        let issued = unsafe { client.connect_overlapped(&to, Some(data), quietly(None)) }.unwrap();
        assert_eq!(end(lab, issued), Completion::success(5));
        let server = listener.accepted();
        assert_eq!(receive_all(&server, 5), b"first");
        assert_eq!(client.peer_address().unwrap_err().value(), 10057);
        assert_eq!(client.shutdown(Shutdown::Send).unwrap_err().value(), 10057);
        send(&client, b"sends all the same").unwrap();
        client.update_connect_context().unwrap();
        assert_eq!(client.peer_address().unwrap(), to);
        // SAFETY: there is no memory in it.
        let again = unsafe { client.connect_overlapped(&to, None, quietly(None)) };
        assert_eq!(again.unwrap_err().error.value(), 10056);
        let nobody = Open::bound(lab, STREAM);
        let other = Open::bound(lab, STREAM);
        // SAFETY: there is no memory in it.
        let issued = unsafe { other.connect_overlapped(&nobody.local_address().unwrap(), None, quietly(None)) };
        let status = match issued {
            Ok(issued) => end(lab, issued).status,
            Err(refused) => refused.status,
        };
        assert_eq!((status.to_win32().0, status.to_wsa().value()), (1225, 10061));
    });
}

#[test]
fn accept_ex_checks_its_arguments_and_tells_both_addresses() {
    // Contract 08 section 6.1.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let fresh = Open::new(lab, STREAM);
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        let accept = |from: &Socket, into: &Socket, local_len, remote_len, deliver| {
            let what = AcceptInto { socket: into, buffer: nothing, local_len, remote_len, deliver };
            // SAFETY: there is no memory in it.
            unsafe { from.accept_overlapped(what, quietly(None)) }
        };
        let refused =
            |from: &Socket, into: &Socket, remote| accept(from, into, 32, remote, None).unwrap_err().error.value();
        assert_eq!(refused(&fresh, &listener, 32), 10022, "not listening");
        assert_eq!(refused(&listener, &Open::bound(lab, STREAM), 32), 10022, "bound");
        assert_eq!(refused(&listener, &Open::new(lab, DATAGRAM), 32), 10022, "datagrams");
        assert_eq!(refused(&listener, &fresh, 0), 10014);
        let short = accept(&listener, &fresh, 31, 32, None).unwrap();
        let client = Open::new(lab, STREAM);
        client.connect(&listener.local_address().unwrap()).unwrap();
        assert_eq!(end(lab, short), Completion::failure(Status::BUFFER_TOO_SMALL));
        let told = Arc::new(Mutex::new(None));
        let teller = Arc::clone(&told);
        let deliver = Box::new(move |local: &Address, remote: &Address| {
            *teller.lock().unwrap() = Some((*local, *remote));
        });
        let issued = accept(&listener, &fresh, 32, 32, Some(deliver)).unwrap();
        assert_eq!(end(lab, issued), Completion::success(0), "the connection was still there");
        let (local, remote) = told.lock().unwrap().take().expect("told");
        assert_eq!(local, listener.local_address().unwrap());
        assert_eq!(remote, client.local_address().unwrap());
        assert_eq!(fresh.peer_address().unwrap_err().value(), 10057, "SO_UPDATE_ACCEPT_CONTEXT is missing");
        send(&fresh, b"works without").unwrap();
        fresh.update_accept_context(&listener).unwrap();
        assert_eq!(fresh.peer_address().unwrap(), remote);
        assert!(fresh.connect_time().is_some_and(|seconds| seconds < 20));
    });
}

#[test]
fn a_disconnected_socket_can_be_used_again() {
    // Contract 08 section 6.3.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let to = listener.local_address().unwrap();
        let client = Open::bound(lab, STREAM);
        assert_eq!(client.disconnect(false).unwrap_err().value(), 10057);
        for round in 0..3_u8 {
            // SAFETY: there is no memory in it.
            let issued = unsafe { client.connect_overlapped(&to, None, quietly(None)) }.unwrap();
            assert_eq!(end(lab, issued).status, Status::SUCCESS);
            let server = listener.accepted();
            send(&client, &[round; 3]).unwrap();
            // SAFETY: as above.
            let issued = unsafe { client.disconnect_overlapped(true, quietly(None)) }.unwrap();
            assert!(matches!(&issued, Issued::Pending(_)), "always pending first");
            assert_eq!(end(lab, issued), Completion::success(0));
            assert_eq!(receive_all(&server, 3), [round; 3]);
            assert_eq!(receive(&server, 1).unwrap(), b"");
        }
        let (client, server) = connection(lab);
        client.disconnect(false).unwrap();
        client.disconnect(false).unwrap();
        assert_eq!(receive(&server, 1).unwrap(), b"");
        assert_eq!(send(&client, b"x").unwrap_err().value(), 10058);
        assert_eq!(client.connect(&to).unwrap_err().value(), 10056);
        send(&server, b"still").unwrap();
        assert_eq!(receive_all(&client, 5), b"still");
    });
}

/// An open file of the lab.
fn open_file(lab: &Lab, name: &str) -> (overlapped::OverlappedFile, Grant) {
    let file = lab.options().read(true).open_overlapped(lab.path(name)).expect("an open file");
    let handle = Handle::from_raw(file.handle().raw()).expect("a handle");
    let grant = lab.system.grant(handle).expect("granted");
    (file, grant)
}

#[test]
fn a_file_is_sent_between_a_head_and_a_tail() {
    // Contract 08 section 6.4.
    on_real_engines(|lab| {
        let bytes = pattern(3_000_000, 4);
        let path = lab.file("page", &bytes);
        let (_file, grant) = open_file(lab, "page");
        let part = |offset, len| Element::File { file: Arc::clone(&grant.instance), offset, len };
        let memory = |text: &'static str| Element::Memory(Buffer { start: text.as_ptr().cast_mut(), len: text.len() });
        for cold in [false, true] {
            let (client, server) = connection(lab);
            if cold {
                let file = std::fs::File::open(&path).unwrap();
                file.sync_all().unwrap();
                // Where the file system has no device, it stays in memory, and the test says less.
                rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
            }
            let elements = [memory("head"), part(Some(0), 0), memory("tail")];
            let what = Transmit { elements: &elements, disconnect: true, reuse: false };
            // SAFETY: static memory.
            let issued = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
            let received = receive_all(&server, bytes.len() + 8);
            assert_eq!(end(lab, issued), Completion::success(bytes.len() + 8));
            assert!(received[..4] == *b"head" && received[received.len() - 4..] == *b"tail");
            assert!(received[4..received.len() - 4] == bytes);
            assert_eq!(receive(&server, 1).unwrap(), b"", "TF_DISCONNECT");
        }
        // From the file pointer, which moves; nothing at all; not connected.
        let (client, server) = connection(lab);
        *grant.instance.pointer() = 100;
        let elements = [part(None, 50)];
        let what = Transmit { elements: &elements, disconnect: false, reuse: false };
        // SAFETY: no memory of the program's.
        assert_eq!(unsafe { client.transmit(what) }, Ok(50));
        assert_eq!(*grant.instance.pointer(), 150);
        assert!(receive_all(&server, 50) == bytes[100..150]);
        // SAFETY: as above.
        assert_eq!(unsafe { client.transmit(Transmit { elements: &[], ..what }) }, Ok(0));
        let fresh = Open::new(lab, STREAM);
        // SAFETY: as above.
        assert_eq!(unsafe { fresh.transmit(what) }.unwrap_err().value(), 10057);
    });
}

#[test]
fn a_transmission_can_be_cancelled_and_does_not_overtake() {
    on_real_engines(|lab| {
        lab.file("big", vec![5; 32 << 20]);
        let (_file, grant) = open_file(lab, "big");
        let (client, server) = connection(lab);
        let elements = [Element::File { file: grant.instance, offset: Some(0), len: 0 }];
        let what = Transmit { elements: &elements, disconnect: false, reuse: false };
        // SAFETY: no memory of the program's.
        let first = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
        // SAFETY: as above.
        let second = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
        let (Issued::Pending(first), Issued::Pending(second)) = (first, second) else { panic!("it all went out") };
        assert!(second.cancel() && first.cancel());
        let ended = end(lab, Issued::Pending(first));
        assert_eq!(ended.status, Status::CANCELLED);
        assert_eq!(end(lab, Issued::Pending(second)), Completion::failure(Status::CANCELLED));
        client.shutdown(Shutdown::Send).unwrap();
        let mut received = 0;
        loop {
            match receive(&server, 1 << 20).unwrap().len() {
                0 => break,
                n => received += n,
            }
        }
        assert_eq!(received, ended.bytes);
    });
}

#[test]
fn messages_carry_address_flags_and_control_data() {
    // Contract 08 section 6.5.
    on_real_engines(|lab| {
        let (near, far) = (Open::bound(lab, DATAGRAM), Open::bound(lab, DATAGRAM));
        near.set_option(libc::IPPROTO_IP, libc::IP_PKTINFO, &1_i32.to_ne_bytes()).unwrap();
        let to = near.local_address().unwrap();
        let text = b"a message of three pieces";
        let pieces: Vec<_> =
            text.chunks(9).map(|piece| Buffer { start: piece.as_ptr().cast_mut(), len: piece.len() }).collect();
        // SAFETY: static memory.
        let sent = unsafe { far.send(Send { to: Some(&to), ..Send::from(&pieces) }) };
        assert_eq!(sent, Ok(text.len()));
        let mut bytes = [0; 10];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 4 }, Buffer { start: bytes[4..].as_mut_ptr(), len: 6 }];
        let told = Arc::new(Mutex::new(None));
        let teller = Arc::clone(&told);
        let deliver = Box::new(move |arrival: &Arrival<'_>| {
            let Arrival { bytes, address, flags, control, status } = *arrival;
            *teller.lock().unwrap() = Some((bytes, address.copied(), flags, control.len(), status));
        });
        let what = Receive { wants_address: true, control: 64, deliver: Some(deliver), ..Receive::into(&memory) };
        // SAFETY: the bytes outlive the request.
        let issued = unsafe { near.receive_overlapped(what, quietly(None)) }.unwrap();
        assert_eq!(end(lab, issued), Completion { status: Status::BUFFER_OVERFLOW, bytes: 10 });
        let (n, from, flags, control, status) = told.lock().unwrap().take().expect("told");
        assert_eq!((n, from, status), (10, Some(far.local_address().unwrap()), Status::BUFFER_OVERFLOW));
        assert!(flags & libc::MSG_TRUNC != 0 && control > 0);
        assert_eq!(&bytes, b"a message ");
    });
}

/// Waits for the event, and takes what is recorded.
#[track_caller]
fn recorded(lab: &Lab, event: &Arc<Event>, socket: &Socket) -> (NetworkEvents, [WsaError; 10]) {
    let waited = lab.system.wait_any(&[Arc::clone(event) as _], Timeout::After(LONG), false);
    assert_eq!(waited, Ok(overlapped_kernel::wait::Outcome::Object(0)), "no event");
    event.reset();
    let recorded = socket.take_events().unwrap();
    (recorded.events, recorded.errors)
}

#[track_caller]
fn nothing_more(event: &Arc<Event>) {
    std::thread::sleep(MOMENT);
    assert!(!event.dispatcher().is_signalled(), "an event came that is not enabled");
}

#[test]
fn network_events_are_recorded_once_until_they_are_enabled_again() {
    // Contract 08 section 7.3.
    on_real_engines(|lab| {
        type E = NetworkEvents;
        let (client, server) = connection(lab);
        let event = Arc::new(Event::manual_reset(false));
        server.select_events(Some(Arc::clone(&event)), E::READ | E::WRITE | E::CLOSE).unwrap();
        assert!(server.is_nonblocking());
        assert_eq!(server.set_nonblocking(false).unwrap_err().value(), 10022);
        assert_eq!(recorded(lab, &event, &server).0, E::WRITE, "connected: at once");
        nothing_more(&event);
        send(&client, b"abc").unwrap();
        assert_eq!(recorded(lab, &event, &server).0, E::READ);
        send(&client, b"def").unwrap();
        nothing_more(&event);
        assert_eq!(receive(&server, 2).unwrap(), b"ab");
        assert_eq!(recorded(lab, &event, &server).0, E::READ, "data is left: recorded again");
        assert_eq!(receive(&server, 10).unwrap(), b"cdef");
        nothing_more(&event);
        // A pending receive takes the data, and nothing is recorded.
        let mut bytes = [0; 4];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 4 }];
        // SAFETY: the bytes outlive the request.
        let issued = unsafe { server.receive_overlapped(Receive::into(&memory), quietly(None)) }.unwrap();
        send(&client, b"mine").unwrap();
        assert_eq!(end(lab, issued), Completion::success(4));
        nothing_more(&event);
        // Room to send, again after a send that was refused.
        while send(&server, &[0; 100_000]).is_ok() {}
        nothing_more(&event);
        let mut drained = 0;
        while drained == 0 || client.readable_bytes().unwrap() > 0 {
            drained += receive(&client, 1 << 20).unwrap().len();
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(recorded(lab, &event, &server).0, E::WRITE);
        drop(client);
        let (events, errors) = recorded(lab, &event, &server);
        assert_eq!((events, errors[5].value()), (E::CLOSE, 0));
        server.select_events(None, E::empty()).unwrap();
        server.set_nonblocking(false).unwrap();
        assert_eq!(receive(&server, 4).unwrap(), b"");
    });
}

#[test]
fn connections_and_resets_are_network_events_too() {
    on_real_engines(|lab| {
        type E = NetworkEvents;
        let listener = Open::listener(lab);
        let coming = Arc::new(Event::manual_reset(false));
        listener.select_events(Some(Arc::clone(&coming)), E::ACCEPT | E::READ | E::CLOSE).unwrap();
        let client = Open::new(lab, STREAM);
        let going = Arc::new(Event::manual_reset(false));
        client.select_events(Some(Arc::clone(&going)), E::CONNECT | E::WRITE | E::CLOSE).unwrap();
        let _ = client.connect(&listener.local_address().unwrap());
        let mut seen = E::empty();
        while seen != E::CONNECT | E::WRITE {
            let (events, errors) = recorded(lab, &going, &client);
            assert_eq!(errors[4].value(), 0);
            seen |= events;
        }
        assert_eq!(recorded(lab, &coming, &listener).0, E::ACCEPT);
        let server = listener.accepted();
        send(&client, b"x").unwrap();
        // The accepted socket has the selection of its listener.
        assert_eq!(recorded(lab, &coming, &server).0, E::READ);
        client.set_linger(Some(0)).unwrap();
        drop(client);
        let (events, errors) = recorded(lab, &coming, &server);
        assert!(events.contains(E::CLOSE), "{events:?}");
        assert_eq!(errors[5].value(), 10054);
        // An attempt that fails.
        let nobody = Open::bound(lab, STREAM);
        let client = Open::new(lab, STREAM);
        let going = Arc::new(Event::manual_reset(false));
        client.select_events(Some(Arc::clone(&going)), E::CONNECT).unwrap();
        if client.connect(&nobody.local_address().unwrap()) == Err(WsaError::EWOULDBLOCK) {
            let (events, errors) = recorded(lab, &going, &client);
            assert_eq!((events, errors[4].value()), (E::CONNECT, 10061));
        }
    });
}

#[test]
fn select_tells_who_is_ready_for_what() {
    // Contract 08 section 7.1.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let fresh = Open::new(lab, STREAM);
        let listener = Open::listener(lab);
        let all = [&*client, &*server, &*fresh, &*listener];
        let ask = |wanted, timeout| {
            let mut entries = all.map(|socket| PollEntry { socket, wanted, found: Interest::empty() });
            let ready = wait_ready(&mut entries, timeout).unwrap();
            (ready, entries.map(|entry| entry.found.intersects(wanted)))
        };
        assert_eq!(ask(Interest::READ, Timeout::Poll), (0, [false; 4]));
        assert_eq!(ask(Interest::WRITE, Timeout::Poll), (2, [true, true, false, false]));
        send(&client, b"x").unwrap();
        assert_eq!(ask(Interest::READ, Timeout::After(LONG)), (1, [false, true, false, false]));
        let second = Open::new(lab, STREAM);
        second.connect(&listener.local_address().unwrap()).unwrap();
        receive(&server, 1).unwrap();
        assert_eq!(ask(Interest::READ, Timeout::After(LONG)), (1, [false, false, false, true]));
        drop(listener.accepted());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| ask(Interest::READ, Timeout::After(LONG)));
            std::thread::sleep(MOMENT);
            send(&server, b"late").unwrap();
            assert_eq!(waiting.join().unwrap(), (1, [true, false, false, false]));
        });
        receive(&client, 4).unwrap();
        let start = std::time::Instant::now();
        assert_eq!(ask(Interest::READ, Timeout::After(MOMENT)).0, 0);
        assert!(start.elapsed() >= MOMENT);
        drop(second);
        server.shutdown(Shutdown::Send).unwrap();
        assert_eq!(ask(Interest::READ, Timeout::After(LONG)), (1, [true, false, false, false]), "the end");
    });
}

#[test]
fn a_ticket_gives_another_handle_of_the_same_socket_once() {
    // Contract 08 section 2: WSADuplicateSocket.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let ticket = socket::export(&server).unwrap();
        assert!(ticket.as_ref().len() < 64 && ticket.as_ref().is_ascii());
        let twin = Open::of(lab, socket::import(&lab.system, ticket.as_ref(), None).unwrap());
        assert_eq!(twin.peer_address().unwrap(), client.local_address().unwrap());
        send(&client, b"ab").unwrap();
        assert_eq!(receive(&server, 1).unwrap(), b"a");
        assert_eq!(receive(&twin, 1).unwrap(), b"b");
        drop(server);
        send(&twin, b"open").unwrap();
        assert_eq!(receive_all(&client, 4), b"open");
        eventually("the ticket is used up", || socket::import(&lab.system, ticket.as_ref(), None).is_err());
        assert_eq!(socket::import(&lab.system, b"nonsense", None).unwrap_err().value(), 10022);
    });
}

#[test]
fn options_are_linux_own_or_kept() {
    // Contract 08 section 10.
    on_real_engines(|lab| {
        let socket = Open::new(lab, STREAM);
        assert_eq!(socket.linger(), None);
        socket.set_linger(Some(7)).unwrap();
        assert_eq!(socket.linger(), Some(7));
        socket.set_linger(None).unwrap();
        assert_eq!(socket.linger(), None);
        socket.set_option(libc::SOL_SOCKET, libc::SO_KEEPALIVE, &1_i32.to_ne_bytes()).unwrap();
        let mut value = [0; 4];
        assert_eq!(socket.option(libc::SOL_SOCKET, libc::SO_KEEPALIVE, &mut value), Ok(4));
        assert_eq!(i32::from_ne_bytes(value), 1);
        assert_eq!(socket.set_option(libc::SOL_SOCKET, 7777, &value).unwrap_err().value(), 10042);
        socket.set_keepalive(true, 5000, 1000).unwrap();
        assert_eq!(socket.user_option(0x3002), None);
        socket.set_user_option(0x3002, 1);
        assert_eq!(socket.user_option(0x3002), Some(1));
        assert_eq!(socket.connect_time(), None);
        assert!(!socket.is_listening());
        socket.set_exclusive(true).unwrap();
        assert_eq!(socket.set_reuse(true).unwrap_err().value(), 10022);
        let (first, second) = (Open::new(lab, STREAM), Open::new(lab, STREAM));
        first.set_reuse(true).unwrap();
        second.set_reuse(true).unwrap();
        first.bind(&any_port()).unwrap();
        assert_eq!(second.bind(&first.local_address().unwrap()), Ok(()), "SO_REUSEADDR of Windows");
    });
}

#[test]
fn a_lingering_close_waits_or_says_that_it_would() {
    // Contract 08 sections 2 and 9.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        client.set_linger(Some(5)).unwrap();
        client.set_nonblocking(true).unwrap();
        while send(&client, &[0; 100_000]).is_ok() {}
        assert_eq!(socket::close(&lab.system, client.handle).unwrap_err().value(), 10035);
        assert!(send(&client, b"x").is_err_and(|error| error == WsaError::EWOULDBLOCK), "still open");
        std::thread::scope(|scope| {
            scope.spawn(|| while receive(&server, 1 << 20).is_ok_and(|bytes| !bytes.is_empty()) {});
            eventually("it can be closed", || socket::close(&lab.system, client.handle).is_ok());
        });
        assert_eq!(socket::close(&lab.system, client.handle).unwrap_err().value(), 10038);
    });
}
