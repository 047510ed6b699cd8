//! A machine without io_uring: the process's filter answers io_uring_setup with EPERM, as containers do. The default system
//! takes epoll then and everything works; whoever insists on io_uring gets an error (design section 3).
//!
//! The tests start this very program again under the filter, with the name of one of the functions at the end, which do
//! nothing otherwise. A filter needs no privileges once a process has given up gaining any.

mod common;

use common::{bounded, pattern};
use overlapped::{CompletionPort, EngineChoice, Event, OpenOptions, SystemBuilder, Timeout};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// Set in the processes under the filter.
const INSIDE: &str = "OVERLAPPED_TEST_UNDER_FILTER";

/// Lets every system call pass save io_uring_setup, which fails with EPERM.
fn forbid_io_uring() -> std::io::Result<()> {
    /// Offset of the number in seccomp_data.
    const NUMBER: u32 = 0;
    let step = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let deny = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
    let mut program = [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, NUMBER),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, libc::SYS_io_uring_setup as u32),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, deny),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: both calls take plain numbers and a program that lives through the call.
    let done = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
    };
    if done { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Runs the function `name` of this program under the filter, with OVERLAPPED_ENGINE as given.
fn under_filter(name: &str, engine: Option<&str>) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    match engine {
        Some(engine) => command.env("OVERLAPPED_ENGINE", engine),
        None => command.env_remove("OVERLAPPED_ENGINE"),
    };
    // SAFETY: the child makes two system calls and touches nothing that a thread of this process may hold.
    unsafe { command.pre_exec(forbid_io_uring) };
    bounded("a process under the filter", move || command.output().expect("a child process"))
}

#[track_caller]
fn check(output: &Output) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{text}", output.status);
    assert!(text.contains("1 passed"), "the function was not found\n{text}");
}

#[test]
fn the_default_system_takes_epoll_where_io_uring_is_forbidden() {
    check(&under_filter("inside_the_default_engine_copies", None));
}

#[test]
fn epoll_can_be_asked_for_where_io_uring_is_forbidden() {
    check(&under_filter("inside_the_default_engine_copies", Some("epoll")));
}

#[test]
fn insisting_on_io_uring_where_it_is_forbidden_is_an_error() {
    check(&under_filter("inside_uring_is_an_error", Some("uring")));
}

#[test]
fn events_need_no_engine() {
    check(&under_filter("inside_events_work_without_an_engine", Some("uring")));
}

#[test]
fn an_unknown_engine_is_an_error() {
    check(&under_filter("inside_uring_is_an_error", Some("kqueue")));
}

fn is_inside() -> bool {
    if std::env::var_os(INSIDE).is_none() {
        return false;
    }
    // SAFETY: a null pointer is refused, if the call gets that far.
    let result = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, std::ptr::null_mut::<u8>()) };
    assert_eq!((result, std::io::Error::last_os_error().raw_os_error()), (-1, Some(libc::EPERM)), "the filter is on");
    true
}

/// The road of the front page: eight requests in flight through a port, on the default system.
fn copy(source: &Path, target: &Path) -> overlapped::Result<()> {
    const CHUNK: u64 = 64 << 10;
    let port = CompletionPort::<bool, u64>::new(0)?;
    let input = OpenOptions::new().read(true).open_overlapped(source)?;
    let chunks = input.size()?.div_ceil(CHUNK);
    let input = port.associate(input, true)?;
    let output = OpenOptions::new().write(true).create_new(true).open_overlapped(target)?;
    let output = port.associate(output, false)?;
    let mut next = (0..chunks).map(|chunk| chunk * CHUNK);
    for at in next.by_ref().take(8) {
        input.read_at(Vec::with_capacity(CHUNK as usize), at, at)?;
    }
    let mut written = 0;
    while written < chunks {
        let done = port.get()?;
        done.result?;
        let buffer = done.buffer.expect("a request's packet");
        if done.key {
            output.write_at(buffer, done.context, done.context)?;
        } else {
            written += 1;
            if let Some(at) = next.next() {
                input.read_at(buffer, at, at)?;
            }
        }
    }
    Ok(())
}

#[test]
fn inside_the_default_engine_copies() {
    if !is_inside() {
        return;
    }
    let system = overlapped::default_system().expect("a system without io_uring");
    assert_eq!(system.engine().name(), "epoll");
    let dir = tempfile::tempdir().unwrap();
    let (source, target) = (dir.path().join("source"), dir.path().join("target"));
    let bytes = pattern(5_000_001, 3);
    std::fs::write(&source, &bytes).unwrap();
    bounded("the copy", {
        let (source, target) = (source.clone(), target.clone());
        move || copy(&source, &target).unwrap()
    });
    assert!(std::fs::read(&target).unwrap() == bytes);

    // What cannot be done at once: the blocking threads and the poller of streams.
    let mut options = OpenOptions::new();
    let file = options.read(true).unbuffered(true).open_overlapped(&source).unwrap();
    let (read, buffer) = file.read_at(overlapped::AlignedBuf::with_capacity(8192), 4096).wait();
    assert_eq!(read, Ok(8192));
    assert!(*buffer == bytes[4096..][..8192]);
    let uring = SystemBuilder::new().engine(EngineChoice::Uring).build();
    assert_eq!(uring.unwrap_err().code().0, 50);
}

#[test]
fn inside_uring_is_an_error() {
    if !is_inside() {
        return;
    }
    let error = overlapped::default_system().expect_err("no io_uring here");
    assert_eq!(error.code().0, 50);
    let text = error.to_string();
    assert!(text.contains("engine") && text.contains("ERROR_NOT_SUPPORTED"), "{text}");
    // Every door says the same, and the first answer stays.
    assert_eq!(CompletionPort::<u8>::new(0).unwrap_err(), error);
    assert_eq!(OpenOptions::new().read(true).open("/proc/self/exe").unwrap_err(), error);
    assert_eq!(OpenOptions::new().read(true).open_overlapped("/proc/self/exe").unwrap_err(), error);
    // A system that does not ask for it is to be had all the same.
    let epoll = SystemBuilder::new().engine(EngineChoice::Epoll).build().unwrap();
    let file = OpenOptions::new().read(true).system(&epoll).open_overlapped("/proc/self/exe").unwrap();
    assert_eq!(file.read_at(vec![0; 4], 0).wait().1, b"\x7fELF");
}

#[test]
fn inside_events_work_without_an_engine() {
    if !is_inside() {
        return;
    }
    assert!(overlapped::default_system().is_err());
    let event = Event::manual_reset(true);
    assert!(event.wait(Timeout::Poll), "a signalled event satisfies a wait");
    event.reset();
    assert!(!event.wait(Duration::from_millis(1)));
    let other = event.clone();
    let waiter = std::thread::spawn(move || other.wait(Timeout::Infinite));
    std::thread::sleep(Duration::from_millis(20));
    event.set();
    assert!(bounded("the waiter", move || waiter.join().unwrap()), "an endless wait ends by the signal alone");
}
