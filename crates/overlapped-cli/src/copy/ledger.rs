//! The books of a run: what was copied, what was not, and what it cost. Any thread may write in them.

use crate::problem::Problem;
use crate::usage::Cost;
use indicatif::ProgressBar;
use parking_lot::Mutex;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// See the module page.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Bytes written, for the progress bar: those of files that fail later too.
    pub moved: AtomicU64,
    /// Requests issued.
    pub operations: AtomicU64,
    bytes: AtomicU64,
    files: AtomicU64,
    directories: AtomicU64,
    links: AtomicU64,
    failures: Mutex<Failures>,
    bar: Option<ProgressBar>,
}

#[derive(Debug, Default)]
struct Failures {
    errors: Vec<Problem>,
    skipped: Vec<Problem>,
    removed: u64,
}

/// The summary, as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Bytes of the files copied; holes do not count.
    pub bytes: u64,
    /// Files copied whole.
    pub files: u64,
    /// Directories made or filled.
    pub directories: u64,
    /// Symbolic links made.
    pub links: u64,
    /// Overlapped requests issued.
    pub operations: u64,
    /// Time, CPU, context switches.
    #[serde(flatten)]
    pub cost: Cost,
    /// Who carried the requests out.
    pub engine: &'static str,
    /// Source and copy were read again and compared.
    pub verified: bool,
    /// A signal ended the run.
    pub interrupted: bool,
    /// Unfinished files that were removed after a signal.
    pub removed: u64,
    /// What a tree held that has no contents.
    pub skipped: Vec<Problem>,
    /// What was not copied, and why.
    pub errors: Vec<Problem>,
}

impl Ledger {
    /// Empty books. Sentences go to standard error, past the progress bar if there is one.
    pub fn new(bar: Option<ProgressBar>) -> Self {
        Self { bar, ..Self::default() }
    }

    /// Says something to the user.
    pub fn say(&self, sentence: &str) {
        let say = || eprintln!("ovl: {sentence}");
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// Something was not copied.
    pub fn problem(&self, problem: Problem) {
        self.say(&problem.message);
        self.failures.lock().errors.push(problem);
    }

    /// Something was left out on purpose.
    pub fn skipped(&self, path: &Path, sentence: String) {
        self.say(&sentence);
        self.failures.lock().skipped.push(Problem::new(path, sentence));
    }

    /// An unfinished file was removed after a signal.
    pub fn removed(&self) {
        self.failures.lock().removed += 1;
    }

    /// A file was copied whole.
    pub fn file(&self, bytes: u64) {
        self.files.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    /// A directory was made.
    pub fn directory(&self) {
        self.directories.fetch_add(1, Relaxed);
    }

    /// A link was made.
    pub fn link(&self) {
        self.links.fetch_add(1, Relaxed);
    }

    /// Files copied so far.
    pub fn files(&self) -> u64 {
        self.files.load(Relaxed)
    }

    /// Closes the books.
    pub fn close(&self, cost: Cost, engine: &'static str, verified: bool, interrupted: bool) -> Summary {
        let Failures { errors, skipped, removed } = std::mem::take(&mut *self.failures.lock());
        Summary {
            bytes: self.bytes.load(Relaxed),
            files: self.files(),
            directories: self.directories.load(Relaxed),
            links: self.links.load(Relaxed),
            operations: self.operations.load(Relaxed),
            cost,
            engine,
            verified,
            interrupted,
            removed,
            skipped,
            errors,
        }
    }
}
