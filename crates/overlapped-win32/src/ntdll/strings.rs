//! Counted strings, and some of what else is called Rtl.

use crate::text::{len, to_utf8, to_utf16};
use overlapped_abi::Status;
use std::ptr::null_mut;

/// STRING and UNICODE_STRING, 16 bytes: lengths in bytes, without the zero.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Counted<U> {
    length: u16,
    room: u16,
    text: *mut U,
}

const _: () = assert!(size_of::<Counted<u8>>() == 16 && size_of::<Counted<u16>>() == 16);

/// STATUS_NAME_TOO_LONG, STATUS_BUFFER_OVERFLOW, STATUS_INVALID_PARAMETER_2, STATUS_NO_MEMORY.
const NAME_TOO_LONG: u32 = 0xC000_0106;
const BUFFER_OVERFLOW: u32 = 0x8000_0005;
const INVALID_PARAMETER_2: u32 = 0xC000_00F0;
const NO_MEMORY: u32 = 0xC000_0017;

impl<U> Counted<U> {
    const EMPTY: Self = Self { length: 0, room: 0, text: null_mut() };

    unsafe fn units<'a>(&self) -> &'a [U] {
        let count = usize::from(self.length) / size_of::<U>();
        // SAFETY: the caller vouches for the text.
        if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.text, count) } }
    }
}

/// RtlInitAnsiString: a text that is too long counts as 65,534 bytes.
///
/// # Safety
/// `to` is writable; `text` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlInitAnsiString(to: *mut Counted<u8>, text: *const u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let length = if text.is_null() { 0 } else { len(text).min(0xFFFE) as u16 };
        let room = if text.is_null() { 0 } else { length + 1 };
        to.write(Counted { length, room, text: text.cast_mut() });
    }
}

/// RtlInitString: RtlInitAnsiString.
///
/// # Safety
/// As for [`ovl_RtlInitAnsiString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlInitString(to: *mut Counted<u8>, text: *const u8) {
    // SAFETY: the caller's promise.
    unsafe { ovl_RtlInitAnsiString(to, text) }
}

/// RtlInitAnsiStringEx: STATUS_NAME_TOO_LONG for a text of more than 65,534 bytes.
///
/// # Safety
/// As for [`ovl_RtlInitAnsiString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlInitAnsiStringEx(to: *mut Counted<u8>, text: *const u8) -> u32 {
    // SAFETY: the caller's promise.
    unsafe {
        if !text.is_null() && len(text) > 0xFFFE {
            to.write(Counted::EMPTY);
            return NAME_TOO_LONG;
        }
        ovl_RtlInitAnsiString(to, text);
    }
    0
}

/// RtlInitStringEx: RtlInitAnsiStringEx.
///
/// # Safety
/// As for [`ovl_RtlInitAnsiString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlInitStringEx(to: *mut Counted<u8>, text: *const u8) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_RtlInitAnsiStringEx(to, text) }
}

/// Puts text with a zero into a counted string: into its own room, or into new memory.
unsafe fn put<U: Copy + Default>(text: &[U], to: *mut Counted<U>, allocate: u8) -> u32 {
    let bytes = size_of_val(text);
    let Ok(room) = u16::try_from(bytes + size_of::<U>()) else { return INVALID_PARAMETER_2 };
    // SAFETY: the caller vouches for the string, and new memory has that room.
    unsafe {
        if allocate != 0 {
            let memory = crate::localglobal::ovl_LocalAlloc(0, usize::from(room)).cast::<U>();
            if memory.is_null() {
                return NO_MEMORY;
            }
            to.write(Counted { length: 0, room, text: memory });
        }
        let target = &mut *to;
        target.length = bytes as u16;
        if target.room < room {
            // As much as there is room for, with a zero.
            let fits = (usize::from(target.room) / size_of::<U>()).saturating_sub(1).min(text.len());
            target.length = (fits * size_of::<U>()) as u16;
            if target.room as usize >= size_of::<U>() {
                std::ptr::copy_nonoverlapping(text.as_ptr(), target.text, fits);
                target.text.add(fits).write(U::default());
            }
            return BUFFER_OVERFLOW;
        }
        std::ptr::copy_nonoverlapping(text.as_ptr(), target.text, text.len());
        target.text.add(text.len()).write(U::default());
    }
    0
}

/// RtlAnsiStringToUnicodeString: the bytes are UTF-8. STATUS_BUFFER_OVERFLOW for what does not fit, STATUS_INVALID_PARAMETER_2 for what no
/// string can hold.
///
/// # Safety
/// `from` is valid; `to` is writable, and, without `allocate`, has the room that it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlAnsiStringToUnicodeString(
    to: *mut Counted<u16>,
    from: *const Counted<u8>,
    allocate: u8,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { put(&to_utf16((*from).units()), to, allocate) }
}

/// RtlUnicodeStringToAnsiString: to UTF-8; otherwise as [`ovl_RtlAnsiStringToUnicodeString`].
///
/// # Safety
/// As for [`ovl_RtlAnsiStringToUnicodeString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlUnicodeStringToAnsiString(
    to: *mut Counted<u8>,
    from: *const Counted<u16>,
    allocate: u8,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { put(to_utf8((*from).units()).as_bytes(), to, allocate) }
}

/// RtlUnicodeStringToOemString: to UTF-8, which is the code page of consoles, too.
///
/// # Safety
/// As for [`ovl_RtlAnsiStringToUnicodeString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlUnicodeStringToOemString(
    to: *mut Counted<u8>,
    from: *const Counted<u16>,
    allocate: u8,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_RtlUnicodeStringToAnsiString(to, from, allocate) }
}

unsafe fn free<U>(string: *mut Counted<U>) {
    // SAFETY: the caller vouches for the string, whose text one of the functions above has made.
    unsafe {
        if !string.is_null() && !(*string).text.is_null() {
            crate::localglobal::ovl_LocalFree((*string).text.cast());
            string.write(Counted::EMPTY);
        }
    }
}

/// RtlFreeUnicodeString.
///
/// # Safety
/// `string` is NULL or one that these functions have allocated, and that nobody uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlFreeUnicodeString(string: *mut Counted<u16>) {
    // SAFETY: the caller's promise.
    unsafe { free(string) }
}

/// RtlFreeAnsiString.
///
/// # Safety
/// As for [`ovl_RtlFreeUnicodeString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlFreeAnsiString(string: *mut Counted<u8>) {
    // SAFETY: the caller's promise.
    unsafe { free(string) }
}

/// RtlFreeOemString.
///
/// # Safety
/// As for [`ovl_RtlFreeUnicodeString`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlFreeOemString(string: *mut Counted<u8>) {
    // SAFETY: the caller's promise.
    unsafe { free(string) }
}

/// RtlUnicodeToMultiByteSize: the bytes that so many bytes of UTF-16 are in UTF-8.
///
/// # Safety
/// `to` is writable; `text` has `bytes` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlUnicodeToMultiByteSize(to: *mut u32, text: *const u16, bytes: u32) -> u32 {
    let count = bytes as usize / 2;
    // SAFETY: the caller's promise.
    unsafe {
        let text = if count == 0 { &[] } else { std::slice::from_raw_parts(text, count) };
        to.write(to_utf8(text).len() as u32);
    }
    0
}

/// RtlCharToInteger: white space, a sign, 0x, 0o or 0b where no base is given, and digits; what is behind them does not matter, and none are 0.
/// STATUS_INVALID_PARAMETER for a base other than 0, 2, 8, 10, 16.
///
/// # Safety
/// `text` ends with a zero; `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlCharToInteger(text: *const u8, base: u32, to: *mut u32) -> u32 {
    // SAFETY: the caller's promise.
    let text = unsafe { crate::text::units_or_empty(text) };
    let start = text.iter().position(|&byte| byte > b' ').unwrap_or(text.len());
    let (negative, rest) = match text[start..] {
        [b'-', ..] => (true, &text[start + 1..]),
        [b'+', ..] => (false, &text[start + 1..]),
        _ => (false, &text[start..]),
    };
    let (base, digits) = match (base, rest) {
        (0, [b'0', b'x', digits @ ..]) => (16, digits),
        (0, [b'0', b'o', digits @ ..]) => (8, digits),
        (0, [b'0', b'b', digits @ ..]) => (2, digits),
        (0, digits) => (10, digits),
        (2 | 8 | 10 | 16, digits) => (base, digits),
        _ => return Status::INVALID_PARAMETER.0,
    };
    if to.is_null() {
        return Status::ACCESS_VIOLATION.0;
    }
    let values = digits.iter().map_while(|&byte| char::from(byte).to_digit(base));
    let value = values.fold(0u32, |value, digit| value.wrapping_mul(base).wrapping_add(digit));
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(if negative { value.wrapping_neg() } else { value }) };
    0
}

/// RtlTimeToSecondsSince1970: FALSE for a time before that, or 136 years later.
///
/// # Safety
/// `time` is valid, `to` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlTimeToSecondsSince1970(time: *const i64, to: *mut u32) -> u8 {
    // SAFETY: the caller's promise.
    let seconds = unsafe { *time } / 10_000_000 - 11_644_473_600;
    match u32::try_from(seconds) {
        Ok(seconds) => {
            // SAFETY: the caller's promise.
            unsafe { to.write(seconds) };
            1
        }
        Err(_) => 0,
    }
}

/// RtlLocalTimeToSystemTime: with the offset of now, as Windows has it.
///
/// # Safety
/// `local` is valid, `to` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlLocalTimeToSystemTime(local: *const i64, to: *mut i64) -> u32 {
    let offset = crate::timezoneapi::zone::offset_at(crate::timezoneapi::now().ticks());
    // SAFETY: the caller's promise.
    unsafe { to.write(*local - offset) };
    0
}
