//! Objects that call back: how they are counted, withdrawn and closed together.

use super::*;
use std::sync::atomic::AtomicUsize;

/// Work that counts its calls, and waits for the gate in each.
fn gated(pool: &ThreadPool, gate: &Arc<Event>, calls: &Arc<AtomicUsize>) -> Arc<WorkObject> {
    let (gate, calls, idle) = (Arc::clone(gate), Arc::clone(calls), Arc::clone(pool.idle()));
    Arc::new(WorkObject::new(Environment::of(pool), move |_| {
        calls.fetch_add(1, Ordering::SeqCst);
        block_on_event(&idle, &gate);
    }))
}

#[test]
fn waiting_for_work_waits_for_every_submission() {
    let pool = pool(PoolSize::adaptive(0, 4));
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let work = WorkObject::new(Environment::of(&pool), move |_| {
        std::thread::sleep(Duration::from_millis(1));
        counted.fetch_add(1, Ordering::SeqCst);
    });
    for _ in 0..50 {
        work.submit().unwrap();
    }
    work.wait(false);
    assert_eq!(calls.load(Ordering::SeqCst), 50);
    work.wait(false);
}

#[test]
fn cancelling_drops_what_has_not_started_and_waits_for_the_rest() {
    let pool = pool(PoolSize::adaptive(0, 1));
    let (gate, calls) = (Arc::new(Event::manual_reset(false)), Arc::new(AtomicUsize::new(0)));
    let work = gated(&pool, &gate, &calls);
    for _ in 0..10 {
        work.submit().unwrap();
    }
    eventually("one runs", || calls.load(Ordering::SeqCst) == 1);
    let opener = {
        let gate = Arc::clone(&gate);
        std::thread::spawn(move || {
            std::thread::sleep(MOMENT);
            gate.set();
        })
    };
    work.wait(true);
    opener.join().unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1, "nine were withdrawn, and the one that ran was waited for");
    work.submit().unwrap();
    work.wait(false);
    assert_eq!(calls.load(Ordering::SeqCst), 2, "it can be submitted again");
}

#[test]
fn a_disassociated_callback_is_not_waited_for() {
    let pool = pool(PoolSize::adaptive(0, 2));
    let gate = Arc::new(Event::manual_reset(false));
    let (tell, told) = mpsc::channel();
    let (idle, opened) = (Arc::clone(pool.idle()), Arc::clone(&gate));
    let work = WorkObject::new(Environment::of(&pool), move |call| {
        call.disassociate();
        block_on_event(&idle, &opened);
        tell.send(()).unwrap();
    });
    work.submit().unwrap();
    work.wait(false);
    assert!(told.try_recv().is_err(), "it still runs");
    gate.set();
    told.recv_timeout(LONG).unwrap();
}

#[test]
fn what_is_to_happen_at_the_return_happens_in_order_and_after_a_panic_too() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    let work = WorkObject::new(Environment::of(&pool), move |call| {
        for upon in [Upon::Library, Upon::Event, Upon::Section, Upon::Semaphore, Upon::Mutex] {
            call.when_it_returns(upon, send(&tell, upon));
        }
        panic!("on purpose");
    });
    work.submit().unwrap();
    work.wait(false);
    assert!(told.try_iter().eq([Upon::Section, Upon::Mutex, Upon::Semaphore, Upon::Event, Upon::Library]));
}

#[test]
fn a_callback_that_may_run_long_leaves_its_place_to_another() {
    let pool = pool(PoolSize::adaptive(0, 4).concurrency(1));
    for declared in [false, true] {
        let mut environment = Environment::of(&pool);
        environment.manner.long = declared;
        let (open, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let (tell, told) = mpsc::channel();
        let work = WorkObject::new(environment, move |call| {
            tell.send(declared || call.may_run_long()).unwrap();
            // Blocks without the library's knowledge.
            hold(&gate.lock());
        });
        work.submit().unwrap();
        assert_eq!(told.recv_timeout(LONG), Ok(true));
        let (tell, told) = mpsc::channel();
        pool.submit(send(&tell, ())).unwrap();
        told.recv_timeout(LONG).expect("the one place was not given up");
        drop(open);
        work.wait(false);
    }
}

#[test]
fn a_full_pool_says_that_it_has_no_thread_for_long_callbacks() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    let work = WorkObject::new(Environment::of(&pool), move |call| tell.send(call.may_run_long()).unwrap());
    work.submit().unwrap();
    assert_eq!(told.recv_timeout(LONG), Ok(false));
}

#[test]
fn a_group_closes_its_members_and_cancels_what_is_queued() {
    let pool = pool(PoolSize::adaptive(0, 1));
    let (gate, calls) = (Arc::new(Event::manual_reset(false)), Arc::new(AtomicUsize::new(0)));
    let group = Group::new();
    let (tell, told) = mpsc::channel();
    for number in 0..3 {
        let work = gated(&pool, &gate, &calls);
        let (cancelled, released) = (tell.clone(), send(&tell, (number, "released", 0)));
        group.add(Member {
            object: Arc::clone(&work) as Arc<dyn Object>,
            cancelled: Some(Box::new(move |context| cancelled.send((number, "cancelled", context)).unwrap())),
            only_if_withdrawn: number == 2,
            release: released,
        });
        if number < 2 {
            work.submit().unwrap();
        }
    }
    assert_eq!(group.len(), 3);
    eventually("one runs", || calls.load(Ordering::SeqCst) == 1);
    let closer = {
        let group = Arc::clone(&group);
        std::thread::spawn(move || group.close_members(true, 7))
    };
    assert_eq!(told.recv_timeout(LONG), Ok((0, "cancelled", 7)));
    assert_eq!(told.recv_timeout(LONG), Ok((1, "cancelled", 7)));
    assert!(told.recv_timeout(MOMENT).is_err(), "a callback still runs");
    gate.set();
    closer.join().unwrap();
    let released: Vec<_> = told.try_iter().collect();
    assert_eq!(released, [(0, "released", 0), (1, "released", 0), (2, "released", 0)]);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert!(group.is_empty());
}

#[test]
fn a_member_is_closed_by_itself_or_by_its_group_and_never_by_both() {
    let pool = pool(PoolSize::default());
    let work = Arc::new(WorkObject::new(Environment::of(&pool), |_| {}));
    assert!(work.core().membership().leave(), "without a group, it is its owner's");
    let group = Group::new();
    let member = |work: &Arc<WorkObject>| Member {
        object: Arc::clone(work) as Arc<dyn Object>,
        cancelled: None,
        only_if_withdrawn: false,
        release: Box::new(|| {}),
    };
    group.add(member(&work));
    assert!(work.core().membership().leave());
    assert!(group.is_empty());
    group.add(member(&work));
    group.close_members(false, 0);
    assert!(!work.core().membership().leave(), "the group has closed it");
}
