//! Where scanning reads from: a string of either unit, or a stream.

use crate::text::Unit;
use libc::FILE;

/// Units, with one step back.
pub trait Input {
    /// The next unit, if there is one.
    fn next(&mut self) -> Option<u32>;

    /// Gives the unit back that was taken last.
    fn back(&mut self, unit: u32);

    /// Whether the units are 16 bits wide.
    fn wide(&self) -> bool;
}

/// A string of the caller, up to its zero or a limit.
pub struct Text<'a, U>(&'a [U], usize);

impl<'a, U: Unit> Text<'a, U> {
    /// From its start.
    pub fn new(text: &'a [U]) -> Self {
        Self(text, 0)
    }
}

impl<U: Unit> Input for Text<'_, U> {
    fn next(&mut self) -> Option<u32> {
        let unit = *self.0.get(self.1)?;
        self.1 += 1;
        Some(unit.into())
    }

    fn back(&mut self, _unit: u32) {
        self.1 -= 1;
    }

    fn wide(&self) -> bool {
        size_of::<U>() == 2
    }
}

/// A stream of libc: of bytes, or of UTF-8 that is read as 16-bit units.
pub struct Stream {
    file: *mut FILE,
    wide: bool,
    /// The second half of a surrogate pair, or a unit given back that cannot be given to the stream.
    kept: Option<u32>,
}

impl Stream {
    /// # Safety
    /// `file` is an open stream.
    pub unsafe fn new(file: *mut FILE, wide: bool) -> Self {
        Self { file, wide, kept: None }
    }

    fn byte(&self) -> Option<u8> {
        // SAFETY: an open stream, as `new` requires.
        u8::try_from(unsafe { libc::fgetc(self.file) }).ok()
    }

    fn unread(&self, byte: u8) {
        // SAFETY: as above.
        unsafe { libc::ungetc(byte.into(), self.file) };
    }

    fn character(&self) -> Option<char> {
        let first = self.byte()?;
        let more = match first {
            0xC2..=0xDF => 1,
            0xE0..=0xEF => 2,
            0xF0..=0xF4 => 3,
            _ => 0,
        };
        let mut bytes = vec![first];
        for _ in 0..more {
            match self.byte() {
                Some(byte) if byte & 0xC0 == 0x80 => bytes.push(byte),
                Some(byte) => {
                    self.unread(byte);
                    break;
                }
                None => break,
            }
        }
        Some(std::str::from_utf8(&bytes).ok().and_then(|s| s.chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

impl Input for Stream {
    fn next(&mut self) -> Option<u32> {
        if let Some(unit) = self.kept.take() {
            return Some(unit);
        }
        if !self.wide {
            return self.byte().map(u32::from);
        }
        let mut pair = [0; 2];
        let units = self.character()?.encode_utf16(&mut pair);
        self.kept = units.get(1).map(|&second| second.into());
        Some(units[0].into())
    }

    fn back(&mut self, unit: u32) {
        match u8::try_from(unit) {
            Ok(byte) if self.kept.is_none() && (!self.wide || byte < 0x80) => self.unread(byte),
            _ => self.kept = Some(unit),
        }
    }

    fn wide(&self) -> bool {
        self.wide
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // What was looked at and not used is for the next reader, as far as a stream takes it back.
        if let Some(c) = self.kept.and_then(char::from_u32) {
            c.encode_utf8(&mut [0; 4]).bytes().rev().for_each(|byte| self.unread(byte));
        }
    }
}
