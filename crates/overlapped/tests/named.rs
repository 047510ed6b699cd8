//! Named objects on the Rust face (contract 04 section 2), in one process and between two.

mod common;

use common::{LOST, bounded, within};
use overlapped::{Event, MutexObject, Semaphore, SystemBuilder, Timeout, Timer, Wait, WaitResult, named, wait_any};
use std::process::Command;

const CHILD: &str = "OVERLAPPED_TEST_NAMED_CHILD";
const POOR_CHILD: &str = "OVERLAPPED_TEST_NAMED_POOR_CHILD";

fn take(object: &dyn Wait) -> WaitResult {
    wait_any(&[object], Timeout::Poll).unwrap()
}

fn code<T: std::fmt::Debug>(result: overlapped::Result<T>) -> u32 {
    result.unwrap_err().code().0
}

/// A name that no other run of the tests has.
fn name(of: &str) -> String {
    format!("overlapped-test-{}-{of}", std::process::id())
}

#[test]
fn one_name_is_one_object_of_each_kind() {
    bounded("the test", || {
        let (event, existed) = named::create(name("event"), Event::auto_reset(false)).unwrap();
        assert!(!existed);
        let (same, existed) = named::create(name("event"), Event::manual_reset(true)).unwrap();
        assert!(existed, "and the other arguments are ignored");
        assert_eq!(take(&event), WaitResult::TimedOut);
        same.set();
        assert_eq!(take(&event), WaitResult::Object(0));
        assert_eq!(take(&same), WaitResult::TimedOut);

        let (semaphore, _) = named::create(name("semaphore"), Semaphore::new(1, 3).unwrap()).unwrap();
        let again = named::open::<Semaphore>(name("semaphore")).unwrap();
        assert_eq!(again.release(2), Ok(1));
        assert_eq!(code(semaphore.release(1)), 298);

        let (mutex, _) = named::create(name("mutex"), MutexObject::new(true)).unwrap();
        let other = name("mutex");
        let elsewhere = std::thread::spawn(move || {
            let (mutex, existed) = named::create(other, MutexObject::new(true)).unwrap();
            (existed, take(&mutex), code(mutex.release()))
        });
        assert_eq!(elsewhere.join().unwrap(), (true, WaitResult::TimedOut, 288), "it keeps its owner");
        mutex.release().unwrap();

        let (timer, _) = named::create(name("timer"), Timer::manual_reset().unwrap()).unwrap();
        named::open::<Timer>(name("timer")).unwrap().set(std::time::Duration::ZERO, None);
        assert_eq!(wait_any(&[&timer], LOST), Ok(WaitResult::Object(0)));
    });
}

#[test]
fn a_name_goes_with_the_last_who_has_its_object() {
    bounded("the test", || {
        let (event, _) = named::create(name("short"), Event::manual_reset(true)).unwrap();
        let clone = event.clone();
        drop(event);
        assert_eq!(take(&named::open::<Event>(name("short")).unwrap()), WaitResult::Object(0));
        drop(clone);
        assert!(within(LOST, || named::open::<Event>(name("short")).is_err()));
        assert_eq!(code(named::open::<Event>(name("short"))), 2);
        let (event, existed) = named::create(name("short"), Event::manual_reset(false)).unwrap();
        assert_eq!((existed, take(&event)), (false, WaitResult::TimedOut));
    });
}

#[test]
fn what_cannot_have_the_name_is_refused() {
    bounded("the test", || {
        let kept = named::create(name("taken"), Event::manual_reset(false)).unwrap();
        assert_eq!(code(named::create(name("taken"), Semaphore::new(0, 1).unwrap())), 6);
        assert_eq!(code(named::open::<MutexObject>(name("taken"))), 6);
        assert_eq!(code(named::open::<Event>(name("TAKEN"))), 2, "case counts");
        drop(kept);
        assert_eq!(code(named::create(r"a\b", Event::manual_reset(false))), 3);
        assert_eq!(code(named::create("x".repeat(261), Event::manual_reset(false))), 206);
        let event = Event::manual_reset(false);
        assert_eq!(code(named::create(name("clone"), event.clone())), 87, "its clones would be another event");
        drop(event);
    });
}

#[test]
fn each_system_has_names_of_its_own() {
    bounded("the test", || {
        let system = SystemBuilder::new().build().unwrap();
        let (event, _) = named::create_in(&system, name("own"), Event::manual_reset(false)).unwrap();
        assert_eq!(code(named::open::<Event>(name("own"))), 2);
        named::open_in::<Event>(&system, name("own")).unwrap().set();
        assert_eq!(take(&event), WaitResult::Object(0));
    });
}

#[test]
fn the_end_of_a_thread_abandons_a_named_mutex() {
    bounded("the test", || {
        let (mutex, _) = named::create(name("abandoned"), MutexObject::new(false)).unwrap();
        for _ in 0..10 {
            let other = name("abandoned");
            let owner = std::thread::spawn(move || {
                let mutex = named::open::<MutexObject>(other).unwrap();
                (take(&mutex), take(&mutex))
            });
            assert_eq!(owner.join().unwrap(), (WaitResult::Object(0), WaitResult::Object(0)));
            assert_eq!(wait_any(&[&mutex], LOST), Ok(WaitResult::Abandoned(0)), "and it is told once");
            mutex.release().unwrap();
            assert_eq!(mutex.release().unwrap_err().code().0, 288);
            assert_eq!(take(&mutex), WaitResult::Object(0));
            mutex.release().unwrap();
        }
    });
}

/// The other process of the test below, when that starts it.
#[test]
fn the_poor_process() {
    let Ok(parent) = std::env::var(POOR_CHILD) else { return };
    let mutex = named::open::<MutexObject>(format!("overlapped-test-{parent}-owned")).unwrap();
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for a limit.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    for most in [1, limit.rlim_cur] {
        let limit = libc::rlimit { rlim_cur: most, ..limit };
        // SAFETY: a limit.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
        assert_eq!(take(&mutex), WaitResult::TimedOut, "its owner lives, with {most} descriptors");
    }
}

#[test]
fn a_process_that_has_no_descriptors_left_does_not_take_others_for_dead() {
    bounded("the test", || {
        let (mutex, _) = named::create(name("owned"), MutexObject::new(true)).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_poor_process"])
            .env(POOR_CHILD, std::process::id().to_string())
            .spawn()
            .unwrap();
        assert!(within(LOST, || child.try_wait().unwrap().is_some_and(|status| status.success())), "it ends");
        mutex.release().unwrap();
    });
}

/// The other process of the test below, when that starts it.
#[test]
fn the_other_process() {
    let Some(parent) = std::env::var_os(CHILD) else { return };
    let parent = parent.into_string().unwrap();
    let named = |of: &str| format!("overlapped-test-{parent}-{of}");
    let mutex = named::open::<MutexObject>(named("shared-mutex")).unwrap();
    assert_eq!(wait_any(&[&mutex], LOST), Ok(WaitResult::Object(0)));
    named::open::<Event>(named("shared-event")).unwrap().set();
    // Its end abandons the mutex.
    std::process::exit(0);
}

#[test]
fn another_process_has_the_same_objects_and_abandons_what_it_owns() {
    bounded("the test", || {
        let (event, _) = named::create(name("shared-event"), Event::manual_reset(false)).unwrap();
        let (mutex, _) = named::create(name("shared-mutex"), MutexObject::new(false)).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_other_process"])
            .env(CHILD, std::process::id().to_string())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        assert_eq!(wait_any(&[&event], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(wait_any(&[&mutex], LOST), Ok(WaitResult::Abandoned(0)));
        mutex.release().unwrap();
        assert!(within(LOST, || child.try_wait().unwrap().is_some_and(|status| status.success())), "it ends");
    });
}
