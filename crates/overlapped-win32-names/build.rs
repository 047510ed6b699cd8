//! Writes the list of names: those exports of `overlapped-win32` that libc has not.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=names.rs");
    let exports =
        PathBuf::from(env::var_os("DEP_OVERLAPPED_WIN32_EXPORTS").expect("overlapped-win32 says where it is"));
    println!("cargo:rerun-if-changed={}", exports.display());
    let exports = fs::read_to_string(exports).expect("the list of exports can be read");
    let names: Vec<&str> = exports.lines().filter(|name| names::is_plain(name)).collect();
    assert!(names.len() > 100, "the list of exports is not complete");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    write(&out.join("stubs.rs"), &stubs(&names));
    write(&out.join("list.rs"), &list(&names));
}

#[path = "names.rs"]
mod names;

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("the output directory can be written to");
}

/// `CreateFileW ovl_CreateFileW` for each.
fn stubs(names: &[&str]) -> String {
    let mut text = String::from("stubs! {\n");
    for name in names {
        let _ = writeln!(text, "    {name} ovl_{name}");
    }
    text + "}\n"
}

fn list(names: &[&str]) -> String {
    format!("&{names:?}\n")
}
