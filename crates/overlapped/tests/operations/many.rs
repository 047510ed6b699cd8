//! Many requests at once, and the simulated engine (contract 03 section 3).

use super::*;

#[test]
fn thousands_of_operations_may_be_outstanding() {
    // Contract 03 section 3: in any order; more than any ring holds.
    on_every_engine(|lab| {
        let bytes = pattern(4 << 20, 5);
        lab.file("data", &bytes);
        let file = lab.open("data");
        let reads: Vec<_> = (0..5000).map(|n| file.read_at(Vec::with_capacity(800), n * 800)).collect();
        for (n, read) in reads.into_iter().enumerate() {
            let (result, buffer) = read.wait();
            assert_eq!(result, Ok(800));
            assert!(buffer == bytes[n * 800..][..800], "read {n}");
        }
    });
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let reads: Vec<_> = (0..3000).map(|_| fifo.read_at(vec![0; 1], 0)).collect();
        assert_eq!(fifo.outstanding(), 3000);
        let writer = std::fs::OpenOptions::new().write(true).open(lab.path("fifo")).unwrap();
        rustix::io::write(&writer, &[7; 1500]).unwrap();
        eventually("1500 of them are done", || fifo.outstanding() == 1500);
        let (pending, done): (Vec<_>, Vec<_>) = reads.into_iter().partition(Operation::is_pending);
        done.into_iter().for_each(|read| assert_eq!(read.wait(), (Ok(1), vec![7])));
        assert_eq!(pending.len(), 1500, "a byte each, and no more");
        drop(pending);
        eventually("nothing is left", || fifo.outstanding() == 0);
    });
}

#[test]
fn pending_reads_of_a_pipe_are_filled_in_their_order() {
    // Contract 03 section 3: the one order that is guaranteed.
    on_every_engine(|lab| {
        let fifo = lab.fifo("fifo");
        let writer = std::fs::OpenOptions::new().write(true).open(lab.path("fifo")).unwrap();
        for count in [2, 20, 200] {
            let reads: Vec<_> = (0..count).map(|_| fifo.read_at(vec![0; 1], 0)).collect();
            let bytes: Vec<u8> = (0..count as u8).collect();
            // At once, and one by one.
            let (first, second) = bytes.split_at(count / 2);
            rustix::io::write(&writer, first).unwrap();
            second.iter().for_each(|byte| assert_eq!(rustix::io::write(&writer, &[*byte]), Ok(1)));
            let got: Vec<u8> = reads.into_iter().flat_map(|read| read.wait().1).collect();
            assert!(got == bytes, "{count} reads got {got:?}");
        }
    });
}

#[test]
fn unbuffered_operations_may_be_outstanding_by_the_thousand() {
    on_real_engines(|lab| {
        let bytes = pattern(2 << 20, 6);
        lab.file("data", &bytes);
        let mut options = lab.options();
        let file = options.read(true).unbuffered(true).open_overlapped(lab.path("data")).unwrap();
        let reads: Vec<_> = (0..2048).map(|n| file.read_at(AlignedBuf::with_capacity(4096), n % 512 * 4096)).collect();
        for (n, read) in reads.into_iter().enumerate() {
            let (result, buffer) = read.wait();
            assert_eq!(result, Ok(4096));
            assert!(*buffer == bytes[n % 512 * 4096..][..4096], "read {n}");
        }
    });
}

#[test]
fn many_threads_use_one_file() {
    on_every_engine(|lab| {
        lab.file("data", "");
        let file = lab.open("data");
        file.set_len(8 << 20).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let file = &file;
                scope.spawn(move || {
                    let base = thread << 20;
                    let writes: Vec<_> =
                        (0..64).map(|n| file.write_at(pattern(16 << 10, base + n), base + (n << 14))).collect();
                    writes.into_iter().for_each(|write| assert_eq!(write.wait().0, Ok(16 << 10)));
                    for n in 0..64 {
                        let (read, bytes) = file.read_at(Vec::with_capacity(16 << 10), base + (n << 14)).wait();
                        assert_eq!(read, Ok(16 << 10));
                        assert!(bytes == pattern(16 << 10, base + n));
                    }
                });
            }
        });
        assert_eq!(file.outstanding(), 0);
    });
}

#[test]
fn an_operation_may_be_finished_by_another_thread() {
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let read = fifo.read_at(vec![0; 8], 0);
        let waiter = std::thread::spawn(move || read.wait());
        std::thread::sleep(Duration::from_millis(2));
        rustix::io::write(fifo.as_fd(), b"there").unwrap();
        assert_eq!(waiter.join().unwrap(), (Ok(5), b"there".to_vec()));
    });
}

#[test]
fn the_first_of_several_operations_is_found() {
    on_real_engines(|lab| {
        let (quiet, busy) = (lab.fifo("quiet"), lab.fifo("busy"));
        let operations: Vec<Operation<Vec<u8>>> =
            vec![quiet.read_at(vec![0; 1], 0), quiet.read_at(vec![0; 1], 0), busy.read_at(vec![0; 1], 0)];
        assert_eq!(wait_first(&operations, Timeout::Poll), Ok(None));
        assert_eq!(wait_first(&operations, Duration::from_millis(5)), Ok(None));
        rustix::io::write(busy.as_fd(), b"!").unwrap();
        assert_eq!(wait_first(&operations, Timeout::Infinite), Ok(Some(2)));
        assert_eq!(wait_first::<Vec<u8>>(&[], Timeout::Poll).unwrap_err().code().0, 87);
    });
}

#[test]
fn injected_failures_reach_their_operation_only() {
    // Contract 03 section 1.2, disk rows: 1117 device error, 112 disk full.
    on_sim(SimEngine::builder().seed(seed()).failures(0.3).short_transfers(0.5), |lab| {
        let bytes = pattern(64 << 10, 7);
        lab.file("data", &bytes);
        let file = lab.open("data");
        let (mut good, mut bad) = (0, 0);
        for n in 0..500 {
            let (result, buffer) = file.read_at(Vec::with_capacity(1000), n * 64).wait();
            match result {
                Ok(1000) => {
                    good += 1;
                    assert!(buffer == bytes[n as usize * 64..][..1000]);
                }
                Ok(other) => panic!("{other} bytes inside the file"),
                Err(error) => {
                    bad += 1;
                    assert_eq!(error.code().0, 1117);
                }
            }
        }
        assert!(good > 100 && bad > 100, "{good} good and {bad} bad");
        let codes: std::collections::BTreeSet<u32> =
            (0..200).filter_map(|_| file.write_at(vec![1; 10], 0).wait().0.err()).map(|e| e.code().0).collect();
        assert!(codes.iter().all(|code| [1117, 112, 1816, 1295].contains(code)), "{codes:?}");
    });
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let engine = Arc::new(SimEngine::builder().seed(seed()).failures(0.1).short_transfers(0.3).build());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        std::fs::write(&path, pattern(10_000, 1)).unwrap();
        let system = overlapped::SystemBuilder::new().custom_engine(engine.clone()).build().unwrap();
        let file = overlapped::OpenOptions::new().read(true).system(&system).open_overlapped(&path).unwrap();
        let results: Vec<_> = (0..200).map(|n| file.read_at(Vec::with_capacity(100), n * 50).wait().0).collect();
        (results, engine.trace())
    };
    assert_eq!(run(), run());
}
