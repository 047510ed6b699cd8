//! Deletion: on close, by handle, by name (contract 02 §8; decision D6).

use crate::common::*;
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_READONLY;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_devices::file::{Disposition, set_disposition, standard_info};
use std::os::unix::fs::PermissionsExt;

const DOOMED: FileFlags = FileFlags::DELETE_ON_CLOSE;
const DELETE: AccessMask = AccessMask::DELETE;

#[test]
fn a_file_opened_to_be_deleted_goes_with_the_last_handle_of_all_instances_02_8() {
    let world = World::new();
    let doomed = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, DOOMED).unwrap();
    let twin = doomed.duplicate(None).unwrap();
    let reader = world.existing("f", BOTH);
    doomed.write(b"data").unwrap();
    drop(doomed);
    assert_eq!(reader.read(2).unwrap(), b"da");
    world.existing("f", READ);
    drop(twin);
    assert!(world.has("f"), "another instance has it open");
    assert_eq!(world.denied("f", READ), Win32Error::ACCESS_DENIED, "delete pending");
    assert_eq!(world.denied("f", AccessMask::empty()), Win32Error::ACCESS_DENIED);
    let new = world.refused("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS);
    assert_eq!(new, Win32Error::ACCESS_DENIED, "not 80: there is nothing that could be opened (01 section 2.5)");
    assert_eq!(reader.read(2).unwrap(), b"ta");
    assert_eq!(reader.write(b"!"), Ok(1));
    drop(reader);
    assert!(!world.has("f"));
}

#[test]
fn an_empty_directory_can_be_deleted_on_close_and_a_full_one_stays_02_8() {
    let world = World::new();
    let flags = DOOMED | FileFlags::BACKUP_SEMANTICS;
    for (name, entry) in [("empty", None), ("full", Some("full/f"))] {
        std::fs::create_dir(world.path(name)).unwrap();
        let open = world.open(name, READ, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
        entry.map(|entry| world.file(entry, b"x"));
        drop(open);
        assert_eq!(world.has(name), entry.is_some(), "{name}");
    }
}

#[test]
fn a_renamed_file_is_still_the_one_that_is_deleted_on_close() {
    let world = World::new();
    let doomed = world.open("f", BOTH, SHARE_ALL, CREATE_NEW, DOOMED).unwrap();
    std::fs::rename(world.path("f"), world.path("g")).unwrap();
    world.file("f", b"another file");
    drop(doomed);
    assert!(!world.has("g"));
    assert_eq!(world.content("f"), b"another file");
}

#[test]
fn an_open_that_failed_deletes_nothing() {
    let world = World::new();
    world.file("f", b"x");
    let _reader = world.open("f", READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(world.refused("f", READ, SHARE_ALL, OPEN_EXISTING, DOOMED), Win32Error::SHARING_VIOLATION);
    assert_eq!(world.refused("f", WRITE, SHARE_ALL, CREATE_NEW, DOOMED), Win32Error::FILE_EXISTS);
    assert!(world.has("f"));
}

#[test]
fn delete_pending_refuses_opens_and_can_be_taken_back_02_8() {
    let world = World::new();
    world.file("f", b"x");
    let file = world.existing("f", READ | DELETE);
    set_disposition(&file.grant, Disposition::DELETE).unwrap();
    assert_eq!(standard_info(&file.grant).unwrap().delete_pending, 1);
    assert_eq!(world.denied("f", READ), Win32Error::ACCESS_DENIED);
    let (files, system, name) = (&world.files, &world.system, world.name("f"));
    assert_eq!(files.delete_file(system, &name), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(files.attributes(system, &name), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(files.query(system, &name), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(files.compressed_size(system, &name), Err(Win32Error::ACCESS_DENIED));
    set_disposition(&file.grant, Disposition::empty()).unwrap();
    assert!(files.attributes(system, &name).is_ok());
    assert_eq!(standard_info(&file.grant).unwrap().delete_pending, 0);
    world.existing("f", READ);
    drop(file);
    assert!(world.has("f"));
    let file = world.existing("f", DELETE);
    set_disposition(&file.grant, Disposition::DELETE).unwrap();
    drop(file);
    assert!(!world.has("f"));
}

#[test]
fn taking_it_back_does_not_undo_delete_on_close_02_8() {
    let world = World::new();
    let file = world.open("f", WRITE, SHARE_ALL, CREATE_NEW, DOOMED).unwrap();
    set_disposition(&file.grant, Disposition::DELETE).unwrap();
    set_disposition(&file.grant, Disposition::empty()).unwrap();
    world.existing("f", READ);
    drop(file);
    assert!(!world.has("f"));
}

#[test]
fn the_ex_flag_changes_delete_on_close_itself_02_4() {
    let world = World::new();
    let file = world.open("f", WRITE, SHARE_ALL, CREATE_NEW, DOOMED).unwrap();
    set_disposition(&file.grant, Disposition::ON_CLOSE).unwrap();
    drop(file);
    assert!(world.has("f"));
    let file = world.existing("f", DELETE);
    set_disposition(&file.grant, Disposition::ON_CLOSE | Disposition::DELETE).unwrap();
    world.existing("f", READ);
    drop(file);
    assert!(!world.has("f"));
}

#[test]
fn posix_semantics_take_the_name_with_the_handle_that_asked_02_4() {
    let world = World::new();
    world.file("f", b"data");
    let reader = world.existing("f", READ);
    let file = world.existing("f", DELETE);
    set_disposition(&file.grant, Disposition::DELETE | Disposition::POSIX_SEMANTICS).unwrap();
    assert!(world.has("f"));
    drop(file);
    assert!(!world.has("f"));
    assert_eq!(reader.read(9).unwrap(), b"data");
    world.open("f", WRITE, SHARE_ALL, CREATE_NEW, NO_FLAGS).unwrap();
}

#[test]
fn deleting_by_handle_needs_the_right_a_writable_file_and_an_empty_directory_02_4() {
    let world = World::new();
    let path = world.file("f", b"x");
    let delete = |file: &File, flags| set_disposition(&file.grant, flags);
    assert_eq!(delete(&world.existing("f", BOTH), Disposition::DELETE), Err(Win32Error::ACCESS_DENIED));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    let file = world.existing("f", DELETE);
    assert_eq!(delete(&file, Disposition::DELETE), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(delete(&file, Disposition::DELETE | Disposition::IGNORE_READONLY), Ok(()));
    drop(file);
    assert!(!world.has("f"));
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("d/f", b"x");
    let directory = world.open("d", DELETE, SHARE_ALL, OPEN_EXISTING, FileFlags::BACKUP_SEMANTICS).unwrap();
    assert_eq!(delete(&directory, Disposition::DELETE), Err(Win32Error::DIR_NOT_EMPTY));
    std::fs::remove_file(world.path("d/f")).unwrap();
    assert_eq!(delete(&directory, Disposition::DELETE), Ok(()));
    drop(directory);
    assert!(!world.has("d"));
}

#[test]
fn a_file_deleted_by_name_vanishes_at_once_and_its_instances_go_on_d6() {
    let world = World::new();
    world.file("f", b"data");
    let reader = world.existing("f", READ);
    world.files.delete_file(&world.system, &world.name("f")).unwrap();
    assert!(!world.has("f"));
    assert_eq!(world.denied("f", READ), Win32Error::FILE_NOT_FOUND);
    assert_eq!(reader.read(9).unwrap(), b"data");
    drop(world.open("f", WRITE, ShareMode::empty(), CREATE_NEW, NO_FLAGS).unwrap());
    drop(reader);
    assert!(world.has("f"), "the new file is another one");
}

#[test]
fn deleting_by_name_needs_everybody_to_share_it_02_8() {
    let world = World::new();
    let path = world.file("f", b"data");
    let delete = || world.files.delete_file(&world.system, &world.name("f"));
    let reader = world.open("f", READ, SHARE_RW, OPEN_EXISTING, NO_FLAGS).unwrap();
    assert_eq!(delete(), Err(Win32Error::SHARING_VIOLATION));
    drop(reader);
    let _query = world.open("f", AccessMask::empty(), ShareMode::empty(), OPEN_EXISTING, NO_FLAGS).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    assert_eq!(delete(), Err(Win32Error::ACCESS_DENIED));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(delete(), Ok(()));
    assert_eq!(delete(), Err(Win32Error::FILE_NOT_FOUND));
}

#[test]
fn deleting_a_link_by_name_leaves_its_target() {
    let world = World::new();
    let path = world.file("f", b"data");
    std::os::unix::fs::symlink(&path, world.path("l")).unwrap();
    world.files.delete_file(&world.system, &world.name("l")).unwrap();
    assert!(world.has("f") && !world.has("l"));
}

#[test]
fn a_new_file_is_not_read_only_and_deleted_on_close_at_once_02_8() {
    let world = World::new();
    let read_only = FileFlags::from_bits_retain(FILE_ATTRIBUTE_READONLY);
    let refused = world.refused("f", BOTH, SHARE_ALL, CREATE_NEW, DOOMED | read_only);
    assert_eq!(refused, Win32Error::ACCESS_DENIED);
    assert!(!world.has("f"));
}

#[test]
fn a_second_instance_by_descriptor_can_be_deleted_on_close() {
    let world = World::new();
    world.file("f", b"x");
    let file = world.existing("f", READ);
    let number = std::os::fd::AsRawFd::as_raw_fd(&file.grant.instance.device().descriptor().unwrap());
    let path = format!("/proc/self/fd/{number}");
    let second = world.open_path(path.as_ref(), READ, SHARE_ALL, OPEN_EXISTING, DOOMED).unwrap();
    drop((second, file));
    assert!(!world.has("f"));
}
