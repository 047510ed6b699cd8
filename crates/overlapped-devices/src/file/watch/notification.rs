//! Change notifications: directories whose handles are waited for (FindFirstChangeNotification, contract 02 §10).
//!
//! A handle of one is an open directory that is read without a buffer, and its instance is the signal: the request clears it, its
//! completion sets it, and a wait takes it. So CloseHandle ends everything there is, and a duplicate waits for the same changes.

use super::{Watch, WatchCall, watch};
use crate::file::stat::Kind;
use crate::file::{FileDriver, device_of};
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::namespace::{CaseRule, Target};
use overlapped_kernel::request::{Buffer, Route};
use overlapped_kernel::system::Grant;
use std::ffi::OsStr;
use std::ptr::null_mut;
use std::sync::Arc;

impl FileDriver {
    /// FindFirstChangeNotification: a handle that the next change signals. 2 or 3 if the directory is missing, 267 if it
    /// is none, 87 for filters that do not exist, 1450 if Linux lets this user watch no more.
    pub fn first_change(&self, system: &System, name: &OsStr, how: Watch) -> Result<Handle, Win32Error> {
        let params = OpenParams {
            access: AccessMask::READ_DATA | AccessMask::SYNCHRONIZE,
            share: ShareMode::READ | ShareMode::WRITE | ShareMode::DELETE,
            disposition: OPEN_EXISTING,
            flags: FileFlags::BACKUP_SEMANTICS | FileFlags::OVERLAPPED,
            permissions: 0,
        };
        let Target::File(target) = system.resolve(name, CaseRule::default())? else {
            return Err(Win32Error::DIRECTORY);
        };
        let device = self.open_device(&target, &params)?.device.into_change_notification();
        if device.kind() != Kind::Directory {
            return Err(Win32Error::DIRECTORY);
        }
        let access = device.access();
        let instance = system.instance(Arc::new(device), true);
        let handle = system.insert(Object::Instance(Arc::clone(&instance)), access)?;
        if let Err(error) = arm(&Grant { instance, access }, how) {
            system.close(handle)?;
            return Err(error);
        }
        Ok(handle)
    }
}

/// FindNextChangeNotification: the handle is signalled again by the next change, or now if there was one meanwhile. 6 for what is no
/// change notification.
pub fn next_change(grant: &Grant) -> Result<(), Win32Error> {
    if !is_change_notification(grant) {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if grant.instance.outstanding() != 0 {
        return Ok(());
    }
    // Only looked at: the first call's count (contract 02 §10).
    arm(grant, Watch { subtree: false, filter: overlapped_abi::constants::file::FILE_NOTIFY_CHANGE_FILE_NAME })
}

/// Has FindFirstChangeNotification made it?
#[must_use]
pub fn is_change_notification(grant: &Grant) -> bool {
    device_of(grant).is_ok_and(|device| device.is_change_notification())
}

/// Has the instance signalled by the next change; at once if there was one since the last.
fn arm(grant: &Grant, how: Watch) -> Result<(), Win32Error> {
    let buffer = Buffer { start: null_mut(), len: 0 };
    let call = WatchCall { buffer, route: Route::default(), overlapped: None, payload: None };
    // SAFETY: there is no memory.
    unsafe { watch(grant, how, call) }.map(drop).map_err(|refused| refused.error)
}
