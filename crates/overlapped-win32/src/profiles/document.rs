//! The text of an initialization file: sections in brackets, and under them lines `key=value`.
//!
//! A file is kept as its lines, and a change touches only the lines that it is about: comments, order and blanks of the others stay. Text
//! is UTF-8 inside; a file in UTF-16 (it begins with FF FE) is read and written as that.

use crate::support::{os_to_wide, wide_to_os};
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

const UTF16_MARK: [u8; 2] = [0xFF, 0xFE];
const UTF8_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Bytes,
    Utf8Marked,
    Utf16,
}

/// See the module page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    encoding: Encoding,
    lines: Vec<Vec<u8>>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    /// Empty, or a comment.
    Nothing,
    Section(&'a [u8]),
    /// A key, and what stands behind the equals sign if there is one.
    Entry(&'a [u8], Option<&'a [u8]>),
}

impl<'a> Line<'a> {
    fn of(line: &'a [u8]) -> Self {
        let line = line.trim_ascii();
        match line {
            [] | [b';', ..] => Self::Nothing,
            [b'[', rest @ ..] => {
                let end = rest.iter().position(|byte| *byte == b']').unwrap_or(rest.len());
                Self::Section(rest[..end].trim_ascii())
            }
            line => match line.iter().position(|byte| *byte == b'=') {
                Some(at) => Self::Entry(line[..at].trim_ascii_end(), Some(line[at + 1..].trim_ascii_start())),
                None => Self::Entry(line, None),
            },
        }
    }
}

/// Names are alike whatever their case.
fn alike(first: &[u8], second: &[u8]) -> bool {
    let folded = |name: &[u8]| String::from_utf8_lossy(name.trim_ascii()).to_lowercase();
    first.eq_ignore_ascii_case(second) || folded(first) == folded(second)
}

impl Document {
    /// A file with this content.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let (encoding, text) = if let Some(rest) = content.strip_prefix(&UTF16_MARK) {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            (Encoding::Utf16, wide_to_os(&units).into_vec())
        } else if let Some(rest) = content.strip_prefix(&UTF8_MARK) {
            (Encoding::Utf8Marked, rest.to_vec())
        } else {
            (Encoding::Bytes, content.to_vec())
        };
        let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        if lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        for line in &mut lines {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        Self { encoding, lines }
    }

    /// The content of the file; every line ends as lines do on Windows.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for line in &self.lines {
            text.extend_from_slice(line);
            text.extend_from_slice(b"\r\n");
        }
        match self.encoding {
            Encoding::Bytes => text,
            Encoding::Utf8Marked => [&UTF8_MARK[..], &text].concat(),
            Encoding::Utf16 => {
                let units = os_to_wide(OsStr::from_bytes(&text));
                UTF16_MARK.into_iter().chain(units.into_iter().flat_map(u16::to_le_bytes)).collect()
            }
        }
    }

    /// The names of the sections, in their order.
    pub fn sections(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().filter_map(|line| match Line::of(line) {
            Line::Section(name) => Some(name),
            _ => None,
        })
    }

    /// The lines of the first section of this name, from the one behind its header to the next header. What stands before the first
    /// header belongs to the section without a name.
    fn range(&self, section: &[u8]) -> Option<std::ops::Range<usize>> {
        let is_header = |line: &Vec<u8>| matches!(Line::of(line), Line::Section(_));
        let is_this = |line: &Vec<u8>| matches!(Line::of(line), Line::Section(name) if alike(name, section));
        let start = match self.lines.iter().position(is_this) {
            Some(header) => header + 1,
            None if section.is_empty() => 0,
            None => return None,
        };
        let len = self.lines[start..].iter().position(is_header).unwrap_or(self.lines.len() - start);
        Some(start..start + len)
    }

    fn entries(&self, section: &[u8]) -> impl Iterator<Item = (usize, &[u8], Option<&[u8]>)> {
        self.range(section).into_iter().flatten().filter_map(|at| match Line::of(&self.lines[at]) {
            Line::Entry(key, value) => Some((at, key, value)),
            _ => None,
        })
    }

    /// The keys of a section that have values; `None` if there is no such section.
    #[must_use]
    pub fn keys(&self, section: &[u8]) -> Option<Vec<&[u8]>> {
        self.range(section)?;
        Some(self.entries(section).filter_map(|(_, key, value)| value.and(Some(key))).collect())
    }

    /// The entries of a section as they are told: `key=value`, without blanks around either, comments and empty lines.
    #[must_use]
    pub fn told(&self, section: &[u8]) -> Vec<Vec<u8>> {
        let whole = |(_, key, value): (_, &[u8], Option<&[u8]>)| match value {
            Some(value) => [key, b"=", value].concat(),
            None => key.to_vec(),
        };
        self.entries(section).map(whole).collect()
    }

    /// The value of a key as it stands there, quotes and all.
    #[must_use]
    pub fn value(&self, section: &[u8], key: &[u8]) -> Option<&[u8]> {
        self.entries(section).find(|(_, name, value)| value.is_some() && alike(name, key))?.2
    }

    /// The line of a key.
    fn place(&self, section: &[u8], key: &[u8]) -> Option<usize> {
        self.entries(section).find(|(_, name, _)| alike(name, key)).map(|(at, ..)| at)
    }

    /// The lines of a section, which is made if there is none.
    fn or_make(&mut self, section: &[u8]) -> std::ops::Range<usize> {
        if let Some(range) = self.range(section) {
            return range;
        }
        self.lines.push([b"[", section, b"]"].concat());
        self.lines.len()..self.lines.len()
    }

    /// Sets the value of a key, which is added at the end of its section if it is new.
    pub fn set(&mut self, section: &[u8], key: &[u8], value: &[u8]) {
        if let Some(at) = self.place(section, key) {
            // The key stays as it is spelled there.
            let key = match Line::of(&self.lines[at]) {
                Line::Entry(key, _) => key,
                _ => key,
            };
            self.lines[at] = [key, b"=", value].concat();
            return;
        }
        let line = [key.trim_ascii(), b"=", value].concat();
        let range = self.or_make(section);
        let used = self.lines[range.clone()].iter().rposition(|line| !line.trim_ascii().is_empty());
        let at = range.start + used.map_or(0, |last| last + 1);
        self.lines.insert(at, line);
    }

    /// Takes a key away.
    pub fn remove(&mut self, section: &[u8], key: &[u8]) {
        if let Some(at) = self.place(section, key) {
            self.lines.remove(at);
        }
    }

    /// Takes a section away, with its header.
    pub fn remove_section(&mut self, section: &[u8]) {
        if let Some(range) = self.range(section) {
            self.lines.drain(range.start.saturating_sub(1)..range.end);
        }
    }

    /// Gives a section these lines in the place of its own.
    pub fn replace_section(&mut self, section: &[u8], lines: Vec<Vec<u8>>) {
        let range = self.or_make(section);
        self.lines.splice(range, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] =
        b"loose=1\r\n[One]\r\n; note\r\n a = first \r\nbare\r\nA=second\r\n\r\n[Two] x\nk=v;c\r\n[one]\r\nlate=9";

    #[test]
    fn the_first_of_a_name_counts_in_any_case() {
        let document = Document::parse(TEXT);
        assert_eq!(document.sections().collect::<Vec<_>>(), [b"One", b"Two", b"one"]);
        assert_eq!(document.value(b"ONE", b"A"), Some(&b"first"[..]));
        assert_eq!(document.value(b"one", b"late"), None);
        assert_eq!((document.value(b"", b"loose"), document.value(b"two", b"k")), (Some(&b"1"[..]), Some(&b"v;c"[..])));
        assert_eq!(document.keys(b"one"), Some(vec![&b"a"[..], b"A"]));
        assert_eq!(document.told(b"one"), [&b"a=first"[..], b"bare", b"A=second"]);
        assert_eq!(document.keys(b"three"), None);
    }

    #[test]
    fn a_change_leaves_the_other_lines_as_they_are() {
        let mut document = Document::parse(TEXT);
        document.set(b"one", b"new", b"x ");
        document.set(b"two", b"K", b"w");
        document.set(b"three", b"k", b"v");
        document.remove(b"one", b"a");
        let expected = b"loose=1\r\n[One]\r\n; note\r\nbare\r\nA=second\r\nnew=x \r\n\r\n[Two] x\r\nk=w\r\n[one]\r\nlate=9\r\n[three]\r\nk=v\r\n";
        assert_eq!(String::from_utf8(document.content()).unwrap(), String::from_utf8_lossy(expected));
        document.remove_section(b"one");
        document.replace_section(b"two", vec![b"a=1".to_vec()]);
        assert_eq!(document.content(), b"loose=1\r\n[Two] x\r\na=1\r\n[one]\r\nlate=9\r\n[three]\r\nk=v\r\n");
    }

    #[test]
    fn wide_files_stay_wide() {
        let wide = |text: &str| {
            [&UTF16_MARK[..], &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat()
        };
        let mut document = Document::parse(&wide("[Größe]\r\nä=ü\r\n"));
        assert_eq!(document.value("GRÖSSE".as_bytes(), b"x"), None);
        assert_eq!(document.value("GRÖßE".as_bytes(), "Ä".as_bytes()), Some("ü".as_bytes()));
        document.set("größe".as_bytes(), b"z", "€".as_bytes());
        assert_eq!(document.content(), wide("[Größe]\r\nä=ü\r\nz=€\r\n"));
    }
}
