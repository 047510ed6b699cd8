//! What a name leads to.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::device::{DiskName, DriveLetter};
use super::entries::NullModem;
use super::fold::ObjectName;

/// What a name leads to: the kind of device and where it is on Linux (contract 01 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path of the file system: a file, a directory, or a special file that the opener recognises by its kind
    /// (01 §4.1, §4.2).
    File(FileTarget),
    /// `\\.\X:`, a volume as a run of sectors (01 §4.3).
    Volume(VolumeTarget),
    /// `\\.\PhysicalDriveN` or `\\.\CdRomN`, a whole disk (01 §4.4).
    Disk {
        /// Which disk.
        name: DiskName,
        /// The block device or image file it is.
        path: PathBuf,
        /// Whether the table allows writing even while a file system on it is mounted.
        writable: bool,
    },
    /// `COMn` or `AUX`, a serial port (01 §5).
    Serial {
        /// The `n` of `COMn`.
        port: u32,
        /// The tty it is.
        path: PathBuf,
    },
    /// `COMn` that is one end of a simulated null modem (01 §5).
    NullModem {
        /// The `n` of `COMn`.
        port: u32,
        /// The line, and whose port is at its other end.
        line: NullModem,
    },
    /// `LPTn` or `PRN`, a parallel port (01 §4.5).
    Parallel {
        /// The `n` of `LPTn`.
        port: u32,
        /// The printer device it is.
        path: PathBuf,
    },
    /// `NUL`: reads find the end at once, writes vanish (01 §3).
    Null,
    /// `CON`: the console's input or output, as the access asked for decides (01 §3, 09 §2).
    Console,
    /// `CONIN$`, the console's input buffer (09 §2).
    ConsoleInput,
    /// `CONOUT$`, the console's active screen buffer (09 §2).
    ConsoleOutput,
    /// `\\.\pipe\name` of this computer (07 §1.1).
    Pipe(ObjectName),
    /// `\\.\pipe\` itself, which takes `FSCTL_PIPE_WAIT` (01 §6).
    PipeRoot,
    /// `\\…\mailslot\name`, the writing side (07 §4.2).
    Mailslot {
        /// The name, with the path levels before it.
        name: ObjectName,
        /// Whose mailslots of that name a message goes to.
        reach: MailslotReach,
    },
}

/// A path of the file system (contract 01 §2.5, §4.1, §4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTarget {
    /// The Linux path, absolute. Of a Windows name it has no `.`, no `..` and, the root apart, no separator at its
    /// end; a POSIX name is left as it was written.
    pub path: PathBuf,
    /// The drive the name is on; `None` for a POSIX path, a share, and a relative name outside all drives.
    pub drive: Option<DriveLetter>,
    /// The name ends in a separator. It can then only be a directory, and to open one without
    /// `FILE_FLAG_BACKUP_SEMANTICS` fails with 3 instead of 5 (§2.5).
    pub trailing_separator: bool,
    /// The name is a drive letter and a colon: the current directory of that drive (§2.5).
    pub bare_drive: bool,
}

/// A volume as a run of sectors (contract 01 §4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeTarget {
    /// The drive it is.
    pub drive: DriveLetter,
    /// Its block device or image file, if the table names one. Otherwise it is the device mounted at
    /// [`directory`](Self::directory), which the opener looks up.
    pub device: Option<PathBuf>,
    /// Where its files are, if the table says so.
    pub directory: Option<PathBuf>,
    /// Whether the table allows writing even while its file system is mounted.
    pub writable: bool,
}

/// Whose mailslots a message goes to (contract 07 §4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailslotReach {
    /// The one on this computer; it must exist.
    Local,
    /// Those of another computer or of a domain. The name opens even if nobody listens, and even if the table has
    /// no address for it: such messages vanish, as unacknowledged datagrams may.
    Peers(Vec<SocketAddr>),
    /// Every computer of the primary domain, this one included.
    Everyone(Vec<SocketAddr>),
}
