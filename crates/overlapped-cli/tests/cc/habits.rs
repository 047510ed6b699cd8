//! Habits of Windows programs: names of their own, what headers bring along, what Microsoft's C++ has.

use super::{Place, compilers};

#[test]
fn functions_of_posix_may_be_the_programs_own() {
    let source = include_str!("own_names.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-O2", file]);
            assert_eq!(place.run(&[]), ("1 set 3 1\n-1 5 4 x 1 1\n7\n".into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn headers_bring_along_what_they_do_in_windows() {
    let source = include_str!("habits.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", file]);
            let expected = "1234567890123 11f71fb04cb 1234567890123 1234567890123\n10 1 10\n0 0 0\n1 4 -1 2\n1100000000 0\n7 8\n1 1\n";
            let made = place.path("made");
            assert_eq!(place.run(&[made.to_str().unwrap()]), (expected.into(), 0), "{compiler} {file}");
            std::fs::remove_file(made).unwrap();
        }
    }
}

#[test]
fn suffixes_wide_paths_and_global_macros_work_in_cxx() {
    let place = Place::new(&[("a.cpp", include_str!("modern.cpp"))]);
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-std=c++17", "-Wall", "-Wextra", "a.cpp"]);
        assert_eq!(place.run(&[]).0, "-10000 0 données/x.txt 13\n", "{compiler}");
    }
}
