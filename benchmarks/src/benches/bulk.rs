//! `bulk`: all that one connection can carry. A stream of 64 KiB sends against blocking calls; and a file of 1 GiB against `sendfile`.
//!
//! Sender and receiver have a processor each. For the file, the receiver is the same for all: a thread in blocking
//! calls. What comes is counted, and one word of each 4 KiB is compared with what was sent.

use std::fs::File;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours_sockets::{PortFlow, Transmitter};
use crate::peers::flow::{BlockingFlow, SendFile, ZeroCopyFlow};
use crate::team::{self, Member, Placement};
use crate::workspace::{self, Workspace};

const OURS: &str = "ours, ports";
const BLOCKING: &str = "blocking send and recv";
const ZERO_COPY: &str = "a ring's zero-copy sends, blocking recv";
const TRANSMIT: &str = "ours, TransmitFile";
const SEND_FILE: &str = "sendfile";

/// Bytes of one send.
pub const SIZE: usize = 64 << 10;
/// Room for what a receiver of a file takes at a time.
const ROOM: usize = 256 << 10;
const BAR: f64 = 0.95;

/// Both ends of a stream that carries numbered words.
pub trait Flow: Sized {
    /// Over this connection.
    fn open(sender: TcpStream, receiver: TcpStream) -> io::Result<Self>;

    /// Sends that many pieces of [`SIZE`] bytes.
    fn send(&self, pieces: u64) -> io::Result<u64>;

    /// Receives as many, and gives how many bytes came.
    fn receive(&self, pieces: u64) -> io::Result<u64>;
}

/// Who sends a file.
pub trait FileSender: Sized {
    /// Over this connection.
    fn open(stream: TcpStream, file: &Path) -> io::Result<Self>;

    /// Sends the first `len` bytes of the file.
    fn send(&self, len: u64) -> io::Result<u64>;
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    Ok(vec![stream(context)?, file(context, &workspace)?])
}

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    let far = listener.accept()?.0;
    near.set_nodelay(true)?;
    Ok((near, far))
}

fn stream(context: &Context) -> io::Result<Outcome> {
    let total: u64 = context.pick(2 << 30, 64 << 20);
    let metric = Metric { unit: "GB/s", operation: "send", higher_is_better: true, scale: SIZE as f64 / 1e9 };
    let mut group = Group::new("a stream of 64 KiB sends", metric, Amount::Fixed(total / SIZE as u64));
    group.enter_or_note(OURS, Stream::<PortFlow>::open());
    group.enter_or_note(BLOCKING, Stream::<BlockingFlow>::open());
    group.enter_or_note(ZERO_COPY, Stream::<ZeroCopyFlow>::open());
    group.compare("bulk stream", OURS, BLOCKING).bar(BAR).goal(1.0);
    group.compare("bulk stream", OURS, ZERO_COPY);
    group.race(context)
}

/// A flow as a contestant.
struct Stream<F> {
    flow: F,
    received: u64,
}

impl<F: Flow> Stream<F> {
    fn open() -> io::Result<Self> {
        let (near, far) = pair()?;
        Ok(Self { flow: F::open(near, far)?, received: 0 })
    }
}

impl<F: Flow + Sync> Contestant for Stream<F> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let flow = &self.flow;
        let send: Member<'_> = Box::new(move || flow.send(operations).map(|_| 0));
        let receive: Member<'_> = Box::new(move || flow.receive(operations));
        self.received = team::run(timer, Placement::Different, vec![send, receive])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        check(self.received, operations * SIZE as u64)
    }
}

fn check(received: u64, sent: u64) -> io::Result<()> {
    if received == sent {
        return Ok(());
    }
    Err(io::Error::other(format!("{received} of {sent} bytes came")))
}

fn file(context: &Context, workspace: &Workspace) -> io::Result<Outcome> {
    let len: u64 = context.pick(1 << 30, 32 << 20);
    let path = workspace.path("file");
    let metric = Metric { unit: "GB/s", operation: "MiB", higher_is_better: true, scale: (1 << 20) as f64 / 1e9 };
    let title = format!("a file of {} MiB, cached", len >> 20);
    let mut group = Group::new(title.clone(), metric, Amount::Fixed(len >> 20));
    if context.only.as_ref().is_none_or(|only| title.contains(only)) {
        workspace::create(&path, len, 0)?;
        group.before_round(|| workspace::warm(&path));
        group.enter_or_note(TRANSMIT, Sending::<Transmitter>::open(&path));
        group.enter_or_note(SEND_FILE, Sending::<SendFile>::open(&path));
    }
    group.compare("TransmitFile", TRANSMIT, SEND_FILE).bar(BAR).goal(1.0);
    group.race(context)
}

/// A sender of a file as a contestant.
struct Sending<S> {
    sender: S,
    receiver: TcpStream,
    received: u64,
}

impl<S: FileSender> Sending<S> {
    fn open(path: &Path) -> io::Result<Self> {
        File::open(path)?;
        let (near, far) = pair()?;
        Ok(Self { sender: S::open(near, path)?, receiver: far, received: 0 })
    }
}

impl<S: FileSender + Sync> Contestant for Sending<S> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let (sender, receiver, len) = (&self.sender, &self.receiver, operations << 20);
        let send: Member<'_> = Box::new(move || sender.send(len).map(|_| 0));
        let receive: Member<'_> = Box::new(move || swallow(receiver, len, ROOM));
        self.received = team::run(timer, Placement::Different, vec![send, receive])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        check(self.received, operations << 20)
    }
}

/// Receives so many bytes, `room` at a time at most, and looks at some of them.
pub fn swallow(mut stream: &TcpStream, len: u64, room: usize) -> io::Result<u64> {
    let mut buffer = vec![0; room];
    let mut at = 0;
    while at < len {
        match stream.read(&mut buffer)? {
            0 => break,
            n => {
                sample(&buffer[..n], at)?;
                at += n as u64;
            }
        }
    }
    Ok(at)
}

/// Compares one word of each block of a known file, of which these are the bytes from `at` on.
pub fn sample(bytes: &[u8], at: u64) -> io::Result<()> {
    let block = workspace::BLOCK as u64;
    let mut place = at.next_multiple_of(block);
    while let Some(word) = bytes.get((place - at) as usize..).and_then(|rest| rest.first_chunk()) {
        if *word != workspace::word(place / 8).to_le_bytes() {
            return Err(io::Error::other(format!("other bytes came at {place}")));
        }
        place += block;
    }
    Ok(())
}

/// The first block of a piece: its number in all places that are looked at.
pub fn stamp(piece: &mut [u8], number: u64) {
    let at = number * SIZE as u64;
    for place in (0..piece.len()).step_by(workspace::BLOCK) {
        piece[place..place + 8].copy_from_slice(&workspace::word((at + place as u64) / 8).to_le_bytes());
    }
}
