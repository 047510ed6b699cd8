//! SetEntriesInAcl, and the structures that it is told by.

use super::{ALLOWED, DENIED, Entry, allocated, read, written};
use crate::arguments::pair;
use crate::sids;
use crate::support::guard;
use crate::text::{Unit, units};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

const GRANT_ACCESS: u32 = 1;
const SET_ACCESS: u32 = 2;
const DENY_ACCESS: u32 = 3;
const REVOKE_ACCESS: u32 = 4;
const IS_SID: u32 = 0;
const IS_NAME: u32 = 1;
const NONE_MAPPED: Win32Error = Win32Error(1332);

/// TRUSTEE.
#[repr(C)]
pub struct Trustee {
    multiple: *mut c_void,
    operation: u32,
    form: u32,
    kind: u32,
    name: *mut c_void,
}

/// EXPLICIT_ACCESS.
#[repr(C)]
pub struct ExplicitAccess {
    rights: u32,
    mode: u32,
    inheritance: u32,
    trustee: Trustee,
}

impl Trustee {
    /// # Safety
    /// The name is an identifier or a text of such units, as the form says.
    unsafe fn sid<C: Unit>(&self) -> Result<Vec<u8>, Win32Error> {
        if !self.multiple.is_null() || self.name.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        match self.form {
            // SAFETY: the caller's promise.
            IS_SID => unsafe { sids::read(self.name.cast()) }.map(<[u8]>::to_vec),
            IS_NAME => {
                // SAFETY: the caller's promise.
                let name = C::to_os(unsafe { units(self.name.cast::<C>()) });
                // Who asks, by a name that stands for that.
                if name == "CURRENT_USER" {
                    // SAFETY: asks for a number.
                    return Ok(sids::of_user(unsafe { libc::geteuid() }));
                }
                sids::of_name(&name).ok_or(NONE_MAPPED)
            }
            _ => Err(Win32Error::INVALID_PARAMETER),
        }
    }
}

/// One entry more, in a list that has those that deny before those that allow.
fn put(list: &mut Vec<Entry>, mode: u32, flags: u8, rights: u32, sid: &[u8]) -> Result<(), Win32Error> {
    if matches!(mode, SET_ACCESS | REVOKE_ACCESS) {
        list.retain(|entry| !entry.is_of(sid));
    }
    let kind = match mode {
        GRANT_ACCESS | SET_ACCESS => ALLOWED,
        DENY_ACCESS => DENIED,
        REVOKE_ACCESS => return Ok(()),
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    let same = |entry: &&mut Entry| entry.kind() == kind && entry.flags() == flags && entry.is_of(sid);
    if let Some(entry) = list.iter_mut().find(same) {
        let had = entry.plain().map_or(0, |(rights, _)| rights);
        entry.with_rights(had | rights);
        return Ok(());
    }
    let first_allowed = list.iter().position(|entry| entry.kind() != DENIED).unwrap_or(list.len());
    let at = if kind == DENIED { 0 } else { first_allowed };
    list.insert(at, Entry::new(kind, flags, rights, sid));
    Ok(())
}

pair! {
    /// SetEntriesInAcl: a new list, which LocalFree takes back, of an old one or none and these entries; NULL of nothing at all.
    /// 1332 for a name that is nobody's, 1337 for what is no identifier.
    fn ovl_SetEntriesInAclA ovl_SetEntriesInAclW(
        count: u32,
        entries: *const ExplicitAccess,
        old: *const u8,
        to: *mut *mut c_void,
    ) -> u32 {
        let made = || {
            if to.is_null() || (count > 0 && entries.is_null()) {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            let mut list = if old.is_null() { Vec::new() } else { unsafe { read(old) }? };
            for at in 0..count as usize {
                // SAFETY: the caller promises that many.
                let ExplicitAccess { rights, mode, inheritance, trustee } = unsafe { &*entries.add(at) };
                // SAFETY: the caller's promise.
                put(&mut list, *mode, *inheritance as u8, *rights, &unsafe { trustee.sid::<C>() }?)?;
            }
            let given = if count == 0 && old.is_null() {
                std::ptr::null_mut()
            } else {
                allocated(&written(&list)?)?
            };
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { to.write(given) };
            Ok(())
        };
        guard(Win32Error::NOT_ENOUGH_MEMORY.0, || made().map_or_else(|error| error.0, |()| 0))
    }
}

pair! {
    /// BuildTrusteeWithName.
    fn ovl_BuildTrusteeWithNameA ovl_BuildTrusteeWithNameW(to: *mut Trustee, name: *mut C) -> () {
        // SAFETY: the caller's promise.
        unsafe { to.write(Trustee { multiple: std::ptr::null_mut(), operation: 0, form: IS_NAME, kind: 0, name: name.cast() }) }
    }
}

pair! {
    /// BuildTrusteeWithSid.
    fn ovl_BuildTrusteeWithSidA ovl_BuildTrusteeWithSidW(to: *mut Trustee, sid: *mut c_void) -> () {
        // SAFETY: the caller's promise.
        unsafe { to.write(Trustee { multiple: std::ptr::null_mut(), operation: 0, form: IS_SID, kind: 0, name: sid }) }
    }
}

pair! {
    /// BuildExplicitAccessWithName.
    fn ovl_BuildExplicitAccessWithNameA ovl_BuildExplicitAccessWithNameW(
        to: *mut ExplicitAccess,
        name: *mut C,
        rights: u32,
        mode: u32,
        inheritance: u32,
    ) -> () {
        let trustee =
            Trustee { multiple: std::ptr::null_mut(), operation: 0, form: IS_NAME, kind: 0, name: name.cast() };
        // SAFETY: the caller's promise.
        unsafe { to.write(ExplicitAccess { rights, mode, inheritance, trustee }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_come_first_and_rights_of_one_are_put_together() {
        let (one, other) = (sids::of_user(1), sids::of_user(2));
        let mut list = Vec::new();
        put(&mut list, GRANT_ACCESS, 0, 1, &one).unwrap();
        put(&mut list, DENY_ACCESS, 0, 2, &other).unwrap();
        put(&mut list, GRANT_ACCESS, 0, 4, &one).unwrap();
        assert_eq!(list, [Entry::new(DENIED, 0, 2, &other), Entry::new(ALLOWED, 0, 5, &one)]);
        put(&mut list, SET_ACCESS, 3, 8, &one).unwrap();
        put(&mut list, REVOKE_ACCESS, 0, 0, &other).unwrap();
        assert_eq!(list, [Entry::new(ALLOWED, 3, 8, &one)]);
        assert_eq!(put(&mut list, 0, 0, 0, &one), Err(Win32Error::INVALID_PARAMETER));
    }
}
