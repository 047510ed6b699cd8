//! `ovl cc` and `ovl c++`: Windows source compiles unchanged and runs, and what does not is explained.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;
use tempfile::TempDir;

#[path = "cc/attach.rs"]
mod attach;
#[path = "cc/builds.rs"]
mod builds;
#[path = "cc/facts.rs"]
mod facts;
#[path = "cc/faults.rs"]
mod faults;
#[path = "cc/forms.rs"]
mod forms;
#[path = "cc/given.rs"]
mod given;
#[path = "cc/habits.rs"]
mod habits;
#[path = "cc/libraries.rs"]
mod libraries;
#[path = "cc/rio.rs"]
mod rio;
#[path = "cc/services.rs"]
mod services;
#[path = "cc/surroundings.rs"]
mod surroundings;
#[path = "cc/windows_only.rs"]
mod windows_only;

/// The library, which cargo does not build for the tests of a program.
fn library() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "overlapped-win32-library"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        // Beside the program under test.
        let target = Path::new(env!("CARGO_BIN_EXE_ovl")).ancestors().nth(2).unwrap();
        assert!(cargo.arg("--target-dir").arg(target).status().unwrap().success());
    });
}

/// A directory with sources, and a cache of its own.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = place.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn ovl(&self, arguments: &[&str]) -> Output {
        library();
        let mut ovl = Command::new(env!("CARGO_BIN_EXE_ovl"));
        ovl.args(arguments).current_dir(self.0.path()).env("XDG_CACHE_HOME", self.path("cache"));
        ovl.env_remove("CC").env_remove("CXX").env("LC_ALL", "C.UTF-8").output().unwrap()
    }

    /// Compiles to `program`; the compiler has nothing to say.
    fn compile(&self, arguments: &[&str]) {
        let output = self.ovl(&[arguments, &["-o", "program"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {said}");
    }

    /// Output and exit code of `program`.
    fn run(&self, arguments: &[&str]) -> (String, i32) {
        let output = Command::new(self.path("program")).args(arguments).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    }
}

/// `--cc=` for each compiler of this machine.
fn compilers() -> Vec<String> {
    let here = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    ["gcc", "clang"].iter().filter(|name| here(name)).map(|name| format!("--cc={name}")).collect()
}

#[test]
fn a_program_with_each_kind_of_entry_point_runs() {
    for (name, source, printed, code) in [
        ("a.c", "int main(void) { printf(\"main\\n\"); return 3; }", "main\n", 3),
        ("a.c", "void main(int argc, char **argv) { printf(\"%d %s\\n\", argc, argv[1]); }", "2 x\u{e9}\n", 0),
        (
            "a.c",
            "int wmain(int argc, wchar_t **argv) { printf(\"%d %d %ls\\n\", argc, (int)wcslen(argv[1]), argv[1]); return 4; }",
            "2 2 x\u{e9}\n",
            4,
        ),
        ("a.cpp", "void wmain() { printf(\"void wmain\\n\"); }", "void wmain\n", 0),
        ("a.Cpp", "void main() { printf(\"void main\\n\"); }", "void main\n", 0),
        (
            "a.cc",
            "int _tmain(int argc, _TCHAR *argv[]) { _tprintf(_T(\"%d %s\\n\"), argc, argv[1]); return 5; }",
            "2 x\u{e9}\n",
            5,
        ),
        (
            "a.cxx",
            "int WINAPI WinMain(HINSTANCE, HINSTANCE, LPSTR text, int) { printf(\"%s\\n\", text); return 6; }",
            "x\u{e9}\n",
            6,
        ),
    ] {
        let source = format!("#include <windows.h>\n#include <stdio.h>\n#include <tchar.h>\n{source}\n");
        let place = Place::new(&[(name, &source)]);
        for compiler in compilers() {
            place.compile(&["cc", &compiler, name]);
            assert_eq!(place.run(&["x\u{e9}"]), (printed.into(), code), "{compiler} {source}");
            place.compile(&["cc", &compiler, "-DUNICODE", "-D_UNICODE", name]);
            assert_eq!(place.run(&["x\u{e9}"]), (printed.into(), code), "{compiler} {source}");
        }
    }
}

const EXCEPTIONS: &str = r#"
#include <windows.h>
#include <stdio.h>
int main(void) {
    int i, sum = 0;
    __try { if (sum == 0) __leave; sum = 100; } __finally { sum += 1; }
    __try { __try { __leave; } __finally { sum += 10; } sum += 1000; } __finally { sum += 100; }
    for (i = 0; i < 3; i++) { __try { if (i == 1) __leave; sum += 10000; } __except (GetExceptionCode() == EXCEPTION_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) { sum = -1; } }
    printf("%d\n", sum);
    return 0;
}
"#;

#[test]
fn structured_exception_blocks_run() {
    let place =
        Place::new(&[("a.c", EXCEPTIONS), ("b.cpp", &format!("#include <vector>\n#include <string>\n{EXCEPTIONS}"))]);
    for compiler in compilers() {
        for source in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-Wextra", source]);
            assert_eq!(place.run(&[]).0, "21111\n", "{compiler} {source}");
        }
    }
}

#[test]
fn a_wide_string_of_the_cxx_library_has_16_bit_units() {
    let source = r#"
        #include <string>
        #include <map>
        #include <windows.h>
        #include <stdio.h>
        int main() {
            std::wstring text = L"start";
            for (int i = 0; i < 100; i++) text += L"\x00e9" + std::to_wstring(i % 10);
            std::map<std::wstring, int> seen; seen[text] = 1;
            std::wstring copy(text.begin(), text.end());
            printf("%d %d %d %d\n", (int)sizeof(wchar_t), (int)text.size(), (int)text.find(L"9"), seen.count(copy) == 1 && text.compare(copy) == 0);
            printf("%ls %d\n", text.substr(0, 7).c_str(), std::stoi(std::wstring(L"-12")));
        }"#;
    let place = Place::new(&[("a.cpp", source)]);
    for compiler in compilers() {
        for options in [&["cc", &compiler, "a.cpp"][..], &["c++", &compiler, "-O2", "-std=c++20", "a.cpp"]] {
            place.compile(options);
            assert_eq!(place.run(&[]).0, "2 205 24 1\nstart\u{e9}0 -12\n", "{options:?}");
        }
    }
}

#[test]
fn formats_are_microsofts() {
    let source = r#"
        #include <windows.h>
        #include <stdio.h>
        int main(void) {
            DWORD d = 0xFFFFFFFF; LONG l = -2; wchar_t room[32]; char narrow[8];
            printf("%lu %ld %I64d %I64x %S|%ws|%hs\n", d, l, (__int64)-5, (unsigned __int64)1 << 40, L"wide", L"w", "n");
            swprintf(room, 32, L"%s %S %d", L"wide", "narrow", 7);
            printf("%ls %d\n", room, _snprintf(narrow, sizeof narrow, "%s", "123456789"));
            return 0;
        }"#;
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-O2", file]);
            assert_eq!(
                place.run(&[]).0,
                "4294967295 -2 -5 10000000000 wide|w|n\nwide narrow 7 -1\n",
                "{compiler} {file}"
            );
        }
    }
}

#[test]
fn pointers_to_long_and_int_go_where_dwords_do() {
    let source = r#"
        #include <windows.h>
        #include <stdio.h>
        int main(void) {
            unsigned long bytes = 0xAAAAAAAAAAAAAAAAul; ULONG_PTR key; LPOVERLAPPED overlapped; long count = 5;
            HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
            PostQueuedCompletionStatus(port, 42, 7, NULL);
            GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
            InterlockedIncrement(&count); InterlockedExchangeAdd(&count, -3);
            printf("%d %d %d\n", (int)bytes, bytes == 42, (int)count);
            return 0;
        }"#;
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", "-Wextra", file]);
            assert_eq!(place.run(&[]).0, "42 1 3\n", "{compiler} {file}");
        }
    }
}

#[test]
fn names_of_headers_are_found_in_any_case_and_with_backslashes() {
    let main = "#include <Windows.h>\r\n#include <STDIO.H>\r\n#include \"Sub\\Part.h\"\r\n#include \"Other.H\"\r\n/* \u{fffd} */\r\nint main(void)\r\n{\r\n    printf(\"%d\\n\", part() + other());\r\n    return 0;\r\n}\r\n";
    let place = Place::new(&[
        ("main.c", main),
        ("sub/part.h", "#pragma once\n#pragma comment(lib, \"ws2_32.lib\")\nstatic int part(void) { return 40; }\n"),
        ("inc/other.h", "static int other(void) { return 2; }\n"),
    ]);
    for compiler in compilers() {
        place.compile(&["cc", &compiler, "-Wall", "-Iinc", "main.c", "-lWs2_32", "kernel32.lib"]);
        assert_eq!(place.run(&[]).0, "42\n");
    }
}

#[test]
fn sources_of_both_languages_and_objects_make_one_program() {
    let place = Place::new(&[
        ("main.c", "#include <windows.h>\nint twice(int); int main(void) { return twice(21); }\n"),
        (
            "twice.cpp",
            "#include <string>\n#include <windows.h>\nextern \"C\" int twice(int x) { return (int)std::string(2 * x, 'x').size(); }\n",
        ),
    ]);
    for compiler in compilers() {
        place.compile(&["cc", &compiler, "main.c", "twice.cpp"]);
        assert_eq!(place.run(&[]).1, 42);
        for (driver, source) in [("cc", "main.c"), ("c++", "twice.cpp")] {
            let output = place.ovl(&[driver, &compiler, "-c", source]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        place.compile(&["c++", &compiler, "main.o", "twice.o"]);
        assert_eq!(place.run(&[]).1, 42);
    }
}

/// As a Windows editor saves it.
fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

const SERVICE_HEADER: &str = r#"
#pragma once
#pragma comment(lib, "ws2_32.lib")
#pragma warning(disable : 4996)
#ifdef SERVICE_EXPORTS
#define SERVICE_API __declspec(dllexport)
#else
#define SERVICE_API __declspec(dllimport)
#endif
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
typedef struct _JOB { OVERLAPPED Overlapped; HANDLE hPort; TCHAR szName[MAX_PATH]; } JOB, *PJOB;
EXTERN_C DWORD WINAPI ServiceThread(LPVOID lpParameter);
"#;

const SERVICE_MAIN: &str = r#"
#include "StdAfx.h"
#include "..\Include\Service.H"
#include <Process.h>

__declspec(thread) static int nCalls;
__declspec(align(16)) static BYTE aBlock[64];
static CRITICAL_SECTION g_cs;

static unsigned __stdcall Worker(void *pv)
{
    PJOB pJob = (PJOB)pv;
    unsigned long dwBytes;
    ULONG_PTR ulKey;
    LPOVERLAPPED pOverlapped;
    __int64 llTotal = 0;
    while (GetQueuedCompletionStatus(pJob->hPort, &dwBytes, &ulKey, &pOverlapped, INFINITE) && ulKey != 0) {
        EnterCriticalSection(&g_cs);
        __try {
            if (dwBytes == 13)
                __leave;
            llTotal += dwBytes;
        } __finally {
            LeaveCriticalSection(&g_cs);
        }
        nCalls++;
    }
    _tprintf(TEXT("%s: %I64d in %d calls\n"), pJob->szName, llTotal, nCalls);
    return 0;
}

int _tmain(int argc, TCHAR *argv[])
{
    JOB job;
    unsigned uThread;
    HANDLE hThread;
    DWORD i, dwCode;
    ZeroMemory(&job, sizeof(job));
    InitializeCriticalSection(&g_cs);
    _tcscpy_s(job.szName, COUNT_OF(job.szName), argc > 1 ? argv[1] : _T("none"));
    job.hPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    hThread = (HANDLE)_beginthreadex(NULL, 0, Worker, &job, 0, &uThread);
    for (i = 10; i <= min(14, max(3, 20)); i++)
        PostQueuedCompletionStatus(job.hPort, i, 1, NULL);
    PostQueuedCompletionStatus(job.hPort, 0, 0, NULL);
    WaitForSingleObject(hThread, INFINITE);
    GetExitCodeThread(hThread, &dwCode);
    DeleteCriticalSection(&g_cs);
    return ServiceThread(&job) + (int)dwCode + ((ULONG_PTR)aBlock % 16 != 0);
}
"#;

#[test]
fn a_windows_project_of_several_files_compiles_unchanged() {
    let library = "#define SERVICE_EXPORTS\n#include \"StdAfx.h\"\n#include \"..\\include\\service.h\"\nSERVICE_API DWORD WINAPI ServiceThread(LPVOID lpParameter)\n{\n    UNREFERENCED_PARAMETER(lpParameter);\n    return 42;\n}\n";
    let place = Place::new(&[
        (
            "Src/stdafx.h",
            &crlf(
                "#pragma once\n#define WIN32_LEAN_AND_MEAN\n#include <Windows.h>\n#include <TCHAR.H>\n#include <StdIO.h>\n",
            ),
        ),
        ("Include/service.h", &crlf(SERVICE_HEADER)),
        ("Src/Main.c", &crlf(SERVICE_MAIN)),
        ("Src/Service.cpp", &crlf(library)),
    ]);
    for compiler in compilers() {
        for unicode in [&[][..], &["-DUNICODE", "-D_UNICODE"]] {
            for source in ["Src/Main.c", "Src/Service.cpp"] {
                let object = if source.ends_with(".c") { "main.o" } else { "service.o" };
                let output =
                    place.ovl(&[&["cc", &compiler, "-Wall", "-O1", "-c", source, "-o", object], unicode].concat());
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success() && said.is_empty(), "{compiler} {unicode:?} {source}: {said}");
            }
            place.compile(&["c++", &compiler, "main.o", "service.o", "-lws2_32"]);
            assert_eq!(place.run(&["job"]), ("job: 47 in 5 calls\n".into(), 42), "{compiler} {unicode:?}");
        }
    }
}

#[test]
fn a_shared_library_is_loaded_by_its_windows_name() {
    let library = "#include <windows.h>\n__declspec(dllexport) int Twice(int x) { return 2 * x; }\n";
    let program = "#include <windows.h>\n#include <stdio.h>\ntypedef int (*TWICE)(int);\nint main(void)\n{\n    HMODULE module = LoadLibraryA(\"./libtwice.so\");\n    TWICE twice = module ? (TWICE)(void *)GetProcAddress(module, \"Twice\") : NULL;\n    printf(\"%d %d\\n\", twice ? twice(21) : -1, GetProcAddress(module, \"Thrice\") == NULL);\n    return !FreeLibrary(module);\n}\n";
    let place = Place::new(&[("twice.c", library), ("main.c", program)]);
    for compiler in compilers() {
        let output = place.ovl(&["cc", &compiler, "-shared", "-fPIC", "twice.c", "-o", "libtwice.so"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        place.compile(&["cc", &compiler, "main.c"]);
        let output = Command::new(place.path("program")).current_dir(place.0.path()).output().unwrap();
        assert_eq!(
            (String::from_utf8_lossy(&output.stdout).as_ref(), output.status.code()),
            ("42 1\n", Some(0)),
            "{compiler}"
        );
    }
}

#[test]
fn a_language_that_is_named_is_for_the_sources_alone() {
    let place = Place::new(&[(
        "a.c",
        "#include <string>\n#include <windows.h>\nint main() { return (int)std::string(\"four\").size(); }\n",
    )]);
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-x", "c++", "a.c"]);
        assert_eq!(place.run(&[]).1, 4, "{compiler}");
    }
}

#[test]
fn the_library_can_be_linked_in() {
    let place = Place::new(&[(
        "a.c",
        "#include <windows.h>\nint main(void) { SetLastError(7); return (int)GetLastError(); }\n",
    )]);
    place.compile(&["cc", "--static-overlapped", "a.c"]);
    assert_eq!(place.run(&[]).1, 7);
}

#[test]
fn a_function_that_does_not_exist_is_named_with_what_to_do() {
    let source = "#include <windows.h>\nint main(void) { NoSuchThing(1); CryptEncrypt(0); return 0; }\n";
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            let output = place.ovl(&["cc", &compiler, file]);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains("ovl: NoSuchThing: if this is a function of Windows"), "{compiler}: {said}");
            assert!(said.contains("ovl: CryptEncrypt: this belongs to cryptography"), "{compiler}: {said}");
        }
    }
}

#[test]
fn a_makefile_can_use_the_flags() {
    let place = Place::new(&[(
        "a.c",
        "#include <Windows.h>\n#include <stdio.h>\nint wmain(void) { printf(\"%I64d\\n\", (__int64)1); return 0; }\n",
    )]);
    let flags = |what: &str| {
        let output = place.ovl(&["cc", what]);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let line = format!("gcc {} a.c {} -o program", flags("--print-flags=compile"), flags("--print-flags=link"));
    assert!(Command::new("sh").args(["-c", &line]).current_dir(place.0.path()).status().unwrap().success(), "{line}");
    assert_eq!(place.run(&[]).0, "1\n");
}

#[test]
fn a_compiler_that_is_not_there_is_said_to_be_so() {
    let place = Place::new(&[("a.c", "int main(void) { return 0; }\n")]);
    let output = place.ovl(&["cc", "--cc=no-such-compiler", "-c", "a.c"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "ovl cc: no-such-compiler was not found; install it, or name another with --cc\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn wide_streams_have_units_of_16_bits_and_file_streams_take_windows_names() {
    let place = Place::new(&[("streams.cpp", include_str!("cc/wide_streams.cpp"))]);
    fs::write(place.path("input"), "één 5 x\nline two\n").unwrap();
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-Wno-deprecated-declarations", "streams.cpp"]);
        let mut program = Command::new(place.path("program"));
        program.current_dir(place.0.path()).stdin(fs::File::open(place.path("input")).unwrap());
        let output = program.output().unwrap();
        let expected = "wide é总😀    42\nthen narrow\nthen cout\nend\n12345 ok\n0 failures\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{compiler}");
    }
}

#[test]
fn structured_exceptions_and_faults_are_caught() {
    let place = Place::new(&[
        ("a.c", include_str!("cc/exceptions.c")),
        ("b.cpp", include_str!("cc/exceptions.c")),
        ("mixed.cpp", include_str!("cc/exceptions_cxx.cpp")),
    ]);
    let plain = "filter E0000001 2 7\nfinally 1\nhandled E0000001\nfilter E0000002 2 7\nfinally 1\nouter handled\n\
                 rounds 4, 1 2\nfirst\nsecond 2\nbody\nfinally 0\n\
                 filter C0000005 2 0\nfault\nfilter C0000005 2 1\nfault\ndivided\nend\n";
    let mixed = "destroyed\nE0000003\nfinally 1\nthrown\nfinally 1\na C++ exception\nworks\nthread 5\n";
    for compiler in compilers() {
        for optimized in ["-O0", "-O2"] {
            for source in ["a.c", "b.cpp"] {
                place.compile(&["cc", &compiler, optimized, "-Wall", "-Wextra", source]);
                assert_eq!(place.run(&[]), (plain.into(), 0), "{compiler} {optimized} {source}");
            }
            place.compile(&["c++", &compiler, optimized, "-Wall", "-Wextra", "mixed.cpp"]);
            assert_eq!(place.run(&[]), (mixed.into(), 0), "{compiler} {optimized}");
        }
    }
}

#[test]
fn filters_are_asked_before_anything_is_undone() {
    let source = include_str!("cc/rounds.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source), ("mixed.cpp", include_str!("cc/rounds_cxx.cpp"))]);
    let mixed =
        "filter\ngoes on\nfilter\ndestroyed\nfinally 1\nhandled\nlambda 2\nleft 1\nin the block\nhandled again\n";
    for compiler in compilers() {
        for optimized in ["-O0", "-O1", "-O3"] {
            for source in ["a.c", "b.cpp"] {
                place.compile(&["cc", &compiler, optimized, "-Wall", "-Wextra", source]);
                let expected = include_str!("cc/rounds.expected");
                assert_eq!(place.run(&[]), (expected.into(), 0), "{compiler} {optimized} {source}");
            }
            place.compile(&["c++", &compiler, optimized, "-Wall", "-Wextra", "mixed.cpp"]);
            assert_eq!(place.run(&[]), (mixed.into(), 0), "{compiler} {optimized}");
        }
    }
}

#[test]
fn the_whole_cxx_library_goes_with_the_windows_headers() {
    let source =
        "#include <thread>\n#include <windows.h>\n#include <winsock2.h>\n#include <bits/stdc++.h>\nint main() {}\n";
    let place = Place::new(&[("a.cpp", source)]);
    for compiler in compilers() {
        for standard in ["-std=gnu++11", "-std=gnu++17", "-std=gnu++20"] {
            place.compile(&["c++", &compiler, standard, "a.cpp"]);
            assert_eq!(place.run(&[]).1, 0, "{compiler} {standard}");
        }
    }
}
