//! Files that take the place of others, and more names for one (ReplaceFile, CreateHardLink, CreateSymbolicLink).

use crate::common::*;
use overlapped_abi::constants::attributes::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileTime, ShareMode, Win32Error};
use overlapped_devices::file;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const NOON: FileTime = FileTime { low: 0x8000_0000, high: 0x01DA_0000 };

fn replace(world: &World, replaced: &str, by: &str, backup: Option<&str>) -> Result<(), Win32Error> {
    let backup = backup.map(|name| world.name(name));
    world.files.replace_file(&world.system, &world.name(replaced), &world.name(by), backup.as_deref(), false)
}

#[test]
fn the_replacement_takes_name_time_attributes_and_permissions() {
    let world = World::new();
    let old = world.file("old", b"old");
    world.file("new", b"new");
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o640)).unwrap();
    world.files.set_attributes(&world.system, &world.name("old"), FILE_ATTRIBUTE_HIDDEN).unwrap();
    let file = world.existing("old", AccessMask::WRITE_ATTRIBUTES);
    file::set_times(&file.grant, Some(NOON), None, None).unwrap();
    drop(file);
    assert_eq!(replace(&world, "old", "new", None), Ok(()));
    assert_eq!(world.content("old"), b"new");
    assert!(!world.has("new"));
    let now = world.files.query(&world.system, &world.name("old")).unwrap();
    assert_eq!((now.attributes, now.times.creation), (FILE_ATTRIBUTE_HIDDEN, NOON));
    assert_eq!(old.metadata().unwrap().mode() & 0o777, 0o640);
}

#[test]
fn the_replaced_file_lives_on_as_the_backup_and_the_backups_backup_goes() {
    let world = World::new();
    for name in ["old", "new", "backup"] {
        world.file(name, name.as_bytes());
    }
    let inode = world.path("old").metadata().unwrap().ino();
    assert_eq!(replace(&world, "old", "new", Some("backup")), Ok(()));
    assert_eq!((world.content("old"), world.content("backup")), (b"new".to_vec(), b"old".to_vec()));
    assert_eq!(world.path("backup").metadata().unwrap().ino(), inode);
    assert!(!world.has("new"));
}

#[test]
fn what_is_missing_read_only_in_use_or_no_file_is_not_replaced() {
    let world = World::new();
    for name in ["old", "new"] {
        world.file(name, name.as_bytes());
    }
    std::fs::create_dir(world.path("directory")).unwrap();
    for (replaced, by, error) in [
        ("missing", "new", Win32Error::FILE_NOT_FOUND),
        ("old", "missing", Win32Error::FILE_NOT_FOUND),
        ("old", "nowhere/new", Win32Error::PATH_NOT_FOUND),
        ("directory", "new", Win32Error::ACCESS_DENIED),
        ("old", "directory", Win32Error::ACCESS_DENIED),
        ("old", "old", Win32Error::SHARING_VIOLATION),
    ] {
        assert_eq!(replace(&world, replaced, by, None), Err(error), "{replaced} {by}");
    }
    for name in ["old", "new"] {
        let user = world.open(name, READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).unwrap();
        assert_eq!(replace(&world, "old", "new", None), Err(Win32Error::SHARING_VIOLATION));
        drop(user);
    }
    assert_eq!(replace(&world, "old", "new", Some("directory")), Err(Win32Error(1175)));
    let set = |wanted| world.files.set_attributes(&world.system, &world.name("old"), wanted).unwrap();
    set(FILE_ATTRIBUTE_READONLY);
    assert_eq!(replace(&world, "old", "new", None), Err(Win32Error::ACCESS_DENIED));
    set(FILE_ATTRIBUTE_NORMAL);
    assert_eq!((world.content("old"), world.content("new")), (b"old".to_vec(), b"new".to_vec()));
    let sharer = world.existing("old", READ);
    assert_eq!(replace(&world, "old", "new", None), Ok(()), "who shares deletion keeps the old file");
    assert_eq!(sharer.read(9).unwrap(), b"old");
}

#[test]
fn a_hard_link_is_the_same_file() {
    let world = World::new();
    world.file("f", b"x");
    std::fs::create_dir(world.path("d")).unwrap();
    let link = |new: &str, old: &str| world.files.create_hard_link(&world.system, &world.name(new), &world.name(old));
    assert_eq!(link("g", "f"), Ok(()));
    let ids = ["f", "g"].map(|name| file::id_info(&world.existing(name, READ).grant).unwrap());
    assert_eq!(ids[0], ids[1]);
    assert_eq!(file::by_handle_information(&world.existing("g", READ).grant).unwrap().number_of_links, 2);
    for (new, old, error) in [
        ("g", "f", Win32Error::ALREADY_EXISTS),
        ("h", "missing", Win32Error::FILE_NOT_FOUND),
        ("nowhere/h", "f", Win32Error::PATH_NOT_FOUND),
        ("h", "d", Win32Error::ACCESS_DENIED),
    ] {
        assert_eq!(link(new, old), Err(error), "{new} {old}");
    }
}

#[test]
fn a_symbolic_link_leads_where_it_says_in_either_spelling() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("d/f", b"x");
    let link = |new: &str, to: &str| world.files.create_symbolic_link(&world.system, &world.name(new), to.as_ref());
    assert_eq!(link("relative", r"d\f"), Ok(()));
    let absolute = format!("C:{}", world.path("d/f").display()).replace('/', "\\");
    assert_eq!(link("absolute", &absolute), Ok(()));
    assert_eq!(link("dangling", "missing"), Ok(()));
    for name in ["relative", "absolute"] {
        assert_eq!(world.content(name), b"x");
        assert_eq!(world.existing(name, READ).read(9).unwrap(), b"x");
    }
    assert_eq!(world.denied("dangling", READ), Win32Error::FILE_NOT_FOUND);
    assert_eq!(link("relative", "d"), Err(Win32Error::ALREADY_EXISTS));
    assert_eq!(link("nowhere/l", "d"), Err(Win32Error::PATH_NOT_FOUND));
    assert_eq!(link("l", ""), Err(Win32Error::INVALID_PARAMETER));
}
