//! What surrounds a program on Windows: functions that it declares itself, numbers and variables of the C library, where libraries are looked for, and
//! how a process ends with its last thread.

use super::{Place, compilers};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn functions_of_windows_that_a_program_declares_itself_are_found() {
    let source = include_str!("declared.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, file]);
            assert_eq!(place.run(&[]), ("0 1234\n".into(), 0), "{compiler} {file}");
            place.compile(&["cc", &compiler, "--static-overlapped", file]);
            assert_eq!(place.run(&[]), ("0 1234\n".into(), 0), "linked in: {compiler} {file}");
        }
        let failed = place.ovl(&["cc", &compiler, "-DIsDebuggerPresent=NotOfWindows", "a.c"]);
        let said = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(!failed.status.success() && said.contains("NotOfWindows"), "{compiler}: {said}");
    }
}

/// 126 where a library is not to be found; a process that does not end is given up after a minute.
#[test]
fn libraries_numbers_and_the_last_thread_are_as_on_windows() {
    let source = include_str!("surroundings.c");
    let library = "#include <windows.h>\n__declspec(dllexport) int seven(void) { return 7; }\n";
    let place = Place::new(&[("a.c", source), ("b.cpp", source), ("sub/part.c", library)]);
    let built = place.ovl(&["cc", "-shared", "sub/part.c", "-o", "sub/part_of_test.dll"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", file]);
            let mut child = Command::new(place.path("program")).stdout(Stdio::piped()).spawn().unwrap();
            let start = Instant::now();
            while child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(10));
            }
            let hangs = child.try_wait().unwrap().is_none();
            if hangs {
                child.kill().unwrap();
            }
            let output = child.wait_with_output().unwrap();
            let expected = "41 32767 1 5\n8001f 1 8 0 1 1 -2\n\
                C:\\Windows Windows_NT C:\\Windows C:\\Windows\\x 1 mine 1\n\
                100\n126 1 126 126 1 1\nthe last\n";
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{compiler} {file}");
            assert!(!hangs, "{compiler} {file}: the process stays after its last thread");
            // Linux keeps the low byte.
            assert_eq!(output.status.code(), Some(0x67), "{compiler} {file}");
        }
    }
}

/// A wrong configuration is an error of every call; what is wrong is said, once.
#[test]
fn a_program_that_can_use_nothing_says_why() {
    let source = "#include <windows.h>\n#include <stdio.h>\nint main(void)\n{\n    CreateEventA(0, 0, 0, 0);\n    \
        printf(\"%d\", (int)GetLastError());\n    CreateEventA(0, 0, 0, 0);\n    return 0;\n}\n";
    let place = Place::new(&[("a.c", source), ("devices.toml", "[nothing\n")]);
    place.compile(&["cc", "a.c"]);
    let mut program = Command::new(place.path("program"));
    let output = program.env("OVERLAPPED_CONFIG", place.path("devices.toml")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "87");
    assert!(said.starts_with("overlapped: no device can be used: ") && said.contains("ovl doctor"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
