//! `appmodel.h`: packages, of which there are none. A process has no package (15700) and no application of one (15703), as every program of the
//! desktop; names of packages and applications can be taken apart.
//!
//! All of these return an error code.

use crate::processes::visible;
use crate::support::{RawHandle, guard};
use crate::text::{put, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

/// APPMODEL_ERROR_NO_PACKAGE.
const NO_PACKAGE: u32 = 15700;
/// APPMODEL_ERROR_NO_APPLICATION.
const NO_APPLICATION: u32 = 15703;

/// What a question about the calling process answers; 87 for a length that is NULL, or room that is said to be there and is not.
unsafe fn own(length: *mut u32, to: *mut c_void, answer: u32) -> u32 {
    // SAFETY: the caller's promise.
    match unsafe { length.as_mut() } {
        Some(length) if *length == 0 || !to.is_null() => {
            *length = 0;
            answer
        }
        _ => Win32Error::INVALID_PARAMETER.0,
    }
}

/// The same of another process; 6 for what is none.
unsafe fn of_process(process: RawHandle, length: *mut u32, to: *mut c_void, answer: u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || match visible(process) {
        // SAFETY: the caller's promise.
        Ok(_) => unsafe { own(length, to, answer) },
        Err(error) => error.0,
    })
}

macro_rules! of_own {
    ($($(#[$doc:meta])* fn $name:ident($to:ty) = $answer:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Safety
            /// `length` is NULL or writable, and `to` has as much room as it says.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(length: *mut u32, to: *mut $to) -> u32 {
                // SAFETY: the caller's promise.
                unsafe { own(length, to.cast(), $answer) }
            }
        )*
    };
}

of_own! {
    /// GetCurrentPackageFullName: 15700.
    fn ovl_GetCurrentPackageFullName(u16) = NO_PACKAGE;
    /// GetCurrentPackageFamilyName: 15700.
    fn ovl_GetCurrentPackageFamilyName(u16) = NO_PACKAGE;
    /// GetCurrentPackagePath: 15700.
    fn ovl_GetCurrentPackagePath(u16) = NO_PACKAGE;
    /// GetCurrentPackageId: 15700.
    fn ovl_GetCurrentPackageId(u8) = NO_PACKAGE;
    /// GetCurrentApplicationUserModelId: 15703.
    fn ovl_GetCurrentApplicationUserModelId(u16) = NO_APPLICATION;
}

macro_rules! of_other {
    ($($(#[$doc:meta])* fn $name:ident($to:ty) = $answer:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Safety
            /// `length` is NULL or writable, and `to` has as much room as it says.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(process: RawHandle, length: *mut u32, to: *mut $to) -> u32 {
                // SAFETY: the caller's promise.
                unsafe { of_process(process, length, to.cast(), $answer) }
            }
        )*
    };
}

of_other! {
    /// GetPackageFullName: 15700.
    fn ovl_GetPackageFullName(u16) = NO_PACKAGE;
    /// GetPackageFamilyName: 15700.
    fn ovl_GetPackageFamilyName(u16) = NO_PACKAGE;
    /// GetPackageId: 15700.
    fn ovl_GetPackageId(u8) = NO_PACKAGE;
    /// GetApplicationUserModelId: 15703.
    fn ovl_GetApplicationUserModelId(u16) = NO_APPLICATION;
}

/// GetCurrentPackageInfo: 15700.
///
/// # Safety
/// `length` and `count` are NULL or writable, and `to` has as much room as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCurrentPackageInfo(_flags: u32, length: *mut u32, to: *mut u8, count: *mut u32) -> u32 {
    // SAFETY: the caller's promise.
    unsafe {
        crate::arguments::store_if_wanted(count, 0);
        own(length, to.cast(), NO_PACKAGE)
    }
}

/// GetPackagesByPackageFamily: 0, with none.
///
/// # Safety
/// `family` is NULL or ends with a zero; the others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetPackagesByPackageFamily(
    family: *const u16,
    count: *mut u32,
    _names: *mut *mut u16,
    length: *mut u32,
    _to: *mut u16,
) -> u32 {
    if family.is_null() || count.is_null() || length.is_null() {
        return Win32Error::INVALID_PARAMETER.0;
    }
    // SAFETY: not NULL, and the caller vouches for both.
    unsafe {
        count.write(0);
        length.write(0);
    }
    0
}

/// Text with a zero, if there is room for it; 122 with the room needed.
unsafe fn give(text: &[u16], length: *mut u32, to: *mut u16) -> u32 {
    // SAFETY: not NULL, as the callers have seen; they pass on the promise for both.
    unsafe {
        let room = length.replace(text.len() as u32 + 1);
        if to.is_null() || text.len() >= room as usize {
            return Win32Error::INSUFFICIENT_BUFFER.0;
        }
        put(to, text);
    }
    0
}

const fn is_letter_or_digit(unit: u16) -> bool {
    unit < 0x80 && (unit as u8).is_ascii_alphanumeric()
}

/// `Name_PublisherId`: 3 to 50 of letters, digits, dots and hyphens, and 13 letters or digits.
fn is_family(text: &[u16]) -> bool {
    let Some(at) = text.iter().rposition(|unit| *unit == u16::from(b'_')) else { return false };
    let (name, publisher) = (&text[..at], &text[at + 1..]);
    let in_name = |unit: &u16| is_letter_or_digit(*unit) || matches!(char::from_u32(u32::from(*unit)), Some('.' | '-'));
    (3..=50).contains(&name.len())
        && name.iter().all(in_name)
        && publisher.len() == 13
        && publisher.iter().all(|unit| is_letter_or_digit(*unit))
}

/// The identifier of an application in a package: parts of letters and digits with dots between them, 64 in all.
fn is_application(text: &[u16]) -> bool {
    let begins = |part: &[u16]| part.first().is_some_and(|unit| *unit < 0x80 && (*unit as u8).is_ascii_alphabetic());
    (1..=64).contains(&text.len())
        && text
            .split(|unit| *unit == u16::from(b'.'))
            .all(|part| begins(part) && part.iter().all(|unit| is_letter_or_digit(*unit)))
}

/// FormatApplicationUserModelId: `family!application`.
///
/// # Safety
/// Strings are NULL or end with a zero; `length` is NULL or writable, and `to` has as much room as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FormatApplicationUserModelId(
    family: *const u16,
    application: *const u16,
    length: *mut u32,
    to: *mut u16,
) -> u32 {
    // SAFETY: the caller's promise.
    let (family, application) = unsafe { (units_or_empty(family), units_or_empty(application)) };
    if length.is_null() || !is_family(family) || !is_application(application) {
        return Win32Error::INVALID_PARAMETER.0;
    }
    // SAFETY: as above, and not NULL.
    unsafe { give(&[family, &[u16::from(b'!')], application].concat(), length, to) }
}

/// ParseApplicationUserModelId: the two parts; 87 for what is none.
///
/// # Safety
/// As for [`ovl_FormatApplicationUserModelId`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ParseApplicationUserModelId(
    id: *const u16,
    family_length: *mut u32,
    family: *mut u16,
    application_length: *mut u32,
    application: *mut u16,
) -> u32 {
    // SAFETY: the caller's promise.
    let id = unsafe { units_or_empty(id) };
    let parts = id.iter().position(|unit| *unit == u16::from(b'!')).map(|at| (&id[..at], &id[at + 1..]));
    match parts {
        Some((own_family, own_application))
            if !family_length.is_null()
                && !application_length.is_null()
                && is_family(own_family)
                && is_application(own_application) =>
        {
            // SAFETY: as above, and not NULL.
            unsafe {
                match (give(own_family, family_length, family), give(own_application, application_length, application))
                {
                    (0, second) => second,
                    (first, _) => first,
                }
            }
        }
        _ => Win32Error::INVALID_PARAMETER.0,
    }
}

/// PackageFamilyNameFromFullName: of `Name_Version_Architecture_Resource_PublisherId` the first and the last part; 87 for what is none.
///
/// # Safety
/// As for [`ovl_FormatApplicationUserModelId`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_PackageFamilyNameFromFullName(name: *const u16, length: *mut u32, to: *mut u16) -> u32 {
    // SAFETY: the caller's promise.
    let name = unsafe { units_or_empty(name) };
    let parts: Vec<&[u16]> = name.split(|unit| *unit == u16::from(b'_')).collect();
    if let ([first, _, _, _, last], false) = (&parts[..], length.is_null()) {
        let family = [first, &[u16::from(b'_')][..], last].concat();
        if is_family(&family) {
            // SAFETY: as above, and not NULL.
            return unsafe { give(&family, length, to) };
        }
    }
    Win32Error::INVALID_PARAMETER.0
}

/// LoadPackagedLibrary: 15700.
///
/// # Safety
/// Nothing is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LoadPackagedLibrary(_name: *const u16, _reserved: u32) -> *mut c_void {
    crate::support::fail(Win32Error(NO_PACKAGE), std::ptr::null_mut())
}
