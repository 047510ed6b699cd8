//! ReplaceFile, links, and small functions of files that only look at their arguments.

use crate::common::*;
use overlapped_win32::fileapi::links::*;
use overlapped_win32::fileapi::transfer::ovl_SetFileIoOverlappedRange;
use overlapped_win32::fileapi::volumes::ovl_GetVolumePathNameA;
use std::ptr::{null, null_mut};

#[test]
fn a_file_is_replaced_and_kept_as_a_backup() {
    let directory = Directory::new();
    let (old, new) = (directory.file("old", b"old"), directory.file("new", b"new"));
    let backup = directory.name("backup");
    let replace = |old, new, backup, flags, reserved| {
        // SAFETY: the names are NULL or end with a zero; nothing is read through the last two.
        move || unsafe { ovl_ReplaceFileA(old, new, backup, flags, null(), reserved) }
    };
    let (old, new, backup) = (bytes(&old), bytes(&new), bytes(&backup));
    assert_eq!(refused(replace(null(), new, null(), 0, null())), 87);
    assert_eq!(refused(replace(old, null(), null(), 0, null())), 87);
    assert_eq!(refused(replace(old, new, null(), 8, null())), 87);
    assert_eq!(refused(replace(old, new, null(), 0, old.cast())), 87);
    assert_eq!(refused(replace(backup, new, null(), 0, null())), 2);
    granted(replace(old, new, backup, 1, null()));
    assert_eq!((directory.content("old"), directory.content("backup")), (b"new".to_vec(), b"old".to_vec()));
}

#[test]
fn links_are_made_by_name() {
    let directory = Directory::new();
    let (file, hard, soft) = (directory.file("f", b"x"), directory.name("hard"), directory.name("soft"));
    let (file, hard, soft) = (bytes(&file), bytes(&hard), bytes(&soft));
    // SAFETY: the names are NULL or end with a zero.
    unsafe {
        granted(|| ovl_CreateHardLinkA(hard, file, null()));
        assert_eq!(refused(|| ovl_CreateHardLinkA(hard, file, null())), 183);
        assert_eq!(refused(|| ovl_CreateHardLinkA(null(), file, null())), 3);
        assert_eq!(code(1, || ovl_CreateSymbolicLinkA(soft, c"f".as_ptr().cast(), 3)), UNTOUCHED);
        assert_eq!(code(0, || ovl_CreateSymbolicLinkA(soft, c"f".as_ptr().cast(), 4)), 87);
    }
    let as_directory = c(&directory.path("other\\"));
    // SAFETY: the names end with a zero.
    let code = refused(|| unsafe { ovl_CreateHardLinkA(bytes(&as_directory), file, null()) });
    assert_eq!((code, directory.path("other").exists()), (123, false), "only directories end in a separator");
    assert_eq!((directory.content("hard"), directory.content("soft")), (b"x".to_vec(), b"x".to_vec()));
}

#[test]
fn a_range_for_overlappeds_must_be_memory_of_an_overlapped_instance() {
    let directory = Directory::new();
    directory.file("f", b"x");
    let (file, synchronous) =
        (directory.open("f", READ, OPEN_EXISTING, OVERLAPPED), directory.open("f", READ, OPEN_EXISTING, 0));
    let mut room = [0u8; 256];
    let start = room.as_mut_ptr();
    granted(|| ovl_SetFileIoOverlappedRange(file.0, start, 256));
    assert_eq!(refused(|| ovl_SetFileIoOverlappedRange(file.0, start, 0)), 87);
    assert_eq!(refused(|| ovl_SetFileIoOverlappedRange(synchronous.0, start, 256)), 87);
    assert_eq!(refused(|| ovl_SetFileIoOverlappedRange(file.0, null_mut(), 256)), 998);
    assert_eq!(refused(|| ovl_SetFileIoOverlappedRange(0, start, 256)), 6);
}

#[test]
fn a_name_is_on_the_root_of_its_drive() {
    let mut room = [7u8; 8];
    let name = c"C:\\some\\file";
    // SAFETY: the sizes are those of the buffer.
    unsafe {
        granted(|| ovl_GetVolumePathNameA(bytes(&name.into()), room.as_mut_ptr(), 4));
        assert_eq!(&room[..5], b"C:\\\0\x07");
        assert_eq!(refused(|| ovl_GetVolumePathNameA(bytes(&name.into()), room.as_mut_ptr(), 3)), 206);
        assert_eq!(refused(|| ovl_GetVolumePathNameA(null(), room.as_mut_ptr(), 8)), 87);
    }
}
