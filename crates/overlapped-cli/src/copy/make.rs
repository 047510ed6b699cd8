//! What a tree has besides files: directories and links are made, the rest is skipped with a sentence.
//!
//! A directory is made with permissions for its owner only, so that a tree that nobody may enter, or that the owner may not
//! write, is safe and possible to fill meanwhile; its own mode and times come when everything below it is there.

use super::ledger::Ledger;
use super::meta::{Meta, Rules};
use super::plan::kind;
use super::walk::Job;
use crate::problem::{Problem, Shown};
use rustix::fs::{CWD, FileType, Mode, Stat};
use rustix::io::Errno;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Makes the directory, or takes one that is there; says what it is to keep.
pub fn directory(job: &Job, is_root: bool, rules: &Rules) -> Result<Meta, Problem> {
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
    Ok(rules.keep(&stat))
}

/// Makes the link, in the place of any file or link that has its name.
pub fn link(job: &Job, rules: &Rules, ledger: &Ledger) -> Result<(), Problem> {
    let reading = |error| Problem::reading(&job.source, error);
    let stat = rustix::fs::lstat(&job.source).map_err(reading)?;
    let leads_to = rustix::fs::readlink(&job.source, Vec::new()).map_err(reading)?;
    let make = || rustix::fs::symlinkat(leads_to.as_c_str(), CWD, &job.target);
    let writing = |error| Problem::writing(&job.source, &job.target, error);
    match make() {
        Err(Errno::EXIST) => {
            refuse_itself(job, &stat)?;
            let removed = rustix::fs::unlink(&job.target);
            removed.map_err(|error| writing(if error == Errno::ISDIR { Errno::EXIST } else { error }))?;
            make().map_err(writing)?;
        }
        made => made.map_err(writing)?,
    }
    ledger.link();
    // Links have times on most file systems; that some refuse to set them harms nobody.
    let _ = rules.keep(&stat).finish_link(&job.target);
    Ok(())
}

/// Says that there is nothing to copy.
pub fn skip(job: &Job, file_type: std::fs::FileType, ledger: &Ledger) {
    let file_type = match () {
        () if file_type.is_fifo() => FileType::Fifo,
        () if file_type.is_socket() => FileType::Socket,
        () if file_type.is_block_device() || file_type.is_char_device() => FileType::CharacterDevice,
        () => FileType::Unknown,
    };
    let why = format!("it is {}, which has no contents to copy", kind(file_type));
    ledger.skipped(&job.source, format!("{} was skipped: {why}", Shown(&job.source)));
}

/// The sentence for a copy onto itself.
pub fn same_file(source: &Path, target: &Path) -> Problem {
    let message = format!("{} was not copied to {}: they are the same file", Shown(source), Shown(target));
    Problem::new(source, format!("{message}; choose another target"))
}

/// Below the target that the user named, a link to a directory does not count as one: it could lead anywhere.
fn is_directory(path: &Path, follow: bool) -> bool {
    let metadata = if follow { path.metadata() } else { path.symlink_metadata() };
    metadata.is_ok_and(|m| m.is_dir())
}

fn refuse_itself(job: &Job, source: &Stat) -> Result<(), Problem> {
    match rustix::fs::lstat(&job.target) {
        Ok(target) if (target.st_dev, target.st_ino) == (source.st_dev, source.st_ino) => {
            Err(same_file(&job.source, &job.target))
        }
        _ => Ok(()),
    }
}
