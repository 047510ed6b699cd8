//! The same tests on the engine that this run has not chosen.

use std::process::Command;

/// Says that this process is the second run.
const INNER: &str = "OVERLAPPED_WINSOCK_TESTS_INNER";

#[test]
fn the_other_engine_passes_the_same_tests() {
    if std::env::var_os(INNER).is_some() {
        return;
    }
    let other = if std::env::var("OVERLAPPED_ENGINE").as_deref() == Ok("epoll") { "uring" } else { "epoll" };
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.env("OVERLAPPED_ENGINE", other).env(INNER, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "on {other}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
}
