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
            place.compile(&["cc", &compiler, "--static-overlapped", file]);
            assert_eq!(place.run(&[]), ("1 set 3 1\n-1 5 4 x 1 1\n7\n".into(), 0), "linked in: {compiler} {file}");
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
fn a_cast_to_a_pointer_to_long_means_a_long_of_windows() {
    let source = include_str!("casts.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for (file, optimized) in [("a.c", "-O0"), ("a.c", "-O2"), ("b.cpp", "-O0"), ("b.cpp", "-O2")] {
            place.compile(&["cc", &compiler, "-Wall", "-Wextra", optimized, file]);
            let expected = "1 0 0 55555555\n-4 -4 99\n1 77\n1 1 99\n1\n1 1 3\n";
            assert_eq!(place.run(&[]), (expected.into(), 0), "{compiler} {file} {optimized}");
        }
    }
}

#[test]
fn a_program_may_have_an_off_t_of_its_own() {
    let place = Place::new(&[("a.c", include_str!("own_types.c"))]);
    for compiler in compilers() {
        place.compile(&["cc", &compiler, "-Wall", "-Wextra", "a.c"]);
        assert_eq!(place.run(&[]), ("5000000000 1 1\n0\n5 1 1\n".into(), 0), "{compiler}");
    }
}

#[test]
fn definitions_of_types_that_the_headers_have_agree_with_them() {
    let source = include_str!("own_widths.cpp");
    let place = Place::new(&[("a.cpp", source), ("b.c", source)]);
    for compiler in compilers() {
        for (language, file) in [("c++", "a.cpp"), ("cc", "b.c")] {
            place.compile(&[language, &compiler, "-Wall", file]);
            assert_eq!(place.run(&[]), ("ok\n4 4 4 8 8 -1234567890123 7\n".into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn a_program_may_have_types_of_posix_of_its_own() {
    let source = include_str!("own_posix.cpp");
    // A check has found libc's: those are meant.
    let checked = "#include <signal.h>\n#ifndef HAVE_SIGACTION\nstruct sigaction { int a; };\n#endif\n\
        int main(void) { struct sigaction old; return sigaction(SIGTERM, 0, &old); }\n";
    let place = Place::new(&[("a.cpp", source), ("b.c", source), ("checked.c", checked)]);
    for compiler in compilers() {
        for (language, file) in [("c++", "a.cpp"), ("cc", "b.c")] {
            place.compile(&[language, &compiler, "-Wall", file]);
            assert_eq!(place.run(&[]), ("16 16 1\n1 3 5 6 7\n2 24\n".into(), 0), "{compiler} {file}");
        }
        place.compile(&["cc", &compiler, "-Wall", "-DHAVE_SIGACTION", "checked.c"]);
        assert_eq!(place.run(&[]), (String::new(), 0), "{compiler}");
    }
}

#[test]
fn a_program_may_have_a_structure_stat_of_its_own_by_the_usual_trick() {
    let source = include_str!("own_stat.c");
    let place = Place::new(&[("a.cpp", source), ("b.c", source)]);
    for compiler in compilers() {
        for (language, file) in [("c++", "a.cpp"), ("cc", "b.c")] {
            for only in ["-Wall", "--windows-only"] {
                place.compile(&[language, &compiler, only, file]);
                assert_eq!(place.run(&[]), ("1 1 1\n1 1\n".into(), 0), "{compiler} {only} {file}");
            }
        }
    }
}

#[test]
fn blocking_is_set_by_an_int_behind_a_cast_and_nothing_beside_it_changes() {
    let source = include_str!("blocking.c");
    let place = Place::new(&[("a.cpp", source), ("b.c", source)]);
    for compiler in compilers() {
        for (language, file) in [("c++", "a.cpp"), ("cc", "b.c")] {
            place.compile(&[language, &compiler, "-Wall", file]);
            assert_eq!(place.run(&[]), ("0 11 1 22\n-1 10035\n0 1\n0\n".into(), 0), "{compiler} {file}");
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

#[test]
fn macros_with_names_of_posix_are_the_programs_own() {
    let source = include_str!("socket_macros.cpp");
    let place = Place::new(&[("a.cpp", source), ("b.c", source)]);
    for (language, file) in [("c++", "a.cpp"), ("cc", "b.c")] {
        for compiler in compilers() {
            // A header that the command line includes comes behind what `ovl cc` itself includes.
            place.compile(&[language, &compiler, "-include", "winsock2.h", "-Wall", "-Wextra", file]);
            assert_eq!(place.run(&[]).0, "-1 10038 -1 1\n", "{language} {compiler}");
        }
    }
}

#[test]
fn old_names_of_functions_take_names_of_windows() {
    let source = include_str!("old_names.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", file]);
            let directory = place.0.path().canonicalize().unwrap();
            let printed = "0 0 1 3\n3 0\n0 3 0 1 0\n1 0 0 0 -1 0 0 0\n4711\n";
            assert_eq!(place.run(&[directory.to_str().unwrap()]), (printed.into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn headers_of_other_compilers_for_windows_come_in_any_order() {
    let source = include_str!("neighbours.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for (file, first) in
            [("a.c", "-DFIRST_WINSOCK"), ("a.c", "-Wall"), ("b.cpp", "-DFIRST_WINSOCK"), ("b.cpp", "-Wall")]
        {
            place.compile(&["cc", &compiler, first, file]);
            let printed = "0 0\n8 1 1\n1 10022\n7 0 1\n3 8 1\n6 3 C3A9\n255 z\\b\n3 0\n";
            assert_eq!(place.run(&[]), (printed.into(), 0), "{compiler} {first} {file}");
        }
    }
}

#[test]
fn the_checking_heap_has_its_names_and_nothing_to_say() {
    let place = Place::new(&[("a.cpp", include_str!("heap_checks.cpp"))]);
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-Wall", "-Wextra", "a.cpp"]);
        assert_eq!(place.run(&[]), ("005text\n".into(), 0), "{compiler}");
    }
}

#[test]
fn commands_of_the_windows_shell_are_done() {
    let source = include_str!("commands.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-Wno-unused-result", file]);
            let printed = "begin\nPress any key to continue . . . \n0 0 0\n3 1 0\n5 1\nsaid\n\x0C";
            assert_eq!(place.run(&[]), (printed.into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn facets_derived_from_the_librarys_and_functions_of_posix_work_in_cxx() {
    let place = Place::new(&[("a.cpp", include_str!("facets.cpp"))]);
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-std=c++14", "-Wall", "a.cpp"]);
        assert_eq!(place.run(&[]).0, "6 e4 1\n2 0\nthere\n", "{compiler}");
    }
}

const SUFFIXES: &str = r#"
#include <windows.h>
#include <stdio.h>
#define BIG 0x7FFFFFFFFFFFFFFFi64
#define TICKS(seconds) ((seconds) * 10000000i64)
static const unsigned __int64 all = 0xFFFFFFFFFFFFFFFFui64;
static unsigned __int64 const shifted = 1UI64 << 63;
int main(void)
{
    const char *text = "1i64 'ui64"; /* 2i64 */
    __int64 due = -TICKS(3);
    switch (due) {
    case -30000000I64: printf("%I64d %I64u %d\n", BIG, all, (int)sizeof(5i64)); break;
    }
    printf("%s %d %d %u %d\n", text, 7i32, (int)sizeof(7i32), 3000000000ui32, shifted == all - BIG);
    printf("line %d\n", __LINE__);
    return 0;
}
"#;

#[test]
fn integers_with_suffixes_of_microsofts_compiler_are_what_they_are_there() {
    let place = Place::new(&[
        ("a.c", SUFFIXES),
        ("b.cpp", SUFFIXES),
        ("sub/c.c", "#include \"late.h\"\nint main(void) { return FIVE; }\n"),
        ("sub/late.h", "#define FIVE (int)5i64\n"),
    ]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-Wextra", "-O1", "-MD", file]);
            let printed = "9223372036854775807 18446744073709551615 8\n1i64 'ui64 7 4 3000000000 1\nline 16\n";
            assert_eq!(place.run(&[]), (printed.into(), 0), "{compiler} {file}");
        }
        place.compile(&["cc", &compiler, "-g", "sub/c.c"]);
        assert_eq!(place.run(&[]).1, 5, "{compiler}: in a header");
    }
    let wrong = Place::new(&[("a.c", "__int64 x = 1i64;\nint main(void) { return y; }\n")]);
    let said = wrong.ovl(&["cc", "--cc=gcc", "-c", "a.c"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("a.c:2:") && !said.contains("suffix"), "{said}");
}

#[test]
fn generic_text_names_mean_what_they_do_in_either_kind_of_text() {
    let source = include_str!("generic_text.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source), ("files/one.txt", "12345")]);
    let directory = place.path("files");
    let printed = "<5 1><two 3><x 1>\n25 1 1 1 0 abc 0 zzz 0 1\n41 22 13 1 2 1 1 1 1\none.txt 5 0 5 said\n3 7\n";
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            for options in [&["-D_CRT_SECURE_NO_WARNINGS"][..], &["-DUNICODE", "-D_UNICODE"]] {
                place.compile(&[&["cc", &compiler, "-Wall", file], options].concat());
                let run = place.run(&[directory.to_str().unwrap()]);
                assert_eq!(run, (printed.into(), 0), "{compiler} {file} {options:?}");
            }
        }
    }
}

#[test]
fn a_block_with_its_handler_is_one_statement() {
    let source = include_str!("one_statement.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for (file, optimized) in [("a.c", "-O0"), ("a.c", "-O2"), ("b.cpp", "-O0"), ("b.cpp", "-O2")] {
            place.compile(&["cc", &compiler, "-Wno-dangling-else", optimized, file]);
            assert_eq!(place.run(&[]), ("1 f1 h2 3 f3 h3 then end else \n".into(), 0), "{compiler} {file} {optimized}");
        }
    }
}

/// `static` comes late in both, and the names are those of a file system that has no case.
#[test]
fn functions_that_become_static_and_sources_in_capitals_are_c() {
    let place = Place::new(&[
        (
            "MAIN.C",
            "int twice(int);\nint other(void);\nint main(void) { int class = 4; return twice(class) + other(); }\nstatic int twice(int x) { return 2 * x; }\n",
        ),
        (
            "OTHER.C",
            "extern int twice(int);\nint other(void) { return twice(1); }\nstatic int twice(int x) { return 20 * x; }\n",
        ),
    ]);
    for compiler in compilers() {
        place.compile(&["cc", &compiler, "-Wall", "MAIN.C", "OTHER.C"]);
        assert_eq!(place.run(&[]).1, 28, "{compiler}");
        place.compile(&["cc", &compiler, "-Wall", "-x", "c", "MAIN.C", "OTHER.C"]);
        assert_eq!(place.run(&[]).1, 28, "{compiler}: named");
    }
}
