//! Ctrl-C: finish the current run, then leave through the ordinary exits, which remove the data files.
//!
//! A flag and no thread: a watching thread would make the process multi-threaded and so slow down the
//! very one-thread loops that are measured. The drawback is that a run is never cut short; they take a
//! second or two. A second Ctrl-C ends the program at once.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_signal: libc::c_int) {
    ASKED.store(true, Ordering::Relaxed);
}

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets the flag that [`check`] looks at.
pub fn catch() -> io::Result<()> {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: sigaction is a plain C structure; all zeroes is a valid one (default handler, empty
        // mask).
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = note as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART | libc::SA_RESETHAND;
        // SAFETY: `action` is initialised and outlives the call; `note` only stores to an atomic, which
        // a signal handler may do.
        if unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// An error of kind [`io::ErrorKind::Interrupted`] once the user has asked to stop.
pub fn check() -> io::Result<()> {
    if ASKED.load(Ordering::Relaxed) {
        return Err(io::ErrorKind::Interrupted.into());
    }
    Ok(())
}
