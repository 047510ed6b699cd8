//! Timers that call back.

use super::*;
use crate::dispatcher::{Due, filetime_now};

const MS: Duration = Duration::from_millis(1);
/// The same in the units of a FILETIME.
const PER_MS: u64 = 10_000;

fn telling(pool: &ThreadPool, on_timer_thread: bool) -> (Arc<CallbackTimer>, mpsc::Receiver<Option<String>>) {
    let (tell, told) = mpsc::channel();
    let timer = CallbackTimer::new(Environment::of(pool), on_timer_thread, move |_| {
        tell.send(std::thread::current().name().map(str::to_owned)).unwrap();
    });
    (timer, told)
}

#[test]
fn a_timer_calls_back_once_after_its_time() {
    let pool = pool(PoolSize::default());
    let (timer, told) = telling(&pool, false);
    assert!(!timer.is_set());
    let start = Instant::now();
    assert!(!timer.set(Some(Schedule::once(MS * 20))), "nothing was set before");
    assert!(timer.is_set());
    assert_eq!(told.recv_timeout(LONG).unwrap().as_deref(), Some("ovl-pool"));
    assert!(start.elapsed() >= MS * 20);
    assert!(told.recv_timeout(MOMENT).is_err());
    assert!(timer.is_set(), "a timer that has called back still counts as set");
    assert!(!timer.set(None), "but there was nothing to cancel");
    assert!(!timer.is_set());
}

#[test]
fn a_timer_that_is_set_to_nothing_in_time_does_not_call_back() {
    let pool = pool(PoolSize::default());
    let (timer, told) = telling(&pool, false);
    timer.set(Some(Schedule::once(LONG)));
    assert!(timer.set(Some(Schedule::once(LONG * 2))), "the first setting was cancelled");
    assert!(timer.set(None));
    assert_eq!(pool.alarms(), 0);
    timer.wait(true);
    assert!(told.try_recv().is_err());
}

#[test]
fn a_periodic_timer_goes_on_until_it_is_stopped() {
    let pool = pool(PoolSize::default());
    let (timer, told) = telling(&pool, true);
    timer.set(Some(Schedule { due: Due::In(Duration::ZERO), period: Some(MS * 5), window: Duration::ZERO }));
    for _ in 0..5 {
        let thread = told.recv_timeout(LONG).expect("a period was lost");
        assert_eq!(thread.as_deref(), Some("ovl-timer"));
    }
    timer.set(None);
    timer.wait(true);
    told.try_iter().for_each(drop);
    assert!(told.recv_timeout(MOMENT).is_err());
}

#[test]
fn an_absolute_time_that_has_passed_is_due_at_once() {
    let pool = pool(PoolSize::default());
    let (timer, told) = telling(&pool, false);
    for due in [0, 1, filetime_now() - 10_000_000, filetime_now() + 100_000] {
        timer.set(Some(Schedule { due: Due::At(due), period: None, window: Duration::ZERO }));
        told.recv_timeout(LONG).unwrap();
    }
}

#[test]
fn timers_ring_in_the_order_of_their_times() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    let timers: Vec<_> = (0..20_u32)
        .map(|number| {
            let tell = tell.clone();
            CallbackTimer::new(Environment::of(&pool), true, move |_| tell.send(number).unwrap())
        })
        .collect();
    // Of those that are set in time; this thread may lose the processor for longer than the first one takes.
    eventually("all are set before the first one is due", || {
        let (first, mut in_time) = (filetime_now() + 100 * PER_MS, true);
        for (number, timer) in timers.iter().enumerate().rev() {
            let due = first + number as u64 * 5 * PER_MS;
            let begun = Instant::now();
            timer.set(Some(Schedule { due: Due::At(due), period: None, window: Duration::ZERO }));
            // One that takes longer may have read two clocks far apart.
            in_time &= begun.elapsed() < 5 * MS;
        }
        in_time &= filetime_now() < first;
        let order: Vec<_> = (0..20).map(|_| told.recv_timeout(LONG).unwrap()).collect();
        assert!(!in_time || order.is_sorted(), "{order:?}");
        in_time
    });
}

#[test]
fn a_window_lets_a_timer_wait_for_another_one() {
    let pool = pool(PoolSize::fixed(1));
    let (tell, told) = mpsc::channel();
    let [patient, prompt] = ["patient", "prompt"].map(|name| {
        let tell = tell.clone();
        CallbackTimer::new(Environment::of(&pool), true, move |_| tell.send((name, Instant::now())).unwrap())
    });
    patient.set(Some(Schedule { due: Due::In(MS), period: None, window: LONG * 10 }));
    assert!(told.recv_timeout(MOMENT).is_err(), "it may be late, so nobody wakes for it alone");
    prompt.set(Some(Schedule::once(MS)));
    let names: Vec<_> = (0..2).map(|_| told.recv_timeout(LONG).expect("both ring together").0).collect();
    assert_eq!(names, ["patient", "prompt"]);
}

#[test]
fn ticks_do_not_pile_up_behind_a_slow_callback() {
    let pool = pool(PoolSize::fixed(1));
    let gate = Arc::new(Event::manual_reset(false));
    let (idle, opened) = (Arc::clone(pool.idle()), Arc::clone(&gate));
    let (tell, told) = mpsc::channel();
    let (begin, begun) = mpsc::channel();
    let timer = CallbackTimer::new(Environment::of(&pool), false, move |_| {
        begin.send(()).unwrap();
        block_on_event(&idle, &opened);
        tell.send(()).unwrap();
    });
    timer.set(Some(Schedule { due: Due::In(Duration::ZERO), period: Some(MS), window: Duration::ZERO }));
    begun.recv_timeout(LONG).expect("the first tick");
    std::thread::sleep(MOMENT * 2);
    assert!(pool.queued() <= 1, "{} ticks are queued", pool.queued());
    timer.set(None);
    gate.set();
    timer.wait(false);
    assert!((1..=2).contains(&told.try_iter().count()));
}

#[test]
fn a_timer_whose_pool_ends_calls_nobody_back() {
    // What counts is an end before the timer is due: this thread may have lost the processor meanwhile.
    eventually("the pool ends in time", || {
        let pool = pool(PoolSize::default());
        let (timer, told) = telling(&pool, false);
        let start = Instant::now();
        timer.set(Some(Schedule::once(MS * 20)));
        assert!(pool.shutdown(Shutdown::Run, LONG.into()).1);
        let in_time = start.elapsed() < MS * 20;
        let called = told.recv_timeout(MOMENT).is_ok();
        assert!(!(in_time && called));
        assert!(!timer.set(Some(Schedule::once(MS))));
        timer.wait(false);
        in_time
    });
}
