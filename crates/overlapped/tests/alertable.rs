//! Alertable I/O on the Rust face: routines and functions that run in the alertable waits of their thread, and nowhere else
//! (contract 05).

mod common;

use common::{LOST, Lab, MOMENT, bounded, eventually, never, on_every_engine, on_sim, pattern};
use overlapped::alertable::{self, ThreadRef};
use overlapped::{
    CompletionPort, Event, MutexObject, OverlappedFile, Result, Semaphore, Timeout, WaitResult, wait_any,
};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::time::Duration;

type Told = (usize, Result<usize>, Vec<u8>);

/// A routine that tells its number, its outcome and its buffer.
fn tell(to: &Sender<Told>, number: usize) -> impl FnOnce(Result<usize>, Vec<u8>) + Send + 'static {
    let (to, issuer) = (to.clone(), std::thread::current().id());
    move |result, buffer| {
        assert_eq!(std::thread::current().id(), issuer, "a routine runs on the issuing thread");
        let _ = to.send((number, result, buffer));
    }
}

/// Alertable sleeps until `count` routines have run.
fn run(lab: &Lab, told: &Receiver<Told>, count: usize) -> Vec<Told> {
    let mut all = Vec::new();
    while all.len() < count {
        assert!(alertable::sleep_in(&lab.system, LOST), "{} of {count} routines ran", all.len());
        all.extend(told.try_iter());
    }
    all
}

/// A function for the calling thread that says so.
fn mark(log: &Arc<std::sync::Mutex<Vec<u32>>>, number: u32) -> impl FnOnce() + Send + 'static {
    let log = Arc::clone(log);
    move || log.lock().unwrap().push(number)
}

#[test]
fn a_routine_runs_once_and_not_before_an_alertable_wait() {
    on_every_engine(|lab| {
        lab.file("data", b"abcdefghij");
        let (file, (to, told)) = (lab.open("data"), channel());
        file.read_at_then(vec![0; 4], 2, tell(&to, 1)).unwrap();
        eventually("the request is complete", || file.outstanding() == 0 || wait_any(&[&file], MOMENT).is_err());
        // None of these is alertable.
        assert_eq!(wait_any(&[&Event::manual_reset(false)], MOMENT), Ok(WaitResult::TimedOut));
        let port = CompletionPort::<u32>::new_in(&lab.system, 1);
        assert!(port.get_timeout(Duration::from_millis(1)).unwrap().is_none());
        assert!(told.try_recv().is_err());
        assert_eq!(run(lab, &told, 1), [(1, Ok(4), b"cdef".to_vec())]);
        assert!(!alertable::sleep_in(&lab.system, Timeout::Poll));
        assert!(told.try_recv().is_err(), "once");
    });
}

#[test]
fn several_completions_are_handed_out_in_one_wait() {
    on_every_engine(|lab| {
        let bytes = pattern(4096, 5);
        lab.file("data", &bytes);
        let (file, (to, told)) = (lab.open("data"), channel());
        // A routine is queued a moment after its request is complete: now and then a wait is too early for the last of them.
        eventually("one wait finds all three", || {
            for number in 0..3 {
                file.read_at_then(vec![0; 512], number as u64 * 512, tell(&to, number)).unwrap();
            }
            eventually("the requests are complete", || {
                let _ = wait_any(&[&file], MOMENT);
                file.outstanding() == 0
            });
            assert!(alertable::sleep_in(&lab.system, LOST));
            let mut all: Vec<Told> = told.try_iter().collect();
            let in_one_wait = all.len();
            all.extend(run(lab, &told, 3 - in_one_wait));
            all.sort_by_key(|(number, ..)| *number);
            for (number, (told, result, buffer)) in all.iter().enumerate() {
                assert_eq!((*told, result), (number, &Ok(512)));
                assert!(buffer[..] == bytes[number * 512..][..512]);
            }
            in_one_wait == 3
        });
    });
}

#[test]
fn a_written_file_reports_to_its_routine() {
    on_every_engine(|lab| {
        lab.file("data", b"..........");
        let (file, (to, told)) = (lab.open("data"), channel());
        file.write_at_then(b"word".to_vec(), 3, tell(&to, 1)).unwrap();
        assert_eq!(run(lab, &told, 1), [(1, Ok(4), b"word".to_vec())]);
        assert_eq!(std::fs::read(lab.path("data")).unwrap(), b"...word...");
    });
}

#[test]
fn the_next_request_is_issued_in_the_routine() {
    // Reads a file to its end, each read issued by the routine of the one before.
    fn next(file: &Arc<OverlappedFile>, at: u64, sum: &Arc<AtomicUsize>, end: &Sender<u32>) {
        let (again, total, tell) = (Arc::clone(file), Arc::clone(sum), end.clone());
        let then = move |result: Result<usize>, buffer: Vec<u8>| match result {
            Ok(count) => {
                total.fetch_add(buffer.iter().map(|b| usize::from(*b)).sum::<usize>(), Ordering::SeqCst);
                next(&again, at + count as u64, &total, &tell);
            }
            Err(error) => tell.send(error.code().0).unwrap(),
        };
        if let Err(refused) = file.read_at_then(Vec::with_capacity(1000), at, then) {
            end.send(refused.error.code().0).unwrap();
        }
    }
    on_every_engine(|lab| {
        let bytes = pattern(20_500, 9);
        lab.file("data", &bytes);
        let (file, sum, (end, ended)) = (Arc::new(lab.open("data")), Arc::default(), channel());
        next(&file, 0, &sum, &end);
        let code = loop {
            match ended.try_recv() {
                Ok(code) => break code,
                Err(_) => assert!(alertable::sleep_in(&lab.system, LOST)),
            }
        };
        assert_eq!(code, 38, "the end of the file");
        assert_eq!(sum.load(Ordering::SeqCst), bytes.iter().map(|b| usize::from(*b)).sum::<usize>());
    });
}

#[test]
fn what_is_refused_never_calls_its_routine() {
    on_every_engine(|lab| {
        lab.file("data", b"abc");
        let (to, told) = channel();
        // A file that reports to a port, a right that is missing, an offset that cannot be.
        let port = CompletionPort::<u32>::new_in(&lab.system, 1);
        let associated = port.associate(lab.open("data"), 1).unwrap();
        let read_only = lab.options().read(true).open_overlapped(lab.path("data")).unwrap();
        let refused = [
            associated.read_at_then(vec![0; 1], 0, tell(&to, 1)).unwrap_err().error.code().0,
            read_only.write_at_then(vec![0; 1], 0, tell(&to, 2)).unwrap_err().error.code().0,
            read_only.read_at_then(vec![0; 1], 1 << 63, tell(&to, 3)).unwrap_err().error.code().0,
        ];
        assert_eq!(refused, [87, 5, 87]);
        let back = associated.read_at_then(b"mine".to_vec(), 0, tell(&to, 4)).unwrap_err();
        assert_eq!(back.buffer, b"mine", "buffer and routine come back");
        assert!(!alertable::sleep_in(&lab.system, Timeout::Poll));
        assert!(told.try_recv().is_err());
    });
}

#[test]
fn the_end_of_the_file_comes_at_once_or_to_the_routine() {
    on_every_engine(|lab| {
        lab.file("data", b"abc");
        let (file, (to, told)) = (lab.open("data"), channel());
        match file.read_at_then(vec![0; 4], 3, tell(&to, 1)) {
            Err(refused) => assert_eq!(refused.error.code().0, 38),
            Ok(()) => {
                let (_, result, _) = run(lab, &told, 1).remove(0);
                assert_eq!(result.unwrap_err().code().0, 38);
            }
        }
    });
}

#[test]
fn cancelled_requests_still_call_their_routines() {
    on_every_engine(|lab| {
        let (fifo, (to, told)) = (lab.fifo("fifo"), channel());
        for number in 0..3 {
            fifo.read_at_then(vec![0; 8], 0, tell(&to, number)).unwrap();
        }
        assert!(fifo.cancel_own());
        let all = run(lab, &told, 3);
        assert!(all.iter().all(|(_, result, _)| result.as_ref().unwrap_err().code().0 == 995), "{all:?}");
        assert!(!fifo.cancel_own(), "there is nothing left");
    });
}

#[test]
fn closing_the_file_ends_requests_with_routines() {
    on_every_engine(|lab| {
        let (fifo, (to, told)) = (lab.fifo("fifo"), channel());
        fifo.read_at_then(vec![0; 8], 0, tell(&to, 1)).unwrap();
        let second = fifo.handle().duplicate().unwrap();
        drop(fifo);
        assert!(!alertable::sleep_in(&lab.system, MOMENT), "one of two handles means nothing");
        drop(second);
        assert_eq!(run(lab, &told, 1).remove(0).1.unwrap_err().code().0, 995);
    });
}

#[test]
fn the_end_of_the_thread_throws_its_routines_away() {
    on_every_engine(|lab| {
        lab.file("data", b"abc");
        let (file, fifo, (to, told)) = (lab.open("data"), lab.fifo("fifo"), channel::<Told>());
        std::thread::scope(|scope| {
            let issue = || {
                file.read_at_then(vec![0; 3], 0, tell(&to, 1)).unwrap();
                fifo.read_at_then(vec![0; 3], 0, tell(&to, 2)).unwrap();
            };
            scope.spawn(issue).join().unwrap();
        });
        eventually("its requests are gone", || lab.system.outstanding() == 0);
        drop(to);
        eventually("its routines are gone", || told.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected));
    });
}

#[test]
fn a_completion_with_a_routine_signals_the_device() {
    on_every_engine(|lab| {
        lab.file("data", b"abc");
        let (file, (to, told)) = (lab.open("data"), channel());
        file.read_at_then(vec![0; 3], 0, tell(&to, 1)).unwrap();
        assert_eq!(wait_any(&[&file], LOST), Ok(WaitResult::Object(0)));
        assert!(told.try_recv().is_err());
        run(lab, &told, 1);
    });
}

#[test]
fn data_of_one_pipe_fills_routines_in_their_order() {
    on_every_engine(|lab| {
        let (fifo, (to, told)) = (lab.fifo("fifo"), channel());
        for number in 0..8 {
            fifo.read_at_then(vec![0; 1], 0, tell(&to, number)).unwrap();
        }
        rustix::io::write(fifo.as_fd(), b"01234567").unwrap();
        let mut all = run(lab, &told, 8);
        all.sort_by_key(|(number, ..)| *number);
        let filled: Vec<u8> = all.into_iter().map(|(.., buffer)| buffer[0]).collect();
        assert_eq!(filled, b"01234567");
    });
}

#[test]
fn functions_run_in_their_order_and_all_in_one_wait() {
    bounded("the wait", || {
        let (log, me) = (Arc::default(), alertable::current());
        for number in [1, 2, 3] {
            me.queue(mark(&log, number)).unwrap();
        }
        // One that queues another: that runs in the same wait, last.
        let (inner, again) = (alertable::current(), Arc::clone(&log));
        me.queue(move || inner.queue(mark(&again, 5)).unwrap()).unwrap();
        me.queue(mark(&log, 4)).unwrap();
        assert!(log.lock().unwrap().is_empty());
        assert!(alertable::sleep(Timeout::Infinite));
        assert_eq!(*log.lock().unwrap(), [1, 2, 3, 4, 5]);
        assert!(!alertable::sleep(Timeout::Poll));
    });
}

#[test]
fn an_alertable_wait_in_a_function_runs_the_rest_inside() {
    bounded("the wait", || {
        let (log, me) = (Arc::default(), alertable::current());
        let (marks, within) = (Arc::clone(&log), Arc::clone(&log));
        me.queue(move || {
            mark(&marks, 1)();
            assert!(alertable::sleep(Timeout::Poll), "the others are queued");
            mark(&within, 4)();
        })
        .unwrap();
        me.queue(mark(&log, 2)).unwrap();
        me.queue(mark(&log, 3)).unwrap();
        assert!(alertable::sleep(Timeout::Infinite));
        assert_eq!(*log.lock().unwrap(), [1, 2, 3, 4]);
    });
}

#[test]
fn each_alertable_wait_runs_what_is_queued_and_consumes_nothing() {
    on_every_engine(|lab| {
        let (unset, auto) = (Event::manual_reset(false), Event::auto_reset(false));
        let count = Arc::new(AtomicUsize::new(0));
        let queue = || {
            let count = Arc::clone(&count);
            let run = move || {
                count.fetch_add(1, Ordering::SeqCst);
            };
            alertable::current().queue(run).unwrap();
        };
        queue();
        assert!(alertable::sleep(Timeout::Infinite));
        queue();
        assert!(alertable::sleep_in(&lab.system, Timeout::Infinite));
        queue();
        assert_eq!(alertable::wait_any(&[&unset, &auto], Timeout::Infinite), Ok(None));
        queue();
        assert_eq!(alertable::wait_all(&[&unset, &auto], Timeout::Infinite), Ok(None));
        queue();
        assert_eq!(alertable::signal_and_wait(&auto, &unset, Timeout::Infinite), Ok(None));
        assert!(auto.wait(Timeout::Poll), "it was signalled before the function ran, and is not consumed");
        queue();
        assert_eq!(alertable::wait_any(&[&unset], Timeout::Poll), Ok(None), "also without waiting");
        let (port, mut packets) = (CompletionPort::<u32>::new_in(&lab.system, 1), Vec::new());
        queue();
        assert_eq!(port.get_many_alertable(&mut packets, 4, Timeout::Infinite), Ok(None));
        queue();
        assert_eq!(port.get_many_alertable(&mut packets, 4, Timeout::Poll), Ok(None));
        assert_eq!(count.load(Ordering::SeqCst), 8);
        assert_eq!(port.get_many_alertable(&mut packets, 4, Timeout::Poll), Ok(Some(0)), "nothing is left");
        assert!(packets.is_empty());
    });
}

#[test]
fn a_packet_comes_first_and_the_function_stays_queued() {
    on_every_engine(|lab| {
        let (port, log, mut packets) = (CompletionPort::<u32>::new_in(&lab.system, 1), Arc::default(), Vec::new());
        alertable::current().queue(mark(&log, 1)).unwrap();
        port.post(7, ()).unwrap();
        port.post(8, ()).unwrap();
        // Waits for packets that are not alertable leave it alone.
        assert_eq!(port.get().unwrap().key, 7);
        assert_eq!(port.get_many_alertable(&mut packets, 4, Timeout::Infinite), Ok(Some(1)));
        assert_eq!((packets.len(), packets[0].key), (1, 8));
        assert_eq!(port.get_many(&mut packets, 4, Timeout::Poll), Ok(0));
        assert!(log.lock().unwrap().is_empty());
        assert_eq!(port.get_many_alertable(&mut packets, 4, Timeout::Infinite), Ok(None));
        assert_eq!(*log.lock().unwrap(), [1]);
        assert_eq!(port.get_many_alertable(&mut packets, 0, Timeout::Poll).unwrap_err().code().0, 87);
    });
}

#[test]
fn a_function_wakes_a_thread_that_waits_alertably_for_packets() {
    bounded("the waits", || {
        let port = CompletionPort::<u32>::new(1).unwrap();
        for _ in 0..50 {
            let taker = port.clone();
            let (thread, waits) = waiting(move || taker.get_many_alertable(&mut Vec::new(), 4, Timeout::Infinite));
            thread.queue(|| ()).unwrap();
            assert_eq!(waits.join().unwrap(), Ok(None));
        }
        let closed = port.clone();
        let (_, waits) = waiting(move || closed.get_many_alertable(&mut Vec::new(), 4, Timeout::Infinite));
        port.close();
        assert_eq!(waits.join().unwrap().unwrap_err().code().0, 735);
    });
}

#[test]
fn a_signalled_object_comes_first_and_the_function_stays_queued() {
    bounded("the waits", || {
        let (set, log) = (Event::auto_reset(true), Arc::default());
        alertable::current().queue(mark(&log, 1)).unwrap();
        assert_eq!(alertable::wait_any(&[&set], Timeout::Infinite), Ok(Some(WaitResult::Object(0))));
        assert!(log.lock().unwrap().is_empty());
        assert_eq!(alertable::wait_any(&[&set], Timeout::Infinite), Ok(None));
        assert_eq!(*log.lock().unwrap(), [1]);
    });
}

/// A thread that makes `wait` once it is told to, and its reference.
fn waiting<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> (ThreadRef, std::thread::JoinHandle<T>) {
    let (to, told) = channel();
    let handle = std::thread::spawn(move || {
        to.send(alertable::current()).unwrap();
        wait()
    });
    (told.recv().unwrap(), handle)
}

#[test]
fn a_function_wakes_a_thread_that_waits_alertably() {
    on_every_engine(|lab| {
        let system = lab.system.clone();
        let (thread, handle) = waiting(move || alertable::sleep_in(&system, Timeout::Infinite));
        std::thread::sleep(MOMENT);
        thread.queue(|| ()).unwrap();
        assert!(bounded("the sleep", move || handle.join().unwrap()));
        assert_eq!(thread.queue(|| ()).unwrap_err().code().0, 31, "it has ended");
    });
}

#[test]
fn a_function_leaves_a_wait_that_is_not_alertable_alone() {
    on_every_engine(|_| {
        let (stop, count) = (Event::manual_reset(false), Arc::new(AtomicUsize::new(0)));
        let (waits, seen) = (stop.clone(), Arc::clone(&count));
        let (thread, handle) = waiting(move || {
            let outcome = wait_any(&[&waits], LOST);
            let before = seen.load(Ordering::SeqCst);
            (outcome, before, alertable::sleep(Timeout::Poll), seen.load(Ordering::SeqCst))
        });
        let ran = Arc::clone(&count);
        let run = move || {
            ran.fetch_add(1, Ordering::SeqCst);
        };
        thread.queue(run).unwrap();
        std::thread::sleep(MOMENT);
        stop.set();
        let ended = bounded("the wait", move || handle.join().unwrap());
        assert_eq!(ended, (Ok(WaitResult::Object(0)), 0, true, 1));
    });
}

#[test]
fn functions_from_many_threads_all_run_once() {
    bounded("the exchange", || {
        const SENDERS: usize = 4;
        const EACH: usize = 2000;
        let count = Arc::new(AtomicUsize::new(0));
        let (start, target) = (Arc::new(Barrier::new(SENDERS)), alertable::current());
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (start, target, count) = (Arc::clone(&start), target.clone(), Arc::clone(&count));
                std::thread::spawn(move || {
                    start.wait();
                    for _ in 0..EACH {
                        let count = Arc::clone(&count);
                        let run = move || {
                            count.fetch_add(1, Ordering::SeqCst);
                        };
                        target.queue(run).unwrap();
                    }
                })
            })
            .collect();
        while count.load(Ordering::SeqCst) < SENDERS * EACH {
            assert!(alertable::sleep(LOST), "a function was lost: {count:?} ran");
        }
        senders.into_iter().for_each(|sender| sender.join().unwrap());
        assert!(!alertable::sleep(Timeout::Poll));
    });
}

#[test]
fn an_operation_can_be_waited_for_alertably() {
    // GetOverlappedResultEx: an outcome, a time-out, or functions that ran.
    on_sim(never(), |lab| {
        lab.file("data", b"abc");
        let file = lab.open("data");
        let read = file.read_at(vec![0; 3], 0);
        assert_eq!(alertable::wait_any(&[&read], MOMENT), Ok(Some(WaitResult::TimedOut)));
        alertable::current().queue(|| ()).unwrap();
        assert_eq!(alertable::wait_any(&[&read], Timeout::Infinite), Ok(None));
        assert!(read.cancel());
        assert_eq!(alertable::wait_any(&[&read], Timeout::Infinite), Ok(Some(WaitResult::Object(0))));
        assert_eq!(read.wait().0.unwrap_err().code().0, 995);
    });
}

#[test]
fn signal_and_wait_signals_each_kind_of_object() {
    bounded("the waits", || {
        let (event, set) = (Event::manual_reset(false), Event::manual_reset(true));
        let zero = Timeout::Poll;
        assert_eq!(overlapped::signal_and_wait(&event, &set, zero), Ok(WaitResult::Object(0)));
        assert!(event.wait(zero));
        let mutex = MutexObject::new(true);
        assert_eq!(overlapped::signal_and_wait(&mutex, &set, zero), Ok(WaitResult::Object(0)));
        let refused = overlapped::signal_and_wait(&mutex, &set, zero).unwrap_err();
        assert_eq!(refused.code().0, 288, "it is not owned any more");
        let semaphore = Semaphore::new(0, 1).unwrap();
        assert_eq!(overlapped::signal_and_wait(&semaphore, &set, zero), Ok(WaitResult::Object(0)));
        let auto = Event::auto_reset(true);
        let full = overlapped::signal_and_wait(&semaphore, &auto, zero).unwrap_err();
        assert_eq!(full.code().0, 298);
        assert!(auto.wait(zero), "then no wait happens");
        assert_eq!(overlapped::signal_and_wait(&auto, &auto, zero), Ok(WaitResult::Object(0)), "it consumes itself");
        assert!(!auto.wait(zero));
    });
}

#[test]
fn two_threads_pass_the_ball_by_signal_and_wait() {
    bounded("the game", || {
        let (ping, pong) = (Event::auto_reset(false), Event::auto_reset(false));
        let (there, back) = (ping.clone(), pong.clone());
        let other = std::thread::spawn(move || {
            assert!(there.wait(LOST));
            for _ in 0..999 {
                assert_eq!(overlapped::signal_and_wait(&back, &there, LOST), Ok(WaitResult::Object(0)));
            }
            back.set();
        });
        for round in 0..1000 {
            let passed = overlapped::signal_and_wait(&ping, &pong, LOST);
            assert_eq!(passed, Ok(WaitResult::Object(0)), "round {round}");
        }
        other.join().unwrap();
        assert!(!ping.wait(Timeout::Poll) && !pong.wait(Timeout::Poll));
    });
}

#[test]
fn one_wait_may_mix_everything() {
    on_every_engine(|lab| {
        let (fifo, (to, told)) = (lab.fifo("fifo"), channel());
        let read = fifo.read_at(vec![0; 4], 0);
        fifo.read_at_then(vec![0; 4], 0, tell(&to, 1)).unwrap();
        let stop = Event::manual_reset(false);
        rustix::io::write(fifo.as_fd(), b"both").unwrap();
        assert_eq!(alertable::wait_any(&[&stop, &read], LOST), Ok(Some(WaitResult::Object(1))));
        rustix::io::write(fifo.as_fd(), b"done").unwrap();
        assert_eq!(alertable::wait_any(&[&stop], LOST), Ok(None));
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [(1, Ok(4), b"done".to_vec())]);
        assert_eq!(read.wait(), (Ok(4), b"both".to_vec()));
    });
}
