//! Slim reader/writer locks (`synchapi.h`): the lock of `parking_lot`, which is of the same size and free when zero.
//!
//! As on Windows they are not recursive, in neither mode. A thread that blocks here counts as paused at its completion port.

use crate::support::Bool;
use overlapped_kernel::port::blocking;
use parking_lot::RawRwLock;
use parking_lot::lock_api::RawRwLock as _;

/// SRWLOCK, 8 bytes; SRWLOCK_INIT is zeros.
#[repr(transparent)]
pub struct SrwLock(RawRwLock);

const _: () = {
    assert!(size_of::<SrwLock>() == 8);
    // SAFETY: both have 8 bytes, and every value of them is a number.
    assert!(unsafe { std::mem::transmute::<RawRwLock, u64>(RawRwLock::INIT) } == 0);
};

impl SrwLock {
    /// AcquireSRWLockExclusive.
    pub fn exclusive(&self) {
        if !self.0.try_lock_exclusive() {
            blocking(|| self.0.lock_exclusive());
        }
    }

    /// AcquireSRWLockShared.
    pub fn shared(&self) {
        if !self.0.try_lock_shared() {
            blocking(|| self.0.lock_shared());
        }
    }
}

/// InitializeSRWLock.
///
/// # Safety
/// `lock` is writable; nobody uses it yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeSRWLock(lock: *mut SrwLock) {
    // SAFETY: the caller vouches for it.
    unsafe { lock.write(SrwLock(RawRwLock::INIT)) };
}

/// AcquireSRWLockExclusive.
///
/// # Safety
/// `lock` is an initialised lock that stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AcquireSRWLockExclusive(lock: *const SrwLock) {
    // SAFETY: the caller vouches for it.
    unsafe { &*lock }.exclusive();
}

/// TryAcquireSRWLockExclusive: a BOOLEAN.
///
/// # Safety
/// As for [`ovl_AcquireSRWLockExclusive`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TryAcquireSRWLockExclusive(lock: *const SrwLock) -> u8 {
    // SAFETY: the caller vouches for it.
    u8::from(unsafe { &*lock }.0.try_lock_exclusive())
}

/// ReleaseSRWLockExclusive.
///
/// # Safety
/// The calling thread has the lock exclusively.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReleaseSRWLockExclusive(lock: *const SrwLock) {
    // SAFETY: the caller vouches for it.
    unsafe { (*lock).0.unlock_exclusive() };
}

/// AcquireSRWLockShared.
///
/// # Safety
/// As for [`ovl_AcquireSRWLockExclusive`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AcquireSRWLockShared(lock: *const SrwLock) {
    // SAFETY: the caller vouches for it.
    unsafe { &*lock }.shared();
}

/// TryAcquireSRWLockShared: a BOOLEAN.
///
/// # Safety
/// As for [`ovl_AcquireSRWLockExclusive`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TryAcquireSRWLockShared(lock: *const SrwLock) -> u8 {
    // SAFETY: the caller vouches for it.
    u8::from(unsafe { &*lock }.0.try_lock_shared())
}

/// ReleaseSRWLockShared.
///
/// # Safety
/// The calling thread has the lock in shared mode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReleaseSRWLockShared(lock: *const SrwLock) {
    // SAFETY: the caller vouches for it.
    unsafe { (*lock).0.unlock_shared() };
}

/// Releases a lock for the time of a wait and takes it again, in the mode that it was taken.
///
/// # Safety
/// The calling thread has the lock in that mode.
pub(crate) unsafe fn release(lock: *const SrwLock, shared: Bool) {
    // SAFETY: the caller vouches for it.
    unsafe { if shared != 0 { ovl_ReleaseSRWLockShared(lock) } else { ovl_ReleaseSRWLockExclusive(lock) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_readers_or_one_writer() {
        let lock = 0u64;
        let lock = std::ptr::from_ref(&lock).cast::<SrwLock>() as usize;
        let at = || lock as *const SrwLock;
        // SAFETY: zeros are a lock; every release follows its acquisition.
        unsafe {
            ovl_AcquireSRWLockShared(at());
            assert_eq!((ovl_TryAcquireSRWLockShared(at()), ovl_TryAcquireSRWLockExclusive(at())), (1, 0));
            ovl_ReleaseSRWLockShared(at());
            std::thread::scope(|s| {
                let writer = s.spawn(|| {
                    ovl_AcquireSRWLockExclusive(at());
                    ovl_ReleaseSRWLockExclusive(at());
                });
                ovl_ReleaseSRWLockShared(at());
                writer.join().unwrap();
            });
            ovl_AcquireSRWLockExclusive(at());
            assert_eq!((ovl_TryAcquireSRWLockShared(at()), ovl_TryAcquireSRWLockExclusive(at())), (0, 0));
            ovl_ReleaseSRWLockExclusive(at());
        }
    }
}
