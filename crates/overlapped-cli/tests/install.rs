//! What `scripts/install` leaves behind is enough: for `ovl cc`, for makefiles with pkg-config, for CMake, for other languages.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use tempfile::TempDir;

/// A program with everything that needs more than a compiler: a spelled header, 16-bit text, an entry point of Windows.
const WIDE: &str = r#"
#include <Windows.h>
#include <stdio.h>
int wmain(int argc, wchar_t **argv)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    PostQueuedCompletionStatus(port, 7, 42, NULL);
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    printf("%d %ls %lu %d %d\n", argc, argv[1], bytes, (int)key, (int)sizeof(wchar_t));
    CloseHandle(port);
    return 0;
}
"#;
const PLAIN: &str = "#include <windows.h>\n#include <stdio.h>\nint main(void) { printf(\"%lu\\n\", WaitForSingleObject(CreateEventW(NULL, TRUE, FALSE, NULL), 0)); return 0; }\n";

/// Where cargo puts programs and libraries of this profile.
fn built() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ovl")).parent().unwrap()
}

/// The library, which cargo does not build for the tests of a program.
fn build_library() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "overlapped-win32-library"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        assert!(cargo.arg("--target-dir").arg(built().parent().unwrap()).status().unwrap().success());
    });
}

fn good(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}

/// Says loudly what this machine cannot check.
fn here(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        // Past the capture of output, which hides what tests print that pass.
        let _ = writeln!(std::io::stderr(), "!!! NOT CHECKED: {program} is not installed");
    }
    found
}

/// An installation, and a directory with sources beside it.
struct Installed(TempDir);

impl Installed {
    fn new() -> Self {
        build_library();
        let installed = Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
        fs::create_dir(installed.path("work")).unwrap();
        installed.write("wide.c", WIDE);
        installed.write("plain.c", PLAIN);
        installed.script(&[]);
        installed
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("work").join(name), text).unwrap();
    }

    fn prefix(&self) -> PathBuf {
        self.path("prefix")
    }

    fn script(&self, arguments: &[&str]) -> String {
        let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/install"));
        script.args(arguments).arg(format!("PREFIX={}", self.prefix().display()));
        good(script.arg(format!("BUILT={}", built().display())))
    }

    /// A command beside the sources, that knows nothing of the build.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path("work")).env("XDG_CACHE_HOME", self.path("cache"));
        for name in ["OVERLAPPED_LIB", "LD_LIBRARY_PATH", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS"] {
            command.env_remove(name);
        }
        command
    }

    /// Flags from pkg-config, as words.
    fn flags(&self, package: &str) -> Vec<String> {
        let mut config = self.command("pkg-config");
        config.env("PKG_CONFIG_PATH", self.prefix().join("lib/pkgconfig")).args(["--cflags", "--libs", package]);
        good(&mut config).split_whitespace().map(str::to_owned).collect()
    }

    /// Runs a program that was linked without a run-time path.
    fn run(&self, program: &Path) -> String {
        let library = self.prefix().join("lib");
        good(self.command(program).arg("x\u{e9}").env("LD_LIBRARY_PATH", library).env("LC_ALL", "C.UTF-8"))
    }
}

const WIDE_PRINTS: &str = "2 x\u{e9} 7 42 2\n";

#[test]
fn the_installed_ovl_compiles_with_the_installed_headers_and_library() {
    let installed = Installed::new();
    let ovl = installed.prefix().join("bin/ovl");
    let shown = installed.command(&ovl).args(["cc", "--show", "wide.c", "-o", "wide"]).output().unwrap();
    let said = String::from_utf8_lossy(&shown.stderr).into_owned();
    assert!(shown.status.success(), "{said}");
    let prefix = installed.prefix().canonicalize().unwrap();
    for part in ["include/overlapped", "lib/liboverlapped_win32.so"] {
        assert!(said.contains(&format!("{}/{part}", prefix.display())), "{part}: {said}");
    }
    // It carries the way to the library.
    let mut program = installed.command(installed.path("work/wide"));
    assert_eq!(good(program.arg("x\u{e9}").env("LC_ALL", "C.UTF-8")), WIDE_PRINTS);
    good(installed.command(&ovl).args(["cc", "--static-overlapped", "plain.c", "-o", "plain"]));
    assert_eq!(good(&mut installed.command(installed.path("work/plain"))), "258\n");
}

#[test]
fn the_library_is_found_by_its_soname() {
    let installed = Installed::new();
    let lib = installed.prefix().join("lib");
    let name = format!("liboverlapped_win32.so.{}", env!("CARGO_PKG_VERSION"));
    assert!(!lib.join(&name).symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_link(lib.join("liboverlapped_win32.so.0")).unwrap(), Path::new(&name));
    assert_eq!(fs::read_link(lib.join("liboverlapped_win32.so")).unwrap(), Path::new("liboverlapped_win32.so.0"));
}

#[test]
fn pkg_config_knows_all_flags() {
    if !here("pkg-config") {
        return;
    }
    let installed = Installed::new();
    let flags = installed.flags("overlapped-win32");
    for (compiler, source, printed) in [
        ("gcc", "wide.c", WIDE_PRINTS),
        ("gcc", "plain.c", "258\n"),
        ("g++", "plain.c", "258\n"),
        ("clang", "wide.c", WIDE_PRINTS),
    ] {
        if here(compiler) {
            good(installed.command(compiler).args([source, "-o", "program"]).args(&flags));
            assert_eq!(installed.run(&installed.path("work/program")), printed, "{compiler} {source}");
        }
    }
}

/// A program with a `getpid` and an `open` of its own, which the library must not notice.
const OWN_NAMES: &str = r#"
#include <windows.h>
#include <stdio.h>
int getpid(void) { return -5; }
int open(int how) { return how; }
void *mmap(int how) { return how ? NULL : (void *)&mmap; }
int main(void)
{
    HANDLE file = CreateFileA("own_names_file", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    void *memory = VirtualAlloc(NULL, 65536, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    printf("%d %d %d %d %d\n", file != INVALID_HANDLE_VALUE, (int)GetCurrentProcessId() > 0, memory != NULL, getpid(), open(3));
    return mmap(1) != NULL || !CloseHandle(file);
}
"#;
const OWN_NAMES_PRINTS: &str = "1 1 1 -5 3\n";

#[test]
fn functions_of_posix_that_a_program_brings_along_are_its_own_however_it_is_linked() {
    let installed = Installed::new();
    installed.write("own.c", OWN_NAMES);
    let ovl = installed.prefix().join("bin/ovl");
    let program = installed.path("work/own");
    for how in [&[][..], &["--static-overlapped"]] {
        good(installed.command(&ovl).args(["cc", "own.c", "-o", "own"]).args(how));
        assert_eq!(installed.run(&program), OWN_NAMES_PRINTS, "{how:?}");
    }
    if here("pkg-config") {
        good(installed.command("gcc").args(["own.c", "-o", "own"]).args(installed.flags("overlapped-win32")));
        assert_eq!(installed.run(&program), OWN_NAMES_PRINTS, "pkg-config");
    }
    if here("cmake") {
        let mut lists =
            "cmake_minimum_required(VERSION 3.15)\nproject(own C)\nfind_package(overlapped 0.1 REQUIRED)\n".to_owned();
        for (name, library) in [("shared", "win32"), ("linked_in", "win32_static")] {
            lists += &format!("add_executable({name} own.c)\ntarget_link_libraries({name} overlapped::{library})\n");
        }
        installed.write("CMakeLists.txt", &lists);
        let root = format!("-DCMAKE_PREFIX_PATH={}", installed.prefix().display());
        good(installed.command("cmake").args(["-S", ".", "-B", "build", &root]));
        good(installed.command("cmake").args(["--build", "build"]));
        for name in ["shared", "linked_in"] {
            assert_eq!(installed.run(&installed.path("work/build").join(name)), OWN_NAMES_PRINTS, "CMake, {name}");
        }
    }
}

#[test]
fn cmake_finds_the_package() {
    if !here("cmake") {
        return;
    }
    let installed = Installed::new();
    installed.write("stream.cpp", "#include <WinSock2.h>\n#include <iostream>\nint main() { std::cout << GetTickCount64() / ~0ull << std::endl; }\n");
    installed.write(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.15)\n\
         project(program C CXX)\n\
         find_package(overlapped 0.1 REQUIRED)\n\
         overlapped_windows_libraries()\n\
         foreach(name wide plain)\n  add_executable(${name} ${name}.c)\n  target_link_libraries(${name} overlapped::win32 ws2_32)\nendforeach()\n\
         add_executable(stream stream.cpp)\ntarget_link_libraries(stream PRIVATE overlapped::win32)\n\
         add_executable(linked_in plain.c)\ntarget_link_libraries(linked_in PRIVATE overlapped::win32_static)\n",
    );
    let root = format!("-DCMAKE_PREFIX_PATH={}", installed.prefix().display());
    good(installed.command("cmake").args(["-S", ".", "-B", "build", &root]));
    good(installed.command("cmake").args(["--build", "build"]));
    let print = |name: &str, argument: &str| {
        good(installed.command(installed.path("work/build").join(name)).arg(argument).env("LC_ALL", "C.UTF-8"))
    };
    assert_eq!(print("wide", "x\u{e9}"), WIDE_PRINTS);
    assert_eq!(
        (print("plain", ""), print("linked_in", ""), print("stream", "")),
        ("258\n".into(), "258\n".into(), "0\n".into())
    );

    // A version that is asked for and not there.
    installed.write(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.15)\nproject(p C)\nfind_package(overlapped 7.0 REQUIRED)\n",
    );
    let refused = installed.command("cmake").args(["-S", ".", "-B", "other", &root]).output().unwrap();
    assert!(!refused.status.success());
}

#[test]
fn the_plain_names_can_be_linked() {
    if !here("pkg-config") {
        return;
    }
    let installed = Installed::new();
    // Nothing of ours is included: another language would declare them like this.
    installed.write(
        "names.c",
        "#include <stdio.h>\nextern void *CreateEventW(void *, int, int, void *);\nextern unsigned WaitForSingleObject(void *, unsigned);\n\
         int main(void) { printf(\"%u\\n\", WaitForSingleObject(CreateEventW(0, 1, 1, 0), 0)); return 0; }\n",
    );
    good(installed.command("gcc").args(["names.c", "-o", "names"]).args(installed.flags("overlapped-win32-names")));
    assert_eq!(installed.run(&installed.path("work/names")), "0\n");
}

#[test]
fn what_is_listed_is_installed_and_what_is_uninstalled_is_gone() {
    let installed = Installed::new();
    let listed = installed.script(&["--list"]);
    assert!(listed.lines().count() > 80, "{listed}");
    for file in listed.lines() {
        assert!(Path::new(file).symlink_metadata().is_ok(), "{file}");
    }
    installed.script(&["--uninstall"]);
    let mut left = Vec::new();
    let mut open = vec![installed.prefix()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() { open.push(entry.path()) } else { left.push(entry.path()) }
        }
    }
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_package_is_made_below_another_root() {
    let installed = Installed::new();
    let root = installed.path("package");
    let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/install"));
    script.args(["PREFIX=/usr".into(), format!("DESTDIR={}", root.display()), format!("BUILT={}", built().display())]);
    good(script.arg("LIBDIR=/usr/lib/x86_64-linux-gnu"));
    let config = fs::read_to_string(root.join("usr/lib/x86_64-linux-gnu/pkgconfig/overlapped-win32.pc")).unwrap();
    assert!(config.contains("libdir=/usr/lib/x86_64-linux-gnu\n") && !config.contains('@'), "{config}");
    let cmake =
        fs::read_to_string(root.join("usr/lib/x86_64-linux-gnu/cmake/overlapped/overlapped-config.cmake")).unwrap();
    assert!(cmake.contains("/../../../..\" ABSOLUTE)") && !cmake.contains('@'), "{cmake}");
}
