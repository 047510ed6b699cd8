//! Transfers to and from several buffers in one request (contract 02 section 11).

use crate::buffer::AlignedBuf;
use crate::error::Error;
use crate::operation::{self, Fill, Operation};
use crate::overlapped_file::OverlappedFile;
use crate::{IoBuf, IoBufMut};
use overlapped_abi::Win32Error;
use overlapped_devices::file::{self, SEGMENT, Scatter};
use overlapped_kernel::request::{Function, Route};
use overlapped_kernel::road::{Refused, Reply, Report};

impl OverlappedFile {
    /// Reads at `offset`, in bytes, into these buffers, one after the other, as much as they hold (ReadFileScatter). For files opened
    /// with [`unbuffered`](crate::OpenOptions::unbuffered), and for drives.
    ///
    /// The operation fails with 87 for other files and for what is no multiple of the sector, 38 at or past the end of the file (27 of a drive);
    /// what lies across it is read up to it, and later buffers are left empty.
    pub fn read_scattered(&self, mut buffers: Vec<AlignedBuf>, offset: u64) -> Operation<Vec<AlignedBuf>> {
        let memory = buffers.iter_mut().map(|buffer| (buffer.start_mut(), buffer.capacity())).collect::<Vec<_>>();
        // SAFETY: as was just asked of them.
        unsafe { self.scatter(Function::Read, buffers, &memory, offset, fill) }
    }

    /// Writes the filled bytes of these buffers at `offset`, one after the other (WriteFileGather). All but the last must be filled
    /// to a multiple of 4096 bytes.
    ///
    /// The operation fails as [`OverlappedFile::read_scattered`] does, and 112 when the disk is full.
    pub fn write_gathered(&self, buffers: Vec<AlignedBuf>, offset: u64) -> Operation<Vec<AlignedBuf>> {
        let memory = buffers.iter().map(|buffer| (buffer.start().cast_mut(), IoBuf::len(buffer))).collect::<Vec<_>>();
        // SAFETY: as was just asked of them.
        unsafe { self.scatter(Function::Write, buffers, &memory, offset, |_, _| {}) }
    }

    /// # Safety
    /// The memory is of the buffers, and writable for a read.
    unsafe fn scatter(
        &self,
        function: Function,
        buffers: Vec<AlignedBuf>,
        memory: &[(*mut u8, usize)],
        offset: u64,
        fill: Fill<Vec<AlignedBuf>>,
    ) -> Operation<Vec<AlignedBuf>> {
        let refused = |error, buffers| Operation::refused(Error::new(error, operation::name(function)), buffers, fill);
        let inner = &memory[..memory.len().saturating_sub(1)];
        if inner.iter().any(|(_, len)| !len.is_multiple_of(SEGMENT)) {
            return refused(Win32Error::INVALID_PARAMETER, buffers);
        }
        let pages_of =
            |&(start, len): &(*mut u8, usize)| (0..len.div_ceil(SEGMENT)).map(move |n| start.wrapping_add(n * SEGMENT));
        let scatter = Scatter {
            function,
            pages: memory.iter().flat_map(pages_of).collect(),
            len: memory.iter().map(|(_, len)| len).sum(),
            offset,
            route: Route::default(),
            overlapped: None,
            payload: Some(Box::new(buffers)),
            report: Report::AtOnce,
        };
        // SAFETY: the pages are of the buffers in the payload, which the request owns until it is complete; moving a buffer does not
        // move its memory.
        match unsafe { file::scatter(self.handle().grant(), scatter) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Operation::issued(request, fill),
            Err(Refused { error, payload: Some(payload) }) => refused(error, operation::unbox(payload)),
            Err(Refused { payload: None, .. }) => unreachable!("a refusal gives the payload back"),
        }
    }
}

/// The buffers are filled in their order.
fn fill(buffers: &mut Vec<AlignedBuf>, mut bytes: usize) {
    for buffer in buffers {
        let filled = bytes.min(buffer.capacity());
        buffer.resize(filled);
        bytes -= filled;
    }
}
