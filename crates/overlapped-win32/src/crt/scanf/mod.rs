//! The scanf family, with the formats of Microsoft's library: `l` as 32 bits for integers, `%I64d`, `%S` for the other unit,
//! and in the functions with `_s` a room behind each buffer of `s`, `c` and `[`.
//!
//! [`scan`] does the work for both units and both kinds of source.

mod exports;
mod input;
mod number;

pub use exports::*;
pub use input::{Input, Stream, Text};

use super::args::Arguments;
use super::printf::{Reader, Size};
use crate::text::Unit;
use number::{float, integer, store_float, store_integer};

/// What a directive asks for.
struct Directive {
    /// `*`: read it and store nothing.
    skip: bool,
    /// At most so many units.
    width: usize,
    width_given: bool,
    size: Size,
    conversion: u8,
}

/// How a directive ended.
enum Step {
    /// Read; true if it counts as stored.
    Done(bool),
    /// The input does not match.
    Mismatch,
    /// The input had ended.
    End,
}

/// Input, and how much of it was taken.
struct Source<'a, I> {
    input: &'a mut I,
    taken: usize,
}

impl<I: Input> Source<'_, I> {
    fn next(&mut self) -> Option<u32> {
        let unit = self.input.next()?;
        self.taken += 1;
        Some(unit)
    }

    fn back(&mut self, unit: u32) {
        self.input.back(unit);
        self.taken -= 1;
    }

    /// Takes the next unit if it satisfies.
    fn next_if(&mut self, wanted: impl FnOnce(u32) -> bool) -> Option<u32> {
        let unit = self.next()?;
        if wanted(unit) {
            return Some(unit);
        }
        self.back(unit);
        None
    }

    fn skip_space(&mut self) {
        while self.next_if(is_space).is_some() {}
    }

    /// Whether the input has ended.
    fn ended(&mut self) -> bool {
        match self.next() {
            Some(unit) => {
                self.back(unit);
                false
            }
            None => true,
        }
    }
}

fn is_space(unit: u32) -> bool {
    matches!(unit, 9..=13 | 32)
}

/// Reads as the format says; how many values were stored, or −1 if the input ended before the first.
///
/// # Safety
/// The arguments are places for what the format asks for.
pub unsafe fn scan<U: Unit>(input: &mut impl Input, format: &[U], args: &mut impl Arguments, rooms: bool) -> i32 {
    let (mut source, mut reader, mut stored) = (Source { input, taken: 0 }, Reader::new(format), 0);
    loop {
        for &unit in reader.literal() {
            match literal(&mut source, unit.into()) {
                Step::Done(_) => {}
                Step::End if stored == 0 => return -1,
                _ => return stored,
            }
        }
        let Some(directive) = directive(&mut reader) else { return stored };
        // SAFETY: the caller vouches for the arguments.
        match unsafe { convert(&mut source, &directive, &mut reader, args, rooms) } {
            Step::Done(counts) => stored += i32::from(counts),
            Step::Mismatch => return stored,
            Step::End => return if stored == 0 { -1 } else { stored },
        }
    }
}

/// A unit of the format that is no directive: space matches any space, also none.
fn literal<I: Input>(source: &mut Source<I>, unit: u32) -> Step {
    if is_space(unit) {
        source.skip_space();
        return Step::Done(false);
    }
    match source.next() {
        Some(found) if found == unit => Step::Done(false),
        Some(found) => {
            source.back(found);
            Step::Mismatch
        }
        None => Step::End,
    }
}

fn directive<U: Unit>(reader: &mut Reader<U>) -> Option<Directive> {
    reader.take()?;
    let skip = reader.accept(b'*');
    let width = reader.number().filter(|&width| width > 0);
    let size = reader.size();
    let conversion = reader.take()?.ascii();
    Some(Directive { skip, width: width.unwrap_or(usize::MAX), width_given: width.is_some(), size, conversion })
}

/// # Safety
/// As for [`scan`].
unsafe fn convert<U: Unit, I: Input>(
    source: &mut Source<I>,
    directive: &Directive,
    reader: &mut Reader<U>,
    args: &mut impl Arguments,
    rooms: bool,
) -> Step {
    let set = if directive.conversion == b'[' { bracket(reader) } else { Set::default() };
    if !matches!(directive.conversion, b'c' | b'C' | b'[' | b'n' | b'%') {
        source.skip_space();
    }
    if directive.conversion != b'n' && source.ended() {
        return Step::End;
    }
    // SAFETY: the caller vouches for the places.
    unsafe {
        match directive.conversion {
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' | b'p' => {
                let Some(value) = integer(source, directive) else { return Step::Mismatch };
                place(directive, args, |at| store_integer(at, directive, value))
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let Some(value) = float(source, directive) else { return Step::Mismatch };
                place(directive, args, |at| store_float(at, directive.size, value))
            }
            b's' | b'S' => text(source, directive, args, rooms, |unit| !is_space(unit)),
            b'c' | b'C' => text(source, directive, args, rooms, |_| true),
            b'[' => text(source, directive, args, rooms, |unit| set.has(unit)),
            b'n' => {
                let taken = source.taken as u64;
                place(directive, args, |at| store_integer(at, directive, taken));
                Step::Done(false)
            }
            other => literal(source, other.into()),
        }
    }
}

fn place(directive: &Directive, args: &mut impl Arguments, store: impl FnOnce(*mut u8)) -> Step {
    if !directive.skip {
        let at = args.word() as *mut u8;
        if !at.is_null() {
            store(at);
        }
    }
    Step::Done(!directive.skip)
}

/// The units between brackets.
#[derive(Default)]
struct Set {
    negated: bool,
    ranges: Vec<(u32, u32)>,
}

impl Set {
    fn has(&self, unit: u32) -> bool {
        self.ranges.iter().any(|&(from, to)| (from..=to).contains(&unit)) != self.negated
    }
}

/// Takes the set behind `[`, and its end.
fn bracket<U: Unit>(reader: &mut Reader<U>) -> Set {
    let mut set = Set { negated: reader.accept(b'^'), ranges: Vec::new() };
    let mut first = true;
    while let Some(unit) = reader.take() {
        if unit.is(b']') && !first {
            break;
        }
        first = false;
        let from: u32 = unit.into();
        let mut to = from;
        if reader.peek() == b'-' {
            reader.take();
            match reader.peek() {
                b']' | 0 => set.ranges.push((b'-'.into(), b'-'.into())),
                _ => to = reader.take().map_or(from, Into::into),
            }
        }
        set.ranges.push((from.min(to), from.max(to)));
    }
    set
}

/// `s`, `c` and `[`: units that satisfy, into a buffer of the unit that the directive says. A buffer that is too small for its
/// room is made empty and ends the scan.
///
/// # Safety
/// The next argument is such a buffer and, with `rooms`, the one behind it its room.
unsafe fn text<I: Input>(
    source: &mut Source<I>,
    directive: &Directive,
    args: &mut impl Arguments,
    rooms: bool,
    wanted: impl Fn(u32) -> bool,
) -> Step {
    let single = matches!(directive.conversion, b'c' | b'C');
    let most = if single && !directive.width_given { 1 } else { directive.width };
    let mut units = Vec::new();
    while units.len() < most {
        let Some(unit) = source.next_if(&wanted) else { break };
        units.push(unit);
    }
    if units.is_empty() {
        return Step::Mismatch;
    }
    if directive.skip {
        return Step::Done(false);
    }
    let (at, room) = (args.word(), if rooms { args.word() as u32 as usize } else { usize::MAX });
    let to_wide = match (directive.size, directive.conversion) {
        (Size::Short | Size::Byte, _) => false,
        (Size::Long | Size::Long64 | Size::Wide, _) => true,
        (_, b'S' | b'C') => !source.input.wide(),
        _ => source.input.wide(),
    };
    let fits = match (source.input.wide(), to_wide) {
        // SAFETY: the caller vouches for the buffer; text that stays in its unit is copied unit by unit.
        (false, false) => unsafe { fill(at as *mut u8, room, &cut::<u8>(&units), !single) },
        // SAFETY: as above.
        (true, true) => unsafe { fill(at as *mut u16, room, &cut::<u16>(&units), !single) },
        // SAFETY: as above.
        (false, true) => unsafe { fill(at as *mut u16, room, &crate::text::to_utf16(&cut::<u8>(&units)), !single) },
        // SAFETY: as above.
        (true, false) => unsafe { fill(at as *mut u8, room, crate::text::to_utf8(&cut(&units)).as_bytes(), !single) },
    };
    if fits { Step::Done(true) } else { Step::Mismatch }
}

fn cut<U: Unit>(units: &[u32]) -> Vec<U> {
    units.iter().map(|&unit| U::cut(unit)).collect()
}

/// # Safety
/// `at` is NULL or has room for the text, or for `room` units if that is less.
unsafe fn fill<U: Unit>(at: *mut U, room: usize, text: &[U], zero: bool) -> bool {
    if at.is_null() {
        return true;
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        if text.len() + usize::from(zero) > room {
            if room != 0 {
                at.write(U::default());
            }
            return false;
        }
        std::ptr::copy_nonoverlapping(text.as_ptr(), at, text.len());
        if zero {
            at.add(text.len()).write(U::default());
        }
    }
    true
}

#[cfg(test)]
mod tests;
