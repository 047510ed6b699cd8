//! CreateFile on a drive or volume (contract 01 §4.3, §4.4).

use super::claim::Key;
use super::device::{DiskDevice, Made, What};
use super::host::{Number, mounts};
use crate::file::{FileDriver, Sectors, Wish, errors, stat::Facts, stat::Kind};
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::device::{OpenParams, Opened};
use overlapped_kernel::namespace::{Target, VolumeTarget};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const READING: AccessMask = AccessMask::READ_DATA.union(AccessMask::EXECUTE);
const WRITING: AccessMask = AccessMask::WRITE_DATA.union(AccessMask::APPEND_DATA);

/// Opens what the target names, if that is a drive or a volume. 87 for a disposition that would create or cut it; 2 if nothing is there; 5
/// without the permission; 32 if others do not share it, and for a volume that the caller does not share with the users of its files.
pub(crate) fn open(files: &FileDriver, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
    let (what, path, writable) = match target {
        Target::Disk { name, path, writable } => (What::Whole(*name), Ok(path.clone()), *writable),
        Target::Volume(volume) => (What::Volume, under(volume), volume.writable),
        _ => return None,
    };
    Some(path.and_then(|path| open_path(files, what, path, writable, params)))
}

/// The device of a volume: the one that the table names, else the one that is mounted at its directory.
fn under(volume: &VolumeTarget) -> Result<PathBuf, Win32Error> {
    if let Some(device) = &volume.device {
        return Ok(device.clone());
    }
    let directory = volume.directory.as_deref().ok_or(Win32Error::FILE_NOT_FOUND)?;
    let stat = rustix::fs::stat(directory).map_err(|errno| errors::by_name(errno, directory))?;
    let number = Number(stat.st_dev);
    // File systems without one device of their own (overlay, tmpfs, btrfs) may still say what they are mounted from.
    let source = || {
        let mount = mounts().into_iter().rfind(|mount| mount.device == number)?;
        Path::new(&mount.source).is_absolute().then(|| PathBuf::from(mount.source))
    };
    number.node().or_else(source).ok_or(Win32Error::FILE_NOT_FOUND)
}

fn open_path(
    files: &FileDriver,
    what: What,
    path: PathBuf,
    writable: bool,
    params: &OpenParams,
) -> Result<Opened, Win32Error> {
    if params.disposition != OPEN_EXISTING || params.flags.contains(FileFlags::DELETE_ON_CLOSE) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
    if access.contains(AccessMask::MAXIMUM_ALLOWED) {
        access = access.difference(AccessMask::MAXIMUM_ALLOWED) | AccessMask::FILE_ALL_ACCESS;
    }
    let epoch = files.registry().epoch();
    let fd = descriptor(&path, access).map_err(|errno| errors::by_name(errno, &path))?;
    let facts = Facts::of(fd.as_fd()).map_err(errors::other)?;
    let key = match facts.kind {
        Kind::Block => Key::Block(Number(rustix::fs::fstat(&fd).map_err(errors::other)?.st_rdev)),
        Kind::Regular => Key::Image(facts.key),
        // The table is wrong: what it names cannot be a drive.
        _ => return Err(Win32Error::FILE_NOT_FOUND),
    };
    let names_only = !access.intersects(READING | WRITING);
    let moves_data = access.intersects(AccessMask::READ_DATA | WRITING);
    if moves_data && matches!(what, What::Volume) && key.is_mounted() && !params.share.contains(ShareMode::WRITE) {
        return Err(Win32Error::SHARING_VIOLATION);
    }
    files.claims().admit(key)?;
    let wish = Wish { access, share: params.share, overwrite: false, delete_on_close: false, adopted: false };
    let seat = files.registry().admit(facts.key, wish, (fd.as_fd(), &path), epoch, || true)?;
    // Again, now that a lock would see this instance: it may have been taken since.
    files.claims().admit(key)?;
    let direct = !names_only && rustix::fs::fcntl_setfl(&fd, OFlags::DIRECT).is_ok();
    if !names_only && !direct {
        rustix::fs::fcntl_setfl(&fd, OFlags::empty()).map_err(errors::other)?;
    }
    let sectors = match key {
        Key::Block(number) if names_only => Sectors::known(number.sectors().map_or(512, |(logical, _)| logical)),
        Key::Block(_) => Sectors::of(fd.as_fd(), direct),
        Key::Image(_) => Sectors::of(fd.as_fd(), direct),
    };
    let durable = params.flags.contains(FileFlags::WRITE_THROUGH);
    let claims = Arc::clone(files.claims());
    let made = Made { fd, what, key, access, names_only, durable, sectors, seat, path, writable, claims };
    let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
    Ok(Opened { device: Arc::new(DiskDevice::new(made)), access, overlapped, existed: false })
}

/// Without data access it is only named, which needs no permission and wakes no drive.
fn descriptor(path: &Path, access: AccessMask) -> Result<OwnedFd, Errno> {
    let flags = match (access.intersects(READING), access.intersects(WRITING)) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        (false, true) => OFlags::WRONLY,
        (false, false) => OFlags::PATH,
    };
    // A drive without a medium opens, and says so later.
    rustix::io::retry_on_intr(|| {
        rustix::fs::openat(CWD, path, flags | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY, Mode::empty())
    })
}
