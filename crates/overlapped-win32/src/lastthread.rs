//! A process whose first thread has called ExitThread goes on, and ends with its last thread, whose exit code becomes its own.
//!
//! Linux has this rule too, but this library's own threads never end, so they are left out: they have names of their own. Threads of
//! pools serve the program and count, and so does whatever other libraries have started. Drawback: a process that waits for such a thread
//! of others after its last thread of Windows has ended stays, if this library has threads of its own.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// Has the first thread gone?
static FIRST_LEFT: AtomicBool = AtomicBool::new(false);
/// Does a thread end the process?
static ENDING: AtomicBool = AtomicBool::new(false);

/// How the names of this library's threads begin, and those of its that run the program's functions.
const OWN: [&str; 2] = ["ovl-", "iou-"];
const OF_PROGRAM: [&str; 3] = ["ovl-pool", "ovl-wait", "ovl-timer"];

/// The calling thread is about to end, and is not counted any more. Ends the process if it was the last.
pub fn ended(code: u32) {
    // SAFETY: they ask for numbers.
    if unsafe { libc::gettid() == libc::getpid() } {
        FIRST_LEFT.store(true, Release);
    }
    let last = || FIRST_LEFT.load(Acquire) && crate::processthreadsapi::none_is_left() && !others();
    // Of two that see that they are the last, one does it.
    if last() && !ENDING.swap(true, AcqRel) {
        crate::processthreadsapi::ovl_ExitProcess(code);
    }
}

/// Are there threads but the calling one, the first, and this library's?
fn others() -> bool {
    // SAFETY: they ask for numbers.
    let known = unsafe { [libc::gettid(), libc::getpid()] };
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return true };
    tasks.flatten().any(|task| {
        let id = task.file_name().to_string_lossy().parse::<i32>().unwrap_or_default();
        // A thread that ends meanwhile has no name.
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_else(|_| OWN[0].to_owned());
        let own = OWN.iter().any(|start| name.starts_with(start));
        !known.contains(&id) && (!own || OF_PROGRAM.iter().any(|start| name.starts_with(start)))
    })
}
