//! Contract 01 §2.5: the failures that the name alone decides.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::*;

#[test]
fn the_empty_name_gives_3() {
    assert_eq!(code(""), Win32Error::PATH_NOT_FOUND);
}

#[test]
fn wildcards_and_illegal_characters_give_123() {
    for bad in "*?<>|\"\u{1}\u{1f}\t\n".chars() {
        for stem in [r"C:\dir\a", r"\a", "C:a", r"dir\a", "a", r"\\fileserver\public\a", r"\\.\C:\a", r"\\?\C:\a"] {
            let name = format!("{stem}{bad}b");
            assert_eq!(code(&name), Win32Error::INVALID_NAME, "{name:?}");
        }
    }
}

#[test]
fn a_zero_byte_gives_123_in_every_form() {
    for name in ["/a\0b", "a\0b", "C:\\a\0", "\\\\.\\pipe\\a\0b", "\0"] {
        assert_eq!(code(name), Win32Error::INVALID_NAME, "{name:?}");
    }
}

#[test]
fn a_colon_asks_for_a_stream_and_gives_123() {
    for name in [r"C:\file:stream", r"C:\file::$DATA", "file:stream", "1:x", r"\\?\C:\a:b", "C:D:x"] {
        assert_eq!(code(name), Win32Error::INVALID_NAME, "{name:?}");
        assert!(matches!(resolve(name), Err(NameError::AlternateStream { .. })));
    }
}

#[test]
fn a_component_of_dots_and_spaces_gives_123_before_others_and_is_dropped_at_the_end() {
    for name in [r"C:\a\...\b", r"C:\.. \b", r"C:\...\", r" \b", r"\\.\C:\a\...\b"] {
        assert_eq!(code(name), Win32Error::INVALID_NAME, "{name:?}");
    }
    for (name, path) in
        [(r"C:\a\...", "/a"), (r"C:\a\. .", "/a"), (r"C:\ ", "/"), (r"C:\a\.. ", "/a"), ("... ", "/home/u")]
    {
        let found = file(name);
        assert_eq!(found.path.as_os_str(), path, "{name:?}");
        assert!(found.trailing_separator, "{name:?} ends as directories do");
    }
    for blank in [" ", "   "] {
        assert_eq!(code(blank), Win32Error::PATH_NOT_FOUND, "no name at all");
    }
}

#[test]
fn a_trailing_separator_is_reported_to_the_opener() {
    for name in [
        r"C:\dir\",
        "C:/dir/",
        r"dir\",
        "dir/",
        "/dir/",
        r"C:\",
        r"\",
        "/",
        r"\\.\C:\",
        r"\\?\C:\",
        r"\\fileserver\public\",
    ] {
        assert!(file(name).trailing_separator, "{name:?}");
    }
    for name in [r"C:\dir", "dir", "/dir", "C:", r"C:\dir\.", r"\\fileserver\public"] {
        assert!(!file(name).trailing_separator, "{name:?}");
    }
    assert_eq!(file(r"C:\dir\").path, Path::new("/dir"));
}

#[test]
fn a_bare_drive_is_its_current_directory() {
    let bare = file("C:");
    assert!(bare.bare_drive);
    assert_eq!(bare.path, Path::new("/home/u"));
    assert_eq!(bare.drive, Some(DriveLetter::C));
    assert!(!file(r"C:\").bare_drive);
    assert!(!file("C:x").bare_drive);
}

#[test]
fn an_unknown_device_gives_2() {
    for name in [
        r"\\.\unknownname",
        r"\\.\",
        r"\\.\COM0",
        r"\\.\COM007",
        r"\\.\COM+7",
        r"\\.\COM4294967296",
        r"\\.\NUL\x",
        r"\\.\COM1\",
        r"\\?\GLOBALROOT\x",
    ] {
        assert_eq!(code(name), Win32Error::FILE_NOT_FOUND, "{name:?}");
    }
}

#[test]
fn a_device_without_an_entry_gives_2() {
    for name in [r"\\.\PhysicalDrive1", r"\\.\CdRom0", r"\\.\COM200", r"\\.\Z:", "LPT9"] {
        assert_eq!(code(name), Win32Error::FILE_NOT_FOUND, "{name:?}");
    }
    assert_eq!(Namespace::empty().resolve("COM1", &Tree::default()).unwrap_err().code(), Win32Error::FILE_NOT_FOUND);
}

#[test]
fn a_drive_without_a_directory_gives_3() {
    for name in [r"Z:\x", "Z:x", "Z:", r"\\.\Z:\x", r"\\?\Z:\"] {
        assert_eq!(code(name), Win32Error::PATH_NOT_FOUND, "{name:?}");
    }
}

#[test]
fn drive_with_and_without_trailing_separator_behind_a_device_prefix() {
    for name in [r"\\.\D:", r"\\?\D:", r"\\.\d:"] {
        let volume = VolumeTarget {
            drive: letter('D'),
            device: Some("/dev/sdb1".into()),
            directory: Some("/srv/data".into()),
            writable: false,
        };
        assert_eq!(resolve(name), Ok(Target::Volume(volume)), "{name:?}");
    }
    assert_paths(&[(r"\\.\D:\", "/srv/data"), (r"\\?\D:\", "/srv/data")]);
}

#[test]
fn a_windows_name_beyond_max_path_gives_206() {
    let long = |stem: &str, total: usize| format!("{stem}{}", "a".repeat(total - stem.len()));
    for stem in [r"C:\", r"\", r"x\", "C:", r"\\fileserver\public\", r"\\.\C:\"] {
        assert!(resolve(&long(stem, 259)).is_ok(), "{stem:?}");
        assert_eq!(code(&long(stem, 260)), Win32Error::FILENAME_EXCED_RANGE, "{stem:?}");
    }
    // 259 UTF-16 units in 509 bytes.
    assert!(resolve(&long(r"C:\", 3).replace('a', "é")).is_ok());
    assert!(resolve(&format!(r"C:\{}", "é".repeat(256))).is_ok());
    assert_eq!(code(&format!(r"C:\{}", "𐐀".repeat(129))), Win32Error::FILENAME_EXCED_RANGE);
}

#[test]
fn a_posix_name_and_a_verbatim_one_may_be_long() {
    let deep = "/component".repeat(300);
    assert!(resolve(&deep).is_ok());
    assert!(resolve(&deep[1..]).is_ok());
    assert!(resolve(&format!(r"\\?\C:{}", deep.replace('/', r"\"))).is_ok());
}

#[test]
fn a_path_beyond_what_linux_takes_gives_206() {
    let longest = format!("/{}", "a".repeat(4094));
    assert!(resolve(&longest).is_ok());
    assert_eq!(code(&format!("{longest}a")), Win32Error::FILENAME_EXCED_RANGE);
    assert_eq!(code(&longest[1..]), Win32Error::FILENAME_EXCED_RANGE); // with /home/u before it
    assert_eq!(code(&format!(r"\\?\C:\{}", "a".repeat(4095))), Win32Error::FILENAME_EXCED_RANGE);
    assert_eq!(code(&format!(r"\\?\{}", "a".repeat(32_764))), Win32Error::FILENAME_EXCED_RANGE);
}

#[test]
fn an_unknown_server_gives_53_and_an_unknown_share_67() {
    assert_eq!(code(r"\\nowhere\share\x"), Win32Error::BAD_NETPATH);
    assert_eq!(code(r"\\?\UNC\nowhere\share\x"), Win32Error::BAD_NETPATH);
    assert_eq!(code(r"\\fileserver\private\x"), Win32Error::BAD_NET_NAME);
    assert_eq!(code(r"\\workhorse\public\x"), Win32Error::BAD_NET_NAME);
}

#[test]
fn a_server_without_a_share_gives_161() {
    for name in [r"\\fileserver", r"\\fileserver\", r"\\", r"\\\x", r"\\?\UNC\fileserver", r"\\.\UNC"] {
        assert_eq!(code(name), Win32Error::BAD_PATHNAME, "{name:?}");
    }
}

#[test]
fn a_relative_name_without_a_current_directory_gives_3() {
    let adrift = Tree::default();
    for name in ["x", r"\x", "C:x", "C:"] {
        let error = table().resolve(name, &adrift).unwrap_err();
        assert_eq!(error.code(), Win32Error::PATH_NOT_FOUND, "{name:?}");
    }
    for name in [r"C:\x", "/x", "NUL", r"\\.\pipe\x"] {
        assert!(table().resolve(name, &adrift).is_ok(), "{name:?}");
    }
}

#[test]
fn an_error_says_what_to_do() {
    let message = resolve(r"Z:\x").unwrap_err().to_string();
    assert_eq!(message, "drive Z: has no directory: add `Z = \"/some/directory\"` under [drives] in devices.toml");
    let message = resolve(r"\\nowhere\s").unwrap_err().to_string();
    assert!(message.contains("[servers] in devices.toml"), "{message}");
    let message = resolve("a*").unwrap_err().to_string();
    assert!(message.contains("'*'"), "{message}");
}

#[test]
fn lone_surrogates_and_stray_bytes_are_characters() {
    for odd in [&b"\xED\xA0\x80"[..], b"\xFF", b"\xC3"] {
        let name = [br"C:\a", odd, b".txt"].concat();
        let expected = [b"/a", odd, b".txt"].concat();
        let target = table().resolve(OsStr::from_bytes(&name), &Tree::default());
        let Ok(Target::File(file)) = target else {
            panic!("{target:?}");
        };
        assert_eq!(file.path.as_os_str().as_bytes(), expected);
    }
}
