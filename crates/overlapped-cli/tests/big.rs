//! The sizes of issue 2: 2 GiB, 10 GiB with holes, 10,000 files. They take minutes and some 5 GiB of disk, so they run only with
//! `OVERLAPPED_BIG_TESTS=1`.

mod common;

use common::*;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::process::Command;
use std::time::Duration;

fn wanted() -> bool {
    let wanted = std::env::var_os("OVERLAPPED_BIG_TESTS").is_some_and(|value| value == "1");
    if !wanted {
        loudly("a big test; OVERLAPPED_BIG_TESTS=1 runs it");
    }
    wanted
}

/// A disk that others use as well takes its time for gigabytes.
fn run_long(command: &mut Command) -> Outcome {
    start(command).finish_within(Duration::from_secs(600))
}

#[test]
fn two_gibibytes() {
    if !wanted() {
        return;
    }
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        let mut file = File::create(&source).unwrap();
        let mut block = noise(1 << 20);
        for n in 0..2048_u64 {
            block[..8].copy_from_slice(&n.to_le_bytes());
            file.write_all(&block).unwrap();
        }
        for extra in [None, Some("--unbuffered"), Some("--verify")] {
            run_long(copy(engine, [&source, &target]).args(extra)).succeeded();
            assert_same(&source, &target);
        }
    });
}

#[test]
fn ten_gibibytes_with_one_mebibyte_of_data() {
    if !wanted() {
        return;
    }
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        let file = File::create(&source).unwrap();
        file.set_len(10 << 30).unwrap();
        for n in 0..16_u64 {
            file.write_all_at(&noise(65536 + n as usize), n * (640 << 20) + 1234).unwrap();
        }
        let summary = run_long(copy(engine, [&source, &target]).args(["--verify", "--json"])).succeeded().json();
        assert!(summary["bytes"].as_u64().unwrap() < 4 << 20, "{summary}");
        assert!(fs::metadata(&target).unwrap().blocks() * 512 < 4 << 20);
        assert_same(&source, &target);
    });
}

#[test]
fn ten_thousand_files() {
    if !wanted() {
        return;
    }
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        let name = |n: usize| format!("{:02}/{n}", n % 100);
        (0..100).for_each(|n| fs::create_dir_all(source.join(format!("{n:02}"))).unwrap());
        for n in 0..10_000 {
            write(&source.join(name(n)), &noise(n * 7919 % 16_385));
        }
        let summary = run_long(copy(engine, [&source, &target]).args(["-r", "--json"])).succeeded().json();
        assert_eq!(summary["files"], 10_000);
        (0..10_000).for_each(|n| assert_same(&source.join(name(n)), &target.join(name(n))));
    });
}
