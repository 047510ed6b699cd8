//! What Linux tells by a signal, and the contract by an error alone.
//!
//! A write beyond the limit for file sizes (`RLIMIT_FSIZE`) fails with EFBIG and raises SIGXFSZ (contract 02 section 12); a write to a
//! pipe that nobody reads fails with EPIPE and raises SIGPIPE (07 section 3). By default, either ends the process. So these signals get a
//! handler that does nothing, unless the program has one of its own or ignores them. A handler, since a signal that is ignored stays so
//! in the programs that this one starts. Drawback: the program's own writes to such a pipe do not end it any more either.

use std::sync::Once;

extern "C" fn nothing(_signal: libc::c_int) {}

/// Makes them errors like others, from now on.
pub(crate) fn become_errors() {
    static DONE: Once = Once::new();
    DONE.call_once(|| [libc::SIGXFSZ, libc::SIGPIPE].into_iter().for_each(becomes_error));
}

fn becomes_error(signal: libc::c_int) {
    // SAFETY: an all-zero sigaction is valid, both pointers are to local ones, and the handler touches nothing.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_DFL {
            let mut new: libc::sigaction = std::mem::zeroed();
            new.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
            new.sa_flags = libc::SA_RESTART;
            libc::sigaction(signal, &new, std::ptr::null_mut());
        }
    }
}
