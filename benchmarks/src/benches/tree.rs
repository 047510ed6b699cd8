//! A tree of small files: where opening and closing costs more than the data.
//!
//! A hundredth of the files in each directory, each of 0 to 16 KiB. Every run copies to a destination of
//! its own, and all of them stay until the end: an ext4 without a journal does not reuse the numbers of
//! files deleted in the last minutes and searches past each of them at every creation, so a run after a
//! removal of 10,000 files takes up to twenty times as long. (For the same reason, leave some minutes
//! between two runs of this program on such a file system.) The file system is flushed before each run;
//! after it every byte of every file is compared.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copy::flush;
use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours;
use crate::peers::program::Program;
use crate::workspace::{self, Workspace};

const OURS: &str = "ours (ovl copy -r)";
const CP: &str = "cp -r";
const CP_KEEP: &str = "cp -r --preserve=mode,timestamps";
const DIRECTORIES: u64 = 100;
const LARGEST: u64 = 16 << 10;

/// Name, length and first word of file number `index`.
fn member(root: &Path, index: u64) -> (PathBuf, u64, u64) {
    let path = root.join(format!("{:02}", index % DIRECTORIES)).join(format!("{index:05}"));
    (path, workspace::word(index) % (LARGEST + 1), index * LARGEST)
}

/// A program that copies trees, as a contestant.
struct Copying {
    program: Program,
    from: PathBuf,
    /// Where the destinations go, which are named by number.
    parent: PathBuf,
    runs: u32,
}

impl Copying {
    fn to(&self) -> PathBuf {
        self.parent.join(self.runs.to_string())
    }
}

impl Contestant for Copying {
    fn prepare(&mut self) -> io::Result<()> {
        self.runs += 1;
        flush(&self.from)
    }

    fn run(&mut self, _operations: u64, _timer: &mut Timer) -> io::Result<()> {
        let paths: [OsString; 2] = [(&self.from).into(), self.to().into()];
        self.program.run(&paths)
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        let to = self.to();
        for index in 0..operations {
            let (path, length, first) = member(&to, index);
            workspace::check_whole(&path, length, first)?;
        }
        Ok(())
    }
}

/// Runs the group.
pub fn group(context: &Context, workspace: &Workspace) -> io::Result<Outcome> {
    let files: u64 = context.pick(10_000, 300);
    let from = workspace.path("tree");
    for directory in 0..DIRECTORIES {
        fs::create_dir_all(from.join(format!("{directory:02}")))?;
    }
    for index in 0..files {
        let (path, length, first) = member(&from, index);
        workspace::create(&path, length, first)?;
    }

    let metric = Metric { unit: "files/s", operation: "file", higher_is_better: true, scale: 1.0 };
    let title = format!("a tree of {files} small files");
    let mut group = Group::new(title, metric, Amount::Fixed(files));
    let seat = |name: &str, program| -> io::Result<Copying> {
        let parent = workspace.path(name);
        fs::create_dir(&parent)?;
        Ok(Copying { program, from: from.clone(), parent, runs: 0 })
    };
    let ovl = ours::program().map(|path| Program::new(path, &["copy", "-r"]));
    let cp = |arguments| -> Result<Program, String> {
        Program::version("cp").map_err(|error| error.to_string())?;
        Ok(Program::new("cp", arguments))
    };
    for (name, program) in [(OURS, ovl), (CP, cp(&["-r"])), (CP_KEEP, cp(&["-r", "--preserve=mode,timestamps"]))] {
        match program {
            Ok(program) => group.enter(name, seat(name, program)?),
            Err(why) => group.enter_or_note::<Copying>(name, Err(why)),
        }
    }
    group.compare("tree of small files", OURS, CP).bar(1.0);
    group.compare("tree of small files", OURS, CP_KEEP);
    group.note("`ovl copy` keeps mode and times; so does only the second cp");
    group.race(context)
}
