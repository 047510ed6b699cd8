//! Null modems: two ports that are joined, without any hardware.

use super::options::Options;
use super::port::{OverlappedSerialPort, SerialPort};
use crate::error::{Error, Result};
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::overlapped_file::OverlappedFile;
use overlapped_abi::FileFlags;
use overlapped_devices::serial::{Traits, open_pair};
use overlapped_kernel::System;
use overlapped_kernel::handle::Object;
use overlapped_kernel::namespace;
use overlapped_kernel::system::Grant;

/// A simulated line between two serial ports: what one sends the other receives; RTS leads to CTS, DTR to DSR and the carrier.
/// Bytes between ends with different rates or parities arrive with line errors.
///
/// [`open`](NullModem::open) gives both ends at once. [`name`](NullModem::name) puts them into the system's table instead,
/// where this process opens them as `COM7` and `COM8`, say, also in the C face; `devices.toml` has the same as `COM7 = {
/// null_modem = "COM8" }`.
#[derive(Clone, Debug, Default)]
pub struct NullModem {
    traits: Traits,
    options: Options,
    system: Option<System>,
}

impl NullModem {
    /// One that takes no time, and loses nothing: a full queue keeps the sender waiting.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes take the time that the rate says.
    pub fn paced(&mut self, yes: bool) -> &mut Self {
        self.traits.paced = yes;
        self
    }

    /// What does not fit into a queue is lost, as on a real line.
    pub fn lossy(&mut self, yes: bool) -> &mut Self {
        self.traits.lossy = yes;
        self
    }

    /// Both ends have these settings at first; the system of the options does not count.
    pub fn options(&mut self, options: &Options) -> &mut Self {
        self.options = options.clone();
        self
    }

    /// In this system instead of the default one.
    pub fn system(&mut self, system: &System) -> &mut Self {
        self.system = Some(system.clone());
        self
    }

    fn in_system(&self) -> Result<System> {
        match &self.system {
            Some(system) => Ok(system.clone()),
            None => Ok(crate::system::default()?.clone()),
        }
    }

    /// Opens both ends, for overlapped requests.
    ///
    /// # Errors
    /// 4 when there are too many handles; 87 for settings that no port can have.
    pub fn open(&self) -> Result<(OverlappedSerialPort, OverlappedSerialPort)> {
        let [first, second] = self.ends(FileFlags::OVERLAPPED)?;
        let port = |handle| OverlappedSerialPort::new(OverlappedFile::new(handle));
        Ok((port(first), port(second)))
    }

    /// Opens both ends, for calls that wait.
    ///
    /// # Errors
    /// As for [`NullModem::open`].
    pub fn open_synchronous(&self) -> Result<(SerialPort, SerialPort)> {
        let [first, second] = self.ends(FileFlags::empty())?;
        let port = |handle| SerialPort::new(File::new(handle));
        Ok((port(first), port(second)))
    }

    fn ends(&self, flags: FileFlags) -> Result<[OwnedHandle; 2]> {
        let system = self.in_system()?;
        let mut handles = Vec::with_capacity(2);
        for opened in open_pair(&system, self.traits, &Options::params(flags)) {
            let instance = system.instance(opened.device, opened.overlapped);
            let grant = Grant { instance, access: opened.access };
            let made = system.insert(Object::Instance(grant.instance.clone()), grant.access);
            let handle = made.map_err(|code| Error::new(code, "open of a null modem"))?;
            let handle = OwnedHandle::new(&system, handle, grant)?;
            self.options.set_up(&handle)?;
            handles.push(handle);
        }
        match <[OwnedHandle; 2]>::try_from(handles) {
            Ok(both) => Ok(both),
            Err(_) => unreachable!("a null modem has two ends"),
        }
    }

    /// Calls the two ends `COMfirst` and `COMsecond` in the system's table, instead of what these were.
    ///
    /// # Errors
    /// 87 for port 0, or the same port twice.
    pub fn name(&self, first: u32, second: u32) -> Result<()> {
        let Traits { paced, lossy } = self.traits;
        let line = namespace::NullModem { other: second, paced, lossy };
        let system = self.in_system()?;
        let named = system.namespace().write().set_null_modem(first, line).map(drop);
        named.map_err(|_| Error::new(overlapped_abi::Win32Error::INVALID_PARAMETER, "name of a null modem"))
    }
}
