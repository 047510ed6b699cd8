//! BindIoCompletionCallback and QueueUserWorkItem (contract 04 section 10), and the flags that the older functions share.

use super::{default_pool, instance};
use crate::callbacks::{inside, unwinding};
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::Win32Error;
use overlapped_kernel::pool::{Environment, Manner, WorkObject};
use std::ffi::c_void;
use std::num::NonZeroU32;
use std::sync::Arc;

/// LPOVERLAPPED_COMPLETION_ROUTINE with a number for the OVERLAPPED.
pub type CompletionRoutine = Option<unsafe extern "C" fn(u32, u32, usize)>;
/// LPTHREAD_START_ROUTINE as a work item.
pub type WorkRoutine = Option<unsafe extern "C" fn(*mut c_void) -> u32>;
/// WAITORTIMERCALLBACK.
pub type WaitRoutine = Option<unsafe extern "C" fn(*mut c_void, u8)>;

/// On a thread that waits alertably; all threads of the pool do.
pub(super) const WT_EXECUTEINIOTHREAD: u32 = 0x1;
pub(super) const WT_EXECUTEINWAITTHREAD: u32 = 0x4;
pub(super) const WT_EXECUTEONLYONCE: u32 = 0x8;
pub(super) const WT_EXECUTELONGFUNCTION: u32 = 0x10;
pub(super) const WT_EXECUTEINTIMERTHREAD: u32 = 0x20;
pub(super) const WT_EXECUTEINPERSISTENTTHREAD: u32 = 0x80;
/// There is no impersonation to transfer.
pub(super) const WT_TRANSFER_IMPERSONATION: u32 = 0x100;

/// What the older functions take (contract 04 sections 9 and 10). Where a flag says nothing of a function, it does nothing.
const KNOWN: u32 = WT_EXECUTEINIOTHREAD
    | WT_EXECUTEINWAITTHREAD
    | WT_EXECUTEONLYONCE
    | WT_EXECUTELONGFUNCTION
    | WT_EXECUTEINTIMERTHREAD
    | WT_EXECUTEINPERSISTENTTHREAD
    | WT_TRANSFER_IMPERSONATION;

/// The environment that flags ask for; 87 for bits that are none.
pub(super) fn environment(flags: u32) -> Result<Environment, Win32Error> {
    if flags & 0xFFFF & !KNOWN != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let manner =
        Manner { long: flags & WT_EXECUTELONGFUNCTION != 0, persistent: flags & WT_EXECUTEINPERSISTENTTHREAD != 0 };
    let pool = default_pool()?;
    // WT_SET_MAX_THREADPOOL_THREADS puts the limit above the flags.
    if let Some(limit) = NonZeroU32::new(flags >> 16) {
        pool.set_max(limit.get() as usize);
    }
    Ok(Environment { manner, ..Environment::of(pool) })
}

/// BindIoCompletionCallback: every completion of the instance is a call of the routine, with the raw status as its error.
///
/// # Safety
/// The routine may be called on other threads as long as the instance is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BindIoCompletionCallback(file: RawHandle, routine: CompletionRoutine, flags: u32) -> Bool {
    guard_bool(|| {
        let instance = instance(file)?;
        let routine = routine.filter(|_| flags == 0).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(u32, u32, usize)) };
        let completed = Arc::new(move |status: overlapped_abi::Status, bytes, address| {
            // SAFETY: the caller vouches for the routine.
            inside(|| unsafe { routine(status.0, bytes, address) });
        });
        default_pool()?.bind(&instance, completed)
    })
}

/// QueueUserWorkItem.
///
/// # Safety
/// The routine may be called with `context` on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueueUserWorkItem(routine: WorkRoutine, context: *mut c_void, flags: u32) -> Bool {
    guard_bool(|| {
        let routine = routine.ok_or(Win32Error::INVALID_PARAMETER)?;
        let context = context as usize;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(*mut c_void) -> u32) };
        let item = WorkObject::new(environment(flags)?, move |_| {
            // SAFETY: the caller vouches for routine and context.
            inside(|| unsafe { routine(context as *mut c_void) });
        });
        item.submit()
    })
}
