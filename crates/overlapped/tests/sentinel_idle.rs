//! The sentinel costs nothing while no port is crowded (design section 2). Alone in its program, because it counts the wake-ups
//! of a thread by name.

use overlapped::{CompletionPort, SystemBuilder};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How often the sentinel's thread has given up the processor, which is how often it was woken; none if there is no such thread.
fn wake_ups() -> Option<u64> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
    let sentinel = tasks
        .into_iter()
        .find(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "ovl-sentinel"))?;
    let status = fs::read_to_string(sentinel.join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    Some(line.trim().parse().unwrap())
}

#[test]
fn the_sentinel_sleeps_while_no_port_is_crowded() {
    let system = SystemBuilder::new().build().unwrap();
    let port = CompletionPort::<(), u64>::new_in(&system, 1);
    let done = Arc::new(AtomicU32::new(0));
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let (port, done) = (port.clone(), Arc::clone(&done));
            std::thread::spawn(move || {
                while let Ok(packet) = port.get() {
                    std::thread::sleep(Duration::from_millis(packet.context));
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    // Not crowded: one packet at a time. There is not even a thread.
    for n in 1..=5 {
        port.post((), 0).unwrap();
        wait(|| done.load(Ordering::SeqCst) == n);
    }
    assert_eq!(wake_ups(), None, "a thread for ports that never had a backlog");
    // Crowded: packets, threads that wait for them, and no room.
    (0..12).for_each(|_| port.post((), 20).unwrap());
    wait(|| done.load(Ordering::SeqCst) == 17);
    assert!(wake_ups().is_some_and(|count| count > 0), "the sentinel has worked");
    // It forgets the port some looks later.
    let mut last = wake_ups();
    wait(|| {
        std::thread::sleep(Duration::from_millis(500));
        let now = wake_ups();
        std::mem::replace(&mut last, now) == now
    });
    std::thread::sleep(Duration::from_secs(10));
    assert_eq!(wake_ups(), last, "wake-ups in 10 s without a backlog");
    port.close();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

fn wait(condition: impl FnMut() -> bool) {
    let (mut condition, start) = (condition, Instant::now());
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never happened");
        std::thread::sleep(Duration::from_millis(1));
    }
}
