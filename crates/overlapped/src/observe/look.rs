//! The observer's side.

use super::picture::{Observation, VERSION};
use super::{address, run_time_directory, sockets_in};
use crate::error::{Error, Result};
use overlapped_abi::Win32Error;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// So long a process may take to answer; one that was stopped does not.
const PATIENCE: Duration = Duration::from_secs(2);
/// A longer answer is none of ours: ten thousand threads and devices have a few megabytes.
const LONGEST: u64 = 256 << 20;

/// A picture of a process of this user's.
///
/// # Errors
/// As for [`look_in`].
pub fn look(process: u32) -> Result<Observation> {
    look_in(&run_time_directory(), process)
}

/// The same in another run-time directory.
///
/// # Errors
/// 2 if the process is not observable there; 121 if it does not answer within two seconds; 13 if what it says is not understood.
pub fn look_in(directory: &Path, process: u32) -> Result<Observation> {
    let seen = ask(directory, process).map_err(|error| Error::from(error).during("observation of a process"))?;
    // The version stands first, so that of another one nothing else is read.
    let version = postcard::take_from_bytes::<u32>(&seen).map_or(0, |(version, _)| version);
    let seen = if version == VERSION { postcard::from_bytes(&seen).ok() } else { None };
    seen.ok_or_else(|| Error::new(Win32Error(13), "observation of a process"))
}

fn ask(directory: &Path, process: u32) -> io::Result<Vec<u8>> {
    let opened = File::open(sockets_in(directory))?;
    let stream = UnixStream::connect(address(&opened, process))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => rustix::io::Errno::TIMEDOUT.into(),
        _ => error,
    })?;
    Ok(answer)
}

/// The numbers of the processes of this user's that can be observed, in ascending order. What dead ones have left behind is removed.
#[must_use]
pub fn observable() -> Vec<u32> {
    observable_in(&run_time_directory())
}

/// The same in another run-time directory.
#[must_use]
pub fn observable_in(directory: &Path) -> Vec<u32> {
    let sockets = sockets_in(directory);
    let entries = std::fs::read_dir(&sockets).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut alive: Vec<u32> = numbers.filter(|&number| is_alive(&sockets, number)).collect();
    alive.sort_unstable();
    alive
}

fn is_alive(sockets: &Path, process: u32) -> bool {
    let Ok(opened) = File::open(sockets) else { return false };
    match UnixStream::connect(address(&opened, process)) {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            let _ = std::fs::remove_file(sockets.join(process.to_string()));
            false
        }
        Err(_) => false,
    }
}
