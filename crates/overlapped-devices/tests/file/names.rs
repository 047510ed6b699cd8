//! Failures that depend on the name (contract 01 §2.5) and calls by name.

use crate::common::*;
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_DIRECTORY;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::device::FileType;
use overlapped_kernel::namespace::{Drive, DriveLetter};

const BACKUP: FileFlags = FileFlags::BACKUP_SEMANTICS;

#[test]
fn the_empty_name_is_3_and_illegal_characters_are_123_01_2_5() {
    let world = World::new();
    let open = |name: &str| world.open_path(name.as_ref(), READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap_err();
    assert_eq!(open(""), Win32Error::PATH_NOT_FOUND);
    for name in [r"C:\a*b", r"C:\a?", r"C:\<", r"C:\a|b", r"dir\a*"] {
        assert_eq!(open(name), Win32Error::INVALID_NAME, "{name}");
    }
    assert_eq!(open(r"\\.\unknownname"), Win32Error::FILE_NOT_FOUND);
}

#[test]
fn a_missing_file_is_2_and_a_missing_parent_3_01_2_5() {
    let world = World::new();
    world.file("f", b"x");
    assert_eq!(world.denied("missing", READ), Win32Error::FILE_NOT_FOUND);
    for disposition in 1..=5 {
        for name in ["missing/f", "f/below", "missing/deeper/f"] {
            let error = world.refused(name, WRITE, SHARE_ALL, disposition, NO_FLAGS);
            assert_eq!(error, Win32Error::PATH_NOT_FOUND, "{name}, disposition {disposition}");
        }
    }
}

#[test]
fn a_directory_needs_backup_semantics_01_2_5() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    for disposition in CREATE_NEW..=OPEN_ALWAYS {
        for access in [READ, WRITE, AccessMask::empty()] {
            let error = world.refused("d", access, SHARE_ALL, disposition, NO_FLAGS);
            assert_eq!(error, Win32Error::ACCESS_DENIED, "disposition {disposition}, {access:?}");
        }
    }
    let error = world.refused("d/", READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS);
    assert_eq!(error, Win32Error::PATH_NOT_FOUND);
    let windows = format!("{}\\", world.path("d").to_str().unwrap().replace('/', "\\"));
    let error = world.open_path(windows.as_ref(), READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap_err();
    assert_eq!(error, Win32Error::PATH_NOT_FOUND);
    for disposition in [OPEN_EXISTING, OPEN_ALWAYS] {
        for (name, access) in [("d", READ), ("d/", AccessMask::empty()), ("d", AccessMask::GENERIC_ALL)] {
            let directory = world.open(name, access, SHARE_ALL, disposition, BACKUP).unwrap();
            assert_eq!(directory.existed, disposition == OPEN_ALWAYS);
            assert_eq!(directory.grant.instance.device().file_type(), FileType::Disk);
        }
    }
    assert_eq!(world.refused("d", READ, SHARE_ALL, CREATE_NEW, BACKUP), Win32Error::FILE_EXISTS);
    assert_eq!(world.refused("d", READ, SHARE_ALL, CREATE_ALWAYS, BACKUP), Win32Error::FILE_EXISTS);
}

#[test]
fn a_directory_cannot_be_read_or_written_01_4_2() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let directory = world.open("d", BOTH, SHARE_ALL, OPEN_EXISTING, BACKUP).unwrap();
    assert_eq!(directory.read(1), Err(Win32Error::INVALID_FUNCTION));
    assert_eq!(directory.write(b"x"), Err(Win32Error::INVALID_FUNCTION));
    let query = world.open("d", AccessMask::empty(), SHARE_ALL, OPEN_EXISTING, BACKUP).unwrap();
    assert_eq!(query.read(1), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn a_missing_name_with_a_separator_at_its_end_is_missing_01_2_5() {
    let world = World::new();
    assert_eq!(world.denied("missing/", READ), Win32Error::FILE_NOT_FOUND);
    for disposition in [CREATE_NEW, CREATE_ALWAYS, OPEN_ALWAYS] {
        let error = world.refused("missing/", WRITE, SHARE_ALL, disposition, NO_FLAGS);
        assert_eq!(error, Win32Error::PATH_NOT_FOUND, "disposition {disposition}");
    }
    assert!(!world.has("missing"));
    world.file("f", b"x");
    assert_eq!(world.denied("f/", READ), Win32Error::INVALID_NAME);
}

#[test]
fn a_bare_drive_is_its_current_directory_01_2_5() {
    let world = World::new();
    let drive = DriveLetter::new('q').unwrap();
    world.system.namespace().write().set_drive(drive, Drive::new(world.path(""))).unwrap();
    let open = |flags| world.open_path("Q:".as_ref(), READ, SHARE_ALL, OPEN_EXISTING, flags);
    assert_eq!(open(NO_FLAGS).unwrap_err(), Win32Error::ACCESS_DENIED);
    assert_eq!(open(BACKUP).unwrap().grant.instance.device().file_type(), FileType::Disk);
}

#[test]
fn a_name_that_is_too_long_is_206_01_2_5() {
    let world = World::new();
    let name = "n".repeat(256);
    assert_eq!(world.denied(&name, READ), Win32Error::FILENAME_EXCED_RANGE);
}

#[test]
fn names_are_matched_without_regard_to_case_where_the_exact_one_is_missing_01_3() {
    let world = World::new();
    std::fs::create_dir(world.path("Dir")).unwrap();
    world.file("Dir/File.txt", b"found");
    let name = world.path("DIR/file.TXT").to_str().unwrap().replace('/', "\\");
    let file = world.open_path(name.as_ref(), READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(file.read(9).unwrap(), b"found");
    assert_eq!(overlapped_devices::file::path(&file.grant).unwrap(), world.path("Dir/File.txt"));
}

#[test]
fn directories_are_created_and_removed_by_name() {
    let world = World::new();
    let (files, system) = (&world.files, &world.system);
    let (d, below) = (world.name("d"), world.name("d/e"));
    assert_eq!(files.create_directory(system, &below), Err(Win32Error::PATH_NOT_FOUND));
    assert_eq!(files.create_directory(system, &d), Ok(()));
    assert_eq!(files.create_directory(system, &d), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(files.attributes(system, &d), Ok(FILE_ATTRIBUTE_DIRECTORY));
    files.create_directory(system, &below).unwrap();
    assert_eq!(files.remove_directory(system, &d), Err(Win32Error::DIR_NOT_EMPTY));
    assert_eq!(files.delete_file(system, &d), Err(Win32Error::ACCESS_DENIED));
    files.remove_directory(system, &below).unwrap();
    files.remove_directory(system, &d).unwrap();
    assert_eq!(files.remove_directory(system, &d), Err(Win32Error::FILE_NOT_FOUND));
    world.file("f", b"x");
    assert_eq!(files.remove_directory(system, &world.name("f")), Err(Win32Error::DIRECTORY));
}

#[test]
fn too_many_descriptors_are_4_01_2_5() {
    // A limit holds for the whole process, so another one runs into it.
    let world = World::new();
    let path = world.file("f", b"x");
    if let Some(path) = std::env::var_os("OVERLAPPED_TEST_DESCRIPTORS") {
        let mut open = Vec::new();
        let error = loop {
            match world.open_path(&path, READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS) {
                Ok(file) => open.push(file),
                Err(error) => break error,
            }
            assert!(open.len() < 200, "the limit is not reached");
        };
        assert_eq!(error, Win32Error::TOO_MANY_OPEN_FILES);
        return;
    }
    let this = std::env::current_exe().unwrap();
    let script = r#"ulimit -n 64 && exec "$0" --exact names::too_many_descriptors_are_4_01_2_5"#;
    let mut child = std::process::Command::new("sh");
    child.arg("-c").arg(script).arg(this).env("OVERLAPPED_TEST_DESCRIPTORS", path);
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
