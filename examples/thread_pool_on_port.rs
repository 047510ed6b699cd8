//! How a completion port manages its threads: four threads, concurrency 2, three packets, and a handler that blocks.
//!
//!     cargo run -p overlapped --example thread_pool_on_port
//!
//! The program prints a picture of the port after each step. What to look at:
//!
//! - Threads wait on a stack: the newest one is woken first. `D` came last and gets the first packet. A pool that is
//!   larger than its work needs leaves the same threads asleep all the time.
//! - Two threads run, and the third packet stays queued although two threads wait: that is what the concurrency value means.
//! - `C` blocks. It no longer counts, so the port wakes `B` for the queued packet: the processor that `C` left is used.
//! - `C` goes on. Now three threads run, one more than the value: the port stops nobody.
//! - `D` comes back for the packet posted meanwhile and has to wait: two others run. When `B` comes back, one other thread
//!   runs, and `B` takes the packet itself, without any thread being woken.
//!
//! `blocking` tells the port about a section that the library cannot see into. What blocks inside the library (a
//! wait, a synchronous read) is announced by itself, and what blocks elsewhere in silence is found some tenths of a millisecond
//! later: so the threads here compute while they wait for their orders.

use overlapped::{CompletionPort, blocking};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What main tells a thread that has a packet.
enum Order {
    /// Block until told to go on.
    Block,
    /// Go on.
    Resume,
    /// Come back to the port.
    Return,
}

/// What a thread says to main.
type News = (char, String);

/// A thread that slept here would be found by the port's sentinel, and would not count as running.
fn compute_until_ordered(orders: &Receiver<Order>) -> Option<Order> {
    let limit = Instant::now() + Duration::from_secs(120);
    while Instant::now() < limit {
        match orders.try_recv() {
            Ok(order) => return Some(order),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => thread::yield_now(),
        }
    }
    None
}

fn worker(name: char, port: CompletionPort<u32>, orders: Receiver<Order>, news: Sender<News>) {
    while let Ok(packet) = port.get() {
        let _ = news.send((name, format!("has packet {}", packet.key)));
        while let Some(order) = compute_until_ordered(&orders) {
            match order {
                Order::Block => blocking(|| {
                    let _ = news.send((name, "blocks".into()));
                    let _ = orders.recv_timeout(Duration::from_secs(120));
                }),
                Order::Resume => unreachable!("only a blocked thread is resumed"),
                Order::Return => break,
            }
        }
    }
}

struct Stage {
    port: CompletionPort<u32>,
    news: Receiver<News>,
    orders: BTreeMap<char, Sender<Order>>,
    names: BTreeMap<u32, char>,
}

impl Stage {
    /// Starts four threads, each after the one before is waiting, so that the order on the stack is known.
    fn new() -> overlapped::Result<Self> {
        let port = CompletionPort::new(2)?;
        let (news_in, news) = channel();
        let mut stage = Self { port, news, orders: BTreeMap::new(), names: BTreeMap::new() };
        for (waiting, name) in ['A', 'B', 'C', 'D'].into_iter().enumerate() {
            let (orders_in, orders) = channel();
            let (port, news) = (stage.port.clone(), news_in.clone());
            thread::spawn(move || worker(name, port, orders, news));
            stage.orders.insert(name, orders_in);
            stage.until(|stage| stage.port.snapshot().waiting.len() == waiting + 1);
            stage.names.insert(stage.port.snapshot().waiting[0], name);
        }
        Ok(stage)
    }

    fn until(&self, condition: impl Fn(&Self) -> bool) {
        let limit = Instant::now() + Duration::from_secs(60);
        while !condition(self) {
            assert!(Instant::now() < limit, "it does not happen: {:?}", self.port.snapshot());
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn order(&self, name: char, order: Order) {
        assert!(self.orders[&name].send(order).is_ok(), "thread {name} is gone");
    }

    /// Waits for so many messages, in any order.
    fn hear(&self, expected: &[(char, &str)]) {
        let mut heard: Vec<News> =
            expected.iter().map_while(|_| self.news.recv_timeout(Duration::from_secs(60)).ok()).collect();
        heard.sort();
        let heard: Vec<_> = heard.iter().map(|(name, what)| (*name, what.as_str())).collect();
        assert_eq!(heard, expected);
    }

    fn names(&self, threads: &[u32]) -> String {
        threads.iter().map(|id| self.names[id]).collect()
    }

    /// Prints the structures, and checks them against what the rules say.
    fn show(&self, step: &str, queued: usize, waiting: &str, released: &str, paused: &str) {
        let sorted = |threads: &[u32]| {
            let mut names: Vec<char> = self.names(threads).chars().collect();
            names.sort_unstable();
            names.into_iter().collect::<String>()
        };
        let now = || {
            let picture = self.port.snapshot();
            (
                picture.packets.len(),
                self.names(&picture.waiting),
                sorted(&picture.released),
                sorted(&picture.paused.iter().map(|pause| pause.thread).collect::<Vec<_>>()),
            )
        };
        let expected = (queued, waiting.to_string(), released.to_string(), paused.to_string());
        self.until(|_| now() == expected);
        println!("{step:<44} queued {queued}   waiting {waiting:<5} released {released:<4} paused {paused}");
    }
}

fn main() -> overlapped::Result<()> {
    let stage = Stage::new()?;
    stage.show("four threads wait, newest first", 0, "DCBA", "", "");

    for packet in 1..=3 {
        stage.port.post(packet, ())?;
    }
    stage.hear(&[('C', "has packet 2"), ('D', "has packet 1")]);
    stage.show("three packets: two threads run", 1, "BA", "CD", "");

    stage.order('C', Order::Block);
    stage.hear(&[('B', "has packet 3"), ('C', "blocks")]);
    stage.show("C blocks: B runs in its place", 0, "A", "BD", "C");

    stage.order('C', Order::Resume);
    stage.show("C goes on: three run", 0, "A", "BCD", "");

    stage.port.post(4, ())?;
    stage.order('D', Order::Return);
    stage.show("packet 4; D comes back and must wait", 1, "DA", "BC", "");

    stage.order('B', Order::Return);
    stage.hear(&[('B', "has packet 4")]);
    stage.show("B comes back and takes it", 0, "DA", "BC", "");

    // Closing the port sends waiting threads home; those with a packet find it closed when they come back.
    stage.port.close();
    for name in ['B', 'C'] {
        stage.order(name, Order::Return);
    }
    Ok(())
}
