//! Races with chance at work: readers that only a write or a cancel ends, and threads that wait without a limit for packets (design
//! section 1, the way of a request; contract 03 section 6, 06 section 9). `routes.rs` plays everything at once.
//!
//! The seed is that of `OVERLAPPED_SEED`. With several threads, the order of their calls is Linux's affair all the same.

mod common;

use common::{Ledger, Poisoned, Random, bounded_by, eventually, on_real_engines, seed};
use overlapped::{CompletionPort, Operation, Timeout};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const FILE_SIZE: usize = 256 << 10;

#[test]
fn blocked_readers_and_cancels_race_on_pipes() {
    // The one kind of request that only a write or a cancel ends: each of both at once.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let ledger = Ledger::new();
        let mut random = Random::new(seed());
        let mut bytes = 0;
        for _ in 0..3000 {
            let read = fifo.read_at(ledger.zeroed(4), 0);
            let write = random.below(3) > 0;
            if write {
                rustix::io::write(fifo.as_fd(), b"data").unwrap();
            }
            let cancelled = (!write || random.below(2) == 0) && read.cancel();
            let (result, buffer) = bounded_read(read);
            match result {
                Ok(count) => {
                    assert_eq!((count, buffer.bytes()), (4, b"data".as_slice()));
                    bytes += count;
                }
                Err(error) => assert!(error.is_cancelled() && cancelled, "{error}"),
            }
            if write && bytes == 0 {
                // The cancel won: what was written is still in the pipe.
                assert_eq!(bounded_read(fifo.read_at(ledger.zeroed(4), 0)).0, Ok(4));
            }
            bytes = 0;
        }
        drop(fifo);
        eventually("every buffer is given back", || ledger.alive() == 0);
        ledger.check_graves();
    });
}

fn bounded_read(read: Operation<Poisoned>) -> (overlapped::Result<usize>, Poisoned) {
    read.wait_timeout(common::LOST).expect("the read ended long ago")
}

#[test]
fn waiting_threads_are_woken_for_every_packet() {
    // Consumers that only ever wait without limit: one lost wake-up and the run stands still.
    on_real_engines(|lab| {
        lab.file("a", vec![1; FILE_SIZE]);
        let port = CompletionPort::<u8, usize>::new_in(&lab.system, 2);
        let file = port.associate(lab.open("a"), 1).unwrap();
        let (done, total) = (Arc::new(AtomicUsize::new(0)), 30_000);
        let consumers: Vec<_> = (0..3)
            .map(|_| {
                let (port, done) = (port.clone(), Arc::clone(&done));
                std::thread::spawn(move || {
                    while port.get().is_ok() {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        let mut random = Random::new(seed());
        for n in 0..total {
            if random.below(2) == 0 {
                port.post(0, n).unwrap();
            } else {
                file.read_at(Vec::with_capacity(64), random.below(FILE_SIZE) as u64, n).unwrap();
            }
            if random.below(64) == 0 {
                let target = n + 1;
                let done = Arc::clone(&done);
                eventually("all of them are taken", move || done.load(Ordering::SeqCst) == target);
            }
        }
        eventually("all of them are taken", || done.load(Ordering::SeqCst) == total);
        port.close();
        bounded_by(common::LOST, "the consumers", || consumers.into_iter().for_each(|c| c.join().unwrap()));
        assert_eq!(port.get_many(&mut Vec::new(), 1, Timeout::Poll).unwrap_err().code().0, 735);
    });
}
