//! What was typed, as ReadConsole gives it (contract 09 §4): lines end with CR LF, a longer one is handed out over several reads, and Ctrl+Z
//! at the start of a line is the end of the input.

use overlapped_abi::Win32Error;
use std::collections::VecDeque;

const CTRL_Z: u8 = 0x1A;

/// One read of the terminal; no bytes are the end of the input.
pub type More<'a> = &'a mut dyn FnMut() -> Result<Vec<u8>, Win32Error>;

/// What the program has not fetched yet.
pub(super) struct Typed {
    units: VecDeque<u16>,
    /// The beginning of a character whose other bytes have not come.
    begun: Vec<u8>,
}

impl Typed {
    pub(super) const fn new() -> Self {
        Self { units: VecDeque::new(), begun: Vec::new() }
    }

    /// Up to `most` units. `more` is asked once if none are left, and again only while it gives part of a character.
    pub(super) fn take(&mut self, lines: bool, most: usize, more: More<'_>) -> Result<Vec<u16>, Win32Error> {
        self.fill(lines, most, more)?;
        let count = most.min(self.units.len());
        Ok(self.units.drain(..count).collect())
    }

    /// As [`Typed::take`], in UTF-8 of up to `most` bytes. A character that would not even fit alone is a question mark.
    pub(super) fn take_bytes(&mut self, lines: bool, most: usize, more: More<'_>) -> Result<Vec<u8>, Win32Error> {
        self.fill(lines, most, more)?;
        let (mut bytes, mut count) = (Vec::new(), 0);
        for decoded in char::decode_utf16(self.units.iter().copied()) {
            let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            if bytes.len() + c.len_utf8() > most {
                break;
            }
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            count += c.len_utf16();
        }
        if bytes.is_empty() && most > 0 && !self.units.is_empty() {
            bytes.push(b'?');
            count = if (0xD800..0xDC00).contains(&self.units[0]) { 2.min(self.units.len()) } else { 1 };
        }
        self.units.drain(..count);
        Ok(bytes)
    }

    fn fill(&mut self, lines: bool, most: usize, more: More<'_>) -> Result<(), Win32Error> {
        while self.units.is_empty() && most > 0 {
            let bytes = more()?;
            if bytes.is_empty() || lines && bytes[0] == CTRL_Z {
                self.begun.clear();
                break;
            }
            self.add(&bytes, lines);
        }
        Ok(())
    }

    fn add(&mut self, bytes: &[u8], lines: bool) {
        self.begun.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = std::mem::replace(&mut self.begun, rest);
        let text = String::from_utf8_lossy(&text);
        match text.strip_suffix('\n').filter(|_| lines) {
            Some(line) => self.units.extend(line.encode_utf16().chain([13, 10])),
            None => self.units.extend(text.encode_utf16()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What several takes give when these pieces are typed one after the other.
    fn taken(lines: bool, pieces: &[&[u8]], sizes: &[usize]) -> Vec<String> {
        let (mut typed, mut pieces) = (Typed::new(), pieces.iter());
        let mut next = || Ok(pieces.next().map_or(Vec::new(), |piece| piece.to_vec()));
        let take = |size: &usize| String::from_utf16_lossy(&typed.take(lines, *size, &mut next).expect("no error"));
        sizes.iter().map(take).collect()
    }

    #[test]
    fn a_line_ends_with_cr_lf_and_is_handed_out_in_parts() {
        assert_eq!(taken(true, &[b"hello\n", b"\n", b"x"], &[3, 9, 9, 9, 9]), ["hel", "lo\r\n", "\r\n", "x", ""]);
    }

    #[test]
    fn ctrl_z_begins_no_line() {
        assert_eq!(taken(true, &[b"\x1a\n", b"a\x1a\n"], &[9, 9]), ["", "a\x1a\r\n"]);
        assert_eq!(taken(false, &[b"\x1a"], &[9]), ["\x1a"]);
    }

    #[test]
    fn a_character_waits_for_its_bytes() {
        assert_eq!(taken(false, &[b"\xC3", b"\xA4b", b"\xFFc"], &[9, 9]), ["äb", "\u{FFFD}c"]);
    }

    #[test]
    fn bytes_are_whole_characters() {
        let mut typed = Typed::new();
        let mut next = || Ok("aä€\u{1F600}\n".as_bytes().to_vec());
        let mut take = |most| typed.take_bytes(true, most, &mut next).expect("no error");
        let taken = [take(2), take(4), take(3), take(3), take(1)];
        assert_eq!(taken, [b"a".to_vec(), "ä".into(), "€".into(), b"?".to_vec(), b"\r".to_vec()]);
    }

    #[test]
    fn room_for_nothing_reads_nothing() {
        assert_eq!(taken(true, &[b"a\n"], &[0, 9]), ["", "a\r\n"]);
    }
}
