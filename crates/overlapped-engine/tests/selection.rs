//! Which engine is taken, and what is said about it.

use overlapped_engine::{Choice, VARIABLE, open, select};
use std::process::Command;

/// Set in the child process that a test makes of this one.
const CHILD: &str = "OVERLAPPED_ENGINE_TEST_CHILD";

#[test]
fn choices_are_read_from_text() {
    assert_eq!("uring".parse(), Ok(Choice::Uring));
    assert_eq!(" epoll ".parse(), Ok(Choice::Epoll));
    assert_eq!("".parse(), Ok(Choice::Auto));
    assert_eq!("sim".parse(), Ok(Choice::Sim(None)));
    assert_eq!("sim:17".parse(), Ok(Choice::Sim(Some(17))));
    assert_eq!("sim:0xff".parse(), Ok(Choice::Sim(Some(255))));
    for wrong in ["ring", "sim:", "sim:x", "epoll:1"] {
        let error = wrong.parse::<Choice>().expect_err("no engine");
        assert!(error.to_string().contains("uring, epoll, sim"), "{error}");
    }
}

#[test]
fn each_choice_gives_its_engine() {
    assert_eq!(open(Choice::Epoll).expect("epoll").engine.name(), "epoll");
    let sim = open(Choice::Sim(Some(5))).expect("sim");
    assert_eq!(sim.engine.name(), "sim");
    assert!(sim.reason.contains("seed 5"), "{sim:?}");
    assert!(sim.engine.virtual_time());
    match open(Choice::Uring) {
        Ok(uring) => assert_eq!(uring.engine.name(), "uring"),
        Err(refused) => assert!(refused.to_string().contains("OVERLAPPED_ENGINE=epoll"), "{refused}"),
    }
}

/// Runs this test binary again with the variable set, and gives what it printed.
fn child(engine: Option<&str>, prepare: fn() -> std::io::Result<()>) -> String {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command
        .args(["child_says_what_is_selected", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env_remove(VARIABLE);
    if let Some(engine) = engine {
        command.env(VARIABLE, engine);
    }
    // SAFETY: `prepare` makes two system calls and touches no memory but its own.
    unsafe { command.pre_exec(prepare) };
    let output = command.output().expect("ran");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a child process runs: says what is selected in the environment that a test has made for it.
#[test]
fn child_says_what_is_selected() {
    if std::env::var_os(CHILD).is_some() {
        match select() {
            Ok(selection) => println!("selected {}: {}", selection.engine.name(), selection.reason),
            Err(error) => println!("error: {error}"),
        }
    }
}

#[test]
fn the_environment_decides() {
    assert!(child(Some("epoll"), || Ok(())).contains("selected epoll: OVERLAPPED_ENGINE asks for it"));
    assert!(child(Some("sim:3"), || Ok(())).contains("selected sim"));
    assert!(child(Some("bogus"), || Ok(())).contains("error: OVERLAPPED_ENGINE=bogus: not an engine"));
}

#[test]
fn where_a_filter_forbids_rings_epoll_is_taken_and_the_reason_said() {
    let said = child(None, forbid_rings);
    assert!(said.contains("selected epoll: io_uring is not to be had: io_uring_setup"), "{said}");
    let said = child(Some("uring"), forbid_rings);
    assert!(said.contains("error: io_uring_setup") && said.contains("seccomp"), "{said}");
}

/// A seccomp filter that answers io_uring_setup with EPERM.
fn forbid_rings() -> std::io::Result<()> {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let setup = libc::sock_filter {
        code: (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16,
        jt: 0,
        jf: 1,
        k: libc::SYS_io_uring_setup as u32,
    };
    let filter = [
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0),
        setup,
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: plain system calls; the filter outlives them.
    let refused = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) != 0
    };
    if refused { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}
