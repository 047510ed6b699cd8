//! The values that ports are asked with and answer with.

use overlapped_abi::constants::serial as c;
use overlapped_abi::{ComStatFlags, CommTimeouts};
use std::time::Duration;

bitflags::bitflags! {
    /// What can be waited for (contract 01 section 5.5).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[repr(transparent)]
    pub struct Events: u32 {
        /// A byte was received.
        const RXCHAR = c::EV_RXCHAR;
        /// The event character was received.
        const RXFLAG = c::EV_RXFLAG;
        /// The last byte was sent.
        const TXEMPTY = c::EV_TXEMPTY;
        /// CTS changed.
        const CTS = c::EV_CTS;
        /// DSR changed.
        const DSR = c::EV_DSR;
        /// The carrier came or went.
        const RLSD = c::EV_RLSD;
        /// A break was received.
        const BREAK = c::EV_BREAK;
        /// A line error: parity, framing, overrun.
        const ERR = c::EV_ERR;
        /// Somebody calls.
        const RING = c::EV_RING;
        /// The input queue has become four fifths full.
        const RX80FULL = c::EV_RX80FULL;
    }
}

impl Events {
    /// The events that a wait on a completion port has put into its buffer.
    #[must_use]
    pub fn from_buffer(buffer: &[u8]) -> Self {
        let bytes = buffer.first_chunk().copied().unwrap_or_default();
        Self::from_bits_retain(u32::from_ne_bytes(bytes))
    }
}

bitflags::bitflags! {
    /// What went wrong on the line since somebody last asked (contract 01 section 5.6).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct LineErrors: u32 {
        /// The input queue was full.
        const RXOVER = c::CE_RXOVER;
        /// A byte was lost in the hardware.
        const OVERRUN = c::CE_OVERRUN;
        /// Wrong parity.
        const RXPARITY = c::CE_RXPARITY;
        /// A byte without a stop bit.
        const FRAME = c::CE_FRAME;
        /// A break.
        const BREAK = c::CE_BREAK;
    }
}

bitflags::bitflags! {
    /// The lines that a port sees (contract 01 section 5.6).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ModemLines: u32 {
        /// Clear to send.
        const CTS = c::MS_CTS_ON;
        /// Data set ready.
        const DSR = c::MS_DSR_ON;
        /// Ring.
        const RING = c::MS_RING_ON;
        /// The carrier.
        const RLSD = c::MS_RLSD_ON;
    }
}

bitflags::bitflags! {
    /// What is to be forgotten (contract 01 section 5.6, PurgeComm).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Purge: u32 {
        /// Pending writes end with 995.
        const TXABORT = c::PURGE_TXABORT;
        /// Pending reads end with 995.
        const RXABORT = c::PURGE_RXABORT;
        /// What was written and not sent never will be.
        const TXCLEAR = c::PURGE_TXCLEAR;
        /// What was received and not read is forgotten.
        const RXCLEAR = c::PURGE_RXCLEAR;
    }
}

/// What ClearCommError tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortStatus {
    /// The errors since the last call, which are forgotten now.
    pub errors: LineErrors,
    /// What output waits for.
    pub holds: ComStatFlags,
    /// Bytes received and not read.
    pub in_queue: usize,
    /// Bytes written and not sent.
    pub out_queue: usize,
}

/// How long transfers wait (contract 01 section 5.4). A write or read whose time is over has done what it has done, and is a
/// success.
///
/// ```
/// use overlapped::serial::Timeouts;
/// use std::time::Duration;
///
/// let modbus = Timeouts::waiting().gap(Duration::from_millis(4)).total(Duration::from_secs(1));
/// assert_eq!(modbus.raw().read_interval_timeout, 4);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timeouts(CommTimeouts);

/// A time in whole milliseconds, at least one, and less than MAXDWORD, which means something else.
fn millis(time: Duration) -> u32 {
    let millis = time.as_nanos().div_ceil(1_000_000);
    u32::try_from(millis).unwrap_or(c::MAXDWORD).clamp(1, c::MAXDWORD - 1)
}

impl Timeouts {
    /// Reads wait until their buffers are full, and writes until everything is sent.
    #[must_use]
    pub fn waiting() -> Self {
        Self::default()
    }

    /// Reads take what is there, and wait for nothing.
    #[must_use]
    pub fn at_once() -> Self {
        Self(CommTimeouts { read_interval_timeout: c::MAXDWORD, ..CommTimeouts::default() })
    }

    /// Reads take what is there, or the first that comes within this time.
    #[must_use]
    pub fn first_within(time: Duration) -> Self {
        Self(CommTimeouts {
            read_interval_timeout: c::MAXDWORD,
            read_total_timeout_multiplier: c::MAXDWORD,
            read_total_timeout_constant: millis(time),
            ..CommTimeouts::default()
        })
    }

    /// A read ends when there was no byte for so long after the last one; the wait for the first has no limit.
    #[must_use]
    pub fn gap(mut self, time: Duration) -> Self {
        self.0.read_interval_timeout = millis(time);
        self
    }

    /// A read ends after this time.
    #[must_use]
    pub fn total(mut self, time: Duration) -> Self {
        self.0.read_total_timeout_constant = millis(time);
        self
    }

    /// A write ends after this time.
    #[must_use]
    pub fn write(mut self, time: Duration) -> Self {
        self.0.write_total_timeout_constant = millis(time);
        self
    }

    /// These very numbers, in milliseconds.
    #[must_use]
    pub fn from_raw(timeouts: CommTimeouts) -> Self {
        Self(timeouts)
    }

    /// The numbers, in milliseconds.
    #[must_use]
    pub fn raw(&self) -> CommTimeouts {
        self.0
    }
}
