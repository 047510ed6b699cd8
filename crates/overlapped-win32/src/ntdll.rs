//! The few functions of `ntdll.dll` that programs look up by name (`winternl.h`).

use crate::handleapi::ovl_CloseHandle;
use crate::support::{RawHandle, last_error, set_last_error};
use crate::sysinfoapi::{VersionInfo, ovl_GetVersionExW};
use overlapped_abi::Status;

/// RtlGetVersion: as GetVersionExW.
///
/// # Safety
/// `info` has its size field set and is writable for as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlGetVersion(info: *mut VersionInfo<u16>) -> u32 {
    // SAFETY: the caller vouches for it.
    if unsafe { ovl_GetVersionExW(info) } != 0 { Status::SUCCESS.0 } else { Status::INVALID_PARAMETER.0 }
}

/// RtlNtStatusToDosError.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RtlNtStatusToDosError(status: u32) -> u32 {
    Status(status).to_win32().0
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
    }
}
