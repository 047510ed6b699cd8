//! The names of devices: those that stand alone, those reserved in every directory, and drive letters.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

/// A drive letter, `A` to `Z`; made from either case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriveLetter(u8);

impl DriveLetter {
    /// The drive everything is on unless the table says otherwise (decision D9).
    pub const C: Self = Self(b'C');

    /// The drive of that letter, in either case; `None` if it is no ASCII letter.
    pub const fn new(letter: char) -> Option<Self> {
        if letter.is_ascii_alphabetic() { Some(Self(letter.to_ascii_uppercase() as u8)) } else { None }
    }

    /// The letter, in upper case.
    pub const fn as_char(self) -> char {
        self.0 as char
    }

    /// Its bit in the mask that `GetLogicalDrives` returns: `A:` is bit 0 (contract 01 §6).
    pub const fn mask(self) -> u32 {
        1 << (self.0 - b'A')
    }
}

impl fmt::Display for DriveLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.as_char())
    }
}

impl fmt::Debug for DriveLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A whole disk, as `\\.\` names it (contract 01 §3, §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiskName {
    /// `\\.\PhysicalDriveN`
    PhysicalDrive(u32),
    /// `\\.\CdRomN`
    CdRom(u32),
}

impl fmt::Display for DiskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PhysicalDrive(number) => write!(f, "PHYSICALDRIVE{number}"),
            Self::CdRom(number) => write!(f, "CDROM{number}"),
        }
    }
}

/// What the first component behind `\\.\` or `\\?\`, or a reserved name, stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    Null,
    Console,
    ConsoleInput,
    ConsoleOutput,
    Serial(u32),
    Parallel(u32),
    Disk(DiskName),
    Drive(DriveLetter),
    Pipe,
    Mailslot,
    Unc,
}

/// The device that `name` is behind `\\.\` or `\\?\`, in any case (contract 01 §3).
pub(super) fn named(name: &[u8]) -> Option<Device> {
    // The longest: `PHYSICALDRIVE` with the ten digits of a number.
    let mut upper = [0; 23];
    let upper = upper.get_mut(..name.len())?;
    upper.copy_from_slice(name);
    upper.make_ascii_uppercase();
    Some(match &*upper {
        b"NUL" => Device::Null,
        b"CON" => Device::Console,
        b"CONIN$" => Device::ConsoleInput,
        b"CONOUT$" => Device::ConsoleOutput,
        b"AUX" => Device::Serial(1),
        b"PRN" => Device::Parallel(1),
        b"PIPE" => Device::Pipe,
        b"MAILSLOT" => Device::Mailslot,
        b"UNC" => Device::Unc,
        [letter, b':'] => Device::Drive(DriveLetter::new(char::from(*letter))?),
        other => numbered(other)?,
    })
}

/// A port or disk with its number, in upper case; ports count from 1, disks from 0.
fn numbered(name: &[u8]) -> Option<Device> {
    let port = |digits| number(digits).filter(|&port| port >= 1);
    if let Some(digits) = name.strip_prefix(b"COM") {
        port(digits).map(Device::Serial)
    } else if let Some(digits) = name.strip_prefix(b"LPT") {
        port(digits).map(Device::Parallel)
    } else if let Some(digits) = name.strip_prefix(b"PHYSICALDRIVE") {
        number(digits).map(|n| Device::Disk(DiskName::PhysicalDrive(n)))
    } else if let Some(digits) = name.strip_prefix(b"CDROM") {
        number(digits).map(|n| Device::Disk(DiskName::CdRom(n)))
    } else {
        None
    }
}

/// A decimal number in the one way to write it: no sign, no leading zero.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.len() > 1 && digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}

/// The device a component of an ordinary path is reserved for, whatever its directory (contract 01 §3).
///
/// The name may carry an extension (`NUL.txt`), trailing dots and spaces, or one colon (`COM1:`). Ports above 9
/// are not reserved: they are reached as `\\.\COM10`. Superscript ¹ ² ³ count as the digit.
pub(super) fn reserved(component: &[u8]) -> Option<Device> {
    reserved_base(component).map(|(_, device)| device)
}

/// The part of a component that is such a name, as it is spelled: `nul` of `nul.txt`. `None` for what is no reserved name.
#[must_use]
pub fn reserved_name(component: &OsStr) -> Option<&OsStr> {
    reserved_base(component.as_bytes()).map(|(base, _)| OsStr::from_bytes(base))
}

fn reserved_base(component: &[u8]) -> Option<(&[u8], Device)> {
    let trimmed = trim_end(component, b". ");
    let base = match trimmed.strip_suffix(b":") {
        Some(before_colon) => before_colon,
        None => trimmed.split(|&byte| byte == b'.').next()?,
    };
    let base = trim_end(base, b" ");
    if base.len() < 3 || base.len() > 5 {
        return None;
    }
    let (stem, digit) = base.split_at(3);
    let digit: &[u8] = match digit {
        [] | [b'1'..=b'9'] => digit,
        [0xC2, 0xB9] => b"1",
        [0xC2, 0xB2] => b"2",
        [0xC2, 0xB3] => b"3",
        _ => return None,
    };
    match named(&[stem, digit].concat())? {
        device @ (Device::Null | Device::Console | Device::Serial(_) | Device::Parallel(_)) => Some((base, device)),
        _ => None,
    }
}

/// `name` without those of `bytes` it ends in.
pub(super) fn trim_end<'a>(mut name: &'a [u8], bytes: &[u8]) -> &'a [u8] {
    while let Some((last, rest)) = name.split_last()
        && bytes.contains(last)
    {
        name = rest;
    }
    name
}
