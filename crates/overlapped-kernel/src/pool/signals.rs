//! Which signals a pool's threads take: those that its maker takes.
//!
//! A thread begins with the mask of whoever starts it, and that may be a thread of an engine, which keeps all signals of the program away.
//! But a pool's threads run the program's code, and what that starts has their mask: it could not be interrupted.

use std::mem::MaybeUninit;

/// A thread's mask.
#[derive(Clone, Copy)]
pub(super) struct Mask(libc::sigset_t);

impl Mask {
    /// That of the calling thread.
    pub fn own() -> Self {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: the call only writes to the set, for which zeros are valid as well.
        Self(unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), set.as_mut_ptr());
            set.assume_init()
        })
    }

    /// Becomes that of the calling thread.
    pub fn take(&self) {
        // SAFETY: the set is one that a thread had.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut()) };
    }
}
