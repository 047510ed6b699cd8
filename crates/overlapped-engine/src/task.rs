//! What the library's own threads have in common.

use std::thread::JoinHandle;

/// Starts a thread that no signal of the program is delivered to.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(move || {
        block_signals();
        let ends_well = AbortUnlessForgotten;
        body();
        std::mem::forget(ends_well);
    })
}

/// A thread that owns what Linux still writes to cannot be unwound.
struct AbortUnlessForgotten;

impl Drop for AbortUnlessForgotten {
    fn drop(&mut self) {
        std::process::abort();
    }
}

/// Waits for the thread's end, unless it is the calling thread: the last reference to an engine may be one that a
/// completion held.
pub(crate) fn join(thread: JoinHandle<()>) {
    if thread.thread().id() != std::thread::current().id() {
        // A thread that panicked has said so already.
        let _ = thread.join();
    }
}

/// Signal handlers belong on the program's threads. SIGPIPE of a write that is carried out here ends here too.
fn block_signals() {
    let mut all = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigfillset initialises the set that is then used; faults of the thread itself stay deliverable.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        for fault in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP, libc::SIGABRT] {
            libc::sigdelset(all.as_mut_ptr(), fault);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut());
    }
}
