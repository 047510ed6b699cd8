//! Connections that are made, refused and accepted (contract 08 sections 3, 5 and 6).

use super::*;

#[test]
fn a_refused_connection_is_10061_to_a_call_and_1225_to_a_request() {
    // Contract 08 section 5.
    on_every_engine(|lab| {
        let (_bound, nobody) = nobody(SocketType::STREAM);
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
