//! The shared library as the loader sees it: its name, what it exports, and what it asks of each thread.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared library that cargo has built for this test.
fn library() -> PathBuf {
    let beside = std::env::current_exe().unwrap().with_file_name("liboverlapped_win32.so");
    assert!(beside.is_file(), "{} is not there", beside.display());
    beside
}

/// What a program of binutils says of the library.
fn told(program: &str, options: &[&str]) -> String {
    let output = Command::new(program).args(options).arg(library()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The checked-in list; `scripts/exports` makes it.
fn listed() -> BTreeSet<String> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlapped-win32/exports.txt");
    fs::read_to_string(list).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_library_exports_what_the_list_says_and_nothing_else() {
    let symbols = told("nm", &["-D", "--defined-only", "--format=posix"]);
    let (ours, foreign): (Vec<_>, Vec<_>) =
        symbols.lines().filter_map(|line| line.split(' ').next()).partition(|symbol| symbol.starts_with("ovl_"));
    assert_eq!(foreign, Vec::<&str>::new(), "symbols that could hijack those of others");
    let exported: BTreeSet<String> = ours.iter().map(|symbol| symbol["ovl_".len()..].to_owned()).collect();
    let listed = listed();
    let missing: Vec<_> = listed.difference(&exported).collect();
    let unlisted: Vec<_> = exported.difference(&listed).collect();
    assert!(
        missing.is_empty() && unlisted.is_empty(),
        "run scripts/exports: in exports.txt but not exported: {missing:?}\nexported but not in exports.txt: {unlisted:?}"
    );
}

#[test]
fn the_library_has_the_name_by_which_programs_look_for_it() {
    let dynamic = told("readelf", &["-dW"]);
    assert!(dynamic.contains("soname: [liboverlapped_win32.so.0]"), "{dynamic}");
}
