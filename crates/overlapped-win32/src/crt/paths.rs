//! Taking paths apart and putting them together: `_splitpath`, `_makepath`, `_fullpath`. Both separators are known.

use super::files::hand_out;
use super::invalid;
use crate::arguments::pair;
use crate::names::{to_linux, to_windows};
use crate::support::guard;
use crate::text::{Unit, put, units, units_or_empty};
use libc::{EINVAL, ERANGE};
use std::ffi::c_int;
use std::ptr::null_mut;

/// What a part of `_splitpath` may be long at most, with its zero: drive, directory, name, extension.
const ROOMS: [usize; 4] = [3, 256, 256, 256];

/// Drive with its colon, directory with its last separator, name, extension with its dot.
fn parts<U: Unit>(path: &[U]) -> [&[U]; 4] {
    let drive = if path.get(1).is_some_and(|unit| unit.is(b':')) { 2 } else { 0 };
    let (drive, rest) = path.split_at(drive);
    let last = rest.iter().rposition(|unit| matches!(unit.ascii(), b'\\' | b'/')).map_or(0, |at| at + 1);
    let (directory, file) = rest.split_at(last);
    let dot = file.iter().rposition(|unit| unit.is(b'.')).unwrap_or(file.len());
    let (name, extension) = file.split_at(dot);
    [drive, directory, name, extension]
}

/// Puts each part where the caller wants it; NULL does not want it. If one does not fit all become empty.
unsafe fn split<U: Unit>(path: *const U, wanted: [(*mut U, usize); 4]) -> c_int {
    // SAFETY: the caller vouches for the path and the rooms.
    unsafe {
        let parts = parts(units_or_empty(path));
        let mut code = if path.is_null() { EINVAL } else { 0 };
        for (part, (to, room)) in parts.into_iter().zip(wanted) {
            if to.is_null() != (room == 0) {
                code = EINVAL;
            } else if !to.is_null() && part.len() >= room && code == 0 {
                code = ERANGE;
            }
        }
        for (part, (to, room)) in parts.into_iter().zip(wanted) {
            if !to.is_null() && room != 0 {
                put(to, if code == 0 { part } else { &[] });
            }
        }
        if code == 0 { 0 } else { invalid(code) }
    }
}

pair! {
    /// _splitpath, _wsplitpath: the parts have room for 3 and three times 256 units.
    fn ovl__splitpath ovl__wsplitpath(
        path: *const C, drive: *mut C, directory: *mut C, name: *mut C, extension: *mut C
    ) -> () {
        let mut wanted = [drive, directory, name, extension].map(|to| (to, 0));
        for ((to, room), size) in wanted.iter_mut().zip(ROOMS) {
            *room = if to.is_null() { 0 } else { size };
        }
        // SAFETY: the caller vouches for the path and the rooms.
        unsafe { split(path, wanted) };
    }
}

pair! {
    /// _splitpath_s, _wsplitpath_s.
    fn ovl__splitpath_s ovl__wsplitpath_s(
        path: *const C, drive: *mut C, drive_room: usize, directory: *mut C, directory_room: usize,
        name: *mut C, name_room: usize, extension: *mut C, extension_room: usize
    ) -> c_int {
        let wanted = [(drive, drive_room), (directory, directory_room), (name, name_room), (extension, extension_room)];
        // SAFETY: the caller vouches for the path and the rooms.
        unsafe { split(path, wanted) }
    }
}

/// The path of the parts; a colon, a separator and a dot are added where they lack.
fn join<U: Unit>(drive: &[U], directory: &[U], name: &[U], extension: &[U]) -> Vec<U> {
    let mut path = Vec::new();
    if let Some(&letter) = drive.first() {
        path.extend([letter, U::from(b':')]);
    }
    path.extend_from_slice(directory);
    if directory.last().is_some_and(|unit| !matches!(unit.ascii(), b'\\' | b'/')) {
        path.push(U::from(b'\\'));
    }
    path.extend_from_slice(name);
    if extension.first().is_some_and(|unit| !unit.is(b'.')) {
        path.push(U::from(b'.'));
    }
    path.extend_from_slice(extension);
    path
}

pair! {
    /// _makepath, _wmakepath.
    fn ovl__makepath ovl__wmakepath(
        to: *mut C, drive: *const C, directory: *const C, name: *const C, extension: *const C
    ) -> () {
        // SAFETY: the caller vouches for the parts and the room.
        unsafe {
            let path =
                join(units_or_empty(drive), units_or_empty(directory), units_or_empty(name), units_or_empty(extension));
            put(to, &path);
        }
    }
}

pair! {
    /// _makepath_s, _wmakepath_s.
    fn ovl__makepath_s ovl__wmakepath_s(
        to: *mut C, room: usize, drive: *const C, directory: *const C, name: *const C, extension: *const C
    ) -> c_int {
        if to.is_null() || room == 0 {
            return invalid(EINVAL);
        }
        // SAFETY: the caller vouches for the parts and the room.
        unsafe {
            let path =
                join(units_or_empty(drive), units_or_empty(directory), units_or_empty(name), units_or_empty(extension));
            if path.len() >= room {
                to.write(C::default());
                return invalid(ERANGE);
            }
            put(to, &path);
        }
        0
    }
}

pair! {
    /// _fullpath, _wfullpath: from the root, in the Windows spelling; into memory of `malloc` for NULL.
    fn ovl__fullpath ovl__wfullpath(to: *mut C, path: *const C, room: usize) -> *mut C {
        guard(null_mut(), || {
            // SAFETY: the caller vouches for the path and the room.
            unsafe {
                let path = if path.is_null() || *path == C::default() {
                    std::env::current_dir().ok()
                } else {
                    to_linux(&C::to_os(units(path))).ok()
                };
                path.map_or(null_mut(), |path| hand_out(&to_windows(&path), to, room))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apart_and_together() {
        for (path, expected) in [
            (r"C:\a\b.txt", ["C:", r"\a\", "b", ".txt"]),
            ("/usr/lib/x.so.1", ["", "/usr/lib/", "x.so", ".1"]),
            ("name", ["", "", "name", ""]),
            (r"d:name.", ["d:", "", "name", "."]),
            (r"a.b\c", ["", r"a.b\", "c", ""]),
        ] {
            let apart = parts(path.as_bytes());
            assert_eq!(apart.map(|part| std::str::from_utf8(part).unwrap()), expected);
            assert_eq!(join(apart[0], apart[1], apart[2], apart[3]), path.as_bytes());
        }
        assert_eq!(join(b"C", b"dir", b"name", b"txt"), br"C:dir\name.txt");
    }

    #[test]
    fn rooms_are_checked() {
        let (mut name, mut extension) = ([7u8; 8], [7u8; 3]);
        let (no, path) = (null_mut(), c"/a/name.txt".as_ptr().cast());
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            let code = ovl__splitpath_s(path, no, 0, no, 0, name.as_mut_ptr(), 8, no, 0);
            assert_eq!((code, units(name.as_ptr())), (0, &b"name"[..]));
            let code = ovl__splitpath_s(path, no, 0, no, 0, name.as_mut_ptr(), 8, extension.as_mut_ptr(), 3);
            assert_eq!((code, name[0], extension[0]), (ERANGE, 0, 0));
            assert_eq!(ovl__splitpath_s(path, no, 1, no, 0, no, 0, no, 0), EINVAL);
            ovl__splitpath(path, no, no, name.as_mut_ptr(), no);
            assert_eq!(units(name.as_ptr()), b"name");
            let full = ovl__fullpath(no, c"C:\\usr\\..\\etc".as_ptr().cast(), 0);
            assert_eq!(units(full), br"C:\etc");
            libc::free(full.cast());
        }
    }
}
