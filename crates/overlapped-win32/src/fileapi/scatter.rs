//! ReadFileScatter and WriteFileGather (contract 02 section 11).

use crate::arguments::grant;
use crate::probe;
use crate::support::{Bool, RawHandle, event_of, guard_bool};
use overlapped_abi::{FileSegmentElement, Overlapped, Win32Error};
use overlapped_devices::file::{self, SEGMENT, Scatter};
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::{Reply, Report};
use std::ptr::NonNull;

unsafe fn transfer(
    function: Function,
    raw: RawHandle,
    segments: *const FileSegmentElement,
    len: u32,
    overlapped: *mut Overlapped,
) -> Result<(), Win32Error> {
    let grant = grant(raw)?;
    let target = NonNull::new(overlapped).filter(|_| !segments.is_null()).ok_or(Win32Error::INVALID_PARAMETER)?;
    let count = (len as usize).div_ceil(SEGMENT);
    // SAFETY: the caller vouches for an element for each page.
    let pages =
        (0..count).map(|n| unsafe { segments.add(n).read_unaligned() }.buffer as usize as *mut u8).collect::<Vec<_>>();
    if !pages.iter().all(|page| page.is_null() || probe::usable(function, &Buffer { start: *page, len: SEGMENT })) {
        return Err(if function == Function::Read { Win32Error::NOACCESS } else { Win32Error::INVALID_USER_BUFFER });
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let (offset, raw_event) = unsafe { (target.as_ref().start(), target.as_ref().h_event) };
    let route = Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None };
    let scatter = Scatter {
        function,
        pages,
        len: len as usize,
        offset,
        route,
        overlapped: Some(target),
        payload: None,
        report: Report::AsPending,
    };
    // SAFETY: the caller vouches for the pages and the OVERLAPPED.
    match unsafe { file::scatter(&grant, scatter) } {
        Ok(Reply::Done(..)) => Ok(()),
        Ok(Reply::Pending(_)) => Err(Win32Error::IO_PENDING),
        Err(refused) => Err(refused.error),
    }
}

/// ReadFileScatter: always FALSE/997 if it is accepted.
///
/// # Safety
/// `segments` has an element for each page of `len`, each page is writable, and pages and `overlapped` stay valid until the request is
/// complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadFileScatter(
    file: RawHandle,
    segments: *const FileSegmentElement,
    len: u32,
    _reserved: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { transfer(Function::Read, file, segments, len, overlapped) })
}

/// WriteFileGather: always FALSE/997 if it is accepted.
///
/// # Safety
/// As for [`ovl_ReadFileScatter`]; the pages are only read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteFileGather(
    file: RawHandle,
    segments: *const FileSegmentElement,
    len: u32,
    _reserved: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { transfer(Function::Write, file, segments, len, overlapped) })
}
