//! FILE_NOTIFY_INFORMATION: changes as the notification buffer holds them.
//!
//! Each change is written as it comes, so what has happened never takes more room than the buffer has, whatever happens in the
//! directory. One that finds no room makes all of them worthless: the caller has to list the directory again.

use overlapped_abi::FileNotifyInformation;
use overlapped_abi::constants::file::FILE_ACTION_MODIFIED;
use std::path::Path;

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

    /// One more, of a path relative to the watched directory. A file that is written piece by piece has been modified once.
    pub fn push(&mut self, action: u32, path: &Path) {
        if self.lost {
            return;
        }
        let start = self.bytes.len().next_multiple_of(4);
        let mut record = Vec::with_capacity(FileNotifyInformation::NAME_OFFSET + 2 * path.as_os_str().len());
        for field in [0, action, 0] {
            record.extend(field.to_ne_bytes());
        }
        debug_assert_eq!(record.len(), FileNotifyInformation::NAME_OFFSET);
        record.extend(path.to_string_lossy().encode_utf16().map(backslashed).flat_map(u16::to_ne_bytes));
        let name = (record.len() - FileNotifyInformation::NAME_OFFSET) as u32;
        record[8..12].copy_from_slice(&name.to_ne_bytes());
        if action == FILE_ACTION_MODIFIED && !self.bytes.is_empty() && self.bytes[self.last..] == record {
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
        changes.iter().for_each(|(action, path)| records.push(*action, Path::new(path)));
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
    fn a_file_that_is_written_piece_by_piece_is_modified_once() {
        assert_eq!(records(100, &[(3, "a"), (3, "a"), (3, "a")]).told().unwrap().len(), 14);
        assert_eq!(records(100, &[(3, "a"), (3, "b"), (3, "a")]).told().unwrap().len(), 46);
        assert_eq!(records(100, &[(1, "a"), (1, "a")]).told().unwrap().len(), 30, "others are not taken together");
    }

    #[test]
    fn what_finds_no_room_takes_the_others_along_and_no_room_itself() {
        let mut all = records(64, &[(1, "abc")]);
        for n in 0..10_000 {
            all.push(1, Path::new(&format!("{n}")));
        }
        assert_eq!((all.told(), all.bytes.capacity()), (None, 0));
        all.push(1, Path::new("a"));
        assert_eq!(all.told(), None, "until it is asked anew");
    }
}
