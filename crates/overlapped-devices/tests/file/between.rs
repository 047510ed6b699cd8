//! Deletion between processes (contract 01 §2.5, 02 §8): worlds that are processes to each other.

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_devices::file::{Disposition, MoveFlags, set_disposition, standard_info};
use std::sync::Barrier;

const DOOMED: FileFlags = FileFlags::DELETE_ON_CLOSE;
const DELETE: AccessMask = AccessMask::DELETE;

#[test]
fn a_file_that_waits_to_be_deleted_is_refused_in_every_process_01_2_5() {
    let [one, other] = World::neighbours();
    one.file("f", b"x");
    let file = one.existing("f", READ | DELETE);
    let elsewhere = other.existing("f", READ);
    set_disposition(&file.grant, Disposition::DELETE).unwrap();
    for access in [READ, AccessMask::empty(), DELETE] {
        assert_eq!(other.denied("f", access), Win32Error::ACCESS_DENIED);
    }
    let new = other.refused("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS);
    assert_eq!(new, Win32Error::ACCESS_DENIED, "not 80, as within a process");
    let (files, system, name) = (&other.files, &other.system, other.name("f"));
    assert_eq!(files.delete_file(system, &name), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(files.attributes(system, &name), Err(Win32Error::ACCESS_DENIED));
    assert_eq!(standard_info(&elsewhere.grant).unwrap().delete_pending, 1);
    set_disposition(&file.grant, Disposition::empty()).unwrap();
    assert!(files.attributes(system, &name).is_ok());
    other.existing("f", READ);
    drop((file, elsewhere));
    assert!(one.has("f"));
}

#[test]
fn a_file_goes_with_its_last_instance_in_whichever_process_02_8() {
    let [one, other, third] = World::neighbours();
    let doomed = one.open("f", BOTH, SHARE_ALL, CREATE_NEW, DOOMED).unwrap();
    let [second, last] = [other.existing("f", READ), third.existing("f", BOTH)];
    drop(doomed);
    for world in [&one, &other, &third] {
        assert_eq!(world.denied("f", READ), Win32Error::ACCESS_DENIED, "delete pending");
    }
    drop(second);
    assert!(one.has("f"));
    assert_eq!(other.denied("f", READ), Win32Error::ACCESS_DENIED);
    assert_eq!(last.write(b"data"), Ok(4));
    drop(last);
    assert!(!one.has("f"));
    third.open("f", BOTH, ShareMode::empty(), CREATE_NEW, NO_FLAGS).expect("the name is free");
}

#[test]
fn who_is_left_a_deletion_may_have_several_instances_02_8() {
    let [one, other] = World::neighbours();
    one.file("f", b"x");
    let [first, second] = [other.existing("f", READ), other.existing("f", WRITE)];
    let file = one.existing("f", DELETE);
    set_disposition(&file.grant, Disposition::DELETE).unwrap();
    drop(file);
    drop(first);
    assert!(one.has("f"));
    assert_eq!(other.denied("f", READ), Win32Error::ACCESS_DENIED);
    drop(second);
    assert!(!one.has("f"));
}

#[test]
fn the_name_goes_at_once_with_posix_semantics_whoever_has_it_02_4() {
    let [one, other] = World::neighbours();
    one.file("f", b"x");
    let (file, elsewhere) = (one.existing("f", DELETE), other.existing("f", READ));
    set_disposition(&file.grant, Disposition::DELETE | Disposition::POSIX_SEMANTICS).unwrap();
    drop(file);
    assert!(!one.has("f"));
    other.open("f", BOTH, SHARE_ALL, CREATE_NEW, NO_FLAGS).expect("it is another file");
    assert_eq!(elsewhere.read(1).unwrap(), b"x");
    drop(elsewhere);
    assert!(one.has("f"));
}

/// In the process that asked, and in another.
#[test]
fn nothing_is_made_in_a_directory_that_waits_to_be_deleted_01_2_5() {
    let [one, other] = World::neighbours();
    let alone = World::new();
    for (owner, world) in [(&one, &other), (&one, &one), (&alone, &alone)] {
        std::fs::create_dir(owner.path("d")).unwrap();
        world.file("f", b"x");
        let directory = owner.open("d", DELETE, SHARE_ALL, OPEN_EXISTING, FileFlags::BACKUP_SEMANTICS).unwrap();
        set_disposition(&directory.grant, Disposition::DELETE).unwrap();
        let denied = Err(Win32Error::ACCESS_DENIED);
        for disposition in [CREATE_NEW, CREATE_ALWAYS, OPEN_ALWAYS] {
            let refused = world.refused("d/new", WRITE, SHARE_ALL, disposition, NO_FLAGS);
            assert_eq!(refused, Win32Error::ACCESS_DENIED);
        }
        let (files, system) = (&world.files, &world.system);
        let [file, new] = ["f", "d/new"].map(|name| world.name(name));
        assert_eq!(files.create_directory(system, &new), denied);
        assert_eq!(files.create_hard_link(system, &new, &file), denied);
        assert_eq!(files.create_symbolic_link(system, &new, &file), denied);
        for flags in [MoveFlags::empty(), MoveFlags::REPLACE_EXISTING] {
            assert_eq!(files.move_file(system, &file, &new, flags), denied);
        }
        set_disposition(&directory.grant, Disposition::empty()).unwrap();
        assert_eq!(files.create_directory(system, &new), Ok(()));
        std::fs::remove_dir(&new).unwrap();
        set_disposition(&directory.grant, Disposition::DELETE).unwrap();
        drop(directory);
        assert!(!owner.has("d"));
    }
}

/// One closes what is to be deleted while the others open and close it.
#[test]
fn a_file_goes_although_many_open_and_close_it_meanwhile_02_8() {
    const PROCESSES: usize = 4;
    let worlds: [World; PROCESSES] = World::neighbours();
    let (begin, end) = (Barrier::new(PROCESSES), Barrier::new(PROCESSES));
    let act = |number: usize, world: &World| {
        for round in 0..300 {
            let name = format!("f{round}");
            let doomed = (number == 0).then(|| world.open(&name, BOTH, SHARE_ALL, CREATE_NEW, DOOMED).unwrap());
            let held = (number == 1).then_some(());
            begin.wait();
            let held = held.and_then(|()| world.open(&name, READ, SHARE_ALL, OPEN_EXISTING, NO_FLAGS).ok());
            drop(doomed);
            for _ in 0..number * 2 {
                match world.open(&name, READ | DELETE, SHARE_ALL, OPEN_EXISTING, NO_FLAGS) {
                    Err(Win32Error::ACCESS_DENIED | Win32Error::FILE_NOT_FOUND) | Ok(_) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            drop(held);
            end.wait();
            if number == 0 {
                assert!(!world.has(&name), "round {round}");
            }
        }
    };
    std::thread::scope(|scope| {
        for (number, world) in worlds.iter().enumerate() {
            scope.spawn(move || act(number, world));
        }
    });
}
