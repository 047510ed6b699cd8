//! Wait objects: a callback when a handle is signalled, or when the time is over.

use super::environment::{Environ, Surroundings, finalize};
use super::{Tp, as_instance, close, create, limit, object};
use crate::support::{Bool, RawHandle, guard, guard_or, system};
use overlapped_abi::{FileTime, Win32Error};
use overlapped_kernel::pool::{Call, Fired, Object, WaitCallbacks};
use std::ffi::c_void;

/// What PTP_WAIT points to.
pub type Wait = Tp<WaitCallbacks>;
/// PTP_WAIT_CALLBACK: the last argument is WAIT_OBJECT_0, WAIT_ABANDONED_0 or WAIT_TIMEOUT.
pub type WaitCallback = Option<unsafe extern "C" fn(*mut Call, *mut c_void, *mut Wait, u32)>;

const WAIT_ABANDONED_0: u32 = 0x80;
const WAIT_TIMEOUT: u32 = 0x102;

fn result(fired: Fired) -> u32 {
    match fired {
        Fired::Signalled => 0,
        Fired::Abandoned => WAIT_ABANDONED_0,
        Fired::TimedOut => WAIT_TIMEOUT,
    }
}

/// CreateThreadpoolWait. NULL/87 without a callback.
///
/// # Safety
/// The callback may be called with `context` on other threads until the object is closed and its callbacks have ended; `environ`
/// as for CreateThreadpoolWork.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolWait(
    callback: WaitCallback,
    context: *mut c_void,
    environ: *const Environ,
) -> *mut Wait {
    guard_or(std::ptr::null_mut(), || {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let make = |surroundings: &Surroundings, environment, address: super::Address| {
            let (context, finalization) = (context as usize, surroundings.finalization);
            Ok(WaitCallbacks::new(environment, move |call, fired| {
                let own = address.get().copied().unwrap_or(0) as *mut Wait;
                // SAFETY: the caller vouches for callback and context.
                unsafe { callback(as_instance(call), context as *mut c_void, own, result(fired)) };
                // SAFETY: as above.
                unsafe { finalize(finalization, call, context) };
            }))
        };
        // SAFETY: the caller's promise.
        unsafe { create(environ, context, make) }
    })
}

/// SetThreadpoolWait: waits once for the handle; NULL ends the wait. `time` as for SetThreadpoolTimer, NULL for no limit.
///
/// # Safety
/// `wait` comes from CreateThreadpoolWait and is not closed; `time` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolWait(wait: *mut Wait, handle: RawHandle, time: *const FileTime) {
    // SAFETY: the caller's promise.
    unsafe { ovl_SetThreadpoolWaitEx(wait, handle, time, std::ptr::null_mut()) };
}

/// SetThreadpoolWaitEx: TRUE if it was waiting, and no callback will come of that. FALSE/6 for what cannot be waited for.
///
/// # Safety
/// As for [`ovl_SetThreadpoolWait`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolWaitEx(
    wait: *mut Wait,
    handle: RawHandle,
    time: *const FileTime,
    reserved: *mut c_void,
) -> Bool {
    guard_or(0, || {
        if !reserved.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let (wait, limit) = unsafe { (object(wait), limit(time)) };
        let next = if handle == 0 { None } else { Some((system()?.waitable(handle)?, limit)) };
        wait.set(next).map(Bool::from)
    })
}

/// WaitForThreadpoolWaitCallbacks; with `cancel`, callbacks that have not started are dropped.
///
/// # Safety
/// As for [`ovl_SetThreadpoolWait`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolWaitCallbacks(wait: *mut Wait, cancel: Bool) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(wait) }.wait(cancel != 0));
}

/// CloseThreadpoolWait.
///
/// # Safety
/// As for [`ovl_SetThreadpoolWait`]; `wait` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolWait(wait: *mut Wait) {
    // SAFETY: the caller gives it away.
    guard((), || unsafe { close(wait) });
}
