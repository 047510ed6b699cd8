//! CreateFile on a serial port (contract 01 §5.1).

use super::device::{Kind, PortDevice};
use super::line::Line;
use super::null_modem::{NullModem, Traits, Wire};
use super::port::Port;
use super::registry::{Key, Lease, Registry};
use super::settings::Settings;
use super::tty::Tty;
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Driver, OpenParams, Opened};
use overlapped_kernel::namespace::{self, Target};
use std::path::Path;
use std::sync::Arc;

/// Opens the serial ports of one system: ttys, and null modems between two of its ports.
#[derive(Default)]
pub struct SerialDriver {
    registry: Arc<Registry>,
}

impl std::fmt::Debug for SerialDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SerialDriver").finish_non_exhaustive()
    }
}

impl SerialDriver {
    /// A driver that knows of no port yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn open_tty(&self, system: &System, path: &Path, params: &OpenParams) -> Result<Opened, Win32Error> {
        // Who asks all ports which are there hears 2 of those that are not, however he asks.
        check(params).or_else(|error| Tty::find(path).and(Err(error)))?;
        let tty = Tty::open(path)?;
        let key = Key::Tty(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
        let settings = match self.registry.left_by(&key) {
            Some(left) => left,
            None => Settings { dcb: tty.settings(), ..Settings::fresh() },
        };
        // What it has now may be more than its hardware can.
        tty.configure(&settings.dcb)?;
        let port = Port::open(system, Arc::new(tty), settings);
        let lease = Lease::new(Arc::clone(&self.registry), key);
        Ok(opened(PortDevice::new(port, Kind::Serial { wire: None, lease }), params))
    }

    fn open_end(
        &self,
        system: &System,
        port: u32,
        line: namespace::NullModem,
        params: &OpenParams,
    ) -> Result<Opened, Win32Error> {
        check(params)?;
        let wire = self.registry.end(port, line.other, Traits { paced: line.paced, lossy: line.lossy })?;
        let key = Key::End(port);
        let settings = self.registry.left_by(&key).unwrap_or_else(Settings::fresh);
        let lease = Lease::new(Arc::clone(&self.registry), key);
        Ok(on_wire(system, wire, settings, lease, params))
    }
}

impl Driver for SerialDriver {
    fn open(&self, system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        match target {
            Target::Serial { path, .. } => Some(self.open_tty(system, path, params)),
            Target::NullModem { port, line } => Some(self.open_end(system, *port, *line, params)),
            _ => None,
        }
    }
}

/// Opens both ends of a null modem that has no name.
#[must_use]
pub fn open_pair(system: &System, traits: Traits, params: &OpenParams) -> [Opened; 2] {
    let modem = NullModem::new(traits);
    [0, 1].map(|which| {
        let Some(wire) = modem.end(which) else { unreachable!("it was made a moment ago, and nobody else has it") };
        on_wire(system, wire, Settings::fresh(), Lease::none(), params)
    })
}

fn on_wire(system: &System, wire: Wire, settings: Settings, lease: Lease, params: &OpenParams) -> Opened {
    let wire = Arc::new(wire);
    let line = Arc::clone(&wire) as Arc<dyn Line>;
    let port = Port::open(system, line, settings);
    opened(PortDevice::new(port, Kind::Serial { wire: Some(wire), lease }), params)
}

/// A port has one user, and is there before it is opened: 87 for any other wish.
pub(crate) fn check(params: &OpenParams) -> Result<(), Win32Error> {
    let possible = params.share.is_empty() && params.disposition == OPEN_EXISTING;
    if possible { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// The device with the rights that were asked for.
pub(crate) fn opened(device: PortDevice, params: &OpenParams) -> Opened {
    let mut access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    if access.contains(AccessMask::MAXIMUM_ALLOWED) {
        access = access.difference(AccessMask::MAXIMUM_ALLOWED) | AccessMask::FILE_ALL_ACCESS;
    }
    let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
    // OPEN_EXISTING is the only way, so that it was there is no news.
    Opened { device: Arc::new(device), access, overlapped, existed: false }
}
