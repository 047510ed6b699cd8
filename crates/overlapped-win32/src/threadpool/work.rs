//! Work objects, and callbacks without an object.

use super::environment::{Environ, SimpleCallback, Surroundings, finalize};
use super::{Tp, as_instance, close, create, object};
use crate::support::{Bool, guard, guard_bool, guard_or, set_last_error};
use overlapped_abi::Win32Error;
use overlapped_kernel::pool::{Call, Object, Upon, WorkObject};
use std::ffi::c_void;
use std::sync::{Arc, OnceLock, Weak};

/// What PTP_WORK points to.
pub type Work = Tp<WorkObject>;
/// PTP_WORK_CALLBACK.
pub type WorkCallback = Option<unsafe extern "C" fn(*mut Call, *mut c_void, *mut Work)>;

/// CreateThreadpoolWork. NULL/87 without a callback.
///
/// # Safety
/// The callback may be called with `context` on other threads until the work is closed and its callbacks have ended; `environ` is
/// NULL or an environment whose pool and group are open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolWork(
    callback: WorkCallback,
    context: *mut c_void,
    environ: *const Environ,
) -> *mut Work {
    guard_or(std::ptr::null_mut(), || {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let make = |surroundings: &Surroundings, environment, address: super::Address| {
            let (context, finalization) = (context as usize, surroundings.finalization);
            Ok(WorkObject::new(environment, move |call| {
                let own = address.get().copied().unwrap_or(0) as *mut Work;
                // SAFETY: the caller vouches for callback and context.
                unsafe { callback(as_instance(call), context as *mut c_void, own) };
                // SAFETY: as above.
                unsafe { finalize(finalization, call, context) };
            }))
        };
        // SAFETY: the caller's promise.
        unsafe { create(environ, context, make) }
    })
}

/// SubmitThreadpoolWork: one more call. It may be submitted again before it has run.
///
/// # Safety
/// `work` comes from CreateThreadpoolWork and is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SubmitThreadpoolWork(work: *mut Work) {
    // SAFETY: the caller vouches for it.
    guard((), || match unsafe { object(work) }.submit() {
        Ok(()) => {}
        Err(error) => set_last_error(error.0),
    });
}

/// WaitForThreadpoolWorkCallbacks; with `cancel`, callbacks that have not started are dropped.
///
/// # Safety
/// As for [`ovl_SubmitThreadpoolWork`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolWorkCallbacks(work: *mut Work, cancel: Bool) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(work) }.wait(cancel != 0));
}

/// CloseThreadpoolWork. What was submitted still runs.
///
/// # Safety
/// As for [`ovl_SubmitThreadpoolWork`]; `work` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolWork(work: *mut Work) {
    // SAFETY: the caller gives it away.
    guard((), || unsafe { close(work) });
}

/// TrySubmitThreadpoolCallback: one call of a function. In a group, it is a member until it has run.
///
/// # Safety
/// The callback may be called with `context` on another thread; `environ` as for CreateThreadpoolWork.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TrySubmitThreadpoolCallback(
    callback: SimpleCallback,
    context: *mut c_void,
    environ: *const Environ,
) -> Bool {
    guard_bool(|| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let surroundings = unsafe { Surroundings::read(environ) }?;
        let (number, finalization) = (context as usize, surroundings.finalization);
        let own = Arc::new(OnceLock::<Weak<Work>>::new());
        let member = Arc::clone(&own);
        let work = Arc::new(Tp(WorkObject::new(surroundings.environment.clone(), move |call| {
            // SAFETY: the caller vouches for callback and context.
            unsafe { callback(as_instance(call), number as *mut c_void) };
            // SAFETY: as above.
            unsafe { finalize(finalization, call, number) };
            let member = Arc::clone(&member);
            call.when_it_returns(Upon::Library, move || {
                if let Some(work) = member.get().and_then(Weak::upgrade) {
                    work.core().membership().leave();
                }
            });
        })));
        let _ = own.set(Arc::downgrade(&work));
        surroundings.join(Arc::clone(&work), context, true, || {});
        work.0.submit().inspect_err(|_| {
            work.core().membership().leave();
        })
    })
}
