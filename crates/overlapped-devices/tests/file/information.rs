//! What handles are asked and told (contract 02 §1, §4; 01 §6).

use crate::common::*;
use overlapped_abi::constants::attributes::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileBasicInfo, FileFlags, FileTime, Win32Error};
use overlapped_devices::file::{self, SetInformation, set_information};
use std::os::unix::fs::MetadataExt;

const NOON: FileTime = FileTime { low: 0x8000_0000, high: 0x01DA_0000 };

#[test]
fn times_are_set_and_read_in_units_of_100_ns_02_1() {
    let world = World::new();
    world.file("f", b"x");
    for access in [WRITE, AccessMask::WRITE_ATTRIBUTES] {
        let file = world.existing("f", access);
        let later = FileTime::from_ticks(NOON.ticks() + 12_345_678_901);
        file::set_times(&file.grant, Some(NOON), Some(NOON), Some(later)).unwrap();
        let times = file::times(&file.grant).unwrap();
        assert_eq!((times.creation, times.access, times.write), (NOON, NOON, later));
        file::set_times(&file.grant, None, None, Some(NOON)).unwrap();
        assert_eq!(file::times(&file.grant).unwrap().write, NOON);
        assert_eq!(file::times(&file.grant).unwrap().access, NOON, "not asked for, so unchanged");
    }
    let seconds = world.path("f").metadata().unwrap().mtime();
    assert_eq!(seconds, (NOON.ticks() / 10_000_000) as i64 - 11_644_473_600);
}

#[test]
fn a_creation_time_that_was_set_is_told_by_handle_and_by_name_02_1() {
    let world = World::new();
    world.file("f", b"x");
    std::fs::create_dir(world.path("d")).unwrap();
    for name in ["f", "d"] {
        let flags = FileFlags::BACKUP_SEMANTICS;
        let file = world.open(name, AccessMask::WRITE_ATTRIBUTES, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
        let born = file::times(&file.grant).unwrap().creation;
        file::set_times(&file.grant, None, Some(NOON), None).unwrap();
        assert_eq!(file::times(&file.grant).unwrap().creation, born);
        file::set_times(&file.grant, Some(NOON), None, None).unwrap();
        assert_eq!(file::by_handle_information(&file.grant).unwrap().creation_time, NOON);
        assert_eq!(world.files.query(&world.system, &world.name(name)).unwrap().times.creation, NOON);
        // Attributes are kept in the same place.
        file::set_attributes(&file.grant, FILE_ATTRIBUTE_HIDDEN).unwrap();
        assert_eq!(file::times(&file.grant).unwrap().creation, NOON);
    }
    let cut = FileFlags::from_bits_retain(FILE_ATTRIBUTE_HIDDEN);
    let cut = world.open("f", WRITE, SHARE_ALL, CREATE_ALWAYS, cut).unwrap();
    assert_eq!(file::times(&cut.grant).unwrap().creation, NOON, "cut, not created");
}

#[test]
fn minus_1_stops_the_time_of_the_last_write_for_this_instance_02_4() {
    World::each(|world| {
        world.file("f", b"0123456789");
        let (held, other) = (world.existing("f", BOTH), world.existing("f", BOTH));
        let write = |file: &File| {
            assert_eq!(file.write_at(0, b"x"), Ok(1));
            file::times(&file.grant).unwrap().write
        };
        let stop = |time: i64| {
            let wish = FileBasicInfo { last_write_time: time, last_access_time: time, ..FileBasicInfo::default() };
            set_information(&world.system, &held.grant, &SetInformation::Basic(wish), None).unwrap();
        };
        file::set_times(&held.grant, None, Some(NOON), Some(NOON)).unwrap();
        stop(-1);
        assert_eq!(write(&held), NOON);
        file::set_size(&held.grant, 5).unwrap();
        assert_eq!(held.read_at(0, 3).unwrap(), b"x12");
        let times = file::times(&held.grant).unwrap();
        assert_eq!((times.access, times.write), (NOON, NOON));
        let earlier = FileTime::from_ticks(NOON.ticks() - 10_000_000);
        file::set_times(&held.grant, None, None, Some(earlier)).unwrap();
        assert_eq!(write(&held), earlier, "set by hand, and kept as that");
        assert_ne!(write(&other), earlier, "another instance is not bound");
        file::set_times(&held.grant, None, None, Some(NOON)).unwrap();
        stop(-2);
        assert_ne!(write(&held), NOON);
    });
}

#[test]
fn setting_times_needs_the_right_and_real_times_02_1() {
    let world = World::new();
    world.file("f", b"x");
    let reader = world.existing("f", READ);
    assert_eq!(file::set_times(&reader.grant, None, None, Some(NOON)), Err(Win32Error::ACCESS_DENIED));
    let writer = world.existing("f", WRITE);
    let bad = FileTime::from_ticks(1 << 63);
    assert_eq!(file::set_times(&writer.grant, None, None, Some(bad)), Err(Win32Error::INVALID_PARAMETER));
    let before = file::times(&writer.grant).unwrap();
    let keep = FileTime::from_ticks(u64::MAX);
    file::set_times(&writer.grant, None, Some(FileTime::default()), Some(keep)).unwrap();
    assert_eq!(file::times(&writer.grant).unwrap(), before);
}

#[test]
fn directories_have_times_too_01_4_2() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let access = AccessMask::WRITE_ATTRIBUTES;
    let directory = world.open("d", access, SHARE_ALL, OPEN_EXISTING, FileFlags::BACKUP_SEMANTICS).unwrap();
    file::set_times(&directory.grant, None, None, Some(NOON)).unwrap();
    assert_eq!(file::times(&directory.grant).unwrap().write, NOON);
    let information = file::by_handle_information(&directory.grant).unwrap();
    assert_eq!(information.file_attributes, FILE_ATTRIBUTE_DIRECTORY);
    assert_eq!((information.number_of_links, information.file_size()), (1, 0));
}

#[test]
fn information_by_handle_names_the_file_itself_02_1() {
    let world = World::new();
    let path = world.file("f", b"0123456789");
    std::fs::hard_link(&path, world.path("g")).unwrap();
    let (one, other) = (world.existing("f", READ), world.existing("g", AccessMask::empty()));
    let information = file::by_handle_information(&one.grant).unwrap();
    assert_eq!(file::by_handle_information(&other.grant), Ok(information));
    assert_eq!(information.file_size(), 10);
    assert_eq!(information.number_of_links, 2);
    assert_eq!(information.file_index(), path.metadata().unwrap().ino());
    assert_eq!(information.file_attributes, FILE_ATTRIBUTE_ARCHIVE);
    let id = file::id_info(&one.grant).unwrap();
    assert_eq!(id.file_id[..8], information.file_index().to_le_bytes());
}

#[test]
fn standard_information_tells_sizes_links_and_kind_02_4() {
    let world = World::new();
    world.file("f", &[1; 10_000]);
    let file = world.existing("f", WRITE);
    file::flush(&file.grant).unwrap();
    let information = file::standard_info(&file.grant).unwrap();
    assert_eq!(information.end_of_file, 10_000);
    assert!(information.allocation_size >= 10_000);
    assert_eq!((information.number_of_links, information.delete_pending, information.directory), (1, 0, 0));
}

#[test]
fn basic_information_leaves_what_is_0_or_minus_1_02_4() {
    let world = World::new();
    world.file("f", b"x");
    let file = world.existing("f", WRITE);
    let set = |info| set_information(&world.system, &file.grant, &SetInformation::Basic(info), None);
    let all = FileBasicInfo {
        creation_time: 1,
        last_access_time: NOON.ticks() as i64,
        last_write_time: NOON.ticks() as i64,
        change_time: 1,
        file_attributes: FILE_ATTRIBUTE_HIDDEN,
    };
    set(all).unwrap();
    let now = file::basic_info(&file.grant).unwrap();
    assert_eq!((now.last_access_time, now.last_write_time), (all.last_access_time, all.last_write_time));
    assert_eq!(now.file_attributes, FILE_ATTRIBUTE_HIDDEN);
    set(FileBasicInfo { last_write_time: -1, ..FileBasicInfo::default() }).unwrap();
    let then = file::basic_info(&file.grant).unwrap();
    assert_eq!((then.last_write_time, then.file_attributes), (now.last_write_time, now.file_attributes));
    let bad = FileBasicInfo { last_write_time: -3, ..FileBasicInfo::default() };
    assert_eq!(set(bad), Err(Win32Error::INVALID_PARAMETER));
    let reader = world.existing("f", READ);
    let refused = set_information(&world.system, &reader.grant, &SetInformation::Basic(all), None);
    assert_eq!(refused, Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn the_other_classes_do_what_they_say_02_4() {
    let world = World::new();
    world.file("f", b"0123456789");
    let file = world.existing("f", AccessMask::GENERIC_ALL);
    let set = |information: SetInformation| set_information(&world.system, &file.grant, &information, None);
    set(SetInformation::parse(6, &4i64.to_ne_bytes()).unwrap()).unwrap();
    assert_eq!(world.content("f"), b"0123");
    set(SetInformation::parse(5, &2i64.to_ne_bytes()).unwrap()).unwrap();
    assert_eq!(world.content("f"), b"01");
    for hint in 0..=2i32 {
        set(SetInformation::parse(12, &hint.to_ne_bytes()).unwrap()).unwrap();
    }
    for hint in [-1, 3] {
        assert_eq!(set(SetInformation::PriorityHint(hint)), Err(Win32Error::INVALID_PARAMETER));
    }
    set(SetInformation::parse(4, &[1]).unwrap()).unwrap();
    assert_eq!(file::standard_info(&file.grant).unwrap().delete_pending, 1);
}

#[test]
fn zeroed_ranges_read_as_zero_and_give_back_their_room_when_sparse_01_6() {
    let world = World::new();
    world.file("f", &[1; 1 << 20]);
    let file = world.existing("f", BOTH);
    file::set_sparse(&file.grant, true).unwrap();
    assert_ne!(file::file_attributes(&file.grant).unwrap() & FILE_ATTRIBUTE_SPARSE_FILE, 0);
    file::flush(&file.grant).unwrap();
    let before = file::physical_size(&file.grant).unwrap();
    file::set_zero_data(&file.grant, 4096, (1 << 20) - 4096).unwrap();
    let content = world.content("f");
    assert_eq!(content.len(), 1 << 20);
    assert!(content[4096..(1 << 20) - 4096].iter().all(|byte| *byte == 0));
    assert!(content[..4096].iter().all(|byte| *byte == 1));
    assert!(file::physical_size(&file.grant).unwrap() < before);
    let ranges = file::allocated_ranges(&file.grant, 0, i64::MAX).unwrap();
    assert_eq!(ranges, [(0, 4096), ((1 << 20) - 4096, 4096)]);
    assert_eq!(file::allocated_ranges(&file.grant, 100, 200).unwrap(), [(100, 200)]);
    assert_eq!(file::allocated_ranges(&file.grant, 2 << 20, 200).unwrap(), []);
    file::set_sparse(&file.grant, false).unwrap();
    assert_eq!(file::file_attributes(&file.grant).unwrap() & FILE_ATTRIBUTE_SPARSE_FILE, 0);
}

#[test]
fn zeroing_checks_its_range_clips_it_and_keeps_the_size_01_6() {
    let world = World::new();
    world.file("f", &[1; 5000]);
    let file = world.existing("f", BOTH);
    for (from, beyond) in [(10, 9), (-1, 5), (0, -1)] {
        assert_eq!(file::set_zero_data(&file.grant, from, beyond), Err(Win32Error::INVALID_PARAMETER));
    }
    file::set_zero_data(&file.grant, 4990, 1 << 40).unwrap();
    file::set_zero_data(&file.grant, 1 << 30, 1 << 40).unwrap();
    let content = world.content("f");
    assert_eq!((content.len(), &content[4988..]), (5000, &[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]));
    let reader = world.existing("f", READ);
    assert_eq!(file::set_zero_data(&reader.grant, 0, 1), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(file::set_sparse(&reader.grant, true), Err(Win32Error::ACCESS_DENIED));
    let writer = world.existing("f", WRITE);
    assert_eq!(file::allocated_ranges(&writer.grant, 0, 1), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(file::allocated_ranges(&reader.grant, -1, 1), Err(Win32Error::INVALID_PARAMETER));
}

#[test]
fn compression_is_a_number_or_not_known_here_01_6() {
    let world = World::new();
    world.file("f", b"x");
    let file = world.existing("f", BOTH);
    assert!(matches!(file::compression(&file.grant), Ok(0 | 1) | Err(Win32Error::INVALID_FUNCTION)));
    assert_eq!(file::set_compression(&file.grant, 7), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(file::compression_info(&file.grant).unwrap().compressed_file_size, 1);
}

#[test]
fn a_named_file_is_queried_without_being_opened() {
    let world = World::new();
    world.file("f", b"abc");
    let named = world.files.query(&world.system, &world.name("f")).unwrap();
    assert_eq!((named.size, named.attributes), (3, FILE_ATTRIBUTE_ARCHIVE));
    assert_eq!(named.times, file::times(&world.existing("f", READ).grant).unwrap());
}
