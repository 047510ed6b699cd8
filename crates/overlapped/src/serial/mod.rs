//! Serial ports (contract 01 section 5): ttys by their Windows names or paths, and simulated null modems.
//!
//! [`Options`] opens a port with the settings that it is to have. A [`SerialPort`] is for calls that wait, and an
//! [`OverlappedSerialPort`] for requests: its reads, writes and waits for [`Events`] are [`Operation`](crate::Operation)s, and
//! may report to a [`CompletionPort`](crate::CompletionPort). How long a read waits, and for how many bytes, is said by the
//! port's [`Timeouts`]; a time-out is no error, but a read of fewer bytes.
//!
//! A null modem needs no hardware. Both of its ends are ports like any other, with modem lines, breaks and errors:
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::serial::{Events, NullModem, Timeouts};
//! use std::time::Duration;
//!
//! let (near, far) = NullModem::new().open()?;
//! near.set_timeouts(Timeouts::waiting().gap(Duration::from_millis(20)))?;
//! near.set_event_mask(Events::RXCHAR | Events::BREAK)?;
//! let event = near.wait_event();
//! far.write(b"AT\r".to_vec()).wait().0?;
//! assert_eq!(event.wait(), (Ok(4), Events::RXCHAR));
//! let (read, answer) = near.read(vec![0; 64]).wait();
//! assert_eq!(&answer[..read?], b"AT\r");
//! # Ok(())
//! # }
//! ```

mod null_modem;
mod on_port;
mod options;
mod port;
mod values;

pub use null_modem::NullModem;
pub use options::{Flow, Options, Parity, StopBits};
pub use overlapped_devices::serial::{Mishap, default_dcb, parse_definition};
pub use overlapped_kernel::namespace::NullModem as NullModemEntry;
pub use port::{OverlappedSerialPort, SerialPort};
pub use values::{Events, LineErrors, ModemLines, PortStatus, Purge, Timeouts};
