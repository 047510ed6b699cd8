//! What sockets cost, and that it is given back. This counts what belongs to the whole process, and so is one test in a program of its
//! own. `OVERLAPPED_BIG_TESTS=1`: 20,000 idle connections, and 50,000 that come and go.

mod common;

use common::crowd::{Crowd, address, affordable, be_a_crowd, is_big, reset_at_close};
use common::{bounded_by, within};
use overlapped::{Associated, CompletionPort, EngineChoice, System, SystemBuilder, TcpListener, TcpStream};
use std::alloc::{GlobalAlloc, Layout, System as Heap};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// Counts the bytes in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { Heap.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { Heap.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What an idle connection may cost, in bytes.
const MOST: usize = 1024;
/// Connections one after the other, more than the table of handles keeps slots for before it uses them again.
const STORM: usize = 2500;
/// What may differ between two storms, in bytes: queues keep the room that they once needed.
const SLACK: usize = 64 << 10;
/// Accepts that wait, threads that connect.
const ACCEPTS: usize = 64;
const CLIENTS: usize = 4;
const WORKERS: usize = 2;

/// Connections that idle at a time. In the short version a few less than tables have room for that double when they are full.
fn idle() -> usize {
    if is_big() { affordable(20_000) } else { 250 }
}

/// Connections that come and go at the same time.
fn rush_size() -> usize {
    if is_big() { 50_000 } else { 2_000 }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("procfs").count()
}

/// What is open now, for a message.
fn inventory() -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("procfs").flatten();
    entries.filter_map(|entry| std::fs::read_link(entry.path()).ok()).collect()
}

/// Bytes of the process that are in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("procfs");
    let pages: usize = text.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a number of pages");
    pages * rustix::param::page_size()
}

/// A listener at all addresses of this machine, and its port.
fn listen(system: &System) -> (TcpListener, u16) {
    let listener = TcpListener::bind_in(system, "0.0.0.0:0").expect("a listener");
    let port = listener.local_address().unwrap().port();
    (listener, port)
}

/// What a connection costs that waits for data without a buffer, its socket included: bytes of the heap, and bytes in memory.
fn cost_of_idling(system: &System, count: usize) -> (usize, usize) {
    let port = CompletionPort::<u32>::new_in(system, 0);
    let (listener, number) = listen(system);
    let mut admit = |key: usize| {
        let (stream, _) = listener.accept().wait().expect("accepted");
        let server = port.associate(stream, key as u32).unwrap();
        server.readable(()).unwrap();
        server
    };
    // What is made once is not counted.
    let first = Crowd::start("other_side", number, 2);
    let warm = [admit(0), admit(1)];
    drop((warm, first));
    (0..2).for_each(|_| drop(port.get().expect("the packets of what was closed")));
    let mut crowd = Crowd::start("other_side", number, count);
    let (heap, memory) = (IN_USE.load(Ordering::Relaxed), resident());
    let mut servers = Vec::with_capacity(count);
    servers.extend((0..count).map(&mut admit));
    let cost = ((IN_USE.load(Ordering::Relaxed) - heap) / count, resident().saturating_sub(memory) / count);
    assert_eq!(system.outstanding(), count, "one request each");
    assert!(port.try_get().unwrap().is_none(), "nobody has said anything");
    crowd.speak();
    let mut told = vec![false; count];
    for _ in 0..count {
        let done = port.get_timeout(common::LOST).expect("the port is open").expect("a packet");
        assert!(done.result == Ok(0) && done.buffer.is_none());
        assert!(!std::mem::replace(&mut told[done.key as usize], true), "once each");
    }
    assert!(port.try_get().unwrap().is_none(), "once each");
    cost
}

/// Connections that come and go one after the other, some with requests that never complete by themselves.
fn storm(system: &System) {
    let listener = TcpListener::bind_in(system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    for round in 0..STORM {
        let accept = listener.accept();
        let client = TcpStream::connect_in(system, address).expect("connected");
        let (server, _) = accept.wait().expect("accepted");
        let pending = (server.receive(vec![0; 64]), client.readable());
        match round % 3 {
            0 => drop((client, server)),
            1 => drop((pending, client)),
            _ => {
                client.set_linger(Some(0)).unwrap();
                drop(client);
                assert_eq!(pending.0.wait().0.unwrap_err().code().0, 64);
            }
        }
    }
    drop(listener.accept());
}

/// What a packet of the rush is about.
#[derive(Debug)]
enum About {
    Accept(TcpStream),
    /// A receive, which keeps its connection.
    Receive(Arc<Associated<TcpStream, u32, About>>),
    End,
}

/// How many requests ended in which way.
#[derive(Default)]
struct Tally {
    accepted: AtomicUsize,
    refused: AtomicUsize,
    issued: AtomicUsize,
    received: AtomicUsize,
}

type Port = CompletionPort<u32, About>;
type Listener = Associated<TcpListener, u32, About>;

fn ask(listener: &Listener) {
    let fresh = TcpStream::fresh(listener).expect("a socket");
    let into = fresh.socket().clone();
    listener.accept_to(&into, About::Accept(fresh)).expect("issued");
}

/// Takes connections, receives once on two of three, and lets them go.
fn admit(port: &Port, listener: &RwLock<Option<Listener>>, tally: &Tally) {
    loop {
        let done = port.get().expect("a packet");
        match (done.context, done.result) {
            (About::End, _) => return,
            (About::Accept(stream), Ok(_)) => {
                listener.read().expect("nobody panics").iter().for_each(ask);
                let number = tally.accepted.fetch_add(1, Ordering::AcqRel);
                let stream = Arc::new(port.associate(stream, 1).unwrap());
                if !number.is_multiple_of(3) {
                    tally.issued.fetch_add(1, Ordering::AcqRel);
                    if let Err(rejected) = stream.receive(vec![0; 64], About::Receive(Arc::clone(&stream))) {
                        assert_eq!(rejected.error.code().0, 64, "only a reset is known at once");
                        tally.issued.fetch_sub(1, Ordering::AcqRel);
                    }
                }
            }
            (About::Accept(_), Err(error)) => {
                assert_eq!(error.code().0, 995, "the listener was closed");
                tally.refused.fetch_add(1, Ordering::AcqRel);
            }
            (About::Receive(stream), result) => {
                // Data, the end, or a reset.
                assert!(result.as_ref().is_ok_and(|n| *n <= 1) || result.is_err_and(|error| error.code().0 == 64));
                tally.received.fetch_add(1, Ordering::AcqRel);
                drop(stream);
            }
        }
    }
}

/// One client: closes at once, after a byte, after the server, or with a reset.
fn come_and_go(number: usize, port: u16) {
    let mut stream = std::net::TcpStream::connect(address(number, port)).expect("connected");
    match number % 5 {
        0 => {}
        1 => stream.write_all(b"!").unwrap_or(()),
        2 => reset_at_close(&stream),
        3 => {
            stream.write_all(b"!").unwrap_or(());
            let _ = stream.read(&mut [0; 8]);
        }
        _ => {
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read(&mut [0; 8]);
        }
    }
}

/// Connections that come and go at the same time, faster than they are taken.
fn rush(system: &System, count: usize) {
    let port = Port::new_in(system, 0);
    let (listener, number) = listen(system);
    let listener = port.associate(listener, 0).unwrap();
    (0..ACCEPTS).for_each(|_| ask(&listener));
    let (listener, tally) = (RwLock::new(Some(listener)), Tally::default());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| admit(&port, &listener, &tally))).collect();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || (client..count).step_by(CLIENTS).for_each(|n| come_and_go(n, number))))
            .collect();
        clients.into_iter().for_each(|client| client.join().expect("no client fails"));
        let count_of = |counter: &AtomicUsize| counter.load(Ordering::Acquire);
        common::eventually("every connection is taken", || count_of(&tally.accepted) == count);
        common::eventually("every receive ends", || count_of(&tally.received) == count_of(&tally.issued));
        drop(listener.write().expect("nobody panics").take());
        common::eventually("every accept ends", || count_of(&tally.refused) == ACCEPTS);
        (0..WORKERS).for_each(|_| port.post(0, About::End).unwrap());
        workers.into_iter().for_each(|worker| worker.join().expect("no worker fails"));
        assert_eq!((count_of(&tally.accepted), count_of(&tally.refused)), (count, ACCEPTS), "once each");
    });
    assert!(port.try_get().unwrap().is_none());
}

/// Does `again` twice, and looks at what the second time leaves.
fn leaves_nothing(system: &System, what: &str, first: impl FnOnce(), again: impl FnOnce()) {
    let drained = || system.outstanding() == 0 && system.open_handles() == 0;
    first();
    assert!(within(common::LOST, drained));
    let (settled, used) = (descriptors(), IN_USE.load(Ordering::Relaxed));
    let start = Instant::now();
    again();
    println!("{what}: {:?}", start.elapsed());
    assert!(within(common::LOST, || descriptors() <= settled), "{what}: descriptors stay behind");
    assert!(within(common::LOST, drained), "{what}: requests or handles stay behind");
    let grown = || IN_USE.load(Ordering::Relaxed).saturating_sub(used);
    assert!(within(common::LOST, || grown() < SLACK), "{what}: {} bytes stay behind", grown());
}

/// Everything on one engine. In a thread of its own: one that has worked for a port remembers its system as long as it lives.
fn on_engine(choice: EngineChoice) {
    let Ok(system) = SystemBuilder::new().engine(choice).build() else {
        eprintln!("{choice:?} is not to be had here");
        return;
    };
    let count = idle();
    let (heap, memory) = cost_of_idling(&system, count);
    println!("{choice:?}: {count} idle connections, each {heap} bytes of the heap, {memory} in memory");
    assert!(heap <= MOST, "{choice:?}: an idle connection costs {heap} bytes");
    // Of a few connections, other pages than theirs would be most.
    assert!(memory <= MOST || count < 2000, "{choice:?}: an idle connection costs {memory} bytes of memory");
    leaves_nothing(&system, "connections one after the other", || storm(&system), || storm(&system));
    let size = rush_size();
    let what = format!("{choice:?}: {size} connections, many at a time");
    leaves_nothing(&system, &what, || rush(&system, 2_000), || rush(&system, size));
    assert!(!system.engine().wants_poll(), "nobody waits any more");
}

#[test]
fn idle_connections_are_cheap_and_nothing_stays_behind() {
    let limit = Duration::from_secs(if is_big() { 900 } else { 120 });
    bounded_by(limit, "the test", || {
        let before = descriptors();
        for choice in [EngineChoice::Uring, EngineChoice::Epoll] {
            if let Err(panic) = std::thread::spawn(move || on_engine(choice)).join() {
                std::panic::resume_unwind(panic);
            }
            assert!(within(common::LOST, || descriptors() == before), "now {:?}", inventory());
        }
    });
}

/// The other side of the idle connections, which this program is when it was started for that.
#[test]
fn other_side() {
    be_a_crowd();
}
