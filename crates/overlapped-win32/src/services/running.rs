//! What services say of themselves: a file for each in the run-time directory. The process that runs the service has a lock on it that Linux
//! takes away with the process, so that nobody has to be asked whether what stands there is still true.

use super::register::file_name;
use super::{ServiceStatus, ServiceStatusProcess, state};
use crate::support::system;
use overlapped_abi::Win32Error;
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::Duration;

/// ERROR_PROCESS_ABORTED: the service ended without saying so.
const ABORTED: u32 = 1067;
/// ERROR_SERVICE_NEVER_STARTED.
const NEVER_STARTED: u32 = 1077;

/// The record: its number twice, around the status and the process. A reader in whose way a writer comes sees two numbers.
const WORDS: usize = 10;

fn file(name: &str) -> Result<PathBuf, Win32Error> {
    let directory = system()?.directory().ok_or(Win32Error::ACCESS_DENIED)?.join("services");
    Ok(directory.join(file_name(name)))
}

fn lock(file: &File, command: i32) -> Option<libc::flock> {
    // SAFETY: numbers, for which zero is a value: all of the file.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = libc::F_WRLCK as libc::c_short;
    // SAFETY: an open descriptor and a lock that lives as long as the call.
    (unsafe { libc::fcntl(file.as_raw_fd(), command, &raw mut lock) } == 0).then_some(lock)
}

/// A service that runs in this process.
#[derive(Debug)]
pub struct Running {
    file: File,
    number: u32,
}

impl Running {
    /// Takes the service for this process; `None` if another one runs it.
    pub fn claim(name: &str) -> Result<Option<Self>, Win32Error> {
        let path = file(name)?;
        if let Some(directory) = path.parent() {
            // The run-time directory is to be the user's alone, or nobody meets there.
            let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
            made.map_err(|_| Win32Error::ACCESS_DENIED)?;
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = file.map_err(|_| Win32Error::ACCESS_DENIED)?;
        Ok(lock(&file, libc::F_OFD_SETLK).map(|_| Self { file, number: 0 }))
    }

    /// Says how it is.
    pub fn say(&mut self, status: &ServiceStatus) {
        self.number = self.number.wrapping_add(1);
        let ServiceStatus { kind, state, accepted, exit_code, specific, checkpoint, wait_hint } = *status;
        let words = [
            self.number,
            kind,
            state,
            accepted,
            exit_code,
            specific,
            checkpoint,
            wait_hint,
            std::process::id(),
            self.number,
        ];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        // Without room for it, what was said before stays.
        let _ = self.file.write_all_at(&bytes, 0);
    }
}

fn record(file: &File) -> Option<[u32; WORDS]> {
    for _ in 0..1000 {
        let mut bytes = [0; WORDS * 4];
        file.read_exact_at(&mut bytes, 0).ok()?;
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
        }
        if words[0] == words[WORDS - 1] {
            return Some(words);
        }
    }
    None
}

/// What is known of a service: its status, and the process that has said it last.
pub fn look(name: &str, kind: u32) -> (ServiceStatusProcess, u32) {
    let mut found = glimpse(name, kind);
    // Who has the lock and is stopped has just said so and is about to let go, or has just taken it and is about to say that it starts.
    for _ in 0..100 {
        if found.0.status.state != state::STOPPED || found.0.process == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
        found = glimpse(name, kind);
    }
    if found.0.status.state == state::STOPPED && found.0.process != 0 {
        let starts = ServiceStatus { kind, state: state::START_PENDING, ..ServiceStatus::default() };
        return (ServiceStatusProcess { status: starts, process: 0, flags: 0 }, 0);
    }
    found
}

/// The same at this moment: a service that is stopped may have a process still, or again.
fn glimpse(name: &str, kind: u32) -> (ServiceStatusProcess, u32) {
    let stopped = |exit_code| ServiceStatus { kind, state: state::STOPPED, exit_code, ..ServiceStatus::default() };
    let without = |status| ServiceStatusProcess { status, process: 0, flags: 0 };
    let Some(file) = file(name).ok().and_then(|path| File::open(path).ok()) else {
        return (without(stopped(NEVER_STARTED)), 0);
    };
    // Asked in this order: who stops says so, and then lets go.
    let alive = lock(&file, libc::F_OFD_GETLK).is_some_and(|lock| lock.l_type != libc::F_UNLCK as libc::c_short);
    let Some([_, kind_said, state, accepted, exit_code, specific, checkpoint, wait_hint, process, _]) = record(&file)
    else {
        let beginning = ServiceStatus { state: state::START_PENDING, ..stopped(0) };
        return (without(if alive { beginning } else { stopped(NEVER_STARTED) }), 0);
    };
    let said = ServiceStatus { kind: kind_said, state, accepted, exit_code, specific, checkpoint, wait_hint };
    match (alive, state) {
        (true, _) => (ServiceStatusProcess { status: said, process, flags: 0 }, process),
        (false, state::STOPPED) => (without(said), process),
        (false, _) => (without(stopped(ABORTED)), process),
    }
}

/// Is there a process that runs it?
pub fn is_active(name: &str) -> bool {
    look(name, 0).0.status.state != state::STOPPED
}

/// The service is not there any more.
pub fn forget(name: &str) {
    if let Ok(path) = file(name) {
        // It may never have run.
        let _ = std::fs::remove_file(path);
    }
}
