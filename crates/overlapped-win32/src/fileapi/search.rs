//! SearchPath: a file in one of several directories (contract 01 section 3).
//!
//! Without directories of the caller's they are the program's, the current one, and those of PATH. The caller's are divided by semicolons;
//! in a part that begins with a slash also by colons, as Linux has them, because programs pass on what PATH says.

use super::full_path::full_path;
use crate::arguments::{optional_name, pair};
use crate::libloaderapi::modules::program_path;
use crate::names::{last_component, to_windows};
use crate::support::{files, guard_or, system};
use crate::text::{self, Unit};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

fn exists(name: &OsStr) -> bool {
    system().is_ok_and(|system| files().attributes(system, name).is_ok())
}

fn joined(parts: &[&OsStr]) -> OsString {
    OsString::from_vec(parts.iter().flat_map(|part| part.as_bytes()).copied().collect())
}

/// Is it found where it says, whatever the directories: from a root, a drive, or `.` and `..`?
fn is_placed(name: &[u8]) -> bool {
    let first = name.split(|byte| matches!(byte, b'\\' | b'/')).next().unwrap_or_default();
    first.is_empty() || matches!(first, b"." | b"..") || first.get(1) == Some(&b':')
}

fn given(path: &[u8]) -> Vec<OsString> {
    let parts = path.split(|byte| *byte == b';');
    let parts = parts.flat_map(|part| {
        let posix = part.first() == Some(&b'/');
        part.split(move |byte| posix && *byte == b':')
    });
    parts.filter(|part| !part.is_empty()).map(|part| OsString::from_vec(part.to_vec())).collect()
}

fn usual() -> Vec<OsString> {
    let program = program_path().and_then(|path| path.parent().map(to_windows));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let listed = std::env::split_paths(&path).filter(|path| path.is_absolute()).map(|path| to_windows(&path));
    program.into_iter().chain([".".into()]).chain(listed.collect::<Vec<_>>()).collect()
}

/// The whole name of the file.
fn search(path: Option<&OsStr>, name: &OsStr, extension: Option<&OsStr>) -> Result<OsString, Win32Error> {
    if name.is_empty() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let bare = !last_component(name).as_bytes().contains(&b'.');
    let extended = extension.filter(|_| bare).map(|extension| joined(&[name, extension]));
    if is_placed(name.as_bytes()) {
        let mut names = std::iter::once(name).chain(extended.as_deref());
        return full_path(names.find(|name| exists(name)).ok_or(Win32Error::FILE_NOT_FOUND)?);
    }
    let name = extended.as_deref().unwrap_or(name);
    let directories = path.map_or_else(usual, |path| given(path.as_bytes()));
    let mut candidates = directories.iter().map(|directory| {
        let separated = matches!(directory.as_bytes().last(), Some(b'\\' | b'/'));
        joined(&[directory, OsStr::new(if separated { "" } else { "\\" }), name])
    });
    full_path(&candidates.find(|name| exists(name)).ok_or(Win32Error::FILE_NOT_FOUND)?)
}

pair! {
    /// SearchPath: the length, or the room that it needs; 0 with 2 for what is nowhere, with 87 for no name. The extension is for names that
    /// have none. `part` is set to the last component in the buffer.
    fn ovl_SearchPathA ovl_SearchPathW(
        path: *const C,
        file: *const C,
        extension: *const C,
        size: u32,
        buffer: *mut C,
        part: *mut *mut C,
    ) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let (path, file, extension) = unsafe { (optional_name(path), optional_name(file), optional_name(extension)) };
            let file = file.ok_or(Win32Error::INVALID_PARAMETER)?;
            let units = C::from_os(&search(path.as_deref(), &file, extension.as_deref())?);
            // SAFETY: the caller's promise.
            let given = unsafe { text::give(&units, buffer, size) };
            if !part.is_null() && given as usize == units.len() {
                let start = units.iter().rposition(|unit| unit.is(b'\\')).map_or(0, |at| at + 1);
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { part.write(buffer.wrapping_add(start)) };
            }
            Ok(given)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    /// What is found, below the directory.
    fn found(root: &Path, path: Option<&str>, name: &str, extension: Option<&str>) -> Result<String, u32> {
        let path = path.map(|path| path.replace('@', root.to_str().unwrap()));
        let name = name.replace('@', root.to_str().unwrap());
        let found = search(path.as_deref().map(OsStr::new), OsStr::new(&name), extension.map(OsStr::new));
        let found = found.map_err(|error| error.0)?.into_string().unwrap().replace('\\', "/");
        let (_, below) = found.split_once(root.to_str().unwrap()).expect("found in the directory");
        Ok(below.to_owned())
    }

    #[test]
    fn files_are_looked_for_in_the_callers_directories_in_order_01_3() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        for name in ["a", "b", "a/inner.dir"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        for name in ["a/one.txt", "b/one.txt", "b/two.txt", "b/noext", "b/a.b.txt", "here.dat"] {
            fs::write(root.join(name), "").unwrap();
        }
        let both = Some("@/a;@/b");
        for (path, name, extension, wanted) in [
            (both, "one.txt", None, Ok("/a/one.txt")),
            (both, "two", Some(".txt"), Ok("/b/two.txt")),
            (Some("C:@/a;C:@/b"), "TWO.TXT", None, Ok("/b/TWO.TXT")),
            (both, "two", Some("txt"), Err(2)),
            (both, "noext", None, Ok("/b/noext")),
            (both, "noext", Some(".txt"), Err(2)),
            (both, "a.b", Some(".txt"), Err(2)),
            (both, "inner.dir", None, Ok("/a/inner.dir")),
            (both, "missing", None, Err(2)),
            (both, "", None, Err(87)),
            (Some(""), "one.txt", None, Err(2)),
            (Some("@"), r"b\two", Some(".txt"), Ok("/b/two.txt")),
            (Some(";;@\\b\\;"), "two.txt", None, Ok("/b/two.txt")),
            (Some("\"@/b\""), "two.txt", None, Err(2)),
            (Some("@/a"), "@/b/two", Some(".txt"), Ok("/b/two.txt")),
            (Some("@/a"), "@/b/noext", Some(".txt"), Ok("/b/noext")),
            (Some("@/nothing:@/b"), "two.txt", None, Ok("/b/two.txt")),
        ] {
            assert_eq!(found(&root, path, name, extension), wanted.map(str::to_owned), "{path:?} {name}");
        }
    }

    #[test]
    fn the_room_that_is_needed_is_told_and_the_last_component_pointed_at_01_3() {
        let program = std::env::current_exe().unwrap();
        let name = std::ffi::CString::new(program.file_name().unwrap().as_bytes()).unwrap();
        let (mut room, mut part) = ([0u8; 4096], std::ptr::dangling_mut());
        let mut ask = |size| {
            let none = std::ptr::null();
            // SAFETY: strings, and room for as much as is said.
            unsafe { ovl_SearchPathA(none, name.as_ptr().cast(), none, size, room.as_mut_ptr(), &raw mut part) }
        };
        let whole = ask(4096);
        assert_eq!((ask(whole), ask(3)), (whole + 1, whole + 1));
        assert_eq!(ask(whole + 1), whole);
        // SAFETY: it points into the room.
        assert_eq!(unsafe { std::ffi::CStr::from_ptr(part.cast()) }, name.as_c_str());
    }
}
