//! Files at the native level: the questions of event loops about files, pipes and directories (contract 02 sections 1 and 4).

use crate::common::*;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA;
use overlapped_win32::ntdll::directory::ovl_NtQueryDirectoryFile;
use overlapped_win32::ntdll::information::{ovl_NtQueryInformationFile, ovl_NtSetInformationFile};
use overlapped_win32::ntdll::volume::ovl_NtQueryVolumeInformationFile;
use overlapped_win32::ntdll::{StatusBlock, UnicodeString};
use std::ptr::null;

const BUFFER_OVERFLOW: u32 = 0x8000_0005;
const NO_MORE_FILES: u32 = 0x8000_0006;
const INVALID_CLASS: u32 = 0xC000_0003;
const LENGTH_MISMATCH: u32 = 0xC000_0004;
const INVALID_HANDLE: u32 = 0xC000_0008;
const INVALID_PARAMETER: u32 = 0xC000_000D;
const NO_SUCH_FILE: u32 = 0xC000_000F;

/// NtQueryInformationFile with so much room: the status, and what there is then.
fn asked(file: usize, class: u32, room: usize) -> (u32, Vec<u8>) {
    let (mut bytes, mut block) = (vec![0u8; room], StatusBlock::default());
    // SAFETY: as much room as is said.
    let status = unsafe { ovl_NtQueryInformationFile(file, &mut block, bytes.as_mut_ptr().cast(), room as u32, class) };
    bytes.truncate(block.information);
    (status, bytes)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn long(bytes: &[u8], at: usize) -> i64 {
    i64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap())
}

#[test]
fn a_file_tells_all_of_itself_and_its_name_may_be_cut() {
    let directory = Directory::new();
    let file = directory.create("f");
    file.write(b"12345");
    let (status, all) = asked(file.0, 18, 104);
    assert_eq!((status, all.len()), (BUFFER_OVERFLOW, 104));
    assert_eq!((long(&all, 48), number(&all, 56), all[61]), (5, 1, 0), "end, links, and no directory");
    assert_eq!((long(&all, 80), number(&all, 88)), (5, 0x20), "the pointer, and that it is synchronous");
    let (status, whole) = asked(file.0, 9, 4096);
    assert_eq!((status, number(&whole, 0) as usize + 4), (0, whole.len()));
    assert!(String::from_utf8_lossy(&whole).ends_with("f\0"));
    assert_eq!((asked(file.0, 4, 39).0, asked(file.0, 999, 64).0), (LENGTH_MISMATCH, INVALID_CLASS));
    assert_eq!(asked(0x1234_5678, 4, 40).0, INVALID_HANDLE);
}

#[test]
fn a_file_is_cut_and_deleted_by_what_it_is_told() {
    let directory = Directory::new();
    let file = directory.open("f", BOTH | DELETE, CREATE_ALWAYS, 0);
    file.write(b"12345");
    let mut block = StatusBlock::default();
    // SAFETY: as many bytes as are said.
    let mut tell = |class: u32, bytes: &[u8]| unsafe {
        ovl_NtSetInformationFile(file.0, &mut block, bytes.as_ptr().cast(), bytes.len() as u32, class)
    };
    assert_eq!(tell(20, &3i64.to_ne_bytes()), 0);
    assert_eq!(directory.content("f"), b"123");
    assert_eq!(tell(14, &1i64.to_ne_bytes()), 0);
    assert_eq!(file.read(9), b"23", "from the pointer");
    assert_eq!((tell(20, &[0; 4]), tell(999, &[0; 8])), (LENGTH_MISMATCH, INVALID_CLASS));
    assert_eq!(tell(13, &[1]), 0);
    drop(file);
    assert!(!directory.path("f").exists());
}

#[test]
fn an_end_of_a_pipe_tells_its_mode_its_quotas_and_its_name() {
    let own = format!(r"overlapped native\{}", std::process::id());
    let name = std::ffi::CString::new(format!(r"\\?\pipe\{own}")).unwrap();
    // SAFETY: a string, and no attributes.
    let server = unsafe { ovl_CreateNamedPipeA(name.as_ptr().cast(), 3 | OVERLAPPED, 0, 1, 4096, 512, 0, null()) };
    assert_eq!(code(3, || ovl_GetFileType(server)), 0);
    assert_eq!(asked(server, 16, 4), (0, vec![0; 4]), "overlapped");
    let (status, local) = asked(server, 24, 40);
    assert_eq!(status, 0);
    let words: Vec<u32> = (0..10).map(|at| number(&local, at * 4)).collect();
    // Bytes, both ways, one of one instance; room both ways; it listens, and is the server's.
    assert_eq!(words, [0, 2, 1, 1, 512, 0, 4096, 4096, 2, 1]);
    let (status, named) = asked(server, 9, 256);
    let text: Vec<u16> = named[4..].chunks(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
    assert_eq!((status, String::from_utf16_lossy(&text)), (0, format!(r"\{own}")));
    ovl_CloseHandle(server);
}

/// The names of a listing: of records with this place of the length and of the name.
fn names(bytes: &[u8], length_at: usize, name_at: usize) -> Vec<String> {
    let (mut at, mut all) = (0, Vec::new());
    loop {
        let len = number(bytes, at + length_at) as usize;
        let units = bytes[at + name_at..at + name_at + len].chunks(2);
        let units: Vec<u16> = units.map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
        all.push(String::from_utf16_lossy(&units));
        match number(bytes, at) as usize {
            0 => return all,
            next => at += next,
        }
    }
}

#[test]
fn a_directory_is_listed_by_form_and_mask() {
    let directory = Directory::new();
    for name in ["one.txt", "two.txt", "three"] {
        drop(directory.create(name));
    }
    let opened = directory.open(".", READ, OPEN_EXISTING, BACKUP);
    let mut room = vec![0u64; 512];
    let mut list = |bytes: u32, class: u32, single: u8, mask: &str, restart: u8| {
        let mut units: Vec<u16> = mask.encode_utf16().collect();
        let length = units.len() as u16 * 2;
        let mask = UnicodeString { length, room: length, text: units.as_mut_ptr() };
        let (mut block, to) = (StatusBlock::default(), room.as_mut_ptr().cast());
        // SAFETY: as much room as is said, and a mask of its length.
        let status = unsafe {
            let (nothing, block) = (null(), &mut block);
            ovl_NtQueryDirectoryFile(opened.0, 0, nothing, nothing, block, to, bytes, class, single, &mask, restart)
        };
        // SAFETY: our own memory.
        let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), block.information) };
        (status, bytes.to_vec())
    };
    let (status, all) = list(4096, 1, 0, "", 1);
    assert_eq!(
        (status, names(&all, 60, 64)),
        (0, [".", "..", "one.txt", "three", "two.txt"].map(String::from).to_vec())
    );
    assert_eq!(list(4096, 1, 0, "", 0).0, NO_MORE_FILES);
    let (status, some) = list(4096, 38, 0, "*.txt", 1);
    assert_eq!((status, names(&some, 60, 80)), (0, ["one.txt", "two.txt"].map(String::from).to_vec()));
    let (status, one) = list(4096, 12, 1, "t*", 1);
    assert_eq!((status, names(&one, 8, 12)), (0, vec!["three".to_owned()]));
    assert_eq!(list(4096, 12, 0, "nothing", 1).0, NO_SUCH_FILE);
    let (status, cut) = list(84, 38, 1, "three", 1);
    assert_eq!((status, cut.len(), number(&cut, 60)), (BUFFER_OVERFLOW, 84, 10), "the first part of the name");
    assert_eq!(list(20, 38, 1, "three", 1).0, LENGTH_MISMATCH);
    let file = directory.create("f");
    let mut block = StatusBlock::default();
    // SAFETY: as much room as is said.
    let no_directory = unsafe {
        let to = room.as_mut_ptr().cast();
        ovl_NtQueryDirectoryFile(file.0, 0, null(), null(), &mut block, to, 4096, 1, 0, null(), 1)
    };
    assert_eq!(no_directory, INVALID_PARAMETER);
}

#[test]
fn a_volume_tells_its_device_and_its_space() {
    let directory = Directory::new();
    let file = directory.create("f");
    let mut words = [0u64; 8];
    let mut ask = |handle: usize, class: u32, bytes: u32| {
        let mut block = StatusBlock::default();
        // SAFETY: as much room as is said.
        let status =
            unsafe { ovl_NtQueryVolumeInformationFile(handle, &mut block, words.as_mut_ptr().cast(), bytes, class) };
        (status, block.information, words)
    };
    let (status, len, device) = ask(file.0, 4, 8);
    assert_eq!((status, len, device[0] as u32), (0, 8, 7), "FILE_DEVICE_DISK");
    let (status, len, space) = ask(file.0, 7, 64);
    assert_eq!((status, len, space[3] >> 32), (0, 32, 512));
    assert!(space[0] > 0 && space[0] >= space[2] && space[2] >= space[1]);
    assert_eq!((ask(file.0, 7, 31).0, ask(file.0, 99, 64).0), (LENGTH_MISMATCH, INVALID_CLASS));
    // SAFETY: a name, and no attributes.
    let null_device =
        File(unsafe { ovl_CreateFileA(c"NUL".as_ptr().cast(), READ, SHARE_ALL, null(), OPEN_EXISTING, 0, 0) });
    let (status, _, device) = ask(null_device.0, 4, 8);
    assert_eq!((status, device[0] as u32), (0, 0x15), "FILE_DEVICE_NULL");
}
