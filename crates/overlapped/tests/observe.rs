//! Pictures of a running program (contract 00 section 0.6).

use overlapped::observe::{self, Observation};
use overlapped::{CompletionPort, OpenOptions, SystemBuilder, blocking};
use std::fs::Permissions;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// Whatever the umask is.
fn private() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn own(directory: &Path) -> Observation {
    observe::look_in(directory, std::process::id()).unwrap()
}

/// Looks until it is so.
fn until(directory: &Path, what: &str, holds: impl Fn(&Observation) -> bool) -> Observation {
    let limit = Instant::now() + PATIENCE;
    loop {
        let seen = own(directory);
        if holds(&seen) {
            return seen;
        }
        assert!(Instant::now() < limit, "{what} was not seen in {PATIENCE:?}: {seen:#?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_five_structures_are_seen_from_outside() {
    let directory = private();
    let system = SystemBuilder::new().build().unwrap();
    let _served = observe::serve_in(&system, directory.path()).unwrap();
    assert!(own(directory.path()).ports.is_empty());

    let port = CompletionPort::<u32, ()>::new_in(&system, 1);
    let file = OpenOptions::new().read(true).system(&system).open_overlapped("/proc/self/exe").unwrap();
    let _file = port.associate(file, 7).unwrap();
    let (go, wait) = channel::<()>();
    std::thread::scope(|scope| {
        let worker = port.clone();
        std::thread::Builder::new()
            .name("a-worker".into())
            .spawn_scoped(scope, move || {
                worker.get().unwrap();
                blocking(|| wait.recv_timeout(PATIENCE).unwrap());
            })
            .unwrap();
        let seen = until(directory.path(), "a waiting thread", |seen| seen.ports[0].waiting.len() == 1);
        assert_eq!(seen.ports[0].waiting[0].name, "a-worker");
        assert_eq!((seen.process, seen.ports[0].concurrency, seen.ports[0].devices.len()), (std::process::id(), 1, 1));
        assert_eq!(seen.engine, system.engine().name());
        assert!(seen.program.contains("observe"), "{seen:?}");

        port.post(1, ()).unwrap();
        let seen = until(directory.path(), "a paused thread", |seen| seen.ports[0].paused.len() == 1);
        assert_eq!(seen.ports[0].paused[0].why, "a blocking section");
        port.post_bytes(2, (), 5).unwrap();
        let seen = own(directory.path());
        assert_eq!((seen.ports[0].queued, seen.ports[0].packets[0].bytes), (1, 5));
        go.send(()).unwrap();
    });
    drop(port);
    until(directory.path(), "the end of the port", |seen| seen.ports.is_empty());
}

#[test]
fn the_end_of_observation_leaves_nothing_behind() {
    let directory = private();
    let system = SystemBuilder::new().build().unwrap();
    let served = observe::serve_in(&system, directory.path()).unwrap();
    assert_eq!(observe::observable_in(directory.path()), [std::process::id()]);
    assert_eq!(observe::serve_in(&system, directory.path()).unwrap_err().code().0, 52, "twice at one place");
    drop(served);
    assert!(observe::observable_in(directory.path()).is_empty());
    assert_eq!(observe::look_in(directory.path(), std::process::id()).unwrap_err().code().0, 2);
    assert_eq!(directory.path().join("observed").read_dir().unwrap().count(), 0);
    observe::serve_in(&system, directory.path()).unwrap();
}

#[test]
fn what_a_killed_process_has_left_is_removed() {
    let directory = private();
    let system = SystemBuilder::new().build().unwrap();
    drop(observe::serve_in(&system, directory.path()).unwrap());
    let left = directory.path().join("observed").join("4194399");
    drop(std::os::unix::net::UnixListener::bind(&left).unwrap());
    assert!(left.exists() && observe::observable_in(directory.path()).is_empty() && !left.exists());
    // One with the number of this process is in nobody's way.
    drop(std::os::unix::net::UnixListener::bind(left.with_file_name(std::process::id().to_string())).unwrap());
    let _served = observe::serve_in(&system, directory.path()).unwrap();
    assert_eq!(own(directory.path()).process, std::process::id());
}

#[test]
fn a_directory_that_is_open_to_others_is_refused() {
    let directory = private();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    let system = SystemBuilder::new().build().unwrap();
    assert_eq!(observe::serve_in(&system, directory.path()).unwrap_err().code().0, 5);
}

#[test]
fn an_observer_that_does_not_read_is_no_harm() {
    let directory = private();
    let system = SystemBuilder::new().build().unwrap();
    let _served = observe::serve_in(&system, directory.path()).unwrap();
    let path = directory.path().join("observed").join(std::process::id().to_string());
    let idle: Vec<_> = (0..3).map(|_| UnixStream::connect(&path).unwrap()).collect();
    assert_eq!(own(directory.path()).version, observe::VERSION);
    for mut idle in idle {
        let mut answer = Vec::new();
        idle.read_to_end(&mut answer).unwrap();
        assert_eq!(u32::from(answer[0]), observe::VERSION);
    }
}

#[test]
fn what_another_version_says_is_not_understood() {
    let directory = private();
    let system = SystemBuilder::new().build().unwrap();
    drop(observe::serve_in(&system, directory.path()).unwrap());
    let socket = directory.path().join("observed").join("4194399");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let answers = [&[99, 1, 2, 3][..], b"", &[1], &[1, 255, 255, 255, 255, 255]];
    std::thread::scope(|scope| {
        let asked =
            scope.spawn(|| answers.map(|_| observe::look_in(directory.path(), 4_194_399).unwrap_err().code().0));
        for answer in answers {
            listener.accept().unwrap().0.write_all(answer).unwrap();
        }
        assert_eq!(asked.join().unwrap(), [13; 4]);
    });
}
