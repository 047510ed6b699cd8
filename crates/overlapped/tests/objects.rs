//! Mutexes and semaphores on the Rust face, and threads that end with them (contract 04 sections 4, 5 and 8).

mod common;

use common::{LOST, MOMENT, bounded};
use overlapped::{Event, MutexObject, Semaphore, Timeout, Wait, WaitResult, wait_all, wait_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const TAKEN: overlapped::Result<WaitResult> = Ok(WaitResult::Object(0));
const NOT_FREE: overlapped::Result<WaitResult> = Ok(WaitResult::TimedOut);

fn take(object: &dyn Wait) -> overlapped::Result<WaitResult> {
    wait_any(&[object], Timeout::Poll)
}

/// Runs `work` on another thread to its end.
fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    bounded("another thread", move || std::thread::spawn(work).join().unwrap())
}

#[test]
fn a_mutex_is_taken_by_a_wait_and_by_its_owner_again() {
    bounded("the test", || {
        let mutex = MutexObject::new(false);
        assert_eq!(take(&mutex), TAKEN);
        assert_eq!(take(&mutex), TAKEN, "the owner's further waits succeed at once");
        let other = mutex.clone();
        assert_eq!(elsewhere(move || take(&other)), NOT_FREE);
        mutex.release().unwrap();
        let other = mutex.clone();
        assert_eq!(elsewhere(move || take(&other)), NOT_FREE, "one release for each wait");
        mutex.release().unwrap();
        assert_eq!(mutex.release().unwrap_err().code().0, 288);
        let other = mutex.clone();
        assert_eq!(elsewhere(move || (take(&other), other.release())), (TAKEN, Ok(())));
    });
}

#[test]
fn only_the_owner_releases_a_mutex() {
    bounded("the test", || {
        let mutex = MutexObject::new(true);
        let other = mutex.clone();
        assert_eq!(elsewhere(move || other.release().unwrap_err().code().0), 288);
        mutex.release().unwrap();
    });
}

#[test]
fn a_released_mutex_wakes_one_waiting_thread_after_the_other() {
    bounded("the test", || {
        let (mutex, inside, most) =
            (MutexObject::new(true), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (mutex, inside, most) = (mutex.clone(), Arc::clone(&inside), Arc::clone(&most));
                std::thread::spawn(move || {
                    for _ in 0..50 {
                        assert_eq!(wait_any(&[&mutex], LOST), TAKEN);
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        mutex.release().unwrap();
                    }
                })
            })
            .collect();
        mutex.release().unwrap();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(most.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn an_abandoned_mutex_is_told_once_and_owned_then() {
    bounded("the test", || {
        let mutex = MutexObject::new(false);
        let owner = mutex.clone();
        assert_eq!(elsewhere(move || (take(&owner), take(&owner))), (TAKEN, TAKEN));
        assert_eq!(take(&mutex), Ok(WaitResult::Abandoned(0)));
        assert_eq!(take(&mutex), TAKEN, "normal afterwards");
        mutex.release().unwrap();
        mutex.release().unwrap();
        assert_eq!(mutex.release().unwrap_err().code().0, 288, "what the other thread had taken does not count");
    });
}

#[test]
fn a_waiting_thread_gets_the_mutex_that_its_owner_abandons() {
    bounded("the test", || {
        let (mutex, stop) = (MutexObject::new(false), Event::manual_reset(false));
        let (owns, ends) = (mutex.clone(), stop.clone());
        let owner = std::thread::spawn(move || {
            // The other thread has it now and then.
            assert_eq!(wait_any(&[&owns], LOST), TAKEN);
            assert!(ends.wait(LOST));
        });
        while take(&mutex) == TAKEN {
            mutex.release().unwrap();
            std::thread::yield_now();
        }
        let waits = mutex.clone();
        let waiter = std::thread::spawn(move || (wait_any(&[&waits], LOST), waits.release()));
        std::thread::sleep(MOMENT);
        stop.set();
        owner.join().unwrap();
        assert_eq!(waiter.join().unwrap(), (Ok(WaitResult::Abandoned(0)), Ok(())));
    });
}

#[test]
fn a_wait_tells_which_mutex_was_abandoned() {
    bounded("the test", || {
        let (event, free, left) = (Event::auto_reset(true), MutexObject::new(false), MutexObject::new(false));
        let owner = left.clone();
        elsewhere(move || take(&owner).unwrap());
        assert_eq!(wait_all(&[&event, &free, &left], LOST), Ok(WaitResult::Abandoned(2)));
        assert!(!event.wait(Timeout::Poll), "all of them were taken");
        free.release().unwrap();
        left.release().unwrap();
    });
}

#[test]
fn a_wait_for_all_that_fails_leaves_an_abandoned_mutex_as_it_was() {
    bounded("the test", || {
        let (unset, left) = (Event::manual_reset(false), MutexObject::new(false));
        let owner = left.clone();
        elsewhere(move || take(&owner).unwrap());
        assert_eq!(wait_all(&[&left, &unset], Duration::from_millis(5)), NOT_FREE);
        assert_eq!(take(&left), Ok(WaitResult::Abandoned(0)), "still to be told");
        left.release().unwrap();
    });
}

#[test]
fn a_semaphore_lets_in_as_many_as_its_count() {
    bounded("the test", || {
        let semaphore = Semaphore::new(2, 3).unwrap();
        assert_eq!([take(&semaphore), take(&semaphore), take(&semaphore)], [TAKEN, TAKEN, NOT_FREE]);
        assert_eq!(semaphore.release(2), Ok(0));
        assert_eq!(semaphore.release(2).unwrap_err().code().0, 298);
        assert_eq!(semaphore.release(1), Ok(2), "the refused release changed nothing");
        assert_eq!(semaphore.release(i32::MAX).unwrap_err().code().0, 298);
        assert_eq!([0, -1].map(|n| semaphore.release(n).unwrap_err().code().0), [87, 87]);
    });
}

#[test]
fn a_semaphore_needs_sensible_numbers() {
    for (initial, max) in [(0, 0), (-1, 1), (2, 1), (0, -1)] {
        assert_eq!(Semaphore::new(initial, max).unwrap_err().code().0, 87, "{initial} of {max}");
    }
    assert!(Semaphore::new(0, 1).is_ok() && Semaphore::new(i32::MAX, i32::MAX).is_ok());
}

#[test]
fn a_release_of_several_wakes_several() {
    bounded("the test", || {
        let semaphore = Semaphore::new(0, 10).unwrap();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let semaphore = semaphore.clone();
                std::thread::spawn(move || wait_any(&[&semaphore], LOST))
            })
            .collect();
        std::thread::sleep(MOMENT);
        semaphore.release(4).unwrap();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == TAKEN));
        assert_eq!(take(&semaphore), NOT_FREE);
    });
}

#[test]
fn philosophers_that_take_both_forks_at_once_all_eat() {
    // A wait for all never holds one fork while it waits for the other.
    bounded("the meal", || {
        const SEATS: usize = 4;
        let forks: Vec<_> = (0..SEATS).map(|_| MutexObject::new(false)).collect();
        let eaters: Vec<_> = (0..SEATS)
            .map(|seat| {
                let (left, right) = (forks[seat].clone(), forks[(seat + 1) % SEATS].clone());
                std::thread::spawn(move || {
                    for _ in 0..500 {
                        assert_eq!(wait_all(&[&left, &right], LOST), TAKEN);
                        left.release().unwrap();
                        right.release().unwrap();
                    }
                })
            })
            .collect();
        eaters.into_iter().for_each(|eater| eater.join().unwrap());
    });
}
