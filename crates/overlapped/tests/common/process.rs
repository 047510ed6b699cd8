//! What belongs to the whole process: for tests that are alone in their program.

use super::{LOST, within};

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
        Self { descriptors: entries("/proc/self/fd"), threads: entries("/proc/self/task") }
    }

    /// Waits until the process has what it had.
    #[track_caller]
    pub fn check(self, when: &str) {
        let back = within(LOST, || Self::now() == self);
        assert!(back, "{when}: {self:?} before, now {}", inventory());
    }
}

fn entries(of: &str) -> usize {
    std::fs::read_dir(of).expect("procfs").count()
}
