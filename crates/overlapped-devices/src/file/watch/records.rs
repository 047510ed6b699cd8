//! FILE_NOTIFY_INFORMATION: changes as the notification buffer holds them.
//!
//! Each change is written as it comes, so what has happened never takes more room than the buffer has, whatever happens in the
//! directory. One that finds no room makes all of them worthless: the caller has to list the directory again.

use overlapped_abi::FileNotifyInformation;
use overlapped_abi::constants::file::FILE_ACTION_MODIFIED;
use overlapped_kernel::namespace::to_utf16;
use std::path::Path;

/// Where what follows the action begins.
const ACTION: usize = 8;

/// What FILE_NOTIFY_EXTENDED_INFORMATION tells of a file besides its name; zeros of one that is gone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Details {
    /// Creation, last write, change, last access: in 100 ns.
    pub times: [u64; 4],
    pub allocated: u64,
    pub size: u64,
    pub attributes: u32,
    pub reparse_tag: u32,
    /// Its number, and that of the directory that it is in.
    pub ids: [u64; 2],
}

impl Details {
    /// Where the length of the name stands.
    const END: usize = 80;

    fn bytes(&self) -> Vec<u8> {
        let sizes = self.times.into_iter().chain([self.allocated, self.size]).flat_map(u64::to_ne_bytes);
        let words = [self.attributes, self.reparse_tag].into_iter().flat_map(u32::to_ne_bytes);
        sizes.chain(words).chain(self.ids.into_iter().flat_map(u64::to_ne_bytes)).collect()
    }
}

/// Names are UTF-16 without a zero; each record but the last says where the next one is, on a multiple of 4.
#[derive(Debug)]
pub(super) struct Records {
    room: usize,
    bytes: Vec<u8>,
    last: usize,
    lost: bool,
}

impl Records {
    /// None yet, of `room` bytes at most.
    pub fn new(room: usize) -> Self {
        Self { room, bytes: Vec::new(), last: 0, lost: false }
    }

    /// One more, of a path relative to the watched directory. A file that is written piece by piece has been modified once. With
    /// details it is a FILE_NOTIFY_EXTENDED_INFORMATION, and the last ones count.
    pub fn push(&mut self, action: u32, path: &Path, details: Option<&Details>) {
        if self.lost {
            return;
        }
        let start = self.bytes.len().next_multiple_of(if details.is_some() { 8 } else { 4 });
        let mut record = Vec::with_capacity(FileNotifyInformation::NAME_OFFSET + 2 * path.as_os_str().len());
        record.extend([0, action].into_iter().flat_map(u32::to_ne_bytes));
        if let Some(details) = details {
            record.extend(details.bytes());
        }
        let name: Vec<u8> =
            to_utf16(path.as_os_str()).into_iter().map(backslashed).flat_map(u16::to_ne_bytes).collect();
        record.extend((name.len() as u32).to_ne_bytes());
        record.extend(name);
        let varies = if details.is_some() { ACTION..Details::END } else { ACTION..ACTION };
        if action == FILE_ACTION_MODIFIED && self.ends_with(&record, &varies) {
            let last = self.last;
            self.bytes[last..][varies.clone()].copy_from_slice(&record[varies]);
            return;
        }
        if start + record.len() > self.room {
            return self.lose();
        }
        if start != 0 {
            self.bytes.resize(start, 0);
            let distance = (start - self.last) as u32;
            self.bytes[self.last..self.last + 4].copy_from_slice(&distance.to_ne_bytes());
        }
        self.last = start;
        self.bytes.extend(record);
    }

    /// Is the last record this one, but for the bytes that may differ?
    fn ends_with(&self, record: &[u8], varies: &std::ops::Range<usize>) -> bool {
        let last = self.bytes.get(self.last..).unwrap_or_default();
        last.len() == record.len()
            && last[..varies.start] == record[..varies.start]
            && last[varies.end..] == record[varies.end..]
    }

    /// There was more than can be told.
    pub fn lose(&mut self) {
        self.lost = true;
        self.bytes = Vec::new();
    }

    /// The records; `None` if there was more than can be told.
    pub fn told(&self) -> Option<&[u8]> {
        if self.lost { None } else { Some(&self.bytes) }
    }
}

fn backslashed(unit: u16) -> u16 {
    if unit == u16::from(b'/') { u16::from(b'\\') } else { unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(room: usize, changes: &[(u32, &str)]) -> Records {
        let mut records = Records::new(room);
        changes.iter().for_each(|(action, path)| records.push(*action, Path::new(path), None));
        records
    }

    #[test]
    fn the_size_is_the_end_of_the_last_name() {
        assert_eq!(records(0x12, &[(1, "abc")]).told().unwrap().len(), 0x12);
        assert_eq!(records(0x11, &[(1, "abc")]).told(), None);
        assert_eq!(records(0, &[]).told(), Some(&[][..]));
    }

    #[test]
    fn records_are_linked_and_aligned() {
        let records = records(100, &[(4, "abc"), (5, "sub/\u{e9}")]);
        let bytes = records.told().unwrap();
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(8)), (20, 4, 6));
        assert_eq!((word(20), word(24), word(28)), (0, 5, 10));
        let units: Vec<u16> = bytes[32..].chunks(2).map(|c| u16::from_ne_bytes([c[0], c[1]])).collect();
        assert_eq!(String::from_utf16(&units).unwrap(), "sub\\\u{e9}");
        assert_eq!(bytes.len(), 42);
    }

    #[test]
    fn names_that_are_no_text_lead_back_to_their_files() {
        use overlapped_kernel::namespace::from_utf16;
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"a\xFF\xED\xA0\x80");
        let mut records = Records::new(100);
        records.push(1, Path::new(name), None);
        let bytes = records.told().unwrap();
        let units: Vec<u16> = bytes[12..].chunks(2).map(|c| u16::from_ne_bytes([c[0], c[1]])).collect();
        assert_eq!((units.len(), from_utf16(&units).as_os_str()), (3, name));
    }

    #[test]
    fn a_file_that_is_written_piece_by_piece_is_modified_once() {
        assert_eq!(records(100, &[(3, "a"), (3, "a"), (3, "a")]).told().unwrap().len(), 14);
        assert_eq!(records(100, &[(3, "a"), (3, "b"), (3, "a")]).told().unwrap().len(), 46);
        assert_eq!(records(100, &[(1, "a"), (1, "a")]).told().unwrap().len(), 30, "others are not taken together");
    }

    #[test]
    fn of_a_file_with_details_the_last_ones_count() {
        let mut records = Records::new(400);
        for (action, size) in [(1, 0), (3, 5), (3, 9)] {
            records.push(action, Path::new("abc"), Some(&Details { size, ids: [7, 8], ..Details::default() }));
        }
        let bytes = records.told().unwrap();
        let number = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
        assert_eq!((bytes.len(), bytes[0], bytes[80], bytes[96]), (96 + 90, 96, 6, 0));
        assert_eq!((number(96 + 48), number(96 + 64), number(96 + 72)), (9, 7, 8));
        assert_eq!(&bytes[96 + 84..], b"a\0b\0c\0");
    }

    #[test]
    fn what_finds_no_room_takes_the_others_along_and_no_room_itself() {
        let mut all = records(64, &[(1, "abc")]);
        for n in 0..10_000 {
            all.push(1, Path::new(&format!("{n}")), None);
        }
        assert_eq!((all.told(), all.bytes.capacity()), (None, 0));
        all.push(1, Path::new("a"), None);
        assert_eq!(all.told(), None, "until it is asked anew");
    }
}
