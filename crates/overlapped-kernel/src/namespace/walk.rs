//! From components to a path that is there, as far as case allows.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

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
    /// Whatever the file system says; the name is then taken as it is spelled.
    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>>;

    /// The entry of `directory` that `name`, which is not there itself, means: the first in byte order of those that differ only in case.
    fn in_other_case(&self, directory: &Path, name: &OsStr) -> Option<OsString> {
        let entries = self.read_dir_names(directory).ok()?;
        entries.into_iter().filter(|entry| same(entry, name)).min()
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
}

/// The path of `names` below `root`. Where the file system lacks the exact path, each component whose exact name is
/// missing is replaced by one that differs only in case. What is not found at all stays as it is spelled.
pub(super) fn locate(root: &Path, names: &[OsString], case: CaseRule, lookup: &dyn Lookup) -> PathBuf {
    let exact = join(root, names);
    if case == CaseRule::Exact || names.is_empty() || lookup.exists(&exact) {
        return exact;
    }
    let mut present = names.len() - 1;
    while present > 0 && !lookup.exists(&join(root, &names[..present])) {
        present -= 1;
    }
    let mut path = join(root, &names[..present]);
    for (at, name) in names.iter().enumerate().skip(present) {
        // The first is known to be missing.
        if at > present && lookup.exists(&path.join(name)) {
            path.push(name);
        } else if let Some(found) = lookup.in_other_case(&path, name) {
            path.push(found);
        } else {
            return join(&path, &names[at..]);
        }
    }
    path
}

/// `root` and the components below it.
pub(super) fn join(root: &Path, names: &[OsString]) -> PathBuf {
    let mut path = root.to_path_buf();
    path.extend(names);
    path
}
