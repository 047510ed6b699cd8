//! Panics, and the end of a pool.

use super::*;

#[test]
fn a_panic_is_counted_and_the_thread_goes_on() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    for i in 0..10 {
        pool.submit(Box::new(|| panic!("on purpose"))).unwrap();
        pool.submit(send(&tell, i)).unwrap();
    }
    for i in 0..10 {
        assert_eq!(told.recv_timeout(LONG), Ok(i));
    }
    assert_eq!((pool.panics(), pool.threads()), (10, 1));
}

#[test]
fn a_panic_whose_payload_panics_is_survived_too() {
    struct Grenade;
    impl Drop for Grenade {
        fn drop(&mut self) {
            panic!("once more, on purpose");
        }
    }
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    pool.submit(Box::new(|| std::panic::panic_any(Grenade))).unwrap();
    pool.submit(send(&tell, ())).unwrap();
    told.recv_timeout(LONG).expect("the thread is gone");
}

#[test]
fn dropping_the_pool_runs_what_is_queued() {
    let pool = pool(PoolSize::adaptive(1, 2).concurrency(1));
    let (tell, told) = mpsc::channel();
    for i in 0..100 {
        pool.submit(send(&tell, i)).unwrap();
    }
    drop(pool);
    drop(tell);
    assert_eq!(told.iter().count(), 100);
}

#[test]
fn a_shutdown_runs_what_is_queued_and_waits_for_the_threads() {
    for size in [PoolSize::fixed(3), PoolSize::adaptive(0, 3), PoolSize::adaptive(2, 5).concurrency(1)] {
        let pool = pool(size);
        let (tell, told) = mpsc::channel();
        for i in 0..200 {
            pool.submit(send(&tell, i)).unwrap();
        }
        let (given_back, gone) = pool.shutdown(Shutdown::Run, LONG.into());
        assert!(given_back.is_empty() && gone);
        assert_eq!((told.try_iter().count(), pool.threads()), (200, 0));
        let rejected = pool.submit(send(&tell, 1000)).unwrap_err();
        (rejected.0)();
        assert_eq!(told.try_recv(), Ok(1000), "it came back whole");
    }
}

#[test]
fn a_shutdown_gives_back_what_is_queued() {
    let pool = pool(PoolSize::fixed(1));
    let (open, gate) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let first = send(&tell, 0);
    pool.submit(Box::new(move || {
        hold(&gate);
        first();
    }))
    .unwrap();
    eventually("the thread is taken", || pool.queued() == 0);
    for i in 1..=3 {
        pool.submit(send(&tell, i)).unwrap();
    }
    let (given_back, gone) = pool.shutdown(Shutdown::GiveBack, Timeout::Poll);
    assert_eq!((given_back.len(), gone), (3, false), "a piece of work still runs");
    drop(open);
    let (nothing, gone) = pool.shutdown(Shutdown::GiveBack, LONG.into());
    assert!(nothing.is_empty() && gone);
    given_back.into_iter().for_each(|work| work());
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn a_shutdown_from_inside_does_not_wait_for_itself() {
    let pool = pool(PoolSize::fixed(2));
    let (tell, told) = mpsc::channel();
    let inner = pool.clone();
    pool.submit(Box::new(move || tell.send(inner.shutdown(Shutdown::Run, LONG.into()).1).unwrap())).unwrap();
    assert_eq!(told.recv_timeout(LONG), Ok(false));
    assert!(pool.shutdown(Shutdown::Run, LONG.into()).1);
}

#[test]
fn a_pool_that_never_had_a_thread_ends_at_once() {
    let pool = pool(PoolSize::default());
    assert!(pool.shutdown(Shutdown::Run, LONG.into()).1);
    assert!(pool.shutdown(Shutdown::GiveBack, LONG.into()).1, "a second time does no harm");
}

#[test]
fn an_apc_that_work_queues_to_its_thread_runs() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    let work = move || {
        crate::thread::current().queue_apc(crate::thread::Apc::new(move || tell.send(()).unwrap()));
    };
    pool.submit(Box::new(work)).unwrap();
    told.recv_timeout(LONG).expect("the APC did not run");
}
