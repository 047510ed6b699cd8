//! Contract 01 section 1.5; 02 sections 1 and 4; 03 section 6.

use crate::common::*;
use overlapped_abi::{ByHandleFileInformation, FileTime, Overlapped};
use overlapped_win32::fileapi::information::*;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::times::{ovl_GetFileTime, ovl_SetFileTime};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::{ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus};
use overlapped_win32::synchapi::ovl_CreateEventA;
use overlapped_win32::winbase_io::*;
use std::ptr::{null, null_mut};

#[test]
fn types_of_handles() {
    let directory = Directory::new();
    let file = directory.create("f");
    assert_eq!(code(1, || ovl_GetFileType(file.0)), 0);
    let directory_handle = directory.open(".", READ, OPEN_EXISTING, BACKUP);
    assert_eq!(code(1, || ovl_GetFileType(directory_handle.0)), 0);
    // SAFETY: the names end with zeros; the rest is NULL.
    let (null_device, event) = unsafe {
        let null_device = ovl_CreateFileA(c"NUL".as_ptr().cast(), READ, SHARE_ALL, null(), OPEN_EXISTING, 0, 0);
        (null_device, ovl_CreateEventA(null(), 1, 0, null()))
    };
    assert_eq!(code(2, || ovl_GetFileType(null_device)), 0);
    assert_eq!(code(0, || ovl_GetFileType(event)), 6, "an event is no file");
    assert_eq!(code(0, || ovl_GetFileType(INVALID)), 6);
    ovl_CloseHandle(null_device);
    ovl_CloseHandle(event);
}

#[test]
fn times_are_set_and_got() {
    let directory = Directory::new();
    let file = directory.create("f");
    let noon = FileTime::from_unix(1_000_000_000, 0).unwrap();
    let (mut access, mut write) = (FileTime::default(), FileTime::default());
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        granted(|| ovl_SetFileTime(file.0, null(), null(), &noon));
        granted(|| ovl_GetFileTime(file.0, null_mut(), &mut access, &mut write));
        assert_eq!(write, noon);
        assert_ne!(access, noon);
        let reader = directory.open("f", READ, OPEN_EXISTING, 0);
        assert_eq!(refused(|| ovl_SetFileTime(reader.0, null(), null(), &noon)), 5);
    }
}

#[test]
fn the_same_file_has_the_same_number() {
    let directory = Directory::new();
    directory.file("a", b"123");
    std::fs::hard_link(directory.path("a"), directory.path("b")).unwrap();
    let (a, b) = (directory.open("a", READ, OPEN_EXISTING, 0), directory.open("b", 0, OPEN_EXISTING, 0));
    let mut told = [ByHandleFileInformation::default(); 2];
    // SAFETY: the structures are writable.
    unsafe {
        granted(|| ovl_GetFileInformationByHandle(a.0, &mut told[0]));
        granted(|| ovl_GetFileInformationByHandle(b.0, &mut told[1]));
        assert_eq!(refused(|| ovl_GetFileInformationByHandle(a.0, null_mut())), 998);
    }
    assert_eq!(told[0].file_index(), told[1].file_index());
    assert_eq!((told[0].file_size(), told[0].number_of_links, told[0].file_attributes), (3, 2, 0x20));
}

#[test]
fn classes_are_set_by_structure() {
    let directory = Directory::new();
    let file = directory.create("f");
    let set = |class, bytes: &[u8]| {
        // SAFETY: the structure is readable for its size.
        move_error(|| unsafe {
            ovl_SetFileInformationByHandle(file.0, class, bytes.as_ptr().cast(), bytes.len() as u32)
        })
    };
    assert_eq!(set(6, &9i64.to_ne_bytes()), 0);
    assert_eq!(directory.content("f").len(), 9);
    assert_eq!(set(6, &[0; 7]), 24);
    assert_eq!(set(1, &[0; 24]), 87, "FileStandardInfo cannot be set");
    assert_eq!(set(12, &3u32.to_ne_bytes()), 87);
    // A class and a size are wrong for any handle.
    let none = |class, size| {
        // SAFETY: eight bytes are readable.
        move_error(|| unsafe { ovl_SetFileInformationByHandle(0, class, [0u64].as_ptr().cast(), size) })
    };
    assert_eq!((none(1, 8), none(6, 7), none(6, 8)), (87, 24, 6));
    assert_eq!(set(4, &[1]), 0);
    drop(file);
    assert!(!directory.path("f").exists());
}

/// The last error, or 0 for success.
fn move_error(call: impl FnOnce() -> i32) -> u32 {
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    if call() == 1 { 0 } else { overlapped_win32::errhandlingapi::ovl_GetLastError() }
}

fn inquire(file: usize, class: i32, size: u32) -> Result<Vec<u8>, u32> {
    let mut buffer = vec![0u64; 1024];
    // SAFETY: the buffer is larger than any size asked for.
    match move_error(|| unsafe { ovl_GetFileInformationByHandleEx(file, class, buffer.as_mut_ptr().cast(), size) }) {
        0 => Ok(buffer.iter().flat_map(|part| part.to_ne_bytes()).collect()),
        error => Err(error),
    }
}

#[test]
fn classes_are_got_as_structures() {
    let directory = Directory::new();
    let file = directory.create("name.txt");
    file.write(b"12345");
    let standard = inquire(file.0, 1, 24).unwrap();
    assert_eq!(standard[8..16], 5u64.to_ne_bytes());
    assert_eq!((standard[16], standard[20], standard[21]), (1, 0, 0));
    let basic = inquire(file.0, 0, 40).unwrap();
    assert_eq!(basic[32..36], 0x20u32.to_ne_bytes());
    let stream = inquire(file.0, 7, 100).unwrap();
    assert_eq!((stream[4], stream[8]), (14, 5));
    for (class, size) in [(0, 40), (1, 24), (2, 8), (8, 16), (9, 8), (16, 28), (17, 4), (18, 24)] {
        assert_eq!(inquire(file.0, class, size - 1), Err(24), "class {class}");
        if class != 2 {
            assert!(inquire(file.0, class, size).is_ok(), "class {class}");
        }
    }
    for class in [3, 4, 5, 6, 12, 99] {
        assert_eq!(inquire(file.0, class, 1000), Err(87), "class {class}");
    }
    assert_eq!(inquire(file.0, 10, 1000), Err(87), "no directory");
}

#[test]
fn a_name_that_does_not_fit_is_cut() {
    let directory = Directory::new();
    let file = directory.create("name.txt");
    let whole = inquire(file.0, 2, 4096).unwrap();
    let len = u32::from_ne_bytes(whole[..4].try_into().unwrap()) as usize;
    let units: Vec<u16> =
        whole[4..4 + len].chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
    let name = String::from_utf16(&units).unwrap();
    assert_eq!(name, directory.path("name.txt").to_str().unwrap().replace('/', "\\"));
    assert_eq!(inquire(file.0, 2, 12), Err(234));
}

#[test]
fn a_directory_is_listed_in_pieces() {
    let directory = Directory::new();
    for name in ["b", "A", "c.txt"] {
        directory.file(name, b"1234567");
    }
    let handle = directory.open(".", READ, OPEN_EXISTING, BACKUP);
    for (class, name_at) in [(11, 104), (15, 68)] {
        let mut names = Vec::new();
        let mut class = class;
        loop {
            // Room for one or two records at a time.
            let answer = match inquire(handle.0, class, 240) {
                Ok(answer) => answer,
                Err(error) => {
                    assert_eq!(error, 18);
                    break;
                }
            };
            let mut at = 0;
            loop {
                let u32_at =
                    |offset: usize| u32::from_ne_bytes(answer[at + offset..at + offset + 4].try_into().unwrap());
                let (next, len) = (u32_at(0) as usize, u32_at(60) as usize);
                let units = answer[at + name_at..at + name_at + len].chunks_exact(2);
                let units: Vec<u16> = units.map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
                names.push(String::from_utf16(&units).unwrap());
                if names.len() > 2 {
                    assert_eq!((u32_at(40), u32_at(56)), (7, 0x20));
                }
                at += next;
                if next == 0 {
                    break;
                }
            }
            class = class / 2 * 2; // without restarting
        }
        assert_eq!(names, [".", "..", "A", "b", "c.txt"], "class {class}");
    }
    assert_eq!(inquire(handle.0, 11, 100), Err(24));
    assert!(inquire(handle.0, 11, 8192).is_ok());
    assert_eq!(inquire(handle.0, 10, 8192), Err(18));
}

#[test]
fn the_final_name_is_the_whole_path() {
    let directory = Directory::new();
    let file = directory.create("Name.txt");
    std::fs::rename(directory.path("Name.txt"), directory.path("other")).unwrap();
    let whole = until_zero(&directory.wide("other"));
    let mut buffer = [0u16; 512];
    // SAFETY: the buffer has the size that is told.
    unsafe {
        let len = ovl_GetFinalPathNameByHandleW(file.0, buffer.as_mut_ptr(), 512, 0);
        assert_eq!(until_zero(&buffer), format!(r"\\?\{whole}"));
        assert_eq!(len as usize, whole.len() + 4);
        assert_eq!(
            ovl_GetFinalPathNameByHandleW(file.0, buffer.as_mut_ptr(), len, 0),
            len + 1,
            "too small by the zero"
        );
        assert_eq!(ovl_GetFinalPathNameByHandleA(file.0, null_mut(), 0, 4) as usize, whole.len() - 2 + 1);
        let by_volume = ovl_GetFinalPathNameByHandleW(file.0, buffer.as_mut_ptr(), 512, 1);
        assert_eq!((by_volume as usize, &until_zero(&buffer)[..11]), (whole.len() - 2 + 48, r"\\?\Volume{"));
        assert_eq!(code(0, || ovl_GetFinalPathNameByHandleW(file.0, buffer.as_mut_ptr(), 512, 3)), 87);
        // The name leads back.
        ovl_GetFinalPathNameByHandleW(file.0, buffer.as_mut_ptr(), 512, 0);
        let attributes = overlapped_win32::fileapi::names::ovl_GetFileAttributesW(buffer.as_ptr());
        assert_eq!(attributes, 0x20);
    }
}

#[test]
fn modes_can_be_added_only() {
    let directory = Directory::new();
    let (file, overlapped) = (directory.create("f"), directory.open("f", READ, OPEN_EXISTING, OVERLAPPED));
    assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(file.0, 1)), 87);
    assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(overlapped.0, 4)), 87);
    assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(0, 1)), 6);
    granted(|| ovl_SetFileCompletionNotificationModes(overlapped.0, 3));
    granted(|| ovl_SetFileCompletionNotificationModes(overlapped.0, 0));
}

#[test]
fn a_reopened_file_is_another_instance() {
    let directory = Directory::new();
    let file = directory.create("f");
    file.write(b"abc");
    let second = ovl_ReOpenFile(file.0, READ, SHARE_ALL, OVERLAPPED);
    assert_ne!(second, INVALID);
    let port = ovl_CreateIoCompletionPort(second, 0, 7, 0);
    let (mut data, mut overlapped) = ([0u8; 8], Box::new(Overlapped::default()));
    let (mut count, mut key, mut which) = (0, 0, 0);
    // SAFETY: everything lives until the packet has come.
    unsafe {
        let read = overlapped_win32::fileapi::transfer::ovl_ReadFile;
        assert_eq!(refused(|| read(second, data.as_mut_ptr().cast(), 8, null_mut(), &raw mut *overlapped)), 997);
        granted(|| ovl_GetQueuedCompletionStatus(port, &mut count, &mut key, &mut which, 10_000));
    }
    assert_eq!((count, key, &data[..3]), (3, 7, &b"abc"[..]));
    // Nobody is let in whose share mode excludes the first one's access.
    assert_eq!(code(INVALID, || ovl_ReOpenFile(file.0, READ, 1, 0)), 32);
    ovl_CloseHandle(second);
    ovl_CloseHandle(port);
}
