//! Whose a file is and who may use it: GetNamedSecurityInfo and its relatives, for files and directories. Other kinds of objects answer 50.

use super::descriptors::in_one_piece;
use super::{allocated, permissions, read, written};
use crate::arguments::{grant, pair, store_if_wanted};
use crate::names::to_linux;
use crate::sids;
use crate::support::{RawHandle, guard};
use crate::text::{Unit, units};
use overlapped_abi::{Context, Win32Error};
use std::ffi::c_void;
use std::fs::{Metadata, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

const OWNER: u32 = 1;
const GROUP: u32 = 2;
const DACL: u32 = 4;
/// SE_FILE_OBJECT.
const FILE: u32 = 1;
/// ERROR_INVALID_OWNER.
const INVALID_OWNER: Win32Error = Win32Error(1307);
/// ERROR_INVALID_PRIMARY_GROUP.
const INVALID_GROUP: Win32Error = Win32Error(1308);

fn error(error: &std::io::Error) -> Win32Error {
    error.raw_os_error().map_or(Win32Error::GEN_FAILURE, |errno| Win32Error::from_errno(errno, Context::Open))
}

/// Where the parts of a descriptor go.
struct Wanted {
    owner: *mut *mut u8,
    group: *mut *mut u8,
    dacl: *mut *mut u8,
    sacl: *mut *mut u8,
    to: *mut *mut c_void,
}

/// # Safety
/// The targets are NULL or writable.
unsafe fn get(about: &Metadata, what: u32, wanted: &Wanted) -> Result<(), Win32Error> {
    if wanted.to.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let asked = |part: u32, bytes: Vec<u8>| (what & part != 0).then_some(bytes);
    let (user, group) = (about.uid(), about.gid());
    let owner = asked(OWNER, sids::of_user(user));
    let group_sid = asked(GROUP, sids::of_group(group));
    let dacl = asked(DACL, written(&permissions::to_list(about.mode(), user, group))?);
    let memory = allocated(&in_one_piece(owner.as_deref(), group_sid.as_deref(), dacl.as_deref()))?;
    let place = |at: usize| {
        // SAFETY: the offsets are in the header that was just written.
        let offset = unsafe { memory.cast::<u8>().add(at).cast::<u32>().read_unaligned() } as usize;
        if offset == 0 { std::ptr::null_mut() } else { memory.cast::<u8>().wrapping_add(offset) }
    };
    // SAFETY: the caller's promise.
    unsafe {
        store_if_wanted(wanted.owner, place(4));
        store_if_wanted(wanted.group, place(8));
        store_if_wanted(wanted.sacl, std::ptr::null_mut());
        store_if_wanted(wanted.dacl, place(16));
        wanted.to.write(memory);
    }
    Ok(())
}

/// What a file is to get.
struct Given {
    owner: *const u8,
    group: *const u8,
    dacl: *const u8,
}

/// # Safety
/// The pointers that `what` names are valid; a list may be NULL.
unsafe fn set(path: &Path, what: u32, given: &Given) -> Result<(), Win32Error> {
    if what & !(OWNER | GROUP | DACL) & 0xFFFF != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let number = |part: u32, sid: *const u8, of: fn(&[u8]) -> Option<u32>, wrong| {
        // SAFETY: the caller's promise.
        if what & part == 0 { Ok(None) } else { of(unsafe { sids::read(sid) }?).ok_or(wrong).map(Some) }
    };
    let user = number(OWNER, given.owner, sids::to_user, INVALID_OWNER)?;
    let group = number(GROUP, given.group, sids::to_group, INVALID_GROUP)?;
    if user.is_some() || group.is_some() {
        chown(path, user, group).map_err(|problem| error(&problem))?;
    }
    if what & DACL != 0 {
        let about = path.metadata().map_err(|problem| error(&problem))?;
        let mode = if given.dacl.is_null() {
            0o777
        } else {
            // SAFETY: the caller's promise.
            permissions::of_list(&unsafe { read(given.dacl) }?, about.uid(), about.gid())?
        };
        // A right to everything makes no program of a file that is none.
        let executable = about.is_dir() || about.mode() & 0o111 != 0;
        let mode = about.mode() & 0o7000 | if executable { mode } else { mode & 0o666 };
        std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|problem| error(&problem))?;
    }
    Ok(())
}

/// The path by which Linux knows what a handle has open; 6 for other handles.
fn path_of(file: RawHandle) -> Result<PathBuf, Win32Error> {
    overlapped_devices::file::path(&grant(file)?)
}

/// A result of these functions is an error code and not the last error.
fn answered(body: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    guard(Win32Error::NOT_ENOUGH_MEMORY.0, || body().map_or_else(|error| error.0, |()| 0))
}

fn is_file(kind: u32) -> Result<(), Win32Error> {
    if kind == FILE { Ok(()) } else { Err(Win32Error::NOT_SUPPORTED) }
}

pair! {
    /// GetNamedSecurityInfo: owner, group and list of a file, in a descriptor that LocalFree takes back. 50 for other objects, 87
    /// without a place for the descriptor.
    fn ovl_GetNamedSecurityInfoA ovl_GetNamedSecurityInfoW(
        name: *const C,
        kind: u32,
        what: u32,
        owner: *mut *mut u8,
        group: *mut *mut u8,
        dacl: *mut *mut u8,
        sacl: *mut *mut u8,
        to: *mut *mut c_void,
    ) -> u32 {
        answered(|| {
            if name.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            is_file(kind)?;
            // SAFETY: not NULL, and the caller vouches for it.
            let path = to_linux(&C::to_os(unsafe { units(name) }))?;
            let about = path.metadata().map_err(|problem| error(&problem))?;
            // SAFETY: the caller's promise.
            unsafe { get(&about, what, &Wanted { owner, group, dacl, sacl, to }) }
        })
    }
}

pair! {
    /// SetNamedSecurityInfo: owner, group and permissions of a file. 1307 and 1308 for an owner or a group that Linux does not know by
    /// number, 50 for lists that permissions cannot express, and for other objects.
    fn ovl_SetNamedSecurityInfoA ovl_SetNamedSecurityInfoW(
        name: *const C,
        kind: u32,
        what: u32,
        owner: *const u8,
        group: *const u8,
        dacl: *const u8,
        _sacl: *const u8,
    ) -> u32 {
        answered(|| {
            if name.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            is_file(kind)?;
            // SAFETY: not NULL, and the caller vouches for it.
            let path = to_linux(&C::to_os(unsafe { units(name) }))?;
            // SAFETY: the caller's promise.
            unsafe { set(&path, what, &Given { owner, group, dacl }) }
        })
    }
}

/// GetSecurityInfo: as GetNamedSecurityInfo, of an open file.
///
/// # Safety
/// Targets are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSecurityInfo(
    object: RawHandle,
    kind: u32,
    what: u32,
    owner: *mut *mut u8,
    group: *mut *mut u8,
    dacl: *mut *mut u8,
    sacl: *mut *mut u8,
    to: *mut *mut c_void,
) -> u32 {
    answered(|| {
        is_file(kind)?;
        let about = path_of(object)?.metadata().map_err(|problem| error(&problem))?;
        // SAFETY: the caller's promise.
        unsafe { get(&about, what, &Wanted { owner, group, dacl, sacl, to }) }
    })
}

/// SetSecurityInfo: as SetNamedSecurityInfo, of an open file.
///
/// # Safety
/// The pointers that `what` names are valid; a list may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetSecurityInfo(
    object: RawHandle,
    kind: u32,
    what: u32,
    owner: *const u8,
    group: *const u8,
    dacl: *const u8,
    _sacl: *const u8,
) -> u32 {
    answered(|| {
        is_file(kind)?;
        // SAFETY: the caller's promise.
        unsafe { set(&path_of(object)?, what, &Given { owner, group, dacl }) }
    })
}
