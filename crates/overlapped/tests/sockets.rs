//! Sockets through the Rust face: connections, transfers, ends (contract 08 sections 2 to 5 and 9), on every engine.

mod common;

use common::{Lab, MOMENT, bounded, eventually, on_every_engine, on_real_engines, pattern};
use overlapped::net::Addressed;
use overlapped::{
    CompletionPort, Event, Operation, TcpListener, TcpStream, Timeout, UdpSocket, UnixListener, UnixStream, alertable,
    wait_any,
};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LOCALHOST: &str = "127.0.0.1:0";
/// More than the buffers of a connection hold.
const FLOOD: usize = 16 << 20;

fn listen(lab: &Lab) -> TcpListener {
    TcpListener::bind_in(&lab.system, LOCALHOST).expect("a listener")
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

/// Receives until so many bytes are there.
fn receive_exactly(stream: &TcpStream, len: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < len {
        let (result, bytes) = stream.receive(Vec::with_capacity(len - all.len())).wait();
        assert_ne!(result.expect("received"), 0, "it ended early");
        all.extend_from_slice(&bytes);
    }
    all
}

#[test]
fn what_is_sent_is_received() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        for len in [1, 100, 4096, 100_000] {
            let bytes = pattern(len, len as u64);
            let sent = client.send(bytes.clone());
            assert!(receive_exactly(&server, len) == bytes, "{len} bytes");
            assert_eq!(sent.wait().0, Ok(len));
        }
        assert_eq!(server.local_address().unwrap(), client.peer_address().unwrap());
        assert_eq!(client.local_address().unwrap(), server.peer_address().unwrap());
    });
}

#[test]
fn a_receive_completes_with_whatever_has_arrived() {
    // Contract 08 section 4: 1 to all bytes.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let receive = server.receive(Vec::with_capacity(100));
        assert!(receive.is_pending());
        assert_eq!(client.send("abc").wait().0, Ok(3));
        assert_eq!(receive.wait(), (Ok(3), b"abc".to_vec()));
    });
}

#[test]
fn pending_receives_fill_in_order_each_as_far_as_the_data_reaches() {
    // Contract 08 section 4, contract 03 section 3.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let receives: Vec<_> = (0..5).map(|_| server.receive(Vec::with_capacity(4))).collect();
        assert_eq!(client.send("0123456789").wait().0, Ok(10));
        let mut done = receives.into_iter();
        for expected in ["0123", "4567", "89"] {
            assert_eq!(done.next().unwrap().wait(), (Ok(expected.len()), expected.as_bytes().to_vec()));
        }
        let late = done.next().unwrap();
        assert!(late.is_pending());
        assert_eq!(client.send("!").wait().0, Ok(1));
        assert_eq!(late.wait().1, b"!");
        assert!(done.next().unwrap().is_pending());
    });
}

#[test]
fn sends_go_out_in_order_whatever_their_sizes() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let sizes = [3 << 20, 1, 2 << 20, 77, 4 << 20, 5];
        let parts: Vec<_> = sizes.iter().zip(1..).map(|(len, salt)| pattern(*len, salt)).collect();
        let whole: Vec<u8> = parts.concat();
        let sends: Vec<_> = parts.into_iter().map(|part| client.send(part)).collect();
        assert!(sends.iter().any(Operation::is_pending), "the buffers do not hold all that");
        assert!(receive_exactly(&server, whole.len()) == whole);
        for (send, len) in sends.into_iter().zip(sizes) {
            assert_eq!(send.wait().0, Ok(len));
        }
    });
}

#[test]
fn a_vectored_send_is_one_request_and_a_vectored_receive_fills_one_buffer_after_the_other() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let parts = vec![b"one ".to_vec(), Vec::new(), b"two ".to_vec(), b"three".to_vec()];
        let (sent, back) = client.send_vectored(parts.clone()).wait();
        assert_eq!((sent, back), (Ok(13), parts));
        eventually("all of it has arrived", || server.socket().readable_bytes() == Ok(13));
        let rooms = vec![Vec::with_capacity(5), Vec::with_capacity(5), Vec::with_capacity(50)];
        let (received, filled) = server.receive_vectored(rooms).wait();
        assert_eq!(received, Ok(13));
        assert_eq!(filled, [b"one t".to_vec(), b"wo th".to_vec(), b"ree".to_vec()]);
        // More than one call takes, so that the list is taken up in the middle.
        let parts: Vec<_> = (0..300).map(|n| pattern(40_000 + n, n as u64)).collect();
        let whole = parts.concat();
        let send = client.send_vectored(parts);
        assert!(receive_exactly(&server, whole.len()) == whole);
        assert_eq!(send.wait().0, Ok(whole.len()));
    });
}

#[test]
fn a_receive_of_nothing_waits_for_data_and_leaves_it() {
    // Contract 08 section 4: one buffer of length 0.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let readable = server.readable();
        std::thread::sleep(MOMENT);
        assert!(readable.is_pending());
        client.send("x").wait().0.unwrap();
        assert_eq!(readable.wait().0, Ok(0));
        assert_eq!(server.readable().wait().0, Ok(0), "data is there already: at once");
        assert_eq!(server.receive(vec![0; 8]).wait(), (Ok(1), b"x".to_vec()));
        let readable = server.readable();
        drop(client);
        assert_eq!(readable.wait().0, Ok(0), "the end is something as well");
    });
}

#[test]
fn a_graceful_close_is_a_receive_of_no_bytes_as_often_as_one_asks() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let pending = server.receive(vec![0; 8]);
        drop(client);
        assert_eq!(pending.wait().0, Ok(0));
        assert_eq!(server.receive(vec![0; 8]).wait().0, Ok(0));
        assert_eq!(server.receive(vec![0; 8]).wait().0, Ok(0));
    });
}

#[test]
fn half_a_connection_goes_on() {
    // Contract 08 section 2: shutdown; section 9: the good order.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        client.send("last words").wait().0.unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(code(client.send("more").wait()), 233, "10058 in its Win32 form");
        assert_eq!(failure((&client).write(b"more").map_err(Into::into)), 10058);
        assert_eq!(receive_exactly(&server, 10), b"last words");
        assert_eq!(server.receive(vec![0; 8]).wait().0, Ok(0));
        server.send("answer").wait().0.unwrap();
        assert_eq!(receive_exactly(&client, 6), b"answer");
        client.shutdown(Shutdown::Read).unwrap();
        assert_eq!(code(client.receive(vec![0; 8]).wait()), 233);
        assert_eq!(failure((&client).read(&mut [0; 8]).map_err(Into::into)), 10058);
    });
}

#[test]
fn a_reset_fails_pending_receives_with_64_and_later_calls_at_once() {
    // Contract 08 sections 5 and 9.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let pending = server.receive(vec![0; 8]);
        client.set_linger(Some(0)).unwrap();
        drop(client);
        assert_eq!(code(pending.wait()), 64);
        assert_eq!(server.socket().take_error().value(), 0);
        let refused = server.receive(vec![0; 8]);
        assert!(!refused.is_pending());
        assert_eq!(code(refused.wait()), 64);
        assert_eq!(failure((&server).read(&mut [0; 8]).map_err(Into::into)), 10054);
        assert_eq!(code(server.send("x").wait()), 64);
    });
}

#[test]
fn unread_data_at_the_close_resets_the_connection() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        client.send("never read").wait().0.unwrap();
        eventually("it has arrived", || server.socket().readable_bytes() == Ok(10));
        let pending = client.receive(vec![0; 8]);
        drop(server);
        assert_eq!(code(pending.wait()), 64);
    });
}

#[test]
fn closing_a_socket_ends_its_transfers_with_1236_and_its_accepts_with_995() {
    // Contract 08 section 9.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let receives: Vec<_> = (0..3).map(|_| server.receive(vec![0; 8])).collect();
        let flood = server.send(vec![7; FLOOD]);
        assert!(flood.is_pending());
        drop(server);
        for receive in receives {
            assert_eq!(code(receive.wait()), 1236);
        }
        assert_eq!(code(flood.wait()), 1236);
        drop(client);
        let listener = listen(lab);
        let accepts: Vec<_> = (0..3).map(|_| listener.accept()).collect();
        drop(listener);
        for accept in accepts {
            assert_eq!(failure(accept.wait()), 995);
        }
    });
}

#[test]
fn a_cancelled_receive_ends_with_995_and_takes_nothing() {
    // Contract 03 section 8.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        let (first, second) = (server.receive(vec![0; 4]), server.receive(vec![0; 4]));
        assert!(first.cancel());
        assert!(!first.cancel(), "once");
        assert_eq!(code(first.wait()), 995);
        client.send("data").wait().0.unwrap();
        assert_eq!(second.wait().1, b"data");
        let more: Vec<_> = (0..10).map(|_| server.receive(vec![0; 4])).collect();
        assert!(server.cancel_all());
        assert!(!server.cancel_all());
        for receive in more {
            assert_eq!(code(receive.wait()), 995);
        }
        drop(server.receive(vec![0; 4]));
        eventually("the dropped receive is gone", || server.outstanding() == 0);
        client.send("late").wait().0.unwrap();
        assert_eq!(receive_exactly(&server, 4), b"late");
    });
}

#[test]
fn a_cancelled_send_says_how_much_went_out() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let bytes = pattern(FLOOD, 1);
        let send = client.send(bytes.clone());
        let behind = client.send("behind");
        assert!(send.is_pending() && behind.is_pending());
        assert!(send.cancel());
        let (result, _) = send.wait();
        assert_eq!(result.unwrap_err().code().0, 995);
        let last = client.send("END");
        client.shutdown(Shutdown::Write).ok();
        drop((behind, last));
        let mut all = Vec::new();
        loop {
            let (result, part) = server.receive(Vec::with_capacity(1 << 20)).wait();
            if result.expect("received") == 0 {
                break;
            }
            all.extend_from_slice(&part);
        }
        let prefix = all.iter().zip(&bytes).take_while(|(a, b)| a == b).count();
        assert!(prefix > 0 && prefix < FLOOD, "a part went out: {prefix}");
        assert!(all.len() - prefix <= 9, "and then only what was behind it");
    });
}

#[test]
fn requests_of_a_thread_that_ends_are_cancelled_unless_a_port_gets_them() {
    // Contract 03 section 9.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let server = Arc::new(server);
        let theirs = Arc::clone(&server);
        let receive = std::thread::spawn(move || theirs.receive(vec![0; 4])).join().unwrap();
        assert_eq!(code(receive.wait()), 995);
        let port = CompletionPort::<u8>::new_in(&lab.system, 0);
        let server = port.associate(Arc::into_inner(server).unwrap(), 5).unwrap();
        let server = std::thread::spawn(move || {
            server.receive(Vec::with_capacity(4), ()).unwrap();
            server
        });
        let server = server.join().unwrap();
        client.send("ok").wait().0.unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.result, done.buffer.unwrap()), (5, Ok(2), b"ok".to_vec()));
        drop(server);
    });
}

#[test]
fn all_four_notifications_work_on_a_socket() {
    // Contract 00 section 0.5.
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        // The device object.
        let receive = server.receive(vec![0; 8]);
        assert_eq!(wait_any(&[&server], Timeout::Poll), Ok(overlapped::WaitResult::TimedOut));
        client.send("device").wait().0.unwrap();
        assert_eq!(wait_any(&[&server], Timeout::Infinite), Ok(overlapped::WaitResult::Object(0)));
        assert_eq!(receive.wait().1, b"device");
        // An event.
        let event = Event::manual_reset(true);
        let receive = server.receive_with_event(vec![0; 8], &event);
        assert!(!event.wait(Duration::ZERO), "reset by the start");
        client.send("event").wait().0.unwrap();
        assert!(event.wait(Timeout::Infinite));
        assert_eq!(receive.wait().1, b"event");
        // A routine.
        let told = Arc::new(Mutex::new(None));
        let teller = Arc::clone(&told);
        let then = move |result, buffer: Vec<u8>| *teller.lock().unwrap() = Some((result, buffer));
        server.receive_then(vec![0; 8], then).unwrap();
        client.send("routine").wait().0.unwrap();
        assert!(told.lock().unwrap().is_none(), "only in an alertable wait");
        while !alertable::sleep_in(&lab.system, Timeout::Infinite) {}
        assert_eq!(told.lock().unwrap().take(), Some((Ok(7), b"routine".to_vec())));
        // A port.
        let port = CompletionPort::<u8, u8>::new_in(&lab.system, 0);
        let server = port.associate(server, 1).unwrap();
        server.receive(vec![0; 8], 2).unwrap();
        client.send("port").wait().0.unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result, done.buffer.unwrap()), (1, 2, Ok(4), b"port".to_vec()));
        let refused = server.receive_then(vec![0; 8], |_, _| {});
        assert_eq!(refused.unwrap_err().error.code().0, 87, "a routine on an associated socket");
    });
}

#[test]
fn an_operation_can_be_awaited() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let echo = async {
            let (received, buffer) = server.receive(Vec::with_capacity(16)).await;
            assert_eq!(received, Ok(4));
            server.send(buffer).await.0.expect("sent");
        };
        let ask = async {
            client.send("ping").await.0.expect("sent");
            client.receive(Vec::with_capacity(16)).await
        };
        let both = async { smol::future::zip(echo, ask).await.1 };
        assert_eq!(pollster::block_on(both), (Ok(4), b"ping".to_vec()));
    });
}

#[test]
fn plain_calls_wait_and_can_be_mixed_with_requests() {
    on_every_engine(|lab| {
        let (client, server) = connection(lab);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut line = [0; 5];
                (&server).read_exact(&mut line).expect("read");
                line
            });
            std::thread::sleep(MOMENT);
            (&client).write_all(b"hello").expect("written");
            assert_eq!(&reader.join().unwrap(), b"hello");
            // Both directions at once, more than the buffers hold.
            let writer = scope.spawn(|| (&client).write_all(&pattern(FLOOD, 3)));
            assert!(receive_exactly(&server, FLOOD) == pattern(FLOOD, 3));
            writer.join().unwrap().expect("written");
        });
    });
}

#[test]
fn a_plain_receive_is_ended_by_the_close_of_its_socket() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let socket = server.socket().clone();
        let reader = std::thread::spawn(move || {
            let mut byte = [0_u8; 1];
            let memory = [overlapped_kernel::request::Buffer { start: byte.as_mut_ptr(), len: 1 }];
            // SAFETY: the byte outlives the call.
            unsafe { socket.receive(overlapped::devices::socket::Receive::into(&memory)) }
        });
        eventually("the receive waits", || server.outstanding() == 1);
        drop(server);
        assert_eq!(reader.join().unwrap().unwrap_err().value(), 10053);
        drop(client);
    });
}

#[test]
fn receive_time_outs_end_plain_receives_only() {
    // Contract 08 section 3, timeouts.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        server.socket().set_receive_limit(20);
        let overlapped = server.receive(vec![0; 2]);
        assert_eq!(failure((&server).read(&mut [0; 8]).map_err(Into::into)), 10060);
        std::thread::sleep(MOMENT);
        assert!(overlapped.is_pending());
        client.send("ab").wait().0.unwrap();
        assert_eq!(overlapped.wait().1, b"ab");
        let client_socket = client.socket().clone();
        client_socket.set_send_limit(20);
        assert_eq!(failure((&client).write_all(&vec![0; FLOOD]).map_err(Into::into)), 10060);
    });
}

#[test]
fn a_refused_connection_is_10061_to_a_call_and_1225_to_a_request() {
    // Contract 08 section 5.
    on_every_engine(|lab| {
        let nobody = {
            let listener = listen(lab);
            listener.local_address().unwrap()
        };
        assert_eq!(failure(TcpStream::connect_in(&lab.system, nobody)), 10061);
        let connect = TcpStream::connect_overlapped_in(&lab.system, nobody).and_then(|connect| connect.wait());
        assert_eq!(failure(connect), 1225);
    });
}

#[test]
fn connections_are_made_by_requests_too() {
    on_every_engine(|lab| {
        let listener = listen(lab);
        let connect = TcpStream::connect_overlapped_in(&lab.system, listener.local_address().unwrap()).unwrap();
        let (server, _) = listener.accept().wait().unwrap();
        let client = connect.wait().unwrap();
        client.send("by request").wait().0.unwrap();
        assert_eq!(receive_exactly(&server, 10), b"by request");
    });
}

#[test]
fn accepts_are_served_in_their_order_and_can_be_cancelled() {
    // Contract 08 section 6.1.
    on_every_engine(|lab| {
        let listener = listen(lab);
        let accepts: Vec<_> = (0..4).map(|_| listener.accept()).collect();
        assert!(accepts[1].cancel());
        let address = listener.local_address().unwrap();
        let clients: Vec<_> = (0..3).map(|_| TcpStream::connect_in(&lab.system, address).expect("connected")).collect();
        let mut clients = clients.iter();
        for (place, accept) in accepts.into_iter().enumerate() {
            if place == 1 {
                assert_eq!(failure(accept.wait()), 995);
                continue;
            }
            let (_, from) = accept.wait().unwrap();
            assert_eq!(from.to_std(), clients.next().map(|client| client.local_address().unwrap()));
        }
        // Connections that came before anybody asked.
        let _early = TcpStream::connect_in(&lab.system, address).unwrap();
        assert!(listener.accept().wait().is_ok());
        let clients: Vec<_> = (0..10).map(|_| TcpStream::connect_in(&lab.system, address).unwrap()).collect();
        let servers: Vec<_> = listener.incoming(4).take(10).collect();
        assert!(servers.iter().all(Result::is_ok));
        drop(clients);
    });
}

#[test]
fn an_accept_on_a_port_bears_the_listeners_key_and_may_bring_the_first_data() {
    // Contract 08 section 6.1.
    on_every_engine(|lab| {
        let port = CompletionPort::<&str, u32>::new_in(&lab.system, 0);
        let listener = port.associate(listen(lab), "listener").unwrap();
        let address = listener.local_address().unwrap();
        let silent = TcpStream::fresh(&listener).unwrap();
        listener.accept(&silent, 1).unwrap();
        let talking = TcpStream::fresh(&listener).unwrap();
        listener.accept_with_data(&talking, Vec::with_capacity(32), 2).unwrap();
        let again = listener.accept(&talking, 3);
        assert_eq!(again.unwrap_err().error.code().0, 87, "one accept at a time for a socket");
        let first = TcpStream::connect_in(&lab.system, address).unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result, done.buffer), ("listener", 1, Ok(0), None));
        let second = TcpStream::connect_in(&lab.system, address).unwrap();
        assert!(port.get_timeout(MOMENT).unwrap().is_none(), "it waits for data");
        second.send("GET /").wait().0.unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result), ("listener", 2, Ok(5)));
        assert_eq!(done.buffer.unwrap(), b"GET /");
        assert_eq!(talking.peer_address().unwrap(), second.local_address().unwrap());
        talking.send("200").wait().0.unwrap();
        assert_eq!(receive_exactly(&second, 3), b"200");
        assert_eq!(listener.accept(&talking, 4).unwrap_err().error.code().0, 87, "not fresh any more");
        drop((first, silent));
        // A peer that closes without a word: success with no bytes.
        let mute = TcpStream::fresh(&listener).unwrap();
        listener.accept_with_data(&mute, Vec::with_capacity(32), 5).unwrap();
        drop(TcpStream::connect_in(&lab.system, address).unwrap());
        let done = port.get().unwrap();
        assert_eq!((done.context, done.result), (5, Ok(0)));
        // The end of the accepting socket ends the accept, whether or not there is a connection yet.
        let lost = TcpStream::fresh(&listener).unwrap();
        listener.accept_with_data(&lost, Vec::with_capacity(32), 6).unwrap();
        drop(lost);
        let done = port.get().unwrap();
        assert_eq!((done.context, done.result.unwrap_err().code().0), (6, 995));
        let lost = TcpStream::fresh(&listener).unwrap();
        listener.accept_with_data(&lost, Vec::with_capacity(32), 7).unwrap();
        let client = TcpStream::connect_in(&lab.system, address).unwrap();
        eventually("it is connected", || lost.socket().connect_time().is_some());
        drop(lost);
        let done = port.get().unwrap();
        assert_eq!((done.context, done.result.unwrap_err().code().0), (7, 995));
        drop(client);
    });
}

#[test]
fn datagrams_come_whole_with_their_sender_or_are_cut_with_234() {
    // Contract 08 sections 3 and 4.
    on_every_engine(|lab| {
        let near = UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap();
        let far = UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap();
        let to = near.local_address().unwrap();
        let receive = near.receive_from(Vec::with_capacity(64));
        assert!(receive.is_pending());
        assert_eq!(far.send_to("one", to).wait().0, Ok(3));
        let (result, Addressed { buffer, from, .. }) = receive.wait();
        assert_eq!((result, buffer.as_slice(), from), (Ok(3), b"one".as_slice(), Some(far.local_address().unwrap())));
        far.send_to("too long a datagram", to).wait().0.unwrap();
        far.send_to("next", to).wait().0.unwrap();
        let (result, buffer) = near.receive(Vec::with_capacity(8)).wait();
        assert_eq!((result.unwrap_err().code().0, buffer.as_slice()), (234, b"too long".as_slice()));
        assert_eq!(near.receive(Vec::with_capacity(8)).wait(), (Ok(4), b"next".to_vec()));
        far.send_to("", to).wait().0.unwrap();
        assert_eq!(near.receive(Vec::with_capacity(8)).wait().0, Ok(0), "an empty datagram");
        assert_eq!(code(far.send("nowhere").wait()), 59, "10057 in its Win32 form");
        far.connect(to).unwrap();
        far.send("connected").wait().0.unwrap();
        assert_eq!(near.receive(Vec::with_capacity(16)).wait().1, b"connected");
        assert_eq!(failure(far.send(vec![0; 70_000]).wait().0), 1784, "10040 in its Win32 form");
    });
}

#[test]
fn an_unreachable_port_fails_a_receive_of_a_connected_datagram_socket() {
    on_real_engines(|lab| {
        let gone = UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap().local_address().unwrap();
        let socket = UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap();
        socket.connect(gone).unwrap();
        let receive = socket.receive(vec![0; 8]);
        socket.send("anybody?").wait().0.unwrap();
        assert_eq!(code(receive.wait()), 1234);
    });
}

#[test]
fn datagrams_on_a_port() {
    on_every_engine(|lab| {
        let port = CompletionPort::<u8, u32, Addressed<Vec<u8>>>::new_in(&lab.system, 0);
        let near = port.associate(UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap(), 1).unwrap();
        near.receive_from(Addressed::new(Vec::with_capacity(8)), 10).unwrap();
        let far = UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap();
        far.send_to("ping", near.local_address().unwrap()).wait().0.unwrap();
        let done = port.get().unwrap();
        let datagram = done.buffer.unwrap();
        assert_eq!((done.context, datagram.buffer.as_slice()), (10, b"ping".as_slice()));
        let from = datagram.from.unwrap();
        near.send_to(datagram, from, 11).unwrap();
        assert_eq!(port.get().unwrap().context, 11);
        assert_eq!(far.receive(Vec::with_capacity(8)).wait().1, b"ping");
    });
}

#[test]
fn multicast_reaches_the_members_of_its_group() {
    on_real_engines(|lab| {
        let member = UdpSocket::bind_in(&lab.system, "0.0.0.0:0").unwrap();
        if member.join_group([239, 255, 77, 88].into()).is_err() {
            eprintln!("not here: no interface takes part in multicast");
            return;
        }
        let port = member.local_address().unwrap().port();
        let sender = UdpSocket::bind_in(&lab.system, "0.0.0.0:0").unwrap();
        let receive = member.receive(Vec::with_capacity(16));
        if sender.send_to("to all", ([239, 255, 77, 88], port).into()).wait().0.is_err() {
            eprintln!("not here: nothing leads to multicast groups");
            return;
        }
        match receive.wait_timeout(Duration::from_secs(2)) {
            Ok((result, bytes)) => assert_eq!((result, bytes), (Ok(6), b"to all".to_vec())),
            Err(_) => eprintln!("not here: the group's datagrams do not come back"),
        }
    });
}

#[test]
fn local_streams_work_like_those_of_tcp() {
    on_every_engine(|lab| {
        let path = lab.path("socket");
        assert_eq!(failure(UnixStream::connect_in(&lab.system, &path)), 10061);
        let listener = UnixListener::bind_in(&lab.system, &path).unwrap();
        assert_eq!(failure(UnixListener::bind_in(&lab.system, &path)), 10048);
        let connect = UnixStream::connect_overlapped_in(&lab.system, &path).unwrap();
        let (server, _) = listener.accept().wait().unwrap();
        let client = connect.wait().unwrap();
        client.send("local").wait().0.unwrap();
        assert_eq!(server.receive(vec![0; 8]).wait(), (Ok(5), b"local".to_vec()));
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        let receive = far.receive(vec![0; 8]);
        near.send("pair").wait().0.unwrap();
        assert_eq!(receive.wait().1, b"pair");
        let receive = far.receive(vec![0; 8]);
        drop(near);
        assert_eq!(receive.wait().0, Ok(0));
    });
}

#[test]
fn ipv6_works_where_there_is_ipv6() {
    on_real_engines(|lab| {
        let Ok(listener) = TcpListener::bind_in(&lab.system, "[::1]:0") else {
            eprintln!("not here: no IPv6");
            return;
        };
        let client = TcpStream::connect_in(&lab.system, listener.local_address().unwrap()).unwrap();
        let (server, from) = listener.accept().wait().unwrap();
        assert_eq!(from.to_std(), Some(client.local_address().unwrap()));
        client.send("six").wait().0.unwrap();
        assert_eq!(receive_exactly(&server, 3), b"six");
    });
}

#[test]
fn an_address_in_use_is_refused_and_one_that_lingers_is_not() {
    on_real_engines(|lab| {
        let listener = listen(lab);
        let address = listener.local_address().unwrap();
        assert_eq!(failure(TcpListener::bind_in(&lab.system, address)), 10048);
        let client = TcpStream::connect_in(&lab.system, address).unwrap();
        let (server, _) = listener.accept().wait().unwrap();
        // The server closes first: its side of the connection lingers in Linux.
        drop(server);
        assert_eq!(client.receive(vec![0; 1]).wait().0, Ok(0));
        drop((client, listener));
        let again = TcpListener::bind_in(&lab.system, address);
        assert!(again.is_ok(), "{again:?}");
        assert_eq!(failure(TcpListener::bind_in(&lab.system, "192.0.2.1:0")), 10049);
    });
}

#[test]
fn sockets_come_from_the_standard_library_and_go_back() {
    on_real_engines(|lab| {
        let listener = std::net::TcpListener::bind(LOCALHOST).unwrap();
        let listener = TcpListener::from_fd_in(&lab.system, listener.into()).unwrap();
        let client = std::net::TcpStream::connect(listener.local_address().unwrap()).unwrap();
        let (server, _) = listener.accept().wait().unwrap();
        let client = TcpStream::from_fd_in(&lab.system, client.into()).unwrap();
        client.send("adopted").wait().0.unwrap();
        assert_eq!(receive_exactly(&server, 7), b"adopted");
        let pending = server.receive(vec![0; 8]);
        let mut server = server.into_std().unwrap();
        assert_eq!(code(pending.wait()), 1236, "the handle was closed, and the connection was not");
        let mut client = client.into_std().unwrap();
        let writer = std::thread::spawn(move || {
            std::thread::sleep(MOMENT);
            client.write_all(b"standard").unwrap();
            client
        });
        let mut bytes = [0; 8];
        server.read_exact(&mut bytes).expect("it blocks again");
        assert_eq!(&bytes, b"standard");
        drop(writer.join().unwrap());
        let listener = listener.into_std().unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::thread::spawn(move || std::net::TcpStream::connect(address).unwrap());
        listener.accept().expect("accepted");
        drop(client.join().unwrap());
        assert_eq!(failure(TcpStream::from_fd_in(&lab.system, listener.into())), 10041);
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        assert_eq!(failure(TcpStream::from_fd_in(&lab.system, file.into())), 10038);
    });
}

#[test]
fn slow_readers_hold_back_their_senders_alone() {
    on_real_engines(|lab| {
        let port = CompletionPort::<usize, &str>::new_in(&lab.system, 0);
        let slow = connection(lab);
        let quick = connection(lab);
        let slow_server = port.associate(slow.1, 0).unwrap();
        let quick_server = port.associate(quick.1, 1).unwrap();
        slow_server.send(pattern(FLOOD, 9), "flood").unwrap();
        for round in 0..100 {
            quick_server.send(vec![round; 100], "small").unwrap();
            assert_eq!(receive_exactly(&quick.0, 100), [round; 100]);
            let done = port.get().unwrap();
            assert_eq!((done.key, done.context, done.result), (1, "small", Ok(100)));
        }
        assert!(receive_exactly(&slow.0, FLOOD) == pattern(FLOOD, 9));
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result), (0, "flood", Ok(FLOOD)));
    });
}

#[test]
fn a_socket_may_be_closed_while_others_use_it() {
    on_real_engines(|lab| {
        for round in 0..30 {
            let (client, server) = connection(lab);
            let socket = server.socket().clone();
            let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
            let users: Vec<_> = (0..2)
                .map(|_| {
                    let (socket, stop) = (socket.clone(), Arc::clone(&stop));
                    std::thread::spawn(move || {
                        let mut bytes = vec![0_u8; 64];
                        let memory =
                            [overlapped_kernel::request::Buffer { start: bytes.as_mut_ptr(), len: bytes.len() }];
                        while !stop.load(std::sync::atomic::Ordering::Acquire) {
                            // SAFETY: the bytes outlive the call.
                            let _ = unsafe { socket.receive(overlapped::devices::socket::Receive::into(&memory)) };
                        }
                    })
                })
                .collect();
            client.send(vec![1; 1000 * round]).wait().0.unwrap();
            drop(server);
            stop.store(true, std::sync::atomic::Ordering::Release);
            bounded("the users end", move || users.into_iter().for_each(|user| user.join().unwrap()));
        }
    });
}
