//! Renaming by handle and by name (contract 02 §4).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_devices::file::{self, MoveFlags, SetInformation, rename, set_information};

const DELETE: AccessMask = AccessMask::DELETE;
const REPLACE: MoveFlags = MoveFlags::REPLACE_EXISTING;

fn moved(world: &World, from: &str, to: &str, flags: MoveFlags) -> Result<(), Win32Error> {
    world.files.move_file(&world.system, &world.name(from), &world.name(to), flags)
}

#[test]
fn a_handle_renames_its_file_and_follows_it_02_4() {
    let world = World::new();
    world.file("f", b"data");
    let file = world.existing("f", READ | DELETE);
    rename(&world.system, &file.grant, &world.name("g"), None, false).unwrap();
    assert!(world.has("g") && !world.has("f"));
    assert_eq!(file::path(&file.grant), Ok(world.path("g")));
    assert_eq!(file.read(9).unwrap(), b"data");
    let read_only = world.existing("g", READ);
    let denied = rename(&world.system, &read_only.grant, &world.name("h"), None, false);
    assert_eq!(denied, Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn an_existing_target_is_183_unless_it_is_to_be_replaced_02_4() {
    let world = World::new();
    world.file("f", b"new");
    world.file("g", b"old");
    let file = world.existing("f", DELETE);
    let information = |replace| SetInformation::Rename { target: world.name("g"), root: 0, replace };
    let set = |replace| set_information(&world.system, &file.grant, &information(replace), None);
    assert_eq!(set(false), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(world.content("g"), b"old");
    assert_eq!(set(true), Ok(()));
    assert_eq!(world.content("g"), b"new");
}

#[test]
fn a_target_in_use_a_directory_or_read_only_is_not_replaced() {
    let world = World::new();
    world.file("f", b"new");
    world.file("g", b"old");
    std::fs::create_dir(world.path("d")).unwrap();
    let _reader = world.open("g", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(moved(&world, "f", "g", REPLACE), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(moved(&world, "f", "d", REPLACE), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(moved(&world, "d", "g", REPLACE), Err(Win32Error::ACCESS_DENIED));
    let read_only = world.path("g").metadata().map(|m| {
        let mut permissions = m.permissions();
        permissions.set_readonly(true);
        permissions
    });
    drop(_reader);
    std::fs::set_permissions(world.path("g"), read_only.unwrap()).unwrap();
    assert_eq!(moved(&world, "f", "g", REPLACE), Err(Win32Error::ACCESS_DENIED));
    assert_eq!((world.content("f"), world.content("g")), (b"new".to_vec(), b"old".to_vec()));
}

#[test]
fn moving_by_name_needs_the_source_to_share_deletion() {
    let world = World::new();
    world.file("f", b"data");
    let reader = world.open("f", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(moved(&world, "f", "g", MoveFlags::empty()), Err(Win32Error::SHARING_VIOLATION));
    drop(reader);
    let reader = world.existing("f", READ);
    assert_eq!(moved(&world, "f", "g", MoveFlags::WRITE_THROUGH), Ok(()));
    assert_eq!(reader.read(9).unwrap(), b"data");
    assert_eq!(moved(&world, "f", "g", REPLACE), Err(Win32Error::FILE_NOT_FOUND));
    assert_eq!(moved(&world, "g", "missing/g", REPLACE), Err(Win32Error::PATH_NOT_FOUND));
    assert_eq!(moved(&world, "g", "h", MoveFlags::DELAY_UNTIL_REBOOT), Err(Win32Error::NOT_SUPPORTED));
}

#[test]
fn a_directory_moves_with_what_is_in_it() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("d/f", b"data");
    assert_eq!(moved(&world, "d", "e", MoveFlags::empty()), Ok(()));
    assert_eq!(world.content("e/f"), b"data");
}

#[test]
fn a_directory_does_not_move_into_itself() {
    let world = World::new();
    std::fs::create_dir_all(world.path("d/sub")).unwrap();
    for flags in [MoveFlags::empty(), REPLACE, MoveFlags::COPY_ALLOWED] {
        assert_eq!(moved(&world, "d", "d/below", flags), Err(Win32Error::SHARING_VIOLATION));
        assert_eq!(moved(&world, "d", "d/sub/below", flags), Err(Win32Error::SHARING_VIOLATION));
    }
    assert_eq!(moved(&world, "d", "d/sub", MoveFlags::empty()), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(moved(&world, "d", "d/sub", REPLACE), Err(Win32Error::ACCESS_DENIED));
    let directory = world.open("d", DELETE, SHARE_ALL, OPEN_EXISTING, FileFlags::BACKUP_SEMANTICS).unwrap();
    let renamed = rename(&world.system, &directory.grant, &world.name("d/sub/below"), None, false);
    assert_eq!(renamed, Err(Win32Error::SHARING_VIOLATION));
    assert!(world.has("d/sub"));
}

#[test]
fn a_directory_takes_the_place_of_a_file_only_when_told() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("d/f", b"data");
    world.file("old", b"old");
    assert_eq!(moved(&world, "d", "old", MoveFlags::empty()), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(moved(&world, "d", "old", REPLACE), Ok(()));
    assert_eq!(world.content("old/f"), b"data");
    assert!(!world.has("d"));
}

#[test]
fn a_name_that_ends_in_a_separator_is_a_directorys() {
    let world = World::new();
    world.file("f", b"data");
    assert_eq!(moved(&world, "f/", "g", MoveFlags::empty()), Err(Win32Error::INVALID_NAME));
    assert_eq!(world.files.delete_file(&world.system, &world.name("f/")), Err(Win32Error::INVALID_NAME));
    assert_eq!(world.files.attributes(&world.system, &world.name("f/")), Err(Win32Error::INVALID_NAME));
    std::fs::create_dir(world.path("d")).unwrap();
    assert_eq!(moved(&world, "d/", "e", MoveFlags::empty()), Ok(()));
    assert!(world.has("e"));
}

/// A directory on another file system than the test's, if there is one.
fn elsewhere(world: &World) -> Option<tempfile::TempDir> {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &std::path::Path| std::fs::metadata(path).map(|data| data.dev()).ok();
    let home = device(&world.path("."));
    let other = ["/dev/shm", "/var/tmp", "/run"].iter().find(|at| {
        let found = device(std::path::Path::new(at));
        found.is_some() && found != home
    });
    tempfile::tempdir_in(other?).ok()
}

#[test]
fn a_move_to_another_file_system_is_a_copy_where_that_is_allowed() {
    let world = World::new();
    let Some(there) = elsewhere(&world) else { return };
    let far = |name: &str| there.path().join(name).into_os_string();
    let go = |from: &str, to: &str, flags| world.files.move_file(&world.system, &world.name(from), &far(to), flags);
    let copy = MoveFlags::COPY_ALLOWED;
    world.file("f", b"data");
    assert_eq!(go("f", "f", MoveFlags::empty()), Err(Win32Error::NOT_SAME_DEVICE));
    assert_eq!(go("f", "f", REPLACE), Err(Win32Error::NOT_SAME_DEVICE));
    assert_eq!(go("f", "f", copy | MoveFlags::WRITE_THROUGH), Ok(()));
    assert_eq!((std::fs::read(far("f")).unwrap(), world.has("f")), (b"data".to_vec(), false));

    world.file("f", b"newer");
    assert_eq!(go("f", "f", copy), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(go("f", "f", copy | REPLACE), Ok(()));
    assert_eq!((std::fs::read(far("f")).unwrap(), world.has("f")), (b"newer".to_vec(), false));

    world.file("held", b"held");
    let reader = world.open("held", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(go("held", "held", copy), Err(Win32Error::SHARING_VIOLATION));
    assert!(!std::path::Path::new(&far("held")).exists());
    drop(reader);

    std::fs::create_dir(world.path("d")).unwrap();
    assert_eq!(go("d", "d", MoveFlags::empty()), Err(Win32Error::NOT_SAME_DEVICE));
    assert_eq!(go("d", "d", copy), Err(Win32Error::ACCESS_DENIED), "not a directory");

    std::os::unix::fs::symlink("nowhere", world.path("l")).unwrap();
    assert_eq!(go("l", "l", copy), Ok(()));
    assert_eq!(std::fs::read_link(far("l")).unwrap(), std::path::Path::new("nowhere"));
    assert!(world.path("l").symlink_metadata().is_err());

    world.file("r", b"read-only");
    world.files.set_attributes(&world.system, &world.name("r"), 1).unwrap();
    assert_eq!(go("r", "r", copy), Ok(()));
    assert_eq!((std::fs::read(far("r")).unwrap(), world.has("r")), (b"read-only".to_vec(), false));
}

#[test]
fn a_name_can_change_in_case_only() {
    let world = World::new();
    world.file("name", b"data");
    let windows = |name: &str| std::ffi::OsString::from(world.path(name).to_str().unwrap().replace('/', "\\"));
    world.files.move_file(&world.system, &windows("name"), &windows("NAME"), MoveFlags::empty()).unwrap();
    assert!(world.has("NAME") && !world.has("name"));
    assert_eq!(moved(&world, "NAME", "NAME", MoveFlags::empty()), Ok(()));
}

#[test]
fn another_link_to_the_same_file_is_replaced_by_dropping_the_old_name() {
    let world = World::new();
    let path = world.file("f", b"data");
    std::fs::hard_link(&path, world.path("g")).unwrap();
    assert_eq!(moved(&world, "f", "g", MoveFlags::empty()), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(moved(&world, "f", "g", REPLACE), Ok(()));
    assert!(!world.has("f") && world.has("g"));
}

#[test]
fn a_name_relative_to_a_directory_handle_stays_below_it() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("f", b"data");
    let file = world.existing("f", DELETE);
    let root = world.open("d", READ, SHARE_ALL, OPEN_EXISTING, FileFlags::BACKUP_SEMANTICS).unwrap();
    let to = |name: &str| rename(&world.system, &file.grant, name.as_ref(), Some(&root.grant), false);
    for bad in ["..\\g", "/etc/g", "", "."] {
        assert_eq!(to(bad), Err(Win32Error::INVALID_NAME), "{bad:?}");
    }
    assert_eq!(to("g"), Ok(()));
    assert_eq!(world.content("d/g"), b"data");
}

#[test]
fn a_file_renamed_while_open_keeps_its_share_modes() {
    let world = World::new();
    world.file("f", b"data");
    let _file = world.open("f", READ | DELETE, overlapped_abi::ShareMode::DELETE, OPEN_EXISTING, NO_FLAGS).unwrap();
    rename(&world.system, &_file.grant, &world.name("g"), None, false).unwrap();
    assert_eq!(world.denied("g", READ), Win32Error::SHARING_VIOLATION);
}
