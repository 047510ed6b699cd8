//! What belongs to the whole process: for tests that are alone in their program.

use super::{LOST, within};
use std::ffi::OsStr;
use std::path::Path;

/// What is there now, for a message.
fn inventory() -> String {
    let files = std::fs::read_dir("/proc/self/fd").expect("procfs").flatten();
    let files: Vec<_> = files.filter_map(|entry| std::fs::read_link(entry.path()).ok()).collect();
    let tasks = std::fs::read_dir("/proc/self/task").expect("procfs").flatten();
    let names: Vec<_> = tasks.filter_map(|entry| std::fs::read_to_string(entry.path().join("comm")).ok()).collect();
    format!("descriptors {files:?}, threads {names:?}")
}

/// Descriptors and threads of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belongings {
    pub descriptors: usize,
    pub threads: usize,
}

impl Belongings {
    /// Those of this moment.
    pub fn now() -> Self {
        let threads = std::fs::read_dir("/proc/self/task").expect("procfs").count();
        Self { descriptors: descriptors(), threads }
    }

    /// Waits until the process has what it had.
    #[track_caller]
    pub fn check(self, when: &str) {
        let back = within(LOST, || Self::now() == self);
        assert!(back, "{when}: {self:?} before, now {}", inventory());
    }
}

/// But for those that the process keeps from its first files on, by which share modes and locks bind other processes.
fn descriptors() -> usize {
    let kept = |to: &Path| {
        let name = to.file_name().and_then(OsStr::to_str).unwrap_or_default();
        to.parent().is_some_and(|parent| parent.ends_with("files"))
            && ["marks-", "table", "locked"].iter().any(|kept| name.starts_with(kept))
    };
    let all = std::fs::read_dir("/proc/self/fd").expect("procfs").flatten();
    all.filter(|entry| !std::fs::read_link(entry.path()).is_ok_and(|to| kept(&to))).count()
}

/// How often the threads of this name have gone to sleep.
pub fn sleeps_of(thread: &str) -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("procfs").flatten();
    let field = |status: &str, name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t").map(str::to_owned))
    };
    let statuses = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok());
    let of_thread = statuses.filter(|status| field(status, "Name").as_deref() == Some(thread));
    of_thread.filter_map(|status| field(&status, "voluntary_ctxt_switches")?.parse::<u64>().ok()).sum()
}
