//! Serial ports (contract 01 §5): ttys of Linux, and null modems that are simulated.
//!
//! The library keeps the port's input queue, so that its length, its events and its handshakes are exactly those of the
//! contract, and runs the clocks of COMMTIMEOUTS; Linux only moves bytes, which are fetched as soon as there are any
//! (readiness, as for sockets). Writes stay in the caller's memory until the line takes them.
//!
//! | Module | Holds |
//! |---|---|
//! | `open`, `registry` | who may have a port, and what its last user has left |
//! | `device` | how requests begin, wait and end |
//! | `port`, `state` | an open port, and one step of its work: `input`, `output`, `events` |
//! | `calls`, `control` | what else programs ask of a port, by functions and by control codes |
//! | `timing` | the table of COMMTIMEOUTS |
//! | `settings`, `definition` | what a DCB may say, and how it is written in a line of text |
//! | `line` | what differs between the lines below: `tty`, `null_modem` |
//!
//! The drawback: bytes that nobody waits for stay with Linux until the next call on the port looks. None is lost by that, but
//! an XOFF that comes while nothing is pending is obeyed only then.

mod calls;
mod control;
mod definition;
pub(crate) mod device;
mod events;
mod input;
pub(crate) mod line;
mod null_modem;
pub(crate) mod open;
mod output;
pub(crate) mod port;
mod registry;
pub(crate) mod settings;
mod state;
mod timing;
mod tty;

pub use calls::{
    EventWait, clear_error, config, escape, flush, garble, mask, modem_status, properties, purge, ring, set_mask,
    set_state, set_timeouts, setup, state, timeouts, transmit_char, wait_event,
};
pub use control::control;
pub use definition::{Definition, parse as parse_definition};
pub use null_modem::{Mishap, NullModem, Traits};
pub use open::{SerialDriver, open_pair};
pub use settings::default_dcb;

use device::PortDevice;
use overlapped_abi::{CommConfig, Win32Error};
use overlapped_kernel::system::Grant;

/// GetDefaultCommConfig: what a port has that nobody has set up.
#[must_use]
pub fn default_config() -> CommConfig {
    settings::config(default_dcb())
}

/// Is it a serial port?
#[must_use]
pub fn is_port(grant: &Grant) -> bool {
    device_of(grant).is_ok()
}

/// The serial port that a handle refers to; 1 if it is something else.
fn device_of(grant: &Grant) -> Result<&PortDevice, Win32Error> {
    any_device(grant).filter(|device| device.is_serial()).ok_or(Win32Error::INVALID_FUNCTION)
}

/// The port of a handle that COMMTIMEOUTS count for: a serial one, or a parallel one; 1 for anything else.
pub(crate) fn port_of(grant: &Grant) -> Result<&port::Port, Win32Error> {
    any_device(grant).map(PortDevice::port).ok_or(Win32Error::INVALID_FUNCTION)
}

/// The port of either kind that a handle refers to.
pub(crate) fn any_device(grant: &Grant) -> Option<&PortDevice> {
    grant.instance.device().as_any().downcast_ref()
}
