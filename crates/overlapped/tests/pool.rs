//! The Rust face of thread pools (contract 06 section 10). The rules themselves are tested in the kernel.

mod common;

use common::{LOST, MOMENT, eventually, on_real_engines};
use overlapped::pool::{Fired, PoolSize, Priority, Shutdown, ThreadPool};
use overlapped::{Event, Timeout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn a_fixed_pool_keeps_its_threads_and_an_adaptive_one_lets_them_go() {
    on_real_engines(|lab| {
        for (size, rest) in [(PoolSize::fixed(3), 3), (PoolSize::adaptive(1, 6), 1)] {
            let size = size.concurrency(1).linger(Duration::from_millis(20));
            let pool = ThreadPool::new_in(&lab.system, size).unwrap();
            let gate = Event::manual_reset(false);
            for _ in 0..6 {
                let gate = gate.clone();
                pool.submit(move || assert!(gate.wait(LOST), "nobody opened the gate")).unwrap();
            }
            eventually("as many threads as may be", || pool.threads() == size.max);
            gate.set();
            eventually("all has run", || pool.queued() == 0);
            eventually("the surplus is gone", || pool.threads() == rest);
        }
    });
}

#[test]
fn work_is_run_or_given_back_at_the_end() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::fixed(1)).unwrap();
        let (open, gate) = channel::<()>();
        let (tell, told) = channel();
        pool.submit(move || {
            let _ = gate.recv_timeout(LOST);
        })
        .unwrap();
        eventually("the thread is taken", || pool.queued() == 0);
        for (priority, number) in [(Priority::Low, 3), (Priority::High, 1), (Priority::Normal, 2)] {
            let tell = tell.clone();
            pool.submit_at(priority, move || tell.send(number).unwrap()).unwrap();
        }
        drop(open);
        let (left, gone) = pool.shutdown(Shutdown::Run, LOST);
        assert!(left.is_empty() && gone);
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
        let error = pool.submit(move || tell.send(4).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the thread pool was shut down");
        (error.0)();
        assert_eq!(told.recv(), Ok(4));
    });
}

#[test]
fn signals_call_back_until_the_callback_is_dropped() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::default()).unwrap();
        let event = Event::auto_reset(false);
        let (tell, told) = channel();
        let callback = pool.on_signal(&event, Timeout::Infinite, move |fired| tell.send(fired).unwrap()).unwrap();
        for _ in 0..3 {
            event.set();
            assert_eq!(told.recv_timeout(LOST), Ok(Fired::Signalled));
        }
        callback.end();
        event.set();
        assert!(told.recv_timeout(MOMENT).is_err());
        let (tell, told) = channel();
        let _callback = pool
            .on_signal(&Event::auto_reset(false), Duration::from_millis(2), move |fired| {
                let _ = tell.send(fired);
            })
            .unwrap();
        for _ in 0..3 {
            assert_eq!(told.recv_timeout(LOST), Ok(Fired::TimedOut));
        }
    });
}

#[test]
fn a_timer_calls_back_until_it_is_stopped_or_dropped() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::default()).unwrap();
        let ticks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ticks);
        let timer = pool.timer(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        timer.set(Duration::ZERO, Some(Duration::from_millis(2)));
        eventually("five ticks", || ticks.load(Ordering::SeqCst) >= 5);
        timer.stop();
        timer.wait();
        let stopped = ticks.load(Ordering::SeqCst);
        std::thread::sleep(MOMENT);
        assert_eq!(ticks.load(Ordering::SeqCst), stopped);
        timer.set(LOST * 2, None);
        assert!(timer.stop(), "it was still to come");
        drop(timer);
    });
}

#[test]
fn panics_are_counted_and_hurt_nobody_else() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::fixed(2)).unwrap();
        for _ in 0..20 {
            pool.submit(|| panic!("on purpose")).unwrap();
        }
        let (_, gone) = pool.shutdown(Shutdown::Run, LOST);
        assert!(gone);
        assert_eq!(pool.panics(), 20);
    });
}

#[test]
fn work_that_blocks_without_saying_so_does_not_stop_the_pool() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::adaptive(0, 4).concurrency(1)).unwrap();
        let (open, gate) = channel::<()>();
        let (tell, told) = channel();
        pool.submit(move || {
            let _ = gate.recv_timeout(LOST);
        })
        .unwrap();
        pool.submit(move || tell.send(()).unwrap()).unwrap();
        told.recv_timeout(LOST / 2).expect("the pool waits for a thread that sleeps");
        drop(open);
    });
}
