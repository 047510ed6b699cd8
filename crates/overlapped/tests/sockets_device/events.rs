//! Network events and select (contract 08 section 7).

use super::*;

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
        // What a call has taken before anybody asked is no news any more, although the event was set.
        send(&client, b"taken").unwrap();
        let waited = lab.system.wait_any(&[Arc::clone(&event) as _], Timeout::After(LONG), false);
        assert_eq!(waited, Ok(overlapped_kernel::wait::Outcome::Object(0)));
        assert_eq!(receive(&server, 10).unwrap(), b"taken");
        assert_eq!(recorded(lab, &event, &server).0, E::empty());
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
fn a_connection_that_was_made_before_the_selection_is_an_event() {
    // Contract 08 section 7.3: true already at selection. Programs connect first and select then; who is faster must not matter.
    on_real_engines(|lab| {
        type E = NetworkEvents;
        let listener = Open::listener(lab);
        let event = Arc::new(Event::manual_reset(false));
        let client = Open::new(lab, STREAM);
        client.set_nonblocking(true).unwrap();
        let _ = client.connect(&listener.local_address().unwrap());
        let mut entry = [PollEntry { socket: &client, wanted: Interest::WRITE, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        client.select_events(Some(Arc::clone(&event)), E::CONNECT | E::WRITE).unwrap();
        let (events, errors) = recorded(lab, &event, &client);
        assert_eq!((events, errors[4].value()), (E::CONNECT | E::WRITE, 0));
        // The same selection once more is no news.
        client.select_events(Some(Arc::clone(&event)), E::CONNECT | E::WRITE).unwrap();
        nothing_more(&event);
        // Nor has the other side connected.
        let server = listener.accepted();
        server.select_events(Some(Arc::clone(&event)), E::CONNECT | E::WRITE).unwrap();
        assert_eq!(recorded(lab, &event, &server).0, E::WRITE);

        let nobody = Open::bound(lab, STREAM);
        let refused = Open::new(lab, STREAM);
        refused.set_nonblocking(true).unwrap();
        let _ = refused.connect(&nobody.local_address().unwrap());
        let mut entry = [PollEntry { socket: &refused, wanted: Interest::FAILED, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        refused.select_events(Some(Arc::clone(&event)), E::CONNECT).unwrap();
        let (events, errors) = recorded(lab, &event, &refused);
        assert_eq!((events, errors[4].value()), (E::CONNECT, 10061));
    });
}
