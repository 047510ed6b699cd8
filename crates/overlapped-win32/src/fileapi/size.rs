//! Sizes, the end of a file, and its way to the device (contract 02 sections 1, 3 and 7).

use crate::arguments::{grant, name, pair, store, store_if_wanted};
use crate::support::{Bool, RawHandle, files, guard_bool, guard_or, set_last_error, system};
use overlapped_abi::constants::file::INVALID_FILE_SIZE;
use overlapped_abi::{Win32Error, split_u64};
use overlapped_devices::file;

/// The low half; the last error tells a size that looks like the failure from one.
unsafe fn halves(size: u64, high: *mut u32) -> u32 {
    let (low, top) = split_u64(size);
    // SAFETY: the caller's promise.
    unsafe { store_if_wanted(high, top) };
    if low == INVALID_FILE_SIZE {
        set_last_error(Win32Error::SUCCESS.0);
    }
    low
}

/// GetFileSize.
///
/// # Safety
/// `high` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFileSize(file: RawHandle, high: *mut u32) -> u32 {
    guard_or(INVALID_FILE_SIZE, || {
        let size = file::size(&grant(file)?)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { halves(size, high) })
    })
}

/// GetFileSizeEx.
///
/// # Safety
/// `size` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFileSizeEx(file: RawHandle, size: *mut i64) -> Bool {
    guard_bool(|| {
        let found = file::size(&grant(file)?)?;
        // SAFETY: the caller's promise.
        unsafe { store(size, i64::try_from(found).unwrap_or(i64::MAX)) }
    })
}

pair! {
    /// GetCompressedFileSize: what the file really occupies.
    fn ovl_GetCompressedFileSizeA ovl_GetCompressedFileSizeW(file_name: *const C, high: *mut u32) -> u32 {
        guard_or(INVALID_FILE_SIZE, || {
            // SAFETY: the caller's promise.
            let size = files().compressed_size(system()?, &unsafe { name(file_name) }?)?;
            // SAFETY: the caller's promise.
            Ok(unsafe { halves(size, high) })
        })
    }
}

/// SetEndOfFile: the size becomes the file pointer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetEndOfFile(file: RawHandle) -> Bool {
    guard_bool(|| file::set_end_of_file(&grant(file)?))
}

/// SetFileValidData.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetFileValidData(file: RawHandle, length: i64) -> Bool {
    guard_bool(|| file::set_valid_data(&grant(file)?, length))
}

/// FlushFileBuffers: always synchronous.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushFileBuffers(file: RawHandle) -> Bool {
    guard_bool(|| file::flush(&grant(file)?))
}
