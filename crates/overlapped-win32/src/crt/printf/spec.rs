//! The directives of formats: `%`, flags, width, precision, size, conversion.

use crate::crt::args::Arguments;
use crate::text::Unit;

/// How wide an argument is said to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// Nothing said.
    #[default]
    Default,
    /// `hh`: 8 bits.
    Byte,
    /// `h`: 16 bits; of text, bytes.
    Short,
    /// `l`: 32 bits, as LONG has; of text, 16-bit units.
    Long,
    /// `ll`, `I64`, `j`, `z`, `t`, `I`: 64 bits.
    Long64,
    /// `I32`: 32 bits.
    Int32,
    /// `w`: of text, 16-bit units.
    Wide,
    /// `L`: a `long double`; of integers, 64 bits.
    LongDouble,
}

/// A directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`: at the left of the field.
    pub left: bool,
    /// `+`: a sign also before positive numbers.
    pub plus: bool,
    /// Space: a space before positive numbers.
    pub space: bool,
    /// `#`: the other form.
    pub alternate: bool,
    /// `0`: the field is filled with zeros.
    pub zeros: bool,
    /// The least width.
    pub width: usize,
    /// The precision, if one was given.
    pub precision: Option<usize>,
    /// How wide the argument is.
    pub size: Size,
    /// The conversion; 0xFF if it is no ASCII character.
    pub conversion: u8,
}

/// No width or precision is larger.
const LARGEST: usize = i32::MAX as usize;

/// A place in a format.
pub struct Reader<'a, U> {
    rest: &'a [U],
}

impl<'a, U: Unit> Reader<'a, U> {
    /// At the start.
    pub fn new(format: &'a [U]) -> Self {
        Self { rest: format }
    }

    /// Units that were not taken yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// What is before the next directive, or the rest.
    pub fn literal(&mut self) -> &'a [U] {
        let end = self.rest.iter().position(|unit| unit.is(b'%')).unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        self.rest = rest;
        literal
    }

    /// The next unit as ASCII; 0 at the end.
    pub fn peek(&self) -> u8 {
        self.rest.first().map_or(0, |unit| unit.ascii())
    }

    /// Takes the next unit.
    pub fn take(&mut self) -> Option<U> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Takes the next unit if it is this character.
    pub fn accept(&mut self, ascii: u8) -> bool {
        let found = self.peek() == ascii && !self.rest.is_empty();
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// Takes digits, if there are any.
    pub fn number(&mut self) -> Option<usize> {
        let mut value = None;
        while self.peek().is_ascii_digit() {
            let digit = usize::from(self.peek() - b'0');
            value = Some((value.unwrap_or(0usize) * 10 + digit).min(LARGEST + 1));
            self.rest = &self.rest[1..];
        }
        value
    }

    /// Takes a size.
    pub fn size(&mut self) -> Size {
        match self.peek() {
            b'h' => {
                self.take();
                if self.accept(b'h') { Size::Byte } else { Size::Short }
            }
            b'l' => {
                self.take();
                if self.accept(b'l') { Size::Long64 } else { Size::Long }
            }
            b'I' => {
                self.take();
                self.microsoft_size()
            }
            b'j' | b'z' | b't' => {
                self.take();
                Size::Long64
            }
            b'w' => {
                self.take();
                Size::Wide
            }
            b'L' => {
                self.take();
                Size::LongDouble
            }
            _ => Size::Default,
        }
    }

    /// Behind `I`: 32, 64 or nothing, which is as wide as a pointer.
    fn microsoft_size(&mut self) -> Size {
        let second = self.rest.get(1).map_or(0, |unit| unit.ascii());
        let size = match (self.peek(), second) {
            (b'3', b'2') => Size::Int32,
            (b'6', b'4') => Size::Long64,
            _ => return Size::Long64,
        };
        self.rest = &self.rest[2..];
        size
    }

    /// Takes a directive, whose `%` comes next. `None` at the end of the format; an error for a width that is too large.
    pub fn directive(&mut self, args: &mut impl Arguments) -> Option<Result<(Spec, U), TooLarge>> {
        self.take()?;
        let mut spec = Spec::default();
        loop {
            match self.peek() {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zeros = true,
                _ => break,
            }
            self.take();
        }
        if self.accept(b'*') {
            let width = args.word() as i32;
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
        } else {
            spec.width = self.number().unwrap_or(0);
        }
        if self.accept(b'.') {
            spec.precision = if self.accept(b'*') {
                usize::try_from(args.word() as i32).ok()
            } else {
                Some(self.number().unwrap_or(0))
            };
        }
        spec.size = self.size();
        let conversion = self.take()?;
        spec.conversion = conversion.ascii();
        if spec.width.max(spec.precision.unwrap_or(0)) > LARGEST {
            return Some(Err(TooLarge));
        }
        Some(Ok((spec, conversion)))
    }
}

/// A width or precision that no field can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;
