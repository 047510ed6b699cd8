//! Waits, polls, cancels, closes and drops (contract 03 sections 4, 8 and 9).

use super::*;

#[test]
fn a_wait_with_a_limit_gives_the_operation_back() {
    // Contract 03 section 4: 258 while it is pending.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let read = fifo.read_at(vec![0; 8], 0);
        assert!(read.is_pending());
        let read = read.wait_timeout(Timeout::Poll).unwrap_err();
        let read = read.wait_timeout(Duration::from_millis(10)).unwrap_err();
        assert!(read.is_pending());
        rustix::io::write(fifo.as_fd(), b"now").unwrap();
        assert_eq!(read.wait_timeout(Duration::from_secs(10)).unwrap(), (Ok(3), b"now".to_vec()));
    });
    on_sim(never(), |lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        let read = file.read_at(vec![0; 8], 0);
        // An hour of virtual time.
        let read = read.wait_timeout(Duration::from_secs(3600)).unwrap_err();
        assert!(read.is_pending());
    });
}

#[test]
fn polling_alone_sees_the_completion() {
    // Design section 3, item 5: completions nobody waits for still happen.
    on_every_engine(|lab| {
        lab.file("data", pattern(1 << 20, 3));
        let file = lab.open("data");
        let write = file.write_at(pattern(1 << 20, 4), 0);
        eventually("the write is done", || !write.is_pending());
        let fifo = lab.fifo("fifo");
        let read = fifo.read_at(vec![0; 8], 0);
        rustix::io::write(fifo.as_fd(), b"ping").unwrap();
        eventually("the read is done", || !read.is_pending());
        let (result, bytes) = read.wait();
        assert!(result == Ok(bytes.len()) && !bytes.is_empty() && b"ping".starts_with(&bytes), "{result:?} {bytes:?}");
        assert_eq!(write.wait().0, Ok(1 << 20));
    });
}

#[test]
fn a_cancelled_operation_completes_with_995() {
    // Contract 03 section 8.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let (first, second) = (fifo.read_at(vec![0; 8], 0), fifo.read_at(vec![0; 8], 0));
        assert!(first.cancel());
        assert!(!first.cancel(), "a second cancel finds nothing, even before the result is collected");
        let (result, buffer) = first.wait();
        let error = result.unwrap_err();
        assert!(error.is_cancelled());
        assert_eq!((error.code().0, buffer.capacity()), (995, 8));
        assert!(second.is_pending(), "that one request only");
        rustix::io::write(fifo.as_fd(), b"x").unwrap();
        assert_eq!(second.wait().0, Ok(1));
    });
    on_sim(never(), |lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        let reads: Vec<_> = (0..200).map(|_| file.read_at(vec![0; 8], 0)).collect();
        assert_eq!(file.outstanding(), 200);
        reads.iter().for_each(|read| assert!(read.cancel()));
        reads.into_iter().for_each(|read| assert_eq!(code(read.wait()), 995));
        assert_eq!(file.outstanding(), 0);
    });
}

#[test]
fn a_cancel_that_is_too_late_changes_nothing() {
    // Contract 03 section 8: "or normally if it was too late".
    on_sim(SimEngine::builder().seed(seed()).at_once(0.0).short_transfers(0.0).late_cancels(1.0), |lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        let read = file.read_at(vec![0; 8], 0);
        assert!(read.cancel());
        assert_eq!(read.wait(), (Ok(8), b"01234567".to_vec()));
    });
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let read = lab.open("data").read_at(vec![0; 8], 0);
        eventually("it is complete", || !read.is_pending());
        assert!(!read.cancel());
        assert_eq!(read.wait(), (Ok(8), b"01234567".to_vec()));
    });
}

#[test]
fn cancel_all_reaches_the_requests_of_every_thread() {
    // Contract 03 section 8, CancelIoEx with NULL.
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        assert!(!fifo.cancel_all(), "nothing to cancel: 1168");
        let mine = fifo.read_at(vec![0; 8], 0);
        std::thread::scope(|scope| {
            let theirs = scope.spawn(|| code(fifo.read_at(vec![0; 8], 0).wait()));
            eventually("both are pending", || fifo.outstanding() == 2);
            assert!(fifo.cancel_all());
            assert_eq!(theirs.join().unwrap(), 995);
        });
        assert_eq!(code(mine.wait()), 995);
    });
}

#[test]
fn the_end_of_a_thread_cancels_its_requests() {
    // Contract 03 section 9: unless the instance reports to a port.
    on_real_engines(|lab| {
        let fifo = Arc::new(lab.fifo("fifo"));
        let issuer = Arc::clone(&fifo);
        let read = std::thread::spawn(move || issuer.read_at(vec![0; 8], 0)).join().unwrap();
        assert_eq!(code(read.wait()), 995);
    });
}

#[test]
fn closing_the_file_cancels_its_requests() {
    // Contract 03 section 9: "Completion is delivered even when the application has forgotten the handle".
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let read = fifo.read_at(vec![0; 8], 0);
        drop(fifo);
        let code = code(read.wait());
        assert!(code == 995 || code == 109, "{code}");
    });
    on_sim(never(), |lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        let write = file.write_at(vec![1; 8], 0);
        drop(file);
        assert_eq!(code(write.wait()), 995);
        assert_eq!(std::fs::read(lab.path("data")).unwrap(), b"0123456789");
    });
}

#[test]
fn a_dropped_operation_keeps_its_buffer_until_linux_is_done() {
    // Contract 03 section 2, the Rust note; design section 1: buffers are never freed before completion.
    on_real_engines(|lab| {
        let ledger = Ledger::new();
        let fifo = lab.fifo("fifo");
        for n in 0..200 {
            let read = fifo.read_at(ledger.zeroed(16), 0);
            if n % 3 == 0 {
                rustix::io::write(fifo.as_fd(), b"sixteen bytes ok").unwrap();
            }
            if n % 4 == 0 {
                let _ = read.cancel();
            }
            drop(read);
        }
        eventually("every buffer is given back", || ledger.alive() == 0);
        // Whatever was left in the pipe is still there for a reader that exists: dead buffers are not.
        rustix::io::write(fifo.as_fd(), b"sixteen bytes ok").unwrap();
        std::thread::sleep(MOMENT);
        ledger.check_graves();
        assert_eq!(fifo.outstanding(), 0);
    });
    on_sim(SimEngine::builder().seed(seed()).at_once(0.2).never(0.3), |lab| {
        lab.file("data", pattern(4096, 1));
        let (ledger, file) = (Ledger::new(), lab.open("data"));
        for n in 0..2000 {
            let read = file.read_at(ledger.zeroed(64), n % 4096);
            if n % 5 == 0 {
                drop(read.wait_timeout(Duration::from_millis(1)));
            }
        }
        eventually("every buffer is given back", || ledger.alive() == 0);
        ledger.check_graves();
    });
}

#[test]
fn a_pending_operation_holds_its_buffer() {
    on_sim(never(), |lab| {
        lab.file("data", pattern(4096, 1));
        let (ledger, file) = (Ledger::new(), lab.open("data"));
        let operations: Vec<_> = (0..10).map(|_| file.read_at(ledger.zeroed(64), 0)).collect();
        drop(file);
        std::thread::sleep(MOMENT);
        assert!(ledger.alive() <= 10 && ledger.made() == 10);
        drop(operations);
        eventually("they are given back in the end", || ledger.alive() == 0);
    });
}

#[test]
fn dropped_writes_never_bring_freed_memory_to_the_file() {
    on_every_engine(|lab| {
        lab.file("data", vec![0; 1 << 20]);
        let (ledger, file) = (Ledger::new(), lab.open("data"));
        let mut random = Random::new(seed());
        for n in 0..300 {
            let bytes = vec![1 + (n % 100) as u8; 128 << 10];
            let write = file.write_at(ledger.holding(bytes), random.below(7 * (128 << 10)) as u64);
            match n % 3 {
                0 => drop(write),
                1 => drop(write.wait_timeout(Duration::from_micros(50))),
                _ => drop(write.wait()),
            }
        }
        eventually("every buffer is given back", || ledger.alive() == 0);
        let spoilt = std::fs::read(lab.path("data")).unwrap().iter().position(|byte| *byte == 0xdd);
        assert_eq!(spoilt, None, "poison reached the file");
    });
}
