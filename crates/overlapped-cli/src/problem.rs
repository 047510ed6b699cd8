//! What went wrong, in one sentence: which file, why, and what to do.
//!
//! The codes come from the library (as Win32 errors) and from file-system calls (as error numbers). Where a code has several
//! causes that ask for different remedies, the file system is asked again; that is slow, and fine after a failure.

use overlapped_abi::{Context, Win32Error};
use rustix::fs::StatVfsMountFlags;
use rustix::io::Errno;
use serde::Serialize;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A path in a sentence: in quotes, and with nothing in it that a terminal would obey.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.to_string_lossy().chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        f.write_char('\'')
    }
}

/// See the module page.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The file, as the user would name it.
    pub path: String,
    /// The Win32 code, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// The code's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// The sentence.
    pub message: String,
}

/// Why a call failed, wherever the call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    code: Win32Error,
    errno: Option<i32>,
}

impl From<overlapped::Error> for Fault {
    fn from(error: overlapped::Error) -> Self {
        Self { code: error.code(), errno: None }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self { code: Win32Error::from_io_error(&error, Context::Open), errno: error.raw_os_error() }
    }
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        io::Error::from(errno).into()
    }
}

impl From<Win32Error> for Fault {
    fn from(code: Win32Error) -> Self {
        Self { code, errno: None }
    }
}

impl Fault {
    fn is(self, code: Win32Error, errno: Errno) -> bool {
        self.code == code || self.errno == Some(errno.raw_os_error())
    }
}

impl Problem {
    /// Something that no code says.
    pub fn new(path: &Path, message: String) -> Self {
        Self { path: path.display().to_string(), code: None, name: None, message }
    }

    /// `source` could not be opened, read or looked at.
    pub fn reading(source: &Path, fault: impl Into<Fault>) -> Self {
        let fault = fault.into();
        let why = why_not_read(source, fault);
        Self::new(source, format!("{} was not copied: {why}", Shown(source))).with(fault)
    }

    /// The copy of `source` could not be made, written or finished at `target`.
    pub fn writing(source: &Path, target: &Path, fault: impl Into<Fault>) -> Self {
        let fault = fault.into();
        let why = why_not_written(target, fault);
        let message = format!("{} was not copied to {}: {why}", Shown(source), Shown(target));
        Self::new(target, message).with(fault)
    }

    /// A copy was made, but its mode or times could not be set.
    pub fn keeping(target: &Path, fault: impl Into<Fault>) -> Self {
        let fault = fault.into();
        let message = format!(
            "{} was copied, but its mode and times were not kept: {}; set them with chmod and touch",
            Shown(target),
            fault.code.message().trim_end_matches('.')
        );
        Self::new(target, message).with(fault)
    }

    fn with(mut self, fault: Fault) -> Self {
        self.code = Some(fault.code.value());
        self.name = fault.code.name();
        self
    }

    /// Would more room have helped?
    pub fn is_full_disk(&self) -> bool {
        self.code == Some(Win32Error::DISK_FULL.value())
    }

    /// Were too many files open?
    pub fn is_lack_of_descriptors(&self) -> bool {
        self.code == Some(Win32Error::TOO_MANY_OPEN_FILES.value())
    }

    /// Adds something to the sentence.
    pub fn and(mut self, more: &str) -> Self {
        self.message.push_str("; ");
        self.message.push_str(more);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

fn why_not_read(path: &Path, fault: Fault) -> String {
    match fault.code {
        Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND | Win32Error::DIRECTORY
            if without_slash(path).is_some_and(|file| file.exists()) =>
        {
            "it is no directory, as the slash at its end says; leave the slash out".into()
        }
        Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND | Win32Error::DIRECTORY => {
            "it does not exist, or no longer; check its name".into()
        }
        // A directory that was opened as a file; one that may not be listed comes with an error number.
        Win32Error::ACCESS_DENIED if fault.errno.is_none() && path.is_dir() => {
            "it is a directory; add -r to copy it with all below it".into()
        }
        Win32Error::ACCESS_DENIED => {
            "you may not read it; ask its owner for the right to (chmod +r), or copy it as another user".into()
        }
        _ => in_general(path, fault),
    }
}

fn why_not_written(path: &Path, fault: Fault) -> String {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if fault.is(Win32Error::DISK_FULL, Errno::NOSPC) || fault.errno == Some(Errno::DQUOT.raw_os_error()) {
        return format!("the disk of {} is full; free some space there and copy it again", Shown(parent));
    }
    match fault.code {
        Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND | Win32Error::DIRECTORY => {
            if path.is_symlink() {
                return "that name is a link that leads nowhere; remove the link and copy it again".into();
            }
            if without_slash(path).is_some() && parent.is_dir() {
                return "there is no directory of that name; make it with mkdir, or leave the slash out".into();
            }
            let missing = first_obstacle(parent);
            if missing.is_dir() {
                return format!("no files can be created in {}; choose another target", Shown(&missing));
            }
            if missing.exists() {
                return format!("{} is not a directory; choose a target that is not below it", Shown(&missing));
            }
            format!("the directory {0} does not exist; make it with mkdir -p {0}", Shown(parent))
        }
        Win32Error::ACCESS_DENIED | Win32Error::WRITE_PROTECT => why_denied(path, parent),
        Win32Error::FILE_EXISTS | Win32Error::ALREADY_EXISTS => "it is in the way; remove it and copy again".into(),
        _ => in_general(path, fault),
    }
}

/// The same name without the slashes at its end, if it has some.
fn without_slash(path: &Path) -> Option<PathBuf> {
    let bytes = path.as_os_str().as_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/')? + 1;
    (end < bytes.len()).then(|| PathBuf::from(OsStr::from_bytes(&bytes[..end])))
}

/// The topmost part of `directory` that is missing or is no directory.
fn first_obstacle(directory: &Path) -> PathBuf {
    let parts: Vec<_> = directory.ancestors().filter(|p| !p.as_os_str().is_empty()).collect();
    parts.into_iter().rev().find(|p| !p.is_dir()).unwrap_or(directory).to_path_buf()
}

fn why_denied(path: &Path, parent: &Path) -> String {
    if path.is_dir() {
        return "a directory has that name; remove it or choose another target".into();
    }
    let read_only = |path: &Path| rustix::fs::statvfs(path).is_ok_and(|v| v.f_flag.contains(StatVfsMountFlags::RDONLY));
    if read_only(path) || read_only(parent) {
        let place = Shown(parent);
        return format!("the file system of {place} is read-only; choose another target, or mount it writable");
    }
    match path.exists() {
        true => "that file is read-only for you; allow writing with chmod u+w, or remove it, and copy again".into(),
        false => {
            let place = Shown(parent);
            format!("you may not create files in {place}; choose another target, or ask for the right to write there")
        }
    }
}

/// Causes that mean the same for source and target.
fn in_general(path: &Path, fault: Fault) -> String {
    let advice = match fault.code {
        Win32Error::SHARING_VIOLATION | Win32Error::LOCK_VIOLATION => {
            "another program is using it; end that program and copy again"
        }
        Win32Error::TOO_MANY_OPEN_FILES => {
            "too many files are open; raise the limit with ulimit -n, or lower --queue-depth, and copy again"
        }
        Win32Error::FILENAME_EXCED_RANGE => "its name is too long for the file system; choose a shorter one",
        Win32Error::FILE_TOO_LARGE => {
            "it is too large for that file system or your limit (ulimit -f); choose another target"
        }
        Win32Error::IO_DEVICE | Win32Error::CRC | Win32Error::SECTOR_NOT_FOUND => {
            "its device reported an error; look into dmesg and check the disk"
        }
        _ => "",
    };
    if !advice.is_empty() {
        return advice.into();
    }
    match fault.errno {
        Some(errno) if errno == Errno::LOOP.raw_os_error() => {
            "it is a link that leads back to itself; look where it should lead (ls -l)".into()
        }
        Some(errno) => format!("{}; check {}", io::Error::from_raw_os_error(errno), Shown(path)),
        None => fault.code.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_by_either_code() {
        let said = |fault: Fault| Problem::writing(Path::new("a"), Path::new("d/b"), fault).message;
        let by_errno = said(Errno::NOSPC.into());
        assert_eq!(by_errno, said(Win32Error::DISK_FULL.into()));
        assert_eq!(
            by_errno,
            "'a' was not copied to 'd/b': the disk of 'd' is full; free some space there and copy it again"
        );
    }

    #[test]
    fn a_missing_parent_is_told_apart_from_one_that_is_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let said = |target: &Path| Problem::writing(Path::new("a"), target, Win32Error::PATH_NOT_FOUND).message;
        assert!(said(&dir.path().join("no/b")).contains("does not exist; make it with mkdir -p"));
        assert!(said(&file.join("b")).contains("is not a directory"));
    }

    #[test]
    fn the_json_form_has_code_and_name() {
        let problem = Problem::reading(Path::new("/no"), Win32Error::FILE_NOT_FOUND);
        let json = serde_json::to_value(problem).unwrap();
        assert_eq!((json["code"].as_u64(), json["name"].as_str()), (Some(2), Some("ERROR_FILE_NOT_FOUND")));
    }
}
