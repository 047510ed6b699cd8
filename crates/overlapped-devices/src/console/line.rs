//! The line that is being typed in line mode, made of key records (contract 09 §4): editing keys, Enter, and control characters that
//! wake the reader up. What has to be shown is told in steps, so that this needs no screen.

use super::keymap;
use overlapped_abi::KeyEventRecord;
use overlapped_abi::constants::console::{LEFT_CTRL_PRESSED, RIGHT_CTRL_PRESSED};

/// See the module page.
#[derive(Debug)]
pub(super) struct Line {
    text: Vec<u16>,
    at: usize,
    insert: bool,
    /// How a new line begins.
    inserts: bool,
}

/// What a key did to the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    Nothing,
    /// It is to be shown again: the cursor was `from` units behind its beginning and comes to `to`; it was `was` units long.
    Changed {
        /// Where the cursor was.
        from: usize,
        /// Where it comes to.
        to: usize,
        /// How long the line was.
        was: usize,
    },
    /// Enter.
    Entered,
    /// A control character that ends the read.
    Woken,
}

impl Line {
    pub const fn new() -> Self {
        Self { text: Vec::new(), at: 0, insert: true, inserts: true }
    }

    pub fn text(&self) -> &[u16] {
        &self.text
    }

    /// Where the cursor is.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Lines that begin from here on insert what is typed, or overwrite (ENABLE_INSERT_MODE).
    pub fn set_inserts(&mut self, inserts: bool) {
        self.inserts = inserts;
        if self.text.is_empty() {
            self.insert = inserts;
        }
    }

    /// Takes the text away; the next line begins empty, and in the mode of new lines.
    pub fn finish(&mut self) -> Vec<u16> {
        (self.at, self.insert) = (0, self.inserts);
        std::mem::take(&mut self.text)
    }

    /// Begins with this text, which is shown already.
    pub fn begin_with(&mut self, text: &[u16]) {
        self.text = text.to_vec();
        self.at = text.len();
    }

    /// A key went down. `wakes`: bit c ends the read at control character c. `processed`: the editing keys edit.
    pub fn key(&mut self, key: &KeyEventRecord, wakes: u32, processed: bool) -> Typed {
        let (from, was) = (self.at, self.text.len());
        let unit = key.char;
        if unit < 32 && wakes & 1 << unit != 0 && (unit != 0 || key.virtual_key_code != 0) {
            self.text.truncate(self.at);
            self.text.push(unit);
            return Typed::Woken;
        }
        let control = key.control_key_state & (LEFT_CTRL_PRESSED | RIGHT_CTRL_PRESSED) != 0;
        match (unit, key.virtual_key_code) {
            (13, _) => return Typed::Entered,
            (8, _) if processed => self.back(1),
            (0x7F, keymap::BACK) if processed && control => self.back(self.word_before()),
            (0x1B, _) if processed => (self.at, _) = (0, self.text.clear()),
            (0, keymap::LEFT) if control => self.at -= self.word_before(),
            (0, keymap::LEFT) => self.at = self.before(self.at),
            (0, keymap::RIGHT) => self.at = self.after(self.at),
            (0, keymap::HOME) if control => drop((self.text.drain(..self.at), self.at = 0)),
            (0, keymap::END) if control => self.text.truncate(self.at),
            (0, keymap::HOME) => self.at = 0,
            (0, keymap::END) => self.at = self.text.len(),
            (0, keymap::DELETE) => drop(self.text.drain(self.at..self.after(self.at))),
            (0, keymap::INSERT) => self.insert = !self.insert,
            (0, _) => {}
            _ => (0..key.repeat_count.max(1)).for_each(|_| self.put(unit)),
        }
        let to = self.at;
        if (from, was) == (to, self.text.len()) && unit == 0 {
            Typed::Nothing
        } else {
            Typed::Changed { from, to, was }
        }
    }

    fn put(&mut self, unit: u16) {
        if self.insert || self.at == self.text.len() {
            self.text.insert(self.at, unit);
        } else {
            self.text[self.at] = unit;
        }
        self.at += 1;
    }

    fn back(&mut self, count: usize) {
        let start = if count == 1 { self.before(self.at) } else { self.at - count };
        self.text.drain(start..self.at);
        self.at = start;
    }

    /// The place one character before.
    fn before(&self, at: usize) -> usize {
        let low =
            at > 1 && (0xDC00..0xE000).contains(&self.text[at - 1]) && (0xD800..0xDC00).contains(&self.text[at - 2]);
        at.saturating_sub(if low { 2 } else { 1 })
    }

    /// The place one character behind.
    fn after(&self, at: usize) -> usize {
        let high = self.text.get(at).is_some_and(|unit| (0xD800..0xDC00).contains(unit));
        (at + if high { 2 } else { 1 }).min(self.text.len())
    }

    /// How long the word before the cursor is, with the blanks behind it.
    fn word_before(&self) -> usize {
        let blank = |unit: &&u16| **unit == u16::from(b' ');
        let before = &self.text[..self.at];
        let blanks = before.iter().rev().take_while(blank).count();
        blanks + before[..self.at - blanks].iter().rev().take_while(|unit| !blank(unit)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keys::Decoder;
    use overlapped_abi::InputEvent;

    /// The lines that these bytes of a terminal make.
    fn lines(bytes: &str) -> Vec<String> {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        decoder.feed(bytes.as_bytes(), &mut records);
        let (mut line, mut lines) = (Line::new(), Vec::new());
        for record in records {
            let Some(InputEvent::Key(key)) = record.event() else { continue };
            if key.key_down != 0 && line.key(&key, 1 << 9, true) != Typed::Entered {
                continue;
            }
            if key.key_down != 0 {
                lines.push(String::from_utf16_lossy(&line.finish()));
            }
        }
        lines.push(String::from_utf16_lossy(line.text()));
        lines
    }

    #[test]
    fn keys_edit_the_line() {
        assert_eq!(lines("abc\rd\x7F\x7Fé"), ["abc", "é"]);
        assert_eq!(lines("ad\x1b[Dbc\x1b[H*\x1b[F!\x1b[D\x1b[3~"), ["*abcd"]);
        assert_eq!(lines("abc\x1b[H\x1b[2~xy\x1b[2~z"), ["xyzc"]);
        assert_eq!(lines("one two\x08x"), ["one twx"]);
        assert_eq!(lines("a😀\x7F\x1b[D"), ["a"]);
        assert_eq!(lines("hello\x1b[D\x1b[D\x1b[1;5F"), ["hel"]);
    }

    #[test]
    fn each_line_begins_in_the_mode_of_new_lines() {
        assert_eq!(lines("abc\x1b[H\x1b[2~x\rabc\x1b[Hx"), ["xbc", "xabc"]);
        let mut line = Line::new();
        line.set_inserts(false);
        for (char, virtual_key_code) in [(0x61, 0), (0x62, 0), (0, keymap::HOME), (0x63, 0)] {
            line.key(&KeyEventRecord { key_down: 1, char, virtual_key_code, ..Default::default() }, 0, true);
        }
        assert_eq!(line.text(), [0x63, 0x62]);
    }

    #[test]
    fn a_control_character_that_is_waited_for_ends_the_read_where_the_cursor_is() {
        let mut line = Line::new();
        line.begin_with(&[0x61, 0x62]);
        let tab = KeyEventRecord { key_down: 1, char: 9, virtual_key_code: 9, ..Default::default() };
        assert_eq!((line.key(&tab, 1 << 9, true), line.text()), (Typed::Woken, &[0x61, 0x62, 9][..]));
    }
}
