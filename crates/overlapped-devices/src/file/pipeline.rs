//! The data of one file on its way into another, by requests for one range after the other ([`copy_range`]).
//!
//! What fits into one piece is copied by the calling thread at once, since handing it over would cost more than copying it. Of more,
//! two requests are on their way at a time, because one range can be read while another is written; the caller hears of them in
//! the order of their places. Holes of the source are left out. A source that says that it is empty is read until it ends: files
//! of /proc say so. Drawback: of a large file, the caller's own thread copies nothing.

use super::range::{CopyRange, copy_range, copy_range_here};
use super::{change, device_of, errors, query, sparse};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{RequestRef, Route};
use overlapped_kernel::road::{Reply, Report};
use overlapped_kernel::system::Grant;
use std::collections::VecDeque;

/// Bytes between two reports: what a cancel waits for.
const REPORTED: u64 = 1 << 20;
/// Bytes a request where nobody listens.
const UNHEARD: u64 = 8 << 20;
/// Requests on their way: one range is read while another is written.
const WINDOW: usize = 2;

/// See the module page.
pub(super) struct Pipeline<'a> {
    system: &'a System,
    source: &'a Grant,
    target: &'a Grant,
    /// The size of the source as it was in the beginning.
    size: u64,
    /// Bytes a request.
    piece: u64,
    /// What is left to be asked for, as offset and length; the first one last.
    ranges: Vec<(u64, u64)>,
    flights: VecDeque<Flight>,
    /// Everything before this place is there.
    copied: u64,
    /// The source ended before its time, or at last: nothing more is copied.
    ended: bool,
    /// Room was reserved that may lie behind the end.
    reserved: bool,
    finished: bool,
}

/// A request on its way.
struct Flight {
    request: RequestRef,
    at: u64,
    len: u64,
}

impl<'a> Pipeline<'a> {
    /// From a file into an empty one. `heard`: somebody wants to know how far it is.
    pub fn new(system: &'a System, source: &'a Grant, target: &'a Grant, heard: bool) -> Result<Self, Win32Error> {
        let facts = device_of(source)?.facts().map_err(errors::other)?;
        let size = query::size(source)?;
        let piece = if heard { REPORTED } else { UNHEARD };
        let length = i64::try_from(size).unwrap_or(i64::MAX);
        let sparse = facts.physical_size() < size;
        let mut ranges = match size {
            0 => vec![(0, u64::MAX)],
            _ if sparse => sparse::allocated_ranges(source, 0, length)?,
            _ => vec![(0, size)],
        };
        ranges.reverse();
        // The blocks are found before anybody waits to write. That there is not that much room is found out by writing.
        let reserved = !sparse && size > piece && change::set_allocation(target, length).is_ok();
        let flights = VecDeque::with_capacity(WINDOW);
        let (copied, ended, finished) = (0, false, false);
        Ok(Self { system, source, target, size, piece, ranges, flights, copied, ended, reserved, finished })
    }

    /// Copies some more and says how far it is; `None` when everything is copied.
    pub fn advance(&mut self) -> Result<Option<u64>, Win32Error> {
        if self.ended {
            return Ok(None);
        }
        let Some((at, len, bytes)) = self.piece()? else {
            // A hole at the end is copied by giving the file its size.
            let left = self.copied < self.size;
            self.copied = self.copied.max(self.size);
            return Ok(left.then_some(self.copied));
        };
        self.copied = at + bytes;
        self.ended = bytes < len;
        Ok((bytes > 0).then_some(self.copied))
    }

    /// The next range that is there: where, how long it was to be, and how long it is.
    fn piece(&mut self) -> Result<Option<(u64, u64, u64)>, Win32Error> {
        if self.size <= self.piece {
            let Some((at, len)) = self.next_range() else { return Ok(None) };
            let bytes = copy_range_here(self.source, self.target, range(at, len))?;
            return Ok(Some((at, len, bytes)));
        }
        while self.flights.len() < WINDOW
            && let Some((at, len)) = self.next_range()
        {
            let request = self.issue(at, len)?;
            self.flights.push_back(Flight { request, at, len });
        }
        let Some(flight) = self.flights.front() else { return Ok(None) };
        let (at, len, bytes) = (flight.at, flight.len, self.outcome(&flight.request)?);
        self.flights.pop_front();
        Ok(Some((at, len, bytes)))
    }

    fn next_range(&mut self) -> Option<(u64, u64)> {
        let (at, len) = self.ranges.pop()?;
        let piece = len.min(self.piece);
        if len > piece {
            self.ranges.push((at + piece, len - piece));
        }
        Some((at, piece))
    }

    fn issue(&self, at: u64, len: u64) -> Result<RequestRef, Win32Error> {
        let payload = Box::new(());
        match copy_range(self.source, self.target, range(at, len), Route::default(), payload, Report::AtOnce) {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
            Err(refused) => Err(refused.error),
        }
    }

    /// Waits for a request. Its bytes; 0 where the source has none.
    fn outcome(&self, request: &RequestRef) -> Result<u64, Win32Error> {
        self.system.wait_any(&[request.done()], Timeout::Infinite, false)?;
        match request.completion() {
            Some(done) if done.status == Status::END_OF_FILE => Ok(0),
            Some(done) if !done.status.is_error() => Ok(done.bytes as u64),
            Some(done) => Err(done.status.to_win32()),
            None => Err(Win32Error::GEN_FAILURE),
        }
    }

    /// Gives the target its size, when everything is copied.
    pub fn finish(mut self) -> Result<(), Win32Error> {
        self.land();
        let short = self.reserved && self.copied < self.size;
        if short || query::size(self.target)? != self.copied {
            self.cut()?;
        }
        self.finished = true;
        Ok(())
    }

    fn cut(&self) -> Result<(), Win32Error> {
        change::set_size(self.target, i64::try_from(self.copied).unwrap_or(i64::MAX))
    }

    /// Ends what is still on its way, and waits for it.
    fn land(&mut self) {
        for flight in &self.flights {
            flight.request.cancel();
        }
        for flight in std::mem::take(&mut self.flights) {
            // However it ends: what it copied does not count.
            let _ = self.outcome(&flight.request);
        }
    }
}

impl Drop for Pipeline<'_> {
    /// Of a copy that is given up, what stays is the beginning of the source, and nothing is written any more.
    fn drop(&mut self) {
        if !self.finished {
            self.land();
            let _ = self.cut();
        }
    }
}

fn range(at: u64, len: u64) -> CopyRange {
    CopyRange { source_offset: at, target_offset: at, len: u32::try_from(len).unwrap_or(u32::MAX) }
}
