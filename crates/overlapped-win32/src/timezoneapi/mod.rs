//! `timezoneapi.h`: between FILETIME, SYSTEMTIME and the local time.

pub mod calendar;
pub mod dos;
pub mod dynamic;
pub mod zone;

use crate::support::{Bool, guard, guard_bool};
use calendar::SystemTime;
use overlapped_abi::{FileTime, Win32Error};
use zone::TimeZoneInformation;

/// Now, as 100-ns units since 1601.
#[must_use]
pub fn now() -> FileTime {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
    FileTime::from_unix(now.tv_sec, now.tv_nsec as u32).unwrap_or_default()
}

/// What a pointer of the caller says, or 998.
///
/// # Safety
/// `at` is NULL or readable.
unsafe fn read<T: Copy>(at: *const T) -> Result<T, Win32Error> {
    // SAFETY: not NULL, and the caller vouches for it.
    if at.is_null() { Err(Win32Error::NOACCESS) } else { Ok(unsafe { at.read() }) }
}

/// # Safety
/// `at` is NULL or writable.
unsafe fn write<T>(at: *mut T, value: T) -> Result<(), Win32Error> {
    if at.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { at.write(value) };
    Ok(())
}

/// FileTimeToSystemTime: FALSE/87 for values above 0x7FFFFFFFFFFFFFFF.
///
/// # Safety
/// `file` is readable, `system` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FileTimeToSystemTime(file: *const FileTime, system: *mut SystemTime) -> Bool {
    // SAFETY: the caller vouches for both.
    guard_bool(|| unsafe {
        write(system, SystemTime::from_ticks(read(file)?.ticks()).ok_or(Win32Error::INVALID_PARAMETER)?)
    })
}

/// SystemTimeToFileTime: FALSE/87 if a field is out of range.
///
/// # Safety
/// `system` is readable, `file` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemTimeToFileTime(system: *const SystemTime, file: *mut FileTime) -> Bool {
    // SAFETY: the caller vouches for both.
    guard_bool(|| unsafe {
        write(file, FileTime::from_ticks(read(system)?.to_ticks().ok_or(Win32Error::INVALID_PARAMETER)?))
    })
}

fn shifted(time: FileTime, by: i64) -> Result<FileTime, Win32Error> {
    let ticks = i64::try_from(time.ticks()).ok().and_then(|ticks| ticks.checked_add(by)).filter(|&ticks| ticks >= 0);
    ticks.map(|ticks| FileTime::from_ticks(ticks as u64)).ok_or(Win32Error::INVALID_PARAMETER)
}

/// FileTimeToLocalFileTime, by the offset of today, whatever the date.
///
/// # Safety
/// `file` is readable, `local` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FileTimeToLocalFileTime(file: *const FileTime, local: *mut FileTime) -> Bool {
    // SAFETY: the caller vouches for both.
    guard_bool(|| unsafe { write(local, shifted(read(file)?, zone::offset_at(now().ticks()))?) })
}

/// LocalFileTimeToFileTime, by the offset of today, whatever the date.
///
/// # Safety
/// `local` is readable, `file` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalFileTimeToFileTime(local: *const FileTime, file: *mut FileTime) -> Bool {
    // SAFETY: the caller vouches for both.
    guard_bool(|| unsafe { write(file, shifted(read(local)?, -zone::offset_at(now().ticks()))?) })
}

/// CompareFileTime: −1, 0 or 1.
///
/// # Safety
/// Both are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CompareFileTime(first: *const FileTime, second: *const FileTime) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { (*first).ticks().cmp(&(*second).ticks()) as i32 }
}

/// The local time, at this time of UTC.
#[must_use]
pub fn to_local(utc: FileTime) -> SystemTime {
    let local = shifted(utc, zone::offset_at(utc.ticks())).unwrap_or(utc);
    SystemTime::from_ticks(local.ticks()).unwrap_or_default()
}

fn zone_now() -> (TimeZoneInformation, u32) {
    let now = now();
    zone::rules(to_local(now).year.into(), now.to_unix().map_or(0, |(seconds, _)| seconds))
}

/// GetTimeZoneInformation: 1 in standard time, 2 in daylight time, 0 in a zone that has none.
///
/// # Safety
/// `information` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetTimeZoneInformation(information: *mut TimeZoneInformation) -> u32 {
    const TIME_ZONE_ID_INVALID: u32 = u32::MAX;
    guard(TIME_ZONE_ID_INVALID, || {
        let (zone, id) = zone_now();
        // SAFETY: the caller vouches for it.
        match unsafe { write(information, zone) } {
            Ok(()) => id,
            Err(error) => crate::support::fail(error, TIME_ZONE_ID_INVALID),
        }
    })
}

/// Adds or takes away the bias of a zone, that of the process if `zone` is NULL.
///
/// # Safety
/// `zone` is NULL or readable, `from` readable, `to` writable.
unsafe fn convert(
    zone: *const TimeZoneInformation,
    from: *const SystemTime,
    to: *mut SystemTime,
    from_utc: bool,
) -> Result<(), Win32Error> {
    // SAFETY: the caller vouches for it.
    let (zone, from) = unsafe { (if zone.is_null() { zone_now().0 } else { *zone }, read(from)?) };
    let ticks = from.to_ticks().ok_or(Win32Error::INVALID_PARAMETER)? as i64;
    let bias = zone.bias_at(ticks, from_utc);
    let ticks = u64::try_from(if from_utc { ticks - bias } else { ticks + bias });
    let made = ticks.ok().and_then(SystemTime::from_ticks).ok_or(Win32Error::INVALID_PARAMETER)?;
    // SAFETY: the caller vouches for it.
    unsafe { write(to, made) }
}

/// SystemTimeToTzSpecificLocalTime.
///
/// # Safety
/// `zone` is NULL or readable, `utc` readable, `local` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemTimeToTzSpecificLocalTime(
    zone: *const TimeZoneInformation,
    utc: *const SystemTime,
    local: *mut SystemTime,
) -> Bool {
    // SAFETY: the caller vouches for it.
    guard_bool(|| unsafe { convert(zone, utc, local, true) })
}

/// TzSpecificLocalTimeToSystemTime.
///
/// # Safety
/// `zone` is NULL or readable, `local` readable, `utc` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TzSpecificLocalTimeToSystemTime(
    zone: *const TimeZoneInformation,
    local: *const SystemTime,
    utc: *mut SystemTime,
) -> Bool {
    // SAFETY: the caller vouches for it.
    guard_bool(|| unsafe { convert(zone, local, utc, false) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{FALSE, TRUE, last_error};

    fn to_system(ticks: u64) -> Result<SystemTime, u32> {
        let mut system = SystemTime::default();
        // SAFETY: both are ours.
        match unsafe { ovl_FileTimeToSystemTime(&FileTime::from_ticks(ticks), &mut system) } {
            TRUE => Ok(system),
            _ => Err(last_error()),
        }
    }

    fn to_file(system: &SystemTime) -> Result<u64, u32> {
        let mut file = FileTime::default();
        // SAFETY: both are ours.
        if unsafe { ovl_SystemTimeToFileTime(system, &mut file) } == TRUE {
            Ok(file.ticks())
        } else {
            Err(last_error())
        }
    }

    #[test]
    fn both_ways() {
        let epoch = SystemTime { year: 1970, month: 1, day_of_week: 4, day: 1, ..Default::default() };
        assert_eq!(to_system(FileTime::UNIX_EPOCH_TICKS as u64), Ok(epoch));
        assert_eq!(to_file(&epoch), Ok(FileTime::UNIX_EPOCH_TICKS as u64));
        let leap = SystemTime {
            year: 2024,
            month: 2,
            day_of_week: 4,
            day: 29,
            hour: 23,
            minute: 59,
            second: 58,
            milliseconds: 999,
        };
        assert_eq!(to_system(to_file(&leap).unwrap()), Ok(leap));
        let last = to_system(i64::MAX as u64).unwrap();
        assert_eq!((last.year, last.month, last.day, last.hour), (30828, 9, 14, 2));
        assert_eq!(to_system(1 << 63), Err(87));
    }

    #[test]
    fn what_is_no_date() {
        let good = SystemTime { year: 2023, month: 2, day: 28, day_of_week: 99, ..Default::default() };
        assert!(to_file(&good).is_ok());
        for bad in [
            SystemTime { day: 29, ..good },
            SystemTime { day: 0, ..good },
            SystemTime { month: 13, ..good },
            SystemTime { year: 1600, ..good },
            SystemTime { hour: 24, ..good },
            SystemTime { milliseconds: 1000, ..good },
        ] {
            assert_eq!(to_file(&bad), Err(87), "{bad:?}");
        }
    }

    #[test]
    fn local_times_come_back() {
        let (utc, mut local, mut again) = (now(), FileTime::default(), FileTime::default());
        // SAFETY: all are ours.
        unsafe {
            assert_eq!(ovl_FileTimeToLocalFileTime(&utc, &mut local), TRUE);
            assert_eq!(ovl_LocalFileTimeToFileTime(&local, &mut again), TRUE);
            assert_eq!((ovl_CompareFileTime(&utc, &again), ovl_CompareFileTime(&utc, &FileTime::default())), (0, 1));
            let (system, mut there, mut back) = (to_system(utc.ticks()).unwrap(), good_time(), good_time());
            assert_eq!(ovl_SystemTimeToTzSpecificLocalTime(std::ptr::null(), &system, &mut there), TRUE);
            assert_eq!(ovl_TzSpecificLocalTimeToSystemTime(std::ptr::null(), &there, &mut back), TRUE);
            assert_eq!(back, system);
            let mut zone = TimeZoneInformation::default();
            assert!(ovl_GetTimeZoneInformation(&mut zone) <= 2);
            assert_eq!(ovl_FileTimeToSystemTime(std::ptr::null(), &mut back), FALSE);
        }
    }

    fn good_time() -> SystemTime {
        SystemTime::default()
    }
}
