//! Times of files (contract 02 §1, §4).
//!
//! Linux keeps the time of a file's birth but lets nobody set it: a creation time that is given is taken and forgotten.
//! The wish that a time stop following this handle's accesses (−1) is taken likewise: the kernel sets times, not we.

use super::{device_of, device_with, errors};
use overlapped_abi::{AccessMask, FileTime, Win32Error};
use overlapped_kernel::system::Grant;
use rustix::fs::{AtFlags, Statx, StatxFlags, StatxTimestamp, Timespec, Timestamps, UTIME_OMIT};

/// The four times of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When it was created; the last write where the file system does not know.
    pub creation: FileTime,
    /// When it was last read.
    pub access: FileTime,
    /// When it was last written.
    pub write: FileTime,
    /// When it or its attributes were last changed.
    pub change: FileTime,
}

impl Times {
    pub(crate) fn from_statx(stat: &Statx) -> Self {
        let known = StatxFlags::from_bits_retain(stat.stx_mask);
        let birth = if known.contains(StatxFlags::BTIME) { stat.stx_btime } else { stat.stx_mtime };
        Self {
            creation: from_linux(birth),
            access: from_linux(stat.stx_atime),
            write: from_linux(stat.stx_mtime),
            change: from_linux(stat.stx_ctime),
        }
    }
}

/// Times before 1601 show as its first moment.
fn from_linux(time: StatxTimestamp) -> FileTime {
    FileTime::from_unix(time.tv_sec, time.tv_nsec).unwrap_or_default()
}

/// GetFileTime.
pub fn times(grant: &Grant) -> Result<Times, Win32Error> {
    let device = device_of(grant)?;
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let stat = rustix::fs::statx(device.fd(), "", AtFlags::EMPTY_PATH, wanted).map_err(errors::other)?;
    Ok(Times::from_statx(&stat))
}

/// SetFileTime: `None` leaves a time as it is, and so do 0 and −1. 5 without FILE_WRITE_ATTRIBUTES, 87 for what is no time.
pub fn set_times(
    grant: &Grant,
    creation: Option<FileTime>,
    access: Option<FileTime>,
    write: Option<FileTime>,
) -> Result<(), Win32Error> {
    let device = device_with(grant, AccessMask::WRITE_ATTRIBUTES)?;
    to_linux(creation)?;
    let times = Timestamps { last_access: to_linux(access)?, last_modification: to_linux(write)? };
    if times.last_access.tv_nsec == UTIME_OMIT && times.last_modification.tv_nsec == UTIME_OMIT {
        return Ok(());
    }
    let set = if device.names_only() {
        rustix::fs::utimensat(device.fd(), "", &times, AtFlags::EMPTY_PATH)
    } else {
        rustix::fs::futimens(device.fd(), &times)
    };
    set.map_err(errors::other)
}

fn to_linux(time: Option<FileTime>) -> Result<Timespec, Win32Error> {
    // −1 and −2 start and stop the automatic update of the time.
    let given = time.filter(|time| !matches!(time.ticks(), 0 | 0xFFFF_FFFF_FFFF_FFFE..));
    let Some(given) = given else { return Ok(Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT }) };
    let (tv_sec, nanoseconds) = given.to_unix().ok_or(Win32Error::INVALID_PARAMETER)?;
    Ok(Timespec { tv_sec, tv_nsec: nanoseconds.into() })
}
