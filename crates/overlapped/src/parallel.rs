//! Parallel ports (contract 01 section 4.5): printers.
//!
//! A printer is opened by [`OpenOptions`] like a file, with no sharing, or by [`open`] and
//! [`open_overlapped`], and written to like one. How long a write waits for the printer is said by [`set_timeouts`]: one of
//! which nothing was taken in its time fails with 121, and one of which something was taken is a success with fewer bytes.
//!
//! ```no_run
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::parallel;
//! use overlapped::serial::Timeouts;
//! use std::time::Duration;
//!
//! let printer = parallel::open("LPT1")?;
//! parallel::set_timeouts(printer.handle(), Timeouts::waiting().write(Duration::from_secs(10)))?;
//! printer.write_bytes(b"Hello, paper\r\n\x0c")?;
//! # Ok(())
//! # }
//! ```

use crate::error::Result;
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::open::OpenOptions;
use crate::overlapped_file::OverlappedFile;
use crate::serial::Timeouts;
use overlapped_abi::ShareMode;
use overlapped_devices::serial as devices;
use std::path::Path;

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).share_mode(ShareMode::empty());
    options
}

/// Opens a printer for calls that wait: `LPT1`, `PRN`.
///
/// # Errors
/// 2 if it is not there, 5 if somebody has it.
pub fn open(name: impl AsRef<Path>) -> Result<File> {
    options().open(name)
}

/// Opens a printer for overlapped requests; their offsets mean nothing.
///
/// # Errors
/// As for [`open`].
pub fn open_overlapped(name: impl AsRef<Path>) -> Result<OverlappedFile> {
    options().open_overlapped(name)
}

/// How long transfers wait.
///
/// # Errors
/// 1 if the handle is of no port.
pub fn timeouts(printer: &OwnedHandle) -> Result<Timeouts> {
    printer.ask("question for a port's timeouts", devices::timeouts).map(Timeouts::from_raw)
}

/// Changes how long transfers wait that are issued from now on.
///
/// # Errors
/// 1 if the handle is of no port.
pub fn set_timeouts(printer: &OwnedHandle, timeouts: Timeouts) -> Result<()> {
    printer.ask("change of a port's timeouts", |grant| devices::set_timeouts(grant, &timeouts.raw()))
}
