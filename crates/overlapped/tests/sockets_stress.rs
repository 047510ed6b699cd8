//! Many connections on one port with many threads, for about two seconds on each engine: bytes in are bytes out, and each request
//! completes exactly once.

mod common;

use common::{Lab, Random, bounded_by, on_real_engines};
use overlapped::{CompletionPort, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const CONNECTIONS: usize = 200;
const THREADS: usize = 16;
const CLIENTS: usize = 4;
const SPAN: Duration = Duration::from_secs(2);
const MOST: usize = 9000;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    Receiving,
    Sending,
    Leaving,
}

/// What the server has counted.
#[derive(Default)]
struct Tally {
    issued: AtomicUsize,
    completed: AtomicUsize,
    received: AtomicUsize,
    sent: AtomicUsize,
    ended: AtomicUsize,
}

type Served = overlapped::Associated<TcpStream, usize, For>;

/// Gives back what comes, until the connection ends.
fn serve(port: &CompletionPort<usize, For>, streams: &[Served], tally: &Tally) {
    loop {
        let done = port.get().expect("a packet");
        if done.context == For::Leaving {
            return;
        }
        tally.completed.fetch_add(1, Ordering::Relaxed);
        let (stream, buffer) = (&streams[done.key], done.buffer.expect("its buffer"));
        let bytes = done.result.expect("no request fails");
        match done.context {
            For::Receiving if bytes == 0 => {
                tally.ended.fetch_add(1, Ordering::AcqRel);
            }
            For::Receiving => {
                tally.received.fetch_add(bytes, Ordering::Relaxed);
                tally.issued.fetch_add(1, Ordering::Relaxed);
                stream.send(buffer, For::Sending).expect("issued");
            }
            _ => {
                assert_eq!(bytes, buffer.len(), "a send is complete when all is gone");
                tally.sent.fetch_add(bytes, Ordering::Relaxed);
                tally.issued.fetch_add(1, Ordering::Relaxed);
                stream.receive(buffer, For::Receiving).expect("issued");
            }
        }
    }
}

/// Sends at random and checks that all of it comes back; the bytes that went round.
fn converse(streams: &[TcpStream], seed: u64, stop: &AtomicBool) -> usize {
    let mut random = Random::new(seed);
    let mut total = 0;
    while !stop.load(Ordering::Acquire) {
        let sends: Vec<_> = streams
            .iter()
            .map(|stream| {
                let len = random.below(MOST - 1) + 1;
                let bytes = common::pattern(len, random.next());
                (stream.send(bytes.clone()), bytes)
            })
            .collect();
        for (stream, (send, expected)) in streams.iter().zip(sends) {
            assert_eq!(send.wait().0, Ok(expected.len()));
            let mut back = Vec::with_capacity(expected.len());
            while back.len() < expected.len() {
                let (result, part) = stream.receive(Vec::with_capacity(expected.len() - back.len())).wait();
                assert_ne!(result.expect("received"), 0);
                back.extend_from_slice(&part);
            }
            assert!(back == expected, "other bytes came back");
            total += back.len();
        }
    }
    total
}

fn connect_all(lab: &Lab) -> (Vec<TcpStream>, Vec<TcpStream>) {
    let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    (0..CONNECTIONS)
        .map(|_| {
            let accept = listener.accept();
            let client = TcpStream::connect_in(&lab.system, address).expect("connected");
            (client, accept.wait().expect("accepted").0)
        })
        .unzip()
}

#[test]
fn every_byte_comes_back_and_every_request_completes_once() {
    on_real_engines(|lab| {
        let port = CompletionPort::<usize, For>::new_in(&lab.system, 0);
        let (clients, servers) = connect_all(lab);
        let streams: Vec<Served> =
            servers.into_iter().enumerate().map(|(key, stream)| port.associate(stream, key).unwrap()).collect();
        let (streams, tally) = (Arc::new(streams), Arc::new(Tally::default()));
        for stream in streams.iter() {
            tally.issued.fetch_add(1, Ordering::Relaxed);
            stream.receive(Vec::with_capacity(4096), For::Receiving).unwrap();
        }
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let (port, streams, tally) = (port.clone(), Arc::clone(&streams), Arc::clone(&tally));
                std::thread::spawn(move || serve(&port, &streams, &tally))
            })
            .collect();
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = clients;
        let talkers: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let part = clients.split_off(clients.len() - CONNECTIONS / CLIENTS);
                let stop = Arc::clone(&stop);
                std::thread::spawn(move || converse(&part, common::seed() + n as u64, &stop))
            })
            .collect();
        std::thread::sleep(SPAN);
        stop.store(true, Ordering::Release);
        let total: usize = bounded_by(Duration::from_secs(25), "the conversations", move || {
            talkers.into_iter().map(|talker| talker.join().expect("no talker fails")).sum()
        });
        common::eventually("every connection ends", || tally.ended.load(Ordering::Acquire) == CONNECTIONS);
        (0..THREADS).for_each(|_| port.post(0, For::Leaving).unwrap());
        workers.into_iter().for_each(|worker| worker.join().expect("no worker fails"));
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        assert_eq!(count(&tally.issued), count(&tally.completed), "exactly one completion each");
        assert_eq!(count(&tally.received), total);
        assert_eq!(count(&tally.sent), total);
        assert!(total > CONNECTIONS * MOST / 4, "hardly anything went round: {total}");
        assert!(port.try_get().unwrap().is_none());
        assert_eq!(lab.system.outstanding(), 0);
    });
}
