use super::super::tests::soon;
use super::*;
use rustix::fs::{Mode, OFlags};
use std::collections::HashSet;
use std::path::Path;

const HASH: u64 = 0x0123_4567_89AB_CDEF;
const ANY: Marks = Marks(0x3F);

fn file(directory: &Path) -> OwnedFd {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC;
    rustix::fs::open(directory.join("table"), flags, Mode::RUSR | Mode::WUSR).unwrap()
}

fn join(directory: &tempfile::TempDir) -> Table {
    Table::join(file(directory.path())).unwrap()
}

fn words(table: &Table) -> usize {
    let words = table.memory().buckets.iter().flat_map(|bucket| &bucket.words);
    words.filter(|word| word.load(SeqCst) != 0).count()
}

impl Table {
    fn enter(&self, hash: u64, marks: Marks) -> bool {
        self.put(hash, Marks(0), marks).is_some()
    }
}

#[test]
fn every_mark_of_every_slot_is_read_as_it_was_written() {
    for (slot, marks) in [(1, 1), (SLOTS - 1, 0x7F), (0x1555, 0x2A), (1, 0x40)] {
        let word = word(HASH, slot, Marks(marks));
        assert_eq!((slot_of(word), marks_of(word), (word ^ HASH) & FILE), (slot, Marks(marks), 0));
    }
    assert_eq!(word(HASH, 5, Marks(0)), 0);
}

#[test]
fn a_process_has_one_word_for_a_file_and_takes_it_away() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = [join(&directory), join(&directory)];
    for marks in [1, 0x3F, 8] {
        assert!(one.enter(HASH, Marks(marks)));
        assert_eq!(
            (words(&one), other.any(HASH, Marks(marks)), other.any(HASH, Marks(!marks & 0x3F))),
            (1, true, false)
        );
        assert!(!one.any(HASH, ANY), "one's own are no others");
        assert!(!other.any(HASH ^ 1 << 40, ANY), "nor those of another file in the bucket");
    }
    assert!(one.enter(HASH, Marks(0)) && words(&other) == 0);
}

#[test]
fn who_takes_the_slot_of_somebody_dead_takes_his_words_away_too() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = join(&directory);
    let dead = join(&directory);
    let slot = dead.slot;
    (0..100).for_each(|file| assert!(dead.enter(HASH ^ file, ANY)));
    drop(dead);
    assert_eq!(words(&keeper), 100);
    soon(|| join(&directory).slot == slot);
    assert_eq!(words(&keeper), 0);
}

#[test]
fn a_bucket_that_the_dead_have_filled_has_room() {
    let directory = tempfile::tempdir().unwrap();
    let [one, dead] = [join(&directory), join(&directory)];
    let files = |from: u64| (from..).map(|file| HASH ^ file << 40);
    assert_eq!(files(0).take_while(|file| dead.enter(*file, ANY)).count(), PLACES);
    assert!(!one.enter(HASH, ANY), "all of them live");
    drop(dead);
    soon(|| one.enter(HASH, ANY));
    assert_eq!(words(&one), 1);
}

#[test]
fn processes_have_slots_of_their_own_and_one_without_does_not_enter() {
    let directory = tempfile::tempdir().unwrap();
    let mut all: Vec<Table> = (0..300).map(|_| join(&directory)).collect();
    let slots: HashSet<u64> = all.iter().filter_map(|table| table.slot).collect();
    assert_eq!(slots.len(), 300 - all.iter().filter(|table| table.slot.is_none()).count());
    assert!(slots.len() >= TRIES as usize, "so many are tried");
    let last = all.last_mut().unwrap();
    last.slot = None;
    assert!(!last.enter(HASH, ANY));
}

#[test]
fn whatever_the_memory_holds_nobody_is_ended_by_it() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = [join(&directory), join(&directory)];
    let mut seed = 1_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed ^ seed >> 29
    };
    for round in 0..20 {
        let Memory { counts, deletions, buckets } = one.memory();
        counts.iter().chain([deletions]).for_each(|count| count.store(random() as u32, SeqCst));
        for word in buckets.iter().flat_map(|bucket| bucket.words.iter().chain([&bucket.spilled])) {
            word.store(if round == 0 { u64::MAX } else { random() }, SeqCst);
        }
        for _ in 0..200 {
            let hash = random();
            for who in [&one, &other] {
                let entered = who.enter(hash, ANY);
                who.any_alive(hash, ANY);
                who.leave_deletion(hash);
                who.has_left_deletion(hash);
                who.count_spilled(hash, true);
                who.count_locked(hash, true);
                who.may_have_locks(hash);
                assert!(!entered || who.enter(hash, Marks(0)));
            }
        }
        one.is_alive(0, one.bucket(HASH));
        one.is_alive(SLOTS - 1, one.bucket(HASH));
    }
    drop((one, other));
    // Who comes first begins anew.
    soon(|| words(&join(&directory)) == 0);
}

#[test]
fn a_table_that_was_never_finished_is_prepared_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    for size in [0, 1, SIZE as u64 - 1, SIZE as u64, SIZE as u64 + 1] {
        let left = file(directory.path());
        rustix::fs::ftruncate(&left, 0).unwrap();
        rustix::fs::ftruncate(&left, size).unwrap();
        let table = join(&directory);
        let found = rustix::fs::fstat(&left).unwrap();
        assert_eq!((found.st_size, table.enter(HASH, ANY)), (SIZE as i64, true), "{size}");
    }
    let filled = file(directory.path());
    rustix::fs::ftruncate(&filled, 0).unwrap();
    fill(&filled).unwrap();
    assert_eq!(rustix::fs::fstat(&filled).unwrap().st_size, SIZE as i64);
}

/// With an own word for each round, whoever reads it knows which one it was.
#[test]
fn of_two_who_write_and_read_at_once_one_sees_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let both = [join(&directory), join(&directory)];
    for round in 0..2_000_u64 {
        let meet = std::sync::Barrier::new(2);
        let see = |who: &Table| {
            meet.wait();
            assert!(who.enter(HASH.wrapping_add(round), Marks(1)));
            who.any(HASH.wrapping_add(round), Marks(1))
        };
        let seen = std::thread::scope(|scope| {
            let threads = both.each_ref().map(|who| scope.spawn(|| see(who)));
            threads.map(|thread| thread.join().unwrap())
        });
        assert_ne!(seen, [false, false], "round {round}");
        both.iter().for_each(|who| assert!(who.enter(HASH.wrapping_add(round), Marks(0))));
    }
}
