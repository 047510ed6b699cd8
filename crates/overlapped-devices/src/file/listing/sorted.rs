//! The names of a directory in the order of NTFS, all in one piece of memory: upper and lower case alike, and then by how they are spelled.
//!
//! A name is followed by its folded form if that differs. The first eight bytes of the folded form stand beside the place of
//! the name, and mostly decide.

use overlapped_kernel::namespace::fold;
use rustix::fd::BorrowedFd;
use rustix::fs::RawDir;
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;

/// Room for the entries of one call of Linux.
const ROOM: usize = 32 << 10;

/// See the module page.
#[derive(Default)]
pub(super) struct Sorted {
    text: Vec<u8>,
    names: Vec<Name>,
    next: usize,
}

struct Name {
    /// The first bytes of the folded form.
    key: u64,
    at: usize,
    len: usize,
    folded: Range<usize>,
}

impl Sorted {
    /// Those of an open directory that was not read before, after `.` and `..` if these are wanted. An error ends them early.
    pub fn of(directory: BorrowedFd<'_>, dots: bool) -> Self {
        let mut sorted = Self::default();
        let mut room = Vec::with_capacity(ROOM);
        let mut entries = RawDir::new(directory, room.spare_capacity_mut());
        while let Some(Ok(entry)) = entries.next() {
            match entry.file_name().to_bytes() {
                b"." | b".." => {}
                name => sorted.add(OsStr::from_bytes(name)),
            }
        }
        let Self { text, names, .. } = &mut sorted;
        names.sort_unstable_by(|one, other| one.order(other, text));
        if dots {
            [".", ".."].iter().for_each(|name| sorted.add(OsStr::new(name)));
            sorted.names.rotate_right(2);
        }
        sorted
    }

    /// One name alone.
    pub fn single(name: &OsStr) -> Self {
        let mut sorted = Self::default();
        sorted.add(name);
        sorted
    }

    fn add(&mut self, name: &OsStr) {
        let (at, len) = (self.text.len(), name.len());
        self.text.extend_from_slice(name.as_bytes());
        let mut folded = at..at + len;
        if name.is_ascii() {
            if name.as_bytes().iter().any(u8::is_ascii_lowercase) {
                self.text.extend_from_slice(name.as_bytes());
                folded = at + len..self.text.len();
                self.text[folded.clone()].make_ascii_uppercase();
            }
        } else {
            self.text.extend_from_slice(fold(name).as_bytes());
            folded = at + len..self.text.len();
        }
        let mut first = [0; 8];
        let most = folded.len().min(first.len());
        first[..most].copy_from_slice(&self.text[folded.start..folded.start + most]);
        self.names.push(Name { key: u64::from_be_bytes(first), at, len, folded });
    }

    /// The place of the next name.
    pub fn advance(&mut self) -> Option<usize> {
        let at = self.next;
        self.next += usize::from(at < self.names.len());
        (at < self.names.len()).then_some(at)
    }

    /// The name at a place.
    pub fn spelled(&self, place: usize) -> &OsStr {
        OsStr::from_bytes(self.names[place].spelled(&self.text))
    }
}

impl Name {
    fn spelled<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.at..self.at + self.len]
    }

    fn order(&self, other: &Self, text: &[u8]) -> Ordering {
        let folded = || text[self.folded.clone()].cmp(&text[other.folded.clone()]);
        self.key.cmp(&other.key).then_with(folded).then_with(|| self.spelled(text).cmp(other.spelled(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use overlapped_kernel::namespace::ObjectName;
    use rustix::fd::AsFd;
    use std::ffi::OsString;

    /// Contract 02 section 4.
    #[test]
    fn the_order_is_that_of_folded_names_after_the_dots_02_4() {
        let dir = tempfile::tempdir().expect("a directory");
        let names =
            ["b", "A", "a", "B2", "same-first-b", "Same-First-A", "Ü", "ü1", "zz", "é", "E", "same-firs", "~", "_"];
        let mut expected: Vec<ObjectName> = names.iter().map(|name| ObjectName::from(*name)).collect();
        expected.sort_by(|one, other| one.cmp(other).then_with(|| one.spelled().cmp(other.spelled())));
        names.iter().for_each(|name| std::fs::write(dir.path().join(name), "").expect("a file"));
        let open = std::fs::File::open(dir.path()).expect("open");
        let mut sorted = Sorted::of(open.as_fd(), true);
        let mut found: Vec<OsString> = Vec::new();
        while let Some(at) = sorted.advance() {
            found.push(sorted.spelled(at).to_owned());
        }
        let expected = expected.iter().map(|name| name.spelled().to_owned());
        let expected: Vec<OsString> = [".", ".."].iter().map(OsString::from).chain(expected).collect();
        assert_eq!(found, expected);
        assert!(sorted.advance().is_none());
    }

    #[test]
    fn more_names_than_one_call_gives_are_all_there_once() {
        let dir = tempfile::tempdir().expect("a directory");
        let name = |n: u32| format!("{n:05}-{}", "x".repeat(100));
        (0..600).for_each(|n| std::fs::write(dir.path().join(name(n)), "").expect("a file"));
        let open = std::fs::File::open(dir.path()).expect("open");
        let mut sorted = Sorted::of(open.as_fd(), false);
        for n in 0..600 {
            let at = sorted.advance().expect("one more");
            assert_eq!(sorted.spelled(at), name(n).as_str());
        }
        assert!(sorted.advance().is_none());
    }
}
