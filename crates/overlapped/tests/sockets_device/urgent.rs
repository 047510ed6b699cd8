//! Receives of urgent data (contract 08 section 4, MSG_OOB).

use super::*;

fn send_urgent(socket: &Socket, byte: u8) {
    let memory = [Buffer { start: (&raw const byte).cast_mut(), len: 1 }];
    // SAFETY: the byte outlives the call.
    unsafe { socket.send(Send { flags: libc::MSG_OOB, ..Send::from(&memory) }) }.expect("sent");
}

/// An overlapped receive.
fn begin(socket: &Socket, place: &mut [u8], flags: i32) -> Result<Issued, u32> {
    let memory = [Buffer { start: place.as_mut_ptr(), len: place.len() }];
    let what = Receive { flags, ..Receive::into(&memory) };
    // SAFETY: who calls this waits for the end before the place goes.
    unsafe { socket.receive_overlapped(what, quietly(None)) }.map_err(|refused| refused.error.value())
}

#[test]
fn a_receive_of_urgent_data_waits_for_it_and_keeps_nobody_waiting() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let (mut urgent, mut plain) = ([0; 4], [0; 4]);
        let first = begin(&server, &mut urgent, libc::MSG_OOB).expect("it waits");
        let second = begin(&server, &mut plain, 0).expect("it waits");
        assert!(matches!((&first, &second), (Issued::Pending(_), Issued::Pending(_))));
        send(&client, b"data").unwrap();
        assert_eq!(end(lab, second), Completion::success(4), "the other does not hold it up");
        assert_eq!(&plain, b"data");
        assert!(matches!(&first, Issued::Pending(request) if !request.is_complete()));
        // Nor does one that waits for data hold up the urgent one.
        let second = begin(&server, &mut plain, 0).expect("it waits");
        send_urgent(&client, b'!');
        assert_eq!(end(lab, first), Completion::success(1));
        assert_eq!(urgent[0], b'!');
        send(&client, b"more").unwrap();
        assert_eq!(end(lab, second), Completion::success(4));

        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| receive_with(&server, 1, libc::MSG_OOB));
            std::thread::sleep(MOMENT);
            assert!(!waiting.is_finished(), "a blocking call waits too");
            send_urgent(&client, b'?');
            assert_eq!(waiting.join().unwrap().unwrap(), b"?");
        });
        server.set_receive_limit(50);
        assert_eq!(receive_with(&server, 1, libc::MSG_OOB).unwrap_err().value(), 10060);
        server.set_nonblocking(true).unwrap();
        assert_eq!(receive_with(&server, 1, libc::MSG_OOB).unwrap_err().value(), 10035);
        assert_eq!(receive_with(&server, 0, libc::MSG_OOB).unwrap_err().value(), 10022, "it has no room for a byte");
        server.set_option(libc::SOL_SOCKET, libc::SO_OOBINLINE, &1_i32.to_ne_bytes()).unwrap();
        assert_eq!(receive_with(&server, 1, libc::MSG_OOB).unwrap_err().value(), 10022, "it comes with the rest");
        assert_eq!(begin(&server, &mut urgent, libc::MSG_OOB).unwrap_err(), 10022);
    });
}

#[test]
fn a_receive_of_urgent_data_ends_with_the_connection() {
    on_real_engines(|lab| {
        let mut place = [0; 1];
        let (client, server) = connection(lab);
        let Ok(Issued::Pending(request)) = begin(&server, &mut place, libc::MSG_OOB) else { panic!("it waits") };
        request.cancel();
        assert_eq!(end(lab, Issued::Pending(request)).status, Status::CANCELLED);
        let issued = begin(&server, &mut place, libc::MSG_OOB).expect("it waits");
        drop(client);
        assert_eq!(end(lab, issued), Completion::success(0), "in good order");

        let (client, server) = connection(lab);
        let issued = begin(&server, &mut place, libc::MSG_OOB).expect("it waits");
        client.set_linger(Some(0)).unwrap();
        drop(client);
        assert_eq!(end(lab, issued).status, Status::CONNECTION_RESET);
        assert_eq!(receive(&server, 1).unwrap_err().value(), 10054);

        let (_client, server) = connection(lab);
        let issued = begin(&server, &mut place, libc::MSG_OOB).expect("it waits");
        drop(server);
        assert_eq!(end(lab, issued).status, Status::CONNECTION_ABORTED);
        let unconnected = Open::new(lab, STREAM);
        assert_eq!(receive_with(&unconnected, 1, libc::MSG_OOB).unwrap_err().value(), 10057);
        let datagram = Open::bound(lab, DATAGRAM);
        assert_eq!(receive_with(&datagram, 1, libc::MSG_OOB).unwrap_err().value(), 10045);
    });
}

#[test]
fn a_receive_of_data_leaves_urgent_data_to_those_who_ask_for_it() {
    // Contract 08 sections 7.1 and 7.3: FD_OOB and the third set of select, with a receive of data on its way.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let event = Arc::new(Event::manual_reset(false));
        server.select_events(Some(Arc::clone(&event)), NetworkEvents::READ | NetworkEvents::OOB).unwrap();
        let mut plain = [0; 4];
        let issued = begin(&server, &mut plain, 0).expect("it waits");
        send_urgent(&client, b'!');
        let waited = lab.system.wait_any(&[event], Timeout::After(LONG), false);
        assert_eq!(waited, Ok(overlapped_kernel::wait::Outcome::Object(0)), "no event");
        assert_eq!(server.take_events().unwrap().events, NetworkEvents::OOB);
        let mut entry = [PollEntry { socket: &server, wanted: Interest::URGENT, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        assert_eq!(receive_with(&server, 1, libc::MSG_OOB).unwrap(), b"!");
        assert!(matches!(&issued, Issued::Pending(request) if !request.is_complete()));
        send(&client, b"data").unwrap();
        assert_eq!(end(lab, issued), Completion::success(4));
        assert_eq!(&plain, b"data");
    });
}

#[test]
fn data_behind_an_urgent_byte_is_there() {
    // Contract 08 sections 2 (FIONREAD) and 7.3: a receive passes over the byte, read or not, so what is behind it counts.
    on_real_engines(|lab| {
        type E = NetworkEvents;
        let (client, server) = connection(lab);
        let event = Arc::new(Event::manual_reset(false));
        server.select_events(Some(Arc::clone(&event)), E::OOB | E::READ | E::CLOSE).unwrap();
        let next = || {
            let waited = lab.system.wait_any(&[Arc::clone(&event) as _], Timeout::After(LONG), false);
            assert_eq!(waited, Ok(overlapped_kernel::wait::Outcome::Object(0)), "no event");
            event.reset();
            server.take_events().unwrap().events
        };
        send_urgent(&client, b'!');
        assert_eq!(next(), E::OOB);
        assert_eq!(receive_with(&server, 1, libc::MSG_OOB).unwrap(), b"!");
        assert_eq!(server.readable_bytes(), Ok(0));
        send(&client, b"data").unwrap();
        assert_eq!(next(), E::READ);
        assert_eq!(server.readable_bytes(), Ok(4));
        assert_eq!(receive(&server, 4).unwrap(), b"data");

        send(&client, b"ab").unwrap();
        send_urgent(&client, b'?');
        send(&client, b"cd").unwrap();
        drop(client);
        eventually("the first part", || receive(&server, 9).is_ok_and(|got| got == b"ab"));
        assert_eq!(server.at_mark(), Ok(true));
        eventually("the second part", || server.readable_bytes() == Ok(2));
        event.reset();
        let _ = server.take_events();
        assert_eq!(receive(&server, 9).unwrap(), b"cd", "the urgent byte is passed over");
        assert_eq!(receive(&server, 9).unwrap(), b"");
        let mut seen = server.take_events().unwrap().events;
        if !seen.contains(E::CLOSE) {
            seen |= next();
        }
        assert!(seen.contains(E::CLOSE), "the end, when everything was read: {seen:?}");
    });
}
