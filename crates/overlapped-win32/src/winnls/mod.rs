//! `stringapiset.h` and `winnls.h`: between UTF-16 and bytes, and comparing text.
//!
//! There is one locale here, in which text is compared by the code points of its characters, without regard to case or to
//! marks of width if asked for.

mod compare;
mod locale;
pub mod oem;

pub use compare::*;
pub use locale::*;

use crate::support::{Bool, FALSE, TRUE, fail, guard_or};
use crate::text::counted;
use overlapped_abi::Win32Error;
use overlapped_devices::codepage::CodePage;
use std::ffi::c_char;

const MB_ERR_INVALID_CHARS: u32 = 8;
const WC_ERR_INVALID_CHARS: u32 = 0x80;
/// ERROR_INVALID_FLAGS.
const INVALID_FLAGS: Win32Error = Win32Error(1004);
/// ERROR_NO_UNICODE_TRANSLATION.
const NO_TRANSLATION: Win32Error = Win32Error(1113);
/// What Windows calls UTF-8.
const CP_UTF8: u32 = 65001;

/// Puts converted text into the buffer of the caller, or says what room it needs.
///
/// # Safety
/// `to` is NULL or has room for `room` units.
unsafe fn deliver<U>(text: &[U], to: *mut U, room: i32) -> Result<i32, Win32Error> {
    if room == 0 {
        return Ok(text.len() as i32);
    }
    if to.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let fits = text.len().min(room as usize);
    // SAFETY: the caller vouches for the room.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, fits) };
    if fits == text.len() { Ok(fits as i32) } else { Err(Win32Error::INSUFFICIENT_BUFFER) }
}

/// The text to convert, with its zero if its length is −1.
///
/// # Safety
/// As for [`counted`].
unsafe fn source<'a, U: crate::text::Unit>(from: *const U, count: i32) -> Result<&'a [U], Win32Error> {
    if from.is_null() || count == 0 || count < -1 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller vouches for the text, and for its zero if the length is not given.
    unsafe {
        let text = counted(from, count);
        Ok(if count == -1 { std::slice::from_raw_parts(from, text.len() + 1) } else { text })
    }
}

/// The flags of WideCharToMultiByte: WC_COMPOSITECHECK and its kinds, WC_ERR_INVALID_CHARS, WC_NO_BEST_FIT_CHARS.
const WC_FLAGS: u32 = 0x10 | 0x20 | 0x40 | WC_ERR_INVALID_CHARS | 0x200 | 0x400;

/// Has this code page all of Unicode? UTF-8 and GB18030, which take no flags but the one about invalid text.
fn is_unicode(page: u32) -> bool {
    matches!(page, CP_UTF8 | 54936)
}

/// MultiByteToWideChar: the units written or, for a room of 0, needed. 0/122 if the room is too small, 0/87, 0/1004 for flags
/// that do not fit, 0/1113 for bytes that mean nothing, with MB_ERR_INVALID_CHARS.
///
/// # Safety
/// `from` has `count` bytes, or a zero if that is −1; `to` is NULL or has room for `room` units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_MultiByteToWideChar(
    page: u32,
    flags: u32,
    from: *const c_char,
    count: i32,
    to: *mut u16,
    room: i32,
) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller vouches for it.
        let bytes = unsafe { source(from.cast::<u8>(), count)? };
        let code_page = CodePage::new(page).ok_or(Win32Error::INVALID_PARAMETER)?;
        if room < 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if is_unicode(page) && flags & !MB_ERR_INVALID_CHARS != 0 || flags & !0xF != 0 {
            return Err(INVALID_FLAGS);
        }
        let converted = code_page.decode(bytes);
        if converted.lossy && flags & MB_ERR_INVALID_CHARS != 0 {
            return Err(NO_TRANSLATION);
        }
        // SAFETY: the caller vouches for the room.
        unsafe { deliver(&converted.text, to, room) }
    })
}

/// WideCharToMultiByte: the bytes written or, for a room of 0, needed. Errors as for [`ovl_MultiByteToWideChar`]; with UTF-8
/// neither a default character nor the question whether it was used may be given (0/87).
///
/// # Safety
/// As for [`ovl_MultiByteToWideChar`]; `instead` is NULL or a string, `used` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WideCharToMultiByte(
    page: u32,
    flags: u32,
    from: *const u16,
    count: i32,
    to: *mut c_char,
    room: i32,
    instead: *const c_char,
    used: *mut Bool,
) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller vouches for it.
        let units = unsafe { source(from, count)? };
        let code_page = CodePage::new(page).ok_or(Win32Error::INVALID_PARAMETER)?;
        if room < 0 || page == CP_UTF8 && !(instead.is_null() && used.is_null()) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if is_unicode(page) && flags & !WC_ERR_INVALID_CHARS != 0 || flags & !WC_FLAGS != 0 {
            return Err(INVALID_FLAGS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let default = if instead.is_null() { b"?" } else { unsafe { crate::text::units(instead.cast::<u8>()) } };
        let converted = code_page.encode(units, default);
        // Others have a character for what they do not know, whatever this flag says.
        if converted.lossy && (code_page == CodePage::Utf8 || is_unicode(page)) && flags & WC_ERR_INVALID_CHARS != 0 {
            return Err(NO_TRANSLATION);
        }
        // SAFETY: the caller vouches for both.
        unsafe {
            if !used.is_null() {
                used.write(Bool::from(converted.lossy));
            }
            deliver(&converted.text, to.cast::<u8>(), room)
        }
    })
}

/// GetACP: 65001, UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetACP() -> u32 {
    CP_UTF8
}

/// GetOEMCP: 65001, UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetOEMCP() -> u32 {
    CP_UTF8
}

/// IsValidCodePage.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsValidCodePage(page: u32) -> Bool {
    Bool::from(page > 3 && CodePage::new(page).is_some())
}

/// CPINFO, 20 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpInfo {
    longest: u32,
    default: [u8; 2],
    lead_bytes: [u8; 12],
}

/// The first and last of the bytes that begin a character of two.
fn lead_ranges(number: u32, page: CodePage) -> &'static [[u8; 2]] {
    match number {
        _ if page.longest() != 2 => &[],
        // Between them are the narrow katakana, each one byte.
        932 => &[[0x81, 0x9F], [0xE0, 0xFC]],
        _ => &[[0x81, 0xFE]],
    }
}

/// GetCPInfo: FALSE/87 for a code page that is not here.
///
/// # Safety
/// `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCPInfo(page: u32, info: *mut CpInfo) -> Bool {
    let Some(code_page) = CodePage::new(page).filter(|_| !info.is_null()) else {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    };
    let mut lead_bytes = [0; 12];
    for (room, range) in lead_bytes.chunks_mut(2).zip(lead_ranges(page, code_page)) {
        room.copy_from_slice(range);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { info.write(CpInfo { longest: code_page.longest(), default: [b'?', 0], lead_bytes }) };
    TRUE
}

/// IsDBCSLeadByteEx: whether a byte is the first of two, which in UTF-8 none is; FALSE/87 for a code page that is not here.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsDBCSLeadByteEx(page: u32, byte: u8) -> Bool {
    let Some(code_page) = CodePage::new(page) else { return fail(Win32Error::INVALID_PARAMETER, FALSE) };
    Bool::from(lead_ranges(page, code_page).iter().any(|[first, last]| (*first..=*last).contains(&byte)))
}

/// IsDBCSLeadByte.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsDBCSLeadByte(byte: u8) -> Bool {
    ovl_IsDBCSLeadByteEx(0, byte)
}

/// GetUserDefaultLCID: English of the United States, the language of the messages here.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetUserDefaultLCID() -> u32 {
    0x409
}

/// GetSystemDefaultLCID, as [`ovl_GetUserDefaultLCID`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSystemDefaultLCID() -> u32 {
    0x409
}

/// GetUserDefaultLangID, as [`ovl_GetUserDefaultLCID`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetUserDefaultLangID() -> u16 {
    0x409
}

/// GetThreadLocale, as [`ovl_GetUserDefaultLCID`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetThreadLocale() -> u32 {
    0x409
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;
    use std::ptr::{null, null_mut};

    fn to_wide(page: u32, flags: u32, bytes: &[u8], count: i32, room: i32) -> (i32, u32, [u16; 8]) {
        let mut buffer = [7; 8];
        crate::support::set_last_error(0);
        // SAFETY: the lengths are those of the text and the buffer.
        let got =
            unsafe { ovl_MultiByteToWideChar(page, flags, bytes.as_ptr().cast(), count, buffer.as_mut_ptr(), room) };
        (got, last_error(), buffer)
    }

    #[test]
    fn bytes_to_units() {
        assert_eq!(to_wide(65001, 0, "aé€\0".as_bytes(), -1, 8), (4, 0, [0x61, 0xE9, 0x20AC, 0, 7, 7, 7, 7]));
        assert_eq!(to_wide(0, 0, "aé€\0".as_bytes(), 3, 8).0, 2);
        assert_eq!(to_wide(65001, 0, b"abc\0", -1, 0).0, 4);
        assert_eq!(to_wide(65001, 0, b"abc\0", -1, 2), (0, 122, [0x61, 0x62, 7, 7, 7, 7, 7, 7]));
        assert_eq!(to_wide(65001, 8, b"a\xFF", 2, 8).1, 1113);
        assert_eq!(to_wide(65001, 0, b"a\xFF", 2, 8), (2, 0, [0x61, 0xFFFD, 7, 7, 7, 7, 7, 7]));
        assert_eq!((to_wide(65001, 1, b"a", 1, 8).1, to_wide(1252, 1, b"\x80", 1, 8).2[0]), (1004, 0x20AC));
        assert_eq!(
            (to_wide(0, 0, b"a", 0, 8).1, to_wide(0, 0, b"a", -2, 8).1, to_wide(77, 0, b"a", 1, 8).1),
            (87, 87, 87)
        );
    }

    fn to_narrow(page: u32, flags: u32, units: &[u16], count: i32, room: i32, used: bool) -> (i32, u32, [u8; 8], Bool) {
        let (mut buffer, mut lossy) = ([7; 8], 7);
        crate::support::set_last_error(0);
        let asked = if used { &raw mut lossy } else { null_mut() };
        let to = buffer.as_mut_ptr().cast();
        // SAFETY: the lengths are those of the text and the buffer.
        let got = unsafe { ovl_WideCharToMultiByte(page, flags, units.as_ptr(), count, to, room, null(), asked) };
        (got, last_error(), buffer, lossy)
    }

    #[test]
    fn units_to_bytes() {
        assert_eq!(to_narrow(0, 0, &[0x61, 0xE9, 0], -1, 8, false), (4, 0, [0x61, 0xC3, 0xA9, 0, 7, 7, 7, 7], 7));
        assert_eq!(to_narrow(65001, 0, &[0x20AC], 1, 0, false).0, 3);
        assert_eq!(to_narrow(65001, 0, &[0x20AC], 1, 2, false).1, 122);
        assert_eq!(
            (to_narrow(65001, 0, &[0x61], 1, 8, true).1, to_narrow(65001, 0x400, &[0x61], 1, 8, false).1),
            (87, 1004)
        );
        assert_eq!(to_narrow(65001, 0x80, &[0xD800], 1, 8, false).1, 1113);
        assert_eq!(to_narrow(1252, 0, &[0x20AC, 0x416], 2, 8, true), (2, 0, [0x80, b'?', 7, 7, 7, 7, 7, 7], 1));
        assert_eq!(to_narrow(1252, 0, &[0x61], 1, 8, true).3, 0);
        assert_eq!(to_narrow(1252, 0x80, &[0x416], 1, 8, true), (1, 0, [b'?', 7, 7, 7, 7, 7, 7, 7], 1));
        assert_eq!(
            (to_narrow(1252, 1, &[0x61], 1, 8, false).1, to_narrow(1252, 0x400, &[0x61], 1, 8, false).0),
            (1004, 1)
        );
    }

    #[test]
    fn pages_are_described() {
        let mut info = CpInfo::default();
        // SAFETY: it is ours.
        unsafe {
            assert_eq!((ovl_GetCPInfo(65001, &mut info), info.longest), (TRUE, 4));
            assert_eq!((ovl_GetCPInfo(12345, &mut info), last_error()), (FALSE, 87));
        }
        assert_eq!((ovl_GetACP(), ovl_IsValidCodePage(1252), ovl_IsValidCodePage(77)), (65001, TRUE, FALSE));
        assert_eq!(ovl_IsDBCSLeadByte(0x85), FALSE);
    }
}
