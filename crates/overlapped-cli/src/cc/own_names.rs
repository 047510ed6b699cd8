//! The static library with references to libc that nothing in a program can take over.
//!
//! A program that brings a `mmap` of its own along, made of MapViewOfFile, must not have it called by the library below MapViewOfFile. With the
//! shared library a linker script sees to that (`ovl/own_names.map`); what is linked in takes any definition of the name that is there.
//! So its references get the version that libc has for the name, as if it had been linked already: `mmap@GLIBC_2.2.5` is never
//! the program's. Drawback: it needs objdump and objcopy, which come with gcc, and a linker that tells the two apart (ld does).

use super::headers;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The archive as programs are to be linked with it: an installation has it so; elsewhere it is made beside the original.
pub fn protected(archive: &Path, compiler: &[OsString]) -> Result<PathBuf, String> {
    if archive.with_file_name("liboverlapped_start.a").exists() {
        return Ok(archive.into());
    }
    let copy = archive.with_file_name("liboverlapped_win32_linked_in.a");
    let written = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    if written(&copy).is_none_or(|time| written(archive).is_none_or(|original| time < original)) {
        let new = archive.with_file_name(format!("liboverlapped_win32_linked_in.{}", std::process::id()));
        let made = make(archive, &new, compiler).and_then(|()| {
            std::fs::rename(&new, &copy).map_err(|error| format!("{} could not be made: {error}", copy.display()))
        });
        if made.is_err() {
            let _ = std::fs::remove_file(&new);
        }
        made?;
    }
    Ok(copy)
}

/// Copies the archive with versions for the names that programs may have of their own.
pub fn make(archive: &Path, copy: &Path, compiler: &[OsString]) -> Result<(), String> {
    let patterns: Vec<&str> = patterns(headers::text("ovl/own_names.map")).collect();
    let defined = defined(archive).map_err(|error| format!("{} could not be read: {error}", archive.display()))?;
    let mut text = String::new();
    for (name, version) in versions(compiler)? {
        if patterns.iter().any(|pattern| matches(pattern, &name)) && !defined.contains(&name) {
            text += &format!("{name} {name}@{version}\n");
        }
    }
    let list = copy.with_extension("names");
    std::fs::write(&list, text).map_err(|error| format!("{} could not be written: {error}", list.display()))?;
    let mut option = OsString::from("--redefine-syms=");
    option.push(&list);
    let done = run("objcopy", &[option, archive.into(), copy.into()]);
    let _ = std::fs::remove_file(&list);
    done.map(drop)
}

/// The names of the linker script.
fn patterns(script: &str) -> impl Iterator<Item = &str> {
    let body = script.split_once("local:").and_then(|(_, rest)| rest.split_once('}')).map_or("", |(body, _)| body);
    body.split(';').map(str::trim).filter(|name| !name.is_empty())
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// The names that an archive has itself: those of its index, which is its first member.
fn defined(archive: &Path) -> io::Result<BTreeSet<String>> {
    let mut start = [0; 68];
    let mut file = File::open(archive)?;
    file.read_exact(&mut start)?;
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "it is no archive with an index");
    // Sixteen characters of name, and ten of size behind those of date, owner and mode.
    if &start[..8] != b"!<arch>\n" || !start[8..24].starts_with(b"/ ") {
        return Err(broken());
    }
    let size = str::from_utf8(&start[56..66]).ok().and_then(|text| text.trim().parse().ok()).ok_or_else(broken)?;
    let mut index = vec![0; size];
    file.read_exact(&mut index)?;
    names(&index).ok_or_else(broken)
}

/// A count, as many places, and as many names that end with a zero.
fn names(index: &[u8]) -> Option<BTreeSet<String>> {
    let count = u32::from_be_bytes(index.first_chunk().copied()?) as usize;
    let names = index.get(4 + 4 * count..)?.split(|&byte| byte == 0).take(count);
    Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// The version that each function of libc has for new programs.
fn versions(compiler: &[OsString]) -> Result<BTreeMap<String, String>, String> {
    let asked = Command::new(&compiler[0]).args(&compiler[1..]).arg("-print-file-name=libc.so.6").output();
    let asked = asked.map_err(|error| super::command::not_started(&compiler[0], &error))?;
    let libc = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    let text = run("objdump", &["-T".into(), libc.into()])?;
    // Address, kind, section and size, then the version, in parentheses if it is only for programs that are old, and the name.
    let mut versions = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().rev().take(2).collect();
        if let [name, version] = words[..]
            && version.starts_with("GLIBC_")
        {
            versions.insert(name.to_owned(), version.to_owned());
        }
    }
    Ok(versions)
}

fn run(program: &str, arguments: &[OsString]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output();
    let output = output.map_err(|error| format!("{program}, which comes with gcc, could not be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_lists_names_and_starts_of_names() {
        let patterns: Vec<_> = patterns(headers::text("ovl/own_names.map")).collect();
        assert!(patterns.contains(&"mmap") && patterns.contains(&"pthread_*") && patterns.len() > 50);
        assert!(matches("pthread_*", "pthread_create") && matches("mmap", "mmap") && !matches("mmap", "mmap64"));
    }

    #[test]
    fn what_an_archive_has_itself_stands_in_its_index() {
        let index = b"\0\0\0\x02\0\0\0\x10\0\0\0\x20open\0memmem\0\0";
        assert_eq!(names(index).unwrap().into_iter().collect::<Vec<_>>(), ["memmem", "open"]);
        assert_eq!((names(b"\0\0\0\x09\0"), names(b"")), (None, None));
        assert!(defined(Path::new("/dev/null")).is_err());
    }
}
