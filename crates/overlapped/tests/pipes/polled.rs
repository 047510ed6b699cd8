//! Who reads a connection between two processes: the threads that wait in the library, while requests wait for it (docs/design-notes.md,
//! "Between processes"); and what that must not change.

use super::far::{Other, Role};
use super::*;
use common::sleeps_of;

/// What other processes do for these tests.
pub(super) const ROLES: [(&str, Role); 5] = [
    ("serve trips", |name| {
        let server = PipeOptions::new().messages().quotas(1000, 1000).create(name).expect("a server");
        println!("listening");
        server.accept().expect("a client");
        let before = sleeps_of(CHANNEL);
        let mut room = [0; 100];
        while let Ok(Received { bytes, .. }) = server.read_message(&mut room) {
            server.write_bytes(&room[..bytes]).expect("answered");
        }
        sleeps_meanwhile(before);
    }),
    ("ask trips", |name| {
        let pipe = ClientOptions::new().messages().open(name).expect("a client");
        let before = sleeps_of(CHANNEL);
        make_trips(&pipe);
        sleeps_meanwhile(before);
    }),
    ("write and tell", |name| {
        let pipe = ClientOptions::new().messages().open(name).expect("a client");
        for line in std::io::stdin().lines() {
            pipe.write_bytes(line.expect("told").as_bytes()).expect("written");
            println!("written");
        }
    }),
    ("be left", |name| {
        let pipe = ClientOptions::new().messages().open(name).expect("a client");
        println!("{}", pipe.write_bytes(b"x").expect("written"));
        let code = told_to_write(&pipe);
        println!("{code}");
        assert_eq!(failure(pipe.write_bytes(b"x")), code, "and the next one");
    }),
    ("answer for ever", |name| {
        let pipe = ClientOptions::new().messages().open(name).expect("a client");
        let mut room = [0; 100];
        while let Ok(Received { bytes, .. }) = pipe.read_message(&mut room) {
            if pipe.write_bytes(&room[..bytes]).is_err() {
                return;
            }
        }
    }),
];

const TRIPS: u64 = 1000;
/// The service thread of the channel.
const CHANNEL: &str = "ovl-channel";

/// How a write ends that begins when the parent says so.
fn told_to_write(pipe: &NamedPipeClient) -> u32 {
    std::io::stdin().read_line(&mut String::new()).expect("told");
    failure(pipe.write_bytes(b"x"))
}

fn make_trips(pipe: &NamedPipeClient) {
    let mut room = [0; 100];
    for number in 0..TRIPS {
        pipe.write_bytes(&number.to_le_bytes()).expect("asked");
        let Received { bytes, .. } = pipe.read_message(&mut room).expect("answered");
        assert_eq!(room[..bytes], number.to_le_bytes());
    }
}

#[track_caller]
fn sleeps_meanwhile(before: u64) {
    let woken = sleeps_of(CHANNEL) - before;
    // Nearly once for each message if it read them.
    assert!(woken < TRIPS / 4, "{TRIPS} messages there and back woke the service thread {woken} times");
}

#[test]
fn threads_that_wait_read_what_comes_and_the_service_thread_sleeps() {
    bounded("trips", || {
        let name = fresh();
        let mut serving = Other::start("serve trips", &name);
        serving.says("listening");
        Other::start("ask trips", &name).ends_well();
        serving.ends_well();
    });
}

#[test]
fn what_another_process_has_written_is_seen_when_its_write_has_returned() {
    on_real_engines(|lab| {
        let name = fresh();
        let server = options(lab).messages().quotas(1000, 1000).create(&name).expect("a server");
        let mut other = Other::start("write and tell", &name);
        server.accept().expect("a client");
        for round in 0..100 {
            other.tell(&format!("message {round}"));
            other.says("written");
            let seen = server.peek(20).expect("peeked");
            assert_eq!((seen.messages, seen.data), (1, format!("message {round}").into_bytes()), "round {round}");
            // By a read that does not wait, by one that does, and by one that was there before.
            if round % 3 == 0 {
                server.set_mode(3).expect("without waiting");
            }
            assert_eq!(outcome(server.read(room(20)).wait()), (Ok(seen.available), seen_text(round)));
            server.set_mode(2).expect("waiting");
            if round % 10 == 5 {
                let before = server.read(room(20));
                other.tell("before");
                assert_eq!(outcome(before.wait()), (Ok(6), b"before".to_vec()));
                other.says("written");
            }
        }
    });
}

fn seen_text(round: u32) -> Vec<u8> {
    format!("message {round}").into_bytes()
}

#[test]
fn a_write_after_the_server_has_left_fails_at_once_in_another_process() {
    bounded("leaves", || {
        for (disconnects, code) in [(true, 233), (false, 232)] {
            let name = fresh();
            let server = PipeOptions::new().messages().quotas(100, 100).create(&name).expect("a server");
            let mut other = Other::start("be left", &name);
            server.accept().expect("a client");
            other.says("1");
            if disconnects {
                server.disconnect().expect("disconnected");
                other.tell("now");
                other.says(&code.to_string());
            } else {
                drop(server);
                other.tell("now");
                other.says(&code.to_string());
            }
            other.ends_well();
        }
    });
}

/// Stops a process, and waits until all of its threads are.
fn stop(other: &Other) {
    other.signal(libc::SIGSTOP);
    eventually("it stops", || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", other.id())).expect("procfs").flatten();
        let mut statuses = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok());
        statuses.all(|status| status.contains("State:\tT"))
    });
}

#[test]
fn a_stopped_client_holds_up_neither_others_nor_the_end_of_the_system() {
    on_real_engines(|lab| {
        let name = fresh();
        let two = || options(lab).messages().quotas(100, 100).create(&name).expect("a server");
        let (first, second) = (two(), two());
        let stopped = Other::start("answer for ever", &name);
        first.accept().expect("a client");
        let echo = |server: &NamedPipeServer, number: u64| {
            server.write_bytes(&number.to_le_bytes()).expect("asked");
            let mut room = [0; 100];
            let Received { bytes, .. } = server.read_message(&mut room).expect("answered");
            assert_eq!(room[..bytes], number.to_le_bytes());
        };
        (0..20).for_each(|number| echo(&first, number));
        stop(&stopped);
        let running = Other::start("answer for ever", &name);
        second.accept().expect("a client");
        // The client had a read waiting, which takes the first; the rest stays, and one more has to wait.
        let pending: Vec<_> = (0..4).map(|_| first.write(vec![1; 60])).collect();
        assert!(pending.iter().any(Operation::is_pending));
        let read = first.read(room(100));
        (0..200).for_each(|number| echo(&second, number));
        assert!(read.is_pending());
        drop((first, second, read, pending));
        // So a system that ends now waits for nobody.
        eventually("nothing is to be polled", || !lab.system.engine().wants_poll());
        running.ends_well();
        stopped.signal(libc::SIGCONT);
        stopped.ends_well();
    });
}

#[test]
fn a_client_that_is_killed_at_any_moment_leaves_its_server_in_order() {
    on_real_engines(|lab| {
        let name = fresh();
        let server = options(lab).messages().quotas(100, 100).create(&name).expect("a server");
        let mut random = Random::new(7);
        for _ in 0..8 {
            let connecting = server.connect();
            let other = Other::start("answer for ever", &name);
            connecting.wait().0.expect("a client");
            let trips = random.below(40) as u64;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_micros(100 * trips));
                    other.signal(libc::SIGKILL);
                });
                let mut room = [0; 100];
                let code = loop {
                    match server.write_bytes(&[7; 50]).and_then(|_| server.read_message(&mut room)) {
                        Ok(Received { bytes, .. }) => assert_eq!(room[..bytes], [7; 50]),
                        Err(error) => break error.code().0,
                    }
                };
                assert!([109, 232].contains(&code), "error {code}");
            });
            server.disconnect().expect("disconnected");
        }
    });
}
