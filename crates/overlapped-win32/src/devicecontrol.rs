//! DeviceIoControl of `ioapiset.h` (contract 01 section 6).

use crate::arguments::{grant, input, output, store_if_wanted};
use crate::at_once::AtOnce;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{Overlapped, Status, Win32Error};
use overlapped_devices::file;
use std::ffi::c_void;

/// DeviceIoControl: done at once, whatever the instance.
///
/// # Safety
/// The buffers are NULL or valid for their sizes, `returned` and `overlapped` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DeviceIoControl(
    device: RawHandle,
    code: u32,
    in_buffer: *const c_void,
    in_size: u32,
    out_buffer: *mut c_void,
    out_size: u32,
    returned: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(returned, 0) };
        let grant = grant(device)?;
        if overlapped.is_null() && (returned.is_null() || grant.instance.is_overlapped()) {
            return Err(if returned.is_null() { Win32Error::NOACCESS } else { Win32Error::INVALID_PARAMETER });
        }
        // SAFETY: the caller's promise.
        let outcome = unsafe { AtOnce::begin(overlapped) }?;
        // SAFETY: the caller's promise.
        let answer = file::control(&grant, code, unsafe { input(in_buffer, in_size) }, out_size as usize)?;
        // SAFETY: the caller's promise; the answer keeps to the size.
        unsafe { output(&answer.bytes, out_buffer) }?;
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(returned, answer.bytes.len() as u32) };
        let status = if answer.more { Status::BUFFER_OVERFLOW } else { Status::SUCCESS };
        outcome.end(status, answer.bytes.len());
        answer.error()
    })
}
