//! Libraries of the user's own: linked with by an import library, found beside the program, with one copy of their data.

use super::{Place, compilers};
use std::fs;
use std::process::Command;

const HEADER: &str = "#ifdef PART\n#define API __declspec(dllexport)\n#else\n#define API __declspec(dllimport)\n#endif\n\
    #ifdef __cplusplus\nextern \"C\" {\n#endif\nextern API int counter;\nAPI int raise_it(void);\n#ifdef __cplusplus\n}\n#endif\n";
const PART: &str = "#define PART\n#include <windows.h>\n#include \"part.h\"\nint counter = 1;\nint raise_it(void) { return ++counter; }\n";
const MAIN: &str = "#include <windows.h>\n#include <stdio.h>\n#include \"part.h\"\n\
    int main(void) { int first = raise_it(); int seen = counter; counter = 10; printf(\"%d %d %d\\n\", first, seen, raise_it()); return 0; }\n";
/// As it is without attributes: found by the linker all the same.
const USER: &str = "#include <windows.h>\n#include \"part.h\"\n__declspec(dllexport) int twice(void) { return raise_it() + counter; }\n";

fn place() -> Place {
    let place =
        Place::new(&[("part.h", HEADER), ("part.c", PART), ("main.c", MAIN), ("main.cpp", MAIN), ("user.c", USER)]);
    fs::create_dir(place.path("lib")).unwrap();
    place
}

fn good(place: &Place, arguments: &[&str]) {
    let output = place.ovl(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{arguments:?}: {said}");
}

/// From another directory, as programs are started.
fn run(place: &Place, program: &str) -> String {
    let output = Command::new(place.path(program)).current_dir("/").output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn data_of_a_library_are_the_librarys_also_in_the_program() {
    for compiler in compilers() {
        let place = place();
        for optimised in ["-O0", "-O2"] {
            good(&place, &["cc", &compiler, optimised, "-shared", "part.c", "-o", "part.dll"]);
            for source in ["main.c", "main.cpp"] {
                good(&place, &["cc", &compiler, optimised, source, "part.dll", "-o", "program"]);
                assert_eq!(run(&place, "program"), "2 2 11\n", "{compiler} {optimised} {source}");
            }
        }
    }
}

/// A module that calls the program which loads it, and that program.
const MODULE: &str = "#include <windows.h>\n__declspec(dllimport) extern int counter;\n__declspec(dllimport) int raise_it(void);\n\
    __declspec(dllexport) int both(void) { counter += 5; return raise_it(); }\n";
const HOST: &str = "#include <windows.h>\n#include <stdio.h>\n\
    __declspec(dllexport) int counter = 1;\n__declspec(dllexport) int raise_it(void) { return ++counter; }\n\
    int main(void) {\n\
        HMODULE module = LoadLibraryA(\"module.dll\");\n\
        int (*both)(void) = (int (*)(void))(void *)GetProcAddress(module, \"both\");\n\
        if (!both) return 1;\n\
        int made = both();\n\
        printf(\"%d %d\\n\", made, counter);\n\
        return 0;\n\
    }\n";

#[test]
fn a_program_has_an_import_library_for_its_modules() {
    for compiler in compilers() {
        let place = Place::new(&[("host.c", HOST), ("module.c", MODULE)]);
        let import = "-Wl,--export-all-symbols,--out-implib=libhost.a";
        good(&place, &["cc", &compiler, "host.c", "-o", "host", import]);
        good(&place, &["cc", &compiler, "-shared", "module.c", "-L.", "-lhost", "-o", "module.dll"]);
        assert_eq!(run(&place, "host"), "7 7\n", "{compiler}");
        // Without the option for all symbols: what is marked for export is reached as well.
        good(&place, &["cc", &compiler, "host.c", "-o", "host", "-Wl,--out-implib,libhost.a"]);
        assert_eq!(run(&place, "host"), "7 7\n", "{compiler}");
    }
}

#[test]
fn an_import_library_is_made_and_linked_with() {
    let place = place();
    // As CMake says it; and as libtool does.
    let cmakes = "-Wl,--out-implib,lib/libpart.dll.a";
    good(
        &place,
        &["cc", "-shared", "part.c", "-o", "part.dll", cmakes, "-Wl,--major-image-version,0,--minor-image-version,0"],
    );
    good(
        &place,
        &["cc", "-shared", "user.c", "-Llib", "-lpart", "-o", "user.dll", "-Wl,--out-implib", "-Wl,lib/libuser.dll.a"],
    );
    let twice = "#include <stdio.h>\nint twice(void);\nint main(void) { printf(\"%d\\n\", twice()); return 0; }\n";
    fs::write(place.path("twice.c"), twice).unwrap();
    good(&place, &["cc", "twice.c", "-L", "lib", "-luser", "-lpart", "-o", "program"]);
    // Nothing of this is needed to run it, and all of it may be elsewhere.
    fs::remove_dir_all(place.path("lib")).unwrap();
    fs::create_dir(place.path("bin")).unwrap();
    for name in ["program", "part.dll", "user.dll"] {
        fs::rename(place.path(name), place.path("bin").join(name)).unwrap();
    }
    assert_eq!(run(&place, "bin/program"), "4\n");
    fs::remove_file(place.path("bin/part.dll")).unwrap();
    assert!(!Command::new(place.path("bin/program")).output().unwrap().status.success(), "it runs without its library");
}

#[test]
fn microsofts_linker_makes_one_without_being_asked() {
    let place = place();
    good(&place, &["cc", "/nologo", "/LD", "part.c"]);
    good(&place, &["cc", "/nologo", "main.c", "part.lib", "/Fe:program"]);
    assert_eq!(run(&place, "program"), "2 2 11\n");
    good(&place, &["cc", "/nologo", "part.c", "/link", "/DLL", "/OUT:other.dll", "/IMPLIB:lib\\named.lib"]);
    good(&place, &["cc", "main.c", "-Llib", "-lnamed", "-o", "program"]);
    assert_eq!(run(&place, "program"), "2 2 11\n");
}
