//! Blocking that nobody announced lets another thread of the port run (contract 06 section 9, rules 5 to 7; design section 2).
//!
//! Each test runs twice: with records of context switches, where Linux allows them, and with `/proc` alone.

mod common;

use common::{LOST, bounded_by, compute_until, eventually, thread_id, within};
use overlapped::{
    CompletionPort, Event, Pause, Place, Reason, SentinelChoice, System, SystemBuilder, Timeout, Why, alertable,
    blocking,
};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

type Port = CompletionPort<(), Task>;
type Task = Box<dyn FnOnce() + Send>;

/// Long enough for many looks of the sentinel.
const MANY_LOOKS: Duration = Duration::from_millis(300);

fn each_way(test: impl Fn(&System, SentinelChoice) + Send + Sync + Clone + 'static) {
    for choice in [SentinelChoice::Auto, SentinelChoice::Proc] {
        let test = test.clone();
        bounded_by(3 * LOST, &format!("the test with {choice:?}"), move || {
            let system = SystemBuilder::new().sentinel(choice).build().expect("a system");
            test(&system, choice);
        });
    }
}

/// Threads that run what they take from the port.
struct Crew {
    port: Port,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    fn new(system: &System, concurrency: u32, threads: usize) -> Self {
        let port = Port::new_in(system, concurrency);
        let threads = (0..threads).map(|_| {
            let port = port.clone();
            std::thread::spawn(move || {
                while let Ok(packet) = port.get() {
                    (packet.context)();
                }
            })
        });
        let crew = Self { threads: threads.collect(), port };
        eventually("all threads wait", || crew.port.snapshot().waiting.len() == crew.threads.len());
        crew
    }

    fn post(&self, task: impl FnOnce() + Send + 'static) {
        self.port.post((), Box::new(task)).unwrap();
    }

    /// Has a thread run `task`; the thread's number, once it has begun.
    fn start(&self, task: impl FnOnce() + Send + 'static) -> u32 {
        let (tell, told) = channel();
        self.post(move || {
            tell.send(thread_id()).unwrap();
            task();
        });
        told.recv_timeout(LOST).expect("nobody took the packet")
    }

    /// Queues a packet, and tells who takes it.
    fn mark(&self) -> Receiver<u32> {
        let (tell, told) = channel();
        self.post(move || tell.send(thread_id()).unwrap());
        told
    }

    fn paused(&self, thread: u32) -> Option<Pause> {
        self.port.snapshot().paused.into_iter().find(|pause| pause.thread == thread)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.port.close();
        for thread in self.threads.drain(..) {
            if !std::thread::panicking() {
                thread.join().unwrap();
            }
        }
    }
}

/// It was found in one of these system calls.
#[track_caller]
fn expect_found(pause: Pause, calls: &[&str]) {
    match pause.why {
        // The process was stopped and goes on, and with it a call that has a time limit.
        Why::Found(Place::Call(_, Some("restart_syscall"))) => {}
        Why::Found(Place::Call(_, Some(name))) => assert!(calls.contains(&name), "{pause}"),
        // Where only `stat` can be read.
        Why::Found(Place::Somewhere) => {}
        why => panic!("found in {why}"),
    }
}

/// A thread blocks by `block` in one of these system calls, and another one gets the next packet meanwhile.
fn check(calls: &[&str], block: impl FnOnce() + Send + 'static, system: &System, resume: impl FnOnce()) {
    let crew = Crew::new(system, 1, 3);
    let blocked = crew.start(block);
    let other = crew.mark().recv_timeout(LOST).expect("rule 5: the blocked thread kept its place");
    assert_ne!(other, blocked);
    expect_found(crew.paused(blocked).expect("it is on the paused list"), calls);
    assert!(crew.port.snapshot().to_string().contains("unannounced"));
    resume();
    eventually("it comes back", || crew.port.snapshot().waiting.len() == 3);
    assert_eq!(crew.port.snapshot().active, 0, "everybody waits, nobody is counted");
}

#[test]
fn a_mutex_of_the_standard_library_is_found() {
    each_way(|system, _| {
        let mutex = Arc::new(Mutex::new(()));
        let (held, inner) = (mutex.lock().unwrap(), Arc::clone(&mutex));
        check(&["futex"], move || drop(inner.lock().unwrap()), system, move || drop(held));
    });
}

#[test]
fn a_read_of_a_pipe_is_found() {
    each_way(|system, _| {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        let block = move || reader.read_exact(&mut [0]).unwrap();
        check(&["read"], block, system, move || writer.write_all(b"x").unwrap());
    });
}

#[test]
fn a_channel_and_a_poll_are_found() {
    each_way(|system, _| {
        let (resume, inbox) = channel::<()>();
        check(&["futex"], move || inbox.recv().unwrap(), system, move || resume.send(()).unwrap());
        let (reader, writer) = std::io::pipe().unwrap();
        let block = move || {
            let mut fds = [rustix::event::PollFd::new(&reader, rustix::event::PollFlags::IN)];
            rustix::event::poll(&mut fds, None).unwrap();
        };
        check(&["poll", "ppoll"], block, system, move || drop(writer));
    });
}

#[test]
fn a_sleep_is_found_and_ends_by_itself() {
    each_way(|system, _| {
        // If the machine was busy, a sleep can be over before it is looked at; then a longer one is tried.
        let in_time = [500, 2_000, 10_000, 30_000].into_iter().any(|ms| {
            let crew = Crew::new(system, 1, 3);
            let woken = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&woken);
            let sleeper = crew.start(move || {
                std::thread::sleep(Duration::from_millis(ms));
                told.store(true, Ordering::Release);
            });
            let other = crew.mark().recv_timeout(LOST).expect("rule 5: the sleeping thread kept its place");
            let pause = crew.paused(sleeper);
            let in_time = !woken.load(Ordering::Acquire);
            if in_time {
                assert_ne!(other, sleeper);
                expect_found(pause.expect("it is on the paused list"), &["nanosleep", "clock_nanosleep"]);
            }
            eventually("it comes back by itself", || crew.port.snapshot().waiting.len() == 3);
            assert_eq!(crew.port.snapshot().active, 0, "everybody waits, nobody is counted");
            in_time
        });
        assert!(in_time, "no sleep was long enough to be looked at");
    });
}

#[test]
fn a_thread_that_was_found_counts_again_when_it_runs_and_nobody_new_is_woken() {
    // Rule 6: the count exceeds the concurrency value, and the port wakes nobody until it is below.
    each_way(|system, choice| {
        let crew = Crew::new(system, 1, 3);
        let (resume, inbox) = channel::<()>();
        let over = Arc::new(AtomicBool::new(false));
        let (first_over, second_over) = (Arc::clone(&over), Arc::clone(&over));
        let came_back = Event::manual_reset(false);
        let told = came_back.clone();
        let first = crew.start(move || {
            inbox.recv().unwrap();
            // Any call shows that it runs; with records, running alone does.
            told.set();
            if choice == SentinelChoice::Proc {
                assert!(told.wait(Timeout::Poll));
            }
            compute_until(&first_over);
        });
        let second = crew.start(move || compute_until(&second_over));
        assert_ne!(first, second);
        assert!(crew.paused(first).is_some());
        resume.send(()).unwrap();
        assert!(came_back.wait(Timeout::Infinite));
        eventually("both are released", || crew.port.snapshot().released.len() == 2);
        assert_eq!(crew.port.snapshot().active, 2);
        let third = crew.mark();
        assert!(third.recv_timeout(MANY_LOOKS).is_err(), "a thread was woken while two of one ran");
        over.store(true, Ordering::Release);
        third.recv_timeout(LOST).expect("one of the two takes it afterwards");
    });
}

#[test]
fn a_thread_that_computes_keeps_its_place_even_without_a_processor() {
    // More threads than processors: whoever computes is preempted all the time, and is not blocked.
    each_way(|system, _| {
        let over = Arc::new(AtomicBool::new(false));
        let noise: Vec<_> = (0..6)
            .map(|_| {
                let over = Arc::clone(&over);
                std::thread::spawn(move || {
                    while !over.load(Ordering::Acquire) {
                        std::hint::spin_loop()
                    }
                })
            })
            .collect();
        let crew = Crew::new(system, 1, 2);
        let computed = Arc::clone(&over);
        let busy = crew.start(move || {
            while !computed.load(Ordering::Acquire) {
                std::hint::spin_loop()
            }
        });
        let other = crew.mark();
        assert!(other.recv_timeout(MANY_LOOKS).is_err(), "a thread that computes was taken for a blocked one");
        assert_eq!(crew.port.snapshot().released, [busy]);
        over.store(true, Ordering::Release);
        other.recv_timeout(LOST).expect("the packet is served");
        noise.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn threads_that_were_handed_a_packet_and_have_not_run_yet_are_not_taken_for_blocked_ones() {
    // Handlers only compute, so that there is nothing to be found: never do more of them run than the value says.
    each_way(|system, _| {
        let crew = Crew::new(system, 2, 8);
        let (running, most, done) =
            (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let total = 600;
        for n in 0..total {
            let (running, most, done) = (Arc::clone(&running), Arc::clone(&most), Arc::clone(&done));
            crew.post(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                (0..20_000).for_each(|_| std::hint::spin_loop());
                running.fetch_sub(1, Ordering::SeqCst);
                done.fetch_add(1, Ordering::SeqCst);
            });
            if n % 7 == 0 {
                // Queues run empty now and then, so that threads go to sleep and are woken.
                std::thread::sleep(Duration::from_micros(500));
            }
        }
        assert!(within(LOST, || done.load(Ordering::SeqCst) == total), "{}", crew.port.snapshot());
        assert!(most.load(Ordering::SeqCst) <= 2, "{} handlers ran at once", most.load(Ordering::SeqCst));
    });
}

#[test]
fn what_is_announced_is_shown_with_its_reason() {
    each_way(|system, _| {
        let shows = |reason: Reason, block: Task, resume: &dyn Fn()| {
            let crew = Crew::new(system, 1, 2);
            let thread = crew.start(block);
            eventually("it is paused", || crew.paused(thread).is_some());
            assert_eq!(crew.paused(thread).unwrap().why, Why::Announced(reason));
            crew.mark().recv_timeout(LOST).expect("rule 5: another thread runs");
            resume();
            eventually("it comes back", || crew.port.snapshot().waiting.len() == 2);
            assert_eq!(crew.port.snapshot().active, 0);
        };
        let event = Event::manual_reset(false);
        let waited = event.clone();
        shows(Reason::Wait, Box::new(move || assert!(waited.wait(Timeout::Infinite))), &|| event.set());
        let (sleeper, (tell, told)) = (system.clone(), channel());
        let sleep = move || {
            tell.send(alertable::current()).unwrap();
            sleeper.sleep(Timeout::Infinite, true);
        };
        shows(Reason::Sleep, Box::new(sleep), &|| told.recv().unwrap().queue(|| ()).unwrap());
        let (resume, inbox) = channel::<()>();
        shows(Reason::Section, Box::new(move || blocking(|| inbox.recv().unwrap())), &|| resume.send(()).unwrap());
    });
}

#[test]
fn a_burst_of_tasks_that_block_in_silence_is_done_many_at_a_time() {
    // 100 tasks at concurrency 1, each of which sleeps until 20 of them do: one after the other they would never end.
    each_way(|system, _| {
        const TOGETHER: usize = 20;
        let crew = Crew::new(system, 1, 32);
        let (begun, more) = (Arc::new(Mutex::new(0_usize)), Arc::new(Condvar::new()));
        let done = Arc::new(AtomicU32::new(0));
        for _ in 0..100 {
            let (begun, more, done) = (Arc::clone(&begun), Arc::clone(&more), Arc::clone(&done));
            crew.post(move || {
                let mut count = begun.lock().unwrap();
                *count += 1;
                let enough = count.next_multiple_of(TOGETHER);
                more.notify_all();
                let (count, waited) = more.wait_timeout_while(count, LOST, |count| *count < enough).unwrap();
                drop(count);
                if !waited.timed_out() {
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        assert!(within(LOST, || done.load(Ordering::SeqCst) == 100), "{}", crew.port.snapshot());
    });
}

#[test]
fn without_a_sentinel_silent_blocking_keeps_its_place() {
    // What the sentinel is for; and the way to turn it off.
    let system = SystemBuilder::new().sentinel(SentinelChoice::Off).build().unwrap();
    let crew = Crew::new(&system, 1, 2);
    let (resume, inbox) = channel::<()>();
    let blocked = crew.start(move || inbox.recv().unwrap());
    let other = crew.mark();
    assert!(other.recv_timeout(MANY_LOOKS).is_err());
    assert_eq!(crew.port.snapshot().released, [blocked]);
    resume.send(()).unwrap();
    other.recv_timeout(LOST).expect("served afterwards");
}
