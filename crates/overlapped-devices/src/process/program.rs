//! Which file a program's name leads to (the search of CreateProcess).
//!
//! A name with a directory is where it says. One without is looked for in the directory of the calling program, the current one, and those of
//! PATH. `server.exe` finds `server` and `server` finds `server.exe`: programs of Windows keep their names when they are built here.
//! A file that only Windows can run comes last, for machines that know what to do with it.

use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use overlapped_kernel::namespace::{CaseRule, Target};
use rustix::fs::{Access, AtFlags, CWD};
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// ERROR_BAD_EXE_FORMAT.
pub(super) const BAD_EXE_FORMAT: Win32Error = Win32Error(193);

/// How well a file fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It can be run.
    Program,
    /// It begins as programs of Windows do.
    Foreign,
}

/// Looks at one path.
fn fit(path: &Path) -> Result<Fit, Win32Error> {
    let file = std::fs::metadata(path).map_err(|error| match super::from_io(&error) {
        Win32Error::FILE_NOT_FOUND if path.parent().is_some_and(|parent| !parent.is_dir()) => {
            Win32Error::PATH_NOT_FOUND
        }
        error => error,
    })?;
    if file.is_dir() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    if !file.is_file() || rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_err() {
        return Err(BAD_EXE_FORMAT);
    }
    let mut start = [0; 2];
    // One that may be run and not read is a program.
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    Ok(if read.is_ok() && &start == b"MZ" { Fit::Foreign } else { Fit::Program })
}

/// The names that one stands for: itself, and with and without the suffix.
fn spellings(name: &OsStr) -> Vec<OsString> {
    let bytes = name.as_bytes();
    let at = bytes.iter().rposition(|byte| matches!(byte, b'/' | b'\\' | b':')).map_or(0, |at| at + 1);
    let mut all = vec![name.to_owned()];
    if let Some(stem) = bytes.len().checked_sub(4).filter(|&stem| stem > at && is_suffix(&bytes[stem..])) {
        all.push(OsString::from_vec(bytes[..stem].to_vec()));
    } else if !bytes[at..].contains(&b'.') {
        all.push(OsString::from_vec([bytes, b".exe"].concat()));
    }
    all
}

fn is_suffix(end: &[u8]) -> bool {
    end.eq_ignore_ascii_case(b".exe") || end.eq_ignore_ascii_case(b".com")
}

/// Where a name of a file leads to.
fn place(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    match system.resolve(name, CaseRule::ExactThenFolded)? {
        Target::File(file) => Ok(file.path),
        _ => Err(Win32Error::FILE_NOT_FOUND),
    }
}

/// Of several files the best, or why the first is none.
fn best(candidates: impl Iterator<Item = Result<PathBuf, Win32Error>>) -> Result<PathBuf, Win32Error> {
    let mut foreign = None;
    let mut why = Win32Error::FILE_NOT_FOUND;
    for candidate in candidates {
        match candidate.and_then(|path| Ok((fit(&path)?, path))) {
            Ok((Fit::Program, path)) => return Ok(path),
            Ok((Fit::Foreign, path)) => foreign = foreign.or(Some(path)),
            // What is there and is no program says more than what is not there.
            Err(error) if why == Win32Error::FILE_NOT_FOUND => why = error,
            Err(_) => {}
        }
    }
    foreign.ok_or(why)
}

/// The program of this name, without a search: 2 or 3 if there is none, 5 for a directory, 193 for what cannot be run.
pub fn by_name(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    best(spellings(name).iter().map(|name| place(system, name)))
}

/// Directories in which programs are looked for, in this order.
fn directories(system: &System) -> Vec<PathBuf> {
    let own = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.to_owned()));
    let mut all: Vec<PathBuf> = own.into_iter().chain(std::env::current_dir()).collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let drive = |part: &[u8]| matches!(part, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    if path.as_bytes().contains(&b';') || drive(path.as_bytes()) {
        let parts = path.as_bytes().split(|&byte| byte == b';').filter(|part| !part.is_empty());
        all.extend(parts.filter_map(|part| place(system, OsStr::from_bytes(part)).ok()));
    } else {
        all.extend(std::env::split_paths(&path).filter(|part| part.is_absolute()));
    }
    all
}

/// The program of this name, searched for: as [`by_name`].
pub fn search(system: &System, name: &OsStr) -> Result<PathBuf, Win32Error> {
    if name.as_bytes().iter().any(|byte| matches!(byte, b'/' | b'\\' | b':')) {
        return by_name(system, name);
    }
    if name.is_empty() {
        return Err(Win32Error::FILE_NOT_FOUND);
    }
    let spellings = spellings(name);
    let folded = |directory: &Path, name: &OsStr| {
        let exact = directory.join(name);
        if exact.exists() { Ok(exact) } else { place(system, exact.as_os_str()) }
    };
    let mut foreign = None;
    let mut why = Win32Error::FILE_NOT_FOUND;
    for directory in directories(system) {
        // A file of the wrong kind does not end the search.
        match best(spellings.iter().map(|name| folded(&directory, name))) {
            Ok(path) if fit(&path) == Ok(Fit::Program) => return Ok(path),
            Ok(path) => foreign = foreign.or(Some(path)),
            Err(error @ BAD_EXE_FORMAT) => why = error,
            Err(_) => {}
        }
    }
    foreign.ok_or(why)
}

/// The program that a command line begins with, and its name as it is written there. Without quotation marks, a name with blanks is
/// tried from the left: `C:\program files\x y` may mean `C:\program`.
pub fn by_line(system: &System, line: &OsStr) -> Result<PathBuf, Win32Error> {
    let bytes = line.as_bytes();
    let bytes = &bytes[bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()..];
    if let Some(quoted) = bytes.strip_prefix(b"\"") {
        let end = quoted.iter().position(|&byte| byte == b'"').unwrap_or(quoted.len());
        return search(system, OsStr::from_bytes(&quoted[..end]));
    }
    let blanks = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b' ' | b'\t')).map(|(at, _)| at);
    let mut first = None;
    for end in blanks.chain(std::iter::once(bytes.len())) {
        match search(system, OsStr::from_bytes(&bytes[..end])) {
            Ok(path) => return Ok(path),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or(Win32Error::FILE_NOT_FOUND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_itself_and_for_itself_with_and_without_the_suffix() {
        let all = |name: &str| spellings(OsStr::new(name));
        assert_eq!(all("server.exe"), ["server.exe", "server"]);
        assert_eq!(all(r"C:\a.b\Server"), [r"C:\a.b\Server", r"C:\a.b\Server.exe"]);
        assert_eq!(all("x.EXE"), ["x.EXE", "x"]);
        assert_eq!(all("prog-1.2"), ["prog-1.2"]);
        assert_eq!(all(".exe"), [".exe"]);
    }
}
