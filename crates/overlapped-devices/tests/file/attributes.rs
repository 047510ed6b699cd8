//! File attributes in CreateFile and after (contract 01 §2.3, §2.4).

use crate::common::*;
use overlapped_abi::constants::attributes::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_devices::file;
use std::os::unix::fs::PermissionsExt;

fn attribute(bits: u32) -> FileFlags {
    FileFlags::from_bits_retain(bits)
}

#[test]
fn a_read_only_file_refuses_writers_even_of_root_01_2_3() {
    let world = World::new();
    let path = world.file("f", b"content");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    let denied = Win32Error::ACCESS_DENIED;
    for access in [WRITE, BOTH, AccessMask::WRITE_DATA, AccessMask::APPEND_DATA, AccessMask::GENERIC_ALL] {
        assert_eq!(world.denied("f", access), denied, "{access:?}");
    }
    assert_eq!(world.refused("f", READ, SHARE_ALL, CREATE_ALWAYS, NO_FLAGS), denied);
    assert_eq!(world.refused("f", WRITE, SHARE_ALL, TRUNCATE_EXISTING, NO_FLAGS), denied);
    assert_eq!(world.refused("f", READ, SHARE_ALL, OPEN_EXISTING, FileFlags::DELETE_ON_CLOSE), denied);
    assert_eq!(world.existing("f", READ).read(99).unwrap(), b"content");
    world.existing("f", AccessMask::WRITE_ATTRIBUTES | AccessMask::DELETE);
}

#[test]
fn a_file_created_read_only_is_still_written_through_its_first_handle_01_2_4() {
    let world = World::new();
    let flags = attribute(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN);
    let file = world.open("f", WRITE, SHARE_ALL, CREATE_NEW, flags).unwrap();
    assert_eq!(file.write(b"content"), Ok(7));
    assert_eq!(world.denied("f", WRITE), Win32Error::ACCESS_DENIED);
    drop(file);
    assert_eq!(world.content("f"), b"content");
    assert_eq!(world.path("f").metadata().unwrap().permissions().mode() & 0o222, 0);
}

#[test]
fn create_always_must_repeat_hidden_and_system_01_2_3() {
    let world = World::new();
    for precious in [FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM, FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM] {
        drop(world.open("f", WRITE, SHARE_ALL, CREATE_ALWAYS, attribute(precious)).unwrap());
        std::fs::write(world.path("f"), b"kept").unwrap();
        let error = world.refused("f", WRITE, SHARE_ALL, CREATE_ALWAYS, attribute(FILE_ATTRIBUTE_NORMAL));
        assert_eq!(error, Win32Error::ACCESS_DENIED);
        assert_eq!(world.content("f"), b"kept");
        drop(world.open("f", WRITE, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).unwrap());
        drop(world.open("f", WRITE, SHARE_ALL, CREATE_ALWAYS, attribute(precious)).unwrap());
        assert_eq!(world.content("f"), b"");
        std::fs::remove_file(world.path("f")).unwrap();
    }
}

#[test]
fn create_always_replaces_attributes_and_adds_archive_01_2_3() {
    let world = World::new();
    let name = world.name("f");
    let attributes = || world.files.attributes(&world.system, &name).unwrap();
    drop(world.open("f", WRITE, SHARE_ALL, CREATE_NEW, attribute(FILE_ATTRIBUTE_NORMAL)).unwrap());
    assert_eq!(attributes(), FILE_ATTRIBUTE_ARCHIVE);
    drop(world.open("f", WRITE, SHARE_ALL, CREATE_ALWAYS, attribute(FILE_ATTRIBUTE_HIDDEN)).unwrap());
    assert_eq!(attributes(), FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_HIDDEN);
    let both = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_READONLY;
    drop(world.open("f", WRITE, SHARE_ALL, CREATE_ALWAYS, attribute(both)).unwrap());
    assert_eq!(attributes(), FILE_ATTRIBUTE_ARCHIVE | both);
}

#[test]
fn attributes_are_set_and_read_back_by_name_and_by_handle() {
    let world = World::new();
    world.file("f", b"x");
    let name = world.name("f");
    let set = |bits| world.files.set_attributes(&world.system, &name, bits).unwrap();
    let query = world.existing("f", AccessMask::WRITE_ATTRIBUTES);
    let all = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE;
    for bits in [all, FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_READONLY, all] {
        set(bits);
        assert_eq!(world.files.attributes(&world.system, &name), Ok(bits));
        assert_eq!(file::file_attributes(&query.grant), Ok(bits));
    }
    set(FILE_ATTRIBUTE_NORMAL);
    assert_eq!(file::file_attributes(&query.grant), Ok(FILE_ATTRIBUTE_NORMAL));
    file::set_attributes(&query.grant, FILE_ATTRIBUTE_HIDDEN).unwrap();
    assert_eq!(world.files.attributes(&world.system, &name), Ok(FILE_ATTRIBUTE_HIDDEN));
    let directory = FILE_ATTRIBUTE_DIRECTORY;
    assert_eq!(file::set_attributes(&query.grant, directory), Err(Win32Error::INVALID_PARAMETER));
    assert_eq!(file::set_attributes(&world.existing("f", READ).grant, 1), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn directories_links_and_devices_show_what_they_are() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    std::os::unix::fs::symlink("d", world.path("l")).unwrap();
    let of = |name: &str| world.files.attributes(&world.system, &world.name(name));
    assert_eq!(of("d"), Ok(FILE_ATTRIBUTE_DIRECTORY));
    assert_eq!(of("l"), Ok(FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY));
    let link = world.open("l", AccessMask::empty(), SHARE_ALL, OPEN_EXISTING, FileFlags::OPEN_REPARSE_POINT).unwrap();
    assert_eq!(file::file_attributes(&link.grant), of("l"));
    std::os::unix::fs::symlink("nowhere", world.path("dangling")).unwrap();
    assert_eq!(of("dangling"), Ok(FILE_ATTRIBUTE_REPARSE_POINT));
    assert_eq!(world.files.attributes(&world.system, "/dev/null".as_ref()), Ok(FILE_ATTRIBUTE_DEVICE));
    assert_eq!(of("missing"), Err(Win32Error::FILE_NOT_FOUND));
    assert_eq!(of("missing/f"), Err(Win32Error::PATH_NOT_FOUND));
}

#[test]
fn a_file_system_without_extended_attributes_forgets_but_does_not_fail() {
    // Files of /proc take none; only the read-only bit can be seen there.
    let world = World::new();
    let attributes = world.files.attributes(&world.system, "/proc/version".as_ref());
    assert_eq!(attributes, Ok(FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_READONLY));
}

#[test]
fn temporary_and_offline_are_kept_01_2_4() {
    let world = World::new();
    for wanted in [FILE_ATTRIBUTE_TEMPORARY, FILE_ATTRIBUTE_OFFLINE] {
        world.open("f", BOTH, SHARE_ALL, CREATE_ALWAYS, attribute(wanted)).unwrap();
        let now = world.files.attributes(&world.system, &world.name("f"));
        assert_eq!(now, Ok(wanted | FILE_ATTRIBUTE_ARCHIVE));
    }
    world.files.set_attributes(&world.system, &world.name("f"), FILE_ATTRIBUTE_TEMPORARY).unwrap();
    assert_eq!(world.files.attributes(&world.system, &world.name("f")), Ok(FILE_ATTRIBUTE_TEMPORARY));
}

#[test]
fn a_read_only_directory_takes_files_but_is_not_removed() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let set = |wanted| world.files.set_attributes(&world.system, &world.name("d"), wanted);
    set(FILE_ATTRIBUTE_READONLY).unwrap();
    let now = world.files.attributes(&world.system, &world.name("d"));
    assert_eq!(now, Ok(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DIRECTORY));
    world.file("d/f", b"");
    std::fs::remove_file(world.path("d/f")).unwrap();
    let remove = || world.files.remove_directory(&world.system, &world.name("d"));
    assert_eq!(remove(), Err(Win32Error::ACCESS_DENIED));
    set(FILE_ATTRIBUTE_NORMAL).unwrap();
    assert_eq!(remove(), Ok(()));
}

#[test]
fn a_link_to_a_directory_is_removed_as_one_and_its_target_stays() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    world.file("f", b"");
    for (target, link) in [("d", "to_directory"), ("f", "to_file")] {
        std::os::unix::fs::symlink(target, world.path(link)).unwrap();
    }
    let remove = |name| world.files.remove_directory(&world.system, &world.name(name));
    assert_eq!(remove("to_file"), Err(Win32Error::DIRECTORY));
    assert_eq!(remove("to_directory"), Ok(()));
    assert!(!world.has("to_directory") && world.has("d"));
}

#[test]
fn a_template_passes_on_what_a_new_file_can_be_given_01_2() {
    let world = World::new();
    world.file("f", b"");
    let all = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
    world.files.set_attributes(&world.system, &world.name("f"), all).unwrap();
    let template = world.existing("f", READ);
    let passed = file::template_attributes(&template.grant);
    assert_eq!(passed, Ok(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN));
}
