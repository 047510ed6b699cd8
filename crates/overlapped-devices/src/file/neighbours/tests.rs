use super::*;
use std::time::Instant;

const KEY: Key = Key { dev: 7, ino: 11 };
const READ: AccessMask = AccessMask::READ_DATA;
const WRITE: AccessMask = AccessMask::WRITE_DATA;

/// What follows from the end of a neighbour. Not always at once: a program that a test beside this one starts has copies of all
/// descriptors until it begins, and so long the dead seem to live.
#[track_caller]
pub(super) fn soon(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "it never holds");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Two that count as processes for each other.
fn two(directory: &tempfile::TempDir) -> [Arc<Neighbours>; 2] {
    let run = directory.path().join("run");
    [Neighbours::new(run.clone()), Neighbours::new(run)]
}

fn join(who: &Neighbours, access: AccessMask, share: ShareMode) -> bool {
    let marks = Marks::of(access, share);
    who.join(KEY, Marks::default(), marks, marks).0.is_ok()
}

fn leave(who: &Neighbours, access: AccessMask, share: ShareMode) {
    who.change(KEY, Marks::of(access, share), Marks::default());
}

/// A third process, which leaves no room in the table for what the others do with the file.
fn crowd(directory: &tempfile::TempDir) -> Arc<Neighbours> {
    let third = Neighbours::new(directory.path().join("run"));
    let table = third.table().unwrap();
    let files = (1..).map(|other| Neighbours::hash(KEY) ^ other << 40);
    let entered = files
        .take_while(|file| table.put(*file, Marks::default(), Marks::of(READ, ShareMode::empty())).is_some())
        .count();
    assert!(entered > 0 && !table.may_have_spilled(Neighbours::hash(KEY)));
    third
}

#[test]
fn the_rule_of_share_modes_holds_between_processes_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    every_two_opens(two(&directory));
}

#[test]
fn the_rule_of_share_modes_holds_where_the_table_is_full_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    let crowd = crowd(&directory);
    every_two_opens(two(&directory));
    let table = crowd.table().unwrap();
    assert!(!table.may_have_spilled(Neighbours::hash(KEY)), "all of it was taken back");
}

#[test]
fn the_rule_of_share_modes_holds_between_the_table_and_what_it_has_no_room_for_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    let (alone, all) = (ShareMode::empty(), ShareMode::from_bits_retain(7));
    let [one, other] = two(&directory);
    assert!(join(&one, READ, all));
    let crowd = crowd(&directory);
    assert!(!join(&other, READ, alone) && join(&other, WRITE, all));
    let close = || one.join(KEY, Marks::of(READ, all), Marks::of(READ, alone), Marks::of(READ, alone));
    assert_eq!(close(), (Err(Refusal::Sharing), false));
    assert_eq!(one.oppose(KEY, Marks::of(WRITE, all)), None);
    assert_eq!(one.oppose(KEY, Marks::of(READ, ShareMode::READ)), Some(Refusal::Sharing));
    drop((crowd, other));
    soon(|| close() == (Ok(()), false));
}

#[test]
fn marks_that_are_entailed_end_with_the_last_copy_of_their_descriptor_01_1_2() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = two(&directory);
    let alone = Marks::of(READ, ShareMode::empty());
    assert!(join(&one, READ, ShareMode::empty()));
    let kept = one.entail(KEY, alone).expect("there is a place for them");
    let copy = kept.try_clone().unwrap();
    leave(&one, READ, ShareMode::empty());
    drop(kept);
    assert!(!join(&other, READ, ShareMode::READ) && !join(&one, READ, ShareMode::READ), "somebody has it still");
    let deletion = Marks::of(AccessMask::DELETE, ShareMode::from_bits_retain(7));
    assert_eq!(one.oppose(KEY, deletion), Some(Refusal::Sharing));
    drop(copy);
    soon(|| join(&other, READ, ShareMode::READ));
    assert!(join(&one, READ, ShareMode::READ));
}

fn every_two_opens([one, other]: [Arc<Neighbours>; 2]) {
    let accesses = (0..8_u32).map(|bits| {
        [READ, WRITE, AccessMask::DELETE]
            .iter()
            .enumerate()
            .fold(AccessMask::empty(), |access, (at, right)| if bits >> at & 1 == 1 { access | *right } else { access })
    });
    let opens: Vec<_> =
        accesses.flat_map(|access| (0..8).map(move |share| (access, ShareMode::from_bits_retain(share)))).collect();
    for (first, held) in &opens {
        assert!(join(&one, *first, *held));
        for (access, share) in &opens {
            let refused = ShareMode::conflicts(*access, *share, *first, *held);
            assert_eq!(join(&other, *access, *share), !refused, "{first:?} {held:?} then {access:?} {share:?}");
            if !refused {
                leave(&other, *access, *share);
            }
        }
        leave(&one, *first, *held);
    }
}

#[test]
fn of_two_who_open_at_once_one_has_the_file_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    both_at_once(&two(&directory));
}

#[test]
fn of_two_who_open_at_once_one_has_the_file_where_the_table_is_full_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    let _crowd = crowd(&directory);
    both_at_once(&two(&directory));
}

fn both_at_once(both: &[Arc<Neighbours>; 2]) {
    let alone = ShareMode::empty();
    for round in 0..200 {
        let meet = std::sync::Barrier::new(2);
        let try_it = |who: &Neighbours| {
            meet.wait();
            join(who, READ, alone)
        };
        let had = std::thread::scope(|scope| {
            let had = both.each_ref().map(|who| scope.spawn(|| try_it(who)));
            had.map(|thread| thread.join().unwrap())
        });
        assert_eq!(had.iter().filter(|had| **had).count(), 1, "round {round}");
        both.iter().zip(had).filter(|(_, had)| *had).for_each(|(who, _)| leave(who, READ, alone));
    }
}

#[test]
fn what_the_dead_have_left_is_in_nobodys_way_01_2_2() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = two(&directory);
    let alone = ShareMode::empty();
    for _ in 0..100 {
        let dead = Neighbours::new(directory.path().join("run"));
        assert!(join(&dead, WRITE, alone) && !join(&one, READ, ShareMode::READ));
        drop(dead);
        soon(|| join(&one, READ, ShareMode::READ));
        assert!(join(&other, READ, ShareMode::READ));
        leave(&one, READ, ShareMode::READ);
        leave(&other, READ, ShareMode::READ);
    }
}

#[test]
fn a_deletion_is_left_to_all_others_and_counted_once_02_8() {
    let directory = tempfile::tempdir().unwrap();
    let ([one, other], all) = (two(&directory), ShareMode::from_bits_retain(7));
    let third = Neighbours::new(directory.path().join("run"));
    let (marks, none) = (Marks::of(READ, all), Marks::default());
    let doomed = marks.and(Marks::DELETED);
    assert!(join(&one, READ, all) && join(&other, READ, all) && !other.may_have_deletions());
    one.change(KEY, marks, doomed);
    assert!(one.is_deleted(KEY) && other.is_deleted(KEY) && !other.is_heir(KEY), "nobody has left it anything");
    assert_eq!(third.join(KEY, none, marks, marks), (Err(Refusal::DeletePending), false));
    assert_eq!(third.join(KEY, none, none, none), (Err(Refusal::DeletePending), false), "not even to look at it");
    assert!(one.leave_deletion(KEY) && other.is_heir(KEY) && !third.leave_deletion(Key { ino: 12, ..KEY }));
    one.change(KEY, doomed, none);
    assert_eq!(other.join(KEY, marks, marks, marks), (Err(Refusal::DeletePending), false));
    assert_eq!(third.oppose(KEY, none), Some(Refusal::DeletePending));
    let more = Marks::of(WRITE, all);
    assert!(other.change(KEY, marks, marks.and(more)) && other.is_heir(KEY), "it stays so");
    assert!(other.change(KEY, marks.and(more), doomed) && third.is_deleted(KEY));
    assert!(!other.change(KEY, doomed, none) && !other.leave_deletion(KEY), "it is the last");
    assert!(!third.may_have_deletions() && join(&third, READ, all));
}

#[test]
fn a_deletion_is_left_to_nobody_who_is_dead_02_8() {
    let directory = tempfile::tempdir().unwrap();
    let ([one, other], all) = (two(&directory), ShareMode::from_bits_retain(7));
    assert!(join(&one, READ, all) && join(&other, READ, all) && one.leave_deletion(KEY));
    drop(other);
    soon(|| !one.leave_deletion(KEY));
    assert!(!one.is_deleted(KEY));
}

#[test]
fn what_is_deleted_is_so_where_the_table_is_full_01_2_5() {
    let directory = tempfile::tempdir().unwrap();
    let _crowd = crowd(&directory);
    let ([one, other], all) = (two(&directory), ShareMode::from_bits_retain(7));
    let marks = Marks::of(READ, all);
    assert!(join(&one, READ, all));
    one.change(KEY, marks, marks.and(Marks::DELETED));
    assert!(other.is_deleted(KEY) && !join(&other, READ, all));
    one.change(KEY, marks.and(Marks::DELETED), Marks::default());
    assert!(!other.may_have_deletions() && join(&other, READ, all));
}

#[test]
fn without_a_directory_each_process_is_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("no/such");
    let [one, other] = [Neighbours::new(missing.clone()), Neighbours::new(missing)];
    assert!(join(&one, WRITE, ShareMode::empty()) && join(&other, WRITE, ShareMode::empty()));
    leave(&one, WRITE, ShareMode::empty());
    assert_eq!((other.oppose(KEY, Marks::of(WRITE, ShareMode::empty())), other.may_have_locks(KEY)), (None, false));
}

#[test]
fn locks_of_others_are_counted_and_forgotten_with_their_processes_02_9() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = two(&directory);
    assert!(!other.may_have_locks(KEY));
    one.count(KEY, true);
    assert_eq!((one.may_have_locks(KEY), other.may_have_locks(KEY)), (false, true), "its own are known to it");
    one.count(KEY, false);
    assert!(!other.may_have_locks(KEY));
    one.count(KEY, true);
    drop((one, other));
    // Once nobody is left.
    soon(|| !two(&directory)[0].may_have_locks(KEY));
}
