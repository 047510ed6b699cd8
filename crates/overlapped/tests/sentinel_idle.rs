//! The sentinel costs nothing while no port is crowded (design section 2). Alone in its program, because it counts the wake-ups
//! of a thread by name.

use overlapped::{CompletionPort, SystemBuilder};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The name of a thread that only sleeps.
const SLEEPER: &str = "only-sleeps";

/// How often the thread of this name has given up the processor; none if there is no such thread.
fn switches(name: &str) -> Option<i64> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
    let thread =
        tasks.into_iter().find(|task| fs::read_to_string(task.join("comm")).is_ok_and(|found| found.trim() == name))?;
    let status = fs::read_to_string(thread.join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    Some(line.trim().parse().unwrap())
}

/// How often the sentinel's thread has gone to sleep, which is how often it was woken; none if there is no such thread.
fn wake_ups() -> Option<i64> {
    switches("ovl-sentinel")
}

/// The wake-ups of the sentinel, and of a thread that sleeps all the time: Linux counts each stop of the process too.
struct Look {
    sentinel: i64,
    stops: i64,
}

impl Look {
    fn begin() -> Self {
        let stops = switches(SLEEPER).unwrap();
        Self { stops, sentinel: wake_ups().unwrap() }
    }

    /// How often the sentinel was woken since, apart from stops, which may be counted on both sides of them.
    fn end(self) -> i64 {
        let woken = wake_ups().unwrap() - self.sentinel;
        let stops = switches(SLEEPER).unwrap() - self.stops;
        (woken - 2 * stops).max(0)
    }
}

#[test]
fn the_sentinel_sleeps_while_no_port_is_crowded() {
    std::thread::Builder::new()
        .name(SLEEPER.into())
        .spawn(|| {
            loop {
                std::thread::park()
            }
        })
        .unwrap();
    wait(|| switches(SLEEPER).is_some_and(|count| count > 0));
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
    // Not crowded: one packet at a time, while all threads wait. There is not even a thread.
    for n in 1..=5 {
        wait(|| port.snapshot().waiting.len() == 3);
        port.post((), 0).unwrap();
        wait(|| done.load(Ordering::SeqCst) == n);
    }
    assert_eq!(wake_ups(), None, "a thread for ports that never had a backlog");
    // Crowded: packets, threads that wait for them, and no room.
    (0..12).for_each(|_| port.post((), 20).unwrap());
    wait(|| done.load(Ordering::SeqCst) == 17);
    assert!(wake_ups().is_some_and(|count| count > 0), "the sentinel has worked");
    // It forgets the port some looks later.
    wait(|| {
        let look = Look::begin();
        std::thread::sleep(Duration::from_millis(500));
        look.end() == 0
    });
    let look = Look::begin();
    std::thread::sleep(Duration::from_secs(10));
    assert_eq!(look.end(), 0, "wake-ups in 10 s without a backlog");
    port.close();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

fn wait(condition: impl FnMut() -> bool) {
    let (mut condition, start) = (condition, Instant::now());
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(90), "it never happened");
        std::thread::sleep(Duration::from_millis(1));
    }
}
