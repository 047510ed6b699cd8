//! What Linux, or a container's filter, refuses: nobody waits for ever for it, and nobody spins.

mod support;

use overlapped_engine::{EpollEngine, UringEngine};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::engine::{Engine, Harvest, Mode, Readiness, Watcher};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use support::*;

const LONG: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(100);

struct Nobody;

impl Watcher for Nobody {
    fn ready(self: Arc<Self>, _: Readiness) {}
}

fn engines() -> impl Iterator<Item = Arc<dyn Engine>> {
    let uring = UringEngine::new().ok().map(|engine| Arc::new(engine) as Arc<dyn Engine>);
    uring.into_iter().chain([Arc::new(EpollEngine::new()) as Arc<dyn Engine>])
}

/// From now on this call of the calling thread fails with EPERM, as in containers whose filter does not know it.
fn deny(call: libc::c_long) {
    // The number of the call; is it this one? Refused, else whatever it does.
    filter(&[LOAD_NUMBER, skip_unless(call as u32, 1), refuse(libc::EPERM), ALLOW]);
}

/// From now on Linux has no memory for what the calling thread submits to a ring.
fn deny_submissions() {
    // The call; and how many entries it is about.
    let count = (0x20, 0, 0, 24);
    let enter = skip_unless(libc::SYS_io_uring_enter as u32, 3);
    let skip_if_none = (0x15, 1, 0, 0);
    filter(&[LOAD_NUMBER, enter, count, skip_if_none, refuse(libc::EAGAIN), ALLOW]);
}

type Step = (u16, u8, u8, u32);

const LOAD_NUMBER: Step = (0x20, 0, 0, 0);
const ALLOW: Step = (0x06, 0, 0, libc::SECCOMP_RET_ALLOW);

fn skip_unless(value: u32, steps: u8) -> Step {
    (0x15, 0, steps, value)
}

fn refuse(error: i32) -> Step {
    (0x06, 0, 0, libc::SECCOMP_RET_ERRNO | error as u32)
}

fn filter(steps: &[Step]) {
    let step = |&(code, jt, jf, k): &Step| libc::sock_filter { code, jt, jf, k };
    let mut steps: Vec<_> = steps.iter().map(step).collect();
    let program = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: the program is read during the call.
    let denied = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
    };
    assert!(denied, "{}", std::io::Error::last_os_error());
}

#[test]
fn a_filter_that_does_not_know_epoll_pwait2_keeps_nobody_from_readiness() {
    let _watchdog = watchdog("a_filter_that_does_not_know_epoll_pwait2_keeps_nobody_from_readiness");
    let polls = std::thread::spawn(|| {
        deny(libc::SYS_epoll_pwait2);
        for engine in engines() {
            let nobody = Arc::new(Nobody);
            let watcher: Weak<Nobody> = Arc::downgrade(&nobody);
            let (near, mut far) = UnixStream::pair().expect("a pair");
            let id = engine.watch(near.as_fd(), watcher).expect("watched");
            far.write_all(b"x").expect("written");
            let mut harvest = Harvest::default();
            engine.poll(Some(Tick::monotonic().plus(LONG)), &mut harvest);
            assert!(harvest.ready.iter().any(|ready| ready.readiness.contains(Readiness::READ)), "{}", engine.name());
            engine.unwatch(id, Some(near.as_fd()));
        }
    });
    polls.join().expect("no panic");
}

#[test]
fn a_descriptor_that_cannot_be_watched_leaves_the_poller_within_reach() {
    let _watchdog = watchdog("a_descriptor_that_cannot_be_watched_leaves_the_poller_within_reach");
    let file = tempfile::tempfile().expect("a file");
    for engine in engines() {
        let (tell, told) = channel();
        let poller = Arc::clone(&engine);
        let polls = std::thread::spawn(move || {
            poller.poll(None, &mut Harvest::default());
            tell.send(()).expect("heard");
        });
        // Where nothing was ever watched, some engines have nothing to wait in.
        std::thread::sleep(MOMENT);
        assert!(engine.watch(file.as_fd(), Weak::<Nobody>::new()).is_err(), "a file has no readiness");
        engine.interrupt();
        assert_eq!(told.recv_timeout(LONG), Ok(()), "{}: it sleeps where nobody calls", engine.name());
        polls.join().expect("no panic");
    }
}

#[test]
fn what_linux_would_not_take_from_its_submitter_is_submitted_by_who_polls() {
    let _watchdog = watchdog("what_linux_would_not_take_from_its_submitter_is_submitted_by_who_polls");
    let Some(rig) = Rig::uring() else { return };
    let (near, _far) = UnixStream::pair().expect("a pair");
    rig.engine.watch_input(near.as_fd(), Weak::<Nobody>::new()).expect("watched");
    // As if a request waited for it, so that who waits polls.
    rig.engine.expect(1);
    let over = Arc::new(Event::manual_reset(false));
    let (port, content) = (rig.system.new_port(1), patterned(8192));
    std::thread::scope(|scope| {
        let poller = scope.spawn(|| rig.wait(&over));
        std::thread::sleep(MOMENT);
        let submitter = scope.spawn(|| {
            rig.join(&port);
            let file = rig.open_on(&port, reopen(&content), Mode::UNCACHED);
            deny_submissions();
            let request = file.read(0, 100, None);
            let start = Instant::now();
            while !request.is_complete() && start.elapsed() < LONG {
                std::thread::sleep(Duration::from_millis(1));
            }
            request.is_complete()
        });
        let complete = submitter.join();
        over.set();
        poller.join().expect("no panic");
        assert!(complete.expect("no panic"), "it lies in the queue, and nobody knows");
    });
    rig.engine.expect(-1);
    // Nobody takes the packet, which keeps the request, its file and so the port.
    port.close();
}
