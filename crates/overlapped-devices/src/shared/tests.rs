//! The lock of a directory; the rest is tested where it is used.

use super::*;
use std::os::unix::thread::JoinHandleExt;
use std::time::Duration;

#[test]
fn a_signal_does_not_end_the_wait_for_a_lock() {
    extern "C" fn nothing(_: libc::c_int) {}
    let signal = libc::SIGRTMIN() + 9;
    // SAFETY: all zeros is an action without flags, so that calls are not begun again; the handler does nothing.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as *const () as usize;
        assert_eq!(libc::sigaction(signal, &raw const action, std::ptr::null_mut()), 0);
    }
    let directory = tempfile::tempdir().unwrap();
    let held = lock_directory(directory.path()).unwrap();
    let path = directory.path().to_owned();
    let waiter = std::thread::spawn(move || lock_directory(&path).map(drop));
    for _ in 0..100 {
        // SAFETY: a thread that was not joined, and a signal with a handler.
        unsafe { libc::pthread_kill(waiter.as_pthread_t(), signal) };
        std::thread::sleep(Duration::from_millis(1));
        assert!(!waiter.is_finished(), "somebody else has the lock");
    }
    drop(held);
    assert_eq!(waiter.join().unwrap(), Ok(()));
}
