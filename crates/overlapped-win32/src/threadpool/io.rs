//! I/O objects: a callback for each completion of a device (contract 04 section 11).

use super::environment::{Environ, Surroundings, finalize};
use super::{Tp, as_instance, close, create, instance, object};
use crate::support::{Bool, RawHandle, guard, guard_or};
use overlapped_abi::Win32Error;
use overlapped_kernel::pool::{Call, IoCallbacks, Object};
use std::ffi::c_void;

/// What PTP_IO points to.
pub type Io = Tp<IoCallbacks>;
/// PTP_WIN32_IO_CALLBACK: instance, context, OVERLAPPED, Win32 code, bytes.
pub type IoCallback = Option<unsafe extern "C" fn(*mut Call, *mut c_void, *mut c_void, u32, usize, *mut Io)>;

/// CreateThreadpoolIo: 87 if the instance is not overlapped or reports somewhere already.
///
/// # Safety
/// The callback may be called with `context` on other threads until the object is closed and its callbacks have ended; `environ`
/// as for CreateThreadpoolWork.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateThreadpoolIo(
    file: RawHandle,
    callback: IoCallback,
    context: *mut c_void,
    environ: *const Environ,
) -> *mut Io {
    guard_or(std::ptr::null_mut(), || {
        let instance = instance(file)?;
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let make = |surroundings: &Surroundings, environment, address: super::Address| {
            let (context, finalization) = (context as usize, surroundings.finalization);
            IoCallbacks::new(environment, &instance, move |call, status, bytes, overlapped| {
                let own = address.get().copied().unwrap_or(0) as *mut Io;
                let (result, bytes) = (status.to_win32().0, bytes as usize);
                let overlapped = overlapped as *mut c_void;
                // SAFETY: the caller vouches for callback and context.
                unsafe { callback(as_instance(call), context as *mut c_void, overlapped, result, bytes, own) };
                // SAFETY: as above.
                unsafe { finalize(finalization, call, context) };
            })
        };
        // SAFETY: the caller's promise.
        unsafe { create(environ, context, make) }
    })
}

/// StartThreadpoolIo: to be called before every request.
///
/// # Safety
/// `io` comes from CreateThreadpoolIo and is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StartThreadpoolIo(io: *mut Io) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(io) }.start());
}

/// CancelThreadpoolIo: the request that was announced will bring no callback.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CancelThreadpoolIo(io: *mut Io) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(io) }.cancel());
}

/// WaitForThreadpoolIoCallbacks; with `cancel`, announced requests are forgotten, and go on without a callback.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitForThreadpoolIoCallbacks(io: *mut Io, cancel: Bool) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { object(io) }.wait(cancel != 0));
}

/// CloseThreadpoolIo: at once if nothing is outstanding, else after the last callback.
///
/// # Safety
/// As for [`ovl_StartThreadpoolIo`]; `io` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpoolIo(io: *mut Io) {
    // SAFETY: the caller gives it away.
    guard((), || unsafe { close(io) });
}
