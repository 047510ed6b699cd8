//! How requests of sockets are heard of (contract 08 section 4).

use super::*;

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
