//! How transfers and sockets end: closes, resets, cancels, time-outs (contract 08 sections 5 and 9).

use super::*;

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
