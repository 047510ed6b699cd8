//! What would change the registry. There is none to change (`winreg.h`), so it is refused as to a user without the right to it, which is
//! what servers expect that note themselves down where they can.

use crate::arguments::pair;
use crate::support::RawHandle;
use overlapped_abi::Win32Error;
use std::ffi::c_void;

/// ERROR_PRIVILEGE_NOT_HELD.
const PRIVILEGE_NOT_HELD: Win32Error = Win32Error(1314);

/// 5; 6 where no key is named.
fn refused(key: RawHandle) -> i32 {
    let error = if key == 0 { Win32Error::INVALID_HANDLE } else { Win32Error::ACCESS_DENIED };
    error.0.cast_signed()
}

pair! {
    /// RegCreateKeyEx. A key that is there is refused, too: who creates wants to write.
    fn ovl_RegCreateKeyExA ovl_RegCreateKeyExW(
        key: RawHandle,
        _name: *const C,
        _reserved: u32,
        _of: *const C,
        _options: u32,
        _access: u32,
        _security: *const c_void,
        to: *mut RawHandle,
        _disposition: *mut u32,
    ) -> i32 {
        if to.is_null() {
            return Win32Error::INVALID_PARAMETER.0.cast_signed();
        }
        refused(key)
    }
}

pair! {
    /// RegSetValueEx.
    fn ovl_RegSetValueExA ovl_RegSetValueExW(
        key: RawHandle,
        _name: *const C,
        _reserved: u32,
        _kind: u32,
        _from: *const u8,
        _bytes: u32,
    ) -> i32 {
        refused(key)
    }
}

pair! {
    /// RegDeleteKey.
    fn ovl_RegDeleteKeyA ovl_RegDeleteKeyW(key: RawHandle, _name: *const C) -> i32 {
        refused(key)
    }
}

pair! {
    /// RegDeleteKeyEx.
    fn ovl_RegDeleteKeyExA ovl_RegDeleteKeyExW(key: RawHandle, _name: *const C, _view: u32, _reserved: u32) -> i32 {
        refused(key)
    }
}

pair! {
    /// RegSetValue.
    fn ovl_RegSetValueA ovl_RegSetValueW(
        key: RawHandle,
        _name: *const C,
        _kind: u32,
        _text: *const C,
        _bytes: u32,
    ) -> i32 {
        refused(key)
    }
}

pair! {
    /// RegSaveKey: 1314, as to a user without the privilege.
    fn ovl_RegSaveKeyA ovl_RegSaveKeyW(key: RawHandle, _file: *const C, _security: *const c_void) -> i32 {
        let error = if key == 0 { Win32Error::INVALID_HANDLE } else { PRIVILEGE_NOT_HELD };
        error.0.cast_signed()
    }
}

pair! {
    /// RegLoadKey: 1314, as to a user without the privilege.
    fn ovl_RegLoadKeyA ovl_RegLoadKeyW(key: RawHandle, _name: *const C, _file: *const C) -> i32 {
        let error = if key == 0 { Win32Error::INVALID_HANDLE } else { PRIVILEGE_NOT_HELD };
        error.0.cast_signed()
    }
}

pair! {
    /// RegDeleteValue.
    fn ovl_RegDeleteValueA ovl_RegDeleteValueW(key: RawHandle, _name: *const C) -> i32 {
        refused(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    #[test]
    fn nothing_can_be_changed() {
        const HKEY_LOCAL_MACHINE: RawHandle = 0x8000_0002;
        let (name, mut key) = (c"Software\\Overlapped".as_ptr().cast::<u8>(), 0);
        // SAFETY: strings with their zeros, and room for the key.
        unsafe {
            let of = |root, to| ovl_RegCreateKeyExA(root, name, 0, null(), 0, 2, null(), to, null_mut());
            assert_eq!((of(HKEY_LOCAL_MACHINE, &mut key), key), (5, 0));
            assert_eq!((of(0, &mut key), of(HKEY_LOCAL_MACHINE, null_mut())), (6, 87));
            assert_eq!(ovl_RegSetValueExA(HKEY_LOCAL_MACHINE, name, 0, 1, name, 4), 5);
            assert_eq!(
                (ovl_RegDeleteKeyA(HKEY_LOCAL_MACHINE, name), ovl_RegDeleteValueA(HKEY_LOCAL_MACHINE, name)),
                (5, 5)
            );
            assert_eq!(ovl_RegDeleteKeyExA(HKEY_LOCAL_MACHINE, name, 0x100, 0), 5);
            assert_eq!(
                (ovl_RegSetValueA(HKEY_LOCAL_MACHINE, name, 1, name, 4), ovl_RegSetValueA(0, name, 1, name, 4)),
                (5, 6)
            );
            assert_eq!(
                (ovl_RegSaveKeyA(HKEY_LOCAL_MACHINE, name, null()), ovl_RegSaveKeyA(0, name, null())),
                (1314, 6)
            );
            assert_eq!((ovl_RegLoadKeyA(HKEY_LOCAL_MACHINE, name, name), ovl_RegLoadKeyA(0, name, name)), (1314, 6));
        }
    }
}
