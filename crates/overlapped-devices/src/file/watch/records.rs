//! FILE_NOTIFY_INFORMATION: changes as the caller's buffer holds them.

use super::tree::Change;
use overlapped_abi::FileNotifyInformation;

/// Names are UTF-16 without a zero; each record but the last says where the next one is, on a multiple of 4.
/// `None` if there is no room for all.
pub(super) fn encode(changes: &[Change], room: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut last = 0;
    for change in changes {
        let start = bytes.len().next_multiple_of(4);
        if start != 0 {
            bytes.resize(start, 0);
            let distance = (start - last) as u32;
            bytes[last..last + 4].copy_from_slice(&distance.to_ne_bytes());
        }
        last = start;
        let name: Vec<u8> = name_of(change).flat_map(u16::to_ne_bytes).collect();
        for field in [0, change.action, name.len() as u32] {
            bytes.extend(field.to_ne_bytes());
        }
        debug_assert_eq!(bytes.len() - start, FileNotifyInformation::NAME_OFFSET);
        bytes.extend(name);
        if bytes.len() > room {
            return None;
        }
    }
    Some(bytes)
}

/// The name relative to the watched directory, with backslashes.
fn name_of(change: &Change) -> impl Iterator<Item = u16> {
    let slashed = change.path.to_string_lossy().into_owned();
    slashed
        .encode_utf16()
        .map(|unit| if unit == u16::from(b'/') { u16::from(b'\\') } else { unit })
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn change(action: u32, path: &str) -> Change {
        Change { action, path: PathBuf::from(path) }
    }

    #[test]
    fn the_size_is_the_end_of_the_last_name() {
        assert_eq!(encode(&[change(1, "abc")], 0x12).unwrap().len(), 0x12);
        assert_eq!(encode(&[change(1, "abc")], 0x11), None);
        assert_eq!(encode(&[], 0).unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn records_are_linked_and_aligned() {
        let bytes = encode(&[change(4, "abc"), change(5, "sub/\u{e9}")], 100).unwrap();
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(8)), (20, 4, 6));
        assert_eq!((word(20), word(24), word(28)), (0, 5, 10));
        let units: Vec<u16> = bytes[32..].chunks(2).map(|c| u16::from_ne_bytes([c[0], c[1]])).collect();
        assert_eq!(String::from_utf16(&units).unwrap(), "sub\\\u{e9}");
        assert_eq!(bytes.len(), 42);
    }
}
