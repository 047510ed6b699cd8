//! Gives GetProcAddress the table of the exports, and other build scripts the place of their list.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    let exports = env::current_dir().expect("cargo sets it").join("exports.txt");
    println!("cargo:rerun-if-changed={}", exports.display());
    println!("cargo:exports={}", exports.display());
    let mut names = BTreeSet::new();
    collect(Path::new("src/lib.rs"), Path::new("src"), &mut names);
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("exports.rs"), table(&names)).expect("the output directory can be written to");
}

/// The names of all exported functions of a module and those that it declares; their files are in `directory`.
fn collect(file: &Path, directory: &Path, names: &mut BTreeSet<String>) {
    let text = fs::read_to_string(file).expect("the sources can be read");
    for line in text.lines() {
        if let Some(child) = declared(line) {
            let (own, inner) = (directory.join(format!("{child}.rs")), directory.join(child));
            let file = if own.is_file() { own } else { inner.join("mod.rs") };
            collect(&file, &inner, names);
        }
        of_line(line.trim_start(), names);
    }
}

/// The module that a line declares to be in a file of its own, apart from tests.
fn declared(line: &str) -> Option<&str> {
    let name = line.strip_suffix(';')?.split("mod ").collect::<Vec<_>>();
    match name[..] {
        ["" | "pub " | "pub(crate) " | "pub(super) ", name] if name != "tests" => Some(name),
        _ => None,
    }
}

/// A function is defined by `fn ovl_Name(`, or by a macro for two units with `ovl_NameA ovl_NameW` at the start of a line or
/// behind `fn`. Calls at the start of a line name functions that are defined elsewhere, which does no harm.
fn of_line(line: &str, names: &mut BTreeSet<String>) {
    let from = if line.starts_with("ovl_") {
        line
    } else if let (false, Some(at)) = (line.starts_with("//"), line.find("fn ovl_")) {
        &line[at + 3..]
    } else {
        return;
    };
    let words = from.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ' ').next().unwrap_or("");
    names.extend(words.split(' ').map_while(|word| word.strip_prefix("ovl_")).map(str::to_owned));
}

/// The functions by their Win32 names, sorted, as Rust.
fn table(names: &BTreeSet<String>) -> String {
    let mut text = String::from("unsafe extern \"C\" {\n");
    for name in names {
        let _ = writeln!(text, "    fn ovl_{name}();");
    }
    let _ = writeln!(text, "}}\n\nstatic EXPORTS: [(&str, Export); {}] = [", names.len());
    for name in names {
        let _ = writeln!(text, "    (\"{name}\", ovl_{name}),");
    }
    text.push_str("];\n");
    text
}
