//! CreateFileMapping and MapViewOfFile: files, and memory without one, as memory.
//!
//! A section is an object of the kernel; a view is a mapping of its descriptor at a multiple of 64 KiB, known by its address.
//! A view outlives its section. Sections with names are shared by the processes of a user, as all named objects are.

use super::pages::GRANULARITY;
use super::{INVALID_ADDRESS, page_size, placeholders, release, reserve, round_up};
use crate::arguments::{grant, optional_name, pair};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or, set_last_error, system};
use crate::synchapi::inherits;
use overlapped_abi::{AccessMask, SecurityAttributes, Win32Error, join_u64};
use overlapped_devices::file::{section_of_file, section_of_memory};
use overlapped_kernel::handle::{Entry, HandleFlags, Object};
use overlapped_kernel::section::{Hold, Section};
use parking_lot::Mutex;
use rustix::mm::{MapFlags, MsyncFlags, ProtFlags};
use std::collections::BTreeMap;
use std::ffi::{OsString, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

const FILE_MAP_COPY: u32 = 0x1;
const FILE_MAP_WRITE: u32 = 0x2;
const FILE_MAP_READ: u32 = 0x4;
const FILE_MAP_EXECUTE: u32 = 0x20;
/// PAGE_EXECUTE and its forms.
const PAGE_EXECUTES: u32 = 0xF0;
/// ERROR_MAPPED_ALIGNMENT.
const MAPPED_ALIGNMENT: Win32Error = Win32Error(1132);

struct View {
    len: usize,
    /// Has it taken the place of a placeholder?
    in_place: bool,
    _hold: Option<Hold>,
}

static VIEWS: Mutex<BTreeMap<usize, View>> = Mutex::new(BTreeMap::new());

pub(super) fn create(
    file: RawHandle,
    flags: HandleFlags,
    protection: u32,
    size: u64,
    name: Option<OsString>,
) -> Result<RawHandle, Win32Error> {
    let section = match file {
        INVALID_HANDLE_VALUE => section_of_memory(protection, size)?,
        file => section_of_file(&grant(file)?, protection, size)?,
    };
    let (handle, existed) = system()?.create_named(name.as_deref(), Object::Section(Arc::new(section)), None, flags)?;
    set_last_error(if existed { Win32Error::ALREADY_EXISTS.0 } else { 0 });
    Ok(handle.into_raw())
}

pair! {
    /// CreateFileMapping: of a file, or with −1 of memory. Last error 183 if the name was there and its section was opened.
    fn ovl_CreateFileMappingA ovl_CreateFileMappingW(
        file: RawHandle,
        attributes: *const SecurityAttributes,
        protection: u32,
        high: u32,
        low: u32,
        section_name: *const C,
    ) -> RawHandle {
        // SAFETY: the caller's promise.
        let (flags, name) = unsafe { (inherits(attributes), optional_name(section_name)) };
        guard_or(0, || create(file, flags, protection, join_u64(low, high), name))
    }
}

pair! {
    /// OpenFileMapping: 2 if there is no section of that name.
    fn ovl_OpenFileMappingA ovl_OpenFileMappingW(access: u32, inherit: Bool, section_name: *const C) -> RawHandle {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            let name = unsafe { optional_name(section_name) }.ok_or(Win32Error::INVALID_PARAMETER)?;
            let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
            let access = AccessMask::from_bits_retain(access);
            Ok(system()?.open_named(&name, access, flags, |object| matches!(object, Object::Section(_)))?.into_raw())
        })
    }
}

/// Are the views of such a section changed in it?
fn is_shared(protection: u32) -> bool {
    matches!(protection, 0x04 | 0x40)
}

/// How Linux is to map it; 5 for what the section or its handle does not give.
fn mode(section: &Section, handle: AccessMask, access: u32) -> Result<(ProtFlags, MapFlags), Win32Error> {
    let (copy, write) = (access & !FILE_MAP_EXECUTE == FILE_MAP_COPY, access & FILE_MAP_WRITE != 0);
    let wanted = access & (FILE_MAP_READ | FILE_MAP_WRITE);
    if access & (FILE_MAP_COPY | FILE_MAP_READ | FILE_MAP_WRITE) == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let (execute, executable) = (access & FILE_MAP_EXECUTE != 0, section.protection() & PAGE_EXECUTES != 0);
    if handle.bits() & wanted != wanted || write && !is_shared(section.protection()) || execute && !executable {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let mut protection = ProtFlags::READ;
    protection.set(ProtFlags::WRITE, copy || write);
    protection.set(ProtFlags::EXEC, execute);
    Ok((protection, if copy { MapFlags::PRIVATE } else { MapFlags::SHARED }))
}

/// Where a view is to be.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// At this address, or anywhere for 0.
    Free(usize),
    /// Instead of the placeholder that begins here.
    Placeholder(usize),
}

pub(super) fn map(raw: RawHandle, access: u32, offset: u64, len: usize, place: Place) -> Result<usize, Win32Error> {
    let Entry { object: Object::Section(section), access: rights, .. } = system()?.entry_raw(raw)? else {
        return Err(Win32Error::INVALID_HANDLE);
    };
    let (protection, sharing) = mode(&section, rights, access)?;
    let (step, wanted) = match place {
        Place::Free(wanted) => (GRANULARITY, wanted),
        Place::Placeholder(base) => (page_size(), base),
    };
    if !offset.is_multiple_of(step as u64) || !wanted.is_multiple_of(step) {
        return Err(MAPPED_ALIGNMENT);
    }
    let rest = section.size().checked_sub(offset).filter(|rest| *rest != 0).ok_or(Win32Error::INVALID_PARAMETER)?;
    if len as u64 > rest {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let len = if len == 0 { usize::try_from(rest).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)? } else { len };
    let size = round_up(len, page_size());
    let in_place = matches!(place, Place::Placeholder(_));
    let base = if in_place {
        placeholders::take(wanted, size)?;
        wanted
    } else {
        reserve(wanted, size, GRANULARITY)?
    };
    // SAFETY: in place of address space that was reserved just now, or as a placeholder, and that nobody else knows.
    let mapped = unsafe {
        rustix::mm::mmap(base as *mut c_void, size, protection, sharing | MapFlags::FIXED, &*section, offset)
    };
    if let Err(errno) = mapped {
        if in_place {
            placeholders::put_back(base, size)?;
        } else {
            release(base, size)?;
        }
        return Err(match errno {
            rustix::io::Errno::ACCESS | rustix::io::Errno::PERM => Win32Error::ACCESS_DENIED,
            _ => Win32Error::NOT_ENOUGH_MEMORY,
        });
    }
    VIEWS.lock().insert(base, View { len: size, in_place, _hold: section.hold() });
    Ok(base)
}

/// MapViewOfFile: `bytes` 0 means up to the section's end. NULL with 5 for rights or lengths that the section does not have, 1132 for
/// an offset that is no multiple of 64 KiB.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapViewOfFile(section: RawHandle, access: u32, high: u32, low: u32, bytes: usize) -> *mut c_void {
    ovl_MapViewOfFileEx(section, access, high, low, bytes, null_mut())
}

/// MapViewOfFileEx: at this address; 487 if it is taken.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapViewOfFileEx(
    section: RawHandle,
    access: u32,
    high: u32,
    low: u32,
    bytes: usize,
    address: *mut c_void,
) -> *mut c_void {
    guard_or(null_mut(), || {
        let place = Place::Free(address as usize);
        map(section, access, join_u64(low, high), bytes, place).map(|base| base as *mut c_void)
    })
}

/// UnmapViewOfFile: 487 for what is no view's address.
///
/// # Safety
/// Nobody uses the view any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnmapViewOfFile(address: *const c_void) -> Bool {
    guard_bool(|| unmap(address as usize, false))
}

/// Takes a view away; a placeholder stays if wanted, which the view must have been mapped into (87).
pub(super) fn unmap(address: usize, keep_place: bool) -> Result<(), Win32Error> {
    let mut views = VIEWS.lock();
    let view = views.get(&address).ok_or(INVALID_ADDRESS)?;
    if keep_place && !view.in_place {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let len = view.len;
    views.remove(&address);
    if keep_place { placeholders::put_back(address, len) } else { release(address, len) }
}

/// FlushViewOfFile: what was changed in the view is given to the device; returns before it has it, as on Windows. `bytes` 0 means up to
/// the view's end. 487 outside of views.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushViewOfFile(address: *const c_void, bytes: usize) -> Bool {
    guard_bool(|| {
        let address = address as usize;
        let end = {
            let views = VIEWS.lock();
            let (base, view) = views.range(..=address).next_back().ok_or(INVALID_ADDRESS)?;
            base + view.len
        };
        let len = if bytes == 0 { end.saturating_sub(address) } else { bytes };
        if address >= end || len > end - address {
            return Err(INVALID_ADDRESS);
        }
        let start = super::round_down(address, page_size());
        // SAFETY: pages of a view; nothing in them changes.
        unsafe { rustix::mm::msync(start as *mut c_void, address + len - start, MsyncFlags::ASYNC) }
            .map_err(|_| INVALID_ADDRESS)
    })
}
