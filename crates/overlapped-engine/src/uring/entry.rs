//! Operations as Linux reads them from a ring, and results as it writes them.

use super::flights::CANCEL;
use crate::direct;
use io_uring::{opcode, squeue, types};
use overlapped_kernel::engine::{Kind, Mode, Operation, RawResult};
use overlapped_kernel::request::Buffer;
use rustix::io::Errno;

/// Linux transfers no more than this at a time, and a ring's length field holds no more than 32 bits.
const MAX_TRANSFER: usize = 0x7fff_f000;

/// Can a ring carry this out? The rest of a list cannot: it would be a list that nobody keeps.
pub(super) fn takes(operation: &Operation) -> bool {
    !matches!(operation.kind, Kind::Fetch | Kind::Copy { .. }) && operation.parts.is_whole()
}

fn count(parts: &[Buffer]) -> u32 {
    parts.len().min(direct::MOST_PARTS) as u32
}

/// The entry for an operation that a ring [takes].
pub(super) fn transfer(operation: &Operation, tag: u64) -> squeue::Entry {
    let fd = types::Fd(operation.fd);
    let len = operation.len.min(MAX_TRANSFER) as u32;
    let offset = if operation.mode.contains(Mode::STREAM) { u64::MAX } else { operation.offset };
    let entry = match operation.kind {
        // The list stays with its request until Linux has given its last word.
        // SAFETY: the request is not complete while its operation is in flight.
        Kind::Read if !operation.parts.is_none() => unsafe {
            let parts = operation.parts.list();
            opcode::Readv::new(fd, parts.as_ptr().cast(), count(parts)).offset(offset).build()
        },
        // SAFETY: as above.
        Kind::Write if !operation.parts.is_none() => unsafe {
            let parts = operation.parts.list();
            opcode::Writev::new(fd, parts.as_ptr().cast(), count(parts))
                .offset(offset)
                .rw_flags(direct::write_flags(operation) as _)
                .build()
        },
        Kind::Read => opcode::Read::new(fd, operation.buffer, len).offset(offset).build(),
        Kind::Write => opcode::Write::new(fd, operation.buffer.cast_const(), len)
            .offset(offset)
            .rw_flags(direct::write_flags(operation) as _)
            .build(),
        Kind::Sync => opcode::Fsync::new(fd).build(),
        Kind::Fetch | Kind::Copy { .. } => unreachable!("threads fetch and copy"),
    };
    entry.user_data(tag)
}

/// The entry that asks for the end of another.
pub(super) fn cancel(tag: u64) -> squeue::Entry {
    opcode::AsyncCancel::new(tag).build().user_data(tag | CANCEL)
}

/// What a completion's number means.
pub(super) fn result(number: i32) -> RawResult {
    usize::try_from(number).map_err(|_| Errno::from_raw_os_error(number.wrapping_neg()))
}
