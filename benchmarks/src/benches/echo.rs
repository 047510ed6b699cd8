//! `echo`: a server that gives back what it gets, over many connections.
//!
//! One [client](super::echo_client), the same for all, keeps one message on its way on each connection: it sends the next when the
//! last has come back. An operation is one message there and back. With one thread the server has a processor of its own and
//! the client another; with two they share both with the client. The servers in C are processes of their own, whose
//! processor time is charged like that of threads.

use std::cell::OnceCell;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::echo_client::Client;
use crate::harness::{Amount, Contestant, Context, Group, Measure, Metric, Outcome};
use crate::meter::{self, Timer};
use crate::ours_sockets::PortServer;
use crate::peers::echo::{EpollServer, TokioServer};
use crate::peers::echo_program::{ProgramServer, Programs};
use crate::peers::echo_ring::{MultishotServer, RingServer};
use crate::peers::echo_runtimes::{CompioServer, MonoioServer};
use crate::team::{self, Member, Placement};
use crate::workspace::Workspace;

const OURS: &str = "ours, port";
const OURS_C: &str = "ours, C (ovl cc)";
const EPOLL: &str = "bare epoll loop";
const RING: &str = "bare ring loop";
const MULTISHOT: &str = "bare ring loop, multishot receives";
const TOKIO: &str = "tokio";
const COMPIO: &str = "compio";
const MONOIO: &str = "monoio";
const WINE: &str = "the same C program under Wine";

/// Everybody but us and Wine.
const RIVALS: &[&str] = &[EPOLL, RING, MULTISHOT, TOKIO, COMPIO, MONOIO];
/// Bytes of a receive buffer: servers do not know how long the next message is. `--tight` makes it as long as a message instead.
const ROOM: usize = 16 << 10;
/// The 99th percentile may be so much worse than that of the best.
const TAIL: f64 = 1.0 / 1.2;
/// What the C face may cost, and how far behind Wine is at least.
const C_BAR: f64 = 0.95;
const WINE_BAR: f64 = 12.0;

/// What the server's side of all connections is given to.
pub struct Job {
    /// The accepted connections.
    pub streams: Vec<TcpStream>,
    /// Bytes of a receive buffer.
    pub room: usize,
    /// Threads of the server.
    pub threads: usize,
}

impl Job {
    /// A part for each thread, as even as can be.
    pub fn shares(self) -> Vec<Vec<TcpStream>> {
        let mut shares: Vec<Vec<TcpStream>> = (0..self.threads).map(|_| Vec::new()).collect();
        for (index, stream) in self.streams.into_iter().enumerate() {
            shares[index % self.threads].push(stream);
        }
        shares
    }
}

/// A server that runs until it is dropped.
pub trait Server: Sized {
    /// Starts its threads.
    fn start(job: Job) -> io::Result<Self>;
}

/// One cell of the table.
#[derive(Clone, Copy)]
struct Shape {
    connections: usize,
    size: usize,
    threads: usize,
    /// Bytes of each server's receive buffers.
    room: usize,
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    raise_descriptor_limit();
    let workspace = Workspace::new(&context.dir)?;
    let programs = OnceCell::new();
    let mut outcomes = Vec::new();
    for threads in [1, 2] {
        for connections in context.pick(vec![1, 100, 1000], vec![1, 20]) {
            for size in [64, 4096] {
                let programs = || programs.get_or_init(|| Programs::new(&workspace, context.quick));
                let room = if context.tight { size } else { ROOM };
                outcomes.push(group(context, programs, Shape { connections, size, threads, room })?);
            }
        }
    }
    Ok(outcomes)
}

/// All contestants of a group have their connections at the same time.
pub fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

fn group<'a>(context: &Context, programs: impl Fn() -> &'a Programs, shape: Shape) -> io::Result<Outcome> {
    let Shape { connections, size, threads, room } = shape;
    let title = format!("echo of {size} bytes, {connections} connections, server with {threads} threads");
    let metric = Metric { unit: "k echoes/s", operation: "echo", higher_is_better: true, scale: 1e-3 };
    let amount = Amount::Filling(context.pick(Duration::from_millis(400), Duration::from_millis(20)));
    let mut group = Group::new(title.clone(), metric, amount);
    if context.only.as_ref().is_none_or(|only| title.contains(only)) {
        group.enter_or_note(OURS, Echo::<PortServer>::open(shape));
        let native = programs().native(threads, room).and_then(|server| Echo::talk_to(server, shape));
        group.enter_or_note(OURS_C, native);
        group.enter_or_note(EPOLL, Echo::<EpollServer>::open(shape));
        group.enter_or_note(TOKIO, Echo::<TokioServer>::open(shape));
        group.enter_or_note(COMPIO, Echo::<CompioServer>::open(shape));
        group.enter_or_note(MONOIO, Echo::<MonoioServer>::open(shape));
        if threads == 1 {
            group.enter_or_note(RING, Echo::<RingServer>::open(shape));
            group.enter_or_note(MULTISHOT, Echo::<MultishotServer>::open(shape));
        }
        let foreign = programs().under_wine(threads, room).and_then(|server| Echo::talk_to(server, shape));
        group.enter_or_note(WINE, foreign);
    }
    compare(&mut group, threads);
    group.race(context)
}

fn compare(group: &mut Group<'_>, threads: usize) {
    if threads == 1 {
        group.compare("rate", OURS, RING).bar(0.95).goal(1.0);
        group.compare("rate", OURS, MULTISHOT).goal(1.0);
    }
    group.compare("rate", OURS, TOKIO).bar(if threads == 1 { 1.0 } else { 0.9 }).goal(1.0);
    for peer in [EPOLL, COMPIO, MONOIO] {
        group.compare("rate", OURS, peer).goal(1.0);
    }
    group.compare_with_best("p99", OURS, RIVALS, Measure::Tail).bar(TAIL).goal(1.0);
    group.compare("rate, C face", OURS_C, OURS).bar(C_BAR).goal(1.0);
    group.compare("rate, C face", OURS_C, WINE).bar(WINE_BAR);
    // What is within anybody's reach: with one connection, most of an echo is Linux waking one thread after the other.
    group.compare("rate, bare epoll loop", EPOLL, WINE);
}

/// A server and its client.
struct Echo<S> {
    server: S,
    client: Client,
}

impl<S: Server> Echo<S> {
    fn open(Shape { connections, size, threads, room }: Shape) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for _ in 0..connections {
            near.push(TcpStream::connect(listener.local_addr()?)?);
            far.push(listener.accept()?.0);
        }
        for stream in near.iter().chain(&far) {
            stream.set_nodelay(true)?;
        }
        let server = S::start(Job { streams: far, room, threads })?;
        Ok(Self { server, client: Client::new(near, size)? })
    }
}

impl Echo<ProgramServer> {
    /// A server that accepts its connections itself.
    fn talk_to(mut server: ProgramServer, Shape { connections, size, .. }: Shape) -> Result<Self, String> {
        let open = || {
            let port = server.port()?;
            let mut near = Vec::new();
            for _ in 0..connections {
                let stream = TcpStream::connect(("127.0.0.1", port))?;
                stream.set_nodelay(true)?;
                near.push(stream);
            }
            Client::new(near, size)
        };
        let client: io::Result<Client> = { open }();
        Ok(Self { client: client.map_err(|error| error.to_string())?, server })
    }
}

/// Whose threads serve, if they are not this process'.
pub trait Serving {
    /// Their process.
    fn process(&self) -> Option<u32> {
        None
    }
}

impl<S: Server> Serving for S {}

impl Serving for ProgramServer {
    fn process(&self) -> Option<u32> {
        Some(self.id())
    }
}

impl<S: Serving> Contestant for Echo<S> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let client = &mut self.client;
        timer.charge(self.server.process());
        let member: Member<'_> = Box::new(move || {
            team::pin_last();
            client.run(operations)?;
            Ok(u64::try_from(meter::used_by_thread().as_nanos()).unwrap_or(u64::MAX))
        });
        let client = team::run(timer, Placement::Free, vec![member])?;
        timer.common(Duration::from_nanos(client));
        timer.tail(self.client.latency());
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        self.client.check(operations)
    }
}
