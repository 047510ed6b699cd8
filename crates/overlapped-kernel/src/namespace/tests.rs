//! The name rules, one test a row of the contract; `files` and `properties` hold what needs a file system.

mod config;
mod devices;
mod failures;
mod files;
mod places;
mod properties;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use overlapped_abi::Win32Error;

use super::*;

/// A file system that is a set of paths.
#[derive(Debug, Default)]
struct Tree {
    paths: BTreeSet<PathBuf>,
    current: Option<PathBuf>,
}

impl Tree {
    /// The files `paths` with the directories above them, the process being in `current`.
    fn new(current: &str, paths: &[&str]) -> Self {
        let above = |path: &'_ &str| {
            let all: Vec<_> = Path::new(path).ancestors().map(Path::to_path_buf).collect();
            all
        };
        Self { paths: paths.iter().flat_map(above).collect(), current: Some(current.into()) }
    }
}

impl Lookup for Tree {
    fn exists(&self, path: &Path) -> bool {
        self.paths.contains(path)
    }

    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
        if !self.exists(directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let children = self.paths.iter().filter(|path| path.parent() == Some(directory));
        // Backwards, as a file system owes nobody an order.
        Ok(children.rev().filter_map(|path| path.file_name()).map(OsString::from).collect())
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        self.current.clone().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn letter(letter: char) -> DriveLetter {
    DriveLetter::new(letter).expect("a letter")
}

/// `C:` is `/`, `D:` is `/srv/data` with a device; a share, a domain and an alias.
fn table() -> Namespace {
    let mut table = Namespace::new();
    let mut data = Drive::new("/srv/data");
    data.device = Some("/dev/sdb1".into());
    let files = Server {
        shares: [("public".into(), "/srv/public".into())].into(),
        mailslots: vec!["10.0.0.7:4242".parse().unwrap()],
        local: false,
    };
    let alias = Server { local: true, ..Server::default() };
    table.set_computer_name("workhorse.example.org");
    table.set_drive(letter('d'), data).unwrap();
    table.set_server("fileserver", files).unwrap();
    table.set_server("OldName", alias).unwrap();
    let image = Disk::new("/var/lib/x.img");
    table.set_disk(DiskName::PhysicalDrive(0), image).unwrap();
    table
}

/// Resolves with the process in `/home/u` and no file anywhere.
fn resolve(name: &str) -> Result<Target, NameError> {
    table().resolve(name, &Tree::new("/home/u", &[]))
}

#[track_caller]
fn code(name: &str) -> Win32Error {
    match resolve(name) {
        Ok(target) => panic!("{name:?} leads to {target:?}"),
        Err(error) => error.code(),
    }
}

#[track_caller]
fn file_in(tree: &Tree, name: &str) -> FileTarget {
    match table().resolve(name, tree) {
        Ok(Target::File(file)) => file,
        other => panic!("{name:?} gives {other:?}"),
    }
}

#[track_caller]
fn file(name: &str) -> FileTarget {
    file_in(&Tree::new("/home/u", &[]), name)
}

#[track_caller]
fn assert_paths(pairs: &[(&str, &str)]) {
    for (name, path) in pairs {
        assert_eq!(file(name).path.as_os_str(), *path, "for {name:?}");
    }
}
