//! `copy`: a big file onto a fresh and onto a cached destination; and a [tree] of small
//! files.
//!
//! The source is in the page cache throughout. Before each run:
//!
//! - *fresh*: the destination is removed, and the file system is flushed, so that nobody pays for what
//!   the one before left dirty;
//! - *cached*: the destination is there in full, one page in 256 KiB of it is made wrong, it is flushed
//!   and read, so that all of it is in the cache and clean.
//!
//! Nobody flushes within the measured time. What the contestants do with an existing destination is not
//! the same: `cp` truncates it and so gives its pages back first; `dd` is told not to (`conv=notrunc`),
//! and the bare ring does not. The copy is compared with the source after each run: all of it the first
//! time, then one page of every 256 KiB.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::tree;
use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours;
use crate::peers::program::Program;
use crate::peers::ring_copy::RingCopy;
use crate::workspace::{self, Workspace};

const OURS: &str = "ours (ovl copy)";
const OURS_CALLS: &str = "ours (library calls)";
const CP: &str = "cp";
const CP_PLAIN: &str = "cp --reflink=never";
const DD: &str = "dd bs=256k";
const RING: &str = "bare ring, 8 x 256 KiB";

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    Ok(vec![
        file(context, &workspace, Destination::Fresh)?,
        file(context, &workspace, Destination::Cached)?,
        tree::group(context, &workspace)?,
    ])
}

/// The state of the destination when a run starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// There is none.
    Fresh,
    /// It is there, and all of it is in the cache.
    Cached,
}

/// Somebody who copies a file.
pub(super) trait Copier {
    /// Copies one file.
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()>;
}

impl Copier for RingCopy {
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Self::copy(self, from, to)
    }
}

impl Copier for ours::Copying {
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Self::copy(self, from, to)
    }
}

impl Copier for Program {
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.run(&[from.into(), to.into()])
    }
}

/// `dd`, which names its files in its own way.
struct Dd(Program);

impl Copier for Dd {
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let operand = |name: &str, path: &Path| {
            let mut operand = OsString::from(name);
            operand.push(path);
            operand
        };
        self.0.run(&[operand("if=", from), operand("of=", to)])
    }
}

/// A copier as a contestant.
pub(super) struct Copying<C> {
    copier: C,
    from: PathBuf,
    to: PathBuf,
    length: u64,
    destination: Destination,
    compared: bool,
}

impl<C> Copying<C> {
    /// The copy of a file that was created with this length.
    pub(super) fn new(copier: C, from: &Path, to: &Path, length: u64, destination: Destination) -> Self {
        Self { copier, from: from.to_owned(), to: to.to_owned(), length, destination, compared: false }
    }
}

impl<C: Copier> Contestant for Copying<C> {
    fn prepare(&mut self) -> io::Result<()> {
        match self.destination {
            Destination::Fresh => {
                remove(&self.to)?;
                flush(&self.from)
            }
            Destination::Cached => {
                if fs::metadata(&self.to).map_or(0, |data| data.len()) != self.length {
                    workspace::create(&self.to, self.length, 0)?;
                }
                workspace::poison(&self.to, self.length)?;
                flush(&self.from)?;
                workspace::warm(&self.to)
            }
        }
    }

    fn run(&mut self, _operations: u64, _timer: &mut Timer) -> io::Result<()> {
        self.copier.copy(&self.from, &self.to)
    }

    fn verify(&mut self, _operations: u64) -> io::Result<()> {
        if self.compared {
            return workspace::check_sample(&self.to, self.length);
        }
        self.compared = true;
        workspace::check_whole(&self.to, self.length, 0)
    }
}

/// Removes a file that may be missing.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes back everything of the file system that holds `path`.
pub fn flush(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(path)?)?)
}

fn file(context: &Context, workspace: &Workspace, destination: Destination) -> io::Result<Outcome> {
    let length: u64 = context.pick(2 << 30, 64 << 20);
    let (from, to) = (workspace.path("source"), workspace.path("destination"));
    workspace::create(&from, length, 0)?;

    let metric = Metric { unit: "GB/s", operation: "MiB", higher_is_better: true, scale: (1 << 20) as f64 / 1e9 };
    let fresh = destination == Destination::Fresh;
    let onto = if fresh { "a fresh" } else { "a cached" };
    let title = format!("{} MiB onto {onto} destination", length >> 20);
    let mut group = Group::new(title, metric, Amount::Fixed(length >> 20));
    group.before_round(|| workspace::warm(&from));

    let boxed = |copier: Box<dyn Copier>| Copying::new(copier, &from, &to, length, destination);
    let ovl = ours::program().map(|path| Program::new(path, &["copy"]));
    group.enter_or_note(OURS, ovl.map(|ovl| boxed(Box::new(ovl))));
    group.enter_or_note(OURS_CALLS, ours::Copying::open().map(|copier| boxed(Box::new(copier))));
    group.enter_or_note(RING, RingCopy::new().map(|copier| boxed(Box::new(copier))));
    let programs = [(CP, "cp", &[] as &[&str]), (CP_PLAIN, "cp", &["--reflink=never"])];
    for (name, command, arguments) in programs {
        let program = Program::version(command).map(|_| Program::new(command, arguments));
        group.enter_or_note(name, program.map(|program| boxed(Box::new(program))));
    }
    let in_place: &[&str] = if fresh { &[] } else { &["conv=notrunc"] };
    let arguments = [&["bs=256k", "status=none"], in_place].concat();
    let dd = Program::version("dd").map(|_| Dd(Program::new("dd", &arguments)));
    group.enter_or_note(DD, dd.map(|dd| boxed(Box::new(dd))));

    for ours in [OURS, OURS_CALLS] {
        let case = format!("{} {onto} destination", if ours == OURS { "ovl copy," } else { "library," });
        let mut compare = |peer, bar: Option<f64>| group.compare(&case, ours, peer).bar = bar;
        compare(CP, fresh.then_some(1.2));
        compare(CP_PLAIN, fresh.then_some(1.2));
        compare(RING, (!fresh).then_some(0.9));
        compare(DD, None);
    }
    if let Ok(version) = Program::version("cp") {
        group.note(version);
    }
    let outcome = group.race(context);
    remove(&to)?;
    outcome
}

impl Copier for Box<dyn Copier> {
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        (**self).copy(from, to)
    }
}
