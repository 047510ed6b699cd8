//! A process whose first thread has called ExitThread goes on, and ends with its last thread, whose exit code becomes its own.
//!
//! Linux has this rule too, but this library's own threads never end, so they are left out: they have names of their own. Threads of
//! pools serve the program and count, and so does whatever other libraries have started. Drawback: a process that waits for such a thread
//! of others after its last thread of Windows has ended stays, if this library has threads of its own.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::time::{Duration, Instant};

/// Has the first thread gone?
static FIRST_LEFT: AtomicBool = AtomicBool::new(false);
/// Does a thread end the process?
static ENDING: AtomicBool = AtomicBool::new(false);

/// How the names of this library's threads begin, and those of its that run the program's functions.
const OWN: [&str; 2] = ["ovl-", "iou-"];
const OF_PROGRAM: [&str; 3] = ["ovl-pool", "ovl-wait", "ovl-timer"];

/// Threads that have come here and are on their way out, by their numbers. Two that end at the same time would each take the other for one that
/// goes on. Numbers are used again, so they are forgotten after a time in which any thread has gone.
static LEAVING: Mutex<BTreeMap<i32, Instant>> = Mutex::new(BTreeMap::new());
const GONE: Duration = Duration::from_secs(10);

/// The calling thread is about to end, and is not counted any more. Ends the process if it was the last.
pub fn ended(code: u32) {
    // SAFETY: they ask for numbers.
    let [own, first] = unsafe { [libc::gettid(), libc::getpid()] };
    if own == first {
        FIRST_LEFT.store(true, Release);
    }
    let mut leaving = LEAVING.lock();
    let now = Instant::now();
    leaving.retain(|_, since| now.duration_since(*since) < GONE);
    leaving.insert(own, now);
    let last = || FIRST_LEFT.load(Acquire) && crate::processthreadsapi::none_is_left() && !others(first, &leaving);
    // Of two that see that they are the last, one does it.
    if last() && !ENDING.swap(true, AcqRel) {
        drop(leaving);
        crate::processthreadsapi::ovl_ExitProcess(code);
    }
}

/// Are there threads but the first, those that leave, and this library's?
fn others(first: i32, leaving: &BTreeMap<i32, Instant>) -> bool {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return true };
    tasks.flatten().any(|task| {
        let id = task.file_name().to_string_lossy().parse::<i32>().unwrap_or_default();
        // A thread that ends meanwhile has no name.
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_else(|_| OWN[0].to_owned());
        id != first && !leaving.contains_key(&id) && goes_on(&name)
    })
}

/// Is a thread of this name one for which the process goes on?
fn goes_on(name: &str) -> bool {
    let own = OWN.iter().any(|start| name.starts_with(start));
    !own || OF_PROGRAM.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_leave_and_the_librarys_own_do_not_keep_the_process() {
        assert!(["main", "ovl-pool-1", "ovl-timer"].iter().all(|name| goes_on(name)));
        assert!(!["ovl-engine", "iou-wrk-7"].iter().any(|name| goes_on(name)));
        // Every thread of this process leaves, but for those that begin meanwhile.
        let first = std::process::id().cast_signed();
        let (send, receive) = std::sync::mpsc::channel::<()>();
        let waits = std::thread::spawn(move || receive.recv().is_ok());
        assert!(others(first, &BTreeMap::new()), "one waits");
        let none_but_leaving = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            let all = tasks.filter_map(|task| task.file_name().to_str()?.parse().ok());
            !others(first, &all.map(|id| (id, Instant::now())).collect())
        };
        let begun = Instant::now();
        let mut seen = false;
        while !seen && begun.elapsed() < Duration::from_secs(10) {
            seen = none_but_leaving();
        }
        assert!(seen);
        send.send(()).unwrap();
        assert!(waits.join().unwrap());
    }
}
