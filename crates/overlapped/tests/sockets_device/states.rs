//! Modes, states and options (contract 08 sections 2, 3 and 10).

use super::*;

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
                assert_eq!(wait_ready(&mut entry, Timeout::Poll), Ok(1), "it has no connection all the same");
            }
            other => assert_eq!(other.unwrap_err().value(), 10061),
        }
    });
}

#[test]
fn nobody_connects_to_nowhere() {
    // Contract 08 sections 3 and 6.2.
    on_real_engines(|lab| {
        for nowhere in ["0.0.0.0:9", "127.0.0.1:0"] {
            let nowhere = Address::from_std(nowhere.parse().unwrap());
            assert_eq!(Open::new(lab, STREAM).connect(&nowhere).unwrap_err().value(), 10049);
        }
    });
}

#[test]
fn a_ticket_gives_another_handle_of_the_same_socket_once() {
    // Contract 08 section 2: WSADuplicateSocket.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let ticket = socket::export(&lab.system, server.handle).unwrap();
        assert!(ticket.as_ref().len() < 64 && ticket.as_ref().is_ascii());
        let twin = Open::of(lab, socket::import(&lab.system, ticket.as_ref(), None).unwrap());
        assert_eq!(twin.peer_address().unwrap(), client.local_address().unwrap());
        send(&client, b"ab").unwrap();
        assert_eq!(receive(&server, 1).unwrap(), b"a");
        assert_eq!(receive(&twin, 1).unwrap(), b"b");
        server.set_receive_limit(1234);
        assert_eq!(twin.receive_limit(), 1234, "one socket in one process");
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

#[test]
fn an_address_that_was_somebodys_alone_is_free_after_his_last_connection() {
    // Contract 08 section 10; who closes first is remembered by Linux for a minute.
    on_real_engines(|lab| {
        for with_accept_ex in [false, true] {
            let listener = Open::new(lab, STREAM);
            listener.set_exclusive(true).unwrap();
            listener.bind(&any_port()).unwrap();
            listener.listen(5).unwrap();
            let address = listener.local_address().unwrap();
            let client = Open::new(lab, STREAM);
            let server = if with_accept_ex {
                let fresh = Open::new(lab, STREAM);
                let buffer = Buffer { start: std::ptr::null_mut(), len: 0 };
                let what = AcceptInto { socket: &fresh, buffer, local_len: 32, remote_len: 32, deliver: None };
                // SAFETY: there is no memory in it.
                let issued = unsafe { listener.accept_overlapped(what, quietly(None)) }.unwrap();
                client.connect(&address).unwrap();
                assert_eq!(end(lab, issued), Completion::success(0));
                fresh
            } else {
                client.connect(&address).unwrap();
                listener.accepted()
            };
            drop(listener);
            let next = Open::new(lab, STREAM);
            next.set_exclusive(true).unwrap();
            assert_eq!(next.bind(&address).unwrap_err().value(), 10048, "the connection lives");
            drop(server);
            drop(client);
            eventually("it is free", || next.bind(&address).is_ok());
            let late = Open::new(lab, STREAM);
            late.set_exclusive(true).unwrap();
            assert_eq!(late.bind(&address).unwrap_err().value(), 10048, "it is taken");
        }
    });
}

#[test]
fn only_who_asks_for_it_shares_an_address() {
    // Contract 08 sections 3 and 10: the first one's SO_REUSEADDR is no invitation.
    on_real_engines(|lab| {
        for kind in [STREAM, DATAGRAM] {
            for exclusive in [false, true] {
                let first = Open::new(lab, kind);
                first.set_reuse(true).unwrap();
                first.bind(&any_port()).unwrap();
                let second = Open::new(lab, kind);
                second.set_exclusive(exclusive).unwrap();
                let taken = second.bind(&first.local_address().unwrap());
                assert_eq!(taken.unwrap_err().value(), 10048, "type {kind}, alone: {exclusive}");
            }
        }
    });
}

#[test]
fn a_port_that_a_client_chose_is_free_after_its_connection() {
    // Contract 08 section 3 (bind): Linux remembers the connection of who closed first; Windows lets others bind there.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        for shut_down_first in [false, true] {
            let client = Open::bound(lab, STREAM);
            let own = client.local_address().unwrap();
            client.connect(&listener.local_address().unwrap()).unwrap();
            let server = listener.accepted();
            let another = Open::new(lab, STREAM);
            assert_eq!(another.bind(&own).unwrap_err().value(), 10048, "the connection lives");
            if shut_down_first {
                client.shutdown(Shutdown::Send).unwrap();
                assert_eq!(receive(&server, 1).unwrap(), b"");
                drop(server);
                assert_eq!(receive(&client, 1).unwrap(), b"");
                drop(client);
            } else {
                drop(client);
                assert_eq!(receive(&server, 1).unwrap(), b"");
                drop(server);
            }
            eventually("it is free", || another.bind(&own).is_ok());
            let late = Open::new(lab, STREAM);
            assert_eq!(late.bind(&own).unwrap_err().value(), 10048, "it is taken");
        }
    });
}

#[test]
fn a_call_that_found_nothing_leaves_no_memory_of_that() {
    // Contract 08 section 4: what is there is received at once, also right after a call that did not wait for it.
    on_real_engines(|lab| {
        let [near, far] = socket::pair(&lab.system, STREAM, true).unwrap().map(|made| Open::of(lab, made));
        near.set_nonblocking(true).unwrap();
        let mut bytes = [0; 8];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 8 }];
        for _ in 0..20 {
            assert_eq!(receive(&near, 8).unwrap_err().value(), 10035);
            send(&far, b"there").unwrap();
            assert_eq!(receive(&near, 2).unwrap(), b"th");
            // SAFETY: the bytes outlive the request, which is done.
            let issued = unsafe { near.receive_overlapped(Receive::into(&memory), quietly(None)) }.unwrap();
            let Issued::Done(_, completion) = issued else { panic!("it waits for what is there") };
            assert_eq!(completion, Completion::success(3));
        }
    });
}

#[test]
fn a_receive_that_races_with_the_close_is_refused_or_aborted() {
    // Contract 08 section 9: 10038 for who comes too late, exactly one completion with 1236 for who does not.
    on_real_engines(|lab| {
        for _ in 0..300 {
            let (_client, server) = connection(lab);
            let (handle, socket) = (server.handle, server.socket.clone());
            let mut bytes = [0; 4];
            let memory = [Buffer { start: bytes.as_mut_ptr(), len: 4 }];
            let go = std::sync::Barrier::new(2);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    go.wait();
                    socket::close(&lab.system, handle).expect("closed");
                });
                go.wait();
                for _ in 0..3 {
                    // SAFETY: the bytes outlive the request, whose end is waited for.
                    match unsafe { socket.receive_overlapped(Receive::into(&memory), quietly(None)) } {
                        Ok(issued) => assert_eq!(end(lab, issued), Completion::failure(Status::CONNECTION_ABORTED)),
                        Err(refused) => assert_eq!(refused.error.value(), 10038),
                    }
                }
            });
        }
    });
}
