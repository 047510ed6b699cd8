//! Trees: everything in them arrives, or is told of.

mod common;

use common::*;
use std::fs::{self, File};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn old(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::new(seconds, 5);
    File::open(path).unwrap().set_times(fs::FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
}

/// Some of everything.
fn tree(at: &Path) {
    fs::create_dir_all(at.join("a/b/c")).unwrap();
    fs::create_dir(at.join("empty")).unwrap();
    for n in 0..40 {
        write(&at.join(format!("a/b/{n}")), &noise(n * 997));
    }
    write(&at.join("a/big"), &noise(700_000));
    write(&at.join(".hidden"), b"seen");
    fs::hard_link(at.join("a/big"), at.join("a/hard")).unwrap();
    symlink("a/big", at.join("link")).unwrap();
    symlink("nowhere at all", at.join("a/dangling")).unwrap();
    symlink("..", at.join("a/b/up")).unwrap();
    fs::set_permissions(at.join("a/b/7"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(at.join("a/b/c"), fs::Permissions::from_mode(0o1770)).unwrap();
    old(&at.join("a/b/9"), 1_000_000_000);
    for (n, directory) in ["a/b/c", "a/b", "a", "empty"].into_iter().enumerate() {
        old(&at.join(directory), 1_100_000_000 + n as u64);
    }
}

/// Names, kinds, contents, modes and times, as one list.
fn listing(at: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut left = vec![at.to_path_buf()];
    while let Some(path) = left.pop() {
        let found = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(at).unwrap().display().to_string();
        let what = if found.is_symlink() {
            format!("-> {}", fs::read_link(&path).unwrap().display())
        } else if found.is_dir() {
            left.extend(names(&path).iter().map(|name| path.join(name)));
            "directory".into()
        } else {
            format!("{:?}", fs::read(&path).unwrap().iter().fold(0_u64, |h, b| h.wrapping_mul(31) + u64::from(*b)))
        };
        // The root's own time is that of the test.
        let time = if name.is_empty() { 0 } else { found.mtime_nsec() + found.mtime() };
        lines.push(format!("{name} {what} {:o} {time}", found.mode()));
    }
    lines.sort();
    lines
}

#[test]
fn a_tree_arrives_with_links_modes_and_times() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        tree(&source);
        let summary = run(copy(engine, [&source, &target]).args(["-r", "--json"])).succeeded().json();
        assert_eq!(listing(&target), listing(&source));
        assert_eq!((&summary["files"], &summary["directories"], &summary["links"]), (&43.into(), &5.into(), &3.into()));
        let (big, hard) = (fs::metadata(target.join("a/big")).unwrap(), fs::metadata(target.join("a/hard")).unwrap());
        assert_ne!(big.ino(), hard.ino(), "hard links become separate files, as the help says");
    });
}

#[test]
fn a_tree_is_copied_over_another_one() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        tree(&source);
        fs::create_dir_all(target.join("a/b")).unwrap();
        write(&target.join("a/b/3"), &noise(9999));
        write(&target.join("a/own"), b"stays");
        symlink("old", target.join("link")).unwrap();
        // `/.` puts the contents of the one into the other, as cp does.
        run(copy(engine, ["-r"]).arg(source.join(".")).arg(&target)).succeeded();
        assert_eq!(fs::read(target.join("a/own")).unwrap(), b"stays");
        fs::remove_file(target.join("a/own")).unwrap();
        old(&target.join("a"), 1_100_000_002);
        assert_eq!(listing(&target), listing(&source));
    });
}

#[test]
fn an_existing_directory_receives_trees_and_files_by_name() {
    on_each_engine(|engine, dir| {
        let into = dir.join("into");
        fs::create_dir(&into).unwrap();
        fs::create_dir(dir.join("one")).unwrap();
        write(&dir.join("one/x"), b"x");
        write(&dir.join("two"), b"two");
        let mut command = copy(engine, ["-R", "one/", "two", "into"]);
        run(command.current_dir(dir)).succeeded();
        assert_eq!(names(&into), ["one", "two"]);
        assert_eq!(fs::read(into.join("one/x")).unwrap(), b"x");
    });
}

#[test]
fn pipes_and_devices_in_a_tree_are_skipped_with_a_sentence() {
    on_each_engine(|engine, dir| {
        let source = dir.join("source");
        fs::create_dir(&source).unwrap();
        write(&source.join("file"), b"1");
        assert!(Command::new("mkfifo").arg(source.join("pipe")).status().unwrap().success());
        let target = dir.join("target");
        let outcome = run(copy(engine, [&source, &target]).args(["-r", "--json"]));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains("pipe' was skipped: it is a named pipe"), "{outcome:?}");
        assert_eq!(outcome.json()["skipped"].as_array().unwrap().len(), 1);
        assert_eq!(names(&target), ["file"]);
        assert!(fs::metadata(source.join("pipe")).unwrap().file_type().is_fifo());
    });
}

#[test]
fn a_directory_that_nobody_may_write_is_filled_all_the_same() {
    on_each_engine(|engine, dir| {
        // Not as root, who may write everywhere.
        let source = dir.join("source");
        fs::create_dir_all(source.join("locked/below")).unwrap();
        write(&source.join("locked/below/file"), b"1");
        for path in ["locked/below", "locked"] {
            fs::set_permissions(source.join(path), fs::Permissions::from_mode(0o555)).unwrap();
        }
        let open = dir.join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        let target = open.join("target");
        run(&mut unprivileged_copy(engine, dir, [Path::new("-r"), &source, &target])).succeeded();
        assert_eq!(fs::read(target.join("locked/below/file")).unwrap(), b"1");
        assert_eq!((mode(&target.join("locked")), mode(&target.join("locked/below"))), (0o555, 0o555));
        // So that the directory can be removed.
        for tree in [&source, &target] {
            for path in ["locked", "locked/below"] {
                fs::set_permissions(tree.join(path), fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    });
}

#[test]
fn a_link_in_the_target_does_not_lead_the_copy_elsewhere() {
    on_each_engine(|engine, dir| {
        let (source, target, elsewhere) = (dir.join("source"), dir.join("target"), dir.join("elsewhere"));
        fs::create_dir_all(source.join("sub")).unwrap();
        write(&source.join("sub/file"), b"1");
        write(&source.join("other"), b"2");
        fs::create_dir(&target).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, target.join("sub")).unwrap();
        let outcome = run(copy(engine, ["-r"]).arg(source.join(".")).arg(&target));
        outcome.failed_with(&["sub' is in the way and not a directory"]);
        assert!(names(&elsewhere).is_empty());
        assert_eq!(fs::read(target.join("other")).unwrap(), b"2");
    });
}

#[test]
fn files_of_the_same_name_from_two_trees_are_told_of() {
    on_each_engine(|engine, dir| {
        for name in ["x", "y"] {
            fs::create_dir_all(dir.join(name).join("tree")).unwrap();
            write(&dir.join(name).join("tree/same"), name.as_bytes());
            write(&dir.join(name).join("tree").join(name), name.as_bytes());
        }
        let into = dir.join("into");
        fs::create_dir(&into).unwrap();
        let outcome = run(copy(engine, ["-r", "x/tree", "y/tree", "into"]).current_dir(dir));
        outcome.failed_with(&["'y/tree/same' was not copied", "made from another source"]);
        assert_eq!(names(&into.join("tree")), ["same", "x", "y"]);
        assert_eq!(fs::read(into.join("tree/same")).unwrap(), b"x");
    });
}

#[test]
fn files_that_vanish_during_the_copy_are_told_of_and_the_others_arrive() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        fs::create_dir(&source).unwrap();
        let files: Vec<PathBuf> = (0..1500).map(|n| write(&source.join(format!("{n}")), &noise(n))).collect();
        let running = start(copy(engine, [&source, &target]).arg("-r"));
        for file in files.iter().rev().step_by(2) {
            fs::remove_file(file).unwrap();
        }
        let outcome = running.finish();
        assert!(outcome.code <= 1, "{outcome:?}");
        assert!(outcome.stderr.lines().all(|line| line.contains("does not exist, or no longer")), "{outcome:?}");
        for file in files.iter().filter(|file| file.exists()) {
            assert_same(file, &target.join(file.file_name().unwrap()));
        }
    });
}
