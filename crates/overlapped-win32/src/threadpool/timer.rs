//! Timers that call back.

use super::environment::{Environ, Surroundings, finalize};
use super::{Tp, as_instance, close, create, due, object};
use crate::support::{Bool, guard, guard_or};
use overlapped_abi::{FileTime, Win32Error};
use overlapped_kernel::pool::{Call, CallbackTimer, Core, Object, Schedule};
use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

/// The kernel's timer as an object.
pub struct Shared(Arc<CallbackTimer>);

impl Object for Shared {
    fn core(&self) -> &Core {
        self.0.core()
    }

    fn stop(&self) {
        self.0.stop();
    }
}

/// What PTP_TIMER points to.
pub type Timer = Tp<Shared>;
/// PTP_TIMER_CALLBACK.
pub type TimerCallback = Option<unsafe extern "C" fn(*mut Call, *mut c_void, *mut Timer)>;

/// CreateThreadpoolTimer. NULL/87 without a callback.
///
/// # Safety
/// The callback may be called with `context` on other threads until the timer is closed and its callbacks have ended; `environ` as
/// for CreateThreadpoolWork.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolTimer(
    callback: TimerCallback,
    context: *mut c_void,
    environ: *const Environ,
) -> *mut Timer {
    guard_or(std::ptr::null_mut(), || {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let make = |surroundings: &Surroundings, environment, address: super::Address| {
            let (context, finalization) = (context as usize, surroundings.finalization);
            Ok(Shared(CallbackTimer::new(environment, false, move |call| {
                let own = address.get().copied().unwrap_or(0) as *mut Timer;
                // SAFETY: the caller vouches for callback and context.
                unsafe { callback(as_instance(call), context as *mut c_void, own) };
                // SAFETY: as above.
                unsafe { finalize(finalization, call, context) };
            })))
        };
        // SAFETY: the caller's promise.
        unsafe { create(environ, context, make) }
    })
}

/// SetThreadpoolTimer: `time` NULL stops it, negative is relative, 0 is at once; `period` and `window` in milliseconds.
///
/// # Safety
/// `timer` comes from CreateThreadpoolTimer and is not closed; `time` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolTimer(timer: *mut Timer, time: *const FileTime, period: u32, window: u32) {
    // SAFETY: the caller's promise.
    unsafe { ovl_SetThreadpoolTimerEx(timer, time, period, window) };
}

/// SetThreadpoolTimerEx: TRUE if it was set, and that setting will not call back.
///
/// # Safety
/// As for [`ovl_SetThreadpoolTimer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolTimerEx(
    timer: *mut Timer,
    time: *const FileTime,
    period: u32,
    window: u32,
) -> Bool {
    guard(0, || {
        // SAFETY: the caller's promise.
        let (timer, due) = unsafe { (object(timer), due(time)) };
        let ms = |ms: u32| Duration::from_millis(u64::from(ms));
        let schedule = due.map(|due| Schedule { due, period: (period > 0).then(|| ms(period)), window: ms(window) });
        Bool::from(timer.0.set(schedule))
    })
}

/// IsThreadpoolTimerSet: also TRUE for a timer that has called back for the only time.
///
/// # Safety
/// As for [`ovl_SetThreadpoolTimer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsThreadpoolTimerSet(timer: *mut Timer) -> Bool {
    // SAFETY: the caller vouches for it.
    guard(0, || Bool::from(unsafe { object(timer) }.0.is_set()))
}

/// WaitForThreadpoolTimerCallbacks; with `cancel`, callbacks that have not started are dropped.
///
/// # Safety
/// As for [`ovl_SetThreadpoolTimer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolTimerCallbacks(timer: *mut Timer, cancel: Bool) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(timer) }.wait(cancel != 0));
}

/// CloseThreadpoolTimer.
///
/// # Safety
/// As for [`ovl_SetThreadpoolTimer`]; `timer` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolTimer(timer: *mut Timer) {
    // SAFETY: the caller gives it away.
    guard((), || unsafe { close(timer) });
}
