//! `open`: what is done with files by name. Opened and closed, asked for their attributes, listed, and created, moved and deleted;
//! against the bare calls of Linux that each needs, the standard library, and the same C program under Wine.
//!
//! Each operation adds something up (the sizes of the files, where they are asked for, else one), which is checked. Share modes
//! bind other processes as always; no other one has these files open.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours_files::{self, Cycle, Names, windows_path};
use crate::peers::names;
use crate::peers::windows::{self, Conversation, Wine};
use crate::workspace::{self, Workspace};

const PROGRAM: &str = include_str!("../c/files.c");

const RUST: &str = "ours, Rust";
const FACE: &str = "ours, C face";
const C: &str = "ours, C (ovl cc)";
const BARE: &str = "bare calls";
const STD: &str = "std::fs";
const WINE: &str = "the same program under Wine";

/// Files that are opened in turn. Divides the operations of a run.
const FILES: u64 = 64;

/// What must be reached of the standard library, and how far behind Wine is at least.
const OPEN_BAR: f64 = 0.5;
const ASK_BAR: f64 = 0.7;
const LIST_BAR: f64 = 0.7;
const WINE_BAR: f64 = 2.0;

/// Does so many operations; what they add up to.
type Act<'a> = Box<dyn FnMut(u64) -> io::Result<u64> + 'a>;

/// One that adds up.
struct Adding<'a> {
    act: Act<'a>,
    /// What so many operations add up to.
    expected: Box<dyn Fn(u64) -> u64 + 'a>,
    sum: u64,
}

impl<'a> Adding<'a> {
    fn new(act: impl FnMut(u64) -> io::Result<u64> + 'a, expected: impl Fn(u64) -> u64 + 'a) -> Self {
        Self { act: Box::new(act), expected: Box::new(expected), sum: 0 }
    }

    /// One operation after another.
    fn each(mut one: impl FnMut(u64) -> io::Result<u64> + 'a, expected: impl Fn(u64) -> u64 + 'a) -> Self {
        Self::new(move |operations| (0..operations).try_fold(0, |sum, index| Ok(sum + one(index)?)), expected)
    }
}

impl Contestant for Adding<'_> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        timer.start();
        self.sum = (self.act)(operations)?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        match (self.expected)(operations) {
            expected if expected == self.sum => Ok(()),
            expected => Err(io::Error::other(format!("it adds up to {}, not {expected}", self.sum))),
        }
    }
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let workspace = Workspace::new(&context.dir)?;
    let few = Folder::new(&workspace, "few", FILES)?;
    let many = Folder::new(&workspace, "many", context.pick(10_000, 300))?;
    let programs = Programs { directory: workspace.path(""), wine: OnceCell::new() };
    Ok(vec![
        open(context, &few, &programs)?,
        ask(context, &few, &programs)?,
        list(context, &many, &programs)?,
        cycle(context, &few.path, &programs)?,
    ])
}

/// A directory of small files.
struct Folder {
    path: PathBuf,
    files: Vec<PathBuf>,
}

fn length(index: u64) -> u64 {
    index % 23
}

impl Folder {
    fn new(workspace: &Workspace, name: &str, files: u64) -> io::Result<Self> {
        let path = workspace.path(name);
        fs::create_dir(&path)?;
        let files: Vec<PathBuf> = (0..files).map(|index| path.join(format!("{index:05}"))).collect();
        for (index, file) in (0..).zip(&files) {
            workspace::create(file, length(index), 0)?;
        }
        Ok(Self { path, files })
    }

    fn file(&self, index: u64) -> &PathBuf {
        &self.files[index as usize % self.files.len()]
    }

    /// What the sizes of so many files in turn add up to.
    fn sum(&self, operations: u64) -> u64 {
        (0..operations).map(|index| length(index % self.files.len() as u64)).sum()
    }
}

/// The builds of the C program, made when they are first asked for.
struct Programs {
    directory: PathBuf,
    wine: OnceCell<Result<Wine, String>>,
}

impl Programs {
    fn native(&self, mode: &str, directory: &Path, files: Option<u64>) -> Result<Conversation, String> {
        let program = windows::native(&self.directory, "files", PROGRAM)?;
        start(Command::new(program).arg(mode).arg(windows_path(directory)), files)
    }

    fn under_wine(
        &self,
        context: &Context,
        mode: &str,
        directory: &Path,
        files: Option<u64>,
    ) -> Result<Conversation, String> {
        if context.quick {
            return Err("Wine takes too long to start for --quick".to_owned());
        }
        let program = windows::foreign(&self.directory, "files", PROGRAM)?;
        let wine = self.wine.get_or_init(|| Wine::open(&self.directory)).as_ref().map_err(Clone::clone)?;
        // Its drive Z: is the root.
        let directory = windows_path(directory).replacen('C', "Z", 1);
        start(wine.command("wine").arg(program).arg(mode).arg(directory), files)
    }
}

fn start(command: &mut Command, files: Option<u64>) -> Result<Conversation, String> {
    command.args(files.map(|files| files.to_string()));
    Conversation::start(command).map_err(|error| error.to_string())
}

/// A C program as a contestant.
fn program<'a>(
    started: Result<Conversation, String>,
    expected: impl Fn(u64) -> u64 + 'a,
) -> Result<Adding<'a>, String> {
    started.map(|mut program| Adding::new(move |operations| program.ask(operations), expected))
}

fn metric(operation: &'static str) -> Metric {
    Metric { unit: "ns", operation, higher_is_better: false, scale: 1.0 }
}

fn amount(context: &Context) -> Amount {
    Amount::Filling(context.pick(Duration::from_millis(300), Duration::from_millis(10)))
}

fn open(context: &Context, folder: &Folder, programs: &Programs) -> io::Result<Outcome> {
    let (names, one_each) = (Names::of(&folder.files), |operations| operations);
    let sizes = |operations| folder.sum(operations);
    let mut group = Group::new("a file opened and closed", metric("open"), amount(context));
    group.enter(RUST, Adding::each(|index| ours_files::open(folder.file(index)), sizes));
    group.enter(FACE, Adding::each(|index| names.open(index), one_each));
    group.enter_or_note(C, program(programs.native("open", &folder.path, Some(FILES)), one_each));
    group.enter(BARE, Adding::each(|index| names::open(folder.file(index)), sizes));
    let standard = |index| File::open(folder.file(index)).map(|_file| 1);
    group.enter(STD, Adding::each(standard, one_each));
    group.enter_or_note(WINE, program(programs.under_wine(context, "open", &folder.path, Some(FILES)), one_each));
    for ours in [RUST, FACE, C] {
        group.compare("open and close", ours, STD).bar(OPEN_BAR);
        group.compare("open and close", ours, BARE);
    }
    group.compare("open and close", C, WINE).bar(WINE_BAR);
    group.note("bare: openat, fstat and close; std::fs asks for nothing about the file");
    group.race(context)
}

fn ask(context: &Context, folder: &Folder, programs: &Programs) -> io::Result<Outcome> {
    let names = Names::of(&folder.files);
    let sizes = |operations| folder.sum(operations);
    let mut group = Group::new("the attributes of a file by name", metric("query"), amount(context));
    group.enter(FACE, Adding::each(|index| names.ask(index), sizes));
    group.enter_or_note(C, program(programs.native("attributes", &folder.path, Some(FILES)), sizes));
    group.enter(BARE, Adding::each(|index| names::ask(folder.file(index)), sizes));
    group.enter(STD, Adding::each(|index| fs::symlink_metadata(folder.file(index)).map(|found| found.len()), sizes));
    group.enter_or_note(WINE, program(programs.under_wine(context, "attributes", &folder.path, Some(FILES)), sizes));
    for ours in [FACE, C] {
        group.compare("attributes", ours, BARE).bar(ASK_BAR);
        group.compare("attributes", ours, STD);
    }
    group.compare("attributes", C, WINE).bar(WINE_BAR);
    group.note("bare: statx and getxattr, since HIDDEN, SYSTEM and ARCHIVE are kept in an extended attribute");
    group.race(context)
}

fn list(context: &Context, folder: &Folder, programs: &Programs) -> io::Result<Outcome> {
    let files = folder.files.len() as u64;
    let mut group = Group::new(format!("a directory of {files} files"), metric("entry"), Amount::Fixed(files));
    let sizes = |operations| folder.sum(operations);
    group.enter(FACE, Adding::new(|_| ours_files::list(&folder.path), sizes));
    group.enter_or_note(C, program(programs.native("list", &folder.path, None), sizes));
    group.enter(BARE, Adding::new(|_| names::list(&folder.path), sizes));
    let standard = |_| fs::read_dir(&folder.path)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()));
    group.enter(STD, Adding::new(standard, sizes));
    group.enter_or_note(WINE, program(programs.under_wine(context, "list", &folder.path, None), sizes));
    for ours in [FACE, C] {
        group.compare("listing", ours, STD).bar(LIST_BAR);
        group.compare("listing", ours, BARE);
    }
    group.compare("listing", C, WINE);
    group.note("ours and Wine sort the names; bare: getdents, and statx and getxattr for each entry");
    group.race(context)
}

fn cycle(context: &Context, directory: &Path, programs: &Programs) -> io::Result<Outcome> {
    let (ours, one_each) = (Cycle::within(directory), |operations| operations);
    let [from, to] = ["from", "to"].map(|name| directory.join(name));
    let mut group = Group::new("a file created, moved and deleted", metric("file"), amount(context));
    group.enter(FACE, Adding::each(|_| ours.one(), one_each));
    group.enter_or_note(C, program(programs.native("cycle", directory, None), one_each));
    group.enter(BARE, Adding::each(|_| names::cycle(&from, &to), one_each));
    let standard = |_| {
        File::create_new(&from)?;
        fs::rename(&from, &to)?;
        fs::remove_file(&to).map(|()| 1)
    };
    group.enter(STD, Adding::each(standard, one_each));
    group.enter_or_note(WINE, program(programs.under_wine(context, "cycle", directory, None), one_each));
    for ours in [FACE, C] {
        group.compare("create, move, delete", ours, BARE);
        group.compare("create, move, delete", ours, STD);
    }
    group.compare("create, move, delete", C, WINE);
    group.note("bare: openat, close, renameat2 and unlinkat");
    group.race(context)
}
