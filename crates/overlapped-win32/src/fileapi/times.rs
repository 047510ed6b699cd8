//! Times of files (contract 02 section 1).

use crate::arguments::{grant, store_if_wanted};
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::FileTime;
use overlapped_devices::file;

/// GetFileTime: NULL is not wanted.
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFileTime(
    file: RawHandle,
    creation: *mut FileTime,
    access: *mut FileTime,
    write: *mut FileTime,
) -> Bool {
    guard_bool(|| {
        let times = file::times(&grant(file)?)?;
        // SAFETY: the caller's promise.
        unsafe {
            store_if_wanted(creation, times.creation);
            store_if_wanted(access, times.access);
            store_if_wanted(write, times.write);
        }
        Ok(())
    })
}

/// SetFileTime: NULL leaves a time as it is.
///
/// # Safety
/// The pointers are NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetFileTime(
    file: RawHandle,
    creation: *const FileTime,
    access: *const FileTime,
    write: *const FileTime,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let [creation, access, write] = unsafe { [creation.as_ref(), access.as_ref(), write.as_ref()] };
        file::set_times(&grant(file)?, creation.copied(), access.copied(), write.copied())
    })
}
