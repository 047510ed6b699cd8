//! Contract 01 §3: paths, current directories, and names that differ only in case.

use std::cell::Cell;

use super::*;

#[test]
fn drive_absolute() {
    assert_paths(&[
        (r"C:\a\b", "/a/b"),
        ("c:/a/b", "/a/b"),
        (r"C:\a/b\\c", "/a/b/c"),
        (r"C:\\a", "/a"),
        (r"D:\a", "/srv/data/a"),
        (r"D:\", "/srv/data"),
        (r"C:\", "/"),
    ]);
    assert_eq!(file(r"d:\a").drive, Some(letter('D')));
}

#[test]
fn root_relative_is_on_the_current_drive() {
    assert_paths(&[(r"\a\b", "/a/b"), (r"\", "/")]);
    let on_d = Tree::new("/srv/data/x", &[]);
    assert_eq!(file_in(&on_d, r"\a").path, Path::new("/srv/data/a"));
    assert_eq!(file_in(&on_d, r"\a").drive, Some(letter('D')));
}

#[test]
fn drive_relative_starts_at_the_drives_own_directory() {
    assert_paths(&[("C:a", "/home/u/a"), (r"C:..\a", "/home/a"), ("D:a", "/srv/data/a"), ("D:", "/srv/data")]);
    let on_d = Tree::new("/srv/data/x", &[]);
    assert_eq!(file_in(&on_d, "D:a").path, Path::new("/srv/data/x/a"));
}

#[test]
fn a_program_may_keep_a_current_directory_for_each_drive() {
    struct OnD(Tree);
    impl Lookup for OnD {
        fn exists(&self, path: &Path) -> bool {
            self.0.exists(path)
        }
        fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
            self.0.read_dir_names(directory)
        }
        fn current_dir(&self) -> io::Result<PathBuf> {
            self.0.current_dir()
        }
        fn drive_current_dir(&self, drive: DriveLetter) -> Option<PathBuf> {
            (drive == letter('D')).then(|| "/srv/data/own".into())
        }
    }
    let lookup = OnD(Tree::new("/home/u", &[]));
    let Ok(Target::File(file)) = table().resolve(r"D:..\..\..\a", &lookup) else {
        panic!("no file");
    };
    assert_eq!(file.path, Path::new("/srv/data/a"));
    let Ok(Target::File(file)) = table().resolve("D:a", &lookup) else {
        panic!("no file");
    };
    assert_eq!(file.path, Path::new("/srv/data/own/a"));
}

#[test]
fn relative() {
    assert_paths(&[
        ("a", "/home/u/a"),
        (r"a\b", "/home/u/a/b"),
        ("a/b", "/home/u/a/b"),
        ("../a", "/home/a"),
        (".", "/home/u"),
    ]);
    assert_eq!(file("a").drive, Some(DriveLetter::C));
}

#[test]
fn outside_every_drive_relative_names_still_work() {
    let mut table = table();
    table.remove_drive(DriveLetter::C);
    let tree = Tree::new("/home/u", &[]);
    let Ok(Target::File(file)) = table.resolve(r"..\a", &tree) else {
        panic!("no file");
    };
    assert_eq!((file.path, file.drive), ("/home/a".into(), None));
}

#[test]
fn unc_shares() {
    assert_paths(&[
        (r"\\fileserver\public\a", "/srv/public/a"),
        (r"\\FILESERVER\Public", "/srv/public"),
        (r"\\fileserver/public/a", "/srv/public/a"),
        (r"\\?\UNC\fileserver\public\a", "/srv/public/a"),
        (r"\\.\UNC\fileserver\public\a", "/srv/public/a"),
        (r"\\fileserver\public\..\..\a", "/srv/public/a"),
    ]);
    assert_eq!(file(r"\\fileserver\public\a").drive, None);
}

#[test]
fn dot_dot_stops_at_the_root_of_the_drive() {
    assert_paths(&[
        (r"D:\..\..\etc\passwd", "/srv/data/etc/passwd"),
        (r"D:\a\..\..\b", "/srv/data/b"),
        (r"\\.\D:\..\b", "/srv/data/b"),
        (r"C:\..\b", "/b"),
    ]);
    let on_d = Tree::new("/srv/data/x", &["/etc/passwd"]);
    for name in ["../../../etc/passwd", r"..\..\..\etc\passwd", r"\..\etc\passwd", r"D:..\..\etc\passwd"] {
        assert_eq!(file_in(&on_d, name).path, Path::new("/srv/data/etc/passwd"), "{name:?}");
    }
}

#[test]
fn trailing_dots_and_spaces_of_a_component_are_dropped() {
    assert_paths(&[
        (r"C:\a. .\b ", "/a/b"),
        ("a...", "/home/u/a"),
        (r"C:\.a", "/.a"),
        (r"C:\ a", "/ a"),
        (r"C:\a.b.", "/a.b"),
    ]);
}

#[test]
fn a_verbatim_name_is_not_interpreted() {
    assert_paths(&[(r"\\?\C:\a. .\b ", "/a. ./b "), (r"\\?\D:\...", "/srv/data/..."), (r"\\?\C:\a\", "/a")]);
    for name in [r"\\?\C:\a/b", r"\\?\C:\.\a", r"\\?\D:\..\a", r"\\?\C:\a\\b", r"\\.\C:\a/b"] {
        assert_eq!(code(name), Win32Error::INVALID_NAME, "{name:?}");
    }
}

#[test]
fn a_posix_path_is_left_as_it_is() {
    for name in ["/a/../b", "/a//b", "/a. .", "/a*b?c:d<e>", "/NUL", "//server/share", "/", "/a/", "/./COM1"] {
        assert_eq!(file(name).path.as_os_str(), name);
        assert_eq!(file(name).drive, None);
    }
}

#[test]
fn backslashes_separate_in_a_posix_path_unless_it_exists_with_them() {
    let tree = Tree::new("/home/u", &[r"/tmp/a\b"]);
    let cases =
        [(r"/tmp/a\b", r"/tmp/a\b"), (r"/tmp/a\c", "/tmp/a/c"), (r"/tmp\/d.", "/tmp//d."), (r"/tmp\..\e", "/tmp/../e")];
    for (name, path) in cases {
        assert_eq!(file_in(&tree, name).path.as_os_str(), path);
    }
    assert!(file_in(&tree, r"/tmp/c\").trailing_separator);
    let exact = table().resolve_with(r"/tmp/a\c", &tree, CaseRule::Exact).unwrap();
    assert!(matches!(exact, Target::File(file) if file.path.as_os_str() == r"/tmp/a\c"), "asked for, byte for byte");
}

#[test]
fn a_name_that_may_be_posix_is_one_where_it_exists() {
    let there = ["/home/u/a*b", "/home/u/dot.", "/home/u/xx:y/z", "/home/u/..."];
    let tree = Tree::new("/home/u", &there);
    for (name, path) in [("a*b", there[0]), ("dot.", there[1]), ("xx:y/new", "/home/u/xx:y/new"), ("...", there[3])] {
        assert_eq!(file_in(&tree, name).path.as_os_str(), path);
    }
    assert_eq!(file_in(&tree, "new.").path, Path::new("/home/u/new"));
    // With a backslash it is a Windows name.
    assert_eq!(file_in(&tree, r".\dot.").path, Path::new("/home/u/dot"));
    let wild = table().resolve(r".\a*b", &tree).unwrap_err();
    assert_eq!(wild.code(), Win32Error::INVALID_NAME);
}

#[test]
fn case_matters_only_where_the_exact_name_exists() {
    let tree = Tree::new("/home/u", &["/Data/File.TXT", "/Data/file.txt", "/home/u/Öl"]);
    for (name, path) in [
        (r"C:\data\file.txt", "/Data/file.txt"),
        (r"C:\DATA\File.TXT", "/Data/File.TXT"),
        (r"C:\DATA\FILE.txt", "/Data/File.TXT"), // the first in byte order
        (r"C:\DATA\new.TXT", "/Data/new.TXT"),
        (r"C:\DATA\new\Deep", "/Data/new/Deep"),
        ("ÖL", "/home/u/Öl"),
        ("/data/file.txt", "/data/file.txt"), // POSIX
    ] {
        assert_eq!(file_in(&tree, name).path.as_os_str(), path, "{name:?}");
    }
}

#[test]
fn an_exact_directory_is_not_left_for_another_one() {
    let tree = Tree::new("/", &["/Dir/a", "/dir/b"]);
    assert_eq!(file_in(&tree, r"C:\Dir\B").path, Path::new("/Dir/B"));
    assert_eq!(file_in(&tree, r"C:\DIR\B").path, Path::new("/Dir/B"));
}

#[test]
fn posix_semantics_match_the_exact_name_only() {
    let tree = Tree::new("/", &["/Data/file"]);
    let exact = table().resolve_with(r"C:\data\file", &tree, CaseRule::Exact);
    let Ok(Target::File(file)) = exact else {
        panic!("no file");
    };
    assert_eq!(file.path, Path::new("/data/file"));
}

#[test]
fn a_name_that_exists_costs_one_look() {
    struct Counted(Tree, Cell<u32>);
    impl Lookup for Counted {
        fn exists(&self, path: &Path) -> bool {
            self.1.set(self.1.get() + 1);
            self.0.exists(path)
        }
        fn read_dir_names(&self, _: &Path) -> io::Result<Vec<OsString>> {
            panic!("no directory need be read")
        }
        fn current_dir(&self) -> io::Result<PathBuf> {
            self.0.current_dir()
        }
    }
    let lookup = Counted(Tree::new("/", &["/a/b/c/d"]), Cell::new(0));
    table().resolve(r"C:\a\b\c\d", &lookup).unwrap();
    assert_eq!(lookup.1.get(), 1);
}

#[test]
fn a_missing_name_costs_one_listing_and_no_look_where_it_is_known_to_be_missing() {
    struct Counted(Tree, Cell<[u32; 2]>);
    impl Counted {
        fn count(&self, at: usize) {
            let mut counts = self.1.get();
            counts[at] += 1;
            self.1.set(counts);
        }
    }
    impl Lookup for Counted {
        fn exists(&self, path: &Path) -> bool {
            self.count(0);
            self.0.exists(path)
        }
        fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
            self.count(1);
            self.0.read_dir_names(directory)
        }
        fn current_dir(&self) -> io::Result<PathBuf> {
            self.0.current_dir()
        }
    }
    let lookup = Counted(Tree::new("/", &["/a/b/c/Name", "/a/b/c/d"]), Cell::new([0; 2]));
    for (case, name, path, [looks, listings]) in [
        (CaseRule::default(), r"C:\a\b\c\new", "/a/b/c/new", [1, 1]),
        (CaseRule::Folded, r"C:\a\b\c\new", "/a/b/c/new", [0, 1]),
        (CaseRule::Folded, r"C:\a\b\c\NAME", "/a/b/c/Name", [0, 1]),
        (CaseRule::Folded, r"C:\a\B\c\NAME", "/a/b/c/Name", [5, 3]),
        (CaseRule::Folded, r"C:\", "/", [0, 0]),
    ] {
        lookup.1.set([0; 2]);
        let Ok(Target::File(file)) = table().resolve_with(name, &lookup, case) else { panic!("{name:?} is no file") };
        assert_eq!((file.path.as_path(), lookup.1.get()), (Path::new(path), [looks, listings]), "{name:?}");
    }
}

/// The trait over the real file system, as a device crate implements it.
struct RealFiles;

impl Lookup for RealFiles {
    fn exists(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }
    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
        let entries = std::fs::read_dir(directory)?;
        entries.map(|entry| Ok(entry?.file_name())).collect()
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }
}

#[test]
fn on_a_real_file_system() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut table = Namespace::empty();
    table.set_drive(letter('Q'), Drive::new(package)).unwrap();
    for name in [r"q:\src\lib.rs", r"Q:\SRC\Lib.RS. ", r"q:\src\..\Src/LIB.rs"] {
        let Ok(Target::File(file)) = table.resolve(name, &RealFiles) else {
            panic!("{name:?} is no file");
        };
        assert_eq!(file.path, package.join("src/lib.rs"), "{name:?}");
    }
}
