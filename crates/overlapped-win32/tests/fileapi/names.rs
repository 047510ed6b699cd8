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
fn dots_and_blanks_at_the_end_of_a_name_are_dropped_with_what_is_nothing_else() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("d")).unwrap();
    directory.file("f", b"1");
    let wide = |name| directory.wide(name);
    // SAFETY: the names end with zeros.
    unsafe {
        for name in ["d\\...", "d\\ ", "d\\. .", "d\\.. ", "d\\....", "d. ."] {
            assert_eq!(code(0x10, || ovl_GetFileAttributesW(wide(name).as_ptr())), UNTOUCHED, "{name:?}");
        }
        // The separator before it stays, and only directories end in one.
        for name in ["f\\...", "f\\ ", "f\\. ."] {
            assert_eq!(code(INVALID_ATTRIBUTES, || ovl_GetFileAttributesW(wide(name).as_ptr())), 123, "{name:?}");
            assert_eq!(refused(|| ovl_DeleteFileW(wide(name).as_ptr())), 123, "{name:?}");
        }
        for blank in [c" ", c"   "] {
            let code = code(INVALID_ATTRIBUTES, || ovl_GetFileAttributesA(blank.as_ptr().cast()));
            assert_eq!(code, 3, "no name at all");
        }
        assert_eq!(refused(|| ovl_CreateDirectoryW(wide("d\\...").as_ptr(), null())), 183);
        granted(|| ovl_CreateDirectoryW(wide("new\\...").as_ptr(), null()));
        assert!(directory.path("new").is_dir());
        // Behind this prefix they are a name.
        let verbatim = |name: &str| {
            let path = directory.path(name).display().to_string().replace('/', "\\");
            super::common::wide(&format!(r"\\?\C:{path}"))
        };
        granted(|| ovl_CreateDirectoryW(verbatim("d/...").as_ptr(), null()));
        assert!(directory.path("d/...").is_dir());
        granted(|| ovl_RemoveDirectoryW(verbatim("d/...").as_ptr()));
        directory.file("d/. .", b"2");
        granted(|| ovl_DeleteFileW(verbatim("d/. .").as_ptr()));
    }
    assert_eq!(directory.content("f"), b"1");
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
fn names_of_devices_and_of_no_file_have_no_last_part() {
    let mut buffer = [0u8; 64];
    let mut ask = |name: &str| {
        let name = std::ffi::CString::new(name).unwrap();
        let mut part = null_mut();
        // SAFETY: the buffer has the size that is told.
        let len = unsafe { ovl_GetFullPathNameA(bytes(&name), 64, buffer.as_mut_ptr(), &mut part) } as usize;
        let start = (part as usize).wrapping_sub(buffer.as_ptr() as usize);
        (String::from_utf8(buffer[..len].to_vec()).unwrap(), (!part.is_null()).then_some(start))
    };
    assert_eq!(ask("nul.txt"), (r"\\.\nul".into(), None));
    assert_eq!(ask("COM1:"), (r"\\.\COM1".into(), None));
    assert_eq!(ask(r"\\.\COM1"), (r"\\.\COM1".into(), Some(4)));
    assert_eq!(ask(r"C:\a\.."), (r"C:\".into(), None));
    assert_eq!(ask(r"\\server\share"), (r"\\server\share".into(), Some(9)));
}

#[test]
fn a_long_name_is_spelled_as_in_its_directories() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("MiXed")).unwrap();
    directory.file("MiXed/Gr\u{fc}n.Txt", b"");
    let ask = |name: &[u16]| {
        let mut buffer = [0u16; 512];
        // SAFETY: the name ends with a zero, and the size is the buffer's.
        assert_ne!(unsafe { ovl_GetLongPathNameW(name.as_ptr(), buffer.as_mut_ptr(), 512) }, 0);
        until_zero(&buffer)
    };
    let whole = directory.wide("MiXed\\Gr\u{fc}n.Txt");
    assert_eq!(ask(&directory.wide("mixED\\GR\u{dc}N.tXT")), until_zero(&whole));
    assert_eq!(ask(&directory.wide("mixed\\.\\..\\MIXED\\")), until_zero(&directory.wide("MiXed\\.\\..\\MiXed\\")));
    let mut buffer = [0u16; 512];
    let len = whole.len() as u32;
    // SAFETY: as above; the buffer may be the name itself.
    unsafe {
        assert_eq!(ovl_GetLongPathNameW(whole.as_ptr(), buffer.as_mut_ptr(), len - 1), len);
        assert_eq!(ovl_GetLongPathNameW(whole.as_ptr(), buffer.as_mut_ptr(), len), len - 1);
        assert_eq!(ovl_GetLongPathNameW(buffer.as_ptr(), buffer.as_mut_ptr(), 512), len - 1);
    }
    assert_eq!(until_zero(&buffer), until_zero(&whole));
}

#[test]
fn a_file_whose_name_is_no_text_can_be_found_and_opened_by_the_w_functions() {
    use overlapped_win32::fileapi::find::*;
    use std::os::unix::ffi::OsStrExt;
    let directory = Directory::new();
    std::fs::write(directory.path("").join(std::ffi::OsStr::from_bytes(b"b\xE4d")), b"12").unwrap();
    let mut data = std::mem::MaybeUninit::<FindData<u16>>::zeroed();
    // SAFETY: names end with zeros, and a structure of numbers may be zero.
    let found = unsafe {
        let search = ovl_FindFirstFileW(directory.wide("b*").as_ptr(), data.as_mut_ptr());
        granted(|| ovl_FindClose(search));
        data.assume_init()
    };
    let mut name = directory.wide("");
    name.pop();
    name.extend(found.name.into_iter().take_while(|unit| *unit != 0).chain([0]));
    assert_eq!(found.name[..4], [0x62, 0xDCE4, 0x64, 0]);
    // SAFETY: the name ends with a zero.
    unsafe {
        assert_eq!(ovl_GetFileAttributesW(name.as_ptr()), 0x20);
        granted(|| ovl_DeleteFileW(name.as_ptr()));
    }
    assert_eq!(std::fs::read_dir(directory.path("")).unwrap().count(), 0);
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
