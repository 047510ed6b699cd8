//! `io.h`: _findfirst and its relatives, on FindFirstFile.

use super::{invalid, set_errno};
use crate::arguments::pair;
use crate::fileapi::find::{
    FindData, ovl_FindClose, ovl_FindFirstFileA, ovl_FindFirstFileW, ovl_FindNextFileA, ovl_FindNextFileW,
};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle};
use libc::{EINVAL, ENOENT, c_int};
use overlapped_abi::constants::handle::MAX_PATH;
use overlapped_abi::{FileTime, join_u64};
use std::mem::MaybeUninit;

/// struct _finddata_t and _wfinddata_t: one structure for all their names, with times and a size of 64 bits.
#[repr(C)]
pub struct Found<C> {
    /// `_A_RDONLY` and the like; 0 for an ordinary file.
    pub attrib: u32,
    /// Seconds since 1970, as the other two; −1 where the file system does not know.
    pub time_create: i64,
    /// Last access.
    pub time_access: i64,
    /// Last change.
    pub time_write: i64,
    /// Bytes.
    pub size: i64,
    /// Without directories.
    pub name: [C; MAX_PATH as usize],
}

const _: () = assert!(size_of::<Found<u8>>() == 304 && size_of::<Found<u16>>() == 560);

/// `_A_RDONLY`, `_A_HIDDEN`, `_A_SYSTEM`, `_A_SUBDIR` and `_A_ARCH` have the values of FILE_ATTRIBUTE_*.
const ATTRIBUTES: u32 = 0x37;

fn seconds(time: FileTime) -> i64 {
    time.to_unix().filter(|_| time.ticks() != 0).map_or(-1, |(seconds, _)| seconds)
}

/// A function of FindFirstFile's family that fills a structure.
unsafe fn fill<C: Copy, R>(to: *mut Found<C>, failed: R, search: impl FnOnce(*mut FindData<C>) -> R) -> Option<R>
where
    R: PartialEq,
{
    let mut data = MaybeUninit::<FindData<C>>::uninit();
    let answer = search(data.as_mut_ptr());
    if answer == failed {
        set_errno(ENOENT);
        return None;
    }
    // SAFETY: filled, because the function says so.
    let data = unsafe { data.assume_init() };
    let file = &data.file;
    let found = Found {
        attrib: file.attributes & ATTRIBUTES,
        time_create: seconds(file.creation_time),
        time_access: seconds(file.last_access_time),
        time_write: seconds(file.last_write_time),
        size: join_u64(file.size_low, file.size_high) as i64,
        name: data.name,
    };
    // SAFETY: the caller vouches for the structure.
    unsafe { to.write(found) };
    Some(answer)
}

/// The search for a unit of text.
trait Search: Copy {
    unsafe fn first(pattern: *const Self, to: *mut FindData<Self>) -> RawHandle;
    unsafe fn next(search: RawHandle, to: *mut FindData<Self>) -> Bool;
}

macro_rules! search {
    ($unit:ty, $first:ident, $next:ident) => {
        impl Search for $unit {
            unsafe fn first(pattern: *const Self, to: *mut FindData<Self>) -> RawHandle {
                // SAFETY: the caller's promise.
                unsafe { $first(pattern, to) }
            }
            unsafe fn next(search: RawHandle, to: *mut FindData<Self>) -> Bool {
                // SAFETY: the caller's promise.
                unsafe { $next(search, to) }
            }
        }
    };
}
search!(u8, ovl_FindFirstFileA, ovl_FindNextFileA);
search!(u16, ovl_FindFirstFileW, ovl_FindNextFileW);

pair! {
    /// _findfirst and _wfindfirst: −1 with ENOENT where nothing is found.
    fn ovl__findfirst ovl__wfindfirst(pattern: *const C, to: *mut Found<C>) -> isize {
        if pattern.is_null() || to.is_null() {
            invalid(EINVAL);
            return -1;
        }
        // SAFETY: not NULL, and the caller vouches for both.
        let handle = unsafe { fill(to, INVALID_HANDLE_VALUE, |data| C::first(pattern, data)) };
        handle.map_or(-1, |handle| handle as isize)
    }
}

pair! {
    /// _findnext and _wfindnext: −1 with ENOENT at the end.
    fn ovl__findnext ovl__wfindnext(search: isize, to: *mut Found<C>) -> c_int {
        if to.is_null() {
            invalid(EINVAL);
            return -1;
        }
        // SAFETY: not NULL, and the caller vouches for it.
        if unsafe { fill(to, 0, |data| C::next(search as RawHandle, data)) }.is_some() { 0 } else { -1 }
    }
}

/// _findclose.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__findclose(search: isize) -> c_int {
    if ovl_FindClose(search as RawHandle) != 0 {
        return 0;
    }
    invalid(EINVAL);
    -1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crt::errno;
    use std::ffi::CStr;

    #[test]
    fn files_are_found_one_after_the_other() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.txt"), [0; 7]).unwrap();
        std::fs::create_dir(dir.path().join("b.txt")).unwrap();
        let pattern = format!("{}/*.txt\0", dir.path().display());
        let mut to = MaybeUninit::<Found<u8>>::uninit();
        let mut seen = Vec::new();
        // SAFETY: strings with their ends, and a structure.
        unsafe {
            let search = ovl__findfirst(pattern.as_ptr(), to.as_mut_ptr());
            assert_ne!(search, -1);
            loop {
                let found = to.assume_init_ref();
                let name = CStr::from_ptr(found.name.as_ptr().cast()).to_str().unwrap();
                assert!(found.time_write > 1_700_000_000);
                seen.push((name.to_owned(), found.attrib & 0x10, found.size * i64::from(found.attrib & 0x10 == 0)));
                if ovl__findnext(search, to.as_mut_ptr()) != 0 {
                    break;
                }
            }
            assert_eq!((errno(), ovl__findclose(search), ovl__findclose(search)), (ENOENT, 0, -1));
        }
        seen.sort();
        assert_eq!(seen, [("a.txt".into(), 0, 7), ("b.txt".into(), 0x10, 0)]);
    }

    #[test]
    fn nothing_found_is_enoent_and_no_pattern_is_einval() {
        let wide: Vec<u16> = "/no such directory/*\0".encode_utf16().collect();
        let mut to = MaybeUninit::<Found<u16>>::uninit();
        // SAFETY: a string with its end, a structure, and NULL.
        unsafe {
            assert_eq!((ovl__wfindfirst(wide.as_ptr(), to.as_mut_ptr()), errno()), (-1, ENOENT));
            assert_eq!((ovl__wfindfirst(std::ptr::null(), to.as_mut_ptr()), errno()), (-1, EINVAL));
            assert_eq!((ovl__findnext(4, std::ptr::null_mut()), errno()), (-1, EINVAL));
        }
    }
}
