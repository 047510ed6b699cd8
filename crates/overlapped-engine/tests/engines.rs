//! What every engine must do, through the road of the kernel.

mod support;

use overlapped_abi::Status;
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::engine::{Harvest, Mode};
use overlapped_kernel::port::Packet;
use overlapped_kernel::request::{Completion, Function};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::*;

macro_rules! on_each_engine {
    ($($test:ident),* $(,)?) => {
        on_each_engine!(@ uring: $($test),*);
        on_each_engine!(@ small_uring: $($test),*);
        on_each_engine!(@ epoll: $($test),*);
        on_each_engine!(@ single_epoll: $($test),*);
        on_each_engine!(@ sim: $($test),*);
    };
    (@ $engine:ident: $($test:ident),*) => {
        mod $engine {
            $(#[test]
            fn $test() {
                let _watchdog = super::watchdog(concat!(stringify!($engine), "::", stringify!($test)));
                match super::Rig::$engine() {
                    Some(rig) => super::$test(&rig),
                    None => eprintln!("not here: the kernel refuses io_uring"),
                }
            })*
        }
    };
}

on_each_engine! {
    reads_bring_the_bytes_of_the_file,
    a_read_at_the_end_of_the_file_ends_without_bytes,
    what_is_written_is_read_back,
    appended_blocks_follow_each_other,
    a_sync_completes,
    an_error_of_the_descriptor_is_reported,
    more_requests_than_a_ring_holds_all_complete,
    two_port_threads_share_the_work,
    a_pending_read_ends_when_cancelled,
    a_pending_read_gets_what_is_written_later,
    requests_that_wait_for_their_turn_can_be_cancelled,
    cancels_race_with_data_and_nothing_is_lost,
    a_port_thread_that_ends_leaves_its_requests_behind,
    closing_the_handle_ends_what_is_pending,
    a_posted_packet_wakes_the_thread_that_waits,
    random_transfers_keep_the_file_whole,
}

const KIB: usize = 1024;

fn reads_bring_the_bytes_of_the_file(rig: &Rig) {
    let file = patterned(300 * KIB);
    for mode in [Mode::empty(), Mode::UNCACHED] {
        let open = rig.open(reopen(&file), mode);
        for (at, len) in [(0, 1), (0, 4096), (4095, 2), (12_345, 70_000), (0, 300 * KIB), (299 * KIB as u64, KIB)] {
            let (completion, bytes) = open.read_now(rig, at, len);
            assert_eq!(completion, Completion::success(len), "{len} at {at}");
            assert_eq!(bytes[..], pattern(at, len)[..], "{len} at {at}");
        }
    }
}

fn a_read_at_the_end_of_the_file_ends_without_bytes(rig: &Rig) {
    let file = patterned(10_000);
    for mode in [Mode::empty(), Mode::UNCACHED] {
        let open = rig.open(reopen(&file), mode);
        let (completion, bytes) = open.read_now(rig, 9_000, 4096);
        assert_eq!(completion, Completion::success(1_000));
        assert_eq!(bytes[..1_000], pattern(9_000, 1_000)[..]);
        for at in [10_000, 10_001, 1 << 40] {
            assert_eq!(open.read_now(rig, at, 100).0, Completion::failure(Status::END_OF_FILE));
        }
    }
}

fn what_is_written_is_read_back(rig: &Rig) {
    for mode in [Mode::empty(), Mode::UNCACHED, Mode::DURABLE] {
        let file = patterned(0);
        let open = rig.open(reopen(&file), mode);
        for (at, len) in [(0, 4096), (4096, 100), (4196, 70 * KIB), (1 << 20, 1 << 20), (10, 10)] {
            let data: Vec<u8> = pattern(at, len).iter().map(|b| b ^ 0x5a).collect();
            assert_eq!(open.write_now(rig, at, &data), Completion::success(len));
            assert_eq!(open.read_now(rig, at, len), (Completion::success(len), data.into()));
        }
        assert_eq!(file.as_file().metadata().expect("metadata").len(), 2 << 20);
    }
}

fn appended_blocks_follow_each_other(rig: &Rig) {
    for mode in [Mode::empty(), Mode::UNCACHED] {
        let file = patterned(10);
        let open = rig.open(reopen(&file), mode);
        for n in 0..20 {
            assert_eq!(open.write_now(rig, u64::MAX, &[n; 1_000]), Completion::success(1_000));
        }
        let bytes = std::fs::read(file.path()).expect("read");
        assert_eq!(bytes.len(), 20_010);
        for n in 0..20_u8 {
            assert!(bytes[10 + usize::from(n) * 1_000..][..1_000].iter().all(|b| *b == n));
        }
    }
}

fn a_sync_completes(rig: &Rig) {
    let file = patterned(100);
    let open = rig.open(reopen(&file), Mode::empty());
    let event = Arc::new(Event::manual_reset(false));
    let request = open.issue(Function::Flush, 0, Box::default(), Some(&event));
    rig.wait(&event);
    assert_eq!(outcome(&request), Completion::success(0));
}

fn an_error_of_the_descriptor_is_reported(rig: &Rig) {
    let file = patterned(100);
    for mode in [Mode::empty(), Mode::UNCACHED] {
        let open = rig.open(std::fs::File::open(file.path()).expect("opened"), mode);
        assert!(open.write_now(rig, 0, b"x").status.is_error());
    }
}

fn more_requests_than_a_ring_holds_all_complete(rig: &Rig) {
    const COUNT: usize = 3_000;
    let file = patterned(1 << 20);
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reopen(&file), Mode::UNCACHED);
    for works_for_port in [false, true] {
        if works_for_port {
            rig.join(&port);
        }
        for n in 0..COUNT {
            open.read(n as u64 * 300, 300, None);
        }
        for _ in 0..COUNT {
            let request = rig.next(&port);
            assert_eq!(outcome(&request), Completion::success(300));
            let at = match request.position() {
                overlapped_kernel::request::Position::At(at) => at,
                other => panic!("{other:?}"),
            };
            assert_eq!(buffer_of(&request)[..], pattern(at, 300)[..]);
        }
        assert_eq!(open.instance.outstanding(), 0);
    }
}

fn two_port_threads_share_the_work(rig: &Rig) {
    const COUNT: usize = 5_000;
    let file = patterned(1 << 20);
    let port = rig.system.new_port(2);
    let open = rig.open_on(&port, reopen(&file), Mode::UNCACHED);
    let issued = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let issue = || {
        let n = issued.fetch_add(1, Ordering::Relaxed);
        if n < COUNT {
            open.read((n * 4096 % (1 << 20)) as u64, 4096, None);
        }
    };
    let both = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let work = || {
            rig.join(&port);
            both.wait();
            (0..8).for_each(|_| issue());
            while let Ok(packet) = port.remove(rig.system.idle(), Timeout::Infinite, false) {
                assert_eq!(outcome(&request_of(packet)), Completion::success(4096));
                if done.fetch_add(1, Ordering::Relaxed) + 1 == COUNT {
                    port.close();
                }
                issue();
            }
        };
        // ThreadSanitizer sees joins, but not the end of a scope.
        [scope.spawn(work), scope.spawn(work)].into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert_eq!(done.load(Ordering::Relaxed), COUNT);
}

fn a_pending_read_ends_when_cancelled(rig: &Rig) {
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let open = rig.open(reader, Mode::STREAM);
    let event = Arc::new(Event::manual_reset(false));
    for pause in [0, 0, 0, 2] {
        let request = open.read(0, 100, Some(&event));
        std::thread::sleep(Duration::from_millis(pause));
        assert!(!request.is_complete());
        assert!(open.cancel(&request));
        rig.wait(&event);
        assert_eq!(outcome(&request), Completion::failure(Status::CANCELLED));
        assert!(!open.cancel(&request), "not found any more");
    }
}

fn a_pending_read_gets_what_is_written_later(rig: &Rig) {
    for blocks in [true, false] {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        rustix::io::ioctl_fionbio(&reader, !blocks).expect("a mode");
        let open = rig.open(reader, Mode::STREAM);
        let event = Arc::new(Event::manual_reset(false));
        let request = open.read(0, 100, Some(&event));
        std::thread::sleep(Duration::from_millis(2));
        writer.write_all(b"late").expect("written");
        rig.wait(&event);
        assert_eq!(outcome(&request), Completion::success(4));
        assert_eq!(&buffer_of(&request)[..4], b"late");
        drop(writer);
        assert_eq!(open.read_now(rig, 0, 10).0.status, Status::END_OF_FILE);
    }
}

fn requests_that_wait_for_their_turn_can_be_cancelled(rig: &Rig) {
    const COUNT: usize = 200;
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reader, Mode::STREAM);
    let requests: Vec<_> = (0..COUNT).map(|_| open.read(0, 10, None)).collect();
    for request in requests.iter().rev() {
        assert!(open.cancel(request));
    }
    for _ in 0..COUNT {
        assert_eq!(outcome(&rig.next(&port)), Completion::failure(Status::CANCELLED));
    }
}

fn cancels_race_with_data_and_nothing_is_lost(rig: &Rig) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reader, Mode::STREAM);
    let (mut sent, mut got) = (0_u64, 0_u64);
    for n in 0..2_000_u64 {
        let request = open.read(0, 8, None);
        std::thread::scope(|scope| {
            let canceller = scope.spawn(|| open.cancel(&request));
            if n.is_multiple_of(2) {
                writer.write_all(&[1]).expect("written");
                sent += 1;
            }
            // ThreadSanitizer sees joins, but not the end of a scope.
            canceller.join().expect("it does not panic");
        });
        let request = rig.next(&port);
        match outcome(&request) {
            Completion { status: Status::CANCELLED, bytes: 0 } => {}
            Completion { status: Status::SUCCESS, bytes } => got += bytes as u64,
            other => panic!("{other:?}"),
        }
    }
    while got < sent {
        open.read(0, 8, None);
        got += outcome(&rig.next(&port)).bytes as u64;
    }
    assert_eq!(got, sent);
}

fn a_port_thread_that_ends_leaves_its_requests_behind(rig: &Rig) {
    const COUNT: usize = 64;
    let file = patterned(COUNT * 4096);
    let Some(unbuffered) = reopen_unbuffered(&file) else {
        eprintln!("not here: the file system has no unbuffered reads");
        return;
    };
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, unbuffered, Mode::UNCACHED);
    let pipe = rig.open_on(&port, reader, Mode::STREAM);
    for _ in 0..20 {
        std::thread::scope(|scope| {
            let issuer = scope.spawn(|| {
                rig.join(&port);
                for n in 0..COUNT {
                    open.read_page((n * 4096) as u64);
                }
                pipe.read(0, 1, None);
            });
            issuer.join().unwrap();
        });
        writer.write_all(b"x").expect("written");
        for _ in 0..=COUNT {
            let completion = outcome(&rig.next(&port));
            assert!(matches!(completion, Completion { status: Status::SUCCESS, bytes: 4096 | 1 }), "{completion:?}");
        }
    }
}

fn closing_the_handle_ends_what_is_pending(rig: &Rig) {
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reader, Mode::STREAM);
    for _ in 0..10 {
        open.read(0, 10, None);
    }
    drop(open);
    for _ in 0..10 {
        assert_eq!(outcome(&rig.next(&port)), Completion::failure(Status::CANCELLED));
    }
}

fn a_posted_packet_wakes_the_thread_that_waits(rig: &Rig) {
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reader, Mode::STREAM);
    open.read(0, 10, None);
    for n in 1..200 {
        std::thread::scope(|scope| {
            let poster = scope.spawn(|| {
                std::thread::sleep(Duration::from_micros(n * 10 % 300));
                port.insert(Packet::posted(0, 7, n as usize));
            });
            let packet = port.remove(rig.system.idle(), Timeout::Infinite, false).expect("a packet");
            assert_eq!(packet.numbers(), (7, n as usize));
            poster.join().unwrap();
        });
    }
    drop(open);
    assert_eq!(outcome(&rig.next(&port)), Completion::failure(Status::CANCELLED));
}

/// A file of blocks, each written and read as a whole, with a model of what stands where.
fn random_transfers_keep_the_file_whole(rig: &Rig) {
    const BLOCKS: u64 = 256;
    const BLOCK: usize = 1_000;
    const DEPTH: usize = 24;
    let operations = if cfg!(debug_assertions) { 20_000 } else { 100_000 };
    let file = patterned(0);
    file.as_file().set_len(BLOCKS * BLOCK as u64).expect("a length");
    let port = rig.system.new_port(1);
    let modes = [Mode::empty(), Mode::UNCACHED];
    let opens = modes.map(|mode| rig.open_on(&port, reopen(&file), mode));
    let mut model = vec![0_u8; BLOCKS as usize];
    let mut busy = std::collections::HashMap::new();
    let mut seed = 1_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..operations {
        if busy.len() == DEPTH {
            let request = rig.next(&port);
            assert_eq!(outcome(&request), Completion::success(BLOCK));
            let block = busy.remove(&Arc::as_ptr(&request)).expect("ours");
            assert!(buffer_of(&request).iter().all(|b| *b == model[block]));
        }
        let block = random(BLOCKS) as usize;
        if busy.values().any(|b| *b == block) {
            continue;
        }
        let open = &opens[random(2) as usize];
        let at = (block * BLOCK) as u64;
        let request = if random(3) == 0 {
            model[block] = model[block].wrapping_add(1);
            open.write(at, &[model[block]; BLOCK], None)
        } else {
            open.read(at, BLOCK, None)
        };
        busy.insert(Arc::as_ptr(&request), block);
    }
    while !busy.is_empty() {
        let request = rig.next(&port);
        assert_eq!(outcome(&request), Completion::success(BLOCK));
        busy.remove(&Arc::as_ptr(&request)).expect("ours");
    }
    let bytes = std::fs::read(file.path()).expect("read");
    assert!(bytes.chunks(BLOCK).zip(&model).all(|(chunk, n)| chunk.iter().all(|b| b == n)));
}

#[test]
fn an_interrupt_ends_a_poll_of_the_ring() {
    let _watchdog = watchdog("an_interrupt_ends_a_poll_of_the_ring");
    let Some(rig) = Rig::uring() else { return };
    for n in 0..200 {
        std::thread::scope(|scope| {
            let interrupter = scope.spawn(|| {
                std::thread::sleep(Duration::from_micros(n % 7 * 20));
                rig.engine.interrupt();
            });
            rig.engine.poll(None, &mut Harvest::default());
            // The end of the scope alone is not seen by ThreadSanitizer.
            interrupter.join().unwrap();
        });
    }
    // One that comes first is not lost either.
    rig.engine.interrupt();
    rig.engine.interrupt();
    rig.engine.poll(None, &mut Harvest::default());
}

#[test]
fn a_poll_of_the_ring_ends_at_its_deadline() {
    let _watchdog = watchdog("a_poll_of_the_ring_ends_at_its_deadline");
    let Some(rig) = Rig::uring() else { return };
    let start = Tick::monotonic();
    let (deadline, mut polls) = (start.plus(Duration::from_millis(30)), 0);
    // A signal ends one early, also one that only stops the process for a while.
    while Tick::monotonic() < deadline {
        rig.engine.poll(Some(deadline), &mut Harvest::default());
        polls += 1;
    }
    assert!(polls < 30, "{polls} polls: they do not wait");
    let took = Tick::monotonic().since(start);
    assert!(took < Duration::from_secs(60), "{took:?}");
    rig.engine.poll(Some(start), &mut Harvest::default());
}
