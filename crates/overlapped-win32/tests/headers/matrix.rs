//! Headers x languages x compilers x choices: all of it is silent.

use crate::compilers::{Compiler, compilers};
use crate::{Job, all_silent, full, headers, include, including, product, scratch, write_sources};
use std::path::{Path, PathBuf};

/// What programs define before the first header.
const CHOICES: [&[&str]; 6] = [
    &[],
    &["-DUNICODE", "-D_UNICODE", "-O2"],
    &["-DWIN32_LEAN_AND_MEAN", "-DNOMINMAX"],
    &["-DUNICODE", "-D_UNICODE", "-DWIN32_LEAN_AND_MEAN", "-DNOMINMAX"],
    &["-DNOMINMAX", "-D_WIN32_WINNT=0x0A00"],
    &["-DOVL_LP64_FORMATS", "-D_WIN32_WINNT=0x0501"],
];

/// A number of sources, all of them with the first compiler of each language, the others with each fourth.
fn sampled<'a>(sources: &'a [PathBuf], variants: &'a [(Compiler, Vec<&'a str>)]) -> Vec<Job<'a>> {
    let mut seen = [false; 2];
    let mut jobs = Vec::new();
    for (compiler, options) in variants {
        let first = !std::mem::replace(&mut seen[usize::from(compiler.is_cxx())], true);
        let chosen = sources.iter().enumerate().filter(|(i, _)| first || full() || i % 4 == 0);
        jobs.extend(chosen.map(|(_, source)| Job { compiler, options, source }));
    }
    jobs
}

fn source_name(header: &str) -> String {
    header.replace('/', "-") + ".c"
}

/// Each compiler with its oldest language.
fn oldest() -> Vec<(Compiler, Vec<&'static str>)> {
    compilers().into_iter().map(|compiler| (compiler.clone(), vec![compiler.standards()[0]])).collect()
}

#[test]
fn each_header_compiles_alone() {
    let include = include();
    let texts: Vec<_> = headers(&include).iter().map(|name| (source_name(name), including([name]))).collect();
    let sources = write_sources(&scratch("alone"), &texts);
    all_silent(&include, &sampled(&sources, &oldest()));
}

#[test]
fn headers_compile_in_pairs_in_either_order() {
    let include = include();
    let names = headers(&include);
    let count = names.len();
    // Each header meets two others, first and second; or all.
    let partners = |i: usize| if full() { (0..count).collect() } else { vec![(i * 37 + 11) % count] };
    let pairs = (0..count).flat_map(|i| partners(i).into_iter().flat_map(move |j| [(i, j), (j, i)]));
    let text = |(i, j): (usize, usize)| (format!("{i}-{j}.c"), including([&names[i], &names[j]]));
    let sources = write_sources(&scratch("pairs"), &pairs.map(text).collect::<Vec<_>>());
    all_silent(&include, &sampled(&sources, &oldest()));
}

/// All headers in some orders: forward, backward, from the middle, and each seventh after the other.
fn orders(include: &Path, name: &str) -> Vec<PathBuf> {
    let names = headers(include);
    let count = names.len();
    let step = if count.is_multiple_of(7) { 11 } else { 7 };
    let texts = [
        including(&names),
        including(names.iter().rev()),
        including(names.iter().cycle().skip(count / 3).take(count)),
        including((0..count).map(|i| &names[i * step % count])),
    ];
    let texts: Vec<_> = texts.into_iter().enumerate().map(|(i, text)| (format!("order{i}.c"), text)).collect();
    write_sources(&scratch(&format!("together-{name}")), &texts)
}

#[test]
fn all_headers_compile_together_in_every_language() {
    let include = include();
    let sources = orders(&include, "languages");
    let languages =
        |compiler: Compiler| compiler.standards().iter().map(move |&standard| (compiler.clone(), vec![standard]));
    let variants: Vec<_> = compilers().into_iter().flat_map(languages).collect();
    all_silent(&include, &product(&sources[..if full() { sources.len() } else { 1 }], &variants));
}

#[test]
fn all_headers_compile_together_in_any_order_with_any_choice() {
    let include = include();
    let sources = orders(&include, "orders");
    let choose = |compiler: Compiler| CHOICES.iter().map(move |choice| (compiler.clone(), choice.to_vec()));
    let variants: Vec<_> = compilers().into_iter().flat_map(choose).collect();
    let jobs = product(&sources, &variants);
    // In the sample, each choice meets one order with each compiler, another one with the next.
    let sample = |i: usize| {
        full() || i % sources.len() == (i / sources.len() + i / sources.len() / CHOICES.len()) % sources.len()
    };
    let jobs: Vec<_> = jobs.into_iter().enumerate().filter(|(i, _)| sample(*i)).map(|(_, job)| job).collect();
    all_silent(&include, &jobs);
}

#[test]
fn all_headers_compile_together_and_alone() {
    let include = include();
    let sources = orders(&include, "complete");
    let ends = |compiler: Compiler| {
        let standards = compiler.standards();
        [standards[0], standards[standards.len() - 1]].map(|standard| (compiler.clone(), vec![standard]))
    };
    let variants: Vec<_> = compilers().into_iter().flat_map(ends).collect();
    all_silent(&include, &product(&sources[2..3], &variants));
    let texts: Vec<_> = headers(&include).iter().map(|name| (source_name(name), including([name]))).collect();
    let alone = write_sources(&scratch("complete-alone"), &texts);
    let variants: Vec<_> = oldest().into_iter().take(if full() { 4 } else { 1 }).collect();
    all_silent(&include, &product(&alone, &variants));
}

#[test]
fn the_cxx_library_goes_with_them() {
    let library = "#include <algorithm>\n#include <chrono>\n#include <condition_variable>\n#include <filesystem>\n#include <fstream>\n\
        #include <functional>\n#include <iostream>\n#include <map>\n#include <memory>\n#include <mutex>\n#include <random>\n\
        #include <regex>\n#include <sstream>\n#include <string>\n#include <thread>\n#include <vector>\n";
    let windows = "#include <winsock2.h>\n#include <ws2tcpip.h>\n#include <mswsock.h>\n#include <windows.h>\n#include <tchar.h>\n#include <strsafe.h>\n";
    let texts = [("before.c".into(), format!("{library}{windows}")), ("after.c".into(), format!("{windows}{library}"))];
    let sources = write_sources(&scratch("cxx-library"), &texts);
    let variants: Vec<_> = compilers()
        .into_iter()
        .filter(Compiler::is_cxx)
        .flat_map(|compiler| [(compiler.clone(), vec!["-std=c++17"]), (compiler, vec!["-std=c++17", "-DOVL_OLD_SAL"])])
        .collect();
    all_silent(&include(), &product(&sources, &variants));
}

#[test]
fn stdio_alone_declares_the_wide_formats() {
    let uses = "#include <stdio.h>\n#include <stdarg.h>\nint f(FILE *file, wchar_t *to, const wchar_t *format, ...) {\n\
        va_list list; int n; va_start(list, format); n = vwprintf(format, list); va_end(list);\n\
        return n + wprintf(L\"%s\", to) + fwprintf(file, L\"x\") + swprintf(to, 4, L\"x\") + _snwprintf(to, 4, L\"x\")\n\
        + fputws(to, file) + fgetwc(file) + fputwc(L'x', file) + _putws(to) + (fgetws(to, 4, file) != 0) + (_wfopen(to, L\"r\") != 0)\n\
        + swprintf_s(to, 4, L\"x\") + wscanf(L\"%d\", &n) + getwchar() + putwchar(L'x') + _fileno(file);\n}\n";
    let sources = write_sources(&scratch("stdio"), &[("stdio.c".into(), uses.into())]);
    let variants: Vec<_> =
        compilers().into_iter().flat_map(|c| [(c.clone(), vec![]), (c, vec!["-DUNICODE", "-D_UNICODE"])]).collect();
    all_silent(&include(), &product(&sources, &variants));
}
