//! What happens when Linux has no more to give. Alone in its binary: it lowers limits of the process.

mod support;

use overlapped_abi::Status;
use overlapped_kernel::engine::Mode;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::os::fd::AsRawFd;
use support::*;

/// Lets the process open only so many more descriptors while `f` runs.
fn with_descriptors_left(count: u64, f: impl FnOnce()) {
    let usual = getrlimit(Resource::Nofile);
    let next = std::fs::File::open("/dev/null").expect("opened").as_raw_fd() as u64;
    let mut tight = usual;
    tight.current = Some(next + count);
    setrlimit(Resource::Nofile, tight).expect("lowered");
    f();
    setrlimit(Resource::Nofile, usual).expect("restored");
}

/// One test, since the limits are those of the process.
#[test]
fn engines_make_do() {
    without_a_ring_for_the_ring_thread_blocking_threads_do_it();
    what_cannot_be_waited_for_fails_and_does_not_hang();
}

/// With 0 there is no eventfd for the ring thread, with 1 no ring for it.
fn without_a_ring_for_the_ring_thread_blocking_threads_do_it() {
    let _watchdog = watchdog("without_a_ring_for_the_ring_thread_blocking_threads_do_it");
    for left in [0, 1, 2] {
        let Some(rig) = Rig::uring() else { return };
        let file = patterned(100_000);
        let open = rig.open(reopen(&file), Mode::UNCACHED);
        with_descriptors_left(left, || {
            let first = open.read(0, 100, None);
            for n in 1..50 {
                let (completion, bytes) = open.read_now(&rig, n * 2_000, 1_000);
                assert_eq!(completion.bytes, 1_000, "{left} left");
                assert_eq!(bytes[..], pattern(n * 2_000, 1_000)[..]);
            }
            while !first.is_complete() {
                std::thread::yield_now();
            }
        });
        // It stays so, and cancels find what the blocking threads have.
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let pipe = rig.open(reader, Mode::STREAM);
        let request = pipe.read(0, 1, None);
        assert!(pipe.cancel(&request));
        while !request.is_complete() {
            std::thread::yield_now();
        }
        assert_eq!(outcome(&request).status, Status::CANCELLED);
    }
}

fn what_cannot_be_waited_for_fails_and_does_not_hang() {
    let _watchdog = watchdog("what_cannot_be_waited_for_fails_and_does_not_hang");
    let rig = Rig::epoll().expect("an engine");
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let pipe = rig.open(reader, Mode::STREAM);
    with_descriptors_left(0, || assert!(pipe.read_now(&rig, 0, 1).0.status.is_error()));
    let request = pipe.read(0, 1, None);
    assert!(!request.is_complete(), "and works again afterwards");
    drop(pipe);
    while !request.is_complete() {
        std::thread::yield_now();
    }
}
