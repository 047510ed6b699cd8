//! Listings by name.

use crate::common::*;
use overlapped_win32::fileapi::find::*;
use overlapped_win32::fileapi::names::FileAttributeData;
use overlapped_win32::handleapi::ovl_CloseHandle;
use std::ffi::CString;
use std::ptr::null;

fn blank<C: Default + Copy>() -> Box<FindData<C>> {
    let file = FileAttributeData::default();
    Box::new(FindData { file, reparse_tag: 1, reserved: 1, name: [C::default(); 260], alternate: [C::default(); 14] })
}

/// All names that fit.
fn all(pattern: &[u16]) -> Result<Vec<String>, u32> {
    let mut data = blank::<u16>();
    let mut names = Vec::new();
    // SAFETY: the pattern ends with a zero, and the structure is writable.
    unsafe {
        let search = ovl_FindFirstFileW(pattern.as_ptr(), &raw mut *data);
        if search == INVALID {
            return Err(overlapped_win32::errhandlingapi::ovl_GetLastError());
        }
        loop {
            names.push(until_zero(&data.name));
            if ovl_FindNextFileW(search, &raw mut *data) == 0 {
                assert_eq!(overlapped_win32::errhandlingapi::ovl_GetLastError(), 18);
                break;
            }
        }
        granted(|| ovl_FindClose(search));
        assert_eq!(refused(|| ovl_FindClose(search)), 6);
        assert_eq!(refused(|| ovl_FindNextFileW(search, &raw mut *data)), 6);
    }
    Ok(names)
}

#[test]
fn patterns_list_what_fits_with_the_dots_first() {
    let directory = Directory::new();
    for name in ["b.txt", "A.TXT", "c.dat", "noext"] {
        directory.file(name, b"12");
    }
    std::fs::create_dir(directory.path("sub.txt")).unwrap();
    let everything = [".", "..", "A.TXT", "b.txt", "c.dat", "noext", "sub.txt"];
    assert_eq!(all(&directory.wide("*")).unwrap(), everything);
    assert_eq!(all(&directory.wide("*.*")).unwrap(), everything);
    assert_eq!(all(&directory.wide("*.txt")).unwrap(), ["A.TXT", "b.txt", "sub.txt"]);
    assert_eq!(all(&directory.wide("?.*t")).unwrap(), ["A.TXT", "b.txt", "c.dat"]);
    assert_eq!(all(&directory.wide("noext")).unwrap(), ["noext"]);
    assert_eq!(all(&directory.wide("B.TXT")).unwrap(), ["b.txt"], "as it is spelled on the disk");
}

#[test]
fn dots_and_spaces_behind_a_pattern_are_none_of_it_01_3() {
    let directory = Directory::new();
    for name in ["a.txt", "noext"] {
        directory.file(name, b"");
    }
    // POSIX names are taken as they are.
    let windows = |pattern: &str| wide(&directory.path(pattern).to_str().unwrap().replace('/', "\\"));
    for pattern in ["*.txt.", "*.txt ", "*.txt. ."] {
        assert_eq!(all(&windows(pattern)).unwrap(), ["a.txt"], "{pattern}");
        assert_eq!(all(&wide(directory.path(pattern).to_str().unwrap())), Err(2), "{pattern}");
    }
    assert_eq!(all(&windows("*.")).unwrap(), [".", "..", "noext"], "what has no extension");
}

#[test]
fn a_device_is_found_by_its_reserved_name_01_3() {
    use overlapped_win32::fileapi::names::{ovl_GetFileAttributesA, ovl_GetFileAttributesW};
    let directory = Directory::new();
    let windows = directory.path("nul.txt").to_str().unwrap().replace('/', "\\");
    assert_eq!(all(&wide("NUL")).unwrap(), ["NUL"]);
    assert_eq!(all(&wide(&windows)).unwrap(), ["nul"]);
    assert_eq!(all(&wide("con.x")).unwrap(), ["con"]);
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(ovl_GetFileAttributesW(wide(&windows).as_ptr()), 0x20);
        assert_eq!(ovl_GetFileAttributesA(c"NUL".as_ptr().cast()), 0x20);
        let local = || ovl_GetFileAttributesA(c"\\\\.\\NUL".as_ptr().cast());
        assert_eq!(code(u32::MAX, local), 2, "which is no name of a file");
    }
}

#[test]
fn what_is_not_found() {
    let directory = Directory::new();
    directory.file("f", b"");
    assert_eq!(all(&directory.wide("*.none")), Err(2));
    assert_eq!(all(&directory.wide("none")), Err(2));
    assert_eq!(all(&directory.wide(r"none\*")), Err(3));
    assert_eq!(all(&directory.wide(r"f\*")), Err(267));
    assert_eq!(all(&directory.wide("")), Err(2), "a separator at the end");
    assert_eq!(all(&wide("")), Err(3));
    assert_eq!(all(&directory.wide(r"*\f")), Err(123));
}

#[test]
fn entries_tell_what_attributes_tell() {
    let directory = Directory::new();
    directory.file("f", b"12345");
    std::os::unix::fs::symlink("f", directory.path("g")).unwrap();
    // A backslash behind a POSIX directory, as programs make it.
    let pattern =
        CString::new([directory.path("").to_str().unwrap().trim_end_matches('/').as_bytes(), b"\\?"].concat());
    let pattern = pattern.unwrap();
    let mut data = blank::<u8>();
    // SAFETY: the pattern ends with a zero, and the structure is writable.
    unsafe {
        let search = ovl_FindFirstFileA(bytes(&pattern), &raw mut *data);
        assert_ne!(search, INVALID);
        while data.name[0] == b'.' {
            granted(|| ovl_FindNextFileA(search, &raw mut *data));
        }
        assert_eq!((&data.name[..2], data.file.attributes, data.file.size_low), (&b"f\0"[..], 0x20, 5));
        assert_eq!((data.reparse_tag, data.reserved, data.alternate[0]), (0, 0, 0));
        granted(|| ovl_FindNextFileA(search, &raw mut *data));
        assert_eq!((&data.name[..2], data.file.attributes, data.reparse_tag), (&b"g\0"[..], 0x400, 0xA000_000C));
        assert_eq!(refused(|| ovl_CloseHandle(search)), 6, "a search is no handle");
        granted(|| ovl_FindClose(search));
    }
}

#[test]
fn a_search_can_be_limited_to_directories() {
    let directory = Directory::new();
    directory.file("f", b"");
    std::fs::create_dir(directory.path("g")).unwrap();
    let mut data = blank::<u16>();
    let pattern = directory.wide("?");
    let place = &raw mut *data;
    // SAFETY: the pattern ends with a zero, and the structure is writable.
    unsafe {
        let search = ovl_FindFirstFileExW(pattern.as_ptr(), 1, place, 1, null(), 2);
        assert_ne!(search, INVALID);
        let mut last = until_zero(&data.name);
        while ovl_FindNextFileW(search, place) == 1 {
            last = until_zero(&data.name);
            assert_ne!(last, "f");
        }
        assert_eq!(last, "g");
        ovl_FindClose(search);
        assert_eq!(code(INVALID, || ovl_FindFirstFileExW(pattern.as_ptr(), 2, place, 0, null(), 0)), 87);
        assert_eq!(code(INVALID, || ovl_FindFirstFileW(pattern.as_ptr(), std::ptr::null_mut())), 998);
    }
}

#[test]
fn a_listing_is_not_disturbed_by_deletion() {
    let directory = Directory::new();
    for number in 0..50 {
        directory.file(&format!("{number:02}.x"), b"");
    }
    let mut data = blank::<u16>();
    let mut seen = 0;
    // SAFETY: the pattern ends with a zero, and the structure is writable.
    unsafe {
        let search = ovl_FindFirstFileW(directory.wide("*.x").as_ptr(), &raw mut *data);
        loop {
            seen += 1;
            std::fs::remove_file(directory.path(&until_zero(&data.name))).unwrap();
            if ovl_FindNextFileW(search, &raw mut *data) == 0 {
                break;
            }
        }
        ovl_FindClose(search);
    }
    assert_eq!(seen, 50);
}
