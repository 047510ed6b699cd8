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

#[test]
fn callbacks_that_are_given_back_and_dropped_are_waited_for_no_more() {
    let pool = pool(PoolSize::fixed(1));
    let (open, gate) = mpsc::channel::<()>();
    pool.submit(Box::new(move || hold(&gate))).unwrap();
    eventually("the thread is taken", || pool.queued() == 0);
    let work = Arc::new(WorkObject::new(Environment::of(&pool), |_| panic!("it was given back")));
    work.submit().unwrap();
    assert!(work.core().is_busy());
    let (given_back, _) = pool.shutdown(Shutdown::GiveBack, Timeout::Poll);
    assert_eq!(given_back.len(), 1);
    drop(given_back);
    assert!(!work.core().is_busy(), "whoever waits for it would wait for ever");
    drop(open);
}

#[test]
fn a_task_that_is_given_back_and_dropped_is_told() {
    struct Task(mpsc::Sender<&'static str>);
    impl Run for Task {
        fn run(self: Arc<Self>) {
            self.0.send("ran").unwrap();
        }
        fn abandon(self: Arc<Self>) {
            self.0.send("given up").unwrap();
        }
    }
    let pool = pool(PoolSize::fixed(1));
    let (open, gate) = mpsc::channel::<()>();
    pool.submit(Box::new(move || hold(&gate))).unwrap();
    eventually("the thread is taken", || pool.queued() == 0);
    let (tell, told) = mpsc::channel();
    for _ in 0..2 {
        assert!(pool.schedule(Arc::new(Task(tell.clone()))).is_ok());
    }
    let (mut given_back, _) = pool.shutdown(Shutdown::GiveBack, Timeout::Poll);
    given_back.remove(0)();
    drop(given_back);
    assert!(pool.schedule(Arc::new(Task(tell.clone()))).is_err(), "and it comes back untouched");
    assert_eq!(told.try_iter().collect::<Vec<_>>(), ["ran", "given up"]);
    drop(open);
}

#[test]
fn who_serves_a_pool_is_woken_although_its_packet_was_given_back() {
    let pool = pool(PoolSize::fixed(1).concurrency(1));
    let (tell, told) = mpsc::channel();
    let (serving, waker_of) = (pool.clone(), Arc::new(Mutex::new(None)));
    let kept = Arc::clone(&waker_of);
    let guest = std::thread::spawn(move || {
        let mut polls = 0;
        serving.serve_until(|waker| {
            *kept.lock() = Some(waker.clone());
            polls += 1;
            tell.send(polls).unwrap();
            (polls == 2).then_some(())
        });
    });
    assert_eq!(told.recv_timeout(LONG), Ok(1));
    let (open, gate) = mpsc::channel::<()>();
    pool.submit(Box::new(move || hold(&gate))).unwrap();
    eventually("the one place is taken", || pool.queued() == 0);
    waker_of.lock().take().unwrap().wake();
    let (given_back, _) = pool.shutdown(Shutdown::GiveBack, Timeout::Poll);
    drop(given_back);
    drop(open);
    assert_eq!(told.recv_timeout(LONG), Ok(2), "the future was never polled again");
    guest.join().unwrap();
}
