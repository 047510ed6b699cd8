//! Walks what is to be copied and hands out one file after the other. Directories and links are made on the way.
//!
//! Each worker walks a directory of its own, its *lane*, because Linux lets only one thread at a time create files in a
//! directory. A directory found on the way goes on a stack that all workers take from; a worker that finds the stack empty
//! takes files from the lanes of others. The walk costs no call a file besides the listing of the directory.

use super::ledger::Ledger;
use super::make;
use super::meta::{Meta, Rules};
use crate::problem::{Problem, Shown};
use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};
use std::fs::{DirEntry, ReadDir};
use std::path::PathBuf;

/// A source and the name of its copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What to copy.
    pub source: PathBuf,
    /// Where to.
    pub target: PathBuf,
}

/// One source of the command line, found fit to be copied.
#[derive(Clone, Debug)]
pub enum Root {
    /// A file, or something that reads like one.
    File(Job),
    /// A symbolic link, to be copied as such.
    Link(Job),
    /// A directory with all below it.
    Tree(Job),
}

impl Root {
    /// Source and target.
    pub fn job(&self) -> &Job {
        match self {
            Self::File(job) | Self::Link(job) | Self::Tree(job) => job,
        }
    }
}

/// See the module page. A lane may be locked before what is shared, never after it, and one lane at a time.
#[derive(Debug)]
pub struct Walk {
    lanes: Box<[Mutex<Option<Listing>>]>,
    shared: Mutex<Shared>,
    rules: Rules,
}

/// A directory being listed.
#[derive(Debug)]
struct Listing {
    directory: Job,
    entries: ReadDir,
}

#[derive(Debug)]
struct Shared {
    roots: VecDeque<Root>,
    /// Directories to be listed; they exist in the target.
    directories: Vec<Job>,
    /// Directories to be listed or being listed.
    open: usize,
    /// Directories that wait for their mode and times, parents before children.
    unfinished: Vec<(PathBuf, Meta)>,
    /// With several roots: names that were given away already.
    given: Option<HashSet<PathBuf>>,
}

/// What a lane has next.
enum Found {
    File(Job),
    /// It went through its directory, or has taken a new one.
    Turn,
    /// It has none, and there is none to take.
    Nothing,
}

impl Walk {
    /// Over these roots, for so many workers.
    pub fn new(roots: Vec<Root>, rules: Rules, workers: usize) -> Self {
        let given = (roots.len() > 1).then(HashSet::new);
        let (directories, unfinished) = (Vec::new(), Vec::new());
        let shared = Shared { roots: roots.into(), directories, open: 0, unfinished, given };
        Self { lanes: (0..workers).map(|_| Mutex::new(None)).collect(), shared: Mutex::new(shared), rules }
    }

    /// The next file for a worker. `None` is the end.
    pub fn next(&self, worker: usize, ledger: &Ledger) -> Option<Job> {
        loop {
            let job = self.find(worker, ledger)?;
            let new = self.shared.lock().given.as_mut().is_none_or(|given| given.insert(job.target.clone()));
            if new {
                return Some(job);
            }
            let why = format!("{} was not copied: {} was just", Shown(&job.source), Shown(&job.target));
            ledger.problem(Problem::new(&job.source, format!("{why} made from another source; copy it elsewhere")));
        }
    }

    fn find(&self, worker: usize, ledger: &Ledger) -> Option<Job> {
        loop {
            let found = match self.advance(worker, true, ledger) {
                Found::Nothing => self.others(worker, ledger),
                found => found,
            };
            match found {
                Found::File(job) => return Some(job),
                Found::Turn => {}
                Found::Nothing => {
                    let shared = self.shared.lock();
                    if shared.open == 0 && shared.roots.is_empty() {
                        return None;
                    }
                    // Somebody is between two of these steps.
                    drop(shared);
                    std::thread::yield_now();
                }
            }
        }
    }

    /// A file from the lane of another worker.
    fn others(&self, worker: usize, ledger: &Ledger) -> Found {
        let lanes = (0..self.lanes.len()).filter(|lane| *lane != worker);
        let mut found = lanes.map(|lane| self.advance(lane, false, ledger));
        found.find(|found| !matches!(found, Found::Nothing)).unwrap_or(Found::Nothing)
    }

    /// Goes on in a lane up to its next file; through its end to another directory, if it may take one.
    fn advance(&self, lane: usize, may_take: bool, ledger: &Ledger) -> Found {
        let mut lane = self.lanes[lane].lock();
        let Some(Listing { directory, entries }) = &mut *lane else {
            return if may_take { self.take(&mut lane, ledger) } else { Found::Nothing };
        };
        for entry in entries {
            let made = match entry {
                Ok(entry) => match self.entry(directory, &entry, ledger) {
                    Ok(Some(file)) => return Found::File(file),
                    made => made.map(drop),
                },
                Err(error) => Err(Problem::reading(&directory.source, error)),
            };
            made.unwrap_or_else(|problem| ledger.problem(problem));
        }
        *lane = None;
        self.shared.lock().open -= 1;
        Found::Turn
    }

    /// Begins another directory, or another root.
    fn take(&self, lane: &mut Option<Listing>, ledger: &Ledger) -> Found {
        let mut shared = self.shared.lock();
        let Some(directory) = shared.directories.pop() else {
            let Some(root) = shared.roots.pop_front() else { return Found::Nothing };
            // Until it is made or on the stack, nobody may think that all is done.
            shared.open += 1;
            drop(shared);
            let found = self.root(root, ledger);
            self.shared.lock().open -= 1;
            return found;
        };
        drop(shared);
        match std::fs::read_dir(&directory.source) {
            Ok(entries) => *lane = Some(Listing { directory, entries }),
            Err(error) => {
                self.shared.lock().open -= 1;
                ledger.problem(Problem::reading(&directory.source, error));
            }
        }
        Found::Turn
    }

    fn root(&self, root: Root, ledger: &Ledger) -> Found {
        let made = match root {
            Root::File(job) => return Found::File(job),
            Root::Link(job) => make::link(&job, &self.rules, ledger),
            Root::Tree(job) => self.directory(job, true, ledger),
        };
        made.unwrap_or_else(|problem| ledger.problem(problem));
        Found::Turn
    }

    /// One entry of a directory: a file, or something that is done at once.
    fn entry(&self, directory: &Job, entry: &DirEntry, ledger: &Ledger) -> Result<Option<Job>, Problem> {
        let name = entry.file_name();
        let job = Job { source: directory.source.join(&name), target: directory.target.join(&name) };
        let kind = entry.file_type().map_err(|error| Problem::reading(&job.source, error))?;
        if kind.is_file() {
            return Ok(Some(job));
        }
        if kind.is_dir() {
            self.directory(job, false, ledger)?;
        } else if kind.is_symlink() {
            make::link(&job, &self.rules, ledger)?;
        } else {
            make::skip(&job, kind, ledger);
        }
        Ok(None)
    }

    /// Makes a directory and puts it on the stack.
    fn directory(&self, job: Job, is_root: bool, ledger: &Ledger) -> Result<(), Problem> {
        let meta = make::directory(&job, is_root, &self.rules)?;
        ledger.directory();
        let mut shared = self.shared.lock();
        shared.unfinished.push((job.target.clone(), meta));
        shared.open += 1;
        shared.directories.push(job);
        Ok(())
    }

    /// Gives the directories their modes and times, children first. To be called when all files are done.
    pub fn finish_directories(&self, ledger: &Ledger) {
        let unfinished = std::mem::take(&mut self.shared.lock().unfinished);
        for (path, meta) in unfinished.into_iter().rev() {
            if let Err(error) = meta.finish_directory(&path) {
                ledger.problem(Problem::keeping(&path, error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn workers_share_a_tree_and_miss_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let job = Job { source: dir.path().join("source"), target: dir.path().join("target") };
        for n in 0..300 {
            let parent = job.source.join(format!("{}/{}", n % 7, n % 3));
            fs::create_dir_all(&parent).unwrap();
            fs::write(parent.join(format!("{n}")), "").unwrap();
        }
        let walk = Walk::new(vec![Root::Tree(job.clone())], Rules::of_process(), 3);
        let ledger = Ledger::new(None);
        let all = |worker| std::iter::from_fn(|| walk.next(worker, &ledger)).collect::<Vec<_>>();
        let found = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..3).map(|worker| scope.spawn(move || all(worker))).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
        });
        let names: HashSet<_> = found.iter().map(|job| job.target.clone()).collect();
        assert_eq!((found.len(), names.len()), (300, 300));
        assert!(found.iter().all(|job| job.source.is_file() && job.target.parent().unwrap().is_dir()));
        assert!(walk.next(0, &ledger).is_none(), "the end is the end");
    }
}
