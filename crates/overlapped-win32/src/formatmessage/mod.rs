//! FormatMessage (`winbase.h`).
//!
//! Every error of the table (contract 10) has a sentence in our own words, and so have the other codes that the headers name.
//! An HRESULT that wraps a Win32 code (0x8007nnnn) has the sentence of that code; with FORMAT_MESSAGE_FROM_HMODULE the number may
//! be an NTSTATUS, as in ntdll.dll. Messages are in English whatever language is asked for.

mod inserts;
mod layout;
mod more;

use crate::localglobal::ovl_LocalAlloc;
use crate::support::guard_or;
use crate::text::{Unit, of, put, units};
use inserts::Inserts;
use layout::Layout;
use overlapped_abi::{Status, Win32Error};
use std::ffi::{c_char, c_void};

const ALLOCATE_BUFFER: u32 = 0x100;
const IGNORE_INSERTS: u32 = 0x200;
const FROM_STRING: u32 = 0x400;
const FROM_HMODULE: u32 = 0x800;
const FROM_SYSTEM: u32 = 0x1000;
const ARGUMENT_ARRAY: u32 = 0x2000;
const MAX_WIDTH_MASK: u32 = 0xFF;
/// ERROR_MR_MID_NOT_FOUND.
const NO_MESSAGE: Win32Error = Win32Error(317);

/// The sentence for a Win32 code, an HRESULT of one, or a Winsock code.
#[must_use]
pub fn message(code: u32) -> Option<&'static str> {
    let code = if code & 0xFFFF_0000 == 0x8007_0000 { code & 0xFFFF } else { code };
    let error = Win32Error(code);
    error.name().map(|_| error.message()).or_else(|| more::more(code))
}

/// The sentence for an NTSTATUS.
fn status_message(code: u32) -> Option<&'static str> {
    let status = Status(code);
    status.name().and_then(|_| message(status.to_win32().0))
}

/// What a message is made from.
struct Request<U> {
    flags: u32,
    source: *const U,
    code: u32,
    arguments: *mut c_void,
}

impl<U: Unit> Request<U> {
    fn text(&self) -> Result<Vec<U>, Win32Error> {
        if self.flags & FROM_STRING != 0 {
            if self.source.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: with this flag the source is a string, as the exported functions require.
            return Ok(unsafe { units(self.source) }.to_vec());
        }
        if self.flags & (FROM_SYSTEM | FROM_HMODULE) == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let of_module = (self.flags & FROM_HMODULE != 0).then(|| status_message(self.code)).flatten();
        let of_system = || (self.flags & FROM_SYSTEM != 0).then(|| message(self.code)).flatten();
        let sentence = of_module.or_else(of_system).ok_or(NO_MESSAGE)?;
        Ok(of(&format!("{sentence}\r\n").replace('%', "%%")))
    }

    /// The message with everything carried out.
    fn make(&self) -> Result<Vec<U>, Win32Error> {
        let array = self.flags & ARGUMENT_ARRAY != 0;
        // SAFETY: the arguments are what the exported functions require.
        unsafe {
            let mut inserts = Inserts::new(self.arguments, array);
            let width = (self.flags & MAX_WIDTH_MASK) as usize;
            Layout::new(&mut inserts, self.flags & IGNORE_INSERTS != 0, width).run(&self.text()?)
        }
    }
}

/// # Safety
/// As for the exported functions.
unsafe fn format_message<U: Unit>(request: &Request<U>, buffer: *mut U, size: u32) -> u32 {
    guard_or(0, || {
        if buffer.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let allocate = request.flags & ALLOCATE_BUFFER != 0;
        if allocate {
            // SAFETY: with this flag the buffer is a place for a pointer.
            unsafe { buffer.cast::<*mut U>().write_unaligned(std::ptr::null_mut()) };
        }
        let text = request.make()?;
        if !allocate {
            if text.len() >= size as usize {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: there is room, by the comparison.
            unsafe { put(buffer, &text) };
            return Ok(text.len() as u32);
        }
        let room = (text.len() + 1).max(size as usize);
        let made = ovl_LocalAlloc(0, room * size_of::<U>()).cast::<U>();
        if made.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: just made with that room; the buffer is a place for a pointer.
        unsafe {
            put(made, &text);
            buffer.cast::<*mut U>().write_unaligned(made);
        }
        Ok(text.len() as u32)
    })
}

/// FormatMessageA: the number of bytes without the zero; 0/317 without a message, 0/122 if it does not fit, 0/87.
///
/// # Safety
/// With FORMAT_MESSAGE_FROM_STRING `source` is a string. `arguments` is NULL, a `va_list *` or an array, as the flags say, and
/// has what the message asks for. `buffer` has room for `size` bytes or, with FORMAT_MESSAGE_ALLOCATE_BUFFER, for a pointer,
/// which LocalFree takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FormatMessageA(
    flags: u32,
    source: *const c_void,
    code: u32,
    _language: u32,
    buffer: *mut c_char,
    size: u32,
    arguments: *mut c_void,
) -> u32 {
    let request = Request::<u8> { flags, source: source.cast(), code, arguments };
    // SAFETY: the caller vouches for all of it.
    unsafe { format_message(&request, buffer.cast(), size) }
}

/// FormatMessageW, as [`ovl_FormatMessageA`].
///
/// # Safety
/// As for [`ovl_FormatMessageA`], in 16-bit units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FormatMessageW(
    flags: u32,
    source: *const c_void,
    code: u32,
    _language: u32,
    buffer: *mut u16,
    size: u32,
    arguments: *mut c_void,
) -> u32 {
    let request = Request::<u16> { flags, source: source.cast(), code, arguments };
    // SAFETY: the caller vouches for all of it.
    unsafe { format_message(&request, buffer, size) }
}

#[cfg(test)]
mod tests;
