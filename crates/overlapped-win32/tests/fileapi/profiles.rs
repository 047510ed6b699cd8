//! Initialization files (`winbase.h`), as Windows answers about them.

use crate::common::*;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::profiles::*;
use std::ffi::CString;
use std::ptr::{null, null_mut};

const TEXT: &[u8] =
    b"; c\r\nloose=1\r\n[One]\r\nalpha = first \r\n; note\r\nBeta=\"quoted \"\r\nneg=-5\r\nhex=0x1F\r\nnovalue\r\n\
mix=12abc\r\nempty=\r\nsq='s q'\r\nalpha=second\r\n  ind = 3\r\n\r\n[ Two ] trailing\r\nk=v;c\r\n[One]\r\nlate=9\r\n";

struct Profile {
    _directory: Directory,
    name: CString,
}

fn profile() -> Profile {
    let directory = Directory::new();
    let name = directory.file("probe.ini", TEXT);
    Profile { _directory: directory, name }
}

fn text(value: Option<&str>) -> Option<CString> {
    value.map(|value| CString::new(value).expect("no zero in it"))
}

fn at(value: &Option<CString>) -> *const u8 {
    value.as_ref().map_or(null(), bytes)
}

impl Profile {
    /// What is told, and the buffer up to what was not written.
    fn string(&self, section: Option<&str>, key: Option<&str>, default: Option<&str>, size: u32) -> (u32, String) {
        let (section, key, default) = (text(section), text(key), text(default));
        let mut buffer = [b'#'; 256];
        // SAFETY: all texts end with zeros, and the buffer has more room than is told.
        let told = unsafe {
            let to = buffer.as_mut_ptr();
            ovl_GetPrivateProfileStringA(at(&section), at(&key), at(&default), to, size, bytes(&self.name))
        };
        (told, shown(&buffer))
    }

    fn write(&self, section: Option<&str>, key: Option<&str>, value: Option<&str>) -> i32 {
        let (section, key, value) = (text(section), text(key), text(value));
        // SAFETY: all texts end with zeros.
        unsafe { ovl_WritePrivateProfileStringA(at(&section), at(&key), at(&value), bytes(&self.name)) }
    }

    fn int(&self, key: &str) -> i32 {
        let key = text(Some(key));
        // SAFETY: all texts end with zeros.
        unsafe { ovl_GetPrivateProfileIntA(c"one".as_ptr().cast(), at(&key), 42, bytes(&self.name)) as i32 }
    }

    fn section(&self, size: u32) -> (u32, String) {
        let mut buffer = [b'#'; 256];
        // SAFETY: as above.
        let told = unsafe {
            ovl_GetPrivateProfileSectionA(c"ONE".as_ptr().cast(), buffer.as_mut_ptr(), size, bytes(&self.name))
        };
        (told, shown(&buffer))
    }
}

/// The buffer with bars for zeros, up to what nobody wrote.
fn shown(buffer: &[u8]) -> String {
    let end = buffer.iter().position(|byte| *byte == b'#').unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).replace('\0', "|")
}

/// A list of strings: an empty one ends it.
fn doubled(strings: &str) -> Vec<u8> {
    [strings.as_bytes(), b"\0\0"].concat()
}

#[test]
fn a_value_is_told_without_its_quotes_and_cut_to_the_room() {
    let profile = profile();
    let one = |key, size| profile.string(Some("one"), Some(key), Some("d"), size);
    assert_eq!(one("ALPHA", 200), (5, "first|".into()));
    assert_eq!(one("alpha", 4), (3, "fir|".into()));
    assert_eq!((one("alpha", 1), one("alpha", 0)), ((0, "|".into()), (0, String::new())));
    assert_eq!((one("beta", 200), one("sq", 200)), ((7, "quoted |".into()), (3, "s q|".into())));
    assert_eq!((one("empty", 200), one("novalue", 200)), ((0, "|".into()), (1, "d|".into())));
    assert_eq!(one("late", 200), (1, "d|".into()), "only the first section of a name counts");
    assert_eq!(profile.string(Some("two"), Some("k"), None, 200), (3, "v;c|".into()));
    assert_eq!(profile.string(Some("one"), Some("none"), Some("def  "), 200), (3, "def|".into()));
    assert_eq!(profile.string(Some("one"), Some("none"), None, 200), (0, "|".into()));
    assert_eq!(profile.string(Some(""), Some("loose"), None, 200), (1, "1|".into()));
}

#[test]
fn sections_and_keys_are_listed() {
    let profile = profile();
    assert_eq!(profile.string(None, None, Some("d"), 200), (12, "One|Two|One||".into()));
    let keys = "alpha|Beta|neg|hex|mix|empty|sq|alpha|ind||";
    assert_eq!(profile.string(Some("one"), None, Some("d"), 200), (42, keys.into()));
    assert_eq!(profile.string(Some("one"), None, Some("d"), 10), (8, "alpha|Be||".into()));
    assert_eq!(profile.string(Some("nosec"), None, Some("d"), 200), (1, "d|".into()));
    let all = "alpha=first|Beta=\"quoted \"|neg=-5|hex=0x1F|novalue|mix=12abc|empty=|sq='s q'|alpha=second|ind=3||";
    assert_eq!(profile.section(200), (96, all.into()));
    assert_eq!(profile.section(10), (8, "alpha=fi||".into()));
    let mut wide = [7u16; 32];
    let name: Vec<u16> = profile.name.to_str().unwrap().encode_utf16().chain([0]).collect();
    // SAFETY: the name ends with a zero, and the size is the buffer's.
    assert_eq!(unsafe { ovl_GetPrivateProfileSectionNamesW(wide.as_mut_ptr(), 32, name.as_ptr()) }, 12);
    assert_eq!(String::from_utf16_lossy(&wide[..13]), "One\0Two\0One\0\0");
}

#[test]
fn numbers_are_read_as_far_as_they_go() {
    let profile = profile();
    let keys = ["neg", "hex", "mix", "empty", "novalue", "none", "alpha"];
    assert_eq!(keys.map(|key| profile.int(key)), [-5, 31, 12, 42, 42, 42, 0]);
}

#[test]
fn writing_changes_only_what_it_is_about() {
    let profile = profile();
    for (section, key, value) in [
        ("one", Some("alpha"), Some("new")),
        ("one", Some("added"), Some("x y")),
        ("three", Some("k"), Some("v")),
        ("one", Some("neg"), None),
        ("one", Some("absent"), None),
        ("two", None, None),
    ] {
        assert_eq!(profile.write(Some(section), key, value), 1);
    }
    let name = bytes(&profile.name);
    // SAFETY: all texts end with zeros, lists with two.
    unsafe {
        granted(|| ovl_WritePrivateProfileSectionA(c"four".as_ptr().cast(), doubled("a=1\0b=2").as_ptr(), name));
        granted(|| ovl_WritePrivateProfileSectionA(c"three".as_ptr().cast(), doubled("z=1").as_ptr(), name));
    }
    let expected = "; c\r\nloose=1\r\n[One]\r\nalpha=new\r\n; note\r\nBeta=\"quoted \"\r\nhex=0x1F\r\nnovalue\r\nmix=12abc\r\nempty=\r\n\
        sq='s q'\r\nalpha=second\r\n  ind = 3\r\nadded=x y\r\n\r\n[One]\r\nlate=9\r\n[three]\r\nz=1\r\n[four]\r\na=1\r\nb=2\r\n";
    assert_eq!(std::fs::read_to_string(profile.name.to_str().unwrap()).unwrap(), expected);
    assert_eq!(refused(|| profile.write(None, Some("a"), Some("b"))), 2);
    assert_eq!(refused(|| profile.write(None, None, None)), 0, "there is nothing to write back");
}

#[test]
fn structures_are_kept_with_their_sum() {
    let profile = profile();
    let (name, section, key) = (bytes(&profile.name), c"four".as_ptr().cast(), c"st".as_ptr().cast());
    let (written, mut read) = ([1u32, 0x7FFF_FFFF], [0u32; 2]);
    let to = read.as_mut_ptr().cast();
    // SAFETY: texts end with zeros, and sizes are those of the buffers.
    unsafe {
        granted(|| ovl_WritePrivateProfileStructA(section, key, written.as_ptr().cast(), 8, name));
        granted(|| ovl_GetPrivateProfileStructA(section, key, to, 8, name));
        assert_eq!(refused(|| ovl_GetPrivateProfileStructA(section, key, to, 4, name)), 24);
    }
    assert_eq!(read, written);
    assert_eq!(profile.string(Some("four"), Some("st"), None, 200).1, "01000000FFFFFF7F7D|");
    profile.write(Some("four"), Some("st"), Some("01000000FFFFFF7F7E"));
    // SAFETY: as above.
    assert_eq!(refused(|| unsafe { ovl_GetPrivateProfileStructA(section, key, to, 8, name) }), 13);
}

#[test]
fn a_file_that_is_missing_gives_the_defaults_and_an_error() {
    let directory = Directory::new();
    let name = directory.name("none/none.ini");
    let mut buffer = [0u8; 16];
    let (key, default) = (c"k".as_ptr().cast(), c"d".as_ptr().cast());
    let to = buffer.as_mut_ptr();
    // SAFETY: texts end with zeros, and the size is the buffer's.
    unsafe {
        assert_eq!(code(1, || ovl_GetPrivateProfileStringA(key, key, default, to, 16, bytes(&name))), 3);
        assert_eq!(refused(|| ovl_WritePrivateProfileStringA(key, key, default, bytes(&name))), 3);
        let name = directory.name("new.ini");
        assert_eq!(code(1, || ovl_GetPrivateProfileStringA(key, key, default, to, 16, bytes(&name))), 2);
        granted(|| ovl_WritePrivateProfileStringA(key, key, default, bytes(&name)));
        assert_eq!(code(0, || ovl_GetPrivateProfileSectionA(c"x".as_ptr().cast(), null_mut(), 0, bytes(&name))), 2);
        assert_eq!(code(0, || ovl_GetPrivateProfileSectionA(c"k".as_ptr().cast(), null_mut(), 0, bytes(&name))), 234);
    }
    assert_eq!(directory.content("new.ini"), b"[k]\r\nk=d\r\n");
}

#[test]
fn writers_lose_nothing_of_each_other() {
    let profile = profile();
    std::thread::scope(|s| {
        for n in 0..4 {
            let profile = &profile;
            s.spawn(move || {
                for m in 0..20 {
                    assert_eq!(profile.write(Some("many"), Some(&format!("k{n}-{m}")), Some("v")), 1);
                }
            });
        }
    });
    let written = std::fs::read_to_string(profile.name.to_str().unwrap()).unwrap();
    assert_eq!(written.lines().filter(|line| line.starts_with('k') && line.ends_with("=v")).count(), 80);
}

#[test]
fn the_last_error_tells_a_value_from_a_default_and_from_a_part() {
    let profile = profile();
    let string = |section, key, size| {
        ovl_SetLastError(UNTOUCHED);
        let told = profile.string(section, key, Some("d"), size).0;
        (told, ovl_GetLastError())
    };
    assert_eq!(string(Some("one"), Some("alpha"), 6), (5, 0));
    assert_eq!(string(Some("one"), Some("alpha"), 5), (4, 234));
    assert_eq!(string(Some("one"), Some("alpha"), 0), (0, 234));
    assert_eq!(string(Some("one"), Some("none"), 9), (1, 2), "the default");
    assert_eq!(string(Some("none"), None, 9), (1, 2));
    assert_eq!((string(None, None, 13), string(None, None, 12)), ((12, 0), (10, 234)));
    assert_eq!((string(None, None, 2), string(None, None, 1)), ((0, 234), (0, 234)));
    assert_eq!((code(5, || profile.int("ind") as u32 + 2), code(42, || profile.int("none") as u32)), (0, 2));
    let section = |size| code(0, || profile.section(size).0);
    assert_eq!((section(2), section(1), section(0)), (234, 234, 234));
    assert_eq!(code(96, || profile.section(97).0), 0);
    assert_eq!(code(94, || profile.section(96).0), 234);
}

#[test]
fn a_list_of_nothing_ends_as_other_lists_do() {
    let profile = profile();
    std::fs::write(profile.name.to_str().unwrap(), "[One]\r\n; nothing\r\n").expect("written");
    assert_eq!((profile.section(9), profile.section(2)), ((0, "||".into()), (0, "||".into())));
    assert_eq!(profile.string(Some("one"), None, Some("d"), 9), (0, "||".into()), "a section without keys");
    std::fs::write(profile.name.to_str().unwrap(), "").expect("written");
    assert_eq!(profile.string(None, None, Some("d"), 9), (0, "||".into()));
    assert_eq!(ovl_GetLastError(), 0, "there is such a file");
}

#[test]
fn a_new_value_leaves_its_key_as_it_is_spelled() {
    let profile = profile();
    assert_eq!(profile.write(Some("ONE"), Some("BETA"), Some("2")), 1);
    let text = std::fs::read_to_string(profile.name.to_str().unwrap()).expect("read");
    assert!(text.contains("\nBeta=2\r\n"), "{text}");
}

#[test]
fn who_reads_while_others_write_sees_all_of_a_change() {
    let profile = profile();
    let long = |unit: &str| unit.repeat(20_000);
    std::thread::scope(|s| {
        let written = s.spawn(|| {
            for n in 0..400 {
                let value = if n % 2 == 0 { "" } else { "y" };
                assert_eq!(profile.write(Some("one"), Some("alpha"), Some(&long(value))), 1);
            }
        });
        while !written.is_finished() {
            // Behind the value that is now short, now long.
            assert_eq!(profile.string(Some("two"), Some("k"), Some("gone"), 200).1, "v;c|");
        }
    });
}
