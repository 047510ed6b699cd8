//! NtCreateFile: what its options ask for and forbid, and what its dispositions tell. It has no chapter in the contract; the rules are those
//! of the public documentation of NtCreateFile.

use crate::common::*;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::ntdll::open::{ObjectAttributes, ovl_NtCreateFile};
use overlapped_win32::ntdll::{StatusBlock, UnicodeString};
use std::ptr::null;

const INVALID_PARAMETER: u32 = 0xC000_000D;
const NAME_NOT_FOUND: u32 = 0xC000_0034;
const NAME_COLLISION: u32 = 0xC000_0035;
const FILE_IS_A_DIRECTORY: u32 = 0xC000_00BA;
const NOT_A_DIRECTORY: u32 = 0xC000_0103;

const SUPERSEDE: u32 = 0;
const OPEN: u32 = 1;
const CREATE: u32 = 2;
const OPEN_IF: u32 = 3;
const OVERWRITE: u32 = 4;
const OVERWRITE_IF: u32 = 5;

const DIRECTORY_FILE: u32 = 0x1;
const SYNCHRONOUS: u32 = 0x20;
const NON_DIRECTORY_FILE: u32 = 0x40;
const DELETE_ON_CLOSE: u32 = 0x1000;

const READ_DATA: u32 = 0x1;
const WRITE_DATA: u32 = 0x2;
const SYNCHRONIZE: u32 = 0x10_0000;

/// One call for this Windows name: the handle and Information, or the status.
fn create(name: &[u16], access: u32, share: u32, disposition: u32, options: u32) -> Result<(File, usize), u32> {
    let mut units: Vec<u16> = r"\??\".encode_utf16().collect();
    units.extend(&name[..name.len() - 1]);
    let length = units.len() as u16 * 2;
    let name = UnicodeString { length, room: length, text: units.as_mut_ptr() };
    let what =
        ObjectAttributes { length: 48, root: 0, name: &name, attributes: 0x40, security: null(), quality: null() };
    let (mut handle, mut block) = (0, StatusBlock::default());
    // SAFETY: all of it lives as long as the call.
    let status = unsafe {
        ovl_NtCreateFile(&mut handle, access, &what, &mut block, null(), 0x80, share, disposition, options, null(), 0)
    };
    if status == 0 { Ok((File(handle), block.information)) } else { Err(status) }
}

/// The same as mostly asked for; of a handle only what was done.
fn told(directory: &Directory, name: &str, disposition: u32, options: u32) -> Result<usize, u32> {
    let access = READ_DATA | WRITE_DATA | SYNCHRONIZE;
    create(&directory.wide(name), access, SHARE_ALL, disposition, options | SYNCHRONOUS).map(|(_, told)| told)
}

#[test]
fn directories_are_made_and_opened_as_such() {
    let directory = Directory::new();
    assert_eq!(told(&directory, "d", OPEN, DIRECTORY_FILE), Err(NAME_NOT_FOUND));
    assert_eq!(told(&directory, "d", CREATE, DIRECTORY_FILE), Ok(2), "FILE_CREATED");
    assert!(directory.path("d").is_dir());
    assert_eq!(told(&directory, "d", CREATE, DIRECTORY_FILE), Err(NAME_COLLISION));
    assert_eq!(told(&directory, "d", OPEN_IF, DIRECTORY_FILE), Ok(1), "FILE_OPENED");
    assert_eq!(told(&directory, "d", OPEN, DIRECTORY_FILE), Ok(1));
    assert_eq!(told(&directory, "e", OPEN_IF, DIRECTORY_FILE), Ok(2));
    assert!(directory.path("e").is_dir());
    let (opened, _) = create(&directory.wide("e"), READ_DATA, SHARE_ALL, OPEN, DIRECTORY_FILE).expect("a directory");
    assert_eq!(ovl_GetFileType(opened.0), 1, "FILE_TYPE_DISK");
}

#[test]
fn files_and_directories_are_not_taken_for_each_other() {
    let directory = Directory::new();
    directory.file("f", b"12345");
    std::fs::create_dir(directory.path("d")).unwrap();
    for disposition in [OPEN, OPEN_IF] {
        assert_eq!(told(&directory, "f", disposition, DIRECTORY_FILE), Err(NOT_A_DIRECTORY));
        assert_eq!(told(&directory, "d", disposition, NON_DIRECTORY_FILE), Err(FILE_IS_A_DIRECTORY));
        assert_eq!(told(&directory, "d", disposition, 0), Ok(1), "either will do");
        assert_eq!(told(&directory, "f", disposition, NON_DIRECTORY_FILE), Ok(1));
    }
    assert_eq!(told(&directory, "f", CREATE, DIRECTORY_FILE), Err(NAME_COLLISION));
    assert_eq!(told(&directory, "d", CREATE, NON_DIRECTORY_FILE), Err(NAME_COLLISION));
    assert_eq!(told(&directory, "f", OPEN, DIRECTORY_FILE | NON_DIRECTORY_FILE), Err(INVALID_PARAMETER));
    for disposition in [SUPERSEDE, OVERWRITE, OVERWRITE_IF, 6] {
        assert_eq!(told(&directory, "f", disposition, DIRECTORY_FILE), Err(INVALID_PARAMETER));
    }
    assert_eq!(directory.content("f"), b"12345", "nothing has changed it");
}

#[test]
fn a_file_is_overwritten_without_the_generic_right_and_only_if_it_is_there() {
    let directory = Directory::new();
    directory.file("f", b"12345");
    let nt = |access| create(&directory.wide("f"), access | SYNCHRONIZE, SHARE_ALL, OVERWRITE, SYNCHRONOUS);
    assert_eq!(nt(READ_DATA).expect("it is there").1, 3, "FILE_OVERWRITTEN");
    assert_eq!(directory.content("f"), b"");
    assert_eq!(told(&directory, "none", OVERWRITE, NON_DIRECTORY_FILE), Err(NAME_NOT_FOUND));
    assert!(!directory.path("none").exists());
    assert_eq!(told(&directory, "none", OVERWRITE_IF, NON_DIRECTORY_FILE), Ok(2));
    assert_eq!(told(&directory, "none", SUPERSEDE, NON_DIRECTORY_FILE), Ok(0), "FILE_SUPERSEDED");
    std::fs::create_dir(directory.path("d")).unwrap();
    assert_eq!(told(&directory, "d", OVERWRITE, NON_DIRECTORY_FILE), Err(FILE_IS_A_DIRECTORY));
    // Devices are there.
    assert!(create(&wide("NUL"), WRITE_DATA | SYNCHRONIZE, SHARE_ALL, OVERWRITE, SYNCHRONOUS).is_ok());
}

#[test]
fn options_need_their_rights() {
    let directory = Directory::new();
    directory.file("f", b"x");
    let f = directory.wide("f");
    let status = |access, share, options| create(&f, access, share, OPEN, options).map(|_| ()).err();
    assert_eq!(status(READ_DATA, SHARE_ALL, SYNCHRONOUS), Some(INVALID_PARAMETER), "without SYNCHRONIZE");
    assert_eq!(status(READ, SHARE_ALL, SYNCHRONOUS), Some(INVALID_PARAMETER), "a generic right is none of its own");
    assert_eq!(status(READ | SYNCHRONIZE, SHARE_ALL, 0x30), Some(INVALID_PARAMETER), "both kinds of waiting");
    assert_eq!(status(READ, SHARE_ALL, DELETE_ON_CLOSE), Some(INVALID_PARAMETER), "without DELETE");
    assert_eq!(status(READ, 8, 0), Some(INVALID_PARAMETER), "no such sharing");
    assert_eq!(status(READ, SHARE_ALL, 0x100_0000), Some(INVALID_PARAMETER), "no such option");
    assert!(directory.path("f").exists());
    assert_eq!(status(READ | DELETE, SHARE_ALL, DELETE_ON_CLOSE), None);
    assert!(!directory.path("f").exists());
}
