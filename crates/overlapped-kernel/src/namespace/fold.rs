//! Comparing names without regard to case.
//!
//! The rule is one upper-case letter for one letter, as Windows does it: no letter grows into two (`ß` stays), and
//! the current locale has no say. One deliberate narrowing: a letter outside ASCII never folds into ASCII, so a
//! device name has no second spelling in letters that only look like its own.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A name that is compared, ordered and hashed without regard to case, and remembers how it was spelled: a pipe,
/// a mailslot, a server or a share (contract 01 §3, 07 §1.1, §4.1).
#[derive(Clone)]
pub struct ObjectName {
    spelled: OsString,
    folded: OsString,
}

impl ObjectName {
    /// The name `spelled`; every spelling of it that differs in case only is equal to it.
    pub fn new(spelled: impl Into<OsString>) -> Self {
        let spelled = spelled.into();
        let folded = fold(&spelled);
        Self { spelled, folded }
    }

    /// The name as its user spelled it.
    pub fn spelled(&self) -> &OsStr {
        &self.spelled
    }

    /// The form all spellings share, to derive a file or socket name from. It may hold any byte but zero.
    pub fn folded(&self) -> &OsStr {
        &self.folded
    }
}

impl PartialEq for ObjectName {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for ObjectName {}

impl PartialOrd for ObjectName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl Hash for ObjectName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spelled.fmt(f)
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spelled.display().fmt(f)
    }
}

impl From<&str> for ObjectName {
    fn from(spelled: &str) -> Self {
        Self::new(spelled)
    }
}

/// `name` in upper case: two names differ in case at most if theirs are equal. Bytes that are not UTF-8, lone surrogates among them, stay
/// as they are.
#[must_use]
pub fn fold(name: &OsStr) -> OsString {
    let mut folded = Vec::with_capacity(name.len());
    for chunk in name.as_bytes().utf8_chunks() {
        let mut buffer = [0; 4];
        for letter in chunk.valid().chars() {
            folded.extend_from_slice(fold_char(letter).encode_utf8(&mut buffer).as_bytes());
        }
        folded.extend_from_slice(chunk.invalid());
    }
    OsString::from_vec(folded)
}

/// Whether the two names differ in case at most.
pub(super) fn same(a: &OsStr, b: &OsStr) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { fold(a) == fold(b) }
}

fn fold_char(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_uppercase();
    }
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) if !single.is_ascii() => single,
        _ => letter,
    }
}

/// The bytes of a name as text for an error message.
pub(super) fn readable(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// How many UTF-16 units a name has, the unit in which Windows limits are stated; exact for WTF-8.
pub(super) fn utf16_len(name: &[u8]) -> usize {
    name.iter()
        .map(|byte| match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 2,
            _ => 1,
        })
        .sum()
}
