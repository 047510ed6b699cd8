//! What is asked about drives and the volumes that they are on (contract 01 §6).
//!
//! A volume is a mounted file system; the answers are of the one that holds the directory. Its kind is told by its Linux name.

use super::names::file_path;
use super::stat::Facts;
use super::{FileDriver, device_of, errors};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::file::*;
use overlapped_kernel::System;
use overlapped_kernel::system::Grant;
use rustix::fs::{StatFs, StatVfs, StatVfsMountFlags};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

const SECTOR: u64 = 512;

/// What GetVolumeInformation tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The serial number, as GetFileInformationByHandle tells it.
    pub serial: u32,
    /// The longest name of a component.
    pub longest_name: u32,
    /// What the file system can do.
    pub flags: u32,
    /// The kind of file system.
    pub file_system: &'static str,
}

/// What GetDiskFreeSpace and its Ex form tell, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Free for the caller.
    pub available: u64,
    /// In all.
    pub total: u64,
    /// Free.
    pub free: u64,
    /// Of a cluster.
    pub cluster: u32,
    /// Of a sector.
    pub sector: u32,
}

/// File systems by their magic numbers, and what kind of drive they make.
const KINDS: &[(u64, &str, u32)] = &[
    (0xEF53, "ext4", DRIVE_FIXED),
    (0x9123_683E, "btrfs", DRIVE_FIXED),
    (0x5846_5342, "xfs", DRIVE_FIXED),
    (0x2FC1_2FC1, "zfs", DRIVE_FIXED),
    (0xF2F5_2010, "f2fs", DRIVE_FIXED),
    (0x794C_7630, "overlay", DRIVE_FIXED),
    (0x4D44, "vfat", DRIVE_FIXED),
    (0x2011_BAB0, "exfat", DRIVE_FIXED),
    (0x5346_544E, "ntfs", DRIVE_FIXED),
    (0x0102_1994, "tmpfs", DRIVE_RAMDISK),
    (0x8584_58F6, "ramfs", DRIVE_RAMDISK),
    (0x6969, "nfs", DRIVE_REMOTE),
    (0xFF53_4D42, "cifs", DRIVE_REMOTE),
    (0xFE53_4D42, "smb2", DRIVE_REMOTE),
    (0x0102_1997, "9p", DRIVE_REMOTE),
    (0x00C3_6400, "ceph", DRIVE_REMOTE),
    (0x9660, "iso9660", DRIVE_CDROM),
    (0x1501_3346, "udf", DRIVE_CDROM),
    (0x6573_5546, "fuse", DRIVE_FIXED),
];

fn kind(stat: &StatFs) -> (&'static str, u32) {
    #[allow(clippy::unnecessary_cast)] // the field's type differs between architectures
    let magic = stat.f_type as u64 & 0xFFFF_FFFF;
    let known = KINDS.iter().find(|(number, ..)| *number == magic);
    known.map_or(("unknown", DRIVE_FIXED), |(_, name, drive)| (name, *drive))
}

fn volume(vfs: &StatVfs, fs: &StatFs, serial: u32) -> Volume {
    let (file_system, _) = kind(fs);
    let mut flags = FILE_CASE_SENSITIVE_SEARCH
        | FILE_CASE_PRESERVED_NAMES
        | FILE_UNICODE_ON_DISK
        | FILE_PERSISTENT_ACLS
        | FILE_SUPPORTS_SPARSE_FILES
        | FILE_SUPPORTS_REPARSE_POINTS
        | FILE_SUPPORTS_OPEN_BY_FILE_ID;
    if !matches!(file_system, "vfat" | "exfat" | "iso9660" | "udf") {
        flags |= FILE_SUPPORTS_HARD_LINKS;
    }
    if file_system == "btrfs" {
        flags |= FILE_FILE_COMPRESSION;
    }
    if vfs.f_flag.contains(StatVfsMountFlags::RDONLY) {
        flags |= FILE_READ_ONLY_VOLUME;
    }
    Volume { serial, longest_name: vfs.f_namemax.try_into().unwrap_or(255), flags, file_system }
}

/// GetVolumeInformationByHandle.
pub fn volume_of(grant: &Grant) -> Result<Volume, Win32Error> {
    let fd = device_of(grant)?.fd();
    let vfs = rustix::fs::fstatvfs(fd).map_err(errors::other)?;
    let fs = rustix::fs::fstatfs(fd).map_err(errors::other)?;
    Ok(volume(&vfs, &fs, Facts::of(fd).map_err(errors::other)?.key.volume()))
}

/// How much room there is on the volume that a file is on.
pub fn space_of(grant: &Grant) -> Result<Space, Win32Error> {
    rustix::fs::fstatvfs(device_of(grant)?.fd()).map(|vfs| space(&vfs)).map_err(errors::other)
}

fn space(vfs: &StatVfs) -> Space {
    let bytes = |blocks: u64| blocks.saturating_mul(vfs.f_frsize);
    Space {
        available: bytes(vfs.f_bavail),
        total: bytes(vfs.f_blocks),
        free: bytes(vfs.f_bfree),
        cluster: vfs.f_frsize.max(SECTOR).try_into().unwrap_or(4096),
        sector: SECTOR as u32,
    }
}

impl FileDriver {
    /// GetVolumeInformation of a root, which ends in a separator (123): 3 if it is missing.
    pub fn volume(&self, system: &System, root: &OsStr) -> Result<Volume, Win32Error> {
        if !root.as_bytes().ends_with(b"\\") && !root.as_bytes().ends_with(b"/") {
            return Err(Win32Error::INVALID_NAME);
        }
        let path = directory(system, root)?;
        let vfs = rustix::fs::statvfs(&path).map_err(|errno| errors::by_name(errno, &path))?;
        let fs = rustix::fs::statfs(&path).map_err(|errno| errors::by_name(errno, &path))?;
        let facts = Facts::of_name(&path).map_err(|errno| errors::by_name(errno, &path))?;
        Ok(volume(&vfs, &fs, facts.key.volume()))
    }

    /// GetDiskFreeSpace: of the volume that holds the directory; 3 if that is missing.
    pub fn space(&self, system: &System, name: &OsStr) -> Result<Space, Win32Error> {
        let path = directory(system, name)?;
        let vfs = rustix::fs::statvfs(&path).map_err(|errno| errors::by_name(errno, &path))?;
        Ok(space(&vfs))
    }

    /// GetDriveType of a root.
    pub fn drive_type(&self, system: &System, root: &OsStr) -> u32 {
        let Ok(path) = directory(system, root) else { return DRIVE_NO_ROOT_DIR };
        let Ok(fs) = rustix::fs::statfs(&path) else { return DRIVE_NO_ROOT_DIR };
        match kind(&fs).1 {
            DRIVE_FIXED if removable(&path) => DRIVE_REMOVABLE,
            drive => drive,
        }
    }
}

/// An existing directory; 3 otherwise, also for a drive that is not mapped.
fn directory(system: &System, name: &OsStr) -> Result<std::path::PathBuf, Win32Error> {
    let path = file_path(system, name).map_err(|_| Win32Error::PATH_NOT_FOUND)?;
    if path.is_dir() { Ok(path) } else { Err(Win32Error::PATH_NOT_FOUND) }
}

/// Can the medium of the disk that this is on be taken out?
fn removable(path: &Path) -> bool {
    let Ok(facts) = Facts::of_name(path) else { return false };
    let (major, minor) = (rustix::fs::major(facts.key.dev), rustix::fs::minor(facts.key.dev));
    let read = |file| std::fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/{file}"));
    read("removable").or_else(|_| read("../removable")).is_ok_and(|text| text.trim() == "1")
}
