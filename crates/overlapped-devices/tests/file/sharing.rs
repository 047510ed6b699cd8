//! Share modes (contract 01 §2.2).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_devices::file::section_of_file;
use proptest::prelude::*;

type Mode = (AccessMask, ShareMode);

const R: AccessMask = READ;
const W: AccessMask = WRITE;
const RW: AccessMask = BOTH;
const SR: ShareMode = ShareMode::READ;
const SRW: ShareMode = SHARE_RW;
const S0: ShareMode = ShareMode::empty();

fn second(world: &World, first: Mode, new: Mode) -> Result<(), Win32Error> {
    let _first = world.open("f", first.0, first.1, OPEN_EXISTING, NO_FLAGS).expect("nobody else has it open");
    world.open("f", new.0, new.1, OPEN_EXISTING, NO_FLAGS).map(drop)
}

#[test]
fn the_matrix_of_share_modes_holds_cell_by_cell_01_2_2() {
    let world = World::new();
    world.file("f", b"x");
    let existing: [Mode; 6] = [(R, SR), (R, SRW), (W, SR), (W, SRW), (RW, SR), (RW, SRW)];
    let new: [Mode; 5] = [(R, SR), (R, SRW), (W, SR), (W, SRW), (RW, SRW)];
    let ok = [
        [true, true, false, false, false],
        [true, true, true, true, true],
        [false, true, false, false, false],
        [false, true, false, true, true],
        [false, true, false, false, false],
        [false, true, false, true, true],
    ];
    for (first, row) in existing.into_iter().zip(ok) {
        for (new, ok) in new.into_iter().zip(row) {
            let expected = if ok { Ok(()) } else { Err(Win32Error::SHARING_VIOLATION) };
            assert_eq!(second(&world, first, new), expected, "{first:?} then {new:?}");
        }
    }
    for used in [R, W, RW, AccessMask::DELETE] {
        for first in existing {
            assert_eq!(second(&world, first, (used, S0)), Err(Win32Error::SHARING_VIOLATION), "{first:?}, {used:?}");
        }
        for new in new.into_iter().chain([(R, S0)]) {
            let exclusive = (used, S0);
            assert_eq!(second(&world, exclusive, new), Err(Win32Error::SHARING_VIOLATION), "{used:?}, {new:?}");
        }
    }
}

#[test]
fn an_attribute_open_passes_whatever_the_others_share_01_2_2() {
    let world = World::new();
    world.file("f", b"x");
    let queries =
        [AccessMask::empty(), AccessMask::READ_ATTRIBUTES, AccessMask::WRITE_ATTRIBUTES | AccessMask::READ_EA];
    for query in queries {
        assert_eq!(second(&world, (AccessMask::GENERIC_ALL, S0), (query, S0)), Ok(()));
        assert_eq!(second(&world, (query, S0), (AccessMask::GENERIC_ALL, S0)), Ok(()));
    }
}

#[test]
fn sharing_lasts_until_the_last_handle_of_the_instance_closes_01_2_2() {
    let world = World::new();
    world.file("f", b"x");
    let first = world.open("f", READ, S0, OPEN_EXISTING, NO_FLAGS).unwrap();
    let copy = first.duplicate(None).unwrap();
    drop(first);
    assert_eq!(world.denied("f", READ), Win32Error::SHARING_VIOLATION);
    drop(copy);
    world.existing("f", READ);
}

#[test]
fn every_name_of_a_file_leads_to_the_same_share_modes() {
    let world = World::new();
    let path = world.file("f", b"x");
    std::fs::hard_link(&path, world.path("hard")).unwrap();
    std::os::unix::fs::symlink(&path, world.path("soft")).unwrap();
    let _exclusive = world.open("f", READ, S0, OPEN_EXISTING, NO_FLAGS).unwrap();
    for name in ["hard", "soft", "F"] {
        // A POSIX path is matched by its exact case, so the last one goes by its Windows name.
        let spelled = world.path(name).to_str().unwrap().replace('/', "\\");
        let error = world.open_path(spelled.as_ref(), READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap_err();
        assert_eq!(error, Win32Error::SHARING_VIOLATION, "{name}");
    }
}

#[test]
fn cutting_a_file_counts_as_writing_it_for_those_who_have_it_open() {
    let world = World::new();
    world.file("f", b"content");
    let _reader = world.open("f", READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).unwrap();
    let error = world.refused("f", READ, SHARE_ALL, CREATE_ALWAYS, NO_FLAGS);
    assert_eq!(error, Win32Error::SHARING_VIOLATION);
    assert_eq!(world.content("f"), b"content");
}

#[test]
fn a_refused_truncation_leaves_the_content_01_2_3() {
    let world = World::new();
    world.file("f", b"content");
    let _reader = world.open("f", READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).unwrap();
    for disposition in [CREATE_ALWAYS, TRUNCATE_EXISTING] {
        assert_eq!(world.refused("f", WRITE, SHARE_ALL, disposition, NO_FLAGS), Win32Error::SHARING_VIOLATION);
        assert_eq!(world.content("f"), b"content");
    }
}

#[test]
fn a_section_that_can_be_written_counts_as_a_writer_and_keeps_the_content_01_2_2() {
    const PAGE_READONLY: u32 = 2;
    const PAGE_READWRITE: u32 = 4;
    let world = World::new();
    world.file("f", b"0123456789");
    let map = |protection| {
        let file = world.existing("f", RW);
        section_of_file(&file.grant, protection, 0).unwrap()
    };
    let section = map(PAGE_READWRITE);
    assert_eq!(world.refused("f", R, ShareMode::READ, OPEN_EXISTING, NO_FLAGS), Win32Error::SHARING_VIOLATION);
    let query = AccessMask::READ_ATTRIBUTES;
    assert!(world.open("f", query, ShareMode::empty(), OPEN_EXISTING, NO_FLAGS).is_ok());
    for disposition in [CREATE_ALWAYS, TRUNCATE_EXISTING] {
        assert_eq!(world.refused("f", W, SHARE_ALL, disposition, NO_FLAGS), Win32Error::USER_MAPPED_FILE);
    }
    assert_eq!(world.content("f"), b"0123456789");
    drop(section);
    let section = map(PAGE_READONLY);
    assert!(world.open("f", R, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).is_ok(), "nobody writes through it");
    drop(section);
    world.open("f", W, ShareMode::empty(), TRUNCATE_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(world.content("f"), b"");
}

#[test]
fn delete_on_close_asks_the_others_to_share_deletion_02_8() {
    let world = World::new();
    world.file("f", b"x");
    let doomed = FileFlags::DELETE_ON_CLOSE;
    let reader = world.open("f", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(world.refused("f", READ, SHARE_ALL, OPEN_EXISTING, doomed), Win32Error::SHARING_VIOLATION);
    drop(reader);
    let _doomed = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, doomed).unwrap();
    assert_eq!(world.refused("f", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS), Win32Error::SHARING_VIOLATION);
    world.existing("f", READ);
}

#[test]
fn directories_have_share_modes_too_01_4_2() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let flags = FileFlags::BACKUP_SEMANTICS;
    let _open = world.open("d", READ, SHARE_RW, OPEN_EXISTING, flags).unwrap();
    let delete = AccessMask::DELETE;
    assert_eq!(world.refused("d", delete, SHARE_ALL, OPEN_EXISTING, flags), Win32Error::SHARING_VIOLATION);
    let removed = world.files.remove_directory(&world.system, &world.name("d"));
    assert_eq!(removed, Err(Win32Error::SHARING_VIOLATION));
}

/// The rule of contract 01 §2.2, letter by letter.
fn allowed(a1: u32, s1: u32, a2: u32, s2: u32) -> bool {
    let counts = 0x1 | 0x20 | 0x2 | 0x4 | 0x1_0000;
    let (a1, a2) = (a1 & counts, a2 & counts);
    if a1 == 0 || a2 == 0 {
        return true;
    }
    let permits = |access: u32, share: u32| {
        (access & (0x1 | 0x20) == 0 || share & 1 != 0)
            && (access & (0x2 | 0x4) == 0 || share & 2 != 0)
            && (access & 0x1_0000 == 0 || share & 4 != 0)
    };
    permits(a1, s2) && permits(a2, s1)
}

fn an_access() -> impl Strategy<Value = u32> {
    let bits = [0x1, 0x2, 0x4, 0x20, 0x80, 0x100, 0x1_0000, 0x2_0000];
    proptest::sample::subsequence(bits.to_vec(), 0..=bits.len()).prop_map(|bits| bits.into_iter().sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Opens and closes by chance; an open succeeds exactly if the rule allows it against everybody.
    #[test]
    fn any_number_of_instances_share_by_the_rule_01_2_2(
        steps in proptest::collection::vec((an_access(), 0u32..8, any::<bool>(), any::<usize>()), 1..40)
    ) {
        let world = World::new();
        world.file("f", b"x");
        let mut open: Vec<(u32, u32, File)> = Vec::new();
        for (access, share, close, which) in steps {
            if close && !open.is_empty() {
                open.swap_remove(which % open.len());
            }
            let expected = open.iter().all(|(a, s, _)| allowed(*a, *s, access, share));
            let (mask, mode) = (AccessMask::from_bits_retain(access), ShareMode::from_bits_retain(share));
            let opened = world.open("f", mask, mode, OPEN_EXISTING, NO_FLAGS);
            prop_assert_eq!(opened.as_ref().err().copied(), (!expected).then_some(Win32Error::SHARING_VIOLATION));
            open.extend(opened.ok().map(|file| (access, share, file)));
        }
    }
}
