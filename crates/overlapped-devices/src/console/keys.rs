//! What a terminal sends, as records of a console's input (contract 09 §4, §7): UTF-8 and the escape sequences of keys, mouse and focus.
//!
//! Pure: bytes in, records out. A sequence may come in pieces. ESC alone and the beginning of a sequence look alike; who feeds this
//! calls [`Decoder::settle`] when nothing has followed for a moment, and what has come is then keys of its own.

use super::keymap::{self, enhanced, function, modifiers, of_unit};
use overlapped_abi::constants::console as c;
use overlapped_abi::{Coord, InputEvent, InputRecord, KeyEventRecord, MouseEventRecord};

/// No sequence of a key is longer.
const LONGEST: usize = 64;

/// See the module page.
#[derive(Debug, Default)]
pub struct Decoder {
    begun: Vec<u8>,
    buttons: u32,
    /// Text goes through as it is, one record for each unit (ENABLE_VIRTUAL_TERMINAL_INPUT).
    raw: bool,
}

/// What the beginning of the bytes is.
enum Found {
    /// So many bytes are this key, down and up.
    Key(usize, KeyEventRecord),
    /// So many bytes are this character, typed with these modifiers.
    Char(usize, char, u32),
    Mouse(usize, MouseEventRecord),
    Focus(usize, bool),
    /// So many bytes mean nothing.
    Nothing(usize),
    /// More must come first.
    Begun,
}

impl Decoder {
    /// A decoder that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Do escape sequences go through as text from now on (ENABLE_VIRTUAL_TERMINAL_INPUT)?
    pub fn set_raw(&mut self, raw: bool) {
        self.raw = raw;
    }

    /// Has a sequence or a character begun?
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.begun.is_empty()
    }

    /// Takes what the terminal has sent; records go to the end of `records`.
    pub fn feed(&mut self, bytes: &[u8], records: &mut Vec<InputRecord>) {
        self.begun.extend_from_slice(bytes);
        self.decode(records, false);
    }

    /// Nothing has followed: what has begun is complete.
    pub fn settle(&mut self, records: &mut Vec<InputRecord>) {
        self.decode(records, true);
    }

    fn decode(&mut self, records: &mut Vec<InputRecord>, last: bool) {
        let bytes = std::mem::take(&mut self.begun);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let found = match self.look(rest) {
                Found::Begun if last => alone(rest),
                found => found,
            };
            let len = match found {
                Found::Begun => break,
                Found::Key(len, key) => {
                    self.key(key, records);
                    len
                }
                Found::Char(len, c, state) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        self.key(of_unit(*unit, state), records);
                    }
                    len
                }
                Found::Mouse(len, mouse) => {
                    records.push(InputRecord::new(InputEvent::Mouse(mouse)));
                    len
                }
                Found::Focus(len, set) => {
                    records.push(InputRecord::new(InputEvent::Focus(set)));
                    len
                }
                Found::Nothing(len) => len,
            };
            rest = &rest[len..];
        }
        self.begun = rest.to_vec();
    }

    fn key(&self, key: KeyEventRecord, records: &mut Vec<InputRecord>) {
        records.push(InputRecord::new(InputEvent::Key(key)));
        if !self.raw {
            records.push(InputRecord::new(InputEvent::Key(KeyEventRecord { key_down: 0, ..key })));
        }
    }

    fn look(&mut self, bytes: &[u8]) -> Found {
        match bytes {
            [unit, ..] if self.raw && *unit < 0x80 => {
                let key = KeyEventRecord { key_down: 1, repeat_count: 1, char: u16::from(*unit), ..Default::default() };
                Found::Key(1, key)
            }
            [0x1B, b'[', rest @ ..] => self.control_sequence(rest),
            [0x1B, b'O', rest @ ..] => single_shift(rest),
            // A second ESC before a sequence is Alt.
            [0x1B, 0x1B, b'[' | b'O', ..] => match self.look(&bytes[1..]) {
                Found::Key(len, mut key) => {
                    key.control_key_state |= c::LEFT_ALT_PRESSED;
                    Found::Key(len + 1, key)
                }
                Found::Begun => Found::Begun,
                _ => alone(bytes),
            },
            [0x1B] | [0x1B, 0x1B] => Found::Begun,
            [0x1B, 0x1B, ..] => alone(bytes),
            [0x1B, rest @ ..] => match character(rest) {
                Found::Char(len, typed, state) => Found::Char(len + 1, typed, state | c::LEFT_ALT_PRESSED),
                other => other,
            },
            _ => character(bytes),
        }
    }

    /// Behind ESC [.
    fn control_sequence(&mut self, rest: &[u8]) -> Found {
        if let [b'[', after @ ..] = rest {
            // The console of Linux: F1 to F5.
            return match after {
                [] => Found::Begun,
                [letter @ b'A'..=b'E', ..] => Found::Key(4, function(u16::from(letter - b'A') + 1, 0)),
                _ => Found::Nothing(3),
            };
        }
        if let [b'M', after @ ..] = rest {
            return if after.len() < 3 { Found::Begun } else { Found::Nothing(6) };
        }
        let body = rest.iter().take(LONGEST).take_while(|byte| (0x20..0x40).contains(*byte)).count();
        if body == LONGEST {
            return Found::Nothing(LONGEST + 2);
        }
        let Some(&end) = rest.get(body) else { return Found::Begun };
        let len = body + 3;
        if !(0x40..0x7F).contains(&end) && end != b'$' {
            // Something else interrupts it.
            return Found::Nothing(len - 1);
        }
        if let [b'<', body @ ..] = &rest[..body] {
            return self.mouse(len, &numbers(body), end);
        }
        let n = numbers(&rest[..body]);
        let get = |at: usize| n.get(at).copied().unwrap_or(0);
        let state = modifiers(get(1).max(1));
        match end {
            b'I' => Found::Focus(len, true),
            b'O' => Found::Focus(len, false),
            b'~' if get(0) == 27 => of_code(len, get(2), state),
            b'~' => match numbered(get(0), state) {
                Some(key) => Found::Key(len, key),
                None => Found::Nothing(len),
            },
            b'u' => of_code(len, get(0), state),
            b'Z' => Found::Char(len, '\t', c::SHIFT_PRESSED),
            // Of rxvt: arrows with shift.
            b'a'..=b'd' if body == 0 => Found::Key(len, lettered(end - 32, c::SHIFT_PRESSED).unwrap_or_default()),
            _ => match lettered(end, state) {
                Some(key) => Found::Key(len, key),
                None => Found::Nothing(len),
            },
        }
    }

    /// `<buttons;column;row` and M or m (1006).
    fn mouse(&mut self, len: usize, n: &[u16], end: u8) -> Found {
        let &[code, column, row] = n else { return Found::Nothing(len) };
        let place = |n: u16| i16::try_from(n.saturating_sub(1)).unwrap_or(i16::MAX);
        let state = [(4, c::SHIFT_PRESSED), (8, c::LEFT_ALT_PRESSED), (16, c::LEFT_CTRL_PRESSED)];
        let state = state.iter().filter(|(bit, _)| code & bit != 0).fold(0, |all, (_, state)| all | state);
        let bit = [c::FROM_LEFT_1ST_BUTTON_PRESSED, c::FROM_LEFT_2ND_BUTTON_PRESSED, c::RIGHTMOST_BUTTON_PRESSED, 0];
        let bit = bit[usize::from(code & 3)];
        let (mut buttons, mut flags) = (self.buttons, 0);
        if code & 64 != 0 {
            // Up is away from the user, and so is right on a wheel to the side.
            let forward = matches!(code & 3, 0 | 3);
            let turn: i16 = if forward { 120 } else { -120 };
            buttons |= u32::from(turn as u16) << 16;
            flags = if code & 2 == 0 { c::MOUSE_WHEELED } else { c::MOUSE_HWHEELED };
        } else {
            match end {
                b'm' => buttons &= !bit,
                _ if code & 32 == 0 => buttons |= bit,
                _ => {}
            }
            self.buttons = buttons;
            if code & 32 != 0 {
                flags = c::MOUSE_MOVED;
            }
        }
        let mouse_position = Coord { x: place(column), y: place(row) };
        Found::Mouse(
            len,
            MouseEventRecord { mouse_position, button_state: buttons, control_key_state: state, event_flags: flags },
        )
    }
}

/// The first character of text that is no sequence.
fn character(bytes: &[u8]) -> Found {
    let first = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(first) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => std::str::from_utf8(&first[..error.valid_up_to()]).unwrap_or_default(),
        Err(error) => match error.error_len() {
            None => return Found::Begun,
            Some(len) => return Found::Char(len, char::REPLACEMENT_CHARACTER, 0),
        },
    };
    match valid.chars().next() {
        Some(c) => Found::Char(c.len_utf8(), c, 0),
        None => Found::Begun,
    }
}

/// The first byte of what no more will come of.
fn alone(bytes: &[u8]) -> Found {
    match bytes[0] {
        0x1B => Found::Char(1, '\x1b', 0),
        byte if byte < 0x80 => Found::Char(1, byte.into(), 0),
        _ => Found::Char(1, char::REPLACEMENT_CHARACTER, 0),
    }
}

fn numbers(body: &[u8]) -> Vec<u16> {
    let number = |part: &[u8]| {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0u16, |n, digit| n.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
    };
    if body.is_empty() { Vec::new() } else { body.split(|byte| *byte == b';').map(number).collect() }
}

/// Behind ESC O.
fn single_shift(rest: &[u8]) -> Found {
    // More digits than a modifier has are of nothing that anybody sends.
    const MOST: usize = 3;
    let digits = rest.iter().take(MOST).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == MOST {
        return Found::Nothing(2 + MOST);
    }
    let Some(&end) = rest.get(digits) else { return Found::Begun };
    let (len, state) = (digits + 3, modifiers(numbers(&rest[..digits]).first().copied().unwrap_or(1)));
    match end {
        b'a'..=b'd' => Found::Key(len, lettered(end - 32, c::LEFT_CTRL_PRESSED).unwrap_or_default()),
        b'M' => Found::Char(len, '\r', 0),
        // The number pad in its application mode.
        b'j'..=b'y' => Found::Char(len, char::from(end - 0x40), state),
        _ => match lettered(end, state) {
            Some(key) => Found::Key(len, key),
            // Alt and O, then something else.
            None => Found::Char(2, 'O', c::LEFT_ALT_PRESSED),
        },
    }
}

/// A key by the letter that ends its sequence.
fn lettered(end: u8, state: u32) -> Option<KeyEventRecord> {
    Some(match end {
        b'A' => enhanced(0x26, state),
        b'B' => enhanced(0x28, state),
        b'C' => enhanced(keymap::RIGHT, state),
        b'D' => enhanced(keymap::LEFT, state),
        b'E' => keymap::clear(state),
        b'F' => enhanced(keymap::END, state),
        b'H' => enhanced(keymap::HOME, state),
        b'P'..=b'S' => function(u16::from(end - b'P') + 1, state),
        _ => return None,
    })
}

/// A key by the number before the tilde.
fn numbered(number: u16, state: u32) -> Option<KeyEventRecord> {
    Some(match number {
        1 | 7 => enhanced(keymap::HOME, state),
        2 => enhanced(keymap::INSERT, state),
        3 => enhanced(keymap::DELETE, state),
        4 | 8 => enhanced(keymap::END, state),
        5 => enhanced(0x21, state),
        6 => enhanced(0x22, state),
        11..=15 => function(number - 10, state),
        17..=21 => function(number - 11, state),
        23..=26 => function(number - 12, state),
        28 | 29 => function(number - 13, state),
        31..=34 => function(number - 14, state),
        _ => return None,
    })
}

/// A key by its character, with any modifiers: control changes what it types.
fn of_code(len: usize, code: u16, state: u32) -> Found {
    let Some(c) = char::from_u32(code.into()) else { return Found::Nothing(len) };
    if state & c::LEFT_CTRL_PRESSED != 0 && c.is_ascii_alphabetic() {
        return Found::Char(len, char::from(c as u8 & 0x1F), state);
    }
    Found::Char(len, c, state)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the pieces are, each key down as its code, character and modifiers.
    fn keys(pieces: &[&[u8]]) -> Vec<(u16, u16, u32)> {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        pieces.iter().for_each(|piece| decoder.feed(piece, &mut records));
        decoder.settle(&mut records);
        let downs = records.iter().filter_map(|record| match record.event() {
            Some(InputEvent::Key(key)) if key.key_down != 0 => Some(key),
            _ => None,
        });
        downs.map(|key| (key.virtual_key_code, key.char, key.control_key_state)).collect()
    }

    #[test]
    fn text_is_pairs_of_records() {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        decoder.feed("aé".as_bytes(), &mut records);
        let said = records.iter().map(|record| match record.event() {
            Some(InputEvent::Key(key)) => (key.key_down, key.char, key.repeat_count),
            other => panic!("{other:?}"),
        });
        assert_eq!(said.collect::<Vec<_>>(), [(1, 0x61, 1), (0, 0x61, 1), (1, 0xE9, 1), (0, 0xE9, 1)]);
        assert_eq!(keys(&[b"\xF0\x9F", b"\x98\x80"]).iter().map(|key| key.1).collect::<Vec<_>>(), [0xD83D, 0xDE00]);
        assert_eq!(keys(&[b"\xFFx\xC3"]).iter().map(|key| key.1).collect::<Vec<_>>(), [0xFFFD, 0x78, 0xFFFD]);
    }

    #[test]
    fn sequences_are_keys_also_in_pieces() {
        const UP: (u16, u16, u32) = (0x26, 0, c::ENHANCED_KEY);
        assert_eq!(keys(&[b"\x1b[A", b"\x1bO", b"A", b"\x1b", b"[", b"A"]), [UP, UP, UP]);
        let shift = c::SHIFT_PRESSED;
        assert_eq!(keys(&[b"\x1b[1;2A\x1b[a"]), [(0x26, 0, c::ENHANCED_KEY | shift); 2]);
        assert_eq!(
            keys(&[b"\x1bOP\x1b[15~\x1b[24;5~\x1b[[E"]),
            [(0x70, 0, 0), (0x74, 0, 0), (0x7B, 0, 8), (0x74, 0, 0)]
        );
        assert_eq!(keys(&[b"\x1b[3~\x1b[Z"]), [(0x2E, 0, c::ENHANCED_KEY), (9, 9, shift)]);
        assert_eq!(keys(&[b"\x1bx\x1b[27;5;99~\x1b[97;3u"]), [(0x58, 0x78, 2), (0x43, 3, 8), (0x41, 0x61, 2)]);
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_the_same_as_the_whole(
            text in proptest::collection::vec(proptest::sample::select(b"\x1b\x1b[[O<;;0123456AMm~\xC3\xA9a\x7F\r".to_vec()), 0..40),
            cut in 0usize..40,
        ) {
            let records = |pieces: &[&[u8]]| {
                let (mut decoder, mut records) = (Decoder::new(), Vec::new());
                pieces.iter().for_each(|piece| decoder.feed(piece, &mut records));
                decoder.settle(&mut records);
                records
            };
            let cut = cut.min(text.len());
            proptest::prop_assert_eq!(records(&[&text]), records(&[&text[..cut], &text[cut..]]));
        }
    }

    #[test]
    fn escape_alone_is_a_key_and_unknown_sequences_are_nothing() {
        assert_eq!(keys(&[b"\x1b"]), [(0x1B, 0x1B, 0)]);
        assert_eq!(keys(&[b"\x1b\x1b"]), [(0x1B, 0x1B, 0); 2]);
        // Alt and an arrow, cut behind the second ESC.
        assert_eq!(keys(&[b"\x1b\x1b", b"[D"]), keys(&[b"\x1b\x1b[D"]));
        assert_eq!(keys(&[b"\x1b[99;1~\x1b[?1;2c\x1b[Mabcd"]), [(0x44, 0x64, 0)]);
        assert_eq!(keys(&[b"\x1b[1;"]).len(), 4, "what never ends is keys");
    }

    #[test]
    fn the_mouse_and_the_focus() {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        decoder.feed(b"\x1b[<0;3;2M\x1b[<32;4;2M\x1b[<0;4;2m\x1b[<65;1;1M\x1b[I\x1b[O", &mut records);
        let said: Vec<_> = records.iter().filter_map(InputRecord::event).collect();
        let mouse = |x, y, button_state, event_flags| {
            let mouse_position = Coord { x, y };
            InputEvent::Mouse(MouseEventRecord { mouse_position, button_state, control_key_state: 0, event_flags })
        };
        let wheel = mouse(0, 0, 0xFF88_0000, c::MOUSE_WHEELED);
        let wanted = [mouse(2, 1, 1, 0), mouse(3, 1, 1, c::MOUSE_MOVED), mouse(3, 1, 0, 0), wheel];
        assert_eq!(said[..4], wanted);
        assert_eq!(said[4..], [InputEvent::Focus(true), InputEvent::Focus(false)]);
    }

    #[test]
    fn raw_text_is_one_record_each() {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        decoder.set_raw(true);
        decoder.feed("\x1b[Aé".as_bytes(), &mut records);
        let units: Vec<_> = records.iter().map(|record| record.words[2] >> 16).collect();
        assert_eq!(units, [0x1B, 0x5B, 0x41, 0xE9]);
    }
}
