//! CancelSynchronousIo: the end of a synchronous request that another thread is blocked in (contract 03 section 8).

mod common;

use common::{Lab, MOMENT, bounded, eventually, on_every_engine, on_real_engines};
use overlapped::alertable::{self, ThreadRef};
use overlapped::devices::file::{LockFlags, Range, lock, unlock};
use overlapped::{Event, File, Timeout};
use overlapped_kernel::handle::Handle;
use overlapped_kernel::system::Grant;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

const CANCELLED: u32 = 995;

/// A thread that does `work`, and its reference.
fn thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> (ThreadRef, JoinHandle<T>) {
    let (tell, told) = channel();
    let handle = std::thread::spawn(move || {
        tell.send(alertable::current()).unwrap();
        work()
    });
    (told.recv().unwrap(), handle)
}

/// Cancels as soon as the thread is really in its request.
fn cancel(thread: &ThreadRef) {
    eventually("the thread is in a synchronous request", || thread.cancel_synchronous());
}

/// A fifo that is open for reading and writing, so that reads of it wait.
fn fifo(lab: &Lab, name: &str) -> File {
    lab.make_fifo(name);
    lab.options().read(true).write(true).open(lab.path(name)).expect("a fifo")
}

/// What the file's handle grants, for the calls of the device.
fn grant(file: &File) -> Grant {
    let handle = Handle::from_raw(file.handle().raw()).expect("a handle");
    file.handle().system().grant(handle).expect("an open handle")
}

#[test]
fn a_blocked_read_fails_with_995_and_the_next_one_works() {
    on_every_engine(|lab| {
        let file = fifo(lab, "fifo");
        let reader = file.try_clone().unwrap();
        let (reading, handle) = thread(move || {
            let mut word = [0; 8];
            let first = reader.read_bytes(&mut word).map_err(|e| e.code().0);
            (first, reader.read_bytes(&mut word).map(|n| word[..n].to_vec()))
        });
        cancel(&reading);
        rustix::io::write(file.as_fd(), b"later").unwrap();
        let (first, second) = bounded("the reads", move || handle.join().unwrap());
        assert_eq!(first, Err(CANCELLED));
        assert_eq!(second, Ok(b"later".to_vec()));
        assert_eq!(lab.system.outstanding(), 0);
    });
}

#[test]
fn a_blocked_write_fails_with_995() {
    on_real_engines(|lab| {
        let file = fifo(lab, "fifo");
        let writer = file.try_clone().unwrap();
        let (writing, handle) = thread(move || {
            loop {
                // Nobody reads, so the pipe is full some time.
                if let Err(error) = writer.write_bytes(&[7; 4096]) {
                    return error.code().0;
                }
            }
        });
        // A write that is done at once may be met as well; it is the blocked one that fails.
        eventually("the blocked write ends", || {
            writing.cancel_synchronous();
            handle.is_finished()
        });
        assert_eq!(handle.join().unwrap(), CANCELLED);
    });
}

#[test]
fn a_blocked_lock_fails_with_995_and_is_not_taken() {
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let open = || lab.options().read(true).write(true).open(lab.path("data")).unwrap();
        let (owner, waiter) = (open(), open());
        let range = Range { start: 0, len: 4 };
        let take = move |file: &File, flags| lock(&grant(file), range, flags);
        take(&owner, LockFlags::EXCLUSIVE).unwrap();
        let (locking, handle) = thread(move || {
            let outcome = take(&waiter, LockFlags::EXCLUSIVE).map_err(|e| e.0);
            (outcome, waiter)
        });
        cancel(&locking);
        let (outcome, waiter) = bounded("the lock", move || handle.join().unwrap());
        assert_eq!(outcome, Err(CANCELLED));
        unlock(&grant(&owner), range).unwrap();
        take(&waiter, LockFlags::EXCLUSIVE | LockFlags::FAIL_IMMEDIATELY).unwrap();
    });
}

#[test]
fn closing_the_handle_ends_a_blocked_lock() {
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let open = || lab.options().read(true).write(true).open(lab.path("data")).unwrap();
        let (owner, waiter) = (open(), open());
        let range = Range { start: 0, len: 4 };
        lock(&grant(&owner), range, LockFlags::EXCLUSIVE).unwrap();
        let held = grant(&waiter);
        let instance = Arc::clone(&held.instance);
        let (_, handle) = thread(move || lock(&held, range, LockFlags::EXCLUSIVE).map_err(|e| e.0));
        eventually("the lock waits", || instance.outstanding() == 1);
        drop(waiter);
        assert_eq!(bounded("the lock", move || handle.join().unwrap()), Err(CANCELLED));
    });
}

#[test]
fn a_thread_that_only_waits_is_in_no_synchronous_request() {
    on_every_engine(|lab| {
        let file = lab.fifo("fifo");
        let stop = Event::manual_reset(false);
        let stopped = stop.clone();
        // It has an overlapped request, and waits for that among other things.
        let (waiting, handle) = thread(move || {
            let read = file.read_at(vec![0; 8], 0);
            let ended = overlapped::wait_any(&[&stopped, &read], Timeout::Infinite);
            (ended, read.cancel())
        });
        assert!(!waiting.cancel_synchronous());
        std::thread::sleep(MOMENT);
        assert!(!waiting.cancel_synchronous());
        stop.set();
        let (ended, pending) = bounded("the wait", move || handle.join().unwrap());
        assert_eq!(ended, Ok(overlapped::WaitResult::Object(0)));
        assert!(pending, "its overlapped request was not touched");
        assert!(!waiting.cancel_synchronous(), "the thread has ended");
        assert!(!alertable::current().cancel_synchronous(), "this one runs");
    });
}

#[test]
fn a_second_cancel_of_the_same_request_finds_nothing() {
    // On a machine where the thread never gets to run between the two, both meet the same request.
    on_real_engines(|lab| {
        for _ in 0..200 {
            let file = fifo_once(lab);
            let (reading, handle) = thread(move || file.read_bytes(&mut [0; 8]).map_err(|e| e.code().0));
            cancel(&reading);
            assert!(!reading.cancel_synchronous());
            assert_eq!(bounded("the read", move || handle.join().unwrap()), Err(CANCELLED));
        }
    });
}

fn fifo_once(lab: &Lab) -> File {
    let file = fifo(lab, "once");
    std::fs::remove_file(lab.path("once")).unwrap();
    file
}

#[test]
fn cancels_that_race_with_data_end_the_read_in_one_way() {
    on_real_engines(|lab| {
        let file = fifo(lab, "fifo");
        let reader = file.try_clone().unwrap();
        let rounds = 500;
        let (reading, handle) = thread(move || {
            let (mut read, mut cancelled) = (0, 0);
            while read < rounds {
                match reader.read_bytes(&mut [0; 1]) {
                    Ok(1) => read += 1,
                    Ok(n) => panic!("{n} bytes"),
                    Err(error) => {
                        assert_eq!(error.code().0, CANCELLED);
                        cancelled += 1;
                    }
                }
            }
            (read, cancelled)
        });
        let mut hits = 0;
        for _ in 0..rounds {
            hits += i32::from(reading.cancel_synchronous());
            rustix::io::write(file.as_fd(), b"x").unwrap();
            hits += i32::from(reading.cancel_synchronous());
        }
        let (read, cancelled) = bounded("the reads", move || handle.join().unwrap());
        assert_eq!(read, rounds, "a cancel never takes data with it");
        assert!(cancelled <= hits, "{cancelled} reads failed for {hits} cancels");
    });
}
