//! Who polls for completions (docs/design-notes.md, "Who polls"): a thread that waits for something else, such as a program's main thread
//! for its end, does not come to fetch the completions of a port's threads one by one.

mod common;

use common::{Lab, bounded, eventually, on_real_engines, thread_id};
use overlapped::{CompletionPort, Event, TcpListener, TcpStream, Timeout, wait_any};
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const ROUNDS: u64 = 4000;

/// How often a thread of this process has gone to sleep.
fn sleeps(thread: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/self/task/{thread}/status")).expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).expect("a counter");
    line.trim().parse().expect("a number")
}

#[test]
fn a_thread_that_waits_for_its_end_leaves_polling_to_the_threads_of_a_port() {
    on_real_engines(|lab| {
        let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
        let mut client = std::net::TcpStream::connect(listener.local_address().unwrap()).expect("connected");
        client.set_nodelay(true).unwrap();
        client.set_read_timeout(Some(common::LOST)).unwrap();
        let (server, _) = listener.accept().wait().expect("accepted");
        // So that there is something to poll for at any time.
        let wish = listener.accept();
        let (end, number) = (Arc::new(Event::manual_reset(false)), Arc::new(AtomicU32::new(0)));
        let waiting = {
            let (end, number) = (Arc::clone(&end), Arc::clone(&number));
            std::thread::spawn(move || {
                number.store(thread_id(), Ordering::Release);
                wait_any(&[&*end, &wish], Timeout::Infinite).expect("a wait");
            })
        };
        eventually("it waits", || number.load(Ordering::Acquire) != 0);
        std::thread::sleep(common::MOMENT);

        let port = CompletionPort::<(), bool>::new_in(&lab.system, 1);
        let server = port.associate(server, ()).unwrap();
        server.receive(vec![0; 16], false).unwrap();
        let worker = {
            let port = port.clone();
            std::thread::spawn(move || {
                loop {
                    let done = port.get().expect("a packet");
                    let (bytes, buffer) = (done.result.expect("no request fails"), done.buffer.expect("its buffer"));
                    match done.context {
                        false if bytes == 0 => return,
                        false => server.send(buffer, true).expect("issued"),
                        true => server.receive(buffer, false).expect("issued"),
                    }
                }
            })
        };
        let before = sleeps(number.load(Ordering::Acquire));
        for round in 0..ROUNDS {
            client.write_all(&[round as u8]).expect("sent");
            let mut back = [0];
            client.read_exact(&mut back).expect("it comes back");
            assert_eq!(back, [round as u8]);
        }
        let slept = sleeps(number.load(Ordering::Acquire)) - before;
        // Where every completion is handed over, it sleeps before each. On a loaded machine some are.
        println!("{}: the other thread slept {slept} times in {ROUNDS} rounds", lab.name());
        assert!(slept < ROUNDS * 9 / 10, "it polled for the others: {slept} times");
        drop(client);
        bounded("the worker", move || worker.join()).expect("it does not fail");
        end.set();
        bounded("the other thread", move || waiting.join()).expect("it does not fail");
    });
}

/// Connections that one poll finds ready: more than are told in one go.
const READY: usize = 40;
/// A poll that finds them all is likely, but not certain.
const ATTEMPTS: usize = 30;
/// Many looks of the service thread.
const CALM: Duration = Duration::from_millis(150);

/// The client's and the server's ends of so many connections.
/// Readiness is expected from a socket's first waiting request until it comes for nobody; what came then is there for the next
/// request, and what comes after a request that has waited finds it.
#[test]
fn data_is_received_whether_a_request_waits_for_it_or_comes_after_it_08_3() {
    on_real_engines(|lab| {
        let (mut clients, servers) = connections(lab, 1);
        let (client, server) = (&mut clients[0], &servers[0]);
        for round in 0..60_u8 {
            let early = (round % 3 != 0).then(|| server.receive(vec![0; 16]));
            if round % 3 == 1 {
                // Takes it from its queue again.
                let cancelled = server.receive(vec![0; 16]);
                assert!(cancelled.cancel());
                assert_eq!(cancelled.wait().0.map_err(|error| error.code().0), Err(995));
            }
            client.write_all(&[round; 8]).unwrap();
            if round % 4 == 0 {
                std::thread::sleep(Duration::from_millis(6));
            }
            let late = early.unwrap_or_else(|| server.receive(vec![0; 16]));
            let Ok((bytes, buffer)) = late.wait_timeout(common::LOST) else { panic!("round {round}: lost") };
            assert_eq!((bytes.expect("received"), &buffer[..8]), (8, &[round; 8][..]));
        }
    });
}

fn connections(lab: &Lab, count: usize) -> (Vec<std::net::TcpStream>, Vec<TcpStream>) {
    let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
    let connect = |_| {
        let client = std::net::TcpStream::connect(listener.local_address().unwrap()).expect("connected");
        client.set_nodelay(true).unwrap();
        (client, listener.accept().wait().expect("accepted").0)
    };
    (0..count).map(connect).unzip()
}

#[test]
fn what_a_poll_has_found_completes_although_its_finder_computes_00_4() {
    on_real_engines(|lab| {
        let (mut clients, mut servers) = connections(lab, READY);
        let port = CompletionPort::<(), ()>::new_in(&lab.system, 1);
        let first = port.associate(servers.remove(0), ()).expect("associated");
        for attempt in 0..ATTEMPTS {
            // Threads that come back quickly, as far as the library can see; at first for so long that it looks less exactly.
            let calm = Instant::now() + if attempt == 0 { CALM } else { Duration::ZERO };
            let mut rounds = 0;
            while rounds < 50 || Instant::now() < calm {
                first.receive(vec![0; 8], ()).expect("issued");
                clients[0].write_all(b"quick").expect("sent");
                assert_eq!(port.get().expect("a packet").result, Ok(5));
                rounds += 1;
            }
            first.receive(vec![0; 8], ()).expect("issued");
            let others: Vec<_> = servers.iter().map(|server| server.receive(vec![0; 8])).collect();
            clients.iter_mut().for_each(|client| client.write_all(b"all").expect("sent"));
            assert_eq!(port.get().expect("a packet").result, Ok(3));
            eventually("nobody waits, and the rest completes", || others.iter().all(|one| !one.is_pending()));
            others.into_iter().for_each(|one| assert_eq!(one.wait().0, Ok(3)));
        }
    });
}

#[test]
fn a_thread_that_computes_keeps_nothing_from_the_others_of_its_port_06_9() {
    on_real_engines(|lab| {
        let (mut clients, servers) = connections(lab, READY);
        let port = CompletionPort::<usize, ()>::new_in(&lab.system, 2);
        let servers =
            servers.into_iter().enumerate().map(|(key, server)| port.associate(server, key).expect("associated"));
        let servers: Arc<Vec<_>> = Arc::new(servers.collect());
        servers.iter().for_each(|server| server.receive(vec![0; 8], ()).expect("issued"));
        let (served, holding) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let free = Arc::new(AtomicBool::new(true));
        let serve = || {
            let (port, servers) = (port.clone(), Arc::clone(&servers));
            let (served, holding, free) = (Arc::clone(&served), Arc::clone(&holding), Arc::clone(&free));
            std::thread::spawn(move || {
                while let Ok(done) = port.get() {
                    if done.result != Ok(1) {
                        return;
                    }
                    let buffer = done.buffer.expect("its buffer");
                    let holds = buffer[0] == b'H';
                    servers[done.key].receive(buffer, ()).expect("issued");
                    holding.fetch_add(usize::from(holds), Ordering::AcqRel);
                    served.fetch_add(1, Ordering::AcqRel);
                    if holds {
                        common::compute_until(&free);
                        holding.fetch_sub(1, Ordering::AcqRel);
                    }
                }
            })
        };
        let workers = [serve(), serve()];
        for attempt in 1..=ATTEMPTS {
            free.store(false, Ordering::Release);
            for (index, client) in clients.iter_mut().enumerate() {
                // Whoever gets the first one computes until all others were served.
                client.write_all(if index == 0 { b"H" } else { b"q" }).expect("sent");
            }
            eventually("everything is served", || served.load(Ordering::Acquire) == attempt * READY);
            free.store(true, Ordering::Release);
            eventually("nobody computes", || holding.load(Ordering::Acquire) == 0);
        }
        port.close();
        for worker in workers {
            bounded("a worker", move || worker.join()).expect("it does not fail");
        }
    });
}
