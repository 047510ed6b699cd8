//! SC_HANDLE: handles of the register and of services, which CloseHandle does not know, as on Windows. What they may be used for is in
//! the handle: the register is the user's own, so every right that is asked for is given.

use super::register::{self, Service, key};
use super::{DOES_NOT_EXIST, NO_DATABASE, running};
use crate::arguments::pair;
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use crate::text::{Unit, units};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Rights to the register.
pub(super) mod manager {
    pub const CREATE: u32 = 0x2;
    pub const ENUMERATE: u32 = 0x4;
    pub const LOCK: u32 = 0x8;
    pub const ALL: u32 = 0xF_003F;
}

/// Rights to a service.
pub(super) mod right {
    pub const QUERY_CONFIG: u32 = 0x1;
    pub const CHANGE_CONFIG: u32 = 0x2;
    pub const QUERY_STATUS: u32 = 0x4;
    pub const ENUMERATE: u32 = 0x8;
    pub const START: u32 = 0x10;
    pub const STOP: u32 = 0x20;
    pub const PAUSE: u32 = 0x40;
    pub const INTERROGATE: u32 = 0x80;
    pub const OWN_CONTROLS: u32 = 0x100;
    pub const DELETE: u32 = 0x1_0000;
    pub const ALL: u32 = 0xF_01FF;
}

/// RPC_S_SERVER_UNAVAILABLE.
const SERVER_UNAVAILABLE: Win32Error = Win32Error(1722);

/// What the generic rights, read, write, execute and all, mean for each of the two.
const OF_MANAGER: [u32; 4] = [0x2_0014, 0x2_0022, 0x2_0009, manager::ALL];
const OF_SERVICE: [u32; 4] = [0x2_008D, 0x2_0002, 0x2_0170, right::ALL];

fn meant(access: u32, generic: [u32; 4]) -> u32 {
    let bits = [0x8000_0000, 0x4000_0000, 0x2000_0000, 0x1000_0000u32];
    let wide = bits.iter().zip(generic).filter(|(bit, _)| access & **bit != 0).fold(0, |all, (_, more)| all | more);
    // MAXIMUM_ALLOWED.
    let most = if access & 0x200_0000 != 0 { generic[3] } else { 0 };
    access & 0x1FF_FFFF | wide | most
}

/// What a handle stands for.
#[derive(Clone, Debug)]
enum Open {
    Manager(u32),
    Service(String, u32),
    /// LockServiceDatabase.
    Lock,
}

static OPEN: Mutex<Option<HashMap<RawHandle, Open>>> = Mutex::new(None);
/// No kernel object has such numbers, whose handles are multiples of 4.
const FIRST: RawHandle = 0x5343_0002;

fn insert(what: Open) -> RawHandle {
    let mut open = OPEN.lock();
    let open = open.get_or_insert_default();
    let free = (0..).map(|n| FIRST + 4 * n).find(|handle| !open.contains_key(handle)).unwrap_or(FIRST);
    open.insert(free, what);
    free
}

fn get(handle: RawHandle) -> Result<Open, Win32Error> {
    OPEN.lock().as_ref().and_then(|open| open.get(&handle).cloned()).ok_or(Win32Error::INVALID_HANDLE)
}

/// 6 for what is no handle of the register, 5 without the right.
pub(super) fn manager_with(handle: RawHandle, right: u32) -> Result<(), Win32Error> {
    match get(handle)? {
        Open::Manager(access) if access & right == right => Ok(()),
        Open::Manager(_) => Err(Win32Error::ACCESS_DENIED),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// The service of a handle: 6 for what is none, 5 without the right, 1060 if it has gone.
pub(super) fn service_with(handle: RawHandle, right: u32) -> Result<Service, Win32Error> {
    match get(handle)? {
        Open::Service(name, access) if access & right == right => register::find(&name),
        Open::Service(..) => Err(Win32Error::ACCESS_DENIED),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// A handle of a service that is there.
pub(super) fn open_service(name: &str, access: u32) -> RawHandle {
    insert(Open::Service(name.to_owned(), meant(access, OF_SERVICE)))
}

/// Text of a caller; empty for NULL.
///
/// # Safety
/// `text` is NULL or ends with a zero.
pub(super) unsafe fn text_of<C: Unit>(text: *const C) -> String {
    // SAFETY: not NULL, and the caller vouches for it.
    if text.is_null() { String::new() } else { C::to_os(unsafe { units(text) }).to_string_lossy().into_owned() }
}

pair! {
    /// OpenSCManager: this user's register, with whatever rights. 1722 for another computer, 1065 for another database.
    fn ovl_OpenSCManagerA ovl_OpenSCManagerW(computer: *const C, database: *const C, access: u32) -> RawHandle {
        guard_or(0, || {
            // SAFETY: NULL or strings, by the caller's promise.
            let (computer, database) = unsafe { (text_of(computer), text_of(database)) };
            let computer = computer.trim_start_matches('\\');
            let own = crate::sysinfoapi::computer::is_own(computer);
            if !(own || computer.is_empty() || computer == "." || computer.eq_ignore_ascii_case("localhost")) {
                return Err(SERVER_UNAVAILABLE);
            }
            if !database.is_empty() && !database.eq_ignore_ascii_case("ServicesActive") {
                return Err(NO_DATABASE);
            }
            Ok(insert(Open::Manager(meant(access, OF_MANAGER))))
        })
    }
}

pair! {
    /// OpenService: 1060 for a name that no service has, 123 for what cannot be one.
    fn ovl_OpenServiceA ovl_OpenServiceW(scm: RawHandle, name: *const C, access: u32) -> RawHandle {
        guard_or(0, || {
            manager_with(scm, 0)?;
            if name.is_null() {
                return Err(Win32Error::NOACCESS);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let name = unsafe { text_of(name) };
            register::check_name(&name)?;
            Ok(open_service(register::find(&name)?.name(), access))
        })
    }
}

/// CloseServiceHandle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseServiceHandle(handle: RawHandle) -> Bool {
    guard_bool(|| {
        let mut open = OPEN.lock();
        let open = open.get_or_insert_default();
        match open.get(&handle) {
            Some(Open::Manager(_) | Open::Service(..)) => {
                open.remove(&handle);
                Ok(())
            }
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    })
}

/// DeleteService: it is gone, or will be once it has stopped. 1072 for one that was deleted.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeleteService(handle: RawHandle) -> Bool {
    guard_bool(|| {
        let service = match service_with(handle, right::DELETE) {
            // The first DeleteService has been its end.
            Err(DOES_NOT_EXIST) => return Err(super::MARKED_FOR_DELETE),
            other => other?,
        };
        if service.number(key::DELETED) != 0 {
            return Err(super::MARKED_FOR_DELETE);
        }
        if running::is_active(service.name()) {
            return register::change(service.name(), |service| service.set_number(key::DELETED, 1));
        }
        register::forget(service.name());
        Ok(())
    })
}

/// LockServiceDatabase: a number and no more, as in Windows since Vista.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_LockServiceDatabase(scm: RawHandle) -> RawHandle {
    guard_or(0, || manager_with(scm, manager::LOCK).map(|()| insert(Open::Lock)))
}

/// UnlockServiceDatabase: 1071 for what is no lock.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_UnlockServiceDatabase(lock: RawHandle) -> Bool {
    guard_bool(|| {
        let mut open = OPEN.lock();
        let open = open.get_or_insert_default();
        match open.get(&lock) {
            Some(Open::Lock) => {
                open.remove(&lock);
                Ok(())
            }
            _ => Err(Win32Error(1071)),
        }
    })
}
