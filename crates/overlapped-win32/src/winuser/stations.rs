//! Window stations and desktops: the one of each that there is, with the names that a program of the user's session finds. Services ask by them
//! whether anybody sees their windows.

use crate::arguments::pair;
use crate::support::{Bool, RawHandle, fail, guard_bool};
use crate::text::Unit;
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, c_void};

const STATION: RawHandle = 0x5753_5400;
const DESKTOP: RawHandle = 0x5753_5404;

/// GetProcessWindowStation: the only one; not to be closed.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetProcessWindowStation() -> RawHandle {
    STATION
}

/// SetProcessWindowStation: to the one that it has; 6 for anything else.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessWindowStation(station: RawHandle) -> Bool {
    if station == STATION { 1 } else { fail(Win32Error::INVALID_HANDLE, 0) }
}

pair! {
    /// OpenWindowStation: "WinSta0"; 2 for any other name.
    fn ovl_OpenWindowStationA ovl_OpenWindowStationW(station: *const C, _inherit: Bool, _access: u32) -> RawHandle {
        // SAFETY: the caller's promise.
        named(&C::to_os(unsafe { crate::text::units_or_empty(station) }), "WinSta0", STATION)
    }
}

fn named(name: &OsStr, own: &str, handle: RawHandle) -> RawHandle {
    if name.eq_ignore_ascii_case(own) { handle } else { fail(Win32Error::FILE_NOT_FOUND, 0) }
}

/// CloseWindowStation: TRUE, also for the one that stays open.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseWindowStation(station: RawHandle) -> Bool {
    ovl_SetProcessWindowStation(station)
}

/// GetThreadDesktop: the only one; 87 for a number that is no thread's of this process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetThreadDesktop(thread: u32) -> RawHandle {
    let is = std::path::Path::new(&format!("/proc/self/task/{thread}")).exists();
    if is { DESKTOP } else { fail(Win32Error::INVALID_PARAMETER, 0) }
}

/// SetThreadDesktop: to the one that it has; 6 for anything else.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetThreadDesktop(desktop: RawHandle) -> Bool {
    if desktop == DESKTOP { 1 } else { fail(Win32Error::INVALID_HANDLE, 0) }
}

/// OpenInputDesktop.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_OpenInputDesktop(_flags: u32, _inherit: Bool, _access: u32) -> RawHandle {
    DESKTOP
}

pair! {
    /// OpenDesktop: "Default"; 2 for any other name.
    fn ovl_OpenDesktopA ovl_OpenDesktopW(desktop: *const C, _flags: u32, _inherit: Bool, _access: u32) -> RawHandle {
        // SAFETY: the caller's promise.
        named(&C::to_os(unsafe { crate::text::units_or_empty(desktop) }), "Default", DESKTOP)
    }
}

/// CloseDesktop.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseDesktop(desktop: RawHandle) -> Bool {
    ovl_SetThreadDesktop(desktop)
}

const UOI_FLAGS: i32 = 1;
const UOI_NAME: i32 = 2;
const UOI_TYPE: i32 = 3;
const UOI_USER_SID: i32 = 4;
const UOI_IO: i32 = 6;
/// WSF_VISIBLE.
const VISIBLE: u32 = 1;

fn text<C: Unit>(text: &str) -> Vec<u8> {
    let units = C::from_os(text.as_ref()).into_iter().chain([C::default()]);
    units.flat_map(|unit| Into::<u32>::into(unit).to_le_bytes().into_iter().take(size_of::<C>())).collect()
}

pair! {
    /// GetUserObjectInformation: flags (visible), name, type, the user's SID, and whether it gets input; 122 with the bytes needed if they
    /// do not fit, 6
    /// for what is neither station nor desktop, 87 for another question.
    fn ovl_GetUserObjectInformationA ovl_GetUserObjectInformationW(
        object: RawHandle,
        what: i32,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            let station = match object {
                STATION => true,
                DESKTOP => false,
                _ => return Err(Win32Error::INVALID_HANDLE),
            };
            let answer = match what {
                // USEROBJECTFLAGS: inherited, reserved, flags.
                UOI_FLAGS => [0, 0, if station { VISIBLE } else { 0 }].iter().flat_map(|n: &u32| n.to_le_bytes()).collect(),
                UOI_NAME => text::<C>(if station { "WinSta0" } else { "Default" }),
                UOI_TYPE => text::<C>(if station { "WindowStation" } else { "Desktop" }),
                // SAFETY: asks for a number.
                UOI_USER_SID => crate::sids::of_user(unsafe { libc::geteuid() }),
                UOI_IO if !station => 1u32.to_le_bytes().to_vec(),
                _ => return Err(Win32Error::INVALID_PARAMETER),
            };
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::store_if_wanted(needed, answer.len() as u32) };
            if answer.len() > room as usize {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: the caller vouches for the room.
            unsafe { crate::arguments::output(&answer, to) }
        })
    }
}
