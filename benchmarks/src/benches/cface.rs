//! `cface`: Windows programs in C, built by `ovl cc`, against the same in the Rust face; and, where mingw and Wine are
//! installed, the same program under Wine.
//!
//! The C programs are processes of their own, as they are to their users; the Rust face works in this process. What the
//! packets add up to, and the copies, are checked as in `port` and `copy`.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::process::Command;

use super::copy::{Copier, Copying, Destination, flush};
use super::port::{self, Crowd, PAIRS, Pairs};
use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours;
use crate::peers::windows::{self, Conversation, Wine};
use crate::workspace::{self, Workspace};

const POST_GET: &str = include_str!("../c/post_get.c");
const COPIER: &str = include_str!("../c/copier.c");

const C: &str = "ours, C (ovl cc)";
const RUST: &str = "ours, Rust";
const WINE: &str = "the same program under Wine";

/// What the C face may cost.
const BAR: f64 = 0.9;
/// How far behind Wine is at least.
const WINE_BAR: f64 = 300.0;

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    let programs = Programs::new(&workspace);
    let mut outcomes = vec![pairs(context, &programs)?, pool(context, &programs)?];
    drop(programs);
    outcomes.push(copier(context, &workspace)?);
    Ok(outcomes)
}

/// The builds of the post/get program, made when they are first asked for.
struct Programs {
    directory: std::path::PathBuf,
    wine: OnceCell<Result<Wine, String>>,
}

impl Programs {
    fn new(workspace: &Workspace) -> Self {
        Self { directory: workspace.path(""), wine: OnceCell::new() }
    }

    fn native(&self, mode: &str) -> Result<CPackets, String> {
        let program = windows::native(&self.directory, "post_get", POST_GET)?;
        CPackets::start(Command::new(program).arg(mode))
    }

    fn under_wine(&self, mode: &str, context: &Context) -> Result<CPackets, String> {
        if context.quick {
            return Err("Wine takes too long to start for --quick".to_owned());
        }
        let program = windows::foreign(&self.directory, "post_get", POST_GET)?;
        let wine = self.wine.get_or_init(|| Wine::open(&self.directory)).as_ref().map_err(Clone::clone)?;
        CPackets::start(wine.command("wine").arg(program).arg(mode))
    }
}

/// A C program that posts packets and gets them.
struct CPackets {
    program: Conversation,
    sum: u64,
}

impl CPackets {
    fn start(command: &mut Command) -> Result<Self, String> {
        let program = Conversation::start(command).map_err(|error| error.to_string())?;
        Ok(Self { program, sum: 0 })
    }
}

impl Contestant for CPackets {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        timer.start();
        self.sum = self.program.ask(operations)?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        port::expect(self.sum, operations)
    }
}

fn pairs(context: &Context, programs: &Programs) -> io::Result<Outcome> {
    let metric = Metric { unit: "ns/pair", operation: "pair", higher_is_better: false, scale: 1.0 };
    let mut group = Group::new("post and get in turn, one thread", metric, port::amount(context));
    group.enter_or_note(C, programs.native("pairs"));
    group.enter_or_note(RUST, ours::Port::open(1).map(Pairs::new));
    group.enter_or_note(WINE, programs.under_wine("pairs", context));
    group.compare("pairs, one thread", C, RUST).bar(BAR);
    group.compare("pairs, one thread", C, WINE).bar(WINE_BAR);
    group.race(context)
}

fn pool(context: &Context, programs: &Programs) -> io::Result<Outcome> {
    let metric = Metric { unit: "M packets/s", operation: "packet", higher_is_better: true, scale: 1e-6 };
    let mut group = Group::new("two threads post, a pool of two gets", metric, port::amount(context));
    group.enter_or_note(C, programs.native("pool"));
    group.enter_or_note(RUST, ours::Port::open(PAIRS as u32).map(Crowd::new));
    group.enter_or_note(WINE, programs.under_wine("pool", context));
    group.compare("thread pool", C, RUST).bar(BAR);
    group.compare("thread pool", C, WINE).bar(WINE_BAR);
    group.race(context)
}

/// The C program that copies.
struct CCopier(Conversation);

impl CCopier {
    fn start(workspace: &Workspace, from: &Path, to: &Path) -> Result<Self, String> {
        let program = windows::native(&workspace.path(""), "copier", COPIER)?;
        Conversation::start(Command::new(program).arg(from).arg(to)).map(Self).map_err(|error| error.to_string())
    }
}

impl Copier for CCopier {
    fn copy(&mut self, _from: &Path, _to: &Path) -> io::Result<()> {
        self.0.ask(1).map(drop)
    }
}

fn copier(context: &Context, workspace: &Workspace) -> io::Result<Outcome> {
    let length: u64 = context.pick(512 << 20, 16 << 20);
    let (from, to) = (workspace.path("source"), workspace.path("destination"));
    workspace::create(&from, length, 0)?;
    flush(&from)?;
    let metric = Metric { unit: "GB/s", operation: "MiB", higher_is_better: true, scale: (1 << 20) as f64 / 1e9 };
    let title = format!("{} MiB onto a cached destination", length >> 20);
    let mut group = Group::new(title, metric, Amount::Fixed(length >> 20));
    group.before_round(|| workspace::warm(&from));
    let seat = |copier: Box<dyn Copier>| Copying::new(copier, &from, &to, length, Destination::Cached);
    group.enter_or_note(C, CCopier::start(workspace, &from, &to).map(|copier| seat(Box::new(copier))));
    group.enter_or_note(RUST, ours::Copying::open().map(|copier| seat(Box::new(copier))));
    group.compare("file copier", C, RUST).bar(BAR);
    group.race(context)
}
