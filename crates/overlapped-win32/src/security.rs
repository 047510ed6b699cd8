//! Tokens and identifiers of users (`processthreadsapi.h`, `securitybaseapi.h`, `aclapi.h`, `userenv.h`), as far as programs ask who they are.
//!
//! A process has the rights of its user, so a token is a handle of the process that lets one ask and nothing else. Lists of
//! who may what are in [`crate::acl`].

use crate::arguments::{output, pair, store, store_if_wanted};
use crate::names::to_windows;
use crate::processes::visible;
use crate::sids::{of_group, of_user, sid};
use crate::startprocess::{ProcessInformation, StartupInfo, ovl_CreateProcessA, ovl_CreateProcessW};
use crate::support::{Bool, FALSE, RawHandle, fail, guard_bool, handle, system};
use crate::text::put;
use overlapped_abi::{AccessMask, SecurityAttributes, Win32Error};
use overlapped_kernel::handle::{Entry, Object};
use overlapped_kernel::process::Process;
use std::alloc::{Layout, alloc, dealloc};
use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::Arc;

const TOKEN_QUERY: u32 = 0x8;
const TOKEN_USER: u32 = 1;
const TOKEN_OWNER: u32 = 4;
const TOKEN_PRIMARY_GROUP: u32 = 5;
const ELEVATION_TYPE: u32 = 18;
const ELEVATION: u32 = 20;
const IS_APP_CONTAINER: u32 = 29;
/// TokenElevationTypeDefault.
const DEFAULT: u32 = 1;

/// OpenProcessToken.
///
/// # Safety
/// `token` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OpenProcessToken(process: RawHandle, _access: u32, token: *mut RawHandle) -> Bool {
    guard_bool(|| {
        let process = visible(process)?;
        // SAFETY: the caller's promise.
        unsafe { give_token(process, token) }
    })
}

/// # Safety
/// `to` is NULL (998) or writable.
unsafe fn give_token(process: Arc<Process>, to: *mut RawHandle) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    let access = AccessMask::from_bits_retain(TOKEN_QUERY);
    let handle = system()?.insert(Object::Process(process), access)?;
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { store(to, handle.into_raw()) }
}

/// The process of a token; 6 for anything else.
pub(crate) fn check_token(token: RawHandle) -> Result<Arc<Process>, Win32Error> {
    match system()?.entry(handle(token)?)? {
        Entry { object: Object::Process(process), access, .. } if access.bits() == TOKEN_QUERY => Ok(process),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// DuplicateTokenEx: another handle of the same; nobody acts as somebody else.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DuplicateTokenEx(
    token: RawHandle,
    _access: u32,
    _attributes: *const SecurityAttributes,
    _level: u32,
    _kind: u32,
    to: *mut RawHandle,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_token(check_token(token)?, to) })
}

/// ImpersonateLoggedOnUser: the thread has the rights that it has anyway, those of the process' user.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ImpersonateLoggedOnUser(token: RawHandle) -> Bool {
    guard_bool(|| check_token(token).map(drop))
}

pair! {
    /// LogonUser: 50, because a process of Linux has one user.
    fn ovl_LogonUserA ovl_LogonUserW(
        _user: *const C,
        _domain: *const C,
        _password: *const C,
        _kind: u32,
        _provider: u32,
        _to: *mut RawHandle,
    ) -> Bool {
        fail(Win32Error::NOT_SUPPORTED, FALSE)
    }
}

/// CreateProcessAsUser, which differs from CreateProcess by the token only; that is the user's own. NULL is the caller's, too.
macro_rules! as_user {
    ($name:ident, $unit:ty, $plain:ident) => {
        /// CreateProcessAsUser: CreateProcess; 6 for what is no token.
        ///
        /// # Safety
        /// As for CreateProcess.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            token: RawHandle,
            name: *const $unit,
            command_line: *mut $unit,
            process: *const SecurityAttributes,
            thread: *const SecurityAttributes,
            inherit: Bool,
            flags: u32,
            environment: *const c_void,
            directory: *const $unit,
            info: *const StartupInfo<$unit>,
            made: *mut ProcessInformation,
        ) -> Bool {
            if token != 0 && guard_bool(|| check_token(token).map(drop)) == FALSE {
                return FALSE;
            }
            // SAFETY: the caller's promise.
            unsafe { $plain(name, command_line, process, thread, inherit, flags, environment, directory, info, made) }
        }
    };
}
as_user!(ovl_CreateProcessAsUserA, u8, ovl_CreateProcessA);
as_user!(ovl_CreateProcessAsUserW, u16, ovl_CreateProcessW);

/// GetTokenInformation: user and owner (S-1-22-1-n), group (S-1-22-2-n), whether it is root's, and that it is no app container's. 122 with the bytes needed if there
/// is too little room, 87 for other classes.
///
/// # Safety
/// `to` is NULL or writable for `room` bytes, `needed` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetTokenInformation(
    token: RawHandle,
    class: u32,
    to: *mut c_void,
    room: u32,
    needed: *mut u32,
) -> Bool {
    guard_bool(|| {
        check_token(token)?;
        // SAFETY: asks for numbers.
        let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
        // The pointer to the identifier behind the structure, and what follows it there.
        let pointing = |rest: &[u8], sid: Vec<u8>| {
            let sid_at = (to as usize).wrapping_add(8 + rest.len());
            [&sid_at.to_ne_bytes(), rest, &sid[..]].concat()
        };
        let bytes = match class {
            TOKEN_USER => pointing(&[0; 8], of_user(user)),
            TOKEN_OWNER => pointing(&[], of_user(user)),
            TOKEN_PRIMARY_GROUP => pointing(&[], of_group(group)),
            ELEVATION_TYPE => DEFAULT.to_ne_bytes().to_vec(),
            ELEVATION => u32::from(user == 0).to_ne_bytes().to_vec(),
            IS_APP_CONTAINER => vec![0; 4],
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(needed, bytes.len() as u32) };
        if (room as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's promise.
        unsafe { output(&bytes, to) }
    })
}

fn sid_layout(parts: u8) -> Layout {
    match Layout::from_size_align(8 + usize::from(parts) * 4, 8) {
        Ok(layout) => layout,
        Err(_) => unreachable!("at most 1028 bytes"),
    }
}

/// AllocateAndInitializeSid: 87 for more than eight parts.
///
/// # Safety
/// `authority` is NULL (87) or readable, `to` NULL (87) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AllocateAndInitializeSid(
    authority: *const [u8; 6],
    count: u8,
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    e: u32,
    f: u32,
    g: u32,
    h: u32,
    to: *mut *mut u8,
) -> Bool {
    guard_bool(|| {
        if authority.is_null() || to.is_null() || count > 8 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let parts = [a, b, c, d, e, f, g, h];
        // SAFETY: not NULL, and the caller vouches for it.
        let bytes = sid(unsafe { *authority }, &parts[..usize::from(count)]);
        // SAFETY: it is not empty.
        let memory = unsafe { alloc(sid_layout(count)) };
        if memory.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: as large as the bytes; `to` is not NULL, and the caller vouches for it.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len());
            to.write(memory);
        }
        Ok(())
    })
}

/// FreeSid: NULL.
///
/// # Safety
/// `sid` is NULL or comes from AllocateAndInitializeSid, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeSid(sid: *mut u8) -> *mut u8 {
    if !sid.is_null() {
        // SAFETY: the caller's promise; the second byte is the count that it was made with.
        unsafe { dealloc(sid, sid_layout(*sid.add(1))) };
    }
    std::ptr::null_mut()
}

pair! {
    /// GetEffectiveRightsFromAcl: 50.
    fn ovl_GetEffectiveRightsFromAclA ovl_GetEffectiveRightsFromAclW(
        _list: *mut c_void,
        _trustee: *mut c_void,
        _to: *mut u32,
    ) -> u32 {
        fail(Win32Error::NOT_SUPPORTED, Win32Error::NOT_SUPPORTED.0)
    }
}

/// Where the user is at home.
pub(crate) fn home() -> PathBuf {
    std::env::home_dir().filter(|home| home.is_absolute()).unwrap_or_else(|| "/".into())
}

pair! {
    /// GetUserProfileDirectory: the home directory; 122 with the room needed, zero included.
    fn ovl_GetUserProfileDirectoryA ovl_GetUserProfileDirectoryW(token: RawHandle, to: *mut C, room: *mut u32) -> Bool {
        use crate::text::Unit;
        guard_bool(|| {
            check_token(token)?;
            if room.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let name = C::from_os(&to_windows(&home()));
            // SAFETY: not NULL, and the caller vouches for it.
            let had = unsafe { room.replace(name.len() as u32 + 1) };
            if to.is_null() || had as usize <= name.len() {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: it fits, with its zero.
            unsafe { put(to, &name) };
            Ok(())
        })
    }
}
