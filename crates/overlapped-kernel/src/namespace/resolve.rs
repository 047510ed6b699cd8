//! From a name to what it leads to: the forms of [`super::form`] meet the table.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::component::{self, Component, Flaw};
use super::device::{self, Device, DriveLetter};
use super::entries::{Entry, Serial};
use super::error::NameError;
use super::fold::{ObjectName, readable};
use super::form::{Form, Style, split_first};
use super::table::Namespace;
use super::target::{FileTarget, Target, VolumeTarget};
use super::walk::{CaseRule, Lookup, Walked, locate};

/// The longest path Linux takes: `PATH_MAX` less the terminating zero.
const MAX_LINUX: usize = 4095;

const MISSPELT: &str = "check its spelling; `ovl devices` lists what there is";
const NO_SERIAL: &str = "give the port a tty under [serial] in devices.toml";
const NO_PARALLEL: &str = "give the port a device under [parallel] in devices.toml";
const NO_DISK: &str = "give it a block device or image file under [disks] in devices.toml";
const NO_DRIVE: &str = "give the drive a directory or device under [drives] in devices.toml";

impl Namespace {
    /// Finds what `name` leads to, as `CreateFile` takes it (contract 01 §2.5, §3).
    ///
    /// File names are matched without regard to case where the exact name is missing. Any string is safe to pass:
    /// bytes that are not UTF-8 and lone surrogates (in WTF-8) are characters like others.
    ///
    /// # Errors
    /// A name that is malformed or that the table does not know. Whether what it leads to exists is not looked at.
    pub fn resolve(&self, name: impl AsRef<OsStr>, lookup: &dyn Lookup) -> Result<Target, NameError> {
        self.resolve_with(name, lookup, CaseRule::default())
    }

    /// As [`resolve`](Self::resolve), with the rule by which file names are compared.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_with(
        &self,
        name: impl AsRef<OsStr>,
        lookup: &dyn Lookup,
        case: CaseRule,
    ) -> Result<Target, NameError> {
        let name = name.as_ref().as_bytes();
        let table = self;
        Resolver { table, lookup, case, name }.resolve()
    }
}

/// One name being resolved.
struct Resolver<'a> {
    table: &'a Namespace,
    lookup: &'a dyn Lookup,
    case: CaseRule,
    name: &'a [u8],
}

/// Where a path starts, and on which drive.
struct Base {
    drive: Option<DriveLetter>,
    walked: Walked,
}

impl Resolver<'_> {
    fn root(&self, drive: Option<DriveLetter>, root: &Path) -> Base {
        Base { drive, walked: Walked::root(root, self.name.len()) }
    }

    /// The base `directory`, which is `root` or below it.
    fn at(&self, drive: Option<DriveLetter>, root: &Path, directory: &Path) -> Base {
        let mut base = self.root(drive, root);
        base.walked.walk(directory.strip_prefix(root).unwrap_or(directory));
        base
    }
}

impl Resolver<'_> {
    fn resolve(&self) -> Result<Target, NameError> {
        match Form::parse(self.name)? {
            Form::Posix(path) => self.posix(path),
            Form::Relative { path, style } => match console(path) {
                Some(target) => Ok(target),
                None => self.path(|| self.current(), path, style),
            },
            Form::Rooted { path } => self.path(|| self.current_root(), path, Style::Ordinary),
            Form::Absolute { drive, path } => self.path(|| self.drive_root(drive), path, Style::Ordinary),
            Form::DriveRelative { drive, path } => self.path(|| self.drive_current(drive), path, Style::Ordinary),
            Form::Unc { path } => self.unc(path, Style::Ordinary),
            Form::Device { path, style } => self.device(path, style),
        }
    }

    /// A POSIX path, as it is (decision D9). But programs put a backslash and a name behind directories that they were given, so
    /// backslashes separate in one that does not exist byte for byte, unless exact names are asked for.
    fn posix(&self, path: &[u8]) -> Result<Target, NameError> {
        let exact = self.case == CaseRule::Exact
            || !path.contains(&b'\\')
            || self.lookup.exists(Path::new(OsStr::from_bytes(path)));
        let separated = |&byte: &u8| if byte == b'\\' { b'/' } else { byte };
        let path = if exact { path.to_vec() } else { path.iter().map(separated).collect() };
        self.file(FileTarget {
            trailing_separator: path.ends_with(b"/"),
            path: PathBuf::from(OsString::from_vec(path)),
            drive: None,
            bare_drive: false,
        })
    }

    /// A path below what `base` gives, or the device its last component is reserved for. The base is asked for only
    /// if it is a path, so that `NUL` opens on an unmapped drive too.
    fn path(
        &self,
        base: impl FnOnce() -> Result<Base, NameError>,
        path: &[u8],
        style: Style,
    ) -> Result<Target, NameError> {
        if style.reserves_names() {
            let last = path.rsplit(|&byte| style.separates(byte)).next();
            if let Some(device) = last.and_then(device::reserved) {
                return self.reserved(device);
            }
        }
        let mut base = base()?;
        let ended = self.descend(&mut base, path, style)?;
        self.file(FileTarget {
            path: locate(base.walked, self.case, self.lookup),
            drive: base.drive,
            trailing_separator: ended || self.name.last().is_some_and(|&byte| style.separates(byte)),
            bare_drive: matches!(self.name, [_, b':']),
        })
    }

    /// Walks the components of `path` from `base` on, in the text. Was the last one dropped, so that the separator before it ends
    /// the path?
    fn descend(&self, base: &mut Base, path: &[u8], style: Style) -> Result<bool, NameError> {
        let mut pieces = path.split(|&byte| style.separates(byte)).peekable();
        while let Some(piece) = pieces.next() {
            if piece.is_empty() && pieces.peek().is_none() {
                break; // the end of the path, or its trailing separator
            }
            match self.component(base, piece, style) {
                Ok(Component::Stay) => {}
                Ok(Component::Up) => base.walked.up(),
                Ok(Component::Down(name)) => base.walked.down(name),
                // Dots and blanks at the end of a path go, and here nothing else was there.
                Err(Flaw::Useless) if style != Style::Verbatim && pieces.peek().is_none() => {
                    // Blanks alone are no name at all.
                    let blank = self.name.iter().all(|&byte| byte == b' ');
                    return if blank { Err(NameError::Empty) } else { Ok(true) };
                }
                Err(flaw) => return Err(flaw.in_name(self.name, piece)),
            }
        }
        Ok(false)
    }

    /// One component. In a name that may be POSIX, one that Windows would refuse or shorten stands if it exists.
    fn component<'p>(&self, base: &Base, piece: &'p [u8], style: Style) -> Result<Component<'p>, Flaw> {
        let read = component::read(piece, style);
        let irregular = match read {
            Ok(Component::Down(name)) => name != piece,
            Ok(_) => false,
            Err(_) => true,
        };
        if irregular && style == Style::PosixFirst {
            let as_it_is = base.walked.path().join(OsStr::from_bytes(piece));
            if self.lookup.exists(&as_it_is) {
                return Ok(Component::Down(piece));
            }
        }
        read
    }

    fn file(&self, target: FileTarget) -> Result<Target, NameError> {
        let length = target.path.as_os_str().len();
        if length > MAX_LINUX {
            return Err(NameError::TooLong {
                length,
                limit: MAX_LINUX,
                remedy: "change the current directory and give a relative path",
            });
        }
        Ok(Target::File(target))
    }

    /// Where relative names start.
    fn current(&self) -> Result<Base, NameError> {
        let current = self.current_dir()?;
        let drives = self.table.drives.iter();
        let holding = drives.filter_map(|(&letter, entry)| {
            let root = entry.value.directory.as_deref()?;
            current.starts_with(root).then_some((letter, root))
        });
        // The deepest; of equals the first letter.
        let deepest = holding.max_by_key(|(letter, root)| (root.components().count(), std::cmp::Reverse(*letter)));
        Ok(match deepest {
            Some((letter, root)) => self.at(Some(letter), root, &current),
            None => self.at(None, Path::new("/"), &current),
        })
    }

    /// The root of the current drive.
    fn current_root(&self) -> Result<Base, NameError> {
        let mut current = self.current()?;
        current.walked.back();
        Ok(current)
    }

    fn current_dir(&self) -> Result<PathBuf, NameError> {
        self.lookup.current_dir().map_err(|error| NameError::NoCurrentDirectory { reason: error.to_string() })
    }

    fn drive_root(&self, drive: DriveLetter) -> Result<Base, NameError> {
        Ok(self.root(Some(drive), self.directory_of(drive)?))
    }

    /// Where `X:rel` starts.
    fn drive_current(&self, drive: DriveLetter) -> Result<Base, NameError> {
        let root = self.directory_of(drive)?;
        let own = self.lookup.drive_current_dir(drive);
        let current = own.map_or_else(|| self.current_dir(), Ok)?;
        Ok(if current.starts_with(root) { self.at(Some(drive), root, &current) } else { self.root(Some(drive), root) })
    }

    fn directory_of(&self, drive: DriveLetter) -> Result<&Path, NameError> {
        let directory = self.table.drive(drive).and_then(|to| to.directory.as_deref());
        directory.ok_or(NameError::UnmappedDrive(drive))
    }

    /// `server\share\path`: a share, or the pipes or mailslots of a computer.
    fn unc(&self, path: &[u8], style: Style) -> Result<Target, NameError> {
        let (server, path) = split_first(path, style);
        let (share, rest) = split_first(path.unwrap_or_default(), style);
        if server.is_empty() || share.is_empty() {
            let name = readable(self.name);
            return Err(NameError::NoShare { name });
        }
        if share.eq_ignore_ascii_case(b"mailslot") {
            return self.table.mailslot(self.name, server, rest);
        }
        for part in [server, share] {
            component::legal(part).map_err(|flaw| flaw.in_name(self.name, part))?;
        }
        if share.eq_ignore_ascii_case(b"pipe") {
            return self.table.server_pipe(self.name, server, rest);
        }
        let root = self.share(server, share)?;
        let base = || Ok(self.root(None, root));
        self.path(base, rest.unwrap_or_default(), style)
    }

    fn share(&self, server: &[u8], share: &[u8]) -> Result<&Path, NameError> {
        let known = self.table.servers.get(&ObjectName::new(OsStr::from_bytes(server)));
        if known.is_none() && !self.table.is_local(server) {
            let server = readable(server);
            return Err(NameError::UnknownServer { server });
        }
        let name = ObjectName::new(OsStr::from_bytes(share));
        let directory = known.and_then(|entry| entry.value.shares.get(&name));
        directory
            .map(PathBuf::as_path)
            .ok_or_else(|| NameError::UnknownShare { server: readable(server), share: readable(share) })
    }

    /// What follows `\\.\` or `\\?\`.
    fn device(&self, path: &[u8], style: Style) -> Result<Target, NameError> {
        let (first, rest) = split_first(path, style);
        let volume = || self.table.drive_of_volume(first).map(Device::Drive);
        match (device::named(first).or_else(volume), rest) {
            (Some(Device::Pipe), rest) => self.table.local_pipe(self.name, rest),
            (Some(Device::Mailslot), rest) => self.table.mailslot(self.name, b".", rest),
            (Some(Device::Unc), rest) => self.unc(rest.unwrap_or_default(), style),
            (Some(Device::Drive(drive)), Some(path)) => self.path(|| self.drive_root(drive), path, style),
            (Some(device), None) => self.reserved(device),
            (None, _) | (Some(_), Some(_)) => Err(self.no_device(MISSPELT)),
        }
    }

    /// A device that stands alone.
    fn reserved(&self, device: Device) -> Result<Target, NameError> {
        match device {
            Device::Null => Ok(Target::Null),
            Device::Console => Ok(Target::Console),
            Device::ConsoleInput => Ok(Target::ConsoleInput),
            Device::ConsoleOutput => Ok(Target::ConsoleOutput),
            Device::Serial(port) => match self.table.serial.get(&port) {
                Some(Entry { value: Serial::Tty(path), .. }) => Ok(Target::Serial { port, path: path.clone() }),
                Some(Entry { value: Serial::NullModem(line), .. }) => Ok(Target::NullModem { port, line: *line }),
                None => Err(self.no_device(NO_SERIAL)),
            },
            Device::Parallel(port) => match self.table.parallel.get(&port) {
                Some(entry) => Ok(Target::Parallel { port, path: entry.value.clone() }),
                None => Err(self.no_device(NO_PARALLEL)),
            },
            Device::Disk(name) => match self.table.disks.get(&name) {
                Some(entry) => {
                    Ok(Target::Disk { name, path: entry.value.path.clone(), writable: entry.value.writable })
                }
                None => Err(self.no_device(NO_DISK)),
            },
            Device::Drive(drive) => self.volume(drive),
            // Never reserved, and taken care of by `device`; alone they name nothing.
            Device::Pipe | Device::Mailslot | Device::Unc => Err(self.no_device(MISSPELT)),
        }
    }

    fn volume(&self, drive: DriveLetter) -> Result<Target, NameError> {
        let Some(entry) = self.table.drive(drive) else {
            return Err(self.no_device(NO_DRIVE));
        };
        Ok(Target::Volume(VolumeTarget {
            drive,
            device: entry.device.clone(),
            directory: entry.directory.clone(),
            writable: entry.writable,
        }))
    }

    fn no_device(&self, remedy: &'static str) -> NameError {
        let name = readable(self.name);
        NameError::NoSuchDevice { name, remedy }
    }
}

/// `CONIN$` and `CONOUT$` are names for `CreateFile` only, not reserved in directories (contract 01 §3).
fn console(name: &[u8]) -> Option<Target> {
    match device::named(name)? {
        Device::ConsoleInput => Some(Target::ConsoleInput),
        Device::ConsoleOutput => Some(Target::ConsoleOutput),
        _ => None,
    }
}
