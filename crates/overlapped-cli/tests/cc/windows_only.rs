//! `--windows-only`: checks of configure scripts and of CMake find what Windows has, and programs for Windows compile as without it.

use super::builds::{good, here, tool};
use super::{Place, compilers};
use std::fs;

/// As configure scripts ask for a function.
fn links(place: &Place, compiler: &str, function: &str) -> Result<(), String> {
    let program = format!("#undef {function}\nchar {function}();\nint main(void) {{ return {function}(); }}\n");
    fs::write(place.path("check.c"), program).unwrap();
    outcome(place, &["cc", compiler, "-w", "--windows-only", "check.c", "-o", "check"])
}

/// As they ask for a header.
fn includes(place: &Place, compiler: &str, header: &str) -> Result<(), String> {
    let program = format!("#include <stdio.h>\n#include <sys/types.h>\n#include <stdlib.h>\n#include <{header}>\n");
    fs::write(place.path("check.c"), program).unwrap();
    outcome(place, &["cc", compiler, "--windows-only", "-c", "check.c", "-o", "check.o"])
}

fn outcome(place: &Place, arguments: &[&str]) -> Result<(), String> {
    let output = place.ovl(arguments);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn checks_find_what_windows_has() {
    let place = Place::new(&[]);
    for compiler in &compilers() {
        links(&place, compiler, "fork").expect_err("fork");
        for function in ["epoll_create", "getrusage", "poll", "mmap", "sigaction", "getpwuid_r", "dlopen"] {
            let said = links(&place, compiler, function).expect_err(function);
            assert!(said.contains(&format!("{function}_is_not_on_Windows")), "{said}");
        }
        for function in ["strdup", "malloc", "fprintf", "strcasecmp", "gettimeofday", "pthread_create"] {
            links(&place, compiler, function).unwrap();
        }
        for header in ["sys/epoll.h", "sys/socket.h", "netdb.h", "sys/wait.h", "pwd.h", "poll.h", "linux/tcp.h"] {
            let said = includes(&place, compiler, header).expect_err(header);
            assert!(said.contains(&format!("{header} is not on Windows")), "{said}");
        }
        for header in
            ["unistd.h", "sys/stat.h", "sys/time.h", "io.h", "winsock2.h", "pthread.h", "getopt.h", "stdint.h"]
        {
            includes(&place, compiler, header).unwrap();
        }
    }
}

/// As programs ask for what goes by the name of a macro.
const MACROS: &str = "#include <fcntl.h>\n#include <signal.h>\n#include <sys/stat.h>\n#include <ctype.h>\n\
    #if defined S_ISLNK || defined S_IFLNK || defined S_ISUID || defined S_IFSOCK\n#error modes\n#endif\n\
    #if defined O_SYNC || defined O_DSYNC || defined O_CLOEXEC || defined O_NOCTTY || defined AT_FDCWD\n#error flags\n#endif\n\
    #if defined SIGHUP || defined SIGPIPE || defined SIGUSR1 || defined SIGCHLD || defined sigmask\n#error signals\n#endif\n\
    #if !defined SIGINT || !defined SIGTERM || !defined SIGABRT || SIGBREAK != 3\n#error no signals\n#endif\n\
    #if !defined S_IFREG || !defined S_ISDIR || !defined O_CREAT || !defined _O_BINARY || defined isdigit_l\n#error none\n#endif\n\
    int main(void) { return 0; }\n";

#[test]
fn macros_are_those_of_windows() {
    let place = Place::new(&[("macros.c", MACROS)]);
    for compiler in &compilers() {
        for language in ["cc", "c++"] {
            outcome(&place, &[language, compiler, "--windows-only", "-c", "macros.c", "-o", "macros.o"]).unwrap();
            outcome(&place, &[language, compiler, "-c", "macros.c", "-o", "macros.o"]).expect_err("what Linux has");
        }
    }
}

/// What no C library for Windows declares, a program has itself, as one that was written for mingw; with what unistd.h brings along there.
const OWN: &str = "#define _GNU_SOURCE 1\n#include <unistd.h>\n#include <sys/stat.h>\n#include <signal.h>\n#include <stdlib.h>\n\
    #include <wchar.h>\ntypedef _sigset_t sigset_t;\ntypedef int uid_t_of_mine;\n\
    #ifdef _SC_OPEN_MAX\n#error sysconf\n#endif\n#ifdef SIG_BLOCK\n#error SIG_BLOCK\n#endif\n\
    static inline int readlink(const char *a, char *b, size_t c) { return -1; }\nstatic inline int symlink(const char *a, const char *b) { return -1; }\n\
    static inline int fchmod(int a, _mode_t b) { return -1; }\nstatic inline unsigned int alarm(unsigned int a) { return 0; }\n\
    static inline int fsync(int a) { return _commit(a); }\nstatic inline void sync(void) {}\nstatic inline uid_t_of_mine getuid(void) { return 1; }\n\
    static inline int sigaddset(sigset_t *a, int b) { return 0; }\nstatic inline int getppid(void) { return 1; }\n\
    static inline int sigprocmask(int a, const sigset_t *b, sigset_t *c) { return 0; }\n\
    static const wchar_t *wcschrnul(const wchar_t *s, wchar_t c) { while (*s && *s != c) s++; return s; }\n\
    extern char *_pgmptr;\n\
    int main(void) { sync(); sigset_t s; fsync(1); return readlink(0, 0, 0) + getuid() + (int)alarm(1) + sigaddset(&s, 1) + (*wcschrnul(L\"a=b\", L'=') != L'=')\n\
    + sigprocmask(0, &s, 0) + (_get_osfhandle(99) != -1) + (_getpid() == getppid()) + !*_pgmptr + symlink(0, 0) + 1 + fchmod(1, 0) + 1; }\n";

#[test]
fn what_windows_does_not_declare_a_program_may_have() {
    let place = Place::new(&[("own.c", OWN)]);
    for compiler in &compilers() {
        place.compile(&["cc", compiler, "--windows-only", "-Wno-implicit-int", "own.c"]);
        assert_eq!(place.run(&[]).1, 0, "{compiler}");
    }
}

/// Everything inline in the headers is compiled, and what it calls is there.
const ALL: &str = "#include <winsock2.h>\n#include <ws2tcpip.h>\n#include <mswsock.h>\n#include <windows.h>\n#include <stdio.h>\n\
    #include <stdlib.h>\n#include <io.h>\n#include <direct.h>\n#include <process.h>\n#include <conio.h>\n#include <tchar.h>\n#include <time.h>\n\
    #include <strsafe.h>\n#include <mbstring.h>\n#include <malloc.h>\n#include <math.h>\n#include <float.h>\n#include <sys/stat.h>\n\
    #include <sys/timeb.h>\n#include <sys/utime.h>\n#include <search.h>\n#include <fcntl.h>\n#include <wchar.h>\n#include <intrin.h>\n";
const MAIN: &str = "/* Its own. */\nint fork(void) { return 5; }\nint poll(int x) { return x + 1; }\n\
    int main(void) { char name[20]; sprintf_s(name, 20, \"%d\", fork() + poll(1)); puts(name); return 0; }\n";
const CXX: &str = "#include <winsock2.h>\n#include <windows.h>\n#include <atomic>\n#include <chrono>\n#include <condition_variable>\n\
    #include <filesystem>\n#include <fstream>\n#include <future>\n#include <iostream>\n#include <random>\n#include <regex>\n#include <semaphore>\n\
    #include <shared_mutex>\n#include <thread>\n\
    int main() { using namespace std::chrono_literals; std::binary_semaphore given(0); std::atomic<int> n{0};\n\
    std::timed_mutex m; std::shared_timed_mutex s; std::condition_variable c; std::mutex l;\n\
    std::jthread t([&] { n = 7; n.notify_all(); given.release(); std::this_thread::sleep_for(1ms); });\n\
    n.wait(0); if (!given.try_acquire_for(60s)) return 1; std::unique_lock<std::mutex> u(l); c.wait_for(u, 1ms);\n\
    if (!m.try_lock_for(1s) || !s.try_lock_shared_for(1s)) return 2; m.unlock(); s.unlock_shared();\n\
    std::wcout << L\"n \" << n << std::endl; return std::filesystem::exists(\"/\") && std::async([] { return true; }).get() ? 0 : 3; }\n";

#[test]
fn programs_for_windows_are_compiled_as_without_it() {
    let place = Place::new(&[
        ("main.c", &format!("{ALL}{MAIN}")),
        ("main.cpp", CXX),
        ("all.cpp", &format!("{ALL}int main() {{}}\n")),
    ]);
    for compiler in &compilers() {
        for optimised in ["-O0", "-O2"] {
            place.compile(&["cc", compiler, "--windows-only", optimised, "main.c"]);
            assert_eq!(place.run(&[]), ("7\n".into(), 0), "{compiler}");
        }
        place.compile(&["c++", compiler, "--windows-only", "-std=c++20", "main.cpp"]);
        assert_eq!(place.run(&[]), ("n 7\n".into(), 0), "{compiler}");
    }
    place.compile(&[
        "cc",
        "--cc=gcc",
        "--windows-only",
        "-fkeep-inline-functions",
        "-fkeep-static-functions",
        "-w",
        "main.c",
    ]);
    place.compile(&[
        "c++",
        "--cc=gcc",
        "--windows-only",
        "-fkeep-inline-functions",
        "-fkeep-static-functions",
        "-w",
        "all.cpp",
    ]);
}

#[test]
fn cmake_chooses_as_for_windows() {
    if !here("cmake") {
        return;
    }
    let place = Place::new(&[(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.15)\nproject(program C)\n\
         include(CheckFunctionExists)\ninclude(CheckSymbolExists)\ninclude(CheckIncludeFile)\n\
         check_function_exists(fork HAVE_A)\ncheck_symbol_exists(getrusage \"unistd.h\" HAVE_B)\n\
         check_include_file(sys/epoll.h HAVE_C)\ncheck_symbol_exists(pipe unistd.h HAVE_D)\n\
         check_function_exists(strdup HAVE_E)\ncheck_symbol_exists(CancelIoEx windows.h HAVE_F)\ncheck_include_file(io.h HAVE_G)\n\
         message(NOTICE \"found ${HAVE_A}${HAVE_B}${HAVE_C}${HAVE_D}+${HAVE_E}${HAVE_F}${HAVE_G}\")\n",
    )]);
    let mut cmake = tool(&place, "cmake");
    let only = format!("{} --windows-only", cc(&cmake));
    let said = good(cmake.env("CC", only).args(["-S", ".", "-B", "build", "-DCMAKE_SYSTEM_NAME=Windows"]));
    assert!(said.contains("found +111"), "{said}");
}

/// What `tool` has set.
fn cc(command: &std::process::Command) -> String {
    let value = command.get_envs().find(|(name, _)| *name == "CC").and_then(|(_, value)| value);
    value.unwrap().to_str().unwrap().to_owned()
}
