//! Access control lists and security descriptors (`securitybaseapi.h`, `aclapi.h`).
//!
//! Lists are built and read as on Windows. What a file has of one is Linux' permissions: those of its owner, its group and everyone,
//! so a list is translated when a file or directory is made or gets one, and made up when it is asked
//! for. Other objects belong to the user and are reached by nobody else, whatever their lists say.

mod descriptors;
mod entries;
mod owners;
pub(crate) mod permissions;

pub use descriptors::*;
pub use entries::*;
pub use owners::*;

use crate::arguments::{output, store};
use crate::localglobal::ovl_LocalAlloc;
use crate::sids;
use crate::support::{Bool, FALSE, TRUE, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

const INVALID_ACL: Win32Error = Win32Error(1336);
/// ERROR_ALLOTTED_SPACE_EXCEEDED.
const NO_ROOM: Win32Error = Win32Error(1344);
/// ERROR_REVISION_MISMATCH.
const REVISION_MISMATCH: Win32Error = Win32Error(1306);
/// Of the list: revision, size, count.
const LIST_HEADER: usize = 8;
/// Of an entry of the plain kinds: kind, flags, size, rights; its identifier follows.
const ENTRY_HEADER: usize = 8;
const REVISION: u8 = 2;
const NEWEST_REVISION: u8 = 4;
pub(crate) const ALLOWED: u8 = 0;
pub(crate) const DENIED: u8 = 1;

/// An entry as it stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry(Vec<u8>);

impl Entry {
    pub fn new(kind: u8, flags: u8, rights: u32, sid: &[u8]) -> Self {
        let mut bytes = vec![kind, flags];
        bytes.extend(((ENTRY_HEADER + sid.len()) as u16).to_ne_bytes());
        bytes.extend(rights.to_ne_bytes());
        bytes.extend(sid);
        Self(bytes)
    }

    pub fn kind(&self) -> u8 {
        self.0[0]
    }

    pub fn flags(&self) -> u8 {
        self.0[1]
    }

    /// Rights and identifier, of one that allows or denies without further conditions.
    pub fn plain(&self) -> Option<(u32, &[u8])> {
        let rights = self.0.get(4..8)?.try_into().ok()?;
        let sid = self.0.get(ENTRY_HEADER..).filter(|sid| sid.len() >= 8)?;
        let sid = sid.get(..8 + usize::from(sid[1]) * 4)?;
        matches!(self.kind(), ALLOWED | DENIED).then_some((u32::from_ne_bytes(rights), sid))
    }

    pub fn is_of(&self, sid: &[u8]) -> bool {
        self.plain().is_some_and(|(_, of)| of == sid)
    }

    fn with_rights(&mut self, rights: u32) {
        self.0[4..8].copy_from_slice(&rights.to_ne_bytes());
    }
}

/// What the first bytes of a list say.
struct Header {
    revision: u8,
    size: usize,
    count: usize,
}

/// # Safety
/// `list` is readable for eight bytes.
unsafe fn header(list: *const u8) -> Header {
    // SAFETY: the caller's promise.
    unsafe {
        let word = |at: usize| list.add(at).cast::<u16>().read_unaligned();
        Header { revision: *list, size: word(2).into(), count: word(4).into() }
    }
}

/// Where each entry is, and behind them the first free byte; 1336 for what is no list.
///
/// # Safety
/// Nobody changes the list meanwhile.
unsafe fn places(list: *const u8) -> Result<(Vec<usize>, usize), Win32Error> {
    if list.is_null() || !crate::probe::readable(list as usize, LIST_HEADER) {
        return Err(INVALID_ACL);
    }
    // SAFETY: readable, as was just seen.
    let Header { revision, size, count } = unsafe { header(list) };
    let is_list = (REVISION..=NEWEST_REVISION).contains(&revision) && size >= LIST_HEADER;
    if !is_list || !crate::probe::readable(list as usize, size) {
        return Err(INVALID_ACL);
    }
    let mut at = LIST_HEADER;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        if at + 4 > size {
            return Err(INVALID_ACL);
        }
        // SAFETY: in the list, all of which is readable.
        let length = usize::from(unsafe { list.add(at + 2).cast::<u16>().read_unaligned() });
        if length < 4 || length % 4 != 0 || at + length > size {
            return Err(INVALID_ACL);
        }
        places.push(at);
        at += length;
    }
    Ok((places, at))
}

/// The entries of a list; 1336 for what is none.
///
/// # Safety
/// As for [`places`].
pub(crate) unsafe fn read(list: *const u8) -> Result<Vec<Entry>, Win32Error> {
    // SAFETY: the caller's promise.
    let (places, end) = unsafe { places(list) }?;
    // SAFETY: all of it was found readable.
    let bytes = unsafe { std::slice::from_raw_parts(list, end) };
    let ends = places.iter().copied().skip(1).chain([end]);
    Ok(places.iter().zip(ends).map(|(&from, to)| Entry(bytes[from..to].to_vec())).collect())
}

/// The bytes of a list; 87 for more than one can have.
pub(crate) fn written(entries: &[Entry]) -> Result<Vec<u8>, Win32Error> {
    let size = LIST_HEADER + entries.iter().map(|entry| entry.0.len()).sum::<usize>();
    let size = u16::try_from(size).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let mut list = vec![REVISION, 0];
    list.extend([size, entries.len() as u16, 0].iter().flat_map(|word| word.to_ne_bytes()));
    list.extend(entries.iter().flat_map(|entry| &entry.0));
    Ok(list)
}

/// A copy that LocalFree takes back.
fn allocated(bytes: &[u8]) -> Result<*mut c_void, Win32Error> {
    let memory = ovl_LocalAlloc(0, bytes.len());
    if memory.is_null() {
        return Err(Win32Error::NOT_ENOUGH_MEMORY);
    }
    // SAFETY: as large as the bytes.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory.cast(), bytes.len()) };
    Ok(memory)
}

/// InitializeAcl: 122 for less than a header, 87 for a revision or a size that is none.
///
/// # Safety
/// `list` is NULL (998) or writable for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeAcl(list: *mut c_void, bytes: u32, revision: u32) -> Bool {
    guard_bool(|| {
        if (bytes as usize) < LIST_HEADER {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let (Ok(size), 2..=4) = (u16::try_from(bytes & !3), revision) else {
            return Err(Win32Error::INVALID_PARAMETER);
        };
        let [low, high] = size.to_ne_bytes();
        // SAFETY: the caller's promise.
        unsafe { output(&[revision as u8, 0, low, high, 0, 0, 0, 0], list) }
    })
}

/// IsValidAcl.
///
/// # Safety
/// Nobody changes the list meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsValidAcl(list: *const u8) -> Bool {
    // SAFETY: the caller's promise.
    guard_or(FALSE, || unsafe { places(list) }.map(|_| TRUE))
}

/// Adds an entry behind the others: 1344 if there is no room.
///
/// # Safety
/// `list` may be written for as long as it says, `sid` is an identifier.
unsafe fn add(list: *mut u8, revision: u32, entry: (u8, u32, u32), sid: *const u8) -> Bool {
    guard_bool(|| {
        let (kind, flags, rights) = entry;
        // SAFETY: the caller's promise.
        let entry = Entry::new(kind, flags as u8, rights, unsafe { sids::read(sid) }?);
        // SAFETY: the caller's promise.
        let (places, end) = unsafe { places(list) }?;
        // SAFETY: it is a list, as was just seen.
        let had = unsafe { header(list) };
        if !(u32::from(REVISION)..=u32::from(NEWEST_REVISION)).contains(&revision) {
            return Err(REVISION_MISMATCH);
        }
        if end + entry.0.len() > had.size {
            return Err(NO_ROOM);
        }
        let count = places.len() as u16 + 1;
        // SAFETY: within the list.
        unsafe {
            output(&entry.0, list.add(end).cast())?;
            output(&[had.revision.max(revision as u8)], list.cast())?;
            output(&count.to_ne_bytes(), list.add(4).cast())
        }
    })
}

/// AddAccessAllowedAce.
///
/// # Safety
/// `list` may be written for as long as it says, `sid` is an identifier.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AddAccessAllowedAce(list: *mut u8, revision: u32, rights: u32, sid: *const u8) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { add(list, revision, (ALLOWED, 0, rights), sid) }
}

/// AddAccessAllowedAceEx.
///
/// # Safety
/// As for [`ovl_AddAccessAllowedAce`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AddAccessAllowedAceEx(
    list: *mut u8,
    revision: u32,
    flags: u32,
    rights: u32,
    sid: *const u8,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { add(list, revision, (ALLOWED, flags, rights), sid) }
}

/// AddAccessDeniedAce.
///
/// # Safety
/// As for [`ovl_AddAccessAllowedAce`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AddAccessDeniedAce(list: *mut u8, revision: u32, rights: u32, sid: *const u8) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { add(list, revision, (DENIED, 0, rights), sid) }
}

/// AddAccessDeniedAceEx.
///
/// # Safety
/// As for [`ovl_AddAccessAllowedAce`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AddAccessDeniedAceEx(
    list: *mut u8,
    revision: u32,
    flags: u32,
    rights: u32,
    sid: *const u8,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { add(list, revision, (DENIED, flags, rights), sid) }
}

/// GetAce: the entry in the list; 87 for one that is not there.
///
/// # Safety
/// Nobody changes the list meanwhile; `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAce(list: *mut u8, index: u32, to: *mut *mut u8) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let (places, _) = unsafe { places(list) }?;
        let place = places.get(index as usize).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise; the entry is in the list.
        unsafe { store(to, list.add(*place)) }
    })
}

/// GetAclInformation: the revision (class 1), or entries, bytes in use and bytes free (2); 87 for other classes, 122 for too little room.
///
/// # Safety
/// Nobody changes the list meanwhile; `to` is writable for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAclInformation(list: *const u8, to: *mut c_void, room: u32, class: u32) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let (places, end) = unsafe { places(list) }?;
        // SAFETY: it is a list, as was just seen.
        let Header { revision, size, .. } = unsafe { header(list) };
        let numbers = match class {
            1 => vec![u32::from(revision)],
            2 => vec![places.len() as u32, end as u32, (size - end) as u32],
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u32::to_ne_bytes).collect();
        if (room as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's promise.
        unsafe { output(&bytes, to) }
    })
}
