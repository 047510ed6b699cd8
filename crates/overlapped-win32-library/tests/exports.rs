//! The shared library as the loader sees it: its name, what it exports, and what it asks of each thread.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
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

#[test]
fn the_library_can_be_loaded_late() {
    // Its thread-locals are in the static block, where the loader keeps some 1.5 KiB for all that comes late.
    let segments = told("readelf", &["-lW"]);
    let segment = segments.lines().find(|line| line.trim_start().starts_with("TLS")).expect("it has thread-locals");
    let size =
        segment.split_whitespace().nth(5).and_then(|size| u32::from_str_radix(size.trim_start_matches("0x"), 16).ok());
    assert!(size.is_some_and(|size| size <= 1280), "large thread-locals belong on the heap: {segment}");
    let path = CString::new(library().as_os_str().as_bytes()).unwrap();
    // SAFETY: the library has no initialisers that could do harm.
    let loaded = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!loaded.is_null(), "it cannot be loaded late");
    // SAFETY: the library is loaded, the names end with zeros.
    let [set, get] =
        [c"ovl_SetLastError", c"ovl_GetLastError"].map(|name| unsafe { libc::dlsym(loaded, name.as_ptr()) });
    assert!(!set.is_null() && !get.is_null());
    // SAFETY: the signature of that function.
    let set = unsafe { std::mem::transmute::<*mut libc::c_void, extern "C" fn(u32)>(set) };
    // SAFETY: as above.
    let get = unsafe { std::mem::transmute::<*mut libc::c_void, extern "C" fn() -> u32>(get) };
    set(7);
    assert_eq!((std::thread::spawn(move || get()).join().unwrap(), get()), (0, 7), "each thread has its own");
}
