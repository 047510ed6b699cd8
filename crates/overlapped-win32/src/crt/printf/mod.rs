//! The printf family, with the formats of Microsoft's library: `%I64d %I32d %Id`, `%S %C` for the other unit, `%hs %ls %ws`,
//! `%Z` for counted strings, `%p` as 16 digits, `l` as 32 bits.
//!
//! [`format()`] does the work for both units. The exported functions take a `va_list`; the variadic ones are in the headers
//! (see [`va`](super::va)). Their names are those of the functions with a `v`.

mod narrow;
mod number;
mod positional;
mod sink;
mod spec;
mod string;
mod wide;

pub use narrow::*;
pub use positional::*;
pub use sink::{Room, Sink};
pub use spec::{Reader, Size, Spec};
pub use wide::*;

use super::args::Arguments;
use crate::text::Unit;
use sink::Out;

/// Formats, and gives the number of units, whether or not there was room for them. `None` if that exceeds an `int`, or a width
/// does.
///
/// # Safety
/// The arguments are those that the format asks for.
pub unsafe fn format<U: Unit>(sink: &mut impl Sink<U>, format: &[U], args: &mut impl Arguments) -> Option<usize> {
    let mut reader = Reader::new(format);
    let mut out = Out::new(sink);
    loop {
        out.text(reader.literal());
        let Some(directive) = reader.directive(args) else { break };
        let (spec, conversion) = directive.ok()?;
        // SAFETY: the caller vouches for the arguments.
        unsafe { convert(&mut out, &spec, conversion, args) };
        if out.count > i32::MAX as usize {
            return None;
        }
    }
    Some(out.count)
}

/// One directive. What is none is copied without its percent sign.
///
/// # Safety
/// The next argument is the one that the directive asks for.
unsafe fn convert<U: Unit, S: Sink<U>>(out: &mut Out<U, S>, spec: &Spec, conversion: U, args: &mut impl Arguments) {
    match spec.conversion {
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => number::integer(out, spec, args.word()),
        b'p' => number::pointer(out, spec, args.word()),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
            let value = if spec.size == Size::LongDouble { args.long_double() } else { args.double() };
            number::float(out, spec, value);
        }
        b's' | b'S' | b'Z' => {
            let at = args.word() as *const u8;
            // SAFETY: the caller vouches for the string.
            let text = unsafe { string::text(spec, at) };
            out.field(spec, text.len(), |out| out.text(&text));
        }
        b'c' | b'C' => {
            let text = string::character(spec, args.word());
            out.field(spec, text.len(), |out| out.text(&text));
        }
        // SAFETY: the caller vouches for the target.
        b'n' => unsafe { store(args.word() as *mut u8, spec.size, out.count) },
        _ => out.text(&[conversion]),
    }
}

/// `n`: where the count goes.
///
/// # Safety
/// `at` is NULL or has room for a number of that size.
unsafe fn store(at: *mut u8, size: Size, count: usize) {
    if at.is_null() {
        return;
    }
    // SAFETY: the caller vouches for it.
    unsafe {
        match size {
            Size::Byte => at.write(count as u8),
            Size::Short => at.cast::<u16>().write_unaligned(count as u16),
            Size::Long64 => at.cast::<u64>().write_unaligned(count as u64),
            _ => at.cast::<u32>().write_unaligned(count as u32),
        }
    }
}

#[cfg(test)]
mod tests;
