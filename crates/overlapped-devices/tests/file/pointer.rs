//! The file pointer, sizes and the end of the file (contract 02 §1, §2, §3).

use crate::common::*;
use overlapped_abi::constants::file::{FILE_BEGIN, FILE_CURRENT, FILE_END};
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_devices::file::{self, set_end_of_file, set_pointer, set_pointer_low, size};

#[test]
fn the_pointer_moves_from_start_place_and_end_02_2() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", READ);
    let moved = |distance, method| set_pointer(&file.grant, distance, method);
    assert_eq!(moved(0, FILE_CURRENT), Ok(0));
    assert_eq!(moved(4, FILE_BEGIN), Ok(4));
    assert_eq!(file.read(2).unwrap(), b"45");
    assert_eq!(moved(-3, FILE_CURRENT), Ok(3));
    assert_eq!(moved(-1, FILE_END), Ok(9));
    assert_eq!(file.read(5).unwrap(), b"9");
    assert_eq!(moved(0, FILE_CURRENT), Ok(10));
}

#[test]
fn the_pointer_cannot_go_before_the_start_or_by_an_unknown_method_02_2() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", READ);
    let moved = |distance, method| set_pointer(&file.grant, distance, method);
    moved(5, FILE_BEGIN).unwrap();
    assert_eq!(moved(-1, FILE_BEGIN), Err(Win32Error::NEGATIVE_SEEK));
    assert_eq!(moved(i64::MIN, FILE_BEGIN), Err(Win32Error::NEGATIVE_SEEK));
    assert_eq!(moved(-6, FILE_CURRENT), Err(Win32Error::NEGATIVE_SEEK));
    assert_eq!(moved(-11, FILE_END), Err(Win32Error::NEGATIVE_SEEK));
    assert_eq!(moved(0, 3), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(moved(i64::MAX, FILE_CURRENT), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(moved(0, FILE_CURRENT), Ok(5), "it has not moved");
}

#[test]
fn the_pointer_goes_beyond_the_end_without_changing_the_file_02_2() {
    let world = World::new();
    world.file("f", b"abc");
    let file = world.existing("f", BOTH);
    set_pointer(&file.grant, 10, FILE_BEGIN).unwrap();
    assert_eq!(size(&file.grant), Ok(3));
    assert_eq!(file.read(4).unwrap(), b"");
    assert_eq!(file.write(b"z"), Ok(1));
    assert_eq!(world.content("f"), b"abc\0\0\0\0\0\0\0z");
}

#[test]
fn each_open_has_its_own_pointer_and_duplicates_share_one_02_2() {
    let world = World::new();
    world.file("f", b"abcdef");
    let (one, other) = (world.existing("f", READ), world.existing("f", READ));
    let twin = one.duplicate(None).unwrap();
    assert_eq!(one.read(2).unwrap(), b"ab");
    assert_eq!(other.read(3).unwrap(), b"abc");
    assert_eq!(twin.read(2).unwrap(), b"cd");
}

#[test]
fn the_narrow_call_refuses_results_of_more_than_32_bits_02_2() {
    let world = World::new();
    let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS).unwrap();
    set_pointer(&file.grant, 0xFFFF_FFFF, FILE_BEGIN).unwrap();
    assert_eq!(set_pointer_low(&file.grant, 0, FILE_CURRENT), Ok(0xFFFF_FFFF), "also the value of a failure");
    assert_eq!(set_pointer_low(&file.grant, 1, FILE_CURRENT), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(set_pointer_low(&file.grant, -1, FILE_CURRENT), Ok(0xFFFF_FFFE));
}

#[test]
fn an_uncached_instance_keeps_its_pointer_on_sectors_02_2() {
    let world = World::new();
    let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, FileFlags::NO_BUFFERING).unwrap();
    let sector = i64::from(file::storage_info(&file.grant).unwrap().logical_bytes_per_sector);
    assert_eq!(set_pointer(&file.grant, sector, FILE_BEGIN), Ok(sector as u64));
    assert_eq!(set_pointer(&file.grant, sector + 1, FILE_BEGIN), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(set_pointer(&file.grant, 1, FILE_CURRENT), Err(Win32Error::INVALID_PARAMETER));
}

#[test]
fn an_overlapped_instance_has_a_pointer_that_transfers_ignore_02_2() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.open("f", BOTH, SHARE_ALL, OPEN_EXISTING, FileFlags::OVERLAPPED).unwrap();
    set_pointer(&file.grant, 4, FILE_BEGIN).unwrap();
    assert_eq!(file.read_at(0, 2).unwrap(), b"01");
    file.write_at(8, b"XY").unwrap();
    assert_eq!(set_pointer(&file.grant, 0, FILE_CURRENT), Ok(4));
    set_end_of_file(&file.grant).unwrap();
    assert_eq!(world.content("f"), b"0123");
}

#[test]
fn set_end_of_file_cuts_and_extends_with_zeros_02_3() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", BOTH);
    for (at, content) in [(4, &b"0123"[..]), (6, b"0123\0\0")] {
        set_pointer(&file.grant, at, FILE_BEGIN).unwrap();
        set_end_of_file(&file.grant).unwrap();
        assert_eq!(world.content("f"), content);
        assert_eq!(set_pointer(&file.grant, 0, FILE_CURRENT), Ok(at as u64), "the pointer stays");
    }
    for access in [READ, AccessMask::APPEND_DATA, AccessMask::empty()] {
        assert_eq!(set_end_of_file(&world.existing("f", access).grant), Err(Win32Error::ACCESS_DENIED));
    }
}

#[test]
fn the_size_goes_beyond_4_gib_and_needs_no_right_02_1() {
    let world = World::new();
    let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS).unwrap();
    let large = (5 << 30) + 7;
    file::set_size(&file.grant, large).unwrap();
    let query = world.existing("f", AccessMask::empty());
    assert_eq!(size(&query.grant), Ok(large as u64));
    assert_eq!(file::set_size(&file.grant, -1), Err(Win32Error::INVALID_PARAMETER));
}

#[test]
fn a_sparse_file_occupies_less_than_its_size_02_1() {
    let world = World::new();
    let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS).unwrap();
    file::set_size(&file.grant, 64 << 20).unwrap();
    assert_eq!(file.write_at(1 << 20, &[1; 4096]), Ok(4096));
    file::flush(&file.grant).unwrap();
    let physical = world.files.compressed_size(&world.system, &world.name("f")).unwrap();
    assert!((4096..1 << 20).contains(&physical), "{physical}");
    assert_eq!(file::physical_size(&file.grant), Ok(physical));
    world.file("dense", b"abc");
    assert_eq!(world.files.compressed_size(&world.system, &world.name("dense")), Ok(3));
    let missing = world.files.compressed_size(&world.system, &world.name("missing"));
    assert_eq!(missing, Err(Win32Error::FILE_NOT_FOUND));
}

#[test]
fn set_valid_data_only_checks_02_3() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", BOTH);
    for bad in [0, -1, 11, i64::MIN] {
        assert_eq!(file::set_valid_data(&file.grant, bad), Err(Win32Error::INVALID_PARAMETER), "{bad}");
    }
    assert_eq!(file::set_valid_data(&file.grant, 10), Ok(()));
    assert_eq!(file::set_valid_data(&world.existing("f", READ).grant, 10), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn valid_data_grows_up_to_the_size_and_never_shrinks_02_3() {
    let world = World::new();
    let file = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS).unwrap();
    assert_eq!(file.write_at(0, b"four"), Ok(4));
    let set = |length| file::set_valid_data(&file.grant, length);
    let refused = Err(Win32Error::INVALID_PARAMETER);
    assert_eq!((set(2), set(4), set(5)), (refused, Ok(()), refused));
    file::set_size(&file.grant, 1 << 20).unwrap();
    assert_eq!((set(3), set(4), set(6), set(5)), (refused, Ok(()), Ok(()), refused));
    assert_eq!(file.write_at(1 << 16, b"x"), Ok(1));
    assert_eq!((set(1 << 16), set(1 << 20), set(1 << 19)), (refused, Ok(()), refused));
    file::set_size(&file.grant, 8).unwrap();
    assert_eq!((set(7), set(8)), (refused, Ok(())));
}

#[test]
fn allocation_is_reserved_without_growing_the_file_and_cuts_what_is_larger_02_4() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", BOTH);
    file::set_allocation(&file.grant, 1 << 20).unwrap();
    assert_eq!(size(&file.grant), Ok(10));
    assert!(file::standard_info(&file.grant).unwrap().allocation_size >= 1 << 20);
    file::set_allocation(&file.grant, 3).unwrap();
    assert_eq!(world.content("f"), b"012");
    assert_eq!(file::set_allocation(&file.grant, -1), Err(Win32Error::INVALID_PARAMETER));
}

#[test]
fn a_pointer_in_use_is_moved_when_it_is_free() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", READ);
    let instance = &file.grant.instance;
    {
        // As a thread that delivers completions during its own synchronous read.
        let _in_use = instance.pointer();
        instance.move_pointer_when_free(4);
        instance.move_pointer_when_free(6);
    }
    assert_eq!(*instance.pointer(), 6);
    assert_eq!(file.read(2).unwrap(), b"67");
    instance.move_pointer_when_free(1);
    assert_eq!(file.read(2).unwrap(), b"12");
}
