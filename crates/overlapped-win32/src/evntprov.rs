//! `evntprov.h`: providers of events. Nobody collects them here, so each is registered, is never enabled, and its events go nowhere, as on
//! Windows without a session that wants them.

use crate::support::guard;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

static PROVIDERS: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
static LAST: AtomicU64 = AtomicU64::new(0);

/// EventRegister: 87 without a provider or a place for the handle.
///
/// # Safety
/// `handle` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EventRegister(
    provider: *const c_void,
    _callback: *const c_void,
    _context: *mut c_void,
    handle: *mut u64,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if provider.is_null() || handle.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        PROVIDERS.lock().insert(number);
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { handle.write(number) };
        0
    })
}

fn known(handle: u64) -> u32 {
    if PROVIDERS.lock().contains(&handle) { 0 } else { Win32Error::INVALID_HANDLE.0 }
}

/// EventUnregister: 6 for what is not registered.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventUnregister(handle: u64) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || if PROVIDERS.lock().remove(&handle) { 0 } else { Win32Error::INVALID_HANDLE.0 })
}

/// EventEnabled: FALSE.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventEnabled(_handle: u64, _descriptor: *const c_void) -> u8 {
    0
}

/// EventProviderEnabled: FALSE.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventProviderEnabled(_handle: u64, _level: u8, _keyword: u64) -> u8 {
    0
}

/// EventWrite: 6 for what is not registered.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventWrite(handle: u64, _descriptor: *const c_void, _count: u32, _data: *const c_void) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || known(handle))
}

/// EventWriteTransfer, as EventWrite.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventWriteTransfer(
    handle: u64,
    _descriptor: *const c_void,
    _activity: *const c_void,
    _related: *const c_void,
    _count: u32,
    _data: *const c_void,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || known(handle))
}

/// EventWriteString, as EventWrite.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventWriteString(handle: u64, _level: u8, _keyword: u64, _text: *const u16) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || known(handle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    #[test]
    fn a_provider_is_registered_and_nobody_listens() {
        let (provider, mut handle) = ([0u8; 16], 0);
        // SAFETY: places of ours.
        unsafe {
            let name = provider.as_ptr().cast();
            assert_eq!(ovl_EventRegister(null(), null(), null_mut(), &raw mut handle), 87);
            assert_eq!(ovl_EventRegister(name, null(), null_mut(), &raw mut handle), 0);
        }
        assert_eq!((ovl_EventEnabled(handle, null()), ovl_EventWrite(handle, null(), 0, null())), (0, 0));
        assert_eq!((ovl_EventUnregister(handle), ovl_EventUnregister(handle)), (0, 6));
        assert_eq!(ovl_EventWrite(handle, null(), 0, null()), 6);
    }
}
