//! The end of the system: nobody here has the privilege (1314) that these functions ask for. `systemctl` and its like end a Linux.

use crate::arguments::pair;
use crate::support::{Bool, fail, guard_bool};
use overlapped_abi::Win32Error;

/// ERROR_NO_SHUTDOWN_IN_PROGRESS.
const NONE_IN_PROGRESS: Win32Error = Win32Error(1116);

/// ExitWindowsEx: 1314; 87 for flags that there are not, 5 for the mere end of a session.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ExitWindowsEx(flags: u32, _reason: u32) -> Bool {
    const FORCE: u32 = 0x4 | 0x10 | 0x40 | 0x40_0000;
    const ENDS: u32 = 0x1 | 0x2 | 0x8;
    guard_bool(|| match flags & !FORCE {
        0 => Err(Win32Error::ACCESS_DENIED),
        ends if ends & !ENDS == 0 => Err(Win32Error::PRIVILEGE_NOT_HELD),
        _ => Err(Win32Error::INVALID_PARAMETER),
    })
}

pair! {
    /// InitiateSystemShutdown: 5, as over a network without the right.
    fn ovl_InitiateSystemShutdownA ovl_InitiateSystemShutdownW(
        _computer: *const C,
        _message: *const C,
        _seconds: u32,
        _force: Bool,
        _restart: Bool,
    ) -> Bool {
        fail(Win32Error::ACCESS_DENIED, 0)
    }
}

pair! {
    /// InitiateSystemShutdownEx: 5.
    fn ovl_InitiateSystemShutdownExA ovl_InitiateSystemShutdownExW(
        _computer: *const C,
        _message: *const C,
        _seconds: u32,
        _force: Bool,
        _restart: Bool,
        _reason: u32,
    ) -> Bool {
        fail(Win32Error::ACCESS_DENIED, 0)
    }
}

pair! {
    /// InitiateShutdown: the code 5.
    fn ovl_InitiateShutdownA ovl_InitiateShutdownW(
        _computer: *const C,
        _message: *const C,
        _seconds: u32,
        _flags: u32,
        _reason: u32,
    ) -> u32 {
        Win32Error::ACCESS_DENIED.0
    }
}

pair! {
    /// AbortSystemShutdown: 1116, since none is under way.
    fn ovl_AbortSystemShutdownA ovl_AbortSystemShutdownW(_computer: *const C) -> Bool {
        fail(NONE_IN_PROGRESS, 0)
    }
}
