//! Opens that meet other opens, creations and deletions: no window between check and act (contract 01 §2.2, §2.3).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{FileFlags, ShareMode, Win32Error};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const THREADS: usize = 4;
const ROUNDS: usize = 150;

/// Everybody at once, round after round, with the round's number. After a panic nobody acts, but all still meet.
fn together(act: impl Fn(usize, usize) + Sync) {
    let barrier = Barrier::new(THREADS);
    let failed = AtomicBool::new(false);
    let thread = &|thread| {
        let mut panic = None;
        for round in 0..ROUNDS {
            barrier.wait();
            if failed.load(Ordering::Relaxed) {
                continue;
            }
            let acted = catch_unwind(AssertUnwindSafe(|| act(round, thread)));
            panic = acted.err().inspect(|_| failed.store(true, Ordering::Relaxed)).or(panic);
        }
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || thread(n))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
    });
}

#[test]
fn one_of_many_creates_a_new_file() {
    let world = World::new();
    let created: Vec<AtomicUsize> = (0..ROUNDS).map(|_| AtomicUsize::new(0)).collect();
    together(|round, _| match world.open(&format!("f{round}"), WRITE, SHARE_ALL, CREATE_NEW, NO_FLAGS) {
        Ok(_) => drop(created[round].fetch_add(1, Ordering::Relaxed)),
        Err(error) => assert_eq!(error, Win32Error::FILE_EXISTS),
    });
    assert!(created.iter().all(|count| count.load(Ordering::Relaxed) == 1));
}

#[test]
fn exactly_one_open_of_a_file_says_that_it_did_not_exist_01_2_3() {
    let world = World::new();
    for disposition in [CREATE_ALWAYS, OPEN_ALWAYS] {
        let new: Vec<AtomicUsize> = (0..ROUNDS).map(|_| AtomicUsize::new(0)).collect();
        together(|round, _| {
            let file = world.open(&format!("f{disposition}-{round}"), BOTH, SHARE_ALL, disposition, NO_FLAGS).unwrap();
            new[round].fetch_add(usize::from(!file.existed), Ordering::Relaxed);
        });
        assert!(new.iter().all(|count| count.load(Ordering::Relaxed) == 1), "disposition {disposition}");
    }
}

#[test]
fn the_creator_of_a_file_is_never_refused_by_those_who_come_later() {
    let world = World::new();
    let refused = |error| assert!(matches!(error, Win32Error::SHARING_VIOLATION | Win32Error::FILE_NOT_FOUND));
    together(|round, thread| {
        let name = format!("f{round}");
        if thread == 0 {
            world.open(&name, WRITE, ShareMode::empty(), CREATE_NEW, NO_FLAGS).expect("the creator comes first");
        } else {
            for _ in 0..20 {
                world.open(&name, READ, ShareMode::empty(), OPEN_EXISTING, NO_FLAGS).map(drop).unwrap_or_else(refused);
            }
        }
    });
}

#[test]
fn instances_that_share_nothing_are_never_open_at_once() {
    let world = World::new();
    world.file("f", b"x");
    let inside = AtomicUsize::new(0);
    let opened = AtomicUsize::new(0);
    together(|_, _| {
        let Ok(file) = world.open("f", BOTH, ShareMode::empty(), OPEN_EXISTING, NO_FLAGS) else { return };
        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at once");
        opened.fetch_add(1, Ordering::Relaxed);
        std::thread::yield_now();
        inside.fetch_sub(1, Ordering::SeqCst);
        drop(file);
    });
    assert!(opened.load(Ordering::Relaxed) > 0);
}

#[test]
fn nobody_opens_a_file_that_has_just_been_deleted() {
    let world = World::new();
    let doomed = FileFlags::DELETE_ON_CLOSE;
    together(|_, _| match world.open("f", BOTH, SHARE_ALL, OPEN_ALWAYS, doomed) {
        Ok(file) => {
            let links = rustix::fs::fstat(file.grant.instance.device().descriptor().unwrap()).unwrap().st_nlink;
            assert_eq!(links, 1, "the open file has its name until the last instance closes");
        }
        // Another instance has closed and taken the file with it; it goes when the last one closes.
        Err(error) => assert_eq!(error, Win32Error::ACCESS_DENIED),
    });
    assert!(!world.has("f"));
}

#[test]
fn truncation_never_hits_a_file_that_refuses_writers() {
    let world = World::new();
    world.file("f", b"content");
    together(|_, thread| {
        if thread % 2 == 0 {
            let Ok(file) = world.open("f", READ, ShareMode::READ, OPEN_EXISTING, NO_FLAGS) else { return };
            let first = file.read_at(0, 7);
            assert_eq!(file.read_at(0, 7), first, "it does not change while writers are refused");
        } else if let Ok(file) = world.open("f", WRITE, ShareMode::READ, CREATE_ALWAYS, NO_FLAGS) {
            file.write(b"content").unwrap();
        }
    });
}

#[test]
fn deleting_and_renaming_by_name_never_deadlock() {
    let world = World::new();
    together(|round, thread| {
        let (one, other) = (format!("a{}", round % 3), format!("b{}", thread % 2));
        drop(world.open(&one, WRITE, SHARE_ALL, OPEN_ALWAYS, NO_FLAGS));
        let _ = world.files.move_file(
            &world.system,
            &world.name(&one),
            &world.name(&other),
            overlapped_devices::file::MoveFlags::REPLACE_EXISTING,
        );
        let _ = world.files.delete_file(&world.system, &world.name(&other));
    });
}

#[test]
fn nobody_deletes_a_file_before_its_creator_has_it() {
    let world = World::new();
    together(|round, thread| {
        let name = format!("f{round}");
        if thread == 0 {
            let file = world.open(&name, WRITE, SHARE_RW, CREATE_NEW, NO_FLAGS).unwrap();
            assert!(world.has(&name), "its creator does not share deletion");
            drop(file);
        } else {
            for _ in 0..20 {
                let _ = world.files.delete_file(&world.system, &world.name(&name));
            }
        }
    });
}
