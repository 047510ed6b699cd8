//! The configuration file, and the table as code and `ovl devices` see it.

use super::*;

const FULL: &str = r#"
[drives]
D = { directory = "/srv/data/", device = "/dev/sdb1", writable = true }
"e:" = "/mnt/stick"
[serial]
COM7 = "/dev/ttyUSB3"
com1 = false
[parallel]
LPT1 = "/dev/usb/lp0"
[disks]
PHYSICALDRIVE0 = { path = "/var/lib/x.img", writable = true }
CDROM0 = "/dev/sr0"
[servers]
fileserver = { shares = { public = "/srv/public" } }
plant = { mailslots = ["10.0.0.7:4242", "[fe80::1]:4242"] }
OLDNAME = { local = true }
"#;

fn read(text: &str) -> Result<Namespace, ConfigError> {
    let mut table = Namespace::new();
    table.apply_toml(text, Path::new("/etc/devices.toml"))?;
    Ok(table)
}

/// The error of `text`, as people see it.
#[track_caller]
fn problem(text: &str) -> String {
    read(text).expect_err("this is wrong").to_string()
}

#[test]
fn every_kind_of_entry() {
    let table = read(FULL).unwrap();
    let tree = Tree::new("/", &[]);
    let resolve = |name: &str| table.resolve(name, &tree);
    let data = Drive { directory: Some("/srv/data".into()), device: Some("/dev/sdb1".into()), writable: true };
    assert_eq!(table.drive(letter('D')), Some(&data));
    assert_eq!(table.drive(letter('E')), Some(&Drive::new("/mnt/stick")));
    assert_eq!(table.drive(letter('C')), Some(&Drive::new("/")));
    assert_eq!(resolve("COM7"), Ok(Target::Serial { port: 7, path: "/dev/ttyUSB3".into() }));
    assert_eq!(resolve("COM1").unwrap_err().code(), Win32Error::FILE_NOT_FOUND);
    assert_eq!(resolve("LPT1"), Ok(Target::Parallel { port: 1, path: "/dev/usb/lp0".into() }));
    assert!(matches!(resolve(r"\\.\PHYSICALDRIVE0"), Ok(Target::Disk { writable: true, .. })));
    assert!(matches!(resolve(r"\\.\CdRom0"), Ok(Target::Disk { writable: false, .. })));
    assert!(matches!(resolve(r"\\fileserver\public\a"), Ok(Target::File(_))));
    assert!(matches!(resolve(r"\\oldname\pipe\a"), Ok(Target::Pipe(_))));
    let Ok(Target::Mailslot { reach: MailslotReach::Peers(peers), .. }) = resolve(r"\\plant\mailslot\a") else {
        panic!("no mailslot");
    };
    assert_eq!(peers.len(), 2);
}

#[test]
fn an_empty_file_changes_nothing() {
    assert_eq!(read(""), Ok(Namespace::new()));
    assert_eq!(read("# nothing\n[drives]\n"), Ok(Namespace::new()));
}

#[test]
fn false_takes_every_kind_of_entry_out() {
    let mut table = read(FULL).unwrap();
    let text = "[drives]\nC=false\nD=false\nE=false\n[parallel]\nLPT1=false\n[disks]\nPhysicalDrive0=false\nCDROM0=false\n[servers]\nFileServer=false\nplant=false\noldname=false";
    table.apply_toml(text, Path::new("/x")).unwrap();
    let left: Vec<_> = table.iter().map(|mapping| mapping.name).collect();
    assert!(left.iter().all(|name| name.starts_with("COM") || name.starts_with("LPT")), "{left:?}");
    assert!(!left.contains(&"LPT1".to_owned()));
}

#[test]
fn an_error_names_file_line_and_key_and_says_what_to_write() {
    for (text, expected) in [
        (
            "\n[drive]\n",
            "/etc/devices.toml:2: drive: there is no such section: write [drives], [serial], [parallel], [disks] or [servers]",
        ),
        (
            "[drives]\nD = 3\n",
            "/etc/devices.toml:2: drives.D: write a directory in quotes, a table, or false; this is of type integer",
        ),
        (
            "[drives]\nD = {}\n",
            "/etc/devices.toml:2: drives.D: the drive leads nowhere: give it a `directory`, a `device`, or both",
        ),
        ("[drives]\nDD = \"/x\"\n", "/etc/devices.toml:2: drives.DD: a drive is one letter, A to Z"),
        (
            "[drives.D]\ndirectory = \"/x\"\nread = 1\n",
            "/etc/devices.toml:3: drives.D.read: a drive has `directory`, `device` and `writable`",
        ),
        (
            "[drives.D]\ndirectory = \"/x\"\n\nwritable = \"yes\"\n",
            "/etc/devices.toml:4: drives.D.writable: write true or false; this is of type string",
        ),
        (
            "[drives.D]\ndirectory = \"x\"\n",
            "/etc/devices.toml:2: drives.D.directory: \"x\" is not an absolute path: write it from `/` on",
        ),
        (
            "[drives]\nD = \"/x/../y\"\n",
            "/etc/devices.toml:2: drives.D: \"/x/../y\" holds `..`: write the directory it leads to",
        ),
        (
            "[drives]\nD = true\n",
            "/etc/devices.toml:2: drives.D: write a directory in quotes, a table, or false; this is of type boolean",
        ),
        (
            "[drives]\nD = \"/x\"\n\"d:\" = \"/y\"\n",
            "/etc/devices.toml:3: drives.d:: D: is given twice: keep one of them",
        ),
        ("[serial]\nCOM0 = \"/x\"\n", "/etc/devices.toml:2: serial.COM0: a serial port is called COM1, COM2 and so on"),
        (
            "[serial]\nCOM1 = \"ttyS0\"\n",
            "/etc/devices.toml:2: serial.COM1: \"ttyS0\" is not an absolute path: write it from `/` on",
        ),
        (
            "[serial]\nCOM1 = 1\n",
            "/etc/devices.toml:2: serial.COM1: write an absolute path in quotes; this is of type integer",
        ),
        (
            "[serial]\nCOM1 = \"/a\"\nAUX = \"/b\"\n",
            "/etc/devices.toml:3: serial.AUX: COM1 is given twice: keep one of them",
        ),
        (
            "[parallel]\nCOM1 = \"/x\"\n",
            "/etc/devices.toml:2: parallel.COM1: a parallel port is called LPT1, LPT2 and so on",
        ),
        (
            "[disks]\nDISK0 = \"/x\"\n",
            "/etc/devices.toml:2: disks.DISK0: a disk is called PHYSICALDRIVE0, CDROM0 and so on",
        ),
        ("[disks]\nCDROM0 = {}\n", "/etc/devices.toml:2: disks.CDROM0: CDROM0 leads nowhere: give it a `path`"),
        (
            "[servers]\n'\\\\a\\b' = {}\n",
            "/etc/devices.toml:2: servers.\\\\a\\b: write the computer's name without \\\\ and share",
        ),
        (
            "[servers.a]\nshare = 1\n",
            "/etc/devices.toml:2: servers.a.share: a computer has `shares`, `mailslots` and `local`",
        ),
        (
            "[servers.a.shares]\nx = \"/x\"\nX = \"/y\"\n",
            "/etc/devices.toml:3: servers.a.shares.X: this share is given twice: the case of a name does not count",
        ),
        (
            "[servers.a]\nmailslots = [\"host:1\"]\n",
            "/etc/devices.toml:2: servers.a.mailslots: \"host:1\" is not an IP address and port: write a list such as [\"10.0.0.7:4242\"]",
        ),
        ("serial = 1", "/etc/devices.toml:1: serial: write a table; this is of type integer"),
    ] {
        assert_eq!(problem(text), expected);
    }
}

#[test]
fn the_first_error_of_the_file_is_the_one_reported() {
    let error = read("[serial]\nx = 1\n[drives]\nx = 1\n").unwrap_err();
    assert_eq!((error.line, error.key.as_str()), (2, "serial.x"));
}

#[test]
fn text_that_is_no_toml_is_an_error_with_its_line() {
    let error = read("[drives]\nD = \n").unwrap_err();
    assert_eq!((error.line, error.key.as_str()), (2, ""));
    assert!(!error.problem.is_empty());
    assert_eq!(read("[drives]\nD = \"/a\"\nD = \"/b\"\n").unwrap_err().line, 3);
}

#[test]
fn a_file_with_an_error_changes_nothing() {
    let mut table = Namespace::new();
    let text = "[drives]\nD = \"/x\"\n[serial]\nCOM1 = 1\n";
    assert!(table.apply_toml(text, Path::new("/x")).is_err());
    assert_eq!(table, Namespace::new());
}

#[test]
fn what_is_set_later_replaces_what_was_there() {
    let mut table = read("[serial]\nCOM1 = \"/dev/pts/1\"\n").unwrap();
    table.set_serial(1, "/dev/pts/2").unwrap();
    let line = |table: &Namespace| table.iter().find(|m| m.name == "COM1").unwrap().to_string();
    assert_eq!(line(&table), "COM1 -> /dev/pts/2 (code)");
    table.apply_toml("[serial]\nCOM1 = \"/dev/pts/3\"\n", Path::new("/x")).unwrap();
    assert_eq!(line(&table), "COM1 -> /dev/pts/3 (/x:2)");
}

#[test]
fn a_discovered_disk_does_not_replace_a_configured_one() {
    let mut table = read("[disks]\nPHYSICALDRIVE0 = \"/x.img\"\n").unwrap();
    for number in [0, 1] {
        table.discovered_disk(DiskName::PhysicalDrive(number), Disk::new("/dev/sda")).unwrap();
    }
    let disks: Vec<_> = table.iter().filter(|m| m.name.starts_with("PHYS")).map(|m| m.to_string()).collect();
    assert_eq!(disks, ["PHYSICALDRIVE0 -> /x.img (/etc/devices.toml:2)", "PHYSICALDRIVE1 -> /dev/sda (default)"]);
}

#[test]
fn code_is_held_to_the_rules_of_the_file() {
    let mut table = Namespace::empty();
    assert_eq!(table.set_serial(0, "/x").err(), Some(EntryError::PortZero));
    assert_eq!(table.set_parallel(1, "x").err(), Some(EntryError::NotAbsolute("x".into())));
    assert_eq!(table.set_drive(letter('A'), Drive::default()).err(), Some(EntryError::EmptyDrive));
    assert_eq!(table.set_drive(letter('A'), Drive::new("/a/..")).err(), Some(EntryError::ParentInRoot("/a/..".into())));
    assert_eq!(table.set_disk(DiskName::CdRom(0), Disk::new("")).err(), Some(EntryError::NotAbsolute("".into())));
    let server = Server { shares: [("s".into(), "x".into())].into(), ..Server::default() };
    assert!(table.set_server("a", server).is_err());
    assert_eq!(table, Namespace::empty());
}

#[test]
fn the_table_is_listed_in_order_with_its_origins() {
    let listed: Vec<_> = read(FULL).unwrap().iter().map(|mapping| mapping.to_string()).collect();
    let shown: Vec<_> = listed.iter().map(String::as_str).filter(|line| !line.contains("(default)")).collect();
    assert_eq!(listed[0], "C: -> / (default)");
    assert_eq!(
        shown,
        [
            "D: -> /srv/data on /dev/sdb1, writable (/etc/devices.toml:3)",
            "E: -> /mnt/stick (/etc/devices.toml:4)",
            "COM7 -> /dev/ttyUSB3 (/etc/devices.toml:6)",
            "LPT1 -> /dev/usb/lp0 (/etc/devices.toml:9)",
            "PHYSICALDRIVE0 -> /var/lib/x.img, writable (/etc/devices.toml:11)",
            "CDROM0 -> /dev/sr0 (/etc/devices.toml:12)",
            r"\\fileserver\public -> /srv/public (/etc/devices.toml:14)",
            r"\\OLDNAME -> this computer (/etc/devices.toml:16)",
            r"\\plant\mailslot -> 10.0.0.7:4242, [fe80::1]:4242 (/etc/devices.toml:15)",
        ]
    );
}

#[test]
fn the_drive_letters_make_the_mask_of_logical_drives() {
    let mask = read(FULL).unwrap().drive_letters().fold(0, |mask, letter| mask | letter.mask());
    assert_eq!(mask, 0b1_1100);
    assert_eq!(DriveLetter::new('1'), None);
    assert_eq!(DriveLetter::new('é'), None);
}
