//! Random numbers of `bcrypt.h`, `wincrypt.h` and `ntsecapi.h`. Cryptography is not here; programs that do none ask these headers
//! for seeds and names of their own. All of them are numbers of getrandom.

use crate::arguments::pair;
use crate::support::{Bool, FALSE, RawHandle, TRUE, fail};
use crate::text::units;
use overlapped_abi::Win32Error;

const STATUS_SUCCESS: i32 = 0;
const STATUS_INVALID_HANDLE: i32 = 0xC000_0008_u32 as i32;
const STATUS_INVALID_PARAMETER: i32 = 0xC000_000D_u32 as i32;
const STATUS_NOT_FOUND: i32 = 0xC000_0225_u32 as i32;
/// BCRYPT_USE_SYSTEM_PREFERRED_RNG: no algorithm is named.
const SYSTEM_PREFERRED: u32 = 2;
/// What stands for the one algorithm; not a handle that CloseHandle knows.
const GENERATOR: RawHandle = 0x5247_4E00;

/// # Safety
/// `to` has room for `bytes`.
unsafe fn fill(to: *mut u8, bytes: u32) -> bool {
    let mut done = 0;
    while done < bytes as usize {
        // SAFETY: the rest of the caller's room.
        let got = unsafe { libc::getrandom(to.add(done).cast(), bytes as usize - done, 0) };
        if got > 0 {
            done += got as usize;
        } else if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return false;
        }
    }
    true
}

/// BCryptGenRandom: STATUS_INVALID_HANDLE where neither an algorithm nor the system's is asked for.
///
/// # Safety
/// `to` is NULL or has room for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BCryptGenRandom(algorithm: RawHandle, to: *mut u8, bytes: u32, flags: u32) -> i32 {
    if algorithm != GENERATOR && (algorithm != 0 || flags & SYSTEM_PREFERRED == 0) {
        return STATUS_INVALID_HANDLE;
    }
    // SAFETY: compared with NULL first; the room is the caller's promise.
    if to.is_null() || !unsafe { fill(to, bytes) } { STATUS_INVALID_PARAMETER } else { STATUS_SUCCESS }
}

/// BCryptOpenAlgorithmProvider: knows "RNG", and STATUS_NOT_FOUND for all that is cryptography.
///
/// # Safety
/// `to` is NULL or writable, `name` NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BCryptOpenAlgorithmProvider(
    to: *mut RawHandle,
    name: *const u16,
    _implementation: *const u16,
    _flags: u32,
) -> i32 {
    if to.is_null() || name.is_null() {
        return STATUS_INVALID_PARAMETER;
    }
    // SAFETY: neither is NULL, and the caller vouches for them.
    unsafe {
        if !units(name).iter().copied().eq("RNG".encode_utf16()) {
            return STATUS_NOT_FOUND;
        }
        to.write(GENERATOR);
    }
    STATUS_SUCCESS
}

/// BCryptCloseAlgorithmProvider.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_BCryptCloseAlgorithmProvider(algorithm: RawHandle, _flags: u32) -> i32 {
    if algorithm == GENERATOR { STATUS_SUCCESS } else { STATUS_INVALID_HANDLE }
}

pair! {
    /// CryptAcquireContext: a provider that has random numbers and no keys.
    fn ovl_CryptAcquireContextA ovl_CryptAcquireContextW(
        to: *mut RawHandle,
        _container: *const C,
        _provider: *const C,
        _kind: u32,
        _flags: u32,
    ) -> Bool {
        if to.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(GENERATOR) };
        TRUE
    }
}

/// CryptGenRandom.
///
/// # Safety
/// `to` is NULL or has room for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CryptGenRandom(provider: RawHandle, bytes: u32, to: *mut u8) -> Bool {
    // SAFETY: compared with NULL first; the room is the caller's promise.
    let done = provider == GENERATOR && !to.is_null() && unsafe { fill(to, bytes) };
    if done { TRUE } else { fail(Win32Error::INVALID_PARAMETER, FALSE) }
}

/// CryptReleaseContext.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CryptReleaseContext(provider: RawHandle, _flags: u32) -> Bool {
    if provider == GENERATOR { TRUE } else { fail(Win32Error::INVALID_PARAMETER, FALSE) }
}

/// SystemFunction036, which ntsecapi.h calls RtlGenRandom.
///
/// # Safety
/// As for [`ovl_CryptGenRandom`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemFunction036(to: *mut u8, bytes: u32) -> u8 {
    // SAFETY: compared with NULL first; the room is the caller's promise.
    u8::from(!to.is_null() && unsafe { fill(to, bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    #[test]
    fn each_source_gives_other_numbers_each_time() {
        let mut numbers = [[0u8; 16]; 4];
        let mut handle = 0;
        let rng: Vec<u16> = "RNG\0".encode_utf16().collect();
        // SAFETY: rooms as large as said, and strings with their ends.
        unsafe {
            assert_eq!(ovl_BCryptGenRandom(0, numbers[0].as_mut_ptr(), 16, 2), STATUS_SUCCESS);
            assert_eq!(ovl_BCryptOpenAlgorithmProvider(&mut handle, rng.as_ptr(), null(), 0), STATUS_SUCCESS);
            assert_eq!(ovl_BCryptGenRandom(handle, numbers[1].as_mut_ptr(), 16, 0), STATUS_SUCCESS);
            assert_eq!(ovl_BCryptCloseAlgorithmProvider(handle, 0), STATUS_SUCCESS);
            assert_eq!(ovl_CryptAcquireContextA(&mut handle, null(), null(), 1, 0xF000_0000), TRUE);
            assert_eq!(ovl_CryptGenRandom(handle, 16, numbers[2].as_mut_ptr()), TRUE);
            assert_eq!(ovl_CryptReleaseContext(handle, 0), TRUE);
            assert_eq!(ovl_SystemFunction036(numbers[3].as_mut_ptr(), 16), 1);
        }
        for (at, number) in numbers.iter().enumerate() {
            assert!(*number != [0; 16] && !numbers[..at].contains(number));
        }
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let (mut handle, mut byte) = (0, 0);
        let aes: Vec<u16> = "AES\0".encode_utf16().collect();
        // SAFETY: rooms as large as said, NULL, and strings with their ends.
        unsafe {
            assert_eq!(ovl_BCryptGenRandom(0, &mut byte, 1, 0), STATUS_INVALID_HANDLE);
            assert_eq!(ovl_BCryptGenRandom(0, null_mut(), 1, 2), STATUS_INVALID_PARAMETER);
            assert_eq!(ovl_BCryptOpenAlgorithmProvider(&mut handle, aes.as_ptr(), null(), 0), STATUS_NOT_FOUND);
            assert_eq!((ovl_CryptGenRandom(0, 1, &mut byte), ovl_CryptReleaseContext(0, 0)), (FALSE, FALSE));
            assert_eq!(ovl_SystemFunction036(null_mut(), 1), 0);
        }
    }
}
