//! What this machine says of its disks: sysfs and the table of mounts.

use overlapped_kernel::namespace::DiskName;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A block device by its number.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(super) struct Number(pub u64);

/// What the sizes in sysfs are counted in, whatever the sector is.
const UNIT: u64 = 512;

impl Number {
    fn directory(self) -> PathBuf {
        let (major, minor) = (rustix::fs::major(self.0), rustix::fs::minor(self.0));
        PathBuf::from(format!("/sys/dev/block/{major}:{minor}"))
    }

    fn text(self, file: &str) -> Option<String> {
        Some(fs::read_to_string(self.directory().join(file)).ok()?.trim().to_owned())
    }

    fn number(self, file: &str) -> Option<u64> {
        self.text(file)?.parse().ok()
    }

    /// Of the whole disk, where this is a partition.
    fn of_disk<T>(self, read: impl Fn(Self) -> Option<T>) -> Option<T> {
        read(self.whole().unwrap_or(self))
    }

    /// Its length in bytes.
    pub fn length(self) -> Option<u64> {
        self.number("size")?.checked_mul(UNIT)
    }

    /// Its logical and its physical sector.
    pub fn sectors(self) -> Option<(u32, u32)> {
        let read = |disk: Self, file: &str| disk.number(file)?.try_into().ok();
        self.of_disk(|disk| Some((read(disk, "queue/logical_block_size")?, read(disk, "queue/physical_block_size")?)))
    }

    /// Can its medium be taken out?
    pub fn is_removable(self) -> bool {
        self.of_disk(|disk| disk.number("removable")) == Some(1)
    }

    /// Is it protected from writing?
    pub fn is_protected(self) -> bool {
        self.number("ro") == Some(1)
    }

    /// Does it turn?
    pub fn turns(self) -> bool {
        self.of_disk(|disk| disk.number("queue/rotational")) == Some(1)
    }

    /// Its number within its disk, and where it begins there, if it is a partition.
    pub fn partition(self) -> Option<(u32, u64)> {
        let number = self.number("partition")?.try_into().ok()?;
        Some((number, self.number("start")?.checked_mul(UNIT)?))
    }

    /// The disk that it is a partition of.
    pub fn whole(self) -> Option<Self> {
        self.number("partition")?;
        let text = self.text("../dev")?;
        let (major, minor) = text.split_once(':')?;
        Some(Self(rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?)))
    }

    /// Maker, model, revision and serial number, as far as it tells them.
    pub fn labels(self) -> [String; 4] {
        let label = |file: &str| self.of_disk(|disk| disk.text(&format!("device/{file}"))).unwrap_or_default();
        ["vendor", "model", "rev", "serial"].map(label)
    }

    /// Its node in /dev, if that has the usual name.
    pub fn node(self) -> Option<PathBuf> {
        let event = self.text("uevent")?;
        let name = event.lines().find_map(|line| line.strip_prefix("DEVNAME="))?;
        Some(Path::new("/dev").join(name))
    }
}

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    pub device: Number,
    /// Which directory of the file system is mounted.
    pub root: OsString,
    /// Where.
    pub point: PathBuf,
    pub options: String,
    pub kind: String,
    pub source: OsString,
    pub data: String,
}

/// What is mounted here, in the order in which it was.
pub(super) fn mounts() -> Vec<Mount> {
    let table = fs::read("/proc/self/mountinfo").unwrap_or_default();
    table.split(|byte| *byte == b'\n').filter_map(mount).collect()
}

fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let mut text = || Some(unescaped(fields.next()?));
    let (_id, _parent, number, root, point, options) = (text()?, text()?, text()?, text()?, text()?, text()?);
    // Any number of tags ends with a dash.
    while text()?.as_bytes() != b"-" {}
    let (kind, source, data) = (text()?, text()?, text()?);
    let (major, minor) = number.to_str()?.split_once(':')?;
    let device = Number(rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?));
    let [options, kind, data] = [options, kind, data].map(|field| field.to_string_lossy().into_owned());
    Some(Mount { device, root, point: point.into(), options, kind, source, data })
}

/// The table writes blanks and the like as three octal digits.
fn unescaped(field: &[u8]) -> OsString {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        let code = tail.get(..3).filter(|_| *first == b'\\').and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            bytes.push(byte);
            rest = &tail[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    OsString::from_vec(bytes)
}

/// The loop devices that a file stands behind.
pub(super) fn loops_of(file: &Path) -> Vec<Number> {
    let Ok(file) = file.canonicalize() else { return Vec::new() };
    let entries = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let loops = entries.filter(|entry| entry.file_name().as_bytes().starts_with(b"loop"));
    let behind = loops.filter(|entry| {
        let backing = fs::read(entry.path().join("loop/backing_file")).unwrap_or_default();
        backing.trim_ascii_end() == file.as_os_str().as_bytes()
    });
    behind.filter_map(|entry| number_of(&entry.path())).collect()
}

fn number_of(directory: &Path) -> Option<Number> {
    let text = fs::read_to_string(directory.join("dev")).ok()?;
    let (major, minor) = text.trim().split_once(':')?;
    Some(Number(rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?)))
}

/// What is not a drive of its own: memory, files, parts of others.
const NOT_DRIVES: [&str; 7] = ["loop", "ram", "zram", "dm-", "md", "nbd", "fd"];

/// The drives of this machine, as the table knows them if nobody says otherwise: disks and optical drives, each in the order
/// of the names that Linux has for them, the shorter ones first (`sdb` before `sdaa`).
#[must_use]
pub fn found() -> Vec<(DiskName, PathBuf)> {
    let entries = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !NOT_DRIVES.iter().any(|prefix| name.starts_with(prefix)));
    names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let (optical, disks): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with("sr"));
    let node = |name: String| Path::new("/dev").join(name.replace('!', "/"));
    let disks = (0..).zip(disks).map(|(n, name)| (DiskName::PhysicalDrive(n), node(name)));
    disks.chain((0..).zip(optical).map(|(n, name)| (DiskName::CdRom(n), node(name)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_is_read_with_its_tags_and_blanks() {
        let line =
            br"36 35 98:0 /mnt1 /mnt/with\040blank rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue";
        let seen = mount(line).unwrap();
        assert_eq!(seen.device, Number(rustix::fs::makedev(98, 0)));
        assert_eq!((seen.point.to_str(), seen.root.to_str()), (Some("/mnt/with blank"), Some("/mnt1")));
        assert_eq!((&*seen.options, &*seen.kind, &*seen.data), ("rw,noatime", "ext3", "rw,errors=continue"));
        assert_eq!(mount(b""), None);
        assert_eq!(mount(b"36 35 98:0 /a /b rw no dash"), None);
    }

    #[test]
    fn the_root_is_mounted() {
        assert!(mounts().iter().any(|mount| mount.point == Path::new("/")));
    }

    #[test]
    fn drives_have_numbers_from_0_on() {
        for (index, name) in found()
            .iter()
            .filter_map(|(name, _)| match name {
                DiskName::PhysicalDrive(n) => Some(*n),
                DiskName::CdRom(_) => None,
            })
            .enumerate()
        {
            assert_eq!(index as u32, name);
        }
    }
}
