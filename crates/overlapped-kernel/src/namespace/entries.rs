//! The entries of the table, each kind with what it must say.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};

use super::fold::ObjectName;

/// A drive: where its files are, its sectors, or both (contract 01 §3, §4.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// The directory that is `X:\`. Without one, only `\\.\X:` resolves.
    pub directory: Option<PathBuf>,
    /// The block device or image file that is `\\.\X:`. Without one, it is the device mounted at the directory.
    pub device: Option<PathBuf>,
    /// Allow sectors to be written even while a file system on the device is mounted. This destroys file systems.
    pub writable: bool,
}

impl Drive {
    /// The drive whose files are in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: Some(directory.into()), ..Self::default() }
    }

    pub(super) fn checked(self) -> Result<Self, EntryError> {
        if self.directory.is_none() && self.device.is_none() {
            return Err(EntryError::EmptyDrive);
        }
        Ok(Self {
            directory: self.directory.as_deref().map(root_path).transpose()?,
            device: self.device.map(absolute).transpose()?,
            writable: self.writable,
        })
    }
}

/// A whole disk: a block device or an image file (contract 01 §4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// The device or image.
    pub path: PathBuf,
    /// Allow it to be written even while a file system on it is mounted. This destroys file systems.
    pub writable: bool,
}

impl Disk {
    /// The disk at `path`, writable only while nothing on it is mounted.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), writable: false }
    }

    pub(super) fn checked(self) -> Result<Self, EntryError> {
        Ok(Self { path: absolute(self.path)?, writable: self.writable })
    }
}

/// What a serial port is (contract 01 §5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Serial {
    /// A tty.
    Tty(PathBuf),
    /// An end of a simulated null modem.
    NullModem(NullModem),
}

/// Two serial ports that are joined by a crossed line, inside the process and without any hardware (contract 01 §5): what one
/// sends the other receives, RTS leads to CTS, and DTR to DSR and the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NullModem {
    /// The number of the port at the other end.
    pub other: u32,
    /// Bytes take the time that the baud rate says; else none.
    pub paced: bool,
    /// What does not fit into the other end's queue is lost (CE_RXOVER), as on a real line; else the sender waits.
    pub lossy: bool,
}

impl NullModem {
    /// The quick line that loses nothing, to this port.
    pub fn to(other: u32) -> Self {
        Self { other, paced: false, lossy: false }
    }
}

/// A computer, or a domain of computers, as `\\server\…` names it (contract 01 §3, 07 §4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// The directory behind each share.
    pub shares: BTreeMap<ObjectName, PathBuf>,
    /// Where datagrams to its mailslots go; several addresses make it a domain.
    pub mailslots: Vec<SocketAddr>,
    /// The name is another one for this computer: its pipes and mailslots are ours.
    pub local: bool,
}

impl Server {
    pub(super) fn checked(mut self) -> Result<Self, EntryError> {
        for directory in self.shares.values_mut() {
            *directory = root_path(directory)?;
        }
        Ok(self)
    }
}

/// Who put an entry into the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The table as it is without configuration.
    Default,
    /// A call of the program.
    Code,
    /// A configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line of the entry in it, counted from 1.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Code => f.write_str("code"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
        }
    }
}

/// Why the table refuses an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// A path that does not begin with `/`: it would change its meaning with the current directory.
    #[error("{0:?} is not an absolute path: write it from `/` on")]
    NotAbsolute(PathBuf),
    /// A directory with `..` in it, which would put its root elsewhere than it reads.
    #[error("{0:?} holds `..`: write the directory it leads to")]
    ParentInRoot(PathBuf),
    /// A drive with neither directory nor device.
    #[error("the drive leads nowhere: give it a `directory`, a `device`, or both")]
    EmptyDrive,
    /// A port whose number is 0.
    #[error("there is no port 0: ports count from 1")]
    PortZero,
    /// A null modem from a port to itself.
    #[error("COM{0} cannot be both ends of a null modem: name another port")]
    OneEnd(u32),
}

/// `path`, if it is absolute. It is otherwise left as it is: a link in `/dev/disk/by-id` is a good device name.
pub(super) fn absolute(path: PathBuf) -> Result<PathBuf, EntryError> {
    if path.is_absolute() { Ok(path) } else { Err(EntryError::NotAbsolute(path)) }
}

/// A directory that is the root of a drive or share, without doubled separators, `.`, or a separator at its end.
fn root_path(path: &Path) -> Result<PathBuf, EntryError> {
    let path = absolute(path.to_path_buf())?;
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(EntryError::ParentInRoot(path));
    }
    Ok(path.components().collect())
}

/// A value of the table and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}
