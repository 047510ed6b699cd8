//! A server among good, slow and rude clients, all at the same time (contract 08 sections 4, 5 and 9): whatever some of them do, the others
//! get back every byte, and every request completes exactly once, with an outcome that tells what happened.
//! `OVERLAPPED_BIG_TESTS=1`: 3,200 connections instead of 96.

mod common;

use common::crowd::{is_big, reset_at_close};
use common::{Random, eventually, on_real_engines_within};
use overlapped::{Associated, CompletionPort, TcpListener, TcpStream};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Clients at the same time.
const CLIENTS: usize = 32;
const WORKERS: usize = 4;
const ACCEPTS: usize = 8;
const BUFFER: usize = 16 << 10;
/// More than the buffers of a connection hold.
const FLOOD: usize = 6 << 20;

/// How many connections each client makes, one after the other.
fn turns() -> usize {
    if is_big() { 100 } else { 3 }
}

/// What a client is like.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Reads what it wrote, piece by piece.
    Good,
    /// Writes more than fits, reads slowly, and ends its half before it has read all.
    Slow,
    /// Ends its half at once after writing, and reads to the end.
    HalfClosed,
    /// Resets the connection in the middle of a transfer.
    Resetting,
    /// Closes with answers unread, of which Linux makes a reset.
    Leaving,
}

impl Manner {
    fn of(number: usize) -> Self {
        [Self::Good, Self::Slow, Self::HalfClosed, Self::Resetting, Self::Leaving][number % 5]
    }

    fn is_rude(self) -> bool {
        matches!(self, Self::Resetting | Self::Leaving)
    }
}

/// One connection of the server; the request on its way keeps it.
#[derive(Debug)]
struct Connection {
    stream: Associated<TcpStream, u32, About>,
    /// Requests that are complete, which is also the number of the next one to be.
    completed: AtomicUsize,
    received: AtomicUsize,
    sent: AtomicUsize,
}

/// What a packet is about; a transfer has its number on its connection.
#[derive(Debug)]
enum About {
    Accept(TcpStream),
    Receive(Arc<Connection>, usize),
    Send(Arc<Connection>, usize),
    End,
}

/// What became of everything.
#[derive(Default)]
struct Tally {
    issued: AtomicUsize,
    completed: AtomicUsize,
    refused: AtomicUsize,
    /// Connections that ended in good order, and those that were reset.
    finished: AtomicUsize,
    reset: AtomicUsize,
}

fn one_more(counter: &AtomicUsize) -> usize {
    counter.fetch_add(1, Ordering::AcqRel)
}

fn count(counter: &AtomicUsize) -> usize {
    counter.load(Ordering::Acquire)
}

struct Server {
    port: CompletionPort<u32, About>,
    listener: Associated<TcpListener, u32, About>,
    tally: Tally,
}

impl Server {
    fn ask(&self) {
        let fresh = TcpStream::fresh(&self.listener).expect("a socket");
        let into = fresh.socket().clone();
        self.listener.accept_to(&into, About::Accept(fresh)).expect("issued");
    }

    /// The loop of each worker.
    fn serve(&self) {
        loop {
            let done = self.port.get().expect("a packet");
            match done.context {
                About::End => return,
                About::Accept(stream) if done.result.is_ok() => {
                    self.ask();
                    let stream = self.port.associate(stream, 1).unwrap();
                    let (completed, received, sent) = Default::default();
                    let connection = Arc::new(Connection { stream, completed, received, sent });
                    self.receive(connection, Vec::with_capacity(BUFFER), 0);
                }
                About::Accept(_) => drop(one_more(&self.tally.refused)),
                About::Receive(connection, number) => {
                    self.completed(&connection, number);
                    self.received(connection, number, done.result, done.buffer.expect("its buffer"));
                }
                About::Send(connection, number) => {
                    self.completed(&connection, number);
                    let buffer = done.buffer.expect("its buffer");
                    match done.result {
                        Ok(bytes) => {
                            assert_eq!(bytes, buffer.len(), "a send is complete when all is gone");
                            connection.sent.fetch_add(bytes, Ordering::AcqRel);
                            self.receive(connection, buffer, number + 1);
                        }
                        Err(error) => self.lost(&error),
                    }
                }
            }
        }
    }

    fn completed(&self, connection: &Connection, number: usize) {
        assert_eq!(one_more(&connection.completed), number, "each request completes once");
        one_more(&self.tally.completed);
    }

    fn received(&self, connection: Arc<Connection>, number: usize, result: overlapped::Result<usize>, buffer: Vec<u8>) {
        match result {
            Ok(0) => {
                assert_eq!(count(&connection.received), count(&connection.sent), "bytes in are bytes out");
                // The last of its keepers closes it: what was sent still arrives.
                one_more(&self.tally.finished);
            }
            Ok(bytes) => {
                connection.received.fetch_add(bytes, Ordering::AcqRel);
                one_more(&self.tally.issued);
                let about = About::Send(Arc::clone(&connection), number + 1);
                self.refused(connection.stream.send(buffer, about).err());
            }
            Err(error) => self.lost(&error),
        }
    }

    fn receive(&self, connection: Arc<Connection>, buffer: Vec<u8>, number: usize) {
        one_more(&self.tally.issued);
        let about = About::Receive(Arc::clone(&connection), number);
        self.refused(connection.stream.receive(buffer, about).err());
    }

    /// A request that was not accepted has no packet. That happens to a connection that was reset a moment ago.
    fn refused(&self, rejected: Option<overlapped::Rejected<About, Vec<u8>>>) {
        if let Some(rejected) = rejected {
            self.tally.issued.fetch_sub(1, Ordering::AcqRel);
            self.lost(&rejected.error);
        }
    }

    fn lost(&self, error: &overlapped::Error) {
        assert_eq!(error.code().0, 64, "reset by the other side");
        one_more(&self.tally.reset);
    }
}

/// Reads; a read with a time limit is interrupted when the process is stopped and goes on.
fn read_some(mut stream: &std::net::TcpStream, bytes: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match stream.read(bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// One connection of a client.
fn converse(manner: Manner, address: SocketAddr, random: &mut Random) {
    let stream = std::net::TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(common::LOST)).unwrap();
    let len = if matches!(manner, Manner::Slow) { FLOOD } else { random.below(300_000) + 100_000 };
    let bytes = common::pattern(len, random.next());
    match manner {
        Manner::Good => {
            for piece in bytes.chunks(30_000) {
                (&stream).write_all(piece).expect("sent");
                let mut back = vec![0; piece.len()];
                (&stream).read_exact(&mut back).expect("it comes back");
                assert!(back == piece, "other bytes came back");
            }
        }
        Manner::Slow | Manner::HalfClosed => std::thread::scope(|scope| {
            scope.spawn(|| {
                (&stream).write_all(&bytes).expect("sent");
                stream.shutdown(Shutdown::Write).expect("connected");
            });
            let mut back = Vec::with_capacity(len);
            let mut piece = vec![0; 40_000];
            loop {
                match read_some(&stream, &mut piece).expect("it comes back") {
                    0 => break,
                    n => back.extend_from_slice(&piece[..n]),
                }
                if matches!(manner, Manner::Slow) && random.below(8) == 0 {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            assert!(back == bytes, "{} of {len} bytes came back", back.len());
        }),
        Manner::Resetting | Manner::Leaving => {
            // So little that it fits, whether the server goes on or not.
            (&stream).write_all(&bytes[..random.below(60_000) + 1]).expect("sent");
            let _ = read_some(&stream, &mut [0; 1000]).expect("something comes back");
            if matches!(manner, Manner::Resetting) {
                reset_at_close(&stream);
            }
        }
    }
}

#[test]
fn good_clients_are_served_whatever_rude_ones_do() {
    let total = CLIENTS * turns();
    on_real_engines_within(Duration::from_secs(if is_big() { 600 } else { 240 }), move |lab| {
        let port = CompletionPort::<u32, About>::new_in(&lab.system, 0);
        let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").expect("a listener");
        let address = listener.local_address().unwrap();
        let listener = port.associate(listener, 0).unwrap();
        let server = Arc::new(Server { port, listener, tally: Tally::default() });
        (0..ACCEPTS).for_each(|_| server.ask());
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let server = Arc::clone(&server);
                std::thread::spawn(move || server.serve())
            })
            .collect();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                std::thread::spawn(move || {
                    let mut random = Random::new(common::seed() + client as u64);
                    for turn in 0..turns() {
                        converse(Manner::of(client + turn), address, &mut random);
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().expect("no client fails"));
        let tally = &server.tally;
        eventually("every connection ends", || count(&tally.finished) + count(&tally.reset) == total);
        let rude = (0..total).filter(|n| Manner::of(n % CLIENTS + n / CLIENTS).is_rude()).count();
        // A client that leaves when it has read all it sent leaves in good order.
        assert!(count(&tally.reset) <= rude && count(&tally.reset) > rude / 2, "{} resets", count(&tally.reset));
        assert!(server.listener.cancel_all());
        eventually("every accept ends", || count(&tally.refused) == ACCEPTS);
        (0..WORKERS).for_each(|_| server.port.post(0, About::End).unwrap());
        workers.into_iter().for_each(|worker| worker.join().expect("no worker fails"));
        assert_eq!(count(&tally.issued), count(&tally.completed), "exactly one completion each");
        assert!(server.port.try_get().unwrap().is_none());
        assert_eq!(lab.system.outstanding(), 0);
        eventually("every connection is closed", || lab.system.open_handles() == 1);
        println!("{}: {total} connections, {} requests", lab.name(), count(&tally.issued));
    });
}
