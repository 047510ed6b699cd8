//! Exceptions of the machine, with the registers of the thread.

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
