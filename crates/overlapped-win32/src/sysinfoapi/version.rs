//! The version of Windows that programs are told: 10.0.19045, as to one whose manifest knows it.

use crate::support::{Bool, FALSE, TRUE, fail};
use crate::text::Unit;
use overlapped_abi::Win32Error;
use std::cmp::Ordering;

const MAJOR: u32 = 10;
const MINOR: u32 = 0;
pub(crate) const BUILD: u32 = 19_045;
const VER_PLATFORM_WIN32_NT: u32 = 2;
const VER_NT_WORKSTATION: u8 = 1;
/// ERROR_OLD_WIN_VERSION.
const OLD_VERSION: Win32Error = Win32Error(1150);

/// OSVERSIONINFOEXA (156 bytes) and -W (284); OSVERSIONINFO ends after the name of the service pack.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VersionInfo<U> {
    size: u32,
    major: u32,
    minor: u32,
    build: u32,
    platform: u32,
    service_pack: [U; 128],
    service_pack_major: u16,
    service_pack_minor: u16,
    suites: u16,
    product: u8,
    reserved: u8,
}

const _: () = assert!(size_of::<VersionInfo<u8>>() == 156 && size_of::<VersionInfo<u16>>() == 284);

/// GetVersion: major, minor, and the build in the high half.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetVersion() -> u32 {
    BUILD << 16 | MINOR << 8 | MAJOR
}

/// # Safety
/// `info` is writable for as many bytes as its size field says.
unsafe fn get<U: Unit>(info: *mut VersionInfo<U>) -> Bool {
    let whole = size_of::<VersionInfo<U>>();
    // SAFETY: the caller vouches for the size field.
    let size = if info.is_null() { 0 } else { unsafe { (*info).size } } as usize;
    if size != whole && size != whole - 8 {
        return fail(Win32Error::INSUFFICIENT_BUFFER, FALSE);
    }
    let version = VersionInfo {
        size: size as u32,
        major: MAJOR,
        minor: MINOR,
        build: BUILD,
        platform: VER_PLATFORM_WIN32_NT,
        service_pack: [U::default(); 128],
        service_pack_major: 0,
        service_pack_minor: 0,
        suites: 0,
        product: VER_NT_WORKSTATION,
        reserved: 0,
    };
    // SAFETY: the caller vouches for that many bytes, and there are as many in the value.
    unsafe { std::ptr::copy_nonoverlapping(std::ptr::from_ref(&version).cast::<u8>(), info.cast(), size) };
    TRUE
}

/// GetVersionExA, for OSVERSIONINFOA and OSVERSIONINFOEXA.
///
/// # Safety
/// `info` has its size field set and is writable for as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetVersionExA(info: *mut VersionInfo<u8>) -> Bool {
    // SAFETY: the caller vouches for it.
    unsafe { get(info) }
}

/// GetVersionExW, for OSVERSIONINFOW and OSVERSIONINFOEXW.
///
/// # Safety
/// As for [`ovl_GetVersionExA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetVersionExW(info: *mut VersionInfo<u16>) -> Bool {
    // SAFETY: the caller vouches for it.
    unsafe { get(info) }
}

/// VerSetConditionMask: three bits of a mask for each of the eight fields named.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_VerSetConditionMask(mask: u64, fields: u32, condition: u8) -> u64 {
    (0..8).filter(|field| fields & 1 << field != 0).fold(mask, |mask, field| {
        let shift = field * 3;
        mask & !(7 << shift) | u64::from(condition & 7) << shift
    })
}

/// Whether an order satisfies VER_EQUAL 1, VER_GREATER 2, VER_GREATER_EQUAL 3, VER_LESS 4 or VER_LESS_EQUAL 5; `None` for
/// other conditions.
fn satisfies(order: Ordering, condition: u64) -> Option<bool> {
    Some(match condition {
        1 => order.is_eq(),
        2 => order.is_gt(),
        3 => order.is_ge(),
        4 => order.is_lt(),
        5 => order.is_le(),
        _ => return None,
    })
}

fn verify<U>(wanted: &VersionInfo<U>, fields: u32, mask: u64) -> Result<(), Win32Error> {
    let condition = |field: u32| mask >> (field * 3) & 7;
    let named = |field: u32| fields & 1 << field != 0;
    let mut held = true;
    // The version proper, most significant part first: a part counts only while those before it are equal.
    let version = [
        (1, MAJOR, wanted.major),
        (0, MINOR, wanted.minor),
        (5, 0, wanted.service_pack_major.into()),
        (4, 0, wanted.service_pack_minor.into()),
    ];
    let mut leading = None;
    for (field, ours, theirs) in version.into_iter().filter(|part| named(part.0)) {
        let condition = *leading.get_or_insert(condition(field));
        held = satisfies(ours.cmp(&theirs), condition).ok_or(Win32Error::INVALID_PARAMETER)?;
        if ours != theirs {
            break;
        }
    }
    let others = [
        (2, BUILD, wanted.build),
        (3, VER_PLATFORM_WIN32_NT, wanted.platform),
        (7, VER_NT_WORKSTATION.into(), wanted.product.into()),
    ];
    for (field, ours, theirs) in others.into_iter().filter(|part| named(part.0)) {
        held &= satisfies(ours.cmp(&theirs), condition(field)).ok_or(Win32Error::INVALID_PARAMETER)?;
    }
    // No suites here: VER_AND 6 holds if none is wanted, VER_OR 7 alike.
    held &= !named(6) || wanted.suites == 0;
    if fields == 0 {
        Err(Win32Error::INVALID_PARAMETER)
    } else if held {
        Ok(())
    } else {
        Err(OLD_VERSION)
    }
}

/// VerifyVersionInfoA: FALSE/1150 if the version does not satisfy the conditions.
///
/// # Safety
/// `wanted` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VerifyVersionInfoA(wanted: *const VersionInfo<u8>, fields: u32, mask: u64) -> Bool {
    // SAFETY: the caller vouches for it.
    crate::support::guard_bool(|| verify(unsafe { &*wanted }, fields, mask))
}

/// VerifyVersionInfoW, as [`ovl_VerifyVersionInfoA`].
///
/// # Safety
/// `wanted` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VerifyVersionInfoW(wanted: *const VersionInfo<u16>, fields: u32, mask: u64) -> Bool {
    // SAFETY: the caller vouches for it.
    crate::support::guard_bool(|| verify(unsafe { &*wanted }, fields, mask))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    fn blank<U: Unit>(size: u32) -> VersionInfo<U> {
        // SAFETY: plain numbers.
        VersionInfo { size, ..unsafe { std::mem::zeroed() } }
    }

    #[test]
    fn both_sizes_of_both_kinds() {
        for (size, ok) in [(148, TRUE), (156, TRUE), (100, FALSE)] {
            let mut info = blank::<u8>(size);
            // SAFETY: it is ours.
            assert_eq!(unsafe { ovl_GetVersionExA(&mut info) }, ok);
            assert_eq!(info.product, u8::from(size == 156));
        }
        let mut info = blank::<u16>(276);
        // SAFETY: it is ours.
        assert_eq!(unsafe { ovl_GetVersionExW(&mut info) }, TRUE);
        assert_eq!((info.major, ovl_GetVersion() & 0xFF, ovl_GetVersion() >> 16), (10, 10, info.build));
    }

    #[test]
    fn conditions_are_checked_from_the_front() {
        let at_least = |major, minor| {
            let wanted = VersionInfo { major, minor, ..blank::<u16>(284) };
            let mask = ovl_VerSetConditionMask(ovl_VerSetConditionMask(0, 2, 3), 1, 3);
            // SAFETY: it is ours.
            unsafe { ovl_VerifyVersionInfoW(&wanted, 3, mask) }
        };
        assert_eq!([at_least(6, 1), at_least(10, 0), at_least(10, 1), at_least(11, 0)], [TRUE, TRUE, FALSE, FALSE]);
        assert_eq!(last_error(), 1150);
    }
}
