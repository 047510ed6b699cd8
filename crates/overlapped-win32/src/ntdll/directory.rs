//! NtQueryDirectoryFile: the next entries of a directory.

use super::{StatusBlock, UnicodeString, at_once, give, status_of};
use crate::arguments::grant;
use crate::support::{Bool, FALSE, RawHandle, wide_to_os};
use overlapped_abi::{Status, Win32Error};
use overlapped_devices::file::{self, ListingForm, NextEntries};
use std::ffi::c_void;

fn form(class: u32) -> Result<ListingForm, Status> {
    Ok(match class {
        1 => ListingForm::Directory,
        2 => ListingForm::Full,
        3 => ListingForm::Both,
        12 => ListingForm::Names,
        37 => ListingForm::IdBoth,
        38 => ListingForm::IdFull,
        60 => ListingForm::IdExtd,
        _ => return Err(Status::INVALID_INFO_CLASS),
    })
}

/// NtQueryDirectoryFile, done at once whatever the handle; event, routine and context are for those that are not. NO_SUCH_FILE if nothing
/// fits the mask, NO_MORE_FILES at the end, INVALID_PARAMETER for what is no directory, BUFFER_OVERFLOW with the first part of a name
/// that does not fit.
///
/// # Safety
/// `block` is NULL or writable, `to` NULL or writable for `bytes`, `mask` NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtQueryDirectoryFile(
    directory: RawHandle,
    _event: RawHandle,
    _routine: *const c_void,
    _context: *const c_void,
    block: *mut StatusBlock,
    to: *mut c_void,
    bytes: u32,
    class: u32,
    single: u8,
    mask: *const UnicodeString,
    restart: u8,
) -> u32 {
    let body = || {
        let grant = grant(directory).map_err(status_of)?;
        let form = form(class)?;
        // SAFETY: the caller's promise.
        let mask = unsafe { mask.as_ref() }.map(|mask| wide_to_os(unsafe { mask.units() }));
        let restart = Bool::from(restart) != FALSE;
        let next = NextEntries { form, room: bytes as usize, single: single != 0, mask: mask.as_deref(), restart };
        let answer = file::next_entries(&grant, &next).map_err(|error| match error {
            Win32Error::FILE_NOT_FOUND => Status::NO_SUCH_FILE,
            Win32Error::BAD_LENGTH => Status::INFO_LENGTH_MISMATCH,
            error => status_of(error),
        })?;
        // SAFETY: the caller's promise.
        unsafe { give(&answer, to) }
    };
    // SAFETY: the caller's promise.
    unsafe { at_once(block, body) }
}
