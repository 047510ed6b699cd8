//! Thread-local storage (`processthreadsapi.h`) over the keys of pthreads, which start as NULL in every thread as well.

use crate::support::{Bool, FALSE, TRUE, fail, set_last_error};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering::*};

/// Linux has this many keys; some are taken by others.
const KEYS: usize = 1024;
const TLS_OUT_OF_INDEXES: u32 = u32::MAX;

/// Which keys are ours, so that nobody frees those of others by a wrong index.
static OURS: [AtomicBool; KEYS] = [const { AtomicBool::new(false) }; KEYS];

fn ours(index: u32) -> bool {
    OURS.get(index as usize).is_some_and(|slot| slot.load(Relaxed))
}

/// TlsAlloc: 0xFFFFFFFF/259 when no index is left. About a thousand are to be had.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TlsAlloc() -> u32 {
    let mut key = 0;
    // SAFETY: the target is ours; there is no destructor.
    if unsafe { libc::pthread_key_create(&mut key, None) } != 0 {
        return fail(Win32Error::NO_MORE_ITEMS, TLS_OUT_OF_INDEXES);
    }
    match OURS.get(key as usize) {
        Some(slot) => {
            slot.store(true, Relaxed);
            key
        }
        None => {
            // SAFETY: the key was made above and nobody knows it.
            unsafe { libc::pthread_key_delete(key) };
            fail(Win32Error::NO_MORE_ITEMS, TLS_OUT_OF_INDEXES)
        }
    }
}

/// TlsGetValue: NULL with last error 0 where nothing was stored, NULL/87 for an index that is not allocated.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TlsGetValue(index: u32) -> *mut c_void {
    if !ours(index) {
        return fail(Win32Error::INVALID_PARAMETER, std::ptr::null_mut());
    }
    set_last_error(0);
    // SAFETY: a key of ours.
    unsafe { libc::pthread_getspecific(index) }
}

/// TlsSetValue. The value is a number that is not looked at.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TlsSetValue(index: u32, value: usize) -> Bool {
    // SAFETY: a key of ours, without a destructor.
    if !ours(index) || unsafe { libc::pthread_setspecific(index, value as *const c_void) } != 0 {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    TRUE
}

/// TlsFree.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TlsFree(index: u32) -> Bool {
    let mine = OURS.get(index as usize).is_some_and(|slot| slot.swap(false, Relaxed));
    // SAFETY: the key was ours, and nobody else frees it after the exchange.
    if !mine || unsafe { libc::pthread_key_delete(index) } != 0 {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    TRUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn every_thread_has_its_own_value() {
        let index = ovl_TlsAlloc();
        set_last_error(5);
        assert_eq!((ovl_TlsGetValue(index) as usize, last_error()), (0, 0));
        assert_eq!(ovl_TlsSetValue(index, 9), TRUE);
        std::thread::scope(|s| {
            s.spawn(|| assert!(ovl_TlsGetValue(index).is_null()));
        });
        assert_eq!(ovl_TlsGetValue(index) as usize, 9);
        assert_eq!(ovl_TlsFree(index), TRUE);
    }

    #[test]
    fn a_new_index_starts_empty() {
        let first = ovl_TlsAlloc();
        ovl_TlsSetValue(first, 9);
        ovl_TlsFree(first);
        let again: Vec<u32> = (0..64).map(|_| ovl_TlsAlloc()).collect();
        assert!(again.iter().all(|&index| index != TLS_OUT_OF_INDEXES && ovl_TlsGetValue(index).is_null()));
        assert!(again.iter().all(|&index| ovl_TlsFree(index) == TRUE));
    }

    #[test]
    fn others_are_refused() {
        for index in [1023, 5_000, TLS_OUT_OF_INDEXES] {
            assert_eq!((ovl_TlsSetValue(index, 0), last_error()), (FALSE, 87));
            assert_eq!((ovl_TlsFree(index), last_error()), (FALSE, 87));
            assert!(ovl_TlsGetValue(index).is_null());
        }
    }
}
