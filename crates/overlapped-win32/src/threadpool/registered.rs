//! RegisterWaitForSingleObject (contract 04 section 9).

use super::default_pool;
use super::legacy::{WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WaitRoutine, environment};
use crate::callbacks::{inside, unwinding};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, guard_bool, system};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::pool::{Fired, RegisteredWait, Registration};
use std::ffi::c_void;
use std::sync::{Arc, OnceLock};

/// What a wait handle points to. It exists before its wait does: a callback may come first, and is to find the handle written.
#[derive(Default)]
pub struct Registered(OnceLock<RegisteredWait>);

/// RegisterWaitForSingleObject. The handle it gives is only for UnregisterWait(Ex).
///
/// # Safety
/// `wait` is writable; the routine may be called with `context` on other threads until the wait is unregistered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegisterWaitForSingleObject(
    wait: *mut *mut Registered,
    object: RawHandle,
    routine: WaitRoutine,
    context: *mut c_void,
    milliseconds: u32,
    flags: u32,
) -> Bool {
    guard_bool(|| {
        let object = system()?.waitable(object)?;
        let routine = routine.filter(|_| !wait.is_null()).ok_or(Win32Error::INVALID_PARAMETER)?;
        let context = context as usize;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(*mut c_void, u8)) };
        let registration = Registration {
            object,
            timeout: Timeout::from_millis(milliseconds),
            once: flags & WT_EXECUTEONLYONCE != 0,
            in_wait_thread: flags & WT_EXECUTEINWAITTHREAD != 0,
            environment: environment(flags)?,
            callback: Arc::new(move |fired: Fired| {
                // SAFETY: the caller vouches for routine and context.
                inside(|| unsafe { routine(context as *mut c_void, u8::from(fired == Fired::TimedOut)) });
            }),
        };
        let handle = Box::into_raw(Box::<Registered>::default());
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { wait.write(handle) };
        match default_pool()?.register_wait(registration) {
            Ok(registered) => {
                // SAFETY: made above. A callback that unregisters it waits until this is done.
                let _ = unsafe { &*handle }.0.set(registered);
                Ok(())
            }
            Err(error) => {
                // SAFETY: made above, and no callback will come.
                drop(unsafe { Box::from_raw(handle) });
                // SAFETY: as above.
                unsafe { wait.write(std::ptr::null_mut()) };
                Err(error)
            }
        }
    })
}

/// UnregisterWait: 997 if a callback is running; none starts afterwards.
///
/// # Safety
/// `wait` is NULL or comes from RegisterWaitForSingleObject, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnregisterWait(wait: *mut Registered) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { ovl_UnregisterWaitEx(wait, 0) }
}

/// UnregisterWaitEx: waits for a running callback with INVALID_HANDLE_VALUE, or has `completion` set when it ends.
///
/// # Safety
/// As for [`ovl_UnregisterWait`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnregisterWaitEx(wait: *mut Registered, completion: RawHandle) -> Bool {
    guard_bool(|| {
        if wait.is_null() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let event = if completion == INVALID_HANDLE_VALUE { None } else { event_of(completion)? };
        // SAFETY: not NULL, and the caller gives it away.
        let handle = unsafe { Box::from_raw(wait) };
        let wait = handle.0.wait();
        let running = wait.unregister();
        if completion == INVALID_HANDLE_VALUE {
            wait.wait();
            return Ok(());
        }
        if let Some(event) = event {
            wait.tell(event);
        }
        if running { Err(Win32Error::IO_PENDING) } else { Ok(()) }
    })
}
