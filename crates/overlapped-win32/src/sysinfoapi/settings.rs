//! What an administrator sets: the clock, the computer's name, the edition; and the directories of 32-bit programs, of which there are none.
//!
//! The clock is set where Linux lets the user do that; else 1314 (ERROR_PRIVILEGE_NOT_HELD), as for a user of Windows. The computer's name is what
//! `hostnamectl` has set, and stays so: 5.

use crate::arguments::{pair, store};
use crate::support::{Bool, guard_bool, guard_or};
use crate::text::{Unit, of, put, units_or_empty};
use crate::timezoneapi::calendar::SystemTime;
use crate::timezoneapi::zone::offset_at;
use overlapped_abi::{FileTime, Win32Error};
use std::os::unix::ffi::OsStrExt;

/// What Linux says to a call that sets a clock.
fn refused() -> Win32Error {
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EPERM | libc::EACCES) => Win32Error::PRIVILEGE_NOT_HELD,
        _ => Win32Error::INVALID_PARAMETER,
    }
}

/// Ticks of 100 ns since 1601; 998 for NULL, 87 for what is no date.
unsafe fn ticks(time: *const SystemTime) -> Result<u64, Win32Error> {
    // SAFETY: the caller's promise.
    let time = unsafe { time.as_ref() }.ok_or(Win32Error::NOACCESS)?;
    time.to_ticks().ok_or(Win32Error::INVALID_PARAMETER)
}

fn set_clock(ticks: u64) -> Result<(), Win32Error> {
    let (seconds, nanoseconds) = FileTime::from_ticks(ticks).to_unix().ok_or(Win32Error::INVALID_PARAMETER)?;
    let time = libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() };
    // SAFETY: a complete structure.
    if unsafe { libc::clock_settime(libc::CLOCK_REALTIME, &raw const time) } == 0 { Ok(()) } else { Err(refused()) }
}

/// SetSystemTime: the machine's clock, in UTC. 87 for what is no date, 1314 without the privilege.
///
/// # Safety
/// `time` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetSystemTime(time: *const SystemTime) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| set_clock(unsafe { ticks(time)? }))
}

/// SetLocalTime: as SetSystemTime, in the time of the zone that the process is in.
///
/// # Safety
/// As for [`ovl_SetSystemTime`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetLocalTime(time: *const SystemTime) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let local = unsafe { ticks(time)? };
        // The offset of that moment, which the offset itself moves: twice is enough.
        let near = local.saturating_add_signed(-offset_at(local));
        set_clock(local.saturating_add_signed(-offset_at(near)))
    })
}

/// What the clock gains at each of Windows' ticks, in 100 ns.
const INCREMENT: u32 = 156_250;
/// The same of Linux, in microseconds.
const TICK: i64 = 10_000;

/// GetSystemTimeAdjustment: what the clock gains in each 15.625 ms, and whether Linux runs it at its own pace.
///
/// # Safety
/// All targets are NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemTimeAdjustment(
    adjustment: *mut u32,
    increment: *mut u32,
    off: *mut Bool,
) -> Bool {
    guard_bool(|| {
        // SAFETY: a structure of numbers; with no modes it is only filled.
        let tick = unsafe {
            let mut state: libc::timex = std::mem::zeroed();
            if libc::adjtimex(&raw mut state) < 0 { TICK } else { state.tick }
        };
        // SAFETY: the caller's promise.
        unsafe {
            store(adjustment, (i64::from(INCREMENT) * tick / TICK) as u32)?;
            store(increment, INCREMENT)?;
            store(off, (tick == TICK).into())
        }
    })
}

/// SetSystemTimeAdjustment: has the clock gain so much in each 15.625 ms, or, with `off`, run at its own pace. 87 for a pace that Linux
/// does not take
/// (more than a tenth away), 1314 without the privilege.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetSystemTimeAdjustment(adjustment: u32, off: Bool) -> Bool {
    guard_bool(|| {
        let tick = if off != 0 { TICK } else { i64::from(adjustment) * TICK / i64::from(INCREMENT) };
        if !(TICK * 9 / 10..=TICK * 11 / 10).contains(&tick) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: a structure of numbers, for which zero is a value.
        let mut state: libc::timex = unsafe { std::mem::zeroed() };
        (state.modes, state.tick) = (libc::ADJ_TICK, tick);
        // SAFETY: our own structure.
        if unsafe { libc::adjtimex(&raw mut state) } < 0 { Err(refused()) } else { Ok(()) }
    })
}

/// PRODUCT_PROFESSIONAL, as of the version that GetVersionEx tells.
const PROFESSIONAL: u32 = 0x30;

/// GetProductInfo: Professional, for a program that asks by the numbers of Windows 6 or later; FALSE and 0 for others.
///
/// # Safety
/// `to` is NULL (FALSE) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProductInfo(major: u32, _minor: u32, _pack: u32, _small: u32, to: *mut u32) -> Bool {
    if to.is_null() {
        return 0;
    }
    let known = major >= 6;
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(if known { PROFESSIONAL } else { 0 }) };
    known.into()
}

/// Could a computer be called so? Letters, digits and hyphens, and dots between the parts of a DNS name.
fn is_name(name: &[u8], dots: bool) -> bool {
    let part = |part: &[u8]| {
        !part.is_empty()
            && part.len() <= 63
            && part.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80)
    };
    if dots { name.split(|&byte| byte == b'.').all(part) } else { part(name) }
}

fn set_name(name: &[u8], dots: bool) -> Result<(), Win32Error> {
    Err(if is_name(name, dots) { Win32Error::ACCESS_DENIED } else { Win32Error::INVALID_PARAMETER })
}

pair! {
    /// SetComputerName: 5; 87 for what can be no name.
    fn ovl_SetComputerNameA ovl_SetComputerNameW(to: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| set_name(C::to_os(unsafe { units_or_empty(to) }).as_bytes(), false))
    }
}

pair! {
    /// SetComputerNameEx: 5; 87 for what can be no name, or a format that cannot be set.
    fn ovl_SetComputerNameExA ovl_SetComputerNameExW(format: u32, to: *const C) -> Bool {
        guard_bool(|| {
            // The physical ones; the domain may be empty.
            // SAFETY: the caller's promise.
            let name = C::to_os(unsafe { units_or_empty(to) });
            match format {
                4 | 5 => set_name(name.as_bytes(), false),
                6 if name.is_empty() => Err(Win32Error::ACCESS_DENIED),
                6 | 7 => set_name(name.as_bytes(), true),
                _ => Err(Win32Error::INVALID_PARAMETER),
            }
        })
    }
}

pair! {
    /// DnsHostnameToComputerName: the NetBIOS name of a host: its first part in upper case, 15 characters of it. 234 with the room needed;
    /// 998 for NULL.
    fn ovl_DnsHostnameToComputerNameA ovl_DnsHostnameToComputerNameW(host: *const C, to: *mut C, size: *mut u32) -> Bool {
        guard_bool(|| {
            if size.is_null() || host.is_null() {
                return Err(Win32Error::NOACCESS);
            }
            // SAFETY: the caller's promise.
            let host = C::to_os(unsafe { units_or_empty(host) });
            let first = host.as_bytes().split(|&byte| byte == b'.').next().unwrap_or_default();
            let name: Vec<u8> = first.iter().take(15).map(u8::to_ascii_uppercase).collect();
            let text = C::from_os(std::ffi::OsStr::from_bytes(&name));
            // SAFETY: not NULL, and the caller vouches for both.
            unsafe {
                if to.is_null() || *size as usize <= text.len() {
                    size.write(text.len() as u32 + 1);
                    return Err(Win32Error::MORE_DATA);
                }
                put(to, &text);
                size.write(text.len() as u32);
            }
            Ok(())
        })
    }
}

pair! {
    /// GetSystemWindowsDirectory: as GetWindowsDirectory.
    fn ovl_GetSystemWindowsDirectoryA ovl_GetSystemWindowsDirectoryW(to: *mut C, size: u32) -> u32 {
        // SAFETY: the caller vouches for the room.
        unsafe { crate::text::give(&of::<C>(crate::sysinfoapi::computer::WINDOWS), to, size) }
    }
}

/// ERROR_CALL_NOT_IMPLEMENTED, as on a Windows without such a directory.
const NO_WOW: Win32Error = Win32Error(120);

pair! {
    /// GetSystemWow64Directory: 0/120, as on a Windows that has no 32-bit programs.
    fn ovl_GetSystemWow64DirectoryA ovl_GetSystemWow64DirectoryW(_to: *mut C, _size: u32) -> u32 {
        guard_or(0, || Err(NO_WOW))
    }
}

pair! {
    /// GetSystemWow64Directory2: as GetSystemWow64Directory, for each kind of 32-bit programs.
    fn ovl_GetSystemWow64Directory2A ovl_GetSystemWow64Directory2W(_to: *mut C, _size: u32, _machine: u16) -> u32 {
        guard_or(0, || Err(NO_WOW))
    }
}

/// Wow64DisableWow64FsRedirection: 1 (ERROR_INVALID_FUNCTION), as in every program of 64 bits.
///
/// # Safety
/// Nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Wow64DisableWow64FsRedirection(_before: *mut *mut std::ffi::c_void) -> Bool {
    guard_bool(|| Err(Win32Error::INVALID_FUNCTION))
}

/// Wow64RevertWow64FsRedirection: 1.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Wow64RevertWow64FsRedirection(_before: *mut std::ffi::c_void) -> Bool {
    guard_bool(|| Err(Win32Error::INVALID_FUNCTION))
}

/// Wow64EnableWow64FsRedirection: FALSE/1.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Wow64EnableWow64FsRedirection(_enable: u8) -> u8 {
    guard_or(0, || Err(Win32Error::INVALID_FUNCTION))
}

/// Wow64SetThreadDefaultGuestMachine: IMAGE_FILE_MACHINE_TARGET_HOST, which it was and stays.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_Wow64SetThreadDefaultGuestMachine(_machine: u16) -> u16 {
    1
}
