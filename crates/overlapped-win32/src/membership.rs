//! Whom Windows' own identifiers stand for: IsWellKnownSid, CreateWellKnownSid, CheckTokenMembership; and GetUserNameEx of `secext.h`.

use crate::arguments::{output, pair, store};
use crate::security::check_token;
use crate::sids::{full_name, name_of_user, of_group, of_user, read, sid};
use crate::support::{Bool, FALSE, RawHandle, TRUE, guard_bool, guard_or};
use crate::sysinfoapi::computer_name;
use crate::text::{Unit, put};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

const NONE_MAPPED: Win32Error = Win32Error(1332);
const MORE_DATA: Win32Error = Win32Error(234);

/// WELL_KNOWN_SID_TYPE, authority and parts.
const WELL_KNOWN: [(u32, u8, &[u32]); 16] = [
    (0, 0, &[0]),
    (1, 1, &[0]),
    (2, 2, &[0]),
    (3, 3, &[0]),
    (4, 3, &[1]),
    (9, 5, &[2]),
    (11, 5, &[4]),
    (12, 5, &[6]),
    (13, 5, &[7]),
    (17, 5, &[11]),
    (22, 5, &[18]),
    (23, 5, &[19]),
    (24, 5, &[20]),
    (26, 5, &[32, 544]),
    (27, 5, &[32, 545]),
    (28, 5, &[32, 546]),
];
const EVERYONE: u32 = 1;
const AUTHENTICATED_USERS: u32 = 17;
const ADMINISTRATORS: u32 = 26;
const USERS: u32 = 27;

fn well_known(kind: u32) -> Option<Vec<u8>> {
    let (_, authority, parts) = WELL_KNOWN.into_iter().find(|known| known.0 == kind)?;
    Some(sid([0, 0, 0, 0, 0, authority], parts))
}

/// IsWellKnownSid.
///
/// # Safety
/// `sid` is NULL (FALSE) or an identifier.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsWellKnownSid(sid: *const u8, kind: u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_or(FALSE, || unsafe { read(sid) }.map(|sid| well_known(kind).is_some_and(|known| known == sid).into()))
}

/// CreateWellKnownSid: 122 with the bytes needed, 87 for one that is not of this machine.
///
/// # Safety
/// `size` is NULL (87) or writable, `to` NULL or writable for `*size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateWellKnownSid(
    kind: u32,
    _domain: *const u8,
    to: *mut c_void,
    size: *mut u32,
) -> Bool {
    guard_bool(|| {
        let (Some(sid), false) = (well_known(kind), size.is_null()) else {
            return Err(Win32Error::INVALID_PARAMETER);
        };
        // SAFETY: not NULL, and the caller vouches for it.
        let had = unsafe { size.replace(sid.len() as u32) };
        if to.is_null() || (had as usize) < sid.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's promise.
        unsafe { output(&sid, to) }
    })
}

/// CheckTokenMembership: whether the process' user is whom the identifier stands for, or in the group. Administrators are root alone.
///
/// # Safety
/// `sid` is an identifier, `is_member` NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CheckTokenMembership(token: RawHandle, sid: *const u8, is_member: *mut Bool) -> Bool {
    guard_bool(|| {
        if token != 0 {
            check_token(token)?;
        }
        // SAFETY: the caller's promise.
        let sid = unsafe { read(sid) }?;
        // SAFETY: asks for numbers.
        let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
        let general = [EVERYONE, AUTHENTICATED_USERS, USERS];
        let is = sid == of_user(user)
            || sid == of_group(group)
            || groups().into_iter().any(|group| sid == of_group(group))
            || general.into_iter().filter_map(well_known).any(|known| sid == known)
            || (user == 0 && well_known(ADMINISTRATORS).is_some_and(|known| sid == known));
        // SAFETY: the caller's promise.
        unsafe { store(is_member, if is { TRUE } else { FALSE }) }
    })
}

/// The groups besides the first.
fn groups() -> Vec<u32> {
    // SAFETY: asks how many there are.
    let count = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: room for as many as there were.
    let got = unsafe { libc::getgroups(groups.len() as i32, groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(got).unwrap_or(0));
    groups
}

const SAM_COMPATIBLE: u32 = 2;
const DISPLAY: u32 = 3;

pair! {
    /// GetUserNameEx: `COMPUTER\user`, or the full name if the user data base has one. 1332 for other names, which are of directory services, 234 with the
    /// units needed if there is too little room.
    fn ovl_GetUserNameExA ovl_GetUserNameExW(format: u32, to: *mut C, size: *mut u32) -> u8 {
        guard_or(0, || {
            if size.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: asks for a number.
            let user = unsafe { libc::geteuid() };
            let name = match format {
                SAM_COMPATIBLE => name_of_user(user).map(|name| {
                    let mut whole = computer_name();
                    whole.push("\\");
                    whole.push(name);
                    whole
                }),
                DISPLAY => full_name(user),
                _ => None,
            };
            let name = C::from_os(&name.ok_or(NONE_MAPPED)?);
            // SAFETY: not NULL, and the caller vouches for it.
            let had = unsafe { size.replace(name.len() as u32) } as usize;
            if to.is_null() || had <= name.len() {
                // SAFETY: as above.
                unsafe { size.write(name.len() as u32 + 1) };
                return Err(MORE_DATA);
            }
            // SAFETY: it fits, with its zero.
            unsafe { put(to, &name) };
            Ok(1)
        })
    }
}
