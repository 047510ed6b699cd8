//! Contract 02 sections 4 and 10: the names of a file, links through handles, copies that tell, changes with details.

use crate::common::*;
use overlapped_abi::ByHandleFileInformation;
use overlapped_win32::copyfile2::*;
use overlapped_win32::devicecontrol::ovl_DeviceIoControl;
use overlapped_win32::fileapi::find::ovl_FindClose;
use overlapped_win32::fileapi::information::ovl_GetFileInformationByHandle;
use overlapped_win32::fileapi::more_names::*;
use overlapped_win32::fileapi::watch::ovl_ReadDirectoryChangesExW;
use overlapped_win32::winbase_io::{ovl_GetFileInformationByHandleEx, ovl_MoveFileWithProgressA};
use std::ffi::c_void;
use std::ptr::{null, null_mut};

#[test]
fn all_hard_links_are_found() {
    let directory = Directory::new();
    directory.file("one", b"1");
    std::fs::create_dir(directory.path("sub")).unwrap();
    for link in ["two", "sub/three"] {
        std::fs::hard_link(directory.path("one"), directory.path(link)).unwrap();
    }
    // A way through a link leads to no more names.
    std::os::unix::fs::symlink("sub", directory.path("way")).unwrap();
    let name = directory.wide("way\\three");
    let (mut buffer, mut size) = ([0u16; 400], 3u32);
    let mut found = Vec::new();
    // SAFETY: the name ends with a zero, and sizes are at most the buffer's.
    unsafe {
        assert_eq!(code(INVALID, || ovl_FindFirstFileNameW(name.as_ptr(), 0, &mut size, buffer.as_mut_ptr())), 234);
        let needed = size;
        let search = ovl_FindFirstFileNameW(name.as_ptr(), 0, &mut size, buffer.as_mut_ptr());
        assert_ne!(search, INVALID);
        assert_eq!(until_zero(&buffer).len() + 1, needed as usize);
        loop {
            found.push(until_zero(&buffer));
            size = 400;
            if ovl_FindNextFileNameW(search, &mut size, buffer.as_mut_ptr()) == 0 {
                assert_eq!(overlapped_win32::errhandlingapi::ovl_GetLastError(), 38);
                break;
            }
        }
        granted(|| ovl_FindClose(search));
    }
    found.sort();
    let expected =
        ["one", "sub\\three", "two"].map(|link| directory.path("").display().to_string().replace('/', "\\") + link);
    assert_eq!(found, expected);
}

#[test]
fn a_file_has_one_stream_and_a_directory_none() {
    let directory = Directory::new();
    directory.file("f", b"12345");
    let (file, place) = (directory.wide("f"), directory.wide(""));
    let mut data = [0u64; 75];
    let to = data.as_mut_ptr().cast();
    // SAFETY: names end with zeros, and the buffer is as large as the structure.
    unsafe {
        let search = ovl_FindFirstStreamW(file.as_ptr(), 0, to, 0);
        assert_ne!(search, INVALID);
        assert_eq!(data[0], 5);
        let name: Vec<u16> = data[1..3].iter().flat_map(|word| [0, 16, 32, 48].map(|by| (word >> by) as u16)).collect();
        assert_eq!(String::from_utf16(&name[..7]).unwrap(), "::$DATA");
        assert_eq!(refused(|| ovl_FindNextStreamW(search, null_mut())), 38);
        granted(|| ovl_FindClose(search));
        assert_eq!(code(INVALID, || ovl_FindFirstStreamW(place.as_ptr(), 0, to, 0)), 38);
    }
}

/// FILE_ID_DESCRIPTOR.
#[repr(C)]
struct Descriptor(u32, u32, [u64; 2]);

#[test]
fn a_file_opens_by_its_number() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("sub")).unwrap();
    directory.file("sub/f", b"found");
    let hint = directory.open("", READ, OPEN_EXISTING, BACKUP);
    let mut information = ByHandleFileInformation::default();
    let inner = directory.open("sub/f", READ, OPEN_EXISTING, 0);
    // SAFETY: the structures are ours.
    unsafe {
        assert_eq!(ovl_GetFileInformationByHandle(inner.0, &mut information), 1);
        let number = u64::from(information.file_index_high) << 32 | u64::from(information.file_index_low);
        for kind in [0, 2] {
            let descriptor = Descriptor(24, kind, [number, 0]);
            let at = std::ptr::from_ref(&descriptor).cast();
            let file = File(ovl_OpenFileById(hint.0, at, READ, SHARE_ALL, null(), 0));
            assert_eq!(file.read(9), b"found");
        }
        let descriptor = Descriptor(24, 1, [number, 0]);
        let at = std::ptr::from_ref(&descriptor).cast();
        assert_eq!(code(INVALID, || ovl_OpenFileById(hint.0, at, READ, SHARE_ALL, null(), 0)), 87);
    }
}

const SET: u32 = 0x9_00A4;
const GET: u32 = 0x9_00A8;
const UNSET: u32 = 0x9_00AC;
const SYMLINK: u32 = 0xA000_000C;
const LINK_ITSELF: u32 = 0x0020_0000 | BACKUP;

fn control(file: &File, code: u32, input: &[u8], output: &mut [u8]) -> (i32, u32) {
    let mut bytes = 0;
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    let (from, to) = (input.as_ptr().cast::<c_void>(), output.as_mut_ptr().cast::<c_void>());
    // SAFETY: sizes are those of the buffers.
    let done = unsafe {
        ovl_DeviceIoControl(file.0, code, from, input.len() as u32, to, output.len() as u32, &mut bytes, null_mut())
    };
    (done, overlapped_win32::errhandlingapi::ovl_GetLastError())
}

fn symlink_data(target: &str) -> Vec<u8> {
    let name: Vec<u8> = target.encode_utf16().flat_map(u16::to_ne_bytes).collect();
    let len = name.len() as u16;
    let mut data = SYMLINK.to_ne_bytes().to_vec();
    for half in [12 + len, 0, 0, len, 0, len, 1, 0] {
        data.extend(half.to_ne_bytes());
    }
    data.extend(name);
    data
}

#[test]
fn an_empty_directory_becomes_a_link_and_back() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("target")).unwrap();
    directory.file("target/f", b"x");
    std::fs::create_dir(directory.path("link")).unwrap();
    {
        let full = directory.open("target", READ | WRITE, OPEN_EXISTING, LINK_ITSELF);
        assert_eq!(control(&full, SET, &symlink_data("link"), &mut []), (0, 145), "it has a file in it");
        let link = directory.open("link", READ | WRITE, OPEN_EXISTING, LINK_ITSELF);
        assert_eq!(control(&link, UNSET, &[SYMLINK.to_ne_bytes(), [0; 4]].concat(), &mut []), (0, 4390));
        assert_eq!(control(&link, SET, &symlink_data("target")[..9], &mut []), (0, 4392));
        assert_eq!(control(&link, SET, &symlink_data("target"), &mut []), (1, UNTOUCHED));
    }
    assert_eq!(directory.content("link/f"), b"x");
    {
        let link = directory.open("link", READ | WRITE, OPEN_EXISTING, LINK_ITSELF);
        assert_eq!(control(&link, GET, &[], &mut [0; 200]).0, 1);
        assert_eq!(control(&link, UNSET, &[1, 0, 0, 0, 0, 0, 0, 0], &mut []), (0, 4394));
        assert_eq!(control(&link, UNSET, &[SYMLINK.to_ne_bytes(), [0; 4]].concat(), &mut []), (1, UNTOUCHED));
    }
    assert!(std::fs::symlink_metadata(directory.path("link")).unwrap().is_dir());
    assert_eq!(std::fs::read_dir(directory.path("")).unwrap().count(), 2, "nothing is left beside");
}

#[test]
fn what_is_not_empty_or_in_the_way_of_others_becomes_no_link() {
    let directory = Directory::new();
    directory.file("full", b"data");
    directory.file("empty", b"");
    let (full, empty) =
        (directory.open("full", BOTH, OPEN_EXISTING, 0), directory.open("empty", BOTH, OPEN_EXISTING, 0));
    assert_eq!(control(&full, SET, &symlink_data("target"), &mut []), (0, 50), "its data would be lost");
    assert_eq!(directory.content("full"), b"data");
    let name = directory.name("empty");
    {
        // SAFETY: the name ends with a zero.
        let other =
            unsafe { overlapped_win32::fileapi::ovl_CreateFileA(bytes(&name), READ, 3, null(), OPEN_EXISTING, 0, 0) };
        let _other = File(other);
        assert_eq!(control(&empty, SET, &symlink_data("target"), &mut []), (0, 32), "it would lose the name");
    }
    assert_eq!(std::fs::read_dir(directory.path("")).unwrap().count(), 2, "nothing is left beside");
    assert_eq!(control(&empty, SET, &symlink_data("target"), &mut []), (1, UNTOUCHED));
    assert!(directory.path("empty").is_symlink());
}

#[derive(Default)]
struct Told {
    kinds: Vec<u32>,
    action: i32,
}

unsafe extern "C" fn follow(message: *const CopyFile2Message, context: *mut c_void) -> i32 {
    // SAFETY: a message begins with its kind, and the context is ours.
    unsafe {
        let told = &mut *context.cast::<Told>();
        told.kinds.push(message.cast::<u32>().read());
        told.action
    }
}

/// COPYFILE2_EXTENDED_PARAMETERS.
#[repr(C)]
struct Parameters(u32, u32, *const i32, CopyFile2Routine, *mut Told);

#[test]
fn a_copy_is_followed_by_messages_that_can_end_it() {
    let directory = Directory::new();
    directory.file("from", &[7; 70_000]);
    let (from, to) = (directory.wide("from"), directory.wide("to"));
    let copy = |told: &mut Told, flags| {
        let parameters = Parameters(32, flags, null(), Some(follow), told);
        // SAFETY: names end with zeros, and the structure has this layout.
        unsafe { ovl_CopyFile2(from.as_ptr(), to.as_ptr(), std::ptr::from_ref(&parameters).cast()) }
    };
    let mut told = Told::default();
    assert_eq!(copy(&mut told, 0), 0);
    assert_eq!((told.kinds[0], told.kinds.last()), (3, Some(&4)), "{:?}", told.kinds);
    assert!(told.kinds[1..told.kinds.len() - 1].iter().all(|kind| *kind == 2) && told.kinds.len() > 2);
    assert_eq!(directory.content("to").len(), 70_000);
    assert_eq!(copy(&mut told, 1), 0x8007_0050, "the target exists");
    assert_eq!(copy(&mut Told::default(), 0x3EC4_E00E | 0x2), 0, "hints");
    assert_eq!(copy(&mut Told::default(), 0x800), 0, "COPY_SYMLINK of what is no link");
    for flag in [0x20_0000, 0x80, 0x10] {
        assert_eq!(copy(&mut Told::default(), flag), 0x8007_0057, "{flag:#x}");
    }
    for (action, answer) in [(1, 0x8007_04D3), (4, 0x8007_0BEA)] {
        assert_eq!(copy(&mut Told { action, ..Told::default() }, 0), answer);
    }
    let mut quiet = Told { action: 3, ..Told::default() };
    assert_eq!((copy(&mut quiet, 0), quiet.kinds), (0, vec![3]));
    // SAFETY: names end with zeros.
    assert_eq!(unsafe { ovl_CopyFile2(directory.wide("none").as_ptr(), to.as_ptr(), null()) }, 0x8007_0002);
}

#[test]
fn a_move_with_progress_is_a_move() {
    let directory = Directory::new();
    let (from, to) = (directory.file("from", b"1"), directory.name("to"));
    // SAFETY: names end with zeros.
    granted(|| unsafe { ovl_MoveFileWithProgressA(bytes(&from), bytes(&to), None, null_mut(), 2) });
    assert_eq!(directory.content("to"), b"1");
}

#[test]
fn changes_are_told_with_sizes_and_numbers() {
    let directory = Directory::new();
    let watched = directory.open("", READ, OPEN_EXISTING, BACKUP | OVERLAPPED);
    let mut records = vec![0u64; 512];
    let to: *mut c_void = records.as_mut_ptr().cast();
    let mut block = overlapped_abi::Overlapped::default();
    // SAFETY: buffer and OVERLAPPED live until the request is complete.
    unsafe {
        let call = |to, block: *mut _, class| {
            ovl_ReadDirectoryChangesExW(watched.0, to, 4096, 0, 1 | 8, null_mut(), block, None, class)
        };
        assert_eq!(refused(|| call(to, &mut block, 3)), 87);
        assert_eq!(refused(|| call(to.wrapping_byte_add(2), &mut block, 2)), 998);
        granted(|| call(to, &raw mut block, 2));
        std::fs::write(directory.path("new"), b"12345").unwrap();
        let mut bytes = 0;
        granted(|| overlapped_win32::ioapiset::ovl_GetOverlappedResult(watched.0, &mut block, &mut bytes, 1));
        assert!(bytes >= 90);
    }
    let word = |at: usize| (records[at / 8] >> (at % 8 * 8)) as u32;
    let inode = |path: &str| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(directory.path(path)).unwrap());
    assert_eq!((word(4), word(80)), (1, 6), "added, and a name of three units");
    assert_eq!((records[8], records[9]), (inode("new"), inode("")));
    assert_ne!(records[1], 0, "the time of its creation");
}

#[test]
fn a_listing_has_numbers_of_128_bits() {
    let directory = Directory::new();
    directory.file("only", b"123");
    let listed = directory.open("", READ, OPEN_EXISTING, BACKUP);
    let mut records = vec![0u64; 128];
    // SAFETY: the size is the buffer's.
    granted(|| unsafe { ovl_GetFileInformationByHandleEx(listed.0, 20, records.as_mut_ptr().cast(), 1024) });
    let mut at = 0;
    let mut found = false;
    loop {
        let name_length = (records[at / 8 + 7] >> 32) as usize;
        let name = (0..name_length / 2).map(|n| (records[at / 8 + 11 + n / 4] >> (n % 4 * 16)) as u16);
        if String::from_utf16_lossy(&name.collect::<Vec<_>>()) == "only" {
            let inode = std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(directory.path("only")).unwrap());
            assert_eq!((records[at / 8 + 5], records[at / 8 + 9], records[at / 8 + 10]), (3, inode, 0));
            found = true;
        }
        match records[at / 8] as u32 as usize {
            0 => break,
            next => at += next,
        }
    }
    assert!(found);
}
