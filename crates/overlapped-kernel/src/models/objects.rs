//! Mutexes and semaphores: handed over once, abandoned once, and never taken in part by a wait for all.

use super::{check, me};
use crate::clock::Timeout;
use crate::dispatcher::{Mutant, Semaphore, WaitRef};
use crate::idle::Idle;
use crate::wait::{Outcome, wait_all, wait_any};
use loom::thread;
use overlapped_abi::Win32Error;
use std::sync::Arc;

fn take(object: WaitRef, timeout: Timeout) -> Result<Outcome, Win32Error> {
    wait_any(&Idle, &[object], timeout, false)
}

fn mutex(mutex: &Arc<Mutant>) -> WaitRef {
    Arc::clone(mutex) as WaitRef
}

#[test]
fn a_released_mutex_goes_to_its_waiter() {
    check(3, || {
        let shared = Mutant::new(true);
        let waiter = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                assert_eq!(take(mutex(&shared), Timeout::Infinite), Ok(Outcome::Object(0)));
                shared.release()
            })
        };
        assert_eq!(shared.release(), Ok(()));
        assert_eq!(waiter.join().unwrap(), Ok(()));
        assert_eq!(take(mutex(&shared), Timeout::Poll), Ok(Outcome::Object(0)), "nobody owns it");
        assert_eq!(shared.release(), Ok(()));
    });
}

#[test]
fn an_abandoned_mutex_is_told_to_one_of_two() {
    check(3, || {
        let shared = Mutant::new(false);
        let owner = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let taken = take(mutex(&shared), Timeout::Poll);
                // The model's threads have no destructors.
                me().end();
                taken == Ok(Outcome::Object(0))
            })
        };
        let first = take(mutex(&shared), Timeout::Infinite).unwrap();
        let owned = owner.join().unwrap();
        let told = first == Outcome::Abandoned(0);
        let released = shared.release();
        assert_eq!(released, Ok(()));
        let second = take(mutex(&shared), Timeout::Poll).unwrap();
        let told_later = second == Outcome::Abandoned(0);
        assert_eq!(u8::from(told) + u8::from(told_later), u8::from(owned), "{first:?}, then {second:?}");
    });
}

#[test]
fn two_places_of_a_semaphore_let_two_waiters_in() {
    check(3, || {
        let places = Arc::new(Semaphore::new(0, 2).unwrap());
        let waiter = {
            let places = Arc::clone(&places);
            thread::spawn(move || take(places, Timeout::Infinite))
        };
        let releaser = {
            let places = Arc::clone(&places);
            thread::spawn(move || places.release(2))
        };
        assert_eq!(take(Arc::clone(&places) as WaitRef, Timeout::Infinite), Ok(Outcome::Object(0)));
        assert_eq!(waiter.join().unwrap(), Ok(Outcome::Object(0)));
        assert_eq!(releaser.join().unwrap(), Ok(0));
        assert_eq!(take(places, Timeout::Poll), Ok(Outcome::TimedOut));
    });
}

#[test]
fn two_waits_for_the_same_two_mutexes_neither_deadlock_nor_share() {
    check(2, || {
        let (a, b) = (Mutant::new(false), Mutant::new(false));
        let other = {
            let (a, b) = (Arc::clone(&a), Arc::clone(&b));
            thread::spawn(move || {
                let objects = [mutex(&b), mutex(&a)];
                assert_eq!(wait_all(&Idle, &objects, Timeout::Infinite, false), Ok(Outcome::Object(0)));
                assert_eq!((b.release(), a.release()), (Ok(()), Ok(())));
            })
        };
        let objects = [mutex(&a), mutex(&b)];
        assert_eq!(wait_all(&Idle, &objects, Timeout::Infinite, false), Ok(Outcome::Object(0)));
        assert_eq!((a.release(), b.release()), (Ok(()), Ok(())));
        other.join().unwrap();
    });
}
