//! Copies are identical to their sources: every size around the chunk boundaries, holes, special sources, and every way of
//! copying (contract 02 §5 and §6, 06).

mod common;

use common::*;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

const CHUNK: usize = 16 << 10;

#[test]
fn every_size_around_the_chunk_boundaries_is_copied() {
    on_each_engine(|engine, dir| {
        let sizes = [0, 1, 511, 512, 4095, 4096, 4097, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 9 * CHUNK + 4097];
        for (n, size) in sizes.into_iter().enumerate() {
            let source = write(&dir.join(format!("s{n}")), &noise(size));
            for unbuffered in [false, true] {
                let target = dir.join(format!("t{n}{unbuffered}"));
                let mut command = copy(engine, ["--chunk", "16K", "--json"]);
                command.args(unbuffered.then_some("--unbuffered")).arg(&source).arg(&target);
                let summary = run(&mut command).succeeded().json();
                assert_same(&source, &target);
                assert_eq!(summary["bytes"].as_u64(), Some(size as u64));
            }
        }
    });
}

#[test]
fn many_chunks_are_copied_with_any_depth_and_number_of_threads() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(3_000_001));
        for (depth, threads, chunk) in [("1", "1", "4K"), ("2", "4", "64K"), ("32", "3", "8K"), ("8", "2", "256K")] {
            let target = dir.join(format!("{depth}-{threads}"));
            let mut command = copy(engine, ["--queue-depth", depth, "--threads", threads, "--chunk", chunk]);
            run(command.arg(&source).arg(&target)).succeeded();
            assert_same(&source, &target);
        }
    });
}

#[test]
fn the_engine_can_be_forced_by_the_environment() {
    for engine in ENGINES {
        let dir = directory();
        let source = write(&dir.path().join("source"), &noise(100_000));
        let target = dir.path().join("target");
        let mut command = ovl();
        command.args(["copy", "--json"]).arg(&source).arg(&target).env("OVERLAPPED_ENGINE", engine);
        let outcome = run(&mut command);
        if engine == "uring" && outcome.code == 1 {
            loudly("no io_uring here");
            continue;
        }
        assert_eq!(outcome.succeeded().json()["engine"], engine);
        assert_same(&source, &target);
    }
}

#[test]
fn an_existing_target_is_overwritten_whether_it_was_longer_or_shorter() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(200_000));
        for old in [0, 1, 100_000, 200_000, 300_001] {
            for unbuffered in [false, true] {
                let target = write(&dir.join("target"), &vec![7; old]);
                let mut command = copy(engine, ["--chunk", "16K"]);
                run(command.args(unbuffered.then_some("--unbuffered")).arg(&source).arg(&target)).succeeded();
                assert_same(&source, &target);
            }
        }
    });
}

/// 64 MiB with three stretches of data, none of them aligned.
fn sparse(path: &Path) {
    let file = File::create(path).unwrap();
    file.set_len(64 << 20).unwrap();
    for offset in [0, (10 << 20) + 777, (40 << 20) + 4095] {
        file.write_all_at(&noise(50_001), offset).unwrap();
    }
}

#[test]
fn holes_stay_holes() {
    on_each_engine(|engine, dir| {
        let source = dir.join("source");
        sparse(&source);
        for unbuffered in [false, true] {
            let target = dir.join(format!("target{unbuffered}"));
            let mut command = copy(engine, ["--verify"]);
            run(command.args(unbuffered.then_some("--unbuffered")).arg(&source).arg(&target)).succeeded();
            assert_same(&source, &target);
            let occupied = fs::metadata(&target).unwrap().blocks() * 512;
            assert!(occupied < 1 << 20, "{occupied} bytes on the disk");
        }
    });
}

#[test]
fn old_data_does_not_show_through_holes() {
    on_each_engine(|engine, dir| {
        let source = dir.join("source");
        sparse(&source);
        for old in [20 << 20, 64 << 20, 70 << 20] {
            let target = write(&dir.join("target"), &vec![0xEE; old]);
            run(copy(engine, [&source, &target]).arg("--verify")).succeeded();
            assert_same(&source, &target);
        }
    });
}

#[test]
fn a_file_that_is_one_hole_is_copied() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        File::create(&source).unwrap().set_len(5_000_001).unwrap();
        run(&mut copy(engine, [&source, &target])).succeeded();
        assert_same(&source, &target);
        assert_eq!(fs::metadata(&target).unwrap().blocks(), 0);
    });
}

#[test]
fn files_of_proc_are_read_until_they_end() {
    on_each_engine(|engine, dir| {
        for (name, extra) in [("cpuinfo", None), ("filesystems", Some("--unbuffered"))] {
            let (source, target) = (Path::new("/proc").join(name), dir.join(name));
            run(copy(engine, [&source, &target]).args(extra).args(["--chunk", "4K"])).succeeded();
            // Clock rates change all the time; the lines do not.
            let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().filter(|l| !l.contains("MHz")).count();
            assert!(lines(&source) > 0);
            assert_eq!(lines(&target), lines(&source), "{name}");
        }
    });
}

#[test]
fn mode_and_times_are_kept_to_the_nanosecond() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), b"data");
        let time = |seconds, nanos| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        let times = fs::FileTimes::new().set_accessed(time(1_700_000_000, 123_456_789));
        let times = times.set_modified(time(1_600_000_000, 987_654_321));
        for mode in [0o644, 0o600, 0o755, 0o444, 0o666, 0o400, 0o777] {
            for target in [dir.join(format!("{mode:o}")), write(&dir.join(format!("old{mode:o}")), b"something else")] {
                fs::set_permissions(&source, fs::Permissions::from_mode(0o644)).unwrap();
                File::options().write(true).open(&source).unwrap().set_times(times).unwrap();
                fs::set_permissions(&source, fs::Permissions::from_mode(mode)).unwrap();
                run(&mut copy(engine, [&source, &target])).succeeded();
                let kept = fs::metadata(&target).unwrap();
                assert_eq!(kept.mode() & 0o7777, mode);
                assert_eq!(kept.modified().unwrap(), time(1_600_000_000, 987_654_321));
                assert_eq!((kept.atime(), kept.atime_nsec()), (1_700_000_000, 123_456_789));
                assert_eq!(fs::read(&target).unwrap(), b"data");
            }
            // Reading it may have changed the time of the last access; everything else is to be as before.
            assert_eq!(fs::metadata(&source).unwrap().modified().unwrap(), time(1_600_000_000, 987_654_321));
        }
    });
}

#[test]
fn a_link_is_followed_at_either_end() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(10_000));
        let old = write(&dir.join("old"), &noise(20_000));
        symlink("source", dir.join("to-source")).unwrap();
        symlink("old", dir.join("to-old")).unwrap();
        run(&mut copy(engine, [dir.join("to-source"), dir.join("to-old")])).succeeded();
        assert_same(&source, &old);
        assert!(dir.join("to-old").is_symlink());
    });
}

#[test]
fn names_that_mean_something_to_windows_are_names_here() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("c:NUL.txt"), b"1");
        for name in [r"a\b", "NUL", "x ", "y.", "COM1", "C:", "caf\u{e9}\n"] {
            let mut command = copy(engine, [Path::new("c:NUL.txt"), Path::new(name)]);
            run(command.current_dir(dir)).succeeded();
            assert_same(&source, &dir.join(name));
        }
        assert_eq!(names(dir).len(), 8);
    });
}

#[test]
fn a_file_that_grows_or_shrinks_meanwhile_does_not_hang_the_copy() {
    on_each_engine(|engine, dir| {
        let (source, target) = (dir.join("source"), dir.join("target"));
        let bytes = noise(8 << 20);
        fs::write(&source, &bytes).unwrap();
        let file = File::options().write(true).open(&source).unwrap();
        for shrinks in [true, false] {
            let mut running = start(copy(engine, [&source, &target]).args(["--chunk", "4K", "--queue-depth", "4"]));
            let mut size = 8 << 20;
            while !running.is_over() {
                size = if shrinks { size / 2 } else { size + 65536 };
                if size > 64 << 20 {
                    break;
                }
                file.set_len(size).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
            running.finish().succeeded();
            let copied = fs::read(&target).unwrap();
            // What was there at some time: the old bytes, then zeros where it was cut and grew again.
            let same = copied.iter().zip(&bytes).take_while(|(a, b)| a == b).count();
            assert!(copied[same..].iter().all(|b| *b == 0), "neither old nor new from byte {same} on");
            fs::write(&source, &bytes).unwrap();
        }
    });
}

#[test]
fn verify_reads_both_again() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(300_000));
        let target = dir.join("target");
        let mut command = copy(engine, ["--verify", "--json", "--chunk", "16K"]);
        let summary = run(command.arg(&source).arg(&target)).succeeded().json();
        assert_same(&source, &target);
        assert_eq!(summary["verified"], true);
        // 19 pieces: each copied, and read again from both.
        assert_eq!(summary["operations"], 3 * 19);
    });
}
