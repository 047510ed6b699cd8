//! Two channels of one directory are two processes, as far as the channel is concerned; where death matters, there is a real one.

use super::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

const LONG: Duration = Duration::from_secs(60);
const ROLE: &str = "OVERLAPPED_TEST_CHANNEL";
const ECHO: u16 = 1;
const FLOOD: u16 = 2;
const LEAVE: u16 = 3;

/// What an end is told.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Frame(u16, u64, usize),
    Ended,
}

struct Listener {
    told: Mutex<Sender<Told>>,
    echo: bool,
}

impl End for Listener {
    fn longest(&self) -> u32 {
        64 << 20
    }

    fn frame(&self, connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        let _ = self.told.lock().send(Told::Frame(frame.operation, frame.tag, frame.body.len()));
        match frame.operation {
            _ if !self.echo => {}
            ECHO => _ = connection.send(ECHO, frame.tag, frame.body),
            FLOOD => while connection.send(FLOOD, 0, vec![0; 1 << 20]).is_ok() {},
            LEAVE => connection.close(),
            _ => return Err(Malformed),
        }
        Ok(())
    }

    fn ended(&self, _: &Connection) {
        let _ = self.told.lock().send(Told::Ended);
    }
}

fn listener(echo: bool) -> (Arc<dyn End>, Receiver<Told>) {
    let (told, heard) = channel();
    (Arc::new(Listener { told: Mutex::new(told), echo }), heard)
}

/// Echoes what comes; its listeners' news come out of the receiver.
struct Echo(Mutex<Sender<Receiver<Told>>>);

impl Service for Echo {
    fn accept(&self, name: &Name, connection: &Connection, greeting: &[u8]) -> Result<Accepted, Win32Error> {
        if greeting == b"no" {
            return Err(Win32Error::PIPE_BUSY);
        }
        assert_eq!(connection.peer().process, std::process::id());
        let (end, heard) = listener(true);
        let _ = self.0.lock().send(heard);
        // Before the answer to the greeting, and yet after it for the client.
        let _ = connection.send(ECHO, 77, Vec::new());
        Ok(Accepted { end, welcome: [greeting, name.key()].concat() })
    }
}

struct Pair {
    _run: tempfile::TempDir,
    owner: Channel,
    client: Channel,
    _echo: Arc<dyn Service>,
    accepted: Receiver<Receiver<Told>>,
}

fn name(name: &str) -> Name {
    Name::new(Kind::Pipe, name)
}

/// Takes a name that nobody has.
fn take(channel: &Channel, wanted: &Name) -> Result<(), Win32Error> {
    channel.change(wanted, |owners| {
        if !owners.others.is_empty() || owners.own.is_some() {
            return Err(Win32Error::ALREADY_EXISTS);
        }
        owners.own = Some(b"note".to_vec());
        Ok(())
    })
}

fn pair() -> Pair {
    let run = tempfile::tempdir().unwrap();
    let [owner, client] = [(); 2].map(|()| Channel::new(run.path().join("run")));
    let (sender, accepted) = channel();
    let echo: Arc<dyn Service> = Arc::new(Echo(Mutex::new(sender)));
    owner.serve(Kind::Pipe, Arc::downgrade(&echo));
    take(&owner, &name("Echo")).unwrap();
    Pair { _run: run, owner, client, _echo: echo, accepted }
}

impl Pair {
    fn owner(&self) -> Owner {
        self.client.owners(&name("eCHO")).unwrap().first().expect("an owner").owner
    }

    /// A connection from the client, what the client hears, and what the owner does.
    fn connect(&self) -> (Connection, Receiver<Told>, Receiver<Told>) {
        let (end, heard) = listener(false);
        let attach = |_: &Connection, welcome: &[u8]| {
            assert_eq!(welcome, b"helloECHO");
            Ok(end)
        };
        let connection = self.client.connect(self.owner(), &name("echo"), b"hello", attach).unwrap();
        assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, 77, 0)));
        (connection, heard, self.accepted.recv_timeout(LONG).unwrap())
    }
}

#[test]
fn a_name_goes_to_one_of_many_creators_07_1_1() {
    let run = tempfile::tempdir().unwrap();
    let channels: Vec<Channel> = (0..3).map(|_| Channel::new(run.path())).collect();
    std::fs::set_permissions(run.path(), PermissionsExt::from_mode(0o700)).unwrap();
    for round in 0..10 {
        let wanted = name(&format!("Name {round}"));
        let start = Barrier::new(6);
        let winners = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|n| {
                    let (channel, start, wanted) = (&channels[n % 3], &start, &wanted);
                    scope.spawn(move || {
                        start.wait();
                        take(channel, wanted).is_ok()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
        });
        assert_eq!(winners, 1, "round {round}");
        let seen = channels.iter().map(|channel| channel.owners(&name(&format!("NAME {round}"))).unwrap().len());
        assert_eq!(seen.sum::<usize>(), 2, "the other two see it");
        channels.iter().for_each(|channel| channel.release(&wanted));
        assert!(take(&channels[0], &wanted).is_ok(), "it is free again");
    }
}

#[test]
fn owners_of_one_name_see_each_others_notes_and_kinds_do_not_mix_07_1_2() {
    let pair = pair();
    pair.client
        .change(&name("ECHO"), |owners| {
            assert_eq!((owners.others.len(), &*owners.others[0].note, &owners.own), (1, &b"note"[..], &None));
            owners.own = Some(b"second".to_vec());
            Ok(())
        })
        .unwrap();
    let seen = pair.owner.owners(&name("echo")).unwrap();
    assert_eq!((seen.len(), &*seen[0].note, Some(seen[0].owner)), (1, &b"second"[..], pair.client.me()));
    assert!(pair.owner.owners(&Name::new(Kind::Mailslot, "echo")).unwrap().is_empty());
    let failed: Result<(), _> = pair.client.change(&name("echo"), |owners| {
        owners.own = None;
        Err(Win32Error::ACCESS_DENIED)
    });
    assert_eq!(failed, Err(Win32Error::ACCESS_DENIED));
    assert_eq!(pair.owner.owners(&name("echo")).unwrap(), seen, "a decision that fails changes nothing");
    pair.client.release(&name("echo"));
    assert!(pair.owner.owners(&name("echo")).unwrap().is_empty());
}

#[test]
fn frames_arrive_in_order_and_sending_never_waits_07_4_2() {
    let pair = pair();
    let (connection, heard, owners) = pair.connect();
    // More than any socket takes, while the owner's thread may not have run at all.
    const SIZE: usize = 3 << 20;
    for tag in 0..8 {
        connection.send(ECHO, tag, vec![1; SIZE]).unwrap();
    }
    for tag in 0..8 {
        assert_eq!(owners.recv_timeout(LONG), Ok(Told::Frame(ECHO, tag, SIZE)));
        assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, tag, SIZE)));
    }
    // What was sent before a close arrives.
    connection.send(ECHO, 9, vec![1; SIZE]).unwrap();
    connection.close();
    assert_eq!(connection.send(ECHO, 10, Vec::new()), Err(Closed));
    assert_eq!(owners.recv_timeout(LONG), Ok(Told::Frame(ECHO, 9, SIZE)));
    assert_eq!((owners.recv_timeout(LONG), heard.recv_timeout(LONG)), (Ok(Told::Ended), Ok(Told::Ended)));
    drop((connection, pair));
    assert_eq!((owners.recv_timeout(LONG).ok(), heard.recv_timeout(LONG).ok()), (None, None), "told once");
}

#[test]
fn either_side_ends_a_connection_and_both_are_told_once() {
    let pair = pair();
    let (by_owner, client, owner) = pair.connect();
    by_owner.send(LEAVE, 0, Vec::new()).unwrap();
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Frame(LEAVE, 0, 0)));
    assert_eq!((owner.recv_timeout(LONG), client.recv_timeout(LONG)), (Ok(Told::Ended), Ok(Told::Ended)));
    let (by_client, client, owner) = pair.connect();
    by_client.abort();
    by_client.close();
    assert_eq!((owner.recv_timeout(LONG), client.recv_timeout(LONG)), (Ok(Told::Ended), Ok(Told::Ended)));
    let (_still, client, owner) = pair.connect();
    let Pair { owner: owners_channel, client: clients_channel, .. } = pair;
    drop(owners_channel);
    assert_eq!((owner.recv_timeout(LONG), client.recv_timeout(LONG)), (Ok(Told::Ended), Ok(Told::Ended)));
    assert_eq!((owner.try_recv().ok(), client.try_recv().ok()), (None, None));
    assert!(clients_channel.owners(&name("echo")).unwrap().is_empty(), "its names went with the owner");
}

#[test]
fn a_refusal_says_why_and_an_owner_that_is_gone_is_told_apart() {
    let pair = pair();
    let never = |_: &Connection, _: &[u8]| -> Result<Arc<dyn End>, Win32Error> { unreachable!("it was refused") };
    let refused = pair.client.connect(pair.owner(), &name("echo"), b"no", never).unwrap_err();
    assert_eq!(refused, ConnectError::Refused(Win32Error::PIPE_BUSY));
    let other = Name::new(Kind::Mailslot, "echo");
    let unserved = pair.client.connect(pair.owner(), &other, b"", never).unwrap_err();
    assert_eq!(unserved, ConnectError::Refused(Win32Error::FILE_NOT_FOUND));
    let gone = pair.client.connect(Owner(1), &name("echo"), b"", never).unwrap_err();
    assert_eq!(gone, ConnectError::Gone);
}

#[test]
fn who_does_not_keep_to_the_format_ends_only_its_own_connection() {
    let pair = pair();
    let (good, heard, _owner) = pair.connect();
    let path = pair.client.hub().unwrap().unwrap().socket_of(pair.owner());
    let hello = Writer::new().u8(Kind::Pipe as u8).bytes(b"ECHO").rest(b"hello").finish();
    let greeting = [&head(HELLO, 0, hello.len() as u32)[..], &hello].concat();
    let bad: [Vec<u8>; 5] = [
        b"GET / HTTP/1.1\r\n\r\n................".to_vec(),
        head(ECHO, 0, 0).to_vec(),
        head(HELLO, 0, u32::MAX).to_vec(),
        [&greeting[..], &head(HELLO, 0, 0)].concat(),
        [&greeting[..], &head(99, 0, 0)].concat(),
    ];
    for bytes in bad {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.write_all(&bytes).unwrap();
        let mut rest = Vec::new();
        // Whatever was answered to the greeting, then the end.
        match stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
    good.send(ECHO, 5, vec![0; 9]).unwrap();
    assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, 5, 9)));
}

#[test]
fn what_was_sent_before_the_sender_ended_is_heard_07_4_2() {
    let pair = pair();
    let before = Frame { operation: ECHO, tag: 8, body: vec![1; 400] };
    assert!(pair.client.leave(pair.owner(), &name("echo"), b"hello", before.clone()));
    let owner = pair.accepted.recv_timeout(LONG).unwrap();
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Frame(ECHO, 8, 400)), "though nobody hears the answers");
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Ended));
    assert!(!pair.client.leave(Owner(1), &name("echo"), b"hello", before));
    // A client that dies with answers unread, in the middle of many frames.
    let mut stream = UnixStream::connect(pair.client.hub().unwrap().unwrap().socket_of(pair.owner())).unwrap();
    let hello = hello(&name("echo"), b"hello");
    stream.write_all(&[&head(HELLO, 0, hello.len() as u32)[..], &hello].concat()).unwrap();
    for tag in 0..100 {
        stream.write_all(&[&head(ECHO, tag, 100)[..], &[0; 100]].concat()).unwrap();
    }
    stream.write_all(&head(ECHO, 100, 100)).unwrap();
    drop(stream);
    let owner = pair.accepted.recv_timeout(LONG).unwrap();
    for tag in 0..100 {
        assert_eq!(owner.recv_timeout(LONG), Ok(Told::Frame(ECHO, tag, 100)));
    }
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Ended), "half a frame is none");
}

#[test]
fn a_client_that_does_not_read_loses_its_connection_and_holds_nobody_up() {
    let pair = pair();
    let (good, heard, _owner) = pair.connect();
    let mut stream = UnixStream::connect(pair.client.hub().unwrap().unwrap().socket_of(pair.owner())).unwrap();
    let hello = Writer::new().u8(Kind::Pipe as u8).bytes(b"ECHO").rest(b"hello").finish();
    stream.write_all(&[&head(HELLO, 0, hello.len() as u32)[..], &hello, &head(FLOOD, 0, 0)].concat()).unwrap();
    let owner = pair.accepted.recv_timeout(LONG).unwrap();
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Frame(FLOOD, 0, 0)));
    assert_eq!(owner.recv_timeout(LONG), Ok(Told::Ended));
    good.send(ECHO, 6, Vec::new()).unwrap();
    assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, 6, 0)));
}

#[test]
fn who_watches_a_name_is_told_of_new_owners_and_notes_07_1_4() {
    let pair = pair();
    let (told, heard) = channel();
    let told = Mutex::new(told);
    let tell: super::Told = Arc::new(move || _ = told.lock().send(()));
    let watch = pair.client.subscribe(&name("later"), Arc::clone(&tell)).unwrap();
    take(&pair.owner, &name("other")).unwrap();
    take(&pair.owner, &name("LATER")).unwrap();
    heard.recv_timeout(LONG).expect("a new owner");
    assert_eq!(pair.client.owners(&name("later")).unwrap().len(), 1);
    pair.owner.release(&name("later"));
    heard.recv_timeout(LONG).expect("the owner left");
    drop(watch);
    let again = pair.client.subscribe(&name("later"), tell).unwrap();
    take(&pair.owner, &name("later")).unwrap();
    heard.recv_timeout(LONG).expect("a new owner, by a new watch");
    drop(again);
}

#[test]
fn nothing_runs_and_nothing_is_made_before_it_is_needed() {
    let run = tempfile::tempdir().unwrap();
    let directory = run.path().join("run");
    let unused = Channel::new(&directory);
    drop(unused.clone());
    assert!(!directory.exists());
    assert!(unused.owners(&name("nothing")).unwrap().is_empty());
    assert_eq!(unused.me(), None, "who only looks is no owner");
    assert_eq!(std::fs::read_dir(directory.join("channel/owners")).unwrap().count(), 0);
    take(&unused, &name("something")).unwrap();
    assert_eq!(std::fs::read_dir(directory.join("channel/owners")).unwrap().count(), 2);
    unused.release(&name("something"));
    drop(unused);
    for place in ["owners", "names"] {
        assert_eq!(std::fs::read_dir(directory.join("channel").join(place)).unwrap().count(), 0, "{place}");
    }
}

#[test]
fn a_directory_that_others_may_enter_is_not_used() {
    let run = tempfile::tempdir().unwrap();
    std::fs::set_permissions(run.path(), PermissionsExt::from_mode(0o755)).unwrap();
    for channel in [Channel::new(run.path()), Channel::alone()] {
        take(&channel, &name("mine")).unwrap();
        assert_eq!(take(&channel, &name("MINE")), Err(Win32Error::ALREADY_EXISTS), "it is the process's own");
        channel.release(&name("mine"));
        take(&channel, &name("Mine")).unwrap();
        assert!(channel.owners(&name("mine")).unwrap().is_empty() && channel.me().is_none());
    }
    assert_eq!(std::fs::read_dir(run.path()).unwrap().count(), 0);
}

#[test]
fn a_long_path_of_the_directory_does_not_matter() {
    let run = tempfile::tempdir().unwrap();
    let deep = run.path().join("d".repeat(100));
    std::fs::create_dir(&deep).unwrap();
    let [owner, client] = [(); 2].map(|()| Channel::new(deep.join("run")));
    take(&owner, &name("deep")).unwrap();
    let found = client.owners(&name("deep")).unwrap()[0].owner;
    let never = |_: &Connection, _: &[u8]| -> Result<Arc<dyn End>, Win32Error> { unreachable!("nobody serves") };
    let refused = client.connect(found, &name("deep"), b"", never).unwrap_err();
    assert_eq!(refused, ConnectError::Refused(Win32Error::FILE_NOT_FOUND), "it was reached");
}

/// Another process that owns `Echo` until it is killed, with a child of its own that outlives it.
struct Other(Child, u32);

impl Other {
    fn start(run: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "channel::tests::role", "--ignored", "--nocapture", "--test-threads=1"]);
        let mut child = command.env(ROLE, run).stdout(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.unwrap().split_once("child ").map(|(_, n)| n.to_owned()));
        let grandchild = line.expect("the other process is ready").parse().unwrap();
        Self(child, grandchild)
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let grandchild = rustix::process::Pid::from_raw(self.1 as i32).unwrap();
        let _ = rustix::process::kill_process(grandchild, rustix::process::Signal::KILL);
    }
}

#[test]
#[ignore = "what the other process does"]
fn role() {
    let Some(run) = std::env::var_os(ROLE) else { return };
    let channel = Channel::new(run);
    let (sender, _accepted) = std::sync::mpsc::channel();
    struct Anybody(Echo);
    impl Service for Anybody {
        fn accept(&self, _: &Name, _: &Connection, greeting: &[u8]) -> Result<Accepted, Win32Error> {
            let (end, heard) = listener(true);
            let _ = self.0.0.lock().send(heard);
            Ok(Accepted { end, welcome: greeting.to_vec() })
        }
    }
    let service: Arc<dyn Service> = Arc::new(Anybody(Echo(Mutex::new(sender))));
    channel.serve(Kind::Pipe, Arc::downgrade(&service));
    take(&channel, &name("echo")).unwrap();
    let mut child = Command::new("sleep").arg("600").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    println!("child {}", child.id());
    // Until it is killed; or until its parent is no more.
    let _ = std::io::stdin().read(&mut [0]);
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn a_killed_owner_is_noticed_and_leaves_its_names_to_others_07_1_3() {
    let run = tempfile::tempdir().unwrap();
    let directory = run.path().join("run");
    let channel = Channel::new(&directory);
    for round in 0..3 {
        let mut other = Other::start(&directory);
        let owners = channel.owners(&name("echo")).unwrap();
        assert_eq!(owners.len(), 1, "round {round}");
        assert_eq!(take(&channel, &name("echo")), Err(Win32Error::ALREADY_EXISTS));
        let (end, heard) = listener(false);
        let connection = channel.connect(owners[0].owner, &name("echo"), b"", |_, _| Ok(end)).unwrap();
        assert_eq!(connection.peer().process, other.0.id());
        connection.send(ECHO, 1, vec![0; 10]).unwrap();
        assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, 1, 10)));
        other.kill();
        assert_eq!(heard.recv_timeout(LONG), Ok(Told::Ended), "its child has none of its descriptors");
        assert!(channel.owners(&name("echo")).unwrap().is_empty());
        take(&channel, &name("echo")).unwrap();
        channel.release(&name("echo"));
    }
    // The dead are buried when the next process becomes an owner.
    let late = Channel::new(&directory);
    take(&late, &name("late")).unwrap();
    let left = std::fs::read_dir(directory.join("channel/owners")).unwrap().count();
    assert_eq!(left, 4, "two files for each of the two that live");
}

#[test]
fn a_stuck_owner_does_not_hold_up_the_service_thread() {
    let run = tempfile::tempdir().unwrap();
    let channel = Channel::new(run.path().join("run"));
    let other = Other::start(&run.path().join("run"));
    let owner = channel.owners(&name("echo")).unwrap()[0].owner;
    let (end, heard) = listener(false);
    let connection = channel.connect(owner, &name("echo"), b"", |_, _| Ok(end)).unwrap();
    let stopped = rustix::process::Pid::from_raw(other.0.id() as i32).unwrap();
    rustix::process::kill_process(stopped, rustix::process::Signal::STOP).unwrap();
    let sent = AtomicUsize::new(0);
    let start = Instant::now();
    while connection.queued() < 4 << 20 {
        connection.send(ECHO, 1, vec![0; 1 << 20]).unwrap();
        sent.fetch_add(1, Ordering::Relaxed);
        assert!(start.elapsed() < LONG);
    }
    rustix::process::kill_process(stopped, rustix::process::Signal::CONT).unwrap();
    for _ in 0..sent.into_inner() {
        assert_eq!(heard.recv_timeout(LONG), Ok(Told::Frame(ECHO, 1, 1 << 20)));
    }
}
