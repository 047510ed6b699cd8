//! Real threads in all their ways at once, and an audit at each hand-over ([`super::audit`]).

use super::*;
use crate::port::{Reason, blocking_for};
use crate::system::System;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

/// What the threads of these tests do, by their numbers of Linux.
static SCRIPTS: LazyLock<Mutex<HashMap<u32, Arc<Script>>>> = LazyLock::new(Mutex::default);

/// Sees what the threads say of themselves.
struct Scripted;

impl Sight for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn attach(&self, thread: u32) -> Option<Arc<dyn View>> {
        SCRIPTS.lock().get(&thread).cloned().map(|script| script as _)
    }
}

/// A number that looks random.
fn dice(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// Works for the port in every way there is until it is closed; what it took.
fn live(system: &System, port: &Arc<Port>, other: &Arc<Port>, mut seed: u64, taken: &AtomicUsize) {
    let script = Script::new(!seed.is_multiple_of(3));
    let me = crate::thread::current().id();
    SCRIPTS.lock().insert(me, Arc::clone(&script));
    let idle = system.idle();
    let mut batch = Vec::new();
    loop {
        let roll = dice(&mut seed);
        let got = match roll % 8 {
            0 => port.remove(idle, Timeout::Poll, false).map(|_| 1),
            1 => port.remove(idle, Timeout::After(Duration::from_micros(roll % 300)), true).map(|_| 1),
            2 => port
                .remove_many(idle, &mut batch, 4, Timeout::After(Duration::from_millis(1)), false)
                .map(|()| std::mem::take(&mut batch).len()),
            _ => port.remove(idle, Timeout::After(Duration::from_millis(1)), false).map(|_| 1),
        };
        match got {
            Ok(count) => taken.fetch_add(count, Ordering::SeqCst),
            Err(NoPacket::Closed) => break,
            Err(_) => 0,
        };
        match roll / 8 % 10 {
            0 => blocking_for(Reason::Section, || std::thread::sleep(Duration::from_micros(50))),
            1 => {
                // Unannounced, and it says so to nobody but the script.
                script.doze();
                std::thread::sleep(Duration::from_micros(400));
                script.stir();
            }
            2 => {
                system.sleep(Timeout::After(Duration::from_micros(20)), false);
            }
            3 => {
                // Goes to another port and comes back.
                let _ = other.remove(idle, Timeout::Poll, false);
            }
            // To its own port, as a handler that queues more work does; taken by somebody some time.
            4 if port.insert(Packet::posted(0, 1, 0)) => {
                taken.fetch_sub(1, Ordering::SeqCst);
            }
            _ => {}
        }
    }
    SCRIPTS.lock().remove(&me);
}

/// Contract 06 section 9, rules 4 to 9: nothing is lost, nobody is woken beyond the limit, and the count is right at the end.
fn stress(concurrency: u32, threads: u64, packets: usize) {
    let system = crate::pool::tests::system();
    system.sentinel().give(Some(Arc::new(Scripted)));
    let (port, other) = (system.new_port(concurrency), system.new_port(1));
    let taken = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let start = |seed: u64| {
            let (system, port, other, taken) = (&system, &port, &other, &taken);
            scope.spawn(move || live(system, port, other, seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), taken))
        };
        let threads: Vec<_> = (1..=threads).map(start).collect();
        let close = CloseOnDrop(&port);
        for sent in 0..packets {
            assert!(port.insert(Packet::posted(0, sent, 0)));
            if sent % 64 == 0 {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        let end = Instant::now() + LONG;
        while taken.load(Ordering::SeqCst) as isize != packets as isize {
            assert!(Instant::now() < end, "packets are left: {}", port.snapshot());
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(close);
        // A scope alone ends before the threads' own destructors have run, which leave the port, and unseen by ThreadSanitizer.
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert_eq!(port.snapshot().active, 0, "threads are counted that are gone");
}

/// A test that fails lets its threads go home.
struct CloseOnDrop<'a>(&'a Arc<Port>);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[test]
fn no_thread_is_woken_beyond_concurrency_1_whatever_threads_do() {
    stress(1, 6, 4000);
}

#[test]
fn no_thread_is_woken_beyond_concurrency_2_whatever_threads_do() {
    stress(2, 10, 6000);
}

#[test]
fn no_thread_is_woken_beyond_concurrency_3_whatever_threads_do() {
    stress(3, 24, 6000);
}
