//! From `SRC... DST` to what is to be copied where, by the rules that users of cp know.
//!
//! - If DST is a directory, every source goes into it under its own name (`SRC/.` puts the contents of SRC into it).
//! - Otherwise there must be one source, and DST is the name of its copy.
//! - A directory needs `-r`, and is never copied into itself.

use super::walk::{Job, Root};
use crate::problem::{Problem, Shown};
use rustix::fs::FileType;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What can be copied, and what cannot and why.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the command line.
    pub roots: Vec<Root>,
    /// Sources that nothing will be done for.
    pub problems: Vec<Problem>,
}

/// Looks at the sources and the target. Nothing is changed.
pub fn plan(sources: &[PathBuf], target: &Path, recursive: bool) -> Plan {
    let into = target.is_dir();
    if sources.len() > 1 && !into {
        let what = if target.exists() { "is not a directory" } else { "does not exist" };
        let problem = format!("nothing was copied: several sources need a directory, and {} {what}", Shown(target));
        let problem = Problem::new(target, format!("{problem}; make it with mkdir, or name one source"));
        return Plan { roots: Vec::new(), problems: vec![problem] };
    }
    let mut plan = Plan::default();
    let mut taken = HashSet::new();
    for source in sources {
        let target = if into { inside(target, source) } else { target.to_path_buf() };
        match root(source, &target, recursive) {
            Ok(Root::File(job) | Root::Link(job)) if !taken.insert(job.target.clone()) => {
                let why = format!("{} was not copied: another source has the same name", Shown(source));
                plan.problems.push(Problem::new(source, format!("{why}; copy it to another directory")));
            }
            Ok(root) => plan.roots.push(root),
            Err(problem) => plan.problems.push(problem),
        }
    }
    plan
}

/// Where `source` goes in the directory `target`.
fn inside(target: &Path, source: &Path) -> PathBuf {
    let last = source.as_os_str().as_bytes().rsplit(|b| *b == b'/').find(|part| !part.is_empty());
    match last {
        None | Some(b"." | b"..") => target.to_path_buf(),
        Some(name) => target.join(OsStr::from_bytes(name)),
    }
}

fn root(source: &Path, target: &Path, recursive: bool) -> Result<Root, Problem> {
    let metadata = if recursive { source.symlink_metadata() } else { source.metadata() };
    let metadata = metadata.map_err(|error| Problem::reading(source, error))?;
    let job = Job { source: source.to_path_buf(), target: target.to_path_buf() };
    match FileType::from_raw_mode(metadata.mode()) {
        FileType::RegularFile | FileType::BlockDevice | FileType::CharacterDevice => Ok(Root::File(job)),
        FileType::Symlink => Ok(Root::Link(job)),
        FileType::Directory if recursive => tree(job, &metadata),
        FileType::Directory => {
            let why =
                format!("{} was not copied: it is a directory; add -r to copy it with all below it", Shown(source));
            Err(Problem::new(source, why))
        }
        other => {
            let why = format!("{} was not copied: it is {}", Shown(source), kind(other));
            let advice = match other {
                FileType::Fifo => "which has no end; read it with cat instead",
                _ => "which has no contents to copy; leave it out",
            };
            Err(Problem::new(source, format!("{why}, {advice}")))
        }
    }
}

/// A kind of file that has no contents to copy.
pub fn kind(kind: FileType) -> &'static str {
    match kind {
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "of an unknown kind",
    }
}

fn tree(job: Job, source: &Metadata) -> Result<Root, Problem> {
    let (shown, target) = (Shown(&job.source), Shown(&job.target));
    let same = |other: &Metadata| other.dev() == source.dev() && other.ino() == source.ino();
    let is_same = job.target.metadata().is_ok_and(|m| same(&m));
    // The deepest directory on the way to the target that exists, and all above it.
    let nearest = std::path::absolute(&job.target).unwrap_or_default();
    let nearest = nearest.ancestors().find_map(|p| p.canonicalize().ok()).unwrap_or_default();
    if is_same || nearest.ancestors().any(|p| p.metadata().is_ok_and(|m| same(&m))) {
        let what = if is_same { "that is the directory itself" } else { "the target is inside it" };
        let message = format!("{shown} was not copied to {target}: {what}; choose a target outside it");
        return Err(Problem::new(&job.source, message));
    }
    if job.target.symlink_metadata().is_ok() && !job.target.is_dir() {
        let message = format!("{shown} was not copied: {target} is in the way and not a directory; remove it");
        return Err(Problem::new(&job.target, format!("{message} or choose another target")));
    }
    Ok(Root::Tree(job))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn only(plan: &Plan) -> &Root {
        assert!(plan.problems.is_empty(), "{plan:?}");
        assert_eq!(plan.roots.len(), 1);
        &plan.roots[0]
    }

    #[test]
    fn a_source_goes_into_a_directory_under_its_own_name() {
        for (source, target) in [("a", "d/a"), ("x/a", "d/a"), ("x/a/", "d/a"), ("x/.", "d"), ("..", "d"), ("/", "d")] {
            assert_eq!(inside(Path::new("d"), Path::new(source)), Path::new(target), "{source}");
        }
    }

    #[test]
    fn a_directory_needs_r_and_is_not_copied_into_itself() {
        let dir = tempfile::tempdir().unwrap();
        let tree = dir.path().join("tree");
        fs::create_dir(&tree).unwrap();
        let problem = |target: &Path, recursive| {
            let mut plan = plan(std::slice::from_ref(&tree), target, recursive);
            plan.problems.pop().map(|p| p.message).unwrap_or_default()
        };
        assert!(problem(&dir.path().join("new"), false).contains("add -r"));
        assert!(problem(&tree, true).contains("inside it"));
        assert!(problem(&tree.join("a/b"), true).contains("inside it"));
        assert!(problem(dir.path(), true).contains("the directory itself"));
        assert_eq!(problem(&dir.path().join("new"), true), "");
    }

    #[test]
    fn several_sources_need_a_directory() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "").unwrap();
        fs::write(&b, "").unwrap();
        let refused = plan(&[a.clone(), b.clone()], &dir.path().join("c"), false);
        assert!(refused.roots.is_empty() && refused.problems[0].message.contains("several sources need a directory"));
        let twice = plan(&[a.clone(), a.clone()], dir.path(), false);
        assert_eq!((twice.roots.len(), twice.problems.len()), (1, 1));
    }

    #[test]
    fn a_link_is_followed_unless_r_is_given() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        fs::write(dir.path().join("a"), "").unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        let target = dir.path().join("b");
        assert!(matches!(only(&plan(std::slice::from_ref(&link), &target, false)), Root::File(_)));
        assert!(matches!(only(&plan(std::slice::from_ref(&link), &target, true)), Root::Link(_)));
    }
}
