//! Walks what is to be copied and hands out one file after the other. Directories and links are made on the way.
//!
//! A directory is made with permissions for its owner only, so that a tree that nobody may enter, or that the owner may not
//! write, is safe and possible to fill meanwhile; its own mode and times come when everything below it is there. The walk
//! costs no call a file besides the listing of the directory.

use super::ledger::Ledger;
use super::meta::{Meta, Rules};
use super::plan::kind;
use crate::problem::{Problem, Shown};
use rustix::fs::{CWD, FileType, Mode};
use rustix::io::Errno;
use std::collections::HashSet;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, IntoIter, WalkDir};

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

/// See the module page.
#[derive(Debug)]
pub struct Walk {
    roots: std::vec::IntoIter<Root>,
    tree: Option<(Job, IntoIter)>,
    rules: Rules,
    /// Directories that wait for their mode and times, parents before children.
    unfinished: Vec<(PathBuf, Meta)>,
    /// With several sources: names that were given away already.
    given: Option<HashSet<PathBuf>>,
}

impl Walk {
    /// Over these roots.
    pub fn new(roots: Vec<Root>, rules: Rules) -> Self {
        let given = (roots.len() > 1).then(HashSet::new);
        Self { roots: roots.into_iter(), tree: None, rules, unfinished: Vec::new(), given }
    }

    /// The next file to copy.
    pub fn next(&mut self, ledger: &Ledger) -> Option<Job> {
        loop {
            let job = match self.next_entry(ledger) {
                Some(Ok(job)) => job,
                Some(Err(problem)) => {
                    ledger.problem(problem);
                    continue;
                }
                None => match self.next_root(ledger)? {
                    Some(job) => job,
                    None => continue,
                },
            };
            let new = self.given.as_mut().is_none_or(|given| given.insert(job.target.clone()));
            if new {
                return Some(job);
            }
            let why = format!("{} was not copied: {} was just", Shown(&job.source), Shown(&job.target));
            ledger.problem(Problem::new(&job.source, format!("{why} made from another source; copy it elsewhere")));
        }
    }

    /// Begins with the next root: `None` when there is none, `Some(None)` when it was no file.
    fn next_root(&mut self, ledger: &Ledger) -> Option<Option<Job>> {
        match self.roots.next()? {
            Root::File(job) => return Some(Some(job)),
            Root::Link(job) => self.link(&job, ledger).unwrap_or_else(|problem| ledger.problem(problem)),
            Root::Tree(job) => {
                let walk = WalkDir::new(&job.source).into_iter();
                self.tree = Some((job, walk));
            }
        }
        Some(None)
    }

    /// The next file of the present tree.
    fn next_entry(&mut self, ledger: &Ledger) -> Option<Result<Job, Problem>> {
        loop {
            let (root, walk) = self.tree.as_mut()?;
            let entry = match walk.next() {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return Some(Err(unreadable(root, error))),
                None => {
                    self.tree = None;
                    return None;
                }
            };
            let job = below(root, &entry);
            let made = match entry.file_type() {
                kind if kind.is_file() => return Some(Ok(job)),
                kind if kind.is_dir() => self.directory(&job, entry.depth() == 0, ledger),
                kind if kind.is_symlink() => self.link(&job, ledger),
                kind => {
                    skip(&job, kind, ledger);
                    Ok(())
                }
            };
            if let Err(problem) = made {
                if let (true, Some((_, walk))) = (entry.file_type().is_dir(), &mut self.tree) {
                    walk.skip_current_dir();
                }
                return Some(Err(problem));
            }
        }
    }

    fn directory(&mut self, job: &Job, is_root: bool, ledger: &Ledger) -> Result<(), Problem> {
        let stat = rustix::fs::lstat(&job.source).map_err(|e| Problem::reading(&job.source, e))?;
        match rustix::fs::mkdir(&job.target, Mode::RWXU) {
            Ok(()) => {}
            Err(Errno::EXIST) if is_directory(&job.target, is_root) => {}
            Err(Errno::EXIST) => {
                let (source, target) = (Shown(&job.source), Shown(&job.target));
                let why = format!("{source} and what it holds were not copied: {target} is in the way and not a");
                return Err(Problem::new(&job.target, format!("{why} directory; remove it and copy again")));
            }
            Err(error) => return Err(Problem::writing(&job.source, &job.target, error)),
        }
        ledger.directory();
        self.unfinished.push((job.target.clone(), self.rules.keep(&stat)));
        Ok(())
    }

    fn link(&self, job: &Job, ledger: &Ledger) -> Result<(), Problem> {
        let reading = |error| Problem::reading(&job.source, error);
        let stat = rustix::fs::lstat(&job.source).map_err(reading)?;
        let leads_to = rustix::fs::readlink(&job.source, Vec::new()).map_err(reading)?;
        let make = || rustix::fs::symlinkat(leads_to.as_c_str(), CWD, &job.target);
        let writing = |error| Problem::writing(&job.source, &job.target, error);
        match make() {
            Err(Errno::EXIST) => {
                refuse_itself(job, &stat)?;
                rustix::fs::unlink(&job.target)
                    .map_err(|e| writing(if e == Errno::ISDIR { Errno::EXIST } else { e }))?;
                make().map_err(writing)?;
            }
            made => made.map_err(writing)?,
        }
        ledger.link();
        // Links have times on most file systems; that some refuse to set them harms nobody.
        let _ = self.rules.keep(&stat).finish_link(&job.target);
        Ok(())
    }

    /// Gives the directories their modes and times, children first. To be called when all files are done.
    pub fn finish_directories(&mut self, ledger: &Ledger) {
        for (path, meta) in self.unfinished.drain(..).rev() {
            if let Err(error) = meta.finish_directory(&path) {
                ledger.problem(Problem::keeping(&path, error));
            }
        }
    }
}

/// The copy's name of an entry.
fn below(root: &Job, entry: &DirEntry) -> Job {
    let relative = entry.path().strip_prefix(&root.source).unwrap_or(entry.path());
    let target = if relative.as_os_str().is_empty() { root.target.clone() } else { root.target.join(relative) };
    Job { source: entry.path().to_path_buf(), target }
}

/// Below the target that the user named, a link to a directory does not count as one: it could lead anywhere.
fn is_directory(path: &Path, follow: bool) -> bool {
    let metadata = if follow { path.metadata() } else { path.symlink_metadata() };
    metadata.is_ok_and(|m| m.is_dir())
}

fn refuse_itself(job: &Job, source: &rustix::fs::Stat) -> Result<(), Problem> {
    match rustix::fs::lstat(&job.target) {
        Ok(target) if (target.st_dev, target.st_ino) == (source.st_dev, source.st_ino) => {
            Err(same_file(&job.source, &job.target))
        }
        _ => Ok(()),
    }
}

/// The sentence for a copy onto itself.
pub fn same_file(source: &Path, target: &Path) -> Problem {
    let message = format!("{} was not copied to {}: they are the same file", Shown(source), Shown(target));
    Problem::new(source, format!("{message}; choose another target"))
}

fn unreadable(root: &Job, error: walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(&root.source).to_path_buf();
    match error.into_io_error() {
        Some(error) => Problem::reading(&path, error),
        None => Problem::new(&path, format!("{} was not copied: it contains itself through links", Shown(&path))),
    }
}

fn skip(job: &Job, kind_of: std::fs::FileType, ledger: &Ledger) {
    let file_type = match () {
        () if kind_of.is_fifo() => FileType::Fifo,
        () if kind_of.is_socket() => FileType::Socket,
        () if kind_of.is_block_device() || kind_of.is_char_device() => FileType::CharacterDevice,
        () => FileType::Unknown,
    };
    let what = kind(file_type);
    ledger.skipped(
        &job.source,
        format!("{} was skipped: it is {what}, which has no contents to copy", Shown(&job.source)),
    );
}
