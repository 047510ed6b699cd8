//! `fileapi.h`: opening and transferring here; what files can be asked and told in the modules below (contract 01 section 2,
//! 02, 03).

pub mod dos_devices;
mod enumerations;
pub mod find;
mod full_path;
pub mod information;
pub mod links;
pub mod locks;
pub mod more_names;
pub mod names;
pub mod pointer;
pub mod scatter;
pub mod search;
pub mod size;
pub mod times;
pub mod transfer;
pub mod volume_names;
pub mod volumes;
pub mod watch;

use crate::acl::permissions;
use crate::arguments::{given_name, grant, pair};
use crate::support::{INVALID_HANDLE_VALUE, RawHandle, guard_or, set_last_error, system};
use crate::synchapi::inherits;
use overlapped_abi::constants::open::{CREATE_ALWAYS, CREATE_NEW, OPEN_ALWAYS};
use overlapped_abi::{AccessMask, FileFlags, SecurityAttributes, ShareMode, Win32Error};
use overlapped_devices::file;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::system::Open;
use std::borrow::Cow;
use std::ffi::OsStr;

/// Permission bits of files that C programs create, before the umask; as fopen has it.
pub(crate) const PERMISSIONS: u32 = 0o666;

struct CreateFile<'a> {
    name: Result<Cow<'a, OsStr>, Win32Error>,
    access: u32,
    share: u32,
    attributes: *const SecurityAttributes,
    disposition: u32,
    flags: u32,
    template: RawHandle,
}

impl CreateFile<'_> {
    /// # Safety
    /// `attributes` is NULL or valid.
    unsafe fn open(self) -> Result<RawHandle, Win32Error> {
        let name = self.name?;
        let may_create = matches!(self.disposition, CREATE_NEW | CREATE_ALWAYS | OPEN_ALWAYS);
        let template =
            if self.template != 0 && may_create { file::template_attributes(&grant(self.template)?)? } else { 0 };
        let params = OpenParams {
            access: AccessMask::from_bits_retain(self.access),
            share: ShareMode::from_bits_retain(self.share),
            disposition: self.disposition,
            flags: FileFlags::from_bits_retain(self.flags | template),
            permissions: match may_create {
                // SAFETY: the caller's promise.
                true => unsafe { permissions::of_attributes(self.attributes) }?
                    .map_or(PERMISSIONS, |mode| mode & PERMISSIONS),
                false => PERMISSIONS,
            },
        };
        let system = system()?;
        let Open { handle, existed, .. } = system.open(&name, &params)?;
        // SAFETY: the caller's promise.
        let inherit = unsafe { inherits(self.attributes) };
        if !inherit.is_empty() {
            system.set_handle_flags(handle, inherit, inherit)?;
        }
        set_last_error(if existed { Win32Error::ALREADY_EXISTS.0 } else { 0 });
        Ok(handle.into_raw())
    }
}

pair! {
    /// CreateFile: INVALID_HANDLE_VALUE if it fails; last error 183 if CREATE_ALWAYS or OPEN_ALWAYS found the file there.
    fn ovl_CreateFileA ovl_CreateFileW(
        name: *const C,
        access: u32,
        share: u32,
        attributes: *const SecurityAttributes,
        disposition: u32,
        flags: u32,
        template: RawHandle,
    ) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            // SAFETY: the caller's promise.
            let name = unsafe { given_name(name) };
            // SAFETY: the caller's promise.
            unsafe { CreateFile { name, access, share, attributes, disposition, flags, template }.open() }
        })
    }
}

/// CREATEFILE2_EXTENDED_PARAMETERS.
#[repr(C)]
pub struct CreateFile2Parameters {
    size: u32,
    attributes: u32,
    flags: u32,
    security_qos_flags: u32,
    security: *const SecurityAttributes,
    template: RawHandle,
}

/// CreateFile2: CreateFileW with attributes and flags in a structure.
///
/// # Safety
/// As for [`ovl_CreateFileW`]; `extended` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateFile2(
    name: *const u16,
    access: u32,
    share: u32,
    disposition: u32,
    extended: *const CreateFile2Parameters,
) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { given_name(name) };
        // SAFETY: the caller's promise.
        let (attributes, flags, template) = match unsafe { extended.as_ref() } {
            None => (std::ptr::null(), 0, 0),
            Some(extended) if (extended.size as usize) < size_of::<CreateFile2Parameters>() => {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            Some(extended) => {
                let flags = extended.attributes | extended.flags | extended.security_qos_flags;
                (extended.security, flags, extended.template)
            }
        };
        // SAFETY: the caller's promise.
        unsafe { CreateFile { name, access, share, attributes, disposition, flags, template }.open() }
    })
}
