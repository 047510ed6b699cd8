//! `pipe`: named pipes and mailslots. Messages there and back between two threads or two processes, and a stream of 64 KiB writes;
//! against what Linux has for the same, and the same C program under Wine.
//!
//! Reads and writes wait, one thread at each end, so a trip is two wake-ups whoever carries it. Nothing is pinned. Each message carries
//! its number, and the numbers that come back are added up.

use std::cell::OnceCell;
use std::io;
use std::process::Command;

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours_pipes::{Mailslots, NamedPipe};
use crate::peers::sockets::{LinuxPipe, SocketPair};
use crate::peers::windows::{self, Conversation, Wine};
use crate::team::{self, Member, Placement};
use crate::workspace::Workspace;

const PROGRAM: &str = include_str!("../c/pipe_trips.c");

const OURS: &str = "ours, Rust";
const C: &str = "ours, C (ovl cc)";
const WINE: &str = "the same program under Wine";
const MESSAGES: &str = "Unix sockets, SEQPACKET";
const BYTES: &str = "Unix sockets, STREAM";
const DATAGRAMS: &str = "Unix sockets, DGRAM";
const PIPE: &str = "a pipe of Linux";

/// Bytes of a message.
const MESSAGE: usize = 64;
/// Bytes of a write of a stream, and the quota of a pipe.
pub const PIECE: usize = 64 << 10;

/// Which end of two.
#[derive(Clone, Copy)]
pub enum End {
    /// That begins.
    Near,
    /// That answers.
    Far,
}

/// What carries messages or bytes between two ends; calls wait.
pub trait Carrier: Sync {
    /// Writes at this end; how much was written.
    fn write(&self, end: End, bytes: &[u8]) -> io::Result<usize>;

    /// Reads at this end what there is, one message at most; how much it was.
    fn read(&self, end: End, buffer: &mut [u8]) -> io::Result<usize>;
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    let programs = Programs { directory: workspace.path(""), wine: OnceCell::new() };
    Ok(vec![
        threads(context, &programs)?,
        processes(context, &programs)?,
        stream(context, &programs)?,
        mailslots(context)?,
    ])
}

/// The builds of the C program, made when they are first asked for.
struct Programs {
    directory: std::path::PathBuf,
    wine: OnceCell<Result<Wine, String>>,
}

impl Programs {
    fn native(&self, mode: &str) -> Result<CPipe, String> {
        let program = windows::native(&self.directory, "pipe_trips", PROGRAM)?;
        CPipe::start(Command::new(program).arg(mode))
    }

    fn under_wine(&self, mode: &str, context: &Context) -> Result<CPipe, String> {
        if context.quick {
            return Err("Wine takes too long to start for --quick".to_owned());
        }
        let program = windows::foreign(&self.directory, "pipe_trips", PROGRAM)?;
        let wine = self.wine.get_or_init(|| Wine::open(&self.directory)).as_ref().map_err(Clone::clone)?;
        CPipe::start(wine.command("wine").arg(program).arg(mode))
    }
}

/// A C program with both ends, or one that starts another.
struct CPipe {
    program: Conversation,
    sum: u64,
}

impl CPipe {
    fn start(command: &mut Command) -> Result<Self, String> {
        let program = Conversation::start(command).map_err(|error| error.to_string())?;
        Ok(Self { program, sum: 0 })
    }
}

impl Contestant for CPipe {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        timer.charge(Some(self.program.id()));
        self.sum = self.program.ask(operations)?;
        timer.stop();
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations)
    }
}

/// The sum of the numbers from 1 on.
fn expect(sum: u64, operations: u64) -> io::Result<()> {
    let right = (1..=operations).fold(0_u64, u64::wrapping_add);
    if sum == right { Ok(()) } else { Err(io::Error::other(format!("the numbers add up to {sum}, not {right}"))) }
}

fn number(message: &[u8]) -> u64 {
    message.first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// Messages there and back.
struct Trips<C> {
    carrier: C,
    sum: u64,
}

impl<C: Carrier> Contestant for Trips<C> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let carrier = &self.carrier;
        let ask: Member<'_> = Box::new(move || {
            let (mut message, mut sum) = ([0; MESSAGE], 0_u64);
            for index in 1..=operations {
                message[..8].copy_from_slice(&index.to_le_bytes());
                carrier.write(End::Near, &message)?;
                whole(carrier.read(End::Near, &mut message)?);
                sum = sum.wrapping_add(number(&message));
            }
            Ok(sum)
        });
        let answer: Member<'_> = Box::new(move || {
            let mut message = [0; MESSAGE];
            for _ in 0..operations {
                whole(carrier.read(End::Far, &mut message)?);
                carrier.write(End::Far, &message)?;
            }
            Ok(0)
        });
        self.sum = team::run(timer, Placement::Free, vec![ask, answer])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations)
    }
}

/// The partner may wait for a message that will never come, so a wrong one ends the program.
fn whole(read: usize) {
    assert_eq!(read, MESSAGE, "a message came in parts, or not at all");
}

/// Pieces in one direction.
struct Stream<C> {
    carrier: C,
    sum: u64,
}

impl<C: Carrier> Contestant for Stream<C> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let carrier = &self.carrier;
        let write: Member<'_> = Box::new(move || {
            let mut piece = vec![0; PIECE];
            for index in 1..=operations {
                piece[..8].copy_from_slice(&index.to_le_bytes());
                let mut at = 0;
                while at < PIECE {
                    at += carrier.write(End::Near, &piece[at..])?;
                }
            }
            Ok(0)
        });
        let read: Member<'_> = Box::new(move || {
            let (mut piece, mut sum) = (vec![0; PIECE], 0_u64);
            for _ in 0..operations {
                let mut at = 0;
                while at < PIECE {
                    let read = carrier.read(End::Far, &mut piece[at..])?;
                    assert_ne!(read, 0, "the stream ended early");
                    at += read;
                }
                sum = sum.wrapping_add(number(&piece));
            }
            Ok(sum)
        });
        self.sum = team::run(timer, Placement::Free, vec![write, read])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations)
    }
}

fn trip() -> Metric {
    Metric { unit: "us/trip", operation: "trip", higher_is_better: false, scale: 1e-3 }
}

fn amount(context: &Context) -> Amount {
    super::port::amount(context)
}

fn trips<C>(carrier: io::Result<C>) -> Result<Trips<C>, String> {
    carrier.map(|carrier| Trips { carrier, sum: 0 }).map_err(|error| error.to_string())
}

fn streams<C>(carrier: io::Result<C>) -> Result<Stream<C>, String> {
    carrier.map(|carrier| Stream { carrier, sum: 0 }).map_err(|error| error.to_string())
}

fn threads(context: &Context, programs: &Programs) -> io::Result<Outcome> {
    let mut group = Group::new("a named pipe: 64 bytes there and back, two threads", trip(), amount(context));
    group.enter_or_note(OURS, trips(NamedPipe::of_messages()));
    group.enter_or_note(C, programs.native("threads"));
    group.enter_or_note(MESSAGES, trips(SocketPair::of_messages()));
    group.enter_or_note(WINE, programs.under_wine("threads", context));
    group.compare("pipe, two threads", OURS, MESSAGES);
    group.compare("pipe, two threads", C, OURS);
    group.compare("pipe, two threads", C, WINE);
    group.race(context)
}

fn processes(context: &Context, programs: &Programs) -> io::Result<Outcome> {
    let mut group = Group::new("a named pipe: 64 bytes there and back, two processes", trip(), amount(context));
    group.enter_or_note(C, programs.native("processes"));
    group.enter_or_note(WINE, programs.under_wine("processes", context));
    group.enter_or_note(MESSAGES, trips(SocketPair::of_messages()));
    group.compare("pipe, two processes", C, MESSAGES);
    group.compare("pipe, two processes", C, WINE);
    group.note("the sockets' ends are two threads of one process, which for them is the same");
    group.note("of a C program's two processes, the first is charged; of Wine's server, nothing");
    group.race(context)
}

fn stream(context: &Context, programs: &Programs) -> io::Result<Outcome> {
    let metric = Metric { unit: "GB/s", operation: "write", higher_is_better: true, scale: PIECE as f64 / 1e9 };
    let mut group = Group::new("a named pipe: a stream of 64 KiB writes", metric, amount(context));
    group.enter_or_note(OURS, streams(NamedPipe::of_bytes()));
    group.enter_or_note(C, programs.native("stream"));
    group.enter_or_note(PIPE, streams(LinuxPipe::open()));
    group.enter_or_note(BYTES, streams(SocketPair::of_bytes()));
    group.enter_or_note(WINE, programs.under_wine("stream", context));
    group.compare("pipe, stream", OURS, PIPE);
    group.compare("pipe, stream", OURS, BYTES);
    group.compare("pipe, stream", C, OURS);
    group.compare("pipe, stream", C, WINE);
    group.race(context)
}

fn mailslots(context: &Context) -> io::Result<Outcome> {
    let mut group = Group::new("mailslots: 64 bytes there and back, two threads", trip(), amount(context));
    group.enter_or_note(OURS, trips(Mailslots::open()));
    group.enter_or_note(DATAGRAMS, trips(SocketPair::of_datagrams()));
    group.compare("mailslots", OURS, DATAGRAMS);
    group.race(context)
}
