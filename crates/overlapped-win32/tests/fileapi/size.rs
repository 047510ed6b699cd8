//! Contract 02 sections 1, 2, 3 and 7.

use crate::common::*;
use overlapped_win32::fileapi::pointer::{ovl_SetFilePointer, ovl_SetFilePointerEx};
use overlapped_win32::fileapi::size::*;
use std::ptr::null_mut;

#[test]
fn a_size_is_told_in_halves_and_in_one() {
    let directory = Directory::new();
    let file = directory.create("f");
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        granted(|| ovl_SetFilePointerEx(file.0, (5 << 32) + 7, null_mut(), 0));
        granted(|| ovl_SetEndOfFile(file.0));
        let (mut high, mut whole) = (0, 0);
        assert_eq!(code(7, || ovl_GetFileSize(file.0, &mut high)), UNTOUCHED);
        assert_eq!(high, 5);
        assert_eq!(ovl_GetFileSize(file.0, null_mut()), 7, "only the low half is seen");
        granted(|| ovl_GetFileSizeEx(file.0, &mut whole));
        assert_eq!(whole, (5 << 32) + 7);
    }
}

#[test]
fn a_size_that_looks_like_a_failure_sets_the_last_error_to_0() {
    let directory = Directory::new();
    let file = directory.create("f");
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        ovl_SetFilePointerEx(file.0, 0xFFFF_FFFF, null_mut(), 0);
        ovl_SetEndOfFile(file.0);
        assert_eq!(code(u32::MAX, || ovl_GetFileSize(file.0, null_mut())), 0);
        assert_eq!(code(u32::MAX, || ovl_GetFileSize(0x1234_5678, null_mut())), 6);
        assert_eq!(code(u32::MAX, || ovl_SetFilePointer(file.0, -1, &mut 0, 0)), 0, "high half 0");
    }
}

#[test]
fn the_compressed_size_goes_by_name() {
    let directory = Directory::new();
    let name = directory.file("f", b"12345");
    let missing = directory.name("none");
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(ovl_GetCompressedFileSizeA(bytes(&name), null_mut()), 5);
        assert_eq!(ovl_GetCompressedFileSizeW(directory.wide("f").as_ptr(), null_mut()), 5);
        assert_eq!(code(u32::MAX, || ovl_GetCompressedFileSizeA(bytes(&missing), null_mut())), 2);
    }
}

#[test]
fn the_pointer_moves_by_method() {
    let directory = Directory::new();
    directory.file("f", b"0123456789");
    let file = directory.open("f", BOTH, OPEN_EXISTING, 0);
    let mut at = 0;
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        granted(|| ovl_SetFilePointerEx(file.0, 4, &mut at, 0));
        granted(|| ovl_SetFilePointerEx(file.0, 2, &mut at, 1));
        assert_eq!((at, file.read(2)), (6, b"67".to_vec()));
        granted(|| ovl_SetFilePointerEx(file.0, -1, &mut at, 2));
        assert_eq!(at, 9);
        assert_eq!(refused(|| ovl_SetFilePointerEx(file.0, -10, null_mut(), 1)), 131);
        assert_eq!(refused(|| ovl_SetFilePointerEx(file.0, 0, null_mut(), 3)), 87);
        granted(|| ovl_SetFilePointerEx(file.0, 0, &mut at, 1));
        assert_eq!(at, 9, "unchanged by failures");
    }
}

#[test]
fn a_pointer_without_a_high_half_has_32_bits() {
    let directory = Directory::new();
    let file = directory.create("f");
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        assert_eq!(code(10, || ovl_SetFilePointer(file.0, 10, null_mut(), 0)), UNTOUCHED);
        assert_eq!(ovl_SetFilePointer(file.0, -3, null_mut(), 1), 7);
        let mut high = 1;
        assert_eq!(ovl_SetFilePointer(file.0, 5, &mut high, 0), 5);
        assert_eq!(high, 1);
        assert_eq!(code(u32::MAX, || ovl_SetFilePointer(file.0, 0, null_mut(), 1)), 87);
        let mut high = -1;
        assert_eq!(code(u32::MAX, || ovl_SetFilePointer(file.0, -1, &mut high, 0)), 131);
    }
}

#[test]
fn the_end_of_file_is_cut_or_extended_to_the_pointer() {
    let directory = Directory::new();
    directory.file("f", b"abcdef");
    let file = directory.open("f", BOTH, OPEN_EXISTING, 0);
    let reader = directory.open("f", READ, OPEN_EXISTING, 0);
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        ovl_SetFilePointerEx(file.0, 2, null_mut(), 0);
        granted(|| ovl_SetEndOfFile(file.0));
        assert_eq!(directory.content("f"), b"ab");
        ovl_SetFilePointerEx(file.0, 4, null_mut(), 0);
        granted(|| ovl_SetEndOfFile(file.0));
        assert_eq!(directory.content("f"), b"ab\0\0");
        assert_eq!(refused(|| ovl_SetEndOfFile(reader.0)), 5);
    }
    assert_eq!(refused(|| ovl_SetFileValidData(file.0, 0)), 87);
    assert_eq!(refused(|| ovl_SetFileValidData(file.0, 5)), 87);
    granted(|| ovl_SetFileValidData(file.0, 4));
}

#[test]
fn flushing_needs_a_right_to_write() {
    let directory = Directory::new();
    let file = directory.create("f");
    granted(|| ovl_FlushFileBuffers(file.0));
    let reader = directory.open("f", READ, OPEN_EXISTING, 0);
    assert_eq!(refused(|| ovl_FlushFileBuffers(reader.0)), 5);
    assert_eq!(refused(|| ovl_FlushFileBuffers(0)), 6);
}

/// What a child of the next test is to write to.
const LIMITED: &str = "OVERLAPPED_TEST_SIZE_LIMIT";

#[test]
fn a_write_beyond_the_limit_for_sizes_says_223_and_how_much_fitted_02_12() {
    // A limit holds for the whole process, so another one runs into it.
    if std::env::var_os(LIMITED).is_some() {
        return beyond_the_limit();
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "size::a_write_beyond_the_limit_for_sizes_says_223_and_how_much_fitted_02_12"]);
    let output = child.env(LIMITED, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn beyond_the_limit() {
    use overlapped_abi::Overlapped;
    use overlapped_win32::fileapi::transfer::ovl_WriteFile;
    use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Longer than any report of the test's own, should its output be a file.
    const LIMIT: u32 = 1 << 20;
    let limit = Rlimit { current: Some(LIMIT.into()), maximum: Some(LIMIT.into()) };
    setrlimit(Resource::Fsize, limit).unwrap();
    let directory = Directory::new();
    let (file, data, mut count) = (directory.create("f"), vec![7; LIMIT as usize + 5000], 0);
    let (start, len) = (data.as_ptr(), data.len() as u32);
    // SAFETY: buffer, count and OVERLAPPED live until the requests are complete.
    unsafe {
        assert_eq!(refused(|| ovl_WriteFile(file.0, start.cast(), len, &mut count, null_mut())), 223);
        assert_eq!(count, LIMIT, "what fitted");
        assert_eq!(ovl_SetFilePointer(file.0, 0, null_mut(), 1), LIMIT, "and the pointer is behind it");
        assert_eq!(refused(|| ovl_WriteFile(file.0, start.cast(), 1, &mut count, null_mut())), 223);
        assert_eq!(count, 0);
        let file = directory.open("f", WRITE, OPEN_EXISTING, OVERLAPPED);
        let mut overlapped = Overlapped::default();
        assert_eq!(refused(|| ovl_WriteFile(file.0, start.cast(), len, null_mut(), &mut overlapped)), 997);
        assert_eq!(refused(|| ovl_GetOverlappedResult(file.0, &mut overlapped, &mut count, 1)), 223);
        assert_eq!(count, LIMIT);
    }
}
