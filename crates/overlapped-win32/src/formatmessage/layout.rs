//! The text of a message with its escapes carried out, and its lines.

use super::inserts::Inserts;
use crate::text::Unit;
use overlapped_abi::Win32Error;

/// FORMAT_MESSAGE_MAX_WIDTH_MASK: line breaks of the text count as spaces.
pub const NO_BREAKS: usize = 0xFF;

/// What makes the text.
pub struct Layout<'a, U> {
    inserts: &'a mut Inserts,
    ignore_inserts: bool,
    /// 0: lines as in the text; [`NO_BREAKS`]: one line; else the width at which to break.
    width: usize,
    out: Vec<U>,
    /// Where the present line began.
    line: usize,
}

impl<'a, U: Unit> Layout<'a, U> {
    /// With nothing in it.
    pub fn new(inserts: &'a mut Inserts, ignore_inserts: bool, width: usize) -> Self {
        Self { inserts, ignore_inserts, width, out: Vec::new(), line: 0 }
    }

    fn put(&mut self, ascii: &[u8]) {
        self.out.extend(ascii.iter().map(|&byte| U::from(byte)));
    }

    /// A break that stays, whatever the width.
    fn hard_break(&mut self) {
        self.put(b"\r\n");
        self.line = self.out.len();
    }

    /// A break of the text.
    fn soft_break(&mut self) {
        if self.width == 0 { self.hard_break() } else { self.put(b" ") }
    }

    /// Breaks the line at its last space if it has grown too long.
    fn wrap(&mut self) {
        if self.width == 0 || self.width == NO_BREAKS || self.out.len() - self.line <= self.width {
            return;
        }
        let line = &self.out[self.line..];
        if let Some(space) = line[..self.width.min(line.len() - 1) + 1].iter().rposition(|unit| unit.is(b' ')) {
            let at = self.line + space;
            self.out.splice(at..=at, [U::from(b'\r'), U::from(b'\n')]);
            self.line = at + 2;
        }
    }

    /// The whole message.
    ///
    /// # Safety
    /// The inserts are what the text asks for.
    pub unsafe fn run(mut self, mut text: &[U]) -> Result<Vec<U>, Win32Error> {
        while let Some((&unit, rest)) = text.split_first() {
            text = rest;
            match unit.ascii() {
                b'%' => {
                    // SAFETY: the caller vouches for the inserts.
                    let Some(rest) = (unsafe { self.escape(text)? }) else { break };
                    text = rest;
                }
                b'\r' | b'\n' => {
                    if unit.is(b'\r') && text.first().is_some_and(|next| next.is(b'\n')) {
                        text = &text[1..];
                    }
                    self.soft_break();
                }
                _ => self.out.push(unit),
            }
            self.wrap();
        }
        Ok(self.out)
    }

    /// What is behind a percent sign; the text behind that, or `None` if the message ends here.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    unsafe fn escape<'t>(&mut self, text: &'t [U]) -> Result<Option<&'t [U]>, Win32Error> {
        let Some((&unit, rest)) = text.split_first() else { return Err(Win32Error::INVALID_PARAMETER) };
        match unit.ascii() {
            b'0' => return Ok(None),
            // SAFETY: the caller vouches for the inserts.
            b'1'..=b'9' => return unsafe { self.insert(text) }.map(Some),
            b'n' => self.hard_break(),
            b'r' => self.put(b"\r"),
            b't' => self.put(b"\t"),
            _ => self.out.push(unit),
        }
        Ok(Some(rest))
    }

    /// An insert: its number, of one or two digits, and perhaps a pattern between exclamation marks.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    unsafe fn insert<'t>(&mut self, text: &'t [U]) -> Result<&'t [U], Win32Error> {
        let digits = text.iter().take(2).take_while(|unit| unit.ascii().is_ascii_digit()).count();
        let number = text[..digits].iter().fold(0, |number, unit| number * 10 + usize::from(unit.ascii() - b'0'));
        let mut rest = &text[digits..];
        let mut pattern = vec![U::from(b's')];
        if rest.first().is_some_and(|unit| unit.is(b'!')) {
            let end = rest[1..].iter().position(|unit| unit.is(b'!')).ok_or(Win32Error::INVALID_PARAMETER)?;
            pattern = rest[1..=end].to_vec();
            rest = &rest[end + 2..];
        }
        if self.ignore_inserts {
            self.out.push(U::from(b'%'));
            self.out.extend_from_slice(&text[..text.len() - rest.len()]);
            return Ok(rest);
        }
        if !self.inserts.given() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller vouches for the inserts.
        let inserted = unsafe { self.inserts.format(number, &pattern) };
        self.out.extend_from_slice(&inserted);
        Ok(rest)
    }
}
