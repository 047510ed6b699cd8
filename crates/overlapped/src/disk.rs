//! Drives and volumes as runs of sectors (contract 01 §4.3, §4.4, §6).
//!
//! They open by name, as everything does: [`OpenOptions`](crate::OpenOptions) with `\\.\PhysicalDrive0`, `\\.\C:` (no separator at the end) or
//! `\\.\CdRom0`. What these lead to says the table of names: the drives of this machine as they are found, and what the configuration adds,
//! block devices or image files. Transfers go past the page cache, so offset, length and buffer are multiples of the sector (87):
//! [`AlignedBuf`](crate::AlignedBuf) is. Here is what only drives are asked.
//!
//! **Writing may destroy the file systems on a drive.** While one is mounted, or the drive is otherwise in use, writes fail with 5, unless the
//! volume is [locked](lock) or the table says `writable = true`.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::{AlignedBuf, OpenOptions, SystemBuilder, disk};
//! use overlapped::namespace::{Disk, DiskName, Namespace};
//!
//! // An image file stands in for a drive.
//! let directory = tempfile::tempdir().unwrap();
//! let image = directory.path().join("disk.img");
//! std::fs::File::create(&image).unwrap().set_len(8 << 20).unwrap();
//! let mut names = Namespace::new();
//! names.set_disk(DiskName::PhysicalDrive(0), Disk::new(&image)).unwrap();
//! let system = SystemBuilder::new().namespace(names).build()?;
//!
//! let mut options = OpenOptions::new();
//! let drive = options.read(true).write(true).system(&system).open_overlapped(r"\\.\PhysicalDrive0")?;
//! assert_eq!(disk::geometry(drive.handle())?.bytes_per_sector, 512);
//! assert_eq!(disk::length(drive.handle())?, 8 << 20);
//! let (read, first) = drive.read_at(AlignedBuf::with_capacity(4096), 0).wait();
//! assert_eq!(read?, 4096);
//! assert!(first.iter().all(|byte| *byte == 0));
//! # Ok(())
//! # }
//! ```

pub use overlapped_devices::disk::DiskGeometry;
pub use overlapped_devices::disk::partition::{Layout, Partition, PartitionKind, Style};

use crate::error::Result;
use crate::handle::OwnedHandle;
use overlapped_devices::disk;

/// The shape that the drive would have if it had cylinders (IOCTL_DISK_GET_DRIVE_GEOMETRY).
///
/// # Errors
/// 21 without a medium, 1 for a handle to something else.
pub fn geometry(drive: &OwnedHandle) -> Result<DiskGeometry> {
    drive.ask("question for a drive's geometry", disk::geometry)
}

/// The length in bytes (IOCTL_DISK_GET_LENGTH_INFO).
///
/// # Errors
/// 5 without read access, 21 without a medium, 1 for a handle to something else.
pub fn length(drive: &OwnedHandle) -> Result<u64> {
    drive.ask("question for a drive's length", disk::length)
}

/// The partition table and what it says (IOCTL_DISK_GET_DRIVE_LAYOUT_EX).
///
/// # Errors
/// As for [`length`].
pub fn layout(drive: &OwnedHandle) -> Result<Layout> {
    drive.ask("question for a drive's partitions", disk::layout)
}

/// Takes the volume for this handle alone, without a file system on it (FSCTL_LOCK_VOLUME): what is mounted is unmounted, and mounted again
/// when the lock is dropped.
///
/// # Errors
/// 5 while anybody has a file or another handle open there, or without the right to unmount it.
pub fn lock(volume: &OwnedHandle) -> Result<VolumeLock<'_>> {
    volume.ask("lock of a volume", disk::lock)?;
    Ok(VolumeLock { volume })
}

/// A locked volume. Dropping it unlocks.
#[derive(Debug)]
#[must_use = "dropping it unlocks the volume"]
pub struct VolumeLock<'a> {
    volume: &'a OwnedHandle,
}

impl Drop for VolumeLock<'_> {
    fn drop(&mut self) {
        // A program that has unlocked it by the control code has nothing left to unlock.
        let _ = self.volume.ask("end of a volume's lock", disk::unlock);
    }
}
