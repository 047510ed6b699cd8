//! Writes beyond the limit for file sizes (`RLIMIT_FSIZE`).
//!
//! Linux tells of them by EFBIG and by a signal whose default is the end of the process. The contract has the error alone (02
//! section 12), so the signal gets a handler that does nothing, unless the program has one of its own or ignores it. A handler, since a
//! signal that is ignored stays so in the programs that this one starts.

use std::sync::Once;

extern "C" fn nothing(_signal: libc::c_int) {}

/// Makes them an error like others, from now on.
pub(crate) fn tell_by_error() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // SAFETY: an all-zero sigaction is valid, both pointers are to local ones, and the handler touches nothing.
        unsafe {
            let mut old: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(libc::SIGXFSZ, std::ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_DFL {
                let mut new: libc::sigaction = std::mem::zeroed();
                new.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
                new.sa_flags = libc::SA_RESTART;
                libc::sigaction(libc::SIGXFSZ, &new, std::ptr::null_mut());
            }
        }
    });
}
