//! FILE_FLAG_NO_BUFFERING (contract 02 §6), on a disk and in memory, where there may be no O_DIRECT.

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{FileFlags, Win32Error};
use overlapped_devices::file::{self, storage_info};
use overlapped_kernel::request::Function;
use overlapped_kernel::road::Place;
use std::path::Path;

const UNBUFFERED: FileFlags = FileFlags::NO_BUFFERING;

/// Sectors of any device fit in here.
const BLOCK: usize = 8192;

fn worlds(test: impl Fn(&World)) {
    let memory = Path::new("/dev/shm");
    World::each(&test);
    if memory.is_dir() {
        test(&World::below(overlapped_engine::default_engine().unwrap(), memory));
    }
}

fn transfer(file: &File, function: Function, start: *mut u8, len: usize, at: u64) -> Result<usize, Win32Error> {
    let done = file.call(function, start, len, Place::Offset(at), true)?;
    done.status.ok().map(|()| done.bytes)
}

#[test]
fn aligned_transfers_work_with_and_without_overlapped_02_6() {
    worlds(|world| {
        for flags in [UNBUFFERED, UNBUFFERED | FileFlags::OVERLAPPED, UNBUFFERED | FileFlags::WRITE_THROUGH] {
            let file = world.open("f", BOTH, SHARE_ALL, CREATE_ALWAYS, flags).unwrap();
            let mut out = Pages::new(2 * BLOCK, 7);
            assert_eq!(transfer(&file, Function::Write, out.pointer(), 2 * BLOCK, 0), Ok(2 * BLOCK));
            let mut back = Pages::new(BLOCK, 0);
            assert_eq!(transfer(&file, Function::Read, back.pointer(), BLOCK, BLOCK as u64), Ok(BLOCK));
            assert_eq!(back.bytes(), &out.bytes()[..BLOCK]);
        }
    });
}

#[test]
fn offset_length_and_buffer_off_the_sector_are_87_02_6() {
    worlds(|world| {
        world.file("f", &[1; 4 * BLOCK]);
        for flags in [UNBUFFERED, UNBUFFERED | FileFlags::OVERLAPPED] {
            let file = world.open("f", BOTH, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
            let sector = storage_info(&file.grant).unwrap().logical_bytes_per_sector as usize;
            let mut pages = Pages::new(2 * BLOCK, 0);
            let start = pages.pointer();
            let bad = Err(Win32Error::INVALID_PARAMETER);
            for function in [Function::Read, Function::Write] {
                assert_eq!(transfer(&file, function, start, BLOCK, 1), bad, "offset");
                assert_eq!(transfer(&file, function, start, BLOCK, sector as u64 - 1), bad, "offset");
                assert_eq!(transfer(&file, function, start, BLOCK - 1, 0), bad, "length");
                assert_eq!(transfer(&file, function, start, 1, 0), bad, "length");
                assert_eq!(transfer(&file, function, start.wrapping_add(1), BLOCK, 0), bad, "buffer");
                assert_eq!(transfer(&file, function, start.wrapping_add(1), 0, 1), Ok(0), "no bytes, no rule");
            }
        }
        assert_eq!(world.content("f"), [1; 4 * BLOCK], "nothing was written");
    });
}

#[test]
fn reading_the_tail_gives_only_the_real_bytes_02_6() {
    worlds(|world| {
        world.file("f", &[5; BLOCK + 100]);
        let file = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, UNBUFFERED | FileFlags::OVERLAPPED).unwrap();
        let mut pages = Pages::new(2 * BLOCK, 0);
        let start = pages.pointer();
        assert_eq!(transfer(&file, Function::Read, start, 2 * BLOCK, 0), Ok(BLOCK + 100));
        assert!(pages.bytes()[..BLOCK + 100].iter().all(|byte| *byte == 5));
        let start = pages.pointer();
        assert_eq!(transfer(&file, Function::Read, start, BLOCK, BLOCK as u64), Ok(100));
        let past = transfer(&file, Function::Read, start, BLOCK, 2 * BLOCK as u64);
        assert_eq!(past, Err(Win32Error::HANDLE_EOF));
    });
}

#[test]
fn the_rounded_tail_of_a_write_is_trimmed_through_another_handle_02_6() {
    worlds(|world| {
        let file = world.open("f", WRITE, SHARE_ALL, CREATE_NEW, UNBUFFERED).unwrap();
        let mut pages = Pages::new(BLOCK, 9);
        assert_eq!(transfer(&file, Function::Write, pages.pointer(), BLOCK, 0), Ok(BLOCK));
        file::set_size(&world.existing("f", WRITE).grant, 5000).unwrap();
        assert_eq!(world.content("f"), [9; 5000]);
    });
}

#[test]
fn the_sector_is_a_power_of_two_and_page_alignment_always_suffices_02_6() {
    worlds(|world| {
        let file = world.open("f", READ, SHARE_ALL, CREATE_NEW, UNBUFFERED).unwrap();
        let sector = storage_info(&file.grant).unwrap().logical_bytes_per_sector;
        assert!(sector.is_power_of_two() && (512..=4096).contains(&sector), "{sector}");
        let mask = file::alignment_info(&file.grant).unwrap().alignment_requirement;
        assert!(mask < 4096 && (mask + 1).is_power_of_two());
    });
}
