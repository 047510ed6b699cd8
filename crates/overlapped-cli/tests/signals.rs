//! Ctrl-C in the middle of a copy: outstanding requests are cancelled and waited for, nothing unfinished stays, and the exit
//! code is 130 (contract 03 §8).

mod common;

use common::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Starts the command and sends it the signal when `begun` says that it is in the middle. None if it was over by then: who
/// tests may have lost the processor.
fn interrupted(command: &mut Command, signal: i32, begun: impl Fn() -> bool) -> Option<Outcome> {
    let mut running = start(heeding_signals(command));
    let started = Instant::now();
    loop {
        let begun = begun();
        if running.is_over() {
            let outcome = running.finish();
            assert_eq!(outcome.code, 0, "it ended before the signal: {outcome:?}");
            return None;
        }
        if begun {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "it did not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    running.signal(signal);
    let outcome = running.finish();
    // It may have been about to end.
    if outcome.code == 0 {
        return None;
    }
    assert_eq!(outcome.code, 130, "{outcome:?}");
    Some(outcome)
}

/// Tries until the signal comes in time.
fn in_time(attempt: impl Fn() -> Option<Outcome>) -> Outcome {
    let started = Instant::now();
    loop {
        if let Some(outcome) = attempt() {
            return outcome;
        }
        assert!(started.elapsed() < PATIENCE, "no copy was interrupted");
    }
}

fn len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

#[test]
fn an_endless_copy_ends() {
    on_each_engine(|engine, dir| {
        for signal in [libc::SIGINT, libc::SIGTERM] {
            let target = dir.join("target");
            let mut command = copy(engine, ["/dev/zero", "--chunk", "4K", "--json"]);
            let outcome = interrupted(command.arg(&target), signal, || len(&target) > 0).expect("it has no end");
            assert!(names(dir).is_empty(), "{outcome:?}");
            assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
            assert!(outcome.stderr.contains("interrupted: 0 files had been copied and 1 unfinished file was removed"));
            let summary = outcome.json();
            assert_eq!((&summary["interrupted"], &summary["files"]), (&true.into(), &0.into()));
        }
    });
}

#[test]
fn a_copy_with_many_requests_on_their_way_ends() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(96 << 20));
        let target = dir.join("target");
        in_time(|| {
            let _ = fs::remove_file(&target);
            let mut command = copy(engine, ["--unbuffered", "--chunk", "4K", "--queue-depth", "16"]);
            interrupted(command.arg(&source).arg(&target), libc::SIGINT, || len(&target) > 0)
        });
        assert_eq!(names(dir), ["source"]);
    });
}

#[test]
fn an_overwritten_file_is_removed_and_finished_ones_stay() {
    on_each_engine(|engine, dir| {
        let tree = dir.join("tree");
        fs::create_dir(&tree).unwrap();
        write(&tree.join("small"), b"1");
        let into = dir.join("into");
        fs::create_dir(&into).unwrap();
        let zero = write(&into.join("zero"), &[7; 10]);
        let small = into.join("tree/small");
        let begun = || len(&small) == 1 && ![0, 10].contains(&len(&zero));
        in_time(|| {
            let _ = fs::remove_dir_all(into.join("tree"));
            write(&zero, &[7; 10]);
            let mut command = copy(engine, ["-r"]);
            command.arg(&tree).arg("/dev/zero").arg(&into).args(["--chunk", "4K"]);
            let outcome = interrupted(&mut command, libc::SIGINT, begun).expect("it has no end");
            assert!(outcome.stderr.contains("the half-overwritten"), "{outcome:?}");
            // The small one may have its byte and not be finished.
            outcome.stderr.contains("1 file had been copied").then_some(outcome)
        });
        assert_eq!(names(&into), ["tree"]);
        assert_eq!(fs::read(into.join("tree/small")).unwrap(), b"1");
    });
}

#[test]
fn a_signal_during_a_tree_leaves_only_whole_files() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        fs::create_dir(&source).unwrap();
        for n in 0..400 {
            write(&source.join(format!("{n}")), &noise(40_000));
        }
        in_time(|| {
            let _ = fs::remove_dir_all(&target);
            let mut command = copy(engine, [&source, &target]);
            command.args(["-r", "--chunk", "4K", "--unbuffered"]);
            interrupted(&mut command, libc::SIGINT, || fs::read_dir(&target).is_ok_and(|files| files.count() >= 5))
        });
        for name in names(&target) {
            assert_same(&source.join(&name), &target.join(&name));
        }
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&target).unwrap());
        assert_eq!(mode & 0o777, std::os::unix::fs::MetadataExt::mode(&fs::metadata(&source).unwrap()) & 0o777);
    });
}
