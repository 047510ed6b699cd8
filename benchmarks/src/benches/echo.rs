//! `echo`: a server that gives back what it gets, over many connections.
//!
//! One client, the same for all, keeps one message on its way on each connection: it sends the next when the last has come
//! back. An operation is one message there and back. With one thread the server has a processor of its own and the client
//! another; with two they share both with the client.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours_sockets::PortServer;
use crate::peers::echo::{EpollServer, RingServer, TokioServer};
use crate::team::{self, Member, Placement};

const OURS: &str = "ours, port";
const EPOLL: &str = "bare epoll loop";
const RING: &str = "bare ring loop";
const TOKIO: &str = "tokio";

/// What the server's side of all connections is given to.
pub struct Job {
    /// The accepted connections.
    pub streams: Vec<TcpStream>,
    /// Bytes of a message.
    pub size: usize,
    /// Threads of the server.
    pub threads: usize,
}

/// A server that runs until it is dropped.
pub trait Server: Sized {
    /// Starts its threads.
    fn start(job: Job) -> io::Result<Self>;
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for threads in [1, 2] {
        for connections in context.pick(vec![1, 100, 1000], vec![1, 20]) {
            for size in [64, 4096] {
                outcomes.push(group(context, threads, connections, size)?);
            }
        }
    }
    Ok(outcomes)
}

fn group(context: &Context, threads: usize, connections: usize, size: usize) -> io::Result<Outcome> {
    let title = format!("echo of {size} bytes, {connections} connections, server with {threads} threads");
    let metric = Metric { unit: "k echoes/s", operation: "echo", higher_is_better: true, scale: 1e-3 };
    let amount = Amount::Filling(context.pick(Duration::from_millis(400), Duration::from_millis(20)));
    let mut group = Group::new(title.clone(), metric, amount);
    if context.only.as_ref().is_none_or(|only| title.contains(only)) {
        let shape = (connections, size, threads);
        group.enter_or_note(OURS, Echo::<PortServer>::open(shape));
        group.enter_or_note(EPOLL, Echo::<EpollServer>::open(shape));
        group.enter_or_note(TOKIO, Echo::<TokioServer>::open(shape));
        if threads == 1 {
            group.enter_or_note(RING, Echo::<RingServer>::open(shape));
        }
    }
    group.compare("rate", OURS, EPOLL);
    if threads == 1 {
        group.compare("rate", OURS, RING).bar(0.95).goal(1.0);
    }
    group.compare("rate", OURS, TOKIO).bar(if threads == 1 { 1.0 } else { 0.9 }).goal(1.0);
    group.race(context)
}

/// A server and its client.
struct Echo<S> {
    _server: S,
    client: Client,
}

impl<S: Server> Echo<S> {
    fn open((connections, size, threads): (usize, usize, usize)) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for _ in 0..connections {
            near.push(TcpStream::connect(listener.local_addr()?)?);
            far.push(listener.accept()?.0);
        }
        for stream in near.iter().chain(&far) {
            stream.set_nodelay(true)?;
        }
        let server = S::start(Job { streams: far, size, threads })?;
        Ok(Self { _server: server, client: Client::new(near, size)? })
    }
}

impl<S> Contestant for Echo<S> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let client = &mut self.client;
        let member: Member<'_> = Box::new(move || {
            team::pin_last();
            client.run(operations).map(|()| 0)
        });
        team::run(timer, Placement::Free, vec![member]).map(drop)
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        let done = std::mem::take(&mut self.client.done);
        if done == operations && self.client.conversations.iter().all(Conversation::is_quiet) {
            return Ok(());
        }
        Err(io::Error::other(format!("{done} of {operations} messages came back")))
    }
}

/// One connection of the client.
struct Conversation {
    stream: TcpStream,
    /// Bytes of the present message that have not come back.
    missing: usize,
    /// What the next message is filled with.
    salt: u8,
}

impl Conversation {
    fn is_quiet(&self) -> bool {
        self.missing == 0
    }
}

struct Client {
    epoll: rustix::fd::OwnedFd,
    conversations: Vec<Conversation>,
    message: Vec<u8>,
    answer: Vec<u8>,
    done: u64,
}

impl Client {
    fn new(streams: Vec<TcpStream>, size: usize) -> io::Result<Self> {
        use rustix::event::epoll;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut conversations = Vec::with_capacity(streams.len());
        for stream in streams {
            stream.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(conversations.len() as u64);
            epoll::add(&epoll, &stream, data, epoll::EventFlags::IN)?;
            conversations.push(Conversation { stream, missing: 0, salt: 0 });
        }
        Ok(Self { epoll, conversations, message: vec![0; size], answer: vec![0; size], done: 0 })
    }

    fn run(&mut self, operations: u64) -> io::Result<()> {
        let mut begun = 0;
        for index in 0..self.conversations.len() {
            if begun < operations {
                self.send(index)?;
                begun += 1;
            }
        }
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 256];
        while self.done < operations {
            // SAFETY: room for so many events.
            let found =
                unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, -1) };
            for event in &events[..usize::try_from(found).unwrap_or(0)] {
                let index = event.u64 as usize;
                if self.receive(index)? {
                    self.done += 1;
                    if begun < operations {
                        self.send(index)?;
                        begun += 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, index: usize) -> io::Result<()> {
        let conversation = &mut self.conversations[index];
        conversation.salt = conversation.salt.wrapping_add(1);
        self.message[0] = conversation.salt;
        conversation.missing = self.message.len();
        // One message always fits.
        (&conversation.stream).write_all(&self.message)
    }

    /// Has the whole message come back?
    fn receive(&mut self, index: usize) -> io::Result<bool> {
        let conversation = &mut self.conversations[index];
        match (&conversation.stream).read(&mut self.answer) {
            Ok(0) => Err(io::Error::other("the server has closed a connection")),
            Ok(n) if n > conversation.missing => Err(io::Error::other("more came back than was sent")),
            Ok(n) => {
                if conversation.missing == self.message.len() && self.answer[0] != conversation.salt {
                    return Err(io::Error::other("another message came back"));
                }
                conversation.missing -= n;
                Ok(conversation.is_quiet())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }
}
