//! VirtualAlloc2, MapViewOfFile3 and what belongs to them: address requirements, and placeholders, which keep a place that memory or views
//! then take the parts of. Two views of one section side by side, a ring without an end, are the usual purpose.

use super::other::own_pages;
use super::pages::{GRANULARITY, TOP, linux_protection, mappings};
use super::region::Region;
use super::views::{Place, create, map, unmap};
use super::{
    INVALID_ADDRESS, MEM_COMMIT, MEM_LARGE_PAGES, MEM_RELEASE, MEM_RESERVE, REGIONS, allocate, no_memory, page_size,
    protect, reserve,
};
use crate::arguments::{optional_name, pair};
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use crate::synchapi::inherits;
use overlapped_abi::{SecurityAttributes, Win32Error};
use rustix::mm::{MapFlags, ProtFlags};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::null_mut;

const MEM_PRESERVE_PLACEHOLDER: u32 = 2;
const MEM_REPLACE_PLACEHOLDER: u32 = 0x4000;
const MEM_RESERVE_PLACEHOLDER: u32 = 0x4_0000;
/// VirtualFree: split a placeholder, or give memory up and keep its place.
pub(super) const PRESERVE: u32 = MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER;
/// VirtualFree: neighbours become one.
pub(super) const COALESCE: u32 = MEM_RELEASE | 1;
const PAGE_NOACCESS: u32 = 1;

type Regions = BTreeMap<usize, Region>;

fn placeholder(size: usize) -> Region {
    Region::new(size, PAGE_NOACCESS, 0).placeholder()
}

/// What is mapped there becomes address space only.
fn blank(at: usize, size: usize) -> Result<(), Win32Error> {
    let _changed = super::Changed;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
    // SAFETY: in place of pages of a region or a view, which the caller gives up.
    unsafe { rustix::mm::mmap_anonymous(at as *mut c_void, size, ProtFlags::empty(), flags) }.map_err(no_memory)?;
    Ok(())
}

/// The placeholder with just this place is gone, and its address space the caller's; 487 if there is none.
pub(super) fn take(at: usize, size: usize) -> Result<(), Win32Error> {
    let mut regions = REGIONS.lock();
    if !regions.get(&at).is_some_and(|region| region.placeholder && region.size == size) {
        return Err(INVALID_ADDRESS);
    }
    regions.remove(&at);
    Ok(())
}

/// A placeholder in place of what is mapped there.
pub(super) fn put_back(at: usize, size: usize) -> Result<(), Win32Error> {
    let mut regions = REGIONS.lock();
    blank(at, size)?;
    regions.insert(at, placeholder(size));
    Ok(())
}

/// Part of a placeholder becomes one of its own; or memory that is given up as a whole leaves one behind.
pub(super) fn preserve(regions: &mut Regions, at: usize, size: usize) -> Result<(), Win32Error> {
    let (base, region) = super::find(regions, at).ok_or(INVALID_ADDRESS)?;
    let whole = region.size;
    if !region.placeholder {
        if base != at || size != 0 && size != whole {
            return Err(INVALID_ADDRESS);
        }
        blank(at, whole)?;
        regions.insert(at, placeholder(whole));
        return Ok(());
    }
    let page = page_size();
    let end = at.checked_add(size).ok_or(Win32Error::INVALID_PARAMETER)?;
    if size == 0 || !at.is_multiple_of(page) || !size.is_multiple_of(page) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if end > base + whole || size == whole {
        return Err(INVALID_ADDRESS);
    }
    for (from, to) in [(base, at), (at, end), (end, base + whole)] {
        if to > from {
            regions.insert(from, placeholder(to - from));
        }
    }
    Ok(())
}

/// Placeholders that fill this place exactly become one.
pub(super) fn coalesce(regions: &mut Regions, at: usize, size: usize) -> Result<(), Win32Error> {
    let end = at.checked_add(size).filter(|_| size != 0).ok_or(Win32Error::INVALID_PARAMETER)?;
    let (mut next, mut count) = (at, 0);
    while next < end {
        let region = regions.get(&next).filter(|region| region.placeholder).ok_or(INVALID_ADDRESS)?;
        next += region.size;
        count += 1;
    }
    if next != end || count < 2 {
        return Err(INVALID_ADDRESS);
    }
    regions.retain(|base, _| !(at..end).contains(base));
    regions.insert(at, placeholder(size));
    Ok(())
}

/// MEM_EXTENDED_PARAMETER, 16 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Extended {
    /// `Type`, its low 8 bits.
    pub kind: u64,
    /// A number, a pointer or a handle.
    pub value: u64,
}

/// MEM_ADDRESS_REQUIREMENTS, 24 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Requirements {
    /// `LowestStartingAddress`; 0 for any.
    pub lowest: usize,
    /// `HighestEndingAddress`, which is the last one itself; 0 for any.
    pub highest: usize,
    /// `Alignment`; 0 for that of every allocation.
    pub align: usize,
}

const ADDRESS_REQUIREMENTS: u64 = 1;
const NUMA_NODE: u64 = 2;
const ATTRIBUTE_FLAGS: u64 = 5;
/// Not for memory of enclaves, or of other kinds than the ordinary: hints that do not matter here.
const HARMLESS_ATTRIBUTES: u64 = 0x1 | 0x2 | 0x4;

/// What extended parameters ask for; 87 for what is unknown or twice there.
unsafe fn requirements(parameters: *const Extended, count: u32) -> Result<Requirements, Win32Error> {
    let mut asked = Requirements::default();
    if count == 0 {
        return Ok(asked);
    }
    let bytes = count as usize * size_of::<Extended>();
    if parameters.is_null() || !crate::probe::readable(parameters as usize, bytes) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut seen = 0u64;
    // SAFETY: readable, as was just seen.
    for parameter in unsafe { std::slice::from_raw_parts(parameters, count as usize) } {
        let kind = parameter.kind & 0xFF;
        if seen & 1 << kind.min(63) != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        seen |= 1 << kind.min(63);
        match kind {
            ADDRESS_REQUIREMENTS => {
                let at = parameter.value as usize as *const Requirements;
                if at.is_null() || !crate::probe::readable(at as usize, size_of::<Requirements>()) {
                    return Err(Win32Error::INVALID_PARAMETER);
                }
                // SAFETY: readable, as was just seen.
                asked = unsafe { at.read_unaligned() };
            }
            NUMA_NODE => crate::numa::check(parameter.value as u32)?,
            ATTRIBUTE_FLAGS if parameter.value & !HARMLESS_ATTRIBUTES == 0 => {}
            _ => return Err(Win32Error::INVALID_PARAMETER),
        }
    }
    Ok(asked)
}

impl Requirements {
    fn is_free(&self) -> bool {
        self.lowest == 0 && self.highest == 0 && self.align == 0
    }

    /// Is there such a place at all? 87 for bounds and alignments that Windows does not take.
    fn check(&self, size: usize) -> Result<(), Win32Error> {
        let fits = (self.align == 0 || self.align.is_power_of_two() && self.align >= GRANULARITY)
            && self.lowest.is_multiple_of(GRANULARITY)
            && (self.highest == 0 || (self.highest + 1).is_multiple_of(page_size()) && self.highest < TOP)
            && (self.highest == 0 || self.lowest.saturating_add(size) <= self.highest + 1);
        if fits { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
    }

    /// Address space that fulfils this; 8 if none is free.
    fn reserve(&self, size: usize) -> Result<usize, Win32Error> {
        self.check(size)?;
        let align = self.align.max(GRANULARITY);
        if self.lowest == 0 && self.highest == 0 {
            return reserve(0, size, align);
        }
        let limit = if self.highest == 0 { TOP } else { self.highest + 1 };
        // Programs have no pages below this one.
        let mut from = self.lowest.max(GRANULARITY).next_multiple_of(align);
        for taken in mappings(std::process::id()).into_iter().map(Some).chain([None]) {
            let (start, end) = taken.map_or((limit, limit), |taken| (taken.start, taken.end));
            if end <= from {
                continue;
            }
            // Somebody else may map there meanwhile, or Linux keep a gap below a stack: then the next gap.
            while from.checked_add(size).is_some_and(|to| to <= start.min(limit)) {
                if let Ok(base) = reserve(from, size, align) {
                    return Ok(base);
                }
                from += align;
            }
            from = end.max(from).next_multiple_of(align);
            if from >= limit {
                break;
            }
        }
        Err(Win32Error::NOT_ENOUGH_MEMORY)
    }
}

fn allocate_two(at: usize, size: usize, kind: u32, protection: u32, asked: Requirements) -> Result<usize, Win32Error> {
    if kind & MEM_RESERVE_PLACEHOLDER != 0 {
        let plain = kind == MEM_RESERVE | MEM_RESERVE_PLACEHOLDER && protection == PAGE_NOACCESS;
        if !plain || size == 0 || !size.is_multiple_of(page_size()) || at != 0 && !asked.is_free() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut regions = REGIONS.lock();
        let base = if at == 0 { asked.reserve(size)? } else { reserve(at, size, GRANULARITY)? };
        regions.insert(base, placeholder(size));
        return Ok(base);
    }
    if kind & MEM_REPLACE_PLACEHOLDER != 0 {
        let access = linux_protection(protection).ok_or(Win32Error::INVALID_PARAMETER)?;
        let kinds = MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER;
        if kind & MEM_RESERVE == 0 || kind & !kinds != 0 || !asked.is_free() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        take(at, size)?;
        let committed = kind & MEM_COMMIT != 0;
        if committed && let Err(error) = protect(at, size, access) {
            put_back(at, size)?;
            return Err(error);
        }
        REGIONS.lock().insert(at, Region::new(size, protection, if committed { protection } else { 0 }));
        return Ok(at);
    }
    if asked.is_free() {
        return allocate(at, size, kind, protection);
    }
    if at != 0 || kind & MEM_RESERVE == 0 || size == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // Found, and given up for the moment that the ordinary way needs to take it.
    let size = super::round_up(size, page_size());
    for _ in 0..8 {
        let base = asked.reserve(size)?;
        super::release(base, size)?;
        if let Ok(base) = allocate(base, size, kind, protection) {
            return Ok(base);
        }
    }
    Err(Win32Error::NOT_ENOUGH_MEMORY)
}

fn two(
    process: RawHandle,
    at: usize,
    size: usize,
    kind: u32,
    protection: u32,
    asked: impl FnOnce() -> Result<Requirements, Win32Error>,
) -> *mut c_void {
    guard_or(null_mut(), || {
        if process != 0 {
            own_pages(process)?;
        }
        allocate_two(at, size, kind, protection, asked()?).map(|base| base as *mut c_void)
    })
}

/// VirtualAlloc2, in this process (0 or a handle of it): as VirtualAlloc, with address requirements, and with placeholders. NULL/87 for parameters
/// that are unknown or do not go together, NULL/487 for a placeholder that is not there in just that size.
///
/// # Safety
/// `parameters` has `count` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_VirtualAlloc2(
    process: RawHandle,
    at: *mut c_void,
    size: usize,
    kind: u32,
    protection: u32,
    parameters: *const Extended,
    count: u32,
) -> *mut c_void {
    // SAFETY: the caller's promise.
    two(process, at as usize, size, kind, protection, || unsafe { requirements(parameters, count) })
}

/// What MapViewOfFile takes for a protection of pages; 87 for what is none of a view.
fn view_access(protection: u32) -> Result<u32, Win32Error> {
    Ok(match protection & !0x600 {
        0x02 => 4,
        0x04 => 6,
        0x08 => 1,
        0x20 => 0x24,
        0x40 => 0x26,
        0x80 => 0x21,
        _ => return Err(Win32Error::INVALID_PARAMETER),
    })
}

/// What MapViewOfFile3 is asked for.
struct Wanted {
    section: RawHandle,
    process: RawHandle,
    at: usize,
    offset: u64,
    size: usize,
    kind: u32,
    protection: u32,
    asked: Requirements,
}

fn view_three(wanted: &Wanted) -> Result<*mut c_void, Win32Error> {
    let Wanted { section, process, at, offset, size, kind, protection, asked } = *wanted;
    if process != 0 {
        own_pages(process)?;
    }
    let access = view_access(protection)?;
    let mapped = |place| map(section, access, offset, size, place).map(|base| base as *mut c_void);
    match kind & !MEM_LARGE_PAGES {
        MEM_REPLACE_PLACEHOLDER if asked.is_free() && at != 0 && size != 0 => mapped(Place::Placeholder(at)),
        0 | MEM_RESERVE if asked.is_free() => mapped(Place::Free(at)),
        0 | MEM_RESERVE if at == 0 && size != 0 => {
            for _ in 0..8 {
                let base = asked.reserve(super::round_up(size, page_size()))?;
                super::release(base, super::round_up(size, page_size()))?;
                match mapped(Place::Free(base)) {
                    Err(INVALID_ADDRESS) => {}
                    done => return done,
                }
            }
            Err(Win32Error::NOT_ENOUGH_MEMORY)
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// MapViewOfFile3, in this process: the protection is one of pages. With MEM_REPLACE_PLACEHOLDER the view takes the place of a placeholder of just
/// its size (487), and its offset is a multiple of a page.
///
/// # Safety
/// `parameters` has `count` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_MapViewOfFile3(
    section: RawHandle,
    process: RawHandle,
    at: *mut c_void,
    offset: u64,
    size: usize,
    kind: u32,
    protection: u32,
    parameters: *const Extended,
    count: u32,
) -> *mut c_void {
    guard_or(null_mut(), || {
        // SAFETY: the caller's promise.
        let asked = unsafe { requirements(parameters, count)? };
        view_three(&Wanted { section, process, at: at as usize, offset, size, kind, protection, asked })
    })
}

/// MapViewOfFileNuma2: MapViewOfFile2 with a node, which is checked (0xFFFFFFFF is none in particular).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapViewOfFileNuma2(
    section: RawHandle,
    process: RawHandle,
    offset: u64,
    at: *mut c_void,
    size: usize,
    kind: u32,
    protection: u32,
    node: u32,
) -> *mut c_void {
    guard_or(null_mut(), || {
        crate::numa::check(node)?;
        if kind & MEM_REPLACE_PLACEHOLDER != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let asked = Requirements::default();
        view_three(&Wanted { section, process, at: at as usize, offset, size, kind, protection, asked })
    })
}

/// MapViewOfFileExNuma: MapViewOfFileEx with a node, which is checked.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapViewOfFileExNuma(
    section: RawHandle,
    access: u32,
    high: u32,
    low: u32,
    bytes: usize,
    at: *mut c_void,
    node: u32,
) -> *mut c_void {
    guard_or(null_mut(), || {
        crate::numa::check(node)?;
        let offset = overlapped_abi::join_u64(low, high);
        map(section, access, offset, bytes, Place::Free(at as usize)).map(|base| base as *mut c_void)
    })
}

/// MapViewOfFileFromApp: MapViewOfFile with the offset in one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MapViewOfFileFromApp(section: RawHandle, access: u32, offset: u64, bytes: usize) -> *mut c_void {
    guard_or(null_mut(), || map(section, access, offset, bytes, Place::Free(0)).map(|base| base as *mut c_void))
}

/// MEM_UNMAP_WITH_TRANSIENT_BOOST, which is a hint.
const TRANSIENT_BOOST: u32 = 1;

fn unmap_with(at: usize, flags: u32) -> Result<(), Win32Error> {
    if flags & !(TRANSIENT_BOOST | MEM_PRESERVE_PLACEHOLDER) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    unmap(at, flags & MEM_PRESERVE_PLACEHOLDER != 0)
}

/// UnmapViewOfFile2, in this process: with MEM_PRESERVE_PLACEHOLDER the placeholder that the view has taken the place of is back.
///
/// # Safety
/// Nobody uses the view any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnmapViewOfFile2(process: RawHandle, at: *mut c_void, flags: u32) -> Bool {
    guard_bool(|| own_pages(process).and_then(|()| unmap_with(at as usize, flags)))
}

/// UnmapViewOfFileEx.
///
/// # Safety
/// Nobody uses the view any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UnmapViewOfFileEx(at: *mut c_void, flags: u32) -> Bool {
    guard_bool(|| unmap_with(at as usize, flags))
}

pair! {
    /// CreateFileMappingNuma: CreateFileMapping with a node, which is checked.
    fn ovl_CreateFileMappingNumaA ovl_CreateFileMappingNumaW(
        file: RawHandle,
        attributes: *const SecurityAttributes,
        protection: u32,
        high: u32,
        low: u32,
        section_name: *const C,
        node: u32,
    ) -> RawHandle {
        guard_or(0, || {
            crate::numa::check(node)?;
            // SAFETY: the caller's promise.
            let (flags, name) = unsafe { (inherits(attributes), optional_name(section_name)) };
            create(file, flags, protection, overlapped_abi::join_u64(low, high), name)
        })
    }
}

/// CreateFileMapping2: what CreateFileMapping takes with SEC_ attributes apart, and a handle with the rights asked for.
///
/// # Safety
/// Pointers are NULL or valid; the name ends with a zero; `parameters` has `count` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateFileMapping2(
    file: RawHandle,
    attributes: *const SecurityAttributes,
    _access: u32,
    protection: u32,
    allocation: u32,
    size: u64,
    section_name: *const u16,
    parameters: *const Extended,
    count: u32,
) -> RawHandle {
    guard_or(0, || {
        // SAFETY: the caller's promise.
        let (asked, flags, name) =
            unsafe { (requirements(parameters, count)?, inherits(attributes), optional_name(section_name)) };
        if !asked.is_free() || protection & 0xFF00_0000 != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        create(file, flags, protection | allocation, size, name)
    })
}

/// CreateFileMappingFromApp.
///
/// # Safety
/// As for [`ovl_CreateFileMapping2`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateFileMappingFromApp(
    file: RawHandle,
    attributes: *const SecurityAttributes,
    protection: u32,
    size: u64,
    section_name: *const u16,
) -> RawHandle {
    // SAFETY: the caller's promise.
    unsafe { ovl_CreateFileMapping2(file, attributes, 0, protection, 0, size, section_name, std::ptr::null(), 0) }
}
