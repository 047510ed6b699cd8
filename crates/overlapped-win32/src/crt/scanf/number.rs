//! Numbers in the input.

use super::{Directive, Input, Size, Source};
use crate::crt::va::LongDouble;

/// Characters of a number, collected up to the width of its directive.
struct Collector<'a, 'b, I> {
    source: &'a mut Source<'b, I>,
    left: usize,
    text: String,
}

impl<'a, 'b, I: Input> Collector<'a, 'b, I> {
    fn new(source: &'a mut Source<'b, I>, width: usize) -> Self {
        Self { source, left: width, text: String::new() }
    }

    /// Takes the next character if it satisfies.
    fn accept(&mut self, wanted: impl FnOnce(char) -> bool) -> bool {
        if self.left == 0 {
            return false;
        }
        let found = self.source.next_if(|unit| char::from_u32(unit).is_some_and(wanted));
        if let Some(c) = found.and_then(char::from_u32) {
            self.left -= 1;
            self.text.push(c);
        }
        found.is_some()
    }

    fn one_of(&mut self, set: &str) -> bool {
        self.accept(|c| set.contains(c))
    }

    fn digits(&mut self, base: u32) -> usize {
        let before = self.text.len();
        while self.accept(|c| c.is_digit(base)) {}
        self.text.len() - before
    }

    fn word(&mut self, word: &str) -> bool {
        word.chars().all(|wanted| self.accept(|c| c.eq_ignore_ascii_case(&wanted)))
    }
}

/// The value of an integer directive, as the 64 bits of which its size stores the low ones. Too large values become the largest.
pub(super) fn integer<I: Input>(source: &mut Source<I>, directive: &Directive) -> Option<u64> {
    let mut text = Collector::new(source, directive.width);
    text.one_of("+-");
    let negative = text.text == "-";
    let mut base = match directive.conversion {
        b'o' => 8,
        b'x' | b'X' | b'p' => 16,
        b'i' => 0,
        _ => 10,
    };
    text.text.clear();
    let mut prefix_digit = false;
    if matches!(base, 0 | 16) && text.accept(|c| c == '0') {
        prefix_digit = true;
        if text.one_of("xX") {
            base = 16;
        } else if base == 0 {
            base = 8;
        }
        text.text.clear();
    }
    if base == 0 {
        base = 10;
    }
    if text.digits(base) == 0 && !prefix_digit {
        return None;
    }
    let magnitude = text
        .text
        .chars()
        .try_fold(0u64, |value, c| value.checked_mul(u64::from(base))?.checked_add(u64::from(c.to_digit(base)?)));
    Some(clamp(magnitude, negative, directive))
}

fn clamp(magnitude: Option<u64>, negative: bool, directive: &Directive) -> u64 {
    let signed = matches!(directive.conversion, b'd' | b'i');
    let long = matches!(directive.size, Size::Long64 | Size::LongDouble);
    let largest = match (signed, long) {
        (true, true) => i64::MAX as u64 + u64::from(negative),
        (true, false) => i32::MAX as u64 + u64::from(negative),
        (false, true) => u64::MAX,
        (false, false) => u32::MAX.into(),
    };
    let largest = if directive.conversion == b'p' { u64::MAX } else { largest };
    let magnitude = magnitude.unwrap_or(u64::MAX).min(largest);
    if negative { magnitude.wrapping_neg() } else { magnitude }
}

/// # Safety
/// `at` is a place for an integer of the directive's size.
pub(super) unsafe fn store_integer(at: *mut u8, directive: &Directive, value: u64) {
    // SAFETY: the caller vouches for the place.
    unsafe {
        match directive.size {
            Size::Byte => at.write(value as u8),
            Size::Short => at.cast::<u16>().write_unaligned(value as u16),
            Size::Long64 | Size::LongDouble => at.cast::<u64>().write_unaligned(value),
            _ if directive.conversion == b'p' => at.cast::<u64>().write_unaligned(value),
            _ => at.cast::<u32>().write_unaligned(value as u32),
        }
    }
}

/// The value of a floating-point directive.
pub(super) fn float<I: Input>(source: &mut Source<I>, directive: &Directive) -> Option<f64> {
    let mut text = Collector::new(source, directive.width);
    text.one_of("+-");
    if text.one_of("iI") {
        text.word("nf").then_some(())?;
        if text.one_of("iI") {
            text.word("nity").then_some(())?;
        }
    } else if text.one_of("nN") {
        text.word("an").then_some(())?;
    } else {
        let hexadecimal = text.accept(|c| c == '0') && text.one_of("xX");
        let base = if hexadecimal { 16 } else { 10 };
        let before = text.text.ends_with('0');
        let whole = text.digits(base);
        let fraction = if text.accept(|c| c == '.') { text.digits(base) } else { 0 };
        if whole + fraction == 0 && !before {
            return None;
        }
        if text.one_of(if hexadecimal { "pP" } else { "eE" }) {
            text.one_of("+-");
            text.digits(10);
        }
    }
    Some(value_of(text.text))
}

/// What libc makes of the text.
fn value_of(mut text: String) -> f64 {
    text.push('\0');
    // SAFETY: a text with a zero at its end.
    unsafe { libc::strtod(text.as_ptr().cast(), std::ptr::null_mut()) }
}

/// # Safety
/// `at` is a place for a `float`, with `l` a `double`, with `L` a `long double`.
pub(super) unsafe fn store_float(at: *mut u8, size: Size, value: f64) {
    // SAFETY: the caller vouches for the place; a `long double` of x86-64 has 10 bytes that count.
    unsafe {
        match size {
            Size::Long | Size::Long64 => at.cast::<f64>().write_unaligned(value),
            Size::LongDouble => {
                let bytes = LongDouble::from_f64(value).0.to_le_bytes();
                let len = if cfg!(target_arch = "x86_64") { 10 } else { 16 };
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), at, len);
            }
            _ => at.cast::<f32>().write_unaligned(value as f32),
        }
    }
}
