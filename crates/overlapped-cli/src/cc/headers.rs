//! The C headers. The program carries them and puts them into the cache, under a name that changes with their text; those of an
//! installation (`PREFIX/include/overlapped`) are used in their place.

use super::cache;
use std::path::{Path, PathBuf};

/// Path below `include/`, and text.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/headers.rs"));

/// The headers of Windows, without the directory.
pub fn windows() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(|(path, text)| {
        let name = path.strip_prefix("overlapped/")?;
        (!name.contains('/')).then_some((name, *text))
    })
}

/// Is there a header of that name?
pub fn exists(name: &str) -> bool {
    windows().any(|(header, _)| header == name)
}

/// One file, by its path below `include/overlapped/`.
pub fn text(name: &str) -> &'static str {
    FILES.iter().find(|(path, _)| path.strip_prefix("overlapped/") == Some(name)).map_or("", |(_, text)| text)
}

/// Usual spellings of the names of headers that are not theirs.
pub fn spellings() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(|(path, _)| *path == "spellings").flat_map(|(_, text)| text.lines())
}

/// The directory to search for headers.
pub fn directory() -> Result<PathBuf, String> {
    let installed = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.join("include/overlapped")))
        .filter(|directory| directory.join("windows.h").is_file());
    match installed {
        Some(directory) => Ok(directory),
        None => {
            let files = FILES.iter().map(|(path, text)| (Path::new(path), text.as_bytes()));
            Ok(cache::directory("include", files)?.join("overlapped"))
        }
    }
}

/// A directory with the usual spellings, for `--print-flags`.
pub fn spellings_directory() -> Result<PathBuf, String> {
    let text = |name: &str| format!("#include <{}>\n", name.to_ascii_lowercase());
    let files: Vec<_> = spellings().map(|name| (name, text(name))).collect();
    cache::directory("spellings", files.iter().map(|(name, text)| (Path::new(name), text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_carried() {
        assert!(exists("windows.h") && exists("winsock2.h") && !exists("prelude.h"));
        assert!(text("ovl/prelude.h").contains("_WIN32"));
    }

    #[test]
    fn each_spelling_is_one_of_a_header() {
        for name in spellings() {
            assert!(exists(&name.to_ascii_lowercase()) && !exists(name), "{name}");
        }
    }
}
