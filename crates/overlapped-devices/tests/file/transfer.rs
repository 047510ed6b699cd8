//! Reads and writes: the end of the file, appending, offsets, order of checks (contract 02 §5, §12, §13).

use crate::common::*;
use overlapped_abi::constants::file::{FILE_BEGIN, FILE_CURRENT};
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_devices::file::{flush, set_pointer, size};
use overlapped_kernel::request::Function;
use overlapped_kernel::road::Place;

const OVERLAPPED: FileFlags = FileFlags::OVERLAPPED;
const APPEND: u64 = u64::MAX;
const AT_POINTER: u64 = u64::MAX - 1;

fn both_kinds(world: &World, name: &str, test: impl Fn(&File, bool)) {
    for (flags, overlapped) in [(NO_FLAGS, false), (OVERLAPPED, true)] {
        test(&world.open(name, BOTH, SHARE_ALL, OPEN_EXISTING, flags).unwrap(), overlapped);
    }
}

#[test]
fn a_plain_read_at_the_end_is_a_success_of_0_bytes_02_5() {
    World::each(|world| {
        world.file("f", b"0123456789");
        let file = world.existing("f", READ);
        assert_eq!(file.read(10).unwrap(), b"0123456789");
        assert_eq!(file.read(1).unwrap(), b"");
        set_pointer(&file.grant, 1 << 40, FILE_BEGIN).unwrap();
        assert_eq!(file.read(1).unwrap(), b"");
        set_pointer(&file.grant, i64::MAX, FILE_BEGIN).unwrap();
        assert_eq!(file.read(5).unwrap(), b"", "where no file has a byte");
    });
}

#[test]
fn a_read_with_an_overlapped_at_the_end_is_38_with_0_bytes_02_5() {
    World::each(|world| {
        world.file("f", b"0123456789");
        both_kinds(world, "f", |file, _| {
            for at in [10, 11, 1 << 40, i64::MAX as u64 - 2, i64::MAX as u64] {
                assert_eq!(file.read_at(at, 4), Err(failed(Win32Error::HANDLE_EOF)), "at {at}");
            }
        });
    });
}

#[test]
fn a_read_across_the_end_gives_the_bytes_up_to_it_02_5() {
    World::each(|world| {
        let content: Vec<u8> = (0..100).collect();
        world.file("f", &content);
        both_kinds(world, "f", |file, _| {
            for (at, len) in [(0, 101), (95, 10), (99, 2), (0, 100), (42, 4096)] {
                assert_eq!(file.read_at(at, len).unwrap(), content[at as usize..(at as usize + len).min(100)]);
            }
        });
        assert_eq!(world.existing("f", READ).read(4096).unwrap(), content);
    });
}

#[test]
fn a_transfer_of_no_bytes_succeeds_wherever_it_is_02_5() {
    World::each(|world| {
        world.file("f", b"abc");
        let old = world.path("f").metadata().unwrap().modified().unwrap();
        both_kinds(world, "f", |file, _| {
            for at in [0, 3, 99, APPEND, 1 << 63] {
                assert_eq!(file.read_at(at, 0).unwrap(), b"");
                assert_eq!(file.write_at(at, b""), Ok(0));
            }
        });
        assert_eq!(world.existing("f", BOTH).write(b""), Ok(0));
        assert_eq!(world.content("f"), b"abc");
        assert_eq!(world.path("f").metadata().unwrap().modified().unwrap(), old);
    });
}

#[test]
fn long_transfers_arrive_whole_however_they_are_cut() {
    World::each(|world| {
        let content: Vec<u8> = (0..5000u32).map(|n| (n % 251) as u8).collect();
        let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, OVERLAPPED).unwrap();
        assert_eq!(file.write_at(3, &content), Ok(5000));
        assert_eq!(file.read_at(3, 5000).unwrap(), content);
        assert_eq!(world.content("f").len(), 5003);
    });
}

#[test]
fn offsets_beyond_4_gib_are_exact_03_1() {
    World::each(|world| {
        let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, OVERLAPPED).unwrap();
        let at = (6 << 30) + 5;
        assert_eq!(file.write_at(at, b"far away"), Ok(8));
        assert_eq!(file.read_at(at, 99).unwrap(), b"far away");
        assert_eq!(size(&file.grant), Ok(at + 8));
        assert_eq!(file.read_at(at - (4 << 30), 2).unwrap(), [0, 0]);
    });
}

#[test]
fn negative_offsets_and_writes_that_overflow_are_87_02_12() {
    World::each(|world| {
        world.file("f", b"abc");
        both_kinds(world, "f", |file, overlapped| {
            let bad = Win32Error::INVALID_PARAMETER;
            for at in [1 << 63, APPEND - 2] {
                assert_eq!(file.read_at(at, 8), Err(failed(bad)), "read at {at:#x}");
                assert_eq!(file.write_at(at, b"12345678"), Err(failed(bad)), "write at {at:#x}");
            }
            // A read there finds no byte, like any beyond the end.
            assert_eq!(file.write_at(i64::MAX as u64 - 1, b"12345678"), Err(failed(bad)));
            assert_eq!(file.read_at(APPEND, 1), Err(failed(bad)));
            if overlapped {
                assert_eq!(file.read_at(AT_POINTER, 1), Err(failed(bad)));
                assert_eq!(file.write_at(AT_POINTER, b"x"), Err(failed(bad)));
            } else {
                assert_eq!(file.read_at(AT_POINTER, 1).unwrap(), b"a");
            }
        });
        assert_eq!(world.content("f"), b"abc");
    });
}

#[test]
fn the_offset_of_minus_one_appends_02_12() {
    World::each(|world| {
        world.file("f", b"abc");
        both_kinds(world, "f", |file, overlapped| {
            let before = size(&file.grant).unwrap();
            set_pointer(&file.grant, 1, FILE_BEGIN).unwrap();
            assert_eq!(file.write_at(APPEND, b"--appended--"), Ok(12));
            let pointer = set_pointer(&file.grant, 0, FILE_CURRENT).unwrap();
            assert_eq!(pointer, if overlapped { 1 } else { before + 12 });
        });
        assert_eq!(world.content("f"), b"abc--appended----appended--");
    });
}

#[test]
fn append_only_access_writes_at_the_end_whatever_the_offset_02_12() {
    World::each(|world| {
        world.file("f", b"abc");
        for flags in [NO_FLAGS, OVERLAPPED] {
            let file = world.open("f", AccessMask::APPEND_DATA, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
            assert_eq!(file.write_at(0, b"+more than one piece"), Ok(20));
        }
        let file = world.existing("f", BOTH);
        let appender = file.duplicate(Some(AccessMask::APPEND_DATA)).unwrap();
        assert_eq!(appender.write(b"."), Ok(1), "the right is the handle's");
        assert_eq!(set_pointer(&file.grant, 0, FILE_CURRENT), Ok(44), "the pointer is at the new end");
        assert_eq!(world.content("f"), b"abc+more than one piece+more than one piece.");
    });
}

#[test]
fn appends_from_many_instances_lose_nothing_02_12() {
    let world = World::new();
    world.file("f", b"");
    std::thread::scope(|scope| {
        for byte in [b'a', b'b', b'c'] {
            let world = &world;
            scope.spawn(move || {
                let file = world.open("f", AccessMask::APPEND_DATA, SHARE_ALL, OPEN_EXISTING, OVERLAPPED).unwrap();
                for _ in 0..100 {
                    assert_eq!(file.write_at(0, &[byte; 16]), Ok(16));
                }
            });
        }
    });
    let content = world.content("f");
    assert_eq!(content.len(), 3 * 100 * 16);
    assert!(content.chunks(16).all(|record| record.iter().all(|byte| *byte == record[0])), "records mix");
}

#[test]
fn a_synchronous_call_with_an_offset_leaves_the_pointer_behind_its_bytes_02_2() {
    World::each(|world| {
        world.file("f", b"0123456789");
        let file = world.existing("f", BOTH);
        assert_eq!(file.read_at(4, 3).unwrap(), b"456");
        assert_eq!(set_pointer(&file.grant, 0, FILE_CURRENT), Ok(7));
        assert_eq!(file.write_at(1, b"ab"), Ok(2));
        assert_eq!(set_pointer(&file.grant, 0, FILE_CURRENT), Ok(3));
        assert_eq!(file.write(b"c"), Ok(1));
        assert_eq!(world.content("f"), b"0abc456789");
    });
}

#[test]
fn the_checks_come_in_order_access_overlapped_length_buffer_place_02_13() {
    let world = World::new();
    world.file("f", b"abc");
    let nowhere: *mut u8 = std::ptr::without_provenance_mut(16);
    let file = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, OVERLAPPED).unwrap();
    let write = file.call(Function::Write, nowhere, 0, Place::Pointer, false);
    assert_eq!(write.unwrap_err(), Win32Error::ACCESS_DENIED, "access before the missing OVERLAPPED");
    let read = file.call(Function::Read, nowhere, 0, Place::Pointer, false);
    assert_eq!(read.unwrap_err(), Win32Error::INVALID_PARAMETER, "the missing OVERLAPPED before the length");
    let read = file.call(Function::Read, nowhere, 0, Place::Offset(APPEND), true);
    assert_eq!(read.unwrap().bytes, 0, "the length before the buffer and the offset");
}

#[test]
fn a_write_that_fills_the_disk_is_112_with_the_bytes_that_fitted_02_12() {
    // /dev/full is the disk that is always full.
    let world = World::new();
    let file = world.open_path("/dev/full".as_ref(), WRITE, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(file.write(b"x"), Err(Win32Error::DISK_FULL));
}

#[test]
fn flush_needs_a_right_to_write_02_7() {
    let world = World::new();
    world.file("f", b"abc");
    for flags in [NO_FLAGS, OVERLAPPED] {
        let open = |access| world.open("f", access, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
        assert_eq!(flush(&open(WRITE).grant), Ok(()));
        assert_eq!(flush(&open(AccessMask::APPEND_DATA).grant), Ok(()));
        assert_eq!(flush(&open(READ).grant), Err(Win32Error::ACCESS_DENIED));
        assert_eq!(flush(&open(AccessMask::empty()).grant), Err(Win32Error::ACCESS_DENIED));
    }
}

#[test]
fn a_flush_is_also_a_request_of_its_own() {
    World::each(|world| {
        world.file("f", b"abc");
        for flags in [NO_FLAGS, OVERLAPPED] {
            let file = world.open("f", WRITE, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
            let done = file.call(Function::Flush, std::ptr::null_mut(), 0, Place::Offset(0), true).unwrap();
            assert!(done.status.is_success() && done.bytes == 0);
        }
    });
}
