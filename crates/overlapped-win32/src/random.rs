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
const NTE_BAD_FLAGS: Win32Error = Win32Error(0x8009_0009);
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
    /// CryptAcquireContext: a provider that has random numbers and no keys. NTE_BAD_PROV_TYPE for a kind that is not 1 to 999.
    fn ovl_CryptAcquireContextA ovl_CryptAcquireContextW(
        to: *mut RawHandle,
        _container: *const C,
        _provider: *const C,
        kind: u32,
        _flags: u32,
    ) -> Bool {
        if to.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        if !(1..=999).contains(&kind) {
            return fail(Win32Error(0x8009_0014), FALSE);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(GENERATOR) };
        TRUE
    }
}

/// The one provider that there is, under the name that programs know.
const PROVIDER: &str = "Microsoft Base Cryptographic Provider v1.0";
const PROV_RSA_FULL: u32 = 1;

pair! {
    /// CryptEnumProviders: one, and then 259. Without a buffer the size that its name needs, in bytes; 234 with one that is too small.
    fn ovl_CryptEnumProvidersA ovl_CryptEnumProvidersW(
        index: u32,
        reserved: *mut u32,
        flags: u32,
        kind: *mut u32,
        name: *mut C,
        bytes: *mut u32,
    ) -> Bool {
        if !reserved.is_null() || kind.is_null() || bytes.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        if flags != 0 {
            return fail(NTE_BAD_FLAGS, FALSE);
        }
        if index != 0 {
            return fail(Win32Error::NO_MORE_ITEMS, FALSE);
        }
        let text: Vec<C> = crate::text::of(PROVIDER);
        let size = size_of::<C>() * (text.len() + 1);
        // SAFETY: neither is NULL, and the caller vouches for them.
        let room = unsafe {
            kind.write(PROV_RSA_FULL);
            bytes.replace(size as u32) as usize
        };
        if name.is_null() {
            return TRUE;
        }
        if room < size {
            return fail(Win32Error::MORE_DATA, FALSE);
        }
        // SAFETY: the caller has as much room as the text and its end need.
        unsafe { crate::text::put(name, &text) };
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
    fn the_one_provider_is_listed_by_its_name() {
        let (mut kind, mut bytes, mut name) = (0, 0, [0xFFFF_u16; 64]);
        let mut ask = |index, to, room: u32| {
            bytes = room;
            // SAFETY: rooms as large as said.
            let answer = unsafe { ovl_CryptEnumProvidersW(index, null_mut(), 0, &mut kind, to, &mut bytes) };
            (answer, if answer == FALSE { crate::support::last_error() } else { 0 }, bytes)
        };
        let needed = 2 * (PROVIDER.len() as u32 + 1);
        assert_eq!(ask(0, null_mut(), 0), (TRUE, 0, needed));
        assert_eq!(ask(0, name.as_mut_ptr(), needed - 1), (FALSE, 234, needed));
        assert_eq!(name[0], 0xFFFF, "nothing is written into a room that is too small");
        assert_eq!(ask(0, name.as_mut_ptr(), 128), (TRUE, 0, needed));
        assert_eq!(ask(1, name.as_mut_ptr(), 128), (FALSE, 259, 128));
        let end = name.iter().position(|unit| *unit == 0).unwrap();
        assert_eq!((String::from_utf16(&name[..end]).unwrap().as_str(), kind), (PROVIDER, 1));
        let mut narrow = [0u8; 64];
        // SAFETY: rooms as large as said.
        let told = unsafe { ovl_CryptEnumProvidersA(0, null_mut(), 0, &mut kind, narrow.as_mut_ptr(), &mut bytes) };
        assert!(told == TRUE && narrow.starts_with(PROVIDER.as_bytes()));
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
