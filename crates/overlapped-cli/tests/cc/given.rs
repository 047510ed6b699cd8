//! Handles that a parent gives a child while that runs (contract 01 section 1: DuplicateHandle into another process).

use crate::Place;
use std::process::Command;

#[test]
fn a_parent_gives_its_child_handles_of_every_kind_01_1() {
    let place = Place::new(&[("given.c", include_str!("given.c"))]);
    place.compile(&["cc", "given.c"]);
    for engine in ["uring", "epoll"] {
        let mut program = Command::new(place.path("program"));
        let output = program.current_dir(place.0.path()).env("OVERLAPPED_ENGINE", engine).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said, "from the child 1 42\n0 50\n0 50\n0 5\n", "{engine}: {:?}", output.status);
    }
}
