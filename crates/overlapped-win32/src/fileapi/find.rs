//! FindFirstFile and its relatives.
//!
//! A search is no object of the kernel: nothing can wait for it or inherit it, and CloseHandle does not know it (6). Its handles
//! lie above those of the handle table.

use super::enumerations::{self, Kind};
use super::names::FileAttributeData;
use crate::arguments::{name, pair};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, files, guard_bool, guard_or, system};
use crate::text::{self, Unit};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_DIRECTORY;
use overlapped_abi::constants::handle::MAX_PATH;
use overlapped_devices::file::{self, Listing};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::c_void;
use std::sync::{Arc, LazyLock};

/// WIN32_FIND_DATA.
#[repr(C)]
pub struct FindData<C> {
    /// What GetFileAttributesEx tells.
    pub file: FileAttributeData,
    /// dwReserved0: what kind of link it is.
    pub reparse_tag: u32,
    /// dwReserved1.
    pub reserved: u32,
    /// cFileName.
    pub name: [C; MAX_PATH as usize],
    /// cAlternateFileName: there is none.
    pub alternate: [C; 14],
}

const _: () = assert!(size_of::<FindData<u8>>() == 320 && size_of::<FindData<u16>>() == 592);

struct Search {
    listing: Listing,
    directories_only: bool,
}

impl Iterator for Search {
    type Item = file::Entry;

    fn next(&mut self) -> Option<file::Entry> {
        let wanted =
            |entry: &file::Entry| !self.directories_only || entry.file.attributes & FILE_ATTRIBUTE_DIRECTORY != 0;
        self.listing.by_ref().find(wanted)
    }
}

#[derive(Default)]
struct Searches {
    open: HashMap<RawHandle, Arc<Mutex<Search>>>,
    last: u32,
}

static SEARCHES: LazyLock<Mutex<Searches>> = LazyLock::new(Mutex::default);

/// Above what the handle table gives out, and a multiple of 4.
const FIRST_SEARCH: RawHandle = 1 << 31;

fn insert(search: Search) -> RawHandle {
    let mut searches = SEARCHES.lock();
    loop {
        searches.last = (searches.last + 1) % (1 << 28);
        let handle = FIRST_SEARCH + (searches.last as RawHandle) * 4;
        if let Entry::Vacant(place) = searches.open.entry(handle) {
            place.insert(Arc::new(Mutex::new(search)));
            return handle;
        }
    }
}

/// Writes the entry; false if its name is too long for the structure.
unsafe fn fill<C: Unit>(entry: &file::Entry, data: *mut FindData<C>) -> bool {
    let units = C::from_os(&entry.name);
    if units.len() >= MAX_PATH as usize {
        return false;
    }
    // SAFETY: the caller vouches for the structure, and the name fits, by the comparison above.
    unsafe {
        (&raw mut (*data).file).write(entry.file.into());
        (&raw mut (*data).reparse_tag).write(entry.reparse_tag);
        (&raw mut (*data).reserved).write(0);
        text::put((&raw mut (*data).name).cast(), &units);
        (&raw mut (*data).alternate).cast::<C>().write(C::default());
    }
    true
}

unsafe fn next<C: Unit>(search: &mut Search, data: *mut FindData<C>, at_end: Win32Error) -> Result<(), Win32Error> {
    if data.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    for entry in search {
        // SAFETY: not NULL, and the caller vouches for it. Bytes of UTF-8 can be more than the structure holds: left out.
        if unsafe { fill(&entry, data) } {
            return Ok(());
        }
    }
    Err(at_end)
}

unsafe fn first<C: Unit>(
    pattern: *const C,
    data: *mut FindData<C>,
    directories_only: bool,
) -> Result<RawHandle, Win32Error> {
    // SAFETY: the caller's promise.
    let listing = files().search(system()?, &unsafe { name(pattern) }?)?;
    let mut search = Search { listing, directories_only };
    // SAFETY: the caller's promise.
    unsafe { next(&mut search, data, Win32Error::FILE_NOT_FOUND) }?;
    Ok(insert(search))
}

pair! {
    /// FindFirstFile.
    fn ovl_FindFirstFileA ovl_FindFirstFileW(pattern: *const C, data: *mut FindData<C>) -> RawHandle {
        // SAFETY: the caller's promise.
        guard_or(INVALID_HANDLE_VALUE, || unsafe { first(pattern, data, false) })
    }
}

const FIND_EX_INFO_BASIC: i32 = 1;
const FIND_EX_SEARCH_LIMIT_TO_DIRECTORIES: i32 = 1;

pair! {
    /// FindFirstFileEx: FindExInfoStandard or FindExInfoBasic; the search may be limited to directories. The flags for case
    /// and for large fetches are hints.
    fn ovl_FindFirstFileExA ovl_FindFirstFileExW(
        pattern: *const C,
        level: i32,
        data: *mut FindData<C>,
        operation: i32,
        filter: *const c_void,
        _flags: u32,
    ) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            if !(0..=FIND_EX_INFO_BASIC).contains(&level)
                || !(0..=FIND_EX_SEARCH_LIMIT_TO_DIRECTORIES).contains(&operation)
                || !filter.is_null()
            {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            unsafe { first(pattern, data, operation == FIND_EX_SEARCH_LIMIT_TO_DIRECTORIES) }
        })
    }
}

pair! {
    /// FindNextFile: 18 at the end.
    fn ovl_FindNextFileA ovl_FindNextFileW(search: RawHandle, data: *mut FindData<C>) -> Bool {
        guard_bool(|| {
            let search = SEARCHES.lock().open.get(&search).map(Arc::clone).ok_or(Win32Error::INVALID_HANDLE)?;
            let mut search = search.lock();
            // SAFETY: the caller's promise.
            unsafe { next(&mut search, data, Win32Error::NO_MORE_FILES) }
        })
    }
}

/// FindClose.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindClose(search: RawHandle) -> Bool {
    guard_bool(|| {
        let closed = SEARCHES.lock().open.remove(&search);
        match closed {
            None if !enumerations::end(search, &[Kind::Names, Kind::Streams]) => Err(Win32Error::INVALID_HANDLE),
            _ => Ok(()),
        }
    })
}
