//! Sockets other than those of TCP over IPv4: datagrams, multicast, Unix, IPv6 (contract 08 sections 2 to 4).

use super::*;

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
        // One that takes nothing but from itself is as if it were not there, and nobody else gets its port.
        let (bound, gone) = nobody(SocketType::DGRAM);
        rustix::net::connect(&bound, &gone).unwrap();
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
fn a_copied_buffer_tells_the_sender_of_its_own_datagram() {
    on_real_engines(|lab| {
        let bind = || UdpSocket::bind_in(&lab.system, LOCALHOST).unwrap();
        let port = CompletionPort::<(), usize, Addressed<Vec<u8>>>::new_in(&lab.system, 0);
        let near = port.associate(bind(), ()).unwrap();
        let buffer = Addressed::new(vec![0; 1]);
        near.receive_from(buffer.clone(), 0).unwrap();
        near.receive_from(buffer, 1).unwrap();
        let senders = [bind(), bind()];
        for sender in &senders {
            sender.send_to("x", near.local_address().unwrap()).wait().0.unwrap();
        }
        for _ in &senders {
            let done = port.get().unwrap();
            let from = senders[done.context].local_address().unwrap();
            assert_eq!(done.buffer.unwrap().from, Some(from), "receive {}", done.context);
        }
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
            Err(_) => return eprintln!("not here: the group's datagrams do not come back"),
        }
        let send = |text: &'static str| sender.send_to(text, ([239, 255, 77, 88], port).into()).wait().0.unwrap();
        sender.set_multicast_hops(3).unwrap();
        assert_eq!(rustix::net::sockopt::ip_multicast_ttl(sender.handle()), Ok(3));
        sender.set_multicast_loop(false).unwrap();
        send("to others");
        sender.set_multicast_loop(true).unwrap();
        send("to all again");
        assert_eq!(member.receive(Vec::with_capacity(16)).wait(), (Ok(12), b"to all again".to_vec()));
        member.leave_group([239, 255, 77, 88].into()).unwrap();
        assert_eq!(failure(member.leave_group([239, 255, 77, 88].into())), 10049);
        assert_eq!(failure(member.join_group([127, 0, 0, 1].into())), 10022);
    });
}

#[test]
fn broadcasts_are_to_be_allowed_first() {
    on_real_engines(|lab| {
        let sender = UdpSocket::bind_in(&lab.system, "0.0.0.0:0").unwrap();
        let everybody = ([255, 255, 255, 255], 9).into();
        assert_eq!(failure(sender.send_to("all", everybody).wait().0), 5);
        sender.set_broadcast(true).unwrap();
        // Whether anything leads there is the network's business.
        assert!(!sender.send_to("all", everybody).wait().0.is_err_and(|error| error.code().0 == 5));
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
