//! `ovl cc` where a build system or a batch file calls a compiler: make, CMake, response files, the options of Microsoft's compiler.

use super::{Place, library};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const MAIN: &str =
    "#include \"stdafx.h\"\nint part(void);\nint main(void) { printf(\"%d %d\\n\", part(), NAME); return 0; }\n";
const PART: &str = "#include \"stdafx.h\"\n#include <string>\nextern \"C\" int part(void) { return (int)std::string(40, 'x').size(); }\n";
/// A precompiled header of Visual Studio, with the source that makes it.
const STDAFX: &str =
    "#pragma once\n#include <WinSock2.h>\n#include <Windows.h>\n#include <stdio.h>\n#include <tchar.h>\n";

fn project() -> Place {
    Place::new(&[
        ("main.c", MAIN),
        ("src/part.cpp", PART),
        ("inc/StdAfx.h", STDAFX),
        ("stdafx.cpp", "#include \"stdafx.h\"\n"),
        ("app.rc", "1 ICON \"app.ico\"\n"),
    ])
}

/// A program of the build, with `ovl` for its compilers.
pub(super) fn tool(place: &Place, name: &str) -> Command {
    library();
    let ovl = env!("CARGO_BIN_EXE_ovl");
    let mut tool = Command::new(name);
    tool.current_dir(place.path("")).env("XDG_CACHE_HOME", place.path("cache")).env_remove("MAKEFLAGS");
    tool.env("CC", format!("{ovl} cc")).env("CXX", format!("{ovl} c++"));
    tool
}

pub(super) fn good(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{said}", String::from_utf8_lossy(&output.stdout));
    said
}

pub(super) fn here(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        // Past the capture of output, which hides what tests print that pass.
        let _ = writeln!(std::io::stderr(), "!!! NOT CHECKED: {program} is not installed");
    }
    found
}

#[test]
fn make_compiles_and_links_with_it() {
    if !here("make") {
        return;
    }
    let place = project();
    fs::write(
        place.path("Makefile"),
        "CPPFLAGS = -Iinc -DNAME=2 -MMD -MP\n\
         program: main.o src/part.o stdafx.o\n\t$(CXX) -o $@ $^ -lws2_32 -lmswsock -mwindows -static-libgcc -Wl,--subsystem,windows\n\
         -include main.d\n",
    )
    .unwrap();
    good(tool(&place, "make").arg("-e"));
    assert_eq!(place.run(&[]).0, "40 2\n");
    assert!(fs::read_to_string(place.path("main.d")).unwrap().contains("StdAfx.h"));
}

#[test]
fn cmake_takes_it_for_a_compiler() {
    if !here("cmake") {
        return;
    }
    let place = project();
    fs::write(
        place.path("CMakeLists.txt"),
        "cmake_minimum_required(VERSION 3.15)\nproject(program C CXX)\n\
         include(CheckSymbolExists)\n\
         check_symbol_exists(CreateIoCompletionPort windows.h HAVE_PORTS)\n\
         check_symbol_exists(NoSuchFunctionOfWindows windows.h HAVE_NONSENSE)\n\
         if(NOT HAVE_PORTS OR HAVE_NONSENSE)\n  message(FATAL_ERROR \"checks do not work\")\nendif()\n\
         add_library(part STATIC src/part.cpp)\nadd_executable(program main.c stdafx.cpp)\n\
         target_include_directories(part PRIVATE inc)\ntarget_include_directories(program PRIVATE inc)\n\
         target_compile_definitions(program PRIVATE NAME=3)\ntarget_link_libraries(program part ws2_32)\n",
    )
    .unwrap();
    good(tool(&place, "cmake").args(["-S", ".", "-B", "build"]));
    good(tool(&place, "cmake").args(["--build", "build"]));
    fs::copy(place.path("build/program"), place.path("program")).unwrap();
    assert_eq!(place.run(&[]).0, "40 3\n");
}

/// Projects choose their sources by WIN32.
#[test]
fn cmake_may_be_told_that_the_system_is_windows() {
    if !here("cmake") {
        return;
    }
    let place = project();
    fs::write(
        place.path("CMakeLists.txt"),
        "cmake_minimum_required(VERSION 3.15)\nproject(program C CXX)\n\
         if(NOT WIN32)\n  message(FATAL_ERROR \"not Windows\")\nendif()\n\
         add_executable(program main.c stdafx.cpp src/part.cpp)\ntarget_include_directories(program PRIVATE inc)\n\
         target_compile_definitions(program PRIVATE NAME=8)\ntarget_link_libraries(program ws2_32)\n",
    )
    .unwrap();
    good(tool(&place, "cmake").args(["-S", ".", "-B", "build", "-DCMAKE_SYSTEM_NAME=Windows"]));
    good(tool(&place, "cmake").args(["--build", "build"]));
    fs::copy(place.path("build/program.exe"), place.path("program")).unwrap();
    assert_eq!(place.run(&[]).0, "40 8\n");
}

#[test]
fn a_compiler_that_is_ovl_itself_does_not_call_itself() {
    let place = project();
    let ovl = format!("ccache {} cc", env!("CARGO_BIN_EXE_ovl"));
    let output = tool(&place, env!("CARGO_BIN_EXE_ovl")).env("CC", ovl).args(["cc", "-dumpmachine"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_script_that_calls_ovl_can_be_the_compiler() {
    let place = Place::new(&[(
        "a.c",
        "#include <windows.h>\nint main(void) { CRITICAL_SECTION section; InitializeCriticalSection(&section); return 5; }",
    )]);
    let script = place.path("windows-cc");
    fs::write(&script, format!("#!/bin/sh\nexec {} cc --windows-only \"$@\"\n", env!("CARGO_BIN_EXE_ovl"))).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    good(tool(&place, script.to_str().unwrap()).env("CC", &script).args(["-O1", "a.c", "-o", "program"]));
    assert_eq!(place.run(&[]).1, 5);
}

#[test]
fn a_batch_file_for_microsofts_compiler_needs_one_word_changed() {
    let place = project();
    let good = |arguments: &[&str]| {
        let output = place.ovl(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let common = ["cc", "/nologo", "/W3", "/O2", "/EHsc", "/MT", "/Iinc", "/D", "NAME=4", "/D_CONSOLE", "/Yustdafx.h"];
    good(&[&common[..], &["/c", "main.c"]].concat());
    good(&[&common[..], &["/c", "/Fosrc\\", "src\\part.cpp"]].concat());
    let said = good(&[
        "c++",
        "/nologo",
        "main.obj",
        "src\\part.obj",
        "app.rc",
        "/Fe:program",
        "/link",
        "/SUBSYSTEM:CONSOLE",
        "ws2_32.lib",
    ]);
    assert_eq!(place.run(&[]).0, "40 4\n");
    assert!(said.starts_with("ovl c++: app.rc is left out: "), "{said}");
    // All at once, from a response file as Visual Studio writes it.
    let words = "/nologo /Iinc \"/DNAME=5\"\r\nmain.c src\\part.cpp\r\n/link /OUT:program kernel32.lib user32.lib\r\n";
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(words.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(place.path("build.rsp"), utf16).unwrap();
    good(&["cc", "@build.rsp"]);
    assert_eq!(place.run(&[]).0, "40 5\n");
}

#[test]
fn static_links_the_library_in() {
    let place = project();
    place.compile(&["cc", "-static", "-Iinc", "-DNAME=6", "main.c", "src/part.cpp"]);
    assert_eq!(place.run(&[]).0, "40 6\n");
    let needed = Command::new("readelf").args(["-dW"]).arg(place.path("program")).output().unwrap();
    assert!(!String::from_utf8_lossy(&needed.stdout).contains("liboverlapped"), "it needs the shared library");
}

#[test]
fn text_of_windows_editors_is_read() {
    let text = "#include <windows.h>\r\nint main(void) { return sizeof(L\"\u{e9}\") == 4 ? 7 : 0; }\r\n";
    let place = Place::new(&[("bom.c", &format!("\u{feff}{text}"))]);
    place.compile(&["cc", "bom.c"]);
    assert_eq!(place.run(&[]).1, 7);
}

#[test]
fn sources_in_utf16_are_compiled_with_what_they_include() {
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let place = Place::new(&[
        ("src/plain.h", "#include \"..\\INC\\Wide.h\"\n"),
        ("src/other.c", "int other(void) { return 3; }"),
    ]);
    let main = "#include <Windows.h>\r\n#include \"plain.h\"\r\n#include <Listed.h>\r\n\
        int main(void) { return VALUE + LISTED + other() + (strstr(__FILE__, \"wide.c\") && __LINE__ == 4 ? 100 : 0) + sizeof(L\"\u{e9}\"); }\r\n";
    fs::create_dir(place.path("inc")).unwrap();
    fs::create_dir(place.path("listed")).unwrap();
    fs::write(place.path("src/wide.c"), utf16(main)).unwrap();
    fs::write(place.path("inc/wide.h"), utf16("int other(void);\r\n#define VALUE 40\r\n")).unwrap();
    fs::write(place.path("listed/listed.h"), utf16("#define LISTED 20\r\n")).unwrap();
    place.compile(&["cc", "src/wide.c", "src/other.c", "-Ilisted"]);
    assert_eq!(place.run(&[]).1, 40 + 20 + 3 + 100 + 4);
    fs::write(place.path("src/wide.c"), utf16("int main(void) {\r\n    return nothing;\r\n}\r\n")).unwrap();
    let output = place.ovl(&["cc", "src/wide.c", "-o", "program"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("src/wide.c:2:") && said.contains("nothing"), "{said}");
}

/// The completion key of old programs: a pointer in 32 bits.
#[test]
fn a_pointer_that_is_kept_in_32_bits_comes_back_whole() {
    let main = "#include <winsock2.h>
#include <stdio.h>
struct Data { int value; };
static HANDLE port;
DWORD WINAPI worker(LPVOID) {
    DWORD bytes; Data *data; OVERLAPPED *io; DWORD small;
    if (!GetQueuedCompletionStatus(port, &bytes, (LPDWORD)&data, (LPOVERLAPPED *)&io, 60000)) return 1;
    printf(\"%d\", data->value);
    Data *again = (Data *)GlobalAlloc(GPTR, 1 << 20);
    again->value = 8;
    PostQueuedCompletionStatus(port, 0, (DWORD)again, NULL);
    if (!GetQueuedCompletionStatus(port, &bytes, (LPDWORD)&data, (LPOVERLAPPED *)&io, 60000)) return 1;
    printf(\" %d\\n\", data->value);
    return 0;
}
void main(void) {
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, (DWORD)0, 0);
    Data *data = new Data; data->value = 7;
    PostQueuedCompletionStatus(port, 0, (DWORD) data, NULL);
    HANDLE thread = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    WaitForSingleObject(thread, 60000);
}
";
    let place = Place::new(&[("old.cpp", main)]);
    let output = place.ovl(&["c++", "-w", "old.cpp", "-o", "program"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.run(&[]).0, "7 8\n");
}
