//! Times of files (contract 02 §1, §4).
//!
//! Linux keeps the time of a file's birth but lets nobody set it: a creation time that is set is kept beside the file, with its
//! [attributes](super::attributes).
//!
//! The wish that a time stop following what is done through this instance (−1) is met in two ways: reads are told not to
//! count (O_NOATIME), and after a write the time of the last write is put back. Drawback: a write through another instance that
//! ends in between loses its time too.

use super::attributes::{self, Place};
use super::device::FileDevice;
use super::stat::Facts;
use super::{device_of, device_with, errors};
use overlapped_abi::{AccessMask, FileTime, Win32Error};
use overlapped_kernel::system::Grant;
use parking_lot::Mutex;
use rustix::fs::{AtFlags, OFlags, Statx, StatxFlags, StatxTimestamp, Timespec, Timestamps, UTIME_OMIT};
use std::sync::atomic::{AtomicBool, Ordering};

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
    /// Those of what has none.
    pub(crate) const NONE: Self = {
        let none = FileTime::from_ticks(0);
        Self { creation: none, access: none, write: none, change: none }
    };

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

    /// With the creation time that somebody has set.
    pub(crate) fn created_at(self, created: Option<FileTime>) -> Self {
        Self { creation: created.unwrap_or(self.creation), ..self }
    }
}

/// Times before 1601 show as its first moment.
fn from_linux(time: StatxTimestamp) -> FileTime {
    FileTime::from_unix(time.tv_sec, time.tv_nsec).unwrap_or_default()
}

/// GetFileTime.
pub fn times(grant: &Grant) -> Result<Times, Win32Error> {
    crate::mailslot::times(grant).unwrap_or_else(|| times_of(device_of(grant)?))
}

fn times_of(device: &FileDevice) -> Result<Times, Win32Error> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let stat = rustix::fs::statx(device.fd(), "", AtFlags::EMPTY_PATH, wanted).map_err(errors::other)?;
    let facts = device.facts().map_err(errors::other)?;
    let read = |place: Place<'_>| attributes::get_created(place, &facts).1;
    let created = attributes::with_place(device.fd(), device.names_only(), read);
    Ok(Times::from_statx(&stat).created_at(created))
}

/// The time of the last write, while writes through the instance are not to change it.
#[derive(Default)]
pub(crate) struct Held {
    any: AtomicBool,
    written: Mutex<Option<Timespec>>,
}

impl Held {
    /// Something was written through the instance: puts the time back that it is not to change.
    pub fn restore(&self, device: &FileDevice) {
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        let omit = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
        if let Some(written) = *self.written.lock() {
            // The write has succeeded, and nobody would hear that this has not.
            let _ = rustix::fs::futimens(device.fd(), &Timestamps { last_access: omit, last_modification: written });
        }
    }

    /// The time was set by hand: that is what is put back from now on.
    fn replace(&self, written: Timespec) {
        if let Some(held) = self.written.lock().as_mut().filter(|_| written.tv_nsec != UTIME_OMIT) {
            *held = written;
        }
    }

    fn set(&self, written: Option<Timespec>) {
        let mut held = self.written.lock();
        self.any.store(written.is_some(), Ordering::Release);
        *held = written;
    }
}

/// Stops (−1) or starts (−2) what follows the transfers through the instance: the time of the last read, and of the last write.
pub(crate) fn hold(device: &FileDevice, access: i64, write: i64) -> Result<(), Win32Error> {
    if matches!(access, -2 | -1) && !device.names_only() {
        let mut flags = rustix::fs::fcntl_getfl(device.blocking()).map_err(errors::other)?;
        flags.set(OFlags::NOATIME, access == -1);
        // Only the owner may ask for it.
        let _ = rustix::fs::fcntl_setfl(device.fd(), flags);
    }
    match write {
        -1 => device.held().set(Some(to_linux(Some(times_of(device)?.write))?)),
        -2 => device.held().set(None),
        _ => {}
    }
    Ok(())
}

/// SetFileTime: `None` leaves a time as it is, and so does 0; −1 leaves it so whatever is done through this instance, and −2 ends
/// that. 5 without FILE_WRITE_ATTRIBUTES, 87 for what is no time.
pub fn set_times(
    grant: &Grant,
    creation: Option<FileTime>,
    access: Option<FileTime>,
    write: Option<FileTime>,
) -> Result<(), Win32Error> {
    if let Some(set) = crate::mailslot::set_times(grant, [given(creation)?, given(access)?, given(write)?]) {
        return set;
    }
    let device = device_with(grant, AccessMask::WRITE_ATTRIBUTES)?;
    let born = to_linux(creation)?.tv_nsec != UTIME_OMIT;
    let times = Timestamps { last_access: to_linux(access)?, last_modification: to_linux(write)? };
    let [read, written] = [access, write].map(|time| time.map_or(0, |time| time.ticks() as i64));
    if born && let Some(creation) = creation {
        let facts: Facts = device.facts().map_err(errors::other)?;
        let set = |place: Place<'_>| attributes::set_created_time(place, &facts, creation);
        attributes::with_place(device.fd(), device.names_only(), set)?;
    }
    if times.last_access.tv_nsec != UTIME_OMIT || times.last_modification.tv_nsec != UTIME_OMIT {
        let set = if device.names_only() {
            rustix::fs::utimensat(device.fd(), "", &times, AtFlags::EMPTY_PATH)
        } else {
            rustix::fs::futimens(device.fd(), &times)
        };
        set.map_err(errors::other)?;
    }
    device.held().replace(times.last_modification);
    hold(device, read, written)
}

/// A time that is to be set; 87 for what is none.
fn given(time: Option<FileTime>) -> Result<Option<FileTime>, Win32Error> {
    let set = to_linux(time)?.tv_nsec != UTIME_OMIT;
    Ok(time.filter(|_| set))
}

fn to_linux(time: Option<FileTime>) -> Result<Timespec, Win32Error> {
    // −1 and −2 start and stop the automatic update of the time.
    let given = time.filter(|time| !matches!(time.ticks(), 0 | 0xFFFF_FFFF_FFFF_FFFE..));
    let Some(given) = given else { return Ok(Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT }) };
    let (tv_sec, nanoseconds) = given.to_unix().ok_or(Win32Error::INVALID_PARAMETER)?;
    Ok(Timespec { tv_sec, tv_nsec: nanoseconds.into() })
}
