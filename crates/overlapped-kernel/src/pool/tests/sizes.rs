//! How many threads there are (contract 06 section 10).

use super::*;

#[test]
fn everything_that_is_submitted_runs_once_on_few_threads() {
    let pool = pool(PoolSize::adaptive(0, 8).concurrency(2));
    let (tell, told) = mpsc::channel();
    for i in 0..10_000 {
        pool.submit(send(&tell, i)).unwrap();
    }
    let mut seen: Vec<i32> = (0..10_000).map(|_| told.recv_timeout(LONG).expect("a piece of work was lost")).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..10_000));
    // Two may run and one is spare. What looks like a moment's sleep, in the allocator say, may add one or two.
    assert!(pool.threads() < 8, "work that does not block needs few threads, and had {}", pool.threads());
}

#[test]
fn work_that_blocks_makes_the_pool_grow_up_to_its_maximum() {
    let pool = pool(PoolSize::adaptive(0, 6).concurrency(1));
    let gate = Arc::new(Event::manual_reset(false));
    let (tell, told) = mpsc::channel();
    for _ in 0..10 {
        let (gate, tell, idle) = (Arc::clone(&gate), tell.clone(), Arc::clone(pool.idle()));
        let work = move || {
            tell.send(()).unwrap();
            block_on_event(&idle, &gate);
            tell.send(()).unwrap();
        };
        pool.submit(Box::new(work)).unwrap();
    }
    (0..6).for_each(|_| told.recv_timeout(LONG).expect("the pool did not grow"));
    assert!(told.recv_timeout(MOMENT).is_err(), "the maximum is the maximum");
    assert_eq!(pool.threads(), 6);
    gate.set();
    (0..14).for_each(|_| told.recv_timeout(LONG).expect("blocked work was lost"));
}

#[test]
fn a_higher_maximum_serves_what_is_queued() {
    let pool = pool(PoolSize::adaptive(0, 1).concurrency(1));
    let gate = Arc::new(Event::manual_reset(false));
    let (tell, told) = mpsc::channel();
    let (idle, opened) = (Arc::clone(pool.idle()), Arc::clone(&gate));
    pool.submit(Box::new(move || block_on_event(&idle, &opened))).unwrap();
    pool.submit(send(&tell, ())).unwrap();
    assert!(told.recv_timeout(MOMENT).is_err());
    pool.set_max(2);
    told.recv_timeout(LONG).expect("there is room for a thread now");
    gate.set();
}

#[test]
fn surplus_threads_leave_after_their_time_and_the_minimum_stays() {
    let pool = pool(PoolSize::adaptive(1, 5).concurrency(1).linger(Duration::from_millis(30)));
    let gate = Arc::new(Event::manual_reset(false));
    for _ in 0..5 {
        let (gate, idle) = (Arc::clone(&gate), Arc::clone(pool.idle()));
        pool.submit(Box::new(move || block_on_event(&idle, &gate))).unwrap();
    }
    eventually("five threads", || pool.threads() == 5);
    gate.set();
    eventually("one thread", || pool.threads() == 1);
    std::thread::sleep(MOMENT * 3);
    assert_eq!(pool.threads(), 1, "the minimum stays");
}

#[test]
fn a_thread_that_is_to_stay_outlives_its_time() {
    let pool = pool(PoolSize::adaptive(0, 2).linger(Duration::from_millis(20)));
    let (tell, told) = mpsc::channel();
    let tell_now = tell.clone();
    let stay = move || {
        ThreadPool::keep_this_thread();
        tell_now.send(()).unwrap();
    };
    pool.submit(Box::new(stay)).unwrap();
    told.recv_timeout(LONG).unwrap();
    eventually("only the thread that stays", || pool.threads() == 1);
    std::thread::sleep(MOMENT * 2);
    assert_eq!(pool.threads(), 1);
}

#[test]
fn a_lower_maximum_sends_threads_away_after_their_work() {
    let pool = pool(PoolSize::fixed(4));
    assert_eq!(pool.threads(), 4, "a fixed pool has its threads from the start");
    pool.set_max(2);
    assert_eq!(pool.size().min, 2);
    let (tell, told) = mpsc::channel();
    eventually("two threads", || {
        pool.submit(send(&tell, ())).unwrap();
        told.recv_timeout(LONG).unwrap();
        pool.threads() == 2
    });
}

#[test]
fn a_spare_thread_waits_beside_threads_that_block_unseen() {
    let pool = pool(PoolSize::adaptive(0, 4).concurrency(1));
    let (open, gate) = mpsc::channel::<()>();
    // Blocks without the library: the port still counts the thread as running.
    pool.submit(Box::new(move || hold(&gate))).unwrap();
    eventually("somebody to give packets to", || !pool.port().snapshot().waiting.is_empty());
    assert!(pool.threads() >= 2);
    drop(open);
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    for size in [PoolSize::adaptive(0, 0), PoolSize::adaptive(3, 2)] {
        assert_eq!(ThreadPool::new(&system(), size).err(), Some(Win32Error::INVALID_PARAMETER));
    }
}

#[test]
fn urgent_work_runs_first_and_low_work_last() {
    let pool = pool(PoolSize::adaptive(0, 1).concurrency(1));
    let (open, gate) = mpsc::channel::<()>();
    pool.submit(Box::new(move || hold(&gate))).unwrap();
    eventually("the thread is taken", || pool.queued() == 0);
    let (tell, told) = mpsc::channel();
    for (priority, number) in
        [(Priority::Low, 5), (Priority::Normal, 3), (Priority::High, 1), (Priority::Normal, 4), (Priority::High, 2)]
    {
        pool.submit_at(priority, send(&tell, number)).unwrap();
    }
    drop(open);
    let order: Vec<_> = (0..5).map(|_| told.recv_timeout(LONG).unwrap()).collect();
    assert_eq!(order, [1, 2, 3, 4, 5]);
}

#[test]
fn a_maximum_without_end_grows_like_any_other() {
    let pool = pool(PoolSize::adaptive(1, usize::MAX));
    let (inner, (tell, told)) = (pool.clone(), mpsc::channel());
    let work = move || {
        // Who waits for other work makes room for one thread more.
        let (done, finished) = mpsc::channel();
        inner.submit(send(&done, ())).unwrap();
        inner.serve_until(|waker| {
            let waker = waker.clone();
            finished.try_recv().map_err(|_| std::thread::spawn(move || waker.wake())).ok()
        });
        tell.send(()).unwrap();
    };
    pool.submit(Box::new(work)).unwrap();
    told.recv_timeout(LONG).expect("the work that it waited for never ran");
}
