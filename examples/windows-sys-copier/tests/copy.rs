//! The program as a user starts it, on both engines (contract 06).

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn copy(engine: &str, from: &Path, to: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_windows-sys-copier"));
    program.arg(from).arg(to);
    if cfg!(unix) {
        program.env("OVERLAPPED_ENGINE", engine);
    }
    program.output().unwrap()
}

/// Bytes that repeat nowhere near.
fn pattern(len: usize) -> Vec<u8> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

#[test]
fn each_size_is_copied_whole() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("from"), directory.path().join("to"));
    for engine in ["uring", "epoll"] {
        for size in [0, 1, 256 * 1024 - 1, 256 * 1024, 10 * 256 * 1024 + 17] {
            fs::write(&from, pattern(size)).unwrap();
            fs::write(&to, [7; 300_000]).unwrap();
            let done = copy(engine, &from, &to);
            assert!(done.status.success(), "{engine}, {size}: {}", String::from_utf8_lossy(&done.stderr));
            assert_eq!(String::from_utf8_lossy(&done.stdout), format!("{size} bytes\n"));
            assert!(fs::read(&to).unwrap() == pattern(size), "{engine}, {size}");
        }
    }
}

#[test]
fn a_missing_source_is_an_error_by_its_number() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("nothing"), directory.path().join("to"));
    let done = copy("epoll", &from, &to);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && said.contains("nothing: error 2"), "{said}");
    assert!(!to.exists());
}
