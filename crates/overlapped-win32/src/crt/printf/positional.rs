//! Formats whose directives name their arguments: `%2$s %1$*3$d`, of `_printf_p` and its relatives.
//!
//! Such a format is read twice: for the kinds of the arguments, which stand one behind the other in the list, and then as an ordinary one,
//! without the numbers, whose arguments are picked in the order of its directives.

use super::narrow::{emit, standard_output};
use super::spec::{Reader, Size};
use super::{Room, Sink, format};
use crate::crt::args::Arguments;
use crate::crt::invalid;
use crate::crt::va::{VaArguments, VaList};
use crate::support::guard;
use crate::text::{Unit, to_utf8, units};
use libc::{EINVAL, ERANGE, FILE};
use std::ffi::{c_char, c_int};

/// No format may name more arguments.
const MOST: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Double,
    LongDouble,
}

/// The format without its numbers, the arguments in the order of their use, and their kinds in that of the list.
#[derive(Debug, Default)]
struct Plan<U> {
    plain: Vec<U>,
    picks: Vec<usize>,
    kinds: Vec<Option<Kind>>,
}

impl<U: Unit> Plan<U> {
    /// Names an argument, counted from 1; `None` if it cannot be, or was of another kind before.
    fn pick(&mut self, number: usize, kind: Kind) -> Option<()> {
        let at = number.checked_sub(1).filter(|at| *at < MOST)?;
        if self.kinds.len() <= at {
            self.kinds.resize(at + 1, None);
        }
        let known = *self.kinds[at].get_or_insert(kind);
        self.picks.push(at);
        (known == kind).then_some(())
    }

    /// A width or a precision: digits, or a star with a number.
    fn amount(&mut self, reader: &mut Reader<U>, format: &[U]) -> Option<()> {
        if reader.accept(b'*') {
            let number = reader.number()?;
            self.plain.push(U::from(b'*'));
            return reader.accept(b'$').then(|| self.pick(number, Kind::Word))?;
        }
        let from = format.len() - reader.left();
        reader.number();
        self.plain.extend_from_slice(&format[from..format.len() - reader.left()]);
        Some(())
    }
}

/// How a format is to be read.
enum Reading<U> {
    Ordinary,
    Positional(Plan<U>),
    /// Some directives have numbers and others not, arguments are left out, or there are too many.
    Wrong,
}

fn read<U: Unit>(format: &[U]) -> Reading<U> {
    let mut reader = Reader::new(format);
    let mut plan = Plan { plain: Vec::new(), picks: Vec::new(), kinds: Vec::new() };
    let mut ordinary = false;
    loop {
        plan.plain.extend_from_slice(reader.literal());
        let Some(percent) = reader.take() else { break };
        plan.plain.push(percent);
        if reader.accept(b'%') {
            plan.plain.push(percent);
            continue;
        }
        match reader.number().filter(|_| reader.accept(b'$')) {
            Some(number) => match directive(&mut plan, &mut reader, format, number) {
                Some(()) => {}
                None => return Reading::Wrong,
            },
            None => ordinary = true,
        }
    }
    match (ordinary, plan.picks.is_empty()) {
        (_, true) => Reading::Ordinary,
        (true, false) => Reading::Wrong,
        (false, false) if plan.kinds.contains(&None) => Reading::Wrong,
        (false, false) => Reading::Positional(plan),
    }
}

/// What is behind the number of a directive.
fn directive<U: Unit>(plan: &mut Plan<U>, reader: &mut Reader<U>, format: &[U], number: usize) -> Option<()> {
    while matches!(reader.peek(), b'-' | b'+' | b' ' | b'#' | b'0') {
        plan.plain.extend(reader.take());
    }
    plan.amount(reader, format)?;
    if reader.accept(b'.') {
        plan.plain.push(U::from(b'.'));
        plan.amount(reader, format)?;
    }
    let from = format.len() - reader.left();
    let size = reader.size();
    let conversion = reader.take()?;
    plan.plain.extend_from_slice(&format[from..format.len() - reader.left()]);
    let kind = match (conversion.ascii(), size) {
        (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A', Size::LongDouble) => Kind::LongDouble,
        (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A', _) => Kind::Double,
        (b'd' | b'i' | b'u' | b'o' | b'x' | b'X' | b'p' | b's' | b'S' | b'Z' | b'c' | b'C' | b'n', _) => Kind::Word,
        _ => return None,
    };
    plan.pick(number, kind)
}

/// Arguments that were taken from a list, in the order in which they are used.
struct Picked {
    values: Vec<u64>,
    picks: std::vec::IntoIter<usize>,
}

impl Arguments for Picked {
    fn word(&mut self) -> u64 {
        self.picks.next().map_or(0, |at| self.values[at])
    }

    fn double(&mut self) -> f64 {
        f64::from_bits(self.word())
    }

    fn long_double(&mut self) -> f64 {
        self.double()
    }
}

/// Formats by numbers if the format has some. EINVAL, by the program's handler, for one that is wrong.
///
/// # Safety
/// The arguments are those that the format asks for.
pub unsafe fn format_by_number<U: Unit>(
    sink: &mut impl Sink<U>,
    pattern: &[U],
    args: &mut impl Arguments,
) -> Option<usize> {
    match read(pattern) {
        // SAFETY: the caller vouches for the arguments.
        Reading::Ordinary => unsafe { format(sink, pattern, args) },
        Reading::Wrong => {
            invalid(EINVAL);
            None
        }
        Reading::Positional(plan) => {
            let values = plan.kinds.iter().flatten().map(|kind| match kind {
                Kind::Word => args.word(),
                Kind::Double => args.double().to_bits(),
                Kind::LongDouble => args.long_double().to_bits(),
            });
            let mut picked = Picked { values: values.collect(), picks: plan.picks.into_iter() };
            // SAFETY: as above.
            unsafe { format(sink, &plan.plain, &mut picked) }
        }
    }
}

/// # Safety
/// As for the C functions (see the [page](crate::crt)).
unsafe fn to_stream<U: Unit>(stream: *mut FILE, pattern: *const U, list: VaList, bytes: fn(&[U]) -> Vec<u8>) -> c_int {
    if stream.is_null() || pattern.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        let mut text = Vec::new();
        // SAFETY: the caller vouches for the arguments and the stream.
        unsafe {
            match format_by_number(&mut text, units(pattern), &mut VaArguments::new(list)) {
                Some(len) if emit(stream, &bytes(&text)) => len as c_int,
                _ => -1,
            }
        }
    })
}

/// Into a buffer, with a zero; −1, an empty text and ERANGE if it does not fit. Without a buffer the length.
///
/// # Safety
/// As above.
unsafe fn to_buffer<U: Unit>(buffer: Option<(*mut U, usize)>, pattern: *const U, list: VaList) -> c_int {
    let (to, room) = buffer.unwrap_or((std::ptr::null_mut(), 1));
    if pattern.is_null() || room == 0 || buffer.is_some() && to.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        // SAFETY: the caller vouches for the arguments and the room.
        unsafe {
            let made = format_by_number(&mut Room::new(to, room - 1), units(pattern), &mut VaArguments::new(list));
            if to.is_null() {
                return made.map_or(-1, |len| len as c_int);
            }
            match made {
                Some(len) if len < room => {
                    to.add(len).write(U::default());
                    return len as c_int;
                }
                Some(_) => _ = invalid(ERANGE),
                None => {}
            }
            to.write(U::default());
            -1
        }
    })
}

/// _vfprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vfprintf_p(stream: *mut FILE, pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_stream::<u8>(stream, pattern.cast(), list, <[u8]>::to_vec) }
}

/// _vprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vprintf_p(pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { ovl__vfprintf_p(standard_output(), pattern, list) }
}

/// _vsprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vsprintf_p(to: *mut c_char, room: usize, pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_buffer::<u8>(Some((to.cast(), room)), pattern.cast(), list) }
}

/// _vscprintf_p: the length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vscprintf_p(pattern: *const c_char, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_buffer::<u8>(None, pattern.cast(), list) }
}

/// _vfwprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vfwprintf_p(stream: *mut FILE, pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_stream(stream, pattern, list, |text| to_utf8(text).into_bytes()) }
}

/// _vwprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vwprintf_p(pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { ovl__vfwprintf_p(standard_output(), pattern, list) }
}

/// _vswprintf_p.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vswprintf_p(to: *mut u16, room: usize, pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_buffer(Some((to, room)), pattern, list) }
}

/// _vscwprintf_p: the length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__vscwprintf_p(pattern: *const u16, list: VaList) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { to_buffer::<u16>(None, pattern, list) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crt::args::Words;
    use crate::text::of;

    fn made(pattern: &str, args: &[u64]) -> Option<String> {
        let (mut narrow, mut wide) = (Vec::new(), Vec::new());
        // SAFETY: the arguments are what the formats ask for.
        let lens = unsafe {
            (
                format_by_number(&mut narrow, pattern.as_bytes(), &mut Words(args)),
                format_by_number(&mut wide, &of::<u16>(pattern), &mut Words(args)),
            )
        };
        assert_eq!(lens.0, lens.1, "{pattern}");
        let text = String::from_utf8(narrow).unwrap();
        assert_eq!(text, to_utf8(&wide));
        lens.0.map(|len| {
            assert_eq!(len, text.len());
            text
        })
    }

    #[test]
    fn arguments_are_taken_by_their_numbers() {
        for (pattern, args, expected) in [
            ("%2$d-%1$d", &[1, 2][..], "2-1"),
            ("%1$d %1$x %1$05d%%", &[10], "10 a 00010%"),
            ("%1$*2$d|%1$-*2$d|", &[7, 3], "  7|7  |"),
            ("%3$.*2$f %1$I64d", &[1 << 40, 2, 1.5f64.to_bits()], "1.50 1099511627776"),
            ("%d %d", &[1, 2], "1 2"),
            ("100%%", &[], "100%"),
        ] {
            assert_eq!(made(pattern, args).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn wrong_formats_are_refused() {
        for pattern in ["%1$d %d", "%2$d", "%0$d", "%101$d", "%1$d %1$f", "%1$*d", "%1$y", "%1$"] {
            assert_eq!(made(pattern, &[1, 2]), None, "{pattern}");
        }
    }
}
