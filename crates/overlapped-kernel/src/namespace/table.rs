//! The table itself: what it holds without configuration, and how code changes it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::device::{DiskName, DriveLetter};
use super::entries::{Disk, Drive, Entry, EntryError, NullModem, Origin, Serial, Server, absolute};
use super::fold::ObjectName;

/// The serial ports of a table without configuration: first port, how many, and the ttys they are, from number 0.
const DEFAULT_SERIAL: [(u32, u32, &str); 3] = [(1, 32, "/dev/ttyS"), (33, 16, "/dev/ttyUSB"), (49, 16, "/dev/ttyACM")];
/// How many `/dev/lp*` the kernel has.
const DEFAULT_PARALLEL: u32 = 8;

/// The ports of one kind, by number.
pub(super) type Ports<T> = BTreeMap<u32, Entry<T>>;

/// The table in which device names resolve (contract 01 §3); the module page says how.
///
/// Every entry is a default, comes from a configuration file, or was set by code; what is set later replaces what
/// was there. [`iter`](Self::iter) shows them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    pub(super) drives: BTreeMap<DriveLetter, Entry<Drive>>,
    /// What definitions of drives hide, the last one at the end.
    pub(super) hidden: BTreeMap<DriveLetter, Vec<Option<Entry<Drive>>>>,
    pub(super) serial: Ports<Serial>,
    pub(super) parallel: Ports<PathBuf>,
    pub(super) disks: BTreeMap<DiskName, Entry<Disk>>,
    pub(super) servers: BTreeMap<ObjectName, Entry<Server>>,
    pub(super) computer: Option<ObjectName>,
}

impl Default for Namespace {
    fn default() -> Self {
        Self::new()
    }
}

impl Namespace {
    /// The table as it is without configuration.
    ///
    /// `C:` is `/`; `COM1` to `COM32` are `/dev/ttyS0` and on, `COM33` to `COM48` `/dev/ttyUSB0` and on, `COM49` to
    /// `COM64` `/dev/ttyACM0` and on; `LPT1` to `LPT8` are `/dev/lp0` and on. Disks are added by who discovers them.
    /// An entry does not promise that the device is there.
    pub fn new() -> Self {
        let mut table = Self::empty();
        let by_default = |path: String| Entry { value: PathBuf::from(path), origin: Origin::Default };
        for (first, count, stem) in DEFAULT_SERIAL {
            let tty = |n| Entry { value: Serial::Tty(format!("{stem}{n}").into()), origin: Origin::Default };
            table.serial.extend((0..count).map(|n| (first + n, tty(n))));
        }
        let printers = (0..DEFAULT_PARALLEL).map(|n| (n + 1, by_default(format!("/dev/lp{n}"))));
        table.parallel.extend(printers);
        let root = Entry { value: Drive::new("/"), origin: Origin::Default };
        table.drives.insert(DriveLetter::C, root);
        table
    }

    /// A table without any entry: POSIX paths, `NUL`, the console, and local pipes and mailslots resolve, nothing
    /// else. For tests that must not touch the machine's devices.
    pub fn empty() -> Self {
        Self {
            drives: BTreeMap::new(),
            hidden: BTreeMap::new(),
            serial: BTreeMap::new(),
            parallel: BTreeMap::new(),
            disks: BTreeMap::new(),
            servers: BTreeMap::new(),
            computer: None,
        }
    }

    /// Says what this computer is called, so that `\\name\pipe\…` is local (contract 07 §1.1). `.`, `localhost` and
    /// `127.0.0.1` always are.
    pub fn set_computer_name(&mut self, name: impl Into<OsString>) -> &mut Self {
        self.computer = Some(ObjectName::new(name));
        self
    }

    /// Sets a drive.
    ///
    /// # Errors
    /// A path that is not absolute, a directory with `..`, or a drive with neither directory nor device.
    pub fn set_drive(&mut self, letter: DriveLetter, to: Drive) -> Result<&mut Self, EntryError> {
        self.put_drive(letter, to, Origin::Code)?;
        Ok(self)
    }

    /// Sets serial port `COMport` (contract 01 §5): a tty, or a pseudo-terminal in tests.
    ///
    /// # Errors
    /// Port 0, or a path that is not absolute.
    pub fn set_serial(&mut self, port: u32, path: impl Into<PathBuf>) -> Result<&mut Self, EntryError> {
        let value = Serial::Tty(absolute(path.into())?);
        put_port(&mut self.serial, port, value, Origin::Code)?;
        Ok(self)
    }

    /// Makes serial port `COMport` and the one that `line` names the two ends of a null modem.
    ///
    /// # Errors
    /// Port 0, or the same port twice.
    pub fn set_null_modem(&mut self, port: u32, line: NullModem) -> Result<&mut Self, EntryError> {
        self.put_null_modem(port, line, Origin::Code)?;
        Ok(self)
    }

    /// Is there a serial port of this number?
    pub fn has_serial(&self, port: u32) -> bool {
        self.serial.contains_key(&port)
    }

    /// Sets parallel port `LPTport` (contract 01 §4.5).
    ///
    /// # Errors
    /// Port 0, or a path that is not absolute.
    pub fn set_parallel(&mut self, port: u32, path: impl Into<PathBuf>) -> Result<&mut Self, EntryError> {
        let path = absolute(path.into())?;
        put_port(&mut self.parallel, port, path, Origin::Code)?;
        Ok(self)
    }

    /// Sets a whole disk (contract 01 §4.4).
    ///
    /// # Errors
    /// A path that is not absolute.
    pub fn set_disk(&mut self, name: DiskName, to: Disk) -> Result<&mut Self, EntryError> {
        self.put_disk(name, to, Origin::Code)?;
        Ok(self)
    }

    /// Adds a disk that was discovered on this machine, unless the table has an entry of that name: what the user
    /// configured goes before what was found.
    ///
    /// # Errors
    /// A path that is not absolute.
    pub fn discovered_disk(&mut self, name: DiskName, to: Disk) -> Result<&mut Self, EntryError> {
        if !self.disks.contains_key(&name) {
            self.put_disk(name, to, Origin::Default)?;
        }
        Ok(self)
    }

    /// Sets a computer or domain (contract 01 §3, 07 §4.2). The one called `*` is the primary domain.
    ///
    /// # Errors
    /// A share whose directory is not absolute or has `..` in it.
    pub fn set_server(&mut self, name: impl Into<OsString>, to: Server) -> Result<&mut Self, EntryError> {
        self.put_server(ObjectName::new(name), to, Origin::Code)?;
        Ok(self)
    }

    /// Takes a drive out of the table.
    pub fn remove_drive(&mut self, letter: DriveLetter) -> &mut Self {
        self.drives.remove(&letter);
        self
    }

    /// Takes a serial port out of the table.
    pub fn remove_serial(&mut self, port: u32) -> &mut Self {
        self.serial.remove(&port);
        self
    }

    /// Takes a parallel port out of the table.
    pub fn remove_parallel(&mut self, port: u32) -> &mut Self {
        self.parallel.remove(&port);
        self
    }

    /// Takes a disk out of the table.
    pub fn remove_disk(&mut self, name: DiskName) -> &mut Self {
        self.disks.remove(&name);
        self
    }

    /// Takes a computer out of the table.
    pub fn remove_server(&mut self, name: impl Into<OsString>) -> &mut Self {
        self.servers.remove(&ObjectName::new(name));
        self
    }

    /// The drive of that letter.
    pub fn drive(&self, letter: DriveLetter) -> Option<&Drive> {
        self.drives.get(&letter).map(|entry| &entry.value)
    }

    /// The disks, and where each is.
    pub fn disks(&self) -> impl Iterator<Item = (DiskName, &std::path::Path)> {
        self.disks.iter().map(|(name, entry)| (*name, entry.value.path.as_path()))
    }

    /// The letters in use, in order; their [`mask`](DriveLetter::mask)s make up what `GetLogicalDrives` returns.
    pub fn drive_letters(&self) -> impl Iterator<Item = DriveLetter> + '_ {
        self.drives.keys().copied()
    }
}

/// Setting with the origin given, as code and configuration files share it.
impl Namespace {
    pub(super) fn put_drive(&mut self, letter: DriveLetter, to: Drive, origin: Origin) -> Result<(), EntryError> {
        let value = to.checked()?;
        self.drives.insert(letter, Entry { value, origin });
        Ok(())
    }

    pub(super) fn put_null_modem(&mut self, port: u32, line: NullModem, origin: Origin) -> Result<(), EntryError> {
        let other = line.other;
        if other == port {
            return Err(EntryError::OneEnd(port));
        }
        if port == 0 || other == 0 {
            return Err(EntryError::PortZero);
        }
        let back = NullModem { other: port, ..line };
        put_port(&mut self.serial, port, Serial::NullModem(line), origin.clone())?;
        put_port(&mut self.serial, other, Serial::NullModem(back), origin)
    }

    pub(super) fn put_disk(&mut self, name: DiskName, to: Disk, origin: Origin) -> Result<(), EntryError> {
        let value = to.checked()?;
        self.disks.insert(name, Entry { value, origin });
        Ok(())
    }

    pub(super) fn put_server(&mut self, name: ObjectName, to: Server, origin: Origin) -> Result<(), EntryError> {
        let value = to.checked()?;
        // Out first: a key that is equal keeps its old spelling otherwise.
        self.servers.remove(&name);
        self.servers.insert(name, Entry { value, origin });
        Ok(())
    }
}

/// Sets one port in a table of ports.
pub(super) fn put_port<T>(ports: &mut Ports<T>, port: u32, value: T, origin: Origin) -> Result<(), EntryError> {
    if port == 0 {
        return Err(EntryError::PortZero);
    }
    ports.insert(port, Entry { value, origin });
    Ok(())
}
