//! Wake-ups of called threads, put off while what a poll has found is delivered.
//!
//! A thread that is woken in the middle of a delivery most often preempts it, or overtakes it: it serves its packet, finds the next one not
//! delivered yet, and sleeps again, once for each packet. So whoever delivers wakes those that it has called to their ports when it is done, or
//! after a handful. Their packets are theirs meanwhile. Drawback: the first of them runs as much later as the rest of its handful takes.

/// So many deliveries are made before those that they have called are woken: some microseconds' worth.
pub(crate) const HANDFUL: usize = 16;

#[cfg(not(loom))]
pub(crate) use real::{hold, release, wake};

/// The checker's threads share those of the process, and nothing is polled there.
#[cfg(loom)]
pub(crate) fn wake(thread: std::sync::Arc<super::Thread>) {
    thread.wake();
}

#[cfg(loom)]
pub(crate) fn hold() {}

#[cfg(loom)]
pub(crate) fn release() {}

#[cfg(not(loom))]
mod real {
    use crate::thread::Thread;
    use std::cell::{Cell, RefCell};
    use std::sync::Arc;

    #[derive(Default)]
    struct Held {
        depth: Cell<u32>,
        threads: RefCell<Vec<Arc<Thread>>>,
    }

    thread_local! {
        static HELD: Held = const { Held { depth: Cell::new(0), threads: RefCell::new(Vec::new()) } };
    }

    /// While this lives, the calling thread puts wake-ups off.
    #[must_use]
    pub(crate) struct Hold(());

    /// From now on the calling thread puts wake-ups off.
    pub(crate) fn hold() -> Hold {
        let _ = HELD.try_with(|held| held.depth.set(held.depth.get() + 1));
        Hold(())
    }

    impl Drop for Hold {
        fn drop(&mut self) {
            let last = HELD.try_with(|held| {
                held.depth.set(held.depth.get() - 1);
                held.depth.get() == 0
            });
            if last == Ok(true) {
                release();
            }
        }
    }

    /// Wakes those whose wake-ups the calling thread has put off. For whoever is about to do something that may take time.
    pub(crate) fn release() {
        let _ = HELD.try_with(|held| {
            // The list is not borrowed while one is woken, and who was called first is woken first.
            let next = || {
                let mut threads = held.threads.borrow_mut();
                if threads.is_empty() { None } else { Some(threads.remove(0)) }
            };
            while let Some(thread) = next() {
                thread.wake();
            }
        });
    }

    /// Wakes the thread: at once, or when the delivery of the calling thread is over.
    pub(crate) fn wake(thread: Arc<Thread>) {
        let put_off = HELD.try_with(|held| {
            let holds = held.depth.get() > 0;
            if holds {
                held.threads.borrow_mut().push(Arc::clone(&thread));
            }
            holds
        });
        if put_off != Ok(true) {
            thread.wake();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::clock::Timeout;
    use crate::port::{Packet, Port};
    use crate::system::System;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    const LONG: Duration = Duration::from_secs(60);

    fn wait(what: &str, condition: impl Fn() -> bool) {
        let start = Instant::now();
        while !condition() {
            assert!(start.elapsed() < LONG, "never: {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Two threads that serve a port until it is closed; `test` gets the port and the count of packets served.
    fn with_servants(test: impl FnOnce(&Arc<Port>, &AtomicUsize)) {
        struct Close<'a>(&'a Arc<Port>);
        impl Drop for Close<'_> {
            fn drop(&mut self) {
                self.0.close();
            }
        }
        let system: System = crate::pool::tests::system();
        let (port, served) = (system.new_port(2), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let serve = || {
                while port.remove(system.idle(), Timeout::Infinite, false).is_ok() {
                    served.fetch_add(1, Ordering::SeqCst);
                }
            };
            let servants = [scope.spawn(serve), scope.spawn(serve)];
            let close = Close(&port);
            wait("both wait", || port.snapshot().waiting.len() == 2);
            // Long enough for both to be asleep and not on watch.
            std::thread::sleep(Duration::from_millis(20));
            test(&port, &served);
            drop(close);
            // ThreadSanitizer sees joins, but not the end of a scope.
            servants.into_iter().for_each(|servant| servant.join().unwrap());
        });
    }

    #[test]
    fn called_threads_run_when_the_delivery_is_over() {
        with_servants(|port, served| {
            let outer = hold();
            let inner = hold();
            (0..5).for_each(|n| assert!(port.insert(Packet::posted(0, n, 0))));
            assert_eq!(port.snapshot().waiting.len(), 0, "both are called");
            drop(inner);
            std::thread::sleep(Duration::from_millis(50));
            assert_eq!(served.load(Ordering::SeqCst), 0, "and sleep on");
            drop(outer);
            wait("all are served", || served.load(Ordering::SeqCst) == 5);
        });
    }

    #[test]
    fn who_is_about_to_take_time_wakes_them_first() {
        with_servants(|port, served| {
            let _hold = hold();
            assert!(port.insert(Packet::posted(0, 1, 0)));
            std::thread::sleep(Duration::from_millis(50));
            assert_eq!(served.load(Ordering::SeqCst), 0);
            release();
            wait("it is served", || served.load(Ordering::SeqCst) == 1);
        });
    }

    #[test]
    fn a_delivery_that_panics_leaves_nobody_asleep() {
        with_servants(|port, served| {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _hold = hold();
                assert!(port.insert(Packet::posted(0, 1, 0)));
                panic!("as a watcher might");
            }));
            assert!(result.is_err());
            wait("it is served", || served.load(Ordering::SeqCst) == 1);
            // The thread puts nothing off any more.
            assert!(port.insert(Packet::posted(0, 1, 0)));
            wait("the next one too", || served.load(Ordering::SeqCst) == 2);
        });
    }
}
