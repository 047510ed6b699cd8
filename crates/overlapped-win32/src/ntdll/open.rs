//! NtCreateFile: `\Device\Afd`, by which sockets are polled, and whatever CreateFile opens, by its native name (`\??\C:\...`).

use super::information::win32_name;
use super::{StatusBlock, UnicodeString, quietly, status_of};
use crate::arguments::grant;
use crate::names::to_windows;
use crate::support::{RawHandle, files, system, wide_to_os};
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_DIRECTORY;
use overlapped_abi::constants::open as disposition;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Status, Win32Error};
use overlapped_devices::{file, socket};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::namespace::{CaseRule, Target};
use overlapped_kernel::system::Open;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::ffi::OsStrExt;

/// OBJECT_ATTRIBUTES.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ObjectAttributes {
    /// 48.
    pub length: u32,
    /// The directory that the name is below, or 0.
    pub root: RawHandle,
    /// The name.
    pub name: *const UnicodeString,
    /// OBJ_*.
    pub attributes: u32,
    /// Not looked at.
    pub security: *const c_void,
    /// Not looked at.
    pub quality: *const c_void,
}

const _: () = assert!(size_of::<ObjectAttributes>() == 48);

const OBJ_INHERIT: u32 = 0x2;
const FILE_DIRECTORY_FILE: u32 = 0x1;
/// FILE_SYNCHRONOUS_IO_ALERT and FILE_SYNCHRONOUS_IO_NONALERT.
const SYNCHRONOUS: u32 = 0x30;
const FILE_NON_DIRECTORY_FILE: u32 = 0x40;
const FILE_DELETE_ON_CLOSE: u32 = 0x1000;
/// Every option that there is.
const KNOWN_OPTIONS: u32 = 0xFF_FFFF;
/// FILE_SHARE_READ, WRITE and DELETE.
const SHARE_ALL: u32 = 0x7;
const FILE_SUPERSEDE: u32 = 0;
const FILE_OPEN: u32 = 1;
const FILE_CREATE: u32 = 2;
const FILE_OPEN_IF: u32 = 3;
const FILE_OVERWRITE: u32 = 4;
const FILE_OVERWRITE_IF: u32 = 5;
/// Options, and the flags of CreateFile that mean the same.
const OPTIONS: [(u32, FileFlags); 5] = [
    (0x2, FileFlags::WRITE_THROUGH),
    (0x4, FileFlags::SEQUENTIAL_SCAN),
    (0x8, FileFlags::NO_BUFFERING),
    (FILE_DELETE_ON_CLOSE, FileFlags::DELETE_ON_CLOSE),
    (0x20_0000, FileFlags::OPEN_REPARSE_POINT),
];

/// Information: FILE_SUPERSEDED, FILE_OPENED, FILE_CREATED, FILE_OVERWRITTEN.
const SUPERSEDED: usize = 0;
const OPENED: usize = 1;
const CREATED: usize = 2;
const OVERWRITTEN: usize = 3;

/// Is it the device of sockets, with or without something behind it?
fn is_socket_device(name: &[u8]) -> bool {
    const DEVICE: &[u8] = br"\Device\Afd";
    name.split_at_checked(DEVICE.len()).is_some_and(|(device, rest)| {
        device.eq_ignore_ascii_case(DEVICE) && (rest.is_empty() || rest.starts_with(b"\\"))
    })
}

/// CreateFile's number, and what is told of a file that is there and of one that is not. TRUNCATE_EXISTING would want a right that
/// FILE_OVERWRITE can do without.
fn disposition_of(native: u32) -> Result<(u32, [usize; 2]), Status> {
    Ok(match native {
        FILE_SUPERSEDE => (disposition::CREATE_ALWAYS, [SUPERSEDED, CREATED]),
        FILE_OPEN => (disposition::OPEN_EXISTING, [OPENED, OPENED]),
        FILE_CREATE => (disposition::CREATE_NEW, [CREATED, CREATED]),
        FILE_OPEN_IF => (disposition::OPEN_ALWAYS, [OPENED, CREATED]),
        FILE_OVERWRITE | FILE_OVERWRITE_IF => (disposition::CREATE_ALWAYS, [OVERWRITTEN, CREATED]),
        _ => return Err(Status::INVALID_PARAMETER),
    })
}

/// What the arguments forbid, whatever the name leads to. Rights are asked for by their own bits here: generic ones do not count.
fn check(access: u32, share: u32, disposition: u32, options: u32) -> Result<(), Status> {
    let has = |right: AccessMask| AccessMask::from_bits_retain(access).contains(right);
    let makes_or_opens = matches!(disposition, FILE_OPEN | FILE_CREATE | FILE_OPEN_IF);
    let directory = options & FILE_DIRECTORY_FILE != 0;
    let sound = options & !KNOWN_OPTIONS == 0
        && share & !SHARE_ALL == 0
        && options & SYNCHRONOUS != SYNCHRONOUS
        && (options & SYNCHRONOUS == 0 || has(AccessMask::SYNCHRONIZE))
        && (options & FILE_DELETE_ON_CLOSE == 0 || has(AccessMask::DELETE))
        && (!directory || makes_or_opens && options & FILE_NON_DIRECTORY_FILE == 0);
    if sound { Ok(()) } else { Err(Status::INVALID_PARAMETER) }
}

/// Is there something of this name, and is it a directory?
fn is_directory(name: &OsStr) -> Result<bool, Win32Error> {
    Ok(files().attributes(system()?, name)? & FILE_ATTRIBUTE_DIRECTORY != 0)
}

/// Opens what FILE_DIRECTORY_FILE asks for, which FILE_CREATE and FILE_OPEN_IF make; was it there?
fn open_directory(name: &OsStr, native: u32, params: OpenParams) -> Result<(Handle, bool), Status> {
    let system = system().map_err(status_of)?;
    let existed = match native {
        FILE_OPEN => true,
        _ => match files().create_directory(system, name) {
            Ok(()) => false,
            Err(Win32Error::ALREADY_EXISTS) if native == FILE_OPEN_IF => true,
            Err(error) => return Err(status_of(error)),
        },
    };
    if existed && !is_directory(name).map_err(status_of)? {
        return Err(Status::NOT_A_DIRECTORY);
    }
    let params = OpenParams { disposition: disposition::OPEN_EXISTING, ..params };
    Ok((system.open(name, &params).map_err(status_of)?.handle, existed))
}

/// Opens anything else, which may be a directory unless FILE_NON_DIRECTORY_FILE forbids it; was it there?
fn open_any(name: &OsStr, native: u32, params: &OpenParams) -> Result<(Handle, bool), Status> {
    let system = system().map_err(status_of)?;
    // Devices are there by any disposition.
    let only_there = native == FILE_OVERWRITE && matches!(system.resolve(name, CaseRule::Exact), Ok(Target::File(_)));
    if only_there {
        is_directory(name).map_err(status_of)?;
    }
    match system.open(name, params) {
        Ok(Open { handle, grant, existed: false }) if only_there => {
            // It went away meanwhile, and is not to be made anew.
            let _ = file::set_disposition(&grant, file::Disposition::DELETE);
            drop(grant);
            let _ = system.close(handle);
            Err(Status::OBJECT_NAME_NOT_FOUND)
        }
        Ok(Open { handle, existed, .. }) => Ok((handle, existed)),
        Err(_) if !params.flags.contains(FileFlags::BACKUP_SEMANTICS) && is_directory(name) == Ok(true) => {
            Err(if native == FILE_CREATE { Status::OBJECT_NAME_COLLISION } else { Status::FILE_IS_A_DIRECTORY })
        }
        Err(error) => Err(status_of(error)),
    }
}

/// The name, below its directory if it has one.
fn whole_name(name: OsString, root: RawHandle) -> Result<OsString, Status> {
    if root == 0 {
        return Ok(win32_name(name));
    }
    let mut whole = to_windows(&file::path(&grant(root).map_err(status_of)?).map_err(status_of)?).to_os_string();
    if !name.is_empty() {
        whole.push("\\");
        whole.push(name);
    }
    Ok(whole)
}

/// NtCreateFile: requests are overlapped unless an option says otherwise. Information is what was done with the file. INVALID_PARAMETER for
/// options without the right that they need (SYNCHRONIZE, DELETE), NOT_A_DIRECTORY and FILE_IS_A_DIRECTORY for the other kind of file.
///
/// # Safety
/// `to` and `block` are NULL or writable; `what` is NULL or valid with its name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtCreateFile(
    to: *mut RawHandle,
    access: u32,
    what: *const ObjectAttributes,
    block: *mut StatusBlock,
    _size: *const i64,
    attributes: u32,
    share: u32,
    disposition: u32,
    options: u32,
    _extended: *const c_void,
    _extended_len: u32,
) -> u32 {
    let body = || -> Result<(Handle, usize), Status> {
        // SAFETY: the caller's promise.
        let what = unsafe { what.as_ref() }.ok_or(Status::INVALID_PARAMETER)?;
        if to.is_null() || block.is_null() {
            return Err(Status::ACCESS_VIOLATION);
        }
        if what.length as usize != size_of::<ObjectAttributes>() {
            return Err(Status::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let name = unsafe { what.name.as_ref() }.map(|name| wide_to_os(unsafe { name.units() })).unwrap_or_default();
        let system = system().map_err(status_of)?;
        let (handle, information) = if is_socket_device(name.as_bytes()) {
            (socket::ready_device(system, options & SYNCHRONOUS == 0).map_err(status_of)?, OPENED)
        } else {
            let native = disposition;
            let (disposition, told) = disposition_of(native)?;
            check(access, share, native, options)?;
            let mut flags = FileFlags::from_bits_retain(attributes);
            flags.set(FileFlags::BACKUP_SEMANTICS, options & FILE_NON_DIRECTORY_FILE == 0);
            flags.set(FileFlags::OVERLAPPED, options & SYNCHRONOUS == 0);
            for (option, flag) in OPTIONS {
                flags.set(flag, options & option != 0);
            }
            let params = OpenParams {
                access: AccessMask::from_bits_retain(access),
                share: ShareMode::from_bits_retain(share),
                disposition,
                flags,
                permissions: crate::fileapi::PERMISSIONS,
            };
            let name = whole_name(name, what.root)?;
            let (handle, existed) = if options & FILE_DIRECTORY_FILE != 0 {
                open_directory(&name, native, params)?
            } else {
                open_any(&name, native, &params)?
            };
            (handle, told[usize::from(!existed)])
        };
        if what.attributes & OBJ_INHERIT != 0 {
            system.set_handle_flags(handle, HandleFlags::INHERIT, HandleFlags::INHERIT).map_err(status_of)?;
        }
        Ok((handle, information))
    };
    quietly(|| match body() {
        Ok((handle, information)) => {
            // SAFETY: not NULL, and the caller vouches for both.
            unsafe {
                to.write(handle.into_raw());
                block.write(StatusBlock { status: 0, information });
            }
            Status::SUCCESS
        }
        Err(status) => status,
    })
}
