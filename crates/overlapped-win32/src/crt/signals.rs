//! `signal.h`: a handler is called once. Before it runs the signal is as at the start again, so that a second Ctrl+C ends a program whose handler
//! does not set itself anew; libc's `signal` keeps it.

use super::{invalid, set_errno};
use libc::{EINVAL, SIG_ERR, c_int, sighandler_t};

/// signal: the handler before, or SIG_ERR with EINVAL. Calls of the system that are interrupted go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_signal(signal: c_int, handler: sighandler_t) -> sighandler_t {
    if matches!(signal, libc::SIGKILL | libc::SIGSTOP) {
        invalid(EINVAL);
        return SIG_ERR;
    }
    // SAFETY: zeros are values of the structures, which are ours; the caller vouches for the handler.
    unsafe {
        let (mut new, mut former): (libc::sigaction, libc::sigaction) = (std::mem::zeroed(), std::mem::zeroed());
        new.sa_sigaction = handler;
        new.sa_flags = libc::SA_RESTART | libc::SA_RESETHAND | libc::SA_NODEFER;
        if libc::sigaction(signal, &raw const new, &raw mut former) != 0 {
            set_errno(EINVAL);
            return SIG_ERR;
        }
        former.sa_sigaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crt::errno;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    static CALLS: AtomicU32 = AtomicU32::new(0);

    extern "C" fn count(_: c_int) {
        CALLS.fetch_add(1, SeqCst);
    }

    #[test]
    fn a_handler_is_called_once() {
        // Of no other test, and nothing by itself.
        let signal = libc::SIGURG;
        // SAFETY: the handler is a function of ours.
        unsafe {
            assert_eq!(ovl_signal(signal, count as *const () as sighandler_t), libc::SIG_DFL);
            assert_eq!((libc::raise(signal), CALLS.load(SeqCst)), (0, 1));
            assert_eq!((libc::raise(signal), CALLS.load(SeqCst)), (0, 1));
            assert_eq!(ovl_signal(signal, libc::SIG_IGN), libc::SIG_DFL);
            assert_eq!(ovl_signal(signal, libc::SIG_DFL), libc::SIG_IGN);
            assert_eq!((ovl_signal(77, libc::SIG_IGN), errno()), (SIG_ERR, EINVAL));
            assert_eq!(ovl_signal(libc::SIGKILL, libc::SIG_IGN), SIG_ERR);
        }
    }
}
