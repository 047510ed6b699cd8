//! Ends in two processes: the same rules, and what happens when a process ends (design.md section 4).

use super::*;
use std::process::{Child, Command, Stdio};

const ROLE: &str = "OVERLAPPED_TEST_PIPE_ROLE";
const NAME: &str = "OVERLAPPED_TEST_PIPE_NAME";

/// What the other process does with the pipe of this name.
pub(super) type Role = fn(&str);

/// The roles by their names.
fn roles() -> [(&'static str, Role); 11] {
    [
        ("echo", |name| {
            let pipe = ClientOptions::new().messages().open(name).expect("a client");
            loop {
                match outcome(pipe.read(room(1 << 20)).wait()) {
                    (Ok(_), message) => drop(pipe.write(message).wait().0.expect("answered")),
                    (Err(109), _) => return,
                    (Err(code), _) => panic!("error {code}"),
                }
            }
        }),
        ("rules", rules),
        ("write and go", |name| {
            let pipe = NamedPipeClient::open(name).expect("a client");
            pipe.write_bytes(b"all of it").expect("written");
        }),
        ("die writing", |name| {
            let pipe = NamedPipeClient::open(name).expect("a client");
            pipe.write_bytes(b"this").expect("written");
            let _pending = pipe.write("much more than the quota is");
            assert_eq!(pipe.info().expect("asked").in_bytes, 4);
            // The owner has seen both writes when it has answered a question.
            pipe.set_mode(0).expect("set");
            std::process::abort();
        }),
        ("serve and go", |name| {
            let server = PipeOptions::new().messages().create(name).expect("a server");
            println!("listening");
            server.accept().expect("a client");
            for text in ["one", "", "three"] {
                server.write_bytes(text.as_bytes()).expect("written");
            }
        }),
        ("exit", |name| {
            let server = PipeOptions::new().create(name).expect("a server");
            println!("listening");
            server.accept().expect("a client");
            server.write_bytes(b"unread").expect("written");
            // With everything open.
            std::process::exit(0);
        }),
        ("listen late", |name| {
            let server = PipeOptions::new().create(name).expect("a server");
            let _first = NamedPipeClient::open(name).expect("a client of its own");
            println!("busy");
            std::io::stdin().read_line(&mut String::new()).expect("told");
            let second = PipeOptions::new().create(name).expect("another instance");
            second.accept().expect("a client");
            second.write_bytes(b"late").expect("written");
            second.flush().expect("read");
            drop(server);
        }),
        ("limited", |name| {
            let three = PipeOptions::new().max_instances(3);
            let mine = three.create(name).expect("the second");
            assert_eq!(failure(three.clone().first_instance().create(name)), 5);
            assert_eq!(failure(three.clone().direction(Direction::Inbound).create(name)), 5);
            let more = three.create(name).expect("the third");
            assert_eq!(failure(three.create(name)), 231);
            assert_eq!(more.info().expect("asked").instances, 3);
            drop((mine, more));
        }),
        ("short of descriptors", |name| {
            // The system is there, and has not needed its names.
            drop(overlapped::pipe::anonymous(0).expect("a pipe"));
            let plain = name.trim_start_matches(r"\\.\pipe\");
            let event = || overlapped::named::create(plain, Event::manual_reset(true));
            let pipe = limited(libc::RLIMIT_NOFILE, 1, || failure(PipeOptions::new().create(name)));
            assert_eq!((pipe, limited(libc::RLIMIT_NOFILE, 1, || failure(event()))), (4, 4));
            let _event = event().expect("an event");
            let server = PipeOptions::new().create(name).expect("a server");
            println!("listening");
            server.accept().expect("a client");
            assert_eq!(limited(libc::RLIMIT_NOFILE, 1, || failure(NamedPipeClient::open(name))), 4);
            server.write_bytes(b"found").expect("written");
        }),
        ("no room for the register", |name| {
            let first = PipeOptions::new().first_instance();
            // SAFETY: a signal that nobody handles.
            unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
            limited(libc::RLIMIT_FSIZE, 0, || failure(first.clone().create(name)));
            assert_eq!(failure(NamedPipeClient::open(name)), 2, "what could not be made is not there");
            let server = first.create(name).expect("the name is free");
            assert_eq!(server.info().expect("asked").instances, 1);
            let _client = NamedPipeClient::open(name).expect("a client");
            assert_eq!(failure(NamedPipeClient::open(name)), 231);
        }),
        ("be stopped", |name| {
            let _server = PipeOptions::new().create(name).expect("a server");
            let _client = NamedPipeClient::open(name).expect("a client of its own");
            println!("busy");
            std::io::stdin().read_line(&mut String::new()).expect("told");
        }),
    ]
}

/// Calls something while the process may have no more than this of something.
fn limited<T>(what: libc::__rlimit_resource_t, most: u64, call: impl FnOnce() -> T) -> T {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for a limit.
    assert_eq!(unsafe { libc::getrlimit(what, &raw mut limit) }, 0);
    let fewer = libc::rlimit { rlim_cur: most, ..limit };
    // SAFETY: a limit.
    assert_eq!(unsafe { libc::setrlimit(what, &raw const fewer) }, 0);
    let value = call();
    // SAFETY: a limit.
    assert_eq!(unsafe { libc::setrlimit(what, &raw const limit) }, 0);
    value
}

/// The rows that a client sees, from another process.
fn rules(name: &str) {
    let pipe = ClientOptions::new().messages().open(name).expect("a client");
    assert_eq!(pipe.info().unwrap().flags(), 4);
    assert_ne!(pipe.server_process().unwrap(), std::process::id());
    // Quota 8 towards the server.
    assert_eq!(outcome(pipe.write("12345678").wait()).0, Ok(8));
    let waits = pipe.write("abc");
    assert!(waits.is_pending());
    assert!(waits.cancel());
    assert_eq!(code(waits), 995);
    println!("cancelled");
    // The server answers what it has got so far, which is the first message alone.
    let seen = loop {
        let seen = pipe.peek(2).expect("peeked");
        if seen.available > 0 {
            break seen;
        }
        std::thread::yield_now();
    };
    assert_eq!((seen.available, seen.messages, seen.left(), seen.data), (8, 1, 6, b"12".to_vec()));
    assert_eq!(code(pipe.transact(b"too early", room(9))), 231);
    assert_eq!(outcome(pipe.read(room(3)).wait()), (Err(234), b"123".to_vec()));
    assert_eq!(outcome(pipe.read(room(9)).wait()), (Ok(5), b"45678".to_vec()));
    pipe.set_mode(3).expect("without waiting");
    assert_eq!(code(pipe.read(room(9))), 232);
    pipe.set_mode(2).expect("waiting again");
    assert_eq!(outcome(pipe.transact(b"question", room(16)).wait()), (Ok(8), b"question".to_vec()));
    pipe.flush().expect("all read");
    let read = pipe.read(room(9));
    assert!(read.cancel());
    assert_eq!(code(read), 995);
    assert_eq!(outcome(pipe.write("bye").wait()).0, Ok(3));
    assert_eq!(code(pipe.read(room(9))), 233, "the server disconnects");
    assert_eq!((code(pipe.write("x")), failure(pipe.peek(1)), failure(pipe.flush())), (233, 233, 233));
}

/// In the other process, plays the role; in the test's, nothing.
#[test]
fn other_process() {
    let (Ok(role), Ok(name)) = (std::env::var(ROLE), std::env::var(NAME)) else { return };
    let (_, play) = roles().into_iter().chain(polled::ROLES).find(|(known, _)| *known == role).expect("a role");
    bounded("the other process", move || play(&name));
}

/// Another process, which ends with the test.
pub(super) struct Other(Child);

impl Other {
    pub fn start(role: &str, name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "far::other_process", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, role).env(NAME, name).stdin(Stdio::piped()).stdout(Stdio::piped());
        Self(command.spawn().expect("another process"))
    }

    /// Reads what it prints up to this line.
    pub fn says(&mut self, line: &str) {
        let out = self.0.stdout.as_mut().expect("piped");
        let mut text = Vec::new();
        while !text.ends_with(format!("{line}\n").as_bytes()) {
            let mut byte = [0];
            assert_eq!(out.read(&mut byte).expect("read"), 1, "it said {}", String::from_utf8_lossy(&text));
            text.push(byte[0]);
        }
    }

    /// Has it read a line.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.0.stdin.as_mut().expect("piped"), "{line}").expect("told");
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: a child that was not waited for, and plain numbers.
        assert_eq!(unsafe { libc::kill(self.0.id() as i32, signal) }, 0);
    }

    pub fn ends_well(mut self) {
        let mut rest = String::new();
        let _ = self.0.stdout.take().expect("piped").read_to_string(&mut rest);
        assert!(self.0.wait().expect("ended").success(), "{rest}");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn messages_of_every_size_go_to_another_process_and_back() {
    bounded("echo", || {
        let name = fresh();
        let server = PipeOptions::new().messages().quotas(1000, 1000).create(&name).expect("a server");
        let other = Other::start("echo", &name);
        server.accept().expect("a client");
        assert_eq!(server.client_process().unwrap(), other.id());
        for (at, len) in [0, 1, 999, 1000, 1001, 70_000, 1 << 20].into_iter().enumerate() {
            let message = pattern(len, at as u64);
            let (write, read) = (server.write(message.clone()), server.read(room(1 << 20)));
            assert_eq!(outcome(read.wait()), (Ok(len), message), "{len} bytes");
            assert_eq!(outcome(write.wait()).0, Ok(len));
        }
        let port = CompletionPort::<u8, usize>::new(0).expect("a port");
        let server = port.associate(server, 1).expect("associated");
        for number in 0..300 {
            server.read(room(64), 1000 + number).expect("accepted");
            server.write(pattern(number % 60, number as u64), number).expect("accepted");
        }
        let (mut reads, mut writes) = (0, 0);
        while reads + writes < 600 {
            let done = port.get().expect("a packet");
            match done.context {
                number @ 1000.. => {
                    let number = number - 1000;
                    assert_eq!((number, done.buffer), (reads, Some(pattern(number % 60, number as u64))), "in order");
                    reads += 1;
                }
                _ => writes += 1,
            }
        }
        drop(server);
        other.ends_well();
    });
}

#[test]
fn a_client_in_another_process_sees_the_same_rules() {
    bounded("rules", || {
        let name = fresh();
        let server = PipeOptions::new().messages().quotas(8, 8).create(&name).expect("a server");
        let mut other = Other::start("rules", &name);
        server.accept().expect("a client");
        let mut room = [0; 64];
        other.says("cancelled");
        assert_eq!(server.peek(64).unwrap().messages, 1, "the second was taken back");
        let got = server.read_message(&mut room).expect("a message").bytes;
        assert_eq!(&room[..got], b"12345678");
        let back = server.write("12345678");
        let got = server.read_message(&mut room).expect("a question").bytes;
        assert_eq!(&room[..got], b"question");
        server.write_bytes(b"question").expect("answered");
        let got = server.read_message(&mut room).expect("a farewell").bytes;
        assert_eq!(&room[..got], b"bye");
        back.wait().0.expect("read");
        server.disconnect().expect("disconnected");
        other.ends_well();
    });
}

#[test]
fn a_process_that_ends_leaves_what_it_wrote_and_takes_back_what_waits() {
    bounded("ends", || {
        let name = fresh();
        let server = PipeOptions::new().create(&name).expect("a server");
        Other::start("write and go", &name).ends_well();
        eventually("its end is noticed", || server.accept().is_err());
        assert_eq!(outcome(server.read(room(99)).wait()), (Ok(9), b"all of it".to_vec()));
        assert_eq!(code(server.read(room(99))), 109);

        let name = fresh();
        let server = PipeOptions::new().quotas(4, 4).create(&name).expect("a server");
        let mut other = Other::start("die writing", &name);
        server.accept().expect("a client");
        assert!(!other.0.wait().expect("ended").success());
        eventually("its end is noticed", || server.peek(0).is_ok_and(|seen| seen.available == 4 && seen.standing == 4));
        assert_eq!(outcome(server.read(room(99)).wait()), (Ok(4), b"this".to_vec()));
        assert_eq!(code(server.read(room(99))), 109);
    });
}

#[test]
fn whoever_knows_that_a_client_has_ended_finds_its_pending_writes_taken_back_07_1_6() {
    bounded("deaths", || {
        for _ in 0..8 {
            let name = fresh();
            let server = PipeOptions::new().quotas(4, 4).create(&name).expect("a server");
            let other = Other::start("die writing", &name);
            server.accept().expect("a client");
            overlapped::process::Child::of(&other.0).expect("a process").wait().expect("ended");
            let seen = server.peek(0).expect("peeked");
            assert_eq!((seen.available, seen.standing), (4, 4));
            assert_eq!(outcome(server.read(room(99)).wait()), (Ok(4), b"this".to_vec()));
            assert_eq!(code(server.read(room(99))), 109);
        }
    });
}

#[test]
fn a_server_that_ends_leaves_its_messages_to_its_client() {
    bounded("a farewell", || {
        let name = fresh();
        let mut other = Other::start("serve and go", &name);
        other.says("listening");
        let pipe = ClientOptions::new().messages().open(&name).expect("a client");
        assert_eq!(pipe.server_process().unwrap(), other.0.id());
        other.ends_well();
        let read = || outcome(pipe.read(room(9)).wait());
        eventually("the farewell", || pipe.peek(9).is_ok_and(|seen| seen.standing == 4));
        assert_eq!(pipe.peek(9).unwrap().messages, 3);
        assert_eq!(
            [read(), read(), read()],
            [b"one".to_vec(), vec![], b"three".to_vec()].map(|text| (Ok(text.len()), text))
        );
        assert_eq!((read().0, code(pipe.write("x"))), (Err(109), 232));
        assert_eq!(failure(NamedPipeClient::open(&name)), 2);
    });
}

#[test]
fn a_server_that_exits_with_its_pipe_open_leaves_what_it_wrote() {
    bounded("an exit", || {
        let name = fresh();
        let mut other = Other::start("exit", &name);
        other.says("listening");
        let pipe = NamedPipeClient::open(&name).expect("a client");
        other.ends_well();
        assert_eq!(outcome(pipe.read(room(9)).wait()), (Ok(6), b"unread".to_vec()));
        assert_eq!(code(pipe.read(room(9))), 109);
    });
}

#[test]
fn waits_reach_into_other_processes() {
    bounded("a wait", || {
        let name = fresh();
        let mut other = Other::start("listen late", &name);
        other.says("busy");
        assert_eq!(failure(NamedPipeClient::open(&name)), 231);
        assert_eq!(failure(wait_named_pipe(&name, None)), 121);
        std::thread::scope(|scope| {
            let wait = scope.spawn(|| wait_named_pipe(&name, Some(Timeout::Infinite)));
            other.0.stdin.as_mut().expect("piped").write_all(b"now\n").expect("told");
            wait.join().unwrap().expect("it listens");
        });
        let pipe = NamedPipeClient::open(&name).expect("a client");
        assert_eq!(outcome(pipe.read(room(9)).wait()), (Ok(4), b"late".to_vec()));
        drop(pipe);
        other.ends_well();
        assert_eq!(failure(wait_named_pipe(&name, Some(Timeout::Infinite))), 2);
    });
}

#[test]
fn who_is_short_of_descriptors_for_a_moment_shares_its_names_afterwards() {
    bounded("few descriptors", || {
        let name = fresh();
        let mut other = Other::start("short of descriptors", &name);
        other.says("listening");
        let event = overlapped::named::open::<Event>(name.trim_start_matches(r"\\.\pipe\"));
        assert!(event.expect("the other's").wait(Timeout::Poll));
        let pipe = NamedPipeClient::open(&name).expect("a client");
        assert_eq!(outcome(pipe.read(room(9)).wait()), (Ok(5), b"found".to_vec()));
        other.ends_well();
    });
}

#[test]
fn an_instance_that_the_register_has_no_room_for_is_not_there() {
    bounded("no room", || Other::start("no room for the register", &fresh()).ends_well());
}

#[test]
fn a_wait_for_a_server_that_is_stopped_keeps_to_its_time_07_1_4() {
    bounded("a stopped server", || {
        let name = fresh();
        let mut other = Other::start("be stopped", &name);
        other.says("busy");
        other.signal(libc::SIGSTOP);
        let stat = format!("/proc/{}/stat", other.id());
        eventually("it is stopped", || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T ")));
        let start = std::time::Instant::now();
        let waited = wait_named_pipe(&name, Some(Timeout::After(Duration::from_millis(300))));
        assert_eq!(failure(waited), 121);
        assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
        other.signal(libc::SIGCONT);
        other.tell("end");
        other.ends_well();
    });
}

#[test]
fn instances_are_counted_across_processes() {
    bounded("limits", || {
        let name = fresh();
        let server = PipeOptions::new().max_instances(3).create(&name).expect("the first");
        Other::start("limited", &name).ends_well();
        assert_eq!(server.info().expect("asked").instances, 1);
    });
}
