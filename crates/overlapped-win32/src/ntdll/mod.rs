//! The functions of `ntdll.dll` that programs look up by name (`winternl.h`): libraries for event loops above all, which ask of files,
//! pipes and sockets there what has no function elsewhere.
//!
//! The same kernel and devices answer as behind the functions of kernel32; here are the structures of this level, its status blocks, and
//! statuses in the place of last errors, which none of these functions touches.
//!
//! | Module | Holds |
//! |---|---|
//! | `information`, `volume`, `directory` | what files and volumes are asked and told, and listings |
//! | `control`, `poll` | NtDeviceIoControlFile, and what event loops ask of sockets by it |
//! | `open` | NtCreateFile |
//! | `keyed` | keyed events |
//! | `processes` | what is known of processes and processors |

pub mod addresses;
pub mod control;
pub mod directory;
pub mod information;
pub mod keyed;
pub mod open;
mod poll;
pub mod processes;
pub mod strings;
pub mod volume;

use crate::arguments::grant;
use crate::handleapi::ovl_CloseHandle;
use crate::support::{RawHandle, last_error, set_last_error};
use crate::sysinfoapi::{VersionInfo, ovl_GetVersionExW};
use crate::text;
use overlapped_abi::{Status, Win32Error};
use overlapped_devices::file::Answer;
use overlapped_kernel::system::Grant;
use std::ffi::c_void;

/// IO_STATUS_BLOCK.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusBlock {
    /// An NTSTATUS in its low half.
    pub status: usize,
    /// Bytes, or what the call says otherwise.
    pub information: usize,
}

/// UNICODE_STRING: lengths in bytes, without a zero at the end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct UnicodeString {
    /// Of the text, in bytes.
    pub length: u16,
    /// What there is room for, in bytes.
    pub room: u16,
    /// The units.
    pub text: *mut u16,
}

impl UnicodeString {
    /// # Safety
    /// The text is NULL or readable for the length.
    unsafe fn units<'a>(&self) -> &'a [u16] {
        if self.text.is_null() {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.text, usize::from(self.length) / 2) }
    }
}

/// What a call comes to: a status that is no error with the number of Information, or an error, which leaves the block alone.
type Outcome = Result<(Status, usize), Status>;

/// Runs a call that is done at once. A panic fails it; the last error stays as it was.
///
/// # Safety
/// `block` is NULL (ACCESS_VIOLATION) or writable.
unsafe fn at_once(block: *mut StatusBlock, body: impl FnOnce() -> Outcome) -> u32 {
    quietly(|| {
        if block.is_null() {
            return Status::ACCESS_VIOLATION;
        }
        match body() {
            Ok((status, information)) => {
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { block.write(StatusBlock { status: status.0 as usize, information }) };
                status
            }
            Err(status) => status,
        }
    })
}

fn quietly(body: impl FnOnce() -> Status) -> u32 {
    let kept = last_error();
    let status = crate::support::guard(Status::UNSUCCESSFUL, body);
    set_last_error(kept);
    status.0
}

fn status_of(error: Win32Error) -> Status {
    error.to_status()
}

/// Puts an answer where the caller wants it; BUFFER_OVERFLOW if it is only the first part.
///
/// # Safety
/// Nobody else uses the bytes at `to` at this moment.
unsafe fn give(answer: &Answer, to: *mut c_void) -> Outcome {
    // SAFETY: the caller's promise.
    unsafe { crate::arguments::output(&answer.bytes, to) }.map_err(status_of)?;
    let status = if answer.more { Status::BUFFER_OVERFLOW } else { Status::SUCCESS };
    Ok((status, answer.bytes.len()))
}

/// Asks something of a file: `query` gives the whole answer and how many bytes of it there must be room for. INFO_LENGTH_MISMATCH without
/// that room, BUFFER_OVERFLOW if the rest, a name, does not fit.
///
/// # Safety
/// `block` is NULL or writable, `to` NULL or writable for `bytes`.
unsafe fn inquire(
    file: RawHandle,
    block: *mut StatusBlock,
    to: *mut c_void,
    bytes: u32,
    query: impl FnOnce(&Grant) -> Result<(Vec<u8>, usize), Status>,
) -> u32 {
    let body = || {
        let grant = grant(file).map_err(status_of)?;
        let room = bytes as usize;
        let (mut answer, least) = query(&grant)?;
        if room < least {
            return Err(Status::INFO_LENGTH_MISMATCH);
        }
        let more = answer.len() > room;
        answer.truncate(room);
        // SAFETY: the caller's promise.
        unsafe { give(&Answer { bytes: answer, more }, to) }
    };
    // SAFETY: the caller's promise.
    unsafe { at_once(block, body) }
}

/// RtlInitUnicodeString.
///
/// # Safety
/// `to` is writable; `text` is NULL or ends with a zero, and stays where it is while the string is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlInitUnicodeString(to: *mut UnicodeString, text: *mut u16) {
    // SAFETY: the caller's promise.
    let units = if text.is_null() { 0 } else { unsafe { text::len(text) } }.min(usize::from(u16::MAX) / 2 - 1);
    let length = units as u16 * 2;
    let room = if text.is_null() { 0 } else { length + 2 };
    // SAFETY: the caller's promise.
    unsafe { to.write(UnicodeString { length, room, text }) };
}

/// RtlGetVersion: as GetVersionExW.
///
/// # Safety
/// `info` has its size field set and is writable for as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlGetVersion(info: *mut VersionInfo<u16>) -> u32 {
    // SAFETY: the caller vouches for it.
    if unsafe { ovl_GetVersionExW(info) } != 0 { Status::SUCCESS.0 } else { Status::INVALID_PARAMETER.0 }
}

/// RtlNtStatusToDosError: 317 (ERROR_MR_MID_NOT_FOUND) for a failure that has no code.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RtlNtStatusToDosError(status: u32) -> u32 {
    // GEN_FAILURE is what operations fail with whose status has no code; whoever asks for the code itself is told that there is none.
    match Status(status).to_win32() {
        Win32Error::GEN_FAILURE if status != Status::UNSUCCESSFUL.0 && status & 0x3FFF_FFFF != 0x0007_001F => 317,
        code => code.0,
    }
}

/// NtClose.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_NtClose(object: RawHandle) -> u32 {
    let kept = last_error();
    let closed = ovl_CloseHandle(object);
    set_last_error(kept);
    if closed != 0 { Status::SUCCESS.0 } else { Status::INVALID_HANDLE.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        assert_eq!((ovl_RtlNtStatusToDosError(0xC000_0022), ovl_NtClose(0x7654)), (5, 0xC000_0008));
        // A failure of its own code 31, one that carries 31, and one without a code.
        assert_eq!(
            [0xC000_0001, 0xC007_001F, 0xC123_4567].map(|status: u32| ovl_RtlNtStatusToDosError(status)),
            [31, 31, 317]
        );
        // What programs make of a code of their own.
        assert_eq!((ovl_RtlNtStatusToDosError(0x8007_007B), ovl_RtlNtStatusToDosError(0xC007_007B)), (123, 123));
    }
}
