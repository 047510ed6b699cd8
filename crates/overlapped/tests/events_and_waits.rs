//! Event objects and waits (contract 04 sections 3 and 8), and the first two of the four techniques: the device object and
//! the event object (contract 00 section 0.5, 03 sections 5 and 6).

mod common;

use common::{
    LOST, Lab, MOMENT, Random, eventually, on_every_engine, on_real_engines, pattern, seed, thread_id, within,
};
use overlapped::{Error, Event, NotificationModes, Operation, OverlappedFile, Timeout, Wait, WaitResult};
use overlapped::{wait_all, wait_any};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const POLL: Timeout = Timeout::Poll;

fn is_signalled(object: &dyn Wait) -> bool {
    wait_any(&[object], POLL).unwrap() == WaitResult::Object(0)
}

#[track_caller]
fn code(result: Result<WaitResult, Error>) -> u32 {
    result.expect_err("a failure").code().0
}

/// Runs the test on a thread with a watchdog; for what needs no engine of its own.
fn bounded(test: impl FnOnce() + Send + 'static) {
    common::bounded("the test", test);
}

/// A fifo with a read on its way.
fn pending(lab: &Lab, name: &str) -> (OverlappedFile, Operation<Vec<u8>>) {
    let fifo = lab.fifo(name);
    let read = fifo.read_at(vec![0; 8], 0);
    assert!(read.is_pending());
    (fifo, read)
}

/// Completes a read of the fifo.
fn feed(fifo: &OverlappedFile) {
    assert_eq!(rustix::io::write(fifo.as_fd(), b"fed"), Ok(3));
}

#[test]
fn a_manual_event_stays_signalled_until_it_is_reset() {
    // Contract 04 section 3.
    bounded(|| {
        let event = Event::manual_reset(false);
        assert!(!event.wait(POLL));
        event.set();
        event.set();
        assert!(event.wait(POLL) && event.wait(POLL));
        event.reset();
        event.reset();
        assert!(!event.wait(POLL));
        assert!(Event::manual_reset(true).wait(POLL));
    });
}

#[test]
fn an_auto_event_is_consumed_by_one_wait() {
    // Contract 04 section 3: setting twice = once.
    bounded(|| {
        let event = Event::auto_reset(false);
        event.set();
        event.set();
        assert!(event.wait(POLL));
        assert!(!event.wait(POLL));
        assert!(!event.wait(Duration::from_millis(5)));
        let initially = Event::auto_reset(true);
        assert!(initially.wait(Timeout::Infinite));
        assert!(!initially.wait(POLL));
        event.set();
        event.reset();
        assert!(!event.wait(POLL));
    });
}

#[test]
fn clones_are_the_same_event() {
    bounded(|| {
        let event = Event::auto_reset(false);
        event.clone().set();
        assert!(event.wait(POLL));
        assert!(!event.clone().wait(POLL));
    });
}

#[test]
fn a_manual_event_releases_every_waiting_thread() {
    bounded(|| {
        let event = Event::manual_reset(false);
        std::thread::scope(|scope| {
            let waiters: Vec<_> = (0..6).map(|_| scope.spawn(|| event.wait(Timeout::Infinite))).collect();
            std::thread::sleep(MOMENT);
            event.set();
            waiters.into_iter().for_each(|waiter| assert!(waiter.join().unwrap()));
        });
    });
}

#[test]
fn an_auto_event_releases_exactly_one_waiting_thread() {
    bounded(|| {
        let (event, released) = (Event::auto_reset(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    assert!(event.wait(Timeout::Infinite));
                    released.fetch_add(1, Ordering::SeqCst);
                });
            }
            for count in 1..=6 {
                event.set();
                eventually("one more is released", || released.load(Ordering::SeqCst) == count);
                std::thread::sleep(Duration::from_millis(5));
                assert_eq!(released.load(Ordering::SeqCst), count, "and no other");
            }
        });
        assert!(!event.wait(POLL));
    });
}

#[test]
fn a_pulse_releases_who_waits_now() {
    // Contract 04 section 3: non-signalled afterwards, even if nobody waits.
    bounded(|| {
        for event in [Event::manual_reset(false), Event::auto_reset(false)] {
            event.pulse();
            assert!(!event.wait(POLL));
            let pulsed = event.clone();
            let waiter = std::thread::spawn(move || pulsed.wait(Timeout::Infinite));
            assert!(within(LOST, || {
                event.pulse();
                waiter.is_finished()
            }));
            assert!(waiter.join().unwrap());
            assert!(!event.wait(POLL));
        }
    });
}

#[test]
fn waits_end_when_their_time_is_over() {
    // Contract 04 section 8: WAIT_TIMEOUT; 0 only tests.
    bounded(|| {
        let event = Event::manual_reset(false);
        let start = Instant::now();
        assert!(!event.wait(Duration::from_millis(20)));
        assert_eq!(wait_any(&[&event, &event], Duration::from_millis(20)), Ok(WaitResult::TimedOut));
        assert_eq!(wait_all(&[&event], Duration::from_millis(20)), Ok(WaitResult::TimedOut));
        assert!(start.elapsed() >= Duration::from_millis(60), "{:?}", start.elapsed());
        // Who would wait here would wait for ever.
        assert_eq!(wait_all(&[&event], POLL), Ok(WaitResult::TimedOut));
    });
}

#[test]
fn the_lowest_signalled_index_wins_and_only_that_object_is_consumed() {
    // Contract 04 section 8.
    bounded(|| {
        let events: Vec<Event> = (0..4).map(|_| Event::auto_reset(false)).collect();
        let objects: Vec<&dyn Wait> = events.iter().map(|e| e as &dyn Wait).collect();
        events[3].set();
        events[1].set();
        events[2].set();
        for index in [1, 2, 3] {
            assert_eq!(wait_any(&objects, Timeout::Infinite), Ok(WaitResult::Object(index)));
        }
        assert_eq!(wait_any(&objects, POLL), Ok(WaitResult::TimedOut));
    });
}

#[test]
fn a_sleeping_wait_for_any_consumes_one_object() {
    bounded(|| {
        let events = [(); 3].map(|()| Event::auto_reset(false));
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| wait_any(&[&events[0], &events[1], &events[2]], Timeout::Infinite));
            std::thread::sleep(Duration::from_millis(5));
            events[2].set();
            assert_eq!(waiter.join().unwrap(), Ok(WaitResult::Object(2)));
        });
        assert!(!events.iter().any(|event| event.wait(POLL)));
    });
}

#[test]
fn a_wait_for_all_takes_nothing_until_it_can_take_everything() {
    // Contract 04 section 8: atomic.
    bounded(|| {
        let (first, second) = (Event::auto_reset(true), Event::auto_reset(false));
        assert_eq!(wait_all(&[&first, &second], Duration::from_millis(10)), Ok(WaitResult::TimedOut));
        assert!(is_signalled(&first), "the wait has not taken it");
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| wait_all(&[&first, &second], Timeout::Infinite));
            std::thread::sleep(Duration::from_millis(5));
            first.set();
            std::thread::sleep(Duration::from_millis(5));
            // While the wait sleeps, the first one is still everybody's.
            assert!(first.wait(POLL));
            second.set();
            std::thread::sleep(Duration::from_millis(5));
            assert!(!waiter.is_finished());
            first.set();
            assert_eq!(waiter.join().unwrap(), Ok(WaitResult::Object(0)));
        });
        assert!(!first.wait(POLL) && !second.wait(POLL), "then all are taken");
    });
}

#[test]
fn the_same_object_twice_is_refused_in_a_wait_for_all_only() {
    // Contract 04 section 8: 87; "wait-any allows duplicates".
    on_real_engines(|lab| {
        let event = Event::manual_reset(true);
        let clone = event.clone();
        assert_eq!(code(wait_all(&[&event, &clone], POLL)), 87);
        assert_eq!(wait_any(&[&event, &clone], POLL), Ok(WaitResult::Object(0)));
        let (fifo, read) = pending(lab, "fifo");
        assert_eq!(code(wait_all(&[&read, &event, &read], POLL)), 87);
        assert_eq!(code(wait_all(&[&fifo, &fifo], Timeout::Infinite)), 87);
        assert_eq!(wait_any(&[&read, &read], POLL), Ok(WaitResult::TimedOut));
        feed(&fifo);
        assert_eq!(wait_any(&[&read, &read], Timeout::Infinite), Ok(WaitResult::Object(0)));
    });
}

#[test]
fn no_object_or_more_than_64_are_refused() {
    // Contract 04 section 8: n = 0 or > 64: 87.
    bounded(|| {
        let events: Vec<Event> = (0..65).map(|_| Event::manual_reset(true)).collect();
        let objects: Vec<&dyn Wait> = events.iter().map(|e| e as &dyn Wait).collect();
        for count in [0, 65] {
            assert_eq!(code(wait_any(&objects[..count], POLL)), 87);
            assert_eq!(code(wait_all(&objects[..count], POLL)), 87);
        }
        assert_eq!(wait_any(&objects[..64], POLL), Ok(WaitResult::Object(0)));
        assert_eq!(wait_all(&objects[..64], POLL), Ok(WaitResult::Object(0)));
    });
}

#[test]
fn sixty_four_objects_can_be_waited_for() {
    bounded(|| {
        let events: Vec<Event> = (0..64).map(|_| Event::auto_reset(false)).collect();
        let objects: Vec<&dyn Wait> = events.iter().map(|e| e as &dyn Wait).collect();
        std::thread::scope(|scope| {
            let setter = scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(5));
                events[63].set();
            });
            assert_eq!(wait_any(&objects, Timeout::Infinite), Ok(WaitResult::Object(63)));
            setter.join().unwrap();
            let setter = scope.spawn(|| events.iter().for_each(Event::set));
            assert_eq!(wait_all(&objects, Timeout::Infinite), Ok(WaitResult::Object(0)));
            setter.join().unwrap();
        });
        assert_eq!(wait_any(&objects, POLL), Ok(WaitResult::TimedOut));
    });
}

#[test]
fn a_request_resets_its_event_and_sets_it_on_completion() {
    // Contract 00 section 0.4 and 03 section 5: the second technique.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let (file, event) = (lab.open("data"), Event::manual_reset(false));
        let read = file.read_at_with_event(vec![0; 4], 3, &event);
        assert!(event.wait(Timeout::Infinite));
        assert!(!read.is_pending(), "the outcome is there before the event is set");
        assert_eq!(read.wait(), (Ok(4), b"3456".to_vec()));
        // A failure notifies exactly like a success.
        let read = file.read_at_with_event(vec![0; 4], 10, &event);
        assert!(event.wait(Timeout::Infinite));
        assert_eq!(read.wait().0.unwrap_err().code().0, 38);
        let write = file.write_at_with_event(b"x".to_vec(), 0, &event);
        assert!(event.wait(Timeout::Infinite));
        assert_eq!(write.wait().0, Ok(1));

        let fifo = lab.fifo("fifo");
        assert!(is_signalled(&event));
        let read = fifo.read_at_with_event(vec![0; 8], 0, &event);
        assert!(!is_signalled(&event), "reset when the request starts");
        assert!(read.cancel());
        assert!(event.wait(Timeout::Infinite));
        assert!(read.wait().0.unwrap_err().is_cancelled());
    });
}

#[test]
fn a_refused_request_leaves_its_event_reset_or_as_it_was() {
    // Contract 00 section 0.4: "finishes at once, error: event stays reset"; 03 section 5: may leave it for bad arguments.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let (file, event) = (lab.open("data"), Event::manual_reset(false));
        let refused = file.read_at_with_event(vec![0; 4], 1 << 63, &event);
        assert!(!event.wait(Duration::from_millis(5)), "nobody is told of a refusal");
        assert_eq!(refused.wait().0.unwrap_err().code().0, 87);
    });
}

#[test]
fn events_tell_several_requests_on_one_device_apart() {
    // Contract 00 section 0.5, the second column; 64 of them at once.
    on_every_engine(|lab| {
        let bytes = pattern(64 * 1000, 8);
        lab.file("data", &bytes);
        let file = lab.open("data");
        let events: Vec<Event> = (0..64).map(|_| Event::auto_reset(false)).collect();
        let mut reads: Vec<_> = events
            .iter()
            .zip(0..)
            .map(|(event, n)| Some(file.read_at_with_event(Vec::with_capacity(1000), n * 1000, event)))
            .collect();
        let objects: Vec<&dyn Wait> = events.iter().map(|e| e as &dyn Wait).collect();
        for _ in 0..64 {
            let Ok(WaitResult::Object(index)) = wait_any(&objects, Timeout::Infinite) else { panic!("no object") };
            let read = reads[index].take().expect("an auto-reset event comes once");
            assert!(!read.is_pending());
            let (result, buffer) = read.wait();
            assert_eq!(result, Ok(1000));
            assert!(buffer == bytes[index * 1000..][..1000]);
        }
    });
}

#[test]
fn an_instance_is_signalled_unless_a_request_is_on_its_way() {
    // Contract 03 section 5: starts signalled; start clears it; completion sets it. The first technique.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        assert!(is_signalled(&fifo), "it starts signalled");
        let read = fifo.read_at(vec![0; 8], 0);
        assert!(!is_signalled(&fifo));
        assert_eq!(wait_any(&[&fifo], Duration::from_millis(5)), Ok(WaitResult::TimedOut));
        feed(&fifo);
        assert_eq!(wait_any(&[&fifo], Timeout::Infinite), Ok(WaitResult::Object(0)));
        assert!(!read.is_pending(), "the outcome is there before the signal");
        assert!(is_signalled(&fifo), "a wait does not change it");
        assert_eq!(read.wait().0, Ok(3));
    });
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for _ in 0..50 {
            let read = file.read_at(vec![0; 4], 0);
            assert_eq!(wait_any(&[&file], Timeout::Infinite), Ok(WaitResult::Object(0)));
            assert!(!read.is_pending());
        }
    });
}

#[test]
fn a_device_is_waited_for_by_itself() {
    on_every_engine(|lab| {
        let (fifo, read) = pending(lab, "fifo");
        assert!(!fifo.wait(Timeout::Poll) && !fifo.wait(MOMENT));
        feed(&fifo);
        assert!(fifo.wait(LOST) && !read.is_pending());
        assert!(fifo.wait(Timeout::Poll), "a wait takes nothing from a device");
    });
}

/// Does this thread of the process sleep, as Linux sees it?
fn is_asleep(thread: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).expect("procfs");
    // The name before it is in brackets, and may hold anything.
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'))
}

#[test]
fn the_end_of_a_wait_for_a_request_never_signals_the_next_one() {
    // Contract 03 section 5: one request at a time, each of them waited for; the instance says pending while the next one is.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        for round in 0..1000 {
            let read = fifo.read_at(vec![0; 3], 0);
            let own = fifo.as_fd().try_clone_to_owned().unwrap();
            let waiter = thread_id();
            let feeder = std::thread::spawn(move || {
                // When the wait has begun: who merely looks at the outcome may be ahead of the signal, as in C.
                eventually("the wait begins", || is_asleep(waiter));
                assert_eq!(rustix::io::write(&own, b"fed"), Ok(3));
            });
            assert_eq!(wait_any(&[&read], Timeout::Infinite), Ok(WaitResult::Object(0)));
            let next = fifo.read_at(vec![0; 3], 0);
            for _ in 0..20 {
                assert!(!is_signalled(&fifo), "round {round}: signalled by the request before");
            }
            feeder.join().unwrap();
            drop(read);
            assert!(next.cancel());
            assert_eq!(next.wait().0.unwrap_err().code().0, 995);
        }
    });
}

#[test]
fn both_event_and_instance_are_signalled() {
    // Decision D1.
    on_real_engines(|lab| {
        let (fifo, event) = (lab.fifo("fifo"), Event::manual_reset(false));
        let read = fifo.read_at_with_event(vec![0; 8], 0, &event);
        assert!(!is_signalled(&fifo) && !is_signalled(&event));
        feed(&fifo);
        assert_eq!(wait_all(&[&fifo, &event], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(read.wait().0, Ok(3));
    });
}

#[test]
fn instances_do_not_share_their_signal() {
    on_real_engines(|lab| {
        let (fifo, read) = pending(lab, "fifo");
        let second = lab.open("fifo");
        assert!(is_signalled(&second) && !is_signalled(&fifo));
        drop(read);
    });
}

#[test]
fn a_completion_need_not_signal_the_instance() {
    // Contract 03 section 6, FILE_SKIP_SET_EVENT_ON_HANDLE: setting it clears the state at once; hEvent is set as ever.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let (file, event) = (lab.open("data"), Event::manual_reset(false));
        assert!(is_signalled(&file));
        file.set_notification_modes(NotificationModes::SKIP_SET_EVENT_ON_HANDLE).unwrap();
        assert!(!is_signalled(&file));
        file.set_notification_modes(NotificationModes::empty()).unwrap();
        let read = file.read_at_with_event(vec![0; 4], 0, &event);
        assert!(event.wait(Timeout::Infinite));
        assert!(!is_signalled(&file), "flags can never be removed");
        assert_eq!(read.wait().0, Ok(4));
    });
}

#[test]
fn notification_modes_belong_to_the_instance() {
    // Contract 03 section 6: flag 1 on a synchronous instance is 87.
    on_real_engines(|lab| {
        let path = lab.file("data", "0123456789");
        let file = lab.options().read(true).open(&path).unwrap();
        let refused = file.set_notification_modes(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS);
        assert_eq!(refused.unwrap_err().code().0, 87);
        file.set_notification_modes(NotificationModes::SKIP_SET_EVENT_ON_HANDLE).unwrap();
        assert!(!is_signalled(&file));
        assert!(!is_signalled(&file.try_clone().unwrap()), "the clone is the same instance");
        assert!(is_signalled(&lab.options().read(true).open(&path).unwrap()));
    });
}

#[test]
fn a_synchronous_instance_is_signalled_after_each_call() {
    // Contract 03 section 5: "Synchronous instance follow the same rule".
    on_every_engine(|lab| {
        let path = lab.file("data", "0123456789");
        let file = lab.options().read(true).open(&path).unwrap();
        assert!(is_signalled(&file));
        assert_eq!(file.read_bytes(&mut [0; 4]), Ok(4));
        assert!(is_signalled(&file));
    });
}

#[test]
fn operations_events_and_files_mix_in_one_wait() {
    on_real_engines(|lab| {
        let ((fifo, read), (other, second)) = (pending(lab, "fifo"), pending(lab, "other"));
        let event = Event::auto_reset(false);
        assert_eq!(wait_any(&[&event, &read, &other, &second], POLL), Ok(WaitResult::TimedOut));
        feed(&other);
        assert_eq!(wait_any(&[&event, &read, &second], Timeout::Infinite), Ok(WaitResult::Object(2)));
        assert_eq!(wait_all(&[&event, &read, &second], Duration::from_millis(5)), Ok(WaitResult::TimedOut));
        event.set();
        feed(&fifo);
        assert_eq!(wait_all(&[&event, &read, &second], Timeout::Infinite), Ok(WaitResult::Object(0)));
        assert!(!event.wait(POLL), "the wait for all has taken it");
        // The outcome of a request is there a moment before its instance's signal.
        assert_eq!(wait_all(&[&fifo, &other], LOST), Ok(WaitResult::Object(0)));
    });
}

#[test]
fn a_refused_operation_ends_the_wait_as_any_other_that_has_failed() {
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let (file, event) = (lab.open("data"), Event::manual_reset(true));
        let refused = file.read_at(vec![0; 4], 1 << 63);
        assert_eq!(wait_any(&[&event, &refused], POLL), Ok(WaitResult::Object(0)));
        event.reset();
        assert_eq!(wait_any(&[&event, &refused], POLL), Ok(WaitResult::Object(1)));
        assert_eq!(refused.wait().0.unwrap_err().code().0, 87);
    });
}

#[test]
fn every_signal_of_an_auto_event_releases_one_of_many_threads() {
    // No lost and no doubled wake-up, under contention of waits for any and single waits.
    bounded(|| {
        const ROUNDS: usize = 3000;
        let ping = [(); 3].map(|()| Event::auto_reset(false));
        let (pong, stop) = (Event::auto_reset(false), Event::manual_reset(false));
        let taken = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let objects: [&dyn Wait; 4] = [&stop, &ping[0], &ping[1], &ping[2]];
                        match wait_any(&objects, Timeout::Infinite).unwrap() {
                            WaitResult::Object(0) => return,
                            WaitResult::Object(_) => {
                                taken.fetch_add(1, Ordering::SeqCst);
                                pong.set();
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                });
            }
            let mut random = Random::new(seed());
            for round in 1..=ROUNDS {
                ping[random.below(3)].set();
                assert!(pong.wait(LOST), "round {round} was lost");
                assert_eq!(taken.load(Ordering::SeqCst), round);
            }
            stop.set();
        });
    });
}

#[test]
fn waits_for_all_of_shared_events_neither_deadlock_nor_lose() {
    // The dining philosophers: each takes two neighbouring auto-reset events together or none.
    bounded(|| {
        const SEATS: usize = 5;
        const MEALS: usize = 400;
        let forks = [(); SEATS].map(|()| Event::auto_reset(true));
        let held = [(); SEATS].map(|()| AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for seat in 0..SEATS {
                let (forks, held) = (&forks, &held);
                scope.spawn(move || {
                    let (left, right) = (seat, (seat + 1) % SEATS);
                    for _ in 0..MEALS {
                        let both: [&dyn Wait; 2] =
                            if seat % 2 == 0 { [&forks[left], &forks[right]] } else { [&forks[right], &forks[left]] };
                        let result = wait_all(&both, LOST);
                        assert_eq!(result, Ok(WaitResult::Object(0)), "seat {seat} starves");
                        for fork in [left, right] {
                            assert_eq!(held[fork].fetch_add(1, Ordering::SeqCst), 0, "a fork has one owner");
                        }
                        for fork in [left, right] {
                            held[fork].store(0, Ordering::SeqCst);
                            forks[fork].set();
                        }
                    }
                });
            }
        });
        assert!(forks.iter().all(|fork| fork.wait(POLL)));
    });
}

#[test]
fn timed_waits_that_race_with_signals_lose_none() {
    bounded(|| {
        let event = Event::auto_reset(false);
        let (sent, got) = (2000, AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let receiver = scope.spawn(|| {
                while got.load(Ordering::SeqCst) < sent {
                    if event.wait(Duration::from_micros(30)) {
                        got.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
            for round in 1..=sent {
                event.set();
                assert!(within(LOST, || got.load(Ordering::SeqCst) == round), "{round} was lost");
            }
            receiver.join().unwrap();
        });
    });
}
