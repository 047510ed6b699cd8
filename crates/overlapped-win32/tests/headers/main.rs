//! The C headers, with every compiler that is here: each alone, in pairs, and all in any order, in the oldest and newest languages;
//! the values and layouts of `overlapped-abi`; and that what they declare exists.
//!
//! The ordinary run is a sample that fits in a minute of two processors. `OVERLAPPED_FULL_MATRIX=1` runs every pair and every
//! choice with every compiler in every language, which takes half an hour.

mod base;
mod compilers;
mod matrix;
mod surface;
mod values;

use compilers::Compiler;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// `include/overlapped`.
fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include/overlapped")
}

/// Is everything asked for, and not a sample?
fn full() -> bool {
    std::env::var_os("OVERLAPPED_FULL_MATRIX").is_some_and(|value| value == "1")
}

/// A directory of this test's own.
fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("headers-{name}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// The headers that programs include, with `sys/`.
fn headers(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for below in ["", "sys/"] {
        let entries = fs::read_dir(directory.join(below)).unwrap().map(|entry| entry.unwrap().file_name());
        let entries = entries.map(|name| below.to_owned() + name.to_str().unwrap());
        names.extend(entries.filter(|name| name.ends_with(".h")));
    }
    // These change what comes behind them, which is what they are for.
    names.retain(|name| !name.starts_with("pshpack") && name != "poppack.h");
    names.sort();
    names
}

/// A source that includes these.
fn including<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().fold(String::new(), |mut text, name| {
        writeln!(text, "#include <{name}>").unwrap();
        text
    }) + "extern int nothing;\n"
}

/// Sources for either language: the compiler is told which.
fn write_sources(directory: &Path, texts: &[(String, String)]) -> Vec<PathBuf> {
    let write = |(name, text): &(String, String)| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    texts.iter().map(write).collect()
}

/// One run of a compiler.
struct Job<'a> {
    compiler: &'a Compiler,
    options: &'a [&'a str],
    source: &'a Path,
}

/// Every source with every variant.
fn product<'a>(sources: &'a [PathBuf], variants: &'a [(Compiler, Vec<&'a str>)]) -> Vec<Job<'a>> {
    let of = |(compiler, options): &'a (Compiler, Vec<&'a str>)| {
        sources.iter().map(move |source| Job { compiler, options, source })
    };
    variants.iter().flat_map(of).collect()
}

/// Compiles sources and expects silence. Two threads, as many processors as the smallest machine of ours has.
fn all_silent(include: &Path, jobs: &[Job<'_>]) {
    assert!(!jobs.is_empty());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut complaints = Vec::new();
        while let Some(Job { compiler, options, source }) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            complaints.extend(compiler.complaint(include, options, source));
        }
        complaints
    };
    let complaints: Vec<String> = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let some: Vec<_> = complaints.iter().take(10).map(String::as_str).collect();
    assert!(complaints.is_empty(), "{} of {} failed\n{}", complaints.len(), jobs.len(), some.join("\n"));
}
