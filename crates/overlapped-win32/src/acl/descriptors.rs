//! Security descriptors: with pointers, as programs fill them in, or in one piece with offsets, as they are given out.

use crate::arguments::{output, store, store_if_wanted};
use crate::sids;
use crate::support::{Bool, FALSE, TRUE, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

/// ERROR_INVALID_SECURITY_DESCR.
const INVALID_DESCRIPTOR: Win32Error = Win32Error(1338);
/// ERROR_UNKNOWN_REVISION.
const UNKNOWN_REVISION: Win32Error = Win32Error(1305);
const REVISION: u8 = 1;
const OWNER_DEFAULTED: u16 = 0x1;
const GROUP_DEFAULTED: u16 = 0x2;
const DACL_PRESENT: u16 = 0x4;
const DACL_DEFAULTED: u16 = 0x8;
const SELF_RELATIVE: u16 = 0x8000;
/// The header of one in one piece: revision, control and four offsets.
const PIECE_HEADER: usize = 20;

/// SECURITY_DESCRIPTOR.
#[repr(C)]
pub struct Descriptor {
    revision: u8,
    reserved: u8,
    control: u16,
    owner: *mut u8,
    group: *mut u8,
    sacl: *mut u8,
    dacl: *mut u8,
}

/// What a descriptor refers to, wherever that is.
struct Parts {
    control: u16,
    owner: *mut u8,
    group: *mut u8,
    sacl: *mut u8,
    dacl: *mut u8,
}

/// 1338 for what is no descriptor.
///
/// # Safety
/// Nobody changes it meanwhile.
unsafe fn parts(of: *const Descriptor) -> Result<Parts, Win32Error> {
    let start = of.cast::<u8>().cast_mut();
    if of.is_null() || !crate::probe::readable(of as usize, PIECE_HEADER) {
        return Err(INVALID_DESCRIPTOR);
    }
    // SAFETY: readable, as was just seen.
    let (revision, control) = unsafe { (*start, start.add(2).cast::<u16>().read_unaligned()) };
    if revision != REVISION {
        return Err(INVALID_DESCRIPTOR);
    }
    if control & SELF_RELATIVE != 0 {
        let part = |at: usize| {
            // SAFETY: readable, as was seen above; the caller vouches for what it leads to.
            let offset = unsafe { start.add(at).cast::<u32>().read_unaligned() };
            if offset == 0 { std::ptr::null_mut() } else { start.wrapping_add(offset as usize) }
        };
        return Ok(Parts { control, owner: part(4), group: part(8), sacl: part(12), dacl: part(16) });
    }
    if !crate::probe::readable(of as usize, size_of::<Descriptor>()) {
        return Err(INVALID_DESCRIPTOR);
    }
    // SAFETY: readable, as was just seen.
    let Descriptor { control, owner, group, sacl, dacl, .. } = unsafe { of.read_unaligned() };
    Ok(Parts { control, owner, group, sacl, dacl })
}

/// The list of a descriptor, which may be NULL; `None` if it has none.
///
/// # Safety
/// Nobody changes the descriptor meanwhile.
pub(super) unsafe fn dacl(of: *const Descriptor) -> Result<Option<*const u8>, Win32Error> {
    // SAFETY: the caller's promise.
    let parts = unsafe { parts(of) }?;
    Ok((parts.control & DACL_PRESENT != 0).then_some(parts.dacl.cast_const()))
}

/// A descriptor in one piece.
pub(super) fn in_one_piece(owner: Option<&[u8]>, group: Option<&[u8]>, dacl: Option<&[u8]>) -> Vec<u8> {
    let control = SELF_RELATIVE | if dacl.is_some() { DACL_PRESENT } else { 0 };
    let mut bytes = vec![REVISION, 0];
    bytes.extend(control.to_ne_bytes());
    let mut offset = PIECE_HEADER;
    for part in [owner, group, None, dacl] {
        bytes.extend((if part.is_some() { offset as u32 } else { 0 }).to_ne_bytes());
        offset += part.map_or(0, <[u8]>::len);
    }
    bytes.extend([owner, group, dacl].into_iter().flatten().flatten());
    bytes
}

/// InitializeSecurityDescriptor: 1305 for another revision than 1.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeSecurityDescriptor(to: *mut c_void, revision: u32) -> Bool {
    guard_bool(|| {
        if revision != u32::from(REVISION) {
            return Err(UNKNOWN_REVISION);
        }
        let mut empty = [0; size_of::<Descriptor>()];
        empty[0] = REVISION;
        // SAFETY: the caller's promise.
        unsafe { output(&empty, to) }
    })
}

/// IsValidSecurityDescriptor.
///
/// # Safety
/// Nobody changes it meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsValidSecurityDescriptor(descriptor: *const Descriptor) -> Bool {
    guard_or(FALSE, || {
        // SAFETY: the caller's promise.
        unsafe {
            let Parts { control, owner, group, dacl, .. } = parts(descriptor)?;
            for sid in [owner, group].into_iter().filter(|sid| !sid.is_null()) {
                sids::read(sid)?;
            }
            if control & DACL_PRESENT != 0 && !dacl.is_null() {
                super::read(dacl)?;
            }
        }
        Ok(TRUE)
    })
}

/// Changes one with pointers; 1338 for one in one piece.
///
/// # Safety
/// `descriptor` is NULL (1338) or a descriptor that nobody else uses.
unsafe fn change(descriptor: *mut Descriptor, how: impl FnOnce(&mut Descriptor)) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        if unsafe { parts(descriptor) }?.control & SELF_RELATIVE != 0 {
            return Err(INVALID_DESCRIPTOR);
        }
        // SAFETY: not NULL, as was just seen, and the caller vouches for it.
        how(unsafe { &mut *descriptor });
        Ok(())
    })
}

fn flag(control: &mut u16, flag: u16, on: bool) {
    *control = if on { *control | flag } else { *control & !flag };
}

/// SetSecurityDescriptorDacl.
///
/// # Safety
/// As for [`ovl_SetSecurityDescriptorOwner`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetSecurityDescriptorDacl(
    descriptor: *mut Descriptor,
    present: Bool,
    list: *mut u8,
    defaulted: Bool,
) -> Bool {
    let set = |it: &mut Descriptor| {
        flag(&mut it.control, DACL_PRESENT, present != 0);
        if present != 0 {
            flag(&mut it.control, DACL_DEFAULTED, defaulted != 0);
            it.dacl = list;
        }
    };
    // SAFETY: the caller's promise.
    unsafe { change(descriptor, set) }
}

/// SetSecurityDescriptorOwner: 1338 for one in one piece.
///
/// # Safety
/// `descriptor` is NULL (1338) or a descriptor that nobody else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetSecurityDescriptorOwner(
    descriptor: *mut Descriptor,
    owner: *mut u8,
    defaulted: Bool,
) -> Bool {
    let set = |it: &mut Descriptor| {
        flag(&mut it.control, OWNER_DEFAULTED, defaulted != 0);
        it.owner = owner;
    };
    // SAFETY: the caller's promise.
    unsafe { change(descriptor, set) }
}

/// SetSecurityDescriptorGroup.
///
/// # Safety
/// As for [`ovl_SetSecurityDescriptorOwner`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetSecurityDescriptorGroup(
    descriptor: *mut Descriptor,
    group: *mut u8,
    defaulted: Bool,
) -> Bool {
    let set = |it: &mut Descriptor| {
        flag(&mut it.control, GROUP_DEFAULTED, defaulted != 0);
        it.group = group;
    };
    // SAFETY: the caller's promise.
    unsafe { change(descriptor, set) }
}

/// GetSecurityDescriptorDacl: whether there is a list, and if so the list, NULL for one that lets everybody in.
///
/// # Safety
/// Targets are NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSecurityDescriptorDacl(
    descriptor: *const Descriptor,
    present: *mut Bool,
    list: *mut *mut u8,
    defaulted: *mut Bool,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let parts = parts(descriptor)?;
            let there = parts.control & DACL_PRESENT != 0;
            store(present, there.into())?;
            if there {
                store(list, parts.dacl)?;
                store_if_wanted(defaulted, (parts.control & DACL_DEFAULTED != 0).into());
            }
        }
        Ok(())
    })
}

/// GetSecurityDescriptorOwner: NULL if there is none.
///
/// # Safety
/// Targets are NULL (998 for the first) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSecurityDescriptorOwner(
    descriptor: *const Descriptor,
    owner: *mut *mut u8,
    defaulted: *mut Bool,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let parts = parts(descriptor)?;
            store_if_wanted(defaulted, (parts.control & OWNER_DEFAULTED != 0).into());
            store(owner, parts.owner)
        }
    })
}

/// GetSecurityDescriptorGroup: NULL if there is none.
///
/// # Safety
/// As for [`ovl_GetSecurityDescriptorOwner`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSecurityDescriptorGroup(
    descriptor: *const Descriptor,
    group: *mut *mut u8,
    defaulted: *mut Bool,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let parts = parts(descriptor)?;
            store_if_wanted(defaulted, (parts.control & GROUP_DEFAULTED != 0).into());
            store(group, parts.group)
        }
    })
}

/// GetSecurityDescriptorLength: the bytes of it and what it refers to, as if in one piece; 0 for what is no descriptor.
///
/// # Safety
/// Nobody changes it meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSecurityDescriptorLength(descriptor: *const Descriptor) -> u32 {
    guard_or(0, || {
        // SAFETY: the caller's promise.
        unsafe {
            let Parts { control, owner, group, sacl, dacl } = parts(descriptor)?;
            let header = if control & SELF_RELATIVE != 0 { PIECE_HEADER } else { size_of::<Descriptor>() };
            let mut bytes = header;
            for sid in [owner, group].into_iter().filter(|sid| !sid.is_null()) {
                bytes += sids::read(sid)?.len();
            }
            for list in [sacl, dacl].into_iter().filter(|list| !list.is_null()) {
                super::places(list)?;
                bytes += super::header(list).size;
            }
            Ok(bytes as u32)
        }
    })
}
