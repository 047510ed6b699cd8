//! Contract 01 §3, 07 §1.1 and §4, 09 §2: which device a name opens.

use super::*;

fn serial(port: u32, path: &str) -> Result<Target, NameError> {
    let path = path.into();
    Ok(Target::Serial { port, path })
}

#[test]
fn reserved_names_are_devices_in_any_directory_case_and_with_any_extension() {
    for name in [
        "NUL",
        "nul",
        "Nul.txt",
        "NUL.tar.gz",
        "NUL ",
        "nul .x",
        "NUL:",
        "NUL. .",
        r"C:\dir\NUL",
        "C:/dir/nul.c",
        "C:NUL",
        r"\NUL",
        "dir/nul",
        r"..\NUL",
        r"\\fileserver\public\NUL",
        r"Z:\NUL",
        r"C:\a*\NUL",
    ] {
        assert_eq!(resolve(name), Ok(Target::Null), "{name:?}");
    }
    assert_eq!(resolve("con"), Ok(Target::Console));
    assert_eq!(resolve(r"C:\CON.txt"), Ok(Target::Console));
}

#[test]
fn ports_1_to_9_are_reserved_and_superscripts_count() {
    assert_eq!(resolve("COM1"), serial(1, "/dev/ttyS0"));
    assert_eq!(resolve("com9:"), serial(9, "/dev/ttyS8"));
    assert_eq!(resolve(r"C:\x\Com3.dat"), serial(3, "/dev/ttyS2"));
    for (digit, port) in [('¹', 1), ('²', 2), ('³', 3)] {
        assert_eq!(resolve(&format!("COM{digit}")), serial(port, &format!("/dev/ttyS{}", port - 1)));
        assert!(matches!(resolve(&format!("lpt{digit}.txt")), Ok(Target::Parallel { .. })));
    }
    let path = "/dev/lp1".into();
    assert_eq!(resolve("LPT2"), Ok(Target::Parallel { port: 2, path }));
}

#[test]
fn aux_is_com1_and_prn_is_lpt1() {
    assert_eq!(resolve("AUX"), resolve("COM1"));
    assert_eq!(resolve("prn.txt"), resolve("LPT1"));
}

#[test]
fn what_only_resembles_a_reserved_name_is_a_file() {
    for name in
        ["COM", "COM0", "COM10", "COM⁴", "NULL", "NU", "xNUL", "NUL1", " NUL", "CONIN", "PIPE", "CLOCK$", "COM1x"]
    {
        assert_eq!(file(name).path, Path::new("/home/u").join(name), "{name:?}");
    }
    assert_paths(&[
        (r"C:\NUL\x", "/NUL/x"),
        (r"C:\NUL\", "/NUL"),
        ("/dev/null", "/dev/null"),
        ("/tmp/NUL", "/tmp/NUL"),
        (r"\\?\C:\NUL", "/NUL"),
        (r"\\.\C:\NUL", "/NUL"),
    ]);
}

#[test]
fn a_file_does_not_hide_a_reserved_name() {
    let tree = Tree::new("/home/u", &["/home/u/nul"]);
    assert_eq!(table().resolve("nul", &tree), Ok(Target::Null));
}

#[test]
fn ports_above_9_need_the_device_prefix() {
    assert_eq!(resolve(r"\\.\COM10"), serial(10, "/dev/ttyS9"));
    assert_eq!(resolve(r"\\.\com1"), serial(1, "/dev/ttyS0"));
    assert_eq!(resolve(r"\\?\COM33"), serial(33, "/dev/ttyUSB0"));
    assert_eq!(resolve(r"\\.\COM49"), serial(49, "/dev/ttyACM0"));
}

#[test]
fn conin_and_conout_are_names_by_themselves_only() {
    assert_eq!(resolve("conin$"), Ok(Target::ConsoleInput));
    assert_eq!(resolve("CONOUT$"), Ok(Target::ConsoleOutput));
    assert_eq!(resolve(r"\\.\CONIN$"), Ok(Target::ConsoleInput));
    assert_paths(&[(r"C:\CONIN$", "/CONIN$"), ("CONOUT$.txt", "/home/u/CONOUT$.txt")]);
}

#[test]
fn a_physical_drive_is_a_disk_of_the_table() {
    let disk = Target::Disk { name: DiskName::PhysicalDrive(0), path: "/var/lib/x.img".into(), writable: false };
    assert_eq!(resolve(r"\\.\PHYSICALDRIVE0"), Ok(disk.clone()));
    assert_eq!(resolve(r"\\.\PhysicalDrive0"), Ok(disk));
    assert_paths(&[("PhysicalDrive0", "/home/u/PhysicalDrive0")]);
}

#[test]
fn a_volume_may_lack_a_device_or_a_directory() {
    let Ok(Target::Volume(volume)) = resolve(r"\\.\C:") else {
        panic!("no volume");
    };
    assert_eq!((volume.device, volume.directory), (None, Some("/".into())));

    let mut table = Namespace::empty();
    let drive = Drive { device: Some("/dev/loop3".into()), ..Drive::default() };
    table.set_drive(letter('E'), drive).unwrap();
    assert!(matches!(table.resolve(r"\\.\E:", &Tree::default()), Ok(Target::Volume(_))));
    assert_eq!(table.resolve(r"E:\x", &Tree::default()), Err(NameError::UnmappedDrive(letter('E'))));
}

#[test]
fn a_pipe_name_is_everything_behind_the_prefix() {
    for name in ["a", r"a\", r"a\b", "a/b", "<>*?|\"", "x.", "NUL", "..", "é"] {
        let full = format!(r"\\.\pipe\{name}");
        let expected = ObjectName::from(name);
        let Ok(Target::Pipe(pipe)) = resolve(&full) else {
            panic!("{full:?} is no pipe");
        };
        assert_eq!(pipe, expected);
        assert_eq!(pipe.spelled(), name);
        assert_eq!(pipe_server_name(&full), Ok(expected.clone()));
        assert_eq!(table().pipe_client_name(&full), Ok(expected));
    }
}

#[test]
fn pipe_names_differ_by_a_trailing_backslash_but_not_by_case() {
    let name = |text: &str| resolve(&format!(r"\\.\{text}")).unwrap();
    assert_eq!(name(r"PIPE\Été"), name(r"pipe\ÉTÉ"));
    assert_ne!(name(r"pipe\a"), name(r"pipe\a\"));
    assert_ne!(ObjectName::from("straße"), ObjectName::from("STRASSE"));
    assert_ne!(ObjectName::from("ſ"), ObjectName::from("S"));
}

#[test]
fn a_pipe_server_takes_the_local_forms_only() {
    assert_eq!(pipe_server_name(r"\\?\pipe\uv\12-34"), pipe_server_name(r"\\.\pipe\uv\12-34"));
    assert_eq!(table().pipe_client_name(r"\\?\PIPE\uv\12-34"), Ok(r"uv\12-34".into()));
    assert_eq!(resolve(r"\\?\pipe\uv\12-34"), Ok(Target::Pipe(r"uv\12-34".into())));
    for name in [
        r"\\.\pipe\",
        r"\\.\pipe",
        r"\\workhorse\pipe\a",
        r"\\.\pipes\a",
        "a",
        "",
        r"\\.\mailslot\a",
        r"\\.\pipe/a",
        "//./pipe/a",
    ] {
        let error = pipe_server_name(name).unwrap_err();
        assert_eq!(error.code(), Win32Error::INVALID_NAME, "{name:?}");
    }
}

#[test]
fn a_pipe_client_may_name_this_computer() {
    for server in [".", "localhost", "127.0.0.1", "WORKHORSE", "workhorse.Example.org", "oldname"] {
        let name = format!(r"\\{server}\Pipe\a");
        assert_eq!(resolve(&name), Ok(Target::Pipe("a".into())), "{name:?}");
        assert_eq!(table().pipe_client_name(&name), Ok("a".into()), "{name:?}");
    }
    for name in [r"\\fileserver\pipe\a", r"\\nowhere\pipe\a", r"\\workhorse.example\pipe\a"] {
        assert_eq!(code(name), Win32Error::BAD_NETPATH);
        let error = table().pipe_client_name(name).unwrap_err();
        assert_eq!(error.code(), Win32Error::BAD_NETPATH);
    }
    for name in ["a", r"\\.\pipe", r"\\.\pipe\", r"\\\pipe\a", r"\\.\mailslot\a", r"C:\pipe\a"] {
        let error = table().pipe_client_name(name).unwrap_err();
        assert_eq!(error.code(), Win32Error::INVALID_NAME, "{name:?}");
    }
}

#[test]
fn a_long_host_name_is_cut_as_get_computer_name_cuts_it() {
    let mut table = table();
    table.set_computer_name("workhorse-of-the-house");
    assert_eq!(table.pipe_client_name(r"\\WORKHORSE-OF-TH\pipe\a"), Ok("a".into()));
    assert!(table.pipe_client_name(r"\\workhorse-of-t\pipe\a").is_err());
}

#[test]
fn a_whole_pipe_name_has_256_characters_at_most() {
    let name = |total: usize| format!(r"\\.\pipe\{}", "p".repeat(total - 9));
    assert!(pipe_server_name(name(256)).is_ok());
    assert!(resolve(&name(256)).is_ok());
    assert_eq!(pipe_server_name(name(257)).unwrap_err().code(), Win32Error::FILENAME_EXCED_RANGE);
    assert_eq!(code(&name(257)), Win32Error::FILENAME_EXCED_RANGE);
}

#[test]
fn the_root_of_the_pipes_takes_control_codes() {
    for name in [r"\\.\pipe\", r"\\.\pipe", r"\\?\PIPE\", r"\\localhost\pipe\"] {
        assert_eq!(resolve(name), Ok(Target::PipeRoot), "{name:?}");
    }
}

#[test]
fn mailslots_by_reach() {
    let reach = |name: &str| match resolve(name) {
        Ok(Target::Mailslot { name, reach }) => (name, reach),
        other => panic!("{name:?} gives {other:?}"),
    };
    let here = "10.0.0.7:4242".parse().unwrap();
    assert_eq!(reach(r"\\.\mailslot\dir\n"), (r"DIR\N".into(), MailslotReach::Local));
    assert_eq!(reach(r"\\workhorse\MAILSLOT\n").1, MailslotReach::Local);
    assert_eq!(reach(r"\\fileserver\mailslot\n").1, MailslotReach::Peers(vec![here]));
    assert_eq!(reach(r"\\nowhere\mailslot\n").1, MailslotReach::Peers(vec![]));
    assert_eq!(reach(r"\\*\mailslot\n").1, MailslotReach::Everyone(vec![here]));
}

#[test]
fn the_entry_star_is_the_primary_domain() {
    let mut table = table();
    let address: std::net::SocketAddr = "[::1]:9".parse().unwrap();
    let domain = Server { mailslots: vec![address], ..Server::default() };
    table.set_server("*", domain).unwrap();
    let Ok(Target::Mailslot { reach, .. }) = table.resolve(r"\\*\mailslot\n", &Tree::default()) else {
        panic!("no mailslot");
    };
    assert_eq!(reach, MailslotReach::Everyone(vec![address]));
}

#[test]
fn a_mailslot_server_takes_one_form_only() {
    assert_eq!(mailslot_server_name(r"\\.\MailSlot\Dir\N"), Ok(r"dir\n".into()));
    for name in [r"\\.\mailslot\", r"\\.\mailslot", r"\\*\mailslot\a", r"\\.\pipe\a", "a", ""] {
        let error = mailslot_server_name(name).unwrap_err();
        assert_eq!(error.code(), Win32Error::INVALID_NAME, "{name:?}");
    }
    assert_eq!(code(r"\\.\mailslot\"), Win32Error::INVALID_NAME);
}
