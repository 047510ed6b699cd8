//! Wide input and output on streams of libc, which stay byte streams of UTF-8, so narrow and wide calls may be mixed.
//!
//! A character outside the basic plane is two units: the half that waits for its other half is kept here for its stream.

use super::ctype::WEOF;
use super::{invalid, set_errno};
use crate::support::guard;
use crate::text::{to_utf8, units};
use libc::{EINVAL, ERANGE, FILE};
use overlapped_kernel::port::blocking;
use parking_lot::Mutex;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

unsafe extern "C" {
    static stdin: *mut FILE;
    static stdout: *mut FILE;
}

/// Halves of characters, by the stream that they were read from or are to be written to.
struct Halves(Mutex<Vec<(usize, u16)>>);

static READ: Halves = Halves(Mutex::new(Vec::new()));
static TO_WRITE: Halves = Halves(Mutex::new(Vec::new()));

impl Halves {
    fn take(&self, stream: *mut FILE) -> Option<u16> {
        let mut all = self.0.lock();
        let at = all.iter().position(|half| half.0 == stream as usize)?;
        Some(all.swap_remove(at).1)
    }

    fn keep(&self, stream: *mut FILE, unit: u16) {
        self.0.lock().push((stream as usize, unit));
    }
}

/// The next unit of a stream.
unsafe fn read(stream: *mut FILE) -> Option<u16> {
    if let Some(half) = READ.take(stream) {
        return Some(half);
    }
    // SAFETY: the caller vouches for the stream.
    let byte = || u8::try_from(unsafe { libc::fgetc(stream) }).ok();
    let mut bytes = vec![byte()?];
    let more = match bytes[0] {
        0xC2..=0xDF => 1,
        0xE0..=0xEF => 2,
        0xF0..=0xF4 => 3,
        _ => 0,
    };
    for _ in 0..more {
        match byte() {
            Some(next) if next & 0xC0 == 0x80 => bytes.push(next),
            Some(next) => {
                // SAFETY: as above.
                unsafe { libc::ungetc(next.into(), stream) };
                break;
            }
            None => break,
        }
    }
    let c =
        std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut pair = [0; 2];
    if let [_, second] = *c.encode_utf16(&mut pair) {
        READ.keep(stream, second);
    }
    Some(pair[0])
}

unsafe fn write(stream: *mut FILE, bytes: &[u8]) -> bool {
    // SAFETY: the caller vouches for the stream.
    unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), stream) == bytes.len() }
}

/// fgetwc, getwc: WEOF at the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_fgetwc(stream: *mut FILE) -> u16 {
    // SAFETY: the caller vouches for the stream.
    guard(WEOF, || blocking(|| unsafe { read(stream) }).unwrap_or(WEOF))
}

/// fputwc, putwc.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_fputwc(unit: u16, stream: *mut FILE) -> u16 {
    guard(WEOF, || {
        let first = TO_WRITE.take(stream);
        if first.is_none() && (0xD800..0xDC00).contains(&unit) {
            TO_WRITE.keep(stream, unit);
            return unit;
        }
        let sequence: Vec<u16> = first.into_iter().chain([unit]).collect();
        // SAFETY: the caller vouches for the stream.
        if unsafe { write(stream, to_utf8(&sequence).as_bytes()) } { unit } else { WEOF }
    })
}

/// ungetwc.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ungetwc(unit: u16, stream: *mut FILE) -> u16 {
    if unit == WEOF {
        return WEOF;
    }
    match char::from_u32(unit.into()) {
        Some(c) => {
            let mut bytes = [0; 4];
            for &byte in c.encode_utf8(&mut bytes).as_bytes().iter().rev() {
                // SAFETY: the caller vouches for the stream.
                if unsafe { libc::ungetc(byte.into(), stream) } == libc::EOF {
                    return WEOF;
                }
            }
        }
        None => READ.keep(stream, unit),
    }
    unit
}

/// Units up to the end of the line, which is among them, or up to `most`. `None` if there is nothing more.
unsafe fn line(stream: *mut FILE, most: usize) -> Option<Vec<u16>> {
    let mut text = Vec::new();
    while text.len() < most {
        // SAFETY: the caller vouches for the stream.
        let Some(unit) = (unsafe { read(stream) }) else { break };
        text.push(unit);
        if unit == u16::from(b'\n') {
            break;
        }
    }
    (!text.is_empty() || most == 0).then_some(text)
}

/// fgetws.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_fgetws(to: *mut u16, room: c_int, stream: *mut FILE) -> *mut u16 {
    let Some(most) = usize::try_from(room).ok().and_then(|room| room.checked_sub(1)).filter(|_| !to.is_null()) else {
        return null_mut();
    };
    guard(null_mut(), || {
        // SAFETY: the caller vouches for the stream and the room.
        match blocking(|| unsafe { line(stream, most) }) {
            Some(text) => {
                // SAFETY: as above.
                unsafe { crate::text::put(to, &text) };
                to
            }
            None => null_mut(),
        }
    })
}

/// fputws: not negative if all was written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_fputws(text: *const u16, stream: *mut FILE) -> c_int {
    // SAFETY: the caller vouches for both.
    guard(-1, || if unsafe { write(stream, to_utf8(units(text)).as_bytes()) } { 0 } else { -1 })
}

/// _putws: with the end of a line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__putws(text: *const u16) -> c_int {
    // SAFETY: the caller vouches for the text; the stream is set when the program starts.
    guard(-1, || if unsafe { write(stdout, (to_utf8(units(text)) + "\n").as_bytes()) } { 0 } else { -1 })
}

/// fwide: the streams have no orientation; 0.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_fwide(_stream: *mut FILE, _mode: c_int) -> c_int {
    0
}

/// A line of the standard input without its end; `None` if there is none.
unsafe fn wide_input() -> Option<Vec<u16>> {
    // SAFETY: the stream is set when the program starts.
    let mut text = blocking(|| unsafe { line(stdin, usize::MAX) })?;
    text.pop_if(|&mut unit| unit == u16::from(b'\n'));
    Some(text)
}

/// _getws. There is no way to know the room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__getws(to: *mut u16) -> *mut u16 {
    // SAFETY: the caller vouches for the room.
    guard(null_mut(), || unsafe {
        let Some(text) = wide_input() else { return null_mut() };
        crate::text::put(to, &text);
        to
    })
}

/// _getws_s: NULL, an empty text and ERANGE if the line is too long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__getws_s(to: *mut u16, room: usize) -> *mut u16 {
    if to.is_null() || room == 0 {
        invalid(EINVAL);
        return null_mut();
    }
    // SAFETY: the caller vouches for the room.
    guard(null_mut(), || unsafe {
        to.write(0);
        let Some(text) = wide_input() else { return null_mut() };
        if text.len() >= room {
            invalid(ERANGE);
            return null_mut();
        }
        crate::text::put(to, &text);
        to
    })
}

/// A line of the standard input in bytes, without its end.
fn narrow_input() -> Option<Vec<u8>> {
    let mut text = Vec::new();
    blocking(|| {
        loop {
            // SAFETY: the stream is set when the program starts.
            match u8::try_from(unsafe { libc::fgetc(stdin) }) {
                Ok(b'\n') => return Some(text),
                Ok(byte) => text.push(byte),
                Err(_) => return (!text.is_empty()).then_some(text),
            }
        }
    })
}

/// gets. There is no way to know the room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gets(to: *mut c_char) -> *mut c_char {
    guard(null_mut(), || {
        let Some(text) = narrow_input() else { return null_mut() };
        // SAFETY: the caller vouches for the room.
        unsafe { crate::text::put(to.cast::<u8>(), &text) };
        to
    })
}

/// gets_s: NULL, an empty text and ERANGE if the line is too long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gets_s(to: *mut c_char, room: usize) -> *mut c_char {
    if to.is_null() || room == 0 {
        invalid(EINVAL);
        return null_mut();
    }
    guard(null_mut(), || {
        let line = narrow_input();
        // SAFETY: the caller vouches for the room.
        unsafe {
            to.write(0);
            match line {
                Some(text) if text.len() < room => crate::text::put(to.cast::<u8>(), &text),
                Some(_) => {
                    invalid(ERANGE);
                    return null_mut();
                }
                None => return null_mut(),
            }
        }
        to
    })
}

/// _wperror: the text and what libc says of errno, to the standard error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wperror(text: *const u16) {
    let code = super::errno();
    guard((), || {
        // SAFETY: the caller vouches for the text.
        let mut text = to_utf8(unsafe { crate::text::units_or_empty(text) });
        text.push('\0');
        set_errno(code);
        // SAFETY: a string.
        unsafe { libc::perror(text.as_ptr().cast()) };
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn what_is_written_is_read_again() {
        let text = of::<u16>("aé\u{1F600}\nb\0");
        let mut room = [0u16; 16];
        // SAFETY: an open stream; rooms and strings are what they are said to be.
        unsafe {
            let file = libc::tmpfile();
            assert_eq!(ovl_fputws(text.as_ptr(), file), 0);
            for &unit in &of::<u16>("c\u{1F601}") {
                assert_eq!(ovl_fputwc(unit, file), unit);
            }
            assert_eq!(libc::ftell(file), 3 + 4 + 2 + 1 + 4);
            libc::rewind(file);
            assert_eq!(ovl_fgetwc(file), 97);
            assert_eq!(ovl_ungetwc(97, file), 97);
            assert!(!ovl_fgetws(room.as_mut_ptr(), 16, file).is_null());
            assert_eq!(units(room.as_ptr()), of::<u16>("aé\u{1F600}\n"));
            let rest: Vec<u16> = (0..4).map(|_| ovl_fgetwc(file)).collect();
            assert_eq!((rest, ovl_fgetwc(file)), (of::<u16>("bc\u{1F601}"), WEOF));
            assert!(ovl_fgetws(room.as_mut_ptr(), 16, file).is_null());
            libc::fclose(file);
        }
    }

    #[test]
    fn a_line_may_be_longer_than_the_room() {
        let mut room = [0u16; 3];
        // SAFETY: an open stream; rooms and strings are what they are said to be.
        unsafe {
            let file = libc::tmpfile();
            ovl_fputws(of::<u16>("abc\0").as_ptr(), file);
            libc::rewind(file);
            ovl_fgetws(room.as_mut_ptr(), 3, file);
            assert_eq!(room, [97, 98, 0]);
            ovl_fgetws(room.as_mut_ptr(), 3, file);
            assert_eq!(room, [99, 0, 0]);
            assert!(ovl_fgetws(room.as_mut_ptr(), 0, file).is_null());
            libc::fclose(file);
        }
    }
}
