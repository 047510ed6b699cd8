//! Contract 01 section 2 and 02 section 13: templates, and what is looked at first.

use crate::common::*;
use overlapped_abi::Overlapped;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::names::ovl_GetFileAttributesA;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::namedpipeapi::ovl_SetNamedPipeHandleState;
use std::ptr::{null, null_mut};

const CREATE_NEW: u32 = 1;
const OPEN_ALWAYS: u32 = 4;
const TRUNCATE_EXISTING: u32 = 5;
const HIDDEN: u32 = 2;
const ARCHIVE: u32 = 0x20;

fn attributes(directory: &Directory, name: &str) -> u32 {
    // SAFETY: the name ends with a zero.
    unsafe { ovl_GetFileAttributesA(bytes(&directory.name(name))) }
}

fn create_like(directory: &Directory, name: &str, disposition: u32, template: usize) -> Result<File, u32> {
    let name = directory.name(name);
    // SAFETY: the name ends with a zero.
    match unsafe { ovl_CreateFileA(name.as_ptr().cast(), BOTH, SHARE_ALL, null(), disposition, 0, template) } {
        INVALID => Err(ovl_GetLastError()),
        handle => Ok(File(handle)),
    }
}

#[test]
fn a_new_file_has_the_attributes_of_its_template_01_2() {
    let directory = Directory::new();
    let template = directory.open("template", BOTH, CREATE_NEW, HIDDEN);
    drop(create_like(&directory, "new", CREATE_NEW, template.0).unwrap());
    assert_eq!(attributes(&directory, "new"), HIDDEN | ARCHIVE);
    directory.file("old", b"");
    drop(create_like(&directory, "old", OPEN_ALWAYS, template.0).unwrap());
    assert_eq!(attributes(&directory, "old"), ARCHIVE, "opened, not created");
    drop(create_like(&directory, "old", OPEN_EXISTING, 0xDEA0).unwrap());
    assert_eq!(create_like(&directory, "newer", CREATE_NEW, 0xDEA0).err(), Some(6));
    drop(create_like(&directory, "old", CREATE_ALWAYS, template.0).unwrap());
    assert_eq!(attributes(&directory, "old"), HIDDEN | ARCHIVE);
}

#[test]
fn the_rights_come_before_the_event_02_13() {
    let directory = Directory::new();
    directory.file("f", b"0123456789");
    let (reader, query) =
        (directory.open("f", READ, OPEN_EXISTING, OVERLAPPED), directory.open("f", 0, OPEN_EXISTING, OVERLAPPED));
    let mut place = Overlapped { h_event: 0xDEA0, ..Overlapped::default() };
    let mut byte = 0u8;
    let at = (&raw mut byte).cast();
    // SAFETY: buffer and OVERLAPPED live as long as the calls, none of which is accepted.
    unsafe {
        assert_eq!(refused(|| ovl_ReadFile(query.0, at, 1, null_mut(), &mut place)), 5);
        assert_eq!(refused(|| ovl_WriteFile(reader.0, at, 1, null_mut(), &mut place)), 5);
        assert_eq!(refused(|| ovl_ReadFile(reader.0, at, 1, null_mut(), &mut place)), 6);
    }
}

#[test]
fn a_directory_is_neither_made_anew_nor_emptied_01_2() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("d")).unwrap();
    let name = directory.name("d");
    for disposition in [CREATE_NEW, CREATE_ALWAYS, TRUNCATE_EXISTING] {
        let open = |flags| {
            // SAFETY: the name ends with a zero.
            let open =
                || unsafe { ovl_CreateFileA(name.as_ptr().cast(), WRITE, SHARE_ALL, null(), disposition, flags, 0) };
            code(INVALID, open)
        };
        assert_eq!(open(BACKUP), 80, "{disposition}");
        assert_eq!(open(0), 5, "{disposition}");
    }
    assert!(directory.path("d").is_dir());
}

#[test]
fn what_is_no_pipe_has_no_modes_of_one_07_6() {
    let directory = Directory::new();
    let file = directory.open("f", BOTH, CREATE_NEW, 0);
    // SAFETY: the mode is a number of ours.
    assert_eq!(refused(|| unsafe { ovl_SetNamedPipeHandleState(file.0, &0, null(), null()) }), 87);
}
