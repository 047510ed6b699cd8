//! Registered waits (contract 04 section 9) and wait objects.

use super::*;

fn registration(
    pool: &ThreadPool,
    object: &Arc<Event>,
    timeout: Timeout,
    callback: impl Fn(Fired) + Send + Sync + 'static,
) -> Registration {
    Registration {
        object: Arc::clone(object) as WaitRef,
        timeout,
        once: false,
        in_wait_thread: false,
        environment: Environment::of(pool),
        callback: Arc::new(callback),
    }
}

#[test]
fn a_registered_wait_calls_back_for_each_signal_and_not_after_its_end() {
    let pool = pool(PoolSize::default());
    let object = Arc::new(Event::auto_reset(false));
    let (tell, told) = mpsc::channel();
    let wait = pool
        .register_wait(registration(&pool, &object, Timeout::Infinite, move |fired| tell.send(fired).unwrap()))
        .unwrap();
    for _ in 0..3 {
        object.set();
        assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled));
    }
    wait.unregister();
    wait.wait();
    object.set();
    assert!(told.recv_timeout(MOMENT).is_err());
}

#[test]
fn a_registered_wait_times_out_once_if_it_is_to_fire_once() {
    let pool = pool(PoolSize::default());
    let (tell, told) = mpsc::channel();
    let object = Arc::new(Event::auto_reset(false));
    let timeout = Duration::from_millis(5).into();
    let mut registration = registration(&pool, &object, timeout, move |fired| tell.send(fired).unwrap());
    (registration.once, registration.in_wait_thread) = (true, true);
    let _wait = pool.register_wait(registration).unwrap();
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::TimedOut));
    assert!(told.recv_timeout(MOMENT).is_err());
}

#[test]
fn a_limit_of_zero_tests_the_object() {
    let pool = pool(PoolSize::default());
    for (signalled, expected) in [(true, Fired::Signalled), (false, Fired::TimedOut)] {
        let (tell, told) = mpsc::channel();
        let object = Arc::new(Event::manual_reset(signalled));
        let wait = pool
            .register_wait(registration(&pool, &object, Timeout::Poll, move |fired| {
                let _ = tell.send(fired);
            }))
            .unwrap();
        for _ in 0..3 {
            assert_eq!(told.recv_timeout(LONG), Ok(expected), "round after round");
        }
        wait.unregister();
        wait.wait();
    }
}

#[test]
fn an_object_that_stays_signalled_neither_floods_the_pool_nor_hides_others() {
    let pool = pool(PoolSize::adaptive(0, 1));
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let always = Arc::new(Event::manual_reset(true));
    let busy =
        pool.register_wait(registration(&pool, &always, Timeout::Infinite, move |_| hold(&gate.lock()))).unwrap();
    let (tell, told) = mpsc::channel();
    let other = Arc::new(Event::auto_reset(false));
    let mut seen = registration(&pool, &other, Timeout::Infinite, move |fired| tell.send(fired).unwrap());
    seen.in_wait_thread = true;
    let seen = pool.register_wait(seen).unwrap();
    std::thread::sleep(MOMENT);
    assert!(pool.queued() <= 1, "{} callbacks are queued", pool.queued());
    other.set();
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled));
    busy.unregister();
    seen.unregister();
    drop(open);
    busy.wait();
}

#[test]
fn unregistering_tells_whether_a_callback_runs_and_signals_its_end() {
    let pool = pool(PoolSize::default());
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let (tell, told) = mpsc::channel();
    let object = Arc::new(Event::auto_reset(true));
    let wait = pool
        .register_wait(registration(&pool, &object, Timeout::Infinite, move |_| {
            tell.send(()).unwrap();
            hold(&gate.lock());
        }))
        .unwrap();
    told.recv_timeout(LONG).unwrap();
    assert!(wait.unregister(), "a callback runs");
    let over = Arc::new(Event::manual_reset(false));
    assert!(!wait.tell(Arc::clone(&over)));
    let look = wait_any(pool.idle(), &[Arc::clone(&over) as WaitRef], Timeout::Poll, false);
    assert_eq!(look, Ok(Outcome::TimedOut));
    drop(open);
    block_on_event(pool.idle(), &over);
    assert!(!wait.unregister());
}

#[test]
fn more_waits_than_one_wait_can_hold() {
    let pool = pool(PoolSize::default());
    let (tell, told) = mpsc::channel();
    let objects: Vec<_> = (0..150).map(|_| Arc::new(Event::auto_reset(false))).collect();
    let waits: Vec<_> = (0..)
        .zip(&objects)
        .map(|(number, object)| {
            let tell = tell.clone();
            let callback = move |_| tell.send(number).unwrap();
            pool.register_wait(registration(&pool, object, Timeout::Infinite, callback)).unwrap()
        })
        .collect();
    objects.iter().for_each(|object| object.set());
    let mut numbers: Vec<i32> = (0..150).map(|_| told.recv_timeout(LONG).expect("a wait was lost")).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..150));
    for wait in &waits {
        wait.unregister();
    }
}

#[test]
fn a_wait_object_waits_once_each_time_it_is_set() {
    let pool = pool(PoolSize::default());
    let (tell, told) = mpsc::channel();
    let wait = WaitCallbacks::new(Environment::of(&pool), move |_, fired| tell.send(fired).unwrap());
    let object = Arc::new(Event::auto_reset(false));
    let as_ref = || Arc::clone(&object) as WaitRef;
    assert_eq!(wait.set(Some((as_ref(), Timeout::Infinite))), Ok(false));
    object.set();
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled));
    object.set();
    assert!(told.recv_timeout(MOMENT).is_err(), "it has to be set again");
    assert_eq!(wait.set(Some((as_ref(), Timeout::Infinite))), Ok(false), "it has fired");
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled), "the event was still signalled");
    assert_eq!(wait.set(Some((as_ref(), Duration::from_millis(5).into()))), Ok(false));
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::TimedOut));
    assert_eq!(wait.set(Some((as_ref(), Timeout::Infinite))), Ok(false));
    assert_eq!(wait.set(None), Ok(true), "it was waiting, and does not any more");
    wait.wait(true);
    object.set();
    assert!(told.recv_timeout(MOMENT).is_err());
}

#[test]
fn a_signal_that_comes_with_the_end_of_a_wait_is_not_lost() {
    let pool = pool(PoolSize::default());
    for _ in 0..200 {
        let (tell, told) = mpsc::channel();
        let wait = WaitCallbacks::new(Environment::of(&pool), move |_, fired| tell.send(fired).unwrap());
        let object = Arc::new(Event::auto_reset(false));
        wait.set(Some((Arc::clone(&object) as WaitRef, Timeout::Infinite))).unwrap();
        let setter = {
            let object = Arc::clone(&object);
            std::thread::spawn(move || object.set())
        };
        let cancelled = wait.set(None).unwrap();
        setter.join().unwrap();
        if cancelled {
            block_on_event(pool.idle(), &object);
        } else {
            assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled));
        }
    }
}

#[test]
fn the_end_of_the_pool_ends_its_waits() {
    let pool = pool(PoolSize::default());
    let object = Arc::new(Event::auto_reset(false));
    let wait = pool.register_wait(registration(&pool, &object, Timeout::Infinite, |_| {})).unwrap();
    assert!(pool.shutdown(Shutdown::Run, LONG.into()).1);
    wait.wait();
    let late = pool.register_wait(registration(&pool, &object, Timeout::Infinite, |_| {}));
    assert_eq!(late.err(), Some(Win32Error::ABANDONED_WAIT_0));
}
