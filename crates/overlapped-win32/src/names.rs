//! Names of files between the two worlds: what the companions show of Linux paths, and where Windows names lead.
//!
//! The companions answer in the Windows spelling (`C:\home\me`, decision D9), because programs look for the last backslash of
//! what they get; every function of this library takes both spellings back.

use crate::support::system;
use overlapped_abi::Win32Error;
use overlapped_kernel::namespace::{CaseRule, Target};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The Windows spelling of an absolute Linux path: below the drive whose directory holds it, the deepest if several do.
#[must_use]
pub fn to_windows(path: &Path) -> OsString {
    let mut best = (0, b'C', path);
    if let Ok(system) = system() {
        let namespace = system.namespace().read();
        for letter in namespace.drive_letters() {
            let Some(directory) = namespace.drive(letter).and_then(|drive| drive.directory.as_deref()) else {
                continue;
            };
            let Ok(rest) = path.strip_prefix(directory) else { continue };
            let depth = directory.components().count();
            if depth > best.0 {
                best = (depth, letter.to_string().as_bytes()[0], rest);
            }
        }
    }
    spell(best.1, best.2)
}

fn spell(letter: u8, rest: &Path) -> OsString {
    let mut name = vec![letter, b':', b'\\'];
    let rest = rest.as_os_str().as_bytes();
    name.extend(rest.strip_prefix(b"/").unwrap_or(rest).iter().map(|&byte| if byte == b'/' { b'\\' } else { byte }));
    OsString::from_vec(name)
}

/// The Linux path that a name leads to; 123 if it is no name of the file system.
pub fn to_linux(name: &OsStr) -> Result<PathBuf, Win32Error> {
    if name.is_empty() {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    match system()?.resolve(name, CaseRule::ExactThenFolded)? {
        Target::File(file) => Ok(file.path),
        Target::Null => Ok("/dev/null".into()),
        Target::Console | Target::ConsoleInput | Target::ConsoleOutput => Ok("/dev/tty".into()),
        Target::Serial { path, .. } | Target::Parallel { path, .. } => Ok(path),
        _ => Err(Win32Error::INVALID_NAME),
    }
}

/// The last component of a name in either spelling.
#[must_use]
pub fn last_component(name: &OsStr) -> &OsStr {
    let bytes = name.as_bytes();
    let start = bytes.iter().rposition(|byte| matches!(byte, b'/' | b'\\' | b':')).map_or(0, |at| at + 1);
    OsStr::from_bytes(&bytes[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linux_path_is_below_its_drive() {
        assert_eq!(to_windows(Path::new("/usr/lib")), r"C:\usr\lib");
        assert_eq!(to_windows(Path::new("/")), r"C:\");
    }

    #[test]
    fn both_spellings_lead_to_the_file() {
        assert_eq!(to_linux(OsStr::new(r"C:\usr\..\etc")), Ok("/etc".into()));
        assert_eq!(to_linux(OsStr::new("/etc")), Ok("/etc".into()));
        assert_eq!(to_linux(OsStr::new("NUL")), Ok("/dev/null".into()));
        assert_eq!(to_linux(OsStr::new("")), Err(Win32Error::PATH_NOT_FOUND));
    }

    #[test]
    fn last_components() {
        for (name, last) in [(r"C:\a\b.exe", "b.exe"), ("/a/b", "b"), ("b", "b"), ("c:b", "b"), (r"a\", "")] {
            assert_eq!(last_component(OsStr::new(name)), last);
        }
    }
}
