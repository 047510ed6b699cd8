//! Volumes by their own names, and names that come and go: `\\?\Volume{...}\`, DefineDosDevice (contract 01 §3, §6).
//!
//! A drive of the table is a volume. Its name is made of its letter and of where it leads, so it is the same in every process and after
//! every start, as long as the table says the same. A drive that is defined hides the one that had the letter before, which comes back
//! when the definition is taken away.

use super::device::{DiskName, DriveLetter};
use super::entries::{Drive, Entry, EntryError, Origin, Serial};
use super::table::Namespace;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A name that `\\.\` knows, of a device that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known<'a> {
    /// `X:`
    Drive(DriveLetter),
    /// `COMn`, and the tty that it is unless it is a null modem.
    Serial(u32, Option<&'a Path>),
    /// `LPTn`, and its device.
    Parallel(u32, &'a Path),
    /// `PhysicalDriveN` or `CdRomN`.
    Disk(DiskName),
}

impl Namespace {
    /// The name of the volume that is the drive: `Volume{` and a GUID and `}`.
    pub fn volume_name(&self, letter: DriveLetter) -> Option<String> {
        let drive = self.drive(letter)?;
        let bytes = |path: &Option<std::path::PathBuf>| {
            path.as_ref().map_or(Vec::new(), |path| path.as_os_str().as_bytes().to_vec())
        };
        let place = [&[letter.as_char() as u8][..], &bytes(&drive.directory), b"\0", &bytes(&drive.device)].concat();
        let (high, low) = (hash(0, &place), hash(1, &place));
        // Version 8 of RFC 9562: made by the one who uses it.
        let (high, low) = (high & !0xF000 | 0x8000, low & !(0b11 << 62) | 0b10 << 62);
        let parts = (high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF, low >> 48, low & 0xFFFF_FFFF_FFFF);
        let (a, b, c, d, e) = parts;
        Some(format!("Volume{{{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}}}"))
    }

    /// The drive whose volume has this name.
    pub fn drive_of_volume(&self, name: &[u8]) -> Option<DriveLetter> {
        let is_one = name.len() == 44 && name[..7].eq_ignore_ascii_case(b"volume{");
        let is_this = |letter: &DriveLetter| {
            self.volume_name(*letter).is_some_and(|own| own.as_bytes().eq_ignore_ascii_case(name))
        };
        if is_one { self.drive_letters().find(is_this) } else { None }
    }

    /// Sets a drive in front of the one that has the letter.
    ///
    /// # Errors
    /// As [`set_drive`](Self::set_drive).
    pub fn define_drive(&mut self, letter: DriveLetter, to: Drive) -> Result<(), EntryError> {
        let hidden = self.drives.get(&letter).cloned();
        self.put_drive(letter, to, Origin::Code)?;
        self.hidden.entry(letter).or_default().push(hidden);
        Ok(())
    }

    /// Takes away what [`define_drive`](Self::define_drive) set last; false if it set nothing.
    pub fn undefine_drive(&mut self, letter: DriveLetter) -> bool {
        let Some(hidden) = self.hidden.get_mut(&letter).and_then(Vec::pop) else { return false };
        match hidden {
            Some(entry) => drop(self.drives.insert(letter, entry)),
            None => drop(self.drives.remove(&letter)),
        }
        true
    }

    /// Whether the drive was set by [`define_drive`](Self::define_drive).
    pub fn is_defined(&self, letter: DriveLetter) -> bool {
        self.hidden.get(&letter).is_some_and(|hidden| !hidden.is_empty())
    }

    /// The names of drives, ports and disks in the table, there or not.
    pub fn known(&self) -> impl Iterator<Item = Known<'_>> {
        let drives = self.drives.keys().map(|letter| Known::Drive(*letter));
        let serial = self.serial.iter().map(|(port, entry)| match entry {
            Entry { value: Serial::Tty(path), .. } => Known::Serial(*port, Some(path)),
            Entry { value: Serial::NullModem(_), .. } => Known::Serial(*port, None),
        });
        let parallel = self.parallel.iter().map(|(port, entry)| Known::Parallel(*port, &entry.value));
        let disks = self.disks.keys().map(|name| Known::Disk(*name));
        drives.chain(serial).chain(parallel).chain(disks)
    }
}

/// FNV-1a, begun with a seed.
fn hash(seed: u8, bytes: &[u8]) -> u64 {
    const BASIS: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01B3;
    [&[seed], bytes].concat().iter().fold(BASIS, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: char) -> DriveLetter {
        DriveLetter::new(name).unwrap()
    }

    #[test]
    fn a_volume_has_one_name_that_leads_back() {
        let mut table = Namespace::new();
        table.set_drive(letter('d'), Drive::new("/")).unwrap();
        let (c, d) = (table.volume_name(DriveLetter::C).unwrap(), table.volume_name(letter('d')).unwrap());
        assert_ne!(c, d);
        assert_eq!((c.len(), table.volume_name(letter('q'))), (44, None));
        assert_eq!(table.drive_of_volume(c.to_uppercase().as_bytes()), Some(DriveLetter::C));
        assert_eq!(table.clone().volume_name(letter('d')), Some(d.clone()));
        assert_eq!(table.drive_of_volume(&d.as_bytes()[..43]), None);
        table.set_drive(letter('d'), Drive::new("/tmp")).unwrap();
        assert_eq!(table.drive_of_volume(d.as_bytes()), None, "it leads elsewhere now");
    }

    #[test]
    fn a_definition_hides_what_was_there() {
        let mut table = Namespace::new();
        table.define_drive(DriveLetter::C, Drive::new("/tmp")).unwrap();
        table.define_drive(letter('x'), Drive::new("/usr")).unwrap();
        assert!(table.is_defined(letter('x')) && table.is_defined(DriveLetter::C));
        assert_eq!(table.drive(DriveLetter::C).unwrap().directory.as_deref(), Some(Path::new("/tmp")));
        assert!(table.undefine_drive(DriveLetter::C) && table.undefine_drive(letter('x')));
        assert_eq!(table.drive(DriveLetter::C).unwrap().directory.as_deref(), Some(Path::new("/")));
        assert!(table.drive(letter('x')).is_none() && !table.undefine_drive(DriveLetter::C));
    }
}
