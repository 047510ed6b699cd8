//! What a picture of the port costs, and what it shows.

use super::*;
use crate::port::{Reason, Why};
use std::time::{Duration, Instant};

/// A port with 64 threads, half of them waiting, the others released or paused, and 64 packets.
fn busy_port() -> (Arc<Port>, Vec<Arc<Thread>>) {
    let port = Port::new(64, None);
    let threads: Vec<_> = (0..64).map(|_| Thread::new()).collect();
    for (index, thread) in threads.iter().enumerate() {
        if index < 32 {
            assert!(matches!(port.arrive(thread, true, false), Ok(Arrival::Waits(_))));
        } else {
            assert_eq!(port.arrive(thread, false, false).map(|_| ()), Err(NoPacket::TimedOut));
        }
    }
    threads[48..].iter().for_each(|thread| assert!(thread.member.pause_for(Reason::Sleep)));
    port.queue.lock().limit = 16;
    for key in 0..64 {
        assert!(port.insert_from(Packet::posted(0, key, 0), || false));
    }
    (port, threads)
}

#[test]
fn a_picture_is_complete_and_consistent() {
    let (port, threads) = busy_port();
    let picture = port.snapshot();
    assert_eq!((picture.waiting.len(), picture.released.len(), picture.paused.len()), (32, 16, 16));
    assert_eq!((picture.active, picture.concurrency, picture.queued), (16, 16, 64));
    assert!(picture.packets.iter().map(|packet| packet.key).eq(0..64));
    assert!(picture.paused.iter().all(|pause| pause.why == Why::Announced(Reason::Sleep)));
    let text = picture.to_string();
    for line in ["16 of 16 threads run", "queued packets: 64", "and 48 more", "paused: 16", "in Sleep", "released: 16"]
    {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
    port.close();
    threads.iter().for_each(Thread::end);
    assert!(port.snapshot().closed);
}

#[test]
fn packets_age() {
    let port = Port::new(1, None);
    port.insert_from(Packet::posted(0, 1, 0), || false);
    std::thread::sleep(Duration::from_millis(60));
    // One that does not find the queue empty has no mark; the next picture gives it one.
    port.insert_from(Packet::posted(0, 2, 0), || true);
    let first = port.snapshot().packets;
    assert!(first[0].age >= Duration::from_millis(40), "{first:?}");
    assert!(first[1].age < first[0].age, "{first:?}");
    std::thread::sleep(Duration::from_millis(60));
    let second = port.snapshot().packets;
    assert!(second[1].age >= Duration::from_millis(40) && second[1].age < second[0].age, "{second:?}");
    port.close();
}

/// The bar of the project is 10 us for 64 threads, in a release build. The quickest of many is what a busy machine leaves alone; a
/// debug build has ten times that. `--nocapture` shows the median.
#[test]
fn a_picture_costs_microseconds() {
    let (port, threads) = busy_port();
    let bar = if cfg!(debug_assertions) { Duration::from_micros(100) } else { Duration::from_micros(10) };
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let mut times: Vec<Duration> = (0..2000)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(port.snapshot());
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        let (median, p99) = (times[1000], times[1980]);
        println!("a picture of 64 threads and 64 packets: median {median:?}, p99 {p99:?}");
        if times[0] < bar {
            break;
        }
        assert!(Instant::now() < end, "at best {:?}", times[0]);
    }
    port.close();
    threads.iter().for_each(Thread::end);
}
