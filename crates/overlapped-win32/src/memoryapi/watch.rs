//! MEM_WRITE_WATCH, GetWriteWatch, ResetWriteWatch: which pages of a region were written to.
//!
//! Linux keeps book of it: a `userfaultfd` in the asynchronous mode protects the pages against writing and takes a page's protection away by
//! itself when it is written to, by the program or by a system call of it; `PAGEMAP_SCAN` tells which pages have lost theirs, and protects them
//! again. Linux has both since 6.7. Before, MEM_WRITE_WATCH is refused with 50.

use super::{REGIONS, find, page_size, round_down, round_up};
use overlapped_abi::Win32Error;
use std::ffi::{c_int, c_ulong, c_void};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;

const UFFD_USER_MODE_ONLY: c_int = 1;
const UFFD_API: u64 = 0xAA;
const UFFD_FEATURE_WP_UNPOPULATED: u64 = 1 << 13;
const UFFD_FEATURE_WP_ASYNC: u64 = 1 << 15;
const UFFDIO_API: c_ulong = 0xC018_AA3F;
const UFFDIO_REGISTER: c_ulong = 0xC020_AA00;
const UFFDIO_REGISTER_MODE_WP: u64 = 2;
/// _IOWR('f', 16, struct pm_scan_arg).
const PAGEMAP_SCAN: c_ulong = 0xC060_6610;
const PM_SCAN_WP_MATCHING: u64 = 1;
const PM_SCAN_CHECK_WPASYNC: u64 = 2;
const PAGE_IS_WRITTEN: u64 = 2;
/// WRITE_WATCH_FLAG_RESET.
const RESET: u32 = 1;

/// What keeps the book, and what reads it.
struct Book {
    faults: OwnedFd,
    pages: OwnedFd,
}

#[repr(C)]
struct Api {
    api: u64,
    features: u64,
    ioctls: u64,
}

#[repr(C)]
struct Register {
    start: u64,
    len: u64,
    mode: u64,
    ioctls: u64,
}

/// `struct page_region`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Written {
    start: u64,
    end: u64,
    categories: u64,
}

/// `struct pm_scan_arg`.
#[repr(C)]
#[derive(Default)]
struct Scan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    to: u64,
    room: u64,
    most_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    told: u64,
}

const _: () = assert!(size_of::<Scan>() == 96 && size_of::<Register>() == 32 && size_of::<Api>() == 24);

fn open_book() -> Option<Book> {
    let flags = libc::O_CLOEXEC | libc::O_NONBLOCK | UFFD_USER_MODE_ONLY;
    // SAFETY: makes a descriptor, or says that there is none.
    let faults = unsafe { libc::syscall(libc::SYS_userfaultfd, flags) };
    if faults < 0 {
        return None;
    }
    // SAFETY: just made, and nobody else's.
    let faults = unsafe { OwnedFd::from_raw_fd(c_int::try_from(faults).ok()?) };
    let mut api = Api { api: UFFD_API, features: UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_WP_ASYNC, ioctls: 0 };
    // SAFETY: the structure that the call takes.
    if unsafe { libc::ioctl(faults.as_raw_fd(), UFFDIO_API, &raw mut api) } != 0 {
        return None;
    }
    let pages = std::fs::File::open("/proc/self/pagemap").ok()?.into();
    let book = Book { faults, pages };
    // An empty range: does Linux know the question at all?
    scan(&book, PM_SCAN_CHECK_WPASYNC, 0, 0, &mut []).ok()?;
    Some(book)
}

fn book() -> Option<&'static Book> {
    static BOOK: OnceLock<Option<Book>> = OnceLock::new();
    BOOK.get_or_init(open_book).as_ref()
}

/// One call: how many runs of written pages were told, and where the next look is to begin.
fn scan(book: &Book, flags: u64, start: usize, end: usize, to: &mut [Written]) -> Result<(usize, usize), Win32Error> {
    let mut scan = Scan {
        size: size_of::<Scan>() as u64,
        flags,
        start: start as u64,
        end: end as u64,
        to: if to.is_empty() { 0 } else { to.as_mut_ptr() as u64 },
        room: to.len() as u64,
        all_of: PAGE_IS_WRITTEN,
        told: PAGE_IS_WRITTEN,
        ..Scan::default()
    };
    // SAFETY: the structure that the call takes, with a place for as many runs as it says.
    let told = unsafe { libc::ioctl(book.pages.as_raw_fd(), PAGEMAP_SCAN, &raw mut scan) };
    usize::try_from(told).map(|told| (told, scan.walk_end as usize)).map_err(|_| Win32Error::INVALID_PARAMETER)
}

/// Has the pages watched from now on; 50 where Linux cannot.
pub(super) fn begin(at: usize, len: usize) -> Result<(), Win32Error> {
    let book = book().ok_or(Win32Error::NOT_SUPPORTED)?;
    let mut register = Register { start: at as u64, len: len as u64, mode: UFFDIO_REGISTER_MODE_WP, ioctls: 0 };
    // SAFETY: the structure that the call takes, for pages that were made just now.
    if unsafe { libc::ioctl(book.faults.as_raw_fd(), UFFDIO_REGISTER, &raw mut register) } != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    forget(book, at, at + len)
}

/// All pages count as not written.
fn forget(book: &Book, from: usize, to: usize) -> Result<(), Win32Error> {
    let (mut at, mut runs) = (from, [Written::default(); 64]);
    while at < to {
        let (_, next) = scan(book, PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC, at, to, &mut runs)?;
        if next <= at {
            break;
        }
        at = next;
    }
    Ok(())
}

/// The pages of a part of a watched region; 87 for anything else.
fn part(address: usize, len: usize) -> Result<(usize, usize), Win32Error> {
    let end = address.checked_add(len).ok_or(Win32Error::INVALID_PARAMETER)?;
    let mut regions = REGIONS.lock();
    let (base, region) = find(&mut regions, address).ok_or(Win32Error::INVALID_PARAMETER)?;
    if len == 0 || !region.watched || end > base + region.size {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok((round_down(address, page_size()), round_up(end, page_size())))
}

/// GetWriteWatch: 0, or u32::MAX with the last error 87 for what is not watched. The addresses of written pages, in order, as many as there is
/// room for; with WRITE_WATCH_FLAG_RESET these count as not written from then on.
///
/// # Safety
/// `addresses` has room for `*count` addresses; `count` and `granularity` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetWriteWatch(
    flags: u32,
    address: *mut c_void,
    len: usize,
    addresses: *mut *mut c_void,
    count: *mut usize,
    granularity: *mut u32,
) -> u32 {
    crate::support::guard_or(u32::MAX, || {
        if flags & !RESET != 0 || addresses.is_null() || count.is_null() || granularity.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (mut at, to) = part(address as usize, len)?;
        let book = book().ok_or(Win32Error::NOT_SUPPORTED)?;
        let mode = PM_SCAN_CHECK_WPASYNC | if flags & RESET != 0 { PM_SCAN_WP_MATCHING } else { 0 };
        // SAFETY: not NULL, and the caller vouches for it.
        let room = unsafe { count.read() };
        let mut told = 0;
        while at < to && told < room {
            // One page for each place that is left, so that nothing is reset that is not told.
            let mut run = [Written::default()];
            let end = to.min(at.saturating_add((room - told).saturating_mul(page_size())));
            let (runs, next) = scan(book, mode, at, end, &mut run)?;
            for page in run[..runs].iter().flat_map(|run| (run.start..run.end).step_by(page_size())) {
                // SAFETY: the pages of the range are no more than the places that were left.
                unsafe { addresses.add(told).write(page as usize as *mut c_void) };
                told += 1;
            }
            if next <= at {
                break;
            }
            at = next;
        }
        // SAFETY: as above.
        unsafe {
            count.write(told);
            granularity.write(page_size() as u32);
        }
        Ok(0)
    })
}

/// ResetWriteWatch: 0, or u32::MAX with 87 for what is not watched.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ResetWriteWatch(address: *mut c_void, len: usize) -> u32 {
    crate::support::guard_or(u32::MAX, || {
        let (from, to) = part(address as usize, len)?;
        forget(book().ok_or(Win32Error::NOT_SUPPORTED)?, from, to)?;
        Ok(0)
    })
}
