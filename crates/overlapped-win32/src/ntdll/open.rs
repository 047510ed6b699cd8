//! NtCreateFile: `\Device\Afd`, by which sockets are polled, and whatever CreateFile opens, by its native name (`\??\C:\...`).

use super::information::win32_name;
use super::{StatusBlock, UnicodeString, quietly, status_of};
use crate::arguments::grant;
use crate::names::to_windows;
use crate::support::{RawHandle, system, wide_to_os};
use overlapped_abi::constants::open as disposition;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Status};
use overlapped_devices::{file, socket};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::system::Open;
use std::ffi::{OsString, c_void};
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
/// FILE_SYNCHRONOUS_IO_ALERT and FILE_SYNCHRONOUS_IO_NONALERT.
const SYNCHRONOUS: u32 = 0x30;
/// Options, and the flags of CreateFile that mean the same.
const OPTIONS: [(u32, FileFlags); 5] = [
    (0x2, FileFlags::WRITE_THROUGH),
    (0x4, FileFlags::SEQUENTIAL_SCAN),
    (0x8, FileFlags::NO_BUFFERING),
    (0x1000, FileFlags::DELETE_ON_CLOSE),
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

/// CreateFile's number, and what is told of a file that is there and of one that is not.
fn disposition_of(native: u32) -> Result<(u32, [usize; 2]), Status> {
    Ok(match native {
        0 => (disposition::CREATE_ALWAYS, [SUPERSEDED, CREATED]),
        1 => (disposition::OPEN_EXISTING, [OPENED, OPENED]),
        2 => (disposition::CREATE_NEW, [CREATED, CREATED]),
        3 => (disposition::OPEN_ALWAYS, [OPENED, CREATED]),
        4 => (disposition::TRUNCATE_EXISTING, [OVERWRITTEN, OVERWRITTEN]),
        5 => (disposition::CREATE_ALWAYS, [OVERWRITTEN, CREATED]),
        _ => return Err(Status::INVALID_PARAMETER),
    })
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

/// NtCreateFile: requests are overlapped unless an option says otherwise. Information is what was done with the file.
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
            let (disposition, told) = disposition_of(disposition)?;
            let mut flags = FileFlags::from_bits_retain(attributes) | FileFlags::BACKUP_SEMANTICS;
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
            let Open { handle, existed, .. } =
                system.open(&whole_name(name, what.root)?, &params).map_err(status_of)?;
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
