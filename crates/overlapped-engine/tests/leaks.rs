//! Engines give back what they took from Linux. Alone in its binary: it counts the descriptors and threads of the process.

mod support;

use overlapped_kernel::engine::Mode;
use overlapped_kernel::request::Function;
use std::time::{Duration, Instant};
use support::*;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("listed").count()
}

fn library_threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("listed");
    let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with("ovl-")).collect()
}

/// Threads that hold the last reference to something may outlive a call for a moment.
fn soon(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: {} {:?}", descriptors(), library_threads());
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Uses all parts of an engine and leaves requests behind for the end.
fn use_all(rig: &Rig) {
    let file = patterned(1 << 20);
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reopen(&file), Mode::UNCACHED);
    let plain = rig.open(reopen(&file), Mode::UNCACHED);
    let pipe = rig.open_on(&port, reader, Mode::STREAM);
    rig.join(&port);
    for n in 0..100 {
        open.read(n * 4096, 4096, None);
    }
    for _ in 0..100 {
        rig.next(&port);
    }
    for n in 0..10 {
        assert_eq!(plain.read_now(rig, n * 4096, 4096).0.bytes, 4096);
        open.issue(Function::Flush, 0, Box::default(), None);
        rig.next(&port);
        plain.read(n, 100, None);
        pipe.read(0, 1, None);
    }
    for n in 0..10 {
        open.read(n, 100, None);
    }
    // Handles and system go while requests are on their way. The port would keep their packets.
    port.close();
}

#[test]
fn engines_leave_nothing_behind() {
    let _watchdog = watchdog("engines_leave_nothing_behind");
    // Whatever the process opens once.
    use_all(&Rig::epoll().expect("an engine"));
    soon("the first round", || library_threads().is_empty());
    let before = descriptors();
    for round in 0..10 {
        for make in [Rig::uring, Rig::small_uring, Rig::epoll, Rig::single_epoll, Rig::sim] {
            if let Some(rig) = make() {
                let name = rig.engine.name();
                use_all(&rig);
                drop(rig);
                soon(&format!("round {round} of {name}"), || library_threads().is_empty() && descriptors() == before);
            }
        }
    }
}
