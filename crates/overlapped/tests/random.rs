//! Random operations from several threads at once, over files, pipes and ports: every accepted request completes exactly once,
//! nothing is lost and nothing leaks (design section 1, the way of a request; contract 00 section 0.4).
//!
//! A run is replayed by its seed, which a failure prints: `OVERLAPPED_SEED=n cargo test -p overlapped --test random`. With
//! several threads, the order of their calls is Linux's affair all the same.

mod common;

use common::{Lab, Ledger, Poisoned, Random, bounded_by, eventually, on_real_engines, on_sim, seed};
use overlapped::engine::SimEngine;
use overlapped::{Associated, Completion, CompletionPort, Event, Operation, OverlappedFile, Timeout, wait_first};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

const THREADS: usize = 4;
const FILE_SIZE: usize = 256 << 10;

type Port = CompletionPort<u8, Ticket, Poisoned>;
type Device = Associated<OverlappedFile, u8, Ticket, Poisoned>;

/// One accepted packet request or post: ticked off when its packet is taken, and never twice.
struct Ticket {
    number: usize,
    book: Arc<Book>,
}

/// All tickets of a run.
struct Book {
    seen: Vec<AtomicU8>,
    given: AtomicUsize,
    dropped: AtomicUsize,
}

impl Book {
    fn new(pages: usize) -> Arc<Self> {
        let seen = (0..pages).map(|_| AtomicU8::new(0)).collect();
        Arc::new(Self { seen, given: AtomicUsize::new(0), dropped: AtomicUsize::new(0) })
    }

    fn ticket(self: &Arc<Self>) -> Ticket {
        Ticket { number: self.given.fetch_add(1, Ordering::SeqCst), book: Arc::clone(self) }
    }
}

impl Ticket {
    fn take(&self) {
        assert_eq!(self.book.seen[self.number].fetch_add(1, Ordering::SeqCst), 0, "packet {} came twice", self.number);
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ticket").field(&self.number).finish()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.book.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the threads share.
struct Arena {
    port: Port,
    on_port: Vec<Device>,
    plain: Vec<OverlappedFile>,
    fifo: OverlappedFile,
    ledger: Arc<Ledger>,
    book: Arc<Book>,
    accepted: AtomicUsize,
    taken: AtomicUsize,
}

impl Arena {
    fn new(lab: &Lab, operations: usize) -> Self {
        let port = Port::new_in(&lab.system, 2);
        for name in ["a", "b", "c"] {
            lab.file(name, vec![1; FILE_SIZE]);
        }
        let on_port = ["a", "b"].iter().zip(0..).map(|(name, key)| port.associate(lab.open(name), key).unwrap());
        Self {
            on_port: on_port.collect(),
            plain: vec![lab.open("c"), lab.open("a")],
            fifo: lab.fifo("fifo"),
            ledger: Ledger::counting(),
            book: Book::new(operations),
            accepted: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            port,
        }
    }

    fn took(&self, packet: Completion<u8, Ticket, Poisoned>) {
        packet.context.take();
        if let Err(error) = &packet.result {
            assert!(expected(error.code().0), "{error}");
        }
        if let (Some(buffer), Ok(bytes)) = (&packet.buffer, &packet.result) {
            assert!(buffer.bytes().len() >= *bytes);
        }
        self.taken.fetch_add(1, Ordering::SeqCst);
    }
}

/// The end of the file, a cancel, and what the simulation injects.
fn expected(code: u32) -> bool {
    [38, 995, 1117, 112, 1816, 1295].contains(&code)
}

/// One thread's part.
struct Player<'a> {
    lab: &'a Lab,
    arena: &'a Arena,
    random: Random,
    mine: Vec<Operation<Poisoned>>,
    events: [Event; 2],
}

impl Player<'_> {
    fn play(&mut self, operations: usize) {
        for _ in 0..operations {
            self.step();
            if self.mine.len() > 32 {
                self.finish_one();
            }
        }
        while !self.mine.is_empty() {
            self.finish_one();
        }
    }

    fn buffer(&mut self) -> Poisoned {
        let len = [0, 1, 100, 512, 4096][self.random.below(5)];
        self.arena.ledger.zeroed(len)
    }

    fn offset(&mut self) -> u64 {
        // One in sixteen at or past the end.
        (self.random.below(FILE_SIZE + FILE_SIZE / 16) & !511) as u64
    }

    fn pick(&mut self) -> Option<usize> {
        if self.mine.is_empty() { None } else { Some(self.random.below(self.mine.len())) }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..20 => self.read(),
            20..32 => self.write(),
            32..50 => self.request_on_port(),
            50..60 => self.post(),
            60..82 => self.get(),
            82..88 => self.finish_one(),
            88..91 => {
                if let Some(which) = self.pick() {
                    let _ = self.mine[which].cancel();
                }
            }
            91..95 => {
                if let Some(which) = self.pick() {
                    drop(self.mine.swap_remove(which));
                }
            }
            95 => self.pipe(),
            96 => {
                let file = self.random.below(2);
                self.arena.plain[file].cancel_all();
                self.arena.on_port[file].cancel_all();
            }
            97 => self.short_life(),
            98 => self.short_port(),
            _ => self.duplicate(),
        }
    }

    fn read(&mut self) {
        let (file, event) = (self.random.below(2), self.random.below(4));
        let (buffer, offset) = (self.buffer(), self.offset());
        let file = &self.arena.plain[file];
        self.mine.push(match self.events.get(event) {
            Some(event) => file.read_at_with_event(buffer, offset, event),
            None => file.read_at(buffer, offset),
        });
    }

    fn write(&mut self) {
        let file = self.random.below(2);
        let (buffer, offset) = (self.buffer(), self.offset() % FILE_SIZE as u64);
        self.mine.push(self.arena.plain[file].write_at(buffer, offset));
    }

    fn request_on_port(&mut self) {
        let (device, write) = (self.random.below(2), self.random.below(3) == 0);
        let (buffer, offset, ticket) = (self.buffer(), self.offset(), self.arena.book.ticket());
        let device = &self.arena.on_port[device];
        let accepted = if write {
            device.write_at(buffer, offset % FILE_SIZE as u64, ticket)
        } else {
            device.read_at(buffer, offset, ticket)
        };
        accepted.expect("nothing is wrong with this request");
        self.arena.accepted.fetch_add(1, Ordering::SeqCst);
    }

    fn post(&mut self) {
        self.arena.port.post(7, self.arena.book.ticket()).unwrap();
        self.arena.accepted.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&mut self) {
        match self.random.below(8) {
            0 => {
                let mut many = Vec::new();
                self.arena.port.get_many(&mut many, 16, Duration::from_micros(20)).unwrap();
                many.into_iter().for_each(|packet| self.arena.took(packet));
            }
            1 => {
                let packet = self.arena.port.get_timeout(Duration::from_micros(50)).unwrap();
                packet.into_iter().for_each(|packet| self.arena.took(packet));
            }
            _ => {
                let packet = self.arena.port.try_get().unwrap();
                packet.into_iter().for_each(|packet| self.arena.took(packet));
            }
        }
    }

    /// Ends an operation in one of the ways that there are. What does not come by itself is cancelled.
    fn finish_one(&mut self) {
        let Some(mut which) = self.pick() else { return };
        if self.random.below(4) == 0
            && let Some(first) = wait_first(&self.mine[..self.mine.len().min(64)], Duration::from_micros(100)).unwrap()
        {
            which = first;
        }
        let operation = self.mine.swap_remove(which);
        let (result, buffer) = match operation.wait_timeout(Duration::from_millis(20)) {
            Ok(outcome) => outcome,
            Err(late) => {
                let _ = late.cancel();
                late.wait()
            }
        };
        match result {
            Ok(bytes) => assert!(buffer.bytes().len() >= bytes),
            Err(error) => assert!(expected(error.code().0), "{error}"),
        }
    }

    /// A read that waits for whatever another thread writes, and a write for whoever reads.
    fn pipe(&mut self) {
        if self.random.below(2) == 0 {
            let buffer = self.arena.ledger.zeroed(8);
            self.mine.push(self.arena.fifo.read_at(buffer, 0));
        } else if self.arena.fifo.outstanding() > 0 {
            rustix::io::write(self.arena.fifo.as_fd(), b"drop").unwrap();
        }
    }

    /// A file that is closed while its requests are on their way.
    fn short_life(&mut self) {
        let file = self.lab.open("c");
        for _ in 0..self.random.below(4) {
            let (buffer, offset) = (self.buffer(), self.offset());
            self.mine.push(file.read_at(buffer, offset));
        }
    }

    /// A port that is closed with packets in it and more to come.
    fn short_port(&mut self) {
        let port = Port::new_in(&self.lab.system, 1);
        let device = port.associate(self.lab.open("b"), 9).unwrap();
        for _ in 0..self.random.below(4) {
            let (buffer, offset, ticket) = (self.buffer(), self.offset(), self.arena.book.ticket());
            device.read_at(buffer, offset, ticket).expect("an accepted request");
            port.post(9, self.arena.book.ticket()).unwrap();
        }
        if let Some(packet) = port.try_get().unwrap() {
            packet.context.take();
        }
    }

    fn duplicate(&mut self) {
        let file = self.random.below(2);
        let first = self.arena.plain[file].handle().duplicate().unwrap();
        let second = first.duplicate().unwrap();
        drop(first);
        assert_eq!(second.access(), self.arena.plain[file].handle().access());
    }
}

/// The tickets that a step may give out at most.
const TICKETS: usize = 6;

fn run(lab: &Lab, operations: usize) {
    let arena = Arena::new(lab, operations * TICKETS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let arena = &arena;
            scope.spawn(move || {
                let random = Random::new(seed() ^ (thread as u64) << 56);
                let events = [Event::manual_reset(false), Event::auto_reset(false)];
                Player { lab, arena, random, mine: Vec::new(), events }.play(operations / THREADS);
            });
        }
    });
    settle(lab, arena);
}

/// Everything that was accepted comes; then nothing is left.
fn settle(lab: &Lab, arena: Arena) {
    for device in &arena.on_port {
        device.cancel_all();
    }
    while arena.taken.load(Ordering::SeqCst) < arena.accepted.load(Ordering::SeqCst) {
        match arena.port.get_timeout(Duration::from_secs(10)).unwrap() {
            Some(packet) => arena.took(packet),
            None => panic!("{:?} of {:?} packets have come, no more do", arena.taken, arena.accepted),
        }
    }
    assert!(arena.port.try_get().unwrap().is_none(), "a packet that nobody asked for");
    eventually("no request is left", || {
        let files = arena.plain.iter().chain(arena.on_port.iter().map(|device| &**device)).chain([&arena.fifo]);
        files.map(OverlappedFile::outstanding).sum::<usize>() == 0
    });
    let Arena { port, on_port, plain, fifo, ledger, book, .. } = arena;
    drop((port, on_port, plain, fifo));
    eventually("every buffer is given back", || ledger.alive() == 0);
    eventually("every context is dropped", || book.dropped.load(Ordering::SeqCst) == book.given.load(Ordering::SeqCst));
    eventually("every handle is closed", || lab.system.open_handles() == 0);
    assert!(ledger.made() > 0);
}

#[test]
fn a_hundred_thousand_operations_on_each_real_engine() {
    on_real_engines(|lab| run(lab, 100_000));
}

#[test]
fn two_hundred_thousand_operations_on_the_simulated_engine() {
    let usual = SimEngine::builder().seed(seed()).trace_limit(0).short_transfers(0.1);
    on_sim(usual.failures(0.02).never(0.01), |lab| run(lab, 200_000));
}

#[test]
fn blocked_readers_and_cancels_race_on_pipes() {
    // The one kind of request that only a write or a cancel ends: each of both at once.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let ledger = Ledger::new();
        let mut random = Random::new(seed());
        let mut bytes = 0;
        for _ in 0..3000 {
            let read = fifo.read_at(ledger.zeroed(4), 0);
            let write = random.below(3) > 0;
            if write {
                rustix::io::write(fifo.as_fd(), b"data").unwrap();
            }
            let cancelled = (!write || random.below(2) == 0) && read.cancel();
            let (result, buffer) = bounded_read(read);
            match result {
                Ok(count) => {
                    assert_eq!((count, buffer.bytes()), (4, b"data".as_slice()));
                    bytes += count;
                }
                Err(error) => assert!(error.is_cancelled() && cancelled, "{error}"),
            }
            if write && bytes == 0 {
                // The cancel won: what was written is still in the pipe.
                assert_eq!(bounded_read(fifo.read_at(ledger.zeroed(4), 0)).0, Ok(4));
            }
            bytes = 0;
        }
        drop(fifo);
        eventually("every buffer is given back", || ledger.alive() == 0);
        ledger.check_graves();
    });
}

fn bounded_read(read: Operation<Poisoned>) -> (overlapped::Result<usize>, Poisoned) {
    read.wait_timeout(Duration::from_secs(10)).expect("the read ended long ago")
}

#[test]
fn waiting_threads_are_woken_for_every_packet() {
    // Consumers that only ever wait without limit: one lost wake-up and the run stands still.
    on_real_engines(|lab| {
        lab.file("a", vec![1; FILE_SIZE]);
        let port = CompletionPort::<u8, usize>::new_in(&lab.system, 2);
        let file = port.associate(lab.open("a"), 1).unwrap();
        let (done, total) = (Arc::new(AtomicUsize::new(0)), 30_000);
        let consumers: Vec<_> = (0..3)
            .map(|_| {
                let (port, done) = (port.clone(), Arc::clone(&done));
                std::thread::spawn(move || {
                    while port.get().is_ok() {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        let mut random = Random::new(seed());
        for n in 0..total {
            if random.below(2) == 0 {
                port.post(0, n).unwrap();
            } else {
                file.read_at(Vec::with_capacity(64), random.below(FILE_SIZE) as u64, n).unwrap();
            }
            if random.below(64) == 0 {
                let target = n + 1;
                let done = Arc::clone(&done);
                eventually("all of them are taken", move || done.load(Ordering::SeqCst) == target);
            }
        }
        eventually("all of them are taken", || done.load(Ordering::SeqCst) == total);
        port.close();
        bounded_by(Duration::from_secs(10), "the consumers", || consumers.into_iter().for_each(|c| c.join().unwrap()));
        assert_eq!(port.get_many(&mut Vec::new(), 1, Timeout::Poll).unwrap_err().code().0, 735);
    });
}
