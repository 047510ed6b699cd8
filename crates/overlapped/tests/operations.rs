//! Single requests: waited for, polled, cancelled, dropped; their results and their buffers (contract 02 sections 5, 6 and 12,
//! 03 sections 1, 3, 8 and 9). Awaiting them is tested in `futures.rs`.

mod common;

use common::{Ledger, MOMENT, Random, eventually, never, on_every_engine, on_real_engines, on_sim, pattern, seed};
use overlapped::abi::AccessMask;
use overlapped::engine::SimEngine;
use overlapped::{AlignedBuf, Operation, Timeout, wait_first};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

/// The code of a failure.
#[track_caller]
fn code<B>((result, _): (overlapped::Result<usize>, B)) -> u32 {
    result.expect_err("a failure").code().0
}

#[test]
fn what_is_written_is_read() {
    on_every_engine(|lab| {
        lab.file("data", "");
        let file = lab.open("data");
        for len in [1, 4095, 4096, 65_536, 1 << 20] {
            let bytes = pattern(len, len as u64);
            let (written, back) = file.write_at(bytes.clone(), 12_345).wait();
            assert_eq!(written, Ok(len));
            assert!(back == bytes);
            let (read, back) = file.read_at(Vec::with_capacity(len), 12_345).wait();
            assert_eq!(read, Ok(len));
            assert!(back == bytes, "{len} bytes");
        }
        assert_eq!(file.size(), Ok(12_345 + (1 << 20)));
    });
}

#[test]
fn every_kind_of_buffer_can_be_written_from() {
    on_real_engines(|lab| {
        lab.file("data", "");
        let file = lab.open("data");
        assert_eq!(file.write_at(b"static ".as_slice(), 0).wait().0, Ok(7));
        assert_eq!(file.write_at(String::from("string "), 7).wait().0, Ok(7));
        assert_eq!(file.write_at(Arc::<[u8]>::from(b"shared ".as_slice()), 14).wait().0, Ok(7));
        assert_eq!(file.write_at(b"boxed ".to_vec().into_boxed_slice(), 21).wait().0, Ok(6));
        let mut aligned = AlignedBuf::with_capacity(5);
        aligned.resize(1);
        aligned.copy_from_slice(b"!");
        assert_eq!(file.write_at(aligned, 27).wait().0, Ok(1));
        let (read, back) = file.read_at(vec![0; 64].into_boxed_slice(), 0).wait();
        assert_eq!(&back[..read.unwrap()], b"static string shared boxed !");
    });
}

#[test]
fn the_end_of_the_file_is_an_error_and_what_precedes_it_is_not() {
    // The table of contract 02 section 5, overlapped rows.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [10, 11, 4096, 1 << 40] {
            let (result, buffer) = file.read_at(vec![7; 16], at).wait();
            assert_eq!(result.unwrap_err().code().0, 38, "at {at}");
            assert!(buffer.is_empty(), "nothing was read");
        }
        assert_eq!(file.read_at(vec![0; 16], 8).wait(), (Ok(2), b"89".to_vec()), "straddles the end");
        assert_eq!(file.read_at(Vec::new(), 10).wait(), (Ok(0), Vec::new()), "0 bytes at the end");
        assert_eq!(file.read_at(Vec::new(), 1 << 40).wait(), (Ok(0), Vec::new()), "0 bytes past the end");
        lab.file("empty", "");
        assert_eq!(code(lab.open("empty").read_at(vec![0; 1], 0).wait()), 38);
    });
}

#[test]
fn a_write_of_nothing_changes_nothing() {
    // Contract 02 section 12: success, not even the size.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [0, 10, 1 << 40, u64::MAX] {
            assert_eq!(file.write_at(Vec::new(), at).wait().0, Ok(0));
        }
        assert_eq!(file.size(), Ok(10));
    });
}

#[test]
fn access_is_checked_before_everything_else() {
    // Contract 02 section 13: 3 access, 5 length 0, 7 offset.
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let reader = lab.options().read(true).open_overlapped(lab.path("data")).unwrap();
        let writer = lab.options().write(true).open_overlapped(lab.path("data")).unwrap();
        assert_eq!(code(reader.write_at(Vec::new(), 0).wait()), 5);
        assert_eq!(code(reader.write_at(vec![1], u64::MAX - 5).wait()), 5);
        let refused = writer.read_at(b"mine".to_vec(), 0);
        assert!(!refused.is_pending());
        assert!(!refused.cancel());
        let (result, buffer) = refused.wait();
        assert_eq!(result.unwrap_err().code().0, 5);
        assert_eq!(buffer, b"mine", "a refused buffer comes back as it went");
    });
}

#[test]
fn negative_offsets_are_refused() {
    // Contract 02 section 12: -2 on an overlapped instance and any other negative offset 87; -1 is for writes only.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [u64::MAX - 1, u64::MAX - 2, 1 << 63] {
            assert_eq!(code(file.read_at(vec![0; 4], at).wait()), 87, "read at {at:#x}");
            assert_eq!(code(file.write_at(vec![0; 4], at).wait()), 87, "write at {at:#x}");
        }
        assert_eq!(code(file.read_at(vec![0; 4], u64::MAX).wait()), 87);
        // A transfer may not reach beyond the largest offset either.
        assert_eq!(code(file.read_at(vec![0; 4], i64::MAX as u64 - 1).wait()), 87);
        assert_eq!(file.size(), Ok(10));
    });
}

#[test]
fn a_write_at_minus_one_appends() {
    // Contract 02 section 12: atomically with respect to the size, from many threads too.
    on_every_engine(|lab| {
        lab.file("log", "start|");
        let file = lab.open("log");
        assert_eq!(file.write_at(b"a line|".to_vec(), u64::MAX).wait().0, Ok(7));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for n in 0..50 {
                        let line = format!("{thread}:{n}|");
                        let len = line.len();
                        assert_eq!(file.write_at(line, u64::MAX).wait().0, Ok(len));
                    }
                });
            }
        });
        let text = std::fs::read_to_string(lab.path("log")).unwrap();
        let mut lines: Vec<&str> = text.split_terminator('|').collect();
        assert_eq!(lines[..2], ["start", "a line"]);
        assert_eq!(lines.len(), 202);
        lines.sort_unstable();
        lines.dedup();
        if !lab.is_simulated() {
            // The simulation may make a transfer in two parts, between which others append.
            assert_eq!(lines.len(), 202, "every line is whole");
        }
    });
}

#[test]
fn a_file_opened_for_append_ignores_offsets() {
    // Contract 02 section 12: FILE_APPEND_DATA without FILE_WRITE_DATA.
    on_every_engine(|lab| {
        lab.file("log", "0123456789");
        let file = lab.options().access_mode(AccessMask::APPEND_DATA).open_overlapped(lab.path("log")).unwrap();
        assert_eq!(file.write_at(b"abc".to_vec(), 0).wait().0, Ok(3));
        assert_eq!(file.write_at(b"def".to_vec(), 5).wait().0, Ok(3));
        assert_eq!(std::fs::read(lab.path("log")).unwrap(), b"0123456789abcdef");
    });
}

#[test]
fn offsets_beyond_four_gibibytes_work() {
    // Contract 03 section 2: a 64-bit start.
    on_every_engine(|lab| {
        lab.file("sparse", "");
        let file = lab.open("sparse");
        let places = [(1_u64 << 32) - 2, (1 << 32) + 12_345, 5 << 32, (1 << 40) + 1];
        for (n, at) in places.into_iter().enumerate() {
            assert_eq!(file.write_at(pattern(5, n as u64), at).wait().0, Ok(5), "at {at:#x}");
        }
        for (n, at) in places.into_iter().enumerate() {
            assert_eq!(file.read_at(vec![0; 5], at).wait(), (Ok(5), pattern(5, n as u64)), "at {at:#x}");
        }
        assert_eq!(file.size(), Ok((1 << 40) + 6));
        assert!(file.physical_size().unwrap() < 1 << 20, "holes take no room");
        assert_eq!(file.read_at(vec![1; 3], 7 << 32).wait(), (Ok(3), vec![0; 3]), "a hole reads as zeros");
    });
}

#[test]
fn unbuffered_transfers_must_be_aligned() {
    // Contract 02 section 6: offset, length and address; violation 87.
    on_real_engines(|lab| {
        let bytes = pattern(3 * 4096 + 100, 9);
        lab.file("data", &bytes);
        let mut options = lab.options();
        let file = options.read(true).write(true).unbuffered(true).open_overlapped(lab.path("data")).unwrap();
        let aligned = || AlignedBuf::with_capacity(4096);
        assert_eq!(code(file.read_at(aligned(), 100).wait()), 87, "the offset");
        assert_eq!(code(file.read_at(vec![0; 100], 0).wait()), 87, "the length");
        assert_eq!(code(file.read_at(Skewed(AlignedBuf::with_capacity(8192)), 0).wait()), 87, "the address");
        let mut short = aligned();
        short.resize(100);
        assert_eq!(code(file.write_at(short, 0).wait()), 87, "the length of a write");
        assert_eq!(std::fs::read(lab.path("data")).unwrap().len(), bytes.len(), "nothing was written");

        let (read, buffer) = file.read_at(aligned(), 4096).wait();
        assert_eq!(read, Ok(4096));
        assert!(*buffer == bytes[4096..8192]);
        let (read, buffer) = file.read_at(aligned(), 3 * 4096).wait();
        assert_eq!(read, Ok(100), "the tail has only the real bytes");
        assert!(*buffer == bytes[3 * 4096..]);
        assert_eq!(code(file.read_at(aligned(), 4 * 4096).wait()), 38);
    });
}

/// One byte off the alignment.
struct Skewed(AlignedBuf);

// SAFETY: the bytes are those of the aligned buffer, on the heap, save the first.
unsafe impl overlapped::IoBuf for Skewed {
    fn start(&self) -> *const u8 {
        // SAFETY: inside the buffer's 8192 bytes.
        unsafe { overlapped::IoBuf::start(&self.0).add(1) }
    }

    fn len(&self) -> usize {
        4096
    }
}

// SAFETY: as above.
unsafe impl overlapped::IoBufMut for Skewed {
    fn start_mut(&mut self) -> *mut u8 {
        // SAFETY: inside the buffer's 8192 bytes.
        unsafe { overlapped::IoBufMut::start_mut(&mut self.0).add(1) }
    }

    fn capacity(&self) -> usize {
        4096
    }

    unsafe fn set_filled(&mut self, _len: usize) {}
}

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
