//! What belongs to the machine: its exceptions, with the registers of the thread, and its instructions by name.

use crate::{Place, compilers};

const PRINTED: &str = "write at 7
5
same place 1
77 2
__debugbreak
DebugBreak
walked 1, context 1
1.5
noncontinuable
nested
outer
overflow 1
overflow 1
overflow 1
overflow 1
overflow 1
in a fiber
overflow 1
nobody: E0000042, context 1
";

#[test]
fn filters_see_and_change_registers_and_stacks_that_overflow_are_exceptions() {
    let source = include_str!("faults.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            // In clang's C++ a fault passes destructors by, and here there are none.
            for level in ["-O0", "-O2"] {
                place.compile(&["cc", &compiler, level, file]);
                assert_eq!(place.run(&[]), (PRINTED.into(), 0x42), "{compiler} {level} {file}");
            }
        }
    }
    place.compile(&["cc", "--static-overlapped", "a.c"]);
    assert_eq!(place.run(&[]), (PRINTED.into(), 0x42), "linked in");
}

#[test]
fn intrinsics_do_what_their_instructions_do() {
    let source = include_str!("intrinsics.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    let printed = "0 1 0 1 2\n1 0 1\n3 4 7 8\n9 1\n18 1000000000000000\n18 8000 3 80\n-5 -1 2\n6148914691236517205 1\n-3 -1\n\
                   1f f000000000000000\n7 1 -6 8589934590 5\n42 42 15 10 9\nbye\n";
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-Wextra", "-O2", file]);
            assert_eq!(place.run(&[]), (printed.into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn a_guard_page_tells_of_its_first_touch_only() {
    let source = include_str!("guard.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    let printed = "0x104 12288\n1 0 1\n0x4 4096\nguard 1 at 4101\n1 7\n1 0x4\n1\n0x2\n";
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-O2", file]);
            assert_eq!(place.run(&[]), (printed.into(), 0), "{compiler} {file}");
        }
    }
}
