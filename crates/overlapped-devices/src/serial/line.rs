//! What a port has below it: a tty, or a simulated line.
//!
//! Everything that differs between the two stands behind [`Line`]: bytes, modem lines, breaks, line errors. No call here
//! blocks, and a line that is not ready says `EAGAIN`; the port comes again when its watcher is told, or at the time that
//! [`Line::next`] names.

use overlapped_abi::{Dcb, Status, Win32Error};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Descriptor;
use overlapped_kernel::engine::Watcher;
use rustix::io::Errno;
use std::sync::Weak;
use std::time::Duration;

/// What a line brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A byte as it should be.
    Byte(u8),
    /// One with an error: CE_FRAME or CE_RXPARITY.
    Bad(u8, u32),
    /// A break begins (CE_BREAK).
    Break,
}

/// How a line stands, and what has happened since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// MS_*_ON.
    pub status: u32,
    /// EV_CTS, EV_DSR, EV_RLSD, EV_RING: what has changed.
    pub changes: u32,
    /// CE_*: what the line alone has noticed, and no byte tells of.
    pub errors: u32,
}

/// What an error of a transfer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The line is no more, and everything ends with this.
    Gone(Status),
    /// This one transfer has failed.
    Fails(Status),
}

/// See the module page.
pub(crate) trait Line: Send + Sync {
    /// The port is open, and this is who is told when the line has something or room. The queues are empty; the
    /// settings are what it has, or can have whatever they say.
    fn open(&self, watcher: Weak<dyn Watcher>, dcb: &Dcb);

    /// The port is closed. Nothing works any more.
    fn close(&self);

    /// Has these settings from now on; 87 if it cannot.
    fn configure(&self, dcb: &Dcb) -> Result<(), Win32Error>;

    /// Adds what has come, at most `room` bytes of it. `EAGAIN` for nothing, any other error if the line has gone.
    fn receive(&self, into: &mut Vec<Received>, room: usize) -> Result<(), Errno>;

    /// Sends as much as goes at once. `EAGAIN` for nothing, any other error if the line has gone.
    fn send(&self, bytes: &[u8], now: Tick) -> Result<usize, Errno>;

    /// Bytes that were sent and are not on the line yet.
    fn unsent(&self, now: Tick) -> usize;

    /// When the line is to be asked again although nobody will be told.
    fn next(&self, now: Tick) -> Option<Tick>;

    /// How it stands.
    fn look(&self) -> Look;

    /// How often it must be looked at by who waits for a change of it; `None` if the watcher is told.
    fn look_every(&self) -> Option<Duration>;

    /// Takes bytes although the port has no room for them, which are lost?
    fn overruns(&self) -> bool;

    fn set_dtr(&self, on: bool);
    fn set_rts(&self, on: bool);
    fn set_break(&self, on: bool);

    /// Forgets what has come and was not received.
    fn discard_input(&self);

    /// Forgets what was sent and is not on the line yet.
    fn discard_output(&self);

    /// Tells whoever is at the other end what has happened here. Called with no lock held.
    fn tell(&self);

    /// What an error of a transfer means: by default, that the line has gone.
    fn verdict(&self, error: Errno) -> Verdict {
        let _ = error;
        Verdict::Gone(Status::DEVICE_NOT_CONNECTED)
    }

    /// How a write ends of which nothing was sent in its time.
    fn late(&self) -> Status {
        Status::SUCCESS
    }

    /// The descriptor, if it is one and open.
    fn descriptor(&self) -> Option<Descriptor<'_>>;
}
