//! How a port is to be opened, and what it is to be like.

use super::port::{OverlappedSerialPort, SerialPort};
use super::values::Timeouts;
use crate::error::{Error, Result};
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::overlapped_file::OverlappedFile;
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::constants::serial as c;
use overlapped_abi::{AccessMask, Dcb, DcbFlags, FileFlags, ShareMode};
use overlapped_devices::serial as devices;
use overlapped_kernel::System;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::namespace::Target;
use overlapped_kernel::system::Open;
use std::path::Path;

/// The parity bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// An odd number of ones.
    Odd,
    /// An even number of ones.
    Even,
    /// Always 1.
    Mark,
    /// Always 0.
    Space,
}

/// The stop bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopBits {
    /// One.
    One,
    /// One and a half, with five data bits only.
    OneAndAHalf,
    /// Two, with six data bits or more.
    Two,
}

/// How either end stops the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Not at all; DTR and RTS are on.
    None,
    /// By RTS, which the other end sees as CTS.
    RtsCts,
    /// By DTR, which the other end sees as DSR.
    DtrDsr,
    /// By the characters XON and XOFF, in both directions.
    XonXoff,
}

/// The arguments of CreateFile for a serial port, and its settings. What is not set here stays as the last user has left it.
///
/// ```no_run
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::serial::{Flow, Options, Parity};
///
/// let port = Options::new().rate(115_200).parity(Parity::Even).flow(Flow::RtsCts).open_overlapped("COM12")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    rate: Option<u32>,
    data_bits: Option<u8>,
    parity: Option<Parity>,
    stop_bits: Option<StopBits>,
    flow: Option<Flow>,
    event_char: Option<u8>,
    dcb: Option<Dcb>,
    timeouts: Option<Timeouts>,
    queues: Option<(u32, u32)>,
    system: Option<System>,
}

impl Options {
    /// Everything as the last user has left it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bits a second.
    pub fn rate(&mut self, rate: u32) -> &mut Self {
        self.rate = Some(rate);
        self
    }

    /// 5 to 8.
    pub fn data_bits(&mut self, bits: u8) -> &mut Self {
        self.data_bits = Some(bits);
        self
    }

    /// The parity bit; what arrives is checked.
    pub fn parity(&mut self, parity: Parity) -> &mut Self {
        self.parity = Some(parity);
        self
    }

    /// The stop bits.
    pub fn stop_bits(&mut self, bits: StopBits) -> &mut Self {
        self.stop_bits = Some(bits);
        self
    }

    /// How either end stops the other.
    pub fn flow(&mut self, flow: Flow) -> &mut Self {
        self.flow = Some(flow);
        self
    }

    /// The character of [`Events::RXFLAG`](super::Events::RXFLAG).
    pub fn event_char(&mut self, byte: u8) -> &mut Self {
        self.event_char = Some(byte);
        self
    }

    /// A whole DCB, before what the other methods set.
    pub fn dcb(&mut self, dcb: Dcb) -> &mut Self {
        self.dcb = Some(dcb);
        self
    }

    /// How long transfers wait.
    pub fn timeouts(&mut self, timeouts: Timeouts) -> &mut Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// Sizes of the queues, in bytes; 4,096 each is the least (SetupComm).
    pub fn queues(&mut self, input: u32, output: u32) -> &mut Self {
        self.queues = Some((input, output));
        self
    }

    /// Open it in this system instead of the default one.
    pub fn system(&mut self, system: &System) -> &mut Self {
        self.system = Some(system.clone());
        self
    }

    /// Opens a port for calls that wait, by its Windows name (`COM1`, `\\.\COM12`) or by the path of its tty.
    ///
    /// # Errors
    /// 2 if it is not there, 5 if somebody has it, 87 for settings that it cannot have.
    pub fn open(&self, name: impl AsRef<Path>) -> Result<SerialPort> {
        Ok(SerialPort::new(File::new(self.create(name.as_ref(), FileFlags::empty())?)))
    }

    /// Opens a port for overlapped requests.
    ///
    /// # Errors
    /// As for [`Options::open`].
    pub fn open_overlapped(&self, name: impl AsRef<Path>) -> Result<OverlappedSerialPort> {
        Ok(OverlappedSerialPort::new(OverlappedFile::new(self.create(name.as_ref(), FileFlags::OVERLAPPED)?)))
    }

    pub(super) fn params(flags: FileFlags) -> OpenParams {
        OpenParams {
            access: AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE,
            share: ShareMode::empty(),
            disposition: OPEN_EXISTING,
            flags,
            permissions: 0,
        }
    }

    fn create(&self, name: &Path, flags: FileFlags) -> Result<OwnedHandle> {
        let system = match &self.system {
            Some(system) => system.clone(),
            None => crate::system::default()?.clone(),
        };
        let params = Self::params(flags);
        let opened = if name.is_absolute() {
            system.open_target(&Target::Serial { port: 0, path: name.to_path_buf() }, &params)
        } else {
            system.open(name.as_os_str(), &params)
        };
        let Open { handle, grant, .. } = opened.map_err(|code| Error::with_path(code, "open", name))?;
        let handle = OwnedHandle::new(&system, handle, grant)?;
        self.set_up(&handle).map_err(|error| error.about(name))?;
        Ok(handle)
    }

    /// Gives a port these settings.
    pub(super) fn set_up(&self, handle: &OwnedHandle) -> Result<()> {
        let before = handle.ask("question for a port's settings", devices::state)?;
        let dcb = self.changed(before);
        if dcb != before {
            handle.ask("change of a port's settings", |grant| devices::set_state(grant, &dcb))?;
        }
        if let Some(timeouts) = self.timeouts {
            handle.ask("change of a port's timeouts", |grant| devices::set_timeouts(grant, &timeouts.raw()))?;
        }
        if let Some((input, output)) = self.queues {
            handle.ask("change of a port's queues", |grant| devices::setup(grant, input, output))?;
        }
        Ok(())
    }

    fn changed(&self, before: Dcb) -> Dcb {
        let mut dcb = self.dcb.unwrap_or(before);
        dcb.baud_rate = self.rate.unwrap_or(dcb.baud_rate);
        dcb.byte_size = self.data_bits.unwrap_or(dcb.byte_size);
        dcb.evt_char = self.event_char.unwrap_or(dcb.evt_char);
        if let Some(parity) = self.parity {
            dcb.parity = match parity {
                Parity::None => c::NOPARITY,
                Parity::Odd => c::ODDPARITY,
                Parity::Even => c::EVENPARITY,
                Parity::Mark => c::MARKPARITY,
                Parity::Space => c::SPACEPARITY,
            };
            dcb.flags.set(DcbFlags::PARITY, parity != Parity::None);
        }
        if let Some(bits) = self.stop_bits {
            dcb.stop_bits = match bits {
                StopBits::One => c::ONESTOPBIT,
                StopBits::OneAndAHalf => c::ONE5STOPBITS,
                StopBits::Two => c::TWOSTOPBITS,
            };
        }
        if let Some(flow) = self.flow {
            dcb.flags.set(DcbFlags::OUTX_CTS_FLOW, flow == Flow::RtsCts);
            dcb.flags.set(DcbFlags::OUTX_DSR_FLOW, flow == Flow::DtrDsr);
            dcb.flags.set(DcbFlags::OUT_X | DcbFlags::IN_X, flow == Flow::XonXoff);
            let rts = if flow == Flow::RtsCts { c::RTS_CONTROL_HANDSHAKE } else { c::RTS_CONTROL_ENABLE };
            let dtr = if flow == Flow::DtrDsr { c::DTR_CONTROL_HANDSHAKE } else { c::DTR_CONTROL_ENABLE };
            dcb.set_rts_control(rts);
            dcb.set_dtr_control(dtr);
        }
        dcb
    }
}
