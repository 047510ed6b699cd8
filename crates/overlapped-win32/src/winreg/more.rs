//! What a key holds, and the call from before there were rights.

use super::{below, children, code, key, ovl_RegOpenKeyExA, ovl_RegOpenKeyExW, put, text, values};
use crate::arguments::{pair, store, store_if_wanted};
use crate::text::{Unit, of};
use overlapped_abi::Win32Error;

/// ERROR_BAD_NETPATH.
const BAD_NETPATH: Win32Error = Win32Error(53);
const MAXIMUM_ALLOWED: u32 = 0x200_0000;

/// RegOpenKeyA: as RegOpenKeyEx, with the rights that there are. Without a name it is the key itself.
///
/// # Safety
/// `name` is NULL or ends with a zero, `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegOpenKeyA(parent: usize, name: *const u8, to: *mut usize) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { same(parent, name, to).unwrap_or_else(|| ovl_RegOpenKeyExA(parent, name, 0, MAXIMUM_ALLOWED, to)) }
}

/// RegOpenKeyW.
///
/// # Safety
/// As for [`ovl_RegOpenKeyA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegOpenKeyW(parent: usize, name: *const u16, to: *mut usize) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { same(parent, name, to).unwrap_or_else(|| ovl_RegOpenKeyExW(parent, name, 0, MAXIMUM_ALLOWED, to)) }
}

/// A key that is missing would have to be made, which is refused.
fn made(opened: i32) -> i32 {
    let missing = opened == Win32Error::FILE_NOT_FOUND.0 as i32;
    if missing { Win32Error::ACCESS_DENIED.0 as i32 } else { opened }
}

/// RegCreateKeyA: opens a key that is there; 5 for another.
///
/// # Safety
/// As for [`ovl_RegOpenKeyA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegCreateKeyA(parent: usize, name: *const u8, to: *mut usize) -> i32 {
    // SAFETY: the caller's promise.
    made(unsafe { ovl_RegOpenKeyA(parent, name, to) })
}

/// RegCreateKeyW.
///
/// # Safety
/// As for [`ovl_RegOpenKeyA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegCreateKeyW(parent: usize, name: *const u16, to: *mut usize) -> i32 {
    // SAFETY: the caller's promise.
    made(unsafe { ovl_RegOpenKeyW(parent, name, to) })
}

/// The answer if there is no name.
///
/// # Safety
/// As for [`ovl_RegOpenKeyA`].
unsafe fn same<C: Unit>(parent: usize, name: *const C, to: *mut usize) -> Option<i32> {
    // SAFETY: not NULL, and the caller vouches for it.
    if !name.is_null() && unsafe { *name } != C::default() {
        return None;
    }
    Some(code(|| {
        key(parent)?;
        if to.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { store(to, parent) }
    }))
}

pair! {
    /// RegEnumValue: name, type and bytes of a value by its number; 259 behind the last, 234 if the name or the bytes have too little room, 87
    /// for NULL.
    fn ovl_RegEnumValueA ovl_RegEnumValueW(
        handle: usize,
        number: u32,
        name: *mut C,
        units: *mut u32,
        reserved: *mut u32,
        kind: *mut u32,
        to: *mut u8,
        bytes: *mut u32,
    ) -> i32 {
        code(|| {
            let values = values(&key(handle)?).ok_or(Win32Error::FILE_NOT_FOUND)?;
            // SAFETY: the caller's promise.
            let Some(room) = (unsafe { units.as_mut() }).filter(|_| !name.is_null() && reserved.is_null()) else {
                return Err(Win32Error::INVALID_PARAMETER);
            };
            if bytes.is_null() && !to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let (known, value) = values.into_iter().nth(number as usize).ok_or(Win32Error::NO_MORE_ITEMS)?;
            let known: Vec<C> = of(known);
            if (*room as usize) <= known.len() {
                return Err(Win32Error::MORE_DATA);
            }
            *room = known.len() as u32;
            // SAFETY: there is room for the name and its zero, and the caller vouches for the other places.
            unsafe {
                crate::text::put(name, &known);
                store_if_wanted(kind, value.kind());
                put(&value.bytes::<C>(), to.cast(), bytes)
            }
        })
    }
}

pair! {
    /// RegQueryInfoKey: how many keys and values there are, and how long their names and bytes are at most, names without their zeros. Keys
    /// have no classes, no descriptors and no time.
    fn ovl_RegQueryInfoKeyA ovl_RegQueryInfoKeyW(
        handle: usize,
        class: *mut C,
        class_units: *mut u32,
        reserved: *mut u32,
        keys: *mut u32,
        key_units: *mut u32,
        most_class_units: *mut u32,
        count: *mut u32,
        value_units: *mut u32,
        value_bytes: *mut u32,
        descriptor_bytes: *mut u32,
        written: *mut u64,
    ) -> i32 {
        code(|| {
            let key = key(handle)?;
            let values = values(&key).ok_or(Win32Error::FILE_NOT_FOUND)?;
            if !reserved.is_null() || !class.is_null() && class_units.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let children = children(&key);
            let most = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0) as u32;
            // SAFETY: NULL, or writable as the caller vouches; a FILETIME may stand at multiples of 4.
            unsafe {
                if !class.is_null() && *class_units != 0 {
                    crate::text::put(class, &[]);
                }
                store_if_wanted(class_units, 0);
                store_if_wanted(keys, children.len() as u32);
                store_if_wanted(key_units, most(&mut children.iter().map(|name| name.encode_utf16().count())));
                store_if_wanted(most_class_units, 0);
                store_if_wanted(count, values.len() as u32);
                store_if_wanted(value_units, most(&mut values.iter().map(|(name, _)| name.len())));
                store_if_wanted(value_bytes, most(&mut values.iter().map(|(_, value)| value.bytes::<C>().len())));
                store_if_wanted(descriptor_bytes, 0);
                if !written.is_null() {
                    written.write_unaligned(0);
                }
            }
            Ok(())
        })
    }
}

/// RegFlushKey: nothing waits to be written. 6 for no key.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RegFlushKey(handle: usize) -> i32 {
    code(|| key(handle).map(drop))
}

pair! {
    /// RegQueryValue: the text of a key's value without a name, which is empty where it was never set; none has been. 2 for a key that is
    /// missing, 234 with the bytes needed if there is too little room.
    fn ovl_RegQueryValueA ovl_RegQueryValueW(parent: usize, name: *const C, to: *mut C, bytes: *mut i32) -> i32 {
        code(|| {
            // SAFETY: the caller's promise.
            let key = below(key(parent)?, &unsafe { text(name) });
            values(&key).ok_or(Win32Error::FILE_NOT_FOUND)?;
            // SAFETY: the caller's promise.
            unsafe { put(&[0; 2][..size_of::<C>()], to.cast(), bytes.cast()) }
        })
    }
}

pair! {
    /// RegConnectRegistry: the registry of this computer; of another one, 53.
    fn ovl_RegConnectRegistryA ovl_RegConnectRegistryW(computer: *const C, root: usize, to: *mut usize) -> i32 {
        code(|| {
            // SAFETY: the caller's promise.
            let computer = unsafe { text(computer) };
            key(root)?;
            let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
            let asked = computer.trim_start_matches('\\');
            if !asked.is_empty() && !asked.eq_ignore_ascii_case(own.trim()) {
                return Err(BAD_NETPATH);
            }
            if to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { store(to, root) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    const MACHINE: usize = 0x8000_0002;

    #[test]
    fn values_are_listed_with_their_names_and_as_long_as_was_said() {
        let path = c"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
        let (mut key, mut keys, mut count, mut longest, mut widest) = (0, 9, 0, 0, 0);
        let none = null_mut;
        // SAFETY: strings, and our own places of the sizes that are named.
        unsafe {
            assert_eq!(ovl_RegOpenKeyA(MACHINE, path.as_ptr().cast(), &mut key), 0);
            let told = ovl_RegQueryInfoKeyA(
                key,
                null_mut(),
                none(),
                none(),
                &mut keys,
                none(),
                none(),
                &mut count,
                &mut longest,
                &mut widest,
                none(),
                null_mut(),
            );
            assert_eq!((told, keys), (0, 0));
        }
        let mut found = Vec::new();
        for number in 0..count {
            let (mut name, mut units, mut kind, mut data, mut bytes) = ([0u8; 64], longest + 1, 0, [0u8; 64], widest);
            // SAFETY: as above.
            let got = unsafe {
                let (name, data) = (name.as_mut_ptr(), data.as_mut_ptr());
                ovl_RegEnumValueA(key, number, name, &mut units, none(), &mut kind, data, &mut bytes)
            };
            assert_eq!(got, 0);
            found.push((String::from_utf8(name[..units as usize].to_vec()).unwrap(), kind, bytes));
        }
        assert!(found.contains(&("CurrentMajorVersionNumber".into(), 4, 4)), "{found:?}");
        assert_eq!(found.iter().map(|value| value.0.len() as u32).max(), Some(longest));
        assert_eq!(found.iter().map(|value| value.2).max(), Some(widest));
        let (mut name, mut units, mut byte, mut bytes) = ([0u16; 64], 3, 0u8, 1);
        // SAFETY: as above.
        unsafe {
            let to = name.as_mut_ptr();
            let mut ask = |number, units: &mut u32, to: *mut u16| {
                ovl_RegEnumValueW(key, number, to, units, none(), none(), &mut byte, &mut bytes)
            };
            assert_eq!(ask(0, &mut units, to), 234, "too little room for the name");
            units = 64;
            assert_eq!(ask(0, &mut units, to), 234, "too little room for the bytes");
            assert_eq!(ask(count, &mut units, to), 259);
            assert_eq!(ask(0, &mut units, null_mut()), 87);
            assert_eq!(super::super::ovl_RegCloseKey(key), 0);
        }
    }

    #[test]
    fn without_a_name_it_is_the_same_key() {
        let mut key = 0;
        // SAFETY: NULL, strings, and our own place.
        unsafe {
            assert_eq!((ovl_RegOpenKeyW(MACHINE, null(), &mut key), key), (0, MACHINE));
            assert_eq!((ovl_RegOpenKeyA(MACHINE, c"".as_ptr().cast(), &mut key), key), (0, MACHINE));
            assert_eq!(ovl_RegOpenKeyA(MACHINE, c"Nothing".as_ptr().cast(), &mut key), 2);
            assert_eq!(ovl_RegCreateKeyA(MACHINE, c"Nothing".as_ptr().cast(), &mut key), 5);
            assert_eq!(ovl_RegCreateKeyA(MACHINE, c"software".as_ptr().cast(), &mut key), 0);
            assert_eq!(super::super::ovl_RegCloseKey(key), 0);
            assert_eq!((ovl_RegOpenKeyW(77, null(), &mut key), ovl_RegOpenKeyW(MACHINE, null(), null_mut())), (6, 87));
        }
    }

    #[test]
    fn a_value_without_a_name_is_empty_and_another_computer_is_out_of_reach() {
        const HKEY_LOCAL_MACHINE: usize = 0x8000_0002;
        let (known, missing) = (c"SOFTWARE\\Microsoft", c"SOFTWARE\\Nobody");
        let (mut room, mut bytes, mut opened) = ([7_u8; 4], 4, 0);
        // SAFETY: strings, and room as said.
        unsafe {
            let query = |name: &std::ffi::CStr, to: &mut [u8; 4], bytes: &mut i32| {
                ovl_RegQueryValueA(HKEY_LOCAL_MACHINE, name.as_ptr().cast(), to.as_mut_ptr(), bytes)
            };
            assert_eq!((query(known, &mut room, &mut bytes), bytes, room), (0, 1, [0, 7, 7, 7]));
            bytes = 0;
            assert_eq!((query(known, &mut room, &mut bytes), bytes), (234, 1));
            assert_eq!(query(missing, &mut room, &mut bytes), 2);
            let connect = |name: *const u8, to: *mut usize| ovl_RegConnectRegistryA(name, HKEY_LOCAL_MACHINE, to);
            assert_eq!((connect(std::ptr::null(), &mut opened), opened), (0, HKEY_LOCAL_MACHINE));
            assert_eq!(connect(c"\\\\no.such.computer".as_ptr().cast(), &mut opened), 53);
        }
        assert_eq!((ovl_RegFlushKey(HKEY_LOCAL_MACHINE), ovl_RegFlushKey(0)), (0, 6));
    }
}
