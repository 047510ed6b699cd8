//! Forwarding headers: for each name in an `#include` that exists only in another case, or with slashes where it has
//! backslashes, a file of just that name (a backslash is an ordinary character in a name here) that includes the right one.
//! clang looks for slashes itself, so it gets a file of that name as well.

use super::casts::{Casts, casts};
use super::rewritten::{Copies, Placed, from_utf16};
use super::scan::{Seen, scan};
use super::{addresses, cache, headers, own_posix, own_types, statics};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What the sources of one command need.
#[derive(Debug, Default)]
pub struct Needs {
    /// Name as spelled, and text of the forwarding header.
    forwards: BTreeMap<String, String>,
    /// A file has `__in` or `__out`.
    pub old_annotations: bool,
    /// The user's files, for the case that the compiler cannot read one of them.
    pub copies: Copies,
    /// Pointers are kept in 32 bits.
    pub casts: Casts,
    /// A file has `__try`.
    pub structured: bool,
    /// A file has literals like `1i64`.
    pub suffixes: bool,
    /// A file looks like a part of a library, or a user of one's data.
    pub library: bool,
    /// Types of POSIX that the files define.
    pub own_posix: BTreeSet<&'static str>,
    /// A source has `void main`.
    pub void_main: bool,
    /// A source has `void wmain`.
    pub void_wmain: bool,
}

/// Where included files are looked for, apart from the directory of the file that includes them.
#[derive(Debug, Default)]
pub struct Search {
    /// `-iquote`.
    pub quoted: Vec<PathBuf>,
    /// `-I`, `-isystem` and the like.
    pub all: Vec<PathBuf>,
}

/// The compiler's own directory, for the names of libc.
const SYSTEM: &str = "/usr/include";

impl Needs {
    /// Looks through the sources, which are C++ or not, and, one after the other, all that they include of the user's.
    pub fn of(sources: &[&Path], cxx: &[bool], search: &Search) -> Self {
        let mut needs = Self::default();
        let is_c = |path: &Path| sources.iter().zip(cxx).any(|(source, cxx)| *source == path && !cxx);
        let cxx = cxx.contains(&true);
        let mut done = HashSet::new();
        let mut open: Vec<PathBuf> = sources.iter().map(PathBuf::from).collect();
        while let Some(path) = open.pop() {
            let Ok(real) = path.canonicalize() else { continue };
            if !done.insert(real.clone()) {
                continue;
            }
            // What cannot be read is the compiler's to complain about.
            let Ok(bytes) = fs::read(&path) else { continue };
            let utf8 = from_utf16(&bytes);
            let foreign = utf8.is_some();
            let bytes = utf8.unwrap_or(bytes);
            let own_types = own_types::rewritten(&bytes, cxx);
            let mut rewritten = own_types.as_deref().unwrap_or(&bytes);
            let statics = if is_c(&path) { statics::rewritten(rewritten) } else { None };
            rewritten = statics.as_deref().unwrap_or(rewritten);
            let addresses = if cxx && !is_c(&path) { addresses::rewritten(rewritten) } else { None };
            rewritten = addresses.as_deref().unwrap_or(rewritten);
            let changed = own_types.is_some() || statics.is_some() || addresses.is_some();
            needs.copies.add(real, rewritten, foreign || changed);
            let Seen { includes, void_main, void_wmain, old_annotations, structured, suffixes, library } = scan(&bytes);
            needs.library |= library;
            let text = String::from_utf8_lossy(&bytes);
            needs.own_posix.extend(own_posix::defined(&text));
            let Casts { low, key_is_pointer } = casts(&text);
            needs.casts.low |= low;
            needs.casts.key_is_pointer |= key_is_pointer;
            needs.old_annotations |= old_annotations;
            needs.structured |= structured;
            needs.suffixes |= suffixes;
            needs.void_main |= void_main;
            needs.void_wmain |= void_wmain;
            let directory = path.parent().unwrap_or(Path::new(""));
            open.extend(
                includes.into_iter().filter_map(|(name, quoted)| needs.resolve(&name, quoted, directory, search)),
            );
        }
        needs
    }

    /// The user's file behind a name. Adds a forwarding header if one is needed.
    fn resolve(&mut self, name: &str, quoted: bool, directory: &Path, search: &Search) -> Option<PathBuf> {
        let beside = quoted.then_some(directory).into_iter();
        let listed = search.quoted.iter().filter(|_| quoted).chain(&search.all).map(PathBuf::as_path);
        let places: Vec<&Path> = beside.chain(listed).collect();
        if let Some(found) = places.iter().map(|place| place.join(name)).find(|path| path.is_file()) {
            return Some(found);
        }
        let slashed = name.replace('\\', "/");
        if headers::exists(&slashed) {
            self.forward_if_different(name, &slashed);
            return None;
        }
        if let Some(found) = places.iter().find_map(|place| in_any_case(place, Path::new(&slashed))) {
            let target = found.canonicalize().unwrap_or_else(|_| found.clone());
            self.forwards.insert(name.into(), format!("#include \"{}\"\n", target.display()));
            return Some(found);
        }
        let lower = slashed.to_ascii_lowercase();
        if headers::exists(&lower) || Path::new(SYSTEM).join(&lower).is_file() || is_of_cxx(&lower) {
            self.forward_if_different(name, &lower);
        }
        None
    }

    fn forward_if_different(&mut self, name: &str, standard: &str) {
        if name != standard {
            self.forwards.insert(name.into(), format!("#include <{standard}>\n"));
        }
    }

    /// The directory with the forwarding headers, which lead to copies if there are some; `None` if none is needed.
    pub fn directory(&self, copies: Option<&Placed>) -> Result<Option<PathBuf>, String> {
        if self.forwards.is_empty() {
            return Ok(None);
        }
        let slashed = self
            .forwards
            .iter()
            .filter(|(name, _)| name.contains('\\'))
            .map(|(name, text)| (name.replace('\\', "/"), text));
        let names = self.forwards.iter().map(|(name, text)| (name.clone(), text)).chain(slashed);
        let to = |text: &String| copies.map_or_else(|| text.clone(), |copies| copies.forward(text));
        let files: BTreeMap<_, _> = names.filter_map(|(name, text)| Some((below(&name)?, to(text)))).collect();
        let files = files.iter().map(|(name, text)| (name.as_path(), text.as_bytes()));
        Ok(Some(cache::directory("names", files)?.join(DEEP)))
    }
}

/// Is it a header of the C++ library, `<thread>`?
fn is_of_cxx(name: &str) -> bool {
    let versions = fs::read_dir(Path::new(SYSTEM).join("c++")).into_iter().flatten().flatten();
    versions.map(|version| version.path().join(name)).any(|path| path.is_file())
}

/// Where names are put, so that some `..` stay below the directory.
const DEEP: &str = "d/d/d/d";

/// The place of a name below the directory; `None` if it climbs out.
fn below(name: &str) -> Option<PathBuf> {
    let mut at = PathBuf::from(DEEP);
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => at.push(part),
            Component::ParentDir if at.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!at.as_os_str().is_empty()).then_some(at)
}

/// Walks a path, where a part is missing with one that differs in case only.
fn in_any_case(place: &Path, name: &Path) -> Option<PathBuf> {
    let mut at = place.to_path_buf();
    for part in name.components() {
        match part {
            Component::Normal(part) => {
                let exact = at.join(part);
                at = if exact.exists() { exact } else { at.join(similar(&at, part)?) };
            }
            Component::CurDir => {}
            other => at.push(other),
        }
    }
    at.is_file().then_some(at)
}

fn similar(directory: &Path, name: &OsStr) -> Option<std::ffi::OsString> {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    fs::read_dir(here).ok()?.flatten().map(|entry| entry.file_name()).find(|entry| entry.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_another_case_and_with_backslashes_get_a_forwarding_header() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::create_dir(path("sub")).unwrap();
        fs::write(
            path("main.c"),
            "#include <Windows.h>\n#include \"Sub\\Part.H\"\n#include \"own.h\"\n#include <STDIO.H>\n",
        )
        .unwrap();
        fs::write(path("sub/part.h"), "#include \"..\\\\Other.h\"\nvoid f(__in int);").unwrap();
        fs::write(path("own.h"), "").unwrap();
        fs::write(path("other.h"), "").unwrap();
        let needs = Needs::of(&[&path("main.c")], &[false], &Search::default());
        let names: Vec<_> = needs.forwards.keys().map(String::as_str).collect();
        assert_eq!(names, ["..\\\\Other.h", "STDIO.H", "Sub\\Part.H", "Windows.h"]);
        assert_eq!(needs.forwards["Windows.h"], "#include <windows.h>\n");
        assert!(needs.forwards["Sub\\Part.H"].ends_with("/sub/part.h\"\n"));
        assert!(needs.old_annotations);
    }

    #[test]
    fn a_name_that_climbs_stays_below_the_directory() {
        assert_eq!(below("../a/B.h"), Some("d/d/d/a/B.h".into()));
        assert_eq!(below("..\\B.h"), Some("d/d/d/d/..\\B.h".into()));
        assert_eq!((below("../../../../../B.h"), below("/etc/B.h")), (None, None));
    }

    #[test]
    fn names_that_are_right_need_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("main.c");
        fs::write(&source, "#include <windows.h>\n#include <stdio.h>\n#include <missing.h>\n").unwrap();
        let needs = Needs::of(&[&source], &[false], &Search::default());
        assert!(needs.forwards.is_empty() && needs.directory(None) == Ok(None));
    }
}
