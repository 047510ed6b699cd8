//! Names of files that do not exist yet (`_tempnam`, `_mktemp`), and of files in the directories of a variable (`_searchenv`).

use super::strings::duplicate;
use super::{invalid, set_errno};
use crate::arguments::pair;
use crate::names::to_linux;
use crate::processenv::variable;
use crate::support::guard;
use crate::text::{Unit, of, put, units, units_or_empty};
use libc::{EEXIST, EINVAL, ENOENT, ERANGE};
use std::ffi::{OsStr, c_int};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What _mktemp replaces.
const TEMPLATE: usize = 6;

/// _searchenv has room for so many units.
const MAX_PATH: usize = 260;

fn exists<U: Unit>(name: &[U]) -> bool {
    to_linux(&U::to_os(name)).is_ok_and(|path| path.symlink_metadata().is_ok())
}

fn is_directory<U: Unit>(name: &[U]) -> bool {
    to_linux(&U::to_os(name)).is_ok_and(|path| path.is_dir())
}

/// With one separator behind it.
fn with_separator<U: Unit>(mut directory: Vec<U>) -> Vec<U> {
    if !directory.last().is_some_and(|unit| matches!(unit.ascii(), b'\\' | b'/' | b':')) {
        directory.push(U::from(b'\\'));
    }
    directory
}

/// The first name of a form that no file has.
fn free<U: Unit>(start: &[U]) -> Vec<U> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    loop {
        let number = format!("{}{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let name = [start, &of::<U>(&number)].concat();
        if !exists(&name) {
            return name;
        }
    }
}

pair! {
    /// _tempnam: a name in the directory of TMP, else in `directory`, else in that for temporary files; it is freed by the caller.
    fn ovl__tempnam ovl__wtempnam(directory: *const C, prefix: *const C) -> *mut C {
        guard(null_mut(), || {
            // SAFETY: the caller vouches for both.
            let (given, prefix) = unsafe { (units_or_empty(directory).to_vec(), units_or_empty(prefix)) };
            let said = variable(OsStr::new("TMP")).map(|said| C::from_os(&said));
            let directory = [said.unwrap_or_default(), given].into_iter().find(|name| !name.is_empty() && is_directory(name));
            let directory = directory.unwrap_or_else(|| C::from_os(&crate::temporary::directory()));
            let name = free(&[with_separator(directory), prefix.to_vec()].concat());
            // SAFETY: a string with its zero.
            unsafe { duplicate([name, vec![C::default()]].concat().as_ptr()) }
        })
    }
}

/// Puts a letter and the process' number for the six X at the end.
unsafe fn make<U: Unit>(template: *mut U, room: usize) -> c_int {
    if template.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for it.
    let text = unsafe { units(template) };
    let Some(start) = text.len().checked_sub(TEMPLATE).filter(|_| text.len() < room) else { return invalid(EINVAL) };
    if !text[start..].iter().all(|unit| unit.is(b'X')) {
        return invalid(EINVAL);
    }
    let number = format!("{:05}", std::process::id() % 100_000);
    for letter in b'a'..=b'z' {
        let name = [&text[..start], &[U::from(letter)], &of::<U>(&number)].concat();
        if !exists(&name) {
            // SAFETY: as long as what was there.
            unsafe { put(template, &name) };
            return 0;
        }
    }
    set_errno(EEXIST);
    EEXIST
}

pair! {
    /// _mktemp_s: 0, 22 for a template without six X at its end, 17 if all 26 names are taken.
    fn ovl__mktemp_s ovl__wmktemp_s(template: *mut C, room: usize) -> c_int {
        // SAFETY: the caller vouches for the template.
        guard(EINVAL, || unsafe { make(template, room) })
    }
}

pair! {
    /// _mktemp: the template, or NULL.
    fn ovl__mktemp ovl__wmktemp(template: *mut C) -> *mut C {
        // SAFETY: the caller vouches for the template.
        guard(null_mut(), || if unsafe { make(template, usize::MAX) } == 0 { template } else { null_mut() })
    }
}

/// What is between the directories of a list: a semicolon, or in those of Linux, as PATH is one, a colon.
fn separator<U: Unit>(list: &[U]) -> u8 {
    let of_linux = list.first().is_some_and(|unit| unit.is(b'/')) && !list.iter().any(|unit| unit.is(b';'));
    if of_linux { b':' } else { b';' }
}

unsafe fn search<U: Unit>(file: *const U, name: *const U, to: *mut U, room: usize) -> c_int {
    if file.is_null() || to.is_null() || room == 0 {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for the strings.
    let (file, name) = unsafe { (units(file).to_vec(), units_or_empty(name)) };
    // SAFETY: there is room for one.
    unsafe { put(to, &[]) };
    let list = variable(&U::to_os(name)).map(|value| U::from_os(&value)).unwrap_or_default();
    let between = separator(&list);
    let directories = list.split(|unit: &U| unit.is(between)).filter(|part| !part.is_empty());
    let here = exists(&file).then(|| full(&file));
    let there =
        || directories.map(|part| [with_separator(part.to_vec()), file.clone()].concat()).find(|path| exists(path));
    match here.or_else(there) {
        None => {
            set_errno(ENOENT);
            ENOENT
        }
        Some(path) if path.len() >= room => invalid(ERANGE),
        Some(path) => {
            // SAFETY: it fits.
            unsafe { put(to, &path) };
            0
        }
    }
}

/// The whole name of a file that exists.
fn full<U: Unit>(file: &[U]) -> Vec<U> {
    let path = to_linux(&U::to_os(file))
        .and_then(|path| std::path::absolute(path).map_err(|e| crate::processenv::from_io(&e)));
    path.map_or_else(|_| file.to_vec(), |path| U::from_os(&crate::names::to_windows(&path)))
}

pair! {
    /// _searchenv_s: the file here or in one of the directories of a variable; 2 if it is in none.
    fn ovl__searchenv_s ovl__wsearchenv_s(file: *const C, name: *const C, to: *mut C, room: usize) -> c_int {
        // SAFETY: the caller vouches for the strings and the room.
        guard(EINVAL, || unsafe { search(file, name, to, room) })
    }
}

pair! {
    /// _searchenv: an empty text if the file is nowhere.
    fn ovl__searchenv ovl__wsearchenv(file: *const C, name: *const C, to: *mut C) -> () {
        guard((), || {
            // SAFETY: the caller vouches for the strings, and for MAX_PATH units.
            unsafe { search(file, name, to, MAX_PATH) };
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_become_names_that_are_free() {
        let mut name = of::<u8>("/nowhere/fnXXXXXX\0");
        let mut wrong = of::<u16>("fnXXXXX\0");
        // SAFETY: strings with room for themselves.
        unsafe {
            assert_eq!(ovl__mktemp_s(name.as_mut_ptr(), name.len()), 0);
            assert!(name.starts_with(b"/nowhere/fna") && name[12..17].iter().all(u8::is_ascii_digit), "{name:?}");
            assert_eq!((ovl__wmktemp(wrong.as_mut_ptr()), super::super::errno()), (null_mut(), EINVAL));
            let made = ovl__tempnam(std::ptr::null(), c"pre".as_ptr().cast());
            assert!(units(made).windows(4).any(|part| part == b"\\pre"));
            libc::free(made.cast());
        }
    }

    #[test]
    fn a_file_is_found_in_the_directories_of_a_variable() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("found.txt"), "").unwrap();
        let list = format!("C:\\nowhere;{}", directory.path().display());
        crate::processenv::set_variable(OsStr::new("OVL_SEARCHENV"), Some(OsStr::new(&list))).unwrap();
        let mut to = [0u8; 260];
        let variable = c"OVL_SEARCHENV".as_ptr().cast();
        // SAFETY: strings, and rooms as large as said.
        unsafe {
            assert_eq!(ovl__searchenv_s(c"found.txt".as_ptr().cast(), variable, to.as_mut_ptr(), 260), 0);
            assert!(units(to.as_ptr()).ends_with(b"\\found.txt"));
            assert_eq!(ovl__searchenv_s(c"found.txt".as_ptr().cast(), variable, to.as_mut_ptr(), 5), ERANGE);
            // PATH is a list of Linux.
            assert_eq!(ovl__searchenv_s(c"sh".as_ptr().cast(), c"PATH".as_ptr().cast(), to.as_mut_ptr(), 260), 0);
            assert!(units(to.as_ptr()).ends_with(b"sh"));
            assert_eq!(
                (ovl__searchenv_s(c"lost.txt".as_ptr().cast(), variable, to.as_mut_ptr(), 260), to[0]),
                (ENOENT, 0)
            );
        }
    }
}
