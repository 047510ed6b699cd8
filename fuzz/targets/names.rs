//! Device and file names (contract 01 sections 2.5 and 3): no name makes the parser panic, leaves the root that it is on, or leads
//! somewhere else when it is asked again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_fuzz::Tree;
use overlapped_kernel::namespace::{Drive, DriveLetter, Namespace, Target, mailslot_server_name, pipe_server_name};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};
use std::sync::LazyLock;

static TABLE: LazyLock<Namespace> = LazyLock::new(|| {
    let mut table = Namespace::new();
    let text = "[drives]\nD = '/srv/data'\n[serial]\nCOM7 = '/dev/ttyUSB3'\n[disks]\nPHYSICALDRIVE0 = '/var/x.img'\n\
        [servers]\nfileserver = { shares = { public = '/srv/public' } }\nplant = { mailslots = ['10.0.0.7:4242'] }\n";
    table.apply_toml(text, Path::new("/devices.toml")).expect("a table");
    table
});

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let files = ["/srv/data/in/Dir/a", "/srv/data/dir/A", "/srv/data/in/...", "/srv/public/DIR/é", "/srv/data/in/a*"];
    Tree::new("/srv/data/in", &files)
});

fuzz_target!(|bytes: &[u8]| {
    let name = OsStr::from_bytes(bytes);
    let _ = (pipe_server_name(name), mailslot_server_name(name), TABLE.pipe_client_name(name));
    let answer = TABLE.resolve(name, &*TREE);
    assert_eq!(answer, TABLE.resolve(name, &*TREE), "the same question has the same answer");
    let file = match answer {
        Ok(Target::File(file)) => file,
        Ok(_) => return,
        Err(error) => return assert!(!error.to_string().is_empty() && error.code().0 != 0),
    };
    let Ok(Target::File(again)) = TABLE.resolve(&file.path, &*TREE) else { panic!("{file:?} is no file any more") };
    assert_eq!(file.path.as_os_str(), again.path.as_os_str(), "a path leads to itself");
    if bytes.starts_with(b"/") {
        return;
    }
    assert!(file.path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_))));
    let directory = |letter: DriveLetter| TABLE.drive(letter).and_then(|drive: &Drive| drive.directory.clone());
    let root = match file.drive {
        Some(letter) => directory(letter).expect("a drive with files has a directory"),
        None => "/srv/public".into(),
    };
    assert!(file.path.starts_with(&root), "{:?} is not in {root:?}", file.path);
});
