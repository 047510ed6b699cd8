//! Named and anonymous pipes (contract 07 §1 to §3).
//!
//! A pipe carries bytes or whole messages between two ends, in one process or in two of the same user. A [`NamedPipeServer`] is one
//! instance of a name; a [`NamedPipeClient`] connects to the one that has listened longest. Both take overlapped requests, each an
//! [`Operation`](crate::Operation) that can be waited for, polled, awaited or reported to a [`CompletionPort`](crate::CompletionPort),
//! and plain calls that wait. [`anonymous`] gives the two ends of a pipe without a name.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::pipe::{NamedPipeClient, PipeOptions};
//!
//! let name = format!(r"\\.\pipe\greeting-{}", std::process::id());
//! let server = PipeOptions::new().messages().create(&name)?;
//! let connect = server.connect();
//! let client = NamedPipeClient::open(&name)?;
//! connect.wait().0?;
//!
//! client.write("hello").wait().0?;
//! client.write("world").wait().0?;
//! // A message that is longer than the buffer says so, and its rest comes with the next read.
//! let first = server.read_message(&mut [0; 3])?;
//! assert_eq!((first.bytes, first.more), (3, true));
//! assert_eq!(server.read(Vec::with_capacity(16)).wait(), (Ok(2), b"lo".to_vec()));
//! assert_eq!(server.read(Vec::with_capacity(16)).wait(), (Ok(5), b"world".to_vec()));
//! # Ok(())
//! # }
//! ```
//!
//! A write is visible to the other end at once and completes when it fits the quota of its direction. Reads and writes fill and go in the
//! order in which they were issued. A cancelled write takes back what nobody has read of it.
//!
//! A read that meets the end of a pipe whose other end was closed fails with 109; a write to such a pipe with 232. A part of a message
//! fails with 234, and the operation's buffer holds the part: nothing is lost, the rest comes next.

mod end;
mod on_port;
mod options;
mod stream;

pub use end::{NamedPipeClient, NamedPipeServer, PipeEnd};
pub use options::{ClientOptions, Direction, PipeOptions};
pub use overlapped_devices::pipe::{Info as PipeInfo, Peeked};
pub use stream::{PipeReader, PipeWriter, anonymous, anonymous_in};

use crate::error::{Error, Result};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::pipe::{NMPWAIT_USE_DEFAULT_WAIT, NMPWAIT_WAIT_FOREVER};
use overlapped_devices::PipeDriver;
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use std::ffi::OsStr;

/// How much of a message was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Bytes in the buffer.
    pub bytes: usize,
    /// There is more of this message; the next read brings it.
    pub more: bool,
}

impl Received {
    fn of(outcome: overlapped_kernel::request::Completion) -> Self {
        Self { bytes: outcome.bytes, more: !outcome.status.is_success() }
    }
}

/// The pipes of a system.
fn driver(system: &System) -> Result<&PipeDriver> {
    system.driver().ok_or(Error::new(Win32Error::NOT_SUPPORTED, "use of pipes"))
}

/// A limit as WaitNamedPipe has it.
fn milliseconds(timeout: Timeout) -> u32 {
    match timeout {
        Timeout::Infinite => NMPWAIT_WAIT_FOREVER,
        Timeout::Poll => 1,
        Timeout::After(time) => u32::try_from(time.as_millis()).unwrap_or(NMPWAIT_WAIT_FOREVER - 1).max(1),
    }
}

/// Waits until an instance of the pipe listens (WaitNamedPipe); `None` waits as long as the server has said. Somebody else may be faster
/// to open it.
///
/// # Errors
/// 2 at once for a name that nobody has, 121 when the time is over.
pub fn wait_named_pipe(name: impl AsRef<OsStr>, timeout: Option<Timeout>) -> Result<()> {
    let system = crate::system::default()?;
    let limit = timeout.map_or(NMPWAIT_USE_DEFAULT_WAIT, milliseconds);
    let waited = driver(system)?.wait(system, name.as_ref(), limit);
    waited.map_err(|code| Error::new(code, "wait for a pipe").about(name.as_ref()))
}

/// Opens a pipe of messages, sends one, reads one into `answer` and closes (CallNamedPipe). The rest of an answer that is longer is lost.
///
/// # Errors
/// 2 for a name that nobody has, 121 if no instance listens in time, 87 for a pipe of bytes.
pub fn call(name: impl AsRef<OsStr>, message: &[u8], answer: &mut [u8], timeout: Option<Timeout>) -> Result<Received> {
    let system = crate::system::default()?;
    let limit = timeout.map_or(NMPWAIT_USE_DEFAULT_WAIT, milliseconds);
    let called = driver(system)?.call(system, name.as_ref(), message, answer, limit);
    called.map(Received::of).map_err(|code| Error::new(code, "call of a pipe").about(name.as_ref()))
}
