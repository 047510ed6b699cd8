//! Names, instances, connections, and what ends are asked (contract 07 §1.1 to §1.5, §1.8 to §1.10).

use super::*;

#[test]
fn names_have_one_form_and_any_case() {
    on_every_engine(|lab| {
        let name = fresh();
        let server = options(lab).create(&name).expect("a server");
        for wrong in ["pipe", r"\\.\pip\x", r"\\server\pipe\x"] {
            assert_eq!(failure(options(lab).create(wrong)), 123, "{wrong}");
        }
        assert_eq!(failure(client(lab).open(format!("{name}-other"))), 2);
        assert_eq!(failure(client(lab).open(format!(r"{name}\"))), 2, "a backslash makes another name");
        assert_eq!(failure(client(lab).open(r"\\nobody-is-called-so\pipe\x")), 53);
        let there = client(lab).open(name.to_uppercase().replace(r"\\.\", r"\\localhost\")).expect("the same pipe");
        there.write("hello").wait().0.expect("written");
        assert_eq!(outcome(server.read(room(9)).wait()).0, Ok(5));
        let strange = format!(r#"{name}<>*?|"/"#);
        let _odd = options(lab).create(&strange).expect("any character");
        client(lab).open(&strange).expect("found");
    });
}

#[test]
fn the_first_instance_says_how_many_there_may_be() {
    on_every_engine(|lab| {
        let name = fresh();
        let two = options(lab).max_instances(2);
        let first = two.clone().first_instance().create(&name).expect("the first");
        assert_eq!(failure(two.clone().first_instance().create(&name)), 5);
        assert_eq!(failure(two.clone().direction(Direction::Inbound).create(&name)), 5);
        let second =
            options(lab).max_instances(7).quotas(9, 9).messages().create(&name).expect("another type is no matter");
        assert_eq!(failure(two.create(&name)), 231);
        assert_eq!(second.info().unwrap().instances, 2);
        assert_eq!((second.info().unwrap().max_instances, second.info().unwrap().of_messages), (2, false));
        drop(first);
        let again = two.create(&name).expect("there is room");
        drop((second, again));
        two.first_instance().create(&name).expect("the name is free");
        for wrong in [0, 256] {
            assert_eq!(failure(options(lab).max_instances(wrong).create(fresh())), 87);
        }
    });
}

#[test]
fn clients_get_the_instance_that_has_listened_longest() {
    on_every_engine(|lab| {
        let name = fresh();
        let servers: Vec<_> = (0..3).map(|_| options(lab).create(&name).expect("a server")).collect();
        let pending = servers[2].connect();
        let mut clients: Vec<_> = (0..3).map(|_| client(lab).open(&name).expect("a client")).collect();
        pending.wait().0.expect("connected");
        assert_eq!(failure(client(lab).open(&name)), 231);
        for (at, (server, client)) in servers.iter().zip(&clients).enumerate() {
            client.write(vec![at as u8]).wait().0.expect("written");
            assert_eq!(outcome(server.read(room(1)).wait()), (Ok(1), vec![at as u8]));
            assert_eq!(code(server.connect()), 535, "already connected");
        }
        // The first to listen again is the first to be found.
        clients.clear();
        let mut again = Vec::new();
        for at in [1, 2, 0] {
            assert_eq!(code(servers[at].connect()), 232);
            servers[at].disconnect().expect("disconnected");
            assert_eq!(failure(client(lab).open(&name)), 231, "not before it listens");
            again.push(servers[at].connect());
            clients.push(client(lab).open(&name).expect("a client"));
            again.pop().unwrap().wait().0.expect("connected");
            assert_eq!(servers[at].peek(0).unwrap().available, 0);
        }
    });
}

#[test]
fn connects_wait_end_and_are_cancelled() {
    on_every_engine(|lab| {
        let name = fresh();
        let server = options(lab).create(&name).expect("a server");
        let (first, second) = (server.connect(), server.connect());
        assert!(first.is_pending() && second.is_pending());
        let there = client(lab).open(&name).expect("a client");
        assert_eq!((outcome(first.wait()).0, outcome(second.wait()).0), (Ok(0), Ok(0)));
        drop(there);
        server.disconnect().expect("disconnected");
        let third = server.connect();
        assert!(third.cancel());
        assert_eq!(code(third), 995);
        let fourth = server.connect();
        server.disconnect().expect("with a connect on its way");
        assert_eq!(code(fourth), 233);
        let fifth = server.connect();
        drop(server);
        assert_eq!(code(fifth), 995);
        assert_eq!(failure(client(lab).open(&name)), 2);
    });
}

#[test]
fn listening_refuses_what_needs_a_client() {
    on_every_engine(|lab| {
        let server = options(lab).messages().create(fresh()).expect("a server");
        assert_eq!((code(server.read(room(1))), code(server.write("x"))), (536, 536));
        assert_eq!((failure(server.peek(1)), code(server.transact(b"x", room(1)))), (230, 230));
        server.flush().expect("nothing to wait for");
        assert_eq!((failure(server.disconnect()), failure(server.client_process())), (536, 233));
    });
}

#[test]
fn access_is_what_the_server_offers() {
    on_every_engine(|lab| {
        let name = fresh();
        let server = options(lab).direction(Direction::Inbound).create(&name).expect("a server");
        assert_eq!(failure(client(lab).open(&name)), 5);
        assert_eq!(failure(client(lab).read_only().open(&name)), 5);
        let writer = client(lab).write_only().open(&name).expect("a writer");
        assert_eq!((code(writer.read(room(1))), code(server.write("x"))), (5, 5));
        assert_eq!(failure(writer.peek(1)), 5);
        assert_eq!(failure(server.set_mode(0)), 5, "an inbound end has no FILE_WRITE_ATTRIBUTES");
        writer.write("x").wait().0.expect("written");
        assert_eq!(outcome(server.read(room(1)).wait()).0, Ok(1));
    });
}

#[test]
fn transactions_send_one_message_and_read_one() {
    on_real_engines(|lab| {
        let (server, client) = messages(lab, 0);
        let ask = client.transact(b"question", room(4));
        assert_eq!(outcome(server.read(room(9)).wait()), (Ok(8), b"question".to_vec()), "no quota keeps it");
        let answer = server.write("answer");
        assert_eq!(outcome(ask.wait()), (Err(234), b"answ".to_vec()));
        assert_eq!(code(client.transact(b"x", room(4))), 231, "unread data");
        assert_eq!(outcome(client.read(room(9)).wait()), (Ok(2), b"er".to_vec()));
        answer.wait().0.expect("written");
        let ask = client.transact(b"again", room(4));
        assert!(ask.cancel());
        assert_eq!(code(ask), 995);
        assert_eq!(outcome(server.read(room(9)).wait()).0, Ok(5), "the message stays sent");
        client.set_mode(0).expect("reading bytes");
        assert_eq!(code(client.transact(b"x", room(4))), 230);
        drop(server);
        client.set_mode(2).expect("works on a closed pipe");
        assert_eq!(code(client.transact(b"x", room(4))), 230);
    });
}

#[test]
fn calls_open_ask_and_close() {
    bounded("calls", || {
        let name = fresh();
        let server = PipeOptions::new().messages().create(&name).expect("a server");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..3 {
                    server.accept().expect("a client");
                    let mut message = [0; 64];
                    let got = server.read_message(&mut message).expect("a message");
                    server.write_bytes(&message[..got.bytes]).expect("answered");
                    if let Err(error) = server.flush() {
                        assert_eq!(error.code().0, 109, "the last client goes without reading everything");
                    }
                    server.disconnect().expect("disconnected");
                }
            });
            let mut answer = [0; 4];
            for _ in 0..2 {
                let got = call(&name, b"echo", &mut answer, Some(Timeout::Infinite)).expect("called");
                assert_eq!((got, &answer), (Received { bytes: 4, more: false }, b"echo"));
            }
            assert!(call(&name, b"longer", &mut answer, Some(Timeout::Infinite)).unwrap().more);
        });
        assert_eq!(failure(call(fresh(), b"x", &mut [0; 4], None)), 2);
        let _bytes = PipeOptions::new().create(&name).expect("of the first one's type");
        let plain = fresh();
        let _plain = PipeOptions::new().create(&plain).expect("a pipe of bytes");
        assert_eq!(failure(call(&plain, b"x", &mut [0; 4], None)), 87);
        assert_eq!(failure(call(&plain, b"x", &mut [0; 4], Some(Duration::from_millis(20).into()))), 121);
    });
}

#[test]
fn waits_for_an_instance_end_when_one_listens() {
    bounded("waits", || {
        let name = fresh();
        assert_eq!(failure(wait_named_pipe(&name, Some(Timeout::Infinite))), 2, "at once");
        let server = PipeOptions::new().default_timeout(Duration::from_millis(20)).create(&name).expect("a server");
        wait_named_pipe(&name, None).expect("it listens");
        let there = NamedPipeClient::open(&name).expect("a client");
        assert_eq!(failure(wait_named_pipe(&name, None)), 121);
        std::thread::scope(|scope| {
            let wait = scope.spawn(|| wait_named_pipe(&name, Some(Timeout::Infinite)));
            drop(there);
            server.disconnect().expect("disconnected");
            let connect = server.connect();
            wait.join().unwrap().expect("it listens again");
            NamedPipeClient::open(&name).expect("a client");
            connect.wait().0.expect("connected");
            let wait = scope.spawn(|| wait_named_pipe(&name, Some(Timeout::Infinite)));
            let _another = PipeOptions::new().create(&name).expect("a new instance");
            wait.join().unwrap().expect("it listens");
        });
        let name = fresh();
        let server = PipeOptions::new().create(&name).expect("a server");
        let _there = NamedPipeClient::open(&name).expect("a client");
        std::thread::scope(|scope| {
            let wait = scope.spawn(|| wait_named_pipe(&name, Some(Timeout::Infinite)));
            drop(server);
            assert_eq!(failure(wait.join().unwrap()), 2, "the name has gone");
        });
    });
}

#[test]
fn ends_tell_what_they_are() {
    on_every_engine(|lab| {
        let name = fresh();
        let server = options(lab).messages().max_instances(3).quotas(10, 20).create(&name).expect("a server");
        let client = client(lab).open(&name).expect("a client");
        let (there, here) = (client.info().unwrap(), server.info().unwrap());
        assert_eq!((here.is_server, here.mode, here.flags()), (true, 2, 5));
        assert_eq!((there.is_server, there.mode, there.flags()), (false, 0, 4));
        assert_eq!((here.out_bytes, here.in_bytes, here.max_instances, here.instances), (10, 20, 3, 1));
        let me = std::process::id();
        assert_eq!((server.client_process().unwrap(), client.server_process().unwrap()), (me, me));
        assert_eq!(failure(client.set_mode(4)), 87);
        client.set_mode(3).expect("messages, without waiting");
        assert_eq!(client.info().unwrap().mode, 3);
        assert_eq!(server.info().unwrap().mode, 2, "each end has its own");
        server.write("abc").wait().0.expect("written");
        let seen = client.peek(2).unwrap();
        assert_eq!((seen.available, seen.messages, seen.left(), seen.data), (3, 1, 1, b"ab".to_vec()));
    });
}
