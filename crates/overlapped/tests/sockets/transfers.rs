//! Data on its way: order, portions, flow (contract 08 sections 3 and 4).

use super::*;

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
