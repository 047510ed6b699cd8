//! Time zones whose rules change with the years. Linux knows the rules of the zone that the process is in, for all years; of other zones a program
//! brings what it knows itself.

use super::calendar::SystemTime;
use super::zone::{self, TimeZoneInformation};
use super::{convert, read, write, zone_now};
use crate::support::{Bool, fail, guard, guard_bool};
use overlapped_abi::{FileTime, Win32Error};

/// DYNAMIC_TIME_ZONE_INFORMATION, 432 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DynamicZone {
    plain: TimeZoneInformation,
    /// `TimeZoneKeyName`.
    key: [u16; 128],
    /// `DynamicDaylightTimeDisabled`.
    fixed: u8,
}

const _: () = assert!(size_of::<DynamicZone>() == 432);

/// The zone that the process is in. Its key is its name for the time without daylight saving.
fn dynamic_now() -> (DynamicZone, u32) {
    let (plain, id) = zone_now();
    let mut key = [0; 128];
    key[..32].copy_from_slice(&plain.standard_name);
    (DynamicZone { plain, key, fixed: 0 }, id)
}

/// GetDynamicTimeZoneInformation: as GetTimeZoneInformation, with the zone's name.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetDynamicTimeZoneInformation(to: *mut DynamicZone) -> u32 {
    guard(u32::MAX, || {
        let (zone, id) = dynamic_now();
        // SAFETY: the caller's promise.
        match unsafe { write(to, zone) } {
            Ok(()) => id,
            Err(error) => fail(error, u32::MAX),
        }
    })
}

/// The rules of a year: of the process's zone by Linux; of another one those that it brings.
fn of_year(year: u16, given: Option<&DynamicZone>) -> TimeZoneInformation {
    let (own, _) = dynamic_now();
    match given {
        Some(given) if given.key != own.key || given.fixed != 0 => given.plain,
        _ => zone::rules(year.into(), 0).0,
    }
}

/// GetTimeZoneInformationForYear: NULL is the zone that the process is in; 87 for a year before 1601.
///
/// # Safety
/// `given` is NULL or valid; `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetTimeZoneInformationForYear(
    year: u16,
    given: *const DynamicZone,
    to: *mut TimeZoneInformation,
) -> Bool {
    guard_bool(|| {
        if !(1601..=30827).contains(&year) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { write(to, of_year(year, given.as_ref())) }
    })
}

/// From or to UTC, with the rules of the year.
unsafe fn convert_dynamic(
    given: *const DynamicZone,
    from: *const SystemTime,
    to: *mut SystemTime,
    from_utc: bool,
) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    unsafe {
        let zone = of_year(read(from)?.year, given.as_ref());
        convert(&raw const zone, from, to, from_utc)
    }
}

/// SystemTimeToTzSpecificLocalTimeEx: with the rules of that year.
///
/// # Safety
/// Pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SystemTimeToTzSpecificLocalTimeEx(
    zone: *const DynamicZone,
    utc: *const SystemTime,
    local: *mut SystemTime,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { convert_dynamic(zone, utc, local, true) })
}

/// TzSpecificLocalTimeToSystemTimeEx: with the rules of that year.
///
/// # Safety
/// Pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TzSpecificLocalTimeToSystemTimeEx(
    zone: *const DynamicZone,
    local: *const SystemTime,
    utc: *mut SystemTime,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { convert_dynamic(zone, local, utc, false) })
}

/// EnumDynamicTimeZoneInformation: the zone that the process is in, and then 259. An error code.
///
/// # Safety
/// `to` is NULL (87) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EnumDynamicTimeZoneInformation(index: u32, to: *mut DynamicZone) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if to.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        if index > 0 {
            return Win32Error::NO_MORE_ITEMS.0;
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(dynamic_now().0) };
        0
    })
}

/// GetDynamicTimeZoneInformationEffectiveYears: 2, as for a zone without a list of years. An error code.
///
/// # Safety
/// Nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetDynamicTimeZoneInformationEffectiveYears(
    _zone: *const DynamicZone,
    _first: *mut u32,
    _last: *mut u32,
) -> u32 {
    Win32Error::FILE_NOT_FOUND.0
}

/// SetTimeZoneInformation: 1314; the zone is what `timedatectl` has set. 87 for one that is none.
///
/// # Safety
/// `zone` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetTimeZoneInformation(zone: *const TimeZoneInformation) -> Bool {
    let error = if zone.is_null() { Win32Error::INVALID_PARAMETER } else { Win32Error::PRIVILEGE_NOT_HELD };
    fail(error, 0)
}

/// SetDynamicTimeZoneInformation: 1314, as SetTimeZoneInformation.
///
/// # Safety
/// `zone` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetDynamicTimeZoneInformation(zone: *const DynamicZone) -> Bool {
    // SAFETY: it begins with the plain one, and is not looked into.
    unsafe { ovl_SetTimeZoneInformation(zone.cast()) }
}

/// LocalFileTimeToLocalSystemTime: the same moment in its parts; a zone changes nothing in that.
///
/// # Safety
/// Pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalFileTimeToLocalSystemTime(
    _zone: *const TimeZoneInformation,
    file: *const FileTime,
    system: *mut SystemTime,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { super::ovl_FileTimeToSystemTime(file, system) }
}

/// LocalSystemTimeToLocalFileTime, the other way.
///
/// # Safety
/// Pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LocalSystemTimeToLocalFileTime(
    _zone: *const TimeZoneInformation,
    system: *const SystemTime,
    file: *mut FileTime,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { super::ovl_SystemTimeToFileTime(system, file) }
}
