//! Many at once: every byte arrives once and in order, every request ends once (contract 07 §1.6, §1.7, 03 §8).

use super::*;
use std::collections::HashMap;

/// A pipe server on a port with two threads, and clients that ask and check.
#[test]
fn a_port_serves_many_clients() {
    const CLIENTS: u8 = 12;
    const ROUNDS: u32 = 40;
    on_real_engines(|lab| {
        let name = fresh();
        let port = CompletionPort::<usize, bool>::new_in(&lab.system, 0);
        let servers: Vec<_> = (0..usize::from(CLIENTS))
            .map(|key| {
                port.associate(options(lab).messages().create(&name).expect("a server"), key).expect("associated")
            })
            .collect();
        for server in &servers {
            server.connect(true).expect("accepted");
        }
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut gone = 0;
                    while gone < 1 {
                        let Ok(done) = port.get() else { return };
                        let server = &servers[done.key];
                        let next = match (done.result, done.context, done.buffer) {
                            // Connected or answered: read; read: answer.
                            (Ok(_), true, _) => server.read(room(64), false),
                            (Ok(_), false, buffer) => server.write(buffer.expect("a message"), true),
                            (Err(error), ..) => {
                                assert_eq!(error.code().0, 109);
                                continue;
                            }
                        };
                        if let Err(rejected) = next {
                            assert!([109, 232].contains(&rejected.error.code().0), "{}", rejected.error);
                        }
                        gone = 0;
                    }
                });
            }
            let clients: Vec<_> = (0..CLIENTS)
                .map(|me| {
                    let name = &name;
                    scope.spawn(move || {
                        let pipe = client(lab).messages().open(name).expect("a client");
                        let mut random = Random::new(u64::from(me));
                        for round in 0..ROUNDS {
                            let len = random.below(60) + 1;
                            let message: Vec<u8> = std::iter::repeat_n(me ^ round as u8, len).collect();
                            let answer = pipe.transact(&message, room(64));
                            assert_eq!(outcome(answer.wait()), (Ok(message.len()), message));
                        }
                    })
                })
                .collect();
            clients.into_iter().for_each(|client| client.join().expect("right answers"));
            port.close();
        });
    });
}

/// Writers, readers and cancellers on one pipe of bytes: what was not taken back arrives once, in order.
#[test]
fn a_storm_of_cancellations_loses_and_doubles_nothing() {
    on_real_engines(|lab| {
        let (server, client) = messages(lab, 64);
        let sent = Mutex::new(HashMap::new());
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut random = Random::new(7);
                let mut ended = 0_u32;
                for number in 0..3000_u32 {
                    let len = random.below(40) + 4;
                    let mut message = number.to_le_bytes().to_vec();
                    message.resize(len, number as u8);
                    let write = client.write(message);
                    let cancel = random.below(3) == 0 && write.cancel();
                    match outcome(write.wait()).0 {
                        Ok(bytes) => {
                            assert_eq!(bytes, len);
                            sent.lock().unwrap().insert(number, len);
                        }
                        Err(code) => assert_eq!((code, cancel), (995, true)),
                    }
                    ended += 1;
                }
                drop(client);
                ended
            });
            let mut last = None;
            let mut random = Random::new(8);
            let mut got = HashMap::new();
            loop {
                let read = server.read(room(64));
                if random.below(3) == 0 {
                    read.cancel();
                }
                match outcome(read.wait()) {
                    (Ok(len), message) => {
                        let number = u32::from_le_bytes(message[..4].try_into().unwrap());
                        assert!(last.is_none_or(|last| last < number), "in order");
                        assert!(message[4..].iter().all(|byte| *byte == number as u8));
                        last = Some(number);
                        got.insert(number, len);
                    }
                    (Err(995), _) => {}
                    (Err(109), _) => break,
                    (Err(code), _) => panic!("error {code}"),
                }
            }
            assert_eq!(writer.join().unwrap(), 3000);
            // A write that was read before it could be cancelled has ended well, so both sides know the same messages.
            assert_eq!(got, *sent.lock().unwrap());
        });
        assert_eq!(server.outstanding(), 0);
    });
}

/// Connections that come and go while others are cancelled.
#[test]
fn instances_survive_a_storm_of_connections() {
    on_real_engines(|lab| {
        let name = fresh();
        let servers: Vec<_> = (0..3).map(|_| options(lab).create(&name).expect("a server")).collect();
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (seed, server) in servers.iter().enumerate() {
                let over = &over;
                scope.spawn(move || {
                    let mut random = Random::new(seed as u64);
                    while !over.load(Ordering::Acquire) {
                        let connect = server.connect();
                        if random.below(4) == 0 {
                            connect.cancel();
                        }
                        match connect.wait_timeout(Duration::from_millis(20)) {
                            Err(connect) => {
                                connect.cancel();
                                let _ = connect.wait();
                            }
                            Ok((Ok(_), ())) => {
                                let _ = server.write("hello").wait();
                                let _ = server.read(room(8)).wait();
                            }
                            Ok((Err(error), ())) => assert!([995, 535, 232].contains(&error.code().0), "{error}"),
                        }
                        let _ = server.disconnect();
                    }
                });
            }
            let clients: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut served = 0;
                        while served < 40 {
                            let Ok(pipe) = client(lab).open(&name) else { continue };
                            match outcome(pipe.read(room(8)).wait()) {
                                (Ok(5), text) => {
                                    assert_eq!(text, b"hello");
                                    served += 1;
                                    let _ = pipe.write("thanks").wait();
                                }
                                (Ok(bytes), _) => panic!("{bytes} bytes"),
                                (Err(code), _) => assert!([109, 233].contains(&code), "{code}"),
                            }
                        }
                    })
                })
                .collect();
            clients.into_iter().for_each(|client| client.join().expect("served"));
            over.store(true, Ordering::Release);
        });
    });
}
