//! Many connections on one port with many threads: on each connection, bytes in are bytes out, and each request completes exactly once.
//! Two seconds on each engine; with `OVERLAPPED_BIG_TESTS=1` a minute, and 1,000 connections.

mod common;

use common::crowd::{affordable, is_big};
use common::{Lab, Random, bounded_by, on_real_engines_within};
use overlapped::{CompletionPort, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

const THREADS: usize = 16;
const CLIENTS: usize = 4;
const MOST: usize = 9000;

/// Connections, and how long they talk.
fn size() -> (usize, Duration) {
    // Both ends are here.
    if is_big() { (affordable(2_000) / 2, Duration::from_secs(60)) } else { (200, Duration::from_secs(2)) }
}

/// What a request was for, and its number on its connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    Receiving(u64),
    Sending(u64),
    Leaving,
}

/// What the server has counted on one connection.
#[derive(Default)]
struct Tally {
    /// Requests that are complete, which is also the number of the next one to be.
    completed: AtomicU64,
    received: AtomicUsize,
    sent: AtomicUsize,
}

type Served = overlapped::Associated<TcpStream, usize, For>;

struct Server {
    port: CompletionPort<usize, For>,
    streams: Vec<Served>,
    tallies: Vec<Tally>,
    ended: AtomicUsize,
}

impl Server {
    fn new(lab: &Lab, streams: Vec<TcpStream>) -> Self {
        let port = CompletionPort::<usize, For>::new_in(&lab.system, 0);
        let streams: Vec<Served> =
            streams.into_iter().enumerate().map(|(key, stream)| port.associate(stream, key).unwrap()).collect();
        let tallies = streams.iter().map(|_| Tally::default()).collect();
        for stream in &streams {
            stream.receive(Vec::with_capacity(4096), For::Receiving(0)).unwrap();
        }
        Self { port, streams, tallies, ended: AtomicUsize::new(0) }
    }

    /// Gives back what comes, until the connections end.
    fn serve(&self) {
        loop {
            let done = self.port.get().expect("a packet");
            if done.context == For::Leaving {
                return;
            }
            let (stream, tally) = (&self.streams[done.key], &self.tallies[done.key]);
            let (buffer, bytes) = (done.buffer.expect("its buffer"), done.result.expect("no request fails"));
            let before = tally.completed.fetch_add(1, Ordering::AcqRel);
            match done.context {
                For::Receiving(number) => {
                    assert_eq!(number, before, "each request completes once");
                    if bytes == 0 {
                        self.ended.fetch_add(1, Ordering::AcqRel);
                        continue;
                    }
                    tally.received.fetch_add(bytes, Ordering::Relaxed);
                    stream.send(buffer, For::Sending(number + 1)).expect("issued");
                }
                For::Sending(number) => {
                    assert_eq!(number, before, "each request completes once");
                    assert_eq!(bytes, buffer.len(), "a send is complete when all is gone");
                    tally.sent.fetch_add(bytes, Ordering::Relaxed);
                    stream.receive(buffer, For::Receiving(number + 1)).expect("issued");
                }
                For::Leaving => unreachable!("looked at before"),
            }
        }
    }
}

/// Sends at random and checks that all of it comes back; the bytes that went round on each connection.
fn converse(streams: &[TcpStream], seed: u64, stop: &AtomicBool) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut totals = vec![0; streams.len()];
    while !stop.load(Ordering::Acquire) {
        let sends: Vec<_> = streams
            .iter()
            .map(|stream| {
                let len = random.below(MOST - 1) + 1;
                let bytes = common::pattern(len, random.next());
                (stream.send(bytes.clone()), bytes)
            })
            .collect();
        for ((stream, total), (send, expected)) in streams.iter().zip(&mut totals).zip(sends) {
            assert_eq!(send.wait().0, Ok(expected.len()));
            let mut back = Vec::with_capacity(expected.len());
            while back.len() < expected.len() {
                let (result, part) = stream.receive(Vec::with_capacity(expected.len() - back.len())).wait();
                assert_ne!(result.expect("received"), 0);
                back.extend_from_slice(&part);
            }
            assert!(back == expected, "other bytes came back");
            *total += back.len();
        }
    }
    totals
}

fn connect_all(lab: &Lab, count: usize) -> (Vec<TcpStream>, Vec<TcpStream>) {
    let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    (0..count)
        .map(|_| {
            let accept = listener.accept();
            let client = TcpStream::connect_in(&lab.system, address).expect("connected");
            (client, accept.wait().expect("accepted").0)
        })
        .unzip()
}

#[test]
fn every_byte_comes_back_and_every_request_completes_once() {
    let (connections, span) = size();
    on_real_engines_within(span + Duration::from_secs(120), move |lab| {
        let (mut clients, servers) = connect_all(lab, connections);
        let server = Arc::new(Server::new(lab, servers));
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let server = Arc::clone(&server);
                std::thread::spawn(move || server.serve())
            })
            .collect();
        let stop = Arc::new(AtomicBool::new(false));
        let part = connections.div_ceil(CLIENTS);
        let talkers: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let streams: Vec<_> = clients.drain(..part.min(clients.len())).collect();
                let stop = Arc::clone(&stop);
                std::thread::spawn(move || converse(&streams, common::seed() + n as u64, &stop))
            })
            .collect();
        std::thread::sleep(span);
        stop.store(true, Ordering::Release);
        let totals: Vec<usize> = bounded_by(Duration::from_secs(60), "the conversations", move || {
            talkers.into_iter().flat_map(|talker| talker.join().expect("no talker fails")).collect()
        });
        common::eventually("every connection ends", || server.ended.load(Ordering::Acquire) == connections);
        (0..THREADS).for_each(|_| server.port.post(0, For::Leaving).unwrap());
        workers.into_iter().for_each(|worker| worker.join().expect("no worker fails"));
        for (key, (tally, total)) in server.tallies.iter().zip(&totals).enumerate() {
            let (received, sent) = (tally.received.load(Ordering::Relaxed), tally.sent.load(Ordering::Relaxed));
            assert_eq!((received, sent), (*total, *total), "connection {key}: bytes in are bytes out");
        }
        let requests: u64 = server.tallies.iter().map(|tally| tally.completed.load(Ordering::Relaxed)).sum();
        let total: usize = totals.iter().sum();
        println!("{}: {connections} connections, {requests} requests, {total} bytes there and back", lab.name());
        assert!(total > connections * MOST / 4, "hardly anything went round: {total}");
        assert!(server.port.try_get().unwrap().is_none());
        assert_eq!(lab.system.outstanding(), 0);
    });
}
