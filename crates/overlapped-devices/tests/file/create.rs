//! CreateFile: dispositions, access, flags (contract 01 §2.1, §2.3, §2.4).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::device::FileType;
use overlapped_kernel::request::Function;
use overlapped_kernel::road::Place;
use std::os::unix::fs::PermissionsExt;

#[test]
fn each_disposition_meets_an_existing_and_a_missing_file_01_2_3() {
    let found = |bytes: &'static [u8], existed| Ok((bytes, existed));
    let cases = [
        (CREATE_NEW, Err(Win32Error::FILE_EXISTS), found(b"", false)),
        (CREATE_ALWAYS, found(b"", true), found(b"", false)),
        (OPEN_EXISTING, found(b"old", false), Err(Win32Error::FILE_NOT_FOUND)),
        (OPEN_ALWAYS, found(b"old", true), found(b"", false)),
        (TRUNCATE_EXISTING, found(b"", false), Err(Win32Error::FILE_NOT_FOUND)),
    ];
    for (disposition, there, missing) in cases {
        let world = World::new();
        world.file("there", b"old");
        for (name, expected) in [("there", there), ("missing", missing)] {
            let opened = world.open(name, BOTH, SHARE_ALL, disposition, NO_FLAGS);
            // What `existed` says is what the last error 183 follows.
            let seen = opened.map(|file| (world.content(name), file.existed));
            let expected = expected.map(|(bytes, existed)| (bytes.to_vec(), existed));
            assert_eq!(seen, expected, "{name}, disposition {disposition}");
        }
    }
}

#[test]
fn an_unknown_disposition_is_refused_01_2_3() {
    let world = World::new();
    for disposition in [0, 6, u32::MAX] {
        assert_eq!(world.refused("f", BOTH, SHARE_ALL, disposition, NO_FLAGS), Win32Error::INVALID_PARAMETER);
    }
    assert!(!world.has("f"));
}

#[test]
fn truncate_existing_needs_the_generic_write_bit_01_2_3() {
    let world = World::new();
    world.file("f", b"old");
    for access in [READ, AccessMask::WRITE_DATA, AccessMask::FILE_GENERIC_WRITE, AccessMask::empty()] {
        let error = world.refused("f", access, SHARE_ALL, TRUNCATE_EXISTING, NO_FLAGS);
        assert_eq!(error, Win32Error::INVALID_PARAMETER, "{access:?}");
    }
    assert_eq!(world.content("f"), b"old");
    drop(world.open("f", WRITE, SHARE_ALL, TRUNCATE_EXISTING, NO_FLAGS).unwrap());
    assert_eq!(world.content("f"), b"");
}

#[test]
fn create_always_cuts_even_for_a_handle_that_only_reads_01_2_3() {
    let world = World::new();
    world.file("f", b"old");
    let file = world.open("f", READ, SHARE_ALL, CREATE_ALWAYS, NO_FLAGS).unwrap();
    assert_eq!(file.read(8).unwrap(), b"");
    assert_eq!(file.write(b"x"), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn a_link_that_leads_nowhere_is_missing_and_its_target_can_be_created() {
    for disposition in [CREATE_ALWAYS, OPEN_ALWAYS] {
        let world = World::new();
        std::os::unix::fs::symlink(world.path("target"), world.path("link")).unwrap();
        assert_eq!(world.denied("link", READ), Win32Error::FILE_NOT_FOUND);
        let file = world.open("link", WRITE, SHARE_ALL, disposition, NO_FLAGS).unwrap();
        file.write(b"new").unwrap();
        assert_eq!(world.content("target"), b"new");
    }
}

#[test]
fn permissions_of_a_new_file_are_those_asked_for_less_the_umask() {
    let world = World::new();
    let params = overlapped_kernel::device::OpenParams {
        access: WRITE,
        share: SHARE_ALL,
        disposition: CREATE_NEW,
        flags: NO_FLAGS,
        permissions: 0o700,
    };
    let open = world.system.open(&world.name("f"), &params).unwrap();
    world.system.close(open.handle).unwrap();
    let mode = world.path("f").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "nobody else may do what was not asked for");
    assert_ne!(mode & 0o400, 0);
}

#[test]
fn reading_and_writing_need_their_rights_01_2_1() {
    let world = World::new();
    world.file("f", b"content");
    let none = world.existing("f", AccessMask::empty());
    assert_eq!(none.read(1), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(none.write(b"x"), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(world.existing("f", READ).write(b"x"), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(world.existing("f", WRITE).read(1), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(world.existing("f", AccessMask::READ_DATA).read(3).unwrap(), b"con");
    assert_eq!(world.existing("f", AccessMask::WRITE_DATA).write(b"C"), Ok(1));
    assert_eq!(world.existing("f", AccessMask::APPEND_DATA).write(b"!"), Ok(1));
    assert_eq!(world.content("f"), b"Content!");
}

#[test]
fn every_open_may_wait_and_query_01_2_1() {
    let world = World::new();
    world.file("f", b"x");
    let always = AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    assert_eq!(world.existing("f", AccessMask::empty()).grant.access, always);
    let generic = [
        (READ, AccessMask::FILE_GENERIC_READ),
        (WRITE, AccessMask::FILE_GENERIC_WRITE),
        (AccessMask::GENERIC_EXECUTE, AccessMask::FILE_GENERIC_EXECUTE),
        (AccessMask::GENERIC_ALL, AccessMask::FILE_ALL_ACCESS),
    ];
    for (asked, granted) in generic {
        assert_eq!(world.existing("f", asked).grant.access, granted | always);
    }
}

#[test]
fn delete_on_close_adds_the_right_to_delete_01_2_1() {
    let world = World::new();
    let file = world.open("f", WRITE, SHARE_ALL, CREATE_NEW, FileFlags::DELETE_ON_CLOSE).unwrap();
    assert!(file.grant.access.contains(AccessMask::DELETE));
}

#[test]
fn maximum_allowed_gives_what_the_file_grants_01_2_1() {
    let world = World::new();
    let path = world.file("f", b"content");
    let file = world.existing("f", AccessMask::MAXIMUM_ALLOWED);
    assert_eq!(file.grant.access, AccessMask::FILE_ALL_ACCESS);
    assert_eq!(file.write(b"C"), Ok(1));
    drop(file);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    let file = world.existing("f", AccessMask::MAXIMUM_ALLOWED);
    assert!(file.grant.access.can_read() && !file.grant.access.can_write());
    assert_eq!(file.read(3).unwrap(), b"Con");
    assert_eq!(file.write(b"x"), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn a_duplicate_may_have_fewer_rights_but_not_more_01_1_3() {
    let world = World::new();
    world.file("f", b"content");
    let file = world.existing("f", BOTH);
    let reader = file.duplicate(Some(READ)).unwrap();
    assert_eq!(reader.read(3).unwrap(), b"con");
    assert_eq!(reader.write(b"x"), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(reader.duplicate(Some(WRITE)).unwrap_err(), Win32Error::ACCESS_DENIED);
    assert_eq!(file.read(4).unwrap(), b"tent", "both share the file pointer");
}

#[test]
fn an_overlapped_file_needs_an_overlapped_03_1() {
    let world = World::new();
    world.file("f", b"content");
    let file = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, FileFlags::OVERLAPPED).unwrap();
    assert_eq!(file.read(1), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(file.read_at(3, 4).unwrap(), b"tent");
}

#[test]
fn hints_change_nothing_that_is_read_02_7() {
    let world = World::new();
    world.file("f", b"content");
    let flags = [
        FileFlags::SEQUENTIAL_SCAN,
        FileFlags::RANDOM_ACCESS,
        FileFlags::SESSION_AWARE,
        FileFlags::OPEN_NO_RECALL,
        FileFlags::OPEN_REQUIRING_OPLOCK,
        FileFlags::BACKUP_SEMANTICS,
        FileFlags::OPEN_REPARSE_POINT,
    ];
    for flag in flags {
        let file = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, flag).unwrap();
        assert_eq!(file.read(99).unwrap(), b"content", "{flag:?}");
        assert_eq!(file.grant.instance.device().file_type(), FileType::Disk);
    }
}

#[test]
fn write_through_reaches_the_device_and_the_file_02_7() {
    World::each(|world| {
        for flags in [FileFlags::WRITE_THROUGH, FileFlags::WRITE_THROUGH | FileFlags::OVERLAPPED] {
            let file = world.open("f", BOTH, SHARE_ALL, CREATE_ALWAYS, flags).unwrap();
            assert_eq!(file.write_at(0, b"written through"), Ok(15));
            assert_eq!(world.content("f"), b"written through");
            let fd = file.grant.instance.device().descriptor().unwrap();
            let flags = rustix::fs::fcntl_getfl(fd).unwrap();
            assert_ne!(flags.bits() & 0o10000, 0, "O_DSYNC");
        }
    });
}

#[test]
fn posix_semantics_match_the_name_by_case_01_2_4() {
    let world = World::new();
    world.file("Name", b"x");
    let windows = |name: &str| world.path(name).to_str().unwrap().replace('/', "\\");
    let open = |flags| world.open_path(windows("NAME").as_ref(), READ, SHARE_ALL, OPEN_EXISTING, flags);
    assert!(open(NO_FLAGS).is_ok());
    assert_eq!(open(FileFlags::POSIX_SEMANTICS).unwrap_err(), Win32Error::FILE_NOT_FOUND);
}

#[test]
fn descriptors_are_not_inherited_and_not_left_non_blocking() {
    let world = World::new();
    world.file("f", b"x");
    for flags in [NO_FLAGS, FileFlags::OVERLAPPED, FileFlags::NO_BUFFERING] {
        let file = world.open("f", READ, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
        let fd = file.grant.instance.device().descriptor().unwrap();
        assert!(rustix::io::fcntl_getfd(&fd).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
        assert!(!rustix::fs::fcntl_getfl(&fd).unwrap().contains(rustix::fs::OFlags::NONBLOCK));
    }
}

#[test]
fn naming_append_with_no_buffering_is_refused_02_6() {
    let world = World::new();
    world.file("f", b"x");
    let access = AccessMask::APPEND_DATA | AccessMask::WRITE_DATA;
    let error = world.refused("f", access, SHARE_ALL, OPEN_EXISTING, FileFlags::NO_BUFFERING);
    assert_eq!(error, Win32Error::INVALID_PARAMETER);
    world.open("f", WRITE, SHARE_ALL, OPEN_EXISTING, FileFlags::NO_BUFFERING).unwrap();
}

#[test]
fn the_rights_of_a_failed_open_leave_no_trace() {
    let world = World::new();
    world.file("f", b"x");
    let reader = world.open("f", READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).unwrap();
    for _ in 0..3 {
        assert_eq!(world.denied("f", WRITE), Win32Error::SHARING_VIOLATION);
    }
    drop(reader);
    world.open("f", BOTH, ShareMode::empty(), OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(world.system.open_handles(), 0);
}

#[test]
fn a_bad_buffer_is_refused_by_direction_and_nothing_moves_02_13() {
    let world = World::new();
    world.file("f", b"content");
    let file = world.existing("f", BOTH);
    let nowhere = std::ptr::without_provenance_mut(16);
    let read = file.call(Function::Read, nowhere, 4, Place::Pointer, false);
    assert_eq!(read.unwrap_err(), Win32Error::NOACCESS);
    let write = file.call(Function::Write, nowhere, 4, Place::Pointer, false);
    assert_eq!(write.unwrap_err(), Win32Error::INVALID_USER_BUFFER);
    assert_eq!(file.read(7).unwrap(), b"content");
}
