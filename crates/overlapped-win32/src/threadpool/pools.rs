//! CreateThreadpool and the sizes of a pool (contract 06 section 10).

use crate::support::{Bool, TRUE, fail, guard, guard_bool, guard_or, system};
use overlapped_abi::Win32Error;
use overlapped_kernel::pool::{PoolSize, ThreadPool};
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The stack of a pool's threads, in bytes, until the program says otherwise.
pub(super) const STACK: usize = 2 << 20;

/// What PTP_POOL points to.
pub struct Pool {
    pool: ThreadPool,
    commit: AtomicUsize,
}

impl Pool {
    pub(super) fn pool(&self) -> &ThreadPool {
        &self.pool
    }
}

/// TP_POOL_STACK_INFORMATION.
#[repr(C)]
pub struct StackInformation {
    /// Bytes that a stack may grow to.
    pub reserve: usize,
    /// Bytes that it starts with; Linux gives memory as it is used.
    pub commit: usize,
}

/// CreateThreadpool: up to 500 threads, made as callbacks need them. 87 unless `reserved` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateThreadpool(reserved: *mut c_void) -> *mut Pool {
    guard_or(std::ptr::null_mut(), || {
        if !reserved.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let pool = ThreadPool::new(system()?, PoolSize::default())?;
        pool.set_stack(STACK);
        Ok(Box::into_raw(Box::new(Pool { pool, commit: AtomicUsize::new(0) })))
    })
}

/// CloseThreadpool. The pool ends when its objects are closed and their callbacks have run.
///
/// # Safety
/// `pool` comes from CreateThreadpool, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CloseThreadpool(pool: *mut Pool) {
    // SAFETY: the caller gives it away; its objects have references of their own.
    guard((), || drop(unsafe { Box::from_raw(pool) }));
}

/// SetThreadpoolThreadMaximum: threads above it leave when they have done what they are doing.
///
/// # Safety
/// `pool` comes from CreateThreadpool and is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolThreadMaximum(pool: *mut Pool, most: u32) {
    // SAFETY: the caller vouches for it.
    guard((), || unsafe { &*pool }.pool.set_max(most as usize));
}

/// SetThreadpoolThreadMinimum: makes the threads now; FALSE/8 if they cannot be made.
///
/// # Safety
/// As for [`ovl_SetThreadpoolThreadMaximum`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolThreadMinimum(pool: *mut Pool, least: u32) -> Bool {
    // SAFETY: the caller vouches for it.
    guard_bool(|| unsafe { &*pool }.pool.set_min(least as usize))
}

/// SetThreadpoolStackInformation: for threads that are made from now on. 87 if more is committed than reserved.
///
/// # Safety
/// As for [`ovl_SetThreadpoolThreadMaximum`]; `information` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadpoolStackInformation(
    pool: *mut Pool,
    information: *const StackInformation,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller vouches for both.
        let (pool, information) = unsafe { (&*pool, information.as_ref()) };
        let &StackInformation { reserve, commit } = information.ok_or(Win32Error::INVALID_PARAMETER)?;
        if commit > reserve {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        pool.pool.set_stack(if reserve == 0 { STACK } else { reserve });
        pool.commit.store(commit, Ordering::Relaxed);
        Ok(())
    })
}

/// QueryThreadpoolStackInformation.
///
/// # Safety
/// As for [`ovl_SetThreadpoolThreadMaximum`]; `information` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryThreadpoolStackInformation(
    pool: *mut Pool,
    information: *mut StackInformation,
) -> Bool {
    guard(0, || {
        if information.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, 0);
        }
        // SAFETY: the caller vouches for both.
        unsafe {
            let (reserve, commit) = ((*pool).pool.stack(), (*pool).commit.load(Ordering::Relaxed));
            information.write(StackInformation { reserve, commit });
        }
        TRUE
    })
}
