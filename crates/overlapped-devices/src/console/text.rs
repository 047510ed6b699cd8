//! Text that is ready to be read (contract 09 §4): UTF-16 that is handed out in parts, also as bytes of a code page, and the ends between.

use crate::codepage::CodePage;
use std::collections::VecDeque;

const CTRL_Z: u16 = 0x1A;
const LINE_FEED: u16 = 10;

/// See the module page.
#[derive(Debug, Default)]
pub(super) struct Text {
    units: VecDeque<u16>,
    /// The beginning of a character of which the terminal has not sent the rest.
    begun: Vec<u8>,
    /// The end of a character of which a read of bytes has taken the beginning.
    rest: VecDeque<u8>,
    /// The terminal said that there is no more; a read that finds this takes it.
    ends: bool,
    /// The next unit is not the first of its line.
    within: bool,
}

impl Text {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Units that are ready; what is left of a character counts as one.
    pub fn len(&self) -> usize {
        self.units.len() + usize::from(!self.rest.is_empty())
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn push(&mut self, units: impl IntoIterator<Item = u16>) {
        self.units.extend(units);
    }

    /// What one read of a terminal that edits lines gave: a line, or the end.
    pub fn push_line(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.ends = true;
            return;
        }
        self.begun.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = std::mem::replace(&mut self.begun, rest);
        let text = String::from_utf8_lossy(&text);
        match text.strip_suffix('\n') {
            Some(line) => self.units.extend(line.encode_utf16().chain([13, LINE_FEED])),
            None => self.units.extend(text.encode_utf16()),
        }
    }

    /// Is this the end of the input, which somebody was waiting for? It counts once.
    pub fn take_end(&mut self) -> bool {
        self.is_empty() && std::mem::take(&mut self.ends)
    }

    /// Is the next line one that begins with Ctrl+Z? Then it is gone.
    pub fn take_ctrl_z(&mut self) -> bool {
        if self.within || self.units.front() != Some(&CTRL_Z) {
            return false;
        }
        let len = self.units.iter().position(|unit| *unit == LINE_FEED).map_or(self.units.len(), |at| at + 1);
        self.units.drain(..len);
        true
    }

    /// Up to `most` units.
    pub fn take(&mut self, most: usize) -> Vec<u16> {
        // No unit stands for the end of a character.
        self.rest.clear();
        let count = most.min(self.units.len());
        let taken: Vec<u16> = self.units.drain(..count).collect();
        self.note(taken.last());
        taken
    }

    /// As [`Text::take`], in up to `most` bytes of a code page. Only a character that would not even fit alone is handed out in parts.
    pub fn take_bytes(&mut self, most: usize, page: CodePage) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.rest.drain(..most.min(self.rest.len())).collect();
        let mut count = 0;
        for decoded in char::decode_utf16(self.units.iter().copied()) {
            let units = decoded.as_ref().map_or(1, |c| c.len_utf16());
            let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            let all = page.encode(c.encode_utf16(&mut [0; 2]), b"?").text;
            let fits = all.len().min(most - bytes.len());
            if fits < all.len() && (fits == 0 || !bytes.is_empty()) {
                break;
            }
            bytes.extend_from_slice(&all[..fits]);
            self.rest.extend(&all[fits..]);
            count += units;
        }
        let last = self.units.drain(..count).next_back();
        self.note(last.as_ref());
        bytes
    }

    fn note(&mut self, last: Option<&u16>) {
        if let Some(last) = last {
            self.within = *last != LINE_FEED;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&[u8]]) -> Text {
        let mut text = Text::default();
        lines.iter().for_each(|line| text.push_line(line));
        text
    }

    #[test]
    fn a_line_ends_with_cr_lf_and_is_handed_out_in_parts() {
        let mut text = lines(&[b"hello\n", b"x"]);
        let mut take = |most| String::from_utf16_lossy(&text.take(most));
        assert_eq!([take(3), take(4), take(9), take(9)], ["hel", "lo\r\n", "x", ""]);
    }

    #[test]
    fn ctrl_z_begins_no_line() {
        let mut text = lines(&[b"a\x1a\n", b"\x1ab\n", b"c\n"]);
        assert!(!text.take_ctrl_z());
        assert_eq!(text.take(1), [0x61]);
        assert!(!text.take_ctrl_z(), "within a line");
        text.take(3);
        assert!(text.take_ctrl_z());
        assert_eq!(text.take_bytes(9, CodePage::Utf8), b"c\r\n");
    }

    #[test]
    fn a_character_waits_for_its_bytes_and_the_end_counts_once() {
        let mut text = lines(&[b"\xC3", b"\xA4b", b"\xFFc", b""]);
        assert_eq!((text.take_end(), String::from_utf16_lossy(&text.take(9))), (false, "äb\u{FFFD}c".into()));
        assert_eq!((text.take_end(), text.take_end()), (true, false));
    }

    #[test]
    fn bytes_are_whole_characters() {
        let mut text = lines(&["aä€\u{1F600}\n".as_bytes()]);
        let mut take = |most| text.take_bytes(most, CodePage::Utf8);
        let taken = [take(2), take(4), take(3), take(3), take(2)];
        assert_eq!(taken, [b"a".to_vec(), "ä".into(), "€".into(), b"\xF0\x9F\x98".to_vec(), b"\x80\r".to_vec()]);
    }

    #[test]
    fn bytes_are_those_of_the_code_page() {
        let mut text = lines(&["é€中\n".as_bytes()]);
        assert_eq!(text.take_bytes(9, CodePage::new(1252).expect("a table")), b"\xE9\x80?\r\n");
    }

    #[test]
    fn a_character_that_does_not_fit_alone_is_handed_out_byte_by_byte() {
        let mut text = lines(&["é\n".as_bytes()]);
        let taken: Vec<u8> =
            std::iter::from_fn(|| (!text.is_empty()).then(|| text.take_bytes(1, CodePage::Utf8))).flatten().collect();
        assert_eq!(taken, "é\r\n".as_bytes());
    }
}
