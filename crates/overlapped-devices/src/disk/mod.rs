//! Physical drives and volumes as runs of sectors (contract 01 §4.3, §4.4, §6).
//!
//! A drive is a block device, or an image file, which stands in for one and is never made longer. Transfers go past the page cache and keep
//! to sectors: offset, length and address of the buffer, else 87.
//!
//! | Module | Holds |
//! |---|---|
//! | `open` | CreateFile on `\\.\PhysicalDriveN`, `\\.\CdRomN` and `\\.\X:` |
//! | `device` | reads and writes, as operations for an engine |
//! | `claim` | who may write: nobody while a file system there is mounted, unless the volume is locked |
//! | `control` | the control codes of DeviceIoControl |
//! | [`partition`] | partition tables |
//! | `host` | what this machine says of its disks |
//!
//! # Writing
//!
//! Sectors written under a mounted file system destroy it. So the first write of a process claims the device for itself, which Linux refuses
//! for what is mounted or otherwise in use, and that write and all later ones fail with 5 (design.md section 4). FSCTL_LOCK_VOLUME unmounts
//! what is mounted and mounts it again when it is unlocked; that needs the rights for it, and nobody may have a file open there. An entry of
//! the table with `writable = true` skips all of this.
//!
//! Drawback: two processes cannot write to one block device at the same time, as the claim is for one of them.

mod claim;
mod control;
mod device;
mod host;
mod open;
pub mod partition;

pub use control::{DiskGeometry, control, geometry, layout, length};
pub use host::found;

pub(crate) use claim::Claims;
pub(crate) use open::open;

use device::DiskDevice;
use overlapped_abi::Win32Error;
use overlapped_kernel::device::Device;
use overlapped_kernel::system::Grant;

/// Is it a drive or a volume?
#[must_use]
pub fn is_disk(grant: &Grant) -> bool {
    device_of(grant).is_ok()
}

/// The drive that a handle refers to; 1 if it is something else.
fn device_of(grant: &Grant) -> Result<&DiskDevice, Win32Error> {
    grant.instance.device().as_any().downcast_ref().ok_or(Win32Error::INVALID_FUNCTION)
}

/// Takes the volume for the owner of the handle alone, without a file system on it (FSCTL_LOCK_VOLUME): 5 while anybody has a file or another
/// handle open there, or without the right to unmount it.
pub fn lock(grant: &Grant) -> Result<(), Win32Error> {
    device_of(grant)?.lock()
}

/// Ends [`lock`]; what was mounted is mounted again. 158 if the volume is not locked by this handle.
pub fn unlock(grant: &Grant) -> Result<(), Win32Error> {
    device_of(grant)?.unlock()
}

/// FlushFileBuffers: what was written there, and to the files of what is mounted from it, is on the medium (contract 02 §7). 5 without a right
/// to write.
pub(crate) fn flush(grant: &Grant) -> Result<(), Win32Error> {
    let device = device_of(grant)?;
    if !grant.access.can_write() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    overlapped_kernel::port::blocking(|| device.flush()).map_err(crate::file::errors::write)
}

/// What a move of the file pointer has to keep to.
pub(crate) fn places(grant: &Grant) -> Option<(Option<u64>, &crate::file::Sectors)> {
    let device = device_of(grant).ok()?;
    Some((device.length(), device.sectors()))
}
