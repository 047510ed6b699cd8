//! ReadFileScatter and WriteFileGather (contract 02 §11): one request for many pages that need not lie together.
//!
//! The pages are the pieces of one operation, which Linux transfers by preadv and pwritev; everything else is as for ReadFile and
//! WriteFile on an overlapped, uncached instance, of a file or a drive.

use super::device_of;
use overlapped_abi::{AccessMask, Overlapped, Win32Error};
use overlapped_kernel::request::{Buffer, Function, Parameters, Position, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::ptr::NonNull;

/// What one element points to, in bytes.
pub const SEGMENT: usize = 4096;

/// A ReadFileScatter or WriteFileGather.
pub struct Scatter {
    /// Read into the pages, or write from them.
    pub function: Function,
    /// The pages in the order of the file: one for each [`SEGMENT`] bytes, each on a multiple of that.
    pub pages: Vec<*mut u8>,
    /// Bytes in all, a multiple of the sector.
    pub len: usize,
    /// Where in the file.
    pub offset: u64,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request is to own.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When a request that is done inside the call says so; `AsPending` as Windows has it.
    pub report: Report,
}

/// 87 unless the instance is overlapped and uncached, each page is where it must be, and offset and length are whole sectors; 5
/// without the right to read or write.
///
/// # Safety
/// The pages (writable for a read) and the OVERLAPPED stay valid and untouched by others until the request is complete.
pub unsafe fn scatter(grant: &Grant, scatter: Scatter) -> Result<Reply, Refused> {
    let Scatter { function, pages, len, offset, route, overlapped, payload, report } = scatter;
    let len = match check(grant, function, &pages, len, offset) {
        Ok(()) if function == Function::Read => up_to_the_end(grant, len, offset),
        Ok(()) => len,
        Err(error) => return Err(Refused { error, payload }),
    };
    let parts = parts(&pages[..len.div_ceil(SEGMENT)], len);
    let position = Position::At(offset);
    let buffer = Buffer { start: std::ptr::null_mut(), len };
    let call = Call { function, position, buffer, route, overlapped, payload, report };
    let parameters = Parameters { parts, ..Parameters::default() };
    // SAFETY: the caller's promise.
    unsafe { grant.instance.issue(call, parameters) }.map_err(Refused::from)
}

fn check(grant: &Grant, function: Function, pages: &[*mut u8], len: usize, offset: u64) -> Result<(), Win32Error> {
    let uncached = match crate::disk::places(grant) {
        // Drives are never cached.
        Some(_) => true,
        None => device_of(grant)?.sectors().is_some(),
    };
    let needed = match function {
        Function::Read => AccessMask::READ_DATA,
        _ => AccessMask::WRITE_DATA,
    };
    if !grant.access.intersects(needed) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let suits = grant.instance.is_overlapped() && uncached && i64::try_from(offset).is_ok();
    let placed = |page: &*mut u8| !page.is_null() && (*page as usize).is_multiple_of(SEGMENT);
    let whole = pages.len() == len.div_ceil(SEGMENT) && pages.iter().all(placed);
    if suits && whole { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// Some file systems fill pages beyond the end of the file with zeros, where Windows leaves them alone: so Linux is not told of them. A
/// read at the end or behind it stays one.
fn up_to_the_end(grant: &Grant, len: usize, offset: u64) -> usize {
    if let Some((length, _)) = crate::disk::places(grant) {
        // A drive has whole sectors; what starts behind them is its own to refuse.
        let rest = length.and_then(|length| length.checked_sub(offset)).filter(|rest| *rest > 0);
        return rest.map_or(len, |rest| len.min(usize::try_from(rest).unwrap_or(usize::MAX)));
    }
    let rest = super::size(grant).map_or(u64::MAX, |size| size.saturating_sub(offset).div_ceil(SEGMENT as u64));
    let pages = usize::try_from(rest.max(1)).unwrap_or(usize::MAX);
    len.min(pages.saturating_mul(SEGMENT))
}

/// The pieces; the last page may be used in part.
fn parts(pages: &[*mut u8], len: usize) -> Box<[Buffer]> {
    let piece = |(n, page): (usize, &*mut u8)| Buffer { start: *page, len: SEGMENT.min(len - n * SEGMENT) };
    pages.iter().enumerate().map(piece).collect()
}
