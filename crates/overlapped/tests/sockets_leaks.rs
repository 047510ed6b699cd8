//! What sockets cost, and that it is given back. This counts what belongs to the whole process, and so is one test in a program of its
//! own.

mod common;

use common::{bounded_by, within};
use overlapped::{CompletionPort, EngineChoice, System, SystemBuilder, TcpListener, TcpStream};
use std::alloc::{GlobalAlloc, Layout, System as Heap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

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

/// Connections that idle at a time, each with two descriptors: a few less than tables have room for that double when they are full.
const IDLE: usize = 250;
/// More handles than the table keeps slots for before it uses them again.
const STORM: usize = 2500;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("procfs").count()
}

/// What is open now, for a message.
fn inventory() -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("procfs").flatten();
    entries.filter_map(|entry| std::fs::read_link(entry.path()).ok()).collect()
}

fn connect_all(system: &System, count: usize) -> (Vec<std::net::TcpStream>, Vec<TcpStream>) {
    let listener = TcpListener::bind_in(system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    (0..count)
        .map(|_| {
            let accept = listener.accept();
            let client = std::net::TcpStream::connect(address).expect("connected");
            (client, accept.wait().expect("accepted").0)
        })
        .unzip()
}

/// Bytes for each connection that waits for data without a buffer, its socket included.
fn cost_of_idling(system: &System) -> usize {
    let port = CompletionPort::<u32>::new_in(system, 0);
    // What is made once is not counted.
    drop(connect_all(system, 2));
    let listener = TcpListener::bind_in(system, "127.0.0.1:0").expect("a listener");
    let address = listener.local_address().unwrap();
    let (mut clients, mut servers) = (Vec::with_capacity(IDLE), Vec::with_capacity(IDLE));
    let before = IN_USE.load(Ordering::Relaxed);
    for key in 0..IDLE {
        let accept = listener.accept();
        clients.push(std::net::TcpStream::connect(address).expect("connected"));
        let server = port.associate(accept.wait().expect("accepted").0, key as u32).unwrap();
        server.readable(()).unwrap();
        servers.push(server);
    }
    let cost = (IN_USE.load(Ordering::Relaxed) - before) / IDLE;
    for client in &clients {
        std::io::Write::write_all(&mut &*client, b"!").unwrap();
    }
    let mut told = vec![false; IDLE];
    for _ in 0..IDLE {
        let done = port.get().expect("a packet");
        assert!(done.result == Ok(0) && done.buffer.is_none());
        assert!(!std::mem::replace(&mut told[done.key as usize], true), "once each");
    }
    cost
}

/// Connections that come and go, some with requests that never complete by themselves.
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

/// Everything on one engine. In a thread of its own: one that has worked for a port remembers its system as long as it lives.
fn on_engine(choice: EngineChoice) {
    let Ok(system) = SystemBuilder::new().engine(choice).build() else {
        eprintln!("{choice:?} is not to be had here");
        return;
    };
    let cost = cost_of_idling(&system);
    println!("{choice:?}: {cost} bytes for an idle connection");
    assert!(cost <= 1024, "{choice:?}: an idle connection costs {cost} bytes");
    storm(&system);
    let (settled, used) = (descriptors(), IN_USE.load(Ordering::Relaxed));
    storm(&system);
    assert!(within(Duration::from_secs(10), || descriptors() <= settled), "descriptors stay behind");
    assert!(within(Duration::from_secs(10), || system.outstanding() == 0 && system.open_handles() == 0));
    let grown = IN_USE.load(Ordering::Relaxed).saturating_sub(used);
    assert!(grown < STORM * 16, "{grown} bytes stay behind");
    assert!(!system.engine().wants_poll(), "nobody waits any more");
}

#[test]
fn idle_connections_are_cheap_and_nothing_stays_behind() {
    bounded_by(Duration::from_secs(120), "the test", || {
        let before = descriptors();
        for choice in [EngineChoice::Uring, EngineChoice::Epoll] {
            if let Err(panic) = std::thread::spawn(move || on_engine(choice)).join() {
                std::panic::resume_unwind(panic);
            }
            assert!(within(Duration::from_secs(10), || descriptors() == before), "now {:?}", inventory());
        }
    });
}
