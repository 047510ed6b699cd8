//! `evntprov.h`: providers of events. Nobody collects them here, so each is registered, is never enabled, and its events go nowhere, as on
//! Windows without a session that wants them.

use crate::support::guard;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::cell::Cell;
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

/// EventWriteEx, as EventWrite.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventWriteEx(
    handle: u64,
    _descriptor: *const c_void,
    _filter: u64,
    _flags: u32,
    _activity: *const c_void,
    _related: *const c_void,
    _count: u32,
    _data: *const c_void,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || known(handle))
}

/// EventSetInformation: what is said of a provider is for those who collect.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EventSetInformation(handle: u64, _class: u32, _information: *const c_void, _bytes: u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || known(handle))
}

thread_local! {
    /// The activity that the thread works for.
    static ACTIVITY: Cell<[u8; 16]> = const { Cell::new([0; 16]) };
}

/// A number that no other activity has.
fn new_activity() -> [u8; 16] {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let mut number = [0; 16];
    number[..8].copy_from_slice(&(LAST.fetch_add(1, Ordering::Relaxed) + 1).to_le_bytes());
    number[8..12].copy_from_slice(&std::process::id().to_le_bytes());
    number
}

/// EventActivityIdControl: the thread's activity is asked for (1), set (2), exchanged (4), or a new one made (3), also to be the
/// thread's, whose former one is told (5). 87 for anything else.
///
/// # Safety
/// `id` is NULL or a GUID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EventActivityIdControl(code: u32, id: *mut [u8; 16]) -> u32 {
    if id.is_null() {
        return Win32Error::INVALID_PARAMETER.0;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe {
        let given = id.read_unaligned();
        match code {
            1 => id.write_unaligned(ACTIVITY.get()),
            2 => ACTIVITY.set(given),
            3 => id.write_unaligned(new_activity()),
            4 => id.write_unaligned(ACTIVITY.replace(given)),
            5 => id.write_unaligned(ACTIVITY.replace(new_activity())),
            _ => return Win32Error::INVALID_PARAMETER.0,
        }
    }
    0
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
        assert_eq!(ovl_EventWriteEx(handle, null(), 0, 0, null(), null(), 0, null()), 6);
        assert_eq!(ovl_EventSetInformation(handle, 1, null(), 0), 6);
    }

    #[test]
    fn a_thread_has_an_activity() {
        let (mut first, mut second, mut now) = ([0; 16], [0; 16], [7; 16]);
        // SAFETY: places of ours.
        unsafe {
            assert_eq!((ovl_EventActivityIdControl(3, &mut first), ovl_EventActivityIdControl(3, &mut second)), (0, 0));
            assert_ne!(first, second);
            assert_eq!((ovl_EventActivityIdControl(1, &mut now), now), (0, [0; 16]));
            assert_eq!(
                (ovl_EventActivityIdControl(2, &mut first), ovl_EventActivityIdControl(1, &mut now), now),
                (0, 0, first)
            );
            now = second;
            assert_eq!((ovl_EventActivityIdControl(4, &mut now), now), (0, first));
            assert_eq!((ovl_EventActivityIdControl(5, &mut now), now), (0, second));
            assert_eq!((ovl_EventActivityIdControl(6, &mut now), ovl_EventActivityIdControl(1, null_mut())), (87, 87));
        }
    }
}
