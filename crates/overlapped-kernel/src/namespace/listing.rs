//! The table as a list, for `ovl devices` and for people.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use super::entries::{Origin, Serial, Server};
use super::fold::ObjectName;
use super::table::Namespace;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// The Windows name: `C:`, `COM7`, `PHYSICALDRIVE0`, `\\server\share`, `\\server\mailslot`, `\\server`.
    pub name: String,
    /// Where it leads.
    pub to: MappedTo<'a>,
    /// Whether sectors may be written even while a file system on them is mounted.
    pub writable: bool,
    /// Who put it there.
    pub origin: &'a Origin,
}

/// Where a line of the table leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappedTo<'a> {
    /// A drive: its files, its sectors, or both.
    Drive {
        /// The directory of its files.
        directory: Option<&'a Path>,
        /// The block device or image with its sectors.
        device: Option<&'a Path>,
    },
    /// A device or image file.
    Device(&'a Path),
    /// A null modem, at whose other end is the serial port of this number.
    NullModem(u32),
    /// The directory of a share.
    Directory(&'a Path),
    /// Where datagrams to mailslots go.
    Peers(&'a [SocketAddr]),
    /// This computer, by another name.
    ThisComputer,
}

impl Namespace {
    /// Every entry: drives, serial and parallel ports, disks, then computers, each in the order of its name.
    pub fn iter(&self) -> impl Iterator<Item = Mapping<'_>> {
        let drives = self.drives.iter().map(|(letter, entry)| Mapping {
            name: letter.to_string(),
            to: MappedTo::Drive { directory: entry.value.directory.as_deref(), device: entry.value.device.as_deref() },
            writable: entry.value.writable,
            origin: &entry.origin,
        });
        let port = |name, to, origin| Mapping { name, to, writable: false, origin };
        let serial = self.serial.iter().map(move |(number, entry)| {
            let to = match &entry.value {
                Serial::Tty(path) => MappedTo::Device(path),
                Serial::NullModem(line) => MappedTo::NullModem(line.other),
            };
            port(format!("COM{number}"), to, &entry.origin)
        });
        let parallel = self.parallel.iter();
        let parallel = parallel
            .map(move |(number, entry)| port(format!("LPT{number}"), MappedTo::Device(&entry.value), &entry.origin));
        let ports = serial.chain(parallel);
        let disks = self.disks.iter().map(|(name, entry)| Mapping {
            name: name.to_string(),
            to: MappedTo::Device(&entry.value.path),
            writable: entry.value.writable,
            origin: &entry.origin,
        });
        let servers = self.servers.iter();
        let servers = servers.flat_map(|(name, e)| server_lines(name, &e.value, &e.origin));
        drives.chain(ports).chain(disks).chain(servers)
    }
}

/// A computer is one line for each thing it has.
fn server_lines<'a>(
    server: &'a ObjectName,
    entry: &'a Server,
    origin: &'a Origin,
) -> impl Iterator<Item = Mapping<'a>> {
    let line = move |name: String, to| Mapping { name, to, writable: false, origin };
    let local = entry.local.then(|| line(format!(r"\\{server}"), MappedTo::ThisComputer));
    let mailslots =
        (!entry.mailslots.is_empty()).then(|| line(format!(r"\\{server}\mailslot"), MappedTo::Peers(&entry.mailslots)));
    let shares = entry
        .shares
        .iter()
        .map(move |(share, directory)| line(format!(r"\\{server}\{share}"), MappedTo::Directory(directory)));
    local.into_iter().chain(mailslots).chain(shares)
}

impl fmt::Display for MappedTo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drive { directory, device } => match (directory, device) {
                (Some(directory), Some(device)) => {
                    write!(f, "{} on {}", directory.display(), device.display())
                }
                (Some(only), None) | (None, Some(only)) => only.display().fmt(f),
                (None, None) => f.write_str("nothing"),
            },
            Self::Device(path) | Self::Directory(path) => path.display().fmt(f),
            Self::NullModem(other) => write!(f, "null modem to COM{other}"),
            Self::Peers(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
                f.write_str(&addresses.join(", "))
            }
            Self::ThisComputer => f.write_str("this computer"),
        }
    }
}

impl fmt::Display for Mapping<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.name, self.to)?;
        if self.writable {
            f.write_str(", writable")?;
        }
        write!(f, " ({})", self.origin)
    }
}
