//! What a callback may ask of its pool. The instance is good until the callback returns.

use crate::critical::CriticalSection;
use crate::libloaderapi::ovl_FreeLibrary;
use crate::support::{Bool, RawHandle, guard};
use crate::synchapi::{ovl_ReleaseMutex, ovl_ReleaseSemaphore, ovl_SetEvent};
use overlapped_kernel::pool::{Call, Upon};

/// CallbackMayRunLong: the thread no longer counts among those that run at once. FALSE if the pool has no other thread, and
/// cannot make one.
///
/// # Safety
/// `instance` is the one of the callback that calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CallbackMayRunLong(instance: *mut Call) -> Bool {
    // SAFETY: the caller vouches for it.
    guard(0, || Bool::from(unsafe { &*instance }.may_run_long()))
}

/// DisassociateCurrentThreadFromCallback: whoever waits for the object's callbacks does not wait for this one any more.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DisassociateCurrentThreadFromCallback(instance: *mut Call) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.disassociate());
}

/// SetEventWhenCallbackReturns.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetEventWhenCallbackReturns(instance: *mut Call, event: RawHandle) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.when_it_returns(Upon::Event, move || drop_bool(ovl_SetEvent(event))));
}

/// ReleaseSemaphoreWhenCallbackReturns.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReleaseSemaphoreWhenCallbackReturns(
    instance: *mut Call,
    semaphore: RawHandle,
    count: u32,
) {
    // SAFETY: no previous count is asked for.
    let release =
        move || drop_bool(unsafe { ovl_ReleaseSemaphore(semaphore, count.cast_signed(), std::ptr::null_mut()) });
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.when_it_returns(Upon::Semaphore, release));
}

/// ReleaseMutexWhenCallbackReturns: the callback's thread must own it.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReleaseMutexWhenCallbackReturns(instance: *mut Call, mutex: RawHandle) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.when_it_returns(Upon::Mutex, move || drop_bool(ovl_ReleaseMutex(mutex))));
}

/// LeaveCriticalSectionWhenCallbackReturns: the callback's thread must be in it.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`]; `section` stays where it is until then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LeaveCriticalSectionWhenCallbackReturns(
    instance: *mut Call,
    section: *const CriticalSection,
) {
    let section = section as usize;
    // SAFETY: the caller vouches for it.
    let leave = move || unsafe { &*(section as *const CriticalSection) }.leave();
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.when_it_returns(Upon::Section, leave));
}

/// FreeLibraryWhenCallbackReturns.
///
/// # Safety
/// As for [`ovl_CallbackMayRunLong`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeLibraryWhenCallbackReturns(instance: *mut Call, module: usize) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*instance }.when_it_returns(Upon::Library, move || drop_bool(ovl_FreeLibrary(module))));
}

/// Nobody is left to be told of a failure.
fn drop_bool(_outcome: Bool) {}
