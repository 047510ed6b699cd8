//! `ovl top`: which program it finds or starts, and what it says where there is none.

mod common;

use common::*;
use overlapped::{CompletionPort, SystemBuilder, observe};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Says to this test program that it is the one to be looked at, and where its end is announced.
const CHILD: &str = "OVL_TEST_PROGRAM_WITH_A_PORT";

fn top(directory: &Path) -> Command {
    let mut command = ovl();
    command.arg("top").env("XDG_RUNTIME_DIR", directory);
    command
}

#[test]
fn a_process_is_shown_as_text_and_as_json() {
    let directory = tempfile::tempdir().unwrap();
    let system = SystemBuilder::new().build().unwrap();
    let _served = observe::serve_in(&system, &directory.path().join("overlapped")).unwrap();
    let port = CompletionPort::<&str>::new_in(&system, 3);
    port.post_bytes("key", (), 11).unwrap();

    let process = std::process::id().to_string();
    for arguments in [&["--once", &process][..], &["--once"], &[]] {
        let shown = run(top(directory.path()).args(arguments)).succeeded().stdout;
        assert!(shown.contains("port 1: 0 of 3 threads run") && shown.contains("key 0x0, 11 bytes"), "{shown}");
    }
    let shown = run(top(directory.path()).args(["--json", &process])).succeeded().json();
    assert_eq!(shown["ports"][0]["queued"], 1);
    assert_eq!(shown["process"], std::process::id());
}

#[test]
fn without_a_program_it_says_how_to_have_one() {
    let directory = tempfile::tempdir().unwrap();
    run(&mut top(directory.path())).failed_with(&["no program can be observed", "OVERLAPPED_OBSERVE=1"]);
    run(top(directory.path()).arg("4194399"))
        .failed_with(&["process 4194399 cannot be observed", "ovl top -- PROGRAM"]);
    run(top(directory.path()).args(["--", "/no/such/program"])).failed_with(&["/no/such/program cannot be started"]);
    run(top(directory.path()).args(["--", "true"])).failed_with(&["true ended before it could be observed"]);
}

#[test]
fn a_started_program_is_shown_and_ended() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("output");
    let mut command = top(directory.path());
    command.args(["--json", "--output"]).arg(&output).arg("--").arg(std::env::current_exe().unwrap());
    command.args(["--exact", "a_program_with_a_port", "--nocapture"]).env(CHILD, "1");
    let shown = run(&mut command).succeeded().json();
    let process = shown["process"].as_u64().unwrap();
    assert!(!Path::new(&format!("/proc/{process}/task")).exists(), "{process} is still there");
    assert_eq!(directory.path().join("overlapped/observed").read_dir().unwrap().count(), 0);
    assert!(std::fs::read_to_string(output).unwrap().contains("running 1 test"));
}

/// Not a test by itself: the program that the test above starts.
#[test]
fn a_program_with_a_port() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let port = CompletionPort::<u32>::new(1).unwrap();
    assert!(port.get_timeout(Duration::from_secs(120)).unwrap().is_none(), "somebody posted");
}
