//! GetFullPathName: a name made absolute in its text alone, in the Windows spelling (contract 01 section 3).
//!
//! Nothing needs to exist, and wildcards stay. What a reserved name means is left to the namespace.

use crate::names::to_windows;
use crate::support::system;
use overlapped_abi::Win32Error;
use overlapped_kernel::namespace::{CaseRule, Target};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

fn separates(byte: u8) -> bool {
    matches!(byte, b'\\' | b'/')
}

/// See the module page. 123 for no name at all.
pub fn full_path(name: &OsStr) -> Result<OsString, Win32Error> {
    let bytes = name.as_bytes();
    let root_of = |path: &[u8]| path.iter().take(3).copied().collect::<Vec<u8>>();
    if let Some(device) = device(name)? {
        return Ok(device);
    }
    let (base, rest) = match bytes {
        [] => return Err(Win32Error::INVALID_NAME),
        [b'\\', b'\\', b'?', b'\\', ..] => return Ok(name.to_owned()),
        [a, b, b'.' | b'?', c, ..] if [a, b, c].into_iter().all(|byte| separates(*byte)) => {
            return Ok(OsString::from_vec(backslashed(bytes)));
        }
        [b'\\', b'\\', rest @ ..] => {
            let (server, rest) = first(rest);
            let (share, rest) = first(rest);
            ([br"\\", server, br"\", share, br"\"].concat(), rest)
        }
        [letter, b':', rest @ ..] if letter.is_ascii_alphabetic() => {
            let root = vec![letter.to_ascii_uppercase(), b':', b'\\'];
            match rest.first() {
                Some(byte) if separates(*byte) => (root, rest),
                _ => {
                    let current = current()?;
                    let here = root_of(&current).eq_ignore_ascii_case(&root);
                    (if here { current } else { root }, rest)
                }
            }
        }
        [b'/', ..] => return Ok(to_windows_text(bytes)),
        [b'\\', rest @ ..] => (root_of(&current()?), rest),
        rest => (current()?, rest),
    };
    Ok(descend(base, rest))
}

/// The name of a device, as `\\.\` has it.
fn device(name: &OsStr) -> Result<Option<OsString>, Win32Error> {
    let last = crate::names::last_component(name);
    Ok(match system()?.resolve(last, CaseRule::Exact) {
        Ok(Target::Null) => Some(r"\\.\NUL".into()),
        Ok(Target::Console) => Some(r"\\.\CON".into()),
        Ok(Target::Serial { port, .. } | Target::NullModem { port, .. }) => Some(format!(r"\\.\COM{port}").into()),
        Ok(Target::Parallel { port, .. }) => Some(format!(r"\\.\LPT{port}").into()),
        _ => None,
    })
}

fn backslashed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| if byte == b'/' { b'\\' } else { byte }).collect()
}

/// The first component and what follows its separator.
fn first(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path.iter().position(|byte| separates(*byte)).unwrap_or(path.len());
    (&path[..end], path.get(end + 1..).unwrap_or_default())
}

fn current() -> Result<Vec<u8>, Win32Error> {
    let current = std::env::current_dir().map_err(|_| Win32Error::PATH_NOT_FOUND)?;
    Ok(to_windows(&current).into_vec())
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

/// Walks the components of `path` from `base` on, which `..` does not leave the root of.
fn descend(base: Vec<u8>, path: &[u8]) -> OsString {
    let root = if base.starts_with(br"\\") { base.len() } else { 3.min(base.len()) };
    let (root, below) = base.split_at(root);
    let mut parts: Vec<&[u8]> = below.split(|byte| separates(*byte)).filter(|part| !part.is_empty()).collect();
    for part in path.split(|byte| separates(*byte)) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => {
                let kept = part.iter().rposition(|byte| !matches!(byte, b'.' | b' ')).map_or(0, |at| at + 1);
                parts.push(if kept == 0 { part } else { &part[..kept] });
            }
        }
    }
    let mut name = [root, parts.join(&b'\\').as_slice()].concat();
    if path.last().is_some_and(|byte| separates(*byte)) && !name.ends_with(b"\\") {
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
            (r"c:/a/b/", r"C:\a\b\"),
            (r"C:\..\..", r"C:\"),
            (r"C:\a. \b...", r"C:\a\b"),
            (r"\a\*.txt", r"C:\a\*.txt"),
            (r"\\server\share\a\..\..\b", r"\\server\share\b"),
            ("/usr//lib/../bin", r"C:\usr\bin"),
            ("/tmp/", r"C:\tmp\"),
            (r"\\.\COM7", r"\\.\COM7"),
            ("nul", r"\\.\NUL"),
            (r"C:\x\com1", r"\\.\COM1"),
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
