//! The names of devices: QueryDosDevice and DefineDosDevice (contract 01 section 3).
//!
//! What is told is the table of names, and of it what there is: a port whose hardware is missing is not listed, so programs find their serial
//! ports in this way. Each name leads to what Windows would show: a volume, a serial port, a disk.

use crate::arguments::{name, optional_name, pair};
use crate::names::to_linux;
use crate::support::{Bool, guard_bool, guard_or, system};
use crate::text;
use overlapped_abi::Win32Error;
use overlapped_kernel::namespace::{DiskName, Drive, DriveLetter, Known, Namespace};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Names that are there whatever the table says, and what they lead to.
const ALWAYS: [(&str, &str); 8] = [
    ("NUL", r"\Device\Null"),
    ("PIPE", r"\Device\NamedPipe"),
    ("MAILSLOT", r"\Device\Mailslot"),
    ("CON", r"\Device\ConDrv\Console"),
    ("CONIN$", r"\Device\ConDrv\CurrentIn"),
    ("CONOUT$", r"\Device\ConDrv\CurrentOut"),
    ("UNC", r"\Device\Mup"),
    ("GLOBALROOT", ""),
];

/// Is there hardware behind a tty? The kernel has nodes for serial ports that the machine has not.
fn is_there(tty: &Path) -> bool {
    let node = std::fs::canonicalize(tty).unwrap_or_default();
    let stem = node.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let kind = std::fs::read_to_string(format!("/sys/class/tty/{stem}/type"));
    node.exists() && kind.map_or(true, |kind| kind.trim() != "0")
}

/// A name and what it leads to; `None` if there is nothing.
fn device(table: &Namespace, known: Known<'_>) -> Option<(String, String)> {
    match known {
        Known::Drive(letter) => {
            let place = table.drive(letter)?.directory.as_deref();
            let target = match place.filter(|_| table.is_defined(letter)) {
                Some(place) => format!(r"\??\C:{}", place.to_string_lossy().replace('/', r"\")),
                None => format!(r"\Device\HarddiskVolume{}", table.drive_letters().position(|one| one == letter)? + 1),
            };
            Some((letter.to_string(), target))
        }
        Known::Serial(port, tty) => {
            tty.is_none_or(is_there).then(|| (format!("COM{port}"), format!(r"\Device\Serial{}", port - 1)))
        }
        Known::Parallel(port, path) => {
            path.exists().then(|| (format!("LPT{port}"), format!(r"\Device\Parallel{}", port - 1)))
        }
        Known::Disk(DiskName::PhysicalDrive(n)) => {
            Some((format!("PhysicalDrive{n}"), format!(r"\Device\Harddisk{n}\DR{n}")))
        }
        Known::Disk(DiskName::CdRom(n)) => Some((format!("CdRom{n}"), format!(r"\Device\CdRom{n}"))),
    }
}

/// The device that a drive, given as `C:`, is on.
pub(super) fn target_of_drive(drive: &[u8]) -> Result<OsString, Win32Error> {
    let letter = drive.first().and_then(|letter| DriveLetter::new(char::from(*letter)));
    let table = system()?.namespace().read();
    let found = letter.and_then(|letter| device(&table, Known::Drive(letter)));
    Ok(found.ok_or(Win32Error::PATH_NOT_FOUND)?.1.into())
}

/// A name with a drive as it begins in the namespace of devices.
pub(crate) fn native_name(name: &OsStr) -> Result<OsString, Win32Error> {
    let (drive, rest) = name.as_bytes().split_at_checked(2).ok_or(Win32Error::PATH_NOT_FOUND)?;
    let mut native = target_of_drive(drive)?;
    native.push(OsStr::from_bytes(rest));
    Ok(native)
}

/// All names with what they lead to.
fn all(table: &Namespace) -> Vec<(String, String)> {
    let mut found: Vec<_> = table.known().filter_map(|known| device(table, known)).collect();
    let volumes = table.drive_letters().filter_map(|letter| {
        let (_, target) = device(table, Known::Drive(letter))?;
        Some((table.volume_name(letter)?, target))
    });
    found.extend(volumes.collect::<Vec<_>>());
    let has = |name: &str| found.iter().any(|(known, _)| known == name);
    let aliases = [("AUX", "COM1"), ("PRN", "LPT1")].into_iter().filter(|(_, port)| has(port));
    let aliases: Vec<_> = aliases.map(|(name, port)| (name.to_owned(), format!(r"\DosDevices\{port}"))).collect();
    found.extend(aliases);
    found.extend(ALWAYS.map(|(name, target)| (name.to_owned(), target.to_owned())));
    found
}

pair! {
    /// QueryDosDevice: what a name leads to, or with NULL all names, each with a zero, and one more. The length with all zeros; 0 with 122 if
    /// there is no room, 2 for a name that there is not.
    fn ovl_QueryDosDeviceA ovl_QueryDosDeviceW(device: *const C, buffer: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let wanted = unsafe { optional_name(device) };
            let all = all(&system()?.namespace().read());
            let told: Vec<String> = match wanted {
                None => all.into_iter().map(|(name, _)| name).collect(),
                Some(wanted) => {
                    let is_this = |(name, _): &(String, String)| name.as_bytes().eq_ignore_ascii_case(wanted.as_bytes());
                    vec![all.into_iter().find(is_this).ok_or(Win32Error::FILE_NOT_FOUND)?.1]
                }
            };
            let list: Vec<C> = told.iter().flat_map(|one| text::of::<C>(&format!("{one}\0"))).collect();
            if buffer.is_null() || list.len() >= size as usize {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: it fits, by the comparison above.
            unsafe { text::put(buffer, &list) };
            Ok(list.len() as u32 + 1)
        })
    }
}

const RAW_TARGET_PATH: u32 = 1;
const REMOVE_DEFINITION: u32 = 2;
const EXACT_MATCH_ON_REMOVE: u32 = 4;
const NO_BROADCAST: u32 = 8;

/// What is to be named.
enum Named {
    Drive(DriveLetter),
    Serial(u32),
}

impl Named {
    /// 87 for a name that cannot be given.
    fn of(name: &OsStr) -> Result<Self, Win32Error> {
        let upper = name.as_bytes().to_ascii_uppercase();
        match upper.as_slice() {
            [letter, b':'] => DriveLetter::new(char::from(*letter)).map(Self::Drive),
            other => other
                .strip_prefix(b"COM")
                .and_then(|digits| str::from_utf8(digits).ok()?.parse().ok())
                .filter(|port| *port != 0)
                .map(Self::Serial),
        }
        .ok_or(Win32Error::INVALID_PARAMETER)
    }
}

/// A target that a program got from QueryDosDevice, or gives as it would be there, as a name of ours.
fn target_path(target: &OsStr, raw: bool) -> Result<std::path::PathBuf, Win32Error> {
    let bytes = target.as_bytes();
    if !raw {
        return to_linux(target);
    }
    let plain = bytes.strip_prefix(br"\??\").or_else(|| bytes.strip_prefix(br"\DosDevices\"));
    if let Some(plain) = plain {
        return to_linux(OsStr::from_bytes(plain));
    }
    let table = system()?.namespace().read();
    let leads_there =
        |known: &Known<'_>| device(&table, *known).is_some_and(|(_, told)| told.as_bytes().eq_ignore_ascii_case(bytes));
    match table.known().find(leads_there) {
        Some(Known::Drive(letter)) => table.drive(letter).and_then(|drive| drive.directory.clone()),
        Some(Known::Serial(_, tty)) => tty.map(Path::to_path_buf),
        Some(Known::Parallel(_, path)) => Some(path.to_path_buf()),
        _ => None,
    }
    .ok_or(Win32Error::FILE_NOT_FOUND)
}

fn define(flags: u32, named: &Named, target: &OsStr) -> Result<(), Win32Error> {
    let path = target_path(target, flags & RAW_TARGET_PATH != 0)?;
    let mut table = system()?.namespace().write();
    match named {
        Named::Drive(letter) => table.define_drive(*letter, Drive::new(path)),
        Named::Serial(port) => table.set_serial(*port, path).map(drop),
    }
    .map_err(|_| Win32Error::INVALID_PARAMETER)
}

fn undefine(flags: u32, named: &Named, target: Option<&OsStr>) -> Result<(), Win32Error> {
    let exact = flags & EXACT_MATCH_ON_REMOVE != 0;
    let wanted = target.map(|target| target_path(target, flags & RAW_TARGET_PATH != 0)).transpose();
    let mut table = system()?.namespace().write();
    match named {
        Named::Drive(letter) => {
            let directory = table.drive(*letter).and_then(|drive| drive.directory.clone());
            if exact && wanted?.as_ref() != directory.as_ref() {
                return Err(Win32Error::FILE_NOT_FOUND);
            }
            if table.undefine_drive(*letter) { Ok(()) } else { Err(Win32Error::FILE_NOT_FOUND) }
        }
        Named::Serial(port) if table.has_serial(*port) => {
            table.remove_serial(*port);
            Ok(())
        }
        Named::Serial(_) => Err(Win32Error::FILE_NOT_FOUND),
    }
}

pair! {
    /// DefineDosDevice: a drive that is a directory, or a serial port that is a tty, for this process; in front of the one that has the name,
    /// until the definition is removed. 87 for other names, 2 if there is nothing to remove.
    fn ovl_DefineDosDeviceA ovl_DefineDosDeviceW(flags: u32, device: *const C, target: *const C) -> Bool {
        guard_bool(|| {
            if flags & !(RAW_TARGET_PATH | REMOVE_DEFINITION | EXACT_MATCH_ON_REMOVE | NO_BROADCAST) != 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            let (named, target) = unsafe { (Named::of(&name(device)?)?, optional_name(target)) };
            if flags & REMOVE_DEFINITION != 0 {
                return undefine(flags, &named, target.as_deref());
            }
            define(flags, &named, target.as_deref().ok_or(Win32Error::INVALID_PARAMETER)?)
        })
    }
}
