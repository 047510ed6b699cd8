//! What the headers declare exists, and what exists is declared.

use crate::compilers::{c_compiler, compilers, cxx_compiler};
use crate::{headers, include, including, scratch, write_sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The checked-in list; `scripts/exports` makes it.
fn listed() -> Vec<String> {
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("exports.txt")).unwrap();
    list.lines().map(str::to_owned).collect()
}

/// Names of the functions that the headers declare in C or in C++, with features as they are set: by a label, or, for what the
/// prelude's macros call, by the symbol itself.
fn declared() -> BTreeSet<String> {
    let sources = write_sources(&scratch("declared"), &[("all.c".into(), including(&headers(&include())))]);
    let mut names = BTreeSet::new();
    for compiler in [c_compiler(), cxx_compiler()] {
        let text = compiler.preprocessed(&include(), &sources[0]);
        let labels = text.split("__asm__(\"ovl_\" \"").skip(1).map(|rest| rest.split('"').next().unwrap());
        names.extend(labels.map(str::to_owned));
        let declarations = text.lines().filter(|line| line.ends_with(");") && !line.contains(['=', '{']));
        for line in declarations.filter(|line| line.trim_start().split(['(', ' ']).count() > 2) {
            let function = line.split_once('(').and_then(|(before, _)| before.rsplit([' ', '*']).next());
            names.extend(function.and_then(|name| name.strip_prefix("ovl_seh_")).map(|name| format!("seh_{name}")));
        }
    }
    names
}

fn differences<'a>(first: &'a BTreeSet<String>, second: &'a BTreeSet<String>) -> (Vec<&'a str>, Vec<&'a str>) {
    let only = |a: &'a BTreeSet<String>, b| a.difference(b).map(String::as_str).collect();
    (only(first, second), only(second, first))
}

/// What programs get from WSAIoctl only, as on Windows; the headers declare the types of the pointers.
const BY_WSAIOCTL: [&str; 4] = ["ConnectEx", "DisconnectEx", "TransmitPackets", "WSARecvMsg"];

#[test]
fn what_is_declared_exists_and_what_exists_is_declared() {
    let (declared, listed) = (declared(), listed().into_iter().collect());
    let (missing, mut hidden) = differences(&declared, &listed);
    hidden.retain(|name| !BY_WSAIOCTL.contains(name));
    assert!(
        missing.is_empty() && hidden.is_empty(),
        "declared but not in exports.txt: {missing:?}\nin exports.txt but not declared: {hidden:?}"
    );
}

#[test]
fn the_list_is_sorted_and_names_each_function_once() {
    let listed = listed();
    assert!(listed.windows(2).all(|pair| pair[0] < pair[1]), "run scripts/exports");
}

#[test]
fn a_function_behind_a_feature_that_is_off_is_an_error() {
    let sources = write_sources(
        &scratch("missing"),
        &[("missing.c".into(), "#include <windows.h>\nint f(void) { return NoSuchFunctionOfWindows(); }\n".into())],
    );
    for compiler in compilers() {
        let complaint = compiler.complaint(&include(), &[], &sources[0]).expect("the function is not declared");
        assert!(complaint.contains("error"), "{complaint}");
    }
}
