//! Copies of a part of one file into another: the device's own request (FSCTL_DUPLICATE_EXTENTS_TO_FILE is the nearest relative).
//!
//! The request belongs to the target: its instance, port and event learn of the outcome, and its requests are what a cancel finds.
//! It keeps the source's instance, and so the descriptor, until it is complete. Bounds and byte-range locks hold for both files as
//! for a read of the one and a write to the other. Drawback: an error code does not say which of the two it is about.

use super::device::FileDevice;
use super::device_with;
use super::locks::Range;
use super::stat::Kind;
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Function, Parameters, Position, Request, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::sync::Arc;

/// What is to be copied where, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyRange {
    /// Where it begins in the source.
    pub source_offset: u64,
    /// Where it goes in the target.
    pub target_offset: u64,
    /// How much; as for any transfer, a count has 32 bits.
    pub len: u32,
}

/// What the request keeps for the device.
pub(crate) struct Source {
    instance: Arc<Instance>,
    at: u64,
}

impl Source {
    /// The source of a request that [`copy_range`] has made.
    pub fn of(request: &Request) -> Option<(&FileDevice, u64)> {
        let source: &Self = request.details()?.downcast_ref()?;
        Some((source.instance.device().as_any().downcast_ref()?, source.at))
    }
}

/// Issues the copy of a range, on an overlapped target. It completes with the bytes copied: fewer than asked for if the source
/// ends, and 38 if there was nothing left of it. 5 without the right to read the one and to write the other; 1 unless
/// both are files; 6 if the target is synchronous; 50 if either bypasses the cache; 87 for a range that no file can
/// have, or two that overlap in one file; 33 if a part of either is locked.
pub fn copy_range(
    source: &Grant,
    target: &Grant,
    range: CopyRange,
    route: Route,
    payload: Box<dyn Any + Send>,
    report: Report,
) -> Result<Reply, Refused> {
    if let Err(error) = check(source, target, range) {
        return Err(Refused { error, payload: Some(payload) });
    }
    let (call, parameters) = prepare(source, range, route, payload, report);
    // SAFETY: there is neither memory nor an OVERLAPPED.
    unsafe { target.instance.issue(call, parameters) }.map_err(Refused::from)
}

/// The same by the calling thread, however long it takes. Bytes copied; 0 at the end of the source. Nobody else can end it: a step
/// that somebody wants ended is begun again.
pub(super) fn copy_range_here(source: &Grant, target: &Grant, range: CopyRange) -> Result<u64, Win32Error> {
    check(source, target, range)?;
    loop {
        let (call, parameters) = prepare(source, range, Route::default(), Box::new(()), Report::AtOnce);
        // SAFETY: there is neither memory nor an OVERLAPPED.
        match unsafe { target.instance.issue_and_wait(call, parameters, Timeout::Infinite) } {
            Ok(Reply::Done(_, done)) if done.status == Status::END_OF_FILE => return Ok(0),
            Ok(Reply::Done(_, done)) => return Ok(done.bytes as u64),
            Ok(Reply::Pending(_)) => unreachable!("it waits"),
            Err(failure) if failure.status == Status::CANCELLED => {}
            Err(failure) => return Err(failure.status.to_win32()),
        }
    }
}

/// What a copy asks of its target.
fn prepare(
    source: &Grant,
    range: CopyRange,
    route: Route,
    payload: Box<dyn Any + Send>,
    report: Report,
) -> (Call, Parameters) {
    let call = Call {
        function: Function::Copy,
        position: Position::At(range.target_offset),
        buffer: Buffer { start: std::ptr::null_mut(), len: range.len as usize },
        route,
        overlapped: None,
        payload: Some(payload),
        report,
    };
    let source = Source { instance: Arc::clone(&source.instance), at: range.source_offset };
    (call, Parameters { details: Some(Box::new(source)), ..Parameters::default() })
}

fn check(source: &Grant, target: &Grant, range: CopyRange) -> Result<(), Win32Error> {
    let from = device_with(source, AccessMask::READ_DATA)?;
    let to = device_with(target, AccessMask::WRITE_DATA)?;
    if [from, to].iter().any(|device| device.kind() != Kind::Regular || device.is_cursor()) {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    if !target.instance.is_overlapped() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if from.sectors().is_some() || to.sectors().is_some() {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let len = u64::from(range.len);
    let end = |at: u64| at.checked_add(len).filter(|end| i64::try_from(*end).is_ok());
    let (Some(source_end), Some(target_end)) = (end(range.source_offset), end(range.target_offset)) else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    let overlap = range.source_offset < target_end && range.target_offset < source_end;
    if overlap && from.is_same_file(to) { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
}

impl FileDevice {
    /// May this range be read, or written?
    pub(super) fn is_free(&self, start: u64, len: usize, write: bool) -> Result<(), Status> {
        let range = Range { start, len: len as u64 };
        let refuses = |seat: &super::registry::Seat| {
            seat.locks().any() && seat.locks().refuses(seat.id(), self.fd(), range, write)
        };
        if self.seat().is_some_and(refuses) { Err(Status::FILE_LOCK_CONFLICT) } else { Ok(()) }
    }

    fn is_same_file(&self, other: &Self) -> bool {
        let key = |device: &Self| match device.seat() {
            Some(seat) => Some(seat.unnamed().key),
            None => device.facts().ok().map(|facts| facts.key),
        };
        key(self).is_some_and(|this| key(other) == Some(this))
    }
}
