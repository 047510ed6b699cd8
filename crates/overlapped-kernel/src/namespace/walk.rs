//! From components to a path that is there, as far as case allows.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use super::device::DriveLetter;
use super::fold::same;

/// What resolving asks of a file system. Whoever opens devices implements it; nothing else here leaves memory.
pub trait Lookup {
    /// Whether the directory of `path` holds its last component under exactly this name. A symbolic link that leads
    /// nowhere counts: it is there.
    fn exists(&self, path: &Path) -> bool;

    /// The names in a directory, in any order, without `.` and `..`.
    ///
    /// # Errors
    /// Whatever the file system says; that the directory is missing is one. The name is then taken as it is spelled.
    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>>;

    /// The entry of `directory` that `name`, which is not there itself, means: the first in byte order of those that differ only in case.
    ///
    /// # Errors
    /// When the directory is missing or cannot be read.
    fn in_other_case(&self, directory: &Path, name: &OsStr) -> io::Result<Option<OsString>> {
        let entries = self.read_dir_names(directory)?;
        Ok(entries.into_iter().filter(|entry| same(entry, name)).min())
    }

    /// The current directory of the process, absolute and free of links, as `getcwd` gives it.
    ///
    /// # Errors
    /// When it has been removed; relative names then fail with 3.
    fn current_dir(&self) -> io::Result<PathBuf>;

    /// The directory that `X:rel` starts from, where the program has set one for that drive (contract 01 §3).
    /// Without one it is the current directory if that is on the drive, else the drive's root.
    fn drive_current_dir(&self, drive: DriveLetter) -> Option<PathBuf> {
        let _ = drive;
        None
    }
}

/// How file names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseRule {
    /// The exact name; where it is missing, the first in byte order of those that differ only in case.
    #[default]
    ExactThenFolded,
    /// The exact name only, as `FILE_FLAG_POSIX_SEMANTICS` asks (contract 01 §2.4); POSIX paths byte for byte.
    Exact,
    /// As [`ExactThenFolded`](Self::ExactThenFolded) for a caller who has found the exact path missing just now.
    Folded,
}

/// A root that `..` does not leave, and how far a path has been walked below it: one text, to which names are added.
pub(super) struct Walked {
    path: Vec<u8>,
    /// So many bytes of it are the root.
    root: usize,
}

impl Walked {
    /// At the root, with room for so many bytes more.
    pub(super) fn root(root: &Path, more: usize) -> Self {
        let root = root.as_os_str().as_bytes();
        let mut path = Vec::with_capacity(root.len() + more + 1);
        path.extend_from_slice(root);
        Self { path, root: root.len() }
    }

    /// Down to a name, which is not empty and has no separator of Linux in it.
    pub(super) fn down(&mut self, name: &[u8]) {
        if self.path.last() != Some(&b'/') {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
    }

    /// To the directory above, unless this is the root.
    pub(super) fn up(&mut self) {
        let last = self.path[self.root..].iter().rposition(|byte| *byte == b'/');
        self.path.truncate(self.root + last.unwrap_or(0));
    }

    /// Back to the root.
    pub(super) fn back(&mut self) {
        self.path.truncate(self.root);
    }

    /// Along a path of Linux.
    pub(super) fn walk(&mut self, path: &Path) {
        for part in path.components() {
            match part {
                Component::Normal(name) => self.down(name.as_bytes()),
                Component::ParentDir => self.up(),
                _ => {}
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.path))
    }
}

/// The path of names below a root. Where the file system lacks the exact path, each component whose exact name is
/// missing is replaced by one that differs only in case. What is not found at all stays as it is spelled.
pub(super) fn locate(walked: Walked, case: CaseRule, lookup: &dyn Lookup) -> PathBuf {
    let root = walked.root;
    let exact = PathBuf::from(OsString::from_vec(walked.path));
    let has_names = exact.as_os_str().len() > root;
    match case {
        CaseRule::ExactThenFolded if has_names && !lookup.exists(&exact) => in_other_case(&exact, root, lookup),
        CaseRule::Folded if has_names => in_other_case(&exact, root, lookup),
        _ => exact,
    }
}

/// The same for a path that is missing.
fn in_other_case(exact: &Path, root: usize, lookup: &dyn Lookup) -> PathBuf {
    let (top, below) = exact.as_os_str().as_bytes().split_at(root);
    let names: Vec<&OsStr> =
        below.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).map(OsStr::from_bytes).collect();
    let join = |names: &[&OsStr]| {
        let mut path = PathBuf::from(OsStr::from_bytes(top));
        path.extend(names);
        path
    };
    // Mostly only the last name is missing, so its directory is not looked for before.
    let Some(mut present) = names.len().checked_sub(1) else { return exact.to_path_buf() };
    let mut path = join(&names[..present]);
    let mut first = lookup.in_other_case(&path, names[present]);
    if first.is_err() {
        while present > 0 && !lookup.exists(&join(&names[..present])) {
            present -= 1;
        }
        path = join(&names[..present]);
        first = lookup.in_other_case(&path, names[present]);
    }
    let mut first = Some(first);
    for (at, name) in names.iter().enumerate().skip(present) {
        let found = match first.take() {
            Some(found) => found,
            None if lookup.exists(&path.join(name)) => Ok(Some((*name).to_owned())),
            None => lookup.in_other_case(&path, name),
        };
        let Ok(Some(found)) = found else {
            path.extend(&names[at..]);
            return path;
        };
        path.push(found);
    }
    path
}
