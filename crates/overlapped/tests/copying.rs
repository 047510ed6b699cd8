//! Copies of ranges from file to file: an overlapped request like any other (contract 00 sections 0.4 and 0.5, 03 sections 1, 3
//! and 8), with the ends and errors of a read of the one file and a write to the other (contract 02 sections 5 and 13).

mod common;

use common::{Lab, eventually, on_every_engine, on_real_engines, pattern};
use overlapped::abi::AccessMask;
use overlapped::{CompletionPort, CopyRange, Event, OpenOptions, Operation, OverlappedFile, WaitResult, wait_any};
use std::fs::File;
use std::time::Duration;

fn range(source_offset: u64, target_offset: u64, len: usize) -> CopyRange {
    CopyRange { source_offset, target_offset, len: u32::try_from(len).expect("a short one") }
}

fn opened(lab: &Lab, name: &str) -> OverlappedFile {
    lab.file(name, "");
    lab.open(name)
}

#[track_caller]
fn code(copy: Operation<()>) -> u32 {
    copy.wait().0.expect_err("a failure").code().0
}

#[test]
fn a_range_is_copied_whatever_its_length_and_place() {
    on_every_engine(|lab| {
        let bytes = pattern(3 << 20, 7);
        lab.file("source", &bytes);
        let source = lab.open("source");
        for (n, len) in [0, 1, 4096, 300_001, 1 << 20, (3 << 20) - 17].into_iter().enumerate() {
            let name = format!("target{n}");
            let target = opened(lab, &name);
            assert_eq!(target.copy_range_from(&source, range(17, 5000, len)).wait().0, Ok(len), "{len}");
            let copy = std::fs::read(lab.path(&name)).expect("the copy");
            assert_eq!(copy.len(), if len == 0 { 0 } else { 5000 + len });
            assert!(
                len == 0 || copy[..5000].iter().all(|byte| *byte == 0) && copy[5000..] == bytes[17..17 + len],
                "{len}"
            );
        }
    });
}

#[test]
fn the_end_of_the_source_ends_the_copy_and_beyond_it_there_is_none() {
    on_every_engine(|lab| {
        lab.file("source", pattern(100_000, 1));
        let (source, target) = (lab.open("source"), opened(lab, "target"));
        assert_eq!(target.copy_range_from(&source, range(40_000, 0, 1 << 20)).wait().0, Ok(60_000));
        for at in [100_000, 1 << 40] {
            assert_eq!(code(target.copy_range_from(&source, range(at, 0, 10))), 38, "ERROR_HANDLE_EOF");
        }
        assert_eq!(target.size(), Ok(60_000));
    });
}

#[test]
fn rights_kinds_and_ranges_are_checked_before_anything_is_copied() {
    on_real_engines(|lab| {
        lab.file("source", pattern(10_000, 2));
        let (source, target) = (lab.open("source"), opened(lab, "target"));
        let with = |options: &mut OpenOptions, name: &str| {
            options.system(&lab.system).open_overlapped(lab.path(name)).expect("it opens")
        };
        let blind = with(OpenOptions::new().write(true), "source");
        let fixed = with(OpenOptions::new().read(true), "target");
        let adding = with(OpenOptions::new().access_mode(AccessMask::APPEND_DATA), "target");
        for (from, to) in [(&blind, &target), (&source, &fixed), (&source, &adding)] {
            assert_eq!(code(to.copy_range_from(from, range(0, 0, 10))), 5, "ERROR_ACCESS_DENIED");
        }
        let direct = with(OpenOptions::new().read(true).write(true).unbuffered(true), "source");
        assert_eq!(code(target.copy_range_from(&direct, range(0, 0, 4096))), 50, "ERROR_NOT_SUPPORTED");
        let null = OpenOptions::new().system(&lab.system).write(true).open_overlapped("/dev/null").expect("it opens");
        assert_eq!(code(null.copy_range_from(&source, range(0, 0, 10))), 1, "ERROR_INVALID_FUNCTION");
        for (from, to) in [(u64::MAX - 5, 0), (0, i64::MAX as u64)] {
            assert_eq!(code(target.copy_range_from(&source, range(from, to, 10))), 87, "ERROR_INVALID_PARAMETER");
        }
        assert_eq!(code(source.copy_range_from(&source, range(0, 5, 10))), 87, "the ranges overlap");
        assert_eq!(source.copy_range_from(&source, range(0, 10, 10)).wait().0, Ok(10));
        assert_eq!(target.size(), Ok(0));
    });
}

#[test]
fn a_failure_to_write_is_told() {
    on_real_engines(|lab| {
        lab.file("source", pattern(10_000, 2));
        let source = lab.open("source");
        // Past what the file system can hold (ext4: 16 TiB; others may take it, with a hole).
        let target = opened(lab, "target");
        let far = target.copy_range_from(&source, range(0, i64::MAX as u64 - 20_000, 10_000)).wait().0;
        assert!(far.is_err() || far == Ok(10_000));
        if let Err(error) = far {
            assert_ne!(error.code().0, 38);
            assert_eq!(target.size(), Ok(0));
        }
    });
}

#[test]
fn event_instance_and_port_learn_of_it() {
    on_every_engine(|lab| {
        let bytes = pattern(2 << 20, 3);
        lab.file("source", &bytes);
        let (source, target) = (lab.open("source"), opened(lab, "target"));
        let event = Event::manual_reset(true);
        let copy = target.copy_range_from_with_event(&source, range(0, 0, bytes.len()), &event);
        let event_set = || event.wait(Duration::ZERO);
        eventually("the event is set", event_set);
        assert!(!copy.is_pending(), "set on completion, and reset by the call");
        let signalled = wait_any(&[&target], Duration::ZERO).expect("a wait");
        assert_eq!(signalled, WaitResult::Object(0), "the instance is signalled");
        assert_eq!(copy.wait().0, Ok(bytes.len()));

        let port = CompletionPort::<u8, u64>::new_in(&lab.system, 1);
        let other = port.associate(opened(lab, "other"), 9).expect("associated");
        for part in 0..4 {
            let at = part * (bytes.len() as u64 / 4);
            other.copy_range_from(&source, range(at, at, bytes.len() / 4), part).expect("issued");
        }
        let mut seen = Vec::new();
        for _ in 0..4 {
            let packet = port.get_timeout(common::LOST).expect("the port is open").expect("a packet");
            assert_eq!((packet.key, packet.buffer, packet.result), (9, None, Ok(bytes.len() / 4)));
            seen.push(packet.context);
        }
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3]);
        assert!(std::fs::read(lab.path("other")).expect("the copy") == bytes);
        let refused = other.copy_range_from(&source, range(u64::MAX, 0, 5), 77).expect_err("refused");
        assert_eq!((refused.context, refused.error.code().0), (77, 87));
        assert!(port.try_get().expect("open").is_none(), "a refusal queues no packet");
    });
}

#[test]
fn a_cancel_ends_it_between_two_steps_and_what_was_copied_stays() {
    on_real_engines(|lab| {
        const LEN: u32 = 1 << 30;
        let sparse = File::create(lab.path("source")).expect("a file");
        sparse.set_len(LEN.into()).expect("its size");
        let source = lab.open("source");
        // On a machine that is busy enough, a copy may be over before this thread goes on.
        eventually("a copy is cancelled in the middle", || {
            let target = opened(lab, "target");
            let copy = target.copy_range_from(&source, CopyRange { source_offset: 0, target_offset: 0, len: LEN });
            eventually("it has begun", || target.size().is_ok_and(|size| size > 0) || !copy.is_pending());
            let marked = target.cancel_all();
            match copy.wait().0 {
                Err(error) => {
                    assert!(marked);
                    assert_eq!(error.code().0, 995, "ERROR_OPERATION_ABORTED");
                    let size = target.size().expect("its size");
                    assert!(size > 0 && size < LEN.into(), "{size}");
                    true
                }
                Ok(bytes) => {
                    assert_eq!(bytes, LEN as usize);
                    false
                }
            }
        });
    });
}

#[test]
fn many_copies_beside_each_other_are_cancelled_dropped_or_done() {
    on_every_engine(|lab| {
        let bytes = pattern(4 << 20, 4);
        lab.file("source", &bytes);
        let (source, target) = (lab.open("source"), opened(lab, "target"));
        const PART: usize = 64 << 10;
        let part = |n: usize| range((n * PART) as u64, (n * PART) as u64, PART);
        let mut copies: Vec<_> = (0..64).map(|n| target.copy_range_from(&source, part(n))).collect();
        for n in (0..64).step_by(3) {
            copies[n].cancel();
        }
        drop(copies.split_off(48));
        // The request keeps the source.
        drop(source);
        let mut done = 0;
        for (n, copy) in copies.into_iter().enumerate() {
            match copy.wait().0 {
                Ok(len) => {
                    assert_eq!(len, PART);
                    done += 1;
                }
                Err(error) => assert_eq!((error.code().0, n % 3), (995, 0), "only what was cancelled ends early"),
            }
        }
        assert!(done >= 32);
        eventually("all requests end", || target.outstanding() == 0);
        let copy = std::fs::read(lab.path("target")).expect("the copy");
        for n in (0..48).filter(|n| n % 3 != 0) {
            assert!(copy[n * PART..(n + 1) * PART] == bytes[n * PART..(n + 1) * PART], "part {n}");
        }
    });
}

#[test]
fn reserved_room_changes_no_size_and_is_given_back() {
    on_real_engines(|lab| {
        let target = opened(lab, "target");
        target.set_allocation(1 << 20).expect("reserved");
        assert_eq!(target.size(), Ok(0));
        assert_eq!(target.write_at(vec![1; 5000], 0).wait().0, Ok(5000));
        target.set_allocation(1000).expect("cut");
        assert_eq!(target.size(), Ok(1000));
        let reader =
            OpenOptions::new().system(&lab.system).read(true).open_overlapped(lab.path("target")).expect("opened");
        assert_eq!(reader.set_allocation(1).expect_err("refused").code().0, 5);
    });
}

#[test]
fn an_open_file_knows_what_it_was_when_it_was_opened() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("file");
    std::fs::write(&path, vec![1; 10_000]).expect("written");
    let found = std::fs::metadata(&path).expect("metadata");
    let file = OpenOptions::new().read(true).write(true).open_overlapped(&path).expect("opened");
    file.set_len(5).expect("cut");
    let stat = file.stat_at_open().expect("a file");
    assert_eq!((stat.size, file.size()), (10_000, Ok(5)), "then and now");
    assert_eq!((stat.mode, stat.uid, stat.gid, stat.links), (found.mode(), found.uid(), found.gid(), found.nlink()));
    assert_eq!((stat.device, stat.inode, stat.allocated), (found.dev(), found.ino(), found.blocks() * 512));
    assert_eq!(stat.modified, (found.mtime(), found.mtime_nsec() as u32));
}
