//! One-time initialisation (`synchapi.h`).
//!
//! The word says how far it is in its two low bits, which a context must leave free: 0 not begun, 1 a thread is at it,
//! 3 several may be at it (asynchronous), 2 done.

use crate::parking::{park, wake_all};
use crate::support::{Bool, FALSE, TRUE, fail};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::*};

/// INIT_ONCE, 8 bytes; INIT_ONCE_STATIC_INIT is zeros.
#[repr(transparent)]
pub struct InitOnce(AtomicUsize);

const STATE: usize = 3;
const FRESH: usize = 0;
const BUSY: usize = 1;
const DONE: usize = 2;
const SHARED: usize = 3;

const CHECK_ONLY: u32 = 1;
const ASYNC: u32 = 2;
const INIT_FAILED: u32 = 4;

/// PINIT_ONCE_FN.
pub type InitOnceFn = unsafe extern "C" fn(*mut InitOnce, *mut c_void, *mut *mut c_void) -> Bool;

impl InitOnce {
    fn key(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// Waits for a thread that is at it. The context if it is done; `None` if it is now for the caller to do.
    fn begin(&self) -> Result<Option<usize>, Win32Error> {
        loop {
            match self.0.load(Acquire) {
                word if word & STATE == DONE => return Ok(Some(word & !STATE)),
                word if word & STATE == SHARED => return Err(Win32Error::INVALID_PARAMETER),
                word if word & STATE == BUSY => {
                    park(self.key(), None, || self.0.load(Relaxed) & STATE == BUSY, || {});
                }
                word => {
                    if self.0.compare_exchange(word, BUSY, Acquire, Relaxed).is_ok() {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// As [`begin`](Self::begin), where several threads may try.
    fn begin_async(&self) -> Result<Option<usize>, Win32Error> {
        match self.0.compare_exchange(FRESH, SHARED, Acquire, Acquire) {
            Ok(_) | Err(SHARED) => Ok(None),
            Err(word) if word & STATE == DONE => Ok(Some(word & !STATE)),
            Err(_) => Err(Win32Error::INVALID_PARAMETER),
        }
    }

    fn end(&self, from: usize, to: usize) -> Result<(), Win32Error> {
        self.0.compare_exchange(from, to, AcqRel, Relaxed).map_err(|found| match found {
            // Begun in the other mode: the flags do not match.
            BUSY | SHARED => Win32Error::INVALID_PARAMETER,
            _ => Win32Error::GEN_FAILURE,
        })?;
        wake_all(self.key());
        Ok(())
    }

    fn complete(&self, flags: u32, context: usize) -> Result<(), Win32Error> {
        if context & STATE != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        match flags {
            0 => self.end(BUSY, DONE | context),
            ASYNC => self.end(SHARED, DONE | context),
            INIT_FAILED if context == 0 => self.end(BUSY, FRESH),
            _ => Err(Win32Error::INVALID_PARAMETER),
        }
    }
}

/// # Safety
/// `target` is NULL or writable.
unsafe fn give<T>(target: *mut T, value: T) {
    if !target.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { target.write(value) };
    }
}

/// InitOnceInitialize.
///
/// # Safety
/// `once` is writable; nobody uses it yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitOnceInitialize(once: *mut InitOnce) {
    // SAFETY: the caller vouches for it.
    unsafe { once.write(InitOnce(AtomicUsize::new(FRESH))) };
}

/// InitOnceExecuteOnce: the first caller runs `function`, the others wait for it. FALSE if it returned FALSE; the next caller
/// then tries again.
///
/// # Safety
/// `once` is initialised and stays where it is; `context` is NULL or writable; `function` may be called with them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitOnceExecuteOnce(
    once: *mut InitOnce,
    function: InitOnceFn,
    parameter: *mut c_void,
    context: *mut *mut c_void,
) -> Bool {
    // SAFETY: the caller vouches for it.
    let state = unsafe { &*once };
    let made = match state.begin() {
        Ok(Some(done)) => done as *mut c_void,
        Ok(None) => {
            let mut made = std::ptr::null_mut();
            // SAFETY: the caller vouches for the function.
            let success = unsafe { function(once, parameter, &mut made) };
            let ended = state
                .complete(if success == 0 { INIT_FAILED } else { 0 }, if success == 0 { 0 } else { made as usize });
            if let Err(error) = ended {
                let _ = state.end(BUSY, FRESH);
                return fail(error, FALSE);
            }
            if success == 0 {
                return FALSE;
            }
            made
        }
        Err(error) => return fail(error, FALSE),
    };
    // SAFETY: the caller vouches for it.
    unsafe { give(context, made) };
    TRUE
}

/// InitOnceBeginInitialize. `pending` says whether the caller is to initialise and then to call InitOnceComplete. With flag 1
/// it only looks, and is FALSE/31 if it is not done; that goes with no other flag (87).
///
/// # Safety
/// `once` is initialised and stays where it is; `pending` is writable; `context` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitOnceBeginInitialize(
    once: *const InitOnce,
    flags: u32,
    pending: *mut Bool,
    context: *mut *mut c_void,
) -> Bool {
    // SAFETY: the caller vouches for it.
    let once = unsafe { &*once };
    let begun = match flags {
        0 => once.begin(),
        ASYNC => once.begin_async(),
        CHECK_ONLY => match once.0.load(Acquire) {
            word if word & STATE == DONE => Ok(Some(word & !STATE)),
            _ => Err(Win32Error::GEN_FAILURE),
        },
        _ => Err(Win32Error::INVALID_PARAMETER),
    };
    // SAFETY: the caller vouches for both targets.
    unsafe {
        match begun {
            Ok(done) => {
                give(pending, Bool::from(done.is_none()));
                give(context, done.unwrap_or(0) as *mut c_void);
                TRUE
            }
            Err(error) => fail(error, FALSE),
        }
    }
}

/// InitOnceComplete: FALSE/31 if it had not been begun, or another thread was first; FALSE/87 if it was begun in the other mode, and for
/// INIT_ONCE_INIT_FAILED with INIT_ONCE_ASYNC.
///
/// # Safety
/// `once` is initialised and stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitOnceComplete(once: *const InitOnce, flags: u32, context: *mut c_void) -> Bool {
    // SAFETY: the caller vouches for it.
    match unsafe { &*once }.complete(flags, context as usize) {
        Ok(()) => TRUE,
        Err(error) => fail(error, FALSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    /// Fails at first, then gives the context 16 and counts in the parameter.
    unsafe extern "C" fn second_time(_: *mut InitOnce, parameter: *mut c_void, context: *mut *mut c_void) -> Bool {
        // SAFETY: the test passes a counter, and the library a place for the context.
        unsafe {
            let calls = (*parameter.cast::<AtomicUsize>()).fetch_add(1, SeqCst);
            *context = 16 as *mut c_void;
            Bool::from(calls > 0)
        }
    }

    #[test]
    fn runs_until_it_succeeds_and_then_never_again() {
        let once = InitOnce(AtomicUsize::new(0));
        let calls = AtomicUsize::new(0);
        let at = (std::ptr::from_ref(&once) as usize, std::ptr::from_ref(&calls) as usize);
        let run = move || {
            let mut context = std::ptr::null_mut();
            // SAFETY: all of it outlives the call.
            let ok = unsafe { ovl_InitOnceExecuteOnce(at.0 as _, second_time, at.1 as _, &mut context) };
            (ok, context as usize)
        };
        assert_eq!(run(), (FALSE, 0));
        std::thread::scope(|s| {
            let threads: Vec<_> = (0..4).map(|_| s.spawn(run)).collect();
            assert!(threads.into_iter().all(|t| t.join().unwrap() == (TRUE, 16)));
        });
        assert_eq!(calls.load(SeqCst), 2);
    }

    fn begin(once: &InitOnce, flags: u32) -> Result<(Bool, usize), u32> {
        let (mut pending, mut context) = (7, std::ptr::null_mut());
        // SAFETY: all of it outlives the call.
        let ok = unsafe { ovl_InitOnceBeginInitialize(once, flags, &mut pending, &mut context) };
        if ok == TRUE { Ok((pending, context as usize)) } else { Err(last_error()) }
    }

    #[test]
    fn in_two_steps() {
        let once = InitOnce(AtomicUsize::new(0));
        let complete = |flags, context: usize| {
            // SAFETY: it outlives the call.
            let ok = unsafe { ovl_InitOnceComplete(&once, flags, context as *mut c_void) };
            if ok == TRUE { 0 } else { last_error() }
        };
        assert_eq!(begin(&once, CHECK_ONLY), Err(31));
        assert_eq!(begin(&once, 0), Ok((TRUE, 0)));
        assert_eq!(begin(&once, ASYNC), Err(87));
        assert_eq!(complete(INIT_FAILED, 0), 0);
        assert_eq!((begin(&once, ASYNC), begin(&once, ASYNC)), (Ok((TRUE, 0)), Ok((TRUE, 0))));
        assert_eq!((complete(ASYNC, 2), complete(ASYNC, 8), complete(ASYNC, 12)), (87, 0, 31));
        assert_eq!(
            (begin(&once, ASYNC), begin(&once, CHECK_ONLY), begin(&once, 0)),
            (Ok((0, 8)), Ok((0, 8)), Ok((0, 8)))
        );
    }
}
