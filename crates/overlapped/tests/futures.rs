//! Operations as futures, under executors that know nothing of this library (design section 5: "an operation is also a
//! `Future` that any executor can await"; nothing in the safe interface blocks an executor).

mod common;

use common::{Lab, Ledger, bounded, eventually, never, on_every_engine, on_real_engines, on_sim, pattern, readers};
use overlapped::OverlappedFile;
use std::future::Future;
use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

/// Wakes a thread, and counts.
struct Unpark {
    thread: Thread,
    wakes: AtomicUsize,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        self.thread.unpark();
    }
}

fn unparker() -> Arc<Unpark> {
    Arc::new(Unpark { thread: std::thread::current(), wakes: AtomicUsize::new(0) })
}

/// The smallest executor there is. The thread sleeps outside of the library.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(unparker());
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Reads and writes, some of which are pending for sure.
async fn exercise(data: &OverlappedFile, fifo: &OverlappedFile) {
    let bytes = pattern(300 << 10, 3);
    assert_eq!(data.write_at(bytes.clone(), 0).await.0, Ok(bytes.len()));
    let reads: Vec<_> = (0..100).map(|n| data.read_at(Vec::with_capacity(3 << 10), n * (3 << 10))).collect();
    for (n, read) in reads.into_iter().enumerate() {
        let (result, got) = read.await;
        assert_eq!(result, Ok(3 << 10));
        assert!(got == bytes[n * (3 << 10)..][..3 << 10]);
    }
    let (result, _) = data.read_at(vec![0; 10], 1 << 30).await;
    assert!(result.unwrap_err().is_end_of_file());

    let fd = fifo.as_fd().try_clone_to_owned().unwrap();
    let writer = std::thread::spawn(move || {
        for _ in 0..20 {
            std::thread::sleep(Duration::from_micros(300));
            rustix::io::write(&fd, b"tick").unwrap();
        }
    });
    // A pipe gives what is there (contract 03 section 1), in any portions.
    let mut got = Vec::new();
    while got.len() < 80 {
        let (result, bytes) = fifo.read_at(vec![0; 4], 0).await;
        assert_eq!(result, Ok(bytes.len()));
        got.extend(bytes);
    }
    assert_eq!(got, b"tick".repeat(20));
    writer.join().unwrap();
    let cancelled = fifo.read_at(vec![0; 4], 0);
    assert!(cancelled.cancel());
    assert!(cancelled.await.0.unwrap_err().is_cancelled());
}

fn files(lab: &Lab) -> (OverlappedFile, OverlappedFile) {
    lab.file("data", "");
    (lab.open("data"), lab.fifo("fifo"))
}

#[test]
fn operations_complete_under_a_thread_that_parks() {
    on_every_engine(|lab| {
        let (data, fifo) = files(lab);
        block_on(exercise(&data, &fifo));
    });
}

#[test]
fn operations_complete_under_pollster() {
    on_every_engine(|lab| {
        let (data, fifo) = files(lab);
        pollster::block_on(exercise(&data, &fifo));
    });
}

#[test]
fn operations_complete_under_tokio_on_one_thread() {
    on_every_engine(|lab| {
        let (data, fifo) = files(lab);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(exercise(&data, &fifo));
    });
}

#[test]
fn operations_complete_under_tokio_on_several_threads() {
    on_every_engine(|lab| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).build().unwrap();
        let tasks: Vec<_> = readers(lab).map(|reader| runtime.spawn(reader)).collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
        let (data, fifo) = files(lab);
        runtime.block_on(async { exercise(&data, &fifo).await });
    });
}

#[test]
fn operations_complete_under_smol() {
    on_every_engine(|lab| {
        let (data, fifo) = files(lab);
        smol::block_on(exercise(&data, &fifo));
        let file = Arc::new(data);
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let file = Arc::clone(&file);
                smol::spawn(async move { file.read_at(Vec::with_capacity(1000), n * 1000).await.0 })
            })
            .collect();
        for task in tasks {
            assert_eq!(smol::block_on(task), Ok(1000));
        }
    });
}

/// How often the calling thread has gone to sleep.
fn voluntary_switches() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).expect("a counter");
    line.trim().parse().expect("a number")
}

#[test]
fn polling_never_blocks() {
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let mut read = pin!(fifo.read_at(vec![0; 4], 0));
        // Nobody ever writes: a poll that waits is one that the watchdog ends, and one that sleeps is counted by Linux.
        let before = voluntary_switches();
        for _ in 0..1000 {
            assert!(read.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let slept = voluntary_switches() - before;
        assert!(slept < 500, "{slept} of 1000 polls gave the processor up");
    });
}

#[test]
fn the_last_waker_is_called_once() {
    // A future that moved to another task wakes that one.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let (first, last) = (unparker(), unparker());
        let (early, late) = (Waker::from(Arc::clone(&first)), Waker::from(Arc::clone(&last)));
        let mut read = Box::pin(fifo.read_at(vec![0; 4], 0));
        assert!(read.as_mut().poll(&mut Context::from_waker(&early)).is_pending());
        assert!(read.as_mut().poll(&mut Context::from_waker(&late)).is_pending());
        assert!(read.as_mut().poll(&mut Context::from_waker(&late)).is_pending());
        rustix::io::write(fifo.as_fd(), b"data").unwrap();
        eventually("the waker is called", || last.wakes.load(Ordering::SeqCst) == 1);
        let ready = read.as_mut().poll(&mut Context::from_waker(&late));
        assert_eq!(ready, Poll::Ready((Ok(4), b"data".to_vec())));
        assert_eq!((first.wakes.load(Ordering::SeqCst), last.wakes.load(Ordering::SeqCst)), (0, 1));
    });
}

#[test]
fn a_future_that_lost_a_race_is_dropped_without_harm() {
    // Contract 03 section 2, the Rust note: dropping a future cancels.
    on_every_engine(|lab| {
        let ledger = Ledger::new();
        let fifo = lab.fifo("fifo");
        for _ in 0..50 {
            let mut read = Box::pin(fifo.read_at(ledger.zeroed(8), 0));
            assert!(read.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(read);
        }
        eventually("every buffer is given back", || ledger.alive() == 0);
        eventually("nothing is outstanding", || fifo.outstanding() == 0);
        ledger.check_graves();
    });
    on_sim(never(), |lab| {
        let ledger = Ledger::new();
        lab.file("data", "0123456789");
        let file = lab.open("data");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        for _ in 0..20 {
            let read = file.read_at(ledger.zeroed(8), 0);
            drop(runtime.spawn(read));
        }
        drop(runtime);
        eventually("every buffer is given back", || ledger.alive() == 0);
        ledger.check_graves();
    });
}

#[test]
fn a_waker_may_drop_other_operations() {
    // What runs on a completion may call back into the library.
    struct Dropper(std::sync::Mutex<Option<overlapped::Operation<Vec<u8>>>>, AtomicUsize);
    impl Wake for Dropper {
        fn wake(self: Arc<Self>) {
            drop(self.0.lock().unwrap().take());
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }
    on_real_engines(|lab| {
        let (fifo, other) = (lab.fifo("fifo"), lab.fifo("other"));
        let victim = other.read_at(vec![0; 4], 0);
        let dropper = Arc::new(Dropper(Some(victim).into(), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&dropper));
        let mut read = Box::pin(fifo.read_at(vec![0; 4], 0));
        assert!(read.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        rustix::io::write(fifo.as_fd(), b"data").unwrap();
        eventually("the waker has run", || dropper.1.load(Ordering::SeqCst) == 1);
        eventually("the victim is cancelled", || other.outstanding() == 0);
    });
}

#[test]
fn the_default_system_serves_futures_as_well() {
    bounded("a read on the default system", || {
        let file = overlapped::OpenOptions::new().read(true).open_overlapped("/proc/self/exe").unwrap();
        assert_eq!(pollster::block_on(file.read_at(vec![0; 4], 0)).1, b"\x7fELF");
    });
}
