//! Moving and copying.

use crate::common::*;
use overlapped_win32::winbase_io::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

#[test]
fn moves_replace_only_when_told() {
    let directory = Directory::new();
    let (a, b, missing) = (directory.file("a", b"a"), directory.file("b", b"b"), directory.name("none"));
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(refused(|| ovl_MoveFileA(bytes(&a), bytes(&b))), 183);
        assert_eq!(refused(|| ovl_MoveFileA(bytes(&missing), bytes(&b))), 2);
        granted(|| ovl_MoveFileExW(directory.wide("a").as_ptr(), directory.wide("b").as_ptr(), 1));
        assert_eq!(directory.content("b"), b"a");
        granted(|| ovl_MoveFileA(bytes(&b), bytes(&a)));
        granted(|| ovl_MoveFileExA(bytes(&a), bytes(&b), 0x20));
        granted(|| ovl_MoveFileExA(bytes(&b), bytes(&a), 0x20 | 8 | 2));
        assert_eq!(refused(|| ovl_MoveFileExA(bytes(&a), bytes(&b), 0x10)), 87, "reserved");
        assert_eq!(refused(|| ovl_MoveFileExA(bytes(&a), bytes(&b), 4)), 50, "there is no delay until the next start");
        assert_eq!(refused(|| ovl_MoveFileExA(bytes(&a), null(), 4)), 50);
        assert_eq!(refused(|| ovl_MoveFileExA(bytes(&a), null(), 0)), 5, "no name, and no delay");
    }
}

#[test]
fn a_file_moves_to_another_file_system() {
    let (here, there) = (Directory::new(), std::path::Path::new("/dev/shm"));
    let Ok(there) = tempfile::tempdir_in(there) else { return };
    let target = c(&there.path().join("f"));
    let source = here.file("f", b"cargo");
    // SAFETY: the names end with zeros.
    unsafe {
        if refused_or_done(ovl_MoveFileExA(bytes(&source), bytes(&target), 0)) == 17 {
            granted(|| ovl_MoveFileA(bytes(&source), bytes(&target)));
        }
    }
    assert_eq!(std::fs::read(there.path().join("f")).unwrap(), b"cargo");
    assert!(!here.path("f").exists());
}

fn refused_or_done(result: i32) -> u32 {
    if result == 0 { overlapped_win32::errhandlingapi::ovl_GetLastError() } else { 0 }
}

#[test]
fn copies_keep_content_attributes_and_time() {
    let directory = Directory::new();
    let content: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
    let a = directory.file("a", &content);
    let (b, missing) = (directory.name("b"), directory.name("none"));
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(directory.path("a")).unwrap().set_modified(old).unwrap();
    // SAFETY: the names end with zeros.
    unsafe {
        overlapped_win32::fileapi::names::ovl_SetFileAttributesA(bytes(&a), 1);
        granted(|| ovl_CopyFileA(bytes(&a), bytes(&b), 1));
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&b), 1)), 80);
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&b), 0)), 5, "the target is READONLY now");
        overlapped_win32::fileapi::names::ovl_SetFileAttributesA(bytes(&b), 0x80);
        granted(|| ovl_CopyFileW(directory.wide("a").as_ptr(), directory.wide("b").as_ptr(), 0));
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&missing), bytes(&b), 0)), 2);
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&a), 0)), 5, "a READONLY file onto itself");
    }
    let copied = std::fs::metadata(directory.path("b")).unwrap();
    assert!(copied.permissions().readonly());
    assert_eq!(copied.modified().unwrap(), old);
    assert_eq!(directory.content("b"), content);
}

#[test]
fn a_file_in_use_is_not_copied_over() {
    let directory = Directory::new();
    let (a, b) = (directory.file("a", b"a"), directory.file("b", b"b"));
    let open = directory.open("b", READ, OPEN_EXISTING, 0);
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&b), 0)), 32);
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&a), 0)), 32, "onto itself");
    }
    assert_eq!((directory.content("a"), open.read(1)), (b"a".to_vec(), b"b".to_vec()));
}

/// Total, done and reason of each call, and what to answer to the first.
type Seen = (Vec<(i64, i64, u32)>, u32);

unsafe extern "C" fn count(
    size: i64,
    copied: i64,
    _: i64,
    _: i64,
    stream: u32,
    reason: u32,
    _: usize,
    _: usize,
    data: *mut c_void,
) -> u32 {
    // SAFETY: the tests pass a list.
    let seen = unsafe { &mut *data.cast::<Seen>() };
    assert_eq!(stream, 1);
    seen.0.push((size, copied, reason));
    if reason == 0 { 0 } else { seen.1 }
}

#[test]
fn a_copy_reports_and_can_be_ended() {
    let directory = Directory::new();
    let (a, b) = (directory.file("a", b"12345"), directory.name("b"));
    let mut seen: Seen = (Vec::new(), 0);
    // SAFETY: the names end with zeros, and the routine gets its list.
    unsafe {
        granted(|| ovl_CopyFileExA(bytes(&a), bytes(&b), Some(count), (&raw mut seen).cast(), null(), 0));
        assert_eq!(seen.0, [(5, 0, 1), (5, 5, 0)]);
        assert_eq!(refused(|| ovl_CopyFileExA(bytes(&a), bytes(&b), None, null_mut(), null(), 1)), 80);
        for (verdict, stays) in [(1, false), (2, true)] {
            let mut seen: Seen = (Vec::new(), verdict);
            let data = (&raw mut seen).cast();
            assert_eq!(refused(|| ovl_CopyFileExA(bytes(&a), bytes(&b), Some(count), data, null(), 0)), 1235);
            assert_eq!(directory.path("b").exists(), stays);
        }
        let cancel = 1;
        assert_eq!(refused(|| ovl_CopyFileExA(bytes(&a), bytes(&b), None, null_mut(), &cancel, 0)), 1235);
    }
}
