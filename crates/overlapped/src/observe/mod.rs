//! Pictures of a running program, for tools: what `ovl top` draws.
//!
//! A program that runs with `OVERLAPPED_OBSERVE=1`, or calls [`serve`], listens at a Unix socket `observed/PID` in the run-time directory
//! (design.md section 4), which its user alone may enter. Whoever connects is sent one [`Observation`] in the `postcard` format: the
//! system's ports with the five structures of each (contract 00 section 0.6), consistent for each port. Between two questions the
//! listener's thread sleeps, so being observable costs a program one sleeping thread, and each picture some microseconds
//! under a port's lock.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::{CompletionPort, SystemBuilder, observe};
//!
//! # use std::{fs::Permissions, os::unix::fs::PermissionsExt};
//! # let directory = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
//! let system = SystemBuilder::new().build()?;
//! let served = observe::serve_in(&system, directory.path())?;
//! let port = CompletionPort::<&str>::new_in(&system, 2);
//! port.post("a key", ())?;
//!
//! let seen = observe::look_in(directory.path(), std::process::id())?;
//! assert_eq!(seen.ports[0].queued, 1);
//! assert_eq!(seen.ports[0].concurrency, 2);
//! # drop(served);
//! # Ok(())
//! # }
//! ```

mod look;
mod picture;
mod serve;

pub use look::{look, look_in, observable, observable_in};
pub use picture::{Device, Observation, Packet, Paused, Port, Thread, VERSION};
pub use serve::{Served, serve, serve_in};

use overlapped_kernel::namespace::runtime_directory;
use std::path::{Path, PathBuf};

/// The variable that makes a program observable: set to anything but nothing and `0`.
pub const VARIABLE: &str = "OVERLAPPED_OBSERVE";

/// Does the environment ask for it?
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

fn run_time_directory() -> PathBuf {
    runtime_directory(|name| std::env::var_os(name), rustix::process::geteuid().as_raw())
}

/// Where the sockets are.
fn sockets_in(directory: &Path) -> PathBuf {
    directory.join("observed")
}

/// An address for a socket in an open directory: however long the directory's path is, this fits the 108 bytes that an address has.
fn address(directory: &impl std::os::fd::AsRawFd, process: u32) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/{process}", directory.as_raw_fd()))
}
