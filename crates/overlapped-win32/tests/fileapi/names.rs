//! Contract 01 sections 2 and 3: attributes, deletion, directories, full names.

use crate::common::*;
use overlapped_win32::fileapi::names::*;
use std::ptr::{null, null_mut};

const INVALID_ATTRIBUTES: u32 = u32::MAX;

#[test]
fn attributes_by_name() {
    let directory = Directory::new();
    let name = directory.file("f", b"1");
    let (missing, below) = (directory.name("none"), directory.name("none/none"));
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(code(0x20, || ovl_GetFileAttributesA(bytes(&name))), UNTOUCHED);
        assert_eq!(ovl_GetFileAttributesW(directory.wide("").as_ptr()), 0x10);
        assert_eq!(code(INVALID_ATTRIBUTES, || ovl_GetFileAttributesA(bytes(&missing))), 2);
        assert_eq!(code(INVALID_ATTRIBUTES, || ovl_GetFileAttributesA(bytes(&below))), 3);
        assert_eq!(code(INVALID_ATTRIBUTES, || ovl_GetFileAttributesA(null())), 3);
        granted(|| ovl_SetFileAttributesA(bytes(&name), 0x1));
        assert_eq!(ovl_GetFileAttributesA(bytes(&name)) & 1, 1);
        assert_eq!(refused(|| ovl_DeleteFileA(bytes(&name))), 5, "READONLY");
        granted(|| ovl_SetFileAttributesW(directory.wide("f").as_ptr(), 0x80));
        granted(|| ovl_DeleteFileW(directory.wide("F").as_ptr()));
        assert_eq!(refused(|| ovl_DeleteFileA(bytes(&name))), 2);
    }
}

#[test]
fn more_attributes_by_name() {
    let directory = Directory::new();
    let name = directory.file("f", b"12345");
    let mut data = FileAttributeData::default();
    let place = (&raw mut data).cast();
    // SAFETY: the names end with zeros, and the structure is writable.
    unsafe {
        granted(|| ovl_GetFileAttributesExA(bytes(&name), 0, place));
        assert_eq!((data.attributes, data.size_low, data.size_high), (0x20, 5, 0));
        assert_ne!(data.last_write_time, Default::default());
        assert_eq!(refused(|| ovl_GetFileAttributesExA(bytes(&name), 1, place)), 87);
        assert_eq!(refused(|| ovl_GetFileAttributesExW(directory.wide("none").as_ptr(), 0, place)), 2);
    }
}

#[test]
fn directories_come_and_go() {
    let directory = Directory::new();
    let (one, two) = (directory.name("d"), directory.name("d/e"));
    let file = directory.file("f", b"");
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(refused(|| ovl_CreateDirectoryA(bytes(&two), null())), 3);
        granted(|| ovl_CreateDirectoryA(bytes(&one), null()));
        granted(|| ovl_CreateDirectoryW(directory.wide("d\\e").as_ptr(), null()));
        assert_eq!(refused(|| ovl_CreateDirectoryA(bytes(&one), null())), 183);
        assert_eq!(refused(|| ovl_RemoveDirectoryA(bytes(&one))), 145);
        assert_eq!(refused(|| ovl_RemoveDirectoryA(bytes(&file))), 267);
        assert_eq!(refused(|| ovl_DeleteFileA(bytes(&one))), 5);
        granted(|| ovl_RemoveDirectoryA(bytes(&two)));
        granted(|| ovl_RemoveDirectoryW(directory.wide("d").as_ptr()));
        assert_eq!(refused(|| ovl_RemoveDirectoryA(bytes(&one))), 2);
    }
}

#[test]
fn full_names_follow_the_buffer_convention() {
    let name = wide(r"C:\a\..\dir\file.txt");
    let mut buffer = [0u16; 32];
    let mut part = null_mut();
    // SAFETY: the buffer has the size that is told.
    unsafe {
        let len = ovl_GetFullPathNameW(name.as_ptr(), 32, buffer.as_mut_ptr(), &mut part);
        assert_eq!((until_zero(&buffer).as_str(), len), (r"C:\dir\file.txt", 15));
        assert_eq!(part, buffer.as_mut_ptr().add(7));
        assert_eq!(ovl_GetFullPathNameW(name.as_ptr(), 15, buffer.as_mut_ptr(), null_mut()), 16);
        assert_eq!(ovl_GetFullPathNameW(name.as_ptr(), 0, null_mut(), null_mut()), 16);
        let ended = c"C:/dir/";
        let mut bytes = [0u8; 32];
        let mut part = bytes.as_mut_ptr();
        assert_eq!(ovl_GetFullPathNameA(ended.as_ptr().cast(), 32, bytes.as_mut_ptr(), &mut part), 7);
        assert_eq!((&bytes[..8], part), (&b"C:\\dir\\\0"[..], null_mut()));
    }
}

#[test]
fn long_and_short_names_are_the_name() {
    let directory = Directory::new();
    let name = directory.file("f", b"");
    let mut buffer = [0u8; 512];
    // SAFETY: the buffer has the size that is told.
    unsafe {
        let len = ovl_GetShortPathNameA(bytes(&name), buffer.as_mut_ptr(), 512) as usize;
        assert_eq!(&buffer[..len], name.as_bytes());
        assert_eq!(ovl_GetLongPathNameA(bytes(&name), buffer.as_mut_ptr(), 1) as usize, len + 1);
        let missing = directory.name("none");
        assert_eq!(code(0, || ovl_GetLongPathNameA(bytes(&missing), buffer.as_mut_ptr(), 512)), 2);
    }
}
