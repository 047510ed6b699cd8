//! The port: insertion, removal, blocking, time-outs and closing.

use super::{check, me};
use crate::clock::Timeout;
use crate::idle::Idle;
use crate::port::{NoPacket, Packet, Port, Reason};
use crate::sentinel::{Glance, Place, Sight, View};
use loom::thread;
use std::sync::Arc;
use std::time::Duration;

const SOON: Timeout = Timeout::After(Duration::from_secs(1));

fn packet(key: usize) -> Packet {
    Packet::posted(0, key, 0)
}

/// Does something with the port in another thread.
fn beside<T: Send + 'static>(
    port: &Arc<Port>,
    work: impl FnOnce(&Arc<Port>) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    let port = Arc::clone(port);
    thread::spawn(move || work(&port))
}

/// Another thread, which waits for one packet, tells its key, and ends.
fn another_receiver(port: &Arc<Port>) -> thread::JoinHandle<Result<usize, NoPacket>> {
    beside(port, |port| {
        let got = take(port, Timeout::Infinite);
        end();
        got
    })
}

/// The key of the packet that comes.
fn take(port: &Arc<Port>, timeout: Timeout) -> Result<usize, NoPacket> {
    port.remove(&Idle, timeout, false).map(|p| p.numbers().0)
}

/// Leaves its port as an ending thread does; the model's threads have no destructors.
fn end() {
    me().end();
}

#[test]
fn a_waiting_thread_gets_the_packet() {
    check(4, || {
        let port = Port::new(1, None);
        let poster = beside(&port, |port| port.insert(packet(1)));
        assert_eq!(take(&port, Timeout::Infinite), Ok(1));
        poster.join().unwrap();
        end();
        assert_eq!(port.snapshot().active, 0);
    });
}

#[test]
fn a_time_out_against_a_packet_loses_neither_the_packet_nor_the_count() {
    check(4, || {
        let port = Port::new(1, None);
        let poster = beside(&port, |port| port.insert(packet(1)));
        let got = port.remove(&Idle, SOON, false);
        poster.join().unwrap();
        let queued = port.snapshot().packets.len();
        match got {
            Ok(p) => assert_eq!((p.numbers().0, queued), (1, 0)),
            Err(why) => assert_eq!((why, queued), (NoPacket::TimedOut, 1)),
        }
        assert_eq!(port.snapshot().active, 1, "a thread whose wait is over runs");
        end();
        assert_eq!(port.snapshot().active, 0);
    });
}

#[test]
fn two_threads_and_two_packets_at_concurrency_1() {
    check(3, || {
        let port = Port::new(1, None);
        let other = another_receiver(&port);
        let poster = beside(&port, |port| {
            port.insert(packet(1));
            port.insert(packet(2));
        });
        let mine = take(&port, Timeout::Infinite);
        assert!(port.snapshot().active <= 1);
        // This thread ends, which lets the other one have the rest.
        end();
        let theirs = other.join().unwrap();
        poster.join().unwrap();
        let mut keys = [mine.unwrap(), theirs.unwrap()];
        keys.sort_unstable();
        assert_eq!(keys, [1, 2]);
        assert_eq!(port.snapshot().active, 0);
    });
}

#[test]
fn a_released_thread_that_blocks_lets_another_have_the_packet() {
    check(3, || {
        let port = Port::new(1, None);
        port.insert(packet(1));
        assert_eq!(take(&port, Timeout::Poll), Ok(1));
        let other = another_receiver(&port);
        port.insert(packet(2));
        {
            let thread = me();
            let _paused = thread.pause(Reason::Section);
            assert_eq!(other.join().unwrap(), Ok(2), "the limit of 1 holds while nobody blocks, and only then");
        }
        assert_eq!(port.snapshot().active, 1);
        end();
        assert_eq!(port.snapshot().active, 0);
    });
}

/// Takes every thread that it is shown for a sleeping one, whatever it does meanwhile: the worst that a look can be is late.
struct Sleepy;

impl Sight for Sleepy {
    fn name(&self) -> &'static str {
        "sleepy"
    }

    fn attach(&self, _thread: u32) -> Option<Arc<dyn View>> {
        Some(Arc::new(Self))
    }
}

impl View for Sleepy {
    fn glance(&self) -> Glance {
        Glance::Asleep(1)
    }

    fn look(&self) -> Option<Place> {
        Some(Place::Somewhere)
    }
}

/// A port of concurrency 1 with a released thread (this one), another that waits or is about to, a packet, and the sentinel on
/// its way. What the other thread takes, and the sentinel's end.
fn with_sentinel(port: &Arc<Port>) -> (thread::JoinHandle<Result<usize, NoPacket>>, thread::JoinHandle<()>) {
    port.insert(packet(1));
    assert_eq!(take(port, Timeout::Poll), Ok(1));
    let other = another_receiver(port);
    port.insert(packet(2));
    let sentinel = beside(port, |port| _ = port.patrol(&Sleepy));
    (other, sentinel)
}

/// Everybody has gone: nobody is counted any more.
fn assert_empty(port: &Arc<Port>) {
    let picture = port.snapshot();
    assert_eq!((picture.active, picture.released.len(), picture.paused.len()), (0, 0, 0));
}

#[test]
fn the_sentinel_against_a_thread_that_announces_a_pause() {
    check(2, || {
        let port = Port::new(1, None);
        let (other, sentinel) = with_sentinel(&port);
        {
            let thread = me();
            let _paused = thread.pause(Reason::Section);
            assert_eq!(other.join().unwrap(), Ok(2));
        }
        sentinel.join().unwrap();
        // Found again after the pause or not: a call of its own ends that.
        me();
        assert_eq!(port.snapshot().active, 1);
        end();
        assert_empty(&port);
    });
}

#[test]
fn the_sentinel_against_a_thread_that_comes_for_a_packet() {
    check(2, || {
        let port = Port::new(1, None);
        let (other, sentinel) = with_sentinel(&port);
        let mine = take(&port, Timeout::Poll).ok();
        if mine.is_some() {
            port.insert(packet(2));
        }
        end();
        assert_eq!(other.join().unwrap(), Ok(2), "the packet that this thread has not taken");
        sentinel.join().unwrap();
        assert_empty(&port);
    });
}

#[test]
fn the_sentinel_against_a_thread_that_ends() {
    check(3, || {
        let port = Port::new(1, None);
        let (other, sentinel) = with_sentinel(&port);
        end();
        assert_eq!(other.join().unwrap(), Ok(2));
        sentinel.join().unwrap();
        assert_empty(&port);
    });
}

#[test]
fn the_sentinel_alone_lets_the_other_thread_run_or_came_too_early() {
    check(3, || {
        let port = Port::new(1, None);
        let (other, sentinel) = with_sentinel(&port);
        sentinel.join().unwrap();
        // If the other thread came after the patrol, there was nothing to be done then; the next one sees it.
        while port.snapshot().queued > 0 {
            port.patrol(&Sleepy);
            thread::yield_now();
        }
        assert_eq!(other.join().unwrap(), Ok(2));
        end();
        assert_empty(&port);
    });
}

#[test]
fn closing_sends_the_waiting_thread_home() {
    check(4, || {
        let port = Port::new(1, None);
        let closer = beside(&port, |port| port.close());
        assert_eq!(take(&port, Timeout::Infinite), Err(NoPacket::Closed));
        closer.join().unwrap();
        assert!(!port.insert(packet(1)));
        end();
    });
}
