use super::{parts::*, paths::*, strings::*};
use crate::support::last_error;
use std::ffi::{CStr, CString};

fn changed(text: &str, change: impl FnOnce(*mut u8)) -> String {
    let mut room = [0u8; 300];
    room[..text.len()].copy_from_slice(text.as_bytes());
    change(room.as_mut_ptr());
    CStr::from_bytes_until_nul(&room).unwrap().to_str().unwrap().into()
}

fn c(text: &str) -> CString {
    CString::new(text).unwrap()
}

#[test]
fn names_are_put_together_and_taken_apart() {
    for (directory, file, all) in [
        ("C:\\a", "b", "C:\\a\\b"),
        ("C:\\a\\", "..\\b.txt", "C:\\b.txt"),
        ("C:\\a", "\\b", "C:\\b"),
        ("C:\\a", "D:\\b", "D:\\b"),
        ("C:\\", "..\\..\\b", "C:\\b"),
        ("a", ".\\b\\.\\c", "a\\b\\c"),
        ("/tmp", "x", "/tmp\\x"),
    ] {
        let (d, f) = (c(directory), c(file));
        // SAFETY: strings, and room for 260.
        let joined = changed("", |to| unsafe { _ = ovl_PathCombineA(to, d.as_ptr().cast(), f.as_ptr().cast()) });
        assert_eq!(joined, all, "{directory} {file}");
    }
    for (name, directory, file, extension) in [
        ("C:\\a\\b.txt", "C:\\a", "b.txt", ".txt"),
        ("C:\\b.txt", "C:\\", "b.txt", ".txt"),
        ("b", "", "b", ""),
        ("/tmp/x.d/y", "/tmp/x.d", "y", ""),
        ("/x", "/", "x", ""),
    ] {
        let text = c(name);
        // SAFETY: strings, and room for 260.
        unsafe {
            assert_eq!(changed(name, |text| _ = ovl_PathRemoveFileSpecA(text)), directory, "{name}");
            let found = CStr::from_ptr(ovl_PathFindFileNameA(text.as_ptr().cast()).cast());
            assert_eq!(found.to_str().unwrap(), file);
            let found = CStr::from_ptr(ovl_PathFindExtensionA(text.as_ptr().cast()).cast());
            assert_eq!(found.to_str().unwrap(), extension);
            assert_eq!(changed(name, |text| ovl_PathStripPathA(text)), file);
        }
    }
    // SAFETY: strings, and room for 260.
    unsafe {
        let long = c(&"x".repeat(300));
        let refused = changed("C:\\", |to| assert_eq!(ovl_PathAppendA(to, long.as_ptr().cast()), 0));
        assert_eq!(refused, "C:\\");
        assert_eq!(changed("a b", |text| assert_eq!(ovl_PathQuoteSpacesA(text), 1)), "\"a b\"");
        assert_eq!(changed("\"a b\"", |text| assert_eq!(ovl_PathUnquoteSpacesA(text), 1)), "a b");
        assert_eq!(changed("C:\\a", |text| _ = ovl_PathAddBackslashA(text)), "C:\\a\\");
        assert_eq!(changed("C:\\", |text| _ = ovl_PathRemoveBackslashA(text)), "C:\\");
        let extension = c(".log");
        assert_eq!(changed("a.txt", |text| _ = ovl_PathRenameExtensionA(text, extension.as_ptr().cast())), "a.log");
        assert_eq!(changed("a", |text| _ = ovl_PathAddExtensionA(text, std::ptr::null())), "a.exe");
        let relative = |name: &str| ovl_PathIsRelativeA(c(name).as_ptr().cast());
        assert_eq!(["a\\b", "C:\\a", "\\a", "/a", "\\\\s\\x"].map(relative), [1, 0, 0, 0, 0]);
        let unc = |name: &str| ovl_PathIsUNCA(c(name).as_ptr().cast());
        let names = [r"\\s\x", r"\\s", r"\\", r"\\?\UNC\s\x", r"\\?\unc\", r"\\?\C:\x", r"\s", "C:\\x", ""];
        assert_eq!(names.map(unc), [1, 1, 1, 1, 1, 0, 0, 0, 0]);
        let matched =
            |(name, pattern): (&str, &str)| ovl_PathMatchSpecA(c(name).as_ptr().cast(), c(pattern).as_ptr().cast());
        let cases =
            [("a.TXT", "*.txt"), ("a.c", "*.h; *.c"), ("abc", "a?c"), ("abc", "a*d"), ("abcbd", "a*bd"), ("x", "*.*")];
        assert_eq!(cases.map(matched), [1, 1, 1, 0, 1, 1]);
    }
}

#[test]
fn roots_stay_and_going_up_ends_at_them() {
    // A name; then without its last component, without `.` and `..`, and its root.
    for (name, directory, canonical, root) in [
        ("", "", "\\", ""),
        (r"\", r"\", r"\", r"\"),
        ("C:", "C:", r"C:\", "C:"),
        (r"C:\", r"C:\", r"C:\", r"C:\"),
        (r"C:\a\", r"C:\a", r"C:\a\", r"C:\"),
        (r"C:a", "C:", "C:a", "C:"),
        (r"C:\\a", r"C:\", r"C:\\a", r"C:\"),
        (r"a\\b", r"a\", r"a\\b", ""),
        (r"\a", r"\", r"\a", r"\"),
        (r"\\", r"\\", r"\\", r"\\"),
        (r"\\server", r"\\", r"\\server", r"\\server"),
        (r"\\server\", r"\\server", r"\\server\", r"\\server\"),
        (r"\\server\share", r"\\server", r"\\server\share", r"\\server\share"),
        (r"\\server\share\", r"\\server\share", r"\\server\share\", r"\\server\share"),
        (r"\\server\share\a\b", r"\\server\share\a", r"\\server\share\a\b", r"\\server\share"),
        (r"\\server\share\..\..\a", r"\\server\share\..\..", r"\\server\a", r"\\server\share"),
        (r"\\?\C:\a", r"\\?\C:\", r"\\?\C:\a", r"\\?\C:\"),
        (r"\\?\C:\", r"\\?\C:\", r"\\?\C:\", r"\\?\C:\"),
        (r"\\.\COM1", r"\\.", r"\\.\COM1", r"\\.\COM1"),
        (".", "", ".", ""),
        ("..", "", "..", ""),
        (r"a\..", "a", r"\", ""),
        (r"a\..\b", r"a\..", r"\b", ""),
        (r"..\a", "..", r"..\a", ""),
        (r"..\..\a", r"..\..", r"\a", ""),
        (r".\a", ".", "a", ""),
        (r"C:\..\a", r"C:\..", r"C:\a", r"C:\"),
        (r"C:\a\b\..\..\..\c", r"C:\a\b\..\..\..", r"C:\c", r"C:\"),
        ("/tmp/x", "/tmp", "/tmp/x", "/"),
    ] {
        let text = c(name);
        // SAFETY: strings, and room for 260.
        unsafe {
            assert_eq!(changed(name, |text| _ = ovl_PathRemoveFileSpecA(text)), directory, "{name}");
            assert_eq!(changed("", |to| _ = ovl_PathCanonicalizeA(to, text.as_ptr().cast())), canonical, "{name}");
            assert_eq!(changed(name, |text| _ = ovl_PathStripToRootA(text)), root, "{name}");
        }
    }
    let roots = [r"\", r"C:\", r"\\", r"\\s", r"\\s\", r"\\s\x", r"\\s\x\", r"\\?\C:\", "C:", "a", "", "/"];
    // SAFETY: strings.
    let root = |name: &str| unsafe { ovl_PathIsRootA(c(name).as_ptr().cast()) };
    assert_eq!(roots.map(root), [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn components_arguments_and_kinds_of_names() {
    // SAFETY: a string, and a place inside it or NULL.
    let place = |find: unsafe extern "C" fn(*const u8) -> *const u8, name: &str| unsafe {
        let text = c(name);
        let found = find(text.as_ptr().cast());
        if found.is_null() { -1 } else { found.offset_from(text.as_ptr().cast()) }
    };
    let names = ["", r"\", "C:", r"C:\a", r"C:\\a", r"a\b", "a", r"\\s\x\y", r"\\s\x", r"\\?\C:\a", r"\\?\UNC\s\x\y"];
    assert_eq!(names.map(|name| place(ovl_PathFindNextComponentA, name)), [-1, 1, 2, 3, 4, 2, 1, 2, 2, 2, 2]);
    assert_eq!(names.map(|name| place(ovl_PathSkipRootA, name)), [-1, -1, -1, 3, 3, -1, -1, 6, -1, 7, 12]);
    let lines = ["", "a", "a b", "\"a b\" c", " a", "a "];
    assert_eq!(lines.map(|line| place(ovl_PathGetArgsA, line)), [0, 1, 2, 6, 1, 2]);
    // SAFETY: strings.
    unsafe {
        assert_eq!(
            lines.map(|line| changed(line, |text| ovl_PathRemoveArgsA(text))),
            ["", "a", "a", "\"a b\"", "", "a"]
        );
        assert_eq!(
            ["", " ", "  a b ", "a"].map(|line| changed(line, |text| ovl_PathRemoveBlanksA(text))),
            ["", "", "a b", "a"]
        );
        let is = |what: unsafe extern "C" fn(*const u8) -> i32, name: &str| what(c(name).as_ptr().cast());
        let names = ["a", r"a\b", "C:", r"\\s", r"\\s\x", r"\\s\x\y", "http://x", "a:b"];
        assert_eq!(names.map(|name| is(ovl_PathIsFileSpecA, name)), [1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(names.map(|name| is(ovl_PathIsUNCServerA, name)), [0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(names.map(|name| is(ovl_PathIsUNCServerShareA, name)), [0, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(names.map(|name| is(ovl_PathIsURLA, name)), [0, 0, 0, 0, 0, 0, 1, 0]);
    }
}

#[test]
fn what_two_names_share_and_the_way_between_them() {
    for (one, other, shared, way) in [
        (r"C:\a\b", r"c:\A\c", r"C:\a", Some(r"..\c")),
        (r"C:\a", r"C:\a\b\c", r"C:\a", Some(r".\b\c")),
        (r"C:\a", r"C:\a", r"C:\a", Some(".")),
        (r"C:\a", r"C:\b", r"C:\", Some(r"..\b")),
        (r"C:\ab", r"C:\abc", r"C:\", Some(r"..\abc")),
        (r"C:\a", r"D:\a", "", None),
        (r"\\s\x\a", r"\\s\x\b", r"\\s\x", Some(r"..\b")),
        (r"\\s\x", r"\s\x", "", None),
        (r"a\b\c", r"a\d", "a", Some(r"..\..\d")),
    ] {
        let (a, b) = (c(one), c(other));
        // SAFETY: strings, and room for 260.
        unsafe {
            let common = changed("x", |to| {
                assert_eq!(
                    ovl_PathCommonPrefixA(a.as_ptr().cast(), b.as_ptr().cast(), to),
                    shared.len() as i32,
                    "{one} {other}"
                );
            });
            assert_eq!(common, shared, "{one} {other}");
            let found = changed("x", |to| {
                let found = ovl_PathRelativePathToA(to, a.as_ptr().cast(), 0x10, b.as_ptr().cast(), 0);
                assert_eq!(found, way.is_some().into(), "{one} {other}");
            });
            assert_eq!(found, way.unwrap_or(""), "{one} {other}");
            assert_eq!(
                ovl_PathIsPrefixA(a.as_ptr().cast(), b.as_ptr().cast()),
                (shared == one).into(),
                "{one} {other}"
            );
        }
    }
    // SAFETY: strings, and room for 260.
    unsafe {
        let (file, beside) = (c(r"C:\a\b.txt"), c(r"C:\a\c.txt"));
        let way =
            changed("", |to| _ = ovl_PathRelativePathToA(to, file.as_ptr().cast(), 0x80, beside.as_ptr().cast(), 0x80));
        assert_eq!(way, r".\c.txt");
        let same = |a: &str, b: &str| ovl_PathIsSameRootA(c(a).as_ptr().cast(), c(b).as_ptr().cast());
        assert_eq!(
            (same(r"C:\a", r"c:\b"), same(r"C:\a", r"D:\a"), same(r"\\s\x\a", r"\\s\x\b"), same("a", "a")),
            (1, 0, 1, 0)
        );
    }
}

#[test]
fn what_is_there_is_said_to_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("f");
    std::fs::write(&file, "").unwrap();
    let name = |path: &std::path::Path| c(path.to_str().unwrap());
    // SAFETY: strings.
    unsafe {
        let (here, file, none) = (name(directory.path()), name(&file), name(&directory.path().join("g")));
        assert_eq!((ovl_PathFileExistsA(file.as_ptr().cast()), ovl_PathIsDirectoryA(file.as_ptr().cast())), (1, 0));
        assert_eq!((ovl_PathFileExistsA(here.as_ptr().cast()), ovl_PathIsDirectoryA(here.as_ptr().cast())), (1, 0x10));
        assert_eq!((ovl_PathFileExistsA(none.as_ptr().cast()), last_error()), (0, 2));
    }
}

#[test]
fn text_is_found_and_read() {
    // SAFETY: strings.
    unsafe {
        let text = c("Hello, World");
        let at = |found: *const u8| if found.is_null() { -1 } else { found.offset_from(text.as_ptr().cast()) };
        let part = c("WORLD");
        assert_eq!(at(ovl_StrStrIA(text.as_ptr().cast(), part.as_ptr().cast())), 7);
        assert_eq!(at(ovl_StrStrA(text.as_ptr().cast(), part.as_ptr().cast())), -1);
        assert_eq!(at(ovl_StrChrA(text.as_ptr().cast(), b'o'.into())), 4);
        assert_eq!(at(ovl_StrRChrA(text.as_ptr().cast(), std::ptr::null(), b'o'.into())), 8);
        let number = |text: &str| ovl_StrToIntA(c(text).as_ptr().cast());
        assert_eq!(["42x", " -7", "x", "0x10"].map(number), [42, -7, 0, 0]);
        let mut value = 0;
        assert_eq!((ovl_StrToIntExA(c("0x10").as_ptr().cast(), 1, &mut value), value), (1, 16));
        let unwanted = c(" .");
        assert_eq!(changed(" a b. ", |text| assert_eq!(ovl_StrTrimA(text, unwanted.as_ptr().cast()), 1)), "a b");
        assert_eq!(ovl_StrCmpNIA(c("ABx").as_ptr().cast(), c("aby").as_ptr().cast(), 2), 0);
        // Words, not codes: a small letter comes before its capital, and both before the next letter.
        let order = |first: &str, second: &str| ovl_StrCmpNA(c(first).as_ptr().cast(), c(second).as_ptr().cast(), 9);
        assert_eq!([order("Hello", "hello"), order("a", "B"), order("b", "A"), order("x", "x")], [1, -1, 1, 0]);
    }
}
