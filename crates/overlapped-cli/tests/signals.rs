//! Ctrl-C in the middle of a copy: outstanding requests are cancelled and waited for, nothing unfinished stays, and the exit
//! code is 130 (contract 03 §8).

mod common;

use common::*;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Waits until the file has something in it.
fn await_bytes(path: &Path, mut running: Running) -> Running {
    let started = Instant::now();
    while fs::metadata(path).map_or(0, |m| m.len()) == 0 {
        if running.is_over() {
            panic!("it ended before the signal: {:?}", running.finish());
        }
        assert!(started.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(1));
    }
    running
}

#[test]
fn an_endless_copy_ends() {
    on_each_engine(|engine, dir| {
        for signal in ["INT", "TERM"] {
            let target = dir.join("target");
            let running = start(copy(engine, ["/dev/zero", "--chunk", "4K", "--json"]).arg(&target));
            let running = await_bytes(&target, running);
            running.signal(signal);
            let outcome = running.finish();
            assert_eq!(outcome.code, 130, "{outcome:?}");
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
        let arguments = ["--unbuffered", "--chunk", "4K", "--queue-depth", "16"];
        let running = start(copy(engine, arguments).arg(&source).arg(&target));
        let running = await_bytes(&target, running);
        running.signal("INT");
        let outcome = running.finish();
        assert_eq!(outcome.code, 130, "{outcome:?}");
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
        write(&into.join("zero"), &[7; 10]);
        let mut command = copy(engine, ["-r"]);
        command.arg(&tree).arg("/dev/zero").arg(&into).args(["--chunk", "4K"]);
        let mut running = await_bytes(&into.join("zero"), start(&mut command));
        while fs::metadata(into.join("zero")).unwrap().len() == 10 {
            assert!(!running.is_over());
            std::thread::sleep(Duration::from_millis(1));
        }
        running.signal("INT");
        let outcome = running.finish();
        assert_eq!(outcome.code, 130, "{outcome:?}");
        assert!(outcome.stderr.contains("the half-overwritten"), "{outcome:?}");
        assert!(outcome.stderr.contains("1 file had been copied"), "{outcome:?}");
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
        let mut running = start(copy(engine, [&source, &target]).args(["-r", "--chunk", "4K", "--unbuffered"]));
        let started = Instant::now();
        while fs::read_dir(&target).map_or(0, |d| d.count()) < 5 && !running.is_over() {
            assert!(started.elapsed() < PATIENCE);
        }
        running.signal("INT");
        let outcome = running.finish();
        assert_eq!(outcome.code, 130, "{outcome:?}");
        for name in names(&target) {
            assert_same(&source.join(&name), &target.join(&name));
        }
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&target).unwrap());
        assert_eq!(mode & 0o777, std::os::unix::fs::MetadataExt::mode(&fs::metadata(&source).unwrap()) & 0o777);
    });
}
