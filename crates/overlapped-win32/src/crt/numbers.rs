//! Numbers to text and back, in both units: `_itoa` and its relations, `_wtoi`, `wcstol`.

use super::{invalid, set_errno};
use crate::arguments::pair;
use crate::text::{Unit, put};
use libc::{EINVAL, ERANGE};
use std::ffi::{c_char, c_int, c_long};

/// The digits of a number; negative ones have a sign in base 10 only, in others they are as their bits say.
fn digits<U: Unit>(negative: bool, mut value: u64, base: c_int) -> Vec<U> {
    let mut text = Vec::new();
    let base = u64::try_from(base).unwrap_or(10).clamp(2, 36);
    loop {
        text.push(U::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[(value % base) as usize]));
        value /= base;
        if value == 0 {
            break;
        }
    }
    if negative {
        text.push(U::from(b'-'));
    }
    text.reverse();
    text
}

fn of_int<U: Unit>(value: i32, base: c_int) -> Vec<U> {
    let negative = value < 0 && base == 10;
    digits(negative, u64::from(if negative { value.unsigned_abs() } else { value.cast_unsigned() }), base)
}

fn of_long<U: Unit>(value: i64, base: c_int) -> Vec<U> {
    let negative = value < 0 && base == 10;
    digits(negative, if negative { value.unsigned_abs() } else { value.cast_unsigned() }, base)
}

/// # Safety
/// `to` has room for `room` units.
unsafe fn fill<U: Unit>(text: &[U], to: *mut U, room: usize, base: c_int) -> c_int {
    if to.is_null() || room == 0 {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        to.write(U::default());
        if !(2..=36).contains(&base) {
            return invalid(EINVAL);
        }
        if text.len() >= room {
            return invalid(ERANGE);
        }
        put(to, text);
    }
    0
}

/// A function without and one with a room, for both units.
macro_rules! to_text {
    ($type:ty, $of:expr; $narrow:ident $wide:ident $narrow_s:ident $wide_s:ident; $doc:literal) => {
        pair! {
            #[doc = $doc]
            fn $narrow $wide(value: $type, to: *mut C, base: c_int) -> *mut C {
                // SAFETY: the caller vouches for the room.
                unsafe { put(to, &$of(value, base)) };
                to
            }
        }
        pair! {
            #[doc = concat!($doc, " With its room.")]
            fn $narrow_s $wide_s(value: $type, to: *mut C, room: usize, base: c_int) -> c_int {
                // SAFETY: the caller vouches for the room.
                unsafe { fill(&$of(value, base), to, room, base) }
            }
        }
    };
}

to_text!(i32, of_int::<C>;
    ovl__itoa ovl__itow ovl__itoa_s ovl__itow_s; "_itoa, _itow: an `int`.");
to_text!(i32, of_int::<C>;
    ovl__ltoa ovl__ltow ovl__ltoa_s ovl__ltow_s; "_ltoa, _ltow: a LONG.");
to_text!(u32, |value, base| digits::<C>(false, u64::from(value), base);
    ovl__ultoa ovl__ultow ovl__ultoa_s ovl__ultow_s; "_ultoa, _ultow: a ULONG.");
to_text!(i64, of_long::<C>;
    ovl__i64toa ovl__i64tow ovl__i64toa_s ovl__i64tow_s; "_i64toa, _i64tow: 64 bits with a sign.");
to_text!(u64, digits_unsigned::<C>;
    ovl__ui64toa ovl__ui64tow ovl__ui64toa_s ovl__ui64tow_s; "_ui64toa, _ui64tow: 64 bits without a sign.");

fn digits_unsigned<U: Unit>(value: u64, base: c_int) -> Vec<U> {
    digits(false, value, base)
}

/// The part of a text that may be a number, as ASCII with a zero. Its offsets are those of the text.
unsafe fn ascii(text: *const u16) -> Vec<u8> {
    // SAFETY: the caller vouches for the text.
    let text = unsafe { crate::text::units(text) };
    text.iter().map_while(|&unit| u8::try_from(unit).ok().filter(u8::is_ascii)).chain([0]).collect()
}

/// Whether there is a text, and a base that numbers can have; else errno is set, and nothing was read.
///
/// # Safety
/// `end` is NULL or writable.
unsafe fn can_parse<U>(text: *const U, end: *mut *mut U, base: c_int) -> bool {
    let can = !text.is_null() && (base == 0 || (2..=36).contains(&base));
    if !can {
        if !end.is_null() {
            // SAFETY: the caller vouches for it.
            unsafe { end.write(text.cast_mut()) };
        }
        invalid(EINVAL);
    }
    can
}

/// Calls a function of libc on the text and says where it ended; 0 without a text or with a base that is none.
unsafe fn parse<T: Default>(
    text: *const u16,
    end: *mut *mut u16,
    base: c_int,
    by: impl FnOnce(*const c_char, *mut *mut c_char) -> T,
) -> T {
    // SAFETY: the caller vouches for the text; `end` is NULL or writable.
    unsafe {
        if !can_parse(text, end, base) {
            return T::default();
        }
        let bytes = ascii(text);
        let start = bytes.as_ptr().cast::<c_char>();
        let mut stopped = start.cast_mut();
        let value = by(start, &mut stopped);
        if !end.is_null() {
            end.write(text.add(stopped.offset_from_unsigned(start)).cast_mut());
        }
        value
    }
}

/// wcstol, of 64 bits, as `long` has here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstol(text: *const u16, end: *mut *mut u16, base: c_int) -> c_long {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, base, |text, end| libc::strtol(text, end, base)) }
}

/// wcstoul, of 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstoul(text: *const u16, end: *mut *mut u16, base: c_int) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, base, |text, end| libc::strtoul(text, end, base)) }
}

/// wcstoll, _wcstoi64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstoll(text: *const u16, end: *mut *mut u16, base: c_int) -> i64 {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, base, |text, end| libc::strtoll(text, end, base)) }
}

/// wcstoull, _wcstoui64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstoull(text: *const u16, end: *mut *mut u16, base: c_int) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, base, |text, end| libc::strtoull(text, end, base)) }
}

/// wcstod.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstod(text: *const u16, end: *mut *mut u16) -> f64 {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, 10, |text, end| libc::strtod(text, end)) }
}

/// wcstof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstof(text: *const u16, end: *mut *mut u16) -> f32 {
    // SAFETY: the caller vouches for it.
    unsafe { parse(text, end, 10, |text, end| libc::strtof(text, end)) }
}

/// wcstold: a `long double` with the digits of a double, as on Windows. Rust has no such type, so this calls [`ovl_wcstod`] and
/// moves the result to where the C compiler looks for it.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcstold(text: *const u16, end: *mut *mut u16) {
    // The call needs a stack aligned to 16; the x87 register is loaded through memory.
    core::arch::naked_asm!(
        "sub rsp, 8",
        "call {double}",
        "movsd qword ptr [rsp], xmm0",
        "fld qword ptr [rsp]",
        "add rsp, 8",
        "ret",
        double = sym ovl_wcstod,
    )
}

/// A number of either unit, 0 for NULL; too large ones become the largest.
fn whole(value: i64) -> c_int {
    let clamped = value.clamp(i32::MIN.into(), i32::MAX.into());
    if clamped != value {
        set_errno(ERANGE);
    }
    clamped as c_int
}

/// _wtoi.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wtoi(text: *const u16) -> c_int {
    // SAFETY: the caller vouches for it.
    whole(unsafe { ovl__wtoi64(text) })
}

/// _wtol, of 32 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wtol(text: *const u16) -> c_int {
    // SAFETY: the caller vouches for it.
    unsafe { ovl__wtoi(text) }
}

/// _wtoi64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wtoi64(text: *const u16) -> i64 {
    if text.is_null() {
        invalid(EINVAL);
        return 0;
    }
    // SAFETY: the caller vouches for it.
    unsafe { ovl_wcstoll(text, std::ptr::null_mut(), 10) }
}

/// _wtof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wtof(text: *const u16) -> f64 {
    if text.is_null() {
        invalid(EINVAL);
        return 0.0;
    }
    // SAFETY: the caller vouches for it.
    unsafe { ovl_wcstod(text, std::ptr::null_mut()) }
}

/// atoi: 0 for NULL; what is too large becomes the largest, with ERANGE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_atoi(text: *const c_char) -> c_int {
    if text.is_null() {
        invalid(EINVAL);
        return 0;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    whole(unsafe { libc::strtoll(text, std::ptr::null_mut(), 10) })
}

/// _atoi64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__atoi64(text: *const c_char) -> i64 {
    // SAFETY: the caller vouches for it.
    unsafe { ovl__strtoi64(text, std::ptr::null_mut(), 10) }
}

/// _strtoi64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strtoi64(text: *const c_char, end: *mut *mut c_char, base: c_int) -> i64 {
    // SAFETY: the caller vouches for it.
    unsafe { if can_parse(text, end, base) { libc::strtoll(text, end, base) } else { 0 } }
}

/// _strtoui64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strtoui64(text: *const c_char, end: *mut *mut c_char, base: c_int) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe { if can_parse(text, end, base) { libc::strtoull(text, end, base) } else { 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{of, units};

    #[test]
    fn to_text_in_every_base() {
        let show = |text: Vec<u8>| String::from_utf8(text).unwrap();
        for (value, base, expected) in [
            (0, 10, "0"),
            (-42, 10, "-42"),
            (255, 16, "ff"),
            (-1, 16, "ffffffff"),
            (5, 2, "101"),
            (i32::MIN, 10, "-2147483648"),
        ] {
            assert_eq!(show(of_int(value, base)), expected);
        }
        assert_eq!(
            (show(of_long(i64::MIN, 10)), show(of_long(-1, 16))),
            ("-9223372036854775808".into(), "f".repeat(16))
        );
        assert_eq!(show(digits_unsigned(u64::MAX, 36)), "3w5e11264sgsf");
        let mut room = [0u8; 4];
        // SAFETY: the rooms are those of the buffer.
        unsafe {
            assert_eq!((ovl__itoa_s(-42, room.as_mut_ptr(), 4, 10), &room), (0, b"-42\0"));
            assert_eq!((ovl__itoa_s(-421, room.as_mut_ptr(), 4, 10), room[0]), (ERANGE, 0));
            assert_eq!(
                (ovl__itoa_s(1, room.as_mut_ptr(), 4, 1), ovl__itoa_s(1, std::ptr::null_mut(), 4, 10)),
                (EINVAL, EINVAL)
            );
            let mut wide = [0u16; 20];
            assert_eq!(units(ovl__ultow(u32::MAX, wide.as_mut_ptr(), 10)), of::<u16>("4294967295"));
        }
    }

    #[test]
    fn from_text() {
        let text = of::<u16>("  -123abcЖ\0");
        let mut end = std::ptr::null_mut();
        // SAFETY: strings.
        unsafe {
            assert_eq!((ovl_wcstol(text.as_ptr(), &mut end, 10), end.cast_const()), (-123, text[6..].as_ptr()));
            assert_eq!((ovl_wcstoull(text[6..].as_ptr(), &mut end, 16), end.cast_const()), (0xABC, text[9..].as_ptr()));
            assert_eq!((ovl__wtoi(text.as_ptr()), ovl__wtoi(of::<u16>("99999999999\0").as_ptr())), (-123, i32::MAX));
            assert_eq!((ovl__wtof(of::<u16>("2.5e1x\0").as_ptr()), ovl__wtoi(std::ptr::null())), (25.0, 0));
            assert_eq!(ovl__atoi64(c"-5000000000".as_ptr()), -5_000_000_000);
            let whole = [c"2147483648", c"-2147483649", c" 12x", c"99999999999999999999"];
            assert_eq!(whole.map(|text| ovl_atoi(text.as_ptr())), [i32::MAX, i32::MIN, 12, i32::MAX]);
        }
    }
}
