//! Who polls for completions (docs/design-notes.md, "Who polls"): a thread that waits for something else, such as a program's main thread
//! for its end, does not come to fetch the completions of a port's threads one by one.

mod common;

use common::{bounded, eventually, on_real_engines, thread_id};
use overlapped::{CompletionPort, Event, TcpListener, Timeout, wait_any};
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

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
