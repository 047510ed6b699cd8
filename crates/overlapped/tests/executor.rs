//! The executor on a completion port (contract 06 sections 9 and 10): tasks, handles, wake-ups, and how it ends.

mod common;

use common::{LOST, Lab, MOMENT, bounded, eventually, on_every_engine, on_real_engines, readers, thread_id};
use overlapped::executor::yield_now;
use overlapped::pool::{Shutdown, ThreadPool};
use overlapped::{
    Executor, JoinError, JoinHandle, PoolSize, SentinelChoice, SystemBuilder, Timeout, alertable, blocking,
};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

fn executor(lab: &Lab, size: PoolSize) -> Executor {
    Executor::new_in(&lab.system, size).expect("an executor")
}

/// A future that is ready when somebody has opened it.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn wakers(&self) -> Vec<Waker> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Future for Gate {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap();
        if state.0 {
            return Poll::Ready(());
        }
        state.1.push(context.waker().clone());
        Poll::Pending
    }
}

/// Says when it is dropped.
struct Told(Arc<AtomicBool>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Uses the processor for this long, without any call that could block.
fn compute(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// A task that waits at a gate, and a word on whether its future is gone.
struct Waiting {
    task: JoinHandle<()>,
    gate: Gate,
    dropped: Arc<AtomicBool>,
}

fn waiting(executor: &Executor) -> Waiting {
    let (gate, dropped) = (Gate::default(), Arc::new(AtomicBool::new(false)));
    let (passed, told) = (gate.clone(), Told(Arc::clone(&dropped)));
    let task = executor.spawn(async move {
        let _told = told;
        passed.await;
    });
    eventually("it waits", || gate.wakers().len() == 1);
    Waiting { task, gate, dropped }
}

#[test]
fn tasks_run_without_being_awaited_and_give_their_values() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::default());
        let tasks: Vec<_> = (0..1000_u64).map(|n| executor.spawn(async move { n * n })).collect();
        eventually("all have ended", || tasks.iter().all(JoinHandle::is_finished));
        assert_eq!(executor.tasks(), 0);
        let sum: u64 = executor.block_on(async {
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        });
        assert_eq!(sum, (0..1000).map(|n| n * n).sum());
    });
}

#[test]
fn operations_complete_in_tasks() {
    on_every_engine(|lab| {
        let executor = executor(lab, PoolSize::adaptive(0, 8));
        let tasks: Vec<_> = readers(lab).map(|reader| executor.spawn(reader)).collect();
        for task in tasks {
            task.wait().expect("a task failed");
        }
    });
}

#[test]
fn a_request_that_pends_wakes_its_task() {
    on_real_engines(|lab| {
        let fifo = Arc::new(lab.fifo("fifo"));
        let mut writer = std::fs::OpenOptions::new().write(true).open(lab.path("fifo")).unwrap();
        let executor = executor(lab, PoolSize::fixed(2));
        let reader = Arc::clone(&fifo);
        let task = executor.spawn(async move {
            let mut got = Vec::new();
            while got.len() < 40 {
                let (result, bytes) = reader.read_at(vec![0; 4], 0).await;
                assert_eq!(result, Ok(bytes.len()));
                got.extend(bytes);
            }
            got
        });
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(1));
            writer.write_all(b"tick").unwrap();
        }
        assert_eq!(task.wait().unwrap(), b"tick".repeat(10));
    });
}

#[test]
fn no_more_tasks_are_polled_at_once_than_the_concurrency_value_says() {
    on_real_engines(|lab| {
        // Without a sentinel: a thread that waits a moment for a lock of the allocator is no thread that blocks here, and the count
        // never exceeds the value.
        let choice = lab.name().parse().expect("the name of an engine");
        let system = SystemBuilder::new().engine(choice).sentinel(SentinelChoice::Off).build().expect("one more");
        let executor = Executor::new_in(&system, PoolSize::fixed(8).concurrency(2)).expect("an executor");
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
                executor.spawn(async move {
                    for _ in 0..3 {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        compute(Duration::from_micros(100));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        yield_now().await;
                    }
                })
            })
            .collect();
        tasks.into_iter().for_each(|task| task.wait().unwrap());
        let most = most.load(Ordering::SeqCst);
        assert!((1..=2).contains(&most), "{most} tasks were polled at once");
    });
}

#[test]
fn a_task_that_blocks_lets_another_run() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::adaptive(0, 4).concurrency(1));
        let (tell, told) = channel();
        let first = executor.spawn(async move { blocking(|| told.recv_timeout(LOST)) });
        let second = executor.spawn(async move { tell.send(7).unwrap() });
        second.wait().unwrap();
        assert_eq!(first.wait().unwrap(), Ok(7));
    });
}

#[test]
fn block_on_takes_a_future_that_borrows_and_stays_on_its_thread() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(3));
        let mut polls = 0;
        let local = Rc::new(Cell::new(0));
        let me = thread_id();
        for _ in 0..50 {
            let (inner, spawner) = (Rc::clone(&local), executor.clone());
            let counted = &mut polls;
            executor.block_on(async move {
                for n in 0..5 {
                    inner.set(inner.get() + spawner.spawn(async move { n }).await.unwrap());
                    assert_eq!(thread_id(), me);
                    *counted += 1;
                }
            });
        }
        assert_eq!((polls, local.get()), (250, 50 * 10));
    });
}

#[test]
fn block_on_alone_runs_everything_on_its_thread() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::adaptive(0, 1));
        let spawner = executor.clone();
        let threads = executor.block_on(async move {
            let tasks: Vec<_> = (0..20).map(|_| spawner.spawn(async { thread_id() })).collect();
            let mut threads = Vec::new();
            for task in tasks {
                threads.push(task.await.unwrap());
            }
            threads
        });
        assert_eq!(threads, vec![thread_id(); 20]);
    });
}

#[test]
fn block_on_leaves_nothing_of_itself_behind() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(2));
        let gate = Gate::default();
        for _ in 0..100 {
            let gate = gate.clone();
            executor.block_on(async {
                let spawned = executor.spawn(yield_now());
                spawned.await.unwrap();
                drop(gate);
            });
            let picture = executor.snapshot();
            let me = thread_id();
            let works = picture.waiting.contains(&me) || picture.released.contains(&me) || picture.is_paused(me);
            assert!(!works, "it still works for the port");
            assert!(!alertable::sleep(Timeout::Poll), "an APC is left");
        }
        // A waker that outlives its future says nothing to anybody.
        let mut late = None;
        executor.block_on(poll_fn(|context| {
            late = Some(context.waker().clone());
            Poll::Ready(())
        }));
        late.unwrap().wake();
        thread::sleep(MOMENT);
        assert!(!alertable::sleep(Timeout::Poll));
    });
}

#[test]
fn block_on_passes_a_panic_on_and_leaves_the_port() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(1));
        let inner = executor.clone();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            inner.block_on(async {
                yield_now().await;
                panic!("on purpose");
            })
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"on purpose"));
        assert_eq!(executor.block_on(async { 3 }), 3);
        assert_eq!(executor.pool().threads(), 1);
    });
}

#[test]
fn waiting_inside_a_task_does_not_use_the_pool_up() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::adaptive(0, 1).concurrency(1));
        let outer = executor.clone();
        let task = executor.spawn(async move {
            let middle = outer.clone();
            let by_block_on = outer.block_on(async move {
                let inner = middle.clone();
                middle.spawn(async move { inner.spawn(async { 20 }).wait().unwrap() + 1 }).await.unwrap()
            });
            by_block_on * 2
        });
        assert_eq!(task.wait().unwrap(), 42);
        let inside = executor.clone();
        assert_eq!(
            executor.block_on(async move { inside.block_on(async { inside.spawn(async { 5 }).await.unwrap() }) }),
            5
        );
    });
}

#[test]
fn a_task_outlives_its_handle() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::default());
        let (gate, (tell, told)) = (Gate::default(), channel());
        let passed = gate.clone();
        drop(executor.spawn(async move {
            passed.await;
            tell.send(()).unwrap();
        }));
        eventually("it waits", || gate.wakers().len() == 1);
        gate.open();
        told.recv_timeout(LOST).expect("the task ended with its handle");
    });
}

#[test]
fn cancelling_drops_the_future_and_a_finished_task_keeps_its_value() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::default());
        let Waiting { task, gate, dropped } = waiting(&executor);
        task.cancel();
        assert!(task.wait().unwrap_err().is_cancelled());
        assert!(dropped.load(Ordering::SeqCst), "the future is gone when its end is known");
        gate.open();

        let done = executor.spawn(async { 4 });
        eventually("it has ended", || done.is_finished());
        done.cancel();
        assert_eq!(done.wait().unwrap(), 4);

        // A request that a cancelled task awaited is cancelled with it.
        let fifo = Arc::new(lab.fifo("fifo"));
        let reader = Arc::clone(&fifo);
        let reading = executor.spawn(async move { reader.read_at(vec![0; 4], 0).await.0 });
        eventually("a request pends", || lab.system.outstanding() == 1);
        reading.cancel();
        assert!(reading.wait().unwrap_err().is_cancelled());
        eventually("nothing pends", || lab.system.outstanding() == 0);
    });
}

#[test]
fn a_panic_reaches_the_handle_and_nobody_else() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(1));
        let task = executor.spawn(async {
            yield_now().await;
            panic!("number {}", std::hint::black_box(7));
        });
        let error: JoinError = task.wait().map(|()| unreachable!("it panics")).unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(error.to_string(), "the task panicked: number 7");
        let JoinError::Panicked(panic) = error else { unreachable!() };
        assert_eq!(panic.into_payload().downcast_ref::<String>().map(String::as_str), Some("number 7"));
        assert_eq!(executor.spawn(async { 1 }).wait().unwrap(), 1, "the thread goes on");

        struct Grenade;
        impl Drop for Grenade {
            fn drop(&mut self) {
                panic!("on purpose");
            }
        }
        let grenade = Grenade;
        let task = executor.spawn(async move {
            let _grenade = grenade;
            std::future::pending::<()>().await;
        });
        task.cancel();
        assert!(task.wait().unwrap_err().is_cancelled(), "a destructor that panics loses nothing");
        assert_eq!((executor.spawn(async { 2 }).wait().unwrap(), executor.tasks()), (2, 0));
    });
}

#[test]
fn wake_ups_from_many_threads_are_not_lost() {
    on_real_engines(|lab| {
        const TASKS: usize = 50;
        const WAKES: usize = 200;
        let executor = executor(lab, PoolSize::fixed(4).concurrency(2));
        let slots: Arc<Vec<(AtomicUsize, Mutex<Option<Waker>>)>> =
            Arc::new((0..TASKS).map(|_| (AtomicUsize::new(0), Mutex::new(None))).collect());
        let tasks: Vec<_> = (0..TASKS)
            .map(|n| {
                let slots = Arc::clone(&slots);
                executor.spawn(poll_fn(move |context| {
                    let (count, waker) = &slots[n];
                    // Registers first and looks then, as every future must.
                    *waker.lock().unwrap() = Some(context.waker().clone());
                    if count.load(Ordering::Relaxed) == 2 * WAKES { Poll::Ready(()) } else { Poll::Pending }
                }))
            })
            .collect();
        let wakers: Vec<_> = (0..2)
            .map(|_| {
                let slots = Arc::clone(&slots);
                thread::spawn(move || {
                    for _ in 0..WAKES {
                        for (count, waker) in slots.iter() {
                            count.fetch_add(1, Ordering::Relaxed);
                            if let Some(waker) = &*waker.lock().unwrap() {
                                waker.wake_by_ref();
                            }
                        }
                    }
                })
            })
            .collect();
        wakers.into_iter().for_each(|waker| waker.join().unwrap());
        tasks.into_iter().for_each(|task| task.wait().unwrap());
    });
}

#[test]
fn tasks_that_wake_themselves_take_turns() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(1).concurrency(1));
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let restless = executor.spawn(async move {
            while !stopped.load(Ordering::SeqCst) {
                yield_now().await;
            }
        });
        executor.spawn(async move { stop.store(true, Ordering::SeqCst) }).wait().unwrap();
        restless.wait().unwrap();
    });
}

#[test]
fn dropping_the_executor_cancels_what_has_not_ended() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::default());
        let Waiting { task, gate, dropped } = waiting(&executor);
        drop(executor);
        assert!(task.wait().unwrap_err().is_cancelled());
        assert!(dropped.load(Ordering::SeqCst));
        gate.open();
    });
}

#[test]
fn a_shutdown_ends_tasks_and_threads_and_later_tasks_are_cancelled() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::fixed(3));
        let gate = Gate::default();
        let tasks: Vec<_> = (0..20).map(|_| executor.spawn(gate.clone())).collect();
        eventually("they wait", || gate.wakers().len() == 20);
        executor.shutdown(LOST).unwrap();
        assert_eq!((executor.tasks(), executor.pool().threads()), (0, 0));
        for task in tasks {
            assert!(task.wait().unwrap_err().is_cancelled());
        }
        assert!(executor.spawn(async {}).wait().unwrap_err().is_cancelled());
        gate.open();
        let slow = Gate::default();
        let opener = {
            let slow = slow.clone();
            thread::spawn(move || {
                thread::sleep(MOMENT);
                slow.open();
            })
        };
        executor.block_on(slow);
        opener.join().unwrap();
    });
}

#[test]
fn handles_can_be_awaited_under_tokio_and_under_smol() {
    on_real_engines(|lab| {
        let executor = executor(lab, PoolSize::default());
        lab.file("data", "some text");
        let file = Arc::new(lab.open("data"));
        let read = move || {
            let file = Arc::clone(&file);
            async move {
                let (result, bytes) = file.read_at(Vec::with_capacity(9), 0).await;
                result.map(|_| bytes)
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let task = executor.spawn(read());
        let bytes = runtime.block_on(async move { tokio::spawn(async move { task.await.unwrap() }).await.unwrap() });
        assert_eq!(bytes.unwrap(), b"some text");
        let task = executor.spawn(read());
        assert_eq!(smol::block_on(async move { smol::spawn(task).await.unwrap() }).unwrap(), b"some text");
    });
}

#[test]
fn an_executor_shares_a_pool_with_other_work() {
    bounded("the test", || {
        let pool = overlapped::ThreadPool::new(PoolSize::adaptive(0, 4)).unwrap();
        let executor = Executor::on(&pool);
        let (tell, told) = channel();
        let task = executor.spawn(async { 1 });
        pool.submit(move || tell.send(2).unwrap()).unwrap();
        assert_eq!((task.wait().unwrap(), told.recv_timeout(LOST)), (1, Ok(2)));
        drop(executor);
        let (tell, told) = channel();
        pool.submit(move || tell.send(3).unwrap()).unwrap();
        assert_eq!(told.recv_timeout(LOST), Ok(3), "the pool goes on without the executor");
    });
}

#[test]
fn a_task_whose_packet_a_pool_has_given_back_is_cancelled() {
    on_real_engines(|lab| {
        let pool = ThreadPool::new_in(&lab.system, PoolSize::fixed(1)).expect("a pool");
        let executor = Executor::on(&pool);
        let (open, gate) = channel::<()>();
        pool.submit(move || _ = gate.recv_timeout(LOST)).expect("the pool is not shut down");
        eventually("the thread is taken", || pool.queued() == 0);
        let task = executor.spawn(async {});
        let (given_back, _) = pool.shutdown(Shutdown::GiveBack, Timeout::Poll);
        assert_eq!(given_back.len(), 1);
        drop(given_back);
        assert!(task.wait().unwrap_err().is_cancelled());
        drop(open);
    });
}

#[test]
fn time_passes_for_those_who_await_it() {
    use overlapped::executor::{Elapsed, sleep_in, timeout_in};
    on_every_engine(|lab: &Lab| {
        let (executor, clock) = (executor(lab, PoolSize::fixed(2)), lab.system.engine());
        let before = clock.now();
        let (short, long) = (Duration::from_millis(20), Duration::from_millis(60));
        let sleeps: Vec<_> = [long, short, Duration::ZERO]
            .map(|time| {
                let sleep = sleep_in(&lab.system, time);
                let system = lab.system.clone();
                executor.spawn(async move {
                    sleep.await;
                    system.engine().now()
                })
            })
            .into();
        let ends: Vec<_> = sleeps.into_iter().map(|task| task.wait().unwrap().since(before)).collect();
        assert!(ends[0] >= long && ends[1] >= short, "{ends:?}");

        lab.make_fifo("silent");
        let fifo = lab.open("silent");
        let (result, waits) = executor.block_on(async {
            let read = fifo.read_at(vec![0; 4], 0);
            let result = timeout_in(&lab.system, short, read).await;
            (result.map(drop), timeout_in(&lab.system, LOST, async { 7 }).await)
        });
        assert_eq!((result, waits), (Err(Elapsed), Ok(7)));
        eventually("the read was cancelled", || fifo.outstanding() == 0);
    });
}

/// Wakers that panic, and sleeps that are dropped or awaited by somebody else, hurt no other sleep.
#[test]
fn a_sleep_wakes_who_polled_it_last_whatever_others_do() {
    use overlapped::executor::sleep_in;
    on_real_engines(|lab: &Lab| {
        struct Faulty(AtomicUsize);
        impl std::task::Wake for Faulty {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::SeqCst);
                panic!("on purpose");
            }
        }
        // What counts is who polled it last before it was due: on a busy machine that may come too late.
        eventually("everything was polled and dropped in time", || {
            let faulty = Arc::new(Faulty(AtomicUsize::new(0)));
            let waker = Waker::from(Arc::clone(&faulty));
            let mut context = Context::from_waker(&waker);
            let mut left = sleep_in(&lab.system, MOMENT);
            let mut in_time = Pin::new(&mut left).poll(&mut context).is_pending();
            let begun = Instant::now();
            let mut dropped = sleep_in(&lab.system, MOMENT);
            in_time &= Pin::new(&mut dropped).poll(&mut context).is_pending();
            drop(dropped);
            in_time &= begun.elapsed() < MOMENT;
            let begun = Instant::now();
            let mut moved = sleep_in(&lab.system, 2 * MOMENT);
            in_time &= Pin::new(&mut moved).poll(&mut context).is_pending();
            let mut moved_in_time = None;
            executor(lab, PoolSize::fixed(1)).block_on(poll_fn(|context| {
                let polled = Pin::new(&mut moved).poll(context);
                moved_in_time.get_or_insert_with(|| begun.elapsed() < 2 * MOMENT);
                polled
            }));
            if !in_time {
                return false;
            }
            // It was due before, but may be called after, if both were late.
            eventually("the one that was left with it", || faulty.0.load(Ordering::SeqCst) > 0);
            executor(lab, PoolSize::fixed(1)).block_on(left);
            in_time &= moved_in_time == Some(true);
            assert!(!in_time || faulty.0.load(Ordering::SeqCst) == 1, "only the one that was left with it");
            in_time
        });
    });
}

#[test]
fn an_object_can_be_awaited() {
    use overlapped::pool::Fired;
    use overlapped::{Event, Semaphore, Timer, wait_any};
    on_real_engines(|lab: &Lab| {
        let executor = executor(lab, PoolSize::fixed(2));
        let (event, semaphore) = (Event::auto_reset(false), Semaphore::new(0, 9).unwrap());
        let timer = Timer::manual_reset_in(&lab.system);
        let pool = executor.pool();
        let (first, second) =
            (pool.signalled(&event, Timeout::Infinite).unwrap(), pool.signalled(&semaphore, LOST).unwrap());
        let third = pool.signalled(&timer, Timeout::Infinite).unwrap();
        let task = executor.spawn(async move { (first.await, second.await, third.await) });
        event.set();
        semaphore.release(2).unwrap();
        timer.set(Duration::from_millis(1), None);
        assert_eq!(task.wait().unwrap(), (Fired::Signalled, Fired::Signalled, Fired::Signalled));
        assert_eq!(wait_any(&[&event], Timeout::Poll).unwrap(), overlapped::WaitResult::TimedOut, "it is consumed");
        assert_eq!(wait_any(&[&semaphore], Timeout::Poll).unwrap(), overlapped::WaitResult::Object(0), "once");
        let never = pool.signalled(&event, Duration::from_millis(1)).unwrap();
        assert_eq!(executor.block_on(never), Fired::TimedOut);
        // Who gives up takes nothing.
        drop(pool.signalled(&event, Timeout::Infinite).unwrap());
        event.set();
        eventually("it is there for somebody else", || {
            wait_any(&[&event], Timeout::Poll).unwrap() == overlapped::WaitResult::Object(0)
        });
        executor.shutdown(LOST).unwrap();
        assert_eq!(pool.signalled(&event, LOST).unwrap_err().code().0, 735);
    });
}
