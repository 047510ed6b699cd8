//! Jobs of this process, and its end.
//!
//! Names of jobs and handles to them are the process's own, so that all of them go with it: a job whose members end with its last handle ends
//! them then. That is done on the way out, by `exit` or by TerminateProcess of the process itself. Drawback: one that is killed by a signal does
//! nothing any more.

use overlapped_kernel::process::job::Job;
use parking_lot::Mutex;
use std::sync::{Arc, Once, Weak};
use std::time::Duration;

static ALL: Mutex<Vec<Weak<Job>>> = Mutex::new(Vec::new());
static AT_EXIT: Once = Once::new();
const PATIENCE: Duration = Duration::from_millis(100);

/// A job without members.
#[must_use]
pub fn new_job() -> Arc<Job> {
    // SAFETY: the function stays.
    AT_EXIT.call_once(|| _ = unsafe { libc::atexit(close_at_exit) });
    let job = Arc::new(Job::default());
    let mut all = ALL.lock();
    all.retain(|known| known.strong_count() > 0);
    all.push(Arc::downgrade(&job));
    job
}

extern "C" fn close_at_exit() {
    // A panic must not cross the C library.
    let _ = std::panic::catch_unwind(close_jobs);
}

fn close_jobs() {
    // A thread that was stopped in the middle of something does not keep the process from ending.
    let Some(all) = ALL.try_lock_for(PATIENCE).map(|all| all.clone()) else { return };
    all.iter().filter_map(Weak::upgrade).for_each(|job| job.close());
}

/// What is left of an exit code on Linux; not 0 if it was not.
#[must_use]
pub fn exit_status(code: u32) -> i32 {
    if code != 0 && code & 0xFF == 0 { 0xFF } else { (code & 0xFF).cast_signed() }
}

/// The calling process ends at once (TerminateProcess of itself): nothing else runs in it.
pub fn end_now(code: u32) -> ! {
    super::say_exit_code(code);
    crate::console::own::restore_in_signal_handler();
    crate::file::delete_doomed();
    close_jobs();
    // SAFETY: _exit ends the process at once.
    unsafe { libc::_exit(exit_status(code)) };
}
