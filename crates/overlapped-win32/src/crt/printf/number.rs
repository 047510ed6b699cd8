//! Numbers as text.

use super::sink::{Out, Sink};
use super::spec::{Size, Spec};
use crate::text::Unit;
use std::ffi::{c_char, c_int};

/// An integer argument, as its size and signedness say.
fn widen(word: u64, size: Size, signed: bool) -> (bool, u64) {
    let value = match (size, signed) {
        (Size::Byte, true) => i64::from(word as i8),
        (Size::Byte, false) => i64::from(word as u8),
        (Size::Short, true) => i64::from(word as i16),
        (Size::Short, false) => i64::from(word as u16),
        (Size::Long64 | Size::LongDouble, true) => word as i64,
        (Size::Long64 | Size::LongDouble, false) => return (false, word),
        (_, true) => i64::from(word as i32),
        (_, false) => i64::from(word as u32),
    };
    (value < 0, value.unsigned_abs())
}

/// The digits of a number, at the end of a buffer that has room for 64 bits in base 8.
fn digits(mut value: u64, base: u64, upper: bool, room: &mut [u8; 24]) -> &[u8] {
    let table: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let mut at = room.len();
    while value != 0 {
        at -= 1;
        room[at] = table[(value % base) as usize];
        value /= base;
    }
    &room[at..]
}

/// `d i u o x X`.
pub fn integer<U: Unit, S: Sink<U>>(out: &mut Out<U, S>, spec: &Spec, word: u64) {
    let signed = matches!(spec.conversion, b'd' | b'i');
    let (negative, value) = widen(word, spec.size, signed);
    let (base, upper) = match spec.conversion {
        b'o' => (8, false),
        b'x' => (16, false),
        b'X' => (16, true),
        _ => (10, false),
    };
    let mut room = [0; 24];
    let digits = digits(value, base, upper, &mut room);
    let mut precision = spec.precision.unwrap_or(1);
    if base == 8 && spec.alternate {
        precision = precision.max(digits.len() + 1);
    }
    let prefix: &[u8] = match (signed, spec.conversion) {
        (true, _) => sign(negative, spec),
        (false, b'x') if spec.alternate && value != 0 => b"0x",
        (false, b'X') if spec.alternate && value != 0 => b"0X",
        _ => b"",
    };
    let zeros = precision.saturating_sub(digits.len());
    let zeros = match spec.precision {
        None if spec.zeros && !spec.left => zeros.max(spec.width.saturating_sub(prefix.len() + digits.len())),
        _ => zeros,
    };
    out.field(spec, prefix.len() + zeros + digits.len(), |out| {
        out.ascii(prefix);
        out.fill(b'0', zeros);
        out.ascii(digits);
    });
}

/// `p`: 16 digits in upper case, without a prefix.
pub fn pointer<U: Unit, S: Sink<U>>(out: &mut Out<U, S>, spec: &Spec, word: u64) {
    let spec = Spec { conversion: b'X', size: Size::Long64, precision: Some(16), ..*spec };
    integer(out, &spec, word);
}

fn sign(negative: bool, spec: &Spec) -> &'static [u8] {
    match (negative, spec.plus, spec.space) {
        (true, ..) => b"-",
        (_, true, _) => b"+",
        (_, _, true) => b" ",
        _ => b"",
    }
}

/// `e E f F g G a A`. The digits are those of libc; the exponent has two digits at least, as in today's library of Microsoft,
/// and `a` shows all 13 digits unless told otherwise.
pub fn float<U: Unit, S: Sink<U>>(out: &mut Out<U, S>, spec: &Spec, value: f64) {
    let prefix = sign(value.is_sign_negative(), spec);
    if !value.is_finite() {
        let text: &[u8] = match (value.is_nan(), spec.conversion.is_ascii_uppercase(), value.is_sign_negative()) {
            (false, false, _) => b"inf",
            (false, true, _) => b"INF",
            (true, false, false) => b"nan",
            (true, true, false) => b"NAN",
            (true, false, true) => b"nan(ind)",
            (true, true, true) => b"NAN(IND)",
        };
        return out.field(spec, prefix.len() + text.len(), |out| {
            out.ascii(prefix);
            out.ascii(text);
        });
    }
    let text = digits_of(spec, value.abs());
    // Zeros of the field go behind the sign and behind 0x.
    let hexadecimal = spec.conversion.eq_ignore_ascii_case(&b'a');
    let (mark, rest) = text.split_at(if hexadecimal { 2 } else { 0 });
    let len = prefix.len() + text.len();
    let zeros = if spec.zeros && !spec.left { spec.width.saturating_sub(len) } else { 0 };
    out.field(spec, len + zeros, |out| {
        out.ascii(prefix);
        out.ascii(mark);
        out.fill(b'0', zeros);
        out.ascii(rest);
    });
}

/// The digits of a number that is not negative, from libc.
fn digits_of(spec: &Spec, value: f64) -> Vec<u8> {
    let hexadecimal = spec.conversion.eq_ignore_ascii_case(&b'a');
    let precision = spec.precision.unwrap_or(if hexadecimal { 13 } else { 6 }) as c_int;
    let plain = [b'%', b'.', b'*', spec.conversion, 0];
    let alternate = [b'%', b'#', b'.', b'*', spec.conversion, 0];
    let format: *const c_char = if spec.alternate { alternate.as_ptr().cast() } else { plain.as_ptr().cast() };
    let mut text = vec![0u8; 64];
    loop {
        // SAFETY: the size is that of the buffer; the format takes an int and a double.
        let len = unsafe { libc::snprintf(text.as_mut_ptr().cast(), text.len(), format, precision, value) };
        let Ok(len) = usize::try_from(len) else { return Vec::new() };
        if len < text.len() {
            text.truncate(len);
            return text;
        }
        text.resize(len + 1, 0);
    }
}
