//! What the Rust face adds to sockets: accept streams, files sent, buffer pools, and the sockets of other libraries (contract 08 sections 4
//! and 6).

mod common;
#[path = "common/streams.rs"]
mod streams;

use common::{Lab, bounded, on_every_engine, on_real_engines, pattern};
use futures_core::Stream;
use overlapped::net::FilePart;
use overlapped::{
    BufferPool, CompletionPort, OwnedHandle, PooledBuf, TcpListener, TcpStream, UnixListener, UnixStream,
};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use streams::receive_exactly;

fn listen(lab: &Lab) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    (listener, address)
}

/// The side that connected, and the side that accepted.
fn connection(lab: &Lab) -> (TcpStream, TcpStream) {
    let (listener, address) = listen(lab);
    let client = TcpStream::connect_in(&lab.system, address).expect("connected");
    (client, listener.accept().wait().expect("accepted").0)
}

#[test]
fn a_stream_of_connections_gives_them_in_their_order() {
    on_real_engines(|lab| {
        let (listener, address) = listen(lab);
        let clients: Vec<_> =
            (0..10).map(|_| TcpStream::connect_in(&lab.system, address).expect("connected")).collect();
        let mut incoming = listener.incoming(3);
        for (number, client) in clients.iter().enumerate() {
            let (server, from) = match number % 3 {
                0 => incoming.next().expect("it never ends").expect("accepted"),
                1 => pollster::block_on(incoming.next_connection()).expect("accepted"),
                _ => pollster::block_on(poll_fn(|context| Pin::new(&mut incoming).poll_next(context)))
                    .expect("it never ends")
                    .expect("accepted"),
            };
            assert_eq!(from.to_std(), Some(client.local_address().unwrap()));
            assert_eq!(server.peer_address().unwrap(), client.local_address().unwrap());
        }
        // Those that came later are waited for by somebody who sleeps.
        let late = std::thread::spawn(move || {
            std::thread::sleep(common::MOMENT);
            std::net::TcpStream::connect(address).expect("connected")
        });
        pollster::block_on(incoming.next_connection()).expect("accepted");
        drop(late.join().unwrap());
        assert!(listener.outstanding() > 0, "wishes are on their way before anybody asks");
        drop(incoming);
        assert_eq!(listener.outstanding(), 0, "and are taken back with the stream");
    });
}

#[test]
fn a_call_hands_back_what_it_has_done_itself_and_queues_no_packet_for_that() {
    // Contract 03 section 6, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, call by call.
    on_real_engines(|lab| {
        let port = CompletionPort::<u8, &str>::new_in(&lab.system, 1);
        let (client, server) = connection(lab);
        let (near, far) = (port.associate(client, 1).unwrap(), port.associate(server, 2).unwrap());
        // Nothing is there: a packet comes.
        assert!(far.at_once().receive(Vec::with_capacity(16), "waits").unwrap().is_none());
        let sent = near.at_once().send(pattern(5, 0), "sent").unwrap().expect("there is room");
        assert_eq!((sent.key, sent.context, sent.result, sent.buffer), (1, "sent", Ok(5), Some(pattern(5, 0))));
        let packet = bounded("the packet", {
            let port = port.clone();
            move || port.get().unwrap()
        });
        assert_eq!((packet.key, packet.context, packet.buffer), (2, "waits", Some(pattern(5, 0))));
        // Something is there: the call has it, as soon as the library knows.
        near.at_once().send(pattern(7, 0), "more").unwrap().expect("there is room");
        let answer = far.at_once().receive(Vec::with_capacity(16), "late").unwrap();
        let late = answer.unwrap_or_else(|| port.get().unwrap());
        assert_eq!((late.context, late.result, late.buffer), ("late", Ok(7), Some(pattern(7, 0))));
        assert!(port.try_get().unwrap().is_none(), "none of those that were handed back has a packet");
        // A refusal gives everything back, as ever.
        far.shutdown(std::net::Shutdown::Write).unwrap();
        let refused = far.at_once().send(pattern(3, 0), "refused").unwrap_err();
        assert_eq!((refused.buffer, refused.context), (pattern(3, 0), "refused"));
        assert!(port.try_get().unwrap().is_none());
    });
}

#[test]
fn requests_that_wait_on_a_port_are_counted_cancelled_and_ended_like_others() {
    // Contract 03 sections 7 and 9; the socket alone knows them.
    on_real_engines(|lab| {
        let port = CompletionPort::<u8, u32>::new_in(&lab.system, 1);
        let (_client, server) = connection(lab);
        let far = port.associate(server, 1).unwrap();
        (0..3).for_each(|n| far.receive(Vec::with_capacity(16), n).unwrap());
        far.readable(3).unwrap();
        assert_eq!((far.outstanding(), lab.system.outstanding()), (4, 4));
        assert!(far.cancel_all());
        assert!(!far.cancel_all(), "there is none any more");
        let ended = |expected: std::ops::Range<u32>| {
            let mut contexts: Vec<u32> = expected
                .clone()
                .map(|_| {
                    let packet = port.try_get().unwrap().expect("its packet is there when the cancel returns");
                    assert!(packet.result.unwrap_err().is_cancelled());
                    packet.context
                })
                .collect();
            contexts.sort_unstable();
            assert!(contexts.into_iter().eq(expected));
        };
        ended(0..4);
        assert_eq!((far.outstanding(), lab.system.outstanding()), (0, 0));
        far.receive(Vec::with_capacity(16), 9).unwrap();
        drop(far);
        let packet = port.try_get().unwrap().expect("the close ends it");
        assert_eq!(packet.context, 9);
        assert!(packet.result.is_err());
        assert_eq!(lab.system.outstanding(), 0);
    });
}

#[test]
fn a_stream_of_connections_serves_tasks_of_an_executor() {
    on_real_engines(|lab| {
        let path = lab.path("socket");
        let listener = UnixListener::bind_in(&lab.system, &path).expect("a listener");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let server = runtime.spawn(async move {
            let mut incoming = listener.incoming(4);
            for _ in 0..20 {
                let (stream, _) = incoming.next_connection().await.expect("accepted");
                let (received, buffer) = stream.receive(Vec::with_capacity(16)).await;
                assert!(received.expect("received") > 0);
                stream.send(buffer).await.0.expect("sent");
            }
        });
        for number in 0..20_u8 {
            let client = UnixStream::connect_in(&lab.system, &path).expect("connected");
            client.send(vec![number; 3]).wait().0.unwrap();
            assert_eq!(client.receive(Vec::with_capacity(16)).wait(), (Ok(3), vec![number; 3]));
        }
        bounded("the server", move || pollster::block_on(server)).expect("the server does not fail");
        runtime.shutdown_background();
    });
}

#[test]
fn a_packet_of_a_connection_can_bring_the_connection() {
    on_real_engines(|lab| {
        let port = CompletionPort::<&str, Option<TcpStream>>::new_in(&lab.system, 0);
        let (listener, address) = listen(lab);
        let listener = port.associate(listener, "listener").unwrap();
        (0..3).for_each(|_| listener.accept_new(Some).unwrap());
        for _ in 0..5 {
            let client = TcpStream::connect_in(&lab.system, address).unwrap();
            let done = port.get().unwrap();
            assert_eq!((done.key, done.result), ("listener", Ok(0)));
            let server = done.context.expect("the connection");
            assert_eq!(server.peer_address().unwrap(), client.local_address().unwrap());
            listener.accept_new(Some).unwrap();
        }
        assert!(listener.cancel_all());
        for _ in 0..3 {
            assert_eq!(port.get().unwrap().result.unwrap_err().code().0, 995);
        }
    });
}

#[test]
fn a_vectored_send_on_a_port_is_one_request() {
    on_every_engine(|lab| {
        let port = CompletionPort::<u32, &str, Vec<Vec<u8>>>::new_in(&lab.system, 0);
        let (client, server) = connection(lab);
        let server = port.associate(server, 1).unwrap();
        let parts: Vec<Vec<u8>> = (0..40).map(|n| pattern(n * 100, n as u64)).collect();
        server.send_vectored(parts.clone(), "parts").unwrap();
        assert!(receive_exactly(&client, parts.concat().len()) == parts.concat());
        let done = port.get().unwrap();
        assert_eq!((done.context, done.result), ("parts", Ok(parts.concat().len())));
        assert!(done.buffer.unwrap() == parts, "the buffers come back");
    });
}

#[test]
fn a_file_goes_over_a_connection_between_a_head_and_a_tail() {
    // Contract 08 section 6.4.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let content = pattern(3 << 20, 5);
        lab.file("file", &content);
        let file = lab.open("file");
        let whole = server.transmit_file(&file, FilePart::WHOLE);
        assert!(receive_exactly(&client, content.len()) == content);
        assert_eq!(whole.wait().0, Ok(content.len()));

        let part = FilePart { offset: 1_000_001, len: 70_000 };
        let sent = server.transmit_file_between([b"head".to_vec(), b"tail".to_vec()], &file, part);
        let expected = [b"head".as_slice(), &content[1_000_001..1_070_001], b"tail"].concat();
        assert!(receive_exactly(&client, expected.len()) == expected);
        assert_eq!(sent.wait(), (Ok(70_008), [b"head".to_vec(), b"tail".to_vec()]));

        let behind = FilePart { offset: content.len() as u64 - 10, len: 100 };
        assert_eq!(server.transmit_file(&file, behind).wait().0, Ok(10), "as far as the file reaches");
        assert_eq!(receive_exactly(&client, 10), content[content.len() - 10..]);

        let port = CompletionPort::<u32, &str>::new_in(&lab.system, 0);
        let server = port.associate(server, 4).unwrap();
        server.transmit_file(&file, FilePart { offset: 0, len: 5 }, "five").unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result, done.buffer), (4, "five", Ok(5), None));
        let fresh = TcpStream::fresh(&listen(lab).0).unwrap();
        assert_eq!(fresh.transmit_file(&file, FilePart::WHOLE).wait().0.unwrap_err().code().0, 59, "not connected");
    });
}

#[test]
fn a_file_stays_open_while_it_is_sent_and_a_cancelled_transmission_says_how_much_went_out() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        // Linux lets the buffer of a quick reader grow to whatever the machine allows: it could take all that is left.
        rustix::net::sockopt::set_socket_recv_buffer_size(&client, 256 << 10).unwrap();
        let content = pattern(20 << 20, 6);
        lab.file("file", &content);
        let file = lab.open("file");
        let sending = server.transmit_file(&file, FilePart::WHOLE);
        drop::<OwnedHandle>(file.into_handle());
        assert!(receive_exactly(&client, 10 << 20) == content[..10 << 20]);
        assert!(sending.is_pending());
        assert!(sending.cancel());
        let (result, ()) = sending.wait();
        assert_eq!(result.unwrap_err().code().0, 995);
        drop(server);
        let mut rest = Vec::new();
        loop {
            let (received, bytes) = client.receive(Vec::with_capacity(1 << 20)).wait();
            match received.expect("received") {
                0 => break,
                _ => rest.extend_from_slice(&bytes),
            }
        }
        assert!(rest == content[10 << 20..][..rest.len()], "what went out is the file");
    });
}

#[test]
fn buffers_of_a_pool_come_back_whatever_becomes_of_them() {
    on_every_engine(|lab| {
        let pool = BufferPool::new(100, 2);
        let (client, server) = connection(lab);
        let (result, mut buffer) = {
            let receive = server.receive(pool.take());
            client.send(vec![7; 30]).wait().0.unwrap();
            receive.wait()
        };
        assert_eq!((result, &**buffer), (Ok(30), &[7; 30][..]));
        assert_eq!(pool.idle(), 0, "it is in use");
        let place = buffer.as_ptr();
        buffer.push(8);
        let sent = server.send(buffer).wait();
        assert_eq!(sent.0, Ok(31));
        drop(sent);
        assert_eq!(pool.idle(), 1);
        let again = pool.take();
        assert!(again.as_ptr() == place && again.is_empty() && again.capacity() == 100, "the one that came back");
        drop(again);
        // One that its user has grown does not come back; nor one too many.
        let mut grown = pool.take();
        grown.resize(101, 0);
        drop(grown);
        assert_eq!(pool.idle(), 0);
        assert_eq!(pool.take().into_vec().capacity(), 100);
        let three = [pool.take(), pool.take(), pool.take()];
        drop(three);
        assert_eq!(pool.idle(), 2);
        // A request that is dropped gives its buffer back when it is over.
        let waiting = server.receive::<PooledBuf>(pool.take());
        assert_eq!(pool.idle(), 1);
        drop(waiting);
        common::eventually("the buffer of the cancelled request is back", || pool.idle() == 2);
        drop((client, server));
    });
}

#[test]
fn idle_connections_take_buffers_from_a_pool_when_something_has_come() {
    on_real_engines(|lab| {
        const CONNECTIONS: usize = 20;
        let pool = BufferPool::new(512, 4);
        let port = CompletionPort::<usize, &str, PooledBuf>::new_in(&lab.system, 0);
        let (clients, servers): (Vec<_>, Vec<_>) = (0..CONNECTIONS).map(|_| connection(lab)).unzip();
        let servers: Vec<_> =
            servers.into_iter().enumerate().map(|(key, server)| port.associate(server, key).unwrap()).collect();
        servers.iter().for_each(|server| server.readable("something came").unwrap());
        for (number, client) in clients.iter().enumerate() {
            client.send(vec![number as u8; 100]).wait().0.unwrap();
        }
        let mut received = 0;
        while received < CONNECTIONS {
            let done = port.get().unwrap();
            let server = &servers[done.key];
            if done.context == "something came" {
                assert!(done.buffer.is_none());
                server.receive(pool.take(), "received").unwrap();
            } else {
                assert_eq!(**done.buffer.expect("its buffer"), [done.key as u8; 100]);
                received += 1;
                server.readable("something came").unwrap();
            }
        }
        assert!(pool.idle() > 0);
        assert!(port.try_get().unwrap().is_none());
    });
}

#[test]
fn a_clone_is_the_same_socket_and_the_last_one_closes_it() {
    on_real_engines(|lab| {
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        let reader = near.try_clone().unwrap();
        let read = reader.receive(vec![0; 8]);
        assert_eq!(near.outstanding(), 1, "one socket");
        far.send("to either").wait().0.unwrap();
        assert_eq!(read.wait(), (Ok(8), b"to eithe".to_vec()));
        let rest = reader.receive(vec![0; 8]);
        let pending = far.receive(vec![0; 8]);
        drop(reader);
        assert_eq!(rest.wait().0, Ok(1));
        assert!(pending.is_pending(), "a handle is left");
        drop(near);
        assert_eq!(pending.wait().0, Ok(0));
    });
}

/// Streams as the standard library's traits want them: by value, by reference, through adapters.
#[test]
fn streams_are_read_and_written_by_value_and_by_reference() {
    use std::io::{BufRead, BufReader, Read, Write};
    on_real_engines(|lab| {
        let (near, mut far) = UnixStream::pair_in(&lab.system).unwrap();
        far.write_all(b"one\ntwo\nrest").unwrap();
        writeln!(&far).unwrap();
        far.shutdown(std::net::Shutdown::Write).unwrap();
        let mut lines = BufReader::new(near);
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line, "one\n");
        let mut all = String::new();
        lines.read_to_string(&mut all).unwrap();
        assert_eq!(all, "two\nrest\n");
    });
}
