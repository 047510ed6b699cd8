//! What many functions answer, in good cases and bad ones: programs that ask each and say what is not so.

use super::{Place, compilers};
use std::process::{Command, Stdio};

/// Each program runs on both.
const ENGINES: [&str; 2] = ["uring", "epoll"];

fn are_so(source: &str) {
    let place = Place::new(&[("facts.h", include_str!("facts/facts.h")), ("a.c", source)]);
    // Calls with NULL where a compiler would warn are what the programs are for.
    place.compile(&["cc", &compilers()[0], "-w", "a.c"]);
    for engine in ENGINES {
        let here = tempfile::tempdir().unwrap();
        let mut program = Command::new(place.path("program"));
        program.current_dir(here.path()).env("OVERLAPPED_ENGINE", engine).stdin(Stdio::null());
        let output = program.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.is_empty(), "{engine}, {}:\n{said}", output.status);
    }
}

#[test]
fn of_files_and_volumes() {
    are_so(include_str!("facts/files.c"));
}

#[test]
fn of_memory_and_processes() {
    are_so(include_str!("facts/memory.c"));
}

#[test]
fn of_users_and_services() {
    are_so(include_str!("facts/users.c"));
}

#[test]
fn of_the_system() {
    are_so(include_str!("facts/system.c"));
}

#[test]
fn of_what_few_ask() {
    are_so(include_str!("facts/others.c"));
}
