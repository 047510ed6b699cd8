//! Sources in UTF-16, as editors of Windows save them: no compiler here reads those.
//!
//! If a source or a header that it leads to is such a file, all of them are copied into the cache as UTF-8, each below the copies' directory
//! where it is below `/`, so that they find each other as the originals do. The compiler gets the copies, and a `#line` in each has
//! it speak of the originals. Drawback: dependency files for make name the copies.

use super::cache;
use super::overlay::Search;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The text of a file that begins with the mark of UTF-16, in UTF-8.
pub fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes[2..].as_chunks().0.iter().map(|pair| unit(*pair)).collect();
    Some(String::from_utf16_lossy(&units).into_bytes())
}

/// Files of the user by their whole names, and their text in UTF-8.
#[derive(Debug, Default)]
pub struct Copies {
    files: Vec<(PathBuf, Vec<u8>)>,
    needed: bool,
}

/// The copies in their place.
pub struct Placed {
    root: PathBuf,
}

impl Copies {
    /// A file that was looked at: its whole name, and its text, which had to be rewritten or not.
    pub fn add(&mut self, name: PathBuf, text: &[u8], rewritten: bool) {
        self.needed |= rewritten;
        self.files.push((name, text.to_vec()));
    }

    /// Puts them into the cache; `None` if the originals can be read.
    pub fn place(&self) -> Result<Option<Placed>, String> {
        if !self.needed {
            return Ok(None);
        }
        let text = |(name, text): &(PathBuf, Vec<u8>)| {
            let shown = name.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
            let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            [format!("#line 1 \"{shown}\"\n").as_bytes(), text].concat()
        };
        let files: Vec<_> =
            self.files.iter().filter_map(|file| Some((file.0.strip_prefix("/").ok()?, text(file)))).collect();
        let root = cache::directory("sources", files.iter().map(|(name, text)| (*name, text.as_slice())))?;
        Ok(Some(Placed { root }))
    }
}

impl Placed {
    /// The copy of a file or directory, if there is one.
    fn copy(&self, original: &Path) -> Option<PathBuf> {
        let whole = original.canonicalize().ok()?;
        Some(self.root.join(whole.strip_prefix("/").ok()?)).filter(|copy| copy.exists())
    }

    /// An argument of the compiler: the copy, if it is one of the sources.
    pub fn argument(&self, argument: &OsStr, sources: &[PathBuf]) -> OsString {
        let source = sources.iter().find(|source| source.as_os_str() == argument);
        source.and_then(|source| self.copy(source)).map_or_else(|| argument.into(), PathBuf::into_os_string)
    }

    /// Options by which the copies of headers are found before the originals, and what has none beside a source.
    pub fn options(&self, search: &Search, sources: &[PathBuf]) -> Vec<OsString> {
        let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_path_buf() };
        let beside: Vec<PathBuf> = sources.iter().filter_map(|source| source.parent()).map(here).collect();
        let copies = |kind: &'static str, directories: &[PathBuf]| -> Vec<OsString> {
            directories
                .iter()
                .filter_map(|directory| self.copy(directory))
                .flat_map(|copy| [kind.into(), copy.into()])
                .collect()
        };
        let quoted = beside.iter().flat_map(|directory| ["-iquote".into(), directory.clone().into_os_string()]);
        [copies("-iquote", &search.quoted), copies("-I", &search.all), quoted.collect()].concat()
    }

    /// The text of a forwarding header: to the copy.
    pub fn forward(&self, text: &str) -> String {
        let target = text.strip_prefix("#include \"").and_then(|rest| rest.strip_suffix("\"\n"));
        let copy = target.and_then(|target| self.copy(Path::new(target)));
        copy.map_or_else(|| text.to_owned(), |copy| format!("#include \"{}\"\n", copy.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_of_bytes_are_read_and_other_text_is_left() {
        assert_eq!(from_utf16(b"\xFF\xFEa\0\xE9\0").as_deref(), Some("a\u{e9}".as_bytes()));
        assert_eq!(from_utf16(b"\xFE\xFF\0a\0\xE9").as_deref(), Some("a\u{e9}".as_bytes()));
        assert_eq!((from_utf16(b"\xEF\xBB\xBFa"), from_utf16(b"a")), (None, None));
    }
}
