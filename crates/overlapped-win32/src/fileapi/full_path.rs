//! GetFullPathName: a name made absolute in its text alone, in the Windows spelling (contract 01 section 3).
//!
//! Nothing needs to exist, and wildcards stay. Of a component Windows takes a dot at its end away, and of the last one all dots and blanks.

use crate::names::{last_component, to_windows};
use overlapped_abi::Win32Error;
use overlapped_kernel::namespace::reserved_name;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

fn separates(byte: u8) -> bool {
    matches!(byte, b'\\' | b'/')
}

/// See the module page. 123 for no name at all.
pub fn full_path(name: &OsStr) -> Result<OsString, Win32Error> {
    if let Some(device) = device(name) {
        return Ok(device);
    }
    let bytes = name.as_bytes();
    let (root, below, path): (Vec<u8>, Vec<u8>, &[u8]) = match bytes {
        [] => return Err(Win32Error::INVALID_NAME),
        [a, b, kind @ (b'.' | b'?'), c, ..] if [a, b, c].into_iter().all(|byte| separates(*byte)) => {
            (vec![b'\\', b'\\', *kind], Vec::new(), &bytes[3..])
        }
        [b'\\', b'\\' | b'/', rest @ ..] => {
            let Some((root, rest)) = share(rest) else { return Ok(OsString::from_vec(backslashed(bytes))) };
            (root, Vec::new(), rest)
        }
        [letter, b':', rest @ ..] if letter.is_ascii_alphabetic() => match rest.first() {
            Some(byte) if separates(*byte) => (vec![*letter, b':'], Vec::new(), rest),
            _ => {
                let (drive, below) = current()?;
                let here = drive.first().is_some_and(|current| current.eq_ignore_ascii_case(letter));
                if here { (drive, below, rest) } else { (vec![*letter, b':'], Vec::new(), rest) }
            }
        },
        [b'/', ..] => return Ok(to_windows_text(bytes)),
        [b'\\', rest @ ..] => (current()?.0, Vec::new(), rest),
        rest => {
            let (drive, below) = current()?;
            (drive, below, rest)
        }
    };
    Ok(descend(root, &below, path))
}

/// The device that a reserved name is, spelled as it is there. POSIX paths, and what begins with two separators, have none.
fn device(name: &OsStr) -> Option<OsString> {
    let bytes = name.as_bytes();
    if bytes.first() == Some(&b'/') || bytes.len() > 1 && bytes[..2].iter().all(|byte| separates(*byte)) {
        return None;
    }
    let is_whole = |console: &str| bytes.eq_ignore_ascii_case(console.as_bytes());
    // `COM1:` is one too, and its colon is no end of a component.
    let last = last_component(OsStr::from_bytes(bytes.strip_suffix(b":").unwrap_or(bytes)));
    let console = ["CONIN$", "CONOUT$"].into_iter().any(is_whole).then_some(name);
    let device = reserved_name(last).or(console)?;
    Some(OsString::from_vec([br"\\.\", device.as_bytes()].concat()))
}

fn backslashed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| if byte == b'/' { b'\\' } else { byte }).collect()
}

/// `server\share` as a root, and what follows it with its separator; `None` if there is no share.
fn share(path: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let server = path.iter().position(|byte| separates(*byte))?;
    let rest = &path[server + 1..];
    let share = rest.iter().position(|byte| separates(*byte)).unwrap_or(rest.len());
    let is_one = server > 0 && share > 0;
    is_one.then(|| ([br"\\", &path[..server], br"\", &rest[..share]].concat(), &rest[share..]))
}

/// The drive that the current directory is on, and what follows the colon.
fn current() -> Result<(Vec<u8>, Vec<u8>), Win32Error> {
    let current = std::env::current_dir().map_err(|_| Win32Error::PATH_NOT_FOUND)?;
    let mut drive = to_windows(&current).into_vec();
    let below = drive.split_off(2.min(drive.len()));
    Ok((drive, below))
}

/// A POSIX path: its own components, below the drive that holds it.
fn to_windows_text(path: &[u8]) -> OsString {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| separates(*byte)) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = [b"/", parts.join(&b'/').as_slice()].concat();
    let mut name = to_windows(Path::new(OsStr::from_bytes(&joined))).into_vec();
    if path.last().is_some_and(|byte| separates(*byte)) && !name.ends_with(b"\\") {
        name.push(b'\\');
    }
    OsString::from_vec(name)
}

/// Walks the components of `path` from `below` the root on, which `..` does not leave.
fn descend(root: Vec<u8>, below: &[u8], path: &[u8]) -> OsString {
    let mut parts: Vec<&[u8]> = below.split(|byte| separates(*byte)).filter(|part| !part.is_empty()).collect();
    let mut ended = path.last().is_some_and(|byte| separates(*byte));
    let mut pieces = path.split(|byte| separates(*byte)).peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        match piece {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            last if is_last => match last.iter().rposition(|byte| !matches!(byte, b'.' | b' ')) {
                Some(end) => parts.push(&last[..=end]),
                // Nothing is left of it, but for the separator before it.
                None => ended = true,
            },
            inner if inner.iter().all(|byte| *byte == b'.') => parts.push(inner),
            inner => parts.push(inner.strip_suffix(b".").unwrap_or(inner)),
        }
    }
    let is_drive = root.ends_with(b":");
    let mut name = root;
    for part in &parts {
        name.push(b'\\');
        name.extend_from_slice(part);
    }
    if ended || is_drive && parts.is_empty() {
        name.push(b'\\');
    }
    OsString::from_vec(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(name: &str) -> String {
        full_path(OsStr::new(name)).unwrap().into_string().unwrap()
    }

    #[test]
    fn absolute_names_are_cleaned() {
        let rows = [
            (r"C:\a\..\b\.\c", r"C:\b\c"),
            (r"c:/a/b/", r"c:\a\b\"),
            (r"C:\..\..", r"C:\"),
            (r"C:\a. \b...", r"C:\a. \b"),
            (r"C:\a.\b. ", r"C:\a\b"),
            (r"C:\a..\...\b", r"C:\a.\...\b"),
            (r"C:\...", r"C:\"),
            (r"C:\a\ ", r"C:\a\"),
            (r"q:", r"q:\"),
            (r"\a\*.txt", r"C:\a\*.txt"),
            (r"\\server\share\a\..\..\b", r"\\server\share\b"),
            (r"\\server\share", r"\\server\share"),
            (r"\\server\share\", r"\\server\share\"),
            (r"\\server/share/..", r"\\server\share"),
            (r"\\server", r"\\server"),
            ("/usr//lib/../bin", r"C:\usr\bin"),
            ("/tmp/", r"C:\tmp\"),
            ("/tmp/nul", r"C:\tmp\nul"),
            (r"\\.\COM7", r"\\.\COM7"),
            ("//./COM7", r"\\.\COM7"),
            (r"\\?\C:\a\..\b", r"\\?\C:\b"),
            (r"\\.\x\..\..\y", r"\\.\y"),
            (r"\\.\", r"\\.\"),
            ("nul", r"\\.\nul"),
            ("NUL.txt ", r"\\.\NUL"),
            ("COM1:", r"\\.\COM1"),
            (r"C:\x\lpt9.c", r"\\.\lpt9"),
            ("conIn$", r"\\.\conIn$"),
            (r"C:\conin$", r"C:\conin$"),
            (r"C:\x\com1\y", r"C:\x\com1\y"),
        ];
        for (name, whole) in rows {
            assert_eq!(full(name), whole, "{name}");
        }
        assert_eq!(full_path(OsStr::new("")), Err(Win32Error::INVALID_NAME));
    }

    #[test]
    fn relative_names_start_at_the_current_directory() {
        let current = to_windows(&std::env::current_dir().unwrap()).into_string().unwrap();
        assert_eq!(full("x"), format!(r"{current}\x"));
        assert_eq!(full("C:x"), format!(r"{current}\x"));
        assert_eq!(full(r"D:x"), r"D:\x");
        assert_eq!(full("."), current);
    }
}
