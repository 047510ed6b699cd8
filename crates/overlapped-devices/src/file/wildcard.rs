//! Patterns of file names, as FindFirstFile takes them: `*` and `?`, with what DOS has left of its rules.
//!
//! `?` is any letter but a dot, and nothing at a dot or at the end; a dot before a wildcard is also nothing at the end, so that
//! `a*.*` finds `abc`; `*.` at the end finds names without an extension. Letters are compared without regard to case.

use overlapped_kernel::namespace::ObjectName;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Any run of letters.
    Run,
    /// Any run of letters up to the last dot of the name, which it may take too.
    RunBeforeExtension,
    /// One letter that is no dot; nothing at a dot or at the end.
    One,
    /// A dot; nothing at the end.
    DotOrEnd,
    /// This letter.
    Letter(u32),
}

/// See the module page.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Part>);

/// Has the name characters that stand for others?
pub(crate) fn is_pattern(name: &OsStr) -> bool {
    name.as_bytes().iter().any(|byte| b"*?<>\"".contains(byte))
}

/// The letters of a name, upper and lower case alike. Bytes that are no text are letters of their own.
fn letters(name: &OsStr) -> Vec<u32> {
    if name.is_ascii() {
        return name.as_bytes().iter().map(|byte| u32::from(byte.to_ascii_uppercase())).collect();
    }
    let folded = ObjectName::new(name);
    let mut letters = Vec::new();
    for chunk in folded.folded().as_bytes().utf8_chunks() {
        letters.extend(chunk.valid().chars().map(u32::from));
        letters.extend(chunk.invalid().iter().map(|byte| 0x11_0000 | u32::from(*byte)));
    }
    letters
}

const DOT: u32 = b'.' as u32;

impl Pattern {
    pub fn new(text: &OsStr) -> Self {
        let letters = letters(if text == "*.*" { OsStr::new("*") } else { text });
        let wild =
            |at: usize| letters.get(at).is_some_and(|letter| *letter == u32::from(b'*') || *letter == u32::from(b'?'));
        let mut parts = Vec::new();
        for (at, letter) in letters.iter().copied().enumerate() {
            let last = at + 1 == letters.len();
            match u8::try_from(letter).unwrap_or(0) {
                b'.' if last && parts.last() == Some(&Part::Run) => {
                    parts.pop();
                    parts.push(Part::RunBeforeExtension);
                }
                b'.' if wild(at + 1) => parts.push(Part::DotOrEnd),
                b'*' => parts.push(Part::Run),
                b'?' | b'>' => parts.push(Part::One),
                b'<' => parts.push(Part::RunBeforeExtension),
                b'"' => parts.push(Part::DotOrEnd),
                _ => parts.push(Part::Letter(letter)),
            }
        }
        Self(parts)
    }

    /// Does the whole name fit?
    pub fn matches(&self, name: &OsStr) -> bool {
        if self.0 == [Part::Run] {
            return true;
        }
        let name = letters(name);
        let parts = self.0.len();
        // Row by row from the end of the name: does the rest of the name fit the pattern from this part on?
        let mut after = vec![false; parts + 1];
        let mut row = after.clone();
        let mut dot_follows = false;
        for at in (0..=name.len()).rev() {
            let letter = name.get(at).copied();
            row[parts] = letter.is_none();
            for part in (0..parts).rev() {
                let (skip, take, stay) = (row[part + 1], after[part + 1], after[part]);
                row[part] = match (self.0[part], letter) {
                    (Part::Letter(wanted), Some(letter)) => wanted == letter && take,
                    (Part::Letter(_), None) => false,
                    (Part::Run | Part::RunBeforeExtension | Part::One | Part::DotOrEnd, None) => skip,
                    (Part::RunBeforeExtension, Some(DOT)) if !dot_follows => skip || take,
                    (Part::Run | Part::RunBeforeExtension, Some(_)) => skip || stay,
                    (Part::One, Some(DOT)) => skip,
                    (Part::One, Some(_)) => take,
                    (Part::DotOrEnd, Some(letter)) => letter == DOT && take,
                };
            }
            dot_follows |= letter == Some(DOT);
            std::mem::swap(&mut row, &mut after);
        }
        after[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::new(OsStr::new(pattern)).matches(OsStr::new(name))
    }

    #[test]
    fn patterns_fit_as_dos_has_it() {
        let rows = [
            ("*", "a.b"),
            ("*.*", "noext"),
            ("*.txt", "A.TXT"),
            ("a*.*", "abc"),
            ("a?.*", "ab"),
            ("a???", "ab"),
            ("?.txt", "x.txt"),
            ("*.", "noext"),
            ("*.", "."),
            ("*.", ".."),
            ("<.txt", "a.b.txt"),
            ("*.b*", "a.b.c"),
            ("été", "ÉTÉ"),
            ("a*b*c", "a-b-b-c"),
            ("?????.c", "abc.c"),
        ];
        for (pattern, name) in rows {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn and_do_not_fit_otherwise() {
        let rows = [
            ("*.txt", "a.txtx"),
            ("*.txt", "txt"),
            ("?.txt", "xy.txt"),
            ("*.", "a.b"),
            ("<.txt", "a.b.txtx"),
            ("a?c", "ac"),
            ("a", "ab"),
            ("", "a"),
            ("a?b", "a.b"),
            ("*.tx", "a.txt"),
        ];
        for (pattern, name) in rows {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
